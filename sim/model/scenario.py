"""A scenario applied to a model: what is assumed from the branch point on. Frozen, ready to be run.

Owns the meaning of a branch, and where, within a run, other parameters come to hold or rules are switched: the past is
folded with the model's own parameters, a scenario's hold from the branch on, and after it come the changes that it
makes from a date on. A branch from a run has, before its own turn, those of that run's start and of what had changed in
it. `sim.build.scenario` makes scenarios from documents, `sim.model.clocks` makes the turns.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sim.language.expressions.tree import Expression
from sim.model.event import Event, Log
from sim.model.model import Model, Parameter, Scheduled
from sim.model.program import Program


@dataclass(frozen=True, slots=True)
class Lineage:
    """The simulated run that a branch goes on from: its ensemble, its number, its last event that stands.

    `begun` is when that run itself began, `seed` what it was drawn with. `streams`: `keep` goes on with its very draws,
    for a counterfactual; `fresh` draws afresh, for a forecast given that past. `salt` sets those draws apart from all
    others.
    """

    ensemble: str
    run: int
    event: int
    begun: float
    seed: int
    streams: Literal["keep", "fresh"]

    @property
    def salt(self) -> str:
        return "" if self.streams == "keep" else f"{self.ensemble}:{self.run}:{self.event}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a scenario assumes from a moment after its branch on, before anything else happens at that time.

    `parameters` have their new values, in order of names: a value or a prior, or an expression of the model's
    parameters as they are until then. `disabled` rules no longer fire, `enabled` ones start again. Rates and guards
    follow the new values, a law is given them when its clock next starts, and a weight when it is next read. `number`
    is its place among the scenario's changes, by which the log calls it. `written` is the change as its document has
    it, where a branch from a run has moved it or fixed its values.
    """

    time: float
    parameters: Mapping[str, Parameter | Expression]
    number: int = field(compare=False)
    disabled: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()
    location: str = field(default="", compare=False)
    written: "Change | None" = field(default=None, compare=False)

    @property
    def known(self) -> Mapping[str, Parameter]:
        """The parameters that get a value or a prior."""
        return {name: given for name, given in self.parameters.items() if isinstance(given, Parameter)}

    @property
    def assigned(self) -> Mapping[str, Expression]:
        """The parameters that get the value of an expression."""
        return {name: given for name, given in self.parameters.items() if isinstance(given, Expression)}


@dataclass(frozen=True, slots=True)
class PastTurn:
    """Which rules a run stopped and started again, when it is past: at its start (`began`), or in a change."""

    disabled: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()
    began: bool = False


