"""Comparisons put together from results: what they count, rank, split and write down."""

import json
import re

import numpy as np
import pytest

from sim.analysis.differences.divergences import Divergences
from sim.analysis.differences.turning_points import TurningPoint, ranked_turns
from sim.analysis.divergence import Difference, Divergence
from sim.analysis.pairing import common_runs, ranked
from sim.report.comparison_tables import legend, tables
from sim.report.comparison_words import paragraph
from sim.report.table import Table
from sim.statistics.differences import measure_difference, outcome_difference
from sim.statistics.estimates import percent, proportion
from sim.statistics.simultaneous import rank_ranges, sidak
from sim.statistics.uncertainty import variance_parts
from sim.study.api import compare
from sim.study.plan import Plan
from sim.study.use_cases import compare_experiments
from tests.analysis.crises import experiment, write

SOME_FAIL = ("fell_heads, weight: bias", "fell_heads, weight: log(2.5 * bias)")  # below 0 where the bias is below 0.4
ALL_FAIL = ("fell_heads, weight: bias", "fell_heads, weight: 0 - bias")
AT_ONCE = ("{rate: 0.3}", "{fixed: 1}")
NOTHING_ENDS = ((", ends_run: true", ""), ('  hangs: {title: "Neither: it hangs in the air", otherwise: true}\n', ""))


def compared(folder, *names, runs=80, **options):
    return compare(
        *(folder / f"{name}.yaml" for name in names), runs=runs, ledger=folder / "ledger", workers=1, **options
    )


def held(comparison, outcome):
    """Return the outcome's truth in the common runs of each of two scenarios."""
    one, other = common_runs(comparison.baseline.runs, comparison.versus[0].other.runs)
    return one.reached(outcome), other.reached(outcome)


def cells(table: Table, row: int) -> dict[str, str]:
    return dict(zip((heading for heading, _ in table.columns), table.rows[row], strict=True))


def test_changes_and_shifts_are_those_of_the_runs_beside_each_other(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "loaded")

    (versus,) = found.versus
    assert list(versus.changes) == list(found.baseline.outcomes) == ["tails", "heads", "hangs", "soon"]
    for name, item in versus.changes.items():
        assert item == outcome_difference(name, *held(found, name))
    assert versus.changes["heads"].gained > 0
    assert versus.changes["hangs"].changed == 0
    one, other = (results.runs.measures["until_it_falls"] for results in found.everyone)
    assert versus.shifts["until_it_falls"] == measure_difference("until_it_falls", one, other)


def test_the_pairs_that_ended_otherwise_are_those_whose_ends_differ(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "loaded")

    one, other = (results.runs.ended for results in found.everyone)
    (versus,) = found.versus
    assert (versus.pairs, versus.ended_otherwise) == (80, int((one != other).sum()))
    assert versus.ended_otherwise == sum(item.ended_otherwise for item in versus.divergences) > 0
    assert versus.ended_otherwise == len(versus.turning_points)
    (top,) = versus.turning
    assert (top.how, top.rule, top.one, top.other) == ("other choice", "coin_falls", "fell_tails", "fell_heads")
    assert (top.undone, top.third) == (versus.ended_otherwise, 0)
    assert top.share == proportion(versus.ended_otherwise, versus.ended_otherwise)
    assert versus.first[0].causes == ("parameter bias",)


def too_late_or_quick(folder, *changes):
    """Compare runs that see the same fall, which in one of them comes too late to count."""
    write(
        folder,
        ("{rate: 0.3}", "{fixed: 4 * pace}"),
        ("parameters: {", "parameters: {pace: {value: 1, basis: {judgement: a guess}}, "),
        ("when: side == heads, ends_run: true", "when: side == heads, within: 3, ends_run: true"),
        *changes,
    )
    (folder / "quick.yaml").write_text("scenario: quick\nextends: as-it-is.yaml\nparameters: {pace: 0.5}\n")
    return compared(folder, "as-it-is", "quick")


