"""What the card of each kind of part says, on a small case and on an ensemble of it."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.cases.case import Case
from sim.explain.named_case import NamedCase
from sim.explain.occurrences import MOST_LOOKED_AT
from sim.language.visible import columns
from sim.report.named.all_cards import CARDS, cards
from sim.report.named.ensemble_figures import Figures, in_runs
from sim.report.named.link_texts import KINDS
from sim.statistics.estimates import proportion
from sim.study.named_cases import case_at
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer
from tests.explain.siege import siege, stored, write

RUNS = 80


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return siege(tmp_path_factory.mktemp("cards") / "siege")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("stored") / "siege")


def only(case, name, figures=None):
    (card,) = cards(case, name, figures)
    return card


def beside(card, label):
    return [text for entry in card.entries for text in entry.texts if entry.label == label]


def asked(folder, name, scenario="status-quo", **how):
    """Return the card of a name with what an ensemble says."""
    experiment, results = stored(folder, scenario, **{"runs": RUNS, **how})
    case = NamedCase(replace(experiment.case, scenario=experiment.scenario), "ensemble", of_ensemble=True)
    return only(case, name, Figures(experiment, results))


def test_every_kind_of_part_has_a_card_and_a_word():
    assert {*CARDS} == {*KINDS}


@pytest.mark.parametrize(
    ("name", "label", "texts"),
    [
        ("haste", "value", ["0.5 1/day, known"]),
        ("haste", "basis", ['report, paragraph 2: "A chronicle"']),
        ("haste", "read by", ["rule town_waits (clock)"]),
        ("mercy", "prior", ["uniform(1, 5)"]),
        ("mercy", "central", ["3"]),
        ("mercy", "basis", [
            'report, paragraphs 3, 4: "A chronicle"',
            '§3: The general spared those who asked. In its words: "mercy is cheap"',
            "judgement: an army far from home",
        ]),
        ("report", "document", [
            "report: A chronicle", "A monk, 2031-01-01, reliability medium", "no address",
            '§3: The general spared those who asked. In its words: "mercy is cheap"',
        ]),
        ("mercy", "set by", ["scenario merciless: mercy is 0 instead of drawn from uniform(1, 5)"]),
        ("town_asks", "condition", ["`cut_off and terms == none`"]),
        ("town_asks", "clock", ["fixed 1 day"]),
        ("town_asks", "reads", ["state variable cut_off (condition)", "state variable terms (condition)"]),
        ("town_asks", "changes", [
            "event type terms_asked: changes terms; what waits for it or reads that: 3 rules, 2 outcomes",
        ]),
        ("army_answers", "condition", ["none: it always holds"]),
        ("army_answers", "reads", [
            "parameter mercy (weights of its choice)", "event type terms_asked (what it waits for)",
        ]),
        ("town_opens", "changes", [
            "event type gate_opened: changes gate; what waits for it or reads that: 1 rule, 1 outcome, 1 measure",
            "rule town_waits: its clock starts again",
        ]),
        ("town_waits", "restarted by", ["rule town_opens"]),
        ("town_waits", "scenarios", ["scenario silent: it does not fire"]),
        ("army_burns", "added by", ["scenario bridge"]),
        ("terms", "written by", [
            'event type terms_asked: "The terms" becomes asked; emitted by town_asks',
            'event type terms_granted: "The terms" becomes granted; emitted by army_answers',
            'event type terms_refused: "The terms" becomes refused; emitted by army_answers',
        ]),
        ("terms", "read by", [
            "derived quantity yielding (value)", "rule town_asks (condition)", "rule town_opens (condition)",
            "outcome granted (condition)", "check kept (claim)",
        ]),
        ("cut_off", "at the branch", ["yes (2030-01-02 12:00 in 'status-quo', parameters at central values)"]),
        ("cut_off", "written by", ['event type surrounded: "The town is cut off" becomes true; emitted by no rule']),
        ("wall", "family", ["2 members, wall[1], wall[2]; this is wall[1]"]),
        ("wall[2]", "written by", ["nothing: it stays as it is"]),
        ("yielding", "it is", ["`gate and terms == granted`"]),
        ("gate_opened", "carries", ["dead: a whole number"]),
        ("gate_opened", "emitted by", ["rule town_opens"]),
        ("surrounded", "documented", ["2030-01-02 the-ring: The army closes the ring."]),
        ("surrounded", "emitted by", ["nothing in the model: it comes from outside"]),
        ("relieved", "assumed by", ["scenario relief"]),
        ("fallen", "reads", ["state variable gate (condition)"]),
        ("fallen", "held against", ["base rate sieges_end"]),
        ("horns", "in words", ['It is how many times "A horn is blown" happens.']),
        ("kept", "claim", ["`never: gate and terms == none`"]),
        ("sieges_end", "basis", ['report, paragraph 5: "A chronicle"']),
        ("report", "rests on it", [
            "base rate sieges_end (paragraph 5)", "documented event the-ring (paragraph 1)",
            "parameter haste (paragraph 2)", "parameter mercy (paragraphs 3, 4)", "rule town_asks (paragraph 2)",
        ]),
        ("report", "in all", ["1 base rate, 1 documented event, 2 parameters, 1 rule"]),
        ("army", "rules", ['rule army_answers: "Terms are granted" or "Terms are refused"']),
        ("army", "acts by", ['event type surrounded: "The town is surrounded"']),
        ("the-ring", "sources", ['report, paragraph 1: "A chronicle"']),
        ("the-ring", "stands", ["before the branch of 'status-quo'"]),
        ("merciless", "branches at", ["2030-01-02 12:00, after 1 documented event"]),
        ("status-quo", "assumes", ["nothing against its model"]),
    ],
)  # fmt: skip
def test_a_card_says_it(case, name, label, texts):
    assert beside(only(case, name), label) == texts


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("town_asks", ["enabled (2030-01-02 12:00 in 'status-quo')", "if nothing changes, it fires after 0.5 days"]),
        ("town_waits", [
            "enabled (2030-01-02 12:00 in 'status-quo'); its rate is 0.5 per day",
            "if nothing changes, half of all runs would have it fire within 1.4 days",
        ]),
        ("army_answers", [
            "not enabled (2030-01-02 12:00 in 'status-quo')", 'it waits for "The town asks for terms"',
            "once it is, with all else as at the branch, it fires after 1 day",
        ]),
        ("town_sings", [
            "not enabled (2030-01-02 12:00 in 'status-quo')", "not so: 'relief' is true", 'not so: "The gate is open"',
            "once it is, with all else as at the branch, it fires at once",
        ]),
    ],
)  # fmt: skip
def test_a_rule_says_how_long_it_waits_at_the_branch(case, name, texts):
    *others, last = texts
    assert beside(only(case, name), "at the branch") == [
        *others, f"{last}, with the parameters at their central values",
    ]  # fmt: skip


def test_what_a_scenario_disables_is_not_said_to_wait(tmp_path):
    case = case_at(write(tmp_path / "siege") / "silent.yaml")

    assert beside(only(case, "town_waits"), "at the branch") == [
        "the scenario does not let it fire (2030-01-02 12:00 in 'silent')"
    ]


def test_a_branch_from_a_run_says_that_its_state_is_not_known(folder):
    _, past = stored(folder, runs=5)
    card = asked(folder, "town_opens", runs=5, origin=f"{past.source.ensemble}:0:1")

    assert beside(card, "at the branch") == [
        "the state at the branch is not known without the run that it goes on from"
    ]
    assert beside(card, "in runs")[0] == "in all 5 runs (above 54.9 %, 95% bound) at least once"


def test_what_a_scenario_sets_stands_beside_the_prior_and_the_basis_of_the_model(tmp_path):
    card = only(case_at(write(tmp_path / "siege") / "merciless.yaml"), "mercy")

    assert beside(card, "prior") == ["uniform(1, 5)"]
    assert beside(card, "set by") == ["scenario merciless: mercy is 0 instead of drawn from uniform(1, 5)"]


def test_a_prior_is_drawn_with_its_quantiles_below_it(case):
    card = only(case, "mercy")

    drawn = next(entry for entry in card.entries if entry.drawn)
    curve, marks = drawn.texts
    assert (curve.split()[0], curve.split()[-1]) == ("1.02", "4.98")
    assert marks.count("^") == 3
    assert beside(card, "")[-1] == "5 % below 1.2, half below 3, 95 % below 4.8"
    assert card.data["prior"]["quantiles"] == {"0.05": 1.2, "0.5": 3.0, "0.95": 4.8}


def test_without_an_ensemble_a_card_says_how_to_get_its_figures(case):
    texts = beside(only(case, "town_waits"), "in runs")

    assert texts[0] == "how often it fires and when: run the scenario, and ask again with the ensemble that it names"
    assert texts[1].startswith("sim run ")
    assert texts[1].endswith("status-quo.yaml")
    assert texts[2] == "sim explain town_waits --ensemble ID"


def test_a_part_that_another_scenario_adds_is_run_by_that_scenario(case):
    assert beside(only(case, "army_burns"), "in runs")[1].endswith("bridge.yaml")


def test_a_name_of_two_parts_has_a_card_of_each(tmp_path):
    case = siege(tmp_path / "siege", ("horns: {title: Horns,", "town_waits: {title: Horns,"))

    assert [card.kind for card in cards(case, "town_waits")] == ["measure", "rule"]


def test_a_rule_says_how_often_it_fired_and_when_first(folder):
    card = asked(folder, "town_opens")

    assert beside(card, "in runs") == [
        "in all 80 runs (above 96.3 %, 95% bound) at least once",
        "8 times a run on average (8 to 8)",
        "for the first time, in the 80 runs that have it: half by 2030-01-06 (2030-01-06 to 2030-01-06)",
        "middle 90 % of these runs: 2030-01-06 to 2030-01-06",
    ]
    assert beside(asked(folder, "town_sings"), "in runs") == ["in none of 80 runs (below 3.7 %, 95% bound)"]


def test_a_share_stands_with_its_interval_or_its_bound():
    assert in_runs(proportion(8, 10)) == "in 80.0 % of runs (49.0 % to 94.3 %)"
    assert in_runs(proportion(0, 100)) == "in none of 100 runs (below 3.0 %, 95% bound)"
    assert in_runs(proportion(8, 10), "the first ") == "in 80.0 % of the first 10 runs (49.0 % to 94.3 %)"
    assert in_runs(proportion(0, 100), "the first ") == "in none of the first 100 runs (below 3.0 %, 95% bound)"
    assert in_runs(proportion(0, 0)) == "no runs"


def test_figures_of_the_first_runs_alone_say_so(folder):
    many = MOST_LOOKED_AT + 10

    assert beside(asked(folder, "town_opens", runs=many, seed=8), "in runs")[0].startswith(
        "in all the first 2,000 runs ("
    )
    outcome = asked(folder, "fallen", runs=many, seed=8)
    assert beside(outcome, "in runs") == ["probability above 99.85 % (2,010 of 2,010: 95% bound)"]
    assert beside(outcome, "came about")[0].startswith("it came true in 2,000 of the first 2,000 runs; ")
    assert "Events are counted in the first 2,000 of them." in beside(outcome, "covers")[0]


def test_every_figure_says_of_which_runs_it_is_and_what_its_interval_covers(folder):
    for name in ("town_opens", "mercy", "fallen", "horns", "gate_opened", "army"):
        (covers,) = beside(asked(folder, name), "covers")
        assert "80 runs of 'As it is' (ensemble " in covers, name
        assert "seed 1), 2030-01-02 12:00 to " in covers, name
        assert "They do not cover whether the model is right." in covers, name


def test_an_outcome_says_how_it_came_about_with_shares_of_the_runs_in_which_it_did(folder):
    card = asked(folder, "fallen")
    first, *chains = beside(card, "came about")

    assert first == "it came true in 80 of 80 runs; shares are of these 80:"
    assert [text.split(": ", 1)[1] for text in chains] == [
        '"The town asks for terms", then "Terms are granted", then "The gate is opened"',
        '"The town asks for terms", then "Terms are refused", then "The gate is opened"',
    ]
    counts = [chain["hits"] for chain in card.data["last_causes"]["chains"]]
    assert chains[0].startswith(f"- {proportion(counts[0], 80)} ({proportion(counts[0], 80).interval}): ")
    assert sum(counts) == 80
    assert beside(card, "in runs") == ["probability above 96.3 % (80 of 80: 95% bound)"]


@pytest.mark.parametrize(
    ("outcome", "scenario", "chain"),
    [
        ("asked", "status-quo", '"The town is surrounded" (before the branch), then "The town asks for terms"'),
        ("saved", "relief", '"An army of relief comes" (at its date)'),
        ("long", "status-quo", '"The town is surrounded" (before the branch)'),
    ],
)
def test_a_chain_of_all_runs_says_so_and_where_its_first_cause_stands(folder, outcome, scenario, chain):
    assert beside(asked(folder, outcome, scenario), "came about")[1:] == [f"- all: {chain}"]


def test_a_chain_of_causes_is_not_told_as_one_of_events_that_each_helped(folder):
    (how,) = beside(asked(folder, "fallen"), "how read")

    assert "A cause need not have helped: what it wrote may only have left the condition true." in how


def test_few_runs_are_said_to_be_few_and_a_nested_design_to_give_no_interval(folder):
    assert beside(asked(folder, "fallen", runs=20, seed=3), "came about")[0].endswith(", too few to say much:")
    nested = beside(asked(folder, "fallen", runs=10, draws=4, seed=4), "came about")
    assert "(not with --draws): " in nested[1]


def test_an_outcome_that_did_not_come_true_has_a_bound_and_no_causes(folder):
    card = asked(folder, "never")

    assert beside(card, "came about") == []
    assert beside(card, "in runs") == ["probability below 3.7 % (0 of 80: 95% bound)"]


def test_a_parameter_says_what_the_runs_have_of_it(folder):
    assert beside(asked(folder, "mercy"), "in runs")[0].startswith("drawn: 5 % of the 80 runs below 1.")
    assert beside(asked(folder, "mercy", runs=10, draws=6, seed=5), "in runs")[0].startswith(
        "drawn: 5 % of the 6 draws"
    )
    assert beside(asked(folder, "mercy", "merciless"), "in runs") == ["the same in all 80 runs: 0"]
    assert beside(asked(folder, "haste"), "in runs") == ["the same in all 80 runs: 0.5 1/day"]


def test_a_measure_has_its_unit_and_says_which_runs_have_it(folder):
    texts = beside(asked(folder, "until_open"), "in runs")

    assert texts[0] == "mean 3.5 days (3.5 to 3.5), median 3.5 days (3.5 to 3.5)"
    assert texts[1] == "middle 90 % of runs: 3.5 to 3.5 days"


def test_a_faction_says_how_often_each_of_its_rules_fired(folder):
    texts = beside(asked(folder, "town"), "rules")

    assert texts[0] == 'rule town_asks: "The town asks for terms"; in all 80 runs (above 96.3 %, 95% bound)'
    assert texts[2] == 'rule town_sings: "A horn is blown"; in none of 80 runs (below 3.7 %, 95% bound)'


def test_where_too_many_runs_failed_no_figure_is_given(tmp_path):
    failing = write(
        tmp_path / "siege", ("clock: {fixed: calm}", "clock: {fixed: 1 day / (1 if terms == granted else 0)}")
    )

    for name in ("fallen", "town_opens", "gate_opened", "until_open", "army", "mercy"):
        card = asked(failing, name)
        (text,) = beside(card, "in runs")
        assert text.startswith("no figures are given: "), name
        assert text.endswith(" of 80 runs failed, more than 1 %"), name
        assert beside(card, "covers") == beside(card, "came about") == [], name


def test_a_card_as_data_is_json_with_its_links(case, folder):
    for card in [only(case, "town_asks"), asked(folder, "fallen"), asked(folder, "town_opens"), asked(folder, "mercy")]:
        data = json.loads(json.dumps(card.as_data(), allow_nan=False))
        assert {"name", "kind", "case", "title", "reads", "read_by"} <= {*data}
    said = only(case, "mercy").data["sources"]
    assert [(one["source"], [each["summary"] for each in one["paragraphs"]]) for one in said] == [
        ("report", ["The general spared those who asked.", ""])
    ]
    assert only(case, "report").data["sources"][0]["title"] == "A chronicle"
    rule = only(case, "town_asks").as_data()
    assert Counter(link["kind"] for link in rule["reads"]) == {"source": 1, "faction": 1, "variable": 2}
    assert rule["at_branch"] == {
        "enabled": True, "disabled": False, "waits_for_event": False, "unmet": [], "rate": None, "half_within": 0.5,
    }  # fmt: skip


@fewer
@given(model_data(), st.data())
def test_every_name_of_any_model_has_a_card_that_fits_its_width_and_is_json(data, more):
    scenario = scenario_of(data)
    case = NamedCase(Case(scenario=scenario, history=None, files={Path("model.yaml"): b""}, warnings=()), "model.yaml")
    node = more.draw(st.sampled_from(sorted(case.owners)))

    found = [*cards(case, node.name)]

    assert KINDS[node.kind] in [card.kind for card in found]
    for card in found:
        json.dumps(card.as_data(), allow_nan=False)
        assert max(columns(line) for line in card.lines(100) if "sim " not in line) <= 100
