import pytest

from sim.analysis.labels import short
from sim.errors import UsageError
from sim.report.comparison_tables import with_interval
from sim.report.pictures import plot
from sim.report.pictures.charts import upper
from sim.report.pictures.style import looks
from sim.study.api import compare, run
from tests.report.conftest import CASE, RUNS, panels, rows_with


def test_probabilities_are_the_results_with_their_intervals(status_quo):
    ending, others = panels(plot(status_quo))

    rows = rows_with(ending, "place")
    assert [row["label"] for row in rows] == [short(status_quo.model, name) for name in status_quo.ending]
    assert len(rows_with(others, "place")) == len(status_quo.outcomes) - len(status_quo.ending)
    for row, name in zip(rows, status_quo.ending, strict=True):
        found = status_quo.outcomes[name]
        assert (row["value"], row["low"], row["high"]) == (found.share, found.low, found.high)
        assert (row["text_0"], row["text_1"]) == (str(found), found.interval)
        assert row["colour"] == looks(status_quo.model)[name].colour
    assert ending["title"]["subtitle"] == ["30 runs"]


def test_where_only_a_bound_is_known_there_is_no_dot(status_quo):
    names = [name for name in status_quo.outcomes if status_quo.outcomes[name].share is None]
    assert names, "with so few runs some outcome never comes"

    (panel,) = panels(plot(status_quo, outcomes=names))

    for row, name in zip(rows_with(panel, "place"), names, strict=True):
        found = status_quo.outcomes[name]
        assert row["value"] is None
        assert row["bound"] == (found.high if found.hits == 0 else found.low)
        assert row["text_0"].startswith(("below", "above"))


def test_a_nested_design_shows_chance_alone_and_what_is_not_known(nested):
    picture = plot(nested)
    shown = [row for panel in panels(picture) for row in rows_with(panel, "place")]
    names = [*nested.ending, *(name for name in nested.outcomes if name not in nested.ending)]

    for row, name in zip(shown, names, strict=True):
        found = nested.outcomes[name]
        if name not in nested.splits:  # the draws bound it, and there is nothing to split
            assert (row["low"], row["high"]) == (found.low, found.high)
            assert "wide_low" not in row
        else:
            part = nested.splits[name]
            assert (row["low"], row["high"]) == (max(0, part.aleatory.low), min(1, part.aleatory.high))
            assert (row["wide_low"], row["wide_high"]) == part.epistemic
    foot = " ".join(picture.spec["vconcat"][0]["title"]["text"])
    assert "chance alone" in foot
    assert "67% of the draws of the parameters" in foot
    assert "not known about them" in foot
    assert "5 draws of the parameters with 6 runs each" in foot


def test_several_scenarios_are_panels_in_the_order_given(status_quo, talks_hold):
    drawn = panels(plot([talks_hold, status_quo], "probabilities"))

    assert [panel["title"]["text"] for panel in drawn] == [["Talks hold"], ["Status quo"]]
    assert drawn[0]["layer"][0]["encoding"]["x"]["scale"] == drawn[1]["layer"][0]["encoding"]["x"]["scale"]


def test_differences_are_the_comparison_s_with_simultaneous_intervals(comparison):
    picture = plot(comparison)

    drawn = panels(picture)
    assert [panel["title"]["text"][0] for panel in drawn] == [
        short(comparison.baseline.model, name) for name in comparison.ending
    ]
    for panel, name in zip(drawn, comparison.ending, strict=True):
        rows = rows_with(panel, "place")
        assert [row["label"] for row in rows] == ["Talks hold", "The general is not dismissed"]
        for row, one in zip(rows, comparison.versus, strict=True):
            found = one.changes[name].difference
            assert (row["value"], row["low"], row["high"]) == (found.value, found.low, found.high)
            assert row["opacity"] == (1.0 if one.paired and found.excludes_zero else 0.45)
        assert [row["fill"] == "white" for row in rows] == [False, True]
        low, high = panel["layer"][0]["encoding"]["x"]["scale"]["domain"]
        assert all(low <= row["low"] <= row["high"] <= high for row in rows)
        assert low <= 0 <= high
    foot = " ".join(picture.spec["vconcat"][0]["title"]["text"])
    assert "30 pairs" in foot
    assert "simultaneous" in foot
    assert "Hollow: not paired" in foot
    assert "they branch at different moments" in foot


