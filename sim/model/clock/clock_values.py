"""What a clock is given in a state: its rate, its law, its date or its interval, and the errors of what cannot be."""

import math

from sim.errors import RunError
from sim.language.expressions.tree import Expression
from sim.model.clock.run_clock import NEVER, RunClock
from sim.model.expression import TIME, Fault, Frame
from sim.model.model import LawClock, Rate
from sim.model.program import RuleProgram, pace_of
from sim.numerics.cells import MOST_RATE


def given_values(clock: RunClock, frame: Frame, what: str = "clock") -> list[float]:
    """Return the values of what a clock is given. Raise RunError E604 where one has none."""
    program = clock.program
    values: list[float] = []
    for evaluate, expression in zip(program.arguments, program.clock.arguments, strict=True):
        try:
            values.append(evaluate(frame))
        except Fault as fault:
            raise no_value(program, what, expression, fault, frame[TIME]) from None
    return values


def pace_at(clock: RunClock, frame: Frame, time: float) -> float:
    """Return how fast a clock goes at a time, if nothing else changes; NaN where that has no value."""
    now = frame[TIME]
    frame[TIME] = time
    try:
        assert clock.program.pace is not None, "it moves"
        return float(clock.program.pace(frame))
    except Fault:
        return math.nan
    finally:
        frame[TIME] = now


def pace_now(clock: RunClock, frame: Frame) -> float:
    """Return how fast a clock goes. Raise RunError E601 or E604 where that has no value, or is negative."""
    program, expression = clock.program, pace_of(clock.program.rule)
    assert program.pace is not None, "it has a rate or a speed"
    assert expression is not None, "it has a rate or a speed"
    what = "rate" if isinstance(program.clock, Rate) else "speed"
    try:
        rate = float(program.pace(frame))
    except Fault as fault:
        raise no_value(program, what, expression, fault, frame[TIME]) from None
    if 0.0 <= rate < (MOST_RATE if program.moves else NEVER):
        return rate
    name = program.rule.name
    message, where = f"the {what} of '{name}' is {rate:g}", f"{what} = {expression.text} at {expression.location}"
    expected = f"expected a finite {what} of at least 0" if rate < 0.0 or rate == NEVER else f"most is {MOST_RATE:g}"
    raise RunError("E601", message, where, expected, rule=name, time=frame[TIME])


def pace_lost(program: RuleProgram, time: float) -> RunError:
    """Return the error E601 of a rate, or a speed, that is one at a moment and none after it."""
    name, expression = program.rule.name, pace_of(program.rule)
    assert expression is not None, "it moves"
    what = "rate" if isinstance(program.clock, Rate) else "speed"
    message = f"the {what} of '{name}' is negative, or has no value, just after this moment"
    where = f"{what} = {expression.text} at {expression.location}"
    return RunError("E601", message, where, f"expected a finite {what} of at least 0", rule=name, time=time)


def step_of(clock: RunClock, frame: Frame) -> float:
    (step,) = given_values(clock, frame)
    if not 0.0 < step < math.inf:
        raise wrong_step(clock.program, step, "expected a length of time above 0", frame[TIME])
    return step


def wrong_step(program: RuleProgram, step: float, expected: str, now: float) -> RunError:
    name, (expression,) = program.rule.name, program.clock.arguments
    where = f"every: {expression.text} at {expression.location}"
    return RunError("E606", f"the clock of '{name}' goes every {step:g}", where, expected, rule=name, time=now)


def law_of(clock: RunClock, given: LawClock, frame: Frame) -> tuple[float, ...]:
    try:
        return given.form.canonical(*map(float, given_values(clock, frame)))
    except ValueError as error:
        places = ", ".join(f"{argument.text} at {argument.location}" for argument in given.arguments)
        name, where = clock.program.rule.name, f"{given.law.name}: {places}"
        message = f"the clock of '{name}' cannot start: {error}"
        raise RunError("E606", message, where, rule=name, time=frame[TIME]) from None


def no_value(program: RuleProgram, part: str, expression: Expression, fault: Fault, now: float) -> RunError:
    name, where = program.rule.name, f"{expression.text} at {expression.location}"
    return RunError("E604", f"the {part} of '{name}' has no value: {fault}", where, rule=name, time=now)
