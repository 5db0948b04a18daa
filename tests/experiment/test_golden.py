"""The golden ensemble: its digest, and what becomes of a machine that does not give it."""

from importlib.resources import files

import pytest

from sim.build.model import loads_model
from sim.distributions.clock_laws import LAWS
from sim.distributions.marks import MARK_LAWS
from sim.distributions.priors import PRIORS
from sim.errors import SimError
from sim.experiment import EachRun, golden, prepare, record
from sim.language.expressions.operations import ONE_OF
from sim.model.model import LawClock


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_both_engines_make_the_golden_ensemble(engine):
    assert golden.golden_root(engine) == golden.DIGEST


def test_it_has_every_law_prior_and_draw():
    text = files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8")
    model = loads_model(text)

    assert {rule.clock.law.name for rule in model.rules.values() if isinstance(rule.clock, LawClock)} == set(LAWS)
    assert {parameter.prior for parameter in model.parameters.values()} == set(PRIORS)
    assert all(f"{law}(" in text for law in (*MARK_LAWS, ONE_OF))


def test_a_machine_that_computes_other_numbers_is_refused_before_it_makes_a_run(tmp_path, monkeypatch):
    (tmp_path / "model.yaml").write_text(files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8"))
    monkeypatch.setattr(golden, "DIGEST", "0" * 64)
    golden.check_machine.cache_clear()
    experiment = prepare(tmp_path / "model.yaml", tmp_path / "ledger")

    with pytest.raises(SimError) as caught:
        record(experiment, 3, EachRun(lambda program, scenario, run, log: None), workers=1)
    golden.check_machine.cache_clear()

    assert caught.value.code == "E609"
    assert "computes other numbers" in caught.value.message
    assert experiment.ledger.create(experiment.spec).manifest() is None
