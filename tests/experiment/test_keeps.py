"""Outcomes alone: what is kept of large ensembles, and how a log comes back."""

import shlex
from importlib.resources import files
from itertools import chain

import numpy as np
import pytest

from sim.analysis.runs import RunsBuilder
from sim.cli.main import main
from sim.engines.choice import FEW_UNCOMPILED
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.errors import LedgerError, SimError
from sim.experiment import EachRun, Origin, RunSettings, log_of, logs_of, prepare, project_pairs, record, repair
from sim.experiment import record as in_batches
from sim.ledger import verify
from sim.study.api import query

RUNS = 40


@pytest.fixture(params=["reference", "kernel"])
def experiment(request, tmp_path):
    text = files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8")
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    return prepare(tmp_path / "model.yaml", tmp_path / "ledger", RunSettings(engine=request.param))


def elsewhere(experiment, tmp_path):
    return prepare(tmp_path / "model.yaml", tmp_path / "elsewhere", experiment.settings)


def whole_log(program, scenario, run, log):
    return log


def table(experiment, runs=RUNS, retention=None, **how):
    builder, added_questions = (
        RunsBuilder(experiment.scenario.model, runs),
        experiment.with_settings(retention=retention),
    )
    ensemble, _ = record(added_questions, runs, builder.project, workers=1, take=builder.add, **how)
    return ensemble, builder.runs(runs)


def same(one, other):
    for name in ("times", "measures", "parameters"):
        left, right = getattr(one, name), getattr(other, name)
        assert left.keys() == right.keys()
        assert all(np.array_equal(left[key], right[key], equal_nan=True) for key in left)
    assert one.ended.tolist() == other.ended.tolist()
    assert one.sizes.tolist() == other.sizes.tolist()
    assert one.numbers.tolist() == other.numbers.tolist()


def test_outcomes_alone_give_the_same_results_and_the_same_digest_as_whole_logs(experiment, tmp_path):
    kept, first = table(experiment, retention="outcomes")
    whole, other = table(elsewhere(experiment, tmp_path), retention="full")

    same(first, other)
    assert kept.root(RUNS) == whole.root(RUNS)
    same(table(experiment, retention="outcomes")[1], other)
    same(table(elsewhere(experiment, tmp_path))[1], other)
    assert verify(kept) == ()


def test_any_log_is_made_again_and_proved(experiment, tmp_path):
    kept, _ = table(experiment, retention="outcomes")
    _, parts = in_batches(elsewhere(experiment, tmp_path), RUNS, EachRun(whole_log), workers=1)
    logs = list(chain.from_iterable(parts))

    with pytest.raises(LedgerError) as caught:
        kept.log(7)
    assert caught.value.code == "E710"
    assert log_of(kept, experiment.ledger, 7) == logs[7]
    assert [log for _, log in logs_of(kept, experiment.ledger, range(3, 40))] == logs[3:40]
    _, again = in_batches(experiment, RUNS, EachRun(whole_log), workers=1)
    assert list(chain.from_iterable(again)) == logs


def test_a_log_that_comes_out_otherwise_than_it_was_sealed_is_refused(tmp_path, monkeypatch, experiment):
    experiment = experiment.with_settings(engine="reference")
    kept, _ = table(experiment, runs=10, retention="outcomes")
    monkeypatch.setattr("sim.model.random_streams.threshold", lambda *_: 1.0)

    with pytest.raises(LedgerError) as caught:
        log_of(kept, experiment.ledger, 7)

    assert caught.value.code == "E707"


def test_an_ensemble_can_be_filled_up_with_its_logs_later(experiment):
    kept, first = table(experiment, retention="outcomes")
    assert kept.missing(RUNS) == ()
    assert kept.missing(RUNS, "full") == (range(RUNS),)

    ensemble, later = table(experiment, retention="full")

    assert ensemble.missing(RUNS, "full") == ()
    assert ensemble.log(7)[0].kind == "started"
    same(first, later)
    assert verify(ensemble) == ()


def test_a_measure_asked_later_is_made_of_the_runs_again(experiment, tmp_path):
    table(experiment, retention="outcomes")
    text = (tmp_path / "model.yaml").read_text(encoding="utf-8")
    more = text.replace("measures: {warmth:", "measures: {greatest: {max: heat}, warmth:")
    (tmp_path / "model.yaml").write_text(more, encoding="utf-8")
    asking = prepare(tmp_path / "model.yaml", tmp_path / "ledger", experiment.settings)

    ensemble, found = table(asking, retention="outcomes")
    _, whole = table(prepare(tmp_path / "model.yaml", tmp_path / "new", experiment.settings))

    same(found, whole)
    assert ensemble.id == experiment.ledger.create(experiment.spec).id


def test_a_run_of_which_outcomes_are_kept_can_be_branched_from(experiment, tmp_path):
    kept, _ = table(experiment, retention="outcomes")
    whole, _ = table(elsewhere(experiment, tmp_path))
    for streams in ("keep", "fresh"):
        roots = []
        for ensemble, ledger in ((kept, "ledger"), (whole, "elsewhere")):
            origin = Origin(ensemble.id, 4, 3, streams)
            branch = prepare(tmp_path / "model.yaml", tmp_path / ledger, origin=origin)
            made, _ = table(branch, 1 if streams == "keep" else 5)
            roots.append(made.manifest().root)
        assert roots[0] == roots[1]


def test_events_that_are_not_kept_cannot_be_counted_but_outcomes_can(experiment, tmp_path):
    kept, found = table(experiment, retention="outcomes")
    with pytest.raises(SimError) as caught:
        query("SELECT count(*) FROM events", kept.id, ledger=tmp_path / "ledger")
    assert caught.value.code == "E710"
    assert f"the logs of {RUNS} runs" in caught.value.message
    assert not any("--first" in note for note in caught.value.notes)

    rows = query("SELECT outcome, count(*) FROM outcomes GROUP BY outcome", kept.id, ledger=tmp_path / "ledger").rows
    assert dict(rows) == {name: int(found.reached(name).sum()) for name in found.times if found.reached(name).any()}


