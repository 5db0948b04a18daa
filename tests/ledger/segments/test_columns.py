import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger.segments.columns import GROUP, Texts, check_complete, columns_of, grouped, logs_of
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
    groups = list(grouped(columns_of(10, logs)))
    assert [group.runs for group in groups] == [range(10, 12), range(12, 14), range(14, 15)]
    assert [group.events for group in groups] == [GROUP, GROUP + 7, 3]


@given(st.lists(whole_logs(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_pieces_are_the_same_however_the_texts_were_numbered(logs: list[Log], dice) -> None:
    columns = columns_of(3, logs)
    texts = {}
    for name, column in columns.texts.items():
        values = [*column.values, "nobody says this"]
        order = dice.sample(range(len(values)), len(values))
        renamed = np.argsort(order).astype(np.int32)
        texts[name] = Texts(renamed[column.codes], [values[code] for code in order])
    other = dataclasses.replace(columns, texts=texts)

    pieces = [list(grouped(one)) for one in (columns, other)]

    for one, mate in zip(*pieces, strict=True):
        for name in one.texts:
            assert list(one.texts[name].values) == list(mate.texts[name].values)
            assert one.texts[name].codes.tolist() == mate.texts[name].codes.tolist()
    assert bits([log for piece in pieces[1] for _, log in logs_of(piece, piece.runs)]) == bits(logs)


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ({"starts": np.array([0, 4, 3, 9])}, "not in order"),
        ({"starts": np.array([1, 4, 9])}, "begins at row 1"),
        ({"offsets": np.array([1, *range(9)])}, "begin at 1"),
        ({"time": np.zeros(8)}, "'time' has 8 rows, and there are 9 events"),
        ({"marks": np.zeros(3)}, "3 marks"),
    ],
)
def test_columns_that_do_not_fit_each_other_are_refused_with_a_sentence(broken, complaint: str) -> None:
    whole = columns_of(0, [TINY, log(5)])
    with pytest.raises(AssertionError, match=complaint):
        check_complete(dataclasses.replace(whole, **broken))


def test_a_code_that_stands_for_no_text_is_refused() -> None:
    whole = columns_of(0, [TINY])
    texts = {**whole.texts, "rule": Texts(np.full(4, 2, np.int32), ["", "north_probes_the_line"])}
    with pytest.raises(AssertionError, match="'rule' has codes that stand for no text"):
        check_complete(dataclasses.replace(whole, texts=texts))


def test_the_first_run_that_is_not_whole_is_named() -> None:
    late = (START, SHOT, dataclasses.replace(WAR, time=1.0), END)
    with pytest.raises(AssertionError, match="run 12 goes back in time"):
        columns_of(10, [TINY, TINY, late, late])
