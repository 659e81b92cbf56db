"""The worksheet that takes whole blocks; with `writer`, `looks` and `draw` all that knows XlsxWriter, and alone in overriding it.

Its cells are written as text without a detour through cell objects. Formulas of this project are portable and well-formed
already, so the library's rewriting of them, half of its time, is not needed; and plain numbers keep all 17 digits.

Whatever fills a rectangle, a block or a heading that counts, is a `_Band`: one format string for a row of it, and the
rows made of it by `map` and `zip`, so that Python's own loop has no part in a cell.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

from workbook.addresses import cell_name, column_letters
from workbook.block import Block
from workbook.render import Template
from workbook.signature import DIGEST_PROPERTY, digest_of
from workbook.view import Seen

CHUNK = 1 << 14
"""So many cells of a block are Python objects at a time."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass
class _Band:
    """Cells that fill a rectangle, whose rows come one after the other as XML; rows and columns count from 0."""

    first: int
    last: int
    column: int
    cells: Iterator[str]


class BlockWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet of blocks, and of labels as the library takes them."""

    fh: Any

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[Block, int]] = []
        self.seen: dict[str, tuple[Seen, int]] = {}
        self.typed_texts: dict[str, int] = {}

    def add_block(self, block: Block, look: Format, seen: Seen | None = None, open_look: Format | None = None) -> None:
        """Take a block whose cells have a look; where only a part of it is seen, its open cells have a look of their own."""
        if seen is not None:
            self.seen[block.id] = seen, (open_look or look)._get_xf_index()
        place = block.place
        self._check_dimensions(place.row, place.column)
        self._check_dimensions(place.row + place.rows - 1, place.column + place.columns - 1)
        self.blocks.append((block, look._get_xf_index()))
        if block.is_text and not block.patterns:
            # the library closes its table of strings before it writes the sheets
            for text in filter(None, map(cleaned, map(str, block.value.ravel()))):
                self.typed_texts[text] = self.str_table._get_shared_string_index(text)

    @staticmethod
    def cells_of(block: Block) -> tuple[int, int, int, int]:
        """Return the first row and column of a block, and the last."""
        place = block.place
        return place.row, place.column, place.row + place.rows - 1, place.column + place.columns - 1

    def merge_cells(self, row: int, column: int, columns: int) -> None:
        """Let what stands in a cell run over so many columns."""
        if columns > 1:
            self.merge.append([row, column, row, column + columns - 1])

    def _write_rows(self) -> None:
        bands, singles = self._bands()
        events = sorted({*singles, *self.row_info, *(band.first for band in bands)}, reverse=True)
        waiting = sorted(bands, key=lambda band: (band.first, band.column), reverse=True)
        head = self._row_head()
        active: list[_Band] = []
        row = 0
        while events or active:
            if not active:
                row = events[-1]
            while waiting and waiting[-1].first == row:
                active.append(waiting.pop())
            active.sort(key=lambda band: band.column)
            if events and events[-1] == row:  # something begins here, or stands beside the bands, or the row is special
                events.pop()
                cells = [(band.column, next(band.cells)) for band in active] + singles.get(row, [])
                cells.sort()
                self._write_row(row, None, self.row_info.get(row))
                self.fh.write("".join(cell for _column, cell in cells) + "</row>")
                row += 1
            else:
                end = min([band.last + 1 for band in active] + events[-1:])
                alike = head + "%s" * len(active) + "</row>"
                # the numbers come first, so that when they end no row of a band is lost
                self.fh.writelines(
                    map(alike.__mod__, zip(range(row + 1, end + 1), *(band.cells for band in active), strict=False))
                )
                row = end
            active = [band for band in active if band.last >= row]

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Take a formula of a conditional format as it is: the library would look for sixty newer functions in it."""
        return formula.removeprefix("=")

    def _row_head(self) -> str:
        """Return the opening tag of a row without properties of its own, with %d in place of its number."""
        file = self.fh
        head = self.fh = io.StringIO()
        self._write_row(0, None)
        self.fh = file
        return head.getvalue().replace('"1"', '"%d"', 1)

    def _bands(self) -> tuple[list[_Band], dict[int, list[tuple[int, str]]]]:
        """Return the blocks and counted headings, and by its row every cell that stands alone."""
        bands = [
            _Band(b.place.row, b.place.row + b.place.rows - 1, b.place.column, self._block_rows(b, look))
            for b, look in self.blocks
        ]
        singles: dict[int, list[tuple[int, str]]] = {}
        counted: dict[tuple[int, str], list[tuple[int, float]]] = {}
        for row in sorted(self.table):
            for column, cell in self.table[row].items():
                look = f' s="{cell.format._get_xf_index()}"' if cell.format else ""
                kind = type(cell).__name__
                if kind == "Number":
                    counted.setdefault((column, look), []).append((row, cell.number))
                elif kind == "String":
                    xml = f'<c r="{cell_name(row, column)}"{look} t="s"><v>{cell.string}</v></c>'
                    singles.setdefault(row, []).append((column, xml))
                elif kind == "Blank":
                    singles.setdefault(row, []).append((column, f'<c r="{cell_name(row, column)}"{look}/>'))
                else:
                    raise TypeError(f"a label is a text, a number or a blank, not {kind}")
        for (column, look), numbers in counted.items():
            xml = f'<c r="{column_letters(column)}%d"{look}><v>%r</v></c>'
            bands += [
                _Band(first, first + len(run) - 1, column, map(xml.__mod__, enumerate(run, first + 1)))
                for first, run in _runs(numbers)
            ]
        return bands, singles

    def _block_rows(self, block: Block, look: int) -> Iterator[str]:
        """Yield the cells of each row of a block as XML."""
        if block.id in self.seen:
            return self._seen_rows(block, look, *self.seen[block.id])
        if block.is_text:
            return self._text_rows(block, look)
        patterns: list[tuple[range, Template | None]] = [*block.patterns] or [(range(block.place.rows), None)]
        return chain.from_iterable(chain.from_iterable(_number_rows(block, look, *pattern) for pattern in patterns))

    def _seen_rows(self, block: Block, look: int, seen: Seen, open_look: int) -> Iterator[str]:
        """Yield rows with 0 for every cached value: an engine will calculate what hangs on cells that are open."""
        place = block.place
        letters = [column_letters(place.column + column) for column in range(place.columns)]
        for row, formulas in enumerate(block.formula_rows(escape=True)):
            cells = []
            for column, at in enumerate(letters):
                name, formula = f"{at}{place.row + row + 1}", formulas[column] if formulas is not None else ""
                if (row, column) in seen.open:
                    cells.append(f'<c r="{name}" s="{open_look}"/>')
                elif not formula or (seen.withheld and not seen.until):
                    cells.append(f'<c r="{name}" s="{look}"/>')
                else:
                    shown = f'IF({seen.until}=1,{formula},"")' if seen.withheld else formula
                    cells.append(f'<c r="{name}" s="{look}"><f>{shown}</f><v>0</v></c>')
            yield "".join(cells)

    def _text_rows(self, block: Block, look: int) -> Iterator[str]:
        place = block.place
        letters = [column_letters(place.column + column) for column in range(place.columns)]
        rows = zip(block.grid().tolist(), block.formula_rows(escape=True), strict=True)
        for row, (texts, formulas) in enumerate(rows, place.row + 1):
            yield "".join(self._text_cells(row, letters, look, texts, formulas))

    def _text_cells(
        self, row: int, letters: list[str], look: int, texts: list[Any], formulas: list[str] | None
    ) -> Iterator[str]:
        for n, (at, text) in enumerate(zip(letters, texts, strict=True)):
            if formulas is None and not text:  # nothing typed yet
                yield f'<c r="{at}{row}" s="{look}"/>'
            elif formulas is None:
                yield f'<c r="{at}{row}" s="{look}" t="s"><v>{self.typed_texts[cleaned(str(text))]}</v></c>'
            else:
                shown = escape(cleaned(str(text)), quote=False)
                yield f'<c r="{at}{row}" s="{look}" t="str"><f>{formulas[n]}</f><v>{shown}</v></c>'


