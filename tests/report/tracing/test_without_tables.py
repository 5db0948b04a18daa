import json
from dataclasses import replace

import pytest

from sim.explain.graph.traced_case import TracedCase
from sim.report.tracing.without_tables import (
    OTHER_PAST,
    OURS,
    difference_tables,
    in_words,
    nothing_changes,
    treated_table,
    without_data,
)
from sim.study.plan import Plan
from sim.study.use_cases import compare_experiments
from sim.study.withdrawal import withdrawn, without
from tests.explain.quarrel import MODEL, write

SHOT = MODEL.replace("outcomes:\n", "outcomes:\n  shot: {on: [shots_fired], title: A shot is fired}\n")


@pytest.fixture
def told(tmp_path):
    def tell(*texts, runs=60):
        plan = Plan(ledger=tmp_path / "ledger", workers=1, runs=runs)
        experiment, found = withdrawn(write(tmp_path, model=SHOT), texts, plan)
        case = TracedCase.of("quarrel", experiment.case)
        if not found.changes:
            return case, found, None
        other = without(experiment, found, plan)
        how = "compare" if found.omits else "refuse"
        return case, found, compare_experiments([experiment, other], plan, unpaired=how)

    return tell


def test_each_part_is_listed_with_what_is_done_and_why_what_changes_first(told):
    table = treated_table(*told("letter:1", "diary")[:2])

    assert [row[1] for row in table.rows[:4]] == ["taken out", "taken out", "switched off", "widened"]
    assert {row[1] for row in table.rows[4:]} == {"kept"}
    assert table.rows[3][0] == "parameter grace"
    assert table.rows[3][3].endswith("model.yaml:16")
    assert "1 rule is switched off, 1 parameter is widened" in table.caption


def test_that_the_width_is_a_choice_is_said_where_no_range_gives_it(told):
    assert OURS in treated_table(*told("diary")[:2]).caption
    assert OURS not in treated_table(*told("more-shots")[:2]).caption


def test_it_is_said_of_a_negative_number_too_which_becomes_uniform(tmp_path):
    negative = SHOT.replace("grace: {value: 0.5, unit: 1/day,", "grace: {value: -0.5, unit: 1/day,")
    negative = negative.replace("clock: {rate: grace}", "clock: {rate: -grace}")
    plan = Plan(ledger=tmp_path / "ledger", workers=1, runs=1)
    experiment, found = withdrawn(write(tmp_path, model=negative), ["diary"], plan)

    assert next(one.widened.law for one in found.treated if one.widened) == "uniform"
    assert OURS in treated_table(TracedCase.of("quarrel", experiment.case), found).caption


def test_what_surely_changes_is_told_with_its_interval_and_the_others_with_their_reach(told):
    _, _, compared = told("letter")
    said = in_words(compared)

    assert "- 'A shot is fired' falls from" in said
    assert "points (-" in said


def test_where_nothing_surely_changes_it_says_what_cannot_be_ruled_out(told):
    _, _, compared = told("more-shots", runs=10)
    said = in_words(compared)

    assert said.startswith("No outcome surely changes.\nIn them, changes up to ")


def test_runs_that_begin_with_another_past_are_not_called_pairs(told):
    _, found, compared = told("more-shots")
    captions = [table.caption for table in difference_tables(compared)]

    assert found.omits
    assert not compared.versus[0].paired
    assert OTHER_PAST in captions


def test_where_all_has_other_support_nothing_is_run(told):
    _, found, compared = told("letter:2")

    assert compared is None
    assert "Nothing changes without letter §2" in nothing_changes(found)
    assert nothing_changes(found).endswith("rests on letter §1, too. To withdraw that as well, add: --without letter:1")


def test_figures_that_are_withheld_are_not_told(told):
    _, _, compared = told("letter")
    versus = compared.versus[0]
    all_failed = replace(versus.other.runs, failed={"E601": tuple(range(60))})
    broken = replace(compared, versus=(replace(versus, other=replace(versus.other, runs=all_failed)),))

    assert in_words(broken).startswith("No figure is given")


def test_the_data_have_all_that_is_done_and_the_comparison_and_are_json(told):
    data = json.loads(json.dumps(without_data(*told("diary"))))

    assert data["withdrawn"] == ["diary"]
    treated = {one["name"]: one for one in data["treated"]}
    assert treated["grace"]["prior"]["law"] == "lognormal"
    assert treated["south_calls"]["still_rests_on"] == ["letter §3"]
    assert data["comparison"]["versus"][0]["paired"]
    assert data["comparison"]["queries"]
