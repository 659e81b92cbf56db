"""`diff` says what was entered differently, counts what follows, and takes nothing else for a difference."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from network import network
from tampering import poison, replace_cell, rewrite

from scenarios.neuron import Neuron
from workbook.addresses import cell_name
from workbook.block import Counter
from workbook.book import Book
from workbook.check import prove
from workbook.diff import Change, Diff, Kind, Tolerance, diff
from workbook.engines import ErrorValue
from workbook.fills import fills_of
from workbook.formula import dot, total
from workbook.ledger import BlockCells, Ledger, ledger_of
from workbook.reader import read_ledger
from workbook.scenario import UsageError
from workbook.writer import write

Edit = Callable[..., Path]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The network as a file."""
    write(network(), tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def cell(book: Book, id: str, row: int = 0, column: int = 0) -> tuple[str, str]:
    place = book[id].place
    return place.sheet, cell_name(place.row + row, place.column + column)


def compared(left: Book | Path, right: Book | Path, **fields: Any) -> Diff:
    def ledger(side: Book | Path) -> Ledger:
        return ledger_of(side) if isinstance(side, Book) else read_ledger(side)

    return diff(ledger(left), ledger(right), **fields)


def only(found: Diff) -> Change:
    """The only change."""
    assert len(found.changes) == 1, found.report()
    return found.changes[0]


def column(*values: Any, formulas: dict[int, str] | None = None, id: str = "b", row: int = 4) -> BlockCells:
    held = np.empty((len(values), 1), dtype=object)
    held[:, 0] = values
    known = {(n, 0): formula for n, formula in (formulas or {}).items()}
    return BlockCells(id, "S", row, 1, held, *fills_of(known, held.shape))


def ledger(*blocks: BlockCells) -> Ledger:
    return Ledger("any", "en", ["S"], list(blocks))


# ---------------------------------------------------------------------------------------------- no difference


def test_a_book_and_its_file_are_the_same(path: Path) -> None:
    found = compared(network(), path)
    assert found.same
    assert found.compared == sum(block.value.size for block in network().blocks())
    assert found.report() == f"left → right: no difference in {found.compared} cells"


def test_another_language_is_no_difference(tmp_path: Path) -> None:
    english, chinese = Neuron().make(), Neuron().make("zh")
    write(chinese, tmp_path / "neuron.zh.xlsx")
    assert compared(english, tmp_path / "neuron.zh.xlsx").same
    assert compared(tmp_path / "neuron.zh.xlsx", english).same


def test_another_language_hides_no_difference() -> None:
    english, chinese = Neuron().make(), Neuron().make("zh", {"w1": 0.25})
    found = compared(english, chinese)
    assert {change.kind for change in found.changes} == {Kind.GIVEN}
    assert "w" in {change.block for change in found.changes}
    assert found.downstream > 0


def shifted(rows: int) -> Book:
    """Blocks that read each other in every way, so many rows further down."""
    book = Book("shifted", "t", "a", "s")
    sheet = book.page("S", "S")
    sheet.gap(rows)
    W = sheet.given("W", np.arange(6.0).reshape(2, 3) + 0.1, rows=Counter("j="), columns=Counter("k="))
    x = sheet.given("x", np.array([0.3, 0.2, 0.7]), rows=Counter("k="))
    other = book.page("T", "T")
    other.gap(2 * rows)
    z = other.derived("z", W.value @ x.value, lambda j: dot(W[j, :], x[:]), rows=Counter("j="))
    Wt = other.derived("Wt", W.value.T, lambda k, j: W[j, k], rows=Counter("k="), columns=Counter("j="))
    other.derived("sums", Wt.value.sum(axis=1), lambda k: total(Wt[k, :]), rows=Counter("k="))
    other.sentence("say", "z₁ = {z:3}", z=z[0])
    return book.finish()


def test_blocks_that_lie_elsewhere_are_no_difference() -> None:
    assert shifted(0)["z"].formula_at(0, 0) != shifted(3)["z"].formula_at(0, 0)
    assert compared(shifted(0), shifted(3)).same
    assert compared(shifted(3), shifted(0)).same


def test_inserted_rows_and_columns_are_no_difference(path: Path, edit: Edit) -> None:
    book = network()
    steps: list[list[Any]] = [["columns", sheet, 0, 1] for sheet in ("Inputs", "Forward", "Backward")]
    for id in ("X", "W1", "lr", "Z1", "loss", "dW2", "W1_new"):  # right between the headings and the block, from below
        place = book[id].place
        steps.insert(0, ["rows", place.sheet, place.row, 2])
    edited = edit(path, *steps)
    assert read_ledger(edited).blocks[3].row != read_ledger(path).blocks[3].row
    assert compared(path, edited).same
    assert compared(edited, book).same


@pytest.mark.parametrize("apart", [0, 1e-15, 9e-10])
def test_float_noise_is_no_difference(apart: float, path: Path) -> None:
    book = network()
    for id in ("lr", "loss"):
        poison(path, *cell(book, id), repr(float(book[id].value) * (1 + apart)))
    assert compared(book, path).same


def test_what_floats_make_of_noise_is_no_difference() -> None:
    # 1 + 2e-10 and 1 agree; their difference is no cell's own doing
    formulas = {2: "(B5-B6)*3", 3: "B7*2"}
    left = ledger(column(1.0, 1.0, 0.0, 0.0, formulas=formulas))
    right = ledger(column(1.0 + 2e-10, 1.0, 6e-10, 12e-10, formulas=formulas))
    assert diff(left, right).same
    assert {change.kind for change in diff(left, right, tolerance=Tolerance(1e-12)).changes} == {Kind.GIVEN}


def test_a_sentence_may_round_noise_the_other_way() -> None:
    formulas = {1: '"loss = "&FIXED(B5,2,1)'}
    left = ledger(column(0.125 - 1e-14, "loss = 0.12", formulas=formulas))
    right = ledger(column(0.125, "loss = 0.13", formulas=formulas))
    assert diff(left, right).same
    by_hand = ledger(column(0.125 - 1e-14, "loss = 0.13", formulas=formulas))
    assert only(diff(left, by_hand)).kind is Kind.VALUE


# ---------------------------------------------------------------------------------------------- one difference


def moved_by_lr(book: Book) -> int:
    """How many cells the learning rate moves: the weights that have a gradient, and the next pass through them."""
    dW1, dW2 = book["dW1"].value, book["dW2"].value
    return int(np.count_nonzero(dW1) + np.count_nonzero(dW2) + len(book["X"].value) * dW1.any(axis=1).sum())


def test_a_given_changed_and_what_follows_is_counted(path: Path, edit: Edit) -> None:
    book = network()
    edited = edit(path, ["type", *cell(book, "lr"), 0.9])
    found = compared(path, edited)
    change = only(found)
    assert (change.kind, change.block, change.old, change.new) == (Kind.GIVEN, "lr", 0.7, 0.9)
    assert change.absolute == pytest.approx(0.2)
    assert change.relative == pytest.approx(0.2 / 0.7)
    assert (change.sheet, change.cell) == cell(book, "lr")
    assert found.downstream == moved_by_lr(book)
    assert found.summary() == f"left → right: 1 given changed, and {moved_by_lr(book)} cells downstream"


def test_a_given_changed_without_recalculation_has_nothing_downstream(path: Path) -> None:
    poison(path, *cell(network(), "lr"), "0.9")
    found = compared(network(), path)
    assert (only(found).kind, found.downstream) == (Kind.GIVEN, 0)


def test_a_formula_changed_by_hand(path: Path, edit: Edit) -> None:
    book = network()
    where = cell(book, "E", 1, 0)
    formula = f"={book['E'].formula_at(1, 0)}"
    found = compared(path, edit(path, ["type", *where, f"{formula.replace('!', '.')}*2"]))  # LibreOffice's notation
    change = only(found)
    assert (change.kind, change.block, change.cell) == (Kind.FORMULA, "E", where[1])
    assert (change.old, change.new) == (formula, f"{formula}*2")
    assert change.relative == pytest.approx(1)
    assert found.downstream == 2, "its row's loss and the mean of all"


@pytest.mark.parametrize(
    ("formula", "other"),
    [("$B$5*B6", "$B$5*B7"), ("SUM($B$5:$B$7)", "SUM($B$5:$B$6)"), ("$B$5", "B5"), ("B5+B6", "B5-B6"), ('"a"', '"A"')],
)
def test_formulas_that_read_otherwise_differ_though_the_value_does_not(formula: str, other: str) -> None:
    left, right = (ledger(column(1.0, 1.0, 1.0), column(1.0, formulas={0: f}, id="c", row=9)) for f in (formula, other))
    change = only(diff(left, right))
    assert (change.kind, change.old, change.new) == (Kind.FORMULA, f"={formula}", f"={other}")


@pytest.mark.parametrize("other", ["$B$5 * B6", "$b$5*b6", "S!$B$5*'S'!B6"])
def test_formulas_that_are_written_otherwise_do_not_differ(other: str) -> None:
    left, right = (ledger(column(1.0, 2.0), column(2.0, formulas={0: f}, id="c", row=9)) for f in ("$B$5*B6", other))
    assert diff(left, right).same


def test_a_formula_that_changes_all_along_a_fill_is_one_line() -> None:
    left = ledger(
        column(*range(3)), column(1.0, 1.0, 1.0, id="c", row=9, formulas={n: f"B{n + 5}*2" for n in range(3)})
    )
    right = ledger(
        column(*range(3)), column(1.0, 1.0, 4.0, id="c", row=9, formulas={n: f"B{n + 5}*3" for n in range(3)})
    )
    change = only(diff(left, right))
    assert (change.cells, change.cell, change.old, change.new) == (3, "B10", "=B5*2", "=B5*3")
    assert (change.absolute, change.relative) == (3, 3)
    assert diff(left, right).summary().startswith("left → right: 3 formulas changed")


def test_what_the_blocks_were_survives_another_program(path: Path, edit: Edit) -> None:
    book = network()
    edited = edit(path, ["type", *cell(book, "loss"), 0.5])
    assert len(read_ledger(path).built) == len(list(book.blocks()))
    assert read_ledger(edited).built == read_ledger(path).built
    proof = prove(edited)
    assert [failure.cause for failure in proof.failures] == ["a number typed over a formula"] and not proof.astray


def test_a_file_without_calculated_values_says_so_once(path: Path) -> None:
    book = network()
    file = openpyxl.load_workbook(path)
    sheet, at = cell(book, "lr")
    file[sheet][at] = 0.9
    file.save(path)
    found = compared(book, path)
    assert [change.kind for change in found.changes] == [Kind.GIVEN]
    assert found.uncalculated == ("right",)
    assert found.report().count("right holds no calculated values") == 1


def test_a_number_typed_over_a_formula_is_a_formula_changed(path: Path, edit: Edit) -> None:
    book = network()
    found = compared(path, edit(path, ["type", *cell(book, "Y", 0, 0), 0.5]))
    change = only(found)
    assert (change.kind, change.new) == (Kind.FORMULA, 0.5)
    assert change.old.startswith("=1/")
    assert found.downstream > 10


def test_a_value_changed_by_itself(path: Path) -> None:
    poison(path, *cell(network(), "Z2", 2, 1), "42.5")
    found = compared(network(), path)
    change = only(found)
    assert (change.kind, change.block, change.new) == (Kind.VALUE, "Z2", 42.5)
    assert found.downstream == 0
    assert found.summary() == "left → right: 1 value changed by itself, and 0 cells downstream"


def test_entered_changes_come_first_and_a_value_by_itself_is_told_from_what_follows(path: Path, edit: Edit) -> None:
    book = network()
    edited = edit(path, ["type", *cell(book, "lr"), 0.9])
    poison(edited, *cell(book, "A1"), "3.25")
    found = compared(path, edited)
    assert [(change.kind, change.block) for change in found.changes] == [(Kind.GIVEN, "lr"), (Kind.VALUE, "A1")]
    assert found.downstream == moved_by_lr(book)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1.0, "1"),
        (1.0, "one"),
        (1.0, True),
        (0.0, False),
        (0.0, None),
        ("x", None),
        ("x", "y"),
        (1.0, ErrorValue("#DIV/0!")),
        ("#N/A", ErrorValue("#N/A")),
        (ErrorValue("#N/A"), ErrorValue("#REF!")),
        (True, False),
        (True, "TRUE"),
        (1.0, 1.0 + 1e-8),
        (0.0, 1e-11),
        (1e300, float("inf")),
        ("loss 0.12", "loss 0.13"),
    ],
)
@pytest.mark.parametrize("computed", [False, True])
def test_what_is_a_difference(old: Any, new: Any, computed: bool) -> None:
    formulas = {0: "PI()"} if computed else {}
    for a, b in ((old, new), (new, old)):
        change = only(diff(ledger(column(a, formulas=formulas)), ledger(column(b, formulas=formulas))))
        assert change.kind is (Kind.VALUE if computed else Kind.GIVEN)
        assert json.dumps(change.as_data(), allow_nan=False)
        assert change.cell == "B5"


