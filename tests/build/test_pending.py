"""Rules that wait at the branch: since when, how likely that is, how soon they fire; and which are warned of."""

import math
from pathlib import Path

import pytest

from sim.build.cases.case import Case
from sim.build.pending import DRAWS, Pending, in_percent, over_priors, pending_rules
from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.model.branching import branch_from_run
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
  answers: {{faction: r, {rule}, emits: answered, basis: {{judgement: so}}}}
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
    return list(pending_rules(case(folder, rule, events, more).scenario))


@pytest.mark.parametrize(
    ("clock", "chance"),
    [
        # Ten days after the mission; the survival of each law, written down by hand.
        ("{gamma: {shape: 2, mean: 2 days}}", math.exp(-10) * 11),
        ("{exponential: {mean: 5 days}}", math.exp(-2)),
        ("{weibull: {shape: 2, scale: 10 days}}", math.exp(-1)),
        ("{uniform: {low: 0 days, high: 15 days}}", 1 / 3),
        ("{lognormal: {median: 5 days, sigma: 1}}", 0.5 * math.erfc(math.log(2) / math.sqrt(2))),
        ("{rate: 0.1 per day}", math.exp(-1)),
        ("50 % within 5 days", 0.25),
        ("{fixed: 30 days}", 1.0),
        ("{at: 2031-01-04}", 1.0),
        ("{every: 30 days}", 1.0),
    ],
)
def test_how_likely_so_long_a_wait_is_is_the_laws_own_probability(tmp_path: Path, clock: str, chance: float) -> None:
    (item,) = found(tmp_path, f"{WAITS}, clock: {clock}")

    assert item.survival == pytest.approx(chance, abs=1e-12)
    assert not item.impossible
    assert (item.rule.name, bool(item.rule.on), item.since, item.after) == ("answers", True, 12.0, "held")


@pytest.mark.parametrize(
    "clock",
    [
        "{fixed: 3 days}",
        "{uniform: {low: 1 day, high: 2 days}}",
        "{triangular: {low: 1 day, mode: 2 days, high: 9 days}}",
        "{at: 2030-12-20}",
        "{every: 9 days}",
        "immediately",
    ],
)
def test_a_clock_that_must_have_run_out_cannot_have_waited_so_long(tmp_path: Path, clock: str) -> None:
    written = case(tmp_path, f"{WAITS}, clock: {clock}")
    (item,) = pending_rules(written.scenario)
    (warning,) = written.warnings

    assert (item.survival, item.impossible) == (0.0, True)
    assert warning.message.endswith("its clock cannot let it wait so long")


@pytest.mark.parametrize(
    ("clock", "half_within"),
    [("{at: 2030-12-20}", math.inf), ("{at: 2031-01-02}", 10.0), ("{every: 9 days}", 5.0), ("{every: 22 days}", 22.0)],
)
def test_a_date_that_has_passed_never_comes_and_others_come_next(
    tmp_path: Path, clock: str, half_within: float
) -> None:
    written = case(tmp_path, f"{WAITS}, clock: {clock}")
    (item,) = pending_rules(written.scenario)
    fired = [event.time for event in ReferenceEngine(compile_model(written.scenario.model), written.scenario, 1).run(0)
             if event.kind == "fired"]  # fmt: skip

    assert item.half_within == half_within
    assert fired == ([22.0 + half_within] if half_within < math.inf else [])


def test_a_date_that_had_passed_when_the_rule_was_enabled_is_no_surprise(tmp_path: Path) -> None:
    (item,) = found(tmp_path, f"{WAITS}, clock: {{at: 2030-12-04}}")

    assert (item.survival, item.half_within) == (1.0, math.inf)


