"""Runs of which nobody knows what they came to: every interval holds that of whatever they may have come to."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.analysis.incidence import incidence, milestone
from sim.analysis.runs import Runs, Words
from sim.statistics.differences import at_every_look, outcome_difference, share_of, unpaired_outcome_difference
from sim.statistics.estimates import LEVEL, proportion, spread, within
from sim.statistics.sequence import proportion_sequence, proportion_sequence_between
from sim.statistics.simultaneous import rank_ranges
from sim.statistics.uncertainty import greatest_error, mean_between, over_draws

KINDS = st.sampled_from(["yes", "no", "no", "unknown"])
PER_DRAW = 3
CLOSE = 1e-9


def parted(kinds):
    return np.array([kind == "yes" for kind in kinds]), np.array([kind == "unknown" for kind in kinds])


@st.composite
def patterns(draw, sides=1, least=1):
    """Draw the runs of some sides, as many of each, and a completion of what is unknown of them."""
    count = draw(st.integers(least, 8)) * PER_DRAW
    found = []
    for _ in range(sides):
        hits, unknown = parted(draw(st.lists(KINDS, min_size=count, max_size=count)))
        filled = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
        found.append((hits, unknown, hits | (unknown & filled)))
    return found


def draws_of(count):
    return (np.arange(count) // PER_DRAW).astype(float)


def holds(wide, narrow):
    """Assert that an interval holds another one; an end that is None is no bound."""
    assert wide.low is None or narrow.low is not None
    assert wide.high is None or narrow.high is not None
    assert wide.low is None or wide.low <= narrow.low + CLOSE
    assert wide.high is None or wide.high >= narrow.high - CLOSE


@pytest.mark.parametrize("nested", [False, True])
@given(patterns())
def test_the_interval_of_a_probability_holds_that_of_every_completion(nested, sides):
    ((hits, unknown, filled),) = sides
    draws = draws_of(len(hits)) if nested else None

    found = share_of(hits, unknown, draws)

    holds(found, share_of(filled, np.zeros(len(hits), dtype=bool), draws))
    assert (found.hits, found.most, found.runs) == (hits.sum(), (hits | unknown).sum(), len(hits))


@given(patterns())
def test_the_confidence_sequence_of_a_probability_holds_that_of_every_completion(sides):
    ((hits, unknown, filled),) = sides

    found = proportion_sequence_between(int(hits.sum()), int(unknown.sum()), len(hits))

    holds(found, proportion_sequence(int(filled.sum()), len(hits)))


@pytest.mark.parametrize("nested", [False, True])
@given(sides=patterns(sides=2), level=st.sampled_from([LEVEL, 0.5, 0.999]))
def test_the_interval_of_a_paired_difference_holds_that_of_every_completion(nested, sides, level):
    (one, open_one, filled), (other, open_other, mate) = sides
    draws = draws_of(len(one)) if nested else None

    found = outcome_difference("o", one, other, draws, level, (open_one, open_other))
    whole = outcome_difference("o", filled, mate, draws, level)

    holds(found.difference, whole.difference)
    holds(found.one, whole.one)
    assert found.pairs == whole.pairs
    assert found.gained <= whole.gained <= found.gained + found.maybe_gained
    assert found.lost <= whole.lost <= found.lost + found.maybe_lost


@given(patterns(sides=2))
def test_the_confidence_sequence_of_a_difference_holds_that_of_every_completion(sides):
    (one, open_one, filled), (other, open_other, mate) = sides

    found = at_every_look(outcome_difference("o", one, other, unknown=(open_one, open_other)))

    holds(found, at_every_look(outcome_difference("o", filled, mate)))


def test_the_confidence_sequence_of_a_difference_holds_over_many_pairs_where_the_first_gain_makes_it_narrower():
    count, lost = 10_000, 1000
    one = np.arange(count) < lost
    for unknown in (1, 3):
        open_ = (np.arange(count) >= count - unknown, np.zeros(count, dtype=bool))
        found = at_every_look(outcome_difference("o", one, np.zeros(count, dtype=bool), unknown=open_))
        for more in range(unknown + 1):
            other = one | (np.arange(count) >= count - more)
            holds(found, at_every_look(outcome_difference("o", other, np.zeros(count, dtype=bool))))


@pytest.mark.parametrize("nested", [(False, False), (True, True), (True, False)])
@pytest.mark.parametrize("common_random_numbers", [False, True])
@given(sides=patterns(sides=2), level=st.sampled_from([LEVEL, 0.999]))
def test_the_interval_of_an_unpaired_difference_holds_that_of_every_completion(
    nested, common_random_numbers, sides, level
):
    (one, open_one, filled), (other, open_other, mate) = sides
    draws = tuple(draws_of(len(one)) if there else None for there in nested)

    found = unpaired_outcome_difference(
        "o", one, other, draws, common_random_numbers=common_random_numbers, level=level, unknown=(open_one, open_other)
    )

    holds(
        found.difference,
        unpaired_outcome_difference(
            "o", filled, mate, draws, common_random_numbers=common_random_numbers, level=level
        ).difference,
    )


@given(patterns(sides=3))
def test_the_range_of_a_rank_holds_that_of_every_completion(sides):
    found = rank_ranges([hits for hits, _, _ in sides], unknown=[unknown for _, unknown, _ in sides])
    whole = rank_ranges([filled for _, _, filled in sides])

    for (_, low, high), (_, least, most) in zip(found, whole, strict=True):
        assert low <= least <= most <= high


@given(patterns(sides=2), st.booleans())
def test_without_unknown_runs_every_figure_is_what_it_is_without_the_question(sides, nested):
    (one, _, _), (other, _, _) = sides
    none, draws = np.zeros(len(one), dtype=bool), draws_of(len(one)) if nested else None

    assert outcome_difference("o", one, other, draws, unknown=(none, none)) == outcome_difference(
        "o", one, other, draws
    )
    assert unpaired_outcome_difference(
        "o", one, other, (draws, draws), unknown=(none, none)
    ) == unpaired_outcome_difference("o", one, other, (draws, draws))
    assert rank_ranges([one, other], draws=draws, unknown=[none, none]) == rank_ranges([one, other], draws=draws)
    assert proportion(int(one.sum()), len(one), unknown=0) == proportion(int(one.sum()), len(one))


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 5), st.floats(0, 1)), min_size=2, max_size=20), st.booleans())
def test_the_interval_of_a_mean_between_ends_holds_that_of_all_values_between(values, nested):
    low = np.array([value for value, _, _ in values])
    high = low + [width for _, width, _ in values]
    inside = low + (high - low) * [place for _, _, place in values]
    draws = draws_of(len(low)) if nested else np.arange(len(low)).astype(float)

    found = mean_between(low, high, draws)

    holds(found, over_draws(inside, draws))


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.integers(1, 9)), min_size=2, max_size=9)
)
def test_no_means_between_ends_have_a_greater_error_than_is_said(groups):
    low, width, place, counts = (np.array(column, dtype=float) for column in zip(*groups, strict=True))
    inside = low + width * place

    assert greatest_error(low, low + width, counts) >= greatest_error(inside, inside, counts) - CLOSE


@st.composite
def histories(draw):
    """Draw the first times of one outcome in some runs, some of which broke off, and what would have come of these."""
    runs = []
    for _ in range(draw(st.integers(1, 15))):
        broke = draw(st.sampled_from([math.inf, math.inf, 0.0, 2.0, 5.0, 9.5]))
        later = draw(st.sampled_from([0.5, 1.0, 3.0, 5.0, 7.0, 9.9, 10.0, math.inf]))
        known = later if later < broke else math.nan if broke < math.inf else later
        whole = later if later < broke else max(later, broke)
        runs.append((known, broke, whole))
    return [np.array(column) for column in zip(*runs, strict=True)]


def runs_with(times, followed):
    count = len(times)
    return Runs(np.arange(count), {"o": times}, {}, {}, Words.of([""] * count), np.zeros(count), followed)


@pytest.mark.parametrize("nested", [False, True])
@given(histories())
def test_when_an_outcome_comes_is_bounded_for_whatever_the_runs_that_broke_off_came_to(nested, columns):
    times, followed, whole = columns
    draws = draws_of(len(times)) if nested else None
    one, other = runs_with(times, followed), runs_with(whole, np.full(len(times), math.inf))

    curve, truth = (incidence(runs, "o", [0.0, 1.0, 2.0, 5.0, 9.9, 10.0], draws) for runs in (one, other))
    for found, share in zip(curve.shares, truth.shares, strict=True):
        holds(found, share)
    first, real = (milestone(runs, "o", 10.0, draws) for runs in (one, other))
    holds(first.happened, real.happened)
    holds(first.restricted_mean, real.restricted_mean)
    if not nested:
        for share in first.quantiles:
            if first.quantiles[share].low is not None and real.quantiles[share].low is not None:
                assert first.quantiles[share].low <= real.quantiles[share].low
            if first.quantiles[share].high is not None and real.quantiles[share].high is not None:
                assert first.quantiles[share].high >= real.quantiles[share].high
        assume(real.median_if.low is not None and first.median_if.low is not None)
        assert first.median_if.low <= real.median_if.low
        assert first.median_if.high is None or first.median_if.high >= (real.median_if.high or 0.0)


def test_what_had_come_true_before_a_run_broke_off_counts_and_what_is_later_is_not_known():
    runs = runs_with(np.array([1.0, math.nan, math.inf]), np.array([2.0, 2.0, math.inf]))

    assert [(share.hits, share.unknown) for share in incidence(runs, "o", [0.5, 1.0, 1.9, 2.0, 9.0]).shares] == [
        (0, 0), (1, 0), (1, 0), (1, 1), (1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hits", "unknown", "runs", "text", "interval"),
    [
        (600, 5, 1000, "60.0 % to 60.5 %", "56.9 % to 63.5 %"),
        (0, 5, 1000, "below 1.2 %", "0 to 5 of 1,000: 95% bound"),
        (995, 5, 1000, "above 98.8 %", "995 to 1,000 of 1,000: 95% bound"),
        (0, 1000, 1000, "not known", "-"),
        (0, 0, 1000, "below 0.30 %", "0 of 1,000: 95% bound"),
        (600, 0, 1000, "60.0 %", "56.9 % to 63.0 %"),
    ],
)
def test_a_share_that_is_not_known_is_written_as_a_range(hits, unknown, runs, text, interval):
    found = proportion(hits, runs, unknown=unknown)

    assert (str(found), found.interval) == (text, interval)
    assert (found.share is None) == (unknown > 0 or hits in (0, runs))


def test_a_measure_counts_why_runs_are_without_it():
    values = [1.0, math.nan, math.inf, math.nan, math.inf, 3.0]

    found = spread(values, stopped=[False, False, False, True, True, False])

    assert (found.runs, found.missing, found.never, found.undefined, found.stopped) == (2, 4, 1, 1, 2)
    assert found.mean.value == 2.0


def test_a_measure_is_missing_in_runs_that_failed():
    found = spread([1.0, math.nan, 3.0], failed=4)

    assert (found.runs, found.missing, found.never, found.failed) == (2, 5, 1, 4)
    assert found.mean.value == 2.0


def test_no_interval_of_a_mean_goes_past_what_the_number_can_be():
    wide = spread([0.0, 0.0, 30.0]).mean

    cut = within(wide, (0.0, math.inf))

    assert wide.low < 0.0 == cut.low
    assert (cut.value, cut.high) == (wide.value, wide.high)
    assert cut.method == "Student t, cut to 0 or more"
    assert within(spread([1.0, 2.0, 3.0]).mean, (-99.0, 99.0)) == spread([1.0, 2.0, 3.0]).mean


@pytest.mark.parametrize("nested", [False, True])
def test_an_outcome_that_can_come_at_the_horizon_only_is_known_not_to_come_before_it(nested):
    runs = runs_with(np.array([10.0, math.nan, 10.0, math.inf] * 3), np.array([math.inf, 2.0, math.inf, math.inf] * 3))
    draws = draws_of(12) if nested else None

    shares = incidence(runs, "o", [9.9, 10.0], draws, earliest=10.0).shares
    found = milestone(runs, "o", 10.0, draws, earliest=10.0)

    assert [(share.hits, share.unknown) for share in shares] == [(0, 0), (6, 3)]
    assert (found.restricted_mean.value, found.restricted_mean.low, found.restricted_mean.high) == (10.0, 10.0, 10.0)
    assert found.quantiles[0.1].value == found.median_if.value == 10.0
