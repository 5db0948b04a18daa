"""The comparison of scenarios with their baselines: run by run where the runs are pairs.

`baselines` decides what a scenario is compared with, `differences` gives the numbers of one outcome, and `divergence`
finds what made runs part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.by_name import ByName
from sim.analysis.comparison import Comparison, LeftOut, Ranked, Ranking, Versus, by_baseline, family
from sim.analysis.divergence import Diverge, Divergence
from sim.analysis.goals import Goal
from sim.analysis.results import Results, share_at_every_look, with_distinct_titles
from sim.analysis.runs import Runs
from sim.build.ranges import natural_ranges
from sim.experiment import Experiment, Progress, Workers, project_pairs
from sim.model.bounds import Bounds
from sim.statistics.arrays import Bools, Floats
from sim.statistics.differences import (
    MeasureDifference,
    OutcomeDifference,
    at_every_look,
    measure_difference,
    outcome_difference,
    unpaired_outcome_difference,
)
from sim.statistics.estimates import LEVEL, WITHHELD, Estimate, Proportion, proportion, within
from sim.statistics.simultaneous import rank_ranges, sidak
from sim.statistics.uncertainty import variance_parts

Kind = tuple[str, str, str, str, tuple[str, ...]]


def common_runs(one: Runs, other: Runs) -> tuple[Runs, Runs]:
    """Return the runs that both have, beside each other."""
    both = np.intersect1d(one.numbers, other.numbers, assume_unique=True)
    places = [np.searchsorted(runs.numbers, both) for runs in (one, other)]
    return one.at(places[0]), other.at(places[1])


@dataclass(frozen=True, eq=False)
class Beside:
    """A scenario's results beside its baseline's: why they are not a pair ("" if they are), and where their runs
    part.
    """

    other: Results
    baseline: Results
    reason: str = ""
    divergences: Sequence[Divergence] = ()
    moved: bool = False


def compare(
    listed: Sequence[Beside],
    *,
    named: str = "",
    left_out: Sequence[LeftOut] = (),
    level: float = LEVEL,
    goal: Goal | None = None,
) -> Comparison:
    """Compare results with their baselines', of which the first is the comparison's own.

    `named` is the title of the baseline that was asked for. With a `goal` that the runs were made for, intervals of
    differences are those of a confidence sequence.
    """
    order = sorted(listed, key=_moment)
    apart = iter(with_distinct_titles([result for one in order for result in (one.baseline, one.other)]))
    listed = [replace(one, baseline=next(apart), other=next(apart)) for one in order]
    first = listed[0].baseline
    shared = [name for name in first.outcomes if all(name in one.other.outcomes for one in listed)]
    primary = [name for name in shared if name in first.ending] or shared
    levels = {
        paired: sidak(family(listed, primary, paired=paired), level) if len(listed) > 1 else level
        for paired in (True, False)
    }
    versus = tuple(_versus(one, levels[not one.reason]) for one in listed)
    if goal is not None:
        versus = tuple(replace(one, changes=_at_every_look(one.changes)) for one in versus)
    versus = tuple(
        replace(one, changes=ByName("outcome", one.changes), shifts=ByName("measure", one.shifts)) for one in versus
    )
    groups = [
        [one for one in (baseline, *(one.other for one in members if one.paired)) if not one.withheld]
        for baseline, members in by_baseline(versus)
    ]
    rankings = {name: _ranking(name, groups) for name in primary} if any(len(group) > 2 for group in groups) else {}
    parts = {name: parts for name in primary if (parts := _parts(name, groups[0])) is not None}
    return Comparison(
        baseline=first,
        versus=versus,
        rankings=rankings,
        parts=parts,
        level=levels[any(one.paired for one in versus)],
        goal=goal,
        named=named or first.scenario.title,
        left_out=tuple(left_out),
    )


def _moment(beside: Beside) -> tuple[bool, float, float, str]:
    """Return what the order of scenarios goes by: the baseline as it was named, then later and later ones."""
    baseline = beside.baseline
    return beside.moved, baseline.scenario.start, baseline.scenario.horizon, baseline.source.ensemble


def _at_every_look(changes: Mapping[str, OutcomeDifference]) -> dict[str, OutcomeDifference]:
    return {
        name: replace(
            found,
            one=_share_at_every_look(found.one),
            other=_share_at_every_look(found.other),
            difference=found.difference if found.difference.method == WITHHELD else at_every_look(found),
        )
        for name, found in changes.items()
    }


def _share_at_every_look(found: Proportion) -> Proportion:
    return found if found.method == WITHHELD else share_at_every_look(found.hits, found.unknown, found.runs)


def _versus(beside: Beside, level: float) -> Versus:
    baseline, other = beside.baseline, beside.other
    names = [name for name in baseline.outcomes if name in other.outcomes]
    measures = [name for name in baseline.measures if name in other.measures]
    if beside.reason:
        same = baseline.source.settings.seed == other.source.settings.seed
        a, b = common_runs(baseline.known, other.known) if same else (baseline.known, other.known)
        nested = _draws(baseline, a), _draws(other, b)
        changes = {
            name: unpaired_outcome_difference(
                name, a.reached(name), b.reached(name), nested, common_random_numbers=same, level=level,
                unknown=(a.unknown(name), b.unknown(name)),
            )
            for name in names
        }  # fmt: skip
        return Versus(
            other=other,
            baseline=baseline,
            reason=beside.reason,
            changes=_given(changes, baseline, other),
            shifts={},
            turning=(),
            first=(),
            divergences=(),
        )
    a, b = common_runs(baseline.known, other.known)
    draws = _draws(baseline, a)
    otherwise = int(((a.ended != b.ended) & a.whole & b.whole).sum())
    divergences = () if baseline.withheld or other.withheld else beside.divergences
    natural = natural_ranges(baseline.scenario), natural_ranges(other.scenario)
    return Versus(
        other=other,
        baseline=baseline,
        reason="",
        changes=_given({name: _change(name, a, b, draws, level) for name in names}, baseline, other),
        shifts={}
        if baseline.withheld or other.withheld
        else {
            name: _cut(
                measure_difference(name, a.measures[name], b.measures[name], draws), natural[0][name], natural[1][name]
            )
            for name in measures
        },
        turning=ranked(divergences, turning=True),
        first=ranked(divergences, turning=False),
        divergences=tuple(divergences),
        pairs=len(a),
        ended_otherwise=otherwise,
        moved=beside.moved,
        whole=int((a.whole & b.whole).sum()),
    )


def _change(name: str, a: Runs, b: Runs, draws: Floats | None, level: float) -> OutcomeDifference:
    return outcome_difference(name, a.reached(name), b.reached(name), draws, level, (a.unknown(name), b.unknown(name)))


def _cut(found: MeasureDifference, one: Bounds, other: Bounds) -> MeasureDifference:
    """Cut the intervals of a shift's two means at what the measure can be in each scenario."""
    return replace(found, one=within(found.one, one), other=within(found.other, other))


