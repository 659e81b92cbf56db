"""Handwritten digits, 28×28 pixels: 784-100-40-10, or 784-16-16-10 with its 13,002 parameters.

Symbols and shapes, for a mini-batch of m images, one a row

    X       (m, 784)  grey values of the pixels, 0 white … 1 black, row by row
    Y       (m, 10)   targets, one-hot
    W[l]    (n[l], n[l−1])   b[l]  (n[l],)     z, a, δ  (m, n[l]),  a = σ(z)
    C       ½‖y − a‖², averaged over the mini-batch

Article: fathoming-the-deep, which walks through network.py (Nielsen): biases of all layers are drawn first, then the
weights, standard normal; each epoch shuffles and takes consecutive slices; the update is η/m × the sum of the
per-example gradients; the output error is (a − y)·σ′(z); a digit is read off as the largest output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.common import network_py
from scenarios.common.activations import SIGMOID, Array
from scenarios.common.batch import (
    bias_gradient,
    cost_column,
    delta_columns,
    forward_columns,
    total_cost,
    transposed_delta,
    turned_pre_activation,
    weight_gradient,
)
from scenarios.common.dense import Backward, Forward, Layer, sup, updated_biases, updated_weights
from scenarios.common.gradient_check import check_chosen_parameter
from scenarios.common.losses import HALF_SQUARED, averaged
from scenarios.common.training import Parameters, gradients_of, propagate, stepped
from scenarios.digits.checks import (
    count_sheet,
    evaluate_table,
    fingerprint_row,
    record_met,
    recorded,
    slices_table,
    unchanged_sheet,
)
from scenarios.digits.code import Tables, code_lines, code_sheet
from scenarios.digits.data import Digits as Data
from scenarios.digits.data import load_idx, load_uci_digits, split
from scenarios.digits.map import Network, digits_map, largest_errors
from workbook.block import Between, Block, Counter, Role, Shading
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.eager import Sheet
from workbook.formula import call, equal, if_, largest, number_of, pick
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Style
from workbook.text import N_, _

WIDTH, PIXELS, CLASSES = 28, 784, 10
MIDDLE_PIXEL = PIXELS // 2 + WIDTH // 2
NETS = ("784-100-40-10", "784-16-16-10")
COST = averaged(HALF_SQUARED)
HELD_OUT = 297


@dataclass(frozen=True)
class Training:
    """What NumPy computed: the parameters after the last epoch, and the accuracy after each epoch, seen and held out."""

    parameters: Parameters
    train_accuracy: Array
    test_accuracy: Array


def sizes_of(net: str) -> list[int]:
    """Return the units of every layer, input first."""
    return [int(part) for part in net.split("-")]


def initial(sizes: list[int], random: np.random.Generator) -> Parameters:
    """Draw the biases of all layers first, then the weights, standard normal, as network.py does."""
    biases = [random.standard_normal(n) for n in sizes[1:]]
    return [(random.standard_normal((n, k)), b) for k, n, b in zip(sizes[:-1], sizes[1:], biases, strict=True)]


def accuracy(parameters: Parameters, data: Data) -> float:
    """Return the share of images whose largest output is their digit."""
    output = propagate(parameters, [SIGMOID] * len(parameters), data.images)[-1][1]
    return float(np.mean(output.argmax(axis=1) == data.labels))


def train(
    sizes: list[int], train_data: Data, test_data: Data, eta: float, size: int, epochs: int, random: np.random.Generator
) -> tuple[Training, NDArray[np.int64]]:
    """Run Nielsen's SGD; return its end, and the first mini-batch of the epoch that would follow."""
    parameters = initial(sizes, random)
    activations = [SIGMOID] * len(parameters)
    targets = np.eye(CLASSES)[train_data.labels]
    in_training, held_out = [], []
    for _epoch in range(epochs):
        order = random.permutation(len(targets))
        for first in range(0, len(targets), size):
            slice_ = order[first : first + size]
            step = gradients_of(parameters, activations, COST, train_data.images[slice_], targets[slice_])
            parameters = stepped(parameters, step, eta)
        in_training.append(accuracy(parameters, train_data))
        held_out.append(accuracy(parameters, test_data))
    following = random.permutation(len(targets))[:size]
    return Training(parameters, np.array(in_training), np.array(held_out)), following


