"""A trained model from an ONNX file: every number of its forward pass and, with a loss, of its backward pass and one step.

Symbols and shapes follow from the model; of a network of dense layers, with examples as rows,

    X  (m, k)  input       W1 (k, n)  weights       b1 (n,)  biases
    Z1 (m, n)  X·W1 + b1   A1 (m, n)  g(Z1)         L  the loss, where one is named;  Y  targets

`reading` reads the file within limits; `reference` computes each step with ONNX's own reference implementation, whose numbers
are the values of the cells; `building` and `operations` make the graph, whose formulas are ours; `loss` and `data` add the
reader's rows and a loss; `pages` lays it out.

Source: the Open Neural Network Exchange's definition of its operations, https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.graph.pages import ETA
from scenarios.imported.building import Building
from scenarios.imported.data import LOSSES, NONE, Rows, fed, read_rows, split
from scenarios.imported.loss import add_loss
from scenarios.imported.operations import FIXED, OPERATIONS
from scenarios.imported.pages import lay_out
from scenarios.imported.reading import MOST_CELLS, read_model
from workbook.book import Book
from workbook.scenario import Parameter, Scenario, Setting, UsageError
from workbook.text import N_

EXAMPLE = Path(__file__).parent / "example" / "rings.onnx"
"""The model that is imported where none is named, with its data beside it."""


class Imported(Scenario):
    """A model of the reader's own."""

    name = "imported"
    licence = "MIT"
    title = N_("A trained model, every number in the open")
    article = N_("The Open Neural Network Exchange (onnx.ai), whose operations these are")
    summary = N_(
        "A model from an ONNX file, step by step: what it reads, what each operation makes of it, and what comes out."
    )
    order = 900
    locale = Path(__file__).parent.parent / "locale"
    parameters = (
        Parameter("model", "", N_("the file of the model (ONNX), instead of the example's"), text=True, file=True),
        Parameter("loss", NONE, N_("loss, for the way back and one step"), choices=LOSSES),
        Parameter("target", "", N_("columns of the data that hold the targets, with commas between them"), text=True),
        ETA,
    )
    data_columns = N_("a column for each number that the model reads, and those of the targets: one example a row")

    def settings(self, typed: Mapping[str, str] | None = None) -> dict[str, Setting]:
        values = super().settings(typed)
        if values["model"]:
            read_model(
                Path(str(values["model"])), OPERATIONS, FIXED
            )  # so that a fault is said before anything is written
        return values

    def read_data(self, path: Path) -> Rows:
        return read_rows(path)

    def build(self, book: Book, settings: Mapping[str, Any], data: Rows | None) -> None:
        """The model's steps as a graph, with the reader's rows and, where it is named, a loss; then its pages."""
        path = Path(str(settings["model"])) if settings["model"] else EXAMPLE
        rows = data or (read_rows(EXAMPLE.with_suffix(".csv")) if path == EXAMPLE else None)
        loss, target = str(settings["loss"]), str(settings["target"])
        if path == EXAMPLE and data is None and loss == NONE:
            rows, _targets = split(rows, LOSSES[2], "")
            targets = None
        else:
            rows, targets = split(rows, loss, target)
        model = read_model(path, OPERATIONS, FIXED)
        building = Building(model, fed(model, rows))
        building.build(OPERATIONS)
        if targets is not None:
            add_loss(building, loss, targets)
        if building.cells > MOST_CELLS:
            raise UsageError(
                f"{path}: forward, backward and one step are {building.cells:,} numbers, and a workbook holds {MOST_CELLS:,}; "
                "give fewer rows of data, or leave --loss out"
            )
        lay_out(book, building)
