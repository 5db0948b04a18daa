"""How a model is made of others: what it leaves out or replaces of them, and which parts it uses, filled in with what.

The shape of a part itself stands in `documents`, with those of what it declares.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from sim.language.shapes.shape import Expr, Family, Indexed, Listed, Name, Sentence, Shape, as_list, one, optional

Names: TypeAlias = Annotated[list[Name], BeforeValidator(as_list, json_schema_input_type=str | list[str])]


class NamesShape(Shape):
    """Names of what a model takes over, by their groups."""

    factions: Names = one("Factions.", default=[])
    state: Names = one("State variables, or families of them.", default=[])
    parameters: Names = one("Parameters.", default=[])
    derived: Names = one("Derived quantities.", default=[])
    events: Names = one("Event types.", default=[])
    rules: Names = one("Rules, or families of them.", default=[])
    timetable: Listed = one("Event types: every entry of the timetable with one of them.", default=[])
    outcomes: Names = one("Outcomes.", default=[])
    measures: Names = one("Measures.", default=[])
    checks: Names = one("Checks.", default=[])
    base_rates: Names = one("Base rates.", default=[])


class UseShape(Shape):
    """One use of a part."""

    part: Sentence = one("The path of the part's file, seen from this file.")
    filled: dict[Name, Indexed] = one(
        "What stands for each name that the part needs: a name of this model, or a family's member.",
        default={},
        alias="with",
    )
    prefix: Name | None = optional(
        "A word that stands before every name that the part declares, as in word_name: two uses of one part are told "
        "apart by it. Without it the names are as the part has them.",
        alias="as",
    )


class NeedShape(Shape):
    """A name that a model fills in when it uses a part, and what it must be."""

    kind: Literal["faction", "state", "parameter", "derived", "quantity", "event", "rule", "outcome", "measure"] = one(
        "What it stands for: a faction, a state variable, a parameter, a derived quantity, any of these three "
        "(quantity), an event type, a rule, an outcome or a measure.",
        alias="is",
    )
    title: Sentence | None = optional("What it is to the part, in words.")
    type: Literal["bool", "int", "real", "enum", "instant"] | None = optional(
        "What kind of value a quantity has. Without it, expressions that read it are checked only where it is filled "
        "in."
    )
    values: Annotated[list[Name], Field(min_length=1, max_length=200)] | None = optional(
        "The values that an enum has at least."
    )
    unit: Expr | None = optional("The unit of a quantity, such as day or 1/day.")
    marks: dict[Name, Literal["int", "real", "bool"]] = one("The marks that an event type has at least.", default={})
    family: Family | None = optional(
        "That it is a family, and the members that the part names at least: 'i in 1..5' or 'p in north, south'.",
        alias="for",
    )
