"""Where two runs with the same luck part, why, and which event turned the one's end into the other's.

Up to the first difference both runs are the same but for what the scenarios assume, so its cause is one of their
assumptions: a parameter, an assumed event, a rule that never fires. Many first differences change nothing that anybody
cares about, such as a rumour that comes an hour later. So there is also the turning point: followed back from how each
run ended, by what made each event possible, the earliest event that the other run does not have at all.
Its causes are all that differs in what it rests on; which of several weighed most is not told.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.experiment.pairs import Side
from sim.language.tree import reads
from sim.model.causes import Dependencies, ancestors
from sim.model.event import HORIZON, Event, Log, is_whole
from sim.model.evolve import evolve, initial
from sim.model.program import Program
from sim.model.replay import CHANGING, parameters_of
from sim.model.scenario import Scenario

How: TypeAlias = Literal["only in one", "only in other", "other time", "other choice", "other marks"]


@dataclass(frozen=True, slots=True)
class Difference:
    """An event in which two runs differ: when, of which rule, its type and number in each ("" and -1 where it is not).

    `time` is since the branch. `causes` are the assumptions behind it, as `parameter x`, `event x`, `without x`.
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
    """A pair of runs: the first difference, None if there is none, and the turning point, None if both ended alike."""

    run: int
    first: Difference | None
    turning: Difference | None


class Diverge:
    """Compares the logs of a run under two scenarios of one model. It may be sent to other processes."""

    def __init__(self) -> None:
        self._known: dict[int, Dependencies] = {}

    def __reduce__(self) -> "tuple[type[Diverge], tuple[()]]":
        return Diverge, ()

    def __call__(self, one: Side, other: Side, run: int) -> Divergence:
        if not (is_whole(one[2]) and is_whole(other[2])):
            return Divergence(run, None, None)
        reads = self._dependencies(one[0])
        return Divergence(run, _Walk(one, other, reads).first(), _Turn(one, other, reads).point())

    def _dependencies(self, program: Program) -> Dependencies:
        known = self._known.get(id(program))
        if known is None or known.model is not program.model:
            known = self._known[id(program)] = Dependencies(program.model)
        return known


def _assumed(one: Scenario, other: Scenario) -> Counter[tuple[float, str, tuple[float, ...]]]:
    """Return the scheduled events that `one` has and `other` has not."""
    here, there = (
        Counter((item.time, item.event, item.marks) for item in scenario.timetable) for scenario in (one, other)
    )
    return here - there


class _Walk:
    """Two runs followed side by side up to the first event that one has and the other has not."""

    def __init__(self, one: Side, other: Side, known: Dependencies) -> None:
        self.sides = (one, other)
        self.reads = known
        self.logs = tuple(tuple(event for event in side[2] if event.kind in CHANGING) for side in self.sides)
        parameters = tuple(parameters_of(side[0], side[2]) for side in self.sides)
        names = one[0].model.parameters
        self.changed = {
            name for name, here, there in zip(names, *parameters, strict=True) if here != there
        }  # fmt: skip
        self.frames = tuple(initial(side[0], values) for side, values in zip(self.sides, parameters, strict=True))
        self.assumed = (_assumed(one[1], other[1]), _assumed(other[1], one[1]))
        self.touched = {
            name: self._behind(frozenset(), reads(variable.initial.tree, "parameter"))
            for name, variable in one[0].model.variables.items()
            if self._differs(name)
        }
        self.heard: set[str] = set()  # event types that the assumptions alone made happen so far
        for event in one[1].past:
            if event.kind in CHANGING:
                self._both(event)

    def first(self) -> Difference | None:
        at = [0, 0]
        while True:
            events = [log[place] if place < len(log) else None for log, place in zip(self.logs, at, strict=True)]
            a, b = events
            if a is None and b is None:
                return None
            if a is not None and b is not None and _same(a, b):
                self._both(a)
                at = [at[0] + 1, at[1] + 1]
                continue
            here = [(*_order(side[0], event), number, event)
                    for number, (side, event) in enumerate(zip(self.sides, events, strict=True)) if event]  # fmt: skip
            earliest = min(event.time for *_, event in here)
            for *_, number, event in here:
                key = (event.time, event.type, event.marks)
                if event.time == earliest and event.kind == "scheduled" and self.assumed[number][key] > 0:
                    self.assumed[number][key] -= 1
                    self._alone(number, event)
                    at[number] += 1
                    break
            else:
                *_, number, mine = min(here)
                return self._difference(number, mine, at)

    def _both(self, event: Event) -> None:
        """Let an event that both share happen, and see where it carries a difference to."""
        for (program, _, _), frame in zip(self.sides, self.frames, strict=True):
            evolve(program, frame, event.type, event.marks, event.time)
        for name, effect in self.reads.effects[event.type].items():
            if self._differs(name):
                self.touched[name] = self._behind(effect.state, effect.parameters) | self.touched.get(name, frozenset())

    def _differs(self, name: str) -> bool:
        slot = self.sides[0][0].slots["state", name]
        return bool(self.frames[0][slot] != self.frames[1][slot])

    def _alone(self, side: int, event: Event) -> None:
        program, _, _ = self.sides[side]
        evolve(program, self.frames[side], event.type, event.marks, event.time)
        self.heard.add(event.type)
        for name in self.reads.effects[event.type]:
            if self._differs(name):
                self.touched[name] = self.touched.get(name, frozenset()) | {f"event {event.type}"}

    def _behind(self, state: frozenset[str], parameters: frozenset[str]) -> frozenset[str]:
        found = {f"parameter {name}" for name in parameters & self.changed}
        return frozenset(found).union(*(self.touched[name] for name in state if name in self.touched))

    def _difference(self, side: int, mine: Event, at: list[int]) -> Difference:
        theirs = _counterpart(mine, self.logs[1 - side][at[1 - side] :])
        causes: set[str] = set()
        for event in (mine, theirs):
            if event is not None and event.rule:
                causes |= self._causes(event.rule)
        if not causes:
            causes = {f"event {name}" for name in self.heard} | {f"parameter {name}" for name in self.changed}
        return _difference(side, mine, theirs, self.sides[0][1].start, tuple(sorted(causes)))

    def _causes(self, name: str) -> set[str]:
        reading = self.reads.deciding[name]
        found = set(self._behind(reading.state, reading.parameters))
        rule = self.reads.model.rules[name]
        found |= {f"event {heard}" for heard in rule.on if heard in self.heard}
        barred = [name in side[1].disabled for side in self.sides]
        return found | ({f"without {name}"} if barred[0] != barred[1] else set())


