"""Which values variables can have from the branch on, and which rules can then fire: by abstract interpretation.

A condition or an enum has a set of values, a number has bounds (Cousot & Cousot 1977). What the branch has grows by the
effects of what can still happen until nothing is new; a bound that grows is the declared one at once, so that ends.
Every value that a run can have is among them; in doubt more are. That an expression has a value at all is not said.
"""

import math
from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypeAlias

from sim.build.domains import support
from sim.errors import RunError
from sim.language.expressions.tree import Apply, Literal, Read, Tree, Value, reads
from sim.language.expressions.types import Bool, Enumeration, Integer, Type
from sim.model.bounds import Bounds, bounds, either
from sim.model.event import Log
from sim.model.model import AtDate, Parameter, Rate, Rule, Variable
from sim.model.moving.motion import value
from sim.model.program import compile_model
from sim.model.replay import CHANGING, at_branch, central_start
from sim.model.scenario import Scenario

Values: TypeAlias = frozenset[Value]
NONE: Values = frozenset()
EITHER: Values = frozenset((False, True))
MOST_COMBINATIONS = 64
COMPARISONS = frozenset(("eq", "ne", "lt", "le", "gt", "ge"))


class ReachableValues:
    """The values that variables can have in a scenario from the branch on. They only ever become more."""

    def __init__(self, scenario: Scenario) -> None:
        self.variables = scenario.model.variables
        self.sets: dict[str, Values] = {}
        self.known: dict[tuple[str, str], Bounds] = {("time", ""): (scenario.start, scenario.horizon)}
        for name, parameter in scenario.model.parameters.items():
            self.known["parameter", name] = _bounds_of(parameter)
        for change in scenario.changes:
            for name, changed in change.known.items():
                self.known["parameter", name] = either(self.known["parameter", name], _bounds_of(changed))
            for name in change.assigned:  # one that comes out beyond what the parameter can be ends the run
                parameter = scenario.model.parameters[name]
                self.known["parameter", name] = either(self.known["parameter", name], parameter.domain)
        here = _settled(scenario)
        for name, variable in self.variables.items():
            every = all_of(variable.type)
            if every:
                self._hold(name, frozenset((here[name],)) if name in here else every)
            else:
                value = here.get(name)
                self.known["state", name] = (variable.low, variable.high) if value is None else (value, value)
        for name, variable in self.variables.items():
            if variable.relaxes is not None:  # it goes from what it is towards its target
                target = bounds(variable.relaxes.towards.tree, self.known)
                self.known["state", name] = either(self.known["state", name], target)

    def _hold(self, name: str, values: Values) -> None:
        self.sets[name] = values
        self.known["state", name] = float(min(values)), float(max(values))

    def take(self, name: str, effect: Tree) -> bool:
        """Add what an effect can make of a variable; return whether any of that is new."""
        if name in self.sets:
            more = self.sets[name] | self.values(effect)
            new = more != self.sets[name]
            self._hold(name, more)
            return new
        old = self.known["state", name]
        self.known["state", name] = _widened(old, bounds(effect, self.known), self.variables[name])
        return self.known["state", name] != old

    def values(self, tree: Tree) -> Values:
        """Return the values that a condition or an enum can have.

        Where few combinations of conditions and enums are read, each is looked at by itself.
        """
        several = {name: self.sets[name] for name in sorted(reads(tree, "state")) if len(self.sets.get(name, NONE)) > 1}
        if math.prod(map(len, several.values())) > MOST_COMBINATIONS:
            return self._values(tree, {})
        each = (dict(zip(several, chosen, strict=True)) for chosen in product(*several.values()))
        return NONE.union(*(self._values(tree, chosen) for chosen in each))

    def _values(self, tree: Tree, chosen: Mapping[str, Value]) -> Values:
        """Return the values where some of the variables that have sets have these of them."""
        known = ChainMap({("state", name): (float(value), float(value)) for name, value in chosen.items()}, self.known)
        found: dict[int, Values] = {}  # a part that stands in several places is looked at once

        def of(part: Tree) -> Values:
            if id(part) not in found:
                found[id(part)] = look(part)
            return found[id(part)]

        def look(part: Tree) -> Values:
            match part:
                case Literal(value=value):
                    return frozenset((value,))
                case Read(scope="state", name=name) if name in self.sets:
                    return frozenset((chosen[name],)) if name in chosen else self.sets[name]
                case Apply(operation="not", arguments=(one,)):
                    return frozenset(not value for value in of(one))
                case Apply(operation="and" | "or" as operation, arguments=arguments):
                    return _joined([of(one) for one in arguments], decides=operation == "or")
                case Apply(operation="if", arguments=(condition, one, other)):
                    which = of(condition)
                    return (of(one) if True in which else NONE) | (of(other) if False in which else NONE)
                case Apply(operation="eq" | "ne" as operation, arguments=(one, other)) if all_of(one.type):
                    return _compared(operation, _as_bounds(of(one)), _as_bounds(of(other)), both=of(one) & of(other))
                case Apply(operation=operation, arguments=(one, other)) if operation in COMPARISONS:
                    return _compared(operation, bounds(one, known), bounds(other, known))
            return all_of(part.type)

        return of(tree)


