"""Known answers about what is drawn besides clocks: choices by weight, random marks, parameters, and tied duels."""

import math

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.known import Known, Look, Question, both, happened, measured, one_of, specimen, text_of
from tests.engines.conformance.numerics import by

# In order of names, as marks stand in an event.
MARKS = (
    "change", "delay", "harm", "heads", "many", "met", "share", "size", "tries", "unit", "uptake", "upturn", "wear",
    "which",
)  # fmt: skip


def mark(name: str) -> Look:
    place = MARKS.index(name)
    return lambda seen: seen.log[1].marks[place]


def normal(time: float) -> float:
    return 0.5 * math.erfc(-(time + 1.0) / 2.0 / math.sqrt(2.0))


def cubic(x: float) -> float:
    return x * x * (6.0 - x * (8.0 - 3.0 * x))


def peaked(x: float) -> float:
    return x * x / 3.0 if x < 1.0 else 1.0 - (3.0 - x) ** 2 / 6.0


def marks() -> Known:
    answers = {
        "harm": (Counts(numerics.poisson(1.2)), "exp(-1.2) 1.2^n / n!"),
        "many": (Counts(numerics.poisson(45.0, 160)), "exp(-45) 45^n / n!"),
        "heads": (Counts(numerics.binomial(6, 0.35)), "C(6, n) 0.35^n 0.65^(6-n)"),
        "tries": (Counts(tuple(0.4 * 0.6**n for n in range(90)), first=1), "0.4 * 0.6^(n-1)"),
        "met": (Counts((0.7, 0.3)), "0.3"),
        "delay": (Times(by(numerics.exponential(2.0))), "1 - exp(-x/2)"),
        "size": (Times(by(numerics.lognormal(3.0, 0.5))), "erfc(-log(x/3) / 0.5 / sqrt 2) / 2"),
        "change": (Times(normal, low=-40.0, high=40.0), "erfc(-(x+1) / 2 / sqrt 2) / 2"),
        "unit": (Times(cubic, 0.0, 1.0), "6 x^2 - 8 x^3 + 3 x^4"),
        "uptake": (Times(lambda x: 1.0 - (1.0 + x / 1.5) * math.exp(-x / 1.5)), "1 - (1 + x / 1.5) exp(-x / 1.5)"),
        "upturn": (Times(peaked, 0.0, 3.0), "x^2 / 3 up to 1, then 1 - (3 - x)^2 / 6"),
        "wear": (Times(lambda x: -math.expm1(-((x / 2.0) ** 3))), "1 - exp(-(x/2)^3)"),
        "which": (Counts((0.5, 0.3, 0.0, 0.0, 0.2), first=1), "0.5, 0.3, 0.2 of 1, 2, 5"),
        "share": (Times(by(numerics.uniform(1.0, 3.0)), 1.0, 3.0), "(x - 1) / 2"),
    }
    pair = tuple(heads * met for heads in numerics.binomial(6, 0.35) for met in (0.7, 0.3))
    return Known(
        "marks",
        text_of("marks"),
        (
            *(
                Question(name, mark(name), answer, formula, "by definition of the mark's law")
                for name, (answer, formula) in answers.items()
            ),
            Question(
                "two_marks_at_once",
                both(mark("heads"), mark("met"), 2),
                Counts(pair, number=False),
                "the product: marks are independent",
                "by definition",
            ),
        ),
    )


def urn() -> Known:
    def rising(x: int, n: int) -> int:
        return math.prod(range(x, x + n))

    reds = tuple(math.comb(6, n) * rising(2, n) * rising(3, 6 - n) / rising(5, 6) for n in range(7))
    source = "Eggenberger and Polya 1923; Johnson, Kemp and Kotz, Univariate Discrete Distributions, 6.2"
    return Known(
        "urn", text_of("urn"), (Question("reds", happened("red_drawn"), Counts(reds), "beta-binomial", source),)
    )


def knuth_yao_die() -> Known:
    """Every second toss after the first ends it with three chances in four."""
    tosses = tuple(0.75 * 0.25 ** ((n - 3) // 2) if n % 2 and n >= 3 else 0.0 for n in range(60))
    source = "Knuth and Yao 1976, The complexity of nonuniform random number generation"
    return Known(
        "knuth_yao_die",
        specimen("knuth_yao_die"),
        (
            Question("face", measured("face"), Counts((1.0 / 6.0,) * 6, first=1), "1/6 each", source),
            Question("tosses", happened("moved", "thrown"), Counts(tosses), "3/4 (1/4)^k after 3 + 2k tosses", source),
        ),
    )


def duel() -> Known:
    """A tie is not broken by chance: she shoots first in each round, because her priority is the smaller."""
    goes_on = 0.7 * 0.6
    outcome = tuple(goes_on**n * chance for n in range(40) for chance in (0.3, 0.7 * 0.4))
    return Known(
        "duel",
        specimen("duel"),
        (
            Question(
                "round_and_winner",
                both(lambda seen: measured("rounds")(seen) - 1.0, one_of("zoe_wins", "anna_wins"), 2),
                Counts(outcome, number=False),
                "(0.7 * 0.6)^(n-1) times 0.3, or 0.7 * 0.4",
                "geometric rounds: Ross, Introduction to Probability Models, 3.5",
            ),
        ),
    )


def unknown_rate() -> Known:
    """A Poisson number whose mean is a gamma's of shape 2 and mean 6 is negative binomial."""
    stops = 1.0 / (1.0 + 6.0 / 2.0)
    accidents = tuple((n + 1.0) * stops**2 * (1.0 - stops) ** n for n in range(200))
    source = "Greenwood and Yule 1920, Journal of the Royal Statistical Society 83"
    return Known(
        "unknown_rate",
        specimen("unknown_rate"),
        (Question("accidents", measured("accidents"), Counts(accidents), "(n + 1) (1/4)^2 (3/4)^n", source),),
    )


KNOWN = (marks, urn, knuth_yao_die, duel, unknown_rate)
