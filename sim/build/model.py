"""Documents to a Model: the only constructor. All complaints about a file are raised in one pass.

The order of the passes is the order of this file; each pass is a module of its own. Scenarios of one case share its
model: documents that are the same are built once.
"""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sim.build import checks, questions, rules
from sim.build.assembling.whole_models import model_from, read_model
from sim.build.builder import Builder
from sim.build.checks import Known
from sim.build.context import Sources
from sim.build.declarations import declare
from sim.build.demands import demands_of, demands_of_priors, refuse_impossible
from sim.build.domains import known_bounds
from sim.build.evidence.source_files import records
from sim.build.guesses.literals import refuse_literals
from sim.build.guesses.unnamed import uncertain_parameters
from sim.build.measures import measures as build_measures
from sim.build.timing import moment
from sim.build.warnings.gathered import warnings_of_model
from sim.build.warnings.untraceable import untraceable
from sim.language.diagnostics import Complaints, Diagnostic
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.evidence import SourcesShape
from sim.language.shapes.load import Loaded
from sim.language.yaml.parser import Keys
from sim.model.model import Model

MOST_STEPS = 1_000_000_000  # up to the horizon: where something moves, a run goes from one to the next
MOST_REMEMBERED = 8  # models, and histories: of a large case each takes some hundred MB


def load_model(path: Path | str, shown: str | None = None) -> Model:
    """Read the model file at `path`. Raise LanguageError with every complaint about it and the files that it names."""
    return checked_model(Path(path), shown)[0]


def checked_model(path: Path, shown: str | None = None) -> tuple[Model, tuple[Diagnostic, ...]]:
    """Read the model file at `path` as `load_model` does, and return the warnings about it, too."""
    complaints = Complaints()
    whole = read_model(path, complaints, shown)
    model = _whole(built(whole.loaded, whole.sources, complaints) if whole else None, complaints)
    assert whole is not None, "a model was refused and nothing said"
    cited = (one for one in whole.files if isinstance(one.shape, SourcesShape))
    about_sources = (found for one in cited for found in untraceable(one))
    return model, (*complaints.warnings, *warnings_of_model(model, whole.loaded), *about_sources)


def loads_model(text: str, shown: str = "model.yaml") -> Model:
    """Read a model from text, as `load_model` reads a file called `shown`; it can name no sources file."""
    complaints = Complaints()
    whole = model_from(text, complaints, shown)
    return _whole(build(whole.loaded, whole.sources, complaints) if whole is not None else None, complaints)


def _whole(model: Model | None, complaints: Complaints) -> Model:
    complaints.raise_any()
    assert model is not None, "a model was refused and nothing said"
    return model


def built(loaded: Loaded[ModelShape], sources: Sources, complaints: Complaints) -> Model:
    """Return the model of documents that may have been built before; what is wrong goes to `complaints`."""
    if not complaints.none_yet:
        return build(loaded, sources, complaints)
    model, found = built_alone(loaded, sources)
    complaints.take(found)
    return model


@lru_cache(MOST_REMEMBERED)
def built_alone(loaded: Loaded[ModelShape], sources: Sources) -> tuple[Model, Complaints]:
    """Return the model of documents, and what is wrong with them, where nothing else is."""
    complaints = Complaints()
    return build(loaded, sources, complaints), complaints


def build(
    loaded: Loaded[ModelShape], sources: Sources, complaints: Complaints, *, stand_ins: frozenset[str] = frozenset()
) -> Model:
    """Build the model. If there are complaints, it has all that is right, and what it lacks is doubtful.

    Of `stand_ins` nobody knows yet what values they have: they are names that a part needs.
    """
    builder = Builder(
        document=loaded.document, complaints=complaints, sources=sources, shape=loaded.shape, stand_ins=stand_ins
    )
    declare(builder)
    events = rules.events(builder)
    model_rules = rules.rules(builder, events)
    restarts = rules.restarts(builder, model_rules)
    timetable = rules.timetable(builder, events)
    outcomes = questions.outcomes(builder, loaded.shape.outcomes, events)
    measures = build_measures(builder, loaded.shape.measures, events, {})
    known = Known(events=events, rules=model_rules, outcomes=outcomes, parameters=builder.parameters)
    claims = checks.checks(builder, loaded.shape.checks, known)
    rates = questions.base_rates(builder, loaded.shape.base_rates, outcomes)
    shape = loaded.shape
    horizon_keys: Keys = ("horizon",)
    horizon = moment(builder, horizon_keys, 0.0, closes=True) if shape.horizon is not None else None
    if horizon is not None and horizon <= 0:
        message = "the horizon does not lie after the model's time 0, so no run would have any time"
        builder.complain("E502", message, horizon_keys, "expected a length of time or a date, such as 180 days")
    elif shape.time.step and shape.time.unit != "abstract" and horizon and not horizon / builder.step <= MOST_STEPS:
        message = f"a run would have more than {MOST_STEPS:,} steps up to the horizon"
        note = "a step is halved by itself wherever that is not exact enough"
        builder.complain("E334", message, ("time", "step"), note)
    every_rule = {**model_rules, **builder.unfinished}
    parameters = {**dict(sorted(builder.parameters.items())), **uncertain_parameters(builder, events, every_rule)}
    if shape.literals == "uncertain":
        refuse_literals(loaded.document, shape, complaints)
    demands = [*demands_of(builder.variables, events, every_rule), *demands_of_priors(parameters)]
    refuse_impossible(demands, known_bounds(builder.variables, parameters), loaded.document, complaints)
    if complaints:
        complaints.doubtful |= builder.broken
        if horizon is None and (shape.horizon is not None or loaded.document.is_refused(horizon_keys)):
            complaints.doubtful.add("horizon")
        for kind, built in (("parameters", builder.parameters), ("events", events), ("rules", model_rules),
                            ("outcomes", outcomes), ("measures", measures)):  # fmt: skip
            complaints.doubtful |= getattr(shape, kind).keys() - {name.partition("[")[0] for name in built}
    kinds = ("state", "parameters", "events", "rules", "outcomes", "measures", "factions", "checks", "base_rates")
    return Model(
        name=shape.model, title=shape.title, calendar=builder.calendar,
        factions={name: shape.factions[name].title for name in sorted(shape.factions)},
        variables=dict(sorted(builder.variables.items())), parameters=parameters,
        derived=dict(sorted(builder.derived.items())),
        derived_titles=dict(sorted(builder.derived_titles.items())), events=dict(sorted(events.items())),
        rules={name: replace(model_rules[name], restarts=restarts[name]) for name in sorted(model_rules)},
        step=builder.step, timetable=timetable,
        outcomes=dict(sorted(outcomes.items())), measures=dict(sorted(measures.items())),
        checks=claims, base_rates=rates, horizon=horizon, literals=shape.literals,
        sources=records(sources),
        shown_order={kind: tuple(getattr(shape, kind)) for kind in kinds}, path=loaded.document.path,
    )  # fmt: skip
