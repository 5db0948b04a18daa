"""Columns that are held, or written to a file, give what was put into them."""

import errno
import os
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics import columns
from sim.statistics.columns import Columns, ColumnStore

NAMES = ["b", "a", "c"]
ALL = slice(None)


def put(store, pieces):
    """Put pieces of these sizes in, in the order given by their places, and return what all columns then have."""
    starts = np.concatenate([[0], np.cumsum([size for _, size in pieces])])
    whole = {name: np.random.default_rng(place).normal(size=starts[-1]) for place, name in enumerate(NAMES)}
    for place in sorted(range(len(pieces)), key=lambda place: pieces[place][0]):
        part = slice(starts[place], starts[place + 1])
        store.put(int(starts[place]), {name: column[part] for name, column in whole.items()})
    return whole


def same(found, wanted, part=ALL):
    return list(found) == NAMES and all(np.array_equal(found[name], wanted[name][part]) for name in NAMES)


@given(
    pieces=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 30)), min_size=1, max_size=8),
    room=st.integers(0, 100),
    most=st.sampled_from([0, 24, 1000, 10**9]),
    block=st.integers(1, 40),
    bounds=st.tuples(st.integers(0, 240), st.integers(0, 240)),
)
def test_columns_have_what_was_put_into_them_in_any_order(pieces, room, most, block, bounds):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "MOST_HELD", most)
        patch.setattr(columns, "BLOCK", block)
        store = ColumnStore(NAMES, room)
        whole = put(store, pieces)
        count = len(whole["a"])
        first, stop = sorted(min(bound, count) for bound in bounds)

        assert same(store.columns(0, count), whole)
        assert same(store.columns(first, stop), whole, slice(first, stop))


@pytest.mark.parametrize("writes", [0, 1, 4, 9])
def test_a_disk_that_is_full_leaves_all_in_memory(monkeypatch, writes):
    left, write = [writes], os.pwrite

    def pwrite(*given):
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= 1
        return write(*given)

    monkeypatch.setattr(columns, "MOST_HELD", 0)
    monkeypatch.setattr(columns.os, "pwrite", pwrite)
    store = ColumnStore(NAMES, 10)

    whole = put(store, [(0, 20), (1, 20), (2, 20)])

    assert same(store.columns(0, 60), whole)


def test_columns_travel_as_what_they_have():
    found = pickle.loads(pickle.dumps(Columns(["a"], lambda name: np.zeros(3))))  # noqa: S301

    assert found["a"].tolist() == [0, 0, 0]
    with pytest.raises(KeyError):
        Columns(["a"], lambda name: np.zeros(3))["b"]
