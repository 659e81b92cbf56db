"""What is said of a step of descent, in several workbooks alike."""

from __future__ import annotations

import numpy as np

from workbook.block import Block, Formula, Value
from workbook.formula import Expr, Operand, equal, if_, rounded
from workbook.page import Page
from workbook.text import _


def step_says(page: Page, id: str, template: str, before: Block, after: Block, rate: Block) -> Block:
    """Write the live sentence of a step: from which loss `{before}` to which `{after}`, and whether it fell: `{verdict}`."""
    fell, rose = _("the loss fell"), _("the loss did not fall: try a smaller {rate}").format(rate=rate.symbol)
    stayed = _("the loss hardly changed: its slope here, or {rate}, is nearly 0").format(rate=rate.symbol)
    value, formula = outcome(before, after, rate, fell, rose, stayed)
    title = _("did the loss fall?")
    verdict = page.offstage_block(f"{id}_verdict", value, formula, title=title, number_format="@")
    return page.live(id, template, before=before, after=after, verdict=verdict)


def outcome(before: Block, after: Block, rate: Block, fell: str, rose: str, stayed: str) -> tuple[Value, Formula]:
    """Choose what is said of a step, and give its formula; a change in the last digits only, where programs differ, is none.

    Where the learning rate is 0, that is said instead: then nothing moves, and no word about the step's size is true.
    """
    change = np.round((after.value - before.value) / (1 + before.value), 12)
    words = str(stayed if change == 0 else fell if change < 0 else rose)

    def formula() -> Expr:
        moved = if_(after < before, str(fell), str(rose))
        return unless_still(rate, if_(equal(rounded((after - before) / (1 + before), 12), 0), str(stayed), moved))

    return np.asarray(words if rate.value else nothing_moves(rate), dtype=object), formula


def nothing_moves(rate: Block) -> str:
    """Say that with a learning rate of 0 a step goes nowhere."""
    return str(_("{rate} is 0, so nothing moves").format(rate=rate.symbol))


def unless_still(rate: Block, words: Operand) -> Expr:
    """The words of a verdict, unless the learning rate is 0."""
    return if_(equal(rate, 0), nothing_moves(rate), words)
