"""A model made ready to run: every expression compiled, and who depends on what worked out once.

Owns the layout of frames and the order of rules. What the parts do is the business of `evolve`, `clocks`
and `decide`; a program holds nothing of a run and may serve any number of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sim.distributions.clock_laws import LAWS, Form, Law
from sim.distributions.marks import DRAWS
from sim.language.expressions.tree import Apply, Draw, Expression, Read, Tree, Value, reads
from sim.model.expression import Evaluate, Fault, Frame, compiled, evaluate
from sim.model.model import Model, Outcome, Rule, Variable

TIME = 0
MOST_LATEST = 4  # programs that are kept: of a large model one takes some hundred MB


@dataclass(frozen=True, slots=True)
class Drawn:
    """A random part of a mark: the slot that receives it, its law and its compiled arguments."""

    slot: int
    index: int
    law: str
    arguments: tuple[Evaluate, ...]


@dataclass(frozen=True, slots=True)
class Emitter:
    """An event that a rule may emit, compiled."""

    event: str
    weight: Evaluate | None
    drawn: tuple[Drawn, ...]
    marks: tuple[Evaluate, ...]


@dataclass(frozen=True, slots=True)
class RuleProgram:
    """A rule, compiled. `number` is its place in order of names, `rank` its place at equal times: immediate
    rules first, then by priority, then by name.
    """

    number: int
    rank: int
    rule: Rule
    guard: Evaluate
    always: bool
    kind: str
    arguments: tuple[Evaluate, ...]
    law: Law | None
    form: Form | None
    emitters: tuple[Emitter, ...]
    restarts: tuple[int, ...]

    @property
    def memoryless(self) -> bool:
        """Say whether the clock, given that it has not fired, is as good as new: it follows a rate, and no hazard comes
        back by a repeated draw.
        """
        return self.kind == "rate" and self.rule.memory != "repeat"


@dataclass(frozen=True, slots=True)
class OutcomeProgram:
    """An outcome, compiled."""

    number: int
    outcome: Outcome
    when: Evaluate | None
    safe: Evaluate | None


@dataclass(frozen=True)
class Program:
    """A compiled model. `readers` maps a slot to the rules whose guard or rate reads it, `listeners` an event
    type to the rules that wait for it; `outcome_readers` and `outcome_listeners` likewise. `followers` maps a
    parameter to the rules whose guard or rate reads it, `renewals` to those whose law, date or beat does.
    """

    model: Model
    slots: dict[tuple[str, str], int] = field(default_factory=dict)
    variables: dict[int, Variable] = field(default_factory=dict)
    width: int = 0
    initial: tuple[tuple[int, Evaluate], ...] = ()
    effects: dict[str, tuple[tuple[int, Evaluate, Variable], ...]] = field(default_factory=dict)
    mark_slots: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    rules: tuple[RuleProgram, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    readers: dict[int, tuple[int, ...]] = field(default_factory=dict)
    listeners: dict[str, frozenset[int]] = field(default_factory=dict)
    followers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    renewals: dict[str, tuple[int, ...]] = field(default_factory=dict)
    outcomes: tuple[OutcomeProgram, ...] = ()
    outcome_readers: dict[int, tuple[int, ...]] = field(default_factory=dict)
    outcome_listeners: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def compile(self, expression: Expression) -> Evaluate:
        """Return the function of a frame that gives the expression's value."""
        return compiled(expression.tree, self.slots)

    def parameters_of(self, frame: Frame) -> tuple[Value, ...]:
        """Return the values of the parameters in a frame, in order of names."""
        first = 1 + len(self.variables)
        return tuple(frame[first : first + len(self.model.parameters)])


_latest: dict[int, Program] = {}  # by the identity of the model, which its program keeps alive


def compile_model(model: Model) -> Program:
    """Return the program of a model; the same one for the same model, as long as few others come between."""
    program = _latest.pop(id(model), None) or _compiled(model)
    _latest[id(model)] = program  # the one that was used last is the last
    while len(_latest) > MOST_LATEST:
        del _latest[next(iter(_latest))]
    return program


