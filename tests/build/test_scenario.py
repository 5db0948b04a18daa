from pathlib import Path

import pytest

from sim.build.cases.case import Case
from sim.build.scenario import load_scenario
from sim.language.diagnostics import LanguageError

GOOD = Path(__file__).parents[1] / "language" / "good"
START = "scenario: s\nmodel: model.yaml\nhistory: history.yaml\nhorizon: 90 days\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in GOOD.iterdir():
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def case(folder: Path, text: str, **others: str) -> Case:
    for name, other in others.items():
        (folder / f"{name}.yaml").write_text(other, encoding="utf-8")
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return load_scenario(folder / "s.yaml", "s.yaml")


def said(folder: Path, text: str, **others: str) -> list[str]:
    try:
        case(folder, text, **others)
    except LanguageError as error:
        return [
            f"{item.span.path if item.span else item.path}: {item.code} {item.message}" for item in error.diagnostics
        ]
    return []


def notes(folder: Path, text: str) -> str:
    with pytest.raises(LanguageError) as error:
        case(folder, text)
    (item,) = error.value.diagnostics
    return f"{item.code} {item.message}: {'; '.join(item.notes)}"


def types(found: Case) -> list[str]:
    return [event.type for event in found.scenario.past]


def test_without_a_branch_the_whole_history_stands(folder: Path) -> None:
    found = case(folder, START)

    assert types(found) == ["shots_fired", "talks_opened", "flood_came"]
    assert found.scenario.start == 11.0
    assert found.scenario.horizon == 101.0


def test_after_keeps_the_named_event_and_before_does_not(folder: Path) -> None:
    after, before = (case(folder, START + f"branch: {{{word}: call}}\n") for word in ("after", "before"))

    assert types(after) == ["shots_fired", "talks_opened"]
    assert types(before) == ["shots_fired"]
    assert after.scenario.start == before.scenario.start == 8 + 14.5 / 24


def test_a_branch_at_a_date_keeps_what_happened_up_to_it(folder: Path) -> None:
    found = case(folder, START + "branch: {at: 2030-01-12}\n")

    assert types(found) == ["shots_fired", "talks_opened", "flood_came"]
    assert types(case(folder, START + "branch: {at: 2030-01-11T23:59}\n")) == ["shots_fired", "talks_opened"]


def test_without_a_history_a_run_begins_with_the_model(folder: Path) -> None:
    found = case(folder, "scenario: s\nmodel: model.yaml\n")

    assert (found.history, found.scenario.start, found.scenario.horizon, found.scenario.past) == (None, 0.0, 180.0, ())


def test_a_model_alone_is_the_scenario_that_assumes_nothing(folder: Path) -> None:
    found = load_scenario(folder / "model.yaml", "model.yaml")

    assert (found.scenario.name, found.scenario.horizon) == ("quarrel", 180.0)
    assert [path.name for path in found.files] == ["model.yaml", "sources.yaml"]


def test_the_horizon_is_a_date_or_a_time_since_the_branch(folder: Path) -> None:
    branch = "scenario: s\nmodel: model.yaml\nhistory: history.yaml\nbranch: {at: 2030-01-11}\n"

    by_day = case(folder, branch + "horizon: 2030-03-01\n").scenario

    assert by_day.horizon == by_day.model.calendar.closing("2030-03-01") == pytest.approx(60.0, abs=1e-7)
    assert case(folder, branch + "horizon: 2030-03-01T00:00\n").scenario.horizon == 59.0
    assert case(folder, branch + "horizon: 8 weeks\n").scenario.horizon == 66.0


def test_the_models_timetable_is_split_at_the_branch(folder: Path) -> None:
    model = (folder / "model.yaml").read_text(encoding="utf-8").replace("by: 2030-02-20", "by: 2030-08-01")
    found = case(folder, START.replace("90 days", "300 days") + "branch: {at: 2030-06-01}\n", model=model)

    assert [event.kind for event in found.scenario.past] == ["documented"] * 3 + ["scheduled"]
    assert found.scenario.timetable == ()


