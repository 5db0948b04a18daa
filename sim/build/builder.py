"""What the passes of building a model share: what they have found so far; the checking of families, bases and counts.

What is declared is left to `declarations`, what happens to `rules`, what is asked to `questions`.
"""

import keyword
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sim.build.context import Context, check_citation
from sim.language.expressions import operations
from sim.language.expressions.indices import Indices, indices_in, members_in
from sim.language.expressions.tree import Expression
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.shape import BasisShape
from sim.language.yaml.parser import Keys
from sim.model.evidence.basis import Basis, CaseCount
from sim.model.model import Parameter, Rule, Variable

MOST_MEMBERS_OF_ALL = 20_000
MOST_CASES = 10**9
_FUNCTIONS = {*operations.FUNCTIONS, *operations.RANDOM} - operations.NAMES_TOO
RESERVED = {"time", "true", "false", "event", "weight", "at", "after", *_FUNCTIONS}
HOW_TO_GIVE_A_BASIS = "expected {source: id, paragraph: 4} or {judgement: the reason}"
COUNT_EXPECTED = "expected such as {count: 8, of: 37, within: 180 days}"


@dataclass(kw_only=True)
class Builder(Context):
    """The context of a model's own file, and what is found in it."""

    shape: ModelShape
    variables: dict[str, Variable] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    derived: dict[str, Expression] = field(default_factory=dict)
    derived_titles: dict[str, str] = field(default_factory=dict)
    step: float = 1.0
    members_of: dict[Keys, int] = field(default_factory=dict)
    members_of_all: int = 0
    unread: set[str] = field(default_factory=set)  # parameters whose value or prior was refused
    stand_ins: frozenset[str] = frozenset()  # names of which nobody knows yet what values they have
    unfinished: dict[str, Rule] = field(default_factory=dict)  # rules without a guard or a clock that could be read

    def members(self, family: str | None, keys: Keys) -> Iterator[tuple[str, Indices]]:
        """Yield the suffix and the indices of each member: one without suffix where there is no family."""
        if self.document.is_refused((*keys, "for")):
            return
        if family is None:
            yield "", {}
            return
        where = (*keys, "for")
        found = self.counted(family, where, {})
        self.members_of_all += len(found) - self.members_of.get(keys, 0)
        self.members_of[keys] = len(found)
        if self.members_of_all > MOST_MEMBERS_OF_ALL:
            self.complain("E312", f"more than {MOST_MEMBERS_OF_ALL:,} members of all families together", where)
            self.complaints.raise_any()
        for indices in found:
            yield f"[{','.join(map(str, indices.values()))}]", indices

    def counted(self, family: str, where: Keys, around: Indices, *, key: bool = False) -> list[Indices]:
        """Return the indices of each member that a `for` at `where` lists; none after complaining.

        `around` are the indices of the place at hand. In a `key` the condition may leave out all members.
        """
        named = indices_in(family)
        for index in named:
            if index in self.declared or index in RESERVED or keyword.iskeyword(index):
                self.complain("E304", f"the index '{index}' has the name of something else", where, key=key)
            elif index in around or named.count(index) > 1:
                self.complain("E304", f"the index '{index}' stands here already", where, key=key)
                return []
        try:
            return members_in(family, around, may_be_none=key)
        except ValueError as error:
            message, note = error.args
            self.complain("E312", message, where, note, key=key)
            return []

    def members_at_least_one(self, name: str, family: str | None, keys: Keys) -> list[tuple[str, Indices]]:
        """Return the members of what is declared as `name`, which is doubtful if it has none."""
        members = list(self.members(family, keys))
        if not members:
            self.complaints.doubtful.add(name)
        return members

    def basis(self, shapes: list[BasisShape], keys: Keys) -> tuple[Basis, ...]:
        """Return the bases, after checking that each names a judgement, or a source and paragraphs that exist."""
        found = []
        for number, shape in enumerate(shapes):
            where = (*keys, number) if (*keys, number) in self.document.offsets else keys
            if (shape.source is None) == (shape.judgement is None):
                self.complain("E305", "a basis is a source or a judgement", where, HOW_TO_GIVE_A_BASIS)
            elif shape.source is not None:
                check_citation(self, shape.source, shape.paragraph, where)
            found.append(
                Basis(
                    source=shape.source or "", paragraphs=tuple(shape.paragraph), judgement=shape.judgement or "",
                    note=shape.note or "", count=count_of(self, shape, where),
                )
            )  # fmt: skip
        return tuple(found)


class HasCount(Protocol):
    """A shape with a count."""

    @property
    def count(self) -> int | None: ...

    @property
    def of(self) -> int | None: ...

    @property
    def within(self) -> str | None: ...


def count_of(context: Context, shape: HasCount, keys: Keys) -> CaseCount | None:
    """Return the count of a shape; None where there is none, or after complaining of one that cannot be."""
    hits, cases = shape.count, shape.of
    if hits is None and cases is None:
        if shape.within is not None:
            context.complain(
                "E350", "`within` belongs to a count, and there is none", (*keys, "within"), COUNT_EXPECTED
            )
        return None
    if hits is None or cases is None:
        given, lacking = ("of", "count") if hits is None else ("count", "of")
        if not context.document.is_refused((*keys, lacking)):
            context.complain("E350", f"`{given}` stands without `{lacking}`", (*keys, given), COUNT_EXPECTED, key=True)
        return None
    within = _within(context, (*keys, "within")) if shape.within is not None else None
    if not 1 <= cases <= MOST_CASES:
        message = f"a count is of at least one case, and of {MOST_CASES:,} at most"
        context.complain("E350", message, (*keys, "of"), COUNT_EXPECTED)
    elif not 0 <= hits <= cases:
        context.complain(
            "E350", f"it cannot have happened in {hits} of {cases} cases", (*keys, "count"), COUNT_EXPECTED
        )
    elif shape.within is None or within is not None:
        return CaseCount(hits, cases, within, "" if within is None else context.calendar.length(within))
    return None


def refuse_untimed(context: Context, name: str, bases: Sequence[Basis], unit: str, keys: Keys) -> None:
    """Complain of counts without a time among the bases, at `keys`, of a parameter that has a unit."""
    for number, basis in enumerate(bases):
        if basis.count is not None and basis.count.within is None:
            where = (*keys, number) if (*keys, number) in context.document.offsets else keys
            message = f"a count without `within` is of a plain chance, and '{name}' is in {unit}"
            context.complain("E350", message, (*where, "count"), COUNT_EXPECTED, key=True)


def _within(context: Context, keys: Keys) -> float | None:
    time = context.constant(keys, context.calendar.duration(), "a time")
    if time is not None and time <= 0:
        context.complain("E350", "the time of a count is more than 0", keys, COUNT_EXPECTED)
        return None
    return None if time is None else float(time)
