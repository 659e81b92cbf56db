"""Operations of a graph: proven on random shapes and values, held against autograd and difference quotients; slips are caught."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_cases import CASES, graph_of, slips
from proof import assert_proven

from scenarios.graph.graph import Graph
from scenarios.graph.losses import HalfSquared
from scenarios.graph.operation import Operation
from scenarios.graph.run import Run
from workbook.book import Book
from workbook.check import prove
from workbook.page import Page
from workbook.sheet import Kind
from workbook.writer import write


def laid(page: Page, graph: Graph) -> Run:
    """Put a graph, forward and backward, on a page."""
    run = Run(graph, graph.blocks(page))
    for block in [*run.made(), *run.backward().blocks.values()]:
        page.add(block)
    return run


def book_of(*graphs: Graph) -> Book:
    book = Book("graph", "t", "a", "s")
    page = book.page("Sheet", "t", kind=Kind.DEEPER)
    for graph in graphs:
        laid(page, graph)
    return book.finish()


def some(name: str, seed: int, prefix: str = "", operation: Operation | None = None) -> Graph:
    rng = np.random.default_rng(seed)
    right, inputs = CASES[name](rng)
    return graph_of(operation or right, inputs, rng, prefix)


@pytest.mark.parametrize("name", CASES)
def test_what_numpy_and_autograd_compute_is_what_the_cells_compute(name: str) -> None:
    assert_proven(book_of(*(some(name, seed, f"s{seed}_") for seed in range(6))))


@pytest.mark.parametrize("name", CASES)
def test_slopes_are_difference_quotients(name: str) -> None:
    """What autograd makes of the NumPy lines is itself held against what a small change does."""
    graph, h = some(name, 11), 1e-6
    given = {node.name: node.start for node in graph.given}
    slopes, last = graph.slopes(given), graph.loss.name
    for node in graph.given:
        if name.startswith(("Embedding", "LookedUp", "OneHot")) and node.name == "x0":
            continue  # a token's number is no quantity
        for at in np.ndindex(node.start.shape):
            step = np.zeros_like(node.start)
            step[at] = h
            up, down = (graph.values(given | {node.name: node.start + way * step})[last] for way in (1, -1))
            assert slopes[node.name][at] == pytest.approx((up - down) / (2 * h), abs=1e-6), (node.name, at)


@pytest.mark.parametrize("name", CASES)
def test_every_planted_slip_is_caught(name: str, tmp_path: Path) -> None:
    """A slip in the NumPy line, the formula or what comes back makes the cells disagree with NumPy or autograd."""
    rng = np.random.default_rng(3)
    operation, inputs = CASES[name](rng)
    right = graph_of(operation, inputs, rng)
    run = Run(right, right.blocks(Book("b", "t", "a", "s").page("P", "t", kind=Kind.DEEPER)))
    pulled = [n for n in range(len(inputs)) if run.backward().pulls[f"x{n}"]]
    planted = dict(slips(operation, pulled))
    assert len(planted) >= 5
    graphs = [graph_of(slip, inputs, np.random.default_rng(4), f"p{n}_") for n, slip in enumerate(planted.values())]
    path = tmp_path / "slips.xlsx"
    book = book_of(*graphs)
    write(book, path)
    failed = {failure.block.id.removeprefix("d_").split("_")[0] for failure in prove(path, book).failures}
    missed = [slip for n, slip in enumerate(planted) if f"p{n}" not in failed]
    assert not missed


def test_a_graph_says_what_it_has_not() -> None:
    g, other = Graph(), Graph()
    x = other.give("x", np.ones((2, 2)))
    with pytest.raises(ValueError, match="y reads x, which this graph has not"):
        g.put("y", HalfSquared(), x, x)
    g.give("A", 1.0)
    with pytest.raises(ValueError, match="two tables are called a, whatever the case"):
        g.give("a", 1.0)


def test_a_table_that_several_read_gets_the_sum() -> None:
    from scenarios.graph.linear import Plus, Times

    g = Graph()
    x = g.give("x", np.array([[1.0, -2.0], [3.0, 0.5]]), learns=True)
    y = g.put("y", Plus(), g.put("square", Times(), x, x), x)
    g.put("loss", HalfSquared(), y, g.give("t", np.zeros((2, 2))))
    book = book_of(g)
    assert_proven(book)
    value: Any = x.start
    np.testing.assert_allclose(book["d_x"].value, (value**2 + value) * (2 * value + 1))
