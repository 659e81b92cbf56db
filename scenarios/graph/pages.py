"""The pages that every graph gets: the network on one page, the first cell of every table, and the page that asks for trust."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scenarios.common.network_page import UNIT, Held
from scenarios.common.outcome import step_says
from scenarios.graph.graph import Graph, Node
from scenarios.graph.run import Run, Slopes
from workbook.block import Block, Role
from workbook.book import Book
from workbook.items import Grid, Space
from workbook.page import Page, Voice, Words
from workbook.parameter import Parameter
from workbook.sheet import Kind, Style
from workbook.text import N_, _

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
    return book.page(name, title, claim, guess, column_width=UNIT)


def network_page(
    page: Page,
    graph: Graph,
    parameter: Parameter = ETA,
    given: Mapping[str, Block] | None = None,
    elsewhere: Callable[[Block], bool] = lambda _block: False,
    *,
    below: bool = False,
) -> Whole:
    """Lay a graph out: forward and backward in the same places on the left, one step on the right; or below.

    `given` are blocks that another page has placed; `elsewhere` says of the computed blocks that have no place here whether
    another page shows them: the others stand among the numbers behind pictures.
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
    with page.beside():
        for block in (eta, run.loss, after.loss):
            page.add(block)
    page.gap()
    step = _("ONE STEP ▸  new = old − η · slope")
    with page.beside():
        grid = page.grid(tight=True)
        tables(grid, _("FORWARD ▸"), graph, run.blocks, table_name, names)
        back = {f"d_{name}": block for name, block in slopes.blocks.items()}
        tables(
            grid, _("BACKWARD ◂  the same places, in violet"), graph, back, lambda node: f"∂{node.symbol}", names, "d_"
        )
        if below:
            tables(grid, step, graph, moved, lambda node: f"{_('new')} {node.symbol}", {}, low=True)
        else:
            with page.column():
                page.put(Words(step, Style.CUE))
                for name, block in moved.items():
                    page.put(Words(f"{_('new')} {graph[name].symbol}", Style.NAME))
                    page.bare(block)
    for block in [*run.made(), *slopes.blocks.values(), *after.made()]:
        if block.id not in page.book and not elsewhere(block):
            page.offstage(block)
    with page.into(said):
        template = _("▶ One step takes the loss from {before:4} to {after:4}: {verdict}.")
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
    *,
    low: bool = False,
) -> None:
    """Add a part of the page below what the grid holds: every table in its node's columns and band; `low`, in one band."""
    first = 1 + max((band for band, _lane in grid.cells), default=-1)
    if first:
        grid.put(first, 0, Space(1))
    grid.put(first, 0, Words(cue, Style.CUE))
    for node in graph.nodes:
        key = prefix + node.name
        if node.at is None or key not in blocks:
            continue
        band, lane = node.at
        at = first + 1 + (0 if low else band), lane
        names[key] = Words(name(node), Style.NAME)
        grid.put(*at, names[key])
        grid.put(*at, blocks[key])


def table_name(node: Node) -> str:
    name = " ".join(filter(None, (node.symbol, node.title)))
    return name if node.operation is None else f"{name} = {node.operation.math(*(x.symbol for x in node.inputs))}"


def face(book: Book, whole: Whole) -> None:
    """Say on the first page what one step does to the loss."""
    template = _("One step: loss {before:4} → {after:4}")
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
