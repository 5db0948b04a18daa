"""The shapes of the four kinds of file, as pydantic models: which keys there are and what each may hold.

Descriptions are what `sim explain KEY` and an editor show. Expressions are text here; `expressions` parses
them, and what the parts mean together is checked where a model is built.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag

NAME = r"^[a-z][a-z0-9_]{0,63}$"
SLUG = r"^[a-z0-9][a-z0-9_.-]{0,99}$"
INDEXED = r"^[a-z][a-z0-9_]{0,63}(\[[^\[\]]{1,64}\])?$"


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int | dict) else value


Name: TypeAlias = Annotated[str, StringConstraints(pattern=NAME)]
Slug: TypeAlias = Annotated[str, StringConstraints(pattern=SLUG)]
Indexed: TypeAlias = Annotated[str, StringConstraints(pattern=INDEXED)]
Sentence: TypeAlias = Annotated[str, BeforeValidator(_as_text), StringConstraints(min_length=1, max_length=2000)]
Expr: TypeAlias = Annotated[
    str,
    BeforeValidator(_as_text, json_schema_input_type=str | int | float | bool),
    StringConstraints(min_length=1, max_length=1000),
]
Instant: TypeAlias = Annotated[str, BeforeValidator(_as_text), StringConstraints(min_length=1, max_length=40)]
Family: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]* in .+$", max_length=500)]


def _close(schema: dict[str, Any]) -> None:
    """Let a JSON Schema refuse, as the shape does, a name that is no name: pydantic leaves such keys free."""
    pending: list[Any] = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if "patternProperties" in part:
                part.setdefault("additionalProperties", False)
            pending += part.values()
        elif isinstance(part, list):
            pending += part


class Shape(BaseModel):
    """What every part of every document shares: unknown keys are refused, and nothing changes after."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, json_schema_extra=_close)


def _one(description: str, **more: Any) -> Any:
    return Field(description=description, **more)


class BasisShape(Shape):
    """Where a number or a rule comes from: a source, or a judgement with its reason."""

    source: Slug | None = _one("The id of a document in the sources file.", default=None)
    paragraph: Annotated[list[int], BeforeValidator(_as_list, json_schema_input_type=int | list[int])] = _one(
        "The paragraph or paragraphs of that document.", default=[]
    )
    judgement: Sentence | None = _one("The reason for a judgement: no source gives it.", default=None)
    note: Sentence | None = _one("What more there is to say about it.", default=None)


Bases: TypeAlias = Annotated[
    list[BasisShape], BeforeValidator(_as_list, json_schema_input_type=BasisShape | list[BasisShape])
]


class TimeShape(Shape):
    """The model's time unit, and the date of its time 0."""

    unit: Literal["second", "minute", "hour", "day", "week", "abstract"] = _one(
        "The unit in which times are kept and rates are given; abstract: times are plain numbers."
    )
    origin: Instant | None = _one("The date of time 0. Without it the model has no dates.", default=None)


class FactionShape(Shape):
    """Somebody who acts."""

    title: Sentence = _one("The faction's name in words.")
    note: Sentence | None = _one("What else a reader should know of it.", default=None)


class VariableShape(Shape):
    """A state variable: what is true now, changed by events alone."""

    type: Literal["bool", "int", "real", "enum", "instant"] = _one("What kind of value it holds.")
    initial: Expr = _one("Its value before any event; may use parameters and the family's index.")
    range: Annotated[list[Expr], Field(min_length=2, max_length=2)] | None = _one(
        "The least and the greatest value, for int and real.", default=None
    )
    at_bounds: Literal["error", "saturate"] = _one(
        "What a value outside the range does: a run error, or it stays at the bound.", default="error"
    )
    values: Annotated[list[Name], Field(min_length=1, max_length=200)] | None = _one(
        "The values of an enum.", default=None
    )
    unit: Sentence | None = _one("Its unit, such as day, 1/day or soldier.", default=None)
    title: Sentence | None = _one("The variable in words.", default=None)
    family: Family | None = _one(
        "Makes a family of variables, one for each value of an index: 'i in 1..5' or 'p in north, south'.",
        default=None,
        alias="for",
    )


