"""The choices that rules made in one run: what else could have happened, how likely, and which number decided it.

A rule with several events emits one by weight. Weights are evaluated on the state at that moment, before the event; a
uniform number in (0, 1] then falls into the share of one of them, the shares standing one after another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from sim.analysis.readings import shares
from sim.analysis.single.run_streams import RunStreams
from sim.experiment import Experiment
from sim.model.decide import CHOICE
from sim.model.event import Event, Log
from sim.model.expression import Frame
from sim.model.program import TIME, RuleProgram
from sim.model.replay import at_branch, follow, moments


@dataclass(frozen=True, slots=True)
class Alternative:
    """An event that a rule could emit: its share at that moment, and where in (0, 1] the share begins and ends."""

    event: str
    share: float
    low: float
    high: float

    def distance(self, uniform: float) -> float:
        """Return how far a uniform number is from the share: 0 inside of it."""
        return max(self.low - uniform, uniform - self.high, 0.0)


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What a rule chose among at one event of a run, in the model's order, and the uniform number that decided it."""

    event: Event
    alternatives: tuple[Alternative, ...]
    uniform: float

    @property
    def chosen(self) -> int:
        """The place of the alternative that happened; of several with this event, the one that the number is in."""
        there = [place for place, one in enumerate(self.alternatives) if one.event == self.event.type]
        return min(there, key=lambda place: self.alternatives[place].distance(self.uniform))


def alternatives_in(rule: RuleProgram, frame: Frame) -> tuple[Alternative, ...]:
    """Return what a rule chooses among in a frame. Raise Fault where its weights cannot be had."""
    found = shares(rule, frame)
    ends = [*accumulate(found)]
    starts = [0.0, *ends[:-1]]
    return tuple(
        Alternative(emitter.event, share, low, high)
        for emitter, share, low, high in zip(rule.emitters, found, starts, ends, strict=True)
    )


def choices_of(experiment: Experiment, run: int, log: Log) -> Iterator[RuleChoice]:
    """Yield the choices of a run in order; `log` is the run's. Those of a past that it goes on from are left out."""
    program, streams = experiment.program, RunStreams.of(experiment, run)
    frame = at_branch(program, experiment.scenario, log)
    for event in log[1:]:
        rule = program.rules[program.numbers[event.rule]] if event.kind == "fired" else None
        if rule is not None and rule.weights:
            for _ in moments(program, frame, event):
                pass
            frame[TIME] = event.time
            uniform = streams.uniform(rule.number, event.occurrence, CHOICE)
            yield RuleChoice(event, alternatives_in(rule, frame), uniform)
        follow(program, frame, event)
