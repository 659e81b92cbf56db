"""The sheet Checks: the verdict of every check, the numbers behind it, and the inputs that the printed figures need."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbook.block import Block, Role, Value
from workbook.expression import Expr
from workbook.formula import as_it_is, call, either, equal, if_, smallest, squared_distance, total
from workbook.page import Item, Page, Shown, Words
from workbook.sheet import FAILS, HOLDS, NOT_APPLICABLE, Kind, Style, named
from workbook.text import _

if TYPE_CHECKING:
    from workbook.book import Book

TALL = 6
"""Tables of more rows than this stand next to one another."""


class ChecksPage:
    """The sheet Checks on its way.

    Attributes
    ----------
    printed : the verdicts on figures that the article prints, and whether NumPy's number meets the figure
    tolerances : how close is close enough, for the questions that the reader answers
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.page = Page(book, "Checks", _("Checks: does every number hold?"), kind=Kind.CHECKS, landscape=False)
        self.printed: list[tuple[Block, bool]] = []
        self.tolerances: list[Block] = []
        self._same_inputs: Block | None = None

    @cached_property
    def article_flag(self) -> Block:
        """1 as long as the inputs are the article's, else 0."""
        return self.page.register(
            Block(
                "article_inputs",
                Role.CHECK,
                np.asarray(1.0),
                title=_("the inputs are the article's (1 yes, 0 no)"),
                number_format="0",
                formula=lambda: 1 if self._same_inputs is None else smallest(self._same_inputs),
            )
        )

    def tolerance(self, id: str, value: float) -> Block:
        """Add how close an answer has to be."""
        block = Block(f"{id}_tolerance", Role.RECORDED, np.asarray(value), title=id, number_format="0.0###")
        self.tolerances.append(self.page.register(block))
        return block

    def finish(self) -> None:
        """Declare what the sheet says, now that every check is known."""
        book, page = self.book, self.page
        givens = [g for part in book.parts for g in part.blocks if g.article is not None and not g.is_text]
        givens = givens if self.printed else []
        same = np.array([float(np.array_equal(given.value, np.asarray(given.article))) for given in givens])
        for verdict, holds in self.printed:
            text = NOT_APPLICABLE if not same.all() else HOLDS if holds else FAILS
            verdict.value = np.asarray(text, dtype=object)
        if book.checks:
            self._verdicts()
        if self.printed:
            self.article_flag.value = np.asarray(float(same.all()))
            page.put(Shown(self.article_flag))
        if givens:
            self._article_inputs(givens, same)
        for part in book.parts:
            _mark_steps(part)
        if book.checks:
            self._numbers()
            self._empty_cells()
        if self.tolerances:
            page.step(_("How close is close enough"), _("So far an answer under Your turn may be off."))
            for block in self.tolerances:
                page.put(Shown(block))

    def _verdicts(self) -> None:
        checks, page = self.book.checks, self.page
        page.text(_("Every check of this workbook. Click a line to go to where it is made."))
        verdicts = Block(
            "check_verdicts",
            Role.CHECK,
            np.array([check.verdict.value.item() for check in checks], dtype=object),
            each=[check.verdict.whole() for check in checks],
            number_format="@",
        )
        fails = Block(
            "check_fails",
            Role.CHECK,
            np.array([float(verdict == FAILS) for verdict in verdicts.value]),
            formula=lambda i: if_(equal(verdicts[i], FAILS), 1, 0),
            number_format="0",
        )
        grid = page.grid()
        for check in checks:
            grid.put(0, 0, Words(check.title, Style.LINK, check.page))
        grid.put(0, 1, verdicts)
        grid.put(0, 2, fails)

    def _numbers(self) -> None:
        """Show the two numbers of every check."""
        self.page.step(_("The numbers behind the checks"))
        grid = self.page.grid()
        for check in self.book.checks:
            grid.put(0, 0, Words(check.title, Style.LABEL))
            sign = Words(check.sign, Style.ARROW)
            items: tuple[Item | Block, ...] = (check.left, sign, check.right, check.verdict)
            for lane, item in enumerate(items, 1):
                grid.put(0, lane, item)

    def _empty_cells(self) -> None:
        """Count the yellow cells that are empty: a spreadsheet takes them for 0 here and for nothing there."""
        typed = [block for part in self.book.parts for block in part.blocks if block.role is Role.GIVEN]
        numbers = [block for block in typed if not block.is_text]
        words = [block for block in typed if block.is_text and block.value.ndim == 0 and block.value.item()]
        page, cells = self.page, [block.value.size for block in [*numbers, *words]]
        if not cells:
            return
        page.step(
            _("Is a yellow cell empty?"),
            _("Type a number. Until then an empty cell counts as 0, or as what stands here where 0 makes no sense."),
        )
        rows = [named(block) or block.id for block in [*numbers, *words]]
        with page.beside():
            page.add(
                Block(
                    "yellow_counts_as",
                    Role.RECORDED,
                    np.array([str(block.counts_as or 0) for block in numbers] + ["–"] * len(words), dtype=object),
                    title=_("an empty one counts as"),
                    rows=rows,
                    number_format="@",
                )
            )
            there = page.add(
                Block(
                    "yellow_cells",
                    Role.RECORDED,
                    np.array(cells, dtype=float),
                    title=_("cells"),
                    rows=rows,
                    number_format="0",
                )
            )
            filled = [call("COUNT", as_it_is(block)) if block.value.size > 1 else _is_typed(block) for block in numbers]
            full = page.add(
                Block(
                    "yellow_filled",
                    Role.CHECK,
                    np.array(cells, dtype=float),
                    title=_("of these hold something"),
                    number_format="0",
                    each=[*filled, *(if_(equal(block, ""), 0, 1) for block in words)],
                )
            )
        page.add(
            Block(
                "yellow_empty",
                Role.CHECK,
                np.asarray(0.0),
                title=_("yellow cells that are empty"),
                number_format="0",
                formula=lambda: total(there) - total(full),
            )
        )

    def _article_inputs(self, givens: list[Block], same: Value) -> None:
        """Hold the inputs against the article's, which stand below to go back to; only now are all of them known."""
        page = self.page
        page.step(
            _("The inputs that the printed figures need"),
            _(
                "A figure that the article prints can be met only with the inputs below: the article's own, or those chosen here in their place. Go back to them whenever you like."
            ),
        )
        articles = [_article_input(given) for given in givens]
        self._same_inputs = page.add(
            Block(
                "inputs_same",
                Role.CHECK,
                same,
                title=_("same?"),
                rows=[named(given) for given in givens],
                number_format="0",
                each=[_is_same(given, article) for given, article in zip(givens, articles, strict=True)],
            )
        )
        with page.beside():
            for article in articles:
                if len(article.grid()) > TALL:
                    page.add(article)
        for article in articles:
            if len(article.grid()) <= TALL:
                page.add(article)


def _mark_steps(page: Page) -> None:
    """Give every step that has checks one ✓ or ✗ for all of them."""
    for n, step in enumerate(page.steps, 1):
        verdicts = [check.verdict for check in step.checks]
        if verdicts:
            step.mark = page.register(_mark(f"checked_{page.key}_{n}", verdicts))


def _mark(id: str, verdicts: list[Block]) -> Block:
    good, bad = str(_("✓ checked")), str(_("✗ see Checks"))
    failing = any(verdict.value.item() == FAILS for verdict in verdicts)
    tests = [equal(verdict, FAILS) for verdict in verdicts]
    return Block(
        id,
        Role.CHECK,
        np.asarray(bad if failing else good, dtype=object),
        number_format="@",
        formula=lambda: if_(either(*tests) if len(tests) > 1 else tests[0], bad, good),
    )


def _is_typed(block: Block) -> Expr:
    """Return 1 where a block's one cell holds a number, else 0."""
    return if_(call("ISNUMBER", as_it_is(block)), 1, 0)


def _article_input(given: Block) -> Block:
    """Return what the article's example has for a given block."""
    article = np.asarray(given.article, dtype=float)
    alike = article.shape == given.shape
    return Block(
        f"{given.id}_article",
        Role.RECORDED,
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
