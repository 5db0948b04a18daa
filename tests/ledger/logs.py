"""Logs to test with: a tiny fixed one, and a strategy for all that there can be."""

import struct

from hypothesis import strategies as st

from sim.model.event import Event, Log

TINY: Log = (
    Event(0, 0.0, "started", "run_started", marks=(0.05, 7.0)),
    Event(1, 1.5, "fired", "shots_fired", "north_probes_the_line", "north", 0, (2.0,)),
    Event(2, 1.5, "outcome", "war", note="Première violation — «élan»"),
    Event(3, 30.0, "ended", "run_ended", note="horizon"),
)


def log(events: int, shift: float = 0.0) -> Log:
    """A log of `events` events, told apart from others by `shift`."""
    middle = [
        Event(
            number, number + shift, "fired", f"type_{number % 3}", f"rule_{number % 5}", "north", number // 5, (shift,)
        )
        for number in range(1, events - 1)
    ]
    return (
        Event(0, 0.0, "started", "run_started", marks=(shift,)),
        *middle,
        Event(events - 1, events + shift, "ended", "run_ended", note="horizon"),
    )


def doubles(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}d", *numbers)


def bits(logs: list[Log]) -> list[object]:
    """What equality hides: -0.0 is not 0.0, and a NaN is itself."""
    return [
        [(e.sequence, e.kind, e.type, e.rule, e.faction, e.occurrence, e.note, doubles(e.time, *e.marks)) for e in log]
        for log in logs
    ]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.sampled_from(["", "a", "élan", "a\x00b", "shots_fired"]) | text
times = st.floats(allow_nan=False)
marks = st.lists(st.floats(), max_size=3).map(tuple)


@st.composite
def whole_logs(draw: st.DrawFn) -> Log:
    size = draw(st.integers(2, 7))
    moments = sorted(draw(st.lists(times, min_size=size, max_size=size)))
    kinds = [
        "started",
        *(draw(st.sampled_from(["fired", "scheduled", "outcome"])) for _ in range(size - 2)),
        draw(st.sampled_from(["ended", "failed"])),
    ]
    return tuple(
        Event(
            number,
            moment,
            kind,  # type: ignore[arg-type]
            draw(names),
            draw(names),
            draw(names),
            draw(st.integers(0, 2**31 - 1)),
            draw(marks),
            draw(names),
        )
        for number, (moment, kind) in enumerate(zip(moments, kinds, strict=True))
    )
