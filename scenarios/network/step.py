"""Page Step: one parameter's step, each of the optimizer's columns with its numbers."""

from __future__ import annotations

import numpy as np

from scenarios.network.spec import Spec
from workbook.block import Between, Block, Formula, Role
from workbook.formula import Operand, absolute, pick
from workbook.page import Page, Voice
from workbook.text import _

SHOWN = "0.000000"
"""Steps are small: six decimals show them."""


def step_page(page: Page, spec: Spec, cells: dict[str, Block]) -> None:
    """Let the reader choose a parameter, and write its step out."""
    with page.left(44):
        valid = Between(1, spec.parameter_count, whole=True)
        chosen = page.given("step_parameter", 1.0, "", _("parameter, counted from 1"), valid=valid)
        at = int(chosen.value) - 1
        page.gap()
        said = page.keep()
        page.gap()
        numbers: dict[str, Operand] = {}
        for id, block in cells.items():
            if block.value.ndim == 0:
                numbers[id] = block.whole()
                continue
            shown = Block(
                f"step_of_{id}", Role.DERIVED if block.role is Role.RECORDED else block.role, np.asarray(block.value[at]), block.title,
                block.symbol, formula=_picked(block, chosen), number_format="@" if block.is_text else SHOWN,
            )  # fmt: skip
            numbers[id] = page.add(shown).whole()
    with page.right(), page.column(characters=100):
        page.text(_("The step, {name}, with six decimals, as steps are small:").format(name=_(spec.optimizer.title)))
        page.gap()
        for column in spec.optimizer.columns:
            page.math(f"{column.symbol} = {column.math}")
            template = f"= {column.written} = {{{column.id}:6}}"
            page.sentence(
                f"written_{column.id}", template, Voice.PLAIN,
                **{key: numbers[key] for key in numbers if "{" + key in template},
            )  # fmt: skip
    with page.into(said):
        page.live(
            "step_says",
            _("▶ {name}: slope {g:4}, so it goes from {w:4} to {w_new:4}."),
            **{k: numbers[k] for k in ("name", "g", "w", "w_new")},
        )
    page.try_(
        _("Type other parameters: which way does each go, and does the size of its step follow the size of its slope?")
    )
    w, new = cells["w"], cells["w_new"]
    moved = page.offstage_block(
        "step_moved", abs(new.value[at] - w.value[at]), lambda: absolute(pick(new, chosen) - pick(w, chosen)), title=_("how far it moves")
    )  # fmt: skip
    page.turn(
        "step_turn", _("How far does this parameter move, up or down? (0.0005 off is close enough)"), moved, 0.0005,
        _("The new value minus the old."), _("take the old value from the new one, and leave out the sign."),
    )  # fmt: skip
    page.remember(_("Against the slope: above 0 it shrinks, below 0 it grows, unless what is remembered outweighs it."))


def _picked(block: Block, chosen: Block) -> Formula:
    return lambda: pick(block, chosen)
