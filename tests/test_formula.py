"""Formulas say in a spreadsheet what the expression says in mathematics."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from proof import assert_proven

from workbook.addresses import cell_name, column_letters
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.expression import LONGEST_SPELLED_SUM
from workbook.formula import (
    ALLOWED_FUNCTIONS,
    Direction,
    FormulaError,
    Operand,
    absolute,
    added,
    as_expr,
    call,
    dot,
    equal,
    exp,
    fixed,
    if_,
    joined,
    mean,
    pick,
    power,
    rounded,
    squared_distance,
    total,
)
from workbook.layout.place import laid_out
from workbook.sheet import Kind
from workbook.text import shown_text

RANDOM = np.random.default_rng(3)


class Page:
    """A page on which blocks are put, to read their formulas."""

    def __init__(self) -> None:
        self.book = Book("test", "t", "a", "s")
        self.sheet = self.book.page("S", "S", kind=Kind.DEEPER)
        self.count = 0

    def rendered(self, block: Block) -> Block:
        """Return a block in its place, with its formulas; what is added later does not move it."""
        laid_out(self.sheet)
        block.render()
        return block

    def given(self, *shape: int, **fields: object) -> Block:
        self.count += 1
        return self.rendered(self.sheet.given(f"g{self.count}", RANDOM.normal(size=shape), **fields))

    def derived(self, value: object, formula: Callable[..., Operand], **fields: object) -> Block:
        self.count += 1
        return self.rendered(self.sheet.derived(f"d{self.count}", value, formula, **fields))

    def formula(self, formula: Callable[[], Operand]) -> str:
        """Return a scalar formula's text."""
        text = self.derived(0.0, formula).formula_at(0, 0)
        assert text is not None
        return text


@pytest.fixture
def page() -> Page:
    return Page()


# ---------------------------------------------------------------------------------------------- precedence


def test_every_precedence_computes_what_numpy_computes(page: Page) -> None:
    scalars = [page.given() for _ in range(3)]
    a, b, c = scalars
    x, y, z = (float(block.value) for block in scalars)
    for value, formula in (
        (-(x**2), lambda: -(a**2)),
        ((-x) ** 2, lambda: (-a) ** 2),
        (x - (y - z), lambda: a - (b - c)),
        (x - y - z, lambda: a - b - c),
        (x - (y + z), lambda: a - (b + c)),
        (x / (y / z), lambda: a / (b / c)),
        (x / (y * z), lambda: a / (b * c)),
        (x / y * z, lambda: a / b * c),
        (x * (y / z), lambda: a * (b / c)),
        ((x**2) ** 3, lambda: (a**2) ** 3),
        (4.0**9, lambda: as_expr(4) ** (as_expr(3) ** 2)),
        (-(x + y), lambda: -(a + b)),
        (x * -y, lambda: a * -b),
        (x - -y, lambda: a - -b),
        (x / -y, lambda: a / -b),
        (2 ** (-x), lambda: as_expr(2) ** -a),
        ((x + y) * (y - z), lambda: (a + b) * (b - c)),
        ((x + y) ** 2, lambda: (a + b) ** 2),
        (1 - x, lambda: 1 - a),
        (1 / x, lambda: 1 / a),
        (2 * x - 3, lambda: 2 * a - 3),
        (-3 * x, lambda: -3 * a),
        (x * -3, lambda: a * -3),
        (abs(x) ** 0.5, lambda: absolute(a) ** 0.5),
        (float(x > y), lambda: if_(a > b, 1, 0)),
        (float(x + 1 <= y * 2), lambda: if_(a + 1 <= b * 2, 1, 0)),
    ):
        page.derived(value, formula)
    assert_proven(page.book.finish())


def test_a_power_below_a_minus_is_bracketed(page: Page) -> None:
    a, b = page.given(), page.given()
    assert page.formula(lambda: -(a**b)) == "-($E$4^$E$5)"
    assert page.formula(lambda: (-a) ** b) == "(-$E$4)^$E$5"
    assert page.formula(lambda: 0 - a**b) == "0-$E$4^$E$5"


