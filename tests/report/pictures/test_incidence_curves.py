from itertools import pairwise
from pathlib import Path

import pytest

from sim.report.pictures import plot
from sim.report.pictures.incidence_curves import LINE, ONE
from sim.report.pictures.time_axis import Axis
from sim.statistics.uncertainty import proportion_over_draws
from sim.study.api import run
from tests.report.conftest import milliseconds, panels, rows_with

SPECIMENS = Path(__file__).parents[2] / "specimens"


def test_curves_are_the_results_at_each_time_with_their_intervals(status_quo):
    (panel,) = panels(plot(status_quo, "incidence"))
    rows = rows_with(panel, "hits")

    assert {row["outcome"] for row in rows} == set(status_quo.ending)
    for name in status_quo.ending:
        mine = [row for row in rows if row["outcome"] == name]
        times = [status_quo.length * number / ONE.points for number in range(ONE.points + 1)]
        for place in (0, 30, 77, -1):
            (share,) = status_quo.incidence(name, [times[place]]).shares
            row = mine[place]
            assert (row["hits"], row["runs"], row["low"], row["high"]) == (share.hits, 30, share.low, share.high)
            assert row["share"] == share.hits / 30
            assert row["time"] == milliseconds(status_quo, status_quo.scenario.start + times[place])
        assert mine[-1]["hits"] == status_quo.outcomes[name].hits


def test_what_is_left_at_the_horizon_comes_true_there_and_not_before(status_quo):
    (panel,) = panels(plot(status_quo, "incidence", outcomes="stalemate"))

    hits = [row["hits"] for row in rows_with(panel, "hits")]

    assert hits[:-1] == [0] * (len(hits) - 1)
    assert hits[-1] == status_quo.outcomes["stalemate"].hits


def test_runs_of_one_draw_do_not_count_as_independent(nested):
    (panel,) = panels(plot(nested, "incidence", outcomes="talks_succeed"))
    last = rows_with(panel, "hits")[-1]

    expected = proportion_over_draws(nested.runs.reached("talks_succeed"), nested.draws)

    assert (last["low"], last["high"]) == (expected.low, expected.high)


def test_documented_events_lie_before_each_scenario_s_branch(comparison):
    drawn = panels(plot(comparison, "incidence"))

    for panel, one in zip(drawn, comparison.everyone, strict=True):
        branch = milliseconds(one, one.scenario.start)
        marks = rows_with(panel, "id")
        ids = {row["id"] for row in marks}
        assert len(ids) > 5
        assert all(row["time"] <= branch for row in marks)
        past = sum(event.kind == "documented" for event in one.scenario.past)
        assert ids <= {item.id for item in one.source.documented[:past]}
        assert one.source.documented[past - 1].id in ids
        (said,) = [row for row in rows_with(panel, "text") if "branch" in row["text"]]
        assert said["time"] == branch
    assert "branch, 29 Aug 2014" in plot(comparison, "incidence").svg()


def test_labels_at_the_curves_ends_do_not_overlap_and_carry_share_and_interval(status_quo):
    (panel,) = panels(plot(status_quo, "incidence"))
    labels = [row for row in rows_with(panel, "label_at") if "share" in row]
    top = panel["layer"][-1]["encoding"]["y"]["scale"]["domain"][1]

    places = sorted(row["label_at"] / top * panel["height"] for row in labels)

    assert len(places) == len(status_quo.ending)
    assert all(after - before >= LINE - 1e-6 for before, after in pairwise(places))
    for row in labels:
        found = status_quo.outcomes[row["outcome"]]
        assert str(found) in row["text"]


def test_all_panels_have_the_same_scales(comparison):
    drawn = panels(plot(comparison, "incidence"))

    scales = [
        {str(layer["encoding"][axis].get("scale")) for layer in panel["layer"] for axis in ("x", "y")
         if "scale" in layer["encoding"][axis]}
        for panel in drawn
    ]  # fmt: skip
    assert scales[0] == scales[1] == scales[2]
    assert len(scales[0]) == 2


def test_a_model_without_dates_has_its_own_time_and_no_past(tmp_path):
    found = run(SPECIMENS / "duel.yaml", runs=40, ledger=tmp_path / "ledger", workers=1)

    picture = plot(found, "incidence")

    (panel,) = panels(picture)
    x = panel["layer"][-3]["encoding"]["x"]
    assert x["type"] == "quantitative"
    assert x["axis"]["title"] == "the model's time"
    assert x["scale"]["domain"][1] < 200, "all runs end long before the horizon"
    assert rows_with(panel, "id") == []
    assert "All runs had ended" in " ".join(picture.spec["vconcat"][0]["title"]["text"])
    assert picture.svg()


@pytest.mark.parametrize(
    ("days", "first", "second"),
    [
        (1, ["06:00", "27 May"], ["09:00"]),
        (20, ["30 May", "2012"], ["2 Jun"]),
        (200, ["1 Jun", "2012"], ["1 Jul"]),
        (1400, ["1 Jul", "2012"], ["1 Jan", "2013"]),
        (30_000, ["2020"], ["2040"]),
    ],
)
def test_ticks_are_round_dates_and_say_the_year_when_it_is_new(status_quo, days, first, second):
    ticks = Axis(status_quo.scenario, 1.2, 1.2 + days, 600).ticks(8)

    assert [text for _, text in ticks[:2]] == [first, second]
    assert 3 <= len(ticks) <= 10
    assert [tick for tick, _ in ticks] == sorted({tick for tick, _ in ticks})
