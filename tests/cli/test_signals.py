"""Signals to a command: when it answers, what it says, what it leaves behind, and that the same command goes on."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

import sim
from sim.ledger.ledger import Ledger
from sim.ledger.verify import verify
from tests.processes import SECONDS, started, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are looked for in /proc")

TO_ANSWER = 2 + 4  # seconds: two, and what a busy machine adds; looked at by the slow tests alone
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
# A run of it takes either engine so long that a task of it takes minutes.
SLOW = """
model: slow
title: A slow model
time: {unit: day}
horizon: 100 days
factions: {a: {title: A}}
state: {s: {type: int, range: [0, 100000000], initial: 0}}
events: {e: {by: a, effects: {s: s + 1}}}
rules:
  r: {faction: a, clock: {rate: RATE per day}, emits: e}
outcomes: {many: {when: s >= 10000}}
measures: {n: {count: [e]}}
"""
# Another one that is quick, but of which the runs are many.
QUICK = SLOW.replace("RATE", "0.3").replace("slow", "quick")
REFERENCE = ("--engine", "reference")


@pytest.fixture
def slow(tmp_path):
    (tmp_path / "slow.yaml").write_text(SLOW.replace("RATE", "5000"))
    return "slow.yaml"


@pytest.fixture
def quick(tmp_path):
    (tmp_path / "quick.yaml").write_text(QUICK)
    return "quick.yaml"


def sealed(folder: Path) -> bool:
    return bool(list(folder.glob("ledger/ensembles/*/manifests/*.json")))


def ledger_is_sound(folder: Path) -> None:
    for ensemble in Ledger(folder / "ledger").ensembles():
        assert verify(ensemble) == ()


def nothing_is_left(it, folder: Path) -> None:
    wait_for(lambda: not it.all())
    assert list((folder / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "group"),
    [
        (signal.SIGTERM, False),
        pytest.param(signal.SIGINT, True, marks=pytest.mark.system),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in [(signal.SIGTERM, True), (signal.SIGINT, False)]),
        *(pytest.param(signal.SIGHUP, group, marks=pytest.mark.slow) for group in (False, True)),
    ],
)
def test_a_stop_seals_what_is_done_and_leaves_no_process_and_the_same_command_goes_on(tmp_path, quick, number, group):
    command = ("run", quick, "--runs", "30000", "--workers", "2", *REFERENCE)
    with started(tmp_path, *command) as it:
        wait_for(lambda: sealed(tmp_path), it)
        it.send(number, group=group)

        assert it.ends() == CODES[number]
        nothing_is_left(it, tmp_path)

    assert "runs of 'quick' are sealed in ensemble" in it.said
    assert "the same command goes on from there" in it.said
    assert "Traceback" not in it.said
    assert not list(tmp_path.glob("ledger/**/*.tmp"))
    ledger_is_sound(tmp_path)


@pytest.mark.system
def test_after_a_stop_the_same_command_makes_the_same_runs(tmp_path, quick):
    with started(tmp_path, "run", quick, "--runs", "6000", "--workers", "2", *REFERENCE) as it:
        wait_for(lambda: sealed(tmp_path), it)
        it.send(signal.SIGTERM)
        assert it.ends() == 143

    again, anew = (sim.run(tmp_path / quick, runs=6000, ledger=tmp_path / name) for name in ("ledger", "undisturbed"))
    assert again.source.root == anew.source.root


@pytest.mark.system
@pytest.mark.parametrize(
    ("engine", "workers"),
    [
        ("kernel", "1"),
        pytest.param("reference", "2", marks=pytest.mark.system),
        *(pytest.param(*one, marks=pytest.mark.slow) for one in [("kernel", "2"), ("reference", "1")]),
    ],
)
def test_in_the_middle_of_a_long_task_a_stop_is_answered_in_two_seconds(tmp_path, slow, workers, engine):
    with started(tmp_path, "run", slow, "--runs", "20000", "--workers", workers, "--engine", engine) as it:
        wait_for(lambda: list(tmp_path.glob("ledger/ensembles/*/spec.json")), it)
        if workers == "2":
            wait_for(lambda: len(it.workers()) == 2, it)
        time.sleep(1)
        it.send(signal.SIGINT)

        assert it.ends() == 130
        nothing_is_left(it, tmp_path)

    # What is answered at once is not told what it waits for.
    assert re.search(r"\Astopped|stopping: sealing what is done; press Ctrl-C again to stop at once", it.said)
    assert re.search(r"stopped: [0-9]+ of 20,000 runs", it.said)


def test_a_second_signal_stops_at_once(tmp_path, slow):
    with started(tmp_path, "run", slow, "--runs", "20000", "--workers", "2", *REFERENCE) as it:
        wait_for(lambda: len(it.workers()) == 2, it)
        it.send(signal.SIGINT)
        wait_for(lambda: "press Ctrl-C again" in it.said or it.process.poll() is not None)
        if it.process.poll() is None:
            it.send(signal.SIGINT)

        assert it.ends() == 130
        nothing_is_left(it, tmp_path)

    assert "Traceback" not in it.said
    ledger_is_sound(tmp_path)


@pytest.mark.system
def test_a_terminal_that_is_closed_sends_the_same_wish_more_than_once_and_what_is_done_is_sealed(tmp_path, quick):
    with started(tmp_path, "run", quick, "--runs", "30000", "--workers", "2", *REFERENCE) as it:
        wait_for(lambda: sealed(tmp_path), it)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP, signal.SIGCONT):
            it.send(number, group=True)

        assert it.ends() in (129, 143)
        nothing_is_left(it, tmp_path)

    assert "are sealed in ensemble" in it.said
    assert "at once" not in it.said.replace("again to stop at once", "")


@pytest.mark.system
def test_a_signal_that_is_ignored_from_the_start_stays_ignored(tmp_path, quick):
    command = f"trap '' HUP; exec {sys.executable} -m sim run {quick} --runs 1000 --workers 2 --engine reference"
    with started(tmp_path, ["sh", "-c", command]) as it:
        wait_for(lambda: len(it.workers()) == 2, it)
        it.send(signal.SIGHUP, group=True)

        assert it.ends(SECONDS) == 0


@pytest.mark.parametrize("moment", ["as they start", pytest.param("at work", marks=pytest.mark.system)])
def test_workers_end_with_a_driver_that_is_killed(tmp_path, slow, moment):
    with started(tmp_path, "run", slow, "--runs", "20000", "--workers", "2", *REFERENCE) as it:
        wait_for(lambda: len(it.workers()) == 2, it)
        if moment == "at work":
            time.sleep(3)
        it.send(signal.SIGKILL)

        assert it.ends() == -signal.SIGKILL
        wait_for(lambda: not it.all())

    # Python complains in a worker whose driver is killed before it has told what to load.
    assert it.said == "" or moment == "as they start"


SQL = "SELECT count(*) FROM events a, events b, events c WHERE a.time + b.time < c.time"
COMMANDS = {
    "query": ("query", SQL),
    "test": ("test", "case", "--workers", "2", "--deep", "--no-save"),
    "compare": ("compare", "case", "--runs", "200000"),
    "verify": ("verify", "--against", "reference", "20000"),
    "outcomes": ("outcomes", "@", "--outcome", "soon: {when: talks == signed, within: 20 days}", "--workers", "2"),
    "repair": ("repair",),
    "gc": ("gc",),
    "plot": ("plot", "probabilities", "case", "--runs", "200000", "-o", "picture.svg"),
    "check": ("check", "case"),
    "cluster": ("run", "case", "--runs", "200000", *REFERENCE, "--cluster", "local", "--workers", "2"),
    "run": ("run", "case", "--runs", "200000"),
}
FEW = {"query": 1.0}
SOME = {"query": 2.0, "test": 3.0}


def anywhere(name: str) -> list[float]:
    """Return moments at which a command is stopped."""
    return [round(Random(f"{name} {number}").uniform(0.4, 6.0), 2) for number in range(8)]  # noqa: S311 - no secret


STOPPED = [(name, after, ()) for name, after in FEW.items()]
STOPPED += [(name, after, pytest.mark.system) for name, after in SOME.items()]
STOPPED += [(name, after, pytest.mark.slow) for name in COMMANDS for after in anywhere(name)]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case")
    for command in (["new", "ceasefire"], ["run", "scenarios/ceasefire/status-quo.yaml", "--runs", "4000"]):
        subprocess.run([sys.executable, "-m", "sim", *command], cwd=folder, check=True, capture_output=True)
    (folder / "case").symlink_to(folder / "scenarios" / "ceasefire")
    return folder


@pytest.mark.system
def test_an_interrupt_that_python_drops_ends_the_command_all_the_same():
    program = """
