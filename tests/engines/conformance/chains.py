"""Known answers about Markov chains: transients, first passage, time-bounded until, rewards, long-run values."""

import math

import numpy as np

from tests.engines.conformance import numerics
from tests.engines.conformance.answers import Counts, Mean, Times
from tests.engines.conformance.known import Known, Question, both, fired, measured, outcome, text_of
from tests.specimens import exact

JUMPS = {0: {1: 0.9, 2: 0.4}, 1: {0: 0.5, 2: 0.7}, 2: {3: 0.6, 0: 0.3}, 3: {0: 0.8}}
CHAIN = exact.generator(4, JUMPS.__getitem__)
PASSAGE = numerics.absorbing(CHAIN, 3)
SAFE_PASSAGE = numerics.absorbing(CHAIN, 1, 3)
EXPONENTIAL = "Norris, Markov Chains, 2.1; matrix exponential"
UNTIL = "Baier, Haverkort, Hermanns and Katoen 2003: time-bounded until; matrix exponential of the stopped chain"
VAN_LOAN = "Van Loan 1978; the exponential of a block matrix"


def reached(chain: np.ndarray, until: float) -> Times:
    """Return the distribution of the time at which state 3 is reached, if that is before `until`."""

    def cdf(time: float) -> float:
        return numerics.at(chain, 0, min(max(time, 0.0), until))[3]

    return Times(cdf, high=until, never=1.0 - cdf(until))


def early_and_late() -> Counts:
    first, then = exact.transient(CHAIN, 0, 1.37), [exact.transient(CHAIN, i, 4.0 - 1.37) for i in range(4)]
    return Counts(tuple(float(first[i] * then[i][j]) for i in range(4) for j in range(4)), number=False)


def chain() -> Known:
    spent = numerics.occupation(CHAIN, (1, 2), 0, 4.0)
    return Known(
        "chain",
        text_of("chain"),
        (
            Question("early", measured("early"), Counts(numerics.at(CHAIN, 0, 1.37)), "exp(1.37 Q)", EXPONENTIAL),
            Question("late", measured("late"), Counts(numerics.at(CHAIN, 0, 4.0)), "exp(4 Q)", EXPONENTIAL),
            Question(
                "early_and_late",
                both(measured("early"), measured("late"), 4),
                early_and_late(),
                "exp(1.37 Q)_0i exp(2.63 Q)_ij",
                EXPONENTIAL,
            ),
            Question("reached", outcome("reached"), reached(PASSAGE, 4.0), "exp(t Q')_03, 3 absorbing", EXPONENTIAL),
            Question(
                "reached_within", outcome("reached_within"), reached(PASSAGE, 1.93), "the same, up to 1.93", UNTIL
            ),
            Question(
                "reached_safely", outcome("reached_safely"), reached(SAFE_PASSAGE, 4.0), "1 absorbing, too", UNTIL
            ),
            Question("reached_by", outcome("reached_by"), reached(SAFE_PASSAGE, 2.31), "the same, up to 2.31", UNTIL),
            Question(
                "between",
                measured("between"),
                # The first cell is a jump: the runs that never left state 0.
                Times(spent, cuts=tuple(n / 5.0 for n in range(20)), high=4.0),
                "sum over n of Poisson(n) P(k of n + 1 stays inside) P(k-th of n uniforms <= x)",
                "de Souza e Silva and Gail 1986, IEEE Transactions on Computers 35: uniformisation",
            ),
            Question(
                "squares",
                measured("squares"),
                Mean(*numerics.rewards(CHAIN, (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 4.0, 9.0), 4.0)),
                "integral of exp(Qt) r, and twice the double integral for the square",
                VAN_LOAN,
            ),
            Question(
                "moves",
                measured("moves"),
                Counts(numerics.counted_at(CHAIN, lambda i, j: True, 0, 4.0)),
                "exp(4 Q'') on pairs of the number of moves and the state",
                EXPONENTIAL,
            ),
        ),
    )


