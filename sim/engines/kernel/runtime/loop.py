"""The kernel's event loop, in the subset: many runs one after another, each from its start to its end.

The functions of `parts` are the model's own; this text is compiled once for a machine.
A run that cannot go on stops the loop, and its state stands as it was: the caller reads the error off it.
"""

# ruff: noqa: F403, F405 - the memory map is the header of these files, and holds nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime import parts
from sim.engines.kernel.runtime.distributions import quantile_of
from sim.engines.kernel.runtime.kept_past import keep, taken_up
from sim.engines.kernel.runtime.log_rows import look_for_refusal, marks_for, row
from sim.engines.kernel.runtime.memory_map import *
from sim.engines.kernel.runtime.moving_clocks import leave_cell
from sim.engines.kernel.runtime.turn_steps import (
    SETTLED,
    SETTLING,
    SETTLING_OTHERS,
    begin_all,
    end_past,
    stop_next,
    stop_rules,
    take,
    turn,
    wake,
)
from sim.engines.kernel.runtime.undone_firing import exclude_undone, let_fire, move_firing
from sim.numerics.streams import philox_uniform


def simulate(f: Reals, n: Ints) -> int:
    """Make runs until all are made (0), the next has no room (1), or one fails (2). `n[DONE]` counts whole runs.

    Where they have enough rows, marks and measures before all are made, that is all (0).
    """
    while n[DONE] < n[RUNS] and n[ROWS] + n[MARKS] + n[DONE] * n[MEASURES] < n[ENOUGH]:
        n[FIRST_ROW] = n[ROWS]
        first_mark = n[MARKS]
        n[SITE] = 0
        try:
            unfold(f, n, wanted(n))
        except ValueError:
            if n[SITE] == AT_FULL:
                n[ROWS] = n[FIRST_ROW]
                n[MARKS] = first_mark
                return 1
            if n[REFUSED] != 0:
                # A rate was refused before whatever stopped the event at last.
                n[SITE] = n[REFUSED]
                n[ROWS] = n[REFUSED_ROWS]
            return 2
        closed(n)
    return 0


def wanted(n: Ints) -> int:
    """Return the number of the next run, and note what is undone in it."""
    n[AT_HAND] = n[RUN] + n[DONE]
    n[UNDONE_AT] = 0
    if n[WANTED_AT] != 0:
        at = n[WANTED_AT] + WANTED * n[DONE]
        n[AT_HAND] = n[at + WANTED_RUN]
        if n[at + UNDONE_RULE] >= 0:
            n[UNDONE_AT] = at
    return n[AT_HAND]


def closed(n: Ints) -> None:
    """Count a run as made, and note where the next begins."""
    n[DONE] = n[DONE] + 1
    n[n[STARTS_AT] + n[DONE]] = n[ROWS]


def prepare(f: Reals, n: Ints, run: int) -> None:
    """Put what is a run's own as it stands before it: its numbers and its parameters. The rest is for `clear`."""
    n[CHOICE_RUN] = run
    if n[SAME_STREAMS] != 0:
        n[CHOICE_RUN] = n[PAST_RUN]
    n[CLOCK_RUN] = run
    if n[FROM_RUN] != 0:
        n[CLOCK_RUN] = n[PAST_RUN]
    n[ENDED] = 0
    n[STOPPED] = 0
    n[RECORDING] = 0
    n[AT_ONCE] = 0
    n[NEXT] = 0
    n[REFUSED] = 0
    parameters(f, n, run)
    if n[TURNS] != 0:
        take(f, n, n[TURNS_AT])


def unfold(f: Reals, n: Ints, run: int) -> None:
    """Make one run."""
    prepare(f, n, run)
    if n[KEPT] == 0 or not taken_up(f, n):
        clear(f, n)
        fold_past(f, n)
        keep(f, n)
    branch(f, n)
    left = n[MOST]
    while n[ENDED] == 0:
        if n[UNDONE_AT] != 0:
            move_firing(f, n)
        rank = earliest(f, n[DUE_AT], n[RULES])
        due = f[n[DUE_AT] + rank]
        if n[MOTION] != 0 and moved(f, n, due):
            continue
        if (
            n[NEXT] < n[TIMETABLE]
            and f[n[TIMETABLE_TIMES_AT] + n[NEXT]] <= due
            and f[n[TIMETABLE_TIMES_AT] + n[NEXT]] <= f[HORIZON]
        ):
            at = n[TIMETABLE_AT] + 2 * n[NEXT]
            now = f[n[TIMETABLE_TIMES_AT] + n[NEXT]]
            if n[at] < 0:
                n[NEXT] = n[NEXT] + 1
                change(f, n, now)
            elif left == 0:
                stop(f, n, now)
            else:
                left -= 1
                n[NEXT] = n[NEXT] + 1
                parts.happen(f, n, n[at], now, n[at + 1])
                look_for_refusal(n)
        elif due <= f[HORIZON]:
            if n[UNDONE_AT] != 0 and exclude_undone(f, n, rank, due):
                continue
            if left == 0:
                stop(f, n, due)
            else:
                left -= 1
                let_fire(f, n, rank, due)
                look_for_refusal(n)
        else:
            parts.horizon(f, n, f[HORIZON])
    if n[MOTION] != 0:
        advance(f, n, f[TIME], True)  # noqa: FBT003 - the subset has no keywords
    parts.measured(f, n)


