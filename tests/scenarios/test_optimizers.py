"""The optimizers' steps against the textbook's formulas, written out here one parameter at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scenarios.common.activations import Array
from scenarios.common.optimizers import OPTIMIZERS

GRADIENTS = np.random.default_rng(5).normal(size=(6, 3))
START = np.array([0.4, -1.3, 2.1])


def run(name: str, **hyper: float) -> Array:
    """Return the parameters after six steps along the given gradients."""
    optimizer = OPTIMIZERS[name]
    values = {h.key: h.default for h in optimizer.hyper} | hyper
    states = {"w": START, **{id: np.zeros(3) for id in optimizer.states}}
    for t, g in enumerate(GRADIENTS, 1):
        new = optimizer.step(states["w"], g, states, t, values)
        states = {id: new[f"{id}_new"] for id in states}
    return states["w"]


def test_sgd() -> None:
    np.testing.assert_allclose(run("sgd", lr=0.3), START - 0.3 * GRADIENTS.sum(axis=0), rtol=1e-14)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_momentum(name: str) -> None:
    """The step is Σ μ^(t−s)·(−η·g_s): each gradient goes on acting, weaker each time."""
    lr, mu = 0.2, 0.7
    expected = START.copy()
    for t in range(6):
        for s in range(t + 1):
            expected = expected - lr * mu ** (t - s) * GRADIENTS[s]
    np.testing.assert_allclose(run(name, lr=lr, mu=mu), expected, rtol=1e-13)


def test_nesterov_looks_ahead_along_its_velocity() -> None:
    """With C = ½w² the gradient at the look-ahead point is w + μ·v."""
    lr, mu = 0.1, 0.9
    w = np.array([1.0])
    v = np.array([0.0])
    x, speed = 1.0, 0.0
    for t in range(1, 8):
        ahead = OPTIMIZERS["nesterov"].step(w, w, {"v": v}, t, {"lr": lr, "mu": mu})["ahead"]
        new = OPTIMIZERS["nesterov"].step(w, ahead, {"v": v}, t, {"lr": lr, "mu": mu})
        w, v = new["w_new"], new["v_new"]
        speed = mu * speed - lr * (x + mu * speed)
        x += speed
    assert w[0] == pytest.approx(x, rel=1e-13)


def test_rmsprop() -> None:
    lr, rho, epsilon = 0.05, 0.8, 1e-6
    for p in range(3):
        w, s = float(START[p]), 0.0
        for g in map(float, GRADIENTS[:, p]):
            s = rho * s + (1 - rho) * g * g
            w -= lr * g / (math.sqrt(s) + epsilon)
        assert run("rmsprop", lr=lr, rho=rho, epsilon=epsilon)[p] == pytest.approx(w, rel=1e-13)


def test_adam() -> None:
    lr, beta1, beta2, epsilon = 0.05, 0.8, 0.95, 1e-8
    for p in range(3):
        w = float(START[p])
        for t in range(1, 7):
            # the weighted means in closed form, divided by the sum of their weights: that is the bias correction
            early = [beta1 ** (t - s) for s in range(1, t + 1)]
            late = [beta2 ** (t - s) for s in range(1, t + 1)]
            m = sum(a * g for a, g in zip(early, GRADIENTS[:t, p], strict=True)) / sum(early)
            v = sum(a * g * g for a, g in zip(late, GRADIENTS[:t, p], strict=True)) / sum(late)
            w -= lr * m / (math.sqrt(v) + epsilon)
        assert run("adam", lr=lr, beta1=beta1, beta2=beta2, epsilon=epsilon)[p] == pytest.approx(w, rel=1e-12)


@pytest.mark.parametrize("name", ["rmsprop", "adam"])
def test_first_step_does_not_depend_on_the_gradient_s_size(name: str) -> None:
    """Adam's first step is η against the sign of the gradient; RMSprop's η/√(1 − ρ)."""
    optimizer = OPTIMIZERS[name]
    values = {h.key: h.default for h in optimizer.hyper}
    zeros = {id: np.zeros(2) for id in optimizer.states}
    step = optimizer.step(np.zeros(2), np.array([1e3, -2.0]), zeros, 1, values)["w_new"]
    size = values["lr"] if name == "adam" else values["lr"] / math.sqrt(1 - values["rho"])
    np.testing.assert_allclose(step, [-size, size], rtol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_column_has_numpy_s_value(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    values = {h.key: h.default for h in optimizer.hyper}
    zeros = {id: np.zeros(3) for id in optimizer.states}
    step = optimizer.step(START, GRADIENTS[0], zeros, 1, values)
    assert [column.id for column in optimizer.columns] == list(step) or set(step) == {c.id for c in optimizer.columns}
    assert {"w_new", *(f"{id}_new" for id in optimizer.states)} <= set(step)
