"""Sheet Hill: ascent on 1 + 2x − x²."""

from __future__ import annotations

from scenarios.descent.one_variable import HILL, one_variable, start_and_rate
from workbook.book import Book
from workbook.text import _


def ascent(book: Book, start: float, rate: float) -> None:
    """Ascent on 1 + 2x − x²."""
    sheet = book.sheet("Hill", _("Ascent on 1 + 2x − x²"), landscape=False)
    sheet.step(
        _("Uphill: the other sign"),
        _("To find a maximum step along the slope instead of against it: one sign is all that changes."),
        "y = 1 + 2x − x²        f′(x) = 2 − 2x        x ← x + η·f′(x)",
    )
    one_variable(
        sheet,
        HILL,
        start_and_rate(sheet, "hill", start, rate),
        1,
        _(
            "The article gives 2 − 2x as the second derivative. That is the first; the second is −2 everywhere,"
            " and being"
            " negative makes x = 1 a maximum."
        ),
    )
