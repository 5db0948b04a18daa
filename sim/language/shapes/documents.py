"""The shapes of a model file and of a scenario file, as pydantic models: which keys there are and what each may hold.

Descriptions are what `sim explain KEY` and an editor show. Expressions are text here; `expressions` parses
them, and what the parts mean together is checked where a model is built.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Discriminator, Field, Tag

from sim.language.shapes.claims import CheckShape, CounterexampleShape
from sim.language.shapes.evidence import HistoryShape, SourcesShape
from sim.language.shapes.shape import Bases, Expr, Family, Indexed, Instant, Listed, Name, Sentence, Shape, Slug, one


class TimeShape(Shape):
    """The model's time unit, and the date of its time 0."""

    unit: Literal["second", "minute", "hour", "day", "week", "abstract"] = one(
        "The unit in which times are kept and rates are given; abstract: times are plain numbers."
    )
    origin: Instant | None = one(
        "The date of time 0; a day is its beginning. Without it the model has no dates.", default=None
    )


class FactionShape(Shape):
    """Somebody who acts."""

    title: Sentence = one("The faction's name in words.")
    note: Sentence | None = one("What else a reader should know of it.", default=None)


class VariableShape(Shape):
    """A state variable: what is true now, changed by events alone."""

    type: Literal["bool", "int", "real", "enum", "instant"] = one("What kind of value it holds.")
    initial: Expr = one("Its value before any event; may use parameters and the family's index.")
    range: Annotated[list[Expr], Field(min_length=2, max_length=2)] | None = one(
        "The least and the greatest value, for int and real.", default=None
    )
    at_bounds: Literal["error", "saturate"] = one(
        "What a value outside the range does: a run error, or it stays at the bound.", default="error"
    )
    values: Annotated[list[Name], Field(min_length=1, max_length=200)] | None = one(
        "The values of an enum.", default=None
    )
    unit: Sentence | None = one("Its unit, such as day, 1/day or soldier.", default=None)
    title: Sentence | None = one("The variable in words.", default=None)
    family: Family | None = one(
        "Makes a family of variables, one for each value of an index: 'i in 1..5' or 'p in north, south'.",
        default=None,
        alias="for",
    )


class ParameterShape(Shape):
    """A number fixed during one run, with its basis."""

    type: Literal["real", "int", "bool"] = one("What kind of value it holds.", default="real")
    value: Expr | None = one("Its value, where it is taken as known.", default=None)
    prior: dict[str, list[Expr]] | None = one(
        "What is known about it: one of pert, uniform, triangular, beta, normal, lognormal, gamma, loguniform, "
        "with its parameters in a list.",
        default=None,
    )
    range: Annotated[list[Expr], Field(min_length=2, max_length=2)] | None = one(
        "The least and the greatest value that it can have at all, here and in any scenario. Without it: 0 to 1 with a "
        "beta prior; 0 or above with a prior that has no negative number, 0 or below with one that has no positive; "
        "else any number. It changes no run.",
        default=None,
    )
    unit: Sentence | None = one("The unit of the bare numbers here, such as day or 1/day.", default=None)
    title: Sentence | None = one("The parameter in words.", default=None)
    basis: Bases = one("Where it comes from: sources by paragraph, or a judgement with its reason.")


class DerivedShape(Shape):
    """A named expression, usable in guards, rates, weights, outcomes and measures."""

    value: Expr = one("The expression.")
    title: Sentence | None = one("The quantity in words.", default=None)
    family: Family | None = one("Makes a family of it, one for each value of an index.", default=None, alias="for")


class CodesShape(Shape):
    """The event type in the field's coding schemes."""

    plover: Sentence | None = one("PLOVER: event/mode/context.", default=None)
    acled: Sentence | None = one("ACLED: event type/sub-event type.", default=None)
    cameo: Sentence | None = one("CAMEO: the code.", default=None)


class EventTypeShape(Shape):
    """A kind of event: what it carries and how it changes the state."""

    title: Sentence | None = one("The event in words, in the past tense.", default=None)
    by: Name | None = one("The faction whose act it is.", default=None)
    marks: dict[Name, Literal["int", "real", "bool"]] = one("The values that it carries.", default={})
    effects: dict[Indexed, Expr] = one(
        "Assignments to state variables, all evaluated on the state before the event.", default={}
    )
    exogenous: bool = one("It may stand in a history though no rule emits it.", default=False)
    codes: CodesShape | None = one("Its codes in PLOVER, ACLED and CAMEO.", default=None)
    note: Sentence | None = one("What else a reader should know of it.", default=None)
    family: Family | None = one("Makes a family of it, one for each value of an index.", default=None, alias="for")


