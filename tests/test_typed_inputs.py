"""What the sheets say of numbers that a reader may type: the words stay true, no check fails, no cell holds an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.books import made_once
from tests.typed import typed

FAR = [[1000, -1000], [-1000, 1000]] * 6
TWO_ROWS_WILD = {
    "X": [[0.6], [10]],
    "W3": [[-0.6, 0.9], [-45.98058234112627, 6.0799347492575535]],
    "W4": [[1.1, -0.5], [-0.7, -50]],
    "b4": [0.2, 47.32359664372639],
}
STILL = "is 0, so nothing moves"

SAID: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("rent-yield", {"lr": 0}, dict.fromkeys(["loss_verdict", "stop_reason", "lr_verdict"], "η " + STILL)),
    ("rent-yield", {"lr": 0.4}, {"loss_verdict": "rose", "stop_reason": "rose", "lr_verdict": "beyond"}),
    (
        "rent-yield",
        {"batch_order": "shuffled", "batch_size": 1},
        {"variants_say": "0.1380 with batches of 1, 0.1380 with single rows"},
    ),
    ("rent-yield", {"area": [*[1e6] * 11, 999999.999]}, {"raw_says": "in 1000000000000 epochs instead of 212"}),
    ("rent-yield", {"raw_lr": 0}, {"raw_says": "With 0 the loss has 3 digits"}),
    ("rent-yield", {"area": 1200}, {"alike": "All values of area are alike"}),
    ("rent-yield", {"rent": 7}, {"alike": "All values of rent are alike"}),
    ("rent-yield", {"area": 0.1, "rent": 0.1}, {"alike": "All values of area are alike"}),
    ("circles", {"alpha": 0}, {"loss_change": "α " + STILL}),
    ("chain-rule", {"lr": 0}, {"cost_verdict": "η " + STILL}),
    ("backprop-chain", {"eta": 0}, {"page_says": "η " + STILL, "all_says": "η " + STILL}),
    ("backprop-two-rows", {"eta": 0}, {"page_says": "η " + STILL}),
    ("backprop-3-4-3-2", {"eta": 0}, {"page_says": "η " + STILL, "batch_fell": "η " + STILL}),
    ("backprop-two-rows", TWO_ROWS_WILD, {"fd_verdict": "–"}),
    ("network", {"X_all": FAR}, {"fd_verdict": "–"}),
    ("network", {"Y_all": 0}, {"fd_verdict": "✓"}),
    ("neuron", {"z_from": -1e-9}, {}),
    ("demon-net", {"pad_mine": 0}, {"verdict_sentence": "unsure"}),
    (
        "demon-net",
        {"pad_mine": [[1, 1, 1], [1, 0, 1], [0, 0, 1], [1, 1, 1]], "b1": [-2, -6, -6]},
        {
            "one_says": "adds up to 4; 4 + (−2) = 2, so it is awake 0.88",
            "verdict_sentence": "it is a 0",
        },
    ),
    (
        "demon-net",
        {"wrong_image": 41, "blame_digit": 1, "epoch": 5, "test_pad": [[1, 0, 0]] * 4},
        {
            "wrong_says_live": "Image 41 is a 1; demon 1 is the louder one (0.32 against 0.38): right, loss 0.25",
            "learning_says": "Epoch 5: 64 of 64 right, loss 4.73",
            "test_says": "Hand-made demons: unsure (0.08 against 0.02). Learned demons: it is a 0",
        },
    ),
    (
        "derivatives",
        {"K": [[0, -8.45168134749378, 1e-7], [1, 2, -1], [0, 1, 0]], "d": 0.1},
        {"bend_holds_verdict": "✓"},
    ),
    ("derivatives", {"x_rules": 0}, {"slip_says": "u′·v′ = 0.0000; the slope of the product is 0.0000"}),
    ("activations", {"width": 0.1}, {"line_words1": "misses the sigmoid by up to 0.0000"}),
    ("losses", {"x": 1, "yhat": 4.5}, {"outlier_words": "MAE goes from 0.50 to 0.50"}),
    ("statistics", {"w": 0}, {"w_note": "All weights are 0", "w_mean_says": "/ 12.00 = 8.5833"}),
    ("statistics", {"x": 0.1}, {"standard_holds_verdict": "–"}),
    ("statistics", {"x": 0}, {"length_holds_verdict": "–"}),
]


@pytest.mark.parametrize(("name", "numbers", "words"), SAID, ids=[f"{n}-{list(t)}" for n, t, _words in SAID])
def test_the_sheets_say_what_is_true(name: str, numbers: dict[str, Any], words: dict[str, str], tmp_path: Path) -> None:
    reading = typed(made_once(name), tmp_path, numbers)
    assert reading.failing == []
    assert reading.errors == []
    for id, part in words.items():
        assert part in reading[id], reading[id]
