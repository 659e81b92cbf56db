"""Exercises, each made once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.books import made_once
from workbook.book import Book
from workbook.desk.exercise import Exercise
from workbook.desk.paper import Paper

SECRET = "5e" * 32


@dataclass(frozen=True)
class Made:
    """An exercise, its paper, and the file with the numbers of the book."""

    book: Book
    exercise: Exercise
    paper: Paper
    packed: bytes

    def answers(self) -> list[float]:
        """Return what is asked, by NumPy."""
        grids = {question: self.book[question.block].grid() for question in self.exercise.questions}
        return [float(grids[question][cell]) for question in grids for cell in question.cells]

    def given(self) -> list[float]:
        """Return the numbers that are given."""
        values = [self.book[id].value.ravel() for id in self.exercise.givens]
        return [float(value) for value in np.concatenate(values)]


@cache
def paper_of(name: str, lang: str = "en", mode: str = "practice") -> Made:
    """Return the ready exercise of an example."""
    book = made_once(name, lang)
    exercise = Exercise.of(book, (), mode)
    paper = Paper(book, exercise, SECRET)
    return Made(book, exercise, paper, paper.filled({}, "ann", "K7Q2-9M4X"))
