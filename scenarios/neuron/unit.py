"""Page Neuron: three inputs, their weights and the threshold, and the neuron drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.common.activations import unit_step, unit_step_formula
from scenarios.common.columns import sum_under
from scenarios.common.one_neuron import one_neuron
from workbook.block import Between, Counter
from workbook.formula import equal, if_, total
from workbook.page import Page, Voice
from workbook.parameter import Parameter
from workbook.text import N_, _

BIT, WEIGHT = Between(0, 1, whole=True), Between(-20, 20)
THETA = Parameter("theta", 0.7, N_("threshold θ of the neuron"), -50, 50)


def unit_page(page: Page, settings: Mapping[str, Any]) -> None:
    """Let the reader switch inputs, weights and the threshold; say and draw whether the neuron fires."""
    excites, inhibits, neither = (str(_(word)) for word in (N_("excitatory"), N_("inhibitory"), N_("no synapse")))
    with page.left():
        with page.table(Counter("i = "), 3) as t:
            x = t.given("x", [1.0, 0.0, 1.0], "xᵢ", _("input: 1 signal, 0 none"), valid=BIT)
            w = t.given("w", [settings[f"w{n}"] for n in (1, 2, 3)], "wᵢ", _("weight"), valid=WEIGHT)
            kinds = np.array([excites if v > 0 else inhibits if v < 0 else neither for v in w.value], dtype=object)
            t.derived(
                "kind", kinds, lambda i: if_(w[i] > 0, excites, if_(w[i] < 0, inhibits, neither)),
                title=_("kind of synapse"),
            )  # fmt: skip
            wx = t.derived("wx", w.value * x.value, lambda i: w[i] * x[i], "wᵢ·xᵢ", _("what it adds"))
            s = sum_under(t, wx, "s", "0.00")
        page.gap()
        theta = page.setting(THETA, symbol="θ", title=_("threshold"))
        page.gap()
        fired = unit_step(s.value - theta.value)
        fires = page.offstage_block("fires", fired, lambda: unit_step_formula(s - theta), title=_("fires"))
        yes, no = str(_("reaches θ: the neuron FIRES")), str(_("stays below θ: the neuron is quiet"))
        words = np.asarray(yes if fired else no, dtype=object)
        page.offstage_block("fires_words", words, lambda: if_(equal(fires, 1), yes, no), title=_("in words"))
        page.live("fires_says", _("▶ The sum {s:2}, with θ = {theta:2}, {fires_words}."))
        page.gap()
        page.sentence("s_words", "s = {w[0]:2p}·{x[0]:0} + {w[1]:2p}·{x[1]:0} + {w[2]:2p}·{x[2]:0} = {s:2}")
        page.math("y = 1   (s ≥ θ),        y = 0   (s < θ)")
    picture = one_neuron(page, x, w, fires, (("s", s), ("θ", theta)))
    with page.right():
        page.chart(picture)
    page.try_(_("Set the third input to 0: its line turns grey, and what it brought is gone. Does the neuron fire?"))
    page.turn(
        "unit_turn", _("All three inputs 1: what is the weighted sum s? (two decimals; 0.005 off is close enough)"),
        page.offstage_block("unit_all", w.value.sum(), lambda: total(w), title=_("sum of the weights")), 0.005,
        _("Every weight counts once; compare it with θ, and you know the answer."),
        _("add the three weights; a negative one takes away."),
    )  # fmt: skip
    page.remember(_("Weigh, add up, compare: that is all that a neuron does."))
    page.source(_("Inputs, weights and threshold are chosen here: the articles print no numbers."))
    page.source(_("The notes' formula fires at s = θ, too (≥); the M–P article only says “above” and “below”."))
    page.source(_("Sums are compared to nine decimals, so that 0.9 + 0.5 − 0.6 counts as 0.8, as on paper."))
    start = page.book.start
    with start.left():
        start.sentence("face", _("The sum {s:2} {fires_words}"), Voice.HEADLINE)
    with start.right():
        start.chart(replace(picture, columns=7, rows=12))
