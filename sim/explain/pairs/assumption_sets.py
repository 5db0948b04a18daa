"""What two scenarios of one model assume otherwise, each by its name, and the scenarios that assume only some of it.

An assumption is what one can take away by itself: `parameter x`, `event x` (those of one type that only one of the two
has at their times), `without x` (a rule that does not fire), or `rule x` (a rule that a scenario adds or starts again).
What runs of these scenarios come to is for `undoing`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias, TypeVar

from sim.analysis.differences.namesakes import Namesakes
from sim.language.expressions.tree import reads
from sim.model.canonical import change_meaning
from sim.model.model import EventType, Parameter, Scheduled
from sim.model.scenario import Change, Scenario

T = TypeVar("T")
Kept: TypeAlias = frozenset[str]
Key: TypeAlias = tuple[float, str, tuple[float, ...]]


class Assumptions:
    """The assumptions in which the scenario `other` differs from `one`, its baseline."""

    def __init__(self, one: Scenario, other: Scenario) -> None:
        self.one = one
        self.other = other
        self._mixed: dict[Kept, Scenario] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the assumptions, in order."""
        one, other = self.one, self.other
        found = {f"parameter {name}" for name in one.model.parameters if self._differs(name)}
        found |= {f"event {name}" for name in self._events}
        found |= {f"without {name}" for name in {*one.disabled} ^ {*other.disabled}}
        found |= {f"rule {name}" for name in {*one.own_rules} ^ {*other.own_rules}} | self._bundle
        for change in (*self._changes[0], *self._changes[1]):
            found.update(_named(change))
        return tuple(sorted(found))

    @cached_property
    def shared_past(self) -> int:
        """How many events both have had before their branches, where they had the same; 0 where they had not."""
        one, other = self.one.past, self.other.past
        alike = not self.namesakes and one == other and all(event.kind != "changed" for event in one)
        return len(one) if alike else 0

    def of_parameter(self, name: str) -> tuple[str, ...]:
        """Return the assumptions by which a parameter's value may differ: its own, or those of what its prior reads."""
        if f"parameter {name}" in self.names:
            return (f"parameter {name}",)
        seen, pending = {name}, [name]
        found = set[str]()
        while pending:
            current = pending.pop()
            if f"parameter {current}" in self.names:
                found.add(f"parameter {current}")
            read = self.other.model.parameters[current].reads | self.one.model.parameters[current].reads
            for change in (*self.one.changes, *self.other.changes):
                if current in change.assigned:
                    read |= reads(change.assigned[current].tree, "parameter")
            pending.extend(read - seen)
            seen |= read
        return tuple(sorted(found))

    def is_assumed(self, time: float, event: str, marks: tuple[float, ...]) -> bool:
        """Return whether one scenario alone has this event at this time, or in another order."""
        return (time, event, marks) in self._scheduled

    def without(self, name: str) -> Scenario:
        """Return `other` without one of its assumptions."""
        return self.only(set(self.names) - {name})

    def only(self, names: Iterable[str]) -> Scenario:
        """Return `one` with some of the assumptions of `other`: with none it means `one`, with all `other`."""
        kept = frozenset(names)
        if not kept >= self._bundle:
            kept -= self._bundle
        if kept not in self._mixed:
            self._mixed[kept] = self._mix(kept)
        return self._mixed[kept]

    def _mix(self, kept: Kept) -> Scenario:
        if kept >= {*self.names}:
            return self.other
        if not kept:
            return self.one
        one, other = self.one, self.other
        model = other.model
        mine, theirs = one.model.parameters, model.parameters  # each with the uncertain numbers of its own rules
        parameters = {name: self._chosen(kept, name, mine, theirs) for name in {**theirs, **mine}}
        own = {name: given for name in sorted({*one.own, *other.own})
               if (given := self._of_past(kept, name)) is not None}  # fmt: skip
        rules = {**one.model.rules, **model.rules}
        for name in {*one.own_rules, *other.own_rules}:
            side = other if f"rule {name}" in kept or f"rule {name}" not in self.names else one
            if name in side.own_rules:
                rules[name] = side.model.rules[name]
            else:
                del rules[name]
        fixed = other.parameters
        if fixed is not None and one.parameters is not None:
            here, there = _fixed(one), _fixed(other)
            fixed = tuple(self._chosen(kept, name, here, there) for name in parameters)
        mixed = replace(
            other,
            model=replace(
                model, parameters=parameters, rules=dict(sorted(rules.items())),
                events=dict(sorted(self._event_types(kept).items())),
            ),
            own=own,
            parameters=fixed,
            timetable=self._timetable(kept),
            disabled=tuple(sorted(self._members(kept, "without", one.disabled, other.disabled) & rules.keys())),
            own_rules=tuple(sorted({*one.own_rules, *other.own_rules} & rules.keys())),
            own_events=tuple(sorted({*one.own_events, *other.own_events})),
        )  # fmt: skip
        return mixed.with_changes(tuple(self._mixed_changes(kept, rules)))

    def _differs(self, name: str) -> bool:
        one, other = self.one, self.other
        if name not in other.model.parameters:  # an uncertain number of a rule that the other does not have
            return False
        if one.model.parameters[name].known != other.model.parameters[name].known:
            return True
        if one.parameters is not None and other.parameters is not None:
            return _fixed(one)[name] != _fixed(other)[name]
        return False

    def _chosen(self, kept: Kept, name: str, mine: Mapping[str, T], theirs: Mapping[str, T]) -> T:
        is_mine = f"parameter {name}" in self.names and f"parameter {name}" not in kept
        return mine[name] if (is_mine and name in mine) or name not in theirs else theirs[name]

    def _of_past(self, kept: Kept, name: str) -> Parameter | None:
        """Return a parameter of the past that another replaces at the branch; None if none does."""
        side = self.one if f"parameter {name}" in self.names and f"parameter {name}" not in kept else self.other
        return side.own.get(name)

    def _members(self, kept: Kept, kind: str, mine: Iterable[str], theirs: Iterable[str]) -> set[str]:
        """Return the names that a mixture has in a set of which the two scenarios have different members."""
        known = {*mine}, {*theirs}
        chosen = {name for name in known[0] ^ known[1] if name in known[f"{kind} {name}" in kept]}
        return chosen | (known[0] & known[1])

    # Events

    @cached_property
    def namesakes(self) -> Namesakes:
        """The scenarios' own event types and rules that have one name and mean something else in each."""
        return Namesakes.of(self.one, self.other)

    @cached_property
    def _bundle(self) -> Kept:
        """What is assumed of namesakes, which name each other: it is kept or taken away together."""
        names = self.namesakes
        return frozenset({f"rule {name}" for name in names.rules} | {f"event {name}" for name in names.events})

    def _event_types(self, kept: Kept) -> dict[str, EventType]:
        mine, theirs = self.one.model.events, self.other.model.events
        chosen = {name: (theirs if f"event {name}" in kept else mine)[name] for name in self.namesakes.events}
        return {**mine, **theirs, **chosen}

    @cached_property
    def _scheduled(self) -> frozenset[Key]:
        """What only one of the two has at a time, or has in another order there."""
        mine, theirs = ([_key(item) for item in side.timetable] for side in (self.one, self.other))
        named = {key for key in (*mine, *theirs) if key[1] in self.namesakes.events}
        apart = (Counter(mine) - Counter(theirs)) + (Counter(theirs) - Counter(mine))
        return frozenset({*apart, *named, *self._reordered})

    @cached_property
    def _reordered(self) -> frozenset[Key]:
        """What both have at a time, in another order."""
        mine, theirs = ([_key(item) for item in side.timetable] for side in (self.one, self.other))
        found = set[Key]()
        for time in {key[0] for key in mine} if mine != theirs else ():
            both = Counter(key for key in mine if key[0] == time) & Counter(theirs)
            here, there = (_first_of(both, keys) for keys in (mine, theirs))
            if here != there:
                found |= {*both}
        return frozenset(found)

    @cached_property
    def _events(self) -> frozenset[str]:
        return frozenset(event for _, event, _ in self._scheduled)

    def _timetable(self, kept: Kept) -> tuple[Scheduled, ...]:
        """Return the events that stand in both timetables, and those of the types that are chosen, in order of time.

        Those of one time that stand in another order do so as in `other` only if all of them are chosen.
        """
        moved = {time for time, event, _ in self._reordered if f"event {event}" not in kept}

        def has(item: Scheduled, side: Scenario) -> bool:
            key = _key(item)
            if key in self._reordered:
                return (side is self.one) == (item.time in moved)
            if key in self._scheduled:
                return (side is self.other) == (f"event {item.event}" in kept)
            return side is self.other

        chosen = [item for side in (self.other, self.one) for item in side.timetable if has(item, side)]
        return tuple(sorted(chosen, key=lambda item: item.time))

    # Changes from a date on

    @cached_property
    def _changes(self) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """The changes that only the one and only the other scenario makes."""
        mine, theirs = ([change_meaning(change) for change in side.changes] for side in (self.one, self.other))
        return (
            tuple(change for change, meaning in zip(self.one.changes, mine, strict=True) if meaning not in theirs),
            tuple(change for change, meaning in zip(self.other.changes, theirs, strict=True) if meaning not in mine),
        )

    def _mixed_changes(self, kept: Kept, rules: Collection[str]) -> Iterable[Change]:
        mine, theirs = self._changes
        shared = [change for change in self.other.changes if change not in theirs]
        parts = [_part(change, kept) for change in theirs]
        parts += [_part(change, {*self.names} - kept) for change in mine]
        parts = [_of_rules(change, rules) for change in (*shared, *parts)]
        made = [change for change in parts if change.parameters or change.disabled or change.enabled]
        return sorted(made, key=lambda change: change.time)


