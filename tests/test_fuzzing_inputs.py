"""Data, weights and specifications spoilt at random: no traceback, one line, 500 MB and 10 seconds at most."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("each file has a forked process", allow_module_level=True)

from scenarios.network.reading import read_spec
from tests.fuzzing_inputs import tried
from workbook.data import read_numbers
from workbook.scenario import UsageError

CASES = int(os.environ.get("WORKBOOK_FUZZ_CASES", "300"))
"""10000 for a long run."""


def test_whatever_a_file_holds_it_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    found = tried(range(CASES), tmp_path)
    assert [(one.number, one.kind, one.wrong) for one in found if one.wrong] == []
    assert 0.1 < sum(one.refused for one in found) / len(found) < 0.95


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ("," * 20_000_000, "row 1 is longer than 100,000 characters"),
        ('x,y\n1,"' + "2,3\n" * 5_000_000, "row 2: a quotation mark is not closed"),
        (",".join(f"x{n}" for n in range(1000)) + "\n" + (",".join("12" for _ in range(1000)) + "\n") * 2500, "more than 2,000,000 cells"),
    ],
    ids=["commas", "quotation", "cells"],
)  # fmt: skip
def test_a_length_is_refused_before_it_is_parsed(tmp_path: Path, contents: str, message: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(contents)
    with pytest.raises(UsageError, match=message):
        read_numbers(path)


@pytest.mark.parametrize(
    "text",
    [".".join("a" * 32_000) + " = 1", "[" + ".".join("a" * 32_000) + "]", "x = {" + " . ".join("a" * 20) + " = 1}"],
)
def test_a_name_of_many_parts_is_refused_before_it_is_parsed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "net.toml"
    path.write_text("title = 'x'\n" + text)
    with pytest.raises(UsageError, match=r"net\.toml: line 2: longer than .* or a name of more than 8 parts"):
        read_spec(path)
