"""``workbook build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.options import language_option
from workbook.cli.settings import settable, settings_of

if TYPE_CHECKING:
    from workbook.cli.work import Outcome

HELP = """Build worked examples as .xlsx files; without a NAME, all of them.

Each file is recalculated by an independent spreadsheet engine before it is put in its place: a file that does not
hold in every cell is not written. A file that somebody has edited since it was built, or that was built with other
settings, data or language, is overwritten only with --force; --name builds beside it.

\b
Examples:
  workbook build
  workbook build rent-yield --lang zh
  workbook build rent-yield --set lr=0.02 --set m=0.5
  workbook build rent-yield --data my-offices.csv --output handouts
  workbook build rent-yield --set lr=0.02 --name fast-rents
  workbook build network --spec my-network.toml --data my-examples.csv
"""


@click.command("build", help=HELP, short_help="Build worked examples as .xlsx files.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    help="Folder to write into, or the file.xlsx of one workbook.",
)
@click.option("--name", metavar="NAME", help="What to call the file of one workbook, in place of the example's name.")
@settable
@language_option()
@click.option("--force", is_flag=True, help="Overwrite files that somebody has edited, or built otherwise.")
def command(
    names: tuple[str, ...],
    output: Path,
    name: str | None,
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    lang: str,
    force: bool,
) -> int:
    """Build workbooks; the help that a user reads is `HELP`."""
    from workbook.cli.choose import chosen
    from workbook.cli.targets import make_folder, refuse_edited, targets
    from workbook.cli.work import Job, build_one, do_all

    wanted = chosen(names)
    settings = settings_of(wanted, typed, data, spec)
    files = targets([s.name for s in wanted], lang, output, name)
    jobs = [
        Job(s.name, lang, settings, data, file, force=force, large=s.large)
        for s, file in zip(wanted, files, strict=True)
    ]
    if not force:
        refuse_edited(files)
    make_folder(files[0].parent)
    told = Told()
    do_all(build_one, jobs, told.tell)
    return told.end()


class Told:
    """Says what was written and what not, one workbook after the other."""

    def __init__(self) -> None:
        self.code = 0
        self.written = self.cells = 0

    def tell(self, outcome: Outcome) -> None:
        """Say what came of a workbook."""
        from workbook.cli import FOUND, MISUSE
        from workbook.cli.errors import explained

        if outcome.error is not None:
            line = str(explained(outcome.error))
            named = line if line.startswith(f"{outcome.job.name}: ") else f"{outcome.job.name}: {line}"
            click.echo(f"workbook: {named}", err=True)
            self.code = MISUSE
        elif outcome.report:
            click.echo(f"workbook: not written, since it is not proven: {outcome.report}", err=True)
            self.code = max(self.code, FOUND)
        else:
            click.echo(f"{outcome.job.target}: {outcome.cells:,} formula cells")
            for line in outcome.remarks:
                click.echo(f"{outcome.job.target}: {line}", err=True)
            self.written += 1
            self.cells += outcome.cells

    def end(self) -> int:
        """Say how much it was altogether; return the exit code."""
        if self.written:
            click.echo(
                f"{self.written} {'workbook' if self.written == 1 else 'workbooks'} written; the proof holds: IronCalc "
                f"recalculated all {self.cells:,} formula cells to NumPy's values."
            )
        return self.code
