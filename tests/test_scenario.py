"""What may be set of a worked example from Python is what the command line takes."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.neuron import Neuron
from workbook.scenario import Parameter, UsageError

WHOLE = Parameter("n", 1, "n", 1, 9, whole=True)
REAL = Parameter("m", 1, "m", -10, 10)
CHOICE = Parameter("kind", "a", "kind", choices=("a", "b"))
TEXT = Parameter("path", "", "path", text=True)


@pytest.mark.parametrize(("parameter", "value"), [(WHOLE, 9), (REAL, 2), (REAL, -0.5), (CHOICE, "b"), (TEXT, "x")])
def test_a_value_that_fits_is_taken(parameter: Parameter, value: Any) -> None:
    assert parameter.checked(value) == value
    assert parameter.parse(str(value)) == value


@pytest.mark.parametrize(
    ("parameter", "value", "mend"),
    [
        (WHOLE, 10, "a whole number from 1 to 9"),
        (WHOLE, 2.5, "a whole number"),
        (WHOLE, True, "a whole number"),
        (REAL, float("nan"), "a number from -10 to 10"),
        (REAL, "2", "a number"),
        (CHOICE, "c", "choose one of a, b"),
        (CHOICE, 1, "choose one of a, b"),
        (TEXT, 1, "give a text"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(parameter: Parameter, value: Any, mend: str) -> None:
    with pytest.raises(UsageError, match=mend):
        parameter.checked(value)


@pytest.mark.parametrize("typed", ["1_0", "٣", "nan", "inf", "1e", "0x1", "", "1,5"])
def test_what_no_file_may_hold_is_not_typed_either(typed: str) -> None:
    for parameter in (WHOLE, REAL):
        with pytest.raises(UsageError, match=f"--set {parameter.key}={typed}: give a"):
            parameter.parse(typed)


def test_a_typesetters_signs_are_understood() -> None:
    assert REAL.parse("−１．５") == -1.5
    assert WHOLE.parse("３") == 3


def test_a_book_is_not_made_of_settings_or_a_language_that_there_are_not() -> None:
    with pytest.raises(UsageError, match="neuron has no such setting; did you mean theta"):
        Neuron().make(settings={"thta": 1})
    with pytest.raises(UsageError, match="--set theta=1e\\+99: give a number"):
        Neuron().make(settings={"theta": 1e99})
    with pytest.raises(UsageError, match="fr: no such language; there are en, zh"):
        Neuron().make("fr")


@pytest.mark.parametrize("tiny", ["1e-300", "-1e-101"])
def test_a_setting_too_small_to_calculate_with_is_refused(tiny: str) -> None:
    with pytest.raises(
        UsageError, match=rf"--set w1={tiny}: give a number from .*, and 0 for what is smaller than 1e-100"
    ):
        Neuron().settings({"w1": tiny})
    assert Neuron().settings({"w1": "0"})["w1"] == 0
