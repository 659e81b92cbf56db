"""Page Article: the article's Keras lines beside the tables that they make, layer 2 neuron by neuron, one point back."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import RELU, Array
from scenarios.common.losses import BINARY_CROSS_ENTROPY
from scenarios.common.net import Net
from scenarios.common.network_page import Held
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.formula import fixed, if_, joined, number_of, pick, total
from workbook.page import Page
from workbook.text import _

SIZES = (2, 4, 6, 6, 4, 1)
KERAS = (
    "model.add(Dense(4, input_dim=2, activation='relu'))", "model.add(Dense(6, activation='relu'))",
    "model.add(Dense(6, activation='relu'))", "model.add(Dense(4, activation='relu'))",
    "model.add(Dense(1, activation='sigmoid'))",
)  # fmt: skip
COMPILE = "model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])"
FIT = "model.fit(X_train, y_train, epochs=50, verbose=0)"
CLOSE = 0.99
"""From here on a share counts as close to 100 %."""


def article_page(page: Page, net: Net) -> None:
    """Follow the article: architecture, layer 2, one point, and what training reaches; `net` sees one point."""
    _architecture(page, int(page.book.settings["batch"]))
    _training(page)
    _layer_two(page, net)
    _one_point(page, net)
    for words in (
        _("Printed: the Keras lines, in them the layers 2-4-6-6-4-1, and “almost 100 %”. From the text follow the shapes, whose pictures are lost, and 117 parameters."),
        _("Tables with one row per point hold Z, A, dZ and dA transposed; W and b keep their shapes. What the article calls dZ is the blame δ."),
        _("The article calls z a weighted average of the inputs. It is a weighted sum: nothing is divided by the sum of the weights, and the bias is added."),
    ):  # fmt: skip
        page.source(words)


def _architecture(page: Page, m: int) -> None:
    page.step(
        _("Five Dense layers, and the tables that they make"),
        _("Each line adds a layer: a weight for every neuron below each of its neurons, and a bias."),
        "Z[l] = W[l]·A[l−1] + b[l],   A[l] = g(Z[l])",
    )
    page.code("model = Sequential()")
    valid = Between(1, 1e4, whole=True)
    count = page.given("shape_m", float(m), "m", _("examples at once"), valid=valid)
    below, units = np.array(SIZES[:-1], dtype=float), np.array(SIZES[1:], dtype=float)
    with page.table(Counter("l = "), len(units)) as t:
        t.recorded("keras", np.array(KERAS, dtype=object), title="Keras")
        k = t.recorded("shape_below", below, "n[l−1]", _("neurons below"))
        n = t.recorded("shape_units", units, "n[l]", _("neurons"))
        t.derived(
            "shape_W", _pairs(units, below), lambda l: joined("(", fixed(n[l], 0), ", ", fixed(k[l], 0), ")"),
            "W, dW", _("weights and their slopes"),
        )  # fmt: skip
        t.derived(
            "shape_b", _pairs(units, 1 + 0 * units), lambda l: joined("(", fixed(n[l], 0), ", 1)"),
            "b, db", _("biases and their slopes"),
        )  # fmt: skip
        t.derived(
            "shape_Z", _pairs(units, float(count.value) + 0 * units),
            lambda l: joined("(", fixed(n[l], 0), ", ", fixed(count, 0), ")"),
            "Z, A, dZ, dA", _("sums, activations and their slopes"),
        )  # fmt: skip
        each = t.derived(
            "shape_count", units * below + units, lambda l: n[l] * k[l] + n[l], "n[l]·n[l−1] + n[l]", _("parameters"),
            number_format="0",
        )  # fmt: skip
        t.total(each, Block("parameters", each.role, each.value.sum(), formula=lambda: total(each), number_format="0"))
    page.sentence("shapes_written", _("Layer 2: ({shape_units[1]:0}, {shape_below[1]:0}) times ({shape_below[1]:0}, {shape_m:0}) gives ({shape_units[1]:0}, {shape_m:0}): the inner numbers meet and vanish."))  # fmt: skip


def _pairs(first: Array, second: Array) -> Array:
    return np.array([f"({a:.0f}, {b:.0f})" for a, b in zip(first, second, strict=True)], dtype=object)


def _training(page: Page) -> None:
    """Say what compile and fit are here, and what the last epoch reaches."""
    shares = page.book["run_held_accuracy"]
    last = len(shares.value) - 1
    page.step(
        _("Compile and fit: what training reaches"),
        _("The loss stands on the sheet Cycle, the optimizer in the run (--set optimizer=adam), the epochs on the sheet Region."),
        BINARY_CROSS_ENTROPY.math.replace("C =", "L ="),
    )  # fmt: skip
    page.code(COMPILE)
    page.code(FIT)
    page.gap()
    aside = page.book.helpers
    aside.derived(
        "last_percent", 100 * shares.value[last], lambda: 100 * shares[last], title=_("percent right at the end")
    )
    close = page.offstage_block("close", CLOSE, title=_("from here on a share counts as close to 100 %"))
    yes, no = str(_("as the article says: almost 100 %")), str(_("not yet the article's “almost 100 %”"))
    said = np.asarray(yes if shares.value[last] >= CLOSE else no, dtype=object)
    aside.derived("last_says", said, lambda: if_(shares[last] >= close, yes, no), title=_("against the article"))
    page.offstage_block("last_epoch", float(last), title=_("last epoch"))
    page.live(
        "last_written", _("▶ Epoch {last_epoch:0}: {last_percent:1} % of the held-out points are right, {last_says}."),
    )  # fmt: skip


def _layer_two(page: Page, net: Net) -> None:
    """Add layer 2 for the chosen point, a row per neuron: its products, its sum, and what ReLU makes of it."""
    layer, A, Z = net.layer(2), net.A[1], net.Z[2]
    W, b = layer.W, layer.b
    assert b is not None
    page.step(
        _("Layer 2, neuron by neuron"),
        _("The article writes this layer out: each neuron weighs the four activations below, adds its bias, and ReLU decides."),
        "z[2]ᵢ = w[2]ᵢᵀ·a[1] + b[2]ᵢ,   a[2]ᵢ = ReLU(z[2]ᵢ)",
    )  # fmt: skip
    with page.table(Counter("i = "), layer.units) as t:
        products = [
            t.derived(f"layer2_wa{k + 1}", W.value[:, k] * A.value[k, 0], lambda j, k=k: W[j, k] * A[k, 0], f"w·a{'₁₂₃₄'[k]}", _("weight × activation"))
            for k in range(layer.inputs)
        ]  # fmt: skip
        bias = t.derived("layer2_b", b.value, lambda j: b[j], "b", _("bias"))
        value = sum(product.value for product in products) + b.value
        z = t.derived("layer2_z", value, lambda j: products[0][j] + products[1][j] + products[2][j] + products[3][j] + bias[j], "z", _("weighted sum"))  # fmt: skip
        t.derived("layer2_a", RELU.value(value), lambda j: RELU.value_formula(z[j]), "a", "ReLU")
    page.check("layer2", _("neuron by neuron gives the Z[2] of the matrices"), z, Z[:, 0], 1e-9)


def _one_point(page: Page, net: Net) -> None:
    """Write the chosen point's loss out, and its way back through the last layer."""
    page.step(
        _("One point, there and back"),
        _("The point is chosen on the sheet Whole, which shows all of its numbers; here some of them are written out."),
        "dZ[l] = dA[l] ∗ g′(Z[l]),   dW[l] = dZ[l]·A[l−1]ᵀ,   db[l] = dZ[l],   dA[l−1] = W[l]ᵀ·dZ[l]",
    )
    page.sentence("z1_written", _("Layer 1, neuron 1: z = {W1_t[0,0]:4p}·{X_one[0,0]:4p} + {W1_t[0,1]:4p}·{X_one[1,0]:4p} + {b1_t[0]:4p} = {page_Z1[0,0]:4}, and a = max(0, {page_Z1[0,0]:4p}) = {page_A1[0,0]:4}"))  # fmt: skip
    y, p = "{Y_one[0,0]:0}", "{page_A5[0,0]:6}"
    page.sentence("C_one_written", f"L = −({y}·ln {p} + (1 − {y})·ln(1 − {p})) = {{page_C:6}}")
    open_ = page.book.helpers.derived(
        "open_one", float(net.Z[4].value[0, 0] > 0), lambda: if_(net.Z[4][0, 0] > 0, 1, 0), title=_("1: ReLU is open")
    )
    page.sentence(
        "dZ_one_written", "δ⁴₁ = w⁵₁·δ⁵·ReLU′(z⁴₁) = {W5_t[0,0]:4p}·{page_D5[0,0]:6p}·{slope:0} = {page_D4[0,0]:6}",
        slope=open_,
    )  # fmt: skip
    page.sentence("dW_one_written", "∂L/∂w⁵₁ = δ⁵·a⁴₁ = {page_D5[0,0]:6p}·{page_A4[0,0]:4} = {page_gW5[0,0]:6}")


def one_point(book: Book, training: int) -> tuple[Block, Block, Block]:
    """Return the cell that chooses a point, which the network page places, its coordinates (2, 1) and its class (1, 1)."""
    title, valid = _("row in Data"), Between(1, training, whole=True)
    n = Held(book).given("example", 1.0, "n", title, valid=valid, vary=valid)
    xy, labels, at = book["points"], book["labels"], int(n.value) - 1
    point, label = xy.value[at : at + 1].T, labels.value[at : at + 1, None]
    X = book.helpers.derived(
        "X_one", point, lambda k, i: pick(xy, n, number_of(k)), "X", _("the point"), rows=Counter("k = "),
        columns=Counter(),
    )  # fmt: skip
    Y = book.helpers.derived(
        "Y_one", label, lambda j, i: pick(labels, n), "Y", _("its class"), rows=Counter("j = "), columns=Counter()
    )
    return n, X, Y
