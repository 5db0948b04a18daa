"""What a model declares: its time, its names, state variables, parameters and derived quantities (E3)."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sim.build.builder import HOW_TO_GIVE_A_BASIS, RESERVED, Builder, refuse_untimed
from sim.build.context import Context
from sim.build.domains import natural, refusal, support, ways_out
from sim.build.priors.dependent import settle
from sim.build.priors.elicited import elicited
from sim.build.priors.known import ValueOrPrior, in_unit, prior_or_value, says_one_thing
from sim.build.timing import relaxation
from sim.language.diagnostics import Complaints
from sim.language.expressions.scope import Scope, unit_notes
from sim.language.expressions.tree import Read, Tree
from sim.language.expressions.types import (
    BOOL,
    INTEGER_LIMIT,
    PLAIN,
    TIME_WORDS,
    Calendar,
    Enumeration,
    Integer,
    Number,
    Real,
    Type,
    Unit,
    date,
)
from sim.language.expressions.typos import ENDLESS
from sim.language.yaml.parser import Keys
from sim.model.bounds import ANY, Bounds
from sim.model.model import Parameter, Variable
from sim.model.priors.expert_judgement import Expert

# What is complained of where times, their units and their order do not fit: without a unit nothing can be said of them.
TIMED = {"E302", "E303", "E306", "E314", "E317", "E403", "E502", "E503", "E504"}

RANGE = "a number: a range is the same in every run, so it reads no parameter and no state"
LONGEST_CHAIN = 100


def declare(builder: Builder) -> None:
    """Fill the builder with the model's calendar, variables, parameters and derived quantities."""
    _time(builder)
    _names(builder)
    know_events(builder)
    begun = [_begun(builder, name) for name in builder.shape.parameters]
    parameters = dict(builder.names)
    for parameter in begun:
        if parameter is not None:
            _parameter(builder, parameter, parameters)
    settle(builder)
    for name in builder.shape.state:
        _variable(builder, name, parameters)
    done: set[str] = set()
    for name in builder.shape.derived:
        _derived(builder, name, done, ())


def _time(builder: Builder) -> None:
    time = builder.shape.time
    origin = None
    if builder.document.is_refused(("time", "unit")):
        builder.complaints.muted |= TIMED
    if time.origin is not None:
        try:
            origin = date(time.origin)
        except ValueError as error:
            builder.complain("E317", str(error), ("time", "origin"))
            origin = datetime.min  # noqa: DTZ901 - any date will do to go on with
        if time.unit == "abstract":
            note = "leave `origin` out, or give a unit"
            builder.complain("E317", "abstract time has no dates", ("time", "origin"), note)
            origin = None
    for number, unit in enumerate(builder.shape.units):
        if unit in TIME_WORDS or unit == "time":
            builder.complain("E310", f"'{unit}' is a unit of time already", ("units", number))
    builder.calendar = Calendar(time.unit, origin, tuple(builder.shape.units))
    if time.step is not None:
        step = builder.constant(("time", "step"), builder.calendar.duration())
        if step is not None and not step > 0:
            builder.complain("E334", "a step is a length of time above 0", ("time", "step"))
        elif step is not None:
            builder.step = float(step)


def _names(builder: Builder) -> None:
    """Note where each name is declared; refuse those that mean something else already."""
    for kind in ("state", "parameters", "derived"):
        for name in getattr(builder.shape, kind):
            keys = (kind, name)
            if name in RESERVED or keyword.iskeyword(name):
                builder.broken.add(name)
                what = "a word of the language" if name in RESERVED else "a reserved word"
                note = f"choose another name, such as {name}_value"
                builder.complain("E310", f"'{name}' is {what}, and no name", keys, note, key=True)
            elif name in builder.declared:
                builder.broken.add(name)
                note = f"first at {builder.declared[name]}"
                builder.complain("E304", f"'{name}' is declared twice", keys, note, key=True)
            else:
                builder.declared[name] = builder.document.key_span(keys).location
    for name, variable in builder.shape.state.items():
        for number, value in enumerate(variable.values or ()):
            if value in builder.declared or value in RESERVED or keyword.iskeyword(value):
                builder.broken.add(value)
                where = ("state", name, "values", number)
                first = builder.declared.get(value)
                other = f"declared at {first}" if first else "a word of the language"
                note = f"'{value}' is {other}; in an expression it could mean either: choose another word"
                builder.complain("E304", f"the value '{value}' has the name of something else", where, note)


def know_events(builder: Builder) -> None:
    """Note the names of the event types, families written out, of which expressions ask how long ago they were."""
    quiet = replace(builder, complaints=Complaints(), members_of={}, members_of_all=0)
    for name, shape in builder.shape.events.items():
        builder.events.update({name + suffix: None for suffix, _ in quiet.members(shape.family, ("events", name))})


