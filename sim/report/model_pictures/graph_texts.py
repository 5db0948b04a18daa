"""A part of a model's graph as text that other programs draw: DOT for Graphviz, Mermaid for pages of Markdown.

DOT is the language of https://graphviz.org/doc/info/lang.html, Mermaid the flowchart of https://mermaid.js.org.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sim.explain.graph.model_graph import Kind, Link, ModelGraph, Node
from sim.language.visible import visible_line
from sim.report.model_pictures.graph_look import MANNERS, Manner, Names, kind_word, tint

SHAPES: Mapping[Kind, str] = {
    "rule": "shape=box", "variable": 'shape=box, style="rounded,filled", fillcolor=white', "event": "shape=cds",
    "outcome": "shape=box, peripheries=2", "parameter": "shape=hexagon", "source": "shape=note",
    "documented": "shape=note",
}  # fmt: skip
STYLES: Mapping[Manner, str] = {
    "condition": "style=dashed, arrowhead=odot", "pace": "arrowhead=dot", "amount": "style=dotted, arrowhead=tee",
    "write": "arrowhead=normal, penwidth=1.5", "other": "style=dashed, arrowhead=odiamond",
}  # fmt: skip
MARKS: Mapping[Kind, tuple[str, str]] = {
    "rule": ("[", "]"), "variable": ("([", "])"), "event": ("[/", "/]"), "outcome": ("[[", "]]"),
    "parameter": ("{{", "}}"),
}  # fmt: skip
ARROWS: Mapping[Manner, str] = {
    "condition": "-. condition .->", "pace": "-- pace -->", "amount": "-. amount .->", "write": "==>", "other": "-.->"
}  # fmt: skip


def as_dot(graph: ModelGraph, names: Names, title: str) -> str:
    """Return a graph in DOT, the rules of each faction as a cluster."""
    lines = [
        "digraph model {", f"  label={_quoted(title)}; labelloc=t; rankdir=LR; fontname=Helvetica;",
        "  node [fontname=Helvetica, fontsize=11]; edge [fontname=Helvetica, fontsize=9];",
    ]  # fmt: skip
    grouped = _grouped(graph, names)
    for faction, nodes in grouped.items():
        margin = "  "
        if faction:
            colour = names.colours[faction]
            lines.append(f"  subgraph {_quoted('cluster_' + faction)} {{")
            lines.append(f"    label={_quoted(names.factions[faction])}; style=filled; color={_quoted(tint(colour))};")
            margin = "    "
        for node in nodes:
            label = names.title(node) + ("" if node.kind in ("rule", "variable") else f"\n{kind_word(node.kind)}")
            shape = SHAPES.get(node.kind, "shape=box")
            lines.append(f"{margin}{_quoted(_id(node))} [label={_quoted(label)}, {shape}];")
        lines += ["  }"] if faction else []
    for link, manner in _lines(graph):
        look = f"{STYLES[manner]}, color={_quoted(names.link_colour(link))}"
        lines.append(f"  {_quoted(_id(link.origin))} -> {_quoted(_id(link.target))} [{look}];")
    return "\n".join([*lines, "}", ""])


def as_mermaid(graph: ModelGraph, names: Names, title: str) -> str:
    """Return a graph as a flowchart of Mermaid, the rules of each faction as a subgraph."""
    numbers = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["---", f"title: {json.dumps(visible_line(title), ensure_ascii=False)}", "---", "flowchart LR"]
    for faction, nodes in _grouped(graph, names).items():
        if faction:
            lines.append(f"  subgraph {faction}_rules[{_escaped(names.factions[faction])}]")
        for node in nodes:
            before, behind = MARKS.get(node.kind, ("[", "]"))
            kind = "" if node.kind in ("rule", "variable") else f"{kind_word(node.kind)}: "
            lines.append(f"    {numbers[node]}{before}{_escaped(kind + names.title(node))}{behind}")
        lines += ["  end"] if faction else []
    for link, manner in _lines(graph):
        lines.append(f"  {numbers[link.origin]} {ARROWS[manner]} {numbers[link.target]}")
    for faction in _grouped(graph, names):
        if faction:
            colour = names.colours[faction]
            lines.append(f"  style {faction}_rules fill:{tint(colour)},stroke:{colour}")
    return "\n".join([*lines, ""])


def as_data(graph: ModelGraph, names: Names) -> dict[str, Any]:
    """Return the nodes and links of a graph as JSON-ready data; a link's ends are kinds and names."""
    return {
        "nodes": [
            {"kind": node.kind, "name": node.name, "title": names.title(node), "faction": names.group(node) or None}
            for node in graph.nodes
        ],
        "links": [
            {
                "from": {"kind": link.origin.kind, "name": link.origin.name},
                "to": {"kind": link.target.kind, "name": link.target.name},
                "how": link.how,
                **({"paragraphs": list(link.paragraphs)} if link.paragraphs else {}),
            }
            for link in graph.links
        ],
    }


def _grouped(graph: ModelGraph, names: Names) -> dict[str, list[Node]]:
    """Return the nodes of each faction, in the factions' order, and under an empty name those of none."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for node in graph.nodes:
        found[names.group(node)].append(node)
    return {faction: found[faction] for faction in (*names.factions, "") if found[faction]}


def _lines(graph: ModelGraph) -> list[tuple[Link, Manner]]:
    """Return one link for each manner in which two nodes are joined."""
    found: dict[tuple[Node, Node, Manner], Link] = {}
    for link in graph.links:
        found.setdefault((link.origin, link.target, MANNERS.get(link.how, "other")), link)
    return [(link, manner) for (_, _, manner), link in found.items()]


def _id(node: Node) -> str:
    return f"{node.kind} {node.name}"


def _quoted(text: str) -> str:
    shown = "\\n".join(visible_line(line) for line in text.replace("\\", "\\\\").replace('"', '\\"').split("\n"))
    return f'"{shown}"'


def _escaped(text: str) -> str:
    """Return a text between quotation marks as Mermaid reads it: a quotation mark of its own is an entity."""
    return '"' + visible_line(text).replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;") + '"'
