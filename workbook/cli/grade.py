"""``workbook grade``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.desk.states import State

HELP = """Mark what students have handed in, with reasons, errors carried forward.

KEY.json is what `workbook variants` or `workbook exercise` wrote for the teacher. Then come the hand-ins: files,
folders, or the .zip that a learning platform makes of them. Into the folder of -o go gradebook.csv, questions.csv (which
was hard, which mistake frequent), cells.csv, quarantine.csv (files that cannot be marked, and why), integrity.csv (what
looks odd; it changes no mark), feedback/ (a text and the marked workbook for each hand-in) and feedback.zip (the same in
the platform's folders). Who has no file that could be marked has an empty grade, never 0.

A second run marks only what has changed. --fill takes your own export of grades from Canvas or Moodle and writes it with
grades and comments into the folder, everything else byte for byte.

\b
Examples:
  workbook grade teacher/key.json handed-in -o grades
  workbook grade teacher/key.json submissions.zip -o grades --fill moodle.csv
  workbook grade teacher/key.json submissions.zip -o grades --attempts best --share typed=1
"""


@click.command("grade", help=HELP, short_help="Mark hand-ins: gradebook and feedback.")
@click.argument("key", metavar="KEY.json", type=click.Path(path_type=Path))
@click.argument("targets", metavar="FILE|FOLDER|ZIP...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for all that comes of it.")
@click.option("--fill", type=click.Path(path_type=Path), help="Export of Canvas or Moodle to fill with grades.")
@click.option("--column", default="", help="Canvas's column for the grades, where --fill has several.")
@click.option(
    "--attempts",
    type=click.Choice(["last", "best"]),
    default="last",
    show_default=True,
    help="Which of several counts.",
)
@click.option(
    "--share", "shares", metavar="STATE=PART", multiple=True, help="What part of its points a cell earns: typed=1."
)
def command(
    key: Path,
    targets: tuple[Path, ...],
    output: Path,
    fill: Path | None,
    column: str,
    attempts: str,
    shares: tuple[str, ...],
) -> int:
    """Grade hand-ins; the help that a user reads is `HELP`."""
    from workbook.cli.targets import refuse_no_folder
    from workbook.desk.fill import filled
    from workbook.desk.gradebook import (
        graded,
        write_cells,
        write_feedback_archive,
        write_gradebook,
        write_integrity,
        write_quarantine,
        write_questions,
    )
    from workbook.desk.grading import Grading
    from workbook.desk.integrity import oddities
    from workbook.desk.key import Key
    from workbook.desk.submissions import submissions
    from workbook.errors import UsageError
    from workbook.files import write_whole

    if key.is_dir() or key.suffix.lower() in (".xlsx", ".zip"):
        raise UsageError(f"{key}: the key stands first, then what was handed in; write workbook grade key.json {key}")
    refuse_no_folder(output)
    read = Key.read(key)
    grading = Grading(read, output, _shares(shares))
    with tempfile.TemporaryDirectory(prefix="workbook-") as unpacked:
        pile = submissions(targets, Path(unpacked), [output, key])
        output.mkdir(parents=True, exist_ok=True)
        records = grading.run(pile)
        rows = graded(grading.register, pile, records, attempts)
        odd = oddities(grading, pile, records)
        write_gradebook(output / "gradebook.csv", read, rows)
        write_cells(output / "cells.csv", records)
        write_questions(output / "questions.csv", read, [row.record for row in rows if row.record is not None])
        write_quarantine(output / "quarantine.csv", records)
        write_integrity(output / "integrity.csv", odd)
        write_feedback_archive(output / "feedback.zip", grading, rows)
        marked = sum(row.record is not None for row in rows)
        click.echo(
            spoken(f"{output}: {_count(len(records), 'hand-in')} for {_count(marked, 'student')}; gradebook.csv")
        )
        if fill is not None:
            result = filled(fill, rows, column, read.assignment)
            write_whole(output / fill.name, result.contents)
            click.echo(spoken(f"{output / fill.name}: {_count(result.rows, 'grade')}"))
            for id in result.missing:
                click.echo(spoken(f"{fill}: no row for {id}; enter this grade by hand"))
    aside = [record for record in records if record.trouble]
    for record in aside:
        click.echo(spoken(f"{record.name}: set aside: {record.trouble}"))
    if odd:
        click.echo(spoken(f"{output / 'integrity.csv'}: {len(odd)} to look at"))
    return 1 if aside or odd or (fill is not None and result.missing) else 0


def _count(number: int, of: str) -> str:
    return f"{number:,} {of}" + ("" if number == 1 else "s")


def _shares(typed: tuple[str, ...]) -> Mapping[State, float]:
    from workbook.desk.states import SHARES, State
    from workbook.errors import UsageError, nearest

    shares = dict(SHARES)
    known = {state.value: state for state in State}
    for each in typed:
        name, _equals, part = each.partition("=")
        if name not in known:
            raise UsageError(
                f"--share {each}: there is no such state; {nearest(name, known)}there are {', '.join(known)}"
            )
        try:
            share = float(part)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise UsageError(f"--share {each}: write a part from 0 to 1, such as {name}=0.5")
        shares[known[name]] = share
    return shares
