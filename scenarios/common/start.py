"""The parameters that a network begins with: chosen ones, or drawn ones where the reader sets a seed."""

from __future__ import annotations

import numpy as np

from scenarios.common.training import Parameters
from workbook.scenario import Parameter
from workbook.text import N_

SEED = Parameter(
    "seed", 0, N_("0: the weights chosen here; another number: random weights from this seed"), 0, 2**32 - 1, whole=True
)


def start_parameters(chosen: Parameters, seed: int) -> Parameters:
    """Return the chosen parameters for seed 0, else standard normal ones of the same shapes with two decimals.

    The biases of all layers are drawn first, then the weights, as Nielsen's network.py does.
    """
    if not seed:
        return chosen
    random = np.random.default_rng(seed)
    biases = [None if b is None else random.standard_normal(b.shape).round(2) for _W, b in chosen]
    weights = [random.standard_normal(W.shape).round(2) for W, _b in chosen]
    return list(zip(weights, biases, strict=True))
