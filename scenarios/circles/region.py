"""Page Region: what the network says everywhere at the picked epoch; page Grid: the forward pass of every point of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.circles.points import ORANGE, Points, group_series, points_chart
from scenarios.common.layer import Layer
from scenarios.common.losses import BINARY_CROSS_ENTROPY
from scenarios.common.net import Net
from workbook.block import HIDDEN, Between, Block, Counter, Shading
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Direction, Expr, Index, call, equal, if_, number_of, pick
from workbook.page import Page, Voice
from workbook.text import _

GRID = 25
PALE_ORANGE, PALE_BLUE = "#F8DFC2", "#CFE2F3"
OFF_THE_CHART = 1e3


def region_page(page: Page, grid: Page, points: Points, layers: list[Layer]) -> None:
    """Show the prediction on every point of a grid, for the epoch in the yellow cell."""
    book = page.book
    output = grid_page(grid, points, layers)
    share, side = book["recorded_accuracy"], book["side"]
    title = _("percent of the held-out points that are right")
    book.helpers.derived("share_percent", 100 * share.value, lambda: 100 * share, title=title)
    with page.left():
        page.gap()
        page.live(
            "region_says", _("▶ Epoch {epoch:0}: {share_percent:0} % of unseen points right; loss {recorded_loss:3}"),
        )  # fmt: skip
        page.gap()
        page.chart(_losses(book))
    count = np.arange(GRID)
    down = book.helpers.recorded("region_down", count, title=_("rows of the region above"))
    along = Direction.RIGHT
    across = book.helpers.recorded("region_across", count + 1, "", _("its columns"), number_format="0", along=along)
    with page.right():
        with page.column(unit=2.1, square=True):
            look: dict[str, Any] = {"number_format": HIDDEN, "shading": Shading.TWO_CLASSES, "title": _("prediction")}
            seen = output.value[0].reshape(GRID, GRID)
            page.derived("region", seen, lambda r, c: pick(output[0, :], down[r] * side + across[c]), **look)
        page.sentence("region_window", _("The columns run from x₁ = {x1_from:1} to {x1_to:1}, the rows from x₂ = {x2_to:1} at the top to {x2_from:1} at the bottom. Click a cell to see its prediction."))  # fmt: skip
    _questions(page)
    with book.start.left():
        book.start.sentence("face", _("Epoch {epoch:0}: {share_percent:0} % of unseen points right"), Voice.HEADLINE)
    with book.start.right():
        book.start.chart(region_chart(page, points, columns=6, rows=14))


def _questions(page: Page) -> None:
    held = page.book["run_held_cost"]
    fall = page.book.helpers.derived(
        "held_fall", held.value[0] - held.value[5], lambda: held[0] - held[5],
        title=_("fall of the loss from epoch 0 to 5"),
    )  # fmt: skip
    page.try_(
        _("Type 0, then 1, 2, 3, … as the epoch, up to the last: watch where the border between the colours runs.")
    )
    page.turn(
        "region_turn",
        _("By how much does the loss on the held-out points fall from epoch 0 to epoch 5? (0.01 off is close enough)"),
        fall, 0.01, _("Most of what is learned, or little of it, may fall into so few epochs: look at the curve."),
        _("read the loss at epoch 0 and at epoch 5, and take the second from the first."),
    )  # fmt: skip
    page.remember(_("Each neuron of the first layer draws a straight line; the layers above join such lines into a border that closes."))  # fmt: skip
    page.source(_("Every cell is live: its point goes through the five layers on the sheet Grid, with the weights of the picked epoch."))  # fmt: skip
    page.source(_("The weights of every epoch were computed by NumPy beforehand (sheet Run)."))


def _losses(book: Book) -> Chart:
    epochs, loss, held, epoch, here = (
        book[id] for id in ("run_epoch", "run_cost", "run_held_cost", "epoch", "recorded_loss")
    )
    lines = (
        Series(_("training"), epochs[:], loss[:]),
        Series(_("held out"), epochs[:], held[:], colour=ORANGE, dashed=True),
        Series(_("the picked epoch"), epoch.whole(), here.whole(), Mark.POINTS, "#B3261E", size=10),
    )
    alt = _("A line of the loss by epoch, from the first weights on. A dot marks the picked epoch.")
    ends: tuple[float, float] = (0, len(epochs.value) - 1)
    return Chart(
        _("Loss by epoch"), lines, _("epoch"), _("loss L"), alt, columns=6, rows=20, x_range=ends, y_range=(0, None)
    )


def region_chart(page: Page, points: Points, columns: int = 6, rows: int = 24) -> Chart:
    """Return the chart of the network's answers on the grid, and the held-out points on it."""
    book = page.book
    pale = tuple(
        Series(name, book["X_g"][0, :], book[id][:], Mark.POINTS, colour, size=4)
        for name, id, colour in (
            (_("network: class 0"), "grid_zero", PALE_ORANGE),
            (_("network: class 1"), "grid_one", PALE_BLUE),
        )
    )
    series = (*pale, *group_series(book, points)[2:])
    return points_chart(points, _("The network's answer and the held-out points"), series, columns, rows)


