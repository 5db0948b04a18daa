"""On a terminal of 80, 100 or 120 columns no line of a table or a paragraph is longer, whatever the command."""

import fcntl
import os
import pty
import re
import shutil
import struct
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest

import sim
from sim.cli.main import main
from sim.language.visible import columns
from sim.study.api import run
from tests.testing import test_base_rates as rated

TOP = Path(__file__).parents[2]
CASE = TOP / "scenarios" / "lesotho-2014"
QUO, HOLD = CASE / "status-quo.yaml", CASE / "talks-hold.yaml"
MANY = [QUO, HOLD, *(CASE / f"{name}.yaml" for name in ("general-not-dismissed", "troops-by-consent"))]
STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What is there to be copied, and so stays whole: a command, a line of a file below a message, SQL, a web address.
COPIED = re.compile(r"sim \w|^ *\d* *\||^ +SELECT |^ *https?://\S+$")
RUNS = 40
COMMANDS = {
    "run": ["run", QUO, "--runs", RUNS],
    "run with draws": ["run", QUO, "--draws", 4, "--runs", 10],
    "run for a goal": ["run", QUO, "--until", "±20pp on talks_succeed", "--max-runs", 200],
    "compare two": ["compare", QUO, HOLD, "--runs", RUNS],
    "compare two, with statistics": ["compare", QUO, HOLD, "--runs", RUNS, "--statistics"],
    "compare many": ["compare", *MANY, "--runs", RUNS],
    "compare many, with statistics": ["compare", *MANY, "--runs", RUNS, "--statistics"],
    "compare one outcome": ["compare", *MANY, "--runs", RUNS, "--only", "talks_succeed"],
    "diff": ["diff", QUO, HOLD, "--runs", RUNS],
    "outcomes": ["outcomes", QUO, "--runs", RUNS],
    "outcomes by many dates": ["outcomes", QUO, "--runs", RUNS, *(f"--by=2014-{month}-01" for month in (10, 11, 12))],
    "outcomes, asked of measures": [
        "outcomes",
        QUO,
        "--runs",
        RUNS,
        "--ask",
        "P(end <= 0.5)",
        "--ask",
        "end / calm",
        "--ask",
        "variance(calm)",
        "--measure",
        "end: tension",
        "--measure",
        "calm: {time_while: tension < 0.5}",
        "--histogram",
        "calm",
        "--histogram",
        "end, 0.25, 0.5",
    ],
    "log": ["log", "ENSEMBLE", "--run", 0],
    "log, all of it": ["log", "ENSEMBLE", "--run", 0, "--show", "tension,trust", "--parameters", "--weights"],
    "log of two runs": ["log", "ENSEMBLE", "ENSEMBLE", "--run", 0, "--show", "tension", "--parameters", "--weights"],
    "log, filtered": ["log", "ENSEMBLE", "--run", 0, "--faction", "mediator", "--between", "2014-09-01", "2014-12-01"],
    "runs": ["runs", "ENSEMBLE", "--workers", 1],
    "a wrong condition": ["runs", "ENSEMBLE", "--where", "ending = talks_suceed and deaths_after > 3 or not troops"],
    "replay": ["replay", CASE, "--state"],
    "list": ["list"],
    "query": ["query", "@outcomes", "ENSEMBLE"],
    "query a wide table": ["query", "SELECT * FROM runs LIMIT 3", "ENSEMBLE"],
    "query, its tables": ["query", "--tables"],
    "query, its queries": ["query", "--queries"],
    "trace the sources": ["trace", CASE],
    "trace a name": ["trace", CASE, "word_kept"],
    "trace a figure": ["trace", QUO, "talks_collapse", "--runs", RUNS],
    "trace a difference": ["trace", HOLD, "deaths_after", "--against", QUO, "--runs", RUNS],
    "trace without a source": ["trace", QUO, "--without", "iol-1747356", "--runs", RUNS],
    "check": ["check", CASE],
    "check, numbers": ["check", CASE, "--literals"],
    "verify": ["verify"],
    "gc": ["gc", "--dry-run"],
    "copy": ["copy", "ledger", "elsewhere"],
    "export": ["export", "csv", "ENSEMBLE", "--to", "results"],
    "topics": ["explain"],
    "explain the codes": ["explain", "codes"],
    "explain a code": ["explain", "E325"],
    "explain a page": ["explain", "cluster"],
    "explain a section": ["explain", "priors.lognormal"],
    "explain what is in several places": ["explain", "gamma"],
    "explain keys": ["explain", "at"],
    "explain a rule": ["explain", "mediator_gets_a_promise", "--case", CASE],
    "explain a parameter": ["explain", "word_kept", "--case", CASE],
    "explain a source": ["explain", "afp-2014-09-09", "--case", CASE],
    "explain an outcome of an ensemble": ["explain", "talks_collapse", "--ensemble", "ENSEMBLE"],
    "explain a faction of an ensemble": ["explain", "mediator", "--ensemble", "ENSEMBLE"],
    "explain all names": ["explain", "--case", CASE],
    "explain a name that is not there": ["explain", "talks_failed", "--case", CASE],
    "explain nothing": ["explain", "no-such-thing-at-all"],
    "repair": ["repair"],
    "plot": ["plot", "differences", QUO, HOLD, "--runs", RUNS, "-o", "differences.svg"],
    "test base rates": ["test", "rated.yaml", "--quick", "--workers", 1, "--runs", 200],
    "test": ["test", "scenarios/ceasefire", "--quick", "--workers", 1],
    "help": ["--help"],
    "help of run": ["run", "--help"],
    "new": ["new", "a-crisis-of-which-nothing-is-known-yet"],
    "an unknown command": ["comparee", CASE],
    "a file that is not there": ["run", "scenarios/nothing-here-at-all/status-quo-of-it.yaml"],
    "a missing argument": ["schema"],
    "a wrong question": ["outcomes", QUO, "--outcome", "calm"],
}


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("widths")
    shutil.copytree(Path(sim.__file__).parent / "cli" / "skeleton", made / "scenarios" / "ceasefire")
    rates = rated.rate("seen_in_other_countries", 8, 37), rated.rate("lower", 30, 37), rated.rate("close", 60, 350)
    rated.written(made, *rates).rename(made / "rated.yaml")
    return made


