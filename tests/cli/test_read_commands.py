"""`sim list`, `log`, `replay`, `check`, `explain`, `schema`: what they print, and how they refuse."""

import json
from pathlib import Path

import pytest


def test_list_says_what_is_kept_and_how_to_begin(sim, case):
    assert "sim run" in sim("list").out

    sim("run", case / "status-quo.yaml", "--runs", 5)

    listed = json.loads(sim("list", "--json").out)
    assert [item["scenario"] for item in listed] == ["status-quo"]
    assert listed[0]["runs"] == 5
    assert listed[0]["ensemble"][:12] in sim("list").out


def test_log_tells_the_documented_past_from_the_simulated_future(sim, case):
    sim("run", case / "status-quo.yaml", "--runs", 3)
    ensemble = json.loads(sim("list", "--json").out)[0]["ensemble"]

    answer = sim("log", ensemble[:8], "--run", 1)
    data = json.loads(sim("log", ensemble[:8], "--run", 1, "--json").out)

    assert answer.code == 0
    assert "Two soldiers die" in answer.out
    assert "the branch: from here on, a simulated future" in answer.out
    assert [event["part"] for event in data["events"]][:2] == ["documented", "simulated"]
    assert data["events"][-1]["kind"] == "ended"


def test_log_needs_no_case_once_the_runs_are_kept(sim, case):
    sim("run", case / "status-quo.yaml", "--runs", 3)
    ensemble = json.loads(sim("list", "--json").out)[0]["ensemble"]
    before = sim("log", ensemble, "--run", 2).out
    for path in case.iterdir():
        path.unlink()

    assert sim("log", ensemble, "--run", 2).out == before


def test_log_refuses_a_run_that_is_not_there(sim, case):
    sim("run", case / "status-quo.yaml", "--runs", 3)
    ensemble = json.loads(sim("list", "--json").out)[0]["ensemble"]

    assert "error E" in sim("log", ensemble, "--run", 3).err
    assert "E701" in sim("log", "ffff", "--run", 0).err


def test_replay_shows_who_did_what_what_changed_and_who_says_so(sim, case):
    answer = sim("replay", case, "--state")
    data = json.loads(sim("replay", case, "--json").out)

    assert "Two soldiers die" in answer.out
    assert "first-report §1" in answer.out
    assert "violations: 1" in answer.out
    event = data["events"][0]
    assert event["changed"]["trust"] == {"from": 0.5, "to": 0.4}
    assert event["reported"] == "2030-01-05"
    assert event["rule"] == "north_probes_the_line"
    assert data["state"]["violations"] == 1


def test_replay_lists_what_waits_at_the_branch_or_at_a_date(sim, case):
    quo = case / "status-quo.yaml"
    quo.write_text(quo.read_text().replace("{after: first-shots}", "{at: 2030-01-20}"))
    told = sim("replay", case, "--state").out
    at_branch, earlier = (
        json.loads(sim("replay", case, "--json", *more).out)["pending"] for more in ([], ["--until", "2030-01-02"])
    )

    assert "Rules that wait at the branch of 'status-quo', 2030-01-20" in told
    assert {"rule": "envoy_calls_the_parties", "since_date": "2030-01-03T04:00:00", "after": "shots_fired"}.items() <= (
        next(item for item in at_branch["rules"] if item["faction"] == "envoy").items()
    )
    assert all(item["rule"] in told for item in at_branch["rules"])
    assert all(0.0 <= item["survival"] <= 1.0 and item["since"] < at_branch["at"] for item in at_branch["rules"])
    assert earlier["at"] < at_branch["at"]
    assert "Rules that wait at the end of 2030-01-02" in sim("replay", case, "--state", "--until", "2030-01-02").out


