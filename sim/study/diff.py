"""`sim.diff`: what two models, scenarios or ensembles differ in, and which stored runs differ with it.

What differs in meaning is found by `sim.model.differences`, where runs part by `sim.analysis.differences`.
"""

import math
from collections.abc import Container, Hashable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

from sim.analysis.differences.first_difference import FirstDifference, RunDifference
from sim.analysis.differences.run_differences import RunDifferences, differing
from sim.analysis.shown import Shown
from sim.build.model import checked_model
from sim.engines.choice import Wanted
from sim.experiment import Experiment, RunSettings, Workers, project_pairs, record
from sim.experiment.logs import logs_of
from sim.experiment.workers import chunks
from sim.language.diagnostics import Diagnostic, LanguageError
from sim.language.files import meant_as
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.paths import place
from sim.ledger.files.stored import StorePath
from sim.ledger.segments.digest import run_digests
from sim.model.canonical import specification
from sim.model.differences.model_differences import ModelDifference, differences_in_texts, model_differences
from sim.model.event import Event
from sim.model.event_table import EventTable, table_of
from sim.model.evidence.documented import Documented
from sim.model.program import Program
from sim.model.scenario import Scenario
from sim.study.plan import LEDGER, RUNS, Plan, may_be_id, open_target, sealed
from sim.study.targets import alone
from sim.study.use_cases import Progresses
from sim.study.variants import Target


@dataclass(frozen=True)
class DiffSide:
    """A side of a comparison: how it was named, its scenario, and how its runs are made.

    A model without a horizon cannot be run: its scenario is the one that assumes nothing and does not end.
    """

    named: str
    scenario: Scenario
    experiment: Experiment | None
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def documented(self) -> tuple[Documented, ...]:
        """The documented events that its scenario branches from, those after the branch, too."""
        history = self.experiment.case.history if self.experiment is not None else None
        return history.documented if history is not None else ()

    @property
    def digests(self) -> Mapping[str, str]:
        """The digests of what its runs are made of: of the model, its questions, what is assumed, and the past."""
        spec = specification(self.scenario, 1, central=False)
        return {part: spec[part] for part in ("model", "questions", "scenario", "history")}


@dataclass(frozen=True, repr=False)
class Differences(Shown):
    """What `other` differs from `one` in. Where runs were to be compared and could not be, `why_no_runs` says why."""

    one: DiffSide
    other: DiffSide
    found: tuple[ModelDifference, ...]
    runs: RunDifferences | None = None
    why_no_runs: str = ""

    @property
    def same_meaning(self) -> bool:
        """Whether both mean the same, whatever their titles are."""
        return all(item.bears == "nothing" for item in self.found)


def diff(
    one: Target,
    other: Target,
    *,
    runs: int | None = None,
    seed: int | None = None,
    ledger: StorePath | str = LEDGER,
    central: bool = False,
    draws: int | None = None,
    despite_failures: bool = False,
    workers: Workers | None = None,
    engine: Wanted = "auto",
) -> Differences:
    """Return what two models, scenarios or ensembles of the ledger differ in.

    `runs` says how many runs of each are held against each other, 0 that none are; else as many as the ledger has of
    `one`, up to 1,000. What it lacks of them is simulated. An ensemble lends its seed and the mode of its parameters to
    a file. `.found` has the differences, `.runs` which runs differ, and from which event on. The other options are as
    in `run`.

    Raise SimError: for what is wrong with a side, the ledger or the request.
    """
    settings = RunSettings(
        seed=1 if seed is None else seed, central=central, engine=engine, despite_failures=despite_failures
    )
    plan = Plan(
        ledger=place(ledger), runs=runs or None, settings=settings, draws=draws, workers=workers,
        seeded=seed is not None,
    )  # fmt: skip
    found = opened_to_diff(one, other, plan)
    return found if runs == 0 else with_runs(found, plan)


def opened_to_diff(one: Target, other: Target, plan: Plan) -> Differences:
    """Return what two targets differ in, but for their runs. Raise what `open_target` raises.

    An ensemble has a seed and parameters of its own, and a file beside it takes these.
    """
    targets = [alone(one), alone(other)]
    stored = [_opened(target, plan) if _is_id(target) else None for target in targets]
    lender = next((side.experiment for side in stored if side is not None), None)
    if lender is not None:
        theirs = lender.settings
        settings = replace(plan.settings, seed=theirs.seed, central=theirs.central, runs_per_draw=theirs.runs_per_draw)
        plan = replace(plan, settings=settings)
    first, second = (side or _opened(target, plan) for side, target in zip(stored, targets, strict=True))
    found = (*model_differences(first.scenario, second.scenario), *_in_evidence(first, second))
    return Differences(one=first, other=second, found=found)


