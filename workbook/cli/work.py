"""What the commands do, one workbook at a time, on all processors.

The process that only waits for the others imports nothing large: what a job needs, the job imports.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from workbook import limits
from workbook.cli.targets import refuse_edited, refuse_other
from workbook.files import replacing, write_whole
from workbook.guard import MEGABYTE
from workbook.limits import MOST_MEMORY, memory_limited
from workbook.text import DEFAULT_LANGUAGE

try:
    import resource
except ImportError:  # Windows has none, and no limits
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from workbook.book import Book
    from workbook.lint import Finding
    from workbook.proof.report import Proof

LONGEST_RECALCULATION = 120
"""Seconds of a processor that one file may take: a formula can ask for any number of additions."""
SHORTEST_RECALCULATION, SECONDS_PER_MEGABYTE, SECONDS_TO_START = 8, 30, 20
"""What a foreign file may take of them: so many, more for each megabyte that it has, and more for a program to start."""

PATIENCE = 10.0  # seconds that an interrupted process has to tidy up


@dataclass(frozen=True)
class Job:
    """One workbook to build or to check; `target` is a file to write or to read, `source` one to make again, if there is."""

    name: str
    language: str = DEFAULT_LANGUAGE
    typed: dict[str, str] = field(default_factory=dict)
    data: Path | None = None
    target: Path | None = None
    engine: str = "ironcalc"
    force: bool = False
    large: bool = False
    source: Path | None = None
    pdf: bool = False

    @property
    def shown(self) -> str:
        return str(self.target or self.name)


@dataclass(frozen=True)
class Outcome:
    """What came of a job: the cells compared and, where they disagree, the report; or the error that stopped it.

    `remarks` are lines for the user that change nothing.
    """

    job: Job
    cells: int = 0
    report: str = ""
    error: Exception | None = None
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0
    pdf: Path | None = None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        from workbook.cli.errors import line_of

        return {
            "name": self.job.name,
            "file": str(self.job.target) if self.job.target else None,
            "pdf": str(self.pdf) if self.pdf else None,
            "holds": self.error is None and not self.report,
            "cells": self.cells,
            "report": self.report.splitlines(),
            "remarks": list(self.remarks),
            "error": line_of(self.error) if self.error else None,
            "seconds": round(self.seconds, 3),
        }


def build_one(job: Job) -> Outcome:
    """Build a workbook, prove it, and only then put it in its place."""
    book = make(job)
    if job.target is not None and not job.force:
        refuse_other(job.target, book)
    outcome = write_proven(job, book)
    if not job.pdf or job.target is None or outcome.report:
        return outcome
    from workbook.engines.printing import printed

    pages = job.target.with_suffix(".pdf")
    write_whole(pages, printed(job.target))
    return replace(outcome, pdf=pages)


def write_proven(job: Job, book: Book) -> Outcome:
    """Write a book, prove it, and only then put it in the place of the job's target."""
    from workbook.check import prove
    from workbook.writer import packed

    assert job.target is not None
    try:
        job.target.parent.mkdir(parents=True, exist_ok=True)  # only now: what is refused leaves no empty folder
        with replacing_proven(job) as temporary:
            temporary.write_bytes(packed(book))
            proof = prove(temporary, book, engine=job.engine)
            if not (proof.holds and proof.cells):
                raise _NotProvenError(_outcome(job, proof))
    except OSError as error:  # what is wrong with the temporary file is wrong with the folder
        raise OSError(error.errno, error.strerror, str(job.target)) from error
    untranslated = len(book.translator.missing)
    said = f"{untranslated} texts are in English still; workbook lint names them, the example's test prints them for the .po file"
    return Outcome(job, proof.cells, remarks=(said,) if untranslated else ())


def check_scenario(job: Job) -> Outcome:
    """Build a workbook aside and prove it."""
    from workbook.check import prove
    from workbook.writer import write

    book = make(job)
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
        path = Path(folder) / f"{job.name}.xlsx"
        write(book, path)
        return _outcome(job, prove(path, book, engine=job.engine))


def check_file(job: Job) -> Outcome:
    """Prove a file, and compare it with what it was built as."""
    from workbook.check import prove
    from workbook.rebuilt import judge

    assert job.target is not None
    with memory_limited(job.target):
        proof = prove(job.target, engine=job.engine)
    outcome = _outcome(job, proof)
    if proof.read is None or not proof.cells:
        return outcome
    judgement = judge(job.target, proof.read)
    report = "\n".join([*([outcome.report] if outcome.report else []), *judgement.faults])
    return replace(outcome, report=report, remarks=tuple(judgement.remarks))


def lint_scenario(job: Job) -> Outcome:
    """Build a workbook aside and lint it."""
    from workbook.lint import lint
    from workbook.writer import write

    book = make(job)
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
        path = Path(folder) / f"{job.name}.xlsx"
        write(book, path)
        return Outcome(job, findings=tuple(replace(finding, file=job.name) for finding in lint(path, book)))


def lint_file(job: Job) -> Outcome:
    """Lint a file."""
    from workbook.lint import lint

    assert job.target is not None
    with memory_limited(job.target):
        return Outcome(job, findings=tuple(lint(job.target)))


def make(job: Job) -> Book:
    """Make the book of a job."""
    from workbook.discovery import find_scenario, made

    return made(find_scenario(job.name), job.language, job.typed, job.data)


