"""Sheets Learn and Steps: 200 steps of descent towards the target, every one a row of formulas."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from scenarios.common.layer import Parameters, sup
from scenarios.common.net import Net
from scenarios.common.training import gradients_of, propagate, stepped
from workbook.block import Between, Block, Counter, Formula
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, as_expr, largest, pick, smallest
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

STEPS = 200
BOUND = 100
"""Weights and biases stay within this on either side, so that no run leaves all bounds."""


class Learn:
    """The page, which stands second in the story and is filled when the steps are there."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, net: Net, steps: dict[str, Block]) -> None:
        page, a, loss, y = self.page, steps["a3"], steps["L"], net.Y
        t = steps["t"]
        with page.left():
            step = page.given("step", float(STEPS), "t", _("steps taken"), valid=Between(0, STEPS, whole=True))
            page.gap()
            said = page.keep()
            page.gap()
            at = int(step.value)
            here = page.derived("step_a3", a.value[at], lambda: pick(a, step + 1), "a³", _("what the last neuron says"))
            left = page.derived("step_L", loss.value[at], lambda: pick(loss, step + 1), "L", _("loss"))
            with page.into(said):
                page.live(
                    "learn_says",
                    _("▶ After {step:0} steps the last neuron says {a:3}; it should say {Y[0,0]:2}. Loss {L:4}."),
                    a=here, L=left,
                )  # fmt: skip
        wanted = page.offstage_block("wanted", np.full(STEPS + 1, y.value[0, 0]), lambda i: y[0, 0], title=_("target"))
        with page.right():
            page.chart(
                Chart(
                    "",
                    (
                        Series("a³", t[:], a[:]),
                        Series(_("target"), t[:], wanted[:], colour="#3A8F4A", dashed=True),
                        Series(_("here"), step.whole(), here.whole(), Mark.POINTS, "#B3261E"),
                    ),
                    _("step t"),
                    "a³",
                    _("A line of the last activation by step, its target, and a dot at the step in the yellow cell."),
                    columns=9,
                    rows=20,
                    x_range=(0, STEPS),
                )
            )
        page.try_(_("Type 0, 1, 5, 20, 200. Then, on the sheet Whole, another η: do fewer steps do?"))
        page.turn(
            "learn_turn",
            _("How far is the last neuron from its target after all 200 steps? (0.01 off is close enough)"),
            page.offstage_block(
                "last_gap",
                abs(a.value[-1] - y.value[0, 0]),
                lambda: abs_(a[STEPS] - y[0, 0]),
                title=_("gap at the end"),
            ),
            0.01,
            _("Target and activation, one from the other."),
            _("type 200 into the yellow cell, and compare what it says with what it should say."),
        )
        page.remember(_("One step helps a little; many steps, each along the slopes of its own place, go far."))


def abs_(x: Expr) -> Expr:
    """The size of a difference."""
    return largest(x, -x)


def learn_page(book: Book) -> Learn:
    """Add the page in its place."""
    return Learn(
        book.page(
            "Learn",
            _("Two hundred small steps towards the target"),
            _("Each step computes all slopes anew, and moves every weight and bias a little against its own."),
            _("The nearer the target, the smaller the slopes: will the steps grow longer or shorter?"),
        )
    )


