"""Event types and rules of one name that two scenarios each add, and mean different things by, distinguished.

Where two runs are compared, such an event of one is not what the other has. So those of the second scenario get names
that no document can give, and lose them again in what is reported.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sim.experiment.pairs import Side
from sim.model.canonical import canonical_model
from sim.model.event import Event
from sim.model.model import Model, Rule
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario

BEHIND = "'"  # a name that is another scenario's has this behind it


@dataclass(frozen=True, slots=True)
class Namesakes:
    """The names that mean something else in the second of two scenarios than in the first."""

    events: frozenset[str]
    rules: frozenset[str]

    @staticmethod
    def of(one: Scenario, other: Scenario) -> "Namesakes":
        """Return those of two scenarios; a rule is among them, too, if one that it names is."""
        events = {*one.own_events} & {*other.own_events}
        rules = {*one.own_rules} & {*other.own_rules}
        if not (events or rules):
            return Namesakes(frozenset(), frozenset())
        mine, theirs = canonical_model(one.model), canonical_model(other.model)
        differing = {name for name in events if mine["events"][name] != theirs["events"][name]}
        known = {name: other.model.rules[name] for name in rules}
        found = {name for name, rule in known.items()
                 if mine["rules"][name] != theirs["rules"][name] or _names_any(rule, differing)}  # fmt: skip
        while more := {name for name, rule in known.items() if not found.isdisjoint(rule.restarts)} - found:
            found |= more
        return Namesakes(frozenset(differing), frozenset(found))

    def __bool__(self) -> bool:
        return bool(self.events or self.rules)

    def event(self, name: str) -> str:
        """Return what an event type of the second scenario is called."""
        return name + BEHIND if name in self.events else name

    def rule(self, name: str) -> str:
        """Return what a rule of the second scenario is called."""
        return name + BEHIND if name in self.rules else name

    def distinguished(self, scenario: Scenario) -> Scenario:
        """Return the second scenario with names of its own for what means something else in the first."""
        return replace(
            scenario,
            model=self._model(scenario.model),
            past=tuple(map(self.in_log, scenario.past)),
            timetable=tuple(replace(item, event=self.event(item.event)) for item in scenario.timetable),
            disabled=self._rules(scenario.disabled),
            own_rules=self._rules(scenario.own_rules),
            own_events=tuple(map(self.event, scenario.own_events)),
            changes=tuple(
                replace(change, disabled=self._rules(change.disabled), enabled=self._rules(change.enabled))
                for change in scenario.changes
            ),
        )

    def side(self, side: Side, scenario: Scenario) -> Side:
        """Return a run of the second scenario, which is distinguished already, with the same names."""
        return side[0], scenario, tuple(map(self.in_log, side[2]))

    def in_log(self, event: Event) -> Event:
        """Return an event of a run of the second scenario as it is called there."""
        kind = self.event(event.type) if event.kind in CHANGING else event.type
        rule = self.rule(event.rule)
        return event if (kind, rule) == (event.type, event.rule) else replace(event, type=kind, rule=rule)

    def _rules(self, names: Collection[str]) -> tuple[str, ...]:
        return tuple(map(self.rule, names))

    def _model(self, model: Model) -> Model:
        events = {self.event(name): replace(kind, name=self.event(name)) for name, kind in model.events.items()}
        rules = {self.rule(name): self._rule(rule) for name, rule in model.rules.items()}
        return replace(model, events=dict(sorted(events.items())), rules=dict(sorted(rules.items())))

    def _rule(self, rule: Rule) -> Rule:
        emissions = tuple(replace(one, event=self.event(one.event)) for one in rule.emissions)
        return replace(
            rule, name=self.rule(rule.name), emissions=emissions, on=tuple(map(self.event, rule.on)),
            restarts=self._rules(rule.restarts),
        )  # fmt: skip


def _names_any(rule: Rule, events: Collection[str]) -> bool:
    return any(emission.event in events for emission in rule.emissions) or any(name in events for name in rule.on)


def as_named(name: str) -> str:
    """Return a name as the document has it."""
    return name.removesuffix(BEHIND)
