"""What is read right: the mini-batch (sheet Evaluate), and pictures that were held out of the training, live (Unseen)."""

from __future__ import annotations

import numpy as np

from scenarios.common import network_py
from scenarios.common.layer import Layer
from scenarios.common.net import EXAMPLES, Net
from scenarios.digits.data import Digits
from scenarios.digits.passes import first_sums, pixels
from scenarios.digits.squares import SQUARE, picture
from scenarios.digits.training import CLASSES, LOSS, answers
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.formula import Direction, call, equal, if_, largest, smallest
from workbook.page import Page, Table
from workbook.sheet import FAILS, HOLDS, Kind
from workbook.text import _

UNSEEN, STRIDE = 12, 23
DIGITS = [str(digit) for digit in range(CLASSES)]


def evaluate(table: Table, id: str, a: Block, true: Block) -> Block:
    """Add what ten outputs say, a row an image: the largest, its digit, right or not, how many exceed 0.5; return ✓ or ✗."""
    digit = {"number_format": "0"}
    most = table.derived(f"{id}_largest", a.value.max(axis=0), lambda i: largest(a[:, i]), "max a", _("largest output"))
    said = table.derived(
        f"{id}_said", a.value.argmax(axis=0), lambda i: call("MATCH", most[i], a[:, i], 0) - 1, "argmax a", _("it says"), **digit
    )  # fmt: skip
    table.add(true)
    marks = np.where(said.value == true.value, HOLDS, FAILS).astype(object)
    right = table.derived(f"{id}_right", marks, lambda i: if_(equal(said[i], true[i]), HOLDS, FAILS), "", _("right?"))
    over = (a.value > 0.5).sum(axis=0)
    table.derived(
        f"{id}_over", over, lambda i: call("SUMPRODUCT", (a[:, i] > 0.5) * 1), "", _("outputs over 0.5"), **digit
    )
    return right


def evaluate_page(book: Book, net: Net, unchanged: Block) -> Block:
    """Add a row an image of the mini-batch, and NumPy's record of it; return which are right."""
    page = book.page("Evaluate", _("Evaluate: is every image of the mini-batch read right?"), kind=Kind.DEEPER)
    page.step(
        _("The digit that is said, and the true one"),
        _("The network says the digit whose output is largest, however small; the program counts the right ones."),
        network_py.EVALUATE,
    )
    Y, a = net.Y, net.output
    with page.table(EXAMPLES, net.examples) as table:
        true = Block(
            "digit_true", Role.DERIVED, Y.value.argmax(axis=0), _("it is"), "y",
            formula=lambda i: if_(largest(Y[:, i]) > 0, call("MATCH", largest(Y[:, i]), Y[:, i], 0) - 1, -1), number_format="0",
        )  # fmt: skip
        right = evaluate(table, "digit", a, true)
        value = np.mean(right.value == HOLDS)
        share = Block(
            "share_right", Role.DERIVED, value, formula=lambda: call("COUNTIF", right, HOLDS) / call("COUNT", true), number_format="0.0%"
        )  # fmt: skip
        table.total(right, share, label=_("mean"))
    words = _(
        "Image 1: the largest output is {digit_largest[0]:4}, at the digit {digit_said[0]:0}; the image shows {digit_true[0]:0}."
    )
    page.sentence("evaluate_written", words)
    page.source(_half())
    page.step(
        _("Does it hold?"),
        _("NumPy ran the same mini-batch through the network; the live numbers must meet its, as long as you have changed nothing (sheet Unchanged)."),
    )  # fmt: skip
    output = answers([(layer.W.value, layer.b.value if layer.b else None) for layer in net.layers], net.X.value.T)
    loss, hits = LOSS.value(output.T, Y.value).mean(), np.mean(output.argmax(axis=1) == true.value)
    assert net.whole is not None
    for id, live, kept, title, met in (
        ("cost", net.whole, loss, _("recorded loss of this mini-batch"), _("the live loss is the recorded one")),
        ("share", share, hits, _("recorded share that is right"), _("the live share is the recorded one")),
    ):
        page.check(f"{id}_met", met, live, page.recorded(f"recorded_{id}", kept, "", title), 1e-9, applies=unchanged)
    return right