def test_the_empty_text_looks_like_a_blank() -> None:
    assert diff(ledger(column("", 1.0)), ledger(column(None, 1.0))).same


# ---------------------------------------------------------------------------------------------- whole blocks


def test_blocks_added_removed_and_reshaped_are_told_before_all_else() -> None:
    left = ledger(column(1.0, 2.0, id="kept"), column(1.0, id="gone", row=9), column(1.0, 2.0, id="other", row=20))
    right = ledger(
        column(1.0, 3.0, id="kept"), column(*range(5), id="new", row=9), column(1.0, 2.0, 3.0, id="other", row=20)
    )
    found = diff(left, right)
    assert [(change.kind, change.block, change.old, change.new, change.cell) for change in found.changes] == [
        (Kind.ADDED, "new", None, "5×1", "B10:B14"),
        (Kind.REMOVED, "gone", "1×1", None, "B10"),
        (Kind.RESHAPED, "other", "2×1", "3×1", "B21:B23"),
        (Kind.GIVEN, "kept", 2.0, 3.0, "B6"),
    ]


def test_what_reads_all_of_a_reshaped_block_only_follows() -> None:
    def book(n: int) -> Book:
        book = Book("sum", "t", "a", "s")
        sheet = book.page("S", "S")
        x = sheet.given("x", np.arange(1.0, n + 1))
        s = sheet.derived("s", x.value.sum(), lambda: total(x))
        sheet.derived("twice", 2 * s.value, lambda: 2 * s)
        return book.finish()

    found = compared(book(3), book(4))
    assert (only(found).kind, only(found).block, found.downstream) == (Kind.RESHAPED, "x", 2)


