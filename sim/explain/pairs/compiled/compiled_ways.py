"""The ways of many pairs of runs under two scenarios, found by compiled code: those that `ways` finds for each pair.

Owns the arrays of a call. Pairs for which there is no room, and runs that fail, have no ways here: they are for
`pair_causes`, as are scenarios that are not `is_within`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from sim.engines.kernel.code import Code, structure
from sim.engines.kernel.engine import KernelEngine
from sim.engines.kernel.runtime import trace_map
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.compiled import walk_map
from sim.explain.pairs.compiled.pair_tables import PairTables, SideTables
from sim.explain.pairs.compiled.part_questions import NONE, is_within, model_tables
from sim.explain.pairs.compiled.walk_code import WalkCode
from sim.explain.pairs.difference_nodes import Assumed, Cause, Difference, Differs, Ended, How, Occurred
from sim.explain.pairs.ways_back import EITHER, Way
from sim.model.program import Program, compile_model
from sim.model.scenario import Scenario

PAIRS = 32  # that are followed before they are walked over, so that their frames stay in the processor's cache
ROOM = 1 << 20  # cells of each array at first, beside the tables
MOST_ROOM = 1 << 24  # cells with which no array grows any more
MOST_NOTED = 1 << 16  # frames of one run
WAYS_ROOM = 1 << 18

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_HOWS: tuple[How, ...] = get_args(How)
_WHYS: tuple[Any, ...] = ("either", "first", "later")


def can_walk(one: Scenario, other: Scenario, assumptions: Assumptions) -> bool:
    """Return whether compiled code can find the ways of pairs of runs under two scenarios."""
    namesakes = assumptions.namesakes
    return (
        all(is_within(compile_model(each.model), each) for each in (one, other))
        and not (namesakes.rules or namesakes.events)
        and structure(one.model) == structure(other.model)
    )


class CompiledWays:
    """Finds the ways of pairs of runs under two scenarios, for which `can_walk` must hold.

    `room` is for how many numbers there is room at first, and `most_room` how many let arrays grow no more.
    """

    def __init__(
        self, assumptions: Assumptions, seed: int, *, central: bool = False, runs_per_draw: int = 1, room: int = ROOM,
        most_room: int = MOST_ROOM,
    ) -> None:  # fmt: skip
        code = Code(compile_model(assumptions.one.model))  # of both: they have one structure
        one, other = (
            KernelEngine(compile_model(each.model), each, seed, central=central, runs_per_draw=runs_per_draw, code=code)
            for each in (assumptions.one, assumptions.other)
        )
        known = model_tables(one.layout)
        tables = PairTables(known, assumptions, one)
        self._code = WalkCode(known.questions, code)
        self._frame = one.arrays()  # where parts are evaluated: the arrays of runs must stay as they are
        self._sides = (SideTables(one, tables), SideTables(other, tables))
        self._arrays = _Arrays(tables, room)
        self._most_room = most_room
        self._names = _Names(one.program, assumptions)

    def of(self, runs: Sequence[int], start: Ended | Occurred = EITHER) -> Iterator[tuple[Way, ...] | None]:
        """Yield the ways of the pair of each run, from a difference back; None where none could be found here."""
        for found in self.found(runs, start):
            yield from map(found.ways, range(len(found.runs)))

    def found(self, runs: Sequence[int], start: Ended | Occurred = EITHER) -> "Iterator[FoundWays]":
        """Yield the same of a few pairs after the other, without an object for each: as many as there is room for."""
        arrays, first, count = self._arrays, 0, PAIRS
        while first < len(runs):
            some = runs[first : first + count]
            if not self._trace(some):
                if len(some) > 1:
                    count = len(some) // 2
                    continue
                arrays.give_up()
            pairs = arrays.begin_walk(_name(start))
            self._code.walk(*self._frame, arrays.g, arrays.m)
            yield FoundWays(some, self._names, arrays.times(), *arrays.ways(pairs))
            first += len(some)

    def _trace(self, runs: Sequence[int]) -> bool:
        """Trace the pairs of some runs; return whether there was room for them."""
        arrays = self._arrays
        arrays.begin(runs)
        for number, side in enumerate(self._sides):
            arrays.begin_side(number, side)
            while self._code.trace(side.f, side.n, arrays.g, arrays.m) != 0:
                if len(runs) > 1 or len(arrays.g) > self._most_room:
                    return False
                arrays.grow()
        return True


class _Arrays:
    """The arrays that calls work in, one call after the other: the tables, then what is traced, then the ways."""

    def __init__(self, tables: PairTables, room: int) -> None:
        ints, reals = len(tables.ints), len(tables.reals)
        self._width, self._most_written = tables.width, tables.most_written
        places: list[tuple[int, int]] = []
        for cell, size in tables.room[0].items():
            places.append((cell, ints))
            ints += size
        for cell, size in tables.room[1].items():
            places.append((cell, reals))
            reals += size
        self._numbers_at, self._reals_end = ints, reals
        blocks = ints + PAIRS
        self._blocks_at = (blocks, blocks + trace_map.RUN_BLOCK * PAIRS)
        noted = blocks + 2 * trace_map.RUN_BLOCK * PAIRS
        self._ints_end = noted + MOST_NOTED
        self.m = np.zeros(self._ints_end + room, dtype=np.int64)
        self.m[: len(tables.ints)] = tables.ints
        self.g = np.zeros(self._reals_end + 4 * room)
        self.g[: len(tables.reals)] = tables.reals
        for cell, place in places:
            self.m[cell] = place
        self.m[trace_map.NOTED_AT], self.m[trace_map.NOTED_ROOM] = noted, MOST_NOTED
        self.m[trace_map.NUMBERS_AT] = self._numbers_at
        self._runs = 0

    def begin(self, runs: Sequence[int]) -> None:
        """Begin with the pairs of some runs."""
        self._runs = len(runs)
        self.m[trace_map.INTS_END], self.m[trace_map.REALS_END] = self._ints_end, self._reals_end
        self.m[trace_map.TO_TRACE] = len(runs)
        self.m[self._numbers_at :][: len(runs)] = runs

    def begin_side(self, number: int, side: SideTables) -> None:
        """Be ready for the runs of one side to be traced."""
        m = self.m
        m[trace_map.TRACED], m[trace_map.BLOCKS_AT] = 0, self._blocks_at[number]
        m[trace_map.PAST_EVENTS_AT], m[trace_map.PAST_REALS_AT] = side.past_at, side.times_at
        m[trace_map.CATEGORIES_AT] = side.categories_at
        m[trace_map.INTS_ROOM], m[trace_map.REALS_ROOM] = len(m), len(self.g)
        m[m[walk_map.SIDES_AT] + walk_map.SIDE * number + walk_map.SCHEDULED_AT] = side.scheduled_at

    def grow(self) -> None:
        """Make room for twice as much."""
        self.m, self.g = (np.concatenate([array, np.zeros_like(array)]) for array in (self.m, self.g))
        self.m[trace_map.INTS_ROOM], self.m[trace_map.REALS_ROOM] = len(self.m), len(self.g)

    def give_up(self) -> None:
        """Let there be nothing to walk over: no run was traced."""
        for first in self._blocks_at:
            self.m[first : first + trace_map.RUN_BLOCK * self._runs] = 0

    def begin_walk(self, start: int) -> int:
        """Be ready to walk over all pairs that could be traced; return where they are in `m`."""
        one, other = ([first + trace_map.RUN_BLOCK * index for index in range(self._runs)] for first in self._blocks_at)
        blocks = np.array([one, other], dtype=np.int64)
        most = int(self.m[blocks + trace_map.EVENTS].max(initial=0))
        sizes = {
            walk_map.PARTNERS_AT: most, walk_map.BEFORES_AT: most, walk_map.WRITES_OF_AT: self._width + 1,
            walk_map.WRITES_AT: most * self._most_written,
        }  # fmt: skip
        ints, reals = 2 * sum(sizes.values()) + WAYS_ROOM, WAYS_ROOM
        while (
            self.m[trace_map.INTS_END] + ints > len(self.m) or self.m[trace_map.REALS_END] + reals > len(self.g)
        ):  # fmt: skip
            self.grow()
        m, at = self.m, int(self.m[trace_map.INTS_END])
        for side in (0, 1):
            own = m[walk_map.SIDES_AT] + walk_map.SIDE * side
            for cell, size in sizes.items():
                m[own + cell] = at
                at += size
        m[walk_map.PAIRS], m[walk_map.PAIRS_AT], m[walk_map.START] = self._runs, at, start
        pairs = m[at : at + 3 * self._runs].reshape(self._runs, 3)
        pairs[:, :2] = blocks.T
        m[walk_map.WAYS_END], m[walk_map.WAYS_REALS_END] = at + 3 * self._runs, m[trace_map.REALS_END]
        m[walk_map.WAYS_ROOM], m[walk_map.WAYS_REALS_ROOM] = len(m), len(self.g)
        return at

    def times(self) -> list[tuple[Floats, Floats]]:
        """Return copies of the times of the events of the logs, of each pair that was traced."""
        one, other = (
            [self._times_at(first + trace_map.RUN_BLOCK * index) for index in range(self._runs)]
            for first in self._blocks_at
        )
        return [*zip(one, other, strict=True)]

    def _times_at(self, block: int) -> Floats:
        run = self.m[block : block + trace_map.RUN_BLOCK].tolist()
        at = run[trace_map.TIMES_AT_PLACES]
        return self.g[at + run[trace_map.BRANCH_PLACE] : at + run[trace_map.EVENTS]].copy()

    def ways(self, pairs: int) -> tuple[Ints, Floats]:
        """Return copies of what the walk has written."""
        reals = self.g[self.m[trace_map.REALS_END] : self.m[walk_map.WAYS_REALS_END]]
        found = self.m[pairs : self.m[walk_map.WAYS_END]].copy()
        places = found[: 3 * self._runs].reshape(self._runs, 3)
        places[:, 2] -= np.where(places[:, 2] == NONE, 0, pairs)
        return found, reals.copy()


class FoundWays:
    """The ways of some pairs of runs, as the walk wrote them down. They become objects when they are asked for."""

    def __init__(
        self, runs: Sequence[int], names: "_Names", times: Sequence[tuple[Floats, Floats]], ints: Ints, reals: Floats
    ) -> None:  # fmt: skip
        self.runs = runs
        self.times = times  # of the events of each pair's logs
        self._names = names
        self._ints, self._reals = ints.tolist(), reals.tolist()

    def ways(self, index: int) -> tuple[Way, ...] | None:
        """Return the ways of the pair at an index, the cheapest first; None where none could be found here."""
        ints, reals = self._ints, self._reals
        at, real = ints[3 * index + 2], ints[3 * index + 1]
        if at == NONE:
            return None
        ways = []
        number, at = ints[at], at + 1
        for _ in range(number):
            steps, cost = ints[at], reals[real]
            causes = [
                Cause(self._names.node(ints[at + 1 + 2 * step]), _HOWS[ints[at + 2 + 2 * step]], reals[real + 1 + step])
                for step in reversed(range(steps))
            ]
            ways.append(Way(tuple(causes), cost))
            at, real = at + 1 + 2 * steps, real + 1 + steps
        return tuple(ways)


class _Names:
    """What the names of nodes mean."""

    def __init__(self, program: Program, assumptions: Assumptions) -> None:
        self._variables = {slot: variable.name for slot, variable in program.variables.items()}
        self._assumptions = assumptions.names

    def node(self, name: int) -> Difference:
        """Return the node of a name."""
        what, kind = divmod(name, 4)
        if kind == walk_map.ENDED:
            return Ended(_WHYS[what])
        if kind == walk_map.OCCURRED:
            return Occurred(what % 2, what // 2)
        if kind == walk_map.ASSUMED:
            return Assumed(self._assumptions[what])
        slot, writers = divmod(what, walk_map.MOST_PLACES**2)
        one, other = divmod(writers, walk_map.MOST_PLACES)
        return Differs("state", self._variables[slot], one - 1, other - 1)


def _name(start: Ended | Occurred) -> int:
    """Return how the walk names a node."""
    if isinstance(start, Ended):
        return walk_map.ENDED + 4 * _WHYS.index(start.why)
    return walk_map.OCCURRED + 4 * (2 * start.place + start.side)
