"""The shapes of what a scenario file assumes: its branch, other values of parameters, changes from a date on, events.

They are parts of the scenario file's own shape, in `documents`.
"""

from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Discriminator, Tag

from sim.language.shapes.experts import ElicitedShape
from sim.language.shapes.shape import Expr, Indexed, Instant, ParameterName, Shape, Slug, Target, kind_of, one, optional


class BranchShape(Shape):
    """Where the documented past ends and the runs begin. Exactly one of after, before, at."""

    after: Slug | None = optional("The id of the last documented event that stands.")
    before: Slug | None = optional("The id of the first documented event that does not stand.")
    at: Instant | None = optional(
        "A date: everything documented up to it stands. A day is its beginning; what is documented for that day "
        "without an hour stands, what has an hour does not."
    )


class OverrideShape(Shape):
    """A parameter's value or prior under one scenario."""

    value: Expr | None = optional("Its value.")
    prior: dict[str, list[Expr]] | None = optional(
        "Its prior. From the branch on its numbers may be expressions of other parameters, as in a model; one that "
        "holds from a later date on reads none."
    )
    elicited: ElicitedShape | None = optional("What experts say of it, as in a model.")


Override: TypeAlias = Annotated[
    Annotated[Expr, Tag("text")] | Annotated[OverrideShape, Tag("mapping")], Discriminator(kind_of)
]


class AssumedEventShape(Shape):
    """An event that a scenario assumes: when it happens, and which; all other keys are its marks, as `deaths: 3`.

    With `set` it is an event of the scenario's own, and needs no event type of the model.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Expr]

    at: Expr | None = optional("When it happens: a date; a day is its beginning. Or after a time since the model's 0.")
    after: Expr | None = optional("When it happens: a time since the branch.")
    event: Indexed | None = optional(
        "Its event type; with `set` the name of one of its own, which is else made of its title."
    )
    set: dict[Target, Expr] | None = optional(
        "What it changes: assignments to state variables, all evaluated on the state before the event."
    )
    title: Expr | None = optional("With `set`: the event in words, in the past tense.")
    by: Expr | None = optional("With `set`: the faction whose act it is; without it nobody's.")

    @property
    def given(self) -> dict[str, str]:
        """When it happens, which it is and its marks, as far as they are given: without `set` all else are marks."""
        named = {"at": self.at, "after": self.after, "event": self.event}
        if self.set is None:
            named |= {"title": self.title, "by": self.by}
        return {**{key: text for key, text in named.items() if text is not None}, **self.__pydantic_extra__}


class ChangeShape(Shape):
    """What a scenario assumes from a moment on. At least one of parameters, disable, enable."""

    since: Expr = one(
        "The date, or the time since the branch, from which on this holds. A day is its beginning. It comes before "
        "anything else at that time.",
        alias="from",
    )
    parameters: dict[ParameterName, Override] = one(
        "Parameters that have other values from then on: a value, a prior, or an expression of the model's parameters "
        "as they were until then, such as `exit_wins + 1`. Rates and guards follow, a law is given the new values when "
        "its clock next starts, and a weight when it is next read. A prior is drawn at the quantile at which the run "
        "drew the parameter before. A parameter whose prior reads one of these stays as it was drawn.",
        default={},
    )
    disable: list[Indexed] = one("Rules that do not fire from then on.", default=[])
    enable: list[Indexed] = one(
        "Rules, disabled until then, that start again: they may fire from then on, with a new clock.", default=[]
    )
