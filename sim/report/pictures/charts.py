"""Probabilities and differences as pictures of rows: what is drawn where, and what the foot must say."""

import math
from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.comparison import Comparison, Versus
from sim.analysis.labels import Counted, by_the_horizon, figures_of, short, up_to, without_suffix
from sim.analysis.results import Results
from sim.build.words.moments import in_words
from sim.errors import UsageError
from sim.report import assumption_notes
from sim.report.comparison_tables import moved, points, points_interval, with_interval
from sim.report.pictures.interval_rows import Frame, IntervalRow, panel
from sim.report.pictures.picture import Picture
from sim.report.pictures.style import Spec, looks, sheet
from sim.report.result_tables import endings_before
from sim.statistics.estimates import percent
from sim.statistics.sequence import METHOD

PER_CENT = "format(datum.value * 100, '~g') + ' %'"
POINTS = "datum.value == 0 ? '0' : format(datum.value * 100, '+~g')"
MODEL_ONLY = "The numbers say what follows from the model's rules and priors, not whether these are right."
MANY = 4  # panels from which on they stand in two columns
SPACING = 34


def probabilities(found: Sequence[Results], outcomes: Sequence[str] = ()) -> Picture:
    """Draw each outcome's probability: one panel a scenario, with one scenario a second for all else."""
    nested, alone, first = any(one.splits for one in found), len(found) == 1, found[0]
    headings: tuple[tuple[str, ...], ...] = (("probability",), ("95 % interval",))
    if nested:
        headings = (("probability",), ("95 % interval:", "chance alone"), ("parameters", "not known"))
    listed = [(one, shown_outcomes(one, outcomes), one.scenario.title, _beside_others(one, found)) for one in found]
    if alone:
        shown = listed[0][1]
        listed = [(first, shown, _alone_title(first, outcomes), [counted(first)])]
        others = [] if outcomes else [one for one in endings_before(first) if one not in shown]
        note = ": none is followed beyond its end" if first.model.stops_early else ", whatever came true first"
        listed += [(first, others, else_title(first), [f"in the same runs{note}"])] if others else []
    said = not outcomes  # the titles say what is counted, and no row repeats it
    panels = [[_probability(one, item, said=said, nested=nested) for item in items] for one, items, _, _ in listed]
    ends = [end for rows in panels for row in rows for end in (row.high or 0.0, row.wide[1] if row.wide else 0.0)]
    shared = Frame(
        panels=panels, domain=(0.0, upper(max(ends, default=1.0))), axis_title="share of runs", axis_label=PER_CENT,
        headings=headings,
    )  # fmt: skip
    drawn = [panel(rows, shared, title, texts) for rows, (_, _, title, texts) in zip(panels, listed, strict=True)]
    title = "How likely each way of ending is"
    title = "How likely each ending is to come true first" if any(one.model.goes_on for one in found) else title
    title = "How likely some outcomes are" if outcomes else title
    title += _until(found) if all(not one.first for _, items, _, _ in listed for one in items) else ""
    subtitle = f"{first.model.title}. {len(found)} scenarios."
    if alone:
        title, subtitle = f"{first.scenario.title}: how likely each outcome is", first.scenario.question
    assumed = assumption_notes.foot([one.scenario for one in found])
    foot = [_how_probabilities(found, panels, nested=nested), assumed, ensembles(found)]
    return _picture(title, subtitle, drawn, foot, shared)


def _picture(title: str, subtitle: str, drawn: Sequence[Spec], foot: Sequence[str], shared: Frame) -> Picture:
    columns = 2 if len(drawn) >= MANY else 1
    width = columns * shared.width + (columns - 1) * SPACING
    return Picture(title, sheet(title, [subtitle], drawn, foot, columns=columns, width=width))


