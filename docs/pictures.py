"""Makes the pictures of README.md and of this folder from freshly built workbooks, as they print.

Needs LibreOffice, poppler (pdftoppm, pdftotext) and ImageMagick (convert): ``python docs/pictures.py``
"""

from __future__ import annotations

from pathlib import Path

from workbook import find_scenario, scenarios
from workbook.gallery.page import suffix
from workbook.gallery.pictures import SHOWN, draw
from workbook.text import languages

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
ALSO = {"rent-yield": ("Guess",), "backprop-3-4-3-2": ("Whole",)}
"""What README and the pages show besides, in every language."""


def main() -> None:
    """Draw the first page of every workbook, of every network its page Whole, and what the pages show besides."""
    PICTURES.mkdir(exist_ok=True)
    for name in scenarios():
        draw(find_scenario(name).make(), SHOWN, lambda key, name=name: PICTURES / f"{name}-{key}.png")
    for name, keys in ALSO.items():
        for lang in languages():
            target = lambda key, name=name, lang=lang: PICTURES / f"{name}-{key}{suffix(lang)}.png"  # noqa: E731
            draw(find_scenario(name).make(lang), keys, target)


if __name__ == "__main__":
    main()
