"""Sheets Variants and Updates: a step after all rows, after a few, or after every single one."""

from __future__ import annotations

import numpy as np

from scenarios.rent_yield.survey import LEARNED, SHOWN, YOURS, Array, Fit, Line, counted, gradient
from workbook.block import Between, Block, Counter, OneOf
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Index, Number, Operand, absolute, call, either, equal, if_, largest, number_of, pick
from workbook.page import Table
from workbook.sheet import Kind
from workbook.text import _

BATCH = 4
UPDATES = 240
"""The runs are unrolled for about so many rows; many rows mean fewer epochs, but always a whole one."""
MOST_EPOCHS = 20
SEED = 1
RUNAWAY = 1e6
"""Lines whose numbers are beyond this are not moved any further."""

MARK = '"■";"■";"·"'


def epochs_compared(n: int) -> int:
    """Return over how many epochs the variants are compared."""
    return max(1, min(MOST_EPOCHS, UPDATES // n))


def shuffled_orders(n: int, epochs: int) -> Array:
    """Return the order of the rows in every epoch, one after the other: a new shuffle an epoch, counted from 1."""
    shuffle = np.random.default_rng(SEED)
    return np.concatenate([shuffle.permutation(n) + 1.0 for _epoch in range(epochs)])


def variants_page(book: Book, fit: Fit) -> None:
    """Add the choice of a batch and of an order, the losses after each epoch, and the runs that lead there."""
    title = _("Update more often: after all rows, after a few, after each")
    page = book.page("Variants", title, landscape=False, kind=Kind.DEEPER)
    page.step(
        _("Choose how many rows a step waits for"),
        _("A step need not wait for all rows: a few of them already tell roughly where down is."),
        "C ← C − η·Σ_b e        m ← m − η·Σ_b e·x",
    )
    n, epochs = fit.survey.n, epochs_compared(fit.survey.n)
    size = page.given("batch_size", min(BATCH, n), "B", _("rows a batch"), valid=Between(1, n, whole=True))
    orders = (str(_("in order")), str(_("shuffled")))
    known = page.offstage_block("orders", np.array(orders, dtype=object), title=_("the rows come"))
    chosen = page.given("batch_order", np.asarray(orders[0], dtype=object), "", _("the rows come"), valid=OneOf(orders))
    page.gap()
    said, charts = page.keep(), page.keep()
    lines = _updates(book, fit, size, equal(chosen, known[1]), chosen.value == orders[1])
    names = (_("all rows"), _("your batches"), _("single rows, shuffled"))
    looks = list(zip(("batch", "mini", "stochastic"), names, (LEARNED, YOURS, SHOWN), lines, strict=True))
    with page.table(Counter("", start=0), epochs + 1) as t:
        epoch = counted(t, "compare_epoch")
        losses = [_after_epochs(t, fit, f"compare_{id}", title, epoch, line) for id, title, _colour, line in looks]
        above = [_less(t, f"{L.id}_less", L, losses[0], title) for L, title in zip(losses[1:], names[1:], strict=True)]
    last = {id: block[epochs] for id, block in zip("abc", losses, strict=True)}
    words = _(
        "▶ Loss after {epochs} epochs: {a:4} with all rows, {b:4} with batches of {batch_size:0}, {c:4} with single rows; the least is {loss_best:4}."
    )
    with page.into(said):
        page.live("variants_say", words, epochs=str(epochs), **last)
    with page.into(charts), page.beside():
        series = (Series(n, epoch[:], L[:], Mark.BOTH, c) for (_id, n, c, _l), L in zip(looks[1:], above, strict=True))
        alt = _("By how much the losses of batches and of single rows lie above that of all rows, after each epoch.")
        page.chart(Chart(_("Loss less that of all rows"), tuple(series), _("epoch"), "L − L", alt, columns=5, rows=18))
        series = (Series(name, line.C[:], line.m[:], Mark.LINE, colour) for _id, name, colour, line in looks)
        title = _("The three paths of (C, m), step by step")
        alt = _("Three paths from the same start into the same valley; that of single rows trembles.")
        page.chart(Chart(title, tuple(series), _("left end C"), _("rise m"), alt, columns=5, rows=18))
    page.source(_("The order was drawn by NumPy, seed {seed}: every row comes once an epoch.").format(seed=SEED))
    page.source(_("Lines whose numbers have run beyond a million stand still: the learning rate is far too large."))
    page.source(_("For batches of 10K out of 1M rows the article counts 1M/1K = 1000; the steps are 1M/10K = 100."))


def _after_epochs(t: Table, fit: Fit, id: str, title: str, epoch: Block, line: Line) -> Block:
    """Pick a run's line after each whole epoch; return its loss."""

    def picked(first: Block, column: Block) -> Block:
        value = np.append(first.value, column.value[fit.survey.n - 1 :: fit.survey.n])
        formula = lambda e: if_(equal(epoch[e], 0), first, pick(column, epoch[e] * fit.n))  # noqa: E731
        return t.updated(f"{id}_{first.id}", value, formula, first.symbol, title)

    C, m = picked(fit.C, line.C), picked(fit.m, line.m)
    value = fit.loss_value(C.value, m.value)
    return t.derived(f"{id}_loss", value, lambda e: fit.loss(C[e], m[e]), "L", title, number_format="0.0000")


def _less(t: Table, id: str, L: Block, other: Block, title: str) -> Block:
    """Return by how much a loss is above another: their curves would lie on top of each other."""
    value = L.value - other.value
    return t.derived(id, value, lambda e: L[e] - other[e], "L − L", title, number_format="0.0000")


# ---------------------------------------------------------------------------------------------- the runs


def walk(fit: Fit, batches: list[Array]) -> Array:
    """Update by NumPy once for every batch of row numbers (from 0); return the line at first and after each, (2, …)."""
    C, m, lr = float(fit.C.value), float(fit.m.value), float(fit.lr.value)
    lines = [(C, m)]
    for rows in batches:
        dC, dm = gradient(fit.x.value[rows], fit.y.value[rows], C, m)
        if max(abs(C), abs(m)) <= RUNAWAY:
            C, m = C - lr * dC, m - lr * dm
        lines.append((C, m))
    return np.array(lines).T


def _updates(book: Book, fit: Fit, size: Block, shuffled: Expr, is_shuffled: bool) -> list[Line]:
    """Add the runs, a line a row that is seen: all rows, batches of the chosen size, single rows; return their C and m."""
    page = book.page("Updates", _("The runs of Variants: one line for every row that is seen"), kind=Kind.DATA)
    page.step(
        _("Collect errors until a batch is full, then step"),
        _("Each line adds its row's error to those of its batch; where the batch is full (■), C and m move."),
        "e = C + m·x − y        C ← C − η·Σe        m ← m − η·Σe·x",
    )
    n, epochs, whole = fit.survey.n, epochs_compared(fit.survey.n), {"number_format": "0"}
    u = np.arange(n * epochs)
    with page.table(Counter("u = "), n * epochs, freeze=True) as t:
        place = t.derived(
            "place", u % n + 1, lambda u: call("MOD", number_of(u) - 1, fit.n) + 1, "", _("place"), **whole
        )
        order = t.recorded("order", shuffled_orders(n, epochs), "i", _("row drawn"), **whole)
        value = order.value if is_shuffled else place.value
        row = t.derived("mini_row", value, lambda u: if_(shuffled, order[u], place[u]), "i", _("its row"), **whole)
        return [
            _run(t, fit, "batch", place, place, fit.n, n),
            _run(t, fit, "mini", row, place, size, int(size.value)),
            _run(t, fit, "stochastic", order, place, Number(1), 1),
        ]


def _run(t: Table, fit: Fit, id: str, row: Block, place: Block, size: Operand, B: int) -> Line:
    """Add one run: the errors of its rows, what has been collected since the last step, and the line after each row."""
    rows, full_value = row.value.astype(int) - 1, (place.value == fit.survey.n) | (place.value % B == 0)
    cuts, steps = np.flatnonzero(full_value)[:-1] + 1, np.cumsum(full_value)
    lines = walk(fit, np.split(rows, cuts))
    before, now, X = lines[:, steps - full_value], lines[:, steps], fit.x.value[rows]
    seen = before[0] + before[1] * X - fit.y.value[rows]

    def collected(share: Array) -> Array:
        return np.concatenate([np.cumsum(part) for part in np.split(share, cuts)])

    def error(C: Operand, m: Operand, u: Index | int) -> Expr:
        return C + m * x[u] - pick(fit.y, row[u])

    def is_full(u: Index) -> Expr:
        return if_(either(equal(place[u], fit.n), equal(call("MOD", place[u], size), 0)), 1, 0)

    def moved(u: Index, old: Block, slope: Block) -> Expr:
        wild = largest(absolute(C[u - 1]), absolute(m[u - 1])) > Number(100) ** 3
        return if_(either(equal(full[u], 0), wild), old[u - 1], old[u - 1] - fit.lr * slope[u])

    def begun(first: Block, slope: Block) -> Expr:
        return if_(equal(full[0], 0), first, first - fit.lr * slope[0])

    def more(u: Index, share: Expr, sum_: Block) -> Expr:
        return share + if_(full[u - 1] > 0, 0, sum_[u - 1])

    x = t.derived(f"{id}_x", X, lambda u: pick(fit.x, row[u]), "x", _("its x"))
    e = t.derived(
        f"{id}_e", seen, lambda u: error(C[u - 1], m[u - 1], u), "e", _("error"), first=lambda: error(fit.C, fit.m, 0)
    )
    full = t.derived(f"{id}_full", full_value.astype(float), is_full, "■", _("batch is full"), number_format=MARK)
    dC = t.gradient(f"{id}_dC", collected(seen), lambda u: more(u, e[u], dC), "Σe", _("slope in C"), first=lambda: e[0])
    dm = t.gradient(
        f"{id}_dm",
        collected(seen * X),
        lambda u: more(u, e[u] * x[u], dm),
        "Σe·x",
        _("slope in m"),
        first=lambda: e[0] * x[0],
    )
    C = t.updated(f"{id}_C", now[0], lambda u: moved(u, C, dC), "C", _("left end"), first=lambda: begun(fit.C, dC))
    m = t.updated(f"{id}_m", now[1], lambda u: moved(u, m, dm), "m", _("rise"), first=lambda: begun(fit.m, dm))
    return Line(C, m)
