"""Cumulative incidence over calendar time: documented events before the branch, curves with their bands after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis import labels
from sim.analysis.results import Results
from sim.errors import UsageError
from sim.report.pictures.charts import counted, covered, ensembles, shown_outcomes, upper
from sim.report.pictures.interval_rows import UNTIL_END
from sim.report.pictures.picture import Picture
from sim.report.pictures.style import DOCUMENTED, INK, SMALL, SOFT, Spec, as_is, heading, looks, pixels, shade, sheet
from sim.report.pictures.text_width import shortened_before, widest, width
from sim.report.pictures.time_axis import Axis, documented_past, short
from sim.statistics.estimates import Proportion, percent

BROKEN_OFF = (
    "Some runs failed or were stopped: from then on each counts both ways in the bands, and as a half in the curves. "
)
PER_CENT = "format(datum.value * 100, '~g') + ' %'"
LEFT, LABELS, GAP = 44, 12, 14
LINE = 14.0
MOST_TITLE = 230.0  # pixels of an outcome's title at its curve's end


@dataclass(frozen=True)
class _Size:
    """How large a panel is: pixels of the past (if there is one) and of the future, height, points of a curve."""

    past: float
    future: float
    height: float
    points: int


ONE, MANY = _Size(250, 520, 340, 120), _Size(190, 300, 215, 60)


def incidence(found: Sequence[Results], outcomes: Sequence[str] = ()) -> Picture:
    """Draw when outcomes come true: one panel a scenario, all on the same scales."""
    size = ONE if len(found) <= 2 else MANY
    if any(one.model.calendar != found[0].model.calendar for one in found):
        raise UsageError(
            "E015", "scenarios whose models count time differently have no common axis", "draw each by itself"
        )
    names = {one.source.ensemble: shown_outcomes(one, outcomes) for one in found}
    start = min(one.scenario.start for one in found)
    last, cut = _last(found)
    some_past = any(documented_past(one.scenario, one.source.documented) for one in found)
    past = _stretch(found, start, size, last) if some_past else 0.0
    whole = size.past + size.future
    axis = Axis(found[0].scenario, start - past, last, whole)
    curves = {one.source.ensemble: _curves(one, names[one.source.ensemble], last, size.points) for one in found}
    most = max(
        (share.high for each in curves.values() for _, shares in each.values() for share in shares if share.hits),
        default=1.0,
    )
    top = upper(most)
    ends = {one.source.ensemble: _end_labels(one, names[one.source.ensemble], top, size.height) for one in found}
    room = 4 + max((item["room"] for items in ends.values() for item in items), default=0.0)
    panels = [
        _panel(
            one, axis, size, top, curves[one.source.ensemble], ends[one.source.ensemble], room, alone=len(found) == 1
        )
        for one in found
    ]
    columns = 1 if size is ONE else 2
    each = LEFT + whole + LABELS + GAP + room
    title = "When it ends, and how" if not outcomes and any(one.ending for one in found) else "When outcomes come true"
    if len(found) == 1:
        title = f"{found[0].scenario.title}: {title[0].lower()}{title[1:]}"
    subtitles = [f"{found[0].model.title}. {len(found)} scenarios."]
    if len(found) == 1:
        subtitles = [found[0].scenario.question, counted(found[0])]
    foot = [
        "Curves: the share of the runs in which an outcome has come true by then. Bands: 95 % intervals, each moment "
        "by itself; where no run has it yet there is only a bound, which is not drawn. At the right: the share by the "
        f"{_horizon(found, axis)} with its 95 % interval. No run is followed beyond what ended it. "
        + ("" if all(one.runs.whole.all() for one in found) else BROKEN_OFF)
        + (f"All runs had ended by {axis.moment(last)}; what follows up to the horizon is left out. " if cut else ""),
        _how_documented(found) if some_past else "",
        *(_how_branched(one) for one in found if one.scenario.lineage),
        covered(found),
        ensembles(found),
    ]
    drawn = sheet(title, subtitles, panels, foot, columns=columns, width=columns * each + (columns - 1) * 34)
    return Picture(title, drawn)


def _horizon(found: Sequence[Results], axis: Axis) -> str:
    """Name the horizon, with its moment where all have the same."""
    ends = {one.scenario.horizon for one in found}
    return f"horizon, {axis.moment(ends.pop())}," if len(ends) == 1 else "horizon"


def _stretch(found: Sequence[Results], start: float, size: _Size, last: float) -> float:
    """Return how much of the past to show, in the model's unit: no more than its first event and that one's label."""
    unit = (last - start) / size.future  # time for each pixel
    items = [
        item for one in found for item in documented_past(one.scenario, one.source.documented)
    ]  # fmt: skip
    first = min(item.event.time for item in items)
    label = 70 + widest((short(item) for item in items[-1:]), SMALL)
    return min(size.past * unit, start - first + label * unit)


def _last(found: Sequence[Results]) -> tuple[float, bool]:
    """Return where the axis ends, and whether that is before the horizon: there is nothing to see after all ended."""
    horizon = max(one.scenario.horizon for one in found)
    start = min(one.scenario.start for one in found)
    latest = start
    for one in found:
        ends = np.array([one.runs.times[name] for name in one.ending if one.model.outcomes[name].ends_run])
        ends = np.where(np.isnan(ends), np.inf, ends)  # what is not known may come as late as it can
        first = ends.min(axis=0) if len(ends) and len(one.runs) else np.array([np.inf])
        if not np.isfinite(first).all():
            return horizon, False
        latest = max(latest, one.scenario.start + float(first.max()))
    shown = start + (latest - start) * 1.05
    return (shown, True) if start < shown < start + 0.5 * (horizon - start) else (horizon, False)


def _curves(
    results: Results, names: Sequence[str], last: float, points: int
) -> dict[str, tuple[list[float], list[Proportion]]]:
    """Return each outcome's times since the branch and its shares; runs of one draw do not count as independent."""
    length = min(results.length, last - results.scenario.start)
    times = [length * number / points for number in range(points + 1)]
    times.insert(-1, length * (1 - 1e-9))  # what comes true at the horizon does so there, not before
    return {name: (times, list(results.incidence(name, times).shares)) for name in names}


