"""Compiled code on disk: found again, made anew where it is damaged, done without where the disk refuses."""

from pathlib import Path

import pytest

from sim.engines.kernel import cache
from sim.engines.kernel.compiler import machine_code

TEXT = 'define double @"twice"(double %x) {\n  %y = fmul double %x, 2.0\n  ret double %y\n}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kernels"))
    return tmp_path / "kernels"


def test_code_is_compiled_once_and_then_found(folder: Path) -> None:
    asked = []

    def text() -> str:
        asked.append(1)
        return TEXT

    first = machine_code.kept("twice", text, 1)
    assert machine_code.is_kept("twice", 1)
    assert machine_code.kept("twice", text, 1) == first
    assert machine_code.kept("thrice", text, 1)
    assert len(asked) == 2
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_damaged_code_is_compiled_anew_and_never_loaded(folder: Path, damage: bytes | None) -> None:
    first = machine_code.kept("twice", lambda: TEXT, 1)
    (path,) = folder.iterdir()
    data = path.read_bytes()
    for place in range(0, len(data), 37):
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :] if damage is None else damage)
        assert machine_code.kept("twice", lambda: TEXT, 1) == first
        assert path.read_bytes() == data


def test_where_the_disk_refuses_code_is_compiled_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file where a folder is wanted")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "taken"))
    assert machine_code.kept("twice", lambda: TEXT, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
