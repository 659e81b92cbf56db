"""Expressions taken apart and put together again, to state a formula as somebody would who made a mistake."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import reduce

from workbook.expression import Binary, Call, Dot, Expr, Negative, Ref

DEEPEST = 4
"""So far down a formula mistakes are looked for; what lies deeper nobody forgets alone."""

Rebuild = Callable[[Expr], Expr]
Step = tuple[Expr, Rebuild]


def children(expr: Expr) -> list[Step]:
    """Return the parts of an expression, each with a function that puts another in its place.

    A condition is no part: who gets it wrong gets another case, not another formula.
    """
    if isinstance(expr, Binary):
        return [(expr.left, lambda e: replace(expr, left=e)), (expr.right, lambda e: replace(expr, right=e))]
    if isinstance(expr, Negative):
        return [(expr.operand, Negative)]
    if isinstance(expr, Call):
        first = 1 if expr.function in ("IF", "CHOOSE", "INDEX") and len(expr.arguments) > 1 else 0
        if expr.function == "INDEX":
            return [(expr.arguments[0], _argument(expr, 0))]
        return [(expr.arguments[n], _argument(expr, n)) for n in range(first, len(expr.arguments))]
    return []


def _argument(call: Call, n: int) -> Rebuild:
    return lambda e: replace(call, arguments=(*call.arguments[:n], e, *call.arguments[n + 1 :]))


def positions(expr: Expr) -> Iterator[Step]:
    """Yield an expression and its parts, the outermost first, each with what puts another in its place.

    Of a chain of + or of * only the whole is yielded, and its members.
    """
    waiting: deque[tuple[Expr, Rebuild, int]] = deque([(expr, lambda e: e, 0)])
    while waiting:
        node, rebuild, depth = waiting.popleft()
        yield node, rebuild
        if depth == DEEPEST:
            continue
        for part, put in _members(node):
            waiting.append((part, _after(rebuild, put), depth + 1))


def _after(outer: Rebuild, inner: Rebuild) -> Rebuild:
    return lambda e: outer(inner(e))


def _members(node: Expr) -> list[Step]:
    if isinstance(node, Binary) and node.operator in "+*":
        operator, parts = node.operator, chain(node, node.operator)
        return [(part, _put(operator, parts, n)) for n, part in enumerate(parts)]
    return children(node)


def _put(operator: str, parts: Sequence[Expr], n: int) -> Rebuild:
    return lambda e: linked(operator, [*parts[:n], e, *parts[n + 1 :]])


def chain(expr: Expr, operator: str) -> list[Expr]:
    """Return the members of a + b + c or of a * b * c; of anything else itself."""
    members: list[Expr] = []
    while isinstance(expr, Binary) and expr.operator == operator:
        members.append(expr.right)
        expr = expr.left
    members.append(expr)
    found: list[Expr] = []
    for member in reversed(members):
        nested = isinstance(member, Binary) and member.operator == operator
        found += chain(member, operator) if nested else [member]
    return found


def linked(operator: str, members: Sequence[Expr]) -> Expr:
    """Return members with an operator between them."""
    return reduce(lambda left, right: Binary(operator, left, right), members)


def without(operator: str, members: Sequence[Expr], n: int) -> Expr:
    """Return a chain that lacks its n-th member."""
    return linked(operator, [*members[:n], *members[n + 1 :]])


def calls(expr: Expr) -> Iterator[str]:
    """Yield the functions that an expression calls."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            yield node.function
            waiting += node.arguments
        elif isinstance(node, Binary):
            waiting += [node.left, node.right]
        elif isinstance(node, Negative):
            waiting.append(node.operand)


def with_refs(expr: Expr, put: Callable[[Ref], Ref]) -> Expr:
    """Return an expression with another reference in the place of each; the same one where none differs."""
    if isinstance(expr, Ref):
        return put(expr)
    if isinstance(expr, Binary):
        left, right = with_refs(expr.left, put), with_refs(expr.right, put)
        return expr if left is expr.left and right is expr.right else Binary(expr.operator, left, right)
    if isinstance(expr, Negative):
        operand = with_refs(expr.operand, put)
        return expr if operand is expr.operand else Negative(operand)
    if isinstance(expr, Call):
        arguments = tuple(with_refs(argument, put) for argument in expr.arguments)
        same = all(new is old for new, old in zip(arguments, expr.arguments, strict=True))
        return expr if same else Call(expr.function, arguments)
    if isinstance(expr, Dot):
        across, down = put(expr.left), put(expr.right)
        return expr if across is expr.left and down is expr.right else Dot(across, down)
    return expr
