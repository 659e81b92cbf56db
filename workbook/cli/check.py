"""``workbook check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.options import language_option

if TYPE_CHECKING:
    from workbook.cli.work import Outcome

HELP = """Recalculate workbooks from their formulas and compare every cell with its cached value.

Each argument is a worked example's NAME or an .xlsx FILE; without one, all examples are checked. Reports the first
block that disagrees, and how much follows from it.

A FILE of ours is also compared with what it was built as: the example is made again from the settings and data that the
file keeps, and whatever is not as it was is named: formulas, recorded numbers, words, blocks, sheets. Yellow cells may
hold what they allow. Of any other file only its values can be checked, not whether its formulas are the right ones.
Exit code 0 when all holds, 1 when not, 2 when a file cannot be read.

\b
Examples:
  workbook check
  workbook check rent-yield --engine libreoffice
  workbook check output/rent-yield.xlsx
"""


@click.command("check", help=HELP, short_help="Recalculate workbooks and compare every cell.")
@click.argument("targets", metavar="[NAME|FILE.xlsx]...", nargs=-1)
@click.option(
    "--engine",
    type=click.Choice(["ironcalc", "libreoffice", "gnumeric"]),
    default="ironcalc",
    show_default=True,
    help="Who recalculates.",
)
@language_option()
def command(targets: tuple[str, ...], engine: str, lang: str) -> int:
    """Check workbooks; the help that a user reads is `HELP`."""
    from workbook.cli.work import Job, check_file, check_scenario, do_all
    from workbook.engines import EngineError, available

    if reason := available(engine):
        raise EngineError(reason)
    files = [Path(target) for target in targets if is_file(target)]
    names = [target for target in targets if not is_file(target)]
    told = Told(engine)
    if names or not files:
        from workbook.cli.choose import chosen

        jobs = [Job(scenario.name, lang, engine=engine, large=scenario.large) for scenario in chosen(names)]
        do_all(check_scenario, jobs, told.tell)
    if files:
        jobs = [Job(path.stem, target=path, engine=engine) for path in files]
        do_all(check_file, jobs, told.tell, alone=True)
    return told.code


def is_file(target: str) -> bool:
    """Whether an argument means a file rather than an example."""
    return Path(target).suffix.lower().startswith(".xl") or "/" in target or "\\" in target or Path(target).is_file()


class Told:
    """Says what came of the checks, one after the other."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.code = 0

    def tell(self, outcome: Outcome) -> None:
        """Say what came of a check."""
        from workbook.cli import FOUND, MISUSE
        from workbook.cli.errors import explained

        if outcome.error is not None:
            click.echo(f"workbook: {explained(outcome.error)}", err=True)
            self.code = MISUSE
            return
        if outcome.report:
            click.echo(outcome.report)
            self.code = max(self.code, FOUND)
        else:
            click.echo(f"{outcome.job.shown}: {outcome.cells:,} formula cells agree with {self.engine}")
        for line in outcome.remarks:
            click.echo(line)
