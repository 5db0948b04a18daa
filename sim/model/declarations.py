"""The first half of building a model: names, families, state variables, parameters, derived quantities (E3).

Owns the context that both halves share. Events, rules and what is asked of a run are `behaviour`'s and
`questions`' business.
"""

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sim.language import operations
from sim.language.check import INTEGER_LIMIT, Expression, Scope, check
from sim.language.diagnostics import Complaints
from sim.language.documents import BasisShape, ModelShape, SourcesShape
from sim.language.expressions import text_at
from sim.language.load import Loaded
from sim.language.source import Document, Keys
from sim.language.suggest import did_you_mean
from sim.language.tree import Literal, Read, Tree, Value
from sim.language.types import BOOL, INT, REAL, TIME_WORDS, Clockwork, Type, date
from sim.model.expression import Fault, evaluate
from sim.model.model import Basis, Parameter, Variable
from sim.model.priors import PRIORS

MOST_MEMBERS = 1000
RESERVED = {"time", "true", "false", "event", "weight", "at", "after", *operations.FUNCTIONS, *operations.RANDOM}
# Which arguments of a prior are in the parameter's unit; the others are plain numbers.
SCALED: Mapping[str, tuple[bool, ...]] = {
    "pert": (True, True, True),
    "uniform": (True, True),
    "triangular": (True, True, True),
    "beta": (False, False),
    "normal": (True, True),
    "lognormal": (True, False),
    "gamma": (False, True),
    "loguniform": (True, True),
}


@dataclass
class Builder:
    """What the passes share: the document, the names found so far, the complaints."""

    loaded: Loaded[ModelShape]
    sources: Loaded[SourcesShape] | None
    complaints: Complaints
    clockwork: Clockwork = field(default_factory=lambda: Clockwork("abstract"))
    variables: dict[str, Variable] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    derived: dict[str, Expression] = field(default_factory=dict)
    names: dict[str, Tree] = field(default_factory=dict)
    families: dict[str, dict[str, Tree]] = field(default_factory=dict)
    enums: list[Type] = field(default_factory=list)
    declared: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    @property
    def document(self) -> Document:
        return self.loaded.document

    @property
    def shape(self) -> ModelShape:
        return self.loaded.shape

    def scope(
        self, indices: Mapping[str, str | int] | None = None, marks: Mapping[str, Type] | None = None,
        *, time: bool = False, random: bool = False,
    ) -> Scope:  # fmt: skip
        """Return the scope of an expression on the state: everything declared, and an event's marks."""
        return Scope(
            self.clockwork,
            {**self.names, **{name: Read("mark", name, kind) for name, kind in (marks or {}).items()}},
            self.families,
            indices=indices or {},
            enums=tuple(self.enums),
            declared=self.declared,
            broken=frozenset(self.broken),
            time=time,
            random=random,
        )

    def check(self, keys: Keys, scope: Scope, wanted: Type | None) -> Expression | None:
        return check(text_at(self.document, keys), scope, wanted, self.complaints)

    def constant(self, keys: Keys, wanted: Type | None, what: str = "a number") -> Value | None:
        """Return the value of an expression that reads nothing."""
        scope = Scope(self.clockwork, {}, what=f"{what}: nothing that may change can be read here")
        return self.constant_of(self.check(keys, scope, wanted), keys)

    def constant_of(self, expression: Expression | None, keys: Keys) -> Value | None:
        if expression is None:
            return None
        try:
            return evaluate(expression.tree)
        except Fault as fault:
            self.complain("E306", f"this has no value: {fault}", keys)
            return None

    def complain(self, code: str, message: str, keys: Keys, *notes: str, key: bool = False) -> None:
        span = self.document.key_span(keys) if key else self.document.value_span(keys)
        self.complaints.add(code, message, span, *notes)

    def unknown(self, what: str, name: str, keys: Keys, known: Mapping[str, object], code: str = "E307") -> None:
        self.complain(code, f"unknown {what} '{name}'", keys, *did_you_mean(name, known))

    def members(self, family: str | None, keys: Keys) -> Iterator[tuple[str, dict[str, str | int]]]:
        """Yield the suffix and the indices of each member: one without suffix where there is no family."""
        if family is None:
            yield "", {}
            return
        index, _, listed = family.partition(" in ")
        index = index.strip()
        if index in self.names or index in RESERVED:
            self.complain("E310", f"the index '{index}' has the name of something else", (*keys, "for"))
        counted = re.fullmatch(r"\s*(-?\d{1,6})\s*\.\.\s*(-?\d{1,6})\s*", listed)
        values: list[str | int]
        if counted:
            first, last = int(counted[1]), int(counted[2])
            values = list(range(first, min(last, first + MOST_MEMBERS) + 1))
        else:
            values = [word.strip() for word in listed.strip(" {}").split(",")]
        good = all(isinstance(value, int) or re.fullmatch(r"[a-z][a-z0-9_]*", value) for value in values)
        if not values or len(values) > MOST_MEMBERS or len(set(values)) < len(values) or not good:
            self.complain(
                "E312", f"'{listed.strip()}' names no members", (*keys, "for"),
                f"expected 1..5, or words such as north, south; at most {MOST_MEMBERS}, each once",
            )  # fmt: skip
            return
        for value in values:
            yield f"[{value}]", {index: value}

    def basis(self, shapes: list[BasisShape], keys: Keys) -> tuple[Basis, ...]:
        """Return the bases, after checking that each names a judgement, or a source and paragraphs that exist."""
        for number, shape in enumerate(shapes):
            where = (*keys, number) if (*keys, number) in self.document.places else keys
            if (shape.source is None) == (shape.judgement is None):
                self.complain("E305", "a basis is a source or a judgement", where, _BASIS)
            elif shape.source is not None:
                check_citation(self, shape.source, shape.paragraph, where)
        return tuple(
            Basis(shape.source or "", tuple(shape.paragraph), shape.judgement or "", shape.note or "") for shape in shapes
        )


