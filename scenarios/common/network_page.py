"""The page of a network: forward, backward and one step, each table in the place where row meets column.

Forward goes down a staircase: the weights W and b of a layer stand left of its weighted sums Z, the activations that they
meet right above. Backward stands below in the same places, in violet. Beside it the network is drawn, and one step of
descent is taken. Everything is computed where it stands, for the examples that are shown.

Symbols and shapes are those of `dense`: W (n, k), b (n,), Z, A, δ (n, m).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scenarios.common.dense import Layer
from scenarios.common.drawing import Column, drawing
from scenarios.common.losses import Loss
from workbook.block import Block, Counter, Formula, Headings, Role, Shading
from workbook.book import Book
from workbook.chart import Chart
from workbook.formula import Operand, added, dot, total
from workbook.page import Grid, Item, Page, Voice, Words
from workbook.sheet import Style
from workbook.text import _

SLOPE = "0.000"
"""Slopes are small: three decimals show them."""

NARROW = 18
"""So many columns of tables leave room beside them."""

UNIT = 6.0
"""The width in characters of the page's columns: as wide for every matrix."""


def raised(layer: int) -> str:
    """Return a layer's number as it stands at a name: W⁽¹⁾."""
    return f"⁽{str(layer).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}⁾"


@dataclass(frozen=True)
class Shown:
    """What the page shows: the layers, the examples' input (k, m) and target (n, m), the loss, and the learning rate."""

    layers: Sequence[Layer]
    X: Block
    Y: Block
    loss: Loss
    eta: Block
    chosen: Block | None = None


@dataclass(frozen=True)
class Made:
    """What the page computed: the loss before and after the step, Z, A, δ by layer from 1 on, and the drawn network."""

    before: Block
    after: Block
    Z: list[Block]
    A: list[Block]
    delta: list[Block]
    drawn: Chart


def whole_page(book: Book) -> Page:
    """Add the page in its place in the story; `network_page` fills it."""
    return book.page(
        "Whole",
        _("The whole network on one page"),
        _(
            "Every violet block stands in the place of the block above it, and says how the loss moves when that block moves."
        ),
        _("If a weight stays, but what comes in through it is 0: what is its slope?"),
        column_width=UNIT,
    )


def network_page(page: Page, net: Shown) -> Made:
    """Lay the network out: forward and backward on the left, the drawing and one step on the right; then ask."""
    made = _NetworkPage(page, net).made
    first = net.layers[0]
    without = Block(
        "page_asked",
        Role.DERIVED,
        made.Z[0].value[0, 0] - first.W.value[0, 0] * net.X.value[0, 0],
        formula=lambda: made.Z[0][0, 0] - first.W[0, 0] * net.X[0, 0],
        title=_("z of the first neuron, had the first input been 0"),
    )
    page.turn(
        "page_turn",
        _(
            "Suppose the first input were 0. Which weighted sum Z would the first neuron of the first layer have? (0.01 off is close enough)"
        ),
        page.offstage(without),
        0.01,
        _("Its first term is gone."),
        _("take from its Z the first weight times the first input."),
    )
    page.remember(_("Forward, a row meets a column; backward, every slope stands in the place of what it belongs to."))
    return made


def network_face(start: Page, made: Made) -> None:
    """Give the first page the drawn network, and what one step does to the loss."""
    with start.left():
        start.sentence(
            "face",
            _("One step: loss {before:4} → {after:4}"),
            Voice.HEADLINE,
            before=made.before,
            after=made.after,
        )
    with start.right():
        start.chart(made.drawn)


