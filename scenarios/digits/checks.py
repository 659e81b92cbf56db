"""What holds the digit network to account: its parameters counted, its answers counted, NumPy's record of both.

Symbols: n units in a layer with k units below it; m images in a mini-batch; u a row of numbers √1, √2, √3 …, by which a
change of any weight or pixel shows: every row of W or X has a fingerprint, its product with u.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.dense import Layer
from scenarios.common.losses import Loss
from scenarios.common.training import Parameters, propagate
from workbook.block import Block, Counter, Formula, Role
from workbook.eager import Sheet, Table
from workbook.formula import (
    Direction,
    Operand,
    added,
    call,
    dot,
    equal,
    if_,
    largest,
    mean,
    rounded,
    squared_distance,
    total,
)
from workbook.text import _

WHOLE = "#,##0"


# ------------------------------------------------------------------------------------------------ parameters


@dataclass(frozen=True)
class Printed:
    """What the articles print of a network: its parameters, and weights and biases apart where they do."""

    parameters: int
    weights: int | None = None
    biases: int | None = None


PRINTED = {"784-100-40-10": Printed(82_950), "784-16-16-10": Printed(13_002, 12_960, 42)}


def count_sheet(sheet: Sheet, net: str, layers: Sequence[Layer]) -> None:
    """Count the parameters of the network layer by layer, and of the articles' other one beside it."""
    sheet.step(
        _("The parameters of this network"),
        _("A unit has a weight for every unit below it, and a bias; units and inputs are counted from the tables."),
        "n·k + n",
    )
    with sheet.table(Counter("l = "), len(layers)) as table:
        below = table.derived(
            "count_below", [layer.inputs for layer in layers], None, each=[call("COUNT", l.W[0, :]) for l in layers],
            title=_("units below"), symbol="k", number_format="0",
        )  # fmt: skip
        units = table.derived(
            "count_units", [layer.units for layer in layers], None, each=[call("COUNT", _bias(l)) for l in layers],
            title=_("units"), symbol="n", number_format="0",
        )  # fmt: skip
        whole = _counts(table, "count", below, units)
        cells = table.derived(
            "count_cells", [float(l.W.value.size + _bias(l).value.size) for l in layers], None,
            each=[call("COUNT", l.W) + call("COUNT", _bias(l)) for l in layers],
            title=_("yellow cells on its sheet"), number_format=WHOLE,
        )  # fmt: skip
        everything = table.total(cells, _sum("count_all_cells", cells))
    sheet.sentence(
        "count_written",
        _("Layer 1: {n:0}·{k:0} + {n:0} = {p:0}; all layers together: {all:0}."),
        n=units[0], k=below[0], p=sheet.book["count_parameters"][0], all=whole,
    )  # fmt: skip
    sheet.check("count_met", _("n·k + n counts every yellow cell of the layers"), whole, everything, 0)
    _printed(sheet, "count", net)
    (other,) = set(PRINTED) - {net}
    sheet.step(
        _("The other network of the articles, {net}").format(net=other),
        _("Build this workbook with --set net={net} to see it.").format(net=other),
        "n·k + n",
    )
    sizes = np.array([int(part) for part in other.split("-")], dtype=float)
    with sheet.table(Counter("l = "), len(sizes) - 1) as table:
        below = table.recorded("other_below", sizes[:-1], title=_("units below"), symbol="k", number_format="0")
        units = table.recorded("other_units", sizes[1:], title=_("units"), symbol="n", number_format="0")
        _counts(table, "other", below, units)
    _printed(sheet, "other", other)


def _counts(table: Table, name: str, k: Block, n: Block) -> Block:
    """Add weights, biases and parameters of every layer with their totals; return that of the parameters."""
    weights = table.derived(
        f"{name}_weights",
        n.value * k.value,
        lambda l: n[l] * k[l],
        title=_("weights"),
        symbol="n·k",
        number_format=WHOLE,
    )
    biases = table.derived(f"{name}_biases", n.value, lambda l: n[l], title=_("biases"), symbol="n", number_format="0")
    both = table.derived(
        f"{name}_parameters",
        n.value * (k.value + 1),
        lambda l: n[l] * k[l] + n[l],
        title=_("parameters"),
        symbol="n·k + n",
        number_format=WHOLE,
    )
    for column in (weights, biases):
        table.total(column, _sum(f"{column.id}_all", column))
    return table.total(both, _sum(f"{name}_parameters_all", both))


