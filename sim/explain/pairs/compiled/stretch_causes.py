"""Why a clock ran out otherwise in the other run of a pair, in the subset: `clock_causes`, over arrays."""

# ruff: noqa: F403, F405 - the maps are the headers of these files, and hold nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.trace_map import *
from sim.explain.pairs.compiled.frame_reading import (
    add,
    add_by_value,
    add_named,
    ask,
    before_of,
    by_time,
    event_of,
    find_differing,
    frame_of,
    occurred,
    part_value,
    partner_of,
    put,
    run_of,
    time_of,
)
from sim.explain.pairs.compiled.walk_map import *
from sim.explain.pairs.strengths import WEAK


def rule_of(m: Ints, rule: int) -> int:
    """Return where a rule's row is."""
    return m[RULES_AT] + RULE_TABLE * rule


def since_of(g: Reals, m: Ints, side: int, stretch: int) -> float:
    """Return when a stretch began."""
    began = m[stretch + STRETCH_BEGAN]
    return time_of(g, m, side, began) if began >= 0 else 0.0


def until_of(g: Reals, m: Ints, side: int, stretch: int) -> float:
    """Return when a stretch ended."""
    return time_of(g, m, side, m[stretch + STRETCH_ENDED])


def first_stretch(m: Ints, side: int, rule: int) -> int:
    """Return the first stretch of a rule's clock; NONE if it never ran."""
    return m[m[run_of(m, side) + FIRST_STRETCHES_AT] + rule]


def stretch_ended(m: Ints, side: int, rule: int, place: int) -> int:
    """Return the stretch at the end of which a rule fired the event at a place; NONE if there is none."""
    stretch = first_stretch(m, side, rule)
    while stretch != NONE:
        if m[stretch + STRETCH_ENDED] == place and m[stretch + STRETCH_HOW] == BY_FIRING:
            return stretch
        stretch = m[stretch + STRETCH_NEXT]
    return NONE


def running(g: Reals, m: Ints, side: int, rule: int, count: int, time: float) -> int:
    """Return the stretch in which a rule's clock runs after so many events, at a time; NONE if there is none."""
    stretch = first_stretch(m, side, rule)
    while stretch != NONE:
        place = m[stretch + STRETCH_BEGAN]
        began = place < count if place >= 0 else since_of(g, m, side, stretch) <= time
        ended = m[stretch + STRETCH_HOW] != BY_END and m[stretch + STRETCH_ENDED] < count
        if began and not ended:
            return stretch
        stretch = m[stretch + STRETCH_NEXT]
    return NONE


def add_clock(f: Reals, n: Ints, g: Reals, m: Ints, side: int, place: int) -> None:
    """Add why the rule that fired at a place of one run did not fire just then in the other."""
    rule = m[event_of(m, side, place) + EVENT_RULE]
    there = before_of(m, side, place)
    count0 = there if side == 1 else place
    count1 = place if side == 1 else there
    time = time_of(g, m, side, place)
    first = m[CAUSES]
    guard = m[rule_of(m, rule) + GUARD]
    ask(f, n, g, m, guard, frame_of(m, 1 - side, there), time)
    if part_value(f, n, m[m[guard + PARTS_AT]]) != 1.0:
        add_by_value(f, n, g, m, side, guard, BY_GUARD, count0, count1, time, time)
        if m[CAUSES] > first:
            return
    mine = stretch_ended(m, side, rule, place)
    if mine == NONE:
        return
    other = running(g, m, 1 - side, rule, there, time)
    if other == NONE or m[other + STRETCH_OCCURRENCE] != m[mine + STRETCH_OCCURRENCE]:
        add_history(f, n, g, m, rule, time)
        return
    add_started(f, n, g, m, side, rule, mine, other)
    add_pace(f, n, g, m, side, rule, mine, other, time)
    if m[CAUSES] == first:
        add_outrun(f, n, g, m, rule, 1 - side, other, time)


def add_outrun(f: Reals, n: Ints, g: Reals, m: Ints, rule: int, side: int, stretch: int, time: float) -> None:
    """Add what came first in a run, at the very time at which a clock was due that it stopped."""
    if until_of(g, m, side, stretch) != time or m[stretch + STRETCH_HOW] == BY_FIRING:
        return
    place = m[stretch + STRETCH_ENDED]
    if m[stretch + STRETCH_HOW] == BY_END:
        place = m[run_of(m, side) + LAST_PLACE]
        while place >= 0 and not (
            m[event_of(m, side, place) + EVENT_KIND] <= STARTED_KIND and time_of(g, m, side, place) == time
        ):
            place -= 1
    if place >= 0:
        add_at(f, n, g, m, rule, side, place, time, BY_STOPPING)


