"""What every engine gives: runs of one scenario as a table of events, the same from each, bit for bit."""

import sys
from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

from sim.engines.undone_run import Counterfactual
from sim.model.event import Log
from sim.model.event_table import EventTable

Name: TypeAlias = Literal["reference", "kernel"]

# Events, marks and measures with which runs are made no further in one table: some 60 MB where they are worked on. A
# table has one run more than would fit, so its bound is this and what one run has.
ENOUGH = 1 << 18


class Engine(Protocol):
    """An engine for the runs of one scenario: any of them, in any order, each a pure function of its number.

    A run that cannot go on ends with a `failed` event; nothing is raised.
    """

    @property
    def name(self) -> Name:
        """What the engine is called."""

    def make(self, runs: range, *, enough: int = sys.maxsize) -> EventTable:
        """Make runs, one at least, up to the one with which they have `enough` events, marks and measures.

        They are measured. How many runs these are depends on nothing but what the runs are.
        """

    def run(self, number: int) -> Log:
        """Return the log of one run."""

    def counterfactuals(self, wanted: Sequence[Counterfactual]) -> EventTable:
        """Make runs, one at least, with what is undone in each; run i of the table is the i-th. None is measured."""
