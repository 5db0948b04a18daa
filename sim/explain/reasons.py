"""What an event of a run rests on directly: what its rule read, and the draws of its clock and of its choice.

What mattered is told apart from what was merely read: see `turns`. A rate, or an argument of a law, is held to be
another if it would have been a tenth greater or smaller.
"""

import math
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from sim.distributions.marks import reached
from sim.explain.because import Because, DrawnChoice, EvaluatedPart, Wait, What
from sim.explain.decisive_changes import Changes, DecisiveChanges
from sim.explain.followed_run import INITIAL, FollowedMoment, FollowedRun, Stretch
from sim.explain.part_values import PartValues
from sim.language.expressions.conjuncts import conjuncts
from sim.language.expressions.tree import Expression, Tree
from sim.model.decide import CHOICE
from sim.model.event import HORIZON, Event
from sim.model.expression import TIME, Frame
from sim.model.model import FirstTime, LawClock, Rate
from sim.model.program import RuleProgram
from sim.model.replay import CHANGING

LEAST_SHIFT = math.log(1.1)  # of the logarithm of a rate that is held to be another


class Reasons:
    """Finds what each event of one run rests on directly."""

    def __init__(self, run: FollowedRun) -> None:
        self.run = run
        self.values = PartValues(run.program)
        self.decisive_changes = DecisiveChanges(run, self.values)

    def of(self, place: int) -> Because:
        """Return what the event at a place rests on. Raise IndexError for a place that the run has not."""
        event = self.run.events[place]
        if event.kind == "fired":
            return self._fired(place, self.run.moments[place])
        if event.kind == "outcome":
            return self._outcome(place, event)
        if event.kind == "ended" and event.note != HORIZON:
            ending = (at for at in range(place - 1, -1, -1)
                      if (self.run.events[at].kind, self.run.events[at].type) == ("outcome", event.note))  # fmt: skip
            return Because(place=place, event=event, came_with=next(ending, None))
        if event.kind == "failed" and place and self.run.events[place - 1].time == event.time:
            return Because(place=place, event=event, came_with=place - 1)
        return Because(place=place, event=event)

    def _fired(self, place: int, moment: FollowedMoment) -> Because:
        event = moment.event
        rule = self.run.program.rules[self.run.program.numbers[event.rule]]
        stretch = self.run.stretch_ended(place)
        at = _At(self, self.values.plain(self.run, moment.before), place)
        parts = [*at.conditions("guard", rule.rule.guard), *self._clock(rule, at, stretch)]
        choice = self._choice(rule, event, at.frame) if rule.weights and place > self.run.branch else None
        if choice is not None:
            parts.append(self._weights(rule, event, at, choice))
        made = [one for one in rule.rule.emissions if one.event == event.type]
        emission = made[0] if len(made) == 1 else None  # in the past it is not known which of several it was
        if choice is not None:
            emission = rule.rule.emissions[choice.place]
        names = self.run.program.model.events[event.type].marks
        for name, mark, value in zip(names, emission.marks if emission else (), event.marks, strict=False):
            if self.values.reads([mark.tree]):
                parts.append(at.part("mark", f"{name}: {mark.text}", [mark.tree], value, lambda *_: False))
        wait = None if stretch is None else self._wait(rule, event, stretch, place)
        return Because(place=place, event=event, parts=tuple(parts), wait=wait, choice=choice)

    def _wait(self, rule: RuleProgram, event: Event, stretch: Stretch, place: int) -> Wait:
        certain = isinstance(rule.clock, LawClock) and rule.clock.law.name == "fixed"
        drawn = place > self.run.branch and isinstance(rule.clock, Rate | LawClock) and not certain
        chance = -math.expm1(-self.run.threshold(event.rule, event.occurrence)) if drawn else None
        known = [one for one in self.run.stretches_of(event.rule)
                 if one.occurrence == stretch.occurrence and one is not stretch]  # fmt: skip
        kept, start = known if rule.rule.memory == "keep" else [], self.run.scenario.start
        return Wait(
            began=stretch.began, since=stretch.since, time=event.time - stretch.since,
            earlier=sum(one.until - one.since for one in kept), quantile=chance,
            since_branch=sum(max(0.0, one.until - max(one.since, start)) for one in (*kept, stretch)),
        )  # fmt: skip

    def _outcome(self, place: int, event: Event) -> Because:
        outcome = self.run.scenario.model.outcomes[event.type]
        if not isinstance(outcome.comes, FirstTime):
            return Because(place=place, event=event)
        came = next((at for at in range(place - 1, -1, -1) if self.run.events[at].kind != "outcome"), INITIAL)
        known = came >= 0 and self.run.events[came].time == event.time and self.run.events[came].kind in CHANGING
        frame = self.values.plain(self.run, self.run.frame_at(place))
        frame[TIME] = event.time
        when = outcome.comes.when
        parts = () if when is None else tuple(_At(self, frame, place).conditions("condition", when))
        turned = any(read.change is not None and read.change.place == came for part in parts for read in part.reads)
        with_it = came if known and (outcome.on or turned) else None
        return Because(place=place, event=event, parts=parts, came_with=with_it)

    def _clock(self, rule: RuleProgram, at: "_At", stretch: Stretch | None) -> Iterator[EvaluatedPart]:
        clock = rule.clock
        if isinstance(clock, Rate):
            yield at.amount("rate", clock.argument)
        if isinstance(clock, LawClock):
            if clock.speed is not None:
                yield at.amount("speed", clock.speed)
            if stretch is not None:
                started = self._started(rule, stretch)
                yield from (started.amount("law", argument) for argument in clock.arguments)

    def _started(self, rule: RuleProgram, stretch: Stretch) -> "_At":
        """Return the state in which a clock was given its law: when its occurrence first started."""
        first = next(one for one in self.run.stretches_of(rule.rule.name) if one.occurrence == stretch.occurrence)
        if first.began >= 0:
            return _At(self, self.values.plain(self.run, self.run.moments[first.began].after), first.began + 1)
        frame = self.run.frame_before(first.since)
        frame[TIME] = first.since
        later = (place for place, event in enumerate(self.run.events) if event.time >= first.since)
        return _At(self, self.values.plain(self.run, frame), next(later, len(self.run.events)))

    def _choice(self, rule: RuleProgram, event: Event, frame: Frame) -> DrawnChoice:
        weights = self._weights_on(rule, frame)
        total = sum(weights)
        shares = tuple((one.event, weight / total) for one, weight in zip(rule.emitters, weights, strict=True))
        uniform = self.run.uniform(event, CHOICE)
        return DrawnChoice(shares=shares, uniform=uniform, place=reached(weights, uniform * total))

    def _weights(self, rule: RuleProgram, event: Event, at: "_At", choice: DrawnChoice) -> EvaluatedPart:
        """Return the weights of a choice; what they read mattered if the same draw had chosen otherwise."""

        def changes(slot: int, value: Any) -> bool:
            known = at.frame[slot]
            at.frame[slot] = value
            try:
                weights = self._weights_on(rule, at.frame)
            finally:
                at.frame[slot] = known
            total = sum(weights)
            return not total > 0.0 or reached(weights, choice.uniform * total) != choice.place

        trees = [weight.tree for weight in rule.rule.weights]
        return at.part("weights", rule.rule.weights[choice.place].text, trees, event.type, changes)

    def _weights_on(self, rule: RuleProgram, frame: Frame) -> list[float]:
        found = (self.values.value(weight.tree, frame) for weight in rule.rule.weights)
        return [float(weight) if weight is not None and weight > 0.0 else 0.0 for weight in found]


