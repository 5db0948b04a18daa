"""Comparisons as tables of text: one scenario beside another, or many against a baseline, outcome by outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.analysis import labels
from sim.analysis.comparison import Comparison, Versus
from sim.analysis.labels import Counted
from sim.analysis.results import Results
from sim.language.counts import counted
from sim.model.scenario import Scenario
from sim.report.causes.turning_tables import first_tables, turning_tables
from sim.report.comparison_matrix import matrix
from sim.report.result_tables import bounds, comes_true
from sim.report.table import Table, as_a_list, sided
from sim.report.unfollowed_notes import counted as counted_runs
from sim.statistics.differences import MeasureDifference, OutcomeDifference
from sim.statistics.estimates import NOT_GIVEN, WITHHELD, Estimate, Proportion
from sim.statistics.sequence import METHOD

AT_ALL = "Each ending is counted whatever came true before it; the intervals of the differences have the level of each"
WORTH = "worth how many times\nthe independent runs"
NOT_ALL_PAIRS = (
    "Of a measure that some pairs are without, since a run of theirs failed, was stopped, or never had it, all figures "
    "are of the other pairs: its difference is not one over all pairs."
)
NOT_ALONE = "So what differs is not due to what is assumed alone."


def points(share: float | None) -> str:
    """Write a difference of shares in percentage points, with its sign, and so that it is seen whether it is 0.

    >>> points(0.012), points(-0.0004), points(0.0)
    ('+1.2', '-0.04', '+0.0')
    """
    if share is None:
        return ""
    hidden = 0.005 <= abs(share * 100) < 0.05  # one place would write 0 for it
    return f"{share * 100:{'+.2f' if hidden else '+.1f'}}"


def points_interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return NOT_GIVEN if found.method == WITHHELD else "too few runs"
    return f"{points(found.low)} to {points(found.high)}"


def times_as_many(reduction: Estimate | None, runs: int | None = None) -> str:
    """Write how many times as many independent runs the same precision would cost; with `runs`, how many runs."""
    if reduction is None or reduction.value is None or reduction.low is None or reduction.high is None:
        return ""
    ends = (reduction.value, reduction.low, reduction.high)
    value, low, high = (f"{end:.1f}" if runs is None else f"{round(end * runs):,}" for end in ends)
    return f"{value} ({low} to {high})"


def tables(comparison: Comparison, outcomes: Sequence[str] = (), *, statistics: bool = False) -> list[Table]:
    """Return the comparison as tables: of two scenarios by outcome, of more as one grid of scenarios and outcomes.

    Those of `outcomes`, if some are chosen, have a table each where there are more than two scenarios; an ending after
    which a run may go on has two, as the first to come true and as what comes true at all. `statistics`
    adds what the same luck saved, where runs first part, and of more than two scenarios the differences by outcome.
    """
    if len(comparison.versus) == 1:
        made = _pair_tables(comparison, comparison.versus[0], outcomes, statistics=statistics)
        return [*made, *_parts_tables(comparison)]
    made = []
    if comparison.primary and not outcomes:
        together = _together(comparison, comparison.primary).replace(
            "Their intervals", "The intervals of the differences"
        )
        made.append(matrix(comparison, comparison.foremost, together))
        also = [one for one in comparison.counted(comparison.ending) if not one.first]
        made += [replace(matrix(comparison, also, AT_ALL), title=f"{_at_all(comparison)}, in per cent")] if also else []
    if outcomes or statistics:
        shown = comparison.counted(outcomes) if outcomes else comparison.foremost
        made += [_scenario_table(comparison, one) for one in shown]
    return [*made, *_parts_tables(comparison)]


def _pair_tables(comparison: Comparison, versus: Versus, outcomes: Sequence[str], *, statistics: bool) -> list[Table]:
    one, other = versus.baseline, versus.other
    names = [*outcomes] or sorted(comparison.outcomes, key=lambda name: name not in one.ending)
    listed, goes_on = comparison.counted(names), one.model.goes_on
    figures = [f"{one.scenario.title}\n(A)", f"{other.scenario.title}\n(B)", "B - A,\npoints"]
    if versus.paired:
        figures.append("A alone /\nB alone")
    apart = [item for item in listed if not item.first and (goes_on or labels.is_cut_off(one.model, item.outcome))]
    title = f"'{other.scenario.title}' against '{one.scenario.title}'"
    title += f": the ending that was {labels.FIRST}" if goes_on else ""
    title += "" if one.model.stops_early or goes_on else f", {labels.by_the_horizon([one.scenario])}"
    parts = {title: [item for item in listed if item not in apart], comes_true([one.scenario]): apart}
    made = []
    for title, shown in parts.items():
        rows = []
        for item in shown:
            found = versus.change(item)
            label = labels.without_suffix(labels.short(one.model, item.outcome, first=item.first))
            row = [label, with_interval(found.one), with_interval(found.other), difference(found)]
            rows.append([*row, *([_pairs(found, found.lost, found.gained)] if versus.paired else [])])
        if rows:
            columns, spared = sided(["outcome"], figures), (4,) if versus.paired else ()
            made.append(Table(title=title, columns=columns, rows=rows, spared=spared))
    made[-1:] = [replace(table, caption=_how(comparison, versus)) for table in made[-1:]]
    measures = comparison.baseline.model.measures
    shifts = {name: found for name, found in versus.shifts.items() if not measures[name].is_index}  # it has no mean
    if shifts:
        made.append(_shifts_table(comparison, versus, shifts))
    if versus.paired:
        made += turning_tables(versus)
    if versus.paired and statistics:
        made += [*first_tables(versus), _saved_table(versus, listed)]
    return made


def difference(found: OutcomeDifference) -> str:
    """Write a difference in percentage points with its interval behind it."""
    interval = points_interval(found.difference)
    return interval if found.difference.value is None else f"{points(found.difference.value)} ({interval})"


def _saved_table(versus: Versus, shown: Sequence[Counted]) -> Table:
    """Return what common random numbers saved: the pairs by outcome, and how many independent runs they are worth."""
    model = versus.baseline.model
    figures = ["both / A alone /\nB alone / neither", WORTH, "independent runs for\nthe same precision"]
    rows = []
    for one in shown:
        found = versus.change(one)
        pairs = _pairs(found, found.both, found.lost, found.gained, found.neither)
        saved = [times_as_many(found.variance_reduction, runs) for runs in (None, found.pairs)]
        rows.append([labels.short(model, one.outcome, first=one.first), pairs, *saved])
    for name, shift in versus.shifts.items():
        rows.append([labels.measure_title(model, name), "", times_as_many(shift.variance_reduction), ""])
    caption = f"Of {counted(versus.pairs, 'pair')}; in brackets 95 % intervals."
    return Table(
        title="What the same luck saves", columns=sided(["outcome or measure"], figures), rows=rows, caption=caption
    )


def _pairs(found: OutcomeDifference, *counts: int) -> str:
    """Write counts of pairs that have it in one way or another, and of how many that is not known."""
    if found.difference.method == WITHHELD:
        return ""
    return " / ".join(f"{count:,}" for count in counts) + (f"; {found.unknown:,} unknown" if found.unknown else "")


def with_interval(found: Proportion) -> str:
    """Write a probability with its interval behind it, in per cent, or of what it is a bound."""
    if found.open:
        return str(found)
    return f"{found} ({found.interval})" if found.bounded else f"{found} ({found.interval.replace(' %', '')})"


def _how(comparison: Comparison, versus: Versus) -> str:
    if versus.paired:
        how = "each interval holds by itself."
        if comparison.goal is not None:
            how = (
                f"intervals of shares and differences are of a {METHOD}, valid however often one looks; the others "
                "take the number of pairs as fixed beforehand."
            )
        many = f"{counted(versus.pairs, 'pair')} of runs with the same luck; {how}"
        return f"{many} 'A alone' and 'B alone' count the pairs in which only that run had the outcome."
    how = "The intervals take the runs as independent"
    if versus.baseline.source.settings.seed == versus.other.source.settings.seed:
        how = "Runs share what draws they can all the same, so the intervals go run by run"
    return f"Not paired: {versus.reason}. {NOT_ALONE} {how}."


def _shifts_table(comparison: Comparison, versus: Versus, shifts: Mapping[str, MeasureDifference]) -> Table:
    until = labels.measured_up_to([versus.baseline.scenario, versus.other.scenario])
    title = f"Measures {until}, in pairs where both runs have them: means"
    columns = sided(["measure"], ["A", "B", "B - A", "pairs"])
    rows = []
    for name, found in shifts.items():
        unit = labels.unit_of(comparison.baseline.model, name)
        texts = [_mean(one) for one in (found.one, found.other)]
        difference = found.difference
        bounded = difference.low is not None and difference.high is not None
        interval = bounds(difference, "+.3g") if bounded else "too few pairs"
        texts.append("no pair has it" if difference.value is None else f"{difference.value:+.4g} ({interval})")
        named = labels.measure_title(comparison.baseline.model, name) + (f" ({unit.strip()})" if unit else "")
        without = versus.pairs - difference.runs
        pairs = f"{difference.runs:,}" + (f" ({without:,} without)" if without else "")
        rows.append((named, *texts, pairs))
    lacks = any(found.difference.runs < versus.pairs for found in shifts.values())
    if lacks:
        return Table(title=title, columns=columns, rows=rows, caption=NOT_ALL_PAIRS)
    return Table(title=title, columns=columns, rows=rows, spared=(4,))


def _mean(found: Estimate) -> str:
    return "no pair has it" if found.value is None else f"{found.value:.4g} ({bounds(found)})"


def _scenario_table(comparison: Comparison, shown: Counted) -> Table:
    """Return one outcome under every scenario, each below the baseline that it is compared with."""
    figures = ["probability", "difference,\npoints", "lost /\ngained"]
    # Places are those of an ending as the first to come true, or of an outcome where there are no endings.
    ranking = comparison.rankings.get(shown.outcome) if shown in comparison.foremost else None
    several = len(comparison.groups) > 1

    def rank(of: Results) -> str:
        place = ranking.ranks.get(of.source.ensemble) if ranking else None
        if place is None:
            return ""
        own, low, high = place
        return str(own) if low == high else f"{own} ({low} to {high})"

    rows: list[tuple[str, ...]] = []
    for baseline, members in comparison.groups:
        own = baseline.share(shown)
        rows.append((baseline.scenario.title, with_interval(own), "", "", "", rank(baseline)))
        for one in members:
            title = ("  " if several else "") + one.other.scenario.title + ("" if one.paired else " *")
            rows.append((title, *_row(one, shown), rank(one.other) if one.paired else ""))
    model = comparison.baseline.model
    by = "" if model.stops_early or shown.first else f", {labels.by_the_horizon(_scenarios(comparison))}"
    return Table(
        title=labels.full(model, shown.outcome, first=shown.first) + by,
        columns=sided(["scenario"], [*figures, WORTH, "rank"]),
        rows=rows,
        spared=(5, 4),
    )


def _scenarios(comparison: Comparison) -> list[Scenario]:
    return [one.scenario for one in comparison.everyone]


def _at_all(comparison: Comparison) -> str:
    """Return the heading over what comes true at all in all scenarios."""
    return f"How likely each ending is to come true at all, {labels.up_to(_scenarios(comparison))}"


def _row(versus: Versus, shown: Counted) -> tuple[str, ...]:
    """Return a scenario's figures: its probability, over the pairs as the difference is, and what it changes."""
    found = versus.change(shown)
    sure = " !" if versus.paired and found.difference.excludes_zero else "  "
    return (
        with_interval(found.other), difference(found) + sure,
        _pairs(found, found.lost, found.gained) if versus.paired else "", times_as_many(found.variance_reduction),
    )  # fmt: skip


