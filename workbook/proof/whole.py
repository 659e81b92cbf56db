"""Which formulas come to a whole number whatever they read: a count, what is rounded to one, and what is made of these."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from workbook.fills import TYPED
from workbook.ledger import BlockCells
from workbook.proof.tree import NEGATIVE, Constant, Node, Operation, split, tree_of

COUNTS = frozenset({"COLUMN", "COLUMNS", "COUNT", "COUNTA", "COUNTIF", "INT", "LEN", "MATCH", "ROW", "ROWS", "SIGN"})
KEEPS = frozenset({"+", "-", "*", NEGATIVE, "ABS", "MAX", "MIN", "MOD", "SUM"})
"""What makes whole numbers of whole numbers."""

_MAY_BE_WHOLE = re.compile(rf"\b(?:{'|'.join(sorted(COUNTS))}|ROUND)\(")


def is_whole(tree: Node) -> bool:
    """Tell whether a formula comes to a whole number by construction; one that merely does so is none."""
    if isinstance(tree, Constant):
        return isinstance(tree.value, float) and tree.value.is_integer()
    if not isinstance(tree, Operation):
        return False
    if tree.name == "ROUND":
        digits = tree.operands[-1]
        return isinstance(digits, Constant) and digits.value == 0
    if tree.name == "IF" and len(tree.operands) == 3:
        return is_whole(tree.operands[1]) and is_whole(tree.operands[2])
    return tree.name in COUNTS or (tree.name in KEEPS and all(map(is_whole, tree.operands)))


def whole_cells(block: BlockCells) -> NDArray[np.bool_]:
    """Return which cells of a block have such a formula."""
    used, first = np.unique(block.which, return_index=True)
    whole = []
    for n, at in zip(used.tolist(), first.tolist(), strict=True):
        if n != TYPED:
            formula = block.templates[n].at(*divmod(at, block.shape[1]))
            if _MAY_BE_WHOLE.search(formula) and is_whole(tree_of(split(formula)[0], formula)):
                whole.append(n)
    return np.isin(block.which, whole)
