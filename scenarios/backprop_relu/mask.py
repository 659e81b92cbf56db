"""Page Mask: layer 2 neuron by neuron, with the mask and without it."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.graph.pages import Whole
from workbook.block import Counter, Shading
from workbook.chart import BLUE, GREY, Chart, Mark, Series
from workbook.formula import equal, if_, rounded, total
from workbook.page import Page
from workbook.text import _

PLACES = 9
"""A number counts to so many places: what is smaller is taken for 0 by some spreadsheets and not by others."""


def mask_page(page: Page, whole: Whole) -> None:
    """Show what comes back to layer 2, the mask, and what would come of it if the mask were forgotten."""
    Z, A, dA, dZ = whole["Z2"], whole["A1"], whole.slope("A2"), whole.slope("Z2")
    neurons = Z.shape[1]
    on = (np.round(Z.value[0], PLACES) > 0).astype(float)
    with page.left():
        said = page.keep()
        page.gap()
        with page.table(Counter("j = "), neurons) as t:

            def gathered(id: str, block: Any, title: str, **looks: Any) -> Any:
                return t.derived(
                    id, block.value[0], None, title=title, each=[block[0, j] for j in range(neurons)], **looks
                )

            number = t.recorded("mask_j", np.arange(1.0, neurons + 1), title=_("neuron"))
            z = gathered("mask_z", Z, _("sum z"), number_format="0.00")
            back = gathered("mask_back", dA, _("comes back, ∂a"), number_format="0.000")
            mask = t.derived(
                "mask_on",
                on,
                lambda j: if_(rounded(z[j], PLACES) > 0, 1, 0),
                title=_("mask: 1 on, 0 off"),
                number_format="0",
            )
            right = t.derived("mask_right", back.value * on, lambda j: back[j] * mask[j], title=_("∂z = ∂a · mask"), shading=Shading.MASK, number_format="0.000;−0.000;0")  # fmt: skip
            wrong = t.derived("mask_apart", back.value - right.value, lambda j: back[j] - right[j], title=_("∂z too large by, if the mask is forgotten"), number_format="0.000;−0.000;0")  # fmt: skip
        page.gap()
        off = page.offstage_block(
            "mask_off", neurons - on.sum(), lambda: neurons - total(mask), title=_("neurons that are off")
        )
        counted: dict[str, Any] = {"number_format": "0"}
        lit = page.offstage_block("mask_lit", (np.round(A.value[0], PLACES) > 0) * 1.0, None, title=_("inputs that are not 0"), each=[if_(rounded(A[0, k], PLACES) > 0, 1, 0) for k in range(A.shape[1])], **counted)  # fmt: skip
        apart = page.offstage_block("mask_wrong", (np.round(wrong.value, PLACES) != 0) * 1.0, lambda j: if_(equal(rounded(wrong[j], PLACES), 0), 0, 1), title=_("neurons whose slope would be wrong"), **counted)  # fmt: skip
        slopes = page.derived("mask_slopes", apart.value.sum() * lit.value.sum(), lambda: total(apart) * total(lit), "", _("wrong slopes in W2"), number_format="0")  # fmt: skip
        with page.into(said):
            page.live("mask_says", _("▶ Neurons of layer 2 that are off: {off:0} of 4. Slopes of W2 that are wrong if the mask is forgotten: {slopes:0}."), off=off, slopes=slopes)  # fmt: skip
    with page.right():
        alt = _("What comes back to each neuron, as columns, beside what is left of it behind the mask.")
        series = (
            Series(_("comes back"), number[:], back[:], Mark.COLUMNS, GREY),
            Series(_("behind the mask"), number[:], right[:], Mark.COLUMNS, BLUE),
        )
        chart = Chart("", series, _("neuron"), "", alt, columns=6, rows=13)
        page.chart(chart)
    with page.book.start.right():
        page.book.start.chart(chart)
    page.check("mask", _("∂a · mask = ∂Z2"), right[0], dZ[0, 0], 1e-9)
    page.try_(
        _(
            "On the sheet Whole, type −5 for the third number of b2: the mask of neuron 3 falls to 0, and so does its column here."
        )
    )
    page.turn(
        "mask_turn",
        _("Neuron 1 of layer 2: what is its slope ∂z? (0.01 off is close enough)"),
        dZ[0, 0],
        0.01,
        _("What comes back, times the mask."),
        _("is its sum z above 0? If not, nothing passes."),
    )
    page.remember(_("∂z is ∂a where z > 0, and 0 elsewhere: the mask comes from the forward pass."))
