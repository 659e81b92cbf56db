"""Draws of what a reader may type into the yellow cells of a workbook, and what two engines make of each.

A workbook is opened once by each engine; draw after draw is typed, recalculated, read and taken back.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbook.block import Between, Block, OneOf, Role
from workbook.book import Book
from workbook.engines import ErrorValue, Sheets, libreoffice, recalculate

SCRIPT = Path(__file__).with_name("sweep_office.py")

Draw = dict[str, list[list[Any]]]
"""By the id of a given block what is typed into it; None empties a cell."""

WHOLE_BOOK = (
    "zeros",
    "lowest",
    "highest",
    "corners",
    "alike",
    "blank",
    "hole",
    "random",
    "small",
    "tiny",
    "decimals",
    "vanishing",
)
"""What is typed into every yellow cell at once."""


def draws_of(book: Book, count: int, seed: int = 0) -> Iterator[tuple[str, Draw]]:
    """Yield `count` draws with their names: each kind into all the cells at once, then one block after another."""
    blocks = [block for block in book.blocks() if block.role is Role.GIVEN]
    rng = np.random.default_rng(seed)
    for n in range(count):
        kind = WHOLE_BOOK[n % len(WHOLE_BOOK)]
        if n < len(WHOLE_BOOK):
            yield kind, {block.id: _typed(block, kind, rng) for block in blocks}
        else:
            block = blocks[rng.integers(len(blocks))]
            yield f"{kind} in {block.id}", {block.id: _typed(block, kind, rng)}


def _typed(block: Block, kind: str, rng: np.random.Generator) -> list[list[Any]]:
    """Return what is typed into a block: nothing that its validation refuses."""
    rows, columns = block.grid().shape
    asked = block.is_text and isinstance(block.valid, Between)  # an answer that is still to be given
    if asked and kind in ("blank", "hole"):
        return [[""] * columns for _ in range(rows)]
    if kind == "blank":
        return [[None] * columns for _ in range(rows)]
    if kind == "hole":
        holed = block.grid().astype(object)
        holed[rng.integers(rows), rng.integers(columns)] = None
        made: list[list[Any]] = holed.tolist()
        return made
    if isinstance(block.valid, OneOf):
        options = block.valid.options
        one = {"lowest": 0, "highest": len(options) - 1}.get(kind)
        return [
            [options[rng.integers(len(options)) if one is None else one] for _ in range(columns)] for _ in range(rows)
        ]
    if not isinstance(block.valid, Between):
        return [[str(text) for text in line] for line in block.grid()]
    low, high, size = block.valid.low, block.valid.high, (rows, columns)
    drawn = {
        "zeros": lambda: np.zeros(size),
        "lowest": lambda: np.full(size, low),
        "highest": lambda: np.full(size, high),
        "corners": lambda: rng.choice([low, high, 0.0], size),
        "alike": lambda: np.full(size, float(f"{rng.uniform(low, high):.3g}")),
        "random": lambda: rng.uniform(low, high, size),
        "small": lambda: rng.choice([-1, 1], size) * 10 ** rng.uniform(-8, 0, size),
        "tiny": lambda: rng.choice([-1, 1], size) * 10 ** rng.uniform(-308, -9, size),
        "vanishing": lambda: np.full(size, 1e-200),
        "decimals": lambda: (np.zeros(size) if block.is_text else block.grid()) + np.round(rng.uniform(-1, 1, size), 1),
    }[kind]()
    if block.valid.whole:
        drawn = np.round(drawn)
    clipped = np.clip(np.asarray(drawn, dtype=float), np.ceil(low) if block.valid.whole else low, high)
    assert block.valid.allows(clipped), (block.id, kind)
    typed: list[list[Any]] = clipped.tolist()
    return typed


def by_ironcalc(book: Book, path: Path, draws: Sequence[Draw]) -> Iterator[Sheets]:
    """Yield what IronCalc makes of each draw."""
    for draw in draws:
        yield recalculate(path, "ironcalc", _edits(book, draw))


def _edits(book: Book, draw: Draw) -> dict[tuple[str, int, int], float | str]:
    edits: dict[tuple[str, int, int], float | str] = {}
    for id, grid in draw.items():
        place = book[id].place
        for r, line in enumerate(grid):
            for c, value in enumerate(line):
                edits[place.sheet, place.row + r, place.column + c] = "" if value is None else value
    return edits


def by_libreoffice(book: Book, path: Path, draws: Sequence[Draw]) -> Iterator[Sheets]:
    """Yield what LibreOffice makes of each draw: one process for all of them."""
    soffice = libreoffice.find_soffice()
    assert soffice is not None
    python = libreoffice._find_python(soffice)
    assert python is not None
    typed = [
        [[book[id].place.sheet, book[id].place.row, book[id].place.column, grid] for id, grid in draw.items()]
        for draw in draws
    ]
    home = Path(tempfile.mkdtemp(prefix="workbook-sweep-"))
    user = home / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(libreoffice._profile(), encoding="utf-8")
    with subprocess.Popen(
        [python, str(SCRIPT), soffice, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        json.dump({"path": str(path), "draws": typed}, process.stdin)
        process.stdin.close()
        for line in process.stdout:
            yield libreoffice._sheets(json.loads(line))


def errors(sheets: Sheets) -> list[str]:
    """Return where error values stand."""
    return [
        f"{sheet}!R{row + 1}C{column + 1} {value}"
        for sheet, cells in sheets.items()
        for (row, column), value in cells.items()
        if isinstance(value, ErrorValue)
    ]
