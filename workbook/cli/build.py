"""``workbook build``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import json_option, language_option, output_option, say, say_details
from workbook.cli.settings import settable, settings_of
from workbook.cli.speech import spoken

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
@click.argument(
    "names", shell_complete=names_of_examples, metavar="[NAME]...", nargs=-1, is_eager=True
)  # before --set, which looks at them
@output_option("Folder to write into, or the file.xlsx of one workbook.")
@click.option("--name", metavar="NAME", help="What to call the file of one workbook, in place of the example's name.")
@settable
@language_option()
@click.option("--force", is_flag=True, help="Overwrite files that somebody has edited, or built otherwise.")
@click.option("--pdf", is_flag=True, help="Its pages as a PDF file too, beside it; LibreOffice prints them.")
@json_option
def command(
    names: tuple[str, ...],
    output: Path,
    name: str | None,
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    lang: str,
    force: bool,
    pdf: bool,
    as_json: bool,
) -> int:
    """Build workbooks; the help that a user reads is `HELP`."""
    from workbook.cli.choose import chosen
    from workbook.cli.targets import refuse_edited, refuse_no_folder, refuse_pdf, targets
    from workbook.cli.work import Job, build_one, do_all

    wanted = chosen(names)
    settings = settings_of(wanted, typed, data, spec)
    files = targets([s.name for s in wanted], lang, output, name)
    jobs = [
        Job(s.name, lang, settings, data, file, force=force, large=s.large, pdf=pdf)
        for s, file in zip(wanted, files, strict=True)
    ]
    if pdf:
        refuse_pdf(files, force)
    if not force:
        refuse_edited(files)
    refuse_no_folder(files[0].parent)
    told = Told(as_json)
    do_all(build_one, jobs, told.tell)
    return told.end()


class Told:
    """Says what was written and what not, one workbook after the other; as JSON all at the end."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self.code = 0
        self.written = self.cells = 0
        self.outcomes: list[Outcome] = []

    def tell(self, outcome: Outcome) -> None:
        """Say what came of a workbook."""
        from workbook.cli import FOUND
        from workbook.cli.errors import told

        self.outcomes.append(outcome)
        if outcome.error is not None:
            self.code = max(self.code, told(outcome.error, outcome.job.name))
        elif outcome.report:
            click.echo(f"workbook: {spoken(f'not written, since it is not proven: {outcome.report}')}", err=True)
            self.code = max(self.code, FOUND)
        else:
            self.written += 1
            self.cells += outcome.cells
            if not self.as_json:
                say(f"{outcome.job.target}: {outcome.cells:,} formula cells")
                if outcome.pdf is not None:
                    say(f"{outcome.pdf}: its pages")
                say_details(outcome)
                for line in outcome.remarks:
                    click.echo(spoken(f"{outcome.job.target}: {line}"), err=True)

    def end(self) -> int:
        """Say how much it was altogether; return the exit code."""
        if self.as_json:
            click.echo(json.dumps([outcome.as_data() for outcome in self.outcomes], ensure_ascii=False, indent=2))
        elif self.written:
            say(
                f"{self.written} {'workbook' if self.written == 1 else 'workbooks'} written; the proof holds: IronCalc "
                f"recalculated all {self.cells:,} formula cells to NumPy's values."
            )
        return self.code
