"""What two paired runs differ in, as nodes of a graph, and the causes that lead from one to those it rests on."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

How: TypeAlias = Literal[
    "condition", "guard", "weights", "mark", "rate", "law", "speed", "effect", "initial", "course",  # what was read
    "started", "stopped",  # a clock
    "over",  # the other run was over by then
    "came",  # an event wrote a variable, or brought an end
    "switched",  # a rule that one scenario lets not fire
    "assumed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """The two runs' first endings are not the same: why the `first` of them came, the `later` one, or either."""

    why: Literal["either", "first", "later"] = "either"


@dataclass(frozen=True, slots=True)
class Occurred:
    """The event at a place of one run, which the other has not, or has otherwise."""

    side: int
    place: int


@dataclass(frozen=True, slots=True)
class Differs:
    """A variable, or the time since an event, that stands otherwise: its last writers in each run, by their places."""

    scope: str
    name: str
    one: int
    other: int

    def writer(self, side: int) -> int:
        return self.other if side else self.one


@dataclass(frozen=True, slots=True)
class Assumed:
    """An assumption that only one of the two scenarios makes, by its name."""

    name: str


Difference: TypeAlias = Ended | Occurred | Differs | Assumed


@dataclass(frozen=True, slots=True)
class Cause:
    """A difference that another rests on: through what, and with what strength, greater than 0 and at most 1."""

    node: Difference
    how: How
    strength: float = 1.0
