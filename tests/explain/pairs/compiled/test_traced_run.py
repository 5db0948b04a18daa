"""A run that is traced by compiled code has the frames and the stretches of clocks of the run that is followed."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from sim.build.scenario import load_scenario
from sim.engines.kernel.runtime import trace_map
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.compiled.compiled_ways import CompiledWays
from sim.model.replay import CHANGING
from sim.testing.models import alone
from tests.analysis.tales import load
from tests.explain.pairs.compiled.test_compiled_ways import CASE, FRESH, FRESH_CLOCKS, SAID, followed
from tests.explain.pairs.compiled.walked_models import walked_models
from tests.explain.pairs.test_random_tales import scenario, tales

SEED = 3
HOWS = ("fired", "stopped", "restarted", "over")
COMPARED = ("state", "parameter")


def blocks_of(compiled, runs):
    """Return the arrays in which runs are traced, and where the blocks of each run are, of both sides."""
    assert compiled._trace(runs)
    arrays = compiled._arrays
    return arrays, [[first + trace_map.RUN_BLOCK * index for index in range(len(runs))] for first in arrays._blocks_at]


def stretches_of(m, block, rules):
    found = {}
    for number, rule in enumerate(rules):
        at = m[m[block + trace_map.FIRST_STRETCHES_AT] + number]
        while at != trace_map.NONE:
            known = m[at : at + trace_map.STRETCH].tolist()
            assert known[trace_map.STRETCH_RULE] == number
            found.setdefault(rule, []).append((*known[1:4], HOWS[known[trace_map.STRETCH_HOW]]))
            at = known[trace_map.STRETCH_NEXT]
    return found


def check(scenarios, runs):
    compiled = CompiledWays(Assumptions(*scenarios), SEED)
    arrays, blocks = blocks_of(compiled, list(runs))
    for one, own in zip(scenarios, blocks, strict=True):
        for run, block in zip(runs, own, strict=True):
            known = followed(one, run, SEED)
            assert arrays.m[block + trace_map.IS_TRACED] == (known.error is None)
            if known.error is None:
                same(known, arrays, block)


def same(known, arrays, block):
    m, g, program = arrays.m, arrays.g, known.program
    slots = [slot for (scope, _), slot in program.slots.items() if scope in COMPARED]
    assert m[block + trace_map.EVENTS] == len(known.events)
    times = m[block + trace_map.TIMES_AT_PLACES]
    assert g[times : times + len(known.events)].tolist() == [event.time for event in known.events]
    for count in range(len(known.events) + 1):
        frame = known.frame_at(count - 1) if count else known.initial
        at = m[m[block + trace_map.FRAMES_AT] + count]
        assert [g[at + slot] for slot in slots] == [float(frame[slot]) for slot in slots]
    for place, event in enumerate(known.events):
        at = m[block + trace_map.EVENTS_AT] + trace_map.EVENT_BLOCK * place
        marks = m[at + trace_map.EVENT_MARKS_AT]
        if event.kind in CHANGING:
            assert list(program.model.events)[m[at + trace_map.EVENT_TYPE]] == event.type
            assert tuple(g[marks : marks + m[at + trace_map.EVENT_MARKS]]) == event.marks
            assert m[at + trace_map.EVENT_OCCURRENCE] == event.occurrence
    rules = [rule.rule.name for rule in program.rules]
    wanted = {
        rule: [(one.occurrence, one.began, one.ended, one.how) for one in known.stretches_of(rule)] for rule in rules
    }
    assert stretches_of(m, block, rules) == {rule: found for rule, found in wanted.items() if found}


@settings(max_examples=settings.default.max_examples // 2)
@given(tales(FRESH_CLOCKS, FRESH), SAID)
def test_random_tales_are_traced_as_they_are_followed(tmp_path_factory, body, said):
    check(load(tmp_path_factory.mktemp("tale"), body, scenario(said), ""), range(3))


@settings(max_examples=settings.default.max_examples // 4)
@given(walked_models())
def test_random_models_are_traced_as_they_are_followed(model):
    one = alone(model)
    check((one, one), range(2))


@pytest.mark.parametrize("name", ["status-quo", "talks-hold", "armoury-not-emptied"])
def test_runs_of_lesotho_are_traced_as_they_are_followed(name):
    check([load_scenario(Path(CASE) / f"{each}.yaml").scenario for each in ("status-quo", name)], range(3))