_BASIS = "expected {source: id, paragraph: 4} or {judgement: the reason}"


def check_citation(builder: Builder, source: str, paragraphs: list[int], keys: Keys) -> None:
    where = (*keys, "source")
    if builder.sources is None:
        builder.complain("E315", f"'{source}' is cited, but the file names no sources", where, "expected the key 'sources'")
        return
    documents = builder.sources.shape.documents
    if source not in documents:
        builder.unknown("source", source, where, documents, "E315")
        return
    most = documents[source].paragraphs
    for paragraph in paragraphs:
        if paragraph < 1 or (most is not None and paragraph > most):
            has = f"it has {most} paragraphs" if most else "paragraphs count from 1"
            builder.complain("E315", f"'{source}' has no paragraph {paragraph}", (*keys, "paragraph"), has)


def declare(builder: Builder) -> None:
    """Fill the builder with the model's clockwork, variables, parameters and derived quantities."""
    _time(builder)
    _names(builder)
    for name in builder.shape.parameters:
        _parameter(builder, name)
    for name in builder.shape.state:
        _variable(builder, name)
    done: set[str] = set()
    for name in builder.shape.derived:
        _derived(builder, name, done, ())


def _time(builder: Builder) -> None:
    time = builder.shape.time
    origin = None
    if time.origin is not None:
        try:
            origin = date(time.origin)
        except ValueError as error:
            builder.complain("E303", str(error), ("time", "origin"))
        if time.unit == "abstract":
            builder.complain("E303", "abstract time has no dates", ("time", "origin"), "leave `origin` out, or give a unit")
            origin = None
    for number, unit in enumerate(builder.shape.units):
        if unit in TIME_WORDS or unit == "time":
            builder.complain("E310", f"'{unit}' is a unit of time already", ("units", number))
    builder.clockwork = Clockwork(time.unit, origin, tuple(builder.shape.units))


def _names(builder: Builder) -> None:
    """Note where each name is declared; refuse those that mean something else already."""
    for kind in ("state", "parameters", "derived"):
        for name in getattr(builder.shape, kind):
            keys = (kind, name)
            if name in RESERVED or keyword.iskeyword(name):
                builder.complain("E310", f"'{name}' is a word of the language", keys, "choose another name", key=True)
            elif name in builder.declared:
                builder.complain("E304", f"'{name}' is declared twice", keys, f"first at {builder.declared[name]}", key=True)
            else:
                builder.declared[name] = builder.document.key_span(keys).place
    for name, variable in builder.shape.state.items():
        for number, value in enumerate(variable.values or ()):
            if value in builder.declared or value in RESERVED or keyword.iskeyword(value):
                where = ("state", name, "values", number)
                builder.complain("E304", f"the value '{value}' has the name of something else", where)


