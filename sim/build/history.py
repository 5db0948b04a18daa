"""A crisis as documented: events with their sources, and whether the model admits them (E4).

An event is admitted if an enabled rule emits it, or its type is exogenous. Which rule emitted it is settled
here, once, with the parameters at their central values; replaying it later draws nothing.
"""

from dataclasses import replace
from datetime import datetime

from sim.build.context import Context, Sources, check_citation
from sim.build.evidence.source_files import records
from sim.build.members.names import resolve
from sim.build.rules import marks_of
from sim.errors import RunError
from sim.language.diagnostics import Complaints
from sim.language.expressions.types import Calendar, date
from sim.language.shapes.evidence import DocumentedShape, HistoryShape
from sim.language.shapes.load import Loaded
from sim.language.yaml.parser import Keys
from sim.model.clocks import Clocks
from sim.model.event import Event
from sim.model.evidence.documented import Citation, Documented, History, scheduled_event
from sim.model.evolve import evolve, initial
from sim.model.expression import Fault, Frame, evaluate
from sim.model.model import EventType, Model
from sim.model.moving.motion import next_flip
from sim.model.program import TIME, Program, compile_model
from sim.model.replay import moments


def build_history(
    loaded: Loaded[HistoryShape], sources: Sources, model: Model | None, complaints: Complaints, since: int = 0,
    *, omitted: frozenset[str] = frozenset(),
) -> History:  # fmt: skip
    """Build the history and fold it, without the events whose ids are `omitted`.

    It is folded if there are no more than `since` complaints: a wrong model would refuse what did happen. Without a
    model, which could not be read, only what needs none is checked.
    """
    calendar = model.calendar if model else Calendar("day", datetime.min)  # noqa: DTZ901 - any date will do
    context = Context(document=loaded.document, complaints=complaints, calendar=calendar, sources=sources)
    documented: list[Documented] = []
    apart: list[Documented] = []
    seen: dict[str, int] = {}
    latest = 0.0
    for number, shape in enumerate(loaded.shape.events):
        keys: Keys = ("events", number)
        if shape.id in seen:
            first = loaded.document.value_span(("events", seen[shape.id], "id")).location
            context.complain("E405", f"the id '{shape.id}' stands here twice", (*keys, "id"), f"first at {first}")
        seen.setdefault(shape.id, number)
        for citation, cited in enumerate(shape.sources):
            check_citation(context, cited.source, cited.paragraph, (*keys, "sources", citation))
        time = _time(context, shape, keys, latest)
        kind = _kind(context, shape, keys, model) if model else None
        if time is None or kind is None:
            continue
        latest = time
        marks = _marks(context, shape, keys, kind)
        if marks is not None:
            event = Event(sequence=len(documented), time=time, kind="documented", type=kind.name, marks=marks)
            item = _documented(shape, event, loaded.document.key_span((*keys, "id")).location)
            (apart if shape.id in omitted else documented).append(item)
    if model is not None and len(complaints.found) <= since:
        documented = _Fold(context, model, documented, loaded, apart).attributed()
    complaints.doubtful |= seen.keys() - {item.id for item in (*documented, *apart)}
    return History(
        name=loaded.shape.history, title=loaded.shape.title, documented=tuple(documented), sources=records(sources),
        path=loaded.document.path, omitted=tuple(apart),
    )  # fmt: skip


def _time(context: Context, shape: DocumentedShape, keys: Keys, latest: float) -> float | None:
    for key in ("until", "reported", "due"):
        written = getattr(shape, key)
        if written is not None:
            try:
                date(written)
            except ValueError as error:
                context.complain("E403", str(error), (*keys, key))
    where = (*keys, "at")
    try:
        time = context.calendar.at(shape.at)
    except ValueError as error:
        context.complain("E403", str(error), where)
        return None
    if time < 0:
        note = f"time 0 is {context.calendar.origin:%Y-%m-%d}"
        context.complain("E403", "this lies before the model's time 0", where, note)
        return None
    if time < latest:
        note = f"the one before happened at {context.calendar.date_of(latest)}"
        context.complain("E403", "documented events stand in order of time", where, note)
    return time


def _kind(context: Context, shape: DocumentedShape, keys: Keys, model: Model) -> EventType | None:
    name = resolve(context, shape.event, {}, (*keys, "event"))
    if name is None:
        return None
    if name not in model.events:
        context.unknown("event type", name, (*keys, "event"), model.events, "E401")
        return None
    if shape.rule is not None and shape.rule not in model.rules:
        context.unknown("rule", shape.rule, (*keys, "rule"), model.rules, "E401")
    elif shape.rule is not None:
        emitted = sorted({emission.event for emission in model.rules[shape.rule].emissions})
        if name not in emitted and not context.complaints.doubts(shape.rule):
            message = f"the rule '{shape.rule}' never emits '{name}'"
            context.complain("E401", message, (*keys, "rule"), f"it emits {', '.join(emitted)}")
    return model.events[name]


def _marks(context: Context, shape: DocumentedShape, keys: Keys, kind: EventType) -> tuple[float, ...] | None:
    where: Keys = (*keys, "marks") if (*keys, "marks") in context.document.offsets else keys
    found = marks_of(context, shape.marks, where, {}, kind, set())
    if found is None:
        return None
    try:
        return tuple(float(evaluate(mark.tree)) for mark in found)
    except (Fault, KeyError, AssertionError):
        context.complain("E320", "a documented mark is a plain number", where)
        return None