def test_a_name_that_was_deleted_is_a_block_removed(path: Path, tmp_path: Path) -> None:
    def drop(name: str, contents: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return contents
        return re.sub(rb'<definedName name="wb\.dW2">.*?</definedName>', b"", contents)

    rewrite(path, drop, tmp_path / "less.xlsx")
    found = compared(path, tmp_path / "less.xlsx")
    assert (Kind.REMOVED, "dW2") in [(change.kind, change.block) for change in found.changes]


def test_a_formula_outside_the_blocks_is_told(path: Path, edit: Edit) -> None:
    edited = edit(path, ["type", "Forward", "Z3", "=1+1"])
    added, removed = only(compared(path, edited)), only(compared(edited, path))
    assert (added.kind, added.block, added.cell, added.old, added.new) == (
        Kind.FORMULA, "Forward!cells", "Z3", None, "=1+1",
    )  # fmt: skip
    assert (removed.kind, removed.cell, removed.old, removed.new) == (Kind.FORMULA, "Z3", "=1+1", None)


def test_a_row_deleted_from_a_block_reshapes_it(path: Path, edit: Edit) -> None:
    place = network()["X"].place
    found = compared(path, edit(path, ["delete", "Inputs", place.row + 1, 1]))
    assert (Kind.RESHAPED, "X", "5×3", "4×3") in [(c.kind, c.block, c.old, c.new) for c in found.changes]


# ---------------------------------------------------------------------------------------------- files not ours


def foreign(path: Path, **cells: Any) -> Path:
    book = openpyxl.Workbook()
    for at, value in cells.items():
        book.active[at] = value
    book.save(path)
    return path


def test_files_that_are_not_ours_are_compared_by_address(tmp_path: Path) -> None:
    left = foreign(tmp_path / "a.xlsx", B2=1, B3=2.5, B4="words", C2="=B2*2")
    right = foreign(tmp_path / "b.xlsx", A1="new", B2=1, B3=2.75, C2="=B3*2")
    found = compared(left, right)
    assert [(c.kind, c.cell, c.old, c.new) for c in found.changes] == [
        (Kind.GIVEN, "A1", None, "new"),
        (Kind.FORMULA, "C2", "=B2*2", "=B3*2"),
        (Kind.GIVEN, "B3", 2.5, 2.75),
        (Kind.GIVEN, "B4", "words", None),
    ]
    assert compared(left, left).same


# ---------------------------------------------------------------------------------------------- what cannot be compared


def test_other_examples_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="left is network, right is neuron: these cannot be compared"):
        compared(network(), Neuron().make())