def _given(
    changes: Mapping[str, OutcomeDifference], baseline: Results, other: Results
) -> Mapping[str, OutcomeDifference]:
    """Return the changes as they are, or without their figures where those of one of the two are withheld."""
    if not (baseline.withheld or other.withheld):
        return changes
    return {
        name: replace(
            found,
            one=replace(found.one, method=WITHHELD) if baseline.withheld else found.one,
            other=replace(found.other, method=WITHHELD) if other.withheld else found.other,
            difference=Estimate(
                value=None,
                low=None,
                high=None,
                runs=found.difference.runs,
                method=WITHHELD,
                level=found.difference.level,
            ),
        )
        for name, found in changes.items()
    }


def ranked(divergences: Sequence[Divergence], *, turning: bool) -> tuple[Ranked, ...]:
    """Rank the kinds of turning points, or of first differences, by how many of the pairs that have one have each."""
    found: dict[Kind, list[int]] = {}
    for item in divergences:
        difference = item.turning if turning else item.first
        if difference is not None:
            kind = (difference.how, difference.rule, difference.one, difference.other, difference.causes)
            found.setdefault(kind, []).append(item.run)
    total = sum(len(runs) for runs in found.values())
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        Ranked(how=how, rule=rule, one=one, other=other, causes=causes, share=proportion(len(runs), total),
               example=min(runs))
        for (how, rule, one, other, causes), runs in order
    )  # fmt: skip


def _draws(results: Results, runs: Runs) -> Floats | None:
    number = results.source.settings.runs_per_draw
    return (runs.numbers // number).astype(float) if number > 1 else None


def _ranking(outcome: str, groups: Sequence[Sequence[Results]]) -> Ranking:
    """Rank the scenarios of each moment among themselves, where there are two beside the baseline at least."""
    places: dict[str, tuple[int, int, int]] = {}
    for group in groups:
        if len(group) > 2:
            aligned = _aligned(group)
            shares: list[Bools] = [runs.reached(outcome) for runs in aligned]
            unknown: list[Bools] = [runs.unknown(outcome) for runs in aligned]
            ranges = rank_ranges(shares, draws=_draws(group[0], aligned[0]), unknown=unknown)
            places |= {one.source.ensemble: place for one, place in zip(group, ranges, strict=True)}
    return Ranking(outcome, places)


def _aligned(comparable: Sequence[Results]) -> list[Runs]:
    """Return the runs that all of the scenarios have, beside each other."""
    shared = comparable[0].runs.numbers
    for one in comparable[1:]:
        shared = np.intersect1d(shared, one.runs.numbers, assume_unique=True)
    return [one.runs.at(np.searchsorted(one.runs.numbers, shared)) for one in comparable]


def _parts(outcome: str, comparable: Sequence[Results]) -> dict[str, Estimate] | None:
    distinct = {one.source.ensemble for one in comparable}
    if len(distinct) < 2 or comparable[0].source.settings.runs_per_draw == 1:
        return None
    number = comparable[0].source.settings.runs_per_draw
    aligned = _aligned(comparable)
    if any(runs.unknown(outcome).any() for runs in aligned):
        return None  # a share of a variance has no bounds that hold whatever the unknown runs came to
    return variance_parts(
        {
            one.source.ensemble: (runs.reached(outcome).astype(float), runs.numbers // number)
            for one, runs in zip(comparable, aligned, strict=True)
        }
    )


def divergences_of(
    pairs: Sequence[tuple[Experiment, Experiment]],
    runs: int,
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> list[tuple[Divergence, ...]]:
    """Return, for each baseline with a scenario, where their runs part. Raise LedgerError if a run is missing."""
    return [tuple(found) for found in project_pairs(pairs, runs, Diverge(), workers=workers, progress=progress)]
