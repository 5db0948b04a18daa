import json
import re
import subprocess
import sys

import pytest


def compared(sim, *arguments):
    answer = sim("compare", *arguments, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def without_commands(found):
    """All but the commands that give the figures again, which name the ledger."""
    if isinstance(found, dict):
        return {name: without_commands(value) for name, value in found.items() if name != "queries"}
    return [without_commands(value) for value in found] if isinstance(found, list) else found


@pytest.fixture
def other_past(case):
    """A scenario that branches elsewhere, so that its runs are no pairs with those of the others."""
    file = case / "no-shots.yaml"
    file.write_text("scenario: no-shots\nextends: early-envoy.yaml\nbranch: {at: 2030-01-01}\n", encoding="utf-8")
    return file


@pytest.fixture
def other_model(case):
    """A scenario of another model, whose runs can be no pairs with those of the others."""
    text = (case / "model.yaml").read_text(encoding="utf-8")
    more = "parameters:\n  unused: {value: 1, basis: {judgement: nobody reads it}}\n"
    (case / "model-two.yaml").write_text(text.replace("parameters:\n", more, 1), encoding="utf-8")
    file = case / "other-model.yaml"
    file.write_text("scenario: other-model\nmodel: model-two.yaml\nhorizon: 180 days\n", encoding="utf-8")
    return file


def test_a_folder_is_compared_with_its_status_quo_and_ends_in_plain_words(sim, case):
    answer = sim("compare", case, "--runs", 200)

    assert answer.code == 0, answer.err
    assert "'The envoy comes early' against 'Status quo'" in answer.out
    assert "Under 'Status quo' runs end most often with" in answer.out
    assert "They do not say whether the rules are right." in answer.out
    assert "What made the difference: the turning point" in answer.out
    assert answer.err == ""


def test_the_column_of_turning_points_undone_says_that_they_come_as_the_other_run_has_them(sim, case):
    said = " ".join(sim("compare", case, "--runs", 200).out.split())

    assert "once the event comes as the other run has it; where the other has none, it does not come," in said
    assert "the run, without that event," not in said


def test_the_pair_that_is_named_is_shown_by_the_command_below(sim, case):
    text = sim("compare", case, "--runs", 200).out
    (pair,) = re.findall(r"side by side: sim log (\S+) (\S+)\n", text)

    shown = sim("log", *pair)

    assert shown.code == 0
    assert "FIRST DIFFERENCE" in shown.out


def test_the_runs_that_are_missing_are_simulated_and_the_same_command_gives_the_same(sim, case, tmp_path):
    first = compared(sim, case, "--runs", 120)
    again = compared(sim, case, "--runs", 120, "--workers", 2)
    elsewhere = compared(sim, case, "--runs", 120, "--ledger", tmp_path / "other")

    assert first == again
    assert without_commands(first) == without_commands(elsewhere)
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


def test_what_branches_elsewhere_is_compared_with_the_baseline_made_there(sim, case, other_past):
    found = compared(sim, case / "status-quo.yaml", other_past, "--runs", 50)
    shown = sim("compare", case, "--runs", 50)

    (one,) = found["versus"]
    assert one["paired"]
    assert one["against"]["title"].startswith("Status quo, from 1 January 2030")
    assert one["against"]["made_at_the_moment_of_the_scenario"] is True
    assert found["baseline"]["ensemble"] == one["against"]["ensemble"]
    assert shown.code == 0, shown.err
    assert "So 'Status quo' was made anew" in shown.out
    assert "hold all together with 95 % (Sidak, 6 differences of the outcomes that end a run)" in " ".join(
        shown.out.split()
    )
    kept = sim("compare", one["against"]["ensemble"][:12], one["ensemble"][:12], "--json")
    assert json.loads(kept.out)["versus"][0]["changes"] == one["changes"]


def test_what_is_no_pair_at_any_moment_is_refused_by_name_and_compared_on_demand(sim, case, other_model):
    refused = sim("compare", case / "status-quo.yaml", other_model, "--runs", 50)
    wanted = compared(sim, case / "status-quo.yaml", other_model, "--runs", 50, "--unpaired")

    assert refused.code == 1
    assert "error E510: not every scenario can be paired with 'status-quo'" in refused.err
    assert "they are of different models: their parameters differ" in refused.err
    assert "--unpaired" in refused.err
    one = wanted["versus"][0]
    assert one["paired"] is False
    assert one["changes"]["peace"]["difference"]["low"] < one["changes"]["peace"]["difference"]["high"]
    assert one["turning_points"] == []


def test_a_folder_names_what_is_no_pair_with_the_reason_and_gives_it_no_difference(sim, case, other_model):
    answer = sim("compare", case, "--runs", 60)
    data = compared(sim, case, "--runs", 60)

    assert answer.code == 0, answer.err
    assert "Not compared: 'other model', because they are of different models: their parameters differ." in answer.out
    assert [one["name"] for one in data["left_out"]] == ["other-model"]
    assert [one["scenario"] for one in data["versus"]] == ["early-envoy"]
    assert "other model" not in answer.out.replace("Not compared: 'other model'", "")


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
    assert re.search(
        r"Goal ±0.1pp on difference in war: not met \(±[\d.]+pp so far\) after 300 pairs of runs", answer.out
    )


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


def written(case, name, text):
    file = case / f"{name}.yaml"
    file.write_text(f"scenario: {name}\n{text}", encoding="utf-8")
    return file


def test_runs_that_fail_are_said_first_and_count_both_ways(sim, case):
    model = case / "model.yaml"
    text = model.read_text(encoding="utf-8")
    emits = "{event: shots_fired, deaths: 0}"
    clock = "{rate: 0.3 per day - provocation * 4}"
    rest = f"emits: {emits}, basis: {{judgement: so}}"
    slip = f"  frail: {{faction: north, when: violations > 0, clock: {clock}, {rest}}}\n"
    model.write_text(text.replace("rules:\n", "rules:\n" + slip, 1), encoding="utf-8")
    withheld = sim("compare", case, "--runs", 150)
    answer = sim("compare", case, "--runs", 150, "--despite-failures")
    data = json.loads(sim("compare", case, "--runs", 150, "--despite-failures", "--json").out)

    failed = [item["failed"] for item in (data["baseline"], *data["versus"])]
    change = data["versus"][0]["changes"]["peace"]
    known = change["both"] + change["lost"] + change["gained"] + change["neither"]
    assert (withheld.code, answer.code) == (1, 1)
    assert min(failed) > 0
    assert max(failed) < 150
    assert known + change["unknown"] == 150
    assert change["difference"]["value"] is None
    first = f"{failed[0]} of 150 runs of 'status-quo' failed with E601 in rule 'frail'; first: run"
    for text in (withheld.out, answer.out):
        assert text.index(first) < text.index("'The envoy comes early' against 'Status quo'")
        assert f"150 runs, of which {failed[1]} failed under 'The envoy comes early'" in text
    assert "error E611: no figures of 'status-quo' are given" in withheld.out
    assert "not given" in withheld.out
    assert f"; {change['unknown']} unknown" in answer.out


def test_a_branch_that_keeps_its_runs_luck_is_one_run_however_many_are_asked_for(sim, case):
    ensemble = json.loads(sim("run", case / "status-quo.yaml", "--runs", 5, "--json").out)[0]["ensemble"][:12]
    kept = sim("run", case / "status-quo.yaml", "--from", f"{ensemble}:2:0", "--luck", "keep", "--json")
    again = sim("outcomes", json.loads(kept.out)[0]["ensemble"][:12], "--runs", 200, "--json")

    assert json.loads(kept.out)[0]["runs"] == json.loads(again.out)[0]["runs"] == 1


def test_a_model_with_another_parameter_is_no_pair(sim, case):
    text = (case / "model.yaml").read_text(encoding="utf-8")
    more = "parameters:\n  unused: {value: 1, basis: {judgement: nobody reads it}}\n"
    (case / "other.yaml").write_text(text.replace("parameters:\n", more, 1), encoding="utf-8")
    other = written(case, "with-more", "model: other.yaml\nhorizon: 180 days\n")
    base = written(case, "alone", "model: model.yaml\nhorizon: 180 days\n")

    refused = sim("compare", base, other, "--runs", 20)

    assert refused.code == 1
    assert "they are of different models: their parameters differ" in refused.err
    assert sim("compare", base, other, "--runs", 20, "--unpaired").code == 0


def test_an_outcome_that_one_of_them_lacks_cannot_be_shown(sim, case):
    more = written(case, "asking", "extends: status-quo.yaml\noutcomes: {tense: {when: trust < 0.3}}\n")
    other = written(case, "late", "extends: status-quo.yaml\nparameters: {envoy_delay: 20 days}\n")

    answer = sim("compare", more, other, "--only", "tense", "--runs", 10)

    assert answer.code == 2
    assert "there is no outcome 'tense' to compare" in answer.err


def test_words_under_a_chosen_outcome_are_about_that_outcome(sim, case):
    model = case / "model.yaml"
    text = model.read_text(encoding="utf-8").replace("outcomes:\n", "outcomes:\n  tense: {when: trust < 0.3}\n", 1)
    model.write_text(text, encoding="utf-8")
    written(case, "late", "extends: status-quo.yaml\nparameters: {envoy_delay: 20 days}\n")

    chosen, whole = (sim("compare", case, "--runs", 20, *only) for only in (("--only", "tense"), ()))

    assert chosen.code == whole.code == 0, chosen.err
    assert "(tense) and measures are not shown" in whole.out
    assert "of the outcomes that end a run" in whole.out
    assert "are not shown" not in chosen.out
    assert "of the outcomes that end a run" not in chosen.out
    assert re.search(r"so wide that any \d+ of them hold together", " ".join(chosen.out.split()))


def test_titles_with_brackets_are_titles(sim, case):
    other = written(
        case, "odd", 'title: "A [bold]loud[/b] envoy"\nextends: early-envoy.yaml\nparameters: {envoy_delay: 4 days}\n'
    )

    answer = sim("compare", case / "status-quo.yaml", other, "--runs", 20)

    assert answer.code == 0, answer.err
    assert "[bold]loud[/b]" in answer.out


def test_a_folder_of_models_in_which_nothing_ends_a_run_is_compared_by_what_comes_true(sim, case):
    model = case / "model.yaml"
    text = model.read_text(encoding="utf-8").replace(", ends_run: true", "")
    model.write_text(
        text.replace("  stalemate: {title: Neither by the horizon, otherwise: true}\n", ""), encoding="utf-8"
    )
    answer = sim("compare", case, "--runs", 80)

    assert answer.code == 0, answer.err
    assert "the end was another" not in answer.out


def test_runs_of_the_kernel_are_compared_without_loading_what_no_comparison_needs(case, tmp_path):
    code = """
import sys
from sim.cli.main import main

try:
    main()
except SystemExit as ended:
    assert ended.code == 0
    print(*sys.modules)
"""
    asked = ["compare", case, "--runs", "100", "--engine", "kernel", "--ledger", tmp_path / "ledger"]
    printed = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, check=True).stdout

    heavy = {"scipy.special", "numpy.f2py", "pyarrow.compute", "duckdb", "markdown_it"}
    assert not heavy & set(printed.split())


def test_a_set_value_adds_the_baseline_with_it(sim, case):
    by_file = compared(sim, case / "status-quo.yaml", case / "early-envoy.yaml", "--runs", 30)
    by_option = compared(sim, case / "status-quo.yaml", "--set", "envoy_delay=3 days", "--runs", 30)
    third = compared(sim, case / "status-quo.yaml", case / "early-envoy.yaml", "--set", "envoy_delay=9", "--runs", 30)

    assert by_option["baseline"]["scenario"] == "status-quo"
    assert [one["scenario"] for one in by_option["versus"]] == ["status-quo-set"]
    assert by_option["versus"][0]["ensemble"] == by_file["versus"][0]["ensemble"]
    assert [one["scenario"] for one in third["versus"]] == ["early-envoy", "status-quo-set"]


def test_an_ensemble_as_the_baseline_has_its_own_values(sim, case, ensemble):
    answer = sim("compare", ensemble, "--set", "envoy_delay=3 days")

    assert (answer.code, "has parameters of its own" in answer.err) == (2, True)
