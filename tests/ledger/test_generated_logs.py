"""The logs of generated models survive being written and read, whole, failed or composed, bit for bit."""

from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.ledger import Ledger, verify
from sim.model.event import Log
from sim.model.event_table import table_of
from sim.model.program import compile_model
from sim.testing.models import alone, model_data, text_of
from tests.examples import fewer
from tests.ledger.logs import bits
from tests.model.composing import composed, scenarios

in_one_folder = settings(fewer, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def survive(folder: Path, logs: list[Log], first: int = 0) -> None:
    """Write logs and read them, all and one by one."""
    ensemble = Ledger(folder).create({"logs": repr(bits(logs)), "first": first})
    if not ensemble.missing(first + len(logs)):
        return  # written already: logs that are the same have the same name
    ensemble.seal([ensemble.publish(table_of(first, logs))], {})

    assert bits([log for _, log in ensemble.logs(range(first, first + len(logs)))]) == bits(logs)
    assert bits([ensemble.log(first + number) for number in range(len(logs))]) == bits(logs)
    assert verify(ensemble) == ()


@in_one_folder
@given(scenarios(), st.integers(0, 2**63 - 1))
def test_the_logs_of_a_generated_model_survive_bit_for_bit(tmp_path: Path, scenario, seed) -> None:
    engine = ReferenceEngine(compile_model(scenario.model), scenario, seed)
    logs = [engine.run(run) for run in range(4)]
    for log in logs:
        event(f"{log[-1].kind} {log[-1].type}")

    survive(tmp_path, logs)


@in_one_folder
@given(st.lists(composed(most=15), min_size=1, max_size=2))
def test_the_logs_of_composed_runs_survive_bit_for_bit(tmp_path: Path, made) -> None:
    survive(tmp_path, [run.engine_log() for run in made], first=3)


@in_one_folder
@given(model_data(), st.integers(0, 2**63 - 1))
def test_the_logs_of_runs_that_fail_survive_bit_for_bit(tmp_path: Path, data, seed) -> None:
    """The stock is used up one by one, and has no bounds to stay at."""
    data["state"]["stock"] = {**data["state"]["stock"], "initial": 2, "at_bounds": "error"}
    data["events"]["used"] = {"by": "alpha", "effects": {"stock": "stock - 1"}}
    days = data["time"]["unit"] == "day"
    data["rules"]["uses"] = {"faction": "alpha", "clock": {"every": "1 day" if days else "1"}, "emits": "used"}
    scenario = alone(loads_model(text_of(data)))
    logs = [ReferenceEngine(compile_model(scenario.model), scenario, seed).run(run) for run in range(3)]
    failed = [log for log in logs if log[-1].kind == "failed"]
    event(f"failed: {len(failed)}")

    survive(tmp_path, [*failed, *logs])


def test_a_run_that_fails_is_among_those_that_survive(tmp_path: Path) -> None:
    text = """
model: m
title: M
time: {unit: abstract}
horizon: 9
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 2], initial: 2}}
events: {used: {by: a, effects: {n: n - 1}}}
rules: {uses: {faction: a, clock: {every: 1}, emits: used}}
"""
    scenario = alone(loads_model(text))
    log = ReferenceEngine(compile_model(scenario.model), scenario, 1).run(0)

    assert [item.kind for item in log] == ["started", "fired", "fired", "failed"]
    survive(tmp_path, [log])