def test_what_the_timetable_has_at_the_time_of_the_last_documented_event_is_over_and_comes_before_it(
    folder: Path,
) -> None:
    model = (folder / "model.yaml").read_text(encoding="utf-8")
    model = model.replace("{at: 2030-05-01, event: flood_came}", "{at: 2030-01-12, event: flood_came}")
    assert "2030-01-12" in model

    found = case(folder, START, model=model)

    assert [(event.kind, event.time) for event in found.scenario.past[-2:]] == [("scheduled", 11), ("documented", 11)]
    assert found.scenario.timetable == ()


def test_what_a_scenario_schedules_at_the_horizon_happens(folder: Path) -> None:
    found = case(folder, START + "events: [{after: 90 days, event: flood_came}]\n")

    assert [item.time for item in found.scenario.timetable if item.time > 100] == [101.0, 120.0]


def test_a_scenarios_prior_and_value_are_in_the_unit_of_their_parameter(folder: Path) -> None:
    model = (folder / "model.yaml").read_text(encoding="utf-8").replace("[3, 7]}, unit: day", "[3, 7]}, unit: week")
    prior, value = (
        case(folder, START + f"parameters: {{delay: {given}}}\n", model=model).scenario.model.parameters["delay"]
        for given in ("{prior: {uniform: [1, 3]}}", "2")
    )

    assert (prior.value, prior.prior, prior.arguments, prior.factor) == (14.0, "uniform", (1.0, 3.0), 7.0)
    assert (value.value, value.prior) == (14.0, "")


def test_a_scenario_changes_parameters_rules_and_events(folder: Path) -> None:
    found = load_scenario(folder / "scenario.yaml")
    parameters = found.scenario.model.parameters

    assert (parameters["delay"].value, parameters["delay"].prior) == (3.0, "")
    assert (parameters["provocation"].prior, parameters["provocation"].arguments) == ("uniform", (0.01, 0.02))
    assert found.scenario.disabled == ("mends[1]", "mends[2]", "mends[3]")
    assert [(round(item.time, 3), item.event) for item in found.scenario.timetable] == [
        (13.604, "flood_came"), (31.0, "shots_fired"), (120.0, "flood_came"),
    ]  # fmt: skip


def test_one_rule_of_a_family_can_be_disabled(folder: Path) -> None:
    found = case(folder, START + "disable: ['mends[2]']\n")

    assert found.scenario.disabled == ("mends[2]",)
    assert said(folder, START + "disable: ['mends[9]']\n") == ["s.yaml: E307 unknown rule 'mends[9]'"]


def test_a_scenario_that_extends_another_takes_all_that_it_does_not_give(folder: Path) -> None:
    base, found = load_scenario(folder / "scenario.yaml").scenario, load_scenario(folder / "harder.yaml").scenario

    assert found.name == "early-peace-harder"
    assert (found.start, found.horizon, found.past) == (base.start, base.horizon, base.past)
    assert found.model.parameters["delay"] == base.model.parameters["delay"]
    assert found.model.parameters["start_trust"].value == 0.2
    assert found.disabled == ("fails[1]", "fails[2]", "fails[3]", *base.disabled)
    assert len(found.timetable) == len(base.timetable) + 1


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ("", True),
        ("title: Another title", True),
        ("outcomes: {asked: {when: trust < 0.5}}", True),
        ("parameters: {delay: 4}", False),
        ("horizon: 60 days", False),
        ("branch: {before: call}", False),
        ("disable: [fails]", False),
    ],
)
def test_a_question_is_taken_over_only_where_the_same_is_assumed(folder: Path, more: str, same: bool) -> None:
    base = load_scenario(folder / "scenario.yaml").scenario
    found = case(folder, f"scenario: s\nextends: scenario.yaml\n{more}\n").scenario

    assert base.question
    assert found.question == (base.question if same else "")


