"""The sheets that an exercise adds to a book: HandIn, which says how far a student is, and Marks, hidden, which judges.

HandIn has a pointer for each question and each given block, ``=COUNT(Sheet!range)`` beside the block's id: every
spreadsheet lets it follow its cells, so that marking finds them wherever they go. Its verdicts rest on checksums. A
number is divided by the tolerance, rounded, multiplied and taken modulo MODULUS: Marks knows what must be left, and not
the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbook.addresses import cell_name
from workbook.block import SIGNS, Block, Place, Role
from workbook.book import Book
from workbook.desk.draws import digest
from workbook.desk.exercise import Exercise, Question
from workbook.desk.reads import closure, reads_of
from workbook.desk.states import AFTER, CLOSE, GIVENS, PARTLY, SAID, State
from workbook.draw import absolute
from workbook.render import Template
from workbook.sheet import Kind, Label, Sheet, Style, named
from workbook.text import _, speaking

MODULUS = 997

CODES = (
    State.BLANK,
    State.RIGHT,
    State.TYPED,
    State.CLOSE,
    State.SIGN,
    State.WRONG,
    State.TEXT,
    State.ERROR,
    State.TRUTH,
)
"""The states of a cell; Marks holds their numbers."""

HAND_IN, MARKS = "HandIn", "Marks"
ID, CODE = "@student@", "@code@"
"""What stands for the student's id and code until they are known."""

FIRST_QUESTION = 10
_NUMBER, _WHAT, _WHERE, _FILLED, _OF, _POINTS, _STATE, _BLOCK = range(1, 9)
WIDTHS = {0: 2.0, 1: 11.0, 2: 44.0, 3: 18.0, 4: 10.0, 5: 7.0, 6: 9.0, 7: 62.0, 8: 16.0}

Cell = tuple[str, int, int]


@dataclass(frozen=True)
class Front:
    """A book with its two sheets.

    Attributes
    ----------
    book : the book, HandIn first and Marks last
    done : the formula that is 1 when all is right
    checksums : the cells of Marks that hold what must be left, for the answer and for the close ones, by question
    seals : the cell of Marks that holds the seal of the given numbers, by block
    """

    book: Book
    done: str
    checksums: Mapping[int, tuple[tuple[Cell, Cell], ...]]
    seals: Mapping[str, Cell]


def checksum(value: float, width: float, a: int, b: int) -> int:
    """Return what is left of a number: what a cell of Marks computes of what a student typed."""
    return (bin_of(value, width) * a + b) % MODULUS


def bin_of(value: float, width: float) -> int:
    """Return a number divided by a width and rounded, half away from zero as a spreadsheet does."""
    return int(np.floor(abs(value) / width + 0.5)) * (1 if value >= 0 else -1)


def factors(secret: str, *what: str | int) -> tuple[int, int]:
    """Return the two numbers by which a checksum is made; `what` says of which question and cell, or of which block."""
    drawn = digest(secret, "checksum", *map(str, what))
    return 101 + int.from_bytes(drawn[:4], "big") % (MODULUS - 102), int.from_bytes(drawn[4:8], "big") % MODULUS


def seal(numbers: NDArray[np.float64], a: int, b: int) -> float:
    """Return what given numbers come to while nobody changes them; their plain sum may be what a question asks for."""
    return float(a * numbers.sum() + (b + 1) * (numbers**2).sum())


