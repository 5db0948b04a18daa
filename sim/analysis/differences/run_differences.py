"""Which runs of two ensembles are the same, by their digests, and in which ways the others part."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from sim.analysis.differences.first_difference import SAME_EVENTS, Parting, RunDifference
from sim.ledger.segments.digest import SIZE, ensemble_root


@dataclass(frozen=True, slots=True)
class RunDifferences:
    """The first runs of two ensembles, by their digests, which stand one after another in order of runs.

    `parted` has those that differ, in order.
    """

    digests: tuple[bytes, bytes]
    parted: tuple[RunDifference, ...]

    @property
    def count(self) -> int:
        return len(self.digests[0]) // SIZE

    @property
    def same(self) -> int:
        """How many runs are the same."""
        return self.count - len(self.parted)

    @property
    def root_of_same(self) -> str:
        """The digest of the digests of the runs that are the same, in order: the same for both."""
        parted = {item.run for item in self.parted}
        return ensemble_root(self.digest(0, run) for run in range(self.count) if run not in parted)

    def digest(self, side: Literal[0, 1], run: int) -> bytes:
        """Return the digest of a run of the one (0) or the other (1)."""
        return self.digests[side][SIZE * run : SIZE * (run + 1)]

    def with_the_same_events(self, how: Parting) -> int:
        """Return how many runs have the same events, and differ in this alone."""
        return sum(item.how == how for item in self.parted)

    @property
    def by_event(self) -> list[tuple[RunDifference, int]]:
        """The ways in which runs part, each with the first run that parts so and how many do, the most frequent first.

        Those that have the same events are left out.
        """
        apart = [item for item in self.parted if item.how not in SAME_EVENTS]
        counts = Counter(map(_way, apart))
        first = {_way(item): item for item in reversed(apart)}
        return sorted(((first[way], many) for way, many in counts.items()), key=lambda pair: (-pair[1], pair[0].run))


def _way(item: RunDifference) -> tuple[str, ...]:
    types = (item.one.type, item.other.type) if item.how == "other choice" else ()
    notes = (item.one.note, item.other.note) if item.how == "other end" else ()
    return (item.how, item.event, *types, *notes)


def differing(one: bytes, other: bytes) -> list[int]:
    """Return the numbers of the runs whose digests differ. Each side has those of as many runs, one after another."""
    starts = range(0, len(one), SIZE) if one != other else ()
    return [start // SIZE for start in starts if one[start : start + SIZE] != other[start : start + SIZE]]
