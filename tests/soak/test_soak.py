"""Some rounds of the soak, always the same: nothing is lost and nothing is left, whenever a signal arrives."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger.faults.farm import TOP
from tests.soak.processes import marked

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")

SOAK = (sys.executable, "-m", "tests.soak", "--seed", "399")  # whose first round has two workers, and signals them soon


def soak(*options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run((*SOAK, *options), cwd=TOP, check=False, capture_output=True, text=True)


@pytest.mark.system
@pytest.mark.parametrize(
    "operation", ["SIGKILL to the driver", "SIGTERM to the driver", "SIGKILL to a worker", "failing system calls"]
)
def test_a_round_loses_nothing_and_leaves_nothing(operation: str) -> None:
    done = soak("--rounds", "1", "--case", "dice", "--only", operation)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"| {operation} | 1 |" in done.stdout


@pytest.mark.slow
def test_many_rounds_lose_nothing_and_leave_nothing() -> None:
    done = soak("--rounds", "60", "--keep-going")
    assert done.returncode == 0, done.stdout + done.stderr


def test_ctrl_c_ends_a_soak_with_its_table_and_leaves_no_process(tmp_path: Path) -> None:
    command = (*SOAK, "--minutes", "60", "--folder", str(tmp_path))
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("seed 399, in ")
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "| operation | tried |" in rest
    assert [pid for folder in tmp_path.iterdir() for pid in marked(folder.name)] == []
