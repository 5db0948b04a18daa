"""What a condition lacked when it came nearest to holding, and which change of one variable would have made it hold.

Owns the nearest moment. The values that would have done are for `remedies`; which rule or outcome the condition belongs
to is for `why_not`.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, TypeAlias

from sim.explain.followed_run import FollowedRun
from sim.explain.part_values import PLAIN, PartValues
from sim.explain.remedies import Remedies
from sim.language.expressions.conjuncts import conjuncts
from sim.language.expressions.tree import Expression, Tree
from sim.language.expressions.types import Bool, Enumeration
from sim.model.expression import TIME, Frame, is_constant

Allowed: TypeAlias = Callable[
    [int, float], bool
]  # whether the state that an event left counts, at its place and a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A value of one state variable with which a part would have held, all else being as it was: the nearest one.

    `written_by` are the event types that write the variable, but for those that always give it the same value, with
    which the part would not have held either.
    """

    name: str
    value: Any
    needed: Any
    written_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A part of a condition that did not hold: its text, the variables that it read, and its remedies, if any.

    `gap` is how far the two sides of a comparison were apart; inf where the part is none.
    """

    text: str
    values: tuple[tuple[str, Any], ...]
    remedies: tuple[Remedy, ...]
    gap: float


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
        self.remedies = Remedies(values)
        self.looks = list(_looks(run, values))

    def held(self, condition: Expression) -> bool:
        """Return whether a condition held at any moment."""
        return any(self.values.value(condition.tree, frame) is True for _, frame in self.looks)

    def nearest(self, condition: Expression, allowed: Allowed = lambda _place, _time: True) -> Nearest | None:
        """Return the moment, of those allowed, at which a condition came nearest to holding: with fewest parts false.

        None if there is no such moment, as in a run that failed before it began.

        Of several such moments it is the one at which least had to change, and of these the first. Looked at is the
        state after each event, and just before the next one, as what moves has moved by then.
        """
        parts = conjuncts(condition)
        false = [
            tuple(number for number, part in enumerate(parts) if self.values.value(part.tree, frame) is not True)
            for _, frame in self.looks
        ]
        within = [at for at, (place, frame) in enumerate(self.looks) if allowed(place, frame[TIME])]
        if not within:
            return None
        fewest = min(len(false[at]) for at in within)
        able = [at for at in within if len(false[at]) == fewest]
        known: dict[tuple[Any, ...], Lack] = {}
        lacks = {at: tuple(self._lack(parts[number], self.looks[at][1], known) for number in false[at]) for at in able}
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
        """Return how much had to change for a part to hold, as a share of a variable's range; 1 for another value.

        Where no change of one variable would do, it is more than 2, and the more the further a comparison is from true.
        """
        if lack.remedies:
            return min(map(self._share, lack.remedies))
        return 2.0 + (lack.gap / (1.0 + lack.gap) if math.isfinite(lack.gap) else 1.0)

    def _share(self, remedy: Remedy) -> float:
        variable = self.run.program.model.variables[remedy.name]
        if isinstance(variable.type, Bool | Enumeration):
            return 1.0
        gap, width = abs(remedy.needed - remedy.value), variable.high - variable.low
        scale = width if math.isfinite(width) else max(abs(remedy.needed), abs(remedy.value), 1.0)
        return float(gap / scale)

    def _lack(self, part: Expression, frame: Frame, known: dict[tuple[Any, ...], Lack]) -> Lack:
        key = (id(part), *(frame[slot] for slot in self.values.reads([part.tree], PLAIN)))
        if key not in known:
            known[key] = self._lacking(part, frame)
        return known[key]

    def _lacking(self, part: Expression, frame: Frame) -> Lack:
        slots = self.values.reads([part.tree])
        read = tuple((self.values.names[slot][1], frame[slot]) for slot in slots)
        remedies = (self._remedy(part.tree, frame, slot) for slot in slots if self.values.names[slot][0] == "state")
        found = tuple(one for one in remedies if one is not None)
        return Lack(text=part.text, values=read, remedies=found, gap=self.remedies.gap(part.tree, frame))

    def _remedy(self, tree: Tree, frame: Frame, slot: int) -> Remedy | None:
        needed = self.remedies.needed(tree, frame, slot)
        if needed is None:
            return None
        name = self.values.names[slot][1]
        variable, events = self.run.program.model.variables[name], self.run.program.model.events

        def may_do(effect: Expression) -> bool:
            if not is_constant(effect.tree):
                return True
            value = self.values.value(effect.tree, frame)
            if variable.saturates and value is not None:
                value = min(max(value, variable.low), variable.high)
            return value is not None and self.remedies.does(tree, frame, slot, value)

        writers = tuple(event for event, kind in events.items() if name in kind.effects and may_do(kind.effects[name]))
        return Remedy(name=name, value=frame[slot], needed=needed, written_by=writers)


def _looks(run: FollowedRun, values: PartValues) -> Iterator[tuple[int, Frame]]:
    places = [place for place in sorted(run.moments) if place >= run.branch]
    for place, following in zip_longest(places, places[1:]):
        yield place, values.plain(run, run.moments[place].after)
        if run.program.moves:
            before = run.final if following is None else run.moments[following].before
            yield place, values.plain(run, before)
