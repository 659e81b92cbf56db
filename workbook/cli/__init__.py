"""The command line, ``workbook``; each command is a module of its own.

Every error that a user can mend is one line on the standard error. Exit codes: 0 done, 1 a check found something,
2 misuse or bad input, 3 a mistake of this program, 130 interrupted. Modules that take long to import are imported by the
commands that need them.
"""

from __future__ import annotations

import io
import os
import re
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import NoReturn

import click

from workbook import __version__
from workbook.cli.options import USUAL, Telling, add_telling, language_option
from workbook.cli.speech import Speech, spoken
from workbook.cli.speech import begin as begin_speech
from workbook.cli.typed import refuse_slips

COMMANDS = {
    "list": "listing",
    "example": "example",
    "build": "build",
    "import": "importing",
    "check": "check",
    "lint": "lint",
    "numbers": "numbers",
    "diff": "diff",
    "rebuild": "rebuild",
    "gallery": "gallery",
    "new": "new",
    "exercise": "exercise",
    "variants": "variants",
    "grade": "grade",
}
"""Each command, and the module that holds it as ``command``."""

DONE, FOUND, MISUSE, INTERRUPTED = 0, 1, 2, 130

HELP = """Worked examples of neural-network mathematics as spreadsheets: every number live, every cell proven.

\b
Examples:
  workbook list                          what there is
  workbook example rent-yield > my.csv   its data, to put your own in their place
  workbook build                         all of it, into the folder output
  workbook build rent-yield --lang zh    one of them, in Chinese
  workbook import model.onnx             a trained model of your own
  workbook check output/rent-yield.xlsx  recalculate a file, compare every cell
  workbook numbers rent-yield            its numbers as a tidy table, with all their digits
  workbook diff rent-yield mine.xlsx     what was entered differently, and how much follows from it
  workbook exercise rent-yield           the same with blanks, and a key to mark it by
  workbook new my-example                a worked example of your own, to begin with
  workbook grade key.json handed-in -o grades  marks with reasons for what students handed in

\b
A file workbook.toml, or [tool.workbook] in pyproject.toml, may say lang, output and engine for its folder.
The shell completes names and settings: eval "$(_WORKBOOK_COMPLETE=bash_source workbook)" (zsh_source, fish_source).
"""


class _Context(click.Context):
    """What a command is run in; its help is in the user's language."""

    def make_formatter(self) -> click.HelpFormatter:
        if Speech.language == "en":
            return super().make_formatter()
        from workbook.cli.help import Formatter

        return Formatter(width=self.terminal_width, max_width=self.max_content_width)


class _Commands(click.Group):
    """Commands that are imported when they are used."""

    context_class = _Context

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"workbook.cli.{COMMANDS[name]}").command
        add_telling(command)
        command.context_class = _Context
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        typed = arguments[0]
        if typed not in COMMANDS and not typed.startswith("-") and not context.resilient_parsing:
            from workbook.discovery import is_example
            from workbook.errors import nearest

            if is_example(typed):
                context.fail(f"{typed}: this is an example's name; write a command before it: workbook build {typed}")
            context.fail(f"{typed}: no such command; {nearest(typed, COMMANDS)}there are {', '.join(COMMANDS)}")
        return super().resolve_command(context, arguments)


@click.group(cls=_Commands, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workbook", message="%(prog)s %(version)s")
@language_option("Language of workbooks and messages.", default=None)
@click.pass_context
def workbook(context: click.Context, lang: str | None) -> None:
    """Stand for the program itself; its help is `HELP`."""
    from workbook.cli.defaults import defaults, read_stated

    read_stated()
    context.default_map = defaults(list(COMMANDS), lang)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and exit."""
    signal.signal(signal.SIGTERM, _terminate)
    _prepare_streams()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; what the user can mend is said in one line."""
    Telling.level = USUAL
    arguments = sys.argv[1:] if arguments is None else arguments
    begin_speech(arguments)
    try:
        refuse_slips(arguments)
        code = workbook.main(arguments, prog_name="workbook", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return MISUSE
    except click.ClickException as error:
        return _say(_hint(error, arguments), MISUSE)
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted; every file is as it was before or finished", INTERRUPTED)
    except (BrokenPipeError, SystemExit):
        # Whoever reads our output has seen enough; click exits for no other reason here. Keep Python from complaining
        # about it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        from workbook.cli.errors import told

        return told(error)


def _prepare_streams() -> None:
    """Let a pipe be UTF-8 whatever the locale, write out a sign that a terminal lacks, and a closed stream lead nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it stays open
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _hint(error: click.ClickException, arguments: Sequence[str]) -> str:
    message = " ".join(error.format_message().split())
    if isinstance(error, click.MissingParameter):
        from workbook.cli.help import in_words

        message = in_words(message)
    elif isinstance(error, click.BadParameter) and isinstance(error.param, click.Option):
        message = f"{max(error.param.opts, key=len)}: {' '.join(error.message.split())}"
        message = re.sub(
            r"a valid (?:integer(?: range)?|(float))", lambda m: "a number" if m[1] else "a whole number", message
        )
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        typed = error.option_name
        if not typed.startswith("--"):  # of a word behind one hyphen, only the first letter is told
            typed = next((each for each in arguments if each.startswith(typed) and len(each) > 2), typed)
        message = _no_such_option(typed, error.ctx.command)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        message = f"{message.rstrip('.')}{'' if message.endswith('?') else ';'} see {error.ctx.command_path} --help"
    return message


def _no_such_option(typed: str, command: click.Command) -> str:
    """Say what was meant by an option that there is not: a setting, or one that is written much alike."""
    from workbook.errors import nearest

    if isinstance(command, click.Group):
        return f"{typed}: no such option before the command; options stand behind it"
    options = {name.lstrip("-"): name for parameter in command.params for name in parameter.opts}
    key = typed.lstrip("-")
    if "set" in options and typed.startswith("--"):
        from workbook.discovery import scenarios

        keys = (parameter.key for each in scenarios(lambda _line: None).values() for parameter in each.parameters)
        if key in keys:
            return f"{typed}: no such option; a setting is typed as --set {key}=VALUE"
    words = [word for word in options if len(word) > 1]
    return f"{typed}: no such option; {nearest(key, words).replace('mean ', 'mean --')}".rstrip("; ")


def _say(line: str, code: int) -> int:
    from workbook.cli.defaults import restated

    click.echo(f"workbook: {spoken(restated(line))}", err=True)
    return code


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
