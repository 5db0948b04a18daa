import pytest

from sim.cli.topics import pages
from tests.docs.performance import PAGE, shown, with_results

WHERE = {"machine": "AMD EPYC", "cores": 2, "python": "3.11.7", "date": "2026-11-30"}


def test_the_page_shows_the_newest_results() -> None:
    assert with_results(pages()[PAGE]) == pages()[PAGE], "write it again: python -m tests.docs"


def test_figures_are_a_table_with_what_they_are_held_against() -> None:
    figures = [
        {"what": "a run", "value": 1.234, "unit": "s", "goal": None},
        {"what": "two", "value": 2.5, "unit": "times", "goal": 3},
    ]

    text = shown("commands", {**WHERE, "figures": figures})

    assert text.splitlines()[0] == (
        "`python -m tests.benchmarks.commands`: AMD EPYC, 2 cores, Python 3.11.7, 2026-11-30."
    )
    assert "| a run | 1.23 s |  |" in text
    assert "| two | 2.5 times | 3 times |" in text


def test_what_was_printed_stands_as_it_was() -> None:
    assert "```text\n 12 rules\n```" in shown("kernel_engine", {**WHERE, "printed": [" 12 rules"]})


def test_a_benchmark_without_results_is_refused() -> None:
    with pytest.raises(KeyError):
        with_results("<!-- benchmark: nothing -->\n<!-- end -->\n")
