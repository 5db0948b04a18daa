"""The replication folder: rocrate reads it, its commands make the same runs, its ledger is a ledger."""

import hashlib
import json
import shlex

import pytest
from rocrate.rocrate import ROCrate

from sim.ledger import verify
from sim.ledger.ledger import Ledger


def commands(folder):
    lines = (folder / "README.txt").read_text().splitlines()
    return [line for line in lines if line.startswith("sim run ") and "--ledger ledger-made-again" in line]


def results_in(folder):
    return {path.stem: json.loads(path.read_text()) for path in (folder / "results").iterdir()}


def assert_made_again(sim, folder, monkeypatch):
    """Follow the README in its folder, to the letter, and compare what it says must come out."""
    monkeypatch.chdir(folder)
    readme = (folder / "README.txt").read_text()
    kept = results_in(folder)
    listed = commands(folder)
    assert len(listed) == len(kept)
    for line in listed:
        _, *arguments = shlex.split(line)
        plain = sim(*arguments)
        assert plain.code == 0, plain.err
        (made,) = json.loads(sim(*arguments, "--json").out)
        said = f"Ensemble {made['ensemble'][:12]}, digest {made['root'][:12]}"
        assert said in readme
        assert said in plain.out
        assert f"whole digest {made['root']}" in readme
        del made["pending"]  # what waits at the branch is told of the documents, not of the runs
        before = kept[f"{made['scenario']}-{made['ensemble'][:12]}"]
        assert {**before, "queries": []} == {**made, "queries": []}  # these name the ledger


def test_rocrate_reads_the_folder_and_every_file_is_listed_with_its_hash(export, case):
    made = export("rocrate", case, "--runs", 20)

    crate = ROCrate(made.folder)

    assert crate.metadata["conformsTo"] == "https://w3id.org/ro/crate/1.1"
    assert crate.root_dataset["name"]
    assert crate.root_dataset["license"]
    listed = {entity.id: entity for entity in crate.data_entities}
    assert {entity.id for entity in crate.root_dataset["hasPart"]} == set(listed)
    assert set(made.printed["files"]) == {*listed, "ro-crate-metadata.json"}
    for path, entity in listed.items():
        content = (made.folder / path).read_bytes()
        assert entity["sha256"] == hashlib.sha256(content).hexdigest()
        assert entity["contentSize"] == str(len(content))
        assert entity["name"]
    actions = [entity for entity in crate.contextual_entities if entity.type == "CreateAction"]
    assert len(actions) == 2
    for action in actions:
        assert action["instrument"].type == "SoftwareApplication"
        assert all((made.folder / part.id).is_file() for part in (*action["object"], *action["result"]))


def test_the_commands_of_the_readme_make_the_same_ensembles_with_the_same_digests(sim, export, case, monkeypatch):
    made = export("rocrate", case, "--runs", 30)

    assert len(commands(made.folder)) == 2
    assert_made_again(sim, made.folder, monkeypatch)


def test_the_ledger_in_the_folder_is_whole_and_holds_just_the_runs_that_were_exported(sim, export, case):
    sim("run", case / "status-quo.yaml", "--runs", 700, "--workers", 1)

    made = export("rocrate", case / "status-quo.yaml", "--runs", 550, "--workers", 1)

    ledger = Ledger(made.folder / "ledger")
    (ensemble,) = ledger.ensembles()
    assert verify(ensemble) == ()
    assert ensemble.manifest().runs == (range(550),)
    assert list(ensemble.logs()) == made.logs[0]
    (listed,) = json.loads(sim("list", "--ledger", ledger.folder, "--json").out)
    (kept,) = results_in(made.folder).values()
    assert kept["runs"] == 550
    assert kept["root"] == listed["root"] == made.results[0].source.root
    assert sim("log", ensemble.id, "--run", 549, "--ledger", ledger.folder).code == 0


def test_other_seeds_central_parameters_and_nested_draws_are_made_again(sim, export, case, monkeypatch):
    scenario = case / "status-quo.yaml"
    ids = [
        json.loads(sim("run", scenario, *arguments, "--json").out)[0]["ensemble"]
        for arguments in (["--runs", 9, "--seed", 5], ["--runs", 8, "--central"], ["--draws", 3, "--runs", 4])
    ]

    made = export("rocrate", *ids)

    assert [item["runs"] for item in made.printed["ensembles"]] == [9, 8, 12]
    assert_made_again(sim, made.folder, monkeypatch)


def test_a_branch_from_a_run_comes_with_that_run_and_is_made_again(sim, export, case, monkeypatch):
    (first,) = json.loads(sim("run", case / "status-quo.yaml", "--runs", 5, "--json").out)
    origin = f"{first['ensemble'][:10]}:3:1"
    (branch,) = json.loads(sim("run", case / "early-envoy.yaml", "--from", origin, "--runs", 6, "--json").out)
    (kept,) = json.loads(sim("run", case / "status-quo.yaml", "--from", origin, "--luck", "keep", "--json").out)

    made = export("rocrate", branch["ensemble"], kept["ensemble"])

    assert len(results_in(made.folder)) == 3
    assert "--runs 4 " in commands(made.folder)[0]
    assert_made_again(sim, made.folder, monkeypatch)


def test_questions_of_the_command_line_and_models_by_themselves_are_made_again(
    sim, export, case, dice, tmp_path, monkeypatch
):
    from sim.experiment import prepare
    from sim.study.plan import results_of

    added_questions = "scenario: status-quo\nextends: status-quo.yaml\nmeasures: {shots: {count: shots_fired}}\n"
    experiment = prepare(case / "status-quo.yaml", tmp_path / "ledger", extension=added_questions)
    results = results_of(experiment, 7)

    made = export("rocrate", results.source.ensemble, dice, "--runs", 7)

    assert "shots" in results_in(made.folder)[f"status-quo-{results.source.ensemble[:12]}"]["measures"]
    assert_made_again(sim, made.folder, monkeypatch)


def test_a_part_of_a_draw_cannot_be_asked_for_again_and_is_refused(sim, case, tmp_path):
    (nested,) = json.loads(sim("run", case / "status-quo.yaml", "--draws", 3, "--runs", 4, "--json").out)

    answer = sim("export", "rocrate", nested["ensemble"], "--runs", 6, "--to", "out")

    assert answer.code == 2
    assert "expected --runs 8" in answer.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lost", ["documents", "segments"])
def test_a_damaged_ledger_is_named_and_nothing_is_left(sim, case, tmp_path, lost):
    (first,) = json.loads(sim("run", case / "status-quo.yaml", "--runs", 5, "--json").out)
    folder = Ledger(tmp_path / "ledger").find(first["ensemble"]).folder
    for path in (folder / lost).rglob("*"):
        if path.is_file():
            path.write_bytes(b"something else")

    answer = sim("export", "rocrate", first["ensemble"], "--to", "out")

    assert answer.code == 1
    assert "error E" in answer.err
    assert "Traceback" not in answer.err
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]
