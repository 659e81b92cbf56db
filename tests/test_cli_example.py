"""What `workbook example` prints is what `--data` and `--spec` take; `list` tells of one example."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbook.cli import run
from workbook.discovery import find_scenario, scenarios
from workbook.ledger import ledger_of

WITH_DATA = [scenario.name for scenario in scenarios().values() if scenario.data_columns and scenario.name != "digits"]


def printed(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["example", *arguments]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    return out


@pytest.mark.parametrize("name", WITH_DATA)
def test_an_examples_own_data_are_data_for_it(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my.csv"
    path.write_text(printed(capfd, name, "--data"), encoding="utf-8")
    scenario = find_scenario(name)
    read = scenario.read_data(path)
    assert len(path.read_text(encoding="utf-8").splitlines()) > 3
    assert read is not None


def test_with_its_own_data_an_example_computes_the_same(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my.csv"
    for name in ("rent-yield", "backprop-chain"):
        path.write_text(printed(capfd, name), encoding="utf-8")
        scenario = find_scenario(name)
        usual = {block.id: block.values for block in ledger_of(scenario.make()).blocks}
        mine = {block.id: block.values for block in ledger_of(scenario.make(data=path)).blocks}
        alike = [
            id
            for id, values in usual.items()
            if values.dtype.kind == "f" and id in mine and mine[id].shape == values.shape
            and np.allclose(values, mine[id], rtol=1e-9, equal_nan=True)
        ]  # fmt: skip
        assert len(alike) > 0.6 * len(usual)


def test_a_specification_is_printed_as_it_is(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my-network.toml"
    path.write_text(printed(capfd, "network"), encoding="utf-8")
    assert path.read_bytes().startswith(b"# A small network of your own")
    find_scenario("network").settings({"spec": str(path)})


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("xor", "xor: it takes no data; `workbook list xor` tells what can be set"),
        ("digits", "digits: its data are no table (MNIST's image file"),
        ("nerwork", "nerwork: no such worked example; did you mean network?"),
    ],
)
def test_what_has_no_table_is_one_line(name: str, line: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["example", name]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.startswith(f"workbook: {line}") and err.count("\n") == 1


def test_one_example_is_listed_in_full(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "rent-yield"]) == 0
    out, _err = capfd.readouterr()
    assert out.startswith("rent-yield  ") and "    shows   " in out and "\nneuron" not in out
    assert "`workbook example rent-yield` prints what to begin with" in out
    assert run(["list", "-q"]) == 0
    assert capfd.readouterr().out.split() == list(scenarios())
