"""Values tried without a file: how they are written, what they are the same as, and where complaints point."""

import pytest

from sim.errors import UsageError
from sim.language.diagnostics import LanguageError
from sim.study.api import run
from sim.study.plan import Plan, open_target, results_of
from sim.study.set_values import set_values
from sim.study.targets import opened_to_compare
from sim.study.variants import assume
from tests.analysis.crises import write

MODEL = """
model: quarrel
title: A quarrel
time: {unit: day}
horizon: 90 days
factions: {north: {title: The north}}
state: {shots: {type: int, range: [0, 100], initial: 0}}
parameters:
  word_kept: {prior: {beta: [3, 5]}, basis: {judgement: a share}}
  delay: {prior: {pert: [2, 7, 30]}, unit: day, basis: {judgement: a week}}
  skill: {value: 0.5, range: [0.25, 0.75], basis: {judgement: half}}
  armed: {type: bool, value: true, basis: {judgement: seen}}
  number: {type: int, value: 3, basis: {judgement: counted}}
  pull: {prior: {normal: [0, 1]}, basis: {judgement: a logit}}
events: {shots_fired: {by: north, effects: {shots: shots + 1}}}
rules: {shoot: {faction: north, when: armed, clock: {gamma: {shape: 2, mean: delay}}, emits: shots_fired}}
measures: {sum: {value: word_kept + skill + pull + number}}
"""


@pytest.fixture
def quarrel(tmp_path):
    (tmp_path / "quarrel.yaml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "status-quo.yaml").write_text("scenario: status-quo\nmodel: quarrel.yaml\n", encoding="utf-8")
    return tmp_path


def set_in(folder, *texts, target="status-quo.yaml"):
    return open_target(folder / target, Plan(folder / "ledger", values=set_values(texts)))


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("skill=0.7", {"skill": 0.7}),
        (" skill = 70 % ", {"skill": 0.7}),
        ("skill=exp(-1)", {"skill": "exp(-1)"}),
        ("skill=max(0.3, 0.4) * 1.5", {"skill": "max(0.3, 0.4) * 1.5"}),
        ("delay=2 weeks", {"delay": 14}),
        ('delay="2 weeks"', {"delay": 14}),
        ("armed=false", {"armed": False}),
        ("number=7", {"number": 7}),
        ("delay=pert(3, 9, 12)", {"delay": {"prior": {"pert": [3, 9, 12]}}}),
        ("delay=pert( 3 days,1 week+2 days , max(11, 12))", {"delay": {"prior": {"pert": [3, 9, 12]}}}),
        ("pull=normal(-0.3, 0.7)", {"pull": {"prior": {"normal": [-0.3, 0.7]}}}),
        ("word_kept={prior: {beta: [8, 3]}}", {"word_kept": {"prior": {"beta": [8, 3]}}}),
        ("skill={value: 0.7}", {"skill": 0.7}),
    ],
)
def test_a_value_is_the_same_as_in_a_scenario(quarrel, text, parameters):
    given = open_target(assume(quarrel / "status-quo.yaml", parameters=parameters), Plan(quarrel / "ledger"))

    assert set_in(quarrel, text).spec == given.spec


GUESSING = (
    MODEL.replace("gamma: {shape: 2,", 'gamma: {shape: "about(2, 2)",')
    .replace("effects: {shots: shots + 1}", 'effects: {"hit[1]": "trust > about(0.5, 2)", "trust": 0.5}')
    .replace(
        "state: {", "state: {trust: {type: real, initial: 0.5}, hit: {for: i in 1..2, type: bool, initial: false}, "
    )
)


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("shoot.gamma.shape=3", {"shoot.gamma.shape": 3}),
        ("shots_fired.effects.hit[1] = 0.2", {"shots_fired.effects.hit[1]": 0.2}),
        ("shoot.gamma.shape = about(3, 5)", {"shoot.gamma.shape": "about(3, 5)"}),
        ("shoot.gamma.shape=lognormal(3, 0.5)", {"shoot.gamma.shape": {"prior": {"lognormal": [3, 0.5]}}}),
    ],
)
def test_an_uncertain_number_is_set_by_its_place(quarrel, text, parameters):
    (quarrel / "quarrel.yaml").write_text(GUESSING, encoding="utf-8")
    given = open_target(assume(quarrel / "status-quo.yaml", parameters=parameters), Plan(quarrel / "ledger"))
    plain = open_target(quarrel / "status-quo.yaml", Plan(quarrel / "ledger"))

    assert set_in(quarrel, text).spec == given.spec != plain.spec


