"""What the numbers of a described case are and rest on: parameters, sources, and how many rest on what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.build.guesses.literals import LiteralNumber, literals_of
from sim.build.words.assumptions import known
from sim.distributions.priors import PRIORS
from sim.explain.graph.model_graph import Kind, Node
from sim.explain.graph.support import Support
from sim.language.counts import counted
from sim.model.evidence.source_documents import SourceDocument
from sim.model.model import Parameter
from sim.report.cited_sources import CitedSource, cited_sources, source_lines
from sim.report.describing.described_case import PLACES, DescribedCase
from sim.report.describing.details import rests_on
from sim.report.describing.markdown_text import Section, bullets, code, link, mark, prose, table

KINDS: Mapping[Kind, str] = {
    "rule": "rules",
    "parameter": "parameters",
    "base rate": "base rates",
    "documented": "documented events",
}


def parameters(case: DescribedCase) -> Section:
    """Return a table of the parameters, and one of the guesses that stand in formulas."""
    named = [one for one in _in_order(case) if not one.unnamed]
    guesses = [one for one in _in_order(case) if one.unnamed]
    body = []
    heads = ["parameter", "what is known", "central value", "read by", "rests on"]
    if named:
        body.append(
            "Each is fixed during a run: at its central value, or drawn from its prior. A judgement is what the "
            "authors think, without a source."
        )
        laws = _laws(named)
        body.append(f"Priors are written with their arguments: {laws}." if laws else "")
        body.append(table(heads, (_row(case, one) for one in named)))
    if guesses:
        body.append(
            "Numbers that stand in formulas as guesses, `about(median, factor)`: as likely above as below the median, "
            "and with 90 % between the median divided by the factor and the median times the factor."
        )
        body.append(table(["guess", *heads[1:]], (_row(case, one) for one in guesses)))
    return Section("Parameters", body)


def _in_order(case: DescribedCase) -> list[Parameter]:
    return [case.model.parameters[name] for one in case.families("parameters", case.model.parameters)
            for name in one.members]  # fmt: skip


def _row(case: DescribedCase, one: Parameter) -> tuple[str, ...]:
    rules, others = case.lookers("parameter", one.name)
    readers = [case.rule_links(rules)] if rules else []
    families = {(node.kind, node.name.partition("[")[0]): node for node in sorted(others, reverse=True)}
    readers += [case.link_to(node.kind, node.name) for _, node in sorted(families.items())]
    title = f"**{prose(case.title('parameter', one.name))}** ({code(one.name)})" if not one.unnamed else code(one.name)
    law = code(_in_words(one)) if one.prior else f"taken as known: {code(_in_words(one))}"
    law += f" (fitted to what {counted(len(one.experts), 'expert')} said)" if one.experts else ""
    central = replace(one, prior="", arguments=(), given=(), experts=())
    return (
        f"{mark('parameter', one.name)}{title}", law, prose(_in_words(central)), "; ".join(readers) or "nothing",
        ("a guess; " if one.unnamed else "") + rests_on(case, one.basis),
    )  # fmt: skip


def _in_words(one: Parameter) -> str:
    """Return what is known of a parameter; a rate is so many per unit of time."""
    text = known(one)
    unit = one.unit.removeprefix("1/")
    return f"{text.removesuffix(one.unit)}per {unit}" if one.unit.startswith("1/") else text


def _laws(parameters: Iterable[Parameter]) -> str:
    """Return how the priors that parameters have are written, and with which arguments."""
    used = sorted({one.prior for one in parameters if one.prior in PRIORS})
    return ", ".join(code(f"{name}({', '.join(PRIORS[name].parameters)})") for name in used)


def sources(case: DescribedCase) -> Section:
    """Return the documents with where each can be read, what it says, and what rests on it."""
    documents = case.case.sources
    history = case.case.history
    citations = [one for item in (history.documented if history else ()) for one in item.citations]
    bases = [
        basis for held in (case.model.rules, case.model.parameters, case.model.base_rates)
        for part in held.values() for basis in part.basis
    ]  # fmt: skip
    found = cited_sources((documents, citations), (documents, bases))
    listed = {one.name for one in found}
    found += [
        CitedSource(name=name, source=one, paragraphs=())
        for name, one in sorted(documents.items())
        if name not in listed
    ]  # fmt: skip
    found.sort(key=lambda one: one.name)
    behind = _behind(case)
    return Section("Sources", [bullets(line for one in found for line in _source(case, one, behind.get(one.name, [])))])


def _source(case: DescribedCase, one: CitedSource, behind: Sequence[Node]) -> Iterator[str]:
    first, *lines = source_lines(one)
    title = first.removeprefix(f"{one.name}: ")
    yield f"{mark('source', one.name)}**{prose(one.name)}**: {prose(title)}"
    yield from (f"  {prose(line)}" for line in lines)
    yield from (f"  {prose(note)}" for note in _note(one.source))
    rests = []
    rules = [node.name for node in behind if node.kind == "rule"]
    if rules:
        rests.append(f"rules {case.rule_links(rules)}")
    words: Mapping[Kind, str] = {**KINDS, "documented": "events"}
    for kind, word in ((kind, word) for kind, word in words.items() if kind != "rule"):
        names = [node.name for node in behind if node.kind == kind]
        if names:
            links = ", ".join(link(code(name), PLACES.get(kind, kind), name) for name in names)
            rests.append(f"{word} {links}")
    yield f"  On it rest: {'; '.join(rests)}." if rests else "  Nothing cites it."


def _note(source: SourceDocument) -> Iterator[str]:
    if source.note:
        yield f"Note: {source.note}"


def _behind(case: DescribedCase) -> Mapping[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node, pieces in case.case.supports.items():
        for source in dict.fromkeys(piece.source for piece in pieces if piece.source):
            found.setdefault(source, []).append(node)
    return found


@dataclass(frozen=True)
class RestingParts:
    """What the parts of one kind rest on, by their names: a source, a judgement alone, nothing that is named."""

    on_source: tuple[str, ...]
    on_judgement: tuple[str, ...]
    on_nothing: tuple[str, ...]

    @property
    def all(self) -> int:
        return len(self.on_source) + len(self.on_judgement) + len(self.on_nothing)


def tallies(case: DescribedCase) -> dict[str, RestingParts]:
    """Return a tally of each kind of part that rests on something, by the kind's plural."""
    found: dict[str, list[tuple[str, tuple[Support, ...]]]] = {word: [] for word in KINDS.values()}
    for node, pieces in case.case.supports.items():
        found[KINDS[node.kind]].append((node.name, pieces))
    return {
        word: RestingParts(
            on_source=tuple(name for name, pieces in held if any(piece.source for piece in pieces)),
            on_judgement=tuple(name for name, pieces in held if pieces and not any(piece.source for piece in pieces)),
            on_nothing=tuple(name for name, pieces in held if not pieces),
        )
        for word, held in found.items()
        if held
    }


