"""Sheet KL: three classes, what was counted and what a model says; entropy and cross-entropy beside it."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import caption, sum_under
from scenarios.losses.likelihood import class_names
from scenarios.losses.quotients import probability_step
from scenarios.losses.row_loss import open_sheet, row_loss_columns, row_loss_result
from scenarios.losses.table import KL
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import ln, total
from workbook.text import _

COUNTED, EXPECTED = np.array([5.0, 3.0, 2.0]), np.array([4.0, 2.0, 4.0])


def kl_divergence(book: Book) -> None:
    """Lay out the loss, then what entropy and cross-entropy have to do with it."""
    sheet = open_sheet(book, KL)
    sheet.remark(
        _(
            "P is what was counted among ten pictures, Q what a model expects; the numbers are chosen here. Both are"
            " scaled to add up to 1."
        )
    )
    h = probability_step(sheet, "kl_h")
    P, Q, count = COUNTED / COUNTED.sum(), EXPECTED / EXPECTED.sum(), Between(1, 20)
    with sheet.table(Counter(""), 3) as table:
        names = np.array([str(name) for name in class_names()], dtype=object)
        classes = table.recorded("kl_class", names, title=_("class"), number_format="@")
        seen = table.given("kl_seen", COUNTED, valid=count, **caption(_("counted"), number_format="0.0"))
        said = table.given("kl_said", EXPECTED, valid=count, **caption(_("expected"), number_format="0.0"))
        p = table.derived("kl_y", P, lambda i: seen[i] / total(seen), **caption(_("true probability"), "p"))
        q = table.derived("kl_yhat", Q, lambda i: said[i] / total(said), **caption(_("predicted probability"), "q"))
        rows = row_loss_columns(table, KL, (p, q), None, h)
        for column in (p, q):
            sum_under(table, column)
    result = row_loss_result(sheet, KL, rows)
    sheet.chart(
        Chart(
            _("Counted and expected"),
            (Series("P", classes[:], p[:], Mark.COLUMNS), Series("Q", classes[:], q[:], Mark.COLUMNS)),
            "",
            _("probability"),
            _("For each of the three classes the true and the predicted probability as columns."),
            columns=5,
            rows=13,
        )
    )
    _entropies(sheet, p, q, result)


def _entropies(sheet: Sheet, p: Block, q: Block, kl: Block) -> None:
    """Entropy, cross-entropy, and the divergence the other way round."""
    sheet.step(
        _("Entropy, cross-entropy, KL"),
        _("P's entropy is fixed, so minimising cross-entropy minimises KL: it ties the two losses before it together."),
        "H(P) = −Σ p·ln p        H(P, Q) = −Σ p·ln q        KL(P‖Q) = H(P, Q) − H(P)",
    )
    P, Q = p.value, q.value
    with sheet.table(class_names(), 3) as table:
        own = table.derived("kl_own", -P * np.log(P), lambda i: -p[i] * ln(p[i]), **caption(_("entropy"), "−p·ln p"))
        fields = caption(_("cross-entropy"), "−p·ln q")
        cross = table.derived("kl_cross", -P * np.log(Q), lambda i: -p[i] * ln(q[i]), **fields)
        fields = caption(_("KL the other way round"), "q·ln(q/p)")
        back = table.derived("kl_back", Q * np.log(Q / P), lambda i: q[i] * ln(q[i] / p[i]), **fields)
        own_sum, cross_sum, back_sum = (sum_under(table, column) for column in (own, cross, back))
    difference, fields = np.sum(P * (np.log(P) - np.log(Q))), caption(_("the difference"), "H(P, Q) − H(P)")
    link = sheet.derived("kl_link", difference, lambda: cross_sum - own_sum, **fields)
    sheet.check("kl_is_difference", _("KL = cross-entropy − entropy"), kl, link, 1e-9)
    sheet.sentence(
        "kl_both_ways",
        _("It is no distance, which would be the same both ways: KL(P‖Q) = {a:4}, KL(Q‖P) = {b:4}."),
        a=kl,
        b=back_sum,
    )
