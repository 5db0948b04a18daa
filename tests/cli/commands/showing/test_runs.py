"""`sim runs`: which runs it names, that each can be shown, and what it refuses."""

import json
import re
import shlex

import pytest

from sim.statistics.edit_distances import distance_matrix, mean_distances


@pytest.fixture
def data(sim, ensemble):
    """Ask for the runs worth reading, as data."""
    return lambda *more: json.loads(sim("runs", ensemble[:8], "--json", *more).out)


@pytest.fixture
def logs(sim, ensemble):
    """The events of all runs, by their numbers."""
    return {run: json.loads(sim("log", f"{ensemble}:{run}", "--future", "--json").out)["events"] for run in range(25)}


def sequence(events):
    return [event["event"] for event in events if event["kind"] in ("fired", "scheduled")]


def test_every_run_that_is_named_is_shown_by_the_command_below_it(sim, ensemble):
    text = sim("runs", ensemble).out
    commands = re.findall(r"see it: sim (.*)", text)

    assert len(commands) == text.count("\n- ")
    for command in set(commands):
        assert sim(*shlex.split(command)).code == 0


def test_what_the_closest_calls_missed_is_explained_by_the_command_below_them(sim, ensemble):
    text = sim("runs", ensemble).out
    commands = re.findall(r"why not: sim (.*)", text)

    assert len(commands) == len(re.findall(r"^- run \d+ missed ", text, re.MULTILINE)) > 0
    for command in commands:
        assert "did not come" in sim(*shlex.split(command)).out


def test_the_most_typical_run_of_an_ending_is_nearest_to_the_others(data, logs):
    for one in data()["typical"]:
        runs = [run for run, events in logs.items() if events[-2]["event"] == one["ending"]]
        distances = mean_distances(distance_matrix([sequence(logs[run]) for run in runs]))
        assert one["there"] == one["compared"] == len(runs)
        assert one["run"] == runs[int(distances.round(12).argmin())]
        assert one["distance"] == pytest.approx(distances.min())


def test_the_strangest_run_is_farthest_from_all(data, logs):
    distances = mean_distances(distance_matrix([sequence(events) for events in logs.values()]))

    assert data()["strangest"]["run"] == int(distances.round(12).argmax())
    fewer = mean_distances(distance_matrix([
        [name for name in sequence(events) if name != "shots_fired"] for events in logs.values()
    ]))  # fmt: skip
    assert data("--without", "shots_fired")["strangest"]["run"] == int(fewer.round(12).argmax())


def test_extremes_are_those_of_the_measures_that_are_asked_for(data, logs):
    deaths = {run: sum(event["marks"].get("deaths", 0) for event in events if event["event"] == "shots_fired")
              for run, events in logs.items()}  # fmt: skip
    most, least = data("--most", "deaths", "--least", "deaths")["extremes"]

    for one, value in ((most, max(deaths.values())), (least, min(deaths.values()))):
        alike = [run for run, found in deaths.items() if found == value]
        assert (one["value"], one["run"], one["alike"]) == (value, alike[0], len(alike))
    assert [one["measure"] for one in data()["extremes"]] == ["deaths"]


def test_the_closest_call_is_of_a_run_that_did_not_have_it(data, logs):
    for asked in ((), ("--missed", "talks_opened", "--missed", "peace")):
        for found in data(*asked)["missed"]:
            for miss in filter(None, (found["in_time"], found["by_draw"])):
                assert found["name"] not in [event["event"] for event in logs[miss["run"]]]
            if found["in_time"]:
                assert found["in_time"]["wait"] >= 0.0
    assert [found["name"] for found in data("--missed", "The envoy opens talks")["missed"]] == ["talks_opened"]


def test_a_condition_selects_the_runs_first(sim, ensemble, data, logs):
    runs = [run for run, events in logs.items() if events[-2]["event"] == "peace"]
    found = data("--where", "ending = peace")

    assert (found["selected"], found["runs"], found["where"]) == (len(runs), 25, "ending = peace")
    assert found["selected_runs"] == runs
    assert [one["ending"] for one in found["typical"]] == ["peace"]
    text = sim("runs", ensemble, "--where", "ending = peace").out
    assert f"{len(runs)} of 25 runs, where ending = peace" in text
    assert f"The runs:\n- {', '.join(map(str, runs[:20]))}\n" in text
    assert len(runs) <= 20
    assert "- peace: all of these runs have it\n" in text


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--most", "death"], "E044", "did you mean 'deaths'?"),
        (["--missed", "peac"], "E044", "did you mean 'peace'?"),
        (["--where", "ending = pease"], "E046", "did you mean 'peace'?"),
        (["--where", "deaths > 9999"], "E708", "no run"),
        (["--where", "SELECT nothing FROM runs"], "E008", "nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_what_was_meant(sim, ensemble, words, code, says):
    refused = sim("runs", ensemble, *words)

    assert refused.code != 0
    assert f"error {code}:" in refused.err
    assert says in refused.err


def test_an_ensemble_that_is_not_there_is_refused(sim, ensemble):
    assert "E701" in sim("runs", "ffff").err


def test_runs_of_which_outcomes_alone_are_kept_are_made_again(sim, case):
    made = json.loads(sim("run", case / "status-quo.yaml", "--runs", 20, "--keep", "outcomes", "--json").out)
    kept = json.loads(sim("runs", made[0]["ensemble"], "--json").out)

    assert kept["selected"] == 20
    assert kept["typical"]
