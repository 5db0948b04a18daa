"""Hypothesis strategies for a given model: parameters, states, event sequences, whole runs.

    @given(runs(case))
    def test_nobody_dies_twice(run): ...

Everything drawn is possible in the model: parameters lie within their priors' supports, events follow one another as
the rules allow, in any order and at any time that their clocks admit.
"""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, assert_never

from hypothesis import strategies as st

from sim.build.cases.case import Case
from sim.distributions.priors import DRAWN, LEAST, MOST, prior_quantile
from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.language.expressions.tree import Value, draws
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer, Real
from sim.model.event import Log
from sim.model.model import Model, Parameter, Variable
from sim.model.priors.joint_prior import JointPrior, affected
from sim.model.replay import shown_value
from sim.testing.composed import ComposedRun, Composer, Move
from sim.testing.subject import Subject

LONGEST = 40  # events of a composed run
# The uniforms of random marks: in the middle, at the ends, and anywhere.
CHANCES = st.one_of(st.sampled_from((0.5, 2.0**-53, 1.0, 0.05, 0.95, 0.999)), st.floats(2.0**-53, 1.0))


def quantile(parameters: Mapping[str, Parameter], name: str, chance: float) -> float:
    """Return a parameter's value at a quantile of its prior; 0 and 1 are the ends of its range, where it has a range.

    A law without a greatest value has no range: its least, as 0 of a lognormal, is never drawn. There 0 and 1 are next
    to the ends, and so where the prior reads other parameters, which are at their central values. Raise RunError E620
    where there is no such prior.
    """
    parameter, inner = parameters[name], min(max(chance, LEAST), MOST)
    if parameter.given:
        joint = JointPrior(parameters)
        return joint.value(parameter, joint.central(), inner)
    ends = DRAWN[parameter.prior].support(*parameter.arguments)
    if chance in (0.0, 1.0) and all(map(math.isfinite, ends)):
        return ends[int(chance)] * parameter.factor
    return prior_quantile(parameter.prior, parameter.arguments, inner) * parameter.factor


@st.composite
def parameters(draw: st.DrawFn, model: Model, *, most: int | None = None) -> dict[str, float]:
    """Draw some of a model's parameters, at the edges of their priors or within; the others are central.

    Only parameters with a prior are drawn, at most `most` of them; those whose priors read one of them follow it. It
    shrinks to none: all are central then.
    """
    known = model.parameters
    uncertain = [name for name, parameter in known.items() if parameter.prior]
    if not uncertain:
        return {}
    count = draw(st.sampled_from((0, 1, 2, 3, len(uncertain))))
    count = min(count, len(uncertain), len(uncertain) if most is None else most)
    names = draw(st.lists(st.sampled_from(uncertain), min_size=count, max_size=count, unique=True)) if count else []
    edges = st.sampled_from((1.0, 0.0))
    chances = edges if draw(st.booleans()) else st.one_of(edges, st.floats(LEAST, 1.0))
    drawn = {name: draw(chances) for name in sorted(names)}
    found = {name: quantile(known, name, chance) for name, chance in drawn.items() if not known[name].given}
    joint = JointPrior(known)
    following = affected(known, names) if joint.dependent else ()
    for parameter in joint.dependent:
        if parameter.name in following:
            values = {**dict(zip(known, joint.central(), strict=True)), **found}.values()
            chance = min(max(drawn[parameter.name], LEAST), MOST) if parameter.name in drawn else None
            try:
                found[parameter.name] = joint.value(parameter, values, chance)
            except RunError:
                draw(st.nothing())  # with these values of the others there is none; reject() would spell out the model
    return dict(sorted(found.items()))


@st.composite
def states(draw: st.DrawFn, model: Model) -> dict[str, Any]:
    """Draw a value for every state variable, within its type and range. Such a state need not be reachable."""
    return {name: shown_value(one.type, draw(_values(one))) for name, one in model.variables.items()}


