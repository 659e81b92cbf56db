"""Makes the pictures of README.md and of this folder from freshly built workbooks, as they print.

Needs LibreOffice, poppler (pdftoppm, pdftotext) and ImageMagick (convert): ``python docs/pictures.py``
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from workbook import Book, find_scenario, scenarios

DOCS = Path(__file__).parent
README_PICTURE = DOCS.parent / "output" / "picture.png"
DOTS_PER_INCH, MOST_PAGES = 110, 40
FILTER = f'pdf:calc_pdf_Export:{{"PageRange":{{"type":"string","value":"1-{MOST_PAGES}"}}}}'


def main() -> None:
    """Draw the first page of every workbook, of every network its page Whole, and README's picture."""
    pictures = DOCS / "pictures"
    pictures.mkdir(exist_ok=True)
    for name in scenarios():
        book = find_scenario(name).make()
        keys = [sheet.key for sheet in book.sheets if sheet.key in ("Start", "Whole")]
        with tempfile.TemporaryDirectory() as folder:
            printed = print_of(book, Path(folder))
            for key in keys:
                draw(book, printed, key, pictures / f"{name}-{key}.png")
            if name == "rent-yield":
                draw(book, printed, "Guess", README_PICTURE)


def print_of(book: Book, folder: Path) -> Path:
    """Return the first pages of a book as a PDF file."""
    file = folder / f"{book.name}.xlsx"
    book.save(file)
    command = ["soffice", "--headless", "--convert-to", FILTER, "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True)
    return file.with_suffix(".pdf")


def draw(book: Book, printed: Path, key: str, picture: Path) -> None:
    """Draw the first page of a sheet, without its margins."""
    title = next(sheet.title for sheet in book.sheets if sheet.key == key)
    pages = (str(page) for page in range(1, MOST_PAGES + 1))
    page = next(page for page in pages if text_of(printed, page).startswith(title))
    resolution = ["-r", str(DOTS_PER_INCH), "-f", page, "-l", page]
    subprocess.run(["pdftoppm", *resolution, "-png", "-singlefile", printed, picture.with_suffix("")], check=True)
    trim = ["-gravity", "south", "-chop", "0x60", "-trim", "+repage", "-bordercolor", "white", "-border", "12"]
    subprocess.run(["convert", picture, *trim, "-strip", "-colors", "64", picture], check=True)


def text_of(printed: Path, page: str) -> str:
    """Return what stands on a page."""
    found = subprocess.run(
        ["pdftotext", "-f", page, "-l", page, printed, "-"], check=True, capture_output=True, text=True
    )
    return " ".join(found.stdout.split())


if __name__ == "__main__":
    main()
