"""Words: every text of the engine has its Chinese, and cells lie in the same places in both languages."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from babel.messages.pofile import read_po

import workbook
from workbook.block import Between, OneOf
from workbook.book import Book
from workbook.text import (
    LOCALE,
    N_,
    TAB,
    Message,
    _,
    display_width,
    fixed_text,
    language,
    phrases,
    text_as_typed,
    wrap,
)

PACKAGE = Path(workbook.__file__).parent
CATALOGUE = LOCALE / "zh" / "LC_MESSAGES" / "workbook.po"


def marked_texts(folder: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield every text that a module of a folder marks for translation."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
                if not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
                    continue
                yield path, node.lineno, node.args[0].value


def catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and not message.context}


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def test_every_text_of_the_engine_has_its_chinese() -> None:
    known = catalogue()
    missing = [f"{path.name}:{line}: {text}" for path, line, text in marked_texts(PACKAGE) if not known.get(text)]
    assert not missing


def test_no_text_in_the_catalogue_is_out_of_use() -> None:
    assert not catalogue().keys() - {text for _path, _line, text in marked_texts(PACKAGE)}


def test_translations_have_the_fields_of_their_texts() -> None:
    for english, chinese in catalogue().items():
        assert fields(english) == fields(chinese), english


def test_nothing_that_is_computed_is_marked_for_translation() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_"):
                assert not isinstance(node.args[0], ast.JoinedStr), f"{path.name}:{node.lineno}: an f-string in _()"


def test_a_text_without_a_translation_stays_and_is_noted() -> None:
    with language("zh") as translator:
        assert _("given") == "给定"
        assert _("no such text") == "no such text"
    assert translator.missing == {"no such text"}
    assert _("given") == "given"
    assert N_("given") == "given"


def test_what_is_not_translated_is_handed_over_as_a_po_file_wants_it(tmp_path: Path) -> None:
    with language("zh") as translator:
        _('a "word"\n\\ and more')
        translator.tab("Nowhere")
    po = tmp_path / "missing.po"
    po.write_text(translator.missing_as_po(), encoding="utf-8")
    with po.open("rb") as file:
        found = {(message.context, message.id, message.string) for message in read_po(file) if message.id}
    assert found == {(None, 'a "word"\n\\ and more', ""), (TAB, "Nowhere", "")}


def test_a_message_keeps_its_source_through_format() -> None:
    with language("zh"):
        message = _("Step {number} · {title}").format(number=3, title=_("given"))
    assert message == "第 3 步 · 给定"
    assert isinstance(message, Message)
    assert message.source == "Step 3 · given"


def book_in(code: str) -> Book:
    with language(code):
        book = Book("book", "t", "a", "s")
        book.first_change = str(_("a number"))
        sheet = book.page("Sheet", "S")
        sheet.step("step", str(_("Typed in. Change it, and everything that follows moves.")), "x")
        sheet.text(_("Fixed: computed beforehand, or printed in the article."))
        x = sheet.given("x", 1.0, valid=Between(0, 5))
        sheet.given("n", 1.0, valid=Between(0, 5, whole=True))
        sheet.given("kind", np.asarray("a", dtype=object), valid=OneOf(("a", "b")))
        sheet.check("right", "right", x, x, 0.1)
        return book.finish()


def test_cells_lie_in_the_same_places_in_both_languages() -> None:
    english, chinese = book_in("en"), book_in("zh")
    tabs = dict(zip([sheet.name for sheet in chinese.sheets], [sheet.name for sheet in english.sheets], strict=True))
    places = [(b.id, replace(b.place, sheet=tabs[b.place.sheet])) for b in chinese.blocks()]
    assert [(b.id, b.place) for b in english.blocks()] == places
    for left, right in zip(english.sheets, chinese.sheets, strict=True):
        assert [(x.row, x.column) for x in left.labels] == [(x.row, x.column) for x in right.labels]


def test_a_chinese_book_has_no_english_of_the_engine(tmp_path: Path) -> None:
    import openpyxl

    from workbook.writer import write

    path = tmp_path / "book.zh.xlsx"
    write(book_in("zh"), path)
    english = {text for text in catalogue() if len(text) > 8}
    read = openpyxl.load_workbook(path)
    shown = {str(cell.value) for page in read for row in page.iter_rows() for cell in row if cell.value is not None}
    rules = [rule for page in read for rule in page.data_validations.dataValidation]
    shown |= {rule.error for rule in rules} | {rule.errorTitle for rule in rules}
    assert len(rules) == 3
    assert not {text for text in shown if any(part in text for part in english)}
    assert "请输入 0 到 5 之间的整数。" in shown


# ---------------------------------------------------------------------------------------------- measures


@pytest.mark.parametrize(
    ("number", "digits", "shown"),
    [
        (2.675, 2, "2.68"),
        (-2.675, 2, "-2.68"),
        (0.125, 2, "0.13"),
        (1e-9, 2, "0.00"),
        (-1e-9, 2, "0.00"),
        (12345.678, 0, "12346"),
        (0.5, 0, "1"),
        (1e15 + 0.5, 1, "1000000000000000.5"),
    ],
)
def test_numbers_are_rounded_as_a_spreadsheet_does(number: float, digits: int, shown: str) -> None:
    assert fixed_text(number, digits) == shown


def test_chinese_is_twice_as_wide() -> None:
    assert display_width("ab 权重") == 3 + 4


def test_lines_break_where_they_may() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("一二三四，五", 8) == ["一二三", "四，五"]


@pytest.mark.parametrize(
    ("heading", "broken"),
    [
        ("ƒ 传入的变化", ["ƒ 传入的", "变化"]),
        ("∂ 神经元 3 的变化率", ["∂ 神经元 3 的", "变化率"]),
        ("∂ 传给神经元 2", ["∂ 传给神经元 2"]),
        ("ƒ 纵坐标（点火）", ["ƒ 纵坐标", "（点火）"]),
        ("损失，参数增加", ["损失，", "参数增加"]),
        ("ƒ 加权和", ["ƒ 加权和"]),
        ("∂ slope of the loss", ["∂ ", "slope ", "of ", "the ", "loss"]),
    ],
)
def test_a_chinese_heading_does_not_break_in_the_middle_of_a_word(heading: str, broken: list[str]) -> None:
    assert list(phrases(heading)) == broken


def test_a_typed_number_has_no_zeros_after_its_decimals() -> None:
    typed = [(0.5, "0.50"), (0.125, "0.1250"), (0.5000001, "0.5000001"), (0.12345, "0.12345"), (-1e-12, "0.00")]
    assert [text_as_typed(number, 2) for number, _ in typed] == [text for _, text in typed]
    assert text_as_typed(1 / 3, 2) == "0.33333333"
    assert text_as_typed(2238742019.479525, 0) == "2238742019.47953", "a spreadsheet keeps 15 digits"
