"""``workbook build``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.settings import settable, settings_of

if TYPE_CHECKING:
    from workbook.cli.work import Job, Outcome

HELP = """Build worked examples as .xlsx files; without a NAME, all of them.

Each file is recalculated by an independent spreadsheet engine before it is put in its place: a file that does not
hold in every cell is not written. A file that somebody has edited since it was built is overwritten only with --force.

\b
Examples:
  workbook build
  workbook build rent-yield --lang zh
  workbook build rent-yield --set lr=0.02 --set m=0.5
  workbook build rent-yield --data my-offices.csv --output handouts
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
    help="Folder to write into.",
)
@settable
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language.")
@click.option("--force", is_flag=True, help="Overwrite files that somebody has edited.")
def command(
    names: tuple[str, ...],
    output: Path,
    typed: tuple[str, ...],
    data: Path | None,
    spec: Path | None,
    lang: str,
    force: bool,
) -> int:
    """Build workbooks; the help that a user reads is `HELP`."""
    from workbook.cli.choose import chosen
    from workbook.cli.work import Job, build_one, do_all, refuse_edited

    wanted = chosen(names)
    settings = settings_of(wanted, typed, data, spec)
    targets = {scenario.name: output / file_name(scenario.name, lang) for scenario in wanted}
    if not force:
        refuse_edited(list(targets.values()))
    output.mkdir(parents=True, exist_ok=True)
    jobs = [Job(name, lang, settings, data, target, force=force) for name, target in targets.items()]
    return tell(do_all(build_one, jobs))


def file_name(name: str, lang: str) -> str:
    """Return the name of a workbook's file: NAME.xlsx, in another language NAME.zh.xlsx."""
    return f"{name}.xlsx" if lang == "en" else f"{name}.{lang}.xlsx"


def tell(outcomes: Sequence[Outcome]) -> int:
    """Say what was written and what not; return the exit code."""
    from workbook.cli import DONE, FOUND, MISUSE
    from workbook.cli.errors import explained

    code = DONE
    written: list[tuple[Job, int]] = []
    for outcome in outcomes:
        if outcome.error is not None:
            click.echo(f"workbook: {outcome.job.name}: {explained(outcome.error)}", err=True)
            code = MISUSE
        elif outcome.report:
            click.echo(f"workbook: not written, since it does not hold: {outcome.report}", err=True)
            code = max(code, FOUND)
        else:
            written.append((outcome.job, outcome.cells))
    for job, cells in written:
        click.echo(f"{job.target}: {cells:,} formula cells")
    if written:
        click.echo(
            f"{len(written)} {'workbook' if len(written) == 1 else 'workbooks'} written; the proof holds: IronCalc "
            f"recalculated all {sum(cells for _job, cells in written):,} formula cells to NumPy's values."
        )
    return code
