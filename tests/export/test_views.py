"""Draws as ViEWS exchanges them, held against its published rules: columns, whole numbers, no NaN, none below 0."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from sim.export.views import month_id

COUNTRY = 163


def read(made, number=0):
    described = json.loads((made.folder / "metadata.json").read_text())["files"][number]
    return pd.read_parquet(made.folder / described["file"]), described


def assert_draws_as_views_wants_them(draws):
    assert list(draws.columns) == ["month_id", "country_id", "draw", "outcome"]
    assert all(draws[name].dtype == np.int64 for name in ("month_id", "country_id", "draw"))
    assert not draws.isna().any().any()
    assert (draws["outcome"] >= 0).all()
    assert not draws.duplicated(["month_id", "country_id", "draw"]).any()
    counts = draws.groupby(["month_id", "country_id"])["draw"].agg(["count", "min", "max"])
    assert (counts["count"] == counts["count"].iloc[0]).all()
    assert (counts["min"] == 0).all()
    assert (counts["max"] == counts["count"] - 1).all()
    months = sorted(draws["month_id"].unique())
    assert months == list(range(months[0], months[-1] + 1))


def test_each_run_is_a_draw_and_its_months_add_up_to_its_measure(export, case):
    made = export("views", case, "--runs", 50, "--country-id", COUNTRY)

    for number, results in enumerate(made.results):
        draws, described = read(made, number)
        assert_draws_as_views_wants_them(draws)
        assert set(draws["country_id"]) == {COUNTRY}
        assert described["ensemble"] == results.source.ensemble
        assert described["measure"] == "deaths"
        total = draws.groupby("draw")["outcome"].sum()
        assert list(total) == list(results.runs.measures["deaths"])
        assert total.sum() > 0


def test_amounts_fall_into_the_month_of_their_event(export, case):
    made = export("views", case / "status-quo.yaml", "--runs", 30, "--country-id", COUNTRY)

    draws, _ = read(made)

    (results,), (logs,) = made.results, made.logs
    expected = dict.fromkeys(zip(draws["month_id"], draws["draw"], strict=True), 0.0)
    for run, log in logs:
        for event in log:
            if event.type == "shots_fired":
                expected[month_id(results.model.calendar.date_of(event.time)), run] += event.marks[0]
    assert dict(zip(zip(draws["month_id"], draws["draw"], strict=True), draws["outcome"], strict=True)) == expected


def test_months_that_are_covered_in_part_are_named(export, case):
    made = export("views", case / "status-quo.yaml", "--runs", 3, "--country-id", COUNTRY)

    draws, described = read(made)

    # January 2030 is month (2030 - 1980) * 12 + 1; the runs go from 3 January, 4 o'clock, to 2 July, 4 o'clock.
    assert sorted(draws["month_id"].unique()) == list(range(601, 608))
    assert described["partly_covered"] == [601, 607]
    covered = {month["month"]: month["share_covered"] for month in described["months"]}
    assert covered["2030-01"] == pytest.approx((31 - 2 - 4 / 24) / 31, abs=1e-4)
    assert covered["2030-02"] == 1
    assert covered["2030-07"] == pytest.approx((1 + 4 / 24) / 31, abs=1e-4)
    readme = (made.folder / "README.txt").read_text()
    assert "601" in readme
    assert "93%" in readme


def test_a_month_that_begins_at_the_horizon_is_none_and_a_december_is_whole(export, case):
    scenario = case / "status-quo.yaml"
    text = scenario.read_text()
    for horizon, said in (("2030-12-31", "the end of 2030-12-31"), ("2031-01-01T00:00", "2031-01-01 00:00")):
        scenario.write_text(text.replace("horizon: 180 days", f"horizon: {horizon}"))

        made = export("views", scenario, "--runs", 3, "--country-id", COUNTRY)
        draws, described = read(made)
        shutil.rmtree(made.folder)

        assert sorted(draws["month_id"].unique()) == list(range(601, 613))
        assert described["partly_covered"] == [601]
        assert described["horizon"] == said


def test_a_count_is_exported_if_it_is_named(export, case):
    model = case / "model.yaml"
    model.write_text(model.read_text() + "  shots: {count: shots_fired}\n  trust_end: {value: trust}\n")

    made = export("views", case / "status-quo.yaml", "--runs", 20, "--country-id", COUNTRY, "--measure", "shots")

    draws, described = read(made)
    assert_draws_as_views_wants_them(draws)
    assert described["measure"] == "shots"
    assert list(draws.groupby("draw")["outcome"].sum()) == list(made.results[0].runs.measures["shots"])


def test_an_amount_may_read_the_state_before_its_event(export, case):
    model = case / "model.yaml"
    model.write_text(model.read_text() + "  weighted: {sum: deaths * (violations + trust), on: shots_fired}\n")

    made = export("views", case / "status-quo.yaml", "--runs", 20, "--country-id", COUNTRY, "--measure", "weighted")

    draws, _ = read(made)
    np.testing.assert_allclose(draws.groupby("draw")["outcome"].sum(), made.results[0].runs.measures["weighted"])


def test_failed_runs_are_no_draws(export, case):
    model = case / "model.yaml"
    model.write_text(model.read_text().replace("range: [0, 1000]", "range: [0, 6]"))

    added_questions = ("views", case / "status-quo.yaml", "--runs", 200, "--country-id", COUNTRY, "--despite-failures")
    made = export(*added_questions, code=1)

    draws, described = read(made)
    assert_draws_as_views_wants_them(draws)
    runs, failed = made.results[0].runs, made.results[0].failed
    assert (described["draws"], described["failed_runs_left_out"]) == (200 - failed, failed)
    assert list(draws.groupby("draw")["outcome"].sum()) == list(runs.measures["deaths"][runs.whole])


@pytest.mark.parametrize("form", [("views", "--country-id", COUNTRY), ("hubverse",)], ids=lambda form: form[0])
def test_no_forecast_is_exported_where_many_runs_failed(sim, case, tmp_path, form):
    model = case / "model.yaml"
    model.write_text(model.read_text().replace("range: [0, 1000]", "range: [0, 6]"))

    answer = sim("export", form[0], case / "status-quo.yaml", "--runs", 100, "--to", tmp_path / "out", *form[1:])

    assert answer.code == 1
    assert "error E611: no figures of 'status-quo' are given" in answer.err
    assert not (tmp_path / "out").exists()


def test_the_frame_of_views_itself_takes_the_draws(export, case):
    frames = pytest.importorskip("views_frames", reason="ViEWS's own frames are not installed")
    from views_frames.conformance import assert_frame_contract

    draws, _ = read(export("views", case / "status-quo.yaml", "--runs", 10, "--country-id", COUNTRY))
    wide = draws.pivot(index=["month_id", "country_id"], columns="draw", values="outcome")

    level = frames.SpatialLevel.CM
    index = frames.SpatioTemporalIndex(
        time=wide.index.get_level_values(0).to_numpy(), unit=wide.index.get_level_values(1).to_numpy(), level=level
    )
    frame = frames.PredictionFrame(wide.to_numpy(np.float32), index)

    assert_frame_contract(frame)
    assert level.index_names == ("month_id", "country_id")
    assert (frame.n_rows, frame.sample_count) == (7, 10)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "needs --country-id"),
        (["--country-id", COUNTRY, "--measure", "deahts"], "did you mean 'deaths'"),
        (["--country-id", COUNTRY, "--measure", "trust_end"], "only a sum or a count falls into months"),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is_run(sim, case, tmp_path, arguments, says):
    model = case / "model.yaml"
    model.write_text(model.read_text() + "  trust_end: {value: trust}\n")

    answer = sim("export", "views", case / "status-quo.yaml", "--to", "out", *arguments)

    assert answer.code == 2
    assert "E014" in answer.err
    assert says in answer.err
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "ledger").exists()


def test_a_model_without_a_sum_or_without_dates_is_refused(sim, case, dice):
    model = case / "model.yaml"
    text = model.read_text()
    model.write_text(text[: text.index("measures:")] + "measures: {shots: {count: shots_fired}}\n")

    without_sum = sim("export", "views", case / "status-quo.yaml", "--country-id", COUNTRY, "--to", "out")
    without_dates = sim("export", "views", dice, "--country-id", COUNTRY, "--to", "out")

    assert (without_sum.code, without_dates.code) == (2, 2)
    assert "no measure of kind sum" in without_sum.err
    assert "shots" in without_sum.err
    assert "needs dates" in without_dates.err


def test_a_crisis_before_the_months_of_views_is_refused(sim, case):
    for file in (*case.glob("*.yaml"), *(case.parent.parent / "seeds" / "ceasefire").glob("*.yaml")):
        file.write_text(file.read_text().replace("2030", "1979"))

    answer = sim("export", "views", case / "status-quo.yaml", "--country-id", COUNTRY, "--to", "out")

    assert answer.code == 2
    assert "before ViEWS's first month" in answer.err


def test_a_negative_amount_is_refused_and_nothing_is_left(sim, case, tmp_path):
    model = case / "model.yaml"
    model.write_text(model.read_text() + "  lost: {sum: -1 - deaths, on: shots_fired}\n")

    answer = sim(
        "export", "views", case / "status-quo.yaml", "--runs", 20, "--country-id", COUNTRY, "--measure", "lost",
        "--to", "out",
    )  # fmt: skip

    assert answer.code == 1
    assert "E014" in answer.err
    assert "ViEWS counts from 0 up" in answer.err
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]
