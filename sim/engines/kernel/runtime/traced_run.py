"""A run with what its log leaves out, in the subset: the frame after each event, and when each clock ran.

Owns the traced run: the very steps of `loop`, with a look at the frame and the clocks after each. It is for models in
which nothing moves between events, and for scenarios that change nothing after the branch and go on from no other run:
`loop` alone makes the others. Nothing here is compiled with the plain kernel.
"""

# ruff: noqa: F403, F405 - the maps are the headers of these files, and hold nothing but names of cells
from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime import parts
from sim.engines.kernel.runtime.log_rows import look_for_refusal
from sim.engines.kernel.runtime.loop import branch, clear, earliest, prepare, stop
from sim.engines.kernel.runtime.memory_map import *
from sim.engines.kernel.runtime.trace_map import *


def trace(f: Reals, n: Ints, g: Reals, m: Ints) -> int:
    """Trace runs until all are traced (0), or the next has no room (1). Those that fail are not traced."""
    while m[TRACED] < m[TO_TRACE]:
        block = m[BLOCKS_AT] + RUN_BLOCK * m[TRACED]
        ints = m[INTS_END]
        reals = m[REALS_END]
        m[FULL] = 0
        m[block + IS_TRACED] = 1
        try:
            unfold_traced(f, n, g, m, m[m[NUMBERS_AT] + m[TRACED]])
            close(f, n, g, m, block, ints, reals)
        except ValueError:
            m[INTS_END] = ints
            m[REALS_END] = reals
            if m[FULL] != 0:
                return 1
            m[block + IS_TRACED] = 0
        m[TRACED] = m[TRACED] + 1
    return 0


def unfold_traced(f: Reals, n: Ints, g: Reals, m: Ints, run: int) -> None:
    """Make one run, and note each of its steps."""
    n[ROWS] = 0
    n[MARKS] = 0
    n[FIRST_ROW] = 0
    n[SITE] = 0
    m[NOTED] = 0
    for rule in range(n[RULES]):
        m[m[RUNNING_AT] + 2 * rule] = NOT_RUNNING
    prepare(f, n, run)
    clear(f, n)
    fold_traced(f, n, g, m)
    branch(f, n)
    note(f, n, g, m, n[PAST], NONE)
    left = n[MOST]
    while n[ENDED] == 0:
        rank = earliest(f, n[DUE_AT], n[RULES])
        due = f[n[DUE_AT] + rank]
        place = n[PAST] + n[ROWS]
        dated = n[NEXT] < n[TIMETABLE] and f[n[TIMETABLE_TIMES_AT] + n[NEXT]] <= due
        if dated and f[n[TIMETABLE_TIMES_AT] + n[NEXT]] <= f[HORIZON]:
            now = f[n[TIMETABLE_TIMES_AT] + n[NEXT]]
            if left == 0:
                stop(f, n, now)
            else:
                left -= 1
                at = n[TIMETABLE_AT] + 2 * n[NEXT]
                n[NEXT] = n[NEXT] + 1
                parts.happen(f, n, n[at], now, n[at + 1])
                look_for_refusal(n)
                note(f, n, g, m, place, NONE)
        elif due <= f[HORIZON]:
            if left == 0:
                stop(f, n, due)
            else:
                left -= 1
                parts.fire(f, n, rank, due)
                look_for_refusal(n)
                note(f, n, g, m, place, n[FIRED])
        else:
            parts.horizon(f, n, f[HORIZON])


def fold_traced(f: Reals, n: Ints, g: Reals, m: Ints) -> None:
    """Fold the past."""
    f[TIME] = 0.0
    parts.moderate(f, n)
    parts.initial(f, n)
    parts.start(f, n)
    look_for_refusal(n)
    keep_frame(f, n, g, m)
    follow_clocks(n, m, INITIALLY, NONE)
    for index in range(n[PAST]):
        at = n[PAST_AT] + 3 * index
        parts.happened(f, n, n[at], f[n[PAST_TIMES_AT] + index], n[at + 1], n[at + 2], 0, 0)
        look_for_refusal(n)
        note(f, n, g, m, index, n[at + 2])


def note(f: Reals, n: Ints, g: Reals, m: Ints, place: int, fired: int) -> None:
    """Note the frame with which an event left the run, and what became of the clocks."""
    if m[NOTED] >= m[NOTED_ROOM]:
        raise ValueError("too many events")
    m[m[NOTED_AT] + m[NOTED]] = place
    m[NOTED] = m[NOTED] + 1
    keep_frame(f, n, g, m)
    follow_clocks(n, m, place, fired)


def keep_frame(f: Reals, n: Ints, g: Reals, m: Ints) -> None:
    """Write the frame behind the last one."""
    at = m[REALS_END]
    if at + m[WIDTH] > m[REALS_ROOM]:
        refuse_room(m)
    for slot in range(m[WIDTH]):
        g[at + slot] = f[TIME + slot]
    for index in range(m[WHOLES]):
        slot = m[m[WHOLE_SLOTS_AT] + index]
        g[at + slot] = float(n[HEADER + slot])
    m[REALS_END] = at + m[WIDTH]


def follow_clocks(n: Ints, m: Ints, place: int, fired: int) -> None:
    """Note which clocks stopped and which started with what is at a place."""
    for rule in range(n[RULES]):
        own = n[STATES_AT] + CLOCK_INTS * rule
        running = m[RUNNING_AT] + 2 * rule
        now = n[own + OCCURRENCE] if n[own + STATE] == ENABLED else NOT_RUNNING
        if now == m[running] and rule != fired:
            continue
        if m[running] != NOT_RUNNING:
            how = BY_STOP if now == NOT_RUNNING else BY_RESTART
            end_stretch(m, rule, place, BY_FIRING if rule == fired else how)
        if now != NOT_RUNNING:
            m[running] = now
            m[running + 1] = place