def test_a_square_is_a_product(page: Page) -> None:
    """LibreOffice takes 1E-200^2 for an error, and 1E-200*1E-200 for 0, as every program does."""
    a, b = page.given(), page.given()
    assert page.formula(lambda: -(a**2)) == "-($E$4*$E$4)"
    assert page.formula(lambda: b - a**3) == "$E$5-$E$4*$E$4*$E$4"
    assert page.formula(lambda: b / (a - b) ** 2) == "$E$5/(($E$4-$E$5)*($E$4-$E$5))"
    assert page.formula(lambda: 0.5 * (a * b + 1) ** 2) == "0.5*SUMSQ($E$4*$E$5+1)"
    assert page.formula(lambda: b - (a / b) ** 3) == "$E$5-SUMSQ($E$4/$E$5)*$E$4/$E$5"
    assert page.formula(lambda: (a / b) ** 4) == "SUMSQ(SUMSQ($E$4/$E$5))"


def test_a_power_whose_exponent_a_cell_holds_is_no_error_where_it_is_too_small(page: Page) -> None:
    a, n = page.given(), page.given()
    assert page.formula(lambda: 1 - power(a, n)) == "1-IF(ABS($E$4)<EXP((-700)/$E$5),0,$E$4^$E$5)"


def test_no_bracket_without_need(page: Page) -> None:
    a, b = page.given(), page.given()
    assert page.formula(lambda: a + (b + a) * 2) == "$E$4+($E$5+$E$4)*2"
    assert page.formula(lambda: a + (b - a)) == "$E$4+$E$5-$E$4"


def test_quotation_marks_in_a_text_are_doubled(page: Page) -> None:
    a = page.given()
    assert page.formula(lambda: joined('say "', a, '"')) == '"say """&$E$4&""""'


# ---------------------------------------------------------------------------------------------- references


def test_a_moving_index_is_relative_and_a_pinned_one_absolute(page: Page) -> None:
    W = page.given(3, 4)
    rate = page.given()
    block = page.derived(W.value * float(rate.value), lambda i, j: rate * W[i, j])
    assert block.formula_at(0, 0) == f"$E${rate.place.row + 1}*B{W.place.row + 1}"
    assert block.formula_at(2, 3) == f"$E${rate.place.row + 1}*E{W.place.row + 3}"
    row = page.derived(W.value[:, 1], lambda i: W[i, 1] * 1)
    assert row.formula_at(2, 0) == f"$C{W.place.row + 3}*1"
    last = page.derived(W.value[-1], lambda j: W[-1, j] * 1, along=Direction.RIGHT)
    assert last.formula_at(0, 2) == f"D${W.place.row + 3}*1"


def test_another_sheet_is_named(page: Page) -> None:
    a = page.given()
    page.sheet = page.book.page("Other", "Other")
    assert page.formula(lambda: a + 1) == "S!$E$4+1"


