"""What the causal past of an event cites: documented events, rules by their bases, and parameters that were drawn.

How the documents are written is up to `sim.report.cited_sources`.
"""

from collections.abc import Iterator

from sim.explain.decisive_changes import ValueRead
from sim.model.evidence.basis import Basis
from sim.model.evidence.documented import History
from sim.report.causes.causal_trees import CausalTree
from sim.report.cited_sources import CitedSource, Citing, cited_sources


def cited_in_causes(tree: CausalTree, history: History | None) -> list[CitedSource]:
    """Return the documents that a causal tree cites: those of the documented past first."""
    documented: list[Citing] = []
    bases: list[Citing] = []
    for place, because in sorted(tree.why.causes.items(), reverse=True):
        known = tree.documented.get(place)
        if known is not None:
            documented += known.citations
            continue
        if because.event.kind == "fired":
            bases += tree.model.rules[because.event.rule].basis
        for _, read in because.reads():
            bases += _of_drawn(tree, read)
    return cited_sources((history.sources if history else {}, documented), (tree.model.sources, bases))


def _of_drawn(tree: CausalTree, read: ValueRead) -> Iterator[Basis]:
    """Yield the bases of the parameters that a value rests on and that the run drew, as far as they are shown."""
    change = read.change
    if change is None or not (tree.why.all_read or read.mattered):
        return
    if change.how == "drawn":
        yield from tree.model.parameters[read.name].basis
    for inner in change.through:
        yield from _of_drawn(tree, inner)
