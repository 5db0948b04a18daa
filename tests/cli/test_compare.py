import json
import re

import pytest


def compared(sim, *arguments):
    answer = sim("compare", *arguments, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


@pytest.fixture
def other_past(case):
    """A scenario that branches elsewhere, so that its runs are no pairs with those of the others."""
    file = case / "no-shots.yaml"
    file.write_text("scenario: no-shots\nextends: status-quo.yaml\nbranch: {at: 2030-01-01}\n", encoding="utf-8")
    return file


def test_a_folder_is_compared_with_its_status_quo_and_ends_in_plain_words(sim, case):
    answer = sim("compare", case, "--runs", 200)

    assert answer.code == 0, answer.err
    assert "'The envoy comes early' against 'Status quo'" in answer.out
    assert "Under 'Status quo' runs end most often with" in answer.out
    assert "They do not say whether the rules are right." in answer.out
    assert "What made the difference: the turning point" in answer.out
    assert answer.err == ""


def test_the_runs_that_are_missing_are_simulated_and_the_same_command_gives_the_same(sim, case, tmp_path):
    first = compared(sim, case, "--runs", 120)
    again = compared(sim, case, "--runs", 120, "--workers", 2)
    elsewhere = compared(sim, case, "--runs", 120, "--ledger", tmp_path / "other")

    assert first == again == elsewhere
    assert first["versus"][0]["runs"] == first["baseline"]["runs"] == 120


def test_ensembles_are_compared_by_their_ids_over_the_runs_that_both_have(sim, case):
    found = compared(sim, case, "--runs", 80)
    ids = [found["baseline"]["ensemble"][:12], found["versus"][0]["ensemble"][:12]]
    sim("run", case / "status-quo.yaml", "--runs", 150)

    again = compared(sim, *ids)
    swapped = compared(sim, *ids, "--baseline", "early-envoy")

    assert again["versus"][0]["changes"] == found["versus"][0]["changes"]
    for name, one in again["versus"][0]["changes"].items():
        assert swapped["versus"][0]["changes"][name]["difference"]["value"] == -one["difference"]["value"]


def test_the_table_of_two_by_two_adds_up_to_the_pairs(sim, case):
    for one in compared(sim, case, "--runs", 100)["versus"]:
        for found in one["changes"].values():
            assert found["both"] + found["lost"] + found["gained"] + found["neither"] == 100
            assert found["one"]["hits"] == found["both"] + found["lost"]
            assert found["other"]["hits"] == found["both"] + found["gained"]
            assert found["difference"]["low"] <= found["difference"]["value"] <= found["difference"]["high"]


def test_what_is_no_pair_is_refused_by_name_and_compared_on_demand(sim, case, other_past):
    refused = sim("compare", case / "status-quo.yaml", other_past, "--runs", 50)
    wanted = compared(sim, case / "status-quo.yaml", other_past, "--runs", 50, "--unpaired")

    assert refused.code == 1
    assert "error E510: not every scenario can be paired with 'status-quo'" in refused.err
    assert "they branch at different moments" in refused.err
    assert "--unpaired" in refused.err
    one = wanted["versus"][0]
    assert one["paired"] is False
    assert one["changes"]["peace"]["difference"]["low"] < one["changes"]["peace"]["difference"]["high"]
    assert one["turning_points"] == []


def test_a_folder_shows_what_is_no_pair_with_the_reason(sim, case, other_past):
    answer = sim("compare", case, "--runs", 60)

    assert answer.code == 0, answer.err
    assert "'no-shots' is not paired" in answer.out.replace("'no shots'", "'no-shots'")
    assert "no shots *" in answer.out
    assert "hold all together with 95 % (Sidak, 6 differences)" in answer.out


def test_another_seed_is_no_pair(sim, case):
    one = compared(sim, case, "--runs", 40)["baseline"]["ensemble"]
    other = compared(sim, case, "--runs", 40, "--seed", 2)["versus"][0]["ensemble"]

    answer = sim("compare", one, other)

    assert answer.code == 1
    assert "their seeds differ: 1 and 2" in answer.err


def test_a_goal_stops_at_the_same_run_whatever_the_ledger_had(sim, case, tmp_path):
    goal = ("--until", "±9pp on difference in peace")
    fresh = compared(sim, case, *goal)
    sim("run", case, "--runs", 2500, "--ledger", tmp_path / "full")
    full = compared(sim, case, *goal, "--ledger", tmp_path / "full")

    assert fresh["goal"] == {"goal": "±9pp on difference in peace", "met": True}
    assert fresh["baseline"]["runs"] == full["baseline"]["runs"] < 2500
    assert fresh["versus"][0]["changes"] == full["versus"][0]["changes"]
    difference = fresh["versus"][0]["changes"]["peace"]["difference"]
    assert difference["high"] - difference["low"] <= 0.18


def test_a_goal_that_cannot_be_met_says_so(sim, case):
    answer = sim("compare", case, "--until", "±0.1pp on difference in war", "--max-runs", 300)

    assert answer.code == 0
    assert "Goal ±0.1pp on difference in war: not met after 300 pairs of runs." in answer.out


def test_a_nested_design_says_what_chance_parameters_and_scenario_do(sim, case):
    answer = sim("compare", case, "--draws", 8, "--runs", 20)

    assert answer.code == 0, answer.err
    assert "What a run's outcome depends on" in answer.out
    parts = re.search(r"An accord is signed +(\d+) %.* (\d+) %.* (\d+) %", answer.out)
    assert parts
    assert 98 <= sum(map(int, parts.groups())) <= 102


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["status-quo.yaml"], 2, "at least two"),
        (["status-quo.yaml", "status-quo.yaml"], 2, "one and the same"),
        (["status-quo.yaml", "early-envoi.yaml"], 1, "early-envoy.yaml"),
        (["status-quo.yaml", "early-envoy.yaml", "--baseline", "nobody"], 2, "no scenario here is called 'nobody'"),
        (["status-quo.yaml", "early-envoy.yaml", "--only", "peas"], 2, "did you mean 'peace'"),
        (["status-quo.yaml", "early-envoy.yaml", "--until", "±1pp on peace"], 2, "difference"),
        (["status-quo.yaml", "early-envoy.yaml", "--max-runs", "500"], 2, "--max-runs bounds --until"),
        (["status-quo.yaml", "early-envoy.yaml", "--draws", "5", "--central"], 2, "nothing to draw"),
        (["status-quo.yaml", "ffff"], 1, "no ensemble"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_reason(sim, case, arguments, code, says):
    placed = [str(case / word) if word.endswith(".yaml") else word for word in arguments]

    runs = [] if "--until" in arguments else ["--runs", 10]
    answer = sim("compare", *placed, *runs)

    assert answer.code == code
    assert says in answer.err
    assert "Traceback" not in answer.err
