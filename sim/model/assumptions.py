"""Scenario documents to a Scenario: what it extends, its branch, what it assumes (E5).

Owns reading the files that a scenario names. The files that were read are listed, so that an ensemble can
keep them.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.language.diagnostics import Complaints, Diagnostic, LanguageError
from sim.language.documents import ModelShape, OverrideShape, ScenarioShape
from sim.language.evidence import HistoryShape
from sim.language.load import Loaded, load, loads
from sim.language.source import read
from sim.language.suggest import did_you_mean
from sim.model.behaviour import named, numbers_of, scheduled
from sim.model.build import beside, build, is_file, near, sources_of
from sim.model.builder import Builder
from sim.model.declarations import prior_or_value, refuse_outside
from sim.model.event import Log
from sim.model.history import History, build_history, merged
from sim.model.horizons import Asked
from sim.model.model import Model, Parameter, Scheduled
from sim.model.questions import measures, outcomes
from sim.model.scenario import Scenario
from sim.model.timing import moment
from sim.model.warnings import warnings_of

LONGEST_CHAIN = 10
ASKED = "the command line"  # how messages call a text of questions that stands in no file


@dataclass(frozen=True)
class Case:
    """A scenario ready to run, with the history that it branches from and the files that it was read from.

    `warnings` say what in them is allowed and seldom meant.
    """

    scenario: Scenario
    history: History | None
    files: tuple[Path, ...]
    asked: str = ""
    warnings: tuple[Diagnostic, ...] = ()


def load_scenario(path: Path | str, shown: str | None = None, asked: str = "") -> Case:
    """Read a scenario file, or a model file as the scenario that assumes nothing, and all files that it names.

    `asked` is the text of a scenario file that extends the one at `path` by questions of its own; it stands in no
    file. Raise LanguageError with every complaint about the first document that has any.
    """
    shown = shown or str(path)
    path = Path(path)
    document = read(path, shown)
    alone = isinstance(document.data, dict) and "model" in document.data and "scenario" not in document.data
    if alone and not asked:
        return _model_alone(path, shown)
    chain = [] if alone else _chain(path, shown)
    files = [loaded.path for loaded in chain]
    if asked:
        chain.insert(0, replace(loads(asked, ScenarioShape, ASKED), path=path.parent / ASKED))
    model_path, model_shown = _named(chain, "model")
    loaded_model = load(model_path, ModelShape, model_shown)
    sources = sources_of(loaded_model)
    model = build(loaded_model, sources)
    files += [model_path, *([sources.path] if sources else [])]
    history = None
    if any(loaded.shape.history for loaded in chain):
        history_path, history_shown = _named(chain, "history")
        loaded_history = load(history_path, HistoryShape, history_shown)
        cited = sources_of(loaded_history)
        assert cited is not None, "a history names its sources"
        history = build_history(loaded_history, cited, model)
        files += [history_path, cited.path]
    scenario = _assume(chain, model, history)
    _refuse_late(Asked(chain, loaded_model, scenario))
    warnings = warnings_of(chain, scenario, loaded_model, model)
    return Case(scenario, history, tuple(dict.fromkeys(files)), asked, warnings)


def _refuse_late(asked: Asked) -> None:
    complaints = Complaints()
    asked.complain(complaints)
    complaints.raise_any()


def _model_alone(path: Path, shown: str) -> Case:
    loaded = load(path, ModelShape, shown)
    sources = sources_of(loaded)
    model = build(loaded, sources)
    if model.horizon is None:
        note = "give the model a `horizon`, or run a scenario file that has one"
        raise LanguageError([Diagnostic("E502", "a model without a horizon cannot be run", None, (note,), shown)])
    files = (path, sources.path) if sources else (path,)
    scenario = Scenario(
        model.name, model.title, "", model, (), 0.0, model.horizon, model.timetable, (), shown
    )  # fmt: skip
    _refuse_late(Asked((), loaded, scenario))
    return Case(scenario, None, files, warnings=warnings_of((), scenario, loaded, model))


def _chain(path: Path, shown: str) -> list[Loaded[ScenarioShape]]:
    """Return the scenario's file and those that it extends, the last first read."""
    chain = [load(path, ScenarioShape, shown)]
    while chain[-1].shape.extends is not None:
        last = chain[-1]
        following = last.path.parent / str(last.shape.extends)
        span = last.document.value_span(("extends",))
        if any(_real(following) == _real(loaded.path) for loaded in chain):
            raise LanguageError([Diagnostic("E506", "a scenario cannot extend itself", span)])
        if len(chain) >= LONGEST_CHAIN:
            raise LanguageError([Diagnostic("E506", f"a chain of more than {LONGEST_CHAIN} scenarios", span)])
        if not is_file(following):
            raise LanguageError(
                [Diagnostic("E108", f"there is no file '{last.shape.extends}' beside this one", span, near(following))]
            )
        chain.append(load(following, ScenarioShape, beside(last.document.path, str(last.shape.extends))))
    return chain