class _Added:
    """A sheet that is being added to a book: what is written goes to a cell."""

    def __init__(self, book: Book, key: str, title: str, kind: Kind) -> None:
        self.sheet = Sheet(book, book.tab(key), title, kind=kind, key=key)
        self.book = book

    def typed(self, id: str, row: int, column: int, values: Sequence[Any], look: Style = Style.CELL) -> Block:
        """Type numbers or texts below one another."""
        is_text = isinstance(values[0], str)
        array = np.asarray(values, dtype=object if is_text else float)
        return self._put(
            Block(id, Role.RECORDED, array, number_format="@" if is_text else "General"), row, column, look
        )

    def asked(self, id: str, row: int, column: int) -> Block:
        """Leave a cell for a text that a student types."""
        return self._put(Block(id, Role.GIVEN, np.asarray([""], dtype=object), number_format="@"), row, column, None)

    def computed(
        self, id: str, row: int, column: int, formulas: Sequence[str], value: Any, look: Style | None, form: str = "0"
    ) -> Block:
        """Write formulas below one another; an engine will say what they come to."""
        is_text = isinstance(value, str)
        array = np.asarray([value] * len(formulas), dtype=object if is_text else float)
        role = Role.CHECK if is_text and look is not Style.LIVE else Role.DERIVED
        block = Block(id, role, array, number_format="@" if is_text else form)
        block._patterns = [(range(n, n + 1), Template((text,))) for n, text in enumerate(formulas)]
        return self._put(block, row, column, look)

    def _put(self, block: Block, row: int, column: int, look: Style | None) -> Block:
        self.book.register(block)
        self.sheet.settle(block, Place(self.sheet.name, row, column, len(block.value), 1))
        if look is not None:
            self.sheet.looks[block.id] = look
        return block

    def at(self, row: int, column: int, *, fixed: bool = True) -> str:
        """Return the address of a cell, with its sheet."""
        name = cell_name(row, column)
        pinned = "$" + name.rstrip("0123456789") + "$" + name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return f"{self.sheet.name}!{pinned if fixed else name}"


def with_front(book: Book, exercise: Exercise, secret: str, *, personal: bool = True) -> Front:
    """Return a book with HandIn as its first sheet and Marks as its last; the book itself stays as it is.

    A personal one names the student, in another a student types who it is.
    """
    book = copy(book)
    book._ids = dict(book._ids)
    with speaking(book.translator):
        return _Making(book, exercise, secret, personal).front()


