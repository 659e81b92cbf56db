"""Images of 4×3 pixels: labelled ones, a row of twelve numbers each, and the drawing that they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.demon_images import training_images
from workbook.block import Block, Formula, OneOf
from workbook.formula import Expr, Index, call, number_of, pick

ROWS, COLUMNS, PIXELS = 4, 3, 12
PIXEL = OneOf((0, 1))
DEMONS = ("A", "B", "C")


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


def as_grid(table: Block, row: int) -> list[Formula]:
    """The twelve numbers in a row of a table, laid out as the image is: one formula for each row of pixels."""
    return [_three_from(table, row, COLUMNS * r) for r in range(ROWS)]


def _three_from(table: Block, row: int, first: int) -> Formula:
    return lambda c: table[row, c + first]


def pixel_of(pad: Block, k: Index) -> Expr:
    """Pixel k of a pad, counted row by row."""
    return pick(pad, call("INT", (number_of(k) - 1) / COLUMNS) + 1, call("MOD", number_of(k) - 1, COLUMNS) + 1)
