"""What every engine gives: the same table of the same runs, that ends with the same run."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.kernel.engine import KernelEngine
from sim.engines.protocol import Engine, Name
from sim.engines.reference import ReferenceEngine
from sim.ledger.segments.digest import run_digests
from sim.model.program import compile_model
from sim.testing.models import model_data, scenario_of
from tests.engines.kernel.alike import exactly

ENGINES = {"reference": ReferenceEngine, "kernel": KernelEngine}


@settings(max_examples=40)
@given(model_data(), st.integers(0, 2**63 - 1), st.integers(0, 2**40), st.integers(1, 200))
def test_both_engines_give_the_same_table_as_far_as_is_enough(data, seed, first, enough):
    scenario = scenario_of(data)
    program, runs = compile_model(scenario.model), range(first, first + 4)
    made: dict[str, Engine] = {name: kind(program, scenario, seed) for name, kind in ENGINES.items()}

    one, other = (engine.make(runs, enough=enough) for engine in made.values())

    assert one.runs == other.runs
    assert list(run_digests(one)) == list(run_digests(other))
    assert list(one.piece(0, len(one.runs)).categories) == list(other.piece(0, len(other.runs)).categories)
    assert one.sizes.tolist() == other.sizes.tolist()
    assert one.measures is not None
    assert other.measures is not None
    assert np.array_equal(one.measures, other.measures, equal_nan=True)
    for engine in made.values():
        assert [exactly(log) for log in one.logs()] == [exactly(engine.run(run)) for run in one.runs]


@pytest.mark.parametrize("name", get_args(Name))
def test_an_engine_says_what_it_is_called(name):
    assert ENGINES[name].name == name
