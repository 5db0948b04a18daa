"""An ensemble's results as tables of text: each outcome's probability, each measure's spread."""

from sim.analysis import labels
from sim.analysis.results import Results
from sim.report.table import Table, sided
from sim.statistics.estimates import BOTH_WAYS, NO_INTERVAL, NOT_GIVEN, Estimate, Spread, percent

IF_IT_COMES = (
    "Where some runs are without a measure, its figures are of the other runs alone: its mean is not a mean over all "
    "runs."
)
STOPPED = (
    "Intervals of measures hold whatever they came to in the runs that were stopped; the figures beside them are of "
    "the runs that have them."
)
NOTHING_ASKED = (
    "The model has no outcomes, so no probability is given. Declare some under its key `outcomes`, or ask now: "
    "sim outcomes FILE --outcome 'NAME: CONDITION'"
)


def tables(results: Results) -> list[Table]:
    """Return the outcomes and the measures as tables of text."""
    return [outcomes_table(results), *([measures_table(results)] if results.measures else [])]


def bounds(found: Estimate, form: str = ".4g") -> str:
    """Write an interval, or why there is none."""
    if found.low is not None and found.high is not None:
        return f"{found.low:{form}} to {found.high:{form}}"
    if BOTH_WAYS in found.method and (found.low is not None or found.high is not None):
        return f"{found.low:{form}} or more" if found.high is None else f"{found.high:{form}} or less"
    few = found.runs < 2 or found.method.startswith("order statistics")
    return NO_INTERVAL if found.method == NO_INTERVAL else "too few runs" if few else "no bound"


def outcomes_table(results: Results) -> Table:
    """Return each outcome's probability with its interval, and in a nested design what it is made of."""
    columns = sided(["outcome", ""], ["probability", "95 % interval"])
    if results.splits:
        held = next(iter(results.splits.values())).held
        open_ = f"with what we do not know about\nthe parameters, at most ({held:.0%})"
        columns += sided([], ["chance\nalone", open_])
    order = sorted(results.outcomes.items(), key=lambda item: item[0] not in results.ending)
    rows = [
        (results.model.outcomes[name].title, _role(results, name), str(found), found.interval, *_split(results, name))
        for name, found in order
    ]
    scenario = results.scenario
    title = f"{scenario.title}: {scenario.question}" if scenario.question else scenario.title
    return Table(title=title, columns=columns, rows=rows, caption="" if rows else NOTHING_ASKED)


def _role(results: Results, name: str) -> str:
    outcome = results.model.outcomes[name]
    if outcome.ends_run or outcome.otherwise:
        return "ends the run" if outcome.ends_run else "at the horizon"
    return labels.BEFORE_END if labels.is_milestone(results.model, name) else ""


def _split(results: Results, name: str) -> tuple[str, ...]:
    if not results.splits:
        return ()
    found = results.splits.get(name)
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
        STOPPED: any(found.stopped for found in results.measures.values()),
    }
    return Table(
        title=f"Measures, {labels.TO_THE_END}",
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
    return (
        f"{found.median.value:.4g}{unit} ({bounds(found.median)})", f"{found.mean.value:.4g} ({bounds(found.mean)})",
        f"{low:.4g} to {high:.4g}", without,
    )  # fmt: skip
