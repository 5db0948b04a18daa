"""What a statistic of measures comes to in an ensemble: figures with intervals, and what runs are without.

A run in which a measure's time never came counts as one in which it is later than any. A run in which it has no value
keeps to no bound and lies in no bin. Of a run that was stopped or failed, what is not known counts both ways in shares.
Ratios and variances are of the runs that have the measures, with intervals that hold whatever they came to in stopped
runs. How figures are shown is left to `sim.report`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np

from sim.analysis import labels, unfollowed
from sim.analysis.asked.asked_text import read_statistic, type_of
from sim.analysis.asked.statistic import Bound, Histogram, RatioOfMeans, Share, Statistic, Variance
from sim.analysis.runs import WHY, why_lacking
from sim.analysis.shown import Shown
from sim.build.ranges import natural_ranges
from sim.language.expressions.types import Integer
from sim.model.measuring.quantities import TimeUntil
from sim.statistics.arrays import Bools, Floats
from sim.statistics.differences import share_of
from sim.statistics.estimates import LEVEL, WITHHELD, Estimate, Proportion, unbounded
from sim.statistics.histogram import RULE, bonferroni, edges_of, simultaneous_shares
from sim.statistics.sequence import proportion_sequence_between
from sim.statistics.stopped_runs import ratio_of_runs, variance_of_runs

if TYPE_CHECKING:
    from sim.analysis.results import Results

REASONS = (*WHY, "failed")  # why a run lacks a measure


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin with the share of runs in it: from `low` on, up to `high` or with it; both None for no numbers at all.

    An end of None is open. The `label` says which numbers lie in it.
    """

    label: str
    low: float | None
    high: float | None
    share: Proportion


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Figure(Shown):
    """What was asked of measures, and what it comes to: an estimate, a share, or the bins of a histogram.

    `says` is the figure's meaning in words, which goes wherever the figure goes. `without` says how many of all `runs`
    lack a measure that it needs, by why: never (its time never came), undefined, stopped, failed. `withheld` figures,
    those of an ensemble of which too many runs failed, have no value, no ends, and no bins. `whole` says that the
    measure is a whole number in every run, `unfinished` which runs failed or were stopped, before the figure.
    """

    statistic: Statistic
    says: str
    unit: str
    runs: int
    without: Mapping[str, int]
    covers: str
    found: Estimate | Proportion | None = None
    bins: tuple[Bin, ...] = ()
    withheld: bool = False
    whole: bool = False
    unfinished: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """The text that asks for it."""
        return str(self.statistic)

    @property
    def value(self) -> float | None:
        """The estimate; None where only a bound is known, and for a histogram."""
        return self.found.share if isinstance(self.found, Proportion) else self.found.value if self.found else None

    @property
    def low(self) -> float | None:
        return None if self.found is None or self.withheld else self.found.low

    @property
    def high(self) -> float | None:
        return None if self.found is None or self.withheld else self.found.high

    @property
    def unknown(self) -> int:
        """In how many runs a measure is not known, because they were stopped or failed."""
        return self.without["stopped"] + self.without["failed"]

    def as_data(self) -> dict[str, Any]:
        """Give it as JSON-ready data."""
        data: dict[str, Any] = {
            "asked": self.asked, "kind": self.statistic.kind, "measures": list(self.statistic.measures),
            "says": self.says, "unit": self.unit.strip(), "all_runs": self.runs, "without": dict(self.without),
            "covers": self.covers, "withheld": self.withheld, "unfinished": list(self.unfinished),
        }  # fmt: skip
        if isinstance(self.statistic, Histogram):
            bins = [{"bin": one.label, "from": one.low, "to": one.high, **_data(one.share)} for one in self.bins]
            rule = "as asked" if self.statistic.edges else RULE
            return data | {"bins_by": rule, "bins": bins}
        return data | (_data(self.found) if self.found is not None and not self.withheld else {"value": None})


def _data(found: Estimate | Proportion) -> dict[str, Any]:
    return {**asdict(found), "share": found.share} if isinstance(found, Proportion) else asdict(found)


def figure(results: "Results", text: str) -> Figure:
    """Return what is asked of an ensemble's measures. Raise LanguageError for a text that asks for nothing."""
    return figure_of(results, read_statistic(text, results.scenario))


def figure_of(results: "Results", statistic: Statistic) -> Figure:
    """Return what a statistic of an ensemble's measures comes to."""
    return _Asked(results, statistic).figure()


