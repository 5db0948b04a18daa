"""Odd things in a ledger: no command hangs, shows a traceback or loses anything, and the others stay readable."""

import hashlib
import json
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Manifest, Segment

SECONDS = 60  # that a command may take before it is said to hang
FUTURE = 4_102_444_800  # 2100


@dataclass(frozen=True)
class Shelf:
    """A ledger in which one ensemble, the victim, is to be spoilt; `good` are the ids of the others.

    The first of them is of another scenario.
    """

    ledger: Path
    victim: Path
    good: tuple[str, ...]

    def file(self, pattern: str) -> Path:
        return min(self.victim.glob(pattern))

    def other(self, pattern: str) -> Path:
        return min((self.ledger / "ensembles" / self.good[0]).glob(pattern))


Harm = Callable[[Shelf], object]


def _instead(pattern: str, make: Callable[[Path], object]) -> Harm:
    """Put something else under the name of a file."""

    def harm(shelf: Shelf) -> None:
        path = shelf.file(pattern)
        path.rename(shelf.ledger.parent / path.name)  # nothing of it is lost by the test itself
        make(path)

    return harm


def _beside(pattern: str, name: str) -> Harm:
    return lambda shelf: shutil.copy(shelf.file(pattern), shelf.file(pattern).with_name(name))


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as held:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path may have about a hundred bytes
        try:
            held.bind(path.name)
        except OSError:
            path.touch()
        finally:
            os.chdir(here)


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _listing_itself(shelf: Shelf) -> None:
    ensemble = Ledger(shelf.ledger).ensemble(shelf.victim.name)
    old = ensemble.manifest()
    assert old
    name = "../manifests/00000002.json"
    entry = Segment(name, 0, 5, 5, "0" * 64, "0" * 64)
    child = Manifest(old.ensemble, 2, old.digest, (entry,), old.root, {})
    (ensemble.folder / "manifests" / "00000002.json").write_bytes(child.content())


def _many_runs(shelf: Shelf) -> None:
    ensemble = Ledger(shelf.ledger).ensemble(shelf.victim.name)
    old = ensemble.manifest()
    assert old
    entry = Segment(f"000000000-{10**30}-{'0' * 16}.parquet", 0, 10**30, 5, "0" * 64, "0" * 64)
    child = Manifest(old.ensemble, 2, old.digest, (entry,), old.root, {})
    (ensemble.folder / "manifests" / "00000002.json").write_bytes(child.content())


def _documents_of_another(shelf: Shelf) -> None:
    shutil.rmtree(shelf.victim / "documents")
    shutil.copytree(shelf.other("documents"), shelf.victim / "documents")


def _strange_names(shelf: Shelf) -> None:
    for folder in (shelf.ledger, shelf.ledger / "ensembles", shelf.victim, shelf.victim / "segments"):
        for name in (b"a\nb", b"\x1b[31mred", b"\xff\xfe", b"*", b"-rf", b" ", "\u202efdp.exe".encode()):
            with suppress(OSError):
                Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_bytes(b"odd")  # noqa: PTH118 - bytes


def _future(shelf: Shelf) -> None:
    for path in shelf.ledger.rglob("*"):
        os.utime(path, (FUTURE, FUTURE))


def _nested(shelf: Shelf) -> None:
    copy = shelf.ledger.parent / "copy"
    shutil.copytree(shelf.ledger, copy)
    shutil.copytree(copy, shelf.victim / "ledger")
    copy.rename(shelf.ledger / "ensembles" / "ledger")


