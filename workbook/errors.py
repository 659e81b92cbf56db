"""What a user is told in one line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class UsageError(Exception):
    """What the user typed cannot be done; the message is one line: what is wrong, where, and how to mend it."""


def nearest(typed: str, known: Iterable[str]) -> str:
    """Ask whether the word that was meant is the one that is written much alike; nothing where none is."""
    close = get_close_matches(typed.lower(), known, 1)
    return f"did you mean {close[0]}? " if close else ""
