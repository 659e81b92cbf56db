"""The threshold neuron of McCulloch and Pitts: it adds up what comes in and fires where a threshold is reached.

Symbols and shapes:
    x      (n,)    inputs, 0 or 1
    w      (n,)    weights: excitatory above 0, inhibitory below
    θ      ()      threshold (`theta`);  b = −θ, the bias
    s      ()      weighted sum, w·x
    z      ()      s + b
    y      ()      output, u(z): 1 where z ≥ 0, else 0
The restaurant choice is the same neuron over several candidates:
    X      (m, 4)  scores: one row a restaurant; taste, location, décor, price
    score  (m,)    X·w;  the restaurant with the largest is named
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array, sigmoid, sigmoid_formula, unit_step, unit_step_formula
from scenarios.common.columns import caption, sum_under
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.data import read_numbers, read_texts
from workbook.eager import Sheet
from workbook.formula import (
    Direction,
    Expr,
    absolute,
    as_expr,
    both,
    call,
    dot,
    equal,
    if_,
    largest,
    mean,
    number_of,
    pick,
    rounded,
    total,
)
from workbook.scenario import Parameter, Scenario
from workbook.text import N_, _

BIT = Between(0, 1, whole=True)
WEIGHT = Between(-20, 20)
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
GRID = 25
MOST_RESTAURANTS = 12


@dataclass(frozen=True)
class Unit:
    """The neuron's blocks that other sheets read."""

    x: Block
    w: Block
    theta: Block
    b: Block
    z: Block
    y: Block


class Neuron(Scenario):
    """Weighted sum against a threshold, all input patterns, step against sigmoid, and the choice of a restaurant."""

    name = "neuron"
    title = N_("The threshold neuron (McCulloch–Pitts)")
    article = N_(
        "A first neural network, and its implementation in Python (the M–P model); Notes on the maths of deep "
        "learning (the neuron)"
    )
    summary = N_(
        "A neuron adds up its inputs, each times a weight, and fires where the sum reaches a threshold. See it "
        "decide for one input,"
        " then for every possible input, with a smooth output in place of the step, and choosing a restaurant."
    )
    order = 40
    locale = Path(__file__).parent / "locale"
    data_columns = N_(
        "name, taste, location, decor, price (2 to 12 restaurants, scored from 0 to 10; price 10 is cheap)"
    )
    parameters = (
        Parameter("w1", 0.9, N_("weight of input 1"), -20, 20),
        Parameter("w2", 0.5, N_("weight of input 2"), -20, 20),
        Parameter("w3", -0.6, N_("weight of input 3"), -20, 20),
        Parameter("theta", 0.7, N_("threshold θ of the neuron"), -50, 50),
        Parameter("k", 5.0, N_("steepness of the second sigmoid"), 0.1, 20),
        Parameter("taste", 0.4, N_("restaurant: weight of taste"), -20, 20),
        Parameter("location", 0.2, N_("restaurant: weight of location"), -20, 20),
        Parameter("decor", 0.1, N_("restaurant: weight of décor"), -20, 20),
        Parameter("price", 0.3, N_("restaurant: weight of price"), -20, 20),
        Parameter("enough", 6.0, N_("restaurant: score from which it is worth going"), -1000, 1000),
    )

    def read_data(self, path: Path) -> tuple[list[str], Array]:
        """Read restaurants: their names, and their marks (m, 4)."""
        marks = read_numbers(path, CRITERION_KEYS, max_rows=MOST_RESTAURANTS, low=0, high=10, not_constant=False)
        return read_texts(path, "name", MOST_RESTAURANTS), marks.to_numpy(dtype=float)

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        book.first_change = _(
            "on the sheet Neuron, the yellow input x₃ in the table of step 1: set it to 0, and see whether the neuron "
            "fires without it."
        )
        unit = _neuron(book, settings)
        _patterns(book, unit)
        _step_and_sigmoid(book, unit, float(settings["k"]))
        choice = _restaurants(book, settings, data)
        _what_if(book, choice)


# ------------------------------------------------------------------------------------------------ one neuron


