"""What the passes over a document share: the document, the names that its expressions may use, the complaints.

Owns the checking of expressions, constants and citations in their place. What only a model's own file has is
`builder`'s.
"""

import math
import re
from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sim.language.diagnostics import Complaints
from sim.language.expressions.grammar import text_at
from sim.language.expressions.indices import Indices as Indices  # what is built takes it from here
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Expression, Read, Tree, Value, size
from sim.language.expressions.types import Calendar, Enumeration, Type
from sim.language.expressions.typing import check
from sim.language.expressions.uncertain import Place, UncertainNumber
from sim.language.removed import still_named
from sim.language.shapes.documents import ScenarioShape
from sim.language.shapes.evidence import SourcesShape
from sim.language.shapes.load import Loaded
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import Document, Keys
from sim.model.expression import Fault, evaluate, is_constant
from sim.model.model import EventType, Model

MOST_PARTS_OF_ALL = 500_000
_INDEX = re.compile(r"\[.*?([a-z]).*\]")
WHY_SO_MANY = "a family's expression counts once a member, and what it is derived from, or sums up, counts each time"
ABOUT_NAMES = {"E304", "E310", "E313"}  # whatever is wrong with what a name stands for


EventTypes: TypeAlias = Mapping[str, EventType]
Sources: TypeAlias = Loaded[SourcesShape] | None  # the documents that a file may cite; None where it names none
Chain: TypeAlias = Sequence[Loaded[ScenarioShape]]  # a scenario's file and those that it extends, the nearest first


