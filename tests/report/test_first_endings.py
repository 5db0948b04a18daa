"""Where runs go on after an ending both figures are shown: which came true first, and what came true at all."""

import json

import pytest

from sim.analysis import by_date
from sim.analysis.labels import BEFORE_END, FIRST, TO_THE_END
from sim.model.outcomes import first_ending
from sim.model.program import compile_model
from sim.report import outcome_tables, result_tables
from sim.report.comparison_tables import legend
from sim.report.comparison_tables import tables as comparison_tables
from sim.report.comparison_words import paragraph
from sim.report.pictures import plot
from sim.report.timeline import row, steps
from sim.study.api import compare, run
from tests.analysis.crises import write
from tests.report.conftest import panels
from tests.report.test_milestones import texts

# Tails end the story and may be followed by heads: the coin is thrown again and again.
AGAIN = ("when: side == up\n", "when: pushes < 9\n")
GOES_ON = (AGAIN, ("ends_run: true", "ending: true"))
MIXED = (AGAIN, ("when: side == tails, ends_run: true", "when: side == tails, ending: true"))
OTHERWISE = '  hangs: {title: "Neither: it hangs in the air", otherwise: true}\n'
NOTHING = (("ends_run: true", "ending: false"), (OTHERWISE, ""))


def made(tmp_path_factory, changes):
    return write(tmp_path_factory.mktemp("coins"), *changes)


@pytest.fixture(scope="module")
def going_on(tmp_path_factory):
    return made(tmp_path_factory, GOES_ON)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    return made(tmp_path_factory, MIXED)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return made(tmp_path_factory, NOTHING)


def asked(folder, **how):
    how = how or {"runs": 60}
    return run(folder / "as-it-is.yaml", **how, ledger=folder / "ledger", workers=1)


def compared(folder, *names):
    paths = [folder / f"{name}.yaml" for name in ("as-it-is", *names)]
    return compare(*paths, runs=60, ledger=folder / "ledger", workers=1)


def written(table):
    headings = [heading for heading, _ in table.columns]
    return "\n".join([table.title, *headings, *map(" | ".join, table.rows), table.caption])


def everything(folder):
    """Yield all that is said about runs of a case: tables, words, pictures, data."""
    for found in (asked(folder), asked(folder, runs=6, draws=8)):
        for table in (*result_tables.tables(found), *outcome_tables.tables(found)):
            if not table.title.startswith("Measures"):
                yield written(table)
        yield from texts(plot(found, "probabilities").spec)
        yield from texts(plot(found, "probabilities", outcomes=["soon", "tails"]).spec)
        yield from texts(plot(found, "incidence").spec)
    for names in (["loaded"], ["loaded", "pushed"]):
        found = compared(folder, *names)
        for outcomes in ((), ("soon", "tails")):
            yield from (written(table) for table in comparison_tables(found, outcomes, statistics=True)
                        if not table.title.startswith("Measures"))  # fmt: skip
            yield from texts(plot(found, "differences", outcomes=outcomes).spec)
        yield legend(found)
        yield paragraph(found)
        yield from texts(plot(list(found.everyone), "probabilities").spec)
        yield from texts(plot(list(found.everyone), "incidence").spec)


@pytest.mark.parametrize(("case", "until"), [("going_on", "up to 10"), ("plain", "up to 10"), ("mixed", TO_THE_END)])
def test_a_heading_of_measures_says_up_to_when_they_are_taken(case, until, request):
    folder = request.getfixturevalue(case)

    tables = (*result_tables.tables(asked(folder)), *comparison_tables(compared(folder, "loaded")))

    assert [table.title.partition(", in pairs")[0].replace(",", "") for table in tables
            if table.title.startswith("Measures")] == [f"Measures {until}"] * 2  # fmt: skip


def test_the_turning_points_of_runs_that_go_on_are_of_pairs_whose_first_ending_was_another(going_on, plain):
    found = compared(going_on, "loaded", "glued")

    titles = [table.title for table in comparison_tables(compared(going_on, "loaded"))]
    said = " ".join([*titles, paragraph(found), *(written(table) for table in comparison_tables(found))])
    assert f"in the {found.versus[0].ended_otherwise} pairs whose first ending was another" in " ".join(titles)
    assert "ended otherwise" not in said
    assert "went on" not in said


@pytest.mark.parametrize("case", ["going_on", "plain"])
def test_where_nothing_ends_a_run_early_nothing_says_that_it_did(case, request):
    said = list(everything(request.getfixturevalue(case)))

    assert not [text for text in said if BEFORE_END in text or "ends the run" in text or "beyond what ended it" in text]
    assert sum("by 10" in text for text in said) > 10


def test_where_one_ending_ends_the_run_all_else_is_counted_before(mixed):
    assert [text for text in everything(mixed) if f"What came {BEFORE_END}" in text]
    first, also, _ = result_tables.tables(asked(mixed))

    assert [row[:2] for row in first.rows] == [
        ("Tails: nobody wins", FIRST), ("Heads: somebody wins", FIRST),
        ("Neither: it hangs in the air", "at the horizon"),
    ]  # fmt: skip
    assert also.title == f"What came {BEFORE_END}"
    assert [row[:2] for row in also.rows] == [
        ("Tails: nobody wins", ""), ("Heads: somebody wins", "ends the run"), ("It falls soon", ""),
    ]  # fmt: skip


