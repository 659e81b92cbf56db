"""Makes the pictures of README.md and of this folder from freshly built workbooks, as they print.

Needs LibreOffice, poppler (pdftoppm, pdftotext) and ImageMagick (convert): ``python docs/pictures.py``
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from contextlib import chdir
from importlib import import_module
from pathlib import Path

from workbook import find_scenario, scenarios
from workbook.cli import run
from workbook.gallery.pictures import SHOWN, draw
from workbook.text import languages, suffix_of

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
ALSO = {"rent-yield": ("Guess",), "backprop-3-4-3-2": ("Whole",), "backprop-chain": ("Start",)}
"""What README and the pages show besides, in every language."""


def main() -> None:
    """Draw the first page of every workbook, of every network its page Whole, and what the pages show besides."""
    PICTURES.mkdir(exist_ok=True)
    for name in scenarios():
        draw(find_scenario(name).make(), SHOWN, lambda key, name=name: PICTURES / f"{name}-{key}.png")
    own_example()
    for name, keys in ALSO.items():
        for lang in languages():
            target = lambda key, name=name, lang=lang: PICTURES / f"{name}-{key}{suffix_of(lang)}.png"  # noqa: E731
            draw(find_scenario(name).make(lang), keys, target)


def own_example() -> None:
    """Draw the example that the page own-example.md leads through: as it begins, and with what is added first."""
    first = re.search(
        r"^```diff\n(.*?)^```", (DOCS / "own-example.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert first
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        run(["new", "my-example"])
        sys.path.insert(0, str(Path("my-example").resolve()))
        for picture in ("before", "after"):
            if picture == "after":
                subprocess.run(["git", "apply", "-"], input=first[1], text=True, check=True)
            for module in [module for module in sys.modules if module.startswith("my_example")]:
                del sys.modules[module]
            book = import_module("my_example").MyExample().make()
            draw(book, ["Line"], lambda _key, picture=picture: PICTURES / f"own-example-{picture}.png")


if __name__ == "__main__":
    main()