class _Asked:
    """A statistic of an ensemble, with the columns that it is made from."""

    def __init__(self, results: "Results", statistic: Statistic) -> None:
        self.results, self.statistic, self.model = results, statistic, results.model
        self.runs, self.draws = results.known, results.draws
        self.natural = natural_ranges(results.scenario)
        self.values = [self.runs.measures[name] for name in statistic.measures]
        self.lacks = np.where(self.runs.broken, len(WHY), -1)
        for values in reversed(self.values):
            why = why_lacking(values, self.runs.stopped)
            self.lacks = np.where((self.lacks < len(WHY)) & (why >= 0), np.maximum(why, self.lacks), self.lacks)

    def figure(self) -> Figure:
        withheld, counts = self.results.withheld, [int((self.lacks == place).sum()) for place in range(len(REASONS))]
        empty = Figure(
            statistic=self.statistic, says=self.says(), unit=self.unit(), runs=len(self.runs),
            without=dict(zip(REASONS, counts, strict=True)), covers=self.covers(), withheld=withheld,
            whole=self.whole, unfinished=self.unfinished(),
        )  # fmt: skip
        match self.statistic:
            case Histogram():
                return empty if withheld else replace(empty, bins=self.bins(self.statistic))
            case Share():
                found: Estimate | Proportion = self.share(self.statistic)
            case RatioOfMeans():
                found = self.ratio()
            case Variance():
                found = self.variance()
            case _:
                assert_never(self.statistic)
        if withheld and isinstance(found, Estimate):
            found = unbounded(None, found.runs, WITHHELD, LEVEL)
        return replace(empty, found=replace(found, method=WITHHELD) if withheld else found)

    @property
    def whole(self) -> bool:
        types = [type_of(self.model.measures[name], self.model) for name in self.statistic.measures]
        return all(isinstance(one, Integer) for one in types)

    def _kept(self) -> tuple[list[Floats], Floats | None, Bools]:
        """Return the measures of the runs that have all or were stopped, their draws, and which were stopped."""
        stopped = self.lacks == WHY.index("stopped")
        kept = (self.lacks < 0) | stopped
        return [one[kept] for one in self.values], None if self.draws is None else self.draws[kept], stopped[kept]

    def ratio(self) -> Estimate:
        (above, below), draws, stopped = self._kept()
        one, other = (self.natural[name] for name in self.statistic.measures)
        return ratio_of_runs(above, below, draws, natural=(one, other), stopped=stopped)

    def variance(self) -> Estimate:
        (values,), draws, _ = self._kept()
        return variance_of_runs(values, draws, natural=self.natural[self.statistic.measures[0]])

    def share(self, asked: Share) -> Proportion:
        holds = np.logical_and.reduce([bound.holds(self._later_than_any()) for bound in asked.bounds])
        upper = [bound.number for bound in asked.bounds if bound.relation in ("<=", "<", "==")]
        return self._counted(holds, self._unknown(min(upper, default=math.inf)), LEVEL)

    def _later_than_any(self) -> Floats:
        """Return the values, infinite where a time never came, NaN where there is none or it is not known."""
        (values,) = self.values
        return np.where(self.lacks < 0, values, np.where(self.lacks == WHY.index("never"), math.inf, math.nan))

    def _unknown(self, by: float) -> Bools:
        """Return in which runs it is not known whether the measure lies at or below `by`.

        A time that had not come when a run was stopped is later than that, where it is one since the branch.
        """
        unknown = self.lacks >= WHY.index("stopped")
        (name,) = self.statistic.measures
        since_branch = self.natural[name][1] == self.results.length
        if since_branch and isinstance(self.model.measures[name].quantity, TimeUntil):
            unknown &= ~((self.lacks == WHY.index("stopped")) & (self.runs.followed >= by))
        return unknown

    def _counted(self, hits: Bools, unknown: Bools, level: float) -> Proportion:
        if not self.results.sequential:
            return share_of(hits, unknown, self.draws, level)
        number, open_ = int(hits.sum()), int(unknown.sum())
        found = proportion_sequence_between(number, open_, len(hits), level)
        assert found.low is not None, "a sequence always has both ends"
        assert found.high is not None, "a sequence always has both ends"
        return Proportion(
            hits=number, runs=len(hits), low=found.low, high=found.high, method=found.method, level=level,
            unknown=open_,
        )  # fmt: skip

    def bins(self, asked: Histogram) -> tuple[Bin, ...]:
        values, (name,) = self._later_than_any(), asked.measures
        whole = self.whole
        edges = asked.edges or edges_of(values[np.isfinite(values)], whole=whole)
        shown = asked.texts or tuple(f"{edge:.12g}" for edge in edges)
        low, high = self.natural[name]
        made: list[tuple[str, float | None, float | None, Bools, float]] = []
        if edges and low < edges[0]:
            made.append((f"below {shown[0]}", None, edges[0], values < edges[0], edges[0]))
        for number in range(len(edges) - 1):
            least, most = edges[number], edges[number + 1]
            last = number == len(edges) - 2 and high <= most and not whole
            within_it = (values >= least) & ((values <= most) if last else (values < most))
            made.append(
                (_label(shown[number], shown[number + 1], least, most, whole=whole), least, most, within_it, most)
            )
        if edges and (high > edges[-1] or (high == edges[-1] and (whole or len(edges) == 1))):
            beyond = (values >= edges[-1]) & np.isfinite(values)
            made.append((f"{shown[-1]} or more", edges[-1], None, beyond, math.inf))
        for place, label in ((WHY.index("never"), "never came"), (WHY.index("undefined"), "no value")):
            timed = place == 0 and isinstance(self.model.measures[name].quantity, TimeUntil)
            if timed or (self.lacks == place).any():
                made.append((label, None, None, self.lacks == place, math.inf))
        shares = self._together([(hits, self._unknown(by)) for *_, hits, by in made])
        return tuple(
            Bin(label, least, most, share) for (label, least, most, *_), share in zip(made, shares, strict=True)
        )

    def _together(self, bins: Sequence[tuple[Bools, Bools]]) -> list[Proportion]:
        if not self.results.sequential:
            return simultaneous_shares(bins, self.draws)
        return [self._counted(*one, bonferroni(len(bins))) for one in bins]

    def unfinished(self) -> tuple[str, ...]:
        """Return which runs failed or were stopped, in words."""
        runs, count = self.results.runs, len(self.runs)
        lines = [
            f"{len(found):,} of {count:,} runs failed with {what}; first: run {found[0]}; see it: sim log "
            f"{self.results.source.ensemble[:12]} --run {found[0]}{self.results.source.in_ledger}"
            for what, found in runs.failed.items()
        ]
        cut = int(runs.stopped.sum())
        lines += [f"{cut:,} of {count:,} runs were stopped at the limit of events"] if cut else []
        lines += [str(unfollowed.withheld(self.results.scenario.name, runs))] if self.results.withheld else []
        return tuple(lines)

    def covers(self) -> str:
        """Return what the interval covers, in words."""
        text = self.results.covers
        if isinstance(self.statistic, Histogram):
            return f"The intervals of all bins hold together. {text}"
        return text

    def titles(self) -> list[str]:
        """Return the measures as a sentence has them: their titles, each with the moment up to which it is counted."""
        return [
            f"'{self.model.measures[name].title}' ({labels.measured(self.model, name)})"
            for name in self.statistic.measures
        ]

    def says(self) -> str:
        match self.statistic:
            case Share(bounds=bounds):
                return f"the share of runs in which {self.titles()[0]} is {_in_words(bounds)}"
            case RatioOfMeans():
                above, below = self.titles()
                return (
                    f"the mean of {above} over the mean of {below}, of the runs that have both: "
                    "a ratio of means, not the mean of the runs' own ratios"
                )
            case Variance():
                cause = {"drawn": "chance and what is not known about the parameters together"}
                why = cause.get(self.results.parameters, "chance alone")
                return f"the variance of {self.titles()[0]} from run to run, of the runs that have it: {why}"
            case Histogram():
                return f"the share of runs in each bin of {self.titles()[0]}"
            case _:
                assert_never(self.statistic)

    def unit(self) -> str:
        units = [labels.unit_of(self.model, name) for name in self.statistic.measures]
        match self.statistic:
            case RatioOfMeans():
                above, below = units
                per = f" per{below[:-1]}" if below and not above else ""
                return "" if above and below else above or per
            case Variance():
                return f"{units[0]} squared" if units[0] else ""
        return units[0]


def _label(low: str, high: str, least: float, most: float, *, whole: bool) -> str:
    """Write which numbers lie in a bin: from its low edge on, and below its high one; whole numbers one by one."""
    if not whole or least != round(least) or most != round(most):
        return f"{low} to {high}"
    return low if most - least == 1 else f"{low} to {most - 1:.12g}"


def _in_words(bounds: Sequence[Bound]) -> str:
    return " and ".join(bound.words for bound in bounds)
