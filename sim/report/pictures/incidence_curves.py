"""Cumulative incidence over calendar time: documented events before the branch, curves with their bands after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from sim.analysis import labels
from sim.analysis.labels import Counted
from sim.analysis.results import Results
from sim.errors import UsageError
from sim.model.evidence.documented import Documented
from sim.report import assumption_notes
from sim.report.pictures.charts import PER_CENT, SPACING, counted, covered, else_title, ensembles, shown_outcomes, upper
from sim.report.pictures.picture import Picture
from sim.report.pictures.style import (
    DOCUMENTED,
    INK,
    SMALL,
    SOFT,
    Spec,
    as_is,
    heading,
    layer,
    looks,
    pixels,
    shade,
    sheet,
)
from sim.report.pictures.text_width import shortened_before, widest, width
from sim.report.pictures.time_axis import Axis, documented_past, short
from sim.report.result_tables import endings_before
from sim.statistics.estimates import Proportion, percent

BROKEN_OFF = (
    "Some runs failed or were stopped: from then on each counts both ways in the bands, and as a half in the curves. "
)
Curves: TypeAlias = dict[Counted, tuple[list[float], Sequence[Proportion]]]  # times and shares of what is counted
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
    """Draw when outcomes come true: one panel a scenario, all on the same scales.

    One scenario whose runs go on after an ending has a panel of first endings, and one of what comes true at all.
    """
    alone = len(found) == 1
    both = alone and not outcomes and found[0].model.goes_on
    found = [*found, found[0]] if both else found
    size = ONE if len(found) <= 2 else MANY
    if any(one.model.calendar != found[0].model.calendar for one in found):
        what = "scenarios whose models count time differently have no common axis"
        raise UsageError("E015", what, "draw each by itself")
    shown = [shown_outcomes(one, outcomes) for one in found]
    titles = [one.scenario.title for one in found]
    if both:
        shown[1] = [one for one in endings_before(found[0]) if not one.first]
        titles = ["Which ending came true first", else_title(found[0])]
    start = min(one.scenario.start for one in found)
    last, cut = _last(found)
    some_past = [item for one in found for item in documented_past(one.scenario, one.source.documented)]
    past = _stretch(some_past, start, size, last) if some_past else 0.0
    axis = Axis(found[0].scenario, start - past, last, size.past + size.future)
    curves = [_curves(one, last, size.points, items) for one, items in zip(found, shown, strict=True)]
    shares = (share for each in curves for _, shares in each.values() for share in shares)
    top = upper(max((share.high for share in shares if share.hits), default=1.0))
    said = both or (not outcomes and found[0].model.goes_on)
    ends = [_end_labels(one, items, top, size.height, said=said) for one, items in zip(found, shown, strict=True)]
    room = 4 + max((item["room"] for items in ends for item in items), default=0.0)
    headed = not alone or both
    parts = zip(found, titles, curves, ends, strict=True)
    panels = [_panel(*each, axis, size, top, room, headed=headed) for each in parts]
    found = found[:1] if both else found
    columns = 1 if size is ONE else 2
    width_of_each = LEFT + axis.pixels + LABELS + GAP + room
    title = "When it ends, and how" if not outcomes and any(one.ending for one in found) else "When outcomes come true"
    title = "When which ending comes true first" if said and not both else title
    subtitles = [f"{found[0].model.title}. {len(found)} scenarios."]
    if alone:
        title = f"{found[0].scenario.title}: {title[0].lower()}{title[1:]}"
        subtitles = [found[0].scenario.question, counted(found[0])]
    horizons = {one.scenario.horizon for one in found}
    horizon = "horizon" if len(horizons) > 1 else f"horizon, {axis.moment(found[0].scenario.horizon)},"
    foot = [
        "Curves: the share of the runs in which an outcome has come true by then. Bands: 95 % intervals, each moment "
        "by itself; where no run has it yet there is only a bound, which is not drawn. At the right: the share by the "
        f"{horizon} with its 95 % interval. "
        + ("No run is followed beyond what ended it. " if any(one.model.stops_early for one in found) else "")
        + ("" if all(one.runs.whole.all() for one in found) else BROKEN_OFF)
        + (f"All runs had ended by {axis.moment(last)}; what follows up to the horizon is left out. " if cut else ""),
        _how_documented(found) if some_past else "",
        *(_how_branched(one) for one in found if one.scenario.lineage),
        assumption_notes.foot([one.scenario for one in found]),
        covered(found),
        ensembles(found),
    ]
    width = columns * width_of_each + (columns - 1) * SPACING
    return Picture(title, sheet(title, subtitles, panels, foot, columns=columns, width=width))


def _stretch(items: Sequence[Documented], start: float, size: _Size, last: float) -> float:
    """Return how much of the past to show, in the model's unit: no more than its first event and that one's label."""
    unit = (last - start) / size.future  # time for each pixel
    first = min(item.event.time for item in items)
    label = 70 + widest((short(item) for item in items[-1:]), SMALL)
    return min(size.past * unit, start - first + label * unit)


def _last(found: Sequence[Results]) -> tuple[float, bool]:
    """Return where the axis ends, and whether that is before the horizon: there is nothing to see after all ended."""
    horizon = max(one.scenario.horizon for one in found)
    start = min(one.scenario.start for one in found)
    latest = start
    for one in found:
        ends = np.array([one.runs.times[name] for name in one.outcomes if one.model.outcomes[name].ends_run])
        ends = np.where(np.isnan(ends), np.inf, ends)  # what is not known may come as late as it can
        first = ends.min(axis=0) if len(ends) and len(one.runs) else np.array([np.inf])
        if not np.isfinite(first).all():
            return horizon, False
        latest = max(latest, one.scenario.start + float(first.max()))
    shown = start + (latest - start) * 1.05
    return (shown, True) if start < shown < start + 0.5 * (horizon - start) else (horizon, False)


def _curves(results: Results, last: float, points: int, shown: Sequence[Counted]) -> Curves:
    """Return each outcome's times since the branch and its shares; runs of one draw do not count as independent."""
    length = min(results.length, last - results.scenario.start)
    times = [length * number / points for number in range(points + 1)]
    times.insert(-1, length * (1 - 1e-9))  # what comes true at the horizon does so there, not before
    return {one: (times, results.incidence(one.outcome, times, first=one.first).shares) for one in shown}


