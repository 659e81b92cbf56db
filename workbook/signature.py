"""How a file of ours is known: what the writer leaves in it, and the reader and lint look for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO

NAME_PREFIX = "wb."
"""Every block is a defined name in the file: this, then its id. So a diff finds it wherever it has moved."""

SCENARIO_PROPERTY = "neural-workbook scenario"
LANGUAGE_PROPERTY = "neural-workbook language"
DIGEST_PROPERTY = "neural-workbook digest"
"""Document properties: the scenario's name, the language's code, and a digest of the file as it was written."""

VERSION_PROPERTY = "neural-workbook version"
COMMAND_PROPERTY = "neural-workbook command"
LICENCE_PROPERTY = "neural-workbook licence"
"""Document properties for people to read: the program's version, how to build the file, and what it is given under."""

RECIPE_PROPERTY = "neural-workbook recipe"
"""Document properties, numbered from 1: what the book was made from (`workbook.recipe`)."""

BLOCKS_PROPERTY = "neural-workbook blocks"
"""Document properties, numbered from 1: which blocks there were, so that one that is gone or typed over is missed."""

LONGEST_PROPERTY = 255
"""Excel's limit for the text of a document property."""

CHUNK = 1 << 18

_SIGNED = re.compile(r"xl/(?:workbook|sharedStrings|styles|(?:worksheets|charts|drawings)/[^/]+)\.xml")
"""The parts that hold what a reader sees: cells, words, names and states of sheets, looks, charts."""

_BUILT = re.compile(r"(?:([^!;]+)!)?(\w+)([=:])(\d{1,7})x(\d{1,5})")


@dataclass(frozen=True)
class Built:
    """A block as it was built: where, of what size, and whether each of its cells held a formula."""

    id: str
    sheet: str
    rows: int
    columns: int
    is_computed: bool


def blocks_told(blocks: Iterable[Built]) -> dict[str, str]:
    """Return the properties that tell of blocks: ``Sheet!id=3x2;id:1x1;Sheet!…``, = with formulas and : typed in."""
    told, sheet = [], ""
    for block in blocks:
        where = f"{block.sheet}!" if block.sheet != sheet else ""
        sheet = block.sheet
        told.append(f"{where}{block.id}{'=' if block.is_computed else ':'}{block.rows}x{block.columns};")
    return in_pieces(BLOCKS_PROPERTY, "".join(told))


def blocks_read(properties: Mapping[str, str]) -> dict[str, Built]:
    """Return the blocks that a file's properties tell of, by their ids in small letters; none where they say nothing."""
    found, sheet = {}, ""
    for entry in from_pieces(BLOCKS_PROPERTY, properties).split(";"):
        match = _BUILT.fullmatch(entry)
        if match is not None:
            sheet = match[1] or sheet
            found[match[2].lower()] = Built(match[2], sheet, int(match[4]), int(match[5]), match[3] == "=")
    return found


def in_pieces(property: str, text: str) -> dict[str, str]:
    """Return a long text as properties, numbered from 1."""
    pieces = [text[n : n + LONGEST_PROPERTY] for n in range(0, len(text), LONGEST_PROPERTY)]
    return {f"{property} {n}": piece for n, piece in enumerate(pieces, 1)}


def from_pieces(property: str, properties: Mapping[str, str]) -> str:
    """Return the text that `in_pieces` cut up; empty where there is none."""
    pieces = {}
    for name, text in properties.items():
        prefix, _space, number = name.rpartition(" ")
        if prefix == property and number.isdecimal() and len(number) < 6:
            pieces[int(number)] = text
    return "".join(pieces[n] for n in sorted(pieces))


def digest_of(names: Iterable[str], opened: Callable[[str], IO[bytes]]) -> str:
    """Return the digest of those parts of a file that hold what a reader sees; packing them anew is no change.

    Parameters
    ----------
    names : the file's parts, in any order
    opened : opens one of them
    """
    digest = hashlib.sha256()
    for name in sorted(filter(_SIGNED.fullmatch, names)):
        digest.update(f"{name}\n".encode())
        with opened(name) as part:
            while chunk := part.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
