"""Pages BCE, NLL and KL: losses of probabilities, with rows of their own."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import sum_under
from scenarios.losses.quotients import central, check_gradient, quotient_column, step_given
from scenarios.losses.row_loss import row_loss_columns, row_loss_result
from scenarios.losses.table import BCE, KL
from workbook.block import Between, Block, Counter
from workbook.chart import Chart, Mark, Series
from workbook.formula import Expr, Index, call, dot, equal, exp, if_, ln, number_of, total
from workbook.page import Page
from workbook.text import _

HAPPENED, CHANCE = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0]), np.array([0.9, 0.2, 0.7, 0.4, 0.1, 0.6])
COUNTED, EXPECTED = np.array([5.0, 3.0, 2.0]), np.array([4.0, 2.0, 4.0])
SCORES = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3], [0.2, 0.4, 1.6], [1.2, 1.5, 0.4]])
ANSWERS = np.array([1, 2, 3, 1])
"""Four pictures: the scores of cat, dog and mouse, and which of them it is. All numbers are chosen here."""
PICTURES, CLASSES = Counter("i = "), 3


def class_names() -> list[str]:
    """Return what the three classes are called."""
    return [_("cat"), _("dog"), _("mouse")]


def binary_cross_entropy(page: Page) -> None:
    """Six yes-or-no predictions, then what a probability costs when the event happens, and when it does not."""
    page.step(_(BCE.title), _(BCE.why), f"{BCE.formula}        {BCE.gradient}")
    page.remark(_("Here ŷ is a probability and y is 0 or 1, so this loss has rows of its own, chosen here."))
    h = step_given(page, "bce_h")
    counted, title = lambda: call("COUNT", page.book["bce_yhat"]), _("number of rows")
    n = page.derived("bce_n", len(CHANCE), counted, "n", title, number_format="0")
    with page.table(Counter(""), len(CHANCE)) as t:
        y = t.given("bce_y", HAPPENED, "y", _("happened (1) or not (0)"), valid=Between(0, 1, whole=True))
        p = t.given("bce_yhat", CHANCE, "ŷ", _("predicted probability"), valid=Between(0.02, 0.98))
        row_loss_columns(t, BCE, y, p, h, n)
    row_loss_result(page, BCE, y, p, h, n)
    page.step(
        _("The price of a probability"),
        _("A confident mistake is dear: the cost grows without bound as the probability of what happened nears 0."),
        "y = 1:  −ln ŷ        y = 0:  −ln(1 − ŷ)",
    )
    chances = np.arange(1, 20) / 20
    with page.beside():
        with page.table(Counter(""), len(chances)) as t:
            p = t.given("price_p", chances, "ŷ", _("predicted probability"), valid=Between(0.001, 0.999))
            title = _("cost if it happened")
            yes = t.derived("price_yes", -np.log(p.value), lambda i: -ln(p[i]), "−ln ŷ", title)
            title = _("cost if it did not")
            no = t.derived("price_no", -np.log1p(-p.value), lambda i: -ln(1 - p[i]), "−ln(1 − ŷ)", title)
        curves = (Series(_("it happened (y = 1)"), p[:], yes[:]), Series(_("it did not (y = 0)"), p[:], no[:]))
        title, alt = _("The price of a probability"), _("Two mirrored curves: 0 if right, without bound if wrong.")
        page.chart(Chart(title, curves, "ŷ", _("cost"), alt, x_range=(0, 1)))


def kl_divergence(page: Page) -> None:
    """Three classes, what was counted and what a model says; then what entropy and cross-entropy have to do with it."""
    page.step(_(KL.title), _(KL.why), f"{KL.formula}        {KL.gradient}")
    page.remark(_("P was counted among ten pictures, Q a model expects; chosen here, and scaled to add up to 1."))
    h, count = step_given(page, "kl_h"), Between(1, 20)
    with page.table(Counter(""), CLASSES) as t:
        names = np.array([str(name) for name in class_names()], dtype=object)
        classes = t.recorded("kl_class", names, title=_("class"))
        seen = t.given("kl_seen", COUNTED, title=_("counted"), valid=count)
        said = t.given("kl_said", EXPECTED, title=_("expected"), valid=count)
        P, Q = seen.value / seen.value.sum(), said.value / said.value.sum()
        p = t.derived("kl_y", P, lambda i: seen[i] / total(seen), "p", _("true probability"))
        q = t.derived("kl_yhat", Q, lambda i: said[i] / total(said), "q", _("predicted probability"))
        row_loss_columns(t, KL, p, q, h)
        for column in (p, q):
            sum_under(t, column, number_format="0.000")
    result = row_loss_result(page, KL, p, q, h)
    bars = tuple(Series(name, classes[:], column[:], Mark.COLUMNS) for name, column in (("P", p), ("Q", q)))
    alt = _("For each of the three classes the true and the predicted probability as columns.")
    page.chart(Chart(_("Counted and expected"), bars, "", _("probability"), alt, columns=5, rows=13))
    page.step(
        _("Entropy, cross-entropy, KL"),
        _("P's entropy is fixed, so minimising cross-entropy minimises KL: it ties the two losses together."),
        "H(P) = −Σ p·ln p        H(P, Q) = −Σ p·ln q        KL(P‖Q) = H(P, Q) − H(P)",
    )
    with page.table(class_names(), CLASSES) as t:
        own = t.derived("kl_own", -P * np.log(P), lambda i: -p[i] * ln(p[i]), "−p·ln p", _("entropy"))
        cross = t.derived("kl_cross", -P * np.log(Q), lambda i: -p[i] * ln(q[i]), "−p·ln q", _("cross-entropy"))
        title = _("KL the other way round")
        back = t.derived("kl_back", Q * np.log(Q / P), lambda i: q[i] * ln(q[i] / p[i]), "q·ln(q/p)", title)
        own_sum, cross_sum, _back = (sum_under(t, column, number_format="0.000") for column in (own, cross, back))
    apart, title = np.sum(P * (np.log(P) - np.log(Q))), _("the difference")
    link = page.derived("kl_link", apart, lambda: cross_sum - own_sum, "H(P, Q) − H(P)", title)
    page.check("kl_is_difference", _("KL = cross-entropy − entropy"), result, link, 1e-9)
    page.sentence("kl_both_ways", _("It is no distance: KL(P‖Q) = {kl_loss:4}, but KL(Q‖P) = {kl_back_sum:4}."))


def softmax(Z: Array) -> Array:
    """Return the probabilities of each row of scores."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P: Array = E / E.sum(axis=1, keepdims=True)
    return P


