"""Which runs are wanted, and the results of a target under such a plan.

A target is a scenario file, an ensemble of the ledger by its id or the beginning of it, or a scenario given in Python.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.results import Results, Source, results
from sim.analysis.runs import RunsBuilder
from sim.build.cases.case import Case
from sim.engines.kept import kept_case
from sim.errors import UsageError
from sim.experiment import Experiment, Origin, Progress, RunSettings, Workers, alike, record, reopen
from sim.experiment import prepare as prepared
from sim.experiment.workers import checked
from sim.language.arguments import DRAW_LIMIT, RUN_LIMIT, one_of, whole_number
from sim.language.diagnostics import LanguageError
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.paths import DEFAULT
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.study.run_names import parts_of
from sim.study.variants import ASSUMED, Target, Variant

if TYPE_CHECKING:  # most plans set no values
    from sim.study.set_values import SetValue

RUNS = 1000
RUNS_PER_DRAW = 100
LEDGER = DEFAULT


@dataclass(frozen=True)
class Plan:
    """Which runs are wanted: how many, of what past, with what set and asked, kept where, by whom; in `settings` how.

    `runs` None: 1,000, or as many as the ledger has of all that is asked for. With `draws`, the parameters are drawn so
    often and each draw has `runs` runs, 100 if that is None: the settings then say so. `seeded` says that the seed was
    asked for, and is not the default. Raise UsageError E013 for numbers that make no sense, or that contradict each
    other, E024 for what is not a number.
    """

    ledger: StorePath = LEDGER
    runs: int | None = None
    settings: RunSettings = field(default_factory=RunSettings)
    draws: int | None = None
    workers: Workers | None = None
    origin: Origin | None = None
    added_questions: Callable[[Case], str] | None = None
    seeded: bool = False
    values: "tuple[SetValue, ...]" = ()

    def __post_init__(self) -> None:
        for name, least, most in (("runs", 1, RUN_LIMIT), ("draws", 2, DRAW_LIMIT)):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, whole_number(name, given, least, most))
        object.__setattr__(self, "workers", checked(self.workers))
        if self.draws is None:
            return
        if self.settings.central or self.origin:
            what = "--central keeps them" if self.settings.central else "a branch from a run keeps that run's"
            raise UsageError("E013", "--draws draws parameters, and there is nothing to draw", what)
        object.__setattr__(self, "settings", replace(self.settings, runs_per_draw=self.runs or RUNS_PER_DRAW))

    def wanted(self) -> int | None:
        """Return how many runs are asked for in all; None leaves it to the ledger."""
        return self.runs if self.draws is None else self.draws * self.settings.runs_per_draw


def origin_of(text: str | None, streams: str | None) -> Origin | None:
    """Return what `ENSEMBLE:RUN:EVENT` names, and whether its streams are kept. Raise UsageError E003, E013 or E024."""
    if streams is not None:
        one_of("luck", streams, ("fresh", "keep"))
    if text is None:
        if streams is not None:
            raise UsageError("E013", "--luck is about the run that --from names, and there is none", "expected --from")
        return None
    parts = parts_of(str(text))
    if parts is None or len(parts[1]) != 2:
        raise UsageError("E003", f"'{text}' names no event of a run", "expected ENSEMBLE:RUN:EVENT, such as 3f9a:17:40")
    ensemble, (run, event) = parts
    return Origin(ensemble, run, event, "keep" if streams == "keep" else "fresh")


def open_target(target: Target, plan: Plan) -> Experiment:
    """Make a target ready to run. Raise LanguageError, LedgerError or UsageError if it cannot be.

    An ensemble of the ledger has a seed and parameters of its own.
    """
    settings = plan.settings
    if isinstance(target, Variant):
        path, text = target.base, target.text(kept_case(target.base, str(target.base)))
        return prepared(path, plan.ledger, settings, origin=plan.origin, extension=text, extension_shown=ASSUMED)
    if not isinstance(target, str | Path):
        expected = "a file, a folder, an ensemble's id, or what `sim.assume` returns"
        raise UsageError("E024", f"expected {expected}, got {target!r}")
    path = Path(target)
    if not path.exists() and may_be_id(str(target)):
        if plan.seeded or settings.central or plan.draws is not None:
            message = f"the ensemble '{target}' has a seed and parameters of its own"
            raise UsageError("E013", message, "name its scenario")
        if plan.values:
            raise UsageError("E013", f"the ensemble '{target}' has parameters of its own", "name its scenario")
        if plan.origin is not None:
            message = f"'{target}' is an ensemble, and what branches from a run is a scenario"
            raise UsageError("E013", message, "name its scenario")
        opened_ledger = Ledger(plan.ledger)
        ensemble = opened_ledger.find(str(target))
        experiment = reopen(ensemble, opened_ledger)
        if plan.added_questions:
            experiment = reopen(ensemble, opened_ledger, plan.added_questions(experiment.case))
        return experiment.with_settings(
            engine=settings.engine, retention=settings.retention, despite_failures=settings.despite_failures
        )
    if not plan.values and plan.added_questions is None:
        return prepared(path, plan.ledger, settings, origin=plan.origin)
    from sim.study.set_values import pointed, pointing, text_setting

    case = kept_case(path, str(path))
    extension = plan.added_questions(case) if plan.added_questions else ""
    if plan.values:
        extension = text_setting(plan.values, replace(case, extension=extension))
    try:
        made = prepared(path, plan.ledger, settings, origin=plan.origin, extension=extension)
    except LanguageError as error:
        raise pointing(error, plan.values) from None
    warnings = tuple(pointed(warning, plan.values) for warning in made.case.warnings)
    return replace(made, case=replace(made.case, warnings=warnings))


def may_be_id(text: str) -> bool:
    """Return whether a text may be the beginning of an ensemble's id."""
    return 0 < len(text) <= 64 and all(letter in "0123456789abcdefABCDEF" for letter in text)


