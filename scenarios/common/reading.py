"""Reads the tables of a specification: what every kind of them has in common; every fault is one line that says how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.classes import class_count, same_class, targets_of
from scenarios.common.toml import shortened, shown
from workbook.numerals import TINIEST, is_tiny
from workbook.scenario import UsageError


class Reader:
    """Reads values of a specification; knows the file's name for its errors, and notes what the file does not say."""

    keys: ClassVar[Mapping[str, Sequence[str]]] = {}
    """The keys of each table."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.untyped: list[str] = []

    def fail(self, key: str, problem: str) -> NoReturn:
        raise UsageError(f"{self.source}: {key}: {problem}")

    def said(self, table: Mapping[str, Any], key: str, usual: Any) -> Any:
        """Return what a table says under the last part of `key`, or else what is usual; and note that it does not say it."""
        name = key.rpartition(".")[2]
        if name not in table:
            taken = shown(usual) if isinstance(usual, bool) else f"{usual}"
            self.untyped.append(f"{key} = {taken}")
        return table.get(name, usual)

    def known(self, table: str, found: Mapping[str, Any], keys: Sequence[str]) -> None:
        for key in found:
            if key not in keys:
                where = f"{table}.{shortened(key)}" if table else shortened(key)
                self.fail(where, f"no such key; there are {', '.join(keys)}")

    def table(self, raw: Mapping[str, Any], name: str, *, needed: bool = True) -> dict[str, Any]:
        if name not in raw and needed:
            self.fail(
                name,
                f"the table is missing; add a line [{name}] and below it its keys ({', '.join(self.keys.get(name, ('name',)))})",
            )
        found = raw.get(name, {})
        if not isinstance(found, dict):
            self.fail(name, f"{shown(found)} is no table; write [{name}] and below it its keys")
        if name in self.keys:
            self.known(name, found, self.keys[name])
        return found

    def choice(self, key: str, value: Any, options: Sequence[str]) -> str:
        if value is None:
            self.fail(key, f"missing; choose one of {', '.join(options)}")
        if not isinstance(value, str) or value not in options:
            self.fail(key, f"{shown(value)} is not known; choose one of {', '.join(options)}")
        return value

    def whole(self, key: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fail(key, f"{shown(value)}: give a whole number from {low:,} to {high:,}")
        return value

    def yes_no(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.fail(key, f"{shown(value)}: write true or false")
        return value

    def number(self, key: str, value: Any, low: float, high: float) -> float:
        # comparing first: a whole number may be too large for a float
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fail(key, f"{shown(value)}: give a number from {low:g} to {high:g}")
        if is_tiny(value):
            self.fail(key, f"{shown(value)}: give 0, or a number of at least {TINIEST:g} in size")
        return float(value)

    def title(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 100 or not value.isprintable():
            self.fail("title", f"{shown(value)}: give one line of text of at most 100 characters")
        return value

    def array(self, key: str, value: Any, shape: tuple[int | None, ...], largest: float) -> Array:
        """Read a list of numbers, or a list of such lists; a length that is None may be any."""
        size, *inner = shape
        what = "lists" if inner else "numbers"
        if not isinstance(value, list) or not value or (size is not None and len(value) != size):
            self.fail(key, f"{shown(value)}: give a list of {size or 'at least 1'} {what}")
        if not inner:
            return np.array(
                [self.number(f"{key}, number {n}", each, -largest, largest) for n, each in enumerate(value, 1)]
            )
        return np.array([self.array(f"{key}, row {n}", row, tuple(inner), largest) for n, row in enumerate(value, 1)])

    def refuse_transposed(self, key: str, value: Any, shape: tuple[int, ...]) -> None:
        """Say what is wrong with weights that lie the other way: one row an input, as Keras has them."""
        if len(shape) < 2 or shape[0] == shape[1] or not isinstance(value, list) or len(value) != shape[1]:
            return
        if all(isinstance(row, list) and len(row) == shape[0] for row in value):
            n, k = shape
            self.fail(
                key,
                f"{k} rows of {n}: these lie with one row an input; give one row a unit, {n} of {k} {'number' if k == 1 else 'numbers'} (transpose them)",
            )

    # -- classes and labels --------------------------------------------------------------------------------

    def classes(self, table: Mapping[str, Any], outputs: int) -> tuple[str, ...]:
        """Read which class each output unit is for; none where the file does not say it."""
        if "classes" not in table:
            return ()
        value, count = table["classes"], class_count(outputs)
        if not isinstance(value, list) or len(value) != count:
            which = "one for each output" if outputs > 1 else "the one whose target is 0 first"
            self.fail("data.classes", f"{shown(value)}: list {count} classes, {which}")
        names = [self.label(f"data.classes, number {n}", each) for n, each in enumerate(value, 1)]
        for n, name in enumerate(names):
            if any(same_class(name, other) for other in names[:n]):
                self.fail(f"data.classes, number {n + 1}", f"{shown(value[n])} is there twice; give every class once")
        return tuple(names)

    def labelled(
        self, table: Mapping[str, Any], count: int, outputs: int, stated: Sequence[str]
    ) -> tuple[Array, tuple[str, ...], bool]:
        """Read labels, one for each of so many rows of x, as `targets_of` returns them."""
        labels = table["labels"]
        if not isinstance(labels, list) or len(labels) != count:
            self.fail("data.labels", f"{shown(labels)}: give a list of {count} labels, one for each row of x")
        texts = [self.label(f"data.labels, number {n}", label) for n, label in enumerate(labels, 1)]
        return targets_of(texts, outputs, stated, self.source, "data.labels")

    def label(self, key: str, value: Any) -> str:
        whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15
        text = isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) <= 40
        if not whole and not text:
            self.fail(key, f"{shown(value)}: give a short text or a whole number")
        return str(value)