def _fixed(scenario: Scenario) -> Mapping[str, float]:
    """Return the values that a branch from a run fixes, by the names of the parameters."""
    return dict(zip(scenario.model.parameters, scenario.parameters or (), strict=True))


def _key(item: Scheduled) -> Key:
    return item.time, item.event, item.marks


def _first_of(counts: Counter[Key], keys: Iterable[Key]) -> list[Key]:
    """Return the first of some keys, of each as many as are counted."""
    left, found = counts.copy(), []
    for key in keys:
        if left[key] > 0:
            left[key] -= 1
            found.append(key)
    return found


def _named(change: Change) -> set[str]:
    """Return the names of the assumptions that a change from a date on makes."""
    found = {f"parameter {name}" for name in change.parameters}
    found |= {f"without {name}" for name in change.disabled}
    return found | {f"rule {name}" for name in change.enabled}


def _of_rules(change: Change, rules: Collection[str]) -> Change:
    """Return a change as far as it is of rules that there are: a scenario may switch one of its own."""
    disabled, enabled = (tuple(name for name in names if name in rules) for names in (change.disabled, change.enabled))
    if (disabled, enabled) == (change.disabled, change.enabled):
        return change
    return replace(change, disabled=disabled, enabled=enabled)


def _part(change: Change, kept: Iterable[str]) -> Change:
    """Return as much of a change as assumptions of these names make."""
    names = {*kept}
    return replace(
        change,
        parameters={name: given for name, given in change.parameters.items() if f"parameter {name}" in names},
        disabled=tuple(name for name in change.disabled if f"without {name}" in names),
        enabled=tuple(name for name in change.enabled if f"rule {name}" in names),
        written=None,
    )