@pytest.mark.parametrize("length", [4, LONGEST_SPELLED_SUM + 3])
def test_products_are_right_whichever_way_the_ranges_lie(length: int, page: Page) -> None:
    W = page.given(3, length, rows=Counter(""), columns=Counter(""))
    V = page.given(length, 5, rows=Counter(""), columns=Counter(""))
    down = page.given(length)
    across = page.given(length, along=Direction.RIGHT)
    rows, columns = {"rows": Counter("")}, {"columns": Counter("")}
    both = {**rows, **columns}
    page.derived(W.value @ down.value, lambda i: dot(W[i, :], down[:]), **rows)
    page.derived(W.value @ down.value, lambda i: dot(down[:], W[i, :]), along=Direction.RIGHT, **columns)
    page.derived(W.value @ across.value, lambda i: dot(W[i, :], across[:]), **rows)
    page.derived(across.value @ V.value, lambda j: dot(across[:], V[:, j]), along=Direction.RIGHT, **columns)
    page.derived(down.value @ V.value, lambda j: dot(down[:], V[:, j]), **rows)
    page.derived(W.value @ V.value, lambda i, j: dot(W[i, :], V[:, j]), **both)
    page.derived((W.value @ V.value).T, lambda j, i: dot(W[i, :], V[:, j]), **both)
    page.derived(W.value @ W.value.T, lambda i, j: dot(W[i, :], W[j, :]), **both)
    page.derived(V.value.T @ V.value, lambda i, j: dot(V[:, i], V[:, j]), **both)
    page.derived(W.value.T, lambda k, i: W[i, k] * 1, **both)
    page.derived(down.value @ across.value, lambda: dot(down[:], across[:]))
    page.derived(((down.value - V.value[:, 0]) ** 2).sum(), lambda: squared_distance(down[:], V[:, 0]))
    assert assert_proven(page.book.finish()) > 50


def test_a_matrix_that_lies_transposed_is_read_by_its_own_indices(page: Page) -> None:
    """Straight, across the fill, and picked: rows that run right are still the first index."""
    A = page.given(3, 4, along=Direction.RIGHT, rows=Counter(""), columns=Counter(""))
    i, j = page.given(), page.given()
    i.value[...], j.value[...] = 2, 3
    headings = {"rows": Counter(""), "columns": Counter("")}
    page.derived(A.value, lambda r, c: A[r, c] * 1, along=Direction.RIGHT, **headings)
    page.derived(A.value, lambda r, c: A[r, c] * 1, **headings)
    page.derived(A.value[1, 2], lambda: pick(A, i, j))
    page.derived(A.value @ A.value.T, lambda r, c: dot(A[r, :], A[c, :]), **headings)
    assert assert_proven(page.book.finish()) >= 12 + 12 + 1 + 9


def test_an_index_across_the_fill_needs_a_counter(page: Page) -> None:
    W = page.given(3, 4)
    with pytest.raises(FormulaError, match="counters in the heading"):
        page.derived(W.value.T, lambda k, i: W[i, k])


@pytest.mark.parametrize("step", [-1, 1])
def test_a_formula_that_leaves_its_block_is_refused(step: int, page: Page) -> None:
    x = page.given(5)
    with pytest.raises(FormulaError, match=r"reads g1 at .* outside 0…4"):
        page.derived(x.value, lambda i: x[i + step])


def test_indices_must_fit_the_block(page: Page) -> None:
    x, W = page.given(5), page.given(2, 3)
    with pytest.raises(FormulaError, match="2 axes; 1 indices"):
        W[0]
    with pytest.raises(FormulaError, match="outside 0…4"):
        page.formula(lambda: x[5] * 1)
    with pytest.raises(FormulaError, match="sliced to nothing"):
        page.formula(lambda: total(x[3:3]))
    with pytest.raises(FormulaError, match="with a step"):
        page.formula(lambda: total(x[::2]))
    with pytest.raises(FormulaError, match="the lengths differ"):
        dot(x[:], W[0, :])


def test_a_range_where_one_cell_is_meant_is_refused(page: Page) -> None:
    y, p = page.given(5), page.given()
    for formula in (
        lambda: p - y,
        lambda: -y[1:],
        lambda: exp(y),
        lambda: if_(y > 0, 1, 0),
        lambda: total(p - y),
        lambda: if_(p > 0, y, 0) + 1,
        lambda: pick(y, y),
        lambda: y,
    ):
        with pytest.raises(FormulaError, match=rf"its formula reads [45] cells of {y.id} where one is meant: name the"):
            page.formula(formula)
    for formula in (lambda: p - y[1], lambda: total(y), lambda: call("SUMPRODUCT", (y - p) * (y - p)), lambda: y[:1]):
        page.formula(formula)


