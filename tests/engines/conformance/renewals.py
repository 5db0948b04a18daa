"""Known answers about renewals: how many there are by a time and since when, age replacement, availability."""

import math

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.clocks import weibull_density
from tests.engines.conformance.known import Known, Look, Question, Seen, happened, measured, specimen, text_of
from tests.engines.conformance.numerics import binomial
from tests.specimens import exact

HORIZON = 3.0
WORN = numerics.weibull(2.0, 1.1)


def age(event: str) -> Look:
    """Look at how old the present part is at the end."""

    def look(seen: Seen) -> float:
        return HORIZON - max((item.time for item in seen.log if item.type == event), default=0.0)

    return look


def staged_age(time: float) -> float:
    """Return the chance that the present part of three stages is at most so old, before the horizon.

    It is the integral of the renewal density over the last `time` times the survival since. A part fails at every third
    event of a Poisson process of rate 3; that density has a closed form (Cox, Renewal Theory, chapters 4 and 5).
    """
    survival = numerics.gamma(3.0, 1.0 / 3.0)

    def density(t: float) -> float:
        root = math.sqrt(3.0) * 3.0 * t / 2.0
        return 1.0 - math.exp(-4.5 * t) * (math.cos(root) + math.sqrt(3.0) * math.sin(root))

    return exact.quad(lambda a: density(HORIZON - a) * survival(a), 0.0, time)


def renewals() -> Known:
    failures = [float(cdf(HORIZON)) for cdf in numerics.sums(WORN, lambda t: weibull_density(2.0, 1.1, t), HORIZON, 18)]
    return Known(
        "renewals",
        text_of("renewals"),
        (
            Question(
                "even_failures",
                happened("even_part_failed"),
                Counts(numerics.renewals([numerics.irwin_hall(n, HORIZON) for n in range(1, 31)])),
                "P(N >= n) = P(U_1 + ... + U_n <= 3), by Irwin and Hall; its mean is the renewal function",
                "Feller, volume II, I.9 and XI.1",
            ),
            Question(
                "staged_failures",
                happened("staged_part_failed"),
                Counts(tuple(sum(numerics.poisson(9.0, 120)[3 * n : 3 * n + 3]) for n in range(40))),
                "P(N = n) = P(Poisson(9) in 3n..3n+2)",
                "Cox, Renewal Theory, chapter 3",
            ),
            Question(
                "worn_failures",
                happened("worn_part_failed"),
                Counts(numerics.renewals(failures)),
                "P(N >= n) by n-fold convolution of the Weibull",
                "Cox, Renewal Theory, chapter 3; Chebyshev series and Gauss's quadrature",
            ),
            Question(
                "staged_age",
                age("staged_part_failed"),
                Times(
                    lambda t: staged_age(t) if t < HORIZON else 1.0,
                    cuts=tuple(n / 8.0 for n in range(1, 17)),
                    high=HORIZON,
                ),
                "integral of m'(3-a) S(a), m' = 1 - exp(-9t/2) (cos wt + sqrt 3 sin wt), w = 3 sqrt 3 / 2",
                "Cox, Renewal Theory, chapters 4 and 5",
            ),
        ),
    )


REACHES = math.exp(-((2.0 / 3.0) ** 2))


def until_failure(time: float) -> float:
    lives, rest = divmod(time, 2.0)
    return 1.0 - REACHES**lives * math.exp(-((rest / 3.0) ** 2))


def age_replacement() -> Known:
    return Known(
        "age_replacement",
        specimen("age_replacement"),
        (
            Question(
                "until_failure",
                measured("until_failure"),
                Times(until_failure),
                "S(t) = S(2)^k S(t - 2k), k whole lives of 2",
                "Barlow and Proschan, Mathematical Theory of Reliability, 4.2",
            ),
            Question(
                "replacements",
                measured("replacements"),
                Counts(tuple((1.0 - REACHES) * REACHES**n for n in range(90))),
                "(1 - S(2)) S(2)^n",
                "the same",
            ),
        ),
    )


def machines() -> Known:
    up = numerics.availability(
        numerics.weibull(2.0, 2.0), lambda t: weibull_density(2.0, 2.0, t), lambda t: t / 0.16 * math.exp(-t / 0.4), 3.0
    )
    return Known(
        "machines",
        text_of("machines"),
        tuple(
            Question(
                f"up_{word}",
                measured(f"up_{word}"),
                Counts(binomial(3, float(up(time)))),
                "binomial with A(t) = S(t) + integral of f(u) B(t-u), B(t) = integral of g(u) A(t-u)",
                "Cox, Renewal Theory, chapter 7; the equations solved by iteration",
            )
            for word, time in (("early", 1.37), ("late", 3.0))
        ),
    )


KNOWN = (renewals, age_replacement, machines)
