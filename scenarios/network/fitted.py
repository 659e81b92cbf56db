"""A specification with its examples: from its own file or a CSV file, held against network and loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.common.classes import targets_of
from scenarios.common.examples import Examples, RawData
from scenarios.network.reading import SpecReader
from scenarios.network.spec import BINARY, CATEGORICAL, MOST_BATCH, MOST_RECORDED, MOST_UPDATES, Spec
from workbook.scenario import UsageError


def with_examples(spec: Spec, data: RawData | None) -> Spec:
    """Return the specification with the examples of a CSV file, or else its own, checked against network and loss.

    Raises
    ------
    UsageError
        If there are none, or they do not fit.
    """
    examples = SpecReader(spec.source).examples(spec) if data is None else _from_file(spec, data)
    _check_targets(spec, examples)
    count = len(examples.x)
    if spec.batch is not None and spec.batch > count:
        raise UsageError(f"{spec.source}: training.batch is {spec.batch}, but there are {count} examples; lower it")
    batch, untyped = spec.batch, spec.untyped
    if batch is None:
        batch = min(MOST_BATCH, count)
        untyped = (*untyped, f"training.batch = {batch}")
    found = replace(spec, examples=examples, batch=batch, untyped=untyped)
    _check_size(found)
    return found


def _from_file(spec: Spec, data: RawData) -> Examples:
    n, k = spec.sizes[0], spec.sizes[-1]
    if data.x.shape[1] != n:
        raise UsageError(
            f"{data.path}: row 1 names {data.x.shape[1]} inputs x1 …; the network of {spec.source} has {n}; change one of the two"
        )
    if data.y is None:
        y, classes, counted = targets_of(data.labels, k, spec.classes, str(data.path), "column label")
        return Examples(data.x, y, classes, data.path.name, counted)
    if data.y.shape[1] != k:
        raise UsageError(
            f"{data.path}: row 1 names {data.y.shape[1]} targets y1 …; the network of {spec.source} has {k} outputs; change one of the two"
        )
    return Examples(data.x, data.y, (), data.path.name)


def _check_targets(spec: Spec, examples: Examples) -> None:
    """Refuse targets that the loss cannot take: probabilities lie in 0 … 1, and those of softmax add up to 1."""
    y, where = examples.y, examples.source or spec.source
    if spec.loss in (BINARY, CATEGORICAL):
        wrong = np.flatnonzero(((y < 0) | (y > 1)).any(axis=1))
        if len(wrong):
            raise UsageError(
                f"{where}: targets, example {wrong[0] + 1}: {spec.loss} takes targets from 0 to 1; change them or the loss"
            )
    if spec.loss == CATEGORICAL:
        wrong = np.flatnonzero(np.abs(y.sum(axis=1) - 1) > 1e-9)
        if len(wrong):
            raise UsageError(
                f"{where}: targets, example {wrong[0] + 1}: they add up to {y[wrong[0]].sum():g}; {spec.loss} takes targets that add up to 1"
            )


def _check_size(spec: Spec) -> None:
    """Refuse a run that no sheet can hold."""
    if spec.updates > MOST_UPDATES:
        raise UsageError(
            f"{spec.source}: training: {spec.updates:,} updates are too many for a sheet (at most {MOST_UPDATES:,}); "
            "take fewer epochs or a larger batch"
        )
    recorded = spec.parameter_count * (1 + len(spec.optimizer.states)) * (spec.updates + 1)
    if recorded > MOST_RECORDED:
        raise UsageError(
            f"{spec.source}: training: {spec.parameter_count} parameters with what {spec.optimizer.name} remembers of each, over "
            f"{spec.updates:,} updates, are {recorded:,} numbers; a sheet takes {MOST_RECORDED:,}: take fewer epochs, a larger batch or fewer units"
        )
