"""Rules about formulas: what they are made of, and that a block has one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbook.expression import UNIVERSAL_NUMBERS
from workbook.formula import ALLOWED_FUNCTIONS
from workbook.lint.anatomy import Anatomy
from workbook.lint.parts import NUMBER, Cell, File, Page, Pattern
from workbook.lint.rules import every_cell, every_formula, every_page, rule, whole_file
from workbook.precedents import Area, areas_read, is_within, moved
from workbook.text import utf16_length

LONGEST, LONGEST_TEXT = 8_192, 255
LONGEST_READABLE, LONGEST_SENTENCE = 500, 3_000
FEW = 10
"""One in so many is few."""
DEEPEST, MOST_PLACES, MOST_CELLS = 8, 40, 100_000
VOLATILE = frozenset({"CELL", "INDIRECT", "INFO", "NOW", "OFFSET", "RAND", "RANDARRAY", "RANDBETWEEN", "TODAY"})
_NEW_NAMES = """
ACOT ACOTH AGGREGATE ARABIC BASE BETA.DIST BETA.INV BINOM.DIST BINOM.INV BITAND BITOR BITXOR BYCOL BYROW
CEILING.MATH  CHISQ.DIST CHISQ.INV CHISQ.TEST CHOOSECOLS CHOOSEROWS COMBINA CONCAT CONFIDENCE.NORM CONFIDENCE.T
COT COTH COVARIANCE.P  COVARIANCE.S CSC CSCH DAYS DECIMAL DROP EXPAND EXPON.DIST F.DIST F.INV F.TEST FILTER
FILTERXML FLOOR.MATH FORMULATEXT  GAMMA GAMMA.DIST GAMMA.INV GAMMALN.PRECISE GAUSS HSTACK IFNA IFS ISFORMULA
ISOMITTED LAMBDA LET LOGNORM.DIST LOGNORM.INV  MAKEARRAY MAP MAXIFS MINIFS MODE.MULT MODE.SNGL MUNIT
NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE  PERCENTILE.EXC PERCENTILE.INC
PERCENTRANK.EXC PERCENTRANK.INC PERMUTATIONA PHI POISSON.DIST QUARTILE.EXC QUARTILE.INC  RANDARRAY RANK.AVG
RANK.EQ REDUCE SCAN SEC SECH SEQUENCE SHEET SHEETS SKEW.P SORT SORTBY STDEV.P STDEV.S SWITCH T.DIST  T.INV
T.TEST TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW UNICHAR UNICODE UNIQUE VAR.P VAR.S VSTACK
WEBSERVICE  WEIBULL.DIST WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR Z.TEST
"""
PREFIXED = frozenset(_NEW_NAMES.split())
"""Functions that came after the file format, and are stored with _xlfn. before their names."""

ONE = rule(
    "one-formula",
    "a block has one formula, filled over all its cells; only the end of a sequence, where each other row reads the one above "
    "it (or below), may have its own",
    "a reader who has understood one cell must have understood them all; an odd one among many is a slip",
    "fill the block from one of its cells",
)
TYPED = rule(
    "typed-over",
    "no number is typed in among formulas",
    "a typed number stays still when everything around it moves",
    "put the formula back, or give the number a cell of its own",
)
CONSTANT = rule(
    "constant",
    "no number stands in a formula but universal ones (0 to 10, 12, 100, 0.5, 700)",
    "a reader can neither see nor change what is hidden in a formula",
    "give the number a cell of its own and refer to it",
)
FUNCTION = rule(
    "function",
    "formulas use only functions that every spreadsheet computes alike",
    "the file must say the same in Excel, LibreOffice, WPS and Google Sheets",
    "say it with a function that workbook.formula.ALLOWED_FUNCTIONS lists",
)
MOVING = rule(
    "volatile",
    "no function that gives something else each time (NOW, TODAY, RAND) or hides what it reads (OFFSET, INDIRECT)",
    "numbers must stay what the text around them says, and a reader must be able to trace them",
    "type the number into a cell, or refer to the cells themselves",
)
PREFIX = rule(
    "prefix",
    "functions newer than the file format are stored with _xlfn. before their names",
    "without it Excel shows #NAME? until somebody edits the cell",
    "store it as _xlfn.NAME, or better use an older function",
)
ELSEWHERE = rule(
    "external",
    "no formula reads another file (a table of this one, as in MAX(Table1[Age]), is none)",
    "the other file is not there on the reader's machine",
    "copy the numbers into this file",
)
BALANCED = rule(
    "balanced",
    "every bracket and quotation mark in a formula has its partner",
    "Excel calls the whole file damaged",
    "complete the formula",
)
LIMIT = rule(
    "formula-limit",
    "a formula has at most 8,192 characters, and a text in it at most 255",
    "Excel calls the whole file damaged",
    "split the formula over several cells",
)
LENGTH = rule(
    "readable",
    f"a formula has at most {LONGEST_READABLE} characters (one that writes a sentence {LONGEST_SENTENCE:,}), {DEEPEST} calls within "
    f"one another and {MOST_PLACES} places that it reads",
    "a reader clicks a cell to see where it comes from, and must be able to read the answer",
    "split it into steps, each in a cell with a name",
)
ARRAY = rule(
    "array",
    "no formula is an array formula, one in braces, or a data table",
    "it is entered, copied and filled in another way than all others, and phones cannot enter it",
    "enter it as a plain formula; SUMPRODUCT adds up arrays as it is",
)
READS = rule(
    "reach",
    f"a formula reads at most {MOST_CELLS:,} cells",
    "whole columns take in what happens to stand there, and make every change slow",
    "refer to the cells that are meant",
)


@every_formula(CONSTANT)
def constants(formula: Anatomy) -> str | None:
    odd = [_in_full(number) for number in formula.numbers if number not in UNIVERSAL_NUMBERS]
    return f"{', '.join(odd)} in ={formula.formula}" if odd else None


def _in_full(number: float) -> str:
    """Return a number with all its digits: what is wrong with it may be the last of them."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


