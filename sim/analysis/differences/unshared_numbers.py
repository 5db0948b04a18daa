"""Unnamed numbers that one of two scenarios alone has, about() in its own rules and events: a value for both runs.

The other run reads none of them. So it is given the value that the first has, and they are behind no difference.
"""

from dataclasses import replace

from sim.experiment.pairs import Side
from sim.model.event import Event
from sim.model.model import Model


def with_all(side: Side, other: Side, model: Model) -> Side:
    """Return a run whose starts and changes have a value of each parameter of `model`, which has those of both."""
    program, scenario, log = side
    own = scenario.model.parameters
    if own.keys() == model.parameters.keys():
        return side
    theirs = dict(zip(other[1].model.parameters, other[2][0].marks, strict=False))

    def widened(event: Event) -> Event:
        if event.kind not in ("started", "changed"):
            return event
        known = theirs | dict(zip(own, event.marks, strict=False))
        return replace(event, marks=(*(known[name] for name in model.parameters), *event.marks[len(own) :]))

    return program, replace(scenario, past=tuple(map(widened, scenario.past))), tuple(map(widened, log))