def _parts_tables(comparison: Comparison) -> list[Table]:
    if not comparison.parts:
        return []
    rows = [
        (labels.full(comparison.baseline.model, name, first=name in comparison.ending), *map(_share_of, parts.values()))
        for name, parts in comparison.parts.items()
    ]
    whose = f" (those against '{comparison.baseline.scenario.title}')" if len(comparison.groups) > 1 else ""
    title = f"What a run's outcome depends on: shares of its variance, each scenario equally likely{whose}"
    columns = sided(["outcome"], ["chance", "parameters", "scenario"])
    return [
        Table(
            title=title,
            columns=columns,
            rows=rows,
            caption="In brackets: 95 % intervals by the jackknife over the draws.",
        )
    ]


def _share_of(found: Estimate) -> str:
    assert found.value is not None, "a part has a value"
    ends = "" if found.low is None or found.high is None else f" ({found.low * 100:.0f} to {found.high * 100:.0f})"
    return f"{found.value * 100:.0f} %{ends}"


def legend(comparison: Comparison, outcomes: Sequence[str] = (), *, statistics: bool = False) -> str:
    """Return how to read the tables of several scenarios, which baselines were made, what is left out, what failed.

    `outcomes` are those that are shown, if they were chosen; `statistics` as for `tables`.
    """
    lines = []
    if len(comparison.versus) > 1:
        if outcomes or statistics:
            lines.append(_how_to_read(comparison, outcomes))
        others = [name for name in comparison.outcomes if name not in comparison.primary]
        if comparison.ending and others and not outcomes:
            until = labels.up_to(_scenarios(comparison))
            lines.append(
                f"Outcomes counted {until} ({', '.join(others)}) and measures are not shown: "
                "--only NAME, or compare two scenarios."
            )
    lines += moved(comparison)
    lines += [
        f"* '{one.other.scenario.title}' is not paired with the baseline: {one.reason}. {NOT_ALONE}"
        for one in comparison.versus
        if not one.paired and len(comparison.versus) > 1
    ]
    lines += [f"Not compared: '{one.title}', because {one.reason}." for one in comparison.left_out]
    if comparison.left_out:
        lines.append("`--unpaired` gives a difference all the same; it is not due to what is assumed alone.")
    return "\n".join([*lines, *failures(comparison)])


