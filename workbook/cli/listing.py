"""``workbook list``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import QUIET, Telling, json_option, language_option
from workbook.cli.speech import Speech, spoken

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
@language_option("Language of the list.", default=None)
@json_option
def command(names: tuple[str, ...], lang: str | None, as_json: bool) -> int:
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
    from workbook.text import _, language

    with language(Speech.language, scenario.locale):
        click.echo(click.style(scenario.name, bold=True) + f"  {_(scenario.title)}")
        if in_full:
            _tell("shows", _(scenario.summary))
        if scenario.article:
            _tell("beside", _(scenario.article))
        for each in scenario.parameters:
            label = f"{_(each.title)} {each.symbol}".rstrip()
            _tell("--set", f"{each.key}={each.default}  {label} ({allowed(each)})")
        if scenario.data_columns:
            _tell("--data", _(scenario.data_columns))
            if in_full and (scenario.specification or scenario.own_rows()):
                _tell("", spoken(f"`workbook example {scenario.name}` prints what to begin with"))
    click.echo()


def _tell(what: str, line: str) -> None:
    from workbook.text import display_width

    word = spoken(what)
    click.echo(f"    {word}{' ' * (8 - display_width(word))}{line}")


def allowed(parameter: Parameter) -> str:
    """Say what a parameter may be set to."""
    if parameter.choices:
        return f" {spoken('or')} ".join(parameter.choices)
    if parameter.text:
        return spoken("text")
    kind = spoken("whole, ") if parameter.whole else ""
    return f"{kind}{parameter.low:g} {spoken('to')} {parameter.high:g}"
