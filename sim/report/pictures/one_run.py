"""One run as a picture: its documented past and its simulated future, a row for each kind of event, by faction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.results import in_shown_order
from sim.experiment import Experiment
from sim.language.counts import counted
from sim.model.event import Event, Log, is_whole
from sim.model.evidence.documented import Documented
from sim.model.model import Model
from sim.model.outcomes import first_ending
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario
from sim.report import assumption_notes
from sim.report.pictures.picture import Picture
from sim.report.pictures.style import (
    DOCUMENTED,
    FAINT,
    GRID,
    INK,
    SIMULATED,
    SMALL,
    TEXT,
    Spec,
    as_is,
    layer,
    looks,
    pixels,
    shade,
    sheet,
)
from sim.report.pictures.text_width import shortened, widest, width
from sim.report.pictures.time_axis import Axis, documented_past, short

ROW, PLOT, EDGE = 17.0, 720.0, 100.0
MOST_FACTION, MOST_KIND = 130.0, 270.0
LAST_EVENTS = 5
NOBODY, OUTCOMES = "(no faction)", "Outcomes"


SHAPES = {
    "documented": "square",
    "simulated": "circle",
    "assumed": "triangle-up",
    "outcome": "diamond",
    "failed": "cross",
}


@dataclass(frozen=True)
class Mark:
    """One event in the picture: when, in which row of which group. `texts` are what may stand beside it."""

    time: float
    row: tuple[str, str]
    part: str
    colour: str
    texts: tuple[str, ...]
    event: str

    def as_data(self) -> dict[str, Any]:
        """Return how it looks."""
        fill = "white" if self.part == "simulated" else self.colour
        size = 90 if self.part == "outcome" else 48
        return {
            "part": self.part, "event": self.event, "shape": SHAPES[self.part], "colour": self.colour, "fill": fill,
            "size": size, "ink": INK if self.part == "outcome" else self.colour,
        }  # fmt: skip


def one_run(experiment: Experiment, log: Log, run: int) -> Picture:
    """Draw one run of an experiment from its log."""
    scenario, history, model = experiment.scenario, experiment.case.history, experiment.scenario.model
    past = documented_past(scenario, history.documented if history else ())
    axis, end = _axis(scenario, past, log)
    marks = [*_before(scenario, past, axis), *_after(scenario, log, axis)]
    left_out = sum(event.kind in CHANGING and event.time < axis.first for event in scenario.past)
    rows = _rows(model, marks)
    faction_width = min(MOST_FACTION, widest((group for group, _ in rows), TEXT, bold=True))
    kind_width = min(MOST_KIND, widest((kind for _, kind in rows), SMALL))
    panel = _panel(scenario, axis, marks, rows, faction_width, kind_width, end)
    title = f"{scenario.title}: run {run}, {_ending(scenario, log)}"
    doubted = any(item.status in ("alleged", "disputed") for item in past if item.event.time >= axis.first)
    foot = [
        "Filled squares: documented. Hollow circles: simulated. Triangles: assumed by the scenario or the model's "
        "timetable. Diamonds: outcomes. Beside them, where there is room, when or which."
        + (" ? alleged, ?? disputed." if doubted else "")
        + (f" {left_out:,} earlier events of the past are not shown." if left_out else ""),
        "A simulated event is one possible future, not a forecast of that event; how likely each outcome is can only "
        "be told from many runs.",
        assumption_notes.foot([scenario]),
        f"Run {run} of ensemble {experiment.ensemble.id[:12]}; seed {experiment.settings.seed}; "
        f"{counted(len(log), 'event')} after the branch.",
    ]
    whole = faction_width + kind_width + PLOT + EDGE + 30
    return Picture(title, sheet(title, [scenario.question], [panel], foot, columns=1, width=whole))


def _ending(scenario: Scenario, log: Log) -> str:
    model = scenario.model
    first = first_ending(model, (*scenario.past, *log))
    if model.goes_on and first is not None:
        return f"whose first ending is '{model.outcomes[first.type].title.partition(':')[0]}'"
    if log[-1].kind == "failed":
        return f"which failed ({log[-1].type})"
    if not is_whole(log):
        return f"which was stopped: {log[-1].note}"
    left = (event.type for event in log if event.kind == "outcome" and model.outcomes[event.type].otherwise)
    outcome = model.outcomes.get(log[-1].note) or model.outcomes.get(next(left, ""))
    return f"which ends in '{outcome.title.partition(':')[0]}'" if outcome else "which goes on to the horizon"


def _axis(scenario: Scenario, past: Sequence[Documented], log: Log) -> tuple[Axis, float]:
    """Return the axis and the run's end: the future whole, and of the past a stretch in proportion to it."""
    start, end = scenario.start, log[-1].time
    future = (end - start) or 0.02 * (scenario.horizon - start)
    before = 0.0
    if past:
        last = past[-min(LAST_EVENTS, len(past))].event.time
        wanted = min(max(0.6 * future, start - last), 1.5 * future)
        before = min(wanted, start - past[0].event.time) + 0.2 * future
    return Axis(scenario, start - before, start + future * 1.02, PLOT), end