def _documented(shape: DocumentedShape, event: Event, location: str) -> Documented:
    citations = tuple(Citation(cited.source, tuple(cited.paragraph)) for cited in shape.sources)
    return Documented(
        id=shape.id, event=event, until=shape.until or "", reported=shape.reported or "", claim=shape.claim,
        status=shape.status, act=shape.act, due=shape.due or "", citations=citations, note=shape.note or "",
        location=location,
    )  # fmt: skip


class _Fold:
    """Folds a history and settles which rule emitted each event; complains where none can have."""

    def __init__(
        self, context: Context, model: Model, documented: list[Documented], loaded: Loaded[HistoryShape],
        omitted: list[Documented],
    ) -> None:  # fmt: skip
        self.context = context
        self.omitted = omitted
        self.model = model
        self.loaded = loaded
        self.documented = documented
        self.numbers = {shape.id: number for number, shape in enumerate(loaded.shape.events)}
        self.program: Program = compile_model(model)
        self.clocks = Clocks(self.program, lambda number, occurrence: 0.0)
        self.false_since: dict[int, str] = {}

    def attributed(self) -> list[Documented]:
        parameters = [parameter.value for parameter in self.model.parameters.values()]
        try:
            frame = initial(self.program, parameters)
            self.clocks.start(frame)
        except RunError as error:
            self.context.complain("E404", f"the model cannot begin: {error.message}", (), *error.notes)
            return self.documented
        self.note_guards(frame, "the beginning")
        result: list[Documented] = []
        own = list(self.model.timetable)
        for item in self.documented:
            while own and own[0].time <= item.event.time:
                due = own.pop(0)
                self.wait(frame, scheduled_event(due, self.model), item)
                self.follow(frame, scheduled_event(due, self.model), None, due.location, item)
            self.wait(frame, item.event, item)
            number = self.rule_of(item, frame)
            rule = self.program.rules[number].rule.name if number is not None else ""
            faction = self.model.events[item.event.type].faction
            event = replace(item.event, rule=rule, faction=faction, sequence=len(result))
            result.append(replace(item, event=event))
            self.follow(frame, event, number, f"{item.id} at {item.location}", item)
        return result

    def wait(self, frame: Frame, event: Event, item: Documented) -> None:
        """Let time pass up to an event: guards that read what moves between events follow it."""

        def roll(time: float) -> None:
            while self.clocks.next_edge <= time:
                self.clocks.roll(frame, self.clocks.next_edge)

        try:
            for flipped in moments(self.program, frame, event, roll):
                self.clocks.follow(frame, None, flipped, None)
                self.note_guards(frame, self.context.calendar.moment(frame[TIME]))
            roll(event.time)
        except RunError as error:
            message = f"'{event.type}' cannot happen here: {error.message}"
            self.context.complain("E404", message, self.keys(item), *error.notes, *self.without(item))

    def follow(self, frame: Frame, event: Event, number: int | None, what: str, item: Documented) -> None:
        try:
            changed = evolve(self.program, frame, event.type, event.marks, event.time)
            if number is not None:
                self.clocks.fired(number)
            self.clocks.follow(frame, event.type, changed, number)
        except RunError as error:
            message = f"'{event.type}' cannot happen here: {error.message}"
            self.context.complain("E404", message, self.keys(item), *error.notes, *self.without(item))
        self.note_guards(frame, what)

    def without(self, item: Documented) -> list[str]:
        """Return the note that names what the scenario omits before an event."""
        names = [one.id for one in self.omitted if one.event.sequence <= item.event.sequence]
        return [f"it comes after what the scenario omits: {', '.join(names)}"] if names else []

    def keys(self, item: Documented) -> Keys:
        return ("events", self.numbers[item.id], "event")

    def note_guards(self, frame: Frame, what: str) -> None:
        for rule in self.program.rules:
            try:
                holds = bool(rule.guard(frame))
            except Fault:
                holds = False
            if holds:
                self.false_since.pop(rule.number, None)
            else:
                self.false_since.setdefault(rule.number, what)

    def rule_of(self, item: Documented, frame: Frame) -> int | None:
        given = self.loaded.shape.events[self.numbers[item.id]].rule
        emitting = [
            rule
            for rule in self.program.rules
            if given in (None, rule.rule.name) and item.event.type in {one.event for one in rule.rule.emissions}
        ]
        enabled = [rule for rule in emitting if self.clocks.clocks[rule.number].enabled]
        if enabled:
            return min(enabled, key=lambda rule: rule.rank).number
        if self.model.events[item.event.type].exogenous and given is None:
            return None
        notes = [self.why_not(rule.number) for rule in emitting]
        notes = notes or ["no rule emits it; declare the event type `exogenous: true` if it comes from outside"]
        if emitting and next_flip(self.program.motion, frame) == item.event.time:
            notes.append(
                "a condition flips at that very moment, which comes after it: give it a later time of that day"
            )
        notes += self.without(item)
        self.context.complain("E402", f"'{item.event.type}' cannot have happened here", self.keys(item), *notes)
        return None

    def why_not(self, number: int) -> str:
        rule = self.program.rules[number].rule
        if number in self.false_since:
            why = f"its guard '{rule.guard.text}' was false since {self.false_since[number]}"
        elif rule.on:
            why = f"it waits for {' or '.join(rule.on)}, which had not come since it last fired"
        else:
            why = f"it had fired, and its guard '{rule.guard.text}' had not been false since"
        return f"rule '{rule.name}' was not enabled: {why}"
