"""What pairs of runs differ in up to a time, for all pairs of two tables at once: see `flow.sources_of`."""

from collections import Counter
from typing import TypeAlias

import numpy as np

from sim.analysis.alignment import Key
from sim.analysis.differences.distinct_lines import distinct_lines
from sim.analysis.differences.divergences import Integers
from sim.analysis.flow import assumptions_of
from sim.model.event_table import EventTable
from sim.model.program import Program
from sim.model.scenario import Scenario
from sim.statistics.arrays import Bools, Floats

Assumed: TypeAlias = tuple[Counter[Key], Counter[Key]]
Causes: TypeAlias = tuple[str, ...]


class Sources:
    """The assumptions that pairs of runs differ in. A parameter is one where its two values differ."""

    def __init__(
        self, program: Program, scenarios: tuple[Scenario, Scenario], tables: tuple[EventTable, EventTable],
        assumed: Assumed,
    ) -> None:  # fmt: skip
        self.program = program
        self.scenarios = scenarios
        self.tables = tables
        self.assumed = assumed

    def behind(self, chosen: Integers, until: Floats) -> tuple[list[Causes | None], Integers]:
        """Return what may be behind differences of the chosen pairs at these times, and each pair's place in that.

        Where there is but one assumption it is the cause; where something moves between events all of them are. None
        stands for several of which the state decides.
        """
        moments = self._moments()
        after = np.searchsorted(moments, until, side="right")
        changed, others = self._changed(chosen), self._other_values(chosen)
        varying = np.flatnonzero(others.any(axis=0))
        columns = [after, changed.astype(np.int64), *others.T[varying].astype(np.int64)]
        first, places = distinct_lines(columns, len(chosen))
        names = [*self.program.model.parameters]
        causes: list[Causes | None] = []
        for place in first.tolist():
            time = float(moments[after[place] - 1]) if after[place] else -np.inf
            known = assumptions_of(self.program.model, self.scenarios, self.assumed, time, changed=bool(changed[place]))
            known |= {f"parameter {names[number]}" for number in varying.tolist() if others[place, number]}
            alone = len(known) < 2 or self.program.anything_moves
            causes.append(tuple(sorted(known)) if alone else None)
        return causes, places

    def _moments(self) -> Floats:
        """The moments at which something assumed begins to count."""
        times = {time for keys in self.assumed for time, _, _ in keys}
        times |= {change.time for scenario in self.scenarios for change in scenario.changes}
        return np.array(sorted(times))

    def _changed(self, chosen: Integers) -> Bools:
        """Say of pairs whether a scenario's change was made in either run."""
        found = np.zeros(len(self.tables[0].runs), np.bool_)
        for table in self.tables:
            made = np.array([one.kind == "changed" for one in table.categories], np.bool_)
            rows = np.flatnonzero(made[table.codes]) if made.any() else np.zeros(0, np.int64)
            found[np.searchsorted(table.starts, rows, side="right") - 1] = True
        return found[chosen]

    def _other_values(self, chosen: Integers) -> Bools:
        """Say of each parameter, in a line for each pair, whether its values differ."""
        count = len(self.program.model.parameters)
        one, other = (
            table.marks[table.offsets[table.starts[:-1][chosen]][:, None] + np.arange(count)] for table in self.tables
        )
        found: Bools = one != other
        return found
