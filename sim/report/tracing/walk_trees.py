"""Walks of a case's graph as trees of lines: each name once, with how it depends on what stands above it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sim.build.words.assumptions import drawn
from sim.explain.graph.graph_walks import Direction, Reached
from sim.explain.graph.model_graph import How, Kind, Link, Node
from sim.explain.graph.support import Support
from sim.explain.graph.traced_case import TracedCase

INDENT = "  "
PLURALS: Mapping[Kind, str] = {"derived": "derived quantities", "documented": "documented events"}
SINGULARS: Mapping[Kind, str] = {
    "derived": "derived quantity", "documented": "documented event", "event": "event type",
    "variable": "state variable",
}  # fmt: skip

# The order in which kinds are listed: what tells a reader most first.
LISTED: tuple[Kind, ...] = (
    "source",
    "scenario",
    "outcome",
    "measure",
    "base rate",
    "rule",
    "documented",
    "event",
    "parameter",
    "derived",
    "variable",
    "faction",
    "check",
)

# What a link is called from what is read to what reads it, and the other way round.
DOWN: Mapping[How, str] = {
    "basis": "a basis of", "kind": "of the", "prior": "read by the prior of", "initial": "where it begins:",
    "course": "moves the", "value": "part of the", "guard": "read by the guard of", "clock": "read by the clock of",
    "speed": "read by the speed of", "weight": "read by a weight of", "mark": "read by a mark of",
    "awaited": "awaited by", "since": "how long ago it was counts in", "emits": "emits the", "restarts": "restarts the",
    "effect": "read by an effect of", "writes": "writes the", "condition": "read by the condition of",
    "safe": "read by what must hold for", "counted": "counted by", "measured": "read by", "claimed": "in the claim of",
    "outcome": "held against the",
}  # fmt: skip
UP: Mapping[How, str] = {
    "basis": "rests on the", "kind": "happened as the", "prior": "its prior reads the", "initial": "begins at the",
    "course": "moved by the", "value": "made of the", "guard": "its guard reads the", "clock": "its clock reads the",
    "speed": "its speed reads the", "weight": "a weight reads the", "mark": "a mark reads the",
    "awaited": "waits for the", "since": "asks how long ago was the", "emits": "emitted by the",
    "restarts": "restarted by the", "effect": "an effect reads the", "writes": "written by the",
    "condition": "its condition reads the", "safe": "what must hold reads the", "counted": "counts the",
    "measured": "reads the", "claimed": "its claim is about the", "outcome": "is about the",
}  # fmt: skip


def plural(kind: Kind) -> str:
    """Return what several of a kind are called."""
    return PLURALS.get(kind, f"{singular(kind)}s")


def singular(kind: Kind) -> str:
    """Return what one of a kind is called."""
    return SINGULARS.get(kind, kind)


def tree_lines(case: TracedCase, root: Reached, direction: Direction, *, named: bool = True) -> Iterator[str]:
    """Yield the lines of a tree; those below the root, which is left out unless it is to be `named`, are set in.

    What has nothing below it, and what stands at another place of the tree, is listed in one line for each way in which
    it depends on the name above.
    """
    if named:
        yield called(case, root.node)
    yield from _below(case, root, direction, INDENT)


def called(case: TracedCase, node: Node) -> str:
    """Return a name with its kind and title, what is known of a parameter, and the place where it stands."""
    title, place = case.title(node), case.place(node)
    said = f"{singular(node.kind)} {node.name}" + (f": {title}" if title else "")
    if node.kind == "parameter":
        said += f" ({drawn(case.model.parameters[node.name])})"
    return said + (f" [{place}]" if place else "")


def supported(pieces: Sequence[Support]) -> str:
    """Write pieces of support, the paragraphs of one source together: `un-report §2, 4; a judgement`."""
    parts: dict[str, list[int]] = {}
    for piece in pieces:
        parts.setdefault(piece.source or "a judgement", []).extend([piece.paragraph] if piece.paragraph else [])
    return "; ".join(f"{name} §{', '.join(map(str, at))}" if at else name for name, at in parts.items())


def _below(case: TracedCase, one: Reached, direction: Direction, indent: str) -> Iterator[str]:
    words = DOWN if direction == "down" else UP
    inline: dict[tuple[str, Kind], list[str]] = {}
    for link in one.elsewhere:
        there = link.target if direction == "down" else link.origin
        inline.setdefault((words[link.how], there.kind), []).append(_short(there, link))
    grown: list[Reached] = []
    for child in one.below:
        if child.below or child.elsewhere or _says_more(case, child, direction):
            grown.append(child)
        else:
            inline.setdefault((_how(child.links, words), child.node.kind), []).append(_short(child.node, *child.links))
    for child in grown:
        yield f"{indent}{_how(child.links, words)} {called(case, child.node)}{_resting(case, child)}"
        yield from _below(case, child, direction, indent + INDENT)
    for (how, kind), names in sorted(inline.items(), key=lambda item: LISTED.index(item[0][1])):
        several = plural(kind) if len(set(names)) > 1 else singular(kind)
        yield f"{indent}{how} {several} {', '.join(sorted(set(names)))}"


def _says_more(case: TracedCase, child: Reached, direction: Direction) -> bool:
    """Return whether a name without anything below it has a line of its own: what it rests on is told there."""
    return bool(case.supports.get(child.node)) and (direction == "up" or any(one.how == "basis" for one in child.links))


def _resting(case: TracedCase, child: Reached) -> str:
    pieces = case.supports.get(child.node, ())
    return f"; rests on {supported(pieces)}" if pieces else ""


def _how(links: Iterable[Link], words: Mapping[How, str]) -> str:
    return " and ".join(dict.fromkeys(words[link.how] for link in links))


def _short(node: Node, *links: Link) -> str:
    numbers = sorted({number for link in links for number in link.paragraphs})
    return node.name + (f" §{', '.join(map(str, numbers))}" if numbers and node.kind == "source" else "")
