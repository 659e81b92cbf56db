"""Files from outside are hostile until shown otherwise.

`guard` reads an .xlsx file as bytes, part by part in a fixed amount of memory, before any library builds objects
from it. What it refuses, it refuses in one line.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

MEGABYTE = 1 << 20
WINDOWS = os.name == "nt"
"""Where a program that shows a file keeps others from it."""
LARGEST_FILE = 100 * MEGABYTE
LARGEST_UNPACKED = 256 * MEGABYTE
LARGEST_PART = 8 * MEGABYTE  # of those that are no sheet
LARGEST_TEXTS = 32 * MEGABYTE
LARGEST_RATIO = 200  # repetitive sheets reach 30
MOST_PARTS = 2_000
MOST_SHEETS = 500
MOST_CELLS = 1_200_000
MOST_TAGS = {"sheet": 12_000_000, "texts": 2_000_000, "part": 300_000, "frame": 60_000}
DEEPEST = 1_000
LONGEST_TAG = 1 << 19  # or text between tags: a parser that is fed in pieces begins each anew
LONGEST_HEAD = 4 * MEGABYTE  # of a sheet, before its cells
CHUNK = 1 << 18
OVERLAP = 32

_DIRECTORY_END = b"PK\x05\x06"
_DIRECTORY_END_64 = b"PK\x06\x07"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHEET_LISTED = re.compile(rb"<(?:\w+:)?sheet[\s/>]")
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_ODD = re.compile(rb"<!--|<\?(?!xml\s)")
_FRAME = re.compile(r"^(?:xl/(?:workbook|styles)|docprops/\w+|\[content_types\])\.xml$|\.rels$", re.IGNORECASE)
_XML_STARTS = (b"<", b"\xff\xfe", b"\xfe\xff", b"\0<", b"\x4c\x6f\xa7\x94")  # the last is EBCDIC
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


class FileError(Exception):
    """A file that cannot be read; one line: which file, what is wrong, and how to mend it."""


@dataclass(frozen=True)
class _Part:
    """A part of the file, as its directory declares it."""

    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return self.info.filename

    @property
    def is_xml(self) -> bool:
        return self.name.lower().endswith((".xml", ".rels", ".vml"))

    @property
    def kind(self) -> str:
        if _SHEET.fullmatch(self.name):
            return "sheet"
        if self.name.lower() == "xl/sharedstrings.xml":
            return "texts"
        return "frame" if _FRAME.search(self.name) else "part"

    @property
    def limit(self) -> int:
        if not self.is_xml:
            return LARGEST_TEXTS
        return {"sheet": LARGEST_UNPACKED, "texts": LARGEST_TEXTS}.get(self.kind, LARGEST_PART)


def guard(path: Path | str) -> None:
    """Refuse a file that is no sound and harmless .xlsx workbook of a moderate size.

    Raises
    ------
    FileError
        Saying in one line what is wrong and how to mend it.
    """
    path = Path(path)
    with open_file(path) as file:
        _check_kind(path, file)
        _check_directory(path, file)
        try:
            with zipfile.ZipFile(file) as archive:
                parts = [_Part(info) for info in archive.infolist()]
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, UnicodeError) as error:
            raise FileError(f"{path}: the file is damaged (its directory cannot be read); get it again") from error
        _check_parts(path, parts)
        _check_contents(path, file, parts)


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading.

    Raises
    ------
    FileError
        If it is missing, a folder, a device, or may not be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise FileError(f"{path}: this is a folder; name a file in it")
        if not stat.S_ISREG(mode):
            raise FileError(f"{path}: this is a device or a pipe; name an ordinary file")
        return path.open("rb")
    except FileNotFoundError:
        raise FileError(f"{path}: there is no such file; check its name and folder") from None
    except PermissionError:
        mend = "close it in Excel" if WINDOWS else "change its permissions or copy it"
        raise FileError(f"{path}: you may not read this file; {mend}") from None
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a possible name"
        raise FileError(f"{path!s}: the file cannot be opened ({reason}); check its name") from None


def _check_kind(path: Path, file: BinaryIO) -> None:
    start = file.read(8)
    size = file.seek(0, io.SEEK_END)
    if not start:
        raise FileError(f"{path}: the file is empty; get or build it again")
    if start == OLE:
        file.seek(0)
        if is_encrypted(file.read(4 * MEGABYTE)):
            raise FileError(f"{path}: the file has a password; open it in a spreadsheet and save it without one")
        raise FileError(f"{path}: this is an old .xls file; open it in a spreadsheet and save it as .xlsx")
    if not start.startswith(b"PK"):
        raise FileError(f"{path}: this is not an .xlsx file; open it in a spreadsheet and save it as .xlsx")
    if size > LARGEST_FILE:
        raise FileError(f"{path}: the file has {size // MEGABYTE} MB; at most {LARGEST_FILE // MEGABYTE} can be read")


def is_encrypted(start: bytes) -> bool:
    """Tell from the start of a file of the old kind whether it wraps one that has a password."""
    return "EncryptedPackage".encode("utf-16-le") in start


def _check_directory(path: Path, file: BinaryIO) -> None:
    """Look at the end of the directory before anything reads all of it."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(_DIRECTORY_END)
    if at < 0 or len(tail) < at + 22:
        raise FileError(f"{path}: the file is damaged (its end is missing); get it again")
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    if entries > MOST_PARTS or length > 2 * MEGABYTE or tail[max(0, at - 20) : at].startswith(_DIRECTORY_END_64):
        raise FileError(f"{path}: the file is packed like no workbook (more than {MOST_PARTS} parts); it is not opened")