def test_of_an_ensemble_that_grew_the_logs_that_are_kept_can_be_asked(experiment, tmp_path):
    table(experiment, 20, retention="full")
    kept, _ = table(experiment, retention="outcomes")
    with pytest.raises(SimError) as caught:
        query("SELECT count(*) FROM events", kept.id, ledger=tmp_path / "ledger")

    assert f"the logs of {RUNS - 20} runs" in caught.value.message
    assert any("`--first 20`" in note for note in caught.value.notes)
    sql = "SELECT count(DISTINCT run) FROM events"
    assert query(sql, kept.id, ledger=tmp_path / "ledger", first=20).rows == ((20,),)


def test_damaged_outcomes_are_found_and_repaired(experiment):
    kept, first = table(experiment, retention="outcomes")
    root = kept.root(RUNS)
    (path,) = (kept.folder / "segments").glob("*.parquet")
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    assert [problem.code for problem in verify(kept)] == ["E703"]

    repair(kept, experiment.ledger, workers=1)

    again = experiment.ledger.find(kept.id)
    assert verify(again) == ()
    assert again.root(RUNS) == root
    same(table(experiment, retention="outcomes")[1], first)


@pytest.mark.parametrize("retention", ["outcomes", "full"])
def test_what_is_kept_is_read_without_an_engine(experiment, monkeypatch, retention):
    if retention == "full":
        experiment = experiment.with_settings(engine="reference")
    _, first = table(experiment, retention=retention)
    for engine in (ReferenceEngine, KernelEngine):
        monkeypatch.setattr(engine, "__init__", None)

    same(table(experiment, retention=retention)[1], first)


def first_events(one, other, run):
    return one[2][0], other[2][0], run


def test_pairs_whose_logs_are_not_kept_are_made_by_the_engine_for_so_many(experiment, tmp_path, no_simulation):
    many = 2 * FEW_UNCOMPILED
    one = experiment.with_settings(engine="auto")
    other = prepare(tmp_path / "model.yaml", tmp_path / "ledger", RunSettings(seed=2))
    for side in (one, other):
        table(side, runs=many, retention="outcomes")
    no_simulation()

    (found,) = project_pairs([(one, other)], many, first_events, workers=1)
    assert [run for _, _, run in found] == list(range(many))


def size(ensemble):
    return sum(path.stat().st_size for path in ensemble.folder.rglob("*.*"))


def test_nothing_grows_and_no_run_is_made_where_outcomes_are_kept_and_nobody_asks_for_logs(experiment, monkeypatch):
    kept, first = table(experiment, retention="outcomes")
    before = size(kept)

    def fails(*_):
        raise AssertionError("a run was made whose outcomes are kept")

    with monkeypatch.context() as watched:
        watched.setattr("sim.experiment.jobs.LoadedEnsemble.made", fails)
        again, second = table(experiment)
        ledger = experiment.ledger.folder
        for sql in ("@measures", "@outcomes", "SELECT * FROM parameters", "SELECT run, events FROM runs"):
            assert query(sql, kept.id, ledger=ledger).rows

    same(first, second)
    assert (again.id, size(kept)) == (kept.id, before)


def test_new_runs_are_kept_as_those_that_are_there(experiment):
    kept, _ = table(experiment, 20, retention="outcomes")
    table(experiment, 40)
    assert {segment.retention for segment in kept.manifest().segments} == {"outcomes"}
    table(experiment, 40, retention="full")
    assert kept.missing(40, "full") == ()


def test_measures_are_the_same_wherever_they_come_from(experiment, tmp_path):
    """Of the first runs other measures are kept, of the next these, and of the last the logs."""
    text = (tmp_path / "model.yaml").read_text(encoding="utf-8")
    table(experiment, 20, retention="outcomes")
    (tmp_path / "model.yaml").write_text(text.replace("measures: {", "measures: {greatest: {max: heat}, "), "utf-8")
    asking = prepare(tmp_path / "model.yaml", tmp_path / "ledger", experiment.settings)
    table(asking, 40, retention="outcomes")
    kept, _ = table(asking, RUNS, retention="full")
    whole, found = table(prepare(tmp_path / "model.yaml", tmp_path / "new", experiment.settings))
    sql = "SELECT run, measure, value, lacks FROM measures ORDER BY ALL"

    rows = query(sql, kept.id, ledger=tmp_path / "ledger").rows

    assert rows == query(sql, whole.id, ledger=tmp_path / "new").rows
    assert len(rows) == RUNS * len(found.measures)


@pytest.mark.parametrize("mode", [{}, {"central": True}, {"seed": 5}, {"runs_per_draw": 20}])
def test_the_command_that_a_refused_query_names_keeps_the_logs(tmp_path, mode, monkeypatch):
    text = files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8")
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    kept, _ = table(prepare(tmp_path / "model.yaml", tmp_path / "led ger", RunSettings(**mode)), retention="outcomes")
    with pytest.raises(SimError) as caught:
        query("SELECT count(*) FROM events", kept.id, ledger=tmp_path / "led ger")
    (command,) = (note.partition(": ")[2] for note in caught.value.notes if note.startswith("this makes them"))

    monkeypatch.setattr("sys.argv", shlex.split(command))
    with pytest.raises(SystemExit):
        main()

    assert kept.missing(RUNS, "full") == ()
    assert query("SELECT count(DISTINCT run) FROM events", kept.id, ledger=tmp_path / "led ger").rows == ((RUNS,),)
