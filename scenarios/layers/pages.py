"""The pages of a network of layers: the whole on one page, what each layer gives, the first cells, and a trial."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import ACTIVATIONS
from scenarios.common.network_page import UNIT
from scenarios.graph.pages import ETA, Whole, face, first_cells, network_page
from scenarios.graph.trial import trial_page
from scenarios.layers.reading import Stacked
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.formula import as_expr, total
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import N_, _

COUNT: dict[str, Any] = {"number_format": "0"}

TITLES = {
    "dense": N_("dense layer"), "conv2d": N_("convolution"), "maxpool": N_("maximum pooling"), "avgpool": N_("mean pooling"),
    "flatten": N_("flatten"), "embedding": N_("embedding"), "positions": N_("positions"), "attention": N_("attention"),
    "rnn": N_("recurrent layer"), "layernorm": N_("layer normalization"), "batchnorm": N_("batch normalization"),
    "dropout": N_("dropout"), "residual": N_("skip connection"), "multiply": N_("product of two layers"),
    "concat": N_("two layers side by side"), "split": N_("some of the columns"), "scale": N_("times a factor"),
    "softplus": N_("softplus"), "softmax": N_("softmax"), **{name: g.title for name, g in ACTIVATIONS.items() if name != "step"},
}  # fmt: skip
"""What each kind of layer is called."""


def layers_book(book: Book, stacked: Stacked) -> None:
    """Make all pages."""
    book.first_change = _(
        "on the sheet Whole, change a yellow number: every table behind it moves, the loss with them."
    )
    page = book.page(
        "Whole",
        _("All layers on one page"),
        _("Each table is made from those before it; going back, each gets its slopes from those behind it."),
        _("Which table's slopes are the product of the most layers: the first one's or the last one's?"),
        column_width=UNIT,  # room for what others type
    )
    whole = network_page(page, stacked.graph, replace(ETA, default=stacked.rate, high=100), below=True)
    _ends(page, whole, stacked)
    _summary(book, stacked)
    first_cells(book, whole)
    tables = [node.name for node in stacked.graph.learning if whole[node.name].value.ndim == 2]
    if tables:
        trial_page(book, whole, tables[0])
    face(book, whole)


def _ends(page: Page, whole: Whole, stacked: Stacked) -> None:
    node = stacked.graph.learning[0]
    first: Any = whole.slope(node.name)
    at = (0,) * first.value.ndim
    value = first.value[at]
    step = page.offstage_block(
        "first_step", -whole.eta.value * value, lambda: -as_expr(whole.eta) * (first[at] if at else first.whole()),
        title=_("how far the first parameter goes"),
    )  # fmt: skip
    page.try_(_("Change a number of X, then one of the weights: which tables move, and which stay?"))
    page.turn(
        "whole_turn",
        _("The step changes the upper left number of {table} by how much? (0.001 off is close enough)").format(table=node.symbol),
        step,
        0.001,
        _("−η times its slope."),
        _("take the first number of the violet table ∂{table}, times η, with the other sign.").format(table=node.symbol),
    )  # fmt: skip
    page.remember(_("A layer needs to know two things only: what it makes of its input, and what it hands back."))


def _summary(book: Book, stacked: Stacked) -> Page:
    """Show what each layer is, what it gives, and how many of its numbers learn."""
    page = book.page("Layers", _("What was asked for, layer by layer"), kind=Kind.DEEPER)
    page.step(
        _("The layers"),
        _("Each layer is a row: its kind, the shape of what it gives, and how many numbers it learns."),
    )
    page.source(_("Chosen by whoever wrote the file {file}.").format(file=Path(stacked.source).name))
    if stacked.data:
        page.source(_("Read from the file {file}.").format(file=stacked.data))
    if stacked.untyped:
        page.source(_("The file does not say, so here it is: {taken}.").format(taken=", ".join(stacked.untyped)))
    if stacked.drawn:
        page.source(
            _("Weights that the file does not give are drawn from the seed, normal with variance 1/k for k inputs, rounded to three decimals; biases begin at 0.")
        )  # fmt: skip
    if stacked.title:
        page.text(stacked.title)
    kinds = np.array([_(TITLES[row.kind]) for row in stacked.rows], dtype=object)
    with page.table(Counter("l = "), len(stacked.rows)) as table:
        table.recorded("layer_kind", kinds, "", _("kind"))
        for id, title, field in (
            ("layer_tables", _("tables"), [row.tables for row in stacked.rows]),
            ("layer_rows", _("rows"), [row.shape[0] for row in stacked.rows]),
            ("layer_columns", _("columns"), [row.shape[1] for row in stacked.rows]),
        ):
            table.recorded(id, np.array(field, float), "", title, **COUNT)
        counts = np.array([row.learns for row in stacked.rows], float)
        learned = table.recorded("layer_learns", counts, "", _("numbers that it learns"), **COUNT)
        table.total(
            learned,
            Block("layers_learn", Role.DERIVED, learned.value.sum(), formula=lambda: total(learned), **COUNT),
        )
    for n, name in enumerate(stacked.classes, 1):
        page.text(_("y{number} = 1: {label}").format(number=n, label=name))
    return page
