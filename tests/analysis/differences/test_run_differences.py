"""Runs are the same where their digests are, and the others are counted by how they part."""

from sim.analysis.differences.first_difference import RunDifference
from sim.analysis.differences.run_differences import RunDifferences, differing
from sim.ledger.segments.digest import ensemble_root
from sim.model.event import Event

NO_EVENT = Event(0, 0.0, "started", "run_started")


def digest(number):
    return bytes([number]) * 32


def parted(run, how, event="", one=NO_EVENT, other=NO_EVENT):
    return RunDifference(run=run, how=how, event=event, one=one, other=other)


def differences(*items):
    runs = {item.run for item in items}
    ones = b"".join(digest(run) for run in range(6))
    others = b"".join(digest(run + 100 if run in runs else run) for run in range(6))
    return RunDifferences((ones, others), items)


def test_what_is_the_same_has_one_digest_on_both_sides():
    found = differences(parted(1, "only in one", "struck"), parted(4, "other outcomes"))

    assert (found.count, found.same) == (6, 4)
    assert found.root_of_same == ensemble_root(digest(run) for run in (0, 2, 3, 5))
    assert found.digest(0, 1) != found.digest(1, 1)
    assert found.digest(0, 2) == found.digest(1, 2)
    assert differing(*found.digests) == [1, 4]


def test_runs_are_counted_by_the_way_in_which_they_part_the_most_frequent_first():
    left, stayed = (Event(1, 1.0, "fired", name) for name in ("left", "stayed"))
    found = differences(
        parted(0, "other parameters"),
        parted(1, "only in one", "struck"),
        parted(2, "only in other", "struck"),
        parted(3, "other choice", "left", left, stayed),
        parted(4, "only in other", "struck"),
        parted(5, "other choice", "stayed", stayed, left),
    )

    assert [(item.run, many) for item, many in found.by_event] == [(2, 2), (1, 1), (3, 1), (5, 1)]
    assert found.with_the_same_events("other parameters") == 1


def test_runs_that_are_all_the_same_part_nowhere():
    found = differences()

    assert (found.same, found.by_event) == (6, [])
    assert differing(*found.digests) == []
