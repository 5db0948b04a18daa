"""How much work something is, in calls of Python and C functions: the same on every machine, loaded or not."""

import sys
from collections.abc import Callable

CALLS = 60  # at most, for each character of a text that is read


def effort(act: Callable[[], object]) -> int:
    """Return how many functions are called while `act` runs."""
    calls = 0

    def count(frame: object, what: str, argument: object) -> None:
        nonlocal calls
        calls += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return calls


def soon(act: Callable[[], object], size: int) -> None:
    """Assert that something takes little work for its size, such as the number of characters of a text."""
    assert effort(act) < CALLS * (size + 1000)
