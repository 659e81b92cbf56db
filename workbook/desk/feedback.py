"""What a student gets back: a text, and the own workbook with a sheet in front that says the same, and its cells marked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import count
from pathlib import Path

from workbook.addresses import cell_name
from workbook.book import Book
from workbook.desk.handin import HandIn
from workbook.desk.record import CellRecord, QuestionRecord, Record
from workbook.desk.states import GIVENS, State
from workbook.guard import printable
from workbook.sheet import named
from workbook.text import N_, _
from workbook.worksheet import cleaned

SHEET = N_("Feedback")
LEVEL = 1
"""How hard the archive is packed: a hand-in is unpacked and packed again, and time counts for more than its size."""

_GREEN, _AMBER, _RED, _GREY = "FFD5F0DA", "FFFFE9B8", "FFFBD9D7", "FFE5E7EB"
COLOURS: Mapping[State, str] = {
    State.RIGHT: _GREEN,
    State.FOLLOWS: _GREEN,
    State.TYPED: _AMBER,
    State.ELSEWHERE: _AMBER,
    State.CLOSE: _AMBER,
    State.BLANK: _GREY,
    State.LOST: _GREY,
}
"""The colour of a cell in each state; red in the others. Its sign stands on the sheet in front."""


def lines_of(record: Record, book: Book, name: str) -> list[str]:
    """Return the feedback to somebody's hand-in as lines of text, in the language in force."""
    lines = [
        book.title,
        *([name] if name else []),
        "",
        _("Points: {points} of {all}").format(points=shown(record.points), all=shown(record.of)),
    ]
    if record.changed:
        lines += ["", _(GIVENS)]
    for question in record.questions:
        lines += ["", heading(question, named(book[question.block])), *(f"  {said}" for said in question.said)]
    return [printable(line) for line in lines]


def heading(question: QuestionRecord, what: str) -> str:
    """Return what stands above the feedback to a question."""
    cells = [cell.cell for cell in question.cells if cell.cell]
    where = cells[0] if len(cells) == 1 else f"{cells[0]} … {cells[-1].rpartition('!')[2]}" if cells else question.block
    text = _("Question {number}, {what} ({where}): {points} of {all}")
    points, all_of_it = shown(question.points), shown(question.of)
    return text.format(number=question.number, what=what or question.block, where=where, points=points, all=all_of_it)


