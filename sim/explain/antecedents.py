"""What led to an outcome in a run, or to what a measure measures: the events that made it possible, followed back.

An outcome is followed back from the events that last wrote what its condition reads and from those that it comes with,
a measure from all events of the run that it counts or that write what it reads. What made an event possible is as in
`sim.analysis.causes`: what its rule's guard reads, and what it waited for. An event that only made another likelier or
faster is not among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.analysis.causes import Dependencies, ancestors
from sim.explain.graph.model_graph import Kind, ModelGraph, Node
from sim.model.event import Event, Log
from sim.model.model import Model
from sim.model.program import Program
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario

ASKED: frozenset[Kind] = frozenset({"derived", "outcome", "measure"})


@dataclass(frozen=True, slots=True)
class Antecedents:
    """What led to a figure in one run: rules that fired, types of events, of those the ones that came at given times,
    and documented events by their place in the past.
    """

    run: int
    rules: frozenset[str]
    events: frozenset[str]
    scheduled: frozenset[str]
    documented: frozenset[int]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """State variables and event types that an outcome or a measure looks at, by itself or through others."""

    variables: frozenset[str]
    events: frozenset[str]

    @staticmethod
    def of(model: Model, asked: Node) -> "LookedAt":
        """Return what an outcome or a measure of a model looks at."""
        graph, seen, pending = ModelGraph.of(model), {asked}, [asked]
        while pending:
            for link in graph.into.get(pending.pop(), ()):
                if link.origin not in seen:
                    seen.add(link.origin)
                    pending += [link.origin] if link.origin.kind in ASKED else []
        kinds: tuple[Kind, Kind] = ("variable", "event")
        return LookedAt(*(frozenset(node.name for node in seen if node.kind == kind) for kind in kinds))


@dataclass(frozen=True, eq=False)
class FindAntecedents:
    """Finds what led to an outcome or a measure in a run; None in a run without the outcome. It may be sent to other
    processes.
    """

    asked: Node
    _known: dict[int, "tuple[Program, Dependencies, LookedAt]"] = field(default_factory=dict)

    def __reduce__(self) -> "tuple[type[FindAntecedents], tuple[Node]]":
        return FindAntecedents, (self.asked,)

    def __call__(self, program: Program, scenario: Scenario, run: int, log: Log) -> Antecedents | None:
        dependencies, looked_at = self._known_of(program)
        events = (*scenario.past, *log)
        begins = len(scenario.past)
        if self.asked.kind == "outcome":
            found = (place for place, event in enumerate(events) if event.kind == "outcome")
            place = next((place for place in found if events[place].type == self.asked.name), None)
            if place is None:
                return None
            roots = _last(events[:place], dependencies, looked_at)
        else:
            roots = [place for place in range(begins, len(events)) if _touches(events[place], dependencies, looked_at)]
        enablers = dependencies.enablers(events)
        before: set[int] = set()
        for root in roots:
            if root not in before:
                before |= ancestors(root, enablers)
        led = [events[place] for place in before]
        return Antecedents(
            run=run,
            rules=frozenset(event.rule for event in led if event.kind == "fired"),
            events=frozenset(event.type for event in led),
            scheduled=frozenset(event.type for event in led if event.kind == "scheduled"),
            documented=frozenset(place for place in before if events[place].kind == "documented"),
        )

    def _known_of(self, program: Program) -> tuple[Dependencies, LookedAt]:
        known = self._known.get(id(program))
        if known is None or known[0] is not program:
            model = program.model
            known = self._known[id(program)] = program, Dependencies(model), LookedAt.of(model, self.asked)
        return known[1], known[2]


def _last(events: Log, dependencies: Dependencies, looked_at: LookedAt) -> Iterable[int]:
    """Return the places of the events that last wrote each variable, and of the last of each type, looked at."""
    found: dict[tuple[str, str], int] = {}
    for place, event in enumerate(events):
        if event.kind in CHANGING:
            found |= {("variable", name): place for name in dependencies.effects[event.type] & looked_at.variables}
            found |= {("event", event.type): place} if event.type in looked_at.events else {}
    return found.values()


def _touches(event: Event, dependencies: Dependencies, looked_at: LookedAt) -> bool:
    if event.kind not in CHANGING:
        return False
    return event.type in looked_at.events or not dependencies.effects[event.type].isdisjoint(looked_at.variables)
