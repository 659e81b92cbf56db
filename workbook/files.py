"""Reading texts from outside, in one line where that cannot be done; and writing files so that nothing is lost: the old
file stays until the new one is whole."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbook.encoding import EncodingError, decoded
from workbook.guard import MEGABYTE, OLE, FileError, is_encrypted, open_file

try:
    import fcntl
except ImportError:  # Windows has none, and there what was abandoned stays
    fcntl = None  # type: ignore[assignment]

_WORKBOOK = b"PK\x03\x04"
_BINARY_STARTS = {
    _WORKBOOK: "an Excel file; open it in a spreadsheet and save it as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "an old Excel file; open it in a spreadsheet and save it as .xlsx or CSV (UTF-8)",
    b"%PDF": "a PDF; a program needs the numbers as CSV (UTF-8)",
}


_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}<[!?A-Za-z]")
"""How a page of the web begins, and no table: with a tag."""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Tell whether Windows takes a file's name for a device's, whatever its ending: nobody there could save it."""
    return _DEVICE.fullmatch(name) is not None


def is_workbook(path: Path) -> bool:
    """Tell whether a file is an .xlsx workbook rather than a text, by its first bytes.

    Raises
    ------
    FileError
        If it is no ordinary file, or cannot be read.
    """
    with open_file(path) as file:
        return file.read(len(_WORKBOOK)) == _WORKBOOK


def read_text(path: Path, most: int, mend: str) -> str:
    """Read a text of at most `most` bytes, in the encoding that it shows (`workbook.encoding`).

    Parameters
    ----------
    mend : what to do about a file that is larger

    Raises
    ------
    FileError
        If it is no ordinary file, cannot be read, is too large or no text.
    """
    try:
        with open_file(path) as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise FileError(f"{path}: the file cannot be read ({error.strerror}); copy it and try again") from None
    if len(raw) > most:
        raise FileError(f"{path}: the file is larger than {most // MEGABYTE} MB; {mend}")
    if raw.startswith(OLE) and is_encrypted(raw):
        raise FileError(f"{path}: the file has a password; open it in a spreadsheet and save it without one")
    if _MARKUP.match(raw):
        raise FileError(f"{path}: this is a page of the web (HTML, XML); open it in a spreadsheet and save it as .xlsx")
    for start, what in _BINARY_STARTS.items():
        if raw.startswith(start):
            raise FileError(f"{path}: this is {what}")
    try:
        return decoded(raw)
    except EncodingError as error:
        raise FileError(f"{path}: this {error}; save it as UTF-8 (in a spreadsheet: CSV UTF-8)") from None


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it there when the work is done, remove it when it fails.

    A link stays, and what it leads to is replaced.

    Raises
    ------
    FileError
        If what is there is no ordinary file, or a link leads to a folder that there is not.
    """
    target = _place(path)
    _remove_abandoned(target)
    handle, temporary = _temporary(target)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)


def write_whole(path: Path, contents: bytes) -> None:
    """Write a file; the old one stays until the new one is whole. Raises as `replacing` does."""
    with replacing(path) as temporary:
        temporary.write_bytes(contents)


def _temporary(target: Path) -> tuple[int, Path]:
    """Make a file beside the target, locked as long as this process lives."""
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".tmp", dir=target.parent)
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink == 0:  # taken for an abandoned one before it was locked
                os.close(handle)
                continue
        return handle, Path(name)


def _remove_abandoned(target: Path) -> None:
    """Remove what a process that was killed has left beside the target: what it had locked is locked no more."""
    if fcntl is None:
        return
    name = re.compile(re.escape(f".{target.stem}-") + r"[a-z0-9_]{8}\.tmp")
    with suppress(OSError):
        for entry in os.scandir(target.parent):
            if name.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError), open(entry.path, "rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(entry.path)


def _place(path: Path) -> Path:
    """Return where a file that is written to `path` comes to lie: behind every link."""
    try:
        target = path.resolve()
    except RuntimeError:  # a link that leads to itself; later Pythons stop at it
        target = path
    if target.is_dir():
        raise FileError(f"{path}: this is a folder; name a file, or move it")
    if target.exists() and not target.is_file():
        raise FileError(f"{path}: this is a device or a pipe; name an ordinary file")
    if target.is_symlink() or (path.is_symlink() and not target.parent.is_dir()):
        raise FileError(f"{path}: this is a link that leads nowhere; mend or delete it")
    return target


def _mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, or those that a new one gets."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
