"""Each difference is a sentence that says what is there, what was there instead, and where both stand."""

import json
import math
import re
from dataclasses import replace

import pytest
from hypothesis import given

from sim.build.scenario import load_scenario
from sim.model.differences.model_differences import model_differences
from sim.model.event import Event
from sim.report.differing.difference_forms import as_data, as_text
from sim.report.differing.difference_words import MOST_OF_A_PAST, noun, sentence, sentences
from sim.report.model_values import number
from sim.study.diff import Differences, DiffSide
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer
from tests.model.differences.test_model_differences import CRISIS, EDITS, of


def said(old, new, bears="runs"):
    one, other = of(CRISIS), of(CRISIS.replace(old, new))
    return sentences(model_differences(one, other), one, other, bears)


SENTENCES = [
    ("talks != signed, clock", "talks == none, clock",
     "The guard (when) of rule 'north_probes' is `talks == none` (model.yaml:27) instead of `talks != signed` "
     "(model.yaml:27)."),
    ("[0.02, 0.05, 0.2]", "[0.02, 0.05, 0.3]",
     "Parameter 'pace' is pert(0.02, 0.05, 0.3) 1/day instead of pert(0.02, 0.05, 0.2) 1/day."),
    ("value: 7, unit: day", "value: 2, unit: week", "Parameter 'delay' is 2 week instead of 7 day."),
    ("{gamma: {shape: 3, mean: delay}}", "{rate: pace}",
     "The clock of rule 'envoy_comes' is rate: `pace` (model.yaml:30) instead of gamma: shape: `3`, mean: `delay` "
     "(model.yaml:30)."),
    ("exp(4 * trust)", "2",
     "The weight of event 'accord_signed' of rule 'parties_decide' is `2` (model.yaml:37) instead of `exp(4 * trust)` "
     "(model.yaml:37)."),
    ("poisson(0.4)", "1",
     "The mark 'deaths' of event 'shots_fired' of rule 'north_probes' is `1` (model.yaml:27) instead of `poisson(0.4)` "
     "(model.yaml:27)."),
    ("[0, 100]", "[0, 200]", "The range of state variable 'shots' is 0 to 200 instead of 0 to 100."),
    ("2030-01-05", "2030-01-06",
     "The time of scheduled event 'talks_failed' is 2030-01-06 00:00 instead of 2030-01-05 00:00."),
    ("  - {at: 2030-01-09, event: shots_fired, deaths: 2}\n", "",
     "Scheduled event 'shots_fired' is removed: on 2030-01-09 with deaths = 2 (model.yaml:42)."),
    ("90 days", "60 days", "The horizon is 2030-03-02 00:00 instead of 2030-04-01 00:00."),
    ("on: [shots_fired], ", "",
     "The list of events waited for of rule 'envoy_comes' is none instead of shots_fired."),
    ("initial: 0.5", "initial: 0.6",
     "The initial value of state variable 'trust' is `0.6` (model.yaml:12) instead of `0.5` (model.yaml:12)."),
    (", ends_run: true", "", "The ending of runs of outcome 'peace' is false instead of true."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), SENTENCES, ids=[new or old for old, new, _ in SENTENCES])
def test_a_difference_is_said_as_its_author_would(old, new, expected):
    assert expected in said(old, new)


def test_a_rule_that_is_added_says_what_it_does():
    rule = (
        "  envoy_leaves: {faction: envoy, when: talks == signed, clock: {rate: 2 * pace}, emits: talks_failed,"
        " basis: {judgement: why not}}\n"
    )
    (added,) = said("timetable:\n", f"{rule}timetable:\n")

    assert added == (
        "Rule 'envoy_leaves' is added: by envoy, when `talks == signed`, clock rate: `2 * pace`, emits talks_failed "
        "(model.yaml:40)."
    )


def test_what_is_asked_stands_apart_from_what_changes_runs():
    (check,) = said("shots <= 100", "shots <= 99", "questions")
    (measure,) = said("value: shots}", "max: shots}", "questions")

    assert check == (
        "Check 'few' is `always: shots <= 99` (model.yaml:49) instead of `always: shots <= 100` (model.yaml:49)."
    )
    assert measure == "Measure 'end' is max `shots` (model.yaml:47) instead of value `shots` (model.yaml:47)."
    assert said("shots <= 100", "shots <= 99") == []