@dataclass(frozen=True)
class Scenario:
    """Named assumptions from the branch point on.

    `model` has the scenario's parameters in it, and its own event types and rules, `own` the parameters of the past,
    where others hold later. `past` is every event before the branch, documented ones first; `start` and `horizon` are
    times in the model's unit since its origin; `timetable` holds the model's and the scenario's scheduled events from
    `start` on, in order, and `changes` what changes from a date on; `disabled` rules never fire after `start`, unless
    a change enables them, and `own_rules`, which the scenario adds with `own_events`, never before the branch.
    `parameters` fixes their values, in order of names, for a branch from a run. `past_turns` has what each start of
    a run and each change in `past` did, and `made` those changes.

    What changes no run, and is there to be told: `models_own` has the parameters that the scenario has otherwise than
    its model, as that has them; `added` the names of what it adds to the model, by kind, such as outcomes; `omitted`
    the documented events, by id, that it takes out of the past.
    """

    name: str
    title: str
    question: str
    model: Model
    past: Log
    start: float
    horizon: float
    timetable: tuple[Scheduled, ...]
    disabled: tuple[str, ...]
    path: str
    lineage: Lineage | None = None
    parameters: tuple[float, ...] | None = None
    own: Mapping[str, Parameter] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    own_rules: tuple[str, ...] = ()
    own_events: tuple[str, ...] = ()
    asked: Mapping[str, float] = field(default_factory=dict)
    past_turns: tuple[PastTurn, ...] = ()
    made: tuple[Change, ...] = ()
    models_own: Mapping[str, Parameter] = field(default_factory=dict)
    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    omitted: Mapping[str, Event] = field(default_factory=dict)

    @staticmethod
    def of(model: Model, path: str = "") -> "Scenario":
        """Return the scenario that assumes nothing: the model by itself, which has a horizon, from its origin on."""
        assert model.horizon is not None, "only a model with a horizon can be run by itself"
        return Scenario(
            name=model.name, title=model.title, question="", model=model, past=(), start=0.0, horizon=model.horizon,
            timetable=model.timetable, disabled=(), path=path or model.path,
        )  # fmt: skip

    @property
    def has_past(self) -> bool:
        """Whether anything, if only time, is past at the branch."""
        return bool(self.past) or self.start > 0.0

    @property
    def replaced(self) -> Mapping[str, Parameter]:
        """The parameters of the past, by name, where others hold from the branch on.

        There are none where nothing is past: what a scenario assumes then holds from the initial state on.
        """
        return self.own if self.has_past else {}

    @property
    def never(self) -> frozenset[str]:
        """The rules that never fire after the branch: those that are disabled, and that no change enables."""
        return frozenset(self.disabled).difference(*(change.enabled for change in self.changes))

    def stops(self) -> dict[str, list[tuple[float, float]]]:
        """Return, for each rule that is disabled at any time after the branch, from when until when; inf: for good."""
        found = {name: [(self.start, math.inf)] for name in self.disabled}
        for change in self.changes:
            for name in change.enabled:
                if name in found and found[name][-1][1] == math.inf:
                    found[name][-1] = found[name][-1][0], change.time
            for name in change.disabled:
                if name not in found or found[name][-1][1] < math.inf:
                    found.setdefault(name, []).append((change.time, math.inf))
        return found

    @property
    def starting(self) -> frozenset[str]:
        """The rules that start at the branch: its own, and those that a run which it goes on from was to start later.

        What changes did to rules in that run stands.
        """
        found = set(self.own_rules)
        for turn in self.past_turns:
            found = found | set(turn.disabled) if turn.began else found - set(turn.disabled)
            found -= set(turn.enabled)
        return frozenset(found.difference(self.disabled))

    def with_changes(self, changes: tuple[Change, ...]) -> "Scenario":
        """Return the scenario with other changes, which are in order of time: its model knows what they need."""
        assigned = tuple(change.assigned for change in changes)
        switched = (turn.enabled + turn.disabled for turn in self.past_turns)
        woken = {*self.own_rules}.union(*switched, *(change.enabled for change in changes))
        needs = assigned, tuple(sorted(woken))
        if needs == (self.model.assigned, self.model.woken):
            return replace(self, changes=changes)
        return replace(self, changes=changes, model=replace(self.model, assigned=assigned, woken=needs[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The parameters, by name in order, that may have other values from a moment on, and the rules concerned.

    All other fields are numbers of rules. `followers` have a guard or rate that reads one of the parameters, `renewed`
    a law, date or beat that does and is evaluated again; `disabled` ones stop, and `enabled` ones start again.
    """

    names: tuple[str, ...] = ()
    followers: tuple[int, ...] = ()
    renewed: tuple[int, ...] = ()
    disabled: tuple[int, ...] = ()
    enabled: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of a scenario's past, that of its own branch, and those of its changes, each in order of time.

    `asleep` are the numbers of the rules that never fire before one of them enables them.
    """

    asleep: tuple[int, ...]
    past: tuple[Turn, ...]
    branch: Turn
    changes: tuple[Turn, ...]

    def all(self) -> tuple[Turn, ...]:
        """Return all of them, in order of time."""
        return (*self.past, self.branch, *self.changes)

    def asleep_at(self, index: int) -> frozenset[int]:
        """Return the rules that never fire when one of all turns has been made but for what it enables."""
        found = set(self.asleep)
        for turn in self.all()[:index]:
            found = (found | set(turn.disabled)) - set(turn.enabled)
        return frozenset(found.union(self.all()[index].disabled))


def turns_of(program: Program, scenario: Scenario) -> Turns:
    """Return the turns of a scenario."""
    numbers = program.numbers

    def rules(names: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted(numbers[name] for name in names))

    def turn(names: tuple[str, ...], disabled: Iterable[str], enabled: Iterable[str], *, renews: bool = True) -> Turn:
        return Turn(
            names=names, followers=_readers(program.followers, names),
            renewed=_readers(program.renewals, names) if renews else (), disabled=rules(disabled),
            enabled=rules(enabled),
        )  # fmt: skip

    past: list[Turn] = []
    values: tuple[float, ...] | None = None  # of the parameters that hold, once a run has begun
    count = len(program.model.parameters)
    known = iter(scenario.past_turns)
    own = tuple(sorted(scenario.replaced))
    for event in scenario.past:
        if event.kind in ("started", "changed"):
            names = own if values is None else _differing(program, values, event.marks[:count])
            switched = next(known, PastTurn())
            past.append(turn(names, switched.disabled, switched.enabled, renews=event.kind == "started"))
            values = event.marks[:count]
    if values is not None and scenario.parameters is not None:
        own = _differing(program, values, scenario.parameters)
    return Turns(
        asleep=rules(scenario.own_rules),
        past=tuple(past),
        branch=turn(own, scenario.disabled, scenario.starting),
        changes=tuple(
            turn(tuple(change.parameters), change.disabled, change.enabled, renews=False) for change in scenario.changes
        ),
    )


def _differing(program: Program, before: Sequence[float], after: Sequence[float]) -> tuple[str, ...]:
    return tuple(name for name, one, other in zip(program.model.parameters, before, after, strict=True) if one != other)


def _readers(readers: Mapping[str, tuple[int, ...]], names: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted({number for name in names for number in readers.get(name, ())}))
