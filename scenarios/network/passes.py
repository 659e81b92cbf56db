"""The picked update, looked up and computed: its mini-batch and parameters, forward, loss, backward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.common.columns import yes_no
from scenarios.common.layer import INPUTS, NEURONS, Layer, sup
from scenarios.common.net import EXAMPLES
from scenarios.network.given import WHOLE, Given, activation_of
from scenarios.network.output import Output, OutputNet
from scenarios.network.record import Record
from scenarios.network.run import parameters_of, right_ones, tells_classes
from scenarios.network.softmax import jacobian_of_one_example
from workbook.block import Block, Formula
from workbook.book import Book
from workbook.formula import (
    Direction,
    Expr,
    Index,
    Operand,
    call,
    dot,
    equal,
    if_,
    largest,
    number_of,
    pick,
    rounded,
    total,
)
from workbook.page import Page, Voice
from workbook.sheet import Kind
from workbook.text import _

SHOWN_TERMS = 4
WRITTEN_LOSSES = {
    "half_squared": ("½·(", "({a#:4} − {y#:4p})²", ")"),
    "squared": ("", "({a#:4} − {y#:4p})²", ""),
    "mean_squared": ("(", "({a#:4} − {y#:4p})²", ") / {n:0}"),
    "binary_cross_entropy": ("−(", "{y#:2}·ln {a#:4} + (1 − {y#:2})·ln {r#:4}", ")"),
    "categorical_cross_entropy": ("−(", "{y#:2}·ln {a#:4}", ")"),
}
"""The loss of an example with its numbers: what stands before, for each output, and after."""
MET = 1e-9


def batch_page(book: Book, given: Given, record: Record, output: Output, u: Block) -> tuple[OutputNet, list[Layer]]:
    """Look up the mini-batch and the parameters of an update; return the net that takes its slopes, and the layers before."""
    page = book.page("Batch", _("The mini-batch of this update, and the parameters before it"), kind=Kind.DEEPER)
    spec, at = record.spec, int(u.value) - 1
    page.step(
        _("The mini-batch of this update"),
        _("Looked up: which examples the update sees (sheet Batches), and their inputs and targets (sheet Data), now one example a column."),
    )  # fmt: skip
    row = record.order.value[at]
    across: dict[str, Any] = {"along": Direction.RIGHT, "columns": EXAMPLES, **WHOLE}
    title = _("examples of the mini-batch")
    chosen = page.derived("chosen", row, lambda i: pick(record.order, u, number_of(i)), "", title, **across)
    share = None
    if len(spec.data.x) % spec.batch_size:
        title = _("1 for an example, 0 for an empty place of a shorter last mini-batch: it adds nothing to any sum")
        share = page.derived("share", (row > 0).astype(float), lambda i: if_(chosen[i] > 0, 1, 0), "s", title, **across)
        m = page.derived("m", share.value.sum(), lambda: total(share), "m", _("examples"), **WHOLE)
    else:
        m = page.recorded("m", float(spec.batch_size), "m", _("examples"), **WHOLE)

    def looked_up(table: Block) -> Formula:
        def formula(k: Index, i: Index) -> Operand:
            if share is None:
                return pick(table, chosen[i], number_of(k))
            return share[i] * pick(table, largest(chosen[i], 1), number_of(k))

        return formula

    rows, mask = np.maximum(row - 1, 0).astype(int), (row > 0).astype(float)
    with page.beside():
        X, Y = (
            page.derived(id, table.value[rows].T * mask, looked_up(table), id, title, rows=heads, columns=EXAMPLES, number_format=form)
            for id, table, title, heads, form in (
                ("X", given.X, _("inputs x"), INPUTS, ""), ("Y", given.Y, _("targets y"), NEURONS, "0.0##")
            )
        )  # fmt: skip
    page.step(
        _("The parameters before this update"),
        _("Update 1 begins with the yellow parameters of the sheet Spec; every other takes its parameters from the recorded run."),
    )  # fmt: skip
    first = {f"W{layer.number}": layer.W for layer in given.start} | {
        f"b{layer.number}": layer.b for layer in given.start
    }
    values = [(l.W.value, None if l.b is None else l.b.value) for l in given.start]
    if at:
        values = parameters_of(record.run.states["w"][at], record.where)
    titles = (_("weights"), _("biases"))
    now = _looked_up_layers(page, values, record, "w", u, "W{l}", "b{l}", titles, first)
    layers = now
    if spec.optimizer.looks_ahead:
        mu = given.hyper["mu"]
        page.step(
            _("Nesterov looks ahead"),
            _("The velocity would carry the parameters on by μ·v. Nesterov takes the slopes there: the sheets Forward, Loss and Backward work with W̃ and b̃, where they write W and b."),
            "W̃ = W + μ·V",
        )  # fmt: skip
        velocities = parameters_of(record.run.states["v"][at], record.where)
        titles = (_("velocities of the weights"), _("velocities of the biases"))
        speeds = _looked_up_layers(page, velocities, record, "v", u, "V{l}", "bias_V{l}", titles, {})
        layers = [_ahead(page, layer, speed, mu) for layer, speed in zip(now, speeds, strict=True)]
    layers = [replace(l, activation=given.activation(name)) for l, name in zip(layers, spec.activations, strict=True)]
    return OutputNet(layers, X, Y, output.loss, count=m).ending(output, share), now


def _looked_up_layers(
    page: Page,
    values: Any,
    record: Record,
    state: str,
    u: Block,
    W_id: str,
    b_id: str,
    titles: tuple[str, str],
    first: Any,
) -> list[Layer]:
    """Add the parameters of every layer, or a state of theirs, before update u."""
    layers = []
    for l, (W, b) in enumerate(values, 1):
        ids = W_id.format(l=l), b_id.format(l=l)
        with page.beside():
            formula = record.before(state, l, u, first.get(ids[0]))
            weights = page.derived(ids[0], W, formula, f"{W_id[0]}{sup(l)}", titles[0], rows=NEURONS, columns=INPUTS)
            biases = None
            if b is not None:
                formula, symbol = (
                    record.before(state, l, u, first.get(ids[1])),
                    f"{'b' if state == 'w' else 'v'}{sup(l)}",
                )
                biases = page.derived(ids[1], b, formula, symbol, titles[1], rows=NEURONS, columns=[""])
        layers.append(Layer(l, weights, biases, activation_of("identity")))
    return layers


def _ahead(page: Page, layer: Layer, speed: Layer, mu: Block) -> Layer:
    """Add a layer's parameters where the velocity would carry them."""
    l, W, V, b, v = layer.number, layer.W, speed.W, layer.b, speed.b
    with page.beside():
        title, formula = _("weights at the point ahead"), lambda j, k: W[j, k] + mu * V[j, k]
        value, symbol = W.value + mu.value * V.value, f"W̃{sup(l)}"
        weights = page.derived(f"W{l}_ahead", value, formula, symbol, title, rows=NEURONS, columns=INPUTS)
        biases = None
        if b is not None and v is not None:
            title, values = _("biases at the point ahead"), b.value + mu.value * v.value
            drifted = lambda j: b[j] + mu * v[j]  # noqa: E731
            biases = page.derived(f"b{l}_ahead", values, drifted, f"b̃{sup(l)}", title, rows=NEURONS, columns=[""])
    return replace(layer, W=weights, b=biases)


