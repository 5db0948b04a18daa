"""A model, whole or in part, as a picture: which part is wanted, and as columns or as a grid.

Owns the choice of the layout, the title and the headings. What a view is made of is `sim.explain.graph.graph_views`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.errors import UsageError
from sim.explain.graph.graph_views import OPTIONAL, by_faction, called, columns, seen_in, view
from sim.explain.graph.model_graph import Kind, ModelGraph, Node
from sim.language.counts import counted
from sim.language.suggest import did_you_mean
from sim.model.evidence.documented import History
from sim.model.model import Model
from sim.report.model_pictures.column_picture import column_picture
from sim.report.model_pictures.graph_look import Names
from sim.report.model_pictures.reading_grid import reading_grid
from sim.report.model_pictures.vector_drawing import VectorPicture

Layout: TypeAlias = Literal["auto", "columns", "grid"]
MOST_LINES = 250  # links that are still followed by eye as lines
LISTED = ("state", "parameters", "events", "rules", "outcomes", "measures", "checks", "base_rates")
KIND_OF: Mapping[str, Kind] = {
    "state": "variable", "parameters": "parameter", "events": "event", "rules": "rule", "outcomes": "outcome",
    "measures": "measure", "checks": "check", "base_rates": "base rate",
}  # fmt: skip
TWICE = "What has boxes in two columns is one thing, such as one rule. Lines go from a column to the next one only."
FROM_OUTSIDE = "An event type that no rule emits is shown by itself: such events come from the history or a timetable."
# What stands before and behind a column of nodes of a kind.
BESIDE: Mapping[Kind, tuple[str, str]] = {
    "rule": ("What is looked at", "What is changed or set off"),
    "event": ("What brings it about", "What it changes or sets off"),
    "variable": ("What changes it", "What looks at it"),
    "outcome": ("What it depends on", "What refers to it"),
    "parameter": ("What it rests on", "What uses it"),
    "source": ("", "What rests on it"),
    "scenario": ("", "What it assumes otherwise"),
    "documented": ("What it rests on", "What it is an event of"),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which part of a case's graph: kinds by their names in `OPTIONAL`, and what it is around; all, if nothing is."""

    around: tuple[str, ...] = ()
    factions: tuple[str, ...] = ()
    depth: int = 1
    kinds: tuple[str, ...] = ()
    layout: Layout = "auto"


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """The part of a graph that is shown: `columns` where it is drawn so, and the nodes that they are around."""

    graph: ModelGraph
    columns: tuple[tuple[Node, ...], ...]
    centre: tuple[Node, ...]
    title: str
    headings: tuple[str, ...]
    layout: Literal["columns", "grid"]


def part_of(whole: ModelGraph, model: Model, wanted: Wanted) -> ShownPart:
    """Return the part that is wanted. Raise UsageError E051 for a name that the case lacks, E015 for an empty part."""
    kinds = kinds_named(wanted.kinds)
    named = tuple(node for name in wanted.around for node in called(whole, name))
    acting = by_faction(whole)
    for faction in wanted.factions:
        if faction not in model.factions:
            raise UsageError("E051", f"no faction is called '{faction}'", *did_you_mean(faction, model.factions))
        named += tuple(acting.get(faction, ()))
    if (wanted.around or wanted.factions) and not named:
        raise UsageError("E015", "there is nothing to draw", "a faction is drawn by its rules, and this one has none")
    found = view(whole, kinds, named)
    centre = named or tuple(node for node in found.nodes if node.kind in ("rule", "event"))
    steps, middle = columns(found, centre, wanted.depth if named else 1)
    if not named and middle:  # what waits for a rule stands behind it, and that is enough
        steps[middle - 1] = tuple(node for node in steps[middle - 1] if node not in centre)
    seen = seen_in(found, steps) if named else found
    layout = wanted.layout if wanted.layout != "auto" else "columns" if len(seen.links) <= MOST_LINES else "grid"
    titles = Names.of(whole, model)
    about = [titles.factions[name] for name in wanted.factions]
    about += [model.factions.get(name) or _called(name, whole, titles) for name in wanted.around]
    title = f"{', '.join(about)}, in '{model.title}'" if about else model.title
    return ShownPart(
        graph=seen, columns=tuple(steps), centre=centre, title=title, layout=layout,
        headings=_headings(len(steps), middle, centre, about),
    )  # fmt: skip


def drawn(part: ShownPart, whole: ModelGraph, model: Model, history: History | None = None) -> VectorPicture:
    """Draw a part of a case's whole graph."""
    names = Names.of(whole, model, history)
    subtitle = f"{_counts(part.graph)}: who looks at what, and who changes it."
    if part.layout == "grid":
        order = {KIND_OF[kind]: model.shown_order.get(kind, ()) for kind in LISTED}
        return reading_grid(part.graph, names, order, part.title, subtitle=subtitle)
    twice = len({node for column in part.columns for node in column}) < sum(map(len, part.columns))
    foot = [TWICE] if twice else []
    emitted = {link.target for link in whole.links if link.how == "emits"}
    if any(node.kind == "event" and node not in emitted for node in part.graph.nodes):
        foot.append(FROM_OUTSIDE)
    return column_picture(part.columns, part.headings, part.graph, names, part.title, foot, subtitle=subtitle)


def kinds_named(names: Sequence[str]) -> frozenset[Kind]:
    """Return the kinds of these names, such as `parameters`. Raise UsageError E013 for another."""
    for name in names:
        if name not in OPTIONAL:
            hints = (f"expected any of {', '.join(OPTIONAL)}", *did_you_mean(name, OPTIONAL))
            raise UsageError("E013", f"'{name}' is not a kind of thing that can be drawn", *hints)
    return frozenset(OPTIONAL[name] for name in names)


def _called(name: str, whole: ModelGraph, names: Names) -> str:
    found = called(whole, name)
    titles = {names.title(node) for node in found}
    return titles.pop() if len(titles) == 1 else name


def _headings(count: int, middle: int, centre: Sequence[Node], about: Sequence[str]) -> tuple[str, ...]:
    """Return a heading for each column; those of the centre and beside it say what they are to it."""
    kinds = {node.kind for node in centre}
    kind = kinds.pop() if len(kinds) == 1 else "rule"
    before, behind = BESIDE.get(kind, ("What it reads", "What reads it"))
    near = {-1: before, 0: ", ".join(about) or "Rules", 1: behind}
    return tuple(
        near.get(away, "What leads to that" if away < 0 else "What follows from that")
        for away in range(-middle, count - middle)
    )


def _counts(graph: ModelGraph) -> str:
    words = (("rule", "rule"), ("variable", "state variable"), ("event", "event type"), ("parameter", "parameter"),
             ("source", "source"), ("outcome", "outcome"))  # fmt: skip
    found = [(sum(node.kind == kind for node in graph.nodes), word) for kind, word in words]
    return ", ".join([*(counted(number, word) for number, word in found if number), counted(len(graph.links), "link")])
