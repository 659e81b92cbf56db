"""The page of a network: forward, backward and one step, each table in the place where row meets column.

Forward goes down a staircase: the weights W and b of a layer stand left of its weighted sums Z, the activations that they
meet right above. Backward stands below in the same places, in violet. Beside it the network is drawn, and one step of
descent is taken. Everything is computed where it stands, for the examples that are shown.

Yellow cells that no other page has stand here (`Held` gives blocks that the page then places): weights, input, target,
learning rate. What stands elsewhere is shown again. Symbols and shapes are those of `net`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from scenarios.common.drawing import Column, drawing
from scenarios.common.layer import Layer, sup
from scenarios.common.losses import Loss
from scenarios.common.net import Net
from scenarios.common.outcome import step_says
from scenarios.common.page_net import PageNet
from workbook.block import Block, Role, Shading
from workbook.book import Book
from workbook.chart import Chart
from workbook.page import Flow, Grid, Item, Page, Picture, Space, Voice, Words
from workbook.sheet import Adder, Style
from workbook.text import N_, _

NARROW = 20
"""So many columns of tables leave room beside them."""

TALL = 24
"""So many rows of tables are too many to stand below one another in one view."""

HIGHEST = 13  # a drawing's rows: two for each neuron of the largest layer, but no more than these
LOWEST = 7  # in fewer rows, a spreadsheet breaks the numbers in the circles
STEP_ROWS = 4  # one step: its title, the learning rate, the loss before and after

BACKWARD = N_("BACKWARD ◂  the same places, in violet")

UNIT = 6.5
"""The width in characters of the page's columns: as wide for every matrix."""


def raised(layer: int) -> str:
    """Return a layer's number as it stands at a name: W⁽¹⁾."""
    return f"⁽{sup(layer)}⁾"


class Held(Adder):
    """Makes blocks for a page that is to place them later: a network page gives its yellow cells their places."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def owner(self) -> Book:
        return self.book

    def add(self, block: Block) -> Block:
        return block


@dataclass(frozen=True)
class Shown:
    """What the page shows: the layers, the examples' input (k, m) and target (n, m), the loss, and the learning rate.

    `chosen` is the number of the example that is drawn, and `example` that of the only one there is, of the many that a
    data page has: it stands near the picture. `kind` makes the page's net, where its output is of another kind; `rule` says
    how the step is made, where it is not η · slope; a network too large for a drawing has none.
    """

    layers: Sequence[Layer]
    X: Block
    Y: Block
    loss: Loss
    eta: Block
    chosen: Block | None = None
    example: Block | None = None
    kind: Callable[..., PageNet] = field(default_factory=lambda: PageNet)
    rule: str = ""
    is_drawn: bool = True


@dataclass(frozen=True)
class Made:
    """What the page computed: the loss before and after the step, the net, the drawn network, and the tables' names."""

    before: Block
    after: Block
    net: Net
    drawn: Chart | None
    names: dict[str, Words] = field(default_factory=dict)

    def lead_to(self, net: Net) -> None:
        """Let the tables' names lead to those of a net that is computed step by step."""
        tables = {"Z": net.Z, "A": net.A, "δ": net.delta, "∂L/∂A": net.dA, "∂w": net.dW, "∂b": net.db}
        for name, blocks in tables.items():
            for l, block in blocks.items():
                if words := self.names.get(f"{name}{l}"):
                    words.to, words.style = block, Style.LINK


def whole_page(book: Book) -> Page:
    """Add the page in its place in the story; `network_page` fills it."""
    return book.page(
        "Whole",
        _("The whole network on one page"),
        _(
            "Every violet block has the place and shape of a block of the forward pass, and says how the loss moves with it."
        ),
        _("If a weight stays, but what comes in through it is 0: what is its slope?"),
        column_width=UNIT,
        one_page=True,
    )


