"""Which assumptions an event of one run, that the other has not, rests on: what flowed into it, followed back.

Two paired runs differ in nothing but parameters, assumed events and rules left out. An event rests on what its rule
reads otherwise in the other run: in its guard, in what started its clock, in its rate while it ran or its law when it
started, in the weights of its choice. A state variable that differs rests on the events that wrote it last in one run
only, and on what they read. An event that is missing because a run was over rests on what ended that run. Followed
back, every way ends in an assumption (dynamic taint analysis; Schwartz, Avgerinos and Brumley 2010).
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

from sim.analysis.alignment import NOWHERE, Alignment, Key
from sim.analysis.readings import Effect, Reader, Readings, shares
from sim.analysis.stories import BRANCH, GUARD, FollowedClock, Story
from sim.model.canonical import change_meaning
from sim.model.event import HORIZON, Event
from sim.model.evolve import carry
from sim.model.expression import Fault, Frame
from sim.model.model import LawClock, Model, Rate
from sim.model.program import TIME, RuleProgram
from sim.model.replay import follow
from sim.model.scenario import Scenario

Places: TypeAlias = tuple[int, int]  # how many events each run has had

# What is still to be followed back: an event by its side and place; a variable by its slot and the places of the
# events that wrote it last in each run; a run's end by its side.
EventNode: TypeAlias = tuple[int, int]
Written: TypeAlias = tuple[int, int, int]
Ended: TypeAlias = tuple[int]
Node: TypeAlias = "EventNode | Written | Ended"


def sources_of(alignment: Alignment, until: float = math.inf) -> frozenset[str]:
    """Return all that two runs differ in up to a time, as `parameter x`, `event x`, `without x` or `rule x`."""
    one, other = alignment.sides
    changed = any(event.kind == "changed" for log in alignment.logs for event in log)
    found = assumptions_of(one[0].model, (one[1], other[1]), alignment.assumed, until, changed=changed)
    values = zip(one[0].model.parameters, one[2][0].marks, other[2][0].marks, strict=False)
    return found | {f"parameter {name}" for name, a, b in values if a != b}


def assumptions_of(
    model: Model, scenarios: tuple[Scenario, Scenario], assumed: Iterable[Mapping[Key, int]], until: float, *,
    changed: bool,
) -> frozenset[str]:  # fmt: skip
    """Return what two scenarios of a model assume otherwise up to a time, but for the parameters of their branch.

    `assumed` are the events that either alone has; `changed` says whether a change of either was made in a run.
    """
    one, other = scenarios
    found = {f"event {event}" for keys in assumed for time, event, _ in keys if time <= until}
    named = {name for side in scenarios for name in (*side.disabled, *side.own_rules)}
    named |= {name for side in scenarios for change in side.changes for name in (*change.disabled, *change.enabled)}
    found |= {source for rule in named & model.rules.keys() for source in switched(rule, one, other, until)}
    mine, theirs = ([change_meaning(change) for change in side.changes] for side in scenarios)
    if changed and mine != theirs:
        apart = (change for side, others in ((one, theirs), (other, mine)) for change in side.changes
                 if change.time <= until and change_meaning(change) not in others)  # fmt: skip
        found |= {f"parameter {name}" for change in apart for name in change.parameters}
    return frozenset(found)


def switched(rule: str, one: Scenario, other: Scenario, until: float = math.inf) -> set[str]:
    """Return the assumptions about when a rule may fire that two scenarios do not share, up to a time."""
    mine, theirs = (_switches(rule, scenario, until) for scenario in (one, other))
    return {source for source, _ in mine ^ theirs}


def _switches(rule: str, scenario: Scenario, until: float) -> set[tuple[str, float]]:
    found = {(f"without {rule}", scenario.start)} if rule in scenario.disabled else set[tuple[str, float]]()
    found |= {(f"rule {rule}", scenario.start)} if rule in scenario.own_rules else set()
    for change in scenario.changes:
        if change.time <= until:
            found |= {(f"without {rule}", change.time)} if rule in change.disabled else set()
            found |= {(f"rule {rule}", change.time)} if rule in change.enabled else set()
    return found


class Flow:
    """What flowed into the events of two runs, up to and with the last step that is aligned."""

    def __init__(self, alignment: Alignment, readings: Readings) -> None:
        self.alignment = alignment
        self.readings = readings
        self.program = readings.program
        self._stories: dict[int, Story] = {}
        self._found: set[str] = set()

    def behind(self, nodes: Iterable[Node], *, enough: frozenset[str]) -> frozenset[str]:
        """Return the assumptions behind events that one run alone has, or ends; stop once all `enough` are found."""
        self._found = set()
        pending = list(nodes)
        seen: set[Node] = set(pending)
        while pending and not self._found >= enough:
            for node in self._follow(pending.pop()):
                if node not in seen:
                    seen.add(node)
                    pending.append(node)
        return frozenset(self._found)

    def _follow(self, node: Node) -> Iterable[Node]:
        if len(node) == 3:
            return self._written(*node)
        return self._event_node(*node) if len(node) == 2 else self._ended(*node)

    # An event

    def _event_node(self, side: int, index: int) -> Iterable[Node]:
        event, there = self.alignment.logs[side][index], 1 - side
        step = self.alignment.step_of[side][index]
        at = self.alignment.before(step)
        if not event.rule:
            if not self.alignment.is_assumed(side, index):
                return [(there,)]
            if event.kind == "scheduled":
                self._found.add(f"event {event.type}")
            return []
        rule = self.program.rules[self.program.numbers[event.rule]]
        guard = self.readings.guard(rule)
        one, other = (scenario for _, scenario, _ in self.alignment.sides)
        apart = switched(event.rule, one, other, event.time)
        if apart:
            self._found |= apart
            return self._nodes_of(guard, at)
        twin = self._twins[there].get((event.rule, event.occurrence), NOWHERE)
        chosen = self._choice(rule, event, side, index, twin)
        if chosen and twin != NOWHERE and self.alignment.logs[there][twin].time == event.time:
            return chosen
        pair, reasons = self._story(rule).before(step)
        found: list[Node] = [(there,)] if self._is_over(there, at[there]) else []
        if NOWHERE != twin < at[there]:
            found.append((there, twin))
        if not pair[there].enabled and not guard.value(self.frames[there][at[there]]):
            pair = pair[side], pair[side]
            found += self._nodes_of(guard, at)
        else:
            found += [node for reason in reasons for node in self._reason(guard, *reason)]
        return [*found, *self._clock(rule, step, pair), *chosen]

    def _reason(self, guard: Reader, step: int, what: int) -> Iterable[Node]:
        if what == GUARD:
            return self._nodes_of(guard, self._after(step))
        return [(what, self.alignment.steps[step][what])]

    def _clock(self, rule: RuleProgram, step: int, pair: tuple[FollowedClock, FollowedClock]) -> Iterable[Node]:
        """Return what made a clock run faster or slower in one run, up to a step."""
        lives = [clock.life for clock in pair if clock.enabled] or [(BRANCH,)]
        if isinstance(rule.clock, Rate):
            return self._rates(self.readings.arguments(rule)[0], min(life[0] for life in lives), step)
        first = isinstance(rule.clock, LawClock) and rule.rule.memory == "keep"
        starts = [clock.life[0 if first else -1] if clock.enabled else lives[0][0 if first else -1] for clock in pair]
        at = self._after(starts[0])[0], self._after(starts[1])[1]
        found = [node for argument in self.readings.arguments(rule) for node in self._nodes_of(argument, at)]
        speed = self.readings.speed(rule)
        return found if speed is None else [*found, *self._rates(speed, min(life[0] for life in lives), step)]

    def _rates(self, rate: Reader, first: int, last: int) -> Iterable[Node]:
        """Return what a rate reads otherwise, from after the first step to before the last."""
        found = self._nodes_of(rate, self._after(first))
        steps = self.alignment.steps_of(self.readings.writing(rate.slots))
        for step in steps[bisect_left(steps, first + 1) : bisect_left(steps, last)]:
            found += self._nodes_of(rate, self._after(step))
        return found

    def _choice(self, rule: RuleProgram, event: Event, side: int, index: int, twin: int) -> list[Node]:
        """Return what made a choice, or a mark, fall otherwise than in the other run, where it fell or would fall."""
        at = self.alignment.before(self._step(side, index))
        if twin == NOWHERE:
            sure = len(rule.emitters) == 1 or self._is_sure(rule, event.type, side, at)
            return [] if sure else self._nodes_of(self.readings.weights(rule), at)
        at = (index, twin) if side == 0 else (twin, index)
        other = self.alignment.logs[1 - side][twin]
        if other.type != event.type:
            return self._nodes_of(self.readings.weights(rule), at)
        differing = [n for n, (a, b) in enumerate(zip(event.marks, other.marks, strict=True)) if a != b]
        return self._marks(event, differing, at)

    def _is_sure(self, rule: RuleProgram, event: str, side: int, at: Places) -> bool:
        """Return whether the draw that chose this event here would surely have chosen it in the other run."""
        try:
            here, there = (_intervals(rule, event, self.frames[one][at[one]]) for one in (side, 1 - side))
        except Fault:
            return False
        return all(any(low >= first and high <= last for first, last in there) for low, high in here)

    # A state variable, and a run's end

    def _written(self, slot: int, one: int, other: int) -> Iterable[Node]:
        """Return what a variable's value rests on that the two runs' last writers, at these places, left differing."""
        writers = (one, other)
        if one != NOWHERE and other != NOWHERE and self._step(0, one) == self._step(1, other):
            return self._effect(self._effects(0, one)[slot], self.alignment.logs[0][one], writers)
        found: list[Node] = []
        for side, place in enumerate(writers):
            if place == NOWHERE or self.alignment.shared(side, place):
                continue
            event, effect = self.alignment.logs[side][place], self._effects(side, place)[slot]
            at = self.alignment.before(self._step(side, place))
            found += [(side, place), *self._effect(effect, event, at), *self._marks(event, effect.marks, at)]
        return found

    def _effect(self, effect: Effect, event: Event, at: Places) -> list[Node]:
        """Return what an effect of an event reads otherwise in the two runs."""
        frames = [self.frames[side][at[side]].copy() for side in (0, 1)]
        for frame in frames:
            frame[TIME] = event.time
            carry(self.program, frame, event.type, event.marks)
        return self._nodes(effect.reader.telling(*frames), at)

    def _marks(self, event: Event, places: Iterable[int], at: Places) -> list[Node]:
        """Return what some of an event's marks read otherwise in the two runs."""
        if not event.rule:
            return []
        emissions = [part for part in self.program.model.rules[event.rule].emissions if part.event == event.type]
        slots = self.readings.slots(emission.marks[place] for emission in emissions for place in places)
        frames = [self.frames[side][at[side]] for side in (0, 1)]
        return self._nodes([slot for slot in slots if frames[0][slot] != frames[1][slot]], at)

    def _ended(self, side: int) -> Iterable[Node]:
        """Return what a run's end rests on: its outcome's condition, and the event that it came with."""
        program, _, log = self.alignment.sides[side]
        outcome = next(item for item in program.outcomes if item.outcome.name == log[-1].note)
        ending = self.readings.ending(outcome)
        last = len(self.alignment.logs[side]) - 1
        step = self._step(side, last) if last != NOWHERE else BRANCH
        found = self._nodes_of(ending, self._after(step))
        if last != NOWHERE and outcome.outcome.on and not self.alignment.shared(side, last):
            found.append((side, last))
        if outcome.safe is not None:
            safe = Reader(outcome.safe.holds, self.readings.slots([outcome.safe.expression]))
            found += self._rates(safe, BRANCH, step)
        return found

    # What they share

    def _nodes_of(self, reader: Reader, at: Places) -> list[Node]:
        """Return what a part reads otherwise in the two runs, each after so many of its events."""
        return self._nodes(reader.telling(self.frames[0][at[0]], self.frames[1][at[1]]), at)

    def _nodes(self, slots: Iterable[int], at: Places) -> list[Node]:
        nodes: list[Node] = []
        for slot in slots:
            if slot in self.readings.parameters:
                self._found.add(f"parameter {self.readings.parameters[slot]}")
            else:
                nodes.append((slot, self._writer(0, slot, at[0]), self._writer(1, slot, at[1])))
        return nodes

    def _writer(self, side: int, slot: int, index: int) -> int:
        """Return the place of the last event before a place that wrote a slot."""
        places = self._writers[side].get(slot, [])
        number = bisect_left(places, index)
        return places[number - 1] if number else NOWHERE

    def _step(self, side: int, index: int) -> int:
        return self.alignment.step_of[side][index]

    def _after(self, step: int) -> Places:
        return self.alignment.after[step] if step != BRANCH else (0, 0)

    def _effects(self, side: int, index: int) -> Mapping[int, Effect]:
        return self.readings.effects(self.alignment.logs[side][index].type)

    def _is_over(self, side: int, index: int) -> bool:
        return index == len(self.alignment.logs[side]) and self.alignment.sides[side][2][-1].note != HORIZON

    def _story(self, rule: RuleProgram) -> Story:
        if rule.number not in self._stories:
            self._stories[rule.number] = Story(rule, self.readings, self.alignment, self.frames)
        return self._stories[rule.number]

    @cached_property
    def frames(self) -> tuple[list[Frame], list[Frame]]:
        """Each run's frames: at the branch, and after each of its events that are aligned."""
        found: tuple[list[Frame], list[Frame]] = ([], [])
        for side, (program, scenario, log) in enumerate(self.alignment.sides):
            frame = self.readings.at_branch(scenario, log)
            found[side].append(frame.copy())
            for event in self.alignment.logs[side][: len(self.alignment.step_of[side])]:
                follow(program, frame, event)
                found[side].append(frame.copy())
        return found

    @cached_property
    def _writers(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        found: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
        for side, steps in enumerate(self.alignment.step_of):
            for index in range(len(steps)):
                for slot in self._effects(side, index):
                    found[side].setdefault(slot, []).append(index)
        return found

    @cached_property
    def _twins(self) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
        """The places of each run's firings that are aligned, by rule and occurrence."""
        found: tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]] = ({}, {})
        for side, steps in enumerate(self.alignment.step_of):
            for index in range(len(steps)):
                event = self.alignment.logs[side][index]
                if event.rule:
                    found[side].setdefault((event.rule, event.occurrence), index)
        return found


def _intervals(rule: RuleProgram, event: str, frame: Frame) -> list[tuple[float, float]]:
    """Return which uniforms choose an event."""
    found = []
    low = 0.0
    for emitter, share in zip(rule.emitters, shares(rule, frame), strict=True):
        if emitter.event == event and share > 0.0:
            found.append((low, low + share))
        low += share
    return found
