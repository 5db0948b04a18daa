"""What is kept of runs where their logs are not: how each began and ended, which outcomes came true, its measures.

The rows are those of the whole log, with the numbers that they have there. What is left out can be made again, and is
proved by the run's digest, which is that of the whole log.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.ledger.segments.columns import Columns, Texts

if TYPE_CHECKING:
    from sim.ledger.segments.columns import Floats

KEPT = ("started", "outcome", "ended", "failed")


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Consecutive runs without their logs. `measures` has a line a run, NaN where there is none; `measured` is the
    digest of what the measures are.
    """

    columns: Columns
    measures: "Floats"
    measured: str


def ends_of(columns: Columns) -> Columns:
    """Return whole runs without the rows that are not kept."""
    import numpy as np

    kinds = columns.texts["kind"]
    kept = np.array([value in KEPT for value in kinds.values], bool)[kinds.codes]
    rows = np.flatnonzero(kept)
    counts = np.diff(columns.offsets)
    run = np.repeat(np.arange(len(columns.starts) - 1), np.diff(columns.starts))
    return Columns(
        columns.first,
        np.concatenate(([0], np.cumsum(np.bincount(run[rows], minlength=len(columns.starts) - 1)))),
        columns.sequence[rows],
        columns.time[rows],
        columns.occurrence[rows],
        np.concatenate(([0], np.cumsum(counts[rows]))),
        columns.marks[np.repeat(kept, counts)],
        {name: Texts(texts.codes[rows], texts.values) for name, texts in columns.texts.items()},
    )
