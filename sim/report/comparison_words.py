"""Comparisons in plain words: what a mediator can read."""

from collections.abc import Sequence

from sim.analysis import labels
from sim.analysis.comparison import Comparison, Ranked, Versus
from sim.analysis.differences.turning_points import RankedTurn, Weight
from sim.analysis.results import Results
from sim.model.model import Model
from sim.report.table import as_a_list
from sim.statistics.differences import OutcomeDifference
from sim.statistics.estimates import Estimate

MOST_CHANGES_REPORTED = 2
MOST_NAMED = 3  # rules of one kind that are named
NO_END = "no end becomes"
CAUTION = (
    "These numbers say what follows from the model's rules and priors. They do not say whether the rules are right."
)


def turning_in_words(item: Ranked | RankedTurn, baseline: Results, other: Results, *, then: bool = False) -> str:
    """Return what the difference is, about the second scenario; `then` says that it is about that moment alone."""
    lacks = "does not have" + (" then" if then else "")
    sides = ((item.one, baseline.model.events), (item.other, other.model.events))
    one, two = (events[name].title if name in events else "" for name, events in sides)
    if item.how == "other end" and item.one == item.other:
        end = _end(other, item.other)
        return f"{end} at another time than under '{baseline.scenario.title}'; both had the events behind it"
    if item.how == "other end" and isinstance(item, RankedTurn):
        ends = [_end(side, name) for side, name in ((baseline, item.one), (other, item.other))]
        return f"{ends[1]}, where under '{baseline.scenario.title}' {ends[0]}; no one event, undone, turns that"
    if item.how == "other end":
        ends = [_end(side, name) for side, name in ((baseline, item.one), (other, item.other))]
        both_end = item.one in baseline.model.outcomes and item.other in other.model.outcomes
        behind = "the end that came first" if both_end else "it"
        return f"{ends[1]}, where under '{baseline.scenario.title}' {ends[0]}; both had the events behind {behind}"
    if item.how == "other choice":
        return f"'{two}', where under '{baseline.scenario.title}': '{one}'"
    if item.how == "only in other":
        return f"'{two}', which the same run under '{baseline.scenario.title}' {lacks}"
    if item.how == "only in one":
        return f"'{one}', which the same run under '{other.scenario.title}' {lacks}"
    what = "at another time" if item.how == "other time" else "with other numbers"
    return f"'{two}', {what}"


def _end(side: Results, name: str) -> str:
    if name not in side.model.outcomes:
        return "no ending had come true by then" if side.model.goes_on else "it went on"
    how = "its first ending was" if side.model.goes_on else "it ended with"
    return f"{how} '{labels.without_suffix(labels.short(side.model, name))}'"


def because(item: Ranked, baseline: Model, other: Model) -> str:
    """Name the assumptions that a first difference rests on. Their order says nothing about their weight."""
    return "; ".join(assumption_in_words(cause, baseline, other) for cause in item.causes)


def because_of(item: RankedTurn, versus: Versus) -> str:
    """Name the assumptions behind turning points of one kind, each with its weight where there are several: in how
    many of these pairs the end is the baseline's again when it alone is taken away.
    """
    models = versus.baseline.model, versus.other.model
    if not versus.weighs:
        return "; ".join(assumption_in_words(cause.name, *models) for cause in item.causes)
    listed, before = [], ""
    for cause in item.causes:
        how, count = _weight(cause)
        shown = f"in {count:,}" if how == before else f"{how} in {count:,} of {cause.pairs:,}"
        listed.append(f"{assumption_in_words(cause.name, *models)}, {shown}")
        before = how
    return "; ".join(listed)


def _weight(cause: Weight) -> tuple[str, int]:
    if cause.back:
        return "needed", cause.back
    if cause.third:
        return "a third end without it", cause.third
    return ("enough", cause.enough) if cause.enough else ("only with others", cause.named)


def assumption_in_words(cause: str, baseline: Model, other: Model) -> str:
    """Return what an assumption is, for a reader."""
    events = {**other.events, **baseline.events}
    kind, _, name = cause.partition(" ")
    if kind == "event":
        return f"assumed: '{events[name].title}'"
    if kind == "parameter":
        return f"parameter {name}"
    return f"without the rule {name}" if kind == "without" else f"the assumed rule {name}"


