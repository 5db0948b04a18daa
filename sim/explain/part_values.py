"""What a part of a rule comes to in a state, also if one thing in that state were otherwise.

A part is a guard, a condition, a rate, a weight or an effect. In the frame of a run, a condition on what moves is a
flag that flips. Here it is evaluated on the values themselves, so that any of them may be exchanged.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from sim.explain.followed_run import FollowedRun
from sim.language.expressions.tree import Tree, reads
from sim.model.expression import Evaluate, Fault, Frame, Slots, compiled
from sim.model.program import Program, without_draws

Scope: TypeAlias = str
MOST_KEPT = 4  # programs whose parts stay compiled: those of a pair, and of what one side is without an assumption
PLAIN = frozenset({"state", "parameter", "mark", "draw", "last", "time"})


class PartValues:
    """Evaluates the parts of one program on plain frames: those in which everything stands with its present value."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.slots: Slots = {key: slot for key, slot in program.slots.items() if key[0] in PLAIN}
        self.names: Mapping[int, tuple[str, str]] = {
            slot: (scope, str(name)) for (scope, name), slot in self.slots.items()
        }  # fmt: skip
        self._compiled: dict[int, tuple[Tree, Evaluate]] = {}
        self._read: dict[tuple[int, Scope], tuple[Tree, frozenset[int]]] = {}

    def plain(self, run: FollowedRun, frame: Frame) -> Frame:
        """Return a copy of a frame in which variables that relax stand with their values at its time."""
        found = frame.copy()
        for slot in self.program.motion.variables:
            found[slot] = run.value(slot, frame)
        return found

    def value(self, tree: Tree, frame: Frame) -> Any:
        """Return the value of a part on a plain frame; None where it has none."""
        try:
            return self._evaluate(tree)(frame)
        except Fault:
            return None

    def exchanged(self, tree: Tree, frame: Frame, slot: int, value: Any) -> Any:
        """Return the value of a part if one slot of a plain frame had another value."""
        known = frame[slot]
        frame[slot] = value
        try:
            return self.value(tree, frame)
        finally:
            frame[slot] = known

    def reads(self, trees: Iterable[Tree], scopes: Iterable[Scope] = ("state", "parameter")) -> tuple[int, ...]:
        """Return the slots that parts read, in order: of state variables first, then of parameters."""
        wanted = tuple(scopes)
        return tuple(sorted(frozenset[int]().union(*(self._reads(tree, one) for tree in trees for one in wanted))))

    def _reads(self, tree: Tree, scope: Scope) -> frozenset[int]:
        known = self._read.get((id(tree), scope))
        if known is None:
            found = frozenset(self.slots[scope, name] for name in reads(tree, scope))
            known = self._read[id(tree), scope] = tree, found
        return known[1]

    def _evaluate(self, tree: Tree) -> Evaluate:
        known = self._compiled.get(id(tree))
        if known is None:
            known = self._compiled[id(tree)] = tree, compiled(without_draws(tree), self.slots)
        return known[1]


_latest: dict[int, PartValues] = {}  # by the identity of the program, which its values keep alive


def part_values(program: Program) -> PartValues:
    """Return the values of a program's parts; the same ones for the same program, as long as few others come between.

    They compile each part once.
    """
    values = _latest.pop(id(program), None) or PartValues(program)
    _latest[id(program)] = values  # those that were used last are the last
    while len(_latest) > MOST_KEPT:
        del _latest[next(iter(_latest))]
    return values
