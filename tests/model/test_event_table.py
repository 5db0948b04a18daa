"""The table of events: logs come back from it bit for bit, however it was cut, joined and numbered."""

import dataclasses
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.model.event import KEPT, Log
from sim.model.event_table import Category, EventTable, joined, table_of, until_enough
from tests.ledger.logs import bits, log, whole_logs

SOME = st.lists(whole_logs(), min_size=1, max_size=4)


def contents(table: EventTable) -> list[object]:
    measures = table.measures
    return [table.runs, list(table.categories), table.codes.tolist(), bits(list(table.logs())), table.sizes.tolist(),
            None if measures is None else measures.tolist()]  # fmt: skip


@given(SOME, st.integers(0, 2**40))
def test_logs_come_back_bit_for_bit(logs: list[Log], first: int) -> None:
    table = table_of(first, logs)

    assert table.runs == range(first, first + len(logs))
    assert table.sizes.tolist() == [len(one) for one in logs]
    assert bits(list(table.logs())) == bits(logs)


@given(SOME, st.randoms(use_true_random=False), st.data())
def test_a_piece_is_the_table_of_its_runs_however_the_categories_were_numbered(logs: list[Log], dice, data) -> None:
    table = table_of(3, logs, np.arange(2.0 * len(logs)).reshape(-1, 2))
    low = data.draw(st.integers(0, len(logs)))
    high = data.draw(st.integers(low, len(logs)))
    categories = [*table.categories, Category("fired", "nobody does this")]
    order = dice.sample(range(len(categories)), len(categories))
    codes = np.argsort(order).astype(np.int32)[table.codes]
    other = dataclasses.replace(table, codes=codes, categories=[categories[code] for code in order])

    own = table_of(3 + low, logs[low:high], table.measures[low:high])

    assert contents(table.piece(low, high)) == contents(other.piece(low, high)) == contents(own)


@given(SOME, st.sets(st.integers(1, 3)), st.booleans())
def test_pieces_that_are_joined_are_the_whole(logs: list[Log], cuts: set[int], measured: bool) -> None:
    table = table_of(7, logs, np.arange(1.0 * len(logs)).reshape(-1, 1) if measured else None)
    ends = [0, *sorted(cut for cut in cuts if cut < len(logs)), len(logs)]

    assert contents(joined([table.piece(*cut) for cut in pairwise(ends)])) == contents(table)


def without_marks_but_the_first(log: Log) -> Log:
    return (log[0], *(dataclasses.replace(event, marks=()) for event in log[1:]))


@given(SOME, st.booleans(), st.booleans())
def test_of_whole_runs_the_rows_are_kept_that_tell_outcomes(logs: list[Log], plain: bool, numbered: bool) -> None:
    logs = [without_marks_but_the_first(one) for one in logs] if plain else logs
    table = table_of(5, logs)
    found = (table if numbered else dataclasses.replace(table, numbers=None)).outcomes

    assert bits(list(found.logs())) == bits([tuple(event for event in one if event.kind in KEPT) for one in logs])
    assert found.sizes.tolist() == [len(one) for one in logs]
    assert bits(list(found.outcomes.logs())) == bits(list(found.logs()))


@given(SOME)
def test_events_of_whole_runs_are_numbered_from_0(logs: list[Log]) -> None:
    table = dataclasses.replace(table_of(5, logs), numbers=None)

    assert contents(table) == contents(table_of(5, logs))
    assert contents(joined([table.piece(0, 1), table.piece(1, len(logs))])) == contents(table)
    assert table.mark_starts.tolist() == table.offsets[table.starts].tolist()


@given(st.lists(st.integers(2, 9), min_size=1, max_size=8), st.sets(st.integers(1, 7)), st.integers(1, 60))
def test_enough_is_had_with_the_run_that_makes_it_so(lengths: list[int], cuts: set[int], enough: int) -> None:
    logs = [log(length) for length in lengths]
    table, measures = table_of(0, logs), 2
    values = [len(one) + sum(len(event.marks) for event in one) + measures for one in logs]
    wanted = next((run + 1 for run in range(len(logs)) if sum(values[: run + 1]) >= enough), len(logs))
    ends = [0, *sorted(cut for cut in cuts if cut < len(logs)), len(logs)]
    read = []

    def pieces():
        for low, high in pairwise(ends):
            read.append(high)
            yield table.piece(low, high)

    found = joined(until_enough(pieces(), enough, measures))

    assert contents(found) == contents(table.piece(0, wanted))
    assert [end for end in ends if end < wanted][-1] < read[-1], "the run is in the last piece that was read"
    assert all(end < wanted for end in read[:-1]), "no more is read than is needed"
