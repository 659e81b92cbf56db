"""Random networks and random settings of every worked example: each is proven, or refused in one line.

A case is its number, so that one that fails can be built again. CI takes a few dozen of each; WORKBOOK_RANDOM_PROOFS=1000
takes a thousand, WORKBOOK_RANDOM_PROOFS=500:1000 the second half of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.common.optimizers import OPTIMIZERS
from scenarios.network.spec import ACTIVATION_NAMES
from tests.specifications import Tables, allowed_pairs, spec_file
from workbook.check import prove
from workbook.discovery import find_scenario, scenarios
from workbook.scenario import Parameter, Scenario, Setting, UsageError
from workbook.writer import write

_FIRST, _COLON, _LAST = os.environ.get("WORKBOOK_RANDOM_PROOFS", "0:24").rpartition(":")
CASES = range(int(_FIRST or 0), int(_LAST))
NOT_PROVEN_ONCE = {396}
"""Networks that a long run has found."""
SLOW = ("xor", "circles", "digits")
"""Built of a hundred thousand cells each: every fiftieth case is one of them."""

Random = np.random.Generator


def random_network(random: Random) -> Tables:
    """Draw a network of up to six layers, its optimizer, its training and data of any size from 0.001 to 1000."""
    layers = int(random.integers(1, 7))
    sizes = [int(size) for size in random.integers(1, 6, size=layers + 1)]
    last, loss = allowed_pairs()[random.integers(len(allowed_pairs()))]
    hidden = [str(name) for name in random.choice(ACTIVATION_NAMES[:-1], size=layers - 1)]
    count = int(random.integers(1, 13))
    x = random.normal(size=(count, sizes[0])) * 10.0 ** random.integers(-3, 4)
    y = random.normal(size=(count, sizes[-1])) * 10.0 ** random.integers(-2, 3)
    if loss == "binary_cross_entropy":
        y = random.integers(0, 2, size=y.shape).astype(float)
    if last == "softmax":
        y = np.eye(sizes[-1])[random.integers(0, sizes[-1], size=count)]
    tables: Tables = {
        "network": {
            "layers": sizes,
            "activations": [*hidden, last],
            "biases": [bool(yes) for yes in random.integers(0, 2, size=layers)],
        },
        "loss": {"name": loss, "over_examples": str(random.choice(["mean", "sum"]))},
        "optimizer": {
            "name": str(random.choice(list(OPTIMIZERS))),
            "lr": float(random.choice([0.0001, 0.01, 0.1, 0.3, 1.0])),
        },
        "training": {
            "batch": int(random.integers(1, count + 1)),
            "epochs": int(random.integers(1, 6)),
            "seed": int(random.integers(0, 100)),
            "shuffle": bool(random.integers(0, 2)),
        },
        "data": {
            "x": x.clip(-1000, 1000).round(int(random.integers(0, 6))).tolist(),
            "y": y.clip(-1000, 1000).round(6).tolist(),
        },
    }
    if random.integers(0, 2):
        weights = random.integers(-2, 3, size=(sizes[1], sizes[0])) * 10.0 ** random.integers(-2, 2)
        tables["weights"] = {"W1": weights.tolist()}
    return tables


def random_value(parameter: Parameter, random: Random) -> Setting:
    """Draw what a parameter allows: one of its ends, anything between, or something of its default's size."""
    if parameter.choices:
        return str(random.choice(parameter.choices))
    low, high, default = parameter.low, parameter.high, float(parameter.default)
    value = [low, high, random.uniform(low, high), default * random.uniform(0.5, 1.5), 0.0][
        random.choice(5, p=[0.1, 0.1, 0.4, 0.35, 0.05])
    ]
    value = min(max(float(value), low), high)
    return round(value) if parameter.whole else float(f"{value:.4g}") if low <= float(f"{value:.4g}") <= high else value


def random_settings(number: int, random: Random) -> tuple[Scenario, dict[str, Setting]]:
    """Draw a worked example and a value for some of what can be set."""
    quick = [name for name in scenarios() if name not in SLOW]
    name = SLOW[number // 50 % len(SLOW)] if number % 50 == 49 else quick[number % len(quick)]
    scenario = find_scenario(name)
    parameters = [parameter for parameter in scenario.parameters if not parameter.text]
    chosen = [parameter for parameter in parameters if random.random() < 0.5] or parameters[:1]
    return scenario, {parameter.key: random_value(parameter, random) for parameter in chosen}


def assert_proven_or_refused(scenario: Scenario, settings: dict[str, Any], folder: Path) -> None:
    try:
        book = scenario.make("en", settings)
    except UsageError as error:
        assert "\n" not in str(error)
        pytest.skip(f"refused: {error}")
    path = folder / "book.xlsx"
    write(book, path)
    proof = prove(path, book)
    assert proof.holds, f"{scenario.name} {settings}\n{proof.report()}"


@pytest.mark.parametrize("number", sorted({*CASES, *NOT_PROVEN_ONCE}))
def test_a_random_network_is_proven(number: int, tmp_path: Path) -> None:
    spec = spec_file(tmp_path, random_network(np.random.default_rng(number)))
    assert_proven_or_refused(find_scenario("network"), {"spec": str(spec)}, tmp_path)


@pytest.mark.parametrize("number", CASES)
def test_random_settings_are_proven(number: int, tmp_path: Path) -> None:
    scenario, settings = random_settings(number, np.random.default_rng(10_000 + number))
    assert_proven_or_refused(scenario, settings, tmp_path)
