"""``workbook variants``."""

from __future__ import annotations

from pathlib import Path

import click

from workbook.cli.asking import asked_of, asking
from workbook.cli.complete import names as names_of_examples
from workbook.cli.exercise import told
from workbook.cli.options import say
from workbook.cli.speech import spoken

HELP = """Make an exercise for each student of a class, with numbers of their own.

The roster is a CSV file with a heading row: a column id (or username, email, 学号 …), and perhaps a column name. The numbers
follow from a secret in teacher/key.json, the name of the folder and the id: nobody else can draw them again, and a second
run changes nobody's. Numbers with which a mistake would not show, an answer would be an error or too small to see, are
drawn again; teacher/variants.csv says how often. `workbook grade` takes the key and what is handed in.

\b
Examples:
  workbook variants rent-yield --roster class.csv
  workbook variants rent-yield --roster class.csv --preview 3
  workbook variants backprop-3-4-3-2 --roster class.csv --mode exam --solutions -o midterm
"""

PROVEN = 3
"""So many students' answers are computed by NumPy too, unless solutions are wanted, which are all."""


@click.command("variants", help=HELP, short_help="Make an exercise with other numbers for each student.")
@click.argument("name", shell_complete=names_of_examples, metavar="NAME")
@click.option("--preview", metavar="N", type=click.IntRange(1, 1000), help="Only the first N students, to look at.")
@click.option("--solutions", is_flag=True, help="Write each student's solution, too.")
@asking("variants")
def command(
    name: str,
    roster: Path | None,
    ask: tuple[str, ...],
    mode: str | None,
    show: tuple[str, ...],
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    preview: int | None,
    solutions: bool,
    lang: str,
    output: Path | None,
    force: bool,
) -> int:
    """Make variants; the help that a user reads is `HELP`."""
    from workbook.cli.targets import make_folder, refuse_edited, refuse_no_folder
    from workbook.desk.assignment import (
        KEY,
        REPORT,
        SOLUTIONS,
        STUDENTS,
        TEACHER,
        VARIANTS,
        refuse_other_exercise,
        secret_of,
        write_solutions,
        write_students,
    )
    from workbook.desk.key import Key
    from workbook.desk.paper import Paper
    from workbook.desk.report import write_report, write_variants
    from workbook.desk.roster import Entry, read_roster
    from workbook.desk.selftest import test_paper
    from workbook.desk.variants import Variants, agrees
    from workbook.errors import UsageError

    folder = output or Path(f"{name}-variants")
    refuse_no_folder(folder)
    if roster is None and preview is None:
        raise UsageError("--roster: name the CSV file of your students, or look at some first with --preview 3")
    entries = [Entry(f"student-{n}") for n in range(1, (preview or 0) + 1)] if roster is None else read_roster(roster)
    entries = entries[:preview] if preview is not None else entries
    asked = asked_of(name, lang, typed, data, spec, ask, mode, show)
    if not asked.exercise.varied:
        raise UsageError(
            f"{name}: the answers hang on no number that may differ; make one exercise: workbook exercise {name}"
        )
    secret = secret_of(folder)
    assert asked.book.recipe is not None
    key = Key(folder.resolve().name, secret, asked.exercise, asked.book.recipe, {})
    if not force:
        refuse_edited([folder / STUDENTS / f"{entry.file}.xlsx" for entry in entries])
        refuse_other_exercise(folder, key)
    paper = Paper(asked.book, asked.exercise, secret, asked.show)
    variants = [*Variants(paper, key.assignment).of(entries)]
    key = Key(key.assignment, secret, key.exercise, key.recipe, {v.student.id: v.student for v in variants})
    first = variants[0].student
    tested = test_paper(paper, paper.filled(first.given, first.id, first.code), first.given)
    proven = variants if solutions else variants[:PROVEN]
    tested.faults += [fault for variant in proven if (fault := agrees(key, variant.student, paper))]
    make_folder(folder)
    make_folder(folder / TEACHER)
    key.write(folder / TEACHER / KEY)  # before any file that it is needed for
    write_variants(folder / TEACHER / VARIANTS, variants)
    write_report(folder / TEACHER / REPORT, paper, tested, variants)
    troubles = write_students(folder / STUDENTS, paper, variants)
    if solutions:
        write_solutions(folder / TEACHER / SOLUTIONS, key, variants)
    books = "workbook" if len(variants) == 1 else "workbooks"
    say(f"{folder / STUDENTS}: {len(variants)} {books}, {asked.exercise.points:g} points each")
    if solutions:
        say(f"{folder / TEACHER}: the key {KEY}, {VARIANTS}, {REPORT}, and solutions")
    else:
        say(f"{folder / TEACHER}: the key {KEY}, {VARIANTS}, {REPORT}")
    left = [variant for variant in variants if variant.left]
    for variant in left[:3]:
        click.echo(spoken(f"{variant.student.id}: no better numbers were found: {'; '.join(variant.left)}"))
    if len(left) > 3:
        click.echo(spoken(f"… and {len(left) - 3} more: {folder / TEACHER / VARIANTS}"))
    return max(told([*tested.faults, *troubles], tested.mistakes), 1 if left else 0)