@pytest.mark.parametrize(
    ("rule", "events", "more"),
    [
        (f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "", ""),  # nothing was asked
        (f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held, 15 answered", ""),
        (f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held", "disable: [answers]"),
        (f"{WAITS}, clock: immediately", "23 held", ""),  # at the branch itself
        (f"{GUARDED}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held, 14 dropped", ""),
        (f"{GUARDED}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}", "13 held",
         "events: [{at: 2030-12-23, event: dropped}]"),
    ],
)  # fmt: skip
def test_what_the_past_did_not_leave_waiting_is_not_told(tmp_path: Path, rule: str, events: str, more: str) -> None:
    written = case(tmp_path, rule, events, more)

    assert pending_rules(written.scenario) == ()
    assert written.warnings == ()


@pytest.mark.parametrize("guard", [WAITS, GUARDED])
@pytest.mark.parametrize(
    ("clock", "warned"),
    [
        # A gamma clock of shape 2 waits 10 days with the probability (1 + x) exp(-x), where x is 20 days by its mean.
        ("{gamma: {shape: 2, mean: 20 days}}", False),
        ("{gamma: {shape: 2, mean: 3.02 days}}", False),
        ("{gamma: {shape: 2, mean: 2.99 days}}", True),
        ("{rate: 0.46 per day}", False),  # exp(-4.6) is just above 1 %
        ("{rate: 0.461 per day}", True),
    ],
)
def test_a_wait_with_a_probability_of_less_than_one_in_a_hundred_is_warned_of(
    tmp_path: Path, guard: str, clock: str, warned: bool
) -> None:
    assert [one.code for one in case(tmp_path, f"{guard}, clock: {clock}").warnings] == ["W521"] * warned


@pytest.mark.parametrize(
    ("rule", "indifferent"),
    [
        ("when: asked, clock: {rate: 9 per day}", True),
        ("when: asked, clock: {every: 2 days}", True),
        ("when: asked, clock: {exponential: {mean: 1 hour}}", True),
        (f"{GUARDED}, clock: {{rate: 9 per day}}", False),  # what it emits would have ended it
        (f"{GUARDED}, clock: {{every: 2 days}}", False),
        ("on: [held], when: asked, clock: {rate: 9 per day}", False),  # it would wait for the next one
        ("when: asked, clock: {rate: 9 per day}, memory: repeat", False),
        ("when: asked, clock: {weibull: {shape: 2, mean: 1 hour}}", False),  # it has grown old
        ("when: asked, clock: {at: 2030-12-20}", False),
    ],
)
def test_what_goes_on_the_same_however_long_it_waited_is_listed_and_not_warned_of(
    tmp_path: Path, rule: str, indifferent: bool
) -> None:
    written = case(tmp_path, rule)
    (item,) = pending_rules(written.scenario)

    assert item.survival < 1e-6
    assert item.indifferent == indifferent
    assert [one.code for one in written.warnings] == ([] if indifferent else ["W521"])


def test_a_rule_whose_rate_has_come_to_nothing_is_not_said_to_come_early(tmp_path: Path) -> None:
    written = case(tmp_path, f"{WAITS}, clock: {{rate: 5 per day * (2 - n)}}", "13 held, 17 held")
    (item,) = pending_rules(written.scenario)
    (warning,) = written.warnings

    assert (item.survival, item.half_within) == (pytest.approx(math.exp(-20)), math.inf)
    assert warning.notes[1] == "as things stand at the branch, it does not fire in the runs"


def test_a_rule_is_not_indifferent_if_one_of_its_events_would_end_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tests.build.test_pending.MODEL", MODEL.replace(", emits: answered", ""))
    one, other = (
        pending_rules(case(tmp_path, f"{GUARDED}, clock: {{rate: 9 per day}}, choose: [{events}]").scenario)[0]
        for events in (
            "{event: held, weight: 1}, {event: held, weight: 2}",
            "{event: held, weight: 1}, {event: answered, weight: 2}",
        )
    )

    assert (one.indifferent, other.indifferent) == (True, False)


def test_over_the_priors_the_probability_is_the_mean_of_the_draws(tmp_path: Path, monkeypatch) -> None:
    uncertain = "parameters: {{wait: {{prior: {{uniform: [5, 25]}}, unit: day, basis: {{judgement: given}}}}}}\nstate"
    monkeypatch.setattr("tests.build.test_pending.MODEL", MODEL.replace("state", uncertain, 1))
    scenario = case(tmp_path, f"{WAITS}, clock: {{fixed: wait}}").scenario

    mean = over_priors(scenario, ["answers"])["answers"]

    assert pending_rules(scenario)[0].survival == 1.0  # at 15 days
    assert mean * DRAWS == pytest.approx(round(mean * DRAWS))  # in each draw it is 0 or 1
    assert abs(mean - 0.75) < 5 * math.sqrt(0.75 * 0.25 / DRAWS)


def test_at_a_branch_from_a_simulated_run_nothing_is_listed(tmp_path: Path) -> None:
    scenario = case(tmp_path, f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}").scenario
    log = ReferenceEngine(compile_model(scenario.model), scenario, 1).run(0)
    branch = branch_from_run(scenario, scenario, log, ensemble="e" * 64, run=0, event=0, seed=1, streams="fresh")

    assert pending_rules(scenario)
    assert pending_rules(branch) == ()


def test_without_priors_there_is_no_mean_over_them(tmp_path: Path) -> None:
    assert over_priors(case(tmp_path, f"{WAITS}, clock: {{fixed: 30 days}}").scenario, ["answers"]) == {}


def test_the_warning_says_how_many_rules_were_looked_at(tmp_path: Path, monkeypatch) -> None:
    more = "rules:\n" + "".join(
        f"  other_{number}: {{{{faction: r, on: [held], clock: {{{{fixed: 30 days}}}}, emits: answered, "
        "basis: {{judgement: so}}}}\n"
        for number in range(5)
    )
    monkeypatch.setattr("tests.build.test_pending.MODEL", MODEL.replace("rules:\n", more))
    (warning,) = case(tmp_path, f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}").warnings

    assert "6 rules that wait were looked at: by chance alone, one of so many has so unlikely a wait" in str(warning)


def test_of_a_family_one_warning_tells_and_counts_the_others(tmp_path: Path, monkeypatch) -> None:
    family = (
        "rules:\n  asks: {{for: i in 1..4, faction: r, on: [held], clock: {{fixed: i * 3 days}}, emits: answered, "
        "basis: {{judgement: so}}}}\n"
    )
    monkeypatch.setattr("tests.build.test_pending.MODEL", MODEL.replace("rules:\n", family))
    asks, _ = case(tmp_path, f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2 days}}}}").warnings[::-1]

    assert "the rule 'asks[1]' has been pending" in asks.message
    assert asks.notes[-1] == "it is one of 3 rules of its family that are overdue"


