"""A model: factions, state, parameters, event types, rules, outcomes, measures. Frozen values, no numbers of a run.

Families are written out: a rule `fails` for i in 1..3 is the rules `fails[1]`, `fails[2]`, `fails[3]`. All mappings are
in order of names, so the order of keys in a file has no meaning; of parameters the unnamed ones come last. `sim.build`
makes models from documents.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias, assert_never

from sim.distributions.clock_laws import Form, Law
from sim.distributions.priors import prior_quantile
from sim.language.expressions.tree import Expression, Value, reads
from sim.language.expressions.types import Calendar, Type
from sim.model.checks import Check
from sim.model.evidence.basis import Basis, CaseCount
from sim.model.evidence.source_documents import SourceDocument
from sim.model.measuring.quantities import Measure
from sim.model.priors.expert_judgement import Expert
from sim.numerics.elementary import exp
from sim.numerics.normal import normal_quantile

UPPER = 0.95  # the quantile that is `factor` times the median of about(median, factor): 90 % lie within the factor


@dataclass(frozen=True, slots=True)
class Relaxation:
    """How a state variable changes between events: towards a value, half of the way in each half-life.

    Both may read parameters, and the half-life is a time above 0.
    """

    towards: Expression
    half_life: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A state variable. `low` and `high` bound an int or a real; at the bounds it saturates or is a run error."""

    name: str
    type: Type
    initial: Expression
    low: float
    high: float
    saturates: bool
    title: str
    relaxes: Relaxation | None = None

    def course(self) -> tuple[Expression, ...]:
        """Return what its course between events depends on."""
        return () if self.relaxes is None else (self.relaxes.towards, self.relaxes.half_life)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number fixed during one run, in the model's units: known (`value`), or with a prior by name and arguments.

    `factor` turns the prior's values, which are in the unit that its author wrote, into the model's; `scale` does so
    for whatever is written. `domain` is what the parameter can be at all, under any scenario, in the model's unit, and
    `ranged` says that its author gave it: it bounds what documents may say, and is not part of what a run means. An
    `unnamed` one is a number of a rule, effect or derived quantity written as about(median, factor), called after it.

    A prior that reads other parameters has in `given` the expressions of its arguments, in the model's units, and no
    numbers in `arguments`; its `value` is the central one where the others are central. It is drawn by
    `sim.model.priors.joint_prior`. One that is elicited has what the `experts` said, to be shown: its `arguments` are
    their laws, pooled.
    """

    name: str
    type: Type
    value: Value
    prior: str
    arguments: tuple[float, ...]
    factor: float
    unit: str
    title: str
    basis: tuple[Basis, ...]
    scale: float = 1.0
    domain: tuple[float, float] = (float("-inf"), float("inf"))
    ranged: bool = False
    unnamed: bool = False
    given: tuple[Expression, ...] = ()
    experts: tuple[Expert, ...] = ()

    @property
    def known(self) -> tuple[object, ...]:
        """What is known about the number: all that its values depend on, but for the parameters that it reads."""
        if self.given:
            return None, self.prior, tuple(one.tree for one in self.given), self.factor
        return self.value, self.prior, self.arguments, self.factor

    @property
    def reads(self) -> frozenset[str]:
        """The parameters that its prior reads."""
        return frozenset[str]().union(*(reads(one.tree, "parameter") for one in self.given))

    @property
    def written(self) -> tuple[str, tuple[float, ...]]:
        """The prior and its arguments as an author writes them: of an unnamed one about(median, factor)."""
        if self.unnamed and self.prior == "lognormal" and not self.given:
            median, sigma = self.arguments
            return "about", (median, float(f"{exp(sigma * normal_quantile(UPPER)):.12g}"))
        return self.prior, self.arguments

    def quantile(self, chance: float) -> float:
        """Return a quantile of the prior, which reads no other parameter."""
        return prior_quantile(self.prior, self.arguments, chance) * self.factor


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A kind of event: its marks and its effects, both in order of names."""

    name: str
    title: str
    faction: str
    marks: Mapping[str, Type]
    effects: Mapping[str, Expression]
    exogenous: bool
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _OfOneArgument:
    """A clock that is given one expression."""

    argument: Expression

    @property
    def arguments(self) -> tuple[Expression, ...]:
        return (self.argument,)


@dataclass(frozen=True, slots=True)
class Rate(_OfOneArgument):
    """A clock that is exponential as long as its rate stays the same: the rate is followed as the state changes."""

    @property
    def pace(self) -> Expression:
        """How fast it accumulates hazard."""
        return self.argument


@dataclass(frozen=True, slots=True)
class AtDate(_OfOneArgument):
    """A clock that runs out at a date, once."""


@dataclass(frozen=True, slots=True)
class Every(_OfOneArgument):
    """A clock that runs out at the multiples of a step, counted from time 0."""


@dataclass(frozen=True, slots=True)
class LawClock:
    """A clock with a law, whose arguments, those of one of the law's forms, are evaluated when it starts.

    With a `speed` it ages so fast, which is followed as the state changes: 0 stops it, 2 doubles its pace.
    """

    law: Law
    form: Form
    arguments: tuple[Expression, ...]
    speed: Expression | None = None

    @property
    def pace(self) -> Expression | None:
        """How fast it ages; None: as time passes."""
        return self.speed


@dataclass(frozen=True, slots=True)
class Immediately:
    """No clock: the rule fires when its guard turns true, before anything else at that time."""

    arguments: ClassVar[tuple[Expression, ...]] = ()


