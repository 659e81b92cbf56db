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
from scenarios.rent_yield.descent import descent_sheets
from scenarios.rent_yield.first_pass import (
    ARTICLE_C,
    ARTICLE_LR,
    ARTICLE_M,
    first_pass_sheet,
    gradient_check_sheet,
    rate_for,
)
from scenarios.rent_yield.five_sums import five_sums_sheet
from scenarios.rent_yield.least_squares import least_squares_sheet
from scenarios.rent_yield.loss_curves import curves_sheet
from scenarios.rent_yield.loss_training import training_sheets
from scenarios.rent_yield.losses import LOSSES, MOST_ROWS, losses_sheet
from scenarios.rent_yield.mini_batch import mini_batch_sheet
from scenarios.rent_yield.new_office import new_office_sheet
from scenarios.rent_yield.second_pass import second_pass_sheet
from scenarios.rent_yield.stochastic import stochastic_sheet
from scenarios.rent_yield.surface import surface_sheet
from scenarios.rent_yield.survey import Survey, article_survey, read_survey
from scenarios.rent_yield.variants import variants_sheet
from workbook.book import Book
from workbook.scenario import Parameter, Scenario, Setting
from workbook.text import N_, _


class RentYield(Scenario):
    """The article's rent-yield regression, from twelve offices to the rent of a new one."""

    name = "rent-yield"
    title = N_("Rent yield: a line learned by gradient descent")
    article = N_("“Fathoming the Deep in Deep Learning – A Practical Approach”: gradient descent for f(x) = mx + C")
    summary = N_(
        "A line with two weights, and gradient descent by hand: predict, measure the error, differentiate, update, "
        "repeat, until the best line is found; then predict the rent of a new office."
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
            "on the sheet Data, type another number into a yellow cell, and watch the line on the "
            "sheet Descent follow; then make the learning rate on FirstPass 0.2: too large, and the sheets say so."
        )

        scaled = data_sheet(book, survey)
        start, first = first_pass_sheet(book, survey, scaled, settings["C"], settings["m"], settings["lr"])
        gradient_check_sheet(book, scaled, start, first)
        second = second_pass_sheet(book, scaled, start, first)
        sums = five_sums_sheet(book, scaled, start, first)
        descent = descent_sheets(book, survey, scaled, start, sums, settings["threshold"], settings["epochs"])
        best = least_squares_sheet(book, survey, scaled, sums, start, second, descent)
        surface_sheet(book, scaled, sums, start, descent, best)
        new_office_sheet(book, survey, scaled, descent, best.weights)
        mini = mini_batch_sheet(book, scaled, start)
        stochastic = stochastic_sheet(book, scaled, start, sums)
        variants_sheet(book, scaled, start, sums, mini, stochastic)
        nearly_zero = losses_sheet(book, scaled, start)
        curves_sheet(book)
        if survey.n <= MOST_ROWS:
            training_sheets(book, scaled, start, best.weights, settings["loss"], nearly_zero)