def test_what_is_given_replaces_what_is_taken_over(folder: Path) -> None:
    found = case(
        folder,
        "scenario: s\nextends: scenario.yaml\nhorizon: 60 days\nbranch: {before: call}\nparameters: {delay: 4}\n",
    )

    assert types(found) == ["shots_fired"]
    assert found.scenario.model.parameters["delay"].value == 4.0


def test_all_files_that_were_read_are_listed(folder: Path) -> None:
    assert [path.name for path in load_scenario(folder / "harder.yaml").files] == [
        "harder.yaml", "scenario.yaml", "model.yaml", "sources.yaml", "history.yaml",
    ]  # fmt: skip


def test_who_gives_a_parameter_from_others_at_the_branch_is_told_where_that_is_possible(folder: Path) -> None:
    told = notes(folder, START + "parameters: {delay: delay + 3 days}\n")
    moved = START + "changes: [{from: 2030-02-01, parameters: {delay: delay + 3 days}}]\n"

    assert told.startswith("E301 ")
    assert "under `changes` it may: {from: a date, parameters: {delay: delay + 3 days}}" in told
    assert said(folder, moved) == []


@pytest.mark.parametrize("given", ["parameters: {trust: 0.3}", "changes: [{from: 2030-02-01, parameters: {trust: 1}}]"])
def test_who_gives_a_state_variable_as_a_parameter_is_told_what_it_is(folder: Path, given: str) -> None:
    told = notes(folder, START + given + "\n")

    assert told.startswith(
        "E505 the model has no parameter 'trust': 'trust' is a state variable: under `events`, `set:"
    )


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("branch: {after: cal}", "s.yaml: E503 no documented event has the id 'cal'"),
        ("branch: {}", "s.yaml: E503 a branch has exactly one of after, before, at"),
        ("branch: {after: call, before: call}", "s.yaml: E503 a branch has exactly one of after, before, at"),
        ("branch: {at: 2029-12-31}", "s.yaml: E503 the branch lies before the model's time 0"),
        (
            "branch: {at: 31.12.2029}",
            "s.yaml: E317 '31.12.2029' is not a date: the year stands first: write 2029-12-31",
        ),
        ("parameters: {delai: 3 days}", "s.yaml: E505 the model has no parameter 'delai'"),
        ("parameters: {delay: 3 per day}", "s.yaml: E303 expected a length of time, but this is a rate per time"),
        ("parameters: {delay: {value: 3, prior: {uniform: [1, 2]}}}",
         "s.yaml: E311 the parameter 'delay' needs a value or a prior, and not both"),
        ("parameters: {delay: {prior: {unifrm: [1, 2]}}}", "s.yaml: E311 unknown prior 'unifrm'"),
        ("parameters: {bridges: 2.5}", "s.yaml: E302 expected a whole number, but this may be a fraction"),
        ("disable: [south_cals]", "s.yaml: E307 unknown rule 'south_cals'"),
        ("events: [{event: flood_came}]", "s.yaml: E105 it does not say when it happens"),
        ("events: [{event: flood_came, at: 2030-02-01, after: 3 days}]", "s.yaml: E105 it says twice when it happens"),
        ("events: [{event: flood, after: 3 days}]", "s.yaml: E307 unknown event type 'flood'"),
        ("events: [{event: flood_came, at: 2030-01-01}]", "s.yaml: E504 'flood_came' would happen before the branch"),
        ("events: [{event: flood_came, after: 1 year}]", "s.yaml: E303 'year' is not a unit"),
        ("events: [{event: flood_came, after: 99 weeks}]", "s.yaml: E504 'flood_came' would happen after the horizon"),
        ("events: [{event: shots_fired, after: 3 days}]", "s.yaml: E320 the mark 'deaths' of 'shots_fired' is missing"),
        ("extends: s.yaml", "s.yaml: E506 a scenario cannot extend itself"),
        ("extends: no.yaml", "s.yaml: E108 there is no file 'no.yaml' beside this one"),
        ("extends: .", "s.yaml: E108 '.' is a directory, not a file"),
        ("extends: " + "x" * 300, "s.yaml: E108 there is no file '" + "x" * 300 + "' beside this one"),
        ('extends: "a\\0b"', "s.yaml: E108 there is no file 'a\0b' beside this one"),
    ],
)  # fmt: skip
def test_a_wrong_scenario_is_complained_of(folder: Path, more: str, complaint: str) -> None:
    assert said(folder, START + more + "\n") == [complaint]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("scenario: s\n", "s.yaml: E105 the key 'model' is missing in this file"),
        ("scenario: s\nmodel: no.yaml\n", "s.yaml: E108 there is no model file 'no.yaml'"),
        ("scenario: s\nmodel: model.yaml\nhistory: no.yaml\n", "s.yaml: E108 there is no history file 'no.yaml'"),
        ('scenario: s\nmodel: "a\\0b"\n', "s.yaml: E108 there is no model file 'a\0b'"),
        (START.replace("90 days", "-1 day"), "s.yaml: E502 the horizon does not lie after the branch"),
        (START.replace("90 days", "2030-01-11"), "s.yaml: E502 the horizon does not lie after the branch"),
        (START.replace("90 days", "5"), "s.yaml: E303 expected a date or a length of time, but this is a whole number"),
    ],
)
def test_a_scenario_that_names_the_wrong_thing_is_complained_of(folder: Path, text: str, complaint: str) -> None:
    assert said(folder, text) == [complaint]


