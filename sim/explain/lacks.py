"""What a condition lacked when it came nearest to holding, and which change of one variable would have made it hold.

Owns the nearest moment and the remedies. Which rule or outcome the condition belongs to is for `why_not`.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sim.explain.followed_run import FollowedRun
from sim.explain.part_values import PartValues
from sim.language.expressions.conjuncts import conjuncts
from sim.language.expressions.tree import Apply, Draw, Expression, Read, Tree
from sim.language.expressions.types import Bool, Enumeration, Integer
from sim.model.expression import TIME, Frame

COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A value of one state variable with which a part would have held, all else being as it was: the nearest one.

    `written_by` are the event types that may write the variable.
    """

    name: str
    value: Any
    needed: Any
    written_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A part of a condition that did not hold: its text, the variables that it read, and its remedies, if any."""

    text: str
    values: tuple[tuple[str, Any], ...]
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """When a condition came nearest to holding: at `time`, as the event at `place` had left the state.

    `lacks` are the parts that did not hold then, of `parts` in all; none if it held. The same parts alone were false
    from `since` until `until`.
    """

    place: int
    time: float
    since: float
    until: float
    parts: int
    lacks: tuple[Lack, ...]


class Lacks:
    """Finds when conditions of one run came nearest to holding after the branch."""

    def __init__(self, run: FollowedRun, values: PartValues) -> None:
        self.run = run
        self.values = values
        self.looks = list(_looks(run, values))

    def nearest(self, condition: Expression) -> Nearest | None:
        """Return the moment at which a condition came nearest to holding: with the fewest parts false.

        None in a run that failed before it began.

        Of several such moments it is the one at which least had to change, and of these the first. Looked at is the
        state after each event, and just before the next one, as what moves has moved by then.
        """
        parts = conjuncts(condition)
        false = [
            tuple(number for number, part in enumerate(parts) if self.values.value(part.tree, frame) is not True)
            for _, frame in self.looks
        ]
        if not false:
            return None
        fewest = min(map(len, false))
        able = [at for at, lacking in enumerate(false) if len(lacking) == fewest]
        lacks = {at: tuple(self._lack(parts[number], self.looks[at][1]) for number in false[at]) for at in able}
        best = min(able, key=lambda at: sum(map(self._distance, lacks[at])))
        first = last = best
        while first > 0 and false[first - 1] == false[best]:
            first -= 1
        while last + 1 < len(false) and false[last + 1] == false[best]:
            last += 1
        place, frame = self.looks[best]
        until = self.looks[last + 1][1][TIME] if last + 1 < len(false) else self.run.log[-1].time
        return Nearest(
            place=place, time=frame[TIME], since=self.looks[first][1][TIME], until=until, parts=len(parts),
            lacks=lacks[best],
        )  # fmt: skip

    def _distance(self, lack: Lack) -> float:
        """Return how much had to change for a part to hold, as a share of a variable's range; 1 for another value."""
        return min(map(self._share, lack.remedies), default=2.0)

    def _share(self, remedy: Remedy) -> float:
        variable = self.run.program.model.variables[remedy.name]
        if isinstance(variable.type, Bool | Enumeration):
            return 1.0
        gap, width = abs(remedy.needed - remedy.value), variable.high - variable.low
        scale = width if math.isfinite(width) else max(abs(remedy.needed), abs(remedy.value), 1.0)
        return float(gap / scale)

    def _lack(self, part: Expression, frame: Frame) -> Lack:
        slots = self.values.reads([part.tree])
        read = tuple((self.values.names[slot][1], frame[slot]) for slot in slots)
        remedies = (self._remedy(part.tree, frame, slot) for slot in slots if self.values.names[slot][0] == "state")
        return Lack(text=part.text, values=read, remedies=tuple(one for one in remedies if one is not None))

    def _remedy(self, tree: Tree, frame: Frame, slot: int) -> Remedy | None:
        _, name = self.values.names[slot]
        able = [value for value in self._candidates(tree, frame, slot)
                if self.values.exchanged(tree, frame, slot, value) is True]  # fmt: skip
        if not able:
            return None
        kind = self.run.program.model.variables[name].type
        now = frame[slot]
        needed = able[0] if isinstance(kind, Bool | Enumeration) else min(able, key=lambda value: abs(value - now))
        events = self.run.program.effects
        writers = tuple(event for event, effects in events.items() if any(written == slot for written, _, _ in effects))
        return Remedy(name=name, value=now, needed=needed, written_by=writers)

    def _candidates(self, tree: Tree, frame: Frame, slot: int) -> Iterator[Any]:
        """Yield the values of a variable at which a part may turn: those with which it is compared, and its bounds."""
        _, name = self.values.names[slot]
        variable = self.run.program.model.variables[name]
        if isinstance(variable.type, Bool):
            yield not frame[slot]
        elif isinstance(variable.type, Enumeration):
            yield from (place for place in range(len(variable.type.values)) if place != frame[slot])
        else:
            whole = isinstance(variable.type, Integer)
            levels = [level for one in _comparisons(tree) for level in self._levels(one, frame, name)]
            for level in levels:
                around = _around(level, whole=whole)
                yield from (value for value in around if variable.low <= value <= variable.high)
            for bound in (variable.low, variable.high):
                if math.isfinite(bound):
                    yield int(bound) if whole else bound

    def _levels(self, comparison: Apply, frame: Frame, name: str) -> Iterator[float]:
        """Yield what a comparison holds a variable against, where it stands by itself on one side."""
        left, right = comparison.arguments
        for side, other in ((left, right), (right, left)):
            if _bare(side) == name:
                level = self.values.value(other, frame)
                if level is not None and math.isfinite(level):
                    yield float(level)


def _looks(run: FollowedRun, values: PartValues) -> Iterator[tuple[int, Frame]]:
    places = [place for place in sorted(run.moments) if place >= run.branch]
    for place, following in zip_longest(places, places[1:]):
        yield place, values.plain(run, run.moments[place].after)
        if run.program.moves:
            before = run.final if following is None else run.moments[following].before
            yield place, values.plain(run, before)


def _comparisons(tree: Tree) -> Sequence[Apply]:
    found, pending = [], [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Apply):
            if node.operation in COMPARISONS:
                found.append(node)
            pending.extend(node.arguments)
        elif isinstance(node, Draw):
            pending.extend(node.arguments)
    return found


def _bare(tree: Tree) -> str:
    """Return the state variable that a tree is, also as a real number; "" if it is more than that."""
    if isinstance(tree, Apply) and tree.operation == "real":
        return _bare(tree.arguments[0])
    return tree.name if isinstance(tree, Read) and tree.scope == "state" else ""


def _around(level: float, *, whole: bool) -> tuple[float, ...]:
    if whole:
        return (math.floor(level), math.ceil(level), math.floor(level) - 1, math.ceil(level) + 1)
    return (level, math.nextafter(level, math.inf), math.nextafter(level, -math.inf))
