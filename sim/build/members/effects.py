"""The effects of an event type: which state variables it sets, and to what (E301, E312, E360, W337).

A key is a variable, a member of a family, all that a `for` lists, or a member that the state chooses. Of the last, each
member that may be meant has an effect: the value where it is chosen, and what it was where it is not.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from sim.build.builder import Builder
from sim.build.context import Indices
from sim.language.expressions.grammar import Text, text_at
from sim.language.expressions.scope import Scope
from sim.language.expressions.tree import Apply, Expression, Literal, Read, Tree, applied, nodes, size
from sim.language.expressions.types import BOOL, INT, Type
from sim.language.expressions.typing import MOST_NODES, check
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import Keys
from sim.model.expression import evaluate, is_constant

_BRACKETS = re.compile(r"[\[\](){}]")


@dataclass(frozen=True, slots=True)
class _Setting:
    """What one effect gives a variable: always, or where a condition holds."""

    value: Expression
    where: Tree | None


def effects_of(
    builder: Builder, owner: str, given: Iterable[str], keys: Keys, marks: Mapping[str, Type], indices: Indices
) -> dict[str, Expression]:
    """Return the expressions that the event type `owner` gives state variables under `keys`, by their names."""
    found: dict[str, list[_Setting]] = {}
    written: dict[int, str] = {}  # the key of each
    for key in given:
        where = (*keys, key)
        target, listed = _parted(key)
        added = builder.counted(listed, where, indices, key=True) if listed else [{}]
        for more in added:
            guessing = (str(keys[0]), owner, f"effects.{key.replace(' ', '')}")
            scope = builder.scope({**indices, **more}, marks, time=True, guessing=guessing)
            settings = _settings(builder, target, where, scope)
            if settings is None:
                break  # the other members would say the same
            _warn_of_addition(builder, target, where, settings[0])
            if any(_is_set(found.get(name, ())) and _is_set([setting]) for name, setting in settings):
                message = f"the effects set '{settings[0][0]}' twice"
                builder.complain("E360", message, where, "all effects are evaluated on the state before", key=True)
                break
            for name, setting in settings:
                found.setdefault(name, []).append(setting)
                written[id(setting)] = key
    for each in found.values():  # their order in the file has no meaning
        each.sort(key=lambda one: written[id(one)])
    effects = {name: _joined(builder, name, settings, keys) for name, settings in found.items()}
    return {name: effect for name, effect in sorted(effects.items()) if effect is not None}


def _warn_of_addition(builder: Builder, target: str, where: Keys, setting: tuple[str, _Setting]) -> None:
    """Warn of an effect that reads like something to be added: it sets the variable (W337)."""
    text = text_at(builder.document, where).text.strip()
    variable, tree = builder.variables[setting[0]], setting[1].value.tree
    value = evaluate(tree) if is_constant(tree) else None
    outside = value is not None and variable.saturates and not variable.low <= value <= variable.high
    if not (text.startswith("+") or outside):
        return
    given = "" if value is None else f" to {min(max(value, variable.low), variable.high):g}"
    to = f"{given}, the end of its range" if outside else given
    note = (f"to change it by so much, write {target} {text[0]} {text[1:].strip()}",) if text[0] in "+-" else ()
    span = builder.document.value_span(where)
    builder.complaints.warn("W337", f"an effect is the new value: this sets '{target}'{to}", span, *note)


def _is_set(settings: Iterable[_Setting]) -> bool:
    """Return whether one of the effects sets a variable in any state."""
    return any(one.where is None for one in settings)


def _parted(key: str) -> tuple[str, str]:
    """Part a key into what is set and what its `for` lists, which is empty where it has none."""
    depth = 0
    for at in range(len(key)):
        if bracket := _BRACKETS.match(key, at):
            depth += 1 if bracket[0] in "[({" else -1
        elif depth == 0 and key.startswith(" for ", at):
            return key[:at].strip(), key[at + len(" for ") :].strip()
    return key, ""


def _settings(builder: Builder, target: str, where: Keys, scope: Scope) -> list[tuple[str, _Setting]] | None:
    """Return what an effect gives which variables; None after complaining."""
    family = target.partition("[")[0]
    if "[" not in target or family not in builder.families:
        name = _variable(builder, target, where)
        value = None if name is None else builder.check(where, scope, builder.variables[name].type)
        return None if name is None or value is None else [(name, _Setting(value, None))]
    found = check(_key_text(builder, target, where), scope, None, builder.complaints)
    if found is None:
        return None
    tree = found.tree
    chosen = isinstance(tree, Apply) and tree.operation == "member"
    place, *members = tree.arguments if isinstance(tree, Apply) and chosen else (Literal(0, INT), tree)
    variables = [one for one in members if isinstance(one, Read) and one.name.partition("[")[0] == family]
    if len(variables) < sum(not _is_missing(one) for one in members):
        builder.complain("E301", f"'{target}' is not a state variable: only those change", where, key=True)
        return None
    if any(one.name not in builder.variables for one in variables):
        return None  # their declaration was refused
    value = builder.check(where, scope, variables[0].type)
    if value is None:
        return None
    if not chosen:
        return [(variables[0].name, _Setting(value, None))]
    here = place
    if len(variables) < len(members):  # indices that the family leaves out have no place
        here = applied("member", [place, *(_or_missing(one, number) for number, one in enumerate(members))], INT)
    reads_it = _reads(value.tree, place)
    settings = []
    for number, one in enumerate(members):
        if isinstance(one, Read):
            given = _where(value.tree, place, number) if reads_it else value.tree
            condition = applied("eq", [here, Literal(number, INT)], BOOL)
            builder.count(size(given) + size(condition), where)
            shown = Expression(given, f"{value.text} (as {target})", value.location)
            settings.append((one.name, _Setting(shown, condition)))
    return settings


def _or_missing(member: Tree, number: int) -> Tree:
    return member if _is_missing(member) else Literal(number, INT)


def _reads(tree: Tree, place: Tree) -> bool:
    """Return whether a tree reads a member that is chosen by a place."""
    return any(
        isinstance(node, Apply) and node.operation == "member" and node.arguments[0] == place for node in nodes(tree)
    )


def _where(tree: Tree, place: Tree, number: int) -> Tree:
    """Return a tree where a place is known to be this: what is chosen by it is that member, and no other is read."""
    if not isinstance(tree, Apply):
        return tree
    if tree.operation == "member" and tree.arguments[0] == place:
        return tree.arguments[1 + number]
    parts = [_where(part, place, number) for part in tree.arguments]
    same = all(made is part for made, part in zip(parts, tree.arguments, strict=True))
    return tree if same else applied(tree.operation, parts, tree.type)


def _variable(builder: Builder, name: str, where: Keys) -> str | None:
    """Return the variable that a key names, outside of known families; None after complaining."""
    if name in builder.variables:
        return name
    if name in builder.families:
        builder.complain("E312", f"'{name}' is a family: say which member", where, f"expected {name}[i]", key=True)
    elif builder.refuses_removed(name, where, key=True):
        pass
    elif name.partition("[")[0] not in builder.broken and not builder.complaints.doubts(name):
        kind = "is not a state variable: only those change" if name in builder.names else "is not declared"
        builder.complain("E301", f"'{name}' {kind}", where, *did_you_mean(name, builder.variables), key=True)
    return None


def _is_missing(tree: Tree) -> bool:
    return isinstance(tree, Apply) and tree.operation == "missing"


def _key_text(builder: Builder, target: str, where: Keys) -> Text:
    """Return the target of an effect as an expression that stands in its key."""
    key = builder.document.offsets[where].key
    assert key is not None, "an effect stands under a key"
    start = key[0] + (builder.document.text[key[0]] in "'\"")
    return Text(text=target, document=builder.document, start=start, keys=where)


def _joined(builder: Builder, name: str, settings: list[_Setting], keys: Keys) -> Expression | None:
    """Return the one expression that a variable is given; None after complaining that it is too large."""
    chosen = [one for one in settings if one.where is not None]
    if not chosen:
        return settings[0].value
    variable = builder.variables[name]
    always = [one.value.tree for one in settings if one.where is None]
    tree: Tree = always[0] if always else Read("state", name, variable.type)
    after: list[Tree] = []  # where one of the effects sets it that come later
    twice = applied("twice", [], variable.type)
    for one in reversed(chosen):
        assert one.where is not None, "only those with a condition are looked at"
        value = twice if always else one.value.tree
        if after:
            value = applied(
                "if", [reduce(lambda a, b: applied("or", [a, b], BOOL), after), twice, value], variable.type
            )
        tree = applied("if", [one.where, value, tree], variable.type)
        after.append(one.where)
        if size(tree) > MOST_NODES:
            message = f"with all members that may be meant this has over {MOST_NODES} parts"
            builder.complain("E204", message, keys)
            return None
    text = "; ".join(dict.fromkeys(one.value.text for one in settings))
    return Expression(tree, text, settings[0].value.location)
