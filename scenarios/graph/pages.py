"""The pages that every graph gets: the network on one page, the first cell of every table, and the page that asks for trust."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scenarios.common.network_page import Held
from scenarios.common.outcome import step_says
from scenarios.graph.graph import Graph, Node
from scenarios.graph.run import Run, Slopes
from workbook.block import Block, Role
from workbook.book import Book
from workbook.items import Grid, Space
from workbook.page import Flow, Page, Voice, Words
from workbook.parameter import Parameter
from workbook.sheet import Kind, Style
from workbook.text import N_, _

COLUMN = 4.4
"""The width in characters of the network page's columns that ask for no more."""

ONE_STEP = N_("ONE STEP ▸  new = old − η · slope")

MOST_ROWS = 7
"""So many rows of new parameters stand in one lane, where the next one has room for more."""

WIDE = 30
"""So many columns of tables stand beside one another, where the page is a list of them."""

ETA = Parameter("lr", 0.1, N_("learning rate"), 0, 10, symbol="η")


@dataclass(frozen=True)
class Whole:
    """A network on its page: the run, its slopes, the run after one step, the learning rate, and the new parameters."""

    graph: Graph
    run: Run
    slopes: Slopes
    after: Run
    eta: Block
    moved: Mapping[str, Block]
    names: dict[str, Words] = field(default_factory=dict)

    @property
    def rates(self) -> list[Block]:
        """The learning rate, below the single typed numbers that have no place of their own."""
        return [*(self[node.name] for node in self.graph.given if node.at is None and node.start.ndim == 0), self.eta]

    def __getitem__(self, name: str) -> Block:
        """Return a node's block."""
        return self.run.blocks[name]

    def slope(self, name: str) -> Block:
        """Return the slopes of the loss in a node."""
        return self.slopes.blocks[name]


def graph_page(book: Book, title: str, claim: str, guess: str, name: str = "Whole") -> Page:
    """Add the page of the network in its place in the story; `network_page` fills it."""
    return book.page(name, title, claim, guess, column_width=COLUMN)


def network_page(
    page: Page,
    graph: Graph,
    parameter: Parameter = ETA,
    given: Mapping[str, Block] | None = None,
    elsewhere: Callable[[Block], bool] = lambda _block: False,
    *,
    below: bool = False,
    out_of_sight: Collection[str] = (),
) -> Whole:
    """Lay a graph out: forward on the left, backward on the right in the same bands, or `below` in the same columns; one step
    in the last band. The slopes of the nodes `out_of_sight` have no place on it.

    `given` are blocks that another page has placed; `elsewhere` says of the computed blocks that have no place here whether
    another page shows them: the others stand among the numbers behind pictures. Typed numbers that have no place of their
    own stand beside the learning rate.
    """
    whole = _made(page.book, graph, parameter, given or {})
    said = page.keep()
    page.gap()
    grid = page.grid(tight=True, thin=True)
    places = [node.at for node in graph.nodes if node.at is not None]
    bands, lanes = 1 + max(at[0] for at in places), 1 + max(at[1] for at in places)
    down, right = (bands + 2, 0) if below else (0, lanes)
    tables(grid, _("FORWARD ▸"), graph, whole.run.blocks, table_name, whole.names)
    if below:
        grid.put(down - 1, 0, Space(1))
    _way_back(grid, whole, (down, right), out_of_sight)
    last = down + bands + 1
    grid.put(last, 0, Space(1))
    grid.put(last, 0, Words(_(ONE_STEP), Style.CUE))
    _step(grid, last + 1, graph, whole.moved)
    lanes_back = sorted({lane for band, lane in grid.cells if down < band < last and lane >= right})
    _numbers(grid, last + 1, lanes_back, whole.rates, [whole.run.loss], [whole.after.loss])
    _rest(page, whole, elsewhere)
    _step_says(page, said, whole)
    return whole


def three_pages(
    forward: Page,
    back: Page,
    step: Page,
    graph: Graph,
    parameter: Parameter = ETA,
    given: Mapping[str, Block] | None = None,
) -> Whole:
    """Lay a graph out that is too large for one page: forward, backward, and the parameters after one step, in the same
    places on three pages; the last band of slopes leaves two lanes to the learning rate and to the losses.

    `given` are blocks that another page has placed.
    """
    whole = _made(forward.book, graph, parameter, given or {})
    tables(forward.grid(tight=True, thin=True), _("FORWARD ▸"), graph, whole.run.blocks, table_name, whole.names)
    said = back.keep()
    back.gap()
    grid = back.grid(tight=True, thin=True)
    _way_back(grid, whole)
    last = max(band for band, _lane in grid.cells)
    free = [lane for lane in sorted({lane for _band, lane in grid.cells}) if (last, lane) not in grid.cells]
    _numbers(grid, last, free, whole.rates, [whole.run.loss, whole.after.loss])
    grid = step.grid(tight=True, thin=True)
    tables(grid, _(ONE_STEP), graph, whole.moved, lambda node: f"{_('new')} {node.symbol}", {})
    _rest(forward, whole, lambda _block: False)
    _step_says(back, said, whole)
    return whole