def test_two_scenarios_are_one_panel_of_outcomes(pair):
    (panel,) = panels(plot(pair))

    rows = rows_with(panel, "place")
    assert [row["label"] for row in rows] == [short(pair.baseline.model, name) for name in pair.ending]
    for row, name in zip(rows, pair.ending, strict=True):
        found = pair.versus[0].changes[name]
        assert (row["value"], row["low"]) == (found.difference.value, found.difference.low)
        assert (row["text_0"], row["text_1"]) == (with_interval(found.one), with_interval(found.other))


def test_outcomes_can_be_chosen(status_quo, comparison):
    (panel,) = panels(plot(status_quo, outcomes="troops_in"))
    assert [row["label"] for row in rows_with(panel, "place")] == [
        "Regional troops are in the country, before the run ended"
    ]

    (panel,) = panels(plot(comparison, outcomes=["coup_completed"]))
    assert panel["title"]["text"] == ["Coup completed"]

    (panel,) = panels(plot(status_quo, "incidence", outcomes=["troops_in"]))
    assert {row["outcome"] for row in rows_with(panel, "hits")} == {"troops_in"}


def test_an_outcome_has_one_colour_and_those_that_end_a_run_have_their_own(status_quo):
    seen = looks(status_quo.model)

    assert set(seen) == set(status_quo.outcomes)
    assert len({seen[name].colour for name in status_quo.ending}) == len(status_quo.ending)
    assert len({(look.colour, look.dash) for look in seen.values()}) == len(seen)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda one: plot(one, "pie"), "no picture called 'pie'"),
        (lambda one: plot(one, "timeline"), "of one run"),
        (lambda one: plot(one, "differences"), "of a comparison"),
        (lambda one: plot([], "incidence"), "no results"),
        (lambda one: plot(one, outcomes="coup"), "no outcome 'coup'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(status_quo, make, message):
    with pytest.raises(UsageError, match=message) as error:
        make(status_quo)
    assert error.value.code == "E015"


def test_a_scale_ends_a_little_above_the_largest_number():
    assert [upper(most) for most in (0.003, 0.13, 0.3, 0.41, 0.82, 0.95, 1.0, 0.0)] == [
        0.003, 0.15, 0.3, 0.5, 0.9, 1.0, 1.0, 1.0,
    ]  # fmt: skip


def test_intervals_that_do_not_hold_together_are_not_said_to(comparison):
    together, alone = plot(comparison), plot(comparison, outcomes="troops_in")

    assert "95 % interval," in together.svg()
    assert "95 % interval," not in alone.svg()
    assert f"{comparison.level * 100:.4g} % interval" in alone.svg()


def test_each_difference_is_from_the_baseline_at_its_own_moment_and_the_picture_says_which(ledger):
    names = ("status-quo", "talks-hold", "general-not-dismissed", "armoury-not-emptied")
    found = compare(*(CASE / f"{name}.yaml" for name in names), runs=RUNS, ledger=ledger, workers=1)

    picture = plot(found, outcomes=["coup_completed"])

    (panel,) = panels(picture)
    rows = rows_with(panel, "place")
    assert [row["label"] for row in rows] == [
        "Talks hold", "[1] The general is not dismissed", "[2] The armoury is not emptied",
    ]  # fmt: skip
    under = panel["title"]["subtitle"]
    for number, (baseline, line) in enumerate(zip(found.baselines, under, strict=True)):
        mark = f"[{number}] " if number else ""
        assert line.startswith(f"{mark}under '{baseline.scenario.title}': {baseline.outcomes['coup_completed']}")
    for row, one in zip(rows, found.versus, strict=True):
        assert row["value"] == one.changes["coup_completed"].difference.value
    foot = " ".join(picture.spec["vconcat"][0]["title"]["text"])
    assert "'Status quo, from 5 September 2014 (before armoury)' has the branch and the horizon of" in foot


def test_scenarios_that_begin_or_end_elsewhere_say_from_when_to_when(status_quo, talks_hold, ledger):
    later = run(CASE / "general-not-dismissed.yaml", runs=3, ledger=ledger, workers=1)

    def subtitles(*found):
        return [panel["title"]["subtitle"] for panel in panels(plot(list(found)))]

    spans = [lines[-2] for lines in subtitles(status_quo, later)]
    assert len(set(spans)) == 2
    assert all(line.startswith("from ") and " to " in line for line in spans)
    assert not any(line.startswith("from ") for lines in subtitles(status_quo, talks_hold) for line in lines)
