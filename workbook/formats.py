"""Which number format the cells of a file have, from styles.xml alone: openpyxl makes an object of every font and border."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

STYLES = "xl/styles.xml"


@dataclass(frozen=True)
class NumberFormats:
    """The number formats of a file.

    Attributes
    ----------
    numbers : of each style of cells the number of its format
    codes : the formats that the file defines, by their numbers
    """

    numbers: Sequence[int]
    codes: Mapping[int, str]

    def own(self, style: int) -> str | None:
        """Return the format of a style where the file defines it; IndexError if there is no such style."""
        return self.codes.get(self.numbers[style])


def read_formats(archive: zipfile.ZipFile) -> NumberFormats:
    """Read the number formats of a file; one without styles has the usual one.

    Raises
    ------
    expat.ExpatError, ValueError
        If the part is damaged.
    """
    if STYLES not in archive.namelist():
        return NumberFormats([0], {})
    numbers: list[int] = []
    codes: dict[int, str] = {}
    open_: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        open_.append(tag.rpartition(":")[2])
        if open_[-2:] == ["cellXfs", "xf"]:
            numbers.append(int(attributes.get("numFmtId", 0)))
        elif open_[-2:] == ["numFmts", "numFmt"]:
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: open_.pop()
    with archive.open(STYLES) as source:
        parser.ParseFile(source)
    return NumberFormats(numbers or [0], codes)
