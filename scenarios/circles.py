"""Two circles of points, told apart by a 2-4-6-6-4-1 network: ReLU on the hidden layers, sigmoid at the end, cross-entropy.

Symbols and shapes (n[l] units in layer l, m examples; the article's convention, one column an example)

    W[l]  (n[l], n[l−1])   weights            b[l]  (n[l], 1)   biases
    Z[l]  (n[l], m)        weighted sums      A[l]  (n[l], m)   activations; A[0] = X, A[5] = Ŷ
    dZ, dA, dW, db         ∂C/∂Z, ∂C/∂A, ∂C/∂W, ∂C/∂b, each in the shape of what it belongs to

    C  = −mean of Y·ln Ŷ + (1 − Y)·ln(1 − Ŷ)
    dA[L] = −(Y/Ŷ − (1 − Y)/(1 − Ŷ)),  dZ = dA ∗ g′(Z),  dW = dZ·A[l−1]ᵀ/m,  db = mean of dZ,  dA[l−1] = Wᵀ·dZ

Tables with one example a row hold the transposes of Z, A, dZ and dA. Article: deep-networks-maths; its notebook sets no seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import RELU, Activation, Array, clipped_sigmoid
from scenarios.common.batch import cost_column, forward_columns, gradients, layer_delta_columns, total_cost
from scenarios.common.dense import Backward, Forward, Layer, backward, cost_of_one, forward, sup, update
from scenarios.common.gradient_check import check_chosen_parameter
from scenarios.common.losses import BINARY_CROSS_ENTROPY
from scenarios.common.network_page import Shown, network_page, whole_page
from scenarios.common.outcome import outcome
from scenarios.common.training import Record, Run, add_run, charts_of_run, epoch_cell, picked_layers
from scenarios.common.two_circles import FACTOR, FIRST_BIAS, NOISE, POINTS, Points, make_circles, split, start, train
from workbook.block import HIDDEN, Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import call, equal, fixed, if_, joined, mean, number_of, pick, total
from workbook.page import Page, Voice
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Kind
from workbook.text import N_, _

SIZES = (2, 4, 6, 6, 4, 1)
EPSILON = 1e-7
"""Keras's own: it holds a prediction between this and 1 minus this before it takes the logarithm."""

GRID = 25
SHOWN_EPOCH = 8
ORANGE, BLUE = "#D1711B", "#1F6FB2"
PALE_ORANGE, PALE_BLUE = "#F8DFC2", "#CFE2F3"
OFF_THE_CHART = 1e3
DATA = frozenset({"Grid", "Run", "Data"})
"""The sheets of long tables."""


Limits = tuple[tuple[float, float], tuple[float, float]]
"""Of x₁ and of x₂: from, to."""


@dataclass(frozen=True)
class Data:
    """The blocks of the points: coordinates (N, 2), labels (N,), and the order in which mini-batches take them."""

    points: Points
    xy: Block
    labels: Block
    order: Block


@dataclass(frozen=True)
class Picked:
    """The recorded run, and the network as it was at the picked epoch."""

    run: Run
    record: Record
    epoch: Block
    layers: list[Layer]


class Circles(Scenario):
    """The 2-4-6-6-4-1 network that tells two circles apart."""

    name = "circles"
    title = N_("Two circles of points: a 2-4-6-6-4-1 network learns the border between them")
    article = N_("The mathematics behind deep networks (deep-networks-maths)")
    summary = N_(
        "A thousand points in two circles that no straight line divides. Follow one point through five layers and back, then a "
        "whole mini-batch at once; pick any of the epochs and see the region that the network has carved out by then."
    )
    order = 150
    large = True
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("lr", 0.05, N_("learning rate α"), 0.0001, 1),
        Parameter("batch", 16, N_("points in a mini-batch"), 4, 64, whole=True),
        Parameter("epochs", 50, N_("epochs of the recorded training run"), 5, 200, whole=True),
        Parameter("seed", 11, N_("seed of the points, the start and the shuffling"), 0, 2**32 - 1, whole=True),
    )
    data_columns = N_("x, y (−10 … 10), label (0 or 1): one point a row, at least 40 of each label")

    def read_data(self, path: Path) -> tuple[Array, Array]:
        from workbook.data import read_numbers

        frame = read_numbers(path, ["x", "y", "label"], min_rows=80, max_rows=5000, low=-10, high=10)
        labels = frame["label"].to_numpy(float)
        wrong = np.flatnonzero(~np.isin(labels, (0, 1)))
        if len(wrong):
            raise UsageError(f"{path}: row {int(wrong[0]) + 2}, column label: a label is 0 or 1")
        for label in (0, 1):
            if (count := int(np.sum(labels == label))) < 40:
                raise UsageError(f"{path}: only {count} points have the label {label}; give at least 40 of each")
        return frame[["x", "y"]].to_numpy(float), labels

    def build(self, book: Book, settings: Mapping[str, Any], data: tuple[Array, Array] | None) -> None:
        book.first_change = _(
            "on the sheet Region, type 0 into the yellow cell, then 1, 2, 3, …: the blue region closes around the inner circle."
        )
        region, whole = _region_declared(book), whole_page(book)
        pages = _pages(book)
        random = np.random.default_rng(settings["seed"])
        xy, labels = data if data is not None else make_circles(random)
        points = split(xy, labels, random)
        m = settings["batch"]
        blocks = _data_sheet(pages["Data"], points, random.permutation(points.training))
        _points_sheet(pages["Points"], blocks, own=data is not None)
        _shapes_sheet(pages["Shapes"], m)
        epsilon = _epsilon(pages["Training"])
        activations = (RELU,) * (len(SIZES) - 2) + (clipped_sigmoid(epsilon),)
        run = train(start(SIZES, random), activations, points, settings["lr"], m, settings["epochs"], random)
        last = len(run.states) - 1
        with region.left():
            epoch = epoch_cell(region, last, min(SHOWN_EPOCH, last))
        picked = _training_sheets(pages, blocks, run, activations, settings, epoch)
        _region_page(region, pages, blocks, picked)
        X, Y = _example_sheet(pages["Example"], blocks, picked)
        alpha = _cycle_sheets(pages, blocks, picked, settings)
        network_page(whole, Shown(picked.layers, X, Y, BINARY_CROSS_ENTROPY, alpha))
        whole.link(_("Another point: sheet Example"), pages["Example"])