class _NetworkPage:
    def __init__(self, page: Page, net: Shown) -> None:
        self.page, self.net = page, net
        self.layers = [self._copied(layer) for layer in net.layers]
        self.X = _block("page_X", Role.DERIVED, net.X.value, lambda k, i: net.X[k, i], "0.##")
        self.Y = _block("page_Y", Role.DERIVED, net.Y.value, lambda j, i: net.Y[j, i], "0.##")
        with page.beside() if self._is_narrow() else page.column():
            with page.column():
                forward = self._grid(_("FORWARD ▸  row of W × column above + b gives Z"))
                back = self._grid(_("BACKWARD ◂  the same places, in violet"))
            with page.column() if self._is_narrow() else page.beside():
                picture = page.keep()
                with page.column():
                    page.put(Words(_("ONE STEP ▸  new = old − η · slope"), Style.CUE))
                    told = page.keep()
                    step = page.grid(close=[0])
        Z, A = self._forward(forward)
        before = self._loss("page_C", A[-1], _("loss before"))
        delta, gW, gb = self._backward(back, Z, A)
        after = self._step(step, before, gW, gb)
        with page.into(told):
            eta = net.eta
            page.derived(
                "page_eta", eta.value, lambda: eta, symbol="η", title=_("learning rate"), number_format="0.0##"
            )
            page.add(before)
            page.add(after)
        with page.into(picture):
            columns = [Column(self.X), *(Column(a, layer.W) for a, layer in zip(A, self.layers, strict=True))]
            drawn = drawing(page, "drawn", columns, net.chosen)
            page.chart(drawn)
        self.made = Made(before, after, Z, A, delta, drawn)

    def _is_narrow(self) -> bool:
        """Whether the drawing and the step have room beside the tables; else they stand below."""
        return 2 * len(self.layers) * (self.X.shape[1] + 1) <= NARROW

    def _grid(self, heading: str) -> Grid:
        self.page.put(Words(heading, Style.CUE))
        return self.page.grid(ragged=[0], close=[0])

    def _copied(self, layer: Layer) -> Layer:
        """Return a layer whose parameters stand on the page, with the sign of each as its colour."""
        n, W, b = layer.number, layer.W, layer.b
        weights = _block(f"page_W{n}", Role.DERIVED, W.value, lambda j, k: W[j, k], "0.##", Shading.DIVERGING)
        biases = None
        if b is not None:
            biases = _block(f"page_b{n}", Role.DERIVED, b.value, lambda j: b[j], "0.##", Shading.DIVERGING)
        return replace(layer, W=weights, b=biases)

    def _loss(self, id: str, A: Block, title: str) -> Block:
        loss, Y, m = self.net.loss, self.Y, self.Y.shape[1]
        each = loss.value(A.value, Y.value)

        def formula() -> Operand:
            whole = added(*(loss.value_formula(A, Y, i) for i in range(m)))  # type: ignore[arg-type]
            return whole / m if loss.mean else whole

        value = each.mean() if loss.mean else each.sum()
        return Block(
            id, Role.DERIVED, np.asarray(value), formula=formula, symbol="L", title=title, number_format="0.0000"
        )

    # -- forward ----------------------------------------------------------------------------------------

    def _forward(self, grid: Grid) -> tuple[list[Block], list[Block]]:
        """Put X, and for every layer W, b, Z and A, on the staircase; lane 2l holds Z of layer l above it A of l − 1."""
        _put(grid, 0, 2, "X", self.X)
        Z: list[Block] = []
        A: list[Block] = []
        below = self.X
        for step, layer in enumerate(self.layers, 1):
            z = _weighted_sums(f"page_Z{layer.number}", layer, below, "0.00")
            a = self._activations(layer, z)
            stacks: list[list[Item | Block]] = [[_name(f"W{raised(layer.number)}"), layer.W]]
            if layer.b is not None:
                stacks.append([_name(f"b{raised(layer.number)}"), layer.b])
            grid.before(step, 2 * step, *stacks)
            _put(grid, step, 2 * step, f"Z{raised(layer.number)}", z)
            _put(grid, step, 2 * step + 2, f"A{raised(layer.number)} = {layer.activation.symbol}(Z)", a)
            Z.append(z)
            A.append(a)
            below = a
        _put(grid, len(self.layers), 2 * len(self.layers) + 4, "Y", self.Y)
        return Z, A

    def _activations(self, layer: Layer, Z: Block) -> Block:
        g = layer.activation
        shading = Shading.MASK if g.name == "relu" else None
        return _block(
            f"page_A{layer.number}",
            Role.DERIVED,
            g.value(Z.value),
            lambda j, i: g.value_formula(Z[j, i]),
            "0.00",
            shading,
        )

    # -- backward ---------------------------------------------------------------------------------------

    def _backward(
        self, grid: Grid, Z: list[Block], A: list[Block]
    ) -> tuple[list[Block], list[Block], list[Block | None]]:
        """Put ∂L/∂A, δ, and the slopes of W and b where A, Z, W and b stand above; the last layer first."""
        loss, Y, last = self.net.loss, self.Y, len(self.layers)
        delta: dict[int, Block] = {}
        gW: dict[int, Block] = {}
        gb: dict[int, Block | None] = {}
        for step in range(last, 0, -1):
            layer, out, z = self.layers[step - 1], A[step - 1], Z[step - 1]
            n = layer.number
            if step == last:
                dA = _block(
                    f"page_dA{n}",
                    Role.GRADIENT,
                    loss.slope(out.value, Y.value),
                    lambda j, i, out=out: loss.slope_formula(out[j, i], Y[j, i]),
                    SLOPE,
                )
            else:
                dA = _carried_back(f"page_dA{n}", self.layers[step].W, delta[step + 1])
            g = layer.activation
            d = _block(
                f"page_D{n}",
                Role.GRADIENT,
                dA.value * g.slope(z.value, out.value),
                lambda j, i, dA=dA, z=z, out=out, g=g: dA[j, i] * g.slope_formula(z[j, i], out[j, i]),
                SLOPE,
            )
            delta[step] = d
            gW[step], gb[step] = self._slopes(layer, d, self.X if step == 1 else A[step - 2])
            stacks: list[list[Item | Block]] = [[gW[step]]]
            bias = gb[step]
            if bias is not None:
                stacks.append([_name("∂b"), bias])
            grid.before(step, 2 * step, *stacks)
            _put(grid, step, 2 * step, f"δ{raised(n)}", d)
            _put(grid, step, 2 * step + 2, f"∂L/∂A{raised(n)}", dA)
        steps = range(1, last + 1)
        return [delta[s] for s in steps], [gW[s] for s in steps], [gb[s] for s in steps]

    def _slopes(self, layer: Layer, d: Block, A: Block) -> tuple[Block, Block | None]:
        """Return the slopes of a layer's W and b, sums over the examples that are shown, or their mean."""
        m = d.shape[1]
        share = m if self.net.loss.mean else 1

        def weight(j: Any, k: Any) -> Operand:
            return dot(d[j, :], A[k, :]) / m if self.net.loss.mean else dot(d[j, :], A[k, :])

        def bias(j: Any) -> Operand:
            return total(d[j, :]) / m if self.net.loss.mean else total(d[j, :])

        n = layer.number
        gW = Block(
            f"page_gW{n}",
            Role.GRADIENT,
            d.value @ A.value.T / share,
            formula=weight,
            number_format=SLOPE,
            columns=Counter("∂w"),
        )
        gb = None if layer.b is None else _block(f"page_gb{n}", Role.GRADIENT, d.value.sum(axis=1) / share, bias, SLOPE)
        return gW, gb

    # -- one step ---------------------------------------------------------------------------------------

    def _step(self, grid: Grid, before: Block, gW: list[Block], gb: list[Block | None]) -> Block:
        """Put the new parameters, the learning rate, and the loss before and after."""
        eta, moved, word = self.net.eta, [], _("new")
        for step, (layer, dW, db) in enumerate(zip(self.layers, gW, gb, strict=True)):
            W, b, n = layer.W, layer.b, layer.number
            new = _block(
                f"page_W{n}_new",
                Role.UPDATED,
                W.value - eta.value * dW.value,
                lambda j, k, W=W, dW=dW: W[j, k] - eta * dW[j, k],
                "0.00",
            )
            _put(grid, step, 0, f"{word} W{raised(n)}", new)
            new_b = None
            if b is not None and db is not None:
                new_b = _block(
                    f"page_b{n}_new",
                    Role.UPDATED,
                    b.value - eta.value * db.value,
                    lambda j, b=b, db=db: b[j] - eta * db[j],
                    "0.00",
                )
                _put(grid, step, 1, f"{word} b", new_b)
            moved.append(replace(layer, W=new, b=new_b))
        A = self.X
        for layer in moved:
            z = self.page.offstage(_weighted_sums(f"page_Z{layer.number}_new", layer, A, "0.0000"))
            g = layer.activation
            A = self.page.offstage(
                _block(
                    f"page_A{layer.number}_new",
                    Role.DERIVED,
                    g.value(z.value),
                    lambda j, i, g=g, z=z: g.value_formula(z[j, i]),
                    "0.0000",
                )
            )
        return self._loss("page_C_new", A, _("loss after"))


