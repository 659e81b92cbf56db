"""How fast a workbook is built, as ratios measured in one run: ``python tests/benchmarks/bench_build.py``.

Everything is timed in this process, turn by turn, so that a noisy machine disturbs all alike; the figures are medians.

* ours against bare XlsxWriter writing the same cells (aim: at most 0.6 of its time)
* ours against openpyxl writing them, which carries no cached values (aim: not slower)
* ours against the floor: formatting the same XML in Python and deflating it
* the cost of a cell from 10,000 to 1,000,000 cells (aim: flat)
* 250,000 formula cells, a 784-100-40-10 network forward and backward (aim: under 5 s and 400 MB)
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import xlsxwriter

from scenarios.common.activations import SIGMOID
from scenarios.common.batch import (
    bias_gradient,
    cost_column,
    delta_columns,
    forward_columns,
    total_cost,
    weight_gradient,
)
from scenarios.common.dense import Layer, updated_biases, updated_weights
from scenarios.common.losses import HALF_SQUARED, averaged
from workbook.block import Counter
from workbook.book import Book
from workbook.formula import dot
from workbook.sheet import Sheet
from workbook.writer import write

COST = averaged(HALF_SQUARED)
COLUMNS = 100


def product_book(cells: int) -> Book:
    """Return a book with so many formula cells: rows of products of two given tables."""
    rows = cells // COLUMNS
    random = np.random.default_rng(0)
    book = Book("bench", "bench", "", "")
    sheet = book.sheet("Data", "data")
    W = sheet.given("W", random.normal(size=(rows, 4)))
    V = sheet.given("V", random.normal(size=(4, COLUMNS)))
    sheet.derived("product", W.value @ V.value, lambda i, j: dot(W[i, :], V[:, j]))
    return book.finish()


def network_book(sizes: tuple[int, ...] = (784, 100, 40, 10), m: int = 10) -> Book:
    """Return one step of a network over a mini-batch: forward, backward, update and every gradient."""
    random = np.random.default_rng(0)
    book = Book("bench-network", "bench", "", "")
    inputs = book.sheet("Input", "input")
    X = inputs.given("X", random.uniform(size=(m, sizes[0])), rows=Counter("i = "), columns=Counter("k = "))
    Y = inputs.given("Y", np.eye(sizes[-1])[random.integers(0, sizes[-1], m)], rows=Counter("i = "))
    eta = inputs.given("eta", 0.5)
    count = inputs.recorded("m", float(m))
    sheets = [book.sheet(f"Layer{n}", "layer") for n in range(1, len(sizes))]
    layers = [
        _layer(sheet, n, k, units, random)
        for n, (sheet, k, units) in enumerate(zip(sheets, sizes, sizes[1:], strict=False), 1)
    ]
    batch = book.sheet("Batch", "batch")
    with batch.table(Counter("i = "), m) as table:
        passed = forward_columns(table, layers, X, "")
        each = cost_column(table, COST, passed.output, Y, "")
        back = delta_columns(table, layers, COST, passed, Y, "")
        total_cost(table, COST, each, "")
    for sheet, layer in zip(sheets, layers, strict=True):
        db = bias_gradient(sheet, layer, back, count, "")
        dW = weight_gradient(sheet, layer, passed, back, count, "")
        updated_biases(sheet, layer, db, eta)
        new = updated_weights(sheet, layer, dW, eta)
        # momentum's next step brings the cells to a quarter of a million
        sheet.updated(
            f"W{layer.number}_far", new.value - eta.value * dW.value, lambda j, k, a=new, b=dW: a[j, k] - eta * b[j, k]
        )
    return book.finish()


def _layer(sheet: Sheet, number: int, k: int, units: int, random: np.random.Generator) -> Layer:
    b = sheet.given(f"b{number}", random.normal(size=units), rows=Counter("j = "))
    W = sheet.given(f"W{number}", random.normal(size=(units, k)) / 10, rows=Counter("j = "), columns=Counter("k = "))
    return Layer(number, W, b, SIGMOID)


Cells = dict[str, list[tuple[int, int, str | None, float | str]]]


def cells_of(book: Book) -> Cells:
    """Return every cell by sheet: row, column, formula and value."""
    found: Cells = {sheet.name: [] for sheet in book.sheets}
    for block in book.blocks():
        place, grid = block.place, block.grid()
        for row, formulas in enumerate(block.formula_rows()):
            for column in range(place.columns):
                formula = None if formulas is None else formulas[column]
                value = grid[row, column]
                found[place.sheet].append(
                    (place.row + row, place.column + column, formula, value if isinstance(value, str) else float(value))
                )
    return found


def with_xlsxwriter(cells: Cells, path: Path) -> None:
    file = xlsxwriter.Workbook(str(path))
    look = file.add_format({"num_format": "0.0000"})
    for name, sheet_cells in cells.items():
        page = file.add_worksheet(name)
        for row, column, formula, value in sheet_cells:
            if formula is not None:
                page.write_formula(row, column, f"={formula}", look, value)
            elif isinstance(value, str):
                page.write_string(row, column, value, look)
            else:
                page.write_number(row, column, value, look)
    file.close()


def with_openpyxl(cells: Cells, path: Path) -> None:
    file = openpyxl.Workbook()
    file.remove(file.active)
    for name, sheet_cells in cells.items():
        page = file.create_sheet(name)
        for row, column, formula, value in sheet_cells:
            page.cell(row + 1, column + 1, value if formula is None else f"={formula}")
    file.save(path)


def the_floor(cells: Cells, path: Path) -> None:
    """Format the cells' XML and deflate it: no writer in Python can be faster."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, sheet_cells in cells.items():
            text = io.StringIO()
            for row, column, formula, value in sheet_cells:
                inner = f"<v>{value!r}</v>" if formula is None else f"<f>{formula}</f><v>{value!r}</v>"
                text.write(f'<c r="C{column}R{row}" s="1">{inner}</c>')
            archive.writestr(f"{name}.xml", text.getvalue())


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratios(cells_wanted: int, turns: int, folder: Path) -> None:
    """Time all ways turn by turn and print the medians and what they are to ours."""
    cells = cells_of(product_book(cells_wanted))
    ways: dict[str, Callable[[], None]] = {
        "ours (NumPy, formulas, layout, writing)": lambda: write(product_book(cells_wanted), folder / "ours.xlsx"),
        "bare XlsxWriter, cells ready": lambda: with_xlsxwriter(cells, folder / "xlsxwriter.xlsx"),
        "openpyxl, cells ready, no cached values": lambda: with_openpyxl(cells, folder / "openpyxl.xlsx"),
        "the floor: format and deflate": lambda: the_floor(cells, folder / "floor.zip"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _turn in range(turns):
        for name, work in ways.items():
            times[name].append(timed(work))
    ours = statistics.median(times["ours (NumPy, formulas, layout, writing)"])
    print(f"\n{cells_wanted:,} formula cells, medians of {turns} turns")
    for name, spans in times.items():
        median = statistics.median(spans)
        print(f"  {name:42} {median:7.2f} s   ours / this = {ours / median:.2f}")


def growth(sizes: list[int], folder: Path) -> None:
    """Print the cost of a cell as books grow."""
    print("\ncost of a cell")
    for size in sizes:
        spent = min(timed(lambda size=size: write(product_book(size), folder / "growth.xlsx")) for _ in range(3))  # type: ignore[misc]
        print(f"  {size:>9,} cells {1e6 * spent / size:6.2f} µs a cell")


def _network(path: str, queue: multiprocessing.Queue[tuple[int, float, float]]) -> None:
    start = time.perf_counter()
    book = network_book()
    write(book, Path(path))
    spent = time.perf_counter() - start
    formulas = sum(b.value.size for b in book.blocks() if b.patterns)
    queue.put((formulas, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def network(folder: Path) -> None:
    """Build the big network in a process of its own, so that its memory can be read."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[tuple[int, float, float]] = context.Queue()
    process = context.Process(target=_network, args=(str(folder / "network.xlsx"), queue))
    process.start()
    formulas, spent, memory = queue.get()
    process.join()
    print(f"\n784-100-40-10, forward, backward, update: {formulas:,} formula cells in {spent:.2f} s, {memory:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=250_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--largest", type=int, default=1_000_000)
    options = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ratios(options.cells, options.turns, folder)
        growth([size for size in (10_000, 100_000, 1_000_000) if size <= options.largest], folder)
        network(folder)


if __name__ == "__main__":
    main()
