"""How runs end that are made again otherwise: with a firing undone, or of a part of what a scenario assumes.

Owns that searches which ask for such ends are answered together: each takes a step, and what they all ask for in it is
made at once, by one engine for each scenario. What undoing a firing means is for `sim.engines.undone_run`.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import numpy as np

from sim.engines.choice import FEW_UNCOMPILED, Wanted, chosen, engine
from sim.engines.protocol import Engine
from sim.engines.undone_run import Counterfactual, Undone
from sim.model.event import HORIZON, Log
from sim.model.event_table import EventTable
from sim.model.outcomes import first_ending
from sim.model.program import compile_model
from sim.model.scenario import Scenario

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MadeAgain:
    """A run of a scenario, by its number, and what is undone in it if anything is."""

    scenario: Scenario
    run: int
    undone: Undone | None = None


# A search that asks how runs end, all of them at once that it then needs, and comes to something.
Search: TypeAlias = Generator[Sequence[MadeAgain], Sequence[str], T]


def ending_of(scenario: Scenario, log: Log) -> str:
    """Return with which ending a run's story ends first; `horizon` if with none, and a failed run's error."""
    if log[-1].kind == "failed":
        return log[-1].type
    found = first_ending(scenario.model, (*scenario.past, *log))
    return HORIZON if found is None else found.type


def endings_of(scenario: Scenario, table: EventTable) -> list[str]:
    """Return the same as `ending_of` of each run of a table, of which no row is left out."""
    before = first_ending(scenario.model, scenario.past)
    names = set() if before else {name for name, outcome in scenario.model.outcomes.items() if outcome.ending}
    categories = table.categories
    is_ending = np.array([one.kind == "outcome" and one.type in names for one in categories])
    has_failed = np.array([one.kind == "failed" for one in categories])
    types = np.array([one.type for one in categories], dtype=object)
    endings = np.append(np.flatnonzero(is_ending[table.codes]), table.rows)
    first = endings[np.searchsorted(endings, table.starts[:-1])]  # from each run's first row on
    last = table.codes[table.starts[1:] - 1]
    ended, failed = first < table.starts[1:], has_failed[last]
    found = np.full(len(first), before.type if before else HORIZON, dtype=object)
    found[ended] = types[table.codes[first[ended]]]
    found[failed] = types[last[failed]]
    ends: list[str] = found.tolist()
    return ends


@dataclass(slots=True, kw_only=True)
class Ends:
    """How runs end that are made again with this seed and mode of parameters.

    Many are asked about a few scenarios: the kernel makes those that this machine has compiled, as soon as there are
    enough runs in all, and others if there are enough of one scenario at once to compile it for.
    """

    seed: int
    central: bool
    runs_per_draw: int
    wanted: Wanted
    _engines: dict[int, tuple[Scenario, Engine]] = field(default_factory=dict)
    _asked: int = 0

    def of(self, asked: Sequence[MadeAgain]) -> list[str]:
        """Return how runs end, in the order in which they are asked for."""
        self._asked += len(asked)
        by_scenario: dict[int, list[int]] = {}
        for place, one in enumerate(asked):
            by_scenario.setdefault(id(one.scenario), []).append(place)
        found = [""] * len(asked)
        for places in by_scenario.values():
            scenario = asked[places[0]].scenario
            runs = [Counterfactual(asked[place].run, asked[place].undone) for place in places]
            table = self._engine(scenario, len(runs)).counterfactuals(runs)
            for place, end in zip(places, endings_of(scenario, table), strict=True):
                found[place] = end
        return found

    def _engine(self, scenario: Scenario, runs: int) -> Engine:
        known = self._engines.get(id(scenario))
        if known is not None and known[1].name == "kernel":
            return known[1]
        name = chosen(self.wanted, scenario.model, max(runs, min(self._asked, FEW_UNCOMPILED - 1)), None)
        if known is None or known[1].name != name:
            made = engine(
                name, compile_model(scenario.model), scenario, self.seed, central=self.central,
                runs_per_draw=self.runs_per_draw, strict=self.wanted != "auto",
            )  # fmt: skip
            known = self._engines[id(scenario)] = scenario, made
        return known[1]

    def log(self, scenario: Scenario, run: int) -> Log:
        """Return the log of a run under a scenario, such as a part of one."""
        return self._engine(scenario, 1).run(run)

    def forget(self) -> None:
        """Let the engines go of scenarios that are not asked about any more."""
        self._engines.clear()

    def answer(self, searches: Sequence[Search[T]]) -> list[T]:
        """Let searches run to their ends side by side, and return what they come to, in order."""
        found: dict[int, T] = {}
        answers: dict[int, Sequence[str] | None] = dict.fromkeys(range(len(searches)))
        while answers:
            asked: list[MadeAgain] = []
            sizes: dict[int, int] = {}
            for number, given in answers.items():
                try:
                    more = next(searches[number]) if given is None else searches[number].send(given)
                except StopIteration as over:
                    found[number] = over.value
                    continue
                asked += more
                sizes[number] = len(more)
            ends = iter(self.of(asked))
            answers = {number: [next(ends) for _ in range(size)] for number, size in sizes.items()}
        return [found[number] for number in range(len(searches))]
