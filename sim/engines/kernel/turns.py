"""The turns of a run, laid into the kernel's arrays: see `sim.model.scenario`.

For what holds at first and for each turn there is a block: which values it brings, and which clocks it concerns. A
value has a cell of its own, which a prior's quantile may fill in every run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sim.engines.kernel.generator.layout import is_real
from sim.engines.kernel.runtime import memory_map
from sim.language.expressions.tree import Value
from sim.model.model import Parameter
from sim.model.priors.joint_prior import JointPrior, priors_in_code
from sim.model.program import Program
from sim.model.replay import parameters_before
from sim.model.scenario import Scenario, Turn, Turns

Brought: TypeAlias = Mapping[str, Parameter | float]


@dataclass
class LaidOut:
    """What goes into `n`: blocks, entries and the rules concerned; and into `f`: the values, one after another.

    `drawn` has the parameters among them that have priors of their own, each with its place in `f` counted from the
    frame's; `cells` the cells of the parameters that each block brings, by name.
    """

    blocks: list[int] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    affected: list[int] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    drawn: list[tuple[int, Parameter]] = field(default_factory=list)
    cells: list[dict[str, int]] = field(default_factory=list)


def holding(program: Program, scenario: Scenario, turns: Turns) -> list[Brought]:
    """Return what holds at first of the parameters that change, and what each turn brings; nothing if there is none.

    Those that the scenario replaces at its branch come first: the log's first row tells what they had been.
    """
    every = turns.all()
    anything = any(turn.names or turn.disabled or turn.enabled for turn in every)
    if not (anything or turns.asleep or scenario.changes):
        return []
    changing = sorted({name for turn in every for name in turn.names})
    brought: list[Brought] = [change.known for change in scenario.changes]
    if scenario.parameters is None:
        known = scenario.model.parameters
        own = dict(sorted(scenario.replaced.items()))
        first = {**own, **{name: known[name] for name in changing if name not in own}}
        return [first, {name: known[name] for name in own}, *brought]
    number = {name: index for index, name in enumerate(program.model.parameters)}
    held = [event.marks for event in scenario.past if event.kind in ("started", "changed")]
    before = [float(value) for value in parameters_before(program, scenario, ())]
    past = [
        {name: values[number[name]] for name in names}
        for names, values in zip(
            [changing, *(turn.names for turn in (*turns.past, turns.branch))],
            [before, *held, scenario.parameters],
            strict=True,
        )
    ]
    return [*past, *brought]


def lay_out(program: Program, scenario: Scenario, turns: Turns, brought: Sequence[Brought], first: int) -> LaidOut:
    """Lay the turns out; their values stand in `f` from `first` on."""
    laid = LaidOut()
    asleep = Turn(disabled=turns.asleep)
    numbers = [0] * (len(turns.past) + 2) + [change.number for change in scenario.changes]
    for values, turn, number in zip(brought, (asleep, *turns.all()), numbers, strict=True):
        begun = len(laid.entries) // 3
        laid.cells.append({})
        for name, known in values.items():
            laid.cells[-1][name] = cell = first + len(laid.values)
            whole = not is_real(scenario.model.parameters[name].type)
            laid.entries += [program.slots["parameter", name], cell, int(whole)]
            if isinstance(known, Parameter) and known.prior and not known.given:
                laid.drawn.append((cell - memory_map.TIME, known))
            laid.values.append(known.value if isinstance(known, Parameter) else known)
        laid.blocks += [begun, len(laid.entries) // 3]
        for rules in (turn.disabled, turn.followers, turn.renewed, turn.enabled):
            laid.blocks.append(len(laid.affected))
            laid.affected += rules
        laid.blocks += [len(laid.affected), number]
    return laid


def dependent_steps(program: Program, scenario: Scenario, laid: LaidOut, branch: int) -> list[tuple[int, int, str]]:
    """Return the steps that draw priors which read others: each prior's number, the cell of a copy, and its parameter.

    Where what a scenario assumes holds from its branch on, the values of its past come first; `branch` is where the
    block of that turn is, counted from the first.
    """
    model, own = program.model, scenario.replaced
    coded = {(item.name, item.known): number for number, item in enumerate(priors_in_code(model))}
    first, at_branch = (laid.cells[index] if index < len(laid.cells) else {} for index in (0, branch))
    frame = {name: memory_map.TIME + program.slots["parameter", name] for name in model.parameters}

    def steps(parameters: Mapping[str, Parameter], cells: Mapping[str, int]) -> list[tuple[int, int, str]]:
        drawn = JointPrior(parameters).dependent
        return [(coded[item.name, item.known], cells.get(item.name, frame[item.name]), item.name) for item in drawn]

    if not own:
        return steps(model.parameters, first)
    before = steps({**model.parameters, **own}, first)
    after = steps(model.parameters, {**first, **{name: at_branch[name] for name in own}})
    if not (before or after):
        return []
    return [*before, (memory_map.BRANCH_VALUES, branch, ""), *after]