def _begun(builder: Builder, name: str) -> Parameter | None:
    """Return a parameter whose value is still to be read, once all have types; None where its type was refused."""
    shape = builder.shape.parameters[name]
    keys: Keys = ("parameters", name)
    basis = builder.basis(shape.basis, (*keys, "basis"))
    if not basis:
        builder.complain("E305", f"the parameter '{name}' has no basis", (*keys, "basis"), HOW_TO_GIVE_A_BASIS)
    found = None if builder.document.is_refused((*keys, "type")) else _unit(builder, shape.unit, keys)
    if found is None:
        builder.broken.add(name)
        return None
    unit, factor = found
    if unit != PLAIN:
        refuse_untimed(builder, name, basis, shape.unit or "", (*keys, "basis"))
    kind: Type = Integer(unit) if shape.type == "int" else BOOL if shape.type == "bool" else Real(unit)
    builder.names[name] = Read("parameter", name, kind)
    return Parameter(
        name=name, type=kind, value=0.0, prior="", arguments=(), factor=1.0, unit=shape.unit or "",
        title=shape.title or "", basis=basis, scale=factor,
    )  # fmt: skip


def _parameter(builder: Builder, begun: Parameter, parameters: Mapping[str, Tree]) -> None:
    name, kind, factor = begun.name, begun.type, begun.scale
    shape = builder.shape.parameters[name]
    keys: Keys = ("parameters", name)
    if not says_one_thing(builder, keys, begun, shape):
        return
    ranged = _parameter_range(builder, keys, kind, factor) if shape.range is not None else None
    experts: tuple[Expert, ...] = ()
    if shape.elicited is None:
        made = prior_or_value(builder, keys, shape.prior, kind, factor, parameters)
    else:
        found = elicited(builder, (*keys, "elicited"), shape.elicited, kind, factor, ranged or ANY)
        made, experts = found or (None, ())
    known = made or ValueOrPrior(0.0, "".join(shape.prior or ()))  # what refers to it is checked all the same
    parameter = replace(known.of(begun), experts=experts)
    builder.parameters[name] = parameter
    if made is None:
        builder.unread.add(name)
        return
    if parameter.given:  # what it can be is known when all parameters are
        builder.parameters[name] = replace(parameter, domain=ranged or ANY, ranged=ranged is not None)
        return
    domain = ranged or natural(parameter.prior, support(parameter))
    builder.parameters[name] = parameter = replace(parameter, domain=domain, ranged=ranged is not None)
    if not experts:  # laws are fitted to the range
        refuse_outside(builder, "E329", keys, parameter, parameter)


def _unit(builder: Builder, unit: str | None, keys: Keys) -> tuple[Unit, float] | None:
    """Return the unit that a declaration names, and its factor; None after complaining that it is none."""
    if unit is None:
        return PLAIN, 1.0
    try:
        return builder.calendar.unit_of(unit)
    except ValueError as error:
        notes = unit_notes(str(error), builder.calendar)
        builder.complain("E303", f"'{error}' is not a unit", (*keys, "unit"), *notes)
        return None


def _parameter_range(context: Context, keys: Keys, kind: Type, factor: float) -> Bounds | None:
    where: Keys = (*keys, "range")
    if not isinstance(kind, Number):
        context.complain("E329", f"a parameter that is {kind} has no range", where, key=True)
        return None
    return _two_numbers(context, "E329", where, kind, factor)


def _two_numbers(
    context: Context, code: str, keys: Keys, kind: Type, factor: float, what: str = "a number"
) -> Bounds | None:
    """Return the range that two numbers at the keys make; None after complaining."""
    low, high = (in_unit(context, (*keys, number), kind, factor, what) for number in (0, 1))
    if low is None or high is None:
        return None
    if low > high:
        context.complain(code, f"the range ends ({high / factor:g}) before it begins ({low / factor:g})", keys)
        return None
    return float(low), float(high)


def refuse_outside(context: Context, code: str, keys: Keys, parameter: Parameter, own: Parameter) -> None:
    """Complain of a value or a prior, given at `keys`, that the parameter cannot have; `own` is as the model has it."""
    why = refusal(parameter, own)
    if why:
        inner = "prior" if parameter.prior else "value"
        where = (*keys, inner) if (*keys, inner) in context.document.offsets else keys
        context.complain(code, why, where, ways_out(own))


