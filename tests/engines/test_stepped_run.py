"""A run that is made act by act is the reference engine's, and can be copied between two acts."""

from hypothesis import given
from hypothesis import strategies as st

from sim.engines.reference import ReferenceEngine
from sim.engines.stepped_run import SteppedRun
from sim.model.program import compile_model
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer


@fewer
@given(model_data(), st.integers(0, 2**63 - 1), st.integers(0, 40))
def test_it_makes_the_log_of_the_reference_engine_and_so_does_a_copy(data, seed, halfway):
    scenario = scenario_of(data)
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed)

    made = SteppedRun(engine.begin(3))
    made.advance(halfway)
    other = made.copy()
    for one in (made, other):
        last = float("-inf")
        while not one.over:
            act = one.step()
            assert act.time >= last
            last = act.time

    assert made.run.finished() == other.run.finished() == engine.run(3)
