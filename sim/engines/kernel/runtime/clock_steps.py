"""The kernel's clocks: starting, stopping, pausing and aiming one, as `sim.model.clocks` has it.

A clock is two blocks of cells, `at` in `f` and `own` in `n`; see `memory_map`. Which of these functions a rule needs,
and what it gives them, is written into its text by `clock_text`.
"""

# ruff: noqa: F403, F405 - the memory map is the header of these files, and holds nothing but names of cells
from math import inf

from sim.distributions.clock_laws import LAWS
from sim.engines.kernel.compiler.subset import Ints, Reals
from sim.engines.kernel.runtime.distributions import law_age, law_hazard
from sim.engines.kernel.runtime.memory_map import *
from sim.engines.kernel.runtime.moving_clocks import leave_cell, paced_accumulated, progressed, reaching
from sim.numerics.streams import philox_uniform, unit_exponential
from sim.numerics.ticks import next_on_grid, settled

FIXED = FIRST_LAW + list(LAWS).index("fixed")


def stream_threshold(key: int, run: int, occurrence: int) -> float:
    """Return the unit exponential of a clock's occurrence."""
    return exponential_at(philox_uniform(key, run, occurrence, 0))


def exponential_at(u: float) -> float:
    """Return the unit exponential of a uniform, which is above 0, so that its logarithm is there."""
    try:
        return unit_exponential(u)
    except ValueError:
        return inf


def accumulated(f: Reals, n: Ints, at: int, own: int, now: float) -> float:
    """Return the hazard that an enabled clock has accumulated up to `now`."""
    kind = n[own + KIND]
    if kind == RATES:
        if f[at + RATE] > 0.0:
            return f[at + ELAPSED] + f[at + RATE] * (now - f[at + SINCE])
        return f[at + ELAPSED]
    if kind < FIRST_LAW:
        return 0.0
    if kind >= MOVING_RATE:
        return paced_accumulated(f, n, at, own, now)
    age = f[at + ELAPSED] + (now - f[at + SINCE])
    return law_hazard(kind - FIRST_LAW, f[at + LAW], f[at + LAW + 1], f[at + LAW + 2], age)


