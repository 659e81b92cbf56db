"""Pages Cycle and Trial: a mini-batch forward and backward, one row per point, one step, and a slope checked by trial."""

from __future__ import annotations

from typing import Any

from scenarios.circles.points import Points
from scenarios.common.layer import Layer
from scenarios.common.losses import BINARY_CROSS_ENTROPY
from scenarios.common.net import Net
from scenarios.common.nudge import choose, nudge_one, nudge_size
from scenarios.common.outcome import outcome
from workbook.block import Between, Counter
from workbook.formula import Direction, number_of, pick
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

RATE = Parameter("lr", 0.05, N_("learning rate"), 0.0001, 1, symbol="α")
BATCH = Parameter("batch", 16, N_("points in a mini-batch"), 4, 64, whole=True)


def cycle_page(page: Page, points: Points, layers: list[Layer]) -> Net:
    """Run a mini-batch forward and backward, layer by layer, take one step, and look again; return the net."""
    net = _mini_batch(page, points, layers)
    page.step(
        _("Forward, layer by layer"),
        _("Left the weighted sums, right the activations; a grey 0 is a neuron that ReLU has shut for this point."),
        "Z[l] = W[l]·A[l−1] + b[l],   A[l] = g(Z[l]),   L = −(1/m) Σ (y·ln ŷ + (1 − y)·ln(1 − ŷ))",
    )
    for layer in layers:
        with page.table(Counter("i = "), net.examples) as t:
            net.forward(t, layer)
            if layer is net.last:
                net.measure(t)
    for layer in reversed(layers):
        _backward(page, net, layer)
    page.step(
        _("The update, and the next forward pass: did the loss fall?"),
        _("Every parameter takes one step against its slope; then the same points meet the new weights."),
        "W[l] ← W[l] − α·dW[l],   b[l] ← b[l] − α·db[l]",
    )
    alpha = page.setting(RATE, "alpha", valid=Between(0, 10), remark=_("chosen here"))
    told = page.keep()
    moved = net.update(page, alpha)
    with page.table(Counter("i = "), net.examples) as t:
        after = moved.forward(t).measure(t)
    before = net.whole
    assert before is not None
    words = (
        _("it fell"), _("it did not fall: the step was too large"),
        _("it hardly changed: its slope here, or α, is nearly 0"),
    )  # fmt: skip
    value, formula = outcome(before, after, alpha, *words)
    page.book.helpers.derived("loss_fell", value, formula, title=_("the loss"))
    with page.into(told):
        page.sentence("loss_change", _("The loss went from {C_c:6} to {C_new:6}: {loss_fell}."))
    page.source(_("Of a rate that is too high the article's text says that it does not reach “the lowest learning rate”; what it then misses is the minimum of the loss."))  # fmt: skip
    return net


def _mini_batch(page: Page, points: Points, layers: list[Layer]) -> Net:
    m = int(page.book.settings[BATCH.key])
    page.step(_("Pick a mini-batch"), _("Slices of {m} points in the shuffled order of the sheet Data: columns of the article's matrices, rows here.").format(m=m))  # fmt: skip
    batches = points.training // m
    title, valid = _("mini-batch to look at, 1 to {batches}").format(batches=batches), Between(1, batches, whole=True)
    number = page.given("batch", 1.0, title=title, valid=valid)
    count = page.recorded("m_c", float(m), "m", _("points in it"))
    page.gap()
    order, xy, labels = (page.book[id] for id in ("shuffled", "points", "labels"))
    first = (int(number.value) - 1) * m
    rows = order.value[first : first + m].astype(int)
    lies: dict[str, Any] = {"along": Direction.RIGHT}
    with page.table(Counter("i = "), m) as t:
        row = t.derived(
            "rows_c", rows, lambda i: pick(order, (number - 1) * count + number_of(i)),
            title=_("row in the sheet Data"), number_format="0",
        )  # fmt: skip
        X = t.derived(
            "X_c", points.xy[rows - 1].T, lambda k, i: pick(xy, row[i], number_of(k)), title="x", columns=Counter("x"),
            **lies,
        )  # fmt: skip
        Y = t.derived(
            "Y_c", points.labels[None, rows - 1], lambda j, i: pick(labels, row[i]), "y", _("its class"),
            number_format="0", **lies,
        )  # fmt: skip
    return Net(layers, X, Y, BINARY_CROSS_ENTROPY, "_c", count=count)


def _backward(page: Page, net: Net, layer: Layer) -> None:
    n = layer.number
    if layer is net.last:
        why = _("The loss answers to the prediction first; times the sigmoid's slope, that becomes ŷ − y. The article calls δ[l] dZ[l].")  # fmt: skip
        math = "dA[5] = −(Y/Ŷ − (1 − Y)/(1 − Ŷ)),   dZ[5] = dA[5] ∗ ŷ(1 − ŷ)"
    else:
        why = _("The blame comes down through the weights above; ReLU's slope is 1 where it was open and 0 (grey) where it was shut: a mask.")  # fmt: skip
        math = f"dA[{n}] = W[{n + 1}]ᵀ·dZ[{n + 1}],   dZ[{n}] = dA[{n}] ∗ g′(Z[{n}])"
    page.step(
        _("Backward through layer {layer}").format(layer=n), why,
        f"{math},   dW[{n}] = dZ[{n}]·A[{n - 1}]ᵀ / m,   db[{n}] = Σ dZ[{n}] / m",
    )  # fmt: skip
    with page.table(Counter("i = "), net.examples) as t:
        net.backward(t, layer, parts=True)
        if layer is net.last:
            A, Y = net.output, net.Y
            error = t.derived(
                "error_c", A.value - Y.value, lambda j, i: A[j, i] - Y[j, i], title="ŷ − y", columns=[""],
                along=Direction.RIGHT,
            )  # fmt: skip
    if layer is net.last:
        page.sentence("dZ_written", _("Point 1: dA = −({Y_c[0,0]:0}/{A5_c[0,0]:4} − (1 − {Y_c[0,0]:0})/(1 − {A5_c[0,0]:4})) = {dA5_c[0,0]:4}; times the slope {G5_c[0,0]:4} that is dZ = {D5_c[0,0]:4}"))  # fmt: skip
        page.check("identity", _("for cross-entropy with a sigmoid, dZ is just ŷ − y"), net.delta[n], error, 1e-7)
        page.gap()
    net.gradients(page, layer)


def trial_page(page: Page, net: Net) -> None:
    """Change one parameter of the reader's choice a little."""
    page.step(
        _("One parameter changed a little"),
        _("Move any weight or bias up and down by h and run the mini-batch again: does the loss move as its slope says?"),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )  # fmt: skip
    nudge_one(page, net, choose(page, net, (1, 1, 2)), nudge_size(page))
