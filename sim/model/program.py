"""A model made ready to run: every expression compiled, and the dependencies between its parts computed once.

Owns the layout of frames and the order of rules. `evolve`, `clocks` and `decide` say what the parts do; a program holds
nothing of a run and may serve any number of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, assert_never

from sim.distributions.marks import MARK_LAWS
from sim.language.expressions.operations import ONE_OF
from sim.language.expressions.tree import Apply, Draw, Expression, Read, Tree, Value, reads
from sim.language.expressions.types import Type
from sim.model.differences.shared_program import shared
from sim.model.expression import TIME as TIME
from sim.model.expression import Evaluate, Fault, Frame, Slots, compiled, evaluate
from sim.model.model import (
    Clock,
    FirstTime,
    Immediately,
    LawClock,
    Model,
    Otherwise,
    Outcome,
    Parameter,
    Rate,
    Rule,
    Variable,
)
from sim.model.moving.moving_parts import MovingParts, moving_parts, moving_slots, relaxation_reads
from sim.model.moving.moving_trees import Moving, inflects, slots_read

FEWEST_LATEST, MOST_RULES = 4, 1000  # programs that are kept, or rules in more: one of many takes some hundred MB

Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A random part of a mark: the slot that receives it, its law and its compiled arguments.

    Those of `one_of` are the weights of its `values`; other laws have none.
    """

    slot: int
    index: int
    law: str
    arguments: tuple[Evaluate, ...]
    values: tuple[Evaluate, ...] = ()


