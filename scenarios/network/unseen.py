"""Page Unseen: what the network says of examples that it has not learnt from."""

from __future__ import annotations

from scenarios.common.activations import Array
from scenarios.common.examples import LARGEST_NUMBER
from scenarios.common.layer import INPUTS
from scenarios.common.net import EXAMPLES
from scenarios.network.output import OutputNet
from scenarios.network.passes import SHOWN_TERMS, forward
from workbook.block import Between
from workbook.book import Book
from workbook.sheet import Kind
from workbook.text import _


def unseen_page(book: Book, moved: OutputNet, x: Array) -> OutputNet:
    """Take the examples, one a row of `x`, through the network that the picked update makes."""
    page = book.page("Unseen", _("What does the network say of examples that it has not seen?"), kind=Kind.DEEPER)
    page.step(
        _("Examples without a target"),
        _("The parameters are those after the picked update; pick the last one on the sheet Training, and the training is done."),
    )  # fmt: skip
    said = page.keep()
    X = page.given(
        "X_unseen", x.T, "X", _("inputs x"), rows=INPUTS, columns=EXAMPLES, valid=Between(-LARGEST_NUMBER, LARGEST_NUMBER)
    )  # fmt: skip
    net = OutputNet(moved.layers, X, X, moved.loss, "_unseen")  # there is no target, and no loss is asked for
    net.ending(moved.out, None)
    forward(page, net)
    shown = [net.output[j, 0] for j in range(min(SHOWN_TERMS, net.output.shape[0]))]
    outputs = ", ".join(f"{{a{j}:4}}" for j in range(len(shown))) + (", …" if net.output.shape[0] > len(shown) else "")
    with page.into(said):
        page.live(
            "unseen_says", _("▶ Of the first of them the network says: {outputs}").format(outputs=outputs),
            **{f"a{j}": a for j, a in enumerate(shown)},
        )  # fmt: skip
    return net
