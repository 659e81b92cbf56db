"""A parameter: an input of a scenario that the command line, Python and the reader of the sheet can change."""

from __future__ import annotations

from dataclasses import dataclass

from workbook.block import Between, OneOf, Valid, Vary
from workbook.errors import UsageError
from workbook.numerals import NUMBER, TINIEST, is_tiny, plain, real, whole

Setting = float | int | str


@dataclass(frozen=True)
class Parameter:
    """Something that can be set with ``--set key=value``: a number within bounds, one of `choices`, or a text.

    It is an input's one declaration: `Adder.setting` makes a yellow cell of it.

    Attributes
    ----------
    key : its name on the command line
    default : its value where nothing is typed
    title : what it is, for the help and beside its cell; marked with ``N_``
    low, high, whole : what may be typed
    choices : the words that may be typed, if it is none of numbers
    text : whether any text may be typed
    file : whether the text is the name of a file, which is then read
    symbol : how formulas and mathematics call it
    unit : what it is measured in
    printed : whether the article prints its default
    vary : which numbers an exercise may put in its place, for a student of its own
    """

    key: str
    default: Setting
    title: str
    low: float = -1e6
    high: float = 1e6
    whole: bool = False
    choices: tuple[str, ...] = ()
    text: bool = False
    file: bool = False
    symbol: str = ""
    unit: str = ""
    printed: bool = False
    vary: Vary = True

    @property
    def label(self) -> str:
        """What it is, with its symbol."""
        return f"{self.title} {self.symbol}".rstrip()

    @property
    def bounds(self) -> Valid:
        """What may be typed into its cell."""
        return OneOf(self.choices) if self.choices else Between(self.low, self.high, self.whole)

    def parse(self, text: str) -> Setting:
        """Read a value as typed.

        Raises
        ------
        UsageError
            If it is no number, is out of bounds or none of the choices.
        """
        if self.text or self.choices:
            return self.checked(text)
        try:
            return self.checked(whole(text) if self.whole else real(text))
        except (ValueError, UsageError):
            raise self._refused(text) from None

    def checked(self, value: Setting) -> Setting:
        """Return a value that may be set.

        Raises
        ------
        UsageError
            If it is of another kind, out of bounds or none of the choices.
        """
        if self.text or self.choices:
            fits = isinstance(value, str) and (self.text or value in self.choices)
        else:
            fits = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
            fits = fits and self.low <= value <= self.high  # type: ignore[operator]
            fits = fits and not is_tiny(value)  # type: ignore[arg-type]
        if not fits:
            raise self._refused(value)
        return value

    def _refused(self, value: Setting) -> UsageError:
        if self.text:
            mend = "give a text"
        elif self.choices:
            mend = f"choose one of {', '.join(self.choices)}"
        else:
            mend = f"give {'a whole number' if self.whole else 'a number'} from {self.low:g} to {self.high:g}"
            pointed = plain(str(value)).translate(_POINTS)
            if not self.whole and pointed != plain(str(value)) and NUMBER.fullmatch(pointed):
                mend += f", with a decimal point: {pointed}"
            elif _is_tiny(value):
                mend += f", and 0 for what is smaller than {TINIEST:g}"
        return UsageError(f"--set {self.key}={value}: {mend}")


_POINTS = str.maketrans(",、。·٫", ".....")
"""What people type for a decimal point."""


def _is_tiny(value: Setting) -> bool:
    """Tell whether a value, as a number or as typed, is too small to calculate with."""
    try:
        return is_tiny(real(str(value)))
    except ValueError:
        return False
