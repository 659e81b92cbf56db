"""Formulas that programs spell differently when they save a file, told from formulas that are different.

Spaces, capitals, brackets that can be spared, the spelling of numbers and a plus as a sign make no difference; nor does it
whether the minus stands before a product or before its first factor, which comes to the same number bit by bit.
"""

from __future__ import annotations

import re

from workbook.proof.tree import NEGATIVE, Constant, Node, Operation, Reference, split, tree_of

_REFERENCE = re.compile(r"\{[^{}]*\}")

Spelled = tuple[object, ...]


def same_formula(before: str, after: str, first: str, second: str) -> bool:
    """Tell whether two formulas are one, however they are spelled.

    Parameters
    ----------
    before, after : the formulas as they stand in the cells
    first, second : the same in normal form (`workbook.normal`), which says what their references mean
    """
    if first == second:
        return True
    if _REFERENCE.findall(first) != _REFERENCE.findall(second):
        return False
    old, new = canonical(before), canonical(after)
    return old is not None and old == new


def canonical(formula: str) -> Spelled | None:
    """Return a formula's operations, its references by their order alone; None where it cannot be taken apart."""
    return _spelled(tree_of(split(formula)[0], formula))


def _spelled(node: Node) -> Spelled | None:
    if isinstance(node, Constant):
        return type(node.value).__name__, node.value  # 1 is not TRUE
    if isinstance(node, Reference):
        return "reference", node.number
    if not isinstance(node, Operation):
        return None
    operands = [_spelled(operand) for operand in node.operands]
    if None in operands:
        return None
    if node.name in ("TRUE", "FALSE") and not operands:
        return "bool", node.name == "TRUE"
    return _negated(operands[0]) if node.name == NEGATIVE else (node.name, *operands)


def _negated(part: Spelled | None) -> Spelled:
    """Return the negative; of a product or a quotient that of its first factor."""
    assert part is not None
    if part[0] in ("*", "/"):
        _sign, first, second = part
        assert isinstance(first, tuple)
        return part[0], _negated(first), second
    return NEGATIVE, part
