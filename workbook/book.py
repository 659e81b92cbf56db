"""A book: all that a workbook says, as plain data without I/O. Writer, checker, exporter, linter and diff read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbook.block import SIGNS, Block, Place, Role, Value
from workbook.formula import Expr, call, cell_name, equal, if_, joined, smallest, squared_distance, total
from workbook.sheet import FAILS, HOLDS, LABEL_COLUMNS, NOT_APPLICABLE, Check, Sheet, Step, Style, named
from workbook.text import N_, _, current_translator

if TYPE_CHECKING:
    import pandas as pd

    from workbook.recipe import Recipe

LIKE_A_CELL = re.compile(r"[A-Z]{1,3}\d+|R\d*(C\d*)?|C\d*|TRUE|FALSE", re.IGNORECASE)
"""Sheet names that a formula would have to quote: B5, and R1C1 in the other notation."""

TALL = 6
"""Tables of more rows than this stand next to one another on the sheet Checks."""

ROLE_MEANINGS = {
    Role.GIVEN: (N_("given"), N_("Typed in. Change it, and everything that follows moves.")),
    Role.RECORDED: (
        N_("recorded"),
        N_("A fixed number: computed by NumPy beforehand, or printed in the article. It does not move."),
    ),
    Role.DERIVED: (N_("derived"), N_("A formula: computed from the cells before it. Click it to see from which.")),
    Role.GRADIENT: (N_("gradient"), N_("A formula: a derivative, how strongly the loss answers to this number.")),
    Role.UPDATED: (N_("updated"), N_("A formula: a parameter after a step of gradient descent.")),
    Role.CHECK: (N_("check"), N_("A formula that holds other numbers to account: ✓ holds, ✗ fails, – does not apply.")),
}


class Book:
    """A workbook in one language.

    Attributes
    ----------
    name : the scenario's name
    title, article, summary : what the reader sees on the Start sheet
    first_change : what to change first, naming the sheet and the cell's meaning; "" says nothing
    checks : every check, in the order in which they were added
    printed_checks : the verdicts on figures that the article prints, and whether NumPy's number meets the figure
    recipe : what it was made from, where a scenario made it
    language : code of the language
    translator : the words' translator; its `missing` lists the texts that are not translated
    sheets : in reading order; Start is the first, Checks the last
    """

    def __init__(self, name: str, title: str, article: str, summary: str) -> None:
        self.name = name
        self.title = title
        self.article = article
        self.summary = summary
        self.translator = current_translator()
        self.language = self.translator.code
        self.sheets: list[Sheet] = []
        self.steps: list[Step] = []
        self.checks: list[Check] = []
        self.printed_checks: list[tuple[Block, bool]] = []
        self.first_change: str = ""
        self.recipe: Recipe | None = None
        self._ids: dict[str, Block] = {}
        self.start = Sheet(self, "Start", title, landscape=False)
        self._checks_sheet = Sheet(self, "Checks", _("Checks: does every number hold?"), landscape=False)
        self._same_inputs: Block | None = None

    # -- making it -------------------------------------------------------------------------------------

    def sheet(self, name: str, title: str, **fields: Any) -> Sheet:
        """Add a sheet; `fields` are those of `Sheet`.

        Raises
        ------
        ValueError
            If its name is not one English word that can stand in a formula without quotes, or is taken.
        """
        if not (name.isidentifier() and name.isascii()) or len(name) > 31 or LIKE_A_CELL.fullmatch(name):
            raise ValueError(f"a sheet's name is one word of letters, digits and _, unlike a cell's name: {name!r}")
        if name.lower() in {"start", "checks", "history", *(sheet.name.lower() for sheet in self.sheets)}:
            raise ValueError(f"two sheets are called {name}, or the name is a spreadsheet's own")
        sheet = Sheet(self, name, title, **fields)
        self.sheets.append(sheet)
        return sheet

    def _number_steps(self) -> None:
        """Number the steps in reading order, sheet by sheet, whatever the order in which they were added."""
        for sheet in self.sheets:
            for title, index in sheet.step_labels:
                number = len(self.steps) + 1
                label = sheet.labels[index]
                text = _("Step {number} · {title}").format(number=number, title=title)
                sheet.labels[index] = replace(label, text=text)
                self.steps.append(Step(number, title, sheet.name, label.row))

    def register(self, block: Block) -> None:
        """Take note of a block; ids are unique, whatever their case, since they become names in the file."""
        key = block.id.lower()
        if key in self._ids:
            raise ValueError(f"two blocks are called {block.id}")
        if not key.replace("_", "").isalnum() or not block.id.isascii():
            raise ValueError(f"a block's id is letters, digits and _: {block.id!r}")
        self._ids[key] = block

    def finish(self) -> Book:
        """Add the Checks and Start sheets, which tell of all the others.

        Raises
        ------
        ValueError
            If something lies on top of something else, or off the sheet: no spreadsheet would open the file.
        """
        self._number_steps()
        self._finish_checks()
        self._finish_start()
        self.sheets = [self.start, *self.sheets, self._checks_sheet]
        for sheet in self.sheets:
            sheet.refuse_overlaps()
        return self

    # -- reading it --------------------------------------------------------------------------------------

    def __getitem__(self, id: str) -> Block:
        """Return the block of an id, whatever the case."""
        return self._ids[id.lower()]

    def __contains__(self, id: str) -> bool:
        return id.lower() in self._ids

    def blocks(self) -> Iterator[Block]:
        """Yield every block, sheet by sheet, in the order in which they were added."""
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

    # -- the Checks sheet ----------------------------------------------------------------------------------

    def _article_givens(self) -> list[Block]:
        return [b for s in self.sheets for b in s.blocks if b.article is not None and not b.is_text]

    @cached_property
    def article_flag(self) -> Block:
        """1 as long as the inputs are the article's, else 0; a book in which no printed figure is checked has none."""
        flag = Block(
            "article_inputs",
            Role.CHECK,
            np.asarray(1.0),
            title=_("the inputs are the article's (1 yes, 0 no)"),
            number_format="0",
            formula=lambda: 1 if self._same_inputs is None else smallest(self._same_inputs),
        )
        sheet = self._checks_sheet
        sheet.line_label(4, 0, f"{SIGNS[Role.CHECK]} {flag.title}", Role.CHECK)
        sheet.settle(flag, Place(sheet.name, 4, LABEL_COLUMNS, 1, 1))
        return flag

    def _finish_checks(self) -> None:
        sheet = self._checks_sheet
        sheet.cursor = 6 if self.printed_checks else 3
        givens = self._article_givens() if self.printed_checks else []
        same = np.array([float(np.array_equal(given.value, np.asarray(given.article))) for given in givens])
        for verdict, holds in self.printed_checks:
            text = NOT_APPLICABLE if not same.all() else HOLDS if holds else FAILS
            verdict.value = np.asarray(text, dtype=object)
        if self.checks:
            self._verdict_table(sheet)
        if givens:
            self._article_inputs(sheet, givens, same)
        if self.printed_checks:
            self.article_flag.value = np.asarray(float(same.all()))
            self.article_flag.state()

    def _article_inputs(self, sheet: Sheet, givens: list[Block], same: Value) -> None:
        """Hold the inputs against the article's, which stand below to go back to; only now are all of them known."""
        sheet.label(sheet.cursor, 0, _("The inputs that the printed figures need"), Style.STEP)
        sheet.cursor += 1
        sheet.text(
            _(
                "A figure that the article prints can be met only with the inputs below: the article's own, or those chosen here in their place. Go back to them whenever you like."
            )
        )
        top = sheet.cursor + 1
        sheet.label(top - 1, 1, _("same?"), Style.COLUMN)
        sheet.cursor = top + len(givens) + 1
        with sheet.beside():
            tall = {given.id: _article_input(sheet, given) for given in givens if len(given.grid()) > TALL}
        articles = [tall.get(given.id) or _article_input(sheet, given) for given in givens]
        self._same_inputs = Block(
            "inputs_same",
            Role.CHECK,
            same,
            rows=[named(given) for given in givens],
            number_format="0",
            each=[_is_same(given, article) for given, article in zip(givens, articles, strict=True)],
        )
        sheet.add(self._same_inputs, at=(top, 1))

    def _verdict_table(self, sheet: Sheet) -> None:
        sheet.text(_("Every check of this workbook. Click a line to go to where it is made."))
        top = sheet.cursor
        for n, check in enumerate(self.checks):
            place = check.verdict.place
            sheet.label(top + n, 0, check.title, Style.LINK, link=f"{place.sheet}!{cell_name(place.row, 0)}")
        verdicts = Block(
            "check_verdicts",
            Role.CHECK,
            np.array([check.verdict.value.item() for check in self.checks], dtype=object),
            each=[check.verdict.whole() for check in self.checks],
            number_format="@",
        )
        sheet.add(verdicts, at=(top, LABEL_COLUMNS))
        fails = Block(
            "check_fails",
            Role.CHECK,
            np.array([float(verdict == FAILS) for verdict in verdicts.value]),
            formula=lambda i: if_(equal(verdicts[i], FAILS), 1, 0),
            number_format="0",
        )
        sheet.add(fails, at=(top, LABEL_COLUMNS + 1))
        sheet.cursor = top + len(self.checks) + 1

    # -- the Start sheet -----------------------------------------------------------------------------------

    def _finish_start(self) -> None:
        sheet = self.start
        sheet.cursor = 2
        sheet.text(self.summary)
        sheet.remark(_("Beside the article: {article}").format(article=self.article))
        sheet.gap()
        if self.first_change:
            sheet.text(_("▶ First thing to try: {hint}").format(hint=self.first_change))
        if self.checks:
            self._overall_verdict(sheet, self["check_verdicts"], self["check_fails"])
        sheet.gap()
        self._contents(sheet)
        self._legend(sheet)
        sheet.text(
            _(
                "The sheets are protected without a password, so that no formula is lost by a slip of the finger; the yellow cells are open."
            )
        )
        sheet.text(_("To change anything else: menu Review (in LibreOffice: Tools) → Unprotect Sheet."))

    def _overall_verdict(self, sheet: Sheet, verdicts: Block, fails: Block) -> None:
        failing = sheet.add(
            Block(
                "checks_failing",
                Role.CHECK,
                fails.value.sum(),
                title=_("checks that fail"),
                number_format="0",
                formula=lambda: total(fails),
            )
        )
        words = str(_("✓ Every check that applies holds: {count} of {all}."))
        before, after = (part.format(all=len(self.checks)) for part in words.split("{count}"))
        # IronCalc's COUNTIF refuses a range of one cell
        holding = call("COUNTIF", verdicts, HOLDS) if verdicts.value.size > 1 else if_(equal(verdicts[0], HOLDS), 1, 0)
        good = f"{before}{sum(verdicts.value == HOLDS)}{after}"
        bad = _("✗ A check fails: see the sheet Checks.")
        sheet.add(
            Block(
                "verdict",
                Role.CHECK,
                np.asarray(bad if failing.value else good, dtype=object),
                title=_("verdict"),
                number_format="@",
                formula=lambda: if_(equal(failing, 0), joined(before, holding, after), str(bad)),
            )
        )

    def _contents(self, sheet: Sheet) -> None:
        sheet.label(sheet.cursor, 0, _("Contents"), Style.STEP)
        sheet.cursor += 1
        for part in [*self.sheets, self._checks_sheet]:
            sheet.label(sheet.cursor, 0, part.title, Style.LINK, link=f"{part.name}!A1")
            sheet.cursor += 1
            for step in self.steps:
                if step.sheet == part.name:
                    text = _("Step {number} · {title}").format(number=step.number, title=step.title)
                    sheet.label(sheet.cursor, 0, text, Style.SUBLINK, link=f"{step.sheet}!{cell_name(step.row, 0)}")
                    sheet.cursor += 1
        sheet.gap()

    def _legend(self, sheet: Sheet) -> None:
        sheet.label(sheet.cursor, 0, _("What the colours and signs mean"), Style.STEP)
        sheet.cursor += 1
        for role, meaning in ROLE_MEANINGS.items():
            sheet.label(sheet.cursor, 0, f"{SIGNS[role]} {_(meaning[0])}", Style.LABEL, role=role)
            sheet.label(sheet.cursor, 1, _(meaning[1]), Style.UNIT)
            sheet.cursor += 1
        sheet.gap()


def _article_input(sheet: Sheet, given: Block) -> Block:
    """Add what the article's example has for a given block."""
    article = np.asarray(given.article, dtype=float)
    alike = article.shape == given.shape
    return sheet.recorded(
        f"{given.id}_article",
        article,
        symbol=given.symbol,
        title=given.title,
        unit=given.unit,
        along=given.along,
        number_format=given.number_format,
        rows=given.rows if alike else None,
        columns=given.columns if alike else None,
    )


def _is_same(given: Block, article: Block) -> Expr | int:
    """Return 1 where a given block holds what the article's example has, else 0; of another shape it never does."""
    if given.shape != article.shape:
        return 0
    same = equal(given, article) if given.value.ndim == 0 else equal(squared_distance(given, article), 0)
    return if_(same, 1, 0)
