"""The files that were handed in: alone, in folders, or in the archive that a learning platform makes of them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from workbook.errors import UsageError
from workbook.guard import LARGEST_FILE, MEGABYTE, FileError, printable

MOST = 20_000
MOST_UNPACKED = 4_000 * MEGABYTE
"""Hand-ins, and bytes of an archive of them, that are taken."""

_NOT_HANDED_IN = re.compile(r"(^|/)(__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)|\.json$", re.IGNORECASE)
_MOODLE = re.compile(r"(?P<name>[^/]+)_(?P<number>\d+)_assignsubmission_[^/]+(?:/|$)")
_CANVAS = re.compile(r"(?P<name>[^_/]+)_(?:LATE_)?(?P<number>\d+)_\d+_[^/]*")
_COPY = re.compile(r"-(\d+)(?=\.\w+$)")


@dataclass(frozen=True)
class Submission:
    """A file that was handed in.

    Attributes
    ----------
    name : within the folder or archive, as the platform wants it back
    path : where its bytes lie
    when : when it was last changed, in seconds
    """

    name: str
    path: Path
    when: float

    @property
    def platform(self) -> tuple[str, str]:
        """The name and number of whoever handed it in, as the platform has put them into the name; empty if it has not."""
        match = _MOODLE.search(self.name) or _CANVAS.fullmatch(PurePosixPath(self.name).name)
        return (match["name"], match["number"]) if match else ("", "")

    @property
    def order(self) -> tuple[float, int, str]:
        """By which the last of several attempts is found."""
        copy = _COPY.search(self.name)
        return self.when, int(copy[1]) if copy else 0, self.name


def submissions(targets: Iterable[Path], unpacked: Path, without: Iterable[Path] = ()) -> list[Submission]:
    """Return what was handed in, in the order of its names.

    Parameters
    ----------
    targets : files, folders and archives
    unpacked : a folder for what archives hold
    without : files and folders that belong to the teacher

    Raises
    ------
    UsageError
        If there is nothing, or too much.
    """
    left_out = [path.resolve() for path in without]
    found: dict[str, Submission] = {}
    for number, target in enumerate(targets):
        for each in _in(target, unpacked / str(number), left_out):
            name, copy = each.name, 1
            while name in found:  # the same name in two archives
                copy += 1
                name = str(PurePosixPath(f"{copy}") / each.name)
            found[name] = Submission(name, each.path, each.when)
            if len(found) > MOST:
                raise UsageError(f"{target}: more than {MOST:,} files; grade them in parts")
    if not found:
        raise UsageError("there is no hand-in in what was named; name .xlsx files, their folder, or a .zip of them")
    return [found[name] for name in sorted(found)]


def _in(target: Path, unpacked: Path, left_out: list[Path]) -> Iterator[Submission]:
    if not target.exists():
        raise FileError(f"{target}: there is no such file or folder; check its name")
    if target.is_dir():
        for path in sorted(target.rglob("*")):
            name = path.relative_to(target).as_posix()
            is_ours = any(path.resolve().is_relative_to(ours) for ours in left_out)
            if path.is_file() and not _NOT_HANDED_IN.search(name) and not is_ours:
                if path.suffix.lower() == ".zip":
                    yield from _in(path, unpacked / name, left_out)
                else:
                    yield Submission(name, path, path.stat().st_mtime)
    elif target.suffix.lower() == ".zip":
        yield from _unpack(target, unpacked)
    else:
        yield Submission(target.name, target, target.stat().st_mtime)


def _unpack(target: Path, folder: Path) -> Iterator[Submission]:
    """Unpack an archive; what it holds gets names of our own on the disk."""
    try:
        with zipfile.ZipFile(target) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > MOST or sum(info.file_size for info in members) > MOST_UNPACKED:
                raise FileError(f"{target}: the archive is too large ({len(members):,} files); grade it in parts")
            folder.mkdir(parents=True, exist_ok=True)
            for number, info in enumerate(members):
                name = printable(PurePosixPath(info.filename).as_posix().replace("\\", "/")).lstrip("/")
                if ".." in PurePosixPath(name).parts or _NOT_HANDED_IN.search(name):
                    continue
                path = folder / f"{number}{PurePosixPath(name).suffix[:8]}"
                with archive.open(info) as packed:
                    path.write_bytes(packed.read(LARGEST_FILE + 1))
                yield Submission(name, path, _time_of(info))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise FileError(f"{target}: the archive cannot be read ({error}); download it again") from None


def _time_of(info: zipfile.ZipInfo) -> float:
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
