"""Every known answer worked out anew: one line where the formula is one line, else by the methods of `exact`.

The keys are specimen, name and statistic. A test holds each against what stands in the answer's file.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from math import exp, gamma, log, sqrt

from scipy import stats

from tests.specimens import exact
from tests.specimens.exact import Moments

Key = tuple[str, str, str]
RECOMPUTED: dict[Key, Callable[[], float]] = {}


def answer(specimen: str, name: str, statistic: str, formula: Callable[[], float]) -> None:
    RECOMPUTED[specimen, name, statistic] = formula


def both(specimen: str, name: str, formula: Callable[[], Moments]) -> None:
    answer(specimen, name, "mean", lambda: formula().mean)
    answer(specimen, name, "sd", lambda: formula().sd)


# Chances and counts

answer("absorbing", "absorbed", "probability", lambda: 1 - exp(-0.1 * 10))

g = exp((1.0 - 0.8) * 2)
answer("birth_death", "final", "mean", lambda: 5 * g)
answer("birth_death", "final", "sd", lambda: sqrt(5 * (1.0 + 0.8) / (1.0 - 0.8) * g * (g - 1)))
answer("birth_death", "extinct", "probability", lambda: (0.8 * (g - 1) / (1.0 * g - 0.8)) ** 5)

answer("immigration_death", "final", "mean", lambda: 4 / 0.5 * (1 - exp(-0.5 * 3)))
answer("immigration_death", "final", "sd", lambda: sqrt(4 / 0.5 * (1 - exp(-0.5 * 3))))
answer("immigration_death", "area", "mean", lambda: exact.quad(lambda t: 4 / 0.5 * (1 - exp(-0.5 * t)), 0, 3))

both("dimerisation", "pairs", lambda: exact.moments(exact.transient(exact.dimerisation(20, 0.02, 0.3), 0, 2.0)))

answer("timed_reset", "final", "mean", lambda: 3 * (10 - 7.5))
answer("timed_reset", "final", "sd", lambda: sqrt(3 * (10 - 7.5)))
answer("timed_reset", "greatest", "mean", lambda: 3 * (7 - 4))
answer("timed_reset", "resets_seen", "mean", lambda: 2)

# The line is on at t with p(t); the calls are a Poisson process of rate 3 that does not depend on it.


def on(t: float) -> float:
    return (1 - exp(-3 * t)) / 3


def comes_on() -> float:
    return 1 - (1 - on(1)) * exp(-3)


def wait() -> float:
    return (1 - on(1)) * (1 - 4 * exp(-3)) / comes_on()


def last_off(s: float) -> float:
    return (1 - on(s)) * exp(-2 * (4 - s))


def at_last_off() -> float:
    moment = 4 * (1 - on(4)) + exact.quad(lambda s: s * last_off(s), 1, 4)
    return 3 * moment / (1 - on(4) + exact.quad(last_off, 1, 4))


both("telegraph", "calls", lambda: Moments(9, 3))
both("telegraph", "most", lambda: Moments(3 * 4, sqrt(3 * 4)))
both("telegraph", "least", lambda: Moments(3, sqrt(3)))
answer("telegraph", "calls_when_on", "mean", lambda: exact.quad(lambda t: 3 * on(t), 1, 4))
answer("telegraph", "ranks", "mean", lambda: exact.quad(lambda t: 3 * 3 * t, 1, 4))
answer("telegraph", "on_time", "mean", lambda: exact.quad(on, 1, 4))
answer("telegraph", "area_when_on", "mean", lambda: exact.quad(lambda t: 3 * t * on(t), 1, 4))
answer("telegraph", "wait", "mean", wait)
answer("telegraph", "ever_on", "mean", comes_on)
answer("telegraph", "least_when_on", "mean", lambda: 3 * (1 + wait()))
answer("telegraph", "at_last_off", "mean", at_last_off)
answer("telegraph", "share", "mean", lambda: exact.quad(on, 1, 4) / 3)
answer("telegraph", "product", "mean", lambda: 9 * exact.quad(on, 1, 4))

both("unknown_rate", "accidents", lambda: Moments(4 * 1.5, sqrt(4 * 1.5 + 4**2 * 1.5**2 / 2)))
answer("unknown_rate", "an_accident", "probability", lambda: 1 - (1 + 4 * 1.5 / 2) ** -2)
answer("unknown_rate", "least", "mean", lambda: 0)

# Choices

for face in ("one_eye", "four_eyes", "six_eyes"):
    answer("knuth_yao_die", face, "probability", lambda: 1 / 6)
answer("knuth_yao_die", "face", "mean", lambda: (1 + 2 + 3 + 4 + 5 + 6) / 6)
both("knuth_yao_die", "tosses", lambda: Moments(1 + 2 / 0.75, 2 * sqrt(0.25) / 0.75))


def reaches(start: int, goal: int) -> float:
    """Return the chance to come from `start` to `goal` before 0, winning with 0.45."""
    s = 0.55 / 0.45
    return (1 - s**start) / (1 - s**goal)


answer("gamblers_ruin", "rich", "probability", lambda: reaches(3, 10))
answer("gamblers_ruin", "games", "mean", lambda: (3 - 10 * reaches(3, 10)) / (0.55 - 0.45))
answer("gamblers_ruin", "peak", "mean", lambda: 3 + sum(reaches(3, goal) for goal in range(4, 11)))

both("polya_urn", "reds", lambda: Moments(12 * 2 / 5, sqrt(12 * 2 * 3 * (5 + 12) / (5**2 * 6))))
answer("polya_urn", "never_red", "mean", lambda: math.prod((3 + k) / (5 + k) for k in range(12)))

# Queues

answer("mm1k", "length", "mean", lambda: exact.moments(exact.transient(exact.mm1k(0.9, 1, 4), 0, 6.0)).mean)
answer("mm1k", "lost", "mean", lambda: 0.9 * exact.occupation(exact.mm1k(0.9, 1, 4), 0, 6.0)[4])
answer("mm1k", "busy", "mean", lambda: 6.0 - exact.occupation(exact.mm1k(0.9, 1, 4), 0, 6.0)[0])

both("md1_busy_period", "customers", lambda: Moments(1 / (1 - 0.6), sqrt(0.6 / 0.4**3)))


def erlang(servers: int, load: float) -> float:
    """Return Erlang's B by its recursion."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def empty(servers: int, load: float) -> float:
    return 1 / sum(load**k / math.factorial(k) for k in range(servers + 1))


