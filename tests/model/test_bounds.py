"""Bounds of expressions: no value that an expression has lies outside, and what has one value is found."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language.diagnostics import LanguageError
from sim.model.bounds import ANY, bounds
from sim.model.build import loads_model
from sim.model.expression import Fault, compiled

MODEL = """
model: m
title: An expression
time: {{unit: abstract}}
factions: {{f: {{title: F}}}}
state:
  x: {{type: real, range: [-2, 3], initial: 0}}
  n: {{type: int, range: [0, 5], initial: 0}}
  free: {{type: real, initial: 0}}
  b: {{type: bool, initial: true}}
events: {{e: {{by: f}}}}
measures: {{found: {{value: {text!r}}}}}
"""
KNOWN = {("state", "x"): (-2.0, 3.0), ("state", "n"): (0.0, 5.0)}
SLOTS = {("state", name): place for place, name in enumerate(("x", "n", "free", "b"))}
LEAVES = st.sampled_from(("x", "n", "free", "0", "1.5", "-2", "7", "(2 if b else x)", "0.1"))
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({0} {2} {1})".format, inner, inner, st.sampled_from("+-*/")),
        st.builds("{1}({0})".format, inner, st.sampled_from(("exp", "log", "sqrt", "abs", "-", "logistic", "floor"))),
        st.builds("{2}({0}, {1})".format, inner, inner, st.sampled_from(("min", "max"))),
        st.builds("({0} if {1} > 1 else {2})".format, inner, inner, inner),
        st.builds("({0})**2".format, inner),
    ),
    max_leaves=6,
)
STATES = st.tuples(st.floats(-2, 3), st.integers(0, 5), st.floats(-1e3, 1e3), st.booleans())


def tree_of(text: str):
    return loads_model(MODEL.format(text=text)).measures["found"].expression.tree


@given(text=TEXTS, states=st.lists(STATES, min_size=1, max_size=5))
def test_no_value_lies_outside_of_the_bounds(text, states) -> None:
    try:
        tree = tree_of(text)
    except LanguageError as error:  # a constant that has no value is refused where it stands
        assert "has no value" in str(error)  # noqa: PT017 - any other complaint is a fault of the test
        return
    low, high = bounds(tree, KNOWN)
    for state in states:
        try:
            value = float(compiled(tree, SLOTS)(list(state)))
        except Fault:
            continue
        assert math.isnan(value) or low <= value <= high


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 - 3", (-2.0, -2.0)),
        ("exp(-1) * 0", (0.0, 0.0)),
        ("x + n", (-2.0, 8.0)),
        ("x - n", (-7.0, 3.0)),
        ("x * n", (-10.0, 15.0)),
        ("-x", (-3.0, 2.0)),
        ("abs(x)", (0.0, 3.0)),
        ("x / 2", (-1.0, 1.5)),
        ("x / n", ANY),
        ("max(free, 0)", (0.0, math.inf)),
        ("1 if b else x", (-2.0, 3.0)),
        ("2 * (1 if b else 0)", (0.0, 2.0)),
        ("free", ANY),
    ],
)
def test_bounds_are_as_narrow_as_the_parts_tell(text, expected) -> None:
    assert bounds(tree_of(text), KNOWN) == expected
