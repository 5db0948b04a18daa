"""What a scenario assumes against its model, in sentences: with dates and without."""

from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.build.words.assumptions import asked_beside, assumptions, in_sentences
from sim.experiment import EachRun, prepare, record
from sim.experiment.prepare import Origin
from sim.model.scenario import Scenario

MODEL = """
model: quarrel
title: A quarrel
time: {unit: day, origin: 2030-01-01}
horizon: 90 days
factions: {north: {title: The north}}
state: {shots: {type: int, range: [0, 100], initial: 0}}
parameters:
  word_kept: {prior: {beta: [3, 5]}, basis: {judgement: a share}}
  delay: {prior: {pert: [2, 7, 30]}, unit: day, basis: {judgement: a week}}
  skill: {value: 0.5, basis: {judgement: half}}
  armed: {type: bool, value: true, basis: {judgement: seen}}
  rate: {value: 0.1, unit: 1/day, basis: {judgement: counted}}
events:
  shots_fired: {title: Shots are fired, by: north, marks: {deaths: int, at_night: bool}, effects: {shots: shots + 1}}
  rested: {by: north}
rules:
  shoot:
    title: The north shoots
    faction: north
    clock: {rate: rate}
    emits: {event: shots_fired, deaths: 1, at_night: true}
  rest: {faction: north, when: armed, clock: {gamma: {shape: 2, mean: delay}}, emits: rested}
timetable: [{at: 2030-02-01, event: rested}]
outcomes: {bloody: {title: It gets bloody, when: shots > 20, ends_run: true}}
measures: {sum: {value: word_kept + skill}}
"""


def of(folder: Path, text: str, *changes: tuple[str, str], model: str = MODEL) -> Scenario:
    for old, new in changes:
        assert old in model
        model = model.replace(old, new)
    (folder / "quarrel.yaml").write_text(model, encoding="utf-8")
    (folder / "s.yaml").write_text(f"scenario: s\nmodel: quarrel.yaml\n{text}\n", encoding="utf-8")
    return load_scenario(folder / "s.yaml").scenario


def said(folder: Path, text: str, *changes: tuple[str, str]) -> list[str]:
    return [str(one) for one in assumptions(of(folder, text, *changes))]


BRANCH = "branch: {at: 2030-01-10}\n"


@pytest.mark.parametrize("text", ["", BRANCH, "horizon: 30 days", "outcomes: {calm: {when: shots == 0}}", "title: T"])
def test_a_scenario_that_assumes_nothing_says_nothing(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == []
    assert in_sentences(of(tmp_path, text)) == ""


def test_a_model_by_itself_assumes_nothing(tmp_path: Path) -> None:
    (tmp_path / "quarrel.yaml").write_text(MODEL, encoding="utf-8")

    assert assumptions(load_scenario(tmp_path / "quarrel.yaml").scenario) == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("word_kept: 0.7", "word_kept is 0.7 instead of drawn from beta(3, 5)"),
        ("word_kept: 70 %", "word_kept is 0.7 instead of drawn from beta(3, 5)"),
        ("word_kept: {prior: {beta: [8, 3]}}", "word_kept is drawn from beta(8, 3) instead of beta(3, 5)"),
        ("delay: 2 weeks", "delay is 14 days instead of drawn from pert(2, 7, 30) days"),
        ("delay: 1", "delay is 1 day instead of drawn from pert(2, 7, 30) days"),
        (
            "delay: {prior: {pert: [1 day, 1 week, 9]}}",
            "delay is drawn from pert(1, 7, 9) days instead of pert(2, 7, 30) days",
        ),
        ("skill: {prior: {normal: [-0.3, 0.7]}}", "skill is drawn from normal(-0.3, 0.7) instead of 0.5"),
        (
            "skill: {prior: {normal: [word_kept  - 1, 0.7]}}",
            "skill is drawn from normal(word_kept - 1, 0.7) instead of 0.5",
        ),
        (
            "delay: {prior: {uniform: [1, 2 days + 9 days * skill]}}",
            "delay is drawn from uniform(1, 2 days + 9 days * skill) days instead of pert(2, 7, 30) days",
        ),
        ("armed: false", "armed is false instead of true"),
        ("rate: 0.3", "rate is 0.3 1/day instead of 0.1 1/day"),
    ],
)
def test_a_parameter_is_told_with_what_it_is_instead_of(tmp_path: Path, given: str, words: str) -> None:
    assert said(tmp_path, f"{BRANCH}parameters: {{{given}}}") == [f"from 10 January 2030 (the branch): {words}"]
    assert said(tmp_path, f"parameters: {{{given}}}") == [f"from the start: {words}"]


