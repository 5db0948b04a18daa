"""What may be behind the first differences of many pairs: what the pairs differ in, and what of it can flow there.

Owns when that settles the causes without a look at the state. Else `flow` finds them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from sim.analysis.alignment import Key
from sim.analysis.differences.distinct_lines import distinct_lines
from sim.analysis.differences.divergences import NONE, Integers
from sim.analysis.differences.first_rows import StepRows
from sim.analysis.differences.influences import Influences
from sim.analysis.flow import assumptions_of
from sim.model.scenario import Scenario
from sim.statistics.arrays import Bools, Floats

Assumed: TypeAlias = tuple[Counter[Key], Counter[Key]]
Causes: TypeAlias = tuple[str, ...]
BITS = 62  # event types in one number


@dataclass(frozen=True, eq=False, kw_only=True)
class FirstEvents:
    """The first differences of some pairs: the places of these, when, the rows before them, by which rule, what type.

    `rules` and `types` are places in `texts`; the rule is 0 where no rule fired, or where a run ended.
    """

    pairs: Integers
    times: Floats
    numbers: Integers
    rules: Integers
    types: Integers
    texts: Sequence[str]


class Sources:
    """The assumptions that pairs of runs differ in. A parameter is one where its two values differ."""

    def __init__(
        self, influences: Influences, scenarios: tuple[Scenario, Scenario], rows: Sequence[StepRows], assumed: Assumed
    ) -> None:
        self.influences = influences
        self.program = influences.program
        self.scenarios = scenarios
        self.rows = rows
        self.assumed = assumed

    def behind(self, events: FirstEvents) -> tuple[list[Causes], Integers]:
        """Return causes of differences, and for each difference its place in them; NONE where the state decides."""
        sets, places = self._differing(events.pairs, events.times)
        settled = [len(known) < 2 or self.program.anything_moves for known in sets]
        causes = [tuple(sorted(known)) for known in sets]
        found = np.where(np.array(settled, np.bool_)[places], places, NONE)
        left = np.flatnonzero((found == NONE) & (events.rules != 0))
        if not len(left) or any(scenario.changes for scenario in self.scenarios):
            return causes, found
        first, lines = self._alike(events, places, left)
        settled_as = np.full(len(first), NONE)
        for number, place in enumerate(left[first].tolist()):
            known = sets[places[place]]
            may = self._possible(events, place, known)
            if len(may) < 2:
                settled_as[number] = len(causes)
                causes.append(tuple(sorted(may or known)))
        found[left] = settled_as[lines]
        return causes, found

    def _differing(self, pairs: Integers, until: Floats) -> tuple[list[frozenset[str]], Integers]:
        """Return sets of what pairs of runs differ in up to a time, and each pair's place in them."""
        moments = self._moments()
        after = np.searchsorted(moments, until, side="right")
        changed, others = self._changed(pairs), self._other_values(pairs)
        varying = np.flatnonzero(others.any(axis=0))
        columns = [after, changed.astype(np.int64), *others.T[varying].astype(np.int64)]
        first, places = distinct_lines(columns, len(pairs))
        names = [*self.program.model.parameters]
        found = []
        for place in first.tolist():
            time = float(moments[after[place] - 1]) if after[place] else -np.inf
            known = assumptions_of(self.program.model, self.scenarios, self.assumed, time, changed=bool(changed[place]))
            found.append(known | {f"parameter {names[one]}" for one in varying.tolist() if others[place, one]})
        return found, places

    def _alike(self, events: FirstEvents, places: Integers, left: Integers) -> tuple[Integers, Integers]:
        """Return the distinct lines of pairs that differ in the same, by the same event, after alike ones.

        Two are alike where the same types of events happened of those through which anything can flow into that event.
        """
        rules, types = events.rules[left], events.types[left]
        first, kinds = distinct_lines([rules, types], len(left))
        numbers = {name: number for number, name in enumerate(self.program.model.events)}
        words = -(-len(numbers) // BITS)
        carried = np.zeros((words, len(first)), np.int64)
        for kind, place in enumerate(first.tolist()):
            for name in self.influences.carriers(events.texts[rules[place]], events.texts[types[place]]):
                carried[numbers[name] // BITS, kind] |= 1 << numbers[name] % BITS
        bits = np.zeros((words, len(self.rows[0].table.categories)), np.int64)
        for code, category in enumerate(self.rows[0].table.categories):
            if category.type in numbers:
                bits[numbers[category.type] // BITS, code] = 1 << numbers[category.type] % BITS
        happened = self.rows[0].happened(events.pairs[left], events.numbers[left], bits) & carried[:, kinds]
        return distinct_lines([places[left], kinds, *happened], len(left))

    def _possible(self, events: FirstEvents, place: int, known: frozenset[str]) -> frozenset[str]:
        """Return which of the assumptions can be behind one of the differences."""
        rows = self.rows[0]
        start = int(rows.first[events.pairs[place]])
        codes = rows.table.codes[rows.rows[start : start + int(events.numbers[place])]].tolist()
        happened = {rows.table.categories[code].type for code in codes}
        rule, event = events.texts[events.rules[place]], events.texts[events.types[place]]
        return self.influences.on(rule, event, happened, known)

    def _moments(self) -> Floats:
        """The moments at which something assumed begins to count."""
        times = {time for keys in self.assumed for time, _, _ in keys}
        times |= {change.time for scenario in self.scenarios for change in scenario.changes}
        return np.array(sorted(times))

    def _changed(self, pairs: Integers) -> Bools:
        """Say of pairs whether a scenario's change was made in either run."""
        tables = [rows.table for rows in self.rows]
        found = np.zeros(len(tables[0].runs), np.bool_)
        for table in tables:
            made = np.array([one.kind == "changed" for one in table.categories], np.bool_)
            rows = np.flatnonzero(made[table.codes]) if made.any() else np.zeros(0, np.int64)
            found[np.searchsorted(table.starts, rows, side="right") - 1] = True
        return found[pairs]

    def _other_values(self, pairs: Integers) -> Bools:
        """Say of each parameter, in a line for each pair, whether its values differ."""
        places = np.arange(len(self.program.model.parameters))
        one, other = (
            rows.table.marks[rows.table.offsets[rows.table.starts[:-1][pairs]][:, None] + places] for rows in self.rows
        )
        found: Bools = one != other
        return found
