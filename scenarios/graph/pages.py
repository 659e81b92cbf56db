"""The pages that every graph gets: the network on one page, the first cell of every table, and the page that asks for trust."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from scenarios.common.network_page import Held
from scenarios.common.outcome import step_says
from scenarios.graph.graph import At, Graph, Node
from scenarios.graph.run import Run, Slopes
from workbook.block import Block, Role
from workbook.book import Book
from workbook.items import Grid, Space
from workbook.page import Page, Voice, Words
from workbook.parameter import Parameter
from workbook.sheet import Kind, Style
from workbook.text import N_, _

COLUMN = 4.4
"""The width in characters of the network page's columns that ask for no more."""

MOST_ROWS = 7
"""So many rows of new parameters stand in one lane, where the next one has room for more."""

ETA = Parameter("lr", 0.1, N_("learning rate"), 0, 10, symbol="η")


@dataclass(frozen=True)
class Whole:
    """A network on its page: the run, its slopes, the loss after one step, and the learning rate."""

    graph: Graph
    run: Run
    slopes: Slopes
    after: Run
    eta: Block
    names: Mapping[str, Words] = field(default_factory=dict)

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
    held, given = Held(page.book), dict(given or {})
    eta = held.setting(parameter, "eta")
    typed = graph.blocks(held, [node for node in graph.given if node.name not in given])
    run = Run(graph, {**given, **typed})
    slopes = run.backward()
    moved = run.step(slopes, eta)
    after = Run(graph, {**run.blocks, **moved}, "_new")
    names: dict[str, Words] = {}
    said = page.keep()
    run.loss.title, after.loss.title = _("loss before"), _("loss after")
    page.gap()
    grid = page.grid(tight=True, thin=True)
    places = [node.at for node in graph.nodes if node.at is not None]
    bands, lanes = 1 + max(band for band, _lane in places), 1 + max(lane for _band, lane in places)
    down, right = (bands + 2, 0) if below else (0, lanes)
    back = {f"d_{name}": block for name, block in slopes.blocks.items() if name not in out_of_sight}
    tables(grid, _("FORWARD ▸"), graph, run.blocks, table_name, names)
    if below:
        grid.put(down - 1, 0, Space(1))
    cue = _("BACKWARD ◂  the same places, in violet")
    tables(grid, cue, graph, back, lambda node: f"∂{node.symbol}", names, "d_", (down, right))
    last = down + bands + 1
    grid.put(last, 0, Space(1))
    grid.put(last, 0, Words(_("ONE STEP ▸  new = old − η · slope"), Style.CUE))
    _step(grid, last + 1, graph, moved)
    numbers = (*(typed[name] for name in typed if graph[name].at is None), eta), (run.loss,), (after.loss,)
    lanes_back = sorted({lane for band, lane in grid.cells if down < band < last and lane >= right})
    for lane, blocks in zip(lanes_back, numbers, strict=False):
        for block in blocks:
            grid.put(last + 1, lane, Words(f"{block.symbol} {block.title}", Style.NAME, role=block.role))
            grid.put(last + 1, lane, block)
    for block in [*run.made(), *slopes.blocks.values(), *after.made()]:
        if block.id not in page.book and not elsewhere(block):
            page.offstage(block)
    with page.into(said):
        template = _("▶ One step takes the loss from {before:3} to {after:3}: {verdict}.")
        step_says(page, "page_says", template, run.loss, after.loss, eta)
    return Whole(graph, run, slopes, after, eta, names)


def tables(
    grid: Grid,
    cue: str,
    graph: Graph,
    blocks: Mapping[str, Block],
    name: Callable[[Node], str],
    names: dict[str, Words],
    prefix: str = "",
    corner: At = (0, 0),
) -> None:
    """Add a part of the page from a corner of the grid on: every table in its node's band and lane."""
    down, right = corner
    placed = [(prefix + node.name, node, *node.at) for node in graph.nodes if node.at and prefix + node.name in blocks]
    grid.put(down, right + min(lane for _key, _node, _band, lane in placed), Words(cue, Style.CUE))
    for key, node, band, lane in placed:
        at = down + 1 + band, right + lane
        names[key] = Words(name(node), Style.NAME)
        grid.put(*at, names[key])
        grid.put(*at, blocks[key])


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
