"""The pages of an imported model: a small one on one page, forward and, with a loss, backward and one step; a large one step by step."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from scenarios.common.network_page import UNIT, Held
from scenarios.common.outcome import step_says
from scenarios.graph.graph import Node
from scenarios.graph.pages import ETA, graph_page, lay, network_page, table_name, tables
from scenarios.graph.run import Run, Slopes
from scenarios.graph.trial import deeper_pages
from scenarios.imported.building import Building, Layer
from scenarios.imported.reading import shown
from scenarios.imported.words import why
from workbook.block import Block
from workbook.book import Book
from workbook.formula import call, largest
from workbook.items import Words
from workbook.page import Page
from workbook.sheet import Kind, Style
from workbook.text import _

SMALL_CELLS, SMALL_TABLES, SMALL_ROWS, SMALL_COLUMNS = 400, 30, 16, 12
"""What one page shows at a glance."""
MANY_COLUMNS, NARROW = 18, 5.0
"""A table of more columns than that has narrow ones, of so many characters."""


def lay_out(book: Book, b: Building) -> None:
    """Make all pages."""
    nodes = b.graph.nodes
    small = (
        sum(b.current[n.name].size for n in nodes if n.name in b.current) <= SMALL_CELLS and len(nodes) <= SMALL_TABLES
    )
    small = small and all(
        _rows(n, b) <= SMALL_ROWS and _columns(n, b) <= SMALL_COLUMNS for n in nodes if n.name in b.current
    )
    with_loss = b.graph.loss.name == "L" and "Y" in {node.name for node in nodes}
    if small and with_loss:
        _whole(book, b)
    elif with_loss:
        _large_with_loss(book, b)
    else:
        _forward_only(book, b, small)


def _rows(node: Node, b: Building) -> int:
    value = b.current[node.name]
    return int(value.shape[0]) if value.ndim == 2 else 1


def _columns(node: Node, b: Building) -> int:
    value = b.current[node.name]
    return int(value.shape[-1]) if value.ndim else 1


# ---------------------------------------------------------------------------------------------- one page


def _places(b: Building) -> None:
    """Give the tables of a small network their lanes, one for each table of weights, and their bands: a row meets a column."""
    lane, above, below = 0, 0, len(b.inputs)
    top = 1 + max((_weights_before(layer) for layer in b.layers), default=0)
    for n, node in enumerate(b.inputs):
        node.at = (top + n, 0)
    for layer in b.layers:
        if any(node.operation is None and len(np.shape(node.start)) == 2 for node in layer.nodes):
            lane, above, below = lane + 1, 0, 0
        for node in layer.nodes:
            if node.operation is None:
                node.at = (above, lane)
                above += 1
            else:
                node.at = (max(top, above) + below, lane)
                below += 1
    if "Y" in {node.name for node in b.graph.nodes}:
        b.graph["Y"].at = (top + below, lane)


def _weights_before(layer: Layer) -> int:
    return sum(node.operation is None for node in layer.nodes) - 1


def _whole(book: Book, b: Building) -> None:
    """Forward, backward and one step on one page, and what every graph has behind it."""
    page = graph_page(
        book,
        _("The whole model on one page"),
        _("Forward on top, the way back below in violet, each table in the place of the one that it belongs to; one step of descent at the end."),
        _("Which weights does the loss want changed most?"),
    )  # fmt: skip
    _places(b)
    whole = network_page(page, b.graph, below=True)
    book.first_change = _(
        "on the sheet Whole, type another number into a yellow cell: everything that follows from it moves."
    )
    page.try_(_("Change a weight to 0, and watch which cells stay as they are."))
    _sources(page, b)
    weights = next((node.name for node in b.graph.learning if np.ndim(node.start) == 2), "")
    if weights:
        deeper_pages(book, whole, weights)


def _forward_only(book: Book, b: Building, small: bool) -> None:
    if small:
        page = graph_page(
            book,
            _("The whole model on one page"),
            _("What the model reads stands on the left; each table to its right is computed from those before it, with the weights above."),
            _("If one weight were 0, which cells would stay as they are?"),
        )  # fmt: skip
        _places(b)
        run = _run(book, b)
        said = page.keep()
        page.gap()
        with page.beside():
            tables(page.grid(tight=True), _("FORWARD ▸"), b.graph, run.blocks, table_name, {})
        _offstage(page, run.made())
        with page.into(said):
            _says(page, b, run)
        book.first_change = _(
            "on the sheet Whole, type another number into a yellow cell: everything that follows from it moves."
        )
        _sources(page, b)
        return
    page = _input_page(book, b)
    run = _run(book, b)
    _input_ends(page, b, run)
    _forward_page(book, b, run)


def _large_with_loss(book: Book, b: Building) -> None:
    """A page each for forward, backward, and the step."""
    page = _input_page(book, b)
    run = _run(book, b)
    slopes = run.backward()
    _input_ends(page, b, run)
    _forward_page(book, b, run)
    back = book.page("Backward", _("The way back: how the loss moves with every table"), kind=Kind.DEEPER)
    for layer in reversed(b.layers):
        found = [slopes.blocks[node.name] for node in layer.nodes if node.name in slopes.blocks]
        if found:
            back.step(_title(layer), _("A table that several others read gets the sum of what they send back."))
            back.math(f"{found[-1].symbol} = {found[-1].math}")
            lay(back, found)
    after = _step_page(book, b, run, slopes)
    _offstage(page, [*run.made(), *slopes.blocks.values(), *after.made()])


def _step_page(book: Book, b: Building, run: Run, slopes: Slopes) -> Run:
    """Add the page of the weights after one step, and what it does to the loss; return the run with them."""
    page = book.page("Step", _("One step of descent"), kind=Kind.DEEPER)
    page.step(_("Every weight moves against its slope"), "", "W′ = W − η·∂W")
    said = page.keep()
    with page.beside():
        eta = page.setting(ETA, "eta")
        moved = run.step(slopes, eta)
        after = Run(b.graph, {**run.blocks, **moved}, "_new")
        run.loss.title, after.loss.title = _("loss before"), _("loss after")
        page.add(run.loss)
        page.add(after.loss)
    page.gap()
    with page.into(said):
        template = _("▶ One step takes the loss from {before:4} to {after:4}: {verdict}.")
        step_says(page, "step_says", template, run.loss, after.loss, eta)
    lay(page, moved.values())
    return after


# ---------------------------------------------------------------------------------------------- step by step


def _input_page(book: Book, b: Building) -> Page:
    """Add the page of what the model reads, and what comes out."""
    book.first_change = _(
        "on the sheet Overview, type another number into a yellow cell: everything that follows from it moves."
    )
    return book.page(
        "Overview",
        _("What the model reads, and what it says"),
        _("Every number between the two is on the sheet Forward, step by step."),
        _("Which yellow cell does the output depend on most?"),
        column_width=_unit(b.inputs, b),
    )  # fmt: skip


def _unit(nodes: Iterable[Node], b: Building) -> float:
    """Return the width of a page's columns in characters: narrow ones where a table would not fit the screen."""
    return NARROW if max(_columns(node, b) for node in nodes) > MANY_COLUMNS else UNIT