def test_of_runs_that_go_on_after_an_ending_none_is_said_to_have_gone_on_instead_of_it(tmp_path):
    said = paragraph(too_late_or_quick(tmp_path, ("ends_run: true", "ending: true")))

    assert "the turning point was: 'The coin fell heads', at another time" in said
    assert "went on" not in said


def test_an_event_that_both_have_and_that_came_too_late_in_one_turned_them_by_its_time(tmp_path):
    found = too_late_or_quick(tmp_path)

    (versus,) = found.versus
    one, other = (results.runs.ended for results in found.everyone)
    assert versus.ended_otherwise == int((one != other).sum()) > 0
    (turning,) = versus.turning
    assert (turning.how, [cause.name for cause in turning.causes]) == ("other time", ["parameter pace"])
    assert (turning.one, turning.other) == ("fell_heads", "fell_heads")
    assert turning.share.hits == turning.undone == versus.ended_otherwise
    said = "'The coin fell heads', at another time (because of: parameter pace)"
    assert f"the turning point was: {said}" in paragraph(found)
    assert f"In {versus.ended_otherwise} of 80 pairs of runs the end was another." in paragraph(found)


def test_a_parameter_that_only_the_end_reads_is_behind_the_other_end(tmp_path):
    folder = write(
        tmp_path,
        ("parameters: {", "parameters: {pace: {value: 1, basis: {judgement: a guess}}, "),
        ("when: side == heads, ends_run: true", "when: side == heads and pace > 0.7, ends_run: true"),
    )
    (folder / "slow.yaml").write_text("scenario: slow\nextends: as-it-is.yaml\nparameters: {pace: 0.5}\n")

    (versus,) = compared(folder, "as-it-is", "slow").versus

    assert versus.first == ()
    (turning,) = versus.turning
    assert (turning.how, [cause.name for cause in turning.causes]) == ("other end", ["parameter pace"])
    assert versus.turning[0].share.hits == versus.ended_otherwise > 0


def test_kinds_of_difference_are_ranked_by_how_many_pairs_have_them():
    rare = Difference(1.0, "only in one", "a", "x", "", 1, -1)
    common = Difference(2.0, "other time", "b", "y", "y", 1, 2, ("parameter p",))
    found = [Divergence(run, one) for run, one in enumerate([None, rare, common, common, common])]

    first = ranked(Divergences.of(found))

    assert [(item.rule, item.share, item.example) for item in first] == [
        ("b", proportion(3, 4), 2), ("a", proportion(1, 4), 1),
    ]  # fmt: skip
    assert first[0].causes == ("parameter p",)
    assert ranked(Divergences.of([])) == ()


def point(run, to, **more):
    known = {"time": 1.0, "how": "only in one", "rule": "a", "one": "x", "other": "", "one_sequence": 1,
             "other_sequence": -1, "assumed": False, "causes": ("parameter p",)}  # fmt: skip
    return TurningPoint(run=run, undone=to, **(known | more))


def test_turning_points_are_ranked_by_how_many_pairs_have_them_and_assumptions_by_their_weight():
    without = ("parameter p", "other end"), ("parameter q", "third end")
    found = [
        point(4, "other end"),
        point(2, "third end", rule="b", causes=("parameter p", "parameter q"), without=without),
        point(3, "other end", rule="b", causes=("parameter q",), without=(("parameter q", "other end"),)),
        point(7, "same end", rule="b", causes=("parameter r",), without=(("parameter r", "same end"),),
              enough=(("parameter r",), ("parameter p", "parameter q"))),
    ]  # fmt: skip

    first, second = ranked_turns(found)

    assert (first.rule, first.share, first.undone, first.third, first.example) == ("b", proportion(3, 4), 1, 1, 2)
    assert [(one.name, one.back, one.third, one.enough, one.pairs) for one in first.causes] == [
        ("parameter q", 1, 1, 0, 3), ("parameter p", 1, 0, 0, 3), ("parameter r", 0, 0, 1, 3),
    ]  # fmt: skip
    assert (second.rule, second.share, second.undone) == ("a", proportion(1, 4), 1)
    assert ranked_turns([]) == ()


