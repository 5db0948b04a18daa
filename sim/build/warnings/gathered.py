"""What is allowed in a model or a scenario and seldom meant: warnings, each with the place of what it is about.

A warning stops nothing. `sim check` shows all of a file; commands that make runs show them before their figures.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sim.build.cases.case import BASELINE
from sim.build.context import Chain, nearest
from sim.build.warnings import Files, dated_changes, overdue, span_of, warning
from sim.build.warnings.baseless import rules_without_basis
from sim.build.warnings.beyond import beyond_prior
from sim.build.warnings.horizons import LateQuestions
from sim.build.warnings.idle import Following
from sim.build.warnings.reachable import WhyIdle, idle_rules
from sim.build.warnings.resolution import too_fast
from sim.build.warnings.too_many import too_many_events
from sim.build.warnings.unsafe import Unsafe, described, unsafe
from sim.build.words.assumptions import assumptions, since
from sim.language.diagnostics import Diagnostic, Span
from sim.language.expressions.tree import Expression, reads
from sim.language.expressions.types import SECONDS, is_day
from sim.language.shapes.documents import ModelShape, ScenarioShape
from sim.language.shapes.load import Loaded
from sim.model.evidence.documented import History
from sim.model.model import Model, Parameter
from sim.model.priors.joint_prior import ancestors
from sim.model.scenario import Scenario

MOST_READERS = 3  # rules that cannot fire and of which a warning tells


def warnings_of(chain: Chain, scenario: Scenario, loaded: Loaded[ModelShape], model: Model) -> tuple[Diagnostic, ...]:
    """Return the warnings about a scenario wherever it branches; `model` is without what it assumes."""
    return (
        *_beyond_priors(chain, scenario.model, model),
        *dated_changes.beyond_priors(chain, scenario, model),
        *_unsafe(scenario, (loaded, *chain)),
    )


def warnings_at_branch(
    chain: Chain, scenario: Scenario, history: History | None, loaded: Loaded[ModelShape]
) -> tuple[Diagnostic, ...]:
    """Return the warnings about a scenario that hold only if its runs go on from the branch of its documents."""
    return (
        *_unread_parameters(chain, scenario),
        *_idle_rules(chain, scenario),
        *_idle_events(chain, scenario),
        *_later_on_the_day(chain, scenario, history),
        *LateQuestions(chain, loaded, scenario).late_checks(),
        *_late_base_rates(chain, scenario, loaded),
        *(_of_changes(chain, scenario) if scenario.changes else ()),
        *too_fast(scenario, (loaded, *chain)),
        *too_many_events(scenario, (loaded, *chain)),
        *(overdue.warnings_about(scenario, _branch(chain)) if chain and scenario.past else ()),
    )


def _late_base_rates(chain: Chain, scenario: Scenario, loaded: Loaded[ModelShape]) -> Iterator[Diagnostic]:
    if scenario.model.base_rates and is_status_quo(scenario):
        yield from LateQuestions(chain, loaded, scenario).late_base_rates()


def is_status_quo(scenario: Scenario) -> bool:
    """Return whether a scenario is what base rates are about: it is called so, or assumes nothing against its model."""
    return scenario.name == BASELINE or not assumptions(scenario)


def _of_changes(chain: Chain, scenario: Scenario) -> Iterator[Diagnostic]:
    idle = idle_rules(scenario, scenario.never)
    return dated_changes.warnings_about(chain, scenario, parameters_read(scenario, idle), idle)


def warnings_of_model(model: Model, loaded: Loaded[ModelShape]) -> tuple[Diagnostic, ...]:
    """Return the warnings about a model by itself, whatever its scenarios are."""
    return (*(_broken(found, model, (loaded,)) for found in unsafe(model)), *rules_without_basis(loaded))


def _branch(chain: Chain) -> Span:
    """Return where the branch stands, or the history whose last event is the branch."""
    for key in ("branch", "history"):
        if loaded := nearest(chain, key):
            return loaded.document.key_span((key,))
    return chain[0].document.key_span(())


def _unsafe(scenario: Scenario, files: Files) -> Iterator[Diagnostic]:
    """Warn of parameters with which a run fails (W330): those from the branch on, and what changes make of them."""
    rules = {name: rule for name, rule in scenario.model.rules.items() if name not in scenario.never}
    model = replace(scenario.model, rules=rules)
    reported = set()
    for found in unsafe(model):
        reported.add(_which(found))
        yield _broken(found, model, files)
    unknown: set[str] = set()  # what an expression comes to is not known before the run
    for change in scenario.changes:
        unknown = (unknown - change.known.keys()) | change.assigned.keys()
        model = replace(model, parameters={**_as_drawn_before(model), **change.known})
        when = f"{since(model.calendar, change.time)} on: the scenario changes it at {change.location}"
        for found in unsafe(model) if change.known else ():
            if unknown.isdisjoint(found.point) and _which(found) not in reported:
                reported.add(_which(found))
                yield _broken(found, model, files, when)


def _as_drawn_before(model: Model) -> dict[str, Parameter]:
    """Return the parameters, those that others' values decided as they centrally are: a change draws none of them."""
    known = model.parameters.items()
    return {name: replace(one, prior="", given=()) if one.given else one for name, one in known}