def network_page(page: Page, net: Shown) -> Made:
    """Lay the network out: forward and backward on the left, the drawing and one step on the right; then ask."""
    made = _NetworkPage(page, net).made
    first = net.layers[0]
    Z = made.net.Z[first.number]
    without = Block(
        "page_asked", Role.DERIVED, Z.value[0, 0] - first.W.value[0, 0] * net.X.value[0, 0],
        formula=lambda: Z[0, 0] - first.W[0, 0] * net.X[0, 0],
        title=_("z of the first neuron, had the first input been 0"),
    )  # fmt: skip
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
            "face", _("One step: loss {before:4} → {after:4}"), Voice.HEADLINE, before=made.before, after=made.after
        )
    if made.drawn is not None:
        with start.right():
            start.chart(replace(made.drawn, rows=max(made.drawn.rows, 11)))


class _NetworkPage:
    def __init__(self, page: Page, shown: Shown) -> None:
        self.page, self.shown = page, shown
        self.names: dict[str, Words] = {}
        layers = [self._here(layer) for layer in shown.layers]
        X, Y = self._once("X", shown.X), self._once("Y", shown.Y)
        self.net = net = shown.kind(layers, X, Y, shown.loss, prefix="page_")
        chosen, inputs, single = shown.example, layers[0].inputs, net.examples == 1
        if chosen is not None and chosen.remark:
            page.add(chosen)
        with page.beside():
            if chosen is not None and not chosen.remark:
                page.add(chosen)
            with page.column():
                said = page.keep()
        tall = inputs + 2 * sum(layer.units + 1 for layer in layers) > TALL
        above = 1 + STEP_ROWS + sum(layer.units + 1 for layer in layers)  # the step's rows, new parameters included
        wide = single and above <= inputs + 1
        lay = self._lay_wide if wide else self._lay_deep if single and tall else self._lay_usual
        with page.column(unit=max(UNIT, *map(_typed_width, (X, Y, *(layer.W for layer in layers))))):
            self.made = lay()
        with page.into(said):
            template = _("▶ One step takes the loss from {before:4} to {after:4}: {verdict}.")
            step_says(page, "page_says", template, self.made.before, self.made.after, shown.eta)

    def _lay_usual(self) -> Made:
        """Backward below forward; the drawing and the step beside them, or below where they have no room there."""
        page, most = self.page, max(self.net.layers[0].inputs, *(layer.units for layer in self.net.layers))
        narrow = self._width() <= NARROW
        with page.beside() if narrow else page.column():
            with page.column():
                last = len(self.net.layers) + 1
                grid = page.grid(ragged=[0], close=(0, 2 * last), tight=True)
                self._forward(grid)
                grid.put(last, 0, Words(_(BACKWARD), Style.CUE))
                self._backward(grid, band=last)
            with page.column() if narrow else page.beside():
                drawn = self._drawn(width=6, rows=min(max(2 * most + 2, LOWEST), HIGHEST))
                if drawn is not None:
                    page.chart(drawn)
                with page.column():
                    eta, before, told = self._step()
                    after = self._moved(self._in_rows(page.grid(close=[0], tight=True)), eta)
            with page.into(told):
                page.add(after)
        return Made(before, after, self.net, drawn, self.names)

    def _lay_deep(self) -> Made:
        """Forward and backward on nested staircases, the drawing above them, the step behind; the new parameters below.

        They come before the questions where that is still in the first view.
        """
        page, net, lanes = self.page, self.net, 2 * len(self.net.layers) + 4
        grid = page.grid(ragged=[0], close=[lane for lane in range(2 * lanes) if lane % lanes != lanes - 4], tight=True)
        self._forward(grid, target=0)
        grid.before(0, lanes + 2, [Words(_(BACKWARD), Style.CUE)])
        self._backward(grid, lanes)
        first, units = net.layers[0], [layer.units for layer in net.layers]
        drawn = self._drawn(width=6, rows=max(first.inputs, net.last.units) + first.units + 2)
        if drawn is not None:
            grid.put(0, lanes + 6, Picture(drawn))
        step = Flow()
        grid.put(2, lanes + 8, step)
        with page.into(step):
            eta, before, told = self._step()
        seen = first.inputs + sum(n + 1 for n in units) + max(units) + 2 <= TALL
        with page.column() if seen else page.below(), page.beside():
            moved = page.grid(close=range(0, lanes, 2), tight=True)
            after = self._moved(lambda n, *stacks: _stacked(moved, 0, 2 * n, stacks), eta)
        with page.into(told):
            page.add(after)
        return Made(before, after, net, drawn, self.names)

    def _lay_wide(self) -> Made:
        """The step left of the high input and above the first weights, the drawing on its right; backward below."""
        page, inputs = self.page, self.net.layers[0].inputs
        forward = page.grid(ragged=[0], close=[0], tight=True)
        self._forward(forward, told=False)
        page.put(Words(_(BACKWARD), Style.CUE))
        self._backward(page.grid(ragged=[0], close=[0], tight=True))
        drawn = self._drawn(width=inputs, rows=inputs)
        if drawn is not None:
            forward.put(0, 4, Picture(drawn))
        head, lower = Flow(), Grid(page, close=frozenset({0}), tight=True)
        with page.into(head):
            eta, before, told = self._step()

        def put(n: int, *stacks: list[Item | Block]) -> None:
            if n == 0:
                W, *b = stacks
                forward.before(
                    0, 2, [Words("  ".join(self._told), Style.CUE), head, *W, lower],
                    *([Space(5), *stack] for stack in b),
                )  # fmt: skip
            else:
                _stacked(lower, n, 0, stacks)

        after = self._moved(put, eta)
        with page.into(told):
            page.add(after)
        return Made(before, after, self.net, drawn, self.names)

    def _in_rows(self, grid: Grid) -> Callable[..., None]:
        return lambda n, *stacks: _stacked(grid, n, 0, stacks)

    @property
    def _told(self) -> tuple[str, str, str]:
        return _("FORWARD ▸"), _("row of W × column above"), _("+ b gives Z")

    def _width(self) -> int:
        """Return how many columns the staircase takes."""
        right = 1
        for layer in self.net.layers:
            right = max(right, layer.inputs + 2) + self.net.examples + 1
        return right + self.net.examples

    def _drawn(self, **size: int) -> Chart | None:
        """Return the drawing of the network, if it is not too large for one."""
        net, shown = self.net, self.shown
        columns = [Column(net.X), *(Column(net.A[layer.number], layer.W) for layer in net.layers)]
        return drawing(self.page, "drawn", columns, shown.chosen, **size) if shown.is_drawn else None

    def _step(self) -> tuple[Block, Block, Flow]:
        """Add the learning rate and the loss before the step; return them, and the place of the loss after it."""
        self.page.put(Words(self.shown.rule or _("ONE STEP ▸  new = old − η · slope"), Style.CUE))
        eta = self.page.add(self._once("eta", self.shown.eta))
        return eta, self.page.add(self.net.loss_of_all(_("loss before"))), self.page.keep()

    def _once(self, name: str, block: Block, shading: Shading | None = None) -> Block:
        """Return a block that no page has placed yet, or else one that shows its numbers again."""
        if block.id in self.page.book:
            form = "0.00" if block.value.ndim else "0.0##"
            return Block(
                f"page_{name}", Role.DERIVED, block.value, block.title, block.symbol,
                formula=lambda *at: block[at] if at else block, number_format=form, shading=shading,
            )  # fmt: skip
        return block

    def _here(self, layer: Layer) -> Layer:
        """Return a layer whose parameters stand on the page, with the sign of each as its colour."""
        n, W, b = layer.number, layer.W, layer.b
        biases = None if b is None else self._once(f"b{n}", b, Shading.DIVERGING)
        return Layer(n, self._once(f"W{n}", W, Shading.DIVERGING), biases, layer.activation)

    def _named(self, key: str, text: str) -> Words:
        words = self.names[key] = Words(text, Style.NAME)
        return words

    def _put(self, grid: Grid, band: int, lane: int, name: str, l: int | str, block: Block, after: str = "") -> None:
        text = f"{name}{raised(l)}" if isinstance(l, int) else name
        grid.put(band, lane, self._named(f"{name}{l}", text + after))
        grid.put(band, lane, block)

    def _forward(self, grid: Grid, *, told: bool = True, target: int | None = None) -> None:
        """Put X, and for every layer W, b, Z and A, on the staircase; lane 2l holds Z of layer l above it A of l − 1.

        The target stands above the output, in the band just above or in another.
        """
        net, last = self.net, len(self.net.layers)
        for n, words in enumerate(self._told if told else ()):
            grid.put(0, 0, Words(words, Style.REMARK if n else Style.CUE))
        self._put(grid, 0, 2, "X", "", net.X)
        for step, layer in enumerate(net.layers, 1):
            l = layer.number
            stacks: list[list[Item | Block]] = [[Words(f"W{raised(l)}", Style.NAME), layer.W]]
            if layer.b is not None:
                stacks.append([Words(f"b{raised(l)}", Style.NAME), layer.b])
            grid.before(step, 2 * step, *stacks)
            self._put(grid, step, 2 * step, "Z", l, net.sums(layer))
            self._put(grid, step, 2 * step + 2, "A", l, net.activations(layer), f" = {layer.activation.symbol}(Z)")
        self._put(grid, last - 1 if target is None else target, 2 * last + 2, "Y", "", net.Y)

    def _backward(self, grid: Grid, lane: int = 0, band: int = 0) -> None:
        """Put ∂L/∂A, δ, and the slopes of W and b, from a lane and below a band, as A, Z, W and b stand; the last layer first."""
        net = self.net
        for step, layer in reversed(list(enumerate(net.layers, 1))):
            l = layer.number
            dA, delta = net.returned(layer), net.blames(layer)
            stacks: list[list[Item | Block]] = [[net.weight_slopes(layer)]]
            if layer.b is not None:
                stacks.append([self._named(f"∂b{l}", "∂b"), net.bias_slopes(layer)])
            grid.before(band + step, lane + 2 * step, *stacks)
            self._put(grid, band + step, lane + 2 * step, "δ", l, delta)
            self._put(grid, band + step, lane + 2 * step + 2, "∂L/∂A", l, dA)

    def _moved(self, put: Callable[..., None], eta: Block) -> Block:
        """Put the new parameters of every layer, W and b with their names; return the loss that they have."""
        net, moved, word = self.net, [], _("new")
        for n, layer in enumerate(net.layers):
            W, b = net.new_weights(layer, eta), None
            stacks: list[list[Item | Block]] = [[Words(f"{word} W{raised(layer.number)}", Style.NAME), W]]
            if layer.b is not None:
                b = net.new_biases(layer, eta)
                stacks.append([Words(f"{word} b", Style.NAME), b])
            put(n, *stacks)
            moved.append(Layer(layer.number, W, b, layer.activation))
        after = net.with_layers(moved, "_new")
        for layer in moved:
            self.page.offstage(after.sums(layer))
            self.page.offstage(after.activations(layer))
        assert isinstance(after, PageNet)
        return after.loss_of_all(_("loss after"))


def _typed_width(block: Block) -> float:
    """Return how wide a column is that shows the block's numbers as they were typed, in bold."""
    return max(len(f"{number:.3g}") for number in block.value.flat) + 1.6 if block.role is Role.GIVEN else 0.0


def _stacked(grid: Grid, band: int, lane: int, stacks: Sequence[list[Item | Block]]) -> None:
    """Put stacks next to one another into a grid, from a lane on."""
    for n, stack in enumerate(stacks):
        for item in stack:
            grid.put(band, lane + n, item)
