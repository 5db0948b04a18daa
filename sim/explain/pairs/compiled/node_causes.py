"""The direct causes of the differences of a pair of traced runs, in the subset: `pair_causes`, over arrays."""

# ruff: noqa: F403, F405 - the maps are the headers of these files, and hold nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.trace_map import *
from sim.explain.pairs.compiled.frame_reading import (
    add,
    add_by_value,
    add_named,
    add_read,
    answer_exchanged,
    ask,
    before_of,
    effect_of,
    event_of,
    exchange_all,
    find_differing,
    frame_of,
    occurred,
    partner_of,
    run_of,
    scale,
    time_of,
)
from sim.explain.pairs.compiled.stretch_causes import add_clock, first_stretch, rule_of
from sim.explain.pairs.compiled.walk_map import *
from sim.explain.pairs.strengths import HALF, WEAK


def find_causes(f: Reals, n: Ints, g: Reals, m: Ints, name: int) -> None:
    """Find the causes of a node; none of an assumption."""
    m[CAUSES] = 0
    kind = name % 4
    what = name // 4
    if kind == ENDED:
        add_ended(f, n, g, m, what)
    elif kind == OCCURRED:
        add_happened(f, n, g, m, what % 2, what // 2)
    elif kind == DIFFERS:
        slot = what // (MOST_PLACES * MOST_PLACES)
        writers = what % (MOST_PLACES * MOST_PLACES)
        add_differing(f, n, g, m, slot, writers // MOST_PLACES - 1, writers % MOST_PLACES - 1)


# How the runs ended


def add_ended(f: Reals, n: Ints, g: Reals, m: Ints, why: int) -> None:
    """Add why one run ended first, and the other did not then; half as strongly, why the other did later."""
    first = inf
    for side in range(2):
        run = run_of(m, side)
        if m[run + CAME_TRUE] != 0:
            first = min(first, time_of(g, m, side, m[run + LAST_PLACE]))
    for side in range(2):
        run = run_of(m, side)
        if m[run + CAME_TRUE] == 0:
            continue
        is_first = time_of(g, m, side, m[run + LAST_PLACE]) == first
        if is_first and why != LATER:
            add_ending(f, n, g, m, side)
        elif not is_first and why != FIRST:
            causes = m[CAUSES]
            add_ending(f, n, g, m, side)
            if why == EITHER:
                scale(g, m, causes, HALF)


def brought(g: Reals, m: Ints, side: int) -> int:
    """Return the place of the event with which a run's ending came; NONE if it came as time passed."""
    last = m[run_of(m, side) + LAST_PLACE]
    place = last - 1
    while place >= 0 and m[event_of(m, side, place) + EVENT_KIND] > STARTED_KIND:
        place -= 1
    if place >= 0 and time_of(g, m, side, place) == time_of(g, m, side, last):
        return place
    return NONE


def add_ending(f: Reals, n: Ints, g: Reals, m: Ints, side: int) -> None:
    """Add why a run came to its ending."""
    run = run_of(m, side)
    last = m[run + LAST_PLACE]
    row = m[OUTCOMES_AT] + OUTCOME_TABLE * m[run + ENDING]
    place = brought(g, m, side)
    twin = same_event(m, side, place) if place >= 0 else NONE
    if place >= 0 and m[row + COMES_WITH_EVENTS] != 0 and twin == NONE:
        add(g, m, occurred(side, place), BY_COMING, 1.0)
    mine = last + 1
    there = before_of(m, side, last) + int(partner_of(m, side, last) != NONE)
    time = time_of(g, m, side, last)
    later = time
    if place >= 0 and twin != NONE:
        mine = place + 1
        there = twin + 1
        later = time_of(g, m, 1 - side, twin)
    count0 = there if side == 1 else mine
    count1 = mine if side == 1 else there
    time0 = later if side == 1 else time
    time1 = time if side == 1 else later
    causes = m[CAUSES]
    if m[row + CONDITION] != NONE:
        add_by_value(f, n, g, m, side, m[row + CONDITION], BY_CONDITION, count0, count1, time0, time1)
    strong = False
    for index in range(causes, m[CAUSES]):
        strong = strong or g[m[STRENGTHS_AT] + index] >= HALF
    if place >= 0 and partner_of(m, side, place) == NONE and not strong:
        add(g, m, occurred(side, place), BY_COMING, 1.0)


def same_event(m: Ints, side: int, place: int) -> int:
    """Return the place of the same event in the other run, or of the same firing if it chose the same; or NONE."""
    partner = partner_of(m, side, place)
    if partner != NONE:
        return partner
    twin = twin_of(m, side, place)
    at = event_of(m, side, place)
    if twin != NONE and m[event_of(m, 1 - side, twin) + EVENT_TYPE] == m[at + EVENT_TYPE]:
        return twin
    return NONE


def twin_of(m: Ints, side: int, place: int) -> int:
    """Return the place in the other run of the firing by the same rule in the same occurrence; NONE if it has none."""
    at = event_of(m, side, place)
    if m[at + EVENT_KIND] != FIRED_KIND:
        return NONE
    stretch = first_stretch(m, 1 - side, m[at + EVENT_RULE])
    while stretch != NONE:
        there = m[stretch + STRETCH_ENDED]
        if m[stretch + STRETCH_HOW] == BY_FIRING and m[stretch + STRETCH_OCCURRENCE] == m[at + EVENT_OCCURRENCE]:
            is_in_log = m[event_of(m, 1 - side, there) + EVENT_KIND] == FIRED_KIND
            return there if is_in_log and there <= m[run_of(m, 1 - side) + LAST_PLACE] else NONE
        stretch = m[stretch + STRETCH_NEXT]
    return NONE


# An event


def add_happened(f: Reals, n: Ints, g: Reals, m: Ints, side: int, place: int) -> None:
    """Add why an event happened in one run and not, or otherwise, in the other."""
    at = event_of(m, side, place)
    there = run_of(m, 1 - side)
    over = before_of(m, side, place) > m[there + LAST_PLACE] and m[there + CAME_TRUE] != 0
    if m[at + EVENT_KIND] == SCHEDULED_KIND:
        assumption = m[m[m[SIDES_AT] + SIDE * side + SCHEDULED_AT] + m[at + EVENT_SCHEDULED]]
        if assumption != NONE:
            add(g, m, ASSUMED + 4 * assumption, BY_ASSUMPTION, 1.0)
        else:
            add_over(f, n, g, m, 1 - side)
    elif m[at + EVENT_KIND] == FIRED_KIND:
        if over:
            add_over(f, n, g, m, 1 - side)
        causes = m[CAUSES]
        add_fired(f, n, g, m, side, place)
        if over:
            scale(g, m, causes, HALF)


def add_over(f: Reals, n: Ints, g: Reals, m: Ints, side: int) -> None:
    """Add what ended a run: the event that brought its ending, or what its condition read."""
    place = brought(g, m, side)
    if place >= 0 and partner_of(m, side, place) == NONE:
        add(g, m, occurred(side, place), BY_BEING_OVER, 1.0)
    elif m[run_of(m, side) + CAME_TRUE] != 0:
        add_ending(f, n, g, m, side)


def add_fired(f: Reals, n: Ints, g: Reals, m: Ints, side: int, place: int) -> None:
    """Add why a rule fired as it did."""
    at = event_of(m, side, place)
    row = rule_of(m, m[at + EVENT_RULE])
    if m[row + SWITCHED] != 0:
        for index in range(m[row + SWITCHED]):
            add(g, m, ASSUMED + 4 * m[m[row + SWITCHED_AT] + index], BY_SWITCH, 1.0)
        return
    time = time_of(g, m, side, place)
    twin = twin_of(m, side, place)
    there = twin if twin != NONE else before_of(m, side, place)
    count0 = there if side == 1 else place
    count1 = place if side == 1 else there
    if twin == NONE:
        add_clock(f, n, g, m, side, place)
        if m[row + WEIGHTS] != NONE and not chooses_alike(f, n, g, m, side, place, count0, count1):
            add_weights(f, n, g, m, side, place, count0, count1)
        return
    theirs = event_of(m, 1 - side, twin)
    their_time = time_of(g, m, 1 - side, twin)
    causes = m[CAUSES]
    if m[theirs + EVENT_TYPE] != m[at + EVENT_TYPE]:
        add_weights(f, n, g, m, side, place, count0, count1)
    elif their_time == time:
        add_marks(f, n, g, m, side, place, twin, count0, count1)
    if their_time != time:
        by_event = False
        for index in range(causes, m[CAUSES]):
            by_event = by_event or is_by_event(m, m[m[CAUSES_AT] + 2 * index])
        causes = m[CAUSES]
        if time < their_time:
            add_clock(f, n, g, m, side, place)
        else:
            add_clock(f, n, g, m, 1 - side, twin)
        if by_event:
            scale(g, m, causes, HALF)


def is_by_event(m: Ints, name: int) -> bool:
    """Return whether a variable stands otherwise by an event that one run alone has, and not by time alone."""
    if name % 4 != DIFFERS:
        return True
    writers = (name // 4) % (MOST_PLACES * MOST_PLACES)
    one = writers // MOST_PLACES - 1
    other = writers % MOST_PLACES - 1
    return (one >= 0 and partner_of(m, 0, one) == NONE) or (other >= 0 and partner_of(m, 1, other) == NONE)


def add_weights(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, place: int, count0: int, count1: int
) -> None:  # fmt: skip
    """Add what the weights of a choice read otherwise."""
    weights = m[rule_of(m, m[event_of(m, side, place) + EVENT_RULE]) + WEIGHTS]
    if weights == NONE:
        return
    m[MODE] = CHOICE
    m[MODE_SIDE] = side
    m[EVENT_AT] = place
    add_read(f, n, g, m, side, weights, BY_WEIGHTS, count0, count1, time_of(g, m, side, place))


def chooses_alike(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, place: int, count0: int, count1: int
) -> bool:  # fmt: skip
    """Return whether the draw that chose an event would have chosen it in the other run, too."""
    at = event_of(m, side, place)
    weights = m[rule_of(m, m[at + EVENT_RULE]) + WEIGHTS]
    here = frame_of(m, side, count1 if side == 1 else count0)
    there = frame_of(m, 1 - side, count0 if side == 1 else count1)
    find_differing(g, m, weights, here, there)
    m[MODE] = CHOICE
    m[MODE_SIDE] = side
    m[EVENT_AT] = place
    ask(f, n, g, m, weights, here, time_of(g, m, side, place))
    exchange_all(m, 1)
    answer_exchanged(f, n, g, m, here, there, m[TRIED_AT])
    return g[m[TRIED_AT]] == float(m[at + EVENT_TYPE])


def add_marks(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, place: int, twin: int, count0: int, count1: int
) -> None:  # fmt: skip
    """Add what the marks of an event read otherwise that are others than those of its twin."""
    at = event_of(m, side, place)
    theirs = event_of(m, 1 - side, twin)
    row = rule_of(m, m[at + EVENT_RULE])
    emission = NONE
    for index in range(m[row + EMISSIONS]):
        one = m[row + EMISSIONS_AT] + EMISSION_TABLE * index
        if emission == NONE and m[one + EMITTED] == m[at + EVENT_TYPE]:
            emission = one
    if emission == NONE:
        return
    merged = m[MERGED_AT]
    m[merged + PARTS] = 0
    m[merged + OTHERS] = 0
    for slot in range(m[WIDTH]):
        m[m[NAMED_AT] + slot] = 0
    for index in range(m[at + EVENT_MARKS]):
        if g[m[at + EVENT_MARKS_AT] + index] != g[m[theirs + EVENT_MARKS_AT] + index]:
            merge(m, m[m[emission + MARKS_AT] + index])
    if m[merged + PARTS] == 0:
        return
    m[merged + READS] = 0
    for slot in range(m[WIDTH]):
        if m[m[NAMED_AT] + slot] != 0:
            m[m[merged + READS_AT] + m[merged + READS]] = slot
            m[merged + READS] = m[merged + READS] + 1
    add_by_value(f, n, g, m, side, merged, BY_MARK, count0, count1, time_of(g, m, 0, count0), time_of(g, m, 1, count1))


def merge(m: Ints, question: int) -> None:
    """Make a mark's question a part of the one that is made up."""
    merged = m[MERGED_AT]
    if m[merged + PARTS] >= MOST_MERGED or m[merged + OTHERS] + m[question + OTHERS] > MOST_MERGED:
        raise ValueError("too many marks")
    m[merged + IS_NUMBER] = int(m[merged + PARTS] == 0 and m[question + IS_NUMBER] != 0)
    m[m[merged + PARTS_AT] + m[merged + PARTS]] = m[m[question + PARTS_AT]]
    m[merged + PARTS] = m[merged + PARTS] + 1
    for index in range(m[question + READS]):
        m[m[NAMED_AT] + m[m[question + READS_AT] + index]] = 1
    for index in range(m[question + OTHERS]):
        m[m[merged + OTHERS_AT] + m[merged + OTHERS]] = m[m[question + OTHERS_AT] + index]
        m[merged + OTHERS] = m[merged + OTHERS] + 1


# A variable


def add_differing(f: Reals, n: Ints, g: Reals, m: Ints, slot: int, one: int, other: int) -> None:
    """Add why a variable stands otherwise that these events wrote last."""
    if one == INITIALLY and other == INITIALLY:
        add_initial(g, m, slot)
    elif one >= 0 and other >= 0 and partner_of(m, 0, one) == other:
        add_effect(f, n, g, m, 0, slot, one, one, other)
    else:
        if one >= 0 and partner_of(m, 0, one) == NONE:
            add_written(f, n, g, m, 0, one, slot)
        if other >= 0 and partner_of(m, 1, other) == NONE:
            add_written(f, n, g, m, 1, other, slot)


def add_written(f: Reals, n: Ints, g: Reals, m: Ints, side: int, place: int, slot: int) -> None:
    """Add the event that wrote a variable, and what its effect read otherwise, such as the variable itself.

    One that left it as it was is the lesser cause: so it had stood before, and already otherwise than in the other.
    """
    there = before_of(m, side, place)
    count0 = there if side == 1 else place
    count1 = place if side == 1 else there
    apart = abs(g[frame_of(m, 0, count0) + slot] - g[frame_of(m, 1, count1) + slot])
    moved = abs(g[frame_of(m, side, place + 1) + slot] - g[frame_of(m, side, place) + slot])
    if moved == 0.0 and apart > 0.0:
        add(g, m, occurred(side, place), BY_COMING, HALF)
        add_named(g, m, slot, count0, count1, BY_EFFECT, 1.0)
        return
    own = 1.0
    if apart + moved > 0.0:
        own = max(moved / (apart + moved), WEAK)
    add(g, m, occurred(side, place), BY_COMING, own)
    causes = m[CAUSES]
    add_effect(f, n, g, m, side, slot, place, count0, count1)
    for index in range(causes, m[CAUSES]):
        at = m[STRENGTHS_AT] + index
        g[at] = max(g[at] * (1.0 - own), WEAK)


def add_effect(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, slot: int, place: int, count0: int, count1: int
) -> None:  # fmt: skip
    """Add what the effect read otherwise with which an event of one run wrote a variable."""
    question = effect_of(m, m[event_of(m, side, place) + EVENT_TYPE], slot)
    if question == NONE:
        return
    m[MODE] = EFFECT
    m[MODE_SIDE] = side
    m[EVENT_AT] = place
    m[SLOT] = slot
    add_read(f, n, g, m, side, question, BY_EFFECT, count0, count1, time_of(g, m, side, place))
    m[MODE] = PLAIN


def add_initial(g: Reals, m: Ints, slot: int) -> None:
    """Add what the initial value of a variable read otherwise."""
    question = m[m[SLOTS_AT] + SLOT_TABLE * slot + INITIAL]
    if question == NONE:
        return
    count = m[run_of(m, 0) + BRANCH_PLACE] + 1
    find_differing(g, m, question, frame_of(m, 0, count), frame_of(m, 1, count))
    for index in range(m[DIFFERING]):
        add_named(g, m, m[m[DIFFERING_AT] + index], 0, 0, BY_INITIAL, 1.0)
