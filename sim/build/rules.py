"""Builds event types, rules with their clocks, and the timetable (E3), from what `declarations` found."""

import keyword
from collections import Counter
from collections.abc import Mapping

from sim.build.builder import HOW_TO_GIVE_A_BASIS, Builder
from sim.build.context import Context, EventTypes, Indices
from sim.build.members.effects import effects_of
from sim.build.members.names import resolve
from sim.build.timing import clock_of, moment
from sim.language.expressions.tree import Apply, Draw, Expression, Literal, Tree
from sim.language.expressions.types import BOOL, INT, REAL, Type
from sim.language.shapes.documents import RuleShape
from sim.language.shapes.load import NO_EFFECTS
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import Keys
from sim.model.expression import Fault, evaluate
from sim.model.model import Emission, EventType, Immediately, Rule, Scheduled

ALWAYS = Expression(Literal(value=True, type=BOOL), "true")
_MARKS: Mapping[str, Type] = {"int": INT, "real": REAL, "bool": BOOL}
_RESERVED_MARKS = {"event", "weight", "at", "after", "set", "time", "true", "false"}


def events(builder: Builder, key: str = "events") -> dict[str, EventType]:
    """Build the event types, which stand under `key`, families written out."""
    found: dict[str, EventType] = {}
    scheduled = {item.get("event", "").partition("[")[0] for item in builder.shape.timetable}
    for name, shape in builder.shape.events.items():
        keys: Keys = (key, name)
        if shape.by is not None and shape.by not in builder.shape.factions:
            builder.unknown("faction", shape.by, (*keys, "by"), builder.shape.factions)
        if shape.by is None and not shape.exogenous and name not in scheduled:
            builder.complain("E105", f"'{name}' needs the faction whose act it is", keys, "expected `by`", key=True)
        for mark in shape.marks:
            if mark in builder.declared or mark in _RESERVED_MARKS or keyword.iskeyword(mark):
                message = f"the mark '{mark}' has the name of something else"
                builder.complain("E304", message, (*keys, "marks", mark), key=True)
        marks = {mark: _MARKS[kind] for mark, kind in sorted(shape.marks.items())}
        codes = shape.codes.model_dump(exclude_none=True) if shape.codes else {}
        for suffix, indices in builder.members_at_least_one(name, shape.family, keys):
            found[name + suffix] = EventType(
                name=name + suffix, title=(shape.title or name.replace("_", " ")) + suffix, faction=shape.by or "",
                marks=marks, effects=effects_of(builder, name, shape.effects, (*keys, "effects"), marks, indices),
                exogenous=shape.exogenous,
                codes=codes,
            )  # fmt: skip
    return found


def _written(text: str) -> str:
    """Return a name as it stands, without spaces: `up[i+1]`."""
    return text.replace(" ", "")


def named(
    context: Context, texts: list[str], indices: Indices, keys: Keys, known: Mapping[str, object], what: str
) -> tuple[str, ...]:
    """Resolve a list of names of events or rules; a family's bare name stands for all its members."""
    found: set[str] = set()
    for number, text in enumerate(texts):
        where = (*keys, number) if (*keys, number) in context.document.offsets else keys
        name = resolve(context, text, indices, where)
        if name is None:
            continue
        if name in known:
            found.add(name)
        elif "[" not in text and (members := context.family_of(what, name, known)):
            found.update(members)
        else:
            context.unknown(what, name, where, known)
    return tuple(sorted(found))


def shared_marks(types: EventTypes, events: tuple[str, ...]) -> dict[str, Type]:
    """Return the marks that all of the events have, with one type."""
    marks = [set(types[name].marks.items()) for name in events]
    return dict(sorted(set.intersection(*marks))) if marks else {}


