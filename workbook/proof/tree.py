"""A formula's text as a tree of operations, as a spreadsheet reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Union

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
_PLACE = (
    r"(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    rf"(?:{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?\d{{1,7}}:\$?\d{{1,7}})(?![\w(.!:])"
)
_TEXT = r'"(?:[^"]|"")*"'
_REFERENCE = re.compile(rf"""({_TEXT})|(?<![\w.!$\]':])({_PLACE})""")
"""A text, which is passed over, or a reference to a cell or an area."""

_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<text>{_TEXT})
    | (?P<reference>{_PLACE})
    | (?P<function>[^\W\d][\w.]*\()
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?(?![\w.:!]))
    | (?P<truth>(?:TRUE|FALSE)(?![\w.:!\[]))
    | (?P<other>\{{[^{{}}]*\}}|[^\W\d][\w.]*\[[^][]*\]|\#[A-Z0-9/]+[!?]?|[^\W\d][\w.]*(?![\w.:!\[]))
    | (?P<sign><=|>=|<>|[-+*/^&=<>%(),])
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
"""What a formula is made of, one after the other; `other` is an array of constants, a table, an error or a name."""

_CONSTANTS: dict[str, Callable[[str], float | str | bool]] = {
    "number": float,
    "text": lambda text: text[1:-1].replace('""', '"'),
    "truth": lambda text: text.upper() == "TRUE",
}
_PRECEDENCE = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
NEGATIVE, PERCENT = "negative", "%"


@dataclass(frozen=True)
class Constant:
    """A number, a text or a truth value that stands in the formula; None where an argument is left out."""

    value: float | str | bool | None


@dataclass(frozen=True)
class Reference:
    """The formula's reference of this number, from 0."""

    number: int


@dataclass(frozen=True)
class Operation:
    """An operator or a function, by its name, and what it is applied to."""

    name: str
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Unknown:
    """What this module does not take apart: a name, a table, an array of constants."""


Node = Union[Constant, Reference, Operation, Unknown]  # noqa: UP007
DEEPEST_TREE = 200
"""Operations within one another; a longer formula of a stranger is not taken apart."""

Shape = tuple[str, ...]
"""The text of a formula without its references; formulas that a fill has made alike share it."""


def split(formula: str) -> tuple[Shape, list[str]]:
    """Return a formula's shape and its references, as they are written."""
    parts = _REFERENCE.split(formula)
    if len(parts) == 1:
        return (formula,), []
    references = parts[2::3]
    if None not in references:
        return tuple(parts[::3]), references
    # texts stay where they were: between the pieces, each marked by its quotation marks
    shape = tuple(piece for n, piece in enumerate(parts) if n % 3 != 2 and piece is not None)
    return shape, [reference for reference in references if reference is not None]


@lru_cache(maxsize=10_000)
def tree_of(shape: Shape, example: str) -> Node:
    """Return the tree of the formulas of a shape, of which `example` is one; `Unknown` where it cannot be told."""
    try:
        parser = _Parser(_tokens(example))
        tree = parser.expression(1)
        parser.end()
    except (_NotUnderstoodError, RecursionError):
        return Unknown()
    return Unknown() if parser.references != len(split(example)[1]) or _is_deep(tree) else tree


def _is_deep(tree: Node) -> bool:
    """Tell whether more operations lie within one another than a walk through them can take."""
    level = [tree]
    for _ in range(DEEPEST_TREE):
        level = [operand for node in level if isinstance(node, Operation) for operand in node.operands]
        if not level:
            return False
    return True


class _Token(NamedTuple):
    kind: str
    text: str


class _NotUnderstoodError(Exception):
    """The formula is not one that this module takes apart."""


def _tokens(formula: str) -> list[_Token]:
    found, at = [], 0
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None:
            raise _NotUnderstoodError
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind]))
        at = match.end()
    return found


class _Parser:
    """Climbs the precedences of a spreadsheet's operators: a minus before a number binds closer than a power."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.references = 0

    def _sees(self, *signs: str) -> bool:
        """Tell whether one of these signs comes next."""
        if self.at == len(self.tokens):
            return False
        kind, text = self.tokens[self.at]
        return kind == "sign" and text in signs

    def _take(self) -> _Token:
        if self.at == len(self.tokens):
            raise _NotUnderstoodError
        self.at += 1
        return self.tokens[self.at - 1]

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise _NotUnderstoodError

    def expression(self, lowest: int) -> Node:
        left = self._signed()
        while self._sees(*_PRECEDENCE) and (rank := _PRECEDENCE[self.tokens[self.at].text]) >= lowest:
            operator = self._take().text
            left = Operation(operator, (left, self.expression(rank + 1)))
        return left

    def _signed(self) -> Node:
        if self._sees("+", "-"):
            sign = self._take().text
            operand = self._signed()
            return Operation(NEGATIVE, (operand,)) if sign == "-" else operand
        found = self._operand()
        while self._sees(PERCENT):
            self._take()
            found = Operation(PERCENT, (found,))
        return found

    def _operand(self) -> Node:
        kind, text = self._take()
        if kind in _CONSTANTS:
            return Constant(_CONSTANTS[kind](text))
        if kind == "reference":
            self.references += 1
            return Reference(self.references - 1)
        if kind == "function":
            return Operation(text[:-1].upper().removeprefix("_XLFN."), tuple(self._arguments()))
        if kind == "other":
            return Unknown()
        if text != "(":
            raise _NotUnderstoodError
        inner = self.expression(1)
        self._close()
        return inner

    def _arguments(self) -> list[Node]:
        if self._sees(")"):
            self._take()
            return []
        found: list[Node] = []
        while True:
            found.append(Constant(None) if self._sees(",", ")") else self.expression(1))
            if not self._sees(","):
                self._close()
                return found
            self._take()

    def _close(self) -> None:
        if self._take() != ("sign", ")"):
            raise _NotUnderstoodError