def _variable(builder: Builder, name: str, parameters: Mapping[str, Tree]) -> None:
    shape = builder.shape.state[name]
    keys: Keys = ("state", name)
    kind = _type_of(builder, name, keys)
    if kind is None:
        builder.broken.add(name)
        return
    low, high = _range(builder, kind, name, keys)
    members: dict[str, Tree] = {}
    what = "a number, a parameter or a value of the type"
    for suffix, indices in builder.members(shape.family, keys):
        scope = Scope(
            calendar=builder.calendar, names=parameters, indices=indices, enums=tuple(builder.enums), what=what,
            broken=frozenset(builder.broken),
        )  # fmt: skip
        initial = builder.check((*keys, "initial"), scope, kind)
        full = name + suffix
        members[suffix.strip("[]")] = Read("state", full, kind)
        if initial is None:
            builder.complaints.doubtful.add(full)
            continue
        saturates = shape.at_bounds == "saturate"
        relaxes = relaxation(builder, shape, keys, scope, kind, (low, high), builder.shape.state)
        if relaxes is not None:
            builder.relaxing.add(full)
        builder.variables[full] = Variable(
            name=full, type=kind, initial=initial, low=low, high=high, saturates=saturates, title=shape.title or "",
            relaxes=relaxes,
        )  # fmt: skip
    _name(builder, name, shape.family, members)


def _name(builder: Builder, name: str, family: str | None, members: dict[str, Tree]) -> None:
    """Let expressions read a name: what it stands for, or each member of a family by its index."""
    if not members:
        builder.broken.add(name)
    elif family is not None:
        builder.families[name] = members
    else:
        builder.names[name] = members[""]


def _type_of(builder: Builder, name: str, keys: Keys) -> Type | None:
    """Return the type of a variable; None after complaining that it has none."""
    shape = builder.shape.state[name]
    if builder.document.is_refused((*keys, "type")):
        return None
    if shape.type == "enum":
        values = tuple(shape.values or ())
        if not values or len(set(values)) < len(values):
            note = "expected values: [none, open]"
            builder.complain("E306", "an enum needs its values, each once", keys, note, key=True)
            return None
        kind = Enumeration(values)
        builder.enums.setdefault(kind)
        return kind
    if shape.values is not None:
        builder.complain("E306", f"a variable of type {shape.type} has no list of values", (*keys, "values"), key=True)
    if shape.type == "instant":
        return builder.calendar.instant()
    if shape.type == "bool":
        return BOOL
    found = _unit(builder, shape.unit, keys)
    if found is None:
        return None
    unit, factor = found
    if factor != 1.0:
        message = f"a state variable is kept in the model's own time unit, the {builder.calendar.unit}"
        builder.complain("E303", message, (*keys, "unit"))
    return Integer(unit) if shape.type == "int" else Real(unit)


def _range(builder: Builder, kind: Type, name: str, keys: Keys) -> tuple[float, float]:
    shape = builder.shape.state[name]
    where = (*keys, "range")
    widest = float(INTEGER_LIMIT) if isinstance(kind, Integer) else float("inf")
    if shape.range is None:
        if shape.at_bounds == "saturate" and not builder.document.is_refused(where):
            builder.complain("E306", "without a range there are no bounds to stay at", (*keys, "at_bounds"))
        return -widest, widest
    if not isinstance(kind, Number):
        builder.complain("E306", f"a variable of type {shape.type} has no range", where, key=True)
        return -widest, widest
    for number, text in enumerate(shape.range):
        if text.strip(" +-").lower() in ENDLESS:
            note = "leave `range` out for a variable without bounds, or give a bound that is never reached, such as 1e9"
            builder.complain("E306", f"a range has two numbers, and '{text}' is none", (*where, number), note)
            return -widest, widest
    return _two_numbers(builder, "E306", where, kind, 1.0, RANGE) or (-widest, widest)


def _derived(builder: Builder, name: str, done: set[str], path: tuple[str, ...]) -> None:
    """Check a derived quantity after those that it names, so that the order in the file has no meaning."""
    if name in done:
        return
    keys: Keys = ("derived", name)
    if name in path:
        ring = " -> ".join([*path[path.index(name) :], name])
        builder.complain("E313", f"'{name}' is derived from itself", keys, ring, key=True)
        builder.broken.add(name)
        return
    if len(path) >= LONGEST_CHAIN:
        builder.complain("E204", f"'{name}' is derived from over {LONGEST_CHAIN} others in a row", keys, key=True)
        builder.broken.add(name)
        return
    shape = builder.shape.derived[name]
    for word in re.findall(r"[a-z][a-z0-9_]*", shape.value):
        if word in builder.shape.derived and word not in done:
            _derived(builder, word, done, (*path, name))
    done.add(name)
    members: dict[str, Tree] = {}
    for suffix, indices in builder.members(shape.family, keys):
        scope = builder.scope(indices, followed=True, guessing=("derived", name, "value"))
        expression = builder.check((*keys, "value"), scope, None)
        if expression is not None:
            builder.derived[name + suffix] = expression
            if shape.title:
                builder.derived_titles[name + suffix] = shape.title + suffix
            members[suffix.strip("[]")] = expression.tree
    _name(builder, name, shape.family, members)