def held_out_page(book: Book, layers: list[Layer], held_out: Digits) -> tuple[Block, Block, Block]:
    """Add the data sheet of some held-out images with their forward pass; return pixels, outputs and true digits."""
    stride = max(1, min(STRIDE, len(held_out.labels) // UNSEEN))
    images, labels = held_out.images[::stride][:UNSEEN], held_out.labels[::stride][:UNSEEN]
    page = book.page("HeldOut", _("Held-out images: their pixels, and their way through the network"), kind=Kind.DATA)
    page.step(
        _("Forward"), _("Of the images that the training never used one in {stride}, one a row.").format(stride=stride)
    )
    place = page.keep()
    page.step(_("Their pixels"), _("Change some: the network reads what you draw."))
    U = pixels(page, "U", images)
    sums = first_sums(page, layers[0], U, "_unseen")
    with page.into(place), page.table(EXAMPLES, len(images)) as table:
        true = table.recorded("unseen_label", labels, "y", _("it is"), number_format="0")
        net = Net(layers, U, U, LOSS, "_unseen").forward(table, sums=sums)
    return U, net.output, true


def unseen_page(page: Page, U: Block, a: Block, label: Block) -> None:
    """Show what the network says of images that it has never seen, and one of them."""
    count = a.shape[1]
    chosen = page.given("unseen_chosen", 1.0, "", _("picture to look at"), valid=Between(1, count, whole=True))
    page.gap()
    said = page.keep()  # above both halves: a row that its words make higher would stretch the pixels beside it
    page.gap()
    with page.left(), page.table(Counter(""), count) as table:
        shown = table.derived(
            "unseen_outputs", a.value, lambda d, i: a[d, i], "", _("the ten outputs"), along=Direction.RIGHT, columns=DIGITS,
            number_format="0.00", shading=Shading.HEAT,
        )  # fmt: skip
        true = Block(
            "unseen_true", Role.DERIVED, label.value, _("it is"), formula=lambda i: label[i], number_format="0"
        )
        right = evaluate(table, "unseen", shown, true)
    most, over = page.book["unseen_largest"], page.book["unseen_over"]
    for id, value, formula, title in (
        ("hits", np.sum(right.value == HOLDS), lambda: call("COUNTIF", right, HOLDS), _("right")),
        ("none", np.sum(over.value == 0), lambda: call("COUNTIF", over, 0), _("no output over 0.5")),
        ("all", count, lambda: call("COUNT", over), _("pictures")),
        ("weakest", most.value.min(), lambda: smallest(most), _("the least sure answer")),
    ):
        page.offstage_block(f"unseen_{id}", float(value), formula, title=title)
    with page.into(said):
        words = _(
            "▶ Read right by the largest output: {unseen_hits:0} of {unseen_all:0}. Without any output over 0.5: {unseen_none:0}."
        )
        page.live("unseen_says", words)
    with page.right(), page.column(unit=SQUARE, square=True):
        page.add(picture("unseen_picture", U, chosen, _("the chosen picture")))
    page.source(_half())
    page.try_(_("Look at a picture with ✗, or with the smallest output: which other digit is it like?"))
    page.turn(
        "unseen_turn", _("Which is the smallest of the largest outputs, the least sure answer? (0.01 off is close enough)"),
        page.book["unseen_weakest"], 0.01, _("The program takes even that for an answer."), _("look down the column “largest output”."),
    )  # fmt: skip
    page.remember(_("A network is judged by what it has never seen."))


def _half() -> str:
    return _(
        "The article's text calls a digit certain where its output is above 0.5, and impossible below; its program, network.py, takes the largest."
    )
