"""Sheets Images and Gallery: what the hand-made demons say to every image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.batch import forward_columns
from scenarios.common.dense import Layer
from scenarios.demon_net.answers import AWAKE
from scenarios.demon_net.images import COLUMNS, PIXEL, ROWS, Images, as_grid
from workbook.block import Block, Counter, Role, Shading
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import call, dot, equal, if_, joined, largest, total
from workbook.sheet import Kind, Style
from workbook.text import _


@dataclass(frozen=True)
class Gallery:
    """The blocks of the Images sheet that the others read."""

    X: Block
    labels: Block
    said: Block
    right: Block
    sure: Block


def images_sheet(book: Book, layers: list[Layer], images: Images) -> Gallery:
    sheet = book.sheet("Images", _("All images at once: what the hand-made demons say"), kind=Kind.DATA)
    m = len(images.labels)
    sheet.step(
        _("One image a row"),
        _("The same forward pass for every image: read a row from left to right, from the pixels to the verdict."),
        "z¹ = W¹·x + b¹ → a¹ = σ(z¹) → z² = W²·a¹ + b² → a² = σ(z²)",
    )
    sheet.remark(
        _(
            "Chosen here (the article's 64 images are lost): three hand-drawn zeros and three ones, then their single-pixel flips, 32 images of each digit, none of them both."
        )
    )
    with sheet.table(Counter(""), m, freeze=True) as table:
        labels = table.given("label", images.labels, title=_("label"), number_format="0", valid=PIXEL)
        X = table.given(
            "images",
            images.pixels,
            title=_("pixels x₁ … x₁₂"),
            columns=Counter("x"),
            number_format="0",
            valid=PIXEL,
            shading=Shading.PIXELS,
        )
        passed = forward_columns(table, layers, X, "_all")
        a = passed.output
        guess = (a.value[:, 1] > a.value[:, 0]).astype(float)
        said = table.derived(
            "said", guess, lambda i: if_(a[i, 1] > a[i, 0], 1, 0), title=_("verdict"), number_format="0"
        )
        right = table.add(
            Block(
                "right",
                role=Role.CHECK,
                value=(guess == images.labels).astype(float),
                formula=lambda i: if_(equal(said[i], labels[i]), 1, 0),
                title=_("right? 1 yes"),
                number_format="0",
            )
        )
        sure = table.derived(
            "sure",
            (a.value.max(axis=1) >= AWAKE).astype(float),
            lambda i: if_(largest(a[i, 0], a[i, 1]) >= AWAKE, 1, 0),
            title=_("sure? 1 yes, 0: both below ½"),
            number_format="0",
        )
    return Gallery(X, labels, said, right, sure)


def gallery_sheet(book: Book, gallery: Gallery) -> None:
    sheet = book.sheet("Gallery", _("Gallery: every image and its verdict"), column_width=4.2)
    sheet.step(
        _("How many are right?"),
        _("Rows say what the image is, columns what the network said; a good network counts on the diagonal only."),
    )
    _confusion(sheet, gallery)
    sheet.step(_("Every image"), _("Under each image stands the louder digit, × if it is wrong, ? if they are unsure."))
    top, per_row = sheet.cursor + 1, 8
    for n in range(len(gallery.labels.value)):
        row, column = top + (n // per_row) * 7, 1 + (n % per_row) * 4
        _thumbnail(sheet, gallery, n, row, column)
    sheet.cursor = top + (len(gallery.labels.value) // per_row + 1) * 7


def _confusion(sheet: Sheet, gallery: Gallery) -> None:
    """Count what was said of each digit; Σ label·verdict counts the ones that were called ones."""
    labels, said = gallery.labels, gallery.said
    ones, called, hits = total(labels), total(said), dot(labels, said)
    everything = call("COUNT", labels)
    formulas = ([everything - ones - called + hits, ones - hits], [called - hits, hits])
    with sheet.table([_("is a 0"), _("is a 1")], 2) as table:
        for digit, each in enumerate(formulas):
            counts = [np.sum((labels.value == true) & (said.value == digit)) for true in (0, 1)]
            table.add(
                Block(
                    f"said{digit}",
                    Role.DERIVED,
                    np.array(counts, dtype=float),
                    each=each,
                    title=_("said {digit}").format(digit=digit),
                    number_format="0",
                )
            )
    right = gallery.right
    sheet.derived(
        "right_count", right.value.sum(), lambda: total(right), title=_("images that are right"), number_format="0"
    )
    sure = gallery.sure
    sheet.derived(
        "unsure_count",
        right.value @ (1 - sure.value),
        lambda: total(right) - dot(right, sure),
        title=_("right, of these unsure (below ½)"),
        number_format="0",
    )


def _thumbnail(sheet: Sheet, gallery: Gallery, n: int, row: int, column: int) -> None:
    X, said, labels = gallery.X, gallery.said, gallery.labels
    sheet.label(row - 1, column, str(n + 1), Style.UNIT)
    sheet.add(
        Block(
            f"image{n + 1}",
            Role.DERIVED,
            X.value[n].reshape(ROWS, COLUMNS),
            each=as_grid(X, n),
            number_format="0",
            shading=Shading.PIXELS,
        ),
        at=(row, column),
    )
    sure = gallery.sure
    verdict = str(int(said.value[n])) + ("" if said.value[n] == labels.value[n] else " ×")
    verdict += "" if sure.value[n] else " ?"
    sheet.add(
        Block(
            f"image{n + 1}_verdict",
            Role.DERIVED,
            np.asarray(verdict, dtype=object),
            formula=lambda: joined(
                call("FIXED", said[n], 0), if_(equal(said[n], labels[n]), "", " ×"), if_(equal(sure[n], 1), "", " ?")
            ),
            number_format="@",
        ),
        at=(row + ROWS, column + 1),
    )
