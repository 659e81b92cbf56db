"""Sheets Backward, Nudge and Whole: one step of descent on the three drawings, every table."""

from __future__ import annotations

import numpy as np

from scenarios.common.dense import Backward, Forward, Layer, backward, cost, forward, update
from scenarios.common.gradient_check import check_chosen_parameter
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.network_page import UNIT, Shown, network_page
from scenarios.common.outcome import nudge_size
from scenarios.demon_net.images import PIXEL
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.eager import Sheet
from workbook.sheet import Kind
from workbook.text import _


def backward_sheets(book: Book, layers: list[Layer], passed: Forward, lr: float) -> None:
    sheet = book.sheet("Backward", _("Backward: how each weight should change"))
    sheet.step(
        _("The cost"),
        _("How far the two output demons are from what they should say; summed over the three images."),
        "C = ½ Σⱼ (aⱼ − yⱼ)²",
    )
    Y = _targets(sheet)
    each, whole = cost(sheet, HALF_SQUARED, passed.output, Y)
    a = passed.output
    sheet.sentence(
        "cost_written",
        _("Your pad: C₁ = ½·(({a0:4} − {y0:0})² + ({a1:4} − {y1:0})²) = {c:4}"),
        a0=a[0, 0], y0=Y[0, 0], a1=a[1, 0], y1=Y[1, 0], c=each[0],
    )  # fmt: skip
    sheet.step(
        _("Backward: the error of every demon, last layer first"),
        _(
            "Each error δ says how strongly the cost answers to a demon's weighted sum; a weight's gradient is that error times what came in."
        ),
        "δ² = (a² − y) ∗ σ′(z²),   δ¹ = (W²)ᵀ·δ² ∗ σ′(z¹),   ∂C/∂W = δ·aᵀ,   ∂C/∂b = Σ δ",
    )
    back = backward(sheet, layers, HALF_SQUARED, passed, Y)
    _backward_written(sheet, layers, passed, Y, back)
    sheet.step(
        _("Update and look again"),
        _(
            "Every weight takes a step against its gradient; unless η is too large, the forward pass with the new weights costs less."
        ),
        "W ← W − η·∂C/∂W,   b ← b − η·∂C/∂b",
    )
    eta = sheet.given(
        "eta",
        lr,
        symbol="η",
        title=_("learning rate"),
        valid=Between(0, 10),
        number_format="0.000",
        remark=_("chosen here"),
    )
    new_layers = update(sheet, layers, back, eta)
    sheet.sentence(
        "update_written",
        _("Output demon 0 listens to demon A: w = {w:4} − {eta:3}·{g:4p} = {new:4}"),
        w=layers[1].W[0, 0], eta=eta, g=back.dW[2][0, 0], new=new_layers[1].W[0, 0],
    )  # fmt: skip
    sheet.gap()
    again = forward(sheet, new_layers, passed.A[0], "_new")
    _each, new_whole = cost(sheet, HALF_SQUARED, again.output, Y, "_new")
    sheet.sentence("cost_fell", _("The cost went from {before:6} to {after:6}."), before=whole, after=new_whole)
    _nudge_sheet(book, layers, passed, Y, back)
    whole_page = book.page(
        "Whole",
        _("The whole network on one page"),
        _(
            "Every Z lies where its row of W meets its column of activations; the blame goes back through the same places."
        ),
        kind=Kind.DEEPER,
        column_width=UNIT,
    )
    network_page(whole_page, Shown(layers, passed.A[0], Y, HALF_SQUARED, eta))


def _targets(sheet: Sheet) -> Block:
    return sheet.given(
        "T",
        np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        symbol="Y",
        title=_("target: what the output demons should say; put (1, 0) for a 0, (0, 1) for a 1"),
        rows=Counter("j = "),
        columns=[_("your pad"), _("the article's 0"), _("the article's 1")],
        number_format="0",
        valid=PIXEL,
    )


def _backward_written(sheet: Sheet, layers: list[Layer], passed: Forward, Y: Block, back: Backward) -> None:
    """Write out one error and one gradient of the output layer, and one error of the hidden layer."""
    a1, a2, d2 = passed.A[1], passed.output, back.delta[2]
    sheet.sentence(
        "delta2_written",
        _("Output demon 0, your pad: δ = (a − y)·σ′(z) = ({a:4} − {y:0})·{g:4} = {d:4}"),
        a=a2[0, 0], y=Y[0, 0], g=back.slope[2][0, 0], d=d2[0, 0],
    )  # fmt: skip
    sheet.sentence(
        "dW2_written",
        _("Its weight for demon A, over the three images: ∂C/∂w = {d1:4p}·{a1:4} + {d2:4p}·{a2:4} + {d3:4p}·{a3:4} = {g:4}"),
        d1=d2[0, 0], a1=a1[0, 0], d2=d2[0, 1], a2=a1[0, 1], d3=d2[0, 2], a3=a1[0, 2], g=back.dW[2][0, 0],
    )  # fmt: skip
    W2 = layers[1].W
    sheet.sentence(
        "delta1_written",
        _("Demon A, your pad: δ = ({w1:1p}·{d1:4p} + {w2:1p}·{d2:4p})·{g:4} = {d:4}"),
        w1=W2[0, 0], d1=d2[0, 0], w2=W2[1, 0], d2=d2[1, 0], g=back.slope[1][0, 0], d=back.delta[1][0, 0],
    )  # fmt: skip


def _nudge_sheet(book: Book, layers: list[Layer], passed: Forward, Y: Block, back: Backward) -> None:
    sheet = book.sheet("Nudge", _("Nudge: is the gradient right?"))
    sheet.step(
        _("Hold one gradient to account"),
        _(
            "Choose any weight or bias: nudge it up and down by h, run the network again, and the cost must change as backpropagation said."
        ),
        "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
    )
    chosen = chosen_parameter(sheet)
    h = nudge_size(sheet)
    check_chosen_parameter(sheet, layers, HALF_SQUARED, passed, Y, back, h, chosen)


def chosen_parameter(sheet: Sheet, suffix: str = "") -> tuple[Block, Block, Block]:
    return (
        sheet.given(
            f"choose_layer{suffix}",
            1.0,
            symbol="l",
            title=_("layer"),
            valid=Between(1, 2, whole=True),
            number_format="0",
        ),
        sheet.given(
            f"choose_unit{suffix}", 2.0, symbol="j", title=_("unit"), valid=Between(1, 3, whole=True), number_format="0"
        ),
        sheet.given(
            f"choose_input{suffix}",
            5.0,
            symbol="k",
            title=_("input (0: bias)"),
            valid=Between(0, 12, whole=True),
            number_format="0",
        ),
    )
