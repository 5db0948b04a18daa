"""The shell around the engine: what is run, kept, gone on from."""

from pathlib import Path

import pytest

from sim import experiment as shell
from sim.errors import LedgerError
from sim.experiment import prepare, record, reopen
from sim.ledger import verify

MODEL = """
model: dice
title: Dice are thrown until a six falls
time: {unit: abstract}
horizon: 50
factions: {player: {title: The player}}
state: {last: {type: int, range: [0, 6], initial: 0}}
parameters: {pace: {prior: {uniform: [1, 2]}, basis: {judgement: one throw or two a turn}}}
events: {thrown: {by: player, marks: {eyes: int}, effects: {last: eyes}}}
rules:
  player_throws:
    faction: player
    when: last < 6
    clock: {rate: pace}
    emits: {event: thrown, eyes: "binomial(6, 0.5)"}
outcomes: {six: {when: last == 6, ends_run: true}}
"""


def whole_log(program, scenario, run, log):
    return run, log


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "dice.yaml"
    file.write_text(MODEL, encoding="utf-8")
    return file


def test_what_is_recorded_is_what_the_engine_gives_and_what_the_ledger_holds(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")

    ensemble, found = record(experiment, 30, whole_log)

    assert [run for run, _ in found] == list(range(30))
    assert list(ensemble.logs()) == found
    assert verify(ensemble) == ()


def test_what_is_sealed_is_read_and_not_simulated_again(model, tmp_path, monkeypatch):
    experiment = prepare(model, tmp_path / "ledger")
    _, first = record(experiment, 30, whole_log, workers=1)

    def fail(*_):
        raise AssertionError("a sealed run was simulated again")

    monkeypatch.setattr(shell.ReferenceEngine, "run", fail)
    _, again = record(prepare(model, tmp_path / "ledger"), 30, whole_log, workers=1)

    assert again == first


def test_a_change_that_means_nothing_keeps_the_ensemble_and_one_that_means_something_does_not(model, tmp_path):
    ledger = tmp_path / "ledger"
    before = prepare(model, ledger).spec
    model.write_text(MODEL.replace("Dice are thrown", "A die is thrown") + "measures: {n: {count: thrown}}\n")
    assert prepare(model, ledger).spec == before

    model.write_text(MODEL.replace("last < 6", "last <= 5 and true"))
    assert prepare(model, ledger).spec != before


def test_a_measure_written_later_is_asked_of_the_runs_that_are_there(model, tmp_path, monkeypatch):
    from sim.analysis.summary import summarise

    _, logs = record(prepare(model, tmp_path / "ledger"), 20, whole_log, workers=1)
    model.write_text(MODEL + "measures: {n: {count: thrown}}\n")
    monkeypatch.setattr(shell.ReferenceEngine, "run", None)

    _, summaries = record(prepare(model, tmp_path / "ledger"), 20, summarise, workers=1)

    throws = [float(sum(event.type == "thrown" for event in log)) for _, log in logs]
    assert [summary.measures["n"] for summary in summaries] == throws


def test_an_ensemble_is_read_back_with_its_own_documents(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger", seed=5, central=True)
    ensemble, _ = record(experiment, 3, whole_log)
    model.unlink()

    again = reopen(ensemble, experiment.ledger)

    assert (again.seed, again.central) == (5, True)
    assert again.spec == experiment.spec


def test_documents_that_were_changed_in_the_ledger_are_refused(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    ensemble, _ = record(experiment, 3, whole_log)
    kept = next(ensemble.folder.glob("documents/*/dice.yaml"))
    kept.write_text(MODEL.replace("last < 6", "last < 5"))

    with pytest.raises(LedgerError) as error:
        reopen(ensemble, experiment.ledger)

    assert error.value.code == "E703"


def test_an_error_of_a_worker_reaches_the_caller_as_it_is(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    record(experiment, 600, whole_log, workers=2)
    for segment in experiment.ledger.ensembles()[0].folder.glob("segments/*"):
        segment.write_bytes(segment.read_bytes()[:-9] + b"\0" * 9)

    with pytest.raises(LedgerError) as error:
        record(experiment, 600, whole_log, workers=2)

    assert error.value.code == "E703"


def test_progress_counts_every_run_once(model, tmp_path):
    seen = []

    record(prepare(model, tmp_path / "ledger"), 1100, whole_log, workers=1, progress=lambda *done: seen.append(done))

    assert seen == [(0, 1100), (500, 1100), (1000, 1100), (1100, 1100)]