RATES = (0.5, 1.0, 2.0, 0.8)
CYCLE = exact.generator(4, lambda i: {(i + 1) % 4: RATES[i]})
STAYS = np.array([1.0 / rate for rate in RATES])
LONG_RUN = tuple(float(share) for share in STAYS / STAYS.sum())


def moves_in_balance() -> Counts:
    """Return the distribution of the number of moves, the one that begins included."""
    each = [numerics.counted_at(CYCLE, lambda i, j: True, start, 5.0) for start in range(4)]
    return Counts(tuple(float(chance) for chance in np.array(LONG_RUN) @ np.array(each)), first=1)


def balance() -> Known:
    return Known(
        "balance",
        text_of("balance"),
        (
            *(
                Question(word, measured(word), Counts(LONG_RUN), "(1/q_i) / sum of 1/q_j, at any time", "Norris, 3.5")
                for word in ("early", "late")
            ),
            Question(
                "total",
                measured("total"),
                Mean(*numerics.rewards(CYCLE, LONG_RUN, (0.0, 1.0, 2.0, 3.0), 5.0)),
                "5 sum of i pi_i; its variance by the block matrix",
                "Norris, Markov Chains, 3.8; " + VAN_LOAN,
            ),
            Question("moves", measured("moves"), moves_in_balance(), "exp(5 Q'') on pairs, from balance", EXPONENTIAL),
        ),
    )


def reaction_chain() -> np.ndarray:
    """Return the chain of the count up to three and the reaction, state 4, whose rate changes at three."""
    return exact.generator(5, lambda n: {**({n + 1: 1.5} if n < 3 else {}), 4: 0.2 if n < 3 else 2.0} if n < 4 else {})


def started_work() -> np.ndarray:
    """Return the chain of three steps at rate 1.5 and then two at rate 2.5: Erlang's work begins at the third count."""
    steps = (1.5, 1.5, 1.5, 2.5, 2.5)
    return exact.generator(6, lambda n: {n + 1: steps[n]} if n < 5 else {})


def phase(matrix: np.ndarray, *, until: float) -> Times:
    last = len(matrix) - 1

    def cdf(time: float) -> float:
        return numerics.at(matrix, 0, min(max(time, 0.0), until))[last]

    return Times(cdf, high=until, never=1.0 - cdf(until))


def unalarmed() -> Times:
    """Return when the reaction comes, if it comes before the alarm and within 1.9: rate 0.2, while the count is low."""
    return phase(exact.generator(5, lambda n: {n + 1: 1.5, 4: 0.2} if n < 3 else {}), until=1.9)


def threshold() -> Known:
    return Known(
        "threshold",
        text_of("threshold"),
        (
            Question(
                "reaction",
                fired("reaction"),
                phase(reaction_chain(), until=6.0),
                "exp(t Q), the count and the reaction: rate 0.2 before the third count, 2 after",
                "Neuts, Matrix-Geometric Solutions in Stochastic Models, 2.2: phase-type; matrix exponential",
            ),
            Question(
                "alarm",
                fired("alarm_is_raised"),
                Times(
                    lambda t: 1.0 - math.fsum(numerics.poisson(1.5 * t, 3)) if t > 0.0 else 0.0,
                    high=6.0,
                    never=math.fsum(numerics.poisson(9.0, 3)),
                ),
                "Erlang's: 1 - P(Poisson(1.5 t) < 3), at the very time of the third count",
                "Ross, Introduction to Probability Models, 5.3",
            ),
            Question(
                "work",
                fired("work_is_done"),
                phase(started_work(), until=6.0),
                "three steps of rate 1.5 and two of rate 2.5",
                "Neuts, 2.2",
            ),
            Question("unalarmed", outcome("reaction_unalarmed"), unalarmed(), "stopped at the third count", UNTIL),
        ),
    )


KNOWN = (chain, balance, threshold)