def _values(variable: Variable) -> st.SearchStrategy[Value]:
    match variable.type:
        case Bool():
            return st.booleans()
        case Enumeration(values):
            return st.integers(0, len(values) - 1)
        case Integer():
            return st.integers(int(variable.low), int(variable.high))
        case Real() | Instant():
            low = None if variable.low == -float("inf") else variable.low
            high = None if variable.high == float("inf") else variable.high
            return st.floats(low, high, allow_nan=False, allow_infinity=False)
        case _:
            assert_never(variable.type)


@dataclass(frozen=True)
class Prefix:
    """How a run may begin that others have come to: it leads on to what bears on one check."""

    check: str
    begins: str
    parameters: Mapping[str, float]
    moves: tuple[Move, ...]


@st.composite
def composed_runs(
    draw: st.DrawFn, subject: Subject, *, longest: int = LONGEST, prefixes: Sequence[Prefix] = ()
) -> ComposedRun:
    """Draw a run of a subject, composed event by event from any of its beginnings, or on from one of the prefixes.

    In most runs some of the rules keep still, so that the others come further: either all but those that bear on one
    check, or some by lot (swarm testing; Groce et al. 2012).
    """
    go_on = bool(prefixes) and draw(st.booleans())
    prefix = draw(st.sampled_from(prefixes)) if go_on else None
    if prefix is not None:
        composer = Composer(subject, prefix.begins, prefix.parameters)
        for move in prefix.moves:
            composer.take(move)
    else:
        begins = draw(st.sampled_from(subject.likely_beginnings))
        composer = Composer(subject, begins, draw(parameters(subject.model)))
    loud = frozenset(range(len(subject.program.rules)))
    slices = subject.bearings[prefix.check].slices if prefix else subject.slices
    way = draw(st.sampled_from(("all", "slice", "slice", "lot")))
    if way == "slice" and slices:
        loud = draw(st.sampled_from(slices))
    elif way == "lot":
        loud = frozenset(number for number in loud if draw(st.booleans()))
    shy = (subject.ending,) if way == "slice" else (subject.ending, composer.fired)
    for _ in range(draw(st.sampled_from((longest // 8, longest // 4, longest // 2, longest)))):
        if composer.over:
            break
        _move(draw, composer, loud, shy)
    return composer.composed()


def _move(draw: st.DrawFn, composer: Composer, loud: AbstractSet[int], shy: tuple[AbstractSet[int], ...]) -> None:
    options = composer.options()
    preferred = [option for option in options if option.rule in loud] or options
    seldom = 7 if composer.timetable_waits else 63
    if not composer.must_fire and (not options or draw(st.integers(0, seldom)) == seldom):
        composer.wait()
        return
    # Runs that end early show little, and rules that have fired already show little that is new.
    for kept_back in shy:
        others = [option for option in preferred if option.rule not in kept_back]
        if others and draw(st.integers(0, 7)) > 1:
            preferred = others
    option = draw(st.sampled_from(preferred))
    time = min(option.earliest + draw(st.sampled_from(composer.subject.waits)), option.latest)
    choices = composer.controlled.choices(option.rule, time)
    choice = draw(st.sampled_from(choices)) if len(choices) > 1 else choices[0] if choices else 0
    rule = composer.subject.program.rules[option.rule].rule
    count = sum(draws(mark.tree) for mark in rule.emissions[choice].marks)
    composer.fire(option, time, choice, tuple(draw(CHANCES) for _ in range(count)))


def event_sequences(case: Case, *, longest: int = LONGEST) -> st.SearchStrategy[Log]:
    """Draw the events of a possible run, after its past: in any order and at any time that the model allows."""
    return composed_runs(Subject.of(case, case.path), longest=longest).map(lambda run: run.log)


@st.composite
def runs(draw: st.DrawFn, case: Case, *, central: bool = False) -> Log:
    """Draw the log of a whole run, simulated by the reference engine from a seed and a number that are drawn."""
    subject = Subject.of(case, case.path)
    engine = ReferenceEngine(subject.program, case.scenario, draw(st.integers(0, 2**32)), central=central)
    return engine.run(draw(st.integers(0, 2**32)))
