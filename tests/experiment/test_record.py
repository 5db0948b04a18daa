"""The shell around the engine: what is run, kept, gone on from."""

from pathlib import Path

import pytest

from sim.errors import LedgerError, UsageError
from sim.experiment import Origin, RunSettings, prepare, reopen
from sim.experiment import workers as shell
from sim.experiment.prepare import opened, spec_of
from sim.ledger import Ledger, verify
from sim.ledger.stored_documents import keep_documents
from tests.dice import DICE
from tests.experiment.recorded import record


def whole_log(program, scenario, run, log):
    return run, log


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "dice.yaml"
    file.write_text(DICE, encoding="utf-8")
    return file


def test_what_is_recorded_is_what_the_engine_gives_and_what_the_ledger_holds(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")

    ensemble, found = record(experiment, 30, whole_log)

    assert [run for run, _ in found] == list(range(30))
    assert list(ensemble.logs()) == found
    assert verify(ensemble) == ()


def test_documents_that_mean_something_else_than_the_ensembles_id_says_are_not_believed(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    ensemble, _ = record(experiment, 3, whole_log)
    folder = keep_documents(
        ensemble.folder, {"dice.yaml": DICE.replace("horizon: ", "horizon: 1").encode()}, "dice.yaml"
    )

    with pytest.raises(LedgerError) as caught:
        opened(ensemble, experiment.ledger, spec_of(ensemble), folder / "dice.yaml")

    assert caught.value.code == "E703"
    assert "do not mean what its id says" in caught.value.message


def test_an_ensemble_of_a_sim_with_other_semantics_is_refused_with_the_reason(model, tmp_path, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr("sim.model.canonical.SEMANTICS", 1)
        experiment = prepare(model, tmp_path / "ledger")
        ensemble, _ = record(experiment, 3, whole_log, workers=1)

    with pytest.raises(LedgerError) as caught:
        reopen(ensemble, experiment.ledger)

    assert caught.value.code == "E713"
    assert "its semantics are 1, here they are" in caught.value.message


def test_what_is_sealed_is_read_and_not_simulated_again(model, tmp_path, no_simulation):
    experiment = prepare(model, tmp_path / "ledger")
    _, first = record(experiment, 30, whole_log, workers=1)

    no_simulation()
    _, again = record(prepare(model, tmp_path / "ledger"), 30, whole_log, workers=1)

    assert again == first


def test_a_change_that_means_nothing_keeps_the_ensemble_and_one_that_means_something_does_not(model, tmp_path):
    ledger = tmp_path / "ledger"
    before = prepare(model, ledger).spec
    model.write_text(DICE.replace("Dice are thrown", "A die is thrown") + "measures: {n: {count: thrown}}\n")
    assert prepare(model, ledger).spec == before

    model.write_text(DICE.replace("last < 6", "last <= 5 and true"))
    assert prepare(model, ledger).spec != before


def test_another_seed_has_its_own_runs_in_the_same_ledger(model, tmp_path):
    _, first = record(prepare(model, tmp_path / "ledger"), 10, whole_log)

    _, other = record(prepare(model, tmp_path / "ledger", RunSettings(seed=2)), 10, whole_log)
    _, alone = record(prepare(model, tmp_path / "elsewhere", RunSettings(seed=2)), 10, whole_log)

    assert other == alone
    assert all(one != mate for one, mate in zip(first, other, strict=True))


def test_a_measure_written_later_is_asked_of_the_runs_that_are_there(model, tmp_path, no_simulation):
    from tests.summaries import summarise

    _, logs = record(prepare(model, tmp_path / "ledger"), 20, whole_log, workers=1)
    model.write_text(DICE + "measures: {n: {count: thrown}}\n")
    no_simulation()

    _, summaries = record(prepare(model, tmp_path / "ledger"), 20, summarise, workers=1)

    throws = [float(sum(event.type == "thrown" for event in log)) for _, log in logs]
    assert [summary.measures["n"] for summary in summaries] == throws


def test_an_ensemble_is_read_back_with_its_own_documents(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger", RunSettings(seed=5, central=True))
    ensemble, _ = record(experiment, 3, whole_log)
    model.unlink()

    again = reopen(ensemble, experiment.ledger)

    assert (again.settings.seed, again.settings.central) == (5, True)
    assert again.spec == experiment.spec


def test_documents_that_were_changed_in_the_ledger_are_refused(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    ensemble, _ = record(experiment, 3, whole_log)
    kept = next(ensemble.folder.glob("documents/*/dice.yaml"))
    kept.write_text(DICE.replace("last < 6", "last < 5"))

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


@pytest.mark.parametrize("damaged", ["spec.json", "manifests/*", "segments/*"])
def test_a_neighbour_that_is_damaged_is_no_reason_not_to_run(model, tmp_path, damaged):
    record(prepare(model, tmp_path / "ledger"), 20, whole_log, workers=1)
    (neighbour,) = Ledger(tmp_path / "ledger").ensembles()
    added_questions = "scenario: again\nmodel: dice.yaml\noutcomes: {low: {when: last == 1}}\n"
    (tmp_path / "asked.yaml").write_text(added_questions, encoding="utf-8")
    next(neighbour.folder.glob(damaged)).write_bytes(b"{")

    ensemble, found = record(prepare(tmp_path / "asked.yaml", tmp_path / "ledger"), 20, whole_log, workers=1)

    assert len(found) == 20
    assert verify(ensemble) == ()


def test_progress_counts_every_run_once(model, tmp_path):
    seen = []

    experiment = prepare(model, tmp_path / "ledger")
    _, found = record(experiment, 1100, whole_log, workers=1, progress=lambda *done: seen.append(done))

    ends = [sum(len(log) for _, log in found[:runs]) for runs in (0, 500, 1000, 1100)]
    assert seen == [(runs, 1100, events) for runs, events in zip((0, 500, 1000, 1100), ends, strict=True)]


QUESTIONS = """
scenario: dice-with-questions
extends: dice.scenario.yaml
outcomes: {small: {when: last == 1 or last == 2, within: "30"}, thrown_once: {on: [thrown]}}
measures: {n: {count: thrown}}
"""


def test_questions_asked_later_give_the_logs_that_a_simulation_would_give_and_nothing_is_simulated(
    model, tmp_path, no_simulation
):
    (tmp_path / "dice.scenario.yaml").write_text("scenario: dice\nmodel: dice.yaml\n")
    (tmp_path / "questions.yaml").write_text(QUESTIONS)
    record(prepare(tmp_path / "dice.scenario.yaml", tmp_path / "ledger"), 25, whole_log, workers=1)
    _, simulated = record(prepare(tmp_path / "questions.yaml", tmp_path / "elsewhere"), 25, whole_log, workers=1)
    no_simulation()

    ensemble, added_questions = record(
        prepare(tmp_path / "questions.yaml", tmp_path / "ledger"), 25, whole_log, workers=1
    )

    assert added_questions == simulated
    assert {event.type for _, log in added_questions for event in log if event.kind == "outcome"} >= {
        "small",
        "thrown_once",
    }
    assert verify(ensemble) == ()


def test_questions_asked_on_the_command_line_are_kept_with_their_runs(model, tmp_path):
    (tmp_path / "dice.scenario.yaml").write_text("scenario: dice\nmodel: dice.yaml\n")
    added_questions = "scenario: dice\nextends: dice.scenario.yaml\nmeasures: {n: {count: thrown}}\n"
    experiment = prepare(tmp_path / "dice.scenario.yaml", tmp_path / "ledger", extension=added_questions)
    ensemble, _ = record(experiment, 5, whole_log)

    again = reopen(ensemble, experiment.ledger)

    assert list(again.scenario.model.measures) == ["n"]
    assert again.spec == prepare(tmp_path / "dice.scenario.yaml", tmp_path / "ledger").spec


def test_parameters_can_be_drawn_once_for_many_runs_and_are_those_of_the_first_runs(model, tmp_path):
    def drawn(logs):
        return [log[0].marks for _, log in logs]

    _, each = record(prepare(model, tmp_path / "ledger"), 4, whole_log)
    nested = prepare(model, tmp_path / "ledger", RunSettings(runs_per_draw=3))
    ensemble, found = record(nested, 12, whole_log)

    assert drawn(found) == [marks for marks in drawn(each) for _ in range(3)]
    assert len({log[1].time for _, log in found}) == 12
    again = reopen(ensemble, nested.ledger)
    assert (again.settings.runs_per_draw, again.spec) == (3, nested.spec)


def test_runs_can_be_projected_from_a_later_one_on(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")
    _, whole = record(experiment, 12, whole_log)

    _, rest = record(experiment, 20, whole_log, first=9)

    assert [run for run, _ in rest] == list(range(9, 20))
    assert rest[:3] == whole[9:]


def test_what_comes_before_the_first_run_that_is_projected_is_sealed_all_the_same(model, tmp_path):
    experiment = prepare(model, tmp_path / "ledger")

    ensemble, found = record(experiment, 12, whole_log, first=7)

    assert [run for run, _ in found] == list(range(7, 12))
    assert [run for run, _ in ensemble.logs()] == list(range(12))
    assert found == list(ensemble.logs())[7:]


@pytest.mark.parametrize("mode", [{"seed": 2}, {"central": True}])
def test_luck_can_be_kept_only_with_the_seed_and_the_parameters_of_the_run(model, tmp_path, mode):
    ensemble, _ = record(prepare(model, tmp_path / "ledger"), 3, whole_log)
    origin = Origin(ensemble.id, 1, 2, "keep")
    prepare(model, tmp_path / "ledger", origin=origin)

    with pytest.raises(UsageError) as error:
        prepare(model, tmp_path / "ledger", RunSettings(**mode), origin=origin)

    assert error.value.code == "E507"
    assert error.value.notes == ("that run has --seed 1",)


def test_runs_are_cut_at_the_same_places_wherever_the_work_begins():
    assert list(shell.chunks(range(1200))) == [range(500), range(500, 1000), range(1000, 1200)]
    assert list(shell.chunks(range(730, 1500))) == [range(730, 1000), range(1000, 1500)]
    assert list(shell.chunks(range(3, 3))) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("clock: {rate: pace}", "clock: {rate: pace - 5}", "E601"),
        ("clock: {rate: pace}", "clock: {rate: 1 / last}", "E604"),
        ("initial: 0}", "initial: 7}", "E602"),
    ],
)
def test_a_run_that_cannot_even_begin_is_recorded_as_failed(model, tmp_path, old, new, code):
    text = DICE.replace(old, new).replace("range: [0, 6], initial: 7}", "range: [0, 6], initial: six}")
    text = text.replace("parameters: {", "parameters: {six: {type: int, value: 7, basis: {judgement: too many}}, ")
    model.write_text(text)
    experiment = prepare(model, tmp_path / "ledger")

    ensemble, found = record(experiment, 4, whole_log, workers=1)

    for _, log in found:
        assert [event.kind for event in log] == ["started", "failed"]
        assert log[-1].type == code
    assert verify(ensemble) == ()
    assert [summarised for _, log in found if (summarised := log[0].marks)]


def test_a_branch_from_a_run_can_be_asked_questions_later_and_nothing_is_simulated(model, tmp_path, no_simulation):
    ledger = tmp_path / "ledger"
    (tmp_path / "dice.scenario.yaml").write_text("scenario: dice\nmodel: dice.yaml\n")
    parent, logs = record(prepare(tmp_path / "dice.scenario.yaml", ledger), 8, whole_log, workers=1)
    run, _ = max(logs, key=lambda item: len(item[1]))
    origin = Origin(parent.id, run, 2, "fresh")
    branch, _ = record(prepare(tmp_path / "dice.scenario.yaml", ledger, origin=origin), 10, whole_log, workers=1)
    (tmp_path / "questions.yaml").write_text(QUESTIONS)
    elsewhere = tmp_path / "elsewhere"
    record(prepare(tmp_path / "dice.scenario.yaml", elsewhere), 8, whole_log, workers=1)
    _, simulated = record(prepare(tmp_path / "questions.yaml", elsewhere, origin=origin), 10, whole_log, workers=1)
    no_simulation()

    added_questions = "scenario: dice\nextends: dice.scenario.yaml\n" + QUESTIONS.split("yaml\n", 1)[1]
    experiment = reopen(branch, Ledger(ledger), added_questions)
    ensemble, found = record(experiment, 10, whole_log, workers=1)

    assert found == simulated
    assert verify(ensemble) == ()
    assert "thrown_once" in {event.type for event in experiment.scenario.past if event.kind == "outcome"}


@pytest.mark.parametrize(("workers", "chunk"), [(1, 1), (1, 7), (2, 7)])
def test_neither_the_number_of_workers_nor_the_chunks_change_a_log(model, tmp_path, monkeypatch, workers, chunk):
    _, alone = record(prepare(model, tmp_path / "alone"), 23, whole_log, workers=1)
    monkeypatch.setattr(shell, "CHUNK", chunk)

    ensemble, found = record(prepare(model, tmp_path / "other"), 23, whole_log, workers=workers)

    assert found == alone
    assert list(ensemble.logs()) == alone
    assert len(ensemble.manifest().segments) == -(-23 // chunk)


def test_runs_do_not_change_when_an_ensemble_grows(model, tmp_path):
    _, alone = record(prepare(model, tmp_path / "alone"), 23, whole_log, workers=1)
    for runs in (1, 5, 17, 23):
        ensemble, found = record(prepare(model, tmp_path / "growing"), runs, whole_log, workers=1)

        assert found == alone[:runs]
        assert list(ensemble.logs()) == alone[:runs]


STILL = """
model: still
title: What a scenario says of its branch
time: {unit: day, origin: 2030-01-01}
horizon: 60 days
factions: {a: {title: A}}
state: {on: {type: bool, initial: false}, stuck: {type: bool, initial: false}}
parameters: {pace: {prior: {uniform: [1, 2]}, basis: {judgement: so}}, idle: {value: 1, basis: {judgement: so}}}
events: {began: {by: a, exogenous: true, effects: {on: true}}, went: {by: a, effects: {on: false}}, noted: {by: a}}
rules:
  goes: {faction: a, when: on, clock: {gamma: {shape: 2, mean: pace * 1 day}}, emits: went, basis: {judgement: so}}
  waits: {faction: a, on: [went], when: stuck, clock: {rate: 1 per day}, emits: noted, basis: {judgement: so}}
  hurries: {faction: a, when: stuck, clock: {every: 1e-14 days}, emits: noted, basis: {judgement: so}}
checks: {soon: {leads_to: not on, after: began, within: 58 days, because: so}}
"""
QUIET = """
scenario: quiet
model: still.yaml
history: history.yaml
branch: {at: 2030-01-12}
parameters: {pace: 3, idle: 2}
disable: [waits]
events: [{at: 2030-01-20, event: noted}]
"""
PAST = """
history: past
title: What was
sources: sources.yaml
events:
  - {id: began, at: 2030-01-02, event: began, claim: So, status: attested, act: deed, sources: [{source: report}]}
  - {id: again, at: "2030-01-12T15:00", event: began, claim: So, status: attested, act: deed,
     sources: [{source: report}]}
"""
CITED = """
sources: cited
title: Documents
documents: {report: {publisher: A, title: A report, date: 2030-01-14, reliability: medium}}
"""


def test_a_branch_from_a_run_is_told_nothing_that_is_so_only_at_the_branch_of_its_documents(tmp_path):
    texts = {"still": STILL, "quiet": QUIET, "history": PAST, "sources": CITED}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    parent = prepare(tmp_path / "quiet.yaml", tmp_path / "ledger")
    ensemble, _ = record(parent, 2, whole_log, workers=1)

    branch = prepare(tmp_path / "quiet.yaml", tmp_path / "ledger", origin=Origin(ensemble.id, 1, 1))

    everywhere = {"W520"}
    at_its_branch = {"W324", "W501", "W503", "W510", "W511", "W521", "W522"}
    assert {warning.code for warning in parent.case.warnings} == everywhere | at_its_branch
    assert {warning.code for warning in branch.case.warnings} == everywhere


def test_a_branch_from_a_run_of_a_model_by_itself_is_told_nothing_of_the_models_own_beginning(tmp_path):
    (tmp_path / "still.yaml").write_text(STILL.replace("58 days", "61 days"), encoding="utf-8")
    parent = prepare(tmp_path / "still.yaml", tmp_path / "ledger")
    ensemble, _ = record(parent, 1, whole_log, workers=1)

    branch = prepare(tmp_path / "still.yaml", tmp_path / "ledger", origin=Origin(ensemble.id, 0, 0))

    assert [warning.code for warning in parent.case.warnings] == ["W522", "W503"]
    assert branch.case.warnings == ()
