"""Why an event of a run happened: its causal past, back to documented events, assumptions, parameters and draws.

What an event rests on directly is for `reasons`; here it is followed back, as far as it mattered, or as far as it was
read.
"""

from collections.abc import Iterator

from sim.explain.because import Because
from sim.explain.decisive_changes import ValueRead
from sim.explain.reasons import Reasons
from sim.model.model import LawClock


class Why:
    """The causal past of one event of a run: `causes` has what each event in it rests on, by place.

    With `all_read` it has every event that wrote what was read; else those that turned what was read, or were waited
    for.
    """

    def __init__(self, reasons: Reasons, place: int, *, all_read: bool = False) -> None:
        self.run = reasons.run
        self.root = place
        self.all_read = all_read
        self.causes: dict[int, Because] = {}
        pending = [place]
        while pending:
            at = pending.pop()
            if at not in self.causes:
                self.causes[at] = reasons.of(at)
                pending.extend(self.behind(at))

    def behind(self, place: int) -> tuple[int, ...]:
        """Return the places of the events that an event rests on directly, the latest first."""
        because = self.causes[place]
        found = set[int]() if because.came_with is None else {because.came_with}
        if because.wait is not None and (self.all_read or self._is_awaited(because)):
            found.add(because.wait.began)
        for _, read in because.reads():
            found.update(_written(read) if self.all_read else _turned(read))
        return tuple(sorted((one for one in found if one >= 0 and one != place), reverse=True))

    def _is_awaited(self, because: Because) -> bool:
        """Return whether the start of a clock tells by itself: it waited for it, or its age counts."""
        rule = self.run.program.model.rules[because.event.rule]
        return bool(rule.on) or isinstance(rule.clock, LawClock)


def _written(read: ValueRead) -> Iterator[int]:
    yield read.written
    if read.change is not None:
        for inner in read.change.through:
            yield from _written(inner)


def _turned(read: ValueRead) -> Iterator[int]:
    if read.change is not None:
        yield read.change.place
        for inner in read.change.through:
            yield from _turned(inner)