for law in ("gamma", "fixed"):
    answer(f"mgcc_{law}", "full", "mean", lambda: erlang(3, 2))
    answer(f"mgcc_{law}", "working", "mean", lambda: 2 * (1 - erlang(3, 2)))
    specimen = f"loss_busy_period_{law}"
    answer(specimen, "busy_period", "mean", lambda: (1 / empty(3, 1.5) - 1) / 0.5)
    answer(specimen, "lost", "mean", lambda: erlang(3, 1.5) / empty(3, 1.5))
    answer(specimen, "answered", "mean", lambda: (1 - erlang(3, 1.5)) / empty(3, 1.5))

# Wear, repair, reliability


def worn(age: float) -> float:
    return exp(-((age / 3) ** 2))


answer("age_replacement", "until_failure", "mean", lambda: exact.life(2.0, worn)[0] / (1 - worn(2)))
answer("age_replacement", "replacements", "mean", lambda: worn(2) / (1 - worn(2)))


def machine_stands(age: float) -> float:
    return exp(-((age / 10) ** 2))


breaks = 1 - machine_stands(8)
repair = (2.0, 2.0**2 + (3 - 1) ** 2 / 12)


def of_five(one: Moments) -> Moments:
    return Moments(5 * one.mean, sqrt(5) * one.sd)


both("machine_repair", "days", lambda: of_five(exact.repaired_or_replaced(8.0, machine_stands, repair)))
both("machine_repair", "days_down", lambda: of_five(Moments(breaks * 2, sqrt(breaks * repair[1] - (breaks * 2) ** 2))))
both("machine_repair", "breakdowns", lambda: of_five(Moments(breaks, sqrt(breaks * (1 - breaks)))))