def _region_declared(book: Book) -> Page:
    return book.page(
        "Region",
        _("What the network says everywhere, epoch by epoch"),
        _("Every coloured cell is a point of the plane: orange says class 0, blue class 1, and pale is unsure."),
        _("No straight line parts the two circles. After how many epochs will the blue region be closed?"),
    )


def _pages(book: Book) -> dict[str, Sheet]:
    titles = {
        "Points": _("The points: two classes, no straight line between them"),
        "Shapes": _("Shapes: how large every table is"),
        "Training": _("Training: epoch by epoch, and the one that you pick"),
        "Example": _("One point: forward through five layers, and back"),
        "Cycle": _("One cycle: a mini-batch forward and backward, one point a row"),
        "Next": _("The next forward pass: did the loss fall?"),
        "Nudge": _("One gradient held to account: nudge it and look"),
        "Heldout": _("The held-out points: right on what it never saw?"),
        "Grid": _("The grid behind the region: a forward pass for each of its points"),
        "Run": _("The training run, epoch by epoch, recorded by NumPy"),
        "Data": _("The points, one a row"),
    }
    return {
        name: book.sheet(name, title, landscape=True, kind=Kind.DATA if name in DATA else Kind.DEEPER)
        for name, title in titles.items()
    }


# ------------------------------------------------------------------------------------------------ the points


def _data_sheet(sheet: Sheet, points: Points, order: NDArray[np.int64]) -> Data:
    sheet.step(
        _("Every point"),
        _("Sorted into four groups: training points of class 0 and 1, then the held-out points of class 0 and 1."),
    )
    sheet.remark(
        _("The last column is a shuffled order of the training points; the sheet Cycle takes its mini-batch from it.")
    )
    with sheet.table(Counter(""), len(points.labels), freeze=True) as table:
        xy = table.recorded("points", points.xy, title=_("coordinates"), columns=["x₁", "x₂"], number_format="0.000")
        labels = table.recorded("labels", points.labels, title=_("class"), symbol="y", number_format="0")
        used = (np.arange(len(points.labels)) < points.training).astype(float)
        table.recorded("used", used, title=_("1 training, 0 held out"), number_format="0")
        shuffled = np.concatenate([order + 1.0, np.arange(points.training, len(points.labels)) + 1.0])
        position = table.recorded("shuffled", shuffled, title=_("shuffled order"), symbol=_("row"), number_format="0")
    return Data(points, xy, labels, position)


