"""Rules about words: headings, what pictures say, and that a Chinese workbook is in Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.formula import ALLOWED_FUNCTIONS
from workbook.lint.parts import NUMBER, TEXT, Cell, File, Page
from workbook.lint.rules import every_cell, every_page, rule
from workbook.precedents import Area

REACH = 4
"""How many rows above a table its title may stand."""

LONGEST_STRING = 32_767
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[^.!?。！？；\n]+")
_WORD = re.compile(r"[A-Za-z][a-z]+(?:'[a-z]+)?")
_NAMED = re.compile(r'"[^"]*[^\W\d_][^"]*"')
_RUN = re.compile(r"(?:[A-Za-z][a-z']+[ ,]+){2,}[A-Za-z][a-z']+")
_OWN_NAMES = """
sin cos tan tanh sinh cosh exp ln log max min relu leaky sigmoid softmax step identity mod arg argmax sum mean
sgd adam  momentum nesterov rmsprop excel libreoffice wps google sheets numpy python csv epoch batch loss xor if
else
"""
_TERMS = frozenset(_OWN_NAMES.split()) | {name.lower() for name in ALLOWED_FUNCTIONS}

HEADING = rule(
    "heading",
    "every block of numbers has a title or headings, above it or to its left",
    "a number without a name teaches nothing",
    "write what it is above it or to its left",
)
ALT = rule(
    "alt-text",
    "every chart and picture says in words what it shows",
    "who cannot see it has it read aloud",
    "add alternative text to it",
)
LONGEST_LINE = 200
"""A line of a program has so many characters at most."""

ENGLISH = rule(
    "english",
    "a Chinese workbook has no English sentences (three words or more; names, symbols and functions aside)",
    "a reader of Chinese would stumble over what was forgotten",
    "translate it in the .po file",
)
LONG = rule(
    "long-text",
    f"a cell's text has at most {LONGEST_STRING:,} characters",
    "Excel calls a file with longer ones damaged",
    "split the text",
)


@every_cell(LONG, lambda some: some.at([n for n, text in some.texts.items() if len(text) > LONGEST_STRING]))
def long_text(cell: Cell, _page: Page) -> str | None:
    if cell.text is not None and len(cell.text) > LONGEST_STRING:
        return f"the text has {len(cell.text):,} characters"
    return None


@every_page(ALT)
def alternative_text(page: Page) -> Iterator[tuple[str, str]]:
    silent = [drawing for drawing in page.drawings if not drawing.alt]
    if len(silent) == 1:
        yield silent[0].cell, f"{silent[0].name or 'a drawing'} has no alternative text"
    elif silent:  # LibreOffice loses all of them when it saves
        yield "", f"{len(silent)} charts or pictures have no alternative text"


# ---------------------------------------------------------------------------------------------- headings


@every_page(HEADING)
def headings(page: Page) -> Iterator[tuple[str, str]]:
    texts = {(int(page.rows[n]), int(page.columns[n])) for n in np.flatnonzero((page.kinds == TEXT) | _counters(page))}
    leftmost: dict[int, int] = {}
    for row, column in texts:
        leftmost[row] = min(column, leftmost.get(row, column))
    typed_zeros = np.flatnonzero((page.kinds == NUMBER) & ~page.in_blocks & (page.numbers == 0))
    zeros = {(int(page.rows[n]), int(page.columns[n])) for n in typed_zeros}
    for area in [*page.blocks, *_tables(page)]:
        if not _has_heading(_with_margin(area, zeros), texts, leftmost) and not _is_text(page, area):
            yield cell_name(area.top, area.left), "nothing says what these numbers are"


def _counters(page: Page) -> NDArray[np.bool_]:
    """Tell which cells are a counter in a heading: a typed number that its format shows with a name, as in w1."""
    looks = [int(look) for look in np.unique(page.looks)]
    named = [look for look in looks if _NAMED.search(page.file.styles.look(look).number_format)]
    counters: NDArray[np.bool_] = (page.kinds == NUMBER) & ~page.in_blocks & np.isin(page.looks, named)
    return counters


def _has_heading(area: Area, texts: set[tuple[int, int]], leftmost: dict[int, int]) -> bool:
    if leftmost.get(area.top, area.left) < area.left:
        return True
    rows = range(max(0, area.top - REACH), area.top)
    return any((row, column) in texts for row in rows for column in range(max(0, area.left - 1), area.right + 1))


def _with_margin(area: Area, zeros: set[tuple[int, int]]) -> Area:
    """Return a block's area with the zeros that stand all around it, which windows reach."""
    while (area.top - 1, area.left - 1) in zeros and (area.bottom + 1, area.right + 1) in zeros:
        area = Area(area.sheet, area.top - 1, area.left - 1, area.bottom + 1, area.right + 1)
    return area


def _is_text(page: Page, area: Area) -> bool:
    return bool(page.says[page.within(area)].all())


def _tables(page: Page) -> Iterator[Area]:
    """Yield the stretches of formulas outside of our blocks, column by column."""
    outside = np.flatnonzero((page.kinds >= 0) & ~page.in_blocks)
    if not len(outside):
        return
    rows, columns = page.rows[outside], page.columns[outside]
    order = np.lexsort((rows, columns))
    rows, columns = rows[order], columns[order]
    breaks = np.flatnonzero((np.diff(rows) != 1) | (np.diff(columns) != 0)) + 1
    for part in np.split(np.arange(len(rows)), breaks):
        yield Area(page.name, int(rows[part[0]]), int(columns[part[0]]), int(rows[part[-1]]), int(columns[part[0]]))


# ---------------------------------------------------------------------------------------------- Chinese


@every_cell(ENGLISH, lambda some: some.at([*some.texts] if some.page.file.language == "zh" else []))
def english_in_cells(cell: Cell, page: Page) -> str | None:
    if cell.text is None or page.file.language != "zh":
        return None
    return english(cell.text, page.file)


@every_page(ENGLISH)
def english_elsewhere(page: Page) -> Iterator[tuple[str, str]]:
    if page.file.language != "zh":
        return
    for drawing in page.drawings:
        for text in (drawing.alt, *drawing.texts):
            if problem := english(text, page.file):
                yield drawing.cell, problem
    for validation in page.validations:
        for key in ("promptTitle", "prompt", "errorTitle", "error"):
            if problem := english(validation.attributes.get(key, ""), page.file):
                area = validation.areas[0]
                yield cell_name(area.top, area.left), problem


def english(text: str, file: File) -> str | None:
    """Return what is wrong with a text if it holds an English sentence."""
    if _is_code(text):
        return None
    for sentence in _SENTENCE.findall(text):
        run = _RUN.search(sentence)
        if run is None or _CHINESE.search(sentence):
            continue
        words = [word for word in _WORD.findall(run[0]) if word.lower() not in _TERMS and word not in file.own_words]
        if len(words) >= 3 and not all(word[0].isupper() for word in words):
            return f'"{sentence.strip()[:80]}" is in English'
    return None


def _is_code(text: str) -> bool:
    """Tell whether a text is a line of Python: no sentence is."""
    if len(text) > LONGEST_LINE:
        return False
    try:
        ast.parse(f"{text} ..." if text.endswith(":") else text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
