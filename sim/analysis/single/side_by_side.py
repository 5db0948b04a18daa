"""Two runs side by side: what both have on one row, what one has alone on its own, and where they first differ.

The runs may be of any two ensembles; events are one as `sim.analysis.alignment` has it, those of the past among them.
What one scenario has added under a name that means something else in the other is not what the other has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from sim.analysis.alignment import NOWHERE, STEPS, Alignment, counterpart
from sim.analysis.differences.namesakes import Namesakes
from sim.experiment.pairs import Side
from sim.model.event import Event
from sim.model.program import compile_model

How: TypeAlias = Literal["same", "only in one", "only in other", "other choice", "other marks"]
FirstHow: TypeAlias = Literal[
    "assumed", "only in one", "only in other", "other time", "other choice", "other marks", "other end",
    "other parameters",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairedRow:
    """What the two runs have at one row; None where a run has nothing."""

    one: Event | None
    other: Event | None
    how: How

    @property
    def time(self) -> float:
        event = self.one or self.other
        assert event is not None, "a row has an event"
        return event.time


@dataclass(frozen=True, slots=True)
class FirstDifferentRow:
    """The first row that the two runs do not share: its place, how they differ there, and the events of either.

    `place` is that after the last row where the same events happen under other parameters. An event stands beside
    the firing of the same rule's same occurrence, if the other run has it later.
    """

    place: int
    how: FirstHow
    one: Event | None
    other: Event | None


def side_by_side(one: Side, other: Side) -> tuple[list[PairedRow], FirstDifferentRow | None]:
    """Return the rows of two runs, in order of time, and the first that they do not share; None if they are the same.

    The logs are those from the runs' branches on; each scenario's past stands before them.
    """
    names = Namesakes.of(one[1], other[1])
    theirs = names.distinguished(other[1]) if names else other[1]
    mine = (*one[1].past, *one[2])
    written = (*other[1].past, *other[2])
    named = tuple(map(names.in_log, written)) if names else written
    program = compile_model(theirs.model) if names else other[0]
    alignment = Alignment((one[0], one[1], mine), (program, theirs, named))
    alignment.align()
    rows = _rows(alignment, mine, named)
    first = _first(alignment, rows, one, other)
    if not names:
        return rows, first
    as_written = dict(zip(map(id, named), written, strict=True))
    back = [replace(row, other=None if row.other is None else as_written[id(row.other)]) for row in rows]
    return back, _with_names(first, as_written)


def _with_names(first: FirstDifferentRow | None, as_written: dict[int, Event]) -> FirstDifferentRow | None:
    if first is None or first.other is None:
        return first
    return replace(first, other=as_written.get(id(first.other), first.other))


def _rows(alignment: Alignment, mine: Sequence[Event], theirs: Sequence[Event]) -> list[PairedRow]:
    """Return the steps of an alignment, and between them what are not steps: outcomes, and runs' ends."""
    rows: list[PairedRow] = []
    rests = ([*mine], [*theirs])
    for places in alignment.steps:
        one, other = (None if at == NOWHERE else log[at] for log, at in zip(alignment.logs, places, strict=True))
        rows += _beside_steps(*_before_step(rests, one, other))
        for rest, event in zip(rests, (one, other), strict=True):
            if event is not None:
                rest.pop(0)
        rows.append(PairedRow(one, other, _alone_or_same(one, other)))
    return [*_joined(rows), *_beside_steps(*rests)]


def _alone_or_same(one: Event | None, other: Event | None) -> How:
    return "only in one" if other is None else "only in other" if one is None else "same"


def _before_step(
    rests: tuple[list[Event], list[Event]], one: Event | None, other: Event | None
) -> tuple[list[Event], list[Event]]:  # fmt: skip
    """Take from the rests of two logs what stands before a step: all of a log that has it, what is earlier of another.

    Of a log that does not have the step, also what both have at its time.
    """
    time = max(event.time for event in (one, other) if event is not None)
    taken: tuple[list[Event], list[Event]] = ([], [])
    for rest, event, found in zip(rests, (one, other), taken, strict=True):
        while event is not None and rest[0] is not event:
            found.append(rest.pop(0))
    known = {_key(event) for found in taken for event in found}
    for rest, event, found in zip(rests, (one, other), taken, strict=True):
        while event is None and rest and rest[0].kind not in STEPS and (rest[0].time < time or _key(rest[0]) in known):
            found.append(rest.pop(0))
    return taken


def _beside_steps(mine: list[Event], theirs: list[Event]) -> list[PairedRow]:
    """Pair the rows of two logs that are not steps, in order of time."""
    rows = []
    here, there = [*mine], [*theirs]
    while here or there:
        if here and there and _key(here[0]) == _key(there[0]):
            rows.append(PairedRow(here.pop(0), there.pop(0), "same"))
        elif here and (not there or here[0].time < there[0].time or not any(_key(here[0]) == _key(e) for e in there)):
            rows.append(PairedRow(here.pop(0), None, "only in one"))
        else:
            rows.append(PairedRow(None, there.pop(0), "only in other"))
    return rows


def _key(event: Event) -> tuple[object, ...]:
    return event.time, event.kind, event.type, event.note


def _joined(rows: list[PairedRow]) -> list[PairedRow]:
    """Put on one row two events of one firing that differ in what was chosen, or in their marks."""
    joined: list[PairedRow] = []
    for row in rows:
        last = joined[-1] if joined else None
        if last is not None and {last.how, row.how} == {"only in one", "only in other"}:
            one, other = last.one or row.one, last.other or row.other
            assert one is not None, "the two have one each"
            assert other is not None, "the two have one each"
            if one.rule and (one.time, one.rule, one.occurrence) == (other.time, other.rule, other.occurrence):
                joined[-1] = PairedRow(one, other, "other choice" if one.type != other.type else "other marks")
                continue
        joined.append(row)
    return joined


def _first(alignment: Alignment, rows: Sequence[PairedRow], one: Side, other: Side) -> FirstDifferentRow | None:
    place = next((place for place, row in enumerate(rows) if row.how != "same"), None)
    if place is None:
        same = one[2][0].marks == other[2][0].marks
        return None if same else FirstDifferentRow(len(rows), "other parameters", one[2][0], other[2][0])
    row = rows[place]
    if row.how in ("other choice", "other marks"):
        return FirstDifferentRow(place, row.how, row.one, row.other)
    side = 0 if row.one is not None else 1
    event = row.one or row.other
    assert event is not None, "a row has an event"
    if event.kind in STEPS and alignment.is_assumed(side, alignment.logs[side].index(event)):
        return FirstDifferentRow(place, "assumed", row.one, row.other)
    if event.kind not in STEPS:
        how: FirstHow = "other end" if event.kind in ("ended", "failed") else _one_sided(side)
        return FirstDifferentRow(place, how, row.one, row.other)
    rest = [later.one if side else later.other for later in rows[place:]]
    theirs = counterpart(event, [found for found in rest if found is not None])
    pair = (event, theirs) if side == 0 else (theirs, event)
    if theirs is None:
        return FirstDifferentRow(place, _one_sided(side), *pair)
    if theirs.type != event.type:
        return FirstDifferentRow(place, "other choice", *pair)
    return FirstDifferentRow(place, "other time" if theirs.time != event.time else "other marks", *pair)


def _one_sided(side: int) -> FirstHow:
    return "only in one" if side == 0 else "only in other"
