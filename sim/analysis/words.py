"""Comparisons in plain words: what a mediator can read."""

from collections.abc import Sequence

from sim.analysis.comparison import Comparison, Ranked, Versus
from sim.analysis.differences import Change
from sim.analysis.estimates import Estimate, percent
from sim.analysis.results import Results
from sim.model.model import Model

MOST_CHANGES_TOLD = 2


def title_of(results: Results, outcome: str) -> str:
    """Return the short title of an outcome: what stands before its colon."""
    return results.model.outcomes[outcome].title.partition(":")[0]


def told(item: Ranked, baseline: Results, other: Results) -> str:
    """Say what the difference is, as a sentence about the second scenario."""
    events = baseline.model.events
    one, two = (events[name].title if name in events else "" for name in (item.one, item.other))
    if item.how == "other choice":
        return f"{two}, where under '{baseline.scenario.title}': {_lower(one)}"
    if item.how == "only in other":
        return f"{two} (not so under '{baseline.scenario.title}')"
    if item.how == "only in one":
        return f"not so under '{other.scenario.title}': {_lower(one)}"
    what = "at another time" if item.how == "other time" else "with other numbers"
    return f"{two}, {what}"


def _lower(text: str) -> str:
    """Write a title within a sentence; one that begins with an abbreviation keeps its capitals."""
    return text if text[:2].isalpha() and text[:2].isupper() else text[:1].lower() + text[1:]


def because(item: Ranked, model: Model) -> str:
    reasons = []
    for cause in item.causes:
        kind, _, name = cause.partition(" ")
        if kind == "event":
            reasons.append(f"assumed: {_lower(model.events[name].title)}")
        elif kind == "parameter":
            reasons.append(f"parameter {name}")
        else:
            reasons.append(f"without the rule {name}")
    return "; ".join(reasons) or "what followed from the assumptions"


def paragraph(comparison: Comparison) -> str:
    """Say in plain words what the scenarios change, and what does it."""
    baseline = comparison.baseline
    many = f"{len(comparison.told)} " + ("ways in which a run can end" if comparison.ending else "outcomes")
    begin = [f"Under '{baseline.scenario.title}', the likeliest of {many} {_likeliest(baseline, comparison.told)}."]
    sentences = [_sentences(comparison, one) for one in comparison.versus]
    return "\n".join([*(begin if comparison.told else []), *sentences, _caution()])


def _likeliest(results: Results, outcomes: Sequence[str]) -> str:
    order = sorted(outcomes, key=lambda name: -results.outcomes[name].hits)[:3]
    if not order:
        return ""
    named = [
        f"'{_lower(title_of(results, name))}' ({results.outcomes[name]}, {results.outcomes[name].interval})"
        for name in order
    ]
    return f"is {named[0]}" + (", then " + " and ".join(named[1:]) if len(named) > 1 else "")


def _sentences(comparison: Comparison, versus: Versus) -> str:
    other, baseline = versus.other.scenario, comparison.baseline
    lead = f"- {other.title}" + (f" ({other.question.rstrip('?')}?)" if other.question else "") + ": "
    sure = [versus.changes[name] for name in comparison.told if versus.changes[name].difference.excludes_zero]
    sure.sort(key=lambda found: -abs(found.difference.value or 0.0))
    if not sure:
        widest = max((_half(versus.changes[name].difference) for name in comparison.told), default=0.0)
        what = "no end" if comparison.ending else "no outcome"
        return (
            f"{lead}{what} becomes surely likelier or less likely; "
            f"differences up to {widest:.0f} points cannot be ruled out."
        )
    parts = [_change_in_words(found, baseline) for found in sure[:MOST_CHANGES_TOLD]]
    text = lead + "; ".join(parts) + "."
    if not versus.paired:
        return text + f" (Not the same luck: {versus.reason}.)"
    text += f" In {versus.ended_otherwise:,} of {versus.pairs:,} pairs of runs the end was another."
    if versus.turning:
        top = versus.turning[0]
        text += (
            f" In {percent(top.share.hits / top.share.runs)} of these ({top.share.interval}) the turning point was: "
            f"{_lower(told(top, baseline, versus.other))}."
        )
    return text


def _half(found: Estimate) -> float:
    """Return the largest difference that is not ruled out, in points."""
    return 100.0 if found.low is None or found.high is None else max(abs(found.low), abs(found.high)) * 100


def _change_in_words(found: Change, baseline: Results) -> str:
    more = (found.difference.value or 0.0) > 0
    low, high = sorted(abs(end or 0.0) * 100 for end in (found.difference.low, found.difference.high))
    return (
        f"'{_lower(title_of(baseline, found.outcome))}' {'rises' if more else 'falls'} from {found.one} to "
        f"{found.other} of the runs ({low:.0f} to {high:.0f} points {'more' if more else 'less'})"
    )


def _caution() -> str:
    return (
        "These numbers say what follows from the model's rules and priors. They do not say whether the rules are right."
    )
