"""Where two runs with common random numbers part, why, and whether they ended otherwise.

Up to the first difference both runs are the same but for what the scenarios assume; its causes are the assumptions that
it rests on, see `flow`. Most first differences matter to nobody: what turned one run's end into the other's is for
`sim.explain.pairs`.

A run's end is its first ending, whether it went on after it or not. What one run has after the other had ended is no
difference between the two: the other could not have it. There, the difference is that the other ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.analysis.alignment import NOWHERE, Alignment, counterpart
from sim.analysis.differences.influences import Influences
from sim.analysis.differences.namesakes import Namesakes, as_named
from sim.analysis.differences.turning_points import How
from sim.analysis.differences.unshared_numbers import with_all
from sim.analysis.flow import Flow, Node, sources_of
from sim.analysis.readings import Readings
from sim.experiment.pairs import Side
from sim.model.event import HORIZON, Event, is_whole
from sim.model.model import Model
from sim.model.outcomes import first_ending
from sim.model.program import Program, compile_model
from sim.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Difference:
    """An event in which two runs differ: when, of which rule, its type and number in each ("" and -1 where it is not).

    An `other end` is an end that no event of one run alone brought about, and that the other run did not have then:
    `one` and `other` are the endings of the runs, or `horizon`. `time` is since the branch. `causes` are the
    assumptions behind it, as `parameter x`, `event x`, `without x`, `rule x`: one at least, in order of names.
    """

    time: float
    how: How
    rule: str
    one: str
    other: str
    one_sequence: int
    other_sequence: int
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Divergence:
    """A pair of runs: the first difference, None if there is none, and whether both are whole and ended otherwise.

    `fired` are the rules that fired in one of the two while the other's scenario disables them, in order of names.
    """

    run: int
    first: Difference | None
    ended_otherwise: bool = False
    fired: tuple[str, ...] = ()


class Diverge:
    """Compares the logs of a run under two scenarios of one model. It may be sent to other processes."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], _Known] = {}
        self._apart: tuple[Namesakes, Scenario, Scenario] | None = None

    def __reduce__(self) -> "tuple[type[Diverge], tuple[()]]":
        return Diverge, ()

    def __call__(self, one: Side, other: Side, run: int) -> Divergence:
        fired = _fired(one, other)
        if not (is_whole(one[2]) and is_whole(other[2])):
            return Divergence(run, None, fired=fired)
        return Divergence(run, self.first(one, other), _ended_otherwise(one, other), fired)

    def first(self, one: Side, other: Side) -> Difference | None:
        """Return the first difference of two whole runs, if there is one."""
        known = self._known_of(one, other)
        program, names = known.influences.program, known.names
        theirs = names.side(other, self._distinguished(names, other[1])) if names else other
        mine, theirs = with_all(one, theirs, program.model), with_all(theirs, one, program.model)
        first = _Pair((program, *mine[1:]), (program, *theirs[1:]), known.influences).first()
        return _as_named(first) if names else first

    def joint(self, one: tuple[Program, Scenario], other: tuple[Program, Scenario]) -> Influences | None:
        """Return what can flow in both models together; None where their logs have other names or values."""
        known = self._known_of((*one, ()), (*other, ()))
        parameters = known.influences.program.model.parameters
        alike = all(side[1].model.parameters.keys() == parameters.keys() for side in (one, other))
        return known.influences if alike and not known.names else None

    def _known_of(self, one: Side, other: Side) -> "_Known":
        """Return what is known of the model of both, with the rules and event types that either has added to it."""
        key = id(one[0]), id(other[0])
        known = self._known.get(key)
        if known is None or known.programs[0] is not one[0] or known.programs[1] is not other[0]:
            names = Namesakes.of(one[1], other[1])
            mine, theirs = one[1].model, (names.distinguished(other[1]) if names else other[1]).model
            program = one[0] if _has_all(mine, theirs) else compile_model(_joined(mine, theirs))
            known = self._known[key] = _Known(
                programs=(one[0], other[0]), influences=Influences(Readings(program=program)), names=names
            )
        return known

    def _distinguished(self, names: Namesakes, scenario: Scenario) -> Scenario:
        """Return a scenario with names of its own, which the runs of a pair ask for one after another."""
        if self._apart is None or self._apart[0] != names or self._apart[1] is not scenario:
            self._apart = names, scenario, names.distinguished(scenario)
        return self._apart[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of two models, whatever the runs are; `names` mean something else in the second."""

    programs: tuple[Program, Program]
    influences: Influences
    names: Namesakes


def _as_named(found: Difference | None) -> Difference | None:
    """Return a difference with the names of the documents."""
    if found is None:
        return None
    causes = tuple(sorted({*map(as_named, found.causes)}))
    return replace(
        found, rule=as_named(found.rule), one=as_named(found.one), other=as_named(found.other), causes=causes
    )


def _has_all(one: Model, other: Model) -> bool:
    shared = other.events.keys() <= one.events.keys() and other.rules.keys() <= one.rules.keys()
    return shared and other.parameters.keys() <= one.parameters.keys()


def _joined(one: Model, other: Model) -> Model:
    """Return a model with the event types, the rules and the unnamed numbers of two that a scenario has added to."""
    events, rules = {**other.events, **one.events}, {**other.rules, **one.rules}
    parameters = {**other.parameters, **one.parameters}
    return replace(
        one, events=dict(sorted(events.items())), rules=dict(sorted(rules.items())),
        parameters=dict(sorted(parameters.items())),
    )  # fmt: skip


def _fired(one: Side, other: Side) -> tuple[str, ...]:
    """Return the rules that fired in one of two runs while the other's scenario disables them, in order of names."""
    mine, theirs = one[1].stops(), other[1].stops()
    if mine == theirs:
        return ()
    return tuple(sorted({
        event.rule for log, stops in ((one[2], theirs), (other[2], mine)) for event in log
        if any(since <= event.time < until for since, until in stops.get(event.rule, ()))
    }))  # fmt: skip


def _ended_otherwise(one: Side, other: Side) -> bool:
    """Return whether two runs' first endings are not the same; not where one had come before the branch."""
    if any(first_ending(program.model, scenario.past) for program, scenario, _ in (one, other)):
        return False
    mine, theirs = (first_ending(program.model, log) for program, _, log in (one, other))
    return (mine.type if mine else HORIZON) != (theirs.type if theirs else HORIZON)


class _Pair:
    """Two whole runs, and where they part."""

    def __init__(self, one: Side, other: Side, influences: Influences) -> None:
        self.sides = (one, other)
        self.start = one[1].start
        self.alignment = Alignment(one, other)
        self.parted = self.alignment.part()
        if self.parted is not None:
            side, place = self.alignment.alone(self.parted)
            self.alignment.align(self.alignment.logs[side][place].time)
        self.influences = influences
        self.flow = Flow(self.alignment, influences.readings)

    def first(self) -> Difference | None:
        """Return the first event that only one run has and that is not assumed; where the other had ended, that end."""
        if self.parted is None:
            return None
        side, place = self.alignment.alone(self.parted)
        if self._had_ended(1 - side, self.parted):
            return self._other_end()
        mine = self.alignment.logs[side][place]
        at = self.alignment.before(self.parted)
        return self._difference(side, place, counterpart(mine, self.alignment.logs[1 - side][at[1 - side] :]))

    def _had_ended(self, side: int, step: int) -> bool:
        """Return whether a run had ended before a step, and not at its horizon."""
        return self.alignment.before(step)[side] == len(self.alignment.logs[side]) and self._ends(side)

    def _ends(self, side: int) -> bool:
        return self.sides[side][2][-1].note != HORIZON

    def _other_end(self) -> Difference:
        ends = [side[2][-1] for side in self.sides]
        first = min(end.time for side, end in enumerate(ends) if self._ends(side))
        ended = [side for side, end in enumerate(ends) if self._ends(side) and end.time == first]
        return Difference(
            time=first - self.start,
            how="other end",
            rule="",
            one=ends[0].note,
            other=ends[1].note,
            one_sequence=ends[0].sequence,
            other_sequence=ends[1].sequence,
            causes=self._rested([(side,) for side in ended], first),
        )

    def _difference(self, side: int, index: int, theirs: Event | None) -> Difference:
        mine = self.alignment.logs[side][index]
        how: How
        if theirs is None:
            how = "only in one" if side == 0 else "only in other"
        elif theirs.type != mine.type:
            how = "other choice"
        else:
            how = "other time" if theirs.time != mine.time else "other marks"
        pair = (mine, theirs) if side == 0 else (theirs, mine)
        types = [event.type if event is not None else "" for event in pair]
        numbers = [event.sequence if event is not None else -1 for event in pair]
        return Difference(
            time=mine.time - self.start,
            how=how,
            rule=mine.rule,
            one=types[0],
            other=types[1],
            one_sequence=numbers[0],
            other_sequence=numbers[1],
            causes=self._rested([(side, index)], mine.time),
        )

    def _rested(self, nodes: Sequence[Node], time: float) -> tuple[str, ...]:
        """Return the assumptions behind a difference at a time, in order of names. A run is a function of them and of
        its draws: where there is but one by then, it is the cause, and where none is found all of these may be that
        can flow into the event. Where something moves between events, what flowed through that is not followed, and
        all of them may be.
        """
        sources = sources_of(self.alignment, time)
        if self.flow.program.anything_moves or len(sources) == 1:
            return tuple(sorted(sources))
        found = self.flow.behind(nodes, enough=sources) or self._possible(nodes, sources) or sources
        return tuple(sorted(found))

    def _possible(self, nodes: Sequence[Node], sources: frozenset[str]) -> frozenset[str]:
        """Return which assumptions can be behind the event of a rule; none where the nodes are of no such event."""
        (node, *_) = nodes
        if len(node) != 2 or self.parted is None:
            return frozenset()
        event = self.alignment.logs[node[0]][node[1]]
        shared = (one for one, other in self.alignment.steps[: self.parted] if NOWHERE not in (one, other))
        happened = {self.alignment.logs[0][place].type for place in shared}
        return self.influences.on(event.rule, event.type, happened, sources) if event.rule else frozenset()
