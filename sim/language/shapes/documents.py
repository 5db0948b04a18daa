"""The shapes of a model file and of a scenario file, as pydantic models: which keys there are and what each may hold.

Descriptions are what `sim explain KEY` and an editor show. Expressions are text here; `expressions` parses
them, and what the parts mean together is checked where a model is built.
"""

from typing import Annotated, Any, Literal, TypeAlias, get_type_hints

from pydantic import ConfigDict, Discriminator, Field, Tag, create_model

from sim.language.shapes.assumed import AssumedEventShape, BranchShape, ChangeShape, Override
from sim.language.shapes.claims import BaseRateShape, CheckShape, CounterexampleShape
from sim.language.shapes.declared import DerivedShape, FactionShape, ParameterShape, TimeShape, VariableShape
from sim.language.shapes.evidence import HistoryShape, SourcesShape
from sim.language.shapes.reuse import NamesShape, NeedShape, UseShape
from sim.language.shapes.shape import (
    Bases,
    Expr,
    Family,
    Indexed,
    Listed,
    Name,
    ParameterName,
    Sentence,
    Shape,
    Slug,
    Target,
    close,
    kind_of,
    one,
    optional,
)


class CodesShape(Shape):
    """The event type in the field's coding schemes."""

    plover: Sentence | None = optional("PLOVER: event/mode/context.")
    acled: Sentence | None = optional("ACLED: event type/sub-event type.")
    cameo: Sentence | None = optional("CAMEO: the code.")


class EventTypeShape(Shape):
    """A kind of event: what it carries and how it changes the state."""

    title: Sentence | None = optional("The event in words, in the past tense.")
    by: Name | None = optional("The faction whose act it is.")
    marks: dict[Name, Literal["int", "real", "bool"]] = one("The values that it carries.", default={})
    effects: dict[Target, Expr] = one(
        "Assignments to state variables, all evaluated on the state before the event. Of a family: the member 'up[2]', "
        "the member 'up[n]' that the state before the event chooses, or each member, 'up[j] for j in 1..5'.",
        default={},
    )
    exogenous: bool = one("It may stand in a history though no rule emits it.", default=False)
    codes: CodesShape | None = optional("Its codes in PLOVER, ACLED and CAMEO.")
    note: Sentence | None = optional("What else a reader should know of it.")
    family: Family | None = optional("Makes a family of it, one for each value of an index.", alias="for")


LawArguments: TypeAlias = dict[str, Expr]


class ClockShape(Shape):
    """The random time that an enabled rule still needs. Exactly one key, and with a law also `speed`."""

    rate: Expr | None = optional("An exponential's rate, followed as the state and the time change.")
    exponential: LawArguments | None = optional("mean")
    weibull: LawArguments | None = optional("shape and scale, or shape and mean")
    gamma: LawArguments | None = optional("shape and scale, or shape and mean")
    lognormal: LawArguments | None = optional("median and sigma, or mean and sd")
    loglogistic: LawArguments | None = optional("shape and scale")
    uniform: LawArguments | None = optional("low and high")
    triangular: LawArguments | None = optional("low, mode and high")
    fixed: Expr | None = optional(
        "A fixed time after the clock starts. One that is taken again and again does not drift: its end is a whole "
        "number of microseconds (of 1e-9 in abstract time) where it is as near to one as roundings come."
    )
    at: Expr | None = optional(
        "A date, read when the clock starts: the rule fires then, if it is enabled then. A day is its beginning."
    )
    every: Expr | None = optional(
        "Each time that this much time has passed since the model's origin; as exact as `fixed`."
    )
    speed: Expr | None = optional(
        "Beside a law: how fast the clock ages, followed as the state and the time change. 1 is as fast as time "
        "passes, 2 twice as fast, 0 not at all."
    )


Clock: TypeAlias = Annotated[
    Annotated[Sentence, Tag("text")] | Annotated[ClockShape, Tag("mapping")], Discriminator(kind_of)
]

Emission: TypeAlias = dict[str, Expr]
Emits: TypeAlias = Annotated[
    Annotated[Indexed, Tag("text")] | Annotated[Emission, Tag("mapping")], Discriminator(kind_of)
]


class RuleShape(Shape):
    """A faction's guard, clock and emitted event."""

    faction: Name = one("Whose rule it is.")
    title: Sentence | None = optional("The rule as a sentence.")
    when: Expr = one("The guard: the rule is enabled while it holds.", default="true")
    on: Listed = one(
        "Event types: the rule waits for one of them, then is pending until it fires or its guard turns false.",
        default=[],
    )
    clock: Clock = one(
        "When it fires: a rate, a law, a date, 'immediately', or '30 % within 14 days'.", default="immediately"
    )
    emits: Emits | None = optional("The event that it emits, alone or with its marks.")
    choose: Annotated[list[Emission], Field(min_length=1, max_length=100)] | None = optional(
        "Several events, of which one happens, by weight. An item with 'for: j in 1..5' stands for one event for each "
        "value of the index, which its event, weight and marks may read."
    )
    memory: Literal["fresh", "keep", "repeat"] = one(
        "What a clock that was stopped does when it starts again: a new draw at age 0, its old age and draw, or "
        "age 0 with the old draw.",
        default="fresh",
    )
    priority: int = one("At equal times the smaller fires first; then the order of names.", default=0)
    restarts: Listed = one("Rules whose clocks start anew when this one fires.", default=[])
    basis: Bases = one("What it rests on.", default=[])
    family: Family | None = optional("Makes a family of it, one for each value of an index.", alias="for")


