"""Questions asked of runs that are there: how they are written, and that nothing is simulated for them."""

import numpy as np
import pytest

from sim.analysis.added_questions import asking
from sim.build.scenario import load_scenario
from sim.errors import UsageError
from sim.language.diagnostics import LanguageError
from sim.study.api import run
from sim.study.plan import Plan, open_target, results_of
from tests.analysis.crises import experiment, write


@pytest.fixture
def coin(tmp_path):
    return write(tmp_path)


def added_questions(folder, outcomes=(), measures=(), target="as-it-is.yaml", runs=40):
    plan = Plan(folder / "ledger", runs, workers=1, added_questions=asking(outcomes, measures))
    path = folder / target
    return results_of(open_target(path if path.exists() else target, plan), runs, workers=1)


def test_a_bare_outcome_is_a_condition_and_a_bare_measure_a_value_at_the_end(coin):
    found = added_questions(coin, ["down: side != up"], ["end: 2 * pushes + 1"])

    heads, tails = found.runs.reached("heads"), found.runs.reached("tails")
    assert found.runs.reached("down").tolist() == (heads | tails).tolist()
    assert set(found.runs.measures["end"].tolist()) == {1.0}


def test_braces_give_the_keys_that_a_model_file_knows(coin):
    found = added_questions(
        coin,
        ["early: {on: [fell_heads], within: 2}"],
        ["falls: {count: [fell_heads, fell_tails]}", "up_time: {time_while: side == up}"],
    )

    heads, tails = found.runs.times["heads"], found.runs.times["tails"]
    fall = np.minimum(heads, tails)
    assert found.runs.reached("early").tolist() == (heads <= 2).tolist()
    assert found.runs.measures["falls"].tolist() == np.isfinite(fall).astype(float).tolist()
    assert found.runs.measures["up_time"].tolist() == np.minimum(fall, 10.0).tolist()


def test_a_formula_reads_what_the_model_has_and_what_is_asked_beside_it(coin):
    found = added_questions(
        coin,
        [],
        ["share: {formula: up_time / 10}", "both: {formula: share + pushes}", "up_time: {time_while: side == up}"],
    ).runs.measures

    assert found["share"].tolist() == (found["up_time"] / 10).tolist()
    assert found["both"].tolist() == (found["share"] + found["pushes"]).tolist()


def test_a_question_may_have_colons_quotes_and_line_breaks(coin):
    found = added_questions(
        coin, ["side_up : side == up\n  and pushes == 0", '  q2:{title: "It: falls", when: side != up}']
    )

    assert found.outcomes["side_up"].hits == 40
    assert found.titles()["q2"] == "It: falls"


def test_the_models_own_answers_stay_as_they_are_and_the_new_ones_come_after_them(coin):
    before = results_of(experiment(coin), 40, workers=1)

    after = added_questions(coin, ["down: side != up"], ["end: pushes"])

    assert list(after.outcomes) == [*before.outcomes, "down"]
    assert list(after.measures) == [*before.measures, "end"]
    assert {name: after.outcomes[name] for name in before.outcomes} == before.outcomes
    assert after.ending == before.ending


def test_no_question_is_no_text():
    assert asking([], []) is None


@pytest.mark.parametrize("text", ["side != up", "", ":", "Down: side != up", "9: side != up", "down:", "down:   "])
def test_what_is_no_question_is_refused_with_what_was_expected(text):
    with pytest.raises(UsageError) as error:
        asking([text], [])

    assert error.value.code == "E012"
    assert "NAME: {when: EXPRESSION}" in error.value.notes[0]
    with pytest.raises(UsageError) as error:
        asking([], [text])
    assert "NAME: {value: EXPRESSION}" in error.value.notes[0]


@pytest.mark.parametrize(
    ("outcomes", "measures", "code"),
    [
        (["heads: side == up"], [], "E304"),
        ([], ["pushes: pushes"], "E304"),
        (["over: {when: side == up, ends_run: true}"], [], "E509"),
        (["down: sidee != up"], [], "E3"),
        (["down: {whenn: side != up}"], [], "E1"),
        (["down: {when: side != up"], [], "E1"),
    ],
)
def test_what_is_wrong_within_a_question_is_said_where_it_stands(coin, outcomes, measures, code):
    with pytest.raises(LanguageError) as error:
        added_questions(coin, outcomes, measures)

    assert any(item.code.startswith(code) for item in error.value.diagnostics)
    assert "the command line" in str(error.value.diagnostics[0])


def test_a_question_is_asked_of_an_ensemble_by_its_id_and_nothing_is_simulated(coin, no_simulation):
    first = run(coin / "loaded.yaml", runs=40, ledger=coin / "ledger", workers=1)
    simulated = added_questions(coin, ["down: side != up"], ["end: pushes"], target="loaded.yaml", runs=40)
    no_simulation()

    again = added_questions(
        coin, ["other_name: side != up"], ["n: {count: [fell_heads]}"], target=first.source.ensemble[:12]
    )

    assert again.count == 40
    assert again.outcomes["other_name"] == simulated.outcomes["down"]
    assert again.outcomes["heads"] == first.outcomes["heads"]
    assert again.runs.measures["n"].tolist() == first.runs.reached("heads").astype(float).tolist()


def test_questions_are_asked_of_a_model_file_as_of_a_scenario(coin):
    of_model = added_questions(coin, ["down: side != up"], target="coin.yaml")
    of_scenario = added_questions(coin, ["down: side != up"])

    assert of_model.outcomes == of_scenario.outcomes
    assert of_model.source.ensemble == of_scenario.source.ensemble


def test_runs_that_were_asked_already_are_not_asked_again(coin):
    ask = asking(["down: side != up"], [])
    plain = load_scenario(coin / "as-it-is.yaml")
    case = load_scenario(coin / "as-it-is.yaml", None, ask(plain))

    assert case.scenario.title == plain.scenario.title
    with pytest.raises(UsageError) as error:
        ask(case)
    assert error.value.code == "E012"