class _At:
    """The state just before the event at a place, as a plain frame: what parts read there."""

    def __init__(self, reasons: Reasons, frame: Frame, place: int) -> None:
        self.values = reasons.values
        self.decisive_changes = reasons.decisive_changes
        self.moving = reasons.run.program.motion.variables
        self.frame = frame
        self.place = place

    def conditions(self, what: What, condition: Expression) -> Iterator[EvaluatedPart]:
        """Yield each part of a condition that held, which must all hold.

        One that does not hold by its values turned true just then, as time passed: only what moves can have turned it.
        """
        for part in conjuncts(condition):
            holds = self.values.value(part.tree, self.frame) is True
            changes = partial(self._fails, part.tree) if holds else self._moved
            yield self.part(what, part.text, [part.tree], "true", changes)

    def amount(self, what: What, expression: Expression) -> EvaluatedPart:
        """Return a rate, a speed or an argument of a law."""
        known = self.values.value(expression.tree, self.frame)
        return self.part(what, expression.text, [expression.tree], known, partial(self._is_another, expression.tree))

    def part(self, what: What, text: str, trees: Iterable[Tree], value: Any, changes: "Changes") -> EvaluatedPart:
        reads = self.decisive_changes.reads(list(trees), self.frame, self.place, changes)
        return EvaluatedPart(what=what, text=text, value=value, reads=reads)

    def _fails(self, tree: Tree, slot: int, value: Any) -> bool:
        return not self.values.exchanged(tree, self.frame, slot, value)

    def _moved(self, slot: int, value: Any) -> bool:
        return slot in self.moving and bool(value != self.frame[slot])

    def _is_another(self, tree: Tree, slot: int, value: Any) -> bool:
        known, other = self.values.value(tree, self.frame), self.values.exchanged(tree, self.frame, slot, value)
        if known is None or other is None:
            return known is not other
        if not (known > 0.0 and other > 0.0):
            return bool(known != other)
        return abs(math.log(other / known)) >= LEAST_SHIFT
