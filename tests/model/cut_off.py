"""A run that goes on after its first ending, cut off there: as it would have been if that had ended it."""

from dataclasses import replace
from itertools import takewhile

from sim.model.event import RUN_ENDED, Event, Log
from sim.model.model import Model
from sim.model.outcomes import first_ending


def cut_off(model: Model, log: Log) -> Log:
    """Return the log of the same run if its first ending had ended it; the log itself if it has none before its end.

    Other endings that came true together with the first are dropped: a run ends once. Milestones stay.
    """
    first = first_ending(model, log)
    if first is None or model.outcomes[first.type].otherwise:
        return log
    place = first.sequence - log[0].sequence + 1
    together = takewhile(lambda event: event.kind == "outcome" and event.time == first.time, log[place:])
    endings = {name for name, outcome in model.outcomes.items() if outcome.ending}
    kept = (*log[:place], *(event for event in together if event.type not in endings))
    ended = Event(sequence=0, time=first.time, kind="ended", type=RUN_ENDED, note=first.type)
    return tuple(replace(event, sequence=number) for number, event in enumerate((*kept, ended)))
