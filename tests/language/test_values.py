"""The value of an expression is what Python's own arithmetic makes of the same text."""

import ast
import math
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.language.expressions.types import BOOL
from sim.model.expression import Fault, evaluate
from tests.language.sentences import checked

EXAMPLES = int(os.environ.get("SIM_EXAMPLES", "300"))
PYTHON = {
    "abs": abs, "min": min, "max": max, "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "floor": math.floor,
    "ceil": math.ceil, "true": True, "false": False,
}  # fmt: skip

ints = st.integers(0, 30).map(str)
reals = st.sampled_from(["0.5", "1.25", "2e3", ".1", "3.0", "1e-3", "7.75"])


def grown(number: Any, condition: Any) -> tuple[Any, Any]:
    """Return strategies for deeper numbers and conditions, as text with the brackets it needs."""
    whole = st.one_of(ints, st.builds("({} {} {})".format, ints, st.sampled_from(["//", "%", "*", "+", "-"]), ints))
    deeper = st.one_of(
        st.builds("({} {} {})".format, number, st.sampled_from("+-*/"), number),
        st.builds("{} {} {}".format, reals, st.sampled_from("+-*/"), reals),
        st.builds("({})".format, st.builds("{} - {} * {} / {}".format, ints, ints, reals, ints)),
        st.builds("-{}".format, number),
        st.builds("({} ** {})".format, number, st.integers(-3, 4)),
        st.builds("({} if {} else {})".format, number, condition, number),
        st.builds("{}({}, {}, {})".format, st.sampled_from(["min", "max"]), number, number, number),
        st.builds("{}({})".format, st.sampled_from(["abs", "exp", "log", "sqrt", "floor", "ceil"]), number),
        whole,
    )
    compared = st.one_of(
        st.builds("{} {} {}".format, number, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), number),
        st.builds("{} < {} <= {}".format, number, number, number),
        st.builds("(({}) {} ({}))".format, condition, st.sampled_from(["and", "or", "==", "!="]), condition),
        st.builds("({}) or ({}) and not ({})".format, condition, condition, condition),
        st.builds("(not ({}))".format, condition),
    )
    return deeper, compared


NUMBER: Any = st.one_of(ints, reals)
CONDITION: Any = st.sampled_from(["true", "false"])
for _ in range(3):
    NUMBER, CONDITION = (
        st.one_of(old, new) for old, new in zip((NUMBER, CONDITION), grown(NUMBER, CONDITION), strict=True)
    )


def ours(text: str) -> Any:
    try:
        return evaluate(checked(text).tree)
    except Fault:
        return "no value"


def pythons(text: str) -> Any:
    try:
        value = eval(text, {"__builtins__": {}}, PYTHON)  # noqa: S307 - the text is our own
    except (ArithmeticError, ValueError):
        return "no value"
    return "no value" if isinstance(value, complex) else value


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(NUMBER)
def test_a_number_is_what_python_makes_of_it(text: str) -> None:
    assert same(text), text


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(CONDITION)
def test_a_condition_is_what_python_makes_of_it(text: str) -> None:
    assert checked(text, BOOL).type == BOOL
    assert same(text), text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("false and 1 / 0 > 1", False),
        ("true or 1 / 0 > 1", True),
        ("1 if true else 1 / 0", 1.0),
        ("1 / 0 if false else 2", 2.0),
        ("true and 1 / 0 > 1", "no value"),
        ("false or 1 / 0 > 1", "no value"),
        ("1 / 0 > 1 and false", "no value"),
    ],
)
def test_what_does_not_decide_is_not_evaluated(text: str, value: Any) -> None:
    assert ours(text) == value


@pytest.mark.parametrize("text", ["-7 // 2", "7 // -2", "-7 % 3", "7 % -3", "-7 // -2"])
def test_whole_numbers_below_nought_are_divided_downwards(text: str) -> None:
    assert same(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("clamp(5, 1, 3)", 3), ("clamp(0, 1, 3)", 1), ("clamp(2, 1, 3)", 2),
        ("logistic(0)", 0.5), ("logistic(2)", 1 / (1 + math.exp(-2))), ("logistic(-2)", 1 / (1 + math.exp(2))),
        ("logistic(-1000)", 0.0), ("logistic(1000)", 1.0),
        ("sin(1)", math.sin(1)), ("cos(1e9)", math.cos(1e9)), ("cos(2 * pi)", 1.0), ("sin(pi / 6)", 0.5),
        ("sin(5e9)", "no value"), ("cos(-5e9)", "no value"), ("sin(1e300 * 1e300)", "no value"),
        ("94906265 * 94906265", 94906265**2), ("-94906265 * 94906265", -(94906265**2)),
        ("94906266 * 94906266", "no value"), ("-94906266 * 94906266", "no value"),
    ],
)  # fmt: skip
def test_what_python_has_no_word_for_is_what_it_is_called(text: str, value: Any) -> None:
    assert ours(text) == (value if isinstance(value, str) else pytest.approx(value, rel=1e-15))


def passes_bounds(text: str) -> bool:
    """Say whether a whole number in the text passes 2**53: those have a value in Python, and none here."""
    parts = [node for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.expr)]
    values = [pythons(ast.unparse(part)) for part in parts]
    return any(isinstance(value, int) and abs(value) > 2**53 for value in values)


def same(text: str) -> bool:
    """Compare to the last digit but one: a whole number that turns real may be rounded earlier here than in Python."""
    value, expected = ours(text), pythons(text)
    if isinstance(value, str) or isinstance(expected, str | bool):
        return bool(value == expected) or passes_bounds(text)
    return (math.isnan(value) and math.isnan(expected)) or math.isclose(value, expected, rel_tol=1e-12, abs_tol=1e-12)