def _compiled(model: Model) -> Program:
    slots = _layout(model)
    numbers = {name: number for number, name in enumerate(model.rules)}
    order = sorted(model.rules.values(), key=lambda rule: (rule.clock.kind != "immediately", rule.priority, rule.name))
    ranks = {rule.name: rank for rank, rule in enumerate(order)}
    variables = {slots["state", name]: variable for name, variable in model.variables.items()}
    program = Program(
        model=model,
        slots=slots,
        variables=variables,
        width=max(slots.values(), default=0) + 1,
        initial=tuple((slot, compiled(variable.initial.tree, slots)) for slot, variable in variables.items()),
        effects={
            name: tuple(
                (slots["state", target], compiled(effect.tree, slots), model.variables[target])
                for target, effect in kind.effects.items()
            )
            for name, kind in model.events.items()
        },
        mark_slots={
            name: tuple((slots["mark", mark], kind.marks[mark].kind) for mark in kind.marks)
            for name, kind in model.events.items()
        },
        rules=tuple(_rule(rule, slots, numbers, ranks[rule.name]) for rule in model.rules.values()),
        numbers=numbers,
        outcomes=tuple(_outcome(number, outcome, slots) for number, outcome in enumerate(model.outcomes.values())),
    )
    for slot, number in _dependencies(model.rules.values(), slots):
        program.readers[slot] = (*program.readers.get(slot, ()), number)
    followers: dict[str, list[int]] = {}
    renewals: dict[str, list[int]] = {}
    for number, rule in enumerate(model.rules.values()):
        guard = reads(rule.guard.tree, "parameter")
        arguments = frozenset[str]().union(*(reads(part.tree, "parameter") for part in rule.clock.arguments))
        rate = rule.clock.kind == "rate"
        for name in guard | arguments if rate else guard:
            followers.setdefault(name, []).append(number)
        for name in () if rate else arguments:
            renewals.setdefault(name, []).append(number)
    program.followers.update((name, tuple(numbers)) for name, numbers in followers.items())
    program.renewals.update((name, tuple(numbers)) for name, numbers in renewals.items())
    waiting: dict[str, list[int]] = {name: [] for name in model.events}
    asking: dict[str, list[int]] = {name: [] for name in model.events}
    for rule in model.rules.values():
        for name in rule.on:
            waiting[name].append(numbers[rule.name])
    for item in program.outcomes:
        for name in item.outcome.on:
            asking[name].append(item.number)
    program.listeners.update((name, frozenset(waiting[name])) for name in model.events)
    program.outcome_listeners.update((name, tuple(asking[name])) for name in model.events)
    for item in program.outcomes:
        parts = [
            part for part in (None if item.outcome.on else item.outcome.when, item.outcome.safe) if part is not None
        ]
        for name in sorted(frozenset[str]().union(*(reads(part.tree, "state") for part in parts))):
            slot = slots["state", name]
            program.outcome_readers[slot] = (*program.outcome_readers.get(slot, ()), item.number)
    return program


def _layout(model: Model) -> dict[tuple[str, str], int]:
    names = [("time", "")]
    names += [("state", name) for name in model.variables]
    names += [("parameter", name) for name in model.parameters]
    marks = sorted({mark for kind in model.events.values() for mark in kind.marks})
    names += [("mark", mark) for mark in marks]
    most = max((_draws(rule) for rule in model.rules.values()), default=0)
    names += [("draw", str(number)) for number in range(most)]
    return {name: slot for slot, name in enumerate(names)}


def _draws(rule: Rule) -> int:
    found = [draw.index + 1 for emission in rule.emissions for mark in emission.marks for draw in draws_in(mark.tree)]
    return max(found, default=0)


def draws_in(tree: Tree) -> list[Draw]:
    """Return the draws of a mark, inner ones first."""
    if isinstance(tree, Draw):
        return [*(draw for argument in tree.arguments for draw in draws_in(argument)), tree]
    return [draw for argument in tree.arguments for draw in draws_in(argument)] if isinstance(tree, Apply) else []


def without_draws(tree: Tree) -> Tree:
    """Replace each draw by the reading of the slot that will hold it."""
    if isinstance(tree, Draw):
        return Read("draw", str(tree.index), tree.type)
    if isinstance(tree, Apply):
        return Apply(tree.operation, tuple(without_draws(part) for part in tree.arguments), tree.type, tree.size)
    return tree


def _rule(rule: Rule, slots: dict[tuple[str, str], int], numbers: dict[str, int], rank: int) -> RuleProgram:
    emitters = []
    for emission in rule.emissions:
        drawn = tuple(
            Drawn(
                slots["draw", str(draw.index)],
                draw.index,
                draw.law,
                tuple(compiled(without_draws(argument), slots) for argument in draw.arguments),
            )
            for mark in emission.marks
            for draw in draws_in(mark.tree)
        )
        assert all(draw.law in DRAWS for draw in drawn), "the language and the draws know the same laws"
        weight = compiled(emission.weight.tree, slots) if emission.weight is not None else None
        marks = tuple(compiled(without_draws(mark.tree), slots) for mark in emission.marks)
        emitters.append(Emitter(emission.event, weight, drawn, marks))
    law = LAWS[rule.clock.law] if rule.clock.law else None
    return RuleProgram(
        number=numbers[rule.name],
        rank=rank,
        rule=rule,
        guard=compiled(rule.guard.tree, slots),
        always=_always(rule),
        kind=rule.clock.kind,
        arguments=tuple(compiled(argument.tree, slots) for argument in rule.clock.arguments),
        law=law,
        form=law.forms[rule.clock.form] if law else None,
        emitters=tuple(emitters),
        restarts=tuple(numbers[name] for name in rule.restarts),
    )


def _always(rule: Rule) -> bool:
    """Say whether the guard is true whatever the state and the parameters are."""
    tree = rule.guard.tree
    if reads(tree, "state") or reads(tree, "parameter"):
        return False
    try:
        return bool(evaluate(tree))
    except Fault:
        return False


def _outcome(number: int, outcome: Outcome, slots: dict[tuple[str, str], int]) -> OutcomeProgram:
    when = compiled(outcome.when.tree, slots) if outcome.when is not None else None
    safe = compiled(outcome.safe.tree, slots) if outcome.safe is not None else None
    return OutcomeProgram(number, outcome, when, safe)


def _dependencies(rules: Iterable[Rule], slots: dict[tuple[str, str], int]) -> Sequence[tuple[int, int]]:
    pairs = []
    for number, rule in enumerate(rules):
        names = reads(rule.guard.tree, "state")
        if rule.clock.kind == "rate":
            names |= reads(rule.clock.arguments[0].tree, "state")
        pairs += [(slots["state", name], number) for name in sorted(names)]
    return pairs
