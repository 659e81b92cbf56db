"""Writes a book as an .xlsx file. The only module that knows XlsxWriter."""

from __future__ import annotations

import io
import tempfile
from datetime import datetime
from pathlib import Path
from traceback import clear_frames
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format

from workbook import __version__
from workbook.block import Between, Block, OneOf, Role
from workbook.book import Book
from workbook.draw import absolute, insert_chart
from workbook.files import write_whole
from workbook.fit import column_widths, heading_lines, row_heights, spans_of
from workbook.looks import CORE_LOOK, Looks, shade, show_whole
from workbook.pages import TITLE_HEIGHT, pages_of
from workbook.palette import LESSONS, TAB_COLOURS
from workbook.sheet import Label, Sheet, Style
from workbook.signature import (
    COMMAND_PROPERTY,
    LANGUAGE_PROPERTY,
    LICENCE_PROPERTY,
    LONGEST_PROPERTY,
    NAME_PREFIX,
    SCENARIO_PROPERTY,
    VERSION_PROPERTY,
    Built,
    blocks_told,
)
from workbook.text import _, is_wide, language, utf16_length
from workbook.view import Seen, View
from workbook.worksheet import BlockWorkbook, BlockWorksheet, cleaned

PROGRAM = "neural-workbook"
CREATED = datetime(2024, 1, 1)
"""A fixed date, so that two builds are byte-identical."""


def write(book: Book, path: Path) -> None:
    """Write a book; the old file stays until the new one is whole.

    Raises
    ------
    OSError
        If the folder cannot be written to or the disk is full; the old file is then untouched.
    """
    write_whole(path, packed(book))


def packed(book: Book, view: View | None = None) -> bytes:
    """Return a book as the bytes of an .xlsx file, for somebody who sees all of it or as a view says.

    Raises
    ------
    OSError
        If the disk that holds temporary files is full.
    """
    # In a folder of its own, so that an interruption leaves nothing; in memory, since a half-written file on a full
    # disk would make the library complain a second time when it is collected.
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder, language(book.language):
        buffer = io.BytesIO()
        file = BlockWorkbook(buffer, {"tmpdir": folder})
        try:
            _fill(file, book, view or View({}))
            file.close()
        except (OSError, FileCreateError) as error:
            cause = error.args[0] if isinstance(error, FileCreateError) else error
            # lets go of the half-written archive while the buffer that it writes its end to is still open
            clear_frames(cause.__traceback__)
            raise cause from None
        return buffer.getvalue()


def _fill(file: xlsxwriter.Workbook, book: Book, view: View) -> None:
    looks = Looks(file, cjk=book.language == "zh")
    words = {"title": book.title, "subject": book.name, "comments": book.summary, "author": f"{PROGRAM} {__version__}"}
    file.set_properties({**{name: cleaned(text) for name, text in words.items()}, "created": CREATED})
    built = [_built(block, view.blocks.get(block.id)) for block in book.blocks()]
    for name, text in {**(view.properties or _about(book)), **blocks_told(built)}.items():
        file.set_custom_property(name, text)
    file.set_calc_mode("auto")
    for sheet in book.sheets:
        page = file.add_worksheet(sheet.name, BlockWorksheet)
        _write_sheet(sheet, page, looks, view)
    for block in book.blocks():
        file.define_name(NAME_PREFIX + block.id, f"={absolute(block.whole())}")


def _about(book: Book) -> dict[str, str]:
    """Return the document properties that say what the file is, and how to make it again."""
    about = {SCENARIO_PROPERTY: book.name, LANGUAGE_PROPERTY: book.language, VERSION_PROPERTY: __version__}
    if book.licence:
        about[LICENCE_PROPERTY] = book.licence
    if book.recipe is not None:
        about[COMMAND_PROPERTY] = command_of(book)
        about |= book.recipe.told()
    return about


def _built(block: Block, seen: Seen | None) -> Built:
    """Return what the file remembers of a block."""
    place = block.place
    whole = seen is None or not (seen.open or seen.withheld)
    return Built(block.id, place.sheet, place.rows, place.columns, whole and bool(block.patterns))


