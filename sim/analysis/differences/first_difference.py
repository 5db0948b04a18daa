"""Where two runs of one number part, whatever their models have in common: the first rows that are not the same.

Why two runs of one model part is in `divergence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, TypeAlias

from sim.analysis.alignment import Alignment, counterpart
from sim.experiment.pairs import Side
from sim.model.event import Event, Log

Parting: TypeAlias = Literal[
    "only in one", "only in other", "other time", "other choice", "other marks", "other end", "other outcomes",
    "other parameters", "other assumptions",
]  # fmt: skip
SAME_EVENTS: frozenset[Parting] = frozenset({"other outcomes", "other parameters", "other assumptions"})

_but_its_number = attrgetter("time", "kind", "type", "rule", "faction", "occurrence", "marks", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifference:
    """Where a run of one ensemble and the run of that number of another part.

    `one` and `other` are the first rows of the two logs that are not the same, `how` what differs in them: `event` is
    the type of the first event that one of the runs has and the other has not. With `other outcomes`, `other
    assumptions` and `other parameters` the same events happen at the same times, and the runs end alike: only the rows
    of outcomes differ, what a scenario changes from a date on, or the values of parameters.
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
        step = _first_event(alignment)
        return _beside_events(one[2], other[2], run) if step is None else _at(alignment, step, run)


def _first_event(alignment: Alignment) -> int | None:
    """Return the step of the first event of one run alone: that something else is assumed from a date on is none."""
    while (step := alignment.part(assumed=True)) is not None:
        side, place = alignment.alone(step)
        if alignment.logs[side][place].kind != "changed":
            return step
    return None


def _at(alignment: Alignment, step: int, run: int) -> RunDifference:
    """Return the difference of two runs that part at a step of their alignment."""
    side, place = alignment.alone(step)
    before = alignment.before(step)
    mine = alignment.logs[side][place]
    rest = alignment.logs[1 - side][before[1 - side] :]
    theirs = counterpart(mine, rest)
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
    mine, theirs = ([row for row in log[1:] if row.kind != "changed"] for log in (one, other))
    ways: tuple[tuple[Parting, Sequence[Event], Sequence[Event]], ...] = (
        ("other outcomes", mine, theirs), ("other parameters", one[:1], other[:1]),
        ("other assumptions", one[1:], other[1:]),
    )  # fmt: skip
    for how, own, others in ways:
        for row, its in zip(own, others, strict=False):
            if _but_its_number(row) != _but_its_number(its):
                return RunDifference(run=run, how=how, event="", one=row, other=its)
    return RunDifference(run=run, how="other parameters", event="", one=one[0], other=other[0])
