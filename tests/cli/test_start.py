"""What a command does before its work: which modules it loads, and how often it reads, builds and checks."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

LESOTHO = Path(__file__).parents[2] / "scenarios" / "lesotho-2014"
SCENARIO = LESOTHO / "status-quo.yaml"
# What reads and checks documents, and what none of the commands below needs.
READERS = ("pydantic", "yaml", "sim.build.model", "sim.language.shapes", "sim.language.yaml",
           "sim.language.expressions.grammar")  # fmt: skip
OTHERS = ("scipy.stats", "scipy.optimize", "duckdb", "pandas", "hypothesis", "simpy", "distributed", "rich",
          "pyarrow.dataset", "pyarrow.compute", "rocrate", "vl_convert")  # fmt: skip
ARRAYS = ("numpy", "scipy", "pyarrow", "llvmlite")

# Ends with a line for each module that is loaded, and one for each file that was opened, as often as it was.
PROGRAM = """
import atexit, os, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
from sim.__main__ import main

@atexit.register
def tell():
    with open(os.environ["TOLD"], "w", encoding="utf-8") as file:
        file.write("\\n".join(f"module {name}" for name in sorted(sys.modules)) + "\\n")
        file.write("\\n".join(f"file {path}" for path in opened if str(path).endswith(".yaml")))

sys.argv[0] = "sim"
main()
"""


class Start:
    """What a command did: what it printed, its modules, and how often it opened each document."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        told = folder / "told"
        around = {**os.environ, "TOLD": str(told), "SIM_CACHE": str(folder / "cache")}
        command = [sys.executable, "-c", PROGRAM, *arguments]
        done = subprocess.run(command, cwd=folder, env=around, capture_output=True, text=True, check=True)
        self.printed, self.said = done.stdout, done.stderr
        lines = [line.partition(" ")[::2] for line in told.read_text(encoding="utf-8").splitlines()]
        self.modules = {name for kind, name in lines if kind == "module"}
        self.opened = Counter(Path(name).name for kind, name in lines if kind == "file" and "golden" not in name)

    def loaded(self, *names: str) -> list[str]:
        return [name for name in names if name in self.modules]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cache in which all is that the commands below keep."""
    made = tmp_path_factory.mktemp("start")
    Start(made, "run", str(SCENARIO), "--runs", "200", "--ledger", "first")
    Start(made, "check", str(LESOTHO))
    return made


def test_a_run_of_a_known_case_loads_nothing_that_reads_documents(folder):
    again = Start(folder, "run", str(SCENARIO), "--runs", "200", "--ledger", "second")

    assert again.loaded(*READERS) == []
    assert again.loaded(*OTHERS) == []
    assert again.loaded(*ARRAYS) == list(ARRAYS)  # else the names above would prove nothing


def test_each_document_of_a_known_case_is_opened_once(folder):
    again = Start(folder, "run", str(SCENARIO), "--runs", "200", "--ledger", "third")

    assert set(again.opened) == {"status-quo.yaml", "model.yaml", "history.yaml", "sources.yaml"}
    assert set(again.opened.values()) == {1}


def test_a_check_of_a_known_case_loads_no_arrays_and_opens_each_document_once(folder):
    again = Start(folder, "check", str(LESOTHO))

    assert again.loaded(*READERS, *OTHERS, *ARRAYS) == []
    assert {name: count for name, count in again.opened.items() if count > 1} == {}
    assert len(again.opened) == 16


def test_what_a_known_case_is_told_of_is_what_a_new_one_is(folder, tmp_path):
    for asked in ("check", str(LESOTHO)), ("check", str(SCENARIO), "--priors", "--literals", "--json"):
        new, kept, again = Start(tmp_path, *asked), Start(tmp_path, *asked), Start(folder, *asked)

        assert new.printed == kept.printed == again.printed
        assert new.said == kept.said == again.said


def test_help_and_list_load_no_arrays_and_no_models(folder):
    for asked in ("--help",), ("list", "--ledger", "first"):
        assert Start(folder, *asked).loaded(*READERS, *OTHERS, *ARRAYS, "sim.model.model") == []
