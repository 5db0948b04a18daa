"""The details of a described case: how a run begins, what comes from outside, its rules, events and questions."""

from collections.abc import Iterator

from sim.explain.graph.model_graph import Node
from sim.language.counts import counted
from sim.model.evidence.basis import Basis
from sim.model.evidence.documented import Documented
from sim.model.evolve import typed
from sim.model.model import Rule
from sim.report.bases import written_share
from sim.report.describing.described_case import DescribedCase, PartFamily
from sim.report.describing.markdown_text import Section, bullets, code, link, mark, prose, table
from sim.report.sentences.check_sentences import check_sentence
from sim.report.sentences.event_sentences import effects_sentence
from sim.report.sentences.question_sentences import base_rate_sentence, measure_sentence, outcome_sentence
from sim.report.sentences.rule_sentences import further_sentences, rule_sentence


def rests_on(case: DescribedCase, basis: tuple[Basis, ...]) -> str:
    """Return what a rule or a number rests on, as Markdown with links to the sources."""
    return "; ".join(_basis(case, one) for one in basis) or "**nothing that is named**"


def _basis(case: DescribedCase, basis: Basis) -> str:
    thought = f"a judgement: {prose(basis.judgement)}"
    text = thought if basis.judgement else cited(case, basis.source, basis.paragraphs)
    if basis.count is not None:
        text = f"{basis.count}, {written_share(basis.count)} ({text})"
    return f"{text} ({prose(basis.note)})" if basis.note else text


def cited(case: DescribedCase, source: str, paragraphs: tuple[int, ...]) -> str:
    """Return a source with its paragraphs, as a link."""
    name = link(prose(source), "source", source) if source in case.case.sources else prose(source)
    return name + (f" §{', '.join(map(str, paragraphs))}" if paragraphs else "")


def initialization(case: DescribedCase) -> Section:
    """Return how a run begins."""
    where = link("State variables", "section", "entities, state variables and scales")
    reading = [
        case.link_to("variable", one.first)
        for one in case.families("state", case.model.variables)
        if any(
            each.how == "initial" for name in one.members for each in case.graph.into.get(Node("variable", name), ())
        )
    ]
    body = [f"Before any event the state has the values at the start, which {where} gives."]
    if reading:
        body.append(f"These depend on parameters, at whose central values they are given: {', '.join(reading)}.")
    else:
        body.append("They are the same in every run.")
    if case.branch is not None:
        body.append(
            "The documented events then change it, one after another, as the model says of their types, with the "
            "model's own parameters. A run begins at the branch, from the state that they lead to. Rules that were "
            "enabled before it keep the age of their clocks: how soon they fire is drawn given that they have not "
            "fired until then. What a scenario assumes holds from its branch on."
        )
    return Section("Initialization", body)


def input_data(case: DescribedCase) -> Section:
    """Return what comes from outside: the documented past, and events at fixed times."""
    model = case.model
    parts = [Section("Documented events", [*_documented(case)])]
    if model.timetable:
        rows = [
            (model.calendar.moment(one.time), _event(case, one.event), prose(_marks(case, one.event, one.marks)))
            for one in model.timetable
        ]
        parts.append(Section("Timetable", [table(["when", "event", "with"], rows)]))
    body = [] if not all(one.empty for one in parts) else ["None: no documented past, and no event at a fixed time."]
    return Section("Input data", body, parts)


def _documented(case: DescribedCase) -> Iterator[str]:
    history = case.case.history
    if history is None or not history.documented:
        return
    items = history.documented
    doubted = [f"{counted(sum(one.status == status for one in items), f'is {status}', f'are {status}')}"
               for status in ("alleged", "disputed") if any(one.status == status for one in items)]  # fmt: skip
    doubt = f" {', '.join(doubted)}; the others are attested." if doubted else " All are attested."
    yield f"{counted(len(items), 'event')}, in the words of the case's authors, with the sources that say so.{doubt}"
    yield table(["when", "what is documented", "status", "event type", "sources"], [
        (
            case.model.calendar.moment(one.event.time),
            f"{mark('documented', one.id)}{prose(one.claim)} ({code(one.id)}){_noted(one)}",
            one.status,
            _event(case, one.event.type) + _brackets(prose(_marks(case, one.event.type, one.event.marks))),
            "; ".join(cited(case, each.source, each.paragraphs) for each in one.citations),
        )
        for one in items
    ])  # fmt: skip


def _event(case: DescribedCase, name: str) -> str:
    """Return a link to an event type; a member of a family is named, too."""
    return case.link_to("event", name) + (f" {code(name)}" if "[" in name else "")


