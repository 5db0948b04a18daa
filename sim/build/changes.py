"""What a scenario changes from dates on: values of parameters, rules that stop or start again (E504, E505, E520)."""

import re
from collections.abc import Mapping
from dataclasses import replace

from sim.build.context import Context
from sim.build.declarations import refuse_outside
from sim.build.domains import ways_out
from sim.build.guesses.unnamed import known_of
from sim.build.priors.elicited import elicited
from sim.build.priors.known import prior_or_value, says_one_thing
from sim.build.rules import named
from sim.build.timing import moment
from sim.language.diagnostics import Complaints
from sim.language.expressions.grammar import text_at
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Expression, Read, Tree, reads
from sim.language.expressions.typing import check
from sim.language.expressions.uncertain import ABOUT, Place, UncertainNumber
from sim.language.shapes.assumed import Override, OverrideShape
from sim.language.shapes.documents import ScenarioShape
from sim.language.shapes.load import Loaded
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import Keys
from sim.model.bounds import bounds
from sim.model.model import Model, Parameter
from sim.model.priors.expert_judgement import Expert
from sim.model.scenario import Change


def changes_of(context: Context, loaded: Loaded[ScenarioShape], model: Model, run: tuple[float, float]) -> list[Change]:
    """Return the changes of one scenario file, `run` being the branch and the horizon of its runs."""
    found = []
    for number, shape in enumerate(loaded.shape.changes):
        keys: Keys = ("changes", number)
        time = moment(context, (*keys, "from"), run[0])
        if not (shape.parameters or shape.disable or shape.enable):
            note = "expected parameters, disable or enable"
            context.complain("E105", "this says from when on, and not what changes", keys, note)
        parameters = {}
        for name, given in sorted(shape.parameters.items()):
            value = _value(context, (*keys, "parameters", name), name, given, model)
            if value is not None:
                parameters[name] = value
        disabled, enabled = (
            named(context, getattr(shape, key), {}, (*keys, key), model.rules, "rule") for key in ("disable", "enable")
        )
        for name in sorted({*disabled} & {*enabled}):
            context.complain("E520", f"'{name}' is disabled and enabled at once", (*keys, "enable"), "leave one out")
        if time is not None and _in_time(context, (*keys, "from"), time, run):
            place = loaded.document.value_span(keys).location
            change = Change(
                time=time, parameters=parameters, number=number, disabled=disabled, enabled=enabled, location=place
            )
            found.append(change)
    return found


def in_order(changes: list[Change]) -> tuple[Change, ...]:
    """Return changes in order of time, and numbered in that order; at equal times they stay as they were."""
    changes = sorted(changes, key=lambda change: change.time)
    return tuple(replace(change, number=number) for number, change in enumerate(changes))


def _in_time(context: Context, keys: Keys, time: float, run: tuple[float, float]) -> bool:
    start, horizon = run
    if start <= time < horizon or horizon <= start:
        return True
    which, end = ("before the branch", start) if time < start else ("after the runs are over", horizon)
    what = "branch" if time < start else "horizon"
    note = f"the {what} is at {context.calendar.moment(end, hour=True)}"
    context.complain("E504", f"this would change {which}", keys, note)
    return False


def _value(context: Context, keys: Keys, name: str, given: Override, model: Model) -> Parameter | Expression | None:
    known = model.parameters.get(name)
    if known is None:
        complain_of_no_parameter(context, keys, name, model)
        return None
    scope = _scope(context, model)
    guessed = isinstance(given, str) and known.unnamed and _is_about(given)
    if guessed or not isinstance(given, str) or not _reads_any(context, keys, scope):
        return given_parameter(context, keys, given, known)
    expression = context.check(keys, scope, known.type)
    if expression is None:
        return None
    own = {("parameter", other): parameter.domain for other, parameter in model.parameters.items()}
    (low, high), (least, most) = bounds(expression.tree, own), known.domain
    if high < least or low > most:
        which = f"{low:g}" if low == high else f"between {low:g} and {high:g}"
        message = f"'{name}' can be {least:g} to {most:g}, and this is {which}"
        context.complain("E518", message, keys, ways_out(known))
        return None
    return expression


