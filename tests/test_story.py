"""What every workbook keeps as a story: few core sheets, each with a claim, something to answer and to remember."""

from __future__ import annotations

import pytest

from tests.books import by_size, made_once
from workbook.block import Role
from workbook.fit import column_widths
from workbook.sheet import Kind

MOST_CORE = 6
GRAPHS = (
    "attention",
    "backprop-relu",
    "convolution",
    "normalization",
    "residual",
    "gpt",
    "rnn",
    "lstm",
    "autoencoder",
    "positions",
)
NETWORKS = (
    "backprop-chain",
    "backprop-two-rows",
    "backprop-3-4-3-2",
    "xor",
    "circles",
    "digits",
    "network",
    "demon-net",
    *GRAPHS,
)


@pytest.mark.parametrize("name", by_size())
def test_the_story_is_short_and_every_sheet_of_it_claims_asks_and_concludes(name: str) -> None:
    core = [part for part in made_once(name).in_order() if part.kind is Kind.CORE]
    assert 1 <= len(core) <= MOST_CORE
    for page in core:
        assert page.claim, page.key
        assert any(block.id.endswith("_answer") for block in page.blocks), f"{page.key} has no question"


@pytest.mark.parametrize("name", by_size())
def test_no_number_of_a_check_stands_in_the_story(name: str) -> None:
    for sheet in made_once(name).sheets:
        marks = [block for block in sheet.blocks if block.role is Role.CHECK]
        assert sheet.kind not in (Kind.START, Kind.CORE) or all(block.is_text for block in marks), sheet.key


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_whole_on_one_page_near_the_beginning(name: str) -> None:
    keys = [sheet.key for sheet in made_once(name).sheets]
    assert "Whole" in keys
    assert keys.index("Whole") <= 2 or name == "demon-net", "where a script begins elsewhere it stands deeper"


WIDEST, LAST_ROW, LAST_WORDS = 1400, 37, 41
"""A network page's tables end within so many pixels and rows, one view of a usual screen, and its last words a little below."""

BACKWARD = {"gpt": "Backward"}
"""Where what comes back stands on a page of its own."""


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_seen_whole_and_what_comes_back_stands_where_its_table_does(name: str) -> None:
    pages = [sheet for sheet in made_once(name).sheets if sheet.key in ("Whole", BACKWARD.get(name))]
    corner = {
        block.id: (
            block.place.row - block.margin - (block.columns is not None),
            block.place.column - block.margin - (block.rows is not None),
        )
        for page in pages
        for block in page.blocks
    }
    pairs = [(corner[id], corner[id.removeprefix("d_")]) for id in corner if id.startswith("d_")]
    below = all(back[1] == table[1] for back, table in pairs)
    assert pairs and (below or all(back[0] == table[0] and back[1] > table[1] for back, table in pairs))
    for page in pages:
        widths = column_widths(page)
        placed = [block.place for block in page.blocks if block.value.ndim]
        right = max(place.column + place.columns for place in placed)
        assert sum(int(widths[column] * 7 + 5) for column in range(right)) <= WIDEST
        assert max(place.row + place.rows for place in placed) <= LAST_ROW
        assert next(label.row for label in page.labels if label.text == "Remember") <= LAST_WORDS
