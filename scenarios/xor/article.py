"""Page Article: the article's class, line by line, each beside the tables that it makes, and what it prints in the end."""

from __future__ import annotations

from scenarios.common.activations import SIGMOID
from scenarios.common.layer import given_layers, sup
from scenarios.common.losses import SQUARED
from scenarios.common.net import Net
from scenarios.xor.learning import picked_layers
from scenarios.xor.run import EXAMPLES, TARGETS, X_ROWS, Run, start_weights
from workbook.block import Between, Counter
from workbook.formula import if_, pick
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

PRINTED = (0.023, 0.979, 0.975, 0.025)
ITERATIONS = Parameter("iterations", 1500, N_("iterations of the training loop"), 10, 3000, whole=True)
SEED = Parameter("seed", 147615, N_("seed of the random start"), 0, 2**32 - 1, whole=True)

CLASS = (
    "self.input = x", "self.weights1 = np.random.rand(3, 4)", "self.weights2 = np.random.rand(4, 1)", "self.y = y",
    "self.output = np.zeros(self.y.shape)",
)  # fmt: skip
FEEDFORWARD = (
    "self.layer1 = sigmoid(np.dot(self.input, self.weights1))",
    "self.output = sigmoid(np.dot(self.layer1, self.weights2))",
)
D_WEIGHTS2 = (
    "d_weights2 = np.dot(self.layer1.T,",
    "                    2*(self.y - self.output) * sigmoid_derivative(self.output))",
)
D_WEIGHTS1 = (
    "d_weights1 = np.dot(self.input.T,",
    "                    np.dot(2*(self.y - self.output) * sigmoid_derivative(self.output), self.weights2.T)",
    "                    * sigmoid_derivative(self.layer1))",
)
UPDATE = ("self.weights1 += d_weights1", "self.weights2 += d_weights2")


def begin_article(page: Page) -> None:
    """Begin the page with the examples and the weights that the run starts from."""
    page.step(
        _("The class: what it keeps"),
        _("Four examples, two tables of weights that start at random between 0 and 1, and the output. No biases."),
        "y = x₁ XOR x₂,   x₃ = 1",
    )
    _code(page, CLASS)
    bits = {"columns": Counter("i = "), "valid": Between(-10, 10)}
    with page.beside():
        page.given(
            "X", X_ROWS.T, "X", _("inputs: one column per example"), rows=Counter("k = "), article=X_ROWS.T, **bits
        )
        page.given("Y", TARGETS[None], "Y", _("target"), rows=Counter("j = "), article=TARGETS[None], **bits)
    start, article = (start_weights(int(seed)) for seed in (page.book.settings[SEED.key], SEED.default))
    given_layers(page, [(W, None) for W in start], SIGMOID, [(W, None) for W in article])
    count = float(page.book.settings[ITERATIONS.key])
    page.recorded("iterations", count, "N", _(ITERATIONS.title), article=float(ITERATIONS.default))
    page.text(_("x₃ is 1 in every example: its weight adds the same number each time, and so is the hidden neurons' bias."))  # fmt: skip


