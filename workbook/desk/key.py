"""The key of an assignment: what the teacher keeps, and marking reads. A JSON file that no student should see."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook import __version__
from workbook.book import Book
from workbook.desk.exercise import Exercise, Question
from workbook.discovery import find_scenario
from workbook.files import read_text, replacing
from workbook.guard import MEGABYTE, FileError
from workbook.recipe import Recipe, recipe_of

FORMAT = 1
"""The version of the file's form; a reader refuses a later one."""

LARGEST_KEY = 256 * MEGABYTE


@dataclass(frozen=True)
class Student:
    """A student of an assignment.

    Attributes
    ----------
    id : as in the roster; it names the student's file
    code : what the student's first sheet shows, so that a file is known whatever its name
    given : the numbers that are this student's, by the ids of their blocks; all others are the book's
    name : as in the roster, if it says so
    """

    id: str
    code: str
    given: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Key:
    """All that is needed to mark an assignment.

    Attributes
    ----------
    assignment : its name; with the secret and a student's id it decides the student's numbers
    secret : drawn at random, in hexadecimal digits
    exercise : what is asked, with scenario, settings, language and mode
    recipe : what the book is made from: version, settings, and the files of data and specification
    students : by their ids, in the roster's order
    """

    assignment: str
    secret: str
    exercise: Exercise
    recipe: Recipe
    students: Mapping[str, Student]

    @property
    def scenario(self) -> str:
        """The scenario's name."""
        return self.exercise.scenario

    @property
    def lang(self) -> str:
        """The language of the students' files."""
        return self.exercise.lang

    @property
    def mode(self) -> str:
        """How much the students' files say: one of `workbook.desk.exercise.MODES`."""
        return self.exercise.mode

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked."""
        return self.exercise.questions

    def book(self, student: Student | None = None) -> Book:
        """Make the book of a student, with that student's numbers; without one, the book as it comes.

        Raises
        ------
        UsageError
            If the scenario is no longer there, or refuses what the key says.
        """
        given = {} if student is None else student.given
        return find_scenario(self.scenario).remake(self.lang, self.recipe, given)

    # -- the file ---------------------------------------------------------------------------------------

    def write(self, path: Path) -> None:
        """Write it; the old file stays until the new one is whole."""
        told = {
            "format": FORMAT,
            "assignment": self.assignment,
            "secret": self.secret,
            "exercise": asdict(self.exercise),
            "recipe": self.recipe.text(),
            "students": [
                {
                    "id": student.id,
                    "code": student.code,
                    "name": student.name,
                    "given": {id: np.asarray(value).tolist() for id, value in student.given.items()},
                }
                for student in self.students.values()
            ],
        }
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Key:
        """Read it.

        Raises
        ------
        FileError
            If it is no key, or one of a later version of this program.
        """
        try:
            told = json.loads(read_text(path, LARGEST_KEY, "a key is smaller than that"))
            later = told["format"] > FORMAT
        except (ValueError, TypeError, KeyError, RecursionError):
            raise FileError(f"{path}: this is no key; name the key.json that `workbook variants` wrote") from None
        if later:
            raise FileError(f"{path}: a later version of this program wrote this key; this is {__version__}")
        try:
            students = [_student(each) for each in told["students"]]
            exercise, recipe = _exercise(told["exercise"]), recipe_of(told["recipe"])
            named = str(told["assignment"]), str(told["secret"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise FileError(f"{path}: this key is damaged; take the copy that `workbook variants` wrote") from None
        return cls(*named, exercise, recipe, {student.id: student for student in students})


def new_secret() -> str:
    """Return a secret that nobody can guess."""
    return secrets.token_hex(32)


def _student(told: Mapping[str, Any]) -> Student:
    given = {str(id): np.asarray(value, dtype=float) for id, value in told["given"].items()}
    return Student(str(told["id"]), str(told["code"]), given, str(told.get("name", "")))


def _exercise(told: Mapping[str, Any]) -> Exercise:
    questions = tuple(
        Question(
            int(each["number"]),
            str(each["block"]),
            tuple((int(row), int(column)) for row, column in each["cells"]),
            float(each["points"]),
            float(each["unit"]),
        )
        for each in told["questions"]
    )
    givens, varied, mistakes = (tuple(map(str, told[name])) for name in ("givens", "varied", "mistakes"))
    return Exercise(
        str(told["scenario"]),
        dict(told["settings"]),
        str(told["lang"]),
        str(told["mode"]),
        questions,
        givens,
        varied,
        mistakes,
        float(told["tolerance"]),
    )
