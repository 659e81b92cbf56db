"""``workbook numbers``."""

from __future__ import annotations

from pathlib import Path

import click

HELP = """Write the numbers of a workbook as a tidy table, with all their digits.

One line for every cell: scenario, sheet, block, row, col, cell, value, formula. The argument is a worked example's NAME
or an .xlsx FILE. Row and col count from 1 within the block. `workbook diff` compares such a table with a workbook.

\b
Examples:
  workbook numbers rent-yield
  workbook numbers output/rent-yield.xlsx --format json
  workbook numbers xor --output xor-numbers.csv
"""


@click.command("numbers", help=HELP, short_help="Write the numbers of a workbook as CSV or JSON.")
@click.argument("source", metavar="NAME|FILE.xlsx")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), help="csv, unless --output ends in .json.")
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Language of an example; en unless given.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write into; else the standard output.")
def command(source: str, form: str | None, lang: str | None, output: Path | None) -> int:
    """Export numbers; the help that a user reads is `HELP`."""
    from workbook.numbers import exported
    from workbook.scenario import UsageError
    from workbook.source import is_file, read_source

    if lang is not None and is_file(source):
        raise UsageError(f"--lang {lang}: {source} is a file and has its language already; leave --lang out")
    if form is None:
        form = "json" if output is not None and output.suffix.lower() == ".json" else "csv"
    text = exported(read_source(source, lang or "en"), form)
    if output is None:
        click.echo(text, nl=False)
        return 0
    write_whole(text, output)
    click.echo(f"{output}: {text.count(chr(10)) - (1 if form == 'csv' else 2):,} cells", err=True)
    return 0


def write_whole(text: str, output: Path) -> None:
    """Write a text file; the old one stays until the new one is whole.

    Raises
    ------
    OSError
        If the folder cannot be written to; the file named is the one that was asked for.
    """
    from workbook.writer import replacing

    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with replacing(output) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(output)) from error
