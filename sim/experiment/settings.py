"""How runs are made: one record of it, from the command line and the Python API to the workers. `record` makes them."""

from dataclasses import dataclass
from typing import Any, get_args

from sim.engines.choice import Wanted
from sim.errors import UsageError
from sim.language.arguments import RUN_LIMIT, SEED_LIMIT, one_of, truth, whole_number
from sim.ledger.segments.schema import Retention
from sim.model.canonical import parameters_mode


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How the runs of an experiment are made, and what is kept of them.

    `seed` fixes all random streams. Parameters are drawn from their priors once every `runs_per_draw` runs; with
    `central` they stay at their central values. The runs are the same whichever `engine` makes them. `retention` is
    what the ledger keeps of a run: its log (full), or its outcomes, measures and digest; None: as it is kept already.
    With `despite_failures` figures are given though many runs failed, and all runs are made though the first of them
    were all stopped at the limit of events.

    Raise UsageError E013 for a number out of bounds or a contradiction, E024 for another type or an unknown word.
    """

    seed: int = 1
    central: bool = False
    runs_per_draw: int = 1
    engine: Wanted = "auto"
    retention: Retention | None = None
    despite_failures: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", whole_number("seed", self.seed, 0, SEED_LIMIT))
        object.__setattr__(self, "runs_per_draw", whole_number("runs_per_draw", self.runs_per_draw, 1, RUN_LIMIT))
        truth("central", self.central)
        truth("despite_failures", self.despite_failures)
        one_of("engine", self.engine, get_args(Wanted))
        if self.retention is not None:
            one_of("retention", self.retention, get_args(Retention))
        if self.central and self.runs_per_draw > 1:
            said = "'central' and 'runs_per_draw' contradict each other"
            raise UsageError("E013", said, "central values are not drawn")

    @staticmethod
    def of(seed: Any, parameters: str) -> "RunSettings":
        """Return the settings that an ensemble's specification names. Raise ValueError for a text that names none."""
        central, runs_per_draw = parameters_mode(parameters)
        return RunSettings(seed=seed, central=central, runs_per_draw=runs_per_draw)
