"""The colours: what each says, once."""

from __future__ import annotations

from workbook.block import Role
from workbook.sheet import Kind

INK, SOFT_INK, LINE = "#1F2937", "#4B5563", "#C9CED6"
ROLE_FILL = {
    Role.GIVEN: "#FFF2CC",
    Role.RECORDED: "#ECEFF3",
    Role.DERIVED: "#FFFFFF",
    Role.GRADIENT: "#F1E8FA",
    Role.UPDATED: "#E2F3E4",
    Role.CHECK: "#E3F1FB",
}
ROLE_INK = {
    Role.GIVEN: "#7A4B00",
    Role.RECORDED: "#374151",
    Role.DERIVED: "#1F2937",
    Role.GRADIENT: "#5B21B6",
    Role.UPDATED: "#166534",
    Role.CHECK: "#0B4A75",
}
TAB_COLOURS = {
    Kind.START: "#123B5D",
    Kind.CORE: "#2E75B6",
    Kind.ARTICLE: "#9CC3EC",
    Kind.DEEPER: "#9CA3AF",
    Kind.DATA: "#D8C27A",
    Kind.CHECKS: "#D8C27A",
}
LESSONS = frozenset(Kind) - {Kind.DATA, Kind.CHECKS}
"""The sheets that are read; on the others things are looked up."""
