"""Base rates: where the model's own share of runs lies against the interval of a count of comparable cases.

Owns which runs count as what, when enough have been made, and what held, broken and open mean here. The interval of a
count is `sim.report.bases`', the model's own that of `sim.statistics.sequence`: it holds at every number of runs at
once, so one may stop as soon as it tells.

A run in which the outcome came true within the time is a hit, and one that was followed for that time without it is
none, though another ending may have ended it. Of a run that failed or was stopped before, nobody knows: it counts both
ways.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from sim.analysis.runs import Runs, runs_of
from sim.build.cases.case import Case
from sim.build.warnings.horizons import why_untried
from sim.engines.choice import chosen, engine
from sim.engines.protocol import ENOUGH
from sim.engines.reference import ReferenceEngine
from sim.model.event import LIMIT_OF_EVENTS
from sim.model.model import BaseRate
from sim.model.program import compile_model
from sim.report.bases import share_interval, written_basis, written_share
from sim.statistics.estimates import Estimate, percent
from sim.statistics.sequence import LOOK, proportion_sequence_between
from sim.testing.simulated import FALSE_ALARMS

Status: TypeAlias = Literal["held", "broken", "open"]

FIRST = 1000  # runs that are made before the first look at them
TRIED = 20_000  # events of a run with which an engine is chosen
MOST_FORESEEN = 10**9  # runs: more are not said to tell


@dataclass(frozen=True, kw_only=True)
class RateEvidence:
    """How many runs had the outcome within the time, and of how many nobody knows; the model's share, and the count's.

    `share` is the model's own, with the interval that holds at every number of runs at once.
    """

    hits: int
    unknown: int
    runs: int
    share: Estimate
    counted: tuple[float, float]

    @property
    def status(self) -> Status:
        """`held`: the model's interval lies within the count's. `broken`: they exclude each other. Else `open`."""
        low, high = self.share.low or 0.0, 1.0 if self.share.high is None else self.share.high
        least, most = self.counted
        if low > most or high < least:
            return "broken"
        return "held" if least <= low and high <= most else "open"

    @property
    def more(self) -> int | None:
        """How many more runs would tell, if the shares stay as they are; None if no number of them would."""
        if self.status != "open":
            return 0
        hits, unknown = self.hits / self.runs, self.unknown / self.runs

        def tells(runs: int) -> bool:
            return (
                evidence(round(hits * runs), round(unknown * runs), runs, self.counted, self.share.level).status
                != "open"
            )

        enough = self.runs
        while not tells(enough):
            enough *= 2
            if enough > MOST_FORESEEN:
                return None
        few = enough // 2
        while enough - few > max(1, enough // 100):
            middle = (few + enough) // 2
            few, enough = (few, middle) if tells(middle) else (middle, enough)
        return enough - self.runs

    def __str__(self) -> str:
        """Write the model's share: `24.1 % (22.0 % to 26.3 %) of 4,100 runs`, `0 % (below 0.2 %) of 4,100 runs`."""
        low, high = self.share.low or 0.0, 1.0 if self.share.high is None else self.share.high
        most = self.hits + self.unknown
        interval = f"{percent(low)} to {percent(high)}"
        if low <= 0.0 and high >= 1.0:
            interval = "not bounded"
        elif low <= 0.0:
            interval = f"below {percent(high, 'up')}"
        elif high >= 1.0:
            interval = f"above {percent(low, 'down')}"
        share = percent(self.hits / self.runs) + (f" to {percent(most / self.runs)}" if self.unknown else "")
        return f"{share} ({interval}) of {self.runs:,} runs"


def evidence(hits: int, unknown: int, runs: int, counted: tuple[float, float], level: float) -> RateEvidence:
    """Hold so many hits, and runs of which nobody knows, against the interval of a count."""
    share = proportion_sequence_between(hits, unknown, runs, level)
    return RateEvidence(hits=hits, unknown=unknown, runs=runs, share=share, counted=counted)


@dataclass(frozen=True, kw_only=True)
class RateVerdict:
    """What came of one base rate: `why` in words, and what the runs showed, if any could be made."""

    rate: BaseRate
    status: Status
    why: str
    evidence: RateEvidence | None = None

    @property
    def counted(self) -> str:
        """What was counted, with the share's interval."""
        return f"{self.rate.count}: {written_share(self.rate.count)}"

    @property
    def basis(self) -> str:
        """Where the count comes from."""
        return "; ".join(written_basis(basis) for basis in self.rate.basis)