def _neuron(book: Book, settings: Mapping[str, Any]) -> Unit:
    sheet = book.sheet("Neuron", _("One neuron: weighted sum against threshold"))
    x, w, s = _weighted_sum(sheet, settings)
    theta, fires = _threshold(sheet, s, float(settings["theta"]))
    unit = _bias(sheet, x, w, s, theta)
    sheet.check("same_decision", _("s against θ and z against 0 decide alike"), unit.y, fires, 0.0)
    _biology(sheet)
    return unit


def _weighted_sum(sheet: Sheet, settings: Mapping[str, Any]) -> tuple[Block, Block, Block]:
    sheet.step(
        _("Add up what comes in"),
        _(
            "Each input arrives through its own synapse: its weight says how strongly it counts, and whether it "
            "excites or inhibits."
        ),
        "s = w₁·x₁ + w₂·x₂ + w₃·x₃",
    )
    x_value = np.array([1.0, 0.0, 1.0])
    w_value = np.array([settings[f"w{n}"] for n in (1, 2, 3)], dtype=float)
    excites, inhibits, neither = (str(_(word)) for word in (N_("excitatory"), N_("inhibitory"), N_("no synapse")))
    kinds = [excites if w > 0 else inhibits if w < 0 else neither for w in w_value]
    with sheet.table(Counter("i = "), 3) as table:
        x = table.given("x", x_value, title=_("input: 1 signal, 0 none"), symbol="xᵢ", valid=BIT, number_format="0")
        w = table.given("w", w_value, title=_("weight"), symbol="wᵢ", valid=WEIGHT, number_format="0.00")
        table.derived(
            "kind",
            np.array(kinds, dtype=object),
            lambda i: if_(w[i] > 0, excites, if_(w[i] < 0, inhibits, neither)),
            **caption(_("kind of synapse"), number_format="@", math="w > 0,  w < 0"),
        )
        fields = caption(_("what it adds"), "wᵢ·xᵢ", "0.00")
        wx = table.derived("wx", w_value * x_value, lambda i: w[i] * x[i], **fields)
        s = table.total(
            wx, Block("s", Role.DERIVED, w_value @ x_value, formula=lambda: total(wx), number_format="0.00")
        )
    sheet.sentence(
        "s_words",
        "s = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {w3:2p}·{x3:0} = {s:2}",
        w1=w[0],
        w2=w[1],
        w3=w[2],
        x1=x[0],
        x2=x[1],
        x3=x[2],
        s=s,
    )
    sheet.remark(
        _(
            "Chosen here (the articles print no numbers): two excitatory inputs, a strong and a weak one, and an "
            "inhibitory one."
        )
    )
    sheet.remark(
        _(
            "The article's bucket: x says which pipes run, w how thick a pipe is and whether it fills or drains, "
            "s is how the water level changes."
        )
    )
    return x, w, s


def _threshold(sheet: Sheet, s: Block, theta_value: float) -> tuple[Block, Block]:
    sheet.step(
        _("Compare the sum with the threshold"),
        _("The neuron is all or nothing: it fires (1) where the sum reaches its threshold, and stays quiet (0) below."),
        "y = 1   (s ≥ θ),        y = 0   (s < θ)",
    )
    fields = caption(_("threshold"), "θ", "0.00", remark=_("chosen here"))
    theta = sheet.given("theta", theta_value, valid=Between(-50, 50), **fields)
    fired = unit_step(s.value - theta_value)
    fields = caption(_("output"), "y", "0", math="s ≥ θ ?")
    fires = sheet.derived("fires", fired, lambda: unit_step_formula(s - theta), **fields)
    yes, no = str(_("s ≥ θ: the neuron fires")), str(_("s < θ: the neuron stays quiet"))
    verdict = sheet.derived(
        "fires_words",
        np.asarray(yes if fired else no, dtype=object),
        lambda: if_(equal(fires, 1), yes, no),
        **caption(_("in words"), number_format="@"),
    )
    sheet.sentence(
        "fires_numbers", "s = {s:2},   θ = {t:2}:   {verdict},   y = {y:0}", s=s, t=theta, verdict=verdict, y=fires
    )
    sheet.remark(
        _(
            "Where the sum equals the threshold exactly, the notes' formula fires (≥); the M–P article only says "
            "“above” and “below”. Here ≥ is used."
        )
    )
    sheet.remark(
        _("Sums are compared after rounding to nine places, so that 0.9 + 0.5 − 0.6 counts as 0.8, as on paper.")
    )
    return theta, fires


