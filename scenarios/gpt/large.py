"""The block at microgpt's size: the next letter first; all numbers part by part on deeper pages."""

from __future__ import annotations

from scenarios.gpt.block import Size, graph, parts
from scenarios.gpt.following import following_page
from scenarios.graph.pages import COLUMN, pages_by_part
from scenarios.graph.trial import deeper_pages
from workbook.book import Book
from workbook.page import Page
from workbook.sheet import Kind
from workbook.text import _


def large_pages(book: Book, following: Page, size: Size) -> None:
    """Make all pages behind the first one, and fill it."""
    forward = book.page("Whole", _("The block at microgpt's size, part by part"), kind=Kind.DEEPER, column_width=COLUMN)
    back = book.page("Backward", _("The way back, the last part first"), kind=Kind.DEEPER, column_width=COLUMN)
    step = book.page("Step", _("All weights after one step"), kind=Kind.DEEPER, column_width=COLUMN)
    whole = pages_by_part(forward, back, step, graph(size), parts(size))
    forward.source(_("Chosen here: every number; the weights at random, with two decimals."))
    following_page(following, whole, size.letters)
    deeper_pages(book, whole, "Wq1")
