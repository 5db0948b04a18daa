"""Functions that queries may call beside SQL's own: quantiles of laws, and methods that SQL cannot write down."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.differences import gain_of, rank_ranges, shift, sidak, unpaired_change
from sim.analysis.estimates import normal_quantile, order_interval
from sim.analysis.sequence import difference_sequence, proportion_sequence
from sim.analysis.uncertainty import split, variance_parts

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


def sequence_bounds(hits: int, runs: int) -> list[float]:
    """Return the two ends of the confidence sequence of a probability."""
    found = proportion_sequence(hits, runs)
    return [float(end) for end in (found.low, found.high) if end is not None]


def difference_sequence_bounds(gained: int, lost: int, runs: int) -> list[float]:
    """Return the two ends of the confidence sequence of a difference."""
    found = difference_sequence(gained, lost, runs)
    return [float(end) for end in (found.low, found.high) if end is not None]


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


def ranks_of(shares: list[list[bool]], draws: list[float], nested: bool) -> list[list[int]]:  # noqa: FBT001 - SQL's call
    """Return, for each scenario's hits by run, [rank, from, to]."""
    columns = [np.array(one, dtype=bool) for one in shares]
    return [list(place) for place in rank_ranges(columns, draws=np.array(draws) if nested else None)]


def unpaired_bounds(
    numbers: list[int], hits: list[bool], draws: list[int], others: list[int], mates: list[bool], groups: list[int],
    nested: bool, other_nested: bool, same_seed: bool, level: float,  # noqa: FBT001 - SQL's call
) -> list[float | None]:  # fmt: skip
    """Return [share, other share, difference, low, high] of ensembles whose runs are no pairs."""
    one, other = np.array(hits, dtype=bool), np.array(mates, dtype=bool)
    known = [np.array(draws, dtype=float), np.array(groups, dtype=float)]
    if same_seed:
        both, here, there = np.intersect1d(np.array(numbers), np.array(others), return_indices=True)
        one, other, known = one[here], other[there], [known[0][here], known[1][there]]
        assert len(both) == len(one), "runs with one number stand beside each other"
    parted = (known[0] if nested else None, known[1] if other_nested else None)
    found = unpaired_change("", one, other, parted, same_luck=same_seed, level=level)
    shares = [share.hits / share.runs if share.runs else None for share in (found.one, found.other)]
    return [*shares, found.difference.value, found.difference.low, found.difference.high]


def variance_parts_of(values: list[list[float]], draws: list[float]) -> list[float | None] | None:
    """Return [chance, low, high, parameters, low, high, scenario, low, high] of scenarios' runs, as shares."""
    numbers = np.array(draws, dtype=int)
    found = variance_parts({str(place): (np.array(one), numbers) for place, one in enumerate(values)})
    return None if found is None else [end for part in found.values() for end in (part.value, part.low, part.high)]


def register(connection: "duckdb.DuckDBPyConnection") -> None:
    """Make the functions known to a connection. Those that may give NULL say so."""
    from duckdb.func import DEFAULT, SPECIAL

    whole, real, reals = "BIGINT", "DOUBLE", "DOUBLE[]"
    for function, takes, gives in (
        (normal_quantile, [real], real),
        (student_quantile, [real, whole], real),
        (sidak, [whole, real], real),
        (order_low, [whole, real, real], whole),
        (order_high, [whole, real, real], whole),
        (sequence_bounds, [whole, whole], reals),
        (difference_sequence_bounds, [whole, whole, whole], reals),
        (gain_bounds, [whole, whole, whole, whole], reals),
        (shift_gain, [reals, reals], reals),
        (split_of, [reals, reals, whole], reals),
        (ranks_of, ["BOOLEAN[][]", reals, "BOOLEAN"], "BIGINT[][]"),
        (
            unpaired_bounds,
            [
                "BIGINT[]",
                "BOOLEAN[]",
                "BIGINT[]",
                "BIGINT[]",
                "BOOLEAN[]",
                "BIGINT[]",
                "BOOLEAN",
                "BOOLEAN",
                "BOOLEAN",
                real,
            ],
            reals,
        ),
        (variance_parts_of, ["DOUBLE[][]", reals], reals),
    ):
        handling = SPECIAL if function in _MAY_GIVE_NULL else DEFAULT
        known: Any = function  # DuckDB's own types know functions of fewer kinds than it takes
        connection.create_function(known.__name__, known, [*takes], gives, null_handling=handling)


_MAY_GIVE_NULL = (
    unpaired_bounds,
    student_quantile,
    order_low,
    order_high,
    gain_bounds,
    shift_gain,
    split_of,
    variance_parts_of,
)
