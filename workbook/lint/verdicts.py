"""Rules about the checks of a workbook: that each can fail, and that Start counts them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workbook.ledger import BlockCells
from workbook.lint.parts import File
from workbook.lint.rules import rule, whole_file
from workbook.precedents import Area, areas_read

LARGEST = 0.5
"""A tolerance beyond it forgives a count that is one off."""

_REF = r"((?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)"
_COUNT = re.compile(rf"SUM\({_REF}\)")
_LEAST = re.compile(rf"MIN\({_REF}\)")
_FAILS = re.compile(rf'IF\({_REF}="✗",1,0\)')
_ALONE = re.compile(_REF)
_HOLD = rf'IF\({_REF}=0,"✓[^"]*"&(?:COUNTIF\({_REF},"✓"\)|IF\({_REF}="✓",1,0\))&"[^"]*","✗[^"]*"\)'
_OVERALL = re.compile(_HOLD)
_UNLESS_EMPTY = re.compile(rf'IF\({_REF}>0,"✎[^"]*",{_HOLD}\)')
_MISSING = re.compile(rf"SUM\({_REF}\)-SUM\({_REF}\)")
_WORDS, _DIGITS = re.compile(r'"[^"]*"'), re.compile(r"\d+")
_WITHIN = re.compile(rf'IF\({_REF}<={_REF},"✓","✗"\)')
_WITHIN_IF = re.compile(rf'IF\({_REF}=0,"–",IF\({_REF}<={_REF},"✓","✗"\)\)')
_PRINTED = re.compile(rf'IF\({_REF},IF\({_REF}={_REF},"✓","✗"\),"–"\)')

VERDICT = rule(
    "verdict",
    f"Start counts every check that fails, and each compares its two numbers, by a locked tolerance of {LARGEST} at most",
    "a check that cannot fail proves nothing, and a reader trusts the verdict without looking further",
    "put back the formulas and the tolerance with which the file was built",
)

Blocks = Mapping[str, BlockCells]
Found = Iterator[tuple[str, str, str]]


@whole_file(VERDICT)
def verdicts(file: File) -> Found:
    if not file.blocks:
        return
    blocks = {block.id.lower(): block for block in file.ledger.blocks if not block.is_loose}
    yield from _overall(blocks)
    yield from _each(blocks)
    yield from _tolerances(blocks, file)


def _overall(blocks: Blocks) -> Found:
    """Follow the verdict on Start down to the verdicts that it counts."""
    count, fails, listed = (blocks.get(id) for id in ("checks_failing", "check_fails", "check_verdicts"))
    if count is None or fails is None or listed is None:
        return
    if "verdict" in blocks:
        yield from _verdict(blocks["verdict"], count, listed, blocks.get("yellow_empty"))
    if all(id in blocks for id in ("yellow_empty", "yellow_cells", "yellow_filled")):
        read = _read(blocks["yellow_empty"], 0, _MISSING)
        if read is not None and read != [_area(blocks["yellow_cells"]), _area(blocks["yellow_filled"])]:
            yield _at(blocks["yellow_empty"], 0, "it does not count the yellow cells that are empty")
    if _not_reading(count, 0, _COUNT, _area(fails)):
        yield _at(count, 0, "it does not add up the checks that fail, all of them and nothing else")
    for row in range(fails.shape[0]):
        if row < listed.shape[0] and _not_reading(fails, row, _FAILS, _area(listed, row)):
            yield _at(fails, row, "it is not 1 just where the check fails")
    places = {_area(block): id for id, block in blocks.items() if _against(id, blocks) is not None}
    counted: set[Area] = set()
    for row in range(listed.shape[0]):
        read = _read(listed, row, _ALONE)
        if read is not None and (len(read) != 1 or read[0] not in places or read[0] in counted):
            yield _at(listed, row, "it is not the verdict of a check, or of one that is listed already")
        counted.update(read or ())
    for area, id in places.items():
        if area not in counted and listed.computed.all():
            yield _at(blocks[id], 0, "the sheet Checks does not list this verdict")


def _verdict(verdict: BlockCells, count: BlockCells, listed: BlockCells, empty: BlockCells | None) -> Found:
    read, checks = _read(verdict, 0, _OVERALL if empty is None else _UNLESS_EMPTY), listed.shape[0]
    if read is None:
        return
    if empty is not None and read[:1] == [_area(empty)]:
        read = read[1:]
    elif empty is not None:
        yield _at(verdict, 0, "it does not say that a yellow cell is empty")
        return
    if read[:1] != [_area(count)]:
        yield _at(verdict, 0, "it is not ✓ just where no check fails")
    elif read[1:] != [_area(listed)]:
        yield _at(verdict, 0, "what holds is not counted among all the checks")
    elif _DIGITS.findall("".join(_WORDS.findall(verdict.formula(0, 0) or ""))) != [str(checks)]:
        yield _at(verdict, 0, f"the checks are {checks}")


def _each(blocks: Blocks) -> Found:
    for id, block in blocks.items():
        against = _against(id, blocks)
        if against is None:
            continue
        difference, bound = against
        expected = [_area(difference), _area(bound)]
        forms = (_PRINTED,) if bound.id.lower().endswith("_printed") else (_WITHIN, _WITHIN_IF)
        read = [_read(block, 0, form) for form in forms]
        if None not in read and not any(found is not None and found[-2:] == expected for found in read):
            yield _at(block, 0, f"it does not hold {difference.id} against {bound.id}")
    if "article_inputs" in blocks and "inputs_same" in blocks:
        flag = blocks["article_inputs"]
        if _not_reading(flag, 0, _LEAST, _area(blocks["inputs_same"])):
            yield _at(flag, 0, "it is not 1 just where every input is the article's")


def _tolerances(blocks: Blocks, file: File) -> Found:
    pages = {page.name: page for page in file.pages}
    for id, block in blocks.items():
        if not id.endswith("_tolerance") or f"{id.removesuffix('_tolerance')}_verdict" not in blocks:
            continue
        value = block.values.flat[0]
        if not (isinstance(value, float) and 0 <= value <= LARGEST):
            yield _at(block, 0, f"the tolerance is {value}")
        page = pages.get(block.sheet)
        for n in () if page is None else page.within(_area(block)).tolist():
            if page is not None and not file.styles.look(int(page.looks[n])).is_locked:
                yield _at(block, 0, "the tolerance is not locked")


def _against(id: str, blocks: Blocks) -> tuple[BlockCells, BlockCells] | None:
    """Return the two blocks that a check's verdict holds against one another; None for a block that is no such verdict."""
    name = id.removesuffix("_verdict")
    for left, right in (("difference", "tolerance"), ("rounded", "printed")):
        if name != id and f"{name}_{left}" in blocks and f"{name}_{right}" in blocks:
            return blocks[f"{name}_{left}"], blocks[f"{name}_{right}"]
    return None


def _read(block: BlockCells, row: int, form: re.Pattern[str]) -> list[Area] | None:
    """Return what a formula of a form refers to; nothing if it has another form, None if there is no formula."""
    formula = block.formula(row, 0)
    if formula is None:
        return None  # a rule of its own
    match = form.fullmatch(formula)
    return [] if match is None else [area for text in match.groups() if text for area in areas_read(text, block.sheet)]


def _not_reading(block: BlockCells, row: int, form: re.Pattern[str], area: Area) -> bool:
    read = _read(block, row, form)
    return read is not None and read != [area]


def _area(block: BlockCells, row: int | None = None) -> Area:
    """Return the area of a block, or of one of its rows."""
    rows, columns = block.shape
    top, bottom = (block.row, block.row + rows - 1) if row is None else (block.row + row, block.row + row)
    return Area(block.sheet, top, block.column, bottom, block.column + columns - 1)


def _at(block: BlockCells, row: int, problem: str) -> tuple[str, str, str]:
    formula = block.formula(row, 0)
    return block.sheet, block.cell(row, 0), problem if formula is None else f"{problem}: ={formula}"
