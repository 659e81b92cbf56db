"""Page Kept: what the gates do to one neuron, moment by moment."""

from __future__ import annotations

import numpy as np

from scenarios.graph.pages import Whole
from scenarios.lstm.cells import Parts
from workbook.block import Between, Block, Counter, Shading
from workbook.chart import BLUE, GREY, Chart, Mark, Series
from workbook.formula import number_of, pick
from workbook.page import Page
from workbook.text import N_, _

SAYS = {
    "S": N_("▶ At the last moment {F:3}·{before:3} + {I:3}·{A:3} = {S:3} is the state, and {O:3}·tanh({S:3}) = {H:3} the output."),
    "H": N_("▶ At the last moment {K:3}·{before:3} + (1 − {K:3})·{C:3} = {H:3} is the output."),
}  # fmt: skip


def kept_page(page: Page, whole: Whole, parts: Parts) -> None:
    """Let the reader choose a neuron; show what each gate does to it at every moment."""
    memory, start, (T, n) = whole[parts.memory], whole[parts.start], whole["H"].shape
    with page.left():
        j = page.given("neuron", 1.0, "j", _("which neuron?"), valid=Between(1, n, whole=True))
        said = page.keep()
        page.gap()
        unit, shown = int(j.value) - 1, dict[str, Block]()
        with page.table(Counter("t = "), T) as t:
            moment = t.recorded("gate_moment", np.arange(1.0, T + 1), title=_("moment"))
            held = np.concatenate([start.value[unit : unit + 1], memory.value[:-1, unit]])
            shown["before"] = t.derived(
                "gate_before", held, lambda t: pick(memory[t - 1, :], j), f"{memory.symbol}₋", _("before"),
                first=lambda: pick(start[:], j), number_format="0.000",
            )  # fmt: skip
            for name in parts.row:
                value = whole[name].value[:, unit]
                bar = Shading.BAR if name in "IFOK" else None
                shown[name] = t.derived(
                    f"gate_{name}", value, lambda t, b=whole[name]: pick(b, number_of(t), j), name, whole[name].title,
                    shading=bar, number_format="0.000",
                )  # fmt: skip
        with page.into(said):
            page.live("kept_says", _(SAYS[parts.memory]), **{name: block[T - 1] for name, block in shown.items()})
    with page.right():
        alt = _("The output of the neuron at each moment, and before it what the neuron holds, as columns.")
        names = dict.fromkeys((parts.memory, "H"))
        series = [Series(whole[name].title, moment[:], shown[name][:], Mark.COLUMNS, colour) for name, colour in zip(names, (BLUE, GREY), strict=False)]  # fmt: skip
        page.chart(Chart("", tuple(series), _("moment"), "", alt, columns=6, rows=13))
    page.try_(_("On the sheet Whole, type 1 for the third number of X: something new is let in once more."))
    before, keeps = shown["before"], shown[parts.keeps]
    page.turn(
        "kept_turn",
        _("Multiply what was before the last moment by the gate {gate} there. How much of it is kept? (0.01 off is close enough)").format(gate=parts.keeps),
        page.offstage_block(
            "kept_part", before.value[-1] * keeps.value[-1], lambda: before[T - 1] * keeps[T - 1], title=_("what is kept at the last moment"),
        ),
        0.01,
        _("What is let in is added to it."),
        _("two numbers of the last row of the table."),
    )  # fmt: skip
    page.remember(_("Each gate asks one question, and a small layer of its own answers it."))
