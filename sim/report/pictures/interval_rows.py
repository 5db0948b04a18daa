"""A panel of rows: in each a label, a number with its intervals drawn on a scale, and the same in figures beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

from sim.analysis.labels import suffix_of
from sim.report.pictures.style import FAINT, INK, SMALL, TEXT, Spec, as_is, heading, layer, pixels
from sim.report.pictures.text_width import shortened_before, widest

ROW = 21
GAP = 10
PLOT = 300
MOST_LABEL = 240


@dataclass(frozen=True)
class IntervalRow:
    """One number. `wide` is a range beyond the interval, if there is one; `sure` rows are drawn in full colour.

    `value` is None where only a bound is known: `low` or `high` is then at an end of the scale.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    wide: tuple[float, float] | None
    colour: str
    texts: tuple[str, ...]
    hollow: bool = False
    sure: bool = True

    def as_data(self, index: int, label: str) -> dict[str, Any]:
        bound = None
        if self.value is None and None not in (self.low, self.high) and (self.low == 0) != (self.high == 1):
            bound = self.high if self.low == 0 else self.low
        return {
            "place": index, "label": label, "value": self.value, "low": self.low, "high": self.high, "bound": bound,
            **({"wide_low": self.wide[0], "wide_high": self.wide[1]} if self.wide else {}),
            "colour": self.colour, "fill": "white" if self.hollow else self.colour,
            "opacity": 1.0 if self.sure else 0.45,
            **{f"text_{number}": text for number, text in enumerate(self.texts)},
        }  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """What the panels of a picture share: scale, column headings, and the widths that line them up."""

    panels: Sequence[Sequence[IntervalRow]]
    domain: tuple[float, float]
    axis_title: str
    axis_label: str
    headings: tuple[tuple[str, ...], ...]
    zero: bool = False

    @cached_property
    def label_width(self) -> float:
        return max((_label_width(row.label) for panel in self.panels for row in panel), default=2.0)

    @cached_property
    def column_widths(self) -> list[float]:
        columns = zip(*(row.texts for panel in self.panels for row in panel), strict=True)
        texts = zip_longest(self.headings, columns, fillvalue=())
        return [widest([*lines, *column], SMALL) for lines, column in texts]

    @property
    def width(self) -> float:
        return self.label_width + GAP + PLOT + sum(width + 2 * GAP for width in self.column_widths)


def _label_width(label: str) -> float:
    """Return the room of a label: that of its title, and of the words behind it that must not be cut off."""
    words = suffix_of(label)
    return min(MOST_LABEL, widest([label.removesuffix(words)], TEXT) + 2) + (widest([words], TEXT) if words else 0)


def panel(rows: Sequence[IntervalRow], shared: Frame, title: str, subtitles: Sequence[str]) -> Spec:
    """Draw rows as one panel within a frame."""
    y = {"field": "place", "type": "ordinal", "sort": None, "axis": {
        "grid": True, "domain": False, "ticks": False, "labels": False, "title": None}}  # fmt: skip
    x_axis = {"title": shared.axis_title, "labelExpr": shared.axis_label, "tickCount": 6, "grid": True}
    x = {"type": "quantitative", "scale": {"domain": list(shared.domain), "nice": False}, "axis": x_axis}
    colour, opacity = as_is("colour"), {**as_is("opacity"), "type": "quantitative"}

    def over(low: str, high: str) -> Spec:
        return {"x": {**x, "field": low}, "x2": {"field": high}, "y": y, "color": colour}

    drawn = [
        row.as_data(index, shortened_before(suffix_of(row.label), row.label, shared.label_width, TEXT))
        for index, row in enumerate(rows)
    ]
    layers: list[Spec] = []
    if shared.zero:
        layers.append(layer([{"zero": 0}], {"type": "rule", "color": INK, "strokeWidth": 1}, x={**x, "field": "zero"}))
    if any(row.wide for row in rows):
        mark: Spec = {"type": "rule", "strokeWidth": 12, "opacity": 0.28}
        layers.append(layer(None, mark, "isValid(datum.wide_low)", **over("wide_low", "wide_high")))
    dot: Spec = {"type": "point", "size": 40, "strokeWidth": 1.8, "opacity": 1}
    bound: Spec = {"type": "tick", "orient": "vertical", "size": 11, "thickness": 2.2}
    layers += [
        layer(None, {"type": "rule", "strokeWidth": 2.2}, "isValid(datum.low) && isValid(datum.high)",
              **over("low", "high"), opacity=opacity),
        layer(None, dot, "isValid(datum.value)", x={**x, "field": "value"}, y=y, stroke=colour,
              fill=as_is("fill"), fillOpacity=opacity, strokeOpacity=opacity),
        layer(None, bound, "isValid(datum.bound)", x={**x, "field": "bound"}, y=y, color=colour),
        _texts("label", -GAP, TEXT, y),
    ]  # fmt: skip
    edge = float(PLOT)
    for number, width in enumerate(shared.column_widths):
        edge += 2 * GAP + width
        layers += [_texts(f"text_{number}", edge, SMALL, y), _column_heading(shared.headings[number], edge)]
    return {
        "title": heading(title, subtitles, shared.width, shared.label_width + GAP, offset=4), "width": PLOT,
        "height": ROW * len(rows), "data": {"values": drawn}, "layer": layers,
    }  # fmt: skip


def _texts(field: str, x: float, size: float, y: Spec) -> Spec:
    mark = {"type": "text", "align": "right", "baseline": "middle", "fontSize": size, "color": INK}
    return layer(None, mark, x=pixels(x), y=y, text={"field": field})


def _column_heading(lines: tuple[str, ...], x: float) -> Spec:
    mark = {
        "type": "text", "align": "right", "baseline": "bottom", "fontSize": SMALL, "color": FAINT, "lineHeight": 13,
        "text": list(lines), "dy": -5 - 13 * (len(lines) - 1),
    }  # fmt: skip
    return layer([{}], mark, x=pixels(x), y=pixels(0))
