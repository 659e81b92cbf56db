"""Page Count: how many weights and biases a network has, of both networks that the articles speak of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.common.layer import Layer
from workbook.block import Block, Counter, Role
from workbook.formula import call, total
from workbook.page import Page, Table
from workbook.text import _

WHOLE: dict[str, Any] = {"number_format": "#,##0"}
THIRTEEN_THOUSAND = ("784-16-16-10", 13_002)
"""The number that backpropagation-13002 prints, and the network that has so many: all other counts follow."""


def count_page(page: Page, net: str, nets: Sequence[str], layers: Sequence[Layer]) -> None:
    """Count this network's parameters, and the other's below it."""
    (other,) = set(nets) - {net}
    below, units = _("neurons or pixels below"), _("neurons")
    with page.left():
        said = page.keep()
        page.gap()
        with page.table(Counter("l = "), len(layers)) as table:
            cells = [call("COUNT", layer.W[0, :]) for layer in layers]
            k = table.derived("count_below", [layer.inputs for layer in layers], None, "k", below, each=cells, **WHOLE)
            cells = [call("COUNT", layer.W[:, 0]) for layer in layers]
            n = table.derived("count_units", [layer.units for layer in layers], None, "n", units, each=cells, **WHOLE)
            parameters, all_ = _counts(table, "count", k, n)
            cells = [call("COUNT", layer.W) + call("COUNT", layer.b) for layer in layers if layer.b]
            yellow = table.derived(
                "count_cells", parameters.value, None, "", _("yellow cells on its sheet"), each=cells, **WHOLE
            )
            every = table.total(yellow, _sum("count_all_cells", yellow))
        page.text(_("The other network to count, {net}:").format(net=other))
        sizes = np.array([int(part) for part in other.split("-")], dtype=float)
        with page.table(Counter("l = "), len(sizes) - 1) as table:
            k_other = table.recorded("other_below", sizes[:-1], "k", below, **WHOLE)
            _column, other_all = _counts(
                table, "other", k_other, table.recorded("other_units", sizes[1:], "n", units, **WHOLE)
            )
        with page.into(said):
            words = "{count_units[0]:0}·{count_below[0]:0} + {count_units[0]:0} = {count_parameters[0]:0}"
            page.live(
                "count_written",
                _("▶ Layer 1 has {sum} parameters; all layers have {count_parameters_all:0}.").replace("{sum}", words),
            )
    page.check("count_met", _("n·k + n counts every yellow cell of the layers"), all_, every, 0)
    name, figure = THIRTEEN_THOUSAND
    page.printed(
        "thirteen_thousand", _("parameters of {net}").format(net=name), all_ if net == name else other_all, figure, 0
    )
    page.source(
        _("13,002 is printed in backpropagation-13002; that the network is 784-16-16-10 is inferred: it has so many.")
    )
    page.source(
        _("The shapes of 784-100-40-10 are those of fathoming-the-deep; its number of parameters follows from them.")
    )
    page.try_(
        _(
            "Every one of layer 1's weights is a yellow cell on the sheet Layer1: change one, and the whole workbook follows."
        )
    )
    value = parameters.value[1] + layers[1].inputs + 1
    more = page.offstage_block(
        "count_more", value, lambda: parameters[1] + k[1] + 1, title=_("layer 2 with one more neuron"), **WHOLE
    )
    page.turn(
        "count_turn", _("Suppose layer 2 had one neuron more. How many parameters would it have?"), more, 0.1,
        _("A weight for each neuron below, and a bias."), _("the new neuron needs a weight for each neuron below, and a bias."),
    )  # fmt: skip
    page.remember(_("n neurons above k inputs have n·k weights and n biases."))


def _counts(table: Table, name: str, k: Block, n: Block) -> tuple[Block, Block]:
    """Add weights, biases and parameters of every layer with their totals; return the parameters and all of them."""
    for id, value, formula, symbol, title in (
        ("weights", n.value * k.value, lambda l: n[l] * k[l], "n·k", _("weights")),
        ("biases", n.value, lambda l: n[l], "n", _("biases")),
        ("parameters", n.value * (k.value + 1), lambda l: n[l] * k[l] + n[l], "n·k + n", _("parameters")),
    ):
        column = table.derived(f"{name}_{id}", value, formula, symbol, title, **WHOLE)
        all_ = table.total(column, _sum(f"{name}_{id}_all", column))
    return column, all_


def _sum(id: str, column: Block) -> Block:
    return Block(id, Role.DERIVED, column.value.sum(), formula=lambda: total(column), **WHOLE)
