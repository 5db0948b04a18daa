"""What a scenario adds to its model: factions, event types and rules of its own (E3), and events that set the state.

They are beside the model's and move none of its draws. A rule of a scenario's own starts at the branch.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sim.build import rules
from sim.build.builder import Builder
from sim.build.context import Sources
from sim.build.declarations import know_events
from sim.build.demands import demands_of, refuse_impossible
from sim.build.domains import known_bounds
from sim.build.guesses.literals import refuse_literals
from sim.build.guesses.unnamed import uncertain_parameters
from sim.build.members.effects import effects_of
from sim.language.diagnostics import Complaints
from sim.language.shapes.assumed import AssumedEventShape
from sim.language.shapes.declared import FactionShape
from sim.language.shapes.documents import ModelShape, ScenarioShape
from sim.language.shapes.load import Loaded
from sim.language.yaml.parser import Keys
from sim.model.model import EventType, Model

LONGEST_NAME = 64


def with_own_parts(
    loaded: Loaded[ScenarioShape], model: Model, sources: Sources, complaints: Complaints
) -> tuple[Model, dict[int, str]]:
    """Return the model with a scenario's own parts, and the event type of each of its events that sets the state.

    The events are told by their numbers in the file.
    """
    shape = loaded.shape
    setting = {number for number, item in enumerate(shape.events) if item.set is not None}
    if not (shape.factions or shape.event_types or shape.rules or setting):
        return model, {}
    builder = _builder(loaded, model, sources, complaints)
    _refuse_known(builder, model)
    know_events(builder)
    builder.events.update(dict.fromkeys(_name_of(shape.events[number]) for number in sorted(setting)))
    own_events = rules.events(builder, "event_types")
    named: dict[int, str] = {}
    for number in sorted(setting):
        kind = _setting(builder, shape.events[number], number, {**model.events, **own_events})
        if kind is not None:
            own_events[kind.name] = kind
            named[number] = kind.name
    types = {**model.events, **own_events}
    own_rules = rules.rules(builder, types)
    every = {**model.rules, **own_rules}
    restarts = rules.restarts(builder, every)
    own_rules = {name: replace(rule, restarts=restarts[name]) for name, rule in own_rules.items()}
    every_own = {**own_rules, **builder.unfinished}
    parameters = {**model.parameters, **uncertain_parameters(builder, own_events, every_own)}
    if model.literals == "uncertain":
        refuse_literals(loaded.document, shape, complaints)
    demands = demands_of(builder.variables, own_events, every_own)
    refuse_impossible(demands, known_bounds(model.variables, parameters), loaded.document, complaints)
    if complaints:
        complaints.doubtful |= shape.event_types.keys() - {name.partition("[")[0] for name in own_events}
        complaints.doubtful |= shape.rules.keys() - {name.partition("[")[0] for name in own_rules}
    added: dict[str, Iterable[str]] = {"factions": shape.factions, "events": own_events, "rules": shape.rules}
    order = {kind: (*model.shown_order.get(kind, ()), *names) for kind, names in added.items()}
    factions = {**model.factions, **{name: faction.title for name, faction in shape.factions.items()}}
    with_them = replace(
        model,
        factions=dict(sorted(factions.items())),
        parameters=parameters,
        events=dict(sorted(types.items())),
        rules=dict(sorted({**model.rules, **own_rules}.items())),
        shown_order={**model.shown_order, **order},
    )
    return with_them, named


def _builder(loaded: Loaded[ScenarioShape], model: Model, sources: Sources, complaints: Complaints) -> Builder:
    shape = loaded.shape
    factions = {name: FactionShape(title=title) for name, title in model.factions.items()}
    own = ModelShape.model_construct(
        factions={**factions, **shape.factions},
        events=shape.event_types,
        rules=shape.rules,
        timetable=[item.given for item in shape.events],
    )
    builder = Builder(
        document=loaded.document,
        complaints=complaints,
        calendar=model.calendar,
        sources=sources,
        shape=own,
        variables=dict(model.variables),
        parameters=dict(model.parameters),
    )
    builder.know(model)
    return builder


def _refuse_known(builder: Builder, model: Model) -> None:
    """Complain of names that the model has already: what it says cannot be said again."""
    for key, own, known in (
        ("factions", builder.shape.factions, model.factions),
        ("event_types", builder.shape.events, model.events),
        ("rules", builder.shape.rules, model.rules),
    ):
        families = {name.partition("[")[0] for name in known}
        for name in own:
            if name in families and (key, name) in builder.document.offsets:
                note = "give it a name of its own"
                note += "; a rule of the model is taken away by `disable`" if key == "rules" else ""
                message = f"'{name}' is among the model's {key.replace('_', ' ')} already"
                builder.complain("E304", message, (key, name), note, key=True)


def _setting(
    builder: Builder, item: AssumedEventShape, number: int, known: Mapping[str, EventType]
) -> EventType | None:
    """Return the event type of an event that sets the state; None after complaining."""
    keys: Keys = ("events", number)
    name = _name_of(item)
    if not name:
        note = "expected title: 'South Africa withdraws', or event: a_name"
        builder.complain("E105", "an event with `set` needs a title, or a name under `event`", keys, note)
        return None
    if name in known or "[" in name:
        note = "leave `set` out, or give it a name of its own under `event`"
        where = (*keys, "event" if item.event else "title")
        builder.complain("E304", f"'{name}' is an event type already, which says what it changes", where, note)
        return None
    if item.by is not None and item.by not in builder.shape.factions:
        builder.unknown("faction", item.by, (*keys, "by"), builder.shape.factions)
    return EventType(
        name=name,
        title=item.title or name.replace("_", " "),
        faction=item.by or "",
        marks={},
        effects=effects_of(builder, name, item.set or {}, (*keys, "set"), {}, {}),
        exogenous=False,
        codes={},
    )


def _name_of(item: AssumedEventShape) -> str:
    """Return the name of an event that sets the state; "" where it has none."""
    return item.event or _word(item.title or "")


def _word(title: str) -> str:
    """Return the name that a title gives: its words in small letters, joined by '_'."""
    word = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:LONGEST_NAME]
    return word if re.match(r"[a-z]", word) else f"event_{word}"[:LONGEST_NAME].rstrip("_") if word else ""
