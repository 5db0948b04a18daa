import json
import re

import pytest


@pytest.fixture
def wider(case):
    """The skeleton's model with one guard changed, and a scenario of it."""
    text = (case / "model.yaml").read_text(encoding="utf-8")
    guard = next(line for line in text.splitlines() if "when:" in line and "talks == none" in line)
    assert text.count(guard) == 1
    (case / "wider.yaml").write_text(text.replace(guard, guard.replace("talks == none", "talks != signed")))
    status_quo = (case / "status-quo.yaml").read_text(encoding="utf-8")
    file = case / "wider-quo.yaml"
    file.write_text(status_quo.replace("status-quo", "wider-quo").replace("model.yaml", "wider.yaml"))
    return file


def test_what_differs_is_said_in_sentences_with_the_places_of_both(sim, case, wider):
    answer = sim("diff", case / "status-quo.yaml", wider)

    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"What may change runs:\n- The guard \(when\) of rule '\w+' is `talks != signed", answer.out)
    assert re.search(r"\(\S+wider\.yaml:\d+\) instead of `talks == none.*\(\S+model\.yaml:\d+\)\.\n", answer.out)
    assert "Runs are not compared: the ledger has none of" in answer.out
    assert "Digests of A and of B: model " in answer.out


def test_runs_are_named_with_the_event_from_which_on_they_differ(sim, case, wider):
    answer = sim("diff", case / "status-quo.yaml", wider, "--runs", 60)
    found = json.loads(sim("diff", case / "status-quo.yaml", wider, "--json").out)

    same, count = re.search(
        r"(\d+) of (\d+) runs are the same: their digests agree \(\w{12}\); seed 1", answer.out
    ).groups()
    parted = found["runs"]["parted"]
    assert (int(same), int(count)) == (found["runs"]["same"], 60)
    assert len(parted) == 60 - int(same) > 0
    first = next(item for item in parted if item["how"] not in ("other outcomes", "other parameters"))
    assert f"The first is run {first['run']}, from event {first['one']['event']} on: A has " in answer.out
    assert first["digests"][0] != first["digests"][1]
    assert found["one"]["seed"] == found["other"]["seed"] == 1
    log = json.loads(sim("log", found["one"]["ensemble"], "--run", first["run"], "--json").out)
    assert first["one"]["type"] in json.dumps(log)


def test_all_runs_that_differ_are_listed_when_they_are_asked_for(sim, case):
    pair = (case / "status-quo.yaml", case / "early-envoy.yaml")
    some, every = sim("diff", *pair, "--runs", 60), sim("diff", *pair, "--all")

    listed = [len(re.findall(r"^ *\d+ +\d+ {2}", answer.out, re.MULTILINE)) for answer in (some, every)]
    assert listed[0] == 20 < listed[1]
    assert f"And {listed[1] - 20} more: --all lists them" in some.out


def test_a_file_and_itself_differ_in_nothing_and_have_the_same_digests(sim, case):
    answer = sim("diff", case / "status-quo.yaml", case / "status-quo.yaml")

    assert answer.code == 0
    assert "\nNothing differs.\n" in answer.out
    assert "both are ensemble" in answer.out
    assert " and " not in re.search(r"Digests of A and of B: (.*)", answer.out)[1]


def test_titles_alone_change_no_run(sim, case):
    text = (case / "status-quo.yaml").read_text(encoding="utf-8")
    (case / "renamed.yaml").write_text(text.replace("scenario: status-quo", "scenario: renamed"))

    answer = sim("diff", case / "status-quo.yaml", case / "renamed.yaml")

    assert "Nothing differs in meaning: both make the same runs." in answer.out
    assert "What changes no run: titles, bases, sources and the like:\n- The name is 'renamed' instead of" in answer.out


def test_what_a_history_says_otherwise_of_its_events_changes_no_run(sim, case, tmp_path):
    assert sim("run", case / "status-quo.yaml", "--runs", 5).code == 0
    stored = json.loads(sim("list", "--json").out)[0]["ensemble"]
    history = tmp_path / "seeds" / "ceasefire" / "history.yaml"
    later = (
        "  - {id: second-shots, at: 2030-01-09, event: shots_fired, marks: {deaths: 1}, claim: More shots,\n"
        "     status: alleged, act: deed, sources: [{source: first-report, paragraph: 2}]}\n"
    )
    text = history.read_text(encoding="utf-8").replace("status: attested", "status: disputed")
    history.write_text(text.rstrip("\n") + "\n" + later, encoding="utf-8")

    answer = sim("diff", stored, case / "status-quo.yaml")

    assert "Nothing differs in meaning: both make the same runs." in answer.out
    assert "- The status of documented event 'first-shots' is disputed instead of attested.\n" in answer.out
    assert "- Documented event 'second-shots' is added: event on 2030-01-09 with deaths = 1" in answer.out


def test_an_event_of_the_past_is_named_once_among_what_may_change_runs(sim, case, tmp_path):
    assert sim("run", case / "status-quo.yaml", "--runs", 5).code == 0
    stored = json.loads(sim("list", "--json").out)[0]["ensemble"]
    history = tmp_path / "seeds" / "ceasefire" / "history.yaml"
    history.write_text(history.read_text(encoding="utf-8").replace("deaths: 2", "deaths: 3"), encoding="utf-8")

    answer = sim("diff", stored, case / "status-quo.yaml", "--no-runs")

    assert "What may change runs:\n- The mark 'deaths' of past event 'shots_fired' is 3 instead of 2.\n\n" in answer.out
    assert "documented event" not in answer.out


def test_models_are_compared_without_a_horizon(sim, case, wider):
    model = case / "wider.yaml"
    text = (case / "model.yaml").read_text(encoding="utf-8")
    answer = sim("diff", case / "model.yaml", model)

    assert answer.code == 0, answer.err
    assert "A: model 'ceasefire'" in answer.out
    assert ("so it has no runs" in answer.out) == ("horizon:" not in text)


def test_an_ensemble_is_compared_with_the_file_as_it_is_now(sim, case, ensemble):
    text = (case / "model.yaml").read_text(encoding="utf-8")
    (case / "model.yaml").write_text(text.replace("trust - 0.1", "trust - 0.2"))

    answer = sim("diff", ensemble[:12], case / "status-quo.yaml")

    assert answer.code == 0, answer.err
    assert f"A: ensemble {ensemble[:12]} of scenario 'status-quo'" in answer.out
    assert "The effect on 'trust' of event type" in answer.out
    assert "of 25 runs" in answer.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("status-quo.yaml",), 2, "Missing argument 'B'"),
        (("status-quo.yaml", "status-quo.yaml", "--runs", "0"), 2, "too small"),
        (("status-quo.yaml", "status-quo.yaml", "--no-runs", "--runs", "5"), 2, "E013"),
        (("abc123", "status-quo.yaml"), 1, "E701"),
        (("nowhere.yaml", "status-quo.yaml"), 1, "E108"),
        (("status-quo.yaml", "."), 2, "E020"),
    ],
)
def test_wrong_usage_is_refused_as_elsewhere(sim, case, monkeypatch, arguments, code, said):
    monkeypatch.chdir(case)
    answer = sim("diff", *arguments)

    assert answer.code == code
    assert said in answer.err
