"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.complete import languages
from workbook.cli.speech import language_of, spoken

if TYPE_CHECKING:
    from workbook.cli.work import Outcome

Command = Callable[..., Any]

QUIET, USUAL, VERBOSE = -1, 0, 1


class Telling:
    """How much is said."""

    level = USUAL


json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")


def output_option(help: str, default: str = "output") -> Callable[[Command], Command]:
    """Give a command the option --output, for a folder, or for a file where the command takes one."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), default=Path(default), show_default=True, help=help
    )


def say(line: str) -> None:
    """Print a line that is not what was asked for, but tells of it; -q leaves it out."""
    if Telling.level > QUIET:
        click.echo(spoken(line))


def say_details(outcome: Outcome) -> None:
    """Say how long a workbook took, for -v."""
    if Telling.level >= VERBOSE:
        click.echo(f"    {outcome.seconds:.1f} s")


def add_telling(command: click.Command) -> None:
    """Give a command the options -q and -v."""

    def add(letter: str, word: str, level: int, help: str) -> None:
        def take(_context: click.Context, _option: click.Parameter, given: bool) -> None:
            if given:
                Telling.level = level

        names = [f"-{letter}", f"--{word}"]
        option = click.Option(names, is_flag=True, expose_value=False, is_eager=True, callback=take, help=help)
        command.params.append(option)

    if not any(parameter.name == "quiet" for parameter in command.params):
        add("q", "quiet", QUIET, "Say only what is wrong.")
        add("v", "verbose", VERBOSE, "Say more: how long it took; the traceback of a mistake of this program.")


def language_option(help: str = "Language.", default: str | None = "en") -> Callable[[Command], Command]:
    """Give a command the option --lang: a language that there is a catalogue of; a locale's name means its language."""
    return click.option(
        "--lang",
        metavar="en|zh",
        default=default,
        show_default=default is not None,
        help=help,
        callback=_language,
        shell_complete=languages,
    )


def _language(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    from workbook.errors import UsageError
    from workbook.text import languages as all_languages

    if typed is None:
        return None
    there = all_languages()
    code = next((each for each in (typed, language_of(typed)) if each in there), None)
    if code is None:
        raise UsageError(f"--lang {typed}: no such language; there are {', '.join(there)}")
    return code
