"""Pages Gallery and Images: all images, and what a team of demons says to each: hand-made, before learning, or learned."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.columns import yes_no
from scenarios.common.layer import Layer
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.net import Net
from scenarios.demon_net.answers import AWAKE
from scenarios.demon_net.images import PIXEL, Images, image
from scenarios.demon_net.weights import ACTIVATIONS
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.formula import Direction, Expr, Index, call, dot, equal, if_, joined, largest, total
from workbook.page import Page, Words
from workbook.sheet import Kind, Style
from workbook.text import _

TEAMS = ("", "_first", "_last")
"""How the ids of the weights end: hand-made, before learning, learned."""

PIXEL_WIDTH = 2.1
ACROSS = 11
"""So many images stand side by side."""


def gallery_page(book: Book, images: Images) -> None:
    """Count what the chosen team gets right, and show every image with its verdict."""
    page = book.page(
        "Gallery", _("All the pictures, and what the demons say to each"),
        _("Below each: the louder digit, × if it is wrong, ? if neither demon reaches ½. Choose other weights, and look again."),
        kind=Kind.DEEPER, column_width=10,
    )  # fmt: skip
    with page.left(40):
        valid = Between(1, len(TEAMS), whole=True)
        team = page.given("gallery_team", 1.0, title=_("whose weights"), valid=valid)
        page.remark(_("1 hand-made, 2 before learning, 3 learned"))
        counts = page.keep()
    layers = [
        Layer(
            n,
            _of_team(book, f"W{n}", _("weights of the team"), team),
            _of_team(book, f"b{n}", _("biases of the team"), team),
            g,
        )
        for n, g in enumerate(ACTIVATIONS, 1)
    ]
    X, labels, said, right, sure = _images_page(book, images, layers)
    with page.into(counts):
        _confusion(page, labels, said)
        look = {"number_format": "0"}
        title = _("images that are right")
        page.derived("right_count", right.value.sum(), lambda: total(right), title=title, **look)
        unsure, title = right.value @ (1 - sure.value), _("right, of these unsure (below ½)")
        page.derived("unsure_count", unsure, lambda: total(right) - dot(right, sure), title=title, **look)
    with page.right(), page.column(unit=PIXEL_WIDTH, square=True):
        for first in range(0, len(labels.value), ACROSS):
            with page.beside():
                for n in range(first, min(first + ACROSS, len(labels.value))):
                    with page.column():
                        page.put(Words(str(n + 1), Style.UNIT))
                        page.bare(image(f"image{n + 1}", X, n))
                        _sign(page, n, labels, said, sure)
            page.gap()


def _of_team(book: Book, name: str, title: str, team: Block) -> Block:
    """Return the weights or biases of the team that is chosen."""
    teams = [book[f"{name}{suffix}"] for suffix in TEAMS]
    value = teams[int(team.value) - 1].value

    def formula(*at: Index) -> Expr:
        return call("CHOOSE", team, *(weights[at] for weights in teams))

    columns = Counter("k = ") if value.ndim == 2 else None
    return book.helpers.derived(f"{name}_all", value, formula, title=title, rows=Counter("j = "), columns=columns)


def _images_page(book: Book, images: Images, layers: list[Layer]) -> tuple[Block, ...]:
    """Run the team over all images; return pixels, labels, what is said, whether right, whether sure."""
    page = book.page("Images", _("All the pictures, one row per image"), kind=Kind.DATA)
    page.step(
        _("One row per image"), _("From left to right: pixels, three demons, two output demons, and the louder digit."),
        "z⁽¹⁾ = W⁽¹⁾·x + b⁽¹⁾ → a⁽¹⁾ = σ(z⁽¹⁾) → z⁽²⁾ = W⁽²⁾·a⁽¹⁾ + b⁽²⁾ → a⁽²⁾ = σ(z⁽²⁾)",
    )  # fmt: skip
    page.source(_("The article's 64 images are lost. Chosen here: three hand-drawn zeros and three ones, then their single-pixel flips, 32 images of each digit, none of them both."))  # fmt: skip
    bits: dict[str, Any] = {"number_format": "0", "valid": PIXEL}
    with page.table(Counter("i = "), len(images.labels), freeze=True) as t:
        labels = t.given("label", images.labels, title=_("label"), **bits)
        look: dict[str, Any] = {**bits, "columns": Counter("x"), "along": Direction.RIGHT, "shading": Shading.PIXELS}
        X = t.given("images", images.pixels.T, "", _("pixels x₁ … x₁₂"), **look)
        a = Net(layers, X, labels, HALF_SQUARED, "_all").forward(t).output
        louder = (a.value[1] > a.value[0]).astype(float)
        title = _("louder digit")
        said = t.derived("said", louder, lambda i: if_(a[1, i] > a[0, i], 1, 0), title=title, number_format="0")
        right = Block(
            "right", Role.CHECK, louder == labels.value, _("right?"),
            formula=lambda i: if_(equal(said[i], labels[i]), 1, 0), number_format=yes_no(),
        )  # fmt: skip
        t.add(right)
        sure = t.derived(
            "sure", a.value.max(axis=0) >= AWAKE, lambda i: if_(largest(a[0, i], a[1, i]) >= AWAKE, 1, 0),
            title=_("sure? no: both below ½"), number_format=yes_no(),
        )  # fmt: skip
    return X, labels, said, right, sure


def _confusion(page: Page, labels: Block, said: Block) -> None:
    """Count what was said of each digit; Σ label·verdict counts the ones that were called ones."""
    ones, called, hits = total(labels), total(said), dot(labels, said)
    formulas = ([call("COUNT", labels) - ones - called + hits, ones - hits], [called - hits, hits])
    with page.table([_("is a 0"), _("is a 1")], 2) as t:
        for digit, each in enumerate(formulas):
            counts = [float(np.sum((labels.value == true) & (said.value == digit))) for true in (0, 1)]
            title = _("said {digit}").format(digit=digit)
            t.derived(f"said{digit}", counts, None, title=title, each=each, number_format="0")


def _sign(page: Page, n: int, labels: Block, said: Block, sure: Block) -> None:
    """Put what is said of an image below it."""
    words = str(int(said.value[n])) + ("" if said.value[n] == labels.value[n] else " ×")
    words += "" if sure.value[n] else " ?"
    wrong, unsure = if_(equal(said[n], labels[n]), "", " ×"), if_(equal(sure[n], 1), "", " ?")
    page.bare(Block(f"image{n + 1}_verdict", Role.DERIVED, np.asarray(words, dtype=object), formula=lambda: joined(call("FIXED", said[n], 0), wrong, unsure)))  # fmt: skip
