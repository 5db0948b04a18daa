"""`sim test`: its words, its exit codes, what it writes and what it leaves alone."""

import json
from pathlib import Path

import pytest

from sim.testing.session import BUDGETS, Budget
from tests.testing import test_base_rates as rated
from tests.testing.cases import SLIPS, written


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("quick", "default"):
        monkeypatch.setitem(BUDGETS, name, Budget(name, 120, 60, 30, 100))


def test_a_right_model_exits_with_0_and_writes_nothing(sim, tmp_path: Path) -> None:
    written(tmp_path / "case", history=True)
    done = sim("test", tmp_path / "case", "--quick", "--check", "one_end")

    assert done.code == 0
    assert "held one_end" in " ".join(done.out.split())
    assert "none of 2 checks is broken" in done.out
    assert not (tmp_path / "case" / "regressions").exists()


def test_a_broken_check_is_shown_with_its_history_and_the_command_that_shows_it_again(sim, tmp_path: Path) -> None:
    written(tmp_path, SLIPS["one_end"][:2])
    done = sim("test", tmp_path / "model.yaml", "--check", "one_end")

    assert done.code == 1
    for said in (
        "BROKEN one_end",
        "because talks end once",
        "5 events, before any event",
        "BROKEN: ",
        "1 of 2 checks is",
    ):
        assert said in done.out
    (kept,) = (tmp_path / "regressions").iterdir()
    assert f"see it again: sim test {kept}" in done.out

    checked = sim("check", tmp_path / "regressions")
    assert checked.code == 0
    assert "fine: counterexample of the check 'one_end': 5 events, from 'beginning'" in checked.out

    again = sim("test", kept)
    assert again.code == 1
    assert "BROKEN one_end" in again.out
    written(tmp_path)
    mended = sim("test", kept)
    assert mended.code == 0
    assert "it no longer breaks 'one_end'; only 4 of its 5 events are possible today" in mended.out


def test_json_has_every_verdict(sim, tmp_path: Path) -> None:
    written(tmp_path, SLIPS["only_shots_kill"][:2])
    done = sim("test", tmp_path, "--quick", "--json", "--no-save", "--seed", "5")
    data = json.loads(done.out)

    assert done.code == 1
    assert data["seed"] == 5
    assert data["broken"] == sum(item["status"] == "broken" for item in data["checks"])
    assert not (tmp_path / "regressions").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 1, "error E108: there is no file or folder"),
        (["model.yaml", "--check", "one_endd"], 1, "error E017: the model has no check 'one_endd'"),
        (["model.yaml", "--quick", "--deep"], 2, "error E013: either little is tried or much"),
        (["model.yaml", "--quick", "--workers", "0"], 2, "Invalid value for '--workers'"),
        ([], 2, "Missing argument 'TARGET'"),
    ],
)
def test_wrong_input_is_said_and_wrong_usage_exits_with_2(sim, tmp_path, monkeypatch, arguments, code, said) -> None:
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = sim("test", *arguments)

    assert done.code == code
    assert said in done.err


def test_a_wrong_model_gets_its_diagnostics(sim, tmp_path: Path) -> None:
    written(tmp_path, ("never: happened(accord_signed)", "never: happened(acord_signed)"))
    done = sim("test", tmp_path)

    assert done.code == 1
    assert "error E307: unknown event type 'acord_signed'" in done.err


def test_a_base_rate_that_is_broken_exits_with_1_and_what_is_held_or_open_with_0(sim, tmp_path: Path) -> None:
    path = rated.written(tmp_path, rated.rate("agrees", 8, 37), rated.rate("lower", 30, 37))
    done = sim("test", path, "--quick")
    said = " ".join(done.out.split())

    assert done.code == 1
    assert f"Base rates of 'quarrel', tried under {path}, seed 1" in done.out
    assert "held agrees 8 of 37: 21.6 % (9.8 % to 38.2 %) 22.0 % (" in said
    assert "BROKEN lower 30 of 37: 81.1 % (64.8 % to 92.0 %) 22.0 % (" in said
    assert f"agrees: agrees. 'shots' within 180 days; judgement: from a list ({path}:27:3)" in done.out
    assert done.out.endswith("none of 1 check is broken\n1 of 2 base rates is broken\n")

    held = sim("test", path, "--quick", "--check", "agrees")
    assert (held.code, "none of 1 base rate is broken" in held.out) == (0, True)
    rated.written(tmp_path, rated.rate("close", 60, 350))
    open_one = sim("test", path, "--quick", "--runs", "200", "--json")
    (found,) = json.loads(open_one.out)["base_rates"]
    assert open_one.code == 0
    assert (found["status"], found["model"]["runs"]) == ("open", 200)
    assert found["more_runs"] > 200
    assert found["counted"]["basis"] == ["judgement: from a list"]


def test_what_is_said_of_base_rates_says_what_the_count_can_show(sim, tmp_path: Path) -> None:
    path = rated.written(tmp_path, rated.rate("agrees", 8, 37))
    said = " ".join(sim("test", path, "--quick").out.split())

    assert (
        "covers the probability of such a case in at least 95 % of all counts, provided that the cases are exch" in said
    )
    assert "Cases of other countries or times are weak evidence about this one: 'held' does not show that the" in said
    assert "A run that an ending ended first counts as one without the outcome; one that failed or was stopped" in said


def test_a_number_of_runs_for_base_rates_needs_one(sim, tmp_path: Path) -> None:
    done = sim("test", written(tmp_path), "--quick", "--runs", "200")

    assert done.code == 2
    assert "error E013: `--runs` is for base rates, and none is tried" in done.err