def pages_by_part(
    forward: Page,
    back: Page,
    step: Page,
    graph: Graph,
    parts: Sequence[tuple[str, Sequence[str]]],
    parameter: Parameter = ETA,
) -> Whole:
    """Lay a graph out that is too large to be seen at once: its parts one below the other, forward on a page and, the last
    part first, backward on another; the learning rate, the losses and the parameters after one step on a third. A part has a
    title and the names of its tables.
    """
    whole = _made(forward.book, graph, parameter, {})
    for title, names in parts:
        made = [graph[name] for name in names if graph[name].operation is not None]
        forward.step(title)
        for node in made:
            forward.math(table_name(node))
        forward.gap()
        lay(forward, [whole[name] for name in names])
    for title, names in reversed(parts):
        found = [whole.slope(name) for name in reversed(names) if name in whole.slopes.blocks]
        back.step(title)
        lay(back, found)
    said = step.keep()
    with step.beside():
        for block in (*whole.rates, whole.run.loss, whole.after.loss):
            if block.id not in step.book:
                step.add(block)
    step.gap()
    lay(step, whole.moved.values())
    _rest(forward, whole, lambda _block: False)
    _step_says(step, said, whole)
    return whole


def lay(page: Page, blocks: Iterable[Block]) -> None:
    """Put tables beside one another, as many as the screen takes, then the next below."""
    rows: list[list[Block]] = [[]]
    width = 0
    for block in blocks:
        columns = block.grid().shape[1] + 1
        if rows[-1] and width + columns > WIDE:
            rows.append([])
            width = 0
        rows[-1].append(block)
        width += columns
    for row in filter(None, rows):
        with page.beside():
            for block in row:
                page.add(block)
        page.gap()


def _made(book: Book, graph: Graph, parameter: Parameter, given: Mapping[str, Block]) -> Whole:
    """Make all blocks, without a place."""
    held = Held(book)
    eta = held.setting(parameter, "eta")
    typed = graph.blocks(held, [node for node in graph.given if node.name not in given])
    run = Run(graph, {**given, **typed})
    slopes = run.backward()
    moved = run.step(slopes, eta)
    after = Run(graph, {**run.blocks, **moved}, "_new")
    run.loss.title, after.loss.title = _("loss before"), _("loss after")
    return Whole(graph, run, slopes, after, eta, moved)


def _way_back(grid: Grid, whole: Whole, corner: tuple[int, int] = (0, 0), out_of_sight: Collection[str] = ()) -> None:
    slopes = {f"d_{name}": block for name, block in whole.slopes.blocks.items() if name not in out_of_sight}
    cue = _("BACKWARD ◂  the same places, in violet")
    tables(grid, cue, whole.graph, slopes, lambda node: f"∂{node.symbol}", whole.names, "d_", corner)


def _numbers(grid: Grid, band: int, lanes: Iterable[int], *stacks: Sequence[Block]) -> None:
    """Put single numbers under their names into a band, a stack in each of the lanes."""
    for lane, blocks in zip(lanes, stacks, strict=False):
        for block in blocks:
            grid.put(band, lane, Words(f"{block.symbol} {block.title}", Style.NAME, role=block.role))
            grid.put(band, lane, block)


def _rest(page: Page, whole: Whole, elsewhere: Callable[[Block], bool]) -> None:
    """Put what no page shows among the numbers behind pictures."""
    for block in [*whole.run.made(), *whole.slopes.blocks.values(), *whole.after.made()]:
        if block.id not in page.book and not elsewhere(block):
            page.offstage(block)


def _step_says(page: Page, said: Flow, whole: Whole) -> None:
    with page.into(said):
        template = _("▶ One step takes the loss from {before:3} to {after:3}: {verdict}.")
        step_says(page, "page_says", template, whole.run.loss, whole.after.loss, whole.eta)


