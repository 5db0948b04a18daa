"""Which random numbers one run draws: its streams, and the number under which it draws from them.

A branch that keeps the draws of the run that it goes on from has that run's number. What a draw is for is said by
`sim.model.random_streams`.
"""

from dataclasses import dataclass

from sim.experiment import Experiment
from sim.model.random_streams import RandomStreams


@dataclass(frozen=True, slots=True)
class RunStreams:
    """The streams from which one run draws after its branch, and its number there."""

    streams: RandomStreams
    number: int

    @staticmethod
    def of(experiment: Experiment, run: int) -> "RunStreams":
        """Return those of a run of an experiment."""
        settings, lineage = experiment.settings, experiment.scenario.lineage
        kept = lineage is not None and lineage.streams == "keep"
        streams = RandomStreams(
            experiment.program, settings.seed, lineage.salt if lineage else "", runs_per_draw=settings.runs_per_draw
        )
        return RunStreams(streams, lineage.run if lineage is not None and kept else run)

    def uniform(self, rule: int, occurrence: int, index: int) -> float:
        """Return the uniform number in (0, 1] of a firing of a rule, by its number: see `sim.model.decide`."""
        return self.streams.uniforms(self.number, rule, occurrence)(index)
