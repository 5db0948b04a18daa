"""Who reads, writes and rests on what, as lines of a card: each part by its kind and name, and as what."""

from collections.abc import Collection, Iterable, Mapping

from sim.explain.graph.model_graph import How, Kind, Link, Node

MOST_LISTED = 16
KINDS: Mapping[Kind, str] = {
    "source": "source", "parameter": "parameter", "variable": "state variable", "derived": "derived quantity",
    "event": "event type", "rule": "rule", "outcome": "outcome", "measure": "measure", "check": "check",
    "base rate": "base rate", "faction": "faction", "documented": "documented event", "scenario": "scenario",
}  # fmt: skip
PLACES: Mapping[How, str] = {
    "guard": "condition", "clock": "clock", "speed": "speed of its clock", "weight": "weights of its choice",
    "mark": "what its event carries", "effect": "effects", "own": "its own change", "initial": "initial value",
    "course": "how it moves by itself", "value": "value", "prior": "prior", "condition": "condition",
    "safe": "safe condition", "measured": "what it measures", "claimed": "claim", "since": "how long ago it was",
    "awaited": "what it waits for", "counted": "what it counts", "basis": "basis",
}  # fmt: skip
_ORDER = tuple(KINDS)


def part(node: Node) -> str:
    """Return a part by its kind and name, such as `rule envoy_calls`."""
    return f"{KINDS[node.kind]} {node.name}"


def readers(links: Iterable[Link], but: Collection[str] = ()) -> list[str]:
    """Return what some links lead to, a line each, with where it reads: `rule envoy_calls (condition, clock)`."""
    return _listed([(link.target, link.how) for link in links if link.how not in but])


def read(links: Iterable[Link], but: Collection[str] = ()) -> list[str]:
    """Return what some links come from, a line each, with where that is read: `parameter haste (clock)`."""
    return _listed([(link.origin, link.how) for link in links if link.how not in but])


def _listed(found: Iterable[tuple[Node, How]]) -> list[str]:
    places: dict[Node, list[str]] = {}
    for node, how in sorted(found, key=lambda one: (_ORDER.index(one[0].kind), one)):
        places.setdefault(node, [])
        if how in PLACES and PLACES[how] not in places[node]:
            places[node].append(PLACES[how])
    texts = [part(node) + (f" ({', '.join(where)})" if where else "") for node, where in places.items()]
    return shortened(texts)


def shortened(texts: list[str], most: int = MOST_LISTED) -> list[str]:
    """Return so many of the lines, and how many there are more."""
    left = len(texts) - most
    return [*texts[:most], f"and {left} more; --json has all"] if left > 1 else texts


def as_data(links: Iterable[Link], end: str) -> list[dict[str, object]]:
    """Return links as JSON-ready data, with the part at one end: `origin` or `target`."""
    found: list[dict[str, object]] = []
    for link in links:
        node: Node = getattr(link, end)
        found.append({
            "kind": node.kind, "name": node.name, "how": link.how,
            **({"paragraphs": list(link.paragraphs)} if link.paragraphs else {}),
        })  # fmt: skip
    return found