def literals(case: DescribedCase) -> tuple[LiteralNumber, ...]:
    """Return the numbers of the model's file that stand in formulas as if they were known."""
    written = case.case.written
    return literals_of(written.document, written.shape)


def numbers(case: DescribedCase) -> Section:
    """Return how many parts rest on a source, on a judgement alone, on nothing, with the names of the last two."""
    found = tallies(case)
    rows = [
        (word, str(one.all), str(len(one.on_source)), str(len(one.on_judgement)), str(len(one.on_nothing)))
        for word, one in found.items()
    ]
    body = [table(["what", "all", "on a source", "on a judgement alone", "on nothing that is named"], rows)]
    guesses = sum(one.unnamed for one in case.model.parameters.values())
    if guesses:
        body.append(f"Of the parameters, {counted(guesses, 'is a guess', 'are guesses')} within a formula.")
    for word, one in found.items():
        for names, on in ((one.on_judgement, "on a judgement alone"), (one.on_nothing, "on nothing that is named")):
            if names:
                body.append(f"{word[:1].upper()}{word[1:]} that rest {on}: {_listed(case, word, names)}.")
    return Section("What it rests on", [*body, *_unexplained(case, literals(case))])


def _listed(case: DescribedCase, word: str, names: Sequence[str]) -> str:
    if word == "rules":
        return case.rule_links(names)
    kind = next(kind for kind, plural in KINDS.items() if plural == word)
    return ", ".join(link(code(name), PLACES.get(kind, kind), name) for name in names)


def _unexplained(case: DescribedCase, found: Sequence[LiteralNumber]) -> Iterator[str]:
    if not found:
        yield "No number stands in a formula as if it were known."
        return
    held: dict[tuple[str, str], list[str]] = {}
    for one in sorted(found, key=lambda one: _place(case, one)):
        held.setdefault((one.kind, one.owner), []).append(" ".join(one.written.split()))
    rules = sum(one.kind == "rule" for one in found)
    yield (
        f"Numbers that stand in formulas as if they were known, without a basis of their own and without a range: "
        f"{len(found)}. Of these {rules} are in rules, where the rule's basis has to cover them, and "
        f"{len(found) - rules} elsewhere, where nothing explains them. 0 and 1 do not count."
    )
    for title, wanted in (("In rules", True), ("Elsewhere, unexplained", False)):
        rows = [
            (f"{_rule_label(case, owner) if wanted else kind} {code(owner)}", ", ".join(map(code, numbers)))
            for (kind, owner), numbers in held.items()
            if (kind == "rule") is wanted
        ]
        if rows:
            yield f"{title}:"
            yield table(["where", "numbers"], rows)


def _place(case: DescribedCase, one: LiteralNumber) -> int:
    """Return where the owner of a number is told, among the rules; those of other kinds stay in their order."""
    member = _member(case, one.owner) if one.kind == "rule" else None
    return int(case.label(member)[1:]) if member else 0


def _member(case: DescribedCase, owner: str) -> str | None:
    return next((name for name in case.model.rules if name.partition("[")[0] == owner), None)


def _rule_label(case: DescribedCase, owner: str) -> str:
    member = _member(case, owner)
    return case.rule_links([member]) if member else ""


def as_data(case: DescribedCase) -> dict[str, Any]:
    """Return the tallies and the numbers that stand as known, as JSON-ready data."""
    return {
        "rests_on": {
            word: {"source": [*one.on_source], "judgement": [*one.on_judgement], "nothing": [*one.on_nothing]}
            for word, one in tallies(case).items()
        },
        "literals": len(literals(case)),
    }
