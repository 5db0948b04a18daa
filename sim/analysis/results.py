"""An ensemble's results: each outcome's probability, each measure's spread, and what the intervals cover."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sim.analysis.estimates import Proportion, Spread, proportion, spread
from sim.analysis.summary import Summary
from sim.model.model import Model
from sim.model.scenario import Scenario


@dataclass(frozen=True)
class Results:
    """What an ensemble says. `failed` runs are counted and left out of every estimate."""

    scenario: str
    title: str
    question: str
    ensemble: str
    seed: int
    parameters: str
    runs: int
    failed: int
    failures: Mapping[str, tuple[int, int]]
    events: int
    outcomes: Mapping[str, Proportion]
    ending: tuple[str, ...]
    measures: Mapping[str, Spread]
    root: str

    @property
    def covers(self) -> str:
        """What the intervals cover, in words."""
        drawn = {
            "drawn": "drawn from their priors in every run",
            "central": "at their central values",
            "kept": "kept as they were in the run that is branched from",
        }[self.parameters]
        return (
            "Intervals: 95 %, for the chance of a finite number of runs, with the parameters "
            f"{drawn}. They do not cover whether the model is right."
        )

    def as_data(self) -> dict[str, Any]:
        """Give the results as JSON-ready data."""
        return {
            "scenario": self.scenario,
            "title": self.title,
            "question": self.question,
            "ensemble": self.ensemble,
            "root": self.root,
            "seed": self.seed,
            "parameters": self.parameters,
            "runs": self.runs,
            "failed": self.failed,
            "failures": {message: {"runs": count, "first": first} for message, (count, first) in self.failures.items()},
            "events": self.events,
            "covers": self.covers,
            "outcomes": {
                name: {**asdict(found), "share": found.share, "ends_run": name in self.ending}
                for name, found in self.outcomes.items()
            },
            "measures": {name: asdict(found) for name, found in self.measures.items()},
        }


def results(
    scenario: Scenario, summaries: Sequence[Summary], *, ensemble: str, root: str, seed: int, central: bool
) -> Results:
    """Estimate every outcome and measure of the scenario's model from its runs' summaries."""
    fine = [summary for summary in summaries if not summary.failed]
    broken = sorted((summary for summary in summaries if summary.failed), key=lambda summary: summary.run)
    first: dict[str, int] = {}
    for summary in broken:
        first.setdefault(summary.failed, summary.run)
    counts = Counter(summary.failed for summary in broken)
    model = scenario.model
    hits = Counter(name for summary in fine for name in summary.outcomes)
    names = in_shown_order(model, "outcomes", model.outcomes)
    return Results(
        scenario=scenario.name,
        title=scenario.title,
        question=scenario.question,
        ensemble=ensemble,
        seed=seed,
        parameters="kept" if scenario.lineage else "central" if central else "drawn",
        runs=len(summaries),
        failed=len(broken),
        failures={message: (count, first[message]) for message, count in counts.most_common()},
        events=sum(summary.events for summary in summaries),
        outcomes={name: proportion(hits[name], len(fine)) for name in names},
        ending=tuple(name for name in names if model.outcomes[name].ends_run or model.outcomes[name].otherwise),
        measures={
            name: spread([summary.measures[name] for summary in fine])
            for name in in_shown_order(model, "measures", model.measures)
        },
        root=root,
    )


def in_shown_order(model: Model, kind: str, names: Mapping[str, object]) -> list[str]:
    """Return names in the order in which the author wrote them."""
    order = {name: place for place, name in enumerate(model.shown_order.get(kind, ()))}
    return sorted(names, key=lambda name: (order.get(name.partition("[")[0], len(order)), name))
