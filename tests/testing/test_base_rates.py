"""Base rates: what is called held, broken and open, and which runs count as what."""

import math
from pathlib import Path

import numpy as np
import pytest

from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.errors import SimError, UsageError
from sim.model.evidence.basis import CaseCount
from sim.model.program import compile_model
from sim.report.bases import share_interval
from sim.testing.base_rates import RateVerdict, evidence, judge_rates, level_of
from sim.testing.reports import as_data
from sim.testing.session import BUDGETS, Budget, Report, try_checks
from sim.testing.subject import load_subject, status_quo_of
from tests.testing.apart import Apart

# Shots come at a constant rate, so their probability within 180 days is 1 - exp(-180 * rate).
MODEL = """
model: quarrel
title: A quarrel of two houses
time: {{unit: day}}
{horizon}
factions: {{north: {{title: The northern house}}}}
state:
  calm: {{type: bool, initial: true}}
  signed: {{type: bool, initial: false}}
  damage: {{type: int, range: [0, 1], initial: 0}}
parameters:
  pace: {{value: {pace}, unit: 1/day, basis: {{judgement: planted}}}}
  peace: {{value: {peace}, unit: 1/day, basis: {{judgement: planted}}}}
  ruin: {{value: {ruin}, unit: 1/day, basis: {{judgement: planted}}}}
events:
  shots_fired: {{by: north, effects: {{calm: false}}}}
  accord_signed: {{by: north, effects: {{signed: true}}}}
  ruined: {{by: north, effects: {{damage: damage + 1}}}}
rules:
  north_shoots: {{faction: north, when: calm, clock: {{rate: pace}}, emits: shots_fired}}
  north_signs: {{faction: north, when: not signed, clock: {{rate: peace}}, emits: accord_signed}}
  north_is_ruined: {{faction: north, clock: {{rate: ruin}}, emits: ruined}}
outcomes:
  shots: {{when: not calm}}
  accord: {{when: signed, ends_run: true}}
base_rates:
{rates}
"""
HORIZON = "horizon: 360 days"
P = 8 / 37
PACE = -math.log(1 - P) / 180


def rate(name: str, count: int, of: int, within: str = "180 days") -> str:
    return (
        f"  {name}: {{outcome: shots, within: {within}, count: {count}, of: {of}, basis: {{judgement: from a list}}}}"
    )


def written(
    folder: Path, *rates: str, pace: float = PACE, peace: float = 0.0, ruin: float = 0.0, horizon: str = HORIZON
) -> Path:
    text = MODEL.format(rates="\n".join(rates), pace=pace, peace=peace, ruin=ruin, horizon=horizon)
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    return folder / "model.yaml"


def judged(path: Path, most: int = 20_000, seed: int = 1) -> dict[str, RateVerdict]:
    subject = load_subject(path)
    found = judge_rates(status_quo_of(subject), subject.base_rates, seed, most)
    return {verdict.rate.name: verdict for verdict in found}


def test_a_model_that_agrees_with_its_count_is_held_and_one_that_does_not_is_broken(tmp_path: Path) -> None:
    found = judged(written(tmp_path, rate("agrees", 8, 37), rate("lower", 30, 37), rate("higher", 0, 37)))

    assert {name: one.status for name, one in found.items()} == {
        "agrees": "held", "lower": "broken", "higher": "broken",
    }  # fmt: skip
    assert found["lower"].why == "the model's share is lower than the count allows: the intervals are apart"
    assert found["higher"].why.startswith("the model's share is higher than the count allows")
    for one in found.values():
        assert one.evidence is not None
        assert one.evidence.share.low is not None
        assert one.evidence.share.high is not None
        assert one.evidence.share.low < P < one.evidence.share.high


def test_with_too_few_runs_it_is_open_and_the_runs_that_are_said_to_tell_do(tmp_path: Path) -> None:
    path = written(tmp_path, rate("close", 60, 350))
    few = judged(path, 200)["close"]

    assert few.status == "open"
    assert few.evidence is not None
    assert few.evidence.runs == 200
    assert few.evidence.more is not None
    assert few.evidence.more > 0
    again = few.evidence.runs + few.evidence.more
    shares = (round(few.evidence.hits / few.evidence.runs * again), 0, again)
    assert evidence(*shares, few.evidence.counted, few.evidence.share.level).status != "open"
    assert "more would, if the share stays as it is" in few.why


