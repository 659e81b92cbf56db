"""Rules about how things look: that numbers can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbook.block import HIDDEN, TYPED_DECIMALS
from workbook.fit import shown_width
from workbook.lint.page_parser import Some
from workbook.lint.parts import Cell, Page
from workbook.lint.rules import every_cell, every_page, rule
from workbook.lint.styles import Look, contrast
from workbook.precedents import Area

LEAST_CONTRAST = 4.5
MARGIN = 0.71
"""How much of a stored width is the cell's own margin, in digits."""

SLACK = 0.05

_MEASURABLE = re.compile(r'(?:"[^"]*")?(?:#,##)?0(?:\.[0#]+)?(?:E\+00|%)?(?:"[^"]*")?')

_SECTION = re.compile(r'((?:"[^"]*"|\\.|[^;"\\])*)(?:;|$)')
_INVISIBLE = re.compile(r'"\s*"|\[[^\]]*\]|[_*].')

FORMAT = rule(
    "number-format",
    f"every number has a format of its own, not General; only one typed with at most {TYPED_DECIMALS} decimals shows as it was typed",
    "General shows as many digits as fit, other ones in each program",
    "state how many decimals are shown",
)
SHOWN = rule(
    "format",
    "no number format hides a number (a zero may be left blank), but where shading shows it",
    "a reader sees an empty cell where a number is computed with",
    "give the cell a format that shows the number",
)
WIDTH = rule(
    "width",
    "every number fits its column",
    "a number that does not fit is shown as ####",
    "make the column wider or show fewer digits",
)
CONTRAST = rule(
    "contrast",
    f"letters stand out from their background by {LEAST_CONTRAST}:1 or more, under conditional formats too",
    "whoever sees poorly, prints in grey or sits far from the projector must be able to read it",
    "make the letters darker or the fill paler",
)
MERGED = rule(
    "merged",
    "cells are merged for words only: one row, holding a text",
    "merged numbers break sorting, copying, and moving with the arrow keys; words that run on are cut in a preview",
    "unmerge them",
)


def _is_general(look: Look) -> bool:
    return look.number_format.lower() == "general"


def _hidden(some: Some) -> NDArray[np.bool_]:
    """Tell which numbers may not be shown; that is alike for all below 0, and for all others."""
    below = some.of_look(lambda look: _hides(look.number_format, -1.0))
    above = some.of_look(lambda look: _hides(look.number_format, 1.0))
    return some.is_number & np.where(some.numbers < 0, below, above)


def _may_not_fit(some: Some) -> NDArray[np.bool_]:
    """Tell which numbers may not fit: of a look and a column all do if the least and the greatest do."""
    suspects = np.zeros(len(some.numbers), dtype=bool)
    measured = np.isfinite(some.numbers) & some.of_look(lambda look: bool(_MEASURABLE.fullmatch(look.number_format)))
    at = np.flatnonzero(measured)
    if not len(at):
        return suspects
    kinds, which = np.unique((some.batch.styles[at], some.batch.columns[at]), axis=1, return_inverse=True)
    order = np.argsort(which.reshape(-1), kind="stable")
    starts = np.searchsorted(which.reshape(-1)[order], np.arange(kinds.shape[1]))
    least, greatest = (extreme.reduceat(some.numbers[at][order], starts) for extreme in (np.minimum, np.maximum))
    tight = [
        not all(_fits(number, some.page.file.styles.look(style), some.page.width(column)) for number in ends)
        for style, column, *ends in zip(*kinds.tolist(), least.tolist(), greatest.tolist(), strict=True)
    ]
    suspects[at] = np.array(tight)[which.reshape(-1)]
    return suspects


def _fits(number: float, look: Look, width: float) -> bool:
    return shown_width(number, look.number_format) * look.size / 11 <= width - MARGIN + SLACK


@every_cell(FORMAT, lambda some: some.is_number & some.of_look(_is_general))
def number_format(cell: Cell, _page: Page) -> str | None:
    number = cell.number
    if number is None or not _is_general(cell.look):
        return None
    if cell.formula is None and round(number, TYPED_DECIMALS) == number:
        return None
    return f"{cell.value} is shown in the format General"


@every_cell(SHOWN, _hidden)
def shown(cell: Cell, _page: Page) -> str | None:
    number, code = cell.number, cell.look.number_format
    if number is None or code == HIDDEN or not _hides(code, number):
        return None
    return f"{number:g} in the format {code} is not shown"


@every_page(SHOWN)
def shown_by_shading(page: Page) -> Iterator[tuple[str, str]]:
    hidden = [look for look in np.unique(page.looks) if page.file.styles.look(int(look)).number_format == HIDDEN]
    suspects = np.isin(page.looks, hidden) & (page.says == 0)
    for shade in page.shades:
        for area in shade.areas:
            suspects[page.within(area)] = False
    for n in np.flatnonzero(suspects).tolist():
        yield page.cell(n), f"a number in the format {HIDDEN} is not shown, and no shading shows it"


def _hides(code: str, number: float) -> bool:
    """Whether a number format shows no digit, date, sign or word of a number; a zero may be left blank."""
    sections = [_INVISIBLE.sub("", section) for section in _SECTION.findall(code)[:-1]]
    if number == 0 or not sections:
        return False
    return not sections[1 if number < 0 and len(sections) > 1 else 0].strip()


@every_cell(WIDTH, _may_not_fit)
def width(cell: Cell, page: Page) -> str | None:
    number, look = cell.number, cell.look
    if number is None or not np.isfinite(number) or not _MEASURABLE.fullmatch(look.number_format):
        return None
    needed = shown_width(number, look.number_format) * look.size / 11
    room = page.width(cell.column) - MARGIN
    if _fits(number, look, page.width(cell.column)):
        return None
    return f"{number:g} in the format {look.number_format} takes {needed:.0f} digits, the column has {room:.1f}"


@every_page(CONTRAST)
def letters(page: Page) -> Iterator[tuple[str, str]]:
    looks, first = np.unique(page.looks, return_index=True)
    for index, n in zip(looks.tolist(), first.tolist(), strict=True):
        look = page.file.styles.look(index)
        if look.number_format != HIDDEN and (problem := _too_faint(look.ink, look.fill)):
            yield page.cell(n), problem
    for shade in page.shades:
        for area in shade.areas:
            yield from _shaded(page, area, shade.colours)


def _shaded(page: Page, area: Area, colours: list[tuple[str | None, str | None]]) -> Iterator[tuple[str, str]]:
    here = page.within(area)
    looks, first = np.unique(page.looks[here], return_index=True)
    for index, n in zip(looks.tolist(), first.tolist(), strict=True):
        look: Look = page.file.styles.look(index)
        if look.number_format == HIDDEN:
            continue
        for ink, fill in colours:
            problem = _too_faint(ink or look.ink, fill or look.fill)
            if problem:
                yield page.cell(int(here[n])), f"under a conditional format {problem}"


def _too_faint(ink: str, fill: str) -> str | None:
    found = contrast(ink, fill)
    return f"the contrast of #{ink} on #{fill} is {found:.1f}:1" if found < LEAST_CONTRAST else None


@every_page(MERGED)
def merged(page: Page) -> Iterator[tuple[str, str]]:
    for area in page.merges:
        here = page.within(area)
        name = f"{page.cell(int(here[0]))}" if len(here) else ""
        if area.top != area.bottom:
            yield name, "cells of several rows are merged"
        elif len(here) and not page.says[here[0]]:
            yield name, "a number stands in merged cells"
