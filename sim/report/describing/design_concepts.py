"""The design concepts of a described case, as ODD lists them: which of them the model has, and which it has not.

Each statement is read off the model, and names what it is about.
"""

from collections.abc import Iterator

from sim.explain.graph.model_graph import Node
from sim.language.counts import counted
from sim.language.expressions.tree import Apply, Draw, Expression, Read, Tree
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate, Rule
from sim.report.describing.described_case import DescribedCase
from sim.report.describing.markdown_text import Section, bullets, link, prose
from sim.report.table import as_a_list

MOST_NAMED = 8


def design_concepts(case: DescribedCase) -> Section:
    """Return the concepts, one section each."""
    concepts = (
        ("Basic principles", _principles), ("Emergence", _emergence), ("Adaptation", _adaptation),
        ("Objectives", _objectives), ("Learning and prediction", _learning), ("Sensing", _sensing),
        ("Interaction", _interaction), ("Stochasticity", _stochasticity), ("Collectives", _collectives),
        ("Observation", _observation), ("What the model does not have", _absent),
    )  # fmt: skip
    return Section("Design concepts", (), [Section(title, [*written(case)]) for title, written in concepts])


def _principles(case: DescribedCase) -> Iterator[str]:
    rules = list(case.model.rules.values())
    aging = [one.name for one in rules if isinstance(one.clock, LawClock)]
    yield (
        "A crisis is a sequence of events in continuous time. Each rule says which faction may act, under which "
        "condition, after which random time, and with which event; rules that are enabled at once compete, and the "
        "clock that runs out first decides. Formally it is a generalised semi-Markov process."
    )
    if rules:
        paced = sum(isinstance(one.clock, Rate) for one in rules)
        yield (
            f"Rules with a rate, for which how long they have waited has no bearing on how soon they act: {paced} of "
            f"{len(rules)}. Rules whose time has another law, from when their condition comes to hold: {len(aging)}."
        )


def _emergence(case: DescribedCase) -> Iterator[str]:
    model = case.model
    if not model.outcomes and not model.measures:
        yield "The model asks for no outcome and no measure: what emerges is the log of events alone."
        return
    yield (
        f"{counted(len(model.outcomes), 'outcome')} and {counted(len(model.measures), 'measure')} are read off what "
        "happens; no rule sets them."
    )
    feeding = [
        one.name for one in model.outcomes.values()
        if any(link.how not in ("claimed", "outcome") for link in case.graph.out_of.get(Node("outcome", one.name), ()))
    ]  # fmt: skip
    if feeding:
        names = ", ".join(case.link_to("outcome", one) for one in feeding)
        yield f"Rules or questions look back at these outcomes: {names}."
    shared = []
    for one in case.families("state", model.variables):
        rules = {name for member in one.members for name in case.changers(member)[0]}
        factions = {model.rules[name].faction for name in rules}
        if len(factions) > 1:
            shared.append((len(factions), one.first))
    shared.sort(key=lambda found: -found[0])
    if shared:
        names = as_a_list([
            f"{case.link_to('variable', name)} ({number})"
            for number, name in shared[:MOST_NAMED]
        ])  # fmt: skip
        yield f"State variables that the rules of several factions change, with the number of these: {names}."


def _adaptation(case: DescribedCase) -> Iterator[str]:
    rules = case.model.rules
    still = [one.name for one in rules.values() if not _reads(case, one)]
    guarded = [one.name for one in rules.values() if _reads_in(case, one, ("guard", "awaited"))]
    paced = [one.name for one in rules.values() if _reads_in(case, one, ("clock", "speed"))]
    weighed = [one.name for one in rules.values() if _reads_in(case, one, ("weight", "mark"))]
    yield bullets([
        f"Rules that act only in some states, or after some events: {len(guarded)} of {len(rules)}.",
        f"Rules whose pace or date depends on the state: {case.rule_links(paced) or 'none'}.",
        f"Rules whose choices or amounts depend on the state: {case.rule_links(weighed) or 'none'}.",
        *([f"These do not look at the state at all: {case.rule_links(still)}."] if still else []),
    ])  # fmt: skip


