"""The walls between the parts of the program."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import scenarios
import workbook
from tests.books import made_once
from workbook import discovery

WORKBOOK, SCENARIOS = Path(workbook.__file__).parent, Path(scenarios.__file__).parent
ONLY = {
    "xlsxwriter": {"workbook/writer.py", "workbook/worksheet.py", "workbook/looks.py", "workbook/draw.py"},
    "openpyxl": {"workbook/reader.py"},
    "ironcalc": {"workbook/engines/ironcalc.py"},
    "uno": {"workbook/engines/uno_script.py"},
    "onnx": {
        "scenarios/imported/reading.py",
        "scenarios/imported/reference.py",
        "scenarios/imported/example/train.py",
    },
}
ENGINE_CORE = ("formula", "block", "sheet", "book", "chart", "text", "scenario")
"""What a scenario is made of; none of it reads or writes files, or knows an engine."""

OUTSIDE = {
    "workbook.writer",
    "workbook.worksheet",
    "workbook.looks",
    "workbook.draw",
    "workbook.reader",
    "workbook.check",
    "workbook.cli",
    "workbook.engines",
    "workbook.guard",
}


def imports(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def imported_at_once(path: Path) -> Iterator[str]:
    """Yield every module that a file imports when it is imported itself."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def test_the_engine_knows_no_scenario() -> None:
    for path in modules(WORKBOOK):
        assert not {name for name in imports(path) if name.split(".")[0] == "scenarios"}, path


@pytest.mark.parametrize("part", ["cli", "desk", "gallery"])
def test_only_the_command_line_knows_the_desk_and_the_gallery(part: str) -> None:
    above = [WORKBOOK / "__main__.py", *modules(WORKBOOK / "cli"), *modules(WORKBOOK / part)]
    for path in set(modules(WORKBOOK)) - set(above):
        assert not {name for name in imports(path) if f"{name}.".startswith(f"workbook.{part}.")}, path


@pytest.mark.parametrize("library", ONLY)
def test_each_library_has_one_place(library: str) -> None:
    users = {
        path.relative_to(folder.parent).as_posix()
        for folder in (WORKBOOK, SCENARIOS)
        for path in modules(folder)
        if any(name.split(".")[0] == library for name in imports(path))
    }
    assert users <= ONLY[library]


@pytest.mark.parametrize("name", ENGINE_CORE)
def test_a_book_is_made_without_files_and_engines(name: str) -> None:
    assert not set(imported_at_once(WORKBOOK / f"{name}.py")) & OUTSIDE


def test_no_modules_import_each_other_in_a_circle() -> None:
    paths = [path for folder in (WORKBOOK, SCENARIOS) for path in modules(folder)]
    names = {
        ".".join(path.relative_to(WORKBOOK.parent).with_suffix("").parts).removesuffix(".__init__") for path in paths
    }
    left: dict[str, set[str]] = {}
    for path in paths:
        name = ".".join(path.relative_to(WORKBOOK.parent).with_suffix("").parts).removesuffix(".__init__")
        found = set(imported_at_once(path)) & names - {name}
        # `from a import b` runs a as well, which has begun before b does
        left[name] = {each for each in found if not any(other.startswith(f"{each}.") for other in found)}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    assert not left


@pytest.mark.parametrize(("folder", "most"), [(WORKBOOK, 500), (SCENARIOS, 400)])
def test_no_module_is_longer_than_a_reader_can_hold(folder: Path, most: int) -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(folder)}
    assert {name: length for name, length in lengths.items() if length > most} == {}


def test_scenarios_neither_write_nor_recalculate() -> None:
    for path in modules(SCENARIOS):
        assert not set(imports(path)) & (OUTSIDE - {"workbook.guard"}), path


SLOW = ("pandas", "openpyxl", "ironcalc", "babel", "autograd", "rich", "onnx")
"""What takes long to import."""

STARTED = {
    "--version": (*SLOW, "numpy", "xlsxwriter"),
    "--help": (*SLOW, "numpy", "xlsxwriter"),
    "list": (*SLOW, "xlsxwriter"),
    "build neuron --lang zh --output {folder}/zh": tuple({*SLOW} - {"ironcalc"}),
    "build neuron --output {folder}": tuple({*SLOW} - {"ironcalc"}),
    # a process of its own does the work
    "check {folder}/neuron.xlsx": (*SLOW, "numpy", "xlsxwriter"),
    "lint {folder}/neuron.xlsx": (*SLOW, "numpy", "xlsxwriter"),
}


def test_a_command_imports_only_what_it_needs(tmp_path: Path) -> None:
    script = "import sys, workbook.cli; code = workbook.cli.run(sys.argv[2:]); "
    script += "print(code, [m for m in sys.argv[1].split() if m in sys.modules])"
    for command, unneeded in STARTED.items():
        arguments = command.format(folder=tmp_path).split()
        started = [sys.executable, "-c", script, " ".join(unneeded), *arguments]
        run = subprocess.run(started, capture_output=True, text=True, check=True)
        assert run.stdout.splitlines()[-1] == "0 []", command


@pytest.mark.parametrize("name", discovery.scenarios())
def test_every_block_has_a_name_that_is_safe_in_any_spreadsheet(name: str) -> None:
    ids = [block.id for block in made_once(name).blocks()]
    assert len({id.lower() for id in ids}) == len(ids)
    for id in ids:
        assert re.fullmatch(r"[A-Za-z0-9_]{1,200}", id), id
