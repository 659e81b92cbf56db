"""What a command may set of an example before it is made: --set, --data and --spec."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.complete import keys
from workbook.cli.errors import PIPED, PIPED_FILE

if TYPE_CHECKING:
    from workbook.scenario import Scenario


_ANOTHER = re.compile(r"\s*[,，;；、]\s*(?=[A-Za-z_]\w*\s*[=＝])")
"""What separates settings that are written together."""


def _with_values(context: click.Context, _option: click.Parameter, typed: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a setting without its value, before what stands after it is taken for a name."""
    from workbook.errors import UsageError

    for pair in () if context.resilient_parsing else typed:
        if "＝" in pair and "=" not in pair:
            raise UsageError(f"--set {pair}: the sign = is another here; write --set {pair.replace('＝', '=')}")
        if len(several := _ANOTHER.split(pair)) > 1:
            raise UsageError(
                f"--set {pair}: each setting stands behind its own --set; write --set {' --set '.join(several)}"
            )
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not key or not value:
            key, _blank, value = pair.replace(":", " ").replace("=", " ").strip().partition(" ")
            apart = [name for name in context.params.get("names") or () if name[:1] in "0123456789.+-"]
            example = f"{key or 'lr'}={value.strip() or next(iter(apart), 0.1)}"
            raise UsageError(f"--set {pair}: write a key, = and a value without spaces, such as --set {example}")
    return typed


def _read_in(context: click.Context, _option: click.Parameter, data: Path | None) -> Path | None:
    """Put what comes from the standard input into a file, since several processes may read it."""
    if str(data) != "-":
        return data
    from tempfile import TemporaryDirectory

    folder = context.with_resource(TemporaryDirectory(prefix=PIPED))
    piped = Path(folder) / PIPED_FILE
    piped.write_bytes(sys.stdin.buffer.read() if sys.stdin is not None else b"")
    return piped


set_option = click.option(
    "--set",
    "typed",
    metavar="KEY=VALUE",
    multiple=True,
    callback=_with_values,
    shell_complete=keys,
    help="Set a number; `workbook list` names them.",
)
data_option = click.option(
    "--data",
    metavar="FILE",
    type=click.Path(path_type=Path),
    callback=_read_in,
    help="Your own data: a CSV file, or the first sheet of an .xlsx file; - reads CSV from the standard input.",
)
spec_option = click.option(
    "--spec",
    metavar="FILE.toml",
    type=click.Path(path_type=Path),
    help="A network of your own; `workbook example network` prints one to begin with.",
)
OPTIONS = (set_option, data_option, spec_option)


def settable(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --set (as `typed`), --data and --spec."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def settings_of(
    wanted: Sequence[Scenario], typed: Sequence[str], data: Path | None, spec: Path | None
) -> dict[str, str]:
    """Return what was typed as settings, once all the examples that are wanted take it, and the data.

    Raises
    ------
    UsageError
        If something was mistyped, or one of the examples does not have or take it.
    """
    settings = _pairs(typed)
    _add_spec(wanted, settings, spec)
    _check_settings(wanted, settings)
    _check_data(wanted, data)
    return settings


def settings_of_sources(
    sources: Sequence[str], typed: Sequence[str], data: Path | None, spec: Path | None
) -> dict[str, str]:
    """Like `settings_of`, for the examples among some sources; a file is as it is.

    Raises
    ------
    UsageError
        Also if all of them are files, and yet something is set.
    """
    from workbook.discovery import find_scenario
    from workbook.errors import UsageError
    from workbook.source import is_name

    names = [source for source in sources if is_name(source)]
    given = [f"--set {typed[0]}"] if typed else []
    given += [f"{option} {file}" for option, file in (("--data", data), ("--spec", spec)) if file is not None]
    if given and not names:
        raise UsageError(
            f"{given[0]}: {sources[0]} is a file and has its numbers already; leave {given[0].split()[0]} out"
        )
    return settings_of([find_scenario(name) for name in names], typed, data, spec)


def _pairs(typed: Sequence[str]) -> dict[str, str]:
    from workbook.errors import UsageError

    settings: dict[str, str] = {}
    for pair in typed:
        key, _equals, value = (part.strip() for part in pair.partition("="))
        if key in settings:
            raise UsageError(f"--set {key}: given twice ({settings[key]} and {value}); leave one out")
        settings[key] = value
    return settings


def _add_spec(wanted: Sequence[Scenario], settings: dict[str, str], spec: Path | None) -> None:
    from workbook.errors import UsageError

    if spec is None:
        return
    lack = [s.name for s in wanted if "spec" not in {parameter.key for parameter in s.parameters}]
    if lack:
        others = lack[0] if len(lack) == 1 else f"{lack[0]} and {len(lack) - 1} others"
        raise UsageError(f"--spec {spec}: {others} cannot be specified; write workbook build network --spec {spec}")
    if "spec" in settings:
        raise UsageError(f"--spec {spec}: --set spec={settings['spec']} says another file; leave one out")
    settings["spec"] = str(spec)


def _check_settings(wanted: Sequence[Scenario], settings: Mapping[str, str]) -> None:
    from workbook.errors import UsageError

    for key in settings:
        have = [s.name for s in wanted if key in {parameter.key for parameter in s.parameters}]
        lack = [s.name for s in wanted if s.name not in have]
        if have and lack:
            raise UsageError(f"--set {key}: {', '.join(lack)} cannot be set so; build {', '.join(have)} apart")
        if len(lack) > 1:
            raise UsageError(f"--set {key}: none of {', '.join(lack)} has it; `workbook list` shows what each has")
    for scenario in wanted:
        scenario.settings(settings)


def _check_data(wanted: Sequence[Scenario], data: Path | None) -> None:
    from workbook.errors import UsageError
    from workbook.scenario import Scenario

    if data is None:
        return
    lack = [s.name for s in wanted if type(s).read_data is Scenario.read_data]
    if lack and len(wanted) > 1:
        have = [s.name for s in wanted if s.name not in lack]
        mend = f"build {', '.join(have)} apart" if have else "leave --data out"
        raise UsageError(f"--data {data}: {', '.join(lack)} takes no data; {mend}")
    for scenario in wanted:
        scenario.read_data(data)
