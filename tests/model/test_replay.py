from dataclasses import replace
from pathlib import Path

import pytest

from sim.engines.reference import ReferenceEngine
from sim.model.assumptions import load_scenario
from sim.model.program import compile_model
from sim.model.replay import at_branch, changes, parameters_of, replay, state_of

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
        frame = at_branch(program, case.scenario, parameters_of(program, run.finished()))
        list(replay(program, frame, run.finished()))
        assert state_of(program, frame) == state_of(program, run.frame)


def test_a_replay_draws_nothing_and_needs_no_engine(case):
    program = compile_model(case.scenario.model)
    log = ReferenceEngine(program, case.scenario, 3).run(0)

    def states():
        frame = at_branch(program, case.scenario, parameters_of(program, log))
        return [(event, state_of(program, frame)) for event, frame in replay(program, frame, log)]

    assert states() == states()


def test_the_log_carries_the_parameters_that_the_run_had(case):
    program = compile_model(case.scenario.model)
    run = ReferenceEngine(program, case.scenario, 3).unfold(5)

    assert parameters_of(program, run.finished()) == run.parameters


def test_a_documented_event_changes_what_its_type_says(case):
    program = compile_model(case.scenario.model)
    centre = [parameter.value for parameter in case.scenario.model.parameters.values()]
    before = state_of(program, at_branch(program, replace(case.scenario, past=()), centre))
    after = state_of(program, at_branch(program, case.scenario, centre))

    assert changes(before, after) == {"trust": (0.5, 0.4), "violations": (0, 1)}
