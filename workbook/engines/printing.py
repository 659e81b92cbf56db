"""A workbook's pages as PDF: LibreOffice prints them, with a profile of its own that is thrown away."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from workbook.engines import EngineError
from workbook.engines.libreoffice import MISSING, find_soffice

MOST_SECONDS = 300


def can_print() -> str | None:
    """Say why nothing can be printed here, or None when it can."""
    return None if find_soffice() else MISSING


def printed(path: Path, most_pages: int | None = None) -> bytes:
    """Return a workbook's pages, or the first of them, as a PDF file holds them.

    Raises
    ------
    EngineError
        If LibreOffice is missing, fails or takes too long.
    """
    pages = f':{{"PageRange":{{"type":"string","value":"1-{most_pages}"}}}}' if most_pages else ""
    with tempfile.TemporaryDirectory(prefix="workbook-") as name:
        folder = Path(name)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"  # whatever else LibreOffice is doing here
        into = ["--convert-to", f"pdf:calc_pdf_Export{pages}", "--outdir", name, str(path)]
        try:
            subprocess.run(
                [str(find_soffice()), profile, "--headless", *into],
                check=True,
                capture_output=True,
                timeout=MOST_SECONDS,
            )
            return (folder / f"{path.stem}.pdf").read_bytes()
        except subprocess.TimeoutExpired:
            raise EngineError(
                f"{path}: LibreOffice takes more than {MOST_SECONDS} s to print it; leave --pdf out"
            ) from None
        except (subprocess.SubprocessError, OSError) as error:
            raise EngineError(f"{path}: LibreOffice cannot print it ({error}); leave --pdf out") from error
