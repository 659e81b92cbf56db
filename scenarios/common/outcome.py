"""What stands at the end of a step of descent, and at the head of a gradient check, in several workbooks alike."""

from __future__ import annotations

import numpy as np

from workbook.block import Between, Block
from workbook.formula import equal, if_, rounded
from workbook.sheet import Sheet
from workbook.text import _


def cost_verdict(sheet: Sheet, id: str, before: Block, after: Block) -> None:
    """Say whether the cost fell, and in a sentence from where to where."""
    verdict = add_verdict(sheet, id, before, after)
    sheet.sentence(
        f"{id}_written", _("From {before:6} to {after:6}: {verdict}."), before=before, after=after, verdict=verdict
    )


def add_verdict(sheet: Sheet, id: str, before: Block, after: Block) -> Block:
    """Say whether the cost fell; a change in the last digits only, where programs differ, is none."""
    fell, rose = _("the cost fell"), _("the cost did not fall: try a smaller η")
    stayed = _("the cost hardly changed: its slope here, or η, is nearly 0")
    change = np.round((after.value - before.value) / (1 + before.value), 12)
    return sheet.derived(
        f"{id}_verdict",
        np.asarray(str(stayed if change == 0 else fell if change < 0 else rose), dtype=object),
        lambda: if_(
            equal(rounded((after - before) / (1 + before), 12), 0),
            str(stayed),
            if_(after < before, str(fell), str(rose)),
        ),
        title=_("verdict"),
        number_format="@",
    )


def nudge_size(sheet: Sheet, id: str = "h") -> Block:
    """Add the cell with the size h of a nudge."""
    block = sheet.given(
        id, 1e-4, symbol="h", title=_("size of the nudge"), valid=Between(1e-6, 1e-3), number_format="0.000000"
    )
    sheet.gap()
    return block
