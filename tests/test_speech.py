"""What the program says on the terminal is said in Chinese too: by --lang, by the locale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook.catalogue import load_catalogue
from workbook.cli import COMMANDS, help, run, speech
from workbook.cli.speech import LINE, Speech, language_of, spoken
from workbook.text import LOCALE

ROOT = Path(__file__).parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LINES = {english: words for (context, english), words in load_catalogue(LOCALE, "zh").items() if context == LINE}

SAYS = {"UsageError", "FileError", "EncodingError", "say", "spoken", "fail_"}
"""What takes a line for the user."""

TOLD = [
    *(f"workbook/{name}.py" for name in ("data", "files", "encoding", "first_sheet", "parameter", "scenario", "limits")),
    *(f"workbook/cli/{name}.py" for name in ["__init__", "asking", "build", "check", "choose", "defaults", "example", "exercise", "gallery", "grade", "importing", "new", "numbers", "options", "rebuild", "settings", "targets", "variants"]),
    *(f"workbook/desk/{name}.py" for name in ["assignment", "exercise", "fill", "handin", "key", "marking", "plan", "roster", "submissions"]),
    "scenarios/circles/__init__.py", "scenarios/statistics/__init__.py", "scenarios/perceptron/__init__.py",
    "scenarios/losses/__init__.py", "scenarios/digits/__init__.py", "scenarios/rent_yield/survey.py",
    *(f"scenarios/imported/{name}.py" for name in ("__init__", "building", "data", "loss", "reading", "reference")),
    "scenarios/common/safetensors.py", "scenarios/layers/weights.py",
    "scenarios/common/examples.py", "scenarios/network/__init__.py", "scenarios/demon_net/__init__.py",
]  # fmt: skip
"""The modules that speak to a teacher."""

OTHERS = ("Option '", "Missing argument '", "Got unexpected", "Missing option", "No space left", "Permission denied",
          "Read-only", "File name too", "Not a directory")  # fmt: skip
"""What click and the system say."""


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Speech, "language", "zh")


def lines_in(path: Path) -> Iterator[str]:
    """Yield every line that a module says, with 7 for each of its values."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYS and node.args:
            said = node.args[0]
            if isinstance(said, ast.Constant):
                yield str(said.value)
            elif isinstance(said, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in said.values)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("name", TOLD)
def test_every_line_for_a_teacher_has_its_chinese(name: str) -> None:
    lines = [line for line in lines_in(ROOT / name) if re.search(r"[a-z]{3}", line.replace("7", ""))]
    composed = (
        "7: 7",
        "--set 7=7: 7",
        "7: this is 7",
        "7 7 written",
        "--output 7: this is 7",
        "7 7: 7 workbooks",
        "7: 7 of numbers",
        "--set 7: 7 has no such setting",
        "7: row 7 has 7",
    )  # fmt: skip - their values are words of their own
    missing = [line for line in lines if not CHINESE.search(spoken(line)) and not line.startswith(composed)]
    assert missing == []


@pytest.mark.parametrize("english", LINES)
def test_a_line_is_one_that_is_said_and_keeps_its_values(english: str) -> None:
    assert sorted(re.findall(r"\{\d\}", english)) == sorted(re.findall(r"\{\d\}", LINES[english]))
    assert re.findall(r"\{(\d)\}", english) == [str(n) for n in range(1, 1 + len(re.findall(r"\{\d\}", english)))]
    assert CHINESE.search(LINES[english]) or not re.search(
        r"[a-z]{2}", re.sub(r"\w+\.\w+", "", english)
    )  # files' names aside
    parts = [part for part in re.split(r"\{\d\}|; |: |, or ", english) if part.strip(" ,")]
    assert any(part in SOURCE for part in parts) or any(other in english for other in OTHERS)


