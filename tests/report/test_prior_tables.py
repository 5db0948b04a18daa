"""What is known about parameters, as tables and as data: quantiles of priors, and what experts said beside the fits."""

import pytest

from sim.build.model import loads_model
from sim.report.prior_tables import as_data, tables
from tests.model.quarrel import text

PARAMETERS = """{
  speed: {prior: {lognormal: [1 / delay, 0.3]}, unit: 1/day, basis: {judgement: a guess}},
  delay: {elicited: {experts: {anna: {5: 2, 50: 7, 95: 30}, basil: {25: 3, 75: 8}}, pool: {anna: 3, basil: 1}},
          unit: day, basis: {judgement: asked}},
  share: {prior: {uniform: [0, 2]}, unit: week, basis: {judgement: a guess}},
  known: {value: 3, basis: {judgement: counted}}}"""


def parameters():
    return loads_model(text(parameters=PARAMETERS)).parameters


def test_every_prior_is_shown_with_its_quantiles_in_its_authors_unit():
    known = parameters()
    priors, _ = tables(known, [*known])
    rows = {row[0]: row[1:] for row in priors.rows}

    assert [*rows] == ["delay", "share", "speed"]
    assert rows["share"] == ("uniform(0, 2) week", "0.1", "0.5", "1", "1.5", "1.9")
    assert rows["delay"][0] == "elicited from 2 experts, day"
    assert rows["speed"][0] == "lognormal(1 / delay, 0.3) 1/day, given delay = 6.415 day"
    assert float(rows["speed"][3]) * known["delay"].value == pytest.approx(1.0, rel=1e-3)
    assert "central" in priors.caption


def test_what_an_expert_said_stands_beside_what_was_fitted_and_how_far_it_is_off():
    known = parameters()
    _, experts = tables(known, [*known])

    assert experts.rows[0][:5] == ("delay", "anna", "lognormal(7.07839, 0.812299)", "0.75", "5 %")
    assert experts.rows[0][5:] == ("2", "1.861", "6.0 %")
    assert experts.rows[1][:4] == ("", "", "", "")
    assert len(experts.rows) == 5
    assert experts.rows[3][1] == "basil"
    assert experts.rows[4][7] == "75.0 %"


def test_only_what_is_asked_for_is_shown_and_nothing_without_priors():
    known = parameters()

    assert tables(known, ["known"]) == []
    assert len(tables(known, ["share"])) == 1
    assert "central" not in tables(known, ["share"])[0].caption


def test_the_same_is_there_as_data():
    known = parameters()
    data = {one["parameter"]: one for one in as_data(known, [*known])}

    assert [*data] == ["delay", "share", "speed"]
    anna, basil = data["delay"]["experts"]
    assert anna["said"] == {"0.05": 2.0, "0.5": 7.0, "0.95": 30.0}
    assert anna["law"] == "lognormal"
    assert anna["squared_misfits"]["lognormal"] < anna["squared_misfits"]["gamma"]
    assert 0.0 < anna["worst_misfit"] < 0.02
    assert basil["worst_misfit"] < 1e-6
    assert anna["chances"]["0.05"] == pytest.approx(0.05977, abs=1e-4)
    assert 1.3 < anna["worst_odds_ratio"] < 1.4
    assert 1.0 <= basil["worst_odds_ratio"] < 1.0 + 1e-5
    assert data["speed"]["given"] == {"delay": pytest.approx(known["delay"].value)}
    assert data["share"]["given"] == {}
    assert data["share"]["quantiles"]["0.5"] == 1.0
    assert data["share"]["experts"] == []
