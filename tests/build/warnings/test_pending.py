"""Rules that are overdue at the branch: how overdue, since when, and how soon they fire in the runs."""

import math
from pathlib import Path

import pytest

from sim.build.scenario import Case, load_scenario
from sim.build.warnings.pending import Pending, overdue
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model

MODEL = """
model: mission
title: A mission asks, and the ruler answers
time: {{unit: day, origin: 2030-12-01}}
sources: sources.yaml
factions: {{m: {{title: The mission}}, r: {{title: The ruler}}}}
state: {{asked: {{type: bool, initial: false}}, gone: {{type: bool, initial: false}}, n: {{type: int, initial: 0}}}}
events:
  held: {{by: m, exogenous: true, effects: {{asked: true, n: n + 1}}}}
  dropped: {{by: m, exogenous: true, effects: {{asked: false}}}}
  answered: {{by: r, effects: {{gone: true}}}}
rules:
  answers: {{faction: r, {rule}, emits: answered}}
outcomes: {{gone: {{on: [answered], ends_run: true}}}}
"""
SOURCES = """
sources: mission
title: Documents
documents: {report: {publisher: A mission, title: A report, date: 2030-12-14, reliability: medium}}
"""
WAITS = "on: [held], when: not gone"
GUARDED = "when: asked and not gone"


def case(folder: Path, rule: str, events: str = "13 held", more: str = "") -> Case:
    """Write and load the case in which these events happen on these days of December; the branch is the 23rd."""
    listed = [item.split() for item in events.split(", ")] if events else []
    history = (
        "history: h\ntitle: What was\nsources: sources.yaml\nevents:"
        + ("\n" if listed else " []\n")
        + "".join(
            f"  - {{id: e{number}, at: 2030-12-{day}, event: {event}, claim: It is so, status: attested, act: deed, "
            "sources: [{source: report}]}\n"
            for number, (day, event) in enumerate(listed)
        )
    )
    scenario = (
        "scenario: s\nmodel: model.yaml\nhistory: history.yaml\nbranch: {at: 2030-12-23}\nhorizon: 2031-03-01\n" + more
    )
    texts = {"model": MODEL.format(rule=rule), "history": history, "sources": SOURCES, "s": scenario}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_scenario(folder / "s.yaml", "s.yaml")


def found(folder: Path, rule: str, events: str = "13 held", more: str = "") -> list[Pending]:
    return overdue(case(folder, rule, events, more).scenario)


@pytest.mark.parametrize(
    ("clock", "chance"),
    [
        # Ten days after the mission; the survival of each law, written down by hand.
        ("{gamma: {shape: 2, mean: 2 days}}", 1 - math.exp(-10) * 11),
        ("{exponential: {mean: 5 days}}", 1 - math.exp(-2)),
        ("{weibull: {shape: 2, scale: 10 days}}", 1 - math.exp(-1)),
        ("{uniform: {low: 0 days, high: 15 days}}", 2 / 3),
        ("{lognormal: {median: 5 days, sigma: 1}}", 0.5 * (1 + math.erf(math.log(2) / math.sqrt(2)))),
        ("{rate: 0.1 per day}", 1 - math.exp(-1)),
        ("{fixed: 3 days}", 1.0),
        ("{uniform: {low: 1 day, high: 2 days}}", 1.0),
    ],
)
def test_how_likely_it_would_have_fired_is_the_laws_own_probability(tmp_path: Path, clock: str, chance: float) -> None:
    (item,) = found(tmp_path, f"{WAITS}, clock: {clock}")

    assert item.fired_by_now == pytest.approx(chance, abs=1e-12)
    assert (item.rule.name, bool(item.rule.on), item.since, item.after) == ("answers", True, 12.0, "held")


@pytest.mark.parametrize(
    ("rule", "events", "more"),
    [
        (f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 20 days}}}}", "13 held", ""),  # below a half
        (f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "", ""),  # nothing was asked
        (f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held, 15 answered", ""),
        (f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held", "disable: [answers]"),
        (f"{WAITS}, clock: immediately", "23 held", ""),  # at the branch itself
        (f"{GUARDED}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held, 14 dropped", ""),
        (f"{GUARDED}, clock: {{gamma: {{shape: 2, mean: 5 days}}}}", "13 held", ""),  # 91 %: below 95 %
        (f"{GUARDED}, clock: {{rate: 9 per day}}", "13 held", ""),  # a rate has no memory
        (f"{GUARDED}, clock: {{every: 2 days}}", "13 held", ""),
        (f"{GUARDED}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held",
         "events: [{at: 2030-12-23, event: dropped}]"),
    ],
)  # fmt: skip
def test_what_is_not_overdue_is_not_told(tmp_path: Path, rule: str, events: str, more: str) -> None:
    assert case(tmp_path, rule, events, more).warnings == ()


