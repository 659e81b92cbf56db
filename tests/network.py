"""A small network as a book: forward, loss, backward, update, forward again.

The weights are random, since equal ones hide errors.

Shapes: X (m×3), W1 (4×3), Z1 and A1 (m×4), W2 (2×4), Z2 and Y (m×2); ReLU, then sigmoid; loss ½·mean‖Y − T‖².
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from workbook.block import Block, Counter, Formula
from workbook.book import Book
from workbook.formula import call, dot, exp, if_, mean, total
from workbook.sheet import Kind

Blocks = dict[str, Block]
Plant = Callable[[Blocks], Formula]
M = 5
CLAIM = "What a small network computes, number by number."
EXAMPLES, HIDDEN, OUTPUTS, INPUTS = Counter("i="), Counter("j="), Counter("o="), Counter("k=")


def network(planted: Mapping[str, Plant] | None = None, seed: int = 1, language: str = "en") -> Book:
    """Build the book; `planted` replaces the formulas of some blocks, never their values."""
    return _Builder(dict(planted or {}), seed).build()


class _Builder:
    def __init__(self, planted: dict[str, Plant], seed: int) -> None:
        self.planted = planted
        self.random = np.random.default_rng(seed)
        self.b: Blocks = {}
        self.book = Book("network", "A small network", "no article", "for tests")

    def given(self, id: str, value: Any, **fields: Any) -> np.ndarray:
        self.b[id] = self.sheet.given(id, value, title=id, **fields)
        return self.b[id].value

    def derived(self, id: str, value: Any, formula: Formula, **fields: Any) -> np.ndarray:
        if id in self.planted:
            formula = self.planted[id](self.b)
        self.b[id] = self.sheet.derived(id, value, formula, title=id, **fields)
        return self.b[id].value

    def build(self) -> Book:
        self.sheet = self.book.page("Inputs", "Inputs", CLAIM, kind=Kind.DEEPER)
        normal = self.random.normal
        self.X = self.given("X", normal(size=(M, 3)), rows=EXAMPLES, columns=INPUTS)
        self.T = self.given("T", self.random.uniform(size=(M, 2)), rows=EXAMPLES, columns=OUTPUTS)
        self.W1 = self.given("W1", normal(size=(4, 3)), rows=HIDDEN, columns=INPUTS)
        self.b1 = self.given("b1", normal(size=4))
        self.W2 = self.given("W2", normal(size=(2, 4)), rows=OUTPUTS, columns=HIDDEN)
        self.b2 = self.given("b2", normal(size=2))
        self.given("lr", 0.7)
        self.given("m", M)
        self.forward()
        self.backward()
        self.update()
        return self.book.finish()

    def forward(self) -> None:
        self.sheet = self.book.page("Forward", "Forward", CLAIM, kind=Kind.DEEPER)
        self.sheet.step("Forward", "because", "z = W x + b")
        b = self.b
        self.Z1 = self.derived(
            "Z1",
            self.X @ self.W1.T + self.b1,
            lambda i, j: dot(b["W1"][j, :], b["X"][i, :]) + b["b1"][j],
            rows=EXAMPLES,
            columns=HIDDEN,
        )
        self.A1 = self.derived("A1", np.maximum(self.Z1, 0), lambda i, j: call("MAX", 0, b["Z1"][i, j]))
        self.Z2 = self.derived(
            "Z2",
            self.A1 @ self.W2.T + self.b2,
            lambda i, o: dot(b["W2"][o, :], b["A1"][i, :]) + b["b2"][o],
            rows=EXAMPLES,
            columns=OUTPUTS,
        )
        self.Y = self.derived("Y", 1 / (1 + np.exp(-self.Z2)), lambda i, o: 1 / (1 + exp(-b["Z2"][i, o])))
        self.E = self.derived("E", (self.Y - self.T) ** 2 / 2, lambda i, o: (b["Y"][i, o] - b["T"][i, o]) ** 2 / 2)
        rows = self.derived("loss_rows", self.E.sum(axis=1), lambda i: total(b["E"][i, :]))
        self.derived("loss", rows.mean(), lambda: mean(b["loss_rows"]))
        self.sheet.sentence("first", "z₁ = {z:3} and y₁ = {y:3}", z=b["Z1"][0, 0], y=b["Y"][0, 0])

    def backward(self) -> None:
        self.sheet = self.book.page("Backward", "Backward", CLAIM, kind=Kind.DEEPER)
        b = self.b
        self.dZ2 = self.derived(
            "dZ2",
            (self.Y - self.T) * self.Y * (1 - self.Y) / M,
            lambda i, o: (b["Y"][i, o] - b["T"][i, o]) * b["Y"][i, o] * (1 - b["Y"][i, o]) / b["m"],
            columns=OUTPUTS,  # a counter by which a column can be picked: Gnumeric refuses INDEX(table,0,o)
        )
        self.dW2 = self.derived(
            "dW2",
            self.dZ2.T @ self.A1,
            lambda o, j: dot(b["dZ2"][:, o], b["A1"][:, j]),
            rows=OUTPUTS,
            columns=HIDDEN,
        )
        self.db2 = self.derived("db2", self.dZ2.sum(axis=0), lambda o: total(b["dZ2"][:, o]), rows=OUTPUTS)
        self.dA1 = self.derived(
            "dA1",
            self.dZ2 @ self.W2,
            lambda i, j: dot(b["dZ2"][i, :], b["W2"][:, j]),
            rows=EXAMPLES,
            columns=HIDDEN,
        )
        self.dZ1 = self.derived(
            "dZ1",
            self.dA1 * (self.Z1 > 0),
            lambda i, j: b["dA1"][i, j] * if_(b["Z1"][i, j] > 0, 1, 0),
            columns=HIDDEN,
        )
        self.dW1 = self.derived(
            "dW1",
            self.dZ1.T @ self.X,
            lambda j, k: dot(b["dZ1"][:, j], b["X"][:, k]),
            rows=HIDDEN,
            columns=INPUTS,
        )

    def update(self) -> None:
        self.sheet = self.book.page("Update", "Update", CLAIM, kind=Kind.DEEPER)
        b = self.b
        W1 = self.derived("W1_new", self.W1 - 0.7 * self.dW1, lambda j, k: b["W1"][j, k] - b["lr"] * b["dW1"][j, k])
        self.derived("W2_new", self.W2 - 0.7 * self.dW2, lambda o, j: b["W2"][o, j] - b["lr"] * b["dW2"][o, j])
        self.derived(
            "Z1_next",
            self.X @ W1.T + self.b1,
            lambda i, j: dot(b["W1_new"][j, :], b["X"][i, :]) + b["b1"][j],
            rows=EXAMPLES,
            columns=HIDDEN,
        )
