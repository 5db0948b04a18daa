"""How often rules fired and events happened, against known times and against a count of the logs."""

import math
from collections import Counter

import pytest

from sim.experiment import logs_of
from sim.explain.occurrences import occurrences
from sim.ledger.ledger import Ledger
from sim.statistics.estimates import proportion
from tests.explain.siege import stored, write

RUNS = 80


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("counts") / "siege")


def found_of(folder, *counted, scenario="status-quo", **how):
    return occurrences(*stored(folder, scenario, **{"runs": RUNS, **how}), counted)


def test_what_happens_at_known_times_in_every_run_is_counted_so(folder):
    found = found_of(folder, ("rule", "town_opens"))["rule", "town_opens"]

    assert found.share == proportion(RUNS, RUNS)
    assert (found.a_run.mean.value, found.a_run.runs) == (8.0, RUNS)  # every 2 days of the 18.5 from the first on
    assert found.first.quantiles[0.5].value == pytest.approx(0.5 + 1 + 2)  # asks, is answered, and opens


def test_what_never_happens_has_a_bound_and_no_time(folder):
    found = found_of(folder, ("rule", "town_sings"))["rule", "town_sings"]

    assert (found.share.hits, found.share.bounded, found.a_run.mean.value) == (0, True, 0.0)
    assert (found.first.runs, found.first.missing) == (0, RUNS)


def test_counts_are_those_of_the_logs(folder):
    found = found_of(folder, ("rule", "town_waits"), ("event", "horn_blown"), ("event", "terms_granted"))

    ledger = Ledger(folder / "ledger")
    logs = [log for _, log in logs_of(stored(folder, runs=RUNS)[0].ensemble, ledger, range(RUNS))]
    horns = [Counter(event.type for event in log if event.kind == "fired")["horn_blown"] for log in logs]
    granted = sum(any(event.type == "terms_granted" for event in log) for log in logs)
    assert found["rule", "town_waits"].a_run.mean.value == pytest.approx(math.fsum(horns) / RUNS)
    assert found["rule", "town_waits"] == found["event", "horn_blown"]
    assert found["event", "terms_granted"].share == proportion(granted, RUNS)


def test_the_past_is_not_counted(folder):
    assert found_of(folder, ("event", "surrounded"))["event", "surrounded"].share.hits == 0


def test_what_a_scenario_lets_happen_counts_as_an_event(folder):
    found = found_of(folder, ("event", "relieved"), scenario="relief")["event", "relieved"]

    assert found.share.hits == RUNS
    assert found.first.quantiles[0.5].value == 1.5  # 4 January, since noon on the 2nd


def test_logs_that_are_not_kept_are_made_again_and_counted_alike(folder):
    asked = ("rule", "town_waits")
    full = found_of(folder, asked)[asked]
    other = write(folder.parent / "outcomes-alone")

    assert found_of(other, asked, keep="outcomes")[asked] == full


def test_in_a_nested_design_a_mean_has_its_interval_from_the_draws(folder):
    asked = ("event", "terms_granted")
    found = found_of(folder, asked, runs=10, draws=6)[asked]

    assert found.share.runs == found.a_run.runs == 60
    assert found.a_run.mean.method != found_of(folder, asked)[asked].a_run.mean.method