@every_formula(FUNCTION)
def functions(formula: Anatomy) -> str | None:
    odd = {name for name in formula.functions if name not in ALLOWED_FUNCTIONS} - VOLATILE
    return f"{', '.join(sorted(odd))} in ={formula.formula}" if odd else None


@every_formula(MOVING)
def volatile(formula: Anatomy) -> str | None:
    odd = VOLATILE & {name.removeprefix("_XLFN.") for name in formula.functions}
    return f"{', '.join(sorted(odd))} in ={formula.formula}" if odd else None


@every_formula(PREFIX)
def prefixes(formula: Anatomy) -> str | None:
    odd = PREFIXED & set(formula.functions)
    return f"{', '.join(sorted(odd))} in ={formula.formula}" if odd else None


@every_formula(ELSEWHERE)
def elsewhere(formula: Anatomy) -> str | None:
    quoted = any("[" in sheet for sheet in formula.all("sheet"))
    return f"={formula.formula}" if quoted or formula.all("elsewhere") else None


@every_formula(BALANCED)
def balanced(formula: Anatomy) -> str | None:
    return None if formula.is_balanced else f"={formula.formula}"


@every_formula(LIMIT)
def within_limits(formula: Anatomy) -> str | None:
    if len(formula.formula) > LONGEST:
        return f"the formula has {len(formula.formula):,} characters"
    longest = max((utf16_length(text[1:-1].replace('""', '"')) for text in formula.all("text")), default=0)
    return f"a text in the formula has {longest} characters" if longest > LONGEST_TEXT else None


@every_formula(LENGTH)
def readable(formula: Anatomy) -> str | None:
    most = LONGEST_SENTENCE if ("sign", "&") in formula.tokens else LONGEST_READABLE
    if most < len(formula.formula) <= LONGEST:
        return f"the formula has {len(formula.formula):,} characters"
    if formula.depth > DEEPEST:
        return f"{formula.depth} calls stand within one another in ={formula.formula}"
    return f"it refers to {formula.places} places" if formula.places > MOST_PLACES else None


@every_cell(ARRAY, lambda some: some.at([n for n, at in enumerate(some.places) if at in some.arrays]))
def arrays(cell: Cell, _page: Page) -> str | None:
    return f"{{={cell.formula or 'TABLE'}}}" if cell.is_array else None


@every_formula(READS)
def reach(formula: Anatomy) -> str | None:
    return f"={formula.formula} reads {formula.cells_read:,} cells" if formula.cells_read > MOST_CELLS else None


# ---------------------------------------------------------------------------------------------- blocks


@every_page(ONE)
def one_formula(page: Page) -> Iterator[tuple[str, str]]:
    for area in page.blocks:
        yield from _odd_in_block(page, area)
    for n in _odd_among_neighbours(page):
        if page.kinds[n] >= 0:
            yield page.cell(n), "its formula is another than those around it"


@whole_file(ONE)
def not_too_many(file: File) -> Iterator[tuple[str, str, str]]:
    if file.passed_over:
        yield "", "", f"it has too many different formulas; {file.passed_over:,} were not looked at"


