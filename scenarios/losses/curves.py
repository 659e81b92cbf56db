"""Pages Curves and TooLow: losses of one prediction, far from the target and close to it, below it and above."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from scenarios.losses.quotients import central, quotient_column
from scenarios.losses.table import MAE, MSE, MSLE, log_cosh_formula, sign
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import absolute, call, pick, rounded, smallest, tanh
from workbook.page import Page
from workbook.parameter import Parameter
from workbook.text import N_, _

TARGET = Parameter("target", 100.0, N_("actual value of the loss curves"), -1e4, 1e4, symbol="y", printed=True)
FIRST, STRIDE, COUNT = -10_000.0, 100.0, 201
"""The predictions of the far curves: the article's range, in steps chosen here."""
NEAR = 61


def curves_page(page: Page) -> None:
    """Draw MAE and MSE far and wide, then near zero beside log-cosh, and hold log-cosh's curvature to quotients."""
    _far(page)
    _near(page)
    _second_derivative(page)


def _far(page: Page) -> None:
    """MAE and MSE of one target and predictions over a wide range, as the article charts them."""
    page.step(
        _("MAE and MSE for predictions from −10 000 to 10 000"),
        _("One target, every prediction: MAE is a V with constant slopes, MSE a bowl that steepens with the distance."),
        "MAE = |y − ŷ|        MSE = (y − ŷ)²        n = 1",
    )
    y = page.setting(TARGET, title=_("actual value"), remark=_("printed in the article"))
    remark, article = _("printed in the article, like the last one: 10 000"), np.asarray(FIRST)
    title, low = _("first prediction"), Between(-1e5, 1e5)
    first = page.given("guess_low", FIRST, "", title, valid=low, article=article, remark=remark)
    title, article = _("from one to the next"), np.asarray(STRIDE)
    by = page.given("guess_step", STRIDE, "", title, valid=Between(1, 1000), article=article, remark=_("chosen here"))
    found = page.keep()
    guesses: Array = first.value + by.value * np.arange(COUNT, dtype=np.float64)
    with page.book.helpers.table(Counter(""), COUNT) as t:
        p = t.derived("guess", guesses, lambda i: p[i - 1] + by, "ŷ", _("predicted"), first=first.whole)
        losses, slopes = [], []
        for loss in (MAE, MSE):
            term, slope = loss.term, loss.slope
            value = term.value(y.value, guesses)
            f = t.derived(f"far_{loss.id}", value, lambda i, f=term.formula: f(y.whole(), p[i]), term.math, loss.symbol)
            losses.append(f)
            value, title = slope.value(y.value, guesses), _("slope of {loss}").format(loss=loss.symbol)
            math = slope.math.removesuffix("/n")
            f = t.gradient(f"far_{loss.id}_slope", value, lambda i, f=slope.formula: f(y.whole(), p[i]), math, title)
            slopes.append(f)
    mse, title = losses[1], _("ŷ of the smallest MSE")
    with page.into(found):
        best = guesses[np.argmin(mse.value)]
        at = page.derived("far_best", best, lambda: pick(p, call("MATCH", smallest(mse), mse, 0)), "", title)
    page.printed("far_best", title, at, 100, 0)
    alts = (
        _("A V with its tip at the target, and a parabola with its lowest point there."),
        _("Two level lines, −1 left and +1 right of the target; a straight line that crosses 0 there."),
    )
    for name, pair, alt in ((_("{loss} loss"), losses, alts[0]), (_("Slope of {loss}"), slopes, alts[1])):
        with page.beside():
            for of, column, colour in zip((MAE, MSE), pair, ("#1F6FB2", "#D1711B"), strict=True):
                curve = (Series(of.symbol, p[:], column[:], colour=colour),)
                page.chart(Chart(name.format(loss=of.symbol), curve, "ŷ", of.symbol, alt, columns=5, rows=14))


def _near(page: Page) -> None:
    """MAE, MSE and log-cosh near zero error."""
    page.step(
        _("MAE, MSE and log-cosh near zero error"),
        _("Near 0 log-cosh follows ½x² and is smooth; further out it runs beside |x|, lower by ln 2."),
        "|x|        x²        ln(cosh x)        x = ŷ − y",
    )
    chosen = _("chosen here")
    first = page.given("near_low", -3.0, "", _("first error"), valid=Between(-10, 0), remark=chosen)
    by = page.given("near_step", 0.1, "", _("from one to the next"), valid=Between(0.01, 1), remark=chosen)
    page.gap()
    errors = np.round(first.value + by.value * np.arange(NEAR), 9)
    with page.book.helpers.table(Counter(""), NEAR) as t:
        # rounded to nine places, so that the middle is exactly 0 and has the slope sign(0) = 0
        x = t.derived("near_x", errors, lambda i: rounded(x[i - 1] + by, 9), "x", _("error"), first=first.whole)
        v, title = x.value, _("slope of {loss}")
        curves = (
            t.derived("near_mae", np.abs(v), lambda i: absolute(x[i]), "|x|", "MAE"),
            t.derived("near_mse", v**2, lambda i: x[i] ** 2, "x²", "MSE"),
            t.derived("near_log_cosh", np.log(np.cosh(v)), lambda i: log_cosh_formula(x[i]), "ln(cosh x)", "log-cosh"),
        )
        slopes = (
            t.gradient("near_mae_slope", np.sign(v), lambda i: sign(x[i]), "sign(x)", title.format(loss="MAE")),
            t.gradient("near_mse_slope", 2 * v, lambda i: 2 * x[i], "2x", title.format(loss="MSE")),
            t.gradient(
                "near_log_cosh_slope", np.tanh(v), lambda i: tanh(x[i]), "tanh(x)", title.format(loss="log-cosh")
            ),
        )
    names = ("MAE", "MSE", "log-cosh")
    lines, rises = ([Series(name, x[:], c[:]) for name, c in zip(names, cs, strict=True)] for cs in (curves, slopes))
    below = _("A V for MAE, a parabola for MSE, and log-cosh below both, round at 0 and straight further out.")
    jumps = _("MAE's slope jumps from −1 to 1, MSE's is a straight line, log-cosh's an S between −1 and 1.")
    with page.beside():
        title = _("Loss near zero error")
        page.chart(Chart(title, tuple(lines), "x", "L", below, columns=5, rows=14, y_range=(0, 4)))
        title = _("Slope near zero error")
        page.chart(Chart(title, tuple(rises), "x", "dC/dx", jumps, columns=5, rows=14, y_range=(-3, 3)))


