"""What marking a file came to, kept as a small file of its own: saved at once, and read again by the next run."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbook import __version__
from workbook.addresses import cell_name
from workbook.desk.marking import CellMark, Marks, QuestionMark
from workbook.desk.states import EMPTY, State
from workbook.engines import ErrorValue

FORMAT = 1


@dataclass(frozen=True)
class CellRecord:
    """A cell that was asked for; see `workbook.desk.marking.CellMark`."""

    cell: str
    state: State
    share: float
    value: float | str | bool | None
    expected: float | None
    is_formula: bool


@dataclass(frozen=True)
class QuestionRecord:
    """A question; see `workbook.desk.marking.QuestionMark`."""

    number: int
    block: str
    points: float
    of: float
    before: tuple[int, ...]
    mistake: str
    said: tuple[str, ...]
    how: str
    cells: tuple[CellRecord, ...]


@dataclass(frozen=True)
class Record:
    """What came of a hand-in.

    Attributes
    ----------
    name : the hand-in's
    digest : of the file and of all that its marks hang on
    student : the id of whose it is; "" where nothing tells
    by : what told
    numbers_of : the id of the student whose given numbers it holds; "" where nothing tells
    changed : the given blocks that hold other numbers than the student's own
    questions : what it earns
    trouble : why it could not be marked; "" where it was
    """

    name: str
    digest: str
    student: str = ""
    by: str = ""
    numbers_of: str = ""
    changed: tuple[str, ...] = ()
    questions: tuple[QuestionRecord, ...] = field(default=())
    trouble: str = ""

    @property
    def points(self) -> float:
        """What it earns in all."""
        return sum(question.points for question in self.questions)

    @property
    def of(self) -> float:
        """What there was to earn."""
        return sum(question.of for question in self.questions)

    @property
    def is_untouched(self) -> bool:
        """Whether no cell that was asked for holds anything."""
        return all(cell.state in EMPTY for q in self.questions for cell in q.cells)

    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps({"format": FORMAT, **_plain(self)}, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, path)

    @classmethod
    def read(cls, path: Path, digest: str) -> Record | None:
        """Read one whose marks hang on just what the digest tells; None where there is none."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told.pop("format") != FORMAT or told["digest"] != digest:
                return None
            questions = tuple(_question(each) for each in told.pop("questions"))
            changed = tuple(map(str, told.pop("changed")))
            return cls(**told, changed=changed, questions=questions)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def recorded(marks: Marks, name: str, digest: str, student: str, by: str, numbers_of: str) -> Record:
    """Return the record of some marks."""
    questions = tuple(map(_of_question, marks.questions))
    return Record(name, digest, student, by, numbers_of, marks.changed, questions)


def digest_of_run(told: str) -> str:
    """Return the digest of all that marks hang on besides the file: the key, what cells earn, this program."""
    return hashlib.sha256(f"{__version__} {FORMAT} {told}".encode()).hexdigest()


def digest_of_file(path: Path, run: str) -> str:
    """Return the digest of a file in a run."""
    digest = hashlib.sha256(run.encode())
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _of_question(mark: QuestionMark) -> QuestionRecord:
    how = mark.how.value if mark.how is not None else ""
    cells = tuple(map(_of_cell, mark.cells))
    return QuestionRecord(
        mark.number, mark.block, mark.points, mark.of, mark.before, mark.mistake, tuple(map(str, mark.said)), how, cells
    )


def _of_cell(mark: CellMark) -> CellRecord:
    place = "" if mark.cell is None else f"{mark.cell[0]}!{cell_name(mark.cell[1], mark.cell[2])}"
    value = str(mark.value) if isinstance(mark.value, ErrorValue) else mark.value
    return CellRecord(place, mark.state, mark.share, value, mark.expected, mark.is_formula)


def _plain(record: Record) -> dict[str, Any]:
    questions = [
        {**vars(question), "cells": [{**vars(cell), "state": cell.state.value} for cell in question.cells]}
        for question in record.questions
    ]
    return {**vars(record), "questions": questions}


def _question(told: Mapping[str, Any]) -> QuestionRecord:
    cells = tuple(CellRecord(**{**cell, "state": State(cell["state"])}) for cell in told["cells"])
    before, said = tuple(map(int, told["before"])), tuple(map(str, told["said"]))
    return QuestionRecord(**{**told, "cells": cells, "before": before, "said": said})
