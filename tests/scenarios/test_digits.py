"""The digit network: its sizes, its training, one step live for every parameter."""

from __future__ import annotations

import gzip
import struct
from itertools import pairwise
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from scenarios.digits import Digits
from scenarios.digits.training import answers, initial
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from workbook.book import Book
from workbook.engines import recalculate
from workbook.sheet import Style
from workbook.writer import write

SCENARIO = Digits()
SMALL = {"net": "784-16-16-10", "lr": 1.0, "epochs": 3, "batch": 4}


def parameter_count(book: Book) -> int:
    return sum(
        block.value.size for block in book.blocks() if block.id in {f"{kind}{n}" for kind in "Wb" for n in (1, 2, 3)}
    )


@pytest.mark.parametrize(("net", "count"), [("784-100-40-10", 82_950), ("784-16-16-10", 13_002)])
def test_parameter_counts_are_the_articles(net: str, count: int) -> None:
    """backpropagation-13002 prints 13,002; 82,950 follows from the shapes of fathoming-the-deep."""
    book = made_once("digits", net=net, epochs=1)
    assert parameter_count(book) == book["count_parameters_all"].value == book["count_all_cells"].value == count


def test_default_network_learns() -> None:
    book = made_once("digits")
    assert book["test_accuracy"].value[-1] > 0.9
    assert book["train_accuracy"].value[-1] > 0.97


