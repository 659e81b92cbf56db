"""How much memory and time a file from outside may make this program take."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbook.guard import MEGABYTE, FileError

try:
    import resource
except ImportError:  # Windows has none, and no limits
    resource = None  # type: ignore[assignment]

MOST_MEMORY = 500 * MEGABYTE
"""What a process may hold in memory while it reads or calculates a foreign file; a million cells of ours take less."""
LEAST_MORE = 250 * MEGABYTE
"""What a process gets in any case, that holds much already for reasons of its own, such as a notebook."""
SHORTEST_CALCULATION, SECONDS_PER_FORMULA = 1.0, 50e-6
"""Seconds of a processor that an engine gets for a foreign file and for each of its formulas; ours take a fifth of it."""
_CODE = 24 * MEGABYTE  # of libraries that are still to be loaded, which the kernel does not count as data
_STATUS = Path("/proc/self/status")


@contextmanager
def memory_limited(path: Path | str) -> Iterator[None]:
    """Limit this process's memory while it is busy with a file.

    What asks for more gets none: Python says so, and an engine ends the process, so that it should not be the only one.
    On a system that does not tell what a process holds (other than Linux) there is no limit.

    Raises
    ------
    FileError
        Where Python got no memory; one line.
    """
    before = _lower()
    try:
        yield
    except MemoryError:
        _restore(before)
        raise FileError(
            f"{path}: more than {MOST_MEMORY // MEGABYTE} MB of memory would be needed for it; "
            "let its formulas read and its cells hold less, or split it"
        ) from None
    finally:
        _restore(before)


expendable = False
"""Whether this process may be ended: it has been started for a file, and somebody waits who will say so."""


@contextmanager
def time_limited(formulas: int) -> Iterator[None]:
    """End this process, if it is expendable, where an engine takes longer than so many usual formulas do.

    One formula can ask for any number of steps, and an engine that takes them listens to nobody.
    """
    if not expendable or not hasattr(signal, "setitimer"):  # Windows has none
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, SHORTEST_CALCULATION + SECONDS_PER_FORMULA * formulas)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _lower() -> tuple[int, int] | None:
    """Lower the limit; return what it was, or None where there is none.

    The kernel limits what is reserved, and a library may reserve much and touch little: so the limit is what is reserved
    now, and as much again as may still be touched.
    """
    held = _held()
    if resource is None or held is None:
        return None
    before = resource.getrlimit(resource.RLIMIT_DATA)
    reserved, touched = held
    most = reserved + max(MOST_MEMORY - _CODE - touched, LEAST_MORE)
    if before[0] == resource.RLIM_INFINITY or most < before[0]:
        resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    return before


def _restore(before: tuple[int, int] | None) -> None:
    if before is not None:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _held() -> tuple[int, int] | None:
    """Return how many bytes of data this process has reserved, and how many bytes of memory it has touched at all."""
    try:
        kilobytes = dict(re.findall(r"^(VmData|VmRSS):\s*(\d+) kB$", _STATUS.read_text(), re.MULTILINE))
        return int(kilobytes["VmData"]) << 10, int(kilobytes["VmRSS"]) << 10
    except (OSError, KeyError):
        return None
