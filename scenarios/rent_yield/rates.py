"""Sheet Rates: how large the learning rate may be, and what would become of it without scaling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.common.outcome import nothing_moves, unless_still
from scenarios.rent_yield.data import five_sums
from scenarios.rent_yield.survey import Array, Fit, gathered, gradient, loss
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.formula import Expr, Index, call, equal, if_, ln, smallest, sqrt
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _

ORDINARY = 1e5
"""With larger numbers in the data the unscaled run is left out: its loss would soon be no number that a cell can hold."""

LEAPS = 4
"""How many epochs the unscaled run is shown."""

MOST = 1e12
"""The sentence says no more epochs: they would have more digits than a spreadsheet keeps."""

NEARER = 100
"""How many times closer to the bottom the counted epochs come."""


def rates_page(book: Book, fit: Fit) -> None:
    """Add the largest rate that descends, for the scaled rows and for the rows as they are."""
    title = _("How large may the learning rate be, and why do we scale?")
    page = book.page("LearningRate", title, landscape=False, kind=Kind.DEEPER)
    page.step(
        _("Find the largest rate that descends"),
        _("Where it is steepest, a step multiplies the distance to the floor by 1 − η·λ; beyond η = 2/λ it grows."),
        "λ = ½·(n + Σx² + √((n − Σx²)² + 4·(Σx)²))",
    )
    page.text(_("λ is how strongly the loss curves where it curves most: an eigenvalue of its second derivatives."))
    page.gap()
    steepest = page.add(_curvature("curvature", fit))
    limit = page.derived("lr_limit", 2 / steepest.value, lambda: 2 / steepest, "2/λ", _("largest rate that descends"))
    lr = fit.lr
    page.derived(
        "lr_factor", 1 - lr.value * steepest.value, lambda: 1 - lr * steepest, "1 − η·λ", _("factor of a step")
    )
    page.sentence(
        "lr_limit_sentence",
        "λ = ½·({n:0} + {Sxx:4} + √(({n:0} − {Sxx:4})² + 4·{Sx:4}²)) = {curvature:4}        2/λ = {lr_limit:4}",
    )
    calm = str(_("✓ The learning rate is below this limit: descent settles."))
    wild = str(_("The learning rate is beyond this limit: descent leaps higher with each step. Make it smaller."))
    said = nothing_moves(lr) if not lr.value else calm if lr.value < limit.value else wild
    page.say("lr_verdict", said, unless_still(lr, if_(lr < limit, calm, wild)))
    page.text(_("A sum over more rows is steeper: ten times the rows want a tenth of the rate."))
    if max(np.abs(fit.survey.x).max(), np.abs(fit.survey.y).max()) <= ORDINARY:
        _unscaled(page, fit, steepest)


def _curvature(id: str, fit: Fit) -> Block:
    n, Sx, Sxx = fit.n, fit.Sx, fit.Sxx
    value = np.linalg.eigvalsh(np.array([[n.value, Sx.value], [Sx.value, Sxx.value]]))[-1]

    def formula() -> Expr:
        return (n + Sxx + sqrt((n - Sxx) ** 2 + 4 * Sx**2)) / 2

    return Block(id, Role.DERIVED, value, _("largest curvature"), "λ", formula=formula)


# ---------------------------------------------------------------------------------------------- unscaled


def _unscaled(page: Page, fit: Fit, scaled: Block) -> None:
    """Say what the rows as they are would need, and let a run leap."""
    page.step(
        _("Leave the rows unscaled, and see"),
        _("With a large x the loss is a gorge: steep across, almost flat along."),
        "Y_pred = C + m·X",
    )
    lr = page.given("raw_lr", 0.01, "η", _("learning rate on unscaled rows"), valid=Between(0, 1))
    said = page.keep()
    page.gap()
    n, Sx, Sy, Sxx, Sxy, Syy = five_sums(page.offstage, "raw_", fit.area, fit.rent)
    raw = replace(fit, n=n, Sx=Sx, Sy=Sy, Sxx=Sxx, Sxy=Sxy, Syy=Syy)
    steepest = page.offstage(_curvature("raw_curvature", raw))
    with page.table([_("scaled to 0 … 1"), _("unscaled")], 2) as t:
        steep = t.add(gathered("steepest", [scaled, steepest], _("largest curvature"), "λ", number_format="#,##0.0"))
        flat = t.add(_flattest(fit, steep))
        needed = np.log(NEARER) * steep.value / np.where(flat.value, flat.value, np.inf)

        def counted(k: Index) -> Expr:
            return if_(equal(fit.x_min, fit.x_max), 0, ln(NEARER) * steep[k] / flat[k])

        title, symbol = _("epochs to come 100 times closer"), "ln 100 · λ/λ₀"
        t.derived("epochs_needed", needed, counted, symbol, title, number_format="#,##0")
    page.text(_("They hold for the rate 1/λ, half of the limit: with it the steepest direction does not overshoot."))
    page.gap()
    digits, needed_raw = _leaps(page, raw, lr), page.book["epochs_needed"][1]
    page.source(_("The sentence says at most a million million epochs, however many it takes."))
    most = page.offstage_block("epochs_most", MOST, title=_("the most epochs that the sentence says"))
    title, value = _("epochs, as said"), min(float(needed[1]), MOST)
    page.offstage_block("epochs_said", value, lambda: smallest(needed_raw, most), title=title)
    words = _(
        "▶ With {raw_lr:2} the loss has {digits:0} digits after {epochs} epochs. Only below 2/{raw_curvature:0} would it fall, in {epochs_said:0} epochs instead of {epochs_needed[0]:0}."
    )
    with page.into(said):
        page.live("raw_says", words, digits=digits[LEAPS], epochs=str(LEAPS))


def _flattest(fit: Fit, steep: Block) -> Block:
    """Return both smaller eigenvalues: a determinant, which scaling divides by the square of the range, over the larger."""
    n, Sx, Sxx, span = fit.n, fit.Sx, fit.Sxx, fit.x_max - fit.x_min
    ranges = np.array([1.0, float(fit.x_max.value - fit.x_min.value)])
    value = (n.value * Sxx.value - Sx.value**2) * ranges**2 / steep.value
    each = [(n * Sxx - Sx**2) / steep[0], (n * Sxx - Sx**2) * span**2 / steep[1]]
    fields: dict[str, Any] = {"each": each, "number_format": "0.00"}
    return Block("flattest", Role.DERIVED, value, _("smallest curvature"), "λ₀", **fields)


def _run(fit: Fit, lr: float) -> Array:
    """Return C, m, both slopes and the loss of a run over the unscaled rows, (5, LEAPS + 1)."""
    X, Y, C, m, run = fit.area.value, fit.rent.value, 0.0, 0.0, []
    for _epoch in range(LEAPS + 1):
        run.append((C, m, *gradient(X, Y, C, m), loss(X, Y, C, m)))
        C, m = C - lr * run[-1][2], m - lr * run[-1][3]
    return np.array(run).T


def _leaps(page: Page, raw: Fit, lr: Block) -> Block:
    """Add the first epochs of the run, from C = m = 0 on; return how long its loss is."""
    run, start = _run(raw, float(lr.value)), {"first": lambda: 0}
    with page.book.helpers.table(Counter("", start=0), LEAPS + 1) as t:
        L = t.derived("raw_loss", run[4], lambda e: raw.loss(C[e], m[e]), "L", _("loss, unscaled"))
        C: Block = t.updated("raw_C", run[0], lambda e: C[e - 1] - lr * dC[e - 1], "C", _("left end"), **start)
        m: Block = t.updated("raw_m", run[1], lambda e: m[e - 1] - lr * dm[e - 1], "m", _("rise"), **start)
        dC: Block = t.gradient("raw_dC", run[2], lambda e: raw.dC(C[e], m[e]), "dC", _("slope in C"))
        dm: Block = t.gradient("raw_dm", run[3], lambda e: raw.dm(C[e], m[e]), "dm", _("slope in m"))
    value = np.floor(np.log10(np.maximum(run[4], 1))) + 1
    with page.table(Counter(_("epoch "), start=0), LEAPS + 1) as t:
        return t.derived("raw_digits", value, lambda e: _digits(L[e]), "", _("digits of the loss"), number_format="0")


def _digits(number: Expr) -> Expr:
    return if_(number < 1, 1, 1 + call("INT", ln(number) / ln(10)))
