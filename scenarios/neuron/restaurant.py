"""Pages Restaurant and WhatIf: weights in daily life, which place wins, why, and when another would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.common.columns import sum_under
from scenarios.neuron.unit import WEIGHT
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute, added, call, dot, equal, if_, largest, mean, number_of, pick, rounded
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

RESTAURANTS = (
    (N_("Noodle bar"), (8.0, 6.0, 4.0, 9.0)), (N_("Hot pot house"), (9.0, 5.0, 6.0, 6.0)),
    (N_("Canteen"), (4.0, 9.0, 2.0, 10.0)), (N_("Roast duck restaurant"), (9.0, 4.0, 9.0, 2.0)),
    (N_("Garden café"), (6.0, 8.0, 9.0, 5.0)),
)  # fmt: skip
"""Candidates chosen here, scored from 0 to 10 by taste, location, décor and price (10: cheap)."""
CRITERIA = (N_("taste"), N_("location"), N_("décor"), N_("price"))
IMPORTANCE = (
    Parameter("taste", 0.4, N_("restaurant: weight of taste"), -20, 20),
    Parameter("location", 0.2, N_("restaurant: weight of location"), -20, 20),
    Parameter("decor", 0.1, N_("restaurant: weight of décor"), -20, 20),
    Parameter("price", 0.3, N_("restaurant: weight of price"), -20, 20),
)
ENOUGH = Parameter("enough", 6.0, N_("restaurant: score from which it is worth going"), -1000, 1000)
CRITERION_KEYS = tuple(parameter.key for parameter in IMPORTANCE)
WEIGHTS_SHOWN = 11
"""How many weights of price the page WhatIf tries."""


def restaurant_page(page: Page, settings: Mapping[str, Any], data: Any) -> None:
    """Let the reader say what matters; score every candidate and name the best."""
    own = data is not None
    called, scored = data if own else ([str(_(name)) for name, _s in RESTAURANTS], [s for _n, s in RESTAURANTS])
    criteria = [_(criterion) for criterion in CRITERIA]
    with page.left():
        with page.table(criteria, 4) as t:
            typed = [settings[key] for key in CRITERION_KEYS]
            w = t.given("importance", typed, "wⱼ", _("how much it counts"), valid=WEIGHT)
            size, title = np.abs(w.value).sum(), _("share of all")
            t.derived(
                "importance_share",
                np.abs(w.value) / size if size else np.zeros(4),
                # the sum is written out: engines differ on SUM(ABS(range))
                lambda j: if_(
                    equal(call("SUMSQ", w), 0), 0, absolute(w[j]) / added(*(absolute(w[k]) for k in range(4)))
                ),
                "|wⱼ| / Σ|w|",
                title,
                number_format="0%",
            )
        enough = page.setting(ENOUGH, symbol="θ", title=_("worth going from"), unit=_("points"))
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(None, len(called)) as t:
            names = t.given("restaurant", np.array(called, dtype=object), title=_("restaurant"), valid=None)
            X = t.given("marks", scored, title=_("marks, 0 to 10"), columns=criteria, valid=Between(0, 10))
            # rounded, so that equal scores are equal in every spreadsheet and the first of them is named
            scores, title = np.round(X.value @ w.value, 9), _("score")
            score = t.derived("score", scores, lambda i: rounded(dot(w[:], X[i, :]), 9), "s", title, math="w·x")
            go, title = unit_step(scores - enough.value), _("output")
            t.derived("worth", go, lambda i: unit_step_formula(score[i] - enough), "y", title, number_format="0")
        words = " + ".join(f"{{importance[{j}]:2p}}·{{marks[0,{j}]:1}}" for j in range(4))
        page.sentence("score_words", f"s₁ = {words} = {{score[0]:2}}")
        with page.into(said):
            _decision(page, names, score, enough)
    series = (Series(_("score"), names[:], score[:], Mark.COLUMNS),)
    alt = _("A column for each restaurant at the height of its score.")
    with page.right():
        page.chart(Chart("", series, "", _("points"), alt, columns=8, rows=21, legend=False))
    page.try_(
        _("Money is short: type 2 as the weight of price, and see which place wins. Then 0, and taste decides more.")
    )
    page.turn(
        "restaurant_turn",
        _("The first row gets 1 mark more for taste: how much more does it score? (0.005 off is close enough)"),
        page.offstage_block("taste_point", w.value[0], lambda: w[0] + 0, title=_("what a point of taste is worth")),
        0.005,
        _("A weight is what one point more is worth."),
        _("try it: change that mark by 1, and compare the scores."),
    )
    page.remember(_("A weight says how much one point more of an input is worth."))
    page.source(_("That taste and price weigh more than location and décor is the article's; the numbers are ours."))
    page.source(_("These marks are your own data.") if own else _("Candidates and marks are chosen here."))
    page.source(_("With marks from 0 to 10 instead of 0 and 1 it is the perceptron's neuron; the sum is the same."))


def _decision(page: Page, names: Block, score: Block, enough: Block) -> None:
    """Name the restaurant of the highest score, and say whether it is worth going."""
    row, title = np.argmax(score.value), _("row of the highest score")
    best = page.offstage_block("best", row + 1.0, lambda: call("MATCH", largest(score), score, 0), title=title)
    name = np.asarray(str(names.value[row]), dtype=object)
    page.offstage_block("best_name", name, lambda: pick(names, best), title=_("the decision"))
    top = page.offstage_block("best_score", score.value.max(), lambda: largest(score), title=_("its score"))
    go, stay = str(_("worth going")), str(_("not enough"))
    page.offstage_block(
        "decision_verdict", np.asarray(go if unit_step(top.value - enough.value) else stay, dtype=object),
        lambda: if_(unit_step_formula(top - enough) > 0, go, stay), title=_("against the threshold"),
    )  # fmt: skip
    page.live("decision", _("▶ {best_name}: {best_score:2} points, with θ = {enough:1}: {decision_verdict}."))


def what_if_page(page: Page) -> None:
    """Split the winner's lead into one term a criterion; then try one weight of price after the other."""
    names, X, w, score, best = (page.book[id] for id in ("restaurant", "marks", "importance", "score", "best"))
    marks_of_best, average = X.value[int(best.value) - 1], X.value.mean(axis=0)
    page.step(
        _("Why this one wins"),
        _("Its lead over the average candidate splits into one term a criterion, since the score is a sum."),
        "s − s̄ = Σⱼ wⱼ·(xⱼ − x̄ⱼ)",
    )
    with page.table([_(criterion) for criterion in CRITERIA], 4) as t:
        picked, title = [pick(X[:, j], best) for j in range(4)], _("the winner's mark")
        marks = t.derived("best_marks", marks_of_best, None, "xⱼ", title, each=picked, number_format="0.0")
        means = [mean(X[:, j]) for j in range(4)]
        usual = t.derived("mean_marks", average, None, "x̄ⱼ", _("mean of all"), each=means)
        adds, title = w.value * (marks_of_best - average), _("adds to its lead")
        lead = t.derived("lead", adds, lambda j: w[j] * (marks[j] - usual[j]), "wⱼ·(xⱼ − x̄ⱼ)", title)
        whole = sum_under(t, lead, number_format="0.000")
    apart, title = score.value.max() - score.value.mean(), _("lead over the mean score")
    ahead = page.derived("ahead", apart, lambda: largest(score) - mean(score), title=title)
    page.check("lead_adds_up", _("the terms add up to the lead"), whole, ahead, 1e-8)
    page.step(
        _("The same candidates under other weights"),
        _("Only the weight of price changes from row to row; where the two top lines cross, the decision changes."),
        "s(w) = s + (w − w₄)·x₄",
    )
    title = _("weight of price, from row to row")
    by = page.given("price_step", 0.1, title=title, remark=_("chosen here"), valid=Between(-1, 1))
    said = page.keep()
    page.gap()
    price, count = by.value * np.arange(WEIGHTS_SHOWN), len(score.value)
    tried = np.round(score.value + (price[:, None] - w.value[3]) * X.value[:, 3], 9)
    wins = np.array([str(names.value[n]) for n in tried.argmax(axis=1)], dtype=object)
    with page.left():
        with page.table(Counter(""), WEIGHTS_SHOWN) as t:
            title = _("weight of price")
            weight = t.derived("price_weight", price, lambda n: by * (number_of(n) - 1), "w", title)
            scores = t.derived(
                "price_scores", tried, lambda n, i: rounded(score[i] + (weight[n] - w[3]) * X[i, 3], 9),
                title=_("score of each restaurant, by number"), columns=Counter(""),
            )  # fmt: skip
            t.derived(
                "price_best", wins, lambda n: pick(names, call("MATCH", largest(scores[n, :]), scores[n, :], 0)),
                title=_("best"),
            )  # fmt: skip
        with page.table(Counter(""), count) as t:
            t.derived("names_again", names.value, lambda i: names[i], title=_("restaurant"))
    with page.into(said):
        page.sentence(
            "price_words",
            "s₁ = {score[0]:2} + ({price_weight[0]:2} − {importance[3]:2p})·{marks[0,3]:1} = {price_scores[0,0]:2}",
        )
    lines = tuple(Series(str(i + 1), weight[:], scores[:, i]) for i in range(count))
    alt = _("A line for each restaurant by number; cheap ones rise fastest as price weighs more; the top line wins.")
    title = _("Score as price weighs more")
    with page.right():
        page.chart(Chart(title, lines, _("weight of price"), _("points"), alt, columns=8, rows=18))
