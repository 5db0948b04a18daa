"""The ways of many pairs of runs under two scenarios, found by compiled code: those that `ways` finds for each pair.

Owns the arrays of a call. Pairs for which there is no room, and runs that fail, have no ways here: they are for
`pair_causes`, as are scenarios that are not `is_within`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from sim.engines.kernel.code import structure
from sim.engines.kernel.engine import KernelEngine
from sim.engines.kernel.runtime import trace_map
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.compiled import walk_map
from sim.explain.pairs.compiled.code import WalkCode
from sim.explain.pairs.compiled.questions import NONE, Questions, Tables, is_within
from sim.explain.pairs.difference_nodes import Assumed, Cause, Difference, Differs, Ended, How, Occurred
from sim.explain.pairs.ways_back import EITHER, Way
from sim.model.event_table import Category
from sim.model.model import Model
from sim.model.program import compile_model
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario

PAIRS = 64  # that are followed before they are walked over
ROOM = 1 << 20  # cells of each array at first, beside the tables
WAYS_ROOM = 1 << 18

_HOWS: tuple[How, ...] = get_args(How)
_WHYS: tuple[Any, ...] = ("either", "first", "later")
_KINDS = {
    "documented": trace_map.DOCUMENTED, "fired": trace_map.FIRED_KIND, "scheduled": trace_map.SCHEDULED_KIND,
    "started": trace_map.STARTED_KIND,
}  # fmt: skip


def can_walk(one: Scenario, other: Scenario, assumptions: Assumptions) -> bool:
    """Return whether compiled code can find the ways of pairs of runs under two scenarios."""
    namesakes = assumptions.namesakes
    return (
        all(is_within(compile_model(each.model), each) for each in (one, other))
        and not (namesakes.rules or namesakes.events)
        and structure(one.model) == structure(other.model)
    )


class CompiledWays:
    """Finds the ways of pairs of runs under two scenarios, for which `can_walk` must hold."""

    def __init__(
        self, assumptions: Assumptions, seed: int, *, central: bool = False, runs_per_draw: int = 1
    ) -> None:  # fmt: skip
        scenarios = (assumptions.one, assumptions.other)
        self.assumptions = assumptions
        self.engines = tuple(
            KernelEngine(compile_model(each.model), each, seed, central=central, runs_per_draw=runs_per_draw)
            for each in scenarios
        )
        self.program = self.engines[0].program
        self.tables = Tables(Questions(self.engines[0].layout), assumptions, seed)
        self.code = WalkCode(self.tables.questions)
        self.names = {slot: name for (scope, name), slot in self.program.slots.items() if scope == "state"}
        self.frame = self.engines[0].arrays()  # where parts are evaluated: a run's own arrays must stay as they are
        self._sides = [_Side(engine, self.tables) for engine in self.engines]
        self.tables.reals[self.tables.ints[walk_map.BRANCH_TIME_AT]] = assumptions.one.start

    def of(self, runs: Sequence[int], start: Ended | Occurred = EITHER) -> Iterator[tuple[Way, ...] | None]:
        """Yield the ways of the pair of each run, from a difference back; None where none could be found here."""
        for first in range(0, len(runs), PAIRS):
            yield from self._found(runs[first : first + PAIRS], start)

    def _found(self, runs: Sequence[int], start: Ended | Occurred) -> Iterator[tuple[Way, ...] | None]:
        work = _Walking(self, runs)
        for side in self._sides:
            work.follow(side)
        return work.ways(_name(start))


class _Side:
    """What one scenario brings to the tables."""

    def __init__(self, engine: KernelEngine, tables: Tables) -> None:
        self.engine = engine
        scenario, program = engine.scenario, engine.program
        events, numbers = engine.layout.events, program.numbers
        past: list[int] = []
        for event in scenario.past:
            rule = numbers.get(event.rule, NONE) if event.rule else NONE
            marks = len(tables.reals)
            tables.reals += event.marks
            past += [_KINDS[event.kind], events[event.type], rule, event.occurrence, marks, len(event.marks), NONE]
        self.past_at = tables.put(past)
        self.times_at = len(tables.reals)
        tables.reals += [event.time for event in scenario.past]
        self.categories_at = tables.put(
            cell for one in engine.categories for cell in _category(one, program.model, events, numbers)
        )
        assumptions = tables.assumptions
        items = sorted(scenario.timetable, key=lambda item: item.time)
        self.scheduled_at = tables.put(
            tables.numbers[f"event {item.event}"] if assumptions.is_assumed(item.time, item.event, item.marks) else NONE
            for item in items
        )
        self.f, self.n = engine.arrays()


def _category(one: Category, model: Model, events: dict[str, int], numbers: Any) -> list[int]:
    """Return what a row's code means, as the tracing kernel reads it."""
    kind = _KINDS.get(one.kind, trace_map.OTHER_KIND)
    number, ending = NONE, trace_map.NO_ENDING
    if one.kind in CHANGING:
        number = events[one.type]
    elif one.kind == "outcome":
        number, outcome = list(model.outcomes).index(one.type), model.outcomes[one.type]
        if outcome.ending:
            ending = trace_map.OTHERWISE if outcome.otherwise else trace_map.COMES_TRUE
    return [kind, number, numbers.get(one.rule, NONE) if one.rule else NONE, one.marks, ending]


