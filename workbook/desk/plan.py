"""What an exercise is, in a small file of the teacher's own (TOML): what is asked, for how many points, in which mode."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.desk.exercise import MODES
from workbook.desk.mistakes import Kind
from workbook.errors import UsageError, nearest
from workbook.files import read_text
from workbook.guard import MEGABYTE

KEYS = ("ask", "show", "mode", "tolerance", "mistakes", "network")


@dataclass(frozen=True)
class Plan:
    """What the file says; where it says nothing, the command line or the scenario does.

    Attributes
    ----------
    ask, show, mode : as the options of these names
    tolerance : how far a right number may lie from the answer, in units of the last digit that counts; 0 says nothing
    mistakes : the kinds of mistakes that are told by name; () all
    network : the file that specifies the network itself
    """

    ask: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    mode: str = ""
    tolerance: float = 0.0
    mistakes: tuple[str, ...] = ()
    network: Path | None = None


def read_plan(path: Path) -> Plan | None:
    """Read a plan; None where the file asks for nothing, and so specifies a network.

    Raises
    ------
    UsageError
        If it asks for something, and says anything that a plan does not.
    """
    text = read_text(path, MEGABYTE, "a plan is smaller than that")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: this is no TOML ({error}); write lines such as ask = ['D3', 'gW2[1,:]=2']") from None
    if "ask" not in told:
        return None
    for key in told:
        if key not in KEYS:
            raise UsageError(f"{path}: a plan has no {key}; {nearest(key, KEYS)}it has {', '.join(KEYS)}")
    mode, tolerance = told.get("mode", ""), told.get("tolerance", 0.0)
    if mode and mode not in MODES:
        raise UsageError(f"{path}: mode = {mode!r}: write one of {', '.join(MODES)}")
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or tolerance < 0:
        raise UsageError(f"{path}: tolerance = {tolerance!r}: write a number of units of the last digit, such as 0.5")
    network = told.get("network")
    if network is not None and not isinstance(network, str):
        raise UsageError(f"{path}: network = {network!r}: write the name of a file")
    place = None if network is None else path.parent / network
    asked, shown, mistakes = (_texts(path, told, key) for key in ("ask", "show", "mistakes"))
    kinds = [kind.value for kind in Kind]
    for kind in mistakes:
        if kind not in kinds:
            raise UsageError(f"{path}: there is no mistake {kind}; {nearest(kind, kinds)}there are {', '.join(kinds)}")
    return Plan(asked, shown, mode, float(tolerance), mistakes, place)


def _texts(path: Path, told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = told.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UsageError(f"{path}: {key} = {value!r}: write a list of texts, such as {key} = ['D3', 'gW2']")
    return tuple(texts)
