"""Functions that queries may call beside SQL's own: quantiles of laws, and methods that SQL cannot write down."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.incidence import milestone
from sim.analysis.runs import Runs
from sim.statistics.differences import gain_of, rank_ranges, shift, sidak, unpaired_change
from sim.statistics.estimates import normal_quantile, order_interval
from sim.statistics.sequence import difference_sequence_between, proportion_sequence_between
from sim.statistics.uncertainty import proportion_over_counts, split, variance_parts
from sim.statistics.unknown_pairs import Between, paired_between

if TYPE_CHECKING:
    import duckdb


def student_quantile(level: float, degrees: int | None) -> float | None:
    """Return t such that a Student variable lies within t of 0 with the probability `level`."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + level / 2)) if degrees else None


def order_low(runs: int, share: float, level: float) -> int | None:
    """Return the place, from 1, of the order statistic that bounds a quantile from below."""
    place = order_interval(runs, share, level)[0]
    return None if place is None else place + 1


def order_high(runs: int, share: float, level: float) -> int | None:
    """Return the place, from 1, of the order statistic that bounds a quantile from above."""
    place = order_interval(runs, share, level)[1]
    return None if place is None else place + 1


def sequence_bounds(hits: int, unknown: int, runs: int) -> list[float]:
    """Return the two ends of the confidence sequence of a probability."""
    found = proportion_sequence_between(hits, unknown, runs)
    return [float(end) for end in (found.low, found.high) if end is not None]


def difference_sequence_bounds(gained: int, maybe_gained: int, lost: int, maybe_lost: int, runs: int) -> list[float]:
    """Return the two ends of the confidence sequence of a difference."""
    found = difference_sequence_between((gained, gained + maybe_gained), (lost, lost + maybe_lost), runs)
    return [float(end) for end in (found.low, found.high) if end is not None]


def nested_bounds(hits: list[int], unknown: list[int], runs: list[int]) -> list[float]:
    """Return the two ends of a probability's interval from each draw's hits, unknown runs and runs."""
    yes, open_, counts = (np.array(column, dtype=float) for column in (hits, unknown, runs))
    found = proportion_over_counts(yes, open_, counts)
    return [found.low, found.high]


def paired_bounds(
    gained: int, maybe_gained: int, lost: int, maybe_lost: int, changed: int, pairs: int, level: float
) -> list[float | None]:
    """Return the two ends of a difference over pairs of which at most `changed` changed."""
    found = paired_between((gained, gained + maybe_gained), (lost, lost + maybe_lost), changed, pairs, level)
    return [found.low, found.high]


def nested_paired_bounds(low: list[int], high: list[int], draws: list[int], level: float) -> list[float | None]:
    """Return the two ends of a difference over pairs, each between a least and a greatest one, of a nested design."""
    least, most = np.array(low, dtype=float), np.array(high, dtype=float)
    found = Between(least, most).over_draws(np.array(draws, dtype=float), level)
    return [found.low, found.high]


def milestone_bounds(
    times: list[float], followed: list[float], draws: list[int], nested: bool, limit: float, earliest: float,  # noqa: FBT001 - SQL's call
) -> list[list[float | None]]:  # fmt: skip
    """Return [value, low, high, runs] of each quantile of an outcome's time, the median if it comes, the mean without.

    `times` are NaN and `followed` is finite for a run that broke off.
    """
    count, columns = len(times), {"": np.array(times, dtype=float)}
    ends, sizes = np.full(count, "", dtype=object), np.zeros(count, dtype=np.int64)
    runs = Runs(np.arange(count), columns, {}, {}, ends, sizes, np.array(followed, dtype=float))
    found = milestone(runs, "", limit, np.array(draws, dtype=float) if nested else None, earliest=earliest)
    listed = [*found.quantiles.values(), found.median_if, found.restricted_mean]
    return [[one.value, one.low, one.high, float(one.runs)] for one in listed]


def gain_bounds(both: int, lost: int, gained: int, neither: int) -> list[float | None] | None:
    """Return the gain over independent runs with the two ends of its interval."""
    found = gain_of(both, lost, gained, neither)
    return None if found is None else [found.value, found.low, found.high]


def shift_gain(one: list[float], other: list[float]) -> list[float | None] | None:
    """Return the gain of a measure over independent runs with the two ends of its interval."""
    found = shift("", np.array(one), np.array(other)).gain
    return None if found is None else [found.value, found.low, found.high]


def split_of(values: list[float], draws: list[float], runs_per_draw: int) -> list[float | None] | None:
    """Return [chance half-width, ignorance low, high, held, parameters' share, low, high] of a nested design."""
    found = split(values, draws, runs_per_draw)
    if found is None or found.chance.value is None or found.chance.high is None:
        return None
    share = found.parameters_share
    return [found.chance.high - found.chance.value, *found.ignorance, found.held, share.value, share.low, share.high]