def _beside_others(one: Results, found: Sequence[Results]) -> list[str]:
    """Return what a scenario's panel says beside others: its question, its span where they differ in theirs, its runs.

    What comes true in a longer span is likelier for that alone.
    """
    spans = {(other.scenario.start, other.scenario.horizon) for other in found}
    calendar, scenario = one.model.calendar, one.scenario
    begins = in_words(calendar, scenario.start)
    ends = in_words(calendar, scenario.horizon, closing=True)
    asked = [scenario.question] if scenario.question else []
    return [*asked, *([f"from {begins} to {ends}"] if len(spans) > 1 else []), counted(one)]


def _until(found: Sequence[Results]) -> str:
    """Return the words that all is counted by the horizon, for a title; nothing where an outcome may end a run."""
    scenarios = [one.scenario for one in found]
    return "" if any(one.model.stops_early for one in scenarios) else f", {by_the_horizon(scenarios)}"


def _alone_title(results: Results, outcomes: Sequence[str]) -> str:
    until = _until([results])
    if outcomes:
        return "Chosen outcomes" + until
    if results.model.goes_on:
        return "Which ending came true first"
    return "How the runs end" if results.ending else f"What comes true in the runs{until}"


def else_title(results: Results) -> str:
    """Return the title over what else is counted beside the first endings."""
    what = "What came true in them at all" if results.model.goes_on else "What else came true in them"
    return f"{what}, {up_to([results.scenario])}"


def _probability(results: Results, one: Counted, *, said: bool, nested: bool) -> IntervalRow:
    """Return the row of an outcome, without the words in its label that its panel's title has `said`."""
    share, part = results.share(one), results.split(one)
    label = short(results.model, one.outcome, first=one.first)
    row = IntervalRow(
        label=without_suffix(label) if said else label, value=share.share, low=share.low,
        high=share.high, wide=None, colour=looks(results.model)[one.outcome].colour,
        texts=(str(share), share.interval, *([""] if nested else [])),
    )  # fmt: skip
    if part is None or share.share is None or part.aleatory.low is None or part.aleatory.high is None:
        return row
    low, high = max(0.0, part.aleatory.low), min(1.0, part.aleatory.high)
    return replace(row, low=low, high=high, wide=part.epistemic,
                   texts=(str(share), _span(low, high), _span(*part.epistemic)))  # fmt: skip


def _span(low: float, high: float) -> str:
    return f"{percent(max(0.0, low))} to {percent(high) if high < 1 else '100 %'}"


def _how_probabilities(found: Sequence[Results], panels: Sequence[Sequence[IntervalRow]], *, nested: bool) -> str:
    text = "Dot: the share of the runs. "
    if nested:
        held = min(part.held for one in found for part in one.splits.values())
        text += (
            "Thin line: its 95 % interval for chance alone, given the parameters that were drawn; more runs make it "
            f"shorter. Pale bar: for at least {held:.0%} of the draws of the parameters the probability lies "
            "within it; it stands for what is not known about them, and no number of runs makes it much shorter. "
            f"{MODEL_ONLY} "
        )
    else:
        text += f"Line: its interval. {covered(found)} "
    if any(row.value is None for rows in panels for row in rows):
        text += "Line with a bar at its end: no run had it, or all had, and only a bound is known. "
    if not all(one.runs.whole.all() for one in found):
        text += (
            "Line without a dot: some runs failed or were stopped, and each counts as one with it and as one without. "
        )
    return text.strip()


