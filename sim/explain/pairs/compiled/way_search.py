"""The cheapest ways from how pairs of runs ended back to what is assumed, in the subset: `ways_back`, over arrays.

Reads traced runs and the tables of `part_questions`; writes each pair's ways behind one another. A walk is
given up where it meets more nodes than there is room for.
"""

# ruff: noqa: F403, F405 - the maps are the headers of these files, and hold nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.trace_map import *
from sim.explain.pairs.compiled.frame_reading import event_of, run_of, time_of
from sim.explain.pairs.compiled.node_causes import find_causes
from sim.explain.pairs.compiled.walk_map import *
from sim.explain.pairs.strengths import STEP
from sim.numerics.elementary import log


def walk(f: Reals, n: Ints, g: Reals, m: Ints) -> int:
    """Find the ways of each pair. Write behind its first run where they are, in `g` and in `m`: NONE if given up."""
    for pair in range(m[PAIRS]):
        at = m[PAIRS_AT] + 3 * pair
        other = m[at + 1]
        m[m[SIDES_AT] + RUN_AT] = m[at]
        m[m[SIDES_AT] + SIDE + RUN_AT] = other
        ints = m[WAYS_END]
        reals = m[WAYS_REALS_END]
        m[at + 1] = reals - m[REALS_END]
        m[at + 2] = ints
        try:
            if m[m[at] + IS_TRACED] == 0 or m[other + IS_TRACED] == 0:
                raise ValueError("not traced")
            if max(m[m[at] + EVENTS], m[other + EVENTS]) >= MOST_PLACES - 1:
                raise ValueError("too many events")
            find_partners(g, m)
            find_befores(g, m, 0)
            find_befores(g, m, 1)
            find_writes(m, 0)
            find_writes(m, 1)
            search(f, n, g, m, m[START])
        except ValueError:
            m[WAYS_END] = ints
            m[WAYS_REALS_END] = reals
            m[at + 2] = NONE
    return 0


# The events of two runs


def find_partners(g: Reals, m: Ints) -> None:
    """Find, for each event up to an ending, the one of the other run that is the same in all but its place."""
    for side in range(2):
        for place in range(m[run_of(m, side) + EVENTS]):
            m[m[m[SIDES_AT] + SIDE * side + PARTNERS_AT] + place] = NONE
    mine = m[m[SIDES_AT] + PARTNERS_AT]
    theirs = m[m[SIDES_AT] + SIDE + PARTNERS_AT]
    last_place = m[run_of(m, 1) + LAST_PLACE]
    first = 0
    last = NONE
    for place in range(m[run_of(m, 0) + LAST_PLACE] + 1):
        at = event_of(m, 0, place)
        if m[at + EVENT_KIND] > STARTED_KIND:
            continue
        partner = NONE
        if m[at + EVENT_KIND] == STARTED_KIND:
            if last < place <= last_place and m[event_of(m, 1, place) + EVENT_KIND] == STARTED_KIND:
                partner = place
        else:
            time = time_of(g, m, 0, place)
            while first <= last_place and time_of(g, m, 1, first) < time:
                first += 1
            there = max(first, last + 1)
            while partner == NONE and there <= last_place and time_of(g, m, 1, there) == time:
                if same(g, m, at, event_of(m, 1, there)):
                    partner = there
                there += 1
        if partner != NONE:
            m[mine + place] = partner
            m[theirs + partner] = place
            last = partner


def same(g: Reals, m: Ints, one: int, other: int) -> bool:
    """Return whether two events of one time are the same."""
    for field in range(EVENT_OCCURRENCE + 1):
        if m[one + field] != m[other + field]:
            return False
    for mark in range(m[one + EVENT_MARKS]):
        if g[m[one + EVENT_MARKS_AT] + mark] != g[m[other + EVENT_MARKS_AT] + mark]:
            return False
    return True