def test_a_model_without_a_horizon_needs_a_scenario_with_one(folder: Path) -> None:
    model = (folder / "model.yaml").read_text(encoding="utf-8").replace("horizon: 180 days\n", "")

    assert said(folder, "scenario: s\nmodel: model.yaml\n", model=model) == [
        "s.yaml: E502 neither the scenario nor its model has a horizon"
    ]
    with pytest.raises(LanguageError, match="a model without a horizon cannot be run"):
        load_scenario(folder / "model.yaml")


def test_scenarios_that_extend_each_other_in_a_ring_are_refused(folder: Path) -> None:
    ring = {"a": "scenario: a\nextends: b.yaml\n", "b": "scenario: b\nextends: s.yaml\n"}

    assert said(folder, "scenario: s\nextends: a.yaml\n", **ring) == ["b.yaml: E506 a scenario cannot extend itself"]


def test_a_chain_of_scenarios_has_an_end(folder: Path) -> None:
    chain = {f"c{number}": f"scenario: c\nextends: c{number + 1}.yaml\n" for number in range(20)}

    assert said(folder, "scenario: s\nextends: c0.yaml\n", **chain) == [
        "c8.yaml: E506 a chain of more than 10 scenarios"
    ]


def test_questions_asked_of_the_longest_chain_are_refused_at_once_as_what_they_make_could_not_be_read_again(
    folder: Path,
) -> None:
    for number in range(10):
        text = f"scenario: c\nextends: {'scenario' if number == 9 else f'c{number + 1}'}.yaml\n"
        (folder / f"c{number}.yaml").write_text(text, encoding="utf-8")

    load_scenario(folder / "c1.yaml")
    with pytest.raises(LanguageError, match="a chain of more than 10 scenarios, with what is asked") as refused:
        load_scenario(folder / "c1.yaml", extension="scenario: c\nextends: c1.yaml\n")
    assert refused.value.code == "E506"


@pytest.mark.parametrize(
    ("added_questions", "codes"),
    [
        ("measures: {n: {count: shots_fired, nobody: 1}}", ["E104"]),
        ("outcomes: {n: {when: 1}}\nmeasures: {n: {count: nothing}}", ["E302", "E307"]),
        ("measures: {n: [", ["E101"]),
    ],
)
def test_what_is_wrong_with_questions_is_told_with_what_is_wrong_in_the_files(
    folder: Path, added_questions: str, codes: list[str]
) -> None:
    (folder / "s.yaml").write_text(START + "parameters: {delai: 3 days}\n", encoding="utf-8")

    with pytest.raises(LanguageError) as refused:
        load_scenario(folder / "s.yaml", "s.yaml", f"scenario: s\nextends: s.yaml\n{added_questions}\n")

    found = [(item.span.path, item.code) for item in refused.value.diagnostics if item.span]
    expected = [("s.yaml", "E505"), *(("the command line", code) for code in codes)]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("added_questions", ["measures: {n: [", "- a list", "measures: {n: {count: nothing}}"])
