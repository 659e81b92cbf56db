"""Sheet Overview: all losses side by side."""

from __future__ import annotations

import numpy as np

from scenarios.common.columns import caption
from scenarios.losses.row_loss import RowLoss
from scenarios.losses.table import BCE, HALF_MSE, KL, LOG_COSH, MAE, MAPE, MSE, MSLE, SAE, SSE
from workbook.book import Book
from workbook.sheet import Style
from workbook.text import _


def overview(book: Book) -> None:
    """List every loss with its value, whether it is a sum or a mean, and its gradient."""
    sheet = book.sheet("Overview", _("All losses side by side"))
    sheet.step(
        _("The whole table"),
        _("The same predictions, many numbers: compare losses only with themselves, never one with another."),
    )
    own = _("own rows")
    mean_word, sum_word = _("mean"), _("sum")

    def line(loss: RowLoss, remark: str = "") -> tuple[str, str, str, str]:
        kind = mean_word if loss.averaged else sum_word
        return _(loss.title), loss.id, f"{kind} ({remark})" if remark else kind, loss.slope.math

    lines = [
        *(line(loss) for loss in (MSE, HALF_MSE, SSE, MSLE, MAE, MAPE, SAE)),
        line(BCE, own),
        (_("Negative log-likelihood (NLL)"), "nll", f"{mean_word} ({own})", "−y/p/n"),
        line(KL, own),
        (_("Cosine proximity"), "cosine", _("neither"), "−(y/(‖y‖‖ŷ‖) − cos·ŷ/‖ŷ‖²)"),
        line(LOG_COSH),
    ]
    losses = [book[f"{id}_loss"] for _title, id, _kind, _slope in lines]
    top, values = sheet.cursor, np.array([float(loss.value) for loss in losses])
    with sheet.table([title for title, *_rest in lines], len(lines)) as table:
        table.derived("all_losses", values, None, each=[loss.whole() for loss in losses], **caption(_("loss"), "C"))
    for column, heading in ((2, _("sum or mean")), (4, _("gradient by a prediction"))):
        sheet.label(top, column, heading, Style.COLUMN)
    for k, (_title, _id, kind, slope) in enumerate(lines):
        sheet.label(top + table.HEADING_ROWS + k, 2, kind, Style.UNIT)
        sheet.label(top + table.HEADING_ROWS + k, 4, slope, Style.UNIT)
