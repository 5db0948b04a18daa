"""Where outputs say what scenarios assume: before one scenario's figures, below several, at the foot of pictures."""

from dataclasses import replace

import pytest

from sim.build.scenario import load_scenario
from sim.report import assumption_notes
from sim.report.pictures.plots import plot
from sim.study.api import compare, run
from sim.study.variants import assume
from tests.analysis.crises import write

LOADED = "from the start: bias is 0.9 instead of drawn from beta(4, 4)"


@pytest.fixture
def coin(tmp_path):
    return write(tmp_path)


def scenario(folder, name):
    return load_scenario(folder / f"{name}.yaml").scenario


def test_before_figures_it_is_a_list(coin):
    assert assumption_notes.head(scenario(coin, "loaded")) == ["Assumed, against the model:", f"- {LOADED}"]
    assert assumption_notes.head(scenario(coin, "as-it-is")) == []


def test_a_long_list_is_cut_and_its_rest_counted(coin):
    events = "\n".join(f"  - {{at: {number / 10}, event: pushed}}" for number in range(1, 21))
    (coin / "many.yaml").write_text(f"scenario: many\nmodel: coin.yaml\nevents:\n{events}\n", encoding="utf-8")
    many = scenario(coin, "many")

    head = assumption_notes.head(many)

    assert len(head) == 1 + assumption_notes.MOST_LISTED + 1
    assert head[-1] == "- and 8 more, all of which `--json` gives"
    assert assumption_notes.in_a_line(many).endswith("Somebody pushed the table; and 16 more")


def test_beside_others_each_has_a_line_and_those_that_assume_nothing_have_none(coin):
    several = [scenario(coin, name) for name in ("as-it-is", "loaded", "glued")]

    assert assumption_notes.beside(several).splitlines() == [
        "Assumed, against the model:",
        f"- A loaded coin: {LOADED}",
        "- A glued coin: from the start: the rule coin_falls does not fire",
    ]
    assert assumption_notes.beside(several[:1]) == ""


def test_a_moment_is_said_once_in_a_line(coin):
    (coin / "both.yaml").write_text(
        "scenario: both\nextends: loaded.yaml\ndisable: [coin_falls]\nevents: [{at: 1, event: pushed}]\n"
    )

    assert assumption_notes.in_a_line(scenario(coin, "both")) == (
        f"{LOADED}; the rule coin_falls does not fire; at time 1: Somebody pushed the table"
    )


def test_a_foot_names_scenarios_where_there_are_several_and_has_no_room_for_very_many(coin):
    loaded = scenario(coin, "loaded")
    several = [replace(loaded, title=f"T{number}") for number in range(assumption_notes.MOST_IN_A_FOOT + 1)]

    assert assumption_notes.foot([loaded]) == f"Assumed, against the model: {LOADED}."
    assert assumption_notes.foot(several[:2]) == f"Assumed, against the model: 'T0': {LOADED}. 'T1': {LOADED}."
    assert assumption_notes.foot(several) == ""
    assert assumption_notes.foot([scenario(coin, "as-it-is")]) == ""


def test_results_and_comparisons_say_it_in_every_form(coin):
    options = {"runs": 40, "ledger": coin / "ledger", "workers": 1}
    loaded = run(assume(coin / "as-it-is.yaml", name="loaded-more", parameters={"bias": 0.9}), **options)
    found = compare(coin / "as-it-is.yaml", coin / "loaded.yaml", **options)

    for form in (repr(loaded), loaded._repr_html_(), repr(found), found._repr_html_()):
        assert LOADED in form
    assert loaded.as_data()["assumes"] == [LOADED]
    assert found.as_data()["versus"][0]["assumes"] == [LOADED]
    assert found.as_data()["baseline"]["assumes"] == []
    for picture in (plot(loaded), plot(loaded, "incidence"), plot(found)):
        assert "is 0.9 instead of drawn from" in " ".join(picture.json().split())
