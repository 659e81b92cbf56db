"""The weights of a list of layers from a .safetensors file, as PyTorch keeps those of a network of layers in order.

    0.weight, 0.bias, 2.weight …    or fc1.weight, fc1.bias, fc2.weight …

What stands before the last dot names a layer; in the order of these names (2 before 10) they belong to the layers of the file
that have weights. Of a normalization `weight` is γ and `bias` is β.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from scenarios.common.activations import Array
from scenarios.common.safetensors import read_tensors
from scenarios.common.toml import shortened
from workbook.errors import UsageError

PLAIN, NORMAL = {"weight": "weights", "bias": "bias"}, {"weight": "gamma", "bias": "beta"}
TAKES = {"dense": PLAIN, "conv2d": PLAIN, "embedding": PLAIN, "layernorm": NORMAL, "batchnorm": NORMAL}
"""The kinds that take weights from a file, and under which keys."""


def with_weights(tables: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the tables of a list of layers with the weights of a file.

    Raises
    ------
    UsageError
        If they do not belong to one another.
    """
    groups = _groups(read_tensors(path), path)
    layers = [dict(each) if isinstance(each, dict) else each for each in tables["layers"]]
    taking = [each for each in layers if isinstance(each, dict) and each.get("kind") in TAKES]
    if len(taking) != len(groups):
        raise UsageError(
            f"{path}: weights of {len(groups)} layers ({', '.join(shortened(name) for name in groups)}), "
            f"but {len(taking)} layers of the list take some ({', '.join(TAKES)}); list as many"
        )
    for layer, (name, tensors) in zip(taking, groups.items(), strict=True):
        keys = TAKES[layer["kind"]]
        for part, value in tensors.items():
            if part not in keys:
                raise UsageError(
                    f"{path}: {shortened(f'{name}.{part}')}: only weight and bias are read; save a model of such layers"
                )
            if keys[part] in layer and not isinstance(layer[keys[part]], bool):
                raise UsageError(f"{path}: {shortened(name)}: the list of layers gives {keys[part]} too; leave one out")
            layer[keys[part]] = value.tolist()
        if layer["kind"] in ("dense", "conv2d") and "bias" not in tensors:
            layer["bias"] = False
    return {**tables, "layers": layers}


def _groups(tensors: dict[str, Array], path: Path) -> dict[str, dict[str, Array]]:
    """Return the tensors by layer, and in each by what follows the last dot."""
    groups: dict[str, dict[str, Array]] = {}
    for name in sorted(tensors, key=_in_order):
        layer, _dot, part = name.rpartition(".")
        groups.setdefault(layer, {})[part] = tensors[name]
    return groups


def _in_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return what sorts names as a reader would: 2 before 10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d{1,9})", name))
