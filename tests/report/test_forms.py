"""Results print themselves as tables where `sim` is imported, and plainly where nothing registered a form."""

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


def test_without_a_form_results_print_as_dataclasses_do(folder):
    said = printed(
        folder,
        "import sys",
        "from sim.study.use_cases import run",
        f"results = run('as-it-is.yaml', {OPTIONS})",
        "print(results, results._repr_html_(), 'sim.report' in sys.modules)",
    )

    assert said.startswith("Results(scenario=")
    assert said.endswith(") None False\n")
