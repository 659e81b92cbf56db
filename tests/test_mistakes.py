"""What teachers get wrong, and the one line that each mistake gets: what, where, how to mend it. Nothing is written."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from workbook.cli import run
from workbook.cli.speech import Speech, spoken

FILES: dict[str, str | bytes] = {
    "good.csv": "area,rent\n650,2.9\n785,3.4\n1200,4.6\n",
    "three.csv": "id,area,rent\n1,650,2.9\n2,785,3.4\n",
    "unit.csv": "area,rent\n650 m²,2.9\n785,3.4\n",
    "word.csv": "area,rent\n650,2.9\nmany,3.4\n",
    "hole.csv": "area,rent\n650,2.9\n,3.4\n",
    "short.csv": "area,rent\n650,2.9\n785\n",
    "blank.csv": "area,rent\n650,2.9\n\n785,3.4\n",
    "header.csv": "650,2.9\n785,3.4\n",
    "title.csv": "Rents of 2024\narea,rent\n650,2.9\n785,3.4\n",
    "twice.csv": "area,area\n650,2.9\n785,3.4\n",
    "same.csv": "area,rent\n650,2.9\n650,3.4\n",
    "one.csv": "area,rent\n650,2.9\n",
    "empty.csv": "",
    "thousands.csv": 'area,rent\n"1,200",2.9\n785,3.4\n',
    "point.csv": "area;rent\n1.200;2,9\n1.785;3,4\n",
    "quote.csv": 'area,rent\n650,"2.9\n785,3.4\n',
    "greek.csv": "POPULAÇÃO;x\n1;2\n3;4\n".encode("cp1252"),
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more",
    "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "sheet.ods": b"PK\x03\x04 and what is no workbook",
    "print.pdf": b"%PDF-1.7",
    "page.xls": "<html><table><tr><td>area</td><td>rent</td></tr></table></html>",
    "page.csv": "\ufeff\n<!DOCTYPE html>\n<title>Sign in</title>",
    "rents.gsheet": '{"url":"https://docs.google.com/open?id=1"}',
    "rents.json": '[{"area": 650, "rent": 2.9}]',
    "chinese.csv": "area，rent\n650，2.9\n785，3.4\n",
    "blanks.csv": "area rent\n650 2.9\n785 3.4\n",
    "money.csv": "area,rent\n650,$2.9\n785,3.4\n",
    "percent.csv": "area,rent\n650,29%\n785,3.4\n",
    "apostrophe.csv": "area,rent\n'650,2.9\n785,3.4\n",
    "nan.csv": "area,rent\nNaN,2.9\n785,3.4\n",
    "sum.csv": "area,rent\n=600+50,2.9\n785,3.4\n",
    "index.csv": ",area,rent\n0,650,2.9\n1,785,3.4\n",
    "twice.toml": 'ask = "D3"\nask = "D2"\n',
    "class.csv": "id,name\n7,Ada\n7,Bob\n",
    "key.json": "{}",
    "damaged.xlsx": b"PK\x03\x04 and no more",
    "text.xlsx": "area,rent\n1,2\n",
    "labels.csv": "x,y,label\n" + "".join(f"{n / 9},{-n},{n % 2}\n" for n in range(1, 9)),
    "points.csv": "x1,x2,colour\n1,2,a\n3,4,b\n5,6,c\n",
    "inputs.csv": "x1,x2,x3,label\n1,2,3,A\n3,4,5,B\n5,6,7,C\n",
    "net.toml": "[network]\nlayers = [2, 3, 3\n",
    "words.toml": '[network]\nlayers = [2, 3, 1]\nactivations = ["relu", "sigmod"]\n\n[loss]\nname = "half_squared"\n',
}

WRITE = "write digits (0 to 9) with a decimal point, without a unit"
SPELL = "write a key, = and a value without spaces, such as --set"

MISTAKES = {
    # what is typed
    "bild rent-yield": "bild: no such command; did you mean build? there are *",
    "rent-yield": "rent-yield: this is an example's name; write a command before it: workbook build rent-yield; see workbook --help",
    "rent-yield build": "rent-yield: this is an example's name; write a command before it: workbook build rent-yield; see workbook --help",
    "--set lr=0.02 build rent-yield": "--set: no such option before the command; options stand behind it; see workbook --help",
    "help build": "help: no such command; there are *; see workbook --help",
    "build rent-yeild": "rent-yeild: no such worked example; did you mean rent-yield? there are *",
    "build Rent-Yield": "Rent-Yield: no such worked example; did you mean rent-yield? there are *",
    "build rent yield": "rent: no such worked example; *",
    "build rent-yield lr=0.02": "lr=0.02: a setting is typed after --set: --set lr=0.02",
    "build rent-yield --set lr 0.02": f"--set lr: {SPELL} lr=0.02",
    "build rent-yield --set lr:0.02": f"--set lr:0.02: {SPELL} lr=0.02",
    "build rent-yield --set lr=": f"--set lr=: {SPELL} lr=0.1",
    "build rent-yield --lr 0.02": "--lr: no such option; a setting is typed as --set lr=VALUE; see workbook build --help",
    "build rent-yield --set c=1": "--set c: rent-yield has no such setting; did you mean C? it has C, *",
    "build rent-yield --set learning_rate=1": "--set learning_rate: rent-yield has no such setting; it has C, *",
    "build all": "all: where no name is written all examples are meant; leave it out",
    "build rent-yield.xlsx": "rent-yield.xlsx: no such worked example; did you mean rent-yield? there are *",
    "build rent-yield,neuron": "rent-yield,neuron: no such worked example; did you mean rent-yield? there are *",
    "build rent-yield --set lr=0,02": "--set lr=0,02: give a number from 0 to 1, with a decimal point: 0.02",
    "build rent-yield --set lr=0，02": "--set lr=0，02: give a number from 0 to 1, with a decimal point: 0.02",
    "build rent-yield --set lr=0。02": "--set lr=0。02: give a number from 0 to 1, with a decimal point: 0.02",
    "build rent-yield --set lr=1e-200": "--set lr=1e-200: give a number from 0 to 1, and 0 for what is smaller than 1e-100",
    "build rent-yield --set lr=2%": "--set lr=2%: give a number from 0 to 1",
    "build rent-yield --set lr=1/50": "--set lr=1/50: give a number from 0 to 1",
    "build rent-yield --set lr＝0.02": "--set lr＝0.02: the sign = is another here; write --set lr=0.02",
    "build rent-yield --set lr=0.02,C=1": "--set lr=0.02,C=1: each setting stands behind its own --set; write --set lr=0.02 --set C=1",
    "build rent-yield --set lr=0.02，C=1": "--set lr=0.02，C=1: each setting stands behind its own --set; write --set lr=0.02 --set C=1",
    "build rent-yield --set “lr=0.02”": "“lr=0.02”: quotation marks are left in it; write lr=0.02",
    "build rent-yield --set \"lr='0.02'\"": "lr='0.02': quotation marks are left in it; write lr=0.02",
    "build “rent-yield”": "“rent-yield”: quotation marks are left in it; write rent-yield",
    "build rent-yield —lang zh": "—lang: an option begins with two hyphens; write --lang",
    "build rent-yield –set lr=0.02": "–set: an option begins with two hyphens; write --set",
    "build rent-yield -set lr=0.02": "-set: no such option; did you mean --set? see workbook build --help",
    "build rent-yield -lang zh": "-lang: no such option; did you mean --lang? see workbook build --help",
    "build rent-yield -output here": "-output: an option begins with two hyphens; write --output",
    "build rent-yield --set lr=fast": "--set lr=fast: give a number from 0 to 1",
    "build rent-yield --set lr=5": "--set lr=5: give a number from 0 to 1",
    "build rent-yield --set epochs=2.5": "--set epochs=2.5: give a whole number from *",
    "build rent-yield --set loss=RMSE": "--set loss=RMSE: choose one of *",
    "build rent-yield --set lr=0.1 --set lr=0.2": "--set lr: given twice (0.1 and 0.2); leave one out",
    "build --set lr=0.1": "--set lr: *cannot be set so; build *",
    "build rent-yield --language zh": "--language: no such option; did you mean --lang? see workbook build --help",
    "build rent-yield --lang french": "--lang french: no such language; there are en, zh",
    "build rent-yield --lang": "Option '--lang' requires an argument.",
    "check rent-yield --engine excel": "--engine: 'excel' is not one of *; see workbook check --help",
    "build rent-yield --lang cn": "--lang cn: no such language; there are en, zh",
    "diff neuron": "Missing argument 'RIGHT'; see workbook diff --help",
    "diff neuron line --rtol small": "--rtol: 'small' is not a number; see workbook diff --help",
    "variants rent-yield --preview few": "--preview: 'few' is not a whole number; see workbook variants --help",
    "numbers rent-yield neuron": "Got unexpected extra argument (neuron); see workbook numbers --help",
    "new con": "con: Windows keeps this name for a device; choose another, such as my-con",
    "new My_Example": "'My_Example': an example's name is small letters, digits and single hyphens, such as my-example",
    # what names nothing
    "check ''": '"": this names nothing; write a name, a file or a folder, or leave it out',
    "build rent-yield -o ''": '-o "": this names nothing; write a name, a file or a folder, or leave it out',
    "build rent-yield --output=": '--output "": this names nothing; write a name, a file or a folder, or leave it out',
    "build rent-yield --data ' '": '--data "": this names nothing; write a name, a file or a folder, or leave it out',
    # where it goes
    "build rent-yield -o rents.xls": "--output rents.xls: workbooks are .xlsx files; write --output rents.xlsx",
    "build rent-yield neuron -o both.xlsx": "--output both.xlsx: 2 workbooks cannot have one name; say which one to build",
    "build rent-yield -o good.csv": "--output good.csv: workbooks are .xlsx files; write --output good.xlsx",
    "build rent-yield --name week/3": "--name week/3: give a file's name without a folder, such as my-lesson",
    "build rent-yield --name CON": "--name CON: Windows keeps this name for a device; choose another, such as my-CON",
    "build rent-yield -o aux.xlsx": "--output aux.xlsx: Windows keeps this name for a device; choose another, such as my-aux.xlsx",
    "build rent-yield --name 'a?b'": "--name a?b: give a file's name without a folder, such as my-lesson",
    "build rent-yield -o good.csv/here": "--output good.csv/here: good.csv is a file; name a folder",
    "build rent-yield --set epochs=2,5": "--set epochs=2,5: give a whole number from *",
    "build rent-yield -o rents.numbers": "--output rents.numbers: workbooks are .xlsx files; write --output rents.xlsx",
    "build rent-yield -o 'C:\\rents'": "C:\\rents: this is a path of Windows, and here is another system; write it as it is here, with /",
    "numbers rent-yield -o rents.xlsx": "--output rents.xlsx: numbers are CSV or JSON; write --output rents.csv",
    "build later.csv": "later.csv: this is a file, no worked example; write an example's name and --data later.csv",
    "build good.csv": "good.csv: this is a file, no worked example; write an example's name and --data good.csv",
    "build net.toml": "net.toml: this is a file, no worked example; write network --spec net.toml",
    # data
    "build rent-yield --data offices.csv": "offices.csv: there is no such file; check its name and folder",
    "build rent-yield --data .": ".: this is a folder; name a file in it",
    "build xor --data good.csv": "good.csv: xor takes no data; leave --data out",
    "build rent-yield --data three.csv": "three.csv: row 1 names 3 columns (id, area, rent); give exactly 2",
    "build rent-yield --data unit.csv": f'unit.csv: row 2, column area: "650 m²" is not a number; {WRITE}',
    "build rent-yield --data word.csv": f'word.csv: row 3, column area: "many" is not a number; {WRITE}',
    "build rent-yield --data hole.csv": "hole.csv: row 3, column area: the cell is empty; give a number or delete the row",
    "build rent-yield --data short.csv": "short.csv: row 3 has 1 value, the header 2; give one for each column",
    "build rent-yield --data blank.csv": "blank.csv: row 3 is empty; delete it",
    "build rent-yield --data header.csv": "header.csv: row 1 holds numbers; put the columns' names there, the numbers below",
    "build rent-yield --data title.csv": "title.csv: row 2 has 2 values, the header 1; give one for each column",
    "build rent-yield --data twice.csv": "twice.csv: row 1: two columns are called area; rename one",
    "build rent-yield --data same.csv": "same.csv: column area: every number is 650; give at least two different ones",
    "build rent-yield --data one.csv": "one.csv: only 1 row of numbers below the header; give at least *",
    "build rent-yield --data empty.csv": "empty.csv: the file is empty; give a header and rows of numbers",
    "build rent-yield --data thousands.csv": 'thousands.csv: row 2, column area: "1,200" has thousands separators; write 1200',
    "build rent-yield --data point.csv": 'point.csv: row 2, column area: "1.200" may mean 1200 or 1.2, *; write 1200 for the one, *',
    "build rent-yield --data quote.csv": "quote.csv: row 2: a quotation mark is not closed, or stands within a cell; close or delete it",
    "build rent-yield --data greek.csv": "greek.csv: this could be *; save it as UTF-8 (in a spreadsheet: CSV UTF-8)",
    "build rent-yield --data old.xls": "old.xls: this is an old Excel file; open it in a spreadsheet and save it as .xlsx or CSV (UTF-8)",
    "build rent-yield --data locked.xlsx": "locked.xlsx: the file has a password; open it in a spreadsheet and save it without one",
    "build rent-yield --data sheet.ods": "sheet.ods: the file is damaged (its end is missing); get it again",
    "build rent-yield --data page.xls": "page.xls: this is a page of the web (HTML, XML); open it in a spreadsheet and save it as .xlsx",
    "build rent-yield --data page.csv": "page.csv: this is a page of the web (HTML, XML); open it in a spreadsheet and save it as .xlsx",
    "build rent-yield --data rents.gsheet": "rents.gsheet: this only says where a sheet of Google's is; get the numbers as .xlsx or CSV (UTF-8)",
    "build rent-yield --data rents.json": "rents.json: this is JSON, no table; get the numbers as .xlsx or CSV (UTF-8)",
    "build rent-yield --data https://example.org/rents.csv": "https://example.org/rents.csv: this is an address in the web; download the file, and name that",
    "build rent-yield --data chinese.csv": "chinese.csv: row 1: the comma in area，rent is a Chinese one; separate columns with ,",
    "build rent-yield --data blanks.csv": "blanks.csv: row 1 names 1 column (area rent); give exactly 2",
    "build rent-yield --data money.csv": f'money.csv: row 2, column rent: "$2.9" is not a number; {WRITE}',
    "build rent-yield --data percent.csv": f'percent.csv: row 2, column rent: "29%" is not a number; {WRITE}',
    "build rent-yield --data apostrophe.csv": f'apostrophe.csv: row 2, column area: "\'650" is not a number; {WRITE}',
    "build rent-yield --data nan.csv": 'nan.csv: row 2, column area: "NaN" is not a number; give one or delete the row',
    "build rent-yield --data sum.csv": f'sum.csv: row 2, column area: "=600+50" is not a number; {WRITE}',
    "build rent-yield --data index.csv": "index.csv: row 1, column 1 has no name; give every column one",
    "build rent-yield --data formulas.xlsx": "formulas.xlsx: B2: this formula has no value yet; open the file in a spreadsheet and save it",
    "build rent-yield --data print.pdf": "print.pdf: this is a PDF; a program needs the numbers as CSV (UTF-8)",
    "build rent-yield --data damaged.xlsx": "damaged.xlsx: the file is damaged (*); get it again",
    "build rent-yield --data dates.xlsx": f'dates.xlsx: row 2, column area: "2024-01-05" is not a number; {WRITE}',
    "build perceptron --data good.csv": "good.csv: row 1 names no column cloud, only area, rent; add it",
    "build circles --data labels.csv": "labels.csv: only 8 rows of numbers below the header; give at least 80",
    "build network --data points.csv": "points.csv: row 1: the column colour is none of x1, x2, …, y1, y2, … or label; rename or delete it",
    "build network --data inputs.csv": "*inputs.csv: row 1 names 3 inputs x1 …; the network of * has 2; change one of the two",
    "build network --spec net.toml": "net.toml: not a TOML file (*); `workbook example network` prints one",
    "build network --spec words.toml": "words.toml: network.activations, number 2: *sigmod* is not known; choose one of *",
    "build network --spec dates.xlsx": "dates.xlsx: this is a workbook, no specification; `workbook example network` prints one",
    "build network --spec mine.toml": "mine.toml: there is no such file; check its name and folder",
    "build rent-yield --spec net.toml": "--spec net.toml: rent-yield cannot be specified; write workbook build network --spec net.toml",
    # what comes back
    "check handout.xlsx": "handout.xlsx: there is no such file; check its name and folder",
    "check text.xlsx": "text.xlsx: this is not an .xlsx file; open it in a spreadsheet and save it as .xlsx",
    "check old.xls": "old.xls: this is *old .xls file; open it in a spreadsheet and save it as .xlsx",
    "check empty": "empty: there is no .xlsx file in this folder; name another",
    "numbers handout.xlsx --set lr=1": "--set lr=1: handout.xlsx is a file and has its numbers already; leave --set out",
    "check locked.xlsx": "locked.xlsx: the file has a password; open it in a spreadsheet and save it without one",
    "check page.xls": "page.xls: this is not an .xlsx file; open it in a spreadsheet and save it as .xlsx",
    "rebuild dates.xlsx": "dates.xlsx: it cannot be made again: the program that saved it dropped what it was built from",
    "diff rent-yield good.csv": "good.csv: these are no exported numbers; the first row must be *",
    "exercise rent-yield --ask role:gradiant": "--ask role:gradiant: there is no such role; did you mean gradient? there are *",
    "exercise rent-yield --ask D9": "--ask D9: rent-yield has no block D9; `workbook numbers rent-yield` lists them",
    "exercise rent-yield --spec twice.toml": "twice.toml: this is no TOML (*); write lines such as *",
    "variants rent-yield": "--roster: name the CSV file of your students, or look at some first with --preview 3",
    "variants rent-yield --roster class.csv": "class.csv: 7 stands in it twice; give each student an id of letters and digits",
    "grade key.json empty": "Missing option '-o' / '--output'; see workbook grade --help",
    "grade key.json empty -o grades": "key.json: this is no key; name the key.json that `workbook variants` wrote",
    "grade empty key.json -o grades": "empty: the key stands first, then what was handed in; write workbook grade key.json empty",
    "diff rent-yield neuron": "*cannot be compared; name two of the same example",
    "example xor": "xor: it takes no data; `workbook list xor` tells what can be set",
}  # fmt: skip
"""What is typed, and the line; * stands for anything."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the mistakes are made with."""
    folder = tmp_path_factory.mktemp("desk")
    for name, contents in FILES.items():
        (folder / name).write_bytes(contents.encode() if isinstance(contents, str) else contents)
    book = openpyxl.Workbook()
    for row in (("area", "rent"), (date(2024, 1, 5), 3), (785, 3.4)):
        book.active.append(row)
    book.save(folder / "dates.xlsx")
    book.active["A2"], book.active["B2"] = 650, "=A2/200"
    book.save(folder / "formulas.xlsx")
    (folder / "empty").mkdir()
    return folder


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_mistake_gets_the_line_that_mends_it(
    typed: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(desk)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    before = sorted(desk.rglob("*"))
    code = run(shlex.split(typed))
    out, err = capfd.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("workbook: ") and err.count("\n") == 1
    line, pieces = err.removeprefix("workbook: ").rstrip("\n"), MISTAKES[typed].split("*")
    assert line.startswith(pieces[0]) and line.endswith(pieces[-1]), line
    assert all(piece in line for piece in pieces), line
    assert sorted(desk.rglob("*")) == before
    monkeypatch.setattr(Speech, "language", "zh")
    assert re.search(r"[\u4e00-\u9fff]", spoken(line)), spoken(line)


STATED = {
    'lang = "french"': "workbook.toml: lang french: no such language; there are en, zh",
    'output = "rents.xls"': "workbook.toml: output rents.xls: workbooks are .xlsx files; write rents.xlsx",
    'output = "rents.xlsx"': "workbook.toml: output rents.xlsx: 2 workbooks cannot have one name; say which one to build",
    'output = "good.csv/here"': "workbook.toml: output good.csv/here: good.csv is a file; name a folder",
    'engine = "excel"': "workbook.toml: engine: 'excel' is not one of 'ironcalc', 'libreoffice', 'gnumeric'; see workbook check --help",
    "lang = zh": 'workbook.toml: not a TOML file (*); write lines such as lang = "zh"',
    'language = "zh"': "workbook.toml: language: no such default; did you mean lang? there are lang, output, engine",
}  # fmt: skip
"""What workbook.toml says, and the line."""


@pytest.mark.parametrize("stated", STATED)
def test_a_mistake_in_the_folders_file_is_told_as_one(
    stated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (tmp_path / "good.csv").touch()
    (tmp_path / "workbook.toml").write_text(f"{stated}\n")
    assert run(["check" if "engine" in stated else "build", "neuron", "losses"]) == 2
    line = capfd.readouterr().err
    first, _star, last = STATED[stated].partition("*")
    assert line.startswith(f"workbook: {first}") and line.endswith(f"{last}\n") and line.count("\n") == 1, line
    monkeypatch.setattr(Speech, "language", "zh")
    assert re.search(r"[\u4e00-\u9fff]", spoken(line)), spoken(line)


def test_the_folders_file_may_name_the_file_of_one_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workbook.toml").write_text('output = "mine.xlsx"\n')
    assert run(["build", "neuron"]) == 0
    assert (tmp_path / "mine.xlsx").is_file()
    assert capfd.readouterr().out.startswith("mine.xlsx: ")


def test_there_are_enough_of_them() -> None:
    assert len(MISTAKES) >= 120