def _reads(case: DescribedCase, rule: Rule) -> bool:
    return _reads_in(case, rule, ("guard", "awaited", "clock", "speed", "weight", "mark", "since"))


def _reads_in(case: DescribedCase, rule: Rule, ways: tuple[str, ...]) -> bool:
    """Return whether a rule depends on the state in one of these ways, also by a derived quantity."""
    into = case.graph.into
    links = [one for one in into.get(Node("rule", rule.name), ()) if one.how in ways]
    pending, seen = [one.origin for one in links], set[Node]()
    while pending:
        node = pending.pop()
        if node.kind in ("variable", "event", "outcome"):
            return True
        if node.kind == "derived" and node not in seen:
            seen.add(node)
            pending += [one.origin for one in into.get(node, ())]
    return False


def _objectives(case: DescribedCase) -> Iterator[str]:
    yield "No faction maximises anything: what it wants is in the conditions, paces and weights of its rules."
    choosing = [one for one in case.model.rules.values() if one.weights]
    if choosing:
        logit = [one.name for one in choosing if any(_has(weight, "exp") for weight in one.weights)]
        names = case.rule_links(one.name for one in choosing)
        yield f"Where several things may come of a rule, each has a chance in proportion to its weight: {names}."
        if logit:
            yield f"Weights with `exp(...)` make it a logit choice over what stands within: {case.rule_links(logit)}."


def _has(given: Expression, operation: str) -> bool:
    pending: list[Tree] = [given.tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Apply | Draw):
            if isinstance(node, Apply) and node.operation == operation:
                return True
            pending.extend(node.arguments)
    return False


def _learning(case: DescribedCase) -> Iterator[str]:
    changing = [one for one in case.scenarios if one.changes]
    but = ""
    if changing:
        names = as_a_list([link(prose(one.title), "scenario", one.name) for one in changing])
        but = f", but for what {names} {'changes' if len(changing) == 1 else 'change'} from a date on"
    yield f"None. Rules and parameters stay the same during a run{but}, and no faction foresees anything."
    looking = [
        one.name for one in case.model.rules.values()
        if any(_looks_back(given) for given in one.expressions())
    ]  # fmt: skip
    if looking:
        yield f"These rules look at what has happened, how often or how long ago: {case.rule_links(looking)}."
    else:
        yield "Rules look at the state alone, not at how it came about."


def _looks_back(given: Expression) -> bool:
    pending: list[Tree] = [given.tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Read) and node.scope in ("times", "last", "reached"):
            return True
        if isinstance(node, Apply | Draw):
            pending.extend(node.arguments)
    return False


def _sensing(case: DescribedCase) -> Iterator[str]:
    yield (
        "Every faction sees the true state, exactly and at once: there is no private, late or wrong information, "
        "unless a state variable stands for what somebody believes. What each looks at:"
    )
    rows = []
    for faction in case.factions:
        rules = {name for family in case.rules[faction] for name in family.members}
        seen = [
            case.link_to("variable", one.first)
            for one in case.families("state", case.model.variables)
            if any(not rules.isdisjoint(case.lookers("variable", member)[0]) for member in one.members)
        ]
        if rules:
            rows.append(f"{case.faction(faction)}: {', '.join(seen) or 'nothing'}")
    if rows:
        yield bullets(f"{one[:1].upper()}{one[1:]}" for one in rows)


def _interaction(case: DescribedCase) -> Iterator[str]:
    rules = case.model.rules
    yield "Factions meet through the state that all share, and through events that rules wait for."
    waits = []
    for one in rules.values():
        acting = {rule.faction for event in one.on for rule in case.emitters(event)} - {one.faction}
        if acting:
            others = as_a_list([case.faction(name) for name in case.factions if name in acting])
            waits.append((one.name, f"events of {others} set off rules of {case.faction(one.faction)}"))
    waiting: dict[str, list[str]] = {}
    for name, words in waits:
        waiting.setdefault(words, []).append(name)
    items = [f"{words[:1].upper()}{words[1:]} ({case.rule_links(names)})." for words, names in waiting.items()]
    restarting = [one.name for one in rules.values() if one.restarts]
    if restarting:
        items.append(f"These start the clock of another rule again: {case.rule_links(restarting)}.")
    if items:
        yield bullets(items)