def test_the_state_that_replay_ends_with_is_that_at_the_branch_or_at_the_date(sim, case):
    quo, model = case / "status-quo.yaml", case / "model.yaml"
    quo.write_text(quo.read_text().replace("{after: first-shots}", "{at: 2030-01-20}"))
    (line,) = [line for line in model.read_text().splitlines() if line.strip().startswith("trust:")]
    moving = line.rstrip(" }") + ", relaxes: {towards: 1, half_life: 1 day}}"
    model.write_text(model.read_text().replace(line, moving))

    def trust(*more):
        return json.loads(sim("replay", case, "--json", *more).out)["state"]["trust"]

    told = sim("replay", case, "--state").out

    assert trust() > 0.9999
    assert trust("--until", "2030-01-02") < trust("--until", "2030-01-04")
    assert "The state at the branch of 'status-quo', 2030-01-20" in told
    assert "The state at the end of 2030-01-02" in sim("replay", case, "--state", "--until", "2030-01-02").out


def test_replay_stops_at_a_date_and_refuses_what_is_none(sim, case):
    assert json.loads(sim("replay", case, "--until", "2030-01-02", "--json").out)["events"] == []

    wrong = sim("replay", case, "--until", "soon")
    assert wrong.code == 2
    assert "'soon' is not a date" in wrong.err


def test_check_gives_all_complaints_as_text_and_as_data(sim, case):
    model = case / "model.yaml"
    model.write_text(model.read_text().replace("trust - 0.1", "trsut - 0.1").replace("talks == none", "talks == 3"))

    answer = sim("check", model)
    data = json.loads(sim("check", model, "--json").out)

    assert answer.code == 1
    assert "did you mean 'trust'?" in answer.err
    assert {error["code"] for error in data["errors"]} == {"E301", "E302"}
    assert all(error["line"] and error["column"] for error in data["errors"])


def test_check_says_all_that_is_wrong_in_a_case_in_order_of_files_and_lines(sim, case):
    for name, right, wrong in (
        ("model.yaml", "trust - 0.1", "trsut - 0.1"), ("status-quo.yaml", "horizon", "horizn"),
        ("model.yaml", "clock:", "clok:"), ("early-envoy.yaml", "title:", "titel:"),
    ):  # fmt: skip
        file = case / name
        file.write_text(file.read_text().replace(right, wrong, 1))

    data = json.loads(sim("check", case, "--json").out)
    places = [(Path(error["path"]).name, error["line"]) for error in data["errors"]]

    assert [name for name, _ in places] == ["early-envoy.yaml", "model.yaml", "model.yaml", "status-quo.yaml"]
    assert places == sorted(places)


def test_check_counts_in_words(sim, case):
    said = sim("check", case / "model.yaml").out

    assert " 1 measure, " in said
    assert " 2 factions, " in said


def test_explain_knows_codes_and_keys(sim):
    assert "E301" in sim("explain", "E301").out
    assert sim("explain", "e301").out == sim("explain", "E301").out
    assert sim("explain", "memory").code == 0
    assert "E301" in sim("explain").out
    unknown = sim("explain", "E999")
    assert unknown.code == 2
    assert "E001" in unknown.err
    assert "did you mean 'memory'?" in sim("explain", "memroy").err


@pytest.mark.parametrize("kind", ["model", "scenario", "history", "sources"])
def test_schema_prints_a_json_schema(sim, kind):
    schema = json.loads(sim("schema", kind).out)

    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["properties"]


def test_wrong_usage_exits_with_2_and_no_traceback(sim):
    for arguments in (["frobnicate"], ["run"], ["run", "--runs", "0", "x"], ["log", "x"], ["schema", "poem"]):
        answer = sim(*arguments)
        assert answer.code == 2
        assert "Traceback" not in answer.err


def test_an_outcome_may_have_the_name_of_an_event_type(sim, case):
    model = case / "model.yaml"
    model.write_text(model.read_text().replace("outcomes:", "outcomes:\n  shots_fired: {on: [shots_fired]}"))
    sim("run", case / "status-quo.yaml", "--runs", 3)
    ensemble = json.loads(sim("list", "--json").out)[0]["ensemble"]

    for run in range(3):
        assert sim("log", ensemble, "--run", run).code == 0
        assert sim("log", ensemble, "--run", run, "--json").code == 0


