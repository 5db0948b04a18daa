"""An ensemble's results: each outcome's probability, each measure's spread, and what the intervals cover."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from sim.analysis import labels
from sim.analysis.estimates import (
    NO_INTERVAL,
    Estimate,
    Proportion,
    Spread,
    percent,
    proportion,
    spread,
    without_interval,
)
from sim.analysis.incidence import Incidence, Milestone, incidence, milestone
from sim.analysis.runs import Floats, Runs
from sim.analysis.sequence import METHOD, Goal, proportion_sequence
from sim.analysis.tables import Side, Table, as_html, frame
from sim.analysis.uncertainty import Split, over_draws, proportion_over_draws, split
from sim.language.diagnostics import Diagnostic
from sim.model.history import Documented
from sim.model.model import Model
from sim.model.scenario import Scenario


@dataclass(frozen=True)
class Source:
    """Which ensemble results are of: its id, the digest of its runs, its seed, how its parameters were drawn.

    `documented` are the events of its history, `warnings` what in its documents is allowed and seldom meant.
    """

    ensemble: str
    root: str
    seed: int
    central: bool = False
    runs_per_draw: int = 1
    documented: tuple[Documented, ...] = field(default=(), repr=False)
    warnings: tuple[Diagnostic, ...] = field(default=(), repr=False)


@dataclass(frozen=True, eq=False, repr=False)
class Results:
    """What an ensemble says. Failed runs are counted and left out of every estimate.

    `runs` has the runs' own numbers, `splits` what chance and ignorance each do to an outcome, in a nested design.
    `goals` are those that the runs were made for, with whether they were met; `sequential` says that the number of runs
    was chosen by looking, so that intervals are those of a confidence sequence.
    """

    scenario: Scenario
    source: Source
    runs: Runs
    outcomes: Mapping[str, Proportion]
    measures: Mapping[str, Spread]
    splits: Mapping[str, Split]
    goals: tuple[tuple[Goal, bool], ...] = ()
    sequential: bool = False

    @property
    def model(self) -> Model:
        return self.scenario.model

    @property
    def failed(self) -> int:
        return sum(len(found) for found in self.runs.failed.values())

    @property
    def count(self) -> int:
        """How many runs there are, failed ones included."""
        return len(self.runs) + self.failed

    @property
    def length(self) -> float:
        """How long the runs are followed, in the model's unit."""
        return self.scenario.horizon - self.scenario.start

    @property
    def ending(self) -> tuple[str, ...]:
        """The outcomes of which every run has one: those that end it, and the one at the horizon."""
        shown = self.model.outcomes
        return tuple(name for name in self.outcomes if shown[name].ends_run or shown[name].otherwise)

    @property
    def draws(self) -> Floats | None:
        """The number of each run's draw of the parameters, in a nested design."""
        return (self.runs.numbers // self.source.runs_per_draw).astype(float) if self.source.runs_per_draw > 1 else None

    @property
    def parameters(self) -> str:
        """How the parameters of the runs came about: drawn, central or kept."""
        return "kept" if self.scenario.lineage else "central" if self.source.central else "drawn"

    @property
    def queries(self) -> tuple[str, ...]:
        """The commands that give the figures again, from the ledger."""
        names = ["sequence" if self.sequential else "outcomes", *(["splits"] if self.splits else [])]
        names += ["measures"] if self.measures else []
        return tuple(f"sim query @{name} {self.source.ensemble[:12]} --first {self.count}" for name in names)

    @property
    def covers(self) -> str:
        """What the intervals cover, in words."""
        number = self.source.runs_per_draw
        drawn = {
            "drawn": "drawn from their priors " + ("in every run" if number == 1 else f"once for every {number} runs"),
            "central": "at their central values",
            "kept": "kept as they were in the run that is branched from",
        }[self.parameters]
        if self.sequential:
            return (
                f"Intervals of outcomes: 95 %, by a {METHOD}, valid however often one looks, with the parameters "
                f"{drawn}. Those of measures take the number of runs as fixed beforehand. They do not cover whether "
                "the model is right."
            )
        what = "for the chance of a finite number of runs" + (" and of draws" if number > 1 else "")
        return f"Intervals: 95 %, {what}, with the parameters {drawn}. They do not cover whether the model is right."

    def incidence(self, outcome: str, times: Sequence[float]) -> Incidence:
        """Estimate the probability that an outcome has come true by each of `times`, since the branch."""
        return incidence(self.runs, outcome, times, draws=self.draws)

    def milestone(self, outcome: str) -> Milestone:
        """Estimate when an outcome first comes true."""
        return milestone(self.runs, outcome, self.length, draws=self.draws)

    def titles(self, *, ending: bool | None = None) -> dict[str, str]:
        """Return outcomes with their titles; those that end a run, the others, or all."""
        names = [name for name in self.outcomes if ending is None or (name in self.ending) == ending]
        return {name: self.model.outcomes[name].title for name in names}

    def tables(self) -> list[Table]:
        """Return the outcomes and the measures as tables of text."""
        return [self.outcomes_table(), *([self.measures_table()] if self.measures else [])]

    def outcomes_table(self) -> Table:
        """Return each outcome's probability with its interval, and in a nested design what it is made of."""
        columns: list[tuple[str, Side]] = [
            ("outcome", "left"), ("", "left"), ("probability", "right"), ("95 % interval", "right"),
        ]  # fmt: skip
        if self.splits:
            held = next(iter(self.splits.values())).held
            open_ = f"with what we do not know about\nthe parameters, at most ({held:.0%})"
            columns += [("chance\nalone", "right"), (open_, "right")]
        order = sorted(self.outcomes.items(), key=lambda item: item[0] not in self.ending)
        rows = [
            (self.model.outcomes[name].title, self._role(name), str(found), found.interval, *self._split(name))
            for name, found in order
        ]
        scenario = self.scenario
        title = f"{scenario.title}: {scenario.question}" if scenario.question else scenario.title
        return Table(title, tuple(columns), tuple(rows), "" if rows else NOTHING_ASKED)

    def _role(self, name: str) -> str:
        outcome = self.model.outcomes[name]
        if outcome.ends_run or outcome.otherwise:
            return "ends the run" if outcome.ends_run else "at the horizon"
        return labels.BEFORE_END if labels.is_milestone(self.model, name) else ""

    def _split(self, name: str) -> tuple[str, ...]:
        if not self.splits:
            return ()
        found = self.splits.get(name)
        if found is None or found.chance.value is None or found.chance.high is None:
            return "", ""
        low, high = found.ignorance
        return f"±{(found.chance.high - found.chance.value) * 100:.1f}", f"{low * 100:.1f} to {high * 100:.1f}"

    def measures_table(self) -> Table:
        """Return each measure's median, mean and middle range."""
        columns: tuple[tuple[str, Side], ...] = (
            ("measure", "left"), ("median", "right"), ("its 95 %\ninterval", "right"), ("mean", "right"),
            ("its 95 %\ninterval", "right"), ("middle 90 %\nof runs", "right"), ("runs\nwithout", "right"),
        )  # fmt: skip
        rows = [
            (labels.measure_title(self.model, name), *self._spread(name, found))
            for name, found in self.measures.items()
        ]
        return Table(f"Measures, {labels.TO_THE_END}", columns, tuple(rows))

    def _spread(self, name: str, found: Spread) -> tuple[str, ...]:
        without = percent(found.missing / (found.missing + found.runs)) if found.missing else "none"
        low, high = found.quantiles[0.05].value, found.quantiles[0.95].value
        if found.median.value is None or low is None or high is None or found.mean.value is None:
            return "no run has it", "", "", "", "", without
        unit = self.unit_of(name)
        return (
            f"{found.median.value:.4g}{unit}", bounds(found.median), f"{found.mean.value:.4g}", bounds(found.mean),
            f"{low:.4g} to {high:.4g}", without,
        )  # fmt: skip

    def unit_of(self, name: str) -> str:
        """Return the unit of a measure that is a length of time, with a space before it; else nothing."""
        measure, clockwork = self.model.measures[name], self.model.clockwork
        kind = measure.expression.type if measure.expression else None
        timed = kind is not None and kind.kind == "real" and kind.unit == (("time", 1),)
        return f" {clockwork.unit}s" if not clockwork.abstract and (timed or measure.kind in _TIMED) else ""

    def as_data(self) -> dict[str, Any]:
        """Give the results as JSON-ready data."""
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "question": self.scenario.question,
            "ensemble": self.source.ensemble,
            "root": self.source.root,
            "seed": self.source.seed,
            "parameters": self.parameters,
            "runs_per_draw": self.source.runs_per_draw,
            "runs": self.count,
            "failed": self.failed,
            "failures": {what: {"runs": len(runs), "first": runs[0]} for what, runs in self.runs.failed.items()},
            "events": self.runs.events,
            "covers": self.covers,
            "warnings": [warning.as_data() for warning in self.source.warnings],
            "queries": list(self.queries),
            "outcomes": {
                name: {
                    **asdict(found),
                    "share": found.share,
                    "ends_run": name in self.ending,
                    "counted": labels.counted(self.model, name),
                    **({"split": asdict(self.splits[name])} if name in self.splits else {}),
                }
                for name, found in self.outcomes.items()
            },
            "measures": {
                name: {
                    **asdict(found),
                    "counted": labels.measured(self.model, name),
                    "quantiles": {str(share): asdict(one) for share, one in found.quantiles.items()},
                }
                for name, found in self.measures.items()
            },
            "goals": [{"goal": str(goal), "met": met} for goal, met in self.goals],
        }

    def to_frame(self, what: str = "outcomes") -> Any:
        """Return `outcomes`, `measures`, or the `runs` themselves as a pandas DataFrame.

        Raise UsageError E010 without pandas, ValueError for another word.
        """
        if what == "outcomes":
            keys = ("hits", "runs", "share", "low", "high", "method")
            listed = [{**asdict(found), "share": found.share} for found in self.outcomes.values()]
            counted = [labels.counted(self.model, name) for name in self.outcomes]
            return frame(
                {
                    "outcome": list(self.outcomes),
                    "counted": counted,
                    **{key: [item[key] for item in listed] for key in keys},
                }
            )
        if what == "measures":
            means = [found.mean for found in self.measures.values()]
            quantiles = {
                f"q{share:g}": [found.quantiles[share].value for found in self.measures.values()]
                for share in (0.05, 0.25, 0.5, 0.75, 0.95)
            }
            return frame(
                {
                    "measure": list(self.measures),
                    "counted": [labels.measured(self.model, name) for name in self.measures],
                    "runs": [one.runs for one in means],
                    "mean": [one.value for one in means],
                    "low": [one.low for one in means],
                    "high": [one.high for one in means],
                    **quantiles,
                }
            )
        if what == "runs":
            return frame(
                {
                    "run": self.runs.numbers,
                    "ended": self.runs.ended,
                    **{f"{name}_at": times for name, times in self.runs.times.items()},
                    **self.runs.measures,
                    **self.runs.parameters,
                }
            )
        raise ValueError(f"expected 'outcomes', 'measures' or 'runs' but got {what!r}")

    def __repr__(self) -> str:
        tables = "\n\n".join(str(table) for table in self.tables())
        warnings = "".join(f"\n{warning}" for warning in self.source.warnings)
        return f"{tables}\n\n{self.count:,} runs. {self.covers}{warnings}"

    def _repr_html_(self) -> str:
        return as_html(self.tables(), f"{self.count:,} runs. {self.covers}", *map(str, self.source.warnings))


