"""Stored runs made again on another engine."""

from importlib.resources import files

from sim.experiment import RunSettings, prepare
from sim.experiment.against import compare_with
from sim.ledger import Ensemble
from tests.experiment.recorded import record


def made(tmp_path, engine):
    (tmp_path / "model.yaml").write_text(files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8"))
    experiment = prepare(tmp_path / "model.yaml", tmp_path / "ledger", RunSettings(engine=engine))
    ensemble, _ = record(experiment, 40, lambda program, scenario, run, log: run, workers=1)
    return ensemble, experiment.ledger


def test_what_one_engine_stored_the_other_makes_again(tmp_path):
    for one, other in (("reference", "kernel"), ("kernel", "reference")):
        (tmp_path / one).mkdir()
        ensemble, ledger = made(tmp_path / one, one)
        found = compare_with(ensemble, ledger, other, 12, workers=1)

        assert len(set(found.runs)) == 12
        assert set(found.runs) <= set(range(40))
        assert found.different == ()
        assert found.problem is None
        assert compare_with(ensemble, ledger, other, 12, workers=1) == found
        assert compare_with(ensemble, ledger, other, 99, workers=1).runs == tuple(range(40))


def test_a_run_that_comes_out_otherwise_is_named(tmp_path, monkeypatch):
    ensemble, ledger = made(tmp_path, "kernel")
    sealed = Ensemble.run_digests
    other = range(8, 9)
    monkeypatch.setattr(Ensemble, "run_digests", lambda self, runs: sealed(self, other if 7 in runs else runs))

    found = compare_with(ensemble, ledger, "reference", 40, workers=1)

    assert found.different == (7,)
    assert found.problem is not None
    assert found.problem.code == "E709"
    assert "runs 7" in found.problem.notes
