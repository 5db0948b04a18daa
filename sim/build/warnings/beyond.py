"""A value or a prior of a scenario that lies beyond what its model holds possible (W520)."""

from collections.abc import Iterator

from sim.build.domains import held_possible, inside, reach, shown, span, support
from sim.build.warnings import warning
from sim.language.diagnostics import Diagnostic, Span
from sim.model.model import Parameter


def beyond_prior(changed: Parameter, own: Parameter, place: Span) -> Iterator[Diagnostic]:
    """Warn of a parameter as a scenario has it, at `place`, where the model's `own` prior excludes that.

    How far a prior reaches that reads other parameters is known only in a run.
    """
    possible, name = held_possible(own), own.name
    if changed.given or inside(support(changed), possible):
        return
    what, whose = f"'{name}' = {shown(own, support(changed)[0])} lies outside", "every run assumes"
    if changed.prior:
        what = f"a prior of '{name}' {reach(changed, support(changed))} reaches beyond"
        whose = "some of the runs assume"
    yield warning(
        "W520",
        f"{what} what the model holds possible, {span(own, possible)}",
        place,
        f"{whose} what the model's own prior excludes",
        f"if the model should hold it possible, widen the prior of '{name}', or give it a `range`",
    )