def test_pairs_of_which_one_run_failed_may_be_gained_lost_or_neither(tmp_path):
    found = compared(write(tmp_path, SOME_FAIL), "as-it-is", "loaded", despite_failures=True)

    (versus,) = found.versus
    sides = (found.baseline.runs, versus.other.runs)
    whole = sides[0].whole & sides[1].whole
    heads = versus.changes["heads"]
    assert 0 < found.baseline.failed < 80
    assert versus.pairs == heads.pairs == 80
    assert heads.unknown == (sides[0].unknown("heads") | sides[1].unknown("heads")).sum() >= 80 - whole.sum()
    assert versus.ended_otherwise == (sides[0].ended != sides[1].ended)[whole].sum()
    assert f"; {heads.unknown} unknown" in str(tables(found)[0])
    assert heads.difference.value is None
    assert found.to_frame().set_index("outcome").loc["heads", "difference"] is None
    assert json.dumps(found.as_data(), allow_nan=False)


def test_no_figure_is_given_where_many_runs_failed(tmp_path):
    found = compared(write(tmp_path, SOME_FAIL), "as-it-is", "loaded", "glued")

    assert found.baseline.withheld
    assert not found.versus[1].other.withheld
    for versus in found.versus:
        for found_change in versus.changes.values():
            difference = found_change.difference
            assert (difference.value, difference.low, difference.high) == (None, None, None)
            assert str(found_change.one) == "not given"
        assert versus.turning == versus.first == ()
    assert found.rankings == {}
    assert "so there is nothing to compare with" in paragraph(found)
    whole, *others = tables(found, statistics=True)
    assert whole.rows[0][1:] == ("not given",) * 3
    assert all(table.rows[0][1:3] == ("not given", "") for table in others)
    assert json.dumps(found.as_data(), allow_nan=False)
    assert found.to_frame()["baseline"].isna().all()


def test_several_scenarios_have_intervals_that_hold_together_and_ranks(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "loaded", "glued", runs=200)

    assert found.level == sidak(2 * 3)
    assert [versus.changes["heads"].difference.level for versus in found.versus] == [found.level] * 2
    for name in ("tails", "heads", "hangs"):
        expected = rank_ranges([results.runs.reached(name) for results in found.everyone])
        assert list(found.rankings[name].ranks.values()) == expected
    assert found.rankings["hangs"].ranks[found.versus[1].other.source.ensemble] == (1, 1, 1)
    assert "soon" not in found.rankings
    assert compared(write(tmp_path), "as-it-is", "loaded").rankings == {}


def test_one_scenario_alone_has_intervals_that_hold_by_themselves(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "loaded")

    assert found.level == 0.95
    assert legend(found) == ""


def test_two_scenarios_of_the_same_name_keep_their_own_places(tmp_path):
    folder = write(tmp_path)
    (folder / "again.yaml").write_text("scenario: as-it-is\nextends: as-it-is.yaml\ndisable: [coin_falls]\n")

    found = compared(folder, "as-it-is", "again", "loaded", runs=100)

    ranking = found.as_data()["rankings"]["hangs"]
    assert sorted(place["rank"] for place in ranking.values()) == [1, 2, 2]
    assert len(found.rankings["hangs"].ranks) == 3
    table = next(table for table in tables(found, statistics=True) if table.title.startswith("Neither"))
    assert [cells(table, row)["rank"] for row in range(3)] == ["2 (2 to 3)", "1", "2 (2 to 3)"]


def test_in_a_nested_design_the_variance_is_split_into_chance_parameters_and_scenario(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "loaded", runs=10, draws=12)

    numbers = found.baseline.runs.numbers // 10
    expected = variance_parts(
        {one.scenario.name: (one.runs.reached("heads").astype(float), numbers) for one in found.everyone}
    )
    assert found.parts["heads"] == expected
    table = tables(found)[-1]
    assert [heading for heading, _ in table.columns] == ["outcome", "chance", "parameters", "scenario"]
    assert cells(table, 1)["scenario"].startswith(f"{expected['scenario'].value * 100:.0f} %")
    assert found.versus[0].changes["heads"] == outcome_difference("heads", *held(found, "heads"), numbers.astype(float))
    assert compared(write(tmp_path), "as-it-is", "loaded").parts == {}


