"""What `workbook exercise` and `workbook variants` share: what is asked, of which book, and where it is put."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.options import Command, language_option
from workbook.cli.settings import settable, settings_of

if TYPE_CHECKING:
    from workbook.book import Book
    from workbook.desk.exercise import Exercise

WHAT = (
    click.option(
        "--ask",
        metavar="BLOCK",
        multiple=True,
        help="What is asked: D3, gW2[1,:], D3=4 (for 4 points), role:gradient; several with commas.",
    ),
    click.option(
        "--mode",
        type=click.Choice(["practice", "exam"]),
        help="Whether the workbook says what is right (practice, unless given) or only what is filled in.",
    ),
    click.option("--show", metavar="BLOCK", multiple=True, help="Show this block although it tells an answer."),
)


def asking(kind: str) -> Callable[[Command], Command]:
    """Give a command the options that say what is asked, of which book and whom, and where it is put: in NAME-`kind`."""
    where = (
        click.option("--roster", metavar="FILE.csv", type=click.Path(path_type=Path), help="Who the students are."),
        language_option(),
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), help=f"Folder to write into; NAME-{kind} unless given."
        ),
        click.option("--force", is_flag=True, help="Overwrite what somebody has edited, and another exercise's key."),
    )

    def give(command: Command) -> Command:
        for option in reversed(where):
            command = option(command)
        command = settable(command)
        for option in reversed(WHAT):
            command = option(command)
        return command

    return give


@dataclass(frozen=True)
class Asked:
    """A book, its exercise, and the blocks that are shown although they tell an answer."""

    book: Book
    exercise: Exercise
    show: tuple[str, ...]


def asked_of(
    name: str,
    lang: str,
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    ask: tuple[str, ...],
    mode: str | None,
    show: tuple[str, ...],
) -> Asked:
    """Make the book, and what is asked of it; the command line comes before the plan, the plan before the scenario.

    Raises
    ------
    UsageError
        If something cannot be set or asked.
    """
    from workbook.desk.exercise import Exercise, split
    from workbook.desk.plan import Plan, read_plan
    from workbook.discovery import find_scenario, made
    from workbook.errors import UsageError, nearest

    scenario = find_scenario(name)
    plan = read_plan(spec) if spec is not None else None
    settings = settings_of([scenario], typed, data, spec if plan is None else plan.network)
    book = made(scenario, lang, settings, data)
    plan = plan or Plan()
    exercise = Exercise.of(book, ask or plan.ask, mode or plan.mode or "practice")
    exercise = replace(exercise, mistakes=plan.mistakes, tolerance=plan.tolerance or exercise.tolerance)
    shown = [id for words in (*show, *plan.show) for id in split(words)]
    for id in shown:
        if id not in book:
            known = [block.id for block in book.blocks()]
            raise UsageError(
                f"--show {id}: {name} has no block {id}; {nearest(id, known)}report.txt names what is withheld"
            )
    return Asked(book, exercise, tuple(book[id].id for id in shown))
