"""The kernel's event loop, in the subset: many runs one after another, each from its start to its end.

The functions of `parts` are the model's own; this text is compiled once for a machine.
A run that cannot go on stops the loop, and its state stands as it was: the caller reads the error off it.
"""

from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.clockwork import begin_all
from sim.engines.kernel.runtime.distributions import quantile_of
from sim.engines.kernel.runtime.parts import (
    fire,
    follow,
    happen,
    happened,
    horizon,
    initial,
    look,
    measured,
    modest,
    rates,
    renew,
    start,
    watch,
)
from sim.engines.kernel.runtime.places import (
    AT_BEGIN,
    AT_CHANGE,
    AT_FULL,
    AT_INITIAL,
    AT_ONCE,
    AT_PAST_BEGIN,
    AT_START,
    BARRED,
    BARRED_AT,
    BEGAN,
    BEGUN,
    BRANCHED,
    CHANCES_AT,
    CHANGE,
    CHANGED,
    CHANGES,
    CHANGES_AT,
    CLOCK_INTS,
    CLOCKS_AT,
    CONCERNED_AT,
    DONE,
    DRAWING,
    DRAWN,
    DRAWS,
    DUE_AT,
    ENOUGH,
    FACTORS_AT,
    FIRST_PARAMETER,
    FIRST_ROW,
    FOLLOWERS,
    FOLLOWERS_END,
    HEADER,
    HORIZON,
    KEPT,
    KEY,
    KEYS_AT,
    LAZY,
    LIMIT_ROW,
    LIVE,
    MARKS,
    MEASURES,
    MOST,
    NEXT,
    NUMBER,
    OCCURRENCE,
    OFF,
    OPEN_AT,
    OUTCOMES,
    OVER,
    PARAMETERS,
    PAST,
    PAST_AT,
    PAST_KEYS_AT,
    PAST_RUN,
    PAST_TIMES_AT,
    PRIOR_KEYS_AT,
    PRIORS,
    PRIORS_AT,
    REFUSED,
    REFUSED_ROWS,
    RENEWED_END,
    REPLACED,
    ROWS,
    RULES,
    RUN,
    RUNS,
    RUNS_PER_DRAW,
    SITE,
    START,
    STARTS_AT,
    STATE,
    STATES_AT,
    STOPPED,
    TABLE,
    TABLE_AT,
    TABLE_TIMES_AT,
    TIME,
    VALUES,
    VALUES_AT,
    VALUES_END,
    WATCHED,
)
from sim.engines.kernel.runtime.rows import look_for_refusal, marks_for, row
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
            unfold(f, n, n[RUN] + n[DONE])
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


def closed(n: Ints) -> None:
    """Count a run as made, and note where the next begins."""
    n[DONE] = n[DONE] + 1
    n[n[STARTS_AT] + n[DONE]] = n[ROWS]


def unfold(f: Reals, n: Ints, run: int) -> None:
    """Make one run."""
    n[NUMBER] = run
    if n[KEPT] != 0:
        n[NUMBER] = n[PAST_RUN]
    n[DRAWS] = run
    if n[BRANCHED] != 0:
        n[DRAWS] = n[PAST_RUN]
    n[OVER] = 0
    n[STOPPED] = 0
    n[LIVE] = 0
    n[WATCHED] = 0
    n[DRAWING] = 0
    n[AT_ONCE] = 0
    n[NEXT] = 0
    n[BEGUN] = 0
    n[REFUSED] = 0
    parameters(f, n, run)
    n[CHANGED] = 0
    if n[CHANGES] != 0:
        take(f, n, n[CHANGES_AT])
    for outcome in range(n[OUTCOMES]):
        n[n[OPEN_AT] + outcome] = 1
    for place in range(n[DUE_AT], n[CLOCKS_AT]):
        f[place] = inf
    for rule in range(n[RULES]):
        own = n[STATES_AT] + CLOCK_INTS * rule
        n[own + STATE] = OFF
        n[own + OCCURRENCE] = -1
        n[own + DRAWN] = 0
        n[own + KEY] = n[n[PAST_KEYS_AT] + rule]
    fold_past(f, n)
    branch(f, n)
    left = n[MOST]
    while n[OVER] == 0:
        rank = earliest(f, n[DUE_AT], n[RULES])
        due = f[n[DUE_AT] + rank]
        if (
            n[NEXT] < n[TABLE]
            and f[n[TABLE_TIMES_AT] + n[NEXT]] <= due
            and f[n[TABLE_TIMES_AT] + n[NEXT]] <= f[HORIZON]
        ):
            at = n[TABLE_AT] + 2 * n[NEXT]
            now = f[n[TABLE_TIMES_AT] + n[NEXT]]
            if left == 0:
                stop(f, n, now)
            else:
                left -= 1
                n[NEXT] = n[NEXT] + 1
                happen(f, n, n[at], now, n[at + 1])
                look_for_refusal(n)
        elif due <= f[HORIZON]:
            if left == 0:
                stop(f, n, due)
            else:
                left -= 1
                fire(f, n, rank, due)
                look_for_refusal(n)
        else:
            horizon(f, n, f[HORIZON])
    measured(f, n)


