"""Layers of any kind, from a file: forward, loss, backward, one step, and a slope by trial.

Symbols: the number behind a letter is the layer's; X is the input, Y the target, L the loss

    W, b    weights, a column a unit, and biases: Z = X·W + b     K       a kernel: Z = X ⋆ K + b
    A       an activation function of each number                 P       a pool's windows, or softmax of each row
    F       the pictures as one row                               E, T    a table of rows, and the rows that it gives
    Q, K, V, S, A, O    attention: questions, keys, values, scores, shares, what is taken
    U, H    what comes in at each moment, what each leaves        C, N, O    normalization in its three steps

`reading` reads the file and stacks the layers up; `plain`, `pictures` and `sequences` say what each kind is as operations
of `scenarios.graph`; `stack` knows what each gives to the next, and where its tables stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.layers.pages import layers_book
from scenarios.layers.reading import check_stack, read_stack
from workbook.book import Book
from workbook.scenario import Parameter, Scenario, Setting
from workbook.text import N_

EXAMPLE = Path(__file__).parent.parent / "data" / "layers-example.toml"
"""What is built where no specification is given."""


class Layers(Scenario):
    """A network of layers of any kind."""

    name = "layers"
    licence = "MIT"
    title = N_("Layers of any kind: a network of your own")
    article = N_(
        "LeCun et al., “Gradient-based learning applied to document recognition” (1998), whose layers its own example has"
    )
    summary = N_("Any layers one after the other, from a short file: convolution, pooling, attention, recurrence, normalization, dense. Every table forward, every slope back, one step.")  # fmt: skip
    order = 205
    locale = Path(__file__).parent.parent / "locale"
    parameters = (
        Parameter(
            "spec", "", N_("file with the list of layers (TOML), instead of the example's"), text=True, file=True
        ),
    )
    specification = EXAMPLE

    def settings(self, typed: Mapping[str, str] | None = None) -> dict[str, Setting]:
        values = super().settings(typed)
        if values["spec"]:
            check_stack(Path(str(values["spec"])))  # so that a fault is said before anything is written
        return values

    def build(self, book: Book, settings: Mapping[str, Any], data: None) -> None:
        layers_book(book, read_stack(Path(settings["spec"]) if settings["spec"] else EXAMPLE))
