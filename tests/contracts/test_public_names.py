"""What `import sim` gives: a dozen names, typed, and imported when they are first used."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
import sim.testing

PUBLIC = [
    "Comparison",
    "Ledger",
    "Results",
    "SimError",
    "__version__",
    "assume",
    "compare",
    "diff",
    "load_model",
    "load_scenario",
    "plot",
    "query",
    "run",
    "timeline",
]
RIGHT = """
import sim

results = sim.run("status-quo.yaml", runs=400, keep="full")
share: float | None = results.outcomes["talks_succeed"].share
paths = ["a-folder", "another.yaml"]
many = sim.run(paths)
print(many["status-quo"].outcomes)
kept = sim.assume("status-quo.yaml", parameters={"word_kept": 0.7}, disable=["a_rule"])
found = sim.compare("status-quo.yaml", kept, runs=400)
change = found.versus[0].changes["talks_succeed"].difference.value
first: str | None = next((item.how for item in sim.diff("status-quo.yaml", kept).found), None)
sim.plot(found, "differences").save("differences.svg")
rows = sim.query("SELECT * FROM runs", results.source.ensemble).rows
reveal_type(sim.run)
"""
SLIPS = {
    'results = sim.run("status-quo.yaml", rnus=400)': r'Unexpected keyword argument "rnus"',
    'results = sim.rum("status-quo.yaml")': r'Module has no attribute "rum"',
    'sim.run("status-quo.yaml").outcome["talks_succeed"]': r'"Results" has no attribute "outcome"; maybe "outcomes"',
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What mypy --strict says of each program, by its name; of all in one call, since each takes seconds."""
    folder = tmp_path_factory.mktemp("user")
    programs = {"right": RIGHT, **{f"slip{n}": f"import sim\n{line}\n" for n, line in enumerate(SLIPS)}}
    for name, text in programs.items():
        (folder / f"{name}.py").write_text(text)
    top = Path(sim.__file__).parents[1]
    (folder / "mypy.ini").write_text(f"[mypy]\nstrict = True\nmypy_path = {top}\nignore_missing_imports = True\n")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", "cache", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    found = {name: [] for name in programs}
    for line in done.stdout.splitlines():
        name, _, message = line.partition(".py:")
        if name in found:
            found[name].append(message)
    return found


def test_the_public_names_are_these_and_each_is_there():
    assert sorted(sim.__all__) == PUBLIC
    assert [name for name in dir(sim) if name in PUBLIC] == PUBLIC
    for name in PUBLIC:
        assert getattr(sim, name) is not None


@pytest.mark.parametrize("package", [sim, sim.testing], ids=lambda package: package.__name__)
def test_type_checkers_see_what_is_imported_when_used(package):
    tree = ast.parse(Path(package.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    assert seen == package._HOMES
    assert {*package.__all__} - {"__version__"} == {*package._HOMES}


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(sim, "utils")


def test_a_program_that_is_right_passes_mypy_strict(said):
    (revealed,) = said["right"]
    assert re.search(r"Revealed type is .*Overload\(def \(target: .*RunOptions.*-> .*\.Results, def ", revealed), (
        revealed
    )


@pytest.mark.parametrize(("number", "message"), list(enumerate(SLIPS.values())), ids=list(SLIPS))
def test_a_slip_is_an_error_in_mypy(said, number, message):
    error, *_ = [line for line in said[f"slip{number}"] if "error:" in line]
    assert re.search(message, error), error