import gc, os, signal, time
from sim.cli.stopping import Stopping

def collected(phase, _):
    if phase == "stop":
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)

with Stopping():
    gc.callbacks.append(collected)
    gc.collect()
    gc.callbacks.clear()
    time.sleep(60)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (143, "stopping; press Ctrl-C again to stop at once\nstopped\n")


@pytest.mark.parametrize(("name", "after"), [pytest.param(name, after, marks=marks) for name, after, marks in STOPPED])
def test_every_command_answers_wherever_it_is(ledger, name, after, request):
    (ensemble,) = (path.name for path in sorted(ledger.glob("ledger/ensembles/*"))[:1])
    number = Random(f"{name} {after}").choice(sorted(CODES))  # noqa: S311 - no secret
    shutil.rmtree(ledger / "temporary", ignore_errors=True)
    with started(ledger, *(ensemble if part == "@" else part for part in COMMANDS[name])) as it:
        time.sleep(after)
        before = it.process.poll()
        begun = time.monotonic()
        if before is None:
            it.send(number, group=after % 0.02 > 0.01)
        code = it.ends()
        took = time.monotonic() - begun

        assert before is not None or code in (CODES[number], -number), it.said
        assert took < TO_ANSWER or not request.node.get_closest_marker("slow"), it.said
        wait_for(lambda: not it.all())
    assert "Traceback" not in it.said
    assert "Exception ignored" not in it.said
    assert {path.name for path in (ledger / "temporary").iterdir()} <= {"dask-scratch-space"}  # Dask keeps that
    ledger_is_sound(ledger)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_no_process_outlives_a_driver_that_is_killed_at_any_moment(tmp_path, quick, number):
    with started(tmp_path, "run", quick, "--runs", "200000", "--workers", "3", *REFERENCE) as it:
        time.sleep(Random(number).uniform(0.3, 6.0))  # noqa: S311 - no secret
        it.send(signal.SIGKILL)
        it.ends()
        wait_for(lambda: not it.all())

    ledger_is_sound(tmp_path)


