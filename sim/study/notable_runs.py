"""Which runs of an ensemble are worth reading: the typical, the strange, the extreme, and the closest calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.results import in_shown_order
from sim.analysis.runs import Runs, RunsBuilder
from sim.analysis.single.near_misses import MissByDraw, MissInTime, leading_rules, nearest_by_draw, nearest_in_time
from sim.analysis.single.stopped_clocks import AlmostHappened, FindAlmostHappened
from sim.analysis.single.typical_runs import (
    ComparedRun,
    ExtremeRun,
    FindSequences,
    RunSequence,
    extreme_run,
    most_typical,
    samples,
    strangest,
)
from sim.errors import UsageError
from sim.experiment import Experiment, Progress, Workers, record
from sim.ledger.ensemble import Ensemble

OF_MISSES = 1_000  # runs that are made again, act by act, to look for near misses

# Given an ensemble's experiment, which of its runs are selected, by their numbers; None: all of them.
Selects = Callable[[Experiment], "list[int] | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRuns:
    """What is asked for: measures by whose greatest and least values runs are found, and what runs are to have missed.

    Without measures the greatest of each is found, and without `missed` the closest call of each ending. `without` are
    events that are left out where sequences are compared.
    """

    most: Sequence[str] = ()
    least: Sequence[str] = ()
    missed: Sequence[str] = ()
    without: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotableRuns:
    """The runs of an ensemble that are worth reading, of those that were `selected` among `there`, by their numbers.

    `typical` has the most typical run of each ending, in the author's order, with how many runs have that ending.
    `missed` maps what runs missed to the closest call in time and by a draw, None where none was found among the
    `watched` runs. `endings` has how each of all these runs ended, by its number.
    """

    experiment: Experiment
    ensemble: Ensemble
    there: int
    selected: tuple[int, ...]
    typical: dict[str, ComparedRun]
    strangest: ComparedRun | None
    extremes: tuple[ExtremeRun, ...]
    missed: dict[str, tuple[MissInTime | None, MissByDraw | None]]
    watched: int
    endings: dict[int, str]


def notable_runs(
    experiment: Experiment, wanted: WantedRuns, selects: Selects, *,
    workers: Workers | None = None, progress: Callable[[str], Progress] | None = None,
) -> NotableRuns:  # fmt: skip
    """Return the runs that are worth reading among the sealed runs of an experiment.

    Raise UsageError E708 if there is none, or none is selected.
    """
    ensemble = experiment.ensemble
    manifest = ensemble.manifest()
    ranges = manifest.runs if manifest else ()
    there = ranges[0].stop if ranges and ranges[0].start == 0 else 0
    if not there:
        raise UsageError("E708", f"ensemble {ensemble.id[:12]} has no runs", "see `sim list` for how many runs it has")
    numbers = selects(experiment)
    runs = _runs_of(experiment, there, workers)
    chosen = runs if numbers is None else runs.at(np.flatnonzero(np.isin(runs.numbers, numbers)))
    if not len(chosen):
        raise UsageError("E708", f"no run of ensemble {ensemble.id[:12]} meets the condition", "ask for less")

    def hears(what: str) -> Progress | None:
        return progress(what) if progress else None

    of_endings, of_all = samples(chosen)
    sequences = _sequences(experiment, there, {*of_all}.union(*of_endings.values()), wanted, workers, hears)
    names = list(wanted.missed) or _endings(experiment)
    watched = chosen.numbers[chosen.whole][:OF_MISSES].tolist()
    almost = _almost(experiment, there, watched, names, workers, hears)
    counts = {ending: int((chosen.first_ending[chosen.whole] == ending).sum()) for ending in of_endings}
    order = in_shown_order(experiment.scenario.model, "outcomes", of_endings)
    typical = {name: most_typical([sequences[run] for run in of_endings[name]], counts[name]) for name in order}
    odd = strangest([sequences[run] for run in of_all], int(chosen.whole.sum())) if len(of_all) > 1 else None
    extremes = _extremes(experiment, chosen, wanted)
    missed = {
        name: (nearest_in_time(experiment, almost, name), nearest_by_draw(experiment, almost, name)) for name in names
    }
    pairs = (miss for pair in missed.values() for miss in pair)
    named = {one.run for one in (*typical.values(), odd, *extremes, *pairs) if one is not None}
    return NotableRuns(
        experiment=experiment, ensemble=ensemble, there=there, selected=tuple(chosen.numbers.tolist()),
        typical=typical, strangest=odd, extremes=extremes, missed=missed, watched=len(watched),
        endings={run: str(ending) for run, ending in zip(runs.numbers.tolist(), runs.first_ending, strict=True)
                 if run in named},
    )  # fmt: skip


def _runs_of(experiment: Experiment, there: int, workers: Workers | None) -> Runs:
    builder = RunsBuilder(experiment.scenario.model, there, lean=True)
    record(experiment, there, builder.project, workers=workers, take=builder.add)
    return builder.runs(there)


def _endings(experiment: Experiment) -> list[str]:
    """Return the endings that something leads to, in the author's order; all such outcomes if there is none."""
    outcomes = experiment.scenario.model.outcomes
    named = [name for name in in_shown_order(experiment.scenario.model, "outcomes", outcomes)
             if not outcomes[name].otherwise]  # fmt: skip
    return [name for name in named if outcomes[name].ending] or named


def _extremes(experiment: Experiment, runs: Runs, wanted: WantedRuns) -> tuple[ExtremeRun, ...]:
    model = experiment.scenario.model
    asked = [(name, True) for name in wanted.most] + [(name, False) for name in wanted.least]
    asked = asked or [(name, True) for name in in_shown_order(model, "measures", model.measures)]
    found = (extreme_run(runs, name, greatest=greatest) for name, greatest in asked)
    return tuple(one for one in found if one is not None)


def _sequences(
    experiment: Experiment, there: int, numbers: set[int], wanted: WantedRuns, workers: Workers | None,
    hears: Callable[[str], Progress | None],
) -> dict[int, RunSequence]:  # fmt: skip
    if not numbers:
        return {}
    projection = FindSequences(frozenset(numbers), frozenset(wanted.without))
    last = min(there, max(numbers) + 1)
    _, parts = record(experiment, last, projection, workers=workers, progress=hears("events of runs"))
    return {one[0]: one for part in parts for one in part}


def _almost(
    experiment: Experiment, there: int, numbers: Sequence[int], names: Sequence[str], workers: Workers | None,
    hears: Callable[[str], Progress | None],
) -> list[AlmostHappened]:  # fmt: skip
    rules = frozenset[str]().union(*(leading_rules(experiment.program, name) for name in names))
    if not (numbers and rules):
        return []
    projection = FindAlmostHappened.of(experiment, rules, numbers)
    last = min(there, max(numbers) + 1)
    _, parts = record(experiment, last, projection, workers=workers, progress=hears("near misses"))
    return [one for part in parts for one in part]
