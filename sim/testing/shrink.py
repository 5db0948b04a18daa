"""Shortens a history that broke a check as far as possible, and makes it plain.

Shorter means fewer events after the documented ones, then fewer changed parameters, then rounder times and draws. Every
step is tried on the model itself, so the result is a possible run that breaks the check.
Delta debugging (Zeller and Hildebrandt 2002), with moves of its own: another beginning, and other rules instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from sim.model.replay import CHANGING
from sim.testing.composed import WAIT, ComposedRun, Composer, Move, perform
from sim.testing.subject import BEGINNING, BRANCH, Subject

# Where a run begins, the parameters that are not central, its moves.
Candidate: TypeAlias = tuple[str, Mapping[str, float], Sequence[Move]]

MOST_MOVES = 60_000  # made in all while one history is made shorter
FEW = 16  # moves of a run that is short enough to try any two of them
MIDDLE = 0.5
PLAIN_WAITS = (1.0, 0.5, 0.1, 0.01)


def shrink(subject: Subject, found: ComposedRun, check: str) -> ComposedRun:
    """Return a run that breaks the same check and that no step makes shorter or plainer."""
    return _Shrinking(subject, found, check).done()


def length(run: ComposedRun) -> int:
    """Count the events after the documented ones."""
    return sum(event.kind in CHANGING for event in run.log)


class _Shrinking:
    def __init__(self, subject: Subject, found: ComposedRun, check: str) -> None:
        self.subject = subject
        self.check = check
        self.made = 0
        self.tried: set[tuple[str, tuple[tuple[str, float], ...], tuple[Move, ...]]] = set()
        self.best = perform(subject, found.begins, found.parameters, found.moves, check)
        assert check in self.best.breaches, "a history breaks its check again"

    def done(self) -> ComposedRun:
        while self.made < MOST_MOVES:
            before = self.best
            for candidate in self.candidates():
                if self.made >= MOST_MOVES:
                    break
                self.attempt(*candidate)
            if self.best is before:
                break
        self.plainer()
        return self.best

    def attempt(self, begins: str, parameters: Mapping[str, float], moves: Sequence[Move]) -> bool:
        """Keep the run that these moves make if it breaks the check and is shorter; return whether it was kept."""
        self.made += 5 + len(moves)
        tried = begins, tuple(sorted(parameters.items())), tuple(moves)
        if tried in self.tried:  # it was not kept, and the best run has only become shorter
            return False
        self.tried.add(tried)
        made = perform(self.subject, begins, parameters, moves, self.check)
        if self.check in made.breaches and self.cost(made) < self.cost(self.best):
            self.best = made
            return True
        return False

    def cost(self, run: ComposedRun) -> tuple[int, int, int, int]:
        """Fewest events, then fewest parameters and moves; of several beginnings the branch, then the latest."""
        places = list(self.subject.beginnings)
        return length(run), len(run.parameters), len(run.moves), places.index(run.begins)

    def candidates(self) -> Iterator[Candidate]:
        """Yield shorter variants of the best run so far, those that cut most first."""
        yield self.best.begins, {}, self.best.moves
        yield from self._other_beginnings()
        yield from self._fewer_moves()
        for name in tuple(self.best.parameters):
            others = {key: value for key, value in self.best.parameters.items() if key != name}
            yield self.best.begins, others, self.best.moves
        yield from self._other_ends()
        yield from self._pairs_less()
        yield from self._one_for_two()

    def _other_beginnings(self) -> Iterator[Candidate]:
        for begins, scenario in self.subject.beginnings.items():
            moves = self.best.moves
            shift = scenario.start - self.best.scenario.start
            moved = tuple(replace(move, time=move.time + shift) if move.rule else move for move in moves)
            for kept in {len(moves), 1, 2, 3, len(moves) // 2}:
                yield begins, self.best.parameters, moved[max(len(moved) - kept, 0) :]

    def _fewer_moves(self) -> Iterator[Candidate]:
        size = max(len(self.best.moves) // 2, 1)
        while size:
            first = 0
            while first < len(self.best.moves):
                before = self.best
                yield before.begins, before.parameters, (*before.moves[:first], *before.moves[first + size :])
                if self.best is before:
                    first += size
            size //= 2

    def _pairs_less(self) -> Iterator[Candidate]:
        for first, last in self._pairs():
            left = [move for index, move in enumerate(self.best.moves) if index not in (first, last)]
            yield self.best.begins, self.best.parameters, left

    def _one_for_two(self) -> Iterator[Candidate]:
        """Yield runs with one move of a rule that bears on the check closely, in the place of any two."""
        bearing = self.subject.bearings.get(self.check)  # none for NO_FAILURE, which is not a check of the model
        near = sorted(bearing.slices[0]) if bearing and bearing.slices else []
        rules = [self.subject.program.rules[number].rule for number in near]
        for first, last in self._pairs():
            time = self.best.moves[first].time
            for rule in rules:
                for choice in range(len(rule.emissions)):
                    if last < len(self.best.moves):
                        moves = list(self.best.moves)
                        moves[first] = Move(rule.name, time, choice)
                        yield self.best.begins, self.best.parameters, [*moves[:last], *moves[last + 1 :]]

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Yield the places of any two moves of a short run, the latest first."""
        for last in range(len(self.best.moves) - 1, 0, -1):
            for first in range(last):
                if last < len(self.best.moves) <= FEW:
                    yield first, last

    def _other_ends(self) -> Iterator[Candidate]:
        """Yield short runs from the best-known beginnings that end with any other one or two moves."""
        if length(self.best) < 2:
            return
        for begins in dict.fromkeys((self.best.begins, BRANCH, BEGINNING, *self.subject.beginnings)):
            if begins not in self.subject.beginnings:
                continue
            for move in _next_moves(self.subject, begins, self.best.parameters):
                yield begins, self.best.parameters, (move,)
                if length(self.best) > 2:
                    yield begins, self.best.parameters, (move, self.best.moves[-1])
                yield begins, self.best.parameters, (move, WAIT)

    def plainer(self) -> None:
        """Put plain times and draws into the best run, one after the other, as far as it still breaks the check."""
        for index in range(len(self.best.moves)):
            move = self.best.moves[index]
            if not move.rule:
                continue
            before = self.best.moves[index - 1].time if index else self.best.scenario.start
            plain = [before + wait for wait in PLAIN_WAITS]
            middle = replace(move, draws=(MIDDLE,) * len(move.draws))
            options = [*(replace(middle, time=time) for time in plain), middle]
            for option in (*options, *(replace(move, time=time) for time in plain)):
                moves = (*self.best.moves[:index], option, *self.best.moves[index + 1 :])
                made = perform(self.subject, self.best.begins, self.best.parameters, moves, self.check)
                same = len(made.moves) == len(self.best.moves) and made.moves[index].time == option.time
                if same and self.check in made.breaches:
                    self.best = made
                    break


def _next_moves(subject: Subject, begins: str, parameters: Mapping[str, float]) -> list[Move]:
    """Return the moves with which a run can begin, one for each rule and each of its events."""
    composer = Composer(subject, begins, parameters)
    moves = [] if composer.must_fire or composer.over else [WAIT]
    for option in composer.options():
        time = min(option.earliest + PLAIN_WAITS[0], option.latest)
        rule = subject.program.rules[option.rule].rule.name
        moves += [Move(rule, time, choice) for choice in composer.controlled.choices(option.rule, time)]
    return moves
