"""Recurrent layers, one moment after the other: RNN, LSTM and GRU, each gate a table.

X[t] (n, k)  what comes in at moment t     H (n, h)  what is remembered; of an LSTM also C (n, h)
W (k, g·h)   weights of X, a block of h columns for each gate, R (h, g·h) those of H, b (g·h) their biases
"""

from __future__ import annotations

import numpy as np

from scenarios.graph.functions import Combined
from scenarios.graph.graph import Node
from scenarios.graph.linear import MatMul, Plus, Times
from scenarios.graph.pointwise import Applied
from scenarios.imported.building import Building, Tensor
from scenarios.imported.reading import Step

GATES = {"RNN": "h", "LSTM": "iofc", "GRU": "zrh"}
"""The gates of each kind, in the order in which ONNX keeps their weights."""


class _Layer:
    """One recurrent layer that runs forward in time."""

    def __init__(self, b: Building, step: Step) -> None:
        self.b, self.step = b, step
        known, gates = step.attributes, GATES[step.op]
        usual = {"RNN": ["Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"]}[step.op]
        if known.get("direction", "forward") != "forward" or known.get("activations", usual) not in (
            usual,
            [n.encode() for n in usual],
        ):
            b.fail("runs backward, or with other functions than sigmoid and tanh")
        if known.get("clip") or known.get("input_forget") or known.get("layout") or any(self._input(n) for n in (4, 7)):
            b.fail("has clipped cells, peepholes, lengths or a layout of its own")
        b.number += 1
        self.size = int(known["hidden_size"])
        weights, returning = (b.values[step.inputs[n]][0] for n in (1, 2))
        biases = b.values[self._input(3)][0] if self._input(3) else np.zeros(2 * len(gates) * self.size)
        half = len(gates) * self.size
        cuts = [slice(n * self.size, (n + 1) * self.size) for n in range(len(gates))]
        self.W = {
            g: b.give(f"W{g}{b.number}", weights[cut].T, step.inputs[1], learns=True).plane()
            for g, cut in zip(gates, cuts, strict=True)
        }
        self.R = {
            g: b.give(f"R{g}{b.number}", returning[cut].T, step.inputs[2], learns=True).plane()
            for g, cut in zip(gates, cuts, strict=True)
        }
        self.bW = {
            g: b.give(f"bW{g}{b.number}", biases[:half][cut], self._input(3), learns=True).plane()
            for g, cut in zip(gates, cuts, strict=True)
        }
        self.bR = {
            g: b.give(f"bR{g}{b.number}", biases[half:][cut], self._input(3), learns=True).plane()
            for g, cut in zip(gates, cuts, strict=True)
        }

    def _input(self, n: int) -> str:
        return self.step.inputs[n] if n < len(self.step.inputs) else ""

    def start(self, n: int, symbol: str, rows: int) -> Node:
        """Return what is remembered before the first moment."""
        name = self._input(n)
        if name and name in self.b.live:
            self.b.fail("takes what it remembers at first from the data")
        value = self.b.values[name][0] if name else np.zeros((rows, self.size))
        return self.b.give(f"{symbol}0", value, name).plane()

    def from_input(self, gate: str, x: Node, mark: str) -> Node:
        """Return X·W + b of a gate."""
        return self.b.put(f"X{gate}{mark}", MatMul(), x, self.W[gate], self.bW[gate])

    def from_memory(self, gate: str, h: Node, mark: str) -> Node:
        """Return H·R + b of a gate."""
        return self.b.put(f"M{gate}{mark}", MatMul(), h, self.R[gate], self.bR[gate])

    def gate(self, gate: str, x: Node, h: Node, mark: str, function: str) -> Node:
        """Return g(X·W + H·R + b)."""
        z = self.b.put(f"Z{gate}{mark}", Plus(), self.from_input(gate, x, mark), self.from_memory(gate, h, mark))
        return self.b.put(f"{gate}{mark}", Applied(function), z)


def _moments(b: Building, x: Tensor) -> list[Node]:
    """Return the tables of the moments, each with an example a row."""
    if len(x.shape) != 3:
        b.fail("reads no sequence of tables")
    return [x.plane(t) for t in range(x.shape[0])]


def recurrent(b: Building, step: Step) -> list[Tensor]:
    """RNN, LSTM and GRU: all that is remembered, and what is at the end."""
    x = b.of(step.inputs[0])
    moments = _moments(b, x)
    layer = _Layer(b, step)
    h = layer.start(5, "H", x.shape[1])
    c = layer.start(6, "C", x.shape[1]) if step.op == "LSTM" else None
    seen = []
    for t, now in enumerate(moments):
        mark = f"{b.number}[{t + 1}]"
        if step.op == "RNN":
            h = layer.gate("h", now, h, mark, "tanh")
        elif step.op == "LSTM":
            assert c is not None
            h, c = _lstm(layer, now, h, c, mark)
        else:
            h = _gru(layer, now, h, mark)
        seen.append(h)
    whole = np.empty((len(seen), 1), object)
    whole[:, 0] = seen
    ends = [np.array([node], object) for node in (h, c) if node is not None]
    return [b.tensor(planes) for planes in (whole, *ends)]


def _lstm(layer: _Layer, x: Node, h: Node, c: Node, mark: str) -> tuple[Node, Node]:
    """Keep f of what was remembered, add i of what is new; o of it is shown."""
    b = layer.b
    i, o, f = (layer.gate(gate, x, h, mark, "sigmoid") for gate in "iof")
    new = layer.gate("c", x, h, mark, "tanh")
    kept, added = b.put(f"fC{mark}", Times(), f, c), b.put(f"iC{mark}", Times(), i, new)
    c = b.put(f"C{mark}", Plus(), kept, added)
    return b.put(f"H{mark}", Times(), o, b.put(f"T{mark}", Applied("tanh"), c)), c


def _gru(layer: _Layer, x: Node, h: Node, mark: str) -> Node:
    """Let z of what was remembered stay, and 1 − z of what is new come in; r is how much of it the new one sees."""
    b = layer.b
    z, r = (layer.gate(gate, x, h, mark, "sigmoid") for gate in "zr")
    if layer.step.attributes.get("linear_before_reset", 0):
        back = b.put(f"rM{mark}", Times(), r, layer.from_memory("h", h, mark))
    else:
        back = layer.from_memory("h", b.put(f"rH{mark}", Times(), r, h), mark)
    total = b.put(f"Zh{mark}", Plus(), layer.from_input("h", x, mark), back)
    new = b.put(f"h{mark}", Applied("tanh"), total)
    apart = b.put(f"D{mark}", Combined("minus"), h, new)
    return b.put(f"H{mark}", Plus(), new, b.put(f"zD{mark}", Times(), z, apart))
