"""What the sheets say of numbers that a reader may type: the words stay true, no check fails, no cell holds an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.typed import typed
from workbook.scenario import find_scenario

STILL = "is 0, so nothing moves"

SAID: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("rent-yield", {"lr": 0}, dict.fromkeys(["loss_verdict", "stop_reason", "lr_verdict"], "lr " + STILL)),
    ("rent-yield", {"lr": 0.4}, {"loss_verdict": "did not fall", "stop_reason": "rose", "lr_verdict": "beyond"}),
    ("circles", {"alpha": 0}, {"loss_change": "α " + STILL}),
    ("chain-rule", {"lr": 0}, {"cost_verdict": "η " + STILL}),
    ("backprop-chain", {"eta": 0}, {"cost_written": "η " + STILL, "cost_all_written": "η " + STILL}),
    ("backprop-two-rows", {"eta": 0}, {"cost_written": "η " + STILL}),
    ("backprop-3-4-3-2", {"eta": 0}, {"cost_written": "η " + STILL, "batch_cost_written": "η " + STILL}),
]


@pytest.mark.parametrize(("name", "numbers", "words"), SAID, ids=[f"{n}-{list(t)}" for n, t, _words in SAID])
def test_the_sheets_say_what_is_true(name: str, numbers: dict[str, Any], words: dict[str, str], tmp_path: Path) -> None:
    reading = typed(find_scenario(name).make(), tmp_path, numbers)
    assert reading.failing == []
    assert reading.errors == []
    for id, part in words.items():
        assert part in reading[id], reading[id]
