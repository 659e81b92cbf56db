"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


class Language(click.ParamType):
    """The code of a language that there is a catalogue of; a locale such as zh_CN.UTF-8 means its language."""

    name = "lang"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "en|zh|…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code."""
        from workbook.errors import UsageError
        from workbook.text import languages

        there = languages()
        code = next((each for each in (value, language_of(value)) if each in there), None)
        if code is None:
            raise UsageError(f"--lang {value}: no such language; there are {', '.join(there)}")
        return code


def language_of(locale: str) -> str:
    """Return the language of a locale's name: zh for zh_CN.UTF-8, zh-Hans, ZH."""
    return locale.replace("-", "_").partition(".")[0].partition("_")[0].lower()


def language_option(help: str = "Language.", default: str | None = "en") -> Callable[[Command], Command]:
    """Give a command the option --lang."""
    return click.option("--lang", type=Language(), default=default, show_default=default is not None, help=help)
