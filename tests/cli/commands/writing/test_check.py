"""`sim check`: numbers that are written as known, rules without a basis, and what is known about parameters."""

import json

import pytest

MODEL = """
model: asked
title: Asked
time: {unit: day}
horizon: 9 days
factions: {a: {title: A}}
state: {x: {type: bool, initial: false}}
parameters:
  delay: {elicited: {experts: {anna: {5: 2, 50: 7, 95: 30}}}, unit: day, basis: {judgement: asked}}
  share: {prior: {beta: [2, 3]}, basis: {judgement: a guess}}
events: {done: {by: a, effects: {x: true}}}
rules: {does: {faction: a, when: share > 0.1, clock: {fixed: delay}, emits: done}}
"""
SCENARIO = "scenario: other\nmodel: model.yaml\nparameters: {share: {prior: {beta: [5, 5]}}}\n"


def test_priors_are_shown_below_the_file_that_has_them(sim, tmp_path):
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(SCENARIO, encoding="utf-8")

    model, other = sim("check", "--priors", "model.yaml").out, sim("check", "--priors", "other.yaml").out

    assert model.startswith("model.yaml: fine: ")
    assert "elicited from 1 expert, day" in model
    assert "lognormal(7.07839, 0.812299)" in model
    assert "beta(2, 3)" in model
    assert "beta(5, 5)" in other
    assert "delay" not in other
    assert sim("check", "model.yaml").out == model.splitlines()[0] + "\n"


def test_numbers_that_are_written_as_guesses_stand_last_among_the_priors(sim, tmp_path):
    text = MODEL.replace("{fixed: delay}", "{fixed: 'delay + about(2 days, 3)'}")
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(
        SCENARIO.replace("}}}", "}}, does.fixed: 'about(4 days, 2)'}"), encoding="utf-8"
    )

    for name, last in (("model.yaml", "about(2, 3) day"), ("other.yaml", "about(4, 2) day")):
        data = json.loads(sim("check", "--priors", "--json", name).out)["fine"][0]["priors"]
        assert len(data) > 1
        assert (data[-1]["parameter"], data[-1]["prior"]) == ("does.fixed", last)
    assert "2 parameters, 1 uncertain number" in sim("check", "--priors", "model.yaml").out


def test_priors_are_there_as_data(sim, tmp_path):
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")

    (fine,) = json.loads(sim("check", "--priors", "--json", "model.yaml").out)["fine"]
    (plain,) = json.loads(sim("check", "--json", "model.yaml").out)["fine"]

    assert [one["parameter"] for one in fine["priors"]] == ["delay", "share"]
    assert "priors" not in plain


RULES = """
model: quarrel
title: A quarrel
time: {unit: day}
factions: {north: {title: The north}}
state: {shots: {type: int, initial: 0}}
events: {shot: {by: north, effects: {shots: shots + 2}}}
rules:
  shoots: {faction: north, when: shots < 9, clock: {rate: 0.3 per day}, emits: shot, basis: {judgement: so}}
  counts: {faction: north, clock: {rate: "about(0.1 per day, 2)"}, emits: shot, basis: {judgement: so}}
"""