def _bias(sheet: Sheet, x: Block, w: Block, s: Block, theta: Block) -> Unit:
    sheet.step(
        _("Move the threshold to the other side: the bias"),
        _("With b = −θ the comparison is always with 0, so that one function, the unit step u, serves every neuron."),
        "b = −θ        z = w·x + b        y = u(z),   u(z) = 1 (z ≥ 0), 0 (z < 0)",
    )
    bias, z_value = -theta.value, w.value @ x.value - theta.value
    b = sheet.derived("b", bias, lambda: -theta, symbol="b", title=_("bias"), math="−θ", number_format="0.00")
    fields = caption(_("weighted input"), "z", "0.00", math="w·x + b")
    z = sheet.derived("z", z_value, lambda: dot(w[:], x[:]) + b, **fields)
    fields = caption(_("output"), "y", "0", math="u(z)")
    y = sheet.derived("y", unit_step(z_value), lambda: unit_step_formula(z), **fields)
    sheet.sentence("z_words", "z = {s:2p} + {b:2p} = {z:2},   y = u({z:2}) = {y:0}", s=s, b=b, z=z, y=y)
    sheet.remark(
        _(
            "The M–P article calls its T “a threshold, or bias”. They have opposite signs: a high threshold is a "
            "very negative bias."
        )
    )
    return Unit(x, w, theta, b, z, y)


def _biology(sheet: Sheet) -> None:
    """The article's comparison of cell and model; its own table is lost."""
    sheet.step(
        _("What stands for what"),
        _("The model keeps five properties of the living cell and drops the rest."),
    )
    with sheet.table(Counter(""), 5) as table:
        for id, title, words in (
            (
                "cell_part",
                N_("nerve cell"),
                (N_("dendrites"), N_("strength of a synapse"), N_("membrane potential"), N_("threshold"), N_("axon")),
            ),
            (
                "model_part",
                N_("M–P model"),
                (N_("inputs xᵢ"), N_("weights wᵢ"), N_("weighted sum s"), N_("θ, as bias b = −θ"), N_("output y")),
            ),
        ):
            table.recorded(id, np.array([_(word) for word in words], dtype=object), title=_(title), number_format="@")
    sheet.remark(
        _(
            "In the paper of 1943 one active inhibitory input silences the cell whatever else comes in; the "
            "articles weigh it like any other input, and so does this sheet."
        )
    )
    sheet.remark(_("The model has no clock: the delay between input and output that the article lists is left out."))


# ------------------------------------------------------------------------------------------------ all input patterns


