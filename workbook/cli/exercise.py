"""``workbook exercise``."""

from __future__ import annotations

from pathlib import Path

import click

from workbook.cli.asking import asked_of, asking
from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import say
from workbook.cli.speech import spoken

HELP = """Make an exercise of a worked example: the same workbook with blanks, and a sheet that says how far a student is.

Every example has a ready exercise; --ask, or --spec with a plan (a small file with ask = ["D3", "gW2[1,:]=2"]), asks for
something else. Whatever would tell an answer is withheld. Into the folder go students/NAME.xlsx, to be handed out, and
teacher/: the solution, key.json for `workbook grade`, and report.txt, which says what is asked, what is withheld and why.
Before that the exercise tests itself: the solution earns 100 %, a blank file 0, every mistake is named, and no part of the
file holds an answer; exit code 1 where this fails. `workbook variants` gives each student other numbers.

\b
Examples:
  workbook exercise rent-yield
  workbook exercise rent-yield --mode exam --lang zh --roster class.csv
  workbook exercise backprop-3-4-3-2 --ask D3,D2,gW2[1,:]=2
  workbook exercise backprop-3-4-3-2 --ask role:gradient -o week-3
"""


@click.command("exercise", help=HELP, short_help="Make an exercise with blanks, and its key.")
@click.argument("name", shell_complete=names_of_examples, metavar="NAME")
@asking("exercise")
def command(
    name: str,
    ask: tuple[str, ...],
    mode: str | None,
    show: tuple[str, ...],
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    roster: Path | None,
    lang: str,
    output: Path | None,
    force: bool,
) -> int:
    """Make an exercise; the help that a user reads is `HELP`."""
    from workbook.cli.targets import file_name, make_folder, refuse_edited, refuse_no_folder
    from workbook.desk.assignment import (
        KEY,
        REPORT,
        STUDENTS,
        TEACHER,
        refuse_other_exercise,
        secret_of,
        write_solution,
    )
    from workbook.desk.key import Key, Student
    from workbook.desk.paper import Paper
    from workbook.desk.report import write_report
    from workbook.desk.roster import read_roster
    from workbook.desk.selftest import test_paper
    from workbook.files import write_whole

    folder = output or Path(f"{name}-exercise")
    refuse_no_folder(folder)
    entries = [] if roster is None else read_roster(roster)
    asked = asked_of(name, lang, typed, data, spec, ask, mode, show)
    file = folder / STUDENTS / file_name(name, lang)
    secret = secret_of(folder)
    assert asked.book.recipe is not None
    students = {entry.id: Student(entry.id, "", {}, entry.name) for entry in entries}
    key = Key(folder.resolve().name, secret, asked.exercise, asked.book.recipe, students)
    if not force:
        refuse_edited([file])
        refuse_other_exercise(folder, key)
    paper = Paper(asked.book, asked.exercise, secret, asked.show, personal=False)
    packed = paper.filled({}, "", "")
    tested = test_paper(paper, packed, {})
    make_folder(folder)
    make_folder(folder / STUDENTS)
    make_folder(folder / TEACHER)
    write_whole(file, packed)
    write_solution(folder / TEACHER / file_name(f"{name}-solution", lang), asked.book)
    key.write(folder / TEACHER / KEY)
    write_report(folder / TEACHER / REPORT, paper, tested)
    cells = sum(len(question.cells) for question in asked.exercise.questions)
    say(f"{file}: {len(asked.exercise.questions)} questions, {cells} cells, {asked.exercise.points:g} points")
    say(f"{folder / TEACHER}: the solution, {KEY}, {REPORT} ({len(paper.leaks.withheld)} blocks are withheld)")
    return told(tested.faults, tested.mistakes)


def told(faults: list[str], mistakes: int) -> int:
    """Say what came of the test; return the exit code."""
    for fault in faults:
        click.echo(spoken(f"the exercise fails its own test: {fault}"))
    if not faults:
        say(
            f"It holds: the solution earns 100 %, a blank file 0, {mistakes} mistakes are named, no answer is in the file."
        )
    return 1 if faults else 0
