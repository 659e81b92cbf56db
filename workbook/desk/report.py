"""What the teacher reads before anything is handed out: what is asked, what is withheld and why, how the draws went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from workbook.book import Book
from workbook.desk.gradebook import write_table
from workbook.desk.leaks import Leaks, Why
from workbook.desk.paper import Paper
from workbook.desk.selftest import Tested
from workbook.desk.variants import Variant
from workbook.files import replacing
from workbook.sheet import named


def write_report(path: Path, paper: Paper, tested: Tested, variants: Sequence[Variant] = ()) -> None:
    """Write report.txt."""
    lines = [*_asked(paper), *_tested(tested), *_withheld(paper.book, paper.leaks), *_drawn(variants)]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_variants(path: Path, variants: Sequence[Variant]) -> None:
    """Write variants.csv: a row a student."""
    head = ["id", "name", "code", "file", "draws", "difficulty", "rejected", "left"]
    rows = [
        [
            variant.student.id,
            variant.student.name,
            variant.student.code,
            f"{variant.file}.xlsx",
            variant.draws,
            round(variant.difficulty, 3),
            "; ".join(f"{why} ({count})" if count > 1 else why for why, count in variant.rejected.most_common()),
            "; ".join(variant.left),
        ]
        for variant in variants
    ]
    write_table(path, [head, *rows])


def _asked(paper: Paper) -> Iterator[str]:
    exercise, book = paper.exercise, paper.book
    yield f"{book.title} ({book.name}, {exercise.mode}): {len(exercise.questions)} questions, {exercise.points:g} points"
    yield ""
    yield "What is asked"
    for question in exercise.questions:
        block = book[question.block]
        cells = f"{len(question.cells)} cell{'' if len(question.cells) == 1 else 's'}"
        wrong = next(asked.wrong for asked in paper.marker.asked if asked.question.number == question.number)
        mistakes = ", ".join(mistake.key for mistake, _cells in wrong) or "none"
        yield (
            f"  {question.number:2}  {block.id}  {named(block)}  ({block.place.sheet}, {cells}, {question.points:g} points, "
            f"right within {exercise.allowed(question):g})"
        )
        yield f"      mistakes that are told by name: {mistakes}"
    yield ""
    yield "What is given"
    for id in exercise.givens:
        block = book[id]
        yield f"  {id}  {named(block)}: {'differs from student to student' if id in exercise.varied else 'the same for all'}"
    yield ""


def _tested(tested: Tested) -> Iterator[str]:
    yield "The test of this exercise"
    if tested.faults:
        yield from (f"  ✗ {fault}" for fault in tested.faults)
    else:
        yield f"  ✓ the solution earns 100 %, a blank file 0, {tested.mistakes} mistakes are named, no part of the file holds an answer"
    yield ""


def _withheld(book: Book, leaks: Leaks) -> Iterator[str]:
    yield f"What is withheld ({len(leaks.withheld)} blocks)"
    for id, why in leaks.withheld.items():
        yield f"  {book[id].place.sheet}!{id}: {_reason(why)}"
    if leaks.needed:
        yield ""
        yield "What is shown although it tells an answer"
        for id, numbers in leaks.needed.items():
            yield f"  {book[id].place.sheet}!{id}: the answer to question {_listed(numbers)}; a question reads it, or --show names it"
    yield ""


def _reason(why: Why) -> str:
    if why.tells:
        return f"it holds the answer to question {_listed(why.tells)}"
    if why.reads:
        return f"it reads {', '.join(why.reads)}, which is withheld"
    return "it says what is right" if why.judges else "it shows an error as long as cells are blank"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _drawn(variants: Sequence[Variant]) -> Iterator[str]:
    if not variants:
        return
    difficulties = [variant.difficulty for variant in variants]
    reasons: Counter[str] = Counter()
    for variant in variants:
        reasons.update(variant.rejected)
    yield f"The numbers of {len(variants)} students"
    yield f"  drawn {sum(variant.draws for variant in variants)} times"
    yield (
        f"  difficulty (the share of answers that are negative or below 0.1): {min(difficulties):.2f} to "
        f"{max(difficulties):.2f}, {fmean(difficulties):.2f} in the middle"
    )
    yield from (f"  not taken {count} times: {why}" for why, count in reasons.most_common(20))
    for variant in variants:
        if variant.left:
            yield f"  {variant.student.id}: no better numbers were found: {'; '.join(variant.left)}"