class Digits(Scenario):
    """Handwritten digits."""

    name = "digits"
    title = N_("Handwritten digits: every one of its parameters, live")
    article = N_("Fathoming the deep in deep learning (fathoming-the-deep), and backpropagation-13002")
    summary = N_(
        "A network that reads handwritten digits, with nothing left out: the picture, the forward pass, the cost, the way back, "
        "and the update of every single weight for one mini-batch, all of it formulas. The training before that was run by NumPy."
    )
    order = 160
    large = True
    locale = Path(__file__).parent.parent / "locale"
    parameters = (
        Parameter("net", NETS[0], N_("the network"), choices=NETS),
        Parameter("lr", 2.0, N_("learning rate η"), 0.001, 20),
        Parameter("batch", 10, N_("images in a mini-batch"), 2, 20, whole=True),
        Parameter("epochs", 30, N_("epochs that NumPy trains beforehand"), 1, 100, whole=True),
        Parameter("seed", 5, N_("seed of the random start"), 0, 2**32 - 1, whole=True),
    )
    data_columns = N_(
        "MNIST's image file (…images-idx3-ubyte, also .gz); the label file beside it is found by its name"
    )

    def data_files(self, path: Path) -> tuple[Path, Path]:
        """Return the images and the labels that lie beside them."""
        return path, path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))

    def read_data(self, path: Path) -> Data:
        _images, labels = self.data_files(path)
        if labels == path:
            raise UsageError(
                f"{path}: give MNIST's image file, named like train-images-idx3-ubyte, the label file beside it"
            )
        try:
            return load_idx(path, labels)
        except ValueError as error:
            raise UsageError(str(error)) from None

    def build(self, book: Book, settings: Mapping[str, Any], data: Data | None) -> None:
        sizes = sizes_of(settings["net"])
        images = data or load_uci_digits()
        train_data, test_data = split(*images, min(HELD_OUT, len(images.labels) // 5))
        random = np.random.default_rng(settings["seed"])
        training, batch = train(
            sizes, train_data, test_data, settings["lr"], settings["batch"], settings["epochs"], random
        )
        book.first_change = _(
            "on the sheet Picture, type another number into the yellow cell to see another image of the mini-batch, and what the network says of it."
        )
        _Walkthrough(book, settings, sizes, training, train_data, batch, own=data is not None).build()


class _Walkthrough:
    """The sheets, in the order in which they are read."""

    def __init__(
        self,
        book: Book,
        settings: Mapping[str, Any],
        sizes: list[int],
        training: Training,
        data: Data,
        batch: NDArray[np.int64],
        own: bool,
    ) -> None:
        self.book = book
        self.settings = settings
        self.sizes = sizes
        self.training = training
        self.data = data
        self.images = data.images[batch]
        self.labels = data.labels[batch]
        self.own = own

    def build(self) -> None:
        picture = self.book.sheet(
            "Picture", _("The picture, and what the network says"), column_width=3.2, row_height=16
        )
        code = self.book.sheet("Code", _("The code: which line of network.py makes which table"))
        batch = self.book.sheet("Batch", _("The mini-batch: forward, cost and backward, one image a row"))
        evaluate = self.book.sheet("Evaluate", _("Evaluate: is every image read right?"))
        X, Y = self._inputs()
        layer_sheets = [
            self.book.sheet(f"Layer{number}", _("Layer {layer}: weights, gradient, update").format(layer=number))
            for number in range(1, len(self.sizes))
        ]
        layers = [self._parameters(sheet, number) for number, sheet in enumerate(layer_sheets, 1)]
        first = layer_sheets[0]
        XT = first.derived(
            "X_T", X.value.T, lambda k, i: X[i, k], symbol="Xᵀ", rows=Counter("k = "), columns=Counter("i = "),
            number_format="0.00", shading=Shading.GREY,
        )  # fmt: skip
        turned = {1: turned_pre_activation(first, layers[0], X, XT, "")}
        passed, back, whole = self._pass(batch, layers, X, Y, turned)
        self._picture(picture, X, Y, passed)
        eta, m = self._step_size(batch)
        new_layers = [
            self._update(sheet, layer, passed, back, eta, m) for sheet, layer in zip(layer_sheets, layers, strict=True)
        ]
        self._next(new_layers, X, Y, whole, {1: turned_pre_activation(first, new_layers[0], X, XT, "_new")})
        self._nudge(layers, passed, back, Y)
        count_sheet(self.book.sheet("Count", _("How many weights and biases")), self.settings["net"], layers)
        map_sheet = self.book.sheet("Map", _("Map: the whole network on one page"), column_width=2.7)
        network = Network(layers, passed, back, Y, self.book["C_each"])
        digits_map(map_sheet, network, self.book["chosen"], WIDTH)
        slices = self._history()
        unchanged = unchanged_sheet(
            self.book.sheet("Unchanged", _("Is anything changed since NumPy's recording?")),
            layers, X, Y, self.book["fingerprint"],
        )  # fmt: skip
        right = self._evaluate(evaluate, passed, Y, whole, unchanged)
        tables = Tables(layers, new_layers, passed, back, X, Y, slices, right)
        code_sheet(code, tables, len(self.data.labels), len(self.labels))

    # -- what goes in ------------------------------------------------------------------------------------

    def _inputs(self) -> tuple[Block, Block]:
        sheet = self.book.sheet("Input", _("The input layer: pixels and targets of the mini-batch"))
        sheet.step(
            _("The mini-batch"),
            _(
                "A picture of 28×28 pixels is a row of 784 numbers, from 0 (white) to 1 (black); its target is a row of ten, 1 at the digit."
            ),
        )
        sheet.remark(
            _(
                "Drawn as network.py draws it: after the training, all images were shuffled once more, and this is the first slice of that order, the mini-batch that the next epoch would begin with."
            )
        )
        if self.own:
            sheet.remark(_("Your own images, read from the file that you gave."))
        else:
            sheet.remark(
                _(
                    "Stand-in: the article uses MNIST. These are the UCI handwritten digits (Alpaydin and Kaynak 1998, CC BY 4.0), 8×8 pixels enlarged to 28×28. Give MNIST's own files with --data."
                )
            )
        Y = sheet.given(
            "Y", np.eye(CLASSES)[self.labels], symbol="Y", title=_("targets"), rows=Counter("i = "),
            columns=[str(digit) for digit in range(CLASSES)], number_format="0", valid=Between(0, 1),
        )  # fmt: skip
        X = sheet.given(
            "X", self.images, symbol="X", title=_("pixels"), rows=Counter("i = "), columns=Counter("k = "),
            number_format="0.00", valid=Between(0, 1), shading=Shading.GREY,
        )  # fmt: skip
        fingerprint_row(sheet, PIXELS)
        return X, Y

    def _parameters(self, sheet: Sheet, number: int) -> Layer:
        W, b = self.training.parameters[number - 1]
        assert b is not None
        sheet.step(
            _("Weights and biases of layer {layer}").format(layer=number),
            _(
                "One row a unit; trained by NumPy beforehand for the epochs that the sheet Training shows. Change any of them."
            ),
            f"W{sup(number)} [{W.shape[0]}×{W.shape[1]}],  b{sup(number)} [{W.shape[0]}×1]",
        )
        biases = sheet.given(
            f"b{number}", b, symbol=f"b{sup(number)}", title=_("biases"), rows=Counter("j = "), valid=Between(-50, 50)
        )
        weights = sheet.given(
            f"W{number}", W, symbol=f"W{sup(number)}", title=_("weights"), rows=Counter("j = "), columns=Counter("k = "),
            valid=Between(-50, 50),
        )  # fmt: skip
        return Layer(number, weights, biases, SIGMOID)

    # -- forward and backward ----------------------------------------------------------------------------

    def _pass(
        self, sheet: Sheet, layers: list[Layer], X: Block, Y: Block, turned: dict[int, Block]
    ) -> tuple[Forward, Backward, Block]:
        sheet.step(
            _("Forward, cost and backward"),
            _(
                "Read a row from left to right: weighted sums and activations of every layer, the cost, then the errors, last layer first."
            ),
            "z = W·a + b → a = σ(z) → C = ½‖y − a‖² → δᴸ = (aᴸ − y) ∗ σ′(zᴸ) → δˡ = (Wˡ⁺¹)ᵀ·δˡ⁺¹ ∗ σ′(zˡ)",
        )
        code_lines(
            sheet,
            (
                "zs.append(w @ activations[-1] + b),   activations.append(sigmoid(zs[-1]))",
                network_py.delta(len(layers), len(layers)),
                "delta = (weights[-l + 1].T @ delta) * sigmoid_prime(zs[-l])",
            ),
        )
        if self.settings["net"] == NETS[1]:
            sheet.remark(
                _(
                    "Of this network the article backpropagation-13002 takes the cost Σ(a − y)², with the slope 2(a − y). These sheets take ½‖y − a‖², as the other article does: cost and gradients here are half of that article's, and an η there steps as far as 2η here."
                )
            )
        sheet.gap()
        with sheet.table(Counter("i = "), len(self.labels)) as table:
            passed = forward_columns(table, layers, X, "", turned)
            each = cost_column(table, COST, passed.output, Y, "")
            back = delta_columns(table, layers, COST, passed, Y, "")
            largest_errors(table, back)
            whole = total_cost(table, COST, each, "")
        z, a = passed.z(1), passed.A[1]
        sheet.sentence(
            "first_unit",
            _("Layer 1, unit 1, image 1: z is the sum of 784 products and the bias {b:4}; z = {z:4}, a = σ(z) = {a:6}."),
            b=_bias(layers[0])[0], z=z[0, 0], a=a[0, 0],
        )  # fmt: skip
        last = len(layers)
        sheet.sentence(
            "first_delta",
            _("Last layer, unit 1, image 1: δ = (a − y)·σ′(z) = ({a:6} − {y:2})·{slope:6} = {delta:6}."),
            a=passed.output[0, 0], y=Y[0, 0], slope=back.slope[last][0, 0], delta=back.delta[last][0, 0],
        )  # fmt: skip
        sheet.sentence("mean_cost", _("The mean cost of the mini-batch is {C:6}."), C=whole)
        return passed, back, whole

    def _step_size(self, sheet: Sheet) -> tuple[Block, Block]:
        sheet.step(
            _("The step"),
            _(
                "Each weight moves by η times the mean of its gradients over the mini-batch; the sheets Layer1 … show every one."
            ),
            "W ← W − η/m · Σᵢ ∂Cᵢ/∂W",
        )
        eta = sheet.given(
            "eta",
            self.settings["lr"],
            symbol="η",
            title=_("learning rate"),
            number_format="0.000",
            valid=Between(0, 100),
        )
        m = sheet.recorded(
            "m", float(len(self.labels)), symbol="m", title=_("images in a mini-batch"), number_format="0"
        )
        return eta, m

    def _update(self, sheet: Sheet, layer: Layer, passed: Forward, back: Backward, eta: Block, m: Block) -> Layer:
        sheet.step(
            _("Gradient of layer {layer}").format(layer=layer.number),
            _(
                "Every gradient lies as its weight lies: error of the unit times what came in, averaged over the images."
            ),
        )
        last = len(self.sizes) - 1
        code_lines(
            sheet,
            (
                network_py.bias_gradient(layer.number, last),
                network_py.weight_gradient(layer.number, last),
                ",   ".join(network_py.sums(layer.number)),
            ),
        )
        sheet.gap()
        db = back.db[layer.number] = bias_gradient(sheet, layer, back, m, "")
        dW = back.dW[layer.number] = weight_gradient(
            sheet, layer, passed, back, m, "", transposed_delta(sheet, layer, back)
        )
        sheet.step(
            _("Update of layer {layer}").format(layer=layer.number),
            _("Old value minus η times the gradient, for every one."),
        )
        code_lines(sheet, network_py.update(layer.number))
        sheet.gap()
        b = updated_biases(sheet, layer, db, eta)
        W = updated_weights(sheet, layer, dW, eta)
        k = MIDDLE_PIXEL if layer.inputs == PIXELS else 0
        sheet.sentence(
            f"W{layer.number}_written",
            _("Unit 1, input {k}:").format(k=k + 1) + " w ← {w:6p} − {eta:3}·{g:6p} = {new:6p}",
            w=layer.W[0, k], eta=eta, g=dW[0, k], new=W[0, k],
        )  # fmt: skip
        return Layer(layer.number, W, b, layer.activation)

    def _next(self, new_layers: list[Layer], X: Block, Y: Block, before: Block, turned: dict[int, Block]) -> None:
        sheet = self.book.sheet("Next", _("The same mini-batch with the new weights"))
        sheet.step(_("Forward again"), _("A step that is not too long lowers the cost of this mini-batch."))
        with sheet.table(Counter("i = "), len(self.labels)) as table:
            passed = forward_columns(table, new_layers, X, "_new", turned)
            each = cost_column(table, COST, passed.output, Y, "_new")
            after = total_cost(table, COST, each, "_new")
        sheet.sentence("cost_fell", _("The mean cost went from {before:8} to {after:8}."), before=before, after=after)

    # -- what the reader looks at --------------------------------------------------------------------------

    def _picture(self, sheet: Sheet, X: Block, Y: Block, passed: Forward) -> None:
        m = len(self.labels)
        sheet.step(_("Choose an image"), _("The yellow cell says which image of the mini-batch is shown."))
        chosen = sheet.given(
            "chosen", 1.0, title=_("image of the mini-batch"), number_format="0", valid=Between(1, m, whole=True)
        )
        width = sheet.recorded("width", float(WIDTH), title=_("pixels in a row"), number_format="0")
        news = sheet.reserve()
        top = sheet.cursor + 2
        grid = Block(
            "picture",
            Role.DERIVED,
            self.images[0].reshape(WIDTH, WIDTH),
            formula=lambda r, c: pick(X, chosen, (number_of(r) - 1) * width + number_of(c)),
            rows=Counter(""),
            columns=Counter(""),
            number_format=";;;",
            shading=Shading.GREY,
        )
        sheet.add(grid, at=(top, 1))
        self._outputs(sheet, passed, chosen, Y, top, news)
        sheet.cursor = top + WIDTH + 2
        shapes = [f"{n}×{k}" for k, n in zip(self.sizes[:-1], self.sizes[1:], strict=True)]
        count = sum(n * k + n for k, n in zip(self.sizes[:-1], self.sizes[1:], strict=True))
        sheet.remark(
            _("Weights {shapes}, and a bias for every unit: {count} parameters.").format(
                shapes=", ".join(shapes), count=f"{count:,}"
            )
        )

    def _outputs(self, sheet: Sheet, passed: Forward, chosen: Block, Y: Block, top: int, news: int) -> None:
        """Show the ten outputs for the chosen image beside the picture, charted, and say which is largest."""
        a = passed.output
        column = WIDTH + 4
        sheet.widths |= dict.fromkeys(range(column, column + 3), 9.0)
        digits = Block("digit_names", Role.RECORDED, np.arange(10.0), number_format="0", title=_("digit"))
        sheet.label(top - 1, column, _("digit"), Style.COLUMN)
        sheet.label(top - 1, column + 1, _("output"), Style.COLUMN)
        sheet.add(digits, at=(top, column))
        outputs = Block(
            "outputs",
            Role.DERIVED,
            a.value[0],
            formula=lambda d: pick(a, chosen, digits[d] + 1),
            number_format="0.0000",
        )
        sheet.add(outputs, at=(top, column + 1))
        targets = Block(
            "targets", Role.DERIVED, Y.value[0], formula=lambda d: pick(Y, chosen, digits[d] + 1), number_format="0.00"
        )
        sheet.label(top - 1, column + 2, "y", Style.COLUMN)
        sheet.add(targets, at=(top, column + 2))
        sheet.chart(
            Chart(
                _("What the ten output units say"),
                (Series(_("output"), digits[:], outputs[:], Mark.COLUMNS),),
                _("digit"),
                _("output a"),
                _("Ten columns, one for each digit; the tallest is the network's answer."),
                columns=14,
                rows=16,
                y_range=(0, 1),
            ),
            at=(top + 11, column),
        )
        said = np.asarray(float(a.value[0].argmax()))
        best = Block(
            "said",
            Role.DERIVED,
            said,
            formula=lambda: call("MATCH", largest(outputs), outputs, 0) - 1,
            number_format="0",
        )
        true = Block(
            "true_digit",
            Role.DERIVED,
            np.asarray(float(self.labels[0])),
            formula=lambda: call("MATCH", largest(targets), targets, 0) - 1,
            number_format="0",
        )
        for row, (block, title) in enumerate(((best, _("the network says")), (true, _("it is")))):
            sheet.label(top + row, column + 3, title, Style.UNIT)
            sheet.add(block, at=(top + row, column + 8))
        right, wrong = _("right"), _("wrong")
        verdict = Block(
            "verdict_word",
            Role.DERIVED,
            np.asarray(right if said == self.labels[0] else wrong, dtype=object),
            formula=lambda: if_(equal(best, true), str(right), str(wrong)),
            number_format="@",
        )
        sheet.add(verdict, at=(top + 2, column + 8))
        sheet.sentence(
            "answer",
            _("▶ The network says {said:0}; the image is a {true:0}: {verdict}."),
            row=news,
            said=best,
            true=true,
            verdict=verdict,
        )

    def _evaluate(self, sheet: Sheet, passed: Forward, Y: Block, cost: Block, unchanged: Block) -> Block:
        sheet.step(
            _("The digit that is said, and the true one"),
            _("The network says the digit whose output is largest, however small; the program counts the right ones."),
            network_py.EVALUATE,
        )
        right, share = evaluate_table(sheet, passed.output, Y)
        sheet.remark(
            _(
                "The article's text reads a digit off where an output is above 0.5; network.py takes the largest output, and so does this workbook."
            )
        )
        sheet.step(
            _("Does it hold?"),
            _(
                "NumPy ran the same mini-batch through the trained network; the live numbers must meet its, as long as you have changed nothing (sheet Unchanged)."
            ),
        )
        record_met(sheet, recorded(self.training.parameters, COST, self.images, self.labels), cost, share, unchanged)
        return right

    # -- checks and history --------------------------------------------------------------------------------

    def _nudge(self, layers: list[Layer], passed: Forward, back: Backward, Y: Block) -> None:
        """Hold a sample of the gradients, chosen by the reader, against difference quotients."""
        sheet = self.book.sheet("Nudge", _("Nudge: is the gradient right?"))
        sheet.step(
            _("Hold one gradient to account"),
            _(
                "Choose any weight or bias: nudge it up and down by h, run the network again, and the cost must change as backpropagation said."
            ),
            "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
        )
        last = len(layers)
        widest = Between(0, PIXELS, whole=True)
        chosen = (
            sheet.given(
                "choose_layer",
                float(last),
                symbol="l",
                title=_("layer"),
                valid=Between(1, last, whole=True),
                number_format="0",
            ),
            sheet.given(
                "choose_unit",
                3.0,
                symbol="j",
                title=_("unit"),
                valid=Between(1, max(self.sizes[1:]), whole=True),
                number_format="0",
            ),
            sheet.given("choose_input", 2.0, symbol="k", title=_("input (0: bias)"), valid=widest, number_format="0"),
        )
        h = sheet.given(
            "h", 1e-4, symbol="h", title=_("size of the nudge"), valid=Between(1e-6, 1e-3), number_format="0.000000"
        )
        check_chosen_parameter(sheet, layers, COST, passed, Y, back, h, chosen, by_row=True)

    def _history(self) -> Block:
        """Tell how NumPy trained; return the number of slices in an epoch."""
        sheet = self.book.sheet("Training", _("The training that came before, recorded by NumPy"))
        sheet.step(
            _("Where it starts"),
            _(
                "First the biases of all layers are drawn, then the weights, all from the standard normal distribution; so one seed means one network."
            ),
        )
        code_lines(sheet, network_py.START)
        sheet.step(
            _("What an epoch does"),
            _(
                "The images are shuffled anew, then cut into consecutive slices, and each slice makes one update; where the size does not divide their number, the last slice is shorter, and its own length divides η."
            ),
            "W ← W − η/m · Σᵢ ∂Cᵢ/∂W",
        )
        code_lines(sheet, (network_py.SHUFFLE, network_py.SLICES))
        sheet.gap()
        slices = slices_table(sheet, len(self.data.labels), len(self.labels))
        sheet.step(
            _("Accuracy, epoch by epoch"),
            _(
                "After each epoch NumPy counted how many digits are read right; a digit is the largest of the ten outputs."
            ),
        )
        if not self.own:
            sheet.remark(
                _("The held-out images were written by other people than the training images, which makes them harder.")
            )
        count = len(self.training.test_accuracy)
        with sheet.table(None, count) as table:
            epochs = table.recorded("epoch_number", np.arange(1.0, count + 1), title=_("epoch"), number_format="0")
            seen = table.recorded(
                "train_accuracy", self.training.train_accuracy, title=_("right, training images"), number_format="0.0%"
            )
            held = table.recorded(
                "test_accuracy", self.training.test_accuracy, title=_("right, held-out images"), number_format="0.0%"
            )
        sheet.chart(
            Chart(
                _("Accuracy by epoch"),
                (
                    Series(_("training images"), epochs[:], seen[:], Mark.BOTH),
                    Series(_("held-out images"), epochs[:], held[:], Mark.BOTH),
                ),
                _("epoch"),
                _("share that is right"),
                _("Two rising lines: the share of digits read right, by epoch, on training and on held-out images."),
            )
        )
        return slices


def _bias(layer: Layer) -> Block:
    assert layer.b is not None
    return layer.b
