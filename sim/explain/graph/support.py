"""What rules, parameters, base rates and documented events rest on, piece by piece, and what is left without a source.

A piece of support is a paragraph of a source that is cited, a source that is cited as a whole, or a judgement. Owns
which pieces go with a source or a paragraph that is withdrawn. What is then done to a scenario is for `sim.study`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sim.errors import UsageError
from sim.explain.graph.model_graph import Node
from sim.language.suggest import did_you_mean
from sim.model.evidence.documented import History
from sim.model.model import Model

_PARAGRAPHS = re.compile(r"(?P<source>[^:\s]+)\s*:\s*(?P<numbers>\d+(\s*,\s*\d+)*)")


@dataclass(frozen=True, slots=True, order=True)
class Support:
    """A paragraph of a source, a source as a whole (without a `paragraph`), or a judgement (without a `source`)."""

    source: str = ""
    paragraph: int | None = None
    judgement: str = ""

    def __str__(self) -> str:
        if not self.source:
            return "a judgement"
        return self.source if self.paragraph is None else f"{self.source} §{self.paragraph}"


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A source, or some of its paragraphs: what is asked about, or withdrawn. Without `paragraphs` it is all of it."""

    source: str
    paragraphs: tuple[int, ...] = ()

    def __str__(self) -> str:
        return self.source + (f" §{', '.join(map(str, self.paragraphs))}" if self.paragraphs else "")

    def covers(self, piece: Support) -> bool:
        """Return whether a piece of support is of this passage. A source cited as a whole is of no paragraph of it."""
        if piece.source != self.source:
            return False
        return not self.paragraphs or (piece.paragraph is not None and piece.paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Resting:
    """Something that rests on a passage: which of its pieces of support are of it, and which are not."""

    node: Node
    covered: tuple[Support, ...]
    left: tuple[Support, ...]

    @property
    def alone(self) -> bool:
        """Whether it rests on nothing else."""
        return not self.left


def support_of(model: Model, history: History | None) -> Mapping[Node, tuple[Support, ...]]:
    """Return all pieces of support of whatever has a basis or cites a source, each once, in order."""
    found: dict[Node, list[Support]] = {}
    bases = {Node("rule", one.name): one.basis for one in model.rules.values()}
    bases |= {Node("parameter", one.name): one.basis for one in model.parameters.values()}
    bases |= {Node("base rate", one.name): one.basis for one in model.base_rates.values()}
    for node, basis in bases.items():
        found[node] = [piece for one in basis for piece in _pieces(one.source, one.paragraphs, one.judgement)]
    for item in (*history.documented, *history.omitted) if history else ():
        cited = item.citations
        found[Node("documented", item.id)] = [piece for one in cited for piece in _pieces(one.source, one.paragraphs)]
    return {node: tuple(dict.fromkeys(pieces)) for node, pieces in found.items()}


def resting_on(supports: Mapping[Node, tuple[Support, ...]], passages: Iterable[Passage]) -> tuple[Resting, ...]:
    """Return what rests on some passages, alone or beside others, in order of kinds and names."""
    wanted = tuple(passages)
    found = []
    for node, pieces in sorted(supports.items()):
        covered = tuple(piece for piece in pieces if any(one.covers(piece) for one in wanted))
        if covered:
            found.append(Resting(node, covered, tuple(piece for piece in pieces if piece not in covered)))
    return tuple(found)


def passage_of(text: str, known: Iterable[str]) -> Passage:
    """Return the passage that a text such as `un-report-12` or `un-report-12:4,5` names.

    Raise UsageError E053 for a source that is not among the `known`, or for paragraphs that are not numbers.
    """
    sources = sorted(set(known))
    match = _PARAGRAPHS.fullmatch(text.strip())
    source = match["source"] if match else text.strip()
    if source in sources:
        numbers = match["numbers"].split(",") if match else []
        return Passage(source, tuple(sorted({int(number) for number in numbers})))
    before, colon, _ = source.partition(":")
    if colon and before in sources:
        raise UsageError("E053", f"'{text}' names no paragraph of '{before}'", "expected SOURCE:14, or SOURCE:14,15")
    raise UsageError("E053", f"there is no source '{source}'", *_near(source, sources))


def _near(source: str, sources: list[str]) -> tuple[str, ...]:
    meant = did_you_mean(source, sources)
    return meant or ("`sim trace CASE` lists the sources",)


def _pieces(source: str, paragraphs: Iterable[int], judgement: str = "") -> Iterable[Support]:
    if not source:
        return [Support(judgement=judgement)]
    return [Support(source, number) for number in paragraphs] or [Support(source)]
