"""What parts read otherwise in the two runs of a pair, in the subset: `pair_reading` and `supports`, over arrays."""

# ruff: noqa: F403, F405 - the maps are the headers of these files, and hold nothing but names of cells
import math

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.memory_map import HEADER, TIME
from sim.engines.kernel.runtime.trace_map import *
from sim.explain.pairs.compiled.part_value import value
from sim.explain.pairs.compiled.walk_map import *
from sim.explain.pairs.strengths import WEAK
from sim.numerics.streams import philox_uniform

# The runs


def run_of(m: Ints, side: int) -> int:
    """Return where the block of a side's run is."""
    return m[m[SIDES_AT] + SIDE * side + RUN_AT]


def event_of(m: Ints, side: int, place: int) -> int:
    """Return where the block of an event is."""
    return m[run_of(m, side) + EVENTS_AT] + EVENT_BLOCK * place


def time_of(g: Reals, m: Ints, side: int, place: int) -> float:
    """Return when an event was."""
    return g[m[run_of(m, side) + TIMES_AT_PLACES] + place]


def partner_of(m: Ints, side: int, place: int) -> int:
    """Return the place of the same event in the other run; NONE if it has none."""
    if place < 0:
        return NONE
    return m[m[m[SIDES_AT] + SIDE * side + PARTNERS_AT] + place]


def before_of(m: Ints, side: int, place: int) -> int:
    """Return how many events of the other run stand before the one at a place."""
    return m[m[m[SIDES_AT] + SIDE * side + BEFORES_AT] + place]


def frame_of(m: Ints, side: int, count: int) -> int:
    """Return where the frame of a run is after so many of its events."""
    run = run_of(m, side)
    return m[m[run + FRAMES_AT] + min(count, m[run + EVENTS])]


def by_time(g: Reals, m: Ints, side: int, time: float) -> int:
    """Return how many events a run has had by a time, those at it included."""
    run = run_of(m, side)
    times = m[run + TIMES_AT_PLACES]
    low = 0
    high = m[run + EVENTS]
    while low < high:
        middle = (low + high) // 2
        if g[times + middle] <= time:
            low = middle + 1
        else:
            high = middle
    return low


def writer_of(m: Ints, side: int, slot: int, count: int) -> int:
    """Return the place of the last of so many events that wrote a variable; INITIALLY if none did."""
    starts = m[m[SIDES_AT] + SIDE * side + WRITES_OF_AT] + slot
    writes = m[m[SIDES_AT] + SIDE * side + WRITES_AT]
    low = m[starts]
    high = m[starts + 1]
    while low < high:
        middle = (low + high) // 2
        if m[writes + middle] < count:
            low = middle + 1
        else:
            high = middle
    return m[writes + low - 1] if low > m[starts] else INITIALLY


def effect_of(m: Ints, kind: int, slot: int) -> int:
    """Return the question of the effect that a type of event has on a variable; NONE if it has none."""
    return m[m[EFFECTS_AT] + m[WIDTH] * kind + slot]


# Causes


def add(g: Reals, m: Ints, name: int, how: int, strength: float) -> None:
    """Add a cause to those of the node at hand."""
    if m[CAUSES] >= MOST_CAUSES:
        raise ValueError("too many causes")
    at = m[CAUSES_AT] + 2 * m[CAUSES]
    m[at] = name
    m[at + 1] = how
    g[m[STRENGTHS_AT] + m[CAUSES]] = strength
    m[CAUSES] = m[CAUSES] + 1


def scale(g: Reals, m: Ints, first: int, weight: float) -> None:
    """Weaken the causes from a number on."""
    for index in range(first, m[CAUSES]):
        g[m[STRENGTHS_AT] + index] = g[m[STRENGTHS_AT] + index] * weight


def occurred(side: int, place: int) -> int:
    """Return the name of an event as a node."""
    return OCCURRED + 4 * (2 * place + side)


def differs(m: Ints, slot: int, count0: int, count1: int) -> int:
    """Return the name of a variable as a node, after so many events of each run."""
    writers = (writer_of(m, 0, slot, count0) + 1) * MOST_PLACES + writer_of(m, 1, slot, count1) + 1
    return DIFFERS + 4 * (slot * MOST_PLACES * MOST_PLACES + writers)


def add_named(g: Reals, m: Ints, slot: int, count0: int, count1: int, how: int, strength: float) -> None:
    """Add what a slot stands for: a variable as it was written there, or what a parameter rests on."""
    row = m[SLOTS_AT] + SLOT_TABLE * slot
    if m[row + SCOPE] == PARAMETER_SCOPE:
        for index in range(m[row + RESTS]):
            add(g, m, ASSUMED + 4 * m[m[row + RESTS_AT] + index], how, strength)
    else:
        add(g, m, differs(m, slot, count0, count1), how, strength)


# Questions and answers


