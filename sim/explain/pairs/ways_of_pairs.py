"""The ways back of many pairs of runs under two scenarios: by compiled code where it can, else by the walk in Python.

Both find the same. The compiled walk takes some fifty microseconds a pair, the one in Python some twenty milliseconds,
most of which is for the reference engine, which makes both runs again.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from sim.engines.choice import Wanted, tried
from sim.engines.reference import ReferenceEngine
from sim.errors import LedgerError
from sim.explain.followed_run import FollowedRun
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.difference_nodes import Ended, Occurred
from sim.explain.pairs.pair_causes import Causes
from sim.explain.pairs.paired_runs import PairedRuns
from sim.explain.pairs.ways_back import EITHER, Way, ways
from sim.model.event import Log
from sim.model.program import compile_model

if TYPE_CHECKING:
    from sim.explain.pairs.compiled.compiled_ways import CompiledWays


class WaysOfPairs:
    """Finds the ways of pairs of runs that were made with a seed and a mode of parameters.

    Where the reference engine is `wanted`, or the kernel cannot be used, it is by the walk in Python.
    """

    def __init__(
        self, assumptions: Assumptions, seed: int, *, central: bool = False, runs_per_draw: int = 1,
        wanted: Wanted = "auto",
    ) -> None:  # fmt: skip
        self.assumptions = assumptions
        self._seed, self._central, self._runs_per_draw, self._wanted = seed, central, runs_per_draw, wanted

    def of(
        self, runs: Sequence[int], logs: Sequence[tuple[Log, Log]], start: Ended | Occurred = EITHER
    ) -> Iterator[tuple[Way, ...]]:
        """Yield the ways of the pair of each run, the cheapest first, from a difference back: by default their ends.

        Raise LedgerError E710 if a run comes out otherwise than its log says when it is made again: by compiled code at
        other times, or in Python in anything.
        """
        if self._compiled is None:
            yield from (self._walked(run, log, start) for run, log in zip(runs, logs, strict=True))
            return
        coming = zip(runs, logs, strict=True)
        for found in self._compiled.found(runs, start):
            for index, (run, log) in enumerate(islice(coming, len(found.runs))):
                known = found.ways(index)
                if known is not None:
                    _hold(run, all(map(_has_times, log, found.times[index])))
                yield self._walked(run, log, start) if known is None else known

    @cached_property
    def _compiled(self) -> "CompiledWays | None":
        given = self.assumptions

        def compiled() -> "CompiledWays | None":
            from sim.explain.pairs.compiled.compiled_ways import CompiledWays, can_walk

            if not can_walk(given.one, given.other, given):
                return None
            return CompiledWays(given, self._seed, central=self._central, runs_per_draw=self._runs_per_draw)

        return None if self._wanted == "reference" else tried(compiled, lambda: None, strict=self._wanted != "auto")

    @cached_property
    def _engines(self) -> tuple[ReferenceEngine, ReferenceEngine]:
        one, other = (
            ReferenceEngine(
                compile_model(each.model), each, self._seed, central=self._central, runs_per_draw=self._runs_per_draw
            )
            for each in (self.assumptions.one, self.assumptions.other)
        )
        return one, other

    def _walked(self, run: int, log: tuple[Log, Log], start: Ended | Occurred) -> tuple[Way, ...]:
        one, other = (FollowedRun.by(engine, run) for engine in self._engines)
        _hold(run, (one.log, other.log) == log)
        return ways(Causes(PairedRuns(one, other, self.assumptions)), start)


def _has_times(log: Log, times: Any) -> bool:
    return bool([event.time for event in log] == times.tolist())


def _hold(run: int, same: bool) -> None:  # noqa: FBT001 - what is held is a condition
    if not same:
        raise LedgerError("E710", f"run {run} comes out otherwise when it is made again")
