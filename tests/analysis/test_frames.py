"""Results as data frames: every run, parameter and event, with dates beside the floats."""

import math

import pandas as pd
import pytest

from sim.errors import UsageError
from sim.ledger.ledger import Ledger
from sim.study.api import run
from tests.analysis.crises import write

DATED = """
model: dated
title: Dated
time: {unit: day, origin: 2014-09-10}
horizon: 30 days
factions: {one: {title: One}}
state: {done: {type: bool, initial: false}}
parameters: {speed: {prior: {uniform: [0.01, 0.1]}, unit: 1/day, basis: {judgement: a test}}}
events: {finished: {by: one, effects: {done: true}}}
rules: {finish: {faction: one, when: not done, clock: {rate: speed}, emits: finished}}
outcomes: {over: {when: done, ends_run: true}, never: {otherwise: true}}
"""


@pytest.fixture
def dated(tmp_path):
    (tmp_path / "dated.yaml").write_text(DATED)
    return run(tmp_path / "dated.yaml", runs=50, ledger=tmp_path / "ledger", workers=1)


def test_runs_have_dates_beside_the_times(dated):
    runs = dated.to_frame("runs")

    came = runs["over_at"].map(math.isfinite)
    assert came.any()
    assert not came.all()
    assert (runs["over_date"].notna() == came).all()
    expected = pd.Timestamp("2014-09-10") + pd.to_timedelta(runs.loc[came, "over_at"], unit="D")
    assert ((runs.loc[came, "over_date"] - expected).abs() <= pd.Timedelta(seconds=1)).all()


def test_parameters_are_those_that_the_runs_drew(dated):
    parameters = dated.to_frame("parameters")

    assert parameters["run"].tolist() == list(range(50))
    assert parameters["speed"].tolist() == dated.runs.parameters["speed"].tolist()


def test_events_are_the_logs_from_the_branch_on(dated):
    events = dated.to_frame("events")

    ensemble = Ledger(dated.source.ledger).find(dated.source.ensemble)
    logged = [(run, item.time) for run, log in ensemble.logs(range(50)) for item in log if item.kind == "fired"]
    fired = events[events["kind"] == "fired"]
    assert list(zip(fired["run"], fired["time"], strict=True)) == logged
    assert str(fired["date"].dtype).startswith("datetime64")


def test_columns_of_one_name_are_told_apart(tmp_path):
    text = DATED.replace("speed", "run") + "measures: {ended: {value: 1}}\n"
    (tmp_path / "dated.yaml").write_text(text)
    found = run(tmp_path / "dated.yaml", runs=5, ledger=tmp_path / "ledger", workers=1)

    runs, parameters = found.to_frame("runs"), found.to_frame("parameters")
    assert runs["run"].tolist() == parameters["run"].tolist() == list(range(5))
    assert runs["run (parameter)"].tolist() == found.runs.parameters["run"].tolist()
    assert runs["ended (measure)"].tolist() == [1.0] * 5
    assert "run (parameter)" in parameters


def test_a_model_without_dates_has_none(tmp_path):
    coin = write(tmp_path)
    found = run(coin / "as-it-is.yaml", runs=5, ledger=coin / "ledger", workers=1)

    assert not [name for name in found.to_frame("runs") if name.endswith("_date")]


def test_another_word_is_refused_with_those_that_there_are(dated):
    with pytest.raises(UsageError, match="what is 'logs'") as error:
        dated.to_frame("logs")
    assert "'parameters'" in error.value.notes[0]
