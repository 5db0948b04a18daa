"""An ensemble's results: each outcome's probability, each measure's spread, and what the intervals cover."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.analysis import labels, unfollowed
from sim.analysis.frames import What, results_frame
from sim.analysis.goals import Goal
from sim.analysis.incidence import Incidence, Milestone, incidence, milestone
from sim.analysis.runs import Runs
from sim.analysis.shown import Shown
from sim.analysis.unfollowed import too_many
from sim.build.ranges import natural_ranges
from sim.build.words.assumptions import asked_beside, assumptions
from sim.experiment.settings import RunSettings
from sim.language.by_name import ByName
from sim.language.diagnostics import Diagnostic
from sim.ledger.files.paths import DEFAULT, as_option
from sim.ledger.files.stored import StorePath
from sim.model.evidence.documented import Documented
from sim.model.model import Model, Outcome
from sim.model.scenario import Scenario
from sim.statistics.arrays import Floats
from sim.statistics.differences import share_of
from sim.statistics.estimates import WITHHELD, Estimate, Proportion, Spread, proportion
from sim.statistics.sequence import METHOD, proportion_sequence_between
from sim.statistics.stopped_runs import spread_of_runs
from sim.statistics.uncertainty import VarianceComponents, variance_components

if TYPE_CHECKING:
    from sim.analysis.asked.figures import Figure


@dataclass(frozen=True)
class Source:
    """Which ensemble results are of: its id, the digest of its runs, how they were made, and where it is kept.

    `documented` are the events of its history, `warnings` what in its documents is allowed and seldom meant.
    """

    ensemble: str
    root: str
    settings: RunSettings = field(default_factory=RunSettings)
    documented: tuple[Documented, ...] = field(default=(), repr=False)
    warnings: tuple[Diagnostic, ...] = field(default=(), repr=False)
    ledger: StorePath = field(default=DEFAULT, repr=False)

    @property
    def in_ledger(self) -> str:
        """What a printed command needs to find the ensemble's ledger, with a space before it, if it needs anything."""
        return as_option(self.ledger)