def _sum(id: str, column: Block) -> Block:
    return Block(id, Role.DERIVED, column.value.sum(), formula=lambda: total(column), number_format=WHOLE)


def _printed(sheet: Sheet, name: str, net: str) -> None:
    figures, book = PRINTED[net], sheet.book
    parts = (
        ("weights", _("weights of {net}"), figures.weights),
        ("biases", _("biases of {net}"), figures.biases),
        ("parameters", _("parameters of {net}"), figures.parameters),
    )
    for part, title, figure in parts:
        if figure is not None:
            sheet.printed(f"{name}_{part}_printed", title.format(net=net), book[f"{name}_{part}_all"], figure, 0)


# ------------------------------------------------------------------------------------------------ slices of an epoch


def slices_table(sheet: Sheet, images: int, m: int) -> Block:
    """Add how many slices an epoch has, and how long its last one is; return their number."""
    n = sheet.recorded("images", float(images), symbol="n", title=_("training images"), number_format=WHOLE)
    size = sheet.recorded("slice", float(m), symbol="m", title=_("images in a slice"), number_format="0")
    slices = sheet.derived(
        "slices",
        np.ceil(n.value / size.value),
        lambda: call("INT", (n + size - 1) / size),
        title=_("slices, so updates, in an epoch"),
        math="⌈n / m⌉ = ⌊(n + m − 1) / m⌋",
        number_format="0",
    )
    sheet.derived(
        "last_slice",
        n.value - size.value * (slices.value - 1),
        lambda: n - size * (slices - 1),
        title=_("images in the last slice"),
        number_format="0",
    )
    return slices


# ------------------------------------------------------------------------------------------------ evaluate


@dataclass(frozen=True)
class Record:
    """What NumPy found for the mini-batch with the trained parameters: mean cost, and the share that is read right."""

    cost: float
    right: float


def recorded(parameters: Parameters, loss: Loss, images: Array, labels: NDArray[np.int64]) -> Record:
    """Let NumPy run the mini-batch through the network: images (m, 784), labels (m,)."""
    output = propagate(parameters, [SIGMOID] * len(parameters), images)[-1][1]
    targets = np.eye(output.shape[1])[labels]
    return Record(float(np.mean(loss.value(output.T, targets.T))), float(np.mean(output.argmax(axis=1) == labels)))


def evaluate_table(sheet: Sheet, output: Block, Y: Block) -> tuple[Block, Block]:
    """Add a row an image: the largest output, the digit it stands for, the true one; return right or not, and the share."""
    a = output.value
    with sheet.table(Counter("i = "), len(a)) as table:
        most = table.derived(
            "largest_output", a.max(axis=1), lambda i: largest(output[i, :]), title=_("largest output"), symbol="max a",
            number_format="0.0000",
        )  # fmt: skip
        said = table.derived(
            "digit_said", a.argmax(axis=1).astype(float), lambda i: call("MATCH", most[i], output[i, :], 0) - 1,
            title=_("the network says"), symbol="argmax a", number_format="0",
        )  # fmt: skip
        true = table.derived(
            "digit_true", Y.value.argmax(axis=1).astype(float),
            lambda i: call("MATCH", largest(Y[i, :]), Y[i, :], 0) - 1, title=_("it is"), symbol="y", number_format="0",
        )  # fmt: skip
        right = table.derived(
            "digit_right", (said.value == true.value).astype(float), lambda i: if_(equal(said[i], true[i]), 1, 0),
            title=_("right? 1 yes"), number_format="0",
        )  # fmt: skip
        share = Block(
            "share_right", Role.DERIVED, right.value.mean(), formula=lambda: mean(right), number_format="0.0%"
        )
        table.total(right, share, label=_("mean"))
    sheet.sentence(
        "evaluate_written",
        _("Image 1: the largest output is {a:4}, at the digit {said:0}; the image is a {true:0}."),
        a=most[0], said=said[0], true=true[0],
    )  # fmt: skip
    return right, share