def _before(scenario: Scenario, past: Sequence[Documented], axis: Axis) -> list[Mark]:
    """Return the marks of the past: documented events, those of the timetable, those of a run that is gone on from."""
    items = iter(past)
    marks = []
    for event in scenario.past:
        item = next(items) if event.kind == "documented" else None
        if event.time < axis.first:
            continue
        if item is not None:
            day, row = axis.day(event.time), _row(scenario.model, event)
            texts = (f"{day}  {short(item)}", short(item), day)
            marks.append(
                Mark(time=event.time, row=row, part="documented", colour=DOCUMENTED, texts=texts, event=item.id)
            )
        elif event.kind in CHANGING:
            marks.append(_simulated(scenario.model, event, axis))
    return marks


def _after(scenario: Scenario, log: Log, axis: Axis) -> list[Mark]:
    model, seen = scenario.model, looks(scenario.model)
    marks = [_simulated(model, event, axis) for event in log if event.kind in CHANGING]
    first = first_ending(model, (*scenario.past, *log)) if model.goes_on else None
    for event in log:
        if event.kind == "changed":
            row, day = (NOBODY, "The scenario changes what it assumes"), axis.day(event.time)
            marks.append(
                Mark(time=event.time, row=row, part="assumed", colour=SIMULATED, texts=(day,), event=event.type)
            )
        if event.kind == "outcome":
            outcome, colour, day = model.outcomes[event.type], seen[event.type].colour, axis.day(event.time)
            row = OUTCOMES, outcome.title.partition(":")[0]
            ends = outcome.otherwise or event.type == log[-1].note
            said = ", the run ends" if ends else ", first ending" if event is first else ""
            texts = (f"{day}{said}", day) if said else (day,)
            marks.append(Mark(time=event.time, row=row, part="outcome", colour=colour, texts=texts, event=event.type))
    last = log[-1]
    if last.kind == "failed":
        row = OUTCOMES, f"The run failed: {last.type}"
        marks.append(Mark(time=last.time, row=row, part="failed", colour=INK, texts=(), event=last.type))
    return marks


def _simulated(model: Model, event: Event, axis: Axis) -> Mark:
    part, texts = "assumed" if event.kind == "scheduled" else "simulated", (axis.day(event.time),)
    row = _row(model, event)
    return Mark(time=event.time, row=row, part=part, colour=SIMULATED, texts=texts, event=event.type)


def _row(model: Model, event: Event) -> tuple[str, str]:
    return model.factions.get(event.faction, NOBODY), model.events[event.type].title


def _rows(model: Model, marks: Sequence[Mark]) -> list[tuple[str, str]]:
    """Return the rows: factions as the author wrote them, in each the kinds of events by their first; outcomes last."""
    titles = [model.factions[name] for name in in_shown_order(model, "factions", model.factions)]
    order = {group: index for index, group in enumerate([*titles, NOBODY, OUTCOMES])}
    first: dict[tuple[str, str], float] = {}
    for mark in marks:
        first[mark.row] = min(first.get(mark.row, mark.time), mark.time)
    return sorted(first, key=lambda key: (order[key[0]], first[key], key[1]))


def _beside(marks: Sequence[Mark], axis: Axis, end: float) -> list[tuple[Mark, str, bool]]:
    """Choose the text beside each mark of one row, and its side, so that none runs into the next."""
    ordered = sorted(marks, key=lambda mark: mark.time)
    taken, made = 0.0, []
    for number, mark in enumerate(ordered):
        place = axis.place(mark.time)
        edge = axis.pixels + EDGE if mark.time >= end else axis.place(end)
        following = axis.place(ordered[number + 1].time) if number + 1 < len(ordered) else edge + 8
        left = mark.part == "documented"
        room = place - 7 - taken if left else following - 9 - (place + 7)
        text = _fitting(mark, room)
        if not text and mark.part == "outcome" and (room := place - 9 - taken) > 0:  # at the picture's right edge
            text, left = _fitting(mark, room), True
        made.append((mark, text, left))
        taken = place + 7 + (width(text, SMALL - 1.5) if not left else 0)
    return made


