"""Known answers about interrupted clocks: the same work and the same interruptions, and three memories that differ.

Once the interruptions are a timetable's, off any grid, and once they come at random.
"""

import math
from collections.abc import Callable

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.known import Known, Look, Question, Seen, fired, specimen, text_of
from tests.engines.conformance.numerics import Survival, by
from tests.specimens import exact

AWAKE = ((0.0, 0.7), (1.25, 2.35), (3.05, math.inf))
CUTS = (0.0, 0.7, 1.25, 2.35, 3.05, 8.0, 60.0)
WEIBULL, RATE = numerics.weibull(2.0, 2.2), numerics.exponential(1.0 / 0.6)


def stretches(time: float) -> list[float]:
    """Return how long the clock has run in each stretch up to `time`."""
    return [min(time, end) - start for start, end in AWAKE if time > start]


def fresh(life: Survival) -> Survival:
    return lambda time: math.prod(life(stretch) for stretch in stretches(time))


def keep(life: Survival) -> Survival:
    return lambda time: life(sum(stretches(time)))


def repeat(life: Survival) -> Survival:
    return lambda time: life(max(stretches(time), default=0.0))


def interrupted(name: str, survival: Survival, formula: str) -> Question:
    mean, sd = numerics.moments_of(survival, CUTS)
    source = "elementary; the three disciplines of Gaver 1962, Journal of the Royal Statistical Society B 24"
    return Question(name, fired(name), Times(by(survival), mean=mean, sd=sd), formula, source)


def memories() -> Known:
    return Known(
        "memories",
        text_of("memories"),
        (
            interrupted("fresh", fresh(WEIBULL), "the product of S over the stretches run; mean = integral of it"),
            interrupted("keep", keep(WEIBULL), "S of their sum"),
            interrupted("repeat", repeat(WEIBULL), "S of the longest"),
            interrupted("rate_kept", keep(RATE), "S of their sum, S = exp(-0.6 t)"),
            interrupted("rate_repeated", repeat(RATE), "S of the longest"),
        ),
    )


def interruptions(before: str) -> Look:
    """Look at how many interruptions came before an event."""

    def look(seen: Seen) -> float:
        count = 0
        for event in seen.log:
            if event.type == before:
                return float(count)
            count += event.type == "noise_began"
        return math.nan

    return look


def over_work(chance: Callable[[float], float]) -> float:
    """Return the mean over the work, which is uniform between half an hour and one and a half."""
    return exact.quad(chance, 0.5, 1.5)


def interrupted_work() -> Known:
    whole = exact.quad(lambda w: math.exp(-w), 0.5, 1.5)  # the chance that one attempt is not interrupted
    return Known(
        "interrupted_work",
        specimen("interrupted_work"),
        (
            Question(
                "interruptions_fresh",
                interruptions("fresh_finished"),
                Counts(tuple(whole * (1.0 - whole) ** n for n in range(200))),
                "p (1-p)^n, p = E exp(-W): each attempt is another's equal",
                "Gaver 1962: preemptive repeat-different",
            ),
            Question(
                "interruptions_keep",
                interruptions("keep_finished"),
                Counts(tuple(over_work(lambda w, n=n: math.exp(-w) * w**n / math.factorial(n)) for n in range(40))),
                "E exp(-W) W^n / n!: Poisson, given the work",
                "Gaver 1962: preemptive resume",
            ),
            Question(
                "interruptions_repeat",
                interruptions("repeat_finished"),
                Counts(tuple(over_work(lambda w, n=n: math.exp(-w) * (1.0 - math.exp(-w)) ** n) for n in range(200))),
                "E exp(-W) (1 - exp(-W))^n: geometric, given the work",
                "Gaver 1962: preemptive repeat-identical",
            ),
        ),
    )


KNOWN = (memories, interrupted_work)
