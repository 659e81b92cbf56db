"""Page Curve: choose a function; its curve and its slope, with a dot at the reader's z.

Guess first   where is the sigmoid steepest?
Yellow        the function, by name, and z
Live          the output and the slope at z
Picture       curve and slope, a dot on each at z; all seven functions at z in the table
Try           tanh far out: the slope all but vanishes; ReLU's does not
Your turn     the sigmoid's slope at z = 0 (a quarter)
Remember      the slope is what goes back through the layers
"""

from __future__ import annotations

import numpy as np

from scenarios.activations.functions import FUNCTIONS, ROWS, SIGMOID, Inputs
from workbook.block import Between, Block, OneOf
from workbook.chart import Chart, Mark, Series
from workbook.formula import as_expr, both, call, equal, if_, pick
from workbook.page import Page, Voice
from workbook.text import _

CHOSEN, Z = SIGMOID, 1.5


def names() -> tuple[str, ...]:
    """Return what the functions are called in the choice, in their order."""
    called = {
        "step": _("unit step"),
        "linear": _("linear"),
        "logistic": _("logistic"),
        "leaky": _("Leaky ReLU"),
        "relu": "ReLU",
    }
    return tuple(str(called.get(f.id, f.id)) for f in FUNCTIONS)


def curve_page(page: Page, p: Inputs, grid: Block) -> None:
    """Let the reader choose a function and a z."""
    book, called = page.book, names()
    with page.left():
        with page.beside():
            choice = page.given(
                "curve_choice",
                np.asarray(called[FUNCTIONS.index(CHOSEN)], dtype=object),
                title=_("activation function"),
                valid=OneOf(called),
                number_format="@",
            )
            z = page.given(
                "curve_z", Z, symbol="z", title=_("weighted sum"), valid=Between(-50, 50), number_format="0.00"
            )
        page.gap()
        said = page.keep()
        page.gap()
        at = called.index(str(choice.value))
        values = np.array([float(f.value(p, z.value)) for f in FUNCTIONS])
        slopes = np.array([float(f.slope(p, z.value)) for f in FUNCTIONS])
        with page.table(None, len(FUNCTIONS)) as t:
            listed = t.recorded(
                "curve_name",
                np.array(called, dtype=object),
                title=_("activation function"),
                symbol="f",
                number_format="@",
            )
            each = [f.value_formula(p, as_expr(z)) for f in FUNCTIONS]
            value = t.derived(
                "curve_value", values, None, each=each, title=_("output"), symbol="f(z)", number_format="0.000"
            )
            each = [as_expr(f.slope_formula(p, as_expr(z), as_expr(value[k]))) for k, f in enumerate(FUNCTIONS)]
            slope = t.gradient(
                "curve_slope", slopes, None, each=each, title=_("slope"), symbol="f′(z)", number_format="0.000"
            )
        which = page.offstage_block(
            "curve_which", at + 1.0, lambda: call("MATCH", choice, listed, 0), title=_("which function is chosen")
        )
        a = page.offstage_block("curve_a", values[at], lambda: pick(value, which), title=_("output at z"))
        s = page.offstage_block("curve_s", slopes[at], lambda: pick(slope, which), title=_("slope at z"))
        kinked = page.offstage_block("curve_kinked", np.array([float(f.kink) for f in FUNCTIONS]), title=_("kink at 0"))
        with page.into(said):
            page.live(
                "curve_says",
                _("▶ {name} makes {a:3} of z = {z:2}. The slope there is {s:3}."),
                name=choice,
                z=z,
                a=a,
                s=s,
            )
            corner = str(
                _("At z = 0 there is a corner or a jump, and no slope: the number shown is what programs take.")
            )
            smooth = str(_("Moving z a little moves the output by the slope times as much."))
            no_slope = float(z.value) == 0 and FUNCTIONS[at].kink
            page.say(
                "curve_smooth",
                corner if no_slope else smooth,
                if_(both(equal(z, 0), equal(pick(kinked, which), 1)), corner, smooth),
            )
    f_of = [book[f"{f.id}_f"] for f in FUNCTIONS]
    slope_of = [book[f"{f.id}_slope"] for f in FUNCTIONS]
    curve = page.offstage_block(
        "curve_f", f_of[at].value, lambda i: call("CHOOSE", which, *(f[i] for f in f_of)), title=_("the chosen curve")
    )
    steepness = page.offstage_block(
        "curve_f_slope",
        slope_of[at].value,
        lambda i: call("CHOOSE", which, *(f[i] for f in slope_of)),
        title=_("the chosen curve's slope"),
    )
    series = (
        Series(_("output f(z)"), grid[:ROWS], curve[:], Mark.POINTS, "#1F6FB2", size=4),
        Series(_("slope f′(z)"), grid[:ROWS], steepness[:], Mark.POINTS, "#7A3EA8", size=3),
        Series(_("your z"), z.whole(), a.whole(), Mark.POINTS, "#D1711B", size=12, marker="diamond"),
        Series(
            _("slope at your z"), z.whole(), s.whole(), Mark.POINTS, "#D1711B", size=10, marker="diamond", hollow=True
        ),
    )
    alt = _("The chosen function and its slope as dotted curves, and a diamond on each at the reader's z.")
    with page.right():
        page.chart(Chart("", series, "z", "", alt, columns=9, rows=20))
    page.try_(_("Choose tanh and type 6 for z: its slope all but vanishes. Then choose ReLU: its slope is still 1."))
    page.turn(
        "curve_turn",
        _("Which slope has the sigmoid at z = 0, where it is steepest? (two decimals)"),
        page.offstage_block("curve_quarter", 0.25, title=_("the sigmoid's steepest slope")),
        0.005,
        _("A quarter. Through ten such layers less than a millionth is left."),
        _("choose sigmoid, type 0 for z, and read the slope."),
    )
    page.remember(_("The activation bends; its slope is what goes back through the layers."))
    start = book.start
    with start.left():
        start.sentence("face", _("{name} at z = {z:2}: {a:3}"), Voice.HEADLINE, name=choice, z=z, a=a)
    with start.right():
        start.chart(Chart("", series[:3], "z", "", alt, columns=8, rows=12))