@pytest.mark.parametrize(
    ("rule", "since"),
    [
        (f"{GUARDED}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", (12.0, "held")),
        ("when: not gone, clock: {gamma: {shape: 2, mean: 2 days}}", (0.0, "")),
        (f"{GUARDED}, memory: keep, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", (12.0, "held")),
    ],
)
def test_a_rule_that_waits_for_no_event_is_told_of_where_its_law_has_run_out(tmp_path: Path, rule, since) -> None:
    (item,) = found(tmp_path, rule)

    assert (item.since, item.after) == since
    assert not item.rule.on
    assert item.fired_by_now > 0.95


def test_a_reaction_that_should_have_come_at_once_is_overdue(tmp_path: Path) -> None:
    for rule in (f"{WAITS}, clock: immediately", f"{GUARDED}, clock: immediately"):
        (item,) = found(tmp_path, rule)

        assert (item.fired_by_now, item.half_within) == (1.0, 0.0)


@pytest.mark.parametrize(
    "rule",
    [
        f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}",
        f"{WAITS}, clock: {{weibull: {{shape: 2, scale: 10 days}}}}",
        f"{WAITS}, clock: {{rate: 0.1 per day * n}}",
        f"{WAITS}, clock: {{lognormal: {{median: 5 days, sigma: 1}}}}",
        f"{WAITS}, clock: {{fixed: 3 days}}",
        f"{GUARDED}, memory: keep, clock: {{uniform: {{low: 1 day, high: 10.4 days}}}}",
    ],
)
def test_half_of_the_runs_have_it_within_the_time_that_is_told(tmp_path: Path, rule: str) -> None:
    scenario = case(tmp_path, rule).scenario
    (item,) = overdue(scenario)
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1, central=True)

    times = [event.time for run in range(600) for event in engine.run(run) if event.kind == "fired"]
    early = sum(time - scenario.start <= item.half_within for time in times)

    if item.half_within == 0.0:
        assert early == 600
    else:
        assert abs(early - 300) < 4 * math.sqrt(150)


ITS_OWN = "parameters: {{wait: {{value: {value}, unit: day, basis: {{judgement: given}}}}}}\nstate"


@pytest.mark.parametrize(("own", "scenarios", "overdue_by"), [(30, 5, 1.0), (5, 30, None)])
def test_the_clock_is_judged_by_what_holds_from_the_branch_on(
    tmp_path, monkeypatch, own, scenarios, overdue_by
) -> None:
    changed = MODEL.replace("state", ITS_OWN.replace("{value}", str(own)), 1)
    monkeypatch.setattr("tests.build.warnings.test_pending.MODEL", changed)
    rule = f"{WAITS}, clock: {{fixed: wait}}"
    scenario = case(tmp_path, rule, more=f"parameters: {{wait: {scenarios}}}").scenario

    assert [item.fired_by_now for item in overdue(scenario)] == ([overdue_by] if overdue_by else [])
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1, central=True)
    fired = [event.time - scenario.start for event in engine.run(0) if event.kind == "fired"]
    assert fired == [0.0 if overdue_by else 20.0]


def test_the_time_in_which_a_rule_was_stopped_does_not_count(tmp_path: Path) -> None:
    rule = f"{GUARDED}, memory: keep, clock: {{uniform: {{low: 1 day, high: 7.1 days}}}}"
    written = case(tmp_path, rule, "13 held, 15 dropped, 18 held")
    (item,) = overdue(written.scenario)
    (warning,) = written.warnings

    assert (item.since, item.ran) == (12.0, 7.0)
    assert (
        "by the branch, after 7 days in which it was enabled, it would have fired in 98 % of cases" in warning.message
    )


def test_the_warning_says_since_when_how_likely_and_how_soon(tmp_path: Path) -> None:
    (warning,) = case(tmp_path, f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 4 days}}}}").warnings

    assert warning.code == "W521"
    assert warning.message == (
        "the rule 'answers' has been pending since 2030-12-13 (held); by the branch, 10 days later, it would have "
        "fired in 96 % of cases, and the history has no firing of it since"
    )
    assert "half of the runs have it within 1.6 days" in warning.notes[0]
