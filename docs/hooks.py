"""What MkDocs fills in when it builds the pages: what the program says of itself cannot go stale so.

A line ``<!-- help: build -->`` stands for the help of a command, ``<!-- settings -->`` for what each worked example takes,
``<!-- rules -->`` for lint's rules, ``<!-- operations -->`` for those that can be imported, and ``<!-- file: path -->`` for a
file of the repository. A link from a page to itself in the other language, which leads to the file beside it where the page is read
as a file, leads to the built page; so do the links between Chinese pages.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from click import Context, Group
from click.testing import CliRunner

from scenarios.imported.operations import OPERATIONS
from workbook.cli import workbook

ROOT = Path(__file__).parent.parent
FILLED = re.compile(r"^<!-- (help|helps|settings|rules|operations|file)(?:: (.*?))? -->$", re.MULTILINE)


def on_page_markdown(markdown: str, page: Any, **_others: Any) -> str:
    """Fill a page."""
    name, chinese, _suffix = page.file.src_uri.removesuffix(".md").partition(".zh")
    other, built = (f"{name}.md", f"../{name}.html") if chinese else (f"{name}.zh.md", f"zh/{name}.html")
    markdown = re.sub(rf"\[([^]]*)\]\({re.escape(other)}\)", rf'<a href="{built}">\1</a>', markdown)
    if chinese:
        markdown = re.sub(r"\]\(([\w-]+)\.zh\.md\b", r"](\1.md", markdown)
    return FILLED.sub(lambda found: _filled(found[1], found[2] or ""), markdown)


def _filled(what: str, name: str) -> str:
    if what == "helps":
        return "\n\n".join(f"## `workbook {each}`\n\n{_said(each, '--help')}" for each in commands())
    if what == "help":
        return _said(*name.split(), "--help")
    if what == "settings":
        return _said("list")
    if what == "rules":
        return _said("lint", "--rules")
    if what == "operations":
        return ", ".join(sorted(OPERATIONS)) + "."
    return f"```{Path(name).suffix[1:]}\n{(ROOT / name).read_text(encoding='utf-8').strip()}\n```"


def commands() -> list[str]:
    """Return the names of all commands, those of a group after its own."""
    assert isinstance(workbook, Group)
    return workbook.list_commands(Context(workbook))


def _said(*arguments: str) -> str:
    """Return what the program prints."""
    said = CliRunner().invoke(workbook, list(arguments), prog_name="workbook", terminal_width=100)
    if said.exit_code:
        raise RuntimeError(f"workbook {' '.join(arguments)}: exit code {said.exit_code}: {said.output}")
    return f"```text\n{said.output.strip()}\n```"
