"""Sheets MiniBatch, Stochastic and Variants: the same descent with one, several or many updates an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.rent_yield.survey import Array, Scaled, Start, Sums, going_back, gradient, keep_free, loss
from workbook.block import Between, Block, Counter, Formula, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Number, absolute, as_expr, call, dot, if_, largest, number_of, pick, total
from workbook.sheet import Sheet, Table
from workbook.text import _

Rows = NDArray[np.intp]
"""Numbers of rows, from 0."""

BATCH = 4
UPDATES = 240
"""Stochastic descent is unrolled for about so many updates; many rows mean fewer epochs, but always a whole one."""
MOST_EPOCHS = 20
SEED = 1
RUNAWAY = 1e6
"""Weights beyond this are not moved any further."""


@dataclass(frozen=True)
class Path:
    """The weights after each update, (updates,), and how many updates an epoch has."""

    C: Block
    m: Block
    per_epoch: Block


def epochs_compared(n: int) -> int:
    """Return over how many epochs the three variants are compared."""
    return max(1, min(MOST_EPOCHS, UPDATES // n))


def shuffled_orders(n: int, epochs: int) -> Array:
    """Return the order of the rows in every epoch, one after the other: a new shuffle an epoch, counted from 1."""
    shuffle = np.random.default_rng(SEED)
    return np.concatenate([shuffle.permutation(n) + 1.0 for _epoch in range(epochs)])


def variants_sheets(book: Book, scaled: Scaled, start: Start, sums: Sums) -> None:
    """Add both tables of updates, then the three variants side by side."""
    mini = _mini_batch_sheet(book, scaled, start)
    stochastic = _stochastic_sheet(book, scaled, start, sums)
    _variants_sheet(book, scaled, start, sums, mini, stochastic)


def walk(x: Array, y: Array, start: Start, batches: list[Rows]) -> tuple[Array, Array]:
    """Update by NumPy once for every batch of row numbers (from 0); return the weights after each.

    Weights that have run away stand still, or a rate far too large would end in numbers that no cell can hold.
    """
    C, m, lr = float(start.C.value), float(start.m.value), float(start.lr.value)
    after = []
    for rows in batches:
        slope = gradient(x[rows], y[rows], C, m)
        if max(abs(C), abs(m)) <= RUNAWAY:
            C, m = C - lr * slope.dC, m - lr * slope.dm
        after.append((C, m))
    C_after, m_after = np.array(after).T
    return C_after, m_after


def _unless_wild(C: Expr, m: Expr, old: Expr, step: Expr) -> Expr:
    """The formula of an update that leaves weights alone once they have run away beyond a million."""
    return if_(largest(absolute(C), absolute(m)) > Number(100) ** 3, old, old - step)


# ---------------------------------------------------------------------------------------------- mini-batches


def _mini_batch_sheet(book: Book, scaled: Scaled, start: Start) -> Path:
    sheet = book.sheet(
        "MiniBatch", _("Mini-batches: an update after every {size} rows").format(size=BATCH), landscape=False
    )
    sheet.step(
        _("Cut the rows into batches and sum each"),
        _("The next update need not wait for all rows: a few of them already tell roughly where down is."),
        "n_b = Σ_b 1        Σ_b x        Σ_b y        Σ_b x²        Σ_b xy",
    )
    batches = [np.arange(first, min(first + BATCH, scaled.n)) for first in range(0, scaled.n, BATCH)]
    sums = _batch_sums(sheet, scaled, batches)
    per_epoch = sheet.derived(
        "batches",
        float(len(batches)),
        lambda: call("COUNT", sums["n"]),
        symbol="K",
        title=_("batches an epoch"),
        number_format="0",
    )
    sheet.gap()
    epochs = epochs_compared(scaled.n)
    sheet.step(
        _("Update after every batch"),
        _(
            "Each row is one update: the gradient comes from one batch alone, at the weights that "
            "the batch before left behind."
        ),
        "C ← C − lr·(n_b·C + m·Σ_b x − Σ_b y)        m ← m − lr·(C·Σ_b x + m·Σ_b x² − Σ_b xy)",
    )
    C_value, m_value = walk(scaled.x.value, scaled.y.value, start, batches * epochs)
    with sheet.table(Counter("u = "), len(batches) * epochs) as t:
        return _batch_updates(t, sums, start, per_epoch, C_value, m_value)


def _batch_sums(sheet: Sheet, scaled: Scaled, batches: list[Rows]) -> dict[str, Block]:
    x, y = scaled.x, scaled.y
    X, Y = x.value, y.value
    names = [_("rows {first} to {last}").format(first=int(b[0]) + 1, last=int(b[-1]) + 1) for b in batches]
    slices = [slice(int(b[0]), int(b[-1]) + 1) for b in batches]
    with sheet.table(names, len(batches)) as t:

        def add(id: str, value: Sequence[Any], each: list[Expr], symbol: str, number_format: str = "0.0000") -> Block:
            return t.add(
                Block(
                    f"batch_{id}",
                    Role.DERIVED,
                    np.array(value, dtype=float),
                    each=each,
                    title=_("sum over the batch"),
                    symbol=symbol,
                    number_format=number_format,
                )
            )

        return {
            "n": add("n", [len(b) for b in batches], [call("COUNT", x[s]) for s in slices], "n_b", "0"),
            "Sx": add("Sx", [X[b].sum() for b in batches], [total(x[s]) for s in slices], "Σx"),
            "Sy": add("Sy", [Y[b].sum() for b in batches], [total(y[s]) for s in slices], "Σy"),
            "Sxx": add("Sxx", [X[b] @ X[b] for b in batches], [call("SUMSQ", x[s]) for s in slices], "Σx²"),
            "Sxy": add("Sxy", [X[b] @ Y[b] for b in batches], [dot(x[s], y[s]) for s in slices], "Σxy"),
        }


def _batch_updates(
    t: Table, sums: dict[str, Block], start: Start, per_epoch: Block, C_value: Array, m_value: Array
) -> Path:
    K = int(per_epoch.value)
    u = np.arange(len(C_value))
    epoch = t.derived(
        "mini_epoch",
        u // K + 1,
        lambda u: 1 + call("INT", (number_of(u) - 1) / per_epoch),
        title=_("epoch"),
        number_format="0",
    )
    batch = t.derived(
        "mini_batch",
        u % K + 1,
        lambda u: number_of(u) - (epoch[u] - 1) * per_epoch,
        title=_("batch"),
        symbol="b",
        number_format="0",
    )
    before_C = np.concatenate([[start.C.value], C_value[:-1]])
    before_m = np.concatenate([[start.m.value], m_value[:-1]])
    S = {name: block.value[u % K] for name, block in sums.items()}

    def slope_in_C(C: Expr, m: Expr, b: Expr) -> Expr:
        return pick(sums["n"], b) * C + pick(sums["Sx"], b) * m - pick(sums["Sy"], b)

    def slope_in_m(C: Expr, m: Expr, b: Expr) -> Expr:
        return pick(sums["Sx"], b) * C + pick(sums["Sxx"], b) * m - pick(sums["Sxy"], b)

    first_C, first_m = as_expr(start.C), as_expr(start.m)
    dC = _step_column(
        t,
        Role.GRADIENT,
        "mini_dC",
        S["n"] * before_C + S["Sx"] * before_m - S["Sy"],
        "dC",
        _("slope in C"),
        lambda u: slope_in_C(C[u - 1], m[u - 1], batch[u]),
        lambda: slope_in_C(first_C, first_m, batch[0]),
    )
    dm = _step_column(
        t,
        Role.GRADIENT,
        "mini_dm",
        S["Sx"] * before_C + S["Sxx"] * before_m - S["Sxy"],
        "dm",
        _("slope in m"),
        lambda u: slope_in_m(C[u - 1], m[u - 1], batch[u]),
        lambda: slope_in_m(first_C, first_m, batch[0]),
    )
    C = _step_column(
        t,
        Role.UPDATED,
        "mini_C",
        C_value,
        "C",
        _("new intercept"),
        lambda u: _unless_wild(C[u - 1], m[u - 1], C[u - 1], start.lr * dC[u]),
        lambda: start.C - start.lr * dC[0],
    )
    m = _step_column(
        t,
        Role.UPDATED,
        "mini_m",
        m_value,
        "m",
        _("new slope"),
        lambda u: _unless_wild(C[u - 1], m[u - 1], m[u - 1], start.lr * dm[u]),
        lambda: start.m - start.lr * dm[0],
    )
    return Path(C, m, per_epoch)


# ---------------------------------------------------------------------------------------------- stochastic


def _stochastic_sheet(book: Book, scaled: Scaled, start: Start, sums: Sums) -> Path:
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
        _first_update(sheet, start, path, i, once)
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
    e = _step_column(
        t,
        Role.DERIVED,
        "drawn_error",
        Y - (before_C + before_m * X),
        "e",
        _("error"),
        lambda u: y[u] - (C[u - 1] + m[u - 1] * x[u]),
        lambda: y[0] - (start.C + start.m * x[0]),
    )
    C = _step_column(
        t,
        Role.UPDATED,
        "stochastic_C",
        C_value,
        "C",
        _("new intercept"),
        lambda u: C[u - 1] + start.lr * e[u],
        lambda: start.C + start.lr * e[0],
    )
    m = _step_column(
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
    sheet: Sheet, start: Start, path: Path, drawn: tuple[Block, Block, Block], once: Block | None
) -> None:
    x, y, e = drawn
    sheet.sentence(
        "stochastic_error",
        "u = 1:   e = {y:4} − ({C:2} + {m:2p}·{x:4}) = {e:4}",
        x=x[0],
        y=y[0],
        e=e[0],
        C=start.C,
        m=start.m,
    )
    sheet.sentence(
        "stochastic_update",
        "C = {C:2} + {lr:4}·{e:4p} = {C1:4}        m = {m:2} + {lr:4}·{e:4p}·{x:4} = {m1:4}",
        x=x[0],
        e=e[0],
        C=start.C,
        m=start.m,
        lr=start.lr,
        C1=path.C[0],
        m1=path.m[0],
    )
    if once is not None:
        drawn_once = sheet.derived(
            "most_often",
            once.value.max(),
            lambda: call("MAX", once),
            title=_("most often in an epoch"),
            number_format="0",
        )
        one = sheet.recorded("should_come", 1.0, title=_("should be"), number_format="0")
        sheet.check("order_check", _("every row once an epoch"), drawn_once, one, 0.5)


def _step_column(
    t: Table, role: Role, id: str, value: Array, symbol: str, title: str, formula: Formula, first: Formula
) -> Block:
    return t.add(
        Block(id, role, value, formula=formula, first=first, symbol=symbol, title=title, number_format="0.000000")
    )


# ---------------------------------------------------------------------------------------------- side by side


def _variants_sheet(book: Book, scaled: Scaled, start: Start, sums: Sums, mini: Path, stochastic: Path) -> None:
    sheet = book.sheet("Variants", _("Three variants side by side: batch, mini-batch, stochastic"), landscape=False)
    epochs = epochs_compared(scaled.n)
    sheet.step(
        _("Compare them after the same number of epochs"),
        _("An epoch shows every row once to each of them; they differ in how often they update meanwhile."),
        "L = ΣHSE",
    )
    sheet.text(
        _(
            "All three use the learning rate of the sheet FirstPass. As gradients are sums, an "
            "epoch of small steps goes about as far as one big step."
        )
    )
    sheet.text(_("With a learning rate far too large, weights that have run beyond a million stand still."))
    sheet.text(
        _("{epochs} epochs of {rows} rows: 1, {batches} and {rows} updates an epoch.").format(
            epochs=epochs, rows=scaled.n, batches=int(mini.per_epoch.value)
        )
    )
    chart_row = keep_free(sheet, 19)
    with sheet.table(Counter("", start=0), epochs + 1) as t:
        epoch = t.derived(
            "compare_epoch",
            np.arange(epochs + 1),
            lambda e: epoch[e - 1] + 1,
            first=lambda: 0,
            title=_("epoch"),
            number_format="0",
        )
        batch = _batch_columns(t, scaled, start, sums, epochs)
        columns = [batch] + [
            _picked_columns(t, id, title, scaled, start, sums, path, epoch)
            for id, title, path in (("mini", _("mini-batch"), mini), ("stochastic", _("stochastic"), stochastic))
        ]
    _charts(
        sheet,
        chart_row,
        epoch,
        [L for _C, _m, L in columns],
        [batch[:2], (mini.C, mini.m), (stochastic.C, stochastic.m)],
    )


Columns = tuple[Block, Block, Block]


def _batch_columns(t: Table, scaled: Scaled, start: Start, sums: Sums, epochs: int) -> Columns:
    everything = np.arange(scaled.n)
    C_after, m_after = walk(scaled.x.value, scaled.y.value, start, [everything] * epochs)
    C_value, m_value = np.append(start.C.value, C_after), np.append(start.m.value, m_after)
    C = _step_column(
        t,
        Role.UPDATED,
        "compare_batch_C",
        C_value,
        "C",
        _("full batch"),
        lambda e: _unless_wild(C[e - 1], m[e - 1], C[e - 1], start.lr * sums.dC(C[e - 1], m[e - 1])),
        lambda: start.C,
    )
    m = _step_column(
        t,
        Role.UPDATED,
        "compare_batch_m",
        m_value,
        "m",
        _("full batch"),
        lambda e: _unless_wild(C[e - 1], m[e - 1], m[e - 1], start.lr * sums.dm(C[e - 1], m[e - 1])),
        lambda: start.m,
    )
    return C, m, _loss_column(t, "compare_batch_loss", _("full batch"), scaled, sums, C, m)


def _picked_columns(
    t: Table, id: str, title: str, scaled: Scaled, start: Start, sums: Sums, path: Path, epoch: Block
) -> Columns:
    """Add the weights after each whole epoch, picked from the table of updates."""
    ends = epoch.value[1:].astype(int) * int(path.per_epoch.value) - 1
    C = _step_column(
        t,
        Role.UPDATED,
        f"compare_{id}_C",
        np.append(start.C.value, path.C.value[ends]),
        "C",
        title,
        lambda e: pick(path.C, epoch[e] * path.per_epoch),
        lambda: start.C,
    )
    m = _step_column(
        t,
        Role.UPDATED,
        f"compare_{id}_m",
        np.append(start.m.value, path.m.value[ends]),
        "m",
        title,
        lambda e: pick(path.m, epoch[e] * path.per_epoch),
        lambda: start.m,
    )
    return C, m, _loss_column(t, f"compare_{id}_loss", title, scaled, sums, C, m)


def _loss_column(t: Table, id: str, title: str, scaled: Scaled, sums: Sums, C: Block, m: Block) -> Block:
    value = [loss(scaled.x.value, scaled.y.value, c, k) for c, k in zip(C.value, m.value, strict=True)]
    return t.derived(id, value, lambda e: sums.loss(C[e], m[e]), symbol="L", title=title, number_format="0.000000")


def _charts(sheet: Sheet, row: int, epoch: Block, losses: list[Block], paths: list[tuple[Block, Block]]) -> None:
    looks = ((_("full batch"), "#1F6FB2"), (_("mini-batch"), "#D1711B"), (_("stochastic"), "#7A3EA8"))
    with going_back(sheet, row), sheet.beside():
        sheet.chart(
            Chart(
                title=_("Total after each epoch"),
                series=tuple(
                    Series(name, epoch[:], L[:], Mark.BOTH, c) for (name, c), L in zip(looks, losses, strict=True)
                ),
                x_title=_("epoch"),
                y_title="L",
                columns=4,
                rows=18,
                alt=_("All three totals fall along nearly the same curve."),
            )
        )
        sheet.chart(
            Chart(
                title=_("The three paths of (C, m), update by update"),
                series=tuple(
                    Series(name, C[:], m[:], Mark.LINE, c) for (name, c), (C, m) in zip(looks, paths, strict=True)
                ),
                x_title=_("intercept C"),
                y_title=_("slope m"),
                columns=4,
                rows=18,
                alt=_("Three paths from the same start into the same valley; the stochastic one trembles."),
            )
        )