def _how_to_read(comparison: Comparison, outcomes: Sequence[str]) -> str:
    shown = outcomes or comparison.primary
    several = len(comparison.groups) > 1
    whose = "the baseline above them" if several else f"'{comparison.baseline.scenario.title}'"
    unpaired = any(not one.paired for one in comparison.versus)
    text = (
        f"Differences are from {whose}, run by run on the same luck{' where no * stands' if unpaired else ''}. "
        f"{_together(comparison, shown)}; '!' marks those that leave 0 out. 'lost / gained' counts the runs that had "
        "the outcome under the baseline only, or under the scenario only."
    )
    if any(name in comparison.rankings for name in shown):
        text += (
            " Rank 1 is the likeliest; the ranges of ranks hold for all scenarios "
            f"{'with one baseline ' if several else ''}together with 95 %, in each table by itself."
        )
    if unpaired:
        text += " What is not paired has no '!' and no rank; its intervals hold together by themselves."
    return text


def _together(comparison: Comparison, shown: Sequence[str]) -> str:
    """Return what the intervals of the shown outcomes hold together with: their level is that of the outcomes told."""
    if set(shown) <= set(comparison.primary):
        of = " of the outcomes that end a run" if comparison.ending else ""
        of = " of the first endings" if comparison.baseline.model.goes_on else of
        return f"Their intervals hold all together with 95 % (Sidak, {comparison.family} differences{of})"
    return f"Their intervals are so wide that any {comparison.family} of them hold together with 95 % (Sidak)"


