"""An ensemble's results as tables of text: each outcome's probability, each measure's spread."""

from collections.abc import Sequence

from sim.analysis import labels
from sim.analysis.results import Results
from sim.model.scenario import Scenario
from sim.report.table import Table, sided
from sim.statistics.estimates import BOTH_WAYS, NO_INTERVAL, NOT_GIVEN, Estimate, Spread, percent

OF_AN_INDEX = "An index of a member has no mean: `sim outcomes --histogram` gives the share of each."
IF_IT_COMES = (
    "Where some runs are without a measure, its figures are of the other runs alone: its mean is not a mean over all "
    "runs."
)
STOPPED = (
    "Intervals of measures hold whatever they came to in the runs that were stopped; the figures beside them are of "
    "the runs that have them."
)
AT_ALL = "Each is counted by itself, whatever came true before it; so the shares do not add up."
NOTHING_ASKED = (
    "The model has no outcomes, so no probability is given. Declare some under its key `outcomes`, or ask now: "
    "sim outcomes FILE --outcome 'NAME: CONDITION'"
)


def tables(results: Results) -> list[Table]:
    """Return the outcomes and the measures as tables of text."""
    also = [also_table(results)] if results.model.goes_on else []
    return [outcomes_table(results), *also, *([measures_table(results)] if results.measures else [])]


def bounds(found: Estimate, form: str = ".4g") -> str:
    """Write an interval, or why there is none."""
    if found.low is not None and found.high is not None:
        return f"{found.low:{form}} to {found.high:{form}}"
    if BOTH_WAYS in found.method and (found.low is not None or found.high is not None):
        return f"{found.low:{form}} or more" if found.high is None else f"{found.high:{form}} or less"
    few = found.runs < 2 or found.method.startswith("order statistics")
    return NO_INTERVAL if found.method == NO_INTERVAL else "too few runs" if few else "no bound"


def outcomes_table(results: Results) -> Table:
    """Return each outcome's probability with its interval, and in a nested design what it is made of.

    Where a run may go on after an ending it is the table of the first endings, and `also_table` is that of all else.
    """
    scenario = results.scenario
    title = f"{scenario.title}: {scenario.question}" if scenario.question else scenario.title
    if results.model.goes_on:
        first = [one for one in results.counted if one.first]
        return _outcomes_table(results, title, first, caption=_each_once(results))
    shown = endings_before(results)
    return _outcomes_table(results, title, shown, caption="" if shown else NOTHING_ASKED)


def also_table(results: Results) -> Table:
    """Return how likely each outcome is to come true at all, whatever came true before it."""
    shown = [one for one in endings_before(results) if not one.first]
    title = comes_true([results.scenario])
    return _outcomes_table(results, title, shown, caption=AT_ALL, said=title)


def endings_before(results: Results) -> list[labels.Counted]:
    """Return all that is counted: endings as the first to come true, then at all, then milestones."""
    return sorted(results.counted, key=lambda one: (not one.first, one.outcome not in results.ending))


def comes_true(scenarios: Sequence[Scenario]) -> str:
    """Return the heading over what comes true at all."""
    came = "came" if any(one.model.stops_early for one in scenarios) else "comes true"
    return f"What {came} {labels.up_to(scenarios)}"


def _each_once(results: Results) -> str:
    text = "Each run counts for the ending that came true first in it, and for no other."
    if any(results.model.outcomes[name].otherwise for name in results.ending):
        return text
    return f"{text} In the other runs none came true {labels.by_the_horizon([results.scenario])}."


def _outcomes_table(
    results: Results, title: str, shown: Sequence[labels.Counted], *, caption: str, said: str = ""
) -> Table:
    """Return the table of what is counted; a row does not repeat the words that its heading has `said`."""
    columns = sided(["outcome", ""], ["probability", "95 % interval"])
    if results.splits:
        held = next(iter(results.splits.values())).held
        open_ = f"with what we do not know about\nthe parameters, at most ({held:.0%})"
        columns += sided([], ["chance\nalone", open_])
    rows = []
    for one in shown:
        found = results.share(one)
        name = results.model.outcomes[one.outcome].title
        role = _role(results, one)
        rows.append((name, "" if role in said else role, str(found), found.interval, *_split(results, one)))
    return Table(title=title, columns=columns, rows=rows, caption=caption)


def _role(results: Results, one: labels.Counted) -> str:
    outcome = results.model.outcomes[one.outcome]
    if outcome.otherwise:
        return "at the horizon"
    if one.first and results.model.goes_on:
        return labels.FIRST
    if outcome.ends_run:
        return "ends the run"
    return labels.up_to([results.scenario])


def _split(results: Results, one: labels.Counted) -> tuple[str, ...]:
    if not results.splits:
        return ()
    found = results.split(one)
    if found is None or found.aleatory.value is None or found.aleatory.high is None:
        return "", ""
    low, high = found.epistemic
    return f"±{(found.aleatory.high - found.aleatory.value) * 100:.1f}", f"{low * 100:.1f} to {high * 100:.1f}"


def measures_table(results: Results) -> Table:
    """Return each measure's median, mean and middle range."""
    figures = ["median\n(95 % interval)", "mean\n(95 % interval)", "middle 90 %\nof runs", "runs\nwithout"]
    rows = [
        (labels.measure_title(results.model, name), *_spread(results, name, found))
        for name, found in results.measures.items()
    ]
    notes = {
        IF_IT_COMES: any(found.missing for found in results.measures.values()),
        OF_AN_INDEX: any(results.model.measures[name].is_index for name in results.measures),
        STOPPED: any(found.stopped for found in results.measures.values()),
    }
    return Table(
        title=f"Measures, {labels.measured_up_to([results.scenario])}",
        columns=sided(["measure"], figures),
        rows=rows,
        caption=" ".join(note for note, concerns in notes.items() if concerns and not results.withheld),
        grid=True,
    )


def _spread(results: Results, name: str, found: Spread) -> tuple[str, ...]:
    if results.withheld:
        return NOT_GIVEN, "", "", ""
    parts = {why: getattr(found, why) for why in labels.WITHOUT}
    everyone = found.missing + found.runs
    shares = [f"{percent(runs / everyone)} ({labels.WITHOUT[why]})" for why, runs in parts.items() if runs]
    without = ", ".join(shares) or "none"
    low, high = found.quantiles[0.05].value, found.quantiles[0.95].value
    if found.median.value is None or low is None or high is None or found.mean.value is None:
        return "no run has it", "", "", without
    unit = labels.unit_of(results.model, name)
    mean = "-" if results.model.measures[name].is_index else f"{found.mean.value:.4g} ({bounds(found.mean)})"
    return (
        f"{found.median.value:.4g}{unit} ({bounds(found.median)})", mean,
        f"{low:.4g} to {high:.4g}", without,
    )  # fmt: skip