class OutcomeShape(Shape):
    """A condition whose first time of being true, after the branch, is an event of the log."""

    title: Sentence | None = optional("The outcome in words.")
    when: Expr | None = optional("The condition.")
    on: Listed = one("Event types: it can come true only with one of them.", default=[])
    within: Expr | None = optional("It counts only if it comes within this time of the branch.")
    by: Expr | None = optional("It counts only if it comes by this date: by the end of a day, or by a time of it.")
    safe: Expr | None = optional(
        "It counts only if this held at all times from the branch until the moment when it comes true; at that moment "
        "it need not hold any more.",
        alias="while",
    )
    otherwise: bool = one("It comes true at the horizon, if no ending came true before.", default=False)
    ending: bool = one(
        "It is an ending: the first ending that comes true in a run is how its story ends. The run goes on to the "
        "horizon all the same.",
        default=False,
    )
    ends_run: bool = one(
        "It is an ending, and the run ends when it comes true: for what leaves nothing to simulate.", default=False
    )


class MeasureShape(Shape):
    """A number that each run yields: one of value, sum, count, time_while, time_until, integral, max, min, formula."""

    title: Sentence | None = optional("The measure in words.")
    value: Expr | None = optional("An expression at the end of the run, or at `at`.")
    sum: Expr | None = optional("An amount each time an event of `on` happens, on the state before it.")
    count: Listed | None = optional("How many events of these types happen.")
    time_while: Expr | None = optional("The time during which a condition holds.")
    time_until: Expr | None = optional("The time until a condition first holds; missing if it never does.")
    integral: Expr | None = optional("The integral of an expression over time.")
    max: Expr | None = optional("The greatest value of an expression.")
    min: Expr | None = optional("The least value of an expression.")
    formula: Expr | None = optional(
        "An expression over other measures, worked out when the run is over; missing where one of these is."
    )
    on: Listed = one("Event types, for `sum`.", default=[])
    at: Expr | None = optional("A date or a time since the branch, for `value`: the end of a day, or a time of it.")
    start: Expr | None = optional(
        "A date, of which a day is its beginning, or a time since the branch: what is before does not count.",
        alias="from",
    )
    until: Expr | None = optional(
        "A date, of which a day is its end, or a time since the branch: what is later does not count. In a measure "
        "without another key it is what `time_until` was called before (W327)."
    )
    when: Expr | None = optional(
        "A condition on the state: what is so, or happens, while it does not hold does not count. In a sum or a count "
        "it may read the event's marks."
    )


Scheduled: TypeAlias = dict[str, Expr]


def _of_a_model(schema: dict[str, Any]) -> None:
    """Let what a model needs come from those that it extends or uses."""
    close(schema)
    needed = schema["required"]
    schema["required"] = ["model"]
    schema["anyOf"] = [{"required": needed}, {"required": ["extends"]}, {"required": ["use"]}]