def _second_derivative(page: Page) -> None:
    """The second derivative of log-cosh, which MAE lacks."""
    page.step(
        _("Second derivative of log-cosh"),
        _("Methods that look at curvature need it; it exists everywhere and is never negative."),
        "∂²L/∂ŷ² = (1 − tanh²(x)) / n        x = ŷ − y",
    )
    y, p, n, h, slope = (page.book[id] for id in ("y", "yhat", "n", "h", "log_cosh_grad"))
    errors, rows = p.value - y.value, len(y.value)
    with page.table(Counter(""), rows) as t:
        x = t.derived("curve_x", errors, lambda i: p[i] - y[i], "x = ŷ − y", _("error"))
        t.gradient("curve_slope", np.tanh(errors) / rows, lambda i: slope[i], "tanh(x)/n", _("first derivative"))
        bend, math = 1 / np.cosh(np.clip(errors, -300, 300)) ** 2 / rows, "(1 − tanh²x)/n"
        title = _("second derivative")
        second = t.gradient("curve_second", bend, lambda i: (1 - tanh(x[i]) ** 2) / n, math, title)
        near = quotient_column(
            t,
            "curve_quotient",
            central(lambda d: np.tanh(errors + d), float(h.value)) / rows,
            lambda i: (tanh(x[i] + h) - tanh(x[i] - h)) / (2 * h) / n,
            symbol="Δ tanh / 2h / n",
        )
    page.check("log_cosh_second", _("second derivative = quotients"), near, second, 1e-4)


def too_low_page(page: Page) -> None:
    """What MSLE and MAPE make of predictions that are too low."""
    page.step(
        _("MSLE punishes predicting too low"),
        _("The same distance below and above the target: MSE sees no difference; to MSLE, y − d is the larger ratio."),
        "(ln(1 + y) − ln(1 + y ∓ d))²",
    )
    y = _target(page, "msle_target", 100)
    page.gap()
    with page.beside():
        with page.table(Counter(""), 9) as t:
            d = t.given("miss", np.arange(10.0, 100.0, 10.0), "d", _("misses by"), valid=Between(1, 99))
            low, high = (MSLE.term.value(y.value, y.value + by) for by in (-d.value, d.value))
            t.derived("miss_mse", d.value**2, lambda i: d[i] ** 2, "d²", _("squared error, both ways"))
            f, title = MSLE.term.formula, _("MSLE term, too low")
            below = t.derived("miss_low", low, lambda i: f(y.whole(), y - d[i]), "ŷ = y − d", title)
            title = _("MSLE term, too high")
            above = t.derived("miss_high", high, lambda i: f(y.whole(), y + d[i]), "ŷ = y + d", title)
            t.derived("miss_ratio", low / high, lambda i: below[i] / above[i], title=_("low / high"))
        series = (Series(_("too low"), d[:], below[:], Mark.BOTH), Series(_("too high"), d[:], above[:], Mark.BOTH))
        alt = _("MSLE's term against the size of the miss: the curve for too low lies above and rises steeply.")
        page.chart(Chart(_("The same miss, below and above"), series, "d", "MSLE", alt, columns=5, rows=14))
    page.sentence("miss_words", _("Missing by {miss[4]:0}: too low costs {miss_ratio[4]:1} times as much as too high."))
    page.step(
        _("Why MAPE tends to predict too low"),
        _("Wrong by a factor k costs less below than above: too low never more than 100 %, too high without limit."),
        "ŷ = k·y        100·|y − k·y|/y = 100·|1 − k|",
    )
    target = _target(page, "mape_target", 1)
    page.gap()
    factors = np.array([0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0])
    with page.table(Counter(""), len(factors)) as t:
        k = t.given("factor", factors, "k", _("wrong by a factor"), valid=Between(0, 100))
        guess = t.derived("factor_yhat", k.value * target.value, lambda i: k[i] * target, "ŷ = k·y", _("predicted"))
        cost, math, title = 100 * np.abs(1 - k.value), "100·|y − ŷ|/y", _("percentage error")
        t.derived("factor_mape", cost, lambda i: 100 * absolute(target - guess[i]) / target, math, title)
    page.remark(
        _("So MAPE tends to choose models that predict too low, as the article says (see the sheet Constant, too).")
    )


def _target(page: Page, id: str, least: float) -> Block:
    return page.given(id, 100.0, "y", _("target"), valid=Between(least, 1e4), remark=_("chosen here"))