def test_every_cell_is_proven(engine: str) -> None:
    assert assert_proven(made_once("digits", **SMALL, seed=11), engine) > 20_000


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("kind", ["W", "b"])
def test_step_is_nielsens(kind: str, layer: int) -> None:
    """The update is η/m times the sum of the per-example gradients of ½‖y − a‖²; autograd says the same of every layer."""
    book = made_once("digits", **SMALL)
    X, Y = book["X"].value.T, book["Y"].value.T
    parameters = {f"{k}{n}": book[f"{k}{n}"].value for k in "Wb" for n in (1, 2, 3)}

    def mean_cost(changed):  # type: ignore[no-untyped-def]
        now = {**parameters, f"{kind}{layer}": changed}
        a = X
        for n in (1, 2, 3):
            a = 1 / (1 + anp.exp(-(anp.dot(a, now[f"W{n}"].T) + now[f"b{n}"])))
        return 0.5 * anp.sum((a - Y) ** 2) / len(X)

    before = parameters[f"{kind}{layer}"]
    gradient = grad(mean_cost)(before)
    np.testing.assert_allclose(book[f"g{kind}{layer}"].value, gradient, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(book[f"{kind}{layer}_new"].value, before - 1.0 * gradient, rtol=1e-12)


@pytest.mark.parametrize("net", ["784-100-40-10", "784-16-16-10"])
def test_only_what_an_article_prints_is_called_printed(net: str) -> None:
    """13,002 stands in the text; 82,950, and 12,960 weights and 42 biases, follow from the layers."""
    book = made_once("digits", net=net, epochs=1)
    printed = {block.id: block.value for block in book.blocks() if block.id.endswith("_printed")}
    assert printed == {"thirteen_thousand_printed": 13_002}
    name = "other" if net == "784-100-40-10" else "count"
    assert (book[f"{name}_weights_all"].value, book[f"{name}_biases_all"].value) == (12_960, 42)
    assert all(check.verdict.value == "✓" for check in book.checks)


def test_biases_are_drawn_before_weights() -> None:
    """Nielsen's order: a generator with the same seed gives all biases first, then the weights, layer by layer."""
    random, ours = np.random.default_rng(3), initial([784, 16, 10], np.random.default_rng(3))
    biases = [random.standard_normal(16), random.standard_normal(10)]
    weights = [random.standard_normal((16, 784)), random.standard_normal((10, 16))]
    for (W, b), expected_W, expected_b in zip(ours, weights, biases, strict=True):
        np.testing.assert_array_equal(W, expected_W)
        np.testing.assert_array_equal(b, expected_b)


def test_an_epoch_has_a_shorter_last_slice() -> None:
    """1500 images in slices of 7: 214 of seven, then one of two."""
    book = made_once("digits", **{**SMALL, "batch": 7, "epochs": 1})
    assert (book["slices"].value, book["last_slice"].value) == (215, 2)


@pytest.mark.parametrize("changed", ["W1", "b2", "X", "Y"])
def test_a_changed_input_makes_the_record_not_apply(changed: str, tmp_path: Path) -> None:
    """Where a reader changes an input, even by swapping two numbers, NumPy's record is no longer held against it."""
    book = made_once("digits", **{**SMALL, "epochs": 1})
    path = tmp_path / "digits.xlsx"
    write(book, path)
    given = book[changed]
    grid, place = given.grid(), given.place
    flat = grid.ravel()
    one = int(np.flatnonzero(flat != flat[0])[0])
    edits = {
        (place.sheet, place.row + at // grid.shape[1], place.column + at % grid.shape[1]): float(value)
        for at, value in ((0, flat[one]), (one, flat[0]))
    }
    cells = recalculate(path, "ironcalc", edits)
    found = [
        cells[p.sheet][p.row, p.column]
        for p in (book[id].place for id in ("unchanged", "cost_met_verdict", "share_met_verdict"))
    ]
    assert found == [0, "–", "–"]


@pytest.mark.parametrize("net", ["784-100-40-10", "784-16-16-10"])
def test_code_has_the_articles_shapes(net: str) -> None:
    """fathoming-the-deep: W is 40×100 and 10×40, biases 40×1 and 10×1; delta times the activations' row is a table like W."""
    book = made_once("digits", net=net, epochs=1)
    (sheet,) = (sheet for sheet in book.sheets if sheet.key == "Code")
    shapes = {}
    for label in sheet.labels:
        if label.style is Style.CODE and label.column == 3:
            shapes[label.text] = next(
                (other.text for other in sheet.labels if (other.row, other.column) == (label.row, 5)), ""
            )
    sizes = [int(part) for part in net.split("-")]
    for n, (k, units) in enumerate(pairwise(sizes)):
        code = f"zs[{n}] = weights[{n}] @ activations[{n}] + biases[{n}]"
        assert shapes[code] == f"{units}×{k} · {k}×1 + {units}×1 = {units}×1"
        at = n - 3
        assert shapes[f"nabla_w[{at}] = delta @ activations[{at - 1}].T"] == f"{units}×1 · 1×{k} = {units}×{k}"


def test_formulas_do_not_change_with_the_numbers() -> None:
    one, other = (made_once("digits", **SMALL, seed=seed) for seed in (1, 2))
    assert formula_texts(one) == formula_texts(other)


def test_mnist_files_are_read(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (40, 28, 28), dtype=np.uint8)
    labels = random.integers(0, 10, 40, dtype=np.uint8)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(struct.pack(">4i", 2051, 40, 28, 28) + images.tobytes()))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(
        gzip.compress(struct.pack(">2i", 2049, 40) + labels.tobytes())
    )
    book = SCENARIO.make(settings=SMALL, data=path)
    pixels = {tuple(row) for row in (images.reshape(40, -1) / 255).tolist()}
    assert all(tuple(row) in pixels for row in book["X"].value.T.tolist())


def test_code_is_in_the_article_s_order_and_letters() -> None:
    """SGD: a arguments, b shuffle; update_mini_batch: a zeros, b backprop, c add up, d step; backprop; evaluate."""
    (sheet,) = (sheet for sheet in made_once("digits", epochs=1).sheets if sheet.key == "Code")
    lines = {label.row: label.text for label in sheet.labels if label.style is Style.CODE and label.column == 3}
    letters = {label.row: label.text for label in sheet.labels if label.style is Style.CODE and label.column == 1}
    said = [(letters[row].strip(), lines[row].split("(")[0].split(" ")[0]) for row in sorted(lines)]
    assert said[3:8] == [("a", "SGD"), ("a", "for"), ("b", "shuffle"), ("b", "mini_batches"), ("b", "for")]
    assert said[8:11] == [("a", "nabla_b"), ("a", "nabla_w"), ("b", "for")]
    assert [letter for letter, _code in said[11:]] == ["c"] * 6 + ["d"] * 6 + ["a"] * 7 + ["c"] * 4 + ["d"] * 6 + [
        "a–c"
    ]


def test_held_out_images_are_read_live(tmp_path: Path) -> None:
    """Their outputs are NumPy's; one that is painted over is read anew, with what is right and what exceeds 0.5."""
    book = made_once("digits")
    U, W = book["U"], [(book[f"W{n}"].value, book[f"b{n}"].value) for n in (1, 2, 3)]
    np.testing.assert_allclose(book["unseen_outputs"].value, answers(W, U.value.T).T, rtol=1e-12)
    said, over = book["unseen_said"].value, (book["unseen_outputs"].value > 0.5).sum(axis=0)
    assert book["unseen_right"].value.tolist() == [
        "✓" if a == b else "✗" for a, b in zip(said, book["unseen_label"].value, strict=True)
    ]
    assert book["unseen_over"].value.tolist() == over.tolist()
    painted = U.value.copy()
    painted[:, 0] = U.value[:, 1]
    assert said[0] != said[1]
    path = tmp_path / "digits.xlsx"
    write(book, path)
    place = U.place
    edits = {(place.sheet, place.row, place.column + k): float(painted[k, 0]) for k in range(784)}
    cells = recalculate(path, "ironcalc", edits)
    there = {id: book[id].place for id in ("unseen_said", "unseen_right")}
    found = [cells[p.sheet][p.row, p.column] for p in there.values()]
    assert found == [said[1], "✗"]


def test_the_chosen_image_moves_the_whole_page(tmp_path: Path) -> None:
    book = made_once("digits", **{**SMALL, "epochs": 1})
    other = SCENARIO.make(settings={**SMALL, "epochs": 1}, given={"chosen": np.asarray(3.0)})
    path = tmp_path / "digits.xlsx"
    write(book, path)
    place = book["chosen"].place
    cells = recalculate(path, "ironcalc", {(place.sheet, place.row, place.column): 3.0})
    for id in ("picture", "outputs", "whole_D1", "answer", "step_says", "whole_turn_reply", "face"):
        p = other[id].place
        found = np.array([[cells[p.sheet][p.row + r, p.column + c] for c in range(p.columns)] for r in range(p.rows)])
        if other[id].is_text:
            assert found[0, 0] == str(other[id].value)
        else:
            np.testing.assert_allclose(found.astype(float), other[id].grid(), rtol=1e-8, atol=1e-12)


def test_replaced_numbers_are_proven() -> None:
    """Choices, a weight and a learning rate replaced from Python: every cell holds, and the record no longer applies."""
    W1 = made_once("digits", **SMALL, seed=11)["W1"].value.copy()
    W1[2, 300] += 0.5
    chosen = {
        "chosen": 2.0,
        "unseen_chosen": 3.0,
        "epoch": 2.0,
        "neuron": 3.0,
        "pixel": 301.0,
        "eta": 0.5,
        "choose_layer": 1.0,
    }
    book = SCENARIO.make(
        settings={**SMALL, "seed": 11}, given={**{id: np.asarray(v) for id, v in chosen.items()}, "W1": W1}
    )
    assert_proven(book)
    assert not [check.title for check in book.checks if check.verdict.value == "✗"]