def _in_evidence(one: DiffSide, other: DiffSide) -> tuple[ModelDifference, ...]:
    """Return what two histories say otherwise of what happened, and which later events only one of them has.

    What is past at the branch is among the differences that may change runs.
    """
    first, second = ({item.id: item for item in side.documented} for side in (one, other))
    past = {_occurrence(event) for side in (one, other) for event in side.scenario.past}
    shown = [
        {name: _evidence(item, past) for name, item in mine.items()
         if name in theirs or _occurrence(item.event) not in past}
        for mine, theirs in ((first, second), (second, first))
    ]  # fmt: skip
    return differences_in_texts("history", shown[0], shown[1], (one.scenario.model, other.scenario.model))


def _evidence(item: Documented, past: Container[Hashable]) -> Mapping[str, Any]:
    """Return what is known about a documented event, as texts by name, and of a later one when it was."""
    said = {field.name: getattr(item, field.name) for field in fields(item)}
    texts = {name: text for name, text in said.items() if isinstance(text, str) and name not in ("id", "location")}
    later = {} if _occurrence(item.event) in past else {"event": item.event}
    return {**later, **texts, "sources": "; ".join(map(str, item.citations))}


def _occurrence(event: Event) -> Hashable:
    return event.time, event.type, event.marks


def _is_id(target: Target) -> bool:
    """Return whether a target is the id of an ensemble, or the beginning of it."""
    return isinstance(target, str) and not Path(target).exists() and may_be_id(target)


def _opened(target: Target, plan: Plan) -> DiffSide:
    try:
        experiment = open_target(target, plan)
    except LanguageError as error:
        endless = {found.code for found in error.diagnostics} == {"E502"}
        if not endless or plan.runs is not None or not isinstance(target, str | Path) or not _is_model(Path(target)):
            raise
        model, warnings = checked_model(Path(target))
        return DiffSide(str(target), Scenario.of(replace(model, horizon=math.inf)), None, warnings)
    named = str(target) if isinstance(target, str | Path) else experiment.scenario.name
    return DiffSide(named, experiment.scenario, experiment, experiment.case.warnings)


def _is_model(path: Path) -> bool:
    return meant_as(path, "model") and not meant_as(path, "scenario")


def with_runs(found: Differences, plan: Plan, *, progresses: Progresses | None = None) -> Differences:
    """Return the differences with those of runs: of as many as are asked for, or as the ledger has of the first side.

    What it lacks of them is simulated. Where runs cannot be compared, `why_no_runs` says why.
    """
    one, other = found.one.experiment, found.other.experiment
    if one is None or other is None:
        side = found.one if one is None else found.other
        return replace(found, why_no_runs=f"{side.named} is a model without a horizon, so it has no runs")
    reason = _why_not(one, other)
    count = plan.wanted() or min(sealed(one), RUNS)
    if not count and not reason:
        seed = one.settings.seed
        reason = f"the ledger has none of {found.one.named} with seed {seed}; with --runs N they are made"
    if reason:
        return replace(found, why_no_runs=reason)
    count = 1 if one.same_streams or other.same_streams else count
    ensembles = [
        record(side, count, _Made(), workers=plan.workers, progress=progresses(named) if progresses else None)[0]
        for side, named in ((one, found.one.named), (other, found.other.named))
    ]
    form = max(ensemble.form for ensemble in ensembles)
    digests = [_digests(side, ensemble, count, form) for side, ensemble in zip((one, other), ensembles, strict=True)]
    apart = differing(*digests)
    parted: list[RunDifference] = []
    if apart:
        hears = progresses("where runs part") if progresses else None
        (parted,) = project_pairs(
            [(one, other)], count, FirstDifference(), only=[apart], workers=plan.workers, progress=hears
        )
    return replace(found, runs=RunDifferences((digests[0], digests[1]), tuple(parted)), why_no_runs="")


def _digests(side: Experiment, ensemble: Ensemble, count: int, form: int) -> bytes:
    """Return the digests of runs as an ensemble of format `form` has them."""
    if ensemble.form == form:
        return ensemble.run_digests(range(count))
    found = bytearray()
    for piece in chunks(range(count)):
        logs = [log for _, log in logs_of(ensemble, side.ledger, piece)]
        found += b"".join(run_digests(table_of(piece.start, logs), form))
    return bytes(found)


def _why_not(one: Experiment, other: Experiment) -> str:
    """Return why no run of the one is to be held against a run of the other; "" where they are."""
    if one.ensemble.id == other.ensemble.id:
        return f"both are ensemble {one.ensemble.id[:12]}, so each run of the one is that of the other"
    modes = [(side.spec["seed"], side.spec["parameters"]) for side in (one, other)]
    if modes[0] != modes[1]:
        one_mode, other_mode = (f"seed {seed}, parameters {mode}" for seed, mode in modes)
        return f"they are not on the same luck: {one_mode}, and {other_mode}"
    return ""


@dataclass(frozen=True, slots=True)
class _Made:
    """The projection of runs that are only to be made."""

    reads_logs: ClassVar[bool] = False

    def __call__(self, program: Program, scenario: Scenario, table: EventTable) -> None:
        """Take nothing of the runs."""
