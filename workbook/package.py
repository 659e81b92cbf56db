"""The parts of an .xlsx file, and how they refer to one another: what a cell reader and a sheet's rules both begin with."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from functools import cached_property
from xml.etree import ElementTree as ET

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Package:
    """The parts of an open .xlsx file; their names have no case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}

    def xml(self, name: str) -> ET.Element:
        """Return a part as a tree; an empty one where it is missing."""
        stored = self._names.get(name.lower())
        return ET.Element("missing") if stored is None else ET.fromstring(self.archive.read(stored))

    def related(self, part: str) -> dict[str, str]:
        """Return the parts that a part refers to, by the ids of its relations."""
        folder, _slash, base = part.rpartition("/")
        found = {}
        for relation in self.xml(f"{folder}/_rels/{base}.rels"):
            target = relation.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found[relation.get("Id", "")] = path
        return found

    @cached_property
    def workbook(self) -> ET.Element:
        """The part that lists the sheets and the names."""
        return self.xml("xl/workbook.xml")

    @cached_property
    def sheets(self) -> list[tuple[str, str]]:
        """The names of the sheets and their parts; a sheet that is nothing but a chart is none."""
        parts = self.related("xl/workbook.xml")
        found = []
        for element in children(self.workbook, "sheets", "sheet"):
            part = self._names.get(parts.get(element.get(f"{{{OFFICE}}}id", ""), "").lower(), "")
            if part.startswith("xl/worksheets/"):
                found.append((element.get("name", ""), part))
        return found


def local(tag: str) -> str:
    """Return a tag's name without its namespace."""
    return tag.rpartition("}")[2]


def children(root: ET.Element, group: str, name: str) -> Iterator[ET.Element]:
    """Yield the elements of a name in the groups of a name."""
    for outer in root:
        if local(outer.tag) == group:
            yield from (element for element in outer if local(element.tag) == name)
