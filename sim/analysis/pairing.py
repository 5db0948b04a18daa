"""Which runs are pairs, and the comparison of scenarios with a baseline: run by run where they are.

The numbers of one outcome are `differences`' business, what made runs part `divergence`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sim.analysis.comparison import Comparison, Ranked, Ranking, Versus
from sim.analysis.comparison_tables import legend, tables
from sim.analysis.differences import Change, Shift, at_every_look, change, rank_ranges, shift, sidak, unpaired_change
from sim.analysis.divergence import Diverge, Divergence
from sim.analysis.estimates import LEVEL, WITHHELD, Estimate, Proportion, proportion, within
from sim.analysis.results import Results, share_at_every_look
from sim.analysis.runs import Bools, Floats, Runs
from sim.analysis.sequence import Goal
from sim.analysis.uncertainty import variance_parts
from sim.analysis.words import paragraph
from sim.experiment import Experiment, Progress, Workers, project_pairs
from sim.model.meaning import model_meaning
from sim.model.ranges import natural_range

Kind = tuple[str, str, str, str, tuple[str, ...]]


def why_unpaired(one: Experiment, other: Experiment) -> str:
    """Return why run i of the one and run i of the other are no pair; "" if they are one."""
    a, b = one.scenario, other.scenario
    if one.seed != other.seed:
        return f"their seeds differ: {one.seed} and {other.seed}"
    modes = [experiment.spec["parameters"] for experiment in (one, other)]
    if modes[0] != modes[1]:
        return f"their parameters come about in different ways: {modes[0]} and {modes[1]}"
    clockwork = a.model.clockwork
    if a.start != b.start:
        return f"they branch at different moments: {clockwork.moment(a.start)} and {b.model.clockwork.moment(b.start)}"
    if one.spec["history"] != other.spec["history"] or one.spec["branch"] != other.spec["branch"]:
        return "they branch from different pasts"
    if a.horizon != b.horizon:
        return f"they end at different horizons: {clockwork.moment(a.horizon)} and {clockwork.moment(b.horizon)}"
    meanings = [
        {kind: item for kind, item in model_meaning(scenario.model).items() if kind != "parameters"}
        for scenario in (a, b)
    ]
    differing = [kind for kind in meanings[0] if meanings[0][kind] != meanings[1][kind]]
    if a.model.parameters.keys() != b.model.parameters.keys():
        differing.append("parameters")
    if differing:
        return f"they are of different models: their {' and '.join(differing)} differ"
    return ""


def common_runs(one: Runs, other: Runs) -> tuple[Runs, Runs]:
    """Return the runs that both have, beside each other."""
    both = np.intersect1d(one.numbers, other.numbers, assume_unique=True)
    places = [np.searchsorted(runs.numbers, both) for runs in (one, other)]
    return one.at(places[0]), other.at(places[1])


def compare(
    baseline: Results,
    others: Sequence[tuple[Results, str, Sequence[Divergence]]],
    *,
    level: float = LEVEL,
    goal: Goal | None = None,
) -> Comparison:
    """Compare results with a baseline's. Each of `others` comes with the reason why it is no pair ("" if it is one),
    and with where its runs part from the baseline's. With a `goal` that the runs were made for, intervals of
    differences are those of a confidence sequence.
    """
    shared = [name for name in baseline.outcomes if all(name in other.outcomes for other, _, _ in others)]
    told = [name for name in shared if name in baseline.ending] or shared
    each = sidak(len(others) * len(told), level) if len(others) > 1 else level
    versus = tuple(_versus(baseline, other, reason, found, each) for other, reason, found in others)
    if goal is not None:
        versus = tuple(replace(one, changes=_at_every_look(one.changes)) for one in versus)
    comparable = [one for one in (baseline, *(one.other for one in versus if one.paired)) if not one.withheld]
    found = Comparison(
        baseline,
        versus,
        {name: _ranking(name, comparable) for name in told} if len(comparable) > 2 else {},
        {name: parts for name in told if (parts := _parts(name, comparable)) is not None},
        each,
        goal,
    )
    told_in_words = tuple(text for text in (legend(found), paragraph(found)) if text)
    return replace(found, tables=tuple(tables(found)), words=told_in_words)


def _at_every_look(changes: Mapping[str, Change]) -> dict[str, Change]:
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


def _versus(baseline: Results, other: Results, reason: str, divergences: Sequence[Divergence], level: float) -> Versus:
    names = [name for name in baseline.outcomes if name in other.outcomes]
    measures = [name for name in baseline.measures if name in other.measures]
    if reason:
        same = baseline.source.seed == other.source.seed
        a, b = common_runs(baseline.told, other.told) if same else (baseline.told, other.told)
        nested = _draws(baseline, a), _draws(other, b)
        changes = {
            name: unpaired_change(
                name, a.reached(name), b.reached(name), nested, same_luck=same, level=level,
                unknown=(a.unknown(name), b.unknown(name)),
            )
            for name in names
        }  # fmt: skip
        return Versus(other, reason, _given(changes, baseline, other), {}, (), (), ())
    a, b = common_runs(baseline.told, other.told)
    draws = _draws(baseline, a)
    otherwise = int(((a.ended != b.ended) & a.whole & b.whole).sum())
    divergences = () if baseline.withheld or other.withheld else divergences
    return Versus(
        other,
        "",
        _given({name: _change(name, a, b, draws, level) for name in names}, baseline, other),
        {}
        if baseline.withheld or other.withheld
        else {
            name: _natural(shift(name, a.measures[name], b.measures[name], draws), baseline, other) for name in measures
        },
        ranked(divergences, turning=True, among=otherwise),
        ranked(divergences, turning=False),
        tuple(divergences),
        len(a),
        otherwise,
        whole=int((a.whole & b.whole).sum()),
    )


def _change(name: str, a: Runs, b: Runs, draws: Floats | None, level: float) -> Change:
    return change(name, a.reached(name), b.reached(name), draws, level, (a.unknown(name), b.unknown(name)))


def _natural(found: Shift, baseline: Results, other: Results) -> Shift:
    """Cut the intervals of a shift's two means at what the measure can be."""
    one, two = (natural_range(side.scenario, side.model.measures[found.measure]) for side in (baseline, other))
    return replace(found, one=within(found.one, one), other=within(found.other, two))