_TIMED = ("until", "time_while")
NOTHING_ASKED = (
    "The model has no outcomes, so no probability is given. Declare some under its key `outcomes`, or ask now: "
    "sim outcomes FILE --outcome 'NAME: CONDITION'"
)


def bounds(found: Estimate, form: str = ".4g") -> str:
    """Write an interval, or why there is none."""
    if found.low is None or found.high is None:
        return NO_INTERVAL if found.method == NO_INTERVAL else "too few runs"
    return f"{found.low:{form}} to {found.high:{form}}"


def results(
    scenario: Scenario, runs: Runs, source: Source, goals: Sequence[Goal] = (), *, sequential: bool = False
) -> Results:
    """Estimate every outcome and measure of the scenario's model from its runs; with goals, sequentially."""
    sequential = sequential or bool(goals)
    model = scenario.model
    names = in_shown_order(model, "outcomes", model.outcomes)
    made = Results(scenario, source, runs, dict.fromkeys(names, proportion(0, 0)), {}, {})
    draws = made.draws
    outcomes: dict[str, Proportion] = {}
    splits: dict[str, Split] = {}
    for name in names:
        hits = runs.reached(name)
        if sequential:
            found = proportion_sequence(int(hits.sum()), len(runs))
            assert found.low is not None, "a sequence always has both ends"
            assert found.high is not None, "a sequence always has both ends"
            outcomes[name] = Proportion(int(hits.sum()), len(runs), found.low, found.high, found.method)
        elif draws is not None:
            outcomes[name] = proportion_over_draws(hits, draws)
            parts = split(hits.astype(float), draws, source.runs_per_draw)
            if parts is not None:
                splits[name] = parts
        else:
            outcomes[name] = proportion(int(hits.sum()), len(runs))
    met = tuple((goal, goal.met(_as_estimate(outcomes[goal.outcome]))) for goal in goals)
    measures = {name: spread(runs.measures[name]) for name in in_shown_order(model, "measures", model.measures)}
    if draws is not None:
        measures = {name: _over_draws(found, runs.measures[name], draws) for name, found in measures.items()}
    return replace(made, outcomes=outcomes, measures=measures, splits=splits, goals=met, sequential=sequential)


