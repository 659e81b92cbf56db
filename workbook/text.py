"""Words for the reader: English in the code, other languages in catalogues: a language is a folder of .po files.

``_("…")`` translates at once into the language in force; ``N_("…")`` only marks a text that is translated
later. A `Message` keeps its English source through ``format``, so that a sheet reserves the same number of
rows whatever the language is, and cells never move.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from pathlib import Path
from unicodedata import east_asian_width

from workbook.catalogue import codes_in, load_catalogue

DEFAULT_LANGUAGE = "en"
LOCALE = Path(__file__).parent / "locale"

TAB = "tab"
"""The context of sheets' names in the catalogues."""


class Message(str):
    """A translated text that remembers its English source."""

    source: str

    def __new__(cls, text: str, source: str) -> Message:
        message = super().__new__(cls, text)
        message.source = source
        return message

    def format(self, *args: object, **fields: object) -> Message:
        """Fill the fields in the text and in its source."""
        sources = {name: getattr(value, "source", value) for name, value in fields.items()}
        return Message(str.format(self, *args, **fields), self.source.format(*args, **sources))


class Translator:
    """The language in force: its code, its catalogue, and the texts that the catalogue lacks."""

    def __init__(self, code: str, folders: tuple[Path, ...] = ()) -> None:
        self.code = code
        self.missing: set[str] = set()
        self._catalogues = [] if code == DEFAULT_LANGUAGE else [load_catalogue(f, code) for f in folders]

    def translate(self, message: str) -> Message:
        """Return the message in this language, or in English (noted as missing) where there is no translation."""
        if self.code == DEFAULT_LANGUAGE or not message:
            return Message(message, message)
        for catalogue in self._catalogues:
            if text := catalogue.get(("", message)):
                return Message(text, message)
        self.missing.add(message)
        return Message(message, message)

    def tab(self, name: str) -> str:
        """Return a sheet's name in this language, or in English (noted as missing) where it has none."""
        if self.code == DEFAULT_LANGUAGE:
            return name
        for catalogue in self._catalogues:
            if text := catalogue.get((TAB, name)):
                return text
        self.missing.add(f"{TAB} {name}")
        return name

    def missing_as_po(self) -> str:
        """Return the texts that the catalogue lacks as entries of a .po file that wait for their translation."""
        entries = []
        for text in sorted(self.missing):
            tab = text.removeprefix(f"{TAB} ")
            context = "" if tab == text else f'msgctxt "{TAB}"\n'
            quoted = tab.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            entries.append(f'{context}msgid "{quoted}"\nmsgstr ""\n')
        return "\n".join(entries)


def languages(*folders: Path) -> list[str]:
    """Return the languages that there are: English, and those that the engine's or another folder holds a catalogue of."""
    return list(
        dict.fromkeys([DEFAULT_LANGUAGE, *(code for folder in (LOCALE, *folders) for code in codes_in(folder))])
    )


def suffix_of(lang: str) -> str:
    """Return what follows a file's name for a language: nothing for English, else .zh, say."""
    return "" if lang == DEFAULT_LANGUAGE else f".{lang}"


_active: ContextVar[Translator] = ContextVar("language", default=Translator(DEFAULT_LANGUAGE))  # noqa: B039


@contextmanager
def language(code: str, *folders: Path) -> Iterator[Translator]:
    """Put a language in force; `folders` are catalogue folders besides the engine's own."""
    with speaking(Translator(code, (LOCALE, *folders))) as translator:
        yield translator


@contextmanager
def speaking(translator: Translator) -> Iterator[Translator]:
    """Put a translator in force that was made before, such as a book's."""
    token = _active.set(translator)
    try:
        yield translator
    finally:
        _active.reset(token)


def current_translator() -> Translator:
    """Return the translator in force."""
    return _active.get()


def _(message: str) -> Message:
    """Return a text in the language in force."""
    return _active.get().translate(message)


def N_(message: str) -> str:
    """Mark a text for translation; `_` translates it later."""
    return message


# ---------------------------------------------------------------------------------------------- measure


def display_width(text: str) -> int:
    """Return a text's width in columns of Latin characters; Chinese characters count double."""
    if text.isascii():
        return len(text)
    return len(text) + sum(map(_is_wide, text))


