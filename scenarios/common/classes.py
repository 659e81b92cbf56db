"""Which output unit a label belongs to: labels become targets, a 1 at the label's output and a 0 at the others.

With n outputs there are n classes, with one output two: its target is 0 for the first and 1 for the second. In this order

1. the specification names the classes, in the order of the outputs;
2. the labels are whole numbers from 0 to one less than there are classes: they count the classes from 0, and some may be missing;
3. there are as many different labels as classes: they are sorted, numbers by size, texts as texts.

Anything else leaves open which output is meant, and is refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from scenarios.common.activations import Array
from workbook.numerals import NUMBER, WHOLE, plain
from workbook.scenario import UsageError

SHOWN = 6
"""Labels that an error message names at most."""


def class_count(outputs: int) -> int:
    """Return how many classes a network with so many outputs tells apart."""
    return max(outputs, 2)


def targets_of(
    labels: Sequence[str], outputs: int, stated: Sequence[str], source: str, where: str
) -> tuple[Array, tuple[str, ...], bool]:
    """Turn labels into targets.

    Parameters
    ----------
    stated : the classes that the specification names; empty where it names none
    source, where : the file and the place in it, for errors

    Returns
    -------
    tuple
        Targets, (N, outputs); the classes' names in the order of the outputs; whether the labels count the classes from 0.

    Raises
    ------
    UsageError
        If it is not certain which class a label means.
    """
    keys = [_key(label) for label in labels]
    named = {key: label.strip() for key, label in zip(reversed(keys), reversed(labels), strict=True)}
    count = class_count(outputs)
    counted = False
    if stated:
        order = [_key(name) for name in stated]
        for n, key in enumerate(keys, 1):
            if key not in order:
                raise UsageError(
                    f"{source}: {where}, number {n}: {named[key]} is none of data.classes ({_some(stated)}); mend one of the two"
                )
    elif all(isinstance(key, int) and 0 <= key < count for key in named):
        order, counted = list(range(count)), True
    elif len(named) == count:
        order = sorted(named, key=_order)
    elif len(named) > count:
        raise UsageError(
            f"{source}: {where}: {len(named)} different labels, but the network has {outputs} "
            f"{'output' if outputs == 1 else 'outputs'}; give an output for each"
            + (" (one output tells two classes apart)" if outputs == 1 else "")
        )
    else:
        found = _some([named[key] for key in sorted(named, key=_order)])
        raise UsageError(
            f"{source}: {where}: {found} {'is' if len(named) == 1 else 'are'} only {len(named)} of {count} classes, so the order of the "
            f"outputs is open; state all {count} in the specification: [data] and below it classes = [first, second, …]"
        )
    names = tuple(stated) or tuple(str(key) if isinstance(key, int) else named[key] for key in order)
    numbers = np.array([order.index(key) for key in keys])
    y = numbers[:, None].astype(float) if outputs == 1 else np.eye(outputs)[numbers]
    return y, names, counted


def same_class(one: str, other: str) -> bool:
    """Tell whether two labels mean the same class: 1, 01 and 1.0 do."""
    return _key(one) == _key(other)


def _key(label: str) -> int | float | str:
    """Return the number that a label is, or its text: 1, 01 and 1.0 are one class."""
    text = plain(label)
    if WHOLE.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text) and math.isfinite(value := float(text)):
        return int(value) if value.is_integer() else value
    return label.strip()


def _order(key: int | float | str) -> tuple[bool, int | float, str]:
    """Numbers first, by size, then texts."""
    return (True, 0, key) if isinstance(key, str) else (False, key, "")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
