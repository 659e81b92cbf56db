"""``workbook example``."""

from __future__ import annotations

import csv
import io

import click

from workbook.cli.complete import names as names_of_examples

HELP = """Print what an example is made from, to begin your own with: its data as CSV, or its specification.

Put your own numbers in the place of its own, and build it with --data, or with --spec where it was a specification.

\b
Examples:
  workbook example rent-yield > my-offices.csv
  workbook build rent-yield --data my-offices.csv
  workbook example network > my-network.toml
  workbook build network --spec my-network.toml
  workbook example network --data > my-examples.csv
"""


@click.command("example", help=HELP, short_help="Print an example's data, to put your own in their place.")
@click.argument("name", shell_complete=names_of_examples, metavar="NAME")
@click.option("--data", "as_data", is_flag=True, help="The data, of an example that has a specification too.")
def command(name: str, as_data: bool) -> int:
    """Print what to begin with; the help that a user reads is `HELP`."""
    from workbook.discovery import find_scenario
    from workbook.errors import UsageError

    scenario = find_scenario(name)
    if scenario.specification is not None and not as_data:
        click.echo(scenario.specification.read_text(encoding="utf-8"), nl=False)
        return 0
    rows = list(scenario.own_rows())
    if not rows:
        what = f"its data are no table ({scenario.data_columns})" if scenario.data_columns else "it takes no data"
        raise UsageError(f"{name}: {what}; `workbook list {name}` tells what can be set")
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([_text(value) for value in row] for row in rows)
    click.echo(out.getvalue(), nl=False)
    return 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"
