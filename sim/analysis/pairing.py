"""The comparison of scenarios with their baselines: run by run where the runs are pairs.

`baselines` decides what a scenario is compared with, `differences` gives the numbers of one outcome, and `divergence`
finds where runs part; what turned them is found by `sim.explain.pairs`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.analysis.comparison import Beside, Comparison, LeftOut, Ranked, Ranking, Versus, by_baseline, family
from sim.analysis.differences.divergences import Divergences
from sim.analysis.differences.turning_points import ranked_turns
from sim.analysis.goals import Goal
from sim.analysis.results import Results, share_at_every_look, with_distinct_titles
from sim.analysis.runs import Runs
from sim.build.ranges import natural_ranges
from sim.language.by_name import ByName
from sim.model.bounds import Bounds
from sim.statistics.arrays import Floats
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


def common_runs(one: Runs, other: Runs) -> tuple[Runs, Runs]:
    """Return the runs that both have, beside each other."""
    both = np.intersect1d(one.numbers, other.numbers, assume_unique=True)
    places = [np.searchsorted(runs.numbers, both) for runs in (one, other)]
    return one.at(places[0]), other.at(places[1])


def compare(
    listed: Sequence[Beside], *, named: str = "", left_out: Sequence[LeftOut] = (), goal: Goal | None = None
) -> Comparison:
    """Compare results with their baselines'; `named` is the title of the baseline that was asked for.

    With a `goal` that the runs were made for, intervals of differences are those of a confidence sequence.
    """
    order = sorted(listed, key=_moment)
    apart = iter(with_distinct_titles([result for one in order for result in (one.baseline, one.other)]))
    listed = [replace(one, baseline=next(apart), other=next(apart)) for one in order]
    first = listed[0].baseline
    shared = [name for name in first.outcomes if all(name in one.other.outcomes for one in listed)]
    primary = [name for name in shared if name in first.ending] or shared
    levels = {
        paired: sidak(family(listed, primary, paired=paired), LEVEL) if len(listed) > 1 else LEVEL
        for paired in (True, False)
    }
    versus = tuple(_versus(one, levels[one.paired]) for one in listed)
    if goal is not None:
        versus = tuple(
            replace(one, changes=_at_every_look(one.changes), endings=_at_every_look(one.endings)) for one in versus
        )
    versus = tuple(
        replace(
            one, changes=ByName(one.changes, kind="outcome"), shifts=ByName(one.shifts, kind="measure"),
            endings=ByName(one.endings, kind="ending"),
        )
        for one in versus
    )  # fmt: skip
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
    same = baseline.source.settings.seed == other.source.settings.seed
    a, b = common_runs(baseline.known, other.known) if same else (baseline.known, other.known)
    draws, unpaired = baseline.draws_of(a), not beside.paired

    def differences(a: Runs, b: Runs, names: Iterable[str]) -> Mapping[str, OutcomeDifference]:
        found = {}
        for name in names:
            hits, unknown = (a.reached(name), b.reached(name)), (a.unknown(name), b.unknown(name))
            if unpaired:
                found[name] = unpaired_outcome_difference(
                    name, *hits, (draws, other.draws_of(b)), common_random_numbers=same, level=level, unknown=unknown
                )
            else:
                found[name] = outcome_difference(name, *hits, draws, level, unknown)
        return _given(found, baseline, other)

    changes = differences(a, b, [name for name in baseline.outcomes if name in other.outcomes])
    endings = {name: changes[name] for name in baseline.ending if name in changes}
    if baseline.model.goes_on or other.model.goes_on:
        endings = dict(differences(baseline.counted_first(a), other.counted_first(b), endings))
    left_out = unpaired or baseline.withheld or other.withheld
    divergences = Divergences.of(()) if left_out else beside.divergences
    shared: dict[str, Any] = {**vars(beside), "divergences": divergences, "changes": changes, "endings": endings}
    if left_out:
        shared["turning_points"] = ()
    if unpaired:
        return Versus(**shared)
    measures = [name for name in baseline.measures if name in other.measures and not left_out]
    ranges = natural_ranges(baseline.scenario), natural_ranges(other.scenario)
    whole = a.whole & b.whole
    return Versus(
        **shared,
        shifts={name: _shift(name, (a, b), draws, (ranges[0][name], ranges[1][name])) for name in measures},
        turning=() if left_out else ranked_turns(beside.turning_points),
        first=ranked(divergences),
        pairs=len(a),
        ended_otherwise=int(((a.first_ending != b.first_ending) & whole).sum()),
        whole=int(whole.sum()),
    )


def _shift(
    name: str, sides: tuple[Runs, Runs], draws: Floats | None, ranges: tuple[Bounds, Bounds]
) -> MeasureDifference:
    """Return a measure's shift. The intervals of the two means are cut at what it can be in each scenario."""
    found = measure_difference(name, sides[0].measures[name], sides[1].measures[name], draws)
    return replace(found, one=within(found.one, ranges[0]), other=within(found.other, ranges[1]))


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
            difference=replace(found.difference, value=None, low=None, high=None, method=WITHHELD),
        )
        for name, found in changes.items()
    }


def ranked(divergences: Divergences) -> tuple[Ranked, ...]:
    """Rank the kinds of first differences by how many of the pairs that have one have each."""
    order = sorted(divergences.by_kind(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Ranked(**kind._asdict(), share=proportion(count, divergences.parted), example=run)
        for kind, count, run in order
    )  # fmt: skip


def _ranking(outcome: str, groups: Sequence[Sequence[Results]]) -> Ranking:
    """Rank the scenarios of each moment among themselves, where there are two beside the baseline at least."""
    places: dict[str, tuple[int, int, int]] = {}
    for group in groups:
        if len(group) > 2:
            aligned = _aligned(group)
            shares = [runs.reached(outcome) for runs in aligned]
            unknown = [runs.unknown(outcome) for runs in aligned]
            ranges = rank_ranges(shares, draws=group[0].draws_of(aligned[0]), unknown=unknown)
            places |= {one.source.ensemble: place for one, place in zip(group, ranges, strict=True)}
    return Ranking(outcome, places)


def _aligned(comparable: Sequence[Results]) -> list[Runs]:
    """Return the runs that all of the scenarios have, beside each other, with endings as the first to come true."""
    shared = comparable[0].runs.numbers
    for one in comparable[1:]:
        shared = np.intersect1d(shared, one.runs.numbers, assume_unique=True)
    return [one.counted_first(one.runs.at(np.searchsorted(one.runs.numbers, shared))) for one in comparable]


def _parts(outcome: str, comparable: Sequence[Results]) -> dict[str, Estimate] | None:
    distinct = {one.source.ensemble for one in comparable}
    if len(distinct) < 2 or comparable[0].source.settings.runs_per_draw == 1:
        return None
    number = comparable[0].source.settings.runs_per_draw
    aligned = _aligned(comparable)
    if any(runs.unknown(outcome).any() for runs in aligned):
        return None  # a share of a variance has no bounds that hold whatever the unknown runs came to
    drawn = zip(comparable, aligned, strict=True)
    return variance_parts(
        {one.source.ensemble: (runs.reached(outcome).astype(float), runs.numbers // number) for one, runs in drawn}
    )
