"""What a number or a rule of a model rests on: paragraphs of a source, a judgement, a count of comparable cases."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseCount:
    """A count of comparable cases: in `hits` of `cases` something happened `within` a time, in the
    model's unit; None where no time is given.

    `period` is that time in words, such as `180 days`.
    """

    hits: int
    cases: int
    within: float | None = None
    period: str = ""

    def __str__(self) -> str:
        return f"{self.hits} of {self.cases}" + (f" within {self.period}" if self.period else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Where a number or a rule comes from: paragraphs of a source, or a judgement with its reason.

    `count` is what was counted there in comparable cases, if it was.
    """

    source: str = ""
    paragraphs: tuple[int, ...] = ()
    judgement: str = ""
    note: str = ""
    count: CaseCount | None = None

    @property
    def where(self) -> str:
        """Where it comes from, without what was counted."""
        if self.judgement:
            return f"judgement: {self.judgement}"
        where = ", ".join(str(number) for number in self.paragraphs)
        return self.source + (f", paragraph {where}" if where else "")

    def __str__(self) -> str:
        return f"{self.count} ({self.where})" if self.count else self.where
