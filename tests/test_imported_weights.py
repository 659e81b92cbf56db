"""Weights from .safetensors files, with a list of layers: where they come to stand, and what is refused in one line."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from proof import assert_proven

from scenarios.common.safetensors import read_tensors
from workbook.cli import run
from workbook.discovery import find_scenario
from workbook.guard import FileError
from workbook.scenario import UsageError

TYPES = {"float64": "F64", "float32": "F32", "float16": "F16"}
LAYERS = """
[[layers]]
kind = "conv2d"
filters = 2
kernel_size = 2
activation = "relu"

[[layers]]
kind = "flatten"

[[layers]]
kind = "dense"
units = 2

[loss]
name = "categorical_cross_entropy"

[data]
x = [[0, 1, 0], [1, 1, 0], [0, 1, 1]]
y = [[0, 1]]
"""
RNG = np.random.default_rng(3)
TENSORS = {
    "10.bias": RNG.normal(size=2).round(2).astype(np.float32),
    "10.weight": RNG.normal(size=(2, 8)).round(2).astype(np.float32),
    "2.weight": RNG.normal(size=(2, 1, 2, 2)).round(2).astype(np.float32),
    "2.bias": RNG.normal(size=2).round(2).astype(np.float32),
}


def packed(tensors: dict[str, Any], **more: Any) -> bytes:
    """Return a .safetensors file; `more` is put into its header."""
    header: dict[str, Any] = dict(more)
    numbers = b""
    for name, value in tensors.items():
        raw = np.ascontiguousarray(value).tobytes()
        header[name] = {
            "dtype": TYPES[str(value.dtype)], "shape": list(value.shape), "data_offsets": [len(numbers), len(numbers) + len(raw)],
        }  # fmt: skip
        numbers += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def files(folder: Path, contents: bytes, layers: str = LAYERS) -> dict[str, str]:
    weights, spec = folder / "w.safetensors", folder / "l.toml"
    weights.write_bytes(contents)
    spec.write_text(layers)
    return {"spec": str(spec), "weights": str(weights)}


def test_weights_stand_in_their_layers(tmp_path: Path) -> None:
    """2 comes before 10; a dense layer's file has a row a unit, the sheet a column."""
    book = find_scenario("network").make(settings=files(tmp_path, packed(TENSORS, __metadata__={"format": "pt"})))
    assert_proven(book)
    np.testing.assert_array_equal(book["K1_2"].value.astype(np.float32), TENSORS["2.weight"][1, 0])
    np.testing.assert_array_equal(book["b1_2"].value.astype(np.float32), TENSORS["2.bias"][1])
    dense = next(block for block in book.blocks() if block.id.startswith("W"))
    np.testing.assert_array_equal(dense.value.astype(np.float32), TENSORS["10.weight"].T)
    assert float(dense.value[0, 0]) == round(float(dense.value[0, 0]), 2), "the shortest decimal"


def test_the_file_is_what_other_people_write(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed: pip install safetensors")
    path = tmp_path / "w.safetensors"
    numpy.save_file(TENSORS, path)
    found = read_tensors(path)
    assert found.keys() == TENSORS.keys()
    for name, value in TENSORS.items():
        np.testing.assert_array_equal(found[name].astype(np.float32), value)


def test_the_command_takes_weights_with_their_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files(tmp_path, packed(TENSORS))
    assert run(["import", "w.safetensors", "--spec", "l.toml", "-q"]) == 0
    (tmp_path / "l.toml").unlink()
    assert run(["check", "output/w.xlsx", "-q"]) == 0
    assert run(["import", "w.safetensors", "-o", "none"]) == 2
    assert "give it with --spec" in capfd.readouterr().err
    assert run(["import", "m.onnx", "--spec", "l.toml"]) == 2
    assert "it goes with weights in a .safetensors file" in capfd.readouterr().err


FLOAT = {"dtype": "F32", "shape": [2, 8], "data_offsets": [0, 64]}
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no .safetensors file, or a damaged one"),
    "a header longer than the file": (struct.pack("<Q", 1 << 60) + b"{}", "no .safetensors file"),
    "no JSON": (struct.pack("<Q", 4) + b"nope", "no .safetensors file"),
    "deep JSON": (struct.pack("<Q", 200_000) + b"[" * 200_000, "no .safetensors file"),
    "a list": (struct.pack("<Q", 2) + b"[]", "no .safetensors file"),
    "no weights": (packed({}), "there are no weights in it"),
    "huge": (packed({}, **{"0.weight": {**FLOAT, "shape": [1 << 40, 1 << 40]}}), "0.weight: damaged"),
    "outside": (packed({}, **{"0.weight": FLOAT}), "0.weight: damaged"),
    "backward": (packed({}, **{"0.weight": {**FLOAT, "data_offsets": [64, 0]}}), "0.weight: damaged"),
    "whole numbers": (packed({}, **{"0.weight": {**FLOAT, "dtype": "I64"}}), "0.weight: damaged, or no numbers of floating point"),
    "NaN": (packed({"0.weight": np.array([np.nan])}), "0.weight: holds a number that is not finite"),
    "too few layers": (packed({"0.weight": TENSORS["10.weight"]}), "weights of 1 layers (0), but 2 layers of the list take some"),
    "another name": (packed({**TENSORS, "2.scale": TENSORS["2.bias"]}), "2.scale: only weight and bias are read"),
    "another shape": (packed({**TENSORS, "10.weight": TENSORS["10.weight"][:, :7]}), "layer 3 (dense): weights"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_of_weights_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    contents, line = REFUSED[name]
    with pytest.raises((UsageError, FileError)) as error:
        find_scenario("network").make(settings=files(tmp_path, contents))
    assert line in str(error.value) and str(error.value).isprintable()


def test_weights_need_a_list_of_layers_that_has_none(tmp_path: Path) -> None:
    scenario = find_scenario("network")
    named = files(tmp_path, packed(TENSORS), LAYERS.replace("units = 2", "units = 2\nbias = [0, 1]"))
    with pytest.raises(UsageError, match="the list of layers gives bias too; leave one out"):
        scenario.make(settings=named)
    with pytest.raises(UsageError, match="they belong to a list of layers; give it with --spec"):
        scenario.settings({"weights": named["weights"]})


@pytest.mark.parametrize(
    ("layers", "line"),
    [("layers = 3", "layers: 3: write"), ('[[layers]]\nkind = ["dense"]', "layer 1: kind: a list of 1")],
)
def test_weights_with_what_is_no_list_of_layers_are_refused_in_one_line(layers: str, line: str, tmp_path: Path) -> None:
    named = files(tmp_path, packed(TENSORS), f'{layers}\n[loss]\nname = "half_squared"\n')
    with pytest.raises(UsageError) as error:
        find_scenario("network").make(settings=named)
    assert line in str(error.value) and str(error.value).isprintable()
