"""Events as OCEL 2.0, read by pm4py."""

import contextlib
import io
import json
from collections import Counter

import pytest


def read(folder):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import pm4py  # greets at length

        return pm4py.read_ocel2_json(str(folder / "events.ocel.json"))


# pm4py and what it loads warn of their own old ways.
@pytest.mark.system
@pytest.mark.filterwarnings("ignore")
def test_pm4py_reads_events_objects_and_who_did_what_in_which_run(export, case):
    made = export("ocel", case, "--runs", 20)

    log = read(made.folder)

    events = [event for logs in made.logs for _, log_ in logs for event in log_]
    happened = Counter(event.type for event in events if event.kind == "fired")
    assert len(log.events) == len(events)
    counted = Counter(log.events["ocel:activity"])
    assert all(counted[name] == number for name, number in happened.items())
    reached = sum(found.hits for results in made.results for name, found in results.outcomes.items() if name == "war")
    assert counted["outcome war"] == reached
    assert Counter(log.objects["ocel:type"]) == {"run": 40, "faction": 2}
    assert set(log.objects["ended"].dropna()) == {str(name) for one in made.results for name in one.runs.ended}
    qualified = Counter(log.relations["ocel:qualifier"])
    assert qualified == {"in": len(events), "by": sum(bool(event.faction) for event in events)}
    by = log.relations[log.relations["ocel:qualifier"] == "by"]
    assert set(by[by["ocel:activity"] == "shots_fired"]["ocel:oid"]) == {"ceasefire/north"}


@pytest.mark.filterwarnings("ignore")
def test_values_keep_their_types_and_their_sum(export, case):
    made = export("ocel", case / "status-quo.yaml", "--runs", 20)

    log = read(made.folder)

    assert log.events["deaths"].sum() == made.results[0].runs.measures["deaths"].sum()
    assert str(log.events["ocel:timestamp"].min()) == "2030-01-03 04:00:00+00:00"
    written = json.loads((made.folder / "events.ocel.json").read_text())
    kinds = {item["name"]: {one["name"]: one["type"] for one in item["attributes"]} for item in written["eventTypes"]}
    assert kinds["shots_fired"] == {"kind": "string", "rule": "string", "deaths": "integer"}
    types = {item["name"] for item in written["eventTypes"]}
    assert {event["type"] for event in written["events"]} <= types
    assert "the Z after them stands for none" in " ".join((made.folder / "README.txt").read_text().split())


def test_a_model_without_dates_is_refused_before_anything_is_run(sim, dice, tmp_path):
    answer = sim("export", "ocel", dice, "--to", "out")

    assert answer.code == 2
    assert "E014" in answer.err
    assert "needs dates" in answer.err
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "ledger").exists()


def test_models_whose_events_carry_different_values_are_not_put_into_one_log(sim, case, tmp_path):
    other = case.parent / "other"
    other.mkdir()
    for file in case.glob("*.yaml"):
        (other / file.name).write_text(file.read_text().replace("marks: {deaths: int}", "marks: {deaths: real}"))

    answer = sim("export", "ocel", case / "status-quo.yaml", other / "early-envoy.yaml", "--runs", 2, "--to", "out")

    assert answer.code == 2
    assert "'shots_fired' does not carry the same values" in answer.err
