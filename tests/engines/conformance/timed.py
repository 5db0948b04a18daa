"""Known answers where time itself acts: dates, beats, timetables and deadlines, none of them on a common grid."""

import math
from itertools import pairwise

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.known import Known, Question, fired, measured, outcome, text_of
from tests.specimens import exact

WORD = numerics.weibull(1.5, 1.4)
PIECEWISE = "Ross, Introduction to Probability Models, 5.4: a Poisson process whose rate is a step function"


def pace(time: float) -> float:
    """Return the rate at a time: it is set at 1.37, 2.71 and 3.29, and halved in every other stretch of 0.77."""
    set_to = 0.3 if time < 1.37 else 1.1 if time < 2.71 else 0.0 if time < 3.29 else 0.6
    return set_to / 2.0 if math.floor(time / 0.77) % 2 else set_to


def accumulated(time: float) -> float:
    """Return the integral of the rate up to `time`."""
    ends = sorted({0.0, 1.37, 2.71, 3.29, *(0.77 * n for n in range(1, 7)), time})
    ends = [end for end in ends if end <= time]
    return math.fsum(pace((low + high) / 2.0) * (high - low) for low, high in pairwise(ends))


def first_light(until: float) -> Times:
    def cdf(time: float) -> float:
        return -math.expm1(-accumulated(min(max(time, 0.0), until)))

    return Times(cdf, high=until, never=1.0 - cdf(until))


def kept_by(time: float) -> float:
    """Return the chance that the word, given uniformly between 0.2 and 1.7, is kept by a time and by its deadline."""
    last = min(1.7, time)
    if last <= 0.2:
        return 0.0
    turn = min(max(time - 1.31, 0.2), last)  # who gave it before has had all the time that there was
    late = exact.quad(lambda given: 1.0 - WORD(time - given), turn, last)
    return ((turn - 0.2) * (1.0 - WORD(1.31)) + late) / 1.5


def kept(until: float) -> Times:
    def cdf(time: float) -> float:
        return kept_by(min(time, until))

    return Times(cdf, high=until, never=1.0 - cdf(until))


def timed() -> Known:
    broken = WORD(1.31)
    promise = "uniform start, Weibull stopped after 1.31; quadrature"
    return Known(
        "timed",
        text_of("timed"),
        (
            Question("first_light", fired("shines"), first_light(5.0), "1 - exp(-integral of the rate)", PIECEWISE),
            Question(
                "light",
                measured("shone"),
                Counts(numerics.poisson(accumulated(5.0))),
                "Poisson, its mean the integral of the rate",
                PIECEWISE,
            ),
            Question(
                "light_soon",
                measured("shone_soon"),
                Counts(numerics.poisson(accumulated(2.5))),
                "the same, up to 2.5",
                PIECEWISE,
            ),
            Question(
                "shone_in_light",
                outcome("shone_in_light"),
                first_light(2.71),
                "broken for good as the rate falls to 0 at 2.71, before 4.1",
                PIECEWISE,
            ),
            Question("word_kept", outcome("word_kept"), kept(3.01), promise, "elementary"),
            Question("kept_in_time", outcome("kept_in_time"), kept(1.9), promise + ", up to 1.9", "elementary"),
            Question(
                "word_broken",
                outcome("word_broken"),
                Times(
                    lambda time: min(max((time - 1.51) / 1.5, 0.0), 1.0) * broken,
                    low=1.51,
                    high=3.01,
                    never=1.0 - broken,
                ),
                "uniform from 0.2 + 1.31 to 1.7 + 1.31, with the chance S(1.31)",
                "elementary",
            ),
        ),
    )


KNOWN = (timed,)
