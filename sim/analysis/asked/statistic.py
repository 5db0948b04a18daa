"""What may be asked of measures, as frozen values, each with the text that asks for it.

How such a text is read is in `asked_text`, what a statistic comes to in `figures`.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from sim.statistics.arrays import Bools, Floats

Relation: TypeAlias = Literal["<=", "<", ">=", ">", "=="]
IN_WORDS = {"<=": "at most", "<": "below", ">=": "at least", ">": "above", "==": "exactly"}
TURNED: dict[Relation, Relation] = {"<=": ">=", "<": ">", ">=": "<=", ">": "<", "==": "=="}


@dataclass(frozen=True, slots=True)
class Bound:
    """What a measure is compared with: a number in the measure's own unit, and as it was written."""

    relation: Relation
    number: float
    text: str

    def holds(self, values: Floats) -> Bools:
        """Return for each value whether it keeps to the bound. NaN keeps to none."""
        match self.relation:
            case "<=":
                return np.asarray(values <= self.number)
            case "<":
                return np.asarray(values < self.number)
            case ">=":
                return np.asarray(values >= self.number)
            case ">":
                return np.asarray(values > self.number)
            case "==":
                return np.asarray(values == self.number)

    @property
    def words(self) -> str:
        return f"{IN_WORDS[self.relation]} {self.text}"


@dataclass(frozen=True, slots=True)
class Share:
    """The probability that a measure keeps to one bound, or to two: a low one and a high one."""

    measure: str
    bounds: tuple[Bound, ...]
    kind = "share"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.measure,)

    def __str__(self) -> str:
        if len(self.bounds) == 1:
            (bound,) = self.bounds
            return f"P({self.measure} {bound.relation} {bound.text})"
        low, high = self.bounds
        return f"P({low.text} {TURNED[low.relation]} {self.measure} {high.relation} {high.text})"


@dataclass(frozen=True, slots=True)
class RatioOfMeans:
    """The mean of one measure over that of another, over the runs that have both."""

    above: str
    below: str
    kind = "ratio of means"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.above, self.below)

    def __str__(self) -> str:
        return f"mean({self.above}) / mean({self.below})"


@dataclass(frozen=True, slots=True)
class Variance:
    """The variance of a measure from run to run."""

    measure: str
    kind = "variance"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.measure,)

    def __str__(self) -> str:
        return f"variance({self.measure})"


@dataclass(frozen=True, slots=True)
class Histogram:
    """The shares of runs in bins of a measure's values, whose `edges` are given, or chosen by a rule if there are none.

    `texts` are the edges as they were written.
    """

    measure: str
    edges: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    kind = "histogram"

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.measure,)

    def __str__(self) -> str:
        return f"histogram({', '.join((self.measure, *self.texts))})"


Statistic: TypeAlias = Share | RatioOfMeans | Variance | Histogram
EXPECTED = "P(MEASURE <= NUMBER), MEASURE / MEASURE, variance(MEASURE) or histogram(MEASURE)"
FUNCTIONS = ("P", "variance", "histogram")
MEANT = {"p": "P", "prob": "P", "probability": "P", "share": "P", "var": "variance", "hist": "histogram"}
