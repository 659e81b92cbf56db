"""The mini-batch's way through the network: what goes in, forward and backward, slopes and the step, forward again."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common import network_py
from scenarios.common.activations import SIGMOID, Array
from scenarios.common.layer import INPUTS, NEURONS, WEIGHT_BOUNDS, Layer, sup
from scenarios.common.net import EXAMPLES, Net
from scenarios.common.nudge import choose, nudge_one, nudge_size
from scenarios.digits.data import PIXELS, SIDE
from workbook.block import HIDDEN, Between, Block, Shading
from workbook.book import Book
from workbook.formula import Direction, dot
from workbook.page import Page
from workbook.scenario import Parameter
from workbook.sheet import Kind
from workbook.text import _

MIDDLE = PIXELS // 2 + SIDE // 2


def input_page(book: Book, images: Array, targets: Array, *, own: bool) -> tuple[Block, Block]:
    """Add the sheet of the mini-batch's pixels and targets, one image a row; and u, by which Unchanged knows a row."""
    page = book.page("Input", _("The input layer: pixels and targets of the mini-batch"), kind=Kind.DATA)
    page.step(
        _("The mini-batch"),
        _("A picture of 28×28 pixels is a row of 784 numbers, from 0 (white) to 1 (black); its target is a row of ten, 1 at the digit."),
    )  # fmt: skip
    page.source(
        _(
            "After the training all images were shuffled once more: this is the mini-batch with which the next epoch would begin."
        )
    )
    page.source(
        _("Your own images, read from the file that you gave.")
        if own
        else _("Stand-in: the article uses MNIST. These are the UCI handwritten digits (Alpaydin and Kaynak 1998, CC BY 4.0), 8×8 pixels enlarged to 28×28. Give MNIST's own files with --data.")
    )  # fmt: skip
    Y = page.given("Y", targets.T, "Y", _("targets"), columns=[str(d) for d in range(len(targets[0]))], **across())
    X = pixels(page, "X", images)
    title = _("√1, √2, √3 …: by its product with u the sheet Unchanged knows every row")
    u = np.sqrt(np.arange(1.0, PIXELS + 1))
    page.recorded("fingerprint", u, "u", title, along=Direction.RIGHT, columns=INPUTS)
    return X, Y


LAST_LAYER = 3


def across() -> dict[str, Any]:
    """Return the fields of a given matrix with one image a row."""
    return {"along": Direction.RIGHT, "rows": EXAMPLES, "valid": Between(0, 1)}


def pixels(page: Page, id: str, images: Array) -> Block:
    """Add images for the reader to change, (784, m), one a row."""
    return page.given(
        id, images.T, id, _("pixels"), columns=INPUTS, shading=Shading.GREY, number_format="0.00", **across()
    )


def layer_page(page: Page, number: int, W: Array, b: Array | None) -> Layer:
    """Add a layer's weights and biases for the reader to change."""
    page.step(
        _("Weights and biases of layer {layer}").format(layer=number),
        _("One row a neuron; trained by NumPy beforehand (sheet Learning). Change any of them."),
        f"W{sup(number)} [{W.shape[0]}×{W.shape[1]}],  b{sup(number)} [{W.shape[0]}×1]",
    )
    # of an exercise only the last biases differ from student to student: they move every output, and are few
    own = {"valid": WEIGHT_BOUNDS, "vary": number == LAST_LAYER}
    biases = page.given(f"b{number}", b, f"b{sup(number)}", _("biases"), rows=NEURONS, **own)
    fixed = {"valid": WEIGHT_BOUNDS, "vary": False}
    weights = page.given(f"W{number}", W, f"W{sup(number)}", _("weights"), rows=NEURONS, columns=INPUTS, **fixed)
    return Layer(number, weights, biases, SIGMOID)


def first_sums(page: Page, layer: Layer, X: Block, suffix: str = "") -> dict[int, Block]:
    """Add X upright and layer 1's weighted sums, in which a row of W meets a column of X."""
    W, b, id = layer.W, layer.b, f"{X.id}_T"
    assert b is not None
    fields: dict[str, Any] = {"rows": INPUTS, "columns": EXAMPLES, "shading": Shading.GREY, "number_format": HIDDEN}
    upright = (
        page.book[id] if id in page.book else page.derived(id, X.value, lambda k, i: X[k, i], f"{X.id}ᵀ", **fields)
    )
    value = W.value @ X.value + b.value[:, None]
    title = _("weighted sums W·x + b, one image a column")
    return {
        1: page.derived(
            f"Z1{suffix}_T",
            value,
            lambda j, i: dot(W[j, :], upright[:, i]) + b[j],
            "z¹",
            title,
            rows=NEURONS,
            columns=EXAMPLES,
        )
    }


