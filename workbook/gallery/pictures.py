"""Pictures of sheets, as they print: LibreOffice prints, poppler draws, ImageMagick trims."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from workbook.book import Book
from workbook.engines import EngineError
from workbook.engines.libreoffice import find_soffice
from workbook.engines.printing import printed

SHOWN = ("Start", "Whole")
"""The sheets that are shown of a workbook: its first, and of a network the page with all of it."""

DOTS_PER_INCH, MOST_PAGES, COLOURS = 110, 40, 64
MOST_SECONDS = 300


def missing() -> str:
    """Say in one line which programs are missing for pictures; the empty text where none is."""
    lack = [] if find_soffice() else ["LibreOffice (soffice)"]
    lack += [] if shutil.which("pdftoppm") and shutil.which("pdftotext") else ["poppler (pdftoppm, pdftotext)"]
    lack += [] if shutil.which("convert") else ["ImageMagick (convert)"]
    return f"no pictures, since they need what is not installed here: {', '.join(lack)}" if lack else ""


def draw(book: Book, keys: Sequence[str], target: Callable[[str], Path]) -> None:
    """Draw the first page of some of a book's sheets.

    Parameters
    ----------
    keys : the sheets' English names; those that the book does not have are left out
    target : returns the picture's path, a PNG file, by the sheet's English name

    Raises
    ------
    EngineError, subprocess.SubprocessError
        If LibreOffice or another program fails or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
        pages = _print_of(book, Path(folder))
        for sheet in book.sheets:
            if sheet.key in keys:
                _draw(pages, sheet.title, target(sheet.key))


def _print_of(book: Book, folder: Path) -> Path:
    """Return the first pages of a book as a PDF file."""
    file = folder / f"{book.name}.xlsx"
    book.save(file)
    pages = file.with_suffix(".pdf")
    pages.write_bytes(printed(file, MOST_PAGES))
    return pages


def _draw(printed: Path, title: str, picture: Path) -> None:
    """Draw the first page that begins with a title, without its margins."""
    wanted = "".join(title.split())
    page = next((str(n) for n in range(1, MOST_PAGES + 1) if _text_of(printed, n).startswith(wanted)), None)
    if page is None:
        raise EngineError(f"none of the {MOST_PAGES} first pages begins with {title}; give the sheet an earlier place")
    resolution = ["-r", str(DOTS_PER_INCH), "-f", page, "-l", page]
    _run(["pdftoppm", *resolution, "-png", "-singlefile", str(printed), str(picture.with_suffix(""))])
    trim = ["-gravity", "south", "-chop", "0x60", "-trim", "+repage", "-bordercolor", "white", "-border", "12"]
    _run(["convert", str(picture), *trim, "-strip", "-colors", str(COLOURS), str(picture)])


def _text_of(printed: Path, page: int) -> str:
    """Return what stands on a page, without its spaces: a long title is printed on two lines."""
    return "".join(_run(["pdftotext", "-f", str(page), "-l", str(page), str(printed), "-"]).split())


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=True, capture_output=True, timeout=MOST_SECONDS)
    return done.stdout.decode("utf-8", "replace")
