"""What is measured: the quantities that a model's measures are of, and the windows in which they count.

`sim.model.measures` says what each comes to in a run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from sim.language.expressions.tree import Apply, Expression
from sim.language.expressions.types import PLAIN, Calendar, Instant, Number, Real, Type, product

INDEX_OF = frozenset({"argmax", "argmin", "first"})


@dataclass(frozen=True, slots=True)
class SinceBranch:
    """A moment so long after the branch."""

    time: float


@dataclass(frozen=True, slots=True)
class OnDate:
    """A moment so long after the origin."""

    time: float


Moment: TypeAlias = SinceBranch | OnDate


@dataclass(frozen=True, slots=True)
class Window:
    """When a measure counts: from a moment (None: the branch) to another (the run's end), while a condition holds.

    Both moments are inside. `sim.model.measures` says what that comes to for each kind.
    """

    opens: Moment | None = None
    closes: Moment | None = None
    when: Expression | None = None


WHOLE_RUN = Window()


@dataclass(frozen=True, slots=True)
class ValueAt:
    """The value of an expression at a moment, or at the run's end (`at` None)."""

    expression: Expression
    at: Moment | None
    kind: ClassVar[str] = "value"


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of an expression's values, one each time that an event of `on` happens, on the state before it."""

    expression: Expression
    on: tuple[str, ...]
    kind: ClassVar[str] = "sum"


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many events of `on` happen."""

    on: tuple[str, ...]
    kind: ClassVar[str] = "count"


@dataclass(frozen=True, slots=True)
class TimeWhile:
    """The time during which a condition holds."""

    expression: Expression
    kind: ClassVar[str] = "time_while"


@dataclass(frozen=True, slots=True)
class Integral:
    """The integral of an expression over time."""

    expression: Expression
    kind: ClassVar[str] = "integral"


@dataclass(frozen=True, slots=True)
class TimeUntil:
    """The time until a condition first holds."""

    expression: Expression
    kind: ClassVar[str] = "time_until"


@dataclass(frozen=True, slots=True)
class Greatest:
    """The greatest value of an expression."""

    expression: Expression
    kind: ClassVar[str] = "max"


@dataclass(frozen=True, slots=True)
class Least:
    """The least value of an expression."""

    expression: Expression
    kind: ClassVar[str] = "min"


@dataclass(frozen=True, slots=True)
class Formula:
    """The value of an expression over other measures, when the run is over."""

    expression: Expression
    kind: ClassVar[str] = "formula"


Quantity: TypeAlias = ValueAt | SumOf | CountOf | TimeWhile | Integral | TimeUntil | Greatest | Least | Formula


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that each run yields. The `kind` of its quantity is the key under which a model file has it."""

    name: str
    title: str
    quantity: Quantity
    window: Window = WHOLE_RUN

    @property
    def expression(self) -> Expression | None:
        return None if isinstance(self.quantity, CountOf) else self.quantity.expression

    @property
    def on(self) -> tuple[str, ...]:
        """The events that add to it."""
        return self.quantity.on if isinstance(self.quantity, SumOf | CountOf) else ()

    @property
    def is_index(self) -> bool:
        """Whether its values are indices of members, of which no mean can be taken."""
        tree = None if self.expression is None else self.expression.tree
        return isinstance(self.quantity, ValueAt) and isinstance(tree, Apply) and tree.operation in INDEX_OF

    def type(self, calendar: Calendar) -> Type:
        """Return the type of its values: they are real numbers, with a unit or without, or dates."""
        duration = calendar.duration()
        if isinstance(self.quantity, TimeWhile | TimeUntil):
            return duration
        kind = None if self.expression is None else self.expression.type
        if isinstance(kind, Instant):
            return kind
        unit = (kind.unit if isinstance(kind, Number) else None) or PLAIN
        if isinstance(self.quantity, Integral) and isinstance(duration, Real):
            unit = product(unit, duration.unit) or PLAIN
        return Real(unit)

    def expressions(self) -> Iterator[Expression]:
        """Yield all that it reads."""
        yield from (part for part in (self.expression, self.window.when) if part is not None)
