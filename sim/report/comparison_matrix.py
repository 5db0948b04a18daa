"""Many scenarios at one glance: a row for each scenario, a column for each outcome, in each cell a probability."""

from collections.abc import Sequence

from sim.analysis import labels
from sim.analysis.comparison import Comparison, Versus
from sim.analysis.results import Results
from sim.report.table import Table, sided
from sim.statistics.estimates import Proportion

UP, DOWN, NEITHER = " +", " -", ""
HOW_TO_READ = (
    "In brackets: 95 % intervals of the probabilities, each of which holds by itself; 'below' and 'above' are 95 % "
    "bounds. '+': likelier than under the baseline, '-': less likely; the interval of the difference leaves 0 out. "
    "{together}. Differences with their intervals: --statistics, --only NAME, or in Python `.to_frame()`."
)


def matrix(comparison: Comparison, outcomes: Sequence[str], together: str = "") -> Table:
    """Return the probabilities of `outcomes` under the baselines and every scenario that is compared with them.

    `together` says with what the intervals of the differences hold together.
    """
    several = len(comparison.groups) > 1
    rows = []
    for baseline, members in comparison.groups:
        rows.append((baseline.scenario.title, *_cells(baseline, outcomes)))
        for one in members:
            title = ("  " if several else "") + one.other.scenario.title + ("" if one.paired else " *")
            rows.append((title, *_cells(one.other, outcomes, one)))
    model = comparison.baseline.model
    what = labels.BEFORE_END if all(labels.is_milestone(model, name) for name in outcomes) else ""
    headings = [
        model.outcomes[name].title.partition(":")[0] if what else labels.short(model, name) for name in outcomes
    ]
    title = "How likely each outcome is" + (f", {what}" if what else "") + ", in per cent"
    return Table(
        title=title,
        columns=sided(["scenario"], headings),
        rows=rows,
        caption=HOW_TO_READ.format(together=together),
        grid=True,
    )


def _cells(results: Results, outcomes: Sequence[str], versus: Versus | None = None) -> list[str]:
    return [_cell(results.outcomes[name], _mark(versus, name)) for name in outcomes]


def _mark(versus: Versus | None, outcome: str) -> str:
    if versus is None or not versus.paired:
        return NEITHER
    found = versus.changes[outcome].difference
    if not found.excludes_zero:
        return NEITHER
    return UP if (found.low or 0.0) > 0 else DOWN


def _cell(found: Proportion, mark: str) -> str:
    """Write a probability and its interval without the signs that the caption has once for all."""
    text = str(found).replace(" %", "") + mark
    return text if found.bounded or found.open else f"{text} ({found.interval.replace(' %', '')})"
