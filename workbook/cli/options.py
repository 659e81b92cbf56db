"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def language_option(help: str = "Language.", default: str | None = "en") -> Callable[[Command], Command]:
    """Give a command the option --lang: a language that there is a catalogue of; a locale's name means its language."""
    return click.option(
        "--lang", metavar="en|zh", default=default, show_default=default is not None, help=help, callback=_language
    )


def _language(_context: click.Context, _option: click.Parameter, typed: str | None) -> str | None:
    from workbook.errors import UsageError
    from workbook.text import languages

    if typed is None:
        return None
    there = languages()
    code = next((each for each in (typed, language_of(typed)) if each in there), None)
    if code is None:
        raise UsageError(f"--lang {typed}: no such language; there are {', '.join(there)}")
    return code


def language_of(locale: str) -> str:
    """Return the language of a locale's name: zh for zh_CN.UTF-8, zh-Hans, ZH."""
    return locale.replace("-", "_").partition(".")[0].partition("_")[0].lower()
