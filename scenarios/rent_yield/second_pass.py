"""Sheet SecondPass: move the weights against the gradient, and see that the total has fallen."""

from __future__ import annotations

from scenarios.common.outcome import outcome
from scenarios.rent_yield.first_pass import Pass, add_pass
from scenarios.rent_yield.survey import Scaled, Start, Weights, going_back, keep_free, rate_digits
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.eager import Sheet
from workbook.sheet import Kind
from workbook.text import _


def second_pass_sheet(book: Book, scaled: Scaled, start: Start, first: Pass) -> Weights:
    """Add the update rule and the whole table again with the new weights."""
    sheet = book.sheet(
        "ArticleStep", _("The article's second pass: with new weights, does the total fall?"), kind=Kind.ARTICLE
    )
    new = _update(sheet, start, first)
    sheet.step(
        _("Go through all rows again with the new weights"),
        _("Only a second pass shows whether the step was a good one: then the total has fallen."),
        "Y_pred = C₁ + m₁·x",
    )
    above = keep_free(sheet, 5)
    with sheet.table(Counter("i = "), scaled.n) as t:
        x, y = scaled.x, scaled.y
        t.derived("pass2_x", x.value, lambda i: x[i], title=_("D · scaled"), symbol="x")
        t.derived("pass2_y", y.value, lambda i: y[i], title=_("F · scaled"), symbol="y")
        second = add_pass(t, "pass2", scaled, new.C, new.m, float(new.C.value), float(new.m.value))
    with going_back(sheet, above):
        _compare(sheet, start.lr, first, second)
    return new


def _update(sheet: Sheet, start: Start, first: Pass) -> Weights:
    sheet.step(
        _("Update C and m against their slopes"),
        _("Where the total rises with a weight, the weight goes down, and the steeper the further."),
        "C₁ = C − lr·ΣdHSE/dC        m₁ = m − lr·ΣdHSE/dm",
    )
    C = sheet.updated(
        "C1",
        start.C.value - start.lr.value * first.dC.value,
        lambda: start.C - start.lr * first.dC,
        symbol="C₁",
        title=_("new intercept"),
        number_format="0.000000",
    )
    m = sheet.updated(
        "m1",
        start.m.value - start.lr.value * first.dm.value,
        lambda: start.m - start.lr * first.dm,
        symbol="m₁",
        title=_("new slope"),
        number_format="0.000000",
    )
    digits = rate_digits(len(first.error.value))
    for new, old, slope, name in ((C, start.C, first.dC, "C"), (m, start.m, first.dm, "m")):
        sheet.sentence(
            f"update_{name}",
            f"{name}₁ = {{old:4}} − {{lr:{digits}}}·{{slope:4p}} = {{new:4}}",
            old=old,
            lr=start.lr,
            slope=slope,
            new=new,
        )
    sheet.printed("printed_C", _("new C as printed"), C, 0.47, 2)
    sheet.printed("printed_m", _("new m as printed"), m, 0.79, 2)
    sheet.remark(_("The article's line “New m = 0.81 = 0.01*2.279 = 0.79” has a misprint: its second sign is a minus."))
    return Weights(C, m)


def _compare(sheet: Sheet, lr: Block, first: Pass, second: Pass) -> None:
    before = sheet.derived("loss_before", first.loss.value, lambda: first.loss, symbol="L", title=_("total before"))
    after = sheet.derived("loss_after", second.loss.value, lambda: second.loss, symbol="L₁", title=_("total after"))
    value, formula = outcome(
        before,
        after,
        lr,
        _("✓ The total fell: the step was a good one."),
        _("The total rose: with this learning rate the step leaps across the valley. Make lr smaller."),
        _("The total hardly changed: its slope here, or lr, is nearly 0."),
    )
    sheet.derived("loss_verdict", value, formula, title=_("verdict"), number_format="@")
