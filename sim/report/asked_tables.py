"""What was asked of measures, as tables of text: one for all figures with one interval, and one for each histogram.

Each says what its figures mean, so that none can be quoted as another thing: a ratio of means is not a mean of ratios,
and what holds for the runs that have a measure is not said of all runs.
"""

from collections.abc import Iterable, Sequence

from sim.analysis import labels
from sim.analysis.asked.figures import Bin, Figure
from sim.analysis.asked.statistic import Histogram, RatioOfMeans, Share, Variance
from sim.report.result_tables import bounds
from sim.report.table import Table, sided
from sim.statistics.estimates import NOT_GIVEN, Estimate, Proportion, percent
from sim.statistics.histogram import RULE

BAR = 24  # characters of the longest bar
RATIO = "mean(A) / mean(B) is a ratio of two means, over the runs that have both. It is not the mean of A / B."
OF_OTHERS = (
    "Ratios and variances are of the runs that have the measures, and of no others: they are not figures of all runs."
)
STOPPED = "Their intervals hold whatever the measures came to in the runs that were stopped."
LATER = "A run in which a time never came counts as one in which it is later than any."
NO_VALUE = "A run in which a measure has no value is counted among all, and keeps to no bound."
BOTH_WAYS = (
    "In runs that were stopped or failed it is not known: intervals of shares count them both ways, their low end as "
    "if no such run were among them, their high end as if all were."
)


def tables(asked: Iterable[Figure]) -> list[Table]:
    """Return tables of what was asked: first of all figures by themselves, then one for each histogram."""
    figures = list(asked)
    alone = [one for one in figures if not isinstance(one.statistic, Histogram)]
    bars = [histogram_table(one) for one in figures if isinstance(one.statistic, Histogram)]
    return [*([figures_table(alone)] if alone else []), *bars]


def figures_table(figures: Sequence[Figure]) -> Table:
    """Return the figures with their intervals, and how many runs are without what they need."""
    rows = [(one.asked, _written(one), _interval(one), _without(one)) for one in figures]
    meanings = [f"{one.asked}: {one.says}." for one in figures]
    return Table(
        title="Asked of the measures",
        columns=sided(["asked"], ["figure", "95 % interval", "runs\nwithout"]),
        rows=rows,
        caption="\n".join([*meanings, *_notes(figures)]),
        grid=True,
    )


def _written(one: Figure) -> str:
    if one.withheld:
        return NOT_GIVEN
    if isinstance(one.found, Proportion):
        return str(one.found)
    return "not known" if one.value is None else f"{one.value:.4g}{one.unit}"


def _interval(one: Figure) -> str:
    match one.found:
        case Proportion() as found:
            return found.interval
        case Estimate(low=float() as low, high=None) if not one.withheld:
            return f"{low:.4g} or more"
        case Estimate() as found if not one.withheld:
            return bounds(found)
    return "-"


def _without(one: Figure) -> str:
    parts = [f"{percent(runs / one.runs)} ({labels.WITHOUT[why]})" for why, runs in one.without.items() if runs]
    return "-" if one.withheld else ", ".join(parts) or "none"


def _notes(figures: Sequence[Figure]) -> list[str]:
    """Return what is to be known of some of the figures: only what concerns one of them."""
    given = [one for one in figures if not one.withheld]
    of_runs = [one for one in given if isinstance(one.statistic, RatioOfMeans | Variance)]
    shares = [one for one in given if isinstance(one.statistic, Share | Histogram)]
    notes = {
        RATIO: any(isinstance(one.statistic, RatioOfMeans) for one in given),
        OF_OTHERS: any(sum(one.without.values()) for one in of_runs),
        STOPPED: any(one.without["stopped"] for one in of_runs),
        LATER: any(one.without["never"] for one in shares if isinstance(one.statistic, Share)),
        NO_VALUE: any(one.without["undefined"] for one in shares if isinstance(one.statistic, Share)),
        BOTH_WAYS: any(one.unknown for one in shares),
    }
    return [note for note, concerns in notes.items() if concerns]


def histogram_table(one: Figure) -> Table:
    """Return the bins of a histogram, each with its share of all runs and a bar as long as that."""
    assert isinstance(one.statistic, Histogram), "only a histogram has bins"
    largest = max((item.share.hits for item in one.bins), default=0)
    rows = [
        (item.label, str(item.share), _ends(item), f"{item.share.hits:,}", _bar(item, largest)) for item in one.bins
    ]
    title = one.says[0].upper() + one.says[1:] + (f", in{one.unit}" if one.unit else "")
    parts = [f"{one.runs:,} runs in all."]
    if rows:
        parts.append("The intervals of all bins hold together with 95 %; 'below' and 'above' are bounds.")
        parts += [] if one.statistic.edges else [f"The width of the bins is chosen from these runs ({RULE})."]
        parts += (
            ["A number on an edge lies in the upper one of its two bins."] if len(rows) > 1 and not one.whole else []
        )
    else:
        parts = [f"Its shares are {NOT_GIVEN}." if one.withheld else "No run has it."]
    parts += [f"Not known in {one.unknown:,} runs."] if one.unknown and not one.withheld else []
    columns = [*sided(["from, to"], ["share of\nall runs", "95 % interval,\nall together", "runs"]), *sided([""], [])]
    caption = "\n".join([" ".join(parts), *_notes([one])])
    return Table(title=title, columns=columns, rows=rows, caption=caption, spared=(4,))


def _ends(item: Bin) -> str:
    return f"{percent(item.share.low, 'down')} to {percent(item.share.high, 'up')}"


def _bar(item: Bin, largest: int) -> str:
    """Return a bar for the share of a bin, the longest for the largest; at least one sign where a run is in it."""
    length = round(BAR * item.share.hits / largest) if largest else 0
    return "#" * max(length, min(1, item.share.hits))


def lines(figures: Sequence[Figure]) -> list[str]:
    """Return what stands below the tables: what the intervals cover."""
    return list(dict.fromkeys(one.covers for one in figures))
