"""What a figure rests on: which parameters and which pieces of support are behind the rules and events that led to it.

Owns how the antecedents of many runs are counted together. What is behind several of them in one run counts once there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.explain.antecedents import Antecedents
from sim.explain.graph.model_graph import How, Kind, Link, ModelGraph, Node
from sim.explain.graph.support import Support
from sim.explain.graph.traced_case import TracedCase

READ: frozenset[Kind] = frozenset({"parameter", "derived", "variable"})
OF_A_VARIABLE: frozenset[How] = frozenset({"initial", "course"})  # all that a variable has by itself


@dataclass(frozen=True)
class Grounds:
    """What is behind some runs, and in how many of them each: what `led` to the figure (rules, event types that came at
    given times, documented events), parameters, and pieces of support that have a source.

    `runs` counts the runs, `readers` has for each parameter, and `resting` for each piece of support, those behind the
    runs that read it or rest on it.
    """

    runs: int
    led: Mapping[Node, int]
    parameters: Mapping[Node, int]
    support: Mapping[Support, int]
    readers: Mapping[Node, tuple[Node, ...]]
    resting: Mapping[Support, tuple[Node, ...]]


def grounds(case: TracedCase, asked: Node, antecedents: Iterable[Antecedents], past: Mapping[int, str]) -> Grounds:
    """Count what is behind some runs. `asked` is the outcome or the measure, `past` has the ids of documented events by
    their place in the past.
    """
    counts: Counter[Node] = Counter()
    supports: Counter[Support] = Counter()
    readers: dict[Node, set[Node]] = {}
    resting: dict[Support, set[Node]] = {}
    read: dict[Node, frozenset[Node]] = {}
    runs = 0
    for run in antecedents:
        runs += 1
        led = [asked, *(Node("rule", name) for name in run.rules), *(Node("event", name) for name in run.events)]
        found: set[Node] = {Node("documented", past[place]) for place in run.documented if place in past}
        found |= {Node("event", name) for name in run.scheduled}
        found |= {node for node in led if node.kind == "rule"}
        for node in led:
            if node not in read:
                read[node] = parameters_read(case.graph, node)
            for parameter in read[node]:
                readers.setdefault(parameter, set()).add(node)
            found |= read[node]
        counts.update(found)
        pieces: set[Support] = set()
        for node in found:
            for piece in case.supports.get(node, ()):
                if piece.source:
                    pieces.add(piece)
                    resting.setdefault(piece, set()).add(node)
        supports.update(pieces)
    return Grounds(
        runs=runs,
        led={node: count for node, count in counts.items() if node.kind != "parameter"},
        parameters={node: count for node, count in counts.items() if node.kind == "parameter"},
        support=supports,
        readers={node: tuple(sorted(found)) for node, found in readers.items()},
        resting={piece: tuple(sorted(found)) for piece, found in resting.items()},
    )


def parameters_read(graph: ModelGraph, node: Node) -> frozenset[Node]:
    """Return the parameters that a name reads: by itself, in derived quantities, in priors, and as what a variable that
    it reads begins at or moves by. What events do to such a variable is not followed.
    """
    found, pending = {node}, [node]
    while pending:
        here = pending.pop()
        for link in graph.into.get(here, ()):
            if link.origin not in found and _is_read(here, link):
                found.add(link.origin)
                pending.append(link.origin)
    return frozenset(one for one in found if one.kind == "parameter")


def _is_read(here: Node, link: Link) -> bool:
    return link.origin.kind in READ and (here.kind != "variable" or link.how in OF_A_VARIABLE)
