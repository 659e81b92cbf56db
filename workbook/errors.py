"""What a user is told in one line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from sysconfig import get_path
from traceback import extract_tb


class UsageError(Exception):
    """What the user typed cannot be done; the message is one line: what is wrong, where, and how to mend it."""


def nearest(typed: str, known: Iterable[str]) -> str:
    """Ask whether the word that was meant is the one that is written much alike; nothing where none is."""
    lowered = {each.lower(): each for each in known}
    close = get_close_matches(typed.lower(), lowered, 1)
    return f"did you mean {lowered[close[0]]}? " if close else ""


_ENGINE, _PYTHON = Path(__file__).parent, Path(get_path("stdlib"))


def own_line(error: BaseException) -> str:
    """Return the file and line of an author's, the innermost that an error came by, as ``file.py, line 3: ``."""
    ours = [frame for frame in extract_tb(error.__traceback__) if _is_an_authors(frame.filename)]
    if not ours:
        return ""
    package = Path(ours[0].filename).parent  # further in stand the libraries that it calls
    last = [frame for frame in ours if Path(frame.filename).is_relative_to(package)][-1]
    return f"{Path(last.filename).name}, line {last.lineno}: "


def _is_an_authors(file: str) -> bool:
    path = Path(file)
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return not (
        file.startswith("<") or path.is_relative_to(_ENGINE) or (path.is_relative_to(_PYTHON) and not installed)
    )
