"""A whole model as a grid: a row for each rule, by faction, a column for each state variable, a sign for each link.

A graph of some fifty rules and three hundred links is read more surely in a grid than as boxes and lines (Ghoniem,
Fekete and Castagliola, Inf. Vis. 4, 2005). Owns what stands in a row, a column and a cell. What links rows with rows,
such as a rule that waits for another, stands in words beside its row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sim.explain.graph.model_graph import How, Kind, Link, ModelGraph, Node
from sim.language.counts import counted
from sim.report.model_pictures.graph_look import NOBODY, Manner, Names, draw_sign, manners, tint
from sim.report.model_pictures.picture_head import MARGIN, draw_foot, draw_head
from sim.report.model_pictures.vector_drawing import Sheet, VectorPicture
from sim.report.pictures.style import FAINT, GRID, INK, SOFT
from sim.report.pictures.text_width import widest, wrapped

ROWS: Mapping[Kind, str] = {
    "rule": "", "event": NOBODY, "outcome": "Outcomes", "measure": "Measures", "check": "Checks",
    "base rate": "Base rates", "scenario": "Scenarios",
}  # fmt: skip
COLUMNS: Mapping[Kind, str] = {
    "variable": "State", "derived": "Derived quantities", "parameter": "Parameters", "source": "Sources",
    "documented": "Documented events", "faction": "Factions",
}  # fmt: skip
BESIDE: Mapping[How, str] = {
    "awaited": "waits for", "since": "counts the time since", "counted": "counts", "claimed": "is about",
    "outcome": "is held against", "emits": "comes of", "restarts": "is restarted by",
    "disables": "is disabled by", "enables": "is enabled by", "adds": "is added by", "assumes": "is assumed by",
}  # fmt: skip
CELL, ROW, GROUP = 25.0, 17.0, 20.0
TEXT, HEAD, NOTE = 11.0, 10.5, 10.0
Group: TypeAlias = tuple[str, str, list[Node]]  # a title, a colour, and the nodes of its rows
MOST_LABEL, MOST_NOTE, MOST_HEAD = 330.0, 330.0, 190.0


@dataclass(frozen=True)
class Row:
    node: Node
    label: str
    notes: tuple[str, ...]

    @property
    def height(self) -> float:
        return max(ROW, len(self.notes) * NOTE * 1.25 + 5)


def reading_grid(
    graph: ModelGraph, names: Names, order: Mapping[Kind, Sequence[str]], title: str,
    foot: Sequence[str] = (), subtitle: str = "",
) -> VectorPicture:  # fmt: skip
    """Draw a graph as a grid; `order` has the names of each kind as their author put them."""
    ranked = {kind: {name: place for place, name in enumerate(listed)} for kind, listed in order.items()}

    def place(node: Node) -> tuple[int, str]:
        return ranked.get(node.kind, {}).get(node.name.partition("[")[0], len(graph.nodes)), node.name

    columns = [(head, sorted((one for one in graph.nodes if one.kind == kind), key=place))
               for kind, head in COLUMNS.items()]  # fmt: skip
    columns = [(head, found) for head, found in columns if found]
    groups = _groups(graph, names, place)
    cells, beside, left_out = _sorted_links(graph)
    rows = [(group, colour, [Row(node, names.title(node), _notes(beside[node], names)) for node in nodes])
            for group, colour, nodes in groups]  # fmt: skip
    label = min(MOST_LABEL, widest((row.label for _, _, found in rows for row in found), TEXT)) + 14
    across = [(node, head) for head, found in columns for node in found]
    lefts, left = {}, MARGIN + label
    for number, (node, head) in enumerate(across):
        left += 16 if number and across[number - 1][1] != head else 0
        lefts[node] = left
        left += CELL
    noted = max((widest(row.notes, NOTE) for _, _, found in rows for row in found), default=0.0)
    width = max(left + (noted + 12 if noted else 0) + MARGIN, 640.0)
    sheet = Sheet()
    drawn = [link for links in cells.values() for link in links]
    y = draw_head(sheet, title, subtitle, manners(drawn), width, lines=False)
    y = _heads(sheet, columns, lefts, names, y)
    begun = y
    for group, colour, found in rows:
        y = _draw_group(sheet, group, colour, found, (cells, lefts, names), (y, label, left))
    for node, x in lefts.items():
        sheet.line((x + CELL, begun), (x + CELL, y), stroke=GRID, thick=0.6)
        if node in (found[0] for _, found in columns):
            sheet.line((x, begun), (x, y), stroke=GRID, thick=0.6)
    lacking = [f"{counted(left_out, 'link')} between columns not drawn here: `--layout columns` draws them."]
    height = draw_foot(sheet, [*(lacking if left_out else []), *foot], y + 12, width)
    return sheet.finished(title, width, height)


def _groups(
    graph: ModelGraph, names: Names, place: Callable[[Node], tuple[int, str]]
) -> list[tuple[str, str, list[Node]]]:
    """Return the rows' groups with their titles and colours: factions first, in their author's order."""
    found: list[Group] = []
    rules = sorted((node for node in graph.nodes if node.kind == "rule"), key=place)
    for faction, title in names.factions.items():
        own = [node for node in rules if names.group(node) == faction]
        if own:
            found.append((title, names.colours[faction], own))
    for kind, title in ROWS.items():
        rest = sorted((one for one in graph.nodes if one.kind == kind and not names.group(one)), key=place)
        if rest:
            found.append((title or "Rules", SOFT, rest))
    return found


def _sorted_links(graph: ModelGraph) -> tuple[dict[tuple[Node, Node], list[Link]], defaultdict[Node, list[Link]], int]:
    """Return the links of each cell, by row and column, those that stand beside each row, and the number of others."""
    cells: defaultdict[tuple[Node, Node], list[Link]] = defaultdict(list)
    beside: defaultdict[Node, list[Link]] = defaultdict(list)
    left_out = 0
    for link in graph.links:
        rows = [node for node in (link.origin, link.target) if node.kind in ROWS]
        if len(rows) == 2:
            beside[link.target].append(link)
        elif len(rows) == 1:
            (row,) = rows
            cells[row, link.target if link.origin == row else link.origin].append(link)
        else:
            left_out += 1
    return dict(cells), beside, left_out


def _notes(links: Iterable[Link], names: Names) -> tuple[str, ...]:
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        by_word[BESIDE.get(link.how, link.how)].append(f"‘{names.title(link.origin)}’")
    said = "; ".join(f"{word} {', '.join(dict.fromkeys(titles))}" for word, titles in by_word.items())
    return tuple(wrapped(said, MOST_NOTE, NOTE))


def _heads(
    sheet: Sheet, columns: Sequence[tuple[str, Sequence[Node]]], lefts: Mapping[Node, float], names: Names, y: float
) -> float:
    """Write the columns' titles upwards, each in two lines at most where that is enough; return where they end."""
    titles = {node: wrapped(names.title(node), MOST_HEAD, HEAD) for _, found in columns for node in found}
    titles = {node: lines if len(lines) < 3 else wrapped(names.title(node), 320.0, HEAD)[:2]
              for node, lines in titles.items()}  # fmt: skip
    high = max((widest(lines, HEAD) for lines in titles.values()), default=0.0)
    for head, found in columns:
        first = lefts[found[0]]
        sheet.text(first + 2, y + 11, head, HEAD + 0.5, colour=SOFT, bold=True)
        sheet.line((first, y + 16), (lefts[found[-1]] + CELL, y + 16), stroke=FAINT, thick=0.8)
    bottom = y + 24 + high
    for node, lines in titles.items():
        x = lefts[node] + CELL / 2 + (HEAD * 0.36 if len(lines) == 1 else -2.0)
        for number, words in enumerate(lines):
            sheet.text(x + number * HEAD * 1.05, bottom, words, HEAD, upright=True)
    return bottom + 6


