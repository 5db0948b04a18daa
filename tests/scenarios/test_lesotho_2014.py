"""What the Lesotho case must keep: citations, claims, scope in time, and scenarios that are no foregone conclusions."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sim.build.evidence.source_files import checked_sources
from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.language.shapes.evidence import SourcesShape
from sim.language.shapes.load import load
from sim.model.program import compile_model
from tests.summaries import summarise

TOP = Path(__file__).parents[2]
CASE = TOP / "scenarios" / "lesotho-2014"
SEEDS = TOP / "seeds" / "lesotho-2014"
SCENARIOS = sorted(path.stem for path in CASE.glob("*.yaml") if path.stem != "model")
SEED_DOCUMENT = "afp-2014-09-09"
LAST_DAY = date(2014, 9, 10)


@pytest.fixture(scope="module")
def status_quo():
    return load_scenario(CASE / "status-quo.yaml")


def runs_of(name: str, runs: int):
    scenario = load_scenario(CASE / f"{name}.yaml").scenario
    program = compile_model(scenario.model)
    engine = ReferenceEngine(program, scenario, seed=1)
    return program, scenario, [engine.run(run) for run in range(runs)]


def test_every_paragraph_of_the_seed_document_is_cited(status_quo):
    model = status_quo.scenario.model
    cited = {
        paragraph
        for item in status_quo.history.documented
        for citation in item.citations
        if citation.source == SEED_DOCUMENT
        for paragraph in citation.paragraphs
    }
    for holder in (*model.parameters.values(), *model.rules.values()):
        for basis in holder.basis:
            if basis.source == SEED_DOCUMENT:
                cited |= set(basis.paragraphs)

    assert cited == set(range(1, 19))


def test_every_paragraph_of_the_seed_document_is_told_in_words_of_ours(status_quo):
    source = status_quo.history.sources[SEED_DOCUMENT]

    told = {number: paragraph.summary for number, paragraph in source.paragraphs.items()}
    assert list(told) == list(range(1, 19)) == list(range(1, source.paragraph_count + 1))
    assert all(5 <= len(summary.split()) <= 40 for summary in told.values())


def test_every_document_can_be_looked_up_and_says_what_it_says():
    shape, warnings = checked_sources(SEEDS / "sources.yaml")

    assert not warnings
    assert all(document.summary for document in shape.documents.values())


def test_every_rule_and_every_parameter_has_a_basis(status_quo):
    model = status_quo.scenario.model
    for holder in (*model.parameters.values(), *model.rules.values()):
        assert holder.basis, holder.name
        assert all(basis.source or len(basis.judgement) > 10 for basis in holder.basis), holder.name


def test_the_case_is_no_sketch(status_quo):
    model = status_quo.scenario.model

    assert len(model.factions) >= 10
    assert 20 <= len(model.variables) <= 35
    assert len(model.events) >= 35
    assert len(model.rules) >= 40
    assert len(status_quo.history.documented) >= 45
    assert len(SCENARIOS) >= 13
    assert all(len((CASE / f"{name}.yaml").read_text().splitlines()) < 20 for name in SCENARIOS)


def test_disputed_and_alleged_claims_stay_marked(status_quo):
    status = {item.id: item.status for item in status_quo.history.documented}

    assert status["attempt"] == "disputed"
    assert status["armoury"] == "disputed"
    assert status["dismissal"] == "disputed"
    assert status["flight"] == "alleged"
    assert status["stations-raided"] == "attested"
    assert {item.act for item in status_quo.history.documented} == {"deed", "speech", "commitment"}


def test_the_day_it_happened_and_the_day_it_was_reported_are_both_kept(status_quo):
    armoury = next(item for item in status_quo.history.documented if item.id == "armoury")

    assert armoury.reported == "2014-09-05"
    assert sum(bool(item.reported) for item in status_quo.history.documented) >= 10
    promise = next(item for item in status_quo.history.documented if item.id == "friday-promise")
    assert promise.due == "2014-09-12"


def test_nothing_in_the_history_is_later_than_10_september_2014(status_quo):
    calendar = status_quo.scenario.model.calendar
    for item in status_quo.history.documented:
        assert calendar.date_of(item.event.time).date() <= LAST_DAY, item.id
    for name, source in load(SEEDS / "sources.yaml", SourcesShape).shape.documents.items():
        written = source.date or ""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
            assert date.fromisoformat(written) <= LAST_DAY, name


def test_events_carry_codes_where_the_schemes_have_them(status_quo):
    coded = [kind for kind in status_quo.scenario.model.events.values() if kind.codes]

    assert sum("plover" in kind.codes for kind in coded) >= 35
    assert sum("acled" in kind.codes for kind in coded) >= 15
    roots = {kind.codes["plover"].split("/")[0] for kind in coded if "plover" in kind.codes}
    assert roots <= {
        "AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT", "ACCUSE", "DEMAND", "REJECT",
        "THREATEN", "PROTEST", "MOBILIZE", "SANCTION", "COERCE", "ASSAULT",
    }  # fmt: skip


def test_all_scenarios_share_the_model_the_horizon_and_have_a_question():
    cases = [load_scenario(CASE / f"{name}.yaml") for name in SCENARIOS]

    assert len({case.scenario.horizon for case in cases}) == 1
    assert all(case.scenario.question.endswith("?") for case in cases)
    when = cases[0].scenario.model.calendar.date_of(cases[0].scenario.horizon)
    assert when.date() == date(2015, 2, 27)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_scenario_is_a_foregone_conclusion_and_none_of_its_runs_fails(name):
    program, scenario, logs = runs_of(name, 150)
    ended = Counter(summarise(program, scenario, run, log).ended for run, log in enumerate(logs))

    assert not any(log[-1].kind == "failed" for log in logs)
    assert len(ended) >= 3
    assert max(ended.values()) < 150


def test_the_outcomes_that_end_a_run_exclude_each_other(status_quo):
    program, scenario, logs = runs_of("status-quo", 150)
    ending = {name for name, outcome in scenario.model.outcomes.items() if outcome.ends_run or outcome.otherwise}
    for run, log in enumerate(logs):
        assert len(ending & set(summarise(program, scenario, run, log).outcomes)) == 1


def test_no_rule_is_dead():
    fired = set()
    for name in SCENARIOS:
        _, scenario, logs = runs_of(name, 20)
        fired |= {event.rule for log in logs for event in log} | {event.rule for event in scenario.past}

    assert set(scenario.model.rules) - fired == set()


@pytest.mark.slow
def test_the_scenarios_differ_where_the_story_says_so():
    share = {}
    for name in SCENARIOS:
        program, scenario, logs = runs_of(name, 1500)
        summaries = [summarise(program, scenario, run, log) for run, log in enumerate(logs)]
        counts = Counter(outcome for summary in summaries for outcome in summary.outcomes)
        share[name] = {outcome: counts[outcome] / 1500 for outcome in scenario.model.outcomes}
        share[name]["deaths"] = sum(summary.measures["deaths_after"] for summary in summaries) / 1500

    base = share["status-quo"]
    assert share["talks-hold"]["talks_succeed"] > base["talks_succeed"] + 0.05
    assert share["talks-collapse"]["talks_collapse"] > base["talks_collapse"] + 0.1
    assert share["mediator-leans-in"]["commander_leaves_negotiated"] > base["commander_leaves_negotiated"]
    assert share["troops-by-consent"]["regional_intervention"] > base["regional_intervention"] + 0.5
    assert share["troops-resisted"]["deaths"] > 1.5 * share["troops-by-consent"]["deaths"] > base["deaths"]
    assert share["general-steps-down"]["clash_with_deaths"] < base["clash_with_deaths"] - 0.1
    assert share["general-arrest-tried"]["commander_leaves_by_force"] > base["commander_leaves_by_force"] + 0.1
    assert share["second-coup-attempt"]["coup_completed"] > base["coup_completed"] + 0.1
    assert share["early-election"]["early_election_called"] > base["early_election_called"] + 0.3
    assert share["general-not-dismissed"]["second_attempt"] < base["second_attempt"]
    assert share["troops-granted-1-september"]["troops_in"] > base["troops_in"] + 0.5
