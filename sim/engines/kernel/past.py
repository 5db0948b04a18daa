"""What the kernel folds once of a scenario's past, and what again for each run: how far parameters reach into it.

Owns which variables and clocks depend on parameters in a documented past, and which other values they meet there. How
they are folded again is left to `generator.past_text`, and how the past is kept to `runtime.kept_past`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sim.errors import RunError
from sim.language.expressions.tree import Tree
from sim.model.clocks import Clocks
from sim.model.evolve import carry, evolve, initial
from sim.model.expression import Frame
from sim.model.moving.moving_trees import slots_read
from sim.model.program import Program, RuleProgram, pace_of
from sim.model.replay import CHANGING, central_start, parameters_before
from sim.model.scenario import Scenario, turns_of

MOST_MOMENTS = 500  # of a past that is folded again: each becomes code


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMoment:
    """The beginning of a past, or an event of it, whose `event` is the empty text or its type.

    `fired` is the number of the rule that is known to have fired, None for none. `before` and `after` are the frames
    there, both with its marks; `changed` has the slots that it changed, and `started` the rules whose clocks it
    started, as they are where the parameters are the central ones.
    """

    event: str
    time: float
    fired: int | None
    before: Frame
    after: Frame
    changed: frozenset[int]
    started: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DependentPast:
    """A documented past, and what in it depends on parameters: state variables, by slot, and clocks, by rule.

    `followed` clocks depend on them in when they run, `given` ones in their law, date or interval alone. What depends
    on none has the values of `moments` in every run.
    """

    moments: tuple[PastMoment, ...]
    variables: frozenset[int]
    followed: tuple[int, ...]
    given: tuple[int, ...]


def past_is_fixed(scenario: Scenario) -> bool:
    """Return whether a scenario's past is the same in every run: no parameter is drawn for it."""
    if scenario.parameters is not None:
        return True
    known = {**scenario.model.parameters, **scenario.replaced}
    return scenario.lineage is None and not any(parameter.prior for parameter in known.values())


def dependent_past(program: Program, scenario: Scenario, deferred: Collection[int]) -> DependentPast | None:
    """Return what depends on parameters in a scenario's past; None where too much of it may.

    Of the rules that are `deferred` the past need not know the rates.
    """
    past = scenario.past
    simple = all(event.kind in CHANGING for event in past)
    if program.anything_moves or scenario.lineage or not simple or not 0 < len(past) < MOST_MOMENTS:
        return None
    parameters = frozenset(program.slots["parameter", name] for name in program.model.parameters)
    variables = _dependent_variables(program, frozenset(event.type for event in past), parameters)
    sources = parameters | variables
    followed: list[int] = []
    given: list[int] = []
    asleep = turns_of(program, scenario).asleep
    for rule in program.rules:
        if rule.number in asleep:
            continue
        arguments = given_trees(rule)
        if _depends(program, [rule.rule.guard.tree], sources):
            followed.append(rule.number)
        elif rule.number not in deferred and _depends(program, arguments, sources):
            (given if _fresh(rule) else followed).append(rule.number)
    try:
        moments = _moments(program, scenario, asleep)
    except RunError:
        return None
    return DependentPast(moments=moments, variables=variables, followed=tuple(followed), given=tuple(given))


def given_trees(rule: RuleProgram) -> list[Tree]:
    """Return what a rule's clock is given: its rate, or its law's arguments and its speed, or its date or interval."""
    pace = pace_of(rule.rule)
    return [argument.tree for argument in rule.clock.arguments] + ([] if pace is None else [pace.tree])


def _depends(program: Program, trees: Collection[Tree], sources: Collection[int]) -> bool:
    return any(not slots_read(tree, program.slots).isdisjoint(sources) for tree in trees)


def _dependent_variables(program: Program, events: Collection[str], parameters: frozenset[int]) -> frozenset[int]:
    """Return the slots of the state variables that depend on parameters while events of some types happen."""
    model = program.model
    trees: list[tuple[int, Tree]] = [(slot, program.variables[slot].initial.tree) for slot, _ in program.initial]
    trees += [
        (program.slots["state", name], effect.tree)
        for event in events
        for name, effect in model.events[event].effects.items()
    ]
    reads: dict[int, frozenset[int]] = {slot: frozenset() for slot, _ in trees}
    for slot, tree in trees:
        reads[slot] |= slots_read(tree, program.slots)
    found: frozenset[int] = frozenset()
    while True:
        more = frozenset(slot for slot, read in reads.items() if not read.isdisjoint(parameters | found))
        if more == found:
            return found
        found = more


def _fresh(rule: RuleProgram) -> bool:
    """Return whether a clock remembers nothing of how it ran before, and runs by a law as time passes, or by dates."""
    return rule.pace is None and rule.rule.memory == "fresh"


def _moments(program: Program, scenario: Scenario, asleep: Collection[int]) -> tuple[PastMoment, ...]:
    """Fold the past with central parameters."""
    frame = initial(program, parameters_before(program, scenario, (central_start(scenario),)))
    clocks = Clocks(program, lambda _, __: 0.0)
    clocks.exclude(asleep)
    clocks.start(frame)
    moments: list[PastMoment] = []
    occurrences = [-1] * len(clocks.clocks)

    def add(event: str, time: float, before: Frame, changed: Collection[int] = (), fired: int | None = None) -> None:
        now = [clock.occurrence for clock in clocks.clocks]
        started = frozenset(number for number, count in enumerate(now) if count != occurrences[number])
        moment = PastMoment(
            event=event, time=time, fired=fired, before=before, after=[*frame], changed=frozenset(changed),
            started=started,
        )  # fmt: skip
        moments.append(moment)
        occurrences[:] = now

    add("", 0.0, [*frame])
    for event in scenario.past:
        carry(program, frame, event.type, event.marks)
        before = [*frame]
        changed = evolve(program, frame, event.type, event.marks, event.time)
        fired = program.numbers.get(event.rule)
        if fired is not None:
            clocks.fired(fired)
        clocks.follow(frame, event.type, changed, fired)
        add(event.type, event.time, before, changed, fired)
    return tuple(moments)
