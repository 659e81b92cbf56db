"""Formulas that programs spell differently, and formulas that are different."""

from __future__ import annotations

import pytest

from workbook.canonical import canonical

SPELLED = [
    ("(-2)*A1", "-2*A1", 1),
    ("-(A1*B1)", "-A1*B1", 1),
    ("-(1/A1^2)", "-1/A1^2", 1),
    ("(ABS(A1))^B1", "ABS(A1)^B1", 1),
    ("-2^2", "-(2^2)", 0),
    ("-2^2", "(-2)^2", 1),
    ("A1-(B1-C1)", "A1-B1-C1", 0),
    ("A1-B1-C1", "(A1-B1)-C1", 1),
    ("A1/(B1*C1)", "A1/B1*C1", 0),
    ("2^3^2", "(2^3)^2", 1),
    ("2^(3^2)", "2^3^2", 0),
    ("1e-10*A1", "1E-10*A1", 1),
    ("IF(A1<=0,-B1,TRUE())", "IF((A1<=0),-B1,TRUE)", 1),
    ("1/(1+EXP(-(A1*B1)))", "1/(1+EXP(-A1*B1))", 1),
    ("IF(A1,,1)", "IF(A1,1,)", 0),
    ("-(A1+B1)", "-A1+B1", 0),
    ("-((A1*B1)/C1)", "-A1*B1/C1", 1),
    ("A1*-B1", "A1*(-B1)", 1),
    ("--A1*B1", "A1*B1", 0),
    ("A1*(B1*C1)", "A1*B1*C1", 0),
    ('"a ""b"""&A1', '"a ""b"""&(A1)', 1),
    ("IF(A1,TRUE,0)", "IF(A1,1,0)", 0),
    ("foo+A1", "bar+A1", 0),
    ("1", "1.0", 1),
    ("2*A1", "3*A1", 0),
    ('IF(A1="x",1,2)', 'IF(A1="y",1,2)', 0),
]


@pytest.mark.parametrize(("first", "second", "same"), SPELLED)
def test_spellings(first: str, second: str, same: int) -> None:
    found = canonical(first), canonical(second)
    assert (found[0] is not None and found[0] == found[1]) == bool(same)
