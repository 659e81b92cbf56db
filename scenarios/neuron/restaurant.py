"""Pages Restaurant, Lead and WhatIf: weights in daily life, which place wins, why, and when another would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array, unit_step, unit_step_formula
from scenarios.common.columns import caption, shown_again, sum_under
from scenarios.neuron.unit import WEIGHT
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, absolute, call, dot, equal, if_, largest, mean, number_of, pick, rounded
from workbook.page import Page
from workbook.text import N_, _

SCORE = Between(0, 10)
RESTAURANTS = (
    (N_("Noodle bar"), (8.0, 6.0, 4.0, 9.0)),
    (N_("Hot pot house"), (9.0, 5.0, 6.0, 6.0)),
    (N_("Canteen"), (4.0, 9.0, 2.0, 10.0)),
    (N_("Roast duck restaurant"), (9.0, 4.0, 9.0, 2.0)),
    (N_("Garden café"), (6.0, 8.0, 9.0, 5.0)),
)
"""Candidates chosen here, scored from 0 to 10 by taste, location, décor and price (10: cheap)."""
CRITERIA = (N_("taste"), N_("location"), N_("décor"), N_("price"))
CRITERION_KEYS = ("taste", "location", "decor", "price")
WEIGHTS_SHOWN = 11
"""How many weights of price the page WhatIf tries."""


@dataclass(frozen=True)
class Choice:
    """What the deeper pages read."""

    names: Block
    X: Block
    w: Block
    score: Block
    best: Block


def restaurant_page(page: Page, settings: Mapping[str, Any], data: Any) -> Choice:
    """Let the reader say what matters; score every candidate and name the best."""
    if data is None:
        names, marks = [str(_(name)) for name, _s in RESTAURANTS], np.array([s for _n, s in RESTAURANTS])
    else:
        names, marks = data
    with page.left():
        w, enough = _importance(page, settings)
        page.gap()
        said = page.keep()
        page.gap()
        choice = _candidates(page, names, marks, w, enough)
        with page.into(said):
            _decision(page, choice, enough)
    with page.right():
        page.chart(_chart(choice))
    _questions(page, choice, own=data is not None)
    return choice


def _importance(page: Page, settings: Mapping[str, Any]) -> tuple[Block, Block]:
    w_value = np.array([settings[key] for key in CRITERION_KEYS], dtype=float)
    with page.table([_(c) for c in CRITERIA], 4) as table:
        w = table.given(
            "importance", w_value, title=_("how much it counts"), symbol="wⱼ", valid=WEIGHT, number_format="0.00"
        )
        size = np.abs(w.value).sum()
        table.derived(
            "importance_share",
            np.abs(w.value) / size if size else np.zeros(4),
            lambda j: if_(equal(call("SUMSQ", w), 0), 0, absolute(w[j]) / _size(w)),
            **caption(_("share of all"), "|wⱼ| / Σ|w|", "0%"),
        )
    fields = caption(_("worth going from"), "θ", "0.0", unit=_("points"))
    enough = page.given("enough", float(settings["enough"]), valid=Between(-1000, 1000), **fields)
    return w, enough


def _size(w: Block) -> Expr:
    """The sum of the absolute weights, term by term: engines differ on SUM(ABS(range))."""
    size = absolute(w[0])
    for j in range(1, len(w.value)):
        size = size + absolute(w[j])
    return size


def _candidates(page: Page, names_value: list[str], X_value: Array, w: Block, enough: Block) -> Choice:
    with page.table(None, len(names_value)) as table:
        names = table.given(
            "restaurant", np.array(names_value, dtype=object), title=_("restaurant"), valid=None, number_format="@"
        )
        fields = caption(_("marks, 0 to 10"), number_format="0.0", columns=[_(c) for c in CRITERIA])
        X = table.given("marks", X_value, valid=SCORE, **fields)
        score_value = np.round(X.value @ w.value, 9)
        # rounded, so that equal scores are equal in every spreadsheet and the first of them is named
        fields = caption(_("score"), "s", "0.00", math="w·x")
        score = table.derived("score", score_value, lambda i: rounded(dot(w[:], X[i, :]), 9), **fields)
        table.derived(
            "worth",
            unit_step(score_value - enough.value),
            lambda i: unit_step_formula(score[i] - enough),
            **caption(_("output"), "y", "0", math="s ≥ θ ?"),
        )
    page.sentence(
        "score_words",
        "s₁ = {w1:2p}·{a:1} + {w2:2p}·{b:1} + {w3:2p}·{c:1} + {w4:2p}·{d:1} = {s:2}",
        w1=w[0],
        w2=w[1],
        w3=w[2],
        w4=w[3],
        a=X[0, 0],
        b=X[0, 1],
        c=X[0, 2],
        d=X[0, 3],
        s=score[0],
    )
    best = page.offstage_block(
        "best",
        np.argmax(score.value) + 1.0,
        lambda: call("MATCH", largest(score), score, 0),
        title=_("row of the highest score"),
        number_format="0",
    )
    return Choice(names, X, w, score, best)


def _decision(page: Page, choice: Choice, enough: Block) -> None:
    names, score, best = choice.names, choice.score, choice.best
    best_name = page.offstage_block(
        "best_name",
        np.asarray(str(names.value[int(best.value) - 1]), dtype=object),
        lambda: pick(names, best),
        title=_("the decision"),
        number_format="@",
    )
    best_score = page.offstage_block(
        "best_score", score.value.max(), lambda: largest(score), title=_("its score"), number_format="0.00"
    )
    go, stay = str(_("worth going")), str(_("not enough"))
    reached = unit_step(best_score.value - enough.value)
    verdict = page.offstage_block(
        "decision_verdict",
        np.asarray(go if reached else stay, dtype=object),
        lambda: if_(unit_step_formula(best_score - enough) > 0, go, stay),
        title=_("against the threshold"),
        number_format="@",
    )
    page.live(
        "decision",
        _("▶ {name}: {s:2} points, with θ = {t:1}: {verdict}."),
        name=best_name,
        s=best_score,
        t=enough,
        verdict=verdict,
    )


def _chart(choice: Choice) -> Chart:
    return Chart(
        "",
        (Series(_("score"), choice.names[:], choice.score[:], Mark.COLUMNS),),
        "",
        _("points"),
        _("A column for each restaurant at the height of its score."),
        columns=8,
        rows=21,
        legend=False,
    )


def _questions(page: Page, choice: Choice, *, own: bool) -> None:
    w = choice.w
    page.try_(
        _("Money is short: type 2 as the weight of price, and see which place wins. Then 0, and taste decides more.")
    )
    page.turn(
        "restaurant_turn",
        _(
            "The mark for taste in the first row rises by 1: by how much does its score rise? (0.005 off is close enough)"
        ),
        page.offstage_block("taste_point", w.value[0], lambda: w[0] + 0, title=_("what a point of taste is worth")),
        0.005,
        _("A weight is what one point more is worth."),
        _("try it: change that mark by 1, and compare the scores."),
    )
    page.remember(_("A weight says how much one point more of an input is worth."))
    page.source(
        _("The article says only that taste and price weigh more than location and décor; the numbers are chosen here.")
    )
    page.source(
        _("These marks are your own data.")
        if own
        else _("The candidates and their marks are chosen here; a high mark for price means cheap.")
    )
    page.source(
        _(
            "A McCulloch–Pitts neuron takes only 0 and 1; marks from 0 to 10 make it the perceptron's neuron. "
            "The weighted sum is the same."
        )
    )


def lead_page(page: Page, choice: Choice) -> None:
    """Split the winner's lead into one term for each criterion."""
    X, w, score, best = choice.X, choice.w, choice.score, choice.best
    row = int(best.value) - 1
    lead_value = w.value * (X.value[row] - X.value.mean(axis=0))
    page.step(
        _("Why this one wins"),
        _("Its lead over the average candidate splits into one term a criterion, since the score is a sum."),
        "s − s̄ = Σⱼ wⱼ·(xⱼ − x̄ⱼ)",
    )
    with page.table([_(c) for c in CRITERIA], 4) as table:
        fields = caption(_("the winner's mark"), "xⱼ", "0.0")
        marks = table.derived("best_marks", X.value[row], None, each=[pick(X[:, j], best) for j in range(4)], **fields)
        average = table.derived(
            "mean_marks",
            X.value.mean(axis=0),
            None,
            each=[mean(X[:, j]) for j in range(4)],
            **caption(_("mean of all"), "x̄ⱼ", "0.00"),
        )
        fields = caption(_("adds to its lead"), "wⱼ·(xⱼ − x̄ⱼ)", "0.00")
        lead = table.derived("lead", lead_value, lambda j: w[j] * (marks[j] - average[j]), **fields)
        whole = sum_under(table, lead, number_format="0.00")
    ahead = page.derived(
        "ahead",
        score.value.max() - score.value.mean(),
        lambda: largest(score) - mean(score),
        **caption(_("lead over the mean score"), number_format="0.00"),
    )
    page.check("lead_adds_up", _("the terms add up to the lead"), whole, ahead, 1e-8)


