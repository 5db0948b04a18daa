"""A Hypothesis state machine made from a model: one rule of the machine for each rule of the model.

`state_machine(case).TestCase` is a test as it stands. A class made from `state_machine(case)` can have invariants of
its own, over `self.state` and `self.log`.
"""

import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sim.build.cases.case import Case
from sim.language.expressions.tree import draws
from sim.model.event import Log
from sim.model.model import Rule
from sim.model.replay import state_of
from sim.testing.composed import Composer
from sim.testing.controlled import Option
from sim.testing.strategies import CHANCES, parameters
from sim.testing.subject import Subject


class ModelMachine(RuleBasedStateMachine):
    """A possible run that grows event by event. Its checks are invariants; `state` and `log` are for yours."""

    subject: Subject

    def __init__(self) -> None:
        super().__init__()
        self.composer: Composer | None = None
        self._options: tuple[int, dict[int, Option]] = (-1, {})

    @property
    def state(self) -> dict[str, Any]:
        """The state by name, enums by the names of their values."""
        assert self.composer is not None, "the run has begun"
        return state_of(self.subject.program, self.composer.controlled.run.frame)

    @property
    def log(self) -> Log:
        """The events so far, after the past."""
        assert self.composer is not None, "the run has begun"
        return tuple(self.composer.controlled.run.log)

    def option(self, number: int) -> Option | None:
        """Return when rule `number` may be the next to fire, or None."""
        if self.composer is None or self.composer.over:
            return None
        moves = len(self.composer.moves)
        if self._options[0] != moves:
            self._options = moves, {option.rule: option for option in self.composer.options()}
        return self._options[1].get(number)

    @precondition(lambda self: self.composer and not self.composer.over and not self.composer.must_fire)
    @rule()
    def wait(self) -> None:
        """Let the timetable's next event come, or the horizon."""
        assert self.composer is not None, "the run has begun"
        self.composer.wait()

    @precondition(lambda self: self.composer and self.composer.over)
    @rule()
    def rest(self) -> None:
        """Do nothing: a machine must always have something to do, also when the run is over."""

    @invariant()
    def checks_hold(self) -> None:
        """Fail with the first check that is broken."""
        for breach in self.composer.watching.breaches.values() if self.composer else ():
            check = self.subject.checks.get(breach.check)
            reason = f", because {check.because}" if check else ""
            raise AssertionError(f"the check '{breach.check}' is broken{reason}: {breach.why}")


def state_machine(case: Case, *, only: tuple[str, ...] = ()) -> type[ModelMachine]:
    """Return a state machine of a case's model, which begins at any cut of its documented past.

    `only` names the checks that it holds; all of the model's by default. Raise SimError E017 for an unknown one.
    """
    subject = Subject.of(case, case.path, only)
    members: dict[str, Any] = {"subject": subject, "begin": _beginning(subject)}
    for item in subject.program.rules:
        name = re.sub(r"\W", "_", item.rule.name)
        name += f"_{item.number}" if name != item.rule.name else ""
        members[f"fire_{name}"] = _firing(item.number, item.rule, subject.waits)
    return type("".join(word.title() for word in subject.model.name.split("-")) + "Machine", (ModelMachine,), members)


def _beginning(subject: Subject) -> Any:
    @initialize(begins=st.sampled_from(subject.likely_beginnings), values=parameters(subject.model))
    def begin(self: ModelMachine, begins: str, values: dict[str, float]) -> None:
        self.composer = Composer(subject, begins, values)

    return begin


def _firing(number: int, fired: Rule, waits: tuple[float, ...]) -> Any:
    most = max(sum(draws(mark.tree) for mark in emission.marks) for emission in fired.emissions)
    chances = st.tuples(*[CHANCES] * most)
    possible: Callable[[ModelMachine], bool] = lambda self: self.option(number) is not None  # noqa: E731

    @precondition(possible)
    @rule(wait=st.sampled_from(waits), choice=st.integers(0, len(fired.emissions) - 1), chances=chances)
    def fire(self: ModelMachine, wait: float, choice: int, chances: tuple[float, ...]) -> None:
        option = self.option(number)
        assert option is not None, "the precondition held"
        assert self.composer is not None, "the run has begun"
        time = min(option.earliest + wait, option.latest)
        choices = self.composer.controlled.choices(number, time)
        self.composer.fire(option, time, choices[choice % len(choices)] if choices else 0, chances)

    return fire