class _NotProvenError(Exception):
    """The book just written does not hold, or nothing in it can; carries what came of the job."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@contextmanager
def replacing_proven(job: Job) -> Iterator[Path]:
    """Like `replacing`; look once more whether the target has been edited before it is replaced."""
    assert job.target is not None
    with replacing(job.target) as temporary:
        yield temporary
        if not job.force:
            refuse_edited([job.target])


def _outcome(job: Job, proof: Proof) -> Outcome:
    proof.path = Path(job.shown)
    if not proof.cells:
        return Outcome(job, report=f"{job.shown}: there is no formula in it, so nothing is proven")
    return Outcome(job, proof.cells, "" if proof.holds else proof.report())


# ---------------------------------------------------------------------------------------------- processes

Work = Callable[[Job], Outcome]
Tell = Callable[[Outcome], None]


def attempt(work: Work, job: Job) -> Outcome:
    """Do a job; an error is an outcome too, so that the others are done all the same."""
    from workbook.cli.errors import ProgramError, explained

    begun = time.monotonic()
    try:
        outcome = work(job)
    except _NotProvenError as error:
        outcome = error.outcome
    except Exception as error:
        outcome = Outcome(job, error=error if explained(error) is not None else ProgramError.of(error))
    return replace(outcome, seconds=time.monotonic() - begun)


def do_all(work: Work, jobs: Sequence[Job], tell: Tell, alone: bool = False) -> None:
    """Do the jobs on all processors and tell what came of each, in their order, as soon as those before it are done.

    With `alone` even a single job has a process of its own: a file that brings down an engine leaves us standing.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with _progress(len(jobs), tell) as (advance, tell_beside):
        if len(jobs) == 1 and not alone:
            outcome = attempt(work, jobs[0])
            advance()
            tell_beside(outcome)
        else:
            _in_processes(work, jobs, min(processors, len(jobs)), advance, tell_beside)


def _in_processes(work: Work, jobs: Sequence[Job], processes: int, advance: Callable[[], None], tell: Tell) -> None:
    # spawned, not forked: a fork would inherit the thread that draws the progress, and an engine's state
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin)
    try:
        with _interrupts_held():
            started = {n: executor.submit(_attempt_in_process, work, jobs[n]) for n in _longest_first(jobs)}
        futures: list[Future[Outcome]] = [started[n] for n in range(len(jobs))]
        waiting = set(futures)
        told = 0
        while told < len(jobs):
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for _future in done:
                advance()
            while told < len(jobs) and futures[told].done():
                tell(_result(work, jobs[told], futures[told], len(jobs) == 1))
                told += 1
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        _stop_children()
        raise
    # waited for: else the thread that closes the pool's pipes and the end of the program, which writes to them, race
    executor.shutdown()


def _longest_first(jobs: Sequence[Job]) -> list[int]:
    """Return the jobs' numbers, those before the others that take long, so that none of them is left to the end."""

    def size(job: Job) -> int:
        with suppress(OSError, ValueError):  # no target, none yet, or no possible name
            return os.path.getsize(job.target or "")
        return 0

    return sorted(range(len(jobs)), key=lambda n: (jobs[n].large, size(jobs[n])), reverse=True)


def _result(work: Work, job: Job, future: Future[Outcome], alone: bool) -> Outcome:
    """Return a job's outcome; a process that dies takes the others' along, so these are done again, each alone."""
    try:
        return future.result()
    except BrokenProcessPool:
        if not alone:
            again: list[Outcome] = []
            _in_processes(work, [job], 1, lambda: None, again.append)
            return again[0]
        reason = f"the workbook takes more than {MOST_MEMORY // MEGABYTE} MB of memory, too much time, or brings the engine down"
        from workbook.engines import EngineError

        return Outcome(job, error=EngineError(f"{job.shown}: the process ended by itself: {reason}; let it do less"))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back; a process that is started meanwhile does too, until it is ready to take it (`_begin`)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_busy = False


def _begin() -> None:
    """Make a signal undo the job at hand, or end the process at once where there is none; nobody misses the process."""
    limits.expendable = True
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the parent has been killed: nobody waits for the outcome, and the process would stay for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(130)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    if _busy:
        raise KeyboardInterrupt
    os._exit(130)


def _attempt_in_process(work: Work, job: Job) -> Outcome:
    global _busy  # noqa: PLW0603 - the signal handler has no other way to know
    _busy = True
    _limit_time(_seconds(job) if work in (check_file, lint_file) else LONGEST_RECALCULATION)
    try:
        return attempt(work, job)
    except KeyboardInterrupt:
        os._exit(130)  # the job has tidied up; say nothing, the parent speaks
    finally:
        _busy = False


def _seconds(job: Job) -> int:
    """Return how long a foreign file may take: a small one that takes long has been made to."""
    try:
        size = job.target.stat().st_size if job.target else 0
    except OSError:
        size = 0
    start = 0 if job.engine == "ironcalc" else SECONDS_TO_START
    return min(start + SHORTEST_RECALCULATION + SECONDS_PER_MEGABYTE * size // MEGABYTE, LONGEST_RECALCULATION)


def _limit_time(seconds: int) -> None:
    """End this process if the job at hand takes longer; the parent says so."""
    if resource is not None:
        _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        most = int(time.process_time()) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _stop_children() -> None:
    """Interrupt our processes, wait until they have tidied up, and end those that have not."""
    children = multiprocessing.active_children()
    for child in children:
        if child.pid is not None and child.is_alive():
            os.kill(child.pid, signal.SIGINT)
    for child in children:
        child.join(PATIENCE)
        if child.is_alive():
            child.kill()


@contextmanager
def _progress(count: int, tell: Tell) -> Iterator[tuple[Callable[[], None], Tell]]:
    """Show a bar on a terminal, nothing elsewhere; it makes room while something is told."""
    if not sys.stderr.isatty():
        yield lambda: None, tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    columns: list[Any] = [SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        task = progress.add_task("", total=count)

        def tell_beside(outcome: Outcome) -> None:
            progress.stop()
            tell(outcome)
            progress.start()

        yield lambda: progress.advance(task), tell_beside
