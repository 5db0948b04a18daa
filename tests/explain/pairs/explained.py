"""Pairs of runs of small tales, explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.analysis.differences.turning_points import To, TurningPoint
from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import FollowedRun
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.difference_nodes import Assumed, Occurred
from sim.explain.pairs.explained_pair import ExplainedPair, TurningPoints
from sim.explain.pairs.paired_runs import PairedRuns
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from tests.analysis.tales import assumed, load, side, tale

SEED = 1


@dataclass(frozen=True, kw_only=True)
class Example:
    """A standard example: a tale of these rules, and what is assumed in the baseline and in the other scenario.

    `way` has the events that lead back from the ends, `turned` is the turning point, and `undone` where its run goes
    without it, `causes` are the assumptions that are named, `enough` the sets that would have done.
    """

    name: str
    state: tuple[str, ...]
    rules: dict[str, str]
    one: Sequence[tuple[float, str]] = ()
    other: Sequence[tuple[float, str]] = ()
    way: tuple[str, ...] = ()
    turned: str = ""
    undone: To = "other end"
    causes: tuple[str, ...] = ()
    enough: tuple[tuple[str, ...], ...] = ()

    def explain(self, folder: Path) -> ExplainedPair | None:
        """Run the tale under both scenarios and explain the pair."""
        events = {}
        for event in self.rules:
            events[event] = f"{event.removesuffix('_does_it')}: true" if event.endswith("_does_it") else "end: true"
        body = tale((*self.state, "end"), self.rules, **events)
        return explain(*load(folder, body, assumed(*self.one), assumed(*self.other)))


def explain(one: Scenario, other: Scenario, run: int = 0) -> ExplainedPair | None:
    """Explain a run under two scenarios."""
    points = TurningPoints(SEED, central=False, runs_per_draw=1)
    return points.explain(side(one, SEED, run), side(other, SEED, run), run)


def turning(one: Scenario, other: Scenario, run: int = 0) -> TurningPoint | None:
    """Return the turning point of a run under two scenarios."""
    found = explain(one, other, run)
    return None if found is None else found.point


def events_on(found: ExplainedPair) -> tuple[str, ...]:
    """Return the events on the way that is told, from the ends back, and the assumption in which it ends."""
    names = []
    for step in found.way.steps:
        if isinstance(step.node, Occurred):
            names.append(found.pair.event(step.node.side, step.node.place).type)
        elif isinstance(step.node, Assumed):
            names.append(step.node.name)
    return tuple(names)


def followed_pair(one: Scenario, other: Scenario, run: int) -> PairedRuns:
    """Return a run under two scenarios, followed by the reference engine."""
    engines = (ReferenceEngine(compile_model(each.model), each, SEED) for each in (one, other))
    return PairedRuns(*(FollowedRun.by(engine, run) for engine in engines), Assumptions(one, other))
