"""The part that talks to LibreOffice, run by whichever Python on this machine has ``uno``.

``python uno_script.py SOFFICE HOME`` starts its own LibreOffice with a profile in HOME, prints
``{"ready": true}`` and then answers one line of JSON for each line of JSON it reads:

* asked ``{"path": "...", "edits": [["sheet", 0, 0, 1.5], ...]}``
* it answers ``{"sheets": [["sheet", [[row, column, value], ...], [[row, column, error], ...]], ...]}``,
  where the second list says which of the values are errors, or ``{"error": "one line"}``.

Rows and columns count from 0; every double is exact.

When its input ends, for whatever reason, it takes LibreOffice and HOME away with it. So nothing is
left behind even if the process that asks is killed. It uses the standard library only and the
words of Python 3.8, which is what a LibreOffice may bring along.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue

START_LIMIT = 60.0  # seconds until LibreOffice must listen
MOST_MEMORY = 500 << 20  # bytes of data; our largest workbook takes two thirds of it, and keeps much of that
LEAST_ROOM, ROOM_PER_BYTE = 50 << 20, 40  # bytes that a file takes of it: any, and more for each byte of its own
LAST_BREATH = 1.0  # seconds in which it is seen whether an error was its end
STOP_LIMIT = 5.0  # seconds that it has to leave of its own accord
BAND = 50_000  # about so many cells are fetched by one call

# com.sun.star.sheet.CellFlags and FormulaResult
VALUE, DATETIME, STRING, FORMULA = 1, 2, 4, 16
STRING_RESULT, ERROR_RESULT = 2, 4

# What LibreOffice shows for some errors depends on its version; these are the file format's words.
ERROR_NAMES = {
    503: "#NUM!",
    519: "#VALUE!",
    522: "#CIRC!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}


class RefusedError(Exception):
    """The request cannot be met; the message is for the user. LibreOffice is still fine."""


def properties(**values: Any) -> tuple[Any, ...]:
    """Return values as the PropertyValue tuple that UNO wants."""
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def with_limited_memory(start: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Start a process that may not hold more than MOST_MEMORY, where the system can say so to it."""
    if sys.platform != "linux":
        return start(*arguments, **options)
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    most = MOST_MEMORY if before[1] == resource.RLIM_INFINITY else min(MOST_MEMORY, before[1])
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        return start(*arguments, **options)
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def held_by(pipe: str) -> int:
    """Return how many bytes of data the processes hold whose command line names a pipe; 0 where the system does not say."""
    held = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it may have ended meanwhile
            if f"name={pipe};".encode() in (folder / "cmdline").read_bytes():
                status = (folder / "status").read_text().splitlines()
                held += sum(int(line.split()[1]) << 10 for line in status if line.startswith("VmData:"))
    return held


