"""Which nodes of a case's graph a user's word names: a name, or a kind and a name where several kinds share it."""

from sim.errors import UsageError
from sim.explain.model_graph import ModelGraph, Node
from sim.language.suggest import did_you_mean


def nodes_named(graph: ModelGraph, text: str) -> tuple[Node, ...]:
    """Return the nodes of a name, or of a kind and a name, such as `outcome coup_completed`; none for another text."""
    kind, _, rest = text.strip().partition(" ")
    found = tuple(node for node in graph.named(rest.strip()) if node.kind.startswith(kind)) if rest else ()
    return found or graph.named(text.strip())


def unknown_name(graph: ModelGraph, text: str, *notes: str) -> UsageError:
    """Make the error E051 about a text that names nothing; `notes` say what was expected, where no name is near."""
    known = {node.name for node in graph.nodes}
    meant = did_you_mean(text, known | {name.partition("[")[0] for name in known})
    return UsageError("E051", f"nothing in this case is called '{text}'", *(meant or notes))
