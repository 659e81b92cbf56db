"""What can be said of a cell that was asked for, what it earns, and the sentence that a student reads: where to look
next, and never the number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from workbook.text import N_, Message, _


class State(Enum):
    """What a cell is found to be."""

    RIGHT = "right"
    FOLLOWS = "follows"  # right for what stands before it
    TYPED = "typed"  # one of these, but a number and no formula
    ELSEWHERE = "elsewhere"  # one of these, by a formula that fails where the given numbers are others
    CLOSE = "close"
    SIGN = "sign"
    WRONG = "wrong"
    TRIVIAL = "trivial"  # follows, but any method would: from a 0 or a 1 before it
    BLANK = "blank"
    TEXT = "text"
    ERROR = "error"
    TRUTH = "truth value"
    LOST = "lost"  # its cells are no longer in the file


SHARES: Mapping[State, float] = {
    State.RIGHT: 1.0,
    State.FOLLOWS: 1.0,
    State.TYPED: 0.5,
    State.ELSEWHERE: 0.5,
    State.CLOSE: 0.5,
}
"""What part of its points a cell earns; the others earn nothing."""

CLOSE, CLOSE_PART = 10, 0.05
"""A number is close that is so many times as far away as is allowed, and no larger a part of the answer."""

BAD = frozenset({State.CLOSE, State.SIGN, State.WRONG, State.TRIVIAL})
"""The states in which a cell passes something wrong on."""

EMPTY = frozenset({State.BLANK, State.LOST})
"""The states of a cell that holds nothing."""

SAID = {
    State.RIGHT: N_("✓ right"),
    State.FOLLOWS: N_("✓ follows from your own answer to question {before}: full marks"),
    State.TYPED: N_("✓ right, but typed: make it a formula, so that it follows when numbers change"),
    State.ELSEWHERE: N_(
        "✓ right for these numbers, but not when they change: does the formula read every cell it needs?"
    ),
    State.CLOSE: N_("≈ close: give 6 decimals and round only at the end"),
    State.SIGN: N_("✗ right size, wrong sign"),
    State.WRONG: N_("✗ not right yet"),
    State.TRIVIAL: N_("✗ any method gives this from what stands before: first mend question {before}"),
    State.BLANK: N_("– nothing here yet"),
    State.TEXT: N_("✗ a text, not a number: check the decimal sign"),
    State.ERROR: N_("✗ an error value: look at the cells it reads"),
    State.TRUTH: N_("✗ TRUE and FALSE are no numbers"),
    State.LOST: N_("– these cells are no longer in the file"),
}

PARTLY = N_("partly: {there} of {all} filled in")
AFTER = N_("✗ not right yet; after an earlier ✗: first mend question {before}")
SOME = N_("{count} of {all}: {said}")
GIVENS = N_("⚠ the numbers given to you were changed; marking uses your own")

ORDER = (
    State.RIGHT,
    State.FOLLOWS,
    State.TYPED,
    State.ELSEWHERE,
    State.CLOSE,
    State.SIGN,
    State.WRONG,
    State.TRIVIAL,
    State.TEXT,
    State.ERROR,
    State.TRUTH,
    State.BLANK,
    State.LOST,
)


@dataclass(frozen=True)
class Shares:
    """What part of its points a cell earns in each state."""

    of: Mapping[State, float]

    def __getitem__(self, state: State) -> float:
        return self.of.get(state, 0.0)


def said_of(state: State, before: tuple[int, ...], is_after: bool) -> Message:
    """Say what a cell is; `before` are the questions that it hangs on and that are not right, if it is after any."""
    if state in (State.WRONG, State.SIGN) and is_after:
        return _(AFTER).format(before=listed(before))
    return _(SAID[state]).format(before=listed(before))


def listed(numbers: tuple[int, ...]) -> str:
    """Return numbers of questions as they stand in a sentence."""
    return ", ".join(map(str, numbers))
