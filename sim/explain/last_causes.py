"""How an outcome came about in the runs of an ensemble: the last events that led to it, and how often each such chain.

An outcome rests on the event that it waited for, or on the last that wrote what its condition reads; an event on what
made it possible last, as `sim.analysis.causes` has it: what its rule waited for, or what last wrote what its guard
reads. A chain ends at the past, at what a timetable lets happen, and after MOST_LINKS events.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from sim.analysis.causes import Dependencies
from sim.analysis.results import Results
from sim.experiment import Experiment, Progress, Workers, record
from sim.explain.occurrences import looked_at
from sim.language.expressions.tree import reads
from sim.model.event import Event, Log
from sim.model.event_table import EventTable
from sim.model.model import Outcome
from sim.model.program import Program
from sim.model.scenario import Scenario
from sim.statistics.estimates import Proportion, proportion

MOST_LINKS = 3


@dataclass(frozen=True, slots=True, order=True)
class ChainedCause:
    """An event type in a chain, and whether a rule fired it, a timetable had it, or it lies before the branch."""

    how: Literal["fired", "scheduled", "past"]
    event: str


Chain: TypeAlias = tuple[ChainedCause, ...]  # the last cause first


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCauses:
    """The chains that led to an outcome in the `hits` runs, of those looked at, in which it came true.

    `chains` has each with its share of those runs, the commonest first. An empty chain is that of time alone. In a
    nested design the runs of a draw are not independent, and the intervals of shares are too narrow: `nested`.
    """

    runs: int
    hits: int
    chains: tuple[tuple[Chain, Proportion], ...]
    nested: bool


@dataclass(frozen=True, slots=True)
class ChainTo:
    """The projection that gives the chain to an outcome in each run, or None where it did not come true."""

    outcome: str
    reads_logs: ClassVar[bool] = True

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> list[Chain | None]:
        dependencies = Dependencies(program.model)
        outcome = program.model.outcomes[self.outcome]
        return [chain_to(outcome, dependencies, scenario.past, log) for log in table.logs()]


def chain_to(outcome: Outcome, dependencies: Dependencies, past: Log, log: Log) -> Chain | None:
    """Return the chain that led to an outcome in a run; None if it did not come true in it."""
    place = next((at for at, one in enumerate(log) if one.kind == "outcome" and one.type == outcome.name), None)
    if place is None:
        return None
    whole = (*past, *log[:place])
    last = _last_cause(outcome, dependencies, whole)
    if last is None:
        return ()
    enablers = dependencies.enablers(whole)
    chain: list[ChainedCause] = []
    while last is not None and len(chain) < MOST_LINKS:
        event = whole[last]
        chain.append(_cause(event, before=last < len(past)))
        last = max(enablers[last], default=None) if chain[-1].how == "fired" else None
    return tuple(chain)


def _last_cause(outcome: Outcome, dependencies: Dependencies, whole: Sequence[Event]) -> int | None:
    """Return the place of the event with which an outcome came true; None where nothing but time made it so."""
    if outcome.on:
        wanted = frozenset(outcome.on)
    else:
        read = [expression.tree for expression in outcome.expressions()]
        variables = frozenset[str]().union(*(reads(tree, "state") for tree in read))
        asked = frozenset[str]().union(*(reads(tree, "last") for tree in read))
        wanted = asked | {name for name, written in dependencies.effects.items() if written & variables}
    kinds = ("documented", "fired", "scheduled")
    return next(
        (at for at in range(len(whole) - 1, -1, -1) if whole[at].kind in kinds and whole[at].type in wanted), None
    )


def _cause(event: Event, *, before: bool) -> ChainedCause:
    if before:
        return ChainedCause("past", event.type)
    return ChainedCause("scheduled" if event.kind == "scheduled" else "fired", event.type)


def last_causes(
    experiment: Experiment, results: Results, outcome: str, *,
    workers: Workers | None = None, progress: Progress | None = None,
) -> LastCauses:  # fmt: skip
    """Return how an outcome came about in the first of the runs that results are of, as many as are looked at."""
    runs = looked_at(results)
    _, pieces = record(experiment, runs, ChainTo(outcome), workers=workers, progress=progress)
    chains = Counter(chain for piece in pieces for chain in piece if chain is not None)
    hits = sum(chains.values())
    ordered = sorted(chains.items(), key=lambda item: (-item[1], item[0]))
    return LastCauses(
        runs=runs, hits=hits, chains=tuple((chain, proportion(count, hits)) for chain, count in ordered),
        nested=results.source.settings.runs_per_draw > 1,
    )  # fmt: skip
