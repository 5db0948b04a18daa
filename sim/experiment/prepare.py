"""A scenario made ready to run, or to be read back: its documents, settings and ledger. `record` runs it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.build.cases.case import COMMAND_LINE, Case
from sim.engines.kept import kept_case
from sim.errors import LedgerError, RunError, SimError, UsageError
from sim.experiment.settings import RunSettings
from sim.language.diagnostics import LanguageError
from sim.ledger.ensemble import Ensemble
from sim.ledger.files import faults
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Manifest
from sim.ledger.segments.schema import FORMAT
from sim.ledger.spec import digest, spec_content
from sim.ledger.stored_documents import readable, whole_documents
from sim.model import canonical
from sim.model.branching import branch_from_run, settled
from sim.model.canonical import canonical_questions, specification
from sim.model.event import Log
from sim.model.event_table import table_of
from sim.model.measures import undefined
from sim.model.program import Program, compile_model
from sim.model.reevaluate import reevaluate
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    from sim.engines.reference import ReferenceEngine

_ANOTHER_SIM = "run its scenario again from the case's own files, or use the sim that made it"


@dataclass(frozen=True, slots=True)
class Origin:
    """A simulated run to branch from: how its ensemble is called, its number, the event that stands last."""

    ensemble: str
    run: int
    event: int
    streams: Literal["keep", "fresh"] = "fresh"


@dataclass(frozen=True)
class Experiment:
    """One scenario with how its runs are made and the ledger that they go to; `by_id` if it was read back by its id.

    `form` is the format of its ensemble: that of the one that was read back, so that it grows as it is.
    """

    case: Case
    scenario: Scenario
    ledger: Ledger
    settings: RunSettings = field(default_factory=RunSettings)
    origin: Origin | None = None
    by_id: bool = False
    form: int = FORMAT

    @property
    def same_streams(self) -> bool:
        """Whether it goes on with the random streams of a run: then it has this one run, and no other."""
        return self.origin is not None and self.origin.streams == "keep"

    def with_settings(self, **changed: Any) -> "Experiment":
        """Return the same with some of its settings changed."""
        return replace(self, settings=replace(self.settings, **changed))

    @cached_property
    def spec(self) -> dict[str, Any]:
        """All that names the experiment's ensemble."""
        return spec_for(self.scenario, self.settings)

    @cached_property
    def ensemble(self) -> Ensemble:
        """The ensemble of its runs, whether it is there or not."""
        return self.ledger.ensemble(digest(spec_content(self.spec, self.form)))

    def created(self) -> Ensemble:
        """Return the ensemble of its runs, making it if there is none yet; raises as `Ledger.create` does."""
        return self.ledger.create(self.spec, self.form)

    @cached_property
    def program(self) -> Program:
        """The scenario's model, compiled."""
        return compile_model(self.scenario.model)


def spec_for(scenario: Scenario, settings: RunSettings) -> dict[str, Any]:
    """Return all that names the ensemble of a scenario's runs."""
    return specification(scenario, settings.seed, central=settings.central, runs_per_draw=settings.runs_per_draw)


def prepare(
    path: Path,
    ledger: StorePath,
    settings: RunSettings | None = None,
    *,
    origin: Origin | None = None,
    shown: str = "",
    extension: str = "",
    extension_shown: str = COMMAND_LINE,
) -> Experiment:
    """Read a scenario, or a model as the scenario that assumes nothing, and make it ready to run.

    With `origin` the scenario branches from that run instead of from its own branch point. `extension` is the text of a
    scenario file that extends it, called `extension_shown` in messages. Raise LanguageError for its documents,
    LedgerError if the origin is not in the ledger, UsageError if it cannot be gone on from.
    """
    settings = settings or RunSettings()
    assert settings.runs_per_draw == 1 or not origin, "the parameters of a run are not drawn"
    case = kept_case(path, shown or None, extension, own_branch=origin is None, extension_shown=extension_shown)
    experiment = Experiment(case=case, scenario=case.scenario, ledger=Ledger(ledger), settings=settings)
    if origin is None:
        return experiment
    parent = experiment.ledger.find(origin.ensemble)
    before = reopen(parent, experiment.ledger)
    theirs = before.settings
    if origin.streams == "keep" and (theirs.seed, theirs.central) != (settings.seed, settings.central):
        message = "luck can be kept only with the seed and the parameters of the run that is branched from"
        mode = " --central" if theirs.central else ""
        raise UsageError("E507", message, f"that run has --seed {theirs.seed}{mode}")
    stored = _log_of(parent, before, origin.run)
    past, log, event = _asked_alike(case.scenario, before.scenario, stored, origin.event)
    scenario = branch_from_run(
        case.scenario,
        past,
        log,
        ensemble=parent.id,
        run=origin.run,
        event=event,
        seed=theirs.seed,
        streams=origin.streams,
        central=theirs.central,
        runs_per_draw=theirs.runs_per_draw,
    )
    assert scenario.lineage is not None, "a branch from a run knows where it comes from"
    lineage = replace(scenario.lineage, event=settled(before.scenario, stored, origin.event))
    scenario = replace(scenario, lineage=lineage)
    return replace(experiment, scenario=scenario, origin=replace(origin, ensemble=parent.id))


def _log_of(ensemble: Ensemble, experiment: Experiment, run: int) -> Log:
    """Return the log of a sealed run, made again by the reference engine if only its outcomes are kept."""
    try:
        return ensemble.log(run)
    except LedgerError as error:
        if error.code != "E710":
            raise
    log = reference(experiment).run(run)
    if ensemble.digests_of(table_of(run, [log])) != ensemble.run_digests(range(run, run + 1)):
        raise faults.otherwise(ensemble.folder, range(run, run + 1))
    return log


