"""What a benchmark measured, as rows of a table: each figure with its unit, and the goal that it is held against."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was measured; `goal` is the most that it should be, None if it stands for itself."""

    what: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def row(self) -> str:
        """The figure as a row of a Markdown table."""
        goal = "" if self.goal is None else f"{self.goal:,.4g} {self.unit}"
        return f"| {self.what} | {self.value:,.3g} {self.unit} | {goal} |"


HEAD = ("| what | measured | at most |", "|---|---|---|")


def table(figures: Iterable[Figure]) -> None:
    """Print figures as they come."""
    sys.stdout.write("\n".join(HEAD) + "\n")
    for one in figures:
        sys.stdout.write(f"{one.row}\n")
        sys.stdout.flush()
