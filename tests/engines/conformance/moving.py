"""Known answers about rates that move: with the time, with the time since an event, with variables that relax."""

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
from scipy.linalg import expm
from scipy.special import expi

from tests.engines.conformance.answers import Counts, Mean, Times
from tests.engines.conformance.known import Known, Look, Question, both, cell, fired, happened, measured, text_of
from tests.engines.conformance.numerics import poisson
from tests.specimens import exact

Hazard = Callable[[float], float]

INHOMOGENEOUS = "Ross, Introduction to Probability Models, 5.4: the integral of the rate"


def by_hazard(hazard: Hazard, *, low: float = 0.0, high: float = math.inf, never: float = 0.0) -> Times:
    """Return the distribution of a time whose chance to be over is 1 - exp(-hazard)."""
    return Times(lambda t: -math.expm1(-hazard(max(t, 0.0))), low=low, high=high, never=never)


def teeth(begin: float, height: float, t: float) -> float:
    """Return the integral of begin + height * (t - floor(t))."""
    whole = math.floor(t)
    return begin * t + 0.5 * height * (whole + (t - whole) ** 2)


def steps(t: float) -> float:
    return 0.5 * min(t, 1.3) + 0.05 * min(max(t - 1.3, 0.0), 2.8) + 0.3 * max(t - 4.1, 0.0)


def logistic(t: float) -> float:
    return 0.6 * (math.log1p(math.exp(min(t - 4.0, 700.0))) - math.log1p(math.exp(-4.0)))


def relaxing_power(t: float) -> float:
    """Return 0.3 times the integral of exp(2 x), x = 0.1 + 0.8 exp(-k t), by the exponential integral."""
    k = math.log(2.0) / 2.0
    low = 1.6 * math.exp(-k * t)
    # Far out the integral of exp(low) - 1 is all there, and that of 1 goes on.
    tail = expi(low) if low > 1e-300 else math.log(1e-300) + np.euler_gamma - (k * t - math.log(1.6 / 1e-300))
    return 0.3 * math.exp(0.2) / k * float(expi(1.6) - tail)


def answered(t: float) -> float:
    """Return the chance that the answer has come: a clock of rate 0.4 s, s since an event with the logistic hazard."""

    def waiting(u: float) -> float:
        rate = 0.6 / (1.0 + math.exp(4.0 - u))
        return rate * math.exp(-logistic(u)) * math.exp(-0.2 * (t - u) ** 2)

    parts = sorted({0.0, *(t - width for width in (15.0, 5.0, 2.0) if t > width), t})
    return 1.0 - math.exp(-logistic(t)) - sum(exact.quad(waiting, *part) for part in pairwise(parts))


HAZARDS: dict[str, tuple[Hazard, str]] = {
    "gompertz": (lambda t: 0.2 * math.expm1(min(0.5 * t, 50.0)), "0.2 (exp(t/2) - 1)"),
    "tangent": (lambda t: (t / 4.0) ** 1.5, "(t/4)^1.5"),
    "line": (lambda t: (t / 3.0) ** 2, "(t/3)^2"),
    "square": (lambda t: (t / 5.0) ** 3, "(t/5)^3"),
    "logistic": (logistic, "0.6 (log(1 + exp(t - 4)) - log(1 + exp(-4)))"),
    "teeth": (partial(teeth, 0.1, 0.8), "0.1 t + 0.4 (n + (t - n)^2), n = floor(t)"),
    "jumps": (steps, "0.5 t until 1.3, then 0.05 t until 4.1, then 0.3 t"),
    "calming": (relaxing_power, "0.3 exp(0.2) / k (Ei(1.6) - Ei(1.6 exp(-k t))), k = log(2) / 2"),
}


def halves(hazard: Hazard) -> tuple[float, ...]:
    """Return the median, by bisection."""
    low, high = 0.0, 1e3
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if hazard(middle) < math.log(2.0) else (low, middle)
    return (low,)


def moving() -> Known:
    questions = [
        Question(name, fired(name), by_hazard(hazard), f"1 - exp(-H), H = {formula}", INHOMOGENEOUS)
        for name, (hazard, formula) in HAZARDS.items()
    ]
    relieved = Times(lambda t: -math.expm1(-0.5 * max(t - 4.0, 0.0)), low=4.0)
    early = (cell(fired(name), halves(HAZARDS[name][0])) for name in ("gompertz", "calming"))
    return Known(
        "moving",
        text_of("moving"),
        (
            *questions,
            Question("deadline", fired("deadline"), Times(lambda t: min(max(t, 0.0) / 6.6, 1.0), high=6.6),
                     "t / 6.6: the hazard is -log(1 - t / 6.6)", INHOMOGENEOUS),
            Question("relieved", fired("relieved"), relieved,
                     "1 - exp(-(t - 4) / 2): the tension passes 0.3 after two half-lives", "0.1 + 0.8 / 4 = 0.3"),
            Question("answer", fired("answer"), Times(lambda t: answered(t) if t > 0.0 else 0.0),
                     "1 - S(t) - integral of f(u) exp(-0.2 (t - u)^2)", "convolution, by quadrature"),
            Question("two_clocks_at_once", both(*early, 2), Counts((0.25,) * 4, number=False),
                     "1/4 for each pair of halves: clocks are independent", "by definition"),
        ),
    )  # fmt: skip