def _patterns(book: Book, unit: Unit) -> None:
    sheet = book.sheet("Patterns", _("Every input that there can be"))
    sheet.step(
        _("The table of all input patterns"),
        _("Three inputs of 0 or 1 have 2³ = 8 patterns; this table is all that the neuron can ever do."),
        "z = w₁·x₁ + w₂·x₂ + w₃·x₃ + b        y = u(z)",
    )
    bits = np.array(list(product((0.0, 1.0), repeat=3)))
    z_value = bits @ unit.w.value + unit.b.value
    with sheet.table(Counter(""), 8) as table:
        n = table.derived("pattern", np.arange(1.0, 9), number_of, title=_("pattern"), symbol="n", number_format="0")
        x1, x2, x3 = (_bit_column(table, bits, n, j, weight) for j, weight in ((1, 4), (2, 2), (3, 1)))
        w = unit.w
        fields = caption(_("weighted sum of the inputs"), "s", "0.00", math="w·x")
        s = table.derived("pattern_s", bits @ w.value, lambda i: w[0] * x1[i] + w[1] * x2[i] + w[2] * x3[i], **fields)
        fields = caption(_("weighted input"), "z", "0.00", math="s + b")
        z = table.derived("pattern_z", z_value, lambda i: s[i] + unit.b, **fields)
        fields = caption(_("output"), "y", "0", math="u(z)")
        y = table.derived("pattern_y", unit_step(z_value), lambda i: unit_step_formula(z[i]), **fields)
        fields = caption(_("threshold"), "θ", "0.00")
        theta = table.derived("pattern_theta", np.full(8, unit.theta.value), lambda i: as_expr(unit.theta), **fields)
        now = str(_("◀ now"))
        here = (bits == unit.x.value).all(axis=1)
        table.derived(
            "pattern_now",
            np.where(here, now, "").astype(object),
            lambda i: if_(both(equal(x1[i], unit.x[0]), equal(x2[i], unit.x[1]), equal(x3[i], unit.x[2])), now, ""),
            **caption(_("the inputs of step 1"), number_format="@"),
        )
        count = sum_under(table, y, "firing", "0")
    sheet.sentence(
        "pattern_words",
        _(
            "Pattern 2: z = {w1:2p}·{x1:0} + {w2:2p}·{x2:0} + {w3:2p}·{x3:0} + {b:2p} = {z:2}, y = {y:0}. The "
            "neuron fires for {n:0} of 8 patterns."
        ),
        w1=w[0],
        w2=w[1],
        w3=w[2],
        x1=x1[1],
        x2=x2[1],
        x3=x3[1],
        b=unit.b,
        z=z[1],
        y=y[1],
        n=count,
    )
    _lookup(sheet, unit, y)
    sheet.step(
        _("The patterns against the threshold"),
        _(
            "A point on or above the line fires; raise θ and the line rises, make w₃ more negative and the "
            "patterns with "
            "x₃ = 1 sink."
        ),
    )
    sheet.chart(
        Chart(
            _("Weighted sum of each pattern, and the threshold"),
            (
                Series(_("weighted sum s"), n[:], s[:], Mark.POINTS),
                Series(_("threshold θ"), n[:], theta[:], dashed=True),
            ),
            _("pattern n"),
            "s",
            _(
                "One point a pattern at the height of its weighted sum; points on or above the dashed threshold "
                "line fire."
            ),
            columns=8,
            rows=13,
            x_range=(0, 9),
        )
    )


def _bit_column(table: Any, bits: Array, n: Block, j: int, weight: int) -> Block:
    """Input j of every pattern: a binary digit of n − 1, worth `weight`."""
    block: Block = table.derived(
        f"pattern_x{j}",
        bits[:, j - 1],
        lambda i: call("MOD", call("INT", (n[i] - 1) / weight), 2),
        title=_("input"),
        symbol="x" + "₀₁₂₃"[j],
        number_format="0",
    )
    return block


def _lookup(sheet: Sheet, unit: Unit, y: Block) -> None:
    """Find the inputs of the first sheet in the table."""
    x = unit.x
    row = 4 * x.value[0] + 2 * x.value[1] + x.value[2] + 1
    fields = caption(_("pattern of step 1's inputs"), "n", "0", math="4·x₁ + 2·x₂ + x₃ + 1")
    n = sheet.derived("lookup", row, lambda: 4 * x[0] + 2 * x[1] + x[2] + 1, **fields)
    fields = caption(_("its output in the table"), "y", "0")
    found = sheet.derived("lookup_y", y.value[int(row) - 1], lambda: pick(y, n), **fields)
    sheet.check("lookup_same", _("the table and the single neuron agree"), found, unit.y, 0.0)


# ------------------------------------------------------------------------------------------------ step and sigmoid