def ranks_of(
    shares: list[list[bool]], unknown: list[list[bool]], draws: list[float], nested: bool  # noqa: FBT001 - SQL's call
) -> list[list[int]]:  # fmt: skip
    """Return, for each scenario's hits and unknown runs, [rank, from, to]."""
    columns, open_ = ([np.array(one, dtype=bool) for one in side] for side in (shares, unknown))
    return [list(place) for place in rank_ranges(columns, draws=np.array(draws) if nested else None, unknown=open_)]


def unpaired_bounds(
    numbers: list[int], hits: list[bool], unknown: list[bool], draws: list[int],
    others: list[int], mates: list[bool], untold: list[bool], groups: list[int],
    nested: bool, other_nested: bool, same_seed: bool, level: float,  # noqa: FBT001 - SQL's call
) -> list[float | None]:  # fmt: skip
    """Return [share, other share, difference, low, high] of ensembles whose runs are no pairs."""
    one, other = np.array(hits, dtype=bool), np.array(mates, dtype=bool)
    open_ = [np.array(unknown, dtype=bool), np.array(untold, dtype=bool)]
    known = [np.array(draws, dtype=float), np.array(groups, dtype=float)]
    if same_seed:
        both, here, there = np.intersect1d(np.array(numbers), np.array(others), return_indices=True)
        one, other, known = one[here], other[there], [known[0][here], known[1][there]]
        open_ = [open_[0][here], open_[1][there]]
        assert len(both) == len(one), "runs with one number stand beside each other"
    parted = (known[0] if nested else None, known[1] if other_nested else None)
    found = unpaired_change(
        "", one, other, parted, same_luck=same_seed, level=level, unknown=(open_[0], open_[1])
    )  # fmt: skip
    shares = [
        share.hits / share.runs if share.runs and not share.unknown else None for share in (found.one, found.other)
    ]
    return [*shares, found.difference.value, found.difference.low, found.difference.high]


def variance_parts_of(values: list[list[float]], draws: list[float]) -> list[float | None] | None:
    """Return [chance, low, high, parameters, low, high, scenario, low, high] of scenarios' runs, as shares."""
    numbers = np.array(draws, dtype=int)
    found = variance_parts({str(place): (np.array(one), numbers) for place, one in enumerate(values)})
    return None if found is None else [end for part in found.values() for end in (part.value, part.low, part.high)]


def register(connection: "duckdb.DuckDBPyConnection") -> None:
    """Make the functions known to a connection. Those that may give NULL say so."""
    from duckdb.func import DEFAULT, SPECIAL

    whole, real, reals, wholes, flags = "BIGINT", "DOUBLE", "DOUBLE[]", "BIGINT[]", "BOOLEAN[]"
    runs_of_one = [wholes, flags, flags, wholes]
    for function, takes, gives in (
        (normal_quantile, [real], real),
        (student_quantile, [real, whole], real),
        (sidak, [whole, real], real),
        (order_low, [whole, real, real], whole),
        (order_high, [whole, real, real], whole),
        (sequence_bounds, [whole, whole, whole], reals),
        (difference_sequence_bounds, [whole, whole, whole, whole, whole], reals),
        (nested_bounds, [wholes, wholes, wholes], reals),
        (paired_bounds, [whole, whole, whole, whole, whole, whole, real], reals),
        (nested_paired_bounds, [wholes, wholes, wholes, real], reals),
        (milestone_bounds, [reals, reals, wholes, "BOOLEAN", real, real], "DOUBLE[][]"),
        (gain_bounds, [whole, whole, whole, whole], reals),
        (shift_gain, [reals, reals], reals),
        (split_of, [reals, reals, whole], reals),
        (ranks_of, ["BOOLEAN[][]", "BOOLEAN[][]", reals, "BOOLEAN"], "BIGINT[][]"),
        (unpaired_bounds, [*runs_of_one, *runs_of_one, "BOOLEAN", "BOOLEAN", "BOOLEAN", real], reals),
        (variance_parts_of, ["DOUBLE[][]", reals], reals),
    ):
        handling = SPECIAL if function in _MAY_GIVE_NULL else DEFAULT
        known: Any = function  # DuckDB's own types know functions of fewer kinds than it takes
        connection.create_function(known.__name__, known, [*takes], gives, null_handling=handling)


_MAY_GIVE_NULL = (
    unpaired_bounds,
    paired_bounds,
    nested_paired_bounds,
    milestone_bounds,
    student_quantile,
    order_low,
    order_high,
    gain_bounds,
    shift_gain,
    split_of,
    variance_parts_of,
)
