"""``workbook list``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import QUIET, Telling, json_option

if TYPE_CHECKING:
    from workbook.scenario import Parameter, Scenario

HELP = """List the worked examples, or those of some NAMEs: what each shows, the article it mirrors, what can be set, what data it takes.

\b
Examples:
  workbook list
  workbook list rent-yield
  workbook list --quiet
  workbook list --json
"""


@click.command("list", help=HELP, short_help="List the worked examples.")
@click.argument("names", shell_complete=names_of_examples, metavar="[NAME]...", nargs=-1)
@json_option
def command(names: tuple[str, ...], as_json: bool) -> int:
    """List the examples; the help that a user reads is `HELP`."""
    from workbook.cli.choose import chosen

    found = chosen(names)
    if as_json:
        click.echo(json.dumps([as_data(scenario) for scenario in found], ensure_ascii=False, indent=2))
    elif Telling.level <= QUIET:
        click.echo("\n".join(scenario.name for scenario in found))
    else:
        for scenario in found:
            show(scenario, in_full=bool(names))
    return 0


def as_data(scenario: Scenario) -> dict[str, Any]:
    """Return what there is to know about an example as plain data."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "article": scenario.article,
        "summary": scenario.summary,
        "data": scenario.data_columns or None,
        "settings": [
            {
                "key": parameter.key,
                "title": parameter.label,
                "default": parameter.default,
                **bounds(parameter),
            }
            for parameter in scenario.parameters
        ],
    }


def bounds(parameter: Parameter) -> dict[str, Any]:
    """Return what a parameter may be set to as plain data."""
    if parameter.text:
        return {"text": True}
    if parameter.choices:
        return {"choices": list(parameter.choices)}
    return {"low": parameter.low, "high": parameter.high, "whole": parameter.whole}


def show(scenario: Scenario, in_full: bool) -> None:
    """Print an example for a reader; in full, what it shows and how to begin with data of one's own."""
    click.echo(click.style(scenario.name, bold=True) + f"  {scenario.title}")
    if in_full:
        click.echo(f"    shows   {scenario.summary}")
    if scenario.article:
        click.echo(f"    beside  {scenario.article}")
    for parameter in scenario.parameters:
        click.echo(f"    --set   {parameter.key}={parameter.default}  {parameter.label} ({allowed(parameter)})")
    if scenario.data_columns:
        click.echo(f"    --data  {scenario.data_columns}")
        if in_full and (scenario.specification or scenario.own_rows()):
            click.echo(f"            `workbook example {scenario.name}` prints what to begin with")
    click.echo()


def allowed(parameter: Parameter) -> str:
    """Say what a parameter may be set to."""
    if parameter.choices:
        return " or ".join(parameter.choices)
    if parameter.text:
        return "text"
    kind = "whole, " if parameter.whole else ""
    return f"{kind}{parameter.low:g} to {parameter.high:g}"
