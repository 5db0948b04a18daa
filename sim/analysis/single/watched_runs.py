"""One run made again by the reference engine while somebody watches it: the run before and after each of its acts.

No log has the clocks of a run or its streams. Which acts there are, and in which order, the engine decides; what is
seen in them is up to the watchers.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from sim.engines.reference import ReferenceEngine
from sim.model.random_streams import Streams
from sim.model.run import Run

T = TypeVar("T")


class Act(NamedTuple):
    """What happens at once in a run: when, and the number of the rule that fires, if one does."""

    time: float
    rule: int | None = None


class Watcher(Protocol):
    """What sees a run between its acts. An act that fails is its last one, and has no `after`."""

    def before(self, run: "WatchedRun", act: Act) -> None: ...
    def after(self, run: "WatchedRun", act: Act) -> None: ...


class WatchedRun(Run):
    """A run that shows itself to a watcher before and after each act from its branch on; `acts` have been made."""

    def __init__(self, *arguments: Any, watcher: Watcher, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.watcher: Watcher | None = watcher
        self.acts = 0

    def copy(self, streams: Streams) -> Run:
        """Return a run that is as far as this one, and goes on by itself, unwatched."""
        other = super().copy(streams)
        assert isinstance(other, WatchedRun), "a copy is of the same class"
        other.watcher = None
        return other

    def look(self) -> set[int]:
        return self._show(Act(self.next_look), super().look)

    def flip(self) -> set[int]:
        return self._show(Act(self.next_flip), super().flip)

    def fire(self, number: int, time: float) -> set[int]:
        return self._show(Act(time, number), super().fire, number, time)

    def schedule(self, index: int) -> set[int]:
        return self._show(Act(self.scenario.timetable[index].time), super().schedule, index)

    def change(self, index: int) -> set[int]:
        return self._show(Act(self.scenario.changes[index].time), super().change, index)

    def end_at_horizon(self) -> None:
        self._show(Act(self.scenario.horizon), super().end_at_horizon)

    def _show(self, act: Act, make: Callable[..., T], *arguments: Any) -> T:
        if self.watcher is None or not self.log:  # in its past it moves, too
            return make(*arguments)
        self.watcher.before(self, act)
        self.acts += 1
        result = make(*arguments)
        self.watcher.after(self, act)
        return result


def watch(engine: ReferenceEngine, run: int, watcher: Watcher) -> WatchedRun:
    """Make a run to its end while somebody watches it, and return it."""
    return engine.unfold_as(partial(WatchedRun, watcher=watcher), run)


def run_before(
    engine: ReferenceEngine, run: int, acts: int, streams: Callable[[Streams], Streams] = lambda own: own
) -> tuple[Run, WatchedRun]:  # fmt: skip
    """Return a run as it was when so many acts had been made, to go on with these streams, and the run at its end.

    `streams` makes them of the run's own. A later act must have been made.
    """
    copying = _Copying(acts, streams)
    made = watch(engine, run, copying)
    assert copying.copied is not None, f"run {run} has more than {acts} acts"
    return copying.copied, made


class _Copying:
    def __init__(self, acts: int, streams: Callable[[Streams], Streams]) -> None:
        self.copied: Run | None = None
        self._acts, self._streams = acts, streams

    def before(self, run: WatchedRun, act: Act) -> None:  # noqa: ARG002
        if run.acts == self._acts:
            self.copied = run.copy(self._streams(run.streams))

    def after(self, run: WatchedRun, act: Act) -> None:
        """Leave the run as it is."""