def test_results_show_both(going_on):
    found = asked(going_on)
    first, also, _ = result_tables.tables(found)

    assert [row[1] for row in first.rows] == [FIRST, FIRST, "at the horizon"]
    assert first.caption == "Each run counts for the ending that came true first in it, and for no other."
    assert sum(share.hits for share in found.first_endings.values()) == found.count
    assert also.title == "What comes true by 10"
    assert [row[0] for row in also.rows] == ["Tails: nobody wins", "Heads: somebody wins", "It falls soon"]
    for name in ("heads", "tails"):
        assert found.outcomes[name].hits > found.first_endings[name].hits


def test_without_otherwise_it_says_that_in_the_rest_none_came_true(tmp_path):
    write(tmp_path, *GOES_ON, (OTHERWISE, ""))
    first = result_tables.tables(asked(tmp_path))[0]

    assert first.caption.endswith("In the other runs none came true by 10.")


def test_by_date_shows_both(going_on):
    incidence, times, _ = outcome_tables.tables(asked(going_on))
    names = ["Tails, first to come true", "Heads, first to come true", "Neither", "Tails", "Heads", "It falls soon"]

    assert [row[0] for row in incidence.rows] == [row[0] for row in times.rows] == names
    assert "A run without it by the horizon is one in which it never comes." in times.caption


def test_data_and_frames_have_both(going_on):
    found = asked(going_on)
    for data in (found.as_data(), by_date.as_data(found)):
        outcomes = json.loads(json.dumps(data))["outcomes"]
        assert (outcomes["heads"]["counted"], outcomes["heads"]["first"]["counted"]) == ("up to the horizon", FIRST)
        assert (outcomes["heads"]["ending"], outcomes["heads"]["ends_run"]) == (True, False)
        assert outcomes["heads"]["first"]["hits"] == found.first_endings["heads"].hits < outcomes["heads"]["hits"]
        assert outcomes["soon"]["ending"] is False
        assert "first" not in outcomes["soon"]
    assert outcomes["heads"]["by"][-1]["hits"] == outcomes["heads"]["hits"]
    assert outcomes["heads"]["first"]["by"][-1]["hits"] == outcomes["heads"]["first"]["hits"]
    changes = compared(going_on, "loaded").as_data()["versus"][0]["changes"]
    assert changes["heads"]["first"]["counted"] == FIRST
    assert "first" not in changes["soon"]
    pytest.importorskip("pandas")
    frame = found.to_frame()
    assert list(zip(frame["outcome"], frame["counted"], strict=True)) == [
        ("tails", FIRST), ("heads", FIRST), ("hangs", "at the horizon"), ("tails", "up to the horizon"),
        ("heads", "up to the horizon"), ("soon", "up to the horizon"),
    ]  # fmt: skip
    assert found.to_frame("runs")["first_ending"].tolist() == found.runs.first_ending.tolist()


def test_a_comparison_tells_the_first_endings_and_then_what_comes_true_at_all(going_on):
    found = compared(going_on, "loaded")
    first, also, *_ = comparison_tables(found)

    assert first.title == "'A loaded coin' against 'As it is': the ending that was first to come true"
    assert [row[0] for row in first.rows] == ["Tails", "Heads", "Neither"]
    assert also.title == "What comes true by 10"
    assert [row[0] for row in also.rows] == ["Tails", "Heads", "It falls soon"]
    words = paragraph(found)
    assert "the endings that most often come true first are" in words
    assert "as the first to come true, 'Tails' falls from" in words
    assert "By 10, whatever came true first, " in words
    assert f"In {found.versus[0].ended_otherwise} of 60 pairs of runs the first ending was another." in words


def test_a_sentence_says_once_up_to_when_endings_are_counted(mixed):
    words = paragraph(compared(mixed, "loaded"))

    assert "Before the run ended, whatever came true first, 'Tails' falls from" in words
    assert f"{BEFORE_END}'" not in words


def test_many_scenarios_have_a_matrix_of_each(going_on):
    found = compared(going_on, "loaded", "pushed")
    first, also = comparison_tables(found)

    assert first.title == f"How likely each outcome is, {FIRST}, in per cent"
    assert "3 x 2" not in first.caption
    assert f"{found.family} differences of the first endings" in first.caption
    assert also.title == "How likely each ending is to come true at all, by 10, in per cent"
    chosen = comparison_tables(found, ("heads", "soon"))
    assert [table.title for table in chosen] == [
        f"Heads: somebody wins, {FIRST}", "Heads: somebody wins, by 10", "It falls soon, by 10",
    ]  # fmt: skip


def test_pictures_have_a_panel_of_each(going_on):
    for kind in ("probabilities", "incidence"):
        both = panels(plot(asked(going_on), kind))
        said = [" ".join(texts(panel.get("title"))) for panel in both]
        assert "Which ending came true first" in said[0]
        assert "What came true in them at all, by 10" in said[1]


def test_a_run_s_log_and_its_picture_say_which_ending_came_first(going_on):
    found = asked(going_on)
    scenario, program = found.scenario, compile_model(found.model)
    number = int(found.runs.numbers[found.runs.reached("heads") & found.runs.reached("tails")][0])
    from sim.experiment import log_of
    from sim.ledger.ledger import Ledger

    ledger = Ledger(going_on / "ledger")
    log = log_of(ledger.find(found.source.ensemble), ledger, number)
    first = first_ending(scenario.model, log)
    told = [row(scenario.model, step, {}, first)[4] for step in steps(program, scenario, log)]

    title = scenario.model.outcomes[first.type].title
    assert [text for text in told if text.startswith("FIRST ENDING")] == [f"FIRST ENDING: {title}"]
    assert sum(text.startswith("OUTCOME") for text in told) >= 1
