"""Which part of a case's graph is shown: kinds of nodes contracted into links, and steps up and down from some nodes.

Owns which nodes a user's word names, and what becomes of the links of a node that is not shown. How a view is drawn or
written is left to `sim.report.model_pictures`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from sim.errors import UsageError
from sim.explain.graph.model_graph import Kind, Link, ModelGraph, Node
from sim.language.suggest import did_you_mean

ALWAYS: frozenset[Kind] = frozenset({"rule", "variable"})
OPTIONAL: Mapping[str, Kind] = {
    "parameters": "parameter", "sources": "source", "events": "event", "derived": "derived", "outcomes": "outcome",
    "measures": "measure", "checks": "check", "base-rates": "base rate", "documented": "documented",
    "scenarios": "scenario",
}  # fmt: skip
# What is gone on from and to without a step: upstream what the model is given, downstream what is asked of it.
GIVEN: frozenset[Kind] = frozenset({"parameter", "source", "documented", "scenario"})
ASKED: frozenset[Kind] = frozenset({"outcome", "measure", "check", "base rate"})
_ASKED_OF: frozenset[Kind] = ASKED | {"variable", "derived"}


def view(graph: ModelGraph, kinds: Collection[Kind] = (), nodes: Collection[Node] = ()) -> ModelGraph:
    """Return the graph of rules, state variables, nodes of some more kinds, and some nodes of any kind.

    A derived quantity that is not shown is contracted: what it reads is read by what reads it. So is an event type that
    a rule emits: the rule writes what the event writes, reads what its effects read, and is awaited and counted in its
    place. An event type that no rule emits stays. A faction stands for its rules, and its own node is left out. What an
    event reads only to write it is not told apart from writing it, and nothing is linked to itself.
    """
    emitted = {link.target for link in graph.links if link.how == "emits"}

    def is_shown(node: Node) -> bool:
        from_outside = node.kind == "event" and node not in emitted
        return node in nodes or node.kind in ALWAYS or node.kind in kinds or from_outside

    left = _without(graph, lambda node: node.kind == "derived" and not is_shown(node), _through_derived)
    left = _without(left, lambda node: node.kind == "event" and not is_shown(node), _through_event)
    shown = [node for node in left.nodes if is_shown(node)]
    found = left.within(shown)
    return ModelGraph(shown, (link for link in found.links if link.how != "own" and link.origin != link.target))


def nodes_named(graph: ModelGraph, text: str) -> tuple[Node, ...]:
    """Return the nodes of a name, or of a kind and a name, such as `outcome coup_completed`; none for another text.

    A kind may have two words, such as `base rate`, `event type` or `state variable`.
    """
    whole = graph.named(text.strip())
    if whole or " " not in text.strip():
        return whole
    *words, name = text.split()
    found = (tuple(node for node in graph.named(name) if node.kind.startswith(word)) for word in words)
    return next(filter(None, found), ())


def unknown_name(graph: ModelGraph, text: str, *notes: str) -> UsageError:
    """Make the error E051 about a text that names nothing; `notes` say what was expected, where no name is near."""
    known = {node.name for node in graph.nodes}
    meant = did_you_mean(text, known | {name.partition("[")[0] for name in known})
    return UsageError("E051", f"nothing in this case is called '{text}'", *(meant or notes))


def called(graph: ModelGraph, name: str) -> tuple[Node, ...]:
    """Return the nodes that a user means by a name, or by a kind and a name, such as `outcome coup_completed`.

    A faction means its rules. Raise UsageError E051 where nothing in the case has the name.
    """
    found = nodes_named(graph, name)
    if not found:
        raise unknown_name(graph, name, "expected a name of the case; `sim explain --case CASE` lists them")
    acting = by_faction(graph)
    return tuple(one for node in found for one in (acting.get(node.name, ()) if node.kind == "faction" else (node,)))


def by_faction(graph: ModelGraph) -> dict[str, list[Node]]:
    """Return the rules of each faction that has any."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for link in graph.links:
        if link.how == "acts":
            found[link.origin.name].append(link.target)
    return dict(found)