def moved(comparison: Comparison) -> list[str]:
    """Say of each baseline that was made at another moment what it is; nothing if there is none."""
    made = [
        f"'{baseline.scenario.title}' has the branch and the horizon of "
        + as_a_list([f"'{one.other.scenario.title}'" for one in members])
        for baseline, members in comparison.groups
        if members[0].moved
    ]
    if not made:
        return []
    what = "is that scenario" if len(made) == 1 else "are that scenario"
    return [
        f"Runs are pairs only if they have one past, and one span of time. So '{comparison.named}' was made anew for "
        f"what branches elsewhere or ends at another time: {'; '.join(made)}. In all else "
        f"{'it' if len(made) == 1 else 'they'} {what}, and nothing more."
    ]


def failures(comparison: Comparison) -> list[str]:
    """Return how many runs failed or were stopped, and what that does to the comparison; nothing if none did."""
    cut = [one for one in comparison.everyone if not one.runs.whole.all()]
    listed = "; ".join(f"{counted_runs(one)} under '{one.scenario.title}'" for one in cut)
    text = (
        f"Not all runs were followed to their ends: {listed}. A pair of which one broke off may have gained an "
        "outcome, lost it, or neither: each interval counts it in every way. Turning points are those of the other "
        "pairs."
    )
    return [text] if cut else []
