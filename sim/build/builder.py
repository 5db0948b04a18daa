"""What the passes of building a model share: what they have found so far, and the checking of families and bases.

What is declared is left to `declarations`, what happens to `rules`, what is asked to `questions`.
"""

import keyword
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.build.context import Context, check_citation
from sim.language.expressions import operations
from sim.language.expressions.indices import Indices, indices_in, members_in
from sim.language.expressions.tree import Expression
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.shape import BasisShape
from sim.language.yaml.parser import Keys
from sim.model.model import Basis, Parameter, Rule, Variable

MOST_MEMBERS_OF_ALL = 20_000
_FUNCTIONS = {*operations.FUNCTIONS, *operations.RANDOM} - operations.NOT_RESERVED
RESERVED = {"time", "true", "false", "event", "weight", "at", "after", *_FUNCTIONS}
HOW_TO_GIVE_A_BASIS = "expected {source: id, paragraph: 4} or {judgement: the reason}"


@dataclass(kw_only=True)
class Builder(Context):
    """The context of a model's own file, and what is found in it."""

    shape: ModelShape
    variables: dict[str, Variable] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    derived: dict[str, Expression] = field(default_factory=dict)
    members_of: dict[Keys, int] = field(default_factory=dict)
    members_of_all: int = 0
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
        for number, shape in enumerate(shapes):
            where = (*keys, number) if (*keys, number) in self.document.offsets else keys
            if (shape.source is None) == (shape.judgement is None):
                self.complain("E305", "a basis is a source or a judgement", where, HOW_TO_GIVE_A_BASIS)
            elif shape.source is not None:
                check_citation(self, shape.source, shape.paragraph, where)
        return tuple(
            Basis(shape.source or "", tuple(shape.paragraph), shape.judgement or "", shape.note or "")
            for shape in shapes
        )