class ModelShape(Shape):
    """A model file: factions, state, parameters, events, rules, outcomes, measures."""

    model_config = ConfigDict(json_schema_extra=_of_a_model)

    model: Slug = one("The model's id.")
    title: Sentence = one("The model in words.")
    extends: Sentence | None = optional(
        "The path of another model file, seen from this file, all of which this model has, too. What stands here is "
        "added to it. `title`, `time`, `horizon`, `literals` and `note`, where they are given here, stand for those of "
        "the other."
    )
    use: Annotated[list[UseShape], Field(max_length=100)] = one(
        "Parts that this model has, too, each filled in with names of this model.", default=[]
    )
    remove: NamesShape | None = optional(
        "What of the model that is extended, and of the parts that are used, this model does not have."
    )
    replace: NamesShape | None = optional(
        "What of the model that is extended, and of the parts that are used, this model has otherwise: each name is "
        "given anew in this file, as a whole, and nothing of the other is left. A name that stands there already and "
        "is not listed here is an error, so that nothing is replaced by accident. In the timetable all entries of an "
        "event type give way to those here."
    )
    time: TimeShape = one("The time unit and the date of time 0.")
    units: list[Name] = one("Further base units, such as soldier.", default=[])
    sources: Sentence | None = optional("The path of the sources file, seen from this file.")
    horizon: Expr | None = optional(
        "How long a run without a scenario file lasts: a time, or a date, with a day to its end."
    )
    literals: Literal["any", "uncertain"] = one(
        "Whether numbers may be written as known in rules, effects, derived quantities and under `relaxes`. With "
        "`uncertain` each is about(median, factor) or a parameter; 0, 1, whole exponents, the 2 of 2 * pi and the time "
        "of a chance are free (`sim check --literals` lists the others).",
        default="any",
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
    base_rates: dict[Name, BaseRateShape] = one(
        "Counts of comparable cases, each of which `sim test` holds an outcome of the model against.", default={}
    )
    note: Sentence | None = optional("What else a reader should know.")


_INHERITED: dict[str, Any] = {
    name: (get_type_hints(ModelShape, include_extras=True)[name] | None, optional("As in a model."))
    for name, field in ModelShape.model_fields.items()
    if field.is_required() and name != "model"
}
ExtendingShape = create_model("ExtendingShape", __base__=ModelShape, **_INHERITED)  # the rest comes from other files


class PartShape(Shape):
    """A part file: what several models have in common, with names that each of them fills in."""

    part: Slug = one("The part's id.")
    title: Sentence = one("The part in words.")
    needs: dict[Name, NeedShape] = one(
        "The names that a model fills in when it uses the part, and what each must be. In a title {name} stands for "
        "the title of what is filled in, so that two uses can be told apart."
    )
    units: list[Name] = one("Further base units, such as soldier.", default=[])
    sources: Sentence | None = optional("The path of the part's sources file, seen from this file.")
    factions: dict[Name, FactionShape] = one("Who acts, beside those that are filled in.", default={})
    state: dict[Name, VariableShape] = one("The part's own state variables.", default={})
    parameters: dict[Name, ParameterShape] = one(
        "The part's own parameters. A model that uses the part may `replace` them.", default={}
    )
    derived: dict[Name, DerivedShape] = one("Named expressions.", default={})
    events: dict[Name, EventTypeShape] = one("The part's own event types.", default={})
    rules: dict[Name, RuleShape] = one("The rules. A model that uses the part may `replace` them.", default={})
    outcomes: dict[Name, OutcomeShape] = one("The outcomes.", default={})
    measures: dict[Name, MeasureShape] = one("The measures.", default={})
    checks: dict[Name, CheckShape] = one("What must be true of every run of a model that uses the part.", default={})
    base_rates: dict[Name, BaseRateShape] = one(
        "Counts of comparable cases, each of which `sim test` holds an outcome of the model against.", default={}
    )
    note: Sentence | None = optional("What else a reader should know.")


class ScenarioShape(Shape):
    """A scenario file: named assumptions from the branch point on."""

    scenario: Slug = one("The scenario's id.")
    title: Sentence | None = optional("The scenario in words.")
    question: Sentence | None = optional(
        "The question that it answers. One that extends another and assumes more has a question of its own, or none."
    )
    model: Sentence | None = optional("The path of the model file, seen from this file.")
    history: Sentence | None = optional("The path of the history file, seen from this file.")
    branch: BranchShape | None = optional("Where the documented past ends.")
    horizon: Expr | None = optional(
        "How long the runs last: a time since the branch, or a date, with a day to its end."
    )
    extends: Sentence | None = optional("A scenario file from which everything is taken that is not given here.")
    parameters: dict[ParameterName, Override] = one(
        "Parameters that are known, or known otherwise, here. A number that is written as about(...) goes by its "
        "place, such as `north_probes.rate`.",
        default={},
    )
    disable: list[Indexed] = one("Rules that never fire here.", default=[])
    omit: list[Slug] = one(
        "Documented events, by their ids, that are taken out of the past here, such as one that is disputed. What is "
        "left of the history must be possible without them.",
        default=[],
    )
    events: list[AssumedEventShape] = one(
        "Events that happen here at exact times: of a type of the model or of `event_types`, or with `set`.", default=[]
    )
    changes: list[ChangeShape] = one("What changes here from dates on: parameters, and which rules fire.", default=[])
    factions: dict[Name, FactionShape] = one("Factions of the scenario's own, beside the model's.", default={})
    event_types: dict[Name, EventTypeShape] = one(
        "Event types of the scenario's own, beside the model's: for its `events`, and for what its `rules` emit.",
        default={},
    )
    rules: dict[Name, RuleShape] = one(
        "Rules of the scenario's own, beside the model's. They start at the branch, and move no draw of the others.",
        default={},
    )
    outcomes: dict[Name, OutcomeShape] = one(
        "Outcomes asked about here beside the model's; they are no endings.", default={}
    )
    measures: dict[Name, MeasureShape] = one("Measures asked for here beside the model's.", default={})
    note: Sentence | None = optional("What else a reader should know.")


SHAPES: dict[str, type[Shape]] = {
    "model": ModelShape,
    "part": PartShape,
    "scenario": ScenarioShape,
    "history": HistoryShape,
    "sources": SourcesShape,
    "counterexample": CounterexampleShape,
}