def _fitting(mark: Mark, room: float) -> str:
    return next((text for text in mark.texts if width(text, SMALL - 1.5) + 2 <= room), "")


def _panel(
    scenario: Scenario, axis: Axis, marks: Sequence[Mark], rows: Sequence[tuple[str, str]],
    faction_width: float, kind_width: float, end: float,
) -> Spec:  # fmt: skip
    height = ROW * max(1, len(rows))
    place = {row: number + 0.5 for number, row in enumerate(rows)}
    data: list[dict[str, Any]] = []
    for row in rows:
        for mark, text, left in _beside([one for one in marks if one.row == row], axis, end):
            where = {"time": axis.value(mark.time), "row": place[row]}
            data.append({**where, **mark.as_data(), "text": text, "left": left})
    labels = [{"row": place[row], "text": shortened(row[1], kind_width, SMALL)} for row in rows]
    groups = [
        {"row": number + 0.5, "text": shortened(group, faction_width, TEXT, bold=True), "edge": number}
        for number, (group, _) in enumerate(rows)
        if number == 0 or rows[number - 1][0] != group
    ]
    y = {"type": "quantitative", "scale": {"domain": [len(rows), 0], "nice": False, "zero": False}, "axis": None}
    x = axis.encoding()
    at = {"y": {**y, "field": "row"}}
    begun = scenario.lineage.begun if scenario.lineage else scenario.start
    left_edge = -(kind_width + faction_width + 30)
    small: Spec = {"type": "text", "baseline": "middle", "fontSize": SMALL - 1.5}
    head: Spec = {"type": "text", "baseline": "bottom", "fontSize": SMALL + 0.5, "dy": -5}
    simulated = f"○ simulated: one possible future from {axis.moment(begun)} on"
    if scenario.lineage:
        simulated += f", branched anew on {axis.moment(scenario.start)}"
    heads = {"time": axis.value(max(begun, axis.first))}
    bold: Spec = {"type": "text", "align": "left", "baseline": "middle", "fontSize": TEXT, "fontWeight": "bold"}
    words, right = {"field": "text"}, pixels(axis.pixels)
    layers: list[Spec] = [
        *([shade(axis.place(begun), height)] if axis.first < begun else []),
        layer(labels, {"type": "rule", "color": GRID}, x=pixels(0), x2=right, **at),
        layer(groups, {"type": "rule", "color": FAINT, "strokeWidth": 0.8}, x=pixels(left_edge), x2=right,
              y={**y, "field": "edge"}),
        layer(groups, bold, x=pixels(left_edge), **at, text=words),
        layer(labels, {**small, "align": "right", "fontSize": SMALL}, x=pixels(-10), **at, text=words),
        layer([{"time": axis.value(scenario.start)}], {"type": "rule", "color": INK, "strokeWidth": 1.5}, x=x,
              y=pixels(0 if scenario.lineage else -18), y2=pixels(height)),
        layer([{**heads, "text": simulated}], {**head, "align": "left", "dx": 6, "color": SIMULATED}, x=x,
              y=pixels(0), text=words),
        layer([{"time": axis.value(end)}], {"type": "rule", "color": FAINT, "strokeDash": [3, 3]}, x=x, y=pixels(0),
              y2=pixels(height)),
        layer(data, {"type": "point", "opacity": 1, "strokeWidth": 1.5}, x=x, **at, shape=as_is("shape"),
              stroke=as_is("colour"), fill=as_is("fill"), size={**as_is("size"), "type": "quantitative"}),
    ]  # fmt: skip
    for which, side, shift in (("true", "right", -7), ("false", "left", 7)):
        mark_of_text, only = {**small, "align": side, "dx": shift}, f"datum.text != '' && datum.left == {which}"
        layers.append(layer(data, mark_of_text, only, x=x, **at, text=words, color=as_is("ink")))
    if any(mark.part == "documented" for mark in marks):
        title = {**head, "align": "right", "dx": -6, "color": DOCUMENTED, "text": "■ documented"}
        layers.append(layer([heads], title, x=x, y=pixels(0)))
    return {"width": axis.pixels, "height": height, "layer": layers}
