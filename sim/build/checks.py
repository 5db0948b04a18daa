"""Builds a model's checks (E321): which keys make a claim, and what each must be. `sim.testing` tries to break them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sim.build.context import Context
from sim.build.rules import named, shared_marks
from sim.language.diagnostics import Complaints
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import BOOL, REAL, Bool, Enumeration, Type
from sim.language.shapes.claims import CheckShape, ClaimsShape
from sim.language.shapes.load import loads
from sim.language.yaml.parser import Keys
from sim.model import checks as claims
from sim.model.checks import Check, Statement
from sim.model.model import EventType, Model, Outcome, Parameter, Rule

# The key that names a kind of claim, and those that may stand with it.
CLAIMS: Mapping[str, tuple[str, ...]] = {
    "always": (),
    "never": (),
    "never_falls": (),
    "never_rises": (),
    "holds": ("after", "before"),
    "happened": ("after",),
    "leads_to": ("after", "when", "within", "probability"),
    "unchanged_by": ("value",),
    "changed_only_by": ("value",),
    "never_lowers": ("monotone",),
    "never_raises": ("monotone",),
    "reachable": (),
}
KINDS = ", ".join(CLAIMS)
ALL = "all"
NO_FAILURE = "no_run_fails"  # the claim that every model makes


@dataclass(frozen=True)
class Known:
    """What a check may name."""

    events: Mapping[str, EventType]
    rules: Mapping[str, Rule]
    outcomes: Mapping[str, Outcome]
    parameters: Mapping[str, Parameter]


@dataclass(frozen=True)
class _Reader:
    """Reads the parts of a check."""

    context: Context
    known: Known

    def expression(
        self, keys: Keys, wanted: Type | None = None, marks: Mapping[str, Type] | None = None, *, time: bool = False
    ) -> Expression | None:
        occurring = {"event type": self.known.events, "outcome": self.known.outcomes}
        return self.context.check(keys, self.context.scope(marks=marks, time=time, occurring=occurring), wanted)

    def condition(self, keys: Keys) -> Expression | None:
        return self.expression(keys, BOOL)

    def at_events(self, keys: Keys, events: tuple[str, ...]) -> Expression | None:
        """Check a condition that is looked at when one of the events happens: it may read their marks and the time."""
        return self.expression(keys, BOOL, shared_marks(self.known.events, events), time=True)

    def number(self, keys: Keys) -> Expression | None:
        found = self.expression(keys)
        if found is not None and isinstance(found.type, Enumeration | Bool):
            self.context.complain("E302", f"expected a number or a date, but this is {found.type}", keys)
        return found

    def listed(self, texts: list[str], keys: Keys) -> tuple[str, ...]:
        return named(self.context, texts, {}, keys, self.known.events, "event type")

    def refuse(self, message: str, keys: Keys) -> Statement | None:
        """Complain of a check, which then makes no statement."""
        self.context.complain("E321", message, keys, key=True)
        return None


def checks(context: Context, shapes: Mapping[str, CheckShape], known: Known) -> dict[str, Check]:
    """Build the checks that stand under the key `checks` of a document, in their order."""
    reader = _Reader(context, known)
    found = {}
    for name, shape in shapes.items():
        keys: Keys = ("checks", name)
        if name == NO_FAILURE:
            context.complain("E321", f"every model makes the claim '{name}' by itself", keys, key=True)
        key = _key(context, shape, keys)
        statement = _BUILDERS[key](reader, shape, keys) if key else None
        if statement is not None:
            place, claim = context.document.key_span(keys).location, _claim(shape)
            found[name] = Check(name=name, because=shape.because, claim=claim, location=place, statement=statement)
    return found


def _key(context: Context, shape: CheckShape, keys: Keys) -> str | None:
    """Return the key that makes the claim; None after complaining that there is none, or more than one."""
    given = [key for key in type(shape).model_fields if key != "because" and getattr(shape, key) not in (None, [])]
    made = [key for key in CLAIMS if key in given]
    if len(made) != 1:
        many = f"makes {len(made)} claims: {', '.join(made)}" if made else "makes no claim"
        context.complain("E321", f"the check '{keys[-1]}' {many}", keys, f"expected exactly one of {KINDS}", key=True)
        return None
    claim = made[0]
    others = ", ".join(CLAIMS[claim])
    strange = [key for key in given if key != claim and key not in CLAIMS[claim]]
    for key in strange:
        note = f"beside `{claim}` may stand {others}" if others else f"`{claim}` stands alone"
        context.complain("E321", f"`{key}` does not stand with `{claim}`", (*keys, key), note, key=True)
    return None if strange else claim


def _claim(shape: CheckShape) -> str:
    """Write what a check says, as its file does, without the reason."""
    first = ("after", "before", "when", "monotone", "unchanged_by", "changed_only_by", "value")
    parts = []
    for key in dict.fromkeys((*first, *CLAIMS, "within", "probability")):
        given: Any = getattr(shape, key)
        if given not in (None, []):
            parts.append(f"{key}: {', '.join(given) if isinstance(given, list) else given}")
    return "; ".join(parts)


_Build: TypeAlias = Callable[[_Reader, CheckShape, Keys], Statement | None]


def _about(key: str, statement: Callable[[Expression], Statement], *, number: bool) -> _Build:
    def build(reader: _Reader, shape: CheckShape, keys: Keys) -> Statement | None:  # noqa: ARG001 - all are called alike
        where = (*keys, key)
        expression = reader.number(where) if number else reader.condition(where)
        return None if expression is None else statement(expression)

    return build


def _holds(reader: _Reader, shape: CheckShape, keys: Keys) -> Statement | None:
    if bool(shape.after) == bool(shape.before):
        return reader.refuse("`holds` needs `after` or `before`, and not both", keys)
    side = "after" if shape.after else "before"
    on = reader.listed(shape.after or shape.before, (*keys, side))
    expression = reader.at_events((*keys, "holds"), on)
    if expression is None or not on:
        return None
    return claims.HoldsAfter(expression, on) if shape.after else claims.HoldsBefore(expression, on)


def _happened(reader: _Reader, shape: CheckShape, keys: Keys) -> Statement | None:
    if not shape.after:
        return reader.refuse("`happened` needs the events `after` which it is true", keys)
    on = reader.listed(shape.after, (*keys, "after"))
    names = reader.listed(shape.happened, (*keys, "happened"))
    return claims.Happened(names, on) if on and names else None


def _leads_to(reader: _Reader, shape: CheckShape, keys: Keys) -> Statement | None:
    context = reader.context
    if bool(shape.after) == (shape.when is not None):
        return reader.refuse("`leads_to` needs `after` or `when`, and not both", keys)
    if shape.within is None:
        return reader.refuse("`leads_to` needs a time `within` which it comes true", keys)
    on = reader.listed(shape.after, (*keys, "after"))
    when = reader.condition((*keys, "when")) if shape.when is not None else None
    expression = reader.condition((*keys, "leads_to"))
    within = context.constant((*keys, "within"), context.calendar.duration(), "a length of time")
    chance = 1.0 if shape.probability is None else context.constant((*keys, "probability"), REAL, "a probability")
    if within is not None and within <= 0:
        context.complain("E321", "expected a length of time above 0", (*keys, "within"))
    if chance is not None and not 0 < chance <= 1:
        context.complain("E321", "a probability lies above 0 and is at most 1", (*keys, "probability"))
    begins = on or when
    if expression is None or within is None or chance is None or not begins:
        return None
    return claims.LeadsTo(begins, expression, float(within), float(chance))


def _unchanged(key: str, statement: Callable[[Expression, tuple[str, ...]], Statement]) -> _Build:
    def build(reader: _Reader, shape: CheckShape, keys: Keys) -> Statement | None:
        if shape.value is None:
            return reader.refuse(f"`{key}` needs the `value` that it is about", keys)
        on = reader.listed(getattr(shape, key), (*keys, key))
        expression = reader.expression((*keys, "value"))
        return statement(expression, on) if on and expression is not None else None

    return build


def _monotone(key: str, statement: Callable[[str, str], Statement]) -> _Build:
    def build(reader: _Reader, shape: CheckShape, keys: Keys) -> Statement | None:
        context = reader.context
        if shape.monotone is None:
            return reader.refuse(f"`{key}` needs the parameter that is raised, `monotone`", keys)
        outcome = getattr(shape, key)
        if outcome not in reader.known.outcomes:
            context.unknown("outcome", outcome, (*keys, key), reader.known.outcomes)
        where = (*keys, "monotone")
        parameter = reader.known.parameters.get(shape.monotone)
        if parameter is None:
            context.unknown("parameter", shape.monotone, where, reader.known.parameters)
            return None
        if not parameter.prior:
            note = "give it a prior: the check raises it within what is known about it"
            context.complain("E321", f"the parameter '{shape.monotone}' has one value", where, note)
            return None
        return statement(outcome, shape.monotone) if outcome in reader.known.outcomes else None

    return build


def _reachable(reader: _Reader, shape: CheckShape, keys: Keys) -> Statement | None:
    listed = shape.reachable or []
    everything: dict[str, object] = {**reader.known.rules, **reader.known.outcomes}
    names = set(everything)
    if listed != [ALL]:
        names = set(named(reader.context, listed, {}, (*keys, "reachable"), everything, "rule or outcome"))
    found = [f"rule {name}" for name in reader.known.rules if name in names]
    found += [f"outcome {name}" for name in reader.known.outcomes if name in names]
    return claims.Reachable(tuple(found)) if found else None


_BUILDERS: Mapping[str, _Build] = {
    "always": _about("always", claims.Always, number=False),
    "never": _about("never", claims.Never, number=False),
    "never_falls": _about("never_falls", claims.NeverFalls, number=True),
    "never_rises": _about("never_rises", claims.NeverRises, number=True),
    "holds": _holds,
    "happened": _happened,
    "leads_to": _leads_to,
    "unchanged_by": _unchanged("unchanged_by", claims.UnchangedBy),
    "changed_only_by": _unchanged("changed_only_by", claims.ChangedOnlyBy),
    "never_lowers": _monotone("never_lowers", claims.NeverLowers),
    "never_raises": _monotone("never_raises", claims.NeverRaises),
    "reachable": _reachable,
}


def check_from(model: Model, claim: Mapping[str, Any]) -> Check:
    """Return a check that no file has, from its keys: {"never": "tension > 0.9"}. Raise LanguageError if wrong."""
    data = {"checks": {"claim": {"because": "it is asked", **claim}}}
    loaded = loads(json.dumps(data), ClaimsShape, "claim")
    complaints = Complaints()
    context = Context(document=loaded.document, complaints=complaints, calendar=model.calendar)
    context.know(model)
    known = Known(events=model.events, rules=model.rules, outcomes=model.outcomes, parameters=model.parameters)
    found = checks(context, loaded.shape.checks, known)
    complaints.raise_any()
    return found["claim"]
