"""Sheet Constant: which one number is the best prediction for all? The mean for MSE, the median for MAE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.columns import caption
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import Direction, absolute, call, dot, largest, mean, pick, smallest
from workbook.text import _

TARGETS = np.array([2.0, 3.0, 5.0, 8.0, 22.0])
GRID = 41
"""How many constants are tried."""
CHART_ROWS = 14


@dataclass(frozen=True)
class Tried:
    """The constants that were tried, with the losses of each."""

    c: Block
    mse: Block
    mae: Block
    mape: Block


def best_constant(book: Book) -> None:
    """Try constants, and hold the article's claim about the best ones to account."""
    sheet = book.sheet("Constant", _("The best constant prediction"), landscape=False)
    sheet.step(
        _("Mean for MSE, median for MAE"),
        _("Predict one number c for everybody and try them all: each loss has its own favourite."),
        "MSE(c) = (1/n)·Σ (y − c)²        MAE(c) = (1/n)·Σ |y − c|        MAPE(c) = (100/n)·Σ |y − c|·(1/y)",
    )
    sheet.remark(
        _(
            "The claim is the article's; the five values are chosen here, the last one as an outlier. Move it: the mean"
            " follows, the median stays."
        )
    )
    fields = caption(_("actual values"), "y", "0.0", along=Direction.RIGHT)
    y = sheet.given("targets", TARGETS, valid=Between(0.1, 1000), **fields)
    fields = caption(_("the weights that MAPE gives"), "1/y", along=Direction.RIGHT)
    inverse = sheet.derived("targets_inverse", 1 / TARGETS, lambda k: 1 / y[k], **fields)
    fields = caption(_("intervals in the table"), number_format="0")
    intervals = sheet.recorded("grid_intervals", GRID - 1.0, **fields)
    pictures = sheet.cursor
    sheet.gap(CHART_ROWS + 1)
    tried = _try_constants(sheet, y, inverse, intervals)
    _draw(sheet, pictures, tried, *_least_losses(sheet, tried))
    _favourites(sheet, y, tried)


def _try_constants(sheet: Sheet, y: Block, inverse: Block, intervals: Block) -> Tried:
    """Tabulate the losses of constants from the smallest actual value to the largest."""
    C = np.linspace(TARGETS.min(), TARGETS.max(), GRID)
    apart = np.abs(C[:, None] - TARGETS)
    with sheet.table(Counter(""), GRID) as table:
        c = table.derived(
            "constant",
            C,
            lambda i: c[i - 1] + (largest(y) - smallest(y)) / intervals,
            first=lambda: smallest(y),
            **caption(_("constant"), "c", "0.00"),
        )
        fields = caption("|y − c|", number_format="0.0", columns=Counter("y"))
        gaps = table.derived("apart", apart, lambda i, k: absolute(y[k] - c[i]), **fields)
        squares, fields = (apart**2).mean(axis=1), caption("MSE(c)", number_format="0.00")
        mse = table.derived("constant_mse", squares, lambda i: call("SUMSQ", gaps[i, :]) / call("COUNT", y), **fields)
        fields = caption("MAE(c)", number_format="0.000")
        mae = table.derived("constant_mae", apart.mean(axis=1), lambda i: mean(gaps[i, :]), **fields)
        mape = table.derived(
            "constant_mape",
            (100 * apart / TARGETS).mean(axis=1),
            lambda i: 100 * dot(gaps[i, :], inverse[:]) / call("COUNT", y),
            **caption("MAPE(c)", number_format="0.0"),
        )
    return Tried(c, mse, mae, mape)


