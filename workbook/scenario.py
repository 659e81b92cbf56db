"""A scenario: one worked example. The base class owns its life; a scenario declares itself and builds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, ClassVar

from workbook.book import Book
from workbook.text import DEFAULT_LANGUAGE, _, language

ENTRY_POINTS = "neural_workbook.scenarios"

Setting = float | int | str


class UsageError(Exception):
    """What the user typed cannot be done; the message is one line: what is wrong, where, and how to mend it."""


@dataclass(frozen=True)
class Parameter:
    """Something that can be set with ``--set key=value``: a number within bounds, one of `choices`, or a text."""

    key: str
    default: Setting
    title: str
    low: float = -1e6
    high: float = 1e6
    whole: bool = False
    choices: tuple[str, ...] = ()
    text: bool = False

    def parse(self, text: str) -> Setting:
        """Read a value as typed.

        Raises
        ------
        UsageError
            If it is no number, is out of bounds or none of the choices.
        """
        if self.text:
            return text
        if self.choices:
            if text not in self.choices:
                raise UsageError(f"--set {self.key}={text}: choose one of {', '.join(self.choices)}")
            return text
        try:
            number = int(text) if self.whole else float(text)
        except ValueError:
            kind = "a whole number" if self.whole else "a number"
            raise UsageError(f"--set {self.key}={text}: give {kind} from {self.low:g} to {self.high:g}") from None
        if not self.low <= number <= self.high:
            raise UsageError(f"--set {self.key}={text}: give a number from {self.low:g} to {self.high:g}")
        return number


class Scenario(ABC):
    """One worked example.

    Subclasses declare the class attributes and override `build`; those that take a reader's own data also
    override `read_data`. Texts are marked with ``N_`` and translated when a book is made.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    article: ClassVar[str]
    summary: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    data_columns: ClassVar[str] = ""
    locale: ClassVar[Path]
    order: ClassVar[int] = 100

    @abstractmethod
    def build(self, book: Book, settings: Mapping[str, Any], data: Any) -> None:
        """Compute everything with NumPy and lay it out in the book."""

    def read_data(self, path: Path) -> Any:
        """Read the reader's own data from a file.

        Raises
        ------
        UsageError
            Naming file, row and column.
        """
        raise UsageError(f"{path}: {self.name} takes no data; leave --data out")

    def settings(self, typed: Mapping[str, str] | None = None) -> dict[str, Setting]:
        """Return every parameter's value: as typed, or its default.

        Raises
        ------
        UsageError
            For a key that the scenario does not have, or a value out of bounds.
        """
        known = {parameter.key: parameter for parameter in self.parameters}
        values: dict[str, Setting] = {key: parameter.default for key, parameter in known.items()}
        for key, text in (typed or {}).items():
            if key not in known:
                can = f"it has {', '.join(known)}" if known else "nothing can be set"
                raise UsageError(f"--set {key}: {self.name} has no such setting; {can}")
            values[key] = known[key].parse(text)
        return values

    def make(
        self, lang: str = DEFAULT_LANGUAGE, settings: Mapping[str, Setting] | None = None, data: Path | None = None
    ) -> Book:
        """Build the book in a language, with some settings replaced and, if given, data read from a file."""
        values = {**self.settings(), **(settings or {})}
        read = self.read_data(data) if data is not None else None
        with language(lang, self.locale):
            book = Book(self.name, _(self.title), _(self.article), _(self.summary))
            self.build(book, values, read)
            return book.finish()


def scenarios() -> dict[str, Scenario]:
    """Return every scenario that is installed, by name, in the order of their articles and then by name."""
    found = [point.load()() for point in entry_points(group=ENTRY_POINTS)]
    return {scenario.name: scenario for scenario in sorted(found, key=lambda s: (s.order, s.name))}


def find_scenario(name: str) -> Scenario:
    """Return a scenario by its name.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    points = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in points:
        raise UsageError(f"{name}: no such worked example; there are {', '.join(sorted(points))}")
    scenario: Scenario = points[name].load()()
    return scenario
