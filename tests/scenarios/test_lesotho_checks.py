"""Every check of the Lesotho case can fail: a planted change breaks it by a history that is short and possible."""

import shutil
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import pytest

from sim.engines.reference import ReferenceEngine
from sim.testing.composed import Composer, perform
from sim.testing.explore import explore
from sim.testing.reach import search, unreached
from sim.testing.shrink import length, shrink
from sim.testing.simulated import judge_followed, judge_paired, pair_up, simulate
from sim.testing.subject import Subject, load_subject
from tests.scenarios.planted import BY_EVENTS, ON_RUNS, PROBABILITY, REACH

TOP = Path(__file__).parents[2]
CASE = TOP / "scenarios" / "lesotho-2014"
SEEDS = TOP / "seeds" / "lesotho-2014"
SEED = 1
MOST_LONGER = 5
RUNS = 250
CLAIMS = 6  # of the case about probabilities: the chance of a false alarm is shared among them
HISTORIES = 400
DEAR = 600


def planted(item, folder: Path) -> Subject:
    """Return a copy of the case in which one place of the model's text is changed."""
    text = (CASE / "model.yaml").read_text(encoding="utf-8")
    assert text.count(item.old) == 1, "the place to change is clear"
    case = folder / "scenarios" / CASE.name
    shutil.copytree(CASE, case)
    shutil.copytree(SEEDS, folder / "seeds" / SEEDS.name)
    (case / "model.yaml").write_text(text.replace(item.old, item.new), encoding="utf-8")
    return load_subject(case / f"{item.scenario}.yaml", only=[item.check])


@cache
def as_it_is() -> Subject:
    return load_subject(CASE)


def composed_again(subject: Subject, run) -> Composer:
    composer = Composer(subject, run.begins, run.parameters)
    for move in run.moves:
        assert composer.take(move)
    return composer


def test_every_check_has_a_planted_change():
    assert {item.check for item in (*BY_EVENTS, *ON_RUNS)} == set(as_it_is().model.checks)


@pytest.mark.parametrize("item", [*BY_EVENTS, *ON_RUNS], ids=lambda item: item.check)
def test_a_planted_change_leaves_the_checks_as_they_are(item, tmp_path):
    changed, plain = planted(item, tmp_path).model, as_it_is().model

    assert {name: check.claim for name, check in changed.checks.items()} == {
        name: check.claim for name, check in plain.checks.items()
    }


def dear_ones_apart(items):
    """Mark those that take many histories to be found as slow."""
    return [pytest.param(item, marks=[pytest.mark.slow] * (item.histories >= DEAR), id=item.check) for item in items]


@pytest.fixture(scope="module")
def apart():
    """A process of its own: Hypothesis looks for numbers in whatever modules are loaded, which differs in a suite."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("item", dear_ones_apart(BY_EVENTS))
def test_a_planted_change_breaks_its_check_by_a_short_and_possible_history(item, tmp_path, apart):
    apart.submit(break_by_a_history, item, tmp_path).result()


def break_by_a_history(item, folder):
    """Assert that the search finds a history that breaks the check, and that it is short and possible."""
    subject = planted(item, folder)
    found = explore(subject, item.histories, SEED, each=lambda run: item.check in run.breaches).broken
    assert item.check in found, "the search finds a history that breaks the check"

    run = shrink(subject, found[item.check], item.check)
    assert item.shortest <= length(run) <= item.shortest + MOST_LONGER, item.why

    again = composed_again(subject, run)
    assert again.composed().log == run.log
    assert item.check in again.watching.breaches, "it breaks the check again"

    # The reference engine knows nothing of moves. It makes the same events of the same luck, so each was possible.
    log = ReferenceEngine(subject.program, run.scenario, seed=0, streams=again.controlled.streams).run(0)
    assert log[: len(run.log)] == run.log

    plain = perform(as_it_is(), run.begins, run.parameters, run.moves)
    assert item.check not in plain.breaches, "it is the planted change that breaks it"


# A search in vain takes as long as it may: for the gate alone.
TRIED = [pytest.param(item, marks=pytest.mark.system if item.kind == REACH else ()) for item in ON_RUNS]


@pytest.mark.parametrize("item", TRIED, ids=lambda item: f"{item.check}-{item.kind}-{item.new[:20]}")
def test_a_planted_change_breaks_its_check_in_many_runs_or_by_a_search_in_vain(item, tmp_path):
    subject = planted(item, tmp_path)
    statement = subject.checks[item.check].statement
    if item.kind == REACH:
        fired = explore(subject, HISTORIES, SEED)
        missing = unreached(subject, fired.fired, fired.reached)
        assert any(search(subject, name, HISTORIES, SEED)[1] for name in missing)
        return
    if item.kind == PROBABILITY:
        tried = judge_followed(statement, simulate(subject, range(RUNS), SEED).followed[item.check], CLAIMS)
    else:
        tried = judge_paired(statement, pair_up(subject, statement, range(RUNS), SEED), CLAIMS)
    assert tried.contradicted, tried.why
