"""`check` of a file: its book is made again from what the file keeps; what is not as it was built is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ironcalc
import numpy as np
import openpyxl
import pytest
from specifications import small, spec_file
from tampering import replace_cell, rewrite

from scenarios.network.spec import EXAMPLE
from scenarios.neuron import CRITERION_KEYS
from workbook import __version__
from workbook.addresses import cell_name
from workbook.block import Role
from workbook.book import Book
from workbook.check import prove
from workbook.cli import run
from workbook.discovery import find_scenario
from workbook.reader import FileLedger, read_ledger, was_edited
from workbook.rebuilt import Judgement, judge, rebuild
from workbook.recipe import LONGEST_PACKED, recipe_read
from workbook.signature import RECIPE_PROPERTY
from workbook.text import languages
from workbook.writer import packed, write

CUSTOM = "docProps/custom.xml"


def judged(path: Path) -> Judgement:
    return judge(path, read_ledger(path))


def built(
    folder: Path, name: str, lang: str = "en", typed: dict[str, str] | None = None, data: Path | None = None
) -> Path:
    scenario = find_scenario(name)
    path = folder / f"{name}.xlsx"
    write(scenario.make(lang, scenario.settings(typed), data), path)
    return path


def cell(book: Book, id: str, row: int = 0, column: int = 0) -> tuple[str, str]:
    place = book[id].place
    return place.sheet, cell_name(place.row + row, place.column + column)


def properties_changed(path: Path, change: Callable[[str], str]) -> None:
    rewrite(path, lambda name, xml: change(xml.decode()).encode() if name == CUSTOM else xml)


# ---------------------------------------------------------------------------------------------- what a file keeps


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", ["neuron", "derivatives", "backprop-chain", "network"])
def test_a_file_is_what_it_was_built_as(name: str, lang: str, tmp_path: Path) -> None:
    path = built(tmp_path, name, lang)
    assert judged(path) == Judgement()
    assert packed(rebuild(read_ledger(path))) == path.read_bytes()


def write_data(folder: Path) -> Path:
    data = folder / "my offices.csv"
    data.write_text("area (sq ft),rent (thousand $)\n650,2.9\n785,3.4\n1200,4.6\n720,3.1\n975,3.9\n", encoding="utf-8")
    return data


def test_settings_and_data_are_kept(tmp_path: Path) -> None:
    data = write_data(tmp_path)
    path = built(tmp_path, "rent-yield", "zh", {"lr": "0.02", "C": "1"}, data)
    written = data.read_bytes()
    data.unlink()
    assert judged(path) == Judgement()
    recipe = recipe_read(read_ledger(path).properties)
    assert recipe is not None
    assert (recipe.settings["lr"], recipe.files["data"].contents) == (0.02, written)


def test_a_file_says_what_it_is_and_how_to_make_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    find_scenario("rent-yield").make("zh", {"lr": 0.02}, write_data(tmp_path)).save(path)
    properties = read_ledger(path).properties
    assert properties["neural-workbook version"] == __version__
    assert properties["neural-workbook licence"] == "MIT"
    command = "workbook build rent-yield --lang zh --set lr=0.02 --data 'my offices.csv'"
    assert properties["neural-workbook command"] == command
    assert openpyxl.load_workbook(path).properties.creator == f"neural-workbook {__version__}"


def test_rebuild_makes_a_file_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = built(tmp_path, "rent-yield", "zh", {"lr": "0.02", "C": "1"}, write_data(tmp_path))
    (tmp_path / "my offices.csv").unlink()
    as_built = path.read_bytes()
    replace_cell(path, *cell(find_scenario("rent-yield").make("zh"), "own_C"), "<v>.*</v>", "<v>7</v>")
    properties_changed(path, lambda xml: xml.replace(__version__, "0.0.9"))
    edited = path.read_bytes()
    assert run(["rebuild", str(path)]) == 2
    assert f"workbook: {path}: not overwritten, since somebody has edited it" in capfd.readouterr().err
    assert path.read_bytes() == edited
    assert run(["rebuild", str(path), "--output", str(tmp_path / "anew")]) == 0
    assert (tmp_path / "anew" / path.name).read_bytes() == as_built
    assert run(["rebuild", str(path), "--force"]) == 0
    assert path.read_bytes() == as_built


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda xml: re.sub("<property.*</property>", "", xml), "it cannot be made again: the program that saved it"),
        (lambda xml: xml.replace(">neuron<", ">nosuch<"), "it was built as nosuch, which is not installed here"),
    ],
)
def test_what_cannot_be_made_again_is_one_line(
    change: Callable[[str], str], line: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = built(tmp_path, "neuron")
    properties_changed(path, change)
    assert run(["rebuild", str(path), "--output", str(tmp_path / "anew")]) == 2
    error = capfd.readouterr().err
    assert error.startswith(f"workbook: {path}: ") and error.count("\n") == 1 and line in error
    assert list((tmp_path / "anew").iterdir()) == []


def test_specification_and_examples_are_kept(tmp_path: Path) -> None:
    spec = spec_file(tmp_path, small(["tanh", "sigmoid"], "binary_cross_entropy"))
    spec.write_text("# a secret of the author\n" + spec.read_text(encoding="utf-8"), encoding="utf-8")
    data = tmp_path / "points.csv"
    data.write_text("x1,x2,x3,y1,y2\n1,2,3,0,1\n2,1,0,1,1\n0.5,1,2,1,0\n", encoding="utf-8")
    path = built(tmp_path, "network", typed={"spec": str(spec)}, data=data)
    spec.unlink()
    data.unlink()
    assert judged(path) == Judgement()
    recipe = recipe_read(read_ledger(path).properties)
    assert recipe is not None
    assert b"secret" not in (recipe.files["spec"].contents or b"")
    assert not any("/" in file.name for file in recipe.files.values())


def test_weights_are_kept(tmp_path: Path) -> None:
    weights = tmp_path / "w.csv"
    rows = [*np.random.default_rng(1).normal(size=(3, 13)).round(3).tolist(), [0.5, -0.5, 1, 2], [1, 1, -1, 0]]
    weights.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    path = built(tmp_path, "demon-net", typed={"weights": str(weights)})
    weights.unlink()
    assert judged(path) == Judgement()


def test_columns_that_were_not_read_are_not_kept(tmp_path: Path) -> None:
    data = tmp_path / "marks.csv"
    rows = [f"Bistro {n},{n}@example.org,{n % 10},{(n * 3) % 10},{(n * 7) % 10},{(n + 2) % 10}" for n in range(6)]
    header = ",".join(["name", "private", *CRITERION_KEYS])
    data.write_text("\n".join([header, *rows]), encoding="utf-8")
    path = built(tmp_path, "neuron", data=data)
    recipe = recipe_read(read_ledger(path).properties)
    assert recipe is not None
    contents = recipe.files["data"].contents or b""
    assert b"Bistro 3" in contents and b"example.org" not in contents and b"private" not in contents
    assert judged(path) == Judgement()


def test_what_is_too_large_to_keep_is_named(tmp_path: Path) -> None:
    data = tmp_path / "large.csv"
    numbers = np.random.default_rng(1).uniform(1, 2, size=(10_000, 2))
    np.savetxt(data, numbers, fmt="%.17g", delimiter=",", header="x,y", comments="")
    book = find_scenario("rent-yield").make(data=data)
    assert book.recipe is not None and book.recipe.left_out == ["large.csv"]
    assert sum(map(len, book.recipe.told().values())) < LONGEST_PACKED


# ---------------------------------------------------------------------------------------------- what is found


@pytest.fixture
def neuron(tmp_path: Path) -> tuple[Book, Path]:
    path = built(tmp_path, "neuron")
    return find_scenario("neuron").make(), path


def test_a_formula_changed_with_all_that_follows(neuron: tuple[Book, Path], tmp_path: Path) -> None:
    book, path = neuron
    sheet, at = cell(book, "z")
    saved = resaved(path, tmp_path, {(sheet, at): f"={book['z'].formula_at(0, 0)}+0.5"})
    assert prove(saved).holds, "every value follows from the formulas"
    line, first = judged(saved).faults[-2:]
    assert "1 × another formula" in line
    assert first.startswith(f"  {sheet}!{at}, block z") and first.endswith("+0.5")


def resaved(path: Path, folder: Path, edits: dict[tuple[str, str], str]) -> Path:
    """Type into cells, recalculate everything and save, as a spreadsheet program does; the properties are lost."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    for (sheet, at), text in edits.items():
        column, row = re.fullmatch(r"([A-Z])(\d+)", at).groups()  # type: ignore[union-attr]
        model.set_user_input(names.index(sheet), int(row), ord(column) - 64, text)
    model.evaluate()
    to = folder / "resaved.xlsx"
    model.save_to_xlsx(str(to))
    return to