class _Making:
    def __init__(self, book: Book, exercise: Exercise, secret: str, personal: bool) -> None:
        self.book, self.exercise, self.secret, self.personal = book, exercise, secret, personal
        self.is_exam = exercise.mode == "exam"
        self.hand_in = _Added(book, HAND_IN, _("Hand in: {title}").format(title=book.title), Kind.START)
        self.marks = _Added(book, MARKS, _("What the sheet HandIn reckons with"), Kind.CHECKS)
        self.marks.sheet.hidden = True
        self.rows: dict[int, tuple[int, int]] = {}
        self.checksums: dict[int, tuple[tuple[Cell, Cell], ...]] = {}
        self.seals: dict[str, Cell] = {}

    def front(self) -> Front:
        self._marks()
        end = self._questions()
        self._givens(end)
        self._head()
        self.book.sheets = [self.hand_in.sheet, *self.book.sheets, self.marks.sheet]
        self.hand_in.sheet.refuse_overlaps()
        return Front(self.book, self.marks.at(1, 1), self.checksums, self.seals)

    # -- Marks ------------------------------------------------------------------------------------------

    def _marks(self) -> None:
        """Judge each cell that is asked for, one row a cell."""
        sheet = self.marks.sheet
        sheet.label(0, 0, sheet.title, Style.TITLE)
        row = 3
        for question in self.exercise.questions:
            self.rows[question.number] = row, row + len(question.cells)
            row += len(question.cells)
        last = row
        names: list[str] = []
        typed: list[list[float]] = [[], [], [], [], []]
        for question in self.exercise.questions:
            block = self.book[question.block]
            for n, (down, right) in enumerate(question.cells):
                names.append(f"{block.place.sheet}!{cell_name(block.place.row + down, block.place.column + right)}")
                a, b = factors(self.secret, question.number, n)
                for column, number in zip(typed, (a, b, self.exercise.allowed(question), 0, 0), strict=True):
                    column.append(float(number))
        if not self.is_exam:
            for place, (id, numbers) in enumerate(zip(("a", "b", "width", "left", "close"), typed, strict=True), 2):
                self.marks.typed(f"marks_{id}", 3, place, numbers)
            for question in self.exercise.questions:
                lines = range(*self.rows[question.number])
                self.checksums[question.number] = tuple(
                    ((sheet.name, line, 5), (sheet.name, line, 6)) for line in lines
                )
        codes = [self._code(name, row) for row, name in enumerate(names, 4)]
        self.marks.computed("marks_codes", 3, 1, codes, 0.0, Style.CELL)
        all_right = f"COUNTIF($B$4:$B${last},1)+COUNTIF($B$4:$B${last},2)" if last > 4 else "IF(OR($B$4=1,$B$4=2),1,0)"
        self.marks.computed("marks_done", 1, 1, [f"IF({all_right}={last - 3},1,0)"], 0.0, Style.CELL)

    def _code(self, name: str, line: int) -> str:
        """Return the formula of a cell's state, as its number in CODES."""
        if self.is_exam:
            judged = "1"
        else:
            right = self._meets(name, f"$F{line}", f"$E{line}", line)
            close = self._meets(name, f"$G{line}", f"({CLOSE}*$E{line})", line)
            turned = self._meets(f"-{name}", f"$F{line}", f"$E{line}", line)
            judged = f"IFERROR(IF({right},IF(_xlfn.ISFORMULA({name}),1,2),IF({close},3,IF({turned},4,5))),5)"
        number = f"IF(ISNUMBER({name}),{judged},6)"
        return f"IF(ISBLANK({name}),0,IF(ISERROR({name}),7,IF(ISLOGICAL({name}),8,{number})))"

    @staticmethod
    def _meets(name: str, left: str, width: str, line: int) -> str:
        """Return the formula that is true where a number lies within a width of the answer."""
        near = [f"MOD((ROUND({name}/{width},0){step})*$C{line}+$D{line},{MODULUS})={left}" for step in ("", "-1", "+1")]
        return f"OR({','.join(near)})"

    # -- HandIn -----------------------------------------------------------------------------------------

    def _questions(self) -> int:
        sheet, first = self.hand_in.sheet, FIRST_QUESTION
        heads = {
            _NUMBER: _("Question"),
            _WHAT: _("What"),
            _WHERE: _("Where"),
            _FILLED: _("Filled in"),
            _OF: _("of"),
            _POINTS: _("Points"),
            _STATE: _("How it stands"),
            _BLOCK: _("Block"),
        }
        for column, words in heads.items():
            sheet.label(first - 1, column, words, Style.HEAD)
        questions = self.exercise.questions
        for row, question in enumerate(questions, first):
            self._line(row, self.book[question.block], f"{question.number}", question.cells[0])
        pointers = [f"COUNT({absolute(self.book[question.block].whole())})" for question in questions]
        self.hand_in.computed("handin_filled", first, _FILLED, pointers, 0.0, Style.CELL)
        sizes = [self.book[question.block].value.size for question in questions]
        self.hand_in.typed("handin_of", first, _OF, sizes)
        self.hand_in.typed("handin_points", first, _POINTS, [question.points for question in questions])
        states = [self._state(question) for question in questions]
        self.hand_in.computed("handin_states", first, _STATE, states, str(_(SAID[State.BLANK])), Style.LINE)
        return first + len(questions)

    def _line(self, row: int, block: Block, number: str, cell: tuple[int, int]) -> None:
        sheet, place = self.hand_in.sheet, block.place
        at = f"{place.sheet}!{cell_name(place.row + cell[0], place.column + cell[1])}"
        if number:
            sheet.label(row, _NUMBER, number, Style.NAME)
        sheet.label(row, _WHAT, f"{SIGNS[block.role]} {self._words(block)}", Style.PROSE)
        sheet.labels.append(Label(row, _WHERE, f"→ {at}", Style.LINK, link=at))
        sheet.label(row, _BLOCK, block.id, Style.UNIT)

    def _words(self, block: Block) -> str:
        """Return what a block is called; one without a name, such as the sum below a column, by what stands to its left."""
        place = block.place
        beside = [
            str(label.text)
            for sheet in self.book.sheets
            if sheet.name == place.sheet
            for label in sheet.labels
            if (label.row, label.column) == (place.row, place.column - 1)
        ]
        return named(block) or next(filter(None, beside), block.id)

    def _count(self, question: Question, state: State) -> str:
        """Return the formula that counts the cells of a question in a state."""
        start, stop = self.rows[question.number]
        code, tab = CODES.index(state), self.marks.sheet.name
        if stop - start == 1:
            return f"IF({tab}!$B${start + 1}={code},1,0)"
        return f"COUNTIF({tab}!$B${start + 1}:$B${stop},{code})"

    def _state(self, question: Question) -> str:
        def some(state: State) -> str:
            return f"{self._count(question, state)}>0"

        all_of_them, blanks = len(question.cells), self._count(question, State.BLANK)
        cases = [(f"{blanks}={all_of_them}", quoted(_(SAID[State.BLANK])))]
        cases += [(some(state), quoted(_(SAID[state]))) for state in (State.TEXT, State.ERROR, State.TRUTH)]
        partly = _(PARTLY).format(there="@", all=all_of_them)
        before, after = (quoted(part) for part in f"– {partly}".split("@"))
        cases.append((f"{blanks}>0", f"{before}&({all_of_them}-{blanks})&{after}"))
        if self.is_exam:
            last = quoted(_("● filled in"))
        else:
            cases += [(some(state), self._wrong(question, state)) for state in (State.WRONG, State.SIGN)]
            cases += [(some(state), quoted(_(SAID[state]))) for state in (State.CLOSE, State.TYPED)]
            last = quoted(_(SAID[State.RIGHT]))
        for condition, words in reversed(cases):
            last = f"IF({condition},{words},{last})"
        return last

    def _wrong(self, question: Question, state: State) -> str:
        """Say what is wrong, or which question to mend first where it hangs on one that is not right either."""
        reads = reads_of(self.book)
        sources = closure(reads, [question.block])
        before = [other for other in self.exercise.questions if other.block in sources and other is not question]
        plain = quoted(_(SAID[state]))
        for other in reversed([each for each in before if each.number < question.number]):
            bad = f"{self._count(other, State.WRONG)}+{self._count(other, State.SIGN)}>0"
            plain = f"IF({bad},{quoted(_(AFTER).format(before=other.number))},{plain})"
        return plain

    def _givens(self, row: int) -> None:
        """Say what is right, then list the given numbers with a pointer for each block."""
        sheet = self.hand_in.sheet
        row += 1
        for rule in self._rules():
            sheet.label(row, _NUMBER, rule, Style.PROSE)
            row += 1
        blocks = [self.book[id] for id in self.exercise.givens]
        if not blocks:
            return
        row += 1
        sheet.label(row, _NUMBER, _("The numbers given to you"), Style.CUE)
        row += 1
        for at, block in enumerate(blocks, row):
            self._line(at, block, "", (0, 0))
        pointers = [f"COUNT({absolute(block.whole())})" for block in blocks]
        self.hand_in.computed("handin_given", row, _FILLED, pointers, 0.0, Style.CELL)
        self.hand_in.typed("handin_given_of", row, _OF, [block.value.size for block in blocks])
        top = 4 + max(stop for _start, stop in self.rows.values())
        drawn = [factors(self.secret, block.id) for block in blocks]
        sealed = [seal(block.value, a, b) for block, (a, b) in zip(blocks, drawn, strict=True)]
        self.marks.typed("marks_seal", top, 2, sealed)
        tab, words = self.marks.sheet.name, []
        unchanged, changed = quoted(_("as given")), quoted(_(GIVENS))
        for line, (block, (a, b)) in enumerate(zip(blocks, drawn, strict=True), top + 1):
            area, there = absolute(block.whole()), f"{tab}!$C${line}"
            self.seals[block.id] = tab, line - 1, 2
            same = f"ABS({a}*SUM({area})+{b + 1}*SUMSQ({area})-{there})<=0.000001*(1+ABS({there}))"
            words.append(f"IF(IFERROR({same},FALSE),{unchanged},{changed})")
        self.hand_in.computed("handin_given_states", row, _STATE, words, "", Style.PROSE)

    def _rules(self) -> list[str]:
        question = self.exercise.questions[0]
        decimals = max(0, round(-np.log10(question.unit)))
        allowed = self.exercise.allowed(question)
        example = 3 * 0.1 + 0.0123456 if decimals else 312.0
        shown = [f"{round(example, decimals) + step:.{decimals + 1}f}" for step in (-allowed, allowed)]
        rules: list[str] = [
            _(
                "A number is right if it lies within half a unit of the last digit that counts. Question {number} counts {decimals} "
                "decimals: were its answer {answer}, everything from {low} to {high} would be right."
            ).format(
                number=question.number,
                decimals=decimals,
                answer=f"{round(example, decimals):.{decimals}f}",
                low=shown[0],
                high=shown[1],
            ),
            _(
                "Write formulas that read the cells before them, and round nothing on the way: the cells show fewer digits than they hold."
            ),
        ]
        if self.is_exam:
            rules.append(_("This sheet says what is filled in, not what is right."))
        else:
            rules.append(_("Cells that would tell an answer are empty; they come back when everything is right."))
        return rules

    def _head(self) -> None:
        sheet = self.hand_in.sheet
        sheet.widths, sheet.freeze = WIDTHS, (0, 0)
        sheet.landscape = sheet.one_page = True
        sheet.label(0, 1, sheet.title, Style.TITLE)
        sheet.label(
            1,
            1,
            _("Fill in the ringed cells; below you see how far you are. Then save the file and hand it in."),
            Style.CLAIM,
        )
        sheet.label(3, 1, _("Student"), Style.NAME)
        if self.personal:
            self.hand_in.typed("handin_student", 3, 2, [ID], Style.LINE)
            sheet.label(4, 1, _("Code"), Style.NAME)
            self.hand_in.typed("handin_code", 4, 2, [CODE], Style.LINE)
        else:
            self.hand_in.asked("handin_student", 3, 2)
            sheet.label(4, 2, _("Type your student number, or the name by which your teacher knows you."), Style.REMARK)
        sheet.label(5, 1, _("Sign"), Style.NAME)
        sheet.label(5, 2, _("? ringed: asked, yours to fill in · ✎ yellow: given to you"), Style.PROSE)
        self.hand_in.computed("handin_progress", 7, 1, [self._progress()], "", Style.LIVE)
        sheet.running[7, 1] = _BLOCK

    def _progress(self) -> str:
        start, stop = 4, max(stop for _start, stop in self.rows.values())
        codes, cells = f"{self.marks.sheet.name}!$B${start}:$B${stop}", stop - start + 1
        if cells > 1:
            blank, right = f"COUNTIF({codes},0)", f"(COUNTIF({codes},1)+COUNTIF({codes},2))"
        else:
            blank, right = f"IF({codes}=0,1,0)", f"IF(OR({codes}=1,{codes}=2),1,0)"
        if self.is_exam:
            words = _("▶ {filled} of {cells} cells are filled in.").format(filled="@1@", cells=cells)
        else:
            words = _("▶ {filled} of {cells} cells are filled in, {right} of them right.").format(
                filled="@1@", cells=cells, right="@2@"
            )
        parts = words.replace("@2@", f"@{right}@").replace("@1@", f"@({cells}-{blank})@").split("@")
        return "&".join(part if n % 2 else quoted(part) for n, part in enumerate(parts) if part)


def quoted(text: str) -> str:
    """Return a text as it stands in a formula."""
    return '"' + str(text).replace('"', '""') + '"'
