"""Page Whole: one image as pixels, hidden neurons and ten outputs; the blame in the same places; and the face of the book."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np

from scenarios.common.net import Net
from scenarios.common.network_page import raised
from scenarios.digits.squares import SQUARE, picture, squares, tinted
from scenarios.digits.training import CLASSES
from workbook.block import Between, Block, Formula, Role
from workbook.chart import BLUE, GREEN, Chart, Mark, Series
from workbook.formula import call, equal, if_, largest, pick
from workbook.page import Page, Voice
from workbook.text import _

MARGIN = 4
"""So many pixels around a digit are empty."""


def whole_page(page: Page, net: Net, moved: Net) -> None:
    """Show the chosen image on its way, what each neuron is to blame for, and what one step changes."""
    chosen = page.given("chosen", 1.0, "", _("image of the mini-batch"), valid=Between(1, net.examples, whole=True))
    at = int(chosen.value) - 1
    page.gap()
    said = page.keep()  # above both halves: a row that its words make higher would stretch the pixels beside it
    with page.left(48):
        output, target, after = _outputs(page, net, moved, chosen)
        chart = _chart(page, output, after)
        page.chart(chart)
        page.gap(2)
    with page.right(), page.beside():
        with page.column(unit=SQUARE, square=True):
            page.add(picture("picture", net.X, chosen, _("the pixels"), MARGIN))
        for number in range(1, len(net.layers)):
            a, delta, raise_ = net.A[number], net.delta[number], raised(number)
            n = len(a.value)
            wide = next(c for c in range(isqrt(n), 0, -1) if n % c == 0)
            with page.column(unit=SQUARE, square=True):
                title = _("{n} neurons, a{layer}").format(n=n, layer=raise_)
                page.add(squares(f"whole_A{number}", a.value[:, at], wide, _cell(a, chosen), title))
                page.gap()
                title = _("blame δ{layer}").format(layer=raise_)
                page.add(tinted(page, f"whole_D{number}", delta.value[:, at], wide, _cell(delta, chosen), title))
    digits = ((output, "said", _("the network says")), (target, "true_digit", _("it is")))
    best, true = (
        page.offstage_block(id, b.value.argmax(), _place(b), title=t, number_format="0") for b, id, t in digits
    )
    right, wrong = _("right"), _("wrong")
    word = np.asarray(right if best.value == true.value else wrong, dtype=object)
    verdict = if_(equal(best, true), str(right), str(wrong))
    page.offstage_block("verdict_word", word, lambda: verdict, title=_("verdict"))
    for id, each in (("before", net.each), ("after", moved.each)):
        assert each is not None
        page.offstage_block(f"whole_{id}", each.value[at], _picked(each, chosen), title=_("loss of the image"))
    words = _("▶ The network says {said:0}; the image shows {true_digit:0}: {verdict_word}.")
    with page.into(said):
        page.live("answer", words)
        page.sentence(
            "step_says", _("One step changes the loss of this image from {whole_before:4} to {whole_after:4}.")
        )
        page.gap()
    page.try_(_("Look at every image of the mini-batch: which of them leaves the most blame, and why?"))
    second = page.offstage_block(
        "second_digit", float(np.argsort(-output.value)[1]), lambda: call("MATCH", call("LARGE", output, 2), output, 0) - 1,
        title=_("the digit with the second-largest output"), number_format="0",
    )  # fmt: skip
    page.turn(
        "whole_turn", _("Which digit comes second for the chosen image? (a whole number)"), second, 0.1,
        _("The network has an opinion on all ten."), _("look for the second-longest column of “output a”."),
    )  # fmt: skip
    page.remember(_("All that a network knows are its weights; an image only wakes neurons."))
    start = page.book.start
    with start.left(
        96
    ):  # what to try stays in one line: a row of the picture beside it would be higher than the others
        start.sentence("face", words.removeprefix("▶ "), Voice.HEADLINE)
        start.chart(replace(chart, columns=8, rows=14))
        start.gap(4)
    with start.right(), start.column(unit=SQUARE, square=True):
        start.add(picture("face_picture", net.X, chosen, _("the picture"), MARGIN))


def _outputs(page: Page, net: Net, moved: Net, chosen: Block) -> tuple[Block, Block, Block]:
    """Add the ten outputs, the targets, the blame, and the outputs after one step; return all but the blame."""
    columns = (
        ("outputs", Role.DERIVED, net.output, _("output a"), "0.00"),
        ("targets", Role.DERIVED, net.Y, _("target y"), "0.0#"),
        ("whole_blame", Role.GRADIENT, net.delta[len(net.layers)], _("blame δ"), "0.000"),
        ("outputs_after", Role.UPDATED, moved.output, _("after a step"), "0.00"),
    )
    at, found = int(chosen.value) - 1, []
    with page.table([str(digit) for digit in range(CLASSES)], CLASSES) as table:
        for id, role, block, title, number_format in columns:
            cells = [pick(block[digit, :], chosen) for digit in range(CLASSES)]
            found.append(table.add(Block(id, role, block.value[:, at], title, each=cells, number_format=number_format)))
    return found[0], found[1], found[3]


def _chart(page: Page, output: Block, after: Block) -> Chart:
    names = page.offstage_block("digit_names", np.arange(float(CLASSES)), title=_("digit"), number_format="0")
    series = tuple(
        Series(name, names[:], block[:], Mark.COLUMNS, colour)
        for name, block, colour in ((_("now"), output, BLUE), (_("after one step"), after, GREEN))
    )
    alt = _("For each digit two columns, the output now and after one step; the tallest is the network's answer.")
    return Chart("", series, _("digit"), _("output a"), alt, columns=5, rows=8, y_range=(0, 1))


def _cell(block: Block, chosen: Block) -> Any:
    return lambda j: pick(block[j, :], chosen)


def _picked(block: Block, chosen: Block) -> Formula:
    return lambda: pick(block, chosen)


def _place(block: Block) -> Formula:
    return lambda: call("MATCH", largest(block), block, 0) - 1