def test_files_with_nothing_in_common_cannot_be_compared(tmp_path: Path, path: Path) -> None:
    with pytest.raises(UsageError, match="have nothing in common"):
        compared(path, foreign(tmp_path / "a.xlsx", B2=1))
    with pytest.raises(UsageError, match="no cell to compare"):
        compared(foreign(tmp_path / "a.xlsx"), foreign(tmp_path / "b.xlsx", B2=1))


@pytest.mark.parametrize("rtol", [-1, float("nan"), float("inf")])
def test_a_tolerance_is_a_number(rtol: float) -> None:
    with pytest.raises(UsageError, match="give a number that is 0 or more"):
        Tolerance(rtol)


# ---------------------------------------------------------------------------------------------- tolerances


def test_a_block_may_have_a_tolerance_of_its_own() -> None:
    left, right = ledger(column(1.0), column(1.0, id="c", row=9)), ledger(column(1.01), column(1.01, id="c", row=9))
    assert only(diff(left, right, blocks={"B": Tolerance(0.1)})).block == "c"
    with pytest.raises(UsageError, match="the block q, but there is none"):
        diff(left, right, blocks={"q": Tolerance(0.1)})


def test_what_reads_a_block_that_is_far_off_by_leave_has_no_leave() -> None:
    def side(x: float) -> Ledger:
        return ledger(column(x, formulas={0: "PI()"}), column(2 * x, id="c", row=9, formulas={0: "2*B5"}))

    found = diff(side(1.0), side(1.01), blocks={"b": Tolerance(0.1)})
    assert (only(found).block, only(found).kind) == ("c", Kind.VALUE)


