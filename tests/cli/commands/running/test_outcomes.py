import json
import re
import shlex

import pytest


def added_questions(sim, *arguments):
    answer = sim("outcomes", *arguments, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_each_outcome_has_its_probability_by_each_date(sim, case):
    found = added_questions(sim, case / "status-quo.yaml", "--runs", 80, "--by", "2030-02-01", "--by", "2030-05-01")[0]

    for outcome in found["outcomes"].values():
        dates = [item["date"] for item in outcome["by"]]
        hits = [item["hits"] for item in outcome["by"]]
        assert dates == ["2030-02-01T23:59:59", "2030-05-01T23:59:59"]
        assert [item["moment"] for item in outcome["by"]] == ["the end of 2030-02-01", "the end of 2030-05-01"]
        assert hits == sorted(hits)
        assert all(item["low"] <= item["hits"] / item["runs"] <= item["high"] for item in outcome["by"])


def test_it_says_when_outcomes_first_come(sim, case):
    answer = sim("outcomes", case / "status-quo.yaml", "--runs", 80)

    assert answer.code == 0, answer.err
    for part in ("how likely by when", "When it first comes", "mean time without", "sim query @outcomes", "@times"):
        assert part in answer.out


def test_questions_thought_of_later_are_read_from_the_runs_that_are_there(sim, case, no_simulation):
    sim("run", case / "status-quo.yaml", "--runs", 60)
    no_simulation()

    found = added_questions(
        sim, case / "status-quo.yaml",
        "--outcome", "tense: trust < 0.3", "--outcome", "shot_again: {on: [shots_fired], within: 30 days}",
        "--measure", "trust_left: trust", "--measure", "calm_days: {time_while: violations < 2}",
    )[0]  # fmt: skip

    assert found["runs"] == 60
    assert {"tense", "shot_again"} <= set(found["outcomes"])
    assert {"trust_left", "calm_days"} <= set(found["measures"])
    assert 0 < found["outcomes"]["shot_again"]["hits"] < 60


@pytest.mark.parametrize(
    "question",
    [
        ("--outcome", "late: {when: trust < 0.3, within: 900 days}"),
        ("--outcome", "late: {when: trust < 0.3, by: 2033-01-01}"),
        ("--measure", "late: {value: trust, at: 900 days}"),
    ],
)
def test_a_question_about_a_time_that_no_run_reaches_is_refused(sim, case, question):
    answer = sim("outcomes", case / "status-quo.yaml", "--runs", 20, *question)

    assert answer.code == 1
    assert "the command line:" in answer.err
    assert "error E519: the " in answer.err
    assert "the runs end at the horizon" in answer.err
    assert answer.out == ""


def test_the_ensemble_of_a_question_can_be_asked_about_by_its_id_and_shown(sim, case):
    sim("run", case / "status-quo.yaml", "--runs", 20)
    first = added_questions(sim, case / "status-quo.yaml", "--outcome", "tense: trust < 0.3")[0]

    again = added_questions(sim, first["ensemble"][:12])[0]
    log = sim("log", first["ensemble"][:12], "--run", 0)

    assert again["outcomes"]["tense"] == first["outcomes"]["tense"]
    assert log.code == 0, log.err


def test_questions_can_be_asked_of_an_ensemble_by_its_id(sim, case, no_simulation):
    ensemble = added_questions(sim, case / "status-quo.yaml", "--runs", 25)[0]["ensemble"]
    no_simulation()

    found = added_questions(sim, ensemble[:12], "--measure", "trust_left: trust")[0]

    assert found["runs"] == 25
    assert 0 <= found["measures"]["trust_left"]["mean"]["value"] <= 1


def test_a_wrong_date_is_found_before_anything_is_simulated(sim, case, no_simulation):
    no_simulation()

    answer = sim("outcomes", case / "status-quo.yaml", "--by", "2030-13-01")

    assert answer.code == 2
    assert answer.out == ""
    assert "error E016" in answer.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--by", "October"], 2, "error E016"),
        (["--by", "2031-01-01"], 2, "does not lie within the runs"),
        (["--outcome", "trust < 0.3"], 2, "error E012"),
        (["--outcome", "tense: trst < 0.3"], 1, "did you mean 'trust'"),
        (["--outcome", "peace: trust < 0.3"], 1, "among the model's outcomes already"),
        (["--outcome", "over: {when: trust < 0.3, ends_run: true}"], 1, "error E509"),
        (["--measure", "odd: {vlue: trust}"], 1, "unknown key 'vlue'"),
        (["--measure", "odd: talks"], 1, "a measure is a number or a condition"),
        (["--outcome", "odd: {when: trust < 0.3"], 1, "error E101"),
    ],
)
def test_what_is_no_question_is_refused_with_its_place(sim, case, arguments, code, says):
    answer = sim("outcomes", case / "status-quo.yaml", "--runs", 5, *arguments)

    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_a_wrong_question_of_an_ensemble_is_refused_as_the_question_that_it_is(sim, case):
    ensemble = added_questions(sim, case / "status-quo.yaml", "--runs", 5)[0]["ensemble"]

    answer = sim("outcomes", ensemble[:12], "--outcome", "tense: trst < 0.3")

    assert answer.code == 1
    assert "the command line:" in answer.err
    assert "error E301" in answer.err
    assert "did you mean 'trust'" in answer.err
    assert "E715" not in answer.err


