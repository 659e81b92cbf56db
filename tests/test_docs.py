"""README and the pages of docs: their commands are run, their links lead somewhere, and they are built strictly."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import pytest

from workbook import __version__
from workbook.cli import run
from workbook.discovery import scenarios

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "scenarios/data/README.md"])
FENCE = re.compile(r"^( *)```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")
INSTALLED = {"python3 -m venv .venv && . .venv/bin/activate", "pip install pytest"}
"""Lines of `sh` blocks that the trial of the packages stands for (tests/packaging.sh), besides `pip install -e`."""


@dataclass(frozen=True)
class Snippet:
    """A block of a page: its language, the file that it is, if any, and what it holds."""

    kind: str
    file: str
    text: str


def snippets(page: Path) -> Iterator[Snippet]:
    """Yield the blocks of a page, in their order."""
    for indent, kind, file, text in FENCE.findall(page.read_text(encoding="utf-8")):
        yield Snippet(kind, file, re.sub(f"^{indent}", "", text, flags=re.MULTILINE))


def named(pages: list[Path]) -> list[str]:
    return [page.relative_to(ROOT).as_posix() for page in pages]


LIVE = [page for page in PAGES if any(snippet.kind in ("console", "python") for snippet in snippets(page))]


# ---------------------------------------------------------------------------------------------- what pages say is run


@pytest.mark.parametrize("name", named(LIVE))
def test_what_a_page_shows_is_what_happens(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The blocks of a page are done in their order, in one folder; after a command stands what it prints, or part of it."""
    if name == "docs/import.md":
        pytest.importorskip("onnx", reason="onnx is not installed: pip install -e '.[test]'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.setattr(sys, "path", [*sys.path])
    for snippet in snippets(ROOT / name):
        if snippet.file:
            path = tmp_path / snippet.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(snippet.text, encoding="utf-8")
        elif snippet.kind == "diff":
            subprocess.run(["git", "apply", "-"], input=snippet.text, text=True, check=True)
        elif snippet.kind == "python" and not snippet.text.startswith("page = "):  # a part of an example is no program
            exec(compile(snippet.text, name, "exec"), {"__name__": "a page"})
            capfd.readouterr()
        elif snippet.kind == "console":
            for command, expected in commands(snippet.text):
                shown = obeyed(command, capfd, monkeypatch)
                assert alike(expected, shown), f"{name}: $ {command}\nexpected:\n{expected}\nprinted:\n{shown}"


def commands(console: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a console, each with what it prints."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        command, _newline, printed = part.partition("\n")
        yield command.split("  #")[0].strip(), printed.strip()


def obeyed(command: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Do what a command says; return what it prints."""
    words = shlex.split(command)
    if words[:3] == ["pip", "install", "-e"]:
        install(Path(words[3]), monkeypatch)
        return ""
    changing = glob("*/*.dist-info")  # a package that is being written: what has been imported of it is old
    if words[0] == "workbook" and not changing and not set("|>&;") & set(command):
        run([name for word in words[1:] for name in (sorted(glob(word)) or [word])])
        return "".join(capfd.readouterr()).strip()
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}".strip()


def install(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a folder of a package where Python finds it, with its entry points, as an installer would."""
    points = re.search(
        r'^\[project\.entry-points\."(.+)"\]\n(.+)$', (package / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert points
    info = package.resolve() / f"{package.name}-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package.name}\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[{points[1]}]\n{points[2].replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(str(package.resolve()))
    monkeypatch.setenv("PYTHONPATH", str(package.resolve()))


def alike(expected: str, shown: str) -> bool:
    """Whether something was printed as expected; … stands for anything, and nothing expected is no promise."""
    if not expected:
        return True
    pattern = ".*".join(map(re.escape, (squeezed(part) for part in expected.split("…"))))
    return re.fullmatch(pattern, squeezed(shown)) is not None


def squeezed(text: str) -> str:
    """Return a text without the length of its spaces, which depends on the width of a table."""
    return " ".join(text.split())


@pytest.mark.parametrize(("expected", "holds"), [("", True), ("a … c", True), ("a b", False), ("… b\nc", True)])
def test_what_is_printed_is_compared(expected: str, holds: bool) -> None:
    assert alike(expected, "a  b\nc") is holds


@pytest.mark.parametrize("name", named(PAGES))
def test_a_shell_block_installs(name: str) -> None:
    """What is not run here is run by CI: README's two lines, and what the trial of the packages does."""
    lines = [line for s in snippets(ROOT / name) if s.kind == "sh" for line in s.text.strip().splitlines()]
    ours = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "scenarios/data/README.md")
    strange = [line for line in lines if line not in INSTALLED and not line.startswith("pip install -e")]
    assert strange == [] or ROOT / name in ours


# ---------------------------------------------------------------------------------------------- links


@pytest.mark.parametrize("name", named(PAGES))
def test_every_link_leads_to_a_file_and_a_heading(name: str) -> None:
    page = ROOT / name
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if "://" in link or link.startswith("output/"):  # the finished files are held below
            continue
        target, _hash, anchor = link.partition("#")
        file = (page.parent / unquote(target)).resolve() if target else page
        assert file.exists(), f"{name}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, link


SITES = frozenset({"archive.ics.uci.edu", "creativecommons.org", "doi.org", "127.0.0.1", "localhost"})
"""Other people's pages that ours name; each has been there for years."""


@pytest.mark.parametrize("name", named(PAGES))
def test_no_address_is_invented(name: str) -> None:
    assert set(re.findall(r"https?://([\w.-]+)", (ROOT / name).read_text(encoding="utf-8"))) <= SITES


def test_the_citation_and_the_licence_are_of_today() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation and "\nlicense: MIT\n" in citation
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
    assert 'license-files = ["LICENSE"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_readme_links_every_finished_file(readme: str) -> None:
    linked = set(LINK.findall((ROOT / readme).read_text(encoding="utf-8")))
    kept = {f"output/{name}{suffix}.xlsx" for name in scenarios() for suffix in ("", ".zh") if name not in TOO_LARGE}
    assert {link for link in linked if link.endswith(".xlsx")} == kept
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert [name for name in scenarios() if f"`{name}`" not in text] == []
    assert [name for name in TOO_LARGE if f"workbook build {name}" not in text] == []


TOO_LARGE = re.findall(r"^output/(\w+)\*\.xlsx$", (ROOT / ".gitignore").read_text(), re.MULTILINE)
"""What is not kept in the repository."""


# ---------------------------------------------------------------------------------------------- the built pages


def test_the_pages_are_built_strictly(tmp_path: Path) -> None:
    if find_spec("mkdocs") is None or find_spec("mkdocs_static_i18n") is None:
        pytest.skip("MkDocs is not installed: pip install -e '.[docs]'")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(build, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for page in tmp_path.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://[^"]+"', text) == [], page
        if page.name != "404.html":
            broken = [link for link in local_links(text) if not (page.parent / link).exists()]
            assert broken == [], page
    assert "workbook rebuild" in (tmp_path / "commands.html").read_text(encoding="utf-8")


def local_links(text: str) -> list[str]:
    """Return the files that a built page names."""
    found: Callable[[str], bool] = lambda link: bool(link) and ":" not in link  # noqa: E731
    return [unquote(link) for link in re.findall(r'(?:href|src)="([^"#?]*)', text) if found(link)]
