"""Page Article: the article's comparison of a nerve cell with the model, each symbol with its value now."""

from __future__ import annotations

import numpy as np

from scenarios.neuron.unit import Unit
from workbook.formula import fixed, joined
from workbook.page import Page
from workbook.text import N_, _, fixed_text


def article_page(page: Page, unit: Unit) -> None:
    """Set cell, symbol and live value side by side; the article's own table is lost."""
    x, w, s, theta, fires = unit.x, unit.w, unit.s, unit.theta, unit.fires
    none = str(_("none: the model has no clock"))
    rows = (
        (N_("the nerve cell"), N_("the neuron"), "j", "1", "1"),
        (
            N_("dendrites: signals come in"),
            N_("inputs"),
            "χᵢ",
            ",  ".join(fixed_text(float(v), 0) for v in x.value),
            joined(fixed(x[0], 0), ",  ", fixed(x[1], 0), ",  ", fixed(x[2], 0)),
        ),
        (
            N_("synapses: kind and strength"),
            N_("weights"),
            "wᵢⱼ",
            ",  ".join(fixed_text(float(v), 2) for v in w.value),
            joined(fixed(w[0], 2), ",  ", fixed(w[1], 2), ",  ", fixed(w[2], 2)),
        ),
        (N_("membrane potential"), N_("weighted sum"), "Σᵢ wᵢⱼ·χᵢ", fixed_text(float(s.value), 2), fixed(s, 2)),
        (N_("threshold of the cell"), N_("threshold"), "Tⱼ", fixed_text(float(theta.value), 2), fixed(theta, 2)),
        (N_("axon: one signal goes out"), N_("output"), "yⱼ", fixed_text(float(fires.value), 0), fixed(fires, 0)),
        (N_("delay at the synapse"), N_("left out"), "—", none, none),
    )
    page.step(
        _("What stands for what"),
        _("The model keeps what matters for deciding, and drops the rest of the living cell."),
    )
    with page.table(None, len(rows)) as t:
        for id, title, words in (
            ("cell_part", _("nerve cell"), [_(row[0]) for row in rows]),
            ("model_part", _("M–P model"), [_(row[1]) for row in rows]),
            ("symbol_part", _("the article's symbol"), [row[2] for row in rows]),
        ):
            t.recorded(id, np.array([str(word) for word in words], dtype=object), title=title, number_format="@")
        t.derived(
            "live_part",
            np.array([row[3] for row in rows], dtype=object),
            None,
            each=[row[4] if not isinstance(row[4], str) else joined(row[4], "") for row in rows],
            title=_("its value now"),
            number_format="@",
        )
    page.gap()
    page.text(
        _(
            "The article names a comparison in a table, but the table itself is lost: rows and words follow from its text, symbols are its own."
        )
    )
    page.text(
        _(
            "In the paper of 1943 one active inhibitory input silences the cell whatever else comes in; the "
            "articles weigh it like any other input, and so does this workbook."
        )
    )
    page.text(
        _(
            "A cell answers a moment later than its inputs come, mostly for the delay at the synapse; here the answer is there at once."
        )
    )