@pytest.mark.parametrize(
    ("chance", "written"),
    [
        (1.0, "100 %"),
        (0.954, "95 %"),
        (0.0953, "9.5 %"),
        (0.0172, "1.7 %"),
        (4.2e-6, "0.00042 %"),
        (0.0, "under 0.0001 %"),
    ],
)
def test_a_probability_is_written_with_two_digits(chance: float, written: str) -> None:
    assert in_percent(chance) == written


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
    assert item.survival < 0.05


def test_a_reaction_that_should_have_come_at_once_is_overdue(tmp_path: Path) -> None:
    for rule in (f"{WAITS}, clock: immediately", f"{GUARDED}, clock: immediately"):
        (item,) = found(tmp_path, rule)

        assert (item.survival, item.half_within) == (0.0, 0.0)


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
    (item,) = pending_rules(scenario)
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1, central=True)

    times = [event.time for run in range(600) for event in engine.run(run) if event.kind == "fired"]
    early = sum(time - scenario.start <= item.half_within for time in times)

    if item.half_within == 0.0:
        assert early == 600
    else:
        assert abs(early - 300) < 4 * math.sqrt(150)


ITS_OWN = "parameters: {{wait: {{value: {value}, unit: day, basis: {{judgement: given}}}}}}\nstate"


@pytest.mark.parametrize(("own", "scenarios", "overdue"), [(30, 5, True), (5, 30, False)])
def test_the_clock_is_judged_by_what_holds_from_the_branch_on(tmp_path, monkeypatch, own, scenarios, overdue) -> None:
    changed = MODEL.replace("state", ITS_OWN.replace("{value}", str(own)), 1)
    monkeypatch.setattr("tests.build.test_pending.MODEL", changed)
    rule = f"{WAITS}, clock: {{fixed: wait}}"
    scenario = case(tmp_path, rule, more=f"parameters: {{wait: {scenarios}}}").scenario

    assert [item.impossible for item in pending_rules(scenario)] == [overdue]
    engine = ReferenceEngine(compile_model(scenario.model), scenario, 1, central=True)
    fired = [event.time - scenario.start for event in engine.run(0) if event.kind == "fired"]
    assert fired == [0.0 if overdue else 20.0]


def test_the_time_in_which_a_rule_was_stopped_does_not_count(tmp_path: Path) -> None:
    rule = f"{GUARDED}, memory: keep, clock: {{uniform: {{low: 1 day, high: 7.05 days}}}}"
    written = case(tmp_path, rule, "13 held, 15 dropped, 18 held")
    (item,) = pending_rules(written.scenario)
    (warning,) = written.warnings

    assert (item.since, item.ran) == (12.0, 7.0)
    assert "by the branch for 7 days, times in which it was stopped apart, and" in warning.message


def test_the_warning_says_since_when_how_likely_how_soon_and_asks_for_the_event(tmp_path: Path) -> None:
    (warning,) = case(tmp_path, f"{WAITS}, clock: {{gamma: {{shape: 2, mean: 2.5 days}}}}").warnings

    assert warning.code == "W521"
    assert warning.message == (
        "the rule 'answers' has been pending since 2030-12-13 (held), by the branch for 10 days, and the history has "
        "no firing of it since: its clock lets it wait so long with a probability of 0.3 %"
    )
    assert warning.notes[0].startswith("does the history lack 'answered'? if it happened, document it;")
    assert warning.notes[1].endswith("half of the runs have it within 0.97 days")
    assert not any("looked at" in note for note in warning.notes)
