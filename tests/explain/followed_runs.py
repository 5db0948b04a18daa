"""Runs of random models, followed."""

from hypothesis import strategies as st

from sim.engines.reference import ReferenceEngine
from sim.explain.followed_run import FollowedRun
from sim.model.program import compile_model
from sim.testing.models import model_data, scenario_of
from tests.engines.kernel.alike import branches, changing, pasts


@st.composite
def followed(draw: st.DrawFn) -> FollowedRun:
    """Draw a run of a random model, with a past or changes or as a branch from another run, and follow it."""
    scenario, seed = scenario_of(draw(model_data())), draw(st.integers(0, 2**40))
    if draw(st.booleans()):
        log = ReferenceEngine(compile_model(scenario.model), scenario, seed).run(0)
        scenario = draw(pasts(scenario, log))
    scenario = draw(changing(scenario))
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed, most_events=300)
    if draw(st.integers(0, 3)) == 0:
        branch = draw(branches(scenario, engine.run(1), seed, 1))
        if branch is not None:
            engine = ReferenceEngine(compile_model(branch.model), branch, seed, most_events=300)
    return FollowedRun.by(engine, 0)