def _joined(parts: Sequence[Values], *, decides: bool) -> Values:
    """Return the values of `or`, which one true part decides, or of `and`, which one false part does."""
    can = any(decides in values for values in parts)
    need_not = all((not decides) in values for values in parts)
    return frozenset([*([decides] if can else []), *([not decides] if need_not else [])])


def _as_bounds(values: Values) -> Bounds:
    return float(min(values)), float(max(values))


def _compared(operation: str, one: Bounds, other: Bounds, both: Collection[Value] | None = None) -> Values:
    """Return the values of a comparison of two numbers, or of two sets: `both` are the values that these share."""
    if operation in ("gt", "ge"):
        return _compared({"gt": "lt", "ge": "le"}[operation], other, one)
    if operation == "lt":
        true, false = one[0] < other[1], one[1] >= other[0]
    elif operation == "le":
        true, false = one[0] <= other[1], one[1] > other[0]
    else:
        meet = one[0] <= other[1] and other[0] <= one[1] if both is None else bool(both)
        same = one == other and one[0] == one[1]
        true, false = (meet, not same) if operation == "eq" else (not same, meet)
    return frozenset([*([True] if true else []), *([False] if false else [])])


def all_of(kind: Type) -> Values:
    """Return all values of a condition or an enum; none of a number or a date, which has bounds."""
    if isinstance(kind, Bool):
        return EITHER
    return frozenset(range(len(kind.values))) if isinstance(kind, Enumeration) else NONE


def _widened(old: Bounds, new: Bounds, variable: Variable) -> Bounds:
    """Return bounds that hold the old and the new ones, and are the declared ones where they grow."""
    low, high = either(old, new)
    return (old[0] if low == old[0] else variable.low), (old[1] if high == old[1] else variable.high)


def _bounds_of(parameter: Parameter) -> Bounds:
    low, high = parameter.domain if parameter.given else support(parameter)
    whole = isinstance(parameter.type, Integer | Bool)
    return (math.floor(low), math.ceil(high)) if whole and math.isfinite(low) and math.isfinite(high) else (low, high)


def _settled(scenario: Scenario) -> dict[str, Value]:
    """Return the variables whose value at the branch does not depend on any parameter, with that value."""
    model = scenario.model
    open_ = {
        name
        for name, variable in model.variables.items()
        if _is_open(variable.initial.tree, ()) or any(_is_open(one.tree, ()) for one in variable.course())
    }
    for event in scenario.past:
        if event.kind in CHANGING:
            effects = model.events[event.type].effects
            opened = {
                target
                for target, effect in effects.items()
                if _is_open(effect.tree, open_)
                or any(_is_open(one.tree, ()) for one in model.variables[target].course())
            }
            open_ = (open_ - set(effects)) | opened
    return {name: value for name, value in central_state(scenario).items() if name not in open_}


