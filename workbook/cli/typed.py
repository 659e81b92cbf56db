"""Slips of the keyboard and the shell, found before a command sees them, whichever it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from workbook import guard
from workbook.errors import UsageError

_QUOTES = "“”„‘’‚«»「」『』＂＇\"'"
_NO_QUOTES = str.maketrans("", "", _QUOTES)
_HYPHENS = "—–−－‐‑-"
_LIKE_AN_OPTION = re.compile(rf"[{_HYPHENS}]+(?=[a-z]{{2}})")
_WEB = re.compile(r"(?:--\w+=)?https?://", re.IGNORECASE)
_WINDOWS = re.compile(r"(?:--\w+=)?[A-Za-z]:\\")
_ONE_HYPHEN = re.compile(r"-(output)\b")  # which would be -o and a folder


def refuse_slips(arguments: Sequence[str]) -> None:
    """Raise UsageError for the first argument that is a slip."""
    for before, typed in zip(["", *arguments], arguments, strict=False):
        if line := _slip(before if before.startswith("-") else "", typed):
            raise UsageError(line)


def _slip(option: str, typed: str) -> str:
    """Say what is wrong with an argument that may stand behind an option; nothing where it is none of the usual slips."""
    name, joined, value = typed.partition("=")
    if not typed.strip() or (typed.startswith("--") and joined and not value.strip()):
        shown = f'{option if not typed.strip() else name} ""'.strip()  # as an unset variable of the shell leaves it
        return f"{shown}: this names nothing; write a name, a file or a folder, or leave it out"
    if (typed[0] in _QUOTES or typed[-1] in _QUOTES) and option != "--column" and not Path(typed).exists():
        return f"{typed}: quotation marks are left in it; write {typed.translate(_NO_QUOTES)}"
    dashes = _LIKE_AN_OPTION.match(typed)
    if (dashes and set(dashes[0]) != {"-"}) or _ONE_HYPHEN.match(typed):
        return f"{typed}: an option begins with two hyphens; write --{typed.lstrip(_HYPHENS)}"
    if _WEB.match(typed):
        return f"{typed}: this is an address in the web; download the file, and name that"
    if _WINDOWS.match(typed) and not guard.WINDOWS:
        return f"{typed}: this is a path of Windows, and here is another system; write it as it is here, with /"
    return ""
