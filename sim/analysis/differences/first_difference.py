"""Where two runs of one number part, whatever their models have in common: the first rows that are not the same.

Why two runs of one model part is in `divergence`.
"""

from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, TypeAlias

from sim.analysis.alignment import Alignment, counterpart
from sim.experiment.pairs import Side
from sim.model.canonical import change_meaning
from sim.model.event import Event, Log

Parting: TypeAlias = Literal[
    "only in one", "only in other", "other time", "other choice", "other marks", "other end", "other outcomes",
    "other parameters",
]  # fmt: skip
SAME_EVENTS: frozenset[Parting] = frozenset({"other outcomes", "other parameters"})

_but_its_number = attrgetter("time", "kind", "type", "rule", "faction", "occurrence", "marks", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifference:
    """Where a run of one ensemble and the run of that number of another part.

    `one` and `other` are the first rows of the two logs that are not the same, `how` what differs in them: `event` is
    the type of the first event that one of the runs has and the other has not. With `other outcomes` and `other
    parameters` the same events happen at the same times, and the runs end alike: only the rows of outcomes differ, or
    the values of parameters.
    """

    run: int
    how: Parting
    event: str
    one: Event
    other: Event


class FirstDifference:
    """Compares the logs of a run of two ensembles, which are not the same. It may be sent to other processes."""

    def __call__(self, one: Side, other: Side, run: int) -> RunDifference:
        alignment = Alignment(one, other)
        while (step := alignment.part(assumed=True)) is not None:
            if not _only_carries_on(alignment, step):
                return _at(alignment, step, run)
        return _beside_events(one[2], other[2], run)


def _only_carries_on(alignment: Alignment, step: int) -> bool:
    """Return whether a step is a change that both scenarios make: its row has values that differed before it."""
    side, place = alignment.alone(step)
    mine = alignment.logs[side][place]
    if mine.kind != "changed" or _twin(alignment, 1 - side, mine) is None:
        return False
    made, theirs = (alignment.sides[one][1].changes for one in (side, 1 - side))
    meanings = [change_meaning(change) for change in theirs]
    return any(change.number == mine.occurrence and change_meaning(change) in meanings for change in made)


def _twin(alignment: Alignment, side: int, change: Event) -> Event | None:
    """Return a run's change at the time of a change in the other run."""
    events = (event for event in alignment.logs[side] if event.kind == "changed" and event.time == change.time)
    return next(events, None)


def _at(alignment: Alignment, step: int, run: int) -> RunDifference:
    """Return the difference of two runs that part at a step of their alignment."""
    side, place = alignment.alone(step)
    before = alignment.before(step)
    mine = alignment.logs[side][place]
    rest = alignment.logs[1 - side][before[1 - side] :]
    theirs = _twin(alignment, 1 - side, mine) if mine.kind == "changed" else counterpart(mine, rest)
    how: Parting
    if not rest and alignment.sides[1 - side][2][-1].time <= mine.time:
        how = "other end"
    elif theirs is None:
        how = "only in one" if side == 0 else "only in other"
    elif theirs.type != mine.type:
        how = "other choice"
    else:
        how = "other time" if theirs.time != mine.time else "other marks"
    pair = [log[at] if at < len(log) else whole[2][-1]
            for log, at, whole in zip(alignment.logs, before, alignment.sides, strict=True)]  # fmt: skip
    if how == "other choice" and theirs is not None:
        pair = [mine, theirs] if side == 0 else [theirs, mine]
    return RunDifference(run=run, how=how, event=mine.type, one=pair[0], other=pair[1])


def _beside_events(one: Log, other: Log, run: int) -> RunDifference:
    """Return the difference of two runs in which the same events happen."""
    if _but_its_number(one[-1]) != _but_its_number(other[-1]):
        return RunDifference(run=run, how="other end", event="", one=one[-1], other=other[-1])
    for mine, theirs in zip(one[1:], other[1:], strict=False):
        if _but_its_number(mine) != _but_its_number(theirs):
            how: Parting = "other outcomes" if "outcome" in (mine.kind, theirs.kind) else "other parameters"
            return RunDifference(run=run, how=how, event="", one=mine, other=theirs)
    return RunDifference(run=run, how="other parameters", event="", one=one[0], other=other[0])