def sealed(experiment: Experiment) -> int:
    """Return how many runs, from the first on, the ledger has of an experiment, under these or other questions."""
    most = 0
    for ensemble in alike(experiment.ledger, experiment.spec):
        manifest = ensemble.manifest()
        first = manifest.runs[0] if manifest and manifest.runs else range(0)
        most = max(most, first.stop if first.start == 0 else 0)
    return most


def runs_wanted(experiments: Sequence[Experiment], plan: Plan) -> int:
    """Return how many runs of each experiment are wanted: as many as asked, else 1,000, or more if all have more.

    Of one by itself, and of ensembles named by their ids, just as many as are there, if any.
    """
    wanted = plan.wanted()
    if wanted is not None:
        return wanted
    least = min(map(sealed, experiments), default=0)
    as_they_are = len(experiments) == 1 or all(experiment.by_id for experiment in experiments)
    return least if least and as_they_are else max(RUNS, least)


def results_of(
    experiment: Experiment, runs: int, *, sequential: bool = False, lean: bool = False,
    workers: Workers | None = None, progress: Progress | None = None,
) -> Results:  # fmt: skip
    """Run what is missing of so many runs, and estimate. A branch that keeps its run's random streams has one run only.

    `sequential` says that the number was chosen by looking: intervals are then those of a confidence sequence. `lean`
    leaves the runs' parameters out, which no estimate needs.
    """
    if experiment.same_streams:
        runs = 1
    builder = RunsBuilder(experiment.scenario.model, runs, lean=lean)
    ensemble, _ = record(experiment, runs, builder.project, workers=workers, progress=progress, take=builder.add)
    source = source_of(experiment, ensemble, runs)
    return results(experiment.scenario, builder.runs(runs), source, sequential=sequential)


def source_of(experiment: Experiment, ensemble: Ensemble, runs: int) -> Source:
    """Return which ensemble results are of, and the digest of its first runs."""
    history = experiment.case.history
    return Source(
        ensemble=ensemble.id, root=ensemble.root(runs), settings=experiment.settings,
        documented=history.documented if history else (), warnings=experiment.case.warnings,
        ledger=experiment.ledger.folder,
    )  # fmt: skip