def _end_labels(
    results: Results, shown: Sequence[Counted], top: float, height: float, *, said: bool
) -> list[dict[str, Any]]:
    """Return what stands at the curves' ends, moved apart so that no two labels overlap; heights in shares.

    A label does not repeat what is counted where a title has `said` it.
    """
    shares = {one: results.share(one) for one in shown}
    wanted = sorted(shown, key=lambda one: shares[one].middle)
    places: list[float] = []
    for one in wanted:
        place = shares[one].middle / top * height
        places.append(max(place, places[-1] + LINE) if places else max(place, 2.0))
    over = (places[-1] - height) if places else 0.0
    if over > 0:  # push down from the top
        places[-1] = height
        for number in range(len(places) - 2, -1, -1):
            places[number] = min(places[number], places[number + 1] - LINE)
    seen = looks(results.model)

    def title(one: Counted) -> str:
        label = labels.short(results.model, one.outcome, first=one.first)
        return labels.without_suffix(label) if said else label

    return [
        {
            "outcome": one.outcome, "share": shares[one].middle, "label_at": place / height * top,
            **_end_label(title(one), _numbers(shares[one])), "colour": seen[one.outcome].colour,
        }
        for one, place in zip(wanted, places, strict=True)
    ]  # fmt: skip


def _end_label(title: str, numbers: str) -> dict[str, Any]:
    """Return what stands at a curve's end and the room that it takes: a long title is shortened, and nothing else."""
    words = labels.suffix_of(title)
    room = MOST_TITLE + (widest([words], SMALL) if words else 0)
    text = f"{shortened_before(words, title, room, SMALL)}  {numbers}"
    return {"text": text, "room": widest([text], SMALL)}


def _numbers(found: Proportion) -> str:
    if found.bounded:
        return str(found)
    return f"{found} ({percent(found.low).removesuffix(' %')} to {percent(found.high).removesuffix(' %')})"


