"""How every picture looks: its sheet with title and foot, its sizes, and one colour for one outcome everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any, TypeAlias

from sim.analysis.results import in_shown_order
from sim.model.model import Model
from sim.report.pictures.text_width import FONT, wrapped

Spec: TypeAlias = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
INK, SOFT, FAINT, GRID, SHADE = "#222222", "#555555", "#8a8a8a", "#e6e6e6", "#f1efe9"
DOCUMENTED, SIMULATED = "#5b4a32", "#0072B2"
TITLE, TEXT, SMALL, FOOT = 17, 12, 10.5, 10.5

# Okabe and Ito's colours, which colour-blind people can tell apart, without those that are faint on white; more from
# Paul Tol's muted scheme for models with many outcomes.
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#332288", "#882255", "#999933", "#44AA99",
    "#AA4499", "#117733",
)  # fmt: skip
OTHERWISE = "#767676"
DASHES = ((1, 0), (6, 3), (2, 2))


@dataclass(frozen=True)
class Look:
    """An outcome's colour, and the dashes of its line, which tell outcomes apart where colours are used again."""

    colour: str
    dash: tuple[int, int]


def looks(model: Model) -> Mapping[str, Look]:
    """Return the look of each of a model's outcomes: endings have colours of their own."""
    order = in_shown_order(model, "outcomes", model.outcomes)
    ending = [name for name in order if model.outcomes[name].ending and not model.outcomes[name].otherwise]
    others = [name for name in order if not model.outcomes[name].ending]
    rest = PALETTE[len(ending) :] or PALETTE
    found = {**_cycled(ending, PALETTE), **_cycled(others, rest)}
    return {name: found.get(name, Look(OTHERWISE, DASHES[0])) for name in order}


def _cycled(names: Sequence[str], colours: Sequence[str]) -> dict[str, Look]:
    return {
        name: Look(colour, dash) for name, (dash, colour) in zip(names, cycle(product(DASHES, colours)), strict=False)
    }


def sheet(title: str, subtitles: Sequence[str], panels: Sequence[Spec], foot: Sequence[str], *, columns: int,
          width: float) -> Spec:  # fmt: skip
    """Put panels under a title and above a foot, as a whole Vega-Lite spec; `width` is that of all columns."""
    below = [line for text in foot if text for line in wrapped(text, width, FOOT)]
    over = [line for text in subtitles if text for line in wrapped(text, width, TEXT)]
    bottom = {
        "text": below, "orient": "bottom", "anchor": "start", "frame": "bounds", "fontSize": FOOT,
        "fontWeight": "normal", "color": SOFT, "lineHeight": FOOT * 1.35, "offset": 18,
    }  # fmt: skip
    body: Spec = {"concat": list(panels), "columns": columns, "spacing": {"row": 26, "column": 34}, "title": bottom}
    return {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 18,
        "title": {
            "text": wrapped(title, width, TITLE, bold=True), "anchor": "start", "frame": "bounds", "fontSize": TITLE,
            "color": INK, "subtitleFontSize": TEXT, "subtitleColor": SOFT, "subtitlePadding": 6, "offset": 20,
            **({"subtitle": over} if over else {}),
        },
        "vconcat": [body],
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": SMALL, "labelColor": SOFT, "titleFontSize": SMALL, "titleFontWeight": "normal",
                "titleColor": SOFT, "gridColor": GRID, "domainColor": FAINT, "tickColor": FAINT, "titlePadding": 6,
                "labelFlush": False,
            },
            "text": {"fontSize": SMALL, "color": INK},
        },
    }  # fmt: skip


def heading(text: str, subtitles: Sequence[str], room: float, shift: float = 0.0, offset: float = 8) -> Spec:
    """Return a panel's title, `shift` pixels to the left of its plot, broken into lines of `room` pixels."""
    return {
        "text": wrapped(text, room, TEXT + 1, bold=True), "anchor": "start", "frame": "group", "dx": -shift,
        "fontSize": TEXT + 1, "color": INK, "offset": offset, "subtitleFontSize": SMALL, "subtitleColor": SOFT,
        "subtitle": [line for one in subtitles if one for line in wrapped(one, room, SMALL)], "subtitlePadding": 3,
    }  # fmt: skip


def layer(values: Sequence[Spec] | None, mark: Spec, only: str = "", /, **encoding: Spec) -> Spec:
    """Return marks, one for each of the values, or of the panel's where they are None; `only` filters them."""
    given = {} if values is None else {"data": {"values": values}}
    return {**given, **({"transform": [{"filter": only}]} if only else {}), "mark": mark, "encoding": encoding}


def shade(to: float, height: float) -> Spec:
    """Shade a plot's background from its left edge `to` so many pixels."""
    ends = {"x": pixels(0), "x2": pixels(to), "y": pixels(0), "y2": pixels(height)}
    return layer([{}], {"type": "rect", "color": SHADE}, **ends)


def pixels(of: float) -> Spec:
    return {"value": of}


def as_is(field: str) -> Spec:
    """Encode a field that holds the very colour, dash or shape to be drawn."""
    return {"field": field, "type": "nominal", "scale": None}