def test_a_program_that_drops_the_properties_is_seen_through(neuron: tuple[Book, Path], tmp_path: Path) -> None:
    _book, path = neuron
    saved = resaved(path, tmp_path, {})
    assert not read_ledger(saved).properties
    assert judged(saved) == Judgement()


@pytest.mark.parametrize("lang", languages())
def test_a_recorded_number(lang: str, tmp_path: Path) -> None:
    book, path = find_scenario("neuron").make(lang), built(tmp_path, "neuron", lang)
    block = next(b for b in book.blocks() if b.role is Role.RECORDED and not b.is_text and b.value.flat[0])
    sheet, at = cell(book, block.id)
    replace_cell(path, sheet, at, "<v>.*</v>", f"<v>{float(block.value.flat[0]) * (1 + 1e-9)!r}</v>")
    line, first = judged(path).faults[:2]
    assert "1 × another recorded number" in line
    assert f"{sheet}!{at}, block {block.id}" in first


def texts_changed(path: Path, old: str, new: str) -> None:
    def change(name: str, xml: bytes) -> bytes:
        if name != "xl/sharedStrings.xml":
            return xml
        assert old.encode() in xml
        return xml.replace(old.encode(), new.encode(), 1)

    rewrite(path, change)


def test_words(neuron: tuple[Book, Path]) -> None:
    book, path = neuron
    label = next(label for sheet in book.sheets for label in sheet.labels if label.text.startswith("Step"))
    texts_changed(path, label.text, "Step 1 · nonsense")
    assert was_edited(path), "so that it is not built over"
    line, *places = judged(path).faults
    assert "other words" in line
    assert any('found "Step 1 · nonsense"' in place for place in places)


