"""What lint says of files that other programs have saved: the program's doing, once, and not every cell that shows it."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from network import network
from tampering import replace_cell, rewrite

from workbook.addresses import cell_name
from workbook.discovery import find_scenario
from workbook.engines import available, libreoffice
from workbook.lint import lint
from workbook.lint.inputs import ALLOWED
from workbook.palette import LESSONS
from workbook.writer import write

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""The locale whose decimal sign FIXED writes; and that everything is computed anew when a file is opened."""

Save = Callable[[Path, str], Path]


@pytest.fixture
def saved(tmp_path: Path) -> Save:
    """Have LibreOffice compute a file in some locale and save it; it may be missing unless CI says otherwise."""
    if reason := available("libreoffice"):
        if os.environ.get("WORKBOOK_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    def save(path: Path, locale: str) -> Path:
        user, out = tmp_path / "profile" / "user", tmp_path / locale
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(SETTINGS.format(locale=locale), encoding="utf-8")
        profile = f"-env:UserInstallation={user.parent.as_uri()}"
        kind = "xlsx:Calc MS Excel 2007 XML"
        soffice = libreoffice.find_soffice()
        assert soffice is not None
        command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return out / path.name

    return save


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write(network(), tmp_path / "network.xlsx")
    return tmp_path / "network.xlsx"


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR"])
def test_of_a_book_that_libreoffice_saved_only_lost_alternative_texts_are_told_once_a_sheet(
    locale: str, tmp_path: Path, saved: Save
) -> None:
    path = tmp_path / "rent-yield.xlsx"
    book = find_scenario("rent-yield").make()
    write(book, path)
    data = {sheet.name for sheet in book.sheets if sheet.kind not in LESSONS}  # its tabs lose their colour
    found = [
        finding for finding in lint(saved(path, locale)) if finding.rule == "alt-text" or finding.sheet not in data
    ]
    assert {finding.rule for finding in found} == {"alt-text"}
    assert max(Counter(finding.sheet for finding in found).values()) == 1
    assert ("Descent", "", "3 charts or pictures have no alternative text") in {
        (f.sheet, f.cell, f.problem) for f in found
    }


def without_values(path: Path) -> None:
    rewrite(path, lambda _name, contents: re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", contents))


def test_a_file_without_cached_values_is_told_once(path: Path) -> None:
    without_values(path)
    (finding,) = lint(path)
    assert (finding.rule, finding.sheet, finding.cell) == ("cached-value", "", "")
    assert finding.problem == "none of its 189 formulas has a cached value"
    assert finding.mend.startswith("open the file in a spreadsheet program and save it")


def test_some_missing_values_are_told_one_by_one(path: Path) -> None:
    loss = network()["loss"].place
    replace_cell(path, loss.sheet, cell_name(loss.row, loss.column), "<v>.*?</v>", "")
    (finding,) = lint(path)
    assert (finding.rule, finding.sheet, finding.cell) == ("cached-value", loss.sheet, cell_name(loss.row, loss.column))


# ---------------------------------------------------------------------------------------------- what is typed

TYPED = [
    ({"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}, 1, ""),
    ({"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}, 1.5, "1.5 is not between 0.0 and 1.0"),
    ({"validate": "decimal", "criteria": "not between", "minimum": 0, "maximum": 1}, 0.5, "0.5 is between 0.0 and 1.0"),
    ({"validate": "decimal", "criteria": ">", "value": 2}, 2, "2.0 is not between"),
    ({"validate": "decimal", "criteria": ">=", "value": 2}, 2, ""),
    ({"validate": "decimal", "criteria": "<", "value": 2}, 2, "2.0 is not between"),
    ({"validate": "decimal", "criteria": "<=", "value": "=$E$1"}, 4, ""),
    ({"validate": "decimal", "criteria": "<=", "value": "=$E$1"}, 6, "6.0 is not between -inf and 5.0"),
    ({"validate": "decimal", "criteria": "==", "value": 2}, 3, "3.0 is not between 2.0 and 2.0"),
    ({"validate": "decimal", "criteria": "!=", "value": 2}, 2, "2.0 is between 2.0 and 2.0"),
    ({"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 9}, 3, ""),
    ({"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 9}, 3.5, "3.5 is not a whole number"),
    ({"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 9}, "3", 'the text "3" stands where'),
    ({"validate": "list", "source": ["one", "2"]}, "one", ""),
    ({"validate": "list", "source": ["one", "2"]}, 2, ""),
    ({"validate": "list", "source": ["one", "2"]}, "two", '"two" is not in its list'),
    ({"validate": "list", "source": ["one", "2"]}, 3, "3 is not in its list"),
    ({"validate": "list", "source": "=$E$1:$E$1"}, 3, ""),
    ({"validate": "decimal", "criteria": "<=", "value": "=SUM($E$1:$E$2)"}, 9, ""),
    ({"validate": "custom", "value": "=B2>0"}, -1, ""),
]


@pytest.mark.parametrize(("validation", "value", "problem"), TYPED)
def test_what_stands_against_its_own_validation_is_found(
    validation: dict[str, object], value: float | str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "typed.xlsx"
    with xlsxwriter.Workbook(path) as file:
        page = file.add_worksheet("Sheet")
        page.write(0, 4, 5)
        page.write(1, 1, value, file.add_format({"locked": False}))
        page.data_validation(1, 1, 1, 1, {**validation, "input_message": "why"})
    found = [finding for finding in lint(path) if finding.rule == ALLOWED.id]
    assert [finding.cell for finding in found] == (["B2"] if problem else [])
    assert all(finding.problem.startswith(problem) for finding in found)


def test_a_formula_and_an_empty_cell_are_not_held_to_a_validation(tmp_path: Path) -> None:
    path = tmp_path / "typed.xlsx"
    with xlsxwriter.Workbook(path) as file:
        page = file.add_worksheet("Sheet")
        page.write_formula(1, 1, "=3+4", None, 7)
        page.write_blank(2, 1, None, file.add_format({"locked": False}))
        page.data_validation(1, 1, 2, 1, {"validate": "decimal", "criteria": "<", "value": 2, "input_message": "why"})
    assert [finding for finding in lint(path) if finding.rule == ALLOWED.id] == []
