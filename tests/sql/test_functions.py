"""SQL has no formula of its own: what a function gives in a query is what the package's own gives, to the last bit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.sql.answer import prepare
from sim.sql.database import connected
from sim.statistics.differences import at_every_look, outcome_difference, share_of, unpaired_outcome_difference
from sim.statistics.estimates import LEVEL, proportion, spread
from sim.statistics.simultaneous import sidak
from sim.statistics.uncertainty import spread_over_draws

DRAWS = 5
ENDS = ("value", "low", "high")


@pytest.fixture(scope="module")
def connection():
    with connected() as found:
        prepare(found)
        yield found


def called(connection, text, *values):
    return connection.execute(f"SELECT {text}", list(values)).fetchone()[0]


@st.composite
def marks(draw, least=1):
    """Runs: whether each had an outcome, whether nobody knows, and its draw of the parameters."""
    kinds = draw(st.lists(st.sampled_from(["hit", "miss", "unknown"]), min_size=least, max_size=40))
    draws = draw(st.lists(st.integers(0, DRAWS - 1), min_size=len(kinds), max_size=len(kinds)))
    return [kind == "hit" for kind in kinds], [kind == "unknown" for kind in kinds], draws


@given(
    st.sampled_from([1, 2, 30, 1_000_000]).flatmap(
        lambda n: st.tuples(st.integers(0, n), st.integers(0, n), st.just(n))
    )
)
def test_a_probability(connection, counts):
    hits, unknown, runs = counts
    unknown = min(unknown, runs - hits)

    found = proportion(hits, runs, unknown=unknown)

    assert called(connection, "proportion(?, ?, ?)", hits, unknown, runs) == {"low": found.low, "high": found.high}


@given(marks(), st.data())
def test_a_probability_by_each_time_over_the_draws(connection, runs, data):
    hits, unknown, draws = runs
    times = data.draw(st.lists(st.integers(0, 6), min_size=len(hits), max_size=len(hits)))
    groups, sizes = (column.tolist() for column in np.unique(draws, return_counts=True))
    moves = sorted((time, run) for run, time in enumerate(times) if hits[run] or unknown[run])

    rows = called(
        connection, "incidence_over_draws(?::DOUBLE[], ?::BOOLEAN[], ?::BIGINT[], ?, ?)", [time for time, _ in moves],
        [hits[run] for _, run in moves], [draws[run] for _, run in moves], groups, sizes,
    )  # fmt: skip

    assert [row["time"] for row in rows] == sorted({time for time, _ in moves})
    for row in rows:
        by = np.array(times) <= row["time"]
        found = share_of(np.array(hits) & by, np.array(unknown) & by, np.array(draws))
        assert (row["low"], row["high"]) == (found.low, found.high)


@given(marks(), st.data(), st.booleans())
def test_a_difference_over_pairs(connection, runs, data, nested):
    (one, here, draws), count = runs, len(runs[0])
    other, there = (data.draw(st.lists(st.booleans(), min_size=count, max_size=count)) for _ in range(2))
    there = [maybe and not hit for maybe, hit in zip(there, other, strict=True)]
    columns = [np.array(column, dtype=bool) for column in (one, other, here, there)]
    groups = np.array(draws, dtype=float) if nested else None
    unknown, family = (columns[2], columns[3]), data.draw(st.integers(1, 20))

    told = draws if nested else [None] * count
    row = called(connection, "change(?, ?, ?, ?, ?::DOUBLE[], ?)", one, other, here, there, told, family)
    beside = called(
        connection, "unpaired_change(?, ?, ?::DOUBLE[], ?, ?, ?::DOUBLE[], false, ?)", one, here, told, other, there,
        [None] * count, family,
    )  # fmt: skip

    for key, level in (("difference", LEVEL), ("simultaneous", sidak(family))):
        paired = outcome_difference("", *columns[:2], groups, level, unknown)
        apart = unpaired_outcome_difference("", *columns[:2], (groups, None), level=level, unknown=unknown)
        assert row[key] == {end: getattr(paired.difference, end) for end in ENDS}
        assert beside[key] == {end: getattr(apart.difference, end) for end in ENDS}
    found = outcome_difference("", *columns[:2], groups, unknown=unknown)
    assert row["gain"] == {end: found.variance_reduction and getattr(found.variance_reduction, end) for end in ENDS}
    assert row["sequence"] == {end: getattr(at_every_look(found), end) for end in ENDS}


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.booleans())
def test_a_measure(connection, values, nested):
    draws = np.arange(len(values)) % DRAWS
    natural = (-1e3, math.inf)
    column = np.array(values)
    found = spread_over_draws(column, draws, natural=natural) if nested else spread(column, natural=natural)

    told = draws.tolist() if nested else [None] * len(values)
    first, *others = called(connection, "spread(?, ?::DOUBLE[], -1e3, 'infinity')", values, told)

    assert first["statistic"] == "mean"
    for row, wanted in zip([first, *others], [found.mean, *found.quantiles.values()], strict=True):
        assert all(row[end] == getattr(wanted, end) for end in ("value", "low", "high", "runs"))
    assert [row["share"] for row in others] == list(found.quantiles)


def test_what_has_no_answer_is_null(connection):
    assert called(connection, "split([true, true], [0, 0], 2)") is None
    assert called(connection, "variance_parts([[true, false]], [0, 1])") is None
    assert called(connection, "spread([1.5], [NULL], 0, 9)")[0] == {
        "statistic": "mean", "share": None, "value": 1.5, "low": None, "high": None, "runs": 1,
    }  # fmt: skip
