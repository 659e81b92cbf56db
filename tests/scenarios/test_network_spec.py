"""Specifications and examples: what is read, and that every fault is one line that says what to mend."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.common.examples import read_examples
from scenarios.network import Network
from scenarios.network.fitted import with_examples
from scenarios.network.reading import read_spec
from scenarios.network.spec import EXAMPLE, MOST_RECORDED, Spec
from tests.specifications import Tables, small, spec_file, written
from workbook.scenario import UsageError

CASES = int(os.environ.get("WORKBOOK_FUZZ_CASES", "300"))


def whole(path: Path) -> Spec:
    return with_examples(read_spec(path), None)


def test_the_example_is_the_default() -> None:
    spec = whole(EXAMPLE)
    assert spec.sizes == (2, 3, 3)
    assert spec.activations == ("relu", "softmax")
    assert spec.optimizer.name == "adam"
    assert spec.parameter_count == 21
    assert spec.updates == 60
    assert spec.data.classes == ("A", "B", "C")
    np.testing.assert_array_equal(spec.data.y.sum(axis=1), np.ones(12))


def test_what_is_not_said_is_usual(tmp_path: Path) -> None:
    tables = small(["tanh", "identity"], "squared")
    del tables["training"], tables["optimizer"]
    spec = whole(spec_file(tmp_path, tables))
    assert (spec.optimizer.name, spec.hyper, spec.mean, spec.batch, spec.seed) == ("sgd", {"lr": 0.1}, True, 5, 1)


def test_what_is_not_said_stands_on_the_sheet(tmp_path: Path) -> None:
    """97 examples and no batch: 32 of them make a mini-batch, and the sheet Spec says so."""
    tables = small(["tanh", "identity"], "squared")
    chance = np.random.default_rng(1)
    tables["data"] = {
        "x": chance.normal(size=(97, 3)).round(2).tolist(),
        "y": chance.normal(size=(97, 2)).round(2).tolist(),
    }
    del tables["training"]["batch"], tables["optimizer"], tables["loss"]["over_examples"]
    path = spec_file(tmp_path, tables)
    assert whole(path).untyped == (
        "loss.over_examples = mean", "optimizer.name = sgd", "optimizer.lr = 0.1", "training.shuffle = true", "training.batch = 32",
    )  # fmt: skip
    said = "\n".join(
        str(label.text) for sheet in Network().make(settings={"spec": str(path)}).sheets for label in sheet.labels
    )
    assert "training.batch = 32" in said
    assert "All 97 examples do not fit side by side on a sheet: 32 are the most" in said
    assert whole(EXAMPLE).untyped == ()


def test_few_examples_and_no_batch_are_one_mini_batch(tmp_path: Path) -> None:
    tables = small(["tanh", "identity"], "squared")
    del tables["training"]["batch"]
    spec = whole(spec_file(tmp_path, tables))
    assert spec.batch == 5
    assert "training.batch = 5" in spec.untyped


FAULTS: list[tuple[str, Any, str]] = [
    ("network.layers", [3, 2], "network.activations"),
    ("network.layers", [3], "network.layers.*such as"),
    ("network.layers", [3, 0, 2], "network.layers, number 2.*1 to 100"),
    ("network.layers", [3, 4.5, 2], "network.layers, number 2.*whole"),
    ("network.layers", [3, True, 2], "network.layers, number 2"),
    ("network.layers", "3-4-2", "network.layers"),
    ("network.layers", [100, 50, 2], "network.layers: 5,152 weights and biases are too many"),
    ("network.activations", ["softmax", "tanh"], "number 1: softmax can only be the last"),
    ("network.activations", ["relu", "swish"], 'number 2: "swish" is not known; choose one of identity'),
    ("network.leaky_slope", 0.2, "network.leaky_slope: no layer has leaky_relu"),
    ("optimizer.weight_decay", -1, "optimizer.weight_decay: -1: give a number from 0 to 10"),
    ("data.unseen", [[1, 2]], "data.unseen, row 1: a list of 2: give a list of 3 numbers"),
    ("data.unseen", [[1, 2, 3]] * 33, "data.unseen: 33 examples do not fit side by side; at most 32"),
    ("training.frozen", "W1", r'training.frozen: "W1": list some of W1, b1, W2, b2'),
    ("training.frozen", ["W1", "W3"], r'training.frozen, number 2: "W3" is not known; choose one of W1, b1, W2, b2'),
    ("network.input_slopes", 1, "network.input_slopes: 1: write true or false"),
    ("network.biases", [True], "network.biases"),
    ("network.biases", "yes", "network.biases"),
    ("network.layer", [1, 2], "network.layer: no such key; there are layers"),
    ("loss.name", "binary_cross_entropy", "needs sigmoid in the last layer, which has identity"),
    ("loss.name", "categorical_cross_entropy", "needs softmax"),
    ("loss.name", "mse", "loss.name.*choose one of half_squared"),
    ("loss.over_examples", "average", "loss.over_examples.*mean, sum"),
    ("optimizer.name", "adagrad", "optimizer.name.*sgd, momentum"),
    ("optimizer.lr", 0, "optimizer.lr: 0: give a number from 1e-06"),
    ("optimizer.lr", float("nan"), "optimizer.lr: nan"),
    ("optimizer.lr", "fast", 'optimizer.lr: "fast"'),
    ("optimizer.beta1", 0.9, "optimizer.beta1: sgd has no such key; it has name, lr"),
    ("training.batch", 33, "training.batch: 33: give a whole number from 1 to 32"),
    ("training.batch", 6, "training.batch is 6, but there are 5 examples"),
    ("training.epochs", 0, "training.epochs"),
    ("training.epochs", 5000, "15,000 updates are too many"),
    ("training.epochs", 3000, "a sheet takes 250,000"),
    ("training.seed", -1, "training.seed"),
    ("training.shuffle", 1, "training.shuffle: 1: write true or false"),
    ("weights", {"W1": [[1, 2, 3]]}, "weights.W1: a list of 1: give a list of 4 lists"),
    ("weights", {"W2": [[1, 2, 3, 4], [1, 2, 3, float("inf")]]}, "weights.W2, row 2, number 4: inf"),
    (
        "weights",
        {"W1": [[1, 2, 3, 4]] * 3},
        r"weights.W1: 3 rows of 4: .* one row an input; give one row a unit, 4 of 3 numbers",
    ),
    (
        "weights",
        {"W2": [[1, 2]] * 4},
        r"weights.W2: 4 rows of 2: .* give one row a unit, 2 of 4 numbers \(transpose them\)",
    ),
    (
        "optimizer",
        {"name": "adam", "epsilon": 0},
        "optimizer.epsilon: 0: a parameter whose gradient is 0 would move by 0 / 0",
    ),
    ("optimizer", {"name": "rmsprop", "epsilon": 0.0}, "optimizer.epsilon: 0.0: a parameter whose gradient is 0"),
    ("data.x", [[1, 2, 1e-300]] * 5, "data.x, row 1, number 3: 1e-300: give 0, or a number of at least 1e-100 in size"),
    ("weights", {"W3": [[1]]}, "weights.W3: no such key; there are W1, b1, W2, b2"),
    ("weights", {"b1": [1, 2, 3, "x"]}, "weights.b1, number 4"),
    ("data.x", [[1, 2]], "data.x, row 1: a list of 2: give a list of 3 numbers"),
    ("data.x", [[1, 2, 3]], "data.y: a list of 5: give a list of 1 lists"),
    ("data.x", [[1, 2, 3000]] * 5, "data.x, row 1, number 3: 3000: give a number from -1000 to 1000"),
    ("data.labels", ["a"] * 5, "data: give x, and either y or labels"),
    ("title", "x" * 101, "title"),
    ("extra", 1, "extra: no such key; there are title, network"),
    ("network", 3, "network: 3 is no table"),
]


@pytest.mark.parametrize(
    ("key", "value", "message"), FAULTS, ids=[f"{key}={str(value)[:30]}" for key, value, _ in FAULTS]
)
def test_a_fault_is_one_line_that_names_file_and_key(tmp_path: Path, key: str, value: Any, message: str) -> None:
    tables = small(["relu", "identity"], "squared")
    if key == "training.epochs" and value == 3000:
        tables["optimizer"]["name"] = "adam"
    table, dot, name = key.partition(".")
    if dot:
        tables[table][name] = value
    else:
        tables[table] = value
    if key == "extra":
        tables = {"extra": 1, **tables}
    with pytest.raises(UsageError, match=message) as error:
        whole(spec_file(tmp_path, dict(sorted(tables.items(), key=lambda item: isinstance(item[1], dict)))))
    assert "net.toml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("missing", ["network", "loss", "data"])
def test_a_missing_table_is_named(tmp_path: Path, missing: str) -> None:
    tables = small(["relu", "identity"], "squared")
    del tables[missing]
    with pytest.raises(UsageError, match=missing):
        whole(spec_file(tmp_path, tables))


def test_targets_must_suit_the_loss(tmp_path: Path) -> None:
    tables = small(["sigmoid"], "binary_cross_entropy")
    tables["data"]["y"][3] = [0.5, 1.5]
    with pytest.raises(UsageError, match="example 4: binary_cross_entropy takes targets from 0 to 1"):
        whole(spec_file(tmp_path, tables))
    tables = small(["softmax"], "categorical_cross_entropy")
    tables["data"]["y"][1] = [1.0, 1.0]
    with pytest.raises(UsageError, match="example 2: they add up to 2"):
        whole(spec_file(tmp_path, tables))


def test_a_recorded_run_stays_within_what_a_sheet_holds(tmp_path: Path) -> None:
    tables = small(["relu", "identity"], "squared", optimizer="adam")
    spec = with_examples(read_spec(spec_file(tmp_path, tables)), None)
    tables["training"]["epochs"] = MOST_RECORDED // (spec.parameter_count * 3 * 3) + 1
    with pytest.raises(UsageError, match="take fewer epochs, a larger batch or fewer units"):
        whole(spec_file(tmp_path, tables))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[network",
        b"a = " + b"[" * 50_000,
        b"a = " + b"9" * 5000,
        b"layers = 1e999",
        b"\x00",
        b"a = 1\na = 2",
    ],
    ids=["empty", "not-utf8", "half", "deep", "long-number", "huge", "nul", "twice"],
)
def test_a_broken_file_is_one_line(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "net.toml"
    path.write_bytes(raw)
    with pytest.raises(UsageError, match=r"net\.toml") as error:
        whole(path)
    assert "\n" not in str(error.value)


def test_a_missing_file_a_folder_and_a_large_file_are_one_line(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_text("#" * 2_000_000)
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for path in (tmp_path / "none.toml", tmp_path, large, pipe, Path("/dev/zero")):
        with pytest.raises(UsageError, match=str(path)):
            read_spec(path)


# ---------------------------------------------------------------------------------------------- examples in a CSV file


def csv(folder: Path, text: str) -> Path:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_labels_become_targets_and_stay_texts(tmp_path: Path) -> None:
    data = read_examples(csv(tmp_path, "x1,x2,label\n1,2,=A1\n3,4,+b\n5,6,=A1\n7,8,10\n"))
    spec = with_examples(read_spec(EXAMPLE), data)
    assert spec.data.classes == ("10", "+b", "=A1")
    assert spec.data.y.tolist() == [[0, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x1,x2,y1\n1,2,3\n", "1 targets"),
        ("x1,y1,y2,y3\n1,1,0,0\n", "1 inputs"),
        ("x1,x3,label\n1,2,a\n", "no column x2"),
        ("x1,x2\n1,2\n", "neither"),
        ("x1,x2,y1,label\n1,2,3,a\n", "both"),
        ("x1,x2,colour,label\n1,2,3,a\n", "column colour"),
        ("x1,x2,label\n1,two,a\n", "row 2, column x2"),
        ("x1,x2,label\n1,2,a\n1,2,b\n1,2,c\n1,2,d\n", "4 different labels"),
        ("x1,x2,label\n1,2000,a\n1,2,b\n", "row 2, column x2.*1000"),
        ("x1,x2,label\n1,2,0\n1,2,1\n", "training.batch is 4, but there are 2"),
    ],
)
def test_examples_that_do_not_fit_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        with_examples(read_spec(EXAMPLE), read_examples(csv(tmp_path, text)))
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------------------------------------- fuzzing

_PIECES = [
    "[",
    "]",
    "=",
    '"',
    "'",
    "\n",
    ",",
    "-",
    "nan",
    "inf",
    "1e400",
    "0",
    "99999999999999999999",
    "true",
    "{}",
    "1979-05-27",
    "#",
]
_PIECES += ["[[a]]", '"\\u0000"', "''", "softmax", "sgd", "1.5", "[]", "x" * 300, "²", "\t", "\u202e", "é"]


def _mutated(chance: random.Random, text: str) -> str:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        end = min(len(text), at + chance.choice((0, 1, 1, 3, 20)))
        text = text[:at] + chance.choice([*_PIECES, "", "", text[at : at + 30] * 2]) + text[end:]
    return text


def test_a_damaged_file_never_gives_a_traceback(tmp_path: Path) -> None:
    """Each case builds the workbook, or gives one line; WORKBOOK_FUZZ_CASES=10000 for a long run."""
    path = tmp_path / "net.toml"
    scenario = Network()
    built = 0
    for case in range(CASES):
        chance = random.Random(case)
        tables: Tables = small(
            ["relu", "softmax"],
            "categorical_cross_entropy",
            optimizer=chance.choice(("sgd", "nesterov", "adam")),
            seed=case % 7,
        )
        path.write_text(_mutated(chance, written(tables)), encoding="utf-8", errors="replace")
        try:
            spec = whole(path)
            if spec.updates < 100:
                scenario.make(settings={"spec": str(path)})
            built += 1
        except UsageError as error:
            assert "\n" not in str(error), case
            assert "net.toml" in str(error), case
            assert len(str(error)) < 500 + len(str(path)), case
    assert 0 < built < CASES
