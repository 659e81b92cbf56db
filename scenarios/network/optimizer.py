"""The optimizer's step for every parameter, and the forward pass with the new ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import yes_no
from scenarios.common.layer import INPUTS, NEURONS, Layer, sup
from scenarios.common.optimizers import WEIGHT_DECAY, Cells
from scenarios.network.given import LONG_TABLE, Given
from scenarios.network.output import OutputNet
from scenarios.network.passes import MET, forward, measure
from scenarios.network.record import Record, parameter_names
from scenarios.network.run import learning, parameters_of
from workbook.block import Block, Counter, Formula
from workbook.book import Book
from workbook.formula import Expr, Index, Operand, call, sqrt
from workbook.sheet import Kind
from workbook.text import _

SHOWN = "0.000000"
"""Steps are small: six decimals show them."""


def optimizer_page(
    book: Book, net: OutputNet, now: Sequence[Layer], given: Given, record: Record, u: Block
) -> tuple[Block, dict[str, Block]]:
    """Add a table with a row a parameter; return the new parameters, and all columns by their ids, with t and the rates."""
    page = book.page("Optimizer", _("Optimizer: a step for every parameter"), kind=Kind.DEEPER)
    spec, n = record.spec, int(u.value)
    optimizer, states = spec.optimizer, record.run.states
    page.step(
        _("One parameter a row"),
        _("Every weight and bias with its slope, what the optimizer remembers of it, and its step, with six decimals, as steps are small: {name}.").format(name=_(optimizer.title)),
        optimizer.math,
    )  # fmt: skip
    if optimizer.looks_ahead:
        page.remark(_("g is the slope at the point ahead w̃ = w + μ·v, not at w; the step is taken from w."))
    cells: dict[str, Block] = {**given.hyper, "t": u}
    with page.table(Counter(""), spec.parameter_count, freeze=spec.parameter_count > LONG_TABLE) as table:
        names = np.array(parameter_names(record.where), dtype=object)
        cells["name"] = table.recorded("opt_name", names, "", _("parameter"))
        parts = [(layer.W, layer.b) for layer in now]
        cells["w"] = table.derived(
            "opt_w", _flat(parts), None, "w", _("before the update"), each=_cells(parts), number_format=SHOWN
        )
        for id, (symbol, title) in optimizer.states.items():
            formula = record.flat_at(id, u, 0)
            cells[id] = table.derived(f"opt_{id}", states[id][n - 1], formula, symbol, _(title), number_format=SHOWN)
        parts = [(net.dW[layer.number], net.db.get(layer.number)) for layer in now]
        title = _("slope at the point ahead") if optimizer.looks_ahead else _("slope of the loss")
        slopes: Sequence[Operand] = _cells(parts)
        value = _flat(parts)
        if (decay := given.hyper.get(WEIGHT_DECAY.key)) is not None:
            title = _("{slope}, and λ·w for a weight").format(slope=title)
            slopes, value = _with_penalty(net, slopes, value, decay)
        if spec.frozen:
            title = _("{slope}; 0 where frozen").format(slope=title)
            learns = table.recorded("opt_learns", learning(spec), "", _("learns?"), number_format=yes_no())
            slopes = [learns[p] * slope for p, slope in enumerate(slopes)]
            value = value * learns.value
        cells["g"] = table.gradient("opt_g", value, None, "g", title, each=slopes, number_format=SHOWN)
        hyper = {key: float(block.value) for key, block in given.hyper.items()}
        step = optimizer.step(
            cells["w"].value, cells["g"].value, {id: cells[id].value for id in optimizer.states}, n, hyper
        )
        for column in optimizer.columns:
            fields: dict[str, Any] = {"math": column.math, "number_format": SHOWN}
            formula = _column_formula(column.formula, cells)
            cells[column.id] = table.updated(
                f"opt_{column.id}", step[column.id], formula, column.symbol, _(column.title), **fields
            )
        recorded = {}
        for id in states:
            title, symbol = _("as recorded"), f"{'w' if id == 'w' else optimizer.states[id][0]}′"
            formula = record.flat_at(id, u, 1)
            recorded[id] = table.derived(
                f"opt_recorded_{id}", states[id][n], formula, symbol, title, number_format=SHOWN
            )
    page.step(_("Does it hold?"), _("Parameters and states after this update must be those that NumPy recorded."))
    for id, there in recorded.items():
        symbol = there.symbol.removesuffix("′")
        scale = page.offstage_block(
            f"scale_{id}", 1 + float(np.sqrt(np.sum(there.value**2))), _one_and_length(there),
            title=_("1 + length of {symbol}").format(symbol=symbol),
        )  # fmt: skip
        title = _("{symbol} after the update is as recorded").format(symbol=symbol)
        page.check(f"step_{id}", title, cells[f"{id}_new"], there, MET, scale, given.unchanged)
    return cells["w_new"], cells


def next_page(book: Book, net: OutputNet, new: Block, record: Record) -> OutputNet:
    """Add the new parameters as tables, and the forward pass with them; return the net that they make."""
    page = book.page("Next", _("Next forward: the same mini-batch with the new parameters"), kind=Kind.DEEPER)
    page.step(_("The new parameters"), _("The last column of the sheet Optimizer, laid out as W and b again."))
    layers = []
    for layer, (W, b) in zip(net.layers, parameters_of(new.value, record.where), strict=True):
        l, formula = layer.number, record.laid_out(new, layer.number)
        with page.beside():
            weights = page.updated(
                f"W{l}_new", W, formula, f"W{sup(l)}′", _("new weights"), rows=NEURONS, columns=INPUTS
            )
            biases = None
            if b is not None:
                biases = page.updated(
                    f"b{l}_new", b, formula, f"b{sup(l)}′", _("new biases"), rows=NEURONS, columns=[""]
                )
        layers.append(Layer(l, weights, biases, layer.activation))
    moved = net.with_layers(layers, "_new")
    forward(page, moved)
    page.step(
        _("The loss after the update"),
        _("The same mini-batch with the new parameters; a step that is not too long makes its loss smaller."),
    )
    measure(page, moved)
    page.sentence(
        "cost_after",
        _("The loss of this mini-batch went from {C:4} at the point ahead to {C_new:4}.")
        if record.spec.optimizer.looks_ahead
        else _("The loss of this mini-batch went from {C:4} to {C_new:4}."),
    )
    return moved


def _with_penalty(net: OutputNet, slopes: Sequence[Operand], value: Array, decay: Block) -> tuple[list[Operand], Array]:
    """Return the slopes with λ·w for every weight, where the slopes are taken, and nothing for a bias."""
    there = [(layer.W, layer.b) for layer in net.layers]
    is_weight = [part is layer.W for layer in net.layers for part in (layer.W, layer.b) if part is not None for _n in range(part.value.size)]  # fmt: skip
    added = [slope + decay * w if counts else slope for slope, w, counts in zip(slopes, _cells(there), is_weight, strict=True)]  # fmt: skip
    return added, value + float(decay.value) * _flat(there) * np.array(is_weight)


Parts = Sequence[tuple[Block, "Block | None"]]


def _flat(parts: Parts) -> Array:
    return np.concatenate([part.value.ravel() for layer in parts for part in layer if part is not None])


def _cells(parts: Parts) -> list[Expr]:
    """Every parameter's cell, in the order of the run."""
    found: list[Expr] = []
    for W, b in parts:
        found += [W[j, k] for j in range(W.shape[0]) for k in range(W.shape[1])]
        if b is not None:
            found += [b[j] for j in range(b.shape[0])]
    return found


def _column_formula(formula: Callable[[Index, Cells], Operand], cells: Cells) -> Formula:
    return lambda p: formula(p, cells)


def _one_and_length(block: Block) -> Formula:
    return lambda: 1 + sqrt(call("SUMSQ", block))
