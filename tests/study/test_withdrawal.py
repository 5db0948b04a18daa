"""What is done to a scenario without a source, without a paragraph, or without an event that is disputed."""

import pytest

from sim.errors import SimError, UsageError
from sim.study.api import compare
from sim.study.plan import Plan
from sim.study.withdrawal import withdrawn, without
from tests.explain.quarrel import HISTORY, SCENARIO, write


@pytest.fixture
def withdraw(tmp_path):
    write(tmp_path)
    return lambda *texts, file="status-quo": withdrawn(
        tmp_path / f"{file}.yaml", texts, Plan(ledger=tmp_path / "ledger", workers=1)
    )


def done(found):
    return {one.node.name: one.done for one in found.treated}


def why(found):
    return {one.node.name: one.why for one in found.treated}


def test_what_rests_on_nothing_else_goes_and_what_has_other_support_stays(withdraw):
    _, found = withdraw("letter")

    assert done(found) == {
        "anger": "kept", "delay": "kept", "north_shoots": "switched off", "south_calls": "kept",
        "first-shots": "kept", "more-shots": "kept",
    }  # fmt: skip
    assert why(found)["anger"] == "only rules that do not fire read it"
    assert why(found)["delay"] == "rests on a judgement, too"
    assert why(found)["south_calls"] == "rests on diary, too"


def test_a_paragraph_leaves_what_other_paragraphs_of_its_source_support(withdraw):
    _, found = withdraw("letter:1")

    assert done(found)["anger"] == "kept"
    assert done(found)["north_shoots"] == "switched off"


def test_an_event_that_a_later_one_needs_is_kept_and_says_which(withdraw):
    _, found = withdraw("letter:1")

    assert done(found)["first-shots"] == "kept"
    assert why(found)["first-shots"] == "without it 'calm-again' could not have happened"
    assert not found.omits


def test_events_that_need_nothing_but_one_another_go_together(withdraw):
    _, found = withdraw("letter", "diary")

    assert set(found.names("taken out")) == {"first-shots", "calm-again", "more-shots"}


def test_an_event_that_nothing_needs_is_taken_out_though_another_is_kept(withdraw, tmp_path):
    write(tmp_path, history=HISTORY.replace("{source: letter, paragraph: 4}, ", ""))
    _, found = withdraw("diary", "letter:1")

    assert done(found)["more-shots"] == "taken out"
    assert found.omits


def test_a_disputed_event_is_taken_out_whatever_attests_it(withdraw):
    experiment, found = withdraw("more-shots")
    plan = Plan(ledger=experiment.ledger.folder, workers=1)

    assert done(found) == {"more-shots": "taken out"}
    assert why(found)["more-shots"] == "it is disputed"
    assert len(without(experiment, found, plan).scenario.past) == len(experiment.scenario.past) - 1


def test_a_disputed_event_that_a_later_one_needs_is_refused_with_what_to_dispute_too(withdraw):
    with pytest.raises(SimError, match="cannot stand without first-shots") as error:
        withdraw("first-shots")

    assert error.value.code == "E055"
    assert error.value.notes[-1] == "dispute that one, too: --without calm-again"


def test_a_later_event_is_in_no_run_and_is_kept(withdraw, tmp_path):
    write(tmp_path, **{"status-quo": SCENARIO.replace("2030-01-10", "2030-01-06")})

    assert why(withdraw("more-shots")[1])["more-shots"] == "it lies after the branch, and is in no run"


def test_what_the_scenario_sets_or_switches_off_itself_is_kept(withdraw, tmp_path):
    changed = "scenario: changed\nextends: status-quo.yaml\nparameters: {anger: 0.1}\ndisable: [north_shoots]\n"
    write(tmp_path, changed=changed)
    _, found = withdraw("letter", file="changed")

    assert why(found)["anger"] == "the scenario sets it by itself"
    assert why(found)["north_shoots"] == "the scenario switches it off already"


def test_a_number_is_widened_that_a_rule_with_other_support_reads(withdraw):
    _, found = withdraw("diary")

    assert done(found)["grace"] == "widened"
    assert "3 times as far" in why(found)["grace"]


def test_what_has_no_wider_prior_is_kept(withdraw):
    assert why(withdraw("diary")[1])["luckless"] == "no prior about its value is wider"


def test_what_is_done_is_a_scenario_that_is_run_with_the_same_settings(withdraw):
    experiment, found = withdraw("letter:1", "diary")
    other = without(experiment, found, Plan(ledger=experiment.ledger.folder, workers=1))

    assert other.scenario.disabled == ("north_shoots",)
    assert other.scenario.model.parameters["grace"].prior == "lognormal"
    assert other.settings == experiment.settings
    assert other.scenario.name == "status-quo-without-letter-1-diary"
    assert other.scenario.title == "As it is, without letter §1, diary"


def test_without_its_only_source_of_shots_there_are_none(withdraw, tmp_path):
    experiment, found = withdraw("letter")
    variant = found.variant(experiment.case.path, experiment.scenario)
    base = tmp_path / "status-quo.yaml"
    compared = compare(base, variant, runs=50, ledger=tmp_path / "ledger", workers=1)

    assert compared.versus[0].paired
    assert compared.versus[0].shifts["all_shots"].other.value == 0.0
    assert compared.versus[0].shifts["all_shots"].one.value > 0.0


@pytest.mark.parametrize(("text", "note"), [("leter", "letter"), ("first-shot", "first-shots"), ("letter:x", "letter")])
def test_what_is_neither_source_nor_event_is_refused(withdraw, text, note):
    with pytest.raises(UsageError, match=r".") as error:
        withdraw(text)

    assert error.value.code == "E053"
    assert note in str(error.value)


def test_a_paragraph_on_which_nothing_rests_is_refused(withdraw):
    with pytest.raises(UsageError, match="nothing rests on letter §5") as error:
        withdraw("letter:5")

    assert error.value.code == "E054"
