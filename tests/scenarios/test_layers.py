"""Layers of any kind from a file: every kind proven by an engine, drawn at random; published numbers; every fault is one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proof import assert_proven

from scenarios.layers import EXAMPLE
from scenarios.layers.pages import TITLES
from scenarios.layers.reading import KINDS, LOSSES, Stacked, read_stack
from tests.specifications import Tables, spec_file
from workbook.book import Book
from workbook.discovery import find_scenario
from workbook.scenario import UsageError


def book_of(tables: Tables, folder: Path, name: str = "layers") -> Book:
    return find_scenario(name).make(settings={"spec": str(spec_file(folder, tables))})


def stacked(tables: Tables, folder: Path) -> Stacked:
    return read_stack(spec_file(folder, tables))


def layered(*layers: dict[str, Any], loss: str = "half_squared", **data: Any) -> Tables:
    return {"layers": list(layers), "loss": {"name": loss}, "data": data}


def dense(units: int = 2, **more: Any) -> dict[str, Any]:
    return {"kind": "dense", "units": units, **more}


ROWS = [[1, 0.5], [-0.3, 1.2], [0.4, -0.8]]
PICTURE = [[0, 1, 0, 1, 0], [1, 1, 0, 0, 1], [0, 1, 1, 0, 1], [0, 1, 0, 1, 0], [1, 0.5, 0, 1, 0]]

# ---------------------------------------------------------------------------------------------- every kind

ALL: list[Tables] = [
    layered(
        {"kind": "rnn", "units": 3}, {"kind": "concat", "from": 0}, {"kind": "batchnorm"}, {"kind": "split", "first": 2, "last": 4},
        dense(3, activation="leaky_relu", slope=0.2), {"kind": "multiply", "from": 4}, {"kind": "scale", "factor": 0.5},
        {"kind": "softplus"}, {"kind": "identity"}, dense(2), {"kind": "sigmoid"},
        loss="binary_cross_entropy", x=ROWS, y=[[1, 0], [0, 1], [0, 0]],
    ),
    layered(
        {"kind": "embedding", "vocabulary": 4, "units": 4}, {"kind": "positions"}, {"kind": "layernorm"},
        {"kind": "attention", "heads": 2, "causal": True}, {"kind": "residual", "from": 2}, dense(4, activation="relu"),
        {"kind": "dropout", "rate": 0.25}, dense(4), {"kind": "softmax"},
        loss="categorical_cross_entropy", x=[1, 3, 2, 4], labels=[1, 2, 3, 0],
    ),
    layered(
        {"kind": "conv2d", "filters": 2, "padding": "same", "stride": 2, "activation": "tanh"},
        {"kind": "conv2d", "filters": 2, "kernel_size": 2, "padding": 1, "bias": False}, {"kind": "dropout"},
        {"kind": "avgpool", "stride": 1}, {"kind": "maxpool", "stride": 1}, {"kind": "relu"}, {"kind": "flatten"},
        dense(trainable=False), loss="mean_squared", x=[PICTURE, PICTURE[::-1]], y=[[1, 0]],
    ),
]  # fmt: skip


def test_every_kind_of_layer_and_every_loss_is_tried_here() -> None:
    used = {layer["kind"] for tables in ALL for layer in tables["layers"]}
    used |= {layer["activation"] for tables in ALL for layer in tables["layers"] if "activation" in layer}
    assert set(KINDS) == used
    assert {tables["loss"]["name"] for tables in ALL} | {"half_squared"} == set(LOSSES)


@pytest.mark.parametrize("tables", ALL, ids=["recurrent", "attention", "pictures"])
def test_an_engine_finds_what_numpy_and_autograd_find(tables: Tables, tmp_path: Path) -> None:
    book = book_of(tables, tmp_path)
    assert_proven(book)
    assert {str(check.verdict.value) for check in book.checks} == {"✓"}


@st.composite
def stacks(draw: st.DrawFn) -> Tables:
    """Draw layers that fit, on a table or on pictures."""
    layers: list[dict[str, Any]] = []
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    x: Any = random.normal(size=(rows, columns)).round(2).tolist()
    if draw(st.booleans()):
        planes, side = draw(st.integers(1, 2)), draw(st.integers(3, 5))
        x = random.normal(size=(planes, side, side)).round(2).tolist()
        layers += [
            {"kind": "conv2d", "filters": draw(st.integers(1, 2)), "kernel_size": draw(st.integers(1, 3)), "padding": 0, "stride": draw(st.integers(1, 2))},
            {"kind": draw(st.sampled_from(["relu", "tanh", "softplus", "leaky_relu", "dropout"]))},
            {"kind": "flatten"}, dense(columns),
        ]  # fmt: skip
        rows = 1
    wide = [{"kind": "attention", "causal": True}, {"kind": "batchnorm"}, {"kind": "rnn", "units": columns}]
    any_ = [dense(columns), {"kind": "layernorm"}, {"kind": "sigmoid"}, {"kind": "softmax"}, {"kind": "dropout"}]
    layers += draw(st.lists(st.sampled_from([*any_, *(wide if rows > 1 else [])]), max_size=3))
    layers.append(dense(2))
    y = np.eye(2)[random.integers(0, 2, size=rows)].tolist()
    seed = draw(st.integers(0, 99))
    return {**layered(*layers, loss=draw(st.sampled_from(list(LOSSES))), x=x, y=y), "training": {"seed": seed}}


@settings(max_examples=6, deadline=None, derandomize=True)
@given(tables=stacks())
def test_layers_drawn_at_random_are_proven(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert_proven(book_of(tables, tmp_path_factory.mktemp("stack")))


# ---------------------------------------------------------------------------------------------- numbers


def test_a_dense_layer_has_a_row_of_weights_a_unit(tmp_path: Path) -> None:
    """W·x + b by hand: 1·1 + 2·0.5 + 0.1 = 2.1 and 3·1 − 1·0.5 − 0.2 = 2.3."""
    book = book_of(
        layered(dense(weights=[[1, 2], [3, -1]], bias=[0.1, -0.2]), x=[[1, 0.5]], y=[[2, 2]]), tmp_path
    )  # fmt: skip
    np.testing.assert_allclose(book["Z1"].value, [[2.1, 2.3]])
    np.testing.assert_allclose(book["L"].value, (0.1**2 + 0.3**2) / 2)
    np.testing.assert_allclose(book["d_W1"].value.T, [[0.1, 0.05], [0.3, 0.15]])
    np.testing.assert_allclose(book["d_X"].value, [[0.1 * 1 + 0.3 * 3, 0.1 * 2 - 0.3]])


def test_a_list_of_dense_layers_is_the_dense_network(tmp_path: Path) -> None:
    """The same network in both forms of the file has the same loss and slopes."""
    W1, b1, W2, b2 = [[0.5, -0.4], [-0.3, 0.8], [0.6, 0.2]], [0.1, 0.2, -0.1], [[0.7, -0.5, 0.2], [-0.6, 0.4, 0.3]], [0, 0.1]  # fmt: skip
    old = {
        "network": {"layers": [2, 3, 2], "activations": ["tanh", "softmax"]},
        "loss": {"name": "categorical_cross_entropy"},
        "training": {"shuffle": False, "epochs": 1},
        "weights": {"W1": W1, "b1": b1, "W2": W2, "b2": b2},
        "data": {"x": ROWS, "y": [[1, 0], [0, 1], [1, 0]]},
    }
    new = layered(
        dense(3, activation="tanh", weights=W1, bias=b1), dense(2, weights=W2, bias=b2), {"kind": "softmax"},
        loss="categorical_cross_entropy", x=ROWS, y=[[1, 0], [0, 1], [1, 0]],
    )  # fmt: skip
    dense_book = find_scenario("network").make(settings={"spec": str(spec_file(tmp_path, old))})
    book = book_of(new, tmp_path, "network")
    assert book["L"].value == pytest.approx(float(dense_book["C"].value), abs=1e-12)
    np.testing.assert_allclose(book["d_W1"].value.T, dense_book["gW1"].value, atol=1e-12)
    np.testing.assert_allclose(book["P3"].value, dense_book["A2"].value.T, atol=1e-12)


def test_attention_is_the_lessons(tmp_path: Path) -> None:
    """The row of shares 0.4360, 0.1162, 0.2962, 0.1516 and the loss of the lesson on attention, from a file."""
    lesson = find_scenario("attention").make()
    W = {name: lesson[name].value.T.tolist() for name in ("Wq", "Wk", "Wv")}
    tables = layered(
        {"kind": "attention", "causal": True, "project": False, **W}, x=lesson["X"].value.tolist(), y=lesson["Y"].value.tolist()
    )  # fmt: skip
    book = book_of(tables, tmp_path)
    np.testing.assert_allclose(book["A1"].value, lesson["A"].value, atol=1e-12)
    np.testing.assert_allclose(book["A1"].value[3], [0.4360, 0.1162, 0.2962, 0.1516], atol=5e-5)
    np.testing.assert_allclose(book["d_Wk1"].value, lesson["d_Wk"].value, atol=1e-12)


def test_a_recurrent_layer_is_the_lessons(tmp_path: Path) -> None:
    lesson = find_scenario("rnn").make()
    given = {"weights": "Wx", "recurrent": "Wh"}
    rnn = {"kind": "rnn", "units": 3, "bias": lesson["b"].value.tolist(), **{k: lesson[n].value.T.tolist() for k, n in given.items()}}  # fmt: skip
    book = book_of(layered(rnn, x=lesson["X"].value.tolist(), y=np.zeros((5, 3)).tolist()), tmp_path)
    np.testing.assert_allclose(book["H1"].value, lesson["H"].value, atol=1e-12)


def test_normalization_is_the_lessons(tmp_path: Path) -> None:
    lesson = find_scenario("normalization").make()
    X, Y = lesson["X"].value.tolist(), lesson["Y"].value.tolist()
    norms = [{"kind": kind, "epsilon": 0.001} for kind in ("batchnorm", "layernorm")]
    book = book_of(layered(*norms, x=X, y=Y), tmp_path)
    assert book["L"].value == pytest.approx(float(lesson["L"].value), abs=1e-12)
    np.testing.assert_allclose(book["d_X"].value, lesson["d_X"].value, atol=1e-12)


def test_what_is_given_for_one_layer_does_not_change_what_another_draws(tmp_path: Path) -> None:
    plain = stacked(layered(dense(), dense(), x=ROWS, y=ROWS), tmp_path)
    known = stacked(layered(dense(weights=[[1, 2], [3, 4]]), dense(), x=ROWS, y=ROWS), tmp_path)
    np.testing.assert_array_equal(plain.graph["W2"].start, known.graph["W2"].start)
    np.testing.assert_array_equal(known.graph["W1"].start, [[1, 3], [2, 4]])


def test_examples_come_from_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "examples.csv"
    path.write_text("x1,x2,label\n1,2,a\n2,1,b\n0,1,a\n", encoding="utf-8")
    tables = layered({"kind": "layernorm"}, dense(), loss="categorical_cross_entropy")
    del tables["data"]
    book = find_scenario("network").make(settings={"spec": str(spec_file(tmp_path, tables))}, data=path)
    np.testing.assert_array_equal(book["Y"].value, [[1, 0], [0, 1], [1, 0]])


def test_the_example_is_the_default() -> None:
    example = read_stack(EXAMPLE)
    assert [row.kind for row in example.rows] == ["conv2d", "relu", "maxpool", "flatten", "dense", "softmax"]  # fmt: skip
    assert (example.rows[2].tables, example.rows[2].shape) == (2, (2, 2))
    assert set(TITLES) == set(KINDS)
    assert example.untyped == ()


# ---------------------------------------------------------------------------------------------- faults

CONV, FLAT = {"kind": "conv2d"}, {"kind": "flatten"}
ON_PICTURE = {"x": PICTURE, "y": [[1, 0]]}
FAULTS: list[tuple[Tables, str]] = [
    (layered({"kind": "maxpol"}, **ON_PICTURE), r'layer 1: kind: "maxpol" is not known; did you mean maxpool\? there are dense'),
    (layered({"kind": "Linear"}, **ON_PICTURE), r"layer 1: kind: .* did you mean dense\?"),
    (layered({"units": 2}, **ON_PICTURE), "layer 1: kind: missing; there are dense"),
    (layered(dense(), {"kind": 3}, x=ROWS, y=ROWS), "layer 2: kind: 3 is not known"),
    (layered(dense(unit=3), x=ROWS, y=ROWS), r"layer 1 \(dense\): unit: no such key; did you mean units\? it has units"),
    (layered({"kind": "flatten", "size": 2}, **ON_PICTURE), r"layer 1 \(flatten\): size: no such key; it has none"),
    (layered({"kind": "dense"}, x=ROWS, y=ROWS), r"layer 1 \(dense\): units: missing; give a whole number from 1 to 64"),
    (layered(dense(2.5), x=ROWS, y=ROWS), r"layer 1 \(dense\): units: 2.5: give a whole number"),
    (layered(dense(activation="swish"), x=ROWS, y=ROWS), r'layer 1 \(dense\): activation: "swish" is not known; choose one of identity'),
    (layered(dense(weights=[[1, 2, 3]]), x=ROWS, y=ROWS), r"layer 1 \(dense\): weights: a list of 1: give a list of 2 lists"),
    (layered(dense(3, weights=[[1, 2, 3], [4, 5, 6]]), x=ROWS, y=ROWS), r"weights: 2 rows of 3: these lie with one row an input"),
    (layered(dense(bias="no"), x=ROWS, y=ROWS), r'layer 1 \(dense\): bias: "no": give a list of 2 numbers'),
    (layered(CONV, dense(), **ON_PICTURE), r"layer 2 \(dense\): .* layer 1 \(conv2d\) gives a picture of 3×3; put a flatten between"),
    (layered(dense(), CONV, x=ROWS, y=ROWS), r"layer 2 \(conv2d\): it takes pictures, but layer 1 \(dense\) gives a table of 3×2"),
    (layered({"kind": "conv2d", "kernel_size": 4}, {"kind": "maxpool", "size": 3}, **ON_PICTURE), r"layer 2 \(maxpool\): a window of 3×3 does not fit into a picture of 2×2, which layer 1 \(conv2d\) gives"),
    (layered({"kind": "conv2d", "kernel_size": 2, "padding": "same"}, **ON_PICTURE), r'layer 1 \(conv2d\): padding: "same" needs an odd kernel_size'),
    (layered({"kind": "conv2d", "padding": "full"}, **ON_PICTURE), r'layer 1 \(conv2d\): padding: "full": write "same"'),
    (layered({"kind": "conv2d", "filters": 2, "bias": 1.0}, **ON_PICTURE), r"layer 1 \(conv2d\): bias: 1.0: give a list of 2 numbers"),
    (layered({"kind": "conv2d", "filters": 2}, **ON_PICTURE), r"layer 1 \(conv2d\): it is the last and gives 2 pictures of 3×3, but a loss takes one table"),
    (layered(dense(), {"kind": "residual", "from": 2}, x=ROWS, y=ROWS), r"layer 2 \(residual\): from: 2: give a whole number from 0 to 1"),
    (layered(dense(3), {"kind": "residual", "from": 0}, x=ROWS, y=ROWS), r"layer 2 \(residual\): layer 1 \(dense\) gives a table of 3×3, but the input gives a table of 3×2; both must"),
    (layered({"kind": "attention", "heads": 3}, x=ROWS, y=ROWS), r"layer 1 \(attention\): heads: 3 heads cannot share the 2 columns that the input gives"),
    (layered({"kind": "embedding", "vocabulary": 2, "units": 2}, x=[1, 3], y=ROWS), r"layer 1 \(embedding\): vocabulary: 2, but x has the token 3"),
    (layered({"kind": "embedding", "vocabulary": 2, "units": 2}, x=ROWS, y=ROWS), r"layer 1 \(embedding\): it takes token numbers, but the input gives a table of 3×2"),
    (layered(dense(), x=[1, 3], y=ROWS), r"layer 1 \(dense\): it takes a table, but the input gives 2 tokens; put an embedding"),
    (layered({"kind": "batchnorm"}, x=[[1, 2]], y=[[1, 2]]), r"layer 1 \(batchnorm\): a mean over examples needs at least 2"),
    (layered({"kind": "rnn", "units": 2}, x=[[1, 2]], y=[[1, 2]]), r"layer 1 \(rnn\): it takes at least 2 moments"),
    (layered({"kind": "dropout", "mask": [[1, 0.5]]}, dense(), x=[[1, 2]], y=[[1, 2]]), r"layer 1 \(dropout\): mask: give 0 and 1 only"),
    (layered({"kind": "dropout", "rate": 1}, dense(), x=ROWS, y=ROWS), r"layer 1 \(dropout\): rate: 1: give a number from 0 to 0.9"),
    (layered({"kind": "relu"}, x=ROWS, y=ROWS), "layers: no layer has anything that learns"),
    (layered(dense(), x=ROWS, y=[[1, 0]]), r"data.y: 1 rows: give 3 rows of 2, for layer 1 \(dense\) gives a table of 3×2"),
    (layered(dense(), {"kind": "softmax"}, loss="binary_cross_entropy", x=[[1, 2]], y=[[0, 1]]), r"layer 2 \(softmax\): binary_cross_entropy needs sigmoid"),
    (layered(dense(), loss="categorical_cross_entropy", x=[[1, 2]], y=[[1, 1]]), "data.y: row 1 adds up to 2"),
    (layered(dense(), loss="cross_entropy", x=ROWS, y=ROWS), "loss.name: .*choose one of half_squared"),
    (layered(*[dense(64)] * 3, x=ROWS, y=ROWS), r"layer 3 \(dense\): with it the network has 8,838 numbers; a sheet takes 6,000"),
    (layered(*[dense()] * 25, x=ROWS, y=ROWS), "layers: 25 layers are too many; at most 24"),
    ({**layered(dense(), x=ROWS, y=ROWS), "optimizer": {"name": "adam"}}, 'optimizer.name: "adam" is not known; choose one of sgd'),
    ({**layered(dense(), x=ROWS, y=ROWS), "network": {}}, "network: no such key; there are title, layers"),
    (layered(dense(), x=[[1, 2]] * 41, y=ROWS), "data.x: 41 rows are too many side by side; at most 40"),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "message"), FAULTS, ids=[message[:50] for _tables, message in FAULTS])
def test_a_fault_is_one_line_that_names_the_layer(tables: Tables, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message) as error:
        stacked(tables, tmp_path)
    assert str(error.value).startswith(str(tmp_path / "net.toml: "))
    assert str(error.value).isprintable()


def test_layers_that_are_no_list_are_refused(tmp_path: Path) -> None:
    for layers in (3, [], ["dense"], {"kind": "dense"}):
        with pytest.raises(UsageError, match=r"layers: .*: write \[\[layers\]\] for each layer"):
            stacked({"layers": layers, "loss": {"name": "half_squared"}, "data": {"x": ROWS, "y": ROWS}}, tmp_path)
    with pytest.raises(UsageError, match=r"layers: missing; write .*`workbook example layers` prints"):
        stacked({"loss": {"name": "half_squared"}}, tmp_path)


def test_an_update_is_no_setting_of_layers(tmp_path: Path) -> None:
    path = spec_file(tmp_path, layered(dense(), x=ROWS, y=ROWS))
    with pytest.raises(UsageError, match=r"--set update=3: .* lists layers, of which one step is shown; leave it out"):
        find_scenario("network").make(settings={"spec": str(path), "update": 3})
