"""``workbook new``."""

from __future__ import annotations

import keyword
import re
import sys
import tempfile
from pathlib import Path
from string import Template

import click

from workbook.cli.options import say

TEMPLATE = Path(__file__).parent.parent / "template"
FILES = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "{package}/__init__.py": "init.py.txt",
    "{package}/line.py": "line.py.txt",
    "{package}/locale/zh/LC_MESSAGES/{package}.po": "zh.po.txt",
    "tests/test_{package}.py": "test.py.txt",
}
"""What is written, and from which template."""

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
TAKEN = frozenset({"numpy", "pandas", "scenarios", "test", "tests", "workbook"}) | sys.stdlib_module_names
"""Packages that would be found in place of the author's, or the other way round."""

HELP = """Write a worked example of your own, to begin with.

A folder NAME with a package, one page, both languages and a test: it builds, is proven and obeys lint as it is. Change
it page by page; docs/own-example.md of this project leads through it.

\b
Examples:
  workbook new my-example
  pip install -e my-example
  workbook build my-example
"""


@click.command("new", help=HELP, short_help="Write a worked example of your own, to begin with.")
@click.argument("name", metavar="NAME")
def command(name: str) -> int:
    """Write the folder; the help that a user reads is `HELP`."""
    from workbook.discovery import scenarios
    from workbook.errors import UsageError
    from workbook.files import is_device

    package = name.replace("-", "_")
    folder = Path(name)
    if not NAME.fullmatch(name) or len(name) > 40:
        raise UsageError(f"{name!r}: an example's name is small letters, digits and single hyphens, such as my-example")
    if keyword.iskeyword(package) or package in TAKEN:
        raise UsageError(f"{name}: Python has this name already; choose another, such as my-{name}")
    if is_device(name):
        raise UsageError(f"{name}: Windows keeps this name for a device; choose another, such as my-{name}")
    if name in scenarios(lambda _line: None):
        raise UsageError(f"{name}: there is a worked example of this name already; choose another")
    if folder.exists():
        raise UsageError(f"{name}: a file or folder of this name is here already; choose another, or go elsewhere")
    words = {"name": name, "package": package, "Class": "".join(word.capitalize() for word in name.split("-"))}
    try:
        _write(folder, words)
    except OSError as error:
        raise UsageError(f"{name}: it cannot be written here ({error.strerror}); go to another folder") from None
    say(f"{name}: written; next: pip install -e {name}, then workbook build {name}")
    return 0


def _write(folder: Path, words: dict[str, str]) -> None:
    """Write the folder whole, or nothing."""
    with tempfile.TemporaryDirectory(dir=".", prefix=f".{folder.name}-") as temporary:
        made = Path(temporary) / folder.name
        for target, template in FILES.items():
            path = made / target.format(**words)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = Template((TEMPLATE / template).read_text(encoding="utf-8")).substitute(words)
            path.write_text(text, encoding="utf-8", newline="\n")
        made.rename(folder)