def find_befores(g: Reals, m: Ints, side: int) -> None:
    """Find, for each event of a run, how many events of the other stand before it."""
    partners = m[m[SIDES_AT] + SIDE * side + PARTNERS_AT]
    befores = m[m[SIDES_AT] + SIDE * side + BEFORES_AT]
    events = m[run_of(m, 1 - side) + EVENTS]
    passed = 0
    for place in range(m[run_of(m, side) + EVENTS]):
        partner = m[partners + place]
        if partner != NONE:
            passed = max(passed, partner + 1)
            m[befores + place] = partner
        else:
            time = time_of(g, m, side, place)
            while passed < events and time_of(g, m, 1 - side, passed) < time:
                passed += 1
            m[befores + place] = passed


def find_writes(m: Ints, side: int) -> None:
    """Find the places of the events that wrote each slot, in order."""
    starts = m[m[SIDES_AT] + SIDE * side + WRITES_OF_AT]
    writes = m[m[SIDES_AT] + SIDE * side + WRITES_AT]
    events = m[run_of(m, side) + EVENTS]
    for slot in range(m[WIDTH] + 1):
        m[starts + slot] = 0
    for place in range(events):
        at = event_of(m, side, place)
        if m[at + EVENT_KIND] <= SCHEDULED_KIND:
            written = m[WRITTEN_AT] + 2 * m[at + EVENT_TYPE]
            for index in range(m[written + 1]):
                slot = m[m[written] + index]
                m[starts + slot] = m[starts + slot] + 1
    total = 0
    for slot in range(m[WIDTH] + 1):
        total += m[starts + slot]
        m[starts + slot] = total
    # Each slot's beginning is where the last place goes that is put down, as those go down from its end.
    for back in range(events):
        place = events - 1 - back
        at = event_of(m, side, place)
        if m[at + EVENT_KIND] <= SCHEDULED_KIND:
            written = m[WRITTEN_AT] + 2 * m[at + EVENT_TYPE]
            for index in range(m[written + 1]):
                slot = m[m[written] + index]
                m[starts + slot] = m[starts + slot] - 1
                m[writes + m[starts + slot]] = place


# The search


def search(f: Reals, n: Ints, g: Reals, m: Ints, start: int) -> None:
    """Find the cheapest way from a node to each assumption (Dijkstra 1959), and write them down."""
    m[STAMP] = m[STAMP] + 1
    m[NODES] = 0
    m[QUEUE] = 0
    m[PUSHED] = 0
    found = 0
    ways = m[WAYS_END]
    m[WAYS_END] = ways + 1
    node = node_of(g, m, start)
    g[m[COSTS_AT] + 2 * node] = 0.0
    push(g, m, node, 0.0)
    while m[QUEUE] > 0 and found < m[ASSUMPTIONS]:
        node = pop(g, m)
        at = m[NODES_AT] + NODE * node
        if m[at + NODE_DONE] != 0:
            continue
        m[at + NODE_DONE] = 1
        if m[at + NODE_NAME] % 4 == ASSUMED:
            found += 1
            write_way(g, m, node)
            continue
        find_causes(f, n, g, m, m[at + NODE_NAME])
        relax(g, m, node)
    m[ways] = found


def relax(g: Reals, m: Ints, node: int) -> None:
    """Go on from a node to its causes where that is the cheapest way to them so far."""
    so_far = g[m[COSTS_AT] + 2 * node]
    for index in range(m[CAUSES]):
        strength = g[m[STRENGTHS_AT] + index]
        total = so_far + STEP - log(strength)
        cause = node_of(g, m, m[m[CAUSES_AT] + 2 * index])
        if total < g[m[COSTS_AT] + 2 * cause]:
            g[m[COSTS_AT] + 2 * cause] = total
            g[m[COSTS_AT] + 2 * cause + 1] = strength
            m[m[NODES_AT] + NODE * cause + NODE_FROM] = node
            m[m[NODES_AT] + NODE * cause + NODE_HOW] = m[m[CAUSES_AT] + 2 * index + 1]
            push(g, m, cause, total)