def central_state(scenario: Scenario) -> dict[str, Value]:
    """Return the state at the branch, at the central parameters; nothing if a run fails before."""
    program = compile_model(scenario.model)
    try:
        frame = at_branch(program, scenario, (central_start(scenario),))
    except RunError:
        return {}
    moving = {variable.variable.name: variable for variable in program.motion.variables.values()}
    return {
        name: value(moving[name], frame) if name in moving else frame[program.slots["state", name]]
        for name in scenario.model.variables
    }


def _is_open(tree: Tree, open_: Collection[str]) -> bool:
    return bool(reads(tree, "parameter")) or any(name in open_ for name in reads(tree, "state"))


class WhyIdle(NamedTuple):
    """Why a rule cannot fire; `starts` says that its clock may start all the same."""

    reason: str
    starts: bool = False


def idle_rules(scenario: Scenario, left_out: Collection[str]) -> dict[str, WhyIdle]:
    """Return the rules that cannot fire from the branch on, `left_out` apart, each with the reason.

    A rule is one of them if its guard is false in every state that can still come, or if it waits for events that
    nothing can bring any more, or if its rate is 0, or its date outside of the runs.
    """
    model, reach = scenario.model, ReachableValues(scenario)
    waiting = {name: rule for name, rule in model.rules.items() if name not in left_out}
    looked_at = {name: _reads(rule) for name, rule in waiting.items()}
    fresh, coming = {item.event for item in scenario.timetable}, set[str]()
    changed, why = set(model.variables), dict[str, WhyIdle | None]()
    while True:  # what can fire first, then what can fire after that, and so on
        coming |= fresh
        for name, rule in waiting.items():
            if name not in why or looked_at[name] & changed or fresh.intersection(rule.on):
                why[name] = _why_idle(rule, reach, scenario, coming)
        firing = [waiting.pop(name) for name in [*waiting] if why[name] is None]
        grown = {
            target
            for event in coming
            for target, effect in model.events[event].effects.items()
            if (event in fresh or reads(effect.tree, "state") & changed) and reach.take(target, effect.tree)
        }
        changed, fresh = grown, {emission.event for rule in firing for emission in rule.emissions} - coming
        if not (changed or fresh):
            return {name: idle for name in waiting if (idle := why[name]) is not None}


def _reads(rule: Rule) -> frozenset[str]:
    return frozenset[str]().union(*(reads(part.tree, "state") for part in (rule.guard, *rule.clock.arguments)))


def _why_idle(rule: Rule, reach: ReachableValues, scenario: Scenario, coming: Collection[str]) -> WhyIdle | None:
    if rule.on and not (any(event in coming for event in rule.on) or _may_be_pending(rule, scenario.past)):
        return WhyIdle(f"it waits for {' or '.join(rule.on)}, which nothing brings any more")
    unchanged = "at the branch, and nothing that can still happen changes that"
    if True not in reach.values(rule.guard.tree):
        return WhyIdle(f"its guard '{rule.guard.text}' is false {unchanged}")
    if isinstance(rule.clock, Rate) and bounds(rule.clock.argument.tree, reach.known) == (0.0, 0.0):
        return WhyIdle(f"its rate is 0 {unchanged}", starts=True)
    if isinstance(rule.clock, AtDate):
        earliest, latest = bounds(rule.clock.argument.tree, reach.known)
        if latest < scenario.start or earliest > scenario.horizon:
            where = "before the branch" if latest < scenario.start else "after the horizon"
            return WhyIdle(f"its date is always {where}", starts=True)
    return None


def _may_be_pending(rule: Rule, past: Log) -> bool:
    """Return whether a rule that waits for events may have heard one that it has not yet answered."""
    heard = False
    for event in past:
        if event.kind in CHANGING:
            heard = event.type in rule.on or (heard and event.rule != rule.name)
    return heard
