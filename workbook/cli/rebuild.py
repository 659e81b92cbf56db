"""``workbook rebuild``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from workbook.cli.work import Job, Outcome

HELP = """Make workbooks again, as they were built: a FILE of ours keeps the settings and data that it was built from.

Without --output each is put where it lies: with --force a file that somebody has edited is as new again. What another
version of this program has built is made again by this one.

\b
Examples:
  workbook rebuild handouts/rent-yield.xlsx --force
  workbook rebuild handouts/*.xlsx --output anew
"""


@click.command("rebuild", help=HELP, short_help="Make workbooks again, as they were built.")
@click.argument("files", metavar="FILE.xlsx...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to write into.")
@click.option("--force", is_flag=True, help="Overwrite files that somebody has edited.")
def command(files: tuple[Path, ...], output: Path | None, force: bool) -> int:
    """Make workbooks again; the help that a user reads is `HELP`."""
    from workbook.cli.build import Told
    from workbook.cli.targets import make_folder
    from workbook.cli.work import Job, do_all
    from workbook.guard import open_file

    for file in files:
        open_file(file).close()
    if output is not None:
        make_folder(output)
    told = Told()
    jobs = [
        Job(str(file), target=file if output is None else output / file.name, source=file, force=force)
        for file in dict.fromkeys(files)
    ]
    do_all(rebuild_one, jobs, told.tell, alone=True)
    return told.end()


def rebuild_one(job: Job) -> Outcome:
    """Make a workbook again from what its file says, prove it, and only then put it in its place."""
    from workbook.cli.work import write_proven
    from workbook.errors import UsageError
    from workbook.limits import memory_limited
    from workbook.reader import read_ledger
    from workbook.rebuilt import CannotRebuildError, rebuild

    assert job.source is not None
    with memory_limited(job.source):
        ledger = read_ledger(job.source)
    try:
        book = rebuild(ledger)
    except CannotRebuildError as reason:
        raise UsageError(f"{job.source}: it cannot be made again: {reason}") from reason
    return write_proven(job, book)
