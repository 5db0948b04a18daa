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
    "exp": (1, 1, "one argument"),
    "floor": (1, 1, "one argument"),
    "log": (1, 1, "one argument"),
    "logistic": (1, 1, "one argument"),
    "max": (2, 20, "two or more arguments, or a family"),
    "min": (2, 20, "two or more arguments, or a family"),
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
NOT_RESERVED = frozenset({"argmax", "argmin", "first"})  # a quantity may have such a name: a call tells which is meant

# name -> number of arguments, kind of the result, whether the result has the first argument's unit
RANDOM: Mapping[str, tuple[int, Literal["int", "real", "bool"], bool]] = {
    "bernoulli": (1, "bool", False),
    "binomial": (2, "int", False),
    "exponential": (1, "real", True),
    "geometric": (1, "int", False),
    "lognormal": (2, "real", False),
    "normal": (2, "real", True),
    "poisson": (1, "int", False),
    "uniform_real": (2, "real", True),
}

# What a check may ask of the events so far: name -> what its argument names.
OCCURRENCES: Mapping[str, str] = {"happened": "event type", "times": "event type", "reached": "outcome"}