def add_at(f: Reals, n: Ints, g: Reals, m: Ints, rule: int, side: int, place: int, time: float, how: int) -> None:
    """Add why a clock started or stopped in one run with what is at a place, and not in the other."""
    if place >= 0 and partner_of(m, side, place) == NONE:
        add(g, m, occurred(side, place), how, 1.0)
        return
    mine = by_time(g, m, side, time)
    there = by_time(g, m, 1 - side, time)
    if place >= 0:
        mine = place + 1
        there = before_of(m, side, place) + 1
    count0 = there if side == 1 else mine
    count1 = mine if side == 1 else there
    add_by_value(f, n, g, m, side, m[rule_of(m, rule) + GUARD], BY_GUARD, count0, count1, time, time)


def is_one(m: Ints, one: int, other: int, time: float, other_time: float) -> bool:
    """Return whether the two runs' clocks started or stopped with the same event, or initially."""
    if one >= 0:
        return other >= 0 and partner_of(m, 0, one) == other
    return one == other and time == other_time


def add_history(f: Reals, n: Ints, g: Reals, m: Ints, rule: int, time: float) -> None:
    """Add the first start or stop of a rule's clock that only one run has, up to a time."""
    first = m[CAUSES]
    one = until_then(g, m, 0, first_stretch(m, 0, rule), time)
    other = until_then(g, m, 1, first_stretch(m, 1, rule), time)
    while one != NONE or other != NONE:
        add_first_apart(f, n, g, m, rule, one, other, time)
        if m[CAUSES] > first:
            return
        if one != NONE:
            one = until_then(g, m, 0, m[one + STRETCH_NEXT], time)
        if other != NONE:
            other = until_then(g, m, 1, m[other + STRETCH_NEXT], time)


def until_then(g: Reals, m: Ints, side: int, stretch: int, time: float) -> int:
    """Return a stretch if it had begun by a time; else NONE."""
    if stretch != NONE and since_of(g, m, side, stretch) <= time:
        return stretch
    return NONE


def add_first_apart(
    f: Reals, n: Ints, g: Reals, m: Ints, rule: int, one: int, other: int, time: float
) -> None:  # fmt: skip
    """Add why a stretch began, or ended, in one run alone: what was the earlier of the two first."""
    how = BY_START
    mine = since_of(g, m, 0, one) if one != NONE else inf
    theirs = since_of(g, m, 1, other) if other != NONE else inf
    place = m[one + STRETCH_BEGAN] if one != NONE else NONE
    there = m[other + STRETCH_BEGAN] if other != NONE else NONE
    has_mine = one != NONE
    has_theirs = other != NONE
    if one != NONE and other != NONE and is_one(m, place, there, mine, theirs):
        mine = until_of(g, m, 0, one)
        theirs = until_of(g, m, 1, other)
        place = m[one + STRETCH_ENDED]
        there = m[other + STRETCH_ENDED]
        if is_one(m, place, there, mine, theirs):
            return
        how = BY_STOPPING
        has_mine = m[one + STRETCH_HOW] != BY_END and mine <= time
        has_theirs = m[other + STRETCH_HOW] != BY_END and theirs <= time
    first = m[CAUSES]
    if has_theirs and has_mine and theirs < mine:
        add_at(f, n, g, m, rule, 1, there, theirs, how)
        if m[CAUSES] > first:
            return
        has_theirs = False
    if has_mine:
        add_at(f, n, g, m, rule, 0, place, mine, how)
        if m[CAUSES] > first:
            return
    if has_theirs:
        add_at(f, n, g, m, rule, 1, there, theirs, how)


def add_started(f: Reals, n: Ints, g: Reals, m: Ints, side: int, rule: int, mine: int, theirs: int) -> None:
    """Add why a clock started at another time than in the other run."""
    since = since_of(g, m, side, mine)
    other_since = since_of(g, m, 1 - side, theirs)
    place = m[mine + STRETCH_BEGAN]
    there = m[theirs + STRETCH_BEGAN]
    same = is_one(m, place, there, since, other_since) if side == 0 else is_one(m, there, place, since, other_since)
    if same:
        return
    first = m[CAUSES]
    if other_since > since:
        add_at(f, n, g, m, rule, 1 - side, there, other_since, BY_START)
    else:
        add_at(f, n, g, m, rule, side, place, since, BY_START)
    if m[CAUSES] == first:
        add_at(f, n, g, m, rule, side, place, since, BY_START)


