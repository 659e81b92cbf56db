"""Networks from a specification: gradients against autograd, every cell proven, the picked update against the recorded one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import HealthCheck, given, settings

from scenarios.common.activations import LEAK, Array
from scenarios.common.optimizers import OPTIMIZERS
from scenarios.network import Network
from scenarios.network.reading import read_spec
from scenarios.network.spec import EXAMPLE
from tests.books import made_once
from tests.proof import assert_proven, formula_texts
from tests.specifications import Tables, allowed_pairs, networks, small, spec_file
from tests.tampering import replace_cell
from workbook.addresses import cell_name
from workbook.book import Book
from workbook.cli import run
from workbook.engines import recalculate
from workbook.scenario import UsageError
from workbook.sheet import FAILS
from workbook.writer import write

SCENARIO = Network()
RANDOM_NETWORKS = int(os.environ.get("WORKBOOK_RANDOM_NETWORKS", "24"))


def made(path: Path, update: int = 0) -> Book:
    return SCENARIO.make(settings={"spec": str(path), "update": update})


def assert_sound(book: Book, engine: str = "ironcalc") -> None:
    assert_proven(book, engine)
    assert [check.title for check in book.checks if check.verdict.value == FAILS] == []


# ---------------------------------------------------------------------------------------------- autograd

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "step": lambda z: anp.where(z >= 0, 1.0, 0.0) + 0 * z,
    "sigmoid": lambda z: 0.5 * (1 + anp.tanh(z / 2)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 1e-12, z, 0.0 * z),
    "leaky_relu": lambda z: anp.where(z > 1e-12, z, LEAK * z),
    "softplus": lambda z: anp.logaddexp(0, z),
    "softmax": lambda z: anp.exp(z - anp.max(z, axis=0)) / anp.sum(anp.exp(z - anp.max(z, axis=0)), axis=0),
}


def cost_of_examples(z: Any, last: str, loss: str, Y: Array, over_outputs: str = "sum") -> Any:
    """The sum of the examples' costs; cross-entropies straight from z, by other formulas than ours."""
    if loss == "binary_cross_entropy":
        return anp.sum(anp.logaddexp(0, z) - Y * z) / (len(Y) if over_outputs == "mean" else 1)
    if loss == "categorical_cross_entropy":
        top = anp.max(z, axis=0)
        return -anp.sum(Y * (z - top - anp.log(anp.sum(anp.exp(z - top), axis=0))))
    squares = anp.sum((ACTIVATIONS[last](z) - Y) ** 2)
    return {"half_squared": squares / 2, "squared": squares, "mean_squared": squares / len(Y)}[loss]


def autograd_gradients(book: Book, tables: Tables) -> dict[str, Array]:
    """Return cost and gradients of the book's mini-batch at the point where its gradient is taken."""
    network, loss = tables["network"], tables["loss"]
    ahead = "_ahead" if tables["optimizer"]["name"] == "nesterov" else ""
    layers = range(1, len(network["layers"]))
    there = {f"{kind}{l}": book[f"{kind}{l}{ahead}"].value for l in layers for kind in "Wb" if f"{kind}{l}" in book}
    columns = book["chosen"].value > 0
    X, Y = book["X"].value[:, columns], book["Y"].value[:, columns]

    def cost(parameters: dict[str, Any]) -> Any:
        a = X
        for l in layers:
            z = anp.dot(parameters[f"W{l}"], a)
            if f"b{l}" in parameters:
                z = z + anp.reshape(parameters[f"b{l}"], (-1, 1))
            a = ACTIVATIONS[network["activations"][l - 1]](z)
        whole = cost_of_examples(z, network["activations"][-1], loss["name"], Y, loss.get("over_outputs", "sum"))
        return whole / X.shape[1] if loss["over_examples"] == "mean" else whole

    return {"C": cost(there), **{f"g{name}": value for name, value in grad(cost)(there).items()}}


def assert_meets_autograd(book: Book, tables: Tables) -> None:
    for id, expected in autograd_gradients(book, tables).items():
        np.testing.assert_allclose(book[id].value, expected, rtol=1e-8, atol=1e-10, err_msg=id)