def _check_parts(path: Path, parts: list[_Part]) -> None:
    names = [part.name.lower() for part in parts]
    if len(set(names)) < len(names):
        raise FileError(f"{path}: the file holds a part twice; open it in a spreadsheet and save it again")
    if sum(part.info.file_size for part in parts) > LARGEST_UNPACKED:
        raise FileError(f"{path}: the file unpacks to more than {LARGEST_UNPACKED // MEGABYTE} MB; it is not opened")
    for part in parts:
        info = part.info
        if info.flag_bits & 1:
            raise FileError(f"{path}: the file has a password; save it without one")
        if info.file_size > MEGABYTE and info.file_size > LARGEST_RATIO * max(1, info.compress_size):
            raise FileError(
                f"{path}: {_shown(part)} unpacks to {info.file_size // MEGABYTE} MB of air; it is not opened"
            )
        if info.file_size > part.limit:
            raise FileError(f"{path}: {_shown(part)} is larger than {part.limit // MEGABYTE} MB; it is not opened")
        if part.name.lower().startswith("xl/externallinks/"):
            raise FileError(f"{path}: the file reads from other files; break its links and save it again")
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileError(f"{path}: this is not an .xlsx workbook; open it in a spreadsheet and save it as .xlsx")
    if "xl/workbook.bin" in names:
        raise FileError(f"{path}: this is a binary workbook; open it in a spreadsheet and save it as .xlsx")
    if not any(part.kind == "sheet" for part in parts):
        raise FileError(f"{path}: the workbook has no sheet; get or build it again")


def _check_contents(path: Path, file: BinaryIO, parts: list[_Part]) -> None:
    cells = formulas = 0
    for part in parts:
        scan = _Scan(path, part)
        for chunk in _unpacked(path, file, part):
            scan.take(chunk)
            if cells + scan.cells > MOST_CELLS or formulas + scan.formulas > MOST_CELLS:
                raise FileError(f"{path}: the workbook has more than {MOST_CELLS:,} cells; at most so many can be read")
        cells += scan.cells
        formulas += scan.formulas
        if part.name.lower().endswith(".rels"):
            _check_relations(path, part, b"".join(_unpacked(path, file, part)))


