"""Functions that queries may call beside SQL's own: the package's estimates, given what a query counted or listed.

Each calls what the commands call, so that SQL has no formula of its own and gives the very numbers that they print.
Lists hold one item a run, in the order of the runs. The draws of a design that is not nested are NULL, and its runs are
then taken as independent. How a number is estimated is left to `sim.statistics`.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.analysis.incidence import milestone
from sim.analysis.runs import Runs, Words
from sim.statistics import differences, estimates, sequence, simultaneous, stopped_runs, uncertainty
from sim.statistics.arrays import Bools, Floats

if TYPE_CHECKING:
    import duckdb

Row: TypeAlias = dict[str, Any]
Draws: TypeAlias = Sequence[float | None]


def _flags(column: Sequence[bool]) -> Bools:
    return np.array(column, dtype=np.bool_)


def _reals(column: Sequence[float]) -> Floats:
    return np.array(column, dtype=np.float64)


def _draws(column: Draws) -> Floats | None:
    return None if column[0] is None else np.array(column, dtype=np.float64)


def _row(found: estimates.Estimate | None) -> Row:
    return {end: None if found is None else getattr(found, end) for end in ("value", "low", "high")}


def proportion(hits: int, unknown: int, runs: int) -> Row:
    found = estimates.proportion(hits, runs, unknown=unknown)
    return {"low": found.low, "high": found.high}


def proportion_over_draws(hits: Sequence[int], unknown: Sequence[int], runs: Sequence[int]) -> Row:
    """Return the interval of a probability from each draw's hits, unknown runs and runs."""
    found = uncertainty.proportion_over_counts(_reals(hits), _reals(unknown), _reals(runs))
    return {"low": found.low, "high": found.high}


def incidence_over_draws(
    times: Sequence[float], hits: Sequence[bool], draws: Sequence[int], groups: Sequence[int], sizes: Sequence[int]
) -> list[Row]:
    """Return the interval of a probability at each time at which runs of the draws reach it, or break off: no hit.

    The moves come in order of time; `groups` are all draws, in order, with their numbers of runs.
    """
    places, runs = np.searchsorted(groups, draws), _reals(sizes)
    reached, unknown, listed = np.zeros(len(runs)), np.zeros(len(runs)), []
    for time, moves in groupby(zip(times, hits, places, strict=True), key=itemgetter(0)):
        for _, hit, place in moves:
            (reached if hit else unknown)[place] += 1
        found = uncertainty.proportion_over_counts(reached, unknown, runs)
        listed.append({"time": time, "low": found.low, "high": found.high})
    return listed


def proportion_sequence(hits: int, unknown: int, runs: int) -> Row:
    return _row(sequence.proportion_sequence_between(hits, unknown, runs))


def spread(values: Sequence[float | None], draws: Draws, low: float, high: float) -> list[Row]:
    """Return a measure's mean and quantiles, over the runs that have it; it lies between `low` and `high`.

    A value is None in a run that was stopped without it: intervals hold whatever it came to there.
    """
    column = np.array(values, dtype=np.float64)
    found = stopped_runs.spread_of_runs(column, _draws(draws), natural=(low, high), stopped=np.isnan(column))
    listed = [("mean", None, found.mean), *(("quantile", share, one) for share, one in found.quantiles.items())]
    return [{"statistic": name, "share": share, **_row(one), "runs": one.runs} for name, share, one in listed]


def first_times(
    times: Sequence[float], followed: Sequence[float], draws: Draws, limit: float, earliest: float
) -> list[Row]:
    """Return the estimates of `milestone`. `times` are NaN and `followed` is finite for a run that broke off."""
    count = len(times)
    runs = Runs(
        numbers=np.arange(count), times={"": _reals(times)}, measures={}, parameters={},
        ends=Words(("",), np.zeros(count, dtype=np.int32)), sizes=np.zeros(count, dtype=np.int64),
        followed=_reals(followed),
    )  # fmt: skip
    found = milestone(runs, "", limit, _draws(draws), earliest=earliest)
    listed = [
        *(("time by which this share has seen it", share, one) for share, one in found.quantiles.items()),
        ("median time if it comes", 0.5, found.median_if),
        ("mean time without it, up to the horizon", None, found.restricted_mean),
    ]
    return [
        {"statistic": name, "share": share, **_row(one), "runs": one.runs} for name, share, one in listed if one.runs
    ]


def change(
    one: Sequence[bool], other: Sequence[bool], here: Sequence[bool], there: Sequence[bool], draws: Draws, family: int
) -> Row:
    """Return the difference of an outcome over pairs of runs, of which those `here` and `there` are unknown.

    It is one of a `family` of differences, and its simultaneous interval holds together with theirs.
    """
    runs, groups, unknown = (_flags(one), _flags(other)), _draws(draws), (_flags(here), _flags(there))
    found = differences.outcome_difference("", *runs, groups, unknown=unknown)
    together = differences.outcome_difference("", *runs, groups, simultaneous.sidak(family), unknown)
    return {
        "difference": _row(found.difference), "simultaneous": _row(together.difference),
        "gain": _row(found.variance_reduction), "sequence": _row(differences.at_every_look(found)),
    }  # fmt: skip


