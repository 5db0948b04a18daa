"""The columns of a timeline that follow variables: what each is after an event, and before it where that moved too."""

from collections.abc import Sequence
from typing import Any

from sim.analysis.single.values_over_time import ValueAtEvent
from sim.model.model import Model
from sim.report.timeline import value


def value_in_words(model: Model, name: str, at: ValueAtEvent) -> str:
    """Write what a quantity is after an event: `0.61`; `0.42 -> 0.61` where it had come to 0.42 by itself just before.

    A quantity that moved by itself and that the event left alone has one value.
    """
    after = _written(model, name, at.after)
    before = _written(model, name, at.before)
    return f"{before} -> {after}" if at.moved and before != after else after


def _written(model: Model, name: str, known: Any) -> str:
    if known is None:
        return "none"
    kind = model.variables[name].type if name in model.variables else model.derived[name].type
    if kind == model.calendar.instant() and not model.calendar.abstract and isinstance(known, float):
        return model.calendar.moment(known)
    return value(known)


def values_as_data(names: Sequence[str], values: Sequence[ValueAtEvent]) -> dict[str, Any]:
    """Return the same as JSON-ready data: by name, the values just before the event and after it."""
    return {name: {"before": at.before, "after": at.after} for name, at in zip(names, values, strict=True)}
