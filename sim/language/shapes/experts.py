"""The shape of what experts say of a number: quantiles by expert, and how they are pooled and fitted."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Tag

from sim.language.shapes.shape import Expr, Name, Shape, kind_of, one

Weights: TypeAlias = Annotated[
    Annotated[Literal["equal"], Tag("text")] | Annotated[dict[Name, float | int], Tag("mapping")],
    Discriminator(kind_of),
]


class ElicitedShape(Shape):
    """What experts say of a number: a law is fitted to the quantiles of each, and the laws are pooled."""

    experts: dict[Name, dict[str, Expr]] = one(
        "What each expert says: values by their percentiles, two at least, as in `anna: {5: 2, 50: 7, 95: 30}`: with a "
        "chance of 5 % it is below 2. The names are yours."
    )
    pool: Weights = one(
        "The weights of the experts' laws in the prior: `equal`, or a number for each expert, as in "
        "`{anna: 2, basil: 1}`.",
        default="equal",
    )
    fit: Literal["best", "normal", "lognormal", "gamma", "beta"] = one(
        "The law that is fitted to what each expert says, by least squares on the chances. `best` takes the nearest of "
        "those that fit: a beta over the parameter's `range`; without one a lognormal or a gamma if all values are "
        "above 0, else a normal.",
        default="best",
    )
