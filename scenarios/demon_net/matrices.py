"""Pages Matrices, Whole and Trial: the network as matrices, forward, backward, and one step, for three drawings."""

from __future__ import annotations

import numpy as np

from scenarios.common.activations import SIGMOID
from scenarios.common.layer import Layer, given_layers
from scenarios.common.losses import HALF_SQUARED
from scenarios.common.net import Net
from scenarios.common.network_page import Held, Shown, network_page
from scenarios.common.nudge import choose, nudge_one, nudge_size
from scenarios.demon_net.article import weights_of_likes
from scenarios.demon_net.images import PIXEL, pixel_of
from scenarios.demon_net.weights import LR, chosen_parameters
from workbook.block import Between, Block, Counter, Shading
from workbook.formula import call, number_of, pick
from workbook.page import Page
from workbook.text import _


def matrices_page(page: Page, pads: list[Block], sleepiness: Block) -> tuple[Net, Block]:
    """Run the network on three drawings, forward and backward, and take one step; return it with its learning rate.

    `pads` are the drawings, `sleepiness` the biases of A, B and C.
    """
    page.step(
        _("What each demon likes"),
        _("A weight says how much a demon likes a pixel. A bias of −6 is its sleepiness: the likes must add up to more than 6. Likes are typed on the sheet Article, the biases of A, B and C on the sheet OneDemon."),
    )  # fmt: skip
    first = Layer(1, weights_of_likes(page), sleepiness, SIGMOID)
    layers = [first, *given_layers(page, chosen_parameters()[1:], SIGMOID, first=2)]
    page.step(
        _("Three drawings, three columns"),
        _("Pixel k goes to row k, and every demon gets all twelve. Beside: what the output demons should say to each."),
        "x = (x₁, …, x₁₂)",
    )
    with page.beside():
        X = page.derived(
            "X", np.column_stack([pad.value.ravel() for pad in pads]),
            lambda k, i: call("CHOOSE", number_of(i), *[pixel_of(pad, k) for pad in pads]), "X",
            _("pixels: column 1 your pad, 2 the article's 0, 3 the article's 1"), rows=Counter("k = "),
            columns=Counter("i = "), number_format="0", shading=Shading.PIXELS,
        )  # fmt: skip
        names = [_("your pad"), _("the article's 0"), _("the article's 1")]
        wanted, title = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), _("target: (1, 0) for a 0, (0, 1) for a 1")
        Y = page.given("T", wanted, "Y", title, rows=Counter("j = "), columns=names, valid=PIXEL)
    net = Net(layers, X, Y, HALF_SQUARED)
    page.step(
        _("Forward: who wakes up?"),
        _("Each demon adds up what it likes and hears, plus its bias; the sigmoid turns the sum into an excitement."),
        "z = W·x + b,   a = σ(z) = 1 / (1 + e⁻ᶻ)",
    )
    net.forward(page)
    page.sentence("z1_written", _("Demon A, your pad: z = … + {W1[0,3]:0t}·{X[3,0]:0} + … + {W1[0,6]:0t}·{X[6,0]:0} + … + {b1[0]:0p} = {Z1[0,0]:0t}, and a = σ({Z1[0,0]:0t}) = {A1[0,0]:4}"))  # fmt: skip
    page.sentence("z2_written", _("Output demon 0, your pad: z = {W2[0,0]:0}·{A1[0,0]:4} + {W2[0,1]:0}·{A1[1,0]:4} + {W2[0,2]:0}·{A1[2,0]:4} + {b2[0]:0p} = {Z2[0,0]:4}, and a = {A2[0,0]:4}"))  # fmt: skip
    page.step(
        _("The loss"),
        _("How far the two output demons are from what they should say; summed over the three drawings."),
        "L = ½ Σⱼ (aⱼ − yⱼ)²",
    )
    net.measure(page)
    page.sentence(
        "cost_written",
        _("Your pad: L₁ = ½·(({A2[0,0]:4} − {T[0,0]:0})² + ({A2[1,0]:4} − {T[1,0]:0})²) = {C_each[0]:4}"),
    )
    return net, _step(page, net)