def test_a_parameter_is_told_in_its_own_unit(tmp_path: Path) -> None:
    in_weeks = ("pert: [2, 7, 30]}, unit: day", "pert: [1, 2, 5]}, unit: week")

    assert said(tmp_path, "parameters: {delay: 21 days}", in_weeks) == [
        "from the start: delay is 3 weeks instead of drawn from pert(1, 2, 5) weeks"
    ]


def test_the_same_value_given_again_is_no_assumption(tmp_path: Path) -> None:
    assert said(tmp_path, "parameters: {word_kept: {prior: {beta: [3, 5]}}, skill: 50 %}") == []


def test_a_parameter_is_told_with_the_parameters_whose_priors_read_it(tmp_path: Path) -> None:
    reading = (
        ("skill: {value: 0.5,", "skill: {prior: {normal: [word_kept, 0.1]},"),
        ("rate: {value: 0.1,", "rate: {prior: {lognormal: [skill / 1 day, 0.1]},"),
    )

    assert said(tmp_path, "parameters: {word_kept: 0.7}", *reading) == [
        "from the start: word_kept is 0.7 instead of drawn from beta(3, 5); the priors of rate and skill move with it"
    ]
    assert said(tmp_path, "parameters: {word_kept: 0.7, skill: 0.2}", *reading) == [
        "from the start: skill is 0.2 instead of drawn from normal(word_kept, 0.1); the prior of rate moves with it",
        "from the start: word_kept is 0.7 instead of drawn from beta(3, 5)",
    ]


def test_a_disabled_rule_is_told_by_its_name_and_by_its_title_if_it_has_one(tmp_path: Path) -> None:
    assert said(tmp_path, BRANCH + "disable: [shoot, rest]") == [
        "from 10 January 2030 (the branch): the rule rest does not fire",
        "from 10 January 2030 (the branch): the rule shoot (The north shoots) does not fire",
    ]


def test_an_event_is_told_with_its_date_and_marks_and_those_of_the_models_timetable_are_not(tmp_path: Path) -> None:
    shots = "{at: 2030-01-20T14:30, event: shots_fired, deaths: 3, at_night: false}"

    assert said(tmp_path, f"{BRANCH}events: [{shots}, {{after: 5 days, event: rested}}]") == [
        "on 15 January 2030: rested",
        "on 20 January 2030, 14:30: Shots are fired (at_night no, deaths 3)",
    ]


def test_what_is_assumed_comes_in_order_of_time(tmp_path: Path) -> None:
    text = "events: [{at: 2030-02-20, event: rested}, {at: 2030-01-20, event: rested}]\nparameters: {skill: 0.7}"

    assert [one.time for one in assumptions(of(tmp_path, BRANCH + text))] == [9.0, 19.0, 50.0]


@pytest.mark.parametrize(
    ("time", "unit", "at_branch", "event"),
    [
        ("{unit: abstract}", "", "from time 4 (the branch)", "at time 20"),
        ("{unit: day}", " days", "from 4 days after time 0 (the branch)", "20 days after time 0"),
    ],
)
def test_without_dates_times_are_numbers(tmp_path: Path, time: str, unit: str, at_branch: str, event: str) -> None:
    changes = [("{unit: day, origin: 2030-01-01}", time), ("at: 2030-02-01", f"at: 30{unit}")]
    if not unit:
        changes += [("horizon: 90 days", "horizon: 90"), (", unit: day, basis", ", basis"), (", unit: 1/day", "")]
    text = f"branch: {{at: 4{unit}}}\nparameters: {{skill: 0.7}}\nevents: [{{at: 20{unit}, event: rested}}]"

    assert said(tmp_path, text, *changes) == [f"{at_branch}: skill is 0.7 instead of 0.5", f"{event}: rested"]


def test_what_the_extended_scenarios_assume_is_told_too(tmp_path: Path) -> None:
    of(tmp_path, BRANCH + "parameters: {skill: 0.7, rate: 0.2}\ndisable: [rest]")
    text = "scenario: t\nextends: s.yaml\nparameters: {skill: 0.9}\noutcomes: {calm: {title: Calm, when: shots == 0}}\n"
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    scenario = load_scenario(tmp_path / "t.yaml").scenario

    assert in_sentences(scenario) == (
        "From 10 January 2030 (the branch): rate is 0.2 1/day instead of 0.1 1/day. "
        "From 10 January 2030 (the branch): skill is 0.9 instead of 0.5. "
        "From 10 January 2030 (the branch): the rule rest does not fire."
    )
    assert asked_beside(scenario) == ("Calm",)


def test_questions_of_all_files_are_told_apart_from_what_is_assumed(tmp_path: Path) -> None:
    text = "outcomes: {calm: {when: shots == 0}}\nmeasures: {worst: {title: The worst of it, max: shots}}"

    assert asked_beside(of(tmp_path, text)) == ("calm", "The worst of it")
    assert asked_beside(of(tmp_path, "")) == ()


