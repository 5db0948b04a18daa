"""Known answers about queues: M/M/1/K, M/D/1, loss systems whose service law does not matter, the repairman's."""

import math
from collections.abc import Callable

import numpy as np

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Mean, Times
from tests.engines.conformance.known import Known, Question, happened, measured, outcome, specimen, text_of
from tests.specimens import exact

EXPONENTIAL = "Kleinrock, Queueing Systems, volume I, 3; matrix exponential"
UNIFORM = "de Souza e Silva and Gail 1986, IEEE Transactions on Computers 35: uniformisation"


def first_reached(chain: np.ndarray, state: int, until: float) -> Times:
    stopped = numerics.absorbing(chain, state)

    def cdf(time: float) -> float:
        return numerics.at(stopped, 0, max(time, 0.0))[state]

    return Times(cdf, high=until, never=1.0 - cdf(until))


def mm1k() -> Known:
    chain = exact.mm1k(1.3, 1.0, 4)
    # A rejection changes nothing, so it is counted as a second way to stay: the count's own chain.
    counts = np.kron(np.eye(21), chain)
    for lost in range(20):
        full = lost * 5 + 4
        counts[full, full] -= 1.3
        counts[full, full + 5] += 1.3
    lost = exact.transient(counts, 0, 5.0).reshape(21, 5).sum(axis=1)
    busy = numerics.occupation(chain, (1, 2, 3, 4), 0, 5.0)
    return Known(
        "mm1k",
        text_of("mm1k"),
        (
            Question("length", measured("length"), Counts(numerics.at(chain, 0, 5.0)), "exp(5 Q)", EXPONENTIAL),
            Question(
                "lost",
                measured("lost"),
                Counts(tuple(float(chance) for chance in lost)),
                "exp(5 Q') on pairs of the number lost and the number present",
                EXPONENTIAL,
            ),
            Question("full", outcome("full"), first_reached(chain, 4, 5.0), "exp(t Q''), 4 absorbing", EXPONENTIAL),
            Question(
                "busy",
                measured("busy"),
                Times(busy, cuts=(0.0, *(n / 4.0 for n in range(1, 20))), high=5.0),
                "sum over n of Poisson(n) P(k of n + 1 stays are busy) P(k-th of n uniforms <= x)",
                UNIFORM,
            ),
        ),
    )


def after(chances: tuple[float, ...]) -> tuple[float, ...]:
    """Return the distribution of an M/D/1 queue one service later: one fewer, and who came (Crommelin 1932)."""
    left = (chances[0] + chances[1], *chances[2:])
    return numerics.convolved(left, numerics.poisson(0.7, 40))[:60]


def md1() -> Known:
    lengths = [(0.0, 0.0, 1.0)]
    for _ in range(4):
        lengths.append(after(lengths[-1]))
    source = "Crommelin 1932; Tijms, A First Course in Stochastic Models, chapter 9"
    return Known(
        "md1",
        text_of("md1"),
        tuple(
            Question(
                word, measured(word), Counts(lengths[time]), "n -> (n - 1)+ + Poisson(0.7), once a service", source
            )
            for word, time in (("early", 1), ("late", 4))
        ),
    )


def md1_busy_period() -> Known:
    def borel(n: int) -> float:
        return math.exp((n - 1) * math.log(0.6 * n) - 0.6 * n - math.lgamma(n + 1.0))

    customers = Question(
        "customers",
        happened("served"),
        Counts(tuple(borel(n) for n in range(1, 350)), first=1),
        "exp(-0.6 n) (0.6 n)^(n-1) / n!",
        "Borel 1942; Tanner 1953, Biometrika 40",
    )
    return Known("md1_busy_period", specimen("md1_busy_period"), (customers,))


def loss(name: str, service: str, residual: str) -> Callable[[], Known]:
    """A loss system in balance: Erlang's distribution whatever the service law; the old services' rest has its own.

    What is left of a service has the density S(t) / mean: uniform, if the service is fixed; triangular, if uniform.
    """

    def known() -> Known:
        weights = [1.5**k / math.factorial(k) for k in range(4)]
        erlang = Counts(tuple(weight / sum(weights) for weight in weights))
        text = text_of("loss").replace("{uniform: {low: 0, high: 1}}", residual).replace("{fixed: 1}", service)
        source = "Sevastyanov 1957; Kelly, Reversibility and Stochastic Networks, 3.3"
        return Known(
            name,
            text,
            (
                Question("early", measured("early"), erlang, "1.5^k / k!, normalised, at any time", source),
                Question("late", measured("late"), erlang, "the same", source),
                Question(
                    "gone",
                    happened("turned_away", "served[1]", "served[2]", "served[3]"),
                    Counts(numerics.poisson(3.0)),
                    "served or turned away: Poisson, as the arrivals, because the process is reversible",
                    "Kelly, 3.3",
                ),
                Question(
                    "asked",
                    happened("turned_away", "taken[1]", "taken[2]", "taken[3]"),
                    Counts(numerics.poisson(3.0)),
                    "Poisson with mean 1.5 * 2",
                    "by definition",
                ),
            ),
        )

    known.__name__ = name
    return known


def repairman() -> Known:
    chain = exact.generator(4, lambda n: {**({n + 1: 0.5 * (3 - n)} if n < 3 else {}), **({n - 1: 1.2} if n else {})})
    source = "Palm's machine interference: Kleinrock, volume I, 3.8; matrix exponential"
    idle = numerics.occupation(chain, (0,), 0, 3.0)
    return Known(
        "repairman",
        text_of("repairman"),
        (
            Question("down", measured("down"), Counts(numerics.at(chain, 0, 3.0)), "exp(3 Q)", source),
            Question(
                "downtime",
                measured("downtime"),
                Mean(*numerics.rewards(chain, (1.0, 0.0, 0.0, 0.0), range(4), 3.0)),
                "integral of the mean number down",
                "Van Loan 1978; the exponential of a block matrix",
            ),
            Question("all_down", outcome("all_down"), first_reached(chain, 3, 3.0), "exp(t Q'), 3 absorbing", source),
            Question(
                "idle",
                measured("idle"),
                # The last cell is a jump: the runs in which nothing broke.
                Times(idle, cuts=(*(n / 6.0 for n in range(1, 18)), 3.0 - 1e-9), high=3.0),
                "sum over n of Poisson(n) P(k of n + 1 stays are idle) P(k-th of n uniforms <= x)",
                UNIFORM,
            ),
        ),
    )


KNOWN = (
    mm1k,
    md1,
    md1_busy_period,
    loss("loss_fixed", "{fixed: 1}", "{uniform: {low: 0, high: 1}}"),
    loss("loss_uniform", "{uniform: {low: 0, high: 2}}", "{triangular: {low: 0, mode: 0, high: 2}}"),
    repairman,
)
