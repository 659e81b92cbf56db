"""The charts and pictures of a sheet, as rules look at them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from workbook.addresses import cell_name
from workbook.package import OFFICE, Package, local
from workbook.precedents import LAST_COLUMN, LAST_ROW


@dataclass(frozen=True)
class Drawing:
    """A chart or a picture: its name, what it says to who cannot see it, and the texts in it.

    Attributes
    ----------
    top, left, bottom, right : the rows and columns that it takes in
    ranges : of each series of a chart the ranges that it draws, and how many numbers of each are stored in the chart
    """

    top: int
    left: int
    bottom: int
    right: int
    name: str
    alt: str
    texts: tuple[str, ...] = ()
    ranges: tuple[tuple[tuple[str, int | None], ...], ...] = ()

    @property
    def cell(self) -> str:
        """The cell at its upper left corner."""
        return cell_name(self.top, self.left)


def drawings(package: Package, part: str) -> Iterator[Drawing]:
    """Yield the charts and pictures of a sheet."""
    for target in package.related(part).values():
        if not target.startswith("xl/drawings/drawing"):
            continue
        parts = package.related(target)
        for anchor in package.xml(target):
            for element in anchor.iter():
                if local(element.tag) in ("graphicFrame", "pic"):
                    yield _drawing(package, anchor, element, parts)


def _drawing(package: Package, anchor: ET.Element, element: ET.Element, parts: dict[str, str]) -> Drawing:
    words = next((e for e in element.iter() if local(e.tag) == "cNvPr"), element)
    ids = (e.get(f"{{{OFFICE}}}id", "") for e in element.iter() if local(e.tag) == "chart")
    charts = [package.xml(parts.get(id, "")) for id in ids]
    texts = [
        e.text or ""
        for chart in charts
        for e in chart.iter()
        if local(e.tag) in ("t", "v") and not _is_number(e.text or "")
    ]
    ranges = [_drawn(e) for chart in charts for e in chart.iter() if local(e.tag) == "ser"]
    top, left = _corner(anchor, "from")
    bottom, right = _corner(anchor, "to")
    corners = top, left, max(top, bottom), max(left, right)
    return Drawing(*corners, words.get("name", ""), words.get("descr", "").strip(), tuple(texts), tuple(ranges))


def _corner(anchor: ET.Element, which: str) -> tuple[int, int]:
    """Return the row and column in which a drawing begins or ends; 0 where it does not say."""
    found = next((e for e in anchor if local(e.tag) == which), ())
    at = {local(e.tag): int(e.text or 0) for e in found}
    return min(max(at.get("row", 0), 0), LAST_ROW), min(max(at.get("col", 0), 0), LAST_COLUMN)


def _drawn(series: ET.Element) -> tuple[tuple[str, int | None], ...]:
    """Return the ranges of numbers that a series of a chart draws, and how many of each are stored beside them."""
    found = []
    for axis in series:
        if local(axis.tag) in ("cat", "val", "xVal", "yVal"):
            text = next((e.text for e in axis.iter() if local(e.tag) == "f" and e.text), None)
            count = next((e.get("val", "") for e in axis.iter() if local(e.tag) == "ptCount"), "")
            if text is not None:
                found.append((text, int(count) if count.isdecimal() else None))
    return tuple(found)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[\d.]+(?:[eE][+-]?\d+)?|General|", text.strip()) is not None