def test_a_branch_from_a_run_is_told_as_that(tmp_path: Path) -> None:
    of(tmp_path, "")
    before = prepare(tmp_path / "s.yaml", tmp_path / "ledger")
    ensemble, _ = record(before, 1, EachRun(lambda program, scenario, run, log: None), workers=1)
    of(tmp_path, "parameters: {skill: 0.7}")

    branch = prepare(tmp_path / "s.yaml", tmp_path / "ledger", origin=Origin(ensemble.id, 0, 1))

    (one,) = assumptions(branch.scenario)
    assert f" (the branch from run 0 of {ensemble.id[:12]})" in one.moment
    assert one.words == "skill is 0.7 instead of 0.5"


def test_what_changes_from_a_date_on_is_told_from_that_date_on_and_instead_of_what_was_then(tmp_path: Path) -> None:
    text = (
        "parameters: {skill: 0.7}\ndisable: [rest]\nchanges:\n"
        "  - {from: 2030-02-01, parameters: {skill: 0.9, delay: {prior: {pert: [1, 2, 9]}}}, enable: [rest]}\n"
        "  - {from: 2030-03-01T12:00, parameters: {word_kept: word_kept / 2}, disable: [shoot]}\n"
        "  - {from: 2030-03-02, parameters: {word_kept: 0.2}}\n"
    )

    assert said(tmp_path, BRANCH + text) == [
        "from 10 January 2030 (the branch): skill is 0.7 instead of 0.5",
        "from 10 January 2030 (the branch): the rule rest does not fire",
        "from 1 February 2030: delay is drawn from pert(1, 2, 9) days instead of pert(2, 7, 30) days",
        "from 1 February 2030: skill is 0.9 instead of 0.7",
        "from 1 February 2030: the rule rest may fire again",
        "from 1 March 2030, 12:00: word_kept becomes word_kept / 2, and was drawn from beta(3, 5)",
        "from 1 March 2030, 12:00: the rule shoot (The north shoots) does not fire",
        "from 2 March 2030: word_kept is 0.2",
    ]


def test_rules_and_events_of_a_scenarios_own_are_told_with_what_they_set(tmp_path: Path) -> None:
    text = (
        "events: [{at: 2030-01-20, title: The north lays down its arms, by: north, set: {shots: shots * 2}}]\n"
        "event_types: {gave_in: {title: The north gives in, by: north}}\n"
        "rules: {give_in: {title: The north thinks better of it, faction: north, clock: 50 % within 9 days,"
        " emits: gave_in, basis: {judgement: a guess}}}\n"
    )

    assert said(tmp_path, BRANCH + text) == [
        "from 10 January 2030 (the branch): there is a rule of its own, give_in (The north thinks better of it)",
        "on 20 January 2030: The north lays down its arms [shots: shots * 2]",
    ]


def test_a_branch_from_a_run_says_what_had_changed_in_that_run_and_how_it_stands(tmp_path: Path) -> None:
    of(tmp_path, "changes:\n"
       "  - {from: 2030-01-05, parameters: {rate: 2 * rate, delay: {prior: {pert: [1, 2, 3]}}}, disable: [rest]}\n"
       "  - {from: 2030-03-01, parameters: {rate: rate / 4}, enable: [rest]}")  # fmt: skip
    file, ledger = tmp_path / "s.yaml", tmp_path / "ledger"
    experiment = prepare(file, ledger)
    ensemble, _ = record(experiment, 1, EachRun(lambda program, scenario, run, log: None), workers=1)
    log = ensemble.log(0)
    later = next(event.sequence for event in log if event.time > 20)

    branched = prepare(file, ledger, origin=Origin(ensemble.id, 0, later, "fresh")).scenario

    delay = next(event for event in log if event.kind == "changed").marks[1]
    words = [one.words for one in assumptions(branched)]
    assert words == [
        f"delay is {delay:.6g} days instead of drawn from pert(2, 7, 30) days",
        "rate is 0.2 1/day instead of 0.1 1/day",
        "the rule rest does not fire",
        "rate becomes rate / 4, and was 0.2 1/day",
        "the rule rest may fire again",
    ]


def test_what_is_omitted_is_told_with_its_date(tmp_path: Path) -> None:
    (tmp_path / "h.yaml").write_text(
        "history: h\ntitle: H\nsources: c.yaml\nevents:\n"
        "  - {id: a-day-off, at: 2030-01-05, event: rested, claim: They rested., sources: [{source: diary}]}\n",
        encoding="utf-8",
    )
    diary = "sources: c\ndocuments: {diary: {title: D, reliability: low}}\n"
    (tmp_path / "c.yaml").write_text(diary, encoding="utf-8")

    assert said(tmp_path, f"{BRANCH}history: h.yaml\nomit: [a-day-off]") == [
        "on 5 January 2030: rested (a-day-off) is taken out of the past"
    ]
