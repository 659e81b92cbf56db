"""One number of a table changed a little, up and down: is its slope what backpropagation says?"""

from __future__ import annotations

from typing import Any

from scenarios.common.columns import yes_no
from scenarios.graph.pages import Whole, face, first_cells
from scenarios.graph.run import Run
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.formula import Number, absolute, both, equal, if_, number_of, pick
from workbook.page import Page, Words
from workbook.sheet import Kind, Style
from workbook.text import _

TOLERANCE = 1e-6
FAR = 0.01
"""Where the slope to the left and the slope to the right are so far apart, a kink lies between, or h is too large."""

LOSS, SHOWN = "0.0000000000", "0.000000"


def trial_page(book: Book, whole: Whole, name: str) -> Page:
    """Add the page on which a cell of table `name`, chosen by the reader, is changed by h up and down."""
    page = book.page("Nudge", _("Is the slope right? Change one number a little"), kind=Kind.DEEPER)
    page.step(
        _("One number, up and down by h"),
        _("Change one number, run the whole network again, and the loss must change as backpropagation said."),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )
    rows, columns = whole[name].shape
    row, column = (
        _place(page, "nudge_row", "i", _("row"), rows),
        _place(page, "nudge_column", "j", _("column"), columns),
    )
    h = page.given(
        "nudge_h", 1e-4, "h", _("size of the change"), valid=Between(1e-5, 1e-3), number_format="0.00000",
        remark=_("chosen here"),
    )  # fmt: skip
    page.gap()
    said = page.keep()
    up, down = (_changed(page, whole, name, (row, column), h, way) for way in ("up", "down"))
    with page.into(said):
        _compare(page, whole, name, (row, column), h, (up, down))
    return page


def _place(page: Page, id: str, symbol: str, title: str, count: int) -> Block:
    """Ask for a row or a column; where there is but one, take that."""
    if count == 1:
        return page.offstage_block(id, 1.0, symbol=symbol, title=title)
    return page.given(id, 1.0, symbol, title, valid=Between(1, count, whole=True))


def _changed(page: Page, whole: Whole, name: str, at: tuple[Block, Block], h: Block, way: str) -> Run:
    """Add the pass with one number changed; what does not depend on it is read where it stands."""
    run, table, sign = whole.run, whole[name], 1 if way == "up" else -1
    value = table.value.copy()
    value[int(at[0].value) - 1, int(at[1].value) - 1] += sign * h.value

    def formula(i: Any, j: Any) -> Any:
        here = both(equal(number_of(i), at[0]), equal(number_of(j), at[1]))
        change = if_(here, h, 0)
        return table[i, j] + change if sign > 0 else table[i, j] - change

    mark = "₊" if sign > 0 else "₋"
    page.put(Words(_("Up by h") if sign > 0 else _("Down by h"), Style.NAME))
    moved = Block(
        f"{name}_{way}", Role.DERIVED, value, "", f"{whole.graph[name].symbol}{mark}", formula=formula,
        rows=Counter(""), columns=Counter(""), number_format=SHOWN,
    )  # fmt: skip
    changed = Run(whole.graph, {**run.blocks, name: moved}, f"_{way}", run, name)
    behind = whole.graph.behind(name)
    new = [moved, *(b for n in whole.graph.computed if n.name in behind for b in (*changed.inner[n.name], changed.blocks[n.name]))]  # fmt: skip
    for start in range(0, len(new), 4):
        with page.beside():
            for block in new[start : start + 4]:
                if block is not changed.loss:
                    block.number_format = SHOWN
                    page.add(block)
    changed.loss.symbol, changed.loss.number_format = f"L{mark}", LOSS
    changed.loss.title = _("loss, changed up") if sign > 0 else _("loss, changed down")
    page.add(changed.loss)
    return changed


def _compare(page: Page, whole: Whole, name: str, at: tuple[Block, Block], h: Block, ways: tuple[Run, Run]) -> None:
    """Hold the slope of backpropagation against the measured ones: it lies between the slope to the left and to the right."""
    loss, (up, down) = whole.run.loss, (way.loss for way in ways)
    slopes = whole.slope(name)
    inverse = page.offstage_block("nudge_inverse", 1 / h.value, lambda: 1 / h, title=_("to divide by h"))
    left = page.gradient(
        "slope_left", (loss.value - down.value) * inverse.value, lambda: (loss - down) * inverse, "(L − L₋)/h",
        _("slope to the left"), number_format=SHOWN,
    )  # fmt: skip
    there = (int(at[0].value) - 1, int(at[1].value) - 1)
    ours = page.gradient(
        "slope_ours", slopes.value[there], lambda: pick(slopes, *at), f"∂{whole.graph[name].symbol}",
        _("by backpropagation"), number_format=SHOWN,
    )  # fmt: skip
    right = page.gradient(
        "slope_right", (up.value - loss.value) * inverse.value, lambda: (up - loss) * inverse, "(L₊ − L)/h",
        _("slope to the right"), number_format=SHOWN,
    )  # fmt: skip
    page.remark(_("Small differences count here: slopes are shown with six decimals, losses with ten."))
    middle = page.offstage_block(
        "slope_middle", (left.value + right.value) / 2, lambda: (left + right) / 2, title=_("measured slope")
    )
    apart = page.offstage_block(
        "slopes_apart", abs(right.value - left.value) / 2, lambda: absolute(right - left) / 2,
        title=_("half the distance of the slopes to the left and to the right"),
    )  # fmt: skip
    size = page.offstage_block(
        "slope_size", 1 + abs(loss.value) + abs(ours.value), lambda: 1 + absolute(loss) + absolute(ours),
        title=_("size of the numbers compared"),
    )  # fmt: skip
    scale = page.offstage_block(
        "slope_scale", size.value + apart.value / TOLERANCE, lambda: size + Number(100) ** 3 * apart,
        title=_("size of the numbers compared, and how far they may be apart"),
    )  # fmt: skip
    smooth = page.offstage_block(
        "slope_smooth", float(apart.value <= FAR * size.value), lambda: if_(100 * apart <= size, 1, 0),
        title=_("may the two be compared?"), number_format=yes_no(),
    )  # fmt: skip
    page.check("nudge", _("backpropagation = measured slope"), ours, middle, TOLERANCE, scale, smooth)


def deeper_pages(book: Book, whole: Whole, name: str) -> None:
    """Add what every graph has behind its story: the first cells, and a trial of table `name`; and its first page's face."""
    first_cells(book, whole)
    trial_page(book, whole, name)
    face(book, whole)