def paragraph(comparison: Comparison) -> str:
    """Say in plain words what the scenarios change, and what does it."""
    if not comparison.primary:
        return "The scenarios have no outcome in common, so there is nothing to compare. " + CAUTION
    if all(baseline.withheld or not len(baseline.runs) for baseline in comparison.baselines):
        return _all_failed(comparison.baseline)
    lines = []
    for number, (baseline, members) in enumerate(comparison.groups):
        lines.append(_most_seen(comparison, baseline))
        if number == 0 and len(comparison.versus) > 1:
            lines.append("What is said to be more or less below holds all together with 95 %.")
        lines += [_sentences(comparison, one) for one in members]
    return "\n".join([*lines, CAUTION])


def _all_failed(baseline: Results) -> str:
    failed = f"{baseline.failed:,} of {baseline.count:,} runs failed"
    return f"Under '{baseline.scenario.title}' {failed}, so there is nothing to compare with."


def _most_seen(comparison: Comparison, baseline: Results) -> str:
    """Name the outcomes that most runs of a baseline have. Their order may be chance, so none is called first."""
    if baseline.withheld or not len(baseline.runs):
        return _all_failed(baseline)
    shares = {one: baseline.share(one) for one in comparison.foremost}
    order = sorted(shares, key=lambda one: -shares[one].middle)[:3]
    named = [f"'{_short(baseline, one)}' ({shares[one]}, {shares[one].interval})" for one in order]
    what = "runs end most often with" if comparison.ending else "runs see most often"
    what = "the endings that most often come true first are" if baseline.model.goes_on else what
    return f"Under '{baseline.scenario.title}' {what} {as_a_list(named)}."


def _short(baseline: Results, one: labels.Counted) -> str:
    """Return the short title of what is counted, as what or up to when being said by the sentence."""
    return labels.without_suffix(labels.short(baseline.model, one.outcome, first=one.first))


def _sentences(comparison: Comparison, versus: Versus) -> str:
    other, baseline = versus.other.scenario, versus.baseline
    lead = f"- {other.title}" + (f" ({other.question.rstrip('?')}?)" if other.question else "") + ": "
    lead += f"against '{baseline.scenario.title}', " if versus.moved else ""
    if versus.other.withheld:
        return f"{lead}no figure is given: {versus.other.failed:,} of its {versus.other.count:,} runs failed."
    if not versus.paired:
        return (
            f"{lead}not paired with '{baseline.scenario.title}', because {versus.reason}. Differences from it are not "
            f"due to what is assumed alone, so nothing is said of what '{other.title}' changes."
        )
    if versus.other.source.ensemble == versus.baseline.source.ensemble:
        return lead + _nothing_differs(versus)
    text = lead + _changes_in_words(comparison, versus, comparison.foremost)
    if baseline.model.goes_on:
        text = f"{lead}as the first to come true, {text.removeprefix(lead)} {_at_all(comparison, versus)}"
    if versus.other.failed:
        text += f" ({versus.other.failed:,} of its {versus.other.count:,} runs failed and count both ways.)"
    if versus.alike:
        return f"{text} {_nothing_differs(versus)}{_never_fired(versus)}"
    if not comparison.ending:
        return text + _never_fired(versus)
    text += _ends_alone(comparison) if NO_END in text else ""
    followed = "" if versus.whole == versus.pairs else " that were both followed to their ends"
    end = "first ending" if baseline.model.goes_on else "end"
    text += f" In {versus.ended_otherwise:,} of {versus.whole:,} pairs of runs{followed} the {end} was another."
    if versus.turning:
        top = versus.turning[0]
        few = len(versus.turning_points) < versus.ended_otherwise
        these = f"the first {len(versus.turning_points):,} of these" if few else "these"
        share = f"{top.share} of {these} ({top.share.interval})"
        everyone = (
            "this one" if top.share.hits == 1 else f"each of {these}" if few else f"all {top.share.hits:,} of these"
        )
        share = everyone if top.share.bounded else share
        turning = turning_in_words(top, baseline, versus.other)
        text += f" In {share} the turning point was: {turning} (because of: {because_of(top, versus)})."
    return text + _never_fired(versus)


