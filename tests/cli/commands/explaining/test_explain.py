"""`sim explain NAME`: in which case a name is looked up, what is said of a wrong one, and which word is two things."""

import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from sim.cli.case_names import MOST_CASES
from tests.explain.siege import write

LESOTHO = Path(__file__).parents[4] / "scenarios" / "lesotho-2014"
WORD_OF_BOTH = ("  haste:", "  gamma:"), ("rate: haste", "rate: gamma")


@pytest.fixture
def siege(sim, tmp_path):
    """A case in the folder `scenarios/siege` below the current one."""
    return write(tmp_path / "scenarios" / "siege")


def test_a_name_is_found_in_the_current_folder_in_cases_below_it_and_where_case_says(sim, siege, monkeypatch):
    below = sim("explain", "mercy")
    given = sim("explain", "mercy", "--case", siege)
    by_scenario = sim("explain", "mercy", "--case", siege / "relief.yaml")
    monkeypatch.chdir(siege)
    here = sim("explain", "mercy")

    assert below.out.startswith("mercy: parameter of siege\nWeight of mercy\n\nprior    uniform(1, 5)\n")
    for other in (given, by_scenario, here):
        assert (other.code, other.out.split("in runs")[0]) == (0, below.out.split("in runs")[0])


def test_a_name_that_several_cases_have_asks_which_is_meant(sim, siege, tmp_path):
    write(tmp_path / "scenarios" / "other")

    shown = sim("explain", "mercy")

    assert shown.code == 0
    assert shown.out == (
        "2 cases here have the name 'mercy'; --case says which is meant:\n"
        "sim explain mercy --case scenarios/other\nsim explain mercy --case scenarios/siege\n"
    )
    assert json.loads(sim("explain", "mercy", "--json").out) == {
        "what": "mercy", "cases": ["scenarios/other", "scenarios/siege"],
    }  # fmt: skip


def test_a_name_that_one_of_several_cases_has_is_found_there(sim, siege, tmp_path):
    write(tmp_path / "scenarios" / "other", ("  haste:", "  hurry:"), ("rate: haste", "rate: hurry"))

    assert sim("explain", "haste").out.startswith("haste: parameter of siege")
    assert sim("explain", "hurry").out.startswith("hurry: parameter of siege")


@pytest.mark.parametrize(
    ("wrong", "note"),
    [
        ("mecry", "did you mean 'mercy'?"),
        ("Mercy", "did you mean 'mercy'?"),
        ("town-asks", "did you mean 'town_asks'?"),
        ("gate opened", "did you mean 'gate_opened'?"),
        ("erms_asked", "close names: terms_asked, terms_refused, terms_granted"),
        ("the-rnig", "did you mean 'the-ring'?"),
        ("mercyless", "close names: merciless, mercy"),
        ("army_brns", "close names: army_burns, army_answers"),
        ("cut", "did you mean 'cut_off'?"),
        ("Town", "names with it in them: town, town_asks, town_opens, town_sings, town_waits"),
        ("xyzzy", "see all names: sim explain --case scenarios/siege"),
    ],
)
def test_a_wrong_name_is_refused_with_what_was_meant(sim, siege, wrong, note):
    refused = sim("explain", wrong, "--case", "scenarios/siege")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"error E001: nothing in scenarios/siege is called '{wrong}'\n   = {note}\n"


@pytest.mark.parametrize(
    ("wrong", "note"),
    [
        ("ord_kept", "did you mean 'word_kept'?"),
        ("zuma", "names with it in them: zuma-in-july, zuma-in-september"),
        ("mediator_gets", "did you mean 'mediator_gets_a_promise'?"),
    ],
)
def test_among_hundreds_of_names_what_was_meant_is_found_too(sim, wrong, note):
    assert sim("explain", wrong, "--case", LESOTHO).err.splitlines()[1:] == [f"   = {note}"]


@pytest.mark.parametrize(
    ("wrong", "note"),
    [
        ("mecry", "close names: mercy, memory"),
        ("surounded", "did you mean 'surrounded'?"),
        ("posson", "did you mean 'poisson'?"),
    ],
)
def test_a_word_that_is_neither_a_name_nor_a_topic_may_have_been_meant_as_either(sim, siege, wrong, note):
    refused = sim("explain", wrong)

    assert refused.code == 2
    assert refused.err == f"error E001: there is no topic '{wrong}', nor a name in scenarios/siege\n   = {note}\n"


def test_codes_keys_and_topics_are_explained_as_they_are_without_a_case(sim, siege, tmp_path, monkeypatch):
    asked = ["E301", "e301", "codes", "memory", "rules.memory", "poisson", "lognormal prior", "sim run", "W521"]
    within = {what: sim("explain", *what.split()).out for what in asked}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    assert within == {what: sim("explain", *what.split()).out for what in asked}


def test_a_word_of_both_is_the_name_here_and_the_topic_by_its_option(sim, siege, tmp_path, monkeypatch):
    write(siege, *WORD_OF_BOTH)

    shown = sim("explain", "gamma").out
    documented = sim("explain", "gamma", "--topic").out

    assert shown.startswith("gamma: parameter of siege\nHaste\n")
    assert shown.endswith("\nThe documentation has the word, too: sim explain --topic gamma\n")
    assert sim("explain", "gamma", "--case", siege).out == shown
    assert json.loads(sim("explain", "gamma", "--json").out)["also_a_topic"] is True
    assert json.loads(sim("explain", "mercy", "--json").out)["also_a_topic"] is False
    monkeypatch.chdir(tmp_path / "scenarios" / "..")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert sim("explain", "gamma").out == documented


