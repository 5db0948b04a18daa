"""Known answers about clocks with a speed: wear that stops and goes on, a warm spare, a processor that jobs share."""

import math

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.known import Known, Question, fired, happened, measured, outcome, text_of
from tests.engines.conformance.numerics import Survival, by
from tests.specimens import exact

AGED = "Cox and Oakes, Analysis of Survival Data, 5.2: accelerated life; S at the age"
MEMORIES = (
    "Gaver 1962, Journal of the Royal Statistical Society B 24: preemptive repeat-different, resume, repeat-identical"
)


def worn(age: float) -> float:
    """Return the hazard of a Weibull of shape 1.5 and scale 10."""
    return (age / 10.0) ** 1.5


def paced(t: float) -> float:
    """Return the age under the speed 0.5 until 4, 0 until 6, then 2."""
    return 0.5 * min(t, 4.0) + 2.0 * max(t - 6.0, 0.0)


def fresh(t: float) -> float:
    return math.exp(-worn(paced(min(t, 4.0))) - worn(2.0 * max(t - 6.0, 0.0)))


def repeat(t: float) -> float:
    return math.exp(-max(worn(paced(min(t, 4.0))), worn(2.0 * max(t - 6.0, 0.0))))


def strained(t: float) -> float:
    k = math.log(2.0) / 3.0
    age = 0.2 * t - 0.8 / k * math.expm1(-k * t)
    return math.exp(-((age / 3.0) ** 2))


def rate_kept(t: float) -> float:
    """Return the chance to go on under the rate t / 20, which rests from 4 to 6."""
    return math.exp(-0.025 * (min(t, 4.0) ** 2 + max(t**2 - 36.0, 0.0)))


def spared(t: float) -> float:
    """Return the chance that the main part or its spare, which ages at 0.3 until it is needed, works at t."""
    if t <= 0.0:
        return 1.0

    def replaced(u: float) -> float:
        return 0.15 * math.sqrt(u / 10.0) * math.exp(-worn(u) - worn(0.3 * u + t - u))

    return math.exp(-worn(t)) + exact.quad(replaced, 0.0, t)


def with_pause(survival: Survival, start: float = 0.0) -> Times:
    """Return a distribution, as seen from `start`, in which nothing happens from 4 to 6."""
    cuts = (1.0, 2.0, 3.0, 3.5, 4.0, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0, 10.0, 11.0, 12.0, 14.0)
    return Times(by(survival), cuts=tuple(cut - start for cut in cuts if cut > start))


def speeds() -> Known:
    def shortest(t: float) -> float:
        return gamma(t / 3.0) ** 3

    gamma = numerics.gamma(2.0, 1.0)
    laws: dict[str, tuple[Times, str, str]] = {
        "twice_as_fast": (Times(by(numerics.gamma(3.5, 1.0))), "Q(3.5, t)", AGED),
        "paced": (with_pause(lambda t: math.exp(-worn(paced(t)))), "exp(-H(a)), H(a) = (a / 10)^1.5", AGED),
        "keep": (with_pause(lambda t: math.exp(-worn(paced(t)))), "the same", MEMORIES),
        "fresh": (with_pause(fresh), "exp(-H(2) - H(a)), a = 2 (t - 6)", MEMORIES),
        "repeat": (with_pause(repeat), "exp(-max(H(2), H(a))), a = 2 (t - 6)", MEMORIES),
        "strained": (Times(by(strained)), "exp(-(a / 3)^2), a = 0.2 t + 0.8 (1 - exp(-k t)) / k, k = log(2) / 3", AGED),
        "rate_kept": (with_pause(rate_kept), "exp(-(integral of t / 20, without 4 to 6))", MEMORIES),
    }
    finished = "Kleinrock, Queueing Systems, volume II, 4.4: three jobs that share, so much of each in the same time"
    return Known(
        "speeds",
        text_of("speeds"),
        (
            *(
                Question(name, fired(name), law, f"1 - S, S = {text}", source)
                for name, (law, text, source) in laws.items()
            ),
            Question("down", outcome("down"), Times(by(spared)), "1 - S(t) - integral of f(u) S(0.3 u + t - u)",
                     "Cha, Mi and Yun 2008: a warm spare; quadrature"),
            Question("first", outcome("first"), Times(by(shortest)), "1 - S(t / 3)^3, S of the work", finished),
            Question("last", outcome("last"), Times(by(numerics.gamma(6.0, 1.0))),
                     "the sum of the works: gamma", finished),
        ),
    )  # fmt: skip


def sharing() -> Known:
    weights = [0.7**k for k in range(5)]
    geometric = Counts(tuple(weight / sum(weights) for weight in weights))
    counted = Counts(numerics.poisson(0.7 * 3.0))
    source = "Kelly, Reversibility and Stochastic Networks, 3.3: a symmetric queue, whatever the law of the work"
    gone, come = (["turned_away", *(f"{event}[{i}]" for i in range(1, 5))] for event in ("done", "sent"))
    return Known(
        "sharing",
        text_of("sharing"),
        (
            Question("early", measured("early"), geometric, "0.7^k, normalised, at any time", source),
            Question("late", measured("late"), geometric, "the same", source),
            Question("gone", happened(*gone), counted,
                     "Poisson, as the arrivals: the process is reversible", source),
            Question("come", happened(*come), counted, "Poisson with mean 0.7 * 3", "by definition"),
        ),
    )  # fmt: skip


KNOWN = (speeds, sharing)
