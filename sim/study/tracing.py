"""What a user traces in a case, found: names, or a passage of a source, and what depends on it and on what it depends.

Owns how a text is read. Which case is meant is for `case_files`, what depends on what for `sim.explain`.
"""

from dataclasses import dataclass

from sim.explain.graph.graph_views import nodes_named, unknown_name
from sim.explain.graph.graph_walks import Walk, walk
from sim.explain.graph.model_graph import Link, Node
from sim.explain.graph.support import Passage, Resting, resting_on
from sim.explain.graph.traced_case import TracedCase


@dataclass(frozen=True)
class TracedSubject:
    """What is traced in a case: names, or the `passage` of a source; `text` is how the user wrote it."""

    text: str
    nodes: tuple[Node, ...]
    passage: Passage | None = None

    def first(self, link: Link) -> bool:
        """Return whether a link from it is followed: of a passage, one that cites a paragraph of it."""
        wanted = self.passage.paragraphs if self.passage else ()
        return not wanted or not set(wanted).isdisjoint(link.paragraphs)


@dataclass(frozen=True)
class Trace:
    """What depends on a subject (`down`), and what it depends on (`up`); `resting` are those that name it as a basis.

    `as_a_whole` are those that cite the source of a passage without a paragraph, so that they are not followed.
    """

    case: TracedCase
    subject: TracedSubject
    down: Walk
    up: Walk
    resting: tuple[Resting, ...]
    as_a_whole: tuple[Node, ...]


def trace(case: TracedCase, text: str, depth: int) -> Trace:
    """Trace a name, or a passage such as `un-report-12:4`, both ways, with trees of so many steps.

    Raise what `subject_of` raises.
    """
    subject = subject_of(case, text)
    down = walk(case.graph, subject.nodes, "down", depth, subject.first)
    up = walk(case.graph, subject.nodes, "up", depth)
    passage = subject.passage
    resting = resting_on(case.supports, [passage]) if passage else ()
    whole: tuple[Node, ...] = ()
    if passage is not None and passage.paragraphs:
        whole = tuple(one.node for one in resting_on(case.supports, [Passage(passage.source)])
                      if any(piece.paragraph is None for piece in one.covered))  # fmt: skip
    return Trace(case=case, subject=subject, down=down, up=up, resting=resting, as_a_whole=whole)


def subject_of(case: TracedCase, text: str) -> TracedSubject:
    """Return what a text names in a case.

    Raise UsageError E051 for a name that the case does not have, E053 for a passage that it does not have.
    """
    nodes = nodes_named(case.graph, text)
    if nodes:
        source = next((node for node in nodes if node.kind == "source"), None)
        return TracedSubject(text, nodes, Passage(source.name) if source else None)
    if ":" in text:
        passage = case.passage(text)
        return TracedSubject(text, (Node("source", passage.source),), passage)
    raise unknown_name(case.graph, text, "expected a source, SOURCE:14, or a name of the case, such as a parameter")
