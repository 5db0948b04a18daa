"""A figure traced: the share of an outcome, the mean of a measure, or their difference between two scenarios.

Owns how a text names a figure, and which runs are behind it. `sim.explain.antecedents` has what led to it in them, and
`sim.explain.grounds` what that rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.analysis import labels
from sim.analysis.comparison import Comparison, Versus
from sim.analysis.labels import Counted
from sim.analysis.results import Results
from sim.errors import SimError, UsageError
from sim.experiment import Experiment, record
from sim.experiment.projection import EachRun
from sim.explain.antecedents import FindAntecedents
from sim.explain.graph.model_graph import Kind, ModelGraph, Node
from sim.explain.graph.traced_case import TracedCase
from sim.explain.grounds import Grounds, grounds
from sim.language.suggest import did_you_mean
from sim.model.evidence.documented import documented_in
from sim.model.model import Model
from sim.study.plan import Plan, may_be_id, open_target, results_of, runs_wanted
from sim.study.targets import alone, opened_to_compare
from sim.study.use_cases import Progresses, compare_experiments
from sim.study.variants import Target

QUERIES: Mapping[Kind, Sequence[str]] = {
    "outcome": ("@outcomes", "@sequence", "@changes", "@unpaired"), "measure": ("@measures", "@shifts", "@unpaired"),
}  # fmt: skip
NO_PAIRS = "E510"  # the error about scenarios whose runs are not pairs


@dataclass(frozen=True, eq=False)
class FigureSide:
    """One ensemble behind a figure: its results, the numbers of the runs that have it, and what is behind these."""

    case: TracedCase
    results: Results
    runs: tuple[int, ...]
    grounds: Grounds


@dataclass(frozen=True, eq=False)
class TracedFigure:
    """The figure of an outcome or a measure, in one ensemble or, with `versus`, as a difference from the first of two.

    `counted` is what of an outcome is counted, None for a measure. `queries` are the commands that give the figure
    again.
    """

    asked: Node
    sides: tuple[FigureSide, ...]
    counted: Counted | None
    queries: tuple[str, ...]
    versus: Versus | None = None

    @property
    def last(self) -> FigureSide:
        """The side that was asked for."""
        return self.sides[-1]


def traced_figure(
    target: Target, text: str, plan: Plan, against: Target | None = None, progresses: Progresses | None = None
) -> TracedFigure:
    """Trace the figure of an outcome or a measure in a scenario or an ensemble, or its difference from another's.

    What the ledger lacks is simulated first. Raise UsageError E056 for a text that names no figure, and what opening,
    running and comparing raise.
    """
    if against is None:
        experiment = open_target(alone(target), plan)
        asked = figure_node(experiment.scenario.model, text, str(target))
        runs = runs_wanted([experiment], plan)
        hears = progresses(experiment.scenario.name) if progresses else None
        found = results_of(experiment, runs, lean=True, workers=plan.workers, progress=hears)
        one = _counted(found, asked)
        sides = [_side(str(target), experiment, found, asked, one, plan)]
        return TracedFigure(asked=asked, sides=(*sides,), counted=one, queries=_again(found.queries, asked))
    experiments, _ = opened_to_compare([alone(against), alone(target)], plan, None, unpaired=False)
    for experiment, named in zip(experiments, (against, target), strict=True):
        asked = figure_node(experiment.scenario.model, text, str(named))
    comparison = _comparison(experiments, plan, progresses)
    versus = comparison.versus[0]
    one = _counted(versus.other, asked)
    sides = []
    for experiment, named, found in zip(experiments, (against, target), (versus.baseline, versus.other), strict=True):
        if found.source.ensemble != experiment.ensemble.id:  # the baseline was made at the scenario's own moment
            experiment = open_target(found.source.ensemble, Plan(ledger=plan.ledger))
        sides.append(_side(str(named), experiment, found, asked, one, plan))
    again = _again(comparison.queries, asked)
    return TracedFigure(asked=asked, sides=(*sides,), counted=one, queries=again, versus=versus)


def has_figure(target: str, text: str, plan: Plan) -> bool:
    """Return whether a target is an ensemble of the ledger, and a text names an outcome or a measure of it."""
    if Path(target).exists() or not may_be_id(target):
        return False
    return bool(_named(open_target(target, Plan(ledger=plan.ledger)).scenario.model, text))


def figure_node(model: Model, text: str, named: str) -> Node:
    """Return the outcome or the measure that a text names: by its name, or as tables call it.

    Raise UsageError E056 for a text that names none, or several.
    """
    found = _named(model, text)
    if len(found) == 1:
        return found[0]
    if found:
        kinds = " and ".join(f"{node.kind} {node.name}" for node in found)
        raise UsageError("E056", f"'{text}' may be more than one figure: {kinds}", "name it as the model's file does")
    other = ModelGraph.of(model).named(text)
    if other:
        why = "leave --runs and --against out to trace it"
        raise UsageError("E056", f"'{text}' is a {other[0].kind}, and only outcomes and measures have figures", why)
    known = [*model.outcomes, *model.measures]
    notes = did_you_mean(text, known) or ("figures are of outcomes and measures: `sim outcomes` lists them",)
    raise UsageError("E056", f"{named} has no outcome and no measure '{text}'", *notes)


def _named(model: Model, text: str) -> list[Node]:
    called = _called(model)
    exact = [node for node in called if node.name == text]
    return exact or [node for node, names in called.items() if _plain(text) in names]


def _called(model: Model) -> Mapping[Node, frozenset[str]]:
    """Return what tables call each outcome and each measure."""
    found = {}
    for name, outcome in model.outcomes.items():
        short = labels.short(model, name)
        found[Node("outcome", name)] = (outcome.title, short, labels.without_suffix(short), labels.full(model, name))
    measured = {
        Node("measure", name): (one.title, labels.measure_title(model, name)) for name, one in model.measures.items()
    }
    return {node: frozenset(map(_plain, names)) for node, names in {**found, **measured}.items()}


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _comparison(experiments: Sequence[Experiment], plan: Plan, progresses: Progresses | None) -> Comparison:
    """Compare two scenarios run by run; as independent runs where they cannot be paired at any moment."""
    try:
        return compare_experiments(experiments, plan, progresses=progresses)
    except SimError as error:
        if error.code != NO_PAIRS:
            raise
        return compare_experiments(experiments, plan, unpaired="compare", progresses=progresses)


def _again(queries: Sequence[str], asked: Node) -> tuple[str, ...]:
    """Return the commands that give the figure of an outcome or a measure, of all that a command would print."""
    return tuple(line for line in queries if line.split()[2] in QUERIES[asked.kind])


def _counted(results: Results, asked: Node) -> Counted | None:
    """Return what is counted of an outcome first of all; None of a measure."""
    return next((one for one in results.counted if asked.kind == "outcome" and one.outcome == asked.name), None)


def _side(
    named: str, experiment: Experiment, results: Results, asked: Node, counted: Counted | None, plan: Plan
) -> FigureSide:
    case = TracedCase.of(named, experiment.case)
    known = results.counted_first(results.known) if counted is not None and counted.first else results.known
    had = known.reached(asked.name) if counted is not None else np.isfinite(known.measures[asked.name])
    numbers = known.numbers[had].tolist()
    _, parts = record(experiment, results.count, EachRun(FindAntecedents(asked)), workers=plan.workers)
    wanted = frozenset(numbers)
    led = [one for part in parts for one in part if one is not None and one.run in wanted]
    documented = documented_in(experiment.scenario.past, experiment.case.history)
    past = {place: item.id for place, item in documented.items()}
    return FigureSide(case, results, tuple(numbers), grounds(case, asked, led, past))
