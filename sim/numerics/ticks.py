"""Times that are meant to be whole: a wait of an hour, taken 720 times, ends after 30 days and not a rounding later.

In a model's unit most such waits are not exact floats, and their sums drift. So the time that a fixed wait or an
`every` clock gives is rounded to a whole number of ticks where it lies within rounding errors of one. A tick is a
microsecond; where time is abstract, 1e-9 of its unit.
"""

import math

LARGEST_COUNT = 9007199254740992.0
NEAR = 2.0**-48  # of the time itself: 16 to 32 times the step from one float to the next


def settled(time: float, ticks: float) -> float:
    """Return a time as a whole number of ticks if it is next to one; there are `ticks` to a unit.

    The result is the float nearest to that number of ticks, so equal times are equal floats. Where ticks are nearer to
    each other than floats, the time stays as it is.
    """
    count = time * ticks
    if not abs(count) < LARGEST_COUNT:
        return time
    whole = float(math.floor(count + 0.5)) / ticks
    return whole if abs(whole - time) <= NEAR * abs(time) else time


def next_on_grid(step: float, now: float, ticks: float) -> float:
    """Return the first multiple of `step` after `now`, as count * step and settled, so that no error adds up.

    Raise ValueError where the count is not an exact float: there, multiples are closer together than times can be.
    """
    steps = now / step
    if not abs(steps) < LARGEST_COUNT:
        raise ValueError("expected a longer step")
    count = float(math.floor(steps)) + 1.0
    due = settled(count * step, ticks)
    while due <= now:
        count += 1.0
        due = settled(count * step, ticks)
    return due