def test_a_check_of_everything_says_of_what_it_is_now_and_of_what_no_longer():
    everything = CRISIS.replace("always: shots <= 100", "reachable: all")
    one, other = of(everything), of(everything.replace("  envoy_comes:", "  envoy_arrives:"))

    (told,) = sentences(model_differences(one, other), one, other, "questions")

    assert told == (
        "Check 'few' is `reachable: all` (model.yaml:49), as before, and is about rule envoy_arrives, too, and "
        "now leaves out rule envoy_comes."
    )


def test_the_moment_of_a_measure_is_written_as_one(tmp_path):
    (later,) = said("value: shots}", "value: shots, at: 30 days}", "questions")
    (dated,) = said("value: shots}", "value: shots, at: 2030-02-01}", "questions")

    assert "is value `shots`, at 30 days after the branch (" in later
    assert re.search(r"is value `shots`, at (the end of )?2030-02-01", dated)


def test_the_window_of_a_measure_is_told_with_it_and_its_ends_are_moments_from_the_branch_or_dates():
    windows = ["from: 3 days, until: 2030-02-01", "from: 4 days, until: 2030-02-02"]
    one, other = (of(CRISIS.replace("value: shots}", f"count: shots_fired, {window}}}")) for window in windows)

    (added,) = said("measures:\n", f"measures:\n  early: {{count: shots_fired, {windows[0]}}}\n", "questions")
    ends = sentences(model_differences(one, other), one, other, "questions")

    told = "count on shots_fired, from 3 days after the branch, until the end of 2030-02-01"
    assert added == f"Measure 'early' is added: {told}."
    assert ends == [
        "The beginning of window of measure 'end' is 4 days after the branch instead of 3 days after the branch.",
        "The end of window of measure 'end' is the end of 2030-02-02 instead of the end of 2030-02-01.",
    ]


def test_a_base_rate_is_said_to_be_asked_of_runs_and_to_change_no_event_of_them():
    (counted,) = said("count: 8, of: 37", "count: 9, of: 37", "questions")
    another = "base_rates:\n  b: {outcome: peace, within: 9 days, count: 0, of: 5, basis: {judgement: j}}\n"
    (added,) = said("base_rates:\n", another, "questions")

    assert counted == "The count of base rate 'elsewhere' is 9 of 37 within 60 days instead of 8 of 37 within 60 days."
    assert added == "Base rate 'b' is added: peace in 0 of 5 within 9 days."


def test_a_basis_a_title_and_another_spelling_are_said_to_change_no_run():
    (basis,) = said("another guess", "a third guess", "nothing")
    (spelling,) = said("talks == open and hopeful", "(talks == open) and hopeful", "nothing")

    assert basis == "The basis of rule 'envoy_comes' is judgement: a third guess instead of judgement: another guess."
    (domain,) = said("[0, 30]", "[0, 40]", "nothing")
    (name,) = said("model: crisis", "model: emergency", "nothing")

    assert domain == "The range of parameter 'delay' is 0 to 40 instead of 0 to 30."
    assert name == "The name is 'emergency' instead of 'crisis'."
    assert "is written `(talks == open) and hopeful`" in spelling
    assert spelling.endswith("and means the same.")


def test_what_reads_a_derived_quantity_that_differs_is_named_once_and_not_shown_as_it_is_written():
    lines = said("calm: {value: shots < 3}", "calm: {value: shots < 4}")

    assert lines == [
        "Derived quantity 'calm' is `shots < 4` (model.yaml:14) instead of `shots < 3` (model.yaml:14).",
        "Derived quantity 'hopeful' is `calm and trust > 0.4` (model.yaml:15), as before, and reads what differs.",
        "Written as before, and with another meaning, since what they read has one: guard (when) of rule "
        "'parties_decide'.",
    ]


def test_a_parameter_that_a_scenario_replaces_is_said_to_hold_from_the_branch_on(tmp_path):
    (tmp_path / "model.yaml").write_text(CRISIS)
    (tmp_path / "one.yaml").write_text("scenario: one\nmodel: model.yaml\nbranch: {at: 2030-01-03}\n")
    (tmp_path / "other.yaml").write_text("scenario: other\nextends: one.yaml\nparameters: {delay: 9 days}\n")
    one, other = (load_scenario(tmp_path / f"{name}.yaml").scenario for name in ("one", "other"))

    lines = sentences(model_differences(one, other), one, other, "runs")

    assert lines == ["Parameter 'delay' is 9 day instead of 7 day from the branch on."]


