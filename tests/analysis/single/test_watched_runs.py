"""A run that is watched is the reference engine's, and so is a copy of it up to where it was taken."""

from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.single.watched_runs import Act, WatchedRun, run_before, watch
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer


class Logs:
    """Notes the length of a run's log before each act and after it, and the acts."""

    def __init__(self) -> None:
        self.before_acts: list[int] = []
        self.after_acts: list[int] = []
        self.acts: list[Act] = []

    def before(self, run: WatchedRun, act: Act) -> None:
        self.acts.append(act)
        self.before_acts.append(len(run.log))

    def after(self, run: WatchedRun, act: Act) -> None:
        self.after_acts.append(len(run.log))


@fewer
@given(model_data(), st.integers(0, 2**63 - 1), st.data())
def test_a_run_is_the_same_whether_or_not_somebody_watches_or_copies_it(data, seed, draw):
    scenario = scenario_of(data)
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed)
    log, logs = engine.run(3), Logs()

    made = watch(engine, 3, logs)

    assert made.finished() == log
    assert made.acts == len(logs.acts)
    assert [act.time for act in logs.acts] == sorted(act.time for act in logs.acts)
    fired = [event.rule for event in log if event.kind == "fired"]
    acted = [engine.program.rules[act.rule].rule.name for act in logs.acts if act.rule is not None]
    assert fired == acted[: len(fired)]
    assert logs.before_acts[1:] == logs.after_acts[: len(logs.before_acts) - 1]
    if logs.acts:
        number = draw.draw(st.integers(0, len(logs.acts) - 1))
        copied, whole = run_before(engine, 3, number)
        assert copied.log == list(log[: logs.before_acts[number]])
        assert whole.finished() == log
        act = logs.acts[number]
        if act.rule is not None and number < len(logs.after_acts):
            copied.fire(act.rule, act.time)
            assert copied.log == list(log[: logs.after_acts[number]])
            assert whole.acts == made.acts