def test_wrong_questions_of_a_model_file_are_refused_as_such(folder: Path, added_questions: str) -> None:
    text = (
        added_questions
        if added_questions.startswith("-")
        else f"scenario: s\nmodel: model.yaml\nhorizon: 90 days\n{added_questions}\n"
    )

    with pytest.raises(LanguageError) as refused:
        load_scenario(folder / "model.yaml", "model.yaml", text)

    assert [item.span and item.span.path for item in refused.value.diagnostics] == ["the command line"]


def test_a_scenario_keeps_the_model_of_the_one_that_it_extends(folder: Path) -> None:
    (folder / "other.yaml").write_bytes((folder / "model.yaml").read_bytes())

    assert said(folder, "scenario: s\nextends: scenario.yaml\nmodel: ./model.yaml\n") == []
    assert said(folder, "scenario: s\nextends: scenario.yaml\nmodel: other.yaml\n") == [
        "s.yaml: E501 this is not the model of the scenario that it extends"
    ]


def test_complaints_about_a_scenario_that_is_extended_stand_in_its_own_file(folder: Path) -> None:
    base = START + "parameters: {delai: 3 days}\n"

    assert said(folder, "scenario: s\nextends: base.yaml\ndisable: [nobody]\n", base=base) == [
        "base.yaml: E505 the model has no parameter 'delai'",
        "s.yaml: E307 unknown rule 'nobody'",
    ]


def test_files_in_other_folders_are_called_without_detours(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "s.yaml").write_text("scenario: s\nmodel: ../m.yaml\n", encoding="utf-8")
    (folder / "m.yaml").write_text("model: m\n", encoding="utf-8")
    with pytest.raises(LanguageError) as caught:
        load_scenario(inner / "s.yaml", "inner/s.yaml")

    assert {item.span.path for item in caught.value.diagnostics if item.span} == {"m.yaml"}


def test_what_a_scenario_omits_is_not_past_and_the_rest_stands(folder: Path) -> None:
    found = case(folder, START + "omit: [flood]\n")

    assert types(found) == ["shots_fired", "talks_opened"]
    assert [event.sequence for event in found.scenario.past] == [0, 1]
    assert found.scenario.start == case(folder, START).scenario.start
    assert {name: event.type for name, event in found.scenario.omitted.items()} == {"flood": "flood_came"}


@pytest.mark.parametrize("word", ["after", "before"])
def test_a_branch_beside_an_omitted_event_keeps_its_time(folder: Path, word: str) -> None:
    plain = case(folder, START + f"branch: {{{word}: call}}\n")
    omitting = case(folder, START + f"branch: {{{word}: call}}\nomit: [call]\n")

    assert omitting.scenario.start == plain.scenario.start
    assert types(omitting) == ["shots_fired"]
    assert list(omitting.scenario.omitted) == (["call"] if word == "after" else [])


def test_what_is_omitted_after_the_branch_would_not_be_past(folder: Path) -> None:
    plain, omitting = (case(folder, START + f"branch: {{after: call}}\n{more}") for more in ("", "omit: [flood]\n"))

    assert omitting.scenario.past == plain.scenario.past
    assert not omitting.scenario.omitted


def test_a_history_that_needs_what_is_omitted_is_refused(folder: Path) -> None:
    assert notes(folder, START + "omit: [first-shots]\n").endswith(
        "it comes after what the scenario omits: first-shots"
    )


def test_a_scenario_that_extends_another_omits_what_both_do(folder: Path) -> None:
    (folder / "base.yaml").write_text(START.replace("scenario: s", "scenario: base") + "omit: [flood]\n")

    assert list(case(folder, "scenario: s\nextends: base.yaml\nomit: [call]\n").scenario.omitted) == ["call", "flood"]