def _named(chain: list[Loaded[ScenarioShape]], key: str) -> tuple[Path, str]:
    """Return the path that the nearest file of the chain gives under `key`, and how messages call it."""
    naming = [loaded for loaded in chain if getattr(loaded.shape, key) is not None]
    if not naming:
        first = chain[0]
        raise LanguageError(
            [
                Diagnostic(
                    "E105",
                    f"the key '{key}' is missing in this file",
                    first.document.key_span(()),
                    (f"expected {key}: {key}.yaml",),
                )
            ]
        )
    paths = {_real(loaded.path.parent / getattr(loaded.shape, key)) for loaded in naming}
    nearest = naming[0]
    span = nearest.document.value_span((key,))
    if key == "model" and len(paths) > 1:
        raise LanguageError([Diagnostic("E501", "this is not the model of the scenario that it extends", span)])
    path = nearest.path.parent / getattr(nearest.shape, key)
    if not is_file(path):
        raise LanguageError(
            [Diagnostic("E108", f"there is no {key} file '{getattr(nearest.shape, key)}'", span, near(path))]
        )
    return path, beside(nearest.document.path, getattr(nearest.shape, key))


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return path


def _assume(chain: list[Loaded[ScenarioShape]], model: Model, history: History | None) -> Scenario:
    complaints = Complaints()
    start, past = _branch(chain, model, history, complaints)
    horizon = _horizon(chain, model, start, complaints)
    parameters = dict(model.parameters)
    asking = model
    disabled: list[str] = []
    # The timetable comes before anything else at its time, so before a documented event at the branch itself.
    at_branch = bool(past) and past[-1].time == start
    over = tuple(item for item in model.timetable if item.time < start or (at_branch and item.time == start))
    timetable = list(model.timetable[len(over) :])
    for loaded in reversed(chain):
        builder = _builder(loaded, model, complaints)
        for name in loaded.shape.parameters:
            changed = _override(builder, loaded, name, model)
            if changed is not None:
                parameters[name] = changed
        disabled += named(builder, loaded.shape.disable, {}, ("disable",), model.rules, "rule")
        own = scheduled(builder, "events", loaded.shape.events, model.events, {"at": 0.0, "after": start})
        timetable += _in_time(builder, loaded, own, start, horizon)
        asking = _ask(builder, asking)
    complaints.raise_any()
    first = chain[0].shape
    title = first.title or first.scenario.replace("-", " ")
    question = next((loaded.shape.question for loaded in chain if loaded.shape.question), "")
    return Scenario(
        name=first.scenario,
        title=title,
        question=question,
        model=replace(asking, parameters=parameters),
        past=merged(past, over, model),
        start=start,
        horizon=horizon,
        timetable=tuple(sorted(timetable, key=lambda item: item.time)),
        disabled=tuple(sorted(set(disabled))),
        path=chain[0].document.path,
    )


def _ask(builder: Builder, model: Model) -> Model:
    """Return the model with the outcomes and measures that a scenario asks about, after those that it has."""
    shape: Any = builder.shape
    if not shape.outcomes and not shape.measures:
        return model
    builder.know(model)
    for kind, known in (("outcomes", model.outcomes), ("measures", model.measures)):
        for name in getattr(shape, kind):
            if name in known:
                builder.complain("E304", f"'{name}' is among the model's {kind} already", (kind, name), key=True)
    for name, outcome in shape.outcomes.items():
        if outcome.ends_run or outcome.otherwise:
            builder.complain(
                "E509",
                f"the outcome '{name}' is asked about by a scenario, so it cannot end the run",
                ("outcomes", name),
                "what ends a run belongs to the model: all its scenarios then share it",
                key=True,
            )
    order = model.shown_order
    return replace(
        model,
        outcomes=dict(sorted({**model.outcomes, **outcomes(builder, model.events)}.items())),
        measures=dict(sorted({**model.measures, **measures(builder, model.events)}.items())),
        shown_order={
            **order,
            "outcomes": (*order.get("outcomes", ()), *shape.outcomes),
            "measures": (*order.get("measures", ()), *shape.measures),
        },
    )


