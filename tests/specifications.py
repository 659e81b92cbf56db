"""Specifications of networks for the tests: written as TOML, and drawn at random."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from scenarios.common.optimizers import OPTIMIZERS
from scenarios.network.spec import ACTIVATION_NAMES, LOSS_NAMES

Tables = dict[str, Any]


def toml(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return repr(value)


def written(tables: Tables) -> str:
    """Return a specification as the text of a file."""
    plain = [f"{key} = {toml(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    for name, table in tables.items():
        if isinstance(table, dict):
            plain += [f"[{name}]", *(f"{key} = {toml(value)}" for key, value in table.items())]
    return "\n".join(plain) + "\n"


def spec_file(folder: Path, tables: Tables, name: str = "net.toml") -> Path:
    """Write a specification into a folder; return its path."""
    path = folder / name
    path.write_text(written(tables), encoding="utf-8")
    return path


def small(activations: list[str], loss: str, optimizer: str = "sgd", seed: int = 3, **more: Any) -> Tables:
    """Return a network 3-…-2 on five random examples in mini-batches of two, so that the last of an epoch is shorter."""
    random = np.random.default_rng(seed)
    y = random.normal(size=(5, 2))
    if loss == "binary_cross_entropy":
        y = random.integers(0, 2, size=(5, 2)).astype(float)
    if activations[-1] == "softmax":
        y = np.eye(2)[random.integers(0, 2, size=5)]
    return {
        "network": {
            "layers": [3, *[4] * (len(activations) - 1), 2],
            "activations": activations,
            "biases": more.get("biases", True),
        },
        "loss": {"name": loss, "over_examples": more.get("over_examples", "mean")},
        "optimizer": {"name": optimizer, "lr": 0.05},
        "training": {"batch": more.get("batch", 2), "epochs": 2, "seed": seed},
        "data": {"x": random.normal(size=(5, 3)).round(3).tolist(), "y": y.round(3).tolist()},
    }


def allowed_pairs() -> list[tuple[str, str]]:
    """Return every activation of the output layer with every loss that goes with it."""
    pairs = [(g, loss) for g in ACTIVATION_NAMES for loss in LOSS_NAMES if not loss.endswith("cross_entropy")]
    return [*pairs, ("sigmoid", "binary_cross_entropy"), ("softmax", "categorical_cross_entropy")]


@st.composite
def networks(draw: st.DrawFn) -> tuple[Tables, int]:
    """Draw a network, its data and the number of an update."""
    layers = draw(st.integers(1, 3))
    sizes = [draw(st.integers(1, 4)) for _ in range(layers + 1)]
    last, loss = draw(st.sampled_from(allowed_pairs()))
    hidden = [draw(st.sampled_from(ACTIVATION_NAMES[:-1])) for _ in range(layers - 1)]
    count = draw(st.integers(1, 7))
    batch, epochs = draw(st.integers(1, count)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    decimals = draw(st.integers(0, 3))  # whole numbers put units onto their kinks
    y = random.normal(size=(count, sizes[-1])).round(2)
    if loss == "binary_cross_entropy":
        y = random.integers(0, 2, size=y.shape).astype(float)
    if last == "softmax":
        y = np.eye(sizes[-1])[random.integers(0, sizes[-1], size=count)]
    tables: Tables = {
        "network": {
            "layers": sizes,
            "activations": [*hidden, last],
            "biases": [draw(st.booleans()) for _ in range(layers)],
        },
        "loss": {"name": loss, "over_examples": draw(st.sampled_from(["mean", "sum"]))},
        "optimizer": {"name": draw(st.sampled_from(list(OPTIMIZERS))), "lr": draw(st.sampled_from([0.01, 0.1, 0.3]))},
        "training": {
            "batch": batch,
            "epochs": epochs,
            "seed": draw(st.integers(0, 99)),
            "shuffle": draw(st.booleans()),
        },
        "data": {"x": (random.normal(size=(count, sizes[0])).round(decimals) + 0.0).tolist(), "y": y.tolist()},
    }
    if draw(st.booleans()):
        tables["weights"] = {"W1": random.integers(-2, 3, size=(sizes[1], sizes[0])).tolist()}
    return tables, draw(st.integers(1, epochs * -(-count // batch)))