@dataclass(frozen=True, eq=False, repr=False)
class Results(Shown):
    """What an ensemble says. Of a failed run, and of one that was stopped at the limit of events, nobody knows what had
    not come true by then: outcomes count it both ways, and measures are over the runs that have them.

    `runs` has the runs' own numbers, `splits` an outcome's variance components, in a nested design. `first_endings` and
    `first_splits` are the same of each ending as the first to come true; they exclude each other, and differ from
    `outcomes` only where a run may go on after an ending. `goals` are those that the runs were made for, with whether
    they were met; `sequential` says that the number of runs was chosen by looking, so that intervals are those of a
    confidence sequence.
    """

    scenario: Scenario
    source: Source
    runs: Runs
    outcomes: Mapping[str, Proportion]
    measures: Mapping[str, Spread]
    splits: Mapping[str, VarianceComponents]
    goals: tuple[tuple[Goal, bool], ...] = ()
    sequential: bool = False
    first_endings: Mapping[str, Proportion] = field(default_factory=dict)
    first_splits: Mapping[str, VarianceComponents] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        return self.scenario.model

    @property
    def failed(self) -> int:
        return self.runs.failures

    @property
    def count(self) -> int:
        """How many runs there are, failed ones included."""
        return len(self.runs)

    @property
    def withheld(self) -> bool:
        """Whether so many runs failed that the figures would be those of the rest."""
        return too_many(self.failed, self.count) and not self.source.settings.despite_failures

    @property
    def known(self) -> Runs:
        """The runs that figures are made from: as if nothing were known of them where figures are withheld."""
        return self.runs.withheld() if self.withheld else self.runs

    @property
    def length(self) -> float:
        """How long the runs are followed, in the model's unit."""
        return self.scenario.horizon - self.scenario.start

    @property
    def ending(self) -> tuple[str, ...]:
        """The outcomes of which one comes true first in every run, or none: how its story ends."""
        return tuple(name for name in self.outcomes if self.model.outcomes[name].ending)

    @property
    def counted(self) -> tuple[labels.Counted, ...]:
        """All that is counted; where a run may go on after an ending, each ending as the first to come true before."""
        found = labels.figures_of(self.model, self.outcomes)
        return tuple(sorted(found, key=lambda one: not one.first) if self.model.goes_on else found)

    def share(self, one: labels.Counted) -> Proportion:
        """Return the probability of an outcome, or that it is the first ending."""
        return self.first_endings[one.outcome] if one.first else self.outcomes[one.outcome]

    def split(self, one: labels.Counted) -> VarianceComponents | None:
        """Return the variance components of the same probability, if it has them."""
        return (self.first_splits if one.first else self.splits).get(one.outcome)

    @property
    def draws(self) -> Floats | None:
        """The number of each run's draw of the parameters, in a nested design."""
        return self.draws_of(self.runs)

    def draws_of(self, runs: Runs) -> Floats | None:
        """Return `draws` of some of the runs."""
        per_draw = self.source.settings.runs_per_draw
        return (runs.numbers // per_draw).astype(float) if per_draw > 1 else None

    @property
    def parameters(self) -> str:
        """How the parameters of the runs came about: drawn, central or kept."""
        return "kept" if self.scenario.lineage else "central" if self.source.settings.central else "drawn"

    @property
    def queries(self) -> tuple[str, ...]:
        """The commands that give the figures again, from the ledger."""
        names = ["sequence" if self.sequential else "outcomes", *(["splits"] if self.splits else [])]
        names += ["measures"] if self.measures else []
        return tuple(f"sim query @{name} {self.asked_of}" for name in names)

    @property
    def asked_of(self) -> str:
        """What a command to query these runs ends with: which they are, where, and that figures are wanted of them."""
        despite = unfollowed.option(self.runs, despite_failures=self.source.settings.despite_failures)
        return f"{self.source.ensemble[:12]} --first {self.count}{self.source.in_ledger}{despite}"

    @property
    def covers(self) -> str:
        """What the intervals cover, in words."""
        number = self.source.settings.runs_per_draw
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

    def incidence(self, outcome: str, times: Sequence[float], *, first: bool = False) -> Incidence:
        """Estimate the probability that an outcome has come true by each of `times`, since the branch.

        With `first`, that it has done so as the first ending.
        """
        known = self._counted(self.known, first=first)
        found = incidence(known, outcome, times, draws=self.draws, earliest=self._earliest(outcome))
        if not self.withheld:
            return found
        return replace(found, shares=tuple(replace(share, method=WITHHELD) for share in found.shares))

    def milestone(self, outcome: str, *, first: bool = False) -> Milestone:
        """Estimate when an outcome first comes true; with `first`, as the first ending."""
        known = self._counted(self.known, first=first)
        return milestone(known, outcome, self.length, draws=self.draws, earliest=self._earliest(outcome))

    def counted_first(self, runs: Runs) -> Runs:
        """Return some of the runs with each ending counted only where it was the first to come true."""
        return self._counted(runs, first=True)

    def _counted(self, runs: Runs, *, first: bool) -> Runs:
        return runs.by_first_ending(self.ending) if first and self.model.goes_on else runs

    def ask(self, text: str) -> "Figure":
        """Return a figure of the measures: "P(deaths <= 10)", "deaths / attacks" (the ratio of their means),
        "variance(deaths)", or "histogram(deaths)" and "histogram(deaths, 0, 5, 10)", with the edges of its bins.

        It has the forms of `sim outcomes --ask`, and prints itself. Raise LanguageError for a text that is none of
        them.
        """
        from sim.analysis.asked.figures import figure

        return figure(self, text)

    def _earliest(self, outcome: str) -> float:
        """Return the time before which no run can have an outcome; 0, too, where nothing is told of the runs.

        Raise UsageError E018 for an outcome that the results do not have.
        """
        outcomes: ByName[Outcome] = ByName(self.model.outcomes, kind="outcome")
        return self.length if outcomes[outcome].otherwise and not self.withheld else 0.0

    def titles(self, *, ending: bool | None = None) -> dict[str, str]:
        """Return outcomes with their titles; those that are endings, the others, or all."""
        names = [name for name in self.outcomes if ending is None or (name in self.ending) == ending]
        return {name: self.model.outcomes[name].title for name in names}

    def as_data(self) -> dict[str, Any]:
        """Give the results as JSON-ready data."""
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "question": self.scenario.question,
            "assumes": [str(one) for one in assumptions(self.scenario)],
            "asks_beside": list(asked_beside(self.scenario)),
            "ensemble": self.source.ensemble,
            "root": self.source.root,
            "seed": self.source.settings.seed,
            "parameters": self.parameters,
            "runs_per_draw": self.source.settings.runs_per_draw,
            "runs": self.count,
            "failed": self.failed,
            "failures": unfollowed.failures(self.runs),
            "withheld": self.withheld,
            "despite_failures": self.source.settings.despite_failures,
            "stopped": unfollowed.stopped(self.runs),
            "events": self.runs.events,
            "covers": self.covers,
            "warnings": [warning.as_data() for warning in self.source.warnings],
            "queries": list(self.queries),
            "outcomes": {
                name: {
                    **asdict(found),
                    "share": found.share,
                    "ends_run": self.model.outcomes[name].ends_run or self.model.outcomes[name].otherwise,
                    "ending": name in self.ending,
                    "counted": labels.counted(self.model, name),
                    **({"split": labels.figures(self.splits[name])} if name in self.splits else {}),
                    **({"first": self._first_as_data(name)} if self.model.goes_on and name in self.ending else {}),
                }
                for name, found in self.outcomes.items()
            },
            "measures": {
                name: {
                    **asdict(found),
                    "counted": labels.measured(self.model, name),
                    "first_undefined": self.runs.first_undefined(name) if found.undefined else None,
                    "quantiles": {str(share): asdict(one) for share, one in found.quantiles.items()},
                }
                for name, found in self.measures.items()
            },
            "goals": [{"goal": str(goal), "met": met} for goal, met in self.goals],
        }

    def _first_as_data(self, ending: str) -> dict[str, Any]:
        found, split = self.first_endings[ending], self.first_splits.get(ending)
        return {
            **asdict(found), "share": found.share, "counted": labels.counted(self.model, ending, first=True),
            **({} if split is None else {"split": labels.figures(split)}),
        }  # fmt: skip

    def to_frame(self, what: What = "outcomes") -> Any:
        """Return `outcomes`, `measures`, `runs`, `parameters` or `events` as a pandas DataFrame.

        `runs` has a row for each run: when it had each outcome (`<outcome>_at`, in the model's unit since the branch,
        and `<outcome>_date` where the model has dates), its measures and its parameters. The time is infinite where an
        outcome never came, and NaN where that is not known: the run failed or was stopped before. `events` are the logs
        from the branch on, with the columns that `sim query --tables` lists.

        Raise UsageError E010 without pandas, E024 for another word, E710 where logs are not kept.
        """
        return results_frame(self, what)