def _share(found: Proportion) -> float:
    return found.middle


def _end_labels(results: Results, names: Sequence[str], top: float, height: float) -> list[dict[str, Any]]:
    """Return what stands at the curves' ends, moved apart so that no two labels overlap; heights in shares."""
    wanted = sorted(names, key=lambda name: _share(results.outcomes[name]))
    places: list[float] = []
    for name in wanted:
        place = _share(results.outcomes[name]) / top * height
        places.append(max(place, places[-1] + LINE) if places else max(place, 2.0))
    over = (places[-1] - height) if places else 0.0
    if over > 0:  # push down from the top
        places[-1] = height
        for number in range(len(places) - 2, -1, -1):
            places[number] = min(places[number], places[number + 1] - LINE)
    seen = looks(results.model)
    return [
        {
            "outcome": name, "share": _share(results.outcomes[name]), "label_at": place / height * top,
            **_end_label(labels.short(results.model, name), _numbers(results.outcomes[name])),
            "colour": seen[name].colour,
        }
        for name, place in zip(wanted, places, strict=True)
    ]  # fmt: skip


def _end_label(title: str, numbers: str) -> dict[str, Any]:
    """Return what stands at a curve's end and the room that it takes: a long title is shortened, and nothing else."""
    room = MOST_TITLE + (widest([UNTIL_END], SMALL) if title.endswith(UNTIL_END) else 0)
    text = f"{shortened_before(UNTIL_END, title, room, SMALL)}  {numbers}"
    return {"text": text, "room": widest([text], SMALL)}


def _numbers(found: Proportion) -> str:
    if found.bounded:
        return str(found)
    return f"{found} ({percent(found.low).removesuffix(' %')} to {percent(found.high).removesuffix(' %')})"


def _panel(
    results: Results, axis: Axis, size: _Size, top: float,
    curves: dict[str, tuple[list[float], list[Proportion]]], ends: list[dict[str, Any]], room: float, *, alone: bool,
) -> Spec:  # fmt: skip
    scenario, seen = results.scenario, looks(results.model)
    rows = [
        {"outcome": name, "time": axis.value(scenario.start + time), "share": _share(share), "low": share.low,
         "high": share.high, "hits": share.hits, "runs": share.runs, "colour": seen[name].colour,
         "dash": list(seen[name].dash)}
        for name, (times, shares) in curves.items()
        for time, share in zip(times, shares, strict=True)
    ]  # fmt: skip
    y_axis = {"title": None, "labelExpr": PER_CENT, "tickCount": 5, "grid": True, "domain": False}
    y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": y_axis}
    x = axis.encoding()
    by = {"detail": {"field": "outcome"}, "color": as_is("colour")}
    layers: list[Spec] = [
        *_past(results, axis, size, top, x, y),
        {
            "data": {"values": rows}, "transform": [{"filter": "datum.hits > 0"}],
            "mark": {"type": "area", "opacity": 0.17, "line": False},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, **by},
        },
        {
            "data": {"values": rows}, "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": {**y, "field": "share"}, **by, "strokeDash": as_is("dash")},
        },
        {
            "data": {"values": ends}, "mark": {"type": "rule", "strokeWidth": 1},
            "encoding": {
                "x": pixels(axis.pixels + 2), "x2": pixels(axis.pixels + LABELS), "y": {**y, "field": "share"},
                "y2": {"field": "label_at"}, "color": as_is("colour"),
            },
        },
        {
            "data": {"values": ends},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": SMALL, "color": INK},
            "encoding": {
                "x": pixels(axis.pixels + GAP + 2), "y": {**y, "field": "label_at"}, "text": {"field": "text"},
            },
        },
    ]  # fmt: skip
    subtitles = [scenario.question, counted(results)]
    title = heading(scenario.title, subtitles, LEFT + axis.pixels + GAP + room, LEFT, offset=8)
    drawn = {"width": axis.pixels, "height": size.height, "layer": layers}
    return drawn if alone else {"title": title, **drawn}


