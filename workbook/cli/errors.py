"""Errors that a user can mend, each in one line."""

from __future__ import annotations

import errno
import re
import traceback
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from tempfile import gettempdir

import click

from workbook import guard
from workbook.cli.defaults import restated
from workbook.cli.options import VERBOSE, Telling
from workbook.cli.speech import spoken
from workbook.engines import EngineError
from workbook.errors import UsageError
from workbook.guard import FileError, printable

PACKAGE = "neural-workbook"
MISUSE, MISTAKE = 2, 3
LONGEST_REASON = 200

PIPED = "workbook-piped-"
"""How the folder begins in which what came from the standard input lies; it is nothing that a user knows of."""
PIPED_FILE = "stdin.csv"
_PIPED = re.compile(rf"{re.escape(gettempdir())}[/\\]{PIPED}\w+[/\\]{re.escape(PIPED_FILE)}")

_MENDED = {
    errno.ENOSPC: "free some space, or choose another folder with --output",
    errno.EDQUOT: "free some space, or choose another folder with --output",
    errno.EACCES: "choose another folder with --output, or change its permissions",
    errno.EPERM: "choose another folder with --output, or change its permissions",
    errno.EROFS: "choose another folder with --output",
    errno.ENOTDIR: "choose another folder with --output",
    errno.ENAMETOOLONG: "choose a shorter name with --output",
}


class ProgramError(Exception):
    """A mistake of this program, in one line; `traceback` is where it came from."""

    def __init__(self, line: str, traceback: str) -> None:
        super().__init__(line, traceback)
        self.line, self.traceback = line, traceback

    @classmethod
    def of(cls, error: Exception) -> ProgramError:
        """Return what to tell of an error that nobody foresaw."""
        if isinstance(error, ProgramError):
            return error
        frames = traceback.extract_tb(error.__traceback__)
        where = f", {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
        what = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_REASON]
        line = f"this is a mistake of the program, not yours ({what}{where}); report it with what you typed and what -v adds{_place()}"
        return cls(printable(line), "".join(traceback.format_exception(error)))


def _place() -> str:
    """Return where mistakes of this program are reported, as its package says."""
    try:
        urls = metadata(PACKAGE).get_all("Project-URL") or []
    except PackageNotFoundError:  # it runs from its folder
        urls = []
    return next((f", at {url.partition(', ')[2]}" for url in urls if url.lower().startswith(("issues", "bug"))), "")


def told(error: Exception, name: str = "") -> int:
    """Say what is wrong, in one line, of the workbook of a name if it is of one; return the exit code."""
    line = line_of(error)
    where = f"{name}: " if name and not line.startswith(f"{name}: ") else ""
    click.echo(f"workbook: {where}{spoken(line)}", err=True)
    if explained(error) is not None:
        return MISUSE
    if Telling.level >= VERBOSE:
        click.echo(ProgramError.of(error).traceback, err=True, nl=False)
    return MISTAKE


def line_of(error: Exception) -> str:
    """Return an error as one line, whoever can mend it."""
    return explained(error) or ProgramError.of(error).line


def explained(error: BaseException) -> str | None:
    """Return one line for an error that the user can mend; None for a mistake of this program."""
    if isinstance(error, UsageError | FileError | EngineError):
        return printable(" ".join(_PIPED.sub("standard input", restated(str(error))).split()))
    if isinstance(error, OSError) and error.strerror:
        if not error.filename:  # a stream, or a file among the temporary ones
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            return f"{error.strerror}; {'free some space' if full else 'try again'}, or let the output go elsewhere"
        if guard.WINDOWS and error.errno == errno.EACCES:
            return f"{error.filename}: {error.strerror}; close it in Excel, or choose another place with --output"
        return f"{error.filename}: {error.strerror}; {_MENDED.get(error.errno or 0, 'check the path and try again')}"
    return None
