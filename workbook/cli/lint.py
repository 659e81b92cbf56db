"""``workbook lint``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook.cli.options import language_option

if TYPE_CHECKING:
    from workbook.cli.work import Outcome
    from workbook.lint import Finding

HELP = """Look for what a good teaching spreadsheet does not do: wrong or typed-in numbers, odd formulas, #### and more.

Each argument is an .xlsx FILE or a worked example's NAME; without one, all examples are looked through. One line a
finding: file, sheet, cell, rule, what is wrong, how to mend it. Exit code 0 when there is none, 1 when there is, 2 when
a file cannot be read.

\b
Examples:
  workbook lint output/rent-yield.xlsx
  workbook lint rent-yield --lang zh
  workbook lint handout.xlsx --json
  workbook lint --rules
"""


@click.command("lint", help=HELP, short_help="Look for what a teaching spreadsheet should not do.")
@click.argument("targets", metavar="[FILE.xlsx|NAME]...", nargs=-1)
@language_option("Language of examples.")
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON, for programs.")
@click.option("--rules", is_flag=True, help="List the rules, what each demands and why.")
def command(targets: tuple[str, ...], lang: str, as_json: bool, rules: bool) -> int:
    """Lint workbooks; the help that a user reads is `HELP`."""
    if rules:
        return tell_rules(as_json)
    from workbook.cli.check import is_file
    from workbook.cli.work import Job, do_all, lint_file, lint_scenario

    files = [Path(target) for target in targets if is_file(target)]
    names = [target for target in targets if not is_file(target)]
    told = Told(as_json)
    if names or not files:
        from workbook.cli.choose import chosen

        jobs = [Job(scenario.name, lang, large=scenario.large) for scenario in chosen(names)]
        do_all(lint_scenario, jobs, told.tell)
    if files:
        do_all(lint_file, [Job(path.stem, target=path) for path in files], told.tell, alone=True)
    return told.end()


class Told:
    """Says what was found, one workbook after the other; as JSON all at the end."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.code = 0
        self.findings: list[Finding] = []

    def tell(self, outcome: Outcome) -> None:
        """Say what was found in a workbook."""
        from workbook.cli import FOUND, MISUSE
        from workbook.cli.errors import explained

        if outcome.error is not None:
            click.echo(f"workbook: {explained(outcome.error)}", err=True)
            self.code = MISUSE
        elif outcome.findings:
            self.code = max(self.code, FOUND)
            self.findings += outcome.findings
            if not self.as_json:
                click.echo("\n".join(map(str, outcome.findings)))
        elif not self.as_json:
            click.echo(f"{outcome.job.shown}: nothing to mend")

    def end(self) -> int:
        """Say the rest; return the exit code."""
        if self.as_json:
            click.echo(json.dumps([finding.as_data() for finding in self.findings], ensure_ascii=False, indent=2))
        return self.code


def tell_rules(as_json: bool) -> int:
    """Print the rules."""
    from workbook.lint import RULES

    if as_json:
        rules = [
            {"id": rule.id, "demands": rule.demands, "why": rule.why, "mend": rule.mend} for rule in RULES.values()
        ]
        click.echo(json.dumps(rules, indent=2))
    else:
        for rule in RULES.values():
            click.echo(click.style(rule.id, bold=True))
            click.echo(f"    demands  {rule.demands}\n    why      {rule.why}\n    mend     {rule.mend}")
    return 0