def article_page(page: Page, run: Run) -> Net:
    """Follow one iteration line by line, for the iteration that the sheet Learning picks; return its network."""
    book = page.book
    page.step(_("feedforward"), _("The iteration is the one that the sheet Learning picks. Two lines of code, two tables each: Z, and σ of it."))  # fmt: skip
    net = Net(picked_layers(page, run), book["X"], book["Y"], SQUARED, "_t")
    for layer, line in zip(net.layers, FEEDFORWARD, strict=True):
        page.code(line)
        net.forward(page, layer)
    page.sentence("z1_written", _("Hidden neuron 1, example 2: z = {W1_t[0,0]:4p}·{X[0,1]:2p} + {W1_t[0,1]:4p}·{X[1,1]:2p} + {W1_t[0,2]:4p}·{X[2,1]:2p} = {Z1_t[0,1]:4}, and a = σ({Z1_t[0,1]:4}) = {A1_t[0,1]:4}"))  # fmt: skip
    page.step(_("The loss"), _("The errors squared, and summed over the four examples."), "L = Σ (ŷ − y)²")
    loss = net.measure(page)
    terms = " + ".join(f"({{A2_t[0,{i}]:4}} − {{Y[0,{i}]:2p}})²" for i in EXAMPLES)
    page.sentence("loss_written", f"L = {terms} = {{C_t:6}}")
    page.step(
        _("backprop: the output's weights"),
        _("The chain rule from the loss to W²: slope of the square, slope of the sigmoid, and what came in."),
        "∂L/∂W² = 2(Ŷ − Y) ∗ σ′(Z²) · (A¹)ᵀ",
    )
    _code(page, D_WEIGHTS2)
    first, second = net.layers
    net.backward(page, second).gradients(page, second)
    page.sentence(
        "delta2_written",
        _("Example 1: δ² = 2·({A2_t[0,0]:4} − {Y[0,0]:2p})·{A2_t[0,0]:4}·(1 − {A2_t[0,0]:4}) = {D2_t[0,0]:5}"),
    )
    terms = " + ".join(f"{{D2_t[0,{i}]:5p}}·{{A1_t[0,{i}]:4}}" for i in EXAMPLES)
    page.sentence("dW2_written", f"∂L/∂w²₁ = {terms} = {{gW2_t[0,0]:5}}")
    page.step(
        _("backprop: the hidden weights"),
        _("The blame goes back through W²; each hidden neuron takes its share times its own slope, and meets the inputs."),
        "∂L/∂W¹ = ((W²)ᵀ·δ² ∗ σ′(Z¹)) · Xᵀ",
    )  # fmt: skip
    _code(page, D_WEIGHTS1)
    net.backward(page, first).gradients(page, first)
    page.sentence("delta1_written", _("Neuron 1, example 1: δ¹ = {W2_t[0,0]:4p}·{D2_t[0,0]:5p}·{A1_t[0,0]:4}·(1 − {A1_t[0,0]:4}) = {D1_t[0,0]:5}"))  # fmt: skip
    terms = " + ".join(f"{{D1_t[0,{i}]:5p}}·{{X[2,{i}]:2p}}" for i in EXAMPLES)
    page.sentence("dW1_written", f"∂L/∂w¹₁₃ = {terms} = {{gW1_t[0,2]:5}}")
    page.step(
        _("The update"),
        _("The code adds its d_weights unscaled, which is the learning rate 1; they are minus the slopes, so both go downhill."),
        "W ← W − η·∂L/∂W",
    )  # fmt: skip
    _code(page, UPDATE)
    moved = net.update(page, book["eta"], "_next")
    page.sentence("update_written", "w¹₁₃ ← {W1_t[0,2]:6} − {eta:3}·{gW1_t[0,2]:6p} = {W1_next[0,2]:6}")
    page.check("loss_met", _("the loss is the one in the sheet Run"), loss, book["row_loss"], 1e-12)
    for new, following in zip(moved.layers, picked_layers(page, run, 1, "_row"), strict=True):
        title = _("the new W{layer} is the next row of the sheet Run").format(layer=sup(new.number))
        page.check(f"next_W{new.number}", title, new.W, following.W, 1e-12)
    _printed(page, run)
    _remarks(page)
    return net


def _code(page: Page, lines: tuple[str, ...]) -> None:
    for line in lines:
        page.code(line)
    page.gap()


def _printed(page: Page, run: Run) -> None:
    """Add the article's table of predictions, and what one more feedforward would give."""
    book, n = page.book, page.book["iterations"]
    outputs = [book[f"run_output_{i + 1}"] for i in EXAMPLES]
    page.step(
        _("What it prints: prediction and Y"), _("The output of the last feedforward, made before the last update."),
    )  # fmt: skip
    with page.table(Counter("i = "), len(EXAMPLES)) as t:
        last = t.derived(
            "last_output", run.output[-2], None, "ŷ", _("prediction"), each=[pick(o, n) for o in outputs],
            number_format="0.0000",
        )  # fmt: skip
        t.derived("last_Y", book["Y"].value[0], lambda i: book["Y"][0, i], "Y", _("actual"), number_format="0")
        t.derived(
            "last_class", last.value >= 0.5, lambda i: if_(last[i] >= 0.5, 1, 0), title=_("rounded"), number_format="0"
        )
        t.derived(
            "after_output", run.output[-1], None, "ŷ", _("with the weights after the last update"),
            each=[pick(o, n + 1) for o in outputs], number_format="0.0000",
        )  # fmt: skip
    for i, printed in enumerate(PRINTED):
        title = _("example {example}: the article's prediction").format(example=i + 1)
        page.printed(f"printed_{i + 1}", title, last[i], printed, 3)
    page.text(_("The article says that the loss falls monotonically to a minimum. With sigmoids it nears 0, but has no lowest point."))  # fmt: skip
    page.sentence("rises_written", _("Iterations at which the loss rose: {rises:0}."))


def _remarks(page: Page) -> None:
    for words in (
        _("Printed: the four rows 001→0, 011→1, 101→1, 111→0, the four predictions, and the 1500 iterations."),
        _("Chosen here: the article sets no seed. NumPy's RandomState({seed}), rand(3, 4) and then rand(4, 1), gives all four predictions that it prints.").format(seed=SEED.default),
        _("The code's listings are lost from the article's text; the lines, the four hidden neurons without biases and the learning rate 1 are inferred: those of the class that it retells. It lays one example per row and one neuron per column, so each of its arrays is the transpose of the table here: input = Xᵀ, weights1 = (W¹)ᵀ, layer1 = (A¹)ᵀ, output = Ŷᵀ."),
        _("The article says that the square lets us measure by the absolute value. Squaring does make every difference positive, but it also makes large ones count more; the absolute value would not."),
        _("The article takes the small differences from 0 and 1 for a guard against overfitting that helps with unseen data. They are no such thing: these four examples are all there are, nothing is held out. A sigmoid reaches 0 and 1 only at infinity, and training simply stopped before."),
    ):  # fmt: skip
        page.source(words)
