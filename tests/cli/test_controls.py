"""Whatever a model's author, a ledger or a query says, a terminal obeys rich alone, and a picture is drawn."""

import io
import os
import re
import subprocess
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.cli.main import main

TOP = Path(__file__).parents[2]
# What rich and the progress line write: styles, and a line taken back.
OURS = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|[0-9]*[AK]|2K)|\r")
NOT_OURS = "\x1b[38;5;208m"  # a colour in which rich writes nothing
NASTY = [
    "\x1b]0;owned\x07",  # a window's title
    "\x1b]52;c;cm0gLXJmIC8=\x07",  # the clipboard
    "\x1b]8;;http://example.org\x07here\x1b]8;;\x07",  # an address
    "\x1b[2J\x1b[H",  # an empty screen
    f"{NOT_OURS}37 %",
    "\x1bP+q544e\x1b\\",
    "\x9b2J\x9d0;owned\x9c",  # the same in one character
    "\b\b\b\b99 %\x7f",
    "\u202e% 73\u202c",
    "\u2067a\u2066b",
    "\u200f\u200e\u061c",
    "coup\u200b\u2060\ufeff\u00ad",
    "two\nlines",
    "a\tb\rc\x0b\x0c\x85\u2028\u2029",
    "\ufffe\uffff\ufdd0\U0001ffff",
    "\ue000\U000f0000",
    "שלום עולם",
    "السلام عليكم",
    "👩\u200d👩\u200d👧 ❤\ufe0f 🏴\U000e0067\U000e007f",
    "[bold red]x[/] :bomb: [link=http://example.org]y[/link]",
    "{datum.value} %s \\ ' \" </text><script>alert(1)</script> &amp;",
    "=HYPERLINK(1)",
    "e" + "\u0301" * 40,
    "W" * 400,
]
parts = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), min_size=1, max_size=3)
titles = parts.map(lambda parts: "a" + "".join(parts).replace("\0", ""))


def model(title: str, outcomes: tuple[str, ...] = ()) -> dict[str, Any]:
    """A model with a title wherever there may be one; the runs of it fail now and then, and warn."""
    return {
        "model": "odd",
        "title": title,
        "time": {"unit": "day"},
        "horizon": "10 days",
        "factions": {"a": {"title": title}},
        "state": {"steps": {"type": "int", "range": [0, 100], "initial": 0, "title": title}},
        "parameters": {
            "pace": {
                "prior": {"uniform": [0.5, 1.5]}, "unit": "1/day", "title": title, "basis": {"judgement": title},
            },
        },
        "events": {"stepped": {"by": "a", "title": title, "effects": {"steps": "steps + 1"}}},
        "rules": {
            "steps_on": {
                "faction": "a", "title": title, "clock": {"rate": "pace"}, "emits": "stepped",
                "basis": {"judgement": title},
            },
        },
        "outcomes": {
            "far": {"title": title, "when": "steps >= 10", "ends_run": True},
            **{f"also_{place}": {"title": text, "when": f"steps >= {place}"} for place, text in enumerate(outcomes, 2)},
        },
        "measures": {"taken": {"title": title, "count": ["stepped"]}},
    }  # fmt: skip


def write(folder: Path, title: str, outcomes: tuple[str, ...] = ()) -> None:
    """Write a model, a scenario of it, and files that are wrong and quote the title in their lines."""
    (folder / "odd.yaml").write_text(yaml.safe_dump(model(title, outcomes)), encoding="utf-8")
    scenario = {"scenario": "more", "title": title, "question": title, "model": "odd.yaml", "horizon": "10 days",
                "parameters": {"pace": 1.2}}  # fmt: skip
    (folder / "more.yaml").write_text(yaml.safe_dump(scenario), encoding="utf-8")
    wrong = {**model(title), title: title}
    (folder / "wrong.yaml").write_text(yaml.safe_dump(wrong), encoding="utf-8")
    raw = "".join(letter for letter in title if letter.isprintable() or letter in "\u202e\x1b")
    (folder / "raw.yaml").write_text(f"model: odd\ntitel: '{raw}' {raw}\n", encoding="utf-8")


COMMANDS = [
    ["run", "odd.yaml", "--runs", "20"],
    ["outcomes", "more.yaml", "--runs", "20", "--by", "5"],
    ["compare", "odd.yaml", "more.yaml", "--runs", "20"],
    ["diff", "odd.yaml", "more.yaml", "--runs", "20"],
    ["plot", "probabilities", "odd.yaml", "--runs", "20", "-o", "p.json"],
    ["log", "ENSEMBLE", "--run", "0"],
    ["list"],
    ["query", "SELECT * FROM ensembles"],
    ["query", "SELECT title, question FROM ensembles", "--csv"],
    ["query", 'SELECT 1 AS "TITLE", chr(27) || chr(7) || chr(155) AS controls, chr(8238) AS turned'],
    ["check", "odd.yaml", "more.yaml", "wrong.yaml", "raw.yaml"],
    ["run", "TITLE.yaml"],
    ["run", "odd.yaml", "--until", "TITLE"],
    ["explain", "TITLE"],
    ["TITLE"],
]


