"""Where llvmlite is missing, damaged or too old: `auto` says so and makes the same runs, `kernel` is an error."""

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.engines.choice import Wanted
from sim.experiment import RunSettings
from sim.experiment.jobs import WorkerContext
from sim.experiment.record import job_of
from sim.ledger.segments.digest import run_digests
from sim.study.plan import Plan, open_target
from tests.cli.conftest import Answer

TOP = Path(__file__).parents[2]
# What a sitecustomize does to llvmlite, and what is said of it.
WAYS = {
    "missing": ("import sys; sys.modules['llvmlite'] = None", "llvmlite"),
    "not loaded": (
        "import llvmlite.binding as llvm\n"
        "def refuse(*_): raise OSError('Could not find/load shared object file libllvmlite.so')\n"
        "llvm.initialize_native_target = llvm.get_host_cpu_name = refuse",
        "Could not find/load shared object file libllvmlite.so",
    ),
    "too old": (
        "import llvmlite.binding as llvm\n"
        "def refuse(*_): raise RuntimeError('LLVM IR parsing error\\n<string>:3:14: error: expected type')\n"
        "llvm.parse_assembly = refuse",
        "LLVM IR parsing error",
    ),
}
WARNING = re.compile(r"warning W021: the kernel cannot be used here: .*; the reference engine makes the same runs.*\n")


@pytest.fixture(params=[pytest.param(way, marks=() if way == "missing" else pytest.mark.system) for way in WAYS])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def python(way: str, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with llvmlite in that way."""
    site = folder / "site" / way.replace(" ", "_")
    site.mkdir(parents=True, exist_ok=True)
    (site / "sitecustomize.py").write_text(WAYS[way][0], encoding="utf-8")
    path = os.pathsep.join([str(site), str(TOP)])
    given = {**os.environ, "PYTHONPATH": path, "SIM_CACHE": str(folder / "nothing-compiled")}
    return subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=folder, env=given, capture_output=True, text=True, check=False
    )


def test_auto_warns_once_and_makes_the_runs_that_the_kernel_makes(
    way: str, case: Path, tmp_path: Path, sim: Callable[..., Answer]
) -> None:
    workers = 2 if way == "missing" else 1  # each of which looks for the kernel by itself
    done = python(way, tmp_path, "-m", "sim", "run", case, "--runs", 160, "--workers", workers, "--json")
    kernel = sim("run", case, "--runs", 160, "--engine", "kernel", "--ledger", "other", "--json")

    assert done.returncode == 0
    assert WARNING.fullmatch(done.stderr)
    assert WAYS[way][1] in done.stderr
    assert [item["root"] for item in json.loads(done.stdout)] == [item["root"] for item in json.loads(kernel.out)]


def test_the_kernel_by_name_is_an_error_in_two_lines(way: str, case: Path, tmp_path: Path) -> None:
    done = python(way, tmp_path, "-m", "sim", "run", case, "--engine", "kernel")

    assert done.returncode == 2
    assert done.stdout == ""
    first, second = done.stderr.splitlines()
    assert first.startswith("error E021: the kernel cannot be used here: ")
    assert WAYS[way][1] in first
    assert second == "   = install sim anew, or say `--engine reference`"


def test_comparing_and_verifying_go_on_without_the_kernel(case: Path, tmp_path: Path) -> None:
    compared = python("missing", tmp_path, "-m", "sim", "compare", case, "--runs", 160, "--json")
    same = python("missing", tmp_path, "-m", "sim", "verify", "--against", "reference", 3)
    refused = python("missing", tmp_path, "-m", "sim", "verify", "--against", "kernel", 3)

    assert compared.returncode == 0
    assert WARNING.fullmatch(compared.stderr)
    assert (same.returncode, same.stderr) == (0, "")
    assert same.stdout.count("3 of 3 runs made again on the reference engine are the same") == 2
    assert refused.returncode == 2
    assert refused.stderr.startswith("error E021: ")


def test_few_runs_need_no_kernel_and_no_warning(case: Path, tmp_path: Path) -> None:
    done = python("missing", tmp_path, "-m", "sim", "run", case, "--runs", 20)

    assert (done.returncode, done.stderr) == (0, "")


def test_in_python_it_is_a_warning_of_pythons(case: Path, tmp_path: Path) -> None:
    script = (
        "import sim, sys, warnings\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    for seed in (1, 2): results = sim.run(sys.argv[1], runs=160, seed=seed)\n"
        "print(results.count, [(one.category.__name__, one.message.code) for one in caught])\n"
    )
    done = python("missing", tmp_path, "-c", script, case / "status-quo.yaml")

    assert (done.stdout, done.stderr) == ("160 [('SimWarning', 'W021')]\n", "")


@pytest.mark.parametrize("engine", ["auto", "kernel"])
def test_a_worker_without_the_kernel_decides_for_itself(engine: Wanted, case: Path, tmp_path: Path) -> None:
    plan = Plan(tmp_path / "ledger", settings=RunSettings(engine=engine))
    job = job_of(open_target(case / "status-quo.yaml", plan), 200)
    assert job.engine == "kernel"
    (tmp_path / "job").write_bytes(pickle.dumps(job))
    script = (
        "import pickle, sys; from pathlib import Path\n"
        "from sim.errors import UsageError; from sim.experiment.jobs import WorkerContext\n"
        "from sim.ledger.segments.digest import run_digests\n"
        "job = pickle.loads(Path(sys.argv[1]).read_bytes())\n"
        "opened = WorkerContext().open(job)\n"
        "try: made = opened.made(range(3))\n"
        "except UsageError as error: print(error.code)\n"
        "else: print(type(opened.engine).__name__, b''.join(run_digests(made)).hex())\n"
    )
    done = python("missing", tmp_path, "-c", script, tmp_path / "job")

    if engine == "kernel":
        assert (done.stdout, done.stderr) == ("E021\n", "")
    else:
        made = b"".join(run_digests(WorkerContext().open(job).made(range(3))))
        assert done.stdout.split() == ["ReferenceEngine", made.hex()]
        assert "warning W021: " in done.stderr