ENSEMBLE = "ensembles/" + "ab" * 32
# What is done, and whether the victim can then not be read.
ODD: dict[str, tuple[Harm, bool]] = {
    "empty spec": (_instead("spec.json", Path.touch), True),
    "folder as spec": (_instead("spec.json", Path.mkdir), True),
    "pipe as spec": (_instead("spec.json", os.mkfifo), True),
    "spec that is a link to itself": (_instead("spec.json", _loop), True),
    "another's spec": (lambda shelf: shutil.copy(shelf.other("spec.json"), shelf.file("spec.json")), True),
    "manifest beyond all numbers": (_beside("manifests/*", "99999999999999999999.json"), False),
    "manifest with the last number": (_beside("manifests/*", "99999999.json"), True),
    "manifest with number 0": (_beside("manifests/*", "00000000.json"), False),
    "empty manifest": (_instead("manifests/*", Path.touch), True),
    "pipe as manifest": (_instead("manifests/*", os.mkfifo), True),
    "folder as next manifest": (lambda shelf: (shelf.victim / "manifests" / "00000002.json").mkdir(), True),
    "manifest of a terabyte": (_instead("manifests/*", _sparse), True),
    "manifest that lists itself": (_listing_itself, True),
    "manifest of 10 ** 30 runs": (_many_runs, True),
    "file as manifests": (_instead("manifests", Path.touch), True),
    "manifests that are a link to themselves": (_instead("manifests", _loop), True),
    "file as segments": (_instead("segments", Path.touch), True),
    "pipe as segment": (_instead("segments/*", os.mkfifo), True),
    "socket as segment": (_instead("segments/*", _socket), True),
    "device as segment": (_instead("segments/*", lambda path: path.symlink_to("/dev/zero")), True),
    "segment of a terabyte": (_instead("segments/*", _sparse), True),
    "environment as segment": (_instead("segments/*", lambda path: path.symlink_to("/proc/self/environ")), True),
    "another's documents": (_documents_of_another, True),
    "file as documents": (_instead("documents", Path.touch), True),
    "pipe as entry": (_instead("documents/*/entry", os.mkfifo), True),
    "ledger in a ledger": (_nested, False),
    "names that no ledger has": (_strange_names, False),
    "clock in the future": (_future, False),
    "file as an ensemble": (lambda shelf: (shelf.ledger / ENSEMBLE).touch(), False),
    "folder as an ensemble": (lambda shelf: (shelf.ledger / ENSEMBLE).mkdir(), False),
    "ensemble that is a link to itself": (lambda shelf: _loop(shelf.ledger / ENSEMBLE), False),
    "ensemble of another program": (lambda shelf: Ledger(shelf.ledger).create({"x": 1}), False),
    "file as index": (lambda shelf: (shelf.ledger / "index").touch(), False),
    "pipe as index": (lambda shelf: os.mkfifo(shelf.ledger / "index"), False),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case, and a ledger of three ensembles of five runs."""
    from sim.cli.commands.writing.new import command as new
    from sim.study.api import run

    folder = tmp_path_factory.mktemp("odd")
    here = Path.cwd()
    os.chdir(folder)
    try:
        new.main(["ceasefire"], standalone_mode=False)
        for name, seed in (("status-quo", 1), ("status-quo", 2), ("early-envoy", 1)):
            file = folder / "scenarios" / "ceasefire" / f"{name}.yaml"
            run(file, runs=5, seed=seed, ledger=folder / "ledger", workers=1, engine="reference")
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def shelf(made: Path, tmp_path: Path) -> Shelf:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    ledger = tmp_path / "ledger"
    shutil.rmtree(ledger / "index", ignore_errors=True)
    found = {ensemble.id: ensemble for ensemble in Ledger(ledger).ensembles()}
    victim = next(key for key, ensemble in found.items() if ensemble.spec["seed"] == 2)
    scenario = found[victim].spec["scenario"]
    others = sorted((ensemble.spec["scenario"] == scenario, key) for key, ensemble in found.items() if key != victim)
    return Shelf(ledger, ledger / "ensembles" / victim, tuple(key for _, key in others))


@pytest.fixture(autouse=True)
def _no_hanging() -> Iterator[None]:
    def hangs(*_: Any) -> None:
        raise AssertionError(f"a command took more than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, hangs)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def contents(ledger: Path) -> set[str]:
    """The digests of what all ordinary files have in them, wherever they are."""
    files = (path for path in ledger.rglob("*") if path.is_file() and not path.is_symlink())
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.stat().st_size < 1 << 30}


# Every command for an eighth of the odd things, and for all of them among the slow tests: pictures and pairs take long.
ALL_COMMANDS = [
    pytest.param(odd, True, marks=() if place % 8 == 0 else pytest.mark.slow) for place, odd in enumerate(ODD)
]
FEW_COMMANDS = [(odd, False) for place, odd in enumerate(ODD) if place % 8]


@pytest.mark.parametrize(("odd", "every"), [*ALL_COMMANDS, *FEW_COMMANDS])
def test_an_odd_thing_in_a_ledger_hangs_nothing_loses_nothing_and_leaves_the_others_readable(
    sim: Callable[..., Any], shelf: Shelf, odd: str, every: bool
) -> None:
    harm, unreadable = ODD[odd]
    harm(shelf)
    before = contents(shelf.ledger)
    one, two = (key[:12] for key in shelf.good)
    scenario = shelf.ledger.parent / "scenarios" / "ceasefire" / "status-quo.yaml"

    def call(*arguments: Any) -> Any:
        signal.alarm(SECONDS)
        answer = sim(*arguments, "--ledger", shelf.ledger)
        signal.alarm(0)
        assert "Traceback" not in answer.err
        assert answer.code in (0, 1), (arguments, answer)
        return answer

    def read() -> None:
        """Read the others, by name and among all."""
        listed = call("list", "--json")
        assert set(shelf.good) <= {item["ensemble"] for item in json.loads(listed.out)}, listed.err
        answer = call("query", "SELECT ensemble, count(*) AS n FROM runs GROUP BY ensemble", "--json")
        counted = {row["ensemble"]: row["n"] for row in json.loads(answer.out)["rows"]}
        assert (counted[one], counted[two]) == (5, 5)
        left_out = [item["ensemble"] for item in json.loads(answer.out)["left_out"]]
        assert (shelf.victim.name[:12] in left_out) == (answer.code == 1)
        many = (("outcomes", one), ("compare", one, two), ("query", "@outcomes", two)) if every else ()
        for named in (("log", one, "--run", 0), *many):
            assert call(*named).code == 0, named

    read()
    checked = call("verify", "--json")
    assert (checked.code == 1) == unreadable, checked.out
    wrong = {item["ensemble"] for item in json.loads(checked.out)["ensembles"] if item["problems"]}
    assert wrong == ({shelf.victim.name} if unreadable else set())
    call("gc")
    assert call("run", scenario, "--seed", 3, "--runs", 4, "--workers", 1).code == 0
    if every:
        call("plot", "probabilities", one, "-o", shelf.ledger.parent / "p.svg")
        assert call("export", "csv", one, "--to", shelf.ledger.parent / "exported").code == 0
    call("repair")
    read()
    assert before <= contents(shelf.ledger), "something was lost"