def rules(builder: Builder, types: EventTypes) -> dict[str, Rule]:
    """Build the rules, families written out."""
    found: dict[str, Rule] = {}
    for name, shape in builder.shape.rules.items():
        keys: Keys = ("rules", name)
        if shape.faction not in builder.shape.factions:
            builder.unknown("faction", shape.faction, (*keys, "faction"), builder.shape.factions)
        if (shape.emits is None) == (shape.choose is None):
            builder.complain("E318", f"the rule '{name}' needs `emits` or `choose`, and not both", keys, key=True)
            builder.complaints.doubtful.add(name)
        basis = builder.basis(shape.basis, (*keys, "basis"))
        if not basis and builder.sources is not None:
            why = "the model names its sources, so each rule says what it rests on"
            builder.complain("E305", f"the rule '{name}' has no basis", keys, HOW_TO_GIVE_A_BASIS, why, key=True)
        place = builder.document.key_span(keys).location
        for suffix, indices in builder.members_at_least_one(name, shape.family, keys):
            guard = _guard(builder, keys, indices)
            clock = clock_of(builder, shape.clock, keys, indices)
            emissions, weights, whole = _emissions(builder, shape, keys, indices, types)
            on = named(builder, shape.on, indices, (*keys, "on"), types, "event type")
            if not whole:
                builder.complaints.doubtful.add(name)
                weights = ()  # those that are left say nothing of the choice
            rule = Rule(
                name=name + suffix, faction=shape.faction, title=shape.title or name.replace("_", " "),
                guard=guard or ALWAYS, on=on, clock=clock or Immediately(), emissions=emissions, weights=weights,
                memory=shape.memory, priority=shape.priority, restarts=(), basis=basis, location=place,
            )  # fmt: skip
            if guard is None or clock is None:
                builder.complaints.doubtful.add(name)
                builder.unfinished[rule.name] = rule
                break  # the other members would say the same
            found[rule.name] = rule
    return found


def restarts(builder: Builder, found: Mapping[str, Rule]) -> dict[str, tuple[str, ...]]:
    """Resolve which rules' clocks each rule restarts, once all rules are known."""
    result = {}
    for name, shape in builder.shape.rules.items():
        keys: Keys = ("rules", name)
        for suffix, indices in builder.members(shape.family, keys):
            result[name + suffix] = named(builder, shape.restarts, indices, (*keys, "restarts"), found, "rule")
    return result


def _guard(context: Context, keys: Keys, indices: Indices) -> Expression | None:
    where = (*keys, "when")
    if where not in context.document.offsets and not context.document.is_refused(where):
        return ALWAYS
    return context.check(where, context.scope(indices, followed=True), BOOL)


def _emissions(
    builder: Builder, shape: RuleShape, keys: Keys, indices: Indices, types: EventTypes
) -> tuple[tuple[Emission, ...], tuple[Expression, ...], bool]:
    """Return the events that a rule may emit, their weights, if it chooses among them, and whether these are all."""
    if shape.emits is not None:
        given = {"event": shape.emits} if isinstance(shape.emits, str) else shape.emits
        found = [_emission(builder, given, (*keys, "emits"), indices, types, "emits", weighted=False)]
    else:
        found = []
        seen = Counter[str]()
        for number, item in enumerate(shape.choose or []):
            event = _written(item.get("event", ""))
            seen[event] += 1
            place = f"choose.{event}" + (f".{seen[event]}" if seen[event] > 1 else "")
            where: Keys = (*keys, "choose", number)
            found += [
                _emission(builder, item, where, each, types, place, weighted=True)
                for each in _each_choice(builder, item, where, indices)
            ]
    whole = [pair for pair in found if pair is not None]
    weights = tuple(weight for _, weight in whole if weight is not None)
    return tuple(emission for emission, _ in whole), weights, len(whole) == len(found) > 0


def _each_choice(builder: Builder, item: Mapping[str, str], keys: Keys, indices: Indices) -> list[Indices]:
    """Return the indices of each choice that an item comes to: one, or one for each value of its `for`."""
    if "for" not in item:
        return [indices]
    return [{**indices, **more} for more in builder.counted(item["for"], (*keys, "for"), indices)]


def _emission(
    context: Context, given: Mapping[str, str], keys: Keys, indices: Indices,
    types: EventTypes, place: str, *, weighted: bool,
) -> tuple[Emission, Expression | None] | None:  # fmt: skip
    """Return an event that a rule may emit, and its weight; `place` says where in the rule it stands."""
    group, rule, *_ = map(str, keys)
    name = event_of(context, given, keys, indices, types)
    if name is None:
        return None
    weight = None
    if weighted:
        if "weight" not in given:
            note = "expected {event: name, weight: 2}"
            context.complain("E105", "the key 'weight' is missing in a choice", keys, note)
            return None
        scope = context.scope(indices, time=True, guessing=(group, rule, f"{place}.weight"))
        weight = context.check((*keys, "weight"), scope, REAL)
    other = {"event", "weight", "for"} if weighted else {"event"}
    marks = marks_of(context, given, keys, indices, types[name], other, (group, rule, place))
    return None if marks is None or (weighted and weight is None) else (Emission(name, marks), weight)