def _stochasticity(case: DescribedCase) -> Iterator[str]:
    model = case.model
    rules = list(model.rules.values())
    certain = (AtDate, Every, Immediately)
    random = [one for one in rules if not isinstance(one.clock, certain) and not _is_fixed(one)]
    marks = [
        one.name for one in rules
        if any(isinstance(node, Draw) for emission in one.emissions for given in emission.marks
               for node in _nodes(given.tree))
    ]  # fmt: skip
    drawn = [one for one in model.parameters.values() if one.prior]
    parts = [f"Rules for which it is random when they act: {len(random)} of {len(rules)}."]
    choosing = [one.name for one in rules if one.weights]
    if choosing:
        parts.append(f"What comes of them is random, too, in {case.rule_links(choosing)}.")
    if marks:
        parts.append(f"Amounts are drawn in {case.rule_links(marks)}.")
    parts.append(
        "What is not known: parameters that are drawn from a prior, once in each run, are "
        f"{len(drawn)} of {len(model.parameters)}." if drawn
        else "No parameter has a prior: all that differs between runs is chance."
    )  # fmt: skip
    parts.append(
        "Every draw depends on the seed, the number of the run, the name of what draws it and how often that has "
        "drawn, and on nothing else: scenarios are compared on the same draws."
    )
    yield bullets(parts)


def _is_fixed(rule: Rule) -> bool:
    return isinstance(rule.clock, LawClock) and rule.clock.form.parameters == ("value",)


def _nodes(tree: Tree) -> Iterator[Tree]:
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, Apply | Draw):
            pending.extend(node.arguments)


def _collectives(case: DescribedCase) -> Iterator[str]:
    families = [one for one in case.families("state", case.model.variables) if len(one.members) > 1]
    families += [one for found in case.rules.values() for one in found if len(one.members) > 1]
    yield f"{counted(len(case.factions), 'faction')}, each of which acts as one."
    if families:
        yield f"Declared as families, whose members are alike: {', '.join(one.called for one in families)}."


def _observation(_case: DescribedCase) -> Iterator[str]:
    yield (
        "Every event of every run is recorded with its time, its rule and its amounts. Outcomes and measures are "
        "read off these records; a probability or a mean is never told without its interval."
    )


def _absent(case: DescribedCase) -> Iterator[str]:
    model = case.model
    rules = list(model.rules.values())
    absent = [
        (not case.case.history, "documented past"),
        (not case.scenarios, "scenarios"),
        (not model.calendar.origin, "dates: time counts from 0"),
        (not model.sources and not case.case.sources, "sources"),
        (not any(one.relaxes for one in model.variables.values()), "state variables that move between events"),
        (not any(isinstance(one.clock, Immediately) for one in rules), "rules that fire at once"),
        (not any(one.on for one in rules), "rules that wait for an event"),
        (not any(one.weights for one in rules), "choices among several events"),
        (not any(one.memory != "fresh" for one in rules), "clocks that remember how long they ran before a break"),
        (not any(one.restarts for one in rules), "rules that start another's clock again"),
        (not any("[" in name for name in (*model.variables, *model.rules)), "families of like parts"),
        (not any(one.prior for one in model.parameters.values()), "parameters with priors"),
        (not model.timetable, "timetable of events at fixed times"),
        (not model.outcomes, "outcomes"),
        (not model.measures, "measures"),
        (not model.checks, "checks"),
        (not model.base_rates, "counts of comparable cases that outcomes are held against"),
        (True, "space, learning, foresight, or private information"),
    ]
    yield bullets(f"No {what}." for is_so, what in absent if is_so)
