"""Which assumptions can be behind an event at all: those from which what happened leads to what its rule reads.

An upper bound for what `flow` finds, from the model and from which types of events happened alone, whatever the state.
"""

from collections.abc import Iterable
from functools import cache

from sim.analysis.readings import Readings
from sim.model.program import RuleProgram


class Influences:
    """What can flow into events of one program's rules."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self.program = readings.program
        self.writers = cache(self._writers)

    def on(self, rule: str, event: str, happened: Iterable[str], assumed: frozenset[str]) -> frozenset[str]:
        """Return which of the assumptions can be behind a rule's event, before which events of these types happened.

        An assumed event is among what happened.
        """
        part = self.program.rules[self.program.numbers[rule]]
        events = {source.removeprefix("event ") for source in assumed if source.startswith("event ")}
        there = {*happened} | events
        found = {f"event {name}" for name in events.intersection(part.rule.on)}
        found |= {f"without {rule}", f"rule {rule}"}
        slots = self._read(part, event)
        pending = list(slots)
        while pending:
            slot = pending.pop()
            if slot in self.readings.parameters:
                found.add(f"parameter {self.readings.parameters[slot]}")
                continue
            for name in self.writers(slot) & there:
                if name in events:
                    found.add(f"event {name}")
                more = {*self.readings.effects(name)[slot].reader.slots} - slots
                slots |= more
                pending.extend(more)
        return assumed & found

    def carriers(self, rule: str, event: str) -> frozenset[str]:
        """Return the types of events through which anything can flow into a rule's event."""
        slots = self._read(self.program.rules[self.program.numbers[rule]], event)
        pending, found = list(slots), set[str]()
        while pending:
            slot = pending.pop()
            for name in self.writers(slot):
                found.add(name)
                more = {*self.readings.effects(name)[slot].reader.slots} - slots
                slots |= more
                pending.extend(more)
        return frozenset(found)

    def _read(self, rule: RuleProgram, event: str) -> set[int]:
        """Return the slots that a rule's guard, clock and choice read, and the marks of an event that it emits."""
        marks = [mark for one in rule.rule.emissions if one.event == event for mark in one.marks]
        readers = [self.readings.guard(rule), *self.readings.arguments(rule), self.readings.weights(rule)]
        speed = self.readings.speed(rule)
        readers += [speed] if speed is not None else []
        return {slot for reader in readers for slot in reader.slots}.union(self.readings.slots(marks))

    def _writers(self, slot: int) -> frozenset[str]:
        """Return the types of events that assign a variable."""
        return frozenset(name for name in self.program.model.events if slot in self.readings.effects(name))
