"""What is written of the rules that wait at a branch: the table, the lines before figures, the data."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.model.scenario import Scenario
from sim.report import pending_rules

MODEL = """
model: envoy
title: An envoy asks, and a ruler answers
time: {unit: day, origin: 2030-12-01}
sources: sources.yaml
factions: {envoy: {title: The envoy}, ruler: {title: The ruler}}
state: {answer: {type: enum, values: [none, yes_, no_], initial: none}}
parameters: {delay: {prior: {uniform: [1, 3]}, unit: day, basis: {judgement: within days}}}
events:
  asked: {by: envoy}
  agreed: {by: ruler, effects: {answer: yes_}}
  refused: {by: ruler, effects: {answer: no_}}
rules:
  envoy_asks: {faction: envoy, when: answer == none, clock: {rate: 0.05 per day}, emits: asked, basis: {judgement: so}}
  ruler_answers:
    faction: ruler
    on: [asked]
    when: answer == none
    clock: {gamma: {shape: 2, mean: delay}}
    choose: [{event: agreed, weight: 1}, {event: refused, weight: 4}]
    basis: {judgement: so}
  envoy_leaves: {faction: envoy, when: answer == none, clock: {at: 2030-12-20}, emits: refused, basis: {judgement: so}}
MORE
outcomes: {agrees: {when: answer == yes_, ends_run: true}}
"""
HISTORY = """
history: envoy
title: One question
sources: sources.yaml
events:
  - {id: first, at: 2030-12-13, event: asked, claim: He asks, status: attested, act: deed, sources: [{source: paper}]}
"""
SOURCES = """
sources: envoy
title: Documents
documents: {paper: {publisher: A paper, title: A report, date: 2030-12-14, reliability: medium}}
"""
SCENARIO = """
scenario: status-quo
question: Does he agree?
model: model.yaml
history: history.yaml
branch: {at: 2030-12-23}
horizon: 60 days
"""


def write(folder: Path, more: str = "", scenario: str = SCENARIO) -> Path:
    texts = {"model": MODEL.replace("MORE", more), "history": HISTORY, "sources": SOURCES, "status-quo": scenario}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text.replace("\n\n", "\n"), encoding="utf-8")
    return folder / "status-quo.yaml"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return load_scenario(write(tmp_path)).scenario


def test_the_table_has_what_is_least_likely_first_with_faction_clock_and_time(scenario):
    table = pending_rules.table(scenario, "at the branch")

    assert [heading for heading, _ in table.columns] == [
        "rule", "faction", "clock", "waits since", "for", "waits so long", "over the priors", "half fire within",
    ]  # fmt: skip
    assert [row[:6] for row in table.rows] == [
        ("envoy_leaves", "The envoy", "at 2030-12-20", "2030-12-01", "22 days", "cannot"),
        ("ruler_answers", "The ruler", "gamma: shape 2, mean delay", "2030-12-13 (asked)", "10 days", "0.05 %"),
        ("envoy_asks", "The envoy", "rate 0.05 per day", "2030-12-13 (asked)", "10 days", "61 %"),
    ]
    assert [row[7] for row in table.rows] == ["never", "0.76 days", "14 days"]
    assert table.caption.startswith("3 rules. ")


def test_many_rules_are_cut_and_the_others_counted(tmp_path):
    more = "".join(
        f"  waits_{number}: {{faction: envoy, when: answer == none, clock: {{rate: 0.001 per day}}, emits: asked, "
        "basis: {judgement: so}}\n"
        for number in range(30)
    )
    scenario = load_scenario(write(tmp_path, more)).scenario
    table = pending_rules.table(scenario, "at the branch")

    assert len(table.rows) == pending_rules.MOST_LISTED == 20
    assert table.rows[0][0] == "envoy_leaves"
    assert "33 rules, of which the 20 least likely are shown." in table.caption
    assert len(pending_rules.as_data(scenario)) == 33


def test_before_the_figures_stand_only_unlikely_waits_on_which_the_runs_depend(scenario):
    assert pending_rules.head(scenario, "status-quo.yaml") == [
        "At the branch 'envoy_leaves' has waited 22 days, since 2030-12-01: its clock cannot let it wait so long, and "
        "as things stand, it does not fire in the runs.",
        "At the branch 'ruler_answers' has waited 10 days, since 2030-12-13 (asked): its clock lets it wait so long "
        "with a probability of 0.05 %, and half of the runs have it within 0.76 days, if nothing stops it.",
        "1 more rule waits at the branch: sim replay status-quo.yaml --state",
    ]


def test_nothing_stands_before_the_figures_where_no_wait_is_unlikely(scenario):
    assert pending_rules.head(replace(scenario, start=13.0), "status-quo.yaml") == []


def test_the_data_have_the_probabilities_and_say_whether_the_runs_depend_on_the_wait(scenario):
    data = pending_rules.as_data(scenario)

    assert json.loads(json.dumps(data)) == data
    leaves, answers, asks = data
    assert (leaves["impossible"], leaves["survival"], leaves["half_within"]) == (True, 0.0, None)
    assert answers["survival"] == pytest.approx(0.000499399, abs=1e-9)
    assert answers["survival"] < answers["survival_over_priors"] < 0.02
    assert (answers["since_date"], answers["after"], answers["for"]) == ("2030-12-13T00:00:00", "asked", 10.0)
    assert [item["runs_depend_on_it"] for item in (answers, asks)] == [True, False]


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("{rate: 1 / delay}", "rate 1 / delay"),
        ("30 % within 14 days", "30 % within 14 days"),
        ("{weibull: {shape: 2, scale: 9 days}}", "weibull: shape 2, scale 9 days"),
        ("{fixed: 3 days}", "fixed 3 days"),
        ("{every: 7 days}", "every 7 days"),
        ("{at: 2030-12-20}", "at 2030-12-20"),
        ("immediately", "immediately"),
    ],
)
def test_a_clock_is_written_as_the_document_has_it(tmp_path, clock, words):
    more = (
        f"  other: {{faction: envoy, when: answer != none, clock: {clock}, emits: asked, basis: {{judgement: so}}}}\n"
    )
    scenario = load_scenario(write(tmp_path, more)).scenario

    assert pending_rules.clock_in_words(scenario.model.rules["other"].clock) == words
