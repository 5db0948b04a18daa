"""The README's two commands and its smallest scenario do what it says. The gate runs the commands word for word
in a fresh clone; here they run in a copy, when the slow tests do."""

import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from sim.analysis.runs import Tabulate
from sim.cli.main import main
from sim.experiment import prepare, record

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


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
    assert re.match(r"\d+\.\d % to \d+\.\d %\n", done.stdout)
    assert (tmp_path / "differences.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_table_below_the_first_command_is_what_it_prints(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = blocks("text")[0].splitlines()
    screen = Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", screen)
    command = ["sim", "run", str(TOP / "scenarios/lesotho-2014/status-quo.yaml"), "--runs", "10000"]
    monkeypatch.setattr(sys, "argv", [*command, "--ledger", str(tmp_path / "ledger")])

    with pytest.raises(SystemExit):
        main()

    printed = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in screen.getvalue().splitlines()]
    first = printed.index(lines[0])
    assert printed[first : first + len(lines)] == lines


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)

    assert len(links) > 10
    assert not [link for link in links if not (TOP / link).exists()]


def test_what_the_reader_looks_for_stands_on_the_first_screen() -> None:
    """The index ends within the first 30 lines, and the README is read in a few minutes."""
    lines = README.splitlines()

    assert max(number for number, line in enumerate(lines) if line.startswith("| ")) < 30
    assert len(lines) <= 130


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