def _builder(loaded: Loaded[ScenarioShape], model: Model, complaints: Complaints) -> Builder:
    shaped: Any = loaded
    return Builder(shaped, None, complaints, model.clockwork)


def _branch(
    chain: list[Loaded[ScenarioShape]], model: Model, history: History | None, complaints: Complaints
) -> tuple[float, Log]:
    documented = history.documented if history else ()
    loaded = next((loaded for loaded in chain if loaded.shape.branch is not None), None)
    if loaded is None or loaded.shape.branch is None:
        events = tuple(item.event for item in documented)
        return (events[-1].time if events else 0.0), events
    builder = _builder(loaded, model, complaints)
    branch = loaded.shape.branch
    given = [key for key in ("after", "before", "at") if getattr(branch, key) is not None]
    if len(given) != 1:
        builder.complain("E503", "a branch has exactly one of after, before, at", ("branch",), key=True)
        return 0.0, ()
    key = given[0]
    if key == "at":
        time = moment(builder, ("branch", "at"), 0.0)
        time = 0.0 if time is None else time
        if time < 0:
            builder.complain("E503", "the branch lies before the model's time 0", ("branch", "at"))
        return time, tuple(item.event for item in documented if item.event.time <= time)
    name = getattr(branch, key)
    number = history.find(name) if history else None
    if number is None:
        notes = did_you_mean(name, [item.id for item in documented]) or ("expected the id of an event of the history",)
        builder.complain("E503", f"no documented event has the id '{name}'", ("branch", key), *notes)
        return 0.0, ()
    events = tuple(item.event for item in documented[: number + (key == "after")])
    return documented[number].event.time, events


def _horizon(chain: list[Loaded[ScenarioShape]], model: Model, start: float, complaints: Complaints) -> float:
    loaded = next((loaded for loaded in chain if loaded.shape.horizon is not None), None)
    if loaded is None:
        if model.horizon is None:
            complaints.add(
                "E502",
                "neither the scenario nor its model has a horizon",
                chain[0].document.key_span(()),
                "expected horizon: 180 days",
            )
            return start
        if model.horizon <= start:
            message = "the model's horizon does not lie after the branch"
            complaints.add("E502", message, chain[0].document.key_span(()), "give the scenario its own")
        return model.horizon
    builder = _builder(loaded, model, complaints)
    horizon = moment(builder, ("horizon",), start)
    if horizon is None:
        return start
    if horizon <= start:
        when = model.clockwork.date_of(start)
        builder.complain(
            "E502",
            "the horizon does not lie after the branch",
            ("horizon",),
            f"the branch is at {when or start}",
        )
    return horizon


def _override(builder: Builder, loaded: Loaded[ScenarioShape], name: str, model: Model) -> Parameter | None:
    keys = ("parameters", name)
    if name not in model.parameters:
        builder.complain(
            "E505",
            f"the model has no parameter '{name}'",
            keys,
            *did_you_mean(name, model.parameters),
            key=True,
        )
        return None
    known = model.parameters[name]
    _, factor = model.clockwork.unit_of(known.unit) if known.unit else ((), 1.0)
    shape = loaded.shape.parameters[name]
    value, prior = (shape.value, shape.prior) if isinstance(shape, OverrideShape) else (shape, None)
    if (value is None) == (prior is None):
        builder.complain("E311", f"the parameter '{name}' needs a value or a prior, and not both", keys, key=True)
        return None
    made = prior_or_value(builder, keys, value, prior, known.type, factor)
    if made is None:
        return None
    central, law, arguments = made
    changed = replace(known, value=central, prior=law, arguments=arguments, factor=factor if law else 1.0)
    refuse_outside(builder, "E518", keys, changed, known)
    return changed


def _in_time(
    builder: Builder, loaded: Loaded[ScenarioShape], own: tuple[Scheduled, ...], start: float, horizon: float
) -> list[Scheduled]:
    fine = []
    numbers = numbers_of(builder, "events", len(loaded.shape.events))
    for item in own:
        number = numbers[item.place]
        if item.time < start:
            when = builder.clockwork.date_of(start)
            builder.complain(
                "E504",
                f"'{item.event}' would happen before the branch",
                ("events", number),
                f"the branch is at {when or start}",
            )
        elif item.time > horizon > start:
            builder.complain("E504", f"'{item.event}' would happen after the horizon", ("events", number))
        else:
            fine.append(item)
    return fine
