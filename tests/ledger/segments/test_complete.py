import dataclasses

import numpy as np
import pytest

from sim.ledger.segments.complete import check_complete
from sim.model.event import Event
from sim.model.event_table import table_of
from tests.ledger.logs import TINY, log

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
        check_complete(table_of(0, [broken]))


def test_a_failed_run_is_whole() -> None:
    failed = Event(2, 1.5, "failed", "E601", "north_probes_the_line", note="a rate below 0")
    check_complete(table_of(4, [(START, SHOT, failed)]))


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ({"starts": np.array([0, 4, 3, 9])}, "not in order"),
        ({"starts": np.array([1, 4, 9])}, "begins at row 1"),
        ({"times": np.zeros(8)}, "'time' has 8 rows, and there are 9 events"),
        ({"codes": np.zeros(10, np.int32)}, "'code' has 10 rows, and there are 9 events"),
        ({"marks": np.zeros(3)}, "3 marks"),
    ],
)
def test_columns_that_do_not_fit_each_other_are_refused_with_a_sentence(broken, complaint: str) -> None:
    whole = table_of(0, [TINY, log(5)])
    with pytest.raises(AssertionError, match=complaint):
        check_complete(dataclasses.replace(whole, **broken))


@pytest.mark.parametrize("code", [-1, 4])
def test_a_code_that_stands_for_no_category_is_refused(code: int) -> None:
    whole = table_of(0, [TINY])
    codes = np.array([0, 1, code, 3], np.int32)
    with pytest.raises(AssertionError, match="codes that stand for no category"):
        check_complete(dataclasses.replace(whole, codes=codes))


def test_a_category_has_no_fewer_than_no_marks() -> None:
    whole = table_of(0, [TINY])
    categories = [whole.categories[0]._replace(marks=5), whole.categories[1]._replace(marks=-2), *whole.categories[2:]]
    with pytest.raises(AssertionError, match="less than no marks"):
        check_complete(dataclasses.replace(whole, categories=categories))


def test_the_first_run_that_is_not_whole_is_named() -> None:
    late = (START, SHOT, dataclasses.replace(WAR, time=1.0), END)
    with pytest.raises(AssertionError, match="run 12 goes back in time"):
        check_complete(table_of(10, [TINY, TINY, late, late]))
