"""The weights that the demons begin with: chosen by hand, drawn at random, or read from a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.training import Parameters
from scenarios.demon_net.images import PIXELS
from workbook.data import read_rows
from workbook.files import read_text
from workbook.guard import MEGABYTE, FileError
from workbook.scenario import Parameter, UsageError
from workbook.text import N_

LARGEST_WEIGHT = 50
LIKES = ((4, 7), (5, 8), (6, 9))
LIKED, LOW = 4.0, 0.0
ACTIVATIONS = (SIGMOID, SIGMOID)
LR = Parameter("lr", 0.3, N_("learning rate"), 0.0001, 10, symbol="η")


def chosen_parameters() -> Parameters:
    """Return weights from which the preferences read off: 4 for a liked pixel, 0 for the others.

    One liked pixel alone (4 − 6 = −2) leaves a demon quiet, both (8 − 6 = 2) excite it.
    """
    W1 = np.full((3, PIXELS), LOW)
    for j, pixels in enumerate(LIKES):
        W1[j, [k - 1 for k in pixels]] = LIKED
    W2 = np.array([[4.0, 0.0, 4.0], [0.0, 8.0, 0.0]])
    return [(W1, np.full(3, -6.0)), (W2, np.array([-6.0, -4.0]))]


def random_start(random: np.random.Generator) -> Parameters:
    """Return weights before learning, standard normal."""
    return [
        (random.standard_normal((3, PIXELS)), random.standard_normal(3)),
        (random.standard_normal((2, 3)), random.standard_normal(2)),
    ]


def read_weights(path: Path) -> Parameters:
    """Read the network's 47 parameters: JSON with W1 (3×12), b1 (3), W2 (2×3), b2 (2), or a CSV with a row for each
    demon: its weights, then its bias (13 numbers for A, B, C; 4 for the output demons), with a heading row or without.

    Raises
    ------
    UsageError
        If the file cannot be read or its shapes are others.
    """
    return _weights_of_json(path) if path.suffix.lower() == ".json" else _weights_of_rows(path)


def _weights_of_rows(path: Path) -> Parameters:
    rows = read_rows(path, max_rows=100, low=-LARGEST_WEIGHT, high=LARGEST_WEIGHT)
    lengths = (*[PIXELS + 1] * 3, *[3 + 1] * 2)
    for (number, row), length in zip(rows, lengths, strict=False):
        if len(row) != length:
            who = ("a hidden demon has 12 weights and a bias" if length > PIXELS else "an output demon has 3 weights and a bias")  # fmt: skip
            raise UsageError(f"{path}: row {number}: {len(row)} numbers, but {who}; give {length}")
    if len(rows) != len(lengths):
        raise UsageError(f"{path}: {len(rows)} rows of numbers; give {len(lengths)}, one for each demon: A, B, C, 0, 1")
    hidden, outputs = (np.array([row for _number, row in part]) for part in (rows[:3], rows[3:]))
    return [(hidden[:, :-1], hidden[:, -1]), (outputs[:, :-1], outputs[:, -1])]


def _weights_of_json(path: Path) -> Parameters:
    shapes = {"W1": (3, PIXELS), "b1": (3,), "W2": (2, 3), "b2": (2,)}
    try:
        loaded = json.loads(read_text(path, MEGABYTE, "47 numbers take less; give the file that holds them"))
        found = {name: np.array(loaded[name], dtype=float) for name in shapes}
    except FileError as error:
        raise UsageError(str(error)) from None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise UsageError(
            f"{path}: no weights could be read; give JSON with W1 (3×12), b1 (3), W2 (2×3) and b2 (2)"
        ) from None
    for name, shape in shapes.items():
        if found[name].shape != shape or not (np.abs(found[name]) <= LARGEST_WEIGHT).all():
            raise UsageError(f"{path}: {name} must be {'×'.join(map(str, shape))} numbers from -50 to 50")
    return [(found["W1"], found["b1"]), (found["W2"], found["b2"])]