def put(f: Reals, n: Ints, m: Ints, slot: int, known: float) -> None:
    """Put a value into a slot of the frame."""
    f[TIME + slot] = known
    if m[m[WHOLES_AT] + slot] != 0:
        n[HEADER + slot] = int(known)


def ask(f: Reals, n: Ints, g: Reals, m: Ints, question: int, frame: int, time: float) -> None:
    """Put a question about a frame: what its parts read goes where it is evaluated."""
    m[ASKED] = question
    for index in range(m[question + READS]):
        slot = m[m[question + READS_AT] + index]
        put(f, n, m, slot, g[frame + slot])
    for index in range(m[question + OTHERS]):
        slot = m[m[question + OTHERS_AT] + index]
        put(f, n, m, slot, g[frame + slot])
    f[TIME] = time


def find_differing(g: Reals, m: Ints, question: int, here: int, there: int) -> int:
    """Note which of the slots that a question reads the two frames have otherwise; return how many there are."""
    count = 0
    for index in range(m[question + READS]):
        slot = m[m[question + READS_AT] + index]
        if g[here + slot] != g[there + slot]:
            m[m[DIFFERING_AT] + count] = slot
            count += 1
    m[DIFFERING] = count
    return count


def part_value(f: Reals, n: Ints, part: int) -> float:
    """Return the value of a part; NO_ANSWER if it has none."""
    try:
        return value(f, n, part)
    except ValueError:
        return NO_ANSWER


def answer(f: Reals, n: Ints, g: Reals, m: Ints, at: int) -> None:
    """Answer the question at hand, and put the answer in `g` from `at` on."""
    question = m[ASKED]
    parts = m[question + PARTS_AT]
    if m[MODE] == CHOICE:
        g[at] = float(choice(f, n, g, m))
        return
    for index in range(m[question + PARTS]):
        g[at + index] = part_value(f, n, m[parts + index])
    if m[MODE] == EFFECT and m[m[SLOTS_AT] + SLOT_TABLE * m[SLOT] + SATURATES] != 0 and g[at] != NO_ANSWER:
        bounds = m[BOUNDS_AT] + 2 * m[SLOT]
        g[at] = min(max(g[at], g[bounds]), g[bounds + 1])


def answers(m: Ints) -> int:
    """Return of how many numbers an answer to the question at hand is made."""
    return 1 if m[MODE] == CHOICE else m[m[ASKED] + PARTS]


def choice(f: Reals, n: Ints, g: Reals, m: Ints) -> int:
    """Return which type of event a rule would choose by the draw with which it chose one; NONE for nothing."""
    question = m[ASKED]
    at = event_of(m, m[MODE_SIDE], m[EVENT_AT])
    row = m[RULES_AT] + RULE_TABLE * m[at + EVENT_RULE]
    total = 0.0
    for index in range(m[question + PARTS]):
        found = part_value(f, n, m[m[question + PARTS_AT] + index])
        weight = found if found > 0.0 else 0.0
        g[m[WEIGHTS_AT] + index] = weight
        total = total + weight
    if not total > 0.0:
        return NONE
    number = m[run_of(m, m[MODE_SIDE]) + NUMBER_OF_RUN]
    aim = philox_uniform(m[row + STREAM], number, m[at + EVENT_OCCURRENCE], 1) * total
    below = 0.0
    last = 0
    for index in range(m[question + PARTS]):
        weight = g[m[WEIGHTS_AT] + index]
        if weight > 0.0:
            last = index
            below = below + weight
            if aim <= below:
                break
    return m[m[row + EMISSIONS_AT] + EMISSION_TABLE * last + EMITTED]


def answer_exchanged(f: Reals, n: Ints, g: Reals, m: Ints, here: int, there: int, at: int) -> None:
    """Answer the question at hand with the other frame's values of the slots that are to be exchanged."""
    for index in range(m[DIFFERING]):
        if m[m[EXCHANGED_AT] + index] != 0:
            slot = m[m[DIFFERING_AT] + index]
            put(f, n, m, slot, g[there + slot])
    answer(f, n, g, m, at)
    for index in range(m[DIFFERING]):
        if m[m[EXCHANGED_AT] + index] != 0:
            slot = m[m[DIFFERING_AT] + index]
            put(f, n, m, slot, g[here + slot])


def exchange_all(m: Ints, flag: int) -> None:
    """Let all slots that differ be exchanged, or none."""
    for index in range(m[DIFFERING]):
        m[m[EXCHANGED_AT] + index] = flag


def same_answers(g: Reals, m: Ints, one: int, other: int) -> bool:
    """Return whether two answers are the same."""
    same = True
    for index in range(answers(m)):
        same = same and g[one + index] == g[other + index]
    return same