def end_stretch(m: Ints, rule: int, place: int, how: int) -> None:
    """Write down a stretch that is over."""
    at = m[INTS_END]
    if at + STRETCH > m[INTS_ROOM]:
        refuse_room(m)
    running = m[RUNNING_AT] + 2 * rule
    m[at + STRETCH_RULE] = rule
    m[at + STRETCH_OCCURRENCE] = m[running]
    m[at + STRETCH_BEGAN] = m[running + 1]
    m[at + STRETCH_ENDED] = place
    m[at + STRETCH_HOW] = how
    m[at + STRETCH_NEXT] = NONE
    m[INTS_END] = at + STRETCH
    m[running] = NOT_RUNNING


def close(f: Reals, n: Ints, g: Reals, m: Ints, block: int, ints: int, reals: int) -> None:
    """Write down a whole run: its stretches by rule, its events, the frame after each, and how it ended.

    Its stretches stand in `m` from `ints` on, its frames in `g` from `reals` on.
    """
    events = n[PAST] + n[ROWS]
    for rule in range(n[RULES]):
        if m[m[RUNNING_AT] + 2 * rule] != NOT_RUNNING:
            end_stretch(m, rule, events - 1, BY_END)
    stretches = m[INTS_END]
    if stretches + n[RULES] + (EVENT_BLOCK + 1) * events + 1 > m[INTS_ROOM]:
        refuse_room(m)
    if m[REALS_END] + events + n[MARKS] > m[REALS_ROOM]:
        refuse_room(m)
    m[block + EVENTS] = events
    m[block + BRANCH_PLACE] = n[PAST]
    m[block + NUMBER_OF_RUN] = m[m[NUMBERS_AT] + m[TRACED]]
    m[block + STRETCHES_AT] = ints
    m[block + FIRST_STRETCHES_AT] = stretches
    m[block + EVENTS_AT] = stretches + n[RULES]
    m[block + FRAMES_AT] = m[block + EVENTS_AT] + EVENT_BLOCK * events
    m[block + TIMES_AT_PLACES] = m[REALS_END]
    m[INTS_END] = m[block + FRAMES_AT] + events + 1
    chain_stretches(n, m, ints, stretches)
    write_past(n, g, m, block)
    write_log(f, n, g, m, block)
    write_frames(m, block, reals)


def chain_stretches(n: Ints, m: Ints, at: int, end: int) -> None:
    """Let each stretch name the next one of its rule. The first ones stand behind the last stretch."""
    for rule in range(n[RULES]):
        m[end + rule] = NONE
        m[m[LATEST_AT] + rule] = NONE
    while at < end:
        rule = m[at + STRETCH_RULE]
        latest = m[m[LATEST_AT] + rule]
        if latest == NONE:
            m[end + rule] = at
        else:
            m[latest + STRETCH_NEXT] = at
        m[m[LATEST_AT] + rule] = at
        at += STRETCH


def write_past(n: Ints, g: Reals, m: Ints, block: int) -> None:
    """Write down the events of the past, whose marks stand where the scenario's data are."""
    at = m[block + EVENTS_AT]
    for index in range(EVENT_BLOCK * n[PAST]):
        m[at + index] = m[m[PAST_EVENTS_AT] + index]
    for index in range(n[PAST]):
        g[m[REALS_END] + index] = g[m[PAST_REALS_AT] + index]


def write_log(f: Reals, n: Ints, g: Reals, m: Ints, block: int) -> None:
    """Write down the events of the log, and which ending came first."""
    times = m[block + TIMES_AT_PLACES] + n[PAST]
    marks = times + n[ROWS]
    m[REALS_END] = marks + n[MARKS]
    for index in range(n[MARKS]):
        g[marks + index] = f[n[MARKS_AT] + index]
    scheduled = 0
    m[block + LAST_PLACE] = m[block + EVENTS] - 1
    m[block + ENDING] = NO_OUTCOME
    m[block + CAME_TRUE] = 0
    for index in range(n[ROWS]):
        code = n[n[CODES_AT] + index]
        g[times + index] = f[n[TIMES_AT] + index]
        at = m[block + EVENTS_AT] + EVENT_BLOCK * (n[PAST] + index)
        category = m[CATEGORIES_AT] + CATEGORY * (code % SECOND)
        m[at + EVENT_KIND] = m[category]
        m[at + EVENT_TYPE] = m[category + 1]
        m[at + EVENT_RULE] = m[category + 2]
        m[at + EVENT_OCCURRENCE] = code // SECOND
        m[at + EVENT_MARKS_AT] = marks
        m[at + EVENT_MARKS] = m[category + 3]
        m[at + EVENT_SCHEDULED] = NONE
        marks += m[category + 3]
        if m[category] == SCHEDULED_KIND:
            m[at + EVENT_SCHEDULED] = scheduled
            scheduled += 1
        ending = m[category + CATEGORY_ENDING]
        if ending != NO_ENDING and m[block + ENDING] == NO_OUTCOME:
            m[block + LAST_PLACE] = n[PAST] + index
            m[block + ENDING] = m[category + 1]
            m[block + CAME_TRUE] = int(ending == COMES_TRUE)


def write_frames(m: Ints, block: int, first: int) -> None:
    """Write down, for each number of events, where the frame is with which they left the run."""
    at = m[block + FRAMES_AT]
    moment = 0
    for count in range(m[block + EVENTS] + 1):
        while moment < m[NOTED] and m[m[NOTED_AT] + moment] < count:
            moment += 1
        m[at + count] = first + m[WIDTH] * moment


def refuse_room(m: Ints) -> None:
    """Say that there is no room for the run."""
    m[FULL] = 1
    raise ValueError("no room")
