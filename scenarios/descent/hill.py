"""Sheet Hill: ascent on 1 + 2x − x²."""

from __future__ import annotations

from scenarios.descent.one_variable import HILL, LARGEST_RATE, one_variable
from workbook.book import Book
from workbook.parameter import Parameter
from workbook.sheet import Kind
from workbook.text import N_, _

HILL_START = Parameter("ascent_x0", -1.5, N_("start on 1 + 2x − x²"), -10, 10, symbol="x₀")
HILL_RATE = Parameter("ascent_lr", 0.1, N_("step size on 1 + 2x − x²"), 0, LARGEST_RATE, symbol="η")


def hill(book: Book) -> None:
    """Ascent on 1 + 2x − x²."""
    page = book.page("Hill", _("Ascent on 1 + 2x − x²"), kind=Kind.DEEPER, landscape=False)
    page.step(
        _("Uphill: the other sign"),
        _("To find a maximum step along the slope instead of against it: one sign is all that changes."),
        "y = 1 + 2x − x²        f′(x) = 2 − 2x        x ← x + η·f′(x)",
    )
    start = page.setting(HILL_START, "hill_x0", remark=_("chosen here; from −10 to 10"))
    words = _("chosen here; from 0 to 1.1, so that a run that diverges still fits")
    rate = page.setting(HILL_RATE, "hill_lr", remark=words)
    remark = _("The article gives 2 − 2x as the second derivative. That is the first; the second is −2 everywhere, and being negative makes x = 1 a maximum.")  # fmt: skip
    one_variable(page, "hill", HILL, start, rate, 1, remark, uphill=True)
