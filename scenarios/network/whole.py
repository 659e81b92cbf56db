"""Page Whole: the network of the specification on one page; as many examples as fit, the rest a choice away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.layer import Layer
from scenarios.common.net import EXAMPLES
from scenarios.common.network_page import Held, Made, Shown, network_page
from scenarios.common.optimizers import WEIGHT_DECAY
from scenarios.common.page_net import SLOPE, PageNet
from scenarios.network.given import Given
from scenarios.network.output import OutputNet
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.formula import Direction, number_of, pick
from workbook.page import Page
from workbook.text import _

FIT, DRAWN = 4, 12
"""So many examples fit on the page, and so many neurons of a layer into a drawing."""

W = TypeVar("W", bound="WholeNet")


class WholeNet(OutputNet, PageNet):
    """A net on the page; the slopes of examples that are not shown, the step and the losses come from the other sheets."""

    deep: OutputNet
    moved: OutputNet
    steps_here: bool
    book: Book

    def beside(self: W, book: Book, deep: OutputNet, moved: OutputNet, share: Block | None, *, steps_here: bool) -> W:
        """Say where the other sheets compute it, and whether this page's step is new = old − η · slope."""
        self.deep, self.moved, self.steps_here, self.count, self.book = deep, moved, steps_here, deep.count, book
        return self.ending(deep.out, share)

    def with_layers(self: W, layers: Sequence[Layer], suffix: str) -> W:
        return (
            super()
            .with_layers(layers, suffix)
            .beside(self.book, self.deep, self.moved, self.share, steps_here=self.steps_here)
        )

    @property
    def _is_whole(self) -> bool:
        """Whether all examples of the mini-batch are shown."""
        return self.examples == self.deep.examples

    def _offstage(self, *blocks: Block) -> None:
        for block in blocks:
            self.book.helpers.add(block)

    def activations(self, layer: Layer) -> Block:
        if layer is self.last:
            self._offstage(*self.prepare())
        return super().activations(layer)

    def blames(self, layer: Layer) -> Block:
        if layer is self.last and self.out.joint:
            return self.short_blames()
        if layer is self.last and self.out.is_softmax:
            self._offstage(self.inner_products())
            return self.long_blames()
        block = super().blames(layer)
        if layer is self.last and self.share is not None:
            plain, block.value = block.formula, self.counted(block.value)
            assert plain is not None
            block.formula = lambda j, i: self.counts(plain(j, i), i)
        return block

    def _blame(self, id: str, value: Array, formula: Any, title: str, math: str) -> Block:
        return self._kept(
            self.delta, self.last,
            Block(
                self._id(id), Role.GRADIENT, self.counted(value), title, formula=lambda j, i: self.counts(formula(j, i), i),
                number_format=SLOPE,
            ),
        )  # fmt: skip

    def weight_slopes(self, layer: Layer, delta: Block | None = None) -> Block:
        block = super().weight_slopes(layer, delta)
        return block if self._is_whole else self._kept(self.dW, layer, _copied(block, self.deep.dW[layer.number]))

    def bias_slopes(self, layer: Layer) -> Block:
        block = super().bias_slopes(layer)
        return block if self._is_whole else self._kept(self.db, layer, _copied(block, self.deep.db[layer.number]))

    def new_weights(self, layer: Layer, eta: Block, suffix: str = "_new") -> Block:
        block = super().new_weights(layer, eta, suffix)
        return block if self.steps_here else _copied(block, self.moved.layer(layer.number).W)

    def new_biases(self, layer: Layer, eta: Block, suffix: str = "_new") -> Block:
        block, there = super().new_biases(layer, eta, suffix), self.moved.layer(layer.number).b
        return block if self.steps_here or there is None else _copied(block, there)

    def loss_of_all(self, title: str) -> Block:
        there = self.moved.whole if self.suffix else self.deep.whole
        assert there is not None
        value, formula = np.asarray(there.value), lambda: there
        return Block(self._id("C"), Role.DERIVED, value, title, "L", formula=formula, number_format="0.0000")


def _copied(block: Block, there: Block) -> Block:
    """Return a block that shows what another sheet computed."""
    return replace(block, value=there.value, formula=lambda *at: there[at])


def fill_whole(page: Page, net: OutputNet, moved: OutputNet, given: Given) -> Made:
    """Lay out the network of the picked update."""
    book, spec, m = page.book, given.spec, net.examples
    X, Y, share, first = net.X, net.Y, net.share, None
    if m > FIT:
        first = Held(book).given(
            "whole_first", 1.0, "", _("first of the {shown} examples shown, of {m}").format(shown=FIT, m=m),
            valid=Between(1, m - FIT + 1, whole=True),
        )  # fmt: skip
        X, Y = (_window(page, f"whole_{block.id}", block, first) for block in (X, Y))
        share = None if share is None else _window(page, "whole_share", share, first)
    plain = not spec.optimizer.states and WEIGHT_DECAY.key not in spec.hyper and not spec.frozen
    makes = lambda *args, **fields: WholeNet(*args, **fields).beside(book, net, moved, share, steps_here=plain)  # noqa: E731
    made = network_page(
        page,
        Shown(
            net.layers, X, Y, net.loss, given.hyper["lr"], example=first, kind=makes,
            rule="" if plain else _("ONE STEP ▸  by the optimizer, see the sheet Step"), is_drawn=max(spec.sizes) <= DRAWN,
        ),
    )  # fmt: skip
    made.lead_to(net)
    return made


def _window(page: Page, id: str, block: Block, first: Block) -> Block:
    """Return the examples that are shown, (k, FIT) or (FIT,)."""
    at = int(first.value) - 1
    fields: dict[str, Any] = {"title": _("the examples that the sheet Whole shows"), "columns": EXAMPLES}
    if block.value.ndim == 1:
        value, formula = block.value[at : at + FIT], lambda i: pick(block, first - 1 + number_of(i))
        return page.offstage_block(id, value, formula, along=Direction.RIGHT, **fields)
    value, formula2 = block.value[:, at : at + FIT], lambda k, i: pick(block[k, :], first - 1 + number_of(i))
    return page.offstage_block(id, value, formula2, rows=Counter(), **fields)
