"""Rules about what a reader may type: where, and what."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbook.block import Role
from workbook.formula import cell_name
from workbook.lint.parts import NUMBER, TEXT, File, Page
from workbook.lint.rules import every_page, rule, whole_file

LONGEST_TITLE, LONGEST_MESSAGE = 32, 255

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
