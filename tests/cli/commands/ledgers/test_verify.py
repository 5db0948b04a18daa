import json

import pytest

from tests.cli.damage import file_of, flip


def test_a_sound_ledger_is_said_to_be(sim, ensemble):
    answer = sim("verify")

    assert answer.code == 0
    assert answer.out.count("all is well") == 2
    assert "25 runs of 'status-quo'" in answer.out


@pytest.mark.parametrize(
    "pattern",
    ["spec.json", "manifests/*.json", "segments/*.parquet", "documents/*/entry", "documents/*/*/*/model.yaml"],
)
def test_a_damaged_file_is_named_with_what_to_do(sim, ensemble, tmp_path, pattern):
    flip(file_of(tmp_path, ensemble, pattern))

    answer, data = sim("verify"), sim("verify", "--json")

    assert answer.code == data.code == 1
    assert "error E703" in answer.out
    assert f"mend it: sim repair {ensemble[:12]}" in answer.out
    assert answer.out.count("all is well") == 1
    problems = {item["ensemble"]: item["problems"] for item in json.loads(data.out)["ensembles"]}
    assert [problem["code"] for problem in problems[ensemble]] == ["E703"]
    assert ensemble in problems[ensemble][0]["message"]


def test_only_what_is_named_is_checked(sim, ensemble, tmp_path):
    flip(file_of(tmp_path, ensemble, "segments/*.parquet"))
    other = next(path.name for path in (tmp_path / "ledger" / "ensembles").iterdir() if path.name != ensemble)

    assert sim("verify", other[:8]).code == 0
    assert sim("verify", other[:8], ensemble[:8]).code == 1


def test_an_ensemble_that_lost_its_spec_is_found_all_the_same(sim, ensemble, tmp_path):
    file_of(tmp_path, ensemble, "spec.json").unlink()

    answer = sim("verify", ensemble[:12])

    assert answer.code == 1
    assert "error E704" in answer.out


def test_what_killed_processes_left_is_noted_and_is_no_fault(sim, ensemble, tmp_path):
    folder = file_of(tmp_path, ensemble, "segments")
    (folder / ".000000025-25-0123456789abcdef.parquet.77-0123abcd.tmp").write_bytes(b"half")
    (folder / "notes.txt").write_text("mine")
    (tmp_path / "ledger" / "todo.txt").write_text("mine, too")

    answer, data = sim("verify"), json.loads(sim("verify", "--json").out)

    assert answer.code == 0
    assert "note: 1 file, 4 bytes: being written, or left by a process that was stopped" in answer.out
    assert answer.out.count("not the ledger's") == 2
    notes = [note["kind"] for item in data["ensembles"] for note in item["notes"]]
    assert (sorted(notes), [note["kind"] for note in data["notes"]]) == (["temporary", "unknown"], ["unknown"])


def test_a_digest_that_run_printed_is_found_again_and_so_are_fewer_runs(sim, case, ensemble):
    printed = sim("run", case / "status-quo.yaml", "--runs", 10).out.partition("digest ")[2][:12]

    answer, data = sim("verify", "--root", printed), json.loads(sim("verify", "--root", printed, "--json").out)

    assert answer.code == 0
    assert f"found: 10 runs of ensemble {ensemble[:12]}, the first of it" in answer.out
    assert [(one["ensemble"], one["runs"], one["all"]) for one in data["found"]] == [(ensemble, 10, False)]
    whole = next(item["root"] for item in json.loads(sim("list", "--json").out) if item["ensemble"] == ensemble)
    assert "25 runs" in sim("verify", ensemble[:8], "--root", whole.upper()).out


def test_a_digest_that_is_not_there_is_said_not_to_be_with_what_is(sim, ensemble):
    answer = sim("verify", "--root", "0" * 12)

    assert answer.code == 1
    assert "not found" in answer.out
    assert f"ensemble {ensemble[:12]} has 25 runs, digest" in answer.out


def test_a_digest_whose_runs_are_damaged_is_not_confirmed(sim, ensemble, tmp_path):
    root = next(item["root"] for item in json.loads(sim("list", "--json").out) if item["ensemble"] == ensemble)
    path = file_of(tmp_path, ensemble, "segments/*.parquet")
    content = bytearray(path.read_bytes())
    content[100] ^= 1  # among the rows, not in the header
    path.write_bytes(bytes(content))

    answer = sim("verify", "--root", root[:12])

    assert answer.code == 1
    assert "error E703" in answer.out


@pytest.mark.parametrize("digest", ["0123456", "x" * 12, "0" * 65, ""])
def test_what_is_no_digest_is_refused(sim, ensemble, digest):
    answer = sim("verify", "--root", digest)

    assert answer.code == 2
    assert "error E019" in answer.err


def test_a_ledger_that_is_not_there_is_not_called_sound(sim, case):
    for command in ("verify", "repair", "gc"):
        answer = sim(command, "--ledger", "elsewhere")

        assert answer.code == 1
        assert "there is no ledger elsewhere" in answer.err
