"""The kernel as an engine: one scenario's data laid into the arrays, runs made by the hundred, logs taken out again.

What a run is, the model's text says; that it is the reference engine's run, bit for bit, the tests do.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from sim.distributions.priors import DRAWN
from sim.distributions.run_tables import SIZE
from sim.engines.kernel.code import Code
from sim.engines.kernel.generator.layout import Layout, is_real
from sim.engines.kernel.laid_priors import prepared
from sim.engines.kernel.past import past_is_fixed
from sim.engines.kernel.runtime import memory_map
from sim.engines.kernel.turns import LaidOut, dependent_steps, holding, lay_out
from sim.engines.protocol import Name
from sim.engines.undone_run import Counterfactual
from sim.model.event import ASSUMPTIONS_CHANGED, Event, Log
from sim.model.event_table import Category, EventTable
from sim.model.model import Scheduled
from sim.model.program import Program
from sim.model.random_streams import RandomStreams
from sim.model.replay import CHANGING
from sim.model.run import MOST_EVENTS
from sim.model.scenario import Change, Scenario, turns_of
from sim.numerics.streams import signed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROWS = 1 << 15  # for how many rows there is room at first
MASK = (1 << 32) - 1
LOW = 0 if sys.byteorder == "little" else 1  # which half of a word is the lower one
FINISHED, FULL = range(2)  # else a run has failed
_TURNS = {"started": memory_map.A_START, "changed": memory_map.A_CHANGE}  # what stands in the past and is not an event
_PRIORS = {name: number for number, name in enumerate(DRAWN)}


class KernelEngine:
    """Runs one scenario on compiled code. Make it once, then ask for any runs, in any order.

    `thorough` code takes longer to make and runs faster: see `Code`. `most_events` is as the reference engine has it.
    """

    name: ClassVar[Name] = "kernel"

    def __init__(
        self, program: Program, scenario: Scenario, seed: int, *, central: bool = False, runs_per_draw: int = 1,
        code: Code | None = None, thorough: bool = False, most_events: int = MOST_EVENTS,
    ) -> None:  # fmt: skip
        self.program = program
        self.scenario = scenario
        fixed = central or past_is_fixed(scenario)
        self.code = code or Code(program, thorough=thorough, folding=scenario if thorough and not fixed else None)
        self.layout: Layout = self.code.layout
        lineage = scenario.lineage
        self.streams = RandomStreams(program, seed, lineage.salt if lineage else "", runs_per_draw=runs_per_draw)
        self.past_streams = RandomStreams(program, lineage.seed) if lineage else self.streams
        self.categories = list(self.layout.categories)
        self._failed: dict[Category, int] = {}
        self._spare: list[npt.NDArray[Any]] = []
        self._spare_runs = 0
        self.turns = turns_of(program, scenario)
        self.branch_turn = len(self.turns.past) + 1
        self._lay_out(central=central, runs_per_draw=runs_per_draw)
        self.ints[memory_map.MOST] = most_events
        self._categories = len(self.categories)
        if scenario.past and fixed:
            self._keep_past(memory_map.FOLDED_ONCE)
        elif self.code.folds_again:
            self._keep_past(memory_map.FOLDED_AGAIN)

    def run(self, number: int) -> Log:
        """Return the log of run `number`. A run that cannot go on ends with a `failed` event; nothing is raised."""
        (log,) = self.make(range(number, number + 1)).logs()
        return log

    def make(self, runs: range, *, enough: int = sys.maxsize) -> EventTable:
        """Make runs, one at least, up to the one with which they have `enough` events, marks and measures."""
        data = _Work(self, runs, spare=self._unused(len(runs)))
        data.n[memory_map.ENOUGH] = enough
        return self._made(data)

    def counterfactuals(self, wanted: Sequence[Counterfactual]) -> EventTable:
        """Make runs, one at least, with what is undone in each; run i of the table is the i-th. None is measured."""
        ints, reals = self._laid(wanted)
        data = _Work(self, range(len(wanted)), ints, reals, spare=self._unused(len(wanted)))
        data.n[memory_map.ENOUGH] = sys.maxsize
        return replace(self._made(data), measures=None)

    def _made(self, data: "_Work") -> EventTable:
        # Each failed run may have a message of its own, which no later table needs.
        del self.categories[self._categories :]
        self._failed.clear()
        while True:
            status = self.code.simulate(data.f, data.n)
            if status == FINISHED:
                self._spare, self._spare_runs = [data.n, data.f, np.empty(0)], len(data.runs)
                return data.table()
            if status == FULL:
                data.grow()
            else:
                data.fail()

    def arrays(self) -> tuple[Floats, Ints]:
        """Return arrays of their own with what the scenario brings, and room for the rows of one run."""
        data = _Work(self, range(1))
        return data.f, data.n

    def _laid(self, wanted: Sequence[Counterfactual]) -> tuple[list[int], list[float]]:
        """Return the blocks of runs that are wanted one by one, and the times and marks that come instead."""
        layout, numbers = self.layout, self.program.numbers
        ints: list[int] = []
        reals: list[float] = []
        for one in wanted:
            undone = one.undone
            if undone is None:
                ints += (one.run, -1, 0, -1, 0, 0)
            elif undone.instead is None:
                ints += (one.run, numbers[undone.rule], undone.occurrence, -1, 0, 0)
            else:
                instead = undone.instead
                code, at = layout.codes["fired", undone.rule, instead.type], len(self.reals) + len(reals)
                ints += (one.run, numbers[undone.rule], undone.occurrence, layout.events[instead.type], code, at)
                reals += (instead.time, *instead.marks)
        return ints, reals

    def _unused(self, runs: int) -> list[npt.NDArray[Any]]:
        """Return the arrays of the last call if nothing that it made is in use any more: fresh memory takes time.

        Arrays of a call for many more runs are let go.
        """
        spare, self._spare = self._spare, []
        if not spare or self._spare_runs > 4 * runs:
            return []
        # As `ndarray.resize` looks at it: a view of a part of an array refers to the whole. How many references
        # asking makes depends on Python's version: the third array, which nobody else has, shows it.
        *arrays, nobodys = (sys.getrefcount(array) for array in spare)
        return spare[:2] if all(references == nobodys for references in arrays) else []

    def _lay_out(self, *, central: bool, runs_per_draw: int) -> None:
        """Write down what the scenario brings, as it stands before every run."""
        layout, model, scenario = self.layout, self.program.model, self.scenario
        reals, ints = [0.0] * layout.reals, layout.cells()

        def at(cell: int, values: Sequence[int]) -> None:
            ints[cell] = len(ints)
            ints.extend(values)

        def reals_at(cell: int, values: Sequence[float]) -> None:
            ints[cell] = len(reals)
            reals.extend(values)

        reals[memory_map.START], reals[memory_map.HORIZON] = scenario.start, scenario.horizon
        reals[memory_map.TICKS] = model.calendar.ticks
        past = [
            event for event in scenario.past if event.kind in CHANGING or event.kind in _TURNS or self._tells(event)
        ]
        entries: list[int] = []
        for event in past:
            if event.kind == "outcome":
                entries += [memory_map.AN_OUTCOME, list(model.outcomes).index(event.type), -1]
                continue
            fired = self.program.numbers.get(event.rule, -1) if event.rule else -1
            number = layout.events[event.type] if event.kind in CHANGING else _TURNS[event.kind]
            entries += [number, len(reals), fired]
            reals += event.marks if event.kind in CHANGING else ()
        ints[memory_map.PAST] = len(past)
        at(memory_map.PAST_AT, entries)
        entries, times = [], []
        # At equal times the scenario's changes come first, and the timetable stays in its order.
        coming: list[Change | Scheduled] = [*scenario.changes, *scenario.timetable]
        for item in sorted(coming, key=attrgetter("time")):
            number = layout.events[item.event] if isinstance(item, Scheduled) else memory_map.A_CHANGE
            entries += [number, len(reals)]
            times.append(item.time)
            reals += item.marks if isinstance(item, Scheduled) else ()
        ints[memory_map.TIMETABLE] = len(times)
        at(memory_map.TIMETABLE_AT, entries)
        reals_at(memory_map.PAST_TIMES_AT, [event.time for event in past])
        reals_at(memory_map.TIMETABLE_TIMES_AT, times)
        at(memory_map.KEYS_AT, [signed(key) for key in self.streams.keys])
        room = -(-len(self.program.rules) // memory_map.AT_ONCE_DRAWN) * memory_map.AT_ONCE_DRAWN
        at(memory_map.DRAWS_AT, [0] * (3 * room))
        ints[memory_map.DRAWS] = room
        reals_at(memory_map.UNIFORMS_AT, [0.0] * room)
        at(memory_map.PAST_KEYS_AT, [signed(key) for key in self.past_streams.keys])
        ints[memory_map.RUNS_PER_DRAW] = runs_per_draw
        lineage = scenario.lineage
        if lineage is not None:
            ints[memory_map.FROM_RUN], ints[memory_map.PAST_RUN] = 1, lineage.run
            ints[memory_map.SAME_STREAMS] = int(lineage.streams == "keep")
        first = 1 + len(self.program.variables)
        brought = holding(self.program, scenario, self.turns)
        changing = {name for values in brought for name in values}
        drawn = []
        for index, parameter in enumerate(model.parameters.values()):
            fixed = parameter.value if scenario.parameters is None else scenario.parameters[index]
            reals[layout.real(first + index)] = float(fixed)
            if not is_real(parameter.type):
                ints[layout.whole(first + index)] = int(fixed)
            own = parameter.prior and not parameter.given
            if own and scenario.parameters is None and not central and parameter.name not in changing:
                drawn.append((first + index, parameter))
        laid = lay_out(self.program, scenario, self.turns, brought, len(reals)) if brought else LaidOut()
        reals += [float(known) for known in laid.values]
        if not central:
            drawn += laid.drawn
        ints[memory_map.TURNS] = max(0, len(brought) - 1)
        ints[memory_map.FIRST_CHANGE] = self.branch_turn + 1
        ints[memory_map.REPLACED] = len(scenario.replaced) if lineage is None else 0
        self.categories[0] = self.categories[0]._replace(marks=len(model.parameters) + ints[memory_map.REPLACED])
        if scenario.changes:
            ints[memory_map.CHANGED_ROW] = len(self.categories)
            self.categories.append(Category("changed", ASSUMPTIONS_CHANGED, marks=len(model.parameters)))
        at(memory_map.TURNS_AT, laid.blocks)
        at(memory_map.VALUES_AT, laid.entries)
        at(memory_map.AFFECTED_AT, laid.affected)
        entries = []
        tables = prepared([(parameter.prior, parameter.arguments) for _, parameter in drawn])
        for (slot, parameter), table in zip(drawn, tables, strict=True):
            entries += [_PRIORS[parameter.prior], len(reals), slot]
            reals += table
        steps = []
        if not central and scenario.parameters is None:
            steps = dependent_steps(self.program, scenario, laid, self.branch_turn)
        keys = [self.streams.parameter_keys[parameter.name] for _, parameter in drawn]
        keys += [self.streams.parameter_keys.get(name, 0) for *_, name in steps]
        ints[memory_map.PRIORS], ints[memory_map.DEPENDENT] = len(drawn), len(steps)
        at(memory_map.PRIORS_AT, entries)
        at(memory_map.PRIOR_KEYS_AT, [signed(key) for key in keys])
        branch_block = ints[memory_map.TURNS_AT] + memory_map.TURN * self.branch_turn
        at(memory_map.DEPENDENT_AT, [
            cell
            for number, copy, _ in steps
            for cell in (number, branch_block if number == memory_map.BRANCH_VALUES else copy)
        ])  # fmt: skip
        reals_at(memory_map.FACTORS_AT, [parameter.factor for _, parameter in drawn])
        reals_at(memory_map.CHANCES_AT, [0.0] * len(keys))
        reals_at(memory_map.ARGUMENTS_AT, [0.0] * SIZE)
        self.reals = np.array(reals, dtype=np.float64)
        self.ints = np.array(ints, dtype=np.int64)

    def _keep_past(self, how: int) -> None:
        """Let the runs of one call fold the past once, and make room for how it ends."""
        layout = self.layout
        self.ints[memory_map.KEEPING] = how
        self.ints[memory_map.KEPT_REALS_AT], self.ints[memory_map.KEPT_WHOLES_AT] = len(self.reals), len(self.ints)
        self.reals = np.append(self.reals, np.zeros(layout.reals - memory_map.FIRST_KEPT_REAL))
        self.ints = np.append(self.ints, np.zeros(layout.ints - memory_map.FIRST_KEPT_WHOLE, dtype=np.int64))

    def _tells(self, event: Event) -> bool:
        """Return whether a row of the past tells what the events do not: that an outcome came with a flag's flip."""
        return event.kind == "outcome" and self.program.moves and not self.program.model.outcomes[event.type].otherwise

    def failed_code(self, category: Category) -> int:
        """Return the code of a failed run's last row."""
        if category not in self._failed:
            self._failed[category] = len(self.categories)
            self.categories.append(category)
        return self._failed[category]


