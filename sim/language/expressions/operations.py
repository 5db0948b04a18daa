"""The closed lists of what an expression may do: operators, functions, random laws, sums over families."""

import ast
from collections.abc import Mapping
from typing import Literal

GREATEST_POWER = 64

ARITHMETIC: Mapping[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
}

COMPARISONS: Mapping[type[ast.AST], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}

# name -> fewest arguments, most arguments, and how many in words
FUNCTIONS: Mapping[str, tuple[int, int, str]] = {
    "abs": (1, 1, "one argument"),
    "ceil": (1, 1, "one argument"),
    "clamp": (3, 3, "a value, a least and a greatest one"),
    "cos": (1, 1, "one argument"),
    "exp": (1, 1, "one argument"),
    "floor": (1, 1, "one argument"),
    "log": (1, 1, "one argument"),
    "logistic": (1, 1, "one argument"),
    "max": (2, 20, "two or more arguments, or a family"),
    "min": (2, 20, "two or more arguments, or a family"),
    "sin": (1, 1, "one argument"),
    "sqrt": (1, 1, "one argument"),
    "all": (1, 1, "a family of conditions"),
    "any": (1, 1, "a family of conditions"),
    "argmax": (1, 1, "a family of numbers"),
    "argmin": (1, 1, "a family of numbers"),
    "count": (1, 1, "a family of conditions"),
    "first": (1, 2, "a family of conditions, and what it is where none holds"),
    "sum": (1, 1, "a family of numbers"),
}

OVER_FAMILIES = frozenset({"all", "any", "argmax", "argmin", "count", "first", "max", "min", "sum"})

# name -> kind of the result, and which arguments are in its unit; the others are plain numbers
RANDOM: Mapping[str, tuple[Literal["int", "real", "bool"], tuple[bool, ...]]] = {
    "bernoulli": ("bool", (False,)),
    "beta": ("real", (False, False)),
    "binomial": ("int", (False, False)),
    "exponential": ("real", (True,)),
    "gamma": ("real", (False, True)),
    "geometric": ("int", (False,)),
    "lognormal": ("real", (False, False)),
    "normal": ("real", (True, True)),
    "poisson": ("int", (False,)),
    "triangular": ("real", (True, True, True)),
    "uniform_real": ("real", (True, True)),
    "weibull": ("real", (False, True)),
}

# Random, too: one of some values of its own type, each with a weight after a colon or all with the same.
ONE_OF = "one_of"

# Functions whose names a model may give to something of its own: brackets tell the two apart.
NAMES_TOO = frozenset({"argmax", "argmin", "beta", "cos", "first", "gamma", "sin", "triangular", "weibull"})

# How long ago an event was: its name is an event type's, with what it is before that has happened.
SINCE = "since"

# What a check may ask of the events so far: name -> what its argument names.
OCCURRENCES: Mapping[str, str] = {"happened": "event type", "times": "event type", "reached": "outcome"}
