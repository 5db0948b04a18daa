"""What an event rests on, read off the model and the log: nothing about causes is stored.

The events that last wrote what a rule's guard reads made the rule's event possible, and so did the event that the rule
waited for. Followed back, every chain ends in documented events, the scenario's events, parameters and draws. `flow`
finds what else makes two runs differ, such as a rate.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from sim.language.expressions.tree import reads
from sim.model.event import Event, Log
from sim.model.model import Model
from sim.model.replay import CHANGING


class Dependencies:
    """Who reads and who writes what in one model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def enabling(self) -> Mapping[str, frozenset[str]]:
        """The state variables that each rule's guard reads: what makes its event possible."""
        return {name: reads(rule.guard.tree, "state") for name, rule in self.model.rules.items()}

    @cached_property
    def asking(self) -> Mapping[str, frozenset[str]]:
        """The event types of which each rule's guard asks how long ago they were."""
        return {name: reads(rule.guard.tree, "last") for name, rule in self.model.rules.items()}

    @cached_property
    def effects(self) -> Mapping[str, frozenset[str]]:
        """The state variables that each event type's effects write."""
        return {name: frozenset(kind.effects) for name, kind in self.model.events.items()}

    def enablers(self, log: Log) -> dict[int, frozenset[int]]:
        """Return, for each event of a log that changes the state, the places in it of those that made it possible."""
        written: dict[str, int] = {}
        heard: dict[str, int] = {}
        found: dict[int, frozenset[int]] = {}
        for index, event in enumerate(log):
            if event.kind not in CHANGING:
                continue
            found[index] = frozenset(self._enablers(event, written, heard))
            for target in self.effects[event.type]:
                written[target] = index
            heard[event.type] = index
        return found

    def _enablers(self, event: Event, written: Mapping[str, int], heard: Mapping[str, int]) -> Iterable[int]:
        if not event.rule:
            return
        for name in self.enabling[event.rule]:
            if name in written:
                yield written[name]
        yield from (heard[name] for name in self.asking[event.rule] if name in heard)
        waited = [heard[name] for name in self.model.rules[event.rule].on if name in heard]
        if waited:
            yield max(waited)
