"""A command's help in a language other than English: what click writes, paragraph by paragraph from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

from workbook.catalogue import load_catalogue
from workbook.cli.speech import Speech
from workbook.text import LOCALE, display_width, wrap

HELP = "help"
"""The context of what helps say in the catalogues."""

_WORD = re.compile(r"[A-Z]{2,}(?:=[A-Z]+)?")
_EXTRA = re.compile(r"(.*?)(?:  \[([^\[\]]*)\])?", re.DOTALL)
_BESIDE = re.compile(r"( *\S.*?  +)(\S.*)")
"""A line of a table or an example, and what is said beside it."""


def in_language(text: str) -> str:
    """Return a paragraph, a heading or a word of a help in the user's language, or in English where the catalogue lacks it."""
    return load_catalogue(LOCALE, Speech.language).get((HELP, text), text)


def in_words(text: str) -> str:
    """Return a text with the words that stand for what is typed, such as NAME, in the user's language."""
    if Speech.language == "en":
        return text
    return _WORD.sub(lambda word: in_language(word[0]), text)


class Formatter(click.HelpFormatter):
    """Writes help in the user's language; its characters may be two columns wide."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is typed."""
        super().write_usage(prog, in_words(args), in_language("Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write what a list is of."""
        self.write(f"{'':>{self.current_indent}}{in_language(heading)}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs; one that begins with a backspace keeps its lines."""
        indent = " " * self.current_indent
        written = []
        for paragraph in text.split("\n\n"):
            if paragraph.startswith("\b"):
                lines = [_beside(line) for line in paragraph.split("\n")[1:]]
            else:
                lines = wrap(in_language(" ".join(paragraph.split())), self.width - self.current_indent)
            written.append("".join(f"{indent}{line}\n" for line in lines))
        self.write("\n".join(written))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write what is typed, and beside it what it means."""
        entries = list(rows)
        typed = [in_words(first) if first.startswith("-") else first for first, _help in entries]
        column = min(max(map(display_width, typed)), col_max) + col_spacing
        indent = " " * (self.current_indent + column)
        for first, (_first, help) in zip(typed, entries, strict=True):
            lines = wrap(_said(help), self.width - len(indent))
            gap = column - display_width(first)
            start = " " * gap if gap >= col_spacing else f"\n{indent}"
            self.write(f"{'':>{self.current_indent}}{first}{start}{lines[0]}\n")
            self.write("".join(f"{indent}{line}\n" for line in lines[1:]))


def _beside(line: str) -> str:
    if table := _BESIDE.fullmatch(line):
        return table[1] + in_language(table[2])
    return line[: len(line) - len(line.lstrip())] + in_language(line.lstrip())


def _said(help: str) -> str:
    """Return an option's help; click adds its default and bounds in brackets."""
    words, extra = _EXTRA.fullmatch(help).groups()  # type: ignore[union-attr]
    said = in_language(" ".join(words.split()))
    return f"{said}  [{'；'.join(map(_extra, extra.split('; ')))}]" if extra else said


def _extra(text: str) -> str:
    word, colon, value = text.partition(": ")
    return f"{in_language(word)}：{value}" if colon else in_language(word)