class _Work:
    """The arrays of one call: what the scenario brings, what is wanted of each run, and room for what is made."""

    def __init__(
        self, engine: KernelEngine, runs: range, ints: Sequence[int] = (), reals: Sequence[float] = (), *,
        spare: Sequence[npt.NDArray[Any]] = (),
    ) -> None:  # fmt: skip
        self.engine = engine
        self.runs = runs
        measures = len(runs) * len(engine.program.model.measures)
        starts, measured = len(engine.ints) + len(ints), len(engine.reals) + len(reals)
        self.n_base, self.f_base = starts + len(runs) + 1, measured + measures
        self.room = min(len(spare[0]) - self.n_base, (len(spare[1]) - self.f_base) // 2) if spare else 0
        if self.room < ROWS:
            self.room = ROWS
            spare = np.empty(self.n_base + ROWS, dtype=np.int64), np.empty(self.f_base + 2 * ROWS, dtype=np.float64)
        self.n, self.f = n, f = spare
        n[: len(engine.ints)], n[len(engine.ints) : starts] = engine.ints, ints
        f[: len(engine.reals)], f[len(engine.reals) : measured] = engine.reals, reals
        n[memory_map.WANTED_AT] = len(engine.ints) if ints else 0
        n[memory_map.STARTS_AT], n[memory_map.MEASURES_AT] = starts, measured
        n[memory_map.RUN], n[memory_map.RUNS], n[memory_map.DONE] = runs.start, len(runs), 0
        n[memory_map.ROWS] = n[memory_map.MARKS] = 0
        n[n[memory_map.STARTS_AT]] = 0
        self._say_where()

    def _say_where(self) -> None:
        n = self.n
        n[memory_map.CODES_AT], n[memory_map.TIMES_AT] = self.n_base, self.f_base
        n[memory_map.MARKS_AT] = self.f_base + self.room
        n[memory_map.ROOM], n[memory_map.MARKS_ROOM] = self.room, len(self.f) - n[memory_map.MARKS_AT]

    def grow(self) -> None:
        """Make room for twice as many rows and marks, and keep those that are there."""
        n, f, written = self.n, self.f, self._written()
        self.room *= 2
        self.n = np.empty(self.n_base + self.room, dtype=np.int64)
        space = max(2 * int(n[memory_map.MARKS_ROOM]), self.room)
        self.f = np.empty(self.f_base + self.room + space, dtype=np.float64)
        self.n[: self.n_base], self.f[: self.f_base] = n[: self.n_base], f[: self.f_base]
        self._say_where()
        for there, before in zip(self._written(), written, strict=True):
            there[:] = before

    def _written(self) -> tuple[Ints, Floats, Floats]:
        """Return the rows' codes, their times, and all marks."""
        rows, marks = int(self.n[memory_map.ROWS]), int(self.n[memory_map.MARKS])
        times = self.f[self.f_base :]
        return self.n[self.n_base :][:rows], times[:rows], times[self.room :][:marks]

    def fail(self) -> None:
        """End the run at hand with the error that stopped it."""
        engine = self.engine
        marks = self.n[memory_map.MARKS] + len(engine.program.model.parameters)
        while self.n[memory_map.ROWS] + 2 > self.room or marks > self.n[memory_map.MARKS_ROOM]:
            self.grow()
        n, f = self.n, self.f
        if (
            n[memory_map.RECORDING]
            and n[memory_map.SITE] // memory_map.SITES == memory_map.AT_EFFECT // memory_map.SITES
        ):
            n[memory_map.ROWS] -= 1  # the row of an event is written before its effects
        first, last = int(n[memory_map.FIRST_ROW]), int(n[memory_map.ROWS])
        log = [engine.categories[code] for code in (n[self.n_base + first : self.n_base + last] & MASK).tolist()]
        from sim.engines.kernel.failures import failure  # and with it how effects are written, for few runs fail

        error = failure(engine.layout, engine.streams, engine.scenario, f, n, log)
        if first == last:
            self._open(first)
            last += 1
        n[self.n_base + last] = engine.failed_code(Category("failed", error.code, error.rule, "", error.message))
        f[self.f_base + last] = max(error.time, float(f[self.f_base + last - 1]))
        n[memory_map.ROWS] = last + 1
        measures = len(engine.program.model.measures)
        at = int(n[memory_map.MEASURES_AT]) + int(n[memory_map.DONE]) * measures
        f[at : at + measures] = np.nan
        n[memory_map.DONE] += 1
        n[n[memory_map.STARTS_AT] + n[memory_map.DONE]] = n[memory_map.ROWS]

    def _open(self, index: int) -> None:
        """Write the first row of a run that failed before it had begun."""
        n, f = self.n, self.f
        n[self.n_base + index], f[self.f_base + index] = 0, self.engine.scenario.start
        at = int(n[memory_map.MARKS_AT] + n[memory_map.MARKS])
        values = self._undrawn() if n[memory_map.SITE] == memory_map.AT_PARAMETERS else self._parameters()
        f[at : at + len(values)] = values
        n[memory_map.MARKS] += len(values)

    def _undrawn(self) -> list[float]:
        """Return the same of a run whose parameters could not all be drawn, as the reference engine has them."""
        engine, run = self.engine, int(self.n[memory_map.AT_HAND])
        values = engine.streams.parameters(engine.scenario, run, central=False)
        return [float(value) for value in (*values, *engine.streams.replaced(engine.scenario, run, central=False))]

    def _parameters(self) -> list[float]:
        """Return the run's parameters, and after them what those had been that the scenario replaces."""
        engine, n, f = self.engine, self.n, self.f
        found = dict(zip(engine.program.model.parameters, engine.layout.parameters(f, n), strict=True))
        names = {engine.program.slots["parameter", name]: name for name in found}
        last = int(n[memory_map.TURNS_AT]) + memory_map.TURN * engine.branch_turn
        if n[memory_map.TURNS]:
            for index in range(n[last + memory_map.VALUES], n[last + memory_map.VALUES_END]):
                one = int(n[memory_map.VALUES_AT]) + 3 * index
                found[names[int(n[one])]] = float(f[n[one + 1]])
        cells = [int(n[memory_map.VALUES_AT]) + 3 * index + 1 for index in range(n[memory_map.REPLACED])]
        return [*found.values(), *(float(f[n[cell]]) for cell in cells)]

    def table(self) -> EventTable:
        engine = self.engine
        codes, times, marks = self._written()
        halves = codes.view(np.int32)  # a row's code, and its occurrence above it: no copy is made
        done, count = int(self.n[memory_map.DONE]), len(engine.program.model.measures)
        starts = self.n[self.n[memory_map.STARTS_AT] :][: done + 1]
        return EventTable(
            first=self.runs.start,
            starts=starts,
            codes=halves[LOW::2],
            categories=tuple(engine.categories),
            times=times,
            occurrences=halves[1 - LOW :: 2],
            marks=marks,
            measures=self.f[self.n[memory_map.MEASURES_AT] :][: done * count].reshape(done, count),
        )
