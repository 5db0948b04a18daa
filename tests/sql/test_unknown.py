"""What a query gives again where runs failed: the figures that the commands print, unknown runs counted both ways."""

import math

import pytest

from sim.errors import SimError
from sim.statistics.estimates import BOTH_WAYS
from sim.study.api import compare, query, run
from tests.analysis.crises import scenario_of_some_failures

FEW = {"workers": 1, "despite_failures": True}


@pytest.fixture(scope="module", params=[{"runs": 60}, {"draws": 12, "runs": 5}], ids=["", "nested"])
def compared(request, tmp_path_factory):
    folder = scenario_of_some_failures(tmp_path_factory.mktemp("failing"))
    ledger = folder / "ledger"
    found = compare(
        folder / "model.yaml", folder / "slower.yaml", folder / "faster.yaml", ledger=ledger, **FEW, **request.param
    )
    assert all(0 < one.failed < one.count for one in found.everyone)
    return found, ledger


def rows(name, found, ledger):
    asked = [one.source.ensemble for one in found.everyone]
    return query(name, *asked, ledger=ledger, despite_failures=True).as_data()


def test_outcomes(compared):
    found, ledger = compared
    for row in rows("@outcomes", found, ledger):
        one = next(one for one in found.everyone if one.source.ensemble.startswith(row["ensemble"]))
        share = one.outcomes[row["outcome"]]
        assert (row["hits"], row["unknown"], row["runs"]) == (share.hits, share.unknown, share.runs)
        for key in ("share", "low", "high"):
            assert row[key] == getattr(share, key)


def test_the_probability_by_a_time(compared):
    found, ledger = compared
    baseline = found.baseline
    listed = query("@incidence", baseline.source.ensemble, ledger=ledger, despite_failures=True).as_data()
    assert any(row["unknown"] for row in listed)
    for row in listed:
        (share,) = baseline.incidence(row["outcome"], [row["time"]]).shares
        assert (row["hits"], row["unknown"], row["runs"]) == (share.hits, share.unknown, share.runs)
        assert row["low"] == share.low
        assert row["high"] == share.high


def test_first_times(compared):
    found, ledger = compared
    baseline = found.baseline
    for row in query("@times", baseline.source.ensemble, ledger=ledger, despite_failures=True).as_data():
        one = baseline.milestone(row["outcome"])
        if row["statistic"].startswith("mean"):
            estimate = one.restricted_mean
        else:
            estimate = one.median_if if row["statistic"].startswith("median") else one.quantiles[float(row["share"])]
        assert row["runs"] == estimate.runs
        for key in ("value", "low", "high"):
            assert row[key] == getattr(estimate, key)


def test_what_comes_at_the_horizon_is_0_before_it_in_the_ledger_too(compared):
    found, ledger = compared
    baseline = found.baseline
    (name,) = (name for name, outcome in baseline.model.outcomes.items() if outcome.otherwise)

    (before,) = baseline.incidence(name, [baseline.length / 2]).shares
    (row,) = (
        row
        for row in query("@incidence", baseline.source.ensemble, ledger=ledger, despite_failures=True).as_data()
        if row["outcome"] == name
    )

    assert (before.hits, before.unknown) == (0, 0)
    assert (row["time"], row["unknown"]) == (baseline.length, baseline.outcomes[name].unknown)
    assert row["unknown"] > 0
    assert baseline.milestone(name).restricted_mean.value == baseline.length


def test_paired_differences(compared):
    found, ledger = compared
    changes = {
        (one.other.source.ensemble[:12], name): change for one in found.versus for name, change in one.changes.items()
    }
    listed = rows("@changes", found, ledger)
    assert any(row["unknown"] for row in listed)
    for row in listed:
        change = changes[row["ensemble"], row["outcome"]]
        counts = ("both", "lost", "gained", "neither", "unknown", "maybe_lost", "maybe_gained")
        keys = ("both_have_it", *counts[1:])
        assert [row[key] for key in keys] == [getattr(change, key) for key in counts]
        assert row["simultaneous_low"] == change.difference.low
        assert row["simultaneous_high"] == change.difference.high
        assert row["one"] == (change.one.share if change.one.unknown else change.one.hits / change.one.runs)
        assert change.difference.method.endswith(BOTH_WAYS) == (row["unknown"] > 0)


