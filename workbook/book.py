"""A book: all that a workbook says, as plain data without I/O. Writer, checker, exporter, linter and diff read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.block import Block, Role
from workbook.checks import ChecksPage
from workbook.errors import nearest
from workbook.layout.place import laid_out
from workbook.page import Page
from workbook.sheet import Check, Kind, Sheet, Step
from workbook.start import finish_start
from workbook.text import _, current_translator

if TYPE_CHECKING:
    import pandas as pd

    from workbook.parameter import Setting
    from workbook.recipe import Recipe

LIKE_A_CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*(C\d*)?|C\d*|TRUE|FALSE", re.IGNORECASE)
"""Sheet names that a formula would have to quote: B5, and R1C1 in the other notation."""

ORDER = list(Kind)


class Book:
    """A workbook in one language.

    Attributes
    ----------
    name : the scenario's name
    title, article, summary : what the reader sees on the Start sheet
    first_change : what to change first, naming the sheet and the cell's meaning; "" says nothing
    start : the first page; a scenario may give it a face: a headline, a picture, cells to touch
    checks : every check, in the order in which they were added
    licence : what its words and data are given under, an SPDX expression; "" says nothing
    recipe : what it was made from, where a scenario made it
    ask : the blocks that its ready exercise asks for, where the scenario says so
    language : code of the language
    translator : the words' translator; its `missing` lists the texts that are not translated
    settings : the values of the scenario's parameters, by their keys
    replaced : what stands in the place of given numbers, by the ids of their blocks in small letters
    parts : what the scenario made, as it was added
    sheets : in reading order, once the book is whole; Start is the first, Checks the last
    """

    def __init__(
        self,
        name: str,
        title: str,
        article: str,
        summary: str,
        replaced: Mapping[str, Any] | None = None,
        settings: Mapping[str, Setting] | None = None,
    ) -> None:
        self.name = name
        self.title = title
        self.article = article
        self.summary = summary
        self.translator = current_translator()
        self.language = self.translator.code
        self.parts: list[Page] = []
        self.sheets: list[Sheet] = []
        self.steps: list[Step] = []
        self.checks: list[Check] = []
        self.first_change: str = ""
        self.licence = ""
        self.recipe: Recipe | None = None
        self.ask: tuple[str, ...] = ()
        self.settings = dict(settings or {})
        self.replaced = {id.lower(): value for id, value in (replaced or {}).items()}
        self._ids: dict[str, Block] = {}
        self.start = Page(self, "Start", title, claim=summary, kind=Kind.START)
        self.checks_page = ChecksPage(self)

    # -- making it -------------------------------------------------------------------------------------

    def page(self, name: str, title: str, claim: str = "", guess: str = "", **fields: Any) -> Page:
        """Add a page; the arguments are those of `Page`.

        Raises
        ------
        ValueError
            If its name is not one English word that can stand in a formula without quotes, or is taken.
        """
        page = Page(self, self._named(name), title, claim, guess, **fields)
        self.parts.append(page)
        return page

    def tab(self, name: str) -> str:
        """Return what stands on a sheet's tab, by the sheet's English name."""
        return self.translator.tab(name)

    def _named(self, name: str) -> str:
        if not (name.isidentifier() and name.isascii()) or len(name) > 31 or LIKE_A_CELL.fullmatch(name):
            raise ValueError(f"a sheet's name is one word of letters, digits and _, unlike a cell's name: {name!r}")
        taken = {"start", "checks", "history", *(part.key.lower() for part in self.parts)}
        tabs = {part.name.lower() for part in (self.start, self.checks_page.page, *self.parts)}
        if name.lower() in taken or self.tab(name).lower() in tabs:
            raise ValueError(f"two sheets are called {name}, or the name is a spreadsheet's own")
        return name

    @cached_property
    def helpers(self) -> Page:
        """The page of numbers that only pictures and sentences need."""
        return self.page("Helpers", _("Numbers behind pictures and sentences"), kind=Kind.DATA)

    def in_order(self) -> Sequence[Page]:
        """Return what the scenario made in reading order: core pages first, data last, each kind as it was added."""
        return sorted(self.parts, key=lambda part: ORDER.index(part.kind))

    def page_after(self, page: Page) -> Page | None:
        """Return the core page that follows a page in the story; None after the last."""
        core = [part for part in self.in_order() if part.kind is Kind.CORE]
        if page is self.start:
            return core[0] if core else None
        after = core[core.index(page) + 1 :] if page in core else []
        return after[0] if after else None

    def register(self, block: Block) -> None:
        """Take note of a block; ids are unique, whatever their case, since they become names in the file."""
        key = block.id.lower()
        if key in self._ids:
            raise ValueError(f"two blocks of the book are called {block.id}; give one another id")
        if not key.replace("_", "").isalnum() or not block.id.isascii():
            raise ValueError(f"a block's id is letters, digits and _: {block.id!r}")
        self._ids[key] = block

    @property
    def article_flag(self) -> Block:
        """1 as long as the inputs are the article's, else 0; a book in which no printed figure is checked has none."""
        return self.checks_page.article_flag

    def finish(self) -> Book:
        """Add the Checks and Start sheets, which tell of all the others; give everything its place; render the formulas.

        Raises
        ------
        ValueError
            If something lies on top of something else, or off the sheet: no spreadsheet would open the file. If a
            number was replaced that is not given.
        FormulaError
            If a formula cannot be rendered; the message begins with the line that declares it.
        """
        unknown = sorted(id for id in self.replaced if id not in self._ids or self._ids[id].role is not Role.GIVEN)
        if unknown:
            raise ValueError(f"{self.name} has no given numbers called {', '.join(unknown)}")
        self.checks_page.finish()
        finish_start(self)
        parts = [self.start, *self.in_order(), self.checks_page.page]
        self.sheets = [laid_out(part) for part in parts]
        self._number_steps()
        for sheet in self.sheets:
            sheet.refuse_overlaps()
        for block in self.blocks():
            block.render()
        return self

    def _number_steps(self) -> None:
        """Number the steps in reading order, sheet by sheet, whatever the order in which they were added."""
        for sheet in self.sheets:
            for title, index in sheet.step_labels if sheet.kind is not Kind.CHECKS else ():
                number = len(self.steps) + 1
                label = sheet.labels[index]
                text = _("Step {number} · {title}").format(number=number, title=title)
                sheet.labels[index] = replace(label, text=text)
                self.steps.append(Step(number, title, sheet.name, label.row))

    # -- reading it --------------------------------------------------------------------------------------

    def __getitem__(self, id: str) -> Block:
        """Return the block of an id, whatever the case."""
        if id not in self:
            raise KeyError(f"{id}: no block is called so; {nearest(id, self._ids)}book.frames() holds all of them")
        return self._ids[id.lower()]

    def __contains__(self, id: str) -> bool:
        return id.lower() in self._ids

    def blocks(self) -> Iterator[Block]:
        """Yield every block, sheet by sheet, in the order in which they stand there."""
        for sheet in self.sheets:
            yield from sheet.blocks

    def numbers(self) -> pd.DataFrame:
        """Return every cell as a line of a tidy table: scenario, sheet, block, row, col, cell, value, formula."""
        from workbook.ledger import ledger_of

        return ledger_of(self).numbers()

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every block as a frame with its headings, by its id."""
        from workbook.ledger import ledger_of

        return ledger_of(self).frames()

    def save(self, path: Path | str) -> None:
        """Write it as an .xlsx file; the old file stays until the new one is whole.

        Raises
        ------
        OSError
            If the folder cannot be written to or the disk is full.
        """
        from workbook.writer import write

        write(self, Path(path))

    def _repr_html_(self) -> str:
        from workbook.notebook import shown

        return shown(self)
