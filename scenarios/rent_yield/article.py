"""Sheet Article: the article's table (columns A to F, errors and derivatives), its update, and its second pass."""

from __future__ import annotations

import numpy as np

from scenarios.common.outcome import outcome
from scenarios.rent_yield.survey import Fit, Line, number_format, same
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.formula import total
from workbook.page import Page, Table
from workbook.sheet import Kind
from workbook.text import _


def article_page(book: Book, fit: Fit) -> Line:
    """Add the article's steps with its own names; return the line after the first update."""
    page = book.page("Article", _("The article's table: predict, measure, differentiate"), kind=Kind.ARTICLE)
    page.step(
        _("Predict every row and measure how far off the line is"),
        _("Square each error, halve it, add up: one number for how bad the line is."),
        "Y_pred = C + m·x     e = Y_pred − Y     HMSE = ½(Y − Y_pred)²"
        "     ∂HMSE/∂C = ∂HMSE/∂e · ∂e/∂C     ∂HMSE/∂m = ∂HMSE/∂e · ∂e/∂m",
    )
    page.sentence("article_start", "C = {C:2}        m = {m:2}        lr = {lr:2}")
    page.gap()
    _pass(page, "pass1", fit, Line(fit.C, fit.m))
    page.sentence(
        "pass1_one_row",
        "i = 2:   Y_pred = {C:2} + {m:2p}·{x[1]:4} = {pass1_E[1]:4}     e = {pass1_E[1]:4} − {y[1]:4} = {pass1_error[1]:4}"
        "     HMSE = ½·{pass1_error[1]:4p}² = {pass1_HMSE[1]:4}     ∂HMSE/∂C = {pass1_error[1]:4p}·1 = {pass1_dC[1]:4}"
        "     ∂HMSE/∂m = {pass1_error[1]:4p}·{x[1]:4} = {pass1_dm[1]:4}",
    )
    dC, dm = book["pass1_dC_total"], book["pass1_dm_total"]
    page.printed("printed_dC", _("Σ∂HMSE/∂C as printed"), dC, 5.040, 3)
    page.printed("printed_dm", _("Σ∂HMSE/∂m as printed"), dm, 2.279, 3)
    new = _update(page, fit, dC, dm)
    page.step(
        _("Go through all rows again with the new weights"),
        _("Only a second pass shows whether the step was a good one: then ΣHMSE has fallen."),
        "Y_pred = C₁ + m₁·x",
    )
    said = page.keep()
    page.gap()
    _pass(page, "pass2", fit, new)
    with page.into(said):
        _compare(page, fit.lr)
    _sources(page)
    return new


def _sources(page: Page) -> None:
    page.source(
        _("Printed in the article: C = 0.52, m = 0.81, lr = 0.01, the sums 5.040 and 2.279, C₁ = 0.47, m₁ = 0.79.")
    )
    page.source(_("The article calls HMSE “RMSE” and “quadratic loss”, for one row SE: it is half the squared error."))
    page.source(_("Totals are SUMS over the rows, not means: a mean, the article argues, only shrinks each step."))
    page.source(_("The article's line “New m = 0.81 = 0.01*2.279 = 0.79” has a misprint: its second sign is a minus."))


