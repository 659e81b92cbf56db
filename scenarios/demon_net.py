"""The digit net: three demons read a 4×3 image, two more decide whether it shows a 0 or a 1.

Symbols and shapes

    x      (12, m)  pixels, numbered row by row, 1 is dark; one column an image
    W¹     (3, 12)  what the hidden demons A, B, C like          b¹  (3,)
    W²     (2, 3)   whom the output demons 0 and 1 listen to     b²  (2,)
    z, a            weighted sums and activations, a = σ(z)
    C               cost, ½ Σ (a − y)², summed over the images; target y = (1, 0) for a 0, (0, 1) for a 1

Article: maths-of-deep-learning-notes. It prints no weights; those here are chosen so that each demon's preference reads
off the sheet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import SIGMOID, Array
from scenarios.common.batch import cost_column, delta_columns, forward_columns, gradients, total_cost
from scenarios.common.demon_images import ARTICLE_ONE, ARTICLE_ZERO, pixels, training_images
from scenarios.common.dense import Backward, Forward, Layer, backward, cost, forward, given_layer, update
from scenarios.common.gradient_check import check_chosen_parameter
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.network_map import network_map
from scenarios.common.outcome import nudge_size
from scenarios.common.training import (
    Parameters,
    Run,
    add_run,
    charts_of_run,
    check_step,
    epoch_cell,
    gradients_of,
    picked_layers,
    propagate,
    stepped,
)
from workbook.block import Between, Block, Counter, Formula, OneOf, Role, Shading
from workbook.book import Book
from workbook.data import read_numbers, read_rows
from workbook.eager import Sheet
from workbook.files import read_text
from workbook.formula import Direction, Expr, Index, call, dot, equal, if_, joined, largest, number_of, pick, total
from workbook.guard import MEGABYTE, FileError
from workbook.scenario import Parameter, Scenario, UsageError
from workbook.sheet import Style
from workbook.text import N_, _

ROWS, COLUMNS, PIXELS = 4, 3, 12
LARGEST_WEIGHT = 50
DEMONS = ("A", "B", "C")
LIKES = ((4, 7), (5, 8), (6, 9))
PIXEL = OneOf((0, 1))
ACTIVATIONS = (SIGMOID, SIGMOID)


@dataclass(frozen=True)
class Images:
    """Labelled images: pixels (m, 12), labels (m,)."""

    pixels: Array
    labels: Array

    @property
    def targets(self) -> Array:
        """Return (1, 0) for a 0, (0, 1) for a 1; (m, 2)."""
        return np.column_stack([1 - self.labels, self.labels]).astype(float)


def chosen_parameters() -> Parameters:
    """Return weights from which the preferences read off: 4 for a liked pixel, 0 for the others.

    One liked pixel alone (4 − 6 = −2) leaves a demon quiet, both (8 − 6 = 2) excite it.
    """
    W1 = np.zeros((3, PIXELS))
    for j, liked in enumerate(LIKES):
        W1[j, [k - 1 for k in liked]] = 4.0
    W2 = np.array([[4.0, 0.0, 4.0], [0.0, 8.0, 0.0]])
    return [(W1, np.full(3, -6.0)), (W2, np.array([-6.0, -4.0]))]


def train(start: Parameters, images: Images, eta: float, epochs: int) -> Run:
    """Descend for so many epochs, every image in every step, and record each state."""
    states, costs, accuracy = [start], [], []
    for _epoch in range(epochs + 1):
        output = propagate(states[-1], ACTIVATIONS, images.pixels)[-1][1]
        costs.append(0.5 * np.sum((output - images.targets) ** 2))
        accuracy.append(np.mean((output[:, 1] > output[:, 0]) == images.labels))
        step = gradients_of(states[-1], ACTIVATIONS, HALF_SQUARED, images.pixels, images.targets)
        states.append(stepped(states[-1], step, eta))
    return Run(states[:-1], np.array(costs), np.array(accuracy))


class DemonNet(Scenario):
    """The 4×3 digit net."""

    name = "demon-net"
    title = N_("The demons that read a digit: a 12-3-2 network on 4×3 pixels")
    article = N_("Notes on “The Mathematics of Deep Learning” (maths-of-deep-learning-notes)")
    summary = N_(
        "Draw a 0 or a 1 into twelve squares and follow the numbers: three hidden demons each wake up for two pixels they "
        "like, two output demons listen to them, and the louder one wins. Then the network learns the same by itself from 64 images."
    )
    order = 30
    locale = Path(__file__).parent / "locale"
    parameters = (
        Parameter("lr", 0.3, N_("learning rate η"), 0.0001, 10),
        Parameter("epochs", 60, N_("epochs of the recorded training run"), 10, 500, whole=True),
        Parameter("seed", 1, N_("seed of the random start"), 0, 2**32 - 1, whole=True),
        Parameter(
            "weights",
            "",
            N_("file with the initial weights (CSV or JSON), instead of a random start"),
            text=True,
            file=True,
        ),
    )
    data_columns = N_("label (0 or 1), p1 … p12 (0 or 1): one image a row")

    def read_data(self, path: Path) -> Images:
        names = ["label", *(f"p{n}" for n in range(1, PIXELS + 1))]
        frame = read_numbers(path, names, min_rows=2, max_rows=2000, not_constant=False)
        for name in names:
            wrong = ~frame[name].isin((0, 1))
            if wrong.any():
                row = int(np.flatnonzero(wrong)[0]) + 2
                raise UsageError(f"{path}: row {row}, column {name}: a pixel or label is 0 or 1")
        return Images(frame[names[1:]].to_numpy(float), frame["label"].to_numpy(int))

    def build(self, book: Book, settings: Mapping[str, Any], data: Images | None) -> None:
        images = data or _own_images()
        book.first_change = _(
            "on the sheet Pad, type 0 and 1 into the yellow squares to draw a digit of your own, and watch who wakes up."
        )
        layers, passed = _pad_sheet(book)
        _learn_sheet(book, layers, passed, settings["lr"])
        gallery = _images_sheet(book, layers, images)
        _gallery_sheet(book, gallery)
        weights = Path(settings["weights"]) if settings["weights"] else None
        start = read_weights(weights) if weights else random_start(np.random.default_rng(settings["seed"]))
        run = train(start, images, settings["lr"], settings["epochs"])
        _training_sheets(book, images, run, settings["lr"], weights)


def _own_images() -> Images:
    drawn, labels = training_images()
    return Images(drawn, labels.astype(float))


# ------------------------------------------------------------------------------------------------ the pad


def _pad_sheet(book: Book) -> tuple[list[Layer], Forward]:
    sheet = book.sheet("Pad", _("The pad: a digit of your own, read by five demons"))
    pads = _pads(sheet)
    news = sheet.reserve()
    layers = _parameters(sheet)
    X = _pixels_in_columns(sheet, pads)
    passed = _forward(sheet, layers, X)
    _verdicts(sheet, passed, news)
    return layers, passed


def _pads(sheet: Sheet) -> list[Block]:
    sheet.step(
        _("Draw"),
        _("An image is twelve numbers: 1 for a dark pixel, 0 for a light one, numbered 1 to 12 row by row."),
    )
    mine = pixels("111 101 101 111")
    drawings = (
        (_("your pad"), "mine", mine),
        (_("the article's 0"), "zero", pixels(ARTICLE_ZERO)),
        (_("the article's 1"), "one", pixels(ARTICLE_ONE)),
    )
    pads = []
    for row in range(ROWS):
        sheet.row_heights[sheet.cursor + 1 + row] = 30  # so that the pixels are nearly square
    with sheet.beside():
        for title, name, drawing in drawings:
            grid = np.array(drawing, dtype=float).reshape(ROWS, COLUMNS)
            pads.append(
                sheet.given(
                    f"pad_{name}",
                    grid,
                    title=title,
                    number_format="0",
                    valid=PIXEL,
                    shading=Shading.PIXELS,
                    rows=["1–3", "4–6", "7–9", "10–12"],
                )
            )
    sheet.remark(
        _(
            "Printed in the article: the 0 has pixels 4, 6, 7, 9 (and 2, 11) dark; the 1 has 2, 5, 8, 11. Chosen here: what your pad shows at first."
        )
    )
    return pads


def _parameters(sheet: Sheet) -> list[Layer]:
    sheet.step(
        _("What each demon likes"),
        _("A weight says how strongly a demon answers to a pixel, a bias how much it takes to wake it up."),
    )
    sheet.remark(
        _(
            "Printed in the article: demon A likes pixels 4 and 7, B 5 and 8, C 6 and 9; output demon 0 listens to A and C, output demon 1 to B."
        )
    )
    sheet.text(_("Rows j = 1, 2, 3 of W¹ are the demons A, B, C; rows j = 1, 2 of W² are the output demons 0 and 1."))
    sheet.gap()
    (W1, b1), (W2, b2) = chosen_parameters()
    first = given_layer(sheet, 1, W1, b1, SIGMOID, number_format="0.0")
    sheet.text(_("The same weights drawn as each demon sees the image:"))
    with sheet.beside():
        for j, demon in enumerate(DEMONS):
            sheet.derived(
                f"likes_{demon}",
                W1[j].reshape(ROWS, COLUMNS),
                None,
                each=_as_grid(first.W, j),
                title=_("demon {name} likes").format(name=demon),
                rows=["1–3", "4–6", "7–9", "10–12"],
                number_format="0.0",
                shading=Shading.HEAT,
            )
    second = given_layer(sheet, 2, W2, b2, SIGMOID, number_format="0.0")
    sheet.remark(
        _(
            "Chosen here (the article prints no weights): 4 for a liked pixel and bias −6, so that one liked pixel (4 − 6 = −2) leaves a demon quiet and two (8 − 6 = 2) excite it."
        )
    )
    return [first, second]


def _as_grid(table: Block, row: int) -> list[Formula]:
    """The twelve numbers in a row of a table, laid out as the image is: one formula for each row of pixels."""
    return [_three_from(table, row, COLUMNS * r) for r in range(ROWS)]


def _three_from(table: Block, row: int, first: int) -> Formula:
    return lambda c: table[row, c + first]


def _pixel(pad: Block, k: Index) -> Expr:
    """Pixel k of a pad, counted row by row."""
    return pick(pad, call("INT", (number_of(k) - 1) / COLUMNS) + 1, call("MOD", number_of(k) - 1, COLUMNS) + 1)


def _pixels_in_columns(sheet: Sheet, pads: list[Block]) -> Block:
    sheet.step(
        _("The input layer"),
        _("The input layer only reads the image in: pixel k goes to input unit k, and every demon gets all twelve."),
        "x = (x₁, …, x₁₂)",
    )
    return sheet.derived(
        "X",
        np.column_stack([pad.value.ravel() for pad in pads]),
        lambda k, i: call("CHOOSE", number_of(i), *[_pixel(pad, k) for pad in pads]),
        symbol="X",
        title=_("pixels: column 1 your pad, 2 the article's 0, 3 the article's 1"),
        rows=Counter("k = "),
        columns=Counter("i = "),
        number_format="0",
        shading=Shading.PIXELS,
    )


def _forward(sheet: Sheet, layers: list[Layer], X: Block) -> Forward:
    sheet.step(
        _("Forward: who wakes up?"),
        _(
            "Each demon adds up what it likes and hears, plus its bias, and the sigmoid turns the sum into an excitement between 0 and 1."
        ),
        "z = W·x + b,   a = σ(z) = 1 / (1 + e⁻ᶻ)",
    )
    passed = forward(sheet, layers, X)
    W, b, z, a = layers[0].W, layers[0].b, passed.z(1), passed.A[1]
    assert b is not None
    sheet.sentence(
        "z1_written",
        _("Demon A, your pad: z = … + {w4:1}·{x4:0} + … + {w7:1}·{x7:0} + … + {b:1p} = {z:2}, and a = σ({z:2}) = {a:4}"),
        w4=W[0, 3], x4=X[3, 0], w7=W[0, 6], x7=X[6, 0], b=b[0], z=z[0, 0], a=a[0, 0],
    )  # fmt: skip
    W2, b2, z2, a2 = layers[1].W, layers[1].b, passed.z(2), passed.A[2]
    assert b2 is not None
    sheet.sentence(
        "z2_written",
        _("Output demon 0, your pad: z = {w1:1}·{a1:4} + {w2:1}·{a2:4} + {w3:1}·{a3:4} + {b:1p} = {z:4}, and a = {a:4}"),
        w1=W2[0, 0], w2=W2[0, 1], w3=W2[0, 2], a1=a[0, 0], a2=a[1, 0], a3=a[2, 0], b=b2[0], z=z2[0, 0], a=a2[0, 0],
    )  # fmt: skip
    return passed


def _verdicts(sheet: Sheet, passed: Forward, news: int) -> None:
    sheet.step(
        _("The verdict"),
        _(
            "The louder output demon wins, if it is awake (½ or more); how far apart the two are says how sure the network is."
        ),
    )
    a = passed.output
    awake = (_("it is a 0"), _("it is a 1"), _("undecided"))
    asleep = (_("neither is awake; rather a 0"), _("neither is awake; rather a 1"), _("neither is awake"))
    verdict = sheet.derived(
        "verdict_words",
        np.array(
            [_verdict(column[0], column[1], awake if max(column) >= 0.5 else asleep) for column in a.value.T],
            dtype=object,
        ),
        lambda i: if_(largest(a[:, i]) >= 0.5, _verdict_formula(a, i, awake), _verdict_formula(a, i, asleep)),
        title=_("verdict"),
        along=Direction.RIGHT,
        columns=[_("your pad"), _("the article's 0"), _("the article's 1")],
        number_format="@",
    )
    sheet.sentence(
        "verdict_sentence",
        _("▶ Your pad: output demon 0 says {a0:4}, output demon 1 says {a1:4} — {verdict}."),
        row=news,
        a0=a[0, 0],
        a1=a[1, 0],
        verdict=verdict[0],
    )


Words = tuple[str, str, str]
"""What is said where output demon 0 is the louder one, where 1 is, and where both are alike."""


def _verdict(zero: float, one: float, words: Words) -> str:
    return words[0] if zero > one else words[1] if one > zero else words[2]


def _verdict_formula(a: Block, i: Index, words: Words) -> Expr:
    zero, one, tie = (str(text) for text in words)
    return if_(a[0, i] > a[1, i], zero, if_(a[1, i] > a[0, i], one, tie))


# ------------------------------------------------------------------------------------------------ one step on the pads


def _learn_sheet(book: Book, layers: list[Layer], passed: Forward, lr: float) -> None:
    sheet = book.sheet("Backward", _("Backward: how each weight should change"))
    sheet.step(
        _("The cost"),
        _("How far the two output demons are from what they should say; summed over the three images."),
        "C = ½ Σⱼ (aⱼ − yⱼ)²",
    )
    Y = _targets(sheet)
    each, whole = cost(sheet, HALF_SQUARED, passed.output, Y)
    a = passed.output
    sheet.sentence(
        "cost_written",
        _("Your pad: C₁ = ½·(({a0:4} − {y0:0})² + ({a1:4} − {y1:0})²) = {c:4}"),
        a0=a[0, 0], y0=Y[0, 0], a1=a[1, 0], y1=Y[1, 0], c=each[0],
    )  # fmt: skip
    sheet.step(
        _("Backward: the error of every demon, last layer first"),
        _(
            "Each error δ says how strongly the cost answers to a demon's weighted sum; a weight's gradient is that error times what came in."
        ),
        "δ² = (a² − y) ∗ σ′(z²),   δ¹ = (W²)ᵀ·δ² ∗ σ′(z¹),   ∂C/∂W = δ·aᵀ,   ∂C/∂b = Σ δ",
    )
    back = backward(sheet, layers, HALF_SQUARED, passed, Y)
    _backward_written(sheet, layers, passed, Y, back)
    sheet.step(
        _("Update and look again"),
        _(
            "Every weight takes a step against its gradient; unless η is too large, the forward pass with the new weights costs less."
        ),
        "W ← W − η·∂C/∂W,   b ← b − η·∂C/∂b",
    )
    eta = sheet.given(
        "eta",
        lr,
        symbol="η",
        title=_("learning rate"),
        valid=Between(0, 10),
        number_format="0.000",
        remark=_("chosen here"),
    )
    new_layers = update(sheet, layers, back, eta)
    sheet.sentence(
        "update_written",
        _("Output demon 0 listens to demon A: w = {w:4} − {eta:3}·{g:4p} = {new:4}"),
        w=layers[1].W[0, 0], eta=eta, g=back.dW[2][0, 0], new=new_layers[1].W[0, 0],
    )  # fmt: skip
    sheet.gap()
    again = forward(sheet, new_layers, passed.A[0], "_new")
    _each, new_whole = cost(sheet, HALF_SQUARED, again.output, Y, "_new")
    sheet.sentence("cost_fell", _("The cost went from {before:6} to {after:6}."), before=whole, after=new_whole)
    _nudge_sheet(book, layers, passed, Y, back)
    map_sheet = book.sheet("Map", _("Map: the whole network on one page"), column_width=7.5)
    map_sheet.step(
        _("The map"),
        _(
            "Row meets column: every Z lies where its row of W (left) meets its column of activations (above). Click a name to go to its step."
        ),
    )
    network_map(map_sheet, layers, passed, Y, whole, back)


def _targets(sheet: Sheet) -> Block:
    return sheet.given(
        "T",
        np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        symbol="Y",
        title=_("target: what the output demons should say; put (1, 0) for a 0, (0, 1) for a 1"),
        rows=Counter("j = "),
        columns=[_("your pad"), _("the article's 0"), _("the article's 1")],
        number_format="0",
        valid=PIXEL,
    )


def _backward_written(sheet: Sheet, layers: list[Layer], passed: Forward, Y: Block, back: Backward) -> None:
    """Write out one error and one gradient of the output layer, and one error of the hidden layer."""
    a1, a2, d2 = passed.A[1], passed.output, back.delta[2]
    sheet.sentence(
        "delta2_written",
        _("Output demon 0, your pad: δ = (a − y)·σ′(z) = ({a:4} − {y:0})·{g:4} = {d:4}"),
        a=a2[0, 0], y=Y[0, 0], g=back.slope[2][0, 0], d=d2[0, 0],
    )  # fmt: skip
    sheet.sentence(
        "dW2_written",
        _("Its weight for demon A, over the three images: ∂C/∂w = {d1:4p}·{a1:4} + {d2:4p}·{a2:4} + {d3:4p}·{a3:4} = {g:4}"),
        d1=d2[0, 0], a1=a1[0, 0], d2=d2[0, 1], a2=a1[0, 1], d3=d2[0, 2], a3=a1[0, 2], g=back.dW[2][0, 0],
    )  # fmt: skip
    W2 = layers[1].W
    sheet.sentence(
        "delta1_written",
        _("Demon A, your pad: δ = ({w1:1p}·{d1:4p} + {w2:1p}·{d2:4p})·{g:4} = {d:4}"),
        w1=W2[0, 0], d1=d2[0, 0], w2=W2[1, 0], d2=d2[1, 0], g=back.slope[1][0, 0], d=back.delta[1][0, 0],
    )  # fmt: skip


def _nudge_sheet(book: Book, layers: list[Layer], passed: Forward, Y: Block, back: Backward) -> None:
    sheet = book.sheet("Nudge", _("Nudge: is the gradient right?"))
    sheet.step(
        _("Hold one gradient to account"),
        _(
            "Choose any weight or bias: nudge it up and down by h, run the network again, and the cost must change as backpropagation said."
        ),
        "∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h",
    )
    chosen = _chosen_parameter(sheet)
    h = nudge_size(sheet)
    check_chosen_parameter(sheet, layers, HALF_SQUARED, passed, Y, back, h, chosen)


def _chosen_parameter(sheet: Sheet, suffix: str = "") -> tuple[Block, Block, Block]:
    return (
        sheet.given(
            f"choose_layer{suffix}",
            1.0,
            symbol="l",
            title=_("layer"),
            valid=Between(1, 2, whole=True),
            number_format="0",
        ),
        sheet.given(
            f"choose_unit{suffix}", 2.0, symbol="j", title=_("unit"), valid=Between(1, 3, whole=True), number_format="0"
        ),
        sheet.given(
            f"choose_input{suffix}",
            5.0,
            symbol="k",
            title=_("input (0: bias)"),
            valid=Between(0, 12, whole=True),
            number_format="0",
        ),
    )


# ------------------------------------------------------------------------------------------------ the 64 images


@dataclass(frozen=True)
class _Gallery:
    """The blocks of the Images sheet that the others read."""

    X: Block
    labels: Block
    said: Block
    right: Block


def _images_sheet(book: Book, layers: list[Layer], images: Images) -> _Gallery:
    sheet = book.sheet("Images", _("All images at once: what the hand-made demons say"))
    m = len(images.labels)
    sheet.step(
        _("One image a row"),
        _("The same forward pass for every image: read a row from left to right, from the pixels to the verdict."),
        "z¹ = W¹·x + b¹ → a¹ = σ(z¹) → z² = W²·a¹ + b² → a² = σ(z²)",
    )
    sheet.remark(
        _(
            "Chosen here (the article's 64 images are lost): three hand-drawn zeros and three ones, then their single-pixel flips, 32 images of each digit, none of them both."
        )
    )
    with sheet.table(Counter(""), m, freeze=True) as table:
        labels = table.given("label", images.labels, title=_("label"), number_format="0", valid=PIXEL)
        X = table.given(
            "images",
            images.pixels,
            title=_("pixels x₁ … x₁₂"),
            columns=Counter("x"),
            number_format="0",
            valid=PIXEL,
            shading=Shading.PIXELS,
        )
        passed = forward_columns(table, layers, X, "_all")
        a = passed.output
        guess = (a.value[:, 1] > a.value[:, 0]).astype(float)
        said = table.derived(
            "said", guess, lambda i: if_(a[i, 1] > a[i, 0], 1, 0), title=_("verdict"), number_format="0"
        )
        right = table.add(
            Block(
                "right",
                role=Role.CHECK,
                value=(guess == images.labels).astype(float),
                formula=lambda i: if_(equal(said[i], labels[i]), 1, 0),
                title=_("right? 1 yes"),
                number_format="0",
            )
        )
    return _Gallery(X, labels, said, right)


def _gallery_sheet(book: Book, gallery: _Gallery) -> None:
    sheet = book.sheet("Gallery", _("Gallery: every image and its verdict"), column_width=4.2)
    sheet.step(
        _("How many are right?"),
        _("Rows say what the image is, columns what the network said; a good network counts on the diagonal only."),
    )
    _confusion(sheet, gallery)
    sheet.step(_("Every image"), _("Under each image stands the network's verdict, and × where it is wrong."))
    top, per_row = sheet.cursor + 1, 8
    for n in range(len(gallery.labels.value)):
        row, column = top + (n // per_row) * 7, 1 + (n % per_row) * 4
        _thumbnail(sheet, gallery, n, row, column)
    sheet.cursor = top + (len(gallery.labels.value) // per_row + 1) * 7


def _confusion(sheet: Sheet, gallery: _Gallery) -> None:
    """Count what was said of each digit; Σ label·verdict counts the ones that were called ones."""
    labels, said = gallery.labels, gallery.said
    ones, called, hits = total(labels), total(said), dot(labels, said)
    everything = call("COUNT", labels)
    formulas = ([everything - ones - called + hits, ones - hits], [called - hits, hits])
    with sheet.table([_("is a 0"), _("is a 1")], 2) as table:
        for digit, each in enumerate(formulas):
            counts = [np.sum((labels.value == true) & (said.value == digit)) for true in (0, 1)]
            table.add(
                Block(
                    f"said{digit}",
                    Role.DERIVED,
                    np.array(counts, dtype=float),
                    each=each,
                    title=_("said {digit}").format(digit=digit),
                    number_format="0",
                )
            )
    right = gallery.right
    sheet.derived(
        "right_count", right.value.sum(), lambda: total(right), title=_("images that are right"), number_format="0"
    )


def _thumbnail(sheet: Sheet, gallery: _Gallery, n: int, row: int, column: int) -> None:
    X, said, labels = gallery.X, gallery.said, gallery.labels
    sheet.label(row - 1, column, str(n + 1), Style.UNIT)
    sheet.add(
        Block(
            f"image{n + 1}",
            Role.DERIVED,
            X.value[n].reshape(ROWS, COLUMNS),
            each=_as_grid(X, n),
            number_format="0",
            shading=Shading.PIXELS,
        ),
        at=(row, column),
    )
    verdict = str(int(said.value[n])) + ("" if said.value[n] == labels.value[n] else " ×")
    sheet.add(
        Block(
            f"image{n + 1}_verdict",
            Role.DERIVED,
            np.asarray(verdict, dtype=object),
            formula=lambda: joined(call("FIXED", said[n], 0), if_(equal(said[n], labels[n]), "", " ×")),
            number_format="@",
        ),
        at=(row + ROWS, column + 1),
    )


# ------------------------------------------------------------------------------------------------ learning


def random_start(random: np.random.Generator) -> Parameters:
    """Return weights before learning, standard normal."""
    return [
        (random.standard_normal((3, PIXELS)), random.standard_normal(3)),
        (random.standard_normal((2, 3)), random.standard_normal(2)),
    ]


def read_weights(path: Path) -> Parameters:
    """Read the network's 47 parameters: JSON with W1 (3×12), b1 (3), W2 (2×3), b2 (2), or a CSV with a row for each
    demon: its weights, then its bias (13 numbers for A, B, C; 4 for the output demons), with a heading row or without.

    Raises
    ------
    UsageError
        If the file cannot be read or its shapes are others.
    """
    return _weights_of_json(path) if path.suffix.lower() == ".json" else _weights_of_rows(path)


def _weights_of_rows(path: Path) -> Parameters:
    rows = read_rows(path, max_rows=100, low=-LARGEST_WEIGHT, high=LARGEST_WEIGHT)
    lengths = (*[PIXELS + 1] * 3, *[3 + 1] * 2)
    for (number, row), length in zip(rows, lengths, strict=False):
        if len(row) != length:
            who = (
                "a hidden demon has 12 weights and a bias"
                if length > PIXELS
                else "an output demon has 3 weights and a bias"
            )
            raise UsageError(f"{path}: row {number}: {len(row)} numbers, but {who}; give {length}")
    if len(rows) != len(lengths):
        raise UsageError(f"{path}: {len(rows)} rows of numbers; give {len(lengths)}, one for each demon: A, B, C, 0, 1")
    hidden, outputs = (np.array([row for _number, row in part]) for part in (rows[:3], rows[3:]))
    return [(hidden[:, :-1], hidden[:, -1]), (outputs[:, :-1], outputs[:, -1])]


def _weights_of_json(path: Path) -> Parameters:
    shapes = {"W1": (3, PIXELS), "b1": (3,), "W2": (2, 3), "b2": (2,)}
    try:
        loaded = json.loads(read_text(path, MEGABYTE, "47 numbers take less; give the file that holds them"))
        found = {name: np.array(loaded[name], dtype=float) for name in shapes}
    except FileError as error:
        raise UsageError(str(error)) from None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise UsageError(
            f"{path}: no weights could be read; give JSON with W1 (3×12), b1 (3), W2 (2×3) and b2 (2)"
        ) from None
    for name, shape in shapes.items():
        if found[name].shape != shape or not (np.abs(found[name]) <= LARGEST_WEIGHT).all():
            raise UsageError(f"{path}: {name} must be {'×'.join(map(str, shape))} numbers from -50 to 50")
    return [(found["W1"], found["b1"]), (found["W2"], found["b2"])]


def _training_sheets(book: Book, images: Images, run: Run, eta_value: float, weights: Path | None) -> None:
    """Add the recorded run, and one of its epochs live; `weights` is the file that it started from, if it was one."""
    learning = book.sheet("Learning", _("Learning: the network finds its own weights"))
    batch = book.sheet("Epoch", _("One epoch: forward and backward for every image"))
    nudge = book.sheet("NudgeAll", _("Nudge: is the gradient over all images right?"))
    record_sheet = book.sheet("Run", _("The training run, epoch by epoch, recorded by NumPy"))
    record_sheet.step(
        _("Every epoch's weights"),
        _(
            "NumPy ran the whole training beforehand; the sheet Learning takes any one epoch from here and computes it live."
        ),
    )
    record = add_run(record_sheet, run)
    learning.step(
        _("Pick an epoch"),
        _(
            "Epoch 0 is the start, with the weights of the file {file}. The yellow cell picks the weights that everything below uses."
        ).format(file=weights.name)
        if weights
        else _("Epoch 0 is the random start. The yellow cell picks the weights that everything below uses."),
    )
    epoch = epoch_cell(learning, last=len(run.states) - 2, start=0)
    eta = learning.recorded(
        "eta_run",
        eta_value,
        symbol="η",
        title=_("learning rate of the run"),
        number_format="0.000",
        remark=_("chosen here"),
    )
    perfect_from = int(np.flatnonzero(run.accuracy < 1).max(initial=-1)) + 1
    learning.remark(
        _("In this run all images are right from epoch {epoch} on.").format(epoch=perfect_from)
        if perfect_from < len(run.accuracy)
        else _("In this run not all images are right by the last epoch; set more epochs or another learning rate.")
    )
    layers = picked_layers(learning, record, run.states[0], ACTIVATIONS, epoch, "_t")
    cost_now, back, passed, targets = _epoch_table(batch, layers, images)
    right_now = learning.derived(
        "recorded_accuracy",
        run.accuracy[0],
        lambda: pick(record.accuracy, epoch + 1),
        title=_("recorded share that is right"),
        number_format="0.0%",
    )
    charts_of_run(learning, record, epoch, cost_now, right_now)
    _learned_likes(learning, layers)
    learning.step(
        _("The gradient: summed over all images"),
        _("Every gradient has the shape of its weights; it is the sum of δ·input over all images (sheet Epoch)."),
        _("∂C/∂W = Σᵢ δᵢ·inputᵢ"),
    )
    gradients(learning, layers, passed, back, None, "_t")
    learning.step(
        _("Update"), _("One step against the gradient gives the weights of the next epoch."), "W ← W − η·∂C/∂W"
    )
    new_layers = update(learning, layers, back, eta, "_next")
    learning.sentence(
        "next_written",
        _("Demon 1, pixel 1: w = {w:4} − {eta:3}·{g:4p} = {new:4}"),
        w=layers[0].W[0, 0], eta=eta, g=back.dW[1][0, 0], new=new_layers[0].W[0, 0],
    )  # fmt: skip
    learning.step(_("Does it hold?"), _("The live numbers must meet what NumPy recorded for this epoch and the next."))
    check_step(learning, record, run, epoch, cost_now, new_layers)
    _nudge_all_sheet(nudge, layers, passed, targets, back)


def _learned_likes(sheet: Sheet, layers: list[Layer]) -> None:
    """Draw the picked epoch's hidden weights as each demon sees the image."""
    sheet.step(
        _("What the demons have learned to like"),
        _(
            "The weights of the picked epoch drawn as each demon sees the image: what it likes in blue, what it dislikes in red. Pick the last epoch, and compare with the sheet Pad."
        ),
    )
    W = layers[0].W
    with sheet.beside():
        for j in range(len(DEMONS)):
            sheet.derived(
                f"learned_{j + 1}",
                W.value[j].reshape(ROWS, COLUMNS),
                None,
                each=_as_grid(W, j),
                title=_("demon {number} likes").format(number=j + 1),
                rows=["1–3", "4–6", "7–9", "10–12"],
                number_format="0.00",
                shading=Shading.DIVERGING,
            )
    sheet.remark(
        _(
            "Nobody told them which pixels to like: only the targets of the images. Their order is chance, and so is who likes what; how the output demons listen (W²) fits."
        )
    )


