import shutil

import pytest

from sim.engines.kernel.engine import KernelEngine
from sim.model.program import compile_model
from tests.benchmarks.kernel_engine import by_hand, check_alike, ring


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not here")
@pytest.mark.parametrize("stations", [12, 48])
def test_the_c_by_hand_makes_the_kernels_log_bit_for_bit(stations):
    scenario = ring(stations)
    kernel = KernelEngine(compile_model(scenario.model), scenario, 1)

    check_alike(kernel, by_hand(stations, kernel.streams.keys, scenario.horizon))