def test_a_sequence_begins_with_a_formula_of_its_own(page: Page) -> None:
    start, rate = page.given(), page.given()
    values = float(start.value) * (1 + float(rate.value)) ** np.arange(6)
    with page.sheet.table(Counter(""), 6) as table:
        x = table.updated("x", values, formula=lambda t: x[t - 1] * (1 + rate), first=lambda: start * 1, title="x")
    page.rendered(x)
    assert x.formula_at(0, 0) == "$E$4*1"
    assert x.formula_at(5, 0) == f"$C{x.place.row + 5}*(1+$E$5)"
    assert_proven(page.book.finish())


def test_filling_and_asking_for_one_cell_agree(page: Page) -> None:
    W = page.given(4, 30)
    block = page.derived(W.value, lambda i, j: if_(W[i, j] < 0, W[i, j], joined("100%", W[i, j])))
    rows = list(block.formula_rows())
    assert [[block.formula_at(i, j) for j in range(30)] for i in range(4)] == rows
    escaped = list(block.formula_rows(escape=True))
    assert "&lt;0" in escaped[0][0] and "&amp;" in escaped[0][0] and "100%" in escaped[0][0]


def test_cells_are_named_as_a_spreadsheet_does() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert cell_name(9, 27) == "AB10"


# ---------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("number", [0.01, 0.1, 3.14, 42, -11, 1e-9])
def test_a_typed_in_number_is_refused(number: float, page: Page) -> None:
    a = page.given()
    for formula in (lambda: a * number, lambda: number + a, lambda: if_(a > number, 1, 0), lambda: a**number):
        with pytest.raises(FormulaError, match="give it a cell of its own"):
            page.formula(formula)


def test_what_is_neither_block_nor_number_is_refused(page: Page) -> None:
    a = page.given()
    for thing in (None, True, np.float64(0.5), [1], a.value):
        with pytest.raises((FormulaError, TypeError)):
            page.formula(lambda thing=thing: as_expr(thing))


def test_a_formula_has_no_truth_value(page: Page) -> None:
    a = page.given()
    with pytest.raises(FormulaError, match="no truth value"):
        page.formula(lambda: 1 if a > 0 else 0)


def test_functions_that_not_every_spreadsheet_has_are_refused() -> None:
    for name in ("LET", "RAND", "NOW", "OFFSET", "INDIRECT", "XLOOKUP", "TEXT", "VAR", "sum"):
        assert name not in ALLOWED_FUNCTIONS
        with pytest.raises(FormulaError, match="not one that every spreadsheet has"):
            call(name, 1)


def test_a_block_must_be_on_a_sheet_before_it_is_referred_to() -> None:
    loose = Block("loose", Role.GIVEN, np.asarray(1.0))
    with pytest.raises(FormulaError, match="has not been put on a sheet"):
        _ = loose.place


def test_the_formula_does_not_depend_on_the_numbers() -> None:
    def texts() -> list[str | None]:
        page = Page()
        W, x = page.given(3, 4), page.given(4)
        blocks = [
            page.derived(W.value @ x.value, lambda i: dot(W[i, :], x[:])),
            page.derived(W.value, lambda i, j: exp(-W[i, j]) * 2),
        ]
        return [block.formula_at(0, 0) for block in blocks]

    assert texts() == texts()


# ---------------------------------------------------------------------------------------------- texts and functions


def test_functions_compute_what_numpy_computes(page: Page) -> None:
    x = page.given(6)
    v = x.value
    position = page.sheet.given("position", 3)
    page.derived(np.exp(-v), lambda i: exp(-x[i]))
    page.derived(v.sum(), lambda: total(x))
    page.derived(v.mean(), lambda: mean(x))
    page.derived(v[2], lambda: pick(x, position))
    page.derived(np.round(v, 3), lambda i: rounded(x[i], 3))
    page.derived(np.asarray("x₁ = " + shown_text(v[0], 3), dtype=object), lambda: joined("x₁ = ", fixed(x[0], 3)))
    assert_proven(page.book.finish())


