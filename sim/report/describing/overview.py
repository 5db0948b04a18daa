"""The overview of a described case: its purpose, its entities and state variables, and how a run goes."""

import math
from collections.abc import Iterator

from sim.build.words.assumptions import assumptions
from sim.language.counts import counted
from sim.language.expressions.types import Bool, Enumeration, Instant, Integer, Real
from sim.model.model import AtDate, Clock, Every, FirstTime, Immediately, LawClock, Rate, Variable
from sim.model.scenario import Scenario
from sim.report.describing.described_case import DescribedCase, PartFamily
from sim.report.describing.markdown_text import Section, bullets, code, link, mark, prose, table
from sim.report.model_values import number
from sim.report.sentences.event_sentences import course_sentence, effects_sentence
from sim.report.sentences.formula_texts import value_word
from sim.report.sentences.rule_sentences import rule_sentence
from sim.report.sentences.terms import Terms, listed
from sim.report.table import as_a_list


def purpose(case: DescribedCase) -> Section:
    """Return what the model is for: its questions, its patterns, its past and its scenarios."""
    model = case.model
    body = [prose(f"The model is about this: {model.title}.")]
    if case.shape.note:
        body.append(prose(f"Its authors say: {case.shape.note}"))
    asked = [one for one in case.scenarios if one.question]
    if asked:
        body += ["It is made to answer:", bullets(f"{prose(one.question)} ({scenario_link(one)})" for one in asked)]
    endings = [one.first for one in case.families("outcomes", model.outcomes) if model.outcomes[one.first].ending]
    if endings:
        body.append("How a run's story ends is told apart as:")
        body.append(bullets(case.link_to("outcome", name) for name in endings))
    body += [*_patterns(case), _past(case), *_branches(case)]
    return Section("Purpose and patterns", body)


def scenario_link(scenario: Scenario) -> str:
    return link(prose(scenario.title), "scenario", scenario.name)


def _patterns(case: DescribedCase) -> Iterator[str]:
    model, history = case.model, case.case.history
    held = []
    if history and history.documented:
        held.append(f"{counted(len(history.documented), 'documented event')}, each of which the model has to allow")
    if model.base_rates:
        held.append(f"{counted(len(model.base_rates), 'count')} of comparable cases")
    if model.checks:
        held.append(f"{counted(len(model.checks), 'check')}: what every run has to keep")
    yield "Patterns that the model is held against:" if held else "The model is held against no pattern."
    yield bullets(held)


def _past(case: DescribedCase) -> str:
    history = case.case.history
    if history is None or not history.documented:
        return "There is no documented past: runs begin from the initial state."
    moment = case.model.calendar.moment
    first, last = history.documented[0].event.time, history.documented[-1].event.time
    span = f"goes from {moment(first)} to {moment(last)}" if last > first else f"is of {moment(first)}"
    return prose(f'The documented past, "{history.title}", {span}.')


def _branches(case: DescribedCase) -> Iterator[str]:
    moment, model = case.model.calendar.moment, case.model
    spans: dict[str, list[str]] = {}
    for one in case.scenarios:
        begins = "branch from the documented past at" if one.has_past else "begin at"
        text = f"{begins} {moment(one.start, hour=True)} and last until {moment(one.horizon, hour=True)} at the latest"
        spans.setdefault(text, []).append(scenario_link(one))
    for text, titles in spans.items():
        whose = f"The runs of {as_a_list(titles)}" if len(spans) > 1 else "The runs"
        yield f"{whose} {text}."
    if model.horizon is not None and not spans:
        yield f"A run begins at {moment(0.0)} and lasts until {moment(model.horizon, hour=True)} at the latest."
    elif not spans:
        yield "The model has no horizon of its own and no scenario: it cannot be run as it is."


def entities(case: DescribedCase) -> Section:
    """Return who acts, what is true at any time, and in which units."""
    parts = [
        Section("Factions", [*_factions(case)]),
        Section("State variables", [*_variables(case)]),
        Section("Derived quantities", [*_derived(case)]),
        Section("Scales", [_scales(case)]),
    ]
    return Section("Entities, state variables and scales", (), parts)


def _factions(case: DescribedCase) -> Iterator[str]:
    notes = dict(case.notes("factions"))
    rows = []
    for name in case.factions:
        families = case.rules[name]
        rules = case.rule_links(member for one in families for member in one.members)
        events = {
            emission.event for one in families for member in one.members for emission in
            case.model.rules[member].emissions
        }  # fmt: skip
        may = "; ".join(prose(case.title("event", one)) for one in sorted(_first_members(events)))
        said = prose(notes[name]) if name in notes else ""
        title = prose(case.model.factions[name])
        rows.append((f"{mark('faction', name)}**{title}** ({code(name)})", said, may or "nothing by itself", rules))
    where = link("Submodels", "section", "submodels")
    yield f"What each faction may bring about, by the rules that {where} tells in full."
    yield table(["faction", "who that is", "events that it may bring about", "rules"], rows)