def _which(found: Unsafe) -> tuple[str, str, str]:
    return found.demand.rule, found.demand.given[0].location, found.demand.refusal


def _broken(found: Unsafe, model: Model, files: Files, *more: str) -> Diagnostic:
    message, notes = described(found, model)
    return warning("W330", message, span_of(found.demand.given[0], files), *more, *notes)


def _beyond_priors(chain: Chain, assumed: Model, model: Model) -> Iterator[Diagnostic]:
    """Warn of what a scenario makes of a parameter beyond what its model holds possible (W520)."""
    seen: set[str] = set()
    for loaded in chain:
        for name in loaded.shape.parameters:
            if name not in seen and name in model.parameters:
                place = loaded.document.value_span(("parameters", name))
                yield from beyond_prior(assumed.parameters[name], model.parameters[name], place)
            seen.add(name)


def _later_on_the_day(chain: Chain, scenario: Scenario, history: History | None) -> Iterator[Diagnostic]:
    """Warn of a branch at a day whose events with a time of day do not stand: it is the day's beginning (W324)."""
    loaded = nearest(chain, "branch")
    day = loaded.shape.branch.at if loaded is not None and loaded.shape.branch is not None else None
    if loaded is None or day is None or history is None or not is_day(day):
        return
    calendar = scenario.model.calendar
    until = scenario.start + SECONDS["day"] / SECONDS[calendar.unit]
    left_out = [item.id for item in history.documented if scenario.start < item.event.time < until]
    if left_out:
        many = f"{len(left_out)} documented events" if len(left_out) > 1 else "a documented event"
        stand = "do not stand" if len(left_out) > 1 else "does not stand"
        yield warning(
            "W324", f"{many} of {day} {stand}: the branch is at the beginning of that day",
            loaded.document.value_span(("branch", "at")), f"later on that day: {', '.join(left_out)}",
            f"for all of the day write after: {left_out[-1]}; else a time of day, such as {day}T12:00",
        )  # fmt: skip


def _unread_parameters(chain: Chain, scenario: Scenario) -> Iterator[Diagnostic]:
    """Warn of parameters that a scenario changes and nothing reads from the branch on (W501)."""
    if not any(loaded.shape.parameters for loaded in chain):
        return
    idle = idle_rules(scenario, scenario.never)
    read = ancestors(scenario.model.parameters, parameters_read(scenario, idle))
    seen: set[str] = set()
    for loaded in chain:
        for name in loaded.shape.parameters:
            if name not in read and name not in seen:
                rules = [scenario.model.rules[rule] for rule in idle]
                reading = [rule.name for rule in rules if name in _read_by(rule.expressions())][:MOST_READERS]
                yield warning(
                    "W501",
                    f"nothing reads the parameter '{name}' from the branch on: the scenario does not depend on it",
                    loaded.document.key_span(("parameters", name)),
                    *(f"the rule '{rule}' reads it and cannot fire: {idle[rule].reason}" for rule in reading),
                    "documented events stand as they are: what a scenario assumes holds from its branch on",
                )
            seen.add(name)