def add_pace(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, rule: int, mine: int, theirs: int, time: float
) -> None:  # fmt: skip
    """Add what a rate or a law read otherwise while, or when, its clock ran."""
    pace = m[rule_of(m, rule) + PACE]
    if pace == NONE:
        return
    one = theirs if side == 1 else mine
    other = mine if side == 1 else theirs
    since0 = since_of(g, m, 0, one)
    since1 = since_of(g, m, 1, other)
    if m[rule_of(m, rule) + HAS_RATE] != 0:
        add_accumulated(f, n, g, m, side, pace, max(since0, since1), time)
        return
    # A clock that ran at the branch is given its law again there.
    since0 = max(since0, g[m[BRANCH_TIME_AT]])
    since1 = max(since1, g[m[BRANCH_TIME_AT]])
    count0 = counted(g, m, 0, m[one + STRETCH_BEGAN], since0)
    count1 = counted(g, m, 1, m[other + STRETCH_BEGAN], since1)
    add_by_value(f, n, g, m, side, pace, BY_LAW, count0, count1, since0, since1)


def counted(g: Reals, m: Ints, side: int, began: int, since: float) -> int:
    """Return how many events a run has had when a clock's law was given that began at a place."""
    branch = m[run_of(m, 0) + BRANCH_PLACE]
    if began > branch:
        return began + 1
    return max(branch + 1, by_time(g, m, side, since))


def add_accumulated(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, question: int, since: float, until: float
) -> None:  # fmt: skip
    """Add what made a rate another, each weighed by how much progress its own difference adds up to."""
    m[MODE] = PLAIN
    m[SUMS] = 0
    start = max(since, g[m[BRANCH_TIME_AT]])
    first = min(start, until)
    end = max(start, until)
    count0 = by_time(g, m, 0, first)
    count1 = by_time(g, m, 1, first)
    while first < end:
        last = end
        if start < until:  # where the runs branched at two dates, the pace may be asked for from after its end
            last = min(end, min(time_or_end(g, m, 0, count0, end), time_or_end(g, m, 1, count1, end)))
        add_interval(f, n, g, m, side, question, count0, count1, first, last)
        first = last
        count0 = passed(g, m, 0, count0, first)
        count1 = passed(g, m, 1, count1, first)
    total = 0.0
    for index in range(m[SUMS]):
        total = total + g[m[SUM_REALS_AT] + index]
    for index in range(m[SUMS]):
        share = g[m[SUM_REALS_AT] + index] / total if total > 0.0 else WEAK
        add(g, m, m[m[SUMS_AT] + index], BY_RATE, max(WEAK, share))


def time_or_end(g: Reals, m: Ints, side: int, count: int, end: float) -> float:
    """Return when the next event of a run is after so many; `end` if there is none."""
    return time_of(g, m, side, count) if count < m[run_of(m, side) + EVENTS] else end


def passed(g: Reals, m: Ints, side: int, count: int, time: float) -> int:
    """Return how many events a run has had by a time, when it is known that it has had so many."""
    while count < m[run_of(m, side) + EVENTS] and time_of(g, m, side, count) <= time:
        count += 1
    return count


def add_interval(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, question: int, count0: int, count1: int, first: float, last: float
) -> None:  # fmt: skip
    """Add up what a rate read otherwise between two times without an event."""
    here = frame_of(m, side, count1 if side == 1 else count0)
    there = frame_of(m, 1 - side, count0 if side == 1 else count1)
    if find_differing(g, m, question, here, there) == 0:
        return
    ask(f, n, g, m, question, here, (first + last) / 2.0)
    part = m[m[question + PARTS_AT]]
    known = part_value(f, n, part)
    for index in range(m[DIFFERING]):
        slot = m[m[DIFFERING_AT] + index]
        put(f, n, m, slot, g[there + slot])
        other = part_value(f, n, part)
        put(f, n, m, slot, g[here + slot])
        if known == NO_ANSWER or other == NO_ANSWER:
            continue
        causes = m[CAUSES]
        add_named(g, m, slot, count0, count1, BY_RATE, 0.0)
        for cause in range(causes, m[CAUSES]):
            add_up(g, m, m[m[CAUSES_AT] + 2 * cause], abs(known - other) * (last - first))
        m[CAUSES] = causes


def add_up(g: Reals, m: Ints, name: int, much: float) -> None:
    """Add to what a node's difference adds up to."""
    for index in range(m[SUMS]):
        if m[m[SUMS_AT] + index] == name:
            g[m[SUM_REALS_AT] + index] = g[m[SUM_REALS_AT] + index] + much
            return
    if m[SUMS] >= MOST_CAUSES:
        raise ValueError("too many causes")
    m[m[SUMS_AT] + m[SUMS]] = name
    g[m[SUM_REALS_AT] + m[SUMS]] = 0.0 + much
    m[SUMS] = m[SUMS] + 1
