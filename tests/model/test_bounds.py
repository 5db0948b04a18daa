"""Bounds of expressions: no value that an expression has lies outside, and what has one value is found."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.language.diagnostics import LanguageError
from sim.language.expressions.tree import Apply
from sim.model.bounds import ANY, NOT_NEGATIVE, bounds, of_two
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
MARKED = """
model: m
title: A mark
time: {{unit: abstract}}
factions: {{f: {{title: F}}}}
state: {{x: {{type: real, range: [-2, 3], initial: 0}}}}
events: {{e: {{by: f, marks: {{found: {kind}}}}}}}
rules: {{r: {{faction: f, clock: {{rate: 1}}, emits: {{event: e, found: "{text}"}}}}}}
"""
KNOWN = {("state", "x"): (-2.0, 3.0), ("state", "n"): (0.0, 5.0)}
SLOTS = {("state", name): place for place, name in enumerate(("x", "n", "free", "b"))}
LEAVES = st.sampled_from(("x", "n", "free", "0", "1.5", "-2", "7", "(2 if b else x)", "0.1"))
FUNCTIONS = st.sampled_from(("exp", "log", "sqrt", "abs", "-", "logistic", "floor", "sin", "cos"))
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("({0} {2} {1})".format, inner, inner, st.sampled_from("+-*/")),
        st.builds("{1}({0})".format, inner, FUNCTIONS),
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
        ("exp(free)", NOT_NEGATIVE),
        ("sqrt(free)", NOT_NEGATIVE),
        ("logistic(free)", (0.0, 1.0)),
        ("logistic(max(free, 0))", (0.5, 1.0)),
        ("sin(free)", (-1.0, 1.0)),
        ("2 + cos(x)", (1.0, 3.0)),
        ("log(free)", ANY),
        ("n / (n + 1)", (0.0, 5.0)),
        ("abs(free) / (n + 2)", NOT_NEGATIVE),
        ("n / max(free, 2)", (0.0, 2.5)),
        ("n / abs(free)", NOT_NEGATIVE),
        ("-n / abs(free)", ANY),
        ("b", (0.0, 1.0)),
        ("x > 1 or b", (0.0, 1.0)),
        ("1 < 2", (1.0, 1.0)),
    ],
)
def test_bounds_are_as_narrow_as_the_parts_tell(text, expected) -> None:
    assert bounds(tree_of(text), KNOWN) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("bool", "bernoulli(0.5)", (0.0, 1.0)),
        ("int", "poisson(2)", NOT_NEGATIVE),
        ("int", "geometric(0.5)", (1.0, math.inf)),
        ("real", "lognormal(1, 1)", NOT_NEGATIVE),
        ("real", "normal(0, 1)", ANY),
        ("real", "uniform_real(x, 4)", (-2.0, 4.0)),
        ("real", "triangular(x, 3, 4)", (-2.0, 4.0)),
        ("real", "gamma(2, x + 3)", NOT_NEGATIVE),
        ("real", "weibull(2, 1)", NOT_NEGATIVE),
        ("real", "beta(2, 1)", (0.0, 1.0)),
        ("real", "one_of(x, 7, 4)", (-2.0, 7.0)),
        ("real", "one_of(x: 1, 7: 0, 4: x)", (-2.0, 4.0)),
        ("int", "2 * poisson(2) + 1", (1.0, math.inf)),
    ],
)
def test_what_is_drawn_lies_where_its_law_has_values(kind, text, expected) -> None:
    model = loads_model(MARKED.format(text=text, kind=kind))

    assert bounds(model.rules["r"].emissions[0].marks[0].tree, KNOWN) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("since(e)", (0.0, math.inf)), ("since(e, 3)", (0.0, math.inf)), ("since(e, -3)", (-3.0, math.inf)),
     ("since(e, x)", (-2.0, math.inf)), ("2 + since(e)", (2.0, math.inf))],
)  # fmt: skip
def test_the_time_since_an_event_is_not_negative_but_by_what_is_given_before(text, expected) -> None:
    assert bounds(tree_of(text), KNOWN) == expected


def test_infinity_less_infinity_tells_nothing() -> None:
    known = {("state", "x"): (1e308, 1e308)}

    assert bounds(tree_of("x * 10 - free"), known) == ANY
    assert of_two("sub", (math.inf, math.inf), ANY) == ANY


def test_a_quantity_that_is_nested_deep_has_bounds() -> None:
    tree = tree_of("x + n")
    for _ in range(5000):
        tree = Apply("neg", (tree,), tree.type, tree.size + 1)

    assert bounds(tree, KNOWN) == (-2.0, 8.0)
