"""Page TwoValleys: on f(x) = x⁴ − 4x² + x the start decides, and noise may carry a run over the ridge."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.curves import Function, counted, curve, gathered
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.chart import BLUE, GREEN, GREY, ORANGE, RED, Chart, Mark, Series
from workbook.formula import Expr, Index
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import Message, _

STEPS = 40
STARTS = (-1.9, 0.5, 1.9)
RATE = 0.05
NOISE_SEED = 344
WIDEST = 2.2
"""Starts lie within ±2.2, and the curve is drawn as far."""


VALLEYS = Function(
    "x⁴ − 4x² + x",
    "4x³ − 8x + 1",
    lambda x: x**4 - 4 * x**2 + x,
    lambda x: 4 * x**3 - 8 * x + 1,
    lambda x: x**4 - 4 * x**2 + x,
    lambda x: 4 * x**3 - 8 * x + 1,
)


def recorded_noise() -> Array:
    """Return the kicks of the runs, (T, 3): bounded, and fading to nothing."""
    kicks = np.clip(np.random.default_rng(NOISE_SEED).normal(0, 0.4, (STEPS, 3)), -0.6, 0.6)
    return np.round(kicks * np.linspace(1, 0, STEPS)[:, None], 2)


def walk_valleys(starts: Array, rate: float, strength: float, noise: Array) -> Array:
    """Return the positions of the runs, (T + 1, 3)."""
    path = [np.asarray(starts, dtype=float)]
    for kick in noise:
        path.append(path[-1] - rate * VALLEYS.slope(path[-1]) + strength * kick)
    return np.array(path)


def valleys_page(book: Book) -> Page:
    """Add the page, empty."""
    return book.page(
        "TwoValleys",
        _("Two valleys: where do you end?"),
        _("Descent goes down from where it stands, so the start decides which valley it finds."),
        _("Start right of the ridge: will the run ever see the deeper valley on the left?"),
    )


def two_valleys(page: Page) -> None:
    """Send three runs down x⁴ − 4x² + x, without noise and with it."""
    runs = [_("first run"), _("second run"), _("third run")]
    with page.left():
        with page.beside():
            rate = page.given("valley_lr", RATE, "η", _("step size"), valid=Between(0, 0.1))
            strength = page.given("valley_strength", 1.0, "s", _("noise"), valid=Between(0, 1))
        page.gap()
        said = page.keep()
        page.gap()
        with page.table(runs, 3) as t:
            starts = t.given("valley_x0", np.array(STARTS), "x₀", _("start"), valid=Between(-WIDEST, WIDEST))
            _runs(page.book, starts, rate, strength)
            for run, title in (("", _("ends at")), ("noisy_", _("with noise"))):
                for id, symbol, name in (("x", "x", title), ("y", "f(x)", _("height"))):
                    column = page.book[f"valley_{run}{id}"]
                    gathered(t, f"valley_{run}end_{id}", [column[STEPS, k] for k in range(3)], symbol, name)
        page.gap()
        page.math("f(x) = x⁴ − 4x² + x        f′(x) = 4x³ − 8x + 1")
        page.math("x ← x − η·f′(x) + s·ε")
        _flat_places(page)
        words = _("▶ Without noise the runs end at the heights {valley_end_y[0]:2}, {valley_end_y[1]:2}, {valley_end_y[2]:2}. With noise: {valley_noisy_end_y[0]:2}, {valley_noisy_end_y[1]:2}, {valley_noisy_end_y[2]:2}.")  # fmt: skip
        with page.into(said):
            page.live("valley_says", words)
    _pictures(page, runs)
    asked = page.offstage_block("valley_asked", 1.0, title=_("the position that is asked for"))
    value, title = VALLEYS.slope(asked.value), _("the slope there")
    answer = page.offstage_block("valley_asked_slope", value, lambda: VALLEYS.slope_formula(asked.whole()), title=title)
    words = _("With the step size 0.05: start the second run at 0.1, then at 0.2. Without noise it ends left, then right of the ridge. With 0.5 as its start and the noise 0 it stays right; with the noise 1 it crosses.")  # fmt: skip
    page.try_(words)
    yes = _("It is negative, so the step goes to the right: into the right valley.")
    page.turn("valley_turn", _("What is the slope f′(x) at x = 1?"), answer, 0.01, yes, _("4·1³ − 8·1 + 1."))
    page.remember(_("Descent finds a valley, not always the deepest; noise may carry it on."))


def _runs(book: Book, starts: Block, rate: Block, strength: Block) -> None:
    """Add the sheet of the six runs and their recorded noise."""
    page = book.page("ValleySteps", _("Six runs in two valleys"), kind=Kind.DEEPER, landscape=False)
    page.step(
        _("Step against the slope, and be kicked"),
        _("The noise was drawn once and is recorded here; it fades, so that the runs can come to rest."),
        "x ← x − η·(4x³ − 8x + 1) + s·ε",
    )
    noise = np.vstack([recorded_noise(), np.zeros(3)])
    eta, s = float(rate.value), float(strength.value)
    still = walk_valleys(starts.value, eta, 0.0, noise[:-1])
    kicked = walk_valleys(starts.value, eta, s, noise[:-1])
    f, slope = VALLEYS.value_formula, VALLEYS.slope_formula

    def next_of(x: Block, t: Index, k: Index) -> Expr:
        return x[t - 1, k] - rate * slope(x[t - 1, k])

    lanes: dict[str, Any] = {"columns": Counter(_("run "))}
    first: dict[str, Any] = {"first": lambda k: starts[k], **lanes}
    with page.table(None, STEPS + 1) as table:
        counted(table, "valley_t", STEPS)
        x = table.updated("valley_x", still, lambda t, k: next_of(x, t, k), "x", _("position"), **first)
        table.derived("valley_y", VALLEYS.value(still), lambda t, k: f(x[t, k]), "f(x)", _("height"), **lanes)
        kick = table.recorded("valley_noise", noise, "ε", _("noise"), **lanes)
        noisy = table.updated(
            "valley_noisy_x",
            kicked,
            lambda t, k: next_of(noisy, t, k) + strength * kick[t - 1, k],
            "x",
            _("position with noise"),
            **first,
        )
        title = _("height with noise")
        table.derived("valley_noisy_y", VALLEYS.value(kicked), lambda t, k: f(noisy[t, k]), "f(x)", title, **lanes)


def _flat_places(page: Page) -> None:
    """Show the three places where the slope is 0: recorded, and held to it by the slope that the sheet computes."""
    at: Array = np.round(np.sort(np.roots([4, 0, -8, 1])), 12).astype(np.float64)
    with page.table([_("left valley"), _("ridge"), _("right valley")], 3) as t:
        x = t.recorded("valley_flat_x", at, "x", _("flat at"))
        t.derived("valley_flat_y", VALLEYS.value(at), lambda i: VALLEYS.value_formula(x[i]), "f(x)", _("height"))
        value, form = VALLEYS.slope(at), {"number_format": "0.000;-0.000;0.000"}  # no minus before what is 0.000
        bend = t.gradient(
            "valley_flat_slope", value, lambda i: VALLEYS.slope_formula(x[i]), "f′(x)", _("slope"), **form
        )
    level = page.offstage_block("valley_level", np.zeros(3), title=_("slope of flat ground"))
    page.check("valley_flat", _("the slope is 0 in both valleys and on the ridge"), bend, level, 1e-9)


def _pictures(page: Page, names: list[Message]) -> None:
    """Draw both valleys with the runs on them, and the heights of the second run by step."""
    widest = page.offstage_block("valley_widest", WIDEST, title=_("the curve reaches as far to both sides"))
    x, y = curve(page.book, "valley_curve", VALLEYS, 0, widest)
    t, X, Y, U, V = (page.book[f"valley_{id}"] for id in ("t", "x", "y", "noisy_x", "noisy_y"))
    valleys = Series("f(x)", x[:], y[:], colour=BLUE, width=2.25)
    kicked = Series(_("second run with noise"), U[:, 1], V[:, 1], Mark.BOTH, RED, size=5, width=0.75)
    still = (
        Series(name, X[:, k], Y[:, k], Mark.BOTH, colour, size=8 - k)
        for k, (name, colour) in enumerate(zip(names, (GREEN, ORANGE, GREY), strict=True))
    )
    heights = (
        Series(_("second run"), t[:], Y[:, 1], Mark.LINE, ORANGE),
        Series(_("second run with noise"), t[:], V[:, 1], Mark.LINE, RED),
    )
    with page.right():
        alt, size = _("A curve with two valleys: three runs on it, and the second with noise in red."), (9, 14)
        page.chart(Chart("", (valleys, kicked, *still), "x", "f(x)", alt, *size, y_range=(-6, 8)))
        alt = _("The height of the second run by step, without noise and with it.")
        page.chart(Chart("", heights, _("step t"), _("height"), alt, columns=9, rows=9))