def _noted(item: Documented) -> str:
    return f" *{prose(item.note)}*" if item.note else ""


def _brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _marks(case: DescribedCase, event: str, marks: tuple[float, ...]) -> str:
    kinds = case.model.events[event].marks
    values = (typed(kind, given) for kind, given in zip(kinds.values(), marks, strict=False))
    shown = (str(value).lower() if isinstance(value, bool) else f"{value:.6g}" for value in values)
    return ", ".join(f"{name} = {value}" for name, value in zip(kinds, shown, strict=False))


def rules(case: DescribedCase) -> list[Section]:
    """Return the rules of each faction, in sentences, with what they rest on."""
    return [
        Section(f"Rules of {case.terms.faction(faction)}", [bullets(
            item for family in families for item in _rule(case, family)
        )] if families else [])
        for faction, families in case.rules.items()
    ]  # fmt: skip


def _rule(case: DescribedCase, family: PartFamily) -> Iterator[str]:
    rule = case.model.rules[family.first]
    title = prose(case.title("rule", rule.name))
    yield (
        f"{mark('rule', rule.name)}**{case.label(rule.name)}. {title}** ({family.called}). "
        f"{prose(rule_sentence(rule, case.terms))}"
    )
    more = [*further_sentences(rule), *(_alike(family))]
    if more:
        yield f"  {prose(' '.join(more))}"
    yield f"  It rests on {rests_on(case, _bases(case, family))}."


def _bases(case: DescribedCase, family: PartFamily) -> tuple[Basis, ...]:
    found: dict[Basis, None] = {}
    for name in family.members:
        found |= dict.fromkeys(case.model.rules[name].basis)
    return tuple(found)


def _alike(family: PartFamily) -> Iterator[str]:
    if len(family.members) > 1:
        yield f"This is told of `{family.first}`; the others of its family are like it, each with its own index."


def events(case: DescribedCase) -> Section:
    """Return what each event type changes, and by which rules it comes about."""
    model = case.model
    rows = []
    for one in case.families("events", model.events):
        event = model.events[one.first]
        emitting: list[Rule] = [rule for name in one.members for rule in case.emitters(name)]
        by = case.rule_links(rule.name for rule in emitting)
        if event.exogenous or not emitting:
            by = f"{by}, or from outside" if by else "from outside"
        marks = f", with {', '.join(map(code, event.marks))}" if event.marks else ""
        name = f"{mark('event', one.first)}**{prose(case.title('event', one.first))}** ({one.called}){marks}"
        rows.append((name, by, prose(effects_sentence(event, case.terms).removeprefix("It changes the state: "))))
    notes = [f"{prose(case.title('event', name))}: {prose(note)}" for name, note in case.notes("events")]
    return Section("Events and what they change", [
        "All effects of an event are worked out on the state just before it." if rows else "",
        table(["event", "by", "what it changes"], rows), bullets(notes),
    ])  # fmt: skip


def outcomes(case: DescribedCase) -> Section:
    return Section("Outcomes", [bullets(
        f"{mark('outcome', one.first)}**{prose(case.title('outcome', one.first))}** ({one.called}). "
        f"{prose(outcome_sentence(case.model.outcomes[one.first], case.terms))}"
        for one in case.families("outcomes", case.model.outcomes)
    )])  # fmt: skip


def measures(case: DescribedCase) -> Section:
    return Section("Measures", [bullets(
        f"{mark('measure', one.first)}**{prose(case.title('measure', one.first))}** ({one.called}). "
        f"{prose(measure_sentence(case.model.measures[one.first], case.terms))}"
        for one in case.families("measures", case.model.measures)
    )])  # fmt: skip


def checks(case: DescribedCase) -> Section:
    """Return what is claimed of every run, and the counts that outcomes are held against."""
    model = case.model
    body = []
    if model.checks:
        body.append("What the authors claim of every run; `sim test` tries to break each.")
        body.append(bullets(
            f"{mark('check', one.first)}{code(one.first)}: "
            f"{prose(check_sentence(model.checks[one.first], case.terms))} "
            f"Reason: {prose(model.checks[one.first].because.removesuffix('.'))}."
            for one in case.families("checks", model.checks)
        ))  # fmt: skip
    if model.base_rates:
        body.append("Counts of comparable cases that outcomes are held against:")
        body.append(bullets(
            f"{mark('base-rate', name)}**{prose(case.title('base rate', name))}** ({code(name)}). "
            f"{prose(base_rate_sentence(one, case.terms))} It rests on {rests_on(case, one.basis)}."
            for name, one in model.base_rates.items()
        ))  # fmt: skip
    return Section("Checks and base rates" if model.base_rates else "Checks", body)