def results(
    scenario: Scenario, runs: Runs, source: Source, goals: Sequence[Goal] = (), *, sequential: bool = False
) -> Results:
    """Estimate every outcome and measure of the scenario's model from its runs; with goals, sequentially."""
    sequential = sequential or bool(goals)
    model = scenario.model
    names = in_shown_order(model, "outcomes", model.outcomes)
    nothing = dict.fromkeys(names, proportion(0, 0))
    made = Results(scenario=scenario, source=source, runs=runs, outcomes=nothing, measures={}, splits={})
    draws, known = made.draws, made.known
    outcomes, splits = _shares(made, known, names, sequential=sequential)
    first_endings, first_splits = {name: outcomes[name] for name in made.ending}, splits
    if model.goes_on:
        first_endings, first_splits = _shares(made, made.counted_first(known), made.ending, sequential=sequential)
    met = tuple((goal, goal.met(_as_estimate(outcomes[goal.outcome]))) for goal in goals)
    fine = ~known.broken
    stopped = known.stopped[fine]
    shown = in_shown_order(model, "measures", model.measures)
    natural, drawn = natural_ranges(scenario), None if draws is None else draws[fine]
    # In a nested design the mean's interval is over the draws, and quantiles have none.
    measures = {
        name: spread_of_runs(
            known.measures[name][fine], drawn, natural=natural[name], stopped=stopped, failed=made.failed
        )
        for name in shown
    }
    return replace(
        made, outcomes=ByName(outcomes, kind="outcome"), measures=ByName(measures, kind="measure"), splits=splits,
        goals=met, sequential=sequential, first_endings=ByName(first_endings, kind="ending"),
        first_splits=first_splits,
    )  # fmt: skip