def write(folder, text=RULES, name="model.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_numbers_that_are_written_as_known_are_listed_with_their_places_and_counted(sim, tmp_path):
    answer = sim("check", write(tmp_path), "--literals")

    assert answer.code == 0
    assert "1 parameter" not in answer.out
    assert "0 parameters, 1 uncertain number, 1 event type" in answer.out
    lines = answer.out.splitlines()
    rows = [line.split() for line in lines if line.startswith("model.yaml:") and "fine" not in line]
    assert [row[:4] for row in rows] == [
        ["model.yaml:7:53", "event", "type", "'shot'"],
        ["model.yaml:9:42", "rule", "'shoots'", "when"],
        ["model.yaml:9:59", "rule", "'shoots'", "rate"],
    ]
    assert any(line.startswith("3 numbers are written as known") and "1 of them in guards" in line for line in lines)


def test_numbers_that_are_written_as_known_are_there_as_data(sim, tmp_path):
    data = json.loads(sim("check", write(tmp_path), "--literals", "--json").out)

    assert [(one["line"], one["column"], one["name"], one["place"], one["number"]) for one in data["literals"]] == [
        (7, 53, "shot", "effects.shots", "2"),
        (9, 42, "shoots", "when", "9"),
        (9, 59, "shoots", "rate", "0.3 per day"),
    ]
    assert "literals" not in json.loads(sim("check", "model.yaml", "--json").out)


def test_a_model_without_such_numbers_says_so(sim, tmp_path):
    text = RULES.replace("shots + 2", "shots + 1").replace("when: shots < 9, ", "").replace("0.3 per day", "0")

    assert "0 numbers are written as known" in sim("check", write(tmp_path, text), "--literals").out


def test_numbers_are_listed_of_a_file_that_is_refused_for_them(sim, tmp_path):
    answer = sim("check", write(tmp_path, RULES.replace("title: A q", "literals: uncertain\ntitle: A q")), "--literals")

    assert answer.code == 1
    assert answer.err.count("error E355") == 3
    assert "3 numbers are written as known" in answer.out


@pytest.mark.parametrize("kind", ["model", "part", "scenario"])
def test_a_file_that_cannot_be_read_is_not_said_to_have_no_such_numbers(sim, tmp_path, kind):
    for number, text in enumerate((f"{kind}: [x", f"{kind}: x\ntitle: A title alone\n")):
        name = write(tmp_path, text, f"{number}.yaml")
        answer = sim("check", name, "--literals", "--priors")

        assert (answer.code, answer.out) == (1, "")
        assert f"{name}:" in answer.err
    both = sim("check", write(tmp_path), name, "--literals").out
    assert "3 numbers are written as known" in both


BARE = RULES.replace(", basis: {judgement: so}", "").replace("time: {unit: day}", "time: {unit: day}\nhorizon: 9 days")


def test_rules_without_a_basis_are_warned_of_once_for_each_file_and_stop_nothing(sim, tmp_path):
    write(tmp_path, BARE)
    rule = "rules: {adds: {faction: north, clock: {rate: 1 per day}, emits: shot}}"
    write(tmp_path, f"scenario: more\nmodel: model.yaml\nhorizon: 9 days\n{rule}\n", "more.yaml")
    answer = sim("check", "model.yaml", "more.yaml")

    assert answer.code == 0
    assert answer.err.count("W335") == 2
    assert "model.yaml:10:3: warning W335: 2 rules have no basis: 'shoots', 'counts'" in answer.err
    assert "more.yaml:4:9: warning W335: the rule 'adds' has no basis" in answer.err


def test_a_command_that_makes_runs_says_nothing_of_bases(sim, tmp_path):
    answer = sim("run", write(tmp_path, BARE), "--runs", 5)

    assert answer.code == 0
    assert "W335" not in answer.err + answer.out


def test_a_part_is_held_to_its_own_sources(sim, tmp_path):
    part = (
        "part: probing\ntitle: One side probes\nneeds: {prober: {is: faction}}\nevents: {probed: {by: prober}}\n"
        "rules: {probes: {faction: prober, clock: {rate: 1 per day}, emits: probed}}\n"
    )
    without = sim("check", write(tmp_path, part, "part.yaml"))
    write(tmp_path, "sources: s\ndocuments: {paper: {title: A paper, reliability: low}}\n", "sources.yaml")
    citing = sim("check", write(tmp_path, f"{part}sources: sources.yaml\n", "part.yaml"))

    assert (without.code, citing.code) == (0, 1)
    assert "part.yaml:5:9: warning W335: the rule 'probes' has no basis" in without.err
    assert "part.yaml:5:9: error E305: the rule 'probes' has no basis" in citing.err


def test_uncertain_numbers_of_a_scenarios_own_rules_and_events_are_among_its_priors(sim, tmp_path):
    write(tmp_path, BARE)
    rule = "rules: {adds: {faction: north, clock: {rate: 'about(0.5 per day, 2)'}, emits: shot}}"
    event = "events: [{after: 2 days, title: A flood, set: {shots: 'floor(about(3, 1.5))'}}]"
    write(tmp_path, f"scenario: more\nmodel: model.yaml\nhorizon: 9 days\n{rule}\n{event}\n", "more.yaml")
    write(tmp_path, "scenario: most\nextends: more.yaml\nparameters: {adds.rate: 'about(1 per day, 2)'}\n", "most.yaml")
    data = json.loads(sim("check", "more.yaml", "most.yaml", "--priors", "--json").out)

    added = ["a_flood.effects.shots", "adds.rate"]
    assert [[one["parameter"] for one in file["priors"]] for file in data["fine"]] == [added, added]
    assert [file["priors"][1]["quantiles"]["0.5"] for file in data["fine"]] == [0.5, 1.0]