def what_if_page(page: Page, choice: Choice) -> None:
    """Try one weight of price after the other; the best restaurant is named in every row."""
    names, X, w, score = choice.names, choice.X, choice.w, choice.score
    count, rows = len(score.value), WEIGHTS_SHOWN
    page.step(
        _("The same candidates under other weights"),
        _("Only the weight of price changes from row to row; where the two top lines cross, the decision changes."),
        "s(w) = s + (w − w₄)·x₄",
    )
    fields = caption(_("weight of price, from row to row"), number_format="0.00", remark=_("chosen here"))
    by = page.given("price_step", 0.1, valid=Between(-1, 1), **fields)
    page.gap()
    price = by.value * np.arange(rows)
    value = np.round(score.value + (price[:, None] - w.value[3]) * X.value[:, 3], 9)
    with page.left():
        with page.table(Counter(""), rows) as table:
            fields = caption(_("weight of price"), "w", "0.00")
            weight = table.derived("price_weight", price, lambda t: by * (number_of(t) - 1), **fields)
            scores = table.derived(
                "price_scores",
                value,
                lambda t, i: rounded(score[i] + (weight[t] - w[3]) * X[i, 3], 9),
                **caption(_("score of each restaurant, by number"), number_format="0.00", columns=Counter("")),
            )
            table.derived(
                "price_best",
                np.array([str(names.value[n]) for n in value.argmax(axis=1)], dtype=object),
                lambda t: pick(names, call("MATCH", largest(scores[t, :]), scores[t, :], 0)),
                **caption(_("best"), number_format="@"),
            )
        page.sentence(
            "price_words",
            "s₁ = {s:2} + ({w:2} − {w4:2p})·{x:1} = {r:2}",
            s=score[0],
            w=weight[0],
            w4=w[3],
            x=X[0, 3],
            r=scores[0, 0],
        )
        page.gap()
        with page.table(Counter(""), count) as table:
            shown_again(table, "names_again", names, _("restaurant"))
    with page.right():
        page.chart(
            Chart(
                _("Score as price weighs more"),
                tuple(Series(str(i + 1), weight[:], scores[:, i]) for i in range(count)),
                _("weight of price"),
                _("points"),
                _(
                    "A line for each restaurant by number; cheap ones rise fastest as price weighs more, and the top "
                    "line wins."
                ),
                columns=8,
                rows=18,
            )
        )
