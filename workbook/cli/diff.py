"""``workbook diff``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.complete import names as names_of_examples
from workbook.cli.settings import settable, settings_of_sources

if TYPE_CHECKING:
    from workbook.difference import Diff

HELP = """Compare two workbooks: what was entered differently, and how much only follows from it.

Each side is an .xlsx FILE, numbers exported earlier (.csv or .json), or a worked example's NAME. Cells are aligned by
block, not by address, so that an inserted row or another language is no difference.

\b
Kinds of difference, entered ones first:
  added, removed, reshaped   a block as a whole
  given                      what is typed into a cell
  formula                    a cell's formula, or one typed over
  words                      a heading, a sentence, a sheet's name (between workbooks of one language)
  value                      a value by itself: neither its formula nor anything it reads changed
What only follows from these is counted: "and 37 cells downstream".

Exit code 0 when they are the same, 1 when they differ, 2 when they cannot be compared.

\b
Examples:
  workbook diff rent-yield mine.xlsx
  workbook diff yesterday.csv rent-yield
  workbook diff rent-yield mine.xlsx --set lr=0.02
  workbook diff old.xlsx new.xlsx --rtol 1e-6 --json
"""


@click.command("diff", help=HELP, short_help="Compare two workbooks, files or exported numbers.")
@click.argument("left", shell_complete=names_of_examples)
@click.argument("right", shell_complete=names_of_examples)
@click.option("--rtol", type=float, default=1e-9, show_default=True, help="Relative tolerance of numbers.")
@click.option("--atol", type=float, default=1e-12, show_default=True, help="Absolute tolerance of numbers.")
@settable
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs; all of it.")
def command(
    left: str,
    right: str,
    rtol: float,
    atol: float,
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    as_json: bool,
) -> int:
    """Compare workbooks; the help that a user reads is `HELP`."""
    from workbook.diff import Tolerance, diff
    from workbook.limits import memory_limited
    from workbook.source import read_sources

    tolerance = Tolerance(rtol, atol)
    settings = settings_of_sources([left, right], typed, data, spec)
    with memory_limited(f"{left}, {right}"):
        old, new = read_sources(left, right, settings, data)
        found = diff(old, new, (left, right), tolerance)
    if as_json:
        click.echo(json.dumps(found.as_data(), ensure_ascii=False, indent=2))
    elif sys.stdout.isatty():
        show(found)
    else:
        click.echo(found.report())
    return 0 if found.same else 1


def show(found: Diff) -> None:
    """Print a table for a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from workbook.difference import HEADINGS

    console = Console(highlight=False)
    console.print(Text(found.summary()))
    rows, remarks = found.rows()
    if rows:
        table = Table(*HEADINGS, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    for remark in [*remarks, *(["--json lists all of them"] if remarks else [])]:
        console.print(Text(remark))
