"""`prove` lets rounding pass and nothing else, and names the first block that is wrong."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from network import M, Plant, network
from tampering import poison, replace_cell, rewrite

from workbook.block import Block, Counter
from workbook.book import Book
from workbook.check import Proof, prove
from workbook.formula import Direction, as_expr, dot, exp, fixed, if_, joined, mean, pick, rounded, total
from workbook.guard import FileError
from workbook.render import Slot, Template
from workbook.writer import write


def proof_of(book: Book, folder: Path, engine: str = "ironcalc") -> Proof:
    path = folder / "book.xlsx"
    write(book, path)
    return prove(path, book, engine=engine)


def proof_of_file(book: Book, folder: Path, spoil: Callable[[Path], None]) -> Proof:
    path = folder / "book.xlsx"
    write(book, path)
    spoil(path)
    return prove(path)


def test_a_right_book_holds_with_each_engine(tmp_path: Path, engine: str) -> None:
    proof = proof_of(network(), tmp_path, engine)
    assert proof.holds, proof.report()
    assert proof.cells > 150
    assert proof.report().endswith(f"formula cells agree with {engine}")
    assert prove(tmp_path / "book.xlsx", engine=engine).cells == proof.cells


# ---------------------------------------------------------------------------------------------- planted errors

FIRST = (0, 0)


def first_shut_off(book: Book) -> tuple[int, int]:
    """The first cell that ReLU shuts off."""
    row, column = np.argwhere(book["Z1"].value <= 0)[0]
    return int(row), int(column)


PLANTED: dict[str, tuple[str, Plant, tuple[int, int] | Callable[[Book], tuple[int, int]]]] = {
    "a transposed W": (
        "dA1",
        lambda b: lambda i, j: b["dZ2"][i, 0] * b["W2"][0, j] + b["dZ2"][i, 1] * b["W2"][0, j],
        FIRST,
    ),
    "W read down instead of across": (
        "Z2",
        lambda b: lambda i, o: dot(b["W1"][:, o], b["A1"][i, :]) + b["b2"][o],
        FIRST,
    ),
    "a lost bias": ("Z1", lambda b: lambda i, j: dot(b["W1"][j, :], b["X"][i, :]), FIRST),
    "the wrong sign": ("W1_new", lambda b: lambda j, k: b["W1"][j, k] + b["lr"] * b["dW1"][j, k], FIRST),
    "a dropped σ′": ("dZ2", lambda b: lambda i, o: (b["Y"][i, o] - b["T"][i, o]) / b["m"], FIRST),
    "half of σ′": ("dZ2", lambda b: lambda i, o: (b["Y"][i, o] - b["T"][i, o]) * b["Y"][i, o] / b["m"], FIRST),
    "mean for sum": ("loss_rows", lambda b: lambda i: mean(b["E"][i, :]), FIRST),
    "sum for mean": ("loss", lambda b: lambda: total(b["loss_rows"]), FIRST),
    "an updated weight used too early": (
        "Z1_next",
        lambda b: lambda i, j: dot(b["W1"][j, :], b["X"][i, :]) + b["b1"][j],
        FIRST,
    ),
    "ReLU's mask forgotten": ("dZ1", lambda b: lambda i, j: b["dA1"][i, j] * 1, first_shut_off),
    "divided by m twice": ("dW2", lambda b: lambda o, j: dot(b["dZ2"][:, o], b["A1"][:, j]) / b["m"], FIRST),
    "a range one too short": ("loss", lambda b: lambda: mean(b["loss_rows"][: M - 1]), FIRST),
    "a range one too late": ("loss", lambda b: lambda: mean(b["loss_rows"][1:]), FIRST),
    "a mean over the examples for their sum": ("db2", lambda b: lambda o: mean(b["dZ2"][:, o]), FIRST),
    "another row's bias": ("Z2", lambda b: lambda i, o: dot(b["W2"][o, :], b["A1"][i, :]) + b["b2"][0], (0, 1)),
    "a number instead of a formula": ("loss", lambda b: lambda: 0.5, FIRST),
    "a sign lost in the sigmoid": ("Y", lambda b: lambda i, o: 1 / (1 + exp(b["Z2"][i, o])), FIRST),
    "the half forgotten": ("E", lambda b: lambda i, o: (b["Y"][i, o] - b["T"][i, o]) ** 2, FIRST),
}


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_is_caught_and_named(error: str, tmp_path: Path) -> None:
    id, plant, cell = PLANTED[error]
    book = network({id: plant})
    proof = proof_of(book, tmp_path)
    assert not proof.holds
    first = proof.failures[0]
    assert first.block.id == id
    assert (first.row, first.column) == (cell(book) if callable(cell) else cell)
    assert {failure.block.id for failure in proof.failures if failure.is_root} == {id}
    assert first.cell in proof.report()
    assert first.formula in proof.report()


def change_slots(block: Block, change: Callable[[Slot], Slot]) -> None:
    """Change the references in a block's formula."""
    block._patterns = [
        (rows, Template(tuple(change(part) if isinstance(part, Slot) else part for part in template.parts)))
        for rows, template in block.patterns
    ]


