"""Scenario documents to a Scenario: the files that it names, its branch, what it assumes (E5)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.build.assembling.whole_models import read_model
from sim.build.cases.case import COMMAND_LINE, Case
from sim.build.cases.reading import Reading
from sim.build.changes import changes_of, in_order, override
from sim.build.context import Chain, Context, Sources, nearest
from sim.build.history import build_history
from sim.build.measures import measures
from sim.build.model import MOST_REMEMBERED, built, built_alone
from sim.build.named_files import LONGEST_CHAIN, sources_of
from sim.build.own_parts import with_own_parts
from sim.build.priors.dependent import settle_scenario
from sim.build.questions import outcomes
from sim.build.rules import named, numbers_of, scheduled
from sim.build.timing import moment
from sim.build.warnings.gathered import nothing_assumed, warnings_at_branch, warnings_of
from sim.build.warnings.horizons import LateQuestions
from sim.language.diagnostics import Complaints, Diagnostic
from sim.language.shapes.documents import ModelShape, ScenarioShape
from sim.language.shapes.evidence import HistoryShape
from sim.language.shapes.load import Loaded, load_rest, loads_rest
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import Keys, read
from sim.model.event import Log
from sim.model.evidence.documented import Documented, History, merged
from sim.model.model import Model, Parameter, Scheduled
from sim.model.priors.joint_prior import affected
from sim.model.scenario import Change, Scenario


def load_scenario(
    path: Path | str,
    shown: str | None = None,
    extension: str = "",
    *,
    own_branch: bool = True,
    extension_shown: str = COMMAND_LINE,
) -> Case:
    """Read a scenario file, or a model file as the scenario that assumes nothing, and all files that it names.

    `extension` is the text of a scenario file that extends the one at `path`; it stands in no file, and messages call
    it `extension_shown`. Without `own_branch` the runs are to go on from elsewhere, and nothing is warned of that is so
    only from the branch of the documents on. Raise LanguageError with every complaint about all of these files.
    """
    shown = shown or str(path)
    path = Path(path)
    document = read(path, shown, Complaints())
    alone = isinstance(document.data, dict) and "model" in document.data and "scenario" not in document.data
    if alone and not extension:
        return _model_alone(path, shown, own_branch=own_branch)
    complaints = Complaints()
    reading = Reading(complaints)
    if not alone:
        reading.follow(path, shown)
    files: list[Loaded[Any] | None] = [*reading.chain]
    if extension:
        questions = loads_rest(extension, ScenarioShape, complaints, extension_shown)
        if questions is None:
            reading.whole = False
        else:
            reading.chain.insert(0, replace(questions, path=path.parent / extension_shown))
        if len(reading.chain) > LONGEST_CHAIN:  # it is kept as a file, and must be read again
            message = f"a chain of more than {LONGEST_CHAIN} scenarios, with what is asked beside the files"
            complaints.add("E506", message, None, path=shown)
    since = len(complaints.found)
    model = sources = history = None
    model_path = reading.named("model")
    whole = read_model(model_path[0], complaints, model_path[1]) if model_path else None
    loaded_model = whole.loaded if whole else None
    if whole is not None and loaded_model is not None:
        sources = whole.sources
        model = built(loaded_model, sources, complaints)
        files += whole.files
    history_path = reading.named("history") if reading.names("history") else None
    loaded_history = load_rest(history_path[0], HistoryShape, complaints, history_path[1]) if history_path else None
    if loaded_history is not None:
        cited = sources_of(loaded_history, complaints)
        omitted = frozenset(name for loaded in reading.chain for name in loaded.shape.omit)
        if loaded_model is not None and complaints.none_yet:
            history, wrong = _history_alone(loaded_history, cited, loaded_model, sources, omitted)
            complaints.take(wrong)
        else:
            history = build_history(loaded_history, cited, model, complaints, since, omitted=omitted)
        files += [loaded_history, cited]
    elif not reading.whole or reading.names("history"):
        complaints.muted.add("E503")
    scenario = None
    if model is not None and reading.chain:
        scenario = _assume(reading, model, sources, history, complaints)
    if scenario is not None and loaded_model is not None:
        _refuse_late(LateQuestions(reading.chain, loaded_model, scenario), complaints)
    complaints.raise_any()
    assert loaded_model is not None, "a model was refused and nothing said"
    assert scenario is not None, "a scenario was refused and nothing said"
    assert model is not None, "a model was refused and nothing said"
    chain = reading.chain
    warnings = (
        *complaints.warnings,
        *warnings_of(chain, scenario, loaded_model, model),
        *(warnings_at_branch(chain, scenario, history, loaded_model) if own_branch else ()),
        *_nothing_assumed(chain[1:] if extension else chain, model, sources, history),
    )
    return Case(scenario=scenario, history=history, files=_contents(files), extension=extension, warnings=warnings)


@lru_cache(MOST_REMEMBERED)
def _history_alone(
    loaded: Loaded[HistoryShape], cited: Sources, loaded_model: Loaded[ModelShape], sources: Sources,
    omitted: frozenset[str],
) -> tuple[History, Complaints]:  # fmt: skip
    """Return the history of documents, and what is wrong with it, where nothing is wrong with the model."""
    complaints = Complaints()
    model, _ = built_alone(loaded_model, sources)
    return build_history(loaded, cited, model, complaints, omitted=omitted), complaints


def _contents(files: Sequence[Loaded[Any] | None]) -> Mapping[Path, bytes]:
    return {loaded.path: loaded.document.content for loaded in files if loaded is not None}


def _nothing_assumed(chain: Chain, model: Model, sources: Sources, history: History | None) -> tuple[Diagnostic, ...]:
    """Return the warning about a scenario that is the one that it extends; none if that is not a scenario by itself."""
    complaints = Complaints()
    if not chain[1:] or chain[0].shape.omit:  # what is omitted is in neither of the two
        return ()
    both = [_assume(Reading(complaints, [*chain[n:]]), model, sources, history, complaints) for n in (0, 1)]
    return () if complaints else nothing_assumed(chain[0], *both)


def _refuse_late(late: LateQuestions, complaints: Complaints) -> None:
    """Complain of what is asked about times outside of the runs, where it is known when those begin and end."""
    known = late.scenario.horizon > late.scenario.start
    if known and not any(found.code in ("E502", "E503") for found in complaints.found):
        late.complain(complaints)


def _model_alone(path: Path, shown: str, *, own_branch: bool) -> Case:
    complaints = Complaints()
    whole = read_model(path, complaints, shown)
    loaded = whole.loaded if whole else None
    model = built(whole.loaded, whole.sources, complaints) if whole else None
    if loaded is not None and loaded.shape.horizon is None and not loaded.document.is_refused(("horizon",)):
        note = "give the model a `horizon`, or run a scenario file that has one"
        complaints.add("E502", "a model without a horizon cannot be run", None, note, path=shown)
    complaints.raise_any()
    assert loaded is not None, "a model was refused and nothing said"
    assert model is not None, "a model was refused and nothing said"
    scenario = Scenario.of(model, shown)
    _refuse_late(LateQuestions((), loaded, scenario), complaints)
    complaints.raise_any()
    warnings = (
        *complaints.warnings,
        *warnings_of((), scenario, loaded, model),
        *(warnings_at_branch((), scenario, None, loaded) if own_branch else ()),
    )
    files = _contents(whole.files if whole else ())
    return Case(scenario=scenario, history=None, files=files, warnings=warnings)


def _assume(
    reading: Reading, model: Model, sources: Sources, history: History | None, complaints: Complaints
) -> Scenario:
    chain = reading.chain
    start, past = _branch(reading, model, history, complaints)
    horizon = _horizon(reading, model, start, complaints)
    parameters = dict(model.parameters)
    asking = model
    disabled: list[str] = []
    # The timetable comes before anything else at its time, so before a documented event at the branch itself.
    at_branch = bool(past) and past[-1].time == start
    over = tuple(item for item in model.timetable if item.time < start or (at_branch and item.time == start))
    timetable = list(model.timetable[len(over) :])
    changes: list[Change] = []
    places: dict[str, tuple[Context, Keys]] = {}
    for loaded in reversed(chain):
        context = _context(loaded, model, complaints)
        for name in loaded.shape.parameters:
            changed = _override(context, loaded, name, asking)
            if changed is not None:
                parameters[name], places[name] = changed, (context, ("parameters", name))
        asking, setting = with_own_parts(loaded, asking, sources, complaints)
        parameters |= {name: own for name, own in asking.parameters.items() if name not in parameters}
        disabled += named(context, loaded.shape.disable, {}, ("disable",), asking.rules, "rule")
        timetable += _events(context, loaded, asking, setting, (start, horizon))
        changes += changes_of(context, loaded, asking, (start, horizon))
        asking = _ask(context, loaded.shape, asking)
        _refuse_unknown(context, loaded.shape, history, complaints)
    first = chain[0].shape
    parameters = {**settle_scenario(parameters, asking, places)}
    otherwise = {name: own for name, own in asking.parameters.items() if parameters[name].known != own.known}
    own = {name: asking.parameters[name] for name in affected(parameters, otherwise)}
    formerly = {name: known for name, known in otherwise.items() if known.given}
    kinds = ("outcomes", "measures")
    scenario = Scenario(
        name=first.scenario, title=first.title or first.scenario.replace("-", " "), question=_question(chain),
        model=replace(asking, parameters=parameters, formerly=formerly), past=merged(past, over, model), start=start,
        horizon=horizon,
        timetable=tuple(sorted(timetable, key=lambda item: item.time)), disabled=tuple(sorted(set(disabled))),
        path=chain[0].document.path,
        own=dict(sorted(own.items())), models_own=otherwise,
        own_rules=tuple(name for name in asking.rules if name not in model.rules),
        own_events=tuple(name for name in asking.events if name not in model.events),
        omitted={item.id: item.event for item in _omitted_before(chain, history, start, len(past))},
        added={
            "parameters": tuple(name for name in asking.parameters if name not in model.parameters),
            **{kind: tuple(name for item in chain[::-1] for name in getattr(item.shape, kind)) for kind in kinds},
        },
    )  # fmt: skip
    return scenario.with_changes(in_order(changes))


def _refuse_unknown(context: Context, shape: ScenarioShape, history: History | None, complaints: Complaints) -> None:
    """Complain of what a scenario file omits that its history does not have (E521)."""
    known = [item.id for item in (*history.documented, *history.omitted)] if history else []
    for number, name in enumerate(shape.omit):
        if name not in known and not complaints.doubts(name):
            notes = did_you_mean(name, known) or ("expected the id of an event of the history",)
            context.complain("E521", f"no documented event has the id '{name}'", ("omit", number), *notes)


def _omitted_before(chain: Chain, history: History | None, start: float, stands: int) -> tuple[Documented, ...]:
    """Return the omitted events that would else be past at a branch before which so many documented ones stand."""
    loaded = nearest(chain, "branch")
    first_after = loaded.shape.branch.before if loaded and loaded.shape.branch else None
    omitted = (item for item in (history.omitted if history else ()) if item.id != first_after)
    return tuple(item for item in omitted if item.event.time <= start and item.event.sequence <= stands)


def _question(chain: Chain) -> str:
    """Return the question that a scenario answers: its own, or that of a scenario from which it differs in nothing."""
    for loaded in chain:
        shape = loaded.shape
        if shape.question or shape.branch or shape.horizon or assumes(shape):
            return shape.question or ""
    return ""


def assumes(shape: ScenarioShape) -> bool:
    """Return whether a scenario file assumes anything of its own but where its runs begin and end."""
    own = (shape.parameters, shape.disable, shape.omit, shape.events, shape.changes, shape.rules, shape.event_types)
    return any(own)


def _ask(context: Context, shape: ScenarioShape, model: Model) -> Model:
    """Return the model with the outcomes and measures that a scenario asks about, after those that it has."""
    if not shape.outcomes and not shape.measures:
        return model
    context.know(model)
    for kind, known in (("outcomes", model.outcomes), ("measures", model.measures)):
        for name in getattr(shape, kind):
            if name in known:
                context.complain("E304", f"'{name}' is among the model's {kind} already", (kind, name), key=True)
    for name, outcome in shape.outcomes.items():
        if outcome.ends_run or outcome.ending or outcome.otherwise:
            ends = outcome.ends_run or outcome.otherwise
            cannot, what = ("end the run", "what ends a run") if ends else ("be an ending", "an ending")
            message = f"the outcome '{name}' is asked about by a scenario, so it cannot {cannot}"
            note = f"{what} belongs to the model: all its scenarios then share it"
            context.complain("E509", message, ("outcomes", name), note, key=True)
    asked = measures(context, shape.measures, model.events, model.measures)
    order = {kind: (*model.shown_order.get(kind, ()), *getattr(shape, kind)) for kind in ("outcomes", "measures")}
    return replace(
        model,
        outcomes=dict(sorted({**model.outcomes, **outcomes(context, shape.outcomes, model.events)}.items())),
        measures=dict(sorted({**model.measures, **asked}.items())),
        shown_order={**model.shown_order, **order},
    )


def _context(loaded: Loaded[ScenarioShape], model: Model, complaints: Complaints) -> Context:
    return Context(document=loaded.document, complaints=complaints, calendar=model.calendar)


def _branch(reading: Reading, model: Model, history: History | None, complaints: Complaints) -> tuple[float, Log]:
    documented = history.documented if history else ()
    loaded = nearest(reading.chain, "branch")
    if loaded is None and (reading.doubts("branch") or (history is None and reading.names("history"))):
        complaints.muted |= {"E502", "E504"}  # the moment of the branch is not known
        return 0.0, ()
    if loaded is None or loaded.shape.branch is None:
        whole = (*documented, *(history.omitted if history else ()))  # the branch stays where the history ends
        return max((item.event.time for item in whole), default=0.0), tuple(item.event for item in documented)
    context = _context(loaded, model, complaints)
    branch = loaded.shape.branch
    given = [key for key in ("after", "before", "at") if getattr(branch, key) is not None]
    complaints.muted.add("E504")  # until its moment is known
    if len(given) != 1:
        context.complain("E503", "a branch has exactly one of after, before, at", ("branch",), key=True)
        return 0.0, ()
    key = given[0]
    if key == "at":
        time = moment(context, ("branch", "at"), 0.0)
        if time is None:
            return 0.0, ()
        complaints.muted.discard("E504")
        if time < 0:
            context.complain("E503", "the branch lies before the model's time 0", ("branch", "at"))
        return time, tuple(item.event for item in documented if item.event.time <= time)
    name = getattr(branch, key)
    number = history.find(name) if history else None
    omitted = next((item for item in history.omitted if item.id == name), None) if history else None
    if omitted is not None:
        complaints.muted.discard("E504")
        return omitted.event.time, tuple(item.event for item in documented[: omitted.event.sequence])
    if number is None:
        if not complaints.doubts(name):
            notes = did_you_mean(name, [item.id for item in documented])
            notes = notes or ("expected the id of an event of the history",)
            context.complain("E503", f"no documented event has the id '{name}'", ("branch", key), *notes)
        return 0.0, ()
    complaints.muted.discard("E504")
    events = tuple(item.event for item in documented[: number + (key == "after")])
    return documented[number].event.time, events


def _horizon(reading: Reading, model: Model, start: float, complaints: Complaints) -> float:
    chain = reading.chain
    loaded = nearest(chain, "horizon")
    if loaded is None:
        if reading.doubts("horizon") or (model.horizon is None and "horizon" in complaints.doubtful):
            return start
        span = chain[0].document.key_span(())
        if model.horizon is None:
            message = "neither the scenario nor its model has a horizon"
            complaints.add("E502", message, span, "expected horizon: 180 days")
            return start
        if model.horizon <= start:
            message = "the model's horizon does not lie after the branch"
            complaints.add("E502", message, span, "give the scenario its own")
        return model.horizon
    context = _context(loaded, model, complaints)
    horizon = moment(context, ("horizon",), start, closes=True)
    if horizon is None:
        return start
    if horizon <= start:
        note = f"the branch is at {model.calendar.moment(start, hour=True)}"
        context.complain("E502", "the horizon does not lie after the branch", ("horizon",), note)
    return horizon


def _override(context: Context, loaded: Loaded[ScenarioShape], name: str, model: Model) -> Parameter | None:
    return override(context, ("parameters", name), name, loaded.shape.parameters[name], model)


def _events(
    context: Context, loaded: Loaded[ScenarioShape], model: Model, setting: Mapping[int, str], run: tuple[float, float]
) -> list[Scheduled]:
    """Return the events that a scenario file assumes; `setting` has the types of those that set the state."""
    items = {
        number: {**item.given, "event": setting[number]} if number in setting else item.given
        for number, item in enumerate(loaded.shape.events)
        if item.set is None or number in setting
    }
    own = scheduled(context, "events", items, model.events, {"at": 0.0, "after": run[0]})
    return _in_time(context, loaded, own, *run)


def _in_time(
    context: Context, loaded: Loaded[ScenarioShape], own: tuple[Scheduled, ...], start: float, horizon: float
) -> list[Scheduled]:
    fine = []
    numbers = numbers_of(context, "events", len(loaded.shape.events))
    for item in own:
        keys = ("events", numbers[item.location])
        if item.time < start:
            note = f"the branch is at {context.calendar.moment(start, hour=True)}"
            context.complain("E504", f"'{item.event}' would happen before the branch", keys, note)
        elif item.time > horizon > start:
            note = f"the horizon is {context.calendar.moment(horizon, hour=True)}"
            context.complain("E504", f"'{item.event}' would happen after the horizon", keys, note)
        else:
            fine.append(item)
    return fine
