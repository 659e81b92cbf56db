"""One process a file: what brings an engine down, takes for ever or eats all memory loses one file and no other."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from workbook import limits

try:
    import resource
except ImportError:  # Windows has none, and no limits
    resource = None  # type: ignore[assignment]

SECONDS, PATIENCE = 10, 10
"""Seconds of a processor that a file may take, and how many times as long by the clock: a process may have to wait."""

T = TypeVar("T")


@dataclass(frozen=True)
class Ended:
    """How the work on an item ended; `trouble` says why it did before its time."""

    item: int
    trouble: str = ""


def each_alone(work: Callable[[T], None], items: Sequence[T], more: float = 0.0) -> Iterator[Ended]:
    """Do the work on each item in a process of its own, as many at a time as there are processors.

    The processes are forked, so that what has been made ready is ready in each. Where that cannot be done (Windows) the
    work is done here, without limits.

    Parameters
    ----------
    more : seconds of a processor that each may take besides the usual ones
    """
    seconds = SECONDS + int(more)
    if not hasattr(os, "fork"):
        for number, item in enumerate(items):
            work(item)
            yield Ended(number)
        return
    most = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    running: dict[int, int] = {}
    waiting = list(range(len(items)))[::-1]
    try:
        while waiting or running:
            while waiting and len(running) < most:
                number = waiting.pop()
                running[_started(work, items[number], seconds)] = number
            child, status = os.wait()
            if child in running:
                yield Ended(running.pop(child), _trouble(status, seconds))
    finally:
        for child in running:
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _started(work: Callable[[T], None], item: T, seconds: int) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(PATIENCE * seconds)
        limits.expendable = True
        if resource is not None:
            _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
            most = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
            resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        nowhere = os.open(os.devnull, os.O_WRONLY)  # an engine prints what it thinks of a file
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        work(item)
        code = 0
    finally:
        os._exit(code)


def _trouble(status: int, seconds: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return ""
    if -code in (getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGALRM", 0), getattr(signal, "SIGPROF", 0)):
        return f"it takes more than {seconds} seconds to calculate; let its formulas do less"
    return "the engine breaks down over it, or it takes too much memory; let its formulas do less"