# ---------------------------------------------------------------------------------------------- forward


def forward_page(book: Book, net: OutputNet) -> None:
    """Add the sheet of the forward pass."""
    forward(book.page("Forward", _("Forward: from the inputs to the outputs"), kind=Kind.DEEPER), net)


def forward(page: Page, net: OutputNet) -> None:
    """Add a forward pass, a step a layer, each with its first sum written out."""
    for layer in net.layers:
        g = layer.activation
        page.step(
            _("Layer {layer} of {count}").format(layer=layer.number, count=len(net.layers)),
            _("Each neuron adds up what comes in, times its weights, and its bias if it has one; then its activation function acts on the sum."),
            g.math,
        )  # fmt: skip
        if layer is not net.last:
            net.forward(page, layer)
            if g.name == "relu":
                page.remark(_("The greyed zeros are neurons that ReLU has shut for this example."))
        else:
            page.add(net.sums(layer))
            parts = list(net.prepare())
            if net.out.is_softmax:
                page.add(parts.pop(0))
            with page.beside():
                for block in parts:
                    page.add(block)
                page.add(net.activations(layer))
            if net.out.joint and not net.out.is_softmax:
                page.remark(
                    _("From z = 37 on σ(z) is so near to 1 that the computer's 1 − σ(z) is 0, and nothing can be divided by 0; σ(−z) is the same number, and never 0.")
                )  # fmt: skip
        _written(page, net, layer)


