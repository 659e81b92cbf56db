"""Sheet Stochastic: an update after every single row, in a shuffled order that the reader can change."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.survey import Array, Scaled, Start, Sums, going_back, keep_free, rate_digits
from scenarios.rent_yield.updates import (
    SEED,
    UPDATES,
    Path,
    epochs_compared,
    step_column,
    walk,
)
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.eager import Sheet, Table
from workbook.formula import call, equal, if_, number_of, pick
from workbook.text import _


def shuffled_orders(n: int, epochs: int) -> Array:
    """Return the order of the rows in every epoch, one after the other: a new shuffle an epoch, counted from 1."""
    shuffle = np.random.default_rng(SEED)
    return np.concatenate([shuffle.permutation(n) + 1.0 for _epoch in range(epochs)])


def stochastic_sheet(book: Book, scaled: Scaled, start: Start, sums: Sums) -> Path:
    """Add the table of updates, one row of the data each."""
    sheet = book.sheet("Stochastic", _("Stochastic: an update after every single row"), landscape=False)
    epochs, n = epochs_compared(scaled.n), scaled.n
    sheet.step(
        _("Shuffle the rows, and update after each"),
        _("One row at a time, in a new random order every epoch: noisy steps, but many of them."),
        "e = y_i − (C + m·x_i)        C ← C + lr·e        m ← m + lr·e·x_i",
    )
    sheet.remark(
        _(
            "The order, chosen here: drawn once (NumPy, seed 1). Change it as you like; every row "
            "should come once an epoch."
        )
    )
    above = keep_free(sheet, 6)
    order = shuffled_orders(n, epochs)
    rows = order.astype(int) - 1
    C_value, m_value = walk(scaled.x.value, scaled.y.value, start, [rows[u : u + 1] for u in range(len(rows))])
    with sheet.table(Counter("u = "), len(order)) as t:
        path, i, once = _row_updates(t, scaled, start, sums, order, C_value, m_value)
    with going_back(sheet, above):
        _first_update(sheet, start, path, i, once, rate_digits(n))
    return path


def _row_updates(
    t: Table, scaled: Scaled, start: Start, sums: Sums, order: Array, C_value: Array, m_value: Array
) -> tuple[Path, tuple[Block, Block, Block], Block | None]:
    n, rows = scaled.n, order.astype(int) - 1
    u = np.arange(len(order))
    X, Y = scaled.x.value[rows], scaled.y.value[rows]
    before_C = np.concatenate([[start.C.value], C_value[:-1]])
    before_m = np.concatenate([[start.m.value], m_value[:-1]])
    t.derived(
        "order_epoch",
        u // n + 1,
        lambda u: 1 + call("INT", (number_of(u) - 1) / sums.n),
        title=_("epoch"),
        number_format="0",
    )
    i = t.given("order", order, title=_("row drawn"), symbol="i", valid=Between(1, n, whole=True), number_format="0")
    once = _times_drawn(t, i, n) if len(order) <= UPDATES else None
    x = t.derived("drawn_x", X, lambda u: pick(scaled.x, i[u]), title=_("its x"), symbol="x_i")
    y = t.derived("drawn_y", Y, lambda u: pick(scaled.y, i[u]), title=_("its y"), symbol="y_i")
    e = step_column(
        t,
        Role.DERIVED,
        "drawn_error",
        Y - (before_C + before_m * X),
        "e",
        _("error"),
        lambda u: y[u] - (C[u - 1] + m[u - 1] * x[u]),
        lambda: y[0] - (start.C + start.m * x[0]),
    )
    C = step_column(
        t,
        Role.UPDATED,
        "stochastic_C",
        C_value,
        "C",
        _("new intercept"),
        lambda u: C[u - 1] + start.lr * e[u],
        lambda: start.C + start.lr * e[0],
    )
    m = step_column(
        t,
        Role.UPDATED,
        "stochastic_m",
        m_value,
        "m",
        _("new slope"),
        lambda u: m[u - 1] + start.lr * e[u] * x[u],
        lambda: start.m + start.lr * e[0] * x[0],
    )
    return Path(C, m, sums.n), (x, y, e), once


def _times_drawn(t: Table, i: Block, n: int) -> Block:
    """Add how often each row drawn comes in its epoch."""
    order = i.value
    epochs = [slice(first, first + n) for first in range(0, len(order), n)]
    times = [float(np.sum(order[epoch] == order[u])) for epoch in epochs for u in range(epoch.start, epoch.stop)]
    each = [call("COUNTIF", i[epoch], i[u]) for epoch in epochs for u in range(epoch.start, epoch.stop)]
    return t.add(
        Block("order_times", Role.CHECK, np.array(times), each=each, title=_("times in this epoch"), number_format="0")
    )


def _first_update(
    sheet: Sheet, start: Start, path: Path, drawn: tuple[Block, Block, Block], once: Block | None, digits: int
) -> None:
    """Write out the first update, the learning rate with so many digits, and hold the order to account."""
    x, y, e = drawn
    sheet.sentence(
        "stochastic_error",
        "u = 1:   e = {y:4} − ({C:4} + {m:4p}·{x:4}) = {e:4}",
        x=x[0],
        y=y[0],
        e=e[0],
        C=start.C,
        m=start.m,
    )
    sheet.sentence(
        "stochastic_update",
        f"C = {{C:4}} + {{lr:{digits}}}·{{e:4p}} = {{C1:4}}        m = {{m:4}} + {{lr:{digits}}}·{{e:4p}}·{{x:4}} = {{m1:4}}",
        x=x[0],
        e=e[0],
        C=start.C,
        m=start.m,
        lr=start.lr,
        C1=path.C[0],
        m1=path.m[0],
    )
    if once is not None:
        # a note and no check: the order is the reader's to change
        each_once, again = (
            str(_("✓ Every row comes once an epoch.")),
            str(_("In an epoch some rows come again, and others not at all.")),
        )
        sheet.derived(
            "order_note",
            np.asarray(each_once if once.value.max() == 1 else again, dtype=object),
            lambda: if_(equal(call("MAX", once), 1), each_once, again),
            title=_("the order"),
            number_format="@",
        )