def _points_sheet(sheet: Sheet, data: Data, own: bool) -> None:
    sheet.step(
        _("The task"),
        _(
            "From a point's two coordinates the network is to tell its class; a straight line cannot part the two, a curve can."
        ),
    )
    if own:
        sheet.remark(_("These are your own points, from the file given with --data."))
    else:
        sheet.math(_("x = r·(cos φ, sin φ) + noise"))
        sheet.remark(
            _(
                "Chosen here (the article's points are lost; its notebook calls make_circles(1000, factor=.3, noise=.10) without a seed), by the same rule: {half} angles φ, equally spaced, on a circle of radius 1 (class 0) and as many on one of radius {factor} (class 1); to each coordinate normal noise with standard deviation {noise} is added."
            ).format(half=POINTS // 2, factor=FACTOR, noise=NOISE)
        )
    sheet.chart(_points_chart(data, _("The points by class"), _groups(data)))
    sheet.step(
        _("Held out"),
        _(
            "A tenth of each class is kept away from the training: only points that the network never saw tell whether it has understood."
        ),
    )
    counts = [float(group.stop - group.start) for group in data.points.groups]
    names = [_("training, class 0"), _("training, class 1"), _("held out, class 0"), _("held out, class 1")]
    count = sheet.recorded("group_sizes", np.array(counts), title=_("number of points"), rows=names, number_format="0")
    sheet.derived("all_points", sum(counts), lambda: total(count), title=_("all points"), number_format="0")


def _groups(data: Data) -> tuple[Series, ...]:
    names = (_("class 0"), _("class 1"), _("held out, class 0"), _("held out, class 1"))
    colours = (ORANGE, BLUE, "#7A3B00", "#0B2F55")
    return tuple(
        Series(name, data.xy[group, 0], data.xy[group, 1], Mark.POINTS, colour)
        for name, group, colour in zip(names, data.points.groups, colours, strict=True)
    )


def _points_chart(data: Data, title: str, series: tuple[Series, ...], columns: int = 5) -> Chart:
    x_range, y_range = _limits(data.points)
    alt = _("Points in the plane, orange for class 0 and blue for class 1.")
    return Chart(title, series, "x₁", "x₂", alt, columns=columns, rows=24, x_range=x_range, y_range=y_range)


def _limits(points: Points) -> Limits:
    """Return round limits of both coordinates, half a unit apart, with a margin."""
    low = np.floor((points.xy.min(axis=0) - 0.1) * 2) / 2
    high = np.ceil((points.xy.max(axis=0) + 0.1) * 2) / 2
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


# ------------------------------------------------------------------------------------------------ shapes


def _shapes_sheet(sheet: Sheet, m: int) -> None:
    sheet.step(
        _("The network"),
        _("Five layers with 4, 6, 6, 4 and 1 units; each unit has a weight for every unit below it, and a bias."),
        "Z[l] = W[l]·A[l−1] + b[l],   A[l] = g(Z[l])",
    )
    count = sheet.given(
        "shape_m",
        float(m),
        symbol="m",
        title=_("examples at once"),
        number_format="0",
        valid=Between(1, 1e4, whole=True),
    )
    below, units = np.array(SIZES[:-1], dtype=float), np.array(SIZES[1:], dtype=float)
    with sheet.table(Counter("l = "), len(units)) as table:
        k = table.recorded("shape_below", below, title=_("units below"), symbol="n[l−1]", number_format="0")
        n = table.recorded("shape_units", units, title=_("units"), symbol="n[l]", number_format="0")
        table.derived(
            "shape_W",
            _pairs(units, below),
            lambda l: joined("(", fixed(n[l], 0), ", ", fixed(k[l], 0), ")"),
            title=_("weights and their gradient"),
            symbol="W, dW",
            number_format="@",
        )
        table.derived(
            "shape_b",
            _pairs(units, np.ones(len(units))),
            lambda l: joined("(", fixed(n[l], 0), ", 1)"),
            title=_("biases and their gradient"),
            symbol="b, db",
            number_format="@",
        )
        table.derived(
            "shape_Z",
            _pairs(units, np.full(len(units), float(m))),
            lambda l: joined("(", fixed(n[l], 0), ", ", fixed(count, 0), ")"),
            title=_("sums, activations and their gradients"),
            symbol="Z, A, dZ, dA",
            number_format="@",
        )
        parameters = table.derived(
            "shape_count",
            units * below + units,
            lambda l: n[l] * k[l] + n[l],
            title=_("parameters"),
            symbol="n[l]·n[l−1] + n[l]",
            number_format="0",
        )
        number = float(parameters.value.sum())
        table.total(
            parameters,
            Block("parameters", Role.DERIVED, np.asarray(number), formula=lambda: total(parameters), number_format="0"),
        )
    sheet.printed("parameters_printed", _("parameters of 2-4-6-6-4-1"), sheet.book["parameters"], 117, 0)
    sheet.sentence(
        "shapes_written",
        _("Layer 2: ({n:0}, {k:0}) times ({k:0}, {m:0}) gives ({n:0}, {m:0}): the inner numbers meet and vanish."),
        n=n[1], k=k[1], m=count,
    )  # fmt: skip
    sheet.remark(
        _(
            "Printed in the article: the layers 2-4-6-6-4-1 and the shapes; W[l] is (n[l], n[l−1]), Z[l] and A[l] are (n[l], m), one column an example."
        )
    )
    sheet.remark(
        _(
            "In the tables that follow with one example a row, Z, A, dZ and dA lie transposed, (m, n[l]), since sixteen rows read better than sixteen columns; W and b keep their shapes."
        )
    )
    sheet.remark(
        _(
            "The article calls z a weighted average of the inputs. It is a weighted sum: nothing is divided by the sum of the weights, and the bias is added."
        )
    )


def _pairs(first: Array, second: Array) -> Array:
    return np.array([f"({a:.0f}, {b:.0f})" for a, b in zip(first, second, strict=True)], dtype=object)


# ------------------------------------------------------------------------------------------------ training


def _epsilon(sheet: Sheet) -> Block:
    sheet.step(
        _("ReLU, sigmoid, and a logarithm that must not break"),
        _(
            "The hidden layers use ReLU, the output the sigmoid, held between ε and 1 − ε so that neither ln ŷ nor ln(1 − ŷ) meets a 0."
        ),
        "ReLU(z) = max(0, z),   ŷ = min(max(σ(z), ε), 1 − ε),   C = −(y·ln ŷ + (1 − y)·ln(1 − ŷ))",
    )
    epsilon = sheet.recorded("epsilon", EPSILON, symbol="ε", title=_("bound"), number_format="0.0E+00")
    sheet.remark(
        _(
            "ε = 1e−7 is what Keras uses. The slope of the output stays ŷ·(1 − ŷ), so that dZ = ŷ − y also where ŷ is held."
        )
    )
    return epsilon


def _training_sheets(
    pages: Mapping[str, Sheet],
    data: Data,
    run: Run,
    activations: tuple[Activation, ...],
    settings: Mapping[str, Any],
    epoch: Block,
) -> Picked:
    pages["Run"].step(
        _("Every epoch's weights"),
        _(
            "NumPy ran the whole training beforehand; the sheet Training takes any one epoch from here and computes with it, live."
        ),
    )
    record = add_run(pages["Run"], run)
    sheet = pages["Training"]
    last = len(run.states) - 1
    sheet.step(
        _("The picked epoch"),
        _(
            "Epoch 0 is the random start, {last} the end of the training. Everything live in this workbook uses the weights of the epoch in the yellow cell of the sheet Region."
        ).format(last=last),
    )
    t = int(epoch.value)
    sheet.derived(
        "epoch_here", epoch.value, lambda: epoch, symbol="t", title=_("epoch, from the sheet Region"), number_format="0"
    )
    sheet.remark(
        _(
            "Computed by NumPy: plain stochastic gradient descent, learning rate {lr:g}, mini-batches of {batch}, reshuffled every epoch. The article's Keras code lets Adam do it; its own formula is the plain rule W ← W − α·dW, and that is enough here."
        ).format(lr=settings["lr"], batch=settings["batch"])
    )
    sheet.remark(
        _(
            "Printed in the article: 50 epochs, and a tenth of the points held out. Chosen here: the learning rate, the size of the mini-batches, and the seed."
        )
    )
    sheet.remark(
        _(
            "Chosen here: weights start normal with variance 2/k for a unit of k inputs, biases at {bias:g}, so that no ReLU is shut for every point from the beginning."
        ).format(bias=FIRST_BIAS)
    )
    cost_record, accuracy_record = record.held_cost, record.held_accuracy
    assert cost_record is not None
    assert accuracy_record is not None
    held_loss = sheet.derived(
        "recorded_loss",
        cost_record.value[t],
        lambda: pick(cost_record, epoch + 1),
        title=_("loss on the held-out points, as recorded"),
        number_format="0.000000",
    )
    held_accuracy = sheet.derived(
        "recorded_accuracy",
        accuracy_record.value[t],
        lambda: pick(accuracy_record, epoch + 1),
        title=_("share of them that is right, as recorded"),
        number_format="0.0%",
    )
    charts_of_run(sheet, record, epoch, held_loss, held_accuracy)
    sheet.step(
        _("The weights of that epoch"),
        _("Looked up in the sheet Run; every other sheet reads them here."),
    )
    layers = picked_layers(sheet, record, run.states[t], activations, epoch, "_t")
    picked = Picked(run, record, epoch, layers)
    loss, accuracy = _heldout_sheet(pages["Heldout"], data, picked)
    sheet.step(
        _("Does it hold?"),
        _(
            "A live forward pass of the held-out points (sheet Heldout) must give the loss and the accuracy that NumPy recorded."
        ),
    )
    sheet.check("loss_met", _("the live loss is the recorded one"), loss, held_loss, 1e-9)
    sheet.check("accuracy_met", _("the live accuracy is the recorded one"), accuracy, held_accuracy, 1e-12)
    return picked


def _heldout_sheet(sheet: Sheet, data: Data, picked: Picked) -> tuple[Block, Block]:
    """Add the forward pass of the held-out points; return their mean loss and the share that is right."""
    sheet.step(
        _("Every held-out point through the network"),
        _("One point a row, from its coordinates to the prediction; ŷ ≥ 0.5 counts as class 1."),
        "ŷ = a⁵",
    )
    points = data.points
    first = points.training
    with sheet.table(Counter(""), len(points.labels) - first, freeze=True) as table:
        X = table.derived(
            "X_h",
            points.xy[first:],
            lambda i, k: data.xy[i + first, k],
            title="x",
            columns=Counter("x"),
            number_format="0.000",
        )
        Y = table.derived(
            "Y_h",
            points.labels[first:, None],
            lambda i, j: data.labels[i + first],
            title=_("its class"),
            symbol="y",
            number_format="0",
        )
        passed = forward_columns(table, picked.layers, X, "_h")
        output = passed.output
        each = cost_column(table, BINARY_CROSS_ENTROPY, output, Y, "_h")
        said = table.derived(
            "said_h",
            (output.value[:, 0] >= 0.5).astype(float),
            lambda i: if_(output[i, 0] >= 0.5, 1, 0),
            title=_("verdict"),
            number_format="0",
        )
        right = table.derived(
            "right_h",
            (said.value == Y.value[:, 0]).astype(float),
            lambda i: if_(equal(said[i], Y[i, 0]), 1, 0),
            title=_("right? 1 yes"),
            number_format="0",
        )
        share = Block("accuracy_h", Role.DERIVED, right.value.mean(), formula=lambda: mean(right), number_format="0.0%")
        accuracy = table.total(right, share, label=_("mean"))
        loss = total_cost(table, BINARY_CROSS_ENTROPY, each, "_h")
    return loss, accuracy


# ------------------------------------------------------------------------------------------------ the region


def _region_page(page: Page, pages: Mapping[str, Sheet], data: Data, picked: Picked) -> None:
    """Show the prediction on every point of a grid, for the epoch in the yellow cell."""
    limits = _limits(data.points)
    window, side, xy, output, shown = _grid_sheet(pages["Grid"], limits, picked)
    book, record, epoch = page.book, picked.record, picked.epoch
    loss, share = book["recorded_loss"], book["recorded_accuracy"]
    assert record.held_cost is not None
    percent = page.offstage_block(
        "share_percent",
        100 * share.value,
        lambda: 100 * share,
        title=_("percent of the held-out points that are right"),
    )
    with page.left():
        page.gap()
        page.live(
            "region_says",
            _("▶ Epoch {t:0}: {p:0} % of unseen points right; loss {L:3}"),
            t=epoch, p=percent, L=loss,
        )  # fmt: skip
        page.gap()
        page.chart(_loss_chart(record, epoch, loss))
    with page.right():
        with page.column(unit=2.1, square=True):
            page.add(
                Block(
                    "region",
                    Role.DERIVED,
                    output.value.reshape(GRID, GRID),
                    formula=lambda r, c: pick(output, (number_of(r) - 1) * side + number_of(c)),
                    title=_("prediction"),
                    rows=Counter(),
                    columns=Counter(),
                    number_format=HIDDEN,
                    shading=Shading.TWO_CLASSES,
                )
            )
        page.sentence(
            "region_window",
            _("The columns run from x₁ = {a:1} to {b:1}, the rows from x₂ = {d:1} at the top to {c:1} at the bottom. Click a cell to see its prediction."),
            a=window[0], b=window[1], c=window[2], d=window[3],
        )  # fmt: skip
    _region_questions(page, record.held_cost)
    pages["Heldout"].step(
        _("The region with the held-out points"),
        _(
            "Pale dots show what the network says on the grid, strong dots the held-out points with their true class: do the colours match?"
        ),
    )
    pages["Heldout"].chart(_region_chart(data, xy, shown, limits))
    start = book.start
    with start.left():
        start.sentence(
            "face",
            _("Epoch {t:0}: {p:0} % of unseen points right"),
            Voice.HEADLINE,
            t=epoch,
            p=percent,
        )
    with start.right():
        start.chart(_region_chart(data, xy, shown, limits, columns=6, rows=20))


def _region_questions(page: Page, held: Block) -> None:
    fall = page.offstage_block(
        "held_fall",
        held.value[0] - held.value[5],
        lambda: held[0] - held[5],
        title=_("fall of the loss from epoch 0 to 5"),
    )
    page.try_(
        _("Type 0, then 1, 2, 3, … as the epoch, up to the last: watch where the border between the colours runs.")
    )
    page.turn(
        "region_turn",
        _("By how much does the loss on the held-out points fall from epoch 0 to epoch 5? (0.01 off is close enough)"),
        fall,
        0.01,
        _("Most of what is learned, or little of it, may fall into so few epochs: look at the curve."),
        _("read the loss at epoch 0 and at epoch 5, and take the second from the first."),
    )
    page.remember(
        _(
            "Each neuron of the first layer draws a straight line; the layers above join such lines into a border that closes."
        )
    )
    page.source(
        _(
            "Every cell is live: its point goes through the five layers on the sheet Grid, with the weights of the picked epoch."
        )
    )
    page.source(_("The weights of every epoch were computed by NumPy beforehand (sheet Run)."))


def _loss_chart(record: Record, epoch: Block, loss: Block) -> Chart:
    assert record.held_cost is not None
    return Chart(
        _("Loss by epoch"),
        (
            Series(_("training"), record.epochs[:], record.cost[:]),
            Series(_("held out"), record.epochs[:], record.held_cost[:], colour=ORANGE, dashed=True),
            Series(_("the picked epoch"), epoch.whole(), loss.whole(), Mark.POINTS, "#B3261E", size=10),
        ),
        _("epoch"),
        _("loss C"),
        _("A line of the loss by epoch, from the first weights on. A dot marks the picked epoch."),
        columns=6,
        rows=20,
        x_range=(0, len(record.epochs.value) - 1),
        y_range=(0, None),
    )


def _region_chart(
    data: Data, xy: Block, shown: tuple[Block, Block], limits: Limits, columns: int = 5, rows: int = 24
) -> Chart:
    names = (_("network: class 0"), _("network: class 1"))
    pale = tuple(
        Series(name, xy[:, 0], column[:], Mark.POINTS, colour, size=4)
        for name, column, colour in zip(names, shown, (PALE_ORANGE, PALE_BLUE), strict=True)
    )
    return Chart(
        _("The network's verdict and the held-out points"),
        (*pale, *_groups(data)[2:]),
        "x₁",
        "x₂",
        _(
            "A grid of pale dots, blue inside the border that the network has learnt and orange outside, and the held-out points on it."
        ),
        columns=columns,
        rows=rows,
        x_range=limits[0],
        y_range=limits[1],
    )


def _grid_sheet(
    sheet: Sheet, limits: Limits, picked: Picked
) -> tuple[list[Block], Block, Block, Block, tuple[Block, Block]]:
    """Add the forward pass of every grid point.

    Return the window, the cells a side, the points, the predictions, and x₂ by the predicted class.
    """
    sheet.step(
        _("Every grid point through the network"),
        _(
            "One point a row, line by line from the upper left corner; the last columns sort the points by verdict for the chart."
        ),
    )
    (x1_low, x1_high), (x2_low, x2_high) = limits
    edges = (
        ("x1_from", x1_low, _("x₁ from")),
        ("x1_to", x1_high, _("x₁ to")),
        ("x2_from", x2_low, _("x₂ from")),
        ("x2_to", x2_high, _("x₂ to")),
    )
    window = [
        sheet.given(id, value, title=title, number_format="0.0", valid=Between(-20, 20)) for id, value, title in edges
    ]
    x1_from, x1_to, x2_from, x2_to = window
    side = sheet.recorded("side", float(GRID), title=_("cells a side"), number_format="0")
    off = sheet.recorded("off_chart", OFF_THE_CHART, title=_("a place off the chart"), number_format="0")
    across = np.linspace(x1_from.value, x1_to.value, GRID)
    down = np.linspace(x2_to.value, x2_from.value, GRID)
    values = np.array([(x1, x2) for x2 in down for x1 in across])
    with sheet.table(Counter(""), GRID**2, freeze=True) as table:
        line = table.derived(
            "grid_row",
            np.repeat(np.arange(GRID), GRID),
            lambda p: call("INT", (number_of(p) - 1) / side),
            title=_("rows from the top"),
            number_format="0",
        )
        place = table.derived(
            "grid_column",
            np.tile(np.arange(GRID), GRID),
            lambda p: number_of(p) - 1 - line[p] * side,
            title=_("columns from the left"),
            number_format="0",
        )
        xy = table.derived(
            "X_g",
            values,
            lambda p, k: if_(
                equal(number_of(k), 1),
                x1_from + place[p] * (x1_to - x1_from) / (side - 1),
                x2_to - line[p] * (x2_to - x2_from) / (side - 1),
            ),
            title="x",
            columns=Counter("x"),
            number_format="0.000",
        )
        output = forward_columns(table, picked.layers, xy, "_g").output
        inside = output.value[:, 0] >= 0.5
        zeros = table.derived(
            "grid_zero",
            np.where(inside, OFF_THE_CHART, values[:, 1]),
            lambda p: if_(output[p, 0] >= 0.5, off, xy[p, 1]),
            title=_("x₂ if class 0"),
            number_format="0.000",
        )
        ones = table.derived(
            "grid_one",
            np.where(inside, values[:, 1], OFF_THE_CHART),
            lambda p: if_(output[p, 0] >= 0.5, xy[p, 1], off),
            title=_("x₂ if class 1"),
            number_format="0.000",
        )
    return window, side, xy, output, (zeros, ones)


# ------------------------------------------------------------------------------------------------ one point


def _example_sheet(sheet: Sheet, data: Data, picked: Picked) -> tuple[Block, Block]:
    """Follow one point; return its coordinates and class."""
    sheet.step(
        _("Pick a point"),
        _("Its two coordinates are the column X = A[0] that enters the network; its class is the target Y."),
    )
    count = data.points.training
    n = sheet.given(
        "example",
        1.0,
        title=_("row of the point in the sheet Data"),
        symbol="n",
        number_format="0",
        valid=Between(1, count, whole=True),
    )
    with sheet.beside():
        X = sheet.derived(
            "X_one",
            data.points.xy[:1].T,
            lambda k, i: pick(data.xy, n, number_of(k)),
            symbol="X",
            title=_("the point"),
            rows=Counter("k = "),
            columns=Counter("i = "),
        )
        Y = sheet.derived(
            "Y_one",
            data.points.labels[:1, None],
            lambda j, i: pick(data.labels, n),
            symbol="Y",
            title=_("its class"),
            rows=Counter("j = "),
            columns=Counter("i = "),
            number_format="0",
        )
    sheet.step(
        _("Forward"),
        _(
            "Each layer sums up what comes from below and lets its activation function decide; ReLU turns every negative sum into 0 (grey)."
        ),
        "Z[l] = W[l]·A[l−1] + b[l],   A[l] = g(Z[l])",
    )
    passed = forward(sheet, picked.layers, X, "_one")
    _first_unit_written(sheet, picked.layers[0], X, passed)
    sheet.step(
        _("The loss"),
        _("Cross-entropy: the logarithm of the probability that the network gives to the true class, with a minus."),
        BINARY_CROSS_ENTROPY.math,
    )
    whole = cost_of_one(sheet, BINARY_CROSS_ENTROPY, passed.output, Y, "_one", _("the loss of this point"))
    sheet.sentence(
        "C_one_written",
        "C = −({y:0}·ln {p:6} + (1 − {y:0})·ln(1 − {p:6})) = {C:6}",
        y=Y[0, 0], p=passed.output[0, 0], C=whole,
    )  # fmt: skip
    sheet.step(
        _("Backward"),
        _(
            "From the last layer to the first: δ[l], which the article calls dZ[l], and from it dW[l] and db[l]. Where ReLU was shut, its slope 0 stops the error (grey)."
        ),
        "dZ[l] = dA[l] ∗ g′(Z[l]),   dW[l] = dZ[l]·A[l−1]ᵀ,   db[l] = dZ[l],   dA[l−1] = W[l]ᵀ·dZ[l]",
    )
    back = backward(sheet, picked.layers, BINARY_CROSS_ENTROPY, passed, Y, None, "_one")
    _first_units_back(sheet, picked.layers, passed, back)
    y_hat, delta = passed.output, back.delta[len(SIZES) - 1]
    difference = sheet.derived(
        "error_one", y_hat.value - Y.value, lambda j, i: y_hat[j, i] - Y[j, i], symbol="ŷ − y", title=_("error"),
        rows=Counter("j = "), columns=Counter("i = "), number_format="0.000000",
    )  # fmt: skip
    sheet.check("identity_one", _("for cross-entropy with a sigmoid, dZ is just ŷ − y"), delta, difference, 1e-7)
    return X, Y


def _first_unit_written(sheet: Sheet, layer: Layer, X: Block, passed: Forward) -> None:
    b = layer.b
    assert b is not None
    sheet.sentence(
        "z1_written",
        _("Layer 1, unit 1: z = {w1:4p}·{x1:4p} + {w2:4p}·{x2:4p} + {b:4p} = {z:4}, and a = max(0, {z:4p}) = {a:4}"),
        w1=layer.W[0, 0], w2=layer.W[0, 1], x1=X[0, 0], x2=X[1, 0], b=b[0], z=passed.z(1)[0, 0], a=passed.A[1][0, 0],
    )  # fmt: skip


def _first_units_back(sheet: Sheet, layers: Sequence[Layer], passed: Forward, back: Backward) -> None:
    """Write out δ of the first unit below the output, and the gradient of the weight that leads from there."""
    last = len(layers)
    l, k, delta = sup(last), sup(last - 1), back.delta[last]
    sheet.sentence(
        "dZ_one_written",
        f"δ{k}₁ = w{l}₁·δ{l}·ReLU′(z{k}₁) = {{w:4p}}·{{d:6p}}·{{slope:0}} = {{below:6p}}",
        w=layers[-1].W[0, 0], d=delta[0, 0], slope=back.slope[last - 1][0, 0], below=back.delta[last - 1][0, 0],
    )  # fmt: skip
    sheet.sentence(
        "dW_one_written",
        f"∂C/∂w{l}₁ = δ{l}·a{k}₁ = {{d:6p}}·{{a:4}} = {{g:6p}}",
        d=delta[0, 0], a=passed.A[last - 1][0, 0], g=back.dW[last][0, 0],
    )  # fmt: skip
    sheet.gap()


# ------------------------------------------------------------------------------------------------ one mini-batch


def _cycle_sheets(pages: Mapping[str, Sheet], data: Data, picked: Picked, settings: Mapping[str, Any]) -> Block:
    sheet, m = pages["Cycle"], settings["batch"]
    X, Y, count = _mini_batch(sheet, data, m)
    passed, each = _forward_by_layer(sheet, picked.layers, X, Y)
    whole = _loss(sheet, each, count)
    back = _backward_by_layer(sheet, picked.layers, passed, Y, count)
    sheet.step(
        _("The update"),
        _("Every parameter takes one step against its gradient."),
        "W[l] ← W[l] − α·dW[l],   b[l] ← b[l] − α·db[l]",
    )
    alpha = sheet.given(
        "alpha",
        settings["lr"],
        symbol="α",
        title=_("learning rate"),
        valid=Between(0, 10),
        number_format="0.000",
        remark=_("chosen here"),
    )
    sheet.remark(
        _(
            "In the tables the learning rate is called η, as in the other workbooks; the article's α is the same. Of a rate that is too high the article's text says that it does not reach “the lowest learning rate”; what it then misses is the minimum of the loss."
        )
    )
    new_layers = update(sheet, picked.layers, back, alpha, "_new")
    _next_sheet(pages["Next"], new_layers, X, Y, whole, alpha)
    _nudge_sheet(pages["Nudge"], picked.layers, passed, Y, back)
    return alpha


def _mini_batch(sheet: Sheet, data: Data, m: int) -> tuple[Block, Block, Block]:
    sheet.step(
        _("Pick a mini-batch"),
        _(
            "Slices of {m} points in the shuffled order of the sheet Data; the article's matrices have them as columns, this table as rows."
        ).format(m=m),
    )
    batches = data.points.training // m
    number = sheet.given(
        "batch", 1.0, title=_("mini-batch to look at, 1 to {batches}").format(batches=batches), number_format="0",
        valid=Between(1, batches, whole=True),
    )  # fmt: skip
    count = sheet.recorded("m_c", float(m), symbol="m", title=_("points in it"), number_format="0")
    sheet.gap()
    rows = data.order.value[:m].astype(int) - 1
    with sheet.table(Counter("i = "), m) as table:
        row = table.derived(
            "rows_c",
            data.order.value[:m],
            lambda i: pick(data.order, (number - 1) * count + number_of(i)),
            title=_("row in the sheet Data"),
            number_format="0",
        )
        X = table.derived(
            "X_c",
            data.points.xy[rows],
            lambda i, k: pick(data.xy, row[i], number_of(k)),
            title="x",
            columns=Counter("x"),
        )
        Y = table.derived(
            "Y_c",
            data.points.labels[rows, None],
            lambda i, j: pick(data.labels, row[i]),
            title=_("its class"),
            symbol="y",
            number_format="0",
        )
    return X, Y, count


def _forward_by_layer(sheet: Sheet, layers: list[Layer], X: Block, Y: Block) -> tuple[Forward, Block]:
    sheet.step(
        _("Forward, layer by layer"),
        _("Left the weighted sums, right the activations; a grey 0 is a unit that ReLU has shut for this point."),
        "Z[l] = W[l]·A[l−1] + b[l],   A[l] = g(Z[l])",
    )
    passed = Forward([X])
    for layer in layers:
        last = layer is layers[-1]
        with sheet.table(Counter("i = "), len(X.value)) as table:
            part = forward_columns(table, [layer], passed.output, "_c")
            passed.Z.append(part.Z[-1])
            passed.A.append(part.output)
            if last:
                each = cost_column(table, BINARY_CROSS_ENTROPY, part.output, Y, "_c", math=False)
    return passed, each


def _loss(sheet: Sheet, each: Block, count: Block) -> Block:
    sheet.step(
        _("The loss of the mini-batch"),
        _("The mean of the costs in the last column."),
        "C = −(1/m) Σ (y·ln ŷ + (1 − y)·ln(1 − ŷ))",
    )
    return sheet.derived(
        "C_c",
        each.value.mean(),
        lambda: total(each) / count,
        symbol="C",
        title=_("loss: the mean over the mini-batch"),
        number_format="0.000000",
    )


def _backward_by_layer(sheet: Sheet, layers: list[Layer], passed: Forward, Y: Block, count: Block) -> Backward:
    back = Backward()
    for layer, above in reversed(list(pairwise([*layers, None]))):
        assert layer is not None
        number = layer.number
        if above is None:
            why = _("The loss answers to the prediction first; times the sigmoid's slope, that becomes ŷ − y.")
            math = "dA[5] = −(Y/Ŷ − (1 − Y)/(1 − Ŷ)),   dZ[5] = dA[5] ∗ ŷ(1 − ŷ)"
        else:
            why = _(
                "The error comes down through the weights above; ReLU's slope is 1 where it was open and 0 (grey) where it was shut: a mask."
            )
            math = f"dA[{number}] = W[{number + 1}]ᵀ·dZ[{number + 1}],   dZ[{number}] = dA[{number}] ∗ g′(Z[{number}])"
        sheet.step(_("Backward through layer {layer}").format(layer=number), why, math)
        with sheet.table(Counter("i = "), len(Y.value)) as table:
            layer_delta_columns(table, layer, above, BINARY_CROSS_ENTROPY, passed, Y, back, "_c")
            if above is None:
                error = _error_column(table, passed, Y)
        if above is None:
            _output_written(sheet, passed, Y, back)
            sheet.check(
                "identity", _("for cross-entropy with a sigmoid, dZ is just ŷ − y"), back.delta[number], error, 1e-7
            )
            sheet.gap()
        sheet.math(f"dW[{number}] = dZ[{number}]·A[{number - 1}]ᵀ / m,   db[{number}] = Σ dZ[{number}] / m")
        gradients(sheet, [layer], passed, back, count, "_c")
    return back


def _output_written(sheet: Sheet, passed: Forward, Y: Block, back: Backward) -> None:
    last = len(SIZES) - 1
    sheet.sentence(
        "dZ_written",
        _("Point 1: dA = −({y:0}/{p:4} − (1 − {y:0})/(1 − {p:4})) = {dA:4}; times the slope {g:4} that is dZ = {dZ:4}"),
        y=Y[0, 0], p=passed.output[0, 0], dA=back.dA[last][0, 0], g=back.slope[last][0, 0], dZ=back.delta[last][0, 0],
    )  # fmt: skip


def _error_column(table: Any, passed: Forward, Y: Block) -> Block:
    output = passed.output
    error: Block = table.derived(
        "error_c",
        output.value - Y.value,
        lambda i, j: output[i, j] - Y[i, j],
        title="ŷ − y",
        columns=[""],
        number_format="0.000000",
    )
    return error


def _next_sheet(sheet: Sheet, layers: list[Layer], X: Block, Y: Block, before: Block, alpha: Block) -> None:
    sheet.step(
        _("The same points, the new weights"),
        _("One step against the gradient should have lowered the loss of this mini-batch."),
        "W[l] − α·dW[l] → Ŷ → C",
    )
    with sheet.table(Counter("i = "), len(X.value), freeze=True) as table:
        again = forward_columns(table, layers, X, "_new")
        each = cost_column(table, BINARY_CROSS_ENTROPY, again.output, Y, "_new")
        after = total_cost(table, BINARY_CROSS_ENTROPY, each, "_new")
    value, formula = outcome(
        before,
        after,
        alpha,
        _("it fell"),
        _("it did not fall: the step was too large"),
        _("it hardly changed: its slope here, or α, is nearly 0"),
    )
    fell = sheet.derived("loss_fell", value, formula, title=_("the loss"), number_format="@")
    sheet.sentence(
        "loss_change", _("The loss went from {before:6} to {after:6}: {fell}."), before=before, after=after, fell=fell
    )


def _nudge_sheet(sheet: Sheet, layers: list[Layer], passed: Forward, Y: Block, back: Backward) -> None:
    sheet.step(
        _("Nudge one parameter"),
        _(
            "Choose any weight or bias: it is moved up and down by h, the network runs again for the mini-batch, and the loss must change as backpropagation said."
        ),
        "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
    )
    chosen = (
        sheet.given(
            "choose_layer", 1.0, symbol="l", title=_("layer"), valid=Between(1, 5, whole=True), number_format="0"
        ),
        sheet.given(
            "choose_unit", 1.0, symbol="j", title=_("unit"), valid=Between(1, 6, whole=True), number_format="0"
        ),
        sheet.given(
            "choose_input",
            2.0,
            symbol="k",
            title=_("input (0: bias)"),
            valid=Between(0, 6, whole=True),
            number_format="0",
        ),
    )
    h = sheet.given(
        "h",
        1e-4,
        symbol="h",
        title=_("size of the nudge"),
        valid=Between(1e-6, 1e-3),
        number_format="0.0E+00",
        remark=_("chosen here"),
    )
    sheet.remark(
        _(
            "The units of layers 1 to 5 number {units}. Where a nudge carries some z of a ReLU across 0, the quotient sees the kink; a smaller h avoids it."
        ).format(units="4, 6, 6, 4, 1")
    )
    sheet.gap()
    check_chosen_parameter(sheet, layers, BINARY_CROSS_ENTROPY, passed, Y, back, h, chosen, by_row=True)
