"""Rules about what a reader may type: where, and what."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.block import Role
from workbook.lint.parts import NUMBER, TEXT, File, Page, Validation
from workbook.lint.rules import every_page, rule, whole_file
from workbook.precedents import areas_read

LONGEST_TITLE, LONGEST_MESSAGE = 32, 255
_ONE_CELL = re.compile(r"\$?[A-Za-z]{1,3}\$?\d{1,7}")

LOCKED = rule(
    "locked",
    "formulas are locked, and their sheet is protected",
    "a slip of the finger must not replace a formula",
    "lock the cells and protect the sheet (without a password)",
)
OPEN = rule(
    "open-input",
    "numbers that a reader may change are unlocked",
    "a workbook in which nothing may be changed is a picture",
    "unlock the cells of the inputs",
)
VALIDATED = rule(
    "validated",
    "every unlocked cell says what may be typed into it, unless it has the format of texts, @",
    "a text or a number out of range turns everything below into errors",
    "add a data validation with a type and a range",
)
MESSAGE = rule(
    "validation-text",
    f"a validation explains itself, in at most {LONGEST_MESSAGE} characters and titles of {LONGEST_TITLE}",
    "Excel calls a file with longer ones damaged, and a refusal without a reason teaches nothing",
    "write a short message",
)


ALLOWED = rule(
    "valid-input",
    "what is typed into a cell is what its validation allows (as far as its bounds are numbers or cells of the sheet, or "
    "its list is written out)",
    "a validation only looks at what is typed by hand: what a program or a paste has put there has passed unseen",
    "type a value that is allowed, or mend the validation",
)


@every_page(LOCKED)
def locked(page: Page) -> Iterator[tuple[str, str]]:
    formulas = np.flatnonzero(page.kinds >= 0)
    if len(formulas) and not page.is_protected:
        yield "", "the sheet has formulas and is not protected"
    for n in formulas[np.isin(page.looks[formulas], _open_looks(page))].tolist():
        yield page.cell(n), "its formula is not locked"


def _open_looks(page: Page) -> list[int]:
    return [int(look) for look in np.unique(page.looks) if not page.file.styles.look(int(look)).is_locked]


@every_page(VALIDATED)
def validated(page: Page) -> Iterator[tuple[str, str]]:
    is_covered = np.zeros(len(page.rows), dtype=bool)
    for validation in page.validations:
        for area in validation.areas:
            is_covered[page.within(area)] = True
    for n in np.flatnonzero(np.isin(page.looks, _open_looks(page)) & (page.kinds < 0) & ~is_covered).tolist():
        if page.kinds[n] == TEXT and page.file.styles.look(int(page.looks[n])).number_format == "@":
            continue
        yield page.cell(n), "anything may be typed into it"


@every_page(ALLOWED)
def allowed(page: Page) -> Iterator[tuple[str, str]]:
    for validation in page.validations:
        kind = validation.attributes.get("type", "none")
        options = _options(validation) if kind == "list" else None
        bounds = _bounds(validation, page) if kind in ("whole", "decimal") else None
        for area in validation.areas if options or bounds else ():
            here = page.within(area)
            if bounds:
                here = here[(page.kinds[here] != NUMBER) | ~_are_allowed(page.numbers[here], kind, bounds)]
            for n in here.tolist():
                if page.kinds[n] == NUMBER:
                    problem = _not_allowed(float(page.numbers[n]), kind, bounds, options)
                elif n in page.typed_texts:
                    problem = _text_not_allowed(page.typed_texts[n], options)
                else:
                    continue
                if problem:
                    yield page.cell(n), problem


def _are_allowed(numbers: NDArray[np.float64], kind: str, bounds: tuple[float, float, bool]) -> NDArray[np.bool_]:
    low, high, is_inside = bounds
    inside = ((low <= numbers) & (numbers <= high)) == is_inside
    fits: NDArray[np.bool_] = inside & ((np.floor(numbers) == numbers) | (kind != "whole"))
    return fits


def _not_allowed(
    number: float, kind: str, bounds: tuple[float, float, bool] | None, options: frozenset[str] | None
) -> str | None:
    if options is not None:
        return None if f"{number:.15g}" in options else f"{number:.15g} is not in its list"
    if kind == "whole" and not number.is_integer():
        return f"{number!r} is not a whole number"
    if bounds is None:
        return None
    low, high, is_inside = bounds
    return f"{number!r} is {'not ' if is_inside else ''}between {low!r} and {high!r}"


def _text_not_allowed(text: str, options: frozenset[str] | None) -> str | None:
    if options is None:
        return f'the text "{text}" stands where a number is wanted'
    return None if text.strip() in options else f'"{text}" is not in its list'


def _options(validation: Validation) -> frozenset[str] | None:
    """Return what a list that is written out offers; None for one that is read from cells."""
    text = validation.formulas[0] if validation.formulas else ""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return None
    return frozenset(option.strip() for option in text[1:-1].replace('""', '"').split(","))


def _bounds(validation: Validation, page: Page) -> tuple[float, float, bool] | None:
    """Return the least and the greatest number that are allowed (or, for False, those between which none is)."""
    found = [_bound(text, page) for text in validation.formulas]
    if not found or None in found:
        return None
    first, last = float(found[0] or 0), float(found[-1] or 0)
    above, below = math.nextafter(first, math.inf), math.nextafter(first, -math.inf)
    ranges = {
        "between": (first, last, True),
        "notBetween": (first, last, False),
        "equal": (first, first, True),
        "notEqual": (first, first, False),
        "greaterThan": (above, math.inf, True),
        "greaterThanOrEqual": (first, math.inf, True),
        "lessThan": (-math.inf, below, True),
        "lessThanOrEqual": (-math.inf, first, True),
    }
    return ranges.get(validation.attributes.get("operator", "between"))


def _bound(text: str, page: Page) -> float | None:
    """Return a bound that is a number, or a cell that holds one; None for one that would have to be computed."""
    try:
        number = float(text)
    except ValueError:
        areas = areas_read(text, page.name) if _ONE_CELL.fullmatch(text.strip()) else []
        here = page.within(areas[0]).tolist() if areas else []
        number = float(page.numbers[here[0]]) if here else math.nan
    return number if math.isfinite(number) else None


@every_page(MESSAGE)
def validation_texts(page: Page) -> Iterator[tuple[str, str]]:
    for validation in page.validations:
        area = validation.areas[0] if validation.areas else None
        cell = "" if area is None else cell_name(area.top, area.left)
        texts = validation.attributes
        for key in ("promptTitle", "errorTitle"):
            if len(texts.get(key, "")) > LONGEST_TITLE:
                yield cell, f"the validation's title has {len(texts[key])} characters"
        for key in ("prompt", "error"):
            if len(texts.get(key, "")) > LONGEST_MESSAGE:
                yield cell, f"the validation's message has {len(texts[key])} characters"
        if not texts.get("error") and not texts.get("prompt"):
            yield cell, "the validation has no message"
        for formula in validation.formulas:
            if len(formula) > LONGEST_MESSAGE:
                yield cell, f"the validation's list or formula has {len(formula)} characters"


@whole_file(OPEN)
def open_inputs(file: File) -> Iterator[tuple[str, str, str]]:
    if file.book is not None:
        yield from _locked_givens(file)
        return
    looks = [file.styles.look(int(look)) for page in file.pages for look in np.unique(page.looks[page.kinds == NUMBER])]
    if any((page.kinds >= 0).any() for page in file.pages) and all(look.is_locked for look in looks):
        yield "", "", "it has formulas, and no number that may be changed"


def _locked_givens(file: File) -> Iterator[tuple[str, str, str]]:
    assert file.book is not None
    pages = {page.name: page for page in file.pages}
    for block in file.book.blocks():
        page = pages.get(block.place.sheet)
        area = file.blocks.get(block.id)
        if block.role is not Role.GIVEN or page is None or area is None:
            continue
        for n in page.within(area).tolist():
            if file.styles.look(int(page.looks[n])).is_locked:
                yield page.name, page.cell(n), "the reader may change it, and it is locked"
