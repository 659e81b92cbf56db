"""The pytest plugin in a stranger's repository: what the documentation shows is pasted, run and broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copyfile

import pytest
from tampering import poison

from tests.books import made_once, written_once
from workbook.addresses import cell_name
from workbook.testing import assert_proven

pytest_plugins = "pytester"

PASTED = """
from workbook.testing import assert_proven

def test_my_numbers(workbook_numbers):
    workbook_numbers.check("handouts/neuron.xlsx")

def test_my_file_holds():
    assert_proven("handouts/neuron.xlsx")
"""
STORED = Path("test_handouts") / "test_my_numbers.csv"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A stranger's repository: a workbook, and the tests that the documentation shows."""
    assert_proven(build(pytester))  # which also imports all that is needed, so that runs in this process find it
    pytester.makepyfile(test_handouts=PASTED)
    return pytester


def build(project: pytest.Pytester, **settings: float) -> Path:
    path = project.path / "handouts" / "neuron.xlsx"
    path.parent.mkdir(exist_ok=True)
    copyfile(written_once("neuron", **settings), path)
    return path


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def run_apart(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run as the stranger does: in a process of its own, where nothing of ours is imported yet."""
    return project.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def outcomes(result: pytest.RunResult) -> dict[str, int]:
    return {name: count for name, count in result.parseoutcomes().items() if name in ("passed", "failed", "errors")}


def test_the_first_run_stores_the_numbers_and_fails_the_second_passes(project: pytest.Pytester) -> None:
    first = run_apart(project)
    assert outcomes(first) == {"passed": 1, "failed": 1}
    first.stdout.fnmatch_lines(["*test_handouts/test_my_numbers.csv: no numbers were stored yet; these are written:*"])
    stored = (project.path / STORED).read_text()
    assert stored.startswith("scenario,sheet,block,row,col,cell,value,formula\nneuron,Start,")
    assert outcomes(run_apart(project)) == {"passed": 2}
    assert (project.path / STORED).read_text() == stored


def test_a_change_is_told_readably_and_accepted_on_demand(project: pytest.Pytester) -> None:
    run(project)
    stored = (project.path / STORED).read_text()
    build(project, w1=0.75)
    failed = run(project)
    assert outcomes(failed) == {"passed": 1, "failed": 1}
    failed.stdout.fnmatch_lines(
        [
            "neural-workbook: test_handouts/test_my_numbers.csv → handouts/neuron.xlsx: * changed, and * cells downstream",
            "kind * sheet * cell * block * label * old * new * absolute * relative",
            "given * w * 0.75 *",
            "to accept the new numbers: pytest --workbook-regen",
        ]
    )
    assert "Traceback" not in failed.stdout.str()
    assert "pytest_plugin.py" not in failed.stdout.str()
    assert (project.path / STORED).read_text() == stored
    assert outcomes(run(project, "--workbook-regen")) == {"passed": 2}
    assert (project.path / STORED).read_text() != stored
    assert outcomes(run(project)) == {"passed": 2}


def test_numbers_that_still_hold_are_not_written_anew(project: pytest.Pytester) -> None:
    run(project)
    stored = project.path / STORED
    before = stored.read_text()
    path = project.path / "handouts" / "neuron.xlsx"
    book = made_once("neuron")
    place = book["w"].place
    poison(path, place.sheet, cell_name(place.row, place.column), repr(float(book["w"].value[0]) * (1 + 1e-14)))
    assert outcomes(run(project, "--workbook-regen", "-k", "numbers")) == {"passed": 1}
    assert stored.read_text() == before


def test_an_inserted_row_and_another_language_pass(project: pytest.Pytester) -> None:
    run(project)
    copyfile(written_once("neuron", "zh"), project.path / "handouts" / "neuron.xlsx")
    assert outcomes(run(project)) == {"passed": 2}


def test_a_file_that_does_not_hold_fails_with_the_checkers_report(project: pytest.Pytester) -> None:
    run(project)
    book = made_once("neuron")
    block = next(
        b for b in book.blocks() if b.patterns and not b.is_text and b.value.ndim == 0 and b.place.sheet != "Start"
    )
    at = cell_name(block.place.row, block.place.column)
    poison(project.path / "handouts" / "neuron.xlsx", block.place.sheet, at, "123.5")
    failed = run(project)
    assert outcomes(failed) == {"failed": 2}
    failed.stdout.fnmatch_lines(["*formula cell* disagree* with ironcalc; first:*", f"*block * {block.id}*"])
    failed.stdout.fnmatch_lines(["*1 value changed by itself*", f"value * {block.id} *"])


@pytest.mark.slow
def test_it_works_in_several_processes(project: pytest.Pytester) -> None:
    test = "def test_{n}(workbook_numbers): workbook_numbers.check('handouts/neuron.xlsx', form='json')"
    project.makepyfile(test_handouts=PASTED, test_many="\n".join(test.format(n=n) for n in range(4)))
    assert outcomes(run_apart(project, "-n", "2")) == {"passed": 1, "failed": 5}
    assert len(list((project.path / "test_many").iterdir())) == 4, "and nothing half-written"
    build(project, w1=0.75)
    assert outcomes(run_apart(project, "-n", "2", "--workbook-regen")) == {"passed": 6}
    assert outcomes(run(project)) == {"passed": 6}


def test_names_forms_tolerances_and_books(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_more="""
        import pytest
        from workbook.discovery import find_scenario
        from workbook.testing import Tolerance

        W1 = 0.5

        class TestAll:
            @pytest.mark.parametrize("n", [1, "a/b"])
            def test_settings(self, workbook_numbers, n):
                workbook_numbers.check(find_scenario("neuron").make(settings={"w1": W1}), form="json")

        def test_two(workbook_numbers):
            workbook_numbers.check("neuron", name="one")
            workbook_numbers.check("neuron", name="other")

        def test_twice(workbook_numbers):
            workbook_numbers.check("neuron")
            workbook_numbers.check("neuron")

        def test_tolerant(workbook_numbers):
            book = find_scenario("neuron").make(settings={"w1": W1})
            blocks = [block.id for block in book.blocks()]
            workbook_numbers.check(book, blocks=dict.fromkeys(blocks, 0.5) | {"w": Tolerance(atol=10)})
        """
    )
    run(project, "--workbook-regen")
    names = {path.name for path in (project.path / "test_more").iterdir()}
    assert names == {
        "TestAll.test_settings_1.json", "TestAll.test_settings_a_b.json", "one.csv", "other.csv", "test_twice.csv",
        "test_tolerant.csv",
    }  # fmt: skip
    result = run(project, "test_more.py")
    assert outcomes(result) == {"passed": 4, "failed": 1}
    result.stdout.fnmatch_lines(["*test_twice: checked twice in one test; tell them apart with name=*"])
    source = project.path / "test_more.py"
    source.write_text(source.read_text().replace("W1 = 0.5", "W1 = 0.5000001"))
    assert outcomes(run(project, "test_more.py")) == {"passed": 2, "failed": 3}, "all but the two and the tolerant one"


MISUSE = {
    "check('nosuch')": "nosuch: no such worked example",
    "check('handouts/missing.xlsx')": "there is no such file",
    "check('neuron', form='xml')": "form 'xml': choose csv or json",
    "check('neuron', rtol=-1)": "give a number that is 0 or more",
    "check('neuron', blocks={'nosuch': 1e-3})": "the block nosuch, but there is none",
}


def test_misuse_is_one_line(project: pytest.Pytester) -> None:
    tests = [f"def test_{n}(workbook_numbers): workbook_numbers.{check}" for n, check in enumerate(MISUSE)]
    project.makepyfile(test_wrong="\n".join(tests))
    run(project, "test_wrong.py")  # stores, if there is anything to store
    result = run(project, "test_wrong.py")
    assert outcomes(result) == {"failed": len(MISUSE)}
    result.stdout.fnmatch_lines([f"neural-workbook: *{line}*" for line in MISUSE.values()])


def test_stored_numbers_that_are_damaged_are_told_and_can_be_accepted_anew(project: pytest.Pytester) -> None:
    run(project)
    (project.path / STORED).write_text("<<<<<<< HEAD\n")
    run(project).stdout.fnmatch_lines(["*these are no exported numbers*"])
    assert outcomes(run(project, "--workbook-regen")) == {"passed": 2}


def test_other_peoples_tests_do_not_notice_the_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported():
            heavy = {"numpy", "pandas", "xlsxwriter", "openpyxl", "ironcalc", "rich", "click"}
            assert "workbook.pytest_plugin" in sys.modules
            assert not heavy & set(sys.modules)
        """
    )
    result = run_apart(pytester, "-p", "no:hypothesispytest", "-W", "error")
    assert outcomes(result) == {"passed": 1}


def test_the_option_has_a_help_text(pytester: pytest.Pytester) -> None:
    run(pytester, "--help").stdout.fnmatch_lines(["*--workbook-regen*"])
    run(pytester, "--fixtures").stdout.fnmatch_lines(["workbook_numbers*"])


def test_the_documentation_shows_what_is_tested_here() -> None:
    import workbook.pytest_plugin as plugin

    assert plugin.__doc__ is not None
    for line in ("def test_my_numbers(workbook_numbers):", "workbook_numbers.check(", "--workbook-regen"):
        assert line in plugin.__doc__
    script = "import sys, workbook.pytest_plugin; print([m for m in ('numpy', 'pandas', 'click') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
