"""Page Article: what the article says of the demons, pixel by pixel: whom they like, and how they read its 0 and its 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.demon_net.answers import AWAKE
from scenarios.demon_net.examples import ARTICLE_ONE, ARTICLE_ZERO
from scenarios.demon_net.images import COLUMNS, DEMONS, PIXELS, ROWS, SQUARE, given_pad, output_names, pixel_of
from scenarios.demon_net.weights import LIKED, LIKES, LOW
from workbook.block import Between, Block, Counter, Formula, Shading
from workbook.formula import Ref, if_, total
from workbook.page import Flow, Page, Table
from workbook.sheet import Adder, value_of
from workbook.text import _

DIGITS = ("zero", "one")

WEIGHT = Between(-10, 10)
TASTE = Between(-1, 1)
"""1 likes a pixel, 0 is indifferent to it, −1 dislikes it as much as another would like it."""


def begin_article(page: Page) -> tuple[list[Block], Flow]:
    """Begin the page with what is typed: weights high and low, who likes which pixel, and the two digits.

    Return the digits, and the place below the weights.
    """
    with page.left():
        page.step(
            _("A neuron: a sum, a threshold, an answer"),
            _("Written as a bias, b = −θ, the threshold joins the sum; then a smooth curve can take the step's place."),
            "Σ w·x < θ: y = 0,   Σ w·x ≥ θ: y = 1;   b = −θ;   z = w₁x₁ + w₂x₂ + w₃x₃ + b,  y = a(z)",
        )
        page.step(
            _("What the demons like: two pixels each"),
            _("There their weight is high, everywhere else it is low. How low is low enough?"),
        )
        page.given("liked", LIKED, title=_("weight of a liked pixel"), valid=WEIGHT)
        page.given("low", LOW, title=_("weight of every other pixel"), valid=WEIGHT)
        below = page.keep()
    with page.right(), page.column(unit=SQUARE, square=True):
        with page.beside():
            for name, liked in zip(DEMONS, LIKES, strict=True):
                taste = np.isin(np.arange(1, PIXELS + 1), liked).astype(float).reshape(ROWS, COLUMNS)
                look = {"valid": TASTE, "shading": Shading.DIVERGING, "number_format": "General"}
                page.given(f"taste_{name}", taste, "", _("{demon} likes").format(demon=name), **look)
        with page.beside():
            drawings = (("pad_zero", ARTICLE_ZERO, _("the 0")), ("pad_one", ARTICLE_ONE, _("the 1")))
            pads = [given_pad(page, *drawing) for drawing in drawings]
        page.text(_("Likes: 1 is high, 0 is low."))
    return pads, below


def weights_of_likes(page: Adder) -> Block:
    """Add W¹: high where a demon likes a pixel, low elsewhere, (3, 12)."""
    book = page.owner
    liked, low = book["liked"], book["low"]
    tastes = [book[f"taste_{name}"] for name in DEMONS]
    value = low.value + (liked.value - low.value) * np.array([taste.value.ravel() for taste in tastes])

    def row(taste: Block) -> Formula:
        return lambda k: low + (liked - low) * pixel_of(taste, k)

    return page.derived(
        "W1", value, None, "W⁽¹⁾", _("weights of A, B, C: one row per demon"), each=[row(taste) for taste in tastes],
        rows=Counter("j = "), columns=Counter("k = "), shading=Shading.DIVERGING,
    )  # fmt: skip


def article_page(page: Page, below: Flow) -> None:
    """Follow the article's two digits through the network, number by number."""
    book = page.book
    with page.left():
        page.step(
            _("The hidden layer, pixel by pixel"),
            _("A pixel counts as much as the demon weighs it, and not at all if it is light: weight times pixel."),
            "Σ w·x,   z = Σ w·x + b,   a = σ(z) = 1/(1 + e⁻ᶻ)",
        )
        with page.table(Counter(_("pixel ")), PIXELS) as t:
            sums = _pixel_by_pixel(t)
        page.gap()
        with page.table([_("demon {name}").format(name=name) for name in DEMONS], len(DEMONS)) as t:
            b = book["b1"]
            theta = t.derived("theta", -b.value, lambda j: -b[j], "θ = −b", _("threshold"))
            awake = [_excited(t, digit, sums[digit], theta) for digit in DIGITS]
        page.step(
            _("The output layer: whom the output demons listen to"),
            _("Output demon 0 listens to A and C, output demon 1 to B; the louder of the two names the digit."),
            "z = w·a (A) + w·a (B) + w·a (C) + b",
        )
        with page.table(output_names(), 2) as t:
            outs = [_heard(t, digit, a) for digit, a in zip(DIGITS, awake, strict=True)]
        page.step(
            _("What the article says happens, and whether it does here"),
            _("Excited means: more than half awake. Change the low weight, and see how long it all stays true."),
        )
        _statements(page, awake, outs)
        page.step(
            _("Learning: where the article stops"),
            _("It wants weights found from 64 labelled images, so that the sum of all errors becomes as small as it can, and leaves the mathematics to another day. The sheets Wrong, Blame and Learning do just that."),
        )  # fmt: skip
    with page.into(below):
        page.gap()
        page.live("low_says", _("▶ Low weights of {low:0p}: the 0 wakes A {awake_zero[0]:2}, B {awake_zero[1]:2}, C {awake_zero[2]:2}; the 1 wakes A {awake_one[0]:2}, B {awake_one[1]:2}, C {awake_one[2]:2}."))  # fmt: skip
        page.text(_("Type 0.5 for the other pixels: pixels 2 and 11 of the 0 now count a little for every demon. Does a sleeper wake? Then type 1.5."))  # fmt: skip
    page.check(
        "article_Z", _("pixel by pixel gives the Z of the sheet Matrices"), book["z_zero"], book["Z1"][:, 1], 1e-9
    )
    for words in (
        _("Printed: pixels 1 to 12, dark 1 and light 0; A likes 4 and 7, B 5 and 8, C 6 and 9; who listens to whom."),
        _("Printed: the 0 has 4, 6, 7, 9 dark, and 2 and 11. Inferred from a lost picture: the 1 has 2, 5, 8, 11."),
        _(
            "Chosen here, as no weight is printed: 4 and 0, bias −6, so that one liked pixel (4 − 6 = −2) leaves a demon asleep and two (8 − 6 = 2) wake it."
        ),
    ):
        page.source(words)