def test_a_heading_is_read_from_its_own_row(neuron: tuple[Book, Path], tmp_path: Path) -> None:
    """One row above it stands a title, or nothing, whose value may come to the same."""
    book, path = neuron
    sheet, at = cell(book, "pattern_x")
    formula = book["pattern_x"].formula_at(0, 0)
    heading = re.search(r"C\$(\d+)", formula)
    assert heading is not None
    other = formula.replace(heading[0], f"C${int(heading[1]) - 1}")
    changed = rewrite(path, lambda _name, contents: contents, tmp_path / "changed.xlsx")
    replace_cell(changed, sheet, at, "<f>.*</f>", f"<f>{other}</f>")
    assert "1 × another formula" in judged(changed).faults[0]


def test_a_formula_typed_over_an_empty_one_and_one_over_a_recorded_number(neuron: tuple[Book, Path]) -> None:
    book, path = neuron
    recorded = next(b for b in book.blocks() if b.role is Role.RECORDED and not b.is_text)
    replace_cell(path, *cell(book, "z"), "<f>.*</f>", "")
    replace_cell(path, *cell(book, "s"), "<f>.*</f><v>.*</v>", "")
    replace_cell(path, *cell(book, recorded.id), "<v>", "<f>1+1</f><v>")
    line = judged(path).faults[0]
    for what in ("formula typed over", "an empty cell in the place of a formula", "in the place of a recorded number"):
        assert what in line


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            lambda xml: xml.replace(b'<sheet name="Sigmoid"', b'<sheet state="hidden" name="Sigmoid"'),
            "Sigmoid is hidden",
        ),
        (lambda xml: xml.replace(b"Sigmoid", b"Sigma"), 'built as "Sigmoid", found "Sigma"'),
        (lambda xml: re.sub(rb'<definedName name="wb.z">.*?</definedName>', b"", xml), "block z"),
    ],
)
def test_sheets_and_names(change: Callable[[bytes], bytes], what: str, neuron: tuple[Book, Path]) -> None:
    _book, path = neuron
    rewrite(path, lambda name, xml: change(xml) if name == "xl/workbook.xml" or name.startswith("xl/work") else xml)
    assert was_edited(path)
    assert what in "\n".join(judged(path).faults)


def test_ranges_of_unequal_sizes_are_no_traceback(neuron: tuple[Book, Path]) -> None:
    book, path = neuron
    replace_cell(path, *cell(book, "s"), "<f>.*</f>", "<f>SUMPRODUCT($B$13:$B$15*$C$13:$C$16)</f>")
    assert not prove(path).holds