def tables(
    grid: Grid,
    cue: str,
    graph: Graph,
    blocks: Mapping[str, Block],
    name: Callable[[Node], str],
    names: dict[str, Words],
    prefix: str = "",
    corner: tuple[int, int] = (0, 0),
) -> None:
    """Add a part of the page from a corner of the grid on: every table in its node's band and lane."""
    down, right = corner
    placed = [(prefix + node.name, node, node.at) for node in graph.nodes if node.at and prefix + node.name in blocks]
    grid.put(down, right + min(at[1] for _key, _node, at in placed), Words(cue, Style.CUE))
    shared: dict[tuple[int, int], Grid] = {}
    for key, node, (band, lane, *part) in placed:
        at = down + 1 + band, right + lane
        names[key] = Words(name(node) if not part else name(node).replace(" ", ""), Style.NAME)
        into = grid
        if part:
            if at not in shared:
                shared[at] = Grid(grid.page, close=frozenset(range(part[0] + 2)), tight=True)
                grid.put(*at, shared[at])
            into, at = shared[at], (0, part[0])
        into.put(*at, names[key])
        into.put(*at, blocks[key])


def _step(grid: Grid, band: int, graph: Graph, moved: Mapping[str, Block]) -> None:
    """Put the parameters after one step into a band, each in its node's lane, or in an empty one right of a full one."""
    rows: dict[int, int] = {}
    taken = {node.at[1] for node in graph.learning if node.at}
    for node in graph.learning:
        if node.at is None:
            continue
        block, lane = moved[node.name], node.at[1]
        high = 1 + len(block.grid())
        if rows.get(lane, 0) + high > MOST_ROWS and lane + 1 not in taken:
            lane += 1
        rows[lane] = rows.get(lane, 0) + high
        grid.put(band, lane, Words(f"{_('new')} {node.symbol}", Style.NAME))
        grid.put(band, lane, block)


def table_name(node: Node) -> str:
    """Call a table by its symbol and title; a computed one that has no title by its formula."""
    if node.operation is None or node.title:
        return " ".join(filter(None, (node.symbol, node.title)))
    return f"{node.symbol} = {node.operation.math(*(x.symbol for x in node.inputs))}"


def face(book: Book, whole: Whole) -> None:
    """Say on the first page what one step does to the loss."""
    template = _("One step: loss {before:3} → {after:3}")
    with book.start.left():
        book.start.sentence("face", template, Voice.HEADLINE, before=whole.run.loss, after=whole.after.loss)


# ---------------------------------------------------------------------------------------------- first cells


def first_cells(book: Book, whole: Whole) -> Page:
    """Add the page on which the first cell of every table is written out with its numbers, forward and backward."""
    page = book.page("Cells", _("The first cell of every table, written out"), kind=Kind.DEEPER)
    page.step(
        _("Forward: what each table is computed from"),
        _("The line says it for the whole table; below it stands the cell in its upper left corner, with the numbers as they are now."),
    )  # fmt: skip
    run = whole.run
    for node in whole.graph.computed:
        assert node.operation is not None
        X = [run.blocks[x.name] for x in node.inputs]
        page.math(f"{node.symbol} = {node.operation.math(*(x.symbol for x in X))}")
        written = node.operation.written(run.blocks[node.name], X, run.inner[node.name])
        _sentence(page, run.blocks[node.name], written)
    page.step(
        _("Backward: what comes back to each table"),
        _("A table that several others read gets the sum of what they send back."),
    )
    for node in reversed(whole.graph.nodes):
        if node.name in whole.slopes.blocks:
            block, pulls = whole.slope(node.name), whole.slopes.pulls[node.name]
            page.math(f"{block.symbol} = {block.math}")
            _sentence(page, block, " + ".join(p.written for p in pulls) if all(p.written for p in pulls) else "")
    return page


MOST_WRITTEN, MOST_TYPED = 12, 6
"""So many numbers are written out at most, and so many yellow ones, which are shown as they were typed."""

_FIELD = re.compile(r"{(\w+)")


def _sentence(page: Page, block: Block, written: str) -> None:
    ids = _FIELD.findall(written)
    typed = [id for id in ids if page.book[id].role is Role.GIVEN]
    if ids and len(ids) <= MOST_WRITTEN and len(typed) <= MOST_TYPED:
        at = ("", "[0]", "[0,0]")[block.value.ndim]
        index = ("", "₁", "₁₁")[block.value.ndim]
        page.sentence(f"{block.id}_first", f"{block.symbol}{index} = {written} = {{{block.id}{at}:4}}")