def test_runs_are_looked_at_until_they_tell_and_not_beyond(tmp_path: Path) -> None:
    found = judged(written(tmp_path, rate("easy", 30, 37), rate("close", 66, 350)), 100_000)
    easy, close = found["easy"].evidence, found["close"].evidence

    assert easy is not None
    assert close is not None
    assert easy.runs == 1000
    assert found["close"].status == "held"
    assert close.runs > 1000
    before = judged(written(tmp_path, rate("easy", 30, 37), rate("close", 66, 350)), close.runs - 100)["close"]
    assert before.status == "open"


def test_an_outcome_that_never_comes_has_an_upper_bound_alone(tmp_path: Path) -> None:
    found = judged(written(tmp_path, rate("none_of_37", 0, 37), rate("some", 8, 37), pace=0.0))

    assert (found["none_of_37"].status, found["some"].status) == ("held", "broken")
    assert found["none_of_37"].counted == "0 of 37 within 180 days: 0 % (below 9.5 %)"
    known = found["none_of_37"].evidence
    assert known is not None
    assert (known.hits, known.share.low) == (0, 0.0)
    assert known.share.high is not None
    assert 0 < known.share.high < 0.02
    assert str(known).startswith("0 % (below 1.")


def test_the_runs_are_those_of_the_reference_engine_by_their_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, rate("often", 30, 37), peace=0.004)
    scenario = load_scenario(path).scenario
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 5)
    logs = [engine.run(number) for number in range(1000)]
    hits = sum(any(event.type == "shots" and event.time <= 180 for event in log) for log in logs)
    found = judged(path, seed=5)["often"].evidence

    assert found is not None
    assert (found.hits, found.runs, found.unknown) == (hits, 1000, 0)


def test_a_run_that_another_ending_ended_first_counts_as_one_without_the_outcome(tmp_path: Path) -> None:
    peace = 3 * PACE
    path = written(tmp_path, rate("close", 70, 700), pace=PACE, peace=peace)
    found = judged(path, 40_000)["close"].evidence

    # Of two constant rates, the probability that the first one's event comes first, and in time.
    expected = PACE / (PACE + peace) * (1 - math.exp(-(PACE + peace) * 180))
    assert found is not None
    assert found.unknown == 0
    assert found.share.low is not None
    assert found.share.high is not None
    assert found.share.low < expected < found.share.high


def test_a_run_that_failed_before_the_time_was_over_counts_both_ways(tmp_path: Path) -> None:
    found = judged(written(tmp_path, rate("agrees", 8, 37), ruin=0.02), 2000)["agrees"]

    assert found.status == "open"
    assert found.evidence is not None
    assert found.evidence.unknown > 1000
    assert found.evidence.more is None
    assert found.evidence.share.high is not None
    assert found.evidence.share.high > (found.evidence.hits + found.evidence.unknown) / 2000
    assert "nobody knows" in found.why


def test_a_run_that_failed_after_the_time_was_over_is_known(tmp_path: Path) -> None:
    path = written(tmp_path, rate("first_day", 36, 37, "1 day"), ruin=0.02)
    scenario = load_scenario(path).scenario
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1)
    early = sum(
        log[-1].kind == "failed" and log[-1].time <= 1 and not any(event.type == "shots" for event in log)
        for log in map(engine.run, range(1000))
    )
    found = judged(path, 1000)["first_day"].evidence

    assert found is not None
    assert found.unknown == early
    assert found.unknown < 50


def test_a_run_that_was_stopped_at_the_limit_of_events_counts_both_ways(tmp_path: Path) -> None:
    path = written(tmp_path, rate("agrees", 8, 37), pace=0.0)
    endless = "north_is_ruined: {faction: north, clock: {rate: 20000 per hour}, emits: idled}"
    text = path.read_text(encoding="utf-8").replace("events:\n", "events:\n  idled: {by: north}\n")
    ruin = next(line for line in text.splitlines() if "north_is_ruined" in line)
    path.write_text(text.replace(ruin, f"  {endless}"), encoding="utf-8")
    found = judged(path, 2)["agrees"]

    assert found.status == "open"
    assert found.evidence is not None
    assert (found.evidence.hits, found.evidence.unknown, found.evidence.runs) == (0, 2, 2)
    assert (found.evidence.share.low, found.evidence.share.high) == (0.0, 1.0)
    assert str(found.evidence) == "0 % to 100 % (not bounded) of 2 runs"