LawArguments: TypeAlias = dict[str, Expr]


class ClockShape(Shape):
    """The random time that an enabled rule still needs. Exactly one key."""

    rate: Expr | None = one("An exponential's rate, followed as the state changes.", default=None)
    exponential: LawArguments | None = one("mean", default=None)
    weibull: LawArguments | None = one("shape and scale, or shape and mean", default=None)
    gamma: LawArguments | None = one("shape and scale, or shape and mean", default=None)
    lognormal: LawArguments | None = one("median and sigma, or mean and sd", default=None)
    loglogistic: LawArguments | None = one("shape and scale", default=None)
    uniform: LawArguments | None = one("low and high", default=None)
    triangular: LawArguments | None = one("low, mode and high", default=None)
    fixed: Expr | None = one(
        "A fixed time after the clock starts. One that is taken again and again does not drift: its end is a whole "
        "number of microseconds (of 1e-9 in abstract time) where it is as near to one as roundings come.",
        default=None,
    )
    at: Expr | None = one(
        "A date, read when the clock starts: the rule fires then, if it is enabled then. A day is its beginning.",
        default=None,
    )
    every: Expr | None = one(
        "Each time that this much time has passed since the model's origin; as exact as `fixed`.", default=None
    )


def _kind(value: Any) -> str:
    return "mapping" if isinstance(value, dict | BaseModel) else "text"


Clock: TypeAlias = Annotated[
    Annotated[Sentence, Tag("text")] | Annotated[ClockShape, Tag("mapping")], Discriminator(_kind)
]

Emission: TypeAlias = dict[str, Expr]
Emits: TypeAlias = Annotated[
    Annotated[Indexed, Tag("text")] | Annotated[Emission, Tag("mapping")], Discriminator(_kind)
]


class RuleShape(Shape):
    """A faction's guard, clock and emitted event."""

    faction: Name = one("Whose rule it is.")
    title: Sentence | None = one("The rule as a sentence.", default=None)
    when: Expr = one("The guard: the rule is enabled while it holds.", default="true")
    on: Listed = one(
        "Event types: the rule waits for one of them, then is pending until it fires or its guard turns false.",
        default=[],
    )
    clock: Clock = one(
        "When it fires: a rate, a law, a date, 'immediately', or '30 % within 14 days'.", default="immediately"
    )
    emits: Emits | None = one("The event that it emits, alone or with its marks.", default=None)
    choose: Annotated[list[Emission], Field(min_length=1, max_length=100)] | None = one(
        "Several events, of which one happens, by weight.", default=None
    )
    memory: Literal["fresh", "keep", "repeat"] = one(
        "What a clock that was stopped does when it starts again: a new draw at age 0, its old age and draw, or "
        "age 0 with the old draw.",
        default="fresh",
    )
    priority: int = one("At equal times the smaller fires first; then the order of names.", default=0)
    restarts: Listed = one("Rules whose clocks start anew when this one fires.", default=[])
    basis: Bases = one("What it rests on.", default=[])
    family: Family | None = one("Makes a family of it, one for each value of an index.", default=None, alias="for")


class OutcomeShape(Shape):
    """A condition whose first time of being true, after the branch, is an event of the log."""

    title: Sentence | None = one("The outcome in words.", default=None)
    when: Expr | None = one("The condition.", default=None)
    on: Listed = one("Event types: it can come true only with one of them.", default=[])
    within: Expr | None = one("It counts only if it comes within this time of the branch.", default=None)
    by: Expr | None = one(
        "It counts only if it comes by this date: by the end of a day, or by a time of it.", default=None
    )
    safe: Expr | None = one(
        "It counts only if this held at all times from the branch until the moment when it comes true; at that moment "
        "it need not hold any more.",
        default=None,
        alias="while",
    )
    otherwise: bool = one("It comes true at the horizon, if no outcome ended the run before.", default=False)
    ends_run: bool = one("The run ends when it comes true.", default=False)


