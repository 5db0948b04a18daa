"""Documents to a Model: the only constructor. Raises every complaint of a file in one pass.

The order of the passes is the order of this file; each pass is a module of its own.
"""

from dataclasses import replace
from pathlib import Path

from sim.language.diagnostics import Complaints
from sim.language.documents import ModelShape, SourcesShape
from sim.language.load import Loaded, load, loads
from sim.language.source import Keys
from sim.model import behaviour, questions
from sim.model.builder import Builder
from sim.model.declarations import declare
from sim.model.model import Model
from sim.model.timing import moment


def load_model(path: Path, shown: str | None = None) -> Model:
    """Read the model file at `path`. Raise LanguageError with every complaint about it."""
    loaded = load(path, ModelShape, shown)
    return build(loaded, sources_of(loaded.shape.sources, path, shown))


def loads_model(text: str, shown: str = "model.yaml") -> Model:
    """Read a model from text, as `load_model` reads a file called `shown`; it can name no sources file."""
    return build(loads(text, ModelShape, shown), None)


def sources_of(named: str | None, path: Path, shown: str | None = None) -> Loaded[SourcesShape] | None:
    """Load the sources file that a document at `path` names, if it names one."""
    if named is None:
        return None
    return load(path.parent / named, SourcesShape, beside(shown or str(path), named))


def beside(shown: str, named: str) -> str:
    """Return how messages call a file that is `named` in the file called `shown`: without detours by '..'."""
    parts: list[str] = []
    for piece in (Path(shown).parent / named).parts:
        if piece == ".." and parts and parts[-1] not in ("..", "/"):
            parts.pop()
        else:
            parts.append(piece)
    return str(Path(*parts)) if parts else named


def build(loaded: Loaded[ModelShape], sources: Loaded[SourcesShape] | None) -> Model:
    """Build the model. Raise LanguageError with every complaint found."""
    complaints = Complaints()
    builder = Builder(loaded, sources, complaints)
    declare(builder)
    events = behaviour.events(builder)
    rules = behaviour.rules(builder, events)
    restarts = behaviour.restarts(builder, rules)
    timetable = behaviour.timetable(builder, events)
    outcomes = questions.outcomes(builder, events)
    measures = questions.measures(builder, events)
    shape = loaded.shape
    horizon_keys: Keys = ("horizon",)
    horizon = moment(builder, horizon_keys, 0.0) if shape.horizon is not None else None
    if horizon is not None and horizon <= 0:
        builder.complain("E502", "the horizon lies before the model's origin", horizon_keys)
    complaints.raise_any()
    kinds = ("state", "parameters", "events", "rules", "outcomes", "measures", "factions")
    return Model(
        name=shape.model,
        title=shape.title,
        clockwork=builder.clockwork,
        factions={name: shape.factions[name].title for name in sorted(shape.factions)},
        variables=dict(sorted(builder.variables.items())),
        parameters=dict(sorted(builder.parameters.items())),
        derived=dict(sorted(builder.derived.items())),
        events=dict(sorted(events.items())),
        rules={name: replace(rules[name], restarts=restarts[name]) for name in sorted(rules)},
        timetable=timetable,
        outcomes=dict(sorted(outcomes.items())),
        measures=dict(sorted(measures.items())),
        horizon=horizon,
        sources={name: document.title for name, document in sources.shape.documents.items()} if sources else {},
        shown_order={kind: tuple(getattr(shape, kind)) for kind in kinds},
        path=loaded.document.path,
    )
