"""What the parts of a model demand of their numbers: a rate of at least 0, arguments that a law can have, a value that
lies in its variable's range.

A run fails where a demand is not met. Where none can meet it, that is found when the model is read, from bounds
of the expressions. `unsafe` finds whether parameters can break it.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import assert_never

from sim.distributions.marks import MARK_LAWS
from sim.distributions.priors import PRIORS
from sim.language.diagnostics import Complaints
from sim.language.expressions.operations import ONE_OF
from sim.language.expressions.tree import Expression, Literal, Tree
from sim.language.expressions.types import Number
from sim.language.yaml.parser import Document
from sim.model.bounds import ANY, Bounds, bounds
from sim.model.expression import is_constant
from sim.model.model import AtDate, EventType, Every, Immediately, LawClock, Parameter, Rate, Rule, Variable
from sim.model.program import draws_in, parted

FINITE = math.nextafter(math.inf, 0.0)
ABOVE_NOUGHT = math.ulp(0.0)
PLAIN = (0.0, 0.5, 1.0, 1e300, -1e300)  # what an argument that is not known is tried with


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is demanded of the numbers `given`, or of those `drawn` with; the complaint stands at the first of `given`.

    One number must lie in `allowed`; several together, by their names, must not be refused: `check` raises ValueError.
    `code` is that of the error, `refusal` its message, `rule` the rule whose it is, if any.
    """

    code: str
    refusal: str
    given: tuple[Expression, ...]
    drawn: tuple[Tree, ...] | None = None
    names: tuple[str, ...]
    check: Callable[..., object] | None = None
    allowed: Bounds = ANY
    notes: tuple[str, ...] = ()
    rule: str = ""

    @property
    def trees(self) -> tuple[Tree, ...]:
        """What the numbers are computed by."""
        return tuple(one.tree for one in self.given) if self.drawn is None else self.drawn

    def unmet(self, ranges: list[Bounds]) -> str | None:
        """Return why no numbers within these ranges meet the demand; None if some may."""
        if self.check is None:
            (low, high), (least, most) = ranges[0], self.allowed
            if not (high < least or low > most):
                return None
            return f"it is {low:g}" if low == high else f"it lies between {low:g} and {high:g}"
        known = {name: low for name, (low, high) in zip(self.names, ranges, strict=True) if low == high}
        why = None
        for values in product(*(_some_of(one, known.values()) for one in ranges)):
            try:
                self.check(*values)
                return None
            except ValueError as error:
                why = str(error)
        if len(known) == len(ranges):
            return why
        those = [_given(name, found) for name, found in zip(self.names, ranges, strict=True) if found != ANY]
        return f"there is none with {' and '.join(those)}"


def _given(name: str, found: Bounds) -> str:
    low, high = found
    if low == high:
        return f"{name}={low:g}"
    if math.inf in (-low, high):
        return f"{name} above {low:g}" if high == math.inf else f"{name} below {high:g}"
    return f"{name} between {low:g} and {high:g}"


def _some_of(found: Bounds, known: Iterable[float]) -> list[float]:
    """Return numbers of a range that stand for all of it, as far as laws tell numbers apart: by sign, order, size."""
    low, high = found
    if low == high:
        return [low]
    finite = [end for end in (low, high) if math.isfinite(end)]
    whole = [float(math.ceil(low))] if math.isfinite(low) else []
    return [value for value in dict.fromkeys((*finite, *whole, *PLAIN, *known)) if low <= value <= high]


def refuse_impossible(
    demands: Iterable[Demand], known: Mapping[tuple[str, str], Bounds], document: Document, complaints: Complaints
) -> None:
    """Complain of each demand that nothing can meet, whatever the state and the parameters are."""
    for demand in demands:
        why = demand.unmet([bounds(tree, known) for tree in demand.trees])
        if why is not None:
            span = document.span_of(demand.given[0].location, demand.given[0].text)
            written = demand.check is None and isinstance(demand.given[0].tree, Literal)
            message = demand.refusal if written else f"{demand.refusal}: {why}"
            complaints.add(demand.code, message, span, *demand.notes)


def demands_of(
    variables: Mapping[str, Variable], events: Mapping[str, EventType], rules: Mapping[str, Rule]
) -> Iterator[Demand]:
    """Yield what the parts of a model demand."""
    for variable in variables.values():
        yield from _in_range("E306", variable, variable.initial, "the initial value")
        yield from _of_relaxation(variable)
    for kind in events.values():
        for target, effect in kind.effects.items():
            if target in variables and not variables[target].saturates:
                yield from _in_range("E332", variables[target], effect, f"what '{kind.name}' sets '{target}' to")
    for rule in rules.values():
        yield from _of_clock(rule)
        yield from _of_weights(rule)
        for emission in rule.emissions:
            for mark in emission.marks:
                yield from _of_draws(rule, emission.event, mark)


