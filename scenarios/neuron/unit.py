"""Page Neuron: three inputs, their weights and the threshold, and the neuron drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.common.columns import caption
from scenarios.common.one_neuron import one_neuron
from workbook.block import Between, Block, Counter, Role
from workbook.formula import equal, if_, total
from workbook.page import Page, Voice
from workbook.text import N_, _

BIT = Between(0, 1, whole=True)
WEIGHT = Between(-20, 20)


@dataclass(frozen=True)
class Unit:
    """The neuron's blocks that other sheets read."""

    x: Block
    w: Block
    wx: Block
    s: Block
    theta: Block
    fires: Block


def unit_page(page: Page, settings: Mapping[str, Any]) -> Unit:
    """Let the reader switch inputs, weights and the threshold; say and draw whether the neuron fires."""
    with page.left():
        x, w, wx, s = _weighted_sum(page, settings)
        page.gap()
        theta_value = float(settings["theta"])
        theta = page.given("theta", theta_value, valid=Between(-50, 50), **caption(_("threshold"), "θ", "0.00"))
        page.gap()
        fired = unit_step(s.value - theta.value)
        fires = page.offstage(
            Block("fires", Role.DERIVED, fired, formula=lambda: unit_step_formula(s - theta), title=_("fires"))
        )
        yes, no = str(_("reaches θ: the neuron FIRES")), str(_("stays below θ: the neuron is quiet"))
        verdict = page.offstage(
            Block(
                "fires_words",
                Role.DERIVED,
                np.asarray(yes if fired else no, dtype=object),
                formula=lambda: if_(equal(fires, 1), yes, no),
                title=_("in words"),
                number_format="@",
            )
        )
        page.live("fires_says", _("▶ The sum {s:2}, with θ = {t:2}, {verdict}."), s=s, t=theta, verdict=verdict)
        page.gap()
        page.sentence(
            "s_words",
            "s = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {w3:2p}·{x3:0} = {s:2}",
            w1=w[0],
            w2=w[1],
            w3=w[2],
            x1=x[0],
            x2=x[1],
            x3=x[2],
            s=s,
        )
        page.math("y = 1   (s ≥ θ),        y = 0   (s < θ)")
    unit = Unit(x, w, wx, s, theta, fires)
    picture = one_neuron(page, x, w, fires, (("s", s), ("θ", theta)))
    with page.right():
        page.chart(picture)
    _questions(page, unit)
    start = page.book.start
    with start.left():
        start.sentence("face", _("The sum {s:2} {verdict}"), Voice.HEADLINE, s=s, verdict=verdict)
    with start.right():
        start.chart(replace(picture, columns=7, rows=12))
    return unit


def _weighted_sum(page: Page, settings: Mapping[str, Any]) -> tuple[Block, Block, Block, Block]:
    x_value = np.array([1.0, 0.0, 1.0])
    w_value = np.array([settings[f"w{n}"] for n in (1, 2, 3)], dtype=float)
    excites, inhibits, neither = (str(_(word)) for word in (N_("excitatory"), N_("inhibitory"), N_("no synapse")))
    with page.table(Counter("i = "), 3) as table:
        x = table.given("x", x_value, title=_("input: 1 signal, 0 none"), symbol="xᵢ", valid=BIT, number_format="0")
        w = table.given("w", w_value, title=_("weight"), symbol="wᵢ", valid=WEIGHT, number_format="0.00")
        table.derived(
            "kind",
            np.array([excites if v > 0 else inhibits if v < 0 else neither for v in w.value], dtype=object),
            lambda i: if_(w[i] > 0, excites, if_(w[i] < 0, inhibits, neither)),
            **caption(_("kind of synapse"), number_format="@"),
        )
        wx = table.derived(
            "wx", w.value * x.value, lambda i: w[i] * x[i], **caption(_("what it adds"), "wᵢ·xᵢ", "0.00")
        )
        s = table.total(
            wx,
            Block("s", Role.DERIVED, wx.value.sum(), formula=lambda: total(wx), symbol="s", number_format="0.00"),
        )
    return x, w, wx, s


def _questions(page: Page, unit: Unit) -> None:
    w = unit.w
    page.try_(
        _("Set the third input to 0: its line turns grey, and what it brought is gone. Does the neuron fire now?")
    )
    page.turn(
        "unit_turn",
        _("All three inputs 1: what is the weighted sum s? (two decimals; 0.005 off is close enough)"),
        page.offstage_block("unit_all", w.value.sum(), lambda: total(w), title=_("sum of the weights")),
        0.005,
        _("Every weight counts once; compare it with θ, and you know the answer."),
        _("add the three weights; a negative one takes away."),
    )
    page.remember(_("Weigh, add up, compare: that is all that a neuron does."))
    page.source(
        _(
            "Chosen here (the articles print no numbers): two excitatory inputs, a strong and a weak one, an inhibitory one, and the threshold."
        )
    )
    page.source(
        _(
            "Where the sum equals the threshold exactly, the notes' formula fires (≥); the M–P article only says "
            "“above” and “below”. Here ≥ is used."
        )
    )
    page.source(
        _("Sums are compared after rounding to nine places, so that 0.9 + 0.5 − 0.6 counts as 0.8, as on paper.")
    )