def test_a_value_can_be_set_and_a_question_asked_at_once(sim, case):
    found = added_questions(sim, case / "status-quo.yaml", "--set", "envoy_delay=2", "--outcome", "tense: trust < 0.3")[
        0
    ]

    assert found["title"].endswith(", envoy_delay = 2")
    assert "tense" in found["outcomes"]


ASKED = ("--measure", "left: trust", "--measure", "calm: {time_while: violations < 2}")


def test_figures_of_measures_are_asked_for_beside_the_tables_and_can_be_asked_for_again(sim, case, no_simulation):
    sim("run", case / "status-quo.yaml", "--runs", 60)
    no_simulation()
    asked = ("--ask", "P(left <= 0.5)", "--ask", "calm / left", "--histogram", "calm, 10 days")

    answer = sim("outcomes", case / "status-quo.yaml", *ASKED, *asked)
    found = added_questions(sim, case / "status-quo.yaml", *ASKED, *asked)[0]
    again = re.search(r"^What was asked, again: sim (outcomes .*)$", answer.out, re.MULTILINE)[1]

    assert answer.code == 0, answer.err
    assert "how likely by when" in answer.out
    for part in ("P(left <= 0.5)", "mean(calm) / mean(left)", "not the mean of the runs' own", "10 days or more"):
        assert part in answer.out
    assert [one["kind"] for one in found["asked"]] == ["share", "ratio of means", "histogram"]
    share = found["asked"][0]
    assert (share["low"], share["hits"]) == (share["low"], round(share["share"] * 60))
    told = sim(*shlex.split(again), "--json")
    assert told.code == 0, told.err
    assert json.loads(told.out)[0]["asked"] == found["asked"]


def test_without_a_question_about_measures_nothing_is_asked(sim, case):
    assert "asked" not in added_questions(sim, case / "status-quo.yaml", "--runs", 20)[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (["--ask", "P(lft <= 0.5)"], "what is asked:1:3: error E301: unknown measure 'lft'"),
        (["--ask", "left"], "what is asked:1:1: error E041: a measure by itself asks for nothing"),
        (["--histogram", "left, 2, 1"], "what is asked:1:20: error E041: the edges of bins rise"),
        (["--histogram", "peace"], "'peace' is an outcome, and not a measure"),
    ],
)
def test_a_wrong_question_about_measures_is_found_before_the_work(sim, case, no_simulation, question, says):
    no_simulation()

    answer = sim("outcomes", case / "status-quo.yaml", *ASKED, *question)

    assert answer.code == 1
    assert answer.out == ""
    assert says in answer.err
