"""Formulas that programs spell differently when they save a file, told from formulas that are different.

A formula in normal form (`workbook.normal`) is parsed, and written with no bracket that can be spared, with numbers as
Python has them, without a plus as a sign, and with the minus of a product or quotient on its first factor, where it comes to
the same number bit by bit. As in a spreadsheet, a sign binds more strongly than a power.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")|(?P<ref>\{[^{}]*\}|\'(?:[^\']|\'\')*\'![^\s(),;+*/^&=<>-]+|#[A-Z0-9/!?]+)'
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)|(?P<name>[^\W\d][\w.!$]*)|(?P<sign><=|>=|<>|[-+*/^&=<>(),;%:])",
    re.IGNORECASE,
)
_BINARY = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, ":": 8}
_UNARY, _PERCENT, _ATOM = 6, 7, 9
MOST_TOKENS = 10_000

Written = tuple[str, int]  # a formula and how strongly its outermost sign binds


class _UnreadableError(Exception):
    """The formula is none that this module understands."""


def same_formula(first: str, second: str) -> bool:
    """Tell whether two formulas in normal form are one, however they are spelled."""
    if first == second:
        return True
    try:
        return canonical(first) == canonical(second)
    except _UnreadableError:
        return False


@lru_cache(maxsize=10_000)
def canonical(formula: str) -> str:
    """Return the canonical spelling of a formula in normal form."""
    parser = _Parser(formula)
    try:
        written = parser.expression(0)
    except RecursionError:
        raise _UnreadableError from None
    if parser.sign:
        raise _UnreadableError
    return written[0]


class _Parser:
    """Reads a formula from left to right; `sign` is the next token's text, empty at the end."""

    def __init__(self, formula: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(formula):
            match = _TOKEN.match(formula, at)
            if match is None or len(self.tokens) > MOST_TOKENS:
                raise _UnreadableError
            self.tokens.append((match.lastgroup or "", match[0]))
            at = match.end()
        self.tokens.append(("end", ""))
        self.n = 0

    @property
    def sign(self) -> str:
        return self.tokens[self.n][1]

    def take(self) -> tuple[str, str]:
        self.n += 1
        return self.tokens[self.n - 1]

    def expect(self, sign: str) -> None:
        if self.take()[1] != sign:
            raise _UnreadableError

    def expression(self, weakest: int) -> Written:
        left = self.operand()
        while self.tokens[self.n][0] == "sign" and (self.sign == "%" or _BINARY.get(self.sign, -1) > weakest):
            sign = self.take()[1]
            if sign == "%":
                left = f"{_within(left, _PERCENT)}%", _PERCENT
                continue
            strength = _BINARY[sign]
            right = self.expression(strength)
            left = f"{_within(left, strength)}{sign}{_within(right, strength + 1)}", strength
        return left

    def operand(self) -> Written:
        kind, text = self.take()
        if kind == "number":
            return repr(float(text)), _ATOM
        if kind in ("text", "ref"):
            return text, _ATOM
        if kind == "name":
            return self.named(text.upper().removeprefix("_XLFN."))
        if text == "(":
            inside = self.expression(0)
            self.expect(")")
            return inside
        if text == "+":
            return self.expression(_UNARY - 1)
        if text == "-":
            return _negated(self.expression(_UNARY - 1))
        raise _UnreadableError

    def named(self, name: str) -> Written:
        if self.sign != "(":
            return name, _ATOM
        self.take()
        arguments = [""]
        while self.sign != ")":
            if self.sign in (",", ";"):
                self.take()
                arguments.append("")
            elif self.sign and not arguments[-1]:
                arguments[-1] = self.expression(0)[0]
            else:
                raise _UnreadableError
        self.take()
        if name in ("TRUE", "FALSE") and arguments == [""]:
            return name, _ATOM
        return f"{name}({','.join(arguments)})", _ATOM


def _within(part: Written, strength: int) -> str:
    text, own = part
    return text if own >= strength else f"({text})"


def _negated(part: Written) -> Written:
    """Return the negative: of a product that of its first factor, which is where its text begins."""
    text, own = part
    return (f"-{text}", own) if own == _BINARY["*"] else (f"-{_within(part, _UNARY)}", _UNARY)
