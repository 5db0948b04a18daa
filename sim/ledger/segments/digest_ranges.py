"""Run digests of many segments laid side by side: where they overlap they must agree."""

from bisect import bisect_right
from collections.abc import Iterable

from sim.ledger.files import faults
from sim.ledger.manifest import Segment
from sim.ledger.segments.digest import SIZE, ensemble_root, segment_root


class DigestRanges:
    """Stretches of runs without gaps, each with its run digests one after another.

    Built of segments in any order, each with its digests; raises E707 if two have different digests for one run.
    """

    def __init__(self, segments: Iterable[tuple[Segment, bytes]]) -> None:
        self._starts: list[int] = []
        self._digests: list[bytearray] = []
        owners: list[Segment] = []
        for segment, digests in sorted(segments, key=lambda pair: (pair[0].first, pair[0].runs, pair[0].file)):
            if not self._starts or segment.first > self._stop:
                self._starts.append(segment.first)
                self._digests.append(bytearray())
            stretch = self._digests[-1]
            have = stretch[SIZE * (segment.first - self._starts[-1]) :][: len(digests)]
            if have != digests[: len(have)]:
                run = segment.first + next(at for at in range(len(have)) if have[at] != digests[at]) // SIZE
                other = next(owner for owner in owners if run in owner.range)
                raise faults.disagreeing(run, other.file, segment.file)
            stretch += digests[len(have) :]
            owners.append(segment)

    @property
    def _stop(self) -> int:
        return self._starts[-1] + len(self._digests[-1]) // SIZE

    def holds(self, runs: range) -> bool:
        """Return whether all of `runs` are there."""
        at = bisect_right(self._starts, runs.start) - 1
        return at >= 0 and runs.stop <= self._starts[at] + len(self._digests[at]) // SIZE

    def root(self, runs: range) -> str:
        """Give the root that one segment of exactly these runs would have; all of them must be there."""
        at = bisect_right(self._starts, runs.start) - 1
        start = SIZE * (runs.start - self._starts[at])
        return segment_root(runs.start, bytes(self._digests[at][start : start + SIZE * len(runs)]))

    def beginning(self) -> bytes:
        """Give the digests of the runs from 0 until before the first gap."""
        return bytes(self._digests[0]) if self._starts and self._starts[0] == 0 else b""

    def ensemble_root(self) -> str:
        return ensemble_root(self._digests)