def _pass(page: Page, id: str, fit: Fit, line: Line) -> None:
    """Add the article's table for a line: columns A to F in its order, then errors and derivatives, and the totals."""
    names, x, y = {"x": fit.survey.x_name, "y": fit.survey.y_name}, fit.x, fit.y
    units, raw = {"unit": fit.survey.y_unit}, number_format(fit.rent.value)
    predicted = line.C.value + line.m.value * x.value
    e = predicted - y.value
    with page.table(Counter("i = "), fit.survey.n) as t:
        area = {"unit": fit.survey.x_unit, "number_format": number_format(fit.area.value)}
        t.derived(f"{id}_A", fit.area.value, same(fit.area), "", f"A · {names['x']}", **area)
        title = _("B · {y}, predicted").format(**names)
        t.derived(f"{id}_B", fit.raw_y_value(predicted), lambda i: fit.raw_y(E[i]), "", title, **units)
        title = _("C · {y}, actual").format(**names)
        t.derived(f"{id}_C", fit.rent.value, same(fit.rent), "", title, number_format=raw, **units)
        t.derived(f"{id}_D", x.value, same(x), "x", _("D · {x}, scaled").format(**names))
        title = _("E · {y}, predicted, scaled").format(**names)
        E = t.derived(f"{id}_E", predicted, lambda i: line.C + line.m * x[i], "Y_pred", title, math="C + m·x")
        t.derived(f"{id}_F", y.value, same(y), "Y", _("F · {y}, scaled").format(**names))
        error = t.derived(f"{id}_error", e, lambda i: E[i] - y[i], "e", _("error"), math="Y_pred − Y")
        half, title = e**2 / 2, _("half squared error")
        HMSE = t.derived(f"{id}_HMSE", half, lambda i: error[i] ** 2 / 2, "HMSE", title, math="½·e²")
        by_e = t.gradient(f"{id}_by_e", e, lambda i: error[i], "∂HMSE/∂e", _("factor"), math="e")
        e_by_C = t.recorded(f"{id}_e_by_C", np.ones(len(e)), "∂e/∂C", _("factor"), math="1", number_format="0")
        e_by_m = t.gradient(f"{id}_e_by_m", x.value, same(x), "∂e/∂m", _("factor"), math="x")
        dC = t.gradient(f"{id}_dC", e, lambda i: by_e[i] * e_by_C[i], "∂HMSE/∂C", _("slope in C"), math="e·1")
        dm = t.gradient(f"{id}_dm", e * x.value, lambda i: by_e[i] * e_by_m[i], "∂HMSE/∂m", _("slope in m"), math="e·x")
        _total(t, f"{id}_loss", "ΣHMSE", HMSE)
        _total(t, f"{id}_dC_total", "Σ∂HMSE/∂C", dC)
        _total(t, f"{id}_dm_total", "Σ∂HMSE/∂m", dm)


def _total(t: Table, id: str, symbol: str, column: Block) -> None:
    t.total(column, Block(id, column.role, column.value.sum(), "", symbol, formula=lambda: total(column)))


def _update(page: Page, fit: Fit, dC: Block, dm: Block) -> Line:
    page.step(
        _("Update C and m against their slopes"),
        _("If the loss grows with C, make C smaller. Steeper slope, bigger step."),
        "C₁ = C − lr·Σ∂HMSE/∂C        m₁ = m − lr·Σ∂HMSE/∂m",
    )
    lr, new = fit.lr, []
    for old, slope in ((fit.C, dC), (fit.m, dm)):
        id, value, step = f"{old.id}1", old.value - lr.value * slope.value, old - lr * slope
        new.append(page.updated(id, value, lambda step=step: step, f"{old.symbol}₁", _("new value")))
        page.sentence(f"update_{old.id}", f"{old.symbol}₁ = {{{old.id}:2}} − {{lr:2}}·{{{slope.id}:4p}} = {{{id}:4}}")
    page.printed("printed_C", _("new C as printed"), new[0], 0.47, 2)
    page.printed("printed_m", _("new m as printed"), new[1], 0.79, 2)
    return Line(*new)


def _compare(page: Page, lr: Block) -> None:
    before, after = page.book["pass1_loss"], page.book["pass2_loss"]
    fell, rose = _("✓ The loss fell: the step was a good one."), _("The loss rose: make the learning rate smaller.")
    stayed = _("The loss hardly changed: its slope here, or the learning rate, is nearly 0.")
    value, formula = outcome(before, after, lr, fell, rose, stayed)
    page.say("loss_verdict", str(value), formula())
    page.sentence("loss_before_after", "ΣHMSE = {pass1_loss:4} → {pass2_loss:4}")