def negative_log_likelihood(page: Page) -> None:
    """Scores become softmax probabilities; the true class's probability is the cost; then the gradients."""
    page.step(
        _("Softmax: scores to probabilities"),
        _("A model gives each class a score of any size; softmax makes of them positive numbers that add up to 1."),
        "pₖ = e^zₖ / Σⱼ e^zⱼ",
    )
    page.remark(_("Cat, dog and mouse are the article's classes; the four pictures' numbers are chosen here."))
    h, names, count, title = step_given(page, "nll_h"), class_names(), len(SCORES), _("number of pictures")
    n = page.derived("nll_n", count, lambda: call("COUNT", page.book["nll_answer"]), "n", title, number_format="0")
    with page.table(PICTURES, count) as t:
        z = t.given("nll_z", SCORES, title=_("scores z"), columns=names, valid=Between(-20, 20))
        whole, title = Between(1, CLASSES, whole=True), _("true class (1, 2, 3)")
        answer = t.given("nll_answer", ANSWERS, "k", title, valid=whole)
        E = np.exp(z.value)
        e = t.derived("nll_e", E, lambda i, k: exp(z[i, k]), title="e^z", columns=names)
        sums = t.derived("nll_e_sum", E.sum(axis=1), lambda i: total(e[i, :]), "Σ e^z", _("sum"))
        title = _("probabilities p")
        p = t.derived("nll_p", softmax(z.value), lambda i, k: e[i, k] / sums[i], title=title, columns=names)
    page.sentence("nll_p_words", "p₁ = {nll_e[0,0]:4} / {nll_e_sum[0]:4} = {nll_p[0,0]:4}")
    all_p = page.offstage_block("nll_p_sum", p.value.sum(), lambda: total(p), title=_("all probabilities together"))
    page.check("nll_sums", _("n pictures: Σ p = n"), all_p, n, 1e-9)
    hot = _cost_of_truth(page, p, answer, n)
    page.step(
        _("Its gradient, by probability and by score"),
        _("By the probabilities it can grow large; through softmax, by the scores, it is prediction minus target."),
        "∂L/∂pₖ = −yₖ/pₖ/n        ∂L/∂zₖ = (pₖ − yₖ)/n",
    )
    P, Y, step = p.value, hot.value, float(h.value)

    def by_p(i: Index, k: Index) -> Expr:
        return hot[i, k] * (ln(p[i, k] * (1 - h)) - ln(p[i, k] * (1 + h))) / (2 * h * p[i, k]) / n

    def by_z(i: Index, k: Index) -> Expr:
        others = sums[i] - e[i, k]
        up, down = ln(others + exp(z[i, k] + h)), ln(others + exp(z[i, k] - h))
        return (up - down - 2 * h * hot[i, k]) / (2 * h) / n

    near_p = Y * (np.log1p(-step) - np.log1p(step)) / (2 * step * P) / count
    near_z = central(lambda d: np.log(E.sum(axis=1, keepdims=True) + E * np.expm1(d)) - d * Y, step) / count
    with page.table(PICTURES, count) as t:
        head = "∂L/∂p = −y/p/n"
        t.gradient("nll_grad_p", -Y / P / count, lambda i, k: -hot[i, k] / p[i, k] / n, "", head, columns=names)
        quotient_column(t, "nll_quotient_p", near_p, by_p, title=_("difference quotient, p·(1 ± h)"), columns=names)
        head = "∂L/∂z = (p − y)/n"
        t.gradient("nll_grad_z", (P - Y) / count, lambda i, k: (p[i, k] - hot[i, k]) / n, "", head, columns=names)
        quotient_column(t, "nll_quotient_z", near_z, by_z, title=_("difference quotient, z ± h"), columns=names)
    page.sentence("nll_p_first", "∂L/∂p = −{nll_y[0,0]:0}/{nll_p[0,0]:4}/{nll_n:0} = {nll_grad_p[0,0]:4}")
    page.sentence("nll_z_first", "∂L/∂z = ({nll_p[0,0]:4} − {nll_y[0,0]:0})/{nll_n:0} = {nll_grad_z[0,0]:4}")
    for id, loss in (("p", _("NLL by p")), ("z", _("NLL by z"))):
        check_gradient(page, f"nll_{id}", loss, page.book[f"nll_quotient_{id}"], page.book[f"nll_grad_{id}"], h)


