"""Known answers about parts, inspections, answers that are waited for, and games that end in ruin."""

import math

import numpy as np

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.known import (
    Known,
    Question,
    both,
    cell,
    fired,
    happened,
    measured,
    one_of,
    outcome,
    specimen,
)
from tests.engines.conformance.numerics import binomial, by
from tests.specimens import exact

STRUCTURE = "Barlow and Proschan, Statistical Theory of Reliability, 2.1"


def two_out_of_three() -> Known:
    def failed(time: float) -> float:
        r = math.exp(-0.5 * max(time, 0.0))
        return 1.0 - (3.0 * r**2 - 2.0 * r**3)

    down = Times(failed, high=1.0, never=1.0 - failed(1.0))
    return Known(
        "two_out_of_three",
        specimen("two_out_of_three"),
        (Question("down", outcome("down"), down, "1 - (3 r^2 - 2 r^3), r = exp(-t/2)", STRUCTURE),),
    )


def bridge() -> Known:
    def failed(time: float) -> float:
        r = math.exp(-max(time, 0.0) / 2.5)
        return 1.0 - (2.0 * r**2 + 2.0 * r**3 - 5.0 * r**4 + 2.0 * r**5)

    down = Times(failed, high=1.0, never=1.0 - failed(1.0))
    formula = "1 - (2 r^2 + 2 r^3 - 5 r^4 + 2 r^5), r = exp(-t/2.5)"
    return Known("bridge", specimen("bridge"), (Question("down", outcome("down"), down, formula, STRUCTURE),))


def inspection() -> Known:
    """Each of twelve intervals of five weeks is as the others: a fault in it is found at its end, and mended."""
    fails = 1.0 - math.exp(-5.0 / 8.0)
    return Known(
        "inspection",
        specimen("inspection"),
        (
            Question(
                "times_mended",
                measured("times_mended"),
                Counts(binomial(12, fails)),
                "binomial of 12 and 1 - exp(-5/8)",
                "Barlow and Proschan, Mathematical Theory of Reliability, 4.3",
            ),
            Question(
                "breaks",
                fired("device_breaks"),
                Times(by(numerics.exponential(8.0)), high=60.0, never=math.exp(-60.0 / 8.0)),
                "1 - exp(-t/8)",
                "by definition",
            ),
        ),
    )


def letter() -> Known:
    """An open letter waits on while others come: in each week the chance is 0.3 that it is answered."""
    week, first = math.log(1.0 / 0.7) / 7.0, 7.0

    def answered(time: float) -> float:
        return -math.expm1(-week * max(time - first, 0.0))

    return Known(
        "letter",
        specimen("letter"),
        (
            Question("answers", measured("answers"), Counts(binomial(5, 0.3)), "binomial of 5 and 0.3", "elementary"),
            Question(
                "first_answer",
                fired("reader_answers"),
                Times(answered, low=7.0, high=42.0, never=0.7**5),
                "1 - 0.7^((t - 7) / 7), t from 7 to 42",
                "elementary",
            ),
        ),
    )


def exponential_against_gamma() -> Known:
    """Who is first, and when: the shock at rate 0.2, or the wear of shape 2.5."""
    cuts = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
    wear = numerics.gamma(2.5, 2.0)

    def density(t: float) -> float:
        return (t / 2.0) ** 1.5 * math.exp(-t / 2.0) / 2.0 / math.gamma(2.5)

    parts = list(zip((0.0, *cuts), (*cuts, 120.0), strict=True))
    shock_first = [exact.quad(lambda t: 0.2 * math.exp(-0.2 * t) * wear(t), *part) for part in parts]
    wear_first = [exact.quad(lambda t: math.exp(-0.2 * t) * density(t), *part) for part in parts]
    look = cell(lambda seen: seen.log[1].time, cuts)
    return Known(
        "exponential_against_gamma",
        specimen("exponential_against_gamma"),
        (
            Question(
                "who_and_when",
                both(one_of("a_first", "b_first"), look, len(parts)),
                Counts((*shock_first, *wear_first), number=False),
                "integral of r exp(-rt) S(t), and of f(t) exp(-rt)",
                "Feller, volume II, XIII.2; quadrature",
            ),
        ),
    )


def gamblers_ruin() -> Known:
    """The whole distribution of the number of games, to ruin and to riches, by powers of the matrix of one game."""
    game = np.zeros((11, 11))
    for purse in range(1, 10):
        game[purse, purse + 1], game[purse, purse - 1] = 0.45, 0.55
    now = np.eye(11)[3]
    ends = []
    for _ in range(700):
        now = now @ game
        ends.append((now[0], now[10]))
    games = tuple(float(ruin + riches) for ruin, riches in ends)
    soon = tuple(float(sum(end[side] for end in part)) for part in (ends[:5], ends[5:12], ends[12:25], ends[25:])
                 for side in (0, 1))  # fmt: skip
    source = "Feller, volume I, XIV.4; powers of the matrix"
    return Known(
        "gamblers_ruin",
        specimen("gamblers_ruin"),
        (
            Question("games", happened("won", "lost"), Counts(games, first=1), "P(no more after n games)", source),
            Question(
                "when_and_how",
                both(cell(happened("won", "lost"), (5.0, 12.0, 25.0)), one_of("ruined", "rich"), 2),
                Counts(soon, number=False),
                "the same, apart for ruin and riches",
                source,
            ),
        ),
    )


KNOWN = (two_out_of_three, bridge, inspection, letter, exponential_against_gamma, gamblers_ruin)