answer("two_out_of_three", "down", "probability", lambda: 1 - (3 * exp(-0.5 * 2) - 2 * exp(-0.5 * 3)))
r = exp(-1 / 2.5)
answer("bridge", "down", "probability", lambda: 1 - (2 * r**2 + 2 * r**3 - 5 * r**4 + 2 * r**5))

fails = 1 - exp(-5 / 8)
both("inspection", "times_mended", lambda: Moments(12 * fails, sqrt(12 * fails * (1 - fails))))


def unsound() -> Moments:
    """Return mean and sd of (5 - X)+ twelve times over, X exponential with mean 8."""
    mean = exact.quad(lambda x: (5 - x) * exp(-x / 8) / 8, 0, 5)
    square = exact.quad(lambda x: (5 - x) ** 2 * exp(-x / 8) / 8, 0, 5)
    return Moments(12 * mean, sqrt(12 * (square - mean**2)))


both("inspection", "weeks_unsound", unsound)
answer("inspection", "inspections", "mean", lambda: 60 / 5)

# Competing risks

answer("competing_weibulls", "a_first", "probability", lambda: 2**-1.7 / (2**-1.7 + 3**-1.7))
answer("competing_weibulls", "finish", "mean", lambda: (2**-1.7 + 3**-1.7) ** (-1 / 1.7) * gamma(1 + 1 / 1.7))
answer("exponential_against_gamma", "b_first", "probability", lambda: (1 + 0.2 * 2) ** -2.5)

log_variance = log(1 + (2 / 5) ** 2)
RUNNERS = (
    stats.lognorm(s=0.6, scale=4),
    stats.fisk(c=3, scale=4),
    stats.triang(c=(3 - 1) / (8 - 1), loc=1, scale=8 - 1),
    stats.uniform(loc=1.5, scale=6.5 - 1.5),
    stats.lognorm(s=sqrt(log_variance), scale=5 * exp(-log_variance / 2)),
)
CUTS = (0.0, 1.0, 1.5, 3.0, 4.0)
for number, word in enumerate(("first", "second", "third", "fourth", "fifth")):
    answer(
        "race_of_laws",
        f"{word}_wins",
        "probability",
        lambda number=number: sum(exact.race(number, RUNNERS, *piece) for piece in pairwise(CUTS)),
    )
answer("race_of_laws", "sixth_wins", "probability", lambda: math.prod(law.sf(4) for law in RUNNERS))
both("race_of_laws", "minutes", lambda: exact.first_of(RUNNERS, CUTS))

# Epidemics

both("sir_fixed_period", "size", lambda: exact.moments([0.0, *exact.final_size(3, 0.5, lambda s: exp(-s))]))


def latent() -> list[float]:
    return exact.final_size(5, 0.1, lambda s: (1 + 2 * s) ** -2)


both("epidemic_latent", "cases", lambda: exact.moments(latent()))
answer("epidemic_latent", "nobody_else", "probability", lambda: (1 + 2 * 0.1 * 5) ** -2)
answer("epidemic_latent", "ill_days", "mean", lambda: 4 * (1 + exact.moments(latent()).mean))

# Memory

answer("memory_fresh", "done_at", "mean", lambda: 2 * 1 + 1 / 2)
answer("memory_fresh", "finished", "probability", lambda: 1 - 2.0**-50)


def kept() -> Moments:
    """Return mean and sd of W + 1(W > 1), W uniform on (0, 2)."""
    square = exact.quad(lambda w: w**2 / 2, 0, 1) + exact.quad(lambda w: (w + 1) ** 2 / 2, 1, 2)
    return Moments(1 + 1 / 2, sqrt(square - 1.5**2))


both("memory_keep", "done_at", kept)
answer("memory_repeat", "finished", "probability", lambda: 1 / 2)
answer("memory_repeat", "done_at", "mean", lambda: 1 / 2)

