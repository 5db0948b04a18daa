"""`sim log`: rows that are asked for, what stands beside them, and two runs side by side."""

import json
import re
import shlex
from datetime import datetime

import pytest

from sim.build.model import load_model


@pytest.fixture
def data(sim, ensemble):
    """Show a run of the ensemble as data."""
    return lambda *more: json.loads(sim("log", f"{ensemble[:8]}:3", "--json", *more).out)


def types(shown):
    return [event["event"] for event in shown["events"]]


def test_a_run_is_named_behind_a_colon_or_by_an_option_and_once(sim, ensemble):
    assert sim("log", f"{ensemble}:3").out == sim("log", ensemble, "--run", 3).out

    for words in ([f"{ensemble}:3", "--run", 3], [ensemble], [f"{ensemble}:x"], [":3"], [f"{ensemble}:1"] * 3):
        refused = sim("log", *words)
        assert refused.code == 2
        assert refused.err.startswith("error E0")
    assert "E708" in sim("log", f"{ensemble}:25").err


def test_the_commands_below_a_run_and_below_two_can_be_typed_as_they_stand(sim, ensemble):
    for runs in ([f"{ensemble}:3"], [f"{ensemble}:3", f"{ensemble}:4"]):
        commands = re.findall(r": sim (.*)\n", sim("log", *runs).out)
        assert len(commands) == (3 if len(runs) == 1 else 2)
        for command in commands:
            assert sim(*shlex.split(command.replace("NUMBER", "1"))).code == 0


def test_filters_leave_rows_out_and_say_how_many(sim, ensemble, data):
    every, north = data(), data("--faction", "north")
    quiet = data("--without", "shots_fired")
    shots = data("--event", "shots_fired", "--event", "peace", "--event", "war")

    assert all(event["faction"] in ("north", "") for event in north["events"])
    assert {"run_started", "run_ended"} <= set(types(north))
    assert north["hidden"] == sum(
        event["faction"] == "envoy" or event["kind"] == "outcome" for event in every["events"]
    )
    assert "shots_fired" not in types(quiet)
    assert set(types(shots)) <= {"shots_fired", "peace", "war", "run_started", "run_ended"}
    for found in (north, quiet, shots):
        assert len(found["events"]) + found["hidden"] == len(every["events"])
    text = sim("log", f"{ensemble}:3", "--without", "shots_fired").out
    assert f"{quiet['hidden']} of {len(every['events'])} rows are hidden by the filters." in text
    assert "hidden" not in sim("log", f"{ensemble}:3").out


def test_a_filter_takes_titles_too(data):
    assert data("--faction", "the Northern army") == data("--faction", "north")
    assert data("--event", "The envoy opens talks") == data("--event", "talks_opened")


def test_between_two_dates_the_second_day_belongs_to_it(data):
    shown = data("--between", "2030-01-03", "2030-01-20")
    first, last = datetime(2030, 1, 3), datetime(2030, 1, 21)  # noqa: DTZ001 - local times

    dates = [datetime.fromisoformat(event["date"]) for event in data()["events"]]
    assert len(shown["events"]) == sum(first <= date < last for date in dates) > 0


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--faction", "nroth"], "E044", "did you mean 'north'?"),
        (["--event", "shots_fird"], "E044", "did you mean 'shots_fired'?"),
        (["--without", "nothing at all"], "E044", "allowed here: accord_signed"),
        (["--show", "trust,tension"], "E044", "'tension'"),
        (["--between", "2030-02-01", "2030-01-01"], "E045", "is not before"),
        (["--between", "soon", "2030-01-01"], "E045", "'soon' is not"),
    ],
)
def test_what_the_model_does_not_have_is_refused_with_what_was_meant(sim, ensemble, words, code, says):
    refused = sim("log", f"{ensemble}:3", *words)

    assert refused.code == 2
    assert f"error {code}:" in refused.err
    assert says in refused.err


def test_a_variable_is_followed_whatever_rows_are_shown(data):
    every = data("--show", "trust, violations")
    few = data("--show", "trust,violations", "--without", "shots_fired")

    for event in every["events"]:
        for name, now in event["changed"].items():
            if name in event["values"]:
                assert event["values"][name]["after"] == now
    violations = [event["values"]["violations"]["after"] for event in every["events"]]
    assert violations == sorted(violations)
    assert violations[-1] == types(every).count("shots_fired")
    assert few["events"][-1]["values"] == every["events"][-1]["values"]


def test_parameters_lie_at_the_quantiles_that_were_drawn(sim, case, ensemble, data):
    known = load_model(case / "model.yaml").parameters
    shown = {item["parameter"]: item for item in data("--parameters")["parameters"]}

    assert list(shown) == ["provocation", "envoy_delay"]
    for name, item in shown.items():
        assert item["value"] * known[name].scale == pytest.approx(known[name].quantile(item["quantile"]), rel=1e-12)
        assert item["how"] == "drawn"
    assert shown["envoy_delay"]["unit"] == "day"
    text = sim("log", f"{ensemble}:3", "--parameters").out
    assert text.index("Parameters of run 3") < text.index("Run 3 of")
    assert "pert(0.02, 0.05, 0.2)" in text


