"""Many scenarios at one glance: a row for each scenario, a column for each outcome, in each cell a probability."""

from collections.abc import Sequence

from sim.analysis import labels
from sim.analysis.comparison import Comparison, Versus
from sim.analysis.labels import Counted
from sim.analysis.results import Results
from sim.model.model import Model
from sim.report.table import Table, sided
from sim.statistics.estimates import Proportion

UP, DOWN, NEITHER = " +", " -", ""
HOW_TO_READ = (
    "In brackets: 95 % intervals of the probabilities, each of which holds by itself; 'below' and 'above' are 95 % "
    "bounds. '+': likelier than under the baseline, '-': less likely; the interval of the difference leaves 0 out. "
    "{together}. Differences with their intervals: --statistics, --only NAME, or in Python `.to_frame()`."
)


def matrix(comparison: Comparison, shown: Sequence[Counted], together: str = "") -> Table:
    """Return the probabilities of what is counted under the baselines and every scenario that is compared with them.

    `together` says with what the intervals of the differences hold together.
    """
    several = len(comparison.groups) > 1
    rows = []
    for baseline, members in comparison.groups:
        rows.append((baseline.scenario.title, *_cells(baseline, shown)))
        for one in members:
            title = ("  " if several else "") + one.other.scenario.title + ("" if one.paired else " *")
            rows.append((title, *_cells(one.other, shown, one)))
    model = comparison.baseline.model
    suffixes = {labels.suffix(model, one.outcome, first=one.first) for one in shown} - {""}
    what = suffixes.pop() if len(suffixes) == 1 and all(_has_words(model, one) for one in shown) else ""
    headings = [labels.short(model, one.outcome, first=one.first) for one in shown]
    headings = [labels.without_suffix(heading) for heading in headings] if what else headings
    title = f"How likely each outcome is{what}, in per cent"
    return Table(
        title=title,
        columns=sided(["scenario"], headings),
        rows=rows,
        caption=HOW_TO_READ.format(together=together),
        grid=True,
    )


def _has_words(model: Model, one: Counted) -> bool:
    """Return whether what is counted has words behind its title, or needs none beside others that have them."""
    return model.outcomes[one.outcome].otherwise or bool(labels.suffix(model, one.outcome, first=one.first))


def _cells(results: Results, shown: Sequence[Counted], versus: Versus | None = None) -> list[str]:
    return [_cell(results.share(one), _mark(versus, one)) for one in shown]


def _mark(versus: Versus | None, one: Counted) -> str:
    if versus is None or not versus.paired:
        return NEITHER
    found = versus.change(one).difference
    if not found.excludes_zero:
        return NEITHER
    return UP if (found.low or 0.0) > 0 else DOWN


def _cell(found: Proportion, mark: str) -> str:
    """Write a probability and its interval without the signs that the caption has once for all."""
    text = str(found).replace(" %", "") + mark
    return text if found.bounded or found.open else f"{text} ({found.interval.replace(' %', '')})"