@dataclass(kw_only=True)
class Context:
    """A document with what is known where its expressions stand, and where complaints go."""

    document: Document
    complaints: Complaints
    calendar: Calendar = field(default_factory=lambda: Calendar("abstract"))
    sources: Sources = None
    names: dict[str, Tree] = field(default_factory=dict)
    families: dict[str, dict[str, Tree]] = field(default_factory=dict)
    enums: dict[Enumeration, None] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    parts: int = 0
    joined: dict[tuple[str, str], Tree] = field(default_factory=dict)
    events: dict[str, None] = field(default_factory=dict)  # the event types, by their full names
    relaxing: set[str] = field(default_factory=set)  # the state variables that relax
    uncertain: dict[str, UncertainNumber] = field(default_factory=dict)
    by_family: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # what is named -> family -> members

    def scope(
        self, indices: Indices | None = None, marks: Mapping[str, Type] | None = None,
        *, time: bool = False, followed: bool = False, random: bool = False,
        occurring: Mapping[str, Mapping[str, object]] | None = None, guessing: tuple[str, str, str] | None = None,
    ) -> Scope:  # fmt: skip
        """Return the scope of an expression on the state: everything declared, and an event's marks.

        It may read the `time`, also where it is `followed` between events, as guards and rates are. `occurring` has the
        event types and the outcomes that a check may ask about. `guessing` says where about() may stand: in which
        group, in what of it, and where in that.
        """
        own: dict[str, Tree] = {name: Read("mark", name, kind) for name, kind in (marks or {}).items()}
        return Scope(
            calendar=self.calendar, names=ChainMap(own, self.names) if own else self.names, families=self.families,
            indices=indices or {}, enums=tuple(self.enums), declared=self.declared, broken=frozenset(self.broken),
            time=time or followed, events=self.events, followed=self.relaxing if followed else None,
            random=random, occurring=occurring, joined=self.joined,
            uncertain=Place(*guessing, self.uncertain) if guessing else None,
            what="a state variable, a parameter or a function" if self.declared else "a number",
        )  # fmt: skip

    def check(self, keys: Keys, scope: Scope, wanted: Type | None) -> Expression | None:
        found = check(text_at(self.document, keys), scope, wanted, self.complaints)
        self.count(size(found.tree) if found is not None else 0, keys)
        if found is not None and is_constant(found.tree) and self.constant_of(found, keys) is None:
            return None
        return found

    def count(self, parts: int, keys: Keys) -> None:
        """Add to the parts of all expressions. Raise LanguageError if they are too many."""
        self.parts += parts
        if self.parts > MOST_PARTS_OF_ALL:
            message = f"more than {MOST_PARTS_OF_ALL:,} parts of all expressions together"
            self.complain("E204", message, keys, WHY_SO_MANY)
            self.complaints.raise_any()

    def know(self, model: Model) -> None:
        """Learn the names of a model that is built already, so that more can be asked about it."""
        for name, variable in model.variables.items():
            self._learn(name, Read("state", name, variable.type), variable.initial.location)
            if variable.relaxes is not None:
                self.relaxing.add(name)
            if isinstance(variable.type, Enumeration):
                self.enums.setdefault(variable.type)
        for name, parameter in model.parameters.items():
            if parameter.unnamed:
                continue
            self._learn(name, Read("parameter", name, parameter.type))
        self.events.update(dict.fromkeys(model.events))
        for name, expression in model.derived.items():
            self._learn(name, expression.tree, expression.location)

    def family_of(self, what: str, name: str, known: Iterable[str]) -> list[str]:
        """Return the members of a family of event types, rules or outcomes, of which `known` has all."""
        if what not in self.by_family:
            self.by_family[what] = defaultdict(list)
            for other in known:
                self.by_family[what][other.partition("[")[0]].append(other)
        return self.by_family[what].get(name, [])

    def _learn(self, name: str, tree: Tree, place: str = "") -> None:
        family, _, member = name.partition("[")
        if member:
            self.families.setdefault(family, {})[member.removesuffix("]")] = tree
        else:
            self.names[name] = tree
        if place:
            self.declared.setdefault(family, place)

    def constant(self, keys: Keys, wanted: Type | None, what: str = "a number") -> Value | None:
        """Return the value of an expression that reads nothing."""
        scope = Scope(calendar=self.calendar, names={}, what=f"{what}: nothing that may change can be read here")
        return self.constant_of(self.check(keys, scope, wanted), keys)

    def constant_of(self, expression: Expression | None, keys: Keys) -> Value | None:
        if expression is None:
            return None
        try:
            value = evaluate(expression.tree)
            if math.isfinite(value):
                return value
            why = "it passes all bounds"
        except Fault as fault:
            why = str(fault)
        self.complain("E319", f"this has no value: {why}", keys)
        return None

    def complain(self, code: str, message: str, keys: Keys, *notes: str, key: bool = False) -> None:
        """Complain of the part at `keys`, unless it, or a part of it, was refused: then this only follows from that."""
        if self.document.is_refused(keys) or (keys in self.document.holders and code not in ABOUT_NAMES):
            return
        span = self.document.key_span(keys) if key else self.document.value_span(keys)
        self.complaints.add(code, message, span, *notes)

    def unknown(self, what: str, name: str, keys: Keys, known: Mapping[str, object], code: str = "E307") -> None:
        if not self.complaints.doubts(name) and not self.refuses_removed(name, keys):
            members = [] if "[" in name else self.family_of(what, name, known)
            notes = (
                (f"'{name}' is a family: say which member, as in {members[0]}",)
                if members
                else did_you_mean(name, known)
            )
            index = _INDEX.search(name)
            if index and name.partition("[")[0] + "[1]" in known:
                notes = (f"an index is declared where the thing itself is, such as for: {index[1]} in 1..3",)
            self.complain(code, f"unknown {what} '{name}'", keys, *notes)

    def refuses_removed(self, name: str, keys: Keys, *, key: bool = False) -> bool:
        """Return whether a name that nothing has is of what the model removed, after complaining of its reader."""
        family = name.partition("[")[0]
        if family not in self.document.removed:
            return False
        message, *notes = still_named(self.document, family, keys)
        self.complain("E342", message, keys, *notes, key=key)
        return True


def nearest(chain: Chain, key: str) -> Loaded[ScenarioShape] | None:
    """Return the nearest file of a chain that has a key; None if none has."""
    return next((loaded for loaded in chain if getattr(loaded.shape, key) is not None), None)


def check_citation(context: Context, source: str, paragraphs: list[int], keys: Keys) -> None:
    where = (*keys, "source")
    if context.sources is None:
        message = f"'{source}' is cited, but the file names no sources"
        context.complain("E315", message, where, "expected the key 'sources'")
        return
    documents = context.sources.shape.documents
    if source not in documents:
        context.unknown("source", source, where, documents, "E315")
        return
    most = documents[source].paragraphs
    for paragraph in paragraphs:
        if paragraph < 1 or (most is not None and paragraph > most):
            has = f"it has {most} paragraphs" if most else "paragraphs count from 1"
            context.complain("E315", f"'{source}' has no paragraph {paragraph}", (*keys, "paragraph"), has)