def test_nested_designs_that_are_no_pairs_are_compared_by_their_draws(tmp_path):
    folder = write(tmp_path)
    experiments = [experiment(folder, runs=10, draws=12), experiment(folder, "loaded", runs=10, draws=12, seed=2)]

    found = compare_experiments(experiments, Plan(folder / "ledger", 10, draws=12, workers=1), unpaired="compare")

    difference = found.versus[0].changes["heads"].difference
    shares = [results.runs.reached("heads").reshape(12, 10).mean(axis=1) for results in found.everyone]
    error = np.sqrt(sum(share.var(ddof=1) / 12 for share in shares))
    assert difference.value == pytest.approx(shares[1].mean() - shares[0].mean())
    assert difference.high - difference.value > 1.96 * error


@pytest.mark.parametrize("runs", [1, 2, 3])
@pytest.mark.parametrize(
    "changes",
    [(), (SOME_FAIL,), (ALL_FAIL, AT_ONCE), NOTHING_ENDS],
    ids=["plain", "some fail", "all fail", "nothing ends"],
)
@pytest.mark.parametrize(
    "names", [("as-it-is", "loaded"), ("as-it-is", "loaded", "pushed"), ("glued", "loaded", "pushed")], ids=len
)
def test_few_runs_and_failed_runs_can_be_compared_shown_told_and_written_down(tmp_path, names, changes, runs):
    found = compared(write(tmp_path, *changes), *names, runs=runs)

    assert json.loads(json.dumps(found.as_data(), allow_nan=False))["baseline"]["runs"] == runs
    assert all(str(table) for table in tables(found))
    assert found.baseline.scenario.title in paragraph(found)
    assert "nan" not in paragraph(found)


@pytest.mark.parametrize(("runs", "draws"), [(1, 2), (2, 2), (2, 3), (3, 4)])
@pytest.mark.parametrize("changes", [(), (SOME_FAIL,), (ALL_FAIL, AT_ONCE)], ids=["plain", "some fail", "all fail"])
def test_small_nested_designs_can_be_compared_shown_told_and_written_down(tmp_path, changes, runs, draws):
    found = compared(write(tmp_path, *changes), "as-it-is", "glued", "loaded", runs=runs, draws=draws)

    assert json.dumps(found.as_data(), allow_nan=False)
    assert all(str(table) for table in tables(found))
    assert "nan" not in paragraph(found)


def test_the_data_have_every_number_of_the_comparison(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "loaded", "glued")

    data = found.as_data()

    assert data["baseline"] == json.loads(json.dumps(found.baseline.as_data()))
    assert data["level_of_each_interval"] == found.level
    for written, versus in zip(data["versus"], found.versus, strict=True):
        assert (written["pairs"], written["parted"]) == (80, sum(item.first is not None for item in versus.divergences))
        assert (written["paired"], written["ended_otherwise"]) == (True, versus.ended_otherwise)
        heads = versus.changes["heads"]
        assert written["changes"]["heads"]["gained"] == heads.gained
        assert written["changes"]["heads"]["difference"]["low"] == heads.difference.low
        assert written["changes"]["heads"]["independent_runs"] == heads.independent_runs
        assert written["shifts"]["until_it_falls"]["difference"]["value"] == versus.shifts[
            "until_it_falls"
        ].difference.value  # fmt: skip
        assert len(written["turning_points"]) == len(versus.turning)
    among = {"among_those_against": "as-it-is"}
    assert data["rankings"]["hangs"]["glued"] == {"rank": 1, "from": 1, "to": 1, **among}
    assert [one["against"]["scenario"] for one in data["versus"]] == ["as-it-is", "as-it-is"]
    assert data["left_out"] == []
    assert data["goal"] is None


