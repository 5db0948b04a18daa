import json
import re
import shlex
import signal
import subprocess
import sys
import time


def results(sim, *arguments):
    answer = sim("run", *arguments, "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def figures(found):
    """All but the commands that give the figures again, which name the ledger."""
    return [{name: value for name, value in item.items() if name != "queries"} for item in found]


def test_the_same_command_twice_gives_the_same_ids_digests_and_numbers(sim, case, tmp_path):
    first = results(sim, case, "--runs", 60)
    again = results(sim, case, "--runs", 60)
    elsewhere = results(sim, case, "--runs", 60, "--ledger", tmp_path / "other")

    assert first == again
    assert figures(first) == figures(elsewhere)
    assert {item["scenario"] for item in first} == {"status-quo", "early-envoy"}


def test_a_figure_is_followed_to_a_paragraph_by_the_commands_that_are_printed(sim, case):
    ran = sim("run", case / "status-quo.yaml", "--runs", 40).out
    asked = re.findall(r"^What it rests on, down to sources: sim (.*)$", ran, re.MULTILINE)
    traced = sim(*shlex.split(asked[0])).out
    asked = re.findall(r"^What one of them says, .*: sim (.*)$", traced, re.MULTILINE)
    said = sim(*shlex.split(asked[0]))

    assert said.code == 0
    assert "of source first-report: First report" in said.out
    assert "§1: " in said.out


def test_the_number_of_workers_changes_nothing(sim, case, tmp_path):
    alone = results(sim, case / "status-quo.yaml", "--runs", 700, "--workers", 1, "--ledger", tmp_path / "a")
    together = results(sim, case / "status-quo.yaml", "--runs", 700, "--workers", 3, "--ledger", tmp_path / "b")

    assert figures(alone) == figures(together)


def test_an_ensemble_that_grows_keeps_its_runs_and_its_id(sim, case, tmp_path):
    few = results(sim, case / "status-quo.yaml", "--runs", 30)[0]
    many = results(sim, case / "status-quo.yaml", "--runs", 90)[0]
    at_once = results(sim, case / "status-quo.yaml", "--runs", 90, "--ledger", tmp_path / "other")[0]

    assert few["ensemble"] == many["ensemble"]
    assert figures([many]) == figures([at_once])


def test_fewer_runs_than_are_sealed_are_the_first_ones(sim, case, tmp_path):
    results(sim, case / "status-quo.yaml", "--runs", 90)
    few = results(sim, case / "status-quo.yaml", "--runs", 30)[0]
    fresh = results(sim, case / "status-quo.yaml", "--runs", 30, "--ledger", tmp_path / "other")[0]

    assert few["outcomes"] == fresh["outcomes"]
    assert few["runs"] == 30


def test_another_seed_or_central_parameters_make_another_ensemble(sim, case):
    drawn = results(sim, case / "status-quo.yaml", "--runs", 20)[0]
    seeded = results(sim, case / "status-quo.yaml", "--runs", 20, "--seed", 2)[0]
    central = results(sim, case / "status-quo.yaml", "--runs", 20, "--central")[0]

    assert len({drawn["ensemble"], seeded["ensemble"], central["ensemble"]}) == 3
    assert central["parameters"] == "central"
    assert "central values" in central["covers"]


def test_every_estimate_has_an_interval_and_its_number_of_runs(sim, case):
    for result in results(sim, case, "--runs", 40):
        for outcome in result["outcomes"].values():
            assert 0 <= outcome["low"] < outcome["high"] <= 1
            assert outcome["runs"] == 40
            assert outcome["method"]
        assert "finite number of runs" in result["covers"]


def test_no_hit_gives_an_upper_bound_and_never_zero_per_cent(sim, case):
    model = case / "model.yaml"
    text = model.read_text().replace("outcomes:", "outcomes:\n  never: {when: violations > 900}")
    model.write_text(text)

    answer = sim("run", case / "status-quo.yaml", "--runs", 40)

    assert "below 7.3 %" in answer.out  # 1 - 0.05 ** (1 / 40) is 7.217 %, and a bound is rounded up
    assert " 0 %" not in answer.out
    assert "0 of 40: 95% bound" in answer.out


def test_an_unlikely_wait_at_the_branch_stands_before_the_figures_and_no_likely_one(sim, case):
    quo = case / "status-quo.yaml"
    assert sim("run", quo, "--runs", 5).out.startswith("\nStatus quo:")

    quo.write_text(quo.read_text().replace("{after: first-shots}", "{at: 2030-03-20}"))
    answer = sim("run", quo, "--runs", 5)
    (data,) = json.loads(sim("run", quo, "--runs", 5, "--json").out)

    assert answer.out.startswith(
        "\nAt the branch 'envoy_calls_the_parties' has waited 75.8 days, since 2030-01-03 04:00"
    )
    assert f"sim replay {quo} --state\n" in answer.out.split("Status quo:")[0]
    assert "warning W521" in answer.err
    assert data["pending"][0]["rule"] == "envoy_calls_the_parties"
    assert data["pending"][0]["survival"] < 0.01


def test_a_failed_run_is_recorded_with_its_reproduction_and_the_others_go_on(sim, case):
    model = case / "model.yaml"
    model.write_text(model.read_text().replace("range: [0, 1000]", "range: [0, 6]"))

    answer = sim("run", case / "status-quo.yaml", "--runs", 200, "--despite-failures")

    assert answer.code == 1
    assert "of 200 runs of 'status-quo' failed with E602 in rule 'north_probes_the_line'; first: run" in answer.out
    assert "outside its range 0 to 6" in answer.out
    assert answer.out.index("E602") < answer.out.index("An accord is signed")
    command = answer.out[answer.out.index("see it: sim ") + len("see it: sim ") :].splitlines()[0].split()
    reproduced = sim(*command)
    assert reproduced.code == 1
    assert "E602" in reproduced.err


def test_a_branch_from_a_run_that_keeps_its_luck_and_changes_nothing_is_that_run(sim, case):
    first = results(sim, case / "status-quo.yaml", "--runs", 5)[0]
    log = json.loads(sim("log", first["ensemble"], "--run", 3, "--json").out)
    events = [event for event in log["events"] if event["part"] == "simulated"]
    middle = events[len(events) // 2]["sequence"]

    origin = f"{first['ensemble'][:10]}:3:{middle}"
    branch = results(sim, case / "status-quo.yaml", "--from", origin, "--luck", "keep")[0]
    continued = json.loads(sim("log", branch["ensemble"], "--run", 0, "--json").out)

    def after(listed):
        return [
            (event["time"], event["event"], event["rule"], event["marks"])
            for event in listed
            if event["kind"] == "fired"
        ]

    assert branch["runs"] == 1
    assert after(events) == after(continued["events"])[-len(after(events)) :]


def test_a_branch_after_a_change_does_not_make_it_again_and_is_read_back_from_the_ledger(sim, case):
    changing = case / "changing.yaml"
    changing.write_text(
        """
scenario: changing
extends: status-quo.yaml
changes:
  - {from: 0.1 days, parameters: {provocation: 0.5 * provocation, envoy_delay: {prior: {pert: [3, 8, 20]}}}}
  - {from: 0.2 days, parameters: {provocation: 3 * provocation}}
"""
    )
    first = results(sim, changing, "--runs", 3)[0]
    log = json.loads(sim("log", first["ensemble"], "--run", 2, "--json").out)
    events = [event for event in log["events"] if event["part"] == "simulated"]
    last = max(event["sequence"] for event in events if event["kind"] == "changed")

    branch = results(sim, changing, "--from", f"{first['ensemble']}:2:{last}", "--luck", "keep")[0]
    answer = sim("log", branch["ensemble"], "--run", 0, "--json")

    assert answer.code == 0, answer.err
    after = [event for event in json.loads(answer.out)["events"] if event["part"] == "simulated"]
    told = [(event["kind"], event["event"], event["time"]) for event in events if event["sequence"] > last]
    assert [(event["kind"], event["event"], event["time"]) for event in after if event["kind"] != "started"] == told


def test_a_forecast_from_a_run_says_what_it_goes_on_from(sim, case):
    first = results(sim, case / "status-quo.yaml", "--runs", 3)[0]

    origin = f"{first['ensemble'][:10]}:1:1"
    answer = sim("run", case / "early-envoy.yaml", "--from", origin, "--runs", 30)

    assert answer.code == 0
    assert f"event 1 of run 1 of {first['ensemble'][:12]}" in answer.out
    assert "30 runs" in answer.out
    assert "kept as they were in the run that is branched from" in answer.out


def test_a_wrong_origin_says_what_was_expected(sim, case):
    first = results(sim, case / "status-quo.yaml", "--runs", 2)[0]

    assert sim("run", case / "status-quo.yaml", "--from", "nonsense").code == 2
    assert "E701" in sim("run", case / "status-quo.yaml", "--from", "ffff:1:1").err
    too_far = sim("run", case / "status-quo.yaml", "--from", f"{first['ensemble']}:0:9999")
    assert too_far.code in (1, 2)
    assert "error E" in too_far.err


def test_what_does_not_exist_is_refused_with_what_is_there(sim, case):
    missing = sim("run", case / "status-qou.yaml")
    assert missing.code == 1
    assert "status-quo.yaml" in missing.err

    folder = sim("run", case.parent)
    assert folder.code == 1
    assert str(case) in folder.err


def test_nothing_is_written_to_stdout_but_the_result_and_no_colour_in_a_pipe(sim, case):
    answer = sim("run", case / "status-quo.yaml", "--runs", 10)

    assert answer.err == ""
    assert "\x1b" not in answer.out


def test_after_an_interruption_what_is_sealed_stays_and_the_same_command_goes_on(sim, case, tmp_path):
    target, slowly = str(case / "status-quo.yaml"), ["--engine", "reference", "--workers", "1"]
    command = [sys.executable, "-m", "sim", "run", target, "--runs", "40000", *slowly]
    ledger = tmp_path / "ledger"
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not list(ledger.glob("ensembles/*/manifests/*.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "are sealed in ensemble" in err
    assert "the same command goes on from there" in err
    assert "Traceback" not in err
    listed = json.loads(sim("list", "--json").out)
    assert listed[0]["runs"] >= 500
    assert listed[0]["runs"] % 500 == 0
    fresh = results(sim, case / "status-quo.yaml", "--runs", 500, "--ledger", tmp_path / "other")[0]
    assert results(sim, case / "status-quo.yaml", "--runs", 500)[0]["outcomes"] == fresh["outcomes"]


def test_a_value_is_tried_without_a_file(sim, case):
    file = case / "status-quo.yaml"
    (case / "given.yaml").write_text(
        "scenario: given\nextends: status-quo.yaml\nparameters: {envoy_delay: {prior: {pert: [1, 2, 9]}}}\n"
    )

    (by_file,) = results(sim, case / "given.yaml", "--runs", 40)
    (by_option,) = results(sim, file, "--runs", 40, "--set", "envoy_delay=pert(1, 2, 9)")
    printed = sim("run", file, "--runs", 40, "--set", "envoy_delay=pert(1, 2, 9)")

    assert by_option["ensemble"] == by_file["ensemble"]
    assert by_option["outcomes"] == by_file["outcomes"]
    assert by_option["scenario"] == "status-quo-set"
    assert by_option["title"].endswith(", envoy_delay = pert(1, 2, 9)")
    assert ", envoy_delay = pert(1, 2, 9)" in printed.out


def test_what_cannot_be_set_is_refused_before_a_run_is_made(sim, case, tmp_path):
    outside = sim("run", case / "status-quo.yaml", "--set", "envoy_delay=-3 days")
    nothing = sim("run", case / "status-quo.yaml", "--set", "envoy_delay")

    assert (outside.code, nothing.code) == (1, 2)
    assert outside.err.startswith("--set #1:1:13: error E518: 'envoy_delay' cannot be -3 day")
    assert nothing.err.startswith("error E040: --set #1: 'envoy_delay' sets no parameter")
    assert not (tmp_path / "ledger").exists()
