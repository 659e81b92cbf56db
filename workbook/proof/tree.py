"""A formula's text as a tree of operations, as a spreadsheet reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from openpyxl.formula.tokenizer import Token

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}"
_REFERENCE = re.compile(
    r"""("(?:[^"]|"")*")|(?<![\w.!$\]':])((?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"""
    rf"(?:{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?\d{{1,7}}:\$?\d{{1,7}})(?![\w(.!:]))"
)
"""A text, which is passed over, or a reference to a cell or an area."""

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
    from openpyxl.formula.tokenizer import Tokenizer, TokenizerError

    try:
        tokens = [token for token in Tokenizer(f"={example}").items if token.type != "WHITE-SPACE"]
        parser = _Parser(tokens)
        tree = parser.expression(1)
        parser.end()
    except (TokenizerError, _NotUnderstoodError, RecursionError, IndexError):
        return Unknown()
    return tree if parser.references == len(split(example)[1]) else Unknown()


class _NotUnderstoodError(Exception):
    """The formula is not one that this module takes apart."""


class _Parser:
    """Climbs the precedences of a spreadsheet's operators: a minus before a number binds closer than a power."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.references = 0

    def _next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def end(self) -> None:
        if self._next() is not None:
            raise _NotUnderstoodError

    def expression(self, lowest: int) -> Node:
        left = self._signed()
        while (token := self._next()) is not None and token.type == "OPERATOR-INFIX":
            rank = _PRECEDENCE.get(token.value, 0)
            if rank < lowest:
                break
            self.at += 1
            left = Operation(token.value, (left, self.expression(rank + 1)))
        return left

    def _signed(self) -> Node:
        token = self._next()
        if token is not None and token.type == "OPERATOR-PREFIX":
            self.at += 1
            operand = self._signed()
            return Operation(NEGATIVE, (operand,)) if token.value == "-" else operand
        found = self._operand()
        while (token := self._next()) is not None and token.type == "OPERATOR-POSTFIX":
            self.at += 1
            found = Operation(PERCENT, (found,))
        return found

    def _operand(self) -> Node:
        token = self.tokens[self.at]
        self.at += 1
        if token.type == "OPERAND":
            return self._leaf(token)
        if token.type == "PAREN" and token.subtype == "OPEN":
            inner = self.expression(1)
            self._close()
            return inner
        if token.type == "FUNC" and token.subtype == "OPEN":
            return Operation(token.value[:-1].upper().removeprefix("_XLFN."), tuple(self._arguments()))
        raise _NotUnderstoodError

    def _leaf(self, token: Token) -> Node:
        if token.subtype == "NUMBER":
            return Constant(float(token.value))
        if token.subtype == "TEXT":
            return Constant(token.value[1:-1].replace('""', '"'))
        if token.subtype == "LOGICAL":
            return Constant(token.value.upper() == "TRUE")
        if token.subtype == "RANGE" and (match := _REFERENCE.fullmatch(token.value)) and match[2]:
            self.references += 1
            return Reference(self.references - 1)
        return Unknown()

    def _arguments(self) -> list[Node]:
        token = self._next()
        if token is not None and token.subtype == "CLOSE" and token.type == "FUNC":
            self.at += 1
            return []
        found: list[Node] = []
        while True:
            token = self.tokens[self.at]
            found.append(Constant(None) if token.type == "SEP" or token.subtype == "CLOSE" else self.expression(1))
            token = self.tokens[self.at]
            self.at += 1
            if token.type == "FUNC" and token.subtype == "CLOSE":
                return found
            if token.type != "SEP":
                raise _NotUnderstoodError

    def _close(self) -> None:
        token = self.tokens[self.at]
        if token.subtype != "CLOSE":
            raise _NotUnderstoodError
        self.at += 1
