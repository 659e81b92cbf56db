"""``workbook lint``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from workbook.cli.complete import names as names_of_examples
from workbook.cli.options import json_option, language_option, say

if TYPE_CHECKING:
    from workbook.cli.work import Outcome
    from workbook.lint import Finding

HELP = """Look for what a good teaching spreadsheet does not do: wrong or typed-in numbers, odd formulas, #### and more.

Each argument is an .xlsx FILE, a FOLDER of them or a worked example's NAME; without one, all examples are looked through. One line a
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
@click.argument("targets", shell_complete=names_of_examples, metavar="[FILE.xlsx|FOLDER|NAME]...", nargs=-1)
@language_option("Language of examples.")
@json_option
@click.option("--rules", is_flag=True, help="List the rules, what each demands and why.")
def command(targets: tuple[str, ...], lang: str, as_json: bool, rules: bool) -> int:
    """Lint workbooks; the help that a user reads is `HELP`."""
    if rules:
        return tell_rules(as_json)
    from workbook.cli.choose import chosen, names_and_files
    from workbook.cli.work import Job, do_all, lint_file, lint_scenario

    names, files = names_and_files(targets)
    told = Told(as_json)
    if names or not files:
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
        from workbook.cli import FOUND
        from workbook.cli.errors import told

        if outcome.error is not None:
            self.code = max(self.code, told(outcome.error))
        elif outcome.findings:
            self.code = max(self.code, FOUND)
            self.findings += outcome.findings
            if not self.as_json:
                click.echo("\n".join(map(str, outcome.findings)))
        elif not self.as_json:
            say(f"{outcome.job.shown}: nothing to mend")

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
