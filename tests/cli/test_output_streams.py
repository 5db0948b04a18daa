"""Every command, with standard streams that are closed, full, read by nobody, or of another encoding.

No state of a stream is a traceback, stops what is to be recorded, or turns into success what nobody could read.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]
RUNS = 20
NASTY = "Été ±1 … “שלום” \\x1b]0;owned\\x07 \\u202e"

TINY = f"""model: tiny
title: "{NASTY}"
time: {{unit: day}}
horizon: 10 days
factions: {{a: {{title: "{NASTY}"}}}}
state: {{done: {{type: bool, initial: false}}}}
events: {{acted: {{by: a, effects: {{done: true}}}}}}
rules: {{acts: {{faction: a, when: not done, clock: {{fixed: 1 day}}, emits: acted, basis: {{judgement: "{NASTY}"}}}}}}
checks: {{nobody_acts: {{never: done, because: "{NASTY}"}}}}
"""

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")

# name -> arguments; {new} is a folder that is there for each case anew, with the case and a ledger
COMMANDS = {
    "check": ["check", "case"],
    "a wrong file": ["check", "wrong.yaml"],
    "compare": ["compare", "case", "--runs", str(RUNS), "--ledger", "made"],
    "explain": ["explain", "E301"],
    "export": ["export", "csv", "case/status-quo.yaml", "--to", "tables", "--runs", str(RUNS), "--ledger", "made"],
    "gc": ["gc", "--ledger", "kept"],
    "list": ["list", "--ledger", "kept"],
    "log": ["log", "ENSEMBLE", "--run", "0", "--ledger", "kept"],
    "log --json": ["log", "ENSEMBLE", "--run", "0", "--ledger", "kept", "--json"],
    "new": ["new", "another"],
    "outcomes": ["outcomes", "case/status-quo.yaml", "--runs", str(RUNS), "--ledger", "made"],
    "plot": ["plot", "probabilities", "case/status-quo.yaml", "-o", "p.svg", "--runs", str(RUNS), "--ledger", "made"],
    "query": ["query", "SELECT 'é±' AS a, outcome FROM outcomes", "ENSEMBLE", "--ledger", "kept"],
    "query --csv": ["query", "SELECT 'é±' AS a, outcome FROM outcomes", "ENSEMBLE", "--ledger", "kept", "--csv"],
    "repair": ["repair", "--ledger", "kept"],
    "replay": ["replay", "case"],
    "run": ["run", "case", "--runs", str(RUNS), "--ledger", "made"],
    "run with a warning": ["run", "warned.yaml", "--runs", str(RUNS), "--ledger", "made"],
    "run of nothing": ["run", "nothing.yaml", "--ledger", "made"],
    "schema": ["schema", "model"],
    "test": ["test", "tiny.yaml", "--quick", "--no-save", "--workers", "1"],
    "verify": ["verify", "--ledger", "kept"],
    "--help": ["--help"],
    "no command": ["rum"],
    "no argument": ["run"],
}
PARTS = 3  # so that no process is left with all of them
QUICK = 1  # the part that is tried in the quick suite: some that record, some that show, some that are wrong
RECORD = {"compare": 2, "export": 1, "outcomes": 1, "plot": 1, "run": 2, "run with a warning": 1}  # ensembles
ONLY = {"test": ("usual", "output full", "ascii")}  # it takes seconds
FEW = ("usual", "output full", "ascii")  # of the most in the quick suite
ALL_BY = ("list", "a wrong file")  # which have every state in the quick suite too
# name -> states of stdin, stdout, stderr
STATES = {
    "usual": ("file", "file", "file"),
    "output closed": ("file", "closed", "file"),
    "messages closed": ("closed", "file", "closed"),
    "all closed": ("closed", "closed", "closed"),
    "output full": ("file", "full", "file"),
    "messages full": ("file", "file", "full"),
    "both read by nobody": ("file", "gone", "gone"),
    "ascii": ("file", "file ascii", "file ascii"),
}


@dataclass(frozen=True)
class Done:
    code: int
    out: bytes
    err: bytes
    folder: Path

    @property
    def sealed(self) -> list[int]:
        from sim.ledger.files.paths import place
        from sim.ledger.ledger import Ledger

        if not (self.folder / "made").exists():
            return []
        manifests = [one.manifest() for one in Ledger(place(str(self.folder / "made"))).ensembles()]
        return [sum(map(len, one.runs)) if one else 0 for one in manifests]


def sim(*arguments: str, folder: Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sim", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False, **more)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a case whose titles try everything, a ledger of it, and what else the commands read."""
    folder = tmp_path_factory.mktemp("beginning")
    assert sim("new", "case", folder=folder).returncode == 0
    shutil.move(folder / "scenarios" / "case", folder / "case")
    for path in (folder / "case").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("../../seeds/", "../seeds/")
        text = "\n".join(f'title: "{NASTY}"' if line.startswith("title:") else line for line in text.splitlines())
        path.write_text(text + "\n", encoding="utf-8")
    model = (folder / "case" / "model.yaml").read_text(encoding="utf-8")
    (folder / "wrong.yaml").write_text(model.replace("rules:", "ruules:"), encoding="utf-8")
    (folder / "warned.yaml").write_text("scenario: warned\nextends: case/status-quo.yaml\n", encoding="utf-8")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    made = sim("run", "case/status-quo.yaml", "--runs", str(RUNS), "--ledger", "kept", "--json", folder=folder)
    assert made.returncode == 0, made.stderr
    return folder, json.loads(made.stdout)[0]["ensemble"]


