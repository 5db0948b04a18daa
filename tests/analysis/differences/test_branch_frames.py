from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.differences.branch_frames import BranchFrames
from sim.analysis.readings import Readings
from sim.build.scenario import load_scenario
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.model.program import compile_model
from sim.model.replay import at_branch
from sim.testing.models import model_data, scenario_of
from tests.engines.kernel.alike import pasts, replacing
from tests.examples import fewer

SEEDS = st.integers(0, 2**63 - 1)


@fewer
@given(model_data(), SEEDS, st.data())
def test_the_frame_at_a_branch_from_a_documented_past_is_the_past_folded(data, seed, more):
    scenario = scenario_of(data)
    log = ReferenceEngine(compile_model(scenario.model), scenario, seed).run(0)
    scenario = more.draw(pasts(scenario, log))
    if more.draw(st.booleans()):
        scenario = more.draw(replacing(scenario))
    program = compile_model(scenario.model)
    engine = ReferenceEngine(program, scenario, seed)
    frames = BranchFrames(program, scenario)

    for log in map(engine.run, range(4)):
        try:
            wanted = at_branch(program, scenario, log)
        except RunError:  # such a run has failed before its branch, and is never asked
            continue
        assert frames.of(log) == wanted


@pytest.mark.parametrize("name", ["status-quo", "mediator-leans-in", "troops-granted-1-september"])
def test_the_frames_of_lesotho_are_its_past_folded_whatever_runs_came_before(name):
    scenario = load_scenario(Path("scenarios/lesotho-2014") / f"{name}.yaml").scenario
    program = compile_model(scenario.model)
    logs = list(KernelEngine(program, scenario, 1).make(range(20)).logs())
    readings = Readings(program)

    assert all(readings.at_branch(scenario, log) == at_branch(program, scenario, log) for log in [*logs, *logs[::-1]])