def _number_rows(block: Block, look: int, rows: range, template: Template | None) -> Iterator[Iterator[str]]:
    """Yield, a chunk at a time, the rows of a block that one formula fills, or that are typed in."""
    place, grid = block.place, block.grid()
    texts = []
    for column in range(place.columns):
        formula = "" if template is None else f"<f>{template.column(column, escape=True)}</f>"
        texts.append(f'<c r="{column_letters(place.column + column)}%d" s="{look}">{formula}<v>%r</v></c>')
    bases = [place.row + 1, *([] if template is None else template.bases)]
    cells = "".join(texts)
    size = max(1, CHUNK // place.columns)
    for start in range(rows.start, rows.stop, size):
        stop = min(start + size, rows.stop)
        taken: list[Iterable[float]] = []
        for numbers in (grid[start:stop].T + 0.0).tolist():  # a spreadsheet knows no −0
            taken += [*(range(base + start, base + stop) for base in bases), numbers]
        yield map(cells.__mod__, zip(*taken, strict=True))


def _runs(numbers: list[tuple[int, float]]) -> Iterator[tuple[int, list[float]]]:
    """Yield the numbers of a column that stand directly below one another, with the row of the first."""
    first, run = -1, [0.0]
    for row, number in numbers:
        if row == first + len(run):
            run.append(number)
        else:
            if first >= 0:
                yield first, run
            first, run = row, [number]
    if first >= 0:
        yield first, run


def cleaned(text: str) -> str:
    """Drop control characters, which no XML may hold."""
    return _CONTROL.sub("", text)


class _Packager(Packager):  # type: ignore[misc]
    """Writes the parts, and leaves a digest of them in a property: it tells a later build whether somebody edited them."""

    def _write_custom_file(self) -> None:
        written = {name: Path(file) for file, name, _is_binary in self.filenames}
        self.workbook.set_custom_property(DIGEST_PROPERTY, digest_of(written, lambda name: written[name].open("rb")))
        super()._write_custom_file()


class BlockWorkbook(xlsxwriter.Workbook):  # type: ignore[misc]
    """A file that bears a digest of itself."""

    def _get_packager(self) -> Packager:
        return _Packager()