answer("interrupted_work", "hours_fresh", "mean", lambda: (1 + 0.5) * (1 / (exp(-0.5) - exp(-1.5)) - 1))
answer("interrupted_work", "hours_repeat", "mean", lambda: (1 + 0.5) * (exp(1.5) - exp(0.5) - 1))
both("interrupted_work", "hours_keep", lambda: Moments(1 * 1.5, sqrt(1 * (0.5**2 + 0.5**2 / 2) + 1.5**2 * 1 / 12)))

# Promises and answers

answer("promise", "word_kept", "probability", lambda: 0.3)

missed_at_first = exp(-0.25 * 6)
put_off = 1 - exp(-0.15 * 6)  # by the first deadline, had nothing else come
answer("promise_put_off", "kept", "probability", lambda: 1 - missed_at_first - put_off * exp(-0.1 * 10))
answer("promise_put_off", "kept_without_delay", "probability", lambda: 0.1 / 0.25 * (1 - missed_at_first))
answer("promise_put_off", "promised_in_time", "probability", lambda: 4 / 10)
answer(
    "promise_put_off",
    "days_open",
    "mean",
    lambda: exact.quad(lambda t: exp(-0.1 * t), 0, 6) + put_off * exact.quad(lambda t: exp(-0.1 * t), 6, 10),
)

both("letter", "answers", lambda: Moments(5 * 0.3, sqrt(5 * 0.3 * 0.7)))
answer("letter", "answered_in_a_month", "probability", lambda: 1 - 0.7**3)
answer("letter", "letters", "mean", lambda: 42 / 7)

# Endings that runs go on after

for front, rate in (("north", 0.3), ("south", 0.2)):
    answer("two_fronts", f"{front}_lost", "probability", lambda rate=rate: stats.expon(scale=1 / rate).cdf(5))
    answer(
        "two_fronts",
        f"first {front}_lost",
        "probability",
        lambda rate=rate: exact.quad(lambda t: rate * exp(-(0.3 + 0.2) * t), 0, 5),
    )
answer("two_fronts", "both_hold", "probability", lambda: exp(-0.3 * 5) * exp(-0.2 * 5))

# Ties

answer("ties", "in_order", "probability", lambda: 1)
answer("all_at_once", "in_order", "probability", lambda: 1)
answer("all_at_once", "order_at_the_end", "mean", lambda: 123456)

answer("until", "first_until", "probability", lambda: 1 / (1 + 1))
answer("until", "first_with_itself", "probability", lambda: 1 / (1 + 1))
both("duel", "rounds", lambda: Moments(1 / (1 - 0.7 * 0.6), sqrt(0.7 * 0.6) / (1 - 0.7 * 0.6)))
answer("duel", "zoe_wins", "probability", lambda: 0.3 / (1 - 0.7 * 0.6))
answer("duel", "misses", "mean", lambda: 2 * (1 / 0.58 - 1) + 0.7 * 0.4 / 0.58)

# Random marks

answer("compound_poisson", "paid", "mean", lambda: 2 * 4 * 3)
answer("compound_poisson", "paid", "sd", lambda: sqrt(2 * 4 * (3 + 3**2)))
answer("compound_poisson", "kept", "mean", lambda: 2 * 4 * 3)

# The first and the second moment of each mark.
MARKS = {
    "sizes": (3 * exp(0.5**2 / 2), 3**2 * exp(2 * 0.5**2)),
    "harms": (1.2, 1.2 + 1.2**2),
    "delays": (2, 2 * 2**2),
    "tries": (1 / 0.4, (2 - 0.4) / 0.4**2),
    "shares": ((1 + 3) / 2, (1 + 1 * 3 + 3**2) / 3),
    "changes": (-1, 2**2 + 1),
    "meetings": (0.3, 0.3),
    "heads": (4 * 0.6, 4 * 0.6 * 0.4 + (4 * 0.6) ** 2),
    "products": (1.2 * 2, (1.2 + 1.2**2) * 2 * 2**2),
}
both("random_marks", "claims", lambda: Moments(1.5 * 8, sqrt(1.5 * 8)))
for mark, (first, second) in MARKS.items():
    both("random_marks", mark, lambda first=first, second=second: Moments(12 * first, sqrt(12 * second)))