class _Scan:
    """Looks through a part's bytes as they are unpacked, and keeps none of them but counts."""

    def __init__(self, path: Path, part: _Part) -> None:
        self.path, self.part = path, part
        self.cells = self.formulas = self.sheets = self.tags = self.depth = self.seen = 0
        self._tail = b""
        self._since_tag = 0
        self._is_odd = False
        self._in_head = part.kind == "sheet"
        self._is_xml = part.is_xml

    def take(self, chunk: bytes) -> None:
        if self.seen == 0:
            self._is_xml = self._is_xml or looks_like_xml(chunk)
            self._check_start(chunk)
        self.seen += len(chunk)
        if not self._is_xml:
            return
        # what straddles two chunks lies in the tail; what lies wholly in the tail has been counted
        text = self._tail + chunk
        if _DTD.search(text):
            raise FileError(f"{self.path}: {_shown(self.part)} defines entities, as no workbook does; not opened")
        self._count(text)
        self._tail = text[-OVERLAP:]

    def _check_start(self, chunk: bytes) -> None:
        if chunk.startswith((b"PK\x03\x04", OLE)):
            raise FileError(f"{self.path}: {_shown(self.part)} is a file within the file; remove it")
        if not self._is_xml:
            return
        declared = _DECLARED.match(chunk[:300].removeprefix(b"\xef\xbb\xbf"))
        encoding = declared[1].lower() if declared else b"utf-8"
        wide = b"\0" in chunk[:100] or chunk.startswith((b"\xff\xfe", b"\xfe\xff"))
        if wide or encoding not in (b"utf-8", b"us-ascii"):
            raise FileError(f"{self.path}: {_shown(self.part)} is not in UTF-8; open it in a spreadsheet and save it")

    def _count(self, text: bytes) -> None:
        new = text[len(self._tail) :]
        opened = new.count(b"<")
        self.tags += opened
        self._check_length(text, new)
        self.depth += opened - 2 * new.count(b"</") - new.count(b"/>")
        if self.tags > MOST_TAGS[self.part.kind] or self.depth > DEEPEST:
            raise FileError(f"{self.path}: {_shown(self.part)} holds more than a workbook can; it is not opened")
        if self.part.kind == "frame":
            self.sheets += len(_SHEET_LISTED.findall(text)) - len(_SHEET_LISTED.findall(self._tail))
            if self.sheets > MOST_SHEETS:
                raise FileError(f"{self.path}: the workbook has more than {MOST_SHEETS} sheets; split it")
        if self.part.kind != "sheet":
            return
        if self._in_head:
            self._in_head = b"sheetData" not in text
            if self._in_head and self.seen > LONGEST_HEAD:
                raise FileError(f"{self.path}: {_shown(self.part)} holds more than a sheet can; it is not opened")
        self.cells += self._begun(text, b"c")
        self.formulas += self._begun(text, b"f")

    def _begun(self, text: bytes, letter: bytes) -> int:
        """Return how many tags begin with a letter: the few others among them do no harm, and to count is fast."""
        return sum(text.count(start) - self._tail.count(start) for start in (b"<" + letter, b":" + letter))

    def _check_length(self, text: bytes, new: bytes) -> None:
        """Refuse a tag, text or comment without end."""
        first = new.find(b"<")
        self._since_tag += len(new) if first < 0 else first
        self._is_odd = self._is_odd or _ODD.search(text) is not None
        if self._since_tag > LONGEST_TAG or (self._is_odd and self.seen > MEGABYTE):
            raise FileError(f"{self.path}: {_shown(self.part)} holds a text without end; it is not opened")
        if first >= 0:
            self._since_tag = len(new) - new.rfind(b"<")


def looks_like_xml(start: bytes) -> bool:
    """Whether a part is XML by its first bytes: what it is called binds nobody who reads it."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_XML_STARTS)


def _unpacked(path: Path, file: BinaryIO, part: _Part) -> Iterator[bytes]:
    """Yield a part's bytes; what is not exactly as its directory declares it is damaged.

    Unlike the library this follows the packed data to their end, as other readers of the file may do.
    """
    info = part.info
    damaged = FileError(f"{path}: the file is damaged ({_shown(part)} cannot be unpacked); get it again")
    if info.header_offset < 0:
        raise damaged
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise damaged
    length, extra = struct.unpack_from("<HH", header, 26)
    if file.read(length).decode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace") != info.orig_filename:
        raise damaged  # one reader would take the one name, another the other
    file.seek(extra, io.SEEK_CUR)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileError(f"{path}: {_shown(part)} is packed unusually; open it in a spreadsheet and save it")
    inflate = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    size = crc = 0
    left = info.compress_size
    try:
        while left:
            packed = file.read(min(left, CHUNK))
            if not packed:
                raise damaged
            left -= len(packed)
            while packed:
                chunk = inflate.decompress(packed, CHUNK) if inflate else packed
                packed = inflate.unconsumed_tail if inflate else b""
                size += len(chunk)
                crc = zlib.crc32(chunk, crc)
                if size > info.file_size or (inflate and inflate.unused_data):
                    raise damaged
                if chunk:
                    yield chunk
    except zlib.error:
        raise damaged from None
    if size != info.file_size or crc != info.CRC or (inflate and not inflate.eof):
        raise damaged


def _check_relations(path: Path, part: _Part, text: bytes) -> None:
    """Refuse what is fetched from elsewhere; a link that a reader may click is none of that."""

    def start(name: str, attributes: dict[str, str]) -> None:
        outside = attributes.get("TargetMode", "").lower() == "external"
        if outside and not attributes.get("Type", "").endswith("/hyperlink"):
            raise FileError(f"{path}: the file reads from other files ({_shown(part)}); break its links and save it")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        raise FileError(f"{path}: the file is damaged ({_shown(part)} is not XML); get it again") from None


def _shown(part: _Part) -> str:
    return shown_name(part.name)


def shown_name(name: str) -> str:
    """Return a part's or a sheet's name as it may be printed: a hostile one can hold anything."""
    name = printable(name)
    return name if len(name) <= 60 else name[:57] + "…"


def printable(text: str) -> str:
    """Return a text in one line, with every sign escaped that a terminal would obey rather than show.

    So are those that turn the direction of writing, or are not seen: a name could pass for another.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _is_shown(char) else _escaped(char) for char in text)


def _is_shown(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 65_536 else f"\\U{ord(char):08x}"
