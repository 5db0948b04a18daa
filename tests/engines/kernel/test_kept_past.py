"""The past is folded once for the runs of a call, and what depends on parameters again in each: no run changes."""

from dataclasses import replace
from pathlib import Path

from sim.build.scenario import load_scenario
from sim.engines.kernel.code import Code
from sim.engines.kernel.engine import KernelEngine
from sim.engines.kernel.runtime import memory_map
from sim.model.branching import branch_from_run
from tests.engines.kernel.alike import check_folded_once, program_of

STATUS_QUO = Path("tests/specimens/lesotho-2014/scenarios/lesotho-2014/status-quo.yaml")


def test_of_lesothos_past_what_depends_on_parameters_is_folded_again():
    scenario = load_scenario(STATUS_QUO).scenario
    program = program_of(scenario)
    engine = KernelEngine(program, scenario, 3, code=Code(program, folding=scenario))

    assert engine.ints[memory_map.KEEPING] == memory_map.FOLDED_AGAIN
    assert check_folded_once(program, scenario, 3, range(200))


def test_a_branch_from_a_run_folds_its_past_once():
    scenario = load_scenario(STATUS_QUO).scenario
    engine = KernelEngine(program_of(scenario), scenario, 3)
    log = engine.run(5)
    later = branch_from_run(
        scenario, scenario, log, ensemble="e" * 64, run=5, event=len(log) // 2, seed=3, streams="fresh", runs_per_draw=1
    )

    again = KernelEngine(program_of(later), later, 4)
    assert again.ints[memory_map.KEEPING] == memory_map.FOLDED_ONCE
    assert check_folded_once(program_of(later), later, 4, range(50))


def test_a_past_whose_parameters_are_no_other_in_any_run_is_folded_once():
    scenario = load_scenario(STATUS_QUO).scenario
    fixed = replace(scenario, parameters=tuple(float(one.value) for one in scenario.model.parameters.values()))

    assert check_folded_once(program_of(fixed), fixed, 3, range(50))