def test_relative_for_absolute_is_caught(tmp_path: Path) -> None:
    book = network()
    assert "$E$" in book["W1_new"].formula_at(0, 0), "the learning rate is pinned"
    change_slots(book["W1_new"], lambda slot: dataclasses.replace(slot, moves=True))
    first = proof_of(book, tmp_path).failures[0]
    assert (first.block.id, first.row, first.column) == ("W1_new", 0, 1), "the first cell still reads the right one"


def test_a_shifted_reference_is_caught(tmp_path: Path) -> None:
    book = network()
    change_slots(book["Y"], lambda slot: dataclasses.replace(slot, base=slot.base + (slot.direction is Direction.DOWN)))
    first = proof_of(book, tmp_path).failures[0]
    assert (first.block.id, first.row, first.column) == ("Y", 0, 0)


def test_what_follows_is_counted_apart_from_what_is_wrong(tmp_path: Path) -> None:
    proof = proof_of(network({"Z1": PLANTED["a lost bias"][1]}), tmp_path)
    roots = [failure for failure in proof.failures if failure.is_root]
    assert len(roots) == 4 * M
    followers = {failure.block.id for failure in proof.failures if not failure.is_root}
    assert {"Z2", "Y", "loss", "dW1", "W1_new"} <= followers
    assert "Z1_next" in followers
    assert "in this block 19 more cells disagree independently" in proof.report()
    assert f"{len(proof.failures) - len(roots):,} cells disagree only because of what they read" in proof.report()
    assert "other block" not in proof.report()


def test_two_errors_are_two(tmp_path: Path) -> None:
    planted = {id: PLANTED[error][1] for error in ("a lost bias", "mean for sum") for id in [PLANTED[error][0]]}
    report = proof_of(network(planted), tmp_path).report()
    assert "block       Z1" in report
    assert "1 other block" not in report, "loss_rows reads Z1, so it only follows"
    report = proof_of(
        network({"loss": PLANTED["sum for mean"][1], "db2": PLANTED["a mean over the examples for their sum"][1]}),
        tmp_path,
    ).report()
    assert "1 other block disagrees independently of it: db2" in report


# ---------------------------------------------------------------------------------------------- files


def test_a_poisoned_cache_is_caught_by_each_engine(tmp_path: Path, engine: str) -> None:
    book = network()
    path = tmp_path / "book.xlsx"
    write(book, path)
    place = book["loss"].place
    poison(path, "Forward", f"C{place.row + 1}", "0.123456789")
    proof = prove(path, engine=engine)
    assert [failure.block.id for failure in proof.failures] == ["loss"]
    assert proof.failures[0].expected == 0.123456789
    assert np.isclose(proof.failures[0].found, float(book["loss"].value), rtol=1e-12)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", ""])
def test_a_cache_that_is_no_number_is_caught(value: str, tmp_path: Path) -> None:
    cell = f"E{network()['loss'].place.row + 1}"
    proof = proof_of_file(network(), tmp_path, lambda path: poison(path, "Forward", cell, value))
    assert [failure.block.id for failure in proof.failures] == ["loss"]


