"""What looks odd in a pile of hand-ins. It is told to the teacher and never changes a mark: there may be good reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbook.desk.grading import Grading
from workbook.desk.record import CellRecord, Record
from workbook.desk.states import State
from workbook.desk.submissions import Submission

LEAST_SHARED = 3
"""So many wrong numbers that two have in common, or answers of another's, are more than chance."""
DIGITS = 9
LEAST_DIGITS = 4
"""A number of fewer digits may be anybody's."""


@dataclass(frozen=True)
class Oddity:
    """Something that looks odd."""

    student: str
    file: str
    what: str
    detail: str


def oddities(grading: Grading, pile: Sequence[Submission], records: Sequence[Record]) -> list[Oddity]:
    """Return what looks odd, one file after the other."""
    marked = [(each, record) for each, record in zip(pile, records, strict=True) if not record.trouble]
    found = [odd for submission, record in marked for odd in _of_one(grading, submission, record)]
    return [*found, *_of_owners(grading, marked), *_of_others(grading, marked), *_shared(marked)]


def _of_one(grading: Grading, submission: Submission, record: Record) -> Iterator[Oddity]:
    if record.is_untouched:
        yield Oddity(record.student, record.name, "untouched", "no cell that was asked for holds anything")
    if record.numbers_of and record.numbers_of != record.student:
        yield Oddity(record.student, record.name, "another's given numbers", f"they are those of {record.numbers_of}")
    elif record.changed:
        yield Oddity(record.student, record.name, "given numbers changed", ", ".join(record.changed))
    named = grading.register.named(submission)
    if record.student and named is not None and named.id != record.student:
        detail = f"the file's name says {named.id}, its {record.by} says {record.student}"
        yield Oddity(record.student, record.name, "another's file", detail)


def _of_owners(grading: Grading, marked: Sequence[tuple[Submission, Record]]) -> Iterator[Oddity]:
    """Yield students of whom there are files from more than one account of the platform."""
    accounts: dict[str, dict[str, str]] = {}
    for submission, record in marked:
        if record.student and submission.platform[1]:
            accounts.setdefault(record.student, {}).setdefault(submission.platform[1], record.name)
    for student, names in accounts.items():
        for name in [*names.values()][1:]:
            first = next(iter(names.values()))
            yield Oddity(
                student, name, "the same student twice", f"{first} is another account's, and the same student's too"
            )


def _of_others(grading: Grading, marked: Sequence[tuple[Submission, Record]]) -> Iterator[Oddity]:
    """Yield files whose wrong answers are right for another student's numbers."""
    suspects = [(record, wrong) for _s, record in marked if len(wrong := _wrong(record)) >= LEAST_SHARED]
    if not suspects or len(grading.key.students) < 2:
        return
    answers: dict[tuple[int, int, str], list[str]] = {}
    for student in grading.key.students.values():
        truth = grading.marker.world(student.given).truth
        for asked in grading.marker.asked:
            for n, place in enumerate(asked.cells):
                value = truth[place]
                if value is not None:
                    answers.setdefault((asked.question.number, n, _digits(value)), []).append(student.id)
    for record, wrong in suspects:
        counts: dict[str, int] = {}
        for (question, n), cell in wrong.items():
            for id in answers.get((question, n, _digits(cell.value)), ()):
                counts[id] = counts.get(id, 0) + (id != record.student)
        id = max(counts, key=lambda each: counts[each], default="")
        if id and counts[id] >= LEAST_SHARED:
            detail = f"{counts[id]} wrong answers are the right ones of {id}"
            yield Oddity(record.student, record.name, "another's answers", detail)


def _shared(marked: Sequence[tuple[Submission, Record]]) -> Iterator[Oddity]:
    """Yield pairs of students who have the same wrong numbers; a mistake that has a name may be made by many."""
    holders: dict[tuple[int, int, str], list[int]] = {}
    for number, (_submission, record) in enumerate(marked):
        for at, cell in _wrong(record, named=False).items():
            holders.setdefault((*at, _digits(cell.value)), []).append(number)
    pairs: dict[tuple[int, int], int] = {}
    for numbers in holders.values():
        if 2 <= len(numbers) <= 20:
            for n, one in enumerate(numbers):
                for other in numbers[n + 1 :]:
                    pairs[one, other] = pairs.get((one, other), 0) + 1
    for (one, other), count in pairs.items():
        first, second = marked[one][1], marked[other][1]
        if count >= LEAST_SHARED and first.student != second.student:
            detail = f"{count} wrong numbers are those of {first.student or first.name} too"
            yield Oddity(second.student, second.name, "the same wrong numbers", detail)


def _wrong(record: Record, named: bool = True) -> dict[tuple[int, int], CellRecord]:
    """Return the cells that hold a wrong number of some digits, by question and place."""
    return {
        (question.number, n): cell
        for question in record.questions
        if named or not question.mistake
        for n, cell in enumerate(question.cells)
        if cell.state in (State.WRONG, State.CLOSE) and _is_telling(cell.value)
    }


def _is_telling(value: object) -> bool:
    return (
        isinstance(value, float) and len(_digits(value).partition("e")[0].strip("-0.").replace(".", "")) >= LEAST_DIGITS
    )


def _digits(value: object) -> str:
    return f"{value:.{DIGITS - 1}e}".replace("0e", "e") if isinstance(value, float) else str(value)