def _step_and_sigmoid(book: Book, unit: Unit, k_value: float) -> None:
    sheet = book.sheet("Sigmoid", _("Step against sigmoid"))
    sheet.step(
        _("From all or nothing to more or less"),
        _(
            "The step jumps, and tells nothing of how near the sum was; the sigmoid says it smoothly, and has a "
            "slope from which to learn."
        ),
        "u(z) = 1 (z ≥ 0), 0 (z < 0)        σ(z) = 1 / (1 + e⁻ᶻ)",
    )
    k = sheet.given(
        "k",
        k_value,
        valid=Between(0.1, 20),
        **caption(
            _("steepness of the second sigmoid"), "k", "0.0", remark=_("chosen here; the larger, the nearer to a step")
        ),
    )
    start = sheet.given("z_from", -6.0, title=_("first z"), valid=Between(-10, 0), number_format="0.0")
    by = sheet.given("z_step", 0.5, title=_("from row to row"), valid=Between(0.1, 1), number_format="0.0")
    _own_output(sheet, unit)
    top = sheet.cursor
    z_value = np.asarray(-6.0 + 0.5 * np.arange(GRID), dtype=np.float64)
    with sheet.table(Counter(""), GRID) as table:
        fields = caption(_("weighted input"), "z", "0.0")
        z = table.derived("grid_z", z_value, lambda i: start + by * (number_of(i) - 1), **fields)
        fields = caption(_("unit step"), "u(z)", "0")
        u = table.derived("grid_u", unit_step(z_value), lambda i: unit_step_formula(z[i]), **fields)
        fields = caption(_("sigmoid"), "σ(z)", "0.0000")
        smooth = table.derived("grid_sigma", sigmoid(z_value), lambda i: sigmoid_formula(z[i]), **fields)
        fields = caption(_("second sigmoid"), "σ(k·z)", "0.0000")
        steep = table.derived("grid_steep", sigmoid(k_value * z_value), lambda i: sigmoid_formula(k * z[i]), **fields)
        fields = caption(_("second sigmoid's distance from the step"), "|u − σ(k·z)|", "0.0000")
        gap = table.derived("grid_gap", np.abs(u.value - steep.value), lambda i: absolute(u[i] - steep[i]), **fields)
        half = table.add(
            Block(
                "grid_half",
                Role.CHECK,
                unit_step(4 * (smooth.value - 0.5)),
                title=_("does σ reach ½?"),
                symbol="σ(z) ≥ ½",
                number_format="0",
                formula=lambda i: unit_step_formula(4 * (smooth[i] - 0.5)),
            )
        )
        right = table.column + 1
    sheet.chart(
        Chart(
            _("Step and sigmoid"),
            (
                Series("u(z)", z[:], u[:], Mark.POINTS),
                Series("σ(z)", z[:], smooth[:]),
                Series("σ(k·z)", z[:], steep[:], dashed=True),
            ),
            "z",
            "y",
            _(
                "The step as points on 0 and 1; the sigmoid rises smoothly between them, and with a larger k "
                "hugs the step."
            ),
            columns=7,
            rows=20,
        ),
        at=(top, right),
    )
    sheet.check("half_is_step", _("σ(z) ≥ ½ exactly where u(z) = 1"), half, u, 0.0)
    sheet.sentence(
        "gap_words",
        _(
            "At z = {z:1}, with k = {k:1}, the second sigmoid is {gap:4} away from the step; a larger k brings it nearer."
        ),
        z=z[14],
        k=k,
        gap=gap[14],
    )


def _own_output(sheet: Sheet, unit: Unit) -> None:
    z = unit.z
    fields = caption(_("smooth output of step 3's neuron"), "σ(z)", "0.0000", math="1/(1 + e⁻ᶻ)")
    smooth = sheet.derived("own_sigma", sigmoid(z.value), lambda: sigmoid_formula(as_expr(z)), **fields)
    sheet.sentence(
        "own_words",
        _("The neuron of step 3: z = {z:2}, step output u(z) = {y:0}, smooth output σ(z) = {a:4}."),
        z=z,
        y=unit.y,
        a=smooth,
    )


# ------------------------------------------------------------------------------------------------ choosing a restaurant


@dataclass(frozen=True)
class Choice:
    """What the what-if sheet reads."""

    names: Block
    X: Block
    w: Block
    score: Block


def _restaurants(book: Book, settings: Mapping[str, Any], data: Any) -> Choice:
    sheet = book.sheet("Restaurant", _("Choosing a restaurant: weights in daily life"))
    if data is None:
        names, scores = [str(_(name)) for name, _s in RESTAURANTS], np.array([s for _n, s in RESTAURANTS])
    else:
        names, scores = data
    w, enough = _importance(sheet, settings)
    choice, best = _candidates(sheet, names, scores, w, enough, own=data is not None)
    _why_it_wins(sheet, choice, best)
    return choice