def test_a_number_typed_over_a_formula_is_caught(tmp_path: Path) -> None:
    place = network()["A1"].place
    cell = f"C{place.row + 2}"
    proof = proof_of_file(network(), tmp_path, lambda path: replace_cell(path, "Forward", cell, "<f>.*?</f>", ""))
    assert [failure.cell for failure in proof.failures] == [f"Forward!{cell}"]
    assert "typed over" in proof.report()


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [("<f>.*?</f>", "a number typed over a formula"), ("<f>.*?</f><v>.*?</v>", "an empty cell in a block of formulas")],
)
def test_a_block_of_one_cell_that_is_typed_over_is_caught(pattern: str, cause: str, tmp_path: Path) -> None:
    cell = f"E{network()['loss'].place.row + 1}"
    proof = proof_of_file(network(), tmp_path, lambda path: replace_cell(path, "Forward", cell, pattern, ""))
    assert [failure.cell for failure in proof.failures if failure.is_root] == [f"Forward!{cell}"]
    assert f"cause       {cause}\n" in proof.report() + "\n"
    assert "ironcalc" not in proof.report(), "there is no formula to recalculate"


def test_what_is_in_the_file_is_not_called_numpys(tmp_path: Path) -> None:
    cell = f"E{network()['loss'].place.row + 1}"
    proof = proof_of_file(network(), tmp_path, lambda path: poison(path, "Forward", cell, "0.5"))
    assert "  in the file 0.5\n" in proof.report() and "NumPy" not in proof.report()
    assert "only because" not in proof.report()
    assert "  NumPy       " in proof_of(single(0.5, lambda a: a * 1, 0.75), tmp_path).report()


