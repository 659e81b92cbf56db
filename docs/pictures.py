"""Makes the pictures of README.md and of this folder from freshly built workbooks, as they print.

Needs LibreOffice, poppler (pdftoppm, pdftotext) and ImageMagick (convert): ``python docs/pictures.py``
"""

from __future__ import annotations

from pathlib import Path

from workbook import find_scenario, scenarios
from workbook.gallery.pictures import SHOWN, draw

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
README_PICTURE = DOCS.parent / "output" / "picture.png"


def main() -> None:
    """Draw the first page of every workbook, of every network its page Whole, and README's picture."""
    PICTURES.mkdir(exist_ok=True)
    for name in scenarios():
        draw(find_scenario(name).make(), SHOWN, lambda key, name=name: PICTURES / f"{name}-{key}.png")
    draw(find_scenario("rent-yield").make(), ["Guess"], lambda _key: README_PICTURE)


if __name__ == "__main__":
    main()
