"""A case's files are read and built once; whoever changes one between two calls gets what it says now."""

import os
from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.language.diagnostics import LanguageError

MODEL = """\
model: coin
title: A coin that is pushed
horizon: 10 days
time: {unit: day}
factions: {hand: {title: A hand}}
state: {heads: {type: bool, initial: false}}
parameters: {speed: {value: 0.1, unit: 1/day, basis: {judgement: by eye}}}
events: {pushed: {by: hand, effects: {heads: true}}}
rules: {push: {faction: hand, when: not heads, clock: {rate: speed}, emits: pushed, basis: {judgement: by eye}}}
outcomes: {up: {when: heads, ends_run: true}}
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "model.yaml").write_text(MODEL)
    for name in ("one", "other"):
        (tmp_path / f"{name}.yaml").write_text(f"scenario: {name}\nmodel: model.yaml\nhorizon: 9 days\n")
    return tmp_path


def age(path: Path, seconds: float = 3600) -> None:
    """Make a file look as if it were written some time ago."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns - int(seconds * 1e9)))


def test_scenarios_of_one_case_share_its_model(case: Path) -> None:
    one, other = (load_scenario(case / f"{name}.yaml").scenario.model for name in ("one", "other"))
    assert one.rules is other.rules


@pytest.mark.parametrize("old", [False, True])
def test_a_file_that_was_changed_is_read_anew(case: Path, old: bool) -> None:
    for value in ("0.1", "0.2", "0.3"):
        (case / "model.yaml").write_text(MODEL.replace("value: 0.1", f"value: {value}"))
        if old:
            age(case / "model.yaml")
        for _ in range(2):
            assert load_scenario(case / "one.yaml").scenario.model.parameters["speed"].value == float(value)


def test_a_file_in_the_place_of_another_is_read_though_it_is_as_old_and_as_long(case: Path) -> None:
    changed = case / "changed.yaml"
    changed.write_text(MODEL.replace("value: 0.1", "value: 0.2"))
    age(case / "model.yaml")
    before = (case / "model.yaml").stat()
    load_scenario(case / "one.yaml")
    os.utime(changed, ns=(before.st_atime_ns, before.st_mtime_ns))
    changed.rename(case / "model.yaml")
    assert load_scenario(case / "one.yaml").scenario.model.parameters["speed"].value == 0.2


def test_a_file_that_is_gone_is_missed(case: Path) -> None:
    age(case / "model.yaml")
    load_scenario(case / "one.yaml")
    (case / "model.yaml").unlink()
    with pytest.raises(LanguageError, match="there is no model file"):
        load_scenario(case / "one.yaml")


def test_a_wrong_file_is_complained_of_each_time_and_once(case: Path) -> None:
    (case / "model.yaml").write_text(MODEL.replace("rate: speed", "rate: sped"))
    for name in ("one", "other", "one"):
        with pytest.raises(LanguageError) as caught:
            load_scenario(case / f"{name}.yaml")
        assert [found.code for found in caught.value.diagnostics] == ["E301"]


def test_warnings_about_a_shared_model_come_with_each_scenario(case: Path) -> None:
    dated = MODEL.replace("time: {unit: day}", "time: {unit: day, origin: 2030-01-01}")
    (case / "model.yaml").write_text(f"{dated}measures: {{late: {{value: time > 2030-01-05}}}}\n")
    found = [load_scenario(case / f"{name}.yaml").warnings for name in ("one", "other", "one")]
    assert [[one.code for one in warnings] for warnings in found] == [["W323"]] * 3


def test_a_case_has_the_very_content_that_was_read(case: Path) -> None:
    found = load_scenario(case / "one.yaml")
    assert dict(found.files) == {path: path.read_bytes() for path in (case / "one.yaml", case / "model.yaml")}
