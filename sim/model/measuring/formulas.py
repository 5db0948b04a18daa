"""Measures that are worked out from other measures of the same run, when it is over."""

from collections.abc import Mapping

from sim.language.expressions.tree import reads
from sim.model.expression import Slots
from sim.model.measuring.quantities import Formula, Measure
from sim.model.measuring.tallies import UNDEFINED, Tally
from sim.model.program import Program
from sim.model.scenario import Scenario


def read_by(formula: Measure) -> tuple[str, ...]:
    """Return the measures that a formula reads, in order of names."""
    assert formula.expression is not None, "a formula has an expression"
    return tuple(sorted(reads(formula.expression.tree, "measure")))


def formulas_in_order(measures: Mapping[str, Measure]) -> list[Measure]:
    """Return the measures that are formulas, each after those that it reads."""
    waiting = {name: one for name, one in measures.items() if isinstance(one.quantity, Formula)}
    ordered: list[Measure] = []
    while waiting:
        ready = [name for name, one in waiting.items() if waiting.keys().isdisjoint(read_by(one))]
        assert ready, "no measure is worked out from itself"
        ordered += [waiting.pop(name) for name in ready]
    return ordered


class WorkedOut(Tally):
    """A formula. It is None where a measure that it reads is, and UNDEFINED where one is that, or it has no value."""

    def __init__(self, program: Program, item: Measure, scenario: Scenario) -> None:
        self.read = read_by(item)
        slots: Slots = {("measure", name): place for place, name in enumerate(self.read)}
        super().__init__(program, item, scenario, slots)

    def close(self, frame: object, ended: float, horizon: float) -> None:
        """Leave the end to `work_out`."""

    def stop(self, frame: object, now: float) -> None:
        """Leave the end to `work_out`."""

    def work_out(self, known: Mapping[str, Tally], now: float) -> None:
        """Work it out, in a run that was over `now`, from measures of which each is known."""
        values = [known[name].value for name in self.read]
        faulty = [name for name in self.read if known[name].fault is not None]
        if None in values:
            self.value = None
        elif faulty:
            self.spoil(f"'{faulty[0]}', which it reads, has none", now)
        elif UNDEFINED in values:
            self.value = UNDEFINED
        else:
            self.value = self.guarded(values, now)
