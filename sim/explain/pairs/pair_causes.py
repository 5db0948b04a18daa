"""What a difference between two paired runs rests on directly: one step back, on either side.

An ending, an event that one run has and the other has not, or a variable that stands otherwise rests on what its own
evaluation reads otherwise in the two runs, whether that made a condition true or false, and on what started or stopped
its clock. Two runs differ in nothing but what is assumed, so every way back ends there.
"""

from collections.abc import Iterator
from typing import Any

from sim.analysis.flow import switched
from sim.distributions.marks import reached
from sim.explain.followed_run import INITIAL
from sim.explain.pairs.clock_causes import ClockCauses
from sim.explain.pairs.difference_nodes import Assumed, Cause, Difference, Differs, Ended, Occurred
from sim.explain.pairs.pair_reading import Counts, PairReading, Times
from sim.explain.pairs.paired_runs import Key, PairedRuns
from sim.explain.pairs.strengths import HALF, WEAK
from sim.language.expressions.tree import Tree
from sim.model.decide import CHOICE
from sim.model.event import Event
from sim.model.evolve import carry
from sim.model.expression import Frame
from sim.model.model import FirstTime, Rule


class Causes:
    """Finds the direct causes of the differences of one pair of runs."""

    def __init__(self, pair: PairedRuns) -> None:
        self.pair = pair
        self.reading = PairReading(pair)
        self.clocks = ClockCauses(pair, self.reading)
        self._known: dict[Difference, list[Cause]] = {}

    def of(self, node: Difference) -> list[Cause]:
        """Return the causes of a difference; none of an assumption."""
        if node not in self._known:
            self._known[node] = list(self._of(node))
        return self._known[node]

    def _of(self, node: Difference) -> Iterator[Cause]:
        match node:
            case Ended(why):
                yield from self._ended(why)
            case Occurred(side, place):
                yield from self._happened(side, place)
            case Differs():
                yield from self._differs(node)
            case Assumed():
                pass

    # How the runs ended

    def _ended(self, why: str) -> Iterator[Cause]:
        """Yield why one run ended first, and the other did not then; half as strongly, why the other did later."""
        ending = [side for side in (0, 1) if self.pair.came_to_an_ending(side)]
        times = {side: self.pair.event(side, self.pair.lasts[side]).time for side in ending}
        first = min(times.values())
        for side in ending:
            if times[side] == first and why != "later":
                yield from self._ending(side)
            elif times[side] != first and why != "first":
                weight = HALF if why == "either" else 1.0
                yield from (Cause(one.node, one.how, one.strength * weight) for one in self._ending(side))

    def _brought(self, side: int) -> int | None:
        """Return the place of the event with which a run's ending came; None if it came as time passed."""
        last = self.pair.lasts[side]
        place = max((at for at in self.pair.changing(side) if at < last), default=INITIAL)
        known = place >= 0 and self.pair.event(side, place).time == self.pair.event(side, last).time
        return place if known else None

    def _ending(self, side: int) -> Iterator[Cause]:
        run, time = self.pair.runs[side], self.pair.event(side, self.pair.lasts[side]).time
        outcome = run.scenario.model.outcomes[self.pair.ends[side]]
        first, place = outcome.comes, self._brought(side)
        assert isinstance(first, FirstTime), "only at the horizon anything else comes true"
        twin = None if place is None else self._twin(side, place)
        if place is not None and first.on and twin is None:
            yield Cause(Occurred(side, place), "came")
        counts, times = self._after(side, self.pair.lasts[side]), (time, time)
        if place is not None and twin is not None:
            later = self.pair.event(1 - side, twin).time
            counts = (place + 1, twin + 1) if side == 0 else (twin + 1, place + 1)
            times = (time, later) if side == 0 else (later, time)
        trees = [part.tree for part in (first.when, first.safe) if part is not None]
        found = self.reading.of_value(side, trees, "condition", counts, times) if trees else []
        yield from found
        if place is not None and place not in self.pair.partners[side] and not _is_strong(found):
            yield Cause(Occurred(side, place), "came")

    def _after(self, side: int, place: int) -> Counts:
        there = self.pair.befores[side][place] + (place in self.pair.partners[side])
        return (place + 1, there) if side == 0 else (there, place + 1)

    def _twin(self, side: int, place: int) -> int | None:
        """Return the place of the same event in the other run, or of the same firing if it chose the same."""
        if place in self.pair.partners[side]:
            return self.pair.partners[side][place]
        event = self.pair.event(side, place)
        twin = self.pair.twins[1 - side].get((event.rule, event.occurrence)) if event.kind == "fired" else None
        return twin if twin is not None and self.pair.event(1 - side, twin).type == event.type else None

    # An event

    def _happened(self, side: int, place: int) -> Iterator[Cause]:
        pair, event = self.pair, self.pair.event(side, place)
        over = pair.is_over(1 - side, pair.befores[side][place])
        if event.kind == "changed":
            yield from self._change(side, event)
        elif event.kind == "scheduled":
            if pair.assumptions.is_assumed(event.time, event.type, event.marks):
                yield Cause(Assumed(f"event {event.type}"), "assumed")
            else:
                yield from self._over(1 - side)
        elif event.kind == "fired":
            if over:
                yield from self._over(1 - side)
            weight = HALF if over else 1.0
            for cause in self._fired(side, place, event):
                yield Cause(cause.node, cause.how, cause.strength * weight)

    def _change(self, side: int, event: Event) -> Iterator[Cause]:
        change = next(one for one in self.pair.runs[side].scenario.changes if one.number == event.occurrence)
        found = [*(f"parameter {name}" for name in change.parameters), *(f"without {name}" for name in change.disabled),
                 *(f"rule {name}" for name in change.enabled)]  # fmt: skip
        names = [name for name in found if name in self.pair.assumptions.names]
        if names:
            yield from (Cause(Assumed(name), "assumed") for name in names)
        else:
            yield from self._over(1 - side)

    def _over(self, side: int) -> Iterator[Cause]:
        """Yield what ended a run: the event that brought its ending, or what its condition read."""
        place = self._brought(side)
        if place is not None and place not in self.pair.partners[side]:
            yield Cause(Occurred(side, place), "over")
        elif self.pair.came_to_an_ending(side):
            yield from self._ending(side)

    def _fired(self, side: int, place: int, event: Event) -> Iterator[Cause]:
        one, other = (run.scenario for run in self.pair.runs)
        apart = switched(event.rule, one, other, event.time)
        names = sorted(apart) if apart else [
            name for name in (f"rule {event.rule}",) if name in self.pair.assumptions.names
        ]  # fmt: skip
        if names:
            yield from (Cause(Assumed(name), "switched") for name in names)
            return
        twin = self.pair.twins[1 - side].get((event.rule, event.occurrence))
        if twin is None:
            yield from self.clocks.of(side, place)
            counts, times = self.clocks.counts(side, place), (event.time, event.time)
            if not self._chooses_alike(side, event, counts, times):
                yield from self._weights(side, event, counts, times)
            return
        theirs = self.pair.event(1 - side, twin)
        counts = (place, twin) if side == 0 else (twin, place)
        times = (event.time, theirs.time) if side == 0 else (theirs.time, event.time)
        found: list[Cause] = []
        if theirs.type != event.type:
            found = self._weights(side, event, counts, times)
        elif theirs.time == event.time:
            found = list(self._marks(side, event, theirs, counts, times))
        yield from found
        if theirs.time != event.time:
            early, at = (side, place) if event.time < theirs.time else (1 - side, twin)
            weight = HALF if any(self._is_by_event(cause) for cause in found) else 1.0
            for cause in self.clocks.of(early, at):
                yield Cause(cause.node, cause.how, cause.strength * weight)

    def _is_by_event(self, cause: Cause) -> bool:
        """Return whether a variable stands otherwise by an event that one run alone has, and not by time alone."""
        if not isinstance(cause.node, Differs):
            return True
        return any(cause.node.writer(side) not in self.pair.partners[side] for side in (0, 1)
                   if cause.node.writer(side) >= 0)  # fmt: skip

    def _weights(self, side: int, event: Event, counts: Counts, times: Times) -> list[Cause]:
        rule = self._rule(side, event)
        trees = [weight.tree for weight in rule.weights]
        return self.reading.causes(
            side, trees, lambda frame: self._chosen(side, event, frame), "weights", counts, times
        )

    def _chooses_alike(self, side: int, event: Event, counts: Counts, times: Times) -> bool:
        """Return whether the draw that chose an event would have chosen it in the other run, too."""
        rule = self._rule(side, event)
        if not rule.weights:
            return True
        here, there = self.reading.frame(side, counts, times), self.reading.frame(1 - side, counts, times)
        keys = self.pair.differing([weight.tree for weight in rule.weights], side, here, there)
        return self._chosen(side, event, self.pair.exchange(side, here, there, keys)) == event.type

    def _chosen(self, side: int, event: Event, frame: Frame) -> str:
        """Return what a rule would choose in a frame by the draw with which it chose an event; "" for nothing."""
        run, values = self.pair.runs[side], self.pair.values[side]
        rule = run.program.rules[run.program.numbers[event.rule]]
        found = [values.value(weight.tree, frame) for weight in rule.rule.weights]
        weights = [float(weight) if weight is not None and weight > 0.0 else 0.0 for weight in found]
        total = sum(weights)
        if not total > 0.0:
            return ""
        return rule.emitters[reached(weights, run.uniform(event, CHOICE) * total)].event

    def _marks(self, side: int, event: Event, theirs: Event, counts: Counts, times: Times) -> Iterator[Cause]:
        differing = [n for n, (a, b) in enumerate(zip(event.marks, theirs.marks, strict=True)) if a != b]
        yield from self._marks_read(side, event, differing, counts, times)

    def _marks_read(
        self, side: int, event: Event, places: list[int], counts: Counts, times: Times
    ) -> list[Cause]:  # fmt: skip
        emission = next((one for one in self._rule(side, event).emissions if one.event == event.type), None)
        trees = [emission.marks[place].tree for place in places] if emission else []
        return self.reading.of_value(side, trees, "mark", counts, times) if trees else []

    def _rule(self, side: int, event: Event) -> Rule:
        return self.pair.runs[side].scenario.model.rules[event.rule]

    # A variable

    def _differs(self, node: Differs) -> Iterator[Cause]:
        writers = (node.one, node.other)
        yield from self._course(node)
        if writers == (INITIAL, INITIAL):
            yield from self._initial(node)
        elif node.scope == "state" and self.pair.partners[0].get(node.one) == node.other:
            yield from self._effect(0, node, writers)
        else:
            for side in (0, 1):
                place = node.writer(side)
                if place >= 0 and place not in self.pair.partners[side]:
                    yield from self._written(side, place, node)

    def _written(self, side: int, place: int, node: Differs) -> Iterator[Cause]:
        """Yield the event that wrote a variable, and what its effect read otherwise, such as the variable itself.

        One that left it as it was is the lesser cause: so it had stood before, and already otherwise than in the other.
        """
        event, counts = self.pair.event(side, place), self.clocks.counts(side, place)
        if node.scope != "state":
            yield Cause(Occurred(side, place), "came")
            return
        apart, moved = self._apart(node, counts, event.time), self._moved(side, place, node.name)
        if moved == 0.0 and apart > 0.0:
            yield Cause(Occurred(side, place), "came", HALF)
            yield from (Cause(one, "effect") for one in self.reading.named((node.scope, node.name), counts,
                                                                           (event.time, event.time)))  # fmt: skip
            return
        own = max(moved / (apart + moved), WEAK) if apart + moved > 0.0 else 1.0
        yield Cause(Occurred(side, place), "came", own)
        for cause in self._effect(side, node, counts):
            yield Cause(cause.node, cause.how, max(cause.strength * (1.0 - own), WEAK))

    def _apart(self, node: Differs, counts: Counts, time: float) -> float:
        """Return how far apart the two runs had a variable before it was written."""
        slots = [values.slots[node.scope, node.name] for values in self.pair.values]
        one, other = (self.pair.frame(side, counts[side], time)[slots[side]] for side in (0, 1))
        return abs(float(one) - float(other))

    def _moved(self, side: int, place: int, name: str) -> float:
        """Return how far an event moved a variable."""
        run = self.pair.runs[side]
        slot, moment = self.pair.values[side].slots["state", name], run.moments[place]
        return abs(float(run.value(slot, moment.after)) - float(run.value(slot, moment.before)))

    def _tree(self, side: int, event: Event, name: str) -> Tree | None:
        effects = self.pair.runs[side].scenario.model.events[event.type].effects if event.kind != "changed" else {}
        return effects[name].tree if name in effects else None

    def _effect(self, side: int, node: Differs, counts: Counts) -> list[Cause]:
        """Return what the effect that wrote a variable read otherwise, before the events at these places."""
        event = self.pair.event(side, node.writer(side))
        tree = self._tree(side, event, node.name)
        if tree is None:
            return []
        run, values = self.pair.runs[side], self.pair.values[side]
        variable = run.scenario.model.variables[node.name]

        def evaluate(frame: Frame) -> Any:
            marked = frame.copy()
            carry(run.program, marked, event.type, event.marks)
            found = values.value(tree, marked)
            return min(max(found, variable.low), variable.high) if variable.saturates and found is not None else found

        return self.reading.causes(side, [tree], evaluate, "effect", counts, (event.time, event.time))

    def _course(self, node: Differs) -> Iterator[Cause]:
        """Yield what the course of a variable that moves between events depends on."""
        if node.scope == "state" and node in self.reading.looked:
            trees = [part.tree for part in self.pair.runs[0].scenario.model.variables[node.name].course()]
            counts, times = self.reading.looked[node]
            for tree in trees:
                yield from self.reading.of_value(0, [tree], "course", counts, times)

    def _initial(self, node: Differs) -> Iterator[Cause]:
        if node.scope == "state":
            run = self.pair.runs[0]
            tree, start = run.scenario.model.variables[node.name].initial.tree, run.scenario.start
            key: Key
            for key in self.pair.differing(
                [tree], 0, *(self.pair.frame(side, run.branch + 1, start) for side in (0, 1))
            ):
                yield from (Cause(one, "initial") for one in self.reading.named(key, (0, 0), (start, start)))


def _is_strong(causes: list[Cause]) -> bool:
    return any(cause.strength >= HALF for cause in causes)
