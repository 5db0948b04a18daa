from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.scenario import load_scenario
from sim.engines import reference
from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.model.program import TIME, compile_model
from sim.model.replay import at_branch, central_start, changes, parameters_of, replay, state_of
from sim.model.run import Run
from sim.model.scenario import Scenario
from sim.testing import controlled
from tests.examples import fewer
from tests.model.composing import composed, scenarios

SKELETON = Path(__file__).parents[2] / "sim" / "cli" / "skeleton"


@pytest.fixture
def case(tmp_path: Path):
    for folder, names in (
        ("scenarios", ["model.yaml", "status-quo.yaml"]),
        ("seeds", ["sources.yaml", "history.yaml"]),
    ):
        for name in names:
            file = tmp_path / folder / "case" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text((SKELETON / name).read_text(encoding="utf-8").replace("CASE", "case"), encoding="utf-8")
    return load_scenario(tmp_path / "scenarios" / "case" / "status-quo.yaml")


def test_replaying_a_log_gives_the_state_that_the_engine_ended_with(case):
    program = compile_model(case.scenario.model)
    engine = ReferenceEngine(program, case.scenario, 3)
    for number in range(40):
        run = engine.unfold(number)
        frame = at_branch(program, case.scenario, run.finished())
        list(replay(program, frame, run.finished()))
        assert state_of(program, frame) == state_of(program, run.frame)


def test_a_replay_draws_nothing_and_needs_no_engine(case):
    program = compile_model(case.scenario.model)
    log = ReferenceEngine(program, case.scenario, 3).run(0)

    def states():
        frame = at_branch(program, case.scenario, log)
        return [(event, state_of(program, frame)) for event, frame in replay(program, frame, log)]

    assert states() == states()


def test_the_log_carries_the_parameters_that_the_run_had(case):
    program = compile_model(case.scenario.model)
    run = ReferenceEngine(program, case.scenario, 3).unfold(5)

    assert parameters_of(program, run.finished()) == run.parameters


def test_a_documented_event_changes_what_its_type_says(case):
    program = compile_model(case.scenario.model)
    log = (central_start(case.scenario),)
    before = state_of(program, at_branch(program, replace(case.scenario, past=()), log))
    after = state_of(program, at_branch(program, case.scenario, log))

    assert changes(before, after) == {"trust": (0.5, 0.4), "violations": (0, 1)}


class Noting(list):
    """A run's log that notes the state which the run has whenever something is put into it."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.states = []

    def append(self, event) -> None:
        super().append(event)
        if self.run.frame[TIME] is not None:  # else it never has a state: it could not be drawn, or not begin
            self.states.append(state_of(self.run.program, self.run.frame))

    def __iadd__(self, events) -> Self:
        for event in events:
            self.append(event)
        return self


class NotingRun(Run):
    """A run that notes its state at every event."""

    def __init__(self, *arguments, **more) -> None:
        super().__init__(*arguments, **more)
        self.log = Noting(self)


@pytest.fixture(scope="module", autouse=True)
def noting():
    """Let runs note their states; nothing else about them changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "Run", NotingRun)
        patch.setattr(controlled, "Run", NotingRun)
        yield


def replayed(run: Run, scenario: Scenario) -> list[dict]:
    """Return the state at every event, from the log alone; none where the run could not even begin."""
    log = tuple(run.log)
    if run.undrawn is not None:
        return []
    try:
        frame = at_branch(run.program, scenario, log)
    except RunError:
        assert [event.kind for event in log] == ["started", "failed"]
        return []
    return [state_of(run.program, frame) for _, frame in replay(run.program, frame, log)]


@fewer
@given(scenarios(), st.integers(0, 2**32))
def test_a_replay_gives_the_state_that_a_run_had_at_every_event(scenario, seed):
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed)
    for number in range(3):
        run = engine.unfold(number)
        found = replayed(run, scenario)

        assert found == (run.log.states if found else [])
        assert not found or len(found) == len(run.log)


@fewer
@given(composed())
def test_a_replay_gives_the_state_that_a_composed_run_had_at_every_event(made):
    run = made.controlled.run
    found = replayed(run, made.controlled.scenario)

    assert found == (run.log.states if found else [])
    assert not found or len(found) == len(run.log)


@fewer
@given(scenarios(), st.integers(0, 2**32), st.data())
def test_a_replay_can_stop_at_any_event_and_go_on_from_the_state_there(scenario, seed, data):
    run = ReferenceEngine(compile_model(scenario.model), scenario, seed).unfold(0)
    whole = replayed(run, scenario)
    if not whole:
        return
    at = data.draw(st.integers(0, len(run.log)))
    frame = at_branch(run.program, scenario, run.log)
    list(replay(run.program, frame, tuple(run.log[:at])))

    rest = [state_of(run.program, frame) for _, frame in replay(run.program, frame, tuple(run.log[at:]))]
    assert rest == whole[at:]
