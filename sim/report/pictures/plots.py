"""The public functions that make pictures: of results, of a comparison, of one run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from sim.analysis.comparison import Comparison
from sim.analysis.results import Results, with_distinct_titles
from sim.analysis.unfollowed import withheld
from sim.errors import UsageError
from sim.experiment import Experiment, log_of
from sim.language.suggest import did_you_mean, named_or_near
from sim.ledger.files.paths import place
from sim.ledger.files.stored import StorePath
from sim.model.scenario import Scenario
from sim.report.pictures.charts import differences, probabilities
from sim.report.pictures.incidence_curves import incidence
from sim.report.pictures.one_run import one_run
from sim.report.pictures.picture import Picture
from sim.study.opened_runs import check_sealed
from sim.study.plan import LEDGER, Plan, open_target

OF_RESULTS: dict[str, Callable[[Sequence[Results], Sequence[str]], Picture]] = {
    "probabilities": probabilities,
    "incidence": incidence,
}
Kind: TypeAlias = Literal["probabilities", "incidence", "differences", "timeline"]
KINDS = get_args(Kind)

Plottable: TypeAlias = Results | Comparison | Sequence[Results]


def plot(what: Plottable, kind: Kind | None = None, *, outcomes: Sequence[str] | str = ()) -> Picture:
    """Draw results, several results or a comparison as `probabilities`, `incidence` or `differences`.

    Without a kind, a comparison is drawn by its differences and results by their probabilities. `outcomes` are those
    to draw; else all that end a run. Raise UsageError E015 for what cannot be drawn, E611 for withheld figures.
    """
    asked = (outcomes,) if isinstance(outcomes, str) else tuple(outcomes)
    kind = kind or ("differences" if isinstance(what, Comparison) else "probabilities")
    check_kind(kind)
    if kind == "timeline":
        raise UsageError("E015", "a timeline is of one run, not of results", "sim.timeline(ENSEMBLE, run)")
    if isinstance(what, Comparison):
        found: Sequence[Results] = what.everyone
    else:
        found = [what] if isinstance(what, Results) else list(what)
    if not found:
        raise UsageError("E015", "there are no results to draw")
    check_outcomes([one.scenario for one in found], asked)
    for one in found:
        if one.withheld:  # a picture would be seen without the reason
            raise withheld(one.scenario.name, one.runs)
    if kind in OF_RESULTS:
        return OF_RESULTS[kind](with_distinct_titles(found), asked)
    if not isinstance(what, Comparison):
        raise UsageError("E015", "differences are those of a comparison", "make one by sim.compare")
    return differences(what, asked)


def timeline(target: Path | str, run: int, *, ledger: StorePath | str = LEDGER) -> Picture:
    """Draw one run: the documented past and the simulated future, by faction.

    `target` is an ensemble of the ledger, or a scenario file, which means its ensemble with seed 1 and parameters
    drawn in every run. Raise UsageError E708 if the run is not there.
    """
    return timeline_of(open_target(target, Plan(ledger=place(ledger))), run)


def timeline_of(experiment: Experiment, run: int) -> Picture:
    """Draw one run of an experiment. Raise UsageError E708 if the ledger does not have it."""
    ensemble = experiment.created()
    check_sealed(ensemble, run, experiment.ledger)
    return one_run(experiment, log_of(ensemble, experiment.ledger, run), run)


def check_kind(kind: str) -> None:
    """Raise UsageError E015 for a kind of picture that there is not."""
    if kind not in KINDS:
        notes = (*did_you_mean(kind, KINDS), "there are " + ", ".join(KINDS))
        raise UsageError("E015", f"there is no picture called '{kind}'", *notes)


def check_outcomes(scenarios: Sequence[Scenario], outcomes: Sequence[str]) -> None:
    """Raise UsageError E015 for an outcome that not all of the scenarios have."""
    for name in outcomes:
        for scenario in scenarios:
            if name not in scenario.model.outcomes:
                notes = named_or_near(name, scenario.model.outcomes)
                raise UsageError("E015", f"'{scenario.name}' has no outcome '{name}' to draw", *notes)