def test_a_code_is_a_code_whatever_a_case_calls_so(sim, siege):
    write(siege, ("  haste:", "  e301:"), ("rate: haste", "rate: e301"))

    assert "an unknown name" in sim("explain", "e301").out
    assert sim("explain", "e301", "--case", siege).out.startswith("e301: parameter of siege")


def test_a_topic_is_no_name_of_a_case_and_is_said_to_be_elsewhere(sim, siege):
    refused = sim("explain", "memory", "--case", "scenarios/siege")

    assert refused.code == 2
    assert "   = the documentation has it: sim explain memory\n" in refused.err


def test_the_names_of_a_case_are_listed_by_kind(sim, siege):
    shown = sim("explain", "--case", siege).out
    listed = json.loads(sim("explain", "--case", siege, "--json").out)

    assert "parameter         calm, haste, mercy\n" in shown
    assert listed["names"]["parameter"] == ["calm", "haste", "mercy"]
    assert listed["names"]["state variable"] == ["cut_off", "gate", "relief", "terms", "wall"]
    assert listed["names"]["rule"][:2] == ["army_answers", "army_burns"]
    assert {*listed["names"]} == {
        "source", "parameter", "state variable", "derived quantity", "event type", "rule", "outcome", "measure",
        "check", "base rate", "faction", "documented event", "scenario",
    }  # fmt: skip
    for names in listed["names"].values():
        for name in names:
            assert sim("explain", name, "--case", siege).code == 0, name


def test_an_ensemble_gives_the_figures_of_its_runs(sim, siege, monkeypatch, tmp_path):
    (made,) = json.loads(sim("run", siege / "status-quo.yaml", "--runs", 40, "--json").out)
    short = made["ensemble"][:8]

    shown = sim("explain", "fallen", "--ensemble", short)
    data = json.loads(sim("explain", "fallen", "--ensemble", short, "--json").out)
    ledger = tmp_path / "ledger"
    (tmp_path / "apart").mkdir()
    monkeypatch.chdir(tmp_path / "apart")
    apart = sim("explain", "fallen", "--ensemble", short, "--ledger", ledger)

    assert shown.code == 0
    assert "it came true in 40 of 40 runs; shares are of these 40:\n" in shown.out
    assert apart.out == shown.out
    (card,) = data["names"]
    assert card["figures"]["runs"] == card["last_causes"]["runs"] == 40
    assert card["figures"]["ensemble"] == made["ensemble"]
    assert sum(chain["hits"] for chain in card["last_causes"]["chains"]) == card["probability"]["hits"] == 40


def test_an_ensemble_needs_no_file_of_its_case(sim, siege):
    (made,) = json.loads(sim("run", siege / "relief.yaml", "--runs", 5, "--json").out)
    for file in siege.glob("*.yaml"):
        file.unlink()

    shown = sim("explain", "relieved", "--ensemble", made["ensemble"][:8])

    assert "in all 5 runs (" in shown.out
    refused = sim("explain", "releived", "--ensemble", made["ensemble"][:8])
    assert refused.err.endswith("   = close names: relieved, relief\n")


def test_options_that_contradict_each_other_are_refused(sim, siege):
    assert "error E013" in sim("explain", "mercy", "--case", siege, "--ensemble", "abc").err
    assert "error E013" in sim("explain", "mercy", "--case", siege, "--topic").err
    assert "error E013" in sim("explain", "--topic").err
    assert sim("explain", "mercy", "--ensemble", "abc").code == 1
    assert "error E108" in sim("explain", "mercy", "--case", "nowhere").err
    assert "scenarios/siege" in sim("explain", "mercy", "--case", ".").err


def test_a_case_that_cannot_be_read_is_left_out_but_not_silently(sim, siege):
    (siege / "model.yaml").write_text("model: siege\nstate: [\n", encoding="utf-8")

    refused = sim("explain", "mercy")

    assert refused.code == 2
    assert "; the case in 'scenarios/siege' cannot be read: sim check scenarios/siege\n" in refused.err
    assert sim("explain", "E301").code == sim("explain", "memory").code == 0
    assert "error E1" in sim("explain", "mercy", "--case", siege).err


def test_below_a_folder_with_many_cases_a_name_is_looked_up_in_the_one_that_is_named(sim, tmp_path):
    for number in range(MOST_CASES + 1):
        write(tmp_path / f"siege{number}")

    assert sim("explain", "memory").code == 0
    assert sim("explain", "mercy", "--case", "siege3").out.startswith("mercy: parameter of siege")
    assert sim("explain", "mercy").err.splitlines()[0] == (
        "error E001: there is no topic 'mercy'; names of the 13 cases below this folder were not looked up, "
        "--case FOLDER does it"
    )


def test_a_scenario_that_cannot_be_read_is_counted(sim, siege):
    (siege / "broken.yaml").write_text("scenario: broken\nmodel: model.yaml\nhorizon: never\n", encoding="utf-8")

    shown = sim("explain", "mercy").out

    assert shown.endswith("\n1 scenario of the case cannot be read and is left out: sim check scenarios/siege\n")


def test_a_curve_is_drawn_in_signs_that_the_terminal_has(sim, siege, monkeypatch):
    assert "█" in sim("explain", "mercy").out
    written = TextIOWrapper(BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", written)
    sim("explain", "mercy")

    assert b"1.02 @@@@" in written.buffer.getvalue()
