"""Runs composed at random over models made up at random, also from a past, and how to compose one again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from sim.engines.reference import ReferenceEngine
from sim.model.event import Log
from sim.model.program import Program, compile_model
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario
from sim.testing.controlled import ControlledRun, Option
from sim.testing.models import model_data, scenario_of

WAITS = st.sampled_from([0.0, 0.0, 1e-9, 0.01, 0.3, 1.0, 2.5, 1e9])
CHANCES = st.sampled_from([2.0**-53, 0.25, 0.5, 1.0])


@dataclass(frozen=True)
class Firing:
    """A move that was made; None in its place stands for waiting."""

    rule: int
    time: float
    choice: int
    draws: tuple[float, ...]


@dataclass(frozen=True)
class Composed:
    """A composed run, and the moves that made it."""

    controlled: ControlledRun
    moves: tuple[Firing | None, ...]

    @property
    def log(self) -> Log:
        return tuple(self.controlled.run.log)

    def again(self) -> ControlledRun:
        """Compose the same run once more."""
        return performed(self.controlled.program, self.controlled.scenario, self.moves)

    def engine_log(self) -> Log:
        """Return the log of the engine that is given this run's luck."""
        return ReferenceEngine(
            self.controlled.program, self.controlled.scenario, 1, streams=self.controlled.streams
        ).run(0)


def option_of(controlled: ControlledRun, rule: int) -> Option | None:
    return next((option for option in controlled.options() if option.rule == rule), None)


def performed(program: Program, scenario: Scenario, moves: Iterable[Firing | None]) -> ControlledRun:
    controlled = ControlledRun(program, scenario, {})
    for move in moves:
        if move is None:
            controlled.wait()
        else:
            option = option_of(controlled, move.rule)
            assert option is not None, "what was offered is offered again"
            controlled.fire(option, move.time, move.choice, move.draws)
    return controlled


@st.composite
def scenarios(draw: st.DrawFn, *, may_move: bool = True) -> Scenario:
    """Draw a scenario of a model that is made up: from the beginning, or after the first events of one of its runs."""
    scenario = scenario_of(draw(model_data(may_move=may_move)))
    if draw(st.booleans()):
        return scenario
    log = ReferenceEngine(compile_model(scenario.model), scenario, draw(st.integers(0, 99)), central=True).run(0)
    happened = [event for event in log if event.kind in CHANGING]
    past = happened[: draw(st.integers(0, min(6, len(happened))))]
    last = past[-1].time if past else 0.0
    start = draw(st.sampled_from([last, last + 0.25])) if log[-1].time > last + 0.25 else last
    if start > last and any(event.time <= start for event in happened[len(past) :]):
        start = last
    over = sum(event.kind == "scheduled" for event in past)
    return replace(
        scenario,
        past=tuple(replace(event, kind="documented") if event.kind == "fired" else event for event in past),
        start=start,
        timetable=scenario.timetable[over:],
    )


@st.composite
def composed(draw: st.DrawFn, most: int = 15) -> Composed:
    """Draw a run of up to so many moves, each one that is offered."""
    scenario = draw(scenarios())
    controlled = ControlledRun(compile_model(scenario.model), scenario, {})
    moves: list[Firing | None] = []
    for _ in range(draw(st.integers(0, most))):
        options = controlled.options()
        if controlled.over:
            break
        may_wait = controlled.next_forced()[2] is None
        if not options or (may_wait and draw(st.integers(0, 6)) == 0):
            controlled.wait()
            moves.append(None)
            continue
        option = draw(st.sampled_from(options))
        time = min(option.earliest + draw(WAITS), option.latest)
        choices = controlled.choices(option.rule, time)
        choice = draw(st.sampled_from(choices)) if choices else 0
        move = Firing(option.rule, time, choice, (draw(CHANCES), draw(CHANCES)))
        if controlled.fire(option, move.time, move.choice, move.draws):
            moves.append(move)
    return Composed(controlled, tuple(moves))
