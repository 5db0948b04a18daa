"""What a scenario assumes against its model, in sentences: from when on, and instead of what.

Owns the words for each way in which a scenario can differ from its model, one function a way. What the documents of a
model hold is not told, nor where the past ends; `report` says where the sentences stand.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from sim.build.words.moments import in_words
from sim.distributions.elicited.linear_pool import pool_in_words
from sim.distributions.priors import ELICITED
from sim.language.expressions.types import SECONDS, Bool, Calendar, Type
from sim.model.measuring.quantities import Measure
from sim.model.model import Outcome, Parameter, Scheduled
from sim.model.priors.joint_prior import affected
from sim.model.scenario import Scenario

MOST_FOLLOWING = 3  # parameters that are named whose priors read another


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing that a scenario assumes: since when, in the model's unit since its origin, and what, in words.

    `moment` says in words when that is, such as `from 10 September 2014 (the branch)`.
    """

    time: float
    moment: str
    words: str

    def __str__(self) -> str:
        return f"{self.moment}: {self.words}"


def assumptions(scenario: Scenario) -> tuple[Assumption, ...]:
    """Return what a scenario assumes against its model, in order of time; nothing if it assumes nothing."""
    found = [one for way in WAYS for one in way(scenario)]
    return tuple(sorted(found, key=lambda one: one.time))


def in_sentences(scenario: Scenario) -> str:
    """Return what a scenario assumes as one text, where no list can stand; "" if it assumes nothing."""
    return " ".join(f"{str(one)[0].upper()}{str(one)[1:]}." for one in assumptions(scenario))


def asked_beside(scenario: Scenario) -> tuple[str, ...]:
    """Return the titles of the outcomes and the measures that a scenario asks about beside its model's."""
    model = scenario.model
    kinds: Mapping[str, Mapping[str, Outcome | Measure]] = {"outcomes": model.outcomes, "measures": model.measures}
    return tuple(found[name].title for kind, found in kinds.items() for name in scenario.added.get(kind, ()))


def _parameters(scenario: Scenario) -> Iterator[Assumption]:
    kept = _kept(scenario)
    for name in sorted({*scenario.models_own, *kept}):
        known_otherwise = kept.get(name, scenario.model.parameters[name])
        own = scenario.models_own.get(name, scenario.model.parameters[name])
        words = instead(known_otherwise, own) + _following(scenario, name)
        yield Assumption(scenario.start, at_branch(scenario), words)


def _following(scenario: Scenario, name: str) -> str:
    """Name the priors that read a parameter which a scenario changes; nothing where no parameter is drawn."""
    model = scenario.model
    names = sorted(affected(model.parameters, [name]) - {name}) if scenario.parameters is None else []
    if not names:
        return ""
    shown = names[:MOST_FOLLOWING]
    if len(names) > len(shown):
        shown[-1:] = [shown[-1], f"{len(names) - len(shown)} more"]
    *others, last = shown
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"; the prior{'s' if others else ''} of {listed} move{'' if others else 's'} with it"


def _kept(scenario: Scenario) -> dict[str, Parameter]:
    """Return the parameters that had changed in the run that a branch goes on from, with the values that it keeps."""
    changed = {name for change in scenario.made for name in change.parameters}
    values = zip(scenario.model.parameters.values(), scenario.parameters or (), strict=False)
    return {
        one.name: replace(one, value=value, prior="", arguments=(), given=(), experts=())
        for one, value in values
        if one.name in changed
    }


def _disabled(scenario: Scenario) -> Iterator[Assumption]:
    off = {*scenario.disabled}
    for change in scenario.made:
        off = (off | {*change.disabled}) - {*change.enabled}
    for name in sorted(off | {*scenario.disabled}):
        yield Assumption(scenario.start, at_branch(scenario), f"the rule {rule_called(scenario, name)} does not fire")


def _own_rules(scenario: Scenario) -> Iterator[Assumption]:
    for name in scenario.own_rules:
        words = f"there is a rule of its own, {rule_called(scenario, name)}"
        yield Assumption(scenario.start, at_branch(scenario), words)


def _changes(scenario: Scenario) -> Iterator[Assumption]:
    now = {**scenario.model.parameters, **_kept(scenario)}
    for change in scenario.changes:
        moment = since(scenario.model.calendar, change.time)
        for name, given in change.parameters.items():
            before = now.get(name)
            if isinstance(given, Parameter):
                words = instead(given, before) if before else f"{name} is {drawn(given)}"
                now[name] = given
            else:
                words = f"{name} becomes {given.text}" + (f", and was {drawn(before)}" if before else "")
                now.pop(name, None)  # what it was is not known before the run
            yield Assumption(change.time, moment, words)
        for name in change.disabled:
            yield Assumption(change.time, moment, f"the rule {rule_called(scenario, name)} does not fire")
        for name in change.enabled:
            yield Assumption(change.time, moment, f"the rule {rule_called(scenario, name)} may fire again")


