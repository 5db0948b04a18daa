"""How long rules wait at a branch, on clocks whose median is known."""

import math

import pytest

from sim.explain.branch_waits import BranchState
from tests.explain.siege import siege


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return siege(tmp_path_factory.mktemp("waits") / "siege")


def waits(case, rule, scenario="status-quo"):
    owner = case.scenario(scenario)
    return BranchState(owner).wait(owner.model.rules[rule])


def texts(wait):
    return [one.text for one in wait.unmet]


def test_a_rate_waits_for_its_half_life(case):
    wait = waits(case, "town_waits")

    assert wait.enabled
    assert wait.rate == 0.5
    assert wait.half_within == pytest.approx(math.log(2) / 0.5, rel=1e-12)


def test_what_waits_since_before_the_branch_has_that_much_less_to_wait(case):
    wait = waits(case, "town_asks")

    assert (wait.enabled, wait.half_within, wait.rate) == (True, 0.5, None)


def test_a_rule_that_is_not_enabled_says_which_parts_of_its_guard_do_not_hold_and_waits_from_when_it_is(case):
    opens, sings = waits(case, "town_opens"), waits(case, "town_sings")

    assert (opens.enabled, opens.half_within, texts(opens)) == (False, 2.0, ["terms == granted or terms == refused"])
    assert (sings.enabled, sings.half_within, texts(sings)) == (False, 0.0, ["relief", "gate"])


def test_a_rule_that_waits_for_an_event_says_so(case):
    wait = waits(case, "army_answers")

    assert (wait.enabled, wait.unheard, wait.unmet, wait.half_within) == (False, True, (), 1.0)


def test_a_rule_that_a_scenario_disables_waits_as_if_it_did_not(case):
    wait = waits(case, "town_waits", "silent")

    assert (wait.enabled, wait.disabled) == (False, True)
    assert wait.half_within == pytest.approx(math.log(2) / 0.5, rel=1e-12)


def test_a_rule_that_a_scenario_adds_begins_to_wait_at_the_branch(case):
    wait = waits(case, "army_burns", "bridge")

    assert (wait.enabled, wait.disabled, wait.half_within) == (True, False, 1.0)


def test_a_clock_without_a_value_is_said_to_have_none(tmp_path):
    changed = siege(tmp_path / "siege", ("clock: {fixed: calm}", "clock: {fixed: calm / (1 if gate else 0)}"))

    wait = waits(changed, "town_opens")

    assert (wait.enabled, wait.half_within) == (False, None)


def test_the_state_at_the_branch_has_what_the_documented_past_made_of_it(case):
    values = BranchState(case.base.scenario).values

    assert values["cut_off"] is True
    assert values["terms"] == "none"


def test_asking_twice_gives_the_same_and_changes_no_clock(case):
    state = BranchState(case.base.scenario)
    rules = case.model.rules.values()

    assert [state.wait(rule) for rule in rules] == [state.wait(rule) for rule in rules]