def stop(f: Reals, n: Ints, now: float) -> None:
    """End a run that has as many events as it may have, when one more is to happen."""
    f[TIME] = now
    row(f, n, n[LIMIT_ROW], now, 0)
    n[OVER] = 1
    n[STOPPED] = 1


def parameters(f: Reals, n: Ints, run: int) -> None:
    """Draw the parameters that have priors, once every so many runs. The others stand in the frame for good.

    All uniforms come first: they do not wait for one another.
    """
    number = run // n[RUNS_PER_DRAW]
    for place in range(n[PRIORS]):
        f[n[CHANCES_AT] + place] = philox_uniform(n[n[PRIOR_KEYS_AT] + place], number, 0, 0)
    for place in range(n[PRIORS]):
        at = n[PRIORS_AT] + 3 * place
        quantile = quantile_of(n[at], f, n[at + 1], f[n[CHANCES_AT] + place])
        f[TIME + n[at + 2]] = quantile * f[n[FACTORS_AT] + place]


def fold_past(f: Reals, n: Ints) -> None:
    """Fold what was before the branch: the documented past, and the part of a run that a branch goes on from."""
    f[TIME] = 0.0
    modest(f, n)
    n[SITE] = AT_INITIAL
    initial(f, n)
    n[SITE] = AT_START
    start(f, n)
    look_for_refusal(n)
    for place in range(n[PAST]):
        at = n[PAST_AT] + 3 * place
        now = f[n[PAST_TIMES_AT] + place]
        if n[at] < 0:
            f[TIME] = now
            end_past(f, n)
            change(f, n, now)
            n[DRAWING] = 1
            n[SITE] = AT_PAST_BEGIN
            begin_all(f, n, now, True)  # noqa: FBT003 - the subset has no keywords
            if n[BEGUN] == 0:
                f[BEGAN] = now
            watch(f, n, now)
            n[WATCHED] = 1
            n[BEGUN] = 1
        else:
            happened(f, n, n[at], now, n[at + 1], n[at + 2])
            look_for_refusal(n)


def take(f: Reals, n: Ints, at: int) -> None:
    """Put the values of the change whose block is at `at` into the frame."""
    for place in range(n[at + VALUES], n[at + VALUES_END]):
        one = n[VALUES_AT] + 3 * place
        f[TIME + n[one]] = f[n[one + 1]]
        if n[one + 2] != 0:
            n[HEADER + n[one]] = int(f[n[one + 1]])


def change(f: Reals, n: Ints, now: float) -> None:
    """Let other parameters hold from here on, where there are others: see `sim.model.changes`."""
    n[CHANGED] = n[CHANGED] + 1
    if n[CHANGED] > n[CHANGES]:
        return
    at = n[CHANGES_AT] + CHANGE * n[CHANGED]
    take(f, n, at)
    n[SITE] = AT_CHANGE + n[CHANGED]
    for place in range(n[at + FOLLOWERS], n[at + FOLLOWERS_END]):
        follow(f, n, n[n[CONCERNED_AT] + place], now)
    for place in range(n[at + FOLLOWERS_END], n[at + RENEWED_END]):
        renew(f, n, n[n[CONCERNED_AT] + place], now)
    look_for_refusal(n)


def end_past(f: Reals, n: Ints) -> None:
    """Give those clocks their rates that were left for the end of the past."""
    if n[LAZY] != 0:
        rates(f, n)
        n[LAZY] = 0


def branch(f: Reals, n: Ints) -> None:
    """Begin at the branch: the log's first row, the clocks' draws, the outcomes that are true already."""
    now = f[START]
    f[TIME] = now
    if n[KEPT] == 0:
        n[DRAWS] = n[NUMBER]
        for rule in range(n[RULES]):
            n[n[STATES_AT] + CLOCK_INTS * rule + KEY] = n[n[KEYS_AT] + rule]
    for rank in range(n[RULES]):
        rule = n[n[BARRED_AT] + rank]
        if rule >= 0:
            n[n[STATES_AT] + CLOCK_INTS * rule + STATE] = BARRED
            f[n[DUE_AT] + rank] = inf
    end_past(f, n)
    change(f, n, now)
    n[DRAWING] = 1
    n[SITE] = AT_BEGIN
    begin_all(f, n, now, n[KEPT] == 0)
    opened(f, n)
    n[LIVE] = 1
    look(f, n, now)
    n[WATCHED] = 1
    if n[BRANCHED] == 0:
        f[BEGAN] = now
    watch(f, n, now)


def opened(f: Reals, n: Ints) -> None:
    """Write a run's first row: its marks are the parameters."""
    row(f, n, 0, f[START], 0)
    at = marks_for(n, n[PARAMETERS] + n[REPLACED])
    for place in range(n[PARAMETERS]):
        f[at + place] = f[TIME + n[FIRST_PARAMETER] + place]
    for place in range(n[REPLACED]):
        f[at + n[PARAMETERS] + place] = f[n[n[VALUES_AT] + 3 * place + 1]]


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
