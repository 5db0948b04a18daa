"""Claims about probabilities: what runs show, what contradicts a claim, and how seldom that is a false alarm."""

from pathlib import Path

import pytest
from scipy.stats import binom

from sim.build.rules import ALWAYS
from sim.model.checks import LeadsTo, NeverLowers, NeverRaises
from sim.testing.simulated import (
    FALSE_ALARMS,
    Followed,
    Paired,
    Simulated,
    judge_followed,
    judge_paired,
    pair_up,
    simulate,
)
from sim.testing.subject import load_subject
from tests.testing.cases import SLIPS_IN_RUNS, subject, written

MODEL = """
model: coin
title: A clock that rings at a known time, and a coin
time: {unit: day}
horizon: 30 days
factions: {a: {title: A}}
state: {begun: {type: bool, initial: false}, rung: {type: bool, initial: false}, over: {type: bool, initial: false}}
parameters: {odds: {prior: {uniform: [0.2, 0.8]}, basis: {judgement: a guess}}}
events: {began: {by: a, effects: {begun: true}}, rang: {by: a, effects: {rung: true}}, ended: {by: a, effects: {over: true}}}
rules:
  begins: {faction: a, when: not begun, clock: {fixed: 5 days}, emits: began}
  rings:  {faction: a, when: begun and not rung, clock: {exponential: {mean: 4 days}}, emits: rang}
  ends:   {faction: a, when: begun and not over, clock: {fixed: 2 days}, choose: [{event: ended, weight: odds}, {event: began, weight: 1 - odds}]}
outcomes: {over: {when: over, ends_run: true}}
checks:
  rings_soon: {after: began, leads_to: rung, within: 3 days, probability: CLAIM, because: it is asked}
  rings_when: {when: begun, leads_to: rung, within: 3 days, probability: CLAIM, because: it is asked}
  rings_late: {after: began, leads_to: rung, within: 26 days, probability: CLAIM, because: it begins too late to tell}
"""  # noqa: E501 - a model file


def coin(folder: Path, claim: str) -> Simulated:
    (folder / "model.yaml").write_text(MODEL.replace("CLAIM", claim), encoding="utf-8")
    return simulate(load_subject(folder / "model.yaml"), range(600), 1)


TREND = NeverLowers("o", "p")


def probable(probability: float) -> LeadsTo:
    return LeadsTo(begins=("a",), condition=ALWAYS, within=1.0, probability=probability)


def test_what_follows_is_counted_from_its_first_beginning(tmp_path: Path) -> None:
    """It rings within two days, or the run ends then, or it rings in the third day, or not."""
    found = coin(tmp_path, "0.5")
    soon = found.followed["rings_soon"]
    e = 2.718281828459045
    led, ended = 1 - e ** (-2 / 4) + 0.5 * (e ** (-2 / 4) - e ** (-3 / 4)), 0.5 * e ** (-2 / 4)

    assert soon.led + soon.ended + soon.late == found.runs == 600
    assert binom.ppf(1e-6, 600, led) <= soon.led <= binom.isf(1e-6, 600, led)
    assert binom.ppf(1e-6, 600, ended) <= soon.ended <= binom.isf(1e-6, 600, ended)
    assert found.followed["rings_when"] == soon
    assert found.followed["rings_late"] == Followed()


def test_a_condition_that_is_true_at_the_branch_counts_from_there(tmp_path: Path) -> None:
    text = MODEL.replace("CLAIM", "0.5").replace("when: begun,", "when: not begun,")
    (tmp_path / "model.yaml").write_text(
        text.replace("leads_to: rung, within: 3 days", "leads_to: begun, within: 5 days")
    )
    found = simulate(load_subject(tmp_path / "model.yaml"), range(20), 1)

    assert found.followed["rings_when"] == Followed(led=20)


def test_a_claim_is_contradicted_where_too_few_runs_led_to_it_whether_they_were_late_or_ended_first() -> None:
    check = probable(0.5)

    assert judge_followed(check, Followed(led=20, late=80), 1).contradicted
    assert judge_followed(check, Followed(led=20, late=40, ended=40), 1).contradicted
    assert not judge_followed(check, Followed(led=40, late=20, ended=40), 1).contradicted
    assert not judge_followed(check, Followed(led=40, late=60), 1).contradicted
    assert judge_followed(check, Followed(led=70, late=30), 1).shown
    assert not judge_followed(check, Followed(led=55, late=45), 1).shown
    assert not judge_followed(check, Followed(), 1).contradicted


def test_a_true_claim_is_called_broken_less_often_than_stated() -> None:
    """Exactly, over all that n runs can show, at the edge of what is claimed."""
    check = probable(0.3)
    for runs in (20, 200, 1000):
        alarms = sum(
            float(binom.pmf(led, runs, 0.3))
            for led in range(runs + 1)
            if judge_followed(check, Followed(led=led, late=runs - led), 5).contradicted
        )
        assert alarms <= FALSE_ALARMS / 5
    for changed in (20, 200):
        alarms = sum(
            float(binom.pmf(wrong, changed, 0.5))
            for wrong in range(changed + 1)
            if judge_paired(TREND, Paired(1000, only_low=wrong, only_high=changed - wrong), 5).contradicted
        )
        assert 0 < alarms <= FALSE_ALARMS / 5


def test_a_trend_the_wrong_way_is_contradicted_whichever_way_is_claimed() -> None:
    down, up = Paired(100, only_low=30, only_high=2), Paired(100, only_low=2, only_high=30)

    assert judge_paired(TREND, down, 3).contradicted
    assert judge_paired(NeverRaises("o", "p"), up, 3).contradicted
    assert judge_paired(TREND, up, 3).shown
    assert judge_paired(NeverRaises("o", "p"), down, 3).shown
    assert not judge_paired(TREND, Paired(100), 3).shown


@pytest.mark.parametrize("slip", [None, SLIPS_IN_RUNS["skill_helps"]])
def test_pairs_share_their_luck_and_tell_which_way_a_parameter_moves_an_outcome(slip, tmp_path: Path) -> None:
    tried = subject(tmp_path, slip)
    statement = tried.checks["skill_helps"].statement
    assert isinstance(statement, NeverLowers)
    whole = pair_up(tried, statement, range(200), 1)

    assert whole == pair_up(tried, statement, range(120), 1) + pair_up(tried, statement, range(120, 200), 1)
    tally = judge_paired(statement, whole, 2)
    assert (tally.shown, tally.contradicted) == ((True, False) if slip is None else (False, True))


def test_what_runs_show_does_not_depend_on_how_they_are_cut(tmp_path: Path) -> None:
    tried = load_subject(written(tmp_path, history=True))

    assert simulate(tried, range(90), 1) == simulate(tried, range(50), 1) + simulate(tried, range(50, 90), 1)


def test_a_run_that_breaks_a_check_is_named(tmp_path: Path) -> None:
    tried = subject(tmp_path, ("effects: {armed: true}", "effects: {armed: true, deaths: deaths + 1}"))
    number, breach = simulate(tried, range(20), 1).broken["only_shots_kill"]

    assert number == 0
    assert breach.why == "deaths goes from 0 to 1"


def test_the_first_run_that_speaks_against_a_claim_is_named(tmp_path: Path) -> None:
    found = coin(tmp_path, "0.5").followed["rings_soon"]
    tried = load_subject(tmp_path / "model.yaml")
    alone = [simulate(tried, [number], 1).followed["rings_soon"] for number in range(5)]
    first = next(number for number, one in enumerate(alone) if one.late or one.ended)

    assert found.first == first
    assert f"the first without it is run {first}" in judge_followed(probable(0.5), found, 1).why
