"""Page Evaluate: the columns of a batch in training, and one new example with running means."""

from __future__ import annotations

import numpy as np

from scenarios.graph.pages import Whole
from workbook.block import Between, Counter
from workbook.formula import Direction, call, mean, sqrt
from workbook.page import Page
from workbook.text import _

START = (np.array([1.5, 1, 3, 2]), np.array([1, 1, 2, 9.0]))
NEW = np.array([2.0, 2, 2, 2])


def evaluate_page(page: Page, whole: Whole) -> None:
    """Update the running mean and variance by this batch; normalize a new example with them."""
    X, C, gamma, beta, eps = whole["X"], whole["C1"], whole["g1"], whole["b1"], whole["eps"]
    n = X.shape[1]
    row = {"along": Direction.RIGHT}
    with page.left():
        momentum = page.given("momentum", 0.9, "ρ", _("share of the old running mean"), valid=Between(0, 1))
        said = page.keep()
        page.gap()
        heads = {**row, "columns": Counter(_("feature") + " ")}
        own = page.derived("batch_mean", X.value.mean(0), lambda j: mean(X[:, j]), "", _("mean of the batch"), **heads)
        var = page.derived(
            "batch_variance",
            (C.value**2).mean(0),
            lambda j: call("SUMSQ", C[:, j]) / call("COUNT", C[:, j]),
            "",
            _("variance of the batch"),
            **row,
        )
        old_m = page.given("running_mean", START[0], "", _("running mean so far"), valid=Between(-100, 100), **row)
        old_v = page.given(
            "running_variance", START[1], "", _("running variance so far"), valid=Between(0, 10000), **row
        )
        r = momentum.value
        new_m = page.updated(
            "new_mean",
            r * old_m.value + (1 - r) * own.value,
            lambda j: momentum * old_m[j] + (1 - momentum) * own[j],
            "",
            _("running mean, new"),
            **row,
        )
        new_v = page.updated(
            "new_variance",
            r * old_v.value + (1 - r) * var.value,
            lambda j: momentum * old_v[j] + (1 - momentum) * var[j],
            "",
            _("running variance, new"),
            **row,
        )
    with page.right():
        x = page.given("new_x", NEW, "x", _("a new example"), valid=Between(-100, 100), **heads)
        scaled = (x.value - new_m.value) / np.sqrt(new_v.value + eps.value)
        out = page.derived(
            "new_out",
            gamma.value * scaled + beta.value,
            lambda j: gamma[j] * (x[j] - new_m[j]) / sqrt(new_v[j] + eps) + beta[j],
            "o",
            _("γ1 ∗ (x − running mean)/√(running variance + ε) + β1"),
            number_format="0.000",
            **row,
        )
        first = page.offstage_block("new_first", out.value[0], lambda: out[0], title=_("the first feature, evaluated"))
    with page.into(said):
        page.live(
            "evaluate_says",
            _(
                "▶ Feature 1 of the new example: {new_x[0]:2} becomes {first:3}, with a running mean of {new_mean[0]:2} and a running variance of {new_variance[0]:2}."
            ),
            first=first,
        )
    page.try_(_("Type 0 for ρ: only this batch counts. Type 1: it does not count at all."))
    page.turn(
        "evaluate_turn",
        _("Type a new example that becomes 0 in feature 1 while β1 is 0: which number? (0.01 off is close enough)"),
        new_m[0],
        0.01,
        _("What equals the running mean becomes 0, then β is added."),
        _("look at the new running mean of feature 1."),
    )
    page.remember(_("Training normalizes with the batch's own numbers, evaluation with remembered ones."))
    assert n == len(NEW)