@pytest.mark.parametrize(("last", "loss"), allowed_pairs())
def test_gradients_meet_autograd(tmp_path: Path, last: str, loss: str) -> None:
    """Every activation with every loss that it may have; hidden layers of each kind in turn."""
    hidden = ["tanh", "relu", "leaky_relu", "sigmoid", "identity"][len(last + loss) % 5]
    tables = small([hidden, last], loss, over_examples="sum" if len(last) % 2 else "mean")
    assert_meets_autograd(made(spec_file(tmp_path, tables), update=2), tables)


def test_softmax_by_the_jacobian_is_p_minus_y() -> None:
    book = made_once("network")
    np.testing.assert_allclose(book["D2_long"].value, book["A2"].value - book["Y"].value, atol=1e-12)
    np.testing.assert_allclose(book["jac_dz"].value, book["D2"].value[:, 0], atol=1e-12)
    assert book["jac_J"].shape == (3, 3)


def test_relu_s_mask_is_seen() -> None:
    book = made_once("network")
    slope, z = book["G1"], book["Z1"].value
    assert slope.shading is not None
    np.testing.assert_array_equal(slope.value, z > 0)
    assert not book["D1"].value[z < 0].any()


# ---------------------------------------------------------------------------------------------- proof

SPREAD = [
    (["sigmoid", "tanh", "identity"], "half_squared", "sgd", {"over_examples": "sum", "biases": [True, False, True]}),
    (["leaky_relu", "sigmoid"], "binary_cross_entropy", "momentum", {}),
    (["relu", "softmax"], "categorical_cross_entropy", "nesterov", {}),
    (["relu", "relu", "softmax"], "mean_squared", "rmsprop", {"biases": False}),
    (["step", "identity"], "squared", "adam", {"batch": 5}),
    (["softmax"], "categorical_cross_entropy", "adam", {"batch": 1}),
]


@pytest.mark.parametrize("case", range(len(SPREAD)))
def test_every_cell_is_proven(tmp_path: Path, case: int) -> None:
    activations, loss, optimizer, more = SPREAD[case]
    tables = small(activations, loss, optimizer, seed=case + 1, **more)
    for update in (1, 2):
        book = made(spec_file(tmp_path, tables), update)
        assert_sound(book)
        assert_meets_autograd(book, tables)


@pytest.mark.parametrize("case", [1, 2])
def test_every_cell_is_proven_by_each_engine(tmp_path: Path, case: int, engine: str) -> None:
    activations, loss, optimizer, more = SPREAD[case]
    assert_sound(made(spec_file(tmp_path, small(activations, loss, optimizer, **more)), update=3), engine)


