"""``workbook numbers``."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click
from click.core import ParameterSource

from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import language_option, say
from workbook.cli.settings import settable, settings_of_sources
from workbook.guard import printable

HELP = """Write the numbers of a workbook as a tidy table, with all their digits.

One line for every cell: scenario, sheet, block, row, col, cell, value, formula. The argument is a worked example's NAME
or an .xlsx FILE. Row and col count from 1 within the block. `workbook diff` compares such a table with a workbook.

In CSV an apostrophe precedes a text or formula that begins with = + - or @: a spreadsheet that opens the table would
calculate it, whoever wrote it. Numbers stay numbers. --raw leaves the apostrophe out.

\b
Examples:
  workbook numbers rent-yield
  workbook numbers output/rent-yield.xlsx --format json
  workbook numbers xor --output xor-numbers.csv
  workbook numbers rent-yield --set lr=0.02 --data my-offices.csv
"""


@click.command("numbers", help=HELP, short_help="Write the numbers of a workbook as CSV or JSON.")
@click.argument("source", shell_complete=names_of_examples, metavar="NAME|FILE.xlsx")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), help="csv, unless --output ends in .json.")
@language_option("Language of an example; en unless given.", default=None)
@settable
@click.option("--raw", is_flag=True, help="Texts and formulas in CSV as they are, without the apostrophe.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write into; else, or for -, the standard output."
)
def command(
    source: str,
    form: str | None,
    lang: str | None,
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    raw: bool,
    output: Path | None,
) -> int:
    """Export numbers; the help that a user reads is `HELP`."""
    from workbook.cli.targets import OTHER_FORMATS, WORKBOOK
    from workbook.errors import UsageError
    from workbook.limits import memory_limited
    from workbook.numbers import exported, write_exported
    from workbook.source import is_file, read_source

    typed_here = click.get_current_context().get_parameter_source("lang") is ParameterSource.COMMANDLINE
    if typed_here and is_file(source):
        raise UsageError(f"--lang {lang}: {source} is a file and has its language already; leave --lang out")
    settings = settings_of_sources([source], typed, data, spec)
    if str(output) == "-":
        output = None
    if output is not None and output.suffix.lower() in OTHER_FORMATS - {".csv", ".json"} | {WORKBOOK}:
        raise UsageError(f"--output {output}: numbers are CSV or JSON; write --output {output.with_suffix('.csv')}")
    if form is None:
        form = "json" if output is not None and output.suffix.lower() == ".json" else "csv"
    with memory_limited(source) if is_file(source) else nullcontext():
        ledger = read_source(source, lang or "en", settings, data)
        if output is None:
            _print(exported(ledger, form, raw))
        else:
            write_exported(ledger, output, form, raw)
            say(f"{output}: the numbers of {ledger.scenario or source}, {form.upper()}")
    return 0


def _print(table: str) -> None:
    """Print a table; on a terminal with the signs escaped that it would obey."""
    if sys.stdout.isatty():
        table = "\n".join(map(printable, table.split("\n")))
    click.echo(table, nl=False)
