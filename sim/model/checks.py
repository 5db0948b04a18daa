"""What a model claims of every run: its checks. What breaks one is found by `sim.testing`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from sim.language.expressions.tree import Expression


@dataclass(frozen=True, slots=True)
class _OfExpression:
    """A claim about a condition or a value."""

    read: Expression


@dataclass(frozen=True, slots=True)
class _AtEvents(_OfExpression):
    """A claim about a condition or a value, put to the test by the events of `on`."""

    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Always(_OfExpression):
    """A condition holds in every state."""


@dataclass(frozen=True, slots=True)
class Never(_OfExpression):
    """A condition holds in no state."""


@dataclass(frozen=True, slots=True)
class NeverFalls(_OfExpression):
    """No event lessens a value."""


@dataclass(frozen=True, slots=True)
class NeverRises(_OfExpression):
    """No event makes a value greater."""


class HoldsBefore(_AtEvents):
    """A condition holds in the state before each event of `on`."""


class HoldsAfter(_AtEvents):
    """A condition holds in the state after each event of `on`."""


class UnchangedBy(_AtEvents):
    """No event of `on` changes a value."""


class ChangedOnlyBy(_AtEvents):
    """No event but those of `on` changes a value."""


@dataclass(frozen=True, slots=True)
class Happened:
    """All `events` have happened before each event of `on`."""

    events: tuple[str, ...]
    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """A condition holds within a time of when it begins: of an event, or of when another condition turns true.

    Of the runs in which it begins, that is so with at least this probability; in all of them, if that is 1.
    """

    begins: Expression | tuple[str, ...]
    condition: Expression
    within: float
    probability: float


@dataclass(frozen=True, slots=True)
class _OfParameter:
    """A claim about what a parameter that is raised makes of an outcome."""

    outcome: str
    parameter: str


@dataclass(frozen=True, slots=True)
class NeverLowers(_OfParameter):
    """A parameter that is raised makes an outcome no less likely."""


@dataclass(frozen=True, slots=True)
class NeverRaises(_OfParameter):
    """A parameter that is raised makes an outcome no likelier."""


@dataclass(frozen=True, slots=True)
class Reachable:
    """Each of these can come: `rule x` fires, `outcome x` comes true."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoFailure:
    """No run ends with an error: what every model claims, though no file says it."""


OfStates: TypeAlias = Always | Never | HoldsBefore | HoldsAfter
OfValues: TypeAlias = NeverFalls | NeverRises | UnchangedBy | ChangedOnlyBy
ByEvents: TypeAlias = OfStates | OfValues | Happened | NoFailure  # what one run alone can break, event by event
Trend: TypeAlias = NeverLowers | NeverRaises
Statement: TypeAlias = ByEvents | LeadsTo | Trend | Reachable


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A statement about every run, with its reason. `claim` is how the file puts it, `location` where."""

    name: str
    because: str
    claim: str
    location: str
    statement: Statement

    @property
    def on(self) -> tuple[str, ...]:
        """The events that the statement is about: nothing puts it to the test but these."""
        match self.statement:
            case _AtEvents(on=on) | Happened(on=on):
                return on
            case LeadsTo(begins=begins):
                return () if isinstance(begins, Expression) else begins
            case _OfExpression() | _OfParameter() | Reachable() | NoFailure():
                return ()
            case _:
                assert_never(self.statement)

    def expressions(self) -> Iterator[Expression]:
        """Yield all that it reads."""
        match self.statement:
            case _OfExpression(read):
                yield read
            case LeadsTo(begins=begins, condition=condition):
                yield condition
                if isinstance(begins, Expression):
                    yield begins
            case Happened() | _OfParameter() | Reachable() | NoFailure():
                pass
            case _:
                assert_never(self.statement)