def test_of_a_long_past_that_differs_the_first_events_are_named():
    one = of(CRISIS)
    events = "".join(f"  - {{at: 2030-02-{day:02d}, event: talks_failed}}\n" for day in range(1, 20))
    longer = CRISIS.replace("timetable:\n", f"timetable:\n{events}")
    past = tuple(
        Event(number, item.time, "scheduled", item.event, marks=item.marks)
        for number, item in enumerate(of(longer).timetable)
    )
    other = replace(one, past=past)

    lines = [line for line in sentences(model_differences(one, other), one, other, "runs") if "ast event" in line]

    assert len(lines) == MOST_OF_A_PAST + 1
    assert lines[0] == "Past event 'talks_failed' is added: on 2030-01-05."
    assert lines[-1] == f"{len(past) - MOST_OF_A_PAST} more past events are added."


@pytest.mark.parametrize(("old", "new"), [edit[:2] for edit in EDITS.values()], ids=EDITS)
def test_every_difference_has_a_sentence_of_words(old, new):
    one, other = of(CRISIS), of(CRISIS.replace(old, new))

    for item in model_differences(one, other):
        text = sentence(item, one, other)
        assert text.endswith(".")
        assert "object at" not in text
        assert "Together(" not in text
        assert "Expression(" not in text


@fewer
@given(model_data(), model_data())
def test_whatever_two_models_differ_in_has_a_sentence_and_a_form_as_data(data, other):
    one, two = scenario_of(data), scenario_of(other)
    found = Differences(
        one=DiffSide("one.yaml", one, None), other=DiffSide("two.yaml", two, None), found=model_differences(one, two)
    )

    text, listed = as_text(found), json.loads(json.dumps(as_data(found)))["differences"]

    assert [item["path"] for item in listed] == [list(item.path) for item in found.found]
    assert all(item["sentence"].endswith(".") and " is " in item["sentence"] for item in listed)
    assert not re.search(r"<class|object at|Expression\(|Together\(", text + json.dumps(listed))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("rules", "army_waits", "guard"), "guard (when) of rule 'army_waits'"),
        (("parameters", "pace", "value"), "parameter 'pace'"),
        (("events", "shots_fired", "effects", "trust"), "effect on 'trust' of event type 'shots_fired'"),
        (("changes", "change", "time"), "time of change"),
        (("a_new_list", "2"), "2 of a new list"),
        (("a_new_field",), "a new field"),
    ],
)
def test_a_path_is_called_by_what_it_leads_to_and_a_new_field_by_its_name(path, words):
    assert noun(path) == words


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (0.1, "0.1"), (1 / 3, "0.3333333333333333"), (True, "true"), (math.inf, "inf")]
)
def test_a_number_is_written_with_all_its_digits(value, text):
    assert number(value) == text


SOURCES = """
sources: s
documents:
  report: {title: A report, address: "https://example.org/12", reliability: high, paragraphs: 4,
    summary: {4: So it was.}}
"""
OF_SOURCES = [
    ("https://example.org/12", "withheld",
     "The address of source 'report' is withheld instead of https://example.org/12."),
    ("So it was", "So it is",
     "The summary of paragraph '4' of source 'report' is 'So it is.' instead of 'So it was.'."),
    ("4: So it was.", "3: So it was.", "The paragraph '4' of source 'report' is removed: summary 'So it was.'."),
    ("  report:", "  letter: {title: A letter, reliability: low}\n  report:", "Source 'letter' is added: 'A letter'."),
    ("paragraphs: 4", "paragraphs: 5", "The paragraph count of source 'report' is 5 instead of 4."),
    ("reliability", "title_is_ours: true, reliability",
     "The mark that the title is ours of source 'report' is true instead of false."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), OF_SOURCES, ids=[new for _, new, _ in OF_SOURCES])
def test_what_is_said_of_a_source_differs_as_its_author_would_say_and_changes_no_run(old, new, expected, tmp_path):
    sides = []
    for name, text in (("one", SOURCES), ("other", SOURCES.replace(old, new))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sources.yaml").write_text(text)
        (tmp_path / name / "model.yaml").write_text(CRISIS.replace("factions:", "sources: sources.yaml\nfactions:"))
        sides.append(load_scenario(tmp_path / name / "model.yaml", "model.yaml").scenario)
    found = model_differences(*sides)

    assert expected in sentences(found, *sides, "nothing")
    assert {item.bears for item in found} == {"nothing"}
