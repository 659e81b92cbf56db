"""Hostile files: each attack spoils a sound workbook, and says what the refusal must mention."""

from __future__ import annotations

import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from tampering import rewrite

from workbook.guard import MOST_CELLS

SHEET = "xl/worksheets/sheet2.xml"
Attack = Callable[[Path], object]


def with_part(name: str, contents: bytes | Callable[[], bytes]) -> Attack:
    """Replace or add a part; large contents are made only when the attack is."""

    def attack(path: Path) -> None:
        rewrite(path, lambda part, old: None if part == name else old)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, contents() if callable(contents) else contents)

    return attack


def replacing_in(name: str, old: bytes, new: bytes) -> Attack:
    def change(part: str, contents: bytes) -> bytes:
        if part != name:
            return contents
        assert old in contents
        return contents.replace(old, new, 1)

    return lambda path: rewrite(path, change)


def in_sheet(xml: bytes) -> Attack:
    return replacing_in(SHEET, b"</sheetData>", xml + b"</sheetData>")


def sheet_of(xml: bytes) -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + xml + b"</sheetData></worksheet>"
    )


def add_parts(count: int) -> Attack:
    def attack(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as archive:
            for number in range(count):
                archive.writestr(f"xl/media/{number}.txt", b"")

    return attack


def part_twice(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr(SHEET, b"<worksheet/>")


def lie_about_size(path: Path) -> None:
    """Say in the directory that a part is small."""
    with_part("xl/worksheets/sheet9.xml", sheet_of(b"<row/>" * 1_000_000))(path)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    assert data[at + 46 :].startswith(b"xl/worksheets/sheet9.xml")
    struct.pack_into("<I", data, at + 24, 500)
    path.write_bytes(data)


def flip_bytes_of_a_part(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
    data = bytearray(path.read_bytes())
    for at in range(info.header_offset + 200, info.header_offset + 260):
        data[at] ^= 0xFF
    path.write_bytes(data)


def mark_encrypted(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)


def write_bytes(contents: bytes) -> Attack:
    return lambda path: path.write_bytes(contents)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def only_part(name: str) -> Attack:
    def attack(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x")

    return attack


def many(xml: bytes, count: int) -> bytes:
    """Repeat an element with another number in each, so that it does not shrink to nothing when it is packed."""
    draw = random.Random(0).randrange
    return b"".join(xml % draw(10**6) for _ in range(count))


def with_many(xml: bytes, count: int) -> Attack:
    """Put very many of an element into the row of a sheet."""
    return with_part(SHEET, lambda: sheet_of(b"<row>" + many(xml, count) + b"</row>"))


def endless_head() -> bytes:
    return b"<worksheet>" + many(b'<cols><col width="%d"/></cols>', 140_000) + b"</worksheet>"


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="http://example.org/x.png" '
    b"TargetMode='External'/></Relationships>"
)

ATTACKS: dict[str, tuple[Attack, str]] = {
    "a bomb": (with_part(SHEET, lambda: sheet_of(b"<row/>" * 30_000_000)), "of air|larger|more than"),
    "a bomb below the limit of one part": (with_part("xl/media/a.bin", b"\0" * 20_000_000), "of air"),
    "a lie about the size": (lie_about_size, "damaged"),
    "very many parts": (add_parts(3_000), "2000 parts"),
    "a part twice": (part_twice, "twice"),
    "an archive in it": (with_part("xl/media/a.zip", b"PK\x03\x04" + b"\0" * 50), "file within the file"),
    "entities": (with_part("xl/sharedStrings.xml", LAUGHS), "entities"),
    "entities in a part that nobody reads": (with_part("xl/theme/theme9.xml", LAUGHS), "entities"),
    "entities in UTF-16": (with_part("xl/sharedStrings.xml", LAUGHS.decode().encode("utf-16")), "UTF-8"),
    "entities in EBCDIC": (
        with_part(
            "xl/sharedStrings.xml", b'<?xml version="1.0" encoding="cp037"?>' + LAUGHS[21:].decode().encode("cp037")
        ),
        "UTF-8",
    ),
    "external links": (with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), "other files"),
    "an external picture": (with_part("xl/worksheets/_rels/sheet9.xml.rels", EXTERNAL), "other files"),
    "too many cells": (with_many(b"<c><v>%d</v></c>", MOST_CELLS + 1), "cells"),
    "too many formulas": (with_many(b"<x:c ><x:f>%d</x:f></x:c>", MOST_CELLS + 1), "cells"),
    "very deep XML": (with_part(SHEET, sheet_of(b"<a>" * 200_000)), "more than a workbook"),
    "a head without end": (with_part(SHEET, endless_head), "more than a sheet"),
    "damaged bytes": (flip_bytes_of_a_part, "damaged"),
    "half a file": (cut_short, "damaged"),
    "a tag not closed": (replacing_in(SHEET, b"</sheetData>", b""), "damaged"),
    "a cell nowhere": (in_sheet(b'<row r="1"><c r="ZZZ99999999"><v>1</v></c></row>'), "damaged"),
    "a number that is none": (in_sheet(b'<row r="999"><c r="A999"><v>one</v></c></row>'), "damaged"),
    "a text that is missing": (in_sheet(b'<row r="999"><c r="A999" t="s"><v>99999</v></c></row>'), "damaged"),
    "a shared formula without its first": (
        in_sheet(b'<row r="999"><c r="A999"><f t="shared" si="9"/><v>1</v></c></row>'),
        "damaged",
    ),
    "a formula too deep": (
        in_sheet(b'<row r="999"><c r="A999"><f>' + b"(" * 3000 + b"1" + b")" * 3000 + b"</f></c></row>"),
        "A999.*brackets",
    ),
    "a formula too long": (
        in_sheet(b'<row r="999"><c r="A999"><f>' + b"1+" * 5000 + b"1</f></c></row>"),
        "A999.*longer",
    ),
    "formulas far away": (
        in_sheet(b'<row r="999"><c r="A999"><f>1</f></c></row><row r="1048576"><c r="XFD1048576"><f>1</f></c></row>'),
        "spread",
    ),
    "a name for whole columns": (
        replacing_in(
            "xl/workbook.xml",
            b"</definedNames>",
            b'<definedName name="wb.Q">Inputs!$A:$XFD</definedName></definedNames>',
        ),
        "spread",
    ),
    "a password": (write_bytes(OLE + "EncryptedPackage".encode("utf-16-le")), "password"),
    "an encrypted part": (mark_encrypted, "password"),
    "an old .xls": (write_bytes(OLE), r"\.xls"),
    "a CSV": (write_bytes(b"x,y\n1,2\n"), "not an .xlsx"),
    "nothing": (write_bytes(b""), "empty"),
    "a text document": (only_part("word/document.xml"), "not an .xlsx"),
    "no sheet": (lambda path: rewrite(path, lambda name, xml: None if "worksheets" in name else xml), "no sheet"),
    "no workbook": (
        lambda path: rewrite(path, lambda name, xml: None if name == "xl/workbook.xml" else xml),
        "damaged",
    ),
    "a missing sheet": (lambda path: rewrite(path, lambda name, xml: None if name == SHEET else xml), "."),
}
