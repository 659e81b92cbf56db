"""A small worked example with all that marking must know, and hand-ins of it as students make them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell

from workbook import N_, Between, Book, Scenario
from workbook.addresses import cell_name
from workbook.block import Counter
from workbook.desk.exercise import Exercise
from workbook.desk.marker import Marker
from workbook.draw import absolute
from workbook.formula import dot, exp, mean, total
from workbook.writer import packed

ASKED = ("z", "a", "error", "delta", "gW", "loss", "W_new", "run")

Edit = Callable[[Workbook], None]


class Lesson(Scenario):
    """One layer of two neurons, forwards, backwards and a step; a running total; a table gathered row by row."""

    name = "lesson"
    title = N_("A lesson")
    summary = N_("One layer, once.")
    locale = Path(__file__).parent / "locale"

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Declare the page in reading order."""
        page = book.page("Net", "Net")
        counted = {"rows": Counter("j = "), "columns": Counter("k = ")}
        x = page.given("x", [0.7, -1.3], symbol="x", title="input", valid=Between(-10, 10), vary=True)
        y = page.given("y", [0.2, 0.9], symbol="y", title="target", vary=True)
        W = page.given("W", [[0.4, -0.6], [1.1, 0.3]], symbol="W", title="weights", vary=True, **counted)
        b = page.given("b", [0.1, -0.2], symbol="b", title="bias", vary=True)
        lr = page.given("lr", 0.5, symbol="η", title="rate")
        s = 1 / (1 + np.exp(-(W.value @ x.value + b.value)))
        z = page.derived("z", W.value @ x.value + b.value, lambda j: dot(W[j, :], x[:]) + b[j], symbol="z", title="sum")
        a = page.derived("a", s, lambda j: 1 / (1 + exp(-z[j])), symbol="a", title="activation")
        error = page.derived("error", s - y.value, lambda j: a[j] - y[j], symbol="a − y", title="error")
        slope = page.gradient("slope", s * (1 - s), lambda j: a[j] * (1 - a[j]), symbol="σ′", title="slope")
        delta = page.gradient(
            "delta", error.value * slope.value, lambda j: error[j] * slope[j], symbol="δ", title="blame"
        )
        g = np.outer(delta.value, x.value)
        gW = page.gradient("gW", g, lambda j, k: delta[j] * x[k], symbol="∂L/∂W", title="gradient", **counted)
        squared = page.derived("squared", error.value**2, lambda j: error[j] ** 2, title="squared")
        page.derived("loss", squared.value.mean(), lambda: mean(squared), symbol="L", title="loss")
        W_new = page.updated(
            "W_new", W.value - lr.value * g, lambda j, k: W[j, k] - lr * gW[j, k], symbol="W′", title="step", **counted
        )
        page.derived(
            "run",
            np.cumsum(delta.value),
            lambda t: run_of(book)[t - 1] + delta[t],
            first=lambda: delta[0],
            title="running",
        )
        page.derived(
            "sums", W_new.value.sum(axis=1), None, each=[total(W_new[0, :]), total(W_new[1, :])], title="row sums"
        )


def run_of(book: Book) -> Any:
    """Return the running total, which reads itself."""
    return book["run"]


@cache
def lesson(lang: str = "en") -> Book:
    """Return the book."""
    return Lesson().make(lang)


@cache
def marker(lang: str = "en") -> Marker:
    """Return what marks its exercise."""
    return Marker(Exercise.of(lesson(lang), ASKED), lesson(lang))


@cache
def solution(lang: str = "en", sheet: str = "HandIn") -> bytes:
    """Return the file with every answer in it and a sheet of pointers in front."""
    book = load_workbook(io.BytesIO(packed(lesson(lang))))
    front = book.create_sheet(sheet, 0)
    exercise = marker(lang).exercise
    ids = [*(question.block for question in exercise.questions), *exercise.givens]
    for row, id in enumerate(ids, 5):
        front.cell(row, 1, id)
        front.cell(row, 2, f"=COUNT({absolute(lesson(lang)[id].whole())})")
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a workbook as openpyxl saves it: no formula has a cached value."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def handed_in(path: Path, *edits: Edit, base: bytes | None = None) -> Path:
    """Write a hand-in: the solution, edited."""
    book = load_workbook(io.BytesIO(base or solution()))
    for edit in edits:
        edit(book)
    path.write_bytes(saved(book))
    return path


def cells(book: Workbook, id: str) -> Iterator[Cell]:
    """Yield the cells of a block, row by row."""
    place = lesson()[id].place
    for row in range(place.rows):
        for column in range(place.columns):
            yield book[place.sheet].cell(place.row + row + 1, place.column + column + 1)


def cell_of(id: str) -> str:
    """Return the name of the first cell of a block."""
    return cell_name(lesson()[id].place.row, lesson()[id].place.column)


def put(id: str, *values: Any) -> Edit:
    """Put values into the cells of a block, or the same one into all; a function makes it of what is there."""

    def edit(book: Workbook) -> None:
        here = list(cells(book, id))
        for n, cell in enumerate(here):
            value = values[n] if len(values) == len(here) else values[0]
            cell.value = value(cell.value) if callable(value) else value

    return edit


def typed(id: str, make: Callable[[float], Any] = float) -> Edit:
    """Type the right numbers of a block, or what a function makes of them."""
    return put(id, *(make(float(value)) for value in lesson()[id].grid().ravel()))
