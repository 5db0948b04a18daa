"""What ends the making of an ensemble early: runs that all come to the limit of events, and memory that does not do."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np

from sim.errors import RunError, SimError, lacks_memory, out_of_memory
from sim.experiment.prepare import Experiment
from sim.ledger.ensemble import Ensemble
from sim.ledger.manifest import Segment
from sim.model.event import LIMIT_OF_EVENTS
from sim.model.event_table import EventTable
from sim.model.run import MOST_EVENTS

ENOUGH_STOPPED = 10  # runs: where they were all stopped, three in four or more are likely to be (95 %: 0.05 ** 0.1)

_REMEDIES = (
    "no run may have more: mend the rate or its unit, bring the horizon nearer, or let an outcome end the run",
    "what was made is sealed; `--despite-failures` makes all runs, and counts such a run both ways",
)


@dataclass(frozen=True, slots=True)
class Stopped:
    """How many runs were stopped at the limit of events, the `earliest` when; `rule` fired most: its `share`."""

    runs: int = 0
    earliest: float = np.inf
    rule: str = ""
    share: float = 0.0

    def and_of(self, table: EventTable) -> "Stopped":
        """Count those of further runs, too."""
        other = Stopped.of(table)
        most = max(self, other, key=lambda one: one.share)
        return Stopped(self.runs + other.runs, min(self.earliest, other.earliest), most.rule, most.share)

    @staticmethod
    def of(table: EventTable) -> "Stopped":
        last = table.starts[1:] - 1
        cut = np.array([one.note == LIMIT_OF_EVENTS for one in table.categories], bool)[table.codes[last]]
        if not cut.any():
            return Stopped()
        runs, earliest = int(np.count_nonzero(cut)), float(table.times[last][cut].min())
        fired = Counter[str]()
        for code, count in enumerate(np.bincount(table.codes).tolist()):
            fired[table.categories[code].rule] += count
        most = max(fired, key=lambda rule: fired[rule] if rule else 0)
        return Stopped(runs, earliest, most, fired[most] / table.rows)


class Limit:
    """Watches the first runs that are made of an experiment. Which they are depends on no process and no clock."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._found: dict[int, tuple[int, Stopped] | None] = {}
        self._settled = experiment.settings.despite_failures

    def watch(self, firsts: Iterable[int]) -> None:
        """Take note of the first runs of what is to be made next, in the order in which it is handed out."""
        if not self._settled:
            self._found |= dict.fromkeys(islice(firsts, ENOUGH_STOPPED))

    def look(self, runs: range, stopped: Stopped) -> None:
        """Look at runs that were made, from one of those on. Raise RunError E612 where the first were all stopped."""
        if self._settled or runs.start not in self._found:
            return
        self._found[runs.start] = len(runs), stopped
        count, seen = 0, list[Stopped]()
        for found in self._found.values():
            if found is None:
                return
            made, one = found
            if one.runs < made:
                self._settled = True
                return
            count += made
            seen.append(one)
            if count >= ENOUGH_STOPPED:
                raise _all_stopped(self._experiment, count, seen)


def refuse_as_before(experiment: Experiment, ensemble: Ensemble) -> None:
    """Raise RunError E612 where the first runs that are sealed were all stopped, so that more would be no better."""
    manifest = ensemble.manifest()
    if experiment.settings.despite_failures or manifest is None:
        return
    count = 0
    for segment in sorted(manifest.segments, key=lambda one: one.first):
        if not _was_stopped(ensemble, segment):
            return
        count += segment.runs
        if count >= ENOUGH_STOPPED:
            which = f"the first {count:,} runs of '{experiment.scenario.name}' that are sealed"
            message = f"{which} were all stopped after {MOST_EVENTS:,} events: no more are made"
            raise RunError("E612", message, *_REMEDIES)


def _was_stopped(ensemble: Ensemble, segment: Segment) -> bool:
    if segment.retention == "full":
        return segment.events >= segment.runs * MOST_EVENTS
    return all(Stopped.of(kept).runs == len(kept.runs) for kept in ensemble.kept(segment.range))


def _all_stopped(experiment: Experiment, count: int, seen: list[Stopped]) -> RunError:
    scenario = experiment.scenario
    model = scenario.model
    earliest = min(one.earliest for one in seen)
    most = max(seen, key=lambda one: one.share)
    clock = model.rules[most.rule].clock if most.rule else None
    where = f", {clock.arguments[0].text} at {clock.arguments[0].location}" if clock and clock.arguments else ""
    named = (f"the rule '{most.rule}' fired most: {most.share:.0%} of all events{where}",) if most.rule else ()
    return RunError(
        "E612",
        f"the first {count:,} runs of '{scenario.name}' that were made were all stopped after {MOST_EVENTS:,} events, "
        f"at the earliest {model.calendar.placed(earliest)}: no more are made",
        *named,
        *_REMEDIES,
        time=earliest,
    )


@contextmanager
def memory_for(ensemble: str, runs: range) -> Iterator[None]:
    """Turn a lack of memory over runs of an ensemble, or of libraries that make or write them, into SimError E616."""
    try:
        yield
    except Exception as error:
        if isinstance(error, SimError) or not lacks_memory(error):
            raise
        which = f"run {runs.start}" if len(runs) == 1 else f"runs {runs.start} to {runs.stop - 1}"
        raise out_of_memory(f"{which} of ensemble {ensemble[:12]}") from None
