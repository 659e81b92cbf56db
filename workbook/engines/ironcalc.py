"""IronCalc: the engine that comes as a wheel, quick enough to run after every build."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.engines import Cells, EngineError, ErrorValue, Sheets, Value

if TYPE_CHECKING:
    from ironcalc import Model
    from numpy.typing import NDArray

Cell = tuple[str, int, int]

_SHEET_RELATIONS = re.compile(r"xl/worksheets/_rels/[^/]+\.rels")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_STYLES, _FORMAT = "xl/styles.xml", b"<dxf>"
"""Where the looks are that conditional formats give, and what each begins with."""
_CONDITIONAL_FORMAT = re.compile(rb"<conditionalFormatting[ >].*?</conditionalFormatting>", re.DOTALL)
_FROM_ROOT = re.compile(rb"""(Target=["'])/xl/""")

MISSING = "IronCalc is not installed: pip install ironcalc"


def available() -> str | None:
    """Say why IronCalc cannot run here, or None when it can."""
    return None if find_spec("ironcalc") else MISSING


def recalculate(path: Path, edits: Mapping[tuple[str, int, int], float | str]) -> Sheets:
    """Recalculate a workbook with IronCalc; see `workbook.engines.recalculate`.

    Raises
    ------
    EngineError
        If IronCalc is missing, or refuses the file or an edit.
    """
    if reason := available():
        raise EngineError(reason)
    with _one_line_errors(path), _silence():
        session = Session.loaded(path)
        for (sheet, row, column), value in edits.items():
            if sheet not in session.sheets:
                raise EngineError(f"{path}: there is no sheet {sheet!r}; there are: {', '.join(session.sheets)}")
            session.type((sheet, row, column), None if value == "" else value)
        session.evaluate()
        return session.cells()


@dataclass(frozen=True)
class Formula:
    """What is typed as a formula, without =; an array formula fills so many rows and columns."""

    text: str
    rows: int = 1
    columns: int = 1


class Session:
    """A workbook that is open in the engine: type, evaluate, read. Cells are (sheet, row, column), both from 0.

    Nothing is ever interpreted as a user's input: a text stays a text, whatever it looks like.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        names = [sheet["name"] for sheet in model.get_worksheets_properties()]
        self.sheets = {name: number for number, name in enumerate(names)}

    @classmethod
    def loaded(cls, path: Path) -> Session:
        """Open a file. What the engine raises, its panics included, is left to the caller."""
        import ironcalc

        with _readable(path) as readable:
            # Locale and time zone are stated, so that the machine's own have no say in the values.
            # It takes names in UTF-8, whatever the locale says.
            name = os.fsencode(readable).decode("utf-8")
            return cls(ironcalc.load_from_xlsx(name, "en", "UTC", "en"))

    @classmethod
    def empty(cls, sheets: Sequence[str], names: Mapping[str, str] | None = None) -> Session:
        """Open a new workbook with some sheets, and names of areas; one that the engine does not take is left out."""
        import ironcalc

        model = ironcalc.create("workbook", "en", "UTC", "en")
        for number, name in enumerate(sheets):
            if number:
                model.add_sheet(name)
            else:
                model.rename_sheet(0, name)
        session = cls(model)
        for name, area in (names or {}).items():
            with suppress(ironcalc.WorkbookError, ValueError):
                model.new_defined_name(name, None, area)
        return session

    def type(self, cell: Cell, value: Value | Formula | None) -> None:
        """Put something into a cell in the place of what is there; None clears it.

        Raises
        ------
        EngineError
            If the engine does not take the formula.
        """
        sheet, row, column = cell
        at = self.sheets[sheet], row + 1, column + 1
        if value is None:
            self._model.clear_cell_contents(*at)
        elif isinstance(value, Formula):
            self._type_formula(at, value)
        elif isinstance(value, bool):
            self._model.update_cell_with_bool(*at, value)
        elif isinstance(value, str):
            self._model.update_cell_with_text(*at, value)
        else:
            self._model.update_cell_with_number(*at, value)

    def _type_formula(self, at: tuple[int, int, int], formula: Formula) -> None:
        import ironcalc

        try:
            if formula.rows * formula.columns > 1:
                self._model.set_user_array_formula(*at, formula.columns, formula.rows, f"={formula.text}")
            else:
                self._model.update_cell_with_formula(*at, f"={formula.text}")
        except ironcalc.WorkbookError as error:
            raise EngineError(f"the formula ={formula.text} cannot be typed ({_one_line(error)})") from error

    def evaluate(self) -> None:
        """Calculate every formula anew."""
        self._model.evaluate()

    def values(self, cells: Iterable[Cell]) -> list[Value | None]:
        """Return what is in some cells since it was last evaluated; None where one is empty."""
        held = self.cells()
        return [held[sheet].at(row, column) for sheet, row, column in cells]

    def cells(self) -> Sheets:
        """Return what is in the cells of every sheet, in the order of the file."""
        contents = _Contents(self._model)
        return {name: _ModelCells(contents, number) for name, number in self.sheets.items()}


@contextmanager
def _readable(path: Path) -> Iterator[Path]:
    """Give the file, or a copy that IronCalc can read, and reads fast."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        small = (archive.read(name) for name in names if name == _STYLES or _SHEET_RELATIONS.fullmatch(name))
        if not any(_FORMAT in part or _FROM_ROOT.search(part) for part in small):
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
            copy = Path(folder) / "file.xlsx"
            with zipfile.ZipFile(copy, "w") as written:
                for name in names:
                    written.writestr(name, _readable_part(name, archive.read(name)))
            yield copy


def _readable_part(name: str, part: bytes) -> bytes:
    """Return a part without what hinders IronCalc.

    Of notes it does not find the part that is named from the root, as in files that openpyxl has saved; and of a
    conditional format, which calculates no cell, it makes a formula for each cell that it colours.
    """
    if _SHEET_RELATIONS.fullmatch(name):
        return _FROM_ROOT.sub(rb"\1../", part)
    if _SHEET.fullmatch(name) and (end := part.rfind(b"</sheetData>")) >= 0:
        return part[:end] + _CONDITIONAL_FORMAT.sub(b"", part[end:])
    return part


@contextmanager
def _one_line_errors(path: Path) -> Iterator[None]:
    """Turn what IronCalc raises, Rust panics included, into an EngineError about this file."""
    import ironcalc

    try:
        yield
    except ironcalc.WorkbookError as error:
        raise EngineError(f"{path}: IronCalc cannot read it ({_one_line(error)})") from error
    except (zipfile.BadZipFile, OSError) as error:
        raise EngineError(f"{path}: IronCalc cannot read it ({_one_line(error)})") from error
    except UnicodeError as error:
        raise EngineError(f"{path}: IronCalc takes no name that is not UTF-8; choose another name or folder") from error
    except BaseException as error:
        # A panic derives from BaseException, so that no `except Exception` would ever see it, and
        # its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError(f"{path}: IronCalc broke down ({_one_line(error)})") from error


@contextmanager
def _silence() -> Iterator[None]:
    """Send what IronCalc prints to nowhere, for the whole process while it lasts.

    It prints a line to the standard output for a style that it does not know (a superscript is
    enough), which would end up in our exports, and a panic prints a backtrace. Rust writes to the
    file descriptors, so that `contextlib.redirect_stdout` has no hold on it.
    """
    with ExitStack() as stack:
        sink = os.open(os.devnull, os.O_WRONLY)
        stack.callback(os.close, sink)
        for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
            with suppress(OSError, ValueError, AttributeError):  # closed, or never there
                stream.flush()
                saved = os.dup(descriptor)
                stack.callback(os.close, saved)
                stack.callback(os.dup2, saved, descriptor)
                os.dup2(sink, descriptor)
        yield


def _one_line(error: BaseException) -> str:
    """Return the message of an exception on one line."""
    return " ".join(str(error).split())


class _Contents:
    """What a recalculated model holds."""

    def __init__(self, model: Model) -> None:
        import ironcalc

        self.model = model
        self.error = ironcalc.CellType.ErrorValue

    @cached_property
    def places(self) -> dict[int, list[tuple[int, int]]]:
        """For each sheet its cells that may hold something; both numbers from 1."""
        places: dict[int, list[tuple[int, int]]] = {}
        for sheet, row, column in self.model.get_all_cells():
            places.setdefault(sheet, []).append((row, column))
        return places


class _ModelCells(Cells):
    """A sheet's cells, which stay in the model until they are asked for."""

    def __init__(self, contents: _Contents, sheet: int) -> None:
        self._contents, self._sheet = contents, sheet
        self._value = contents.model.get_cell_value

    def at(self, row: int, column: int) -> Value | None:
        value: Value | None = self._value(self._sheet, row + 1, column + 1)
        return self._text(value, row + 1, column + 1) if isinstance(value, str) else value

    def area(self, row: int, column: int, rows: int, columns: int) -> NDArray[Any]:
        import numpy as np

        value, sheet, across = self._value, self._sheet, range(column + 1, column + columns + 1)
        found = [value(sheet, down, right) for down in range(row + 1, row + rows + 1) for right in across]
        if set(map(type, found)) != {float}:  # a text is looked at more closely
            return super().area(row, column, rows, columns)
        return np.array(found).reshape(rows, columns)

    def _text(self, text: str, row: int, column: int) -> str | None:
        """Return a text as such, an error as one, and the empty text only where a formula gives it."""
        contents = self._contents
        if not text and contents.model.get_cell_formula(self._sheet, row, column) is None:
            return None
        is_error = contents.model.get_cell_type(self._sheet, row, column) == contents.error
        return ErrorValue(text) if is_error else text

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for row, column in self._contents.places.get(self._sheet, ()):
            if self.at(row - 1, column - 1) is not None:
                yield row - 1, column - 1