def steps_page(book: Book, net: Net, eta: Block) -> dict[str, Block]:
    """Add every step: weights, biases, activations, loss and blames; row t has what t steps have made."""
    page = book.page("Steps", _("Every step of the descent, a row of formulas"), kind=Kind.DATA)
    page.step(
        _("Forward, backward, step"),
        _("The weights and biases of a row come from the slopes of the row above; they stay between −100 and 100."),
        "w ← w − η·δ·a(l−1),   b ← b − η·δ",
    )
    g = [layer.activation for layer in net.layers]
    start: Parameters = [(x.W.value, None if x.b is None else x.b.value) for x in net.layers]
    states = list(islice(_held(net, start, float(eta.value)), STEPS + 1))
    passes = [propagate(state, g, net.X.value) for state in states]
    b: dict[str, Block] = {}
    with page.table(Counter("t = ", start=0), STEPS + 1, freeze=True) as t:
        b["t"] = t.recorded("run_t", np.arange(STEPS + 1), "t", _("steps"), number_format="0")
        for n, layer in enumerate(net.layers, 1):
            W, bias = layer.W, layer.b
            assert bias is not None
            values = np.array([[state[n - 1][0][0, 0], state[n - 1][1][0]] for state in states])  # type: ignore[index]
            b[f"w{n}"] = t.updated(
                f"run_w{n}", values[:, 0], _moved(b, n, eta, net, weight=True), f"w{sup(n)}", _("weight"),
                first=_first(W[0, 0]),
            )  # fmt: skip
            b[f"b{n}"] = t.updated(
                f"run_b{n}", values[:, 1], _moved(b, n, eta, net, weight=False), f"b{sup(n)}", _("bias"),
                first=_first(bias[0]),
            )  # fmt: skip
        for n in (1, 2, 3):
            a = np.array([passed[n][1][0, 0] for passed in passes])
            b[f"a{n}"] = t.derived(f"run_a{n}", a, _activation(b, n, net), f"a{sup(n)}", _("activation"))
        a3, y = b["a3"], net.Y
        b["L"] = t.derived("run_L", (a3.value - y.value[0, 0]) ** 2, lambda i: (a3[i] - y[0, 0]) ** 2, "L", _("loss"))
        delta = np.ones(STEPS + 1)
        for n in (3, 2, 1):
            a = b[f"a{n}"].value
            back = 2 * (a - y.value[0, 0]) if n == 3 else delta * b[f"w{n + 1}"].value
            delta = back * g[n - 1].slope(a, a)
            b[f"d{n}"] = t.gradient(f"run_d{n}", delta, _blame(b, n, net), f"δ{sup(n)}", _("blame"))
    return b


def _held(net: Net, start: Parameters, eta: float) -> Iterator[Parameters]:
    """Yield the parameters after every step, held within bounds."""
    g, now = [layer.activation for layer in net.layers], start
    while True:
        yield now
        moved = stepped(now, gradients_of(now, g, net.loss, net.X.value, net.Y.value), eta)
        now = [(np.clip(W, -BOUND, BOUND), None if b is None else np.clip(b, -BOUND, BOUND)) for W, b in moved]


def _first(cell: Expr) -> Formula:
    return lambda: cell


def _under(b: dict[str, Block], n: int, net: Net, t: object) -> Expr:
    """What comes into a layer in row t."""
    return net.X[0, 0] if n == 1 else b[f"a{n - 1}"][t]  # type: ignore[index]


def _moved(b: dict[str, Block], n: int, eta: Block, net: Net, *, weight: bool) -> Formula:
    def formula(t: object) -> Expr:
        before = t - 1  # type: ignore[operator]
        slope: Expr = b[f"d{n}"][before]
        if weight:
            slope = slope * _under(b, n, net, before)
        old = b[f"{'w' if weight else 'b'}{n}"][before]
        return largest(smallest(old - eta * slope, BOUND), -BOUND)

    return formula


def _activation(b: dict[str, Block], n: int, net: Net) -> Formula:
    g = net.layer(n).activation
    return lambda t: g.value_formula(b[f"w{n}"][t] * _under(b, n, net, t) + b[f"b{n}"][t])


def _blame(b: dict[str, Block], n: int, net: Net) -> Formula:
    g, y = net.layer(n).activation, net.Y

    def formula(t: object) -> Expr:
        a = b[f"a{n}"][t]  # type: ignore[index]
        back = 2 * (a - y[0, 0]) if n == 3 else b[f"d{n + 1}"][t] * b[f"w{n + 1}"][t]  # type: ignore[index]
        return back * as_expr(g.slope_formula(a, a))

    return formula