NOTEBOOK = """
import os, signal, sim, sys, threading, time
before = signal.getsignal(signal.SIGTERM)
def press():
    while not os.path.isdir("ledger/ensembles"):
        time.sleep(0.05)
    time.sleep(SECONDS)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=press, daemon=True).start()
try:
    sim.run("slow.yaml", runs=20000, workers=WORKERS, engine="ENGINE")
except KeyboardInterrupt:
    import multiprocessing
    assert not multiprocessing.active_children()
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    print("interrupted", file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("workers", "engine", "seconds"),
    [
        ("1", "kernel", "1"),
        *(pytest.param(*one, "4", marks=pytest.mark.system) for one in [("2", "reference"), ("1", "kernel")]),
        pytest.param("1", "reference", "4", marks=pytest.mark.slow),
    ],
)
def test_in_a_program_an_interruption_is_pythons_own_and_workers_are_gone(tmp_path, slow, workers, engine, seconds):
    program = NOTEBOOK.replace("WORKERS", workers).replace("ENGINE", engine).replace("SECONDS", seconds)
    with started(tmp_path, [sys.executable, "-c", program]) as it:
        assert it.ends(SECONDS) == 0
        assert it.said == "interrupted\n"
        nothing_is_left(it, tmp_path)


def test_a_command_leaves_signals_as_they_were(sim):
    before = [signal.getsignal(number) for number in CODES]

    assert sim("check", "nothing.yaml").code == 1

    assert [signal.getsignal(number) for number in CODES] == before
    assert signal.set_wakeup_fd(-1) == -1