def batch_page(book: Book, net: Net, first: Page, *, thirteen_thousand: bool) -> None:
    """Add forward, loss and backward, one image a row; the first layer's sums stand on its own sheet."""
    page = book.page("Batch", _("The mini-batch: forward, loss and backward, one image a row"), kind=Kind.DEEPER)
    last = len(net.layers)
    page.step(
        _("Forward, loss and backward"),
        _(
            "Read a row from left to right: weighted sums and activations, the loss, then slopes and blame δ, last layer first."
        ),
        "z = W·a + b → a = σ(z) → L = ½‖y − a‖² → δᴸ = (aᴸ − y) ∗ σ′(zᴸ) → δˡ = (Wˡ⁺¹)ᵀ·δˡ⁺¹ ∗ σ′(zˡ)",
    )
    page.code("zs.append(w @ activations[-1] + b),   activations.append(sigmoid(zs[-1]))")
    page.code(network_py.delta(last, last))
    page.code("delta = (weights[-l + 1].T @ delta) * sigmoid_prime(zs[-l])")
    if thirteen_thousand:
        page.source(
            _("Of this network the article backpropagation-13002 takes the cost Σ(a − y)², with the slope 2(a − y). These sheets take ½‖y − a‖², as the other article does: loss and slopes here are half of that article's, and an η there steps as far as 2η here.")
        )  # fmt: skip
    page.gap()
    sums = first_sums(first, net.layers[0], net.X)
    with page.table(EXAMPLES, net.examples) as table:
        net.forward(table, sums=sums).measure(table)
        net.backward(table)
    page.sentence(
        "first_unit",
        _("Layer 1, neuron 1, image 1: z is the sum of 784 products and the bias {b1[0]:4}; z = {Z1[0,0]:4}, a = σ(z) = {A1[0,0]:4}."),
    )  # fmt: skip
    words = _("Last layer, neuron 1, image 1: δ = (a − y)·σ′(z) = ({a:4} − {Y[0,0]:2})·{slope:4} = {delta:4}.")
    numbers: dict[str, Any] = {"a": net.output[0, 0], "slope": net.slope[last][0, 0], "delta": net.delta[last][0, 0]}
    page.sentence("first_delta", words, **numbers)
    page.sentence("mean_cost", _("The mean loss of the mini-batch is {C:4}."))


def step_pages(net: Net, pages: list[Page], rate: Parameter) -> tuple[Block, Net]:
    """Add every parameter's slope and step, on the sheet of its layer; return η, and the net one step later."""
    last, first, moved = len(net.layers), pages[0], []
    first.step(
        _("The step"),
        _(
            "Each weight moves by η times the mean of its slopes over the mini-batch; the layers' sheets show every one."
        ),
        "W ← W − η/m · Σᵢ ∂Lᵢ/∂W",
    )
    eta = first.setting(rate, "eta", valid=Between(0, 100))
    net.count = first.recorded("m", float(net.examples), "m", _("images in a mini-batch"), number_format="0")
    for page, layer in zip(pages, net.layers, strict=True):
        n, delta = layer.number, net.delta[layer.number]
        page.step(
            _("Slopes of layer {layer}").format(layer=n),
            _(
                "Every slope stands where its weight stands: blame of the neuron times what came in, averaged over the images."
            ),
        )
        for line in (network_py.bias_gradient(n, last), network_py.weight_gradient(n, last), *network_py.sums(n)):
            page.code(line)
        page.gap()
        page.add(net.bias_slopes(layer))
        fields = {"rows": NEURONS, "columns": EXAMPLES}
        upright = page.gradient(
            f"D{n}_T", delta.value, lambda j, i, delta=delta: delta[j, i], f"δ{sup(n)}",
            _("blame, one image a column"), **fields,
        )  # fmt: skip
        slopes = net.weight_slopes(layer, upright)
        slopes.number_format = f"{slopes.number_format};-{slopes.number_format};0"  # white pixels leave whole zeros
        page.add(slopes)
        page.step(_("Update of layer {layer}").format(layer=n), _("Old value minus η times the slope, for every one."))
        for line in network_py.update(n):
            page.code(line)
        page.gap()
        b = page.add(net.new_biases(layer, eta))
        moved.append(Layer(n, page.add(net.new_weights(layer, eta)), b, layer.activation))
        k = MIDDLE if n == 1 else 0
        words = f"w ← {{W{n}[0,{k}]:4p}} − {{eta:3}}·{{gW{n}[0,{k}]:4p}} = {{W{n}_new[0,{k}]:4p}}"
        page.sentence(f"W{n}_written", _("Neuron 1, input {k}:").format(k=k + 1) + " " + words)
    return eta, net.with_layers(moved, "_new")


def next_page(book: Book, moved: Net, first: Page) -> None:
    """Add the forward pass with the new parameters."""
    page = book.page("Next", _("The same mini-batch with the new weights"), kind=Kind.DEEPER)
    page.step(_("Forward again"), _("A step that is not too long lowers the loss of this mini-batch."))
    sums = first_sums(first, moved.layers[0], moved.X, "_new")
    with page.table(EXAMPLES, moved.examples) as table:
        moved.forward(table, sums=sums).measure(table)
    page.sentence("cost_fell", _("The mean loss went from {C:4} to {C_new:4}."))


def nudge_page(book: Book, net: Net) -> None:
    """Add one slope beside a measured one; the reader chooses which."""
    page = book.page("Nudge", _("Is the slope right? Measure one"), kind=Kind.DEEPER)
    page.step(
        _("Check one slope by trial"),
        _("Choose any weight or bias: change it a little up and down by h, run the network again, and the loss must change as backpropagation said."),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )  # fmt: skip
    nudge_one(page, net, choose(page, net, (len(net.layers), 3, 2)), nudge_size(page))