# What is set, and what is said of it: the whole message, but for the last line.
COMPLAINTS = {
    "word_kpt=0.7": """
--set #1:1:1: error E505: the model has no parameter 'word_kpt'
  |
1 | word_kpt=0.7
  | ^^^^^^^^
   = did you mean 'word_kept'?
""",
    "word_kept=1.2": """
--set #1:1:11: error E518: 'word_kept' cannot be 1.2: it lies between 0 and 1, for its prior in the model is a beta
  |
1 | word_kept=1.2
  |           ^^^
   = if it can be, say so in the model: give 'word_kept' a `range: [low, high]`
""",
    "skill=-3": """
--set #1:1:7: error E518: 'skill' cannot be -3: its `range` in the model is 0.25 to 0.75
  |
1 | skill=-3
  |       ^^
   = if it can be, widen the `range` of 'skill' in the model
""",
    "skill=uniform(0.5, 0.8)": """
--set #1:1:7: error E518: 'skill' cannot have a prior from 0.5 to 0.8: its `range` in the model is 0.25 to 0.75
  |
1 | skill=uniform(0.5, 0.8)
  |       ^^^^^^^^^^^^^^^^
   = if it can be, widen the `range` of 'skill' in the model
""",
    "skill=nan": """
--set #1:1:7: error E311: 'nan' is not a finite number
  |
1 | skill=nan
  |       ^^^
   = a parameter is always a finite number
""",
    "delay=pert(2, 7, inf)": """
--set #1:1:18: error E311: 'inf' is not a finite number
  |
1 | delay=pert(2, 7, inf)
  |                  ^^^
   = a parameter is always a finite number
""",
    "delay=1e400": """
--set #1:1:7: error E204: this number is too large
  |
1 | delay=1e400
  |       ^^^^^
""",
    "delay=prt(2, 7, 30)": """
--set #1:1:7: error E311: unknown prior 'prt'
  |
1 | delay=prt(2, 7, 30)
  |       ^^^
   = did you mean 'pert'?
""",
    "delay=pert(2, 7)": """
--set #1:1:12: error E311: pert takes [low, mode, high] but got 2 numbers
  |
1 | delay=pert(2, 7)
  |            ^^^^
""",
    "delay=pert(2, 7 dys, 30)": """
--set #1:1:15: error E303: 'dys' is not a unit
  |
1 | delay=pert(2, 7 dys, 30)
  |               ^^^^^
   = the model declares none of its own; another is declared under the key 'units': units: [dys]
""",
    "delay=pert(2, 7, 30) * 2": """
--set #1:1:7: error E311: pert is a prior, and here stands a value
  |
1 | delay=pert(2, 7, 30) * 2
  |       ^^^^^^^^^^^^^^^^^^
   = a prior is written {prior: {pert: [low, mode, high]}}, and stands alone
""",
    "delay=true": """
--set #1:1:7: error E302: expected a length of time, but this is a condition
  |
1 | delay=true
  |       ^^^^
""",
    "armed=1": """
--set #1:1:7: error E302: expected a condition, but this is a whole number
  |
1 | armed=1
  |       ^
""",
    "number=2.5": """
--set #1:1:8: error E302: expected a whole number, but this may be a fraction
  |
1 | number=2.5
  |        ^^^
""",
    "skill=shots": """
--set #1:1:7: error E301: unknown name 'shots'
  |
1 | skill=shots
  |       ^^^^^
   = expected a number
""",
    "skill={vlue: 0.5}": """
--set #1:1:8: error E104: unknown key 'vlue'
  |
1 | skill={vlue: 0.5}
  |        ^^^^
   = did you mean 'value'?
   = allowed here: elicited, prior, value
""",
    "skill={value: 0.5": """
--set #1:1:1: error E101: this is not YAML: a ',' or the closing '}' is missing before this
  |
1 | skill={value: 0.5
  | ^^^^^^^^^^^^^^^^^
   = between { } or [ ], an expression with , [ ] { } or ': ' in it stands in quotes
""",
    "Skill=0.5": """
--set #1:1:1: error E106: 'Skill' will not do here
  |
1 | Skill=0.5
  | ^^^^^
   = expected a name in small letters, digits and '_', beginning with a letter
   = write 'skill'
""",
}


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_complaint_points_into_the_text(quarrel, text):
    with pytest.raises(LanguageError) as error:
        set_in(quarrel, text)

    assert str(error.value).rpartition("\n\n")[0] == COMPLAINTS[text].strip("\n")
    assert not (quarrel / "ledger").exists()