def _name(digit: str) -> str:
    return str(_("the 0") if digit == "zero" else _("the 1"))


def _pixel_by_pixel(t: Table) -> dict[str, list[Block]]:
    """Tabulate weights, pixels, and weight times pixel; return the sums of A, B, C for each digit."""
    W, sums = t.owner["W1"], dict[str, list[Block]]()
    typed: dict[str, Any] = {"number_format": "0.0"}
    weights = []
    for j, name in enumerate(DEMONS):
        title = str(_("weight of {demon}").format(demon=name))
        weights.append(t.derived(f"weight_{name}", W.value[j], lambda k, j=j: W[j, k], f"w {name}", title, **typed))
    for digit in DIGITS:
        title = _name(digit)
        pad = t.owner[f"pad_{digit}"]
        x = t.derived(
            f"pixel_{digit}", pad.value.ravel(), lambda k, pad=pad: pixel_of(pad, k), "x", title, number_format="0"
        )
        sums[digit] = []
        for name, w in zip(DEMONS, weights, strict=True):
            product = t.derived(
                f"product_{digit}_{name}", w.value * x.value, lambda k, w=w, x=x: w[k] * x[k], f"w·x {name}", title,
                **typed,
            )  # fmt: skip
            whole = Block(
                f"sum_{digit}_{name}", product.role, product.value.sum(), formula=lambda p=product: total(p), **typed
            )
            sums[digit].append(t.total(product, whole))
    return sums


def _excited(t: Table, digit: str, sums: list[Block], theta: Block) -> Block:
    """Tabulate a digit's sums, whether they reach the threshold, z, and how excited each demon is; return the last."""
    title = _name(digit)
    values = np.array([float(block.value) for block in sums])
    s = t.derived(f"sums_{digit}", values, None, "Σ w·x", title, each=[block.whole() for block in sums])
    fires = (values >= theta.value).astype(float)
    t.derived(f"fires_{digit}", fires, lambda j: if_(s[j] >= theta[j], 1, 0), "u(Σ − θ)", title, number_format="0")
    z = t.derived(f"z_{digit}", values - theta.value, lambda j: s[j] - theta[j], "z = Σ + b", title)
    return t.derived(f"awake_{digit}", SIGMOID.value(z.value), lambda j: SIGMOID.value_formula(z[j]), "a = σ(z)", title)


def _heard(t: Table, digit: str, a: Block) -> Block:
    """Tabulate what the output demons hear of a digit; return how loud they are."""
    W, b, parts = t.owner["W2"], t.owner["b2"], []
    title = _name(digit)
    for k, name in enumerate(DEMONS):
        part = t.derived(
            f"heard_{digit}_{name}", W.value[:, k] * a.value[k], lambda j, k=k: W[j, k] * a[k], f"w·a {name}", title
        )
        parts.append(part)
    one, two, three = parts
    z = one.value + two.value + three.value + b.value
    Z = t.derived(f"heard_{digit}", z, lambda j: one[j] + two[j] + three[j] + b[j], "z", title)
    return t.derived(f"says_{digit}", SIGMOID.value(z), lambda j: SIGMOID.value_formula(Z[j]), "a = σ(z)", title)


def _statements(page: Page, awake: list[Block], outs: list[Block]) -> None:
    """Hold what the article's text states against the numbers here."""
    (zero, _one), (zero_out, one_out) = awake, outs
    half = page.offstage_block("half_awake", AWAKE, title=_("half awake")).whole()
    stated: list[tuple[str, Ref, Ref]] = [
        (_("the 0 excites demon A"), zero[0], half),
        (_("the 0 excites demon C"), zero[2], half),
        (_("the 0 does not excite demon B"), half, zero[1]),
        (_("the 0 excites output demon 0 more than output demon 1"), zero_out[0], zero_out[1]),
        (_("a 1 excites output demon 1 more than output demon 0"), one_out[1], one_out[0]),
    ]
    yes, no = str(_("yes")), str(_("no"))
    with page.book.helpers.table(None, len(stated)) as t:
        more, less = (
            t.derived(id, [value_of(side) for side in sides], None, title=title, each=sides)
            for sides, id, title in (
                ([more for _words, more, _less in stated], "stated_more", _("so this number")),
                ([less for _words, _more, less in stated], "stated_less", _("is more than this")),
            )
        )
        found = np.where(more.value > less.value, yes, no).astype(object)
        t.derived("stated_holds", found, lambda i: if_(more[i] > less[i], yes, no), title=_("true here?"))
    for n, (words, *_sides) in enumerate(stated):
        numbers = f"{{stated_more[{n}]:2}} > {{stated_less[{n}]:2}}: {{stated_holds[{n}]}}"
        page.sentence(f"stated_{n + 1}", f"{words}:  {numbers}")