def test_a_run_says_what_its_scenario_assumes(sim, case):
    (made,) = json.loads(sim("run", case / "early-envoy.yaml", "--runs", 5, "--json").out)
    (plain,) = json.loads(sim("run", case / "status-quo.yaml", "--runs", 5, "--json").out)
    words = "envoy_delay is 3 days instead of drawn from pert(2, 7, 30) days"

    shown = sim("log", made["ensemble"], "--run", 0).out
    (row,) = json.loads(sim("query", "SELECT assumes FROM ensembles", made["ensemble"], "--json").out)["rows"]

    assert shown.index(words) < shown.index("Run 0 of")
    assert words in row["assumes"]
    assert "Assumed" not in sim("log", plain["ensemble"], "--run", 0).out


def test_trace_shows_what_rests_on_a_paragraph_and_lists_the_sources(sim, case):
    listed = json.loads(sim("trace", case, "--json").out)
    source = next(one for one in listed if one["resting"])
    answer = sim("trace", case, source["source"])

    assert answer.code == 0
    assert source["resting"][0]["name"] in answer.out
    assert source["source"] in sim("trace", case).out
    assert json.loads(sim("trace", case, source["source"], "--json").out)["resting"]


def test_trace_refuses_a_name_that_the_case_does_not_have(sim, case):
    answer = sim("trace", case, "troust")

    assert answer.code == 2
    assert "E051" in answer.err
    assert "did you mean 'trust'?" in answer.err


def test_trace_says_what_is_done_without_a_source_and_what_changes(sim, case):
    source = next(one for one in json.loads(sim("trace", case, "--json").out) if one["resting"])["source"]
    answer = sim("trace", case / "status-quo.yaml", "--without", source, "--runs", 20)
    data = json.loads(sim("trace", case / "status-quo.yaml", "--without", source, "--runs", 20, "--json").out)

    assert answer.code == 0
    assert f"Without {source}" in answer.out
    assert "20 runs of each; seed 1" in answer.out
    assert data["comparison"]["baseline"]["runs"] == 20


@pytest.mark.parametrize("more", [["trust"], ["--depth", 2]])
def test_trace_withdraws_a_source_or_traces_a_name_and_not_both(sim, case, more):
    answer = sim("trace", case / "status-quo.yaml", *more, "--without", "first-report")

    assert answer.code == 2
    assert "E013" in answer.err


def test_trace_withdraws_from_one_scenario_alone(sim, case):
    answer = sim("trace", case, "--without", "first-report")

    assert answer.code == 2
    assert "E020" in answer.err


def test_trace_shows_the_runs_rules_and_paragraphs_behind_a_figure(sim, case):
    quo, early = case / "status-quo.yaml", case / "early-envoy.yaml"
    answer = sim("trace", quo, "peace", "--runs", 30)
    data = json.loads(sim("trace", quo, "peace", "--runs", 30, "--json").out)
    apart = json.loads(sim("trace", early, "peace", "--runs", 30, "--against", quo, "--json").out)
    ensemble = data["sides"][0]["ensemble"]

    assert answer.code == 0
    assert f"{len(data['sides'][0]['runs'])} of 30 runs" in answer.out
    assert "What led to it" in answer.out
    assert f"One of them: sim log {ensemble[:12]}" in sim("trace", ensemble[:12], "peace").out
    assert json.loads(sim("trace", ensemble, "peace", "--json").out)["sides"][0]["runs"] == data["sides"][0]["runs"]
    assert [side["scenario"] for side in apart["sides"]] == ["status-quo", "early-envoy"]
    assert apart["sides"][0]["runs"] == data["sides"][0]["runs"]


def test_trace_refuses_a_figure_that_is_none_and_runs_without_a_figure(sim, case):
    quo = case / "status-quo.yaml"

    for arguments, code in ((["trust", "--runs", 5], "E056"), (["--runs", 5], "E013"), (["--against", quo], "E013"),
                            (["peace", "--runs", 5, "--depth", 2], "E013")):  # fmt: skip
        answer = sim("trace", quo, *arguments)
        assert (answer.code, code in answer.err) == (2, True)