def test_each_text_has_its_own_complaints(quarrel):
    with pytest.raises(LanguageError) as error:
        set_in(quarrel, "skill=0.5", "word_kept=7", "delay=x")

    assert [item.span.location for item in error.value.diagnostics] == ["--set #2:1:11", "--set #3:1:7"]


def test_a_warning_points_into_the_text(quarrel):
    (warning,) = set_in(quarrel, "skill=0.7", "delay=40").case.warnings

    assert str(warning).startswith("--set #2:1:7: warning W520: ")


@pytest.mark.parametrize("text", ["", "skill", "skill=", "=0.5", "skill 0.5", "0.5=skill", "skill=0.5\nhorizon: 3"])
def test_what_sets_nothing_is_refused(text):
    with pytest.raises(UsageError, match=r"--set #1: '.*' sets no parameter") as error:
        set_values([text])

    assert error.value.code == "E040"
    assert "expected NAME=VALUE" in error.value.notes[0]


def test_a_parameter_is_set_once():
    with pytest.raises(UsageError, match="--set #3: 'a=2' sets 'a' a second time") as error:
        set_values(["a=1", "b=1", "a=2"])

    assert error.value.code == "E040"
    assert error.value.notes == ("--set #1 is 'a=1': leave one of them out",)


def test_the_name_and_the_title_say_what_is_set(quarrel):
    scenario = set_in(quarrel, "skill=0.7", "delay = pert(3,  9, 12)").scenario

    assert scenario.name == "status-quo-set"
    assert scenario.title == "status quo, skill = 0.7, delay = pert(3, 9, 12)"


def test_what_was_set_is_kept_with_the_ensemble_and_read_back_from_there(quarrel, tmp_path):
    made = results_of(set_in(quarrel, "skill=0.7"), 5, workers=1)
    for name in ("status-quo.yaml", "quarrel.yaml"):
        (quarrel / name).unlink()

    again = run(made.source.ensemble, runs=5, ledger=tmp_path / "ledger", workers=1)

    assert again.source.root == made.source.root
    assert again.scenario.title == "status quo, skill = 0.7"
    assert set(again.runs.parameters["skill"]) == {0.7}


def test_an_ensemble_has_its_own_values(quarrel):
    made = results_of(set_in(quarrel, "skill=0.7"), 5, workers=1)

    with pytest.raises(UsageError, match="has parameters of its own") as error:
        open_target(made.source.ensemble, Plan(quarrel / "ledger", values=set_values(["skill=0.6"])))

    assert error.value.code == "E013"


def test_a_model_by_itself_can_have_values_set(quarrel):
    scenario = set_in(quarrel, "skill=0.7", target="quarrel.yaml").scenario

    assert scenario.model.parameters["skill"].value == 0.7


@pytest.mark.parametrize("baseline", [None, "loaded"])
def test_a_comparison_gets_the_baseline_with_the_values_as_one_more_scenario(tmp_path, baseline):
    folder = write(tmp_path)
    plan = Plan(folder / "ledger", values=set_values(["bias=0.2"]))
    targets = [folder / "as-it-is.yaml", folder / "loaded.yaml"]

    first, *others = opened_to_compare(targets, plan, baseline, unpaired=False)[0]

    assert first.scenario.name == (baseline or "as-it-is")
    assert others[-1].scenario.name == f"{first.scenario.name}-set"
    assert len(others) == 2
    assert [one.scenario.model.parameters["bias"].value for one in (first, *others)][-1] == 0.2
    assert first.scenario.model.parameters["bias"].value != 0.2
