"""What a turn does to a run of the kernel, and the end of its past: parameters that change, rules that stop and start.

As `sim.model.scenario` has turns, and `sim.model.clocks` the beginning of draws.
"""

# ruff: noqa: F403, F405 - the memory map is the header of these files, and holds nothing but names of cells
from math import inf

from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime import parts
from sim.engines.kernel.runtime.clock_steps import accumulated, aim, draw_at
from sim.engines.kernel.runtime.log_rows import look_for_refusal
from sim.engines.kernel.runtime.memory_map import *
from sim.engines.kernel.runtime.moving_clocks import leave_cell
from sim.numerics.streams import philox_uniform

# When a turn settles what moves: see `turn`.
SETTLED, SETTLING, SETTLING_OTHERS = range(3)


def take(f: Reals, n: Ints, at: int) -> bool:
    """Put the values of the turn whose block is at `at` into the frame; return whether one was another before."""
    others = False
    for index in range(n[at + VALUES], n[at + VALUES_END]):
        one = n[VALUES_AT] + 3 * index
        if f[TIME + n[one]] != f[n[one + 1]]:
            others = True
        f[TIME + n[one]] = f[n[one + 1]]
        if n[one + 2] != 0:
            n[HEADER + n[one]] = int(f[n[one + 1]])
    return others


def stop_rules(f: Reals, n: Ints, at: int) -> None:
    """Let the rules never fire from here on that the turn whose block is at `at` stops."""
    for index in range(n[at + STOPPED_FROM], n[at + FOLLOWERS]):
        own = n[STATES_AT] + CLOCK_INTS * n[n[AFFECTED_AT] + index]
        n[own + STATE] = EXCLUDED
        f[n[own + RANK]] = inf
        leave_cell(f, n, own)


def stop_next(f: Reals, n: Ints) -> None:
    """Stop the rules that the next turn stops, before anything else of it: they concern nobody any more."""
    if n[TURNED] < n[TURNS]:
        stop_rules(f, n, n[TURNS_AT] + TURN * (n[TURNED] + 1))


def turn(f: Reals, n: Ints, now: float, how: int) -> None:
    """Make the next turn, if there is one, but for the rules that it starts again: see `sim.model.scenario`.

    `how` says when to settle what moves under its values: SETTLED, it is done; SETTLING; SETTLING_OTHERS, if any of
    them is another.
    """
    if n[TURNED] >= n[TURNS]:
        return
    n[TURNED] = n[TURNED] + 1
    at = n[TURNS_AT] + TURN * n[TURNED]
    others = take(f, n, at)
    settled = how == SETTLED
    if n[MOTION] != 0 and (how == SETTLING or (how == SETTLING_OTHERS and others)):
        n[SITE] = AT_SETTLE + n[TURNED]
        parts.settle(f, n, now)
        settled = True
    stop_rules(f, n, at)
    n[SITE] = AT_TURN + n[TURNED]
    for index in range(n[at + FOLLOWERS], n[at + RENEWED]):
        parts.follow(f, n, n[n[AFFECTED_AT] + index], now)
    for index in range(n[at + RENEWED], n[at + WOKEN]):
        parts.renew(f, n, n[n[AFFECTED_AT] + index], now)
    look_for_refusal(n)
    if n[MOTION] != 0 and settled:
        n[SITE] = AT_FLIPPED + n[TURNED]
        parts.flipped(f, n, now)
        look_for_refusal(n)


def wake(f: Reals, n: Ints, now: float) -> None:
    """Start the rules again that the last turn starts, of those that never fire."""
    if n[TURNED] == 0:
        return
    at = n[TURNS_AT] + TURN * n[TURNED]
    n[SITE] = AT_WAKE + n[TURNED]
    for index in range(n[at + WOKEN], n[at + WOKEN_END]):
        rule = n[n[AFFECTED_AT] + index]
        own = n[STATES_AT] + CLOCK_INTS * rule
        if n[own + STATE] == EXCLUDED:
            n[own + STATE] = OFF
            parts.follow(f, n, rule, now)
    look_for_refusal(n)


def end_past(f: Reals, n: Ints) -> None:
    """Give those clocks their rates that were left for the end of the past."""
    if n[RATES_DEFERRED] != 0:
        parts.rates(f, n)
        n[RATES_DEFERRED] = 0


def begin_all(f: Reals, n: Ints, now: float, afresh: bool) -> None:  # noqa: FBT001 - the subset has no keywords
    """End the past: every clock that runs is aimed. `afresh` forgets what was drawn before.

    What was due in the past and did not happen is known not to have fired: only the rest is drawn. A memoryless clock
    counts its hazard from here. All uniforms are drawn together: they do not wait for one another.
    """
    draws = 0
    keys = n[DRAWS_AT] + n[DRAWS]
    occurrences = keys + n[DRAWS]
    for rule in range(n[RULES]):
        at = n[CLOCKS_AT] + CLOCK * rule
        own = n[STATES_AT] + CLOCK_INTS * rule
        enabled = n[own + STATE] == ENABLED
        if n[own + STATE] != EXCLUDED and (afresh or (enabled and f[n[own + RANK]] < now)):
            if n[own + HAS_THRESHOLD] != 0:
                known = 0.0
                if enabled:
                    known = accumulated(f, n, at, own, now)
                f[at + REACHED] = max(f[at + REACHED], known)
                n[own + HAS_THRESHOLD] = 0
            if n[own + MEMORYLESS] != 0:
                f[at + SINCE] = now
                f[at + ELAPSED] = 0.0
                f[at + REACHED] = 0.0
                if n[own + LOOK] != 0 and enabled:
                    f[n[own + CELL] + CELL_WIDTH] = 0.0
                    parts.rebuild(f, n, rule, now)
            if enabled and n[own + HAS_THRESHOLD] == 0 and (n[own + KIND] == RATES or n[own + KIND] >= FIRST_LAW):
                n[n[DRAWS_AT] + draws] = rule
                n[keys + draws] = n[own + KEY]
                n[occurrences + draws] = n[own + OCCURRENCE]
                draws += 1
            elif enabled:
                aim(f, n, at, own, now)
    run = n[CLOCK_RUN]
    first = n[UNIFORMS_AT]
    for index in range((draws + AT_ONCE_DRAWN - 1) // AT_ONCE_DRAWN * AT_ONCE_DRAWN):
        f[first + index] = philox_uniform(n[keys + index], run, n[occurrences + index], 0)
    for index in range(draws):
        rule = n[n[DRAWS_AT] + index]
        at = n[CLOCKS_AT] + CLOCK * rule
        own = n[STATES_AT] + CLOCK_INTS * rule
        draw_at(f, n, at, own, now, f[first + index])
        aim(f, n, at, own, now)