def parameters_read(scenario: Scenario, idle: Mapping[str, WhyIdle]) -> frozenset[str]:
    """Return the parameters that something reads from the branch on; rules that are `idle` may be so because of one."""
    model = scenario.model
    rules = [rule for name, rule in model.rules.items() if name not in scenario.never]
    firing = [rule for rule in rules if rule.name not in idle]
    coming = {emission.event for rule in firing for emission in rule.emissions}
    coming |= {item.event for item in scenario.timetable}
    expressions = [
        *(rule.guard for rule in rules),
        *(argument for name, why in idle.items() if why.starts for argument in model.rules[name].clock.arguments),
        *(expression for rule in firing for expression in rule.expressions()),
        *(effect for name in coming for effect in model.events[name].effects.values()),
        *model.question_expressions(),
        *(expression for assigned in model.assigned for expression in assigned.values()),
        *(part for variable in model.variables.values() for part in variable.course()),
    ]
    if not scenario.has_past:  # then what it assumes holds from the initial state on
        expressions += [variable.initial for variable in model.variables.values()]
    return _read_by(expressions)


def _read_by(expressions: Iterable[Expression]) -> frozenset[str]:
    return frozenset[str]().union(*(reads(expression.tree, "parameter") for expression in expressions))


def _idle_rules(chain: Chain, scenario: Scenario) -> Iterator[Diagnostic]:
    """Warn of rules that a scenario disables and that could not fire anyway (W510)."""
    if not any(loaded.shape.disable for loaded in chain):
        return
    rules = scenario.model.rules
    for index, loaded in enumerate(chain):
        before = {text for other in chain[index + 1 :] for text in other.shape.disable}
        left_out = {name for text in before for name in members_of(text, rules)}
        idle = idle_rules(scenario, left_out) if loaded.shape.disable else {}
        for number, text in enumerate(loaded.shape.disable):
            named = members_of(text, rules)
            if all(name in left_out or name in idle for name in named):
                reasons = [idle[name].reason for name in named if name in idle]
                why = reasons[0] if reasons else "a scenario that is extended disables it"
                message = f"'{text}' could not fire in '{scenario.name}' anyway: disabling it changes nothing"
                yield warning("W510", message, loaded.document.value_span(("disable", number)), why)


def members_of(text: str, rules: Mapping[str, object]) -> list[str]:
    """Return the rules that a text under `disable` names: one, or all of a family."""
    named = text.replace(" ", "")  # as in wears[1, 2]
    return [name for name in rules if name == named or name.partition("[")[0] == named]


def _idle_events(chain: Chain, scenario: Scenario) -> Iterator[Diagnostic]:
    """Warn of events that a scenario assumes and from which nothing follows (W511)."""
    model = scenario.model
    following = Following.of(scenario) if any(loaded.shape.events for loaded in chain) else None
    for loaded in chain:
        for number, item in enumerate(loaded.shape.events):
            name = (item.event or "").replace(" ", "")
            if following and name in model.events and following.none_from(model, name):
                yield warning(
                    "W511", f"nothing follows from the assumed event '{name}'",
                    loaded.document.value_span(("events", number, "event")),
                    "no rule waits for it, no outcome and no measure counts it, and nothing reads what it changes",
                )  # fmt: skip


def nothing_assumed(loaded: Loaded[ScenarioShape], scenario: Scenario, extended: Scenario) -> tuple[Diagnostic, ...]:
    """Return the warning that a scenario's runs are those of the one that it extends (W512); none about a baseline."""
    if scenario.name == BASELINE or _assumed(scenario) != _assumed(extended):
        return ()
    message = f"'{scenario.name}' assumes nothing that '{extended.name}', which it extends, does not"
    note = "expected parameters, changes, events, rules, disabled rules, a branch or a horizon of its own"
    return (warning("W512", f"{message}: their runs are the same", loaded.document.value_span(("extends",)), note),)


def _assumed(scenario: Scenario) -> object:
    """Return what tells the runs of a model's scenarios apart, and what is asked of them."""
    model = scenario.model
    parameters = {name: parameter.known for name, parameter in model.parameters.items()}
    timetable = [(item.time, item.event, item.marks) for item in scenario.timetable]
    return (
        scenario.past, scenario.start, scenario.horizon, scenario.disabled, timetable, parameters, scenario.changes,
        list(model.rules), list(model.outcomes), list(model.measures),
    )  # fmt: skip
