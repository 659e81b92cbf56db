"""A scenario: one worked example. The base class owns its life; a scenario declares itself and builds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from warnings import catch_warnings, simplefilter

from threadpoolctl import threadpool_limits

from workbook import __version__
from workbook.book import Book
from workbook.errors import UsageError, nearest
from workbook.parameter import Parameter, Setting
from workbook.recipe import DATA, Kept, Recipe, is_data, kept
from workbook.text import DEFAULT_LANGUAGE, _, language, languages

__all__ = ["Parameter", "Scenario", "Setting", "UsageError"]


class Scenario(ABC):
    """One worked example.

    Subclasses declare the class attributes and override `build`; those that take a reader's own data also
    override `read_data` and `own_rows`; `specification` is the file to begin with where a reader describes the example. Texts are marked with ``N_`` and translated when a book is made. `large` ones, which take
    longest, are begun first where all are made. `licence` is what its words and data are given under (an SPDX
    expression); a file says it, unless it is empty. `ask` are the blocks that its ready exercise asks for, as `--ask`
    takes them (``"error"``, ``"W1_new[0,:]=3"``); where it says nothing, they follow from the book
    (`workbook.desk.exercise`).
    """

    name: ClassVar[str]
    licence: ClassVar[str] = ""
    title: ClassVar[str]
    article: ClassVar[str] = ""
    summary: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    data_columns: ClassVar[str] = ""
    locale: ClassVar[Path]
    order: ClassVar[int] = 100
    large: ClassVar[bool] = False
    specification: ClassVar[Path | None] = None
    ask: ClassVar[tuple[str, ...]] = ()

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

    def data_files(self, path: Path) -> Sequence[Path]:
        """Return the files that `read_data` reads where it is given one: that alone, unless others belong to it."""
        return (path,)

    def own_rows(self) -> Iterable[Sequence[Any]]:
        """Return the example's own data as a reader's would be given: a header, then rows; nothing where it takes no table."""
        return ()

    def settings(self, typed: Mapping[str, str] | None = None) -> dict[str, Setting]:
        """Return every parameter's value: as typed, or its default.

        Raises
        ------
        UsageError
            For a key that the scenario does not have, or a value out of bounds.
        """
        return {**self.defaults(), **self.typed(typed)}

    def typed(self, typed: Mapping[str, str] | None = None) -> dict[str, Setting]:
        """Return the values of the parameters that were typed, and of no others.

        Raises
        ------
        UsageError
            For a key that the scenario does not have, or a value out of bounds.
        """
        return {key: self._parameter(key).parse(text) for key, text in (typed or {}).items()}

    def defaults(self, data: Any = None) -> dict[str, Setting]:
        """Return what holds where nothing is typed; with the reader's own data it may be another value.

        A typed value is never changed, so what depends on the data is said here.
        """
        return {parameter.key: parameter.default for parameter in self.parameters}

    def _parameter(self, key: str) -> Parameter:
        known = {parameter.key: parameter for parameter in self.parameters}
        if key not in known:
            can = f"it has {', '.join(known)}" if known else "nothing can be set"
            raise UsageError(f"--set {key}: {self.name} has no such setting; {nearest(key, known)}{can}")
        return known[key]

    def make(
        self,
        lang: str = DEFAULT_LANGUAGE,
        settings: Mapping[str, Setting] | None = None,
        data: Path | None = None,
        given: Mapping[str, Any] | None = None,
    ) -> Book:
        """Build the book in a language, with some settings replaced and, if given, data read from a file.

        `given` replaces typed-in numbers by arrays of their shape, by the ids of their blocks.
        `settings` are those that were typed; what is left out has its default, which may depend on the data.

        Raises
        ------
        UsageError
            For a language or setting that there is not, a value out of bounds, or data that cannot be read.
        """
        there = languages(self.locale)
        if lang not in there:
            raise UsageError(f"{lang}: no such language; there are {', '.join(there)}")
        replaced = {key: self._parameter(key).checked(value) for key, value in (settings or {}).items()}
        read, files = self._read(data) if data is not None else (None, {})
        values = {**self.defaults(read), **replaced}
        # One thread: how many share a product of matrices decides its last digit, and a training run makes it the first.
        with threadpool_limits(1), language(lang, self.locale):
            book = Book(self.name, _(self.title), _(self.article), _(self.summary), given, values)
            book.ask = self.ask
            try:
                with catch_warnings():
                    if data is not None or replaced:
                        simplefilter("ignore", RuntimeWarning)  # what comes of it is refused below
                    self.build(book, values, read)
            except ArithmeticError as error:
                if data is None and not replaced:
                    raise  # nobody gave anything: a mistake of the example's own
                size = "give numbers of ordinary size, such as from 0.001 to 1000"
                raise UsageError(f"{data or self.name}: {error}; {size}") from error
            book.licence = self.licence
            book.recipe = self._recipe(replaced, files, given or {})
            return book.finish()

    def remake(self, lang: str, recipe: Recipe, given: Mapping[str, Any] | None = None) -> Book:
        """Build the book that a recipe tells of, with other given numbers if there are any; its files lie in it.

        Raises
        ------
        UsageError
            As `make` does; also if a setting names a file that the recipe does not hold.
        """
        readable = {parameter.key for parameter in self.parameters if parameter.file}
        if stray := readable & set(recipe.settings):
            raise UsageError(f"it names a file for {', '.join(stray)} that it does not hold")
        with TemporaryDirectory(prefix="workbook-") as folder:
            paths = recipe.unpacked(Path(folder))
            named = {key: str(path) for key, path in paths.items() if not is_data(key)}
            try:
                return self.make(lang, {**recipe.settings, **named}, paths.get(DATA), {**recipe.given, **(given or {})})
            except UsageError as error:
                raise UsageError(str(error).replace(f"{folder}/", "")) from error

    def _read(self, data: Path) -> tuple[Any, dict[str, Kept]]:
        """Read the data; return it, and what of the files was read."""
        from workbook.data import noting_columns, only_columns

        with noting_columns() as noted:
            read = self.read_data(data)
        files = {}
        for n, path in enumerate(self.data_files(data), 1):
            contents = only_columns(path, noted[path]) if path in noted else None
            files[DATA if n == 1 else f"{DATA} {n}"] = kept(path, contents)
        return read, files

    def _recipe(self, replaced: Mapping[str, Setting], files: Mapping[str, Kept], given: Mapping[str, Any]) -> Recipe:
        names = {parameter.key for parameter in self.parameters if parameter.file}
        named = {key: kept(Path(str(value))) for key, value in replaced.items() if key in names and value}
        plain = {key: value for key, value in replaced.items() if key not in names}
        return Recipe(__version__, plain, {**named, **files}, given)
