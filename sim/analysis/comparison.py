"""Scenarios against a baseline: on the same luck where they can be paired, with the reason where they cannot.

The numbers of one outcome are `differences`' business, what made runs part `divergence`'s, the words `words`'.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sim.analysis.differences import Change, Shift
from sim.analysis.divergence import Divergence
from sim.analysis.estimates import Estimate, Proportion
from sim.analysis.results import Results
from sim.analysis.sequence import Goal
from sim.analysis.tables import Table, as_html, frame


@dataclass(frozen=True)
class Ranked:
    """One kind of difference between paired runs, and in what share of the pairs it is the one that counts.

    `kind` is (how, rule, event type in the first run, in the second, the assumptions behind it); `example` is the
    first run of that kind.
    """

    how: str
    rule: str
    one: str
    other: str
    causes: tuple[str, ...]
    share: Proportion
    example: int


@dataclass(frozen=True, eq=False)
class Versus:
    """One scenario against the baseline.

    `reason` says why the two are no pairs, "" if they are; `changes` and `shifts` go by outcome and measure. `turning`
    ranks the turning points of the pairs that ended otherwise, `first` the first differences of all pairs that part.
    `pairs` counts all, `whole` those that were both followed to their ends, `ended_otherwise` those with other ends:
    a few of these may have no turning point, such as where the same events came too late.
    """

    other: Results
    reason: str
    changes: Mapping[str, Change]
    shifts: Mapping[str, Shift]
    turning: tuple[Ranked, ...]
    first: tuple[Ranked, ...]
    divergences: tuple[Divergence, ...]
    pairs: int = 0
    ended_otherwise: int = 0
    whole: int = 0

    @property
    def paired(self) -> bool:
        return not self.reason


@dataclass(frozen=True, eq=False)
class Ranking:
    """Scenarios by an outcome's share: for each ensemble its place (1 is the likeliest) and the range that holds it."""

    outcome: str
    places: Mapping[str, tuple[int, int, int]]


FRAME = (
    "scenario", "outcome", "paired", "baseline", "share", "difference", "low", "high", "lost", "gained", "gain",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Scenarios against a baseline. With several, the differences of the outcomes `told` hold together with 95 %.

    `tables` and `words` say the same to people: how to read the tables, then what the scenarios change.
    """

    baseline: Results
    versus: tuple[Versus, ...]
    rankings: Mapping[str, Ranking]
    parts: Mapping[str, Mapping[str, Estimate]]
    level: float
    goal: Goal | None = None
    tables: tuple[Table, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that all have, in the baseline's order."""
        return tuple(name for name in self.baseline.outcomes if all(name in one.changes for one in self.versus))

    @property
    def ending(self) -> tuple[str, ...]:
        return tuple(name for name in self.outcomes if name in self.baseline.ending)

    @property
    def told(self) -> tuple[str, ...]:
        """The outcomes that the comparison is about first of all: those that end a run, or all if none does."""
        return self.ending or self.outcomes

    @property
    def goal_met(self) -> bool:
        """Say whether the difference that the runs were made for is known as well as asked."""
        return self.goal is not None and self.goal.met(self.versus[0].changes[self.goal.outcome].difference)

    def as_data(self) -> dict[str, Any]:
        """Give it as JSON-ready data. Rankings go by scenario; one name for two has the ensemble's id with it."""
        names = Counter(one.scenario.name for one in self.everyone)
        labels = {
            one.source.ensemble: name if names[name := one.scenario.name] == 1 else f"{name} {one.source.ensemble[:12]}"
            for one in self.everyone
        }
        return {
            "baseline": self.baseline.as_data(),
            "level_of_each_interval": self.level,
            "versus": [
                {
                    **one.other.as_data(),
                    "paired": one.paired,
                    "reason": one.reason,
                    "changes": {
                        name: {**asdict(found), "independent_runs": found.independent_runs}
                        for name, found in one.changes.items()
                    },
                    "shifts": {name: asdict(found) for name, found in one.shifts.items()},
                    "whole": one.whole,
                    "ended_otherwise": one.ended_otherwise,
                    "turning_points": [asdict(item) for item in one.turning],
                    "first_differences": [asdict(item) for item in one.first],
                }
                for one in self.versus
            ],
            "goal": None if self.goal is None else {"goal": str(self.goal), "met": self.goal_met},
            "rankings": {
                name: {labels[ensemble]: {"rank": place[0], "from": place[1], "to": place[2]}
                       for ensemble, place in ranking.places.items()}
                for name, ranking in self.rankings.items()
            },
            "variance_parts": {
                name: {part: asdict(found) for part, found in parts.items()} for name, parts in self.parts.items()
            },
        }  # fmt: skip

    def to_frame(self) -> Any:
        """Return the differences as a pandas DataFrame: a row for each scenario and outcome.

        Raise UsageError E010 without pandas.
        """
        listed = [
            {
                "scenario": one.other.scenario.name, "outcome": name, "paired": one.paired,
                "baseline": None if found.one.unknown else found.one.hits / max(1, found.one.runs),
                "share": None if found.other.unknown else found.other.hits / max(1, found.other.runs),
                "difference": found.difference.value, "low": found.difference.low, "high": found.difference.high,
                "lost": found.lost, "gained": found.gained, "gain": None if found.gain is None else found.gain.value,
            }
            for one in self.versus for name, found in one.changes.items()
        ]  # fmt: skip
        return frame({key: [row[key] for row in listed] for key in FRAME})

    def __repr__(self) -> str:
        return "\n\n".join([*map(str, self.tables), *self.words])

    def _repr_html_(self) -> str:
        return as_html(self.tables, *(line for text in self.words for line in text.splitlines()))

    @property
    def everyone(self) -> tuple[Results, ...]:
        return (self.baseline, *(one.other for one in self.versus))
