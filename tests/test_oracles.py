"""Every example that is a graph has its article's loss in plain NumPy, sharing nothing with the graph: what guards the wiring.

Each operation is held against autograd, but a graph that is wired wrongly is differentiated just as faithfully. So a module
`oracle` beside the scenario states ``loss(np, p)``, the article's formula on the given numbers `p` by their ids; `np` is NumPy
or autograd's. The loss L and every slope d_… of the book must be the oracle's. Of an imported model the file is the oracle, as
ONNX's reference implementation computes it (tests/test_imported.py).
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from numpy.typing import NDArray
from test_given import another

import scenarios
from scenarios.graph.graph import Graph
from scenarios.graph.linear import MatMulT
from tests.books import made_once
from workbook.block import Between, Role
from workbook.book import Book
from workbook.discovery import UNLISTED, find_scenario
from workbook.scenario import Setting

HERE = Path(scenarios.__file__).parent


def imported(folder: Path) -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py")]
    return {
        node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }


GRAPHS = sorted(
    folder.name.replace("_", "-")
    for folder in HERE.iterdir()
    if folder.name not in {"graph", *UNLISTED} and any(name.startswith("scenarios.graph") for name in imported(folder))
)


def apart(book: Book, name: str) -> dict[str, float]:
    """Return how far loss and slopes are from the oracle's, in proportion to the largest."""
    oracle = import_module(f"scenarios.{name.replace('-', '_')}.oracle").loss
    given = {block.id: block.value for block in book.blocks() if block.role is Role.GIVEN and not block.is_text}
    wanted = [block.id[2:] for block in book.blocks() if block.id.startswith("d_") and block.id[2:] in given]
    assert wanted
    found: dict[str, Any] = {"L": abs(float(book["L"].value) - float(oracle(np, given)))}
    slopes: dict[str, NDArray[Any]] = grad(lambda some: oracle(anp, {**given, **some}))(
        {id: given[id] for id in wanted}
    )
    size = 1 + max(float(np.abs(slope).max()) for slope in slopes.values())
    for id in wanted:
        found[id] = float(np.abs(slopes[id] - book[f"d_{id}"].value).max()) / size
    return found


VARIANTS: list[tuple[str, dict[str, Setting]]] = [
    *((name, {}) for name in GRAPHS),
    ("attention", {"heads": 2}),
    ("gpt", {"size": "microgpt"}),
]
"""Every example as it is, and those that can be another network."""


def test_there_are_graphs() -> None:
    assert "attention" in GRAPHS


@pytest.mark.parametrize("name", GRAPHS)
def test_an_oracle_shares_nothing_with_the_graph(name: str) -> None:
    path = HERE / name.replace("-", "_") / "oracle.py"
    assert path.exists(), f"{name} is a graph: state its article's loss in {path}"
    names = {node.module for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)}  # fmt: skip
    assert names <= {"__future__", "collections.abc", "typing"}


@pytest.mark.parametrize(("name", "settings"), VARIANTS, ids=lambda value: str(value).strip("{}"))
def test_the_book_is_what_the_oracle_says(name: str, settings: dict[str, Setting]) -> None:
    book = made_once(name, **settings)
    assert max(apart(book, name).values()) < 1e-9
    given = [block for block in book.blocks() if block.role is Role.GIVEN and isinstance(block.valid, Between)]
    moved = find_scenario(name).make(
        settings=settings, given={block.id: another(block) for block in given if not block.is_text}
    )
    assert max(apart(moved, name).values()) < 1e-9


def test_a_wrong_wiring_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """K·Qᵀ for Q·Kᵀ is a sound graph, proven cell by cell; only the oracle knows better."""
    put = Graph.put

    def crossed(self: Graph, name: str, operation: Any, *inputs: Any, **more: Any) -> Any:
        if isinstance(operation, MatMulT):
            inputs = (inputs[1], inputs[0], *inputs[2:])
        return put(self, name, operation, *inputs, **more)

    monkeypatch.setattr(Graph, "put", crossed)
    book = find_scenario("attention").make()
    assert {str(check.verdict.value) for check in book.checks} == {"✓"}
    assert apart(book, "attention")["L"] > 0.01