def _draw(sheet: Sheet, top: int, tried: Tried, least: Block, places: Block) -> None:
    """Chart each loss by the constant, its lowest point marked."""
    pictures = (
        ("MSE", tried.mse, _("A bowl with its lowest point at the mean.")),
        ("MAE", tried.mae, _("A broken line with its lowest point at the median.")),
        ("MAPE", tried.mape, _("A broken line with its lowest point at or below the median.")),
    )
    for k, ((loss, column, alt), (left, columns)) in enumerate(zip(pictures, ((0, 2), (2, 5), (7, 5)), strict=True)):
        curve = Series(loss, tried.c[:], column[:])
        lowest = Series(_("lowest"), places[k], least[k], Mark.POINTS, colour="#B3261E")
        title = _("{loss} of a constant prediction").format(loss=loss)
        chart = Chart(title, (curve, lowest), "c", loss, alt, columns=columns, rows=CHART_ROWS)
        sheet.chart(chart, at=(top, left))


def _least_losses(sheet: Sheet, tried: Tried) -> tuple[Block, Block]:
    """Find the constants that do best in the table; return the losses there, and the constants."""
    sheet.step(
        _("What the table says"),
        _(
            "Each loss is least where the article says; no constant in the table does better than the mean, or the median."
        ),
        "d/dc Σ (y − c)² = −2·Σ (y − c) = 0  ⇔  c = Σy/n        d/dc Σ |y − c| = #(y < c) − #(y > c) = 0",
    )
    losses = (tried.mse, tried.mae, tried.mape)
    least = np.array([loss.value.min() for loss in losses])
    best = tried.c.value[[int(np.argmin(loss.value)) for loss in losses]]
    with sheet.table(["MSE", "MAE", "MAPE"], 3) as table:
        fields = caption(_("least loss in the table"), number_format="0.000")
        found = table.derived("least", least, None, each=[smallest(loss) for loss in losses], **fields)
        places = [pick(tried.c, call("MATCH", found[k], loss, 0)) for k, loss in enumerate(losses)]
        fields = caption(_("reached at the constant"), "c", "0.00")
        reached = table.derived("least_at", best, None, each=places, **fields)
    return found, reached


def _favourites(sheet: Sheet, y: Block, tried: Tried) -> None:
    """Hold the losses at mean and median against all the others."""
    average, middle = TARGETS.mean(), np.median(TARGETS)
    fields = {"number_format": "0.00"}
    at_mean = sheet.derived("targets_mean", average, lambda: mean(y), title=_("mean of y"), **fields)
    at_median = sheet.derived("targets_median", middle, lambda: call("MEDIAN", y), title=_("median of y"), **fields)
    fields = caption(_("y − mean"), number_format="0.00", along=Direction.RIGHT)
    from_mean = sheet.derived("from_mean", TARGETS - average, lambda k: y[k] - at_mean, **fields)
    fields = caption(_("|y − median|"), number_format="0.00", along=Direction.RIGHT)
    from_median = sheet.derived("from_median", np.abs(TARGETS - middle), lambda k: absolute(y[k] - at_median), **fields)
    fields = caption(_("MSE at the mean"), number_format="0.000")
    mse = sheet.derived("mse_at_mean", np.var(TARGETS), lambda: call("SUMSQ", from_mean) / call("COUNT", y), **fields)
    fields = caption(_("MAE at the median"), number_format="0.000")
    mae = sheet.derived("mae_at_median", from_median.value.mean(), lambda: mean(from_median), **fields)
    _none_beats(sheet, "mse", mse, tried.mse, _("MSE: none beats the mean"))
    _none_beats(sheet, "mae", mae, tried.mae, _("MAE: none beats the median"))
    sheet.remark(
        _(
            "MAPE weighs every row with 1/y: its favourite is the median with these weights, never above the plain median. This"
            " is why it picks models that predict too low."
        )
    )


def _none_beats(sheet: Sheet, id: str, here: Block, table: Block, claim: str) -> None:
    least, fields = min(table.value.min(), here.value), caption(_("least of this and the table"), number_format="0.000")
    of_all = sheet.derived(f"least_{id}_of_all", least, lambda: smallest(table, here), **fields)
    sheet.check(f"best_{id}", claim, of_all, here, 1e-9)