class MeasureShape(Shape):
    """A number that each run yields. Exactly one of value, sum, count, time_while, integral, until, max, min."""

    title: Sentence | None = one("The measure in words.", default=None)
    value: Expr | None = one("An expression at the end of the run, or at `at`.", default=None)
    sum: Expr | None = one("An amount each time an event of `on` happens, on the state before it.", default=None)
    count: Listed | None = one("How many events of these types happen.", default=None)
    time_while: Expr | None = one("The time during which a condition holds.", default=None)
    integral: Expr | None = one("The integral of an expression over time.", default=None)
    until: Expr | None = one("The time until a condition first holds; missing if it never does.", default=None)
    max: Expr | None = one("The greatest value of an expression.", default=None)
    min: Expr | None = one("The least value of an expression.", default=None)
    on: Listed = one("Event types, for `sum`.", default=[])
    at: Expr | None = one(
        "A date or a time since the branch, for `value`: the end of a day, or a time of it.", default=None
    )


Scheduled: TypeAlias = dict[str, Expr]


class ModelShape(Shape):
    """A model file: factions, state, parameters, events, rules, outcomes, measures."""

    model: Slug = one("The model's id.")
    title: Sentence = one("The model in words.")
    time: TimeShape = one("The time unit and the date of time 0.")
    units: list[Name] = one("Further base units, such as soldier.", default=[])
    sources: Sentence | None = one("The path of the sources file, seen from this file.", default=None)
    horizon: Expr | None = one(
        "How long a run without a scenario file lasts: a time, or a date, with a day to its end.", default=None
    )
    factions: dict[Name, FactionShape] = one("Who acts.")
    state: dict[Name, VariableShape] = one("The state variables.")
    parameters: dict[Name, ParameterShape] = one("The numbers that are fixed during a run.", default={})
    derived: dict[Name, DerivedShape] = one("Named expressions.", default={})
    events: dict[Name, EventTypeShape] = one("The event types.")
    rules: dict[Name, RuleShape] = one("The rules.", default={})
    timetable: list[Scheduled] = one(
        "Events at exact times (at, event, and its marks), before anything else at that time. A day is its beginning.",
        default=[],
    )
    outcomes: dict[Name, OutcomeShape] = one("The outcomes.", default={})
    measures: dict[Name, MeasureShape] = one("The measures.", default={})
    checks: dict[Name, CheckShape] = one("What must be true of every run; `sim test` tries to break it.", default={})
    note: Sentence | None = one("What else a reader should know.", default=None)


class BranchShape(Shape):
    """Where the documented past ends and the runs begin. Exactly one of after, before, at."""

    after: Slug | None = one("The id of the last documented event that stands.", default=None)
    before: Slug | None = one("The id of the first documented event that does not stand.", default=None)
    at: Instant | None = one(
        "A date: everything documented up to it stands. A day is its beginning; what is documented for that day "
        "without an hour stands, what has an hour does not.",
        default=None,
    )


class OverrideShape(Shape):
    """A parameter's value or prior under one scenario."""

    value: Expr | None = one("Its value.", default=None)
    prior: dict[str, list[Expr]] | None = one("Its prior.", default=None)


Override: TypeAlias = Annotated[
    Annotated[Expr, Tag("text")] | Annotated[OverrideShape, Tag("mapping")], Discriminator(_kind)
]


class ScenarioShape(Shape):
    """A scenario file: named assumptions from the branch point on."""

    scenario: Slug = one("The scenario's id.")
    title: Sentence | None = one("The scenario in words.", default=None)
    question: Sentence | None = one(
        "The question that it answers. One that extends another and assumes more has a question of its own, or none.",
        default=None,
    )
    model: Sentence | None = one("The path of the model file, seen from this file.", default=None)
    history: Sentence | None = one("The path of the history file, seen from this file.", default=None)
    branch: BranchShape | None = one("Where the documented past ends.", default=None)
    horizon: Expr | None = one(
        "How long the runs last: a time since the branch, or a date, with a day to its end.", default=None
    )
    extends: Sentence | None = one(
        "A scenario file from which everything is taken that is not given here.", default=None
    )
    parameters: dict[Name, Override] = one("Parameters that are known, or known otherwise, here.", default={})
    disable: list[Name] = one("Rules that never fire here.", default=[])
    events: list[Scheduled] = one(
        "Events that happen here at exact times (at or after, event, and its marks). A day is its beginning.",
        default=[],
    )
    outcomes: dict[Name, OutcomeShape] = one(
        "Outcomes asked about here beside the model's; they end no run.", default={}
    )
    measures: dict[Name, MeasureShape] = one("Measures asked for here beside the model's.", default={})
    note: Sentence | None = one("What else a reader should know.", default=None)


SHAPES: dict[str, type[Shape]] = {
    "model": ModelShape,
    "scenario": ScenarioShape,
    "history": HistoryShape,
    "sources": SourcesShape,
    "counterexample": CounterexampleShape,
}