Clock: TypeAlias = Rate | LawClock | AtDate | Every | Immediately


@dataclass(frozen=True, slots=True)
class Emission:
    """An event that a rule may emit, with its marks in order of names."""

    event: str
    marks: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A faction's guard, clock and emitted event, one of several by weight. Without `weights` there is only one."""

    name: str
    faction: str
    title: str
    guard: Expression
    on: tuple[str, ...]
    clock: Clock
    emissions: tuple[Emission, ...]
    weights: tuple[Expression, ...]
    memory: Literal["fresh", "keep", "repeat"]
    priority: int
    restarts: tuple[str, ...]
    basis: tuple[Basis, ...]
    location: str

    def expressions(self) -> Iterator[Expression]:
        """Yield all that the rule reads: its guard, its clock's arguments, its weights and its marks."""
        yield self.guard
        yield from self.clock.arguments
        if isinstance(self.clock, LawClock) and self.clock.speed is not None:
            yield self.clock.speed
        yield from self.weights
        for emission in self.emissions:
            yield from emission.marks


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An event at an exact time, with its marks in order of names. `location` says who put it there."""

    time: float
    event: str
    marks: tuple[float, ...]
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTime:
    """The first time after the branch that a condition holds, or that an event of `on` happens while it does.

    Not later than `within` from the branch or than `by`, and only if `safe` has held until then. An `ending`
    classifies how the run's story ends, as all do that end the run itself (`ends_run`).
    """

    when: Expression | None
    on: tuple[str, ...]
    within: float | None
    by: float | None
    safe: Expression | None
    ending: bool
    ends_run: bool


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The horizon, if no ending came true before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that comes true in a run once, which is an event, or not at all."""

    name: str
    title: str
    comes: FirstTime | Otherwise

    @property
    def ends_run(self) -> bool:
        return isinstance(self.comes, FirstTime) and self.comes.ends_run

    @property
    def ending(self) -> bool:
        """Whether it classifies how a run's story ends: the first ending that comes true in a run is its story's."""
        return self.otherwise or (isinstance(self.comes, FirstTime) and self.comes.ending)

    @property
    def goes_on(self) -> bool:
        """Whether it is an ending after which the run goes on."""
        return isinstance(self.comes, FirstTime) and self.comes.ending and not self.comes.ends_run

    @property
    def otherwise(self) -> bool:
        return isinstance(self.comes, Otherwise)

    @property
    def on(self) -> tuple[str, ...]:
        """The events that it waits for."""
        return self.comes.on if isinstance(self.comes, FirstTime) else ()

    def expressions(self) -> Iterator[Expression]:
        """Yield all that it reads."""
        match self.comes:
            case FirstTime(when=when, safe=safe):
                yield from (part for part in (when, safe) if part is not None)
            case Otherwise():
                pass
            case _:
                assert_never(self.comes)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRate:
    """A count of comparable cases that `outcome`, within the count's time of the branch, is held against.

    It is about the status quo, and changes no run.
    """

    name: str
    title: str
    outcome: str
    count: CaseCount
    basis: tuple[Basis, ...]
    location: str


@dataclass(frozen=True, kw_only=True)
class Model:
    """What may happen in a crisis, how fast, and on what grounds. See the module for the order of things.

    `step` is the greatest width, in units of time, of the cells in which rates that move are followed.

    What a scenario needs of its model's code: `assigned` has, for each change that it makes from a date on, the
    expressions of parameters by which it gives parameters their values, `woken` the rules that it starts again,
    `formerly` the priors that read other parameters and hold before its branch only.
    `derived_titles` has what those of `derived` are called that have a title.
    `literals` says whether numbers may be written as known, in scenarios too.
    """

    name: str
    title: str
    calendar: Calendar
    factions: Mapping[str, str]
    variables: Mapping[str, Variable]
    parameters: Mapping[str, Parameter]
    derived: Mapping[str, Expression]
    events: Mapping[str, EventType]
    rules: Mapping[str, Rule]
    timetable: tuple[Scheduled, ...]
    outcomes: Mapping[str, Outcome]
    measures: Mapping[str, Measure]
    checks: Mapping[str, Check]
    horizon: float | None
    base_rates: Mapping[str, BaseRate] = field(default_factory=dict)
    step: float = 1.0
    literals: Literal["any", "uncertain"] = "any"
    assigned: tuple[Mapping[str, Expression], ...] = ()
    woken: tuple[str, ...] = ()
    formerly: Mapping[str, Parameter] = field(default_factory=dict)
    sources: Mapping[str, SourceDocument] = field(default_factory=dict)
    derived_titles: Mapping[str, str] = field(default_factory=dict)
    shown_order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path: str = ""

    @property
    def stops_early(self) -> bool:
        """Whether an outcome may end a run before the horizon."""
        return any(outcome.ends_run for outcome in self.outcomes.values())

    @property
    def goes_on(self) -> bool:
        """Whether a run may go on after an ending: more may come true than what its story ends with."""
        return any(outcome.goes_on for outcome in self.outcomes.values())

    def question_expressions(self) -> Iterator[Expression]:
        """Yield all that the questions read: the expressions of outcomes, of measures and of checks."""
        yield from (part for outcome in self.outcomes.values() for part in outcome.expressions())
        yield from (part for measure in self.measures.values() for part in measure.expressions())
        yield from (part for check in self.checks.values() for part in check.expressions())
