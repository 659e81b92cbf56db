"""Page Constant: which one number is the best prediction for all? The mean for MSE, the median for MAE."""

from __future__ import annotations

import numpy as np

from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import Direction, absolute, call, dot, largest, mean, pick, smallest
from workbook.page import Page
from workbook.text import _

TARGETS = np.array([2.0, 3.0, 5.0, 8.0, 22.0])
GRID = 41
"""How many constants are tried."""


def constant_page(page: Page) -> None:
    """Try constants; see which is the best for each loss, and that none beats the mean or the median."""
    page.step(
        _("Mean for MSE, median for MAE"),
        _("Predict one number c for everybody and try them all: each loss has its own favourite."),
        "MSE(c) = (1/n)·Σ (y − c)²        MAE(c) = (1/n)·Σ |y − c|        MAPE(c) = (100/n)·Σ |y − c|·(1/y)",
    )
    page.remark(
        _("The claim is the article's, the values are ours. Move the last one: the mean follows, the median stays.")
    )
    across = {"along": Direction.RIGHT}
    y = page.given("targets", TARGETS, "y", _("actual values"), valid=Between(0.1, 1000), **across)
    pictures = page.keep()
    page.step(
        _("What the table says"),
        _("Each loss is least where the article says; no constant does better than the mean, or the median."),
        "d/dc Σ (y − c)² = −2·Σ (y − c) = 0  ⇔  c = Σy/n        d/dc Σ |y − c| = #(y < c) − #(y > c) = 0",
    )
    lowest = page.keep()
    mse, mae = _favourites(page, y)
    page.step(_("All constants that were tried"), _("MAPE is a mean in which every row has the weight 1/y."))
    c, losses = _try_constants(page, y)
    best = c.value[[int(np.argmin(loss.value)) for loss in losses]]
    with page.into(lowest), page.table(["MSE", "MAE", "MAPE"], 3) as t:
        each = [smallest(loss) for loss in losses]
        values = np.array([loss.value.min() for loss in losses])
        least = t.derived("least", values, None, title=_("least loss in the table"), each=each)
        places = [pick(c, call("MATCH", least[k], loss, 0)) for k, loss in enumerate(losses)]
        at = t.derived("least_at", best, None, "c", _("reached at the constant"), each=places)
    alts = (
        _("A bowl with its lowest point at the mean."),
        _("A broken line with its lowest point at the median."),
        _("A broken line with its lowest point at or below the median."),
    )
    with page.into(pictures), page.beside():
        for k, (name, alt) in enumerate(zip(("MSE", "MAE", "MAPE"), alts, strict=True)):
            mark = Series(_("lowest"), at[k], least[k], Mark.POINTS, colour="#B3261E")
            title = _("{loss} of a constant prediction").format(loss=name)
            page.chart(Chart(title, (Series(name, c[:], losses[k][:]), mark), "c", name, alt, columns=4, rows=14))
    claims = {"mse": _("MSE: none beats the mean"), "mae": _("MAE: none beats the median")}
    for id, here, table in (("mse", mse, losses[0]), ("mae", mae, losses[1])):
        value, title = min(table.value.min(), here.value), _("least of this and the table")
        least_of_all = page.offstage_block(f"least_{id}_of_all", value, each=[smallest(table, here)], title=title)
        page.check(f"best_{id}", claims[id], least_of_all, here, 1e-9)


def _try_constants(page: Page, y: Block) -> tuple[Block, list[Block]]:
    """Tabulate MSE, MAE and MAPE of constants from the smallest actual value to the largest."""
    v, n, title = y.value, call("COUNT", y), _("the weights that MAPE gives")
    inverse = page.derived("targets_inverse", 1 / v, lambda k: 1 / y[k], "1/y", title, along=Direction.RIGHT)
    intervals = page.offstage_block("grid_intervals", GRID - 1.0, title=_("intervals in the table"))
    tried = np.linspace(v.min(), v.max(), GRID)
    apart = np.abs(tried[:, None] - v)
    mse, mae, mape = (apart**2).mean(axis=1), apart.mean(axis=1), (100 * apart / v).mean(axis=1)
    with page.table(Counter(""), GRID) as t:
        by, title = (largest(y) - smallest(y)) / intervals, _("constant")
        c = t.derived("constant", tried, lambda i: c[i - 1] + by, "c", title, first=lambda: smallest(y))
        gaps = t.derived("apart", apart, lambda i, k: absolute(y[k] - c[i]), title="|y − c|", columns=Counter("y"))
        return c, [
            t.derived("constant_mse", mse, lambda i: call("SUMSQ", gaps[i, :]) / n, title="MSE(c)"),
            t.derived("constant_mae", mae, lambda i: mean(gaps[i, :]), title="MAE(c)"),
            t.derived("constant_mape", mape, lambda i: 100 * dot(gaps[i, :], inverse[:]) / n, title="MAPE(c)"),
        ]


def _favourites(page: Page, y: Block) -> tuple[Block, Block]:
    """Add mean and median, and return MSE at the one and MAE at the other."""
    v, n, across = y.value, call("COUNT", y), {"along": Direction.RIGHT}
    middle = page.derived("targets_mean", v.mean(), lambda: mean(y), title=_("mean of y"))
    half = page.derived("targets_median", np.median(v), lambda: call("MEDIAN", y), title=_("median of y"))
    away, title = v - middle.value, _("y − mean")
    from_mean = page.offstage_block("from_mean", away, lambda k: y[k] - middle, title=title, **across)
    sizes, title = np.abs(v - half.value), _("|y − median|")
    size = page.offstage_block("from_median", sizes, lambda k: absolute(y[k] - half), title=title, **across)
    mse = page.derived("mse_at_mean", np.var(v), lambda: call("SUMSQ", from_mean) / n, title=_("MSE at the mean"))
    mae = page.derived("mae_at_median", sizes.mean(), lambda: mean(size), title=_("MAE at the median"))
    page.remark(
        _("MAPE's favourite is the median with the weights 1/y, never above the plain one: it predicts too low.")
    )
    return mse, mae