def _given(changes: Mapping[str, Change], baseline: Results, other: Results) -> Mapping[str, Change]:
    """Return the changes as they are, or without their figures where those of one of the two are withheld."""
    if not (baseline.withheld or other.withheld):
        return changes
    return {
        name: replace(
            found,
            one=replace(found.one, method=WITHHELD) if baseline.withheld else found.one,
            other=replace(found.other, method=WITHHELD) if other.withheld else found.other,
            difference=Estimate(None, None, None, found.difference.runs, WITHHELD, found.difference.level),
        )
        for name, found in changes.items()
    }


def ranked(divergences: Sequence[Divergence], *, turning: bool, among: int | None = None) -> tuple[Ranked, ...]:
    """Rank the kinds of turning points, or of first differences, by how many pairs have each.

    Shares are `among` so many pairs; by default among those that have one.
    """
    found: dict[Kind, list[int]] = {}
    for item in divergences:
        difference = item.turning if turning else item.first
        if difference is not None:
            kind = (difference.how, difference.rule, difference.one, difference.other, difference.causes)
            found.setdefault(kind, []).append(item.run)
    total = sum(len(runs) for runs in found.values()) if among is None else among
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Ranked(*kind, proportion(len(runs), total), min(runs)) for kind, runs in order)


def _draws(results: Results, runs: Runs) -> Floats | None:
    number = results.source.runs_per_draw
    return (runs.numbers // number).astype(float) if number > 1 else None


def _ranking(outcome: str, comparable: Sequence[Results]) -> Ranking:
    aligned = _aligned(comparable)
    shares: list[Bools] = [runs.reached(outcome) for runs in aligned]
    unknown: list[Bools] = [runs.unknown(outcome) for runs in aligned]
    ranges = rank_ranges(shares, draws=_draws(comparable[0], aligned[0]), unknown=unknown)
    return Ranking(outcome, {one.source.ensemble: place for one, place in zip(comparable, ranges, strict=True)})


def _aligned(comparable: Sequence[Results]) -> list[Runs]:
    """Return the runs that all of the scenarios have, beside each other."""
    shared = comparable[0].runs.numbers
    for one in comparable[1:]:
        shared = np.intersect1d(shared, one.runs.numbers, assume_unique=True)
    return [one.runs.at(np.searchsorted(one.runs.numbers, shared)) for one in comparable]


def _parts(outcome: str, comparable: Sequence[Results]) -> dict[str, Estimate] | None:
    if len(comparable) < 2 or comparable[0].source.runs_per_draw == 1:
        return None
    number = comparable[0].source.runs_per_draw
    if any(runs.unknown(outcome).any() for runs in _aligned(comparable)):
        return None  # a share of a variance has no bounds that hold whatever the unknown runs came to
    return variance_parts(
        {
            one.source.ensemble: (runs.reached(outcome).astype(float), runs.numbers // number)
            for one, runs in zip(comparable, _aligned(comparable), strict=True)
        }
    )


def divergences_of(
    baseline: Experiment,
    others: Sequence[Experiment],
    runs: int,
    *,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> list[tuple[Divergence, ...]]:
    """Return, for each scenario, where each of its runs parts from the baseline's. Raise LedgerError if one lacks."""
    pairs = [(baseline, other) for other in others]
    return [tuple(found) for found in project_pairs(pairs, runs, Diverge(), workers=workers, progress=progress)]
