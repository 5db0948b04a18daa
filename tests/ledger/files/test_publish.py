import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.errors import LedgerError
from sim.ledger.files.publish import is_temporary, make_folder, publish, replace


def refusing(error: int) -> Any:
    def call(*arguments: Any, **options: Any) -> Any:
        raise OSError(error, os.strerror(error))

    return call


def test_the_content_stands_under_its_name_and_nothing_else_is_left(tmp_path: Path) -> None:
    assert publish(tmp_path / "a", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"content"


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"first")
    assert not publish(tmp_path / "a", b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"first"


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:3]))
    publish(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "link"])
def test_a_refusal_leaves_nothing_and_names_path_and_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: int
) -> None:
    monkeypatch.setattr(os, call, refusing(error))
    with pytest.raises(LedgerError) as caught:
        publish(tmp_path / "a", b"content")
    monkeypatch.undo()
    assert caught.value.code == "E706"
    assert str(tmp_path / "a") in caught.value.message
    assert os.strerror(error) in caught.value.message
    assert caught.value.notes
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_may_not_last_is_not_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, calls = os.fsync, []

    def failing_the_second_time(file: int) -> None:
        calls.append(file)
        if len(calls) == 2:
            refusing(errno.EIO)()
        fsync(file)

    monkeypatch.setattr(os, "fsync", failing_the_second_time)
    with pytest.raises(LedgerError) as caught:
        publish(tmp_path / "a", b"content")
    assert caught.value.code == "E706"
    assert (tmp_path / "a").read_bytes() == b"content"
    assert not publish(tmp_path / "a", b"content")
    assert len(calls) == 4, "file and folder are synced again, though the name was taken"


def test_the_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for name in ("write", "fsync", "link"):
        call = getattr(os, name)

        def noted(*arguments: Any, name: str = name, call: Any = call, **options: Any) -> Any:
            order.append(name)
            return call(*arguments, **options)

        monkeypatch.setattr(os, name, noted)
    publish(tmp_path / "a", b"content")
    assert order == ["write", "fsync", "link", "fsync"]


@pytest.mark.parametrize(("call", "times"), [("write", 1), ("fsync", 1), ("link", 1), ("fsync", 2), ("unlink", 1)])
@pytest.mark.parametrize("after", [False, True])
def test_a_process_killed_at_any_call_leaves_all_or_nothing(tmp_path: Path, call: str, times: int, after: bool) -> None:
    program = f"""
import os, pathlib
from sim.ledger.files.publish import publish
real, count = os.{call}, 0
def dying(*arguments, **options):
    global count
    count += 1
    if count < {times}:
        return real(*arguments, **options)
    if "{call}" == "write":
        arguments = (arguments[0], arguments[1][:4])
    if {after}:
        real(*arguments, **options)
    os._exit(9)
os.{call} = dying
publish(pathlib.Path({str(tmp_path / "a")!r}), b"content")
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    found = [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert found in ([], ["a"])
    if found:
        assert (tmp_path / "a").read_bytes() == b"content"
    publish(tmp_path / "a", b"content")
    assert (tmp_path / "a").read_bytes() == b"content"


@pytest.mark.parametrize("error", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_without_hard_links_a_name_is_still_given_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    monkeypatch.setattr(os, "link", refusing(error))
    assert publish(tmp_path / "a", b"first")
    assert not publish(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert {path.name for path in tmp_path.iterdir()} == {"a", ".lock"}


def test_a_link_that_succeeded_though_it_was_called_taken_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def twice(source: Path, target: Path) -> None:
        link(source, target)
        link(source, target)

    monkeypatch.setattr(os, "link", twice)
    assert publish(tmp_path / "a", b"content")


def test_a_file_in_the_place_of_a_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("not a folder")
    for path in (tmp_path / "ledger", tmp_path / "ledger" / "ensembles"):
        with pytest.raises(LedgerError, match="cannot write") as caught:
            make_folder(path, tmp_path)
        assert caught.value.code == "E706"
        assert "a file stands where a folder is expected" in str(caught.value)


def noted(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """Note calls of `os` as they come; what is forced to the disk is noted by its name."""
    order: list[str] = []
    for name in names:
        call = getattr(os, name)

        def seen(*arguments: Any, name: str = name, call: Any = call, **options: Any) -> Any:
            forced = Path(f"/proc/self/fd/{arguments[0]}").readlink().name if name == "fsync" else ""
            order.append(f"{name} {forced}".strip())
            return call(*arguments, **options)

        monkeypatch.setattr(os, name, seen)
    return order


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says which file a number stands for")
def test_a_folder_that_somebody_made_and_did_not_force_to_the_disk_is_forced_there(tmp_path, monkeypatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    order = noted(monkeypatch, "fsync")
    make_folder(tmp_path / "a" / "b" / "c", tmp_path)
    assert sorted(order) == sorted(f"fsync {name}" for name in ("b", "a", tmp_path.name))
    order.clear()
    make_folder(tmp_path / "a" / "b" / "c", tmp_path / "a" / "b")
    assert order == ["fsync b"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says which file a number stands for")
def test_what_is_replaced_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch) -> None:
    (tmp_path / "a").write_bytes(b"damaged")
    order = noted(monkeypatch, "write", "fsync", "rename")
    replace(tmp_path / "a", b"sound")
    assert [call.split(" ")[0] for call in order] == ["write", "fsync", "rename", "fsync"]
    assert order[-1] == f"fsync {tmp_path.name}"
    assert (tmp_path / "a").read_bytes() == b"sound"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("call", ["open", "write", "fsync", "rename"])
def test_what_cannot_be_replaced_stays_as_it_was(tmp_path, monkeypatch, call) -> None:
    (tmp_path / "a").write_bytes(b"damaged")
    monkeypatch.setattr(os, call, refusing(errno.EIO))
    with pytest.raises(LedgerError) as caught:
        replace(tmp_path / "a", b"sound")
    monkeypatch.undo()
    assert caught.value.code == "E706"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"damaged"}


def test_only_the_names_that_a_writer_gives_are_temporary(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    publish(tmp_path / "a.json", b"content")
    left = [path.name for path in tmp_path.iterdir() if path.name != "a.json"]
    assert [is_temporary(name) for name in (*left, "a.json", ".hidden", ".lock", "notes.tmp")] == [True, *[False] * 4]
