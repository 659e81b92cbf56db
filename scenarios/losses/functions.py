"""The functions that losses are made of and NumPy or a spreadsheet lacks."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from workbook.formula import Expr, Operand, absolute, call, exp, ln


def sign(x: Operand) -> Expr:
    """The sign of a cell: −1, 0 or 1."""
    return call("SIGN", x)


def log_cosh(x: Array) -> Array:
    """Return ln(cosh x)."""
    value: Array = np.logaddexp(x, -x) - np.log(2)
    return value


def log_cosh_formula(x: Expr) -> Expr:
    """The same for a cell, in the form that cannot overflow: COSH(711) is an error in a spreadsheet."""
    return absolute(x) + ln(1 + exp(-2 * absolute(x))) - ln(2)