@pytest.fixture
def printed(monkeypatch, folder) -> Callable[..., str]:
    """Call `sim` on a terminal of so many columns, in one folder for all, and return all that it printed."""
    monkeypatch.chdir(folder)

    def call(width: int, *arguments: object) -> str:
        screen = Terminal()
        with monkeypatch.context() as changed:
            changed.setenv("COLUMNS", str(width))
            changed.setattr(sys, "argv", ["sim", *map(str, arguments)])
            changed.setattr(sys, "stdout", screen)
            changed.setattr(sys, "stderr", screen)
            with pytest.raises(SystemExit):
                main()
        return "\n".join(line.rpartition("\r")[2] for line in STYLES.sub("", screen.getvalue()).split("\n"))

    return call


@pytest.fixture
def ensemble(folder) -> str:
    return run(QUO, runs=RUNS, ledger=folder / "ledger", workers=1).source.ensemble


@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_longer_than_the_terminal(printed, ensemble, name):
    for width in (80, 100, 120):
        arguments = [ensemble if word == "ENSEMBLE" else word for word in COMMANDS[name]]
        lines = printed(width, *arguments).splitlines()
        assert lines
        long = [line for line in lines if columns(line) > width and not COPIED.search(line)]
        assert not long, f"at {width} columns:\n" + "\n".join(long)


@pytest.mark.system
@pytest.mark.parametrize("name", ["run", "compare two", "compare many", "outcomes", "log", "replay", "verify", "check"])
def test_no_line_is_longer_than_a_pseudo_terminal(ensemble, folder, name):
    words = [ensemble if word == "ENSEMBLE" else str(word) for word in COMMANDS[name]]
    for width in (80, 100, 120):
        process, screen = pty.fork()
        if not process:
            os.chdir(folder)
            os.environ.pop("COLUMNS", None)
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
            os.execv(sys.executable, [sys.executable, "-m", "sim", *words])  # noqa: S606 - our own
        said = b""
        with suppress(OSError):  # Linux says so when the other end is closed
            while part := os.read(screen, 1 << 16):
                said += part
        os.waitpid(process, 0)
        os.close(screen)
        lines = [STYLES.sub("", line).rpartition("\r")[2] for line in said.decode().replace("\r\n", "\n").split("\n")]
        assert len(lines) > 3
        assert not [line for line in lines if columns(line) > width and not COPIED.search(line)]


def test_a_figure_is_never_broken(printed, ensemble):
    """Each number stands on one line with its sign of per cent, however narrow the terminal is."""
    for width in (30, 40, 60, 80):
        text = printed(width, "compare", QUO, HOLD, "--runs", RUNS)
        table = re.split(r"pairs\s+of\s+runs", text)[0]
        assert not re.search(r"\d\.\n|\d\n *%|\(\n", table)
        assert re.search(r"\d+\.\d %", table)