@settings(
    max_examples=RANDOM_NETWORKS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(drawn=networks())
def test_random_networks_hold(tmp_path: Path, drawn: tuple[Tables, int]) -> None:
    """Build, recalculation, recorded run and autograd agree; WORKBOOK_RANDOM_NETWORKS=1000 for a long run."""
    tables, update = drawn
    try:
        book = made(spec_file(tmp_path, tables), update)
    except UsageError as error:
        assert "diverges" in str(error)
        return
    assert_sound(book)
    assert_meets_autograd(book, tables)


@pytest.mark.parametrize("layers", [[1, 3, 2, 4], [9, 1, 7, 4], [8, 5, 1], [7, 1], [2, 12]])
def test_the_network_page_has_room_for_a_network_of_any_shape(tmp_path: Path, layers: list[int]) -> None:
    """High inputs, a small second layer, one layer: nothing lies on anything else."""
    depth = len(layers) - 1
    tables: Tables = {
        "network": {"layers": layers, "activations": ["identity"] * depth, "biases": [False] * depth},
        "loss": {"name": "half_squared", "over_examples": "mean"},
        "optimizer": {"name": "sgd", "lr": 0.01},
        "training": {"batch": 1, "epochs": 1, "seed": 0, "shuffle": False},
        "data": {"x": [[-1.0] * layers[0]], "y": [[0.1] * layers[-1]]},
    }
    assert_sound(made(spec_file(tmp_path, tables)))


def test_formulas_do_not_change_with_the_numbers(tmp_path: Path) -> None:
    one = small(["relu", "softmax"], "categorical_cross_entropy", "adam", seed=1)
    other = small(["relu", "softmax"], "categorical_cross_entropy", "adam", seed=2)
    books = [made(spec_file(tmp_path, tables, f"{n}.toml"), n + 1) for n, tables in enumerate((one, other))]
    assert formula_texts(books[0]) == formula_texts(books[1])


# ---------------------------------------------------------------------------------------------- the picked update


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_yellow_cell_picks_any_update(tmp_path: Path, optimizer: str) -> None:
    """A file built with one update, its cell set to another and recalculated, is the file built with that update."""
    path = spec_file(tmp_path, small(["relu", "softmax"], "categorical_cross_entropy", optimizer))
    file = tmp_path / "book.xlsx"
    write(made(path, 1), file)
    other = made(path, 6)
    cell = other["update"].place
    replace_cell(file, cell.sheet, cell_name(cell.row, cell.column), "<v>.*?</v>", "<v>6</v>")
    sheets = recalculate(file)
    for block in other.blocks():
        if block.patterns and not block.is_text:
            place = block.place
            found = [
                [sheets[place.sheet][place.row + r, place.column + c] for c in range(place.columns)]
                for r in range(place.rows)
            ]
            np.testing.assert_allclose(
                np.array(found, dtype=float), block.grid(), rtol=1e-8, atol=1e-9, err_msg=block.id
            )


def test_the_run_is_the_textbook_s(tmp_path: Path) -> None:
    """Plain descent on a line: every recorded state follows from the one before by hand."""
    tables: Tables = {
        "network": {"layers": [1, 1], "activations": ["identity"]},
        "loss": {"name": "half_squared", "over_examples": "sum"},
        "optimizer": {"name": "sgd", "lr": 0.1},
        "training": {"batch": 2, "epochs": 2, "shuffle": False},
        "weights": {"W1": [[0.5]], "b1": [0.25]},
        "data": {"x": [[1], [2], [3]], "y": [[2], [3], [5]]},
    }
    book = made(spec_file(tmp_path, tables))
    w, b = 0.5, 0.25
    for update, rows in enumerate([((1, 2), (2, 3)), ((3, 5),), ((1, 2), (2, 3)), ((3, 5),)], 1):
        errors = [(w * x + b - y, x) for x, y in rows]
        w, b = w - 0.1 * sum(e * x for e, x in errors), b - 0.1 * sum(e for e, _x in errors)
        assert book["run_w"].value[update].tolist() == pytest.approx([w, b], rel=1e-12)
    assert book["batch_examples"].value.tolist() == [[1, 2], [3, 0], [1, 2], [3, 0]]


def one_weight(**more: Any) -> Tables:
    """Return y = w·x + b with w = 2 and b = 0 on x = 1, y = 1: the slope of ½(y − 1)² is 1 for both."""
    return {
        "network": {"layers": [1, 1], "activations": ["identity"]},
        "loss": {"name": "half_squared"},
        "optimizer": {"name": "sgd", "lr": 0.1, **more},
        "training": {"epochs": 2},
        "weights": {"W1": [[2]], "b1": [0]},
        "data": {"x": [[1]], "y": [[1]]},
    }


def test_weight_decay_adds_its_share_of_each_weight_and_of_no_bias(tmp_path: Path) -> None:
    """w′ = 2 − 0.1·(1 + 0.5·2) = 1.8, b′ = 0 − 0.1·1; then the slope is 0.7: w″ = 1.8 − 0.1·(0.7 + 0.5·1.8) = 1.64, b″ = −0.17."""
    settings = {"spec": str(spec_file(tmp_path, one_weight(weight_decay=0.5)))}
    book = Network().make(settings=settings)
    assert_sound(book)
    np.testing.assert_allclose(book["opt_w_new"].value, [1.8, -0.1])
    second = Network().make(settings=settings | {"update": 2})
    assert_sound(second)
    np.testing.assert_allclose(second["opt_w_new"].value, [1.64, -0.17])


def test_an_example_without_a_target_is_answered(tmp_path: Path) -> None:
    """After one update w = 1.9 and b = −0.1, so that x = 3 gives 5.6; and −1 gives −2."""
    tables = one_weight()
    tables["data"]["unseen"] = [[3], [-1]]
    book = Network().make(settings={"spec": str(spec_file(tmp_path, tables))})
    assert_sound(book)
    np.testing.assert_allclose(book["A1_unseen"].value, [[5.6, -2.0]])


@pytest.mark.parametrize(
    ("optimizer", "new"), [("averaged_momentum", 2 - 0.1 * 0.1), ("adam_uncorrected", 2 - 0.1 * 0.1 / (0.001**0.5 + 1e-8))]
)  # fmt: skip
def test_the_first_step_of_an_optimizer_s_variant(tmp_path: Path, optimizer: str, new: float) -> None:
    """The slope is 1, the states begin at 0: the mean gradient is 0.1, the mean square 0.001, and neither is corrected."""
    book = Network().make(settings={"spec": str(spec_file(tmp_path, one_weight(name=optimizer))), "update": 1})
    assert_sound(book)
    assert book["opt_w_new"].value[0] == pytest.approx(new, abs=1e-12)


@pytest.mark.parametrize(("frozen", "new"), [(["W1"], [2, -0.1]), (["b1"], [1.8, 0])])
def test_what_is_frozen_stays(tmp_path: Path, frozen: list[str], new: list[float]) -> None:
    """Of w = 2 and b = 0 one stays; with L2 of 0.5 the weight goes to 1.8, the bias to −0.1."""
    tables = one_weight(weight_decay=0.5)
    tables["training"]["frozen"] = frozen
    book = Network().make(settings={"spec": str(spec_file(tmp_path, tables))})
    assert_sound(book)
    np.testing.assert_allclose(book["opt_w_new"].value, new)


def test_the_slopes_in_the_inputs_are_the_weights_times_the_blame(tmp_path: Path) -> None:
    """∂L/∂x = w·(y − 1) = 2·1."""
    tables = one_weight()
    tables["network"]["input_slopes"] = True
    book = Network().make(settings={"spec": str(spec_file(tmp_path, tables))})
    assert_sound(book)
    np.testing.assert_allclose(book["dX"].value, [[2]])


@pytest.mark.parametrize("optimizer", ["nesterov", "adam"])
def test_weight_decay_and_the_functions_of_ones_own_are_proven(tmp_path: Path, optimizer: str) -> None:
    tables = small(["leaky_relu", "softplus"], "half_squared", optimizer)
    tables["network"]["leaky_slope"], tables["optimizer"]["weight_decay"] = 0.2, 0.3
    tables["data"]["unseen"] = [[0.5, -1, 2]]
    tables["network"]["input_slopes"], tables["training"]["frozen"] = True, ["b1", "W2"]
    book = Network().make(settings={"spec": str(spec_file(tmp_path, tables)), "update": 4})
    assert_sound(book)
    z, a = book["Z1"].value, book["A1"].value
    np.testing.assert_allclose(a, np.where(z > 0, z, 0.2 * z))
    np.testing.assert_allclose(book["A2"].value, np.log1p(np.exp(book["Z2"].value)))


@pytest.mark.parametrize(("block", "typed"), [("W1_0", 0.75), ("Y_all", 0.6)])
def test_a_changed_input_leaves_the_checks_against_the_record_open(tmp_path: Path, block: str, typed: float) -> None:
    """Changing a weight or a target is no error: those checks say –, the others still hold."""
    file = tmp_path / "book.xlsx"
    book = made_once("network", update=1)
    write(book, file)
    place = book[block].place
    rows = range(place.row, place.row + place.rows)  # whichever example the update takes
    for row in rows:
        replace_cell(file, place.sheet, cell_name(row, place.column), "<v>.*?</v>", f"<v>{typed}</v>")
    sheets = recalculate(file)
    said = {
        check.verdict.id: sheets[check.verdict.place.sheet][check.verdict.place.row, check.verdict.place.column]
        for check in book.checks
    }
    assert said["cost_met_verdict"] == said["step_w_verdict"] == "–"
    assert said["short_way_verdict"] == said["fd_verdict"] == "✓"


@pytest.mark.parametrize(
    ("id", "value"), [("epsilon", 2e-8), ("lr", 0.2), ("b1_0", [0.1, 0.2, 0.3, 0.4]), ("whole_first", 2.0)]
)
def test_a_replaced_number_is_proven_and_leaves_the_record_open(tmp_path: Path, id: str, value: Any) -> None:
    """Numbers replaced from Python: every cell holds, and where the run began from others its checks say –."""
    tables = small(["relu", "softmax"], "categorical_cross_entropy", "adam", batch=5)
    spec = {"spec": str(spec_file(tmp_path, tables)), "update": 1}
    book = SCENARIO.make(settings=spec, given={id: np.asarray(value)})
    assert_sound(book)
    assert (book["step_w_verdict"].value == "–") == (id != "whole_first")


def test_saturated_outputs_have_a_loss(tmp_path: Path) -> None:
    """σ(300) rounds to 1 and ln(1 − 1) is no number; the loss is 300 all the same, and the gradient right."""
    tables = small(["sigmoid"], "binary_cross_entropy", batch=5)
    tables["network"]["layers"] = [1, 1]
    tables["weights"] = {"W1": [[3.0]], "b1": [0.0]}
    tables["data"] = {"x": [[100], [-100], [100], [1], [0]], "y": [[0], [0], [1], [1], [0]]}
    book = made(spec_file(tmp_path, tables), 1)
    assert book["C_each"].value[np.flatnonzero(book["chosen"].value == 1)[0]] == pytest.approx(300)
    assert_sound(book)
    assert_meets_autograd(book, tables)


FAR = [
    (1, [[50.0], [0.0], [-50.0]], [[10]], [[0, 0, 1]], 1000),  # scores 500, 0, −500
    (1, [[50.0], [0.0], [-50.0]], [[1000]], [[0, 0, 1]], 100_000),
    (1, [[50.0], [50.0], [-50.0]], [[10]], [[0, 0, 1]], 1000 + np.log(2)),
    (1, [[0.0], [0.0], [-7.5]], [[100]], [[0.25, 0.25, 0.5]], 0.5 * 750 + np.log(2)),
]


@pytest.mark.parametrize("case", range(len(FAR)))
def test_softmax_of_scores_far_apart_has_its_loss(tmp_path: Path, case: int, engine: str) -> None:
    """The true class is e⁻¹⁰⁰⁰ likely: its logarithm is −1000, and no clamp at −700 may say otherwise."""
    if engine == "gnumeric":
        pytest.xfail("it has 1e-304 where the others have 0, which the tolerance does not know")
    inputs, W, x, y, cost = FAR[case]
    tables = small(["softmax"], "categorical_cross_entropy", batch=1)
    tables["network"]["layers"] = [inputs, 3]
    tables["weights"] = {"W1": W, "b1": [0.0, 0.0, 0.0]}
    tables["data"] = {"x": x, "y": y}
    book = made(spec_file(tmp_path, tables), 1)
    assert book["C"].value == pytest.approx(cost, rel=1e-12)
    assert_sound(book, engine)
    assert_meets_autograd(book, tables)


@pytest.mark.parametrize(("x", "y", "cost"), [(800, 0, 800), (-800, 1, 800), (1000, 0.25, 750), (-36, 0, np.exp(-36))])
def test_a_sigmoid_far_out_has_its_loss(tmp_path: Path, x: float, y: float, cost: float, engine: str) -> None:
    """ln(1 − σ(800)) is −800; a clamp at 700 said −700."""
    tables = small(["sigmoid"], "binary_cross_entropy", batch=1)
    tables["network"]["layers"] = [1, 1]
    tables["weights"] = {"W1": [[1.0]], "b1": [0.0]}
    tables["data"] = {"x": [[x]], "y": [[y]]}
    book = made(spec_file(tmp_path, tables), 1)
    assert book["C"].value == pytest.approx(cost, rel=1e-9, abs=1e-15)
    assert_sound(book, engine)
    assert_meets_autograd(book, tables)


@pytest.mark.parametrize(("over_outputs", "cost"), [("sum", 1.730916), ("mean", 0.865458), (None, 1.730916)])
def test_the_loss_of_several_sigmoids_is_a_sum_or_a_mean_as_stated(
    tmp_path: Path, over_outputs: str | None, cost: float
) -> None:
    """Keras's documentation prints 0.865 for its BinaryCrossentropy of these targets and logits: the mean over both axes."""
    tables = small(["sigmoid"], "binary_cross_entropy", batch=2)
    tables["network"]["layers"] = [4, 2]
    tables["network"]["biases"] = False
    tables["weights"] = {"W1": [[-18.6, 2.94, 0, 0], [0.51, -12.8, 0, 0]]}
    tables["data"] = {"x": [[1, 0, 0, 0], [0, 1, 0, 0]], "y": [[0, 1], [0, 0]]}
    if over_outputs:
        tables["loss"]["over_outputs"] = over_outputs
    book = made(spec_file(tmp_path, tables), 1)
    assert book["C"].value == pytest.approx(cost, abs=1e-6)
    assert_sound(book)
    assert_meets_autograd(book, tables)


def test_the_choice_over_outputs_belongs_to_binary_cross_entropy(tmp_path: Path) -> None:
    for loss, last in (("squared", "sigmoid"), ("mean_squared", "tanh"), ("categorical_cross_entropy", "softmax")):
        tables = small([last], loss)
        tables["loss"]["over_outputs"] = "mean"
        with pytest.raises(UsageError, match=r"loss\.over_outputs: only binary_cross_entropy leaves this open"):
            read_spec(spec_file(tmp_path, tables))


def test_a_nudge_across_a_kink_is_not_held_against_the_gradient(tmp_path: Path) -> None:
    """XOR's example (0, 0) with biases 0 puts every ReLU onto its kink: nudging a bias must say –, not ✗."""
    tables = small(["relu", "identity"], "half_squared", batch=4)
    tables["network"]["layers"] = [2, 3, 1]
    tables["weights"] = {"b1": [0, 0, 0]}
    tables["data"] = {"x": [[0, 0], [0, 1], [1, 0], [1, 1]], "y": [[0], [1], [1], [0]]}
    file = tmp_path / "book.xlsx"
    book = made(spec_file(tmp_path, tables))
    write(book, file)
    place = book["choose_input"].place
    replace_cell(file, place.sheet, cell_name(place.row, place.column), "<v>.*?</v>", "<v>0</v>")
    sheets = recalculate(file)
    kinks, verdict = book["fd_kinks1"].place, book["fd_verdict"].place
    crossed = sum(sheets[kinks.sheet][kinks.row + n, kinks.column] for n in range(kinks.rows))
    assert (crossed, sheets[verdict.sheet][verdict.row, verdict.column]) == (1, "–")


def test_a_diverging_run_is_refused_in_one_line(tmp_path: Path) -> None:
    tables = small(["identity", "identity"], "squared", over_examples="sum")
    tables["optimizer"]["lr"] = 50.0
    tables["training"]["epochs"] = 30
    with pytest.raises(UsageError, match=r"net.toml: the training diverges .*optimizer.lr than 50") as error:
        made(spec_file(tmp_path, tables))
    assert "\n" not in str(error.value)


# ---------------------------------------------------------------------------------------------- settings, command line


def test_an_update_beyond_the_run_is_refused() -> None:
    with pytest.raises(UsageError, match=r"update=61.*60 updates"):
        SCENARIO.make(settings={"update": 61})


def test_own_data_replaces_the_example_s(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("x1,x2,label\n" + "".join(f"{n},{n * n % 5},={'abc'[n % 3]}\n" for n in range(9)))
    book = SCENARIO.make(data=path)
    assert book["labels"].value.tolist()[:3] == ["=a", "=b", "=c"]
    assert_proven(book)


def test_the_command_line_takes_a_specification(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(["build", "network", "--spec", str(path), "--output", str(tmp_path / "out")]) == 0, (
        capsys.readouterr().err
    )
    assert (tmp_path / "out" / "network.xlsx").exists()


@pytest.mark.parametrize("names", [["demon-net"], [], ["network", "demon-net"]])
def test_others_refuse_a_specification_in_one_line(
    tmp_path: Path, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build", *names, "--spec", str(EXAMPLE), "--output", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cannot be specified; write workbook build network --spec" in said
    assert not (tmp_path / "out").exists()


def test_a_faulty_specification_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.toml"
    path.write_text("[network]\nlayers = [2, 1]\n")
    assert run(["build", "network", "--spec", str(path), "--output", str(tmp_path / "out")]) == 2
    missing = "loss: the table is missing; add a line [loss] and below it its keys (name, over_examples, over_outputs)"
    assert capsys.readouterr().err == f"workbook: {path}: {missing}\n"
    assert not (tmp_path / "out").exists()


def test_the_example_s_file_reads_as_it_says() -> None:
    assert read_spec(EXAMPLE).hyper == {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
