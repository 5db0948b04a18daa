"""Events as CloudEvents, read by the library cloudevents."""

import json

from cloudevents.core.formats.json import JSONFormat

from sim.analysis.causes import Dependencies


def read(folder):
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return [JSONFormat().read(None, line) for line in lines], [json.loads(line) for line in lines]


def test_every_event_of_every_run_is_a_cloud_event_with_a_name_of_its_own(export, case):
    made = export("jsonl", case, "--runs", 25)

    events, _ = read(made.folder)

    assert len(events) == sum(len(log) for logs in made.logs for _, log in logs)
    assert len({(event.get_source(), event.get_id()) for event in events}) == len(events)
    expected = [(f"{run}:{event.sequence}", f"run/{run}") for logs in made.logs for run, log in logs for event in log]
    assert [(event.get_id(), event.get_subject()) for event in events] == expected
    assert {event.get_type() for event in events} >= {
        "ceasefire.run.started", "ceasefire.event.shots_fired", "ceasefire.outcome.peace", "ceasefire.run.ended",
    }  # fmt: skip


def test_an_event_names_what_made_it_possible_and_the_run_that_it_belongs_to(export, case):
    made = export("jsonl", case / "status-quo.yaml", "--runs", 25)

    _, found = read(made.folder)

    (results,), (logs,) = made.results, made.logs
    dependencies = Dependencies(results.model)
    by_id = {item["id"]: item for item in found}
    caused = 0
    for run, log in logs:
        for place, causes in dependencies.enablers(log).items():
            item = by_id[f"{run}:{log[place].sequence}"]
            names = [f"{run}:{log[cause].sequence}" for cause in sorted(causes)]
            assert item.get("causationid") == (names[-1] if names else None)
            assert item["data"].get("enabled_by", []) == names
            assert item["correlationid"] == f"{results.source.ensemble}:{run}"
            caused += bool(names)
    assert caused > 25
    opened = next(item for item in found if item["type"] == "ceasefire.event.accord_signed")
    assert by_id[opened["causationid"]]["type"] == "ceasefire.event.talks_opened"


def test_dates_are_local_and_no_zone_is_made_up(export, case):
    made = export("jsonl", case / "status-quo.yaml", "--runs", 2)

    _, found = read(made.folder)

    assert found[0]["localtime"] == "2030-01-03T04:00:00"
    assert not any("time" in item for item in found)
    readme = (made.folder / "README.txt").read_text()
    assert "`time` is left out on purpose" in readme


def test_values_have_their_types_and_the_start_has_the_parameters(export, case):
    made = export("jsonl", case / "status-quo.yaml", "--runs", 20)

    _, found = read(made.folder)

    shots = [item["data"] for item in found if item["type"] == "ceasefire.event.shots_fired"]
    assert all(type(data["marks"]["deaths"]) is int and data["faction"] == "north" for data in shots)
    assert sum(data["marks"]["deaths"] for data in shots) == made.results[0].runs.measures["deaths"].sum()
    started = [item["data"]["marks"]["provocation"] for item in found if item["type"].endswith("run.started")]
    assert started == list(made.results[0].runs.parameters["provocation"])


def test_a_model_without_dates_has_events_without_dates(export, dice):
    _, found = read(export("jsonl", dice, "--runs", 3).folder)

    assert not any("localtime" in item for item in found)
    assert all("time" in item["data"] for item in found)
