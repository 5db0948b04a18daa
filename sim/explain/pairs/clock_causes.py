"""Why a clock ran out in one of two paired runs and not, or at another time, in the other.

The first that applies: the guard was false there; its clock was not running there, or in another occurrence, so with
another draw; it had started at another time; or its rate, speed or law was another while it ran.
"""

from collections.abc import Iterator
from itertools import pairwise

from sim.explain.followed_run import Stretch
from sim.explain.pairs.difference_nodes import Cause, Difference, How, Occurred
from sim.explain.pairs.pair_reading import Counts, PairReading
from sim.explain.pairs.paired_runs import PairedRuns
from sim.explain.pairs.strengths import WEAK
from sim.language.expressions.tree import Tree
from sim.model.model import LawClock, Rate, Rule


class ClockCauses:
    """Finds what made clocks of a pair of runs run out otherwise."""

    def __init__(self, pair: PairedRuns, reading: PairReading) -> None:
        self.pair = pair
        self.reading = reading

    def of(self, side: int, place: int) -> list[Cause]:
        """Return why the rule that fired at a place of one run did not fire just then in the other."""
        event = self.pair.event(side, place)
        rule = self.pair.runs[side].scenario.model.rules[event.rule]
        counts, times = self.counts(side, place), (event.time, event.time)
        there = self.reading.frame(1 - side, counts, times)
        own = self.pair.values[1 - side]
        theirs = self.pair.runs[1 - side].scenario.model.rules.get(rule.name)
        if theirs is not None and own.value(theirs.guard.tree, there) is not True:
            found = self._guard(side, rule, counts, times)
            if found:
                return found
        mine = self.pair.runs[side].stretch_ended(place)
        if mine is None:
            return []
        other = self.pair.running(1 - side, rule.name, counts[1 - side], event.time)
        if other is None or other.occurrence != mine.occurrence:
            return self._history(rule, side, place)
        found = [*self._started(side, rule, mine, other), *self._pace(side, rule, mine, other, place)]
        if rule.memory != "fresh":  # what stopped and started it before has told on its age, or on its law
            found += self._history(rule, side, place)
            first, theirs_first = self._first(side, mine), self._first(1 - side, other)
            if (first, theirs_first) != (mine, other):
                found += self._pace(side, rule, first, theirs_first, place)
        return found or self._outrun(rule, 1 - side, other, event.time)

    def _first(self, side: int, stretch: Stretch) -> Stretch:
        """Return the stretch in which an occurrence of a clock first ran."""
        known = self.pair.runs[side].stretches_of(stretch.rule)
        return next(one for one in known if one.occurrence == stretch.occurrence)

    def _outrun(self, rule: Rule, side: int, stretch: Stretch, time: float) -> list[Cause]:
        """Return what came first in a run, at the very time at which a clock was due that it stopped."""
        if stretch.until != time or stretch.how == "fired":
            return []
        places = [at for at in self.pair.changing(side) if self.pair.event(side, at).time == time]
        place = stretch.ended if stretch.how != "over" else places[-1] if places else -1
        return self._at(rule, side, place, time, "stopped") if place >= 0 else []

    def counts(self, side: int, place: int) -> Counts:
        """Return how many events each run has had before the event at a place of one."""
        there = self.pair.befores[side][place]
        return (place, there) if side == 0 else (there, place)

    def _after(self, side: int, place: int) -> Counts:
        there = self.pair.befores[side][place] + (place in self.pair.partners[side])
        return (place + 1, there) if side == 0 else (there, place + 1)

    def _guard(self, side: int, rule: Rule, counts: Counts, times: tuple[float, float]) -> list[Cause]:
        return self.reading.of_value(side, [rule.guard.tree], "guard", counts, times)

    def _history(self, rule: Rule, side: int, place: int) -> list[Cause]:
        """Return the first start or stop of a rule's clock that only one run has, up to a place."""
        time = self.pair.event(side, place).time
        lives = [
            [one for one in self.pair.runs[own].stretches_of(rule.name) if one.since <= time] for own in (0, 1)
        ]  # fmt: skip
        for index in range(max(map(len, lives))):
            one, other = (life[index] if index < len(life) else None for life in lives)
            found = self._first_apart(rule, one, other, time)
            if found:
                return found
        return []

    def _first_apart(self, rule: Rule, one: Stretch | None, other: Stretch | None, time: float) -> list[Cause]:
        moments: list[tuple[float, int, int, How]] = []
        if one is None or other is None or not self._is_one(one.began, other.began, one.since, other.since):
            moments += [(each.since, side, each.began, "started") for side, each in enumerate((one, other)) if each]
        elif not self._is_one(one.ended, other.ended, one.until, other.until):
            moments += [(each.until, side, each.ended, "stopped") for side, each in enumerate((one, other))
                        if each and each.how != "over" and each.until <= time]  # fmt: skip
        for moment, side, place, how in sorted(moments):
            found = self._at(rule, side, place, moment, how)
            if found:
                return found
        return []

    def _is_one(self, one: int, other: int, time: float, other_time: float) -> bool:
        """Return whether two runs' clocks started or stopped with the same event, or as time passed at one time."""
        if one >= 0:
            return self.pair.partners[0].get(one) == other
        return one == other and time == other_time

    def _at(self, rule: Rule, side: int, place: int, time: float, how: How) -> list[Cause]:
        """Return why a clock started or stopped in one run with what is at a place, and not in the other."""
        if place >= 0 and place not in self.pair.partners[side]:
            return [Cause(Occurred(side, place), how)]
        counts = self._after(side, place) if place >= 0 else self._at_time(time)
        return self._guard(side, rule, counts, (time, time))

    def _at_time(self, time: float) -> Counts:
        return self.pair.by_time(0, time), self.pair.by_time(1, time)

    def _started(self, side: int, rule: Rule, mine: Stretch, theirs: Stretch) -> list[Cause]:
        if self._is_one(*self._ordered(side, mine.began, theirs.began), mine.since, theirs.since):
            return []
        later, stretch = max(((one.since, own, one) for own, one in ((side, mine), (1 - side, theirs))),
                             key=lambda each: each[0])[1:]  # fmt: skip
        return self._at(rule, later, stretch.began, stretch.since, "started") or self._at(
            rule, side, mine.began, mine.since, "started"
        )

    def _ordered(self, side: int, mine: int, theirs: int) -> tuple[int, int]:
        return (mine, theirs) if side == 0 else (theirs, mine)

    # Rates, speeds and laws

    def _pace(self, side: int, rule: Rule, mine: Stretch, theirs: Stretch, place: int) -> list[Cause]:
        clock, time = rule.clock, self.pair.event(side, place).time
        began = self._ordered(side, mine.began, theirs.began)
        since = (mine.since, theirs.since) if side == 0 else (theirs.since, mine.since)
        if isinstance(clock, Rate):
            return self._accumulated(side, clock.argument.tree, "rate", max(since), time)
        run = self.pair.runs[0]  # a clock that ran at the branch is given its law again there
        began = max(began[0], run.branch), max(began[1], run.branch)
        since = max(since[0], run.scenario.start), max(since[1], run.scenario.start)
        counts = tuple(
            at + 1 if at > run.branch else max(run.branch + 1, self._at_time(when)[own])
            for own, (at, when) in enumerate(zip(began, since, strict=True))
        )
        trees = [argument.tree for argument in clock.arguments]
        found = self.reading.of_value(side, trees, "law", (counts[0], counts[1]), since) if trees else []
        if isinstance(clock, LawClock) and clock.speed is not None:
            found += self._accumulated(side, clock.speed.tree, "speed", max(since), time)
        return found

    def _accumulated(self, side: int, tree: Tree, how: How, since: float, until: float) -> list[Cause]:
        """Return what made a pace another, each weighed by how much progress its own difference adds up to."""
        start = max(since, self.pair.runs[0].scenario.start)
        moved: dict[Difference, float] = {}
        values = self.pair.values[side]
        for (counts, first), (_, last) in pairwise(self._breaks(start, until)):
            middle = (first + last) / 2.0
            times = (middle, middle)
            here, there = self.reading.frame(side, counts, times), self.reading.frame(1 - side, counts, times)
            keys = self.pair.differing([tree], side, here, there)
            known = values.value(tree, here)
            for key in keys:
                other = values.value(tree, self.pair.exchange(side, here, there, [key]))
                if known is None or other is None:
                    continue
                for node in self.reading.named(key, counts, times):
                    moved[node] = moved.get(node, 0.0) + abs(known - other) * (last - first)
        total = sum(moved.values())
        return [Cause(node, how, max(WEAK, one / total if total > 0.0 else WEAK)) for node, one in moved.items()]

    def _breaks(self, start: float, until: float) -> Iterator[tuple[Counts, float]]:
        """Yield when either run changes between two times, and how many events each has had by then."""
        times = sorted({start, until, *(event.time for run in self.pair.runs for event in run.events
                                        if start < event.time < until)})  # fmt: skip
        for time in times:
            yield self._at_time(time), time