class Office:
    """A LibreOffice of our own: private profile, private pipe.

    Raises
    ------
    RefusedError
        If it does not start listening within START_LIMIT.
    """

    def __init__(self, soffice: str, home: Path) -> None:
        self.home = home
        pipe = home.name  # as unique as the directory
        self.process = with_limited_memory(
            subprocess.Popen,
            [
                soffice,
                "-env:UserInstallation=" + (home / "profile").as_uri(),
                "--headless",
                "--invisible",
                "--norestore",
                "--nologo",
                "--nodefault",
                "--nolockcheck",
                "--nofirststartwizard",
                f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        context = self._connect(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def _connect(self, url: str) -> Any:
        """Return the remote component context, as soon as there is one."""
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        deadline = time.monotonic() + START_LIMIT
        while True:
            try:
                return resolver.resolve(url)
            except uno.getClass("com.sun.star.connection.NoConnectException") as error:
                status = self.process.poll()
                if status is not None:
                    raise RefusedError(f"LibreOffice ended while starting (exit status {status})") from error
                if time.monotonic() > deadline:
                    raise RefusedError(f"LibreOffice did not start within {START_LIMIT:.0f} s") from error
            time.sleep(0.05)

    def has_room(self, path: str) -> bool:
        """Tell whether a file finds room in what it may hold: LibreOffice keeps much of what earlier ones took."""
        size = os.path.getsize(path) if os.path.exists(path) else 0
        return held_by(self.home.name) + LEAST_ROOM + ROOM_PER_BYTE * size <= MOST_MEMORY

    def stop(self, limit: float = STOP_LIMIT) -> None:
        """Ask LibreOffice to leave; raise subprocess.TimeoutExpired if it stays."""
        with contextlib.suppress(Exception):  # it may be gone, or go while it answers
            self.desktop.terminate()
        self.process.wait(limit)


def recalculate(office: Office, path: str, edits: list[Any]) -> list[Any]:
    """Open a workbook, type the edits, calculate everything and return the sheets.

    Raises
    ------
    RefusedError
        If the file cannot be read or an edit does not fit.
    """
    document = load(office, path)
    try:
        type_in(document, edits)
        document.calculateAll()
        return [[sheet.Name, *read(sheet)] for sheet in document.Sheets]
    finally:
        document.close(True)


def load(office: Office, path: str) -> Any:
    """Open an .xlsx file out of sight; raise RefusedError if LibreOffice cannot read it as one."""
    # The filter is named because LibreOffice opens anything: what it does not know, it shows as text.
    options = properties(Hidden=True, FilterName="Calc MS Excel 2007 XML", UpdateDocMode=0, MacroExecutionMode=0)
    try:
        document = office.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, options)
    except (
        uno.getClass("com.sun.star.lang.IllegalArgumentException"),
        uno.getClass("com.sun.star.io.IOException"),
    ) as error:
        raise RefusedError("LibreOffice cannot read it as an .xlsx file") from error
    if document is None:
        raise RefusedError("LibreOffice cannot read it as an .xlsx file")
    return document


def type_in(document: Any, edits: list[Any]) -> None:
    """Put the edits into the cells; raise RefusedError for one that does not take."""
    names = document.Sheets.ElementNames
    for name, row, column, value in edits:
        if name not in names:
            raise RefusedError(f"there is no sheet {name!r}; there are: {', '.join(names)}")
        cell = document.Sheets.getByName(name).getCellByPosition(column, row)
        if isinstance(value, str):
            cell.setString(value)
            taken = cell.getString() == value
        else:
            cell.setValue(value)
            taken = cell.getValue() == value
        if not taken:
            raise RefusedError(f"{name}!(row {row}, column {column}) cannot be changed; it may be protected")


def read(sheet: Any) -> tuple[list[Any], list[Any]]:
    """Return all cells of a sheet as [row, column, value], and those with an error as [row, column, name]."""
    texts = set(positions(sheet.queryFormulaCells(STRING_RESULT)))
    errors = {
        (row, column): error_name(sheet.getCellByPosition(column, row))
        for row, column in positions(sheet.queryFormulaCells(ERROR_RESULT))
    }
    cells = []
    for row, column, value in contents(sheet):
        if (row, column) in errors:
            cells.append([row, column, errors[row, column]])
        elif value != "" or (row, column) in texts:
            cells.append([row, column, value])
    return cells, [[row, column, name] for (row, column), name in errors.items()]


def contents(sheet: Any) -> Iterator[tuple[int, int, Any]]:
    """Yield row, column and value of the cells in the rectangle that holds all contents."""
    areas = sheet.queryContentCells(VALUE | DATETIME | STRING | FORMULA).RangeAddresses
    if not areas:
        return
    left, top = min(area.StartColumn for area in areas), min(area.StartRow for area in areas)
    right, bottom = max(area.EndColumn for area in areas), max(area.EndRow for area in areas)
    rows = max(1, BAND // (right - left + 1))
    for first in range(top, bottom + 1, rows):
        last = min(first + rows - 1, bottom)
        band = sheet.getCellRangeByPosition(left, first, right, last).getDataArray()
        for row, values in enumerate(band, first):
            for column, value in enumerate(values, left):
                yield row, column, value


def positions(ranges: Any) -> Iterator[tuple[int, int]]:
    """Yield row and column of every cell of a UNO collection of ranges."""
    for area in ranges.RangeAddresses:
        for row in range(area.StartRow, area.EndRow + 1):
            for column in range(area.StartColumn, area.EndColumn + 1):
                yield row, column


def error_name(cell: Any) -> str:
    """Return the name of the error in a cell: the file format's if it has one, else as it is shown."""
    code = cell.getError()
    return ERROR_NAMES.get(code) or f"Err:{code}"


def answer(office: Office, request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a request; what is wrong with the request is in the answer."""
    try:
        return {"sheets": recalculate(office, request["path"], request["edits"])}
    except RefusedError as refusal:
        return {"error": str(refusal)}
    except Exception as error:  # UNO raises classes of its own, made at run time
        with contextlib.suppress(subprocess.TimeoutExpired):
            office.process.wait(LAST_BREATH)
            raise
        if "bad_alloc" in str(error):
            return {"error": f"LibreOffice would need more than {MOST_MEMORY >> 20} MB of memory for it"}
        return {"error": "LibreOffice gave up on it ({})".format(" ".join(f"{type(error).__name__}: {error}".split()))}


def say(message: dict[str, Any]) -> None:
    """Write one line of JSON."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def listen(lines: queue.Queue[str | None], home: Path) -> None:
    """Pass on the lines of the standard input; make an end of everything once it ends."""
    for line in sys.stdin:
        lines.put(line)
    lines.put(None)
    # The main thread is stopping now, unless it hangs in a call to LibreOffice.
    time.sleep(2 * STOP_LIMIT)
    kill_all(home)


def kill_all(home: Path) -> None:
    """Kill LibreOffice and this process, and remove the profile."""
    shutil.rmtree(home, ignore_errors=True)
    if sys.platform == "win32":
        subprocess.call(["taskkill", "/F", "/T", "/PID", str(os.getpid())])
    else:
        os.killpg(os.getpgrp(), 9)  # the parent has made this process the leader of its group


def serve(soffice: str, home: Path, lines: queue.Queue[str | None]) -> None:
    """Answer requests until there are no more.

    Raises
    ------
    RefusedError
        If LibreOffice does not start.
    """
    office = Office(soffice, home)
    say({"ready": True})
    is_fresh = True
    for line in iter(lines.get, None):
        request = json.loads(line)
        if not is_fresh and not office.has_room(request["path"]):
            office.stop(START_LIMIT)
            office = Office(soffice, home)
        say(answer(office, request))
        is_fresh = False
    office.stop()
    shutil.rmtree(home, ignore_errors=True)


def main(soffice: str, home: Path) -> None:
    """Serve, and leave nothing behind."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=listen, args=(lines, home), daemon=True).start()
    try:
        serve(soffice, home, lines)
    except RefusedError as refusal:
        say({"error": str(refusal)})
    finally:
        if home.exists():
            kill_all(home)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