def unpaired_change(
    one: Sequence[bool], here: Sequence[bool], draws: Draws,
    other: Sequence[bool], there: Sequence[bool], groups: Draws, common_random_numbers: bool, family: int,  # noqa: FBT001 - SQL's call
) -> Row:  # fmt: skip
    """Return the difference of an outcome between ensembles whose runs are not pairs, as `change` does."""
    runs, nested, unknown = (_flags(one), _flags(other)), (_draws(draws), _draws(groups)), (_flags(here), _flags(there))
    alone, together = (
        differences.unpaired_outcome_difference(
            "", *runs, nested, common_random_numbers=common_random_numbers, level=level, unknown=unknown
        ).difference
        for level in (estimates.LEVEL, simultaneous.sidak(family))
    )
    return {"difference": _row(alone), "simultaneous": _row(together)}


def shift(one: Sequence[float], other: Sequence[float], draws: Draws) -> Row:
    found = differences.measure_difference("", _reals(one), _reals(other), _draws(draws))
    parts = {"one": found.one, "other": found.other, "difference": found.difference, "gain": found.variance_reduction}
    return {name: _row(part) for name, part in parts.items()}


def rank_ranges(shares: Sequence[Sequence[bool]], unknown: Sequence[Sequence[bool]], draws: Draws) -> list[Row]:
    found = simultaneous.rank_ranges([*map(_flags, shares)], draws=_draws(draws), unknown=[*map(_flags, unknown)])
    return [{"rank": rank, "from": first, "to": last} for rank, first, last in found]


def split(hits: Sequence[bool], draws: Sequence[float], runs_per_draw: int) -> Row | None:
    found = uncertainty.variance_components(_reals(hits), _reals(draws), runs_per_draw)
    if found is None:
        return None
    assert found.aleatory.value is not None, "what is split has a mean"
    assert found.aleatory.high is not None, "what is split has a mean"
    alone, (low, high) = found.aleatory.high - found.aleatory.value, found.epistemic
    return {"chance": alone, "low": low, "high": high, "held": found.held, "parameters": _row(found.parameters_share)}


def variance_parts(hits: Sequence[Sequence[bool]], draws: Sequence[float]) -> dict[str, Row] | None:
    numbers = np.array(draws, dtype=np.int64)
    found = uncertainty.variance_parts({str(index): (_reals(one), numbers) for index, one in enumerate(hits)})
    return None if found is None else {part: _row(one) for part, one in found.items()}


_ENDS = 'STRUCT("value" DOUBLE, low DOUBLE, high DOUBLE)'
_BOUNDS = "STRUCT(low DOUBLE, high DOUBLE)"
_LISTED = 'STRUCT(statistic VARCHAR, share DOUBLE, "value" DOUBLE, low DOUBLE, high DOUBLE, runs BIGINT)[]'
_FLAGS, _REALS, _WHOLES = "BOOLEAN[]", "DOUBLE[]", "BIGINT[]"
_KNOWN: tuple[tuple[Callable[..., object], list[str], str], ...] = (
    (proportion, ["BIGINT"] * 3, _BOUNDS),
    (proportion_over_draws, [_WHOLES] * 3, _BOUNDS),
    (incidence_over_draws, [_REALS, _FLAGS, *[_WHOLES] * 3], "STRUCT(time DOUBLE, low DOUBLE, high DOUBLE)[]"),
    (proportion_sequence, ["BIGINT"] * 3, _ENDS),
    (spread, [_REALS, _REALS, "DOUBLE", "DOUBLE"], _LISTED),
    (first_times, [_REALS, _REALS, _REALS, "DOUBLE", "DOUBLE"], _LISTED),
    (change, [*[_FLAGS] * 4, _REALS, "BIGINT"],
     f"STRUCT(difference {_ENDS}, simultaneous {_ENDS}, gain {_ENDS}, sequence {_ENDS})"),
    (unpaired_change, [*[_FLAGS, _FLAGS, _REALS] * 2, "BOOLEAN", "BIGINT"],
     f"STRUCT(difference {_ENDS}, simultaneous {_ENDS})"),
    (shift, [_REALS] * 3, f"STRUCT(one {_ENDS}, other {_ENDS}, difference {_ENDS}, gain {_ENDS})"),
    (rank_ranges, ["BOOLEAN[][]", "BOOLEAN[][]", _REALS], 'STRUCT(rank BIGINT, "from" BIGINT, "to" BIGINT)[]'),
    (split, [_FLAGS, _REALS, "BIGINT"],
     f"STRUCT(chance DOUBLE, low DOUBLE, high DOUBLE, held DOUBLE, parameters {_ENDS})"),
    (variance_parts, ["BOOLEAN[][]", _REALS], f"STRUCT(chance {_ENDS}, parameters {_ENDS}, scenario {_ENDS})"),
)  # fmt: skip


def register(connection: "duckdb.DuckDBPyConnection") -> None:
    """Make the functions known to a connection. NULL reaches them, and they may give it."""
    from duckdb.func import SPECIAL

    for function, takes, gives in _KNOWN:
        known: Any = function  # DuckDB's own types know functions of fewer kinds than it takes
        connection.create_function(known.__name__, known, [*takes], gives, null_handling=SPECIAL)
