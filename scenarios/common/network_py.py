"""The lines of network.py (Nielsen's program, which fathoming-the-deep walks through) that stand beside the tables.

They are said in our own words, with the names that he gives: zs, activations, delta, nabla_b, nabla_w, eta. Python counts
from 0, the sheets count layers from 1, and lists are read from their end: layer l of L is weights[l − 1], and zs[-1] is zᴸ.
"""

from __future__ import annotations

START = ("biases = [randn(n, 1) for n in sizes[1:]]", "weights = [randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]")
SHUFFLE = "shuffle(training_data)"
SLICES = "mini_batches = [training_data[i : i + size] for i in range(0, n, size)]"
COST_DERIVATIVE = "def cost_derivative(a, y): return a - y"
EVALUATE = "sum(argmax(feedforward(x)) == y for x, y in test_data)"


def forward(layer: int) -> tuple[str, str]:
    """Return the two lines that carry an image through a layer."""
    n = layer - 1
    return f"zs[{n}] = weights[{n}] @ activations[{n}] + biases[{n}]", f"activations[{layer}] = sigmoid(zs[{n}])"


def delta(layer: int, last: int) -> str:
    """Return the line that makes δ of a layer; `last` is the number of the output layer."""
    at = layer - last - 1
    if layer == last:
        return "delta = cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])"
    return f"delta = (weights[{at + 1}].T @ delta) * sigmoid_prime(zs[{at}])"


def bias_gradient(layer: int, last: int) -> str:
    """Return the line that keeps ∂C/∂b of one image."""
    return f"nabla_b[{layer - last - 1}] = delta"


def weight_gradient(layer: int, last: int) -> str:
    """Return the line that keeps ∂C/∂W of one image."""
    at = layer - last - 1
    return f"nabla_w[{at}] = delta @ activations[{at - 1}].T"


def sums(layer: int) -> tuple[str, str]:
    """Return the lines that add up the gradients of the images of a mini-batch, for a layer's biases and weights."""
    n = layer - 1
    return f"nabla_b[{n}] += delta_nabla_b[{n}]", f"nabla_w[{n}] += delta_nabla_w[{n}]"


def update(layer: int) -> tuple[str, str]:
    """Return the lines that move a layer's biases and weights."""
    n = layer - 1
    return (
        f"biases[{n}] = biases[{n}] - (eta / len(mini_batch)) * nabla_b[{n}]",
        f"weights[{n}] = weights[{n}] - (eta / len(mini_batch)) * nabla_w[{n}]",
    )
