"""Page Backwards: a loss at the end, and one walk back gives every weight and bias its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.chain_rule.network import DATA, EXACT, SUBSCRIPTS, Network, Pass, size_of
from scenarios.chain_rule.strips import Passed, Strips
from workbook.block import Block, Role
from workbook.formula import Expr, both, equal, if_, largest, smallest
from workbook.page import Page
from workbook.sheet import Style, value_of
from workbook.text import _


def backwards_page(page: Page, net: Network, passed: Pass, rate_of_w1: Block, target: float) -> None:
    """Walk the first row forward to the loss, and back."""
    y = page.given("target", target, "y", _("target"), valid=DATA)
    page.gap()
    said = page.keep()
    page.gap()
    strips = Strips(page, "back", net)
    strips.names(0)
    run = strips.forward(0, _("forward →"), net.nodes, passed.x[0])
    O = run.h[2]
    strips.words(0, 14, "½(O − y)²", "→")
    strips.words(0, 15, _("loss L"))
    loss = strips.number(0, 15, "loss", 0.5 * (O.value - y.value) ** 2, 0.5 * (O - y) ** 2)
    error, slopes = _walk_back(strips, net, run, y)
    verdict = _verdict(page, list(slopes.values()))
    words = _("▶ Output {out:3}, target {target:0}: error {error:3}, loss {loss:3}. {verdict}")
    with page.into(said):
        page.live("back_says", words, out=O, error=error, loss=loss, verdict=verdict)
    page.text(_("Under each neuron: its slopes. They are the rates of the page Knobs (row 1), each times the error."))
    value, title = error.value * rate_of_w1.value[0], _("error times the rate of w₁")
    by_rate = page.offstage_block("back_by_rate", value, lambda: error * rate_of_w1[0], title=title)
    size = size_of(page, "size_by_rate", by_rate)
    page.check("check_by_rate", _("slope of w₁ = error · its rate"), slopes["w1"], by_rate, EXACT * 10, size)
    page.try_(_("Type the output itself as the target: all that comes back is 0. Type less: every sign turns."))
    value, title = slopes["w1"].value - rate_of_w1.value[0], _("slope of w₁ if the target grows by 1")
    page.turn(
        "back_turn",
        _("The target grows by 1. What is the slope of w₁ then? Do not type it above. (0.002 off is close enough)"),
        page.offstage_block("back_target_up", value, lambda: slopes["w1"] - rate_of_w1[0], title=title),
        0.002,
        _("The new error times the rate of w₁."),
        _("the error changes by −1; multiply the new error by the rate of w₁ (page Knobs)."),
    )
    page.remember(_("Backpropagation is the chain rule read from the end, each rate used once for all."))


def _walk_back(strips: Strips, net: Network, run: Passed, y: Block) -> tuple[Block, dict[str, Block]]:
    """Put the slopes of the numbers on the way, and below them those of the parameters; return the error, and these."""

    def number(band: int, lane: int, id: str, value: Any, formula: Expr) -> Block:
        return strips.number(band, lane, id, value, formula, Role.GRADIENT)

    O, slopes = run.h[2], {}
    strips.words(1, 0, "")
    strips.words(1, 0, _("← backward"), style=Style.ROW)
    strips.words(1, 14, "O − y", "←")
    strips.words(1, 13, "∂L/∂O")
    error = came = number(1, 13, "error", O.value - y.value, O - y)
    for node, incoming in zip(reversed(net.nodes), reversed(run.incoming), strict=True):
        k, sub, lane = node.number, node.sub, 4 * node.number - 2
        strips.words(1, lane + 2, f"÷ d{sub}", "←")
        strips.words(1, lane + 1, f"∂L/∂z{sub}")
        delta = number(1, lane + 1, f"delta{k}", came.value / value_of(node.d), came / node.d)
        before = "x" if k == 1 else f"h{SUBSCRIPTS[k - 1]}"
        strips.words(2, lane, f"·{before}", f"∂L/∂w{sub}")
        slopes[f"w{k}"] = number(2, lane, f"dw{k}", delta.value * value_of(incoming), delta * incoming)
        strips.words(2, lane + 1, "·1", f"∂L/∂b{sub}")
        slopes[f"b{k}"] = number(2, lane + 1, f"db{k}", delta.value, delta.whole())
        if k > 1:
            strips.words(1, lane, f"·w{sub}", "←")
            strips.words(1, lane - 1, f"∂L/∂h{SUBSCRIPTS[k - 1]}")
            came = number(1, lane - 1, f"dh{k - 1}", delta.value * value_of(node.w), delta * node.w)
    strips.words(2, 0, "", "")
    strips.words(2, 0, _("slopes"), style=Style.ROW)
    return error, slopes


def _verdict(page: Page, slopes: list[Block]) -> Block:
    """Say which way the six knobs should go."""
    value, each = np.array([float(slope.value) for slope in slopes]), [slope.whole() for slope in slopes]
    with page.book.helpers.table(None, len(slopes)) as t:
        six = t.derived("back_slopes", value, None, "", _("the six slopes together"), each=each)
    down = str(_("All six slopes are negative: growing makes the loss smaller."))
    up = str(_("All six slopes are positive: shrinking makes the loss smaller."))
    none = str(_("Every slope is 0: nothing to learn."))
    mixed = str(_("Negative slope: that knob should grow. Positive: it should shrink."))
    words = down if value.max() < 0 else up if value.min() > 0 else none if not value.any() else mixed
    nothing = both(equal(smallest(six), 0), equal(largest(six), 0))
    said = if_(largest(six) < 0, down, if_(smallest(six) > 0, up, if_(nothing, none, mixed)))
    title = _("which way the knobs should go")
    return page.offstage_block("back_verdict", np.asarray(words, dtype=object), lambda: said, title=title)