def _importance(sheet: Sheet, settings: Mapping[str, Any]) -> tuple[Block, Block]:
    sheet.step(
        _("How much each criterion counts"),
        _("Weights say what matters to you: the larger a weight, the more this criterion counts."),
    )
    w_value = np.array([settings[key] for key in CRITERION_KEYS], dtype=float)
    size = np.abs(w_value).sum()
    with sheet.table([_(c) for c in CRITERIA], 4) as table:
        w = table.given("importance", w_value, title=_("weight"), symbol="wⱼ", valid=WEIGHT, number_format="0.00")
        table.derived(
            "importance_share",
            np.abs(w_value) / size if size else np.zeros(4),
            lambda j: if_(equal(call("SUMSQ", w), 0), 0, absolute(w[j]) / _size(w)),
            **caption(_("share of all"), "|wⱼ| / Σ|w|", "0%"),
        )
    fields = caption(_("worth going from"), "θ", "0.0", unit=_("points"), remark=_("chosen here"))
    enough = sheet.given("enough", float(settings["enough"]), valid=Between(-1000, 1000), **fields)
    sheet.remark(
        _("The article says only that taste and price weigh more than location and décor; the numbers are chosen here.")
    )
    return w, enough


def _size(w: Block) -> Expr:
    """The sum of the absolute weights, term by term: engines differ on SUM(ABS(range))."""
    size = absolute(w[0])
    for j in range(1, len(w.value)):
        size = size + absolute(w[j])
    return size


