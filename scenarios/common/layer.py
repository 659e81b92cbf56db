"""A dense layer as tables, and the yellow tables of a network's parameters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from scenarios.common.activations import Activation, Array
from workbook.block import Between, Block, Counter, Shading
from workbook.page import Page
from workbook.sheet import Adder
from workbook.text import _

Parameters = list[tuple[Array, "Array | None"]]
"""NumPy's W (n, k) and b (n,) of every layer."""

NEURONS, INPUTS = Counter("j = "), Counter("k = ")

WEIGHT_BOUNDS = Between(-50, 50)
"""What may be typed in for a weight: wide enough to play, narrow enough that no exponential overflows."""

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def sup(layer: int) -> str:
    """Return a layer's number as a superscript: a² are the activations of layer 2."""
    return str(layer).translate(SUPERSCRIPTS)


@dataclass(frozen=True)
class Layer:
    """A dense layer: weights (n, k), biases (n,) or None, and activation function.

    Its number counts from 1; from 2 where an article counts the input as layer 1.
    """

    number: int
    W: Block
    b: Block | None
    activation: Activation

    @property
    def units(self) -> int:
        """How many neurons it has, n."""
        return int(self.W.shape[0])

    @property
    def inputs(self) -> int:
        """How many neurons or inputs lie below it, k."""
        return int(self.W.shape[1])


def given_layers(
    place: Adder,
    parameters: Parameters,
    activations: Activation | Sequence[Activation],
    article: Parameters | None = None,
    *,
    first: int = 1,
    suffix: str = "",
    valid: Between = WEIGHT_BOUNDS,
) -> list[Layer]:
    """Add the parameters of every layer for the reader to change: W with one row per neuron, b beside it.

    On a page each has its headings; what is `Held` for the network page, the tint of its sign. `article` are those that the article's example has, where it has them; `first` is the number of the first layer.
    """
    gs = [activations] * len(parameters) if isinstance(activations, Activation) else activations
    layers = []
    for n, ((W, b), g) in enumerate(zip(parameters, gs, strict=True)):
        number, theirs = first + n, article[n] if article else (None, None)
        id, s = f"{number}{suffix}", sup(number)
        on_page = isinstance(place, Page)
        looks: dict[str, Any] = {"rows": NEURONS} if on_page else {"shading": Shading.DIVERGING}
        W_looks, b_looks = (looks | {"columns": INPUTS}, looks | {"columns": [""]}) if on_page else (looks, looks)
        with place.beside() if isinstance(place, Page) else nullcontext():
            title = _("weights of layer {layer}: one row per neuron").format(layer=number)
            weights = place.given(f"W{id}", W, f"W{s}", title, valid=valid, article=theirs[0], **W_looks)
            biases = None
            if b is not None:
                biases = place.given(f"b{id}", b, f"b{s}", _("biases"), valid=valid, article=theirs[1], **b_looks)
        layers.append(Layer(number, weights, biases, g))
    return layers
