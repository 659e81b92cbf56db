"""The threshold neuron of McCulloch and Pitts: it adds up what comes in and fires where a threshold is reached.

Symbols:
    x      (n,)    inputs, 0 or 1
    w      (n,)    weights: excitatory above 0, inhibitory below
    θ      ()      threshold (`theta`);  b = −θ, the bias
    s      ()      weighted sum, w·x
    z      ()      s + b
    y      ()      output, u(z): 1 where z ≥ 0, else 0
The restaurant choice is the same neuron over several candidates:
    X      (m, 4)  scores: one row for each restaurant; taste, location, décor, price
    score  (m,)    X·w;  the restaurant with the largest is named
The story is in SCRIPT.md beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.common.activations import Array
from scenarios.neuron.article import article_page
from scenarios.neuron.bucket import bucket_page
from scenarios.neuron.patterns import patterns_page
from scenarios.neuron.restaurant import CRITERION_KEYS, ENOUGH, IMPORTANCE, RESTAURANTS, restaurant_page, what_if_page
from scenarios.neuron.sigmoid import STEEP, sigmoid_page
from scenarios.neuron.unit import THETA, unit_page
from workbook.book import Book
from workbook.data import read_numbers, read_texts
from workbook.scenario import Parameter, Scenario
from workbook.sheet import Kind
from workbook.text import N_, _

MOST_RESTAURANTS = 12


class Neuron(Scenario):
    """Weighted sum against a threshold, all input patterns, step against sigmoid, and the choice of a restaurant."""

    name = "neuron"
    licence = "MIT"
    title = N_("Does it fire? One neuron decides (McCulloch–Pitts)")
    article = N_("A first neural network, in Python (the M–P model); Notes on the maths of deep learning (the neuron)")
    summary = N_(
        "A neuron adds up its inputs, each times a weight, and fires if the sum reaches a threshold. See it decide for one"
        " input, then for all, with a smooth output in place of the step, and choosing a restaurant."
    )
    order = 40
    locale = Path(__file__).parent.parent / "locale"
    ask = ("wx", "s", "z", "own_sigma=2", "importance_share", "score", "lead", "lead_sum")
    data_columns = N_("name, taste, location, decor, price (2 to 12 restaurants, marks from 0 to 10; price 10: cheap)")
    parameters = (
        Parameter("w1", 0.9, N_("weight of input 1"), -20, 20), Parameter("w2", 0.5, N_("weight of input 2"), -20, 20),
        Parameter("w3", -0.6, N_("weight of input 3"), -20, 20), THETA, STEEP, *IMPORTANCE, ENOUGH,
    )  # fmt: skip

    def read_data(self, path: Path) -> tuple[list[str], Array]:
        """Read restaurants: their names, and their marks (m, 4)."""
        marks = read_numbers(path, CRITERION_KEYS, max_rows=MOST_RESTAURANTS, low=0, high=10, not_constant=False)
        return read_texts(path, "name", MOST_RESTAURANTS), marks.to_numpy(dtype=float)

    def own_rows(self) -> list[Sequence[Any]]:
        return [("name", *CRITERION_KEYS), *((name, *marks) for name, marks in RESTAURANTS)]

    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Show one neuron, the same as a bucket, all that it can do, and what its weights mean in daily life."""
        book.first_change = _(
            "on the sheet Neuron, type 0 for the third input: its line turns grey, and what it brought is gone from the sum."
        )
        one = book.page(
            "Neuron",
            _("One neuron: add up, compare, fire or not"),
            _("A neuron weighs what comes in and adds it up; it fires if the sum reaches its threshold."),
            _("A negative weight takes away. If its input is switched off, does the sum rise or fall?"),
        )
        bucket = book.page(
            "Bucket",
            _("The same neuron as a bucket of water"),
            _("Some pipes fill the bucket, others drain it; from the mark on, water runs out through the axon."),
            _("Which pipes would you open to make the water stand as high as it can?"),
        )
        patterns = book.page(
            "Patterns",
            _("All that it can ever do: eight inputs"),
            _("Three switches have eight positions, so one small table says all that this neuron can do."),
            _("A higher threshold: does the neuron fire for more patterns, or for fewer?"),
        )
        restaurant = book.page(
            "Restaurant",
            _("Where to eat? Weights in daily life"),
            _("Weights say what matters to you: the same sum that makes a neuron fire ranks restaurants."),
            _("If taste counts most, must the place with the best taste win?"),
        )
        article = book.page("Article", _("The article's comparison: cell and model"), kind=Kind.ARTICLE)
        unit_page(one, settings)
        bucket_page(bucket)
        patterns_page(patterns)
        restaurant_page(restaurant, settings, data)
        article_page(article)
        sigmoid_page(book.page("Sigmoid", _("The threshold as a bias, the step as a curve"), kind=Kind.DEEPER))
        what_if_page(book.page("WhatIf", _("Why this one wins, and what if price mattered more?"), kind=Kind.DEEPER))