def _draw_group(
    sheet: Sheet, group: str, colour: str, rows: Sequence[Row],
    what: tuple[Mapping[tuple[Node, Node], Sequence[Link]], Mapping[Node, float], Names],
    where: tuple[float, float, float],
) -> float:  # fmt: skip
    """Draw the rows of a group under its title; return where they end."""
    (cells, lefts, names), (y, label, right) = what, where
    high = GROUP + sum(row.height for row in rows)
    sheet.box(MARGIN - 8, y + 2, right - MARGIN + 8, high, fill=tint(colour, 0.1), round_by=4)
    sheet.box(MARGIN - 8, y + 2, 4, high, fill=colour)
    sheet.text(MARGIN + 2, y + 16, group, TEXT, colour=colour, bold=True)
    y += GROUP
    for row in rows:
        middle = y + row.height / 2
        sheet.line((MARGIN + 2, y), (right, y), stroke="#ffffff", thick=1.0)
        sheet.text(MARGIN + 2, middle + 3.8, wrapped(row.label, label - 8, TEXT)[0], TEXT)
        for column, x in lefts.items():
            links = cells.get((row.node, column), ())
            if links:
                _draw_cell(sheet, links, (x, y, row.height), colour, f"{row.label} – {names.title(column)}")
        sheet.lines(right + 10, middle - len(row.notes) * NOTE * 0.625, row.notes, NOTE, colour=SOFT)
        y += row.height
    return y + 8


def _draw_cell(sheet: Sheet, links: Sequence[Link], place: tuple[float, float, float], colour: str, what: str) -> None:
    """Draw what is read at the left, one sign over the other, and what is written at the right."""
    x, y, height = place
    found = manners(links)
    hows = ", ".join(dict.fromkeys(link.how for link in links))
    sheet.box(x, y, CELL, height, fill="white", stroke=GRID, thick=0.6, hint=f"{what}: {hows}")
    reads: list[Manner] = [manner for manner in found if manner != "write"]
    middle = y + height / 2
    centre = x + CELL * 0.3
    for manner in reads:
        scale = 1.0 if manner == "other" else 1.35
        draw_sign(sheet, manner, centre, middle, INK, scale)
    if "write" in found:
        draw_sign(sheet, "write", x + CELL * 0.74, middle, colour, 1.3)
