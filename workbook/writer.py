"""Writes a book as an .xlsx file; with `workbook.worksheet` all that knows XlsxWriter."""

from __future__ import annotations

import io
import re
import tempfile
from datetime import datetime
from pathlib import Path
from traceback import clear_frames
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format

from workbook.block import HIDDEN, Between, Block, OneOf, Role, Shading
from workbook.book import Book
from workbook.chart import Mark
from workbook.files import replacing
from workbook.fit import chart_pixels, column_widths, row_heights
from workbook.formula import Direction, Ref, column_letters
from workbook.pages import TITLE_HEIGHT, pages_of
from workbook.sheet import FAILS, HOLDS, Label, PlacedChart, Sheet, Style, value_of
from workbook.signature import LANGUAGE_PROPERTY, NAME_PREFIX, SCENARIO_PROPERTY, Built, blocks_told
from workbook.text import _, language, utf16_length
from workbook.worksheet import BlockWorkbook, BlockWorksheet, cleaned

CREATED = datetime(2024, 1, 1)
"""A fixed date, so that two builds are byte-identical."""

FONT = "Calibri"
INK, SOFT_INK, LINE = "#1F2937", "#4B5563", "#C9CED6"
ROLE_FILL = {
    Role.GIVEN: "#FFF2CC",
    Role.RECORDED: "#ECEFF3",
    Role.DERIVED: "#FFFFFF",
    Role.GRADIENT: "#F1E8FA",
    Role.UPDATED: "#E2F3E4",
    Role.CHECK: "#E3F1FB",
}
ROLE_INK = {
    Role.GIVEN: "#7A4B00",
    Role.RECORDED: "#374151",
    Role.DERIVED: "#1F2937",
    Role.GRADIENT: "#5B21B6",
    Role.UPDATED: "#166534",
    Role.CHECK: "#0B4A75",
}
LABEL_LOOK: dict[Style, dict[str, Any]] = {
    Style.TITLE: {"bold": True, "font_size": 18, "font_color": "#123B5D"},
    Style.STEP: {"bold": True, "font_size": 13, "font_color": "#123B5D", "bottom": 2, "bottom_color": "#2E75B6"},
    Style.PROSE: {},
    Style.MATH: {"font_name": "Cambria Math", "font_size": 12, "font_color": "#123B5D"},
    Style.REMARK: {"italic": True, "font_color": SOFT_INK},
    Style.BLOCK: {"bold": True},
    Style.COLUMN: {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#DCE6F1"},
    Style.COLUMN_MATH: {"font_name": "Cambria Math", "font_size": 10, "align": "center", "font_color": "#123B5D"},
    Style.ROW: {"align": "right", "bold": True},
    Style.LABEL: {"bold": True},
    Style.UNIT: {"font_color": SOFT_INK, "indent": 1},
    Style.LINK: {"font_color": "#0B5394", "underline": 1},
    Style.SUBLINK: {"font_color": "#0B5394", "underline": 1, "indent": 2},
    Style.ARROW: {"align": "center", "font_color": "#2E75B6", "bold": True},
}
PALETTE = ("#1F6FB2", "#D1711B", "#3A8F4A", "#7A3EA8", "#B3261E", "#0F8B8D", "#8A6D00", "#555B66")

_REFERENCE = re.compile(r"!(?=\$?[A-Z]+\$?\d)")


class _Looks:
    """The cell formats of a file, each made once."""

    def __init__(self, file: xlsxwriter.Workbook, cjk: bool) -> None:
        self.file = file
        self.font = "Microsoft YaHei" if cjk else FONT
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._of_labels: dict[tuple[Style, Role | None, str | None], Format] = {}

    def get(self, **properties: Any) -> Format:
        """Return the format with these of XlsxWriter's properties, over the book's font and ink."""
        properties = {"font_name": self.font, "font_size": 11, "font_color": INK, "valign": "vcenter", **properties}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            look = self.file.add_format(properties)
            look._get_xf_index()
            self._made[key] = look
        return self._made[key]

    def label(self, label: Label) -> Format:
        """Return the format of a label's cell."""
        key = label.style, label.role, None if label.number is None else label.text
        if key not in self._of_labels:
            self._of_labels[key] = self._of_label(label)
        return self._of_labels[key]

    def _of_label(self, label: Label) -> Format:
        properties = dict(LABEL_LOOK[label.style])
        if label.role is not None:
            properties["font_color"] = ROLE_INK[label.role]
            if label.style in (Style.LABEL, Style.BLOCK, Style.COLUMN):
                properties["bg_color"] = ROLE_FILL[label.role] if label.role is not Role.DERIVED else "#EEF3F9"
        if label.number is not None:
            quoted = cleaned(label.text).replace('"', '"\\""')  # a quote cannot stand within the quotes of a format
            properties["num_format"] = f'"{quoted}"0' if label.text else "0"
        return self.get(**properties)

    def block(self, block: Block) -> Format:
        """Return the format of a block's cells."""
        properties: dict[str, Any] = {
            "num_format": block.number_format,
            "bg_color": ROLE_FILL[block.role],
            "font_color": ROLE_INK[block.role],
            "border": 1,
            "border_color": LINE,
        }
        if block.is_text:
            properties["align"] = "left" if block.value.ndim == 0 else "center"
        if block.role is Role.DERIVED and block.is_text and block.value.ndim == 0:
            properties.update({"bg_color": "#F7FAFD", "border": 0})
        if block.role is Role.GIVEN:
            properties["locked"] = False
        if block.shading is Shading.PIXELS:
            properties["align"] = "center"
        return self.get(**properties)


def write(book: Book, path: Path) -> None:
    """Write a book; the old file stays until the new one is whole.

    Raises
    ------
    OSError
        If the folder cannot be written to or the disk is full; the old file is then untouched.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(packed(book))


def packed(book: Book) -> bytes:
    """Return a book as the bytes of an .xlsx file.

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
            _fill(file, book)
            file.close()
        except (OSError, FileCreateError) as error:
            cause = error.args[0] if isinstance(error, FileCreateError) else error
            # lets go of the half-written archive while the buffer that it writes its end to is still open
            clear_frames(cause.__traceback__)
            raise cause from None
        return buffer.getvalue()


def _fill(file: xlsxwriter.Workbook, book: Book) -> None:
    looks = _Looks(file, cjk=book.language == "zh")
    file.set_properties(
        {"title": cleaned(book.title), "subject": book.name, "comments": cleaned(book.summary), "created": CREATED}
    )
    file.set_custom_property(SCENARIO_PROPERTY, book.name)
    file.set_custom_property(LANGUAGE_PROPERTY, book.language)
    recipe = book.recipe.told() if book.recipe is not None else {}
    for name, text in {**recipe, **blocks_told(map(_built, book.blocks()))}.items():
        file.set_custom_property(name, text)
    file.set_calc_mode("auto")
    for sheet in book.sheets:
        page = file.add_worksheet(sheet.name, BlockWorksheet)
        _write_sheet(sheet, page, looks)
    for block in book.blocks():
        file.define_name(NAME_PREFIX + block.id, f"={_absolute(block.whole())}")


def _built(block: Block) -> Built:
    """Return what the file remembers of a block."""
    place = block.place
    return Built(block.id, place.sheet, place.rows, place.columns, bool(block.patterns))


def _absolute(ref: Ref) -> str:
    """Return an absolute reference with its sheet, as names and charts take it."""
    place = ref.block.place
    spans = {Direction.DOWN: range(1), Direction.RIGHT: range(1)}
    for direction, key, size in zip(ref.block.directions, ref.keys, ref.block.shape, strict=True):
        if isinstance(key, slice):
            spans[direction] = range(*key.indices(size))
        elif isinstance(key, int):
            spans[direction] = range(key, key + 1)
    down, right = spans[Direction.DOWN], spans[Direction.RIGHT]
    first = f"${column_letters(place.column + right[0])}${place.row + down[0] + 1}"
    last = f"${column_letters(place.column + right[-1])}${place.row + down[-1] + 1}"
    return f"{place.sheet}!{first}" if first == last else f"{place.sheet}!{first}:{last}"


def _write_sheet(sheet: Sheet, page: BlockWorksheet, looks: _Looks) -> None:
    page.hide_gridlines(2)
    widths = column_widths(sheet)
    for column, width in widths.items():
        page.set_column(column, column, width)
    if sheet.row_height is not None:
        page.set_default_row(sheet.row_height)
    heights = row_heights(sheet, widths)
    page.set_row(0, TITLE_HEIGHT)
    for row, height in heights.items():
        page.set_row(row, height)
    for label in sheet.labels:
        _write_label(page, label, looks)
    for block in sheet.blocks:
        page.add_block(block, looks.block(block))
        _validate(page, block)
        _shade(page, block, looks)
    for placed in sheet.charts:
        _insert_chart(looks.file, page, placed, widths)
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
    if sheet.name in ("Start", "Checks"):
        page.set_tab_color("#2E75B6")


def _write_label(page: BlockWorksheet, label: Label, looks: _Looks) -> None:
    look = looks.label(label)
    text = cleaned(label.text)
    if label.number is not None:
        page.write_number(label.row, label.column, label.number, look)
    elif label.link is not None:
        page.write_url(label.row, label.column, f"internal:{label.link}", look, text)
    elif label.blank:
        page.write_blank(label.row, label.column, None, look)
    elif text:
        page.write_string(label.row, label.column, text, look)


def _range(block: Block) -> tuple[int, int, int, int]:
    place = block.place
    return place.row, place.column, place.row + place.rows - 1, place.column + place.columns - 1


def _cut(text: str, units: int) -> str:
    """Cut a text to a length in UTF-16 units; the library drops a longer one whole."""
    while utf16_length(text) > units:
        text = text[:-1]
    return text


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
    page.data_validation(*_range(block), rule)


def _shade(page: BlockWorksheet, block: Block, looks: _Looks) -> None:
    cells = _range(block)
    if block.is_text and block.role is Role.CHECK:
        for verdict, ink, fill in ((HOLDS, "#14532D", "#D5F0DA"), (FAILS, "#8B1A1A", "#FBD9D7")):
            look = looks.file.add_format({"font_color": ink, "bg_color": fill, "bold": True})
            page.conditional_format(
                *cells, {"type": "text", "criteria": "begins with", "value": verdict, "format": look}
            )
        return
    if block.shading is None:
        return
    rules = _shading_rules(block.shading, looks, hidden=block.number_format == HIDDEN)
    if block.shading is Shading.PIXELS and block.role is Role.GIVEN:
        rules = rules[:1]  # a light pixel keeps the yellow of what may be changed
    for rule in rules:
        page.conditional_format(*cells, rule)


def _shading_rules(shading: Shading, looks: _Looks, *, hidden: bool) -> list[dict[str, Any]]:
    dark = looks.file.add_format({"bg_color": "#1F2937", "font_color": "#FFFFFF"})
    light = looks.file.add_format({"bg_color": "#FFFFFF", "font_color": "#6B7280"})
    faint = looks.file.add_format({"bg_color": "#E5E7EB", "font_color": "#4B5563"})
    scale = {"min_type": "num", "max_type": "num"}
    black = "#111827" if hidden else "#CBD0D8"  # numbers must be readable on it
    return {
        Shading.PIXELS: [
            {"type": "cell", "criteria": ">=", "value": 0.5, "format": dark},
            {"type": "cell", "criteria": "<", "value": 0.5, "format": light},
        ],
        Shading.GREY: [
            {
                "type": "2_color_scale",
                **scale,
                "min_value": 0,
                "max_value": 1,
                "min_color": "#FFFFFF",
                "max_color": black,
            }
        ],
        Shading.HEAT: [{"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#F2A65A"}],
        Shading.DIVERGING: [
            {
                "type": "3_color_scale",
                **scale,
                "mid_type": "num",
                "min_value": -2,
                "mid_value": 0,
                "max_value": 2,
                "min_color": "#F4A9A0",
                "mid_color": "#FFFFFF",
                "max_color": "#9CC3EC",
            }
        ],
        Shading.MASK: [{"type": "cell", "criteria": "=", "value": 0, "format": faint}],
        Shading.TWO_CLASSES: [
            {
                "type": "3_color_scale",
                **scale,
                "mid_type": "num",
                "min_value": 0,
                "mid_value": 0.5,
                "max_value": 1,
                "min_color": "#E8903A",
                "mid_color": "#FFFFFF",
                "max_color": "#3C82C4",
            }
        ],
    }[shading]


# ---------------------------------------------------------------------------------------------- charts


def _insert_chart(
    file: xlsxwriter.Workbook, page: BlockWorksheet, placed: PlacedChart, widths: dict[int, float]
) -> None:
    row, column, chart = placed.row, placed.column, placed.chart
    columns_only = all(series.mark is Mark.COLUMNS for series in chart.series)
    drawn = file.add_chart({"type": "column"} if columns_only else {"type": "scatter", "subtype": "straight"})
    for n, series in enumerate(chart.series):
        colour = series.colour or PALETTE[n % len(PALETTE)]
        options: dict[str, Any] = {
            "name": _chart_words(series.name),
            "categories": f"={_absolute(series.x)}",
            "values": f"={_absolute(series.y)}",
            "categories_data": value_of(series.x).ravel().tolist(),
            "values_data": value_of(series.y).ravel().tolist(),
        }
        if series.mark is Mark.COLUMNS:
            options["fill"] = {"color": colour}
        else:
            line = series.mark in (Mark.LINE, Mark.BOTH)
            options["line"] = (
                {"color": colour, "width": 1.75, "dash_type": "dash" if series.dashed else "solid"}
                if line
                else {"none": True}
            )
            points = series.mark in (Mark.POINTS, Mark.BOTH)
            options["marker"] = (
                {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
                if points
                else {"type": "none"}
            )
        drawn.add_series(options)
    drawn.set_title({"name": _chart_words(chart.title), "name_font": {"size": 12, "color": INK}, "overlay": False})
    drawn.set_x_axis(_axis(chart.x_title, chart.x_range, log=False))
    drawn.set_y_axis(_axis(chart.y_title, chart.y_range, log=chart.log_y))
    drawn.set_legend({"position": "bottom"} if chart.legend and len(chart.series) > 1 else {"none": True})
    drawn.set_size({"width": chart_pixels(placed, widths), "height": chart.rows * 20 - 10})
    page.insert_chart(
        row, column, drawn, {"description": cleaned(chart.alt), "x_offset": 4, "y_offset": 4, "object_position": 1}
    )


def _chart_words(words: str) -> str:
    """Return words that the library does not take for a reference, as it would "=cmd!A1" in the header of a reader's data."""
    return _REFERENCE.sub("! ", cleaned(str(words)))


def _axis(title: str, limits: tuple[float | None, float | None], *, log: bool) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "name": _chart_words(title),
        "name_font": {"size": 10, "bold": False, "color": INK},
        "num_font": {"size": 9, "color": SOFT_INK},
        "major_gridlines": {"visible": True, "line": {"color": "#E5E7EB", "width": 0.75}},
        "label_position": "low",
        "num_format": "General",
    }
    for key, limit in zip(("min", "max"), limits, strict=True):
        if limit is not None:
            axis[key] = limit
    if log:
        axis.update({"log_base": 10, "num_format": "0E+00"})
    return axis
