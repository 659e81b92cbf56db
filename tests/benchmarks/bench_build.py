"""How fast workbooks are built, proven and read: ``python tests/benchmarks/bench_build.py``.

Every figure is that of a process of its own, as the system counts it when the process has ended: the time of processors
and the largest memory. The ways take turns, so that a busy machine disturbs all alike; the figures are medians. This
process imports nothing large, since a child is charged for what its parent held.

The floor is the least that Python can do for the same cells: NumPy's values, one format string a row filled by `map` and
`zip`, and zlib. A book has half given numbers and half formulas, in tables of a hundred columns (wide) or of one (tall).

Aims: built in at most 1.3 × the floor and 120 MB, proven in 250 MB, at 100,000 and 1,000,000 cells; all workbooks built and
proven in 11 s; ``--version`` 0.1 s, ``list`` 0.5 s; for a formula: check 15 µs, lint 25 µs, diff 20 µs; a file of 1,000,000
cells checked in 25 s and 500 MB, an edited file in 1.5 × the time of one that is as it was built. What commands take is also
shown as a multiple of what the engine alone takes to load and calculate the file: the floor of whatever recalculates it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

COLUMNS = {"wide": 100, "tall": 1}
CHUNK = 1 << 14
BESIDE_THE_FLOOR = ("floor", "build", "prove", "xlsxwriter")


class Cost(NamedTuple):
    """What a process took: seconds of processors, its descendants' too, and megabytes at most."""

    seconds: float
    megabytes: float


# ---------------------------------------------------------------------------------------------- what is measured


def nothing(_shape: str, _cells: int, _path: Path) -> None:
    """Import what building imports."""
    import numpy  # noqa: F401

    import workbook.book
    import workbook.writer  # noqa: F401


def build(shape: str, cells: int, path: Path) -> None:
    """Make a book of so many cells and write it."""
    from workbook.writer import write

    write(_book(shape, cells), path)


def prove(shape: str, cells: int, path: Path) -> None:
    """Make a book, write it and have it recalculated."""
    from workbook.check import prove as proven
    from workbook.writer import write

    book = _book(shape, cells)
    write(book, path)
    assert proven(path, book).holds


