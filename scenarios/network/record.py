"""The recorded run of a network on its sheets: by epoch, by mini-batch, and every parameter at every update.

`Record` also knows how a cell looks a parameter up: the run holds all of them in a row, layer by layer W row by row, then b.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.common.layer import sup
from scenarios.network.given import LONG_TABLE
from scenarios.network.run import Place, Run
from scenarios.network.spec import Spec
from workbook.block import Block, Counter, Formula
from workbook.book import Book
from workbook.formula import Expr, Index, equal, if_, number_of, pick
from workbook.sheet import Kind
from workbook.text import _

WHOLE: dict[str, Any] = {"number_format": "0"}


class Record:
    """The run on its sheets.

    Attributes
    ----------
    states : by id ("w" are the parameters), a row an update
    update, batch_epoch, batch_cost, order : a row an update: its number, epoch, loss where its slopes are taken, examples
    epochs, cost, accuracy : a row an epoch
    """

    def __init__(self, book: Book, spec: Spec, run: Run, where: Sequence[Place]) -> None:
        self.spec, self.run, self.where = spec, run, where
        self.accuracy: Block | None = None
        self._by_epoch(book)
        self._by_batch(book)
        self.states = self._by_update(book)

    def _by_epoch(self, book: Book) -> None:
        run, count = self.run, len(self.run.cost)
        page = book.page("Epochs", _("The run by epoch, recorded by NumPy"), kind=Kind.DATA)
        page.step(_("After each epoch"), _("Loss over all examples, by NumPy; epoch 0 is before the first update."))
        with page.table(None, count, freeze=count > LONG_TABLE) as table:
            self.epochs = table.recorded("run_epoch", np.arange(count), "", _("epoch"), **WHOLE)
            title = _("mean loss over all examples") if self.spec.mean else _("sum of the losses over all examples")
            self.cost = table.recorded("run_cost", run.cost, "L", title)
            if run.accuracy is not None:
                self.accuracy = table.recorded(
                    "run_accuracy", run.accuracy, "", _("share that is right"), number_format="0.0%"
                )
        if self.accuracy is not None:
            page.source(
                _("Right means: an output of at least 0.5 for the class 1, below it for 0.")
                if self.spec.sizes[-1] == 1
                else _("Right means: the output of the true class is greater than every other; a tie is not right.")
            )

    def _by_batch(self, book: Book) -> None:
        run, count, size = self.run, len(self.run.batches), self.spec.batch_size
        order = np.zeros((count, size))
        for n, batch in enumerate(run.batches):
            order[n, : len(batch)] = batch + 1
        each = int(np.ceil(len(self.spec.data.x) / size))
        page = book.page("Batches", _("The mini-batch of every update, recorded by NumPy"), kind=Kind.DATA)
        page.step(
            _("Which examples each update saw"),
            _("Numbers are rows of the sheet Data; 0 is an empty place in a shorter last mini-batch."),
        )
        with page.table(None, count, freeze=count > LONG_TABLE) as table:
            self.update = table.recorded("batch_update", np.arange(count) + 1, "u", _("update"), **WHOLE)
            self.batch_epoch = table.recorded("batch_epoch", np.arange(count) // each + 1, "", _("epoch"), **WHOLE)
            self.batch_cost = table.recorded("batch_cost", run.batch_cost, "L", _("loss where the slopes are taken"))
            self.order = table.recorded("batch_examples", order, "", _("examples"), columns=Counter("i = "), **WHOLE)

    def _by_update(self, book: Book) -> dict[str, Block]:
        page = book.page("Run", _("Every parameter at every update, recorded by NumPy"), kind=Kind.DATA)
        page.step(
            _("Where each parameter stands"),
            _("A row of the run holds all parameters: layer by layer the weights row by row, then the biases. This table says after how many others each layer's begin."),
        )  # fmt: skip
        where = self.where
        with page.table(Counter("l = "), len(where)) as table:
            self.inputs = table.recorded("at_inputs", [p.inputs for p in where], "", _("inputs of a neuron"), **WHOLE)
            self.weights_from = table.recorded(
                "at_W", [p.weights for p in where], "", _("weights begin after"), **WHOLE
            )
            self.biases_from = table.recorded(
                "at_b", [p.biases or 0 for p in where], "", _("biases begin after"), **WHOLE
            )
        page.step(
            _("The run, a row an update"),
            _("Row u holds the parameters after u updates, and what the optimizer remembers of each; NumPy computed them all beforehand."),
        )  # fmt: skip
        names = parameter_names(where)
        titles = {"w": _("parameters"), **{id: _(title) for id, (_symbol, title) in self.spec.optimizer.states.items()}}
        with page.table(Counter("u = ", start=0), len(self.run.states["w"])) as table:
            return {
                id: table.recorded(
                    f"run_{id}", values, "", titles[id], columns=names if id == "w" else [f"{id} ({name})" for name in names]
                )
                for id, values in self.run.states.items()
            }  # fmt: skip

    # -- looking up --------------------------------------------------------------------------------------

    def column_of(self, number: int, j: Index, k: Index | None) -> Expr:
        """The column in which a layer's weight j, k stands, or its bias j; counted from 1."""
        l = number - 1
        if k is None:
            return self.biases_from[l] + number_of(j)
        return self.weights_from[l] + (number_of(j) - 1) * self.inputs[l] + number_of(k)

    def before(self, state: str, number: int, update: Block, first: Block | None = None) -> Formula:
        """The formula of a layer's weights (j, k), biases (j), or of a state of theirs, before an update.

        `first` is what update 1 takes.
        """
        table = self.states[state]

        def formula(j: Index, k: Index | None = None) -> Expr:
            found = pick(table, update, self.column_of(number, j, k))
            at = (j,) if k is None else (j, k)
            return found if first is None else if_(equal(update, 1), first[at], found)

        return formula

    def flat_at(self, state: str, update: Block, later: int) -> Formula:
        """The formula of all parameters in one column, or of a state of theirs, before an update or the one after."""
        table = self.states[state]
        return lambda p: pick(table, update + later if later else update, number_of(p))

    def laid_out(self, flat: Block, number: int) -> Formula:
        """The formula of a layer's weights or biases from the column of all parameters."""
        return lambda j, k=None: pick(flat, self.column_of(number, j, k))


def parameter_names(where: Sequence[Place]) -> list[str]:
    """Return w¹ 1,1 … b¹ 1 … for every parameter, in the order of the run."""
    names = []
    for number, place in enumerate(where, 1):
        names += [f"w{sup(number)} {j},{k}" for j in range(1, place.units + 1) for k in range(1, place.inputs + 1)]
        if place.biases is not None:
            names += [f"b{sup(number)} {j}" for j in range(1, place.units + 1)]
    return names
