"""What a book was made from, kept in its file, so that it can be made again: version, settings, and the files read.

Files of moderate size are kept whole, packed as text, since the numbers that NumPy computed from them cannot be told from
what the sheets hold after somebody has changed it. Only what was read is kept: neither the columns of a table that the
example did not ask for, nor the comments of a specification.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np

from workbook.signature import RECIPE_PROPERTY, from_pieces, in_pieces
from workbook.text import DEFAULT_LANGUAGE

DATA = "data"
"""The key of the file of data; other files have the key of the setting that names them."""

LARGEST_KEPT = 4 << 20
LONGEST_PACKED = 150_000
"""So many bytes of a file, and so many characters once it is packed, are kept; of a larger one the name alone."""

_NAME = re.compile(r"[^/\\\0]{1,255}")

Setting = float | int | str


@dataclass(frozen=True)
class Kept:
    """A file that an example read: its name without the folder and what of it was read; None if that is too large."""

    name: str
    contents: bytes | None


@dataclass(frozen=True)
class Recipe:
    """What a book was made from.

    Attributes
    ----------
    version : of this program
    settings : those that were set
    files : what was read, by key
    given : what stood in the place of typed-in numbers, by their blocks' ids
    """

    version: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    files: Mapping[str, Kept] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def left_out(self) -> list[str]:
        """The names of the files that were too large to be kept."""
        return [file.name for file in self.files.values() if file.contents is None]

    def options(self, language: str, defaults: Mapping[str, Setting] | None = None) -> list[str]:
        """Return what ``workbook build NAME`` must be given for it; settings that are as the defaults need not be."""
        typed = {key: value for key, value in self.settings.items() if (defaults or {}).get(key) != value}
        named = {key: file.name for key, file in self.files.items() if key == DATA or not is_data(key)}
        data = named.pop(DATA, None)
        return [
            *([f"--lang {language}"] if language != DEFAULT_LANGUAGE else []),
            *(f"--set {quote(f'{key}={value}')}" for key, value in {**typed, **named}.items()),
            *([f"--data {quote(data)}"] if data is not None else []),
        ]

    def told(self) -> dict[str, str]:
        """Return the document properties that tell of it."""
        return in_pieces(RECIPE_PROPERTY, self.text())

    def text(self) -> str:
        """Return it as a text, which `recipe_of` reads."""
        files = {key: [file.name, _packed(file.contents)] for key, file in self.files.items()}
        told = {"version": self.version, "settings": dict(self.settings), "files": files}
        given = {id: np.asarray(value).tolist() for id, value in self.given.items()}
        return json.dumps({**told, **({"given": given} if given else {})})

    def unpacked(self, folder: Path) -> dict[str, Path]:
        """Lay the files into a folder; return where each lies, by its key."""
        paths: dict[str, Path] = {}
        for key, file in self.files.items():
            place = folder if is_data(key) else folder / "settings" / f"{len(paths)}"
            place.mkdir(parents=True, exist_ok=True)
            paths[key] = place / file.name
            paths[key].write_bytes(file.contents or b"")
        return paths


def recipe_read(properties: Mapping[str, str]) -> Recipe | None:
    """Return the recipe that a document's properties tell of; None where they tell of none.

    Raises
    ------
    ValueError
        If what they tell is damaged.
    """
    text = from_pieces(RECIPE_PROPERTY, properties)
    return recipe_of(text) if text else None


def recipe_of(text: str) -> Recipe:
    """Return the recipe that a text tells of.

    Raises
    ------
    ValueError
        If the text is damaged.
    """
    try:
        told = json.loads(text)
        settings, files = told["settings"], told["files"]
        if not all(isinstance(value, str | int | float) for value in settings.values()):
            raise ValueError("a setting is neither number nor text")
        kept = {str(key): Kept(_checked(name), _unpacked(packed)) for key, (name, packed) in files.items()}
        given = {str(id): np.asarray(value, dtype=float) for id, value in told.get("given", {}).items()}
        return Recipe(str(told["version"]), {str(key): value for key, value in settings.items()}, kept, given)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error, binascii.Error) as error:
        raise ValueError("what it says of its making is damaged") from error


def is_data(key: str) -> bool:
    """Tell whether a key is that of the data, or of a file that lies beside it."""
    return key.partition(" ")[0] == DATA


def _checked(name: str) -> str:
    """Return a file's name; raise ValueError for one that leads elsewhere."""
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise ValueError(f"{name!r} is no file's name")
    return name


def kept(path: Path, columns: bytes | None = None) -> Kept:
    """Return a file that has been read, for the recipe; `columns` are those of a table that were read, if not all were."""
    if columns is None:
        with path.open("rb") as file:
            columns = file.read(LARGEST_KEPT + 1)
    contents = _without_comments(columns) if path.suffix.lower() == ".toml" else columns
    fits = len(contents) <= LARGEST_KEPT and len(_packed(contents) or "") <= LONGEST_PACKED
    return Kept(path.name, contents if fits else None)


def _without_comments(contents: bytes) -> bytes:
    """Drop the lines of a specification that are comments, unless that would change what it says."""
    lines = contents.splitlines(keepends=True)
    bare = b"".join(line for line in lines if not line.lstrip().startswith(b"#"))
    try:
        same = tomllib.loads(bare.decode("utf-8-sig")) == tomllib.loads(contents.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return contents
    return bare if same else contents


def _packed(contents: bytes | None) -> str | None:
    return None if contents is None else base64.b64encode(zlib.compress(contents, 9)).decode("ascii")


def _unpacked(text: str | None) -> bytes | None:
    if text is None:
        return None
    unpacker = zlib.decompressobj()
    contents = unpacker.decompress(base64.b64decode(text, validate=True), LARGEST_KEPT)
    if not unpacker.eof:
        raise ValueError("a file in it is larger than any that is kept")
    return contents
