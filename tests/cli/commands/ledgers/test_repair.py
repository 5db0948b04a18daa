import json

from tests.cli.damage import file_of, flip


def test_a_damaged_ledger_is_mended_and_the_same_digest_comes_out(sim, case, ensemble, tmp_path):
    before = json.loads(sim("list", "--json").out)
    for pattern in ("spec.json", "segments/*.parquet"):
        flip(file_of(tmp_path, ensemble, pattern))

    answer = sim("repair")

    assert answer.code == 0, answer.out
    assert "mended" in answer.out
    assert "nothing to mend" in answer.out
    assert "made runs 0 to 24 again, as they were sealed" in answer.out
    assert len(list((tmp_path / "ledger" / "ensembles" / ensemble / "quarantine").iterdir())) == 2
    assert sim("verify").code == 0
    assert json.loads(sim("list", "--json").out) == before
    assert sim("repair", ensemble[:8]).out.strip().endswith("nothing to mend")


def test_what_cannot_be_mended_is_told_with_its_code(sim, ensemble, tmp_path):
    flip(file_of(tmp_path, ensemble, "documents/*/*/*/model.yaml"))
    flip(file_of(tmp_path, ensemble, "segments/*.parquet"))

    answer = sim("repair", ensemble[:8], "--json")

    assert answer.code == 1
    (item,) = json.loads(answer.out)
    assert item["ensemble"] == ensemble
    assert "E704" in [error["code"] for error in item["left"]]
    text = sim("repair", ensemble[:8])
    assert text.code == 1
    assert "still wrong" in text.out


def test_after_a_repair_the_documents_are_kept_anew_by_running_again(sim, case, ensemble, tmp_path):
    flip(file_of(tmp_path, ensemble, "documents/*/*/*/model.yaml"))
    assert "error E703" in sim("log", ensemble[:8], "--run", 3).err
    assert sim("repair").code == 1

    assert sim("run", case, "--runs", 25).code == 0

    assert sim("verify").code == 0
    assert sim("log", ensemble[:8], "--run", 3).code == 0


def test_a_branch_and_its_origin_are_mended_in_one_command(sim, case, ensemble, tmp_path):
    made = sim("run", case / "status-quo.yaml", "--runs", 5, "--from", f"{ensemble[:8]}:3:1", "--json")
    branch = json.loads(made.out)[0]["ensemble"]
    for one in (ensemble, branch):
        flip(file_of(tmp_path, one, "segments/*.parquet"))

    answer = sim("repair")

    assert answer.code == 0, answer.out
    assert sim("verify").code == 0
