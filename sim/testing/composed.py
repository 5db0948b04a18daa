"""Runs that are composed move by move, within what the model allows: the histories on which checks are tried.

A move that is not possible where it stands is skipped, so any list of moves gives a possible run. Counterexamples can
be shortened for that reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sim.model.event import Log
from sim.model.expression import Frame
from sim.model.scenario import Scenario
from sim.testing.controlled import Option
from sim.testing.subject import Subject
from sim.testing.watch import Breach


@dataclass(frozen=True, slots=True)
class Move:
    """A rule that fires, when, which of its events it emits, and the uniforms of its random marks.

    Without a rule: the next change or event of the timetable comes, or the horizon.
    """

    rule: str
    time: float
    choice: int = 0
    draws: tuple[float, ...] = ()


WAIT = Move("", 0.0)


@dataclass(frozen=True)
class ComposedRun:
    """A possible run: where it begins, the parameters that are not central, its moves, its log, what it broke."""

    begins: str
    parameters: Mapping[str, float]
    moves: tuple[Move, ...]
    scenario: Scenario
    log: Log
    breaches: Mapping[str, Breach]
    frames: tuple[Frame, ...] = field(default=(), repr=False, compare=False)  # before any move, and after each


class Composer:
    """Composes one run of a subject. Ask for `options`, `take` moves, and end with `composed`."""

    def __init__(self, subject: Subject, begins: str, parameters: Mapping[str, float]) -> None:
        self.subject = subject
        self.begins = begins
        self.parameters = subject.parameters_from(begins, parameters)
        self.scenario = subject.beginnings[begins]
        self.controlled, self.watching = subject.opened(begins, self.parameters)
        self.moves: list[Move] = []
        self.fired: set[int] = set()
        self._frames: list[Frame] = []
        self._seen = 0
        self._look()

    @property
    def over(self) -> bool:
        return self.controlled.over

    def options(self) -> list[Option]:
        """Return the rules that may fire next."""
        return self.controlled.options()

    @property
    def must_fire(self) -> bool:
        """Whether a rule is due before the timetable's next event and the horizon: it cannot be waited for."""
        return self.controlled.next_forced()[2] is not None

    @property
    def timetable_waits(self) -> bool:
        """Whether something is left of the timetable."""
        return self.controlled.scheduled < len(self.scenario.timetable)

    def wait(self) -> None:
        """Apply the timetable's next event, or end the run at its horizon."""
        self.controlled.wait()
        self.moves.append(Move("", self.controlled.now))
        self._look()

    def fire(self, option: Option, time: float, choice: int, draws: tuple[float, ...]) -> bool:
        """Fire a rule; return whether it could fire."""
        if not self.controlled.fire(option, time, choice, draws):
            return False
        rule = self.subject.program.rules[option.rule].rule.name
        self.fired.add(option.rule)
        self.moves.append(Move(rule, self.controlled.now, choice, draws))
        self._look()
        return True

    def take(self, move: Move) -> bool:
        """Make a move as nearly as the model allows; return whether it could be made at all."""
        if self.over:
            return False
        if not move.rule:
            if self.must_fire:
                return False
            self.wait()
            return True
        number = self.subject.program.numbers.get(move.rule)
        option = next((option for option in self.options() if option.rule == number), None)
        if option is None:
            return False
        time = min(max(move.time, option.earliest), option.latest)
        choices = self.controlled.choices(option.rule, time)
        if choices and move.choice not in choices:
            return False
        return self.fire(option, time, move.choice, move.draws)

    def _look(self) -> None:
        for event in self.controlled.run.log[self._seen :]:
            self.watching.follow(event)
        self._seen = len(self.controlled.run.log)
        self._frames.append(list(self.watching.frame))

    def composed(self) -> ComposedRun:
        """Return the run as far as it has come."""
        return ComposedRun(
            begins=self.begins,
            parameters=self.parameters,
            moves=tuple(self.moves),
            scenario=self.scenario,
            log=tuple(self.controlled.run.log),
            breaches=dict(self.watching.breaches),
            frames=tuple(self._frames),
        )


def perform(
    subject: Subject, begins: str, parameters: Mapping[str, float], moves: Iterable[Move], until: str = ""
) -> ComposedRun:
    """Return the run that a list of moves makes. It ends early when the check `until` is broken."""
    composer = Composer(subject, begins, parameters)
    for move in moves:
        if until in composer.watching.breaches:
            break
        composer.take(move)
    return composer.composed()
