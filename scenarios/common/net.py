"""A dense network, stated once: its tables, forward and backward, and one step of descent.

    layers = given_layers(page, parameters, SIGMOID)     yellow tables W and b; or `picked_layers` of a recorded run
    net = Net(layers, X, Y, HALF_SQUARED)                X (k, m) and Y (n, m): a column per example
    net.forward(page)                                    Z beside A, layer by layer
    loss = net.measure(page)                             the loss of each example and of all
    net.backward(page)                                   slopes g′ and blames δ, the last layer first
    net.gradients(page)                                  the slopes of W and b, in their shapes
    moved = net.update(page, eta)                        the net one step later: moved.forward(page), moved.measure(page)
    nudge_one(page, net, choose(page, net), h)           one parameter changed a little: `scenarios.common.nudge`
    network_page(page, net, eta)                         all of it on one page: `scenarios.common.network_page`

Symbols and shapes, for a layer l with n neurons above k, over m examples:

    W[l]   (n, k)   weights, row j belongs to neuron j        b[l]  (n,)    biases, or None
    Z[l]   (n, m)   weighted sums, W·A[l−1] + b               A[l]  (n, m)  activations, g(Z); A below the first is X
    dA[l]  (n, m)   ∂L/∂A                                     slope[l] (n, m)  g′(Z)
    delta[l] (n, m) blame δ = ∂L/∂Z                           dW[l] (n, k), db[l] (n,)  slopes of the loss

`net.Z[2][0, 1]` is neuron 1 of layer 2 for example 2. The ids are Z2, A2, dA2, G2, D2, gW2, gb2, C, C_each, with the
net's `prefix` and `suffix` around them, so that several nets can share a book.

Each recipe takes layers too (`net.forward(page, layer)`), so that words can stand between them; each piece is a method that
makes one block (`page.add(net.sums(layer))`). Every piece states NumPy's line and the cell's formula side by side.

The tables lie as X lies. With dozens of examples a row each reads better: declare X with ``along=Direction.RIGHT`` (its rows
run right), and add to a table: ``with page.table(Counter("i = "), m) as t: net.forward(t)``. All stays (n, m).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Union

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.layer import INPUTS, NEURONS, Layer, sup
from scenarios.common.losses import Loss
from workbook.block import Block, Counter, Formula, Headings, Role, Shading
from workbook.formula import Direction, Expr, Operand, added, call, dot, total
from workbook.page import Page, Table
from workbook.text import _

Place = Union[Page, Table]  # noqa: UP007 - a runtime alias that mypy can see through
"""Where tables are put: a page, one beside the other, or a table, one example a row."""

EXAMPLES = Counter("i = ")

SPELLED = 20
"""The loss of so many outputs is written out, output by output; that of more as one distance."""


class Net:
    """A dense network with its examples; the tables of its passes are added by the recipes, and kept here by layer.

    Parameters
    ----------
    layers : from the first to the last
    X, Y : input (k, m) and target (n, m)
    loss : of one example, and whether that of several is their sum or their mean
    suffix, prefix, count : what stands around the ids of its blocks; the cell with the number of examples, for means
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        X: Block,
        Y: Block,
        loss: Loss,
        suffix: str = "",
        *,
        prefix: str = "",
        count: Block | None = None,
    ) -> None:
        self.layers, self.X, self.Y, self.loss = list(layers), X, Y, loss
        self.suffix, self.prefix, self.count = suffix, prefix, count
        self.below = self.layers[0].number - 1
        self._share, self._share_math = (int(X.shape[1]), " / m") if loss.mean else (1, "")
        self.Z: dict[int, Block] = {}
        self.A: dict[int, Block] = {self.below: X}
        self.dA: dict[int, Block] = {}
        self.slope: dict[int, Block] = {}
        self.delta: dict[int, Block] = {}
        self.dW: dict[int, Block] = {}
        self.db: dict[int, Block] = {}
        self.each: Block | None = None
        self.whole: Block | None = None

    @property
    def examples(self) -> int:
        """How many examples it sees, m."""
        return int(self.X.shape[1])

    @property
    def last(self) -> Layer:
        """The output layer."""
        return self.layers[-1]

    @property
    def output(self) -> Block:
        """The activations of the output layer."""
        return self.A[self.last.number]

    def layer(self, number: int) -> Layer:
        """Return a layer by its number."""
        return self.layers[number - self.below - 1]

    def with_layers(self, layers: Sequence[Layer], suffix: str) -> Net:
        """Return a net of other layers with the same examples; nothing of it is computed yet."""
        return type(self)(layers, self.X, self.Y, self.loss, suffix, prefix=self.prefix, count=self.count)

    # -- recipes ----------------------------------------------------------------------------------------

    def forward(self, place: Place, *layers: Layer, seen: bool = False, sums: Mapping[int, Block] | None = None) -> Net:
        """Add Z beside A, of all layers or of those that are named; with `seen` W and b are shown beside them once more.

        `sums` has by layer Zᵀ that is laid out elsewhere, where W is too large to be read from a column.
        """
        for layer in layers or self.layers:
            with _beside(place):
                for block in self.seen(layer) if seen else ():
                    place.add(block)
                place.add(self.sums(layer, (sums or {}).get(layer.number)))
                place.add(self.activations(layer))
        return self

    def measure(self, place: Place, title: str = "") -> Block:
        """Add the loss of each example and of all together; return this. Of a single example there is but one."""
        if self.examples == 1 and isinstance(place, Page):
            self.whole = place.add(self._only_loss(title))
            return self.whole
        self.each = place.add(self._each_loss())
        self.whole = self._whole_loss(self.each, title)
        if isinstance(place, Page):
            return place.add(self.whole)
        return place.total(self.each, self.whole, _("mean") if self.loss.mean else "Σ")

    def backward(self, place: Place, *layers: Layer, parts: bool = False) -> Net:
        """Add g′ and δ, the last layer first; with `parts` also ∂L/∂A, the other factor of δ."""
        for layer in layers or reversed(self.layers):
            with _beside(place):
                if parts:
                    place.add(self.returned(layer))
                place.add(self.slopes(layer))
                place.add(self.blames(layer))
        return self

    def gradients(self, page: Page, *layers: Layer) -> Net:
        """Add the slopes of W and b beside each other: sums over the examples, or means where the loss is one."""
        for layer in layers or self.layers:
            with page.beside():
                page.add(self.weight_slopes(layer))
                if layer.b is not None:
                    page.add(self.bias_slopes(layer))
        return self

    def update(self, page: Page, eta: Block, suffix: str = "_new") -> Net:
        """Add every parameter after a step of descent, W − η·∂L/∂W; return the net with these."""
        moved = []
        for layer in self.layers:
            with page.beside():
                W = page.add(self.new_weights(layer, eta, suffix))
                b = page.add(self.new_biases(layer, eta, suffix)) if layer.b is not None else None
            moved.append(Layer(layer.number, W, b, layer.activation))
        return self.with_layers(moved, suffix)

    # -- forward ----------------------------------------------------------------------------------------

    def sums(self, layer: Layer, laid_out: Block | None = None) -> Block:
        """Return Z = W·A + b, (n, m)."""
        W, b, A, s = layer.W, layer.b, self.A[layer.number - 1], sup(layer.number)

        def formula(j: Any, i: Any) -> Operand:
            if laid_out is not None:
                return laid_out[j, i]
            return dot(W[j, :], A[:, i]) if b is None else dot(W[j, :], A[:, i]) + b[j]

        value = W.value @ A.value + (0 if b is None else b.value[:, None])
        math = f"Z{s} = W{s}·{self.name_below(layer)}" + ("" if b is None else f" + b{s}")
        block = self._table(Role.DERIVED, "Z", layer, value, formula, f"Z{s}", _("weighted sums"), math)
        return self._kept(self.Z, layer, block)

    def seen(self, layer: Layer) -> list[Block]:
        """Return W and b of a layer once more, to stand where they are used."""
        parts = [("W", layer.W, False), *([] if layer.b is None else [("b", layer.b, True)])]
        return [
            Block(
                self._id(f"{name}{layer.number}_seen"), Role.DERIVED, block.value, symbol=f"{name}{sup(layer.number)}",
                formula=_again(block), shading=Shading.DIVERGING, **self._heads(False, vector),
            )
            for name, block, vector in parts
        ]  # fmt: skip

    def activations(self, layer: Layer) -> Block:
        """Return A = g(Z), (n, m)."""
        g, Z, s = layer.activation, self.Z[layer.number], sup(layer.number)
        title = _("activations: {function}").format(function=_(g.title))
        block = self._table(
            Role.DERIVED, "A", layer, g.value(Z.value), lambda j, i: g.value_formula(Z[j, i]),
            f"A{s}", title, f"A{s} = {g.symbol}(Z{s}),  {g.math}", masked=True,
        )  # fmt: skip
        return self._kept(self.A, layer, block)

    def name_below(self, layer: Layer) -> str:
        """Return the symbol of what comes into a layer."""
        return "X" if layer.number == 1 else f"A{sup(layer.number - 1)}"

    def shared(self, summed: Expr, counted: Operand) -> Expr:
        """Return a sum over the examples, divided by their number where the loss is a mean."""
        if not self.loss.mean or self.examples == 1:
            return summed
        return summed / (call("COUNT", counted) if self.count is None else self.count)

    # -- loss -------------------------------------------------------------------------------------------

    def unit_losses(self, i: Any) -> Expr:
        """Return the formula of an example's loss, neuron by neuron."""
        A, Y, n = self.output, self.Y, self.last.units
        if n > SPELLED and self.loss.range_formula is not None:
            return self.loss.range_formula(A[:, i], Y[:, i])
        return added(*(self.loss.unit_formula(A[j, i], Y[j, i]) for j in range(n)))

    def _only_loss(self, title: str) -> Block:
        value = self.loss.value(self.output.value, self.Y.value)[0]
        return self._number("C", value, lambda: self.unit_losses(0), "L", title or _("loss of this example"))

    def _each_loss(self) -> Block:
        down = self.X.along is Direction.RIGHT
        return Block(
            self._id("C_each"), Role.DERIVED, self.loss.value(self.output.value, self.Y.value),
            _("loss of each example"), "Lᵢ", self.loss.math, formula=self.unit_losses,
            along=Direction.DOWN if down else Direction.RIGHT, columns=None if down else EXAMPLES,
        )  # fmt: skip

    def _whole_loss(self, each: Block, title: str) -> Block:
        value = each.value.mean() if self.loss.mean else each.value.sum()
        usual = _("loss: the mean over the examples") if self.loss.mean else _("loss: the sum over the examples")
        return self._number("C", value, lambda: self.shared(total(each), each), "L", title or usual)

    @property
    def divisor(self) -> float:
        """By what a sum over the examples is divided."""
        return self.examples if self.loss.mean else 1

    # -- backward ---------------------------------------------------------------------------------------

    def returned(self, layer: Layer) -> Block:
        """Return ∂L/∂A, (n, m): the slope of the loss, or what the layer above hands back through its weights, Wᵀ·δ."""
        s = sup(layer.number)
        fields: tuple[str, str, str]
        if layer is self.last:
            value = self.loss.slope(self.output.value, self.Y.value)
            fields = (f"∂L/∂A{s}", _("slope of the loss"), self.loss.slope_math)
        else:
            above = self.layer(layer.number + 1)
            value = above.W.value.T @ self.delta[above.number].value
            u = sup(above.number)
            fields = (f"∂L/∂A{s}", _("handed back through Wᵀ"), f"(W{u})ᵀ·δ{u}")
        block = self._table(Role.GRADIENT, "dA", layer, value, lambda j, i: self._back(layer, j, i), *fields)
        return self._kept(self.dA, layer, block)

    def slopes(self, layer: Layer) -> Block:
        """Return g′(Z), (n, m): where a neuron hardly answers, little of the blame passes; ReLU's zeros show."""
        g, Z, A, s = layer.activation, self.Z[layer.number], self.A[layer.number], sup(layer.number)
        block = self._table(
            Role.GRADIENT, "G", layer, g.slope(Z.value, A.value), lambda j, i: g.slope_formula(Z[j, i], A[j, i]),
            f"{g.symbol}′(Z{s})", _("slopes of the activation"), g.slope_math, masked=True,
        )  # fmt: skip
        return self._kept(self.slope, layer, block)

    def blames(self, layer: Layer) -> Block:
        """Return δ = ∂L/∂A ∗ g′(Z), (n, m); each factor is read where it stands in cells of its own."""
        n, s, g, dA = layer.number, sup(layer.number), layer.activation, self.dA.get(layer.number)
        Z, A, slope = self.Z[n], self.A[n], self.slope.get(n)
        if dA is not None:
            back, math = dA.value, f"∂L/∂A{s}"
        elif layer is self.last:
            back, math = self.loss.slope(self.output.value, self.Y.value), f"∂L/∂A{s}"
        else:
            above = self.layer(n + 1)
            back = above.W.value.T @ self.delta[n + 1].value
            math = f"(W{sup(n + 1)})ᵀ·δ{sup(n + 1)}"

        def formula(j: Any, i: Any) -> Operand:
            back = self._back(layer, j, i) if dA is None else dA[j, i]
            return back * (g.slope_formula(Z[j, i], A[j, i]) if slope is None else slope[j, i])

        title = _("blame of layer {layer}").format(layer=n)
        math = f"δ{s} = {math} ∗ {g.symbol}′(Z{s})"
        if dA is None and layer is self.last:
            math += f",  {self.loss.slope_math}"
        value = back * (g.slope(Z.value, A.value) if slope is None else slope.value)
        block = self._table(Role.GRADIENT, "D", layer, value, formula, f"δ{s}", title, math)
        return self._kept(self.delta, layer, block)

    def _back(self, layer: Layer, j: Any, i: Any) -> Expr:
        """The formula of ∂L/∂A."""
        if layer is self.last:
            return self.loss.slope_formula(self.output[j, i], self.Y[j, i])
        above = self.layer(layer.number + 1)
        return dot(above.W[:, j], self.delta[above.number][:, i])

    def weight_slopes(self, layer: Layer, delta: Block | None = None) -> Block:
        """Return ∂L/∂W = δ·Aᵀ, (n, k); `delta` is δ that lies as W lies, where W is large."""
        d, A, s = delta or self.delta[layer.number], self.A[layer.number - 1], sup(layer.number)
        below = self.name_below(layer)
        block = Block(
            self._id(f"gW{layer.number}"), Role.GRADIENT, d.value @ A.value.T / self.divisor,
            _("slopes of the weights: same shape as W"), f"∂L/∂W{s}",
            f"δ{s}·{below + 'ᵀ' if below == 'X' else f'({below})ᵀ'}" + self._share_math,
            formula=lambda j, k: self.shared(dot(d[j, :], A[k, :]), d[j, :]), **self._heads(True),
        )  # fmt: skip
        return self._kept(self.dW, layer, block)

    def bias_slopes(self, layer: Layer) -> Block:
        """Return ∂L/∂b, (n,): δ summed over the examples, or their mean."""
        d, s = self.delta[layer.number], sup(layer.number)
        block = Block(
            self._id(f"gb{layer.number}"), Role.GRADIENT, d.value.sum(axis=1) / self.divisor,
            _("slopes of the biases"), f"∂L/∂b{s}", f"Σᵢ δ{s}" + self._share_math,
            formula=lambda j: self.shared(total(d[j, :]), d[j, :]), **self._heads(True, vector=True),
        )  # fmt: skip
        return self._kept(self.db, layer, block)

    # -- update -----------------------------------------------------------------------------------------

    def new_weights(self, layer: Layer, eta: Block, suffix: str = "_new") -> Block:
        """Return W − η·∂L/∂W, (n, k)."""
        W, dW, s = layer.W, self.dW[layer.number], sup(layer.number)
        return Block(
            f"{self.prefix}W{layer.number}{suffix}", Role.UPDATED, W.value - eta.value * dW.value,
            _("new weights"), f"W{s}′", f"W{s} − {eta.symbol}·∂L/∂W{s}",
            formula=lambda j, k: W[j, k] - eta * dW[j, k], **self._heads(False),
        )  # fmt: skip

    def new_biases(self, layer: Layer, eta: Block, suffix: str = "_new") -> Block:
        """Return b − η·∂L/∂b, (n,)."""
        b, db, s = layer.b, self.db[layer.number], sup(layer.number)
        assert b is not None
        return Block(
            f"{self.prefix}b{layer.number}{suffix}", Role.UPDATED, b.value - eta.value * db.value,
            _("new biases"), f"b{s}′", f"b{s} − {eta.symbol}·∂L/∂b{s}",
            formula=lambda j: b[j] - eta * db[j], **self._heads(False, vector=True),
        )  # fmt: skip

    # -- how its blocks look ----------------------------------------------------------------------------

    def _id(self, name: str) -> str:
        return f"{self.prefix}{name}{self.suffix}"

    def _heads(self, slopes: bool, vector: bool = False) -> dict[str, Any]:
        """Return the headings of what has the shape of W, or of b; `slopes` tells those of the loss from new parameters."""
        return {"rows": NEURONS, "columns": [""] if vector else INPUTS}

    def _kept(self, tables: dict[int, Block], layer: Layer, block: Block) -> Block:
        tables[layer.number] = block
        return block

    def _number(self, name: str, value: Any, formula: Formula, symbol: str, title: str) -> Block:
        return Block(self._id(name), Role.DERIVED, np.asarray(value), title, symbol, formula=formula)

    def _table(
        self,
        role: Role,
        name: str,
        layer: Layer,
        value: Array,
        formula: Formula,
        symbol: str,
        title: str,
        math: str,
        *,
        masked: bool = False,
    ) -> Block:
        """Return a table of a layer's neurons and the examples, (n, m), that lies as X lies."""
        along = self.X.along
        neurons: Headings = None if layer.units == 1 and along is Direction.RIGHT else NEURONS
        examples: Headings = None if self.examples == 1 and along is Direction.DOWN else EXAMPLES
        rows, columns = (examples, neurons) if along is Direction.RIGHT else (neurons, examples)
        shading = Shading.MASK if masked and layer.activation.name == "relu" else None
        return Block(
            self._id(f"{name}{layer.number}"), role, value, title, symbol, math,
            formula=formula, along=along, rows=rows, columns=columns, shading=shading,
        )  # fmt: skip


def _again(block: Block) -> Formula:
    return lambda *at: block[at]


@contextmanager
def _beside(place: Place) -> Iterator[None]:
    """Put what is added next to one another: columns of a table stand so already."""
    if isinstance(place, Page):
        with place.beside():
            yield
    else:
        yield