def event_of(context: Context, given: Mapping[str, str], keys: Keys, indices: Indices, types: EventTypes) -> str | None:
    if "event" not in given:
        context.complain("E105", "the key 'event' is missing here", keys, "expected {event: name}")
        return None
    where = (*keys, "event") if (*keys, "event") in context.document.offsets else keys
    name = resolve(context, given["event"], indices, where)
    if name is not None and name not in types:
        context.unknown("event type", name, where, types)
        return None
    return name


def marks_of(
    context: Context, given: Mapping[str, str], keys: Keys, indices: Indices, kind: EventType, other: set[str],
    emitting: tuple[str, str, str] | None = None,
) -> tuple[Expression, ...] | None:  # fmt: skip
    """Return an event's marks; `emitting` says which rule emits it, and where in the rule it stands."""
    for mark in given:
        doubtful = mark != "effects" and context.complaints.doubts(mark)
        if mark not in kind.marks and mark not in other and not doubtful:
            notes = (NO_EFFECTS,) if mark == "effects" else did_you_mean(mark, kind.marks)
            context.complain("E320", f"'{kind.name}' has no mark '{mark}'", (*keys, mark), *notes, key=True)
    found = []
    for mark, wanted in kind.marks.items():
        if mark not in given:
            note = f"expected {{event: {kind.name}, {mark}: ...}}"
            context.complain("E320", f"the mark '{mark}' of '{kind.name}' is missing", keys, note)
            return None
        guessing = (*emitting[:2], f"{emitting[2]}.{mark}") if emitting else None
        scope = context.scope(indices, time=True, random=True, guessing=guessing)
        found.append(context.check((*keys, mark), scope, wanted))
    expressions = []
    first = 0
    for expression in found:
        if expression is None:
            return None
        tree, first = _numbered(expression.tree, first)
        expressions.append(Expression(tree, expression.text, expression.location))
    return tuple(expressions)


def _numbered(tree: Tree, first: int) -> tuple[Tree, int]:
    """Number the draws of an emission's marks on, inner ones first, so that each has an index of its own."""
    if not isinstance(tree, Apply | Draw):
        return tree, first
    parts = []
    for argument in tree.arguments:
        made, first = _numbered(argument, first)
        parts.append(made)
    if isinstance(tree, Draw):
        return Draw(tree.law, tuple(parts), tree.type, first), first + 1
    return Apply(tree.operation, tuple(parts), tree.type, tree.size), first


def timetable(builder: Builder, types: EventTypes) -> tuple[Scheduled, ...]:
    """Build the model's own timetable; a length of time counts from the model's origin."""
    found = scheduled(builder, "timetable", dict(enumerate(builder.shape.timetable)), types, {"at": 0.0})
    numbers = numbers_of(builder, "timetable", len(builder.shape.timetable))
    for item in found:
        if item.time < 0:
            keys: Keys = ("timetable", numbers[item.location])
            builder.complain("E504", f"'{item.event}' would happen before the model's time 0", keys)
    return found


def numbers_of(context: Context, key: str, count: int) -> dict[str, int]:
    """Return the numbers of a list's items by their places."""
    return {context.document.value_span((key, number)).location: number for number in range(count)}


def scheduled(
    context: Context, key: str, items: Mapping[int, Mapping[str, str]], types: EventTypes, starts: Mapping[str, float]
) -> tuple[Scheduled, ...]:
    """Build scheduled events, given by their numbers in the list under `key`.

    `starts` maps each allowed key of time to the time from which a length counts.
    """
    found = []
    for number, item in items.items():
        keys: Keys = (key, number)
        name = event_of(context, item, keys, {}, types)
        given = [word for word in starts if word in item]
        if len(given) != 1:
            allowed = " or ".join(f"`{word}`" for word in starts)
            many = "it says twice when it happens" if given else "it does not say when it happens"
            context.complain("E105", many, keys, f"expected {allowed}")
            continue
        time = moment(context, (*keys, given[0]), starts[given[0]])
        if name is None or time is None:
            continue
        marks = marks_of(context, item, keys, {}, types[name], {"event", *starts})
        if marks is None:
            continue
        values = []
        for mark, expression in zip(types[name].marks, marks, strict=True):
            try:
                values.append(float(evaluate(expression.tree)))
            except (Fault, KeyError, AssertionError):
                message = f"the mark '{mark}' of a scheduled event must be a plain number"
                context.complain("E320", message, (*keys, mark))
        if len(values) == len(marks):
            found.append(Scheduled(time, name, tuple(values), context.document.value_span(keys).location))
    return tuple(sorted(found, key=lambda item: item.time))
