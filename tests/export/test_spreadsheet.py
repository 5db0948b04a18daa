"""What a spreadsheet would run is made text where that is asked for, and nothing else is touched."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.export.spreadsheet import as_text
from tests.cli.conftest import Answer, sim  # noqa: F401 - a fixture

RUN = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "-2+3+cmd|' /C calc'!A0",
    "＝1",
    "-",
    "\ufeff=1",
    "\tx",
]
LEFT = ["peace", "", "3.2", "-3.2", "+3.2", "-1e-05", "-INF", "a=1", "x-y", "'=1", "2030-01-01T00:00:00", "(-3)"]


@pytest.mark.parametrize("cell", RUN)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert as_text(cell) == "'" + cell
    assert as_text(as_text(cell)) == "'" + cell


@pytest.mark.parametrize("cell", LEFT)
def test_other_texts_and_numbers_as_they_are_written_stay(cell: str) -> None:
    assert as_text(cell) == cell


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_stay_numbers(number: float) -> None:
    assert as_text(number) is number
    assert as_text(repr(number)) == repr(number)


@given(st.text())
def test_no_text_but_a_number_begins_as_a_formula_does(text: str) -> None:
    made = as_text(text)

    assert made.removeprefix("'") == text.removeprefix("'")
    if made.lstrip()[:1] in ("=", "+", "-", "@"):
        float(made)


ODD = """model: odd
title: "=HYPERLINK(1)"
time: {unit: day}
horizon: 10 days
factions: {a: {title: A}}
state: {s: {type: int, range: [0, 1000], initial: 0}}
events: {e: {by: a, effects: {s: s + 1}}}
rules: {r: {faction: a, clock: {rate: 1 per day}, emits: e, basis: {judgement: test}}}
outcomes: {many: {when: s >= 10, ends_run: true}, few: {otherwise: true}}
"""


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_an_export_keeps_texts_and_makes_them_harmless_where_that_is_asked_for(sim, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "odd.yaml").write_text(ODD, encoding="utf-8")
    plain: Answer = sim("export", "csv", "odd.yaml", "--runs", 5, "--to", "plain")
    added_questions: Answer = sim("export", "csv", "odd.yaml", "--runs", 5, "--to", "asked", "--spreadsheet")
    wrong: Answer = sim("export", "jsonl", "odd.yaml", "--runs", 5, "--to", "wrong", "--spreadsheet")

    assert (plain.code, added_questions.code, wrong.code) == (0, 0, 2)
    assert "E013" in wrong.err
    read = {name: (tmp_path / name / "ensembles.csv").read_text(encoding="utf-8") for name in ("plain", "asked")}
    place = rows(read["plain"])[0].index("title")
    assert rows(read["plain"])[1][place] == "=HYPERLINK(1)"
    assert rows(read["asked"])[1][place] == "'=HYPERLINK(1)"
    assert (tmp_path / "plain" / "events.csv").read_bytes() == (tmp_path / "asked" / "events.csv").read_bytes()
    told = json.loads((tmp_path / "asked" / "csv-metadata.json").read_text(encoding="utf-8"))
    assert "apostrophe" in told["dc:description"]


def test_a_query_does_so_too_for_values_and_names_of_columns(sim, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "odd.yaml").write_text(ODD, encoding="utf-8")
    assert sim("run", "odd.yaml", "--runs", 5).code == 0
    sql = "SELECT title AS \"=x\", -3.5 AS n, '-3.5' AS m, chr(27) AS c FROM ensembles"

    assert rows(sim("query", sql, "--csv").out) == [["=x", "n", "m", "c"], ["=HYPERLINK(1)", "-3.5", "-3.5", "\x1b"]]
    assert rows(sim("query", sql, "--csv", "--spreadsheet").out) == [
        ["'=x", "n", "m", "c"], ["'=HYPERLINK(1)", "-3.5", "-3.5", "\x1b"],
    ]  # fmt: skip
    assert sim("query", sql, "--spreadsheet").code == 2
