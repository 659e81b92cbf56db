"""Workbooks changed behind our back, one thing at a time, to see whether `check` notices.

A mutation changes a formula, a cached value, a recorded number, a yellow cell (to what it must not hold), a text, a name or a
sheet. Half of them are then saved with every cached value recalculated, so that the file agrees with itself: either the
values alone are written anew, as a spreadsheet does that keeps the rest, or IronCalc saves the file, which spells formulas in
its own way and drops the document's properties.

``python tests/mutation/mutations.py NAME…`` tells of each mutation as JSON, a line each.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape, unescape
from pathlib import Path

import ironcalc

from workbook.addresses import cell_name
from workbook.block import Between, Block, Role
from workbook.book import Book
from workbook.canonical import canonical
from workbook.cli.work import Job, attempt, check_file
from workbook.discovery import find_scenario
from workbook.engines import ErrorValue, recalculate
from workbook.text import languages
from workbook.writer import packed

STRINGS, WORKBOOK = "xl/sharedStrings.xml", "xl/workbook.xml"
NOISE = 1e-9
"""What is left where numbers that agree are subtracted: programs come to other digits of it, so none is wrong."""

KINDS = {"formula": 10, "typed over": 2, "cached": 3, "recorded": 5, "given": 3, "words": 6, "name": 1, "sheet": 1}
"""Each kind of mutation, and how often it is tried beside the others."""

_CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)>(<f[ >].*?</f>)(?:<v>.*?</v>)?</c>', re.DOTALL)
_REFERENCE = re.compile(r"(?<![\w.!$'])((?:\w+!)?\$?[A-Z]{1,2}\$?)([1-9]\d*)(?![\w(.])")
_OPERATOR = re.compile(r"(?<=[\w)])[-+*/](?=[\w($])")
_NUMBER = re.compile(r"(?<![\w$.!])\d+(?:\.\d+)?(?![\w(.:!])")
_COMPARISON = re.compile(r"<=|>=|(?<![<>])=|<(?![=>])|(?<!<)>(?!=)")
_FUNCTION = re.compile(r"\b(?:SUM|MAX|MIN|EXP|ABS|SQRT|SUMPRODUCT|AVERAGE|LN)(?=\()")
_OTHER = {"+": "-", "-": "+", "*": "/", "/": "*", "<=": ">", ">=": "<", "=": "<>", "<": ">=", ">": "<="}
_OTHER |= {"SUM": "MAX", "MAX": "MIN", "MIN": "MAX", "EXP": "ABS", "ABS": "EXP", "SQRT": "ABS", "LN": "ABS"}
_OTHER |= {"SUMPRODUCT": "SUM", "AVERAGE": "SUM"}
_WORD = re.compile(r"[^\W\d_]{2,}|[\u4e00-\u9fff]|\d")


@dataclass(frozen=True)
class Mutation:
    """What was changed, how the file was saved, and what `check` said of it; `caught` where that was no pass."""

    name: str
    language: str
    kind: str
    where: str
    change: str
    saved: str
    caught: bool
    said: str


class NothingToChangeError(Exception):
    """There is nothing of this kind in the workbook, or the change would come to nothing."""


class Mutator:
    """A built workbook, and what can be done to it."""

    def __init__(self, name: str, lang: str, chance: random.Random, folder: Path) -> None:
        self.name, self.lang, self.random, self.folder = name, lang, chance, folder
        self.book: Book = find_scenario(name).make(lang)
        self.path = folder / f"{name}.{lang}.xlsx"
        self.path.write_bytes(packed(self.book))
        with zipfile.ZipFile(self.path) as archive:
            self.original = {part: archive.read(part) for part in archive.namelist()}
        self.parts = dict(self.original)
        sheets = re.findall(r'<sheet name="(\w+)"', self.original[WORKBOOK].decode())
        self.part_of = {sheet: f"xl/worksheets/sheet{n}.xml" for n, sheet in enumerate(sheets, 1)}

    def mutated(self, kind: str, saved: str) -> Mutation:
        """Make a mutation, have it checked, and tell."""
        self.parts = dict(self.original)
        where, change = getattr(self, "_" + kind.replace(" ", "_"))()
        path = self._saved(saved)
        outcome = attempt(check_file, Job(path.stem, target=path))
        said = str(outcome.error or outcome.report)
        return Mutation(
            self.name, self.lang, kind, where, change, saved, bool(said), said.replace(str(path), "FILE")[:500]
        )

    # -- saving --------------------------------------------------------------------------------------

    def _written(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for part, contents in self.parts.items():
                archive.writestr(part, contents)
        return path

    def _saved(self, saved: str) -> Path:
        path = self._written(self.folder / "mutated.xlsx")
        if saved == "values":
            self._recalculated(path)
            return self._written(path)
        if saved == "ironcalc":
            model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
            model.evaluate()
            path.unlink()
            model.save_to_xlsx(str(path))
        return path

    def _recalculated(self, path: Path) -> None:
        """Write every cached value anew, as an engine computes it."""
        cells = recalculate(path)
        for sheet, part in self.part_of.items():
            found = {cell_name(*at): cells[sheet].at(*at) for at in cells[sheet]}

            def again(match: re.Match[str], found: dict[str, object] = found) -> str:
                at, look, formula = match.groups()
                value = found.get(at)
                look = re.sub(r' t="\w+"', "", look)
                if value is None:
                    return f'<c r="{at}"{look}>{formula}</c>'
                kind = {ErrorValue: ' t="e"', str: ' t="str"', bool: ' t="b"'}.get(type(value), "")
                text = (
                    repr(value) if isinstance(value, float) else str(int(value)) if isinstance(value, bool) else value
                )
                return f'<c r="{at}"{look}{kind}>{formula}<v>{escape(str(text), quote=False)}</v></c>'

            self.parts[part] = _CELL.sub(again, self.parts[part].decode()).encode()

    # -- where ---------------------------------------------------------------------------------------

    def _chosen(self, *roles: Role, numbers: bool = False) -> tuple[Block, int, int]:
        blocks = [b for b in self.book.blocks() if b.role in roles and not (numbers and b.is_text)]
        if not blocks:
            raise NothingToChangeError
        block = self.random.choice(blocks)
        return block, self.random.randrange(block.place.rows), self.random.randrange(block.place.columns)

    def _computed(self, numbers: bool = False) -> tuple[Block, int, int]:
        return self._chosen(*(set(Role) - {Role.GIVEN, Role.RECORDED}), numbers=numbers)

    def _changed(self, block: Block, row: int, column: int, pattern: str, new: str) -> str:
        """Replace what matches in the XML of a cell; return where it is."""
        place = block.place
        at = cell_name(place.row + row, place.column + column)
        part = self.part_of[place.sheet]
        xml = self.parts[part].decode()
        start = xml.index(f'<c r="{at}"')
        end = xml.index("</c>", start) + len("</c>")
        cell, count = re.subn(pattern, lambda _match: new, xml[start:end], count=1, flags=re.DOTALL)
        if not count or cell == xml[start:end]:
            raise NothingToChangeError
        self.parts[part] = (xml[:start] + cell + xml[end:]).encode()
        return f"{place.sheet}!{at} {block.id}"

    # -- the kinds -----------------------------------------------------------------------------------

    def _formula(self) -> tuple[str, str]:
        block, row, column = self._computed()
        before = block.formula_at(row, column) or ""
        after = self._another(before, block.is_text)
        if canonical(before) is not None and canonical(before) == canonical(after) and not _REFERENCE.search(before):
            raise NothingToChangeError
        where = self._changed(block, row, column, r"<f([ >].*?)</f>", f"<f>{escape(after, quote=False)}</f>")
        return where, f"{before} → {after}"

    def _another(self, formula: str, is_text: bool) -> str:
        """Return another formula: a reference, operator, comparison, function, number or word of it changed."""
        pieces = re.split(r'("(?:[^"]|"")*")', formula)
        options = [
            (n, match, pattern)
            for n, piece in enumerate(pieces)
            if not piece.startswith('"')
            for pattern in (_REFERENCE, _OPERATOR, _NUMBER, _COMPARISON, _FUNCTION)
            for match in pattern.finditer(piece)
        ]
        options += [
            (n, m, _WORD) for n, piece in enumerate(pieces) if piece.startswith('"') for m in _WORD.finditer(piece)
        ]
        if not options:
            return f"{formula}&" + '"x"' if is_text else f"{formula}+0.001"
        kind = self.random.choice(sorted({pattern.pattern for *_where, pattern in options}))
        n, match, pattern = self.random.choice([option for option in options if option[2].pattern == kind])
        if pattern is _REFERENCE:
            new = match[1] + str(max(1, int(match[2]) + self.random.choice((-1, 1, 2))))
        elif pattern is _NUMBER:
            new = f"{float(match[0]) + self.random.choice((1, 2)):g}"
        else:
            new = _other_word(match[0]) if pattern is _WORD else _OTHER[match[0]]
        if new == match[0]:
            raise NothingToChangeError
        pieces[n] = pieces[n][: match.start()] + new + pieces[n][match.end() :]
        return "".join(pieces)

    def _typed_over(self) -> tuple[str, str]:
        block, row, column = self._computed()
        return self._changed(block, row, column, r"<f[ >].*?</f>", ""), "the value stays, without its formula"

    def _cached(self) -> tuple[str, str]:
        block, row, column = self._computed(numbers=True)
        value = float(block.grid()[row, column])
        if 0 < abs(value) < NOISE:
            raise NothingToChangeError
        apart = 10.0 ** -self.random.randint(1, 7)
        new = value * (1 + apart) if value else apart
        return self._changed(block, row, column, "<v>.*?</v>", f"<v>{new!r}</v>"), f"{value!r} → {new!r}"

    def _recorded(self) -> tuple[str, str]:
        block, row, column = self._chosen(Role.RECORDED, numbers=True)
        value = float(block.grid()[row, column])
        apart = 10.0 ** -self.random.randint(0, 8)
        new = value * (1 + apart) if value else apart
        return self._changed(block, row, column, "<v>.*?</v>", f"<v>{new!r}</v>"), f"{value!r} → {new!r}"

    def _given(self) -> tuple[str, str]:
        block, row, column = self._chosen(Role.GIVEN, numbers=True)
        value = float(block.grid()[row, column])
        if isinstance(block.valid, Between) and self.random.random() < 0.5:
            new = self.random.choice((block.valid.low - 1, block.valid.high + 1, block.valid.high * 2 + 1))
            return self._changed(block, row, column, "<v>.*?</v>", f"<v>{new!r}</v>"), f"{value!r} → {new!r}"
        text = "><is><t>many</t></is></c>"
        where = self._changed(block, row, column, r"><v>.*?</v></c>", f' t="inlineStr"{text}')
        return where, f"{value!r} → a text"

    def _words(self) -> tuple[str, str]:
        own = {str(text) for b in self.book.blocks() if b.role is Role.GIVEN and b.is_text for text in b.value.flat}
        xml = self.parts[STRINGS].decode()
        texts = [m for m in re.finditer(r"<t(?: [^>]*)?>([^<]*)</t>", xml) if unescape(m[1]) not in own]
        text = self.random.choice(texts)
        words = list(_WORD.finditer(text[1]))
        if not words or "&" in text[1]:
            raise NothingToChangeError
        word = self.random.choice(words)
        at = text.start(1)
        self.parts[STRINGS] = (xml[: at + word.start()] + _other_word(word[0]) + xml[at + word.end() :]).encode()
        return text[1][:60], f"{word[0]} → {_other_word(word[0])}"

    def _name(self) -> tuple[str, str]:
        xml = self.parts[WORKBOOK].decode()
        name = self.random.choice(re.findall(r'<definedName name="wb\.\w+">[^<]*</definedName>', xml))
        self.parts[WORKBOOK] = xml.replace(name, "").encode()
        return name[19:60], "gone"

    def _sheet(self) -> tuple[str, str]:
        xml = self.parts[WORKBOOK].decode()
        sheet = self.random.choice([*self.part_of][1:])
        state = self.random.choice(("hidden", "veryHidden"))
        self.parts[WORKBOOK] = xml.replace(f'<sheet name="{sheet}"', f'<sheet name="{sheet}" state="{state}"').encode()
        return sheet, state


def _other_word(word: str) -> str:
    if word.isdecimal():
        return str((int(word) + 1) % 10)
    return "非" if len(word) == 1 else word[:-1] if len(word) > 3 else word + "x"


def mutations(name: str, count: int, seed: int = 7) -> Iterator[Mutation]:
    """Mutate a worked example, one thing at a time; every second file is saved with all its values recalculated."""
    chance = random.Random(f"{seed} {name}")
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        books = {lang: Mutator(name, lang, chance, Path(folder)) for lang in languages()}
        done = 0
        while done < count:
            kind = chance.choices([*KINDS], [*KINDS.values()])[0]
            saved = ("as it is", "values", "as it is", "ironcalc" if done % 8 == 3 else "values")[done % 4]
            if kind == "cached":  # nothing would be left of it
                saved = "as it is"
            if kind == "sheet" and saved == "ironcalc":
                saved = "values"
            try:
                yield books["zh" if done % 5 == 4 else "en"].mutated(kind, saved)
            except NothingToChangeError:
                continue
            done += 1


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        example, _equals, number = argument.partition("=")
        for mutation in mutations(example, int(number or 40)):
            print(json.dumps(asdict(mutation), ensure_ascii=False), flush=True)
