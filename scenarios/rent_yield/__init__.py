"""Rent yield: what rent for an office of a given area? A line, learned by gradient descent.

Symbols and shapes

    X, Y     (n,)     area and rent of n offices, raw              x, y    (n,)  the same, scaled to 0 … 1
    C, m     scalars  intercept and slope: Y_pred = C + m·x        e       (n,)  error, y − Y_pred
    HSE      (n,)     half squared error, ½·e²                     L       their SUM over the rows, as in the article
    dC, dm   scalars  ∂L/∂C = −Σe and ∂L/∂m = −Σe·x                lr      learning rate
    C ← C − lr·dC,  m ← m − lr·dm                                  t       epoch, one pass over all rows

One module a sheet, or two that belong together; each states NumPy's value and the sheet's formula side by side.

Article: fathoming-the-deep, the part on gradient descent for f(x) = mx + C.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.rent_yield.data import data_sheet
from scenarios.rent_yield.descent import descend, draw_descent
from scenarios.rent_yield.error import error_page
from scenarios.rent_yield.first_pass import first_pass_sheet, gradient_check_sheet
from scenarios.rent_yield.five_sums import five_sums_sheet
from scenarios.rent_yield.guess import guess_page
from scenarios.rent_yield.least_squares import least_squares_sheet
from scenarios.rent_yield.loss_curves import curves_sheet
from scenarios.rent_yield.loss_training import training_sheets
from scenarios.rent_yield.losses import LOSSES, MOST_ROWS, losses_sheet
from scenarios.rent_yield.mini_batch import mini_batch_sheet
from scenarios.rent_yield.new_office import new_office, new_office_page
from scenarios.rent_yield.second_pass import second_pass_sheet
from scenarios.rent_yield.slope import slope_page
from scenarios.rent_yield.step import learning_rate, rate_for, step_page
from scenarios.rent_yield.stochastic import stochastic_sheet
from scenarios.rent_yield.surface import surface_sheet
from scenarios.rent_yield.survey import ARTICLE_C, ARTICLE_LR, ARTICLE_M, Survey, article_survey, read_survey
from scenarios.rent_yield.variants import variants_sheet
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Parameter, Scenario, Setting
from workbook.text import N_, _


class RentYield(Scenario):
    """The article's rent-yield regression, from twelve offices to the rent of a new one."""

    name = "rent-yield"
    title = N_("What rent for 1,000 sq ft? A line learns from twelve offices")
    article = N_("“Fathoming the Deep in Deep Learning – A Practical Approach”: gradient descent for f(x) = mx + C")
    summary = N_(
        "Twelve offices, twelve rents. Put a line through them by hand, then let it improve itself, one small step at a "
        "time."
    )
    order = 10
    locale = Path(__file__).parent.parent / "locale"
    data_columns = N_(
        "an x and a y column (numbers, 2 to 10,000 rows); their headings, such as “area (sq ft)”, "
        "become names and units"
    )
    parameters = (
        Parameter("C", ARTICLE_C, N_("first intercept C"), low=-100, high=100),
        Parameter("m", ARTICLE_M, N_("first slope m"), low=-100, high=100),
        Parameter(
            "lr",
            ARTICLE_LR,
            N_("learning rate; with your own n rows it is 0.01·12/n unless you set it, since gradients are sums"),
            low=0,
            high=1,
        ),
        Parameter("epochs", 400, N_("most epochs: rows of the training table"), low=1, high=5000, whole=True),
        Parameter("threshold", 1e-6, N_("stop when the total falls by less than this"), low=1e-8, high=1),
        Parameter("loss", "log-cosh", N_("loss that is swapped in for the half squared error"), choices=LOSSES),
    )

    def read_data(self, path: Path) -> Survey:
        """Read the reader's own x and y."""
        return read_survey(path)

    def defaults(self, data: Any = None) -> dict[str, Setting]:
        """Return the article's settings; for the reader's own rows, the learning rate that suits their number."""
        usual = super().defaults()
        return usual if data is None else usual | {"lr": rate_for(data.n)}

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Walk from the survey to the rent of a new office, then to the variants."""
        survey: Survey = data or article_survey()
        book.first_change = _(
            "on the sheet Guess, type 0.3 for C: the line drops, and its loss falls. Get it close to the best."
        )
        if not survey.is_article:
            book.title = book.start.title = _("{y} and {x}: a line learns from {n} rows").format(
                x=survey.x_name, y=survey.y_name, n=survey.n
            )
            book.start.claim = _(
                "Put a line through your rows by hand, then let it improve itself, one small step at a time."
            )
        guess, error, slope, step, run, office_page = _core(book, survey)
        scaled, first_line = data_sheet(book, survey, settings["C"], settings["m"])
        office = new_office(office_page, survey, scaled)
        start = learning_rate(step, survey, first_line, settings["lr"])
        first = first_pass_sheet(book, survey, scaled, start)
        second = second_pass_sheet(book, scaled, start, first)
        gradient_check_sheet(book, scaled, start, first)
        sums = five_sums_sheet(book, scaled, start, first)
        loss = error_page(error, survey, scaled, start, sums)
        slopes = slope_page(slope, scaled, start, sums, loss)
        step_page(step, survey, scaled, start, sums, loss, slopes)
        descent = descend(run, scaled, start, sums, (settings["threshold"], settings["epochs"]))
        best = least_squares_sheet(book, survey, scaled, sums, start, second, descent)
        path = surface_sheet(book, scaled, sums, start, descent, best)
        draw_descent(run, survey, scaled, descent, best.loss, path)
        own = guess_page(guess, survey, scaled, sums, best.loss, office)
        new_office_page(
            office_page,
            office,
            {
                "own": (_("your line"), own, book["own_loss"]),
                "learned": (_("learned line"), descent.end, book["loss_end"]),
                "best": (_("best possible"), best.weights, best.loss),
            },
        )
        mini = mini_batch_sheet(book, scaled, start)
        stochastic = stochastic_sheet(book, scaled, start, sums)
        variants_sheet(book, scaled, start, sums, mini, stochastic)
        nearly_zero = losses_sheet(book, scaled, start)
        curves_sheet(book)
        if survey.n <= MOST_ROWS:
            training_sheets(book, scaled, start, best.weights, settings["loss"], nearly_zero)


def _core(book: Book, survey: Survey) -> tuple[Page, ...]:
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
