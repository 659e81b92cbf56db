"""Every word that a reader meets is there in every language, and no cell moves with the language."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.books import made_once, written_once
from workbook.block import Block
from workbook.book import Book
from workbook.desk.front import HAND_IN, MARKS
from workbook.discovery import scenarios

ROOT = Path(__file__).parent.parent
PACKAGES = ("workbook", "scenarios")
CATALOGUES = sorted(path for package in PACKAGES for path in (ROOT / package / "locale/zh/LC_MESSAGES").glob("*.po"))
TAB = "tab"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"(?<![\w.])[a-z]{2,}(?![\w.]|\()|(?<![\w.])[a-z]{3,}(?=\()")
"""A word in small letters, not part of a name such as dW, Y_pred or self.input."""
MATHEMATICS = frozenset(
    [
        "argmax",
        "cos",
        "cosh",
        "dc",
        "dm",
        "db",
        "dx",
        "lim",
        "ln",
        "log",
        "lr",
        "max",
        "min",
        "sign",
        "sin",
        "tanh",
        "xy",
        "xz",
        "yz",
        "softmax",
        "sigmoid_derivative",
        "sigmoid",
    ]
)
"""Names of functions and quantities, alike in both languages."""
NAMES = frozenset({"log-cosh"})


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def fields(text: str) -> list[str]:
    return sorted({f"{name}:{spec}" for _words, name, spec, _ in string.Formatter().parse(text) if name is not None})


def messages_in_code() -> set[str]:
    found = set()
    for package in PACKAGES:
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / package, method_map=[("**.py", "python")], keywords={"_": None, "N_": None}
        ):
            found.add(message)
    return found


def test_every_text_in_the_code_has_a_translation() -> None:
    translated = {
        m.id for path in CATALOGUES for m in catalogue(path) if m.id and not m.context and m.string and not m.fuzzy
    }
    assert sorted(messages_in_code() - translated) == []


def test_no_translation_is_left_over() -> None:
    listed = {m.id for path in CATALOGUES for m in catalogue(path) if m.id and not m.context}
    assert sorted(listed - messages_in_code()) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_their_fields(path: Path) -> None:
    for message in catalogue(path):
        if message.id:
            assert fields(message.id) == fields(message.string), message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_chinese_uses_chinese_punctuation(path: Path) -> None:
    for message in catalogue(path):
        if message.id:
            assert not re.search(r"[\u4e00-\u9fff][,;:?!]", message.string), message.string


def test_catalogues_agree_where_they_share_a_text() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for path in CATALOGUES:
        for message in catalogue(path):
            if message.id and not message.context:
                other = seen.setdefault(message.id, (path.stem, message.string))
                assert other[1] == message.string, f"{message.id!r} differs between {other[0]} and {path.stem}"


def shape(book: Book) -> list[tuple[str, object, list[str]]]:
    """Return where every block lies, and its formula; sheets by their English names."""
    keys = {sheet.name: sheet.key for sheet in book.sheets}
    tab = re.compile(r"\w+(?=!)")

    def formulas(block: Block) -> list[str]:
        templates = () if block.is_text else (template for _rows, template in block.patterns)
        return [tab.sub(lambda found: keys[found[0]], template.at(0, 0)) for template in templates]

    return [(b.id, replace(b.place, sheet=keys[b.place.sheet]), formulas(b)) for b in book.blocks()]


@pytest.mark.parametrize("name", scenarios())
def test_every_tab_is_chinese(name: str) -> None:
    tabs = [sheet.name for sheet in made_once(name, "zh").sheets]
    assert [tab for tab in tabs if not CHINESE.search(tab)] == [], (
        "name them in scenarios/locale/zh/LC_MESSAGES/tabs.po"
    )


def test_no_tab_is_left_over() -> None:
    there = {sheet.key for name in scenarios() for sheet in made_once(name, "en").sheets} | {HAND_IN, MARKS}
    listed = {m.id for path in CATALOGUES for m in catalogue(path) if m.context == TAB}
    assert sorted(listed - there) == []


ALSO_WORDS = frozenset({"Sigmoid", "BCE", "NLL", "KL"})
"""Tabs whose English names are words of Chinese texts, too."""


def english_tabs(text: str, tabs: Iterable[str]) -> set[str]:
    """Return what a Chinese text calls a sheet in English: each tab, and any English word beside the word for sheet."""
    named = {tab for tab in tabs if tab not in ALSO_WORDS and re.search(rf"(?<![\w.]){tab}(?![\w(])", text, re.ASCII)}
    after = re.findall(r"工作表\s*[“「]?([A-Za-z]\w*)(?![^”]*函数”)", text, re.ASCII)
    before = re.findall(r"(?<!\w)([A-Z][A-Za-z]+)[”」]? ?(?:工作)?表(?![示明达])", text, re.ASCII)
    return {*named, *after, *before}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("在 Guess 表把 C 改成 0.3", {"Guess"}),
        ("见工作表Article。", {"Article"}),
        ("三次训练（见 Variants）", {"Variants"}),
        ("见工作表“猜一条线”；Sigmoid 表示曲线，见工作表“Sigmoid函数”", set()),
    ],
)
def test_english_tabs_are_found_in_chinese(text: str, found: set[str]) -> None:
    assert english_tabs(text, ["Guess", "Article", "Variants", "Sigmoid"]) == found


@pytest.mark.parametrize("name", scenarios())
def test_chinese_texts_name_sheets_by_their_chinese_tabs(name: str) -> None:
    book = made_once(name, "zh")
    keys, tabs = {sheet.key for sheet in book.sheets}, {sheet.name for sheet in book.sheets}
    assert {text for text in texts(book) if english_tabs(text, keys)} == set()
    assert {tab for text in texts(book) for tab in re.findall("工作表“([^”]*)”", text)} - tabs == set()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_no_translation_calls_a_sheet_by_an_english_tab(path: Path) -> None:
    """Texts that only other settings or other numbers show are held, too."""
    messages = [m.string for m in catalogue(path) if m.id and not m.context]
    assert {text for text in messages if english_tabs(text, ())} == set()


def texts(book: Book) -> list[str]:
    """Return every text on the sheets, in order: labels, texts in cells, and what stands on charts."""
    found: list[str] = []
    for sheet in book.sheets:
        found += [label.text for label in sheet.labels]
        found += [str(text) for block in sheet.blocks if block.is_text for text in block.value.flat]
        for placed in sheet.charts:
            chart = placed.chart
            found += [chart.title, chart.x_title, chart.y_title, chart.alt, *(series.name for series in chart.series)]
    return [str(text) for text in found]


def english_words(text: str) -> set[str]:
    """Return the words of a text that are neither mathematics nor a line of a program."""
    return set() if text in NAMES or is_code(text) else set(WORD.findall(text)) - MATHEMATICS


def is_code(text: str) -> bool:
    """Tell whether a text is a statement of Python."""
    try:
        statements = ast.parse(text.rstrip(":") + ": ..." if text.endswith(":") else text).body
    except SyntaxError:
        return False
    return all(not isinstance(one, ast.Expr) or is_programs(one) for one in statements)


def is_programs(expression: ast.Expr) -> bool:
    """Tell a program's expression from a formula: it has a method, a loop, or a name of two words."""
    nodes = list(ast.walk(expression))
    loops = any(isinstance(node, ast.Attribute | ast.GeneratorExp) for node in nodes)
    return loops or any(isinstance(node, ast.Name) and "_" in node.id for node in nodes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (r − low) / (high − low)", {"low", "high"}),
        ("u(z) = 1 if z ≥ 0, else 0", {"if", "else"}),
        ("fresh node", {"fresh", "node"}),
        ("mean(x)", {"mean"}),
        ("ReLU(z) = max(0, z),   Y_pred = C + lr·dW", set()),
        ("low", {"low"}),
        ("for mini_batch in mini_batches:", set()),
        ("self.layer1 = sigmoid(np.dot(self.input, self.weights1))", set()),
    ],
)
def test_words_are_told_from_mathematics(text: str, words: set[str]) -> None:
    assert english_words(text) == words


@pytest.mark.parametrize("name", scenarios())
def test_chinese_book_is_whole_and_lies_where_the_english_lies(name: str) -> None:
    english, chinese = made_once(name, "en"), made_once(name, "zh")
    written_once(name, "zh")  # the writer has words of its own
    assert sorted(text for text in chinese.translator.missing if not text.startswith(f"{TAB} ")) == []
    assert shape(english) == shape(chinese)
    assert CHINESE.search(chinese.title)
    pairs = zip(texts(english), texts(chinese), strict=True)
    assert {here for here, there in pairs if here == there and english_words(here)} == set()