def clear(f: Reals, n: Ints) -> None:
    """Stop all clocks and open all outcomes: nothing has been before."""
    n[WATCHED] = 0
    n[DRAWING] = 0
    n[PARENT_BEGUN] = 0
    n[TURNED] = 0
    for outcome in range(n[OUTCOMES]):
        n[n[OPEN_AT] + outcome] = 1
    for index in range(n[DUE_AT], n[CLOCKS_AT]):
        f[index] = inf
    for rule in range(n[RULES]):
        own = n[STATES_AT] + CLOCK_INTS * rule
        leave_cell(f, n, own)
        n[own + STATE] = OFF
        n[own + OCCURRENCE] = -1
        n[own + HAS_THRESHOLD] = 0
        n[own + KEY] = n[n[PAST_KEYS_AT] + rule]
    if n[TURNS] != 0:
        stop_rules(f, n, n[TURNS_AT])


def moved(f: Reals, n: Ints, due: float) -> bool:
    """Follow what moves if that comes before the next event; return whether it did. The next rule is `due`."""
    place = earliest(f, n[MOMENTS_AT], n[MOMENTS])  # at one moment looks come before flips
    time = f[n[MOMENTS_AT] + place]
    if not (time <= due and time <= f[HORIZON]):
        return False
    if n[NEXT] < n[TIMETABLE]:
        dated = f[n[TIMETABLE_TIMES_AT] + n[NEXT]]
        if dated < time or (dated == time and place >= n[LOOKS]):
            return False
    move(f, n, place, time)
    return True


def advance(f: Reals, n: Ints, time: float, inclusive: bool) -> None:  # noqa: FBT001 - the subset has no keywords
    """Let what moves go on up to a time; flips at the time itself only if that is `inclusive`."""
    while True:
        place = earliest(f, n[MOMENTS_AT], n[MOMENTS])
        now = f[n[MOMENTS_AT] + place]
        if now > time or (now == time and place >= n[LOOKS] and not inclusive):
            return
        move(f, n, place, now)


def move(f: Reals, n: Ints, place: int, now: float) -> None:
    """Let the moment come that is at a place among MOMENTS. In a run that has ended no clock is followed any more."""
    if place >= n[LOOKS]:
        parts.flip(f, n, place - n[LOOKS], now)
    elif n[ENDED] == 0:
        parts.roll(f, n, place, now)
    else:
        f[n[MOMENTS_AT] + place] = inf
    look_for_refusal(n)


def stop(f: Reals, n: Ints, now: float) -> None:
    """End a run that has as many events as it may have, when one more is to happen."""
    f[TIME] = now
    row(f, n, n[LIMIT_ROW], now, 0)
    n[ENDED] = 1
    n[STOPPED] = 1


def parameters(f: Reals, n: Ints, run: int) -> None:
    """Draw the parameters that have priors, once every so many runs. The others stand in the frame for good.

    All uniforms come first: they do not wait for one another.
    """
    number = run // n[RUNS_PER_DRAW]
    for index in range(n[PRIORS] + n[DEPENDENT]):
        f[n[CHANCES_AT] + index] = philox_uniform(n[n[PRIOR_KEYS_AT] + index], number, 0, 0)
    for index in range(n[PRIORS]):
        at = n[PRIORS_AT] + 3 * index
        quantile = quantile_of(n[at], f, n[at + 1], f[n[CHANCES_AT] + index])
        f[TIME + n[at + 2]] = quantile * f[n[FACTORS_AT] + index]
    if n[DEPENDENT] != 0:
        dependent(f, n)


def dependent(f: Reals, n: Ints) -> None:
    """Draw the parameters whose priors read others, each after those: first as they are before the branch."""
    n[SITE] = AT_PARAMETERS
    if n[TURNS] != 0:
        take(f, n, n[TURNS_AT])
    for index in range(n[DEPENDENT]):
        at = n[DEPENDENT_AT] + STEP * index
        if n[at + PRIOR] == BRANCH_VALUES:
            take(f, n, n[at + COPY])
        else:
            parts.depend(f, n, n[at + PRIOR], n[at + COPY], f[n[CHANCES_AT] + n[PRIORS] + index])
    n[SITE] = 0


