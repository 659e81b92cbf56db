"""Page Article: the article's comparison of a nerve cell with the model, each symbol with its value now."""

from __future__ import annotations

import numpy as np

from workbook.block import Block
from workbook.formula import Operand, fixed, joined
from workbook.page import Page
from workbook.text import _, shown_text


def article_page(page: Page) -> None:
    """Set cell, symbol and live value side by side; the article's own table is lost."""
    x, w, s, theta, fires = (page.book[id] for id in ("x", "w", "s", "theta", "fires"))
    none = _("none: the model has no clock")
    rows: tuple[tuple[str, str, str, Block | str, int], ...] = (
        (_("the nerve cell"), _("the neuron"), "j", "1", 0),
        (_("dendrites: signals come in"), _("inputs"), "χᵢ", x, 0),
        (_("synapses: kind and strength"), _("weights"), "wᵢⱼ", w, 2),
        (_("membrane potential"), _("weighted sum"), "Σᵢ wᵢⱼ·χᵢ", s, 2),
        (_("threshold of the cell"), _("threshold"), "Tⱼ", theta, 2),
        (_("axon: one signal goes out"), _("output"), "yⱼ", fires, 0),
        (_("delay at the synapse"), _("left out"), "—", none, 0),
    )
    page.step(
        _("What stands for what"),
        _("The model keeps what matters for deciding, and drops the rest of the living cell."),
    )
    with page.table(None, len(rows)) as t:
        titles = (_("nerve cell"), _("M–P model"), _("the article's symbol"))
        for n, (id, title) in enumerate(zip(("cell_part", "model_part", "symbol_part"), titles, strict=True)):
            t.recorded(id, np.array([str(row[n]) for row in rows], dtype=object), title=title)
        now = [_now(part, digits) for *_words, part, digits in rows]
        texts = np.array([text for text, _formula in now], dtype=object)
        t.derived("live_part", texts, None, each=[formula for _text, formula in now], title=_("its value now"))
    page.gap()
    page.text(_("The article's table is lost: rows and words follow from its text, the symbols are its own."))
    page.text(_("In 1943 one active inhibitory input silenced the cell; the articles, and this book, only weigh it."))
    page.text(_("A cell answers a moment after its inputs come; here the answer is there at once."))


def _now(part: Block | str, digits: int) -> tuple[str, Operand]:
    """Return the numbers of a block as a text, one after the other, and the formula of it; or the words themselves."""
    if isinstance(part, str):
        return str(part), joined(str(part), "")
    parts: list[Operand] = []
    for cell in [part[n] for n in range(part.value.size)] if part.shape else [part.whole()]:
        parts += [",  ", fixed(cell, digits)]
    return ",  ".join(shown_text(float(v), digits) for v in np.atleast_1d(part.value)), joined(*parts[1:])
