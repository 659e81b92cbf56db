"""Sheets Weights and FirstEpoch: the first and the last weights of the run, and what the first say to every image."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.common.batch import cost_column, forward_columns, total_cost
from scenarios.common.dense import Forward, Layer
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.training import Record, Run, picked_layers
from scenarios.demon_net.board import right_formula, right_value
from scenarios.demon_net.weights import ACTIVATIONS
from workbook.block import Block, Counter
from workbook.book import Book
from workbook.sheet import Kind
from workbook.text import _


@dataclass(frozen=True)
class Pass:
    """All images at one epoch, one a row: input, target, forward pass, loss of each and in all, and whether right."""

    layers: list[Layer]
    X: Block
    Y: Block
    passed: Forward
    each: Block
    loss: Block
    right: Block


def first_and_last(book: Book, record: Record, run: Run) -> tuple[list[Layer], list[Layer]]:
    """Return the layers before the first epoch and at the last one."""
    sheet = book.sheet("Weights", _("The first and the last weights of the run"), kind=Kind.DATA)
    last = len(run.states) - 2
    found = []
    for suffix, epoch, title in (("_first", 0, _("Before the first epoch")), ("_last", last, _("At the last epoch"))):
        sheet.step(title, _("Looked up in the sheet Run."))
        at = sheet.recorded(f"epoch{suffix}", float(epoch), symbol="t", title=_("epoch"), number_format="0")
        found.append(picked_layers(sheet, record, run.states[epoch], ACTIVATIONS, at, suffix))
    return found[0], found[1]


def first_epoch(book: Book, layers: list[Layer], X: Block, Y: Block) -> Pass:
    """Run the first weights over all images."""
    sheet = book.sheet("FirstEpoch", _("What the first weights say to every image"), kind=Kind.DATA)
    sheet.step(
        _("Forward and loss, one row per image"), _("The same columns as on the sheet Epoch, always for epoch 0.")
    )
    with sheet.table(Counter(""), len(Y.value), freeze=True) as table:
        passed = forward_columns(table, layers, X, "_first")
        each = cost_column(table, HALF_SQUARED, passed.output, Y, "_first")
        out = passed.output
        right = table.derived(
            "right_first",
            right_value(out.value, Y.value),
            lambda i: right_formula(out, Y, i),
            title=_("right? 1 yes"),
            number_format="0",
        )
        loss = total_cost(table, HALF_SQUARED, each, "_first")
    return Pass(layers, X, Y, passed, each, loss, right)
