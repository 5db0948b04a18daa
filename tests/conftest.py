"""How many examples Hypothesis tries: few by default, many with SIM_DEEP=1. The examples are the same each time."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("deep" if os.environ.get("SIM_DEEP") else "quick")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it starts in the background ignore interruptions, and so would all that tests start and stop.
    signal.signal(signal.SIGINT, signal.default_int_handler)

gc.disable()


def pytest_collection_finish() -> None:
    """Keep modules and tests, which stay, from being looked at by each collection of garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _compiled_code_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests compile out of the user's cache, and where all workers of a session find it."""
    shared = tmp_path_factory.getbasetemp().parent
    with pytest.MonkeyPatch.context() as patch:
        if "SIM_CACHE" not in os.environ:
            patch.setenv("SIM_CACHE", str(shared / "kernels"))
        if sys.dont_write_bytecode:  # then every process that a test starts would compile all modules anew
            patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            patch.setenv("PYTHONPYCACHEPREFIX", str(shared / "bytecode"))
        yield


@pytest.fixture
def no_simulation(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The function after whose call a test fails if the reference engine simulates a run."""

    def fail(*_: object) -> None:
        raise AssertionError("a run was simulated")

    return lambda: monkeypatch.setattr("sim.engines.reference.ReferenceEngine.run", fail)