def _parameter(builder: Builder, name: str) -> None:
    shape = builder.shape.parameters[name]
    keys: Keys = ("parameters", name)
    kind, factor = REAL, 1.0
    if shape.unit is not None:
        try:
            unit, factor = builder.clockwork.unit_of(shape.unit)
            kind = Type("real", unit)
        except ValueError as error:
            notes = did_you_mean(str(error), builder.clockwork.words())
            builder.complain("E303", f"'{error}' is not a unit", (*keys, "unit"), *notes)
            builder.names[name] = Read("parameter", name, REAL)
            return
    if shape.type == "int":
        kind = Type("int", kind.unit)
    elif shape.type == "bool":
        kind = BOOL
    builder.names[name] = Read("parameter", name, kind)
    basis = builder.basis(shape.basis, (*keys, "basis"))
    if not basis:
        builder.complain("E305", f"the parameter '{name}' has no basis", (*keys, "basis"), _BASIS)
    if (shape.value is None) == (shape.prior is None):
        builder.complain("E311", f"the parameter '{name}' needs a value or a prior, and not both", keys, key=True)
        return
    made = prior_or_value(builder, keys, shape.value, shape.prior, kind, factor)
    if made is not None:
        value, prior, arguments = made
        builder.parameters[name] = Parameter(
            name, kind, value, prior, arguments, factor if prior else 1.0, shape.unit or "", shape.title or "", basis
        )


def prior_or_value(
    builder: Builder, keys: Keys, value: str | None, prior: dict[str, list[str]] | None, kind: Type, factor: float
) -> tuple[Value, str, tuple[float, ...]] | None:
    """Return a parameter's central value, its prior's name and arguments; None after complaining."""
    if prior is None:
        assert value is not None, "a value or a prior is given"
        where = (*keys, "value") if (*keys, "value") in builder.document.places else keys
        number = _in_unit(builder, where, kind, factor)
        return None if number is None else (number, "", ())
    if len(prior) != 1 or kind.kind != "real":
        what = "expected one prior" if kind.kind == "real" else f"{kind} can only have a value"
        builder.complain("E311", what, (*keys, "prior"), "known priors: " + ", ".join(PRIORS))
        return None
    law, given = next(iter(prior.items()))
    where = (*keys, "prior", law)
    if law not in PRIORS:
        builder.complain("E311", f"unknown prior '{law}'", where, *did_you_mean(law, PRIORS), key=True)
        return None
    wanted = PRIORS[law].parameters
    if len(given) != len(wanted):
        builder.complain("E311", f"{law} takes [{', '.join(wanted)}] but got {len(given)} numbers", where)
        return None
    numbers: list[float] = []
    for number, scaled in enumerate(SCALED[law]):
        made = _in_unit(builder, (*where, number), kind if scaled else REAL, factor if scaled else 1.0)
        if made is None:
            return None
        numbers.append(float(made) / factor if scaled else float(made))
    try:
        PRIORS[law].check(*numbers)
        return PRIORS[law].central(*numbers) * factor, law, tuple(numbers)
    except ValueError as error:
        builder.complain("E311", str(error), where)
        return None


def _in_unit(builder: Builder, keys: Keys, kind: Type, factor: float) -> Value | None:
    """Return a constant in the model's units: a bare number is in the unit declared, a quantity has its own."""
    scope = Scope(builder.clockwork, {}, what="a number")
    expression = builder.check(keys, scope, None)
    if expression is None:
        return None
    found = expression.type
    value = builder.constant_of(expression, keys)
    if value is None:
        return None
    if kind.numeric and found.numeric and not found.unit and kind.unit:
        return float(value) * factor
    fits = found == kind or (found.numeric and kind.numeric and (found.unit is None or found.unit == kind.unit))
    if not fits or (kind.kind == "int" and found.kind == "real"):
        code = "E303" if found.numeric and kind.numeric else "E302"
        builder.complain(code, f"expected {kind}, but this is {found}", keys)
        return None
    return float(value) if kind.kind == "real" else value