class ParameterShape(Shape):
    """A number fixed during one run, with its basis."""

    type: Literal["real", "int", "bool"] = _one("What kind of value it holds.", default="real")
    value: Expr | None = _one("Its value, where it is taken as known.", default=None)
    prior: dict[str, list[Expr]] | None = _one(
        "What is known about it: one of pert, uniform, triangular, beta, normal, lognormal, gamma, loguniform, "
        "with its parameters in a list.",
        default=None,
    )
    unit: Sentence | None = _one("The unit of the bare numbers here, such as day or 1/day.", default=None)
    title: Sentence | None = _one("The parameter in words.", default=None)
    basis: Bases = _one("Where it comes from: sources by paragraph, or a judgement with its reason.")


class DerivedShape(Shape):
    """A named expression, usable in guards, rates, weights, outcomes and measures."""

    value: Expr = _one("The expression.")
    title: Sentence | None = _one("The quantity in words.", default=None)
    family: Family | None = _one("Makes a family of it, one for each value of an index.", default=None, alias="for")


class CodesShape(Shape):
    """The event type in the field's coding schemes."""

    plover: Sentence | None = _one("PLOVER: event/mode/context.", default=None)
    acled: Sentence | None = _one("ACLED: event type/sub-event type.", default=None)
    cameo: Sentence | None = _one("CAMEO: the code.", default=None)


class EventTypeShape(Shape):
    """A kind of event: what it carries and how it changes the state."""

    title: Sentence | None = _one("The event in words, in the past tense.", default=None)
    by: Name | None = _one("The faction whose act it is.", default=None)
    marks: dict[Name, Literal["int", "real", "bool"]] = _one("The values that it carries.", default={})
    effects: dict[Indexed, Expr] = _one(
        "Assignments to state variables, all evaluated on the state before the event.", default={}
    )
    exogenous: bool = _one("It may stand in a history though no rule emits it.", default=False)
    codes: CodesShape | None = _one("Its codes in PLOVER, ACLED and CAMEO.", default=None)
    note: Sentence | None = _one("What else a reader should know of it.", default=None)
    family: Family | None = _one("Makes a family of it, one for each value of an index.", default=None, alias="for")


LawArguments: TypeAlias = dict[str, Expr]