def _candidates(
    sheet: Sheet, names_value: list[str], X_value: Array, w: Block, enough: Block, *, own: bool
) -> tuple[Choice, Block]:
    sheet.step(
        _("Score every candidate"),
        _("Each restaurant goes through the same neuron: its marks are the inputs, its score is the weighted sum."),
        "s = w₁·x₁ + w₂·x₂ + w₃·x₃ + w₄·x₄        y = u(s − θ)",
    )
    news = sheet.reserve()
    sheet.gap()
    score_value = np.round(X_value @ w.value, 9)
    best_value = int(np.argmax(score_value))
    go, stay = str(_("worth going")), str(_("not enough"))
    with sheet.table(Counter(""), len(names_value)) as table:
        names = table.given(
            "restaurant", np.array(names_value, dtype=object), title=_("restaurant"), valid=None, number_format="@"
        )
        fields = caption(_("marks, 0 to 10"), number_format="0.0", columns=[_(c) for c in CRITERIA])
        X = table.given("marks", X_value, valid=SCORE, **fields)
        # rounded, so that equal scores are equal in every spreadsheet and the first of them is named
        fields = caption(_("score"), "s", "0.00", math="w·x")
        score = table.derived("score", score_value, lambda i: rounded(dot(w[:], X[i, :]), 9), **fields)
        y = table.derived(
            "worth",
            unit_step(score_value - enough.value),
            lambda i: unit_step_formula(score[i] - enough),
            **caption(_("output"), "y", "0", math="u(s − θ)"),
        )
        table.derived(
            "worth_words",
            np.where(y.value == 1, go, stay).astype(object),
            lambda i: if_(equal(y[i], 1), go, stay),
            **caption(_("in words"), number_format="@"),
        )
    sheet.sentence(
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
    fields = caption(_("row of the highest score"), number_format="0")
    best = sheet.derived("best", best_value + 1.0, lambda: call("MATCH", largest(score), score, 0), **fields)
    best_name = sheet.derived(
        "best_name",
        np.asarray(names_value[best_value], dtype=object),
        lambda: pick(names, best),
        **caption(_("the decision"), number_format="@"),
    )
    best_score = sheet.derived(
        "best_score", score_value[best_value], lambda: largest(score), title=_("its score"), number_format="0.00"
    )
    _decision(sheet, news, best_name, best_score, enough, go=go, stay=stay)
    sheet.remark(
        _("These marks are your own data.")
        if own
        else _("The candidates and their marks are chosen here; a high mark for price means cheap.")
    )
    sheet.remark(
        _(
            "A McCulloch–Pitts neuron takes only 0 and 1; marks from 0 to 10 make it the perceptron's neuron. "
            "The weighted sum is the same."
        )
    )
    sheet.chart(
        Chart(
            _("Score of each candidate"),
            (Series(_("score"), names[:], score[:], Mark.COLUMNS),),
            "",
            _("points"),
            _("A column for each restaurant at the height of its score."),
            columns=7,
            rows=14,
        )
    )
    return Choice(names, X, w, score), best


def _decision(sheet: Sheet, row: int, name: Block, score: Block, enough: Block, *, go: str, stay: str) -> None:
    reached = unit_step(score.value - enough.value)
    verdict = sheet.derived(
        "decision_verdict",
        np.asarray(go if reached else stay, dtype=object),
        lambda: if_(unit_step_formula(score - enough) > 0, go, stay),
        **caption(_("against the threshold"), number_format="@"),
    )
    sheet.sentence(
        "decision",
        _("▶ {name}: {s:2} points, with θ = {t:1}: {verdict}."),
        row=row,
        name=name,
        s=score,
        t=enough,
        verdict=verdict,
    )


def _why_it_wins(sheet: Sheet, choice: Choice, best: Block) -> None:
    sheet.step(
        _("Why this one wins"),
        _("Its lead over the average candidate splits into one term a criterion, since the score is a sum."),
        "s − s̄ = Σⱼ wⱼ·(xⱼ − x̄ⱼ)",
    )
    X, w, score = choice.X, choice.w, choice.score
    row = int(best.value) - 1
    lead_value = w.value * (X.value[row] - X.value.mean(axis=0))
    with sheet.table([_(c) for c in CRITERIA], 4) as table:
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
    ahead = sheet.derived(
        "ahead",
        score.value.max() - score.value.mean(),
        lambda: largest(score) - mean(score),
        **caption(_("lead over the mean score"), number_format="0.00"),
    )
    sheet.check("lead_adds_up", _("the terms add up to the lead"), whole, ahead, 1e-8)


def _what_if(book: Book, choice: Choice) -> None:
    sheet = book.sheet("WhatIf", _("What if price mattered more?"))
    sheet.step(
        _("The same candidates under other weights"),
        _("Only the weight of price changes from row to row; where the two top lines cross, the decision changes."),
        "s(w) = s + (w − w₄)·x₄",
    )
    names, X, w, score = choice.names, choice.X, choice.w, choice.score
    count, rows = len(score.value), 11
    fields = caption(_("weight of price, from row to row"), number_format="0.00", remark=_("chosen here"))
    by = sheet.given("price_step", 0.1, valid=Between(-1, 1), **fields)
    price = 0.1 * np.arange(rows)
    top = sheet.cursor
    value = np.round(score.value + (price[:, None] - w.value[3]) * X.value[:, 3], 9)
    with sheet.table(Counter(""), rows) as table:
        fields = caption(_("weight of price"), "w", "0.00")
        weight = table.derived("price_weight", price, lambda t: by * (number_of(t) - 1), **fields)
        scores = table.derived(
            "price_scores",
            value,
            lambda t, i: rounded(score[i] + (weight[t] - w[3]) * X[i, 3], 9),
            **caption(_("score of each restaurant, by number"), number_format="0.00", columns=Counter("")),
        )
        across = Block(
            "names_across",
            Role.DERIVED,
            np.array([str(name) for name in names.value], dtype=object),
            formula=lambda i: names[i],
            along=Direction.RIGHT,
            columns=Counter(""),
            number_format="@",
        )
        sheet.add(across, at=(top + 2, scores.place.column))  # in the table's heading, under the numbers
        table.derived(
            "price_best",
            np.array([str(names.value[n]) for n in value.argmax(axis=1)], dtype=object),
            lambda t: pick(names, call("MATCH", largest(scores[t, :]), scores[t, :], 0)),
            **caption(_("best"), number_format="@"),
        )
    sheet.sentence(
        "price_words",
        "s₁ = {s:2} + ({w:2} − {w4:2p})·{x:1} = {r:2}",
        s=score[0],
        w=weight[0],
        w4=w[3],
        x=X[0, 3],
        r=scores[0, 0],
    )
    sheet.chart(
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
