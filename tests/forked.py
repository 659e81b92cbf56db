"""Runs a command on a file as the program does, in a forked process: what is imported is imported once for all of them."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import ironcalc  # noqa: F401 - what the commands import when they need it, loaded before the forks
import openpyxl  # noqa: F401
import pandas as pd  # noqa: F401
from memory import held

import workbook.lint
import workbook.rebuilt  # noqa: F401
from workbook import limits
from workbook.cli import run, work

COMMANDS = ("check", "lint", "numbers", "diff")
MEGABYTES, SECONDS = 500, 10


@dataclass(frozen=True)
class Taken:
    """What a command did with a file."""

    command: str
    code: int
    said: str
    seconds: float
    megabytes: float

    @property
    def fault(self) -> str:
        """Say what was not as it must be; empty if nothing."""
        lines = self.said.splitlines()
        if self.code not in (0, 1, 2) or "Traceback" in self.said:
            return f"exit code {self.code}"
        if self.code == 2 and not (len(lines) == 1 and lines[0].startswith("workbook: ")):
            return "not one line"
        if self.megabytes > MEGABYTES:
            return "too large"
        return ""


def take(command: str, path: Path) -> Taken:
    """Let a command work on a file; seconds are those of a processor, memory is what comes to what is imported."""
    said = path.with_suffix(".said")
    said.write_text("")
    born_with = held()
    child = os.fork()
    if child == 0:
        code = 70
        faulthandler.disable()  # an engine that dies of a hostile file is no news of this program
        try:
            with said.open("w") as out, redirect_stdout(out), redirect_stderr(out):
                work.do_all = _at_once
                work._limit_time(SECONDS)
                limits.expendable = True
                code = run([command, str(path), *([str(path)] if command == "diff" else [])])
        except BaseException as error:
            said.write_text(f"Traceback: {error!r}")
        finally:
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    text = said.read_text(errors="replace")
    if (
        code < 0 and code != -signal.SIGXCPU and command in ("check", "lint")
    ):  # the program's own parent says one line then
        code, text = 2, "workbook: the process ended by itself"
    return Taken(command, code, text, used.ru_utime + used.ru_stime, max(0.0, used.ru_maxrss / 1024 - born_with))


def _at_once(act: work.Work, jobs: Sequence[work.Job], tell: work.Tell, alone: bool = False) -> None:
    for job in jobs:
        tell(work.attempt(act, job))
