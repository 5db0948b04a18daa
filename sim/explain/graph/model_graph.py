"""What depends on what in a case: who reads, writes, emits, waits for and rests on what. Nothing is simulated.

Owns the graph whose nodes are the names of a case and whose links point from what is read to what reads it: data flow
along them. It is about the model alone: what happened in a run, and why, is for the modules that read a log.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from sim.language.expressions.tree import Apply, Draw, Expression, Read, Tree
from sim.model.checks import Happened, NeverLowers, NeverRaises, Reachable
from sim.model.evidence.basis import Basis
from sim.model.evidence.documented import History
from sim.model.model import EventType, FirstTime, LawClock, Model, Parameter, Rule
from sim.model.scenario import Scenario

Kind: TypeAlias = Literal[
    "source", "parameter", "variable", "derived", "event", "rule", "outcome", "measure", "check", "base rate",
    "faction", "documented", "scenario",
]  # fmt: skip
How: TypeAlias = Literal[
    "basis",  # source -> rule, parameter, base rate, documented event
    "acts",  # faction -> rule
    "kind",  # documented event -> event type
    "prior",  # parameter -> parameter whose prior reads it
    "initial",  # parameter -> variable
    "course",  # parameter or variable -> variable that relaxes
    "value",  # whatever a derived quantity reads -> it
    "guard", "clock", "speed", "weight", "mark",  # read -> rule
    "awaited",  # event -> rule that waits for it
    "since",  # event -> what asks how long ago it was
    "emits",  # rule -> event
    "restarts",  # rule -> rule
    "effect",  # what an event's effects read -> event
    "own",  # variable -> event that reads it only to write it itself, such as by `x + 1`
    "writes",  # event -> variable
    "condition", "safe",  # read -> outcome
    "counted",  # event -> outcome that comes with it, or measure that adds to at it
    "measured",  # read -> measure
    "claimed",  # read -> check
    "outcome",  # outcome -> base rate
    "sets", "disables", "enables", "assumes", "adds",  # scenario -> parameter, rule, event, rule or event of its own
]  # fmt: skip

_SCOPES: Mapping[str, Kind] = {
    "state": "variable", "parameter": "parameter", "last": "event", "times": "event", "reached": "outcome",
    "measure": "measure",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """Something in a case that has a name."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Data that flow from one node to another, and as what. `paragraphs` are those of a source that is a basis."""

    origin: Node
    target: Node
    how: How
    paragraphs: tuple[int, ...] = ()