def differences(comparison: Comparison, outcomes: Sequence[str] = ()) -> Picture:
    """Draw each scenario's differences from the baseline: one panel an outcome, scenarios as rows, in their order."""
    baseline = comparison.baseline
    shown = comparison.counted(outcomes) if outcomes else comparison.foremost
    if not shown:
        raise UsageError("E015", "these scenarios have no outcome in common to draw")
    if len(comparison.versus) == 1:
        return _of_two(comparison, comparison.versus[0], shown if outcomes else comparison.counted(comparison.primary))
    titled = [(one, _mark(comparison, one) + one.other.scenario.title) for one in comparison.versus]
    panels = [[_difference(comparison, one, item, title) for one, title in titled] for item in shown]
    together = all(item in comparison.foremost for item in shown)
    interval = ("95 % interval,", "all together") if together else (f"{_level(comparison.level)} interval",)
    headings = (("points",), interval)
    what = comparison.named if _several(comparison) else baseline.scenario.title
    axis = "difference from the baseline of each, in percentage points" if _several(comparison) else _axis_title(what)
    shared = _frame_of_differences(panels, axis, headings)
    drawn = [
        panel(rows, shared, _titled(baseline, item), [
            f"{_mark(comparison, members[0])}under '{one.scenario.title}': {one.share(item)} "
            f"({one.share(item).interval})"
            for one, members in comparison.groups
        ])
        for item, rows in zip(shown, panels, strict=True)
    ]  # fmt: skip
    title = f"What scenarios change, against '{what}'" + (", each at its own moment" if _several(comparison) else "")
    subtitle = f"{baseline.model.title}. To the right: likelier than under '{what}'."
    return _picture(title, subtitle, drawn, _foot_of_differences(comparison), shared)


def _titled(results: Results, one: Counted) -> str:
    """Return the title over an outcome's panel, with the date of the horizon where it says up to when it is counted."""
    return short(results.model, one.outcome, first=one.first) + ("" if one.first else _until([results]))


def _several(comparison: Comparison) -> bool:
    return len(comparison.groups) > 1


def _mark(comparison: Comparison, versus: Versus) -> str:
    """Return what ties a scenario to a baseline that was made at its moment, where there are several baselines."""
    if not _several(comparison) or not versus.moved:
        return ""
    made = [baseline.source.ensemble for baseline, members in comparison.groups if members[0].moved]
    return f"[{made.index(versus.baseline.source.ensemble) + 1}] "


def _of_two(comparison: Comparison, versus: Versus, shown: Sequence[Counted]) -> Picture:
    """Draw one scenario's differences from the baseline: outcomes as rows."""
    baseline, other = versus.baseline.scenario, versus.other.scenario
    rows = []
    for one in shown:
        label, found = short(comparison.baseline.model, one.outcome, first=one.first), versus.change(one)
        row = _difference(comparison, versus, one, label)
        rows.append(replace(row, texts=(with_interval(found.one), with_interval(found.other), *row.texts)))
    headings = (("probability under", "the baseline"), ("under the", "scenario"), ("points",), ("95 % interval",))
    shared = _frame_of_differences([rows], _axis_title(baseline.title), headings)
    title = f"'{other.title}' against '{baseline.title}'"
    until = "" if all(one.first for one in shown) else _until([versus.baseline])
    drawn = panel(rows, shared, f"What changes{until}", [f"To the right: likelier than under '{baseline.title}'"])
    return _picture(title, other.question, [drawn], _foot_of_differences(comparison), shared)


def _frame_of_differences(
    panels: Sequence[Sequence[IntervalRow]], axis: str, headings: tuple[tuple[str, ...], ...]
) -> Frame:
    ends = [end for rows in panels for row in rows for end in (row.low, row.high, row.value) if end is not None]
    least, most = min(ends, default=-1.0), max(ends, default=1.0)
    domain = (-upper(-least) if least < 0 else 0.0, upper(most) if most > 0 else 0.0)
    return Frame(panels=panels, domain=domain, axis_title=axis, axis_label=POINTS, headings=headings, zero=True)


def _axis_title(baseline: str) -> str:
    return f"difference from '{baseline}', in percentage points"


def _difference(comparison: Comparison, versus: Versus, one: Counted, label: str) -> IntervalRow:
    found = versus.change(one).difference
    return IntervalRow(
        label=label, value=found.value, low=found.low, high=found.high, wide=None,
        colour=looks(comparison.baseline.model)[one.outcome].colour,
        texts=(points(found.value) or "no pairs", points_interval(found)),
        hollow=not versus.paired, sure=versus.paired and found.excludes_zero,
    )  # fmt: skip