def node_of(g: Reals, m: Ints, name: int) -> int:
    """Return the number of the node of a name; it is a new one if it was not met in this walk."""
    at = (name * 0x9E3779B97F4A7C1 >> 29) & (INDEX_SIZE - 1)
    while m[m[INDEX_AT] + 2 * at] == m[STAMP]:
        node = m[m[INDEX_AT] + 2 * at + 1]
        if m[m[NODES_AT] + NODE * node + NODE_NAME] == name:
            return node
        at = (at + 1) & (INDEX_SIZE - 1)
    if m[NODES] >= MOST_NODES:
        raise ValueError("too many nodes")
    node = m[NODES]
    m[NODES] = node + 1
    m[m[INDEX_AT] + 2 * at] = m[STAMP]
    m[m[INDEX_AT] + 2 * at + 1] = node
    block = m[NODES_AT] + NODE * node
    m[block + NODE_NAME] = name
    m[block + NODE_FROM] = NONE
    m[block + NODE_HOW] = NONE
    m[block + NODE_DONE] = 0
    g[m[COSTS_AT] + 2 * node] = inf
    g[m[COSTS_AT] + 2 * node + 1] = 1.0
    return node


def before(g: Reals, m: Ints, one: int, other: int) -> bool:
    """Return whether what stands at one place of the heap comes before what stands at another."""
    cost = g[m[QUEUE_COSTS_AT] + one]
    other_cost = g[m[QUEUE_COSTS_AT] + other]
    return cost < other_cost or (cost == other_cost and m[m[QUEUE_AT] + 2 * one] < m[m[QUEUE_AT] + 2 * other])


def exchange(g: Reals, m: Ints, one: int, other: int) -> None:
    """Exchange two places of the heap."""
    cost = g[m[QUEUE_COSTS_AT] + one]
    g[m[QUEUE_COSTS_AT] + one] = g[m[QUEUE_COSTS_AT] + other]
    g[m[QUEUE_COSTS_AT] + other] = cost
    for cell in range(2):
        kept = m[m[QUEUE_AT] + 2 * one + cell]
        m[m[QUEUE_AT] + 2 * one + cell] = m[m[QUEUE_AT] + 2 * other + cell]
        m[m[QUEUE_AT] + 2 * other + cell] = kept


def push(g: Reals, m: Ints, node: int, cost: float) -> None:
    """Put a node into the heap."""
    if m[QUEUE] >= MOST_QUEUED:
        raise ValueError("too many nodes")
    at = m[QUEUE]
    m[QUEUE] = at + 1
    m[m[QUEUE_AT] + 2 * at] = m[PUSHED]
    m[m[QUEUE_AT] + 2 * at + 1] = node
    g[m[QUEUE_COSTS_AT] + at] = cost
    m[PUSHED] = m[PUSHED] + 1
    while at > 0 and before(g, m, at, (at - 1) // 2):
        exchange(g, m, at, (at - 1) // 2)
        at = (at - 1) // 2


def pop(g: Reals, m: Ints) -> int:
    """Take the first node out of the heap; return it."""
    node = m[m[QUEUE_AT] + 1]
    last = m[QUEUE] - 1
    m[QUEUE] = last
    exchange(g, m, 0, last)
    at = 0
    while 2 * at + 1 < last:
        below = 2 * at + 1
        if below + 1 < last and before(g, m, below + 1, below):
            below += 1
        if not before(g, m, below, at):
            break
        exchange(g, m, at, below)
        at = below
    return node


def write_way(g: Reals, m: Ints, node: int) -> None:
    """Write down the way to a node, from its end back: how many steps, and of each the node and how; its cost, in `g`,
    and the strengths of its steps.
    """
    at = m[WAYS_END]
    reals = m[WAYS_REALS_END]
    if at + 2 * m[NODES] + 2 > m[WAYS_ROOM] or reals + m[NODES] + 1 > m[WAYS_REALS_ROOM]:
        raise ValueError("no room")
    g[reals] = g[m[COSTS_AT] + 2 * node]
    steps = 0
    while m[m[NODES_AT] + NODE * node + NODE_FROM] != NONE:
        block = m[NODES_AT] + NODE * node
        m[at + 1 + 2 * steps] = m[block + NODE_NAME]
        m[at + 2 + 2 * steps] = m[block + NODE_HOW]
        g[reals + 1 + steps] = g[m[COSTS_AT] + 2 * node + 1]
        steps += 1
        node = m[block + NODE_FROM]
    m[at] = steps
    m[WAYS_END] = at + 1 + 2 * steps
    m[WAYS_REALS_END] = reals + 1 + steps
