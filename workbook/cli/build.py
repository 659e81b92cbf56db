"""``workbook build``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from workbook.cli.work import Job, Outcome
    from workbook.scenario import Scenario

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
@click.option("--set", "typed", metavar="KEY=VALUE", multiple=True, help="Set a number; `workbook list` names them.")
@click.option("--data", metavar="FILE.csv", type=click.Path(path_type=Path), help="Your own data.")
@click.option(
    "--spec",
    metavar="FILE.toml",
    type=click.Path(path_type=Path),
    help="A network of your own; scenarios/data/network-example.toml shows what a file may say.",
)
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
    settings = parse_settings(typed)
    add_spec(wanted, settings, spec)
    check_settings(wanted, settings)
    check_data(wanted, data)
    targets = {scenario.name: output / file_name(scenario.name, lang) for scenario in wanted}
    if not force:
        refuse_edited(list(targets.values()))
    output.mkdir(parents=True, exist_ok=True)
    jobs = [Job(name, lang, settings, data, target, force=force) for name, target in targets.items()]
    return tell(do_all(build_one, jobs))


def file_name(name: str, lang: str) -> str:
    """Return the name of a workbook's file: NAME.xlsx, in another language NAME.zh.xlsx."""
    return f"{name}.xlsx" if lang == "en" else f"{name}.{lang}.xlsx"


def parse_settings(typed: Sequence[str]) -> dict[str, str]:
    """Read the KEY=VALUE pairs.

    Raises
    ------
    UsageError
        If one is no such pair, or a key is given twice.
    """
    from workbook.scenario import UsageError

    settings: dict[str, str] = {}
    for pair in typed:
        key, equals, value = pair.partition("=")
        key, value = key.strip(), value.strip()
        if not equals or not key or not value:
            raise UsageError(f"--set {pair}: write a key, = and a value, such as --set lr=0.1")
        if key in settings:
            raise UsageError(f"--set {key}: given twice ({settings[key]} and {value}); leave one out")
        settings[key] = value
    return settings


def add_spec(wanted: Sequence[Scenario], settings: dict[str, str], spec: Path | None) -> None:
    """Add the file of a specification to the settings; raise UsageError where an example takes none."""
    from workbook.scenario import UsageError

    if spec is None:
        return
    lack = [s.name for s in wanted if "spec" not in {parameter.key for parameter in s.parameters}]
    if lack:
        others = lack[0] if len(lack) == 1 else f"{lack[0]} and {len(lack) - 1} others"
        raise UsageError(f"--spec {spec}: {others} cannot be specified; write workbook build network --spec {spec}")
    if "spec" in settings:
        raise UsageError(f"--spec {spec}: --set spec={settings['spec']} says another file; leave one out")
    settings["spec"] = str(spec)


def check_settings(wanted: Sequence[Scenario], settings: Mapping[str, str]) -> None:
    """Raise UsageError for what one of the examples does not have or take, before anything is written."""
    from workbook.scenario import UsageError

    for key in settings:
        have = [s.name for s in wanted if key in {parameter.key for parameter in s.parameters}]
        lack = [s.name for s in wanted if s.name not in have]
        if have and lack:
            raise UsageError(f"--set {key}: {', '.join(lack)} cannot be set so; build {', '.join(have)} apart")
        if len(lack) > 1:
            raise UsageError(f"--set {key}: none of {', '.join(lack)} has it; `workbook list` shows what each has")
    for scenario in wanted:
        scenario.settings(settings)


def check_data(wanted: Sequence[Scenario], data: Path | None) -> None:
    """Raise UsageError if the data cannot be read or one of the examples takes none."""
    from workbook.scenario import Scenario, UsageError

    if data is None:
        return
    lack = [s.name for s in wanted if type(s).read_data is Scenario.read_data]
    if lack and len(wanted) > 1:
        have = [s.name for s in wanted if s.name not in lack]
        mend = f"build {', '.join(have)} apart" if have else "leave --data out"
        raise UsageError(f"--data {data}: {', '.join(lack)} takes no data; {mend}")
    for scenario in wanted:
        scenario.read_data(data)


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