def _run(book: Book, b: Building) -> Run:
    return Run(b.graph, b.graph.blocks(Held(book)))


def _input_ends(page: Page, b: Building, run: Run) -> None:
    output = b.tensors[b.model.outputs[0]]
    _says(page, b, run)
    page.gap()
    read = [run.blocks[node.name] for node in b.inputs]
    said = [run.blocks[node.name] for node in output.nodes() if node not in b.inputs][:4]
    if (
        len(read) == len(said) == 1 and len(read[0].value) == len(said[0].value) > 1
    ):  # a row of one beside that of the other
        with page.beside():
            for cue, block in ((_("INPUT"), read[0]), (_("OUTPUT"), said[0])):
                with page.column():
                    page.put(Words(cue, Style.CUE))
                    page.add(block)
    else:
        page.put(Words(_("OUTPUT"), Style.CUE))
        lay(page, said)
        page.put(Words(_("INPUT"), Style.CUE))
        lay(page, read)
    _sources(page, b)


def _forward_page(book: Book, b: Building, run: Run) -> None:
    pictures = [node for node in b.graph.nodes if node.name in b.current]
    forward = book.page("Forward", _("Forward, step by step"), kind=Kind.DEEPER, column_width=_unit(pictures, b))
    weights = book.page("Weights", _("The weights of the file"), kind=Kind.DATA, column_width=UNIT)
    for layer in b.layers:
        made = [run.blocks[node.name] for node in layer.nodes if node.operation is not None]
        given = [run.blocks[node.name] for node in layer.nodes if node.operation is None]
        inner = [] if b.graph.loss.name == "L" else [x for node in layer.nodes for x in _inner(run, node)]
        if not made:
            continue
        forward.step(_title(layer), why(layer.step.op), _math(layer))
        lay(forward, [x for x in [*inner, *made] if x.id not in book])
        if given:
            weights.put(Words(_title(layer), Style.NAME))
            lay(weights, given)
    rest = [run.blocks[node.name] for node in b.graph.given if run.blocks[node.name].id not in book]
    lay(weights, rest)


def _inner(run: Run, node: Node) -> list[Block]:
    """Return the tables in between that the forward pass needs."""
    operation = node.operation
    return [] if operation is None or operation.inner_is_backward else run.inner[node.name]


def _offstage(page: Page, blocks: Iterable[Block]) -> None:
    for block in blocks:
        if block.id not in page.book:
            page.offstage(block)


def _title(layer: Layer) -> str:
    return f"{layer.step.op} · {layer.step.name}"


def _math(layer: Layer) -> str:
    """Return the formula of a layer's last table."""
    computed = [node for node in layer.nodes if node.operation is not None]
    node = computed[-1]
    assert node.operation is not None
    return shown(f"{node.symbol} = {node.operation.math(*(x.symbol for x in node.inputs))}", 120)


# ---------------------------------------------------------------------------------------------- words


def _says(page: Page, b: Building, run: Run) -> None:
    """Say what comes out for the first example."""
    output = b.tensors[b.model.outputs[0]]
    block = run.blocks[output.planes.ravel()[0].name]
    if block.value.ndim != 2:
        return
    if block.shape[1] == 1:
        page.live("says", _("▶ For the first example the model says {y:4}."), y=block[0, 0])
        return
    top = page.offstage_block("top", block.value[0].max(), lambda: largest(block[0, :]), title=_("the largest output"))
    place = page.offstage_block(
        "top_place",
        float(block.value[0].argmax()) + 1,
        lambda: call("MATCH", top, block[0, :], 0),
        title=_("its place"),
    )
    template = _("▶ For the first example output {place:0} of {count:0} is the largest: {top:4}.")
    count = page.offstage_block("outputs", float(block.shape[1]), title=_("number of outputs"))
    page.live("says", template, place=place, count=count, top=top)


def _sources(page: Page, b: Building) -> None:
    page.source(
        _("From the file {file}: every weight.").format(
            file=shown(b.model.source.replace("\\", "/").rpartition("/")[2])
        )
    )
    page.source(
        _(
            "The cells' values are those of ONNX's own reference implementation, in double precision; the formulas are ours."
        )
    )