def _written(page: Page, net: OutputNet, layer: Layer) -> None:
    """Write out the sum of the first neuron for the first example, and its activation."""
    l, W, below, Z, A = layer.number, layer.W, net.A[layer.number - 1], net.Z[layer.number], net.A[layer.number]
    terms, numbers = products([(W[0, k], below[k, 0]) for k in range(layer.inputs)], "w", "x")
    numbers |= {"z": Z[0, 0], "a": A[0, 0]}
    if layer.b is not None:
        terms, numbers["b"] = terms + " + {b:4p}", layer.b[0]
    if net.out.is_softmax and layer is net.last:
        _top, E, S = net.parts
        numbers |= {"e": E[0, 0], "S": S[0]}
        tail = ",   p₁ = {e:4} / {S:4} = {a:4}"
    else:
        tail = f",   a₁ = {layer.activation.symbol}({{z:4}}) = {{a:4}}"
    page.sentence(f"written{l}{net.suffix}", f"z₁ = {terms} = {{z:4}}" + tail, Voice.PLAIN, **numbers)


def products(pairs: Sequence[tuple[Operand, Operand]], left: str, right: str) -> tuple[str, dict[str, Operand]]:
    """Return the words of a sum of products, not more than a few of them, and the numbers in it."""
    shown = pairs[:SHOWN_TERMS]
    words = " + ".join(f"{{{left}{n}:4p}}·{{{right}{n}:4p}}" for n in range(len(shown)))
    numbers = {f"{name}{n}": pair[at] for n, pair in enumerate(shown) for at, name in enumerate((left, right))}
    return words + (" + …" if len(pairs) > len(shown) else ""), numbers


# ---------------------------------------------------------------------------------------------- loss


def loss_page(book: Book, net: OutputNet, given: Given, record: Record, u: Block) -> None:
    """Add the loss of each example and of the mini-batch, what is right, and the record of it."""
    page = book.page("Loss", _("Loss: how wrong the outputs are"), kind=Kind.DEEPER)
    page.step(
        _("The loss of each example, and of the mini-batch"),
        _("Compare what the network said (A, sheet Forward) with the targets (Y)."),
        net.loss.math,
    )
    with page.beside():
        for id, block, title, form in (
            ("loss_A", net.output, _("what the network said"), ""), ("loss_Y", net.Y, _("targets y"), "0.0##")
        ):  # fmt: skip
            fields: dict[str, Any] = {"rows": NEURONS, "columns": EXAMPLES, "number_format": form}
            page.derived(id, block.value, _same_cell(block), id[-1], title, **fields)
    measure(page, net)
    _loss_written(page, net, given.outputs)
    if tells_classes(record.spec):
        _verdicts(page, net, record)
    page.step(_("Does it hold?"), _("The live loss must be the one that NumPy recorded for this update."))
    kept = page.derived(
        "recorded_cost", record.batch_cost.value[int(u.value) - 1], lambda: pick(record.batch_cost, u), "",
        _("recorded loss of its mini-batch"),
    )  # fmt: skip
    title = _("size of the numbers compared")
    scale = page.offstage_block("cost_scale", 1 + abs(kept.value), lambda: 1 + call("ABS", kept), title=title)
    assert net.whole is not None
    page.check("cost_met", _("the live loss is the recorded one"), net.whole, kept, MET, scale, given.unchanged)


def measure(page: Page, net: OutputNet) -> Block:
    """Add the loss of each example, with what leads to it, and of the mini-batch; return this."""
    terms = net.loss_terms()
    if terms is not None:
        page.add(terms)
    page.add(net.each_loss())
    return page.add(net.whole_loss())


def _loss_written(page: Page, net: OutputNet, outputs: Block) -> None:
    """Write out the loss of the first example."""
    before, term, after = WRITTEN_LOSSES[net.loss.name]
    if net.loss.outputs is not None:
        after += " / {n:0}"
    A, Y = net.output, net.Y
    shown = min(SHOWN_TERMS, A.shape[0])
    terms = [term.replace("#", str(j)) for j in range(shown)] + (["…"] if A.shape[0] > shown else [])
    assert net.each is not None
    numbers: dict[str, Operand] = {"C": net.each[0], "n": outputs.whole()}
    for j in range(shown):
        numbers |= {f"a{j}": A[j, 0], f"y{j}": Y[j, 0]}
        if net.out.joint and not net.out.is_softmax:
            numbers[f"r{j}"] = net.parts[0][j, 0]
    page.sentence("written_C", f"L₁ = {before}{' + '.join(terms)}{after} = {{C:4}}", Voice.PLAIN, **numbers)


def _verdicts(page: Page, net: OutputNet, record: Record) -> None:
    """Add whether each example is right, and how many are."""
    A, Y = net.output, net.Y

    def right(i: Index) -> Expr:
        if A.shape[0] == 1:
            return if_(equal(if_(rounded(A[0, i], 9) >= 0.5, 1, 0), Y[0, i]), 1, 0)
        return if_(rounded(dot(Y[:, i], A[:, i]), 9) > rounded(call("LARGE", A[:, i], 2), 9), 1, 0)

    value = right_ones(record.spec, A.value, Y.value)
    assert value is not None
    verdict = page.derived(
        "right", net.counted(value), lambda i: net.counts(right(i), i), "", _("right?"), along=Direction.RIGHT, columns=EXAMPLES,
        math=_("the true class's output is the greatest") if A.shape[0] > 1 else _("a ≥ 0.5 means class 1"), number_format=yes_no(),
    )  # fmt: skip
    page.derived("right_count", verdict.value.sum(), lambda: total(verdict), "", _("examples that are right"), **WHOLE)


