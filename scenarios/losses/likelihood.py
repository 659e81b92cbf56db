"""Sheet NLL: scores of cat, dog and mouse become softmax probabilities; the true class's probability is the cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.common.activations import Array
from scenarios.common.columns import caption, sum_under
from scenarios.losses.quotients import (
    PROBABILITY_STEP,
    central,
    check_gradient,
    probability_step,
    quotient_column,
)
from workbook.block import Between, Block, Counter
from workbook.book import Book
from workbook.eager import Sheet
from workbook.formula import Expr, Index, call, dot, equal, exp, if_, ln, number_of, total
from workbook.text import _

SCORES = np.array([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3], [0.2, 0.4, 1.6], [1.2, 1.5, 0.4]])
ANSWERS = np.array([1, 2, 3, 1])
"""Four pictures: the scores of cat, dog and mouse, and which of them it is. Chosen here."""


def class_names() -> list[str]:
    """Return what the three classes are called."""
    return [_("cat"), _("dog"), _("mouse")]


def softmax(Z: Array) -> Array:
    """Return the probabilities of each row of scores."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P: Array = E / E.sum(axis=1, keepdims=True)
    return P


def likelihood(i: int, k: int, d: float) -> float:
    """Return picture i's negative log-likelihood when its score k is moved by d."""
    z = SCORES[i].copy()
    z[k] += d
    return float(np.log(np.exp(z).sum()) - z[ANSWERS[i] - 1])


@dataclass(frozen=True)
class Scored:
    """The blocks of the softmax step: scores, true classes, powers of e, their sums, probabilities, n and h."""

    z: Block
    answer: Block
    e: Block
    whole: Block
    P: Block
    n: Block
    h: Block


def negative_log_likelihood(book: Book) -> None:
    """Lay out softmax, the loss, and its gradients."""
    sheet = book.sheet("NLL", _("Negative log-likelihood (NLL)"), landscape=False)
    scored = _softmax_step(sheet)
    hot = _cost_of_truth(sheet, scored)
    _by_probability(sheet, scored, hot)
    _by_score(sheet, scored, hot)


def _softmax_step(sheet: Sheet) -> Scored:
    """Scores to probabilities."""
    sheet.step(
        _("Softmax: scores to probabilities"),
        _(
            "A model gives each class a score of any size; softmax turns the scores into positive numbers that add up to 1."
        ),
        "pₖ = e^zₖ / Σⱼ e^zⱼ",
    )
    sheet.remark(
        _("Cat, dog and mouse are the article's classes; the four pictures' scores and answers are chosen here.")
    )
    h = probability_step(sheet, "nll_h")
    names, E, probabilities = class_names(), np.exp(SCORES), softmax(SCORES)
    with sheet.table(Counter("i = "), len(SCORES)) as table:
        fields = caption(_("scores z"), number_format="0.0", columns=names)
        z = table.given("nll_z", SCORES, valid=Between(-20, 20), **fields)
        fields = caption(_("true class (1, 2, 3)"), "k", "0")
        answer = table.given("nll_answer", ANSWERS, valid=Between(1, 3, whole=True), **fields)
        e = table.derived("nll_e", E, lambda i, k: exp(z[i, k]), title="e^z", columns=names)
        whole = table.derived("nll_e_sum", E.sum(axis=1), lambda i: total(e[i, :]), **caption(_("sum"), "Σ e^z"))
        fields = caption(_("probabilities p"), columns=names)
        P = table.derived("nll_p", probabilities, lambda i, k: e[i, k] / whole[i], **fields)
    sheet.sentence("nll_p_words", "p₁ = {e:4} / {s:4} = {p:4}", e=e[0, 0], s=whole[0], p=P[0, 0])
    fields = caption(_("number of pictures"), "n", "0")
    n = sheet.derived("nll_n", float(len(SCORES)), lambda: call("COUNT", answer), **fields)
    fields = caption(_("all probabilities together"), "Σ p")
    all_p = sheet.derived("nll_p_sum", probabilities.sum(), lambda: total(P), **fields)
    sheet.check("nll_sums", _("n pictures: Σ p = n"), all_p, n, 1e-9)
    return Scored(z, answer, e, whole, P, n, h)


