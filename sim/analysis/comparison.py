"""Scenarios against their baselines: with common random numbers where they can be paired, with the reason where not.

The numbers of one outcome come from `sim.statistics.differences`, what made runs part from `divergence`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sim.analysis.differences.divergences import Divergences
from sim.analysis.differences.turning_points import RankedTurn, TurningPoint
from sim.analysis.frames import frame
from sim.analysis.goals import Goal
from sim.analysis.labels import Counted, counted, figures, figures_of, measured
from sim.analysis.results import Results
from sim.analysis.shown import Shown
from sim.analysis.unfollowed import option
from sim.statistics.differences import MeasureDifference, OutcomeDifference
from sim.statistics.estimates import Estimate, Proportion


@dataclass(frozen=True)
class Ranked:
    """One kind of first difference between paired runs, and in what share of the pairs that part it is the one.

    A kind is told by `how` and by which `rule` the runs differ, by the event type in the first run (`one`) and in the
    second (`other`), and by the assumptions behind it, `causes`. `example` is the first run of that kind.
    """

    how: str
    rule: str
    one: str
    other: str
    causes: tuple[str, ...]
    share: Proportion
    example: int


@dataclass(frozen=True, eq=False)
class Beside:
    """A scenario's results beside its baseline's, which is `moved` if it was made at the scenario's own moment.

    `reason` says why the two are not pairs, "" if they are, `divergences` where their runs part, `turning_points` those
    of the first pairs that ended otherwise.
    """

    other: Results
    baseline: Results
    reason: str = ""
    divergences: Divergences = field(default_factory=lambda: Divergences.of(()))
    turning_points: Sequence[TurningPoint] = ()
    moved: bool = False

    @property
    def paired(self) -> bool:
        return not self.reason


@dataclass(frozen=True, eq=False)
class Versus(Beside):
    """One scenario compared with its baseline: `changes` and `shifts` go by outcome and measure, `endings` by outcome
    those of each ending as the first to come true; they differ from `changes` only where a run may go on after one.

    `turning` ranks the turning points of the pairs that ended otherwise, `first` the first differences of all pairs
    that part. `pairs` counts all, `whole` those that were both followed to their ends, `ended_otherwise` those with
    other ends.
    """

    changes: Mapping[str, OutcomeDifference] = field(default_factory=dict)
    shifts: Mapping[str, MeasureDifference] = field(default_factory=dict)
    turning: tuple[RankedTurn, ...] = ()
    first: tuple[Ranked, ...] = ()
    pairs: int = 0
    ended_otherwise: int = 0
    whole: int = 0
    endings: Mapping[str, OutcomeDifference] = field(default_factory=dict)

    def change(self, one: Counted) -> OutcomeDifference:
        """Return the difference of an outcome, or of an ending as the first to come true."""
        return self.endings[one.outcome] if one.first else self.changes[one.outcome]

    @property
    def weighs(self) -> bool:
        """Whether the scenario differs from its baseline in several assumptions, which are weighed."""
        return any(point.without for point in self.turning_points)

    @property
    def parted(self) -> int:
        """How many pairs have an event that one of the two runs has otherwise, assumed events apart."""
        return self.divergences.parted

    @property
    def disabled(self) -> Mapping[str, int]:
        """In how many of the baseline's runs each rule fired while this scenario disables it, which the baseline never
        does.
        """
        if not self.divergences:
            return {}
        fired = self.divergences.fired_in()
        known = self.baseline.scenario.stops()
        return {name: fired.get(name, 0) for name in self.other.scenario.stops() if name not in known}

    @property
    def alike(self) -> bool:
        """Whether no pair differs in an event, an outcome or a measure, assumed events apart."""
        same = not any(found.changed for found in self.changes.values())
        still = not any(found.difference.low or found.difference.high for found in self.shifts.values())
        return self.paired and self.pairs > 0 and not self.parted and same and still


@dataclass(frozen=True)
class LeftOut:
    """A scenario that is compared with nothing, by its id and title, and the reason why it is not a pair."""

    name: str
    title: str
    reason: str


@dataclass(frozen=True, eq=False)
class Ranking:
    """For each ensemble its place by an outcome's share (1 is the likeliest) and the range that holds it.

    Places are among the scenarios that have one baseline, and that baseline.
    """

    outcome: str
    ranks: Mapping[str, tuple[int, int, int]]


def by_baseline(versus: Sequence[Versus]) -> list[tuple[Results, list[Versus]]]:
    """Return the baselines, each with the scenarios that are compared with it, in the order in which they come."""
    found: dict[str, tuple[Results, list[Versus]]] = {}
    for one in versus:
        found.setdefault(one.baseline.source.ensemble, (one.baseline, []))[1].append(one)
    return list(found.values())


def family(listed: Sequence[Beside], primary: Sequence[str], *, paired: bool) -> int:
    """Return how many differences, of pairs or of others, have intervals that hold together.

    An ensemble that is its own baseline differs from it in nothing, and counts for none.
    """
    alike = [one for one in listed if one.paired == paired]
    return len(primary) * sum(one.other.source.ensemble != one.baseline.source.ensemble for one in alike)


FRAME = (
    "scenario", "against", "outcome", "counted", "paired", "baseline", "share", "difference", "low", "high", "lost",
    "gained", "gain",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown):
    """Scenarios against a baseline. With several, the differences of the outcomes `primary` hold together with 95 %.

    Those of scenarios that are not pairs do so among themselves; `level` is that of each interval, of pairs if there
    are any. `named` is the title of the baseline that was asked for. A scenario at another moment than its own has that
    baseline made at its moment (`Versus.baseline`); `baseline` is the first of them all. `parts` are those of the
    scenarios that are compared with `baseline`. `left_out` are scenarios that are not pairs and have no difference.
    """

    baseline: Results
    versus: tuple[Versus, ...]
    rankings: Mapping[str, Ranking]
    parts: Mapping[str, Mapping[str, Estimate]]
    level: float
    goal: Goal | None = None
    named: str = ""
    left_out: tuple[LeftOut, ...] = ()

    @property
    def groups(self) -> list[tuple[Results, list[Versus]]]:
        """The baselines, each with the scenarios that are compared with it."""
        return by_baseline(self.versus)

    @property
    def baselines(self) -> tuple[Results, ...]:
        return tuple(baseline for baseline, _ in self.groups)

    @property
    def family(self) -> int:
        """How many differences there are whose intervals hold together: those of pairs, or of all if none is one."""
        return family(self.versus, self.primary, paired=any(one.paired for one in self.versus))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that all have, in the baseline's order."""
        return tuple(name for name in self.baseline.outcomes if all(name in one.changes for one in self.versus))

    @property
    def ending(self) -> tuple[str, ...]:
        return tuple(name for name in self.outcomes if name in self.baseline.ending)

    @property
    def primary(self) -> tuple[str, ...]:
        """The outcomes that the comparison is about first of all: the endings, or all if there is none."""
        return self.ending or self.outcomes

    @property
    def foremost(self) -> tuple[Counted, ...]:
        """What is counted of them: of an ending, that it was the first to come true."""
        return tuple(Counted(name, first=name in self.ending) for name in self.primary)

    def counted(self, outcomes: Sequence[str]) -> tuple[Counted, ...]:
        """Return all that is counted of outcomes, what they are compared by first of all before the rest."""
        found = figures_of(self.baseline.model, outcomes)
        return tuple(sorted(found, key=lambda one: not one.first) if self.baseline.model.goes_on else found)

    @property
    def goal_met(self) -> bool:
        """Whether the difference that the runs were made for is known as well as asked."""
        return self.goal is not None and self.goal.met(self.versus[0].changes[self.goal.outcome].difference)

    @property
    def queries(self) -> tuple[str, ...]:
        """The commands that give every figure again, from the ledger."""
        compared, apart = ([one for one in self.versus if one.paired == paired] for paired in (True, False))
        different = [one for one in compared if one.other.source.ensemble != one.baseline.source.ensemble]
        names = ["changes", "turning", "first"] if different else []
        names += ["shifts"] if any(one.shifts for one in different) else []
        names += ["ranks"] if self.rankings else []
        first = "sequence" if self.baseline.sequential else "outcomes"
        listed: list[tuple[str, Sequence[Results]]] = [(first, self.everyone)]
        listed += [(name, [side for one in compared for side in (one.baseline, one.other)]) for name in names]
        listed += [("unpaired", [apart[0].baseline, *(one.other for one in apart)])] if apart else []
        if self.parts:
            baseline, members = self.groups[0]
            listed.append(("variance", [baseline, *(one.other for one in members if one.paired)]))
        ids = [(name, dict.fromkeys(one.source.ensemble[:12] for one in everyone)) for name, everyone in listed]
        despite = max((option(one.runs, despite_failures=one.source.settings.despite_failures)
                       for one in self.everyone), key=len)  # fmt: skip
        seen = f"--first {self.baseline.count}{self.baseline.source.in_ledger}{despite}"
        return tuple(f"sim query @{name} {' '.join(each)} {seen}" for name, each in ids)

    def as_data(self) -> dict[str, Any]:
        """Give it as JSON-ready data. Rankings go by scenario; one name for two has the ensemble's id with it."""
        names = Counter(one.scenario.name for one in self.everyone)
        labels = {
            one.source.ensemble: name if names[name := one.scenario.name] == 1 else f"{name} {one.source.ensemble[:12]}"
            for one in self.everyone
        }
        whose = {one.other.source.ensemble: one.baseline.source.ensemble for one in self.versus}
        return {
            "baseline": self.baseline.as_data(),
            "baselines": [one.as_data() for one in self.baselines],
            "level_of_each_interval": self.level,
            "versus": [
                {
                    **one.other.as_data(),
                    "against": {
                        "scenario": one.baseline.scenario.name, "title": one.baseline.scenario.title,
                        "ensemble": one.baseline.source.ensemble, "made_at_the_moment_of_the_scenario": one.moved,
                    },
                    "paired": one.paired,
                    "reason": one.reason,
                    "changes": {
                        name: {
                            **figures(found), "independent_runs": found.independent_runs,
                            "counted": counted(self.baseline.model, name), **self._first_as_data(one, name),
                        }
                        for name, found in one.changes.items()
                    },
                    "shifts": {
                        name: {
                            **figures(found), "without": one.pairs - found.difference.runs,
                            "counted": measured(self.baseline.model, name),
                        }
                        for name, found in one.shifts.items()
                    },
                    "pairs": one.pairs,
                    "parted": one.parted,
                    "whole": one.whole,
                    "disabled_rules": {name: {"fired_in_baseline_runs": runs} for name, runs in one.disabled.items()},
                    "ended_otherwise": one.ended_otherwise,
                    "turning_points": [asdict(item) for item in one.turning],
                    "pairs_with_turning_points": len(one.turning_points),
                    "first_differences": [asdict(item) for item in one.first],
                }
                for one in self.versus
            ],
            "left_out": [asdict(one) for one in self.left_out],
            "goal": None if self.goal is None else {"goal": str(self.goal), "met": self.goal_met},
            "rankings": {
                name: {labels[ensemble]: {"rank": place[0], "from": place[1], "to": place[2],
                                          "among_those_against": labels[whose.get(ensemble, ensemble)]}
                       for ensemble, place in ranking.ranks.items()}
                for name, ranking in self.rankings.items()
            },
            "variance_parts": {
                name: {part: asdict(found) for part, found in parts.items()} for name, parts in self.parts.items()
            },
        }  # fmt: skip

    def _first_as_data(self, versus: Versus, outcome: str) -> dict[str, Any]:
        if not self.baseline.model.goes_on or outcome not in versus.endings:
            return {}
        found, model = versus.endings[outcome], self.baseline.model
        words = {"independent_runs": found.independent_runs, "counted": counted(model, outcome, first=True)}
        return {"first": {**figures(found), **words}}

    def to_frame(self) -> Any:
        """Return the differences as a pandas DataFrame: a row for each scenario and outcome.

        `against` is its baseline, `baseline` the outcome's share there. Raise UsageError E010 without pandas.
        """
        listed = [
            {
                "scenario": one.other.scenario.name, "against": one.baseline.scenario.name, "outcome": asked.outcome,
                "counted": counted(self.baseline.model, asked.outcome, first=asked.first),
                "paired": one.paired,
                "baseline": None if found.one.unknown else found.one.hits / max(1, found.one.runs),
                "share": None if found.other.unknown else found.other.hits / max(1, found.other.runs),
                "difference": found.difference.value, "low": found.difference.low, "high": found.difference.high,
                "lost": found.lost, "gained": found.gained,
                "gain": None if found.variance_reduction is None else found.variance_reduction.value,
            }
            for one in self.versus for asked in self.counted(tuple(one.changes)) for found in [one.change(asked)]
        ]  # fmt: skip
        return frame({key: [row[key] for row in listed] for key in FRAME})

    @property
    def everyone(self) -> tuple[Results, ...]:
        """All results, each ensemble once: every baseline, and behind it the scenarios that are compared with it."""
        found: dict[str, Results] = {}
        for baseline, members in self.groups:
            for one in (baseline, *(item.other for item in members)):
                found.setdefault(one.source.ensemble, one)
        return tuple(found.values())