class _Turn:
    """Two whole runs: what each one's end rests on, and the earliest of it that the other has not."""

    def __init__(self, one: Side, other: Side, reads: Dependencies) -> None:
        self.sides = (one, other)
        self.reads = reads
        self.start = one[1].start

    def point(self) -> Difference | None:
        """Return the turning point; None if both runs ended alike, or in nothing that an event brought about."""
        ends = [side[2][-1].note for side in self.sides]
        if ends[0] == ends[1]:
            return None
        found = [self._candidate(side) for side in (0, 1)]
        there = [(*_order(self.sides[side][0], event), side, event) for side, event in enumerate(found) if event]
        if not there:
            return None
        *_, side, mine = min(there)
        theirs = _counterpart(mine, self.sides[1 - side][2])
        if theirs is not None and theirs.type == mine.type:
            theirs = None  # the same rule's later firing of the same kind is no other choice
        log = self.sides[side][2]
        chain = ancestors(mine.sequence, self.reads.enablers(log))
        assumed = _assumed(self.sides[side][1], self.sides[1 - side][1])
        causes = {
            f"event {log[place].type}"
            for place in chain
            if log[place].kind == "scheduled" and assumed[log[place].time, log[place].type, log[place].marks]
        }
        causes |= self._read_by({log[place].rule for place in chain} - {""})
        return _difference(side, mine, theirs, self.start, tuple(sorted(causes)))

    def _read_by(self, rules: set[str]) -> set[str]:
        """Return the assumptions that rules read or lack: parameters that differ, and rules that never fire in one."""
        known = [parameters_of(side[0], side[2]) for side in self.sides]
        changed = {name for name, here, there in zip(self.reads.model.parameters, *known, strict=True) if here != there}
        found = {f"parameter {name}" for rule in rules for name in self.reads.deciding[rule].parameters & changed}
        barred = set(self.sides[0][1].disabled) ^ set(self.sides[1][1].disabled)
        return found | {f"without {name}" for name in rules & barred}

    def _candidate(self, side: int) -> Event | None:
        log, their = self.sides[side][2], self.sides[1 - side][2]
        changing = [event.sequence for event in log if event.kind in CHANGING]
        if not changing or log[-1].note == HORIZON:
            return None
        counts = Counter(event.type for event in their if event.kind in CHANGING)
        ordinal: Counter[str] = Counter()
        alone: list[Event] = []
        chain = ancestors(changing[-1], self.reads.enablers(log))
        assumed = _assumed(self.sides[side][1], self.sides[1 - side][1])
        for place in changing:
            event = log[place]
            if event.kind == "scheduled" and assumed[event.time, event.type, event.marks]:
                continue
            ordinal[event.type] += 1
            if place in chain and ordinal[event.type] > counts[event.type]:
                alone.append(event)
        return alone[0] if alone else None


def _order(program: Program, event: Event) -> tuple[float, int, int, str, tuple[float, ...]]:
    """Return what orders events of two logs, whichever is the first: as the engines do, then by what they are."""
    rank = program.rules[program.numbers[event.rule]].rank if event.rule else -1
    return event.time, rank, event.occurrence, event.type, event.marks


def _same(a: Event, b: Event) -> bool:
    return (a.time, a.kind, a.type, a.rule, a.occurrence, a.marks) == (
        b.time, b.kind, b.type, b.rule, b.occurrence, b.marks,
    )  # fmt: skip


def _counterpart(event: Event, log: Log) -> Event | None:
    """Return the firing of the same rule's same occurrence in another log."""
    if not event.rule:
        return None
    return next((other for other in log if other.rule == event.rule and other.occurrence == event.occurrence), None)


def _difference(side: int, mine: Event, theirs: Event | None, start: float, causes: tuple[str, ...]) -> Difference:
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
    return Difference(mine.time - start, how, mine.rule, types[0], types[1], numbers[0], numbers[1], causes)