def _at_all(comparison: Comparison, versus: Versus) -> str:
    """Return what the scenario changes in whether endings come true at all, whatever came true before them."""
    shown = [one for one in comparison.counted(comparison.ending) if not one.first]
    changed = _changes_in_words(comparison, versus, shown)
    until = labels.up_to([versus.baseline.scenario])
    return f"{until[0].upper()}{until[1:]}, whatever came true first, {changed}"


def _changes_in_words(comparison: Comparison, versus: Versus, shown: Sequence[labels.Counted]) -> str:
    changes = {one: versus.change(one) for one in shown}
    sure = [one for one, found in changes.items() if found.difference.excludes_zero]
    sure.sort(key=lambda one: -abs(_middle(changes[one])))
    if sure:
        parts = (_change_in_words(one, changes[one], versus.baseline) for one in sure[:MOST_CHANGES_REPORTED])
        return "; ".join(parts) + "."
    widest = max(_half(found.difference) for found in changes.values())
    what = NO_END if comparison.ending else "no outcome becomes"
    ruled_out = f"differences up to {_points(widest)} points cannot be ruled out"
    return f"{what} surely likelier or less likely; {ruled_out}."


def _ends_alone(comparison: Comparison) -> str:
    """Return where a reader finds what a scenario changes beside its ends; "" if only ends are counted."""
    if len(comparison.outcomes) == len(comparison.ending):
        return ""
    where = "stands in a table of its own" if len(comparison.versus) == 1 else "is shown with --only NAME"
    return f" That is about ends alone: whatever else it changes {where}."


def _nothing_differs(versus: Versus) -> str:
    if versus.other.source.ensemble == versus.baseline.source.ensemble:
        return "The two are one ensemble: it assumes nothing that the baseline does not."
    return (
        f"No pair of runs differs, in {versus.pairs:,} pairs: beside itself, what is assumed changes no event, no "
        "outcome and no measure of these runs."
    )


def _never_fired(versus: Versus) -> str:
    """Name the rules that a scenario disables though they fire in no run of the baseline; "" if there are none."""
    names = [name for name, runs in versus.disabled.items() if not runs]
    idle = [f"'{name}'" for name in names]
    if not idle:
        return ""
    for_good = versus.other.scenario.never.issuperset(names)
    more = [f"{len(idle) - MOST_NAMED:,} more"] if len(idle) > MOST_NAMED else []
    rules = (
        f"The rule {idle[0]}, which it disables, fires"
        if len(idle) == 1
        else (f"The rules {as_a_list([*idle[:MOST_NAMED], *more])}, which it disables, fire")
    )
    return (
        f" {rules} in none of the {len(versus.divergences):,} runs of '{versus.baseline.scenario.title}'"
        f"{'' if for_good else ' in that time'}: by itself, that changes nothing in them."
    )


def _middle(found: OutcomeDifference) -> float:
    """Return a difference, or where runs are unknown the middle of what it may be."""
    return found.other.middle - found.one.middle if found.difference.value is None else found.difference.value


def _half(found: Estimate) -> float:
    """Return the largest difference that is not ruled out, in points."""
    return 100.0 if found.low is None or found.high is None else max(abs(found.low), abs(found.high)) * 100


def _change_in_words(one: labels.Counted, found: OutcomeDifference, baseline: Results) -> str:
    more = (found.difference.low or 0.0) > 0  # the interval lies to one side of 0
    low, high = sorted(abs(end or 0.0) * 100 for end in (found.difference.low, found.difference.high))
    return (
        f"'{_short(baseline, one)}' {'rises' if more else 'falls'} from {found.one} to "
        f"{found.other} of the runs ({_points(low)} to {_points(high)} points {'more' if more else 'less'})"
    )


def _points(points: float) -> str:
    """Write so many percentage points, without a place where that tells enough."""
    return f"{points:.0f}" if points >= 9.5 else f"{points:.1f}" if points >= 0.95 else f"{points:.2f}"
