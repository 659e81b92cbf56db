"""How cells look, from styles.xml: number formats, colours, whether a cell is locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from workbook.block import without_minus

INK, PAPER = "000000", "FFFFFF"
_CODES = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 49: "@"}
_THEME = ("FFFFFF", "000000", "EEECE1", "1F497D", "4F81BD", "C0504D", "9BBB59", "8064A2", "4BACC6", "F79646")
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
_INDEXED = ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")


@dataclass(frozen=True)
class Look:
    """How a cell looks."""

    index: int
    number_format: str
    ink: str
    fill: str
    size: float
    is_locked: bool
    wraps: bool


class Styles:
    """The looks of a file."""

    def __init__(self, root: ET.Element, theme: ET.Element) -> None:
        self._theme = _theme_colours(theme)
        groups = {_local(group.tag): list(group) for group in root}
        codes = {int(e.get("numFmtId", "0")): e.get("formatCode", "") for e in groups.get("numFmts", [])}
        fonts = [self._font(e) for e in groups.get("fonts", [])]
        fills = [self._fill(e) for e in groups.get("fills", [])]
        self._differences = [self._difference(e) for e in groups.get("dxfs", [])]
        self._whole = [_without_decimals(_child(e, "numFmt")) for e in groups.get("dxfs", [])]
        self._looks = [
            self._look(n, e, codes, fonts, fills) for n, e in enumerate(groups.get("cellXfs", [])) if e is not None
        ]
        self._plain = Look(0, "General", INK, PAPER, 11.0, True, False)

    def look(self, index: int) -> Look:
        """Return a look by its number."""
        if not self._looks and index == 0:
            return self._plain
        return self._looks[index]

    def difference(self, index: int) -> tuple[str | None, str | None]:
        """Return the ink and the fill of a conditional format; None where it leaves what is."""
        return self._differences[index]

    def shows_whole(self, index: int) -> bool:
        """Tell whether a conditional format shows numbers without decimals."""
        return self._whole[index]

    def colour(self, attributes: Mapping[str, str]) -> str | None:
        """Return a colour as six hexadecimal digits; None for the automatic one."""
        if "rgb" in attributes:
            return attributes["rgb"][-6:].upper()
        if "theme" in attributes:
            number = int(attributes["theme"])
            base = self._theme[number] if number < len(self._theme) else INK
            return _tinted(base, float(attributes.get("tint", "0")))
        if "indexed" in attributes and int(attributes["indexed"]) < 64:
            return _INDEXED[int(attributes["indexed"]) % 8] if int(attributes["indexed"]) < 16 else None
        return None

    def _look(
        self,
        n: int,
        e: ET.Element,
        codes: dict[int, str],
        fonts: list[tuple[str | None, float]],
        fills: list[str | None],
    ) -> Look:
        number = int(e.get("numFmtId", "0"))
        ink, size = fonts[int(e.get("fontId", "0"))] if fonts else (None, 11.0)
        fill = fills[int(e.get("fillId", "0"))] if fills else None
        protection, alignment = _child(e, "protection"), _child(e, "alignment")
        return Look(
            index=n,
            number_format=without_minus(codes.get(number) or _CODES.get(number, f"#{number}")),
            ink=ink or INK,
            fill=fill or PAPER,
            size=size,
            is_locked=protection is None or protection.get("locked", "1") not in ("0", "false"),
            wraps=alignment is not None and alignment.get("wrapText", "0") in ("1", "true"),
        )

    def _font(self, font: ET.Element) -> tuple[str | None, float]:
        colour, size = _child(font, "color"), _child(font, "sz")
        return (
            None if colour is None else self.colour(colour.attrib),
            11.0 if size is None else float(size.get("val", "11")),
        )

    def _fill(self, fill: ET.Element) -> str | None:
        """Return the colour of a fill; of a pattern's the background counts."""
        pattern = _child(fill, "patternFill")
        if pattern is None or pattern.get("patternType", "none") in ("none", "gray125"):
            return None
        colour = _child(pattern, "fgColor" if pattern.get("patternType") == "solid" else "bgColor")
        return None if colour is None else self.colour(colour.attrib)

    def _difference(self, dxf: ET.Element) -> tuple[str | None, str | None]:
        font, fill = _child(dxf, "font"), _child(dxf, "fill")
        ink = None if font is None else self._font(font)[0]
        pattern = None if fill is None else _child(fill, "patternFill")
        back = None if pattern is None else _child(pattern, "bgColor")  # here the background is what is seen
        return ink, None if back is None else self.colour(back.attrib)


def contrast(ink: str, fill: str) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2 defines it."""
    light, dark = sorted((_luminance(ink), _luminance(fill)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _tinted(colour: str, tint: float) -> str:
    parts = [int(colour[n : n + 2], 16) for n in (0, 2, 4)]
    mixed = (c * (1 + tint) if tint < 0 else c + (255 - c) * tint for c in parts)
    return "".join(f"{min(255, max(0, round(c))):02X}" for c in mixed)


def _theme_colours(theme: ET.Element) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for scheme in theme.iter():
        if _local(scheme.tag) == "clrScheme":
            found = {_local(e.tag): next(_values(e), INK) for e in scheme}
    return tuple(found.get(name, standard) for name, standard in zip(_THEME_ORDER, _THEME, strict=True))


def _values(element: ET.Element) -> Iterator[str]:
    for child in element:
        yield (child.get("lastClr") or child.get("val") or INK)[-6:].upper()


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((child for child in element if _local(child.tag) == name), None)


def _without_decimals(number_format: ET.Element | None) -> bool:
    code = "" if number_format is None else number_format.get("formatCode", "")
    return "0" in code and "." not in code


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