@contextmanager
def streams(*, terminal: bool) -> Iterator[io.BytesIO]:
    """Let stdout and stderr be a terminal, or a pipe; what is written to them comes."""
    before, found = (sys.stdout, sys.stderr), io.BytesIO()
    if not terminal:
        sys.stdout = sys.stderr = io.TextIOWrapper(found, encoding="utf-8", write_through=True)
        try:
            yield found
        finally:
            sys.stdout.flush()
            sys.stdout.detach()
            sys.stdout, sys.stderr = before
        return
    ours, theirs = os.openpty()

    def read() -> None:
        try:
            while data := os.read(ours, 65_536):
                found.write(data)
        except OSError:  # the other end is closed
            pass

    reader = threading.Thread(target=read)
    reader.start()
    sys.stdout = sys.stderr = os.fdopen(theirs, "w", encoding="utf-8")
    try:
        yield found
    finally:
        sys.stdout.close()
        sys.stdout, sys.stderr = before
        reader.join()
        os.close(ours)


def said(folder: Path, title: str, *, terminal: bool) -> dict[str, str]:
    """Return what each command says of a model with this title."""
    write(folder, title)
    texts: dict[str, str] = {}
    here, ensemble = Path.cwd(), ""
    arguments, encodable = sys.argv, title.replace("\0", "")
    os.chdir(folder)
    try:
        for command in COMMANDS:
            words = [
                word.replace("ENSEMBLE", ensemble).replace("TITLE", encodable.replace('"', "")) for word in command
            ]
            sys.argv = ["sim", *words]
            with streams(terminal=terminal) as found, pytest.raises(SystemExit):
                main()
            texts[" ".join(command)] = found.getvalue().decode()
            ensemble = next((path.name for path in Path("ledger/ensembles").glob("*")), "")
    finally:
        os.chdir(here)
        sys.argv = arguments
    return texts


def acting(text: str) -> set[str]:
    """Return the characters that a terminal obeys, or that cannot be seen."""
    isolates = text.count("\u2068"), text.count("\u2069")
    assert isolates[0] == isolates[1], "every isolate has its end"
    rest = re.sub("\u2068([^\u2068\u2069\n]*)\u2069", r"\1", text)
    turned = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    return {
        letter
        for letter in rest
        if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(letter) in turned
    } - {"\n"}


@pytest.mark.system
@settings(max_examples=6)
@given(title=titles, colour=st.booleans())
@example(title="".join(NASTY), colour=True)
def test_on_a_terminal_no_title_writes_more_than_rich_does(title: str, colour: bool) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("COLUMNS", "100")
        patch.delenv("NO_COLOR", raising=False)
        if not colour:
            patch.setenv("NO_COLOR", "1")
        told = said(Path(folder), title, terminal=True)
        assert "\nEnsemble " in told["run odd.yaml --runs 20"].replace("\r", ""), "it can be run"
        for command, text in told.items():
            assert NOT_OURS not in text, command
            assert acting(OURS.sub("", text)) == set(), command


@settings(max_examples=5)
@given(title=titles)
@example(title="".join(NASTY))
def test_in_a_pipe_no_title_writes_a_control_character(title: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for command, text in said(Path(folder), title, terminal=False).items():
            if "--csv" not in command:  # data, as they are
                assert acting(text) == set(), command


def test_the_outcomes_of_a_title_can_be_read_beside_it_in_a_script_from_right_to_left(tmp_path: Path) -> None:
    told = said(tmp_path, "שלום עולם", terminal=True)["run odd.yaml --runs 20"]

    assert "\u2068שלום עולם\u2069" in told


DRAW = """
import sys
from sim.cli.main import main
kinds = {"probabilities": ["odd.yaml"], "incidence": ["odd.yaml"], "differences": ["odd.yaml", "more.yaml"],
         "timeline": ["odd.yaml", "--run", "0"]}
for kind, more in kinds.items():
    for ending in ("svg", "png", "pdf"):
        sys.argv = ["sim", "plot", kind, *more, "--runs" if kind != "timeline" else "--seed",
                    "20" if kind != "timeline" else "1", "-o", f"{kind}.{ending}"]
        try:
            main()
        except SystemExit as end:
            assert end.code == 0, (kind, ending)
"""


@pytest.mark.system
def test_every_picture_is_drawn_whatever_the_titles(tmp_path: Path) -> None:
    write(tmp_path, "".join(NASTY), outcomes=tuple(NASTY))

    made = subprocess.run(
        [sys.executable, "-c", DRAW], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(TOP)}, text=True,
        capture_output=True, check=False,
    )  # fmt: skip

    assert made.returncode == 0, made.stderr[-2000:]
    assert len(list(tmp_path.glob("*.svg"))) == len(list(tmp_path.glob("*.png"))) == 4
    for path in tmp_path.glob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert r"\x1b]0;owned\x07" in text
        assert "<script>" not in text
        assert acting(text) == set()