class _Walking:
    """The arrays of one call."""

    def __init__(self, owner: CompiledWays, runs: Sequence[int]) -> None:
        self.owner = owner
        self.runs = runs
        tables = owner.tables
        ints = list(tables.ints)
        self.numbers_at = len(ints)
        ints += runs
        self.blocks_at = [len(ints), len(ints) + trace_map.RUN_BLOCK * len(runs)]
        ints += [0] * (2 * trace_map.RUN_BLOCK * len(runs))
        self.noted_at = len(ints)
        self.head = len(ints) + (1 << 16)
        self.m = np.zeros(self.head + ROOM, dtype=np.int64)
        self.m[: len(ints)] = ints
        self.g = np.zeros(len(tables.reals) + 4 * ROOM)
        self.g[: len(tables.reals)] = tables.reals
        m = self.m
        m[trace_map.INTS_END], m[trace_map.REALS_END] = self.head, len(tables.reals)
        m[trace_map.NOTED_AT], m[trace_map.NOTED_ROOM] = self.noted_at, 1 << 16
        m[trace_map.NUMBERS_AT], m[trace_map.TO_TRACE] = self.numbers_at, len(runs)
        self._followed = 0

    def follow(self, side: _Side) -> None:
        """Follow the runs under one scenario."""
        self.m[trace_map.TRACED] = 0
        self.m[trace_map.BLOCKS_AT] = self.blocks_at[self._followed]
        self.m[trace_map.PAST_EVENTS_AT], self.m[trace_map.PAST_REALS_AT] = side.past_at, side.times_at
        self.m[trace_map.CATEGORIES_AT] = side.categories_at
        while True:
            self.m[trace_map.INTS_ROOM], self.m[trace_map.REALS_ROOM] = len(self.m), len(self.g)
            if self.owner.code.trace(side.f, side.n, self.g, self.m) == 0:
                break
            self.m, self.g = _doubled(self.m), _doubled(self.g)
        at = self.m[walk_map.SIDES_AT] + walk_map.SIDE * self._followed
        self.m[at + walk_map.SCHEDULED_AT] = side.scheduled_at
        self._followed += 1

    def ways(self, start: int) -> Iterator[tuple[Way, ...] | None]:
        """Walk over all pairs; yield the ways of each."""
        blocks = [[first + trace_map.RUN_BLOCK * index for index in range(len(self.runs))] for first in self.blocks_at]
        traced = [all(self.m[each + trace_map.IS_TRACED] for each in pair) for pair in zip(*blocks, strict=True)]
        pairs = [pair for pair, whole in zip(zip(*blocks, strict=True), traced, strict=True) if whole]
        places = [int(self.m[each + trace_map.EVENTS]) for pair in pairs for each in pair]
        most = max(places, default=0)
        at = int(self.m[trace_map.INTS_END])
        needed = at + 3 * len(pairs) + 4 * most + WAYS_ROOM
        self.m = np.concatenate([self.m, np.zeros(max(0, needed - len(self.m)), dtype=np.int64)])
        reals = int(self.m[trace_map.REALS_END])
        self.g = np.concatenate([self.g, np.zeros(max(0, reals + WAYS_ROOM - len(self.g)))])
        m = self.m
        for side in (0, 1):
            own = m[walk_map.SIDES_AT] + walk_map.SIDE * side
            m[own + walk_map.PARTNERS_AT], m[own + walk_map.BEFORES_AT] = at, at + most
            at += 2 * most
        m[walk_map.PAIRS], m[walk_map.PAIRS_AT], m[walk_map.START] = len(pairs), at, start
        for index, pair in enumerate(pairs):
            m[at + 3 * index : at + 3 * index + 2] = pair
        m[walk_map.WAYS_END], m[walk_map.WAYS_REALS_END] = at + 3 * len(pairs), reals
        m[walk_map.WAYS_ROOM], m[walk_map.WAYS_REALS_ROOM] = len(m), len(self.g)
        self.owner.code.walk(*self.owner.frame, self.g, m)
        found = self._read(at, len(pairs), reals)
        return iter([next(found) if whole else None for whole in traced])

    def _read(self, pairs: int, count: int, reals: int) -> Iterator[tuple[Way, ...] | None]:
        """Read the ways of each pair."""
        ints = self.m[pairs : self.m[walk_map.WAYS_END]].tolist()
        numbers = self.g[reals : self.m[walk_map.WAYS_REALS_END]].tolist()
        real = 0
        for pair in range(count):
            at = ints[3 * pair + 2]
            if at == NONE:
                yield None
                continue
            at -= pairs
            ways = []
            number, at = ints[at], at + 1
            for _ in range(number):
                steps, cost = ints[at], numbers[real]
                causes = [
                    Cause(self._node(ints[at + 1 + 2 * step]), _HOWS[ints[at + 2 + 2 * step]], numbers[real + 1 + step])
                    for step in range(steps)
                ]
                ways.append(Way(tuple(reversed(causes)), cost))
                at, real = at + 1 + 2 * steps, real + 1 + steps
            yield tuple(ways)

    def _node(self, name: int) -> Difference:
        what, kind = divmod(name, 4)
        if kind == walk_map.ENDED:
            return Ended(_WHYS[what])
        if kind == walk_map.OCCURRED:
            return Occurred(what % 2, what // 2)
        if kind == walk_map.ASSUMED:
            return Assumed(self.owner.assumptions.names[what])
        slot, writers = divmod(what, walk_map.MOST_PLACES**2)
        one, other = divmod(writers, walk_map.MOST_PLACES)
        return Differs("state", str(self.owner.names[slot]), one - 1, other - 1)


def _name(start: Ended | Occurred) -> int:
    """Return how the walk names a node."""
    if isinstance(start, Ended):
        return walk_map.ENDED + 4 * _WHYS.index(start.why)
    return walk_map.OCCURRED + 4 * (2 * start.place + start.side)


def _doubled(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate([array, np.zeros_like(array)])
