"""What is kept of a build: the same as is built, believed only where nothing differs, and never of what is wrong."""

import hashlib
import os
import pickle
from importlib.resources import files
from pathlib import Path

import pytest

from sim.build import scenario
from sim.engines import kept
from sim.engines.kernel import cache
from sim.language.diagnostics import LanguageError
from sim.language.files import noting
from tests.engines.kernel.test_cache import needs_rights

LESOTHO = Path(__file__).parents[2] / "scenarios" / "lesotho-2014"
MODEL = """
model: door
title: A door
time: {unit: day}
horizon: 10 days
factions: {wind: {title: The wind}}
state: {open: {type: bool, initial: false}}
parameters: {gust: {prior: {uniform: [0.1, 0.9]}, unit: 1/day, basis: {judgement: a guess}}}
events: {blown_open: {by: wind, effects: {open: true}}}
rules:
  blow: {faction: wind, when: not open, clock: {rate: gust}, emits: blown_open, basis: {judgement: a guess}}
outcomes: {opened: {when: open, ends_run: true}}
"""
SCENARIO = "scenario: gale\ntitle: A gale\nmodel: model.yaml\nparameters: {gust: 0.8}\n"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario of a case whose builds are kept in a folder of their own."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    (tmp_path / "model.yaml").write_text(MODEL)
    (tmp_path / "gale.yaml").write_text(SCENARIO)
    return tmp_path / "gale.yaml"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was built of documents and not read back, one item each."""
    made: list[object] = []
    build = scenario.load_scenario

    def counted(*arguments: object, **named: object) -> object:
        made.append(arguments)
        return build(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(scenario, "load_scenario", counted)
    return made


def files_in(case: Path) -> list[Path]:
    return sorted((case.parent / "cache").glob(f"*{kept.ENDING}"))


def test_a_case_is_built_once_and_read_back_as_it_was(case, builds):
    first, second = kept.kept_case(case), kept.kept_case(case)

    assert len(builds) == 1
    assert first == second == scenario.load_scenario(case)


def test_each_case_of_lesotho_is_read_back_as_it_is_built(case, builds):
    for path in sorted({*LESOTHO.glob("*.yaml")} - {LESOTHO / "model.yaml"}):
        first, second = kept.kept_case(path, str(path)), kept.kept_case(path, str(path))

        assert first == second, path
        assert first.warnings == second.warnings
        assert first.files == second.files
    assert len(builds) == len(files_in(case)) == 13


def test_each_law_prior_and_draw_is_read_back_as_it_is_built(case, builds):
    golden = case.with_name("golden.yaml")
    golden.write_text(files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8"))

    assert kept.kept_case(golden) == kept.kept_case(golden)
    assert len(builds) == 1


def test_a_case_too_deep_to_be_kept_is_built_each_time(case, builds, monkeypatch):
    monkeypatch.setattr(kept.pickle, "dumps", _too_deep)
    kept.kept_case(case)
    kept.kept_case(case)

    assert len(builds) == 2
    assert files_in(case) == []


def test_every_file_of_a_case_is_read_by_what_notes_it():
    path = LESOTHO / "status-quo.yaml"
    scenario.load_scenario(path)
    with noting() as noted:
        again = scenario.load_scenario(path)

    assert {found.resolve() for found in again.files} <= {read.resolve() for read, _ in noted}


@pytest.mark.parametrize("name", ["gale.yaml", "model.yaml"])
def test_a_changed_file_is_built_anew(case, builds, name):
    kept.kept_case(case)
    (case.parent / name).write_text((case.parent / name).read_text() + "# nothing\n")

    assert kept.kept_case(case) == scenario.load_scenario(case)
    assert len(builds) == 3


def test_a_file_that_is_another_through_a_link_is_built_anew(case, builds):
    kept.kept_case(case)
    (case.parent / "model.yaml").rename(case.parent / "moved.yaml")
    (case.parent / "model.yaml").symlink_to(case.parent / "moved.yaml")
    kept.kept_case(case)

    assert len(builds) == 2


def test_a_file_that_is_gone_is_complained_of(case):
    kept.kept_case(case)
    (case.parent / "model.yaml").unlink()

    with pytest.raises(LanguageError) as kept_error:
        kept.kept_case(case)
    with pytest.raises(LanguageError) as built_error:
        scenario.load_scenario(case)

    assert str(kept_error.value) == str(built_error.value)


def test_what_is_wrong_is_not_kept_and_is_complained_of_each_time(case, builds):
    case.write_text(SCENARIO.replace("gust", "gusts"))
    said = []
    for _ in range(2):
        with pytest.raises(LanguageError) as caught:
            kept.kept_case(case)
        said.append(str(caught.value))

    assert said[0] == said[1]
    assert len(builds) == 2
    assert files_in(case) == []


def test_another_name_folder_or_question_is_another_build(case, builds, monkeypatch):
    kept.kept_case(case)
    kept.kept_case(case, "shown.yaml")
    kept.kept_case(case, own_branch=False)
    kept.kept_case(case, extension="scenario: more\nextends: gale.yaml\n")
    monkeypatch.chdir(case.parent)
    kept.kept_case(case)
    kept.kept_case(Path(case.name))

    assert len(builds) == 6


@pytest.mark.parametrize("what", ["sources", "python", "module"])
def test_what_another_sim_python_or_reader_built_is_not_believed(case, builds, monkeypatch, what):
    kept.kept_case(case)
    kept._here.cache_clear()
    if what == "sources":
        monkeypatch.setattr(kept, "digest_of_sources", lambda package, names: "other")
    elif what == "python":
        monkeypatch.setattr(kept.sys, "version", "3.0")
    else:
        monkeypatch.setattr(kept, "_version", lambda module: "other")
    kept.kept_case(case)
    monkeypatch.undo()
    kept._here.cache_clear()

    assert len(builds) == 2


def test_a_damaged_file_is_built_anew_and_nobody_is_told(case, builds, recwarn):
    kept.kept_case(case)
    (file,) = files_in(case)
    for damaged in (b"", file.read_bytes()[:-1], file.read_bytes()[:40] + b"?" + file.read_bytes()[41:]):
        file.write_bytes(damaged)
        assert kept.kept_case(case).scenario.name == "gale"
        assert file.read_bytes() != damaged

    assert len(builds) == 4
    assert [str(one.message) for one in recwarn] == []


@needs_rights
@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_what_others_may_write_to_is_never_loaded(case, builds, recwarn, mode):
    kept.kept_case(case)
    (file,) = files_in(case)
    planted = pickle.dumps({}) + pickle.dumps("planted")
    file.write_bytes(hashlib.sha256(planted).digest() + planted)
    file.chmod(mode)

    assert kept.kept_case(case).scenario.name == "gale"
    assert len(builds) == 2
    assert [str(one.message) for one in recwarn] == []


@needs_rights
def test_in_a_folder_that_others_may_write_to_nothing_is_kept_and_nobody_is_told(case, builds, recwarn):
    (case.parent / "cache").mkdir()
    (case.parent / "cache").chmod(0o777)
    kept.kept_case(case)
    kept.kept_case(case)

    assert len(builds) == 2
    assert files_in(case) == []
    assert [str(one.message) for one in recwarn] == []


def test_where_nothing_can_be_written_cases_are_built(case, builds, monkeypatch):
    (case.parent / "cache").write_text("a file")
    kept.kept_case(case)

    monkeypatch.setenv(cache.VARIABLE, str(case.parent / "other"))
    monkeypatch.setattr(os, "replace", _full)
    kept.kept_case(case)
    kept.kept_case(case)

    assert len(builds) == 3


def _too_deep(*_: object) -> bytes:
    raise RecursionError


def _full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_no_more_is_kept_than_there_is_room_for(case, monkeypatch):
    monkeypatch.setattr(kept, "MOST_KEPT", 3)
    for number in range(5):
        kept.kept_case(case, f"{number}.yaml")
    assert len(files_in(case)) == 3

    monkeypatch.setattr(kept, "LARGEST", 10)
    kept.kept_case(case, "large.yaml")
    assert len(files_in(case)) == 3
