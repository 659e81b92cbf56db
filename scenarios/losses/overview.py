"""Sheet Overview: all losses side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption
from scenarios.losses.row_loss import RowLoss
from scenarios.losses.table import BCE, KL, LOG_COSH, MAPE, MSLE, SHARED
from workbook.book import Book
from workbook.sheet import HEADING_ROWS, Style
from workbook.text import _


@dataclass(frozen=True)
class Line:
    """One loss: its name, the id of its blocks, whether it is a sum or a mean, its formula, its gradient."""

    title: str
    id: str
    kind: str
    formula: str
    slope: str


def overview(book: Book, *, positive: bool) -> None:
    """List every loss with its value, whether it is a sum or a mean, its formula and its gradient.

    MSLE and MAPE are there only where all numbers are positive.
    """
    sheet = book.sheet("Overview", _("All losses side by side"))
    sheet.step(
        _("The whole table"),
        _("The same predictions, many numbers: compare losses only with themselves, never one with another."),
    )
    own = _("own rows")
    mean_word, sum_word = _("mean"), _("sum")

    def line(loss: RowLoss, remark: str = "") -> Line:
        kind = mean_word if loss.averaged else sum_word
        formula = loss.math.split("   ")[0]
        return Line(_(loss.title), loss.id, f"{kind} ({remark})" if remark else kind, formula, loss.slope.math)

    nll = Line(
        _("Negative log-likelihood (NLL)"), "nll", f"{mean_word} ({own})", "NLL = −(1/n) · Σᵢ Σₖ yₖ·ln pₖ", "−y/p/n"
    )
    cosine = Line(_("Cosine proximity"), "cosine", _("neither"), "C = −Σ y·ŷ / (‖y‖·‖ŷ‖)", "−(y/(‖y‖‖ŷ‖) − cos·ŷ/‖ŷ‖²)")
    lines = [line(loss) for loss in SHARED if positive or loss not in (MSLE, MAPE)]
    lines += [line(BCE, own), nll, line(KL, own), cosine, line(LOG_COSH)]
    losses = [book[f"{line.id}_loss"] for line in lines]
    top, values = sheet.cursor, np.array([float(loss.value) for loss in losses])
    with sheet.table([line.title for line in lines], len(lines)) as table:
        table.derived("all_losses", values, None, each=[loss.whole() for loss in losses], **caption(_("loss"), "C"))
    headings = (_("sum or mean"), _("formula"), _("gradient by a prediction"))
    for k, (heading, width) in enumerate(zip(headings, (18, 50, 34), strict=True)):
        sheet.label(top, 2 + k, heading, Style.COLUMN)
        sheet.widths[2 + k] = width
    for k, one in enumerate(lines):
        for column, words in enumerate((one.kind, one.formula, one.slope), start=2):
            sheet.label(top + HEADING_ROWS + k, column, words, Style.UNIT)
