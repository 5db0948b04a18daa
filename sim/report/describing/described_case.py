"""A case as it is described: its parts in their author's order, by families, and who changes and looks at each.

Owns the numbers of rules and how parts are called and linked. What is said of them is up to the sections.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.analysis.results import in_shown_order
from sim.build.cases.case import BASELINE
from sim.errors import RunError
from sim.explain.graph.model_graph import Kind, ModelGraph, Node
from sim.explain.graph.traced_case import TracedCase
from sim.language.expressions.types import Bool, Enumeration, Instant
from sim.language.shapes.documents import ModelShape
from sim.model.evolve import initial
from sim.model.model import Model, Rule
from sim.model.program import compile_model
from sim.model.replay import at_branch, central_start, state_of
from sim.model.scenario import Scenario
from sim.report.describing.markdown_text import code, link, prose
from sim.report.model_pictures.graph_look import Names
from sim.report.sentences.formula_texts import value_word
from sim.report.sentences.terms import Terms, listed, mid_sentence

PLACES: Mapping[Kind, str] = {"variable": "state", "base rate": "base-rate"}  # what anchors of a kind begin with
MOST_VALUES = 6  # of the members of a family that are told one by one


@dataclass(frozen=True)
class PartFamily:
    """Parts of a model that were declared together: its name without an index, and its members, one or more."""

    name: str
    members: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.members[0]

    @property
    def called(self) -> str:
        """Its name as code; of several members the first and the last."""
        if len(self.members) == 1:
            return code(self.first)
        return f"{code(self.first)} to {code(self.members[-1])} ({len(self.members)} members)"


def _by_index(name: str) -> list[tuple[int, str]]:
    """Return the order of a member in its family: by its indices, numbers by their size."""
    indices = name.partition("[")[2].rstrip("]").split(",")
    return [(int(one), "") if one.lstrip("-").isdecimal() else (0, one) for one in indices]


@dataclass(frozen=True)
class DescribedCase:
    """A case with all that its description needs to know of it."""

    case: TracedCase

    @property
    def model(self) -> Model:
        return self.case.model

    @property
    def shape(self) -> ModelShape:
        """The model's file, with its notes."""
        return self.case.written.shape

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.model)

    @cached_property
    def graph(self) -> ModelGraph:
        return self.case.graph

    @cached_property
    def names(self) -> Names:
        return Names.of(self.graph, self.model, self.case.history)

    @cached_property
    def scenarios(self) -> list[Scenario]:
        """The scenarios, the status quo first."""
        return sorted(self.case.scenarios, key=lambda one: one.name != BASELINE)

    @cached_property
    def branch(self) -> Scenario | None:
        """The scenario at whose branch the state is told: the status quo, or the first that has a past."""
        return next((one for one in self.scenarios if one.has_past), None)

    @cached_property
    def at_start(self) -> Mapping[str, Any]:
        """The state before any event, at the parameters' central values; {} where that is out of a range."""
        program = compile_model(self.model)
        own = self.branch.replaced if self.branch else {}
        values = [own.get(name, one).value for name, one in self.model.parameters.items()]
        try:
            return state_of(program, initial(program, values))
        except RunError:
            return {}

    @cached_property
    def at_branch(self) -> Mapping[str, Any]:
        """The state at the branch, likewise; {} where nothing is past."""
        if self.branch is None:
            return {}
        program = compile_model(self.branch.model)
        try:
            return state_of(program, at_branch(program, self.branch, (central_start(self.branch),)))
        except RunError:
            return {}

    def families(self, kind: str, held: Mapping[str, object]) -> list[PartFamily]:
        """Return parts in their author's order, the members of a family together."""
        found: dict[str, list[str]] = {}
        for name in in_shown_order(self.model, kind, held):
            found.setdefault(name.partition("[")[0], []).append(name)
        return [PartFamily(name, tuple(sorted(members, key=_by_index))) for name, members in found.items()]

    @cached_property
    def factions(self) -> list[str]:
        """The factions in their author's order."""
        return in_shown_order(self.model, "factions", self.model.factions)

    @cached_property
    def rules(self) -> Mapping[str, list[PartFamily]]:
        """The rules by faction, in order; of a family whose members are of several factions each part is one."""
        found: dict[str, list[PartFamily]] = {faction: [] for faction in self.factions}
        for family in self.families("rules", self.model.rules):
            acting: dict[str, list[str]] = {}
            for name in family.members:
                acting.setdefault(self.model.rules[name].faction, []).append(name)
            for faction, members in acting.items():
                found[faction].append(PartFamily(family.name, tuple(members)))
        return found

    @cached_property
    def _numbers(self) -> Mapping[str, tuple[str, str]]:
        """The label of each rule, and the rule at whose place it stands."""
        every = (family for families in self.rules.values() for family in families)
        return {name: (f"R{number}", family.first) for number, family in enumerate(every, 1) for name in family.members}

    def label(self, rule: str) -> str:
        """Return the label of a rule, such as R12."""
        return self._numbers[rule][0]

    def rule_links(self, rules: Iterable[str]) -> str:
        """Return links to rules by their labels, each once, in order."""
        found = {self._numbers[name] for name in rules}
        return ", ".join(link(label, "rule", first) for label, first in sorted(found, key=lambda one: int(one[0][1:])))

    def by_faction(self, rules: Iterable[str]) -> str:
        """Return who acts by some rules, with links to them: 'the envoy: R1, R2; the north: R5'."""
        chosen = set(rules)
        found = []
        for faction, families in self.rules.items():
            theirs = [name for family in families for name in family.members if name in chosen]
            if theirs:
                found.append(f"{prose(self.terms.faction(faction))}: {self.rule_links(theirs)}")
        return "; ".join(found)

    def title(self, kind: Kind, name: str) -> str:
        """Return the title of a part, or its name in words, as text; that of a family's member is the family's."""
        title = self.names.title(Node(kind, name))
        if "[" not in name:
            return title
        title = title.partition("[")[0] if title.endswith("]") else title
        plain = name.partition("[")[0].replace("_", " ")
        return plain[:1].upper() + plain[1:] if title == plain else title

    @cached_property
    def _first(self) -> Mapping[tuple[Kind, str], str]:
        """The member by which each family is told, by its kind and its name."""
        model = self.model
        held: tuple[tuple[Kind, str, Mapping[str, object]], ...] = (
            ("variable", "state", model.variables), ("derived", "derived", model.derived),
            ("event", "events", model.events), ("outcome", "outcomes", model.outcomes),
            ("measure", "measures", model.measures), ("check", "checks", model.checks),
        )  # fmt: skip
        return {(kind, one.name): one.first for kind, section, parts in held for one in self.families(section, parts)}

    def link_to(self, kind: Kind, name: str) -> str:
        """Return a part's title as a link to the place where it, or its family, is told."""
        place = self._first.get((kind, name.partition("[")[0]), name)
        return link(prose(self.title(kind, name)), PLACES.get(kind, kind), place)

    def faction(self, name: str) -> str:
        """Return a faction as it stands within a sentence, as Markdown."""
        return prose(mid_sentence(self.model.factions.get(name) or name))

    def emitters(self, event: str) -> list[Rule]:
        """Return the rules that may bring an event about."""
        links = self.graph.into.get(Node("event", event), ())
        return [self.model.rules[one.origin.name] for one in links if one.how == "emits"]

    def changers(self, variable: str) -> tuple[set[str], set[str]]:
        """Return the rules whose events change a variable, and the events that come from outside and do."""
        rules, outside = set[str](), set[str]()
        for one in self.graph.into.get(Node("variable", variable), ()):
            if one.how == "writes":
                emitting = self.emitters(one.origin.name)
                rules |= {rule.name for rule in emitting}
                if not emitting:
                    outside.add(one.origin.name)
        return rules, outside

    def lookers(self, kind: Kind, name: str) -> tuple[frozenset[str], frozenset[Node]]:
        """Return the rules that depend on a part, also by a derived quantity or by their events' effects, and others.

        An event that reads a variable only to change it is not said to look at it.
        """
        start = Node(kind, name)
        if start not in self._lookers:
            self._lookers[start] = self._looking_at(start)
        return self._lookers[start]

    @cached_property
    def _lookers(self) -> dict[Node, tuple[frozenset[str], frozenset[Node]]]:
        """What has been found of parts that were asked about."""
        return {}

    def _looking_at(self, start: Node) -> tuple[frozenset[str], frozenset[Node]]:
        rules, others, seen = set[str](), set[Node](), set[Node]()
        pending = [start]
        while pending:
            here = pending.pop()
            for one in self.graph.out_of.get(here, ()):
                target = one.target
                if one.how == "own" or target in seen:
                    continue
                seen.add(target)
                if target.kind == "rule":
                    rules.add(target.name)
                elif target.kind == "derived":
                    pending.append(target)
                elif target.kind == "event" and one.how == "effect":
                    rules |= {rule.name for rule in self.emitters(target.name)}
                elif target.kind in ("outcome", "measure", "check", "variable", "parameter"):
                    others.add(target)
        return frozenset(rules), frozenset(others)

    def shown(self, variable: str, value: Any) -> str:
        """Return a value of a state variable as people write it, as text."""
        found = self.model.variables[variable]
        match found.type:
            case Bool():
                return "true" if value else "false"
            case Enumeration():
                return value_word(str(value))
            case Instant():
                return self.model.calendar.moment(float(value))
        return str(value) if isinstance(value, int) else f"{value:.4g}"

    def values(self, family: PartFamily, state: Mapping[str, Any]) -> str:
        """Return the value of a variable in a state, of a family those of its members, as text."""
        if not state:
            return "not known before a run"
        found: dict[str, int] = {}
        for name in family.members:
            text = self.shown(name, state[name])
            found[text] = found.get(text, 0) + 1
        if len(found) == 1:
            return next(iter(found))
        shown = [f"{text} ({number} of them)" for text, number in list(found.items())[:MOST_VALUES]]
        return listed(shown) + (f" and {len(found) - len(shown)} more values" if len(found) > len(shown) else "")

    def notes(self, section: str) -> Iterator[tuple[str, str]]:
        """Yield what the model's file says besides of the parts of a section, by their names."""
        for name, part in getattr(self.shape, section).items():
            note = getattr(part, "note", None)
            if note:
                yield name, note