def _first_members(names: set[str]) -> list[str]:
    """Return names with one of each family."""
    found: dict[str, str] = {}
    for name in sorted(names):
        found.setdefault(name.partition("[")[0], name)
    return list(found.values())


def _variables(case: DescribedCase) -> Iterator[str]:
    families = case.families("state", case.model.variables)
    branch = case.branch
    heads = ["state variable", "what it can be", "unit", "at the start"]
    if branch is not None:
        yield (
            f"Values at the branch are those after the documented past of {scenario_link(branch)}, on "
            f"{case.model.calendar.moment(branch.start, hour=True)}, with the parameters at their central values."
        )
    rows = []
    for one in families:
        variable = case.model.variables[one.first]
        name = f"{mark('state', one.first)}**{prose(case.title('variable', one.first))}** ({one.called})"
        row = [name, prose(kind_of(variable)), prose(unit_of(case, variable)), prose(case.values(one, case.at_start))]
        rows.append([*row, *([prose(case.values(one, case.at_branch))] if branch else [])])
    yield table([*heads, *(["at the branch"] if branch else [])], rows)
    if rows:
        yield (
            "Who changes each of them, and who looks at it: in a condition, for a pace, a weight or an amount, also by "
            "a derived quantity."
        )
        yield table(["state variable", "changed by", "looked at by"], (_who(case, one) for one in families))


def kind_of(variable: Variable) -> str:
    """Return what values a state variable can have, and what becomes of others."""
    match variable.type:
        case Bool():
            return "true or false"
        case Enumeration(values=words):
            return listed(map(value_word, words), "or")
        case Instant():
            return "a date"
        case Integer():
            kind = "a whole number"
        case _:
            kind = "a number"
    if not math.isfinite(variable.low) and not math.isfinite(variable.high):
        return kind
    beyond = "what goes beyond is cut off" if variable.saturates else "what goes beyond is an error"
    return f"{kind} from {number(variable.low)} to {number(variable.high)}; {beyond}"


def unit_of(case: DescribedCase, variable: Variable) -> str:
    match variable.type:
        case Integer(unit=unit) | Real(unit=unit):
            return case.model.calendar.unit_word(unit or ())
    return ""


def _who(case: DescribedCase, family: PartFamily) -> tuple[str, str, str]:
    rules, outside, looking, others = set[str](), set[str](), set[str](), set[str]()
    for name in family.members:
        changing, apart = case.changers(name)
        rules |= changing
        outside |= apart
        reading, more = case.lookers("variable", name)
        looking |= reading
        others |= {node.kind for node in more}
    changed = [case.by_faction(rules)] if rules else []
    if outside:
        titles = ", ".join(case.link_to("event", one) for one in _first_members(outside))
        changed.append(f"from outside: {titles}")
    if case.model.variables[family.first].relaxes is not None:
        changed.append("by itself, with time")
    looked = [case.by_faction(looking)] if looking else []
    words = {"variable": "other state variables", "parameter": "parameters"}
    looked += [words.get(kind, f"{kind}s") for kind in sorted(others)]
    return (
        case.link_to("variable", family.first),
        "; ".join(changed) or "nobody: it stays as it is",
        "; ".join(looked) or "nobody",
    )


def _derived(case: DescribedCase) -> Iterator[str]:
    families = case.families("derived", case.model.derived)
    if families:
        yield "Each is worked out from the state whenever it is looked at."
        rows = []
        for one in families:
            text = case.model.derived[one.first].text
            rules, others = case.lookers("derived", one.first)
            by = [case.by_faction(rules)] if rules else []
            by += [f"{kind}s" for kind in sorted({node.kind for node in others})]
            title = prose(case.model.derived_titles.get(one.first) or case.title("derived", one.first))
            name = f"{mark('derived', one.first)}**{title}** ({one.called})"
            rows.append((name, code(text), "; ".join(by) or "nobody"))
        yield table(["quantity", "what it is", "looked at by"], rows)


def _scales(case: DescribedCase) -> str:
    calendar = case.model.calendar
    if calendar.abstract:
        time = "Time is a plain number without a unit, counted from 0."
    else:
        origin = f", counted from {calendar.moment(0.0)}" if calendar.origin else ", counted from 0, without dates"
        time = f"Time is continuous; its unit is the {calendar.unit}{origin}."
    units = f" Further units: {', '.join(map(code, calendar.units))}." if calendar.units else ""
    return f"{time}{units} There is no space: no places, distances or networks, but for what state variables stand for."


