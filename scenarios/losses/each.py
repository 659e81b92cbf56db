"""Pages EachLoss and Overview: the losses from MSE to log-cosh in one table, a step for each; all losses side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.losses.residuals import points_again
from scenarios.losses.row_loss import RowLoss, row_loss_columns, row_loss_result
from scenarios.losses.table import BCE, KL
from workbook.block import Counter
from workbook.formula import equal, if_, largest
from workbook.page import Page
from workbook.text import _


def each_loss(page: Page, losses: Sequence[RowLoss]) -> None:
    """Lay out every loss of the shared points on one page, and what the page Loss reads of them."""
    book = page.book
    y, yhat, n, h = (book[id] for id in ("y", "yhat", "n", "h"))
    page.step(
        _("Every term, every gradient"),
        _("Three columns a loss: what each row adds, how its prediction is pulled, and the quotient that confirms it."),
    )
    with page.table(Counter(""), len(y.value)) as t:
        pair = points_again(t, "each", y, yhat)
        for loss in losses:
            row_loss_columns(t, loss, *pair, h, n if loss.averaged else None, named=True)
    results = []
    for loss in losses:
        page.step(_(loss.title), _(loss.why), f"{loss.formula}        {loss.gradient}")
        results.append(row_loss_result(page, loss, *pair, h, n if loss.averaged else None))
    formulas = np.array([loss.formula for loss in losses], dtype=object)
    page.offstage_block("each_formula", formulas, title=_("formula"))
    page.step(_("The largest term"), _("Which share of a loss does its largest row make? The sheet Loss shows it."))
    terms, sums = ([book[f"{loss.id}_{part}"] for loss in losses] for part in ("term", "sum"))
    tops, wholes = np.array([term.value.max() for term in terms]), np.array([float(s.value) for s in sums])
    with page.table(None, len(losses)) as t:
        t.recorded("each_name", np.array([loss.symbol for loss in losses], dtype=object), title=_("loss"))
        values, each = np.array([float(result.value) for result in results]), [result.whole() for result in results]
        t.derived("each_value", values, None, "L", _("loss"), each=each)
        top = t.derived("each_top", tops, None, title=_("largest term"), each=[largest(term) for term in terms])
        shares = 100 * np.divide(tops, wholes, out=np.zeros(len(losses)), where=wholes != 0)
        each_share = [if_(equal(s, 0), 0, 100 * top[k] / s) for k, s in enumerate(sums)]
        t.derived("each_share", shares, None, "%", _("its share"), each=each_share)


def overview(page: Page, losses: Sequence[RowLoss]) -> None:
    """List every loss with its value, whether it is a sum or a mean, its formula and its gradient."""
    own, mean, sum_ = _("own rows"), _("mean"), _("sum")
    page.step(
        _("The whole table"),
        _("The same predictions, many numbers: compare losses only with themselves, never one with another."),
    )
    lines = [
        (loss.id, _(loss.title), mean if loss.averaged else sum_, loss.formula, loss.slope.math)
        for loss in (*losses, BCE, KL)
    ]
    nll = "NLL = −(1/n) · Σᵢ Σₖ yₖ·ln pₖ"
    lines.insert(-1, ("nll", _("Negative log-likelihood (NLL)"), mean, nll, "−y/p/n"))
    cosine, slope = "L = −Σ y·ŷ / (‖y‖·‖ŷ‖)", "−(y/(‖y‖‖ŷ‖) − cos·ŷ/‖ŷ‖²)"
    lines.append(("cosine", _("Cosine proximity"), _("neither"), cosine, slope))
    results = [page.book[f"{id}_loss"] for id, *_words in lines]
    with page.table([title for _id, title, *_words in lines], len(lines)) as t:
        values, each = np.array([float(result.value) for result in results]), [result.whole() for result in results]
        t.derived("all_losses", values, None, "L", _("loss"), each=each)
        kinds = [f"{kind} ({own})" if id in ("bce", "kl", "nll") else kind for id, _title, kind, *_words in lines]
        columns = (kinds, [line[3] for line in lines], [line[4] for line in lines])
        titles = (_("sum or mean"), _("formula"), _("gradient by a prediction"))
        for id, title, words in zip(("kind", "formula", "gradient"), titles, columns, strict=True):
            t.recorded(f"all_{id}", np.array([str(word) for word in words], dtype=object), title=title)
