"""Known answers about populations: births and deaths, immigration, pairs, batches, and the size of an epidemic."""

import cmath
import math
from collections.abc import Callable

import numpy as np

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Mean, Times
from tests.engines.conformance.known import Known, Question, happened, measured, outcome, specimen, text_of
from tests.specimens import exact

GROWTH, LOSS = 1.0, 0.8


def descendants(time: float) -> tuple[float, ...]:
    """Return the distribution of the descendants of one: nobody, or a geometric number (Bailey, 8.6)."""
    g = math.exp((GROWTH - LOSS) * time)
    nobody = LOSS * (g - 1.0) / (GROWTH * g - LOSS)
    more = GROWTH * (g - 1.0) / (GROWTH * g - LOSS)
    return (nobody, *((1.0 - nobody) * (1.0 - more) * more**n for n in range(120)))


def birth_death() -> Known:
    def extinct(time: float) -> float:
        return descendants(max(time, 0.0))[0] ** 3

    source = "Bailey, The Elements of Stochastic Processes, 8.6"
    final = numerics.convolved(*[descendants(1.2)] * 3)[:100]
    return Known(
        "birth_death",
        text_of("birth_death"),
        (
            Question("final", measured("final"), Counts(final), "three geometric families, convolved", source),
            Question(
                "extinct",
                outcome("extinct"),
                Times(extinct, high=1.2, never=1.0 - extinct(1.2)),
                "(m (g-1) / (l g - m))^3, g = exp((l-m) t)",
                source,
            ),
        ),
    )


def immigration_death() -> Known:
    stays = math.exp(-0.5 * 2.0)
    final = numerics.convolved(numerics.binomial(3, stays), numerics.poisson(2.0 / 0.5 * (1.0 - stays)))[:60]
    size = 40  # nobody sees more: the chance is below 1e-20
    chain = exact.generator(
        size, lambda n: {**({n + 1: 2.0} if n + 1 < size else {}), **({n - 1: 0.5 * n} if n else {})}
    )
    area = numerics.rewards(chain, np.eye(size)[3], range(size), 2.0)
    return Known(
        "immigration_death",
        text_of("immigration_death"),
        (
            Question(
                "final",
                measured("final"),
                Counts(final),
                "who is left of three, binomial, and who came, Poisson with mean 4 (1 - exp(-1))",
                "Cox and Miller, The Theory of Stochastic Processes, 4.4",
            ),
            Question("area", measured("area"), Mean(*area), "integral of the number present", "Van Loan 1978"),
            Question("came", happened("came"), Counts(numerics.poisson(4.0)), "Poisson with mean 4", "Ross, 5.3"),
        ),
    )


def dimerisation() -> Known:
    chain = exact.dimerisation(20, 0.02, 0.3)
    return Known(
        "dimerisation",
        specimen("dimerisation"),
        (
            Question(
                "pairs",
                measured("pairs"),
                Counts(numerics.at(chain, 0, 2.0)),
                "exp(2 Q) on the number of pairs",
                "Gillespie 1977, Journal of Physical Chemistry 81; matrix exponential",
            ),
            Question(
                "splits",
                happened("split"),
                Counts(numerics.counted_at(chain, lambda i, j: j < i, 0, 2.0)[:25]),
                "the same on pairs of the number of splits and of pairs",
                "the same",
            ),
        ),
    )


def batches() -> Known:
    nodes, weights = np.polynomial.legendre.leggauss(40)

    def size(z: complex) -> complex:
        return 0.6 * z / (1.0 - 0.4 * z)

    def present(z: complex) -> complex:
        stays = np.exp(-0.7 * (nodes + 1.0))  # of a batch that came that long ago, each item is still there
        inner = [size(1.0 - stay + stay * z) - 1.0 for stay in stays]
        return cmath.exp(1.2 * complex(weights @ np.array(inner)))

    def came(z: complex) -> complex:
        return cmath.exp(2.4 * (size(z) - 1.0))

    return Known(
        "batches",
        text_of("batches"),
        (
            Question(
                "present",
                measured("present"),
                Counts(numerics.coefficients(present)[:80]),
                "G(z) = exp(1.2 integral of g(1 - p + p z) - 1), p = exp(-0.7 s), g geometric",
                "Feller, volume I, XII.2 and XVII; generating function inverted on the unit circle",
            ),
            Question(
                "came",
                measured("came"),
                Counts(numerics.coefficients(came)[:80]),
                "G(z) = exp(2.4 (g(z) - 1))",
                "Feller, volume I, XII.2: compound Poisson",
            ),
        ),
    )


def epidemic(name: str, law: str, transform: Callable[[float], float], formula: str) -> Callable[[], Known]:
    def known() -> Known:
        sizes = exact.final_size(4, 0.3, transform)
        size = Question(
            "size",
            happened("recovered[1]", "recovered[2]", "recovered[3]", "recovered[4]", "recovered[5]"),
            Counts(tuple(sizes), first=1),
            f"the triangular equations with the transform {formula}",
            "Ball 1986, Advances in Applied Probability 18; Andersson and Britton, Stochastic Epidemic Models, 2.4",
        )
        return Known(name, text_of("sir").replace("{fixed: 1}", law), (size,))

    known.__name__ = name
    return known


KNOWN = (
    birth_death,
    immigration_death,
    dimerisation,
    batches,
    epidemic("sir_fixed", "{fixed: 1}", lambda s: math.exp(-s), "exp(-s)"),
    epidemic("sir_exponential", "{exponential: {mean: 1}}", lambda s: 1.0 / (1.0 + s), "1 / (1 + s)"),
    epidemic("sir_gamma", "{gamma: {shape: 0.5, mean: 1}}", lambda s: (1.0 + 2.0 * s) ** -0.5, "(1 + 2 s)^-1/2"),
)
