"""What a scenario assumes that no run of it can depend on: rules that could not fire anyway, events that do nothing.

All is read off the model and the state at the branch, without a run, and in doubt something counts as able to matter.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.errors import RunError
from sim.language.expressions.tree import Apply, Expression, Literal, Read, Tree, Value, reads
from sim.model.checks import Happened
from sim.model.expression import Fault, evaluate
from sim.model.model import Model, Rate, Rule
from sim.model.program import compile_model
from sim.model.replay import CHANGING, at_branch, central_start
from sim.model.scenario import Scenario


def idle_rules(scenario: Scenario, left_out: Collection[str]) -> dict[str, str]:
    """Return the rules that cannot fire from the branch on, `left_out` apart, each with the reason.

    A rule is one of them if its guard is false and nothing that can still happen writes what it reads, or if it waits
    for events that nothing can bring any more, or if its rate is 0.
    """
    model = scenario.model
    here, been = _settled(scenario), {event.type for event in scenario.past if event.kind in CHANGING}
    coming = {item.event for item in scenario.timetable}
    waiting = {name: rule for name, rule in model.rules.items() if name not in left_out}
    while True:  # what can fire first, then what can fire after that, and so on
        written = {target for event in coming for target in model.events[event].effects}
        fixed = {name: value for name, value in here.items() if name not in written}
        why = {name: _why_idle(rule, fixed, coming, been) for name, rule in waiting.items()}
        firing = {name for name, reason in why.items() if not reason}
        if not firing:
            return why
        coming |= {emission.event for name in firing for emission in waiting.pop(name).emissions}


def _why_idle(rule: Rule, fixed: Mapping[str, Value], coming: Collection[str], been: Collection[str]) -> str:
    if rule.on and not any(event in coming or event in been for event in rule.on):
        return f"it waits for {' or '.join(rule.on)}, which nothing brings any more"
    if _value(rule.guard.tree, fixed) is False:
        return f"its guard '{rule.guard.text}' is false at the branch, and nothing that can still happen changes that"
    if isinstance(rule.clock, Rate) and _value(rule.clock.argument.tree, fixed) == 0:
        return "its rate is 0 at the branch, and nothing that can still happen changes that"
    return ""


def _settled(scenario: Scenario) -> dict[str, Value]:
    """Return the variables whose value at the branch does not depend on any parameter, with that value."""
    model = scenario.model
    open_ = {name for name, variable in model.variables.items() if _is_open(variable.initial.tree, ())}
    for event in scenario.past:
        if event.kind in CHANGING:
            effects = model.events[event.type].effects
            opened = {target for target, effect in effects.items() if _is_open(effect.tree, open_)}
            open_ = (open_ - set(effects)) | opened
    return {name: value for name, value in central_state(scenario).items() if name not in open_}


def central_state(scenario: Scenario) -> dict[str, Value]:
    """Return the state at the branch, at the central parameters; nothing if a run fails before."""
    program = compile_model(scenario.model)
    try:
        frame = at_branch(program, scenario, (central_start(scenario),))
    except RunError:
        return {}
    return {name: frame[program.slots["state", name]] for name in scenario.model.variables}


def _is_open(tree: Tree, open_: Collection[str]) -> bool:
    return bool(reads(tree, "parameter")) or any(name in open_ for name in reads(tree, "state"))


def _value(tree: Tree, fixed: Mapping[str, Value]) -> Value | None:
    """Return the value that a tree has whatever is not `fixed`; None if it depends on that."""
    known: dict[int, Value | None] = {}  # a part that stands in several places is looked at once

    def value_of(part: Tree) -> Value | None:
        if id(part) not in known:
            known[id(part)] = found(part)
        return known[id(part)]

    def found(part: Tree) -> Value | None:
        if isinstance(part, Literal):
            return part.value
        if isinstance(part, Read):
            return fixed.get(part.name) if part.scope == "state" else None
        return _applied(part, [value_of(argument) for argument in part.arguments]) if isinstance(part, Apply) else None

    return value_of(tree)


def _applied(tree: Apply, values: Sequence[Value | None]) -> Value | None:
    decides = {"and": False, "or": True}.get(tree.operation)
    if decides is not None and any(value is decides for value in values):
        return decides
    given = [
        Literal(value, argument.type)
        for value, argument in zip(values, tree.arguments, strict=True)
        if value is not None
    ]
    if len(given) < len(values):
        return None
    try:
        return evaluate(Apply(tree.operation, tuple(given), tree.type, tree.size))
    except Fault:
        return None


@dataclass(frozen=True)
class Following:
    """What follows from events in a scenario: which variables are read by what, and which events are waited for."""

    read: frozenset[str]
    awaited: frozenset[str]

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
        return Following(read, frozenset(event for events in awaited for event in events))

    def none_from(self, model: Model, event: str) -> bool:
        """Return whether nothing follows from an event: nothing reads what it writes, and nothing waits for it."""
        return event not in self.awaited and not any(target in self.read for target in model.events[event].effects)


def _states(expressions: Iterable[Expression]) -> frozenset[str]:
    return frozenset[str]().union(*(reads(expression.tree, "state") for expression in expressions))
