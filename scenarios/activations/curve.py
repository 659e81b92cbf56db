"""Page Curve: choose a function; its curve and its slope, with a dot at the reader's z.

Guess first   where is the sigmoid steepest?
Yellow        the function, by name, and z
Live          the output and the slope at z
Picture       curve and slope, a dot on each at z, the tangent there; all seven functions at z in the table
Try           tanh far out: the slope all but vanishes; ReLU's does not
Your turn     the sigmoid's slope at z = 0 (a quarter)
Remember      the slope is what goes back through the layers
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.activations.functions import OWN, Own, Shown, functions, names
from scenarios.activations.values import ROWS, values
from workbook.block import Between, OneOf
from workbook.book import Book
from workbook.chart import BLUE, ORANGE, RED, VIOLET, Chart, Mark, Series
from workbook.formula import as_expr, both, call, equal, if_, pick
from workbook.page import Page, Voice
from workbook.text import _

CHOSEN, Z = 2, 1.5
"""The sigmoid, and a z that is neither 0 nor far out."""


def curve(book: Book) -> tuple[tuple[Shown, ...], Own]:
    """Let the reader choose a function and a z; return the functions, and their own numbers, which stand here."""
    page = book.page(
        "Curve",
        _("Bend a number: choose an activation"),
        _("A neuron's sum can be any number; the activation bends it, and its slope is what learning feels."),
        _("Where is the sigmoid steepest: far left, in the middle, or far right?"),
    )
    called = names()
    with page.left():
        with page.beside():
            chosen, title = np.asarray(called[CHOSEN], dtype=object), _("activation function")
            choice = page.given("curve_choice", chosen, "", title, valid=OneOf(called))
            z = page.given("curve_z", Z, "z", _("weighted sum"), valid=Between(-50, 50))
        own = _own(page)
        shown = functions(own)
        values(book, shown)
        page.gap()
        said = page.keep()
        page.gap()
        at = called.index(str(choice.value))
        outputs = [f.value(z.value) for f in shown]
        with page.table(None, len(shown)) as t:
            t.recorded("curve_name", np.array(called, dtype=object), "f", _("activation function"))
            each = [as_expr(f.value_formula(as_expr(z))) for f in shown]
            value = t.derived("curve_value", np.array(outputs, dtype=float), None, "f(z)", _("output"), each=each)
            each = [as_expr(f.slope_formula(as_expr(z), value[n])) for n, f in enumerate(shown)]
            slopes = np.array([f.slope(z.value, a) for f, a in zip(shown, outputs, strict=True)], dtype=float)
            t.gradient("curve_slope", slopes, None, "f′(z)", _("slope"), each=each)
        with page.into(said):
            _say(page, shown, at)
    lines = _drawn(page, shown, at)
    alt = _("The chosen function and its slope as dotted curves, a diamond on each at the reader's z, and the tangent there.")  # fmt: skip
    with page.right():
        page.chart(Chart("", lines, "z", "", alt, columns=9, rows=20))
    with page.book.start.left():
        page.book.start.sentence("face", _("{curve_choice} at z = {curve_z:2}: {curve_a:3}"), Voice.HEADLINE)
    with page.book.start.right():
        page.book.start.chart(Chart("", lines[:3], "z", "", alt, columns=8, rows=12))
    page.try_(_("Choose tanh and type 6 for z: its slope all but vanishes. Then choose ReLU: its slope is still 1."))
    question = _("What slope does the sigmoid have at z = 0, where it is steepest? (two decimals)")
    quarter = page.offstage_block("curve_quarter", 0.25, title=_("the sigmoid's steepest slope"))
    yes = _("A quarter. Through ten such layers less than a millionth is left.")
    page.turn("curve_turn", question, quarter, 0.005, yes, _("choose sigmoid, type 0 for z, and read the slope."))
    page.remember(_("The activation bends; its slope is what goes back through the layers."))
    page.source(_("c = 4 and L = 1, k = 1, x0 = 0 are printed in the article. Leaky ReLU's slope is chosen here; often it is 0.01, but then the chart hides it."))  # fmt: skip
    return shown, own


def _say(page: Page, shown: tuple[Shown, ...], at: int) -> None:
    """Pick the chosen function's output and slope out of the table, and say them."""
    choice, z, listed, value, slope = (page.book[f"curve_{id}"] for id in ("choice", "z", "name", "value", "slope"))
    title = _("which function is chosen")
    which = page.offstage_block("curve_which", at + 1.0, lambda: call("MATCH", choice, listed, 0), title=title)
    page.offstage_block("curve_a", value.value[at], lambda: pick(value, which), title=_("output at z"))
    page.offstage_block("curve_s", slope.value[at], lambda: pick(slope, which), title=_("slope at z"))
    kinks = np.array([float(f.kink) for f in shown])
    kinked = page.offstage_block("curve_kinked", kinks, title=_("kink at 0"))
    page.live("curve_says", _("▶ {curve_choice} makes {curve_a:3} of z = {curve_z:2}. The slope there is {curve_s:3}."))
    corner = str(_("At z = 0 there is a corner or a jump, and no slope: the number shown is what programs take."))
    smooth = str(_("Moving z a little moves the output by the slope times as much."))
    no_slope = float(z.value) == 0 and shown[at].kink
    formula = if_(both(equal(z, 0), equal(pick(kinked, which), 1)), corner, smooth)
    page.say("curve_smooth", corner if no_slope else smooth, formula)


