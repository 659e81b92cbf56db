"""Page Learning: pick an iteration, and see the four predictions and the loss as they were then."""

from __future__ import annotations

import numpy as np

from scenarios.common.layer import Layer
from scenarios.xor.run import EXAMPLES, LAYERS, Run
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import call, if_, number_of, pick, total
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

RATE = Parameter("lr", 1.0, N_("learning rate"), 0, 5, symbol="η")
COLOURS = ("#1F6FB2", "#D1711B", "#3A8F4A", "#7A3EA8")


def begin_learning(page: Page, iterations: int) -> tuple[Block, Block]:
    """Begin the page with the iteration to look at and the learning rate."""
    with page.left(), page.beside():
        valid = Between(1, iterations, whole=True)
        n = page.given("iteration", 1.0, "n", _("iteration to look at"), valid=valid, number_format="0")
        eta = page.setting(RATE, "eta", article=np.asarray(RATE.default))
    return n, eta


def learning_page(page: Page, run: Run) -> None:
    """Show the four examples at the picked iteration, the loss by iteration, and how the predictions part."""
    book = page.book
    X, Y, n, losses = (book[id] for id in ("X", "Y", "iteration", "run_loss"))
    outputs = [book[f"run_output_{i + 1}"] for i in EXAMPLES]
    at, last = int(n.value) - 1, len(run.loss) - 2
    with page.left():
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(Counter(_("example ")), len(EXAMPLES)) as t:
            t.derived(
                "result_X", X.value.T, lambda i, k: X[k, i], title="X", columns=Counter("x"), number_format="0.0#"
            )
            y = t.derived("result_Y", Y.value[0], lambda i: Y[0, i], "y", _("target"), number_format="0.0#")
            now = t.derived(
                "output_here", run.output[at], None, "ŷ", _("prediction"), each=[pick(o, n) for o in outputs],
                number_format="0.000",
            )  # fmt: skip
            t.derived(
                "error_here", now.value - y.value, lambda i: now[i] - y[i], "ŷ − y", _("error"), number_format="0.000"
            )
            t.derived(
                "class_here", now.value >= 0.5, lambda i: if_(now[i] >= 0.5, 1, 0), title=_("rounded"),
                number_format="0",
            )  # fmt: skip
        here = page.book.helpers.derived(
            "row_loss", run.loss[at], lambda: pick(losses, n), title=_("loss in the sheet Run")
        )
        with page.into(said):
            page.live("learning_says", _("▶ Iteration {iteration:0}: it says {output_here[0]:3}, {output_here[1]:3}, {output_here[2]:3}, {output_here[3]:3}; loss {row_loss:4}."))  # fmt: skip
        page.gap()
        with page.beside():
            for log in (False, True):
                page.chart(_losses(book["run_n"], losses, n, here, log=log))
    with book.helpers.table(Counter(), len(EXAMPLES)) as t:
        across = t.derived(
            "iteration_four", np.repeat(n.value, len(EXAMPLES)), lambda i: n.whole(), title=_("iteration")
        )
    with page.right():
        page.chart(_parting(book["run_n"], outputs, across, now))
    page.try_(_("Type 1, then 200, 400, …: where do the predictions part? Then type 0.1 for the learning rate."))
    fall = page.book.helpers.derived(
        "loss_fall", losses.value[0] - losses.value[last], lambda: losses[0] - losses[last], title=_("fall of the loss")
    )
    page.turn(
        "learning_turn",
        _("How much smaller is the loss at iteration {last} than at iteration 1? (0.01 off is close enough)").format(
            last=last + 1
        ),
        fall, 0.01, _("The four squares together."), _("read the loss at both, and take the second from the first."),
    )  # fmt: skip
    page.remember(_("One small step, taken again and again: that is all of learning."))
    rose = page.book["run_rose"]
    page.book.helpers.derived(
        "rises", rose.value.sum(), lambda: total(rose), title=_("iterations at which the loss rose"), number_format="0"
    )


def _losses(iterations: Block, losses: Block, n: Block, here: Block, *, log: bool) -> Chart:
    line = Series(_("loss (SSE)"), iterations[:], losses[:], Mark.LINE, "#1F4E9E", width=2.25)
    dot = Series(_("this iteration"), n.whole(), here.whole(), Mark.POINTS, "#D1711B", size=11)
    title = _("The same on a logarithmic scale") if log else _("The loss")
    alt = _("The loss by iteration, with a point at the iteration that the yellow cell picks.")
    x_range = (0, len(losses.value) - 1)
    return Chart(
        title, (line, dot), _("iteration"), "", alt, columns=4, rows=11, x_range=x_range, log_y=log, legend=False
    )


def _parting(iterations: Block, outputs: list[Block], across: Block, now: Block) -> Chart:
    lines = [
        Series(_("example {example}").format(example=i + 1), iterations[:], output[:], Mark.LINE, COLOURS[i], width=2)
        for i, output in enumerate(outputs)
    ]
    dots = Series(_("this iteration"), across[:], now[:], Mark.POINTS, "#1F2937", size=9)
    return Chart(
        "", (*lines, dots), _("iteration"), "ŷ",
        _("Four lines of the predictions by iteration, with four points at the iteration that the yellow cell picks."),
        columns=7, rows=21, x_range=(0, len(iterations.value) - 1), y_range=(0, 1),
    )  # fmt: skip


def picked_layers(page: Page, run: Run, later: int = 0, suffix: str = "_t") -> list[Layer]:
    """Add the weights of the picked iteration, or of `later` iterations after it, looked up in the sheet Run."""
    n, W2 = page.book["iteration"], page.book["run_W2"]
    columns = [page.book[f"run_W1_x{k + 1}"] for k in range(len(run.W1[0, 0]))]
    t, row = int(n.value) - 1 + later, n + later if later else n.whole()
    title = _("weights of the next row of the sheet Run") if later else _("weights of this iteration")
    heads = {"rows": Counter("j = "), "columns": Counter("k = ")}
    with page.beside():
        first = page.derived(
            f"W1{suffix}", run.W1[t],
            lambda j, k: call("CHOOSE", number_of(k), *[pick(w, row, number_of(j)) for w in columns]), "W¹", title, **heads,
        )  # fmt: skip
        second = page.derived(
            f"W2{suffix}", run.W2[t][None, :], lambda j, k: pick(W2, row, number_of(k)), "W²", title, **heads
        )
    return [Layer(number, W, None, g) for number, (W, g) in enumerate(zip((first, second), LAYERS, strict=True), 1)]
