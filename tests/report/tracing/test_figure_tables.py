import json

import pytest

from sim.report.tracing.figure_tables import figure_data, figure_tables
from sim.report.tracing.figure_words import figure_lines
from sim.study.plan import Plan
from sim.study.traced_figure import traced_figure
from tests.explain.quarrel import MODEL, SCENARIO, write

CALMER = "scenario: calmer\ntitle: Calmer\nextends: status-quo.yaml\ndisable: [north_shoots]\n"
ASKED = MODEL.replace("outcomes:\n", "outcomes:\n  shot: {on: [shots_fired], title: A shot is fired}\n").replace(
    "measures:\n", "measures:\n  until: {time_until: talks}\n"
)


@pytest.fixture
def figure(tmp_path):
    def traced(text, *, against=False, runs=60, **changed):
        quo = write(tmp_path, **{"model": ASKED, "calmer": CALMER, **changed})
        plan = Plan(ledger=tmp_path / "ledger", workers=1, runs=runs)
        return traced_figure(tmp_path / "calmer.yaml", text, plan, quo) if against else traced_figure(quo, text, plan)

    return traced


def lines(found):
    return "\n".join(figure_lines(found))


def test_a_share_is_told_with_its_interval_its_runs_and_the_commands(figure):
    found = figure("shot")
    said, side = lines(found), found.last
    hits = len(side.runs)

    assert f"'A shot is fired' under 'As it is': {100 * hits / 60:.1f} % (" in said
    assert f"{hits} of 60 runs" in said
    assert f"It came true in {hits} runs: {side.runs[0]}, {side.runs[1]}" in said
    assert f"sim log {side.results.source.ensemble[:12]} --run {side.runs[0]}" in said
    assert f"The figure again: sim query @outcomes {side.results.source.ensemble[:12]} --first 60" in said
    assert "@measures" not in said


def test_what_led_to_it_parameters_and_paragraphs_have_a_table_each(figure):
    found = figure("shot")
    led, parameters, paragraphs = figure_tables(found)
    hits = f"{len(found.last.runs)}"

    assert ("rule north_shoots", "letter §1", hits) in [tuple(row[:3]) for row in led.rows]
    assert parameters.rows[0][:5] == (
        "anger", "drawn from pert(0.02, 0.05, 0.2) 1/day", "rule north_shoots", "letter §1, 2", hits,
    )  # fmt: skip
    assert ("letter §1", "The letter", hits) in [(row[0], row[1], row[3]) for row in paragraphs.rows]
    assert led.rows[0][-1].endswith("model.yaml:23")


def test_what_rests_on_a_judgement_alone_is_named(figure):
    assert "On a judgement alone rest: rule south_calms." in figure_tables(figure("peace"))[-1].caption


def test_a_difference_tells_the_runs_that_one_side_alone_has(figure):
    found = figure("shot", against=True)
    said = lines(found)

    assert "under 'Calmer', against 'As it is': -" in said
    assert f"It came true under 'As it is' alone in {len(found.sides[0].runs)} runs:" in said
    assert "It came true under 'Calmer' alone in no run." in said
    assert "Assumed, against the model:\n- Calmer:" in said
    assert said.count("sim log ") == 2


def test_a_difference_counts_both_sides_in_each_table(figure):
    found = figure("peace", against=True)
    one, other = (len(side.runs) for side in found.sides)
    led = figure_tables(found)[0]

    assert led.title == f"What led to it, in {one} runs of 'As it is' (A) and {other} of 'Calmer' (B)"
    assert [heading for heading, side in led.columns if side == "right"] == ["A, runs", "B, runs"]
    shoots = next(row for row in led.rows if row[0] == "rule north_shoots")
    assert shoots[3] == "0"
    assert int(shoots[2]) > 0


def test_an_event_type_that_rules_emit_too_is_named_as_what_came_at_a_given_time(figure):
    assumed = (
        "scenario: calmer\ntitle: Calmer\nextends: status-quo.yaml\nevents: [{at: 2030-01-11, event: shots_fired}]\n"
    )
    led = figure_tables(figure("shot", against=True, calmer=assumed))[0]

    row = next(row for row in led.rows if "shots_fired" in row[0])
    assert row[0] == "event type shots_fired, at a given time"
    assert row[2] == "0"
    assert int(row[3]) > 0


def test_a_mean_is_told_with_the_runs_at_its_ends(figure):
    found = figure("all_shots")
    values = found.last.results.runs.measures["all_shots"]
    said = lines(found)

    assert "over 60 of 60 runs" in said
    assert f"greatest {values.max():.4g} in run {values.argmax()}" in said
    assert f"--run {values.argmax()}" in said


def test_a_mean_over_some_runs_says_of_how_many(figure):
    found = figure("until", runs=10)
    missing = found.last.results.measures["until"].missing

    assert f"over {10 - missing} of 10 runs" in lines(found)


def test_a_difference_of_means_tells_the_pairs_that_differ_most(figure):
    found = figure("all_shots", against=True)
    one, other = (side.results.runs.measures["all_shots"] for side in found.sides)
    apart = int((one != other).sum())

    assert f"It differs in {apart} of 60 pairs, the most by {(other - one).min():+.4g} in run" in lines(found)


def test_an_outcome_of_the_horizon_has_no_event_that_led_to_it(figure):
    model = ASKED.replace("outcomes:\n", "outcomes:\n  quiet: {otherwise: true}\n").replace(
        "when: talks,", "when: not talks and talks,"
    )
    (table,) = figure_tables(figure("quiet", model=model))

    assert table.title.startswith("It comes true where no other outcome has by the horizon")


def test_an_outcome_that_never_came_has_no_tables(figure):
    found = figure("shot", **{"status-quo": f"{SCENARIO}disable: [north_shoots]\n"})

    assert "It came true in no run." in lines(found)
    assert figure_tables(found) == []


def test_the_data_number_all_runs_and_are_json(figure):
    data = json.loads(json.dumps(figure_data(figure("shot", against=True))))

    assert data["figure"] == {"kind": "outcome", "name": "shot", "title": "'A shot is fired'"}
    assert data["difference"]["value"] < 0
    assert data["paired"]
    one, other = data["sides"]
    assert len(one["runs"]) == one["value"]["hits"]
    assert other["runs"] == []
    assert one["led"][0]["rests_on"] == ["letter §1"]
    assert one["parameters"][0]["read_by"] == ["north_shoots"]
    assert [(piece["source"], piece["paragraph"]) for piece in one["support"][:2]] == [("diary", None), ("letter", 1)]