def _variable(builder: Builder, name: str) -> None:
    shape = builder.shape.state[name]
    keys: Keys = ("state", name)
    kind = _type_of(builder, name, keys)
    low, high = _range(builder, kind, name, keys)
    members: dict[str, Tree] = {}
    parameters = {key: tree for key, tree in builder.names.items() if isinstance(tree, Read) and tree.scope == "parameter"}
    what = "a number, a parameter or a value of the type"
    for suffix, indices in builder.members(shape.family, keys):
        scope = Scope(builder.clockwork, parameters, indices=indices, enums=tuple(builder.enums), what=what)
        initial = builder.check((*keys, "initial"), scope, kind)
        full = name + suffix
        members[suffix.strip("[]")] = Read("state", full, kind)
        if initial is None:
            continue
        if isinstance(initial.tree, Literal) and kind.kind in ("int", "real") and not low <= initial.tree.value <= high:
            builder.complain("E306", f"the initial value lies outside the range {low:g} to {high:g}", (*keys, "initial"))
        saturates = shape.at_bounds == "saturate"
        builder.variables[full] = Variable(full, kind, initial, low, high, saturates, shape.title or "")
    if shape.family is not None:
        builder.families[name] = members
    else:
        builder.names[name] = Read("state", name, kind)


def _type_of(builder: Builder, name: str, keys: Keys) -> Type:
    shape = builder.shape.state[name]
    if shape.type == "enum":
        values = tuple(shape.values or ())
        if not values or len(set(values)) < len(values):
            builder.complain("E306", "an enum needs its values, each once", keys, "expected values: [none, open]", key=True)
        kind = Type("enum", values=values)
        if kind not in builder.enums:
            builder.enums.append(kind)
        return kind
    if shape.values is not None:
        builder.complain("E306", f"a variable of type {shape.type} has no list of values", (*keys, "values"), key=True)
    if shape.type == "instant":
        return builder.clockwork.instant()
    if shape.type == "bool":
        return BOOL
    kind = INT if shape.type == "int" else REAL
    if shape.unit is None:
        return kind
    try:
        unit, factor = builder.clockwork.unit_of(shape.unit)
    except ValueError as error:
        builder.complain("E303", f"'{error}' is not a unit", (*keys, "unit"), *did_you_mean(str(error), builder.clockwork.words()))
        return kind
    if factor != 1.0:
        builder.complain("E303", "a state variable is kept in the model's own time unit", (*keys, "unit"), builder.clockwork.unit)
    return Type(kind.kind, unit)


def _range(builder: Builder, kind: Type, name: str, keys: Keys) -> tuple[float, float]:
    shape = builder.shape.state[name]
    widest = float(INTEGER_LIMIT) if kind.kind == "int" else float("inf")
    if shape.range is None:
        if shape.at_bounds == "saturate":
            builder.complain("E306", "without a range there are no bounds to stay at", (*keys, "at_bounds"))
        return -widest, widest
    if kind.kind not in ("int", "real"):
        builder.complain("E306", f"a variable of type {shape.type} has no range", (*keys, "range"), key=True)
        return -widest, widest
    low, high = (_in_unit(builder, (*keys, "range", number), kind, 1.0) for number in (0, 1))
    if low is None or high is None:
        return -widest, widest
    if low > high:
        builder.complain("E306", f"the range ends ({high:g}) before it begins ({low:g})", (*keys, "range"))
    return float(low), float(high)


def _derived(builder: Builder, name: str, done: set[str], path: tuple[str, ...]) -> None:
    """Check a derived quantity after those that it names, so that the order in the file has no meaning."""
    if name in done:
        return
    keys: Keys = ("derived", name)
    if name in path:
        ring = " -> ".join([*path[path.index(name) :], name])
        builder.complain("E313", f"'{name}' is derived from itself", keys, ring, key=True)
        return
    shape = builder.shape.derived[name]
    for word in re.findall(r"[a-z][a-z0-9_]*", shape.value):
        if word in builder.shape.derived and word not in done:
            _derived(builder, word, done, (*path, name))
    done.add(name)
    members: dict[str, Tree] = {}
    for suffix, indices in builder.members(shape.family, keys):
        expression = builder.check((*keys, "value"), builder.scope(indices), None)
        if expression is not None:
            builder.derived[name + suffix] = expression
            members[suffix.strip("[]")] = expression.tree
    if not members:
        builder.broken.add(name)
    elif shape.family is not None:
        builder.families[name] = members
    else:
        builder.names[name] = members[""]