def _write_sheet(sheet: Sheet, page: BlockWorksheet, looks: Looks, view: View) -> None:
    page.hide_gridlines(2)
    widths = column_widths(sheet)
    for column, width in widths.items():
        page.set_column(column, column, width)
    spans = spans_of(sheet, widths)
    heights = row_heights(sheet, widths, spans)
    page.set_row(0, TITLE_HEIGHT)
    for row, height in heights.items():
        page.set_row(row, height)
    for label in sheet.labels:
        words = view.label(cleaned(label.text))
        if label.style in (Style.COLUMN, Style.HEAD) and is_wide(
            words
        ):  # a program breaks Chinese in the middle of a word
            words = "\n".join(heading_lines(label, words, widths))
        _write_label(page, label, words, looks.label(label, wraps=(label.row, label.column) in sheet.running))
    for block in sheet.blocks:
        look, seen = (
            looks.block(block, sheet.looks.get(block.id), core=sheet.kind in CORE_LOOK),
            view.blocks.get(block.id),
        )
        is_asked = seen is not None and bool(seen.open)
        page.add_block(block, look, seen, looks.asked(block) if is_asked else None)
        _validate(page, block)
        if seen is not None and is_asked:
            _prompt(page, block, seen)
        shade(page, block, looks)
        if sheet.kind in LESSONS:
            show_whole(page, block, looks)
    for (row, column), span in spans.items():
        page.merge_cells(row, column, span.columns)
    for placed in sheet.charts:
        insert_chart(looks.file, page, placed, widths, heights, remembers=not view.blocks)
    page.freeze_panes(*sheet.freeze)
    page.protect(
        "", {"format_cells": True, "format_columns": True, "format_rows": True, "objects": True, "scenarios": True}
    )
    page.set_paper(9)
    pages = pages_of(sheet, widths, heights)
    if pages.landscape:
        page.set_landscape()
    page.fit_to_pages(1, 1 if sheet.one_page else 0)
    page.print_area(0, 0, pages.last_row, pages.last_column)
    page.set_h_pagebreaks(pages.breaks)
    page.set_margins(0.5, 0.5, 0.6, 0.6)
    page.set_footer("&L&A&R&P / &N")
    page.repeat_rows(*pages.repeated)
    page.set_tab_color(TAB_COLOURS[sheet.kind])
    if sheet.hidden:
        page.hide()


def _write_label(page: BlockWorksheet, label: Label, text: str, look: Format) -> None:
    if label.number is not None:
        page.write_number(label.row, label.column, label.number, look)
    elif label.target is not None:
        page.write_url(label.row, label.column, f"internal:{label.target}", look, text)
    elif label.blank:
        page.write_blank(label.row, label.column, None, look)
    elif text:
        page.write_string(label.row, label.column, text, look)


def command_of(book: Book) -> str:
    """Return how a book is built, as its file says it."""
    options = book.recipe.options(book.language) if book.recipe is not None else []
    return _cut(cleaned(" ".join(["workbook build", book.name, *options])), LONGEST_PROPERTY)


def _cut(text: str, units: int) -> str:
    """Cut a text to a length in UTF-16 units; the library drops a longer one whole."""
    while utf16_length(text) > units:
        text = text[:-1]
    return text


def _prompt(page: BlockWorksheet, block: Block, seen: Seen) -> None:
    """Say at an open cell what it is for."""
    title, message = seen.prompt
    row, column, *_last = page.cells_of(block)
    rows, columns = zip(*seen.open, strict=True)
    cells = row + min(rows), column + min(columns), row + max(rows), column + max(columns)
    rule = {"validate": "any", "input_title": _cut(cleaned(title), 32), "input_message": _cut(cleaned(message), 255)}
    page.data_validation(*cells, rule)


def _validate(page: BlockWorksheet, block: Block) -> None:
    if block.role is not Role.GIVEN or block.valid is None:
        return
    valid = block.valid
    if isinstance(valid, OneOf):
        options = [str(option) for option in valid.options]
        rule: dict[str, Any] = {"validate": "list", "source": options}
        message = _("Choose one of: {options}").format(options=", ".join(options))
    elif isinstance(valid, Between):
        rule = {
            "validate": "integer" if valid.whole else "decimal",
            "criteria": "between",
            "minimum": valid.low,
            "maximum": valid.high,
        }
        kind = _("a whole number") if valid.whole else _("a number")
        message = _("Type {kind} from {low} to {high}.").format(kind=kind, low=f"{valid.low:g}", high=f"{valid.high:g}")
    rule.update(
        {
            "input_title": _cut(cleaned(block.symbol or block.title), 32),
            "input_message": _cut(message, 255),
            "error_title": _cut(_("Not possible here"), 32),
            "error_message": _cut(message, 255),
        }
    )
    page.data_validation(*page.cells_of(block), rule)
