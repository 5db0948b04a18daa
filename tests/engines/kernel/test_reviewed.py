"""Faults that a review found: each test shows one."""

import json
import os
from dataclasses import replace

import pytest
from click.testing import CliRunner

from sim.analysis.runs import Tabulate
from sim.build.model import loads_model
from sim.cli.commands.ledgers.list import command as list_command
from sim.engines.kernel import cache
from sim.engines.kernel.compiler import machine_code
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.experiment.prepare import prepare
from sim.experiment.record import record
from sim.ledger.collect import CollectionRule, collect
from sim.model.branching import branch_from_run
from sim.testing.models import alone
from tests.engines.kernel.alike import check_alike, exactly, program_of

HEAD = """
model: failing
title: A model
time: {unit: abstract}
horizon: 50
factions: {a: {title: A}}
"""


def scenario_with(text):
    return alone(loads_model(HEAD + text))


def test_a_refused_rate_is_the_error_where_an_outcome_has_no_value_either():
    scenario = scenario_with("""
state: {x: {type: int, initial: 3}}
events: {e: {by: a, effects: {x: x - 1}}}
rules: {r: {faction: a, clock: {rate: x + 0.5}, emits: e}, s: {faction: a, clock: {rate: 1}, emits: e}}
outcomes: {o: {when: sqrt(x) > 5}}
""")
    check_alike(program_of(scenario), scenario, 3, range(3))


def test_a_fresh_branch_in_which_a_mark_has_no_value_fails_as_it_does_in_the_reference():
    scenario = scenario_with("""
state: {x: {type: int, initial: 3}}
events: {e: {by: a, marks: {m: real}}, f: {by: a}}
rules:
  r: {faction: a, clock: {rate: 1}, choose: [{event: f, weight: 20}, {event: e, m: 1 / (x - 3), weight: 1}]}
""")
    program = program_of(scenario)
    reference = ReferenceEngine(program, scenario, 3)
    run = next(run for run in range(50) if len(reference.run(run)) > 6)
    branch = branch_from_run(
        scenario, scenario, reference.run(run), ensemble="e" * 64, run=run, event=2, seed=3, streams="fresh"
    )
    check_alike(program, branch, 3, range(10))


def test_a_branch_that_keeps_luck_may_fail_at_the_beginning_of_its_past():
    scenario = replace(scenario_with("""
parameters: {p: {value: 1.0, basis: {judgement: d}}}
state: {x: {type: int, initial: 3}}
events: {e: {by: a, effects: {x: x + 1}}}
rules: {r: {faction: a, clock: {every: p}, emits: e}}
"""), start=10.0)  # fmt: skip
    program = program_of(scenario)
    log = ReferenceEngine(program, scenario, 3).run(1)
    branch = branch_from_run(scenario, scenario, log, ensemble="e" * 64, run=1, event=5, seed=3, streams="keep")
    check_alike(program, replace(branch, parameters=(1e-300,)), 3, range(1))


def test_marks_stay_with_their_runs_where_many_runs_fail_before_they_begin():
    others = ", ".join(f"q{place}: {{prior: {{uniform: [0, 1]}}, basis: {{judgement: d}}}}" for place in range(11))
    scenario = scenario_with(f"""
parameters: {{p: {{prior: {{uniform: [0.45, 3]}}, basis: {{judgement: d}}}}, {others}}}
state: {{x: {{type: real, range: [0, 0.5], initial: p}}}}
events: {{e: {{by: a}}}}
rules: {{r: {{faction: a, clock: {{rate: 0.001}}, emits: e}}}}
""")
    engine = KernelEngine(program_of(scenario), scenario, 3)
    logs = list(engine.make(range(3500)).logs())
    different = [run for run in range(2700, 3500) if exactly(logs[run]) != exactly(engine.run(run))]
    assert different == []


@pytest.mark.parametrize("mark", ["x * 1e308 - x * 1e308 * 10", "(x * 1e308 - x * 1e308) * (-1)"])
def test_thorough_code_gives_an_undefined_number_the_same_bits(mark):
    scenario = scenario_with(f"""
state: {{x: {{type: int, initial: 3}}}}
events: {{e: {{by: a, marks: {{m: real}}}}}}
rules: {{r: {{faction: a, clock: {{rate: 1}}, emits: {{event: e, m: "{mark}"}}}}}}
""")
    program = program_of(scenario)
    made = KernelEngine(program, scenario, 3, thorough=True).run(0)
    assert exactly(made) == exactly(ReferenceEngine(program, scenario, 3).run(0))


def test_a_cache_folder_that_may_not_be_looked_into_is_just_no_cache(monkeypatch, tmp_path):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / ("a" * 300)))  # as a folder of mode 0700 of somebody else's
    assert not machine_code.is_kept("x", machine_code.QUICK)


FAILING = (
    HEAD.replace("horizon: 50", "horizon: 5")
    + """
parameters: {p: {title: P, prior: {uniform: [0, 1]}, basis: {judgement: drawn}}}
state: {x: {title: X, type: int, range: [0, 9], initial: 3}}
events: {e: {title: E, by: a, effects: {x: x - 1}}}
rules:
  r: {title: R, faction: a, clock: {rate: 0.4}, emits: e}
  s: {title: R, faction: a, clock: {rate: "p * x * 0.3 if x > 1 else -1 if p > 0.9 else 0.1"}, emits: e}
outcomes: {o: {title: O, when: x == 1}}
measures: {m: {title: M, time_until: x == 2}}
"""
)


def test_what_failed_most_comes_first_whichever_engine_made_the_runs():
    scenario = alone(loads_model(FAILING))
    program = program_of(scenario)
    made = KernelEngine(program, scenario, 1).make(range(400))
    logs = ReferenceEngine(program, scenario, 1).make(range(400))
    by_columns, by_logs = (Tabulate()(program, scenario, table).failed for table in (made, logs))
    assert list(by_columns) == list(by_logs)


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "failing.yaml"
    path.write_text(FAILING, encoding="utf-8")
    return prepare(path, tmp_path / "ledger")


def test_collecting_leaves_logs_that_only_a_file_of_outcomes_has_too(experiment):
    ensemble, _ = record(experiment.with_settings(retention="outcomes"), 40, Tabulate(), workers=1)
    record(experiment.with_settings(retention="full"), 20, Tabulate(), workers=1)
    assert not ensemble.missing(20, "full")
    list(collect(ensemble, CollectionRule(before=float("inf"))))
    assert not ensemble.missing(20, "full")


def test_the_list_counts_a_run_once(experiment):
    record(experiment.with_settings(retention="outcomes"), 40, Tabulate(), workers=1)
    record(experiment.with_settings(retention="full"), 20, Tabulate(), workers=1)
    shown = CliRunner().invoke(list_command, ["--json", "--ledger", os.fspath(experiment.ledger.folder)])
    assert [item["runs"] for item in json.loads(shown.output)] == [40]


def test_there_is_room_for_runs_that_fail_before_they_begin_one_after_another():
    scenario = scenario_with("""
parameters: {p: {prior: {uniform: [0, 1]}, basis: {judgement: d}}}
state: {x: {type: real, range: [0, 0.1], initial: p}}
events: {e: {by: a}}
rules: {r: {faction: a, clock: {rate: 0.5}, emits: e}}
""")
    engine = KernelEngine(program_of(scenario), scenario, 2)
    logs = list(engine.make(range(10_000)).logs())
    assert all(exactly(logs[run]) == exactly(engine.run(run)) for run in range(0, 10_000, 97))