@pytest.mark.parametrize("number", [0.125, 2.675, -2.675, 1e-12, -0.0004, 0.5, 1.005, 123456.789, 0.1 + 0.2])
@pytest.mark.parametrize("digits", [0, 2, 3])
def test_sentences_show_what_the_spreadsheet_shows(number: float, digits: int, page: Page, engine: str) -> None:
    a = page.sheet.given("a", number)
    page.sheet.sentence("s", f"a = {{a:{digits}}}, ({{a:{digits}p}})", a=a)
    assert_proven(page.book.finish(), engine)


# ---------------------------------------------------------------------------------------------- Excel's limits


def test_a_text_longer_than_excel_takes_is_joined_of_pieces(page: Page) -> None:
    long = 'a "quoted" 💥 word, ' * 20
    number = page.given()
    page.sheet.sentence("said", long + "{x:2} " + long, x=number)
    verdict = np.asarray(long if number.value > 9 else "no", dtype=object)
    page.derived(verdict, lambda: if_(number > 9, long, "no"), number_format="@")
    text = page.book["said"].formula_at(0, 0)
    assert text is not None
    assert all(len(piece.replace('""', '"')) <= 255 for piece in re.findall(r'"((?:[^"]|"")*)"', text))
    assert_proven(page.book.finish())


def test_a_long_text_compared_keeps_its_brackets(page: Page) -> None:
    word = page.sheet.given("word", np.array("x", dtype=object), valid=None)
    assert page.formula(lambda: if_(equal(word, "y" * 300), 1, 0)).count("&") == 2
    assert page.formula(lambda: call("COUNTIF", word, "y" * 300)).startswith('COUNTIF($E$4,"')


def test_formulas_that_excel_would_drop_are_refused(page: Page) -> None:
    a = page.given(300)

    def nested() -> Operand:
        x: Operand = a[0]
        for _n in range(70):
            x = absolute(x)
        return x

    for formula, fault in (
        (lambda: added(*(a[n % 300] * a[0] for n in range(900))), "longer than Excel's 8192"),
        (nested, "nested deeper than Excel's 64"),
        (lambda: call("MAX", *(a[n] for n in range(256))), "MAX takes 255 arguments"),
    ):
        with pytest.raises(FormulaError, match=fault):
            page.derived(0.0, formula)


# ---------------------------------------------------------------------------------------------- what has no meaning


def test_a_block_cannot_be_iterated_over(page: Page) -> None:
    with pytest.raises(TypeError):
        list(page.given(3))  # type: ignore[call-overload]


def test_ranges_that_do_not_lie_alike_have_no_distance(page: Page) -> None:
    row, column = page.given(3, along=Direction.RIGHT), page.given(3)
    with pytest.raises(FormulaError, match="do not lie alike"):
        page.derived(0.0, lambda: squared_distance(row, column))
    with pytest.raises(FormulaError, match="is held against"):
        page.sheet.check("c", "check", row, page.given(), 1e-9)


def test_a_range_is_fixed_or_moves_whole(page: Page) -> None:
    a = page.given(5)
    with pytest.raises(FormulaError, match="fixed numbers"):
        page.derived(np.zeros(3), lambda i: total(a[i:5]))


def test_as_many_formulas_as_a_block_needs(page: Page) -> None:
    a = page.given(3)
    for fields in (
        {"formula": None},
        {"formula": None, "each": [a[0], a[1]]},
        {"formula": lambda i: a[i], "first": lambda: a[0], "along": Direction.RIGHT},
        {"formula": None, "first": lambda: a[0]},
    ):
        with pytest.raises(FormulaError):
            page.derived(np.zeros(3), **fields)
    with pytest.raises(FormulaError, match="given cells have no formula"):
        page.given(3, formula=lambda i: a[i])