def _shares(
    made: Results, runs: Runs, names: Sequence[str], *, sequential: bool
) -> tuple[dict[str, Proportion], dict[str, VarianceComponents]]:
    """Estimate how likely outcomes are, and in a nested design what their variances are made of."""
    draws = made.draws
    shares: dict[str, Proportion] = {}
    splits: dict[str, VarianceComponents] = {}
    for name in names:
        hits, unknown = runs.reached(name), runs.unknown(name)
        if sequential:
            shares[name] = share_at_every_look(int(hits.sum()), int(unknown.sum()), len(runs))
        else:
            shares[name] = share_of(hits, unknown, draws)
            if draws is not None and not unknown.any():
                parts = variance_components(hits.astype(float), draws, made.source.settings.runs_per_draw)
                splits |= {name: parts} if parts else {}
    if made.withheld:
        shares = {name: replace(found, method=WITHHELD) for name, found in shares.items()}
    return shares, splits


def share_at_every_look(hits: int, unknown: int, runs: int) -> Proportion:
    """Estimate a probability by a confidence sequence: after any number of runs."""
    found = proportion_sequence_between(hits, unknown, runs)
    assert found.low is not None, "a sequence always has both ends"
    assert found.high is not None, "a sequence always has both ends"
    ends = {"low": found.low, "high": found.high}
    return Proportion(hits=hits, runs=runs, **ends, method=found.method, level=found.level, unknown=unknown)


def _as_estimate(found: Proportion) -> Estimate:
    value = None if found.unknown else found.hits / max(1, found.runs)
    return Estimate(value=value, low=found.low, high=found.high, runs=found.runs, method=found.method)


def in_shown_order(model: Model, kind: str, names: Mapping[str, object]) -> list[str]:
    """Return names in the order in which the author wrote them."""
    order = {name: index for index, name in enumerate(model.shown_order.get(kind, ()))}
    return sorted(names, key=lambda name: (order.get(name.partition("[")[0], len(order)), name))


def with_distinct_titles(found: Sequence[Results]) -> list[Results]:
    """Return results of which no two of different scenarios have one title: behind it then stands the id, or both."""
    known: dict[str, set[tuple[str, str]]] = {}
    for one in found:
        known.setdefault(one.scenario.title, set()).add((one.scenario.name, one.source.ensemble[:12]))
    distinct = []
    for one in found:
        alike, mark = known[one.scenario.title], one.scenario.name
        if sum(name == mark for name, _ in alike) > 1:
            mark = f"{mark} {one.source.ensemble[:12]}"
        title = f"{one.scenario.title} ({mark})"
        distinct.append(one if len(alike) == 1 else replace(one, scenario=replace(one.scenario, title=title)))
    return distinct
