"""Models from ONNX files: proven, in agreement with what ONNX's reference, the stored outputs and other people's rules say."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from autograd import grad
from autograd import numpy as anp
from proof import assert_proven, formula_texts

from scenarios.imported import EXAMPLE
from workbook.cli import run
from workbook.discovery import find_scenario
from workbook.scenario import UsageError

pytest.importorskip("onnx", reason="onnx is not installed: pip install -e '.[test]'")
import onnx
import onnx_models as models
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

ALL = os.environ.get("WORKBOOK_ALL_ONNX") == "1"
"""Whether all models that PyTorch exported are imported, and not a handful."""
A_FEW = (
    "Linear",
    "Conv2d",
    "Conv1d_stride",
    "MaxPool2d",
    "BatchNorm2d_eval",
    "GLU_dim",
    "PixelShuffle",
    "operator_params",
)

Weights = dict[str, np.ndarray[Any, Any]]


def saved(path: Path, nodes: list[Any], shape: list[Any], weights: Weights, opset: int = 17, **typed: int) -> Path:
    """Write a model that reads `x` and makes `y`."""
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", typed.get("type", TensorProto.FLOAT), shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * typed.get("axes", 2))],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    path.write_bytes(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9).SerializeToString()
    )
    return path


def refused(path: Path, **settings: str) -> str:
    with pytest.raises(UsageError) as error:
        find_scenario("imported").make(settings={"model": str(path), **settings})
    assert "\n" not in str(error.value)
    return str(error.value)


# ---------------------------------------------------------------------------------------------- what holds


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("loss", ["none", "cross-entropy"])
def test_the_example_is_proven_and_wholly_translated(lang: str, loss: str) -> None:
    book = find_scenario("imported").make(lang, {"loss": loss})
    assert_proven(book)
    assert not book.translator.missing
    assert {str(check.verdict.value) for check in book.checks} <= {"✓"}


def test_the_way_back_is_that_of_plain_numpy() -> None:
    """Of the wiring the file knows; of the slopes autograd, on lines that share nothing with the graph."""
    book = find_scenario("imported").make(settings={"loss": "cross-entropy"})
    given = {name: book[name].value for name in ("X", "W1", "b1", "W2", "b2", "Y")}

    def loss(some: dict[str, Any]) -> Any:
        p = {**given, **some}
        z = anp.dot(anp.tanh(anp.dot(p["X"], p["W1"]) + p["b1"]), p["W2"]) + p["b2"]
        return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - anp.sum(z * p["Y"], axis=1))

    assert float(book["L"].value) == pytest.approx(float(loss({})), abs=1e-12)
    learned = {name: given[name] for name in ("W1", "b1", "W2", "b2")}
    for name, slope in grad(loss)(learned).items():
        np.testing.assert_allclose(book[f"d_{name}"].value, slope, atol=1e-12)
        np.testing.assert_allclose(book[f"{name}_new"].value, given[name] - 0.1 * slope, atol=1e-12)


def test_formulas_do_not_change_with_the_numbers() -> None:
    scenario = find_scenario("imported")
    book = scenario.make(settings={"loss": "cross-entropy"})
    other = scenario.make(settings={"loss": "cross-entropy"}, given={"W1": book["W1"].value + 0.5})
    assert formula_texts(other) == formula_texts(book)
    assert_proven(other)


@pytest.mark.parametrize(
    "folder", [f for f in models.folders() if ALL or f.name.removeprefix("test_") in A_FEW], ids=lambda f: f.name
)
def test_what_pytorch_exported_is_proven_or_refused_in_one_line(folder: Path) -> None:
    outcome = models.outcome(folder, runtime=ALL)
    assert outcome.report == ""
    assert "\n" not in outcome.refused
    assert ALL or outcome.cells
    assert outcome.apart < 1e-5
    assert outcome.apart_runtime < 1e-5


# ---------------------------------------------------------------------------------------------- the command


def test_the_command_makes_a_file_that_can_be_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.onnx").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "mine.csv").write_text(EXAMPLE.with_suffix(".csv").read_text())
    assert run(["import", "mine.onnx", "--data", "mine.csv", "--loss", "cross-entropy", "--target", "label", "-q"]) == 0
    (tmp_path / "mine.onnx").unlink()
    assert run(["check", "output/mine.xlsx", "-q"]) == 0
    assert run(["rebuild", "output/mine.xlsx", "-o", "again", "-q"]) == 0


def test_without_the_package_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    really = builtins.__import__

    def lacking(name: str, *more: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == "onnx":
            raise ImportError(name)
        return really(name, *more)

    for name in [name for name in sys.modules if name.split(".")[0] == "onnx"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", lacking)
    assert refused(EXAMPLE) == "workbook import needs the package onnx, which is not installed; write pip install onnx"


def test_the_example_is_what_its_script_trains(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(EXAMPLE.with_name("train.py")), str(tmp_path)], check=True, capture_output=True)
    for path in (EXAMPLE, EXAMPLE.with_suffix(".csv")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


# ---------------------------------------------------------------------------------------------- operations, forward and back


def normal(*shape: int, seed: int = 5) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=shape).round(2).astype(np.float32)


@dataclass(frozen=True)
class One:
    """A model of one operation: its weights, its attributes, the shape of what it reads, how many axes its output has."""

    op: str
    weights: Weights = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] = (2, 3)
    axes: int = 2
    opset: int = 17

    def save(self, path: Path) -> Path:
        node = helper.make_node(self.op, ["x", *self.weights], ["y"], **self.said)
        return saved(path, [node], list(self.shape), self.weights, self.opset, axes=self.axes)


PICTURE, VARIANCE = (1, 1, 6, 5), np.abs(normal(3))
ONES = {
    "Gemm": One("Gemm", {"w": normal(3, 4), "b": normal(4)}),
    "Gemm, scaled": One("Gemm", {"w": normal(4, 3), "b": normal(2, 4)}, {"transB": 1, "alpha": 0.5, "beta": 2.0}),
    "MatMul": One("MatMul", {"w": normal(3, 2)}),
    "MatMul of planes": One("MatMul", {"w": normal(3, 3, 2)}, shape=(3, 2, 3), axes=3),
    "Add": One("Add", {"w": normal(3)}),
    "Div": One("Div", {"w": normal(2, 1) + 3}),
    "Max": One("Max", {"w": normal(2, 3), "v": normal(1, 3)}),
    "Clip": One("Clip", {"low": np.float32(-0.5), "high": np.float32(0.5)}),
    "HardSigmoid": One("HardSigmoid"),
    "Softmax, down": One("Softmax", said={"axis": 0}),
    "LogSoftmax": One("LogSoftmax", said={"axis": -1}),
    "ReduceMean": One("ReduceMean", said={"axes": [0, 2], "keepdims": 0}, shape=(2, 3, 4), axes=1),
    "ReduceSum": One("ReduceSum", {"axes": np.array([1])}, {"keepdims": 1}),
    "LayerNormalization": One("LayerNormalization", {"g": normal(3), "b": normal(3)}),
    "BatchNormalization": One("BatchNormalization", {"g": normal(3), "b": normal(3), "m": normal(3), "v": VARIANCE}),
    "Conv": One(
        "Conv", {"w": normal(2, 1, 3, 3), "b": normal(2)}, {"pads": [1, 0, 2, 1], "strides": [2, 2]}, PICTURE, 4
    ),
    "Conv, its size kept": One("Conv", {"w": normal(2, 2, 3, 3)}, {"auto_pad": "SAME_UPPER"}, (1, 2, 5, 5), 4),
    "ConvTranspose": One(
        "ConvTranspose", {"w": normal(1, 2, 3, 2)}, {"strides": [2, 1], "pads": [1, 0, 1, 1]}, (1, 1, 3, 4), 4
    ),
    "MaxPool": One(
        "MaxPool", {}, {"kernel_shape": [3, 2], "pads": [1, 0, 1, 0], "strides": [2, 2], "ceil_mode": 1}, PICTURE, 4
    ),
    "AveragePool": One(
        "AveragePool", {}, {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 1]}, PICTURE, 4
    ),
    "GlobalAveragePool": One("GlobalAveragePool", shape=(1, 2, 3, 3), axes=4),
    "Slice": One(
        "Slice", {"s": np.array([0]), "e": np.array([4]), "a": np.array([1]), "t": np.array([2])}, shape=(2, 5)
    ),
    "Gather": One("Gather", {"i": np.array([2, 0, 2])}, {"axis": 1}),
    "Pad": One("Pad", {"p": np.array([0, 1, 1, 0]), "v": np.float32(0.5)}),
    "Expand": One("Expand", {"s": np.array([4, 3])}, shape=(1, 3)),
    **{
        name: One(
            name.partition(",")[0],
            {"w": normal(1, 2 * n, 3), "r": normal(1, 2 * n, 2), "b": normal(1, 4 * n)},
            {"hidden_size": 2, **said},
            (4, 2, 3),
            4,
        )
        for name, n, said in (
            ("RNN", 1, {}),
            ("LSTM", 4, {}),
            ("GRU", 3, {}),
            ("GRU, as PyTorch", 3, {"linear_before_reset": 1}),
        )
    },
    "InstanceNormalization": One("InstanceNormalization", {"g": normal(2), "b": normal(2)}, shape=(1, 2, 3, 3), axes=4),
    "DepthToSpace": One("DepthToSpace", said={"blocksize": 2}, shape=(1, 4, 2, 2), axes=4),
}


@pytest.mark.parametrize("name", ONES)
def test_an_operation_is_proven_and_agrees_with_onnx(name: str, tmp_path: Path) -> None:
    path = ONES[name].save(tmp_path / "m.onnx")
    x = normal(*ONES[name].shape, seed=6)
    book, building = models.book_of(path, {"x": x})
    assert_proven(book)
    (expected,) = ReferenceEvaluator(onnx.load(str(path))).run(None, {"x": x})
    np.testing.assert_allclose(building.values["y"], expected, atol=1e-5)


def test_an_output_of_unknown_operations_is_left_out(tmp_path: Path) -> None:
    """A classifier of scikit-learn gives labels, too, by operations of its own; and shapes follow from the number of rows."""
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("MatMul", ["x", "w"], ["z"]),
        helper.make_node("Reshape", ["z", "s"], ["r"]),
        helper.make_node("Sigmoid", ["r"], ["y"]),
        helper.make_node("ArrayFeatureExtractor", ["z", "s"], ["label"], domain="ai.onnx.ml"),
    ]
    path = saved(tmp_path / "m.onnx", nodes, [None, 2], {"w": normal(2, 2)})
    made = onnx.load(str(path))
    made.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    made.graph.output.insert(0, helper.make_tensor_value_info("label", TensorProto.FLOAT, [None]))
    path.write_bytes(made.SerializeToString())
    book, building = models.book_of(path, {"x": normal(3, 2)})
    assert_proven(book)
    assert building.model.outputs == ("y",)


# ---------------------------------------------------------------------------------------------- a network that reads digits


def digit_reader(path: Path) -> Path:
    """Write a model of the shape of mnist-12, 5,998 weights: two convolutions that keep the size, pools of 2 and 3, ten outputs."""
    weights: Weights = {
        "k1": normal(8, 1, 5, 5), "c1": normal(8, 1, 1), "k2": normal(16, 8, 5, 5) / 10, "c2": normal(16, 1, 1),
        "w": normal(256, 10) / 10, "b": normal(1, 10), "s": np.array([1, 256]),
    }  # fmt: skip
    same = {"auto_pad": "SAME_UPPER", "kernel_shape": [5, 5]}
    nodes = [
        helper.make_node("Conv", ["x", "k1"], ["z1"], **same),
        helper.make_node("Add", ["z1", "c1"], ["s1"]),
        helper.make_node("Relu", ["s1"], ["a1"]),
        helper.make_node("MaxPool", ["a1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p1", "k2"], ["z2"], **same),
        helper.make_node("Add", ["z2", "c2"], ["s2"]),
        helper.make_node("Relu", ["s2"], ["a2"]),
        helper.make_node("MaxPool", ["a2"], ["p2"], kernel_shape=[3, 3], strides=[3, 3]),
        helper.make_node("Reshape", ["p2", "s"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["m"]),
        helper.make_node("Add", ["m", "b"], ["y"]),
    ]
    return saved(path, nodes, [1, 1, 28, 28], weights, opset=12)


def test_a_network_that_reads_digits_is_proven(tmp_path: Path) -> None:
    path = digit_reader(tmp_path / "m.onnx")
    book = find_scenario("imported").make("zh", {"model": str(path)})
    assert_proven(book)
    assert not book.translator.missing


@pytest.mark.skipif(not ALL, reason="150,000 cells: WORKBOOK_ALL_ONNX=1")
def test_a_network_that_reads_digits_learns_too(tmp_path: Path) -> None:
    path, data = digit_reader(tmp_path / "m.onnx"), tmp_path / "digit.csv"
    rows = [[*(f"p{n}" for n in range(784)), "label"], [*(f"{n % 7 / 7:.2f}" for n in range(784)), "3"]]
    data.write_text("".join(",".join(row) + "\n" for row in rows))
    assert_proven(find_scenario("imported").make(settings={"model": str(path), "loss": "cross-entropy"}, data=data))


def test_a_large_model_with_a_loss_has_pages_for_each_way(tmp_path: Path) -> None:
    """Too large for one page: forward, backward and the step stand on pages of their own, in Chinese too."""
    nodes = [
        helper.make_node("Gemm", ["x", "w", "b"], ["z"]),
        helper.make_node("Relu", ["z"], ["a"]),
        helper.make_node("MatMul", ["a", "v"], ["y"]),
    ]
    path = saved(tmp_path / "m.onnx", nodes, [None, 9], {"w": normal(9, 14), "b": normal(14), "v": normal(14, 1)})
    data = tmp_path / "d.csv"
    data.write_text(
        "\n".join(
            [
                ",".join([*(f"x{n}" for n in range(9)), "y"]),
                *(",".join(f"{(n * k) % 5}" for k in range(10)) for n in range(1, 20)),
            ]
        )
    )
    for lang in ("en", "zh"):
        book = find_scenario("imported").make(
            lang, {"model": str(path), "loss": "squared-error", "target": "y"}, data=data
        )
        assert [page.key for page in book.parts if page.key != "Helpers"] == [
            "Overview",
            "Forward",
            "Weights",
            "Backward",
            "Step",
        ]
        assert_proven(book)
        assert not book.translator.missing
