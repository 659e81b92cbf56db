"""Sheet FiveSums: why one cell can hold the gradient over any number of rows, and how large a step may be."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.outcome import nothing_moves, unless_still
from scenarios.rent_yield.first_pass import Pass
from scenarios.rent_yield.survey import Scaled, Start, Sums
from workbook.block import Block
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Expr, Operand, call, dot, if_, sqrt, total
from workbook.text import _


def five_sums_sheet(book: Book, scaled: Scaled, start: Start, first: Pass) -> Sums:
    """Add the sums, show that they give the gradient and the total, and the largest rate that descends."""
    sheet = book.sheet("FiveSums", _("Five sums in place of all the rows"), landscape=False)
    sums = _sums(sheet, scaled)
    _same_as_row_by_row(sheet, sums, start, first)
    _largest_rate(sheet, sums, start)
    return sums


def _sums(sheet: Sheet, scaled: Scaled) -> Sums:
    sheet.step(
        _("Multiply the brackets out once"),
        _(
            "C and m are the same in every row, so they come out of the sum; what stays inside "
            "never changes during training."
        ),
        "Σ(C + m·x − y) = C·n + m·Σx − Σy        Σ(C + m·x − y)·x = C·Σx + m·Σx² − Σxy",
    )
    sheet.text(
        _(
            "So one line of the training table needs these sums and not the rows: two rows or ten "
            "thousand, it stays one line."
        )
    )
    x, y = scaled.x, scaled.y
    X, Y = x.value, y.value

    def add(id: str, value: Any, formula: Expr, symbol: str, title: str, number_format: str = "0.000000") -> Block:
        return sheet.derived(id, value, lambda: formula, symbol=symbol, title=title, number_format=number_format)

    sums = Sums(
        n=add("n", float(len(X)), call("COUNT", x), "n = Σ1", _("number of rows"), "0"),
        Sx=add("Sx", X.sum(), total(x), "Σx", _("sum of x")),
        Sy=add("Sy", Y.sum(), total(y), "Σy", _("sum of y")),
        Sxx=add("Sxx", np.square(X).sum(), call("SUMSQ", x), "Σx²", _("sum of the squares of x")),
        Sxy=add("Sxy", X @ Y, dot(x, y), "Σxy", _("sum of the products")),
        Syy=add("Syy", np.square(Y).sum(), call("SUMSQ", y), "Σy²", _("sum of y², for the total only")),
    )
    sheet.gap()
    return sums


def _same_as_row_by_row(sheet: Sheet, sums: Sums, start: Start, first: Pass) -> None:
    sheet.step(
        _("See that the sums tell the same as the rows"),
        _("The first pass went row by row; the sums must give its gradient and its total."),
        "ΣHSE = ½·(Σy² + n·C² + m²·Σx²) + C·m·Σx − C·Σy − m·Σxy",
    )
    C, m = start.C, start.m

    def add(id: str, value: np.ndarray, formula: Operand, symbol: str, title: str) -> Block:
        return sheet.derived(id, value, lambda: formula, symbol=symbol, title=title, number_format="0.000000")

    dC = add("sums_dC", first.dC.value, sums.dC(C, m), "C·n + m·Σx − Σy", _("slope in C"))
    sheet.sentence(
        "sums_sentence",
        "= {C:4}·{n:0} + {m:4p}·{Sx:4} − {Sy:4} = {dC:4}",
        C=C,
        n=sums.n,
        m=m,
        Sx=sums.Sx,
        Sy=sums.Sy,
        dC=dC,
    )
    dm = add("sums_dm", first.dm.value, sums.dm(C, m), "C·Σx + m·Σx² − Σxy", _("slope in m"))
    loss = add("sums_loss", first.loss.value, sums.loss(C, m), "ΣHSE", _("total loss"))
    sheet.check("sums_dC_check", _("slope in C: sums against rows"), dC, first.dC, 1e-8)
    sheet.check("sums_dm_check", _("slope in m: sums against rows"), dm, first.dm, 1e-8)
    sheet.check("sums_loss_check", _("total: sums against rows"), loss, first.loss, 1e-8)
    sheet.gap()


def _largest_rate(sheet: Sheet, sums: Sums, start: Start) -> None:
    sheet.step(
        _("How large may the learning rate be?"),
        _(
            "Where the valley is steepest, each step multiplies the distance to its floor by 1 − lr·λ; beyond lr = 2/λ "
            "it grows instead of shrinking."
        ),
        "λ = ½·(n + Σx² + √((n − Σx²)² + 4·(Σx)²))",
    )
    sheet.text(
        _(
            "λ is how steeply the loss curves where it curves most (the larger eigenvalue of its "
            "second derivatives n, Σx, Σx²)."
        )
    )
    n, Sx, Sxx = sums.n, sums.Sx, sums.Sxx
    curvature = np.linalg.eigvalsh(np.array([[n.value, Sx.value], [Sx.value, Sxx.value]]))[-1]
    steepest = sheet.derived(
        "curvature",
        curvature,
        lambda: (n + Sxx + sqrt((n - Sxx) ** 2 + 4 * Sx**2)) / 2,
        symbol="λ",
        title=_("largest curvature"),
    )
    limit = sheet.derived(
        "lr_limit",
        2 / curvature,
        lambda: 2 / steepest,
        symbol="2/λ",
        title=_("largest rate that descends"),
        number_format="0.000000",
    )
    sheet.sentence(
        "lr_limit_sentence",
        "λ = ½·({n:0} + {Sxx:4} + √(({n:0} − {Sxx:4})² + 4·{Sx:4}²)) = {steepest:4}        2/λ = {limit:6}",
        n=n,
        Sxx=Sxx,
        Sx=Sx,
        steepest=steepest,
        limit=limit,
    )
    sheet.derived(
        "lr_factor",
        1 - start.lr.value * curvature,
        lambda: 1 - start.lr * steepest,
        symbol="1 − lr·λ",
        title=_("factor of a step"),
    )
    calm = _("✓ The learning rate is below this limit: descent settles.")
    wild = _("The learning rate is beyond this limit: descent leaps higher with each step. Make lr smaller.")
    lr, said = start.lr, str(calm if start.lr.value < limit.value else wild)
    sheet.derived(
        "lr_verdict",
        np.asarray(said if lr.value else nothing_moves(lr), dtype=object),
        lambda: unless_still(lr, if_(lr < limit, str(calm), str(wild))),
        title=_("verdict"),
        number_format="@",
    )
    sheet.text(_("A sum over more rows is steeper: ten times the rows want a tenth of the rate."))