@every_page(TYPED)
def typed_over(page: Page) -> Iterator[tuple[str, str]]:
    for id, area in page.named_blocks:
        here = page.within(area)
        formulas = page.kinds[here] >= 0
        built = page.file.built.get(id.lower())
        if formulas.any() if built is None else built.is_computed:
            for n in here[~formulas]:
                yield page.cell(n), f"it is typed in, and {id} is a block of formulas"
    for n in _odd_among_neighbours(page):
        if page.kinds[n] == NUMBER:
            yield page.cell(n), "it is typed in, between formulas that are alike"


def _odd_in_block(page: Page, area: Area) -> Iterator[tuple[str, str]]:
    """Yield the cells of a block whose formula is another than the block's.

    A formula that moves down as it is filled is every row's. Only where it looks back on the row above is the first row
    free, and where it looks ahead the last: a sequence begins somehow. So it is where the row before stands in another
    block, on whose first row the fill would look above it. Where none moves, each row gathers something from elsewhere, and a row has one formula;
    but if nearly all rows gather the same, the others are odd.
    """
    here = page.within(area)
    here = here[page.kinds[here] >= 0]
    if not len(here):
        return
    here = here[np.lexsort((page.columns[here], page.rows[here]))]
    rows, kinds = page.rows[here], page.kinds[here]
    patterns = page.file.patterns
    ends = rows == rows[0], rows == rows[-1]
    of_row = _usual_of_rows(rows, kinds)
    odd = kinds != of_row
    if any(patterns[kind].moves_down for kind in np.unique(kinds)):
        is_inner = ~(ends[0] | ends[1])
        if not is_inner.any():  # two rows: the one that reads the other goes on, the other begins
            is_inner = ends[0] if patterns[of_row[0]].looks_ahead else ends[1]
        usual = _most_frequent(kinds[is_inner])
        free = patterns[usual].looks_back, patterns[usual].looks_ahead
        odd |= (kinds != usual) & ~(ends[0] | ends[1])
        for is_end, is_free, at in zip(ends, free, (0, -1), strict=True):
            alike = patterns[of_row[at]].reads_alike(patterns[usual], int(rows[at]), int(page.columns[here[0]]))
            if not (is_free or alike or _would_leave(page, patterns[usual], int(rows[at]), -1 if at else 1)):
                odd |= (kinds != usual) & is_end
    else:
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        usual = _most_frequent(of_row[starts])
        is_other = of_row != usual
        others = np.count_nonzero(is_other[starts])
        if len(starts) > 2 and others <= max(1, len(starts) // FEW):
            odd |= is_other
    for n in here[odd]:
        yield page.cell(n), "its formula is another than its block's"


def _would_leave(page: Page, usual: Pattern, end: int, inward: int) -> bool:
    """Whether a formula, filled into the end of its block, would read beside a block that it reads within one row inward."""
    inner, there = (areas_read(moved(usual.formula, row - usual.row, 0), page.name) for row in (end + inward, end))
    pairs = list(zip(inner, there, strict=False))
    blocks = [block for block in page.file.blocks.values() if any(is_within(area, block) for area, _there in pairs)]
    return any(is_within(area, block) and not is_within(there, block) for area, there in pairs for block in blocks)


def _usual_of_rows(rows: NDArray[np.int32], kinds: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return for each cell, in the order of rows, the formula that most cells of its row have."""
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    lengths = np.diff(starts, append=len(rows))
    usual = kinds[starts]
    for n in np.unique(np.repeat(np.arange(len(starts)), lengths)[kinds != np.repeat(usual, lengths)]).tolist():
        usual[n] = _most_frequent(kinds[starts[n] : starts[n] + lengths[n]])
    return np.repeat(usual, lengths)


def _most_frequent(numbers: NDArray[np.int32]) -> int:
    """Return the most frequent number; of several the one that comes first."""
    found, first, counts = np.unique(numbers, return_index=True, return_counts=True)
    return int(found[np.lexsort((first, -counts))[0]])


def _odd_among_neighbours(page: Page) -> list[int]:
    """Return the cells outside of our blocks that stand between two equal formulas and are something else."""
    found: set[int] = set()
    for along, across in ((page.rows, page.columns), (page.columns, page.rows)):
        order = np.lexsort((along, across))
        a, c, kinds = along[order], across[order], page.kinds[order]
        if len(order) < 3:
            break
        together = (np.diff(a) == 1) & (np.diff(c) == 0)
        alike = (kinds[:-2] == kinds[2:]) & (kinds[:-2] >= 0) & (kinds[1:-1] != kinds[:-2])
        middle = order[1:-1][together[:-1] & together[1:] & alike]
        found.update(middle[~page.in_blocks[middle]].tolist())
    return sorted(found)
