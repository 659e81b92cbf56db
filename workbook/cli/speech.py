"""What the program says, in the user's language: the one of --lang, else of the folder's file, else of the locale, else English.

Lines are written in English where they arise, with the values in them. A catalogue holds them in the context "line", their
values as {1}, {2} … in order; a line that fits is said in its words, and its values are looked up in the same way, since
some are sentences themselves. What is in no catalogue is said in English.
"""

from __future__ import annotations

import locale
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise

LINE = "line"
"""The context of what the program says in the catalogues."""

_FIELD = re.compile(r"\{\d+\}")


class Speech:
    """The language in which the program speaks."""

    language = "en"


def begin(arguments: Sequence[str] = ()) -> None:
    """Speak the language that is typed after --lang, else that of the folder's file, else that of the locale."""
    from workbook.catalogue import codes_in
    from workbook.cli.defaults import Stated, read_stated
    from workbook.errors import UsageError
    from workbook.text import LOCALE

    with suppress(UsageError):  # it is told when a command runs
        read_stated()
    there = ("en", *codes_in(LOCALE))
    wanted = map(language_of, (_typed(arguments), Stated.values.get("lang", ""), _locale()))
    Speech.language = next((code for code in wanted if code in there), "en")


def _typed(arguments: Sequence[str]) -> str:
    """Return what is typed after --lang: it is needed before the command that takes it is known."""
    after = [next_one for one, next_one in pairwise(arguments) if one == "--lang"]
    joined = [one.partition("=")[2] for one in arguments if one.startswith("--lang=")]
    return (after or joined or [""])[-1]


def _locale() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name]
    try:
        return locale.getlocale()[0] or ""  # Windows says it so
    except ValueError:
        return ""


def language_of(name: str) -> str:
    """Return the language of a locale's name: zh for zh_CN.UTF-8, zh-Hans, ZH."""
    code = name.replace("-", "_").partition(".")[0].partition("_")[0].lower()
    return "zh" if code.startswith("chinese") else code


def spoken(text: str) -> str:
    """Return what is said in English in the user's language, line by line."""
    if Speech.language == "en":
        return text
    return "\n".join(_spoken(line, Speech.language) for line in text.split("\n"))


def _spoken(line: str, code: str) -> str:
    fixed, patterns = _lines(code)
    if line in fixed:
        return fixed[line]
    for pieces, fields, words in patterns:
        values = _values(line, pieces)
        if values is not None:
            said = dict(zip(fields, (_spoken(value, code) for value in values), strict=True))
            return _FIELD.sub(lambda field, said=said: said[field[0]], words)  # type: ignore[misc]
    return line


@cache
def _lines(code: str) -> tuple[dict[str, str], list[tuple[list[str], list[str], str]]]:
    """Return the catalogue's lines without values, and those with: the one that says most first."""
    from workbook.catalogue import load_catalogue
    from workbook.text import LOCALE

    texts = {english: words for (context, english), words in load_catalogue(LOCALE, code).items() if context == LINE}
    fixed = {english: words for english, words in texts.items() if not _FIELD.search(english)}
    patterns = [(_FIELD.split(e), _FIELD.findall(e), words) for e, words in texts.items() if e not in fixed]
    return fixed, sorted(patterns, key=lambda pattern: -sum(map(len, pattern[0])))


def _values(line: str, pieces: list[str]) -> list[str] | None:
    """Return the values between the pieces of a line; None where it is another line."""
    first, *between, last = pieces
    at, end = len(first), len(line) - len(last)
    if at > end or not (line.startswith(first) and line.endswith(last)):
        return None
    values = []
    for piece in between:
        found = line.find(piece, at, end)
        if found < 0:
            return None
        values.append(line[at:found])
        at = found + len(piece)
    return [*values, line[at:end]]
