"""One run as its log tells, its past included, by the places by which all explanations name events.

The state around each event, and when each clock ran, are for `followed_run`.
"""

from sim.model.event import Event, Log
from sim.model.program import Program
from sim.model.scenario import Scenario


class LoggedRun:
    """A run of a scenario. `events` are those of its past and then those of its log, by their places."""

    def __init__(self, program: Program, scenario: Scenario, number: int, log: Log) -> None:
        self.program = program
        self.scenario = scenario
        self.number = number
        self.log = log
        self.events: tuple[Event, ...] = (*scenario.past, *log)
        self.branch = len(scenario.past)  # the place of the event with which the run began

    def place(self, sequence: int) -> int:
        """Return the place of the event of this number in the log."""
        return self.branch + sequence