def _asked_alike(scenario: Scenario, before: Scenario, log: Log, event: int) -> tuple[Scenario, Log, int]:
    """Return a run that is to be branched from as if its own scenario had asked the questions of the branch.

    So what had come true by the branch is known. `event` is the number in `log` and in what is returned. What cannot be
    asked so is left as it is.
    """
    wanted = canonical_questions(scenario.model)
    if wanted == canonical_questions(before.model) or before.lineage is not None or not 0 <= event < len(log):
        return before, log, event
    ending = {name: outcome for name, outcome in before.model.outcomes.items() if outcome.ends_run}
    going_on = {name: outcome for name, outcome in scenario.model.outcomes.items() if not outcome.ends_run}
    past = replace(before, model=replace(before.model, outcomes=dict(sorted({**ending, **going_on}.items()))))
    again = reevaluate(compile_model(past.model), past, log)
    if again is None:
        return before, log, event
    wanted_place = sum(item.kind != "outcome" for item in log[: event + 1])
    places = [item.sequence for item in again if item.kind != "outcome"]
    return past, again, places[wanted_place - 1]


def reopen(ensemble: Ensemble, ledger: Ledger, extension: str = "") -> Experiment:
    """Read back the experiment that an ensemble records, from the documents that are kept with it.

    With an `extension`, the text of a scenario file that extends it by questions: an experiment of its own. Those
    documents are taken that mean what the ensemble's id says. Raise LedgerError E703 if none do, E713 if this sim would
    make other runs of them.
    """
    return opening(ensemble, ledger, extension)[0]


def opening(
    ensemble: Ensemble, ledger: Ledger, extension: str = "", *, documents: str | None = None
) -> tuple[Experiment, StorePath]:
    """Reopen an ensemble, and return with the experiment which of its documents it was read from.

    Those of the set called `documents` are tried first, if it is given; else those that the newest manifest names.
    """
    spec = spec_of(ensemble)
    if documents is None:
        documents = documents_named(ensemble.manifest())
    problems: list[SimError] = []
    for one in whole_documents(ensemble.folder, documents):
        try:
            return replace(opened(ensemble, ledger, spec, one, extension), by_id=True), one
        except LanguageError as problem:
            if any(one.file == COMMAND_LINE for one in problem.diagnostics):
                raise  # what is asked is wrong, not the documents
            message = f"this sim refuses the documents kept with ensemble {ensemble.id[:12]}"
            problems.append(LedgerError("E715", message, str(problem).splitlines()[0], _ANOTHER_SIM))
        except SimError as problem:
            problems.append(problem)
    raise problems[0]


def documents_named(manifest: Manifest | None) -> str:
    """Return the name of the set of documents that a manifest's runs were made from; "" if it is not known."""
    return str(manifest.provenance.get("documents", "")) if manifest else ""


def opened(
    ensemble: Ensemble, ledger: Ledger, spec: dict[str, Any], entry: StorePath, extension: str = ""
) -> Experiment:
    """Prepare the experiment that a set of documents means. Raise LedgerError E703 if that is not the ensemble's."""
    file = readable(ensemble.folder, entry)
    origin = Origin(*spec["branch"]) if spec["branch"] else None
    settings = RunSettings.of(spec["seed"], spec["parameters"])
    experiment = prepare(file, ledger.folder, settings, origin=origin, shown=file.name)
    if experiment.spec != spec:
        message = f"the documents kept with ensemble {ensemble.id[:12]} do not mean what its id says"
        raise LedgerError("E703", message, "run its scenario again from the case's own files")
    if not extension:
        return replace(experiment, form=ensemble.form)
    return prepare(file, ledger.folder, settings, origin=origin, shown=file.name, extension=extension)


def spec_of(ensemble: Ensemble) -> dict[str, Any]:
    """Read what names an ensemble. Raise LedgerError E703 if that is nothing of ours, E713 if it is another sim's."""
    spec = ensemble.spec
    try:
        semantics = spec["semantics"]
        _ = RunSettings.of(spec["seed"], spec["parameters"]), Origin(*(spec["branch"] or ("", 0, 0)))
    except (KeyError, TypeError, ValueError, AttributeError, UsageError) as error:
        path, remedy = ensemble.folder / "spec.json", "leave it, or remove its folder"
        raise faults.damaged(path, "names no ensemble that sim makes", remedy) from error
    if semantics != canonical.SEMANTICS:
        raise LedgerError(
            "E713",
            f"ensemble {ensemble.id[:12]} was made by another sim, whose runs are others: its semantics are "
            f"{semantics}, here they are {canonical.SEMANTICS}",
            _ANOTHER_SIM,
        )
    return spec


def failure_of(experiment: Experiment, run: int) -> RunError | None:
    """Run one run again, by itself, and return the error that ended it, with all its notes."""
    return reference(experiment).unfold(run).error


def undefined_in(experiment: Experiment, run: int) -> dict[str, RunError]:
    """Run one run again, by itself, and return why measures have no value in it, by name."""
    engine = reference(experiment)
    return undefined(engine.program, experiment.scenario, engine.run(run))


def reference(experiment: Experiment) -> "ReferenceEngine":
    """Return the engine that makes one run of an experiment again, by itself."""
    from sim.engines.reference import ReferenceEngine

    program, scenario, one = experiment.program, experiment.scenario, experiment.settings
    return ReferenceEngine(program, scenario, one.seed, central=one.central, runs_per_draw=one.runs_per_draw)
