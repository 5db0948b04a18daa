"""A part of a model in columns: what leads to something, the thing itself, what it leads to; links from left to right.

Owns what a box says and the course of each link. Which nodes stand in which column is for
`sim.explain.graph.graph_views`, where they stand in it for `column_layout`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.explain.graph.model_graph import Kind, Link, ModelGraph, Node
from sim.report.model_pictures.column_layout import Box, Placed, Spacing, grouped, layout
from sim.report.model_pictures.graph_look import DASHES, ORDER, Manner, Names, draw_sign, kind_word, manners, tint
from sim.report.model_pictures.picture_head import MARGIN, draw_foot, draw_head
from sim.report.model_pictures.vector_drawing import Sheet, VectorPicture, n
from sim.report.pictures.style import FAINT, SOFT
from sim.report.pictures.text_width import widest, wrapped

TITLE, SMALL, HEAD = 11.0, 9.0, 11.5
BOX, PADDING, PORT = 196.0, 8.0, 7.0
SPACING = Spacing(within=6.0, between=15.0, heading=17.0)
GROUNDS: Mapping[Kind, str] = {"parameter": "#fdf7e6", "source": "#f3f3f3", "documented": "#f3f3f3"}
MARGINS = (84.0, 300.0)  # the least and the greatest room between two columns


@dataclass(frozen=True)
class Column:
    """The nodes of a column under its heading, with the lines that stand in each box."""

    heading: str
    nodes: tuple[Node, ...]
    titles: tuple[tuple[str, ...], ...]
    below: tuple[str, ...]
    boxes: tuple[Box, ...]


Strand = tuple[int, int, tuple[Manner, ...], Link]  # from a box to one of the next column, and in which manners


def column_picture(
    found: Sequence[tuple[Node, ...]], headings: Sequence[str], graph: ModelGraph, names: Names,
    title: str, foot: Sequence[str] = (), subtitle: str = "",
) -> VectorPicture:  # fmt: skip
    """Draw columns of nodes with their headings, and the links of a graph from each column to the next."""
    strands = [_strands(graph, origins, targets) for origins, targets in pairwise(found)]
    columns = [
        _column(nodes, heading, names, _ports(strands, index, len(nodes)))
        for index, (nodes, heading) in enumerate(zip(found, headings, strict=True))
    ]
    edges = [[(origin, target) for origin, target, _, _ in between] for between in strands]
    placed = layout([column.boxes for column in columns], edges, SPACING)
    lefts, left = [], MARGIN
    for index in range(len(columns)):
        lefts.append(left)
        left += BOX
        if index < len(strands):
            left += min(MARGINS[1], max(MARGINS[0], 60.0 + 2.2 * len(strands[index])))
    width = max(left + MARGIN, 620.0)
    shown = [manner for manner in ORDER if any(manner in of for between in strands for _, _, of, _ in between)]
    sheet = Sheet()
    top = draw_head(sheet, title, subtitle, shown, width)
    heads = [wrapped(column.heading, BOX, HEAD, bold=True) for column in columns]
    deepest = max(map(len, heads)) * HEAD * 1.25
    for x, words in zip(lefts, heads, strict=True):
        sheet.lines(x, top + deepest - len(words) * HEAD * 1.25, words, HEAD, colour=SOFT, bold=True)
    top += deepest + 10
    for column, place, x in zip(columns, placed, lefts, strict=True):
        _groups(sheet, column, place, names, x, top)
    for index, between in enumerate(strands):
        _draw_strands(sheet, between, columns[index : index + 2], placed[index : index + 2],
                      lefts[index : index + 2], top, names)  # fmt: skip
    for column, place, x in zip(columns, placed, lefts, strict=True):
        for key, node in enumerate(column.nodes):
            _draw_box(sheet, column, key, node, names, x, top + place.tops[key])
    bottom = top + max(
        (place.tops[key] + column.boxes[key].height for column, place in zip(columns, placed, strict=True)
         for key in place.order), default=0.0,
    )  # fmt: skip
    height = draw_foot(sheet, foot, bottom + 14, width)
    return sheet.finished(title, width, height)


def _strands(graph: ModelGraph, origins: Sequence[Node], targets: Sequence[Node]) -> list[Strand]:
    """Return what is drawn between two columns: of the links between two nodes one line for each manner."""
    before = {node: number for number, node in enumerate(origins)}
    behind = {node: number for number, node in enumerate(targets)}
    together: defaultdict[tuple[int, int], list[Link]] = defaultdict(list)
    for link in graph.links:
        if link.origin in before and link.target in behind:
            together[before[link.origin], behind[link.target]].append(link)
    return [(one, other, manners(links), links[0]) for (one, other), links in sorted(together.items())]


def _ports(strands: Sequence[Sequence[Strand]], index: int, count: int) -> list[int]:
    """Return how many lines end at the fuller side of each box of a column."""
    sides = [[0] * count, [0] * count]
    for side, between in enumerate((index - 1, index)):
        if 0 <= between < len(strands):
            for origin, target, found, _ in strands[between]:
                sides[side][origin if side else target] += len(found)
    return [max(pair) for pair in zip(*sides, strict=True)]


def _column(nodes: tuple[Node, ...], heading: str, names: Names, ports: Sequence[int]) -> Column:
    titles = tuple(tuple(wrapped(names.title(node), BOX - 2 * PADDING - 4, TITLE)) for node in nodes)
    below = tuple(_below(node, names) for node in nodes)
    boxes = tuple(
        Box(
            max(len(lines) * TITLE * 1.25 + (SMALL * 1.25 if under else 0) + 9, count * PORT + 8),
            names.factions.get(names.group(node), ""),
        )
        for node, lines, under, count in zip(nodes, titles, below, ports, strict=True)
    )
    return Column(heading=heading, nodes=nodes, titles=titles, below=below, boxes=boxes)


def _below(node: Node, names: Names) -> str:
    """Return the small line of a box: what it is, and the name by which files and commands call it."""
    kind = "" if node.kind in ("rule", "variable") else f"{kind_word(node.kind)} "
    same = names.title(node).lower() == node.name
    return kind.strip() if same or node.kind == "documented" else kind + node.name


def _groups(sheet: Sheet, column: Column, place: Placed, names: Names, x: float, top: float) -> None:
    """Draw the ground behind the rules of each faction, with its title."""
    for group, keys in grouped(column.boxes, place.order):
        if not group:
            continue
        colour = names.colour(column.nodes[keys[0]])
        first, last = place.tops[keys[0]], place.tops[keys[-1]] + column.boxes[keys[-1]].height
        sheet.box(x - 7, top + first - SPACING.heading, BOX + 14, last - first + SPACING.heading + 6,
                  fill=tint(colour), round_by=5)  # fmt: skip
        words = wrapped(group, BOX, 10.0, bold=True)[0]
        sheet.text(x, top + first - 5, words, 10.0, colour=colour, bold=True)


def _draw_box(sheet: Sheet, column: Column, key: int, node: Node, names: Names, x: float, y: float) -> None:
    height = column.boxes[key].height
    is_rule, is_state = node.kind == "rule", node.kind == "variable"
    hint = f"{kind_word(node.kind)} {node.name}"
    colour = names.colour(node) if names.group(node) else FAINT
    ground, dash = GROUNDS.get(node.kind, "white"), "3 2" if node.kind == "event" else ""
    thick, corner = 1.2 if is_rule else 1.0, min(height / 2, 13.0) if is_state else 2.0
    sheet.box(x, y, BOX, height, fill=ground, stroke=colour, thick=thick, hint=hint, round_by=corner, dash=dash)
    if is_rule:
        sheet.box(x, y, 4, height, fill=colour)
    if node.kind == "outcome":
        sheet.box(x + 2.5, y + 2.5, BOX - 5, height - 5, stroke=FAINT, thick=0.8)
    lines, under = column.titles[key], column.below[key]
    high = len(lines) * TITLE * 1.25 + (SMALL * 1.25 if under else 0)
    y = sheet.lines(x + PADDING + 4, y + (height - high) / 2 - 1, lines, TITLE)
    if under:
        room = BOX - 2 * PADDING - 4
        size = min(SMALL, SMALL * room / max(room, widest([under], SMALL)))
        sheet.text(x + PADDING + 4, y + SMALL * 0.95, under, size, colour=SOFT)


def _draw_strands(
    sheet: Sheet, between: Sequence[Strand], columns: Sequence[Column], placed: Sequence[Placed],
    lefts: Sequence[float], top: float, names: Names,
) -> None:  # fmt: skip
    """Draw the links between two columns: each box's lines leave and reach it in the order of their other ends."""
    lines = [(origin, target, manner, link) for origin, target, found, link in between for manner in found]
    middle = [
        {key: tops + column.boxes[key].height / 2 for key, tops in place.tops.items()}
        for column, place in zip(columns, placed, strict=True)
    ]
    starts = _spread_over([(one, middle[1][other], number) for number, (one, other, *_) in enumerate(lines)], middle[0])
    ends = _spread_over([(other, middle[0][one], number) for number, (one, other, *_) in enumerate(lines)], middle[1])
    from_x, to_x = lefts[0] + BOX, lefts[1]
    signs = []
    for number, (_, _, manner, link) in enumerate(lines):
        y, to_y, colour = top + starts[number], top + ends[number], names.link_colour(link)
        at = to_x - 6
        bend = (at - from_x) * 0.45
        course = f"M{n(from_x)} {n(y)}C{n(from_x + bend)} {n(y)} {n(at - bend)} {n(to_y)} {n(at)} {n(to_y)}"
        hint = f"{names.title(link.origin)} → {names.title(link.target)}"
        sheet.path(course, stroke=colour, thick=1.5 if manner == "write" else 1.2, dash=DASHES[manner], opacity=0.8,
                   hint=hint)  # fmt: skip
        signs.append((manner, at + (1.5 if manner == "write" else 2), to_y, colour))
    for manner, x, y, colour in signs:
        draw_sign(sheet, manner, x, y, colour)


def _spread_over(ends: Sequence[tuple[int, float, int]], middle: dict[int, float]) -> dict[int, float]:
    """Return where on its box's side each line ends, by the line's number; `ends` are (box, other end, line)."""
    found: dict[int, float] = {}
    of_box: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for key, other, number in ends:
        of_box[key].append((other, number))
    for key, others in of_box.items():
        for place, (_, number) in enumerate(sorted(others)):
            found[number] = middle[key] + PORT * (place - (len(others) - 1) / 2)
    return found
