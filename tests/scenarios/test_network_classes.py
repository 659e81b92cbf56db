"""Which output a label means: never a guess. The losses are those that a calculator gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.common.classes import targets_of
from scenarios.network import Network
from tests.proof import assert_proven
from tests.specifications import Tables, spec_file
from workbook.book import Book
from workbook.scenario import UsageError


def classifier(outputs: int, labels: list[Any], x: list[list[float]], W: list[list[float]], **more: Any) -> Tables:
    """Return one layer without biases that sees all examples at once, in their order."""
    softmax = outputs > 1
    return {
        "network": {
            "layers": [len(x[0]), outputs],
            "activations": ["softmax" if softmax else "sigmoid"],
            "biases": False,
        },
        "loss": {
            "name": "categorical_cross_entropy" if softmax else "binary_cross_entropy",
            "over_examples": more.pop("over_examples", "sum"),
        },
        "training": {"batch": len(x), "epochs": 1, "shuffle": False},
        "weights": {"W1": W},
        "data": {"x": x, "labels": labels, **more},
    }


def made(folder: Path, tables: Tables) -> Book:
    return Network().make(settings={"spec": str(spec_file(folder, tables)), "update": 1})


P = np.array([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
"""Two examples' probabilities; the network's scores are their logarithms."""


def of_probabilities(labels: list[Any], **more: Any) -> Tables:
    return classifier(3, labels, [[1, 0], [0, 1]], np.log(P).T.tolist(), **more)


@pytest.mark.parametrize("labels", [[0, 2], ["0", "2"], ["00", "2.0"]])
def test_a_whole_number_below_the_number_of_outputs_is_that_output(tmp_path: Path, labels: list[Any]) -> None:
    """With classes 0 and 2 the third output is right for the second example: −ln 0.5, not −ln 0.2 = 1.6094."""
    book = made(tmp_path, of_probabilities(labels))
    assert book["C_each"].value.tolist() == pytest.approx([2.302585, 0.693147], abs=1e-6)
    assert book["Y"].value.T.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert_proven(book)


def test_a_file_without_one_class_keeps_the_others_outputs(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x1,x2,label\n1,0,2\n0,1,1\n")
    spec = spec_file(tmp_path, of_probabilities([0, 1]))
    book = Network().make(settings={"spec": str(spec), "update": 1}, data=path)
    assert book["C_each"].value.tolist() == pytest.approx([-np.log(0.6), -np.log(0.2)])
    assert book["labels"].value.tolist() == ["2", "1"]


def test_negative_labels_are_sorted_by_size(tmp_path: Path) -> None:
    """w = 1, x = −2 and 2: −1 is the first class, so both are right, and C = 2·ln(1 + e⁻²), not 4.2539."""
    book = made(tmp_path, classifier(1, [-1, 1], [[-2], [2]], [[1]]))
    assert book["Y"].value.tolist() == [[0, 1]]
    assert book["C"].value == pytest.approx(0.2538560, abs=1e-7)


@pytest.mark.parametrize(("label", "y"), [("1", 1), (1, 1), ("0", 0), (0, 0)])
def test_one_class_alone_with_one_output_is_its_number(tmp_path: Path, label: Any, y: int) -> None:
    book = made(tmp_path, classifier(1, [label] * 3, [[1], [2], [3]], [[1]]))
    assert book["Y"].value.tolist() == [[y] * 3]


@pytest.mark.parametrize(
    ("outputs", "labels", "targets"),
    [
        (1, ["-1", "1", "-1"], [0, 1, 0]),
        (1, ["10", "9"], [1, 0]),
        (1, ["no", "yes"], [0, 1]),
        (1, ["2", "1"], [1, 0]),
        (1, ["0.5", "-0.5"], [1, 0]),
        (2, ["1", "1"], [1, 1]),
        (2, ["1", "2"], [0, 1]),
        (3, ["1", "2"], [1, 2]),
        (3, ["1", "2", "3"], [0, 1, 2]),
        (3, ["10", "9", "-1"], [2, 1, 0]),
        (3, ["−1", "0", "1"], [0, 1, 2]),
        (3, ["b", "c", "a", "b"], [1, 2, 0, 1]),
        (4, ["3", "0"], [3, 0]),
    ],
)
def test_labels_mean_one_output(outputs: int, labels: list[str], targets: list[int]) -> None:
    y, classes, _counted = targets_of(labels, outputs, (), "f", "label")
    assert (y[:, 0] if outputs == 1 else y.argmax(axis=1)).tolist() == targets
    assert len(classes) == max(outputs, 2)


@pytest.mark.parametrize(
    ("outputs", "labels", "message"),
    [
        (3, ["A", "C"], "A, C are only 2 of 3 classes"),
        (3, ["1", "3"], "1, 3 are only 2 of 3 classes"),
        (3, ["-1", "1"], "-1, 1 are only 2 of 3"),
        (3, ["0", "0.5"], "0, 0.5 are only 2 of 3"),
        (1, ["cat", "cat"], "cat is only 1 of 2 classes"),
        (1, ["2", "2"], "2 is only 1 of 2"),
        (2, ["a", "b", "c"], "3 different labels, but the network has 2 outputs"),
        (1, ["0", "1", "2"], "3 different labels, but the network has 1 output; give an output for each"),
    ],
)
def test_labels_that_leave_the_output_open_are_refused(outputs: int, labels: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        targets_of(labels, outputs, (), "net.toml", "data.labels")
    assert "\n" not in str(refused.value)
    assert "classes = [" in str(refused.value) or "an output for each" in str(refused.value)


def test_the_specification_may_state_the_classes(tmp_path: Path) -> None:
    book = made(tmp_path, of_probabilities(["mouse", "cat"], classes=["cat", "dog", "mouse"]))
    assert book["Y"].value.T.tolist() == [[0, 0, 1], [1, 0, 0]]
    book = made(tmp_path, of_probabilities([3, 1], classes=[1, 2, 3]))
    assert book["Y"].value.T.tolist() == [[0, 0, 1], [1, 0, 0]]
    book = made(tmp_path, classifier(1, ["ill", "ill"], [[1], [2]], [[1]], classes=["well", "ill"]))
    assert book["Y"].value.tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (["cat", "dog"], "data.classes: a list of 2: list 3 classes, one for each output"),
        ("cat", "data.classes"),
        (["cat", "cat", "dog"], 'data.classes, number 2: "cat" is there twice'),
        ([1, "1.0", 2], 'data.classes, number 2: "1.0" is there twice'),
        (["cat", "dog", 1.5], "data.classes, number 3: 1.5: give a short text or a whole number"),
        (["cat", "dog", "cow"], r"data.labels, number 1: mouse is none of data.classes \(cat, dog, cow\)"),
    ],
)
def test_classes_that_do_not_fit_are_one_line(tmp_path: Path, classes: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        made(tmp_path, of_probabilities(["mouse", "cat"], classes=classes))
    assert "\n" not in str(refused.value)


def test_stated_classes_hold_for_a_file_of_examples_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x1,x2,label\n1,0,dog\n0,1,dog\n")
    tables = of_probabilities([])
    tables["data"] = {"classes": ["cat", "dog", "mouse"]}
    settings = {"spec": str(spec_file(tmp_path, tables)), "update": 1}
    assert Network().make(settings=settings, data=path)["Y"].value.argmax(axis=0).tolist() == [1, 1]
    with pytest.raises(UsageError, match="data: give x, and either y or labels"):
        Network().make(settings=settings)


def test_a_file_of_examples_takes_the_place_of_the_specification_s_own(tmp_path: Path) -> None:
    """Whatever is wrong with the examples of the specification does not matter where others are given."""
    path = tmp_path / "rows.csv"
    path.write_text("x1,x2,label\n1,0,0\n0,1,2\n")
    tables = of_probabilities(["A", "B", "C", "D", "E"])
    settings = {"spec": str(spec_file(tmp_path, tables)), "update": 1}
    assert Network().make(settings=settings, data=path)["C"].value == pytest.approx(2.995732, abs=1e-6)
    with pytest.raises(UsageError, match=r"data.labels: a list of 5: give a list of 2 labels"):
        Network().make(settings=settings)