def _same_cell(block: Block) -> Formula:
    return lambda *at: block[at]


# ---------------------------------------------------------------------------------------------- backward


def backward_page(book: Book, net: OutputNet, *, inputs: bool = False) -> None:
    """Add blame and slopes, last layer first; with `inputs` also the slopes in the inputs."""
    page, last = (
        book.page("Backward", _("Backward: how the loss answers to every parameter"), kind=Kind.DEEPER),
        net.last,
    )
    s = sup(last.number)
    page.step(
        _("The output layer"),
        _("From the loss back through the output's activation: how strongly the loss answers to each weighted sum."),
        f"δ{s} = ∂L/∂Z{s}",
    )
    with page.beside():
        dA = page.add(net.returned(last))
        if not net.out.is_softmax:
            page.add(net.slopes(last))
    if net.out.is_softmax:
        page.text(
            _("Each probability hears every z, so softmax has a matrix of derivatives for each example; here is one:")
        )
        jacobian_of_one_example(page, net.output, dA)
        page.text(_("For all examples at once, without writing each matrix:"))
        page.add(net.inner_products())
    long = page.add(net.long_blames())
    if net.out.joint:
        page.step(
            _("The short way"),
            _("Multiplied out, almost everything cancels: the blame of the output layer is what the network said minus what it should have said."),
            f"δ{s} = {net.short_name}",
        )  # fmt: skip
        if net.out.is_softmax:
            page.remark(
                _("Where an example's targets add up to 1, as probabilities do, Σy is 1, and what remains is P − Y.")
            )
        short = page.add(net.short_blames())
        page.check("short_way", _("the long way and {name} agree").format(name=net.short_name), long, short, 1e-9)
    _gradients(page, net, last)
    for layer in reversed(net.layers[:-1]):
        page.step(
            _("Back to layer {layer}").format(layer=layer.number),
            _("The blame comes back through the same weights, and each neuron passes on as much as the slope of its activation lets through."),
        )  # fmt: skip
        net.backward(page, layer)
        if layer.activation.name == "relu":
            page.remark(_("ReLU's mask: where the slope is 0 the neuron was shut, and no blame passes through it."))
        l, above = layer.number, net.layer(layer.number + 1)
        terms, numbers = products([(above.W[j, 0], net.delta[l + 1][j, 0]) for j in range(above.units)], "w", "d")
        numbers |= {"slope": net.slope[l][0, 0], "d": net.delta[l][0, 0]}
        page.sentence(f"written_D{l}", f"δ{sup(l)}₁ = ({terms})·{{slope:4p}} = {{d:4}}", Voice.PLAIN, **numbers)
        page.gap()
        _gradients(page, net, layer)
    if inputs:
        _input_slopes(page, net)


def _input_slopes(page: Page, net: OutputNet) -> None:
    """Add how the loss of each example answers to each of its inputs."""
    W, delta = net.layers[0].W, net.delta[1]
    page.step(
        _("The inputs"),
        _("One step further back: how strongly each example's loss answers to its inputs. Nothing is changed by it."),
        "∂L/∂X = W¹ᵀ·δ¹",
    )  # fmt: skip
    page.gradient(
        "dX", W.value.T @ delta.value, lambda k, i: dot(W[:, k], delta[:, i]), "∂L/∂X", _("slopes of the loss in the inputs"),
        rows=INPUTS, columns=EXAMPLES,
    )  # fmt: skip


def _gradients(page: Page, net: OutputNet, layer: Layer) -> None:
    """Add the slopes of a layer's parameters, the first written out."""
    net.gradients(page, layer)
    l, delta, below = layer.number, net.delta[layer.number], net.A[layer.number - 1]
    terms, numbers = products([(delta[0, i], below[0, i]) for i in range(net.examples)], "d", "a")
    if net.loss.mean and net.count is not None:
        terms, numbers["m"] = f"({terms}) / {{m:0}}", net.count.whole()
    numbers["g"] = net.dW[l][0, 0]
    page.sentence(f"written_gW{l}", f"∂L/∂w{sup(l)}₁,₁ = {terms} = {{g:4}}", Voice.PLAIN, **numbers)
