"""Commands under a limit of memory: what they do within it, and what they say where it does not do."""

import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import out_of_memory
from tests.benchmarks.memory import INPUTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds to a limit of address space")
LIMIT = 1 << 20  # kB, of address space: with all that is loaded, some 600 MB are used
UNDER = (
    "import resource, runpy, sys; size = 1024 * int(sys.argv.pop(1)); "
    "resource.setrlimit(resource.RLIMIT_AS, (size, size)); runpy.run_module('sim', run_name='__main__')"
)


def sim(folder: Path, *arguments: str, limit: int = LIMIT) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", UNDER, str(limit), *arguments, "--ledger", str(folder / "ledger")]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture
def model(tmp_path: Path) -> str:
    """A model of a hundred thousand events a run."""
    file = tmp_path / "model.yaml"
    file.write_text(INPUTS["hundredk"].text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("keep", ["full", "outcomes"])
def test_runs_of_many_events_are_made_and_read_within_a_bound(model, tmp_path, keep):
    made = sim(tmp_path, "run", model, "--runs", "60", "--workers", "1", "--keep", keep, "--engine", "kernel")
    again = sim(tmp_path, "run", model, "--runs", "60", "--workers", "1", "--keep", keep, "--engine", "kernel")

    assert (made.returncode, made.stderr) == (0, "")
    assert "60 runs" in made.stdout
    assert again.stdout == made.stdout


def test_memory_that_does_not_do_is_an_error_with_the_runs_that_it_befell(model, tmp_path):
    found = sim(tmp_path, "run", model, "--runs", "60", "--workers", "1", "--engine", "kernel", limit=380 << 10)

    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert "error E616: there is not enough memory for " in found.stderr
    assert sim(tmp_path, "verify").returncode in (0, 1)


def test_so_many_runs_that_their_results_have_no_room_are_refused(model, tmp_path):
    found = sim(tmp_path, "run", model, "--runs", "1000000000")

    assert found.returncode == 1
    assert found.stderr.splitlines() == str(out_of_memory("this command")).splitlines()
