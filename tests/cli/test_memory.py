"""Commands under a limit of memory: what they do within it, and what they say where it does not do."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import SimError, lacks_memory, out_of_memory
from sim.experiment.limits import memory_for
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


@pytest.mark.system
@pytest.mark.parametrize("keep", ["outcomes", "full"])
def test_runs_of_many_events_are_made_and_read_within_a_bound(model, tmp_path, keep):
    made = sim(tmp_path, "run", model, "--runs", "60", "--workers", "1", "--keep", keep, "--engine", "kernel")
    again = sim(tmp_path, "run", model, "--runs", "60", "--workers", "1", "--keep", keep, "--engine", "kernel")

    assert (made.returncode, made.stderr) == (0, "")
    assert "60 runs" in made.stdout
    assert again.stdout == made.stdout


def test_memory_that_does_not_do_is_an_error_with_the_runs_that_it_befell(tmp_path):
    marks = ", ".join(f"m{number}: 1.0" for number in range(100))
    file = tmp_path / "model.yaml"
    file.write_text(f"""
model: marks
title: A million events of a hundred marks each
time: {{unit: abstract}}
horizon: 1
factions: {{a: {{title: A}}}}
state: {{}}
events: {{e: {{by: a, marks: {{{marks.replace("1.0", "real")}}}}}}}
rules: {{r: {{faction: a, clock: {{rate: 900000}}, emits: {{event: e, {marks}}}}}}}
""")
    found = sim(tmp_path, "run", str(file), "--runs", "2", "--workers", "1", "--engine", "kernel")

    assert found.returncode == 1
    assert found.stderr.splitlines()[0] in {
        f"error E616: there is not enough memory for {which} of ensemble {one.name[:12]}"
        for which in ("run 0", "runs 0 to 1") for one in (tmp_path / "ledger" / "ensembles").iterdir()
    }  # fmt: skip
    assert sim(tmp_path, "verify").returncode == 0


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))])
def test_a_lack_of_memory_names_the_runs_that_it_befell(error):
    wanted = "there is not enough memory for runs 5 to 8 of ensemble 0123456789ab"
    with pytest.raises(SimError, match=wanted) as caught, memory_for("0123456789abcdef", range(5, 9)):
        raise error

    assert caught.value.code == "E616"
    with pytest.raises(ZeroDivisionError), memory_for("0123456789abcdef", range(5, 9)):
        raise ZeroDivisionError


def library_without_room() -> None:
    try:
        raise OSError("libllvmlite.so: failed to map segment from shared object")
    except OSError:
        raise OSError("Could not find/load shared object file 'libllvmlite.so'") from None


@pytest.mark.parametrize(
    ("error", "lacks"),
    [
        (MemoryError(), True),
        (ImportError("libarrow.so.2600: failed to map segment from shared object"), True),
        (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), True),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), False),
        (ImportError("No module named 'pyarrow'"), False),
    ],
)
def test_a_library_that_finds_no_room_is_a_lack_of_memory(error, lacks):
    assert lacks_memory(error) is lacks


def test_what_a_library_hides_behind_an_error_of_its_own_is_found():
    with pytest.raises(OSError, match="Could not find") as caught:
        library_without_room()
    assert lacks_memory(caught.value)


def test_so_many_runs_that_their_results_have_no_room_are_refused(model, tmp_path):
    found = sim(tmp_path, "run", model, "--runs", "1000000000")

    assert found.returncode == 1
    assert found.stderr.splitlines() == str(out_of_memory("this command")).splitlines()
