import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger.segments.digest import ensemble_root, run_digests, segment_root
from sim.model.event import Event, Log
from sim.model.event_table import table_of
from tests.ledger.logs import TINY, bits, log, whole_logs


def digest_of(run: int, log: Log) -> str:
    return next(run_digests(table_of(run, [log]))).hex()


def test_the_digests_of_a_tiny_log_never_change() -> None:
    digest = next(run_digests(table_of(0, [TINY])))
    assert digest.hex() == "99515d5d404c41068f42d7b7e7efd5766915aa4400a1db05a1682becb505af76"
    assert segment_root(0, digest) == "e23d23951421fe49e0e49f1e0c74cead97e4d2216b4f94d679bc690a9772d713"
    assert ensemble_root([digest]) == "700c89bbdc42c3977272dc25acfa35761c1b2cfded125cc4c1ca273f46e8ec00"


def test_every_field_of_every_event_counts() -> None:
    before = digest_of(0, TINY)
    event = TINY[1]
    changes: list[Event] = [
        dataclasses.replace(event, time=1.4999999999999998),
        dataclasses.replace(event, kind="scheduled"),
        dataclasses.replace(event, type="shot_fired"),
        dataclasses.replace(event, rule=""),
        dataclasses.replace(event, faction="south"),
        dataclasses.replace(event, occurrence=1),
        dataclasses.replace(event, marks=(2.0, 0.0)),
        dataclasses.replace(event, marks=(-2.0,)),
        dataclasses.replace(event, note=" "),
    ]
    digests = {digest_of(0, (TINY[0], change, *TINY[2:])) for change in changes}
    assert len(digests | {before}) == len(changes) + 1


def test_a_digest_tells_runs_and_signs_of_zero_apart() -> None:
    assert digest_of(0, TINY) != digest_of(1, TINY)
    assert digest_of(0, (dataclasses.replace(TINY[0], time=-0.0), *TINY[1:])) != digest_of(0, TINY)


@pytest.mark.parametrize(("one", "other"), [(("a", "bc"), ("ab", "c")), (("", "a"), ("a", ""))])
def test_text_cannot_slip_from_one_column_into_the_next(one: tuple[str, str], other: tuple[str, str]) -> None:
    logs = [(TINY[0], dataclasses.replace(TINY[1], type=pair[0], rule=pair[1]), *TINY[2:]) for pair in (one, other)]
    assert digest_of(0, logs[0]) != digest_of(0, logs[1])


def test_marks_cannot_slip_from_one_event_to_the_next() -> None:
    logs = [
        (TINY[0], dataclasses.replace(TINY[1], marks=first), dataclasses.replace(TINY[2], marks=second), TINY[3])
        for first, second in [((1.0,), (2.0, 3.0)), ((1.0, 2.0), (3.0,))]
    ]
    assert digest_of(0, logs[0]) != digest_of(0, logs[1])


@given(whole_logs(), whole_logs())
def test_two_logs_have_one_digest_only_if_they_are_one(one: Log, other: Log) -> None:
    assert (digest_of(0, one) == digest_of(0, other)) == (bits([one]) == bits([other]))


@given(st.lists(whole_logs(), min_size=2, max_size=5), st.integers(1, 4))
def test_a_run_has_the_same_digest_whatever_runs_lie_beside_it(logs: list[Log], cut: int) -> None:
    together = list(run_digests(table_of(3, logs)))
    apart = [*run_digests(table_of(3, logs[:cut])), *run_digests(table_of(3 + cut, logs[cut:]))]
    assert together == apart
    assert [one.hex() for one in together] == [digest_of(run, log) for run, log in enumerate(logs, 3)]


def test_a_root_does_not_depend_on_the_pieces_that_it_is_given() -> None:
    digests = list(run_digests(table_of(0, [log(5, shift) for shift in range(4)])))
    assert ensemble_root(digests) == ensemble_root([b"".join(digests)])
    assert ensemble_root(digests) != ensemble_root(digests[1:])
