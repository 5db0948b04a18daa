import json
import os
import subprocess
import sys
import tempfile
import time

import pytest

from tests.cli.damage import file_of


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A temporary folder of one's own: others' tests kill what leaves something in the system's."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def litter(ensemble, tmp_path):
    """A file that a killed process left two days ago, and one of this moment."""
    folder = file_of(tmp_path, ensemble, "segments")
    files = [folder / f".a.parquet.{number}-0123abcd.tmp" for number in range(2)]
    for file in files:
        file.write_bytes(b"half")
    os.utime(files[0], (time.time() - 2 * 86400,) * 2)
    return files


def test_old_litter_goes_and_young_stays(sim, litter):
    would, did, again = sim("gc", "--dry-run"), sim("gc"), sim("gc")

    assert would.out.splitlines()[0] == "would remove 1 file, 4 bytes"
    assert did.out.splitlines()[0] == "removed 1 file, 4 bytes"
    assert again.out.splitlines()[0] == "removed 0 files, 0 bytes"
    assert [file.exists() for file in litter] == [False, True]
    assert sim("verify").code == 0


def test_the_age_can_be_said(sim, litter):
    answer = sim("gc", "--older-than", "0s", "--json")

    assert [item["kind"] for item in json.loads(answer.out)["removed"]] == ["temporary", "temporary"]
    assert not any(file.exists() for file in litter)


@pytest.mark.parametrize("age", ["1", "day", "-1d", "1y", "", "nan d"])
def test_what_is_no_age_is_refused(sim, litter, age):
    answer = sim("gc", "--older-than", age)

    assert answer.code == 2
    assert "not a length of time" in answer.err
    assert all(file.exists() for file in litter)


def test_an_ensemble_whose_manifest_is_damaged_is_left_alone_and_told(sim, ensemble, litter, tmp_path):
    file_of(tmp_path, ensemble, "manifests/*.json").write_bytes(b"{")

    answer = sim("gc", "--older-than", "0s")

    assert answer.code == 1
    assert "error E703" in answer.err
    assert all(file.exists() for file in litter)


def test_the_quarantine_goes_when_it_is_asked_for(sim, ensemble, tmp_path):
    file_of(tmp_path, ensemble, "spec.json").write_bytes(b"{}")
    assert sim("repair").code == 0

    kept, gone = (sim("gc", "--older-than", "0s", *more, "--json") for more in ([], ["--quarantine"]))

    assert json.loads(kept.out)["removed"] == []
    assert [item["kind"] for item in json.loads(gone.out)["removed"]] == ["quarantined"]


def test_what_a_killed_command_left_in_the_temporary_folder_goes(sim, ensemble, tmp_path, temporary):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left = temporary / f"sim-{ended.pid}-query-0123"
    left.mkdir()
    assert sim("gc").out.splitlines()[0] == "removed 0 files, 0 bytes"
    answer = sim("gc", "--older-than", "0s", "--json")
    assert [item["file"] for item in json.loads(answer.out)["removed"]] == [str(left)]
    assert not left.exists()
