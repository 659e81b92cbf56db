"""Catalogues of translations: the .po files that translators edit, read as they are, so that nothing needs compiling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

Texts = dict[tuple[str, str], str]
"""Translations by their context ("" for none) and their English text."""

_LINE = re.compile(r'(?:(msgctxt|msgid|msgstr)\s+)?"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@cache
def load_catalogue(folder: Path, code: str) -> Texts:
    """Read all the .po files of a language's folder as one; where two translate a text, the first does.

    Raises
    ------
    ValueError
        For a line that is none of a .po file's; it names file and line.
    """
    found: Texts = {}
    for path in sorted(messages_of(folder, code).glob("*.po")):
        for key, text in read_po(path):
            found.setdefault(key, text)
    return found


def messages_of(folder: Path, code: str) -> Path:
    """Return where a language's .po files lie."""
    return folder / code / "LC_MESSAGES"


def codes_in(folder: Path) -> list[str]:
    """Return the languages that a folder of catalogues holds."""
    return sorted(path.name for path in folder.glob("*") if messages_of(folder, path.name).is_dir())


def read_po(path: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield what a .po file translates, without what waits for its translation or is marked as fuzzy."""
    entry: dict[str, str] = {}
    part, fuzzy = "", False
    lines = map(str.strip, path.read_text(encoding="utf-8-sig").split("\n"))
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            if part == "msgstr":
                yield from _translated(entry, fuzzy)
                entry, part, fuzzy = {}, "", False
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if not line:
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (found[1] or part):
            raise ValueError(f'{path}, line {number}: write msgctxt, msgid or msgstr and a text in quotation marks "…"')
        if found[1]:
            if part == "msgstr":
                yield from _translated(entry, fuzzy)
                entry, fuzzy = {}, False
            part = found[1]
        entry[part] = entry.get(part, "") + _ESCAPE.sub(lambda sign: _ESCAPED.get(sign[1], sign[1]), found[2])
    yield from _translated(entry, fuzzy)


def _translated(entry: dict[str, str], fuzzy: bool) -> Iterator[tuple[tuple[str, str], str]]:
    if entry.get("msgid") and entry.get("msgstr") and not fuzzy:
        yield (entry.get("msgctxt", ""), entry["msgid"]), entry["msgstr"]