def test_the_goal_of_a_comparison_is_written_down(tmp_path):
    found = compared(
        write(tmp_path), "as-it-is", "loaded", until="±30pp on difference in heads", runs=None
    )  # fmt: skip

    assert found.as_data()["goal"] == {"goal": "±30pp on difference in heads", "met": True}


def test_the_table_of_two_has_the_numbers_of_the_changes(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "loaded", runs=200)

    table, milestones, *_ = tables(found)
    saved = tables(found, statistics=True)[-1]

    assert table.title == "'A loaded coin' against 'As it is'"
    assert saved.title == "What the same luck saves"
    outcomes = ["Tails", "Heads", "Neither", "It falls soon, before the run ended"]
    assert [row[0] for row in saved.rows[:4]] == outcomes
    assert [row[0] for row in table.rows] == outcomes[:3]
    assert milestones.title == "What came before the run ended"
    assert [row[0] for row in milestones.rows] == ["It falls soon"]
    heads = found.versus[0].changes["heads"]
    _, one, other, difference, changed = table.rows[1]
    _, counts, gain, independent = saved.rows[1]
    for written, share in ((one, heads.one), (other, heads.other)):
        ends = f"{percent(share.low)} to {percent(share.high)}".replace(" %", "")
        assert written == f"{percent(share.hits / 200)} ({ends})"
    points, interval = difference.removesuffix(")").split(" (")
    assert points == f"{(heads.other.hits - heads.one.hits) / 2:+.1f}"
    assert interval == f"{heads.difference.low * 100:+.1f} to {heads.difference.high * 100:+.1f}"
    assert changed == f"{heads.lost} / {heads.gained}"
    assert counts == f"{heads.both} / {heads.lost} / {heads.gained} / {heads.neither}"
    reduction = heads.variance_reduction
    assert gain == f"{reduction.value:.1f} ({reduction.low:.1f} to {reduction.high:.1f})"
    ends = [round(200 * end) for end in (reduction.value, reduction.low, reduction.high)]
    assert independent == f"{ends[0]} ({ends[1]} to {ends[2]})"


def test_the_tables_of_several_have_a_scenario_a_row_and_mark_what_leaves_nought_out(tmp_path):
    found = compared(write(tmp_path), "as-it-is", "pushed", "glued", runs=200)

    table = next(table for table in tables(found, ["heads"]) if table.title.startswith("Heads"))

    assert [row[0] for row in table.rows] == ["As it is", "A push", "A glued coin"]
    assert [cells(table, row)["difference,\npoints"][-1:] for row in (1, 2)] == [" ", "!"]
    assert cells(table, 2)["lost /\ngained"] == f"{found.versus[1].changes['heads'].lost} / 0"
    assert "Sidak, 6 differences" in legend(found, ["heads"])
    assert "Sidak, 6 differences" in tables(found)[0].caption


def test_what_is_not_paired_is_marked_and_explained_below_the_tables(tmp_path):
    folder = write(tmp_path)

    found = compared(folder, "as-it-is", "loaded", "longer", unpaired=True)

    whole, table = tables(found)[0], tables(found, ["heads"])[0]
    titles = ["As it is", "A loaded coin", "Longer *"]
    assert [row[0] for row in table.rows] == [row[0] for row in whole.rows] == titles
    assert cells(table, 2)["lost /\ngained"] == ""
    assert re.search(r"\* 'Longer' is not paired with the baseline: .*horizons", legend(found))


def test_outcomes_of_which_none_ends_a_run_are_compared_all(tmp_path):
    found = compared(write(tmp_path, *NOTHING_ENDS), "as-it-is", "loaded", "glued", runs=100)

    assert found.ending == ()
    assert found.primary == ("tails", "heads", "soon")
    assert found.level == sidak(2 * 3)
    assert set(found.rankings) == {"tails", "heads", "soon"}
    assert len(tables(found)) == 1
    assert len(tables(found, statistics=True)) == 1 + 3
    assert "runs see most often" in paragraph(found)
    assert "the end was another" not in paragraph(found)
