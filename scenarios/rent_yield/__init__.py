"""What rent for a new office? A line through twelve, learned by gradient descent.

Symbols and shapes

    X, Y     (n,)     area and rent of n offices, raw              x, y    (n,)  the same, scaled to 0 … 1
    C, m     scalars  left end and rise of the line C + m·x        e       (n,)  error, C + m·x − y
    L        scalar   loss ½·Σe²: a SUM, as in the article         η       learning rate
    dC, dm   scalars  its slopes Σe and Σe·x                       t       epoch, one pass over all rows
    C ← C − η·dC,  m ← m − η·dm

One module a sheet, or two that belong together; each states NumPy's value and the sheet's formula side by side.

Article: fathoming-the-deep, the part on gradient descent for f(x) = mx + C.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.rent_yield.article import article_page
from scenarios.rent_yield.data import FIRST_C, FIRST_M, data_page, sums_against_rows
from scenarios.rent_yield.descent import EPOCHS, THRESHOLD, descend, draw_descent, learned
from scenarios.rent_yield.error import error_page
from scenarios.rent_yield.guess import guess_page
from scenarios.rent_yield.least_squares import least_squares_page
from scenarios.rent_yield.losses import MOST_ROWS, losses_page
from scenarios.rent_yield.new_office import Lines, new_office, new_office_page
from scenarios.rent_yield.other_loss import LOSS, other_loss_page
from scenarios.rent_yield.rates import rates_page
from scenarios.rent_yield.slope import slope_page
from scenarios.rent_yield.step import ETA, learning_rate, rate_for, step_page
from scenarios.rent_yield.surface import surface_page
from scenarios.rent_yield.survey import Survey, article_survey, read_survey
from scenarios.rent_yield.variants import variants_page
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario, Setting
from workbook.sheet import Kind
from workbook.text import N_, _


class RentYield(Scenario):
    """The article's regression of rents, from twelve offices to the rent of a new one."""

    name = "rent-yield"
    licence = "MIT"
    title = N_("What rent for 1,000 sq ft? A line learns from twelve offices")
    article = N_("“Fathoming the Deep in Deep Learning – A Practical Approach”: gradient descent for f(x) = mx + C")
    summary = N_(
        "Twelve offices, twelve rents. Put a line through them by hand, then let it improve itself, one small step at a time."
    )
    order = 10
    locale = Path(__file__).parent.parent / "locale"
    ask = (
        "pass1_E=2",
        "pass1_error=2",
        "pass1_HMSE=2",
        "pass1_loss",
        "pass1_dm[1:11]=3",  # its first x is 0 and its last 1: there the slope stands elsewhere
        "pass1_dC_total",
        "pass1_dm_total",
        "C1=2",
        "m1=2",
    )
    data_columns = N_(
        "an x and a y column (numbers, 2 to 10,000 rows); their headings, such as “area (sq ft)”, become names and units"
    )
    parameters = (FIRST_C, FIRST_M, ETA, EPOCHS, THRESHOLD, LOSS)

    def read_data(self, path: Path) -> Survey:
        """Read the reader's own x and y."""
        return read_survey(path)

    def defaults(self, data: Any = None) -> dict[str, Setting]:
        """Return the article's settings; for the reader's own rows, the learning rate that suits their number."""
        usual = super().defaults()
        return usual if data is None else usual | {"lr": rate_for(data.n)}

    def own_rows(self) -> list[Sequence[Any]]:
        survey = article_survey()
        return [("area (sq ft)", "rent (thousand $)"), *zip(survey.x, survey.y, strict=True)]

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Walk from a guess to the rent of a new office, then through the article and to the variants."""
        survey: Survey = data or article_survey()
        book.first_change = _(
            "on the sheet Guess, type 0.3 for C: the line drops, and its loss falls. Get it close to the best."
        )
        if not survey.is_article:
            title = _("{y} and {x}: a line learns from {n} rows")
            book.title = book.start.title = title.format(x=survey.x_name, y=survey.y_name, n=survey.n)
            book.start.claim = _(
                "Put a line through your rows by hand, then let it improve itself, one small step at a time."
            )
        guess, error, slope, step, run, office = _story(book, survey)
        sums = book.page("FiveSums", _("Five sums in place of all the rows"), landscape=False, kind=Kind.DEEPER)
        rows = book.page("Data", _("The data: {x} and {y}").format(x=survey.x_name, y=survey.y_name), kind=Kind.DATA)
        fit = data_page(rows, sums, survey, learning_rate(step, survey))
        error_page(error, fit)
        step_page(step, fit, slope_page(slope, fit))
        second = article_page(book, fit)
        sums_against_rows(sums, fit)
        rates_page(book, fit)
        said = descend(run, fit, int(settings["epochs"]))
        best = least_squares_page(book, fit, second)
        draw_descent(run, fit, said, surface_page(book, fit, best))
        new_office(office, fit)
        own = guess_page(guess, fit)
        lines: Lines = {
            "own": (_("your line"), own, book["own_loss"]),
            "learned": (_("learned line"), learned(book), book["loss_end"]),
            "best": (_("best possible"), best, book["loss_best"]),
        }
        new_office_page(office, fit, lines)
        variants_page(book, fit)
        losses_page(book, fit)
        if survey.n <= MOST_ROWS:
            other_loss_page(book, fit, best)


def _story(book: Book, survey: Survey) -> tuple[Page, ...]:
    """Add the pages of the story, in its order: guess, error, slope, step, descent, new office."""
    names = {"x": survey.x_name, "y": survey.y_name}
    guess = _("{y} and {x}: where would you put the line?").format(**names)
    new = _("Use it: the {y} of a new {x}").format(**names)
    if survey.is_article:
        guess = _("Twelve rents: where would you put the line?")
        new = _("Use it: the rent of a new office")
    stories = (
        (
            "Guess",
            guess,
            _("Two numbers make a line, and a line turns any {x} into a {y}.").format(**names),
            _("Do the points lie above or below the line? Should C go up or down?"),
        ),
        (
            "Error",
            _("How bad is a line? Square every miss"),
            _("Half the square of every miss, added up, is one number to make small: the loss."),
            _("If one miss is halved, what becomes of its share of the loss: a half, or less?"),
        ),
        (
            "Slope",
            _("Which way is down? Move one number a little"),
            _("The slope of the loss says which way each number must go, and how much it matters."),
            _("Where the line is too high, is the slope of the loss in C positive or negative?"),
        ),
        (
            "Step",
            _("One step: both numbers move against their slopes"),
            _("Take a small share of each slope away and the loss falls; the share is the learning rate."),
            _("Ten times the learning rate: ten times as good?"),
        ),
        (
            "Descent",
            _("Repeat the step, and the line learns"),
            _("The same step, again and again, leads to the bottom of the valley, if it is small enough."),
            _("Will the path run straight to the bottom, or curve?"),
        ),
        (
            "NewOffice",
            new,
            _("The learned line answers the question we began with, and we must know when not to believe it."),
            _("What would the line ask far outside the data?"),
        ),
    )
    return tuple(book.page(*story) for story in stories)
