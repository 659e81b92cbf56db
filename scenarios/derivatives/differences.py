"""Derivatives by rule held against central differences: the table, its step, and how close both must come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.common.activations import Array
from workbook.block import Between, Block
from workbook.formula import Operand
from workbook.page import Page
from workbook.text import _

STEP = 1e-4
"""A step for difference quotients that are checks: small against the curve, large against rounding."""
APART = 1e-4
"""How far a derivative by rule and a central difference with such a step may lie apart here."""
SIX: dict[str, Any] = {"number_format": "0.000000"}
"""A function a little to both sides differs in the fourth decimal, and its differences count."""
Numbers = tuple[Array, Sequence[Operand]]


def step_given(page: Page, id: str) -> Block:
    """Add the step h of a sheet's difference quotients."""
    return page.given(id, STEP, "h", _("step of the difference quotients"), valid=Between(1e-5, 1e-3))


def held_to_differences(
    page: Page, id: str, names: Sequence[str], rule: Numbers, after: Numbers, before: Numbers, h: Block
) -> None:
    """Show slopes by rule beside central differences, each as values and formulas, and hold one against the other."""
    with page.table(names, len(names)) as t:
        slope = t.gradient(f"{id}_slope", rule[0], None, "", _("slope by the rule"), each=rule[1], **SIX)
        right = t.derived(f"{id}_after", after[0], None, "", _("function, this input + h"), each=after[1], **SIX)
        left = t.derived(f"{id}_before", before[0], None, "", _("function, this input − h"), each=before[1], **SIX)
        value, fields = (after[0] - before[0]) / (2 * h.value), {"math": _("(after − before)/2h"), **SIX}
        title = _("difference quotient")
        central = t.derived(f"{id}_central", value, lambda i: (right[i] - left[i]) / (2 * h), "", title, **fields)
    page.remark(_("Six decimals: a little to both sides a function differs only in the fourth."))
    page.check(f"{id}_holds", _("slopes by the rules = difference quotients"), slope[:], central[:], APART)