def scheduling(case: DescribedCase) -> Section:
    """Return how a run goes from event to event, and which rules have which kind of clock."""
    model = case.model
    rules = model.rules
    steps = [
        "A run goes from event to event. A rule is enabled while its condition holds; its clock then runs.",
        "When several rules are enabled, their clocks run side by side, each drawn apart from the others, and the "
        "first to run out decides what happens next. Its event changes the state, all effects worked out on the state "
        "just before it; then every condition is looked at again. A rule whose condition no longer holds loses its "
        "clock, unless it is said below to keep it.",
    ]
    at_once = [one.name for one in rules.values() if isinstance(one.clock, Immediately)]
    if at_once:
        steps.append(
            f"These fire at once when their condition comes to hold, before any clock: {case.rule_links(at_once)}."
        )
    waiting = [one.name for one in rules.values() if one.on]
    if waiting:
        steps.append(f"These are first set off by an event, and then wait: {case.rule_links(waiting)}.")
    kept = {
        "keep": "keep the age of their clock while their condition does not hold",
        "repeat": "start again with the same draw when their condition holds again",
    }
    for memory, what in kept.items():
        names = [one.name for one in rules.values() if one.memory == memory]
        if names:
            steps.append(f"These {what}: {case.rule_links(names)}.")
    order = sorted({one.priority for one in rules.values()})
    ties = "What falls due at exactly the same time comes in the order of the rules' names"
    steps.append(f"{ties}, after their priorities (the smaller first)." if len(order) > 1 else f"{ties}.")
    if any(one.relaxes for one in model.variables.values()):
        steps.append("Between events, state variables that move by themselves do so (see below); nothing else changes.")
    else:
        steps.append("Between events nothing changes but the time.")
    kinds: dict[str, list[str]] = {}
    for one in rules.values():
        kinds.setdefault(clock_kind(one.clock), []).append(one.name)
    rows = [(kind, str(len(names)), case.rule_links(names)) for kind, names in sorted(kinds.items())]
    moving = Section("What moves by itself", [*_moving(case)])
    return Section("Process overview and scheduling", [
        bullets(steps), *(["Kinds of clocks:", table(["clock", "rules", "which"], rows)] if rows else
                          ["The model has no rules."]),
        *_ends(case),
    ], [moving])  # fmt: skip


def clock_kind(clock: Clock) -> str:
    """Return what kind of clock it is, in a few words."""
    match clock:
        case Rate(argument=argument) if " within " in argument.text:
            return "a chance within a time, as a rate"
        case Rate():
            return "a rate, followed as the state changes"
        case LawClock(law=law, form=form, speed=speed):
            fixed = form.parameters == ("value",)
            return ("a fixed time" if fixed else f"a {law.name} time") + (", aging at a speed" if speed else "")
        case AtDate():
            return "a date"
        case Every():
            return "a beat"
        case Immediately():
            return "none: at once"


def _ends(case: DescribedCase) -> Iterator[str]:
    ends = [one for one in case.model.outcomes.values() if isinstance(one.comes, FirstTime) and one.ends_run]
    if ends:
        links = dict.fromkeys(case.link_to("outcome", name) for name in _first_members({one.name for one in ends}))
        yield f"A run ends before its horizon when one of these comes true: {', '.join(links)}."
    else:
        yield "Every run goes on to its horizon."


def _moving(case: DescribedCase) -> Iterator[str]:
    moving = [
        one for one in case.families("state", case.model.variables) if case.model.variables[one.first].relaxes
    ]  # fmt: skip
    if moving:
        yield bullets(
            f"**{prose(case.title('variable', one.first))}** ({one.called}). "
            f"{prose(course_sentence(case.model.variables[one.first], case.terms))}"
            for one in moving
        )


def scenarios(case: DescribedCase) -> Section:
    """Return what each scenario asks and assumes against the model."""
    return Section("Scenarios", [], [_scenario(case, one) for one in case.scenarios])


def _scenario(case: DescribedCase, scenario: Scenario) -> Section:
    asked = f" It asks: {prose(scenario.question)}" if scenario.question else ""
    moment = case.model.calendar.moment
    span = f"From {moment(scenario.start, hour=True)} to {moment(scenario.horizon, hour=True)}."
    found = [prose(f"{str(one)[:1].upper()}{str(one)[1:]}.") for one in assumptions(scenario)]
    body = [f"{mark('scenario', scenario.name)}{code(scenario.name)}.{asked} {span}"]
    body += ["It assumes:", bullets(found)] if found else ["It assumes nothing beside the model."]
    own = [*_own_parts(case, scenario)]
    return Section(scenario.title, [*body, *(["What it has of its own:", bullets(own)] if own else [])])


def _own_parts(case: DescribedCase, scenario: Scenario) -> Iterator[str]:
    """Yield the rules and event types that a scenario adds, unless they are told among the model's."""
    terms = Terms(scenario.model)
    for name in scenario.own_rules:
        if name not in case.model.rules:
            yield f"The rule {code(name)}: {prose(rule_sentence(scenario.model.rules[name], terms))}"
    for name in scenario.own_events:
        if name not in case.model.events:
            yield f"The event type {code(name)}: {prose(effects_sentence(scenario.model.events[name], terms))}"