def test_ranks(compared):
    found, ledger = compared
    names = {one.source.ensemble[:12]: one.source.ensemble for one in found.everyone}
    for row in rows("@ranks", found, ledger):
        place = found.rankings[row["outcome"]].ranks[names[row["ensemble"]]]
        assert (row["rank"], row["from"], row["to"]) == place


def test_turning_points_and_measures_are_of_whole_runs(compared):
    found, ledger = compared
    for row in rows("@turning", found, ledger):
        one = next(one for one in found.versus if one.other.source.ensemble.startswith(row["ensemble"]))
        assert row["out_of"] == one.ended_otherwise
    for row in query("@measures", found.baseline.source.ensemble, ledger=ledger, despite_failures=True).as_data():
        spread = found.baseline.measures[row["measure"]]
        estimate = spread.mean if row["statistic"] == "mean" else spread.quantiles[float(row["share"])]
        assert row["runs"] == spread.runs
        for key in ("value", "low", "high"):
            assert row[key] == getattr(estimate, key)


def test_a_table_says_of_each_run_whether_it_was_whole_and_of_each_measure_why_there_is_none(compared):
    found, ledger = compared
    ensemble = found.baseline.source.ensemble
    counted = query("SELECT failed, whole, count(*) AS n FROM runs GROUP BY ALL", ensemble, ledger=ledger).as_data()
    assert {(row["failed"], row["whole"]): row["n"] for row in counted} == {
        (True, False): found.baseline.failed, (False, True): found.baseline.count - found.baseline.failed,
    }  # fmt: skip
    lacks = query(
        "SELECT lacks, count(*) AS n FROM measures WHERE measure = 'ratio' GROUP BY ALL", ensemble, ledger=ledger
    )
    spread = found.baseline.measures["ratio"]
    assert {row["lacks"]: row["n"] for row in lacks.as_data()} == {None: spread.runs, "undefined": spread.undefined}
    assert spread.undefined > 0


def test_the_sequence_counts_unknown_runs_both_ways(tmp_path):
    folder = scenario_of_some_failures(tmp_path)
    found = run(folder / "model.yaml", ledger=folder / "ledger", until="±30pp on some", max_runs=300, **FEW)
    how = {"ledger": folder / "ledger", "first": found.count, "despite_failures": True}
    for row in query("@sequence", found.source.ensemble, **how).as_data():
        share = found.outcomes[row["outcome"]]
        assert (row["hits"], row["unknown"], row["runs"]) == (share.hits, share.unknown, share.runs)
        assert row["low"] == share.low
        assert row["high"] == share.high
        assert not math.isnan(row["low"])


def test_what_cannot_be_paired_counts_unknown_runs_both_ways(tmp_path):
    folder = scenario_of_some_failures(tmp_path)
    one = run(folder / "model.yaml", ledger=folder / "ledger", runs=60, **FEW).source.ensemble
    other = run(folder / "slower.yaml", ledger=folder / "ledger", runs=50, seed=2, **FEW).source.ensemble
    found = compare(one, other, ledger=folder / "ledger", unpaired=True, **FEW)
    how = {"ledger": folder / "ledger", "first": found.baseline.count, "despite_failures": True}
    for row in query("@unpaired", one, other, **how).as_data():
        difference = found.versus[0].changes[row["outcome"]].difference
        assert row["low"] == difference.low
        assert row["high"] == difference.high
        assert row["difference"] == difference.value


@pytest.mark.parametrize("name", ["@outcomes", "@measures", "@incidence", "@times", "@sequence"])
def test_a_query_that_is_named_gives_no_figures_where_too_many_runs_failed(compared, name):
    found, ledger = compared
    with pytest.raises(SimError, match=r"no figures of 'failing' are given: \d+ of its 60 runs failed") as error:
        query(name, found.baseline.source.ensemble, ledger=ledger)
    assert error.value.code == "E611"


def test_over_a_whole_ledger_such_ensembles_are_left_out_and_named(compared):
    found, ledger = compared
    answer = query("@outcomes", ledger=ledger)

    assert answer.rows == ()
    assert {short: problem.code for short, problem in answer.left_out} == {
        one.source.ensemble[:12]: "E611" for one in found.everyone
    }
    assert query("@outcomes", ledger=ledger, despite_failures=True).rows


def test_a_select_gives_rows_as_they_are_and_says_how_many_runs_failed(compared):
    found, ledger = compared
    answer = query("SELECT avg(value) AS mean FROM measures", found.baseline.source.ensemble, ledger=ledger)

    assert [part.failed for part in answer.covers] == [found.baseline.failed]
    assert found.baseline.failed > 0