def grid_page(page: Page, points: Points, layers: list[Layer]) -> Block:
    """Add the forward pass of every grid point; return the predictions."""
    page.step(_("Every grid point through the network"), _("One row per point, line by line from the upper left corner; the last columns sort them by answer for the chart."))  # fmt: skip
    (x1_low, x1_high), (x2_low, x2_high) = points.limits
    edges = (
        ("x1_from", x1_low, _("x₁ from")), ("x1_to", x1_high, _("x₁ to")), ("x2_from", x2_low, _("x₂ from")),
        ("x2_to", x2_high, _("x₂ to")),
    )  # fmt: skip
    window = [page.given(id, value, title=title, valid=Between(-20, 20)) for id, value, title in edges]
    x1_from, x1_to, x2_from, x2_to = window
    side = page.recorded("side", float(GRID), title=_("cells a side"))
    off = page.recorded("off_chart", OFF_THE_CHART, title=_("a place off the chart"))
    across, down = np.linspace(x1_from.value, x1_to.value, GRID), np.linspace(x2_to.value, x2_from.value, GRID)
    values = np.array([np.tile(across, GRID), np.repeat(down, GRID)])
    with page.table(Counter(""), GRID**2, freeze=True) as t:
        line = t.derived(
            "grid_row", np.repeat(np.arange(GRID), GRID), lambda p: call("INT", (number_of(p) - 1) / side),
            title=_("rows from the top"), number_format="0",
        )  # fmt: skip
        place = t.derived(
            "grid_column", np.tile(np.arange(GRID), GRID), lambda p: number_of(p) - 1 - line[p] * side,
            title=_("columns from the left"), number_format="0",
        )  # fmt: skip

        def where(k: Index, p: Index) -> Expr:
            x1 = x1_from + place[p] * (x1_to - x1_from) / (side - 1)
            return if_(equal(number_of(k), 1), x1, x2_to - line[p] * (x2_to - x2_from) / (side - 1))

        xy = t.derived("X_g", values, where, title="x", columns=Counter("x"), along=Direction.RIGHT)
        out = Net(layers, xy, xy, BINARY_CROSS_ENTROPY, "_g").forward(t).output
        inside = out.value[0] >= 0.5
        for id, there, title in (("grid_zero", False, _("x₂ if class 0")), ("grid_one", True, _("x₂ if class 1"))):

            def height(p: Index, there: bool = there) -> Expr:
                return if_(out[0, p] >= 0.5, xy[1, p] if there else off, off if there else xy[1, p])

            t.derived(id, np.where(inside == there, values[1], OFF_THE_CHART), height, title=title)
    return out
