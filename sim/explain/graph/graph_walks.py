"""What depends on some names of a case, and what they depend on, step by step: walks of the graph of a model.

Owns the tree of such a walk, in which each name stands once, as near to its beginning as it can be, and the shortest
way from there to each outcome and measure. Who acts and which scenario assumes what are not followed: what a
faction does need not depend on what else it does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.explain.graph.model_graph import How, Link, ModelGraph, Node

Direction: TypeAlias = Literal["down", "up"]

ANSWERS = ("outcome", "measure")  # the kinds of what a run is asked
NOT_FOLLOWED: frozenset[How] = frozenset({"acts", "sets", "disables", "enables", "assumes", "adds"})


@dataclass(frozen=True, slots=True)
class Reached:
    """A name in a walk: by which links the one above it leads to it, and what it leads to in turn.

    `elsewhere` are the links to names that stand at other places of the tree.
    """

    node: Node
    links: tuple[Link, ...]
    below: tuple["Reached", ...] = ()
    elsewhere: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Walk:
    """A walk from some names: their trees, how many steps each name is away, and by which name each was come to.

    The trees end after `depth` steps; `steps` and `before` know all that is reached.
    """

    direction: Direction
    depth: int
    roots: tuple[Reached, ...]
    steps: Mapping[Node, int]
    before: Mapping[Node, Node]

    @property
    def reached(self) -> tuple[Node, ...]:
        """All that is reached, the nearest first, without the beginning."""
        found = (node for node, steps in self.steps.items() if steps)
        return tuple(sorted(found, key=lambda node: (self.steps[node], node)))

    @property
    def hidden(self) -> tuple[Node, ...]:
        """What is reached, and lies farther away than the trees go."""
        return tuple(node for node in self.reached if self.steps[node] > self.depth)

    def way(self, node: Node) -> tuple[Node, ...]:
        """Return a shortest way to a name that is reached, from the beginning, both ends included."""
        found = [node]
        while found[-1] in self.before:
            found.append(self.before[found[-1]])
        return tuple(reversed(found))

    def answers(self) -> tuple[Node, ...]:
        """Return the outcomes and measures that are reached, the nearest first."""
        return tuple(node for node in self.reached if node.kind in ANSWERS)


def walk(
    graph: ModelGraph,
    start: Iterable[Node],
    direction: Direction,
    depth: int,
    first: Callable[[Link], bool] = lambda link: True,
) -> Walk:
    """Walk from some names along all links, or back along them; of the first step, only along those that `first` takes.

    Of several shortest ways that is taken which comes first in the order of names.
    """
    begun = tuple(dict.fromkeys(start))
    steps = dict.fromkeys(begun, 0)
    before: dict[Node, Node] = {}
    edge = list(begun)
    while edge:
        following: list[Node] = []
        for node in edge:
            for link in _links(graph, node, direction):
                there = _end(link, direction)
                if there not in steps and (steps[node] or first(link)):
                    steps[there], before[there] = steps[node] + 1, node
                    following.append(there)
        edge = following
    trees = _Trees(graph=graph, direction=direction, depth=depth, steps=steps, before=before, first=first)
    roots = tuple(trees.of(node, ()) for node in begun)
    return Walk(direction=direction, depth=depth, roots=roots, steps=steps, before=before)


@dataclass(frozen=True, slots=True)
class _Trees:
    graph: ModelGraph
    direction: Direction
    depth: int
    steps: Mapping[Node, int]
    before: Mapping[Node, Node]
    first: Callable[[Link], bool]

    def of(self, node: Node, links: tuple[Link, ...]) -> Reached:
        """Return the tree of a name."""
        if self.steps[node] >= self.depth:
            return Reached(node, links)
        children: dict[Node, list[Link]] = {}
        elsewhere = []
        for link in _links(self.graph, node, self.direction):
            there = _end(link, self.direction)
            if not self.steps[node] and not self.first(link):
                continue
            if self.before.get(there) == node:
                children.setdefault(there, []).append(link)
            else:
                elsewhere.append(link)
        below = tuple(self.of(there, tuple(found)) for there, found in children.items())
        return Reached(node, links, below, tuple(elsewhere))


def _links(graph: ModelGraph, node: Node, direction: Direction) -> tuple[Link, ...]:
    links = (graph.out_of if direction == "down" else graph.into).get(node, ())
    return tuple(link for link in links if link.how not in NOT_FOLLOWED and link.how != "own")


def _end(link: Link, direction: Direction) -> Node:
    return link.target if direction == "down" else link.origin
