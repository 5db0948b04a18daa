"""The shapes of what a model declares: its time, factions, state variables, parameters and derived quantities.

What happens, what is asked, and the files that all of it stands in are left to `documents`.
"""

from typing import Annotated, Literal

from pydantic import Field

from sim.language.shapes.experts import ElicitedShape
from sim.language.shapes.shape import Bases, Expr, Family, Instant, Name, Sentence, Shape, one, optional


class TimeShape(Shape):
    """The model's time unit, and the date of its time 0."""

    unit: Literal["second", "minute", "hour", "day", "week", "abstract"] = one(
        "The unit in which times are kept and rates are given; abstract: times are plain numbers."
    )
    origin: Instant | None = optional("The date of time 0; a day is its beginning. Without it the model has no dates.")
    step: Expr | None = optional(
        "The greatest stretch of time in which a rate that changes with time is followed in one piece, 1 unit if it is "
        "not given. It is halved wherever that is not exact enough."
    )


class RelaxesShape(Shape):
    """How a state variable changes between events, by itself: half of the way to a value in each half-life."""

    towards: Expr = one("The value that it tends to, within its range; may read parameters and the family's index.")
    half_life: Expr = one("The time in which half of the difference from that is gone; may read parameters.")


class FactionShape(Shape):
    """Somebody who acts."""

    title: Sentence = one("The faction's name in words.")
    note: Sentence | None = optional("What else a reader should know of it.")


class VariableShape(Shape):
    """A state variable: what is true now. Events change it, and time where it relaxes."""

    type: Literal["bool", "int", "real", "enum", "instant"] = one("What kind of value it holds.")
    initial: Expr = one("Its value before any event; may use parameters and the family's index.")
    range: Annotated[list[Expr], Field(min_length=2, max_length=2)] | None = optional(
        "The least and the greatest value, for int and real."
    )
    at_bounds: Literal["error", "saturate"] = one(
        "What a value outside the range does: a run error, or it stays at the bound.", default="error"
    )
    values: Annotated[list[Name], Field(min_length=1, max_length=200)] | None = optional("The values of an enum.")
    unit: Sentence | None = optional("Its unit, such as day, 1/day or soldier.")
    relaxes: RelaxesShape | None = optional("What it does between events, by itself. Without it, nothing.")
    title: Sentence | None = optional("The variable in words.")
    family: Family | None = optional(
        "Makes a family of variables, one for each value of an index: 'i in 1..5' or 'p in north, south'. Two indices "
        "stand in a list, [i in 1..3, j in 1..3]; 'j in 1..3 if i != j' at its end leaves members out.",
        alias="for",
    )


class ParameterShape(Shape):
    """A number fixed during one run, with its basis."""

    type: Literal["real", "int", "bool"] = one("What kind of value it holds.", default="real")
    value: Expr | None = optional("Its value, where it is taken as known.")
    prior: dict[str, list[Expr]] | None = optional(
        "What is known about it: one of pert, uniform, triangular, beta, normal, lognormal, gamma, loguniform, "
        "with its parameters in a list. Each of them is a number, or an expression of other parameters, as in "
        "`lognormal: [0.05 per day * firmness, 0.3]`: it is worked out on the values that a run has drawn for those."
    )
    elicited: ElicitedShape | None = optional(
        "What experts say of it, in the place of a prior: `sim check --priors` shows the laws that are fitted."
    )
    range: Annotated[list[Expr], Field(min_length=2, max_length=2)] | None = optional(
        "The least and the greatest value that it can have at all, here and in any scenario. Without it: 0 to 1 with a "
        "beta prior; 0 or above with a prior that has no negative number, 0 or below with one that has no positive; "
        "else any number. It changes no run."
    )
    unit: Sentence | None = optional("The unit of the bare numbers here, such as day or 1/day.")
    title: Sentence | None = optional("The parameter in words.")
    basis: Bases = one("Where it comes from: sources by paragraph, or a judgement with its reason.")


class DerivedShape(Shape):
    """A named expression, usable in guards, rates, weights, outcomes and measures."""

    value: Expr = one("The expression.")
    title: Sentence | None = optional("The quantity in words.")
    family: Family | None = optional("Makes a family of it, one for each value of an index.", alias="for")