def record_met(sheet: Sheet, record: Record, cost: Block, share: Block, unchanged: Block) -> None:
    """Hold the live cost and share against NumPy's, as long as the reader has changed nothing that they come from."""
    for id, title, live, there, number_format in (
        ("cost", _("recorded cost of this mini-batch"), cost, record.cost, "0.000000"),
        ("share", _("recorded share that is right"), share, record.right, "0.0%"),
    ):
        kept = sheet.recorded(f"recorded_{id}", there, title=title, number_format=number_format)
        words = _("the live cost is the recorded one") if id == "cost" else _("the live share is the recorded one")
        sheet.check(f"{id}_met", words, live, kept, 1e-9, applies=unchanged)


# ------------------------------------------------------------------------------------------------ has anything been changed?


def fingerprint_row(sheet: Sheet, length: int) -> Block:
    """Add u, (length,), along a row: √1, √2, √3 …"""
    return sheet.recorded(
        "fingerprint",
        np.sqrt(np.arange(1.0, length + 1)),
        symbol="u",
        title=_("√1, √2, √3 …: by its product with u the sheet Unchanged knows every row"),
        along=Direction.RIGHT,
        columns=Counter("k = "),
        number_format="0.00",
    )


def unchanged_sheet(sheet: Sheet, layers: Sequence[Layer], X: Block, Y: Block, u: Block) -> Block:
    """Add every row's fingerprint beside the one that NumPy recorded; return 1 as long as they are the same, else 0."""
    sheet.step(
        _("Is anything changed?"),
        _(
            "What NumPy recorded holds for the weights and images of the beginning only. Each row of a table is multiplied by the row u of the sheet Input; a changed number changes the product."
        ),
        "W·u,   X·u,   Y·u",
    )
    moved_row, verdict = sheet.reserve(), sheet.reserve()
    sheet.gap()
    distances: list[Operand] = []
    with sheet.beside():
        for block in (X, Y, *(layer.W for layer in layers)):
            now = sheet.derived(
                f"print_{block.id}",
                block.value @ u.value[: block.shape[1]],
                _product(block, u),
                symbol=f"{block.symbol}·u",
                title=_("now"),
                rows=Counter("j = "),
                columns=[""],
                number_format="0.0000",
            )
            distances.append(_held(sheet, now))
        for layer in layers:
            distances.append(_held(sheet, _bias(layer)))
    products, biases = distances[: len(layers) + 2], distances[len(layers) + 2 :]
    moved = Block(
        "moved",
        Role.CHECK,
        np.asarray(0.0),
        formula=lambda: added(*products),
        title=_("squared distance of the products from the recorded"),
        number_format="0.0000",
    )
    flag = Block(
        "unchanged",
        Role.CHECK,
        np.asarray(1.0),
        formula=lambda: if_(equal(rounded(added(moved, *biases), 12), 0), 1, 0),
        title=_("nothing is changed (1 yes, 0 no)"),
        number_format="0",
    )
    below = sheet.cursor
    for block, sheet.cursor in ((moved, moved_row), (flag, verdict)):
        sheet.add(block)
    sheet.cursor = below
    return flag


def _product(block: Block, u: Block) -> Formula:
    return lambda j: dot(block[j, :], u[: block.shape[1]])


def _held(sheet: Sheet, now: Block) -> Operand:
    """Add what a vector was at the beginning, and return the squared distance to it."""
    kept = sheet.recorded(
        f"{now.id}_kept",
        now.value,
        symbol=now.symbol,
        title=_("as recorded"),
        rows=Counter("j = "),
        columns=[""],
        number_format="0.0000",
    )
    return squared_distance(now, kept)


def _bias(layer: Layer) -> Block:
    assert layer.b is not None
    return layer.b