def test_its_own_verdict(neuron: tuple[Book, Path]) -> None:
    book, path = neuron
    sheet, at = cell(book, "verdict")
    replace_cell(path, sheet, at, "<v>.*</v>", "<v>✗ A check fails: see the sheet Checks.</v>")
    assert judged(path).faults[0] == f"{path}: its own verdict is ✗: {sheet}!{at} says that a check fails"


# ---------------------------------------------------------------------------------------------- what may be


def given_changed(path: Path, book: Book, id: str, xml: str) -> Judgement:
    replace_cell(path, *cell(book, id), "<v>.*</v>", xml)
    return judged(path)


def test_yellow_cells_may_be_changed(neuron: tuple[Book, Path]) -> None:
    book, path = neuron
    found = given_changed(path, book, "x", "<v>0</v>")
    sheet, at = cell(book, "x")
    assert found.faults == []
    assert f"1 yellow cell is not as built ({sheet}!{at} 1 → 0)" in found.remarks[0]


@pytest.mark.parametrize("xml", ["<v>-1e300</v>", ""])
def test_but_only_to_what_they_allow(xml: str, neuron: tuple[Book, Path]) -> None:
    book, path = neuron
    assert "a yellow cell that holds what it must not" in given_changed(path, book, "x", xml).faults[0]


def test_notes_beside_are_not_judged(neuron: tuple[Book, Path]) -> None:
    _book, path = neuron
    note = b'<row r="900"><c r="Z900" t="inlineStr"><is><t>my note</t></is></c></row></sheetData>'
    rewrite(path, lambda name, xml: xml.replace(b"</sheetData>", note) if name.endswith("sheet2.xml") else xml)
    found = judged(path)
    assert (found.faults, found.remarks) == (
        [],
        [f"{path}: written beside what was built, and not judged: Neuron!Z900"],
    )


# ---------------------------------------------------------------------------------------------- what cannot be known


def test_a_foreign_file(tmp_path: Path) -> None:
    path = tmp_path / "foreign.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(path)
    found = judged(path)
    assert found.faults == [] and len(found.remarks) == 1
    assert "none of our workbooks" in found.remarks[0]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (r">neuron<", ">another<", "another, which is not installed here"),
        (r"version&quot;: &quot;[^&]*|version\": \"[^\"]*", 'version": "0.0.1', "version 0.0.1 built it, and this is"),
    ],
)
def test_what_is_not_here(old: str, new: str, reason: str, neuron: tuple[Book, Path]) -> None:
    _book, path = neuron
    properties_changed(path, lambda xml: re.sub(old, new, xml, count=1))
    found = judged(path)
    assert found.faults == [] and len(found.remarks) == 1
    assert reason in found.remarks[0] and found.remarks[0].endswith("; nobody has edited it since")


def with_recipe(ledger: FileLedger, text: str) -> FileLedger:
    ledger.properties = {**ledger.properties, f"{RECIPE_PROPERTY} 1": text}
    return ledger


@pytest.mark.parametrize(
    "told",
    [
        {"settings": {"spec": "/etc/passwd"}},
        {"settings": {"update": "many"}},
        {"settings": {"nosuch": 1}},
        {"settings": {"update": [1]}},
        {"files": {"spec": ["../../x.toml", "eJwDAAAAAAE="]}},
        {"files": {"spec": ["..", "eJwDAAAAAAE="]}},
        {"files": {"spec": ["x.toml", "no base64"]}},
        {"files": {"spec": ["x.toml", "eJwDAAAAAAE="]}},
        {"files": 3},
    ],
)
def test_a_recipe_that_leads_astray(told: dict[str, Any], tmp_path: Path) -> None:
    path = built(tmp_path, "network")
    ledger = read_ledger(path)
    recipe = recipe_read(ledger.properties)
    assert recipe is not None
    text = json.dumps({"version": recipe.version, "settings": {}, "files": {}, **told})
    found = judge(path, with_recipe(ledger, text))
    assert len(found.faults) == 1 and "cannot be compared with what it was built as: " in found.faults[0]
    assert "\n" not in found.faults[0]


def test_a_specification_that_is_the_examples_own(tmp_path: Path) -> None:
    path = built(tmp_path, "network", typed={"spec": str(EXAMPLE)})
    assert judged(path) == Judgement()