def self_exciting(base: float, jump: float, decay: float, time: float) -> exact.Moments:
    """Return mean and sd of the number of events, from the linear equations of the moments.

    They are those of (x, x^2, N, x N, N^2, 1), x the excitement: each event of rate base + x adds `jump` to x, which
    decays.
    """
    a, b, m = jump, decay, base
    matrix = np.array([
        [a - b, 0, 0, 0, 0, a * m],
        [2 * a * m + a * a, 2 * (a - b), 0, 0, 0, a * a * m],
        [1, 0, 0, 0, 0, m],
        [m + a, 1, a * m, a - b, 0, a * m],
        [1, 0, 2 * m, 2, 0, m],
        [0, 0, 0, 0, 0, 0],
    ])  # fmt: skip
    _, _, first, _, second, _ = expm(matrix * time) @ np.array([0, 0, 0, 0, 0, 1.0])
    return exact.Moments(float(first), math.sqrt(float(second - first**2)))


def second(event: str) -> Look:
    """Look at when an event happened for the second time."""
    return lambda seen: [*(item.time for item in seen.log if item.type == event), math.nan, math.nan][1]


def second_shock(t: float) -> float:
    """Return the chance of two events by t: the first at rate 0.5, then 0.5 + 0.5 exp(-s), s since the first."""

    def one(u: float) -> float:
        return 0.5 * math.exp(-0.5 * u) * math.exp(-0.5 * (t - u) + 0.5 * math.expm1(-(t - u)))

    return 1.0 - math.exp(-0.5 * t) - exact.quad(one, 0.0, t)


def heard(t: float) -> float:
    """Return the hazard of the first event that shot noise makes: calls of rate 0.7 add 1 to what decays."""
    k = math.log(2.0) / 1.5
    missed = exact.quad(lambda v: -math.expm1(0.3 / k * math.expm1(-k * v)), 0.0, t)
    return 0.7 * missed - 0.3 * 0.5 / k * math.expm1(-k * t)


def excited() -> Known:
    shocks = self_exciting(0.5, 0.5, 1.0, 10.0)
    hawkes = "Hawkes 1971, Biometrika 58; Dassios and Zhao 2013: moments by linear equations"
    waned = 7.5 * -math.expm1(-0.4 * 10.0)
    return Known(
        "excited",
        text_of("excited"),
        (
            Question("shocks", happened("shaken"), Mean(shocks.mean, shocks.sd),
                     "E N = t - 1 + exp(-t / 2) at t = 10, and E N^2 from the equations of the moments", hawkes),
            Question("second_shock", second("shaken"),
                     Times(lambda t: second_shock(max(t, 0.0)), high=10.0, never=1.0 - second_shock(10.0)),
                     "1 - S(t) - integral of f(u) exp(-(t - u) / 2 - (1 - exp(-(t - u))) / 2)", "quadrature"),
            Question("hears", fired("hears"), by_hazard(heard, high=10.0, never=math.exp(-heard(10.0))),
                     "1 - exp(-0.7 integral of (1 - exp(-0.3 (1 - exp(-k v)) / k)) - 0.15 (1 - exp(-k t)) / k)",
                     "Cox and Isham, Point Processes, 3.3: shot noise, by Campbell's formula"),
            Question("tide", happened("flooded"), Counts(poisson(10.0)), "Poisson with mean 10 (0.4 + 1.2 / 2)",
                     INHOMOGENEOUS),
            Question("wanes", happened("waned"), Counts(poisson(waned)), "Poisson with mean 7.5 (1 - exp(-4))",
                     INHOMOGENEOUS),
        ),
    )  # fmt: skip


def stays(age: float) -> float:
    """Return the chance that a guest stays longer, who stays from 0.5 to 3."""
    return min(max((3.0 - age) / 2.5, 0.0), 1.0)


def inside(time: float) -> float:
    """Return the mean number of guests inside."""

    def came(u: float) -> float:
        return 0.9 * u * math.exp(-0.5 * u) * stays(time - u)

    return exact.quad(came, max(time - 3.0, 0.0), time - 0.5) + exact.quad(came, time - 0.5, time)


def bath() -> Known:
    came = exact.quad(lambda u: 0.9 * u * math.exp(-0.5 * u), 0.0, 6.0)
    source = "Eick, Massey and Whitt 1993, Operations Research 41: the M_t/G/infinity queue"
    return Known(
        "bath",
        text_of("bath"),
        (
            Question("late", measured("late"), Counts(poisson(inside(6.0))),
                     "Poisson: integral of rate(u) S(6 - u)", source),
            Question("early", measured("early"), Counts(poisson(inside(3.0))), "the same until 3", source),
            Question("came", happened(*(f"came[{i}]" for i in range(1, 11))), Counts(poisson(came)),
                     "Poisson: integral of the rate", INHOMOGENEOUS),
        ),
    )  # fmt: skip


KNOWN = (moving, excited, bath)