def draw(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Draw a clock's threshold, if it has none: what it has accumulated, and a fresh unit exponential."""
    if n[own + HAS_THRESHOLD] == 0:
        known = max(f[at + REACHED], accumulated(f, n, at, own, now))
        f[at + THRESHOLD] = known + stream_threshold(n[own + KEY], n[CLOCK_RUN], n[own + OCCURRENCE])
        n[own + HAS_THRESHOLD] = 1


def draw_at(f: Reals, n: Ints, at: int, own: int, now: float, u: float) -> None:
    """Draw the threshold of a clock that has none with a uniform."""
    f[at + THRESHOLD] = max(f[at + REACHED], accumulated(f, n, at, own, now)) + exponential_at(u)
    n[own + HAS_THRESHOLD] = 1


def aim_rate(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Set when a clock that follows a rate will fire, from its threshold."""
    due = inf
    if f[at + RATE] > 0.0:
        due = f[at + SINCE] + (f[at + THRESHOLD] - f[at + ELAPSED]) / f[at + RATE]
    f[n[own + RANK]] = due if due > now else now


def end_of(f: Reals, n: Ints, at: int, own: int) -> float:
    """Return when a law's clock reaches its threshold."""
    kind = n[own + KIND]
    age = law_age(kind - FIRST_LAW, f[at + LAW], f[at + LAW + 1], f[at + LAW + 2], f[at + THRESHOLD])
    end = f[at + SINCE] + (age - f[at + ELAPSED])
    return settled(end, f[TICKS]) if kind == FIXED else end


def aim(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Set when a clock will fire. In the documented past nothing is drawn, and nothing is due."""
    if n[DRAWING] == 0:
        return
    kind = n[own + KIND]
    if kind == RATES:
        draw(f, n, at, own, now)
        aim_rate(f, n, at, own, now)
    elif kind == IMMEDIATE:
        f[n[own + RANK]] = now
    elif kind == DATE:
        f[n[own + RANK]] = f[at + LAW] if f[at + LAW] >= now else inf
    elif kind == EVERY:
        f[n[own + RANK]] = next_on_grid(f[at + LAW], now, f[TICKS])
    elif kind >= MOVING_RATE:
        aim_paced(f, n, at, own, now)
    else:
        draw(f, n, at, own, now)
        due = end_of(f, n, at, own)
        f[n[own + RANK]] = due if due > now else now


def paced_end(f: Reals, n: Ints, at: int, own: int) -> float:
    """Return when a clock reaches its threshold whose rate or speed is followed; infinite if not in its cell."""
    end = reaching(f, n, at, own)
    return settled(end, f[TICKS]) if n[own + KIND] == FIXED - FIRST_LAW + FIRST_PACED_LAW else end


def look_later(f: Reals, n: Ints, own: int) -> None:
    """Note until when a clock has been followed whose rate moves, if it does not fire before."""
    if n[own + LOOK] != 0:
        f[n[own + LOOK]] = f[n[own + CELL] + CELL_END] if f[n[own + RANK]] == inf else inf


def aim_paced(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Set when a clock will fire whose rate or speed is followed."""
    if n[DRAWING] == 0:
        return
    draw(f, n, at, own, now)
    due = paced_end(f, n, at, own)
    f[n[own + RANK]] = due if due > now else now
    look_later(f, n, own)


def start_paced(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Start a clock whose rate or speed is followed, and which has that already, or let a paused one go on."""
    if n[own + STATE] != PAUSED:
        n[own + OCCURRENCE] = n[own + OCCURRENCE] + 1
        n[own + HAS_THRESHOLD] = 0
        f[at + ELAPSED] = 0.0
        f[at + REACHED] = 0.0
    f[at + SINCE] = now
    aim_paced(f, n, at, own, now)
    n[own + STATE] = ENABLED


def change_pace(f: Reals, n: Ints, at: int, own: int, now: float, rate: float) -> None:
    """Follow a speed that has changed, and does not move."""
    if f[at + RATE] > 0.0:
        f[at + ELAPSED] = f[at + ELAPSED] + f[at + RATE] * (now - f[at + SINCE])
    f[at + SINCE] = now
    f[at + RATE] = rate
    aim_paced(f, n, at, own, now)


def renew_paced(f: Reals, n: Ints, at: int, own: int) -> None:
    """Aim a clock with a speed whose law has been evaluated again: see `renew_law`."""
    if n[own + HAS_THRESHOLD] == 0:
        return
    if n[own + STATE] == ENABLED:
        f[n[own + RANK]] = paced_end(f, n, at, own)
        look_later(f, n, own)
    elif n[own + STATE] == PAUSED:
        outlive(f, n, at, own, n[own + KIND] - FIRST_PACED_LAW)


def stop_paced(f: Reals, n: Ints, own: int) -> None:
    """Stop a clock whose rule starts fresh, and whose rate or speed is followed."""
    stop_clock(f, n, own)
    leave_cell(f, n, own)


def pause_paced_keeping(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Stop a clock whose rule keeps how far it has come."""
    n[own + STATE] = PAUSED
    f[n[own + RANK]] = inf
    f[at + ELAPSED] = progressed(f, n, at, own, now)
    leave_cell(f, n, own)


def pause_paced_repeating(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Stop a clock whose rule repeats its draw: it has come nowhere again."""
    pause_repeating(f, n, at, own, now)
    leave_cell(f, n, own)


def start_clock(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Start a clock. One that cannot be aimed has not started."""
    n[own + OCCURRENCE] = n[own + OCCURRENCE] + 1
    n[own + HAS_THRESHOLD] = 0
    f[at + SINCE] = now
    f[at + ELAPSED] = 0.0
    f[at + REACHED] = 0.0
    aim(f, n, at, own, now)
    n[own + STATE] = ENABLED


def start_rate(f: Reals, n: Ints, at: int, own: int, now: float, rate: float) -> None:
    """Start a clock that follows a rate."""
    n[own + STATE] = ENABLED
    n[own + OCCURRENCE] = n[own + OCCURRENCE] + 1
    n[own + HAS_THRESHOLD] = 0
    f[at + SINCE] = now
    f[at + ELAPSED] = 0.0
    f[at + REACHED] = 0.0
    f[at + RATE] = rate
    if n[DRAWING] != 0:
        # Nothing is accumulated yet, so the threshold is the draw itself.
        f[at + THRESHOLD] = stream_threshold(n[own + KEY], n[CLOCK_RUN], n[own + OCCURRENCE])
        n[own + HAS_THRESHOLD] = 1
        aim_rate(f, n, at, own, now)


def resume_clock(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Let a paused clock go on."""
    n[own + STATE] = ENABLED
    f[at + SINCE] = now
    aim(f, n, at, own, now)


def renew_law(f: Reals, n: Ints, at: int, own: int) -> None:
    """Aim a clock whose law has been evaluated again, from its threshold if it has one; what is past is not cut off.

    A paused clock that has outlived its threshold under the new law forgets it.
    """
    if n[own + HAS_THRESHOLD] == 0:
        return
    if n[own + STATE] == ENABLED:
        f[n[own + RANK]] = end_of(f, n, at, own)
    elif n[own + STATE] == PAUSED:
        outlive(f, n, at, own, n[own + KIND] - FIRST_LAW)


def outlive(f: Reals, n: Ints, at: int, own: int, law: int) -> None:
    """Forget the threshold of a paused clock if it lies before the age that the clock has under its new law."""
    elapsed = law_hazard(law, f[at + LAW], f[at + LAW + 1], f[at + LAW + 2], f[at + ELAPSED])
    if f[at + THRESHOLD] <= elapsed:
        f[at + REACHED] = max(f[at + REACHED], elapsed)
        n[own + HAS_THRESHOLD] = 0


def change_rate(f: Reals, n: Ints, at: int, own: int, now: float, rate: float) -> None:
    """Follow a rate that has changed."""
    if f[at + RATE] > 0.0:
        f[at + ELAPSED] = f[at + ELAPSED] + f[at + RATE] * (now - f[at + SINCE])
    f[at + SINCE] = now
    f[at + RATE] = rate
    if n[DRAWING] != 0:
        draw(f, n, at, own, now)
        aim_rate(f, n, at, own, now)


def stop_clock(f: Reals, n: Ints, own: int) -> None:
    """Stop a clock whose rule starts fresh."""
    n[own + STATE] = OFF
    f[n[own + RANK]] = inf


def pause_keeping(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Stop a clock whose rule keeps its age."""
    n[own + STATE] = PAUSED
    f[n[own + RANK]] = inf
    if n[own + KIND] == RATES:
        f[at + ELAPSED] = accumulated(f, n, at, own, now)
    else:
        f[at + ELAPSED] = f[at + ELAPSED] + (now - f[at + SINCE])


def pause_repeating(f: Reals, n: Ints, at: int, own: int, now: float) -> None:
    """Stop a clock whose rule repeats its draw: the age is zero again."""
    n[own + STATE] = PAUSED
    f[n[own + RANK]] = inf
    f[at + REACHED] = max(f[at + REACHED], accumulated(f, n, at, own, now))
    f[at + ELAPSED] = 0.0