def at_streams(cases: Sequence[dict[str, Any]]) -> list[int]:
    """Run commands with their streams in the states that each names, and return their exit codes."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.cli.at_streams"], input=json.dumps(cases), cwd=TOP, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    codes: list[int] = json.loads(made.stdout)
    return codes


def all_done(keys: Sequence[tuple[str, str]], beginning: tuple[Path, str], folder: Path) -> dict[tuple[str, str], Done]:
    """Run commands, each with its streams in a state."""
    source, ensemble = beginning
    folders = [Path(shutil.copytree(source, folder / str(number))) for number in range(len(keys))]
    cases = [
        {
            "arguments": [ensemble if word == "ENSEMBLE" else word for word in COMMANDS[command]],
            "folder": str(folder),
            **dict(zip(("stdin", "stdout", "stderr"), STATES[state], strict=True)),
        }
        for (command, state), folder in zip(keys, folders, strict=True)
    ]

    def text(folder: Path, name: str) -> bytes:
        path = folder / f"{name}.txt"
        return path.read_bytes() if path.exists() else b""

    return {
        key: Done(code, text(folder, "stdout"), text(folder, "stderr"), folder)
        for key, code, folder in zip(keys, at_streams(cases), folders, strict=True)
    }


def states_of(command: str, states: Sequence[str]) -> list[str]:
    """Return the states in which a command is tried, if so many are tried of most."""
    some = STATES if command in ALL_BY else states
    return [state for state in some if state in ONLY.get(command, STATES)]


@pytest.mark.parametrize(
    ("states", "part"),
    [
        pytest.param(FEW, QUICK, id="few"),
        *(pytest.param((*STATES,), part, marks=pytest.mark.system, id=f"all-{part}") for part in range(PARTS)),
    ],
)
def test_every_command_ends_well_whatever_its_streams_are(
    beginning: tuple[Path, str], tmp_path: Path, states: Sequence[str], part: int
) -> None:
    commands = [*COMMANDS][part::PARTS]
    keys = [(command, state) for command in commands for state in states_of(command, states)]
    done = all_done(keys, beginning, tmp_path)

    for (command, state), here in done.items():
        told = (command, state, here.code, here.out[-500:], here.err[-2000:])
        _well_ended(command, state, done[command, "usual"], here, told)
    for command in commands:
        usual = done[command, "usual"]
        _same_in_ascii(command, usual, done[command, "ascii"])
        _nothing_controls(command, usual)


def _well_ended(command: str, state: str, usual: Done, here: Done, told: object) -> None:
    _, out, err = STATES[state]
    unread, unheard = usual.out and out in ("closed", "full"), usual.err and err == "full"
    assert here.code == (usual.code or 1 if unread or unheard else usual.code), told
    assert b"Traceback" not in here.out + here.err, told
    assert b"Exception ignored" not in here.out + here.err, told
    assert here.sealed == usual.sealed == [RUNS] * RECORD.get(command, 0), told
    assert (here.folder / "p.svg").exists() == (command == "plot"), told
    assert (here.folder / "tables" / "runs.csv").exists() == (command == "export"), told
    assert (here.folder / "scenarios" / "another" / "model.yaml").exists() == (command == "new"), told
    if unread and err == "file":
        assert b"error E027: cannot write to stdout: " in here.err, told
    else:
        assert b"E027" not in here.out + here.err, told


def _same_in_ascii(command: str, usual: Done, here: Done) -> None:
    if "--csv" in command or "--json" in command:  # data are the same in every locale
        assert here.out == usual.out, command
    else:
        assert here.out.isascii(), command
    assert here.err.isascii(), command
    assert bool(here.out) == bool(usual.out), command


def _nothing_controls(command: str, usual: Done) -> None:
    """What a terminal would obey stands nowhere, and is written out where it was read."""
    for text in (usual.out.decode(), usual.err.decode()):
        acting = {letter for letter in text if not letter.isprintable()} - {"\n"}
        assert not acting or command == "query --csv", (command, acting)
    if command in ("run", "compare", "test", "plot"):
        assert "\\x1b]0;owned\\x07" in usual.out.decode(), command


def shell(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", line.replace("sim ", f"{sys.executable} -m sim ")], cwd=folder, text=True, errors="replace",
        check=False, capture_output=True, env={**os.environ, "PYTHONPATH": str(TOP)},
    )  # fmt: skip


@pytest.fixture
def here(beginning: tuple[Path, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(beginning[0], tmp_path / "here"))


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("sim run case --runs 500 --workers 2 --engine reference --ledger made >&- 2>&- <&-", 1, ""),
        ("LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 sim run case --runs 500 --ledger made", 0, ""),
        ("sim run case --runs 500 --ledger made | head -1; exit ${PIPESTATUS[0]}", 0, ""),
        *(
            pytest.param(*one, marks=pytest.mark.system)
            for one in (
                ("sim run case --runs 500 --workers 2 --engine reference --ledger made >/dev/full", 1, "error E027"),
                ("sim run case --runs 500 --ledger made 2>&1 | true; exit ${PIPESTATUS[0]}", 0, ""),
                ("PYTHONIOENCODING=ascii sim run case --runs 500 --ledger made", 0, ""),
                ("PYTHONIOENCODING=latin-1 sim run case --runs 500 --ledger made", 0, ""),
            )
        ),
    ],
)
def test_runs_are_sealed_whoever_reads_what_is_said_of_them(here: Path, line: str, code: int, says: str) -> None:
    made = shell(line, here)

    assert made.returncode == code, made.stderr
    assert says in made.stderr
    assert "Traceback" not in made.stderr
    assert Done(code, b"", b"", here).sealed == [500, 500]


def test_a_reader_that_is_slow_and_does_not_block_gets_it_all(here: Path) -> None:
    whole = sim("schema", "model", folder=here).stdout
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    command = subprocess.Popen([sys.executable, "-m", "sim", "schema", "model"], stdout=writer, cwd=here,
                               env={**os.environ, "PYTHONPATH": str(TOP)})  # fmt: skip
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert len(whole) > 65_536 // 4
        read = pipe.read()
    assert command.wait() == 0
    assert read.decode() == whole


ODD = [
    (["query", "select '\udcff'", "--ledger", "kept"], 2, r"error E028: 'select '\xff'' is not text in UTF-8"),
    (["explain", "\udcff"], 2, r"error E028: '\xff' is not text"),
    (["\udcff"], 2, r"error E026: there is no command '\xff'"),
    (["run", "\udcff.yaml"], 1, r"error E108: there is no file or folder '\xff.yaml'"),
    (["run", "case/status-quo.yaml", "--until", "\udcff"], 2, "error E028"),
    (["outcomes", "case/status-quo.yaml", "--outcome", "x: \udcff"], 2, "error E028"),
    (["log", "\udcff", "--run", "0", "--ledger", "kept"], 2, "error E028"),
    (["list", "--ledger", "\udcff"], 1, r"there is no ledger \xff"),
    (["compare", "\udcff", "case", "--ledger", "kept"], 1, r"\xff"),
    (["plot", "\udcff", "case", "-o", "p.svg"], 2, "error E028"),
    (["run", "\x1b[31m.yaml"], 1, r"error E108: there is no file or folder '\x1b[31m.yaml'"),
    (["list", "-\x1b[31m"], 2, r"No such option '-\x1b"),
    (["check", "odd\udcff.yaml"], 0, ""),
    (["run", "odd\udcff.yaml", "--runs", "20"], 2, r"error E028: the file name 'odd\xff.yaml' is not text here"),
    (["export", "csv", "case/status-quo.yaml", "--to", "x\udcff", "--runs", "20"], 0, ""),
]


def test_bytes_that_are_no_text_are_named_and_make_no_traceback(here: Path) -> None:
    shutil.copy(here / "tiny.yaml", here / "odd\udcff.yaml")
    folders = [Path(shutil.copytree(here, here.with_name(f"odd {number}"))) for number in range(len(ODD))]
    usual = dict(zip(("stdin", "stdout", "stderr"), STATES["usual"], strict=True))
    codes = at_streams(
        [{"arguments": one[0], "folder": str(folder), **usual} for one, folder in zip(ODD, folders, strict=True)]
    )

    for folder, (arguments, code, says), ended in zip(folders, ODD, codes, strict=True):
        said = (folder / "stderr.txt").read_text(encoding="utf-8")
        assert (ended, "Traceback" in said) == (code, False), (arguments, said)
        assert says in said, arguments


def test_text_in_utf_8_is_understood_in_a_locale_that_has_other_letters(here: Path) -> None:
    locale = "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"

    made = shell(f"{locale} sim run case/status-quo.yaml --max-runs 3000 --until '±9pp on peace'", here)

    assert made.returncode == 0, made.stderr
    assert "Goal +-9pp on peace: met after" in made.stdout
