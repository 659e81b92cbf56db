"""What a core page asks, in every worked example and both languages: an engine types into the cell and reads the reply."""

from __future__ import annotations

import re

import pytest

from tests.books import by_size, made_once, written_once
from workbook.book import Book
from workbook.engines.ironcalc import Cell, Formula, Session
from workbook.items import Cue, Turn
from workbook.sheet import Kind
from workbook.text import _, language, languages

SCRATCH = 2000
"""A row below all that a core page holds."""

_ASKED = re.compile(r"ABS\([^-]+-(.+?)\)<=([^,]+),")
"""In the formula of a reply: the right answer, and how far off is close enough."""


def turns_of(book: Book) -> dict[str, Turn]:
    """Return what every core page asks, by the page's name; Start asks nothing."""
    pages = [part for part in book.in_order() if part.kind is Kind.CORE]
    asked = {page.name: [cue.item for cue in page.end.items if isinstance(cue, Cue)] for page in pages}
    return {name: item for name, items in asked.items() for item in items if isinstance(item, Turn)}


def replies(lang: str) -> dict[str, str]:
    """Return how the reply to each kind of answer begins."""
    with language(lang):
        texts = {
            "blank": _("← type your answer here"),
            "text": _("✗ a number, please: check the decimal sign"),
            "right": _("✓ Yes. {words}"),
            "wrong": _("Not yet. {words}"),
        }
        return {kind: str(text).partition("{")[0] for kind, text in texts.items()}


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", by_size())
def test_every_page_replies_to_a_right_a_wrong_a_written_and_no_answer(name: str, lang: str) -> None:
    book, session = made_once(name, lang), Session.loaded(written_once(name, lang))
    turns, begins = turns_of(book), replies(lang)
    assert set(turns) == {page.name for page in book.in_order() if page.kind is Kind.CORE}, "every core page asks"
    asked: dict[str, list[Cell]] = {}
    for sheet, turn in turns.items():
        text = turn.reply.patterns[0][1].at(0, 0)
        match = _ASKED.search(text)
        assert match, text
        asked[sheet] = [(sheet, SCRATCH, column) for column in range(2)]
        for cell, formula in zip(asked[sheet], match.groups(), strict=True):
            session.type(cell, Formula(formula))
    session.evaluate()
    answers = {sheet: session.values(cells) for sheet, cells in asked.items()}
    for kind, beginning in begins.items():
        for sheet, turn in turns.items():
            right, slack = answers[sheet]
            assert isinstance(right, float) and isinstance(slack, float), (sheet, right, slack)
            typed = {"blank": None, "text": "0;5", "right": right, "wrong": right + 2 * slack + 1}[kind]
            session.type((sheet, turn.answer.place.row, turn.answer.place.column), typed)
        session.evaluate()
        said = session.values([(sheet, turn.reply.place.row, turn.reply.place.column) for sheet, turn in turns.items()])
        for sheet, reply in zip(turns, said, strict=True):
            assert str(reply).startswith(beginning), f"{name} ({lang}), {sheet}, {kind}: {reply}"