@pytest.mark.parametrize("beyond", [-0.002, 0.002])
def test_the_runs_make_a_wrong_verdict_no_more_often_than_they_may(beyond: float) -> None:
    """Bound: with at most 100 wrong of 1,000 expected, 170 or more have a probability below one in a million."""
    counted = share_interval(CaseCount(8, 37))
    chance = counted[1] + beyond
    wrong = "held" if beyond > 0 else "broken"
    dice = np.random.default_rng(7)
    mistaken = 0
    for _ in range(1000):
        hits = dice.binomial(100, chance, 100).cumsum()
        settled = (evidence(int(hits[look]), 0, 100 * (look + 1), counted, 0.9).status for look in range(9, 100, 6))
        mistaken += next((status for status in settled if status != "open"), "open") == wrong
    assert mistaken < 170


def test_the_level_is_shared_out_among_base_rates() -> None:
    assert level_of(1) == pytest.approx(0.999)
    assert 1 - level_of(4) == pytest.approx(0.00025)


SCENARIO = "scenario: {name}\nmodel: model.yaml\nhorizon: 360 days\n"


def test_base_rates_are_tried_under_the_status_quo_whatever_is_tested(tmp_path: Path) -> None:
    model = written(tmp_path, rate("agrees", 8, 37), horizon="")
    other = tmp_path / "a-war.yaml"
    other.write_text(SCENARIO.format(name="a-war") + "parameters: {pace: 1 per day}\n", encoding="utf-8")

    (alone,) = judged(model).values()
    assert (alone.status, alone.evidence) == ("open", None)
    assert "no status quo" in alone.why

    (tmp_path / "b-nothing.yaml").write_text(SCENARIO.format(name="b-nothing"), encoding="utf-8")
    for path in (model, other):
        subject = status_quo_of(load_subject(path))
        assert subject is not None
        assert subject.scenario.name == "b-nothing"
        assert judged(path)["agrees"].status == "held"

    text = SCENARIO.format(name="status-quo") + f"parameters: {{pace: {20 * PACE} per day}}\n"
    (tmp_path / "status-quo.yaml").write_text(text, encoding="utf-8")
    assert judged(other)["agrees"].status == "broken"


def test_a_base_rate_about_more_time_than_there_is_stays_open(tmp_path: Path) -> None:
    found = judged(written(tmp_path, rate("agrees", 8, 37), rate("later", 8, 37, "400 days")))

    assert found["agrees"].status == "held"
    assert (found["later"].status, found["later"].evidence) == ("open", None)
    assert found["later"].why.startswith(
        "it cannot be tried: it is about 400 days, and the runs are over after 360 days"
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "small", Budget("small", 8, 4, 4, 4))


def test_the_report_has_the_base_rates_that_are_asked_for(tmp_path: Path, apart: Apart, small: None) -> None:
    path = written(tmp_path, rate("agrees", 8, 37), rate("lower", 30, 37))

    def report(*only: str, runs: int | None = None) -> Report:
        return try_checks(path, budget="small", only=only, workers=apart, save=False, runs=runs)

    both = report()
    assert [(one.rate.name, one.status) for one in both.rates] == [("agrees", "held"), ("lower", "broken")]
    assert [one.rate.name for one in both.broken_rates] == ["lower"]
    assert not both.broken
    assert [one["status"] for one in as_data(both)["base_rates"]] == ["held", "broken"]
    assert [one.rate.name for one in report("lower").rates] == ["lower"]
    assert report("no_run_fails").rates == []
    few = report("agrees", runs=100).rates[0]
    assert few.evidence is not None
    assert few.evidence.runs == 100
    with pytest.raises(SimError, match="the model has no check 'agree'") as error:
        report("agree")
    assert error.value.notes == ("did you mean 'agrees'?",)
    with pytest.raises(UsageError, match="is for base rates, and none is tried"):
        report("no_run_fails", runs=100)
