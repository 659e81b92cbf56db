"""``workbook gallery``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import output_option, say
from workbook.cli.speech import spoken

if TYPE_CHECKING:
    from workbook.cli.work import Job, Outcome

HELP = """Write a static page that shows the worked examples, with pictures, and their files to download.

It is there in every language, and works from a folder as well as from a web server: open index.html. Every file is built
and proven as `workbook build` does it. LibreOffice, poppler and ImageMagick draw the pictures; where they are missing the
page comes without.

\b
Examples:
  workbook gallery
  workbook gallery rent-yield neuron --output site
"""


@click.command("gallery", help=HELP, short_help="Write a static page that shows the worked examples.")
@click.argument("names", shell_complete=names_of_examples, metavar="[NAME]...", nargs=-1)
@output_option("Folder to write into.", "site")
def command(names: tuple[str, ...], output: Path) -> int:
    """Write the gallery; the help that a user reads is `HELP`."""
    from workbook.cli.build import Told
    from workbook.cli.choose import chosen
    from workbook.cli.targets import make_folder
    from workbook.cli.work import Job, do_all
    from workbook.gallery.page import FILES, PICTURES, file_of, page_of, write_pages
    from workbook.gallery.pictures import missing
    from workbook.text import DEFAULT_LANGUAGE, languages

    shown = chosen(names)
    for folder in (output, output / FILES, output / PICTURES):
        make_folder(folder)
    if line := missing():
        click.echo(f"workbook: {spoken(line)}", err=True)
    told = Told()
    jobs = [
        Job(s.name, lang, target=file_of(output, s.name, lang), large=s.large) for s in shown for lang in languages()
    ]
    do_all(exhibit if not line else exhibit_without_pictures, jobs, told.tell)
    code = told.end()
    if told.written:
        write_pages(output, shown)
        say(f"open {page_of(output, DEFAULT_LANGUAGE)}")
    return code


def exhibit(job: Job) -> Outcome:
    """Build a workbook, prove it, and draw its sheets."""
    import subprocess

    from workbook.cli.work import make, write_proven
    from workbook.engines import EngineError
    from workbook.gallery.page import picture_of
    from workbook.gallery.pictures import SHOWN, draw

    assert job.target is not None
    folder = job.target.parent.parent
    book = make(job)
    outcome = write_proven(job, book)
    try:
        draw(book, SHOWN, lambda key: picture_of(folder, job.name, key, job.language))
    except (EngineError, subprocess.SubprocessError) as error:
        return replace(outcome, remarks=(*outcome.remarks, f"no picture: {type(error).__name__}: {error}"))
    return outcome


def exhibit_without_pictures(job: Job) -> Outcome:
    """Build a workbook and prove it."""
    from workbook.cli.work import make, write_proven

    return write_proven(job, make(job))