def demands_of_priors(parameters: Mapping[str, Parameter]) -> Iterator[Demand]:
    """Yield what priors that read other parameters demand of their arguments."""
    for parameter in parameters.values():
        if parameter.given:
            law = PRIORS[parameter.prior]
            yield Demand(
                code="E311", refusal=f"'{parameter.name}' cannot be drawn", given=parameter.given, names=law.parameters,
                check=law.check,
            )  # fmt: skip


def _in_range(code: str, variable: Variable, expression: Expression, what: str) -> Iterator[Demand]:
    if isinstance(variable.type, Number):
        yield Demand(
            code=code, refusal=f"{what} lies outside the range {variable.low:g} to {variable.high:g}",
            given=(expression,), names=(variable.name,),
            allowed=(max(variable.low, -FINITE), min(variable.high, FINITE)),
            notes=("widen the range, or declare `at_bounds: saturate`",) if code == "E332" else (),
        )  # fmt: skip


def _of_relaxation(variable: Variable) -> Iterator[Demand]:
    """Yield what is demanded of what a variable relaxes by; of constants that is looked at where they are read."""
    relaxes = variable.relaxes
    if relaxes is None:
        return
    if not is_constant(relaxes.towards.tree):
        yield from _in_range("E334", variable, relaxes.towards, f"what '{variable.name}' relaxes towards")
    if not is_constant(relaxes.half_life.tree):
        yield Demand(
            code="E334", refusal=f"the half-life of '{variable.name}' must be above 0", given=(relaxes.half_life,),
            names=("half_life",), allowed=(ABOVE_NOUGHT, FINITE),
        )  # fmt: skip


def _of_clock(rule: Rule) -> Iterator[Demand]:
    match rule.clock:
        case Rate():
            yield Demand(
                code="E314", refusal="a rate cannot be negative", given=rule.clock.arguments, names=("rate",),
                allowed=(0.0, FINITE), notes=("a rate of 0 is a rule that waits",), rule=rule.name,
            )  # fmt: skip
        case Every():
            yield Demand(
                code="E314", refusal="the time between two firings must be above 0", given=rule.clock.arguments,
                names=("every",), allowed=(ABOVE_NOUGHT, FINITE), rule=rule.name,
            )  # fmt: skip
        case LawClock(law, form, arguments, speed):
            yield Demand(
                code="E314", refusal=f"there is no such {law.name} law", given=arguments, names=form.parameters,
                check=form.canonical, rule=rule.name,
            )  # fmt: skip
            if speed is not None:
                yield Demand(
                    code="E314", refusal="a speed cannot be negative", given=(speed,), names=("speed",),
                    allowed=(0.0, FINITE), notes=("a speed of 0 stops the clock",), rule=rule.name,
                )  # fmt: skip
        case AtDate() | Immediately():
            pass
        case _:
            assert_never(rule.clock)


def _of_weights(rule: Rule) -> Iterator[Demand]:
    if not rule.weights:
        return
    events = tuple(emission.event for emission in rule.emissions)
    for event, weight in zip(events, rule.weights, strict=True):
        yield Demand(
            code="E331", refusal="a weight cannot be negative", given=(weight,), names=(event,), allowed=(0.0, FINITE),
            notes=("a weight of 0 is never chosen",), rule=rule.name,
        )  # fmt: skip
    yield Demand(
        code="E331", refusal=f"the rule '{rule.name}' can choose none of its events", given=rule.weights, names=events,
        check=_some_weight, rule=rule.name,
    )  # fmt: skip


def _some_weight(*weights: float) -> None:
    total = 0.0
    for weight in weights:
        total += max(weight, 0.0)
    if not 0.0 < total < math.inf:
        raise ValueError(f"expected weights of which one is above 0 but they add up to {total:g}")


def _of_draws(rule: Rule, event: str, mark: Expression) -> Iterator[Demand]:
    for draw in draws_in(mark.tree):
        if draw.law == ONE_OF:
            yield from _of_values(rule, event, mark, parted(draw)[1])
            continue
        law = MARK_LAWS[draw.law]
        yield Demand(
            code="E330", refusal=f"a mark of '{event}' cannot be drawn from {draw.law}", given=(mark,),
            drawn=draw.arguments, names=law.parameters, check=law.check, rule=rule.name,
        )  # fmt: skip


def _of_values(rule: Rule, event: str, mark: Expression, weights: tuple[Tree, ...]) -> Iterator[Demand]:
    """Yield that each weight may be one, and that not all of them are 0, as far as that is certain."""
    refusal = f"a mark of '{event}' cannot be drawn by {ONE_OF}"
    names = tuple(f"weight {number}" for number in range(1, len(weights) + 1))
    for name, weight in zip(names, weights, strict=True):
        yield Demand(
            code="E330", refusal=refusal, given=(mark,), drawn=(weight,), names=(name,), check=_weight, rule=rule.name
        )
    if all(map(is_constant, weights)):
        yield Demand(
            code="E330", refusal=refusal, given=(mark,), drawn=weights, names=names, check=_some_weight, rule=rule.name
        )


def _weight(weight: float) -> None:
    if not 0.0 <= weight < math.inf:
        raise ValueError(f"expected weights of at least 0 but got {weight:g}")