def test_a_choice_is_shown_with_what_decided_it(sim, ensemble):
    for run in range(25):
        shown = json.loads(sim("log", f"{ensemble}:{run}", "--weights", "--json").out)
        decided = [event for event in shown["events"] if event["rule"] == "parties_decide"]
        assert all(("choice" in event) == (event in decided) for event in shown["events"])
        for event in decided:
            alternatives = event["choice"]["alternatives"]
            (chosen,) = (one for one in alternatives if one["chosen"])
            assert chosen["event"] == event["event"]
            assert chosen["from"] < event["choice"]["drawn"] <= chosen["to"]
            assert sum(one["share"] for one in alternatives) == pytest.approx(1.0)
    assert "Choices of run 3" in sim("log", f"{ensemble}:3", "--weights").out


@pytest.fixture
def both(sim, ensemble):
    """The ids of two ensembles of paired runs."""
    listed = json.loads(sim("list", "--json").out)
    return ensemble, next(item["ensemble"] for item in listed if item["ensemble"] != ensemble)


def test_two_runs_stand_side_by_side_and_lose_nothing(sim, both):
    for run in range(10):
        pair = json.loads(sim("log", *(f"{one}:{run}" for one in both), "--json").out)
        for side, one in zip(("one", "other"), both, strict=True):
            alone = json.loads(sim("log", f"{one}:{run}", "--json").out)["events"]
            of_pair = [row[side] for row in pair["rows"] if row[side]]
            assert [event["sequence"] for event in of_pair] == [event["sequence"] for event in alone]
        times = [(row["one"] or row["other"])["time"] for row in pair["rows"]]
        assert times == sorted(times)
        for row in pair["rows"]:
            if row["how"] == "same":
                assert (row["one"]["event"], row["one"]["time"]) == (row["other"]["event"], row["other"]["time"])


def test_the_first_difference_of_two_runs_is_marked_in_words(sim, both):
    shown = [sim("log", *(f"{one}:{run}" for one in both)).out for run in range(10)]
    parted = [text for text in shown if "FIRST DIFFERENCE" in text]

    assert parted
    for text in parted:
        assert text.count("FIRST DIFFERENCE") == 1
        before, _, after = text.partition("FIRST DIFFERENCE")
        rows = before.split("----\n")[1].splitlines()[:-1]
        assert all(row[:1] == " " for row in rows)
        assert after.splitlines()[1][:1] in "<>≠"
        assert "First difference: " in after


def test_a_run_beside_itself_has_no_difference(sim, ensemble):
    text = sim("log", f"{ensemble}:3", f"{ensemble}:3").out

    assert "FIRST DIFFERENCE" not in text
    assert "The two runs have the same events." in text


def test_two_runs_may_be_filtered_followed_and_asked_for_their_parameters(sim, both):
    words = [*(f"{one}:0" for one in both), "--event", "shots_fired", "--show", "trust", "--parameters", "--weights"]
    text, found = sim("log", *words).out, json.loads(sim("log", *words, "--json").out)

    for part in (
        "Parameters of both runs",
        "trust A",
        "trust B",
        "Choices of A",
        "Choices of B",
        "hidden by the filters",
    ):
        assert part in text
    assert all("values" in row[side] for row in found["rows"] for side in ("one", "other") if row[side])
    drawn = [{item["parameter"]: item for item in found[side]["parameters"]} for side in ("one", "other")]
    assert drawn[0]["provocation"] == drawn[1]["provocation"]
    assert drawn[1]["envoy_delay"]["how"] == "fixed"


def test_runs_that_count_time_differently_do_not_stand_side_by_side(sim, case, ensemble):
    model = case / "model.yaml"
    for of in (case, case.parents[1] / "seeds" / "ceasefire"):
        for path in of.glob("*.yaml"):
            path.write_text(path.read_text(encoding="utf-8").replace("2030-", "2040-"), encoding="utf-8")
    assert "2040-01-01" in model.read_text(encoding="utf-8")
    (made,) = json.loads(sim("run", case / "status-quo.yaml", "--runs", 1, "--json").out)

    refused = sim("log", f"{ensemble}:0", f"{made['ensemble']}:0")
    assert (refused.code, refused.out) == (2, "")
    assert "error E011:" in refused.err


def test_choices_are_those_of_the_rows_that_are_shown(sim, ensemble):
    shown = sim("log", f"{ensemble}:3", "--weights", "--event", "shots_fired").out

    assert "No rule chose among several events at the rows that are shown." in shown
    assert "parties decide" in sim("log", f"{ensemble}:3", "--weights").out
