"""Probabilities and differences as pictures of rows: what is drawn where, and what the foot must say."""

import math
from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.comparison import Comparison, Versus
from sim.analysis.labels import is_milestone, short
from sim.analysis.results import Results
from sim.build.words.moments import in_words
from sim.errors import UsageError
from sim.report import assumption_notes
from sim.report.comparison_tables import moved, points, points_interval, with_interval
from sim.report.pictures.interval_rows import UNTIL_END, Frame, IntervalRow, panel
from sim.report.pictures.picture import Picture
from sim.report.pictures.style import Spec, looks, sheet
from sim.statistics.estimates import percent
from sim.statistics.sequence import METHOD

PER_CENT = "format(datum.value * 100, '~g') + ' %'"
POINTS = "datum.value == 0 ? '0' : format(datum.value * 100, '+~g')"
MODEL_ONLY = "The numbers say what follows from the model's rules and priors, not whether these are right."
MANY = 4  # panels from which on they stand in two columns
SPACING = 34


def probabilities(found: Sequence[Results], outcomes: Sequence[str] = ()) -> Picture:
    """Draw each outcome's probability: one panel a scenario, with one scenario a second for what ends no run."""
    nested, alone, first = any(one.splits for one in found), len(found) == 1, found[0]
    headings: tuple[tuple[str, ...], ...] = (("probability",), ("95 % interval",))
    if nested:
        headings = (("probability",), ("95 % interval:", "chance alone"), ("parameters", "not known"))
    listed = [(one, shown_outcomes(one, outcomes), one.scenario.title, _beside_others(one, found)) for one in found]
    if alone:
        ending = listed[0][1]
        listed = [(first, ending, _alone_title(first, outcomes), [counted(first)])]
        others = [] if outcomes else [name for name in first.outcomes if name not in ending]
        cut_off = all(is_milestone(first.model, name) for name in others)
        title = "What else came true in them" + (UNTIL_END if cut_off else "")
        listed += [(first, others, title, ["in the same runs: none is followed beyond its end"])] if others else []
    panels = [[_probability(one, name, title, nested=nested) for name in names] for one, names, title, _ in listed]
    ends = [end for rows in panels for row in rows for end in (row.high or 0.0, row.wide[1] if row.wide else 0.0)]
    shared = Frame(
        panels=panels, domain=(0.0, upper(max(ends, default=1.0))), axis_title="share of runs", axis_label=PER_CENT,
        headings=headings,
    )  # fmt: skip
    drawn = [panel(rows, shared, title, texts) for rows, (_, _, title, texts) in zip(panels, listed, strict=True)]
    title = "How likely some outcomes are" if outcomes else "How likely each way of ending is"
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


def _alone_title(results: Results, outcomes: Sequence[str]) -> str:
    if outcomes:
        return "Chosen outcomes"
    return "How the runs end" if results.ending else "What comes true in the runs"


def _probability(results: Results, name: str, title: str, *, nested: bool) -> IntervalRow:
    """Return the row of an outcome, without the words in its label that its panel's title has."""
    share, part = results.outcomes[name], results.splits.get(name)
    label = short(results.model, name)
    row = IntervalRow(
        label=label.removesuffix(UNTIL_END) if title.endswith(UNTIL_END) else label, value=share.share, low=share.low,
        high=share.high, wide=None, colour=looks(results.model)[name].colour,
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
    names = [*(outcomes or comparison.ending or comparison.outcomes)]
    if not names:
        raise UsageError("E015", "these scenarios have no outcome in common to draw")
    if len(comparison.versus) == 1:
        return _of_two(comparison, comparison.versus[0], names)
    titled = [(one, _mark(comparison, one) + one.other.scenario.title) for one in comparison.versus]
    panels = [[_difference(comparison, one, name, title) for one, title in titled] for name in names]
    together = all(name in comparison.primary for name in names)
    interval = ("95 % interval,", "all together") if together else (f"{_level(comparison.level)} interval",)
    headings = (("points",), interval)
    what = comparison.named if _several(comparison) else baseline.scenario.title
    axis = "difference from the baseline of each, in percentage points" if _several(comparison) else _axis_title(what)
    shared = _frame_of_differences(panels, axis, headings)
    drawn = [
        panel(rows, shared, short(baseline.model, name), [
            f"{_mark(comparison, members[0])}under '{one.scenario.title}': {one.outcomes[name]} "
            f"({one.outcomes[name].interval})"
            for one, members in comparison.groups
        ])
        for name, rows in zip(names, panels, strict=True)
    ]  # fmt: skip
    title = f"What scenarios change, against '{what}'" + (", each at its own moment" if _several(comparison) else "")
    subtitle = f"{baseline.model.title}. To the right: likelier than under '{what}'."
    return _picture(title, subtitle, drawn, _foot_of_differences(comparison), shared)


def _several(comparison: Comparison) -> bool:
    return len(comparison.groups) > 1


def _mark(comparison: Comparison, versus: Versus) -> str:
    """Return what ties a scenario to a baseline that was made at its moment, where there are several baselines."""
    if not _several(comparison) or not versus.moved:
        return ""
    made = [baseline.source.ensemble for baseline, members in comparison.groups if members[0].moved]
    return f"[{made.index(versus.baseline.source.ensemble) + 1}] "


def _of_two(comparison: Comparison, versus: Versus, names: Sequence[str]) -> Picture:
    """Draw one scenario's differences from the baseline: outcomes as rows."""
    baseline, other = versus.baseline.scenario, versus.other.scenario
    rows = []
    for name in names:
        row, found = _difference(comparison, versus, name, short(comparison.baseline.model, name)), versus.changes[name]
        rows.append(replace(row, texts=(with_interval(found.one), with_interval(found.other), *row.texts)))
    headings = (("probability under", "the baseline"), ("under the", "scenario"), ("points",), ("95 % interval",))
    shared = _frame_of_differences([rows], _axis_title(baseline.title), headings)
    title = f"'{other.title}' against '{baseline.title}'"
    drawn = panel(rows, shared, "What changes", [f"To the right: likelier than under '{baseline.title}'"])
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


def _difference(comparison: Comparison, versus: Versus, name: str, label: str) -> IntervalRow:
    found = versus.changes[name].difference
    return IntervalRow(
        label=label, value=found.value, low=found.low, high=found.high, wide=None,
        colour=looks(comparison.baseline.model)[name].colour,
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
            f"Lines: simultaneous intervals. Those of the {comparison.family} differences of outcomes that end a run "
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


def _level(level: float) -> str:
    return f"{level * 100:.4g} %"


def shown_outcomes(results: Results, outcomes: Sequence[str]) -> list[str]:
    """Return the outcomes to draw: those asked for, else those that end a run, else all."""
    names = [*(outcomes or results.ending or results.outcomes)]
    if not names:
        raise UsageError("E015", f"'{results.scenario.name}' has no outcome to draw")
    return names


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
