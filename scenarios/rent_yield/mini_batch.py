"""Sheet MiniBatch: an update after every few rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.rent_yield.survey import Array, Scaled, Start, going_back, keep_free, rate_digits
from scenarios.rent_yield.updates import (
    BATCH,
    Path,
    Rows,
    epochs_compared,
    step_column,
    unless_wild,
    walk,
)
from workbook.block import Block, Counter, Role
from workbook.book import Book
from workbook.eager import Sheet, Table
from workbook.formula import Expr, as_expr, call, dot, number_of, pick, total
from workbook.text import _


def mini_batch_sheet(book: Book, scaled: Scaled, start: Start) -> Path:
    """Add the sums of every batch, and the table of updates."""
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
    above = keep_free(sheet, 2)
    with sheet.table(Counter("u = "), len(batches) * epochs) as t:
        path, dC = _batch_updates(t, sums, start, per_epoch, C_value, m_value)
    with going_back(sheet, above):
        sheet.sentence(
            "mini_first",
            f"u = 1:   dC = {{n:0}}·{{C:4p}} + {{m:4p}}·{{Sx:4}} − {{Sy:4}} = {{dC:4}}        C = {{C:4}} − {{lr:{rate_digits(scaled.n)}}}·{{dC:4p}} = {{C1:4}}",
            n=sums["n"][0],
            C=start.C,
            m=start.m,
            Sx=sums["Sx"][0],
            Sy=sums["Sy"][0],
            dC=dC[0],
            lr=start.lr,
            C1=path.C[0],
        )
    return path


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
) -> tuple[Path, Block]:
    """Add the table of updates; return the weights after each, and the slopes in C."""
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
    dC = step_column(
        t,
        Role.GRADIENT,
        "mini_dC",
        S["n"] * before_C + S["Sx"] * before_m - S["Sy"],
        "dC",
        _("slope in C"),
        lambda u: slope_in_C(C[u - 1], m[u - 1], batch[u]),
        lambda: slope_in_C(first_C, first_m, batch[0]),
    )
    dm = step_column(
        t,
        Role.GRADIENT,
        "mini_dm",
        S["Sx"] * before_C + S["Sxx"] * before_m - S["Sxy"],
        "dm",
        _("slope in m"),
        lambda u: slope_in_m(C[u - 1], m[u - 1], batch[u]),
        lambda: slope_in_m(first_C, first_m, batch[0]),
    )
    C = step_column(
        t,
        Role.UPDATED,
        "mini_C",
        C_value,
        "C",
        _("new intercept"),
        lambda u: unless_wild(C[u - 1], m[u - 1], C[u - 1], start.lr * dC[u]),
        lambda: start.C - start.lr * dC[0],
    )
    m = step_column(
        t,
        Role.UPDATED,
        "mini_m",
        m_value,
        "m",
        _("new slope"),
        lambda u: unless_wild(C[u - 1], m[u - 1], m[u - 1], start.lr * dm[u]),
        lambda: start.m - start.lr * dm[0],
    )
    return Path(C, m, per_epoch), dC
