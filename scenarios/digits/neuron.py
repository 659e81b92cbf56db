"""Page Neuron: the 784 weights of one neuron of the first layer as a picture, and how the loss would move with each."""

from __future__ import annotations

from typing import Any

from scenarios.common.net import Net
from scenarios.digits.data import PIXELS, SIDE
from scenarios.digits.passes import MIDDLE
from scenarios.digits.squares import SQUARE, tinted
from workbook.block import Between, Block, Role
from workbook.formula import pick
from workbook.page import Page
from workbook.text import _


def neuron_page(page: Page, net: Net, moved: Net, eta: Block) -> None:
    """Show a neuron's weights and their slopes; follow one weight through its step."""
    W, gW = net.layers[0].W, net.dW[1]
    unit = page.given("neuron", 1.0, "j", _("neuron of layer 1"), valid=Between(1, len(W.value), whole=True))
    pixel = page.given("pixel", MIDDLE + 1.0, "k", _("pixel"), valid=Between(1, PIXELS, whole=True))
    page.gap()
    said = page.keep()  # above both halves: a row that its words make higher would stretch the pixels beside it
    page.gap()
    with page.left(48):
        at, k = int(unit.value) - 1, int(pixel.value) - 1
        for id, role, block, title in (
            ("neuron_w", Role.DERIVED, W, _("its weight")),
            ("neuron_g", Role.GRADIENT, gW, _("slope of the loss in it")),
            ("neuron_new", Role.UPDATED, moved.layers[0].W, _("weight after one step")),
        ):
            fields: dict[str, Any] = {
                "formula": lambda block=block: pick(block, unit, pixel),
                "number_format": "0.00000",
            }
            page.add(Block(id, role, block.value[at, k], title, **fields))
        page.text(_("Five decimals: one step is small."))
    with page.into(said):
        page.live(
            "neuron_says", _("▶ Pixel {pixel:0}: w − η·slope = {neuron_w:5p} − {eta:3}·{neuron_g:5p} = {neuron_new:5}")
        )
    with page.right(), page.beside():
        for id, block, title in (("neuron_weights", W, _("weights")), ("neuron_slopes", gW, _("slopes of the loss"))):
            with page.column(unit=SQUARE, square=True):
                page.add(tinted(page, id, block.value[at], SIDE, _weight(block, unit), title))
    page.try_(_("Type other neurons: no two are alike. Where no image of the mini-batch has ink, no slope has colour."))
    step = page.offstage_block(
        "neuron_step", -eta.value * gW.value[at, 0], lambda: -eta * pick(gW, unit, 1), title=_("how far the weight of pixel 1 moves")
    )  # fmt: skip
    page.turn(
        "neuron_turn", _("Pixel 1 is the corner at the top left. How far does its weight move in the step? (look at the slopes)"), step, 1e-5,
        _("The slope is the blame times what comes in, summed over the images."), _("what comes in from a white corner?"),
    )  # fmt: skip
    page.remember(_("The slope of a weight is the blame of its neuron times what comes in through it."))


def _weight(block: Block, unit: Block) -> Any:
    return lambda k: pick(block[:, k], unit)
