"""Positions for attention: sinusoids that are added, and rotary positions that turn, with one step of what is learned.

Symbols and shapes; p are positions, d = 4 numbers a word, pairs i = 0, 1

    θ       (1, 4)   10000^(−2i/d), each for both numbers of a pair         PE  (6, 4)   sin(p·θ), cos(p·θ) in turn
    G       (4, 4)   p·θ, the angles                    Cos, Sin (4, 4)
    q, k    (1, 4)   question and key, the same at every position            q⊥, k⊥ (1, 4)  (−x₂, x₁, −x₄, x₃)
    Qr, Kr  (4, 4)   q ∗ Cos + q⊥ ∗ Sin: row t is q turned by the angles of position t
    S       (4, 4)   Qr·Krᵀ, which depends on the distance alone             L   scalar   ½ Σ (S − Y)²

Sources: Vaswani et al., “Attention Is All You Need”, 2017, section 3.5; Su et al., “RoFormer: Enhanced Transformer with Rotary
Position Embedding”, 2021, section 3. All numbers but the base are chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.common.activations import Array
from scenarios.graph.functions import Function
from scenarios.graph.graph import Graph
from scenarios.graph.linear import MatMul, MatMulT
from scenarios.graph.losses import HalfSquared
from scenarios.graph.pages import ETA, Whole, graph_page, network_page
from scenarios.graph.positions import RightAngle, Turned
from scenarios.graph.trial import deeper_pages
from scenarios.positions.shift import shift_page
from scenarios.positions.waves import waves_page
from workbook.block import Between, Counter, Shading
from workbook.book import Book
from workbook.page import Page
from workbook.scenario import Scenario
from workbook.text import N_, _

P = np.arange(4.0)[:, None]
Q, K = np.array([[0.8, 0.3, 0.5, -0.2]]), np.array([[0.2, 0.6, 0.4, 0.3]])


class Positions(Scenario):
    """Sinusoidal and rotary positions, forward and backward."""

    name = "positions"
    title = N_("Positions: how does attention know what stands where?")
    article = N_("Vaswani et al., “Attention Is All You Need” (2017), section 3.5; Su et al., “RoFormer” (2021)")
    summary = N_("Every position gets waves of its own. Added, they tell where a word stands; used to turn, they tell how far apart two words are.")  # fmt: skip
    order = 205
    locale = Path(__file__).parent.parent / "locale"
    parameters = (ETA,)
    ask = ("Qr[1,:]=2", "L=2", "d_Qr[1,:]=2", "d_q=2")

    def build(self, book: Book, settings: Mapping[str, Any], data: Array | None) -> None:
        """The waves first; then turning on one page, the shift, the first cells, and a trial."""
        book.first_change = _("on the sheet Waves, type 10 for the base: the two waves of pair 2 begin to swing.")
        waves = book.page(
            "Waves", _("A row of waves for every position"),
            _("Sines and cosines of p·θ: the first pair turns fast, the second the more slowly the larger the base, so that no two positions look alike."),
            _("At position 0 all sines are 0. What are the cosines?"),
        )  # fmt: skip
        page = graph_page(
            book, _("Turned by their positions: questions and keys on one page"),
            _("The same q and the same k stand at every position; row t of Qr and of Kr is turned by the angles of position t."),
            _("Where the positions are equally spaced, every diagonal of S holds one number again and again. Why?"),
        )  # fmt: skip
        shift = book.page(
            "Shift", _("Shift all positions: which scores stay?"),
            _("Two vectors that are turned by the same angle keep their product; what is added changes it."),
            _("If every position grows by 3, which of the tables below change?"),
        )  # fmt: skip
        theta = waves_page(waves)
        whole = network_page(page, graph(theta.value), given={"theta": theta})
        _whole_ends(page, whole)
        shift_page(shift, whole)
        deeper_pages(book, whole, "q")


def graph(theta: Array) -> Graph:
    """Return the network: angles on the left, question and key in the middle, scores on the right."""
    g = Graph()
    weight: dict[str, Any] = {"learns": True, "valid": Between(-5, 5)}
    p = g.give("p", P, valid=Between(0, 1000), at=(0, 0))
    angles = g.put("G", MatMul(), p, g.give("theta", theta, "θ"), title=_("angles p·θ"), at=(0, 1))
    cos, sin = g.put("Cos", Function("cosine"), angles, at=(1, 1)), g.put("Sin", Function("sine"), angles, at=(2, 1))
    turned = []
    for lane, (name, start) in enumerate((("q", Q), ("k", K)), 2):
        row = g.give(name, start, columns=Counter(""), at=(0, lane), **weight)
        right_on = g.put(f"{name}_right", RightAngle(), row, symbol=f"{name}⊥", at=(0, lane))
        turned.append(
            g.put(f"{name.upper()}r", Turned(), row, right_on, cos, sin, symbol=f"{name.upper()}r", at=(1, lane))
        )
    s = g.put("S", MatMulT(), *turned, shading=Shading.DIVERGING, at=(1, 4))
    y = g.give("Y", np.eye(len(P), k=-1), title=_("target: look one back"), valid=Between(-10, 10), at=(0, 4))
    g.put("L", HalfSquared(), s, y)
    return g


def _whole_ends(page: Page, whole: Whole) -> None:
    page.try_(_("Type 5, 6, 7, 8 for the positions: Qr and Kr move, S stays."))
    page.turn(
        "whole_turn",
        _("q and k as they are, turned by nothing: what is q·k? It is the whole diagonal of S. (0.01 off is close enough)"),
        whole["S"][0, 0],
        0.01,
        _("At the same position both are turned alike."),
        _("four products, or a look at the diagonal."),
    )  # fmt: skip
    page.remember(_("Turning has no weights of its own; on the way back the slopes are turned the other way."))
    page.source(_("Chosen here: every number but the base 10000, which is that of both papers."))
