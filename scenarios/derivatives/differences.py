"""The steps of the difference quotients that check a derivative, and how close they must come."""

from __future__ import annotations

from scenarios.common.columns import caption
from workbook.block import Between, Block
from workbook.eager import Sheet
from workbook.text import _

STEP = 1e-4
"""A step for difference quotients that are checks: small against the curve, large against rounding."""

APART = 1e-4
"""How far a derivative by rule and a central difference with such a step may lie apart here."""


def step_given(sheet: Sheet, id: str) -> Block:
    """Add the step h of a sheet's difference quotients."""
    fields = caption(_("step of the difference quotients"), "h", "0.00000")
    return sheet.given(id, STEP, valid=Between(1e-5, 1e-3), **fields)
