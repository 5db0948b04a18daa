"""Where exports go: whole or not at all, and never over what is there."""

import errno
import json

import pytest

from sim.errors import SimError
from sim.export import FORMATS
from sim.export.folder import new_folder


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "views"])
def test_a_folder_that_is_there_is_left_as_it_is_and_nothing_is_run(sim, case, tmp_path, form):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")

    answer = sim("export", form, case, "--to", out)

    assert answer.code == 1
    assert "E014" in answer.err
    assert "nothing was changed" in answer.err
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    assert not (tmp_path / "ledger").exists()


def test_an_empty_folder_may_be_there_and_folders_above_are_made(sim, case, tmp_path):
    (tmp_path / "empty").mkdir()

    assert sim("export", "csv", case, "--runs", 2, "--to", "empty").code == 0
    assert sim("export", "csv", case, "--runs", 2, "--to", "a/b/c").code == 0

    assert (tmp_path / "empty" / "runs.csv").is_file()
    assert (tmp_path / "a" / "b" / "c" / "runs.csv").is_file()
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["c"]


def test_a_file_in_the_way_is_refused_without_a_traceback(sim, case, tmp_path):
    (tmp_path / "file").write_text("")

    for target in ("file", "file/below"):
        answer = sim("export", "csv", case, "--runs", 2, "--to", target)
        assert answer.code == 1
        assert "error E014" in answer.err
        assert "Traceback" not in answer.err


def half_write(folder, fault):
    with new_folder(folder) as fresh:
        (fresh / "half").write_text("half")
        raise fault


def test_a_full_disk_leaves_nothing(tmp_path):
    with pytest.raises(SimError) as error:
        half_write(tmp_path / "out", OSError(errno.ENOSPC, "No space left on device"))

    assert error.value.code == "E014"
    assert "No space left on device" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_ones_own_and_a_stop_leave_nothing_either(tmp_path):
    for fault in (SimError("E014", "no"), KeyboardInterrupt()):
        with pytest.raises(type(fault)):
            half_write(tmp_path / "out", fault)
        assert list(tmp_path.iterdir()) == []


def test_whoever_was_quicker_is_not_written_over(tmp_path):
    def write_while_another_does():
        with new_folder(tmp_path / "out") as fresh:
            (fresh / "mine").write_text("mine")
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / "theirs").write_text("theirs")

    with pytest.raises(SimError):
        write_while_another_does()

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["theirs"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_options_of_another_format_and_unknown_names_are_refused(sim, case):
    assert sim("export", "csv", case, "--country-id", 1, "--to", "out").code == 2
    assert "E013" in sim("export", "ocel", case, "--location", "XX", "--to", "out").err
    assert sim("export", "xlsx", case, "--to", "out").code == 2
    assert "E701" in sim("export", "csv", "ffff", "--to", "out").err
    assert sim("export", "csv", case).code == 2


def test_the_same_ensemble_named_twice_is_exported_once(sim, case):
    answer = sim("export", "csv", case, case / "status-quo.yaml", "--runs", 2, "--to", "out", "--json")

    assert [item["scenario"] for item in json.loads(answer.out)["ensembles"]] == ["early-envoy", "status-quo"]


def test_the_command_says_what_it_wrote(sim, case):
    answer = sim("export", "rocrate", case / "status-quo.yaml", "--runs", 3, "--to", "out")

    assert answer.code == 0
    assert answer.err == ""
    assert "3 runs of 'status-quo', ensemble " in answer.out
    assert "README.txt, documents/, ledger/, results/, ro-crate-metadata.json" in answer.out


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_command_writes_the_same_bytes(sim, case, tmp_path, form):
    needed = ["--country-id", 1] if form == "views" else []

    for name in ("one", "two"):
        assert sim("export", form, case, "--runs", 5, *needed, "--to", name).code == 0

    def content(name):
        return {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }

    assert content("one") == content("two")