def _cost_of_truth(page: Page, p: Block, answer: Block, n: Block) -> Block:
    """The loss itself: minus the logarithm of the true class's probability; return the one-hot target."""
    page.step(
        _("Negative log-likelihood (NLL)"),
        _("Only the probability of the true class counts: the surer the model is of it, the smaller the loss."),
        "NLL = −(1/n) · Σᵢ Σₖ yₖ·ln pₖ",
    )
    Y = np.eye(CLASSES)[answer.value.astype(int) - 1]
    truth = (Y * p.value).sum(axis=1)
    with page.table(PICTURES, len(truth)) as t:
        hot = t.derived(
            "nll_y",
            Y,
            lambda i, k: if_(equal(answer[i], number_of(k)), 1, 0),
            title=_("one-hot target y"),
            columns=Counter("k = "),
            number_format="0",
        )
        title = _("probability of the true class")
        said = t.derived("nll_true_p", truth, lambda i: dot(hot[i, :], p[i, :]), "Σ y·p", title)
        term = t.derived("nll_term", -np.log(truth), lambda i: -ln(said[i]), "−ln(Σ y·p)", _("the row's term"))
        sum_ = sum_under(t, term, "nll_sum", "0.000")
    page.sentence("nll_first", _("Row 1: {formula}").format(formula="−ln {nll_true_p[0]:4} = {nll_term[0]:4}"))
    page.derived("nll_loss", -np.log(truth).mean(), lambda: sum_ / n, "NLL", _("MEAN over the rows"), math="L = Σ / n")
    page.sentence("nll_mean", "NLL = {nll_sum:4} / {nll_n:0} = {nll_loss:4}")
    return hot