def _epoch_table(sheet: Sheet, layers: list[Layer], images: Images) -> tuple[Block, Backward, Forward, Block]:
    """Add forward and backward pass over all images, one a row; return cost, errors, activations and targets."""
    sheet.step(
        _("Forward, cost and backward, one image a row"),
        _("Read a row from left to right: pixels, forward pass, cost, then the errors, last layer first."),
    )
    with sheet.table(Counter(""), len(images.labels), freeze=True) as table:
        # recorded, not given: the run was made with these images, and would not follow a change
        Y = table.recorded("targets", images.targets, title=_("target y"), columns=Counter("j = "), number_format="0")
        X = table.recorded(
            "X_all", images.pixels, title=_("pixels x"), columns=Counter("x"), number_format="0", shading=Shading.PIXELS
        )
        passed = forward_columns(table, layers, X, "_t")
        each = cost_column(table, HALF_SQUARED, passed.output, Y, "_t")
        back = delta_columns(table, layers, HALF_SQUARED, passed, Y, "_t")
        whole = total_cost(table, HALF_SQUARED, each, "_t")
    return whole, back, passed, Y


def _nudge_all_sheet(sheet: Sheet, layers: list[Layer], passed: Forward, T: Block, back: Backward) -> None:
    sheet.step(
        _("Hold one gradient of the picked epoch to account"),
        _(
            "Choose any weight or bias of the epoch that the sheet Learning has picked: nudged up and down by h, it moves the cost of every image, and the sum must be what backpropagation said."
        ),
        "∂C/∂w ≈ Σᵢ (Cᵢ(w + h) − Cᵢ(w − h)) / 2h",
    )
    chosen = _chosen_parameter(sheet, "_all")
    h = nudge_size(sheet, "h_all")
    sheet.gap()
    check_chosen_parameter(sheet, layers, HALF_SQUARED, passed, T, back, h, chosen, by_row=True, name="fd_all")