def columns(graph: ModelGraph, centre: Iterable[Node], depth: int) -> tuple[list[tuple[Node, ...]], int]:
    """Return the nodes so many steps upstream of some nodes, ..., these themselves, ..., so many steps downstream.

    And the number of the column in which these nodes themselves are.

    In each column stands what a link leads from or to in the next one, so a node may stand in several: a rule that
    reads what it writes is both before and behind it. No step is what leads from a parameter to what it rests on, and
    from a state variable to the questions that read it.
    """
    middle = tuple(sorted(set(centre)))

    def upstream(node: Node, *, free: bool) -> list[Node]:
        found = [link.origin for link in graph.into.get(node, ())]
        return [one for one in found if node.kind in GIVEN and one.kind in GIVEN] if free else found

    def downstream(node: Node, *, free: bool) -> list[Node]:
        found = [link.target for link in graph.out_of.get(node, ())]
        return [one for one in found if node.kind in _ASKED_OF and one.kind in ASKED] if free else found

    before, behind = _steps(middle, depth, upstream), _steps(middle, depth, downstream)
    return [*reversed(before), middle, *behind], len(before)


def seen_in(graph: ModelGraph, found: Iterable[tuple[Node, ...]]) -> ModelGraph:
    """Return the part of a graph that columns show: their nodes, and the links from each to the next."""
    ordered = list(found)
    links = [
        link
        for origins, targets in pairwise(ordered)
        for link in graph.links
        if link.origin in set(origins) and link.target in set(targets)
    ]
    return ModelGraph((node for column in ordered for node in column), links)


class _Onward(Protocol):
    def __call__(self, node: Node, *, free: bool) -> list[Node]: ...


def _steps(middle: tuple[Node, ...], depth: int, onward: _Onward) -> list[tuple[Node, ...]]:
    found: list[tuple[Node, ...]] = []
    edge = middle
    while edge:
        edge = tuple(sorted({node for one in edge for node in onward(one, free=len(found) >= depth)}))
        found += [edge] if edge else []
    return found


def _without(
    graph: ModelGraph, is_hidden: Callable[[Node], bool], joined: Callable[[Link, Link], Link | None]
) -> ModelGraph:
    """Return a graph without some nodes: each link into one is joined with each out of it, as a function says how."""
    into: defaultdict[Node, dict[Link, None]] = defaultdict(dict)
    out_of: defaultdict[Node, dict[Link, None]] = defaultdict(dict)

    def add(link: Link) -> None:
        into[link.target][link] = out_of[link.origin][link] = None

    def remove(link: Link) -> None:
        into[link.target].pop(link, None)
        out_of[link.origin].pop(link, None)

    for link in graph.links:
        add(link)
    hidden = [node for node in graph.nodes if is_hidden(node)]
    for node in hidden:
        first, second = [*into[node]], [*out_of[node]]
        for link in (*first, *second):
            remove(link)
        for found in (joined(one, other) for one in first for other in (*second, *first)):
            if found is not None:
                add(found)
    gone = frozenset(hidden)
    left = (link for links in out_of.values() for link in links)
    return ModelGraph((node for node in graph.nodes if node not in gone), left)


def _through_derived(one: Link, other: Link) -> Link | None:
    """Return the link from what a derived quantity reads to what reads it."""
    return replace(other, origin=one.origin) if one.target == other.origin else None


def _through_event(one: Link, other: Link) -> Link | None:
    """Return the link from a rule to what an event that it emits leads to, or from what the event reads to the rule."""
    if one.target == other.origin and one.how == "emits":
        return replace(other, origin=one.origin)
    if one.target == other.target and other.how == "emits" and one.how in ("effect", "since"):
        return replace(one, target=other.origin)
    return None