def _cost_of_truth(sheet: Sheet, s: Scored) -> Block:
    """The loss itself: minus the logarithm of the true class's probability; return the one-hot target."""
    sheet.step(
        _("Negative log-likelihood (NLL)"),
        _("Only the probability of the true class counts: the surer the model is of it, the smaller the loss."),
        "NLL = −(1/n) · Σᵢ Σₖ yₖ·ln pₖ",
    )
    truth = softmax(SCORES)[np.arange(len(SCORES)), ANSWERS - 1]
    with sheet.table(Counter("i = "), len(SCORES)) as table:
        hot = table.derived(
            "nll_y",
            np.eye(3)[ANSWERS - 1],
            lambda i, k: if_(equal(s.answer[i], number_of(k)), 1, 0),
            **caption(_("one-hot target y"), number_format="0", columns=Counter("k = ")),
        )
        fields = caption(_("probability of the true class"), "Σ y·p")
        said = table.derived("nll_true_p", truth, lambda i: dot(hot[i, :], s.P[i, :]), **fields)
        fields = caption(_("the row's term"), "−ln(Σ y·p)")
        term = table.derived("nll_term", -np.log(truth), lambda i: -ln(said[i]), **fields)
        sum_ = sum_under(table, term, "nll_sum")
    sheet.sentence("nll_first", _("Row 1: {formula}").format(formula="−ln {p:4} = {t:4}"), p=said[0], t=term[0])
    fields = caption(_("MEAN over the rows"), "NLL", math="C = Σ / n")
    loss = sheet.derived("nll_loss", -np.log(truth).mean(), lambda: sum_ / s.n, **fields)
    sheet.sentence("nll_mean", "NLL = {sum:4} / {n:0} = {mean:4}", sum=sum_, n=s.n, mean=loss)
    return hot


def _by_probability(sheet: Sheet, s: Scored, hot: Block) -> None:
    """The gradient by the probabilities."""
    sheet.step(
        _("Its gradient, by probability and by score"),
        _(
            "By the probabilities it can grow large; taken through softmax to the scores it becomes simply prediction"
            " minus target."
        ),
        "∂C/∂pₖ = −yₖ/pₖ/n        ∂C/∂zₖ = (pₖ − yₖ)/n",
    )
    n, h, step, names = s.n, s.h, PROBABILITY_STEP, class_names()
    P, Y = softmax(SCORES), np.eye(3)[ANSWERS - 1]
    count = len(SCORES)

    def quotient(i: Index, k: Index) -> Expr:
        p = s.P[i, k]
        return hot[i, k] * (ln(p * (1 - h)) - ln(p * (1 + h))) / (2 * h * p) / n

    with sheet.table(Counter("i = "), count) as table:
        fields = caption("∂C/∂p = −y/p/n", columns=names)
        exact = table.gradient("nll_grad_p", -Y / P / count, lambda i, k: -hot[i, k] / s.P[i, k] / n, **fields)
        value = Y * (np.log1p(-step) - np.log1p(step)) / (2 * step * P) / count
        fields = caption(_("difference quotient, p·(1 ± h)"), columns=names)
        near = quotient_column(table, "nll_quotient_p", value, quotient, **fields)
    words = "∂C/∂p = −{y:0}/{p:4}/{n:0} = {slope:4}"
    sheet.sentence("nll_p_first", words, y=hot[0, 0], p=s.P[0, 0], n=n, slope=exact[0, 0])
    check_gradient(sheet, "nll_p", _("NLL by p"), near, exact, h)


def _by_score(sheet: Sheet, s: Scored, hot: Block) -> None:
    """The gradient by the scores, where softmax and logarithm cancel to p − y."""
    n, h, names, count = s.n, s.h, class_names(), len(SCORES)
    P, Y = softmax(SCORES), np.eye(3)[ANSWERS - 1]

    def moved(d: float) -> Array:
        return np.array([[likelihood(i, k, d) for k in range(3)] for i in range(count)])

    def quotient(i: Index, k: Index) -> Expr:
        others = s.whole[i] - s.e[i, k]
        up, down = ln(others + exp(s.z[i, k] + h)), ln(others + exp(s.z[i, k] - h))
        return (up - down - 2 * h * hot[i, k]) / (2 * h) / n

    with sheet.table(Counter("i = "), count) as table:
        fields = caption("∂C/∂z = (p − y)/n", columns=names)
        exact = table.gradient("nll_grad_z", (P - Y) / count, lambda i, k: (s.P[i, k] - hot[i, k]) / n, **fields)
        fields = caption(_("difference quotient, z ± h"), columns=names)
        value = central(moved, PROBABILITY_STEP) / count
        near = quotient_column(table, "nll_quotient_z", value, quotient, **fields)
    words = "∂C/∂z = ({p:4} − {y:0})/{n:0} = {slope:4}"
    sheet.sentence("nll_z_first", words, p=s.P[0, 0], y=hot[0, 0], n=n, slope=exact[0, 0])
    check_gradient(sheet, "nll_z", _("NLL by z"), near, exact, h)
