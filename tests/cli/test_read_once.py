"""A command opens each file of a case once, however many scenarios share it and however often it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

COUNTED = """
import sys
opened = []
sys.addaudithook(lambda event, found: opened.append(str(found[0])) if event == "open" else None)
from sim.cli.main import main
from sim.language import files
files.SETTLED = 0  # so that nothing has to be waited for until it counts as written
try:
    main()
finally:
    for path in opened:
        if path.endswith(".yaml"):
            print(path, file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["compare", "run"])
@pytest.mark.parametrize("workers", [1, 2])
def test_each_file_of_a_case_is_opened_once(case: Path, tmp_path: Path, command: str, workers: int) -> None:
    scenarios = ["status-quo.yaml", "early-envoy.yaml"]
    done = subprocess.run(
        [sys.executable, "-c", COUNTED, command, *scenarios, "--runs", "20", "--workers", str(workers),
         "--ledger", str(tmp_path / "ledger")],
        cwd=case, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    opened = [Path(path).resolve() for path in done.stderr.splitlines() if path.endswith(".yaml")]
    of_case = [path.name for path in opened if path.parent == case.resolve()]
    assert sorted(of_case) == sorted(set(of_case))
    assert {*scenarios, "model.yaml"} <= set(of_case)