class ModelGraph:
    """The nodes of a case and the links between them, both in order."""

    def __init__(self, nodes: Iterable[Node], links: Iterable[Link]) -> None:
        """Hold these nodes, and those that links name."""
        self.links = tuple(sorted(set(links)))
        ends = (end for link in self.links for end in (link.origin, link.target))
        self.nodes = tuple(sorted({*nodes, *ends}))

    @staticmethod
    def of(model: Model, history: History | None = None, scenarios: Iterable[Scenario] = ()) -> "ModelGraph":
        """Return the graph of a model, of the documented events of its history, and of scenarios of it."""
        links = [*_Links(model).all()]
        nodes = [*_nodes(model)]
        if history is not None:
            nodes += [Node("source", name) for name in history.sources]
            for item in history.documented:
                here = Node("documented", item.id)
                links.append(Link(here, Node("event", item.event.type), "kind"))
                links += [Link(Node("source", one.source), here, "basis", one.paragraphs) for one in item.citations]
        for scenario in scenarios:
            nodes.append(Node("scenario", scenario.name))
            links += _assumed(scenario)
        return ModelGraph(nodes, links)

    @cached_property
    def into(self) -> Mapping[Node, tuple[Link, ...]]:
        """The links that end at each node: what it reads or rests on; a node without any is left out."""
        return _grouped((link.target, link) for link in self.links)

    @cached_property
    def out_of(self) -> Mapping[Node, tuple[Link, ...]]:
        """The links that begin at each node: what reads it or rests on it; a node without any is left out."""
        return _grouped((link.origin, link) for link in self.links)

    def named(self, name: str) -> tuple[Node, ...]:
        """Return the nodes of this name: several where kinds share it, and every member where it names a family."""
        exact = tuple(node for node in self.nodes if node.name == name)
        return exact or tuple(node for node in self.nodes if node.name.startswith(f"{name}["))

    def downstream(self, nodes: Iterable[Node]) -> frozenset[Node]:
        """Return all that reads or rests on some nodes, directly or through others, without the nodes themselves."""
        return self._reached(nodes, {one: [link.target for link in found] for one, found in self.out_of.items()})

    def upstream(self, nodes: Iterable[Node]) -> frozenset[Node]:
        """Return all that some nodes read or rest on, directly or through others, without the nodes themselves."""
        return self._reached(nodes, {one: [link.origin for link in found] for one, found in self.into.items()})

    def around(self, nodes: Iterable[Node], depth: int) -> "ModelGraph":
        """Return the part within so many links, in either direction, of some nodes."""
        kept = set(nodes)
        edge = set(kept)
        for _ in range(depth):
            edge = {
                end for node in edge for link in (*self.into.get(node, ()), *self.out_of.get(node, ()))
                for end in (link.origin, link.target)
            } - kept  # fmt: skip
            kept |= edge
        return self.within(kept)

    def within(self, nodes: Iterable[Node]) -> "ModelGraph":
        """Return these nodes and the links between them."""
        kept = frozenset(nodes)
        return ModelGraph(kept, (link for link in self.links if link.origin in kept and link.target in kept))

    def _reached(self, nodes: Iterable[Node], steps: Mapping[Node, list[Node]]) -> frozenset[Node]:
        start = frozenset(nodes)
        pending, seen = list(start), set(start)
        while pending:
            for node in steps.get(pending.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    pending.append(node)
        return frozenset(seen - start)


def _grouped(pairs: Iterable[tuple[Node, Link]]) -> dict[Node, tuple[Link, ...]]:
    found: defaultdict[Node, list[Link]] = defaultdict(list)
    for node, link in pairs:
        found[node].append(link)
    return {node: tuple(links) for node, links in found.items()}


def _nodes(model: Model) -> Iterator[Node]:
    held: tuple[tuple[Kind, Iterable[str]], ...] = (
        ("source", model.sources), ("parameter", model.parameters), ("variable", model.variables),
        ("derived", model.derived), ("event", model.events), ("rule", model.rules), ("outcome", model.outcomes),
        ("measure", model.measures), ("check", model.checks), ("base rate", model.base_rates),
        ("faction", model.factions),
    )  # fmt: skip
    return (Node(kind, name) for kind, names in held for name in names)


def _assumed(scenario: Scenario) -> Iterator[Link]:
    """Yield what a scenario assumes otherwise than its model."""
    here = Node("scenario", scenario.name)
    for name in scenario.models_own:
        yield Link(here, Node("parameter", name), "sets")
    for name in scenario.disabled:
        yield Link(here, Node("rule", name), "disables")
    for change in scenario.changes:
        yield from (Link(here, Node("parameter", name), "sets") for name in change.parameters)
        yield from (Link(here, Node("rule", name), "disables") for name in change.disabled)
        yield from (Link(here, Node("rule", name), "enables") for name in change.enabled)
    yield from (Link(here, Node("rule", name), "adds") for name in scenario.own_rules)
    yield from (Link(here, Node("event", name), "adds") for name in scenario.own_events)
    of_model = {(item.time, item.event, item.marks) for item in scenario.model.timetable}
    for item in scenario.timetable:
        if (item.time, item.event, item.marks) not in of_model:
            yield Link(here, Node("event", item.event), "assumes")


class _Links:
    """The links of one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.derived = {name: one.tree for name, one in model.derived.items() if not isinstance(one.tree, Read)}

    def all(self) -> Iterator[Link]:
        """Yield every link, some more than once."""
        model = self.model
        for rule in model.rules.values():
            yield from self._of_rule(rule)
        for parameter in model.parameters.values():
            yield from self._of_parameter(parameter)
        for name, expression in model.derived.items():
            yield from self._read(Node("derived", name), "value", [expression], apart_from=name)
        for variable in model.variables.values():
            here = Node("variable", variable.name)
            yield from self._read(here, "initial", [variable.initial])
            yield from self._read(here, "course", variable.course())
        for event in model.events.values():
            here = Node("event", event.name)
            yield from self._of_effects(event)
        yield from self._of_questions()

    def _of_rule(self, rule: Rule) -> Iterator[Link]:
        here = Node("rule", rule.name)
        yield Link(Node("faction", rule.faction), here, "acts")
        yield from _rests(here, rule.basis)
        yield from self._read(here, "guard", [rule.guard])
        yield from self._read(here, "clock", rule.clock.arguments)
        if isinstance(rule.clock, LawClock) and rule.clock.speed is not None:
            yield from self._read(here, "speed", [rule.clock.speed])
        yield from self._read(here, "weight", rule.weights)
        yield from self._read(here, "mark", (mark for emission in rule.emissions for mark in emission.marks))
        yield from (Link(Node("event", name), here, "awaited") for name in rule.on)
        yield from (Link(here, Node("event", emission.event), "emits") for emission in rule.emissions)
        yield from (Link(here, Node("rule", name), "restarts") for name in rule.restarts)

    def _of_parameter(self, parameter: Parameter) -> Iterator[Link]:
        here = Node("parameter", parameter.name)
        yield from _rests(here, parameter.basis)
        yield from (Link(Node("parameter", name), here, "prior") for name in parameter.reads)

    def _of_effects(self, event: EventType) -> Iterator[Link]:
        here = Node("event", event.name)
        read = {name: frozenset(self._read(here, "effect", [one])) for name, one in event.effects.items()}
        for name in event.effects:
            written = Node("variable", name)
            yield Link(here, written, "writes")
            accumulated = Link(written, here, "effect")
            if accumulated in read[name] and not any(accumulated in read[other] for other in read if other != name):
                yield Link(written, here, "own")
                read[name] -= {accumulated}
        for links in read.values():
            yield from links

    def _of_questions(self) -> Iterator[Link]:
        model = self.model
        for name, outcome in model.outcomes.items():
            here = Node("outcome", name)
            if isinstance(outcome.comes, FirstTime):
                conditions = [outcome.comes.when] if outcome.comes.when else []
                yield from self._read(here, "condition", conditions)
                yield from self._read(here, "safe", [outcome.comes.safe] if outcome.comes.safe else [])
            yield from (Link(Node("event", name), here, "counted") for name in outcome.on)
        for measure in model.measures.values():
            here = Node("measure", measure.name)
            yield from self._read(here, "measured", measure.expressions())
            yield from (Link(Node("event", name), here, "counted") for name in measure.on)
        for name, check in model.checks.items():
            here = Node("check", name)
            yield from self._read(here, "claimed", check.expressions())
            yield from (Link(Node("event", one), here, "claimed") for one in check.on)
            match check.statement:
                case Happened(events=events):
                    yield from (Link(Node("event", one), here, "claimed") for one in events)
                case NeverLowers(outcome=held, parameter=raised) | NeverRaises(outcome=held, parameter=raised):
                    yield Link(Node("outcome", held), here, "claimed")
                    yield Link(Node("parameter", raised), here, "claimed")
                case Reachable(names=names):
                    for kind in ("rule", "outcome"):
                        found = (one.partition(" ") for one in names)
                        yield from (Link(Node(kind, name), here, "claimed") for one, _, name in found if one == kind)
                case _:
                    pass
        for rate in model.base_rates.values():
            here = Node("base rate", rate.name)
            yield from _rests(here, rate.basis)
            yield Link(Node("outcome", rate.outcome), here, "outcome")

    def _read(self, here: Node, how: How, expressions: Iterable[Expression], apart_from: str = "") -> Iterator[Link]:
        """Yield what expressions read, a derived quantity that their texts name as one node."""
        for expression in expressions:
            for origin in self._names(expression.tree, apart_from):
                if origin != here:
                    yield Link(origin, here, "since" if origin.kind == "event" and how != "claimed" else how)

    def _names(self, tree: Tree, apart_from: str) -> Iterator[Node]:
        pending, seen = [tree], set[int]()
        while pending:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, Read):
                if node.scope in _SCOPES:
                    yield Node(_SCOPES[node.scope], node.name)
            elif isinstance(node, Apply | Draw):
                known = next((name for name, one in self.derived.items() if one is node and name != apart_from), None)
                if known is None:
                    pending.extend(node.arguments)
                else:
                    yield Node("derived", known)


def _rests(here: Node, basis: Iterable[Basis]) -> Iterator[Link]:
    """Yield the sources that a basis names."""
    return (Link(Node("source", one.source), here, "basis", one.paragraphs) for one in basis if one.source)
