"""What the passes of building a model share: what they have found so far, and the checking of families and bases.

What is declared is left to `declarations`, what happens to `rules`, what is asked to `questions`.
"""

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.build.context import Context, Indices, check_citation
from sim.language.expressions import operations
from sim.language.expressions.tree import Expression
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.shape import BasisShape
from sim.language.yaml.parser import Keys
from sim.model.model import Basis, Parameter, Rule, Variable

MOST_MEMBERS = 1000
MOST_MEMBERS_OF_ALL = 20_000
RESERVED = {"time", "true", "false", "event", "weight", "at", "after", *operations.FUNCTIONS, *operations.RANDOM}
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
    unread: set[str] = field(default_factory=set)  # parameters whose value or prior was refused
    unfinished: dict[str, Rule] = field(default_factory=dict)  # rules without a guard or a clock that could be read

    def members(self, family: str | None, keys: Keys) -> Iterator[tuple[str, Indices]]:
        """Yield the suffix and the indices of each member: one without suffix where there is no family."""
        if self.document.is_refused((*keys, "for")):
            return
        if family is None:
            yield "", {}
            return
        index, listed = (part.strip() for part in family.partition(" in ")[::2])
        if index in self.declared or index in RESERVED or keyword.iskeyword(index):
            self.complain("E304", f"the index '{index}' has the name of something else", (*keys, "for"))
        counted = re.fullmatch(r"(-?\d{1,6})\s*\.\.\s*(-?\d{1,6})", listed)
        values: list[str | int]
        if counted:
            first, last = int(counted[1]), int(counted[2])
            values = list(range(first, min(last, first + MOST_MEMBERS) + 1))
        else:
            values = [word.strip() for word in listed.strip(" {}").split(",")]
        good = all(isinstance(value, int) or re.fullmatch(r"[a-z][a-z0-9_]*", value) for value in values)
        if not values or len(values) > MOST_MEMBERS or len(set(values)) < len(values) or not good:
            note = f"expected 1..5, or words such as north, south; at most {MOST_MEMBERS}, each once"
            self.complain("E312", f"'{listed}' names no members", (*keys, "for"), note)
            return
        self.members_of_all += len(values) - self.members_of.get(keys, 0)
        self.members_of[keys] = len(values)
        if self.members_of_all > MOST_MEMBERS_OF_ALL:
            self.complain("E312", f"more than {MOST_MEMBERS_OF_ALL:,} members of all families together", (*keys, "for"))
            self.complaints.raise_any()
        for value in values:
            yield f"[{value}]", {index: value}

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