def _scheduled(scenario: Scenario) -> Iterator[Assumption]:
    own = {*scenario.model.timetable}
    for item in scenario.timetable:
        if item not in own:
            moment = _on(scenario.model.calendar, item.time)
            yield Assumption(item.time, moment, in_the_timetable(scenario, item))


def _omitted(scenario: Scenario) -> Iterator[Assumption]:
    for name, event in scenario.omitted.items():
        title = scenario.model.events[event.type].title or event.type
        moment = _on(scenario.model.calendar, event.time)
        yield Assumption(event.time, moment, f"{title} ({name}) is taken out of the past")


# Each yields what a scenario assumes in one way.
WAYS: tuple[Callable[[Scenario], Iterator[Assumption]], ...] = (
    _parameters, _disabled, _own_rules, _changes, _scheduled, _omitted,
)  # fmt: skip


def at_branch(scenario: Scenario) -> str:
    """Say when a scenario begins to hold: at its branch, or from the start where nothing is past."""
    if not scenario.has_past:
        return "from the start"
    lineage = scenario.lineage
    what = f"the branch from run {lineage.run} of {lineage.ensemble[:12]}" if lineage else "the branch"
    return f"{since(scenario.model.calendar, scenario.start)} ({what})"


def since(calendar: Calendar, time: float) -> str:
    """Say from when on: `from 15 November 2014`."""
    return f"from {in_words(calendar, time) if calendar.origin else _unplaced(calendar, time)}"


def _on(calendar: Calendar, time: float) -> str:
    if calendar.origin is None:
        return calendar.placed(time)
    return f"{'at' if calendar.ends_day(time) else 'on'} {in_words(calendar, time)}"


def _unplaced(calendar: Calendar, time: float) -> str:
    return calendar.placed(time).removeprefix("at ")


def instead(now: Parameter, before: Parameter) -> str:
    """Write what a parameter is, and what it was: `delay is drawn from pert(1, 2, 9) days instead of 14 days`."""
    return f"{now.name} is {drawn(now)} instead of {known(before) if now.prior and before.prior else drawn(before)}"


def drawn(parameter: Parameter) -> str:
    """Write what is known of a parameter, and of a prior that the parameter is drawn from it."""
    is_drawn = parameter.prior and parameter.written[0] == parameter.prior
    return f"drawn from {known(parameter)}" if is_drawn else known(parameter)


def rule_called(scenario: Scenario, name: str) -> str:
    """Return a rule's name, with its title behind it if that says more."""
    title = scenario.model.rules[name].title
    return name if title.replace(" ", "_") in ("", name) else f"{name} ({title})"


def known(parameter: Parameter) -> str:
    """Write what is known of a parameter, in the unit of its author: `0.7`, `14 days`, `pert(2, 7, 30) days`."""
    if parameter.given:
        texts = ", ".join(" ".join(one.text.split()) for one in parameter.given)
        return f"{parameter.prior}({texts}){_unit(parameter, 0.0)}"
    if parameter.prior == ELICITED.name:
        return pool_in_words(parameter.arguments) + _unit(parameter, 0.0)
    if parameter.prior:
        prior, arguments = parameter.written
        return f"{prior}({', '.join(f'{argument:.6g}' for argument in arguments)}){_unit(parameter, 0.0)}"
    if isinstance(parameter.type, Bool):
        return "true" if parameter.value else "false"
    number = float(parameter.value) / parameter.scale
    return f"{number:.6g}{_unit(parameter, number)}"


def _unit(parameter: Parameter, number: float) -> str:
    """Return a unit with a space before it; one of time in the plural, but for 1."""
    several = "s" if parameter.unit in SECONDS and number != 1.0 else ""
    return f" {parameter.unit}{several}" if parameter.unit else ""


def in_the_timetable(scenario: Scenario, item: Scheduled) -> str:
    """Write an event at an exact time: its title, and its marks behind it."""
    kind = scenario.model.events[item.event]
    given = zip(kind.marks.items(), item.marks, strict=True)
    marks = ", ".join(f"{name} {_mark(type_, mark)}" for (name, type_), mark in given)
    effects = kind.effects.items() if item.event in scenario.own_events else ()
    changed = ", ".join(f"{name}: {effect.text}" for name, effect in effects)
    return (kind.title or item.event) + (f" ({marks})" if marks else "") + (f" [{changed}]" if changed else "")


def _mark(kind: Type, mark: float) -> str:
    return ("yes" if mark else "no") if isinstance(kind, Bool) else f"{mark:.6g}"
