"""What a workbook calls printed stands in an article's text: `printed.toml` quotes it; and docs/articles.md names what is there."""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.books import made_once
from workbook.discovery import scenarios
from workbook.sheet import Kind

HERE = Path(__file__).parent
LISTED: dict[str, list[dict[str, Any]]] = tomllib.loads((HERE / "printed.toml").read_text(encoding="utf-8"))
QUOTING = [entry for entries in LISTED.values() for entry in entries if "quotes" in entry]
SINGLE = [entry for entry in QUOTING if isinstance(entry.get("figure"), int | float)]
"""Rows of figures are quoted as the article writes them, not digit by digit."""

ARTICLES = os.environ.get("WORKBOOK_ARTICLES")
"""The folder of the articles' texts, which are not ours to pass on: without it their quotations are not looked up."""

PRINTED = re.compile(r"\b[Pp]rinted\b|\bprints \d")
DENIED = re.compile(r"\bno \w+ (is|are) printed\b")


def listed(kind: str, workbook: str) -> list[dict[str, Any]]:
    return [entry for entry in LISTED[kind] if entry["workbook"] == workbook]


@pytest.mark.parametrize("name", scenarios())
def test_every_printed_figure_is_listed(name: str) -> None:
    book = made_once(name)
    checks = {verdict.id.removesuffix("_verdict"): holds for verdict, holds in book.checks_page.printed}
    shown = {id: book[f"{id}_printed"] for id in checks}
    there = [(id, block.value.item(), len(block.number_format.partition(".")[2])) for id, block in shown.items()]
    assert sorted(there) == sorted((e["id"], e["figure"], e["digits"]) for e in listed("check", name))
    assert all(checks.values())


@pytest.mark.parametrize("name", scenarios())
def test_every_input_of_an_article_is_listed(name: str) -> None:
    """An input that the printed figures need is printed itself, or the list says why another stands in its place."""
    articles = {b.id: b.article for part in made_once(name).parts for b in part.blocks if b.article is not None}
    entries = {entry["id"]: entry for entry in listed("input", name)}
    assert sorted(articles) == sorted(entries)
    for id, entry in entries.items():
        if "figure" in entry:
            assert np.ravel(articles[id]).tolist() == np.ravel(entry["figure"]).tolist(), id
        else:
            assert entry["instead"]


@pytest.mark.parametrize("name", scenarios())
def test_every_sentence_that_says_printed_is_listed(name: str) -> None:
    pages = [part for part in made_once(name).sheets if part.kind not in (Kind.START, Kind.CHECKS)]
    found = {label.text for page in pages for label in page.labels}
    said = {text for text in map(str, found) if PRINTED.search(text) and not DENIED.search(text)}
    assert sorted(said) == sorted(entry["says"] for entry in listed("text", name))


def test_every_entry_is_of_a_workbook() -> None:
    assert {entry["workbook"] for entries in LISTED.values() for entry in entries} <= set(scenarios())


@pytest.mark.parametrize("entry", SINGLE, ids=lambda entry: f"{entry['workbook']}-{entry['id']}")
def test_quotation_has_the_figure(entry: dict[str, Any]) -> None:
    quoted = " ".join(entry["quotes"]).replace("，", "").replace(",", "")
    assert f"{entry['figure']:g}" in quoted


@cache
def article(name: str) -> str:
    return (Path(ARTICLES or "") / f"{name}.zh.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(
    not ARTICLES, reason="the articles are not part of the repository: WORKBOOK_ARTICLES names their folder"
)
def test_quotations_stand_in_their_articles() -> None:
    wrong = [(e["article"], quote) for e in QUOTING for quote in e["quotes"] if quote not in article(e["article"])]
    assert wrong == []


ROW = re.compile(r"^\|[^|]*\|[^|]*\| `([^`|]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
MARKS = {"mirrored": "照文章", "chosen": "自选", "lost": "缺失"}


def rows(page: str) -> list[tuple[str, list[str], str]]:
    """Return workbook, sheets and mark of each row of a page that leads from the articles to the workbooks."""
    text = (HERE.parent / "docs" / page).read_text(encoding="utf-8")
    found = [(book, re.findall("`([^`]+)`", sheets), mark) for book, sheets, mark in ROW.findall(text)]
    assert len(found) == len(re.findall(r"^\|.*`", text, re.MULTILINE))
    return found


def test_every_workbook_is_on_the_page_of_the_articles() -> None:
    assert {book for book, _sheets, _mark in rows("articles.md")} == set(scenarios())


@pytest.mark.parametrize("name", scenarios())
def test_every_sheet_on_the_page_of_the_articles_exists(name: str) -> None:
    tabs = {sheet.key: sheet.name for sheet in made_once(name, "zh").sheets}
    english = [(sheets, mark) for book, sheets, mark in rows("articles.md") if book == name]
    chinese = [(sheets, mark) for book, sheets, mark in rows("articles.zh.md") if book == name]
    assert {sheet for sheets, _mark in english for sheet in sheets} - set(tabs) == set()
    assert chinese == [([tabs[sheet] for sheet in sheets], MARKS[mark]) for sheets, mark in english]