def _panel(
    results: Results, title: str, curves: Curves, ends: list[dict[str, Any]], axis: Axis, size: _Size, top: float,
    room: float, *, headed: bool,
) -> Spec:  # fmt: skip
    scenario, seen = results.scenario, looks(results.model)
    rows = [
        {"outcome": f"{one.outcome}{', first' if one.first and results.model.goes_on else ''}",
         "time": axis.value(scenario.start + time), "share": share.middle, "low": share.low, "high": share.high,
         "hits": share.hits, "runs": share.runs, "colour": seen[one.outcome].colour,
         "dash": list(seen[one.outcome].dash)}
        for one, (times, shares) in curves.items()
        for time, share in zip(times, shares, strict=True)
    ]  # fmt: skip
    y_axis = {"title": None, "labelExpr": PER_CENT, "tickCount": 5, "grid": True, "domain": False}
    y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": y_axis}
    x = axis.encoding()
    by = {"detail": {"field": "outcome"}, "color": as_is("colour")}
    share, label_at = {**y, "field": "share"}, {**y, "field": "label_at"}
    label: Spec = {"type": "text", "align": "left", "baseline": "middle", "fontSize": SMALL, "color": INK}
    layers: list[Spec] = [
        *_past(results, axis, size, top, x, y),
        layer(rows, {"type": "area", "opacity": 0.17, "line": False}, "datum.hits > 0", x=x,
              y={**y, "field": "low"}, y2={"field": "high"}, **by),
        layer(rows, {"type": "line", "strokeWidth": 2}, x=x, y=share, **by, strokeDash=as_is("dash")),
        layer(ends, {"type": "rule", "strokeWidth": 1}, x=pixels(axis.pixels + 2), x2=pixels(axis.pixels + LABELS),
              y=share, y2={"field": "label_at"}, color=as_is("colour")),
        layer(ends, label, x=pixels(axis.pixels + GAP + 2), y=label_at, text={"field": "text"}),
    ]  # fmt: skip
    subtitles = [scenario.question, counted(results)] if title == scenario.title else []
    over = heading(title, subtitles, LEFT + axis.pixels + GAP + room, LEFT, offset=8)
    drawn = {"width": axis.pixels, "height": size.height, "layer": layers}
    return {"title": over, **drawn} if headed else drawn


def _past(results: Results, axis: Axis, size: _Size, top: float, x: Spec, y: Spec) -> list[Spec]:
    """Shade the past, mark its documented events, name the last of them, and mark the branch."""
    scenario = results.scenario
    past = documented_past(scenario, results.source.documented)
    items = [item for item in past if item.event.time >= axis.first]
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
    label = f"branch, {axis.moment(scenario.start)}; from here on simulated"
    branch = {"time": axis.value(scenario.start), "text": label}
    at, words, floor = {"x": x, "y": {**y, "field": "label_at"}}, {"field": "text"}, pixels(size.height)
    marks = [{"id": item.id, "time": axis.value(item.event.time)} for item in items]
    square = {"type": "point", "shape": "square", "size": 26, "filled": True, "opacity": 1, "color": DOCUMENTED}
    small: Spec = {"type": "text", "fontSize": SMALL - 0.5, "baseline": "middle"}
    over = {**small, "baseline": "bottom", "dy": -4, "fontSize": SMALL}
    layers = [
        *([shade(axis.place(begun), size.height)] if axis.first < begun else []),
        layer(marks, {"type": "rule", "color": DOCUMENTED, "strokeWidth": 1}, x=x, y=floor, y2=pixels(size.height - 7)),
        layer(named, square, **at),
        layer(named, {**small, "align": "right", "dx": -6, "color": DOCUMENTED}, **at, text=words),
        layer([branch], {"type": "rule", "color": INK, "strokeWidth": 1.5}, x=x, y=pixels(0), y2=floor),
        layer([branch], {**over, "align": "left", "dx": 4, "color": SOFT}, x=x, y=pixels(0), text=words),
    ]
    if items:
        title = {**over, "align": "left", "color": DOCUMENTED, "text": "documented"}
        layers.append(layer([{}], title, x=pixels(0), y=pixels(0)))
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
