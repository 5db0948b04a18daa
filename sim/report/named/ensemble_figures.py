"""What an ensemble's runs say of a part of a case, as lines of a card and as data; or which command would give it.

A figure never stands without its interval, the number of its runs and what it covers: the last entry of a card.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis.results import Results
from sim.experiment import Experiment
from sim.explain.last_causes import LastCauses, last_causes
from sim.explain.occurrences import Counted, Occurrences, looked_at, occurrences
from sim.model.model import Parameter
from sim.report.result_tables import bounds
from sim.statistics.estimates import NO_INTERVAL, Estimate, Proportion, Spread

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Figures:
    """The figures of one ensemble."""

    experiment: Experiment
    results: Results

    @property
    def withheld(self) -> bool:
        return self.results.withheld

    @cached_property
    def why_not(self) -> str:
        """Why no figures are given; "" where they are."""
        if not self.withheld:
            return ""
        failed, count = self.results.failed, self.results.count
        return f"no figures are given: {failed:,} of {count:,} runs failed, more than 1 %"

    def covers(self, *, of_events: bool = False) -> str:
        """Return what the figures are of and what their intervals cover; `of_events` where logs were read for them."""
        results, calendar = self.results, self.results.model.calendar
        scenario = results.scenario
        first = looked_at(results)
        some = f" Events are counted in the first {first:,} of them." if of_events and first < results.count else ""
        return (
            f"{results.count:,} runs of '{scenario.title}' (ensemble {results.source.ensemble[:12]}, seed "
            f"{results.source.settings.seed}), {calendar.moment(scenario.start)} to "
            f"{calendar.moment(scenario.horizon)}.{some} {results.covers}"
        )

    def as_data(self) -> dict[str, Any]:
        """Return which runs the figures are of."""
        return {
            "ensemble": self.results.source.ensemble, "scenario": self.results.scenario.name,
            "runs": self.results.count, "failed": self.results.failed, "withheld": self.withheld,
            "looked_at": looked_at(self.results), "covers": self.results.covers,
        }  # fmt: skip

    def counted(self, counted: Sequence[Counted]) -> dict[Counted, Occurrences]:
        """Return how often rules fired and events happened; nothing where figures are withheld."""
        return {} if self.withheld or not counted else occurrences(self.experiment, self.results, counted)

    def causes(self, outcome: str) -> LastCauses | None:
        """Return how an outcome came about; None where figures are withheld, or it came true in no run."""
        if self.withheld:
            return None
        found = last_causes(self.experiment, self.results, outcome)
        return found if found.hits else None

    def drawn(self, parameter: Parameter) -> tuple[list[str], dict[str, Any]]:
        """Return the values that the runs have of a parameter, in the unit of its author, as text and as data."""
        results = self.results
        values = results.runs.parameters[parameter.name] / parameter.scale
        unit = f" {parameter.unit}" if parameter.unit else ""
        if results.parameters != "drawn" or not parameter.prior:
            same = f"the same in all {results.count:,} runs: {values[0]:.4g}{unit}"
            return [same], {"same_in_all": float(values[0])}
        draws = results.draws
        number = results.count
        what = "runs"
        if draws is not None:
            values = values[np.unique(draws, return_index=True)[1]]
            number, what = len(values), "draws"
        low, middle, high = (float(np.quantile(values, share)) for share in QUANTILES)
        text = (
            f"drawn: 5 % of the {number:,} {what} below {low:.4g}, half below {middle:.4g}, 95 % below {high:.4g}{unit}"
        )
        return [text], {"drawn": number, "of": what, "quantiles": {"0.05": low, "0.5": middle, "0.95": high}}

    def happened(self, found: Occurrences) -> list[str]:
        """Write how often something happened, and when first."""
        often = self.in_runs(found.share)
        if found.share.hits == found.share.unknown == 0:
            return [often]
        texts = [f"{often} at least once"]
        if found.a_run.mean.value is not None:
            texts.append(f"{found.a_run.mean.value:.3g} times a run on average ({bounds(found.a_run.mean, '.3g')})")
        if found.first.runs:
            early, median, late = (found.first.quantiles[share] for share in QUANTILES)
            interval = "too few runs"
            if median.low is not None and median.high is not None:
                interval = f"{self._day(median.low)} to {self._day(median.high)}"
            elif median.method == NO_INTERVAL:
                interval = NO_INTERVAL
            texts += [
                f"for the first time, in the {found.first.runs:,} runs that have it: half by "
                f"{self._day(median.value)} ({interval})",
                f"middle 90 % of these runs: {self._day(early.value)} to {self._day(late.value)}",
            ]
        return texts

    def in_runs(self, found: Proportion) -> str:
        """Write in which share of the runs whose events are counted something is so."""
        return in_runs(found, self.first)

    @property
    def first(self) -> str:
        """What stands before the number of the runs whose events are counted, if they are not all: "the first "."""
        return "the first " if looked_at(self.results) < self.results.count else ""

    def _day(self, since: float | None) -> str:
        """Return the day that is so long after the branch."""
        assert since is not None, "what some runs have has quantiles"
        calendar, start = self.results.model.calendar, self.results.scenario.start
        date = calendar.date_of(start + since)
        return calendar.moment(start + since) if date is None else f"{date:%Y-%m-%d}"


def in_runs(found: Proportion, first: str = "") -> str:
    """Write in which share of runs something is so, with its interval: `in 75 % of runs (72 % to 78 %)`.

    `first` is "the first " where they are not all of their ensemble; their number is then written in any case.
    """
    if not found.runs or found.open:
        return str(found)
    if found.bounded and not found.unknown:
        whole = f"all {first}" if found.hits else f"none of {first}"
        return f"in {whole.rstrip()} {found.runs:,} runs ({found}, {found.level:.0%} bound)"
    runs = f"{first}{found.runs:,} runs" if first else "runs"
    return f"in {found} of {runs} ({found.interval})"


def share_text(found: Proportion) -> str:
    """Write a share with its interval, or the bound that is known of it."""
    return str(found) if found.interval == "-" else f"{found} ({found.interval})"


def occurrences_data(found: Occurrences) -> dict[str, Any]:
    """Return how often something happened as JSON-ready data; times are since the branch, in the model's unit."""
    return {
        "share": {**asdict(found.share), "share": found.share.share},
        "a_run": _spread_data(found.a_run),
        "first": _spread_data(found.first),
    }


def _spread_data(found: Spread) -> dict[str, Any]:
    estimates: dict[str, Estimate] = {str(share): one for share, one in found.quantiles.items()}
    return {
        "runs": found.runs, "missing": found.missing, "mean": asdict(found.mean),
        "quantiles": {share: asdict(one) for share, one in estimates.items()},
    }  # fmt: skip