def level_of(rates: int) -> float:
    """Return the level of each model's interval with which runs err about any of so many less than once in 1,000."""
    return 1 - FALSE_ALARMS / max(1, rates)


def judge_rates(case: Case | None, rates: Mapping[str, BaseRate], seed: int, most: int) -> list[RateVerdict]:
    """Come to a verdict on each base rate under the status quo, of which `case` is None where there is none.

    Runs are looked at after the first 1,000 and after every 100 from then on, in order of their numbers, until each
    base rate is settled, and `most` at most. A verdict is that of the first look that settles it. The runs are those of
    `sim run` with the same seed.
    """
    if case is None:
        why = "the folder has no status quo: no scenario of that name, and none that assumes nothing"
        return [RateVerdict(rate=rate, status="open", why=why) for rate in rates.values()]
    untried = {name: why for name, rate in rates.items() if (why := why_untried(rate, case.scenario))}
    found = _settled(case, [rate for name, rate in rates.items() if name not in untried], seed, most, len(rates))
    return [
        RateVerdict(rate=rate, status="open", why=f"it cannot be tried: {untried[name]}")
        if name in untried
        else RateVerdict(rate=rate, status=found[name].status, why=_why(found[name]), evidence=found[name])
        for name, rate in rates.items()
    ]


def _settled(case: Case, rates: Sequence[BaseRate], seed: int, most: int, claims: int) -> dict[str, RateEvidence]:
    level = level_of(claims)
    found: dict[str, RateEvidence] = {}
    totals = {rate.name: np.zeros((2, 0), dtype=np.int64) for rate in rates}
    open_rates = {rate.name: rate for rate in rates}
    made = looked = 0
    for runs in _runs(case, seed, most) if rates else ():
        made += len(runs)
        for name, rate in open_rates.items():
            within = rate.count.within if rate.count.within is not None else np.inf
            columns = np.array([runs.reached(rate.outcome, within), runs.unknown(rate.outcome, within)], dtype=np.int64)
            before = totals[name][:, -1:] if totals[name].size else np.zeros((2, 1), dtype=np.int64)
            totals[name] = np.concatenate([totals[name], before + columns.cumsum(axis=1)], axis=1)
        for look in _looks(looked, made, most):
            for name in [*open_rates]:
                hits, unknown = (int(total) for total in totals[name][:, look - 1])
                found[name] = evidence(hits, unknown, look, share_interval(open_rates[name].count), level)
                if found[name].status != "open":
                    del open_rates[name]
            looked = look
        if not open_rates:
            break
    return found


def _looks(after: int, made: int, most: int) -> Iterator[int]:
    """Yield the numbers of runs to look at, beyond those `after` which one has looked, up to those that are made."""
    yield from range(max(FIRST, (after // LOOK + 1) * LOOK), made + 1, LOOK)
    if made == most and (made % LOOK or made < FIRST):
        yield made


def _runs(case: Case, seed: int, most: int) -> Iterator[Runs]:
    """Yield the runs of a scenario in order of their numbers, `most` in all, made as they are asked for."""
    scenario = case.scenario
    program = compile_model(scenario.model)

    def goes_on() -> bool:
        reference = ReferenceEngine(program, scenario, seed, most_events=TRIED)
        return reference.run(0)[-1].note == LIMIT_OF_EVENTS

    name = chosen("auto", scenario.model, most, goes_on)
    makes = engine(name, program, scenario, seed, central=False, runs_per_draw=1, strict=False)
    done, wanted = 0, 0
    while done < most:
        wanted = min(most, max(FIRST, wanted + wanted // 2))
        while done < wanted:
            table = makes.make(range(done, wanted), enough=ENOUGH)
            done += len(table.runs)
            yield runs_of(program.model, scenario, table)


def _why(found: RateEvidence) -> str:
    _, high = found.counted
    if found.status == "held":
        return "the model's interval lies within that of the count"
    if found.status == "broken":
        above = (found.share.low or 0.0) > high
        return f"the model's share is {'higher' if above else 'lower'} than the count allows: the intervals are apart"
    if found.more is None:
        lost = f"; of {found.unknown:,} runs nobody knows" if found.unknown else ""
        return f"the model's share lies too near to the end of the count's interval for runs to tell{lost}"
    return f"too few runs to tell: some {rounded(found.more):,} more would, if the share stays as it is"


def rounded(count: int) -> int:
    """Round a number of runs up to two digits."""
    step = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // step) * step