def names_changed(pattern: str, text: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        def change(part: str, contents: bytes) -> bytes:
            return re.sub(pattern, text, contents.decode()).encode() if part == "xl/workbook.xml" else contents

        rewrite(path, change)

    return spoil


@pytest.mark.parametrize(
    ("pattern", "text", "line"),
    [
        ('<definedName name="wb.lr">.*?</definedName>', "", "on the sheet Inputs the name wb.lr is gone"),
        ('(<definedName name="wb.lr">).*?<', r"\1#REF!<", "on the sheet Inputs the name wb.lr is gone"),
        ('(name="wb.lr">).*?<', r"\1Gone!$A$1<", "on the sheet Inputs the name wb.lr is gone"),
        (r'<definedName name="wb\.W._new">.*?</definedName>', "", "the names of 2 blocks are gone: W1_new, W2_new"),
        (r'(name="wb.X">Inputs!.C.7:.E.)11', r"\g<1>10", "the block X is 4×3 cells, and was built with 5×3"),
        ('(name="wb.b2">Inputs!).*?<', r"\1$C$36:$C$37<", "the names wb.b2 and wb.W2 both take in Inputs!C36"),
        ('<sheet name="Update"', '<sheet name="Step"', "2 blocks of the sheet Update are gone"),
    ],
)
def test_blocks_that_are_not_as_they_were_built_are_told(pattern: str, text: str, line: str, tmp_path: Path) -> None:
    proof = proof_of_file(network(), tmp_path, names_changed(pattern, text))
    assert not proof.holds and not proof.failures
    assert "formula cells agree with ironcalc, but blocks are not as they were built:\n" in proof.report()
    assert line.replace("2 blocks of the", "3 blocks of the") in proof.report()


def test_a_name_that_was_moved_onto_a_heading_is_caught(tmp_path: Path) -> None:
    row = network()["loss"].place.row
    moved = names_changed(r'(name="wb.loss">Forward!.)E(.)\d+', rf"\1B\g<2>{row + 1}")
    proof = proof_of_file(network(), tmp_path, moved)
    assert "the name wb.loss points elsewhere" in proof.report()


def test_a_formula_typed_into_one_given_cell_makes_the_others_no_formulas(tmp_path: Path) -> None:
    place = network()["X"].place
    value = float(network()["X"].value[0, 0])

    def type_formula(path: Path) -> None:
        replace_cell(path, "Inputs", f"C{place.row + 1}", "<v>", f"<f>{value!r}*1</f><v>")

    assert proof_of_file(network(), tmp_path, type_formula).holds


def test_a_text_among_numbers_is_named_where_it_makes_an_error(tmp_path: Path) -> None:
    row = network()["lr"].place.row + 1
    written = f"E{row}"

    def type_text(path: Path) -> None:
        replace_cell(path, "Inputs", written, "<c (.*?)><v>.*?</v>", r'<c \1 t="str"><v>abc</v>')

    proof = proof_of_file(network(), tmp_path, type_text)
    assert f"  reads       Inputs!{written}, which holds the text 'abc'\n" in proof.report()
    assert "  cause       an error value\n" in proof.report()


def test_an_error_value_is_a_failure_even_where_both_have_it(tmp_path: Path) -> None:
    cell = f"E{network()['loss'].place.row + 1}"

    def divide_by_zero(path: Path) -> None:
        replace_cell(path, "Forward", cell, "<c (.*?)><f>.*?</f><v>.*?</v>", r'<c \1 t="e"><f>1/0</f><v>#DIV/0!</v>')

    proof = proof_of_file(network(), tmp_path, divide_by_zero)
    assert [failure.block.id for failure in proof.failures] == ["loss"]
    assert "#DIV/0!" in proof.report()


# ---------------------------------------------------------------------------------------------- what agrees


def single(value: object, formula: Callable[..., object], *given: float | str | list[float]) -> Book:
    """A book with given blocks and one formula over them."""
    book = Book("single", "t", "a", "s")
    sheet = book.page("S", "S")
    blocks = [sheet.given(f"g{n}", number) for n, number in enumerate(given)]
    sheet.derived("result", value, lambda: formula(*blocks), number_format="0.0")
    return book.finish()


def difference(a: Block, b: Block) -> object:
    return a - b


def test_a_difference_of_large_numbers_may_lose_digits(tmp_path: Path) -> None:
    a, b = 1e6, 1e6 + 1e-4
    off = 1e-9  # what another order of summation could do
    assert proof_of(single(a - b + off, difference, a, b), tmp_path).holds
    assert not proof_of(single(a - b + 1e-3, difference, a, b), tmp_path).holds


@pytest.mark.parametrize("error", [1e-9, 1e-6, -1e-8])
def test_a_relative_error_beyond_the_bound_fails(error: float, tmp_path: Path) -> None:
    assert not proof_of(single(0.5 * (1 + error), lambda a: a * 1, 0.5), tmp_path).holds
    assert proof_of(single(0.5 * (1 + error * 1e-7), lambda a: a * 1, 0.5), tmp_path).holds


def test_what_has_converged_to_nothing_may_differ_in_noise(tmp_path: Path) -> None:
    book = Book("s", "t", "a", "s")
    sheet = book.page("S", "S")
    x, y = sheet.given("x", np.array([1.0, 1e-3, 0.1])), sheet.given("y", np.array([1.0, 1e-3, 0.2]))
    sheet.derived("g", np.array([1.0, 1e-3, 1e-16]), lambda i: 2 * x[i] - y[i])
    assert proof_of(book.finish(), tmp_path).holds


def test_what_is_small_is_not_noise(tmp_path: Path) -> None:
    book = Book("s", "t", "a", "s")
    sheet = book.page("S", "S")
    k = sheet.given("k", np.arange(17.0))
    powers = 10.0 ** -np.arange(17.0)
    powers[16] *= 2
    sheet.derived("h", powers, lambda i: 1 / as_expr(10) ** k[i])
    assert [failure.row for failure in proof_of(book.finish(), tmp_path).failures] == [16]


def test_a_power_a_factor_and_a_cancellation_bring_their_roundings(tmp_path: Path) -> None:
    book = Book("s", "t", "a", "s")
    sheet = book.page("S", "S")
    x = sheet.given("x", np.array([1.0, 1e-9]))
    off = 3e-16  # what the engine's sum may differ by
    s = sheet.derived("s", 1 + 1e-9 + off, lambda: x[0] + x[1])
    sheet.derived("p", 100**3 * (1 + 1e-9 + off - 1) ** 2 / 1e-9, lambda: as_expr(100) ** 3 * (s - x[0]) ** 2 / x[1])
    assert proof_of(book.finish(), tmp_path).holds


def text_proof(ours: str, number: float, folder: Path, digits: int = 2) -> Proof:
    return proof_of(single(np.asarray(ours, dtype=object), lambda a: joined("x = ", fixed(a, digits)), number), folder)


def test_a_rounded_number_in_a_sentence_may_differ_at_a_tie_only(tmp_path: Path) -> None:
    assert text_proof("x = 0.13", 0.125, tmp_path).holds
    assert text_proof("x = 0.12", 0.125, tmp_path).holds
    assert not text_proof("x = 0.14", 0.125, tmp_path).holds
    assert not text_proof("x = 0.12", 0.1251, tmp_path).holds
    assert not text_proof("y = 0.12", 0.125, tmp_path).holds
    assert not text_proof("x = 0.1", 0.125, tmp_path).holds


def test_zero_has_no_sign_in_a_sentence_but_other_numbers_have(tmp_path: Path) -> None:
    assert text_proof("x = -0.00", 1e-17, tmp_path).holds
    assert text_proof("x = (0.00)", 1e-17, tmp_path).holds
    assert not text_proof("x = -0.50", 0.5, tmp_path).holds
    assert not text_proof("x = (0.50)", 0.5, tmp_path).holds


def test_a_rounded_number_may_differ_at_a_tie_only(tmp_path: Path) -> None:
    assert proof_of(single(0.12, lambda a: rounded(a, 2), 0.125), tmp_path).holds
    assert not proof_of(single(0.12, lambda a: rounded(a, 2), 0.1251), tmp_path).holds
    assert not proof_of(single(0.12, lambda a: a * 1, 0.125), tmp_path).holds
    assert not proof_of(single(0.0, lambda a: rounded(a * 2, 2), 5.0), tmp_path).holds


def test_a_verdict_that_flips_fails_even_where_its_formula_rounds(tmp_path: Path) -> None:
    assert not proof_of(single(0.0, lambda a: if_(rounded(a, 9) >= 0, 1, 0), 0.5), tmp_path).holds
    assert not proof_of(single(7.0, lambda a: if_(rounded(a, 9) >= 1, 7, -7), 0.0), tmp_path).holds


def test_what_is_picked_by_a_position_with_brackets_counts_as_one_cell(tmp_path: Path) -> None:
    book = Book("b", "t", "a", "s")
    sheet = book.page("S", "S")
    run = sheet.given("run", np.ones((2, 50)))
    at = sheet.given("at", 1.0)
    sheet.derived("picked", 1.0 + 1e-9, lambda: pick(run, (at - 1) * 2 + 2, at))
    assert not proof_of(book.finish(), tmp_path).holds


def test_a_flipped_verdict_fails(tmp_path: Path) -> None:
    book = single(np.asarray("✗", dtype=object), lambda a: if_(a > 0, "✓", "✗"), 1.0)
    assert not proof_of(book, tmp_path).holds


def test_a_text_for_a_number_fails(tmp_path: Path) -> None:
    book = single(np.asarray("1", dtype=object), lambda a: a * 1, 1.0)
    assert not proof_of(book, tmp_path).holds


def test_a_long_chain_is_walked_without_recursion(tmp_path: Path) -> None:
    book = Book("chain", "t", "a", "s")
    sheet = book.page("S", "S")
    with sheet.table(Counter(""), 5000) as table:
        x = table.updated(
            "x", np.arange(5000.0) + 1 + 0.5, formula=lambda t: x[t - 1] + 1, first=lambda: as_expr(1), title="x"
        )
    proof = proof_of(book.finish(), tmp_path)
    assert [failure.row for failure in proof.failures if failure.is_root] == [0]
    assert len(proof.failures) == 5000


def test_a_file_without_calculated_values_is_refused_in_one_line(tmp_path: Path) -> None:
    file = openpyxl.Workbook()
    file.active["A1"], file.active["A2"] = 2, "=A1*3"
    file.save(tmp_path / "empty.xlsx")
    with pytest.raises(FileError, match=r"empty\.xlsx: it holds no calculated values"):
        prove(tmp_path / "empty.xlsx")