def _past(results: Results, axis: Axis, size: _Size, top: float, x: Spec, y: Spec) -> list[Spec]:
    """Shade the past, mark its documented events, name the last of them, and mark the branch."""
    scenario = results.scenario
    items = [
        item for item in documented_past(scenario, results.source.documented) if item.event.time >= axis.first
    ]  # fmt: skip
    named: list[dict[str, Any]] = []
    step = 13.0
    for item in reversed(items):
        text = f"{axis.day(item.event.time)}  {short(item)}"
        place = axis.place(item.event.time)
        if 9 + step * (len(named) + 0.5) < size.height - 8 and width(text, SMALL - 0.5) + 9 <= place:
            named.insert(0, {"id": item.id, "status": item.status, "time": axis.value(item.event.time), "text": text})
    for number, row in enumerate(named):
        row["label_at"] = top * (1 - (9 + step * number) / size.height)
    begun = scenario.lineage.begun if scenario.lineage else scenario.start
    branch = {
        "time": axis.value(scenario.start),
        "text": f"branch, {axis.moment(scenario.start)}; from here on simulated",
    }
    height = {**y, "field": "label_at"}
    marks = [{"id": item.id, "time": axis.value(item.event.time)} for item in items]
    small: Spec = {"type": "text", "fontSize": SMALL - 0.5, "baseline": "middle"}
    over = {**small, "baseline": "bottom", "dy": -4, "fontSize": SMALL}
    layers = [
        *([shade(axis.place(begun), size.height)] if axis.first < begun else []),
        {
            "data": {"values": marks}, "mark": {"type": "rule", "color": DOCUMENTED, "strokeWidth": 1},
            "encoding": {"x": x, "y": pixels(size.height), "y2": pixels(size.height - 7)},
        },
        {
            "data": {"values": named},
            "mark": {"type": "point", "shape": "square", "size": 26, "filled": True, "opacity": 1, "color": DOCUMENTED},
            "encoding": {"x": x, "y": height},
        },
        {
            "data": {"values": named}, "mark": {**small, "align": "right", "dx": -6, "color": DOCUMENTED},
            "encoding": {"x": x, "y": height, "text": {"field": "text"}},
        },
        {
            "data": {"values": [branch]}, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
            "encoding": {"x": x, "y": pixels(0), "y2": pixels(size.height)},
        },
        {
            "data": {"values": [branch]}, "mark": {**over, "align": "left", "dx": 4, "color": SOFT},
            "encoding": {"x": x, "y": pixels(0), "text": {"field": "text"}},
        },
    ]  # fmt: skip
    if items:
        layers.append({
            "data": {"values": [{}]}, "mark": {**over, "align": "left", "color": DOCUMENTED, "text": "documented"},
            "encoding": {"x": pixels(0), "y": pixels(0)},
        })  # fmt: skip
    return layers


def _how_documented(found: Sequence[Results]) -> str:
    doubted = any(item.status in ("alleged", "disputed") for one in found for item in one.source.documented)
    return "Shaded: the documented past. Ticks: documented events; the last are named, by their ids in the history." + (
        " ? alleged, ?? disputed." if doubted else ""
    )


def _how_branched(results: Results) -> str:
    lineage = results.scenario.lineage
    assert lineage is not None, "only what branches from a run is asked"
    return (
        f"'{results.scenario.title}' goes on from event {lineage.event} of run {lineage.run} of ensemble "
        f"{lineage.ensemble[:12]}: between the documented past and the branch lies that one simulated run."
    )