def shown(points: float) -> str:
    """Return points with two decimals at most."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def marked(handin: HandIn, record: Record, lines: Sequence[str]) -> bytes:
    """Return the hand-in with its cells coloured and a sheet in front; that sheet alone where the file is an odd one."""
    try:
        return _marked(handin, record, lines)
    except (LookupError, ValueError):
        return _alone(lines)


# ------------------------------------------------------------------------------------------------- the file

_CELL = re.compile(r'<(?P<prefix>\w+:)?c (?P<before>[^>]*?)\br="(?P<at>[A-Z]+\d+)"(?P<after>[^>]*?)(?P<end>/?)>')
_STYLE = re.compile(r'\s*\bs="(\d+)"')
_XFS = re.compile(r"(<cellXfs\b[^>]*?>)(.*?)(</cellXfs>)", re.DOTALL)
_XF = re.compile(r"<xf\b[^>]*?/>|<xf\b[^>]*?>.*?</xf>", re.DOTALL)
_FILLS = re.compile(r"(<fills\b[^>]*?>)(.*?)(</fills>)", re.DOTALL)
_HEAD_OF_SHEET = 4_000
_COUNT = re.compile(r'count="\d+"')


def _marked(handin: HandIn, record: Record, lines: Sequence[str]) -> bytes:
    colours: dict[str, dict[str, str]] = {}
    for cell in _cells(record):
        sheet, _bang, at = cell.cell.rpartition("!")
        colours.setdefault(handin.parts[sheet], {})[at] = COLOURS.get(cell.state, _RED)
    sheets = frozenset(handin.parts.values())
    out = io.BytesIO()
    with (
        zipfile.ZipFile(handin.path) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as to,
    ):
        names = archive.namelist()
        styles = _Styles(archive.read(_named(names, "xl/styles.xml")).decode())
        for name in names:
            key = name.lower()
            if key == "xl/styles.xml":
                continue
            data = archive.read(name)
            if name in sheets:
                data = data[:_HEAD_OF_SHEET].replace(b' tabSelected="1"', b"") + data[_HEAD_OF_SHEET:]
            if name in colours:
                data = _coloured(data.decode(), colours[name], styles).encode()
            elif key == "xl/workbook.xml":
                data = _with_sheet(data.decode(), [*handin.parts]).encode()
            elif key == "xl/_rels/workbook.xml.rels":
                data = _before(
                    data.decode(), "</Relationships>", _RELATION.format(target="worksheets/feedback.xml")
                ).encode()
            elif key == "[content_types].xml":
                data = _before(data.decode(), "</Types>", _TYPE.format(part="/xl/worksheets/feedback.xml")).encode()
            to.writestr(name, data)
        to.writestr("xl/styles.xml", styles.text())
        to.writestr("xl/worksheets/feedback.xml", _sheet(lines))
    return out.getvalue()


def _cells(record: Record) -> Iterator[CellRecord]:
    for question in record.questions:
        yield from (cell for cell in question.cells if cell.cell)


class _Styles:
    """The table of styles, to which coloured ones are added."""

    def __init__(self, text: str) -> None:
        self._text = text
        fills, xfs = _FILLS.search(text), _XFS.search(text)
        if fills is None or xfs is None:
            raise ValueError("the styles are not as they usually are")
        self._styles = _XF.findall(xfs[2])
        self._fills = len(re.findall(r"<fill\b", fills[2]))
        self._new_fills: dict[str, int] = {}
        self._new_styles: dict[tuple[int, str], int] = {}

    def coloured(self, style: int, colour: str) -> int:
        """Return the number of the style that is another one in a colour."""
        self._new_fills.setdefault(colour, self._fills + len(self._new_fills))
        return self._new_styles.setdefault((style, colour), len(self._styles) + len(self._new_styles))

    def text(self) -> str:
        """Return the table with what was added."""
        fills = "".join(
            f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'
            for colour in self._new_fills
        )
        xfs = "".join(self._filled(self._styles[style], colour) for style, colour in self._new_styles)
        text = _FILLS.sub(lambda m: _grown(m, fills, self._fills + len(self._new_fills)), self._text, count=1)
        return _XFS.sub(lambda m: _grown(m, xfs, len(self._styles) + len(self._new_styles)), text, count=1)

    def _filled(self, xf: str, colour: str) -> str:
        number = self._new_fills[colour]
        xf = re.sub(r'\s(?:fillId|applyFill)="\w+"', "", xf, count=2)
        return xf.replace("<xf", f'<xf fillId="{number}" applyFill="1"', 1)


def _grown(match: re.Match[str], added: str, count: int) -> str:
    return _COUNT.sub(f'count="{count}"', match[1]) + match[2] + added + match[3]


def _coloured(text: str, colours: Mapping[str, str], styles: _Styles) -> str:
    def put(match: re.Match[str]) -> str:
        colour = colours.get(match["at"])
        if colour is None:
            return match[0]
        rest = f"{match['before']}{match['after']}"
        old = _STYLE.search(rest)
        style = styles.coloured(int(old[1]) if old else 0, colour)
        return f'<{match["prefix"] or ""}c r="{match["at"]}" s="{style}"{_spaced(_STYLE.sub("", rest))}{match["end"]}>'

    return _CELL.sub(put, text)


def _spaced(attributes: str) -> str:
    return f" {attributes.strip()}" if attributes.strip() else ""


def _with_sheet(text: str, taken: Sequence[str]) -> str:
    """Put a sheet before the others, and in front."""
    name = next(name for n in count(1) if (name := f"{_(SHEET)}{n if n > 1 else ''}") not in taken)
    ids = [int(id) for id in re.findall(r'sheetId="(\d+)"', text)]
    entry = f'<sheet xmlns:r="{_OFFICE}" name="{escape(name)}" sheetId="{max(ids) + 1}" r:id="rIdFeedback"/>'
    if "<sheets>" not in text:
        raise ValueError("the list of sheets is not as it usually is")
    text = re.sub(r'localSheetId="(\d+)"', lambda match: f'localSheetId="{int(match[1]) + 1}"', text)
    text = re.sub(r'\s(?:activeTab|firstSheet)="\d+"', "", text)
    return text.replace("<sheets>", f"<sheets>{entry}", 1)


def _before(text: str, end: str, added: str) -> str:
    if end not in text:
        raise ValueError("a part is not as it usually is")
    return text.replace(end, added + end, 1)


def _named(names: Sequence[str], wanted: str) -> str:
    found = next((name for name in names if name.lower() == wanted), None)
    if found is None:
        raise ValueError(f"there is no {wanted}")
    return found


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATION = f'<Relationship Id="rIdFeedback" Type="{_OFFICE}/worksheet" Target="{{target}}"/>'
_TYPE = '<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'


_LOOKS = {"✓": '<color rgb="FF1E6B2B"/>', "✗": '<color rgb="FFA61C1C"/>', "≈": '<color rgb="FF8A5A00"/>'}
"""The colour of a line by its sign."""

_TALL = ' ht="26" customHeight="1"'


def _look(line: str, number: int) -> str:
    """Return how a line is written: the title large, what is not indented bold, what is said in the colour of its sign."""
    if number == 1:
        return '<b/><sz val="16"/><color rgb="FF163A5F"/>'
    if not line.startswith(" "):
        return '<b/><sz val="11"/>'
    return '<sz val="11"/>' + next((colour for sign, colour in _LOOKS.items() if sign in line), "")


def _sheet(lines: Sequence[str]) -> str:
    rows = "".join(
        f'<row r="{n}"{_TALL if n == 1 else ""}><c r="{cell_name(n - 1, 0)}" t="inlineStr"><is><r>'
        f'<rPr><rFont val="Calibri"/>{_look(line, n)}</rPr>'
        f'<t xml:space="preserve">{escape(cleaned(line))}</t></r></is></c></row>'
        for n, line in enumerate(lines, 1)
        if line
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        f'<cols><col min="1" max="1" width="100" customWidth="1"/></cols><sheetData>{rows}</sheetData></worksheet>'
    )


def _alone(lines: Sequence[str]) -> bytes:
    """Return a workbook of nothing but the feedback."""
    out = io.BytesIO()
    sheet_type = _TYPE.format(part="/xl/worksheets/feedback.xml")
    book_type = sheet_type.replace("worksheets/feedback", "workbook").replace("worksheet+xml", "sheet.main+xml")
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/>{book_type}{sheet_type}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{escape(_(SHEET))}" '
        'sheetId="1" r:id="rIdFeedback"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{_RELATION.format(target='worksheets/feedback.xml')}</Relationships>",
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, _HEAD + text)
        archive.writestr("xl/worksheets/feedback.xml", _sheet(lines))
    return out.getvalue()


def write_text(path: Path, lines: Sequence[str]) -> None:
    """Write the feedback as a text."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
