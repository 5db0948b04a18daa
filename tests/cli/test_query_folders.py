"""A query reads the ledger that it is given, whatever its folder is called and whatever lies beside it."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.cli.main import main

MODEL = """
model: base
title: A base model
time: {unit: day}
horizon: 10 days
factions: {a: {title: A}}
state: {s: {type: int, range: [0, 1000], initial: 0}}
parameters:
  p: {prior: {uniform: [0.5, 1.5]}, unit: 1/day, basis: {judgement: test}}
events: {e: {by: a, effects: {s: s + 1}}}
rules:
  r: {faction: a, when: s < 1000, clock: {rate: p}, emits: e}
outcomes: {many: {when: s >= 10, ends_run: true}, few: {otherwise: true}}
measures: {n: {count: [e]}}
"""
# What patterns, and names that look like something else, may be taken for.
NEIGHBOURS = ("g1", "a", "b", "x", "7", "run", " ", "home", "dir", "s3")
ODD = (
    "run=7", "type=x", "kind=ended", "a=1", "g*", "?", "[a]", "[!q]", "{a,b}", "~", "~root", "$HOME", "`pwd`", "$(pwd)",
    "'", "''", '"', "it's", 'a"b', " ", " a ", "a b", "\n", "a\nb", "\t", "\\", "a\\*", "\\n", "-", "--all", "%20",
    "%2e", "s3:", "file:", "http:", "memory", ":memory:", "a;b", "a,b", "a|b", "#", "?x=1", "**", "*.pq",
    "segments", "ensembles", "événement", "結果", "e\u0301", "\u202e", "\u200b", "NULL", "0", "...", ".a",
    "@outcomes", "a&b", "<x>", "x" * 255,
)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(ODD),
    st.text(st.sampled_from("ab=*?[]{}~'\" \n\\-%:;,!^$&.7é"), min_size=1, max_size=8),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60),
).filter(lambda name: name not in (".", "..", *NEIGHBOURS) and len(os.fsencode(name)) <= 255)


def called(*arguments: str) -> Any:
    """Call `sim` in this process, and return the JSON that it prints."""
    out, err = StringIO(), StringIO()
    before, sys.argv = sys.argv, ["sim", *arguments]
    try:
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = before
    assert ended.value.code == 0, err.getvalue()
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a model, in which a home directory lies, too; it is the working folder."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "base.yaml").write_text(MODEL, encoding="utf-8")
    before = os.environ["HOME"]
    os.environ["HOME"] = str(folder / "home")
    with chdir(folder):
        yield folder
    os.environ["HOME"] = before


def with_neighbours(folder: Path, ledger: Path, make: Callable[[Path], None]) -> list[Path]:
    """Put a ledger beside another under each of the names, with the same files that hold other runs."""
    other = folder / "other"
    if not other.exists():
        make(other)
    contents = [path.read_bytes() for path in sorted(other.glob("led/ensembles/*/segments/*"))]
    made = [folder / name for name in NEIGHBOURS]
    for neighbour in made:
        shutil.copytree(ledger, neighbour / "led")
        for path in (neighbour / "led").glob("ensembles/*/segments/*"):
            path.write_bytes(contents[0])
    return made


@settings(
    max_examples=settings.default.max_examples // 6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(NAMES, st.sampled_from(["full", "outcomes"]))
@example("run=7", "full")
@example("type=x", "outcomes")
@example("g*", "full")
@example("~", "outcomes")
def test_the_outcomes_are_those_of_the_run_whatever_the_folder_is_called(place: Path, name: str, keep: str) -> None:
    ledger = f"--ledger=./{name}/led"  # else one that begins with s3: would be taken for a slip
    made = called("run", "base.yaml", "--runs", "50", "--keep", keep, ledger, "--json")[0]
    beside = with_neighbours(
        place, place / name / "led",
        lambda other: called("run", "base.yaml", "--runs", "30", "--seed", "5", f"--ledger={other}/led", "--json"),
    )  # fmt: skip
    try:
        rows = called("query", "@outcomes", made["ensemble"], ledger, "--json")["rows"]
        again = called("query", "@outcomes", made["ensemble"], f"--ledger={place / name / 'led'}", "--json")["rows"]
    finally:
        for folder in (place / name, *beside):
            shutil.rmtree(folder)

    assert {row["outcome"]: (row["hits"], row["runs"], row["low"]) for row in rows} == {
        outcome: (known["hits"], known["runs"], pytest.approx(known["low"]))
        for outcome, known in made["outcomes"].items()
    }
    assert again == rows