def _foot_of_differences(comparison: Comparison) -> list[str]:
    baseline, several = comparison.baseline, len(comparison.versus) > 1
    counts = sorted({change.difference.runs for one in comparison.versus for change in one.changes.values()})
    pairs = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}" if counts else "0"
    unpaired = [one for one in comparison.versus if not one.paired]
    what = "pairs of runs with the same luck" if not unpaired else "pairs of runs with the same luck where paired"
    text = f"Each difference from {pairs} {what}. "
    if comparison.goal is not None:
        text += f"Intervals: 95 %, by a {METHOD}, valid however often one looks. "
    elif several:
        text += (
            f"Lines: simultaneous intervals. Those of the {comparison.family} differences of {_family(comparison)} "
            f"hold all together with 95 % (Sidak: {_level(comparison.level)} each). Those of other outcomes have "
            "the level of each. "
        )
    else:
        text += "Lines: 95 % intervals, each by itself. "
    text += "Pale: the interval does not leave 0 out" + (", or it is not a pair. " if unpaired else ". ")
    text += "All panels have one scale. " if several else ""
    lines = [text.strip(), *moved(comparison)]
    if _several(comparison):
        lines.append("The number before a scenario is that of its baseline; without one it is the first.")
    lines += [f"Not compared: '{one.title}', because {one.reason}." for one in comparison.left_out]
    if unpaired:
        reasons = "; ".join(f"'{one.other.scenario.title}': {one.reason}" for one in unpaired)
        lines.append(
            f"Hollow: not paired with '{baseline.scenario.title}', so what differs is not due to "
            f"what is assumed alone{', and the intervals hold together by themselves' if several else ''}. {reasons}."
        )
    assumed = assumption_notes.foot([one.scenario for one in comparison.everyone])
    return [*lines, assumed, covered([baseline]), ensembles(comparison.everyone)]


def _family(comparison: Comparison) -> str:
    return "first endings" if comparison.baseline.model.goes_on else "outcomes that end a run"


def _level(level: float) -> str:
    return f"{level * 100:.4g} %"


def shown_outcomes(results: Results, outcomes: Sequence[str]) -> list[Counted]:
    """Return what to draw: the outcomes asked for, else the endings, as the first to come true, else all outcomes."""
    found = figures_of(results.model, outcomes or results.ending or results.outcomes)
    if not found:
        raise UsageError("E015", f"'{results.scenario.name}' has no outcome to draw")
    return found if outcomes or not results.ending else [one for one in found if one.first]


def counted(results: Results) -> str:
    """Return how many runs results rest on."""
    number = results.source.settings.runs_per_draw
    made = f"{results.count:,} runs"
    if number > 1:
        made += f", {math.ceil(results.count / number):,} draws of the parameters with {number:,} runs each"
    cut = int(results.runs.stopped.sum())
    made += f", {results.failed:,} of them failed" if results.failed else ""
    made += f", {cut:,} of them stopped at the limit of events" if cut else ""
    return made + (": they count both ways" if results.failed or cut else "")


def covered(found: Sequence[Results]) -> str:
    """Return what the intervals cover, once for all that say the same."""
    return " ".join(dict.fromkeys(one.covers for one in found))


def ensembles(found: Sequence[Results]) -> str:
    """Say of which ensembles the numbers are, so that they can be had again."""
    named = ", ".join(f"{one.scenario.name} {one.source.ensemble[:12]}" for one in found)
    counts = list(dict.fromkeys(counted(one) for one in found))
    seeds = ", ".join(str(seed) for seed in dict.fromkeys(one.source.settings.seed for one in found))
    begin = f"{'Each with ' if len(found) > 1 else ''}{counts[0]}; s" if len(counts) == 1 else "S"
    return f"{begin}eed {seeds}. Ensemble{'s' if len(found) > 1 else ''}: {named}."


def upper(most: float) -> float:
    """Return the end of a scale from 0 that holds `most`, at most 1."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    steps = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
    return min(1.0, next(round(step * power, 12) for step in steps if most <= step * power * (1 + 1e-9)))
