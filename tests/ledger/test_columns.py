import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger.columns import GROUP, columns_of, grouped, logs_of
from sim.model.event import Event, Log
from tests.ledger.logs import TINY, bits, log, whole_logs

START, SHOT, WAR, END = TINY


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ((), "has 0 events"),
        ((START,), "has 1 events"),
        ((SHOT, WAR, END), "begins with 'fired'"),
        ((START, SHOT, WAR), "has no end"),
        ((START, dataclasses.replace(SHOT, kind="documented"), WAR, END), "documented"),
        ((START, dataclasses.replace(END, sequence=1), WAR, END), "ended"),
        ((START, WAR, SHOT, END), "not numbered"),
        ((START, SHOT, END), "not numbered"),
        ((START, SHOT, dataclasses.replace(WAR, time=1.0), END), "back in time"),
        ((START, SHOT, dataclasses.replace(WAR, time=float("nan")), END), "back in time"),
        ((START, SHOT, dataclasses.replace(WAR, note="\ud800"), END), "not Unicode"),
    ],
)
def test_a_log_that_is_not_whole_is_refused_with_a_sentence(broken: tuple[Event, ...], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        columns_of(0, [broken])


def test_a_failed_run_is_whole() -> None:
    failed = Event(2, 1.5, "failed", "E601", "north_probes_the_line", note="a rate below 0")
    assert list(logs_of(columns_of(4, [(START, SHOT, failed)]), range(10))) == [(4, (START, SHOT, failed))]


@given(st.lists(whole_logs(), min_size=1, max_size=4), st.integers(0, 2**40))
def test_logs_come_back_from_columns_bit_for_bit(logs: list[Log], first: int) -> None:
    columns = columns_of(first, logs)
    back = list(logs_of(columns, columns.runs))
    assert [run for run, _ in back] == list(range(first, first + len(logs)))
    assert bits([log for _, log in back]) == bits(logs)


def test_groups_hold_whole_runs_and_end_when_they_are_large() -> None:
    logs = [log(2), log(GROUP - 2), log(2), log(GROUP + 5), log(3)]
    groups = list(grouped(10, logs))
    assert [group.runs for group in groups] == [range(10, 12), range(12, 14), range(14, 15)]
    assert [group.events for group in groups] == [GROUP, GROUP + 7, 3]
