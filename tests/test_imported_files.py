"""Hostile and mistaken models and data: each is refused in one line that says what, where and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.imported import EXAMPLE
from workbook.cli import run
from workbook.discovery import find_scenario
from workbook.guard import FileError
from workbook.scenario import UsageError

pytest.importorskip("onnx", reason="onnx is not installed: pip install -e '.[test]'")
import onnx
from onnx import TensorProto, helper, numpy_helper

Node = Any


def model(
    nodes: list[Node], weights: dict[str, Any] | None = None, shape: tuple[Any, ...] = (2, 3), opset: int = 17
) -> Any:
    """Return a model that reads `x` and makes `y`."""
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, None])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (weights or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def one(op: str, *inputs: str, **said: Any) -> Node:
    return helper.make_node(op, ["x", *inputs], ["y"], **said)


def changed(change: Callable[[Any], Any]) -> Any:
    """Return the model that ships, with something changed."""
    made = onnx.load(str(EXAMPLE))
    change(made)
    return made


def _external(made: Any) -> None:
    tensor = made.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../etc/passwd")


def _cycle(made: Any) -> None:
    made.graph.node[0].input[0] = "shares"


def _dims(made: Any) -> None:
    made.graph.initializer[0].dims[:] = [1 << 40, 1 << 20]


def _below(made: Any) -> None:
    made.graph.initializer[0].dims[:] = [-4, -2]


def _less(made: Any) -> None:
    made.graph.initializer[0].raw_data = made.graph.initializer[0].raw_data[:5]


def _many(made: Any) -> None:
    made.graph.node.extend([one("Relu")] * 600)


def _elsewhere(made: Any) -> None:
    made.graph.node[0].domain = "com.example"


def _function(made: Any) -> None:
    made.functions.add(name="f", domain="d")


def _dims_of_input(made: Any) -> None:
    for dim, size in zip(made.graph.input[0].type.tensor_type.shape.dim, (1 << 30, 1 << 30), strict=True):
        dim.dim_value = size


LARGE = np.array([1 << 20, 1 << 20])
REFUSED: dict[str, tuple[Any, str]] = {
    "weights elsewhere": (changed(_external), "the weights hidden.weight lie in another file, which is not read"),
    "a circle": (changed(_cycle), "not valid ONNX"),
    "huge dims": (changed(_dims), "the weights hidden.weight (1099511627776 × 1048576) are too many for a workbook"),
    "dims below 0": (changed(_below), "have a shape that no table has"),
    "too few bytes": (changed(_less), "hidden.weight"),
    "many operations": (changed(_many), "604 operations are too many for a workbook"),
    "somebody's own operation": (changed(_elsewhere), "the operation com.example.Gemm is not known here; those that work: Abs, Add"),
    "a function": (changed(_function), "it has functions"),
    "a huge input": (changed(_dims_of_input), "the input x has 1073741824 × 1073741824 numbers"),
    "unknown": (model([one("Erf")]), "the operation Erf is not known here; those that work: Abs, Add"),
    "a mask of the data": (
        model([helper.make_node("Greater", ["x", "c"], ["m"]), helper.make_node("Where", ["m", "x", "c"], ["y"])], {"c": np.zeros(3, np.float32)}),
        "Greater m works here on numbers of the model only",
    ),
    "a loop": (model([helper.make_node("Loop", ["", "x"], ["y"], body=helper.make_graph([], "b", [], []))]), "the operation Loop is not known here"),
    "its name has two lines": (model([helper.make_node("Bad\nline", ["x"], ["y"])]), "the operation Bad·line is not known here"),
    "shapes that do not meet": (model([one("MatMul", "w")], {"w": np.ones((5, 2), np.float32)}), "MatMul y cannot be computed"),
    "NaN": (model([one("Add", "w")], {"w": np.array([np.nan], np.float32)}), "the weights w hold a number that is not finite (NaN or infinity)"),
    "infinity": (model([one("Add", "w")], {"w": np.array([np.inf], np.float32)}), "not finite"),
    "what comes out is none": (model([one("Div", "w")], {"w": np.zeros(3, np.float32)}), "the numbers of Div y hold a number that is not finite"),
    "large numbers": (model([one("Add", "w")], {"w": np.array([1e30], np.float32)}), "hold 1e+30, and a workbook calculates with numbers up to 1e+09"),
    "text": (model([one("Add", "w")], {"w": np.array(["a"], object)}), "the weights w are no numbers"),
    "Expand": (model([one("Expand", "s")], {"s": LARGE}, (1, 1)), "Expand y makes 1048576 × 1048576"),
    "Tile": (model([one("Tile", "s")], {"s": LARGE}), "Tile y makes 2097152 × 3145728"),
    "Pad": (model([one("Pad", "s")], {"s": np.array([0, 0, 1 << 30, 1 << 30])}), "Pad y makes 1073741826 × 1073741827"),
    "ConstantOfShape": (
        model([helper.make_node("ConstantOfShape", ["s"], ["c"]), one("Add", "c")], {"s": LARGE}),
        "ConstantOfShape c makes 1048576 × 1048576",
    ),
    "a large product": (
        model([helper.make_node("Transpose", ["x"], ["t"]), helper.make_node("MatMul", ["t", "x"], ["y"])], shape=(1, 5000)),
        "MatMul y makes 5000 × 5000 = 25,000,000 numbers, and a workbook holds 200,000",
    ),
    "a large layer": (
        model([helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node("Relu", ["z"], ["a"]), helper.make_node("Exp", ["a"], ["y"])], {"w": np.ones((3, 300), np.float32)}, (300, 3)),
        "Exp y makes 300 × 300 = 90,000 numbers",
    ),
    "no operations": (model([]), "there is no network in it"),
    "old": (model([one("Relu")], opset=3), "its operations are of version 3, and 6 to "),
    "new": (model([one("Relu")], opset=99), "its operations are of version 99"),
    "nothing computed": (model([one("Identity")]), "no number in it is computed from what it reads"),
    "three space axes": (
        model([one("MaxPool", kernel_shape=[1, 1, 1])], shape=(1, 1, 2, 2, 2)),
        "MaxPool y has 3 space axes, and a sheet has two",
    ),
}  # fmt: skip


def told(path: Path, data: Path | None = None, **settings: str) -> str:
    with pytest.raises((UsageError, FileError)) as error:
        find_scenario("imported").make(settings={"model": str(path), **settings}, data=data)
    line = str(error.value)
    assert line.isprintable() and len(line) < 900
    return line


@pytest.mark.parametrize("name", REFUSED)
def test_a_model_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    made, line = REFUSED[name]
    path = tmp_path / "m.onnx"
    path.write_bytes(made.SerializeToString())
    assert line in told(path)


@pytest.mark.parametrize(
    ("name", "contents", "line"),
    [
        ("m.pt", b"x", "a pickle is not opened, since it may run any program; in PyTorch write torch.onnx.export("),
        ("m.PTH", b"PK\x03\x04", "a pickle is not opened"),
        ("m.pkl", b"x", "a pickle is not opened"),
        ("m.onnx", b"\x80\x04\x95", "a pickle is not opened"),
        ("m.h5", b"\x89HDF", "in Keras write model.export("),
        ("m.safetensors", b"{}", "holds weights, but not the network that they belong to"),
        ("m.onnx", b"", "there is no network in it"),
        ("m.onnx", b"\x00" * 100, "no ONNX model, or a damaged one"),
        ("m.onnx", b"x" * (9 << 20), "the file is larger than 8 MB"),
    ],
)
def test_a_file_of_another_kind_is_refused(name: str, contents: bytes, line: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(contents)
    assert line in told(path)


def test_whatever_is_broken_is_one_line_or_a_book(tmp_path: Path) -> None:
    """Cut off, changed here and there, or nothing but noise."""
    rng = np.random.default_rng(7)
    whole = EXAMPLE.read_bytes()
    broken = [whole[:n] for n in range(0, len(whole), 23)]
    broken += [rng.integers(0, 256, int(rng.integers(1, 300))).astype(np.uint8).tobytes() for _ in range(30)]
    for _ in range(60):
        spoilt = bytearray(whole)
        for at in rng.integers(0, len(whole), 2):
            spoilt[at] = rng.integers(0, 256)
        broken.append(bytes(spoilt))
    path = tmp_path / "m.onnx"
    refused = 0
    for contents in broken:
        path.write_bytes(contents)
        try:
            find_scenario("imported").make(settings={"model": str(path)})
        except (UsageError, FileError) as error:
            assert str(error).isprintable()
            refused += 1
    assert refused > 60


# ---------------------------------------------------------------------------------------------- rows, targets, the command

ROWS = "a,b,c\n1,2,0\n3,4,1\n"


@pytest.mark.parametrize(
    ("rows", "settings", "line"),
    [
        (ROWS, {}, "3 columns of inputs, but"),
        (ROWS, {"target": "c"}, "--target c: nothing is compared with it; name a loss"),
        (ROWS, {"loss": "cross-entropy", "target": "d"}, "has no such column; it has a, b, c"),
        ("a,b,c\n1,2,2\n", {"loss": "cross-entropy"}, "a class 2, but"),
        ("a,b,c\n1,2,0.5\n", {"loss": "cross-entropy"}, "a class 0.5, but"),
        (ROWS, {"loss": "squared-error"}, "2 rows of 1, but"),
        ("a,b,c,d\n1,2,3,0\n", {"loss": "cross-entropy", "target": "c,d"}, "--target: a value of 3, but"),
        ("a,b\n1,x\n", {}, "row 2, column b"),
        (None, {"loss": "cross-entropy"}, "it needs targets; give --data FILE.csv"),
    ],
)  # fmt: skip
def test_rows_that_do_not_fit_are_refused(
    rows: str | None, settings: dict[str, str], line: str, tmp_path: Path
) -> None:
    path, data = tmp_path / "m.onnx", tmp_path / "rows.csv"
    path.write_bytes(EXAMPLE.read_bytes())
    data.write_text(rows or "")
    assert line in told(path, data if rows else None, **settings)


WEIGHED, WEIGHTS = helper.make_node("MatMul", ["x", "W"], ["z"]), {"W": np.eye(3, dtype=np.float32)}


@pytest.mark.parametrize(
    ("end", "said", "loss", "line"),
    [
        ("Softmax", {}, "binary-cross-entropy", "ends in Softmax, which it does not fit; take --loss cross-entropy"),
        ("Sigmoid", {}, "cross-entropy", "ends in Sigmoid, which it does not fit; take --loss binary-cross-entropy"),
        ("Softmax", {"axis": 0}, "cross-entropy", "ends in Softmax down the columns, and it takes shares of each row"),
    ],
)
def test_a_loss_that_does_not_fit_the_end_is_refused(
    end: str, said: dict[str, int], loss: str, line: str, tmp_path: Path
) -> None:
    path, data = tmp_path / "m.onnx", tmp_path / "rows.csv"
    path.write_bytes(model([WEIGHED, helper.make_node(end, ["z"], ["y"], **said)], WEIGHTS).SerializeToString())
    data.write_text("a,b,c,p,q,r\n1,2,3,0,0,1\n4,5,6,1,0,0\n")
    assert line in told(path, data, loss=loss, target="p,q,r")


@pytest.mark.parametrize("behind", ["Identity", "Dropout"])
def test_what_changes_nothing_may_stand_behind_softmax(behind: str, tmp_path: Path) -> None:
    path, data = tmp_path / "m.onnx", tmp_path / "rows.csv"
    nodes = [WEIGHED, helper.make_node("Softmax", ["z"], ["s"]), helper.make_node(behind, ["s"], ["y"])]
    path.write_bytes(model(nodes, WEIGHTS).SerializeToString())
    data.write_text("a,b,c,label\n1,2,3,2\n4,5,5,0\n")
    scenario = find_scenario("imported")
    book = scenario.make(settings={"model": str(path), "loss": "cross-entropy"}, data=data)
    shares = np.exp([[1, 2, 3], [4, 5, 5]])
    shares /= shares.sum(axis=1, keepdims=True)
    assert float(book["L"].value) == pytest.approx(-np.log(shares[[0, 1], [2, 0]]).mean())


def test_a_loss_needs_something_that_learns(tmp_path: Path) -> None:
    path, data = tmp_path / "m.onnx", tmp_path / "rows.csv"
    path.write_bytes(model([one("Tanh")]).SerializeToString())
    data.write_text("a,b,c,p,q,r\n1,2,3,0,0,1\n4,5,6,1,0,0\n")
    assert "learns; leave --loss out" in told(path, data, loss="squared-error", target="p,q,r")


def test_a_model_of_one_number_takes_the_first_row(tmp_path: Path) -> None:
    path, data = tmp_path / "m.onnx", tmp_path / "rows.csv"
    path.write_bytes(model([one("Exp")], shape=()).SerializeToString())
    data.write_text("a\n2\n3\n")
    scenario = find_scenario("imported")
    assert float(scenario.make(settings={"model": str(path)}, data=data)["X"].value) == 2


@pytest.mark.parametrize("file", ["m.pt", "nowhere.onnx", "."])
def test_the_command_says_one_line(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.pt").write_bytes(b"x")
    assert run(["import", file]) == 2
    out, err = capfd.readouterr()
    assert out == "" and len(err.splitlines()) == 1
    assert not (tmp_path / "output").exists()
