"""`workbook new` writes an example that builds, is proven and obeys lint at once."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from workbook.cli import run
from workbook.lint import lint

ENTRY_POINT = "[neural_workbook.scenarios]\nmy-example = my_example:MyExample\n"


def test_it_builds_is_proven_and_obeys_lint_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "my-example"]) == 0
    info = tmp_path / "site" / "my_example-0.1.0.dist-info"  # as an installer would leave it
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-example\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINT)
    declared = (tmp_path / "my-example" / "pyproject.toml").read_text()
    assert 'my-example = "my_example:MyExample"' in declared
    paths = os.pathsep.join(map(str, (tmp_path / "my-example", tmp_path / "site")))
    env = {**os.environ, "PYTHONPATH": paths}
    build = [sys.executable, "-m", "workbook", "build", "my-example", "--output", "out"]
    for lang in ("en", "zh"):
        subprocess.run([*build, "--lang", lang], env=env, check=True, capture_output=True)
    for path in ("out/my-example.xlsx", "out/my-example.zh.xlsx"):
        assert not lint(tmp_path / path)
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    subprocess.run(tests, env=env, cwd=tmp_path / "my-example", check=True, capture_output=True)


def test_what_is_written_but_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert run(["new", "my-example"]) == 0
    assert run(["build", "my-example"]) == 2
    line = "my-example: its package lies here, but is not installed; write pip install -e my-example"
    assert capfd.readouterr().err == f"workbook: {line}\n"


def test_a_folder_that_takes_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refused(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(tempfile, "mkdtemp", refused)
    assert run(["new", "my-example"]) == 2
    line = "my-example: it cannot be written here (Read-only file system); go to another folder"
    assert capfd.readouterr().err == f"workbook: {line}\n"


@pytest.mark.parametrize("name", ["My", "neuron", "class", "numpy", "test", "random", "a/b", "-x", "x-", "here", ""])
def test_a_name_that_cannot_be_is_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").write_text("kept")
    assert run(["new", "--", name]) == 2
    assert capfd.readouterr().err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
