"""How cells look: the palette, the format of every kind of cell, and colours that follow the numbers."""

from __future__ import annotations

import re
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from workbook.addresses import cell_name
from workbook.block import HIDDEN, Block, Role, Shading, whole_format, with_minus
from workbook.palette import INK, LINE, ROLE_FILL, ROLE_INK, SOFT_INK
from workbook.sheet import FAILS, HOLDS, Kind, Label, Style
from workbook.text import is_wide
from workbook.worksheet import cleaned

FONT = "Arial"
"""Its decimal point can be read at this size in every program, Calibri's stand-in draws a comma."""

SIZE = 10
LABEL_LOOK: dict[Style, dict[str, Any]] = {
    Style.TITLE: {"bold": True, "font_size": 18, "font_color": "#123B5D"},
    Style.STEP: {"bold": True, "font_size": 13, "font_color": "#123B5D", "bottom": 2, "bottom_color": "#2E75B6"},
    Style.PROSE: {},
    Style.MATH: {"font_name": "Cambria Math", "font_size": 12, "font_color": "#123B5D"},
    Style.REMARK: {"italic": True, "font_color": SOFT_INK},
    Style.CODE: {"font_name": "Consolas", "font_size": 10, "font_color": SOFT_INK, "bg_color": "#F3F4F6"},
    Style.CLAIM: {"font_size": 13, "font_color": "#374151"},
    Style.CUE: {"bold": True, "font_color": "#123B5D"},
    Style.LIVE: {
        "bold": True,
        "font_size": 12,
        "font_color": "#123B5D",
        "bg_color": "#E8F1FA",
        "left": 5,
        "left_color": "#2E75B6",
        "indent": 1,
    },
    Style.HEADLINE: {"bold": True, "font_size": 16, "font_color": "#123B5D"},
    Style.REPLY: {"font_color": SOFT_INK},
    Style.KEY: {},
    Style.LINE: {"bold": True},
    Style.NAME: {"bold": True, "font_color": "#123B5D", "valign": "bottom"},
    Style.HEAD: {
        "bold": True,
        "font_color": "#123B5D",
        "text_wrap": True,
        "align": "center",
        "valign": "bottom",
        "bottom": 1,
        "bottom_color": "#2E75B6",
    },
    Style.CELL: {"align": "center"},
    Style.TOTAL: {"align": "center", "bold": True, "top": 1, "top_color": "#2E75B6"},
    Style.BLOCK: {"bold": True},
    Style.COLUMN: {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#DCE6F1"},
    Style.COLUMN_MATH: {"font_name": "Cambria Math", "font_size": 10, "align": "center", "font_color": "#123B5D"},
    Style.ROW: {"align": "right", "bold": True},
    Style.LABEL: {"bold": True},
    Style.UNIT: {"font_color": SOFT_INK, "indent": 1},
    Style.LINK: {"font_color": "#0B5394", "underline": 1},
    Style.SUBLINK: {"font_color": "#0B5394", "underline": 1, "indent": 2},
    Style.MARGIN: {"align": "center", "font_color": SOFT_INK, "bg_color": "#F3F4F6"},
    Style.ARROW: {"align": "center", "font_color": "#2E75B6", "bold": True},
}
CORE_LOOK = frozenset({Kind.START, Kind.CORE})
"""The sheets whose cells are set wide and quiet: numbers in the middle, lines only where a table ends."""

TYPED_LOOK = {"align": "center", "bold": True, "border_color": "#E0B84C"}


ASKED_LOOK = {
    "bg_color": "#FFFBEB",
    "font_color": "#9A3412",
    "border": 2,
    "border_color": "#EA580C",
    "align": "center",
    "bold": True,
    "locked": False,
}
"""A cell that is to be filled in."""


class Looks:
    """The cell formats of a file, each made once."""

    def __init__(self, file: xlsxwriter.Workbook, cjk: bool) -> None:
        self.file = file
        self.font = "Microsoft YaHei" if cjk else FONT
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._of_labels: dict[tuple[Style, Role | None, str | None, bool, bool], Format] = {}

    def get(self, **properties: Any) -> Format:
        """Return the format with these of XlsxWriter's properties, over the book's font and ink."""
        properties = {"font_name": self.font, "font_size": SIZE, "font_color": INK, "valign": "vcenter", **properties}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            look = self.file.add_format(properties)
            look._get_xf_index()
            self._made[key] = look
        return self._made[key]

    def label(self, label: Label, *, wraps: bool = False) -> Format:
        """Return the format of a label's cell; one that wraps is read from its top."""
        mixed = label.style is Style.MATH and is_wide(label.text)
        key = label.style, label.role, None if label.number is None else label.text, wraps, mixed
        if key not in self._of_labels:
            self._of_labels[key] = self._of_label(label, wraps, mixed)
        return self._of_labels[key]

    def _of_label(self, label: Label, wraps: bool, mixed: bool) -> Format:
        properties = dict(LABEL_LOOK[label.style])
        if mixed:  # beside Chinese, a program looks for w₁ in a Chinese font: the book's own has it
            del properties["font_name"]
        if self.font != FONT:
            properties.pop("italic", None)  # Chinese has no slanted letters
        if wraps:
            properties |= {"text_wrap": True, "align": "left", "valign": "top"}
        if label.role is not None and (label.style is not Style.HEAD or label.role is Role.GRADIENT):
            properties["font_color"] = ROLE_INK[label.role]
            if label.style in (Style.LABEL, Style.BLOCK, Style.COLUMN, Style.KEY):
                properties["bg_color"] = ROLE_FILL[label.role] if label.role is not Role.DERIVED else "#EEF3F9"
        if label.number is not None:
            quoted = cleaned(label.text).replace('"', '"\\""')  # a quote cannot stand within the quotes of a format
            properties["num_format"] = f'"{quoted}"0' if label.text else "0"
        return self.get(**properties)

    def block(self, block: Block, look: Style | None = None, *, core: bool = False) -> Format:
        """Return the format of a block's cells: its role's, or a look of its own."""
        if look in (Style.CELL, Style.TOTAL):
            ink = {} if block.role is Role.DERIVED else {"font_color": ROLE_INK[block.role]}
            return self.get(**LABEL_LOOK[look], **ink, num_format=with_minus(block.number_format))
        if look is not None:
            return self.get(**LABEL_LOOK[look], num_format="@", text_wrap=True, align="left")
        properties: dict[str, Any] = {
            "num_format": with_minus(block.number_format),
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
        mark = block.role is Role.CHECK and block.is_text  # in a narrow column it runs on to its right
        if block.shading is Shading.PIXELS or (core and not mark):
            properties["align"] = "center"
        if core and block.role is Role.GIVEN:
            properties |= TYPED_LOOK
        return self.get(**properties)

    def asked(self, block: Block) -> Format:
        """Return the format of a cell that is to be filled in: open, and ringed."""
        shown = "General" if block.number_format == HIDDEN else block.number_format
        return self.get(**ASKED_LOOK, num_format=shown)


MOST_WATCHED = 5000
"""A larger block is not watched for whole numbers."""


def show_whole(page: Any, block: Block, looks: Looks) -> None:
    """Let a number show no decimals where it is whole: 8, not 8.00."""
    code = whole_format(block.number_format)
    if block.is_text or code is None or block.value.size > MOST_WATCHED:
        return
    first_row, first_column, *_last = page.cells_of(block)
    cell = cell_name(first_row, first_column)
    whole = looks.file.add_format({"num_format": with_minus(code)})
    decimals = re.search(r"\.([0#?]+)", block.number_format)
    places = max(4, len(decimals[1]) if decimals else 0)  # 0.00001 with six decimals is not 0
    zero = looks.file.add_format({"num_format": f"{code};{code}"})  # what is 0 but for rounding has no sign
    for criteria, look in ((f"=ROUND({cell},{places})=0", zero), (f"=ROUND({cell},{places})=ROUND({cell},0)", whole)):
        page.conditional_format(*page.cells_of(block), {"type": "formula", "criteria": criteria, "format": look})


def shade(page: Any, block: Block, looks: Looks) -> None:
    cells = page.cells_of(block)
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
    if block.shading is Shading.DIVERGING and block.role is Role.GIVEN:
        rules[0] |= {"min_color": "#FAD0CA", "mid_color": "#FFF6DC", "max_color": "#C4DCF5"}  # so does a weight near 0
    for rule in rules:
        page.conditional_format(*cells, rule)


def _shading_rules(shading: Shading, looks: Looks, *, hidden: bool) -> list[dict[str, Any]]:
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
        Shading.BAR: [
            {"type": "data_bar", "bar_color": "#F3B27A", "bar_solid": True, "min_type": "num", "min_value": 0}
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