def floor(shape: str, cells: int, path: Path) -> None:
    """Format the same cells and deflate them, with nothing around."""
    import zipfile

    import numpy as np

    import workbook.book
    import workbook.writer  # noqa: F401

    columns = COLUMNS[shape]
    x = np.random.default_rng(0).normal(size=(cells // 2 // columns, columns))
    names = [f"C{column}R" for column in range(columns)]
    given = "".join(f'<c r="{name}%d" s="1"><v>%r</v></c>' for name in names)
    derived = "".join(f'<c r="{name}%d" s="1"><f>Data!{name}%d*2+1</f><v>%r</v></c>' for name in names)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (row, values) in enumerate(((given, x), (derived, x * 2 + 1))):
            with archive.open(f"sheet{number}.xml", "w") as part:
                size = CHUNK // columns
                for start in range(0, len(values), size):
                    chunk = values[start : start + size]
                    rows = range(start, start + len(chunk))
                    taken: list[object] = []
                    for column in chunk.T.tolist():
                        taken += [*[rows] * (number + 1), column]
                    lines = map(f'<row r="%d">{row}</row>'.__mod__, zip(rows, *taken, strict=True))
                    part.write("".join(lines).encode())


def xlsxwriter(shape: str, cells: int, path: Path) -> None:
    """Write the same cells by XlsxWriter itself."""
    import numpy as np
    import xlsxwriter as library
    from xlsxwriter.utility import xl_rowcol_to_cell

    columns = COLUMNS[shape]
    x = np.random.default_rng(0).normal(size=(cells // 2 // columns, columns))
    file = library.Workbook(str(path))
    look = file.add_format({"num_format": "0.0000"})
    data, out = file.add_worksheet("Data"), file.add_worksheet("Out")
    for (row, column), value in np.ndenumerate(x):
        data.write_number(row, column, float(value), look)
        out.write_formula(row, column, f"=Data!{xl_rowcol_to_cell(row, column)}*2+1", look, float(value) * 2 + 1)
    file.close()


def _book(shape: str, cells: int):
    import numpy as np

    from workbook.book import Book

    columns = COLUMNS[shape]
    size = (cells // 2 // columns, columns) if columns > 1 else cells // 2
    book = Book("bench", "bench", "", "")
    x = book.page("Data", "data").given("x", np.random.default_rng(0).normal(size=size))
    formula = (lambda i, j: x[i, j] * 2 + 1) if columns > 1 else (lambda i: x[i] * 2 + 1)
    book.page("Out", "out").derived("y", x.value * 2 + 1, formula)
    return book.finish()


def engine(_shape: str, _cells: int, path: Path) -> None:
    """Let the engine load a file and calculate it."""
    import ironcalc

    ironcalc.load_from_xlsx(str(path), "en", "UTC", "en").evaluate()


def edit(_shape: str, _cells: int, path: Path) -> None:
    """Change one formula in a hundred of a file, as somebody might who knows what its values ought to be."""
    import re
    import zipfile
    from itertools import count

    number = count()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(edited_of(path), "w", zipfile.ZIP_DEFLATED) as written:
        for name in archive.namelist():
            text = archive.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = re.sub(
                    rb"<f>([^<]*)</f>",
                    lambda match: b"<f>" + match[1] + (b"*1" if next(number) % 100 == 0 else b"") + b"</f>",
                    text,
                )
            written.writestr(name, text)


def edited_of(path: Path) -> Path:
    return path.with_stem(f"{path.stem}-edited")


WAYS = {way.__name__: way for way in (nothing, build, prove, floor, xlsxwriter, engine, edit)}


# ---------------------------------------------------------------------------------------------- measuring


def cost(*command: str) -> Cost:
    """Run a command to its end and return what it took."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def way(name: str, shape: str, cells: int, path: Path) -> Cost:
    return cost(sys.executable, __file__, "--way", name, shape, str(cells), str(path))


def program(*arguments: str) -> Cost:
    return cost(sys.executable, "-m", "workbook", *arguments)


def median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(c.seconds for c in costs), statistics.median(c.megabytes for c in costs))


def against_the_floor(sizes: list[int], turns: int, folder: Path) -> None:
    """Print each way's time, beyond the imports, as a multiple of the floor's."""
    for cells in sizes:
        for shape in COLUMNS:
            found: dict[str, list[Cost]] = {name: [] for name in (*BESIDE_THE_FLOOR, "nothing")}
            for _turn in range(turns):
                for name, costs in found.items():
                    costs.append(way(name, shape, cells, folder / f"{name}.xlsx"))
            medians = {name: median(costs) for name, costs in found.items()}
            imports = medians["nothing"].seconds
            least = medians["floor"].seconds - imports
            print(f"\n{cells:,} cells, {shape}, medians of {turns}; imports {imports:.2f} s")
            for name in BESIDE_THE_FLOOR:
                spent = medians[name].seconds - imports
                print(f"  {name:11} {spent:7.2f} s  {spent / least:5.2f} × floor  {medians[name].megabytes:5.0f} MB")


def commands(turns: int) -> None:
    """Print what it takes to begin, and to build everything."""
    print()
    with tempfile.TemporaryDirectory() as output:
        for arguments in (["--version"], ["list"], ["build", "neuron", "-o", output], ["build", "-o", output]):
            spent = median([program(*arguments) for _ in range(turns)])
            print(f"  workbook {' '.join(arguments[:2]):14} {spent.seconds:6.2f} s  {spent.megabytes:5.0f} MB")


def reading(cells: int, folder: Path) -> None:
    """Print what a formula costs to check, lint and diff."""
    for shape in COLUMNS:
        path = folder / f"{shape}.xlsx"
        way("build", shape, cells, path)
        alone = way("engine", shape, cells, path)
        print(f"\n{cells:,} cells, {shape}, half of them formulas")
        for arguments in (["check", str(path)], ["lint", str(path)], ["diff", str(path), str(path)]):
            spent = program(*arguments)
            each = 1e6 * spent.seconds / (cells // 2)
            print(
                f"  {arguments[0]:6} {spent.seconds:6.2f} s  {each:5.1f} µs a formula  {spent.megabytes:5.0f} MB"
                f"  {spent.seconds / alone.seconds:5.2f} × engine"
            )


def editing(turns: int, folder: Path) -> None:
    """Print how much longer a file is checked that somebody has edited."""
    print()
    for name in ("rent-yield", "xor"):
        path = folder / f"{name}.xlsx"
        program("build", name, "--output", str(folder))
        way("edit", "", 0, path)
        found: dict[Path, list[Cost]] = {path: [], edited_of(path): []}
        for _turn in range(turns):
            for file, costs in found.items():
                costs.append(program("check", str(file)))
        as_built, edited = (median(costs).seconds for costs in found.values())
        print(f"  check {name:10} {as_built:6.2f} s  edited {edited:6.2f} s  {edited / as_built:5.2f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--only", choices=["floor", "commands", "reading", "editing"])
    parser.add_argument("--way", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        name, shape, cells, path = options.way
        WAYS[name](shape, int(cells), Path(path))
        return
    with tempfile.TemporaryDirectory() as name:
        if options.only in (None, "floor"):
            against_the_floor(options.sizes, options.turns, Path(name))
        if options.only in (None, "commands"):
            commands(options.turns)
        if options.only in (None, "editing"):
            editing(options.turns, Path(name))
        if options.only in (None, "reading"):
            for cells in options.sizes:
                reading(cells, Path(name))


if __name__ == "__main__":
    main()
