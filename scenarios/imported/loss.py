"""The loss at a model's end: of its logits, where its last operation makes shares or a probability of them."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.graph import Node
from scenarios.graph.losses import BinaryCrossEntropy, CrossEntropy, MeanSquared
from scenarios.graph.operation import Operation
from scenarios.imported.building import Building
from scenarios.imported.data import BINARY, CATEGORICAL, SQUARED
from workbook.block import Between
from workbook.scenario import UsageError
from workbook.text import _

OPERATIONS: dict[str, Operation] = {
    SQUARED: MeanSquared(),
    CATEGORICAL: CrossEntropy(),
    BINARY: BinaryCrossEntropy(),
}
ENDS = {CATEGORICAL: ("Softmax", "LogSoftmax"), BINARY: ("Sigmoid",)}
"""What makes shares of logits; the loss is computed from these, so that no logarithm of 0 is taken."""
UNCHANGED = ("Cast", "Dropout", "Identity")
"""What may stand behind it."""


def add_loss(b: Building, loss: str, targets: Array) -> Node:
    """Add targets and loss to a model's graph; return the targets.

    Raises
    ------
    UsageError
        If the model's output does not fit the loss or the targets, or is no table, or nothing in the model learns.
    """
    if not b.graph.learning:
        raise UsageError(f"--loss {loss}: nothing in {b.model.source} learns; leave --loss out")
    output = b.tensors.get(_judged(b, loss))
    if output is None or len(output.shape) != 2 or output.planes.shape:
        raise UsageError(
            f"{b.model.source}: --loss {loss} needs an output of one row for each example; leave --loss out"
        )
    node, (rows, columns) = output.plane(), output.shape
    if loss == CATEGORICAL and targets.shape[1] == 1 and columns > 1:
        targets = _one_hot(b.model.source, targets[:, 0], columns)
    if targets.shape != (rows, columns):
        raise UsageError(
            f"--target: {targets.shape[0]} rows of {targets.shape[1]}, but {b.model.source} gives {rows} of {columns}; give as many rows, and name as many columns"
        )
    if loss != SQUARED and (targets.min() < 0 or targets.max() > 1):
        raise UsageError(
            f"--target: a value of {targets.min() if targets.min() < 0 else targets.max():g}, but with --loss {loss} targets are from 0 to 1; give such"
        )
    b.cells *= 3
    target = b.graph.give("Y", targets, title=_("target"), valid=Between(-1e9, 1e9))
    b.graph.put("L", OPERATIONS[loss], node, target)
    return target


def _judged(b: Building, loss: str) -> str:
    """Return the name of the tensor that a loss takes: the model's output, or the logits that it is made of."""
    output = b.model.outputs[0]
    maker = {name: step for step in b.model.steps for name in step.outputs}
    last = maker.get(output)
    while last is not None and last.op in UNCHANGED:
        last = maker.get(last.inputs[0])
    fitting = {op: name for name, ops in ENDS.items() for op in ops}
    if loss not in ENDS or last is None or last.op not in fitting:
        return output
    if fitting[last.op] != loss:
        raise UsageError(
            f"--loss {loss}: {b.model.source} ends in {last.op}, which it does not fit; take --loss {fitting[last.op]}"
        )
    logits = last.inputs[0]
    axes = np.ndim(b.values[logits])
    if loss == CATEGORICAL and b.softmax_axis(last) % axes != axes - 1:
        raise UsageError(
            f"--loss {loss}: {b.model.source} ends in {last.op} down the columns, and it takes shares of each row; leave --loss out"
        )
    return logits


def _one_hot(source: str, labels: Array, count: int) -> Array:
    whole = labels.astype(int)
    if (whole != labels).any() or whole.min() < 0 or whole.max() >= count:
        wrong = next(label for label in labels if label != int(label) or not 0 <= label < count)
        raise UsageError(
            f"--target: a class {wrong:g}, but {source} tells {count} apart, 0 to {count - 1}; give one of these"
        )
    return np.asarray(np.eye(count)[whole])
