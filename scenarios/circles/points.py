"""Two circles of points, one inside the other; pages Data and Points.

The points follow the rule of scikit-learn's ``make_circles``: equal angles on two circles around the origin, the inner one
smaller by a factor, and normal noise on both coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import Array
from workbook.block import Counter
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import total
from workbook.page import Page
from workbook.text import _

FACTOR, NOISE, POINTS = 0.3, 0.1, 1000
OUTER, INNER = 0, 1
ORANGE, BLUE, BROWN, NAVY = "#D1711B", "#1F6FB2", "#7A3B00", "#0B2F55"


@dataclass(frozen=True)
class Points:
    """Labelled points: coordinates (N, 2), labels (N,), sorted; the first `training` of them are trained with.

    Sorted by use and class (training 0, training 1, held out 0, held out 1), so that each group is one range of cells.
    """

    xy: Array
    labels: Array
    training: int

    @property
    def groups(self) -> list[slice]:
        """Return where the four groups lie."""
        zeros = int(np.sum(self.labels[: self.training] == OUTER))
        held_zeros = int(np.sum(self.labels[self.training :] == OUTER))
        edges = [0, zeros, self.training, self.training + held_zeros, len(self.labels)]
        return [slice(a, b) for a, b in pairwise(edges)]

    @property
    def limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return round limits of both coordinates, half a unit apart, with a margin."""
        low = np.floor((self.xy.min(axis=0) - 0.1) * 2) / 2
        high = np.ceil((self.xy.max(axis=0) + 0.1) * 2) / 2
        return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def make_circles(random: np.random.Generator) -> tuple[Array, Array]:
    """Return the coordinates (1000, 2) and labels (1000,) of two noisy circles: 0 outside, 1 inside."""
    angles = np.linspace(0, 2 * np.pi, POINTS // 2, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    xy = np.vstack([circle, FACTOR * circle]) + random.normal(scale=NOISE, size=(POINTS, 2))
    return xy, np.repeat([float(OUTER), float(INNER)], POINTS // 2)


def split(xy: Array, labels: Array, random: np.random.Generator) -> Points:
    """Hold a tenth of each class out, drawn at random (at least one point), and sort the points into the four groups."""
    used: list[NDArray[np.int64]] = []
    held: list[NDArray[np.int64]] = []
    for label in (OUTER, INNER):
        rows = random.permutation(np.flatnonzero(labels == label))
        count = max(1, len(rows) // 10)
        held.append(np.sort(rows[:count]))
        used.append(np.sort(rows[count:]))
    order = np.concatenate([*used, *held])
    return Points(xy[order], labels[order], sum(map(len, used)))


def data_page(page: Page, points: Points, order: NDArray[np.int64]) -> None:
    """Add every point: coordinates (N, 2), class (N,), and the order in which mini-batches take them."""
    page.step(
        _("Every point"),
        _("Sorted into four groups: training points of class 0 and 1, then the held-out points of class 0 and 1."),
    )
    page.source(_("The last column is a shuffled order of the training points; the sheet Cycle takes its mini-batch from it."))  # fmt: skip
    count, n = len(points.labels), points.training
    with page.table(Counter(""), count, freeze=True) as t:
        t.recorded("points", points.xy, title=_("coordinates"), columns=["x₁", "x₂"])
        t.recorded("labels", points.labels, "y", _("class"))
        t.recorded("used", np.arange(count) < n, title=_("1 training, 0 held out"))
        shuffled = np.concatenate([order, np.arange(n, count)]) + 1.0
        t.recorded("shuffled", shuffled, _("row"), _("shuffled order"))


def points_page(page: Page, points: Points, own: bool) -> None:
    """Show the points by class, and how many are held out."""
    with page.left():
        page.text(_("From two coordinates to a class: no straight line parts the two, a curve can."))
        if not own:
            page.math(_("x = r·(cos φ, sin φ) + noise"))
        names = [_("training, class 0"), _("training, class 1"), _("held out, class 0"), _("held out, class 1")]
        counts = np.array([float(group.stop - group.start) for group in points.groups])
        count = page.recorded("group_sizes", counts, title=_("number of points"), rows=names)
        page.derived("all_points", counts.sum(), lambda: total(count), title=_("all points"), number_format="0")
        page.text(_("A tenth of each class is kept away from the training: only points never seen tell what was understood."))  # fmt: skip
    with page.right():
        page.chart(points_chart(points, _("The points by class"), group_series(page.book, points)))
    if own:
        page.source(_("These are your own points, from the file given with --data."))
        return
    page.source(
        _(
            "Chosen here (the article's points are lost; its notebook calls make_circles(1000, factor=.3, noise=.10) without a seed), by the same rule: {half} angles φ, equally spaced, on a circle of radius 1 (class 0) and as many on one of radius {factor} (class 1); to each coordinate normal noise with standard deviation {noise} is added."
        ).format(half=POINTS // 2, factor=FACTOR, noise=NOISE)
    )


def group_series(book: Book, points: Points) -> tuple[Series, ...]:
    """Return the four groups as dots of a chart."""
    names = (_("class 0"), _("class 1"), _("held out, class 0"), _("held out, class 1"))
    xy = book["points"]
    return tuple(
        Series(name, xy[group, 0], xy[group, 1], Mark.POINTS, colour)
        for name, group, colour in zip(names, points.groups, (ORANGE, BLUE, BROWN, NAVY), strict=True)
    )


def points_chart(points: Points, title: str, series: tuple[Series, ...], columns: int = 6, rows: int = 24) -> Chart:
    """Return a chart of the plane that the points lie in."""
    x_range, y_range = points.limits
    alt = _("Points in the plane, orange for class 0 and blue for class 1.")
    return Chart(title, series, "x₁", "x₂", alt, columns=columns, rows=rows, x_range=x_range, y_range=y_range)
