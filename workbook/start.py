"""The sheet Start: what this is, its headline and picture, what to try first, the contents, and what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbook.block import SIGNS, Block, Role
from workbook.expression import Expr
from workbook.formula import call, equal, if_, joined, total
from workbook.page import Page, Sentence, Shown, Voice, Words
from workbook.sheet import HOLDS, Kind, Style
from workbook.text import N_, _

if TYPE_CHECKING:
    from workbook.book import Book

ROLE_MEANINGS = {
    Role.GIVEN: (N_("given"), N_("Typed in. Change it, and everything that follows moves.")),
    Role.RECORDED: (
        N_("recorded"),
        N_("Fixed: computed beforehand, or printed in the article."),
    ),
    Role.DERIVED: (N_("derived"), N_("A formula. Click it to see from which cells it is computed.")),
    Role.GRADIENT: (N_("gradient"), N_("A slope: how strongly the result answers to this number.")),
    Role.UPDATED: (N_("updated"), N_("A formula: a parameter after a step of gradient descent.")),
    Role.CHECK: (N_("check"), N_("Two numbers that must agree: ✓ yes, ✗ no, – does not apply.")),
}


def finish_start(book: Book) -> None:
    """Declare what stands below the face that the scenario gave the page: the story on the left, the rest on the right."""
    page = book.start
    with page.left():
        if book.first_change:
            page.put(Words(_("▶ First thing to try: {hint}").format(hint=book.first_change), Style.LIVE))
        if book.checks:
            _overall_verdict(page, book)
    _contents(page, book)
    page.gap()
    if book.article:
        page.remark(_("Beside the article: {article}").format(article=book.article))
    page.text(
        _(
            "The sheets are protected without a password, so that no formula is lost by a slip of the finger; the yellow cells are open."
        )
    )
    page.text(_("To change anything else: menu Review (in LibreOffice: Tools) → Unprotect Sheet."))


def _overall_verdict(page: Page, book: Book) -> None:
    """Say whether every check holds; how many fail stands on the sheet Checks."""
    verdicts, fails = book["check_verdicts"], book["check_fails"]
    failing = Block(
        "checks_failing",
        Role.CHECK,
        fails.value.sum(),
        title=_("checks that fail"),
        number_format="0",
        formula=lambda: total(fails),
    )
    book.checks_page.page.put(Shown(book.checks_page.page.register(failing)))
    words = str(_("✓ Every check that applies holds: {count} of {all}."))
    before, after = (part.format(all=len(book.checks)) for part in words.split("{count}"))
    # IronCalc's COUNTIF refuses a range of one cell
    holding = call("COUNTIF", verdicts, HOLDS) if verdicts.value.size > 1 else if_(equal(verdicts[0], HOLDS), 1, 0)
    good = f"{before}{sum(verdicts.value == HOLDS)}{after}"
    bad = _("✗ A check fails: see the sheet Checks.")
    empty = _("✎ A yellow cell is empty: type a number into it (the sheet Checks says where).")

    def unless_empty(words: Expr) -> Expr:
        return if_(book["yellow_empty"] > 0, str(empty), words) if "yellow_empty" in book else words

    verdict = Block(
        "verdict",
        Role.CHECK,
        np.asarray(bad if failing.value else good, dtype=object),
        title=_("verdict"),
        number_format="@",
        formula=lambda: unless_empty(if_(equal(failing, 0), joined(before, holding, after), str(bad))),
    )
    page.put(Sentence(page.register(verdict), Voice.PLAIN))


def _contents(page: Page, book: Book) -> None:
    """List the sheets: the story and the colours under the headline, what goes deeper or holds the data under the picture."""
    parts = [*book.in_order(), book.checks_page.page]
    story = [part for part in parts if part.kind is Kind.CORE]
    article = [part for part in parts if part.kind is Kind.ARTICLE]
    deeper = [part for part in parts if part.kind is Kind.DEEPER]
    data = [part for part in parts if part.kind in (Kind.DATA, Kind.CHECKS)]
    with page.left():
        page.gap()
        _links(page, _("The story"), story)
        _links(page, _("The article's own tables"), article)
        if not story:
            _links(page, _("Contents"), deeper)
        page.gap()
        _legend(page, book)
    with page.right():
        if story:
            _links(page, _("Deeper"), deeper)
        _links(page, _("Data and checks"), data)


def _links(page: Page, heading: str, parts: list[Page]) -> None:
    if parts:
        page.put(Words(heading, Style.CUE))
    for part in parts:
        page.put(Words(part.title, Style.SUBLINK, part))


def _legend(page: Page, book: Book) -> None:
    """Say what the colours mean that this book has."""
    page.put(Words(_("What the colours and signs mean"), Style.CUE))
    roles = {block.role for part in [*book.parts, book.checks_page.page] for block in part.blocks}
    for role, (name, meaning) in ROLE_MEANINGS.items():
        if role in roles:
            page.put(Words(f"{SIGNS[role]} {_(name)}: {_(meaning)}", Style.KEY, role=role))
