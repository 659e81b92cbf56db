"""The recorded run of a network on its sheets: by epoch, by mini-batch, and every parameter at every update.

`Record` also knows how a cell looks a parameter up: the run holds all of them in a row, layer by layer W row by row, then b.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scenarios.common.dense import sup
from scenarios.network.given import LONG_TABLE
from scenarios.network.run import Place, Run
from scenarios.network.spec import Spec
from workbook.block import Block, Counter, Formula
from workbook.eager import Sheet
from workbook.formula import Expr, Index, Operand, equal, if_, number_of, pick
from workbook.text import _


class Record:
    """The run on its sheets.

    Attributes
    ----------
    states : by id ("w" are the parameters), a row an update
    update, batch_epoch, batch_cost, order : a row an update: its number, epoch, loss where its gradient is taken, examples
    epochs, cost, accuracy : a row an epoch
    """

    def __init__(self, pages: Mapping[str, Sheet], spec: Spec, run: Run, where: Sequence[Place]) -> None:
        self.pages = pages
        self.spec = spec
        self.run = run
        self.where = where
        self.accuracy: Block | None = None
        self.epochs, self.cost = self.by_epoch()
        self.update, self.batch_epoch, self.batch_cost, self.order = self.by_batch()
        self.places()
        self.states = self.by_update()

    def by_epoch(self) -> tuple[Block, Block]:
        sheet, run = self.pages["Epochs"], self.run
        sheet.step(_("After each epoch"), _("Loss over all examples, by NumPy; epoch 0 is before the first update."))
        with sheet.table(None, len(run.cost), freeze=len(run.cost) > LONG_TABLE) as table:
            epochs = table.recorded("run_epoch", np.arange(len(run.cost)), title=_("epoch"), number_format="0")
            title = _("mean loss over all examples") if self.spec.mean else _("sum of the losses over all examples")
            cost = table.recorded("run_cost", run.cost, title=title, symbol="C", number_format="0.000000")
            if run.accuracy is not None:
                self.accuracy = table.recorded(
                    "run_accuracy", run.accuracy, title=_("share that is right"), number_format="0.0%"
                )
        if self.accuracy is not None:
            sheet.remark(
                _("Right means: an output of at least 0.5 for the class 1, below it for 0.")
                if self.spec.sizes[-1] == 1
                else _("Right means: the output of the true class is greater than every other; a tie is not right.")
            )
        return epochs, cost

    def by_batch(self) -> tuple[Block, Block, Block, Block]:
        sheet, run = self.pages["Batches"], self.run
        count, size = len(run.batches), self.spec.batch_size
        order = np.zeros((count, size))
        for n, batch in enumerate(run.batches):
            order[n, : len(batch)] = batch + 1
        each = int(np.ceil(len(self.spec.data.x) / size))
        sheet.step(
            _("Which examples each update saw"),
            _("Numbers are rows of the sheet Data; 0 is an empty place in a shorter last mini-batch."),
        )
        with sheet.table(None, count, freeze=count > LONG_TABLE) as table:
            update = table.recorded(
                "batch_update", np.arange(count) + 1, title=_("update"), symbol="u", number_format="0"
            )
            epoch = table.recorded("batch_epoch", np.arange(count) // each + 1, title=_("epoch"), number_format="0")
            cost = table.recorded(
                "batch_cost",
                run.batch_cost,
                title=_("loss where the gradient is taken"),
                symbol="C",
                number_format="0.000000",
            )
            examples_ = table.recorded(
                "batch_examples", order, title=_("examples"), columns=Counter("i = "), number_format="0"
            )
        return update, epoch, cost, examples_

    def places(self) -> None:
        sheet = self.pages["Run"]
        sheet.step(
            _("Where each parameter stands"),
            _(
                "A row of the run holds all parameters: layer by layer the weights row by row, then the biases. This table says after how many others each layer's begin."
            ),
        )
        with sheet.table(Counter("l = "), len(self.where)) as table:
            self.inputs = table.recorded(
                "at_inputs", [p.inputs for p in self.where], title=_("inputs of a unit"), number_format="0"
            )
            self.weights_from = table.recorded(
                "at_W", [p.weights for p in self.where], title=_("weights begin after"), number_format="0"
            )
            self.biases_from = table.recorded(
                "at_b", [p.biases or 0 for p in self.where], title=_("biases begin after"), number_format="0"
            )

    def by_update(self) -> dict[str, Block]:
        sheet = self.pages["Run"]
        sheet.step(
            _("The run, a row an update"),
            _(
                "Row u holds the parameters after u updates, and what the optimizer remembers of each; NumPy computed them all beforehand."
            ),
        )
        names = parameter_names(self.where)
        titles = {"w": _("parameters"), **{id: _(title) for id, (_symbol, title) in self.spec.optimizer.states.items()}}
        with sheet.table(Counter("u = ", start=0), len(self.run.states["w"])) as table:
            return {
                id: table.recorded(
                    f"run_{id}",
                    values,
                    title=titles[id],
                    columns=names if id == "w" else [f"{id} ({name})" for name in names],
                    number_format="0.0000" if id == "w" else "0.00000000",
                )
                for id, values in self.run.states.items()
            }

    # -- looking up --------------------------------------------------------------------------------------

    def column_of(self, number: int, j: Index, k: Index | None) -> Expr:
        """The column in which a layer's weight j, k stands, or its bias j; counted from 1."""
        l = number - 1
        if k is None:
            return self.biases_from[l] + number_of(j)
        return self.weights_from[l] + (number_of(j) - 1) * self.inputs[l] + number_of(k)

    def weights_at(self, state: str, number: int, update: Block, first: Block | None = None) -> Formula:
        """The formula of a layer's weights, or of a state of theirs, before an update; `first` is what update 1 takes."""
        table = self.states[state]

        def formula(j: Index, k: Index) -> Operand:
            found = pick(table, update, self.column_of(number, j, k))
            return found if first is None else if_(equal(update, 1), first[j, k], found)

        return formula

    def biases_at(self, state: str, number: int, update: Block, first: Block | None = None) -> Formula:
        """The same for its biases."""
        table = self.states[state]

        def formula(j: Index) -> Operand:
            found = pick(table, update, self.column_of(number, j, None))
            return found if first is None else if_(equal(update, 1), first[j], found)

        return formula

    def flat_at(self, state: str, update: Block, later: int) -> Formula:
        """The formula of all parameters in one column, or of a state of theirs, before an update or the one after."""
        table = self.states[state]
        return lambda p: pick(table, update + later if later else update, number_of(p))

    def laid_out(self, flat: Block, number: int) -> Formula:
        """The formula of a layer's weights from the column of all parameters."""
        return lambda j, k: pick(flat, self.column_of(number, j, k))

    def laid_down(self, flat: Block, number: int) -> Formula:
        """The same for its biases."""
        return lambda j: pick(flat, self.column_of(number, j, None))


def parameter_names(where: Sequence[Place]) -> list[str]:
    """Return w¹ 1,1 … b¹ 1 … for every parameter, in the order of the run."""
    names = []
    for number, place in enumerate(where, 1):
        names += [f"w{sup(number)} {j},{k}" for j in range(1, place.units + 1) for k in range(1, place.inputs + 1)]
        if place.biases is not None:
            names += [f"b{sup(number)} {j}" for j in range(1, place.units + 1)]
    return names