def _own(page: Page) -> Own:
    """Add the functions' own numbers."""
    titles = {"L": _("logistic: maximum"), "k": _("logistic: steepness"), "x0": _("logistic: midpoint")}
    titles |= {"slope": _("linear: slope"), "leak": _("leaky ReLU: slope")}
    for pair in (("L", "k"), ("x0", "slope"), ("leak",)):
        with page.beside():
            for parameter in OWN:
                if parameter.key in pair:
                    page.setting(parameter, title=titles[parameter.key])
    return Own(*(page.book[parameter.key] for parameter in OWN))


def _drawn(page: Page, shown: tuple[Shown, ...], at: int) -> tuple[Series, ...]:
    """Pick the chosen function out of the tables; return the drawing of it, its slope, and both at the reader's z."""
    book = page.book
    x, z, a, s, by, which = (book[id] for id in ("x", "curve_z", "curve_a", "curve_s", "x_step", "curve_which"))
    values, slopes = ([book[f"{f.name}_{kind}"] for f in shown] for kind in ("f", "slope"))
    title = _("the chosen curve")
    curve = page.offstage_block(
        "curve_f", values[at].value, lambda i: call("CHOOSE", which, *(f[i] for f in values)), title=title
    )
    title = _("the chosen curve's slope")
    steepness = page.offstage_block(
        "curve_f_slope", slopes[at].value, lambda i: call("CHOOSE", which, *(f[i] for f in slopes)), title=title
    )
    with book.helpers.table([_("left end of the tangent"), _("right end of the tangent")], 2) as t:
        ends, title = z.value + np.array([-4.0, 4.0]) * by.value, _("tangent at your z")
        tx = t.derived("curve_tangent_z", ends, None, "z ∓ 4Δ", title, each=[z - 4 * by, z + 4 * by])
        ty = t.derived("curve_tangent", a.value + s.value * (ends - z.value), lambda i: a + s * (tx[i] - z), "", title)
    dot: dict[str, Any] = {"mark": Mark.POINTS, "colour": ORANGE, "marker": "diamond"}
    return (
        Series(_("output f(z)"), x[:ROWS], curve[:], Mark.POINTS, BLUE, size=4),
        Series(_("slope f′(z)"), x[:ROWS], steepness[:], Mark.POINTS, VIOLET, size=3),
        Series(_("your z"), z.whole(), a.whole(), size=12, **dot),
        Series(_("slope at your z"), z.whole(), s.whole(), size=10, hollow=True, **dot),
        Series(_("tangent at your z"), tx[:], ty[:], colour=RED, width=1.25),
    )