@dataclass(frozen=True, slots=True)
class Emitter:
    """An event that a rule may emit, compiled."""

    event: str
    drawn: tuple[DrawnMark, ...]
    marks: tuple[Evaluate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProgram:
    """A rule, compiled. `number` is its place in order of names, `rank` its place at equal times: immediate rules
    first, then by priority, then by name. `arguments` are those of its clock.

    `pace` is how fast its clock goes, a rate or a speed, and `paced_by` has the slots that this depends on. `moves`
    says whether it changes between events, `inflects` that it may bend to both sides. `flags` has the slots of the
    conditions that flip by themselves on which its guard or its pace depends.
    """

    number: int
    rank: int
    rule: Rule
    guard: Evaluate
    always: bool
    arguments: tuple[Evaluate, ...]
    pace: Evaluate | None
    paced_by: frozenset[int]
    flags: frozenset[int]
    moves: bool
    inflects: bool
    emitters: tuple[Emitter, ...]
    weights: tuple[Evaluate, ...]
    restarts: tuple[int, ...]

    @property
    def clock(self) -> Clock:
        return self.rule.clock

    @property
    def memoryless(self) -> bool:
        """Whether the clock, given that it has not fired, is as good as new: a rate, and no draw is repeated."""
        return isinstance(self.clock, Rate) and self.rule.memory != "repeat"


@dataclass(frozen=True, slots=True)
class AssignedParameter:
    """A parameter that a change in a scenario gives the value of an expression, compiled."""

    slot: int
    parameter: Parameter
    expression: Expression
    evaluate: Evaluate


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition, compiled."""

    expression: Expression
    holds: Evaluate


@dataclass(frozen=True, slots=True)
class OutcomeProgram:
    """An outcome, compiled."""

    number: int
    outcome: Outcome
    when: Condition | None
    safe: Condition | None


@dataclass(frozen=True, kw_only=True)
class Program:
    """A compiled model. `readers` maps a slot to the rules whose guard or rate reads it, `listeners` an event
    type to the rules that wait for it; `outcome_readers` and `outcome_listeners` likewise. `motion` is what moves
    between events. `followers` maps a parameter to the rules whose guard or rate reads it, `renewals` to those whose
    law, date or beat does.
    """

    model: Model
    slots: Slots
    width: int
    variables: Mapping[int, Variable]
    initial: tuple[tuple[int, Evaluate], ...]
    effects: Mapping[str, tuple[tuple[int, Evaluate, Variable], ...]]
    mark_slots: Mapping[str, tuple[tuple[int, Type], ...]]
    rules: tuple[RuleProgram, ...]
    numbers: Mapping[str, int]
    readers: Mapping[int, tuple[int, ...]]
    listeners: Mapping[str, frozenset[int]]
    followers: Mapping[str, tuple[int, ...]]
    renewals: Mapping[str, tuple[int, ...]]
    assigned: tuple[tuple[AssignedParameter, ...], ...]
    outcomes: tuple[OutcomeProgram, ...]
    outcome_readers: Mapping[int, tuple[int, ...]]
    outcome_listeners: Mapping[str, tuple[int, ...]]
    motion: MovingParts

    @property
    def moves(self) -> bool:
        """Whether anything is to be followed between events."""
        return bool(self.motion.flags) or any(rule.moves for rule in self.rules)

    @property
    def anything_moves(self) -> bool:
        """Whether anything has another value between events than just after the last one."""
        return self.moves or self.motion.any

    @property
    def relaxing(self) -> frozenset[str]:
        """The names of the variables that relax."""
        return frozenset(one.variable.name for one in self.motion.variables.values())

    def compile(self, expression: Expression) -> Evaluate:
        """Return the function of a frame that gives the expression's value."""
        return compiled(expression.tree, self.slots)

    def parameters_of(self, frame: Frame) -> tuple[Value, ...]:
        """Return the values of the parameters in a frame, in order of names."""
        return tuple(frame[1 + len(self.variables) :][: len(self.model.parameters)])


_latest: dict[int, Program] = {}  # by the identity of the model, which its program keeps alive


def compile_model(model: Model) -> Program:
    """Return the program of a model; the same one for the same model, as long as few others come between."""
    program = _latest.pop(id(model), None) or shared(_latest.values(), model) or _compiled(model)
    _latest[id(model)] = program  # the one that was used last is the last
    while len(_latest) > max(FEWEST_LATEST, MOST_RULES // (1 + len(model.rules))):
        del _latest[next(iter(_latest))]
    return program


def _compiled(model: Model) -> Program:
    moving = Moving(model)
    slots = _layout(model, moving)
    numbers = {name: number for number, name in enumerate(model.rules)}
    variables = {slots["state", name]: variable for name, variable in model.variables.items()}
    outcomes = tuple(_outcome(number, outcome, slots) for number, outcome in enumerate(model.outcomes.values()))
    awaiting = _grouped((event, numbers[rule.name]) for rule in model.rules.values() for event in rule.on)
    asking = _grouped((event, item.number) for item in outcomes for event in item.outcome.on)
    fixed = {slots["parameter", name] for name in model.parameters}
    return Program(
        model=model,
        slots=slots,
        width=max(slots.values(), default=0) + 1,
        variables=variables,
        initial=tuple((slot, compiled(variable.initial.tree, slots)) for slot, variable in variables.items()),
        effects={
            name: tuple(
                (slots["state", target], compiled(effect.tree, slots), model.variables[target])
                for target, effect in kind.effects.items()
            )
            for name, kind in model.events.items()
        },
        mark_slots={
            name: tuple((slots["mark", mark], kind.marks[mark]) for mark in kind.marks)
            for name, kind in model.events.items()
        },
        rules=_rules(model, slots, numbers, moving),
        numbers=numbers,
        readers=_grouped(
            (slot, number)
            for number, rule in enumerate(model.rules.values())
            for slot in sorted(_followed(rule, slots))
            if slot not in fixed
        ),
        listeners={event: frozenset(awaiting.get(event, ())) for event in model.events},
        followers=_readers(model, followed=True),
        renewals=_readers(model, followed=False),
        assigned=tuple(
            tuple(
                AssignedParameter(slots["parameter", name], model.parameters[name], given, compiled(given.tree, slots))
                for name, given in assigned.items()
            )
            for assigned in model.assigned
        ),
        outcomes=outcomes,
        outcome_readers=_grouped(
            (slot, item.number)
            for item in outcomes
            for slot in sorted(_watched(item.outcome, slots))
            if slot not in fixed
        ),
        outcome_listeners={event: asking.get(event, ()) for event in model.events},
        motion=moving_parts(model, moving, slots),
    )


def _grouped(pairs: Iterable[tuple[Key, int]]) -> dict[Key, tuple[int, ...]]:
    found: dict[Key, list[int]] = {}
    for key, number in pairs:
        found.setdefault(key, []).append(number)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _readers(model: Model, *, followed: bool) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the rules that read each parameter all the time, or only when their clocks start."""
    return _grouped(
        (name, number)
        for number, rule in enumerate(model.rules.values())
        for name in sorted(_parameters(model, rule, followed=followed))
    )


def _parameters(model: Model, rule: Rule, *, followed: bool) -> frozenset[str]:
    trees = _all_the_time(rule) if followed else _at_the_start(rule)
    courses = (relaxation_reads(model, tree) for tree in trees) if followed else ()
    return frozenset[str]().union(*(reads(tree, "parameter") for tree in trees), *courses)


def _all_the_time(rule: Rule) -> list[Tree]:
    """Return what a rule reads all the time: its guard, and how fast its clock goes."""
    pace = pace_of(rule)
    return [rule.guard.tree] if pace is None else [rule.guard.tree, pace.tree]


def _at_the_start(rule: Rule) -> list[Tree]:
    """Return what only the start of a rule's clock reads."""
    return [] if isinstance(rule.clock, Rate) else [part.tree for part in rule.clock.arguments]


def pace_of(rule: Rule) -> Expression | None:
    """Return how fast a rule's clock goes: its rate, or the speed at which it ages; None: as time passes."""
    return rule.clock.pace if isinstance(rule.clock, Rate | LawClock) else None


def _followed(rule: Rule, slots: Slots) -> frozenset[int]:
    return frozenset[int]().union(*(slots_read(tree, slots) for tree in _all_the_time(rule)))


def _watched(outcome: Outcome, slots: Slots) -> frozenset[int]:
    """Return the slots after whose changes an outcome is looked at."""
    match outcome.comes:
        case FirstTime(when=when, on=on, safe=safe):
            parts = (None if on else when, safe)
            return frozenset[int]().union(*(slots_read(part.tree, slots) for part in parts if part is not None))
        case Otherwise():
            return frozenset()
        case _:
            assert_never(outcome.comes)


def _layout(model: Model, moving: Moving) -> dict[tuple[str, object], int]:
    marks = [mark for rule in model.rules.values() for emission in rule.emissions for mark in emission.marks]
    most = max((draw.index + 1 for mark in marks for draw in draws_in(mark.tree)), default=0)
    names: list[tuple[str, object]] = [("time", "")]
    names += [("state", name) for name in model.variables]
    names += [("parameter", name) for name in model.parameters]
    names += [("mark", mark) for mark in sorted({mark for kind in model.events.values() for mark in kind.marks})]
    names += [("draw", str(number)) for number in range(most)]
    names += moving_slots(moving)
    return {name: slot for slot, name in enumerate(names)}


def draws_in(tree: Tree) -> list[Draw]:
    """Return the draws of a mark, inner ones first."""
    if isinstance(tree, Draw):
        return [*(draw for argument in tree.arguments for draw in draws_in(argument)), tree]
    return [draw for argument in tree.arguments for draw in draws_in(argument)] if isinstance(tree, Apply) else []


def parted(draw: Draw) -> tuple[tuple[Tree, ...], tuple[Tree, ...]]:
    """Return the values among which a draw chooses, none but for `one_of`, and the numbers that it draws with."""
    count = len(draw.arguments) // 2 if draw.law == ONE_OF else 0
    return draw.arguments[:count], draw.arguments[count:]


def without_draws(tree: Tree) -> Tree:
    """Replace each draw by the reading of the slot that will hold it."""
    if isinstance(tree, Draw):
        return Read("draw", str(tree.index), tree.type)
    if isinstance(tree, Apply):
        parts = tuple(without_draws(part) for part in tree.arguments)
        same = all(made is part for made, part in zip(parts, tree.arguments, strict=True))
        return tree if same else Apply(tree.operation, parts, tree.type, tree.size)
    return tree


def _rules(model: Model, slots: Slots, numbers: Mapping[str, int], moving: Moving) -> tuple[RuleProgram, ...]:
    places = [(not isinstance(rule.clock, Immediately), rule.priority, name) for name, rule in model.rules.items()]
    ranks = {name: rank for rank, (*_, name) in enumerate(sorted(places))}
    return tuple(_rule(rule, slots, numbers, ranks[rule.name], moving) for rule in model.rules.values())


def _rule(rule: Rule, slots: Slots, numbers: Mapping[str, int], rank: int, moving: Moving) -> RuleProgram:
    def each(trees: Iterable[Tree]) -> tuple[Evaluate, ...]:
        return tuple(compiled(without_draws(tree), slots) for tree in trees)

    emitters = []
    for emission in rule.emissions:
        trees = [mark.tree for mark in emission.marks]
        draws = [draw for tree in trees for draw in draws_in(tree)]
        known = {*MARK_LAWS, ONE_OF}
        assert all(draw.law in known for draw in draws), "the language and the draws know the same laws"
        emitters.append(Emitter(emission.event, tuple(_drawn(draw, slots, each) for draw in draws), each(trees)))
    pace = pace_of(rule)
    return RuleProgram(
        number=numbers[rule.name],
        rank=rank,
        rule=rule,
        guard=compiled(rule.guard.tree, slots),
        always=_always(rule),
        arguments=each(argument.tree for argument in rule.clock.arguments),
        pace=None if pace is None else compiled(pace.tree, slots),
        paced_by=frozenset() if pace is None else slots_read(pace.tree, slots),
        flags=_followed(rule, slots) & {slots["flag", tree] for tree in moving.flags},
        moves=pace is not None and moving.moves(pace.tree),
        inflects=pace is not None and inflects(pace.tree, moving),
        emitters=tuple(emitters),
        weights=each(weight.tree for weight in rule.weights),
        restarts=tuple(numbers[name] for name in rule.restarts),
    )


def _drawn(draw: Draw, slots: Slots, each: Callable[[Iterable[Tree]], tuple[Evaluate, ...]]) -> DrawnMark:
    values, arguments = parted(draw)
    return DrawnMark(
        slot=slots["draw", str(draw.index)], index=draw.index, law=draw.law, arguments=each(arguments),
        values=each(values),
    )  # fmt: skip


def _always(rule: Rule) -> bool:
    """Return whether the guard is true whatever the state and the parameters are."""
    tree = rule.guard.tree
    if any(reads(tree, scope) for scope in ("state", "parameter", "time", "last")):
        return False
    try:
        return bool(evaluate(tree))
    except Fault:
        return False


def _outcome(number: int, outcome: Outcome, slots: Slots) -> OutcomeProgram:
    match outcome.comes:
        case FirstTime(when=when, safe=safe):
            return OutcomeProgram(number, outcome, _condition(when, slots), _condition(safe, slots))
        case Otherwise():
            return OutcomeProgram(number, outcome, None, None)
        case _:
            assert_never(outcome.comes)


def _condition(expression: Expression | None, slots: Slots) -> Condition | None:
    return None if expression is None else Condition(expression, compiled(expression.tree, slots))
