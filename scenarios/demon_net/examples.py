"""The 64 images of the digit net: 4×3 pixels, numbered 1 to 12 row by row, 1 is dark.

The article's own images are lost. These come from a rule: three zeros and three ones drawn by hand, then their
single-pixel flips, base by base and pixel by pixel, until each digit has 32 images. An image that could come from both digits is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Image = tuple[int, ...]

ARTICLE_ZERO = "010 101 101 010"
ARTICLE_ONE = "010 010 010 010"
BASES = {
    0: (ARTICLE_ZERO, "111 101 101 111", "011 101 101 110"),
    1: (ARTICLE_ONE, "110 010 010 111", "010 110 010 010"),
}
IMAGES_PER_DIGIT = 32


def pixels(drawing: str) -> Image:
    """Read a drawing such as ``"010 101 101 010"``."""
    return tuple(int(char) for char in drawing if char != " ")


def _family(digit: int) -> Iterator[Image]:
    """Yield a digit's bases, then the flips of pixel 1 of each base, of pixel 2, and so on."""
    bases = [pixels(drawing) for drawing in BASES[digit]]
    yield from bases
    for pixel in range(12):
        for base in bases:
            yield (*base[:pixel], 1 - base[pixel], *base[pixel + 1 :])


def training_images() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the 64 images, (64, 12), and their labels, (64,): the zeros first."""
    families = {digit: dict.fromkeys(_family(digit)) for digit in BASES}
    images: list[Image] = []
    labels: list[int] = []
    for digit, family in families.items():
        own = [image for image in family if image not in families[1 - digit]][:IMAGES_PER_DIGIT]
        images += own
        labels += [digit] * len(own)
    return np.array(images, dtype=float), np.array(labels)
