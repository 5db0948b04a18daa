"""The README's two commands and its smallest scenario do what it says. The gate runs the commands word for word
in a fresh clone; here they run in a copy, when the slow tests do."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.analysis.runs import Tabulate
from sim.experiment import prepare, record
from sim.testing import try_checks

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_smallest_scenario_runs(tmp_path: Path) -> None:
    model, scenario = blocks("yaml")[:2]
    (tmp_path / "model.yaml").write_text(model, encoding="utf-8")
    (tmp_path / "patient-north.yaml").write_text(scenario, encoding="utf-8")

    experiment = prepare(tmp_path / "patient-north.yaml", tmp_path / "ledger")
    ensemble, parts = record(experiment, 25, Tabulate())

    assert [len(part) for part in parts] == [25]
    assert not ensemble.missing(25)
    assert experiment.scenario.question


def test_the_python_example_runs_as_a_script_and_draws_its_picture(tmp_path: Path) -> None:
    for part in ("scenarios", "seeds"):
        shutil.copytree(TOP / part, tmp_path / part)
    script = tmp_path / "example.py"
    script.write_text(blocks("python")[0], encoding="utf-8")

    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "95 % interval" in done.stdout
    assert (tmp_path / "differences.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_example_of_checks_goes_with_the_smallest_model(tmp_path: Path) -> None:
    model, _, checks = blocks("yaml")
    (tmp_path / "model.yaml").write_text(model + checks, encoding="utf-8")

    report = try_checks(tmp_path / "model.yaml", budget="quick", workers=1)

    assert len(report.verdicts) == 6
    assert not report.broken


def test_the_example_of_tests_of_ones_own_passes(tmp_path: Path) -> None:
    for part in ("scenarios", "seeds"):
        shutil.copytree(TOP / part, tmp_path / part)
    (tmp_path / "test_mine.py").write_text(blocks("python")[1], encoding="utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_there_are_two_commands_each_on_one_line() -> None:
    first, second = (block.strip() for block in blocks("sh")[:2])

    assert "\n" not in first + second
    assert "sim run scenarios/lesotho-2014" in first
    assert "pytest" in second


@pytest.mark.slow
def test_the_commands_run_on_a_machine_that_has_only_python_and_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "sim"
    copy.mkdir()
    for part in ("README.md", "pyproject.toml", ".gitignore"):
        shutil.copy(TOP / part, copy / part)
    for part in ("sim", "scenarios", "seeds", "tests"):
        shutil.copytree(TOP / part, copy / part)
    first, second = (block.strip() for block in blocks("sh")[:2])

    done = subprocess.run(["sh", "-c", first], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10,000 runs" in done.stdout

    # The tests themselves would come here once more; collecting them shows that the command finds them.
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only -q")
    done = subprocess.run(["sh", "-c", second], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
