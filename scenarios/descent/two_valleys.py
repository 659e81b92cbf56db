"""Page TwoValleys: on f(x) = x⁴ − 4x² + x the start decides, and noise may carry a run over the ridge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.descent.one_variable import BLUE, GREEN, GREY, ORANGE, RED, Array, counted
from workbook.block import Between, Block, Counter, Role
from workbook.book import Book
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, number_of
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import Message, _

STEPS = 40
STARTS = (-1.9, 0.5, 1.9)
RATE = 0.05
NOISE_SEED = 344
WIDEST = 2.2
"""Starts lie within ±2.2, and the curve is drawn as far."""
POINTS = 45


@dataclass(frozen=True)
class Runs:
    """Three runs without noise and three with it: positions and heights, (T + 1, 3) each."""

    t: Block
    x: Block
    y: Block
    noisy_x: Block
    noisy_y: Block


def height(x: Array) -> Array:
    """Return f(x) by NumPy."""
    return x**4 - 4 * x**2 + x


def slope(x: Array) -> Array:
    """Return f′(x) by NumPy."""
    return 4 * x**3 - 8 * x + 1


def recorded_noise() -> Array:
    """Return the kicks of the runs, (T, 3): bounded, and fading to nothing."""
    kicks = np.clip(np.random.default_rng(NOISE_SEED).normal(0, 0.4, (STEPS, 3)), -0.6, 0.6)
    return np.round(kicks * np.linspace(1, 0, STEPS)[:, None], 2)


def walk_valleys(starts: Array, rate: float, strength: float, noise: Array) -> Array:
    """Return the positions of the runs, (T + 1, 3)."""
    path = [np.asarray(starts, dtype=float)]
    for kick in noise:
        path.append(path[-1] - rate * slope(path[-1]) + strength * kick)
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
    runs_of = [_("first run"), _("second run"), _("third run")]
    with page.left():
        with page.beside():
            rate = page.given(
                "valley_lr", RATE, symbol="η", title=_("step size"), number_format="0.00", valid=Between(0, 0.1)
            )
            strength = page.given(
                "valley_strength",
                1.0,
                symbol="s",
                title=_("noise"),
                number_format="0.0",
                valid=Between(0, 1),
            )
        page.gap()
        said = page.keep()
        page.gap()
        results = page.table(runs_of, 3)
        with results as t:
            starts = t.given(
                "valley_x0",
                np.array(STARTS),
                symbol="x₀",
                title=_("start"),
                number_format="0.00",
                valid=Between(-WIDEST, WIDEST),
            )
            runs = _runs(page.book, starts, rate, strength)
            ends = [
                t.derived(
                    id,
                    block.value[STEPS],
                    None,
                    each=[block[STEPS, k] for k in range(3)],
                    title=title,
                    symbol=symbol,
                    number_format="0.00",
                )
                for id, block, title, symbol in (
                    ("valley_end_x", runs.x, _("ends at"), "x"),
                    ("valley_end_y", runs.y, _("height"), "f(x)"),
                    ("valley_noisy_end_x", runs.noisy_x, _("with noise"), "x"),
                    ("valley_noisy_end_y", runs.noisy_y, _("height"), "f(x)"),
                )
            ]
        page.gap()
        page.math("f(x) = x⁴ − 4x² + x        f′(x) = 4x³ − 8x + 1        x ← x − η·f′(x) + s·ε")
        _flat_places(page)
        y, noisy = ends[1], ends[3]
        with page.into(said):
            page.live(
                "valley_says",
                _("▶ Without noise the runs end at the heights {a:2}, {b:2}, {c:2}. With noise: {d:2}, {e:2}, {f:2}."),
                a=y[0],
                b=y[1],
                c=y[2],
                d=noisy[0],
                e=noisy[1],
                f=noisy[2],
            )
    with page.right():
        page.chart(_picture(page, runs, runs_of))
        page.chart(_heights(runs))
    _questions(page)


def _runs(book: Book, starts: Block, rate: Block, strength: Block) -> Runs:
    """Add the sheet of the six runs and their recorded noise."""
    sheet = book.page("ValleySteps", _("Six runs in two valleys"), kind=Kind.DEEPER, landscape=False)
    sheet.step(
        _("Step against the slope, and be kicked"),
        _("The noise was drawn once and is recorded here; it fades, so that the runs can come to rest."),
        "x ← x − η·(4x³ − 8x + 1) + s·ε",
    )
    noise = np.vstack([recorded_noise(), np.zeros(3)])
    eta, s = float(rate.value), float(strength.value)
    still = walk_valleys(starts.value, eta, 0.0, noise[:-1])
    kicked = walk_valleys(starts.value, eta, s, noise[:-1])
    lanes = {"columns": Counter(_("run ")), "number_format": "0.000"}
    with sheet.table(None, STEPS + 1) as table:
        t = counted(table, "valley_t", STEPS)
        x = table.updated(
            "valley_x",
            still,
            lambda t, k: x[t - 1, k] - rate * slope_formula(x[t - 1, k]),
            first=lambda k: starts[k],
            title=_("position"),
            symbol="x",
            **lanes,
        )
        y = table.derived(
            "valley_y", height(still), lambda t, k: height_formula(x[t, k]), title=_("height"), symbol="f(x)", **lanes
        )
        kick = table.recorded("valley_noise", noise, title=_("noise"), symbol="ε", **lanes | {"number_format": "0.00"})
        noisy = table.updated(
            "valley_noisy_x",
            kicked,
            lambda t, k: noisy[t - 1, k] - rate * slope_formula(noisy[t - 1, k]) + strength * kick[t - 1, k],
            first=lambda k: starts[k],
            title=_("position with noise"),
            symbol="x",
            **lanes,
        )
        high = table.derived(
            "valley_noisy_y",
            height(kicked),
            lambda t, k: height_formula(noisy[t, k]),
            title=_("height with noise"),
            symbol="f(x)",
            **lanes,
        )
    return Runs(t, x, y, noisy, high)


def slope_formula(x: Expr) -> Expr:
    """Return f′(x) for a cell."""
    return 4 * x**3 - 8 * x + 1


def height_formula(x: Expr) -> Expr:
    """Return f(x) for a cell."""
    return x**4 - 4 * x**2 + x


def _flat_places(page: Page) -> None:
    """Show the three places where the slope is 0: recorded, and held to it by the slope that the sheet computes."""
    at: Array = np.round(np.sort(np.roots([4, 0, -8, 1])), 12).astype(np.float64)
    with page.table([_("left valley"), _("ridge"), _("right valley")], 3) as t:
        x = t.recorded("valley_flat_x", at, title=_("flat at"), symbol="x", number_format="0.000")
        t.derived(
            "valley_flat_y",
            height(at),
            lambda i: height_formula(x[i]),
            title=_("height"),
            symbol="f(x)",
            number_format="0.00",
        )
        bend = t.gradient(
            "valley_flat_slope",
            slope(at),
            lambda i: slope_formula(x[i]),
            title=_("slope"),
            symbol="f′(x)",
            number_format="0.000;-0.000;0.000",
        )
    level = page.offstage(Block("valley_level", Role.RECORDED, np.zeros(3), title=_("slope of flat ground")))
    page.check("valley_flat", _("the slope is 0 in both valleys and on the ridge"), bend, level, 1e-9)


def _picture(page: Page, runs: Runs, names: list[Message]) -> Chart:
    """Draw both valleys, where the runs start and end, and the path of the second with noise."""
    grid = np.linspace(-WIDEST, WIDEST, POINTS)
    widest = page.offstage(
        Block("valley_widest", Role.RECORDED, np.asarray(WIDEST), title=_("the curve reaches as far to both sides"))
    )
    with page.book.helpers.table(Counter(), POINTS) as t:
        x = t.derived(
            "valley_curve_x",
            grid,
            lambda i: (number_of(i) - 1) / 10 - widest,
            title=_("position"),
            number_format="0.0",
        )
        y = t.derived(
            "valley_curve_y", height(grid), lambda i: height_formula(x[i]), title=_("height"), number_format="0.00"
        )
    noisy = Series(
        _("second run with noise"), runs.noisy_x[:, 1], runs.noisy_y[:, 1], Mark.BOTH, RED, size=5, width=0.75
    )
    return Chart(
        "",
        (
            Series("f(x)", x[:], y[:], colour=BLUE, width=2.25),
            noisy,
            *(
                Series(name, runs.x[:, k], runs.y[:, k], Mark.BOTH, colour, size=8 - k)
                for k, (name, colour) in enumerate(zip(names, (GREEN, ORANGE, GREY), strict=True))
            ),
        ),
        "x",
        "f(x)",
        _("A curve with two valleys: three runs on it, and the second with noise in red."),
        columns=9,
        rows=14,
        y_range=(-6, 8),
    )


def _heights(runs: Runs) -> Chart:
    return Chart(
        "",
        (
            Series(_("second run"), runs.t[:], runs.y[:, 1], Mark.LINE, ORANGE),
            Series(_("second run with noise"), runs.t[:], runs.noisy_y[:, 1], Mark.LINE, RED),
        ),
        _("step t"),
        _("height"),
        _("The height of the second run by step, without noise and with it."),
        columns=9,
        rows=9,
    )


def _questions(page: Page) -> None:
    asked = page.offstage(
        Block("valley_asked", Role.RECORDED, np.asarray(1.0), title=_("the position that is asked for"))
    )
    answer = page.offstage(
        Block(
            "valley_asked_slope",
            Role.DERIVED,
            slope(asked.value),
            formula=lambda: slope_formula(asked.whole()),
            title=_("the slope there"),
        )
    )
    page.try_(
        _(
            "With the step size 0.05: start the second run at 0.1, then at 0.2. Without noise it ends left, then right of the ridge. With 0.5 as its start and the noise 0 it stays right; with the noise 1 it crosses."
        )
    )
    page.turn(
        "valley_turn",
        _("What is the slope f′(x) at x = 1?"),
        answer,
        0.01,
        _("It is negative, so the step goes to the right: into the right valley."),
        _("4·1³ − 8·1 + 1."),
    )
    page.remember(_("Descent finds a valley, not always the deepest; noise may carry it on."))
