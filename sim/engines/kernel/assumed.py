"""The parameters that change within a run, laid into the kernel's arrays: see `sim.model.scenario`.

For what holds at first and for each change there is a block: which values it brings, and which clocks it concerns. A
value has a cell of its own, which a prior's quantile may fill in every run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sim.engines.kernel.generator.layout import is_real
from sim.engines.kernel.runtime import memory_map
from sim.language.expressions.tree import Value
from sim.model.model import Parameter
from sim.model.program import Program
from sim.model.replay import parameters_before
from sim.model.scenario import ParameterChange, Scenario

Brought: TypeAlias = Mapping[str, Parameter | float]


@dataclass
class LaidOut:
    """What goes into `n`: blocks, entries and the rules concerned; and into `f`: the values, one after another.

    `drawn` has the parameters among them that have priors, each with its place in `f` counted from the frame's.
    """

    blocks: list[int] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    affected: list[int] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    drawn: list[tuple[int, Parameter]] = field(default_factory=list)


def holding(program: Program, scenario: Scenario, changes: Sequence[ParameterChange]) -> list[Brought]:
    """Return what holds at first of the parameters that change, and what each change brings; nothing if none does."""
    if not any(change.names for change in changes):
        return []
    if scenario.parameters is None:
        own = dict(sorted(scenario.replaced.items()))
        return [own, {name: scenario.model.parameters[name] for name in own}]
    starts = [event.marks for event in scenario.past if event.kind == "started"]
    before = [float(value) for value in parameters_before(program, scenario, ())]
    names = [sorted({name for change in changes for name in change.names}), *(change.names for change in changes)]
    number = {name: index for index, name in enumerate(program.model.parameters)}
    return [
        {name: values[number[name]] for name in wanted}
        for wanted, values in zip(names, [before, *starts, scenario.parameters], strict=True)
    ]


def lay_out(
    program: Program, scenario: Scenario, changes: Sequence[ParameterChange], brought: Sequence[Brought], first: int
) -> LaidOut:
    """Lay the changes out; their values stand in `f` from `first` on."""
    laid = LaidOut()
    for number, values in enumerate(brought):
        begun = len(laid.entries) // 3
        for name, known in values.items():
            cell = first + len(laid.values)
            whole = not is_real(scenario.model.parameters[name].type)
            laid.entries += [program.slots["parameter", name], cell, int(whole)]
            if isinstance(known, Parameter) and known.prior:
                laid.drawn.append((cell - memory_map.TIME, known))
            laid.values.append(known.value if isinstance(known, Parameter) else known)
        change = changes[number - 1] if number else ParameterChange(())
        followers = len(laid.affected) + len(change.followers)
        laid.blocks += [
            begun, len(laid.entries) // 3, len(laid.affected), followers, followers + len(change.renewed),
        ]  # fmt: skip
        laid.affected += [*change.followers, *change.renewed]
    return laid