# ---------------------------------------------------------------------------------------------- the report


def test_the_report_is_a_table() -> None:
    book = network()
    left = ledger_of(book)
    right = replace(left, blocks=[*left.blocks])
    n = next(n for n, block in enumerate(left.blocks) if block.id == "W1")
    values = left.blocks[n].values.copy()
    values[1, 2] = 7.0
    right.blocks[n] = replace(left.blocks[n], values=values)
    found = diff(left, right, ("old.xlsx", "new.xlsx"))
    summary, blank, head, line = found.report().splitlines()
    assert summary == "old.xlsx → new.xlsx: 1 given changed, and 0 cells downstream"
    assert not blank
    assert head.split() == ["kind", "sheet", "cell", "block", "label", "old", "new", "absolute", "relative"]
    at = cell(book, "W1", 1, 2)[1]
    assert line.split()[:7] == ["given", "Inputs", at, "W1", "j=2", "/", "k=3"]
    assert line.split()[7:9] == [repr(float(book["W1"].value[1, 2])), "7"]


def test_many_changes_of_a_block_are_cut_in_the_table_but_not_in_json() -> None:
    left, right = ledger(column(*map(float, range(100)))), ledger(column(*map(float, range(1, 101))))
    found = diff(left, right)
    assert len(found.report().splitlines()) == 3 + 20 + 1
    assert found.report().endswith("… and 80 more cells of b (given)")
    assert len(found.as_data()["changes"]) == 100


def test_a_circle_is_not_followed_for_ever() -> None:
    formulas = {0: "B6+1", 1: "B5+1"}
    left, right = ledger(column(1.0, 2.0, formulas=formulas)), ledger(column(3.0, 4.0, formulas=formulas))
    found = diff(left, right)
    assert (only(found).kind, found.downstream) == (Kind.VALUE, 1)


def test_a_text_in_a_cell_is_changed_too(path: Path) -> None:
    book = network()
    replace_cell(path, *cell(book, "first"), r"<v>z₁", "<v>y₁")
    assert (only(compared(book, path)).kind, only(compared(book, path)).block) == (Kind.VALUE, "first")


def test_a_title_is_not_the_heading_below_it_wherever_the_blocks_lie(tmp_path: Path) -> None:
    """The row above a counter may hold nothing, or a title: a formula that reads it reads another heading."""
    book = shifted(3)
    path = tmp_path / "shifted.xlsx"
    write(book, path)
    formula = book["Wt"].formula_at(0, 0)
    assert formula is not None and "C$12" in formula
    assert compared(shifted(0), path).same
    replace_cell(path, *cell(book, "Wt"), "<f>.*</f>", f"<f>{formula.replace('C$12', 'C$11')}</f>")
    (change,) = compared(shifted(0), path).changes
    assert (change.kind, change.block) == (Kind.FORMULA, "Wt")
