"""Catalogues: .po files are read as Babel reads them, and a third language is a folder with one, nothing else."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import openpyxl
import pytest
from babel.messages.pofile import read_po as read_by_babel

import workbook.text
from tests.books import made_once
from workbook.catalogue import load_catalogue, read_po
from workbook.check import prove
from workbook.cli import run
from workbook.reader import read_ledger
from workbook.rebuilt import judge
from workbook.text import LOCALE, language, languages

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted(path for folder in ("workbook", "scenarios") for path in (ROOT / folder).rglob("*.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_is_read_as_babel_reads_it(path: Path) -> None:
    with path.open("rb") as file:
        theirs = {(m.context or "", m.id): m.string for m in read_by_babel(file) if m.id and m.string and not m.fuzzy}
    assert dict(read_po(path)) == theirs


ODD = r"""
# what stands before the first entry
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

#: file.py:3
#, fuzzy
msgid "guessed"
msgstr "deviné"
#, python-format
msgid "two\n"
"lines \"\\n\" 100 %"
msgstr ""
"deux\n"
"lignes \"\\n\" 100 %"
msgid "waits"
msgstr ""

msgctxt "tab"
msgid "two"
msgstr "Deux"
#~ msgid "gone"
#~ msgstr "parti"
"""


def test_what_is_fuzzy_waits_or_is_obsolete_translates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "odd.po"
    path.write_bytes(b"\xef\xbb\xbf" + ODD.replace("\n", "\r\n").encode())
    expected = {("", 'two\nlines "\\n" 100 %'): 'deux\nlignes "\\n" 100 %', ("tab", "two"): "Deux"}
    assert dict(read_po(path)) == expected


@pytest.mark.parametrize("line", ["msgid waits", 'msgid "open', '"first"', "words"])
def test_a_line_that_is_none_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.po"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"wrong\.po, line 2: write msgctxt, msgid or msgstr"):
        dict(read_po(path))


def test_a_third_language_is_a_folder_with_a_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert languages() == ["en", "zh"]
    english = made_once("neuron")
    here = tmp_path / "locale"
    copytree(LOCALE, here)
    french = here / "fr" / "LC_MESSAGES"
    french.mkdir(parents=True)
    words = {english.title: "Un neurone", "given": "donné"}
    entries = [f'msgid "{text}"\nmsgstr "{words[text]}"\n' for text in words]
    (french / "français.po").write_text(
        "\n".join([*entries, 'msgctxt "tab"\nmsgid "Start"\nmsgstr "Début"\n']), encoding="utf-8"
    )
    monkeypatch.setattr(workbook.text, "LOCALE", here)
    monkeypatch.chdir(tmp_path)
    assert languages() == ["en", "fr", "zh"]

    assert run(["build", "neuron", "--lang", "fr"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("output/neuron.fr.xlsx: ") and "texts are in English still" in err
    path = tmp_path / "output" / "neuron.fr.xlsx"
    assert openpyxl.load_workbook(path).sheetnames[0] == "Début"
    ledger = read_ledger(path)
    assert ledger.language == "fr" and "Un neurone" in ledger.labels["Début"].values()
    proof = prove(path)
    assert proof.holds and proof.read is not None
    assert judge(path, proof.read).faults == []


def test_a_language_of_which_an_example_has_no_catalogue_is_english() -> None:
    with language("zh", Path("nowhere")) as translator:
        assert translator.translate("no such text") == "no such text"
    assert load_catalogue(Path("nowhere"), "zh") == {}
