"""Results print themselves as tables, wherever they come from."""

import subprocess
import sys

import pytest

from tests.analysis.crises import write


def printed(folder, *lines: str) -> str:
    """Return what a fresh process prints, which has imported no more than these lines say."""
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path)


OPTIONS = "runs=20, ledger='ledger', workers=1"


def test_whoever_imports_sim_alone_sees_tables_as_text_and_as_html(folder):
    said = printed(
        folder,
        "import sim",
        f"results = sim.run('as-it-is.yaml', {OPTIONS})",
        "print(results)",
        "print(results._repr_html_())",
        f"print(sim.compare('as-it-is.yaml', 'loaded.yaml', {OPTIONS}))",
        "print(sim.query('SELECT count(*) AS n FROM runs', results.source.ensemble, ledger='ledger'))",
    )

    assert "outcome" in said
    assert "\n20 runs. Intervals: 95 %" in said
    assert "<table>" in said
    assert "'A loaded coin' against 'As it is'" in said
    assert said.endswith(" n\n--\n20\n1 row\n")


def test_results_print_alike_from_the_use_cases_and_when_they_are_unpickled_elsewhere(folder):
    said = printed(
        folder,
        "import pickle, sys",
        "from pathlib import Path",
        "from sim.study.api import run",
        f"results = run('as-it-is.yaml', {OPTIONS})",
        "Path('results').write_bytes(pickle.dumps(results))",
        "assert 'sim.report' not in sys.modules, 'what prints nothing does not wait for the forms'",
        "print(results, results._repr_html_())",
    )
    again = printed(
        folder,
        "import pickle",
        "from pathlib import Path",
        "results = pickle.loads(Path('results').read_bytes())",
        "print(results, results._repr_html_())",
    )

    assert "\n20 runs. Intervals: 95 %" in said
    assert "<table>" in said
    assert again == said