def _step(page: Page, net: Net) -> Block:
    """Go backwards, and take one step; return the learning rate."""
    page.step(
        _("Backward: the blame of every demon, last layer first"),
        _("A demon is to blame as far as its listeners are wrong, and as strongly as they listen; a weight's slope is that blame times what came in."),
        "δ⁽²⁾ = (a⁽²⁾ − y) ∗ σ′(z⁽²⁾),   δ⁽¹⁾ = (W⁽²⁾)ᵀ·δ⁽²⁾ ∗ σ′(z⁽¹⁾),   ∂L/∂W = δ·aᵀ,   ∂L/∂b = Σ δ",
    )  # fmt: skip
    for layer in reversed(net.layers):
        net.backward(page, layer).gradients(page, layer)
    page.sentence(
        "delta2_written",
        _("Output demon 0, your pad: δ = (a − y)·σ′(z) = ({A2[0,0]:4} − {T[0,0]:0})·{G2[0,0]:4} = {D2[0,0]:4}"),
    )
    page.sentence("dW2_written", _("Its weight for demon A, over the three drawings: ∂L/∂w = {D2[0,0]:4p}·{A1[0,0]:4} + {D2[0,1]:4p}·{A1[0,1]:4} + {D2[0,2]:4p}·{A1[0,2]:4} = {gW2[0,0]:4}"))  # fmt: skip
    page.sentence("delta1_written", _("Demon A, your pad: δ = ({W2[0,0]:1p}·{D2[0,0]:4p} + {W2[1,0]:1p}·{D2[1,0]:4p})·{G1[0,0]:4} = {D1[0,0]:4}"))  # fmt: skip
    page.step(
        _("One step, and look again"),
        _("Every weight steps against its slope; unless η is too large, the new weights have a smaller loss."),
        "W ← W − η·∂L/∂W,   b ← b − η·∂L/∂b",
    )
    eta = page.setting(LR, "eta", valid=Between(0, 10), remark=_("chosen here"))
    moved = net.update(page, eta)
    page.sentence(
        "update_written",
        _("Output demon 0 listens to demon A: w = {W2[0,0]:4} − {eta:3}·{gW2[0,0]:4p} = {W2_new[0,0]:4}"),
    )
    page.gap()
    moved.forward(page).measure(page)
    page.sentence("cost_fell", _("The loss went from {C:6} to {C_new:6}."))
    return eta


def whole_page(page: Page, net: Net, eta: Block) -> None:
    """Lay the network out for the drawing that is chosen."""
    valid, remark = Between(1, net.examples, whole=True), _("1 your pad, 2 the article's 0, 3 the article's 1")
    n = Held(page.book).given("whole_drawing", 1.0, "", _("drawing"), valid=valid, remark=remark)
    at, aside = int(n.value) - 1, page.book.helpers
    X = aside.derived("whole_X", net.X.value[:, [at]], lambda k, i: pick(net.X[k, :], n), title=_("pixels"))
    Y = aside.derived("whole_Y", net.Y.value[:, [at]], lambda j, i: pick(net.Y[j, :], n), title=_("target"))
    made = network_page(page, Shown(net.layers, X, Y, net.loss, eta, example=n))
    made.lead_to(net)


def trial_page(page: Page, drawings: Net, images: Net) -> None:
    """Change one weight or bias a little: of the hand-made demons for the drawings, and of the picked epoch for all images."""
    page.step(
        _("The hand-made demons, three drawings"),
        _("Move any weight or bias up and down by h and run the network again: does the loss move as its slope says?"),
        "∂L/∂w ≈ (L(w + h) − L(w − h)) / 2h",
    )
    h = nudge_size(page)
    nudge_one(page, drawings, choose(page, drawings, (1, 2, 5)), h)
    page.step(
        _("The demons that learn, all images"),
        _("The same for the epoch that the sheet Learning has picked, summed over all images."),
        "∂L/∂w ≈ Σᵢ (Lᵢ(w + h) − Lᵢ(w − h)) / 2h",
    )
    nudge_one(page, images, choose(page, images, (1, 2, 5), "_all"), h, name="fd_all")