@cache
def _is_wide(char: str) -> bool:
    return east_asian_width(char) in "WF"


def is_wide(text: str) -> bool:
    """Tell whether a text holds Chinese characters."""
    return not text.isascii() and any(map(_is_wide, text))


def utf16_length(text: str) -> int:
    """Return a text's length as Excel counts it: what lies beyond Unicode's first 65,536 characters counts double."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def pieces(text: str) -> Iterator[str]:
    """Yield the pieces between which a line may break: after spaces, and between Chinese characters."""
    piece = ""
    for char in text:
        if piece and _is_wide(char) and char not in "，。；：、！？）】》”’":
            yield piece
            piece = ""
        piece += char
        if char == " ":
            yield piece
            piece = ""
    if piece:
        yield piece


LONGEST_PHRASE = 18
"""A Chinese phrase wider than this breaks where it must."""

_PHRASE_ENDS = re.compile(r"(?<=[的、，：；）])(?![的、，：；）])|(?=[（“与]|及其)|(?<=\S\S )(?=\S\S)|(?<= · )")


def phrases(text: str) -> Iterator[str]:
    """Yield the pieces between which a heading may break: in Chinese, which has no spaces between words, whole phrases.

    A phrase ends after 的 and a mark, before a bracket, and at a space that parts more than a single letter or sign.
    """
    for phrase in filter(None, _PHRASE_ENDS.split(text) if is_wide(text) else [text]):
        is_whole = is_wide(text) and display_width(phrase.rstrip()) <= LONGEST_PHRASE
        yield from (phrase,) if is_whole else pieces(phrase)


def wrap(text: str, width: int, broken: Callable[[str], Iterator[str]] = pieces) -> list[str]:
    """Break a text into lines of at most `width` Latin characters where it allows."""
    lines, taken = [""], 0
    for piece in broken(text):
        if lines[-1] and taken + display_width(piece.rstrip()) > width:
            lines.append("")
            taken = 0
        lines[-1] += piece
        taken += display_width(piece)
    return [line.rstrip() for line in lines]


DIGITS_OF_ANY_FLOAT = Context(prec=350)
"""1e308 with some decimals; Decimal's own 28 digits refuse a number of 1e19."""


def fixed_text(number: float, digits: int) -> str:
    """Return a number with so many decimals, the decimal half rounded away from zero as a spreadsheet does."""
    shown = Decimal(repr(float(number)))
    for places in (9, digits):  # as `formula.fixed` does
        shown = shown.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, DIGITS_OF_ANY_FLOAT)
    return f"{abs(shown) if shown == 0 else shown:f}"


def decimals_tried(fewest: int) -> list[int]:
    """Return with how many decimals a typed number is tried, from the fewest on, before it gets all that it has."""
    return [fewest, *(places for places in (1, 2, 4) if places > fewest)]


MINUS = "−"
"""What stands before a negative number that is read; only what is typed and computed has a hyphen there."""


def shown_text(number: float, digits: int) -> str:
    """Return a number as a sentence shows it, with so many decimals and a true minus."""
    return fixed_text(number, digits).replace("-", MINUS)


MOST_DECIMALS = 8
MORE_DECIMALS = range(5, MOST_DECIMALS)
"""Of these a typed number gets the fewest that show all of it; else the most that a sentence shows."""


def text_as_typed(number: float, fewest: int) -> str:
    """Return a typed number with all the decimals it has, at least so many and at most `MOST_DECIMALS`."""
    # a spreadsheet keeps the first 15 digits of a number, and takes numbers as equal that share them
    kept = Decimal(f"{float(number):.15g}")
    whole = f"{kept.quantize(Decimal(1).scaleb(-MOST_DECIMALS), ROUND_HALF_UP, DIGITS_OF_ANY_FLOAT):f}"
    tried = (fixed_text(float(whole), places) for places in (*decimals_tried(fewest), *MORE_DECIMALS))
    close = abs(Decimal(whole)) * Decimal("1e-15")
    return next((text for text in tried if abs(Decimal(text) - Decimal(whole)) <= close), whole)
