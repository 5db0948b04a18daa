"""Whose compiled code is run: that of the user, from a folder that nobody else may write to."""

import hashlib
import os
import stat
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.engines.kernel import cache
from sim.engines.kernel.compiler import machine_code as machine
from sim.errors import SimWarning

TEXT = "define i64 @two() {\n ret i64 2\n}\n"
PLANTED = b"planted"
ANOTHER = 12345

needs_rights = pytest.mark.skipif(not cache._CHECKS, reason="this system keeps rights in another way")
needs_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good folder, in which something lies under the right name: what lies there is what would be run."""
    made = tmp_path / "kernels"
    monkeypatch.setenv(cache.VARIABLE, str(made))
    machine.kept("two", lambda: TEXT, 1)
    (file,) = made.iterdir()
    file.write_bytes(hashlib.sha256(PLANTED).digest() + PLANTED)
    cache._warn.cache_clear()
    return made


def file_in(folder: Path) -> Path:
    return folder / machine._file("two", 1)


def used() -> tuple[bytes, list[str]]:
    """What would be run, and the warnings about it."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        code = machine.kept("two", lambda: TEXT, 1)
    assert all(issubclass(one.category, SimWarning) for one in told)
    return code, [str(one.message) for one in told]


def test_what_lies_in_a_folder_of_ones_own_is_run(folder: Path) -> None:
    assert used() == (PLANTED, [])
    assert machine.is_kept("two", 1)


@needs_rights
@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_the_folder_and_its_files_are_made_for_the_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "deep" / "kernels"))
    before = os.umask(umask)
    try:
        machine.kept("two", lambda: TEXT, 1)
    finally:
        os.umask(before)

    (file,) = (tmp_path / "deep" / "kernels").iterdir()
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def _sticky(folder: Path) -> None:
    folder.chmod(0o1777)


def _linked_to(folder: Path) -> None:
    """The folder is a link to one that all may write to."""
    real = folder.rename(folder.with_name("real"))
    real.chmod(0o777)
    folder.symlink_to(real)


def _below_another(folder: Path) -> None:
    """The folder lies in one that all may write to, who put another one in its place."""
    folder.parent.chmod(0o777)
    os.chown(folder, ANOTHER, ANOTHER)


def _linked_by_another(folder: Path) -> None:
    """A link of another user leads to a folder of one's own."""
    folder.rename(folder.with_name("real"))
    folder.symlink_to("real")
    os.lchown(folder, ANOTHER, ANOTHER)


def _reached_by_a_link_of_another(folder: Path) -> None:
    os.chown(folder, ANOTHER, ANOTHER)
    real = folder.rename(folder.with_name("real"))
    folder.symlink_to(real)


def _file_linked(folder: Path) -> None:
    file = file_in(folder)
    file.rename(folder / "real")
    file.symlink_to("real")


def _file_is_a_pipe(folder: Path) -> None:
    file_in(folder).unlink()
    os.mkfifo(file_in(folder))


REFUSED: list[tuple[str, Callable[[Path], object], str, bool]] = [
    ("all may write to the folder", lambda folder: folder.chmod(0o777), "may write to it (mode 0777)", False),
    ("so in a sticky one", _sticky, "may write to it (mode 1777)", False),
    ("its group may", lambda folder: folder.chmod(0o770), "may write to it (mode 0770)", False),
    ("others may, and not read", lambda folder: folder.chmod(0o702), "may write to it (mode 0702)", False),
    ("a link to such a one", _linked_to, "may write to it (mode 0777)", False),
    ("all may write to the file", lambda folder: file_in(folder).chmod(0o666), "may write to it (mode 0666)", False),
    ("its group may write to the file", lambda folder: file_in(folder).chmod(0o660), "(mode 0660)", False),
    ("the file is a link", _file_linked, "it is a link", False),
    ("the file is a pipe", _file_is_a_pipe, "it is not a file", False),
    ("the folder is another's", lambda folder: os.chown(folder, ANOTHER, ANOTHER), f"(number {ANOTHER})", True),
    ("the file is another's", lambda folder: os.chown(file_in(folder), ANOTHER, -1), f"(number {ANOTHER})", True),
    ("in a folder of all, another's", _below_another, f"(number {ANOTHER})", True),
    ("another's link to one's own", _linked_by_another, f"is a link of another user (number {ANOTHER})", True),
    ("one's link to another's", _reached_by_a_link_of_another, f"(number {ANOTHER})", True),
]


@needs_rights
@pytest.mark.parametrize(
    ("spoil", "why"),
    [pytest.param(spoil, why, id=name, marks=[needs_root] if rooted else []) for name, spoil, why, rooted in REFUSED],
)
def test_code_that_others_could_have_written_is_not_run(
    folder: Path, spoil: Callable[[Path], object], why: str
) -> None:
    spoil(folder)

    code, told = used()
    assert code != PLANTED
    assert machine._compile(TEXT, 1) == code
    assert len(told) == 1, "once for a process"
    assert told[0].startswith("warning W027: ")
    assert str(folder) in told[0]
    assert why in told[0]


@needs_rights
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o750, 0o500])
def test_a_folder_that_others_may_read_and_not_write_to_is_used(folder: Path, mode: int) -> None:
    folder.chmod(mode)

    assert used() == (PLANTED, [])


@needs_rights
def test_a_folder_of_ones_own_is_used_wherever_it_lies_and_by_a_link_of_ones_own(folder: Path) -> None:
    folder.parent.chmod(0o1777)  # as /tmp
    real = folder.rename(folder.with_name("real"))
    folder.symlink_to(real)

    assert used() == (PLANTED, [])


@needs_rights
def test_what_is_checked_is_what_is_used_whatever_takes_its_place(folder: Path, tmp_path: Path) -> None:
    with cache.opened() as checked:
        assert checked is not None
        folder.rename(tmp_path / "moved")
        folder.mkdir()
        file_in(folder).write_bytes(hashlib.sha256(b"swapped").digest() + b"swapped")

        assert checked.read(file_in(folder).name) == PLANTED
        checked.keep("new.o", b"new")

    assert (tmp_path / "moved" / "new.o").exists()
    assert not (folder / "new.o").exists()


@needs_rights
def test_a_refused_folder_is_neither_written_to_nor_emptied(folder: Path) -> None:
    folder.chmod(0o777)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    machine_code, _ = used()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        machine.kept("another", lambda: TEXT, 1)

    assert machine_code != PLANTED
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not machine.is_kept("two", 1)


def test_no_more_is_kept_than_there_is_room_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_KEPT", 3)
    with cache.opened() as opened:
        assert opened is not None
        for number in range(5):
            opened.keep(f"{number}.o", b"code")
            os.utime(folder / f"{number}.o", (number, number))
        opened.keep("last.o", b"code")

    assert not (folder / "0.o").exists()
    assert len(list(folder.iterdir())) == 3
