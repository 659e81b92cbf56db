"""Hostile packages and parts: archives, relations, encodings and XML that no program writes."""

# ruff: noqa: PLW0108 - what is large is made only when the attack is

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from attacks import SHEET, Attack, in_sheet, many, replacing_in, sheet_of, with_part
from outside import HEAD, MAIN, OFFICE, PACKAGE, WORKBOOK
from tampering import rewrite

STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def value(text: str, kind: str = "", at: str = "A999") -> Attack:
    """Put a cell with a value into a sheet."""
    return in_sheet(
        f'<row r="999"><c r="{at}"{f" t={chr(34)}{kind}{chr(34)}" if kind else ""}><v>{text}</v></c></row>'.encode()
    )


def raw(change: Callable[[bytes], bytes], part: str = SHEET) -> Attack:
    """Change the bytes of a part."""
    return lambda path: rewrite(path, lambda name, old: change(old) if name == part else old)


def after_cells(xml: Callable[[], str]) -> Attack:
    return lambda path: replacing_in(SHEET, b"</sheetData>", b"</sheetData>" + xml().encode())(path)


def named(name: str, contents: bytes = b"x", **fields: int) -> Attack:
    """Add a member of an odd name or kind to the archive."""

    def attack(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as archive:
            info = zipfile.ZipInfo("x")
            info.filename = name
            for field, number in fields.items():
                setattr(info, field, number)
            archive.writestr(info, contents)

    return attack


def compressed(kind: int) -> Attack:
    def attack(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/media/image1.txt", b"x" * 1_000, kind)

    return attack


def of_bytes(change: Callable[[bytes], bytes]) -> Attack:
    """Change the bytes of the whole file."""
    return lambda path: path.write_bytes(change(path.read_bytes()))


def local_name(data: bytes) -> bytes:
    """Call the first member something else where it lies than the directory does."""
    at = data.index(b"[Content_Types].xml")
    return data[:at] + b"[Content_Tapes].xml" + data[at + 19 :]


def wrong_sum(data: bytes) -> bytes:
    at = data.rfind(b"PK\x01\x02")
    return data[: at + 16] + struct.pack("<I", 1) + data[at + 20 :]


def directory_elsewhere(data: bytes) -> bytes:
    at = data.rfind(b"PK\x05\x06")
    return data[: at + 16] + struct.pack("<I", 0xFFFFFFF0) + data[at + 20 :]


def in_itself(path: Path) -> None:
    buffer = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/again.bin", buffer.getvalue())


def related(part: str, *targets: tuple[str, str, str]) -> Attack:
    """Give a part relations: (id, kind, target)."""
    folder, _slash, base = part.rpartition("/")
    xml = "".join(f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{to}"/>' for id, kind, to in targets)
    return with_part(f"{folder}/_rels/{base}.rels", f'<Relationships xmlns="{PACKAGE}">{xml}</Relationships>'.encode())


def of_workbook(old: bytes, new: bytes) -> Attack:
    return lambda path: rewrite(path, lambda name, xml: xml.replace(old, new) if name == RELATIONS else xml)


def tags(open_: str, close: str, count: int) -> Callable[[], str]:
    return lambda: open_ * count + close * count


def numbered(xml: str, count: int, around: str = "{}") -> Callable[[], str]:
    """Return an element often, its %d the number of each."""
    return lambda: around.replace("{}", "".join(xml.replace("%d", str(n)) for n in range(1, count + 1)))


def styles(xml: Callable[[], str]) -> Attack:
    return with_part(STYLES, lambda: f'<styleSheet xmlns="{MAIN}">{xml()}</styleSheet>'.encode())


def sheets(count: int) -> Attack:
    """Many sheets, each of them the same part."""

    def attack(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            first = archive.read(WORKBOOK)
        entries = "".join(f'<sheet name="q{n}" sheetId="{n + 900}" r:id="rId1"/>' for n in range(count))
        with_part(WORKBOOK, first.replace(b"</sheets>", entries.encode() + b"</sheets>"))(path)

    return attack


def noise(count: int) -> bytes:
    return random.Random(2).randbytes(count)


PARTS: dict[str, Attack] = {
    # the archive
    "a path out of the archive": named("../../../../tmp/workbook-was-here"),
    "a path from the root": named("/etc/workbook-was-here"),
    "a path with a drive": named(r"C:\workbook-was-here"),
    "a path of a device": named("xl/worksheets/NUL.xml", b"<a/>"),
    "a name with a zero": named("xl/worksheets/sheet2.xml\0.png"),
    "a name of signs": named("xl/\x1b[2J\u202egnp.xml", b"<a/>"),
    "a name without end": named("xl/" + "x" * 60_000),
    "a name that is another's but for its case": named("XL/WORKSHEETS/SHEET2.XML", sheet_of(b"")),
    "a link in the archive": named("xl/worksheets/sheet9.xml", b"/etc/passwd", create_system=3, external_attr=0o120777 << 16),
    "a folder that is a part": named("xl/worksheets/", b""),
    "another packing": compressed(zipfile.ZIP_BZIP2),
    "a third packing": compressed(zipfile.ZIP_LZMA),
    "another name where it lies": of_bytes(local_name),
    "a wrong sum": of_bytes(wrong_sum),
    "a directory that lies elsewhere": of_bytes(directory_elsewhere),
    "noise before it": of_bytes(lambda data: noise(100_000) + data),
    "noise after it": of_bytes(lambda data: data + noise(100_000)),
    "a second end": of_bytes(lambda data: data + data[data.rfind(b"PK\x05\x06") :]),
    "nothing but an end": of_bytes(lambda data: b"PK\x05\x06" + b"\0" * 18),
    "the file in itself": in_itself,
    "two files in one": of_bytes(lambda data: data + data),
    # relations
    "a sheet that is the workbook": of_workbook(b"worksheets/sheet2.xml", b"workbook.xml"),
    "a sheet out of the archive": of_workbook(b"worksheets/sheet2.xml", b"../../../../../../etc/passwd"),
    "a sheet of this machine": of_workbook(b"worksheets/sheet2.xml", b"file:///etc/passwd"),
    "a sheet nowhere": of_workbook(b"worksheets/sheet2.xml", b"worksheets/sheet77.xml"),
    "two sheets that are one": of_workbook(b"worksheets/sheet2.xml", b"worksheets/sheet3.xml"),
    "no relations": with_part(RELATIONS, f'<Relationships xmlns="{PACKAGE}"/>'.encode()),
    "relations that are none": with_part(RELATIONS, b"<a><b></a>"),
    "a hundred thousand relations": with_part(
        RELATIONS, lambda: f'<Relationships xmlns="{PACKAGE}">{"".join(f"<Relationship Id={chr(34)}r{n}{chr(34)}/>" for n in range(100_000))}</Relationships>'.encode()
    ),
    "relations in a ring": lambda path: [
        related("xl/worksheets/sheet2.xml", ("r1", "worksheet", "sheet3.xml"))(path),
        related("xl/worksheets/sheet3.xml", ("r1", "worksheet", "sheet2.xml"))(path),
    ],
    "types that are none": with_part("[Content_Types].xml", b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
    # encodings and XML
    "a zero in the XML": raw(lambda xml: xml.replace(b"<v>", b"<v>\0", 1)),
    "a sign that XML forbids": value("&#1;", "str"),
    "half a sign": value("\ud800".encode("utf-16-be", "surrogatepass").decode("latin-1"), "str"),
    "bytes that are no UTF-8": raw(lambda xml: xml.replace(b"<v>", b"<v>\xff\xfe", 1)),
    "another alphabet than it says": raw(lambda xml: xml.replace(b"UTF-8", b"ISO-8859-1", 1)),
    "UTF-7": raw(lambda xml: xml.replace(b"UTF-8", b"UTF-7", 1)),
    "UTF-32": raw(lambda xml: xml.decode().encode("utf-32")),
    "an XML of the future": raw(lambda xml: xml.replace(b'version="1.0"', b'version="9.9"', 1)),
    "an attribute twice": in_sheet(b'<row r="999" r="998"><c r="A999"><v>1</v></c></row>'),
    "a hundred thousand attributes": in_sheet(b'<row r="999" ' + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>"),
    "ten thousand spaces of names": after_cells(lambda: "<a " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(10_000)) + "/>"),
    "a tag without end": after_cells(lambda: "<" + "a" * 400_000 + "/>"),
    "tags in tags": after_cells(tags("<a>", "</a>", 900)),
    "tags in tags in a text": with_part(STRINGS, lambda: f'<sst xmlns="{MAIN}"><si>{"<r>" * 900}{"</r>" * 900}</si></sst>'.encode()),
    "sections": with_part(STRINGS, lambda: f'<sst xmlns="{MAIN}"><si><t>{"<![CDATA[x]]>" * 100_000}</t></si></sst>'.encode()),
    "comments": after_cells(lambda: "<!-- x -->" * 100_000),
    "instructions": after_cells(lambda: "<?a b?>" * 100_000),
    "entities by number": with_part(STRINGS, lambda: f'<sst xmlns="{MAIN}"><si><t>{"&#120;" * 60_000}</t></si></sst>'.encode()),
    "a sheet that is a picture": with_part(SHEET, b"\x89PNG\r\n\x1a\n" + noise(1_000)),
    "a sheet of nothing": with_part(SHEET, b""),
    "a sheet of blanks": with_part(SHEET, lambda: b" " * 3_000_000),
    "a sheet that is a stylesheet": with_part(SHEET, HEAD + f'<styleSheet xmlns="{MAIN}"/>'.encode()),
    # cells
    "not a number": value("NaN"),
    "infinity": value("INF"),
    "minus infinity": value("-Infinity"),
    "too large a number": value("1E999"),
    "too small a number": value("1E-999"),
    "a number of a million digits": value("1" * 400_000),
    "digits of another alphabet": value("１２３"),
    "a number with underscores": value("1_000"),
    "a text before the first": value("-1", "s"),
    "half a text": value("1.5", "s"),
    "the text of a large number": value("9" * 300, "s"),
    "a truth that is none": value("maybe", "b"),
    "an error that is none": value("#HORRIBLE!\x1b[2J".replace("\x1b", ""), "e"),
    "a kind that is none": value("1", "zzz"),
    "a date": value("2020-13-45T99:99:99", "d"),
    "a style that is none": in_sheet(b'<row r="999"><c r="A999" s="4294967295"><v>1</v></c></row>'),
    "a style below nothing": in_sheet(b'<row r="999"><c r="A999" s="-1"><v>1</v></c></row>'),
    "a row below nothing": in_sheet(b'<row r="-1"><c><v>1</v></c></row>'),
    "a row of nothing": in_sheet(b'<row r="0"><c r="A0"><v>1</v></c></row>'),
    "a row too far": in_sheet(b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
    "a row of a large number": in_sheet(b'<row r="' + b"9" * 5_000 + b'"><c><v>1</v></c></row>'),
    "a column too far": in_sheet(b'<row r="999"><c r="XFE999"><v>1</v></c></row>'),
    "a cell of a range": in_sheet(b'<row r="999"><c r="A1:B2"><v>1</v></c></row>'),
    "a cell twice": in_sheet(b'<row r="999"><c r="A999"><v>1</v></c><c r="A999"><f>1/0</f><v>2</v></c></row>'),
    "rows backwards": in_sheet(b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(9_000, 1_000, -1))),
    "columns without end": in_sheet(b'<row r="999">' + b"<c><v>1</v></c>" * 20_000 + b"</row>"),
    "rows without a number": in_sheet(b"<row/>" * 1_100_000),
    "a cell in a cell": in_sheet(b'<row r="999"><c r="A999"><c r="B999"><f>1</f></c><v>1</v></c></row>'),
    "a formula in a formula": in_sheet(b'<row r="999"><c r="A999"><f>1+<f>2</f></f><v>1</v></c></row>'),
    "a value in runs": in_sheet(b'<row r="999"><c r="A999" t="inlineStr"><is>' + b"<r><t>x</t></r>" * 50_000 + b"</is></c></row>"),
    "a size of everything": raw(lambda xml: xml.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)),
    "an array of an area that is none": in_sheet(b'<row r="999"><c r="A999"><f t="array" ref="nowhere">1</f><v>1</v></c></row>'),
    "an array from end to beginning": in_sheet(b'<row r="999"><c r="A999"><f t="array" ref="XFD1048576:A1">1</f><v>1</v></c></row>'),
    "a shared formula of an area that is none": in_sheet(b'<row r="999"><c r="A999"><f t="shared" si="0" ref="-1">1</f><v>1</v></c></row>'),
    "a table of data": in_sheet(b'<row r="999"><c r="A999"><f t="dataTable" ref="A1:XFD1048576" dt2D="1" r1="A1" r2="A2"/><v>1</v></c></row>'),
    # much of a thing
    "a thousand sheets": sheets(1_000),
    "thirty thousand sheets": sheets(30_000),
    "two sheets of a name": lambda path: replacing_in(WORKBOOK, b'<sheet name="Inputs"', b'<sheet name="Start"')(path),
    "a sheet of a long name": lambda path: replacing_in(WORKBOOK, b'<sheet name="Inputs"', b'<sheet name="' + b"x" * 90_000 + b'"')(path),
    "a million styles": styles(numbered('<xf numFmtId="%d" fontId="9" fillId="9"/>', 50_000, "<cellXfs>{}</cellXfs>")),
    "fonts": styles(numbered('<font><sz val="%d"/><name val="x%d"/></font>', 14_000, "<fonts>{}</fonts>")),
    "number formats": styles(numbered('<numFmt numFmtId="%d" formatCode="0.0%d"/>', 50_000, "<numFmts>{}</numFmts>")),
    "a number format without end": styles(lambda: f'<numFmts><numFmt numFmtId="200" formatCode="{"0" * 400_000}"/></numFmts>'),
    "a style of itself": styles(lambda: '<cellStyleXfs><xf xfId="0"/></cellStyleXfs><cellXfs><xf xfId="99999" fontId="-1"/></cellXfs>'),
    "merged cells": after_cells(numbered('<mergeCell ref="A%d:XFD%d"/>', 60_000, "<mergeCells>{}</mergeCells>")),
    "links": after_cells(numbered('<hyperlink ref="A%d" location="B%d"/>', 60_000, "<hyperlinks>{}</hyperlinks>")),
    "conditional formats": after_cells(numbered(
        '<conditionalFormatting sqref="A1:XFD1048576"><cfRule type="expression" priority="%d"><formula>SUM(A:XFD)=%d</formula></cfRule></conditionalFormatting>', 20_000
    )),
    "validations": after_cells(numbered(
        '<dataValidation type="list" sqref="A1:XFD1048576"><formula1>A:XFD</formula1></dataValidation>', 20_000, "<dataValidations>{}</dataValidations>"
    )),
    "columns": raw(lambda xml: xml.replace(b"<sheetData>", b"<cols>" + many(b'<col min="1" max="16384" width="%d"/>', 20_000) + b"</cols><sheetData>", 1)),
    "protected ranges": after_cells(numbered('<protectedRange name="r%d" sqref="A1:XFD1048576"/>', 20_000, "<protectedRanges>{}</protectedRanges>")),
    "breaks": after_cells(numbered('<brk id="%d"/>', 60_000, "<rowBreaks>{}</rowBreaks>")),
    "names, each of many areas": lambda path: replacing_in(
        WORKBOOK, b"</definedNames>", f'<definedName name="wb.q">{",".join(["Inputs!$A$1"] * 20_000)}</definedName></definedNames>'.encode()
    )(path),
    "properties": with_part("docProps/custom.xml", lambda: (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        + numbered('<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="p%d"><vt:lpwstr>x</vt:lpwstr></property>', 14_000)()
        + "</Properties>"
    ).encode()),
}  # fmt: skip
