import dataclasses
import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger.segments.digest import ensemble_root, run_digests, segment_root
from sim.model.event import Event, Log
from sim.model.event_table import table_of
from tests.ledger.logs import TINY, bits, log, whole_logs


def digest_of(run: int, log: Log) -> str:
    return next(run_digests(table_of(run, [log]))).hex()


@pytest.mark.parametrize(
    ("form", "run", "segment", "ensemble"),
    [
        (
            1,
            "99515d5d404c41068f42d7b7e7efd5766915aa4400a1db05a1682becb505af76",
            "e23d23951421fe49e0e49f1e0c74cead97e4d2216b4f94d679bc690a9772d713",
            "700c89bbdc42c3977272dc25acfa35761c1b2cfded125cc4c1ca273f46e8ec00",
        ),
        (
            2,
            "b5ab26d82f87e2a8ac05e98eeecc5ddd9ba5f51d740154d83324b920d55949e5",
            "3a416983ed474651eb6c9aaec2dafe1635fc36a33fe42025e2536ebfce954013",
            "af8d924eb1f7c89e27416adecab2957d40e538cf0925f921865352429c0c1b29",
        ),
    ],
)
def test_the_digests_of_a_tiny_log_never_change(form: int, run: str, segment: str, ensemble: str) -> None:
    digest = next(run_digests(table_of(0, [TINY]), form))
    assert digest.hex() == run
    assert segment_root(0, digest) == segment
    assert ensemble_root([digest]) == ensemble


def digest_as_documented(run: int, log: Log) -> bytes:
    """Write down, event by event, what the module says that a run's bytes are."""
    data = b"sim run 2\n" + struct.pack("<qq", run, len(log))
    for event in log:
        category = b"".join(
            struct.pack("<I", len(text.encode())) + text.encode()
            for text in (event.kind, event.type, event.rule, event.faction, event.note)
        )
        data += hashlib.sha256(category + struct.pack("<i", len(event.marks))).digest()[:16]
        data += struct.pack("<dii", event.time, event.occurrence, len(event.marks))
    data += struct.pack(f"<{sum(len(event.marks) for event in log)}d", *(mark for event in log for mark in event.marks))
    return hashlib.sha256(data).digest()


@given(st.lists(whole_logs(), min_size=1, max_size=5), st.integers(0, 2**40), st.integers(1, 9))
def test_a_digest_is_of_the_bytes_that_are_documented(logs: list[Log], first: int, at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.ledger.segments.digest._AT_ONCE", at_once)
        found = list(run_digests(table_of(first, logs)))
    assert found == [digest_as_documented(first + place, log) for place, log in enumerate(logs)]


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
