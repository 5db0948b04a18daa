"""Limits and defaults that the pages name are those of the code."""

import re

import pytest

from sim.analysis.single.typical_runs import OF_ALL, OF_ENDING
from sim.cli.stopping import ONE_WISH
from sim.cli.topics import pages
from sim.experiment.cluster.connect import SECONDS_TO_WAIT
from sim.experiment.cluster.dispatch import MOST_DEATHS, SECONDS_OVERDUE, SECONDS_WITHOUT_WORKERS
from sim.experiment.jobs import MOST_OPENED
from sim.experiment.record import MOST_FULL
from sim.experiment.workers import CHUNK, FEWEST_IN_A_PART, LARGE_CHUNK
from sim.ledger.files.asking import SECONDS_AT_FIRST, SECONDS_IN_ALL, SECONDS_IN_SILENCE
from sim.model.canonical import SEMANTICS
from sim.model.run import MOST_EVENTS
from sim.study.notable_runs import OF_MISSES
from sim.testing.simulated import FALSE_ALARMS

LIMITS = [
    ("explanation/ledger.md", f"Of a new ensemble of up to {MOST_FULL:,} runs every event is kept"),
    ("how-to/many-runs.md", f"Above {MOST_FULL:,} runs, outcomes and measures are kept and not every event"),
    ("explanation/numbers.md", f"A run that reaches {MOST_EVENTS:,} events is stopped"),
    ("how-to/running.md", f"signals within {ONE_WISH:g} seconds count as one"),
    ("how-to/cluster.md", f"{LARGE_CHUNK:,} runs where outcomes are kept, {CHUNK} where logs are"),
    ("how-to/cluster.md", f"down to {FEWEST_IN_A_PART} runs"),
    ("how-to/object-stores.md", f"one for {CHUNK} runs whose logs are kept, or for {LARGE_CHUNK:,}"),
    ("how-to/object-stores.md", f"sim gives up after {SECONDS_AT_FIRST:g} seconds"),
    ("how-to/reading-runs.md", f"Of more than {OF_ENDING} runs with an ending the first {OF_ENDING} are compared"),
    ("how-to/reading-runs.md", f"farthest from all others, among the first {OF_ALL}"),
    ("how-to/reading-runs.md", f"The first {OF_MISSES:,} runs are searched"),
]
IN_WORDS = [
    ("how-to/cluster.md", "gives up after ten minutes", SECONDS_TO_WAIT, 600),
    ("how-to/cluster.md", "what it had for half a minute goes to a second worker", SECONDS_OVERDUE, 30),
    ("how-to/cluster.md", "one that comes within a minute goes on", SECONDS_WITHOUT_WORKERS, 60),
    ("how-to/cluster.md", "the same task ends three workers", MOST_DEATHS, 3),
    ("how-to/cluster.md", "A worker keeps the last four scenarios", MOST_OPENED, 4),
    ("how-to/object-stores.md", "is made again, for a minute", SECONDS_IN_ALL, 60),
    ("how-to/object-stores.md", "after three seconds a line on stderr says so", SECONDS_IN_SILENCE, 3),
    ("how-to/rule-tests.md", "true ones are called broken less than once in a thousand times", FALSE_ALARMS, 0.001),
]


def prose(page: str) -> str:
    return " ".join(pages()[page].split())


@pytest.mark.parametrize(("page", "sentence"), LIMITS)
def test_a_page_names_the_limit_of_the_code(page: str, sentence: str) -> None:
    assert sentence in prose(page)


@pytest.mark.parametrize(("page", "sentence", "limit", "said"), IN_WORDS)
def test_a_page_says_the_limit_of_the_code_in_words(page: str, sentence: str, limit: float, said: float) -> None:
    assert sentence in prose(page)
    assert limit == said


def test_the_changelog_says_what_each_value_of_semantics_meant() -> None:
    values = re.findall(r"^\| (\d+) \|", pages()["changelog.md"], re.MULTILINE)
    assert values == [str(value) for value in range(1, SEMANTICS + 1)]