def _as_estimate(found: Proportion) -> Estimate:
    return Estimate(found.hits / max(1, found.runs), found.low, found.high, found.runs, found.method, found.level)


def _over_draws(found: Spread, values: Floats, draws: Floats) -> Spread:
    """Return a measure's spread in a nested design: the mean's interval is over the draws, quantiles have none."""
    known = ~np.isnan(values)
    quantiles = {share: without_interval(one) for share, one in found.quantiles.items()}
    return replace(found, mean=over_draws(values[known], draws[known]), quantiles=quantiles)


def in_shown_order(model: Model, kind: str, names: Mapping[str, object]) -> list[str]:
    """Return names in the order in which the author wrote them."""
    order = {name: place for place, name in enumerate(model.shown_order.get(kind, ()))}
    return sorted(names, key=lambda name: (order.get(name.partition("[")[0], len(order)), name))


def told_apart(found: Sequence[Results]) -> list[Results]:
    """Return results of which no two of different scenarios have one title: behind it then stands the id, or both."""
    known: dict[str, set[tuple[str, str]]] = {}
    for one in found:
        known.setdefault(one.scenario.title, set()).add((one.scenario.name, one.source.ensemble[:12]))
    return [_told_apart(one, known[one.scenario.title]) for one in found]


def _told_apart(one: Results, alike: set[tuple[str, str]]) -> Results:
    if len(alike) == 1:
        return one
    name = one.scenario.name
    mark = name if sum(name == other for other, _ in alike) == 1 else f"{name} {one.source.ensemble[:12]}"
    return replace(one, scenario=replace(one.scenario, title=f"{one.scenario.title} ({mark})"))