def constants() -> Iterator[str]:
    for folder in ("workbook", "scenarios"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


SOURCE = "\0".join(constants())


@pytest.mark.usefixtures("chinese")
def test_values_are_put_where_they_belong_and_are_said_themselves() -> None:
    assert (
        spoken("lnie: no such worked example; did you mean line? there are a, b")
        == "lnie：没有这个算例；是不是 line？现有 a, b"
    )
    assert spoken('my.csv: row 3, column y: "four" is out of bounds; give a number from 0 to 2') == (
        'my.csv：第 3 行，列“y”："four" 超出范围；请给出 0 到 2 之间的数'
    )
    assert spoken("C:\\a: b.csv: row 2 is empty; delete it") == "C:\\a: b.csv：第 2 行是空的；请删除它"
    assert spoken("something that nobody has translated") == "something that nobody has translated"
    assert spoken("a.xlsx: not overwritten: this is a folder; move it, or choose another folder with --output") == (
        "a.xlsx：没有覆盖：这是文件夹；请移走它，或用 --output 换一个文件夹"
    )
    refused = "this is not an .xlsx file; open it in a spreadsheet and save it as .xlsx"
    assert (
        spoken(f"2.xlsx: set aside: {refused}")
        == "2.xlsx：搁置：这不是 .xlsx 文件；请在电子表格软件里打开，另存为 .xlsx"
    )
    assert spoken("a: 1 formula cells\nb: 2 formula cells") == "a：1 个公式单元格\nb：2 个公式单元格"


@pytest.mark.parametrize(
    ("name", "code"),
    [("zh_CN.UTF-8", "zh"), ("zh-Hans", "zh"), ("ZH", "zh"), ("Chinese (Simplified)_China.936", "zh"), ("en_US", "en"), ("C", "c"), ("", "")],
)  # fmt: skip
def test_a_locale_names_a_language(name: str, code: str) -> None:
    assert language_of(name) == code


@pytest.mark.parametrize(
    ("locale", "typed", "expected"),
    [
        ("zh_CN.UTF-8", [], "xor：它不接受数据；"),
        ("C.UTF-8", [], "xor: it takes no data; "),
        ("de_DE.UTF-8", [], "xor: it takes no data; "),
    ],
)
def test_the_locale_decides(
    locale: str, typed: list[str], expected: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert run(["example", "xor", *typed]) == 2
    assert capfd.readouterr().err.startswith(f"workbook: {expected}")


def test_what_is_typed_decides_over_the_locale(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for locale, typed, expected in (("C", "zh_CN", "没有这个算例"), ("zh_CN", "en", "no such worked example")):
        monkeypatch.setenv("LC_ALL", locale)
        assert run(["build", "nerwork", "--lang", typed]) == 2
        assert expected in capfd.readouterr().err
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run(["list", "neuron"]) == 0
    out = capfd.readouterr().out
    assert "    内容    " in out and "整数" in run_listing(capfd)
    speech.begin()
    assert Speech.language == "zh"
    monkeypatch.setenv("LC_ALL", "C")
    speech.begin()
    assert Speech.language == "en"


def run_listing(capfd: pytest.CaptureFixture[str]) -> str:
    assert run(["list", "rent-yield"]) == 0
    return capfd.readouterr().out


ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [a-z]{2,}){2,}")
TYPED = re.compile(r"[ （](?:workbook|pip) [^\s）]+(?: [^\s）]+)*|`[^`]+`")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_help_is_all_chinese(
    command: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["--lang", "zh", *filter(None, [command]), "--help"]) == 0
    said = TYPED.sub("", capfd.readouterr().out)
    assert said.startswith("用法：workbook") and "\n选项：\n" in said
    assert ENGLISH.findall(said) == []


def test_the_catalogue_of_helps_holds_what_they_say_and_nothing_else(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    monkeypatch.setattr(help, "in_language", lambda text: asked.add(text) or text)
    for command in ("", *COMMANDS):
        assert run(["--lang", "zh", *filter(None, [command]), "--help"]) == 0
    capfd.readouterr()
    held = {english for context, english in load_catalogue(LOCALE, "zh") if context == help.HELP}
    said_as_it_is = re.compile(r"(?:workbook|pip) .*|[\d<=x]+|KEY|ZIP")
    assert {text for text in asked - held if text and not said_as_it_is.fullmatch(text)} == set()
    assert held - asked == set()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("check --engine", "选项 --engine 后面要有一个值"),
        ("check --engine excel", "--engine：不能是 'excel'，只能从 'ironcalc', 'libreoffice', 'gnumeric' 中选；见 workbook check --help"),
        ("diff neuron", "缺少参数 右；见 workbook diff --help"),
        ("numbers", "缺少参数 名称|文件.xlsx；见 workbook numbers --help"),
        ("grade key.json hand.xlsx", "缺少选项 '-o' / '--output'；见 workbook grade --help"),
        ("diff a b --rtol small", "--rtol：'small' 不是数；见 workbook diff --help"),
        ("variants neuron --preview 0", "--preview：0 不在 1<=x<=1000 的范围内；见 workbook variants --help"),
        ("build --force=yes", "选项 --force 后面不带值"),
        ("build neuron --langg zh", "--langg：没有这个选项；是不是 --lang？见 workbook build --help"),
        ("", "没有写命令；见 workbook --help"),
    ],
)  # fmt: skip
def test_what_click_says_is_said_in_chinese(typed: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "zh", *typed.split()]) == 2
    assert capfd.readouterr().err == f"workbook: {said}\n"
