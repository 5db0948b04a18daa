"""Where, within a run, other parameters come to hold or rules are switched: what each such turn does to the rules.

The past is folded with the model's own parameters, and a scenario's hold from the branch on; after it come the changes
that the scenario makes from a date on. A branch from a run has, before its own, the turns of that run's start and of
what had changed in it. `sim.model.clocks` makes the turns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.model.program import Program
from sim.model.scenario import PastTurn, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The parameters, by name in order, that may have other values from a moment on, and the rules concerned.

    All other fields are numbers of rules. `followers` have a guard or rate that reads one of the parameters, `renewed`
    a law, date or beat that does and is evaluated again; `disabled` ones stop, and `enabled` ones start anew.
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
    woken = {name for switched in scenario.past_turns for name in switched.enabled}
    sleeping = set(scenario.own_rules) - woken - set(scenario.disabled)
    return Turns(
        asleep=rules(scenario.own_rules),
        past=tuple(past),
        branch=turn(own, scenario.disabled, sleeping),
        changes=tuple(
            turn(tuple(change.parameters), change.disabled, change.enabled, renews=False) for change in scenario.changes
        ),
    )


def _differing(program: Program, before: Sequence[float], after: Sequence[float]) -> tuple[str, ...]:
    return tuple(name for name, one, other in zip(program.model.parameters, before, after, strict=True) if one != other)


def _readers(readers: Mapping[str, tuple[int, ...]], names: Sequence[str]) -> tuple[int, ...]:
    return tuple(sorted({number for name in names for number in readers.get(name, ())}))