def _weighted_sums(id: str, layer: Layer, A: Block, number_format: str) -> Block:
    """Return W·A + b, (n, m)."""
    W, b = layer.W, layer.b
    value = W.value @ A.value + (0 if b is None else b.value[:, None])

    def formula(j: Any, i: Any) -> Operand:
        return dot(W[j, :], A[:, i]) if b is None else dot(W[j, :], A[:, i]) + b[j]

    return _block(id, Role.DERIVED, value, formula, number_format)


def _carried_back(id: str, W: Block, d: Block) -> Block:
    """Return Wᵀ·δ, (k, m): a column of W for every row, so each row has a formula of its own."""

    def row(k: int) -> Formula:
        return lambda i: dot(W[:, k], d[:, i])

    rows = [row(k) for k in range(W.shape[1])]
    return Block(id, Role.GRADIENT, W.value.T @ d.value, each=rows, number_format=SLOPE)


def _block(
    id: str,
    role: Role,
    value: np.ndarray,
    formula: Formula,
    number_format: str,
    shading: Shading | None = None,
    rows: Headings = None,
) -> Block:
    return Block(id, role, np.asarray(value), formula=formula, number_format=number_format, shading=shading, rows=rows)


def _name(text: str) -> Words:
    return Words(text, Style.NAME)


def _put(grid: Grid, band: int, lane: int, name: str, block: Block) -> None:
    grid.put(band, lane, _name(name))
    grid.put(band, lane, block)
