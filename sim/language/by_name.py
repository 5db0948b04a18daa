"""Figures by the names of outcomes and measures, where a wrong name is an error that suggests the right one."""

from functools import partial
from typing import Any, TypeVar

from sim.errors import UsageError
from sim.language.suggest import named_or_near

V = TypeVar("V")


class UnknownName(UsageError, KeyError):
    """There is no outcome or measure of this name. A KeyError, too, as of any mapping."""


class ByName(dict[str, V]):
    """A mapping from names. `kind` is what they are names of, such as "outcome"."""

    def __init__(self, *given: Any, kind: str = "name") -> None:
        super().__init__(*given)
        self.kind = kind

    def __missing__(self, name: object) -> V:
        """Raise UnknownName (E018) with the name that was meant, or those that there are."""
        raise UnknownName("E018", f"there is no {self.kind} {name!r} here", *named_or_near(str(name), self))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), kind=self.kind), (dict(self),)
