"""Images of 4×3 pixels: labelled ones, a row of twelve numbers each, and the pictures that they and likes are drawn as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.demon_net.examples import pixels, training_images
from workbook.block import HIDDEN, Block, Formula, OneOf, Role, Shading
from workbook.formula import Expr, Index, call, number_of, pick
from workbook.page import Page
from workbook.text import _

ROWS, COLUMNS, PIXELS = 4, 3, 12
PIXEL = OneOf((0, 1))
DEMONS = ("A", "B", "C")

SQUARE = 3.8
"""The width of a pixel in characters."""


@dataclass(frozen=True)
class Images:
    """Labelled images: pixels (m, 12), labels (m,)."""

    pixels: Array
    labels: Array

    @property
    def targets(self) -> Array:
        """Return (1, 0) for a 0, (0, 1) for a 1; (m, 2)."""
        return np.column_stack([1 - self.labels, self.labels]).astype(float)


def own_images() -> Images:
    """Return the 64 images that the demons learn from."""
    drawn, labels = training_images()
    return Images(drawn, labels.astype(float))


def output_names() -> list[str]:
    """Return the names of the output demons."""
    return [_("output demon {digit}").format(digit=digit) for digit in (0, 1)]


def pixel_of(pad: Block, k: Index) -> Expr:
    """Pixel k of a pad, counted row by row."""
    return pick(pad, call("INT", (number_of(k) - 1) / COLUMNS) + 1, call("MOD", number_of(k) - 1, COLUMNS) + 1)


def given_pad(page: Page, id: str, drawing: str, title: str, **fields: Any) -> Block:
    """Add a yellow pad with a drawing on it."""
    grid = np.array(pixels(drawing), dtype=float).reshape(ROWS, COLUMNS)
    look = {"title": title, "valid": PIXEL, "shading": Shading.PIXELS, "number_format": "0"}
    return page.given(id, grid, **{**look, **fields})


def image(id: str, X: Block, n: int, title: str = "", chosen: Block | None = None) -> Block:
    """Return image n of X (12, m), drawn; `chosen` is the number of another one, where the reader chooses."""

    def pixel(p: Index) -> Expr:
        return X[p, n] if chosen is None else pick(X[p, :], chosen)

    return _picture(id, X.value[:, n], pixel, title, Shading.PIXELS)


def likes(id: str, W: Block, demon: int, title: str) -> Block:
    """Return what a demon likes, drawn as it sees the image: likes blue, dislikes red."""
    return _picture(id, W.value[demon], lambda p: W[demon, p], title, Shading.DIVERGING)


def _picture(id: str, pixels: Array, pixel: Callable[[Any], Expr], title: str, shading: Shading) -> Block:
    def line(first: int) -> Formula:
        return lambda c: pixel(c + first)

    grid, each = pixels.reshape(ROWS, COLUMNS), [line(COLUMNS * r) for r in range(ROWS)]
    return Block(id, Role.DERIVED, grid, title, each=each, number_format=HIDDEN, shading=shading)
