"""A whole go at a case's checks: verdicts, what is kept, what is tried first the next time."""

import json
import shutil
from pathlib import Path
from typing import Protocol

import pytest

from sim.errors import SimError
from sim.language.files import meant_as
from sim.testing.counterexamples import FOLDER, read_back
from sim.testing.reports import as_data
from sim.testing.session import BUDGETS, Budget, Report, try_checks
from tests.testing.apart import Apart
from tests.testing.cases import SLIPS, SLIPS_IN_RUNS, written

SMALL = Budget("small", 120, 200, 100, 100)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "small", SMALL)


class Tried(Protocol):
    def __call__(self, path: Path, **options: object) -> Report: ...


@pytest.fixture(scope="module")
def tried(apart: Apart) -> Tried:
    return lambda path, **options: try_checks(path, budget="small", **{"workers": apart, **options})


def statuses(report: Report) -> dict[str, str]:
    return {verdict.check.name: verdict.status for verdict in report.verdicts}


def test_all_checks_of_a_right_model_hold(tmp_path: Path, tried: Tried) -> None:
    report = tried(written(tmp_path))

    assert set(statuses(report).values()) == {"held"}
    assert not (tmp_path / FOLDER).exists()
    assert (report.histories, report.runs) == (120, 400)


@pytest.mark.parametrize("check", SLIPS_IN_RUNS)
def test_what_only_many_runs_can_tell_is_told(check: str, tmp_path: Path, tried: Tried) -> None:
    report = tried(written(tmp_path, SLIPS_IN_RUNS[check]))

    verdict = next(verdict for verdict in report.broken if verdict.check.name == check)
    assert verdict.run is None
    if check == "all_alive":
        assert "states that were looked at its guard never held, because 'deaths < 0' never did" in verdict.why


def test_a_broken_check_is_kept_and_tried_first_the_next_time(tmp_path: Path, tried: Tried) -> None:
    slip = SLIPS["dead_stay_dead"][:2]
    path = written(tmp_path, slip)
    first = tried(path)
    kept = first.broken[0].file

    assert kept is not None
    assert kept.parent == tmp_path / FOLDER
    assert meant_as(kept, "counterexample")
    assert not meant_as(path, "counterexample")
    assert read_back(kept).perform().breaches["dead_stay_dead"].why == first.broken[0].why

    again = tried(path, only=["dead_stay_dead"])
    assert [(item.path, broken) for item, broken in again.replayed] == [(kept, True)]
    assert again.broken[0].file == kept
    assert list((tmp_path / FOLDER).iterdir()) == [kept]

    mended = tried(written(tmp_path))
    assert [(item.path, broken) for item, broken in mended.replayed] == [(kept, False)]
    assert not mended.broken


@pytest.mark.system
def test_the_same_seed_gives_the_same_report_whatever_the_number_of_processes(tmp_path: Path, tried: Tried) -> None:
    path = written(tmp_path, SLIPS["shots_need_arms"][:2], history=True)
    one, two = (tried(path, workers=workers, save=False, seed=3) for workers in (1, 2))
    other = tried(path, save=False, seed=4)

    assert as_data(one) == as_data(two)
    assert as_data(one) != as_data(other)
    assert statuses(other)["shots_need_arms"] == "broken"


def test_only_some_checks_can_be_tried(tmp_path: Path, tried: Tried) -> None:
    report = tried(written(tmp_path), only=["one_end", "skill_helps"])

    assert set(statuses(report)) == {"no_run_fails", "one_end", "skill_helps"}
    with pytest.raises(SimError) as error:
        tried(tmp_path, only=["one_endd"])
    assert error.value.code == "E017"
    assert error.value.notes == ("did you mean 'one_end'?",)


def test_a_run_error_is_found_at_the_edge_of_a_prior(tmp_path: Path, tried: Tried) -> None:
    slip = (
        "weight: skill}, {event: talks_failed, weight: 1 - skill}",
        "weight: skill}, {event: talks_failed, weight: 0}",
    )
    report = tried(written(tmp_path, slip), only=["one_end"])

    (broken,) = report.broken
    assert broken.check.name == "no_run_fails"
    assert broken.run is not None
    assert dict(broken.run.parameters) == {"skill": 0.0}
    assert "E607" in broken.why


def test_a_counterexample_that_cannot_be_written_is_told_all_the_same(tmp_path: Path, tried: Tried) -> None:
    path = written(tmp_path, SLIPS["only_shots_kill"][:2])
    (tmp_path / FOLDER).write_text("a file stands where the folder should be", encoding="utf-8")
    report = tried(path, only=["only_shots_kill"])

    assert report.broken[0].run is not None
    assert report.broken[0].file is None
    assert report.broken[0].trouble.startswith("the counterexample could not be saved: ")