def complain_of_no_parameter(context: Context, keys: Keys, name: str, model: Model) -> None:
    """Complain that the model has no such parameter, and say where a value of that name can be given, if it can."""
    if context.complaints.doubts(name):
        return
    notes = did_you_mean(name, model.parameters)
    if name in model.variables:
        notes = (f"'{name}' is a state variable: under `events`, `set: {{{name}: ...}}` gives it a value at a time",)
    elif name in model.derived:
        notes = (f"'{name}' is a derived quantity: it follows from the state and the parameters that it reads",)
    context.complain("E505", f"the model has no parameter '{name}'", keys, *notes, key=True)


def override(context: Context, keys: Keys, name: str, given: Override, model: Model) -> Parameter | None:
    """Return a parameter as a scenario gives it from the branch on; None after complaining."""
    known = model.parameters.get(name)
    if known is None:
        complain_of_no_parameter(context, keys, name, model)
        return None
    if isinstance(given, str):
        found = check(text_at(context.document, keys), _scope(context, model), None, Complaints())
        if found is not None and reads(found.tree, "parameter"):
            note = f"under `changes` it may: {{from: a date, parameters: {{{name}: {given}}}}}"
            message = "what a parameter is from the branch on may not be read from parameters"
            context.complain("E301", message, keys, "expected a number or a prior", note)
            return None
    return given_parameter(context, keys, given, known, _readable(model))


def _readable(model: Model) -> Mapping[str, Tree]:
    return {other: Read("parameter", other, parameter.type) for other, parameter in model.parameters.items()}


def _scope(context: Context, model: Model) -> Scope:
    return Scope(calendar=context.calendar, names=_readable(model), what="a number, or parameters of the model")


def _reads_any(context: Context, keys: Keys, scope: Scope) -> bool:
    """Return whether an expression reads a parameter, or is wrong: then it is checked as one that may."""
    found = check(text_at(context.document, keys), scope, None, Complaints())
    return found is None or bool(reads(found.tree, "parameter"))


def given_parameter(
    context: Context, keys: Keys, given: Override, known: Parameter, parameters: Mapping[str, Tree] | None = None
) -> Parameter | None:
    """Return a parameter as a scenario gives it, at `keys`; None after complaining.

    `parameters` are those that its prior may read.
    """
    if isinstance(given, str) and known.unnamed and _is_about(given):
        return _about(context, keys, known)
    _, factor = context.calendar.unit_of(known.unit) if known.unit else ((), 1.0)
    if isinstance(given, OverrideShape) and not says_one_thing(context, keys, known, given):
        return None
    experts: tuple[Expert, ...] = ()
    if isinstance(given, OverrideShape) and given.elicited is not None:
        found = elicited(context, (*keys, "elicited"), given.elicited, known.type, factor, known.domain)
        made, experts = found or (None, ())
    else:
        prior = given.prior if isinstance(given, OverrideShape) else None
        made = prior_or_value(context, keys, prior, known.type, factor, parameters)
    if made is None:
        return None
    changed = replace(made.of(known), experts=experts)
    if not changed.given and not experts:  # laws are fitted to what can be; what reads others comes later
        refuse_outside(context, "E518", keys, changed, known)
    return changed


def _is_about(text: str) -> bool:
    return re.match(rf"\s*{ABOUT}\s*\(", text) is not None


def _about(context: Context, keys: Keys, known: Parameter) -> Parameter | None:
    """Return an uncertain number as another about(median, factor), at `keys`, has it; None after complaining."""
    found: dict[str, UncertainNumber] = {}
    place = Place("parameters", known.name, "value", found)
    scope = Scope(calendar=context.calendar, names={}, uncertain=place, what="a number")
    expression = context.check(keys, scope, known.type)
    if expression is None:
        return None
    if not isinstance(expression.tree, Read):
        message = f"'{known.name}' is about(median, factor), a value, or a prior"
        context.complain("E311", message, keys, "about() stands alone here")
        return None
    return known_of(context, found[expression.tree.name], known)