def fold_past(f: Reals, n: Ints) -> None:
    """Fold what was before the branch: the documented past, and the part of a run that a branch goes on from."""
    f[TIME] = 0.0
    parts.moderate(f, n)
    n[SITE] = AT_INITIAL
    parts.initial(f, n)
    n[SITE] = AT_START
    parts.start(f, n)
    look_for_refusal(n)
    for index in range(n[PAST]):
        at = n[PAST_AT] + 3 * index
        now = f[n[PAST_TIMES_AT] + index]
        if n[at] == AN_OUTCOME:
            if n[n[OPEN_AT] + n[at + 1]] == OPEN:
                advance(f, n, now, True)  # noqa: FBT003 - it came with a flip
            continue
        if n[MOTION] != 0:
            advance(f, n, now, n[at + 2] >= 0)
        if n[at] == A_CHANGE:
            f[TIME] = now
            turn(f, n, now, SETTLING)
            wake(f, n, now)
            parts.watch(f, n, now)
        elif n[at] == A_START:
            f[TIME] = now
            stop_next(f, n)
            end_past(f, n)
            turn(f, n, now, SETTLING_OTHERS)
            n[DRAWING] = 1
            n[SITE] = AT_PAST_BEGIN
            begin_all(f, n, now, True)  # noqa: FBT003 - the subset has no keywords
            wake(f, n, now)
            if n[PARENT_BEGUN] == 0:
                f[BEGAN] = now
            parts.watch(f, n, now)
            n[WATCHED] = 1
            n[PARENT_BEGUN] = 1
        else:
            parts.happened(f, n, n[at], now, n[at + 1], n[at + 2], 0, 0)
            look_for_refusal(n)
    if n[MOTION] != 0:
        advance(f, n, f[START], False)  # noqa: FBT003 - the subset has no keywords


def change(f: Reals, n: Ints, now: float) -> None:
    """Let what the scenario changes from here on take effect, and write it down with all parameters."""
    parts.elapse(f, n, now)
    f[TIME] = now
    number = n[TURNED] + 1 - n[FIRST_CHANGE]
    n[SITE] = AT_ASSIGN + number
    parts.assign(f, n, number)
    at = n[TURNS_AT] + TURN * (n[TURNED] + 1)
    take(f, n, at)
    if n[MOTION] != 0:
        n[SITE] = AT_SETTLE + number
        parts.settle(f, n, now)
    row(f, n, n[CHANGED_ROW], now, n[at + NUMBER])
    tell_parameters(f, n, 0)
    turn(f, n, now, SETTLED)
    wake(f, n, now)
    parts.watch(f, n, now)
    parts.look_again(f, n, now)


def branch(f: Reals, n: Ints) -> None:
    """Begin at the branch: the log's first row, the clocks' draws, the outcomes that are true already."""
    now = f[START]
    f[TIME] = now
    if n[SAME_STREAMS] == 0:
        n[CLOCK_RUN] = n[CHOICE_RUN]
        for rule in range(n[RULES]):
            n[n[STATES_AT] + CLOCK_INTS * rule + KEY] = n[n[KEYS_AT] + rule]
    stop_next(f, n)
    end_past(f, n)
    turn(f, n, now, SETTLING_OTHERS)
    n[DRAWING] = 1
    n[SITE] = AT_BEGIN
    begin_all(f, n, now, n[SAME_STREAMS] == 0)
    wake(f, n, now)
    opened(f, n)
    n[RECORDING] = 1
    parts.look(f, n, now)
    n[WATCHED] = 1
    if n[FROM_RUN] == 0:
        f[BEGAN] = now
    parts.watch(f, n, now)


def opened(f: Reals, n: Ints) -> None:
    """Write a run's first row: its marks are the parameters."""
    row(f, n, 0, f[START], 0)
    at = tell_parameters(f, n, n[REPLACED])
    for index in range(n[REPLACED]):
        f[at + index] = f[n[n[VALUES_AT] + 3 * index + 1]]


def tell_parameters(f: Reals, n: Ints, more: int) -> int:
    """Write the parameters as the marks of the last row; return where in `f` there is room for so many more."""
    at = marks_for(n, n[PARAMETERS] + more)
    for index in range(n[PARAMETERS]):
        f[at + index] = f[TIME + n[FIRST_PARAMETER] + index]
    return at + n[PARAMETERS]


def earliest(f: Reals, first: int, count: int) -> int:
    """Return the place of the least of `count` reals from `first` on, the first of equal ones; 0 if none is finite.

    The cells after the last, up to a multiple of four, are infinite. Four at a time, so that no comparison waits for
    the one before.
    """
    least0 = f[first]
    least1 = f[first + 1]
    least2 = f[first + 2]
    least3 = f[first + 3]
    place0 = 0
    place1 = 1
    place2 = 2
    place3 = 3
    at = 4
    while at < count:
        due0 = f[first + at]
        due1 = f[first + at + 1]
        due2 = f[first + at + 2]
        due3 = f[first + at + 3]
        place0 = at if due0 < least0 else place0
        place1 = at + 1 if due1 < least1 else place1
        place2 = at + 2 if due2 < least2 else place2
        place3 = at + 3 if due3 < least3 else place3
        least0 = min(least0, due0)
        least1 = min(least1, due1)
        least2 = min(least2, due2)
        least3 = min(least3, due3)
        at += 4
    if least1 < least0 or (least1 == least0 and place1 < place0):
        least0 = least1
        place0 = place1
    if least3 < least2 or (least3 == least2 and place3 < place2):
        least2 = least3
        place2 = place3
    if least2 < least0 or (least2 == least0 and place2 < place0):
        place0 = place2
    return place0
