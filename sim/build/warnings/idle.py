"""What follows from the events of a scenario, read off the model without a run.

In doubt something counts as able to matter. `reachable` says which rules cannot fire.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sim.language.expressions.tree import Expression, reads
from sim.model.checks import Happened
from sim.model.model import Model
from sim.model.scenario import Scenario


@dataclass(frozen=True)
class Following:
    """What follows from events in a scenario: which variables are read, and which events are waited for.

    `asked` are the event types of which it is asked how long ago they were.
    """

    read: frozenset[str]
    awaited: frozenset[str]
    asked: frozenset[str]

    @staticmethod
    def of(scenario: Scenario) -> "Following":
        """Return it for a scenario, its rules that never fire apart."""
        model = scenario.model
        rules = [rule for name, rule in model.rules.items() if name not in scenario.never]
        coming = {emission.event for rule in rules for emission in rule.emissions}
        coming |= {item.event for item in scenario.timetable}
        read = _states([*(part for rule in rules for part in rule.expressions()), *model.question_expressions()])
        while True:
            more = _states(
                effect for event in coming for target, effect in model.events[event].effects.items() if target in read
            )
            if more <= read:
                break
            read |= more
        awaited = [rule.on for rule in rules] + [outcome.on for outcome in model.outcomes.values()]
        awaited += [measure.on for measure in model.measures.values()]
        for check in model.checks.values():
            awaited += [check.on, check.statement.events if isinstance(check.statement, Happened) else ()]
        effects = [effect for kind in model.events.values() for effect in kind.effects.values()]
        expressions = [
            *(part for rule in rules for part in rule.expressions()),
            *model.question_expressions(),
            *effects,
        ]
        asked = frozenset[str]().union(*(reads(expression.tree, "last") for expression in expressions))
        return Following(read, frozenset(event for events in awaited for event in events), asked)

    def none_from(self, model: Model, event: str) -> bool:
        """Return whether nothing follows from an event: nothing reads what it writes, and nothing waits for it."""
        return event not in self.awaited | self.asked and not any(
            target in self.read for target in model.events[event].effects
        )


def _states(expressions: Iterable[Expression]) -> frozenset[str]:
    return frozenset[str]().union(*(reads(expression.tree, "state") for expression in expressions))