def weigh(f: Reals, n: Ints, g: Reals, m: Ints, here: int, there: int) -> None:
    """Find the strength with which each slot that differs turns the answer, as `supports` has it."""
    count = m[DIFFERING]
    exchange_all(m, 0)
    answer_exchanged(f, n, g, m, here, there, m[HERE_AT])
    exchange_all(m, 1)
    answer_exchanged(f, n, g, m, here, there, m[THERE_AT])
    if same_answers(g, m, m[HERE_AT], m[THERE_AT]):
        for index in range(count):
            g[m[SHARES_AT] + index] = WEAK
        return
    first = g[m[HERE_AT]]
    last = g[m[THERE_AT]]
    numbers = m[MODE] != CHOICE and m[m[ASKED] + IS_NUMBER] != 0 and first != NO_ANSWER and last != NO_ANSWER
    total = 0.0
    turning = 0
    for index in range(count):
        exchange_all(m, 0)
        m[m[EXCHANGED_AT] + index] = 1
        answer_exchanged(f, n, g, m, here, there, m[TRIED_AT])
        taken = g[m[TRIED_AT]]
        alone = not same_answers(g, m, m[TRIED_AT], m[HERE_AT])
        exchange_all(m, 1)
        m[m[EXCHANGED_AT] + index] = 0
        answer_exchanged(f, n, g, m, here, there, m[TRIED_AT])
        left = g[m[TRIED_AT]]
        alone = alone or not same_answers(g, m, m[TRIED_AT], m[THERE_AT])
        m[m[ALONE_AT] + index] = int(alone)
        turning += int(alone)
        numbers = numbers and taken != NO_ANSWER and left != NO_ANSWER
        g[m[SHARES_AT] + index] = max(abs(taken - first), abs(left - last))
        total = total + g[m[SHARES_AT] + index]
    if numbers and total > 0.0:
        for index in range(count):
            g[m[SHARES_AT] + index] = max(WEAK, g[m[SHARES_AT] + index] / total)
        return
    if turning == 0:
        find_least(f, n, g, m, here, there)
    for index in range(count):
        g[m[SHARES_AT] + index] = 1.0 if m[m[ALONE_AT] + index] != 0 else WEAK


def find_least(f: Reals, n: Ints, g: Reals, m: Ints, here: int, there: int) -> None:
    """Find a set of slots that together give the other answer, and of which none can be left out."""
    exchange_all(m, 1)
    kept = m[DIFFERING]
    for index in range(m[DIFFERING]):
        m[m[EXCHANGED_AT] + index] = 0
        left = False
        if kept > 1:
            answer_exchanged(f, n, g, m, here, there, m[TRIED_AT])
            left = same_answers(g, m, m[TRIED_AT], m[THERE_AT])
        if left:
            kept -= 1
        else:
            m[m[EXCHANGED_AT] + index] = 1
    for index in range(m[DIFFERING]):
        m[m[ALONE_AT] + index] = m[m[EXCHANGED_AT] + index]


def add_read(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, question: int, how: int, count0: int, count1: int, time: float
) -> None:  # fmt: skip
    """Add what a question about one side reads otherwise after so many events of each run, at its time."""
    here = frame_of(m, side, count1 if side == 1 else count0)
    there = frame_of(m, 1 - side, count0 if side == 1 else count1)
    if find_differing(g, m, question, here, there) == 0:
        return
    ask(f, n, g, m, question, here, time)
    if m[MODE] == EFFECT:
        carry_marks(f, n, g, m)
    weigh(f, n, g, m, here, there)
    for index in range(m[DIFFERING]):
        add_named(g, m, m[m[DIFFERING_AT] + index], count0, count1, how, g[m[SHARES_AT] + index])


def carry_marks(f: Reals, n: Ints, g: Reals, m: Ints) -> None:
    """Put the marks of the event at hand where expressions read them."""
    at = event_of(m, m[MODE_SIDE], m[EVENT_AT])
    slots = m[m[MARK_SLOTS_AT] + m[at + EVENT_TYPE]]
    for index in range(m[at + EVENT_MARKS]):
        put(f, n, m, m[slots + index], g[m[at + EVENT_MARKS_AT] + index])


def add_by_value(
    f: Reals, n: Ints, g: Reals, m: Ints, side: int, question: int, how: int, count0: int, count1: int,
    time0: float, time1: float,
) -> None:  # fmt: skip
    """Add the same of parts that decide by their values alone.

    A condition that is not true may have turned so as time passed: then it holds only just after.
    """
    time = time1 if side == 1 else time0
    m[MODE] = PLAIN
    if how <= BY_GUARD and m[question + PARTS] == 1:
        here = frame_of(m, side, count1 if side == 1 else count0)
        ask(f, n, g, m, question, here, time)
        part = m[m[question + PARTS_AT]]
        if part_value(f, n, part) != 1.0:
            f[TIME] = just_after(time)
            if part_value(f, n, part) == 1.0:
                time = just_after(time)
    add_read(f, n, g, m, side, question, how, count0, count1, time)


def just_after(time: float) -> float:
    """Return the least float above a finite one."""
    if time == 0.0:
        return 5e-324
    part, exponent = math.frexp(time)
    place = exponent - 54 if part == -0.5 else exponent - 53
    return time + math.ldexp(1.0, place)