@pytest.fixture(scope="module")
def armless(tmp_path_factory: pytest.TempPathFactory, tried: Tried) -> Path:
    """A counterexample that is kept beside a model: a shot before there are arms."""
    path = written(tmp_path_factory.mktemp("armless"), SLIPS["shots_need_arms"][:2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUDGETS, "small", SMALL)
        kept = tried(path, only=["shots_need_arms"]).broken[0].file
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("check: shots_need_arms", "check: shots_need_army", "which the model does not have"),
        ("begins: beginning", "begins: the-end", "which is not a moment of the case"),
        ("scenario: ../model.yaml", "scenario: ../modell.yaml", "names a scenario that is not there"),
        ("events:", "parameters: {skill: 1.2}\nevents:", "sets the parameter 'skill' to 1.2, which it cannot be"),
    ],
)
def test_a_counterexample_of_something_else_is_refused(old: str, new: str, said: str, armless: Path) -> None:
    text = armless.read_text(encoding="utf-8")
    assert old in text
    other = armless.with_name("other.yaml")
    other.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(SimError) as error:
        read_back(other)
    assert error.value.code == "E511"
    assert said in error.value.message


def test_a_history_that_the_model_no_longer_allows_breaks_nothing(tmp_path: Path, armless: Path) -> None:
    written(tmp_path)
    kept = shutil.copytree(armless.parent, tmp_path / FOLDER) / armless.name

    run = read_back(kept).perform()
    assert run.moves == ()
    assert run.breaches == {}


def test_a_report_is_json(tmp_path: Path, tried: Tried) -> None:
    report = tried(written(tmp_path, SLIPS["one_end"][:2]))
    data = json.loads(json.dumps(as_data(report)))

    broken = {item["check"]: item for item in data["checks"] if item["status"] == "broken"}
    assert broken["one_end"]["counterexample"]["length"] == 5
    assert broken["one_end"]["again"] == f"sim test {broken['one_end']['file']}"


def scenario(folder: Path, name: str, more: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(f"scenario: {name}\nmodel: model.yaml\nhorizon: 60 days\n{more}\n", encoding="utf-8")
    return path


def test_a_scenario_that_fixes_a_parameter_leaves_its_trend_open(tmp_path: Path, tried: Tried) -> None:
    written(tmp_path)
    report = tried(scenario(tmp_path, "skilled", "parameters: {skill: 0.9}"), only=["skill_helps"])

    assert report.verdicts[1].status == "open"
    assert report.verdicts[1].why == "this scenario fixes 'skill', so there is nothing to raise"


def test_a_rule_that_a_scenario_disables_breaks_nothing(tmp_path: Path, tried: Tried) -> None:
    written(tmp_path, SLIPS["shots_need_arms"][:2])
    report = tried(scenario(tmp_path, "no-shots", "disable: [north_shoots]"), only=["shots_need_arms"])

    assert statuses(report) == {"no_run_fails": "held", "shots_need_arms": "open"}
    assert report.verdicts[1].why == "it was never put to the test: shots_fired never happened"


def test_what_one_scenario_broke_is_not_charged_to_another(tmp_path: Path, tried: Tried) -> None:
    written(tmp_path, SLIPS["shots_need_arms"][:2])
    broken = tried(scenario(tmp_path, "armed", ""), only=["shots_need_arms"])
    other = tried(scenario(tmp_path, "no-shots", "disable: [north_shoots]"), only=["shots_need_arms"])

    assert broken.broken[0].file is not None
    assert other.replayed == []
    assert other.broken == []


def test_the_name_of_the_claim_that_every_model_makes_is_taken(tmp_path: Path, tried: Tried) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("  one_end:", "  no_run_fails:"), encoding="utf-8")

    with pytest.raises(SimError) as error:
        tried(path)
    assert error.value.code == "E321"
    assert set(statuses(tried(written(tmp_path), only=["no_run_fails"]))) == {"no_run_fails"}


def test_a_run_that_fails_only_when_it_is_long_is_kept_too(tmp_path: Path, tried: Tried) -> None:
    """Forty shots are more than a composed history has moves; a simulated run comes there."""
    slip = ("{type: int, range: [0, 1000], initial: 0}", "{type: int, range: [0, 12], initial: 0}")
    report = tried(written(tmp_path, slip), only=["no_run_fails"])

    (verdict,) = report.broken
    assert "E602" in verdict.why
    assert verdict.run is not None
    assert verdict.file is not None
