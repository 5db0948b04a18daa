"""Histories that break checks are found, and made as short as they can be; where nothing is wrong, nothing is found."""

from dataclasses import replace
from pathlib import Path

import pytest

from sim.engines.reference import ReferenceEngine
from sim.testing.composed import ComposedRun, Composer, perform
from sim.testing.explore import explore
from sim.testing.shrink import length, shrink
from sim.testing.subject import load_subject
from tests.testing.cases import HISTORIES, SLIPS, broken, subject, written


def test_a_right_model_breaks_no_check(tmp_path: Path) -> None:
    tried = subject(tmp_path)
    found = explore(tried, HISTORIES, 1)

    assert found.broken == {}
    assert set(found.fired) == set(tried.model.rules)
    assert set(found.reached) == set(tried.model.outcomes)


@pytest.mark.parametrize("check", SLIPS)
def test_a_slip_is_found_and_its_history_is_as_short_as_it_can_be(check: str, tmp_path: Path) -> None:
    _, short = broken(check)

    assert check in short.breaches
    assert length(short) == SLIPS[check][2]
    assert not short.parameters
    right = perform(subject(tmp_path), short.begins, short.parameters, short.moves)
    assert check not in right.breaches


@pytest.mark.parametrize("check", SLIPS)
def test_a_counterexample_is_a_run_of_the_engine(check: str) -> None:
    tried, short = broken(check)
    composer = Composer(tried, short.begins, short.parameters)
    for move in short.moves:
        composer.take(move)

    engine = ReferenceEngine(tried.program, short.scenario, 1, streams=composer.controlled.streams)

    assert engine.run(0)[: len(short.log)] == short.log


def test_a_history_may_begin_at_any_documented_event(tmp_path: Path) -> None:
    tried = load_subject(written(tmp_path, history=True))
    begun = set()
    explore(tried, 60, 1, each=lambda run: begun.add(run.begins) is not None)

    assert tried.path.name == "as-it-goes.yaml"
    assert begun == {"branch", "beginning", "first-shots", "call-up"}


def test_each_history_is_the_same_if_its_past_is_followed_for_it_alone(tmp_path: Path) -> None:
    tried = load_subject(written(tmp_path, history=True))
    made: list[ComposedRun] = []
    explore(tried, 40, 1, each=lambda run: bool(made.append(run)))

    assert len({run.begins for run in made}) > 1
    assert any(run.parameters for run in made)
    for run in made:
        again, alone = (perform(one, run.begins, run.parameters, run.moves) for one in (tried, replace(tried)))
        assert (again, again.frames) == (alone, alone.frames)


BRANCHED = {
    "model.yaml": """
model: branched
title: What the initial state is
time: {unit: day, origin: 2030-01-01}
horizon: 30 days
sources: sources.yaml
factions: {a: {title: A}}
parameters: {first: {value: 3, basis: {judgement: given}}}
state: {x: {type: real, range: [0, 10], initial: first}, done: {type: bool, initial: false}}
events: {noted: {by: a, exogenous: true}, e: {by: a, effects: {done: true}}}
rules: {r: {faction: a, when: not done, clock: {rate: x * 0.05 per day}, emits: e, basis: {judgement: so}}}
checks: {small: {never: x > 5, because: it begins at three}}
""",
    "sources.yaml": """
sources: branched
documents: {doc: {publisher: P, title: T, date: 2030-01-05, reliability: medium, paragraphs: 3}}
""",
    "history.yaml": """
history: branched
title: One event
sources: sources.yaml
events:
  - {id: one, at: 2030-01-03, reported: 2030-01-05, event: noted, claim: it was noted, status: attested, act: deed,
     sources: [{source: doc, paragraph: 1}]}
""",
    "more.yaml": """
scenario: more
model: model.yaml
history: history.yaml
branch: {at: 2030-01-10}
parameters: {first: VALUE}
""",
}


@pytest.mark.parametrize("value", ["9", "{prior: {uniform: [8, 10]}}"])
def test_before_its_branch_a_scenario_has_the_parameters_of_the_model(value: str, tmp_path: Path) -> None:
    for name, text in BRANCHED.items():
        (tmp_path / name).write_text(text.replace("VALUE", value), encoding="utf-8")
    tried = load_subject(tmp_path / "more.yaml")

    assert set(tried.beginnings) == {"branch", "one", "beginning"}
    assert explore(tried, 60, 1).broken == {}


def test_the_same_seed_finds_the_same_and_another_finds_others(tmp_path: Path) -> None:
    tried = subject(tmp_path, SLIPS["dead_stay_dead"][:2])
    one, again, other = (explore(tried, 60, seed) for seed in (1, 1, 2))

    assert one.broken == again.broken
    assert one.fired == again.fired
    assert one.fired != other.fired


def test_parameters_that_do_not_matter_are_left_central(tmp_path: Path) -> None:
    slip = (
        "effects: {deaths: deaths + dead, trust: trust - 0.1}",
        "effects: {deaths: deaths + dead, trust: trust - pace * 2 days}",
    )
    text = written(tmp_path, slip).read_text(encoding="utf-8")
    more = "  trust_lasts: {always: trust > 0.1, because: it is asked}\n"
    (tmp_path / "model.yaml").write_text(text + more, encoding="utf-8")
    tried = load_subject(tmp_path / "model.yaml")

    found = explore(tried, HISTORIES, 1, each=lambda run: "trust_lasts" in run.breaches)
    short = shrink(tried, found.broken["trust_lasts"], "trust_lasts")

    assert set(short.parameters) <= {"pace"}
