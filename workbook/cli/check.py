"""``workbook check``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import json_option, language_option, say, say_details
from workbook.cli.speech import spoken

if TYPE_CHECKING:
    from workbook.cli.work import Outcome

HELP = """Recalculate workbooks from their formulas and compare every cell with its cached value.

Each argument is a worked example's NAME, an .xlsx FILE or a FOLDER of such files; without one, all examples are checked.
Reports the first block that disagrees, and how much follows from it.

A FILE of ours is also compared with what it was built as: the example is made again from the settings and data that the
file keeps, and whatever is not as it was is named: formulas, recorded numbers, words, blocks, sheets. Yellow cells may
hold what they allow. Of any other file only its values can be checked, not whether its formulas are the right ones.
Exit code 0 when all holds, 1 when not, 2 when a file cannot be read.

\b
Examples:
  workbook check
  workbook check rent-yield --engine libreoffice
  workbook check output/rent-yield.xlsx
  workbook check handouts --json
"""


@click.command("check", help=HELP, short_help="Recalculate workbooks and compare every cell.")
@click.argument("targets", shell_complete=names_of_examples, metavar="[NAME|FILE.xlsx|FOLDER]...", nargs=-1)
@click.option(
    "--engine",
    type=click.Choice(["ironcalc", "libreoffice", "gnumeric"]),
    default="ironcalc",
    show_default=True,
    help="Who recalculates.",
)
@language_option()
@json_option
def command(targets: tuple[str, ...], engine: str, lang: str, as_json: bool) -> int:
    """Check workbooks; the help that a user reads is `HELP`."""
    from workbook.cli.choose import chosen, names_and_files
    from workbook.cli.work import Job, check_file, check_scenario, do_all
    from workbook.engines import EngineError, available

    if reason := available(engine):
        raise EngineError(reason)
    names, files = names_and_files(targets)
    told = Told(engine, as_json)
    if names or not files:
        jobs = [Job(scenario.name, lang, engine=engine, large=scenario.large) for scenario in chosen(names)]
        do_all(check_scenario, jobs, told.tell)
    if files:
        jobs = [Job(path.stem, target=path, engine=engine) for path in files]
        do_all(check_file, jobs, told.tell, alone=True)
    return told.end()


class Told:
    """Says what came of the checks, one after the other; as JSON all at the end."""

    def __init__(self, engine: str, as_json: bool) -> None:
        self.engine = engine
        self.as_json = as_json
        self.code = 0
        self.outcomes: list[Outcome] = []

    def tell(self, outcome: Outcome) -> None:
        """Say what came of a check."""
        from workbook.cli import FOUND
        from workbook.cli.errors import told

        self.outcomes.append(outcome)
        if outcome.error is not None:
            self.code = max(self.code, told(outcome.error))
            return
        if outcome.report:
            self.code = max(self.code, FOUND)
        if self.as_json:
            return
        if outcome.report:
            click.echo(spoken(outcome.report))
        else:
            say(f"{outcome.job.shown}: {outcome.cells:,} formula cells agree with {self.engine}")
        say_details(outcome)
        for line in outcome.remarks:
            say(line)

    def end(self) -> int:
        """Say the rest; return the exit code."""
        if self.as_json:
            click.echo(json.dumps([outcome.as_data() for outcome in self.outcomes], ensure_ascii=False, indent=2))
        return self.code
