"""Which event a firing rule emits, with which marks; and whether a run is over.

The other two of the Decider's four functions. All draws but those of clocks are used here: for the choice among a
rule's events, and for the random marks of the one that happens.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

from sim.distributions.marks import MARK_LAWS, one_of, reached
from sim.errors import RunError
from sim.language.expressions.tree import Value
from sim.model.expression import Fault, Frame
from sim.model.program import TIME, DrawnMark, Emitter, Program, RuleProgram

# The uniform in (0, 1] of a rule's firing: 1 is its choice, 2 and on its marks. 0 was its threshold.
Uniform: TypeAlias = Callable[[int], float]
CHOICE = 1
FIRST_MARK = 2


def decide(rule: RuleProgram, frame: Frame, uniform: Uniform) -> tuple[str, tuple[float, ...]]:
    """Return the event type that the rule emits in this frame, and its marks in order of names.

    Weights and marks are evaluated on the state before the event. Raise RunError E607 when no weight is
    above 0 or one is negative, E608 when a random mark's law has impossible arguments, E604 for arithmetic.
    """
    emitters = rule.emitters
    emitter = _choose(rule, frame, uniform(CHOICE)) if rule.weights else emitters[0]
    if not emitter.marks:
        return emitter.event, ()
    try:
        for drawn in emitter.drawn:
            frame[drawn.slot] = _drawn(drawn, frame, uniform(FIRST_MARK + drawn.index))
        marks = tuple([float(mark(frame)) for mark in emitter.marks])
    except Fault as fault:
        raise _error(rule, frame, "E604", f"a mark of '{emitter.event}' has no value: {fault}") from None
    except ValueError as error:
        raise _error(rule, frame, "E608", f"a mark of '{emitter.event}' cannot be drawn: {error}") from None
    if any(mark != mark for mark in marks):
        # Which bits such a value has differs between machines, and no log may.
        raise _error(rule, frame, "E604", f"a mark of '{emitter.event}' has no value: it is not a number")
    return emitter.event, marks


def _drawn(drawn: DrawnMark, frame: Frame, uniform: float) -> Value:
    if drawn.values:
        weights = [float(weight(frame)) for weight in drawn.arguments]
        value: Value = drawn.values[one_of(weights, uniform)](frame)
        return value
    arguments = [float(argument(frame)) for argument in drawn.arguments]
    return MARK_LAWS[drawn.law].quantile(*arguments, uniform)


def _choose(rule: RuleProgram, frame: Frame, uniform: float) -> Emitter:
    weights = []
    total = 0.0
    for emitter, evaluate in zip(rule.emitters, rule.weights, strict=True):
        try:
            weight = float(evaluate(frame))
        except Fault as fault:
            raise _error(rule, frame, "E604", f"the weight of '{emitter.event}' has no value: {fault}") from None
        if not 0.0 <= weight < math.inf:
            raise _error(rule, frame, "E607", f"the weight of '{emitter.event}' is {weight:g}")
        weights.append(weight)
        total += weight
    if not 0.0 < total < math.inf:
        raise _error(rule, frame, "E607", f"the weights of '{rule.rule.name}' add up to {total:g}")
    return rule.emitters[reached(weights, uniform * total)]


def is_terminal(program: Program, outcome: int) -> bool:
    """Return whether a run is over when this outcome comes true."""
    return program.outcomes[outcome].outcome.ends_run


def _error(rule: RuleProgram, frame: Frame, code: str, message: str) -> RunError:
    name, place = rule.rule.name, rule.rule.location
    return RunError(code, message, f"rule '{name}' at {place}", rule=name, time=frame[TIME])
