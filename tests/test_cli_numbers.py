"""`workbook numbers` and `workbook diff`, as they are typed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copyfile

import pandas as pd
import pytest
from tampering import poison

from tests.books import made_once, written_once
from workbook.addresses import cell_name
from workbook.cli import run
from workbook.numbers import COLUMNS

Said = tuple[int, str, str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an example as files: English, Chinese, and with another weight."""
    copyfile(written_once("neuron"), tmp_path / "neuron.xlsx")
    copyfile(written_once("neuron", "zh"), tmp_path / "neuron.zh.xlsx")
    copyfile(written_once("neuron", w1=0.75), tmp_path / "other.xlsx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capfd: pytest.CaptureFixture[str], *arguments: str) -> Said:
    code = run(arguments)
    out, err = capfd.readouterr()
    return code, out, err


def refused(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    code, out, err = said(capfd, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("workbook: ") and err.count("\n") == 1, err
    return err


# ---------------------------------------------------------------------------------------------- numbers


def test_numbers_of_a_name_and_of_its_file_are_the_same(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capfd, "numbers", "neuron")
    assert (code, err) == (0, "")
    assert said(capfd, "numbers", "neuron.xlsx") == (0, out, "")
    table = pd.read_csv(io.StringIO(out))
    assert tuple(table.columns) == COLUMNS
    assert table[table.block == "w"].value.astype(float).tolist() == made_once("neuron")["w"].value.tolist()


def test_numbers_as_json_in_chinese_into_a_file(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _err = said(capfd, "numbers", "neuron", "--format", "json", "--lang", "zh")
    assert code == 0
    assert "中" in out or any("\u4e00" <= char <= "\u9fff" for char in out)
    written = said(capfd, "numbers", "neuron", "--lang", "zh", "--output", "new/numbers.json")
    assert written == (0, "new/numbers.json：neuron 的数，JSON\n", "")
    assert (folder / "new" / "numbers.json").read_text(encoding="utf-8") == out
    assert [path.name for path in (folder / "new").iterdir()] == ["numbers.json"]
    assert said(capfd, "numbers", "neuron.zh.xlsx", "--format", "json")[1] == out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["numbers", "nosuch"], "nosuch: no such worked example"),
        (["numbers", "n" * 300], f"{'n' * 300}: no such worked example"),
        (["numbers", "missing.xlsx"], "missing.xlsx: there is no such file"),
        (["numbers", "neuron.xlsx", "--lang", "zh"], "--lang zh：neuron.xlsx 是文件，语言已经定了；请去掉 --lang"),
        (["numbers", "neuron", "--format", "xml"], "'xml' is not one of 'csv', 'json'"),
        (["numbers", "neuron", "--output", "neuron.xlsx/n.csv"], "neuron.xlsx"),
        (["numbers", "neuron.xlsx", "--set", "w1=1"], "--set w1=1: neuron.xlsx is a file and has its numbers already"),
        (["numbers", "neuron", "--set", "w1=abc"], "--set w1=abc: give a number from"),
        (["numbers", "xor", "--data", "broken.csv"], "broken.csv: xor takes no data"),
        (["diff", "neuron.xlsx", "other.xlsx", "--set", "w1=1"], "--set w1=1: neuron.xlsx is a file"),
        (["numbers"], "Missing argument 'NAME|FILE.xlsx'; see workbook numbers --help"),
        (["diff", "neuron", "nosuch"], "nosuch: no such worked example"),
        (["diff", "neuron", "missing.csv"], "missing.csv: there is no such file"),
        (["diff", "neuron", "broken.csv"], "broken.csv: these are no exported numbers"),
        (["diff", "neuron", "broken.json"], "broken.json: this is no JSON"),
        (["diff", "neuron", "broken.xlsx"], "broken.xlsx: this is not an .xlsx file"),
        (["diff", "chain-rule", "neuron.xlsx"], "chain-rule is chain-rule, neuron.xlsx is neuron: these cannot"),
        (["diff", "neuron", "neuron", "--rtol", "-1"], "rtol -1.0: give a number that is 0 or more"),
        (["diff", "neuron", "neuron", "--atol", "nan"], "atol nan: give a number"),
        (["diff", "neuron"], "Missing argument 'RIGHT'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], line: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("broken.csv", "broken.json", "broken.xlsx"):
        (folder / name).write_text("broken")
    assert line in refused(capfd, *arguments)


# ---------------------------------------------------------------------------------------------- diff


@pytest.mark.parametrize("left", ["neuron", "neuron.xlsx", "neuron.zh.xlsx", "numbers.csv", "numbers.json"])
@pytest.mark.parametrize("right", ["neuron", "neuron.xlsx", "neuron.zh.xlsx", "numbers.csv", "numbers.json"])
def test_the_same_in_every_form(left: str, right: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("numbers.csv", "numbers.json"):
        said(capfd, "numbers", "neuron", "--output", name)
    code, out, err = said(capfd, "diff", left, right)
    assert (code, err) == (0, "")
    assert out.startswith(f"{left} → {right}: no difference in ")


@pytest.mark.parametrize("left", ["neuron", "neuron.xlsx", "neuron.zh.xlsx", "numbers.csv", "numbers.json"])
def test_a_difference_in_every_form(left: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("numbers.csv", "numbers.json"):
        said(capfd, "numbers", "neuron", "--output", name)
    code, out, err = said(capfd, "diff", left, "other.xlsx")
    assert (code, err) == (1, "")
    summary, _blank, head, line = out.splitlines()
    assert summary.startswith(f"{left} → other.xlsx: 1 given changed, and ")
    assert head.startswith("kind   sheet ")
    assert line.split()[0:1] + line.split()[3:4] == ["given", "w"]


def test_an_example_is_set_as_for_build(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(capfd, "numbers", "neuron", "--set", "w1=0.75") == said(capfd, "numbers", "other.xlsx")
    code, out, err = said(capfd, "diff", "neuron", "other.xlsx", "--set", "w1=0.75")
    assert (code, err) == (0, "")
    assert out.startswith("neuron → other.xlsx: no difference in ")


def test_an_example_takes_data_as_for_build(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "my.csv").write_text("area,rent\n500,2\n800,5\n900,4\n")
    code, out, _err = said(capfd, "numbers", "rent-yield", "--data", "my.csv")
    table = pd.read_csv(io.StringIO(out))
    assert code == 0
    assert table[table.block == "area"].value.astype(float).tolist() == [500, 800, 900]


def test_diff_as_json(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = made_once("neuron")["w"].place
    at = cell_name(place.row, place.column)
    code, out, err = said(capfd, "diff", "neuron.xlsx", "other.xlsx", "--json")
    assert (code, err) == (1, "")
    found = json.loads(out)
    assert (found["same"], found["left"], found["right"]) == (False, "neuron.xlsx", "other.xlsx")
    (change,) = found["changes"]
    old = made_once("neuron")["w"].value[0]
    assert change == {
        "sheet": place.sheet, "cell": at, "block": "w", "label": change["label"], "kind": "given", "old": old,
        "new": 0.75, "absolute": pytest.approx(abs(0.75 - old)), "relative": pytest.approx(abs(0.75 - old) / old),
        "cells": 1,
    }  # fmt: skip
    assert found["downstream"] > 5
    code, out, _err = said(capfd, "diff", "neuron", "neuron.xlsx", "--json")
    assert code == 0
    assert json.loads(out)["same"]


def test_the_tolerance_is_as_typed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    book = made_once("neuron")
    place = book["w"].place
    poison(
        folder / "neuron.xlsx", place.sheet, cell_name(place.row, place.column), repr(float(book["w"].value[0]) + 1e-7)
    )
    assert said(capfd, "diff", "neuron", "neuron.xlsx")[0] == 1
    assert said(capfd, "diff", "neuron", "neuron.xlsx", "--rtol", "1e-6")[0] == 0
    assert said(capfd, "diff", "neuron", "neuron.xlsx", "--atol", "1e-6")[0] == 0


def test_on_a_terminal_there_is_a_table_and_in_a_pipe_no_colour(folder: Path) -> None:
    command = [sys.executable, "-m", "workbook", "diff", "neuron.xlsx", "other.xlsx"]
    piped = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (piped.returncode, piped.stderr) == (1, "")
    assert "\x1b" not in piped.stdout
    pty = pytest.importorskip("pty")
    main, end = pty.openpty()
    shown = b""
    with subprocess.Popen(command, stdout=end, env={"TERM": "xterm", "COLUMNS": "120", "PATH": ""}) as process:
        os.close(end)
        try:
            while chunk := os.read(main, 4096):
                shown += chunk
        except OSError:  # how a terminal says that it has ended
            pass
    assert process.returncode == 1
    assert b"1 given changed" in shown
    assert b"\x1b[" in shown
