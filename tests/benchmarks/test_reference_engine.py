import statistics

from tests.benchmarks.reference_engine import by_hand, with_sim


def test_the_two_sides_of_the_benchmark_do_the_same_work():
    ours, theirs = with_sim(6), by_hand(6)

    mine = [ours(number) for number in range(40)]
    other = [theirs(number) for number in range(40)]

    gap = statistics.mean(mine) - statistics.mean(other)
    error = (statistics.variance(mine) / 40 + statistics.variance(other) / 40) ** 0.5
    assert abs(gap) < 5 * error  # missed by a right program less than once in a million
