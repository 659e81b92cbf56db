"""What an author can get wrong is one line: where it stands, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbook import Block, Book, Chart, Page, Scenario, Series, UsageError
from workbook.discovery import made
from workbook.formula import exp, if_

Declare = Callable[[Page, Block, Block], Any]


def mistaken(declare: Declare) -> Scenario:
    """Return an example of one page on which something more is declared."""

    class Mistaken(Scenario):
        name, title, article, summary, locale = "mistaken", "t", "a", "s", Path(__file__).parent

        def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
            page = book.page("Page", "title")
            x = page.given("x", np.array([1.0, 2.0, 3.0]), "x", "input")
            declare(page, x, page.given("w", 2.0, "w", "weight"))

    return Mistaken()


MISTAKES: dict[str, tuple[Declare, str]] = {
    "a field that blocks have not": (
        lambda page, x, w: page.given("z", 1.0, "z", "", low=0),
        "TypeError: z: a block has no low; bounds are valid=Between(low, high); it has title, symbol, ",
    ),
    "a field written much alike": (
        lambda page, x, w: page.derived("z", x.value, lambda i: x[i], number_formats="0"),
        "TypeError: z: a block has no number_formats; did you mean number_format? it has title, ",
    ),
    "bounds that are none": (
        lambda page, x, w: page.given("z", 0.5, valid=(0, 1)),
        "TypeError: z: valid=(0, 1): write Between(low, high) or OneOf((…))",
    ),
    "NumPy in a formula": (
        lambda page, x, w: page.derived("z", np.exp(x.value), lambda i: np.exp(x[i])),
        "a block met NumPy: a value is computed from block.value; a formula takes the block itself (w, not w.value)",
    ),
    "a value in a formula": (
        lambda page, x, w: page.derived("z", w.value * x.value, lambda i: w.value * x[i]),
        "a block met NumPy: ",
    ),
    "a block in a value": (lambda page, x, w: page.derived("z", w * x, lambda i: w * x[i]), "a block met NumPy: "),
    "one of Python's functions": (
        lambda page, x, w: page.derived("z", x.value.sum(), lambda: sum(x)),  # type: ignore[call-overload]
        "z: its formula fails (TypeError: 'Block' object is not iterable); it takes cells of blocks and the functions",
    ),
    "==": (
        lambda page, x, w: page.derived("z", x.value, lambda i: if_(x[i] == 1, 1, x[i])),
        "a formula holds Python's False: write equal(a, b) for a == b",
    ),
    "an index too many": (
        lambda page, x, w: page.derived("z", np.exp(x.value), lambda: exp(x[0])),
        "z: its formula is a function of one index for each axis of (3,): write lambda i: …",
    ),
    "no function": (
        lambda page, x, w: page.derived("z", w.value + 1, w + 1),  # type: ignore[arg-type]
        "z: its formula is a function of one index for each axis of (): write lambda: …",
    ),
    "a format of Python's": (
        lambda page, x, w: page.live("z", "▶ {w:.2f}"),
        "a sentence shows {w:.2f}: a format is a number of decimals, such as 3, then t or p",
    ),
    "a series of blocks": (
        lambda page, x, w: page.chart(Chart("", (Series("s", x, x),), "x", "y", "")),  # type: ignore[arg-type]
        "TypeError: series s: name the cells of x and y with an index, such as hours[:]",
    ),
    "an id that there is": (
        lambda page, x, w: page.given("X", 1.0),
        "two blocks of the book are called X; give one another id",
    ),
    "an id that there is not": (
        lambda page, x, w: page.book["ww"],
        "KeyError: 'ww: no block is called so; did you mean w? book.frames() holds all of them'",
    ),
}


@pytest.mark.parametrize(("declare", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_its_line_and_how_to_mend_it(declare: Declare, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        made(mistaken(declare), "en", None, None)
    where, _, rest = str(caught.value).partition(": ")
    name, _, line = where.partition(", line ")
    assert name == Path(__file__).name and abs(int(line) - declare.__code__.co_firstlineno) <= 1
    assert rest.startswith(said) and "\n" not in rest


def test_numpys_name_of_a_function_is_answered_with_ours() -> None:
    with pytest.raises(ImportError, match=r"^workbook.formula has no log: it is called ln here$"):
        from workbook.formula import log  # type: ignore[attr-defined]  # noqa: F401
