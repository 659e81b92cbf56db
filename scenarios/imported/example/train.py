"""Trains the model that ships beside this file, and writes it: python scenarios/imported/example/train.py [FOLDER].

Is a point inside the ring or outside? A network 2-4-2 of tanh and softmax learns it by plain gradient descent in NumPy.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

POINTS, HIDDEN, EPOCHS, RATE, EACH = 200, 4, 300, 0.5, 3


def main(folder: Path) -> None:
    """Train, then write rings.onnx and six points with their labels, rings.csv."""
    rng = np.random.default_rng(4)
    x = rng.uniform(-2, 2, (POINTS, 2)).round(1) + 0.0
    label = (np.hypot(*x.T) > 1.2).astype(int)
    y = np.eye(2)[label]
    W1, b1 = rng.normal(0, 1, (2, HIDDEN)), np.zeros(HIDDEN)
    W2, b2 = rng.normal(0, 1, (HIDDEN, 2)), np.zeros(2)
    for _epoch in range(EPOCHS):
        a = np.tanh(x @ W1 + b1)
        shares = np.exp(a @ W2 + b2)
        shares /= shares.sum(axis=1, keepdims=True)
        delta2 = (shares - y) / POINTS
        delta1 = delta2 @ W2.T * (1 - a**2)
        W2, b2 = W2 - RATE * a.T @ delta2, b2 - RATE * delta2.sum(axis=0)
        W1, b1 = W1 - RATE * x.T @ delta1, b1 - RATE * delta1.sum(axis=0)
    right = (shares.argmax(axis=1) == label).mean()
    print(f"{right:.1%} of {POINTS} points are told apart")
    weights = {"hidden.weight": W1.T, "hidden.bias": b1, "output.weight": W2.T, "output.bias": b2}
    onnx.save(
        model_of({name: value.round(2).astype(np.float32) for name, value in weights.items()}), folder / "rings.onnx"
    )
    shown = sorted(n for c in (0, 1) for n in np.flatnonzero(label == c)[:EACH])
    rows = [f"{x[n, 0]:g},{x[n, 1]:g},{label[n]}" for n in shown]
    (folder / "rings.csv").write_text("\n".join(["x1,x2,label", *rows]) + "\n", encoding="utf-8")


def model_of(weights: dict[str, NDArray[Any]]) -> Any:
    """Return the network as PyTorch exports it: a row of weights for each unit."""
    nodes = [
        helper.make_node("Gemm", ["x", "hidden.weight", "hidden.bias"], ["z1"], transB=1),
        helper.make_node("Tanh", ["z1"], ["a1"]),
        helper.make_node("Gemm", ["a1", "output.weight", "output.bias"], ["z2"], transB=1),
        helper.make_node("Softmax", ["z2"], ["shares"], axis=-1),
    ]
    inputs = [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["points", 2])]
    outputs = [helper.make_tensor_value_info("shares", onnx.TensorProto.FLOAT, ["points", 2])]
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "rings", inputs, outputs, tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
