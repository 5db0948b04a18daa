"""How the nodes and links of a model's graph look and what they are called, the same in every picture of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.explain.graph.graph_views import by_faction
from sim.explain.graph.model_graph import How, Kind, Link, ModelGraph, Node
from sim.model.evidence.documented import History
from sim.model.model import Model
from sim.report.model_pictures.vector_drawing import Sheet, n
from sim.report.pictures.style import INK, PALETTE, SOFT

Manner: TypeAlias = Literal["condition", "pace", "amount", "write", "other"]

# In which manner a link is drawn. Every manner is told apart by its sign as well as by its line.
MANNERS: Mapping[How, Manner] = {
    "guard": "condition", "condition": "condition", "safe": "condition", "awaited": "condition", "since": "condition",
    "clock": "pace", "speed": "pace", "course": "pace",
    "weight": "amount", "mark": "amount", "effect": "amount", "value": "amount", "measured": "amount",
    "initial": "amount", "prior": "amount",
    "writes": "write", "emits": "write", "restarts": "write",
}  # fmt: skip
ORDER: Sequence[Manner] = ("condition", "pace", "amount", "write", "other")
DASHES: Mapping[Manner, str] = {"condition": "5 3", "pace": "", "amount": "1.5 2.5", "write": "", "other": "8 3 2 3"}
WORDS: Mapping[Manner, str] = {
    "condition": "looked at: whether the rule may act, or what it waits for",
    "pace": "sets the pace: how soon it acts",
    "amount": "sets what comes of it: weights, amounts, values",
    "write": "changed by it",
    "other": "rests on, or is counted or claimed",
}
SIGN = 3.2  # the radius of a sign, in pixels

NOBODY = "From outside"


@dataclass(frozen=True)
class Names:
    """What nodes are called in pictures, and the colour of each faction."""

    titles: Mapping[Node, str]
    capitals: Mapping[str, str]  # such as `lcd` -> `LCD`, from the factions' titles
    faction_of: Mapping[Node, str]
    factions: Mapping[str, str]
    colours: Mapping[str, str]

    @staticmethod
    def of(graph: ModelGraph, model: Model, history: History | None = None) -> "Names":
        """Return the names of a whole graph's nodes; the factions are in the order of their author."""
        order = model.shown_order.get("factions", ())
        factions = {name: model.factions[name] for name in (*order, *model.factions) if name in model.factions}
        colours = {name: PALETTE[index % len(PALETTE)] for index, name in enumerate(factions)}
        owners = {rule: faction for faction, rules in by_faction(graph).items() for rule in rules}
        documented = {item.id: item.claim for item in history.documented} if history else {}
        described = {**model.sources, **(history.sources if history else {})}
        sources = {name: source.title for name, source in described.items()}
        words = (word for title in factions.values() for word in title.split())
        capitals = {word.lower(): word for word in words if word.isupper() and len(word) > 1}
        return Names(
            titles={node: _title(node, model, sources, documented) for node in graph.nodes},
            capitals=capitals, faction_of=owners, factions=factions, colours=colours,
        )  # fmt: skip

    def title(self, node: Node) -> str:
        """Return the title of a node, or its name in words."""
        plain = node.name.replace("_", " ")
        title = self.titles.get(node) or plain
        if title != plain:
            return title
        words = [self.capitals.get(word, word) for word in plain.split(" ")]
        return " ".join(words)[:1].upper() + " ".join(words)[1:]

    def group(self, node: Node) -> str:
        """Return the faction of a rule, or of what no rule emits; an empty text for what belongs to nobody."""
        return self.faction_of.get(node, "")

    def colour(self, node: Node) -> str:
        return self.colours.get(self.faction_of.get(node, ""), SOFT)

    def link_colour(self, link: Link) -> str:
        """Return the colour of the faction whose rule is at an end of a link."""
        return self.colour(link.target if link.target in self.faction_of else link.origin)


def _title(node: Node, model: Model, sources: Mapping[str, str], documented: Mapping[str, str]) -> str:
    name = node.name
    match node.kind:
        case "variable":
            return model.variables[name].title
        case "parameter":
            return model.parameters[name].title
        case "event":
            return model.events[name].title if name in model.events else ""
        case "rule":
            return model.rules[name].title if name in model.rules else ""
        case "outcome":
            return model.outcomes[name].title
        case "measure":
            return model.measures[name].title
        case "faction":
            return model.factions[name]
        case "base rate":
            return model.base_rates[name].title
        case "source":
            return sources.get(name, "")
        case "documented":
            return documented.get(name, "")
    return ""


def manners(links: Iterable[Link]) -> tuple[Manner, ...]:
    """Return the manners of links, each once, in the order of legends."""
    found = {MANNERS.get(link.how, "other") for link in links}
    return tuple(manner for manner in ORDER if manner in found)


def draw_sign(sheet: Sheet, manner: Manner, x: float, y: float, colour: str = INK, scale: float = 1.0) -> None:
    """Draw the sign of a manner around a point."""
    size = SIGN * scale
    match manner:
        case "condition":
            sheet.circle(x, y, size, fill="white", stroke=colour, thick=1.2 * scale)
        case "pace":
            sheet.circle(x, y, size * 0.62, fill=colour)
        case "amount":
            sheet.line((x, y - size * 1.25), (x, y + size * 1.25), stroke=colour, thick=1.7 * scale)
        case "write":
            tip, back = x + size * 1.3, x - size * 1.2
            course = f"M{n(tip)} {n(y)}L{n(back)} {n(y - size * 1.15)}L{n(back)} {n(y + size * 1.15)}Z"
            sheet.path(course, fill=colour)
        case "other":
            course = f"M{n(x - size)} {n(y)}L{n(x)} {n(y - size)}L{n(x + size)} {n(y)}L{n(x)} {n(y + size)}Z"
            sheet.path(course, fill="white", stroke=colour, thick=scale)


def tint(colour: str, share: float = 0.12) -> str:
    """Mix a colour with white, which has the rest of the share."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


def kind_word(kind: Kind) -> str:
    """Return what a kind of node is called under its title."""
    return {"variable": "state", "derived": "derived quantity", "event": "event type"}.get(kind, kind)