class ClockShape(Shape):
    """The random time that an enabled rule still needs. Exactly one key."""

    rate: Expr | None = _one("An exponential's rate, followed as the state changes.", default=None)
    exponential: LawArguments | None = _one("mean", default=None)
    weibull: LawArguments | None = _one("shape and scale, or shape and mean", default=None)
    gamma: LawArguments | None = _one("shape and scale, or shape and mean", default=None)
    lognormal: LawArguments | None = _one("median and sigma, or mean and sd", default=None)
    loglogistic: LawArguments | None = _one("shape and scale", default=None)
    uniform: LawArguments | None = _one("low and high", default=None)
    triangular: LawArguments | None = _one("low, mode and high", default=None)
    fixed: Expr | None = _one("A fixed time after the clock starts.", default=None)
    at: Expr | None = _one(
        "A date, read when the clock starts: the rule fires then, if it is enabled then.", default=None
    )
    every: Expr | None = _one("Each time that this much time has passed since the model's origin.", default=None)


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

    faction: Name = _one("Whose rule it is.")
    title: Sentence | None = _one("The rule as a sentence.", default=None)
    when: Expr = _one("The guard: the rule is enabled while it holds.", default="true")
    on: Annotated[list[Indexed], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = _one(
        "Event types: the rule waits for one of them, then is pending until it fires or its guard turns false.",
        default=[],
    )
    clock: Clock = _one(
        "When it fires: a rate, a law, a date, 'immediately', or '30 % within 14 days'.",
        default="immediately",
    )
    emits: Emits | None = _one("The event that it emits, alone or with its marks.", default=None)
    choose: Annotated[list[Emission], Field(min_length=1, max_length=100)] | None = _one(
        "Several events, of which one happens, by weight.", default=None
    )
    memory: Literal["fresh", "keep", "repeat"] = _one(
        "What a clock that was stopped does when it starts again: a new draw at age 0, its old age and draw, or "
        "age 0 with the old draw.",
        default="fresh",
    )
    priority: int = _one("At equal times the smaller fires first; then the order of names.", default=0)
    restarts: Annotated[list[Indexed], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = _one(
        "Rules whose clocks start anew when this one fires.", default=[]
    )
    basis: Bases = _one("What it rests on.", default=[])
    family: Family | None = _one("Makes a family of it, one for each value of an index.", default=None, alias="for")


class OutcomeShape(Shape):
    """A condition whose first time of being true, after the branch, is an event of the log."""

    title: Sentence | None = _one("The outcome in words.", default=None)
    when: Expr | None = _one("The condition.", default=None)
    on: Annotated[list[Indexed], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = _one(
        "Event types: it can come true only with one of them.", default=[]
    )
    within: Expr | None = _one("It counts only if it comes within this time of the branch.", default=None)
    by: Expr | None = _one("It counts only if it comes by this date.", default=None)
    safe: Expr | None = _one("It counts only while this has held ever since the branch.", default=None, alias="while")
    otherwise: bool = _one("It comes true at the horizon, if no outcome ended the run before.", default=False)
    ends_run: bool = _one("The run ends when it comes true.", default=False)


class MeasureShape(Shape):
    """A number that each run yields. Exactly one of value, sum, count, time_while, integral, until, max, min."""

    title: Sentence | None = _one("The measure in words.", default=None)
    value: Expr | None = _one("An expression at the end of the run, or at `at`.", default=None)
    sum: Expr | None = _one("An amount each time an event of `on` happens, on the state before it.", default=None)
    count: Annotated[list[Indexed], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] | None = _one(
        "How many events of these types happen.", default=None
    )
    time_while: Expr | None = _one("The time during which a condition holds.", default=None)
    integral: Expr | None = _one("The integral of an expression over time.", default=None)
    until: Expr | None = _one("The time until a condition first holds; missing if it never does.", default=None)
    max: Expr | None = _one("The greatest value of an expression.", default=None)
    min: Expr | None = _one("The least value of an expression.", default=None)
    on: Annotated[list[Indexed], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = _one(
        "Event types, for `sum`.", default=[]
    )
    at: Expr | None = _one("A date or a time since the branch, for `value`.", default=None)


Scheduled: TypeAlias = dict[str, Expr]


class ModelShape(Shape):
    """A model file: factions, state, parameters, events, rules, outcomes, measures."""

    model: Slug = _one("The model's id.")
    title: Sentence = _one("The model in words.")
    time: TimeShape = _one("The time unit and the date of time 0.")
    units: list[Name] = _one("Further base units, such as soldier.", default=[])
    sources: Sentence | None = _one("The path of the sources file, seen from this file.", default=None)
    horizon: Expr | None = _one("How long a run without a scenario file lasts.", default=None)
    factions: dict[Name, FactionShape] = _one("Who acts.")
    state: dict[Name, VariableShape] = _one("The state variables.")
    parameters: dict[Name, ParameterShape] = _one("The numbers that are fixed during a run.", default={})
    derived: dict[Name, DerivedShape] = _one("Named expressions.", default={})
    events: dict[Name, EventTypeShape] = _one("The event types.")
    rules: dict[Name, RuleShape] = _one("The rules.", default={})
    timetable: list[Scheduled] = _one(
        "Events at exact times (at, event, and its marks), before anything else at that time.", default=[]
    )
    outcomes: dict[Name, OutcomeShape] = _one("The outcomes.", default={})
    measures: dict[Name, MeasureShape] = _one("The measures.", default={})
    note: Sentence | None = _one("What else a reader should know.", default=None)


class BranchShape(Shape):
    """Where the documented past ends and the runs begin. Exactly one of after, before, at."""

    after: Slug | None = _one("The id of the last documented event that stands.", default=None)
    before: Slug | None = _one("The id of the first documented event that does not stand.", default=None)
    at: Instant | None = _one("A date: everything documented up to it stands.", default=None)


class OverrideShape(Shape):
    """A parameter's value or prior under one scenario."""

    value: Expr | None = _one("Its value.", default=None)
    prior: dict[str, list[Expr]] | None = _one("Its prior.", default=None)


Override: TypeAlias = Annotated[
    Annotated[Expr, Tag("text")] | Annotated[OverrideShape, Tag("mapping")], Discriminator(_kind)
]


class ScenarioShape(Shape):
    """A scenario file: named assumptions from the branch point on."""

    scenario: Slug = _one("The scenario's id.")
    title: Sentence | None = _one("The scenario in words.", default=None)
    question: Sentence | None = _one("The question that it answers.", default=None)
    model: Sentence | None = _one("The path of the model file, seen from this file.", default=None)
    history: Sentence | None = _one("The path of the history file, seen from this file.", default=None)
    branch: BranchShape | None = _one("Where the documented past ends.", default=None)
    horizon: Expr | None = _one("How long the runs last: a date, or a time since the branch.", default=None)
    extends: Sentence | None = _one(
        "A scenario file from which everything is taken that is not given here.", default=None
    )
    parameters: dict[Name, Override] = _one("Parameters that are known, or known otherwise, here.", default={})
    disable: list[Name] = _one("Rules that never fire here.", default=[])
    events: list[Scheduled] = _one(
        "Events that happen here at exact times (at or after, event, and its marks).", default=[]
    )
    outcomes: dict[Name, OutcomeShape] = _one(
        "Outcomes asked about here beside the model's; they end no run.", default={}
    )
    measures: dict[Name, MeasureShape] = _one("Measures asked for here beside the model's.", default={})
    note: Sentence | None = _one("What else a reader should know.", default=None)


class CitationShape(Shape):
    """A document, and the paragraphs of it that say so."""

    source: Slug = _one("The id of a document in the sources file.")
    paragraph: Annotated[list[int], BeforeValidator(_as_list, json_schema_input_type=int | list[int])] = _one(
        "The paragraph or paragraphs.", default=[]
    )


class DocumentedShape(Shape):
    """A documented event, with its sources."""

    id: Slug = _one("The event's id, unique in the file.")
    at: Instant = _one("When it happened: a date, taken as 00:00, or a date and time.")
    until: Instant | None = _one("When it ended, if it lasted.", default=None)
    reported: Instant | None = _one("When it was reported.", default=None)
    event: Indexed = _one("Its event type.")
    marks: dict[Name, Expr] = _one("The values that it carries.", default={})
    rule: Indexed | None = _one("The rule that emitted it, where several could have.", default=None)
    claim: Sentence = _one("What is said to have happened, in our own words.")
    status: Literal["attested", "alleged", "disputed"] = _one("How well it is established.", default="attested")
    act: Literal["deed", "speech", "commitment"] = _one("What was done: a deed, words, a promise.", default="deed")
    due: Instant | None = _one("When a promise falls due.", default=None)
    sources: Annotated[list[CitationShape], Field(min_length=1)] = _one("The documents that say so.")
    note: Sentence | None = _one("What else a reader should know.", default=None)


class HistoryShape(Shape):
    """A history file: documented events, in order of time."""

    history: Slug = _one("The history's id.")
    title: Sentence = _one("The history in words.")
    sources: Sentence = _one("The path of the sources file, seen from this file.")
    events: list[DocumentedShape] = _one("The documented events, in order of time.")
    note: Sentence | None = _one("What else a reader should know.", default=None)


class SourceShape(Shape):
    """One document."""

    title: Sentence = _one("Its title.")
    publisher: Sentence | None = _one("Who published it.", default=None)
    date: Instant | None = _one("When it was published.", default=None)
    address: Sentence | None = _one("Where it can be read.", default=None)
    file: Sentence | None = _one("Its file name, for a document that came as a file.", default=None)
    reliability: Literal["high", "medium", "low"] = _one("How far it can be relied on.")
    paragraphs: int | None = _one("How many paragraphs it has; citations are checked against it.", default=None)
    note: Sentence | None = _one("Why it is relied on so far, and what else there is to say.", default=None)


class SourcesShape(Shape):
    """A sources file: the documents that a case rests on."""

    sources: Slug = _one("The id of the collection.")
    title: Sentence | None = _one("The collection in words.", default=None)
    documents: dict[Slug, SourceShape] = _one("The documents, by id.")
    note: Sentence | None = _one("What else a reader should know.", default=None)


SHAPES: dict[str, type[Shape]] = {
    "model": ModelShape,
    "scenario": ScenarioShape,
    "history": HistoryShape,
    "sources": SourcesShape,
}
