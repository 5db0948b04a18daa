import json

import pytest

from sim.report.tracing.trace_forms import answers_table, sources_data, sources_table, spans, trace_data, trace_lines
from sim.study.case_files import traced_case
from sim.study.tracing import trace
from tests.explain.quarrel import write


@pytest.fixture
def traced(tmp_path):
    write(tmp_path)
    return traced_case(str(tmp_path), tmp_path / "ledger")


def lines(traced, text, depth=3):
    return trace_lines(trace(traced, text, depth))


def test_a_paragraph_is_told_with_what_rests_on_it_and_on_what_else_that_rests(traced):
    said = "\n".join(lines(traced, "letter:2"))

    assert "Paragraph 2 of source letter: The letter" in said
    assert "a basis of parameter delay (drawn from pert(1, 4, 10) days)" in said
    assert "rests on letter §2; a judgement" in said
    assert "read by the clock of rule south_calls" in said


def test_a_line_is_set_in_by_its_steps_from_the_beginning(traced):
    depths = [(len(line) - len(line.lstrip())) // 2 for line in lines(traced, "anger") if line.startswith("  ")]

    assert depths[0] == 1
    assert max(depths) == 3


def test_the_last_line_withdraws_the_paragraphs_that_were_traced(traced):
    table = answers_table(trace(traced, "letter:1,2", 3))

    assert table.caption.endswith("What changes without it: sim trace SCENARIO --without letter:1,2")


def test_a_paragraph_that_nobody_cites_is_told_with_those_that_are(traced):
    said = "\n".join(lines(traced, "letter:5"))

    assert "rests on it. Cited of this source: 1-4." in said
    assert answers_table(trace(traced, "letter:5", 3)) is None


def test_what_cites_the_source_without_a_paragraph_is_named(traced):
    said = "\n".join(lines(traced, "diary:1"))

    assert "Not followed, because they cite the source without a paragraph" in said
    assert "rule south_calls" in said


def test_what_lies_farther_away_is_counted_and_shown_by_a_greater_depth(traced):
    assert any("lie farther away: --depth 2 shows more" in line for line in lines(traced, "anger", 1))
    assert not any("farther away" in line for line in lines(traced, "anger", 20))


def test_an_outcome_is_followed_back_to_the_rules_and_what_they_rest_on(traced):
    said = "\n".join(lines(traced, "peace", 5))

    assert "its condition reads the state variable talks" in said
    assert "written by the event type talks_opened" in said
    assert "emitted by the rule south_calls" in said
    assert "its clock reads the parameter delay" in said


def test_the_outcomes_that_depend_on_a_name_are_listed_with_a_shortest_way(traced):
    table = answers_table(trace(traced, "anger", 3))

    assert [row[0] for row in table.rows] == ["all_shots", "peace"]
    assert table.rows[0][3] == "anger -> north_shoots -> shots_fired -> all_shots"


def test_the_data_have_all_that_is_reached_and_are_json(traced):
    data = json.loads(json.dumps(trace_data(trace(traced, "letter:2", 1))))

    assert {one["name"]: one["alone"] for one in data["resting"]} == {"anger": False, "delay": False}
    assert {"kind": "outcome", "name": "peace", "steps": 5} in data["reached"]
    assert [child["name"] for child in data["down"][0]["below"]] == ["anger", "delay"]
    assert next(one["way"] for one in data["answers"] if one["name"] == "all_shots")[0] == "letter"


def test_the_sources_are_listed_with_what_rests_on_each(traced):
    rows = {row[0]: row for row in sources_table(traced).rows}

    assert rows["letter"][2:] == ("1-4", "2 documented events, 2 parameters and 2 rules", "3")
    assert {one["source"]: len(one["resting"]) for one in sources_data(traced)} == {"letter": 6, "diary": 5}


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([3], "3"), ([1, 2], "1, 2"), ([1, 2, 3, 5], "1-3, 5")])
def test_numbers_that_follow_one_another_are_a_span(numbers, text):
    assert spans(numbers) == text
